/*
 * index.h - from label values to a series, without a lock.
 */
#ifndef TACHO_INDEX_H
#define TACHO_INDEX_H

#include <string.h>

#include "family.h"
#include "hash.h"
#include "symbol.h"

/** Label values that somebody asks for, in the order of the family's labels. */
struct tacho__query {
    const char *values[TACHO_MAX_LABELS];
    size_t lens[TACHO_MAX_LABELS];
    uint64_t sum; /* of the placed hashes of all values */
};

/** Prepare the index of a new family; false: the budget is spent. Under the lock. */
TACHO_INTERNAL bool tacho__index_open(struct tacho__segment *segment, struct tacho__family *family);

/** The live series that a query asks for, or 0. Inside a reader, or under the lock. */
TACHO_INTERNAL tacho__ref tacho__index_find(const struct tacho__segment *segment, const struct tacho__family *family,
                                            const struct tacho__query *query);

/** Make a complete series reachable; grows the index by a bucket now and then. Under the lock. */
TACHO_INTERNAL void tacho__index_insert(struct tacho__segment *segment, struct tacho__family *family, tacho__ref ref);

/** Make a series unreachable for readers that come later. Under the lock. */
TACHO_INTERNAL void tacho__index_remove(struct tacho__segment *segment, struct tacho__family *family, tacho__ref ref);

/** After a death under the lock: finish a split, and unlink whatever is not live. */
TACHO_INTERNAL void tacho__index_repair(struct tacho__segment *segment, struct tacho__family *family);

/* ---- The probe, inline for the sake of updates by label values ---- */

/* A link is the ref of a series, or this bit and the number of a bucket, or the end. */
#define TACHO__INDEX_BUCKET 0x80000000u
#define TACHO__INDEX_END 0x7fffffffu

static inline _Atomic uint32_t *tacho__index_link(const struct tacho__segment *segment,
                                                  const struct tacho__family *family, uint32_t link)
{
    if (link & TACHO__INDEX_BUCKET) return tacho__bucket(segment, family->levels, link & ~TACHO__INDEX_BUCKET);
    return &tacho__series_at(segment, link)->next;
}

/* 0 where two values are the same: in words that overlap at the end; a call to memcmp costs more than most values. */
static inline uint64_t tacho__index_differ(const char *a, const char *b, size_t len)
{
    if (TACHO_LIKELY(tacho__hash_is_medium(len)))
        return (tacho__hash_read8(a) ^ tacho__hash_read8(b)) |
               (tacho__hash_read8(a + len - 8) ^ tacho__hash_read8(b + len - 8));
    if (len > 16) return (uint64_t)(memcmp(a, b, len) != 0);
    if (len >= 4)
        return (tacho__hash_read4(a) ^ tacho__hash_read4(b)) |
               (tacho__hash_read4(a + len - 4) ^ tacho__hash_read4(b + len - 4));
    if (len == 0) return 0;
    return (uint64_t)((a[0] ^ b[0]) | (a[len / 2] ^ b[len / 2]) | (a[len - 1] ^ b[len - 1]));
}

static inline bool tacho__index_matches(const struct tacho__segment *segment, const struct tacho__series *series,
                                        uint32_t label_count, const char *const *values, const size_t *lens)
{
    for (uint32_t i = 0; i < label_count; i++) {
        const struct tacho__symbol *symbol = tacho__symbol_at(segment, series->labels[i]);
        if (symbol->len != lens[i] || tacho__index_differ(symbol->text, values[i], lens[i])) return false;
    }
    return true;
}

static inline bool tacho__index_announced(const struct tacho__segment *segment, const struct tacho__series *series)
{
    uint64_t born = tacho__load_relaxed(&series->born); /* [S2] covers what is read */
    return tacho__series_live(born) && born <= tacho__load_acquire(&segment->head->born); /* [B1] */
}

/** The live series with these values and this finished hash, or NULL. Inside a reader, or under the lock. */
static inline struct tacho__series *tacho__index_probe(const struct tacho__segment *segment,
                                                       const struct tacho__family *family, uint32_t label_count,
                                                       const char *const *values, const size_t *lens, uint32_t hash)
{
    uint32_t mask = tacho__load_acquire(&family->bucket_mask); /* [S3] */
    uint32_t link = tacho__load_acquire(tacho__bucket(segment, family->levels, hash & mask)); /* [S2] */
    for (;;) {
        while (TACHO_LIKELY(!(link & TACHO__INDEX_BUCKET))) {
            if (link == TACHO__INDEX_END) return NULL;
            struct tacho__series *series = tacho__series_at(segment, link);
            if (series->hash == hash && tacho__index_matches(segment, series, label_count, values, lens) &&
                tacho__index_announced(segment, series))
                return series;
            TACHO_EDGE(S2);
            link = tacho__load_acquire(&series->next); /* [S2] */
        }
        if ((link & ~TACHO__INDEX_BUCKET) <= mask) return NULL; /* the next bucket; a later one is half of this one */
        link = tacho__load_acquire(tacho__index_link(segment, family, link)); /* [S2] */
    }
}

#endif
