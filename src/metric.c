/*
 * metric.c - updates and values by handle, and the typed doors to vectors.
 *
 * All of it relaxed: cells sum up or hold a last value, and say nothing about other memory.
 */
#include <tacho/metric.h>

#include "annex.h"
#include "cells.h"
#include "clock.h"
#include "vec.h"

/* Where updates go that have no series: harmless, and shown nowhere. */
static uint64_t metric_void_cell;
static struct {
    struct tacho_head head;
    uint64_t cells[2];
} metric_void_histogram;

static bool metric_is_nowhere(const void *handle)
{
    return !handle || handle == (const void *)&metric_void_cell;
}

static struct tacho_head *metric_head(const void *handle)
{
    return (struct tacho_head *)((uintptr_t)handle & ~(uintptr_t)TACHO_HANDLE_BITS);
}

static bool metric_is(const void *handle, int bits)
{
    return ((uintptr_t)handle & (uintptr_t)bits) != 0;
}

/* A handle of a series with a shared cell only. */
static bool metric_is_plain(const void *handle)
{
    return ((uintptr_t)handle & TACHO_HANDLE_BITS) == 0;
}

static struct tacho__cells metric_cells(void *handle)
{
    struct tacho__cells cells = { 0 };
    if (metric_is_plain(handle)) {
        cells.shared = (_Atomic uint64_t *)handle;
        return cells;
    }
    cells.head = metric_head(handle);
    cells.shared = (_Atomic uint64_t *)tacho_head_cells(cells.head);
    if (tacho__head_cpus(cells.head) && !metric_is(handle, TACHO_HANDLE_DOUBLE))
        cells.base = tacho_head_cells(cells.head) + 1;
    return cells;
}

static void metric_misuse(const void *handle, enum tacho__mishap what, const char *rule)
{
    if (handle) tacho__registry_misuse(tacho__registry_of(handle), what, NULL, rule);
}

/* Add to a series of doubles: on this CPU if it has stripes, else to its shared cell. */
static void metric_add_double(void *handle, double n)
{
    struct tacho_head *head = metric_head(handle);
    if (metric_is(handle, TACHO_HANDLE_PER_CPU) && tacho_stripe_add_double(head, 0, n)) return;
    tacho__cell_add_double((_Atomic uint64_t *)tacho_head_cells(head), n);
}

void tacho_counter_add_elsewhere(tacho_counter *counter, uint64_t n)
{
    if (metric_is(counter, TACHO_HANDLE_DOUBLE)) metric_add_double(counter, (double)n);
}

void tacho_counter_add_real(tacho_counter *counter, double amount)
{
    if (metric_is_nowhere(counter)) return;
    if (!metric_is(counter, TACHO_HANDLE_DOUBLE))
        metric_misuse(counter, TACHO__MISUSE_KIND, "tacho_counter_add_real on a counter of whole numbers");
    else if (!(amount >= 0 && amount <= 1.7976931348623157e308))
        metric_misuse(counter, TACHO__MISUSE_AMOUNT, "a counter cannot grow by a negative or infinite amount or NaN");
    else
        metric_add_double(counter, amount);
}

double tacho_counter_value(tacho_counter *counter)
{
    if (metric_is_nowhere(counter)) return 0;
    struct tacho__cells cells = metric_cells(counter);
    if (metric_is(counter, TACHO_HANDLE_DOUBLE)) return tacho__cells_double(cells, 0, NULL);
    return (double)tacho__cells_u64(cells, 0, NULL);
}

/* The window of a gauge of extremes; NULL: it is none. */
static struct tacho__extreme *metric_extreme(const void *handle)
{
    if (metric_is_plain(handle) || metric_is(handle, TACHO_HANDLE_DOUBLE)) return NULL;
    const struct tacho__annex *annex = tacho__annex_of(metric_head(handle));
    return annex ? tacho__annex_part(annex, annex->extreme) : NULL;
}

void tacho_gauge_set_elsewhere(tacho_gauge *gauge, double value)
{
    struct tacho__extreme *extreme = gauge ? metric_extreme(gauge) : NULL;
    if (extreme)
        tacho__extreme_set(extreme, value, tacho__clock_coarse_ns());
    else
        metric_misuse(gauge, TACHO__MISUSE_KIND, "tacho_gauge_set on an up-down gauge");
}

