/*
 * summary.h - summaries: count and sum of observations, and quantiles over a sliding window.
 *
 * Without quantiles a summary is the cheapest way to an average: two numbers. With them it costs about 8 KiB per slice of
 * the window and series, and each process shows its own: quantiles of several cannot be added up. Where that is wanted, or
 * the ranks are not known in advance, use a histogram.
 *
 * A quantile is, of the n values of the window in order, the ceil(rank * n)-th, with a relative error of at most 1 %; NaN when
 * there is none. A value counts for at least the window and at most one slice longer. Values of one slice may lie 32 powers of
 * two apart, as those within a factor of 2 * 10^9 do; those beyond keep their place in the order, but not their size.
 */
#ifndef TACHO_SUMMARY_H
#define TACHO_SUMMARY_H

#include <tacho/desc.h>

TACHO_BEGIN_DECLS

/** Count a value. NaN is dropped and counted in tacho_observations_dropped_total. */
TACHO_API void tacho_summary_observe(tacho_summary *summary, double value); /* [hot | O(1) | 0.1] */

/** Observations so far. NULL is 0. */
TACHO_API uint64_t tacho_summary_count(tacho_summary *summary); /* [hot | O(CPUs) | 0.1] */

/** Sum of the observations so far. NULL is 0. */
TACHO_API double tacho_summary_sum(tacho_summary *summary); /* [hot | O(CPUs) | 0.1] */

/* By label values; what metric.h says about vectors, removal and errors holds here as well. */
TACHO_API tacho_summary *tacho_summary_at(tacho_summary_vec *vec, tacho_labels labels);                 /* [shared | O(labels) | 0.1] */
TACHO_API void tacho_summary_observe_at(tacho_summary_vec *vec, tacho_labels labels, double value);     /* [shared | O(labels) | 0.1] */
TACHO_API tacho_summary_vec *tacho_summary_bind(tacho_summary_vec *vec, tacho_labels values);           /* [shared | O(labels) | 0.1] */
TACHO_API tacho_err tacho_summary_remove(tacho_summary_vec *vec, tacho_summary *summary);               /* [shared | O(series) | 0.1] */
TACHO_API tacho_err tacho_summary_remove_at(tacho_summary_vec *vec, tacho_labels labels);               /* [shared | O(labels) | 0.1] */
TACHO_API size_t tacho_summary_remove_matching(tacho_summary_vec *vec, tacho_labels labels);            /* [shared | O(series) | 0.1] */
TACHO_API tacho_err tacho_summary_clear(tacho_summary_vec *vec);                                        /* [shared | O(series) | 0.1] */

TACHO_END_DECLS

#endif
