/*
 * zoo.h - a registry with a family of each type, with units, exemplars, creation times, awkward names and label values,
 * and numbers that stay. What shows it in all formats, and what scrapes it, is tested with this.
 */
#ifndef ZOO_H
#define ZOO_H

#include <stdbool.h>

#include <tacho/registry.h>

/* The family that ticks, if somebody lets it. */
#define ZOO_TICKS "zoo_ticks_total"
#define ZOO_FAMILIES 13

struct zoo {
    tacho_registry *reg;
    tacho_counter *ticks;
};

/**
 * Make it. `clock` may be NULL: the system's. The registry's own metrics are left out. There is one zoo at a time.
 * False: that failed, and is said on standard error. Calls nothing of cmocka.
 */
bool zoo_open(struct zoo *zoo, tacho_clock *clock);

void zoo_close(struct zoo *zoo);

#endif
