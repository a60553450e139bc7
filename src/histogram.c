/*
 * histogram.c - classic histograms: observing, and the helpers for bounds.
 *
 * A histogram has a cell per bucket, one more for values above the last bound, and a cell for the sum, a double. An
 * update adds to the sum first and to the bucket last, so a reader that takes the buckets first and the sum last sees
 * a sum that covers at least what it counted; it waits for nobody. Relaxed: cells sum up and publish nothing.
 */
#include <tacho/metric.h>

#include <string.h>

#include "cells.h"
#include "registry_internal.h"

/* The first bound that is not below the value; bound_count if none. Without branches on the value, because values
 * of a histogram are what a branch predictor cannot guess: halved until few are left, and of those two are compared at a time. */
static uint64_t histogram_bucket(const double *bounds, uint64_t count, double value)
{
    uint64_t at = 0;
    while (count > 16) {
        uint64_t half = count / 2;
        at += bounds[at + half - 1] < value ? half : 0;
        count -= half;
    }
    const double *left = bounds + at;
    tacho_truths below = { 0, 0 }; /* counted downwards: a truth is -1 */
    uint64_t i = 0;
    for (; i + 2 <= count; i += 2) {
        tacho_doubles two;
        memcpy(&two, left + i, sizeof two);
        below += two < (tacho_doubles){ value, value };
    }
    at -= (uint64_t)(below[0] + below[1]);
    return at + (i < count && left[i] < value);
}

static void histogram_add_shared(struct tacho_head *head, uint64_t bucket, double value)
{
    uint64_t *cells = tacho_head_cells(head);
    tacho__cell_add_double((_Atomic uint64_t *)(cells + head->bound_count + 1), value);
    tacho_cell_add(cells + bucket, 1);
}

void tacho_histogram_observe(tacho_histogram *histogram, double value)
{
    struct tacho_head *head = (struct tacho_head *)(void *)histogram;
    if (!head) return;
    if (value != value) {
        tacho__registry_misuse(tacho__registry_of(head), TACHO__DROPPED_NAN, NULL, "NaN observed by a histogram");
        return;
    }
    const double *bounds = (const double *)(const void *)((char *)head + (intptr_t)head->bounds * TACHO__UNIT);
    uint64_t bucket = histogram_bucket(bounds, head->bound_count, value);
    uint64_t sum_at = ((uint64_t)head->bound_count + 1) * sizeof(uint64_t);
    int done = tacho__head_cpus(head) ? tacho_stripe_observe(head, sum_at, value, bucket * sizeof(uint64_t)) : 0;
    if (TACHO_LIKELY(done == 2)) return;
    if (done == 1)
        tacho_cell_add(tacho_head_cells(head) + bucket, 1);
    else
        histogram_add_shared(head, bucket, value);
}

static struct tacho__cells histogram_cells(tacho_histogram *histogram)
{
    struct tacho_head *head = (struct tacho_head *)(void *)histogram;
    return (struct tacho__cells){ .head = head, .shared = (_Atomic uint64_t *)tacho_head_cells(head) };
}

uint64_t tacho_histogram_count(tacho_histogram *histogram)
{
    uint64_t count = 0;
    if (!histogram || (void *)histogram == tacho__void_handle(TACHO_HISTOGRAM)) return 0;
    struct tacho__cells cells = histogram_cells(histogram);
    for (uint32_t i = 0; i <= cells.head->bound_count; i++) count += tacho__cells_u64(cells, i, NULL);
    return count;
}

double tacho_histogram_sum(tacho_histogram *histogram)
{
    if (!histogram || (void *)histogram == tacho__void_handle(TACHO_HISTOGRAM)) return 0;
    struct tacho__cells cells = histogram_cells(histogram);
    return tacho__cells_double(cells, cells.head->bound_count + 1, NULL);
}

/* Bounds that a histogram takes: finite and rising, which rounding or overflow can spoil. */
static tacho_err histogram_check_bounds(const double *bounds, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!(bounds[i] >= -1.7976931348623157e308 && bounds[i] <= 1.7976931348623157e308) ||
            (i > 0 && !(bounds[i] > bounds[i - 1])))
            return TACHO_ERR_ARG;
    return TACHO_OK;
}

tacho_err tacho_buckets_linear(double *bounds, size_t count, double start, double width)
{
    if (!bounds || count == 0 || !(width > 0 && width <= 1.7976931348623157e308)) return TACHO_ERR_ARG;
    for (size_t i = 0; i < count; i++) bounds[i] = start + (double)i * width;
    return histogram_check_bounds(bounds, count);
}

tacho_err tacho_buckets_exponential(double *bounds, size_t count, double start, double factor)
{
    if (!bounds || count == 0 || !(start > 0) || !(factor > 1 && factor <= 1.7976931348623157e308))
        return TACHO_ERR_ARG;
    double bound = start;
    for (size_t i = 0; i < count; i++, bound *= factor) bounds[i] = bound;
    return histogram_check_bounds(bounds, count);
}
