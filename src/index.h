/*
 * index.h - from label values to a series, without a lock.
 */
#ifndef TACHO_INDEX_H
#define TACHO_INDEX_H

#include "family.h"
#include "symbol.h"

/** Label values that somebody asks for, in the order of the family's labels. */
struct tacho__query {
    const char *values[TACHO_MAX_LABELS];
    size_t lens[TACHO_MAX_LABELS];
    uint64_t sum; /* of the placed hashes of all values */
};

/** Prepare the index of a new family; false: the budget is spent. Under the lock. */
TACHO_INTERNAL bool tacho__index_open(struct tacho__segment *segment, struct tacho__family *family);

/** The live series with these values and this finished hash, or NULL. Inside a reader, or under the lock. */
TACHO_INTERNAL struct tacho__series *tacho__index_probe(const struct tacho__segment *segment,
                                                        const struct tacho__family *family, uint32_t label_count,
                                                        const char *const *values, const size_t *lens, uint32_t hash);

/** The same for a query: its ref, or 0. */
TACHO_INTERNAL tacho__ref tacho__index_find(const struct tacho__segment *segment, const struct tacho__family *family,
                                            const struct tacho__query *query);

/** Make a complete series reachable; grows the index by a bucket now and then. Under the lock. */
TACHO_INTERNAL void tacho__index_insert(struct tacho__segment *segment, struct tacho__family *family, tacho__ref ref);

/** Make a series unreachable for readers that come later. Under the lock. */
TACHO_INTERNAL void tacho__index_remove(struct tacho__segment *segment, struct tacho__family *family, tacho__ref ref);

/** After a death under the lock: finish a split, and unlink whatever is not live. */
TACHO_INTERNAL void tacho__index_repair(struct tacho__segment *segment, struct tacho__family *family);

#endif
