#include "words.h"

#include <stdbool.h>
#include <string.h>

void words_clean(char *to, size_t cap, const char *text, size_t len)
{
    size_t out = 0;
    bool cut = false, blank = false;
    for (size_t i = 0; i < len && !cut; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c == ' ' || (c >= '\t' && c <= '\r')) {
            blank = out > 0; /* written when something follows: never more than there was */
            continue;
        }
        cut = out + (blank ? 2 : 1) >= cap;
        if (cut) break;
        if (blank) to[out++] = ' ';
        to[out++] = c > ' ' && c < 0x7f ? (char)c : '?';
        blank = false;
    }
    to[out] = '\0';
    if (cut) memcpy(to + (out > cap - 4 ? cap - 4 : out), "...", 4);
}

void words_wipe(void *memory, size_t len)
{
    volatile unsigned char *byte = memory;
    while (len > 0) byte[--len] = 0;
}
