/*
 * histogram.c - classic histograms: observing, and the helpers for bounds.
 *
 * A histogram has a cell per bucket, one more for values above the last bound, and a cell for the sum, a double.
 */
#include <tacho/metric.h>

#include <string.h>

#include "clock.h"
#include "observe.h"
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

uint64_t tacho__bucket_of_value(const struct tacho_head *head, double value)
{
    const double *bounds = (const double *)(const void *)((const char *)head + (intptr_t)head->bounds * TACHO__UNIT);
    return histogram_bucket(bounds, head->bound_count, value);
}

/* Whether a value can be counted; if not, it is counted that it was not. */
static bool histogram_takes(const struct tacho_head *head, double value)
{
    if (TACHO_LIKELY(value == value)) return true;
    tacho__registry_misuse(tacho__registry_of(head), TACHO__DROPPED_NAN, NULL, "NaN observed by a histogram");
    return false;
}

/* What this thread observes into; a signal handler in between puts back what it found. */
static _Thread_local const void *histogram_at_hand;

/* By the registry's clock, like the time of creation that a reset is measured from. */
static uint64_t histogram_now(void)
{
    const tacho_registry *reg = tacho__registry_of(histogram_at_hand);
    return reg && reg->segment.clock ? tacho__clock_unix_ms(reg->segment.clock) : tacho__clock_coarse_unix_ms();
}

/* Before the classic buckets, so that a scrape, which reads those first, sees no more in them than here. */
static void histogram_observe_native(const struct tacho__annex *annex, double value)
{
    const void *outer = histogram_at_hand;
    if (!annex->native) return;
    histogram_at_hand = annex;
    tacho__native_observe(tacho__annex_part(annex, annex->native), value, histogram_now);
    histogram_at_hand = outer;
}

/* The native part of a histogram that has nothing else; NULL: it has buckets of its own. */
static struct tacho__native *histogram_native_only(const struct tacho_head *head)
{
    const struct tacho__annex *annex = head->kind & TACHO__HEAD_NATIVE_ONLY ? tacho__annex_of(head) : NULL;
    return annex ? tacho__annex_part(annex, annex->native) : NULL;
}

void tacho_histogram_observe(tacho_histogram *histogram, double value)
{
    struct tacho_head *head = (struct tacho_head *)(void *)histogram;
    if (!head || !histogram_takes(head, value)) return;
    if (head->annex) histogram_observe_native(tacho__annex_of(head), value);
    if (head->kind & TACHO__HEAD_NATIVE_ONLY) return;
    tacho__observe(head, tacho__bucket_of_value(head, value), value);
}

void tacho_histogram_unobserve(tacho_histogram *histogram, double value)
{
    struct tacho_head *head = (struct tacho_head *)(void *)histogram;
    if (!head || !histogram_takes(head, value)) return;
    if (head->kind & TACHO__HEAD_FALLS)
        tacho__observe_shared(head, tacho__bucket_of_value(head, value), -value, UINT64_MAX);
    else
        tacho__registry_misuse(tacho__registry_of(head), TACHO__MISUSE_KIND, NULL,
                               "tacho_histogram_unobserve on a histogram that is no gauge histogram");
}

uint64_t tacho__observed_count(void *handle)
{
    uint64_t count = 0;
    if (!handle || handle == tacho__void_handle(TACHO_HISTOGRAM)) return 0;
    struct tacho__cells cells = tacho__observed_cells(handle);
    const struct tacho__native *native = histogram_native_only(cells.head);
    double sum;
    if (native) {
        tacho__native_totals(native, &count, &sum);
        return count;
    }
    for (uint32_t i = 0; i <= cells.head->bound_count; i++) count += tacho__cells_bucket(cells, i, NULL);
    return count;
}

double tacho__observed_sum(void *handle)
{
    if (!handle || handle == tacho__void_handle(TACHO_HISTOGRAM)) return 0;
    struct tacho__cells cells = tacho__observed_cells(handle);
    const struct tacho__native *native = histogram_native_only(cells.head);
    uint64_t count;
    double sum;
    if (!native) return tacho__cells_double(cells, cells.head->bound_count + 1u, NULL);
    tacho__native_totals(native, &count, &sum);
    return sum;
}

uint64_t tacho_histogram_count(tacho_histogram *histogram)
{
    return tacho__observed_count(histogram);
}

double tacho_histogram_sum(tacho_histogram *histogram)
{
    return tacho__observed_sum(histogram);
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