void tacho_gauge_set_to_current_time(tacho_gauge *gauge)
{
    tacho_gauge_set(gauge, tacho__clock_unix());
}

void tacho_gauge_add(tacho_gauge *gauge, double delta)
{
    if (!gauge) return;
    struct tacho__extreme *extreme = metric_extreme(gauge);
    if (metric_is_plain(gauge))
        tacho__cell_add_double((_Atomic uint64_t *)(void *)gauge, delta);
    else if (extreme)
        tacho__extreme_add(extreme, delta, tacho__clock_coarse_ns());
    else
        metric_add_double(gauge, delta);
}

double tacho_gauge_value(tacho_gauge *gauge)
{
    if (metric_is_nowhere(gauge)) return 0;
    const struct tacho__extreme *extreme = metric_extreme(gauge);
    return extreme ? tacho__extreme_read(extreme, tacho__clock_coarse_ns()) : tacho__cells_settled(metric_cells(gauge), NULL, NULL);
}

tacho_timer tacho_timer_start(void)
{
    return (tacho_timer){ tacho__clock_timer_ns() };
}

double tacho_timer_observe(tacho_timer timer, tacho_histogram *histogram)
{
    double seconds = (double)(tacho__clock_timer_ns() - timer.start_ns) / 1e9;
    tacho_histogram_observe(histogram, seconds);
    return seconds;
}

/* ---- By label values: a typed door per kind, all into the same room ------------------------------------- */


tacho_counter *tacho_counter_at(tacho_counter_vec *vec, tacho_labels labels)
{
    return tacho__vec_at(vec, labels, TACHO_COUNTER);
}

tacho_gauge *tacho_gauge_at(tacho_gauge_vec *vec, tacho_labels labels)
{
    return tacho__vec_at(vec, labels, TACHO_GAUGE);
}

tacho_histogram *tacho_histogram_at(tacho_histogram_vec *vec, tacho_labels labels)
{
    return tacho__vec_at(vec, labels, TACHO_HISTOGRAM);
}

void tacho_counter_inc_at(tacho_counter_vec *vec, tacho_labels labels)
{
    struct tacho__found found = tacho__vec_enter((struct tacho__vec *)(void *)vec, &labels);
    tacho_counter_inc(found.handle);
    tacho__vec_leave(found);
}

void tacho_counter_add_at(tacho_counter_vec *vec, tacho_labels labels, uint64_t n)
{
    struct tacho__found found = tacho__vec_enter((struct tacho__vec *)(void *)vec, &labels);
    tacho_counter_add(found.handle, n);
    tacho__vec_leave(found);
}

void tacho_gauge_set_at(tacho_gauge_vec *vec, tacho_labels labels, double value)
{
    struct tacho__found found = tacho__vec_enter((struct tacho__vec *)(void *)vec, &labels);
    tacho_gauge_set(found.handle, value);
    tacho__vec_leave(found);
}

void tacho_gauge_add_at(tacho_gauge_vec *vec, tacho_labels labels, double delta)
{
    struct tacho__found found = tacho__vec_enter((struct tacho__vec *)(void *)vec, &labels);
    tacho_gauge_add(found.handle, delta);
    tacho__vec_leave(found);
}

void tacho_histogram_observe_at(tacho_histogram_vec *vec, tacho_labels labels, double value)
{
    struct tacho__found found = tacho__vec_enter((struct tacho__vec *)(void *)vec, &labels);
    tacho_histogram_observe(found.handle, value);
    tacho__vec_leave(found);
}

tacho_counter_vec *tacho_counter_bind(tacho_counter_vec *vec, tacho_labels values)
{
    return (void *)tacho__vec_bind((void *)vec, values);
}

tacho_gauge_vec *tacho_gauge_bind(tacho_gauge_vec *vec, tacho_labels values)
{
    return (void *)tacho__vec_bind((void *)vec, values);
}

tacho_histogram_vec *tacho_histogram_bind(tacho_histogram_vec *vec, tacho_labels values)
{
    return (void *)tacho__vec_bind((void *)vec, values);
}

/* ---- The void handles, for rows that could not be bound -------------------------------------------------- */

void *tacho__void_handle(tacho_type type)
{
    bool has_sum = type == TACHO_HISTOGRAM || type == TACHO_GAUGE_HISTOGRAM || type == TACHO_SUMMARY;
    return has_sum || type == TACHO_STATESET ? (void *)&metric_void_histogram : (void *)&metric_void_cell;
}
