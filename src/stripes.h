/*
 * stripes.h - where cells come from: per-CPU cells in stripes of a fixed stride, and shared cells.
 *
 * Stripe k belongs to CPU k and begins with a byte that its first update sets, so that a reader leaves stripes
 * alone whose pages nobody touched. A cell has the same offset in every stripe. Cells are never given back: they
 * stay with the series slot that got them.
 */
#ifndef TACHO_STRIPES_H
#define TACHO_STRIPES_H

#include "segment.h"

/** Lay out the stripes at the front of a new segment: `cell_budget` bytes per CPU, `cpus` 0 for all possible. */
TACHO_INTERNAL void tacho__stripes_open(struct tacho__segment *segment, size_t cell_budget, uint32_t cpus);

/** `count` neighbouring cells in every stripe; their offset, or 0 when the stripes are full. Under the lock. */
TACHO_INTERNAL uint32_t tacho__stripes_take(struct tacho__segment *segment, uint32_t count);

/** One shared cell, 64 bytes away from the one before, or 0. Under the lock. */
TACHO_INTERNAL tacho__ref tacho__shared_take(struct tacho__segment *segment);

/** Whether anybody counted on this CPU since the segment was made. */
static inline bool tacho__stripe_touched(const struct tacho__segment *segment, uint32_t cpu)
{
    const struct tacho__segment_head *head = segment->head;
    const char *stripe = (const char *)tacho__segment_at(segment, head->stripes) + (size_t)cpu * head->stride;
    /* Relaxed: a stripe whose first update is not seen yet counts in the next scrape. */
    return tacho__load_relaxed((const _Atomic unsigned char *)(const void *)stripe) != 0;
}

/** The cell of one CPU. */
static inline _Atomic uint64_t *tacho__stripe_cell(struct tacho_head *head, uint32_t cpu, uint32_t index)
{
    char *stripe = (char *)head + (intptr_t)head->stripes + (size_t)cpu * head->stride;
    return (_Atomic uint64_t *)(void *)(stripe + head->cell + (size_t)index * sizeof(uint64_t));
}

#endif
