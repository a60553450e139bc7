/*
 * collector.h - families whose values are read when somebody scrapes.
 *
 * A collector is one function that emits families into an emitter. It is a transaction: when it returns an
 * error, or emitted something against the rules, none of its families appears in that scrape, and
 * tacho_collector_success{collector} is 0 and the registry's listener hears why. It runs on the thread that scrapes, with no lock of the registry held,
 * one collector at a time; scrapes that come meanwhile wait for it, so it must be quick. It may update metrics and
 * define new ones, which appear from the next scrape. Inside it no collector is removed, and a scrape sees no
 * collectors. In a prefork registry it sees the memory of the process that serves the scrape.
 */
#ifndef TACHO_COLLECTOR_H
#define TACHO_COLLECTOR_H

#include <tacho/metric.h>

TACHO_BEGIN_DECLS

/** Takes what a collector emits. It keeps the first error and ignores the rest, so collectors need no checks. */
typedef struct tacho_emitter tacho_emitter;

typedef struct tacho_collector {
    const struct tacho_collector_ops *ops;
} tacho_collector;

typedef struct tacho_collector_ops {
    const char *name;        /* value of the label `collector`; required */
    const tacho_desc *descs; /* every family it may emit: `type` set, no handle bound */
    size_t desc_count;
    /** Emit all families. An error drops the whole run. */
    tacho_err (*collect)(tacho_collector *self, tacho_emitter *out);
} tacho_collector_ops;

/** Begin a family: a row of the collector's own `descs`, each at most once per run (else TACHO_ERR_ORDER). */
TACHO_API void tacho_emit_family(tacho_emitter *out, const tacho_desc *desc); /* [owner | O(1) | 0.1] */

/**
 * Emit a sample of the family begun last. The label count must be the descriptor's (TACHO_ERR_ARG), and a label
 * set may come once (TACHO_ERR_DUPLICATE). Label values are repaired as base.h says; of samples that become alike
 * by that, the first is shown; a value outside a label's closed set is TACHO_ERR_ARG. A counter's value must not be negative, NaN or infinite.
 */
TACHO_API void tacho_emit_int(tacho_emitter *out, tacho_labels labels, int64_t value);     /* [owner | O(labels) | 0.1] */
TACHO_API void tacho_emit_uint(tacho_emitter *out, tacho_labels labels, uint64_t value);   /* [owner | O(labels) | 0.1] */
TACHO_API void tacho_emit_double(tacho_emitter *out, tacho_labels labels, double value);   /* [owner | O(labels) | 0.1] */

/** Emit an info, or a stateset: one bit per state that is on, the first state the lowest. */
TACHO_API void tacho_emit_info(tacho_emitter *out, tacho_labels labels);                   /* [owner | O(labels) | 0.1] */
TACHO_API void tacho_emit_states(tacho_emitter *out, tacho_labels labels, uint64_t on);    /* [owner | O(labels) | 0.1] */

/** Emit a summary: `quantiles` has one number per rank of the descriptor, NaN where there is none. A sum of NaN is refused. */
TACHO_API void tacho_emit_summary(tacho_emitter *out, tacho_labels labels, uint64_t count, double sum,
                                  const double *quantiles); /* [owner | O(quantiles) | 0.1] */

/**
 * Emit a histogram or gauge histogram: `counts` has one number per bucket of the descriptor and one for values above the last
 * bound, not cumulative; together below 2^64. A sum of NaN is refused (TACHO_ERR_ARG).
 */
TACHO_API void tacho_emit_histogram(tacho_emitter *out, tacho_labels labels, const uint64_t *counts,
                                    double sum); /* [owner | O(buckets) | 0.1] */

/** A bucket of a native histogram, of values in (base^(index-1), base^index], or mirrored below 0; base: 2^(2^-schema). */
typedef struct tacho_native_bucket {
    int32_t index;
    uint64_t count; /* not cumulative; below 2^63; 0: as if the bucket were not listed */
} tacho_native_bucket;

/** What a native histogram counted. All of it together is below 2^64. */
typedef struct tacho_native_counts {
    int32_t schema;        /* -4 to 8 */
    double zero_threshold; /* values up to it, of either sign, are in zero_count; finite, not below 0; 0: zero alone */
    uint64_t zero_count;
    const tacho_native_bucket *positive, *negative; /* by rising index, each index once */
    size_t positive_count, negative_count;
    const uint64_t *classic; /* as in tacho_emit_histogram, as many in all; NULL: the row has TACHO_NATIVE_ONLY */
    double sum;
} tacho_native_counts;

/**
 * Emit a native histogram in a family of histograms or gauge histograms whose row says `native`: a factor above 1, of
 * which nothing else matters. Formats without native histograms show its classic buckets, or only count and sum.
 *
 * TACHO_ERR_ARG: a schema or threshold out of range; a bucket beyond those of +Inf or the smallest number, or not behind
 * the one before; more than 1,000 buckets that are not empty; counts that are too large, or come to another number in
 * `classic`; a sum of NaN; a NULL where there has to be something.
 */
TACHO_API void tacho_emit_native(tacho_emitter *out, tacho_labels labels,
                                 const tacho_native_counts *counts); /* [owner | O(buckets) | 0.1] */

TACHO_END_DECLS

#endif
