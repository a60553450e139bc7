/*
 * keep.c - copies of exemplars and native histograms.
 */
#include "keep.h"

#include <string.h>

#include "alloc.h"

#define KEEP_NATIVE UINT32_MAX
#define KEEP_CLASSIC (UINT32_MAX - 1) /* the counts of its buckets, as they were when it was copied */

/* Stands before each copy. */
struct keep_head {
    size_t place, size; /* of the slot; of this and the copy */
    uint32_t index;     /* of the bucket whose exemplar it is, or one of the above */
    uint32_t unused;
};

void tacho__keep_free(struct tacho__keep *keep)
{
    if (keep->cap) tacho__segment_discharge(&keep->reg->segment, keep->cap);
    tacho__free(keep->data);
}

void tacho__keep_clear(struct tacho__keep *keep)
{
    keep->len = keep->at = 0;
}

void tacho__keep_rewind(struct tacho__keep *keep)
{
    keep->at = 0;
}

static bool keep_room(struct tacho__keep *keep, size_t size)
{
    size_t cap = keep->cap ? keep->cap : 4096;
    if (keep->len + size <= keep->cap) return true;
    while (cap < keep->len + size) cap *= 2;
    if (!tacho__segment_charge(&keep->reg->segment, cap - keep->cap)) return false;
    char *grown = tacho__realloc(keep->data, cap);
    if (!grown) {
        tacho__segment_discharge(&keep->reg->segment, cap - keep->cap);
        return false;
    }
    keep->data = grown;
    keep->cap = cap;
    return true;
}

static bool keep_copy(struct tacho__keep *keep, size_t place, uint32_t index, const void *from, size_t size)
{
    struct keep_head head = { .place = place, .size = sizeof head + ((size + 7) & ~(size_t)7), .index = index };
    if (!keep_room(keep, head.size)) return false;
    memcpy(keep->data + keep->len, &head, sizeof head);
    memcpy(keep->data + keep->len + sizeof head, from, size);
    keep->len += head.size;
    return true;
}

bool tacho__keep_put(struct tacho__keep *keep, size_t place, struct tacho__reading *reading, struct tacho__point *point)
{
    size_t from = keep->len;
    bool kept = true;
    for (uint32_t i = 0; point->exemplars && kept && i < tacho__meta_exemplars(point->meta); i++)
        if (point->exemplars[i]) kept = keep_copy(keep, place, i, point->exemplars[i], sizeof *point->exemplars[i]);
    if (kept && point->native)
        kept = keep_copy(keep, place, KEEP_NATIVE, point->native,
                         sizeof *point->native + (point->native->positive + point->native->negative) *
                                                     sizeof point->native->buckets[0]);
    if (kept && point->native && point->cumulative)
        kept = keep_copy(keep, place, KEEP_CLASSIC, point->cumulative,
                         ((size_t)point->meta->bound_count + 1) * sizeof *point->cumulative);
    if (!kept) keep->len = from;
    keep->at = from;
    tacho__keep_take(keep, place, reading, point);
    return kept;
}

void tacho__keep_take(struct tacho__keep *keep, size_t place, struct tacho__reading *reading, struct tacho__point *point)
{
    uint32_t slots = reading->shown ? tacho__meta_exemplars(point->meta) : 0;
    point->native = NULL;
    point->exemplars = NULL;
    for (uint32_t i = 0; i < slots; i++) reading->shown[i] = NULL;
    while (keep->at < keep->len) {
        const struct keep_head *head = (const struct keep_head *)(const void *)(keep->data + keep->at);
        if (head->place != place) break;
        keep->at += head->size;
        if (head->index == KEEP_NATIVE) {
            point->native = (const struct tacho__native_view *)(const void *)(head + 1);
        } else if (head->index == KEEP_CLASSIC) {
            point->cumulative = (const uint64_t *)(const void *)(head + 1);
        } else {
            reading->shown[head->index] = (const struct tacho__exemplar *)(const void *)(head + 1);
            point->exemplars = reading->shown;
        }
    }
}
