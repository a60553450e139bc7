/*
 * worlds.c - registries whose cells lie here or there.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>

#include "worlds.h"

const struct world worlds[WORLD_COUNT] = {
    { .name = "a cell per CPU" },
    { .name = "one shared cell, by wish", .flags = TACHO_SHARED },
    { .name = "no cells per CPU at all", .options = { .cell_budget = 1 } },
    { .name = "cells per CPU spent before", .options = { .cell_budget = 4096 }, .filler = 600 },
    { .name = "cells per CPU spent on the way", .options = { .cell_budget = 4096 }, .filler = 500 },
    { .name = "cells for one CPU only", .options = { .cpus = 1 } },
    { .name = "cells for two CPUs", .options = { .cpus = 2 } },
    { .name = "cells for more CPUs than there are", .options = { .cpus = 64, .cell_budget = 4096 } },
    { .name = "memory for workers to come", .options = { .sharing = TACHO_PREFORK } },
};

tacho_registry *world_open(const struct world *world, tacho_desc *rows, size_t count)
{
    static tacho_counter_vec *filler;
    static const tacho_desc filler_row = { .counter_vec = &filler, .name = "filler_total", .help = "Takes cells.",
                                           .labels = { "l" } };
    tacho_registry *reg = tacho_registry_new(&world->options);
    if (!reg) fail_msg("no registry with %s", world->name);
    if (world->filler && tacho_registry_define(reg, &filler_row, 1)) fail_msg("%s", tacho_registry_error(reg));
    for (size_t i = 0; i < world->filler; i++) {
        char value[24];
        (void)snprintf(value, sizeof value, "%zu", i);
        (void)tacho_counter_at(filler, TACHO_LABELS(value));
    }
    for (size_t i = 0; i < count; i++) rows[i].flags |= world->flags;
    if (tacho_registry_define(reg, rows, count)) fail_msg("%s: %s", world->name, tacho_registry_error(reg));
    return reg;
}
