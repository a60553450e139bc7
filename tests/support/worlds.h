/*
 * worlds.h - the kinds of memory that a series' numbers can live in. What a metric promises holds in all of them, so
 * tests of metrics go through the worlds with one loop.
 */
#ifndef WORLDS_H
#define WORLDS_H

#include <tacho/registry.h>

struct world {
    const char *name;
    uint32_t flags; /* for the rows: 0 or TACHO_SHARED */
    tacho_registry_options options;
    size_t filler;  /* series that take cells before the rows of the test do */
};

#define WORLD_COUNT 9
extern const struct world worlds[WORLD_COUNT];

/** A registry of that world with these rows in it, whose flags it adds to; a test that fails here names the world. */
tacho_registry *world_open(const struct world *world, tacho_desc *rows, size_t count);
#define WORLD_OPEN(world, rows) world_open((world), (rows), TACHO_COUNT(rows))

#endif
