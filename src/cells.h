/*
 * cells.h - the numbers of a series: getting cells for it, clearing them for the next, and reading them.
 *
 * A series' value is the sum of its shared cell, its cells in the touched stripes, and minus the base, which is what
 * its per-CPU cells held when the series began: those are never set back under plain writers. Cells of doubles cannot
 * be handed on like that without rounding; they serve one series only, and the next one in the slot uses its shared
 * cells.
 */
#ifndef TACHO_CELLS_H
#define TACHO_CELLS_H

#include <tacho/metric.h>

#include "annex.h"
#include "family.h"
#include "stripes.h"

/** The stripes a reader has to look at: those that somebody counted in when the list was made. */
struct tacho__touched {
    uint32_t count;
    uint32_t cpus[];
};

/** Where one series' numbers are. */
struct tacho__cells {
    struct tacho_head *head; /* NULL: one shared cell and nothing else */
    _Atomic uint64_t *shared;
    uint64_t *base; /* NULL: nothing to subtract */
};

enum tacho__cell_kind { TACHO__CELLS_SHARED, TACHO__CELLS_STRIPED };

/** Give a slot its cells, striped ones only if there are some left; false: the budget is spent. Under the lock. */
TACHO_INTERNAL bool tacho__cells_take(struct tacho__segment *segment, const struct tacho__family *family,
                                      struct tacho__series *series, enum tacho__cell_kind kind);

/** Let a slot that was used before count from 0. Under the lock, after the grace period. */
TACHO_INTERNAL void tacho__cells_reset(const struct tacho__segment *segment, const struct tacho__family *family,
                                       struct tacho__series *series);

/** The handle for a series: the address of its cells with the bits of metric.h. */
static inline void *tacho__cells_handle(const struct tacho__segment *segment, const struct tacho__series *series)
{
    uint32_t cells = series->cells;
    return (char *)tacho__segment_at(segment, cells & TACHO__CELLS_REF) +
           (cells >> TACHO__CELLS_BITS_SHIFT & TACHO_HANDLE_BITS);
}

TACHO_INTERNAL struct tacho__cells tacho__cells_of(const struct tacho__segment *segment,
                                                   const struct tacho__family *family,
                                                   const struct tacho__series *series);

/** The one shared cell of a series that has nothing else; NULL: it has more. */
static inline _Atomic uint64_t *tacho__cells_only(const struct tacho__segment *segment,
                                                  const struct tacho__series *series)
{
    return series->cells & TACHO__HAS_HEAD ? NULL : tacho__segment_at(segment, series->cells & TACHO__CELLS_REF);
}

/** Bytes for a list of touched stripes, and filling it. */
TACHO_INTERNAL size_t tacho__touched_size(const struct tacho__segment *segment);
TACHO_INTERNAL void tacho__touched_fill(struct tacho__touched *touched, const struct tacho__segment *segment);

/** Sums of cell `index`. `touched` NULL: look at every stripe. */
TACHO_INTERNAL uint64_t tacho__cells_u64(struct tacho__cells cells, uint32_t index,
                                         const struct tacho__touched *touched);
TACHO_INTERNAL double tacho__cells_double(struct tacho__cells cells, uint32_t index,
                                          const struct tacho__touched *touched);

/** Sums of the first `count` cells, stripe after stripe; of cells without a base. */
TACHO_INTERNAL void tacho__cells_row(struct tacho__cells cells, uint32_t count, const struct tacho__touched *touched,
                                     uint64_t *out);

/** The count of a histogram's bucket. One that more was taken back from than was in it is empty. */
static inline uint64_t tacho__cells_bucket(struct tacho__cells cells, uint32_t index,
                                           const struct tacho__touched *touched)
{
    uint64_t count = tacho__cells_u64(cells, index, touched);
    return cells.head->kind & TACHO__HEAD_FALLS && count > INT64_MAX ? 0 : count;
}

/**
 * The value of an up-down gauge: read until two passes agree, at most 8 times, then the median, because +1 on one
 * CPU and -1 on another read in the wrong order would show a value that never was. `settled` may be NULL.
 */
TACHO_INTERNAL double tacho__cells_settled(struct tacho__cells cells, const struct tacho__touched *touched,
                                           bool *settled);

/* `cpus` becomes 0 when a slot of doubles is used again, which a handle kept by mistake may see at any time.
 * Relaxed: either way its update lands in cells of this family. */
static inline uint32_t tacho__head_cpus(const struct tacho_head *head)
{
    return tacho__load_relaxed((const _Atomic uint32_t *)&head->cpus);
}

/** Add to a shared cell that holds a double. */
static inline void tacho__cell_add_double(_Atomic uint64_t *cell, double n)
{
    uint64_t before = tacho__load_relaxed(cell); /* relaxed throughout: a sum publishes nothing */
    while (!atomic_compare_exchange_weak_explicit(cell, &before, tacho__double_bits(tacho__bits_double(before) + n),
                                                  memory_order_relaxed, memory_order_relaxed))
        continue;
}

#endif
