/*
 * metric.h - the counters, gauges and histograms that a program updates; summary.h and state.h have the other types.
 *
 * A family is a row of a table (desc.h), and the handle you bind there is the type. From then on updates are a few
 * instructions that cannot fail, block or allocate. A handle that was never bound is NULL, and updating it does nothing.
 *
 * Three ways to a series of a family with labels:
 *   enum     every label lists its values: the handle is an array, one element per combination, and all series
 *            exist from the definition on: requests[GET][OK]
 *   handle   once, then kept: handle = tacho_counter_at(vec, TACHO_LABELS("mail"))
 *   call     label values at each update: tacho_counter_inc_at(vec, TACHO_LABELS("mail"))
 * The last is one hash, one probe and one comparison; no lock and no allocation once the series exists.
 *
 * Limits: a family holds max_series series (default 1,000) and the registry its byte budget. Beyond them
 * counters and histograms count into one overflow series, whose open labels say "_other", updates of gauges are
 * dropped, and tacho_series_rejected_total{family} counts. The same happens when a new series cannot be created
 * within the creation wait (10 ms), or from a signal handler that interrupted a creation.
 */
#ifndef TACHO_METRIC_H
#define TACHO_METRIC_H

#include <tacho/desc.h>

TACHO_BEGIN_DECLS

/* ---- Counters: a number of events, only growing -------------------------------------------------------- */

/** Add n events. */
TACHO_INLINE void tacho_counter_add(tacho_counter *counter, uint64_t n); /* [hot | one addition | 0.1] */

/** Add one event. */
TACHO_INLINE void tacho_counter_inc(tacho_counter *counter); /* [hot | one addition | 0.1] */

/**
 * Add to a counter of doubles (TACHO_REAL). A negative amount, NaN, infinity, or a counter of whole numbers
 * changes nothing and is counted in tacho_misuse_total.
 */
TACHO_API void tacho_counter_add_real(tacho_counter *counter, double amount); /* [hot | O(1) | 0.1] */

/** What was counted so far, unscaled; for tests and for the program itself. NULL counts as 0. */
TACHO_API double tacho_counter_value(tacho_counter *counter); /* [hot | O(CPUs) | 0.1] */

/* ---- Gauges: a value that goes up and down ------------------------------------------------------------- */

/**
 * Show this value; any double will do. On an up-down gauge it changes nothing and is counted as misuse. A gauge of extremes
 * (TACHO_MAXIMUM, TACHO_MINIMUM) shows the highest or lowest value set within its window, the one set last among them.
 */
TACHO_INLINE void tacho_gauge_set(tacho_gauge *gauge, double value); /* [hot | one store | 0.1] */

/** Show the wall clock's Unix time in seconds. */
TACHO_API void tacho_gauge_set_to_current_time(tacho_gauge *gauge); /* [hot | one clock read | 0.1] */

/** Add `delta`, which may be negative. A plain gauge takes a compare-and-swap loop, an up-down gauge does not. */
TACHO_API void tacho_gauge_add(tacho_gauge *gauge, double delta); /* [hot | O(1) | 0.1] */

/** Add -delta, 1 or -1. */
TACHO_INLINE void tacho_gauge_sub(tacho_gauge *gauge, double delta); /* [hot | O(1) | 0.1] */
TACHO_INLINE void tacho_gauge_inc(tacho_gauge *gauge);               /* [hot | O(1) | 0.1] */
TACHO_INLINE void tacho_gauge_dec(tacho_gauge *gauge);               /* [hot | O(1) | 0.1] */

/** The value now, of a gauge of extremes what it shows. NULL is 0. */
TACHO_API double tacho_gauge_value(tacho_gauge *gauge); /* [hot | O(CPUs) | 0.1] */

/* ---- Histograms: how values are spread ------------------------------------------------------------------ */

/**
 * Count a value in the bucket whose upper bound is the first that is not below it, and add it to the sum.
 *
 * NaN is dropped and counted in tacho_observations_dropped_total. The sum may trail the buckets by the
 * observations in flight; the count is the sum of the buckets, so the two always agree.
 */
TACHO_API void tacho_histogram_observe(tacho_histogram *histogram, double value); /* [hot | O(log buckets) | 0.1] */

/**
 * Take an observation back, from a gauge histogram (TACHO_GAUGE_HISTOGRAM): what was there is gone. On another histogram it
 * changes nothing and is counted as misuse.
 */
TACHO_API void tacho_histogram_unobserve(tacho_histogram *histogram, double value); /* [hot | O(log buckets) | 0.1] */

/** Observations so far. NULL is 0. */
TACHO_API uint64_t tacho_histogram_count(tacho_histogram *histogram); /* [hot | O(CPUs * buckets) | 0.1] */

