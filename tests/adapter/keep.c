/*
 * keep.c - a list of everything that was allocated.
 */
#include "keep.h"

#include <stdlib.h>

struct kept {
    struct kept *next;
    max_align_t memory[];
};
static struct kept *keep_first;

void *keep_new(size_t size)
{
    struct kept *kept = calloc(1, sizeof *kept + size);
    if (!kept) abort();
    kept->next = keep_first;
    keep_first = kept;
    return kept->memory;
}

void keep_end(void)
{
    while (keep_first) {
        struct kept *gone = keep_first;
        keep_first = gone->next;
        free(gone);
    }
}
