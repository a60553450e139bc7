/*
 * kinds.h - a registry with a family of each kind that has cells per CPU, and what its numbers must be after so many
 * updates. Calls nothing of cmocka and nothing but the public interface: threads, forked children and plugins use it.
 */
#ifndef KINDS_H
#define KINDS_H

#include <stdbool.h>
#include <stdint.h>

#include <tacho/registry.h>

struct kinds {
    tacho_registry *reg;
    tacho_counter *whole, *real;
    tacho_gauge *flying;
    tacho_histogram *sizes;
    tacho_counter_vec *named; /* not among the updates below */
    tacho_desc rows[5];
};

/** Make a registry and define the families in it; false: that failed, and is said on standard error. */
bool kinds_open(struct kinds *kinds, const tacho_registry_options *options);

/** Free the registry. A `kinds` of zeros is fine. */
void kinds_close(struct kinds *kinds);

enum { KINDS = 4 };

/** An update of one kind. All amounts are multiples of 1/4, so that sums of doubles are exact. */
static inline void kinds_update_one(const struct kinds *kinds, int kind, uint64_t number)
{
    switch (kind) {
    case 0: tacho_counter_add(kinds->whole, 1 + (number & 1)); break;
    case 1: tacho_counter_add_real(kinds->real, 0.25); break;
    case 2: tacho_gauge_add(kinds->flying, number & 1 ? -1.5 : 2.5); break;
    default: tacho_histogram_observe(kinds->sizes, (double)(number & 3) + 0.5); break;
    }
}

/** One update of each. */
static inline void kinds_update(const struct kinds *kinds, uint64_t number)
{
    kinds_update_one(kinds, 0, number);
    kinds_update_one(kinds, 1, number);
    kinds_update_one(kinds, 2, number);
    kinds_update_one(kinds, 3, number);
}

/** So many of them, numbered from 0. */
static inline void kinds_count(const struct kinds *kinds, uint64_t count)
{
    for (uint64_t i = 0; i < count; i++) kinds_update(kinds, i);
}

/** Whether values and exposition are those of `count` updates, in whole groups of 4; if not, what is wrong is said. */
bool kinds_are(const struct kinds *kinds, uint64_t count);

#endif