/** Sum of the observations so far. NULL is 0. */
TACHO_API double tacho_histogram_sum(tacho_histogram *histogram); /* [hot | O(CPUs) | 0.1] */

/** The buckets of a histogram that names none, in seconds: 0.005 to 10. */
#define TACHO_DEFAULT_BUCKET_COUNT 11
extern TACHO_API const double tacho_default_buckets[TACHO_DEFAULT_BUCKET_COUNT];

/** Fill `bounds` with `count` bounds start, start + width, ... TACHO_ERR_ARG: they would not be finite and rising. */
TACHO_API tacho_err tacho_buckets_linear(double *bounds, size_t count, double start,
                                         double width); /* [shared | O(count) | 0.1] */

/** Fill `bounds` with `count` bounds start, start * factor, ...; start above 0, factor above 1. TACHO_ERR_ARG: as above. */
TACHO_API tacho_err tacho_buckets_exponential(double *bounds, size_t count, double start,
                                              double factor); /* [shared | O(count) | 0.1] */

/** A running stopwatch on the monotonic clock. */
typedef struct tacho_timer {
    uint64_t start_ns;
} tacho_timer;

/** Start it; it owes nothing, and may be copied and forgotten. */
TACHO_API tacho_timer tacho_timer_start(void); /* [hot | one clock read | 0.1] */

/** Observe the seconds since the start. Returns them, and does only that for a NULL histogram; the timer runs on and can be
 *  observed again. */
TACHO_API double tacho_timer_observe(tacho_timer timer, tacho_histogram *histogram); /* [hot | one clock read | 0.1] */

/* ---- Families with labels -------------------------------------------------------------------------------- */

/**
 * Find or create the series with these label values; keep the handle.
 *
 * Never NULL: a wrong number of values, a NULL value, or a value outside a label's closed set gives a handle
 * whose updates go nowhere, and is counted in tacho_misuse_total; so does a NULL vector, which nobody can count. A
 * series too many gives the overflow series (see above), which cannot be removed by handle. From a signal handler
 * use handles that exist already.
 */
TACHO_API tacho_counter *tacho_counter_at(tacho_counter_vec *vec, tacho_labels labels);       /* [shared | O(labels) | 0.1] */
TACHO_API tacho_gauge *tacho_gauge_at(tacho_gauge_vec *vec, tacho_labels labels);             /* [shared | O(labels) | 0.1] */
TACHO_API tacho_histogram *tacho_histogram_at(tacho_histogram_vec *vec, tacho_labels labels); /* [shared | O(labels) | 0.1] */

/**
 * Update the series with these label values, creating it if needed.
 *
 * Unlike a handle that was kept, such an update never lands in another series, whoever removes what meanwhile.
 */
TACHO_API void tacho_counter_inc_at(tacho_counter_vec *vec, tacho_labels labels);               /* [shared | O(labels) | 0.1] */
TACHO_API void tacho_counter_add_at(tacho_counter_vec *vec, tacho_labels labels, uint64_t n);   /* [shared | O(labels) | 0.1] */
TACHO_API void tacho_gauge_set_at(tacho_gauge_vec *vec, tacho_labels labels, double value);     /* [shared | O(labels) | 0.1] */
TACHO_API void tacho_gauge_add_at(tacho_gauge_vec *vec, tacho_labels labels, double delta);     /* [shared | O(labels) | 0.1] */
TACHO_API void tacho_histogram_observe_at(tacho_histogram_vec *vec, tacho_labels labels,
                                          double value);                                        /* [shared | O(labels) | 0.1] */

/**
 * A vector with some labels bound: `values` has one entry per open label of `vec`, NULL where it stays open, whatever
 * its length. Each call makes one, on the heap: bind once and keep it.
 *
 * The result takes values for the labels still open, belongs to the registry, and lives as long. NULL when out
 * of memory or on misuse (counted); a NULL vector is harmless.
 */
TACHO_API tacho_counter_vec *tacho_counter_bind(tacho_counter_vec *vec, tacho_labels values);       /* [shared | O(labels) | 0.1] */
TACHO_API tacho_gauge_vec *tacho_gauge_bind(tacho_gauge_vec *vec, tacho_labels values);             /* [shared | O(labels) | 0.1] */
TACHO_API tacho_histogram_vec *tacho_histogram_bind(tacho_histogram_vec *vec, tacho_labels values); /* [shared | O(labels) | 0.1] */

/* ---- Removal ---------------------------------------------------------------------------------------------
 * A removed series is gone from the next scrape; counted again under the same labels it starts from 0. Its
 * memory is reused, within its family, once no update by label values can still be on its way to it. Whoever
 * removes a series makes sure that handles to it are given up, as with free; a handle kept by mistake causes no
 * memory fault: a late count is lost or lands in a later series of the same family.
 * TACHO_ERR_MISSING: no such series. TACHO_ERR_ARG: as for `at`. TACHO_ERR_NOMEM: no memory to repair a value.
 * TACHO_ERR_BUSY: somebody else creates or removes for longer than the creation wait (by label values), or than 10 s
 * (all others, which let go of the lock in between). */

