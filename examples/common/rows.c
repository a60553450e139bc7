#include "rows.h"

#include <stdlib.h>
#include <string.h>

tacho_desc *rows_copy(const tacho_desc *rows, size_t count, const char *prefix)
{
    if (!prefix) prefix = "";
    size_t prefix_len = strlen(prefix), text_bytes = 0;
    for (size_t i = 0; i < count; i++) text_bytes += prefix_len + strlen(rows[i].name) + 1;
    tacho_desc *copy = malloc(count * sizeof *copy + text_bytes);
    if (!copy) return NULL;
    char *text = (char *)(copy + count);
    for (size_t i = 0; i < count; i++) {
        size_t name_bytes = strlen(rows[i].name) + 1;
        copy[i] = rows[i];
        copy[i].name = text;
        memcpy(text, prefix, prefix_len);
        memcpy(text + prefix_len, rows[i].name, name_bytes);
        text += prefix_len + name_bytes;
    }
    return copy;
}

static void *rows_place(void *place, const void *shape, void *to)
{
    return place ? (char *)to + ((char *)place - (const char *)shape) : NULL;
}

void rows_move(tacho_desc *row, const void *shape, void *to)
{
    row->counter = rows_place(row->counter, shape, to);
    row->counter_vec = rows_place(row->counter_vec, shape, to);
    row->gauge = rows_place(row->gauge, shape, to);
    row->gauge_vec = rows_place(row->gauge_vec, shape, to);
    row->histogram = rows_place(row->histogram, shape, to);
    row->histogram_vec = rows_place(row->histogram_vec, shape, to);
    row->summary = rows_place(row->summary, shape, to);
    row->summary_vec = rows_place(row->summary_vec, shape, to);
}
