/*
 * series.h - creating and removing series. All but the overflow series under the lock.
 */
#ifndef TACHO_SERIES_H
#define TACHO_SERIES_H

#include "family.h"
#include "index.h"

/** A new series with these values, complete and visible; 0: the family is full or the budget spent. */
TACHO_INTERNAL tacho__ref tacho__series_create(struct tacho__segment *segment, struct tacho__family *family,
                                               const struct tacho__query *query);

/** Take a live series out: gone for lookups and scrapes from now on, its slot reused after the grace period. */
TACHO_INTERNAL void tacho__series_remove(struct tacho__segment *segment, struct tacho__family *family, tacho__ref ref);

/** Make room for the overflow series of a new family with open labels; false: the budget is spent. */
TACHO_INTERNAL bool tacho__overflow_open(struct tacho__segment *segment, struct tacho__family *family);

/** The overflow series for these values, shown from now on; 0: the family has none. No lock needed. */
TACHO_INTERNAL tacho__ref tacho__overflow_find(struct tacho__segment *segment, struct tacho__family *family,
                                               const struct tacho__query *query);

/** Whether these are the values of an overflow series: whoever counts under them counts into it. */
TACHO_INTERNAL bool tacho__overflow_is(const struct tacho__segment *segment, const struct tacho__family *family,
                                       const struct tacho__query *query);

/** Hide and clear the overflow series that match; a value NULL matches any. */
TACHO_INTERNAL void tacho__overflow_clear(struct tacho__segment *segment, struct tacho__family *family,
                                          const struct tacho__query *query);

/** Overflow series number `index`. */
TACHO_INTERNAL struct tacho__series *tacho__overflow_at(const struct tacho__segment *segment,
                                                        const struct tacho__family *family, uint32_t index);

/** Whether a series has these values; a value NULL matches any. Inside a reader, or under the lock. */
TACHO_INTERNAL bool tacho__series_matches(const struct tacho__segment *segment, const struct tacho__series *series,
                                          const struct tacho__query *query, uint32_t label_count);

/** The place of a value in the closed set of a label; UINT32_MAX: it is not in it. */
TACHO_INTERNAL uint32_t tacho__closed_find(const struct tacho__segment *segment, const struct tacho__family *family,
                                           uint32_t label, const char *value, size_t len);

#endif
