/*
 * observe.h - counting an observation: into a bucket, and into the sum behind the buckets.
 *
 * The sum comes first and the bucket last, so a reader that takes the buckets first and the sum last sees a sum that covers
 * at least what it counted; it waits for nobody. Relaxed: cells sum up and publish nothing.
 */
#ifndef TACHO_OBSERVE_H
#define TACHO_OBSERVE_H

#include "annex.h"
#include "cells.h"

static inline void tacho__observe_shared(struct tacho_head *head, uint64_t bucket, double value, uint64_t n)
{
    uint64_t *cells = tacho_head_cells(head);
    tacho__cell_add_double((_Atomic uint64_t *)(cells + head->bound_count + 1), value);
    tacho_cell_add(cells + bucket, n);
}

static inline void tacho__observe(struct tacho_head *head, uint64_t bucket, double value)
{
    uint64_t sum_at = ((uint64_t)head->bound_count + 1) * sizeof(uint64_t);
    int done = tacho__head_cpus(head) ? tacho_stripe_observe(head, sum_at, value, bucket * sizeof(uint64_t)) : 0;
    if (TACHO_LIKELY(done == 2)) return;
    if (done == 1)
        tacho_cell_add(tacho_head_cells(head) + bucket, 1);
    else
        tacho__observe_shared(head, bucket, value, 1);
}

/** The bucket that a value, which is not NaN, belongs to. */
TACHO_INTERNAL uint64_t tacho__bucket_of_value(const struct tacho_head *head, double value);

/** The cells of a histogram or summary, from its handle. */
static inline struct tacho__cells tacho__observed_cells(void *handle)
{
    struct tacho_head *head = handle;
    return (struct tacho__cells){ .head = head, .shared = (_Atomic uint64_t *)tacho_head_cells(head) };
}

/** The number of observations: the sum of all buckets. NULL and the void handle: 0. */
TACHO_INTERNAL uint64_t tacho__observed_count(void *handle);
TACHO_INTERNAL double tacho__observed_sum(void *handle);

#endif