/** Remove the series behind a handle; of a bound vector only if it has the bound values. */
TACHO_API tacho_err tacho_counter_remove(tacho_counter_vec *vec, tacho_counter *counter);             /* [shared | O(series) | 0.1] */
TACHO_API tacho_err tacho_gauge_remove(tacho_gauge_vec *vec, tacho_gauge *gauge);                     /* [shared | O(series) | 0.1] */
TACHO_API tacho_err tacho_histogram_remove(tacho_histogram_vec *vec, tacho_histogram *histogram);     /* [shared | O(series) | 0.1] */

/** Remove the series with these label values. */
TACHO_API tacho_err tacho_counter_remove_at(tacho_counter_vec *vec, tacho_labels labels);     /* [shared | O(labels) | 0.1] */
TACHO_API tacho_err tacho_gauge_remove_at(tacho_gauge_vec *vec, tacho_labels labels);         /* [shared | O(labels) | 0.1] */
TACHO_API tacho_err tacho_histogram_remove_at(tacho_histogram_vec *vec, tacho_labels labels); /* [shared | O(labels) | 0.1] */

/** Remove every series that has these values; NULL matches any, whatever its length. Returns how many were removed. */
TACHO_API size_t tacho_counter_remove_matching(tacho_counter_vec *vec, tacho_labels labels);     /* [shared | O(series) | 0.1] */
TACHO_API size_t tacho_gauge_remove_matching(tacho_gauge_vec *vec, tacho_labels labels);         /* [shared | O(series) | 0.1] */
TACHO_API size_t tacho_histogram_remove_matching(tacho_histogram_vec *vec, tacho_labels labels); /* [shared | O(series) | 0.1] */

/** Remove every series of the vector, of a bound one those with its bound values, the overflow series included. */
TACHO_API tacho_err tacho_counter_clear(tacho_counter_vec *vec);     /* [shared | O(series) | 0.1] */
TACHO_API tacho_err tacho_gauge_clear(tacho_gauge_vec *vec);         /* [shared | O(series) | 0.1] */
TACHO_API tacho_err tacho_histogram_clear(tacho_histogram_vec *vec); /* [shared | O(series) | 0.1] */

/* ---- Inlines: their bodies are no promise; each is a symbol of the library as well ---------------------------
 * Low bits of a handle say what it points to: nothing, a shared cell; otherwise a tacho_head. */

enum { TACHO_HANDLE_PER_CPU = 1, TACHO_HANDLE_DOUBLE = 2, TACHO_HANDLE_BITS = 3 };

TACHO_API void tacho_counter_add_elsewhere(tacho_counter *counter, uint64_t n); /* [hot | O(1) | 0.1] */
TACHO_API void tacho_gauge_set_elsewhere(tacho_gauge *gauge, double value);     /* [hot | O(1) | 0.1] */

TACHO_INLINE void tacho_counter_add(tacho_counter *counter, uint64_t n)
{
    uintptr_t bits = (uintptr_t)counter, at = bits - TACHO_HANDLE_PER_CPU;
    if (TACHO_LIKELY((at & TACHO_HANDLE_BITS) == 0)) {
        struct tacho_head *head = (struct tacho_head *)at;
        if (TACHO_LIKELY(tacho_stripe_add(head, 0, n))) return;
        tacho_cell_add(tacho_head_cells(head), n);
    } else if ((bits & TACHO_HANDLE_BITS) == 0) {
        if (counter) tacho_cell_add((uint64_t *)bits, n);
    } else {
        tacho_counter_add_elsewhere(counter, n);
    }
}

TACHO_INLINE void tacho_counter_inc(tacho_counter *counter)
{
    tacho_counter_add(counter, 1);
}

TACHO_INLINE void tacho_gauge_set(tacho_gauge *gauge, double value)
{
    union { double number; uint64_t bits; } image;
    image.number = value;
    if (TACHO_LIKELY(gauge && ((uintptr_t)gauge & TACHO_HANDLE_BITS) == 0))
        tacho_cell_store((uint64_t *)(uintptr_t)gauge, image.bits);
    else
        tacho_gauge_set_elsewhere(gauge, value);
}

TACHO_INLINE void tacho_gauge_sub(tacho_gauge *gauge, double delta)
{
    tacho_gauge_add(gauge, -delta);
}

TACHO_INLINE void tacho_gauge_inc(tacho_gauge *gauge)
{
    tacho_gauge_add(gauge, 1);
}

TACHO_INLINE void tacho_gauge_dec(tacho_gauge *gauge)
{
    tacho_gauge_add(gauge, -1);
}

TACHO_END_DECLS

#endif
