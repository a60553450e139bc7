/*
 * keep.h - what a scrape has to copy before it says how long a family is: parts whose length may change any moment.
 *
 * Exemplars, and native histograms with the classic buckets beside them, in the order of the walk through the family; charged to the registry's byte budget. What
 * does not fit is left out.
 */
#ifndef TACHO_KEEP_H
#define TACHO_KEEP_H

#include "point.h"

struct tacho__keep {
    tacho_registry *reg;
    char *data;
    size_t len, cap, at; /* `at`: the next one to be shown */
};

TACHO_INTERNAL void tacho__keep_free(struct tacho__keep *keep);

/** Forget everything, for the next family; or go back to the first, to show them. */
TACHO_INTERNAL void tacho__keep_clear(struct tacho__keep *keep);
TACHO_INTERNAL void tacho__keep_rewind(struct tacho__keep *keep);

/** Copy what the point of the slot at this place has, and let the point show the copies; false: some did not fit, and the
 *  point shows none of them. They move with the next call. */
TACHO_INTERNAL bool tacho__keep_put(struct tacho__keep *keep, size_t place, struct tacho__reading *reading,
                                    struct tacho__point *point);

/** Let the point of the slot at this place show what was kept for it. */
TACHO_INTERNAL void tacho__keep_take(struct tacho__keep *keep, size_t place, struct tacho__reading *reading,
                                     struct tacho__point *point);

#endif
