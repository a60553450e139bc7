/*
 * collector.h - families whose values are read when somebody scrapes.
 *
 * A collector is one function that emits families into an emitter. Plug it in with tacho_registry_add.
 *
 *   static tacho_err pool_collect(tacho_collector *self, tacho_emitter *out)
 *   {
 *       const struct pool *pool = TACHO_CONTAINER(self, struct pool, collector);
 *       tacho_emit_family(out, &pool_descs[DEPTH]);
 *       for (size_t i = 0; i < pool->count; i++)
 *           tacho_emit_uint(out, TACHO_LABELS(pool->queues[i].name), pool->queues[i].depth);
 *       return TACHO_OK;
 *   }
 *
 * A transaction. When a run returns an error, emits something against the rules or passes its deadline, none of its families
 * appears, or those of the last good run do if it asks for TACHO_COLLECT_KEEP_LAST. The registry's listener hears why, and
 * these metrics tell who is paged:
 *
 *   tacho_collector_success{collector}                         1, or 0: what it should show is missing, or old
 *   tacho_collector_duration_seconds{collector}                of the last run, or how long the present one hangs already
 *   tacho_collector_last_success_timestamp_seconds{collector}
 *   tacho_collector_failures_total{collector,reason}           error, deadline, busy
 *   tacho_collector_families_dropped_total{collector}          families that were not shown because their name was taken
 *
 * Where it runs. An ordinary collector runs on the thread that scrapes: it cannot be left, only be asked to stop
 * (tacho_emitter_expired), so it must be quick; once the scrape's time is up the rest of them do not run. One that waits
 * for somebody else, a database or a disk, is TACHO_COLLECT_DETACHED: it runs on a thread of its own (all signals but those of
 * faults blocked, also for the children it spawns; a stack of 256 KiB), which is started with its first run and ends when it is
 * removed. Detached ones of a scrape run side by side, and when time is up the scrape goes on without those that are not back. A
 * run that missed its deadline is not waited for again until it returns; what it then brings is the last good result.
 *
 * How often. Scrapes that overlap share one run, and wait no longer for it than who began it: a collector never runs twice at
 * a time. One that may take longer than a scrape has wants TACHO_COLLECT_KEEP_LAST, and is a scrape behind. With `cache_ms` a
 * good result is shown again for so long, without a run. At most two results of a collector are kept, as long as scrapes show them: while two
 * scrapes read different ones, a third shows the newer of them. Results take memory of the registry's byte budget.
 *
 * A run holds no lock of the registry. It may update metrics, and define new ones and plug in collectors, which appear from the
 * next scrape; removing a collector there is TACHO_ERR_BUSY. A scrape there sees no collectors of a registry whose collector is
 * being run by that thread. In a prefork registry a run sees the memory of the process that serves the scrape; a forked child
 * begins with no run and no thread.
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

/** How a collector is run; flags to combine. */
enum {
    TACHO_COLLECT_DETACHED = 1 << 0, /* on a thread of its own; a scrape goes on without it at the deadline */
    TACHO_COLLECT_KEEP_LAST = 1 << 1 /* after an error or a missed deadline the last good result is shown */
};

typedef struct tacho_collector_ops {
    const char *name;        /* value of the label `collector`; required */
    const tacho_desc *descs; /* every family it may emit, so that a clash of names is found when it is plugged in: `type` set, no
                                handle bound. NULL: it announces none; what it emits is checked then, and a family
                                whose name is taken is dropped from that scrape, whole */
    size_t desc_count;
    /** Emit all families. An error drops the whole run: TACHO_ERR_COLLECT, say, or TACHO_ERR_TIMEOUT, which counts as `deadline`. */
    tacho_err (*collect)(tacho_collector *self, tacho_emitter *out);
    /* What follows may be left 0. */
    /** Called once when tacho will not touch the collector again: by tacho_registry_remove, tacho_registry_free, or, if a run
     *  was hanging then, by its thread when it returns: the one place to free it. One that was refused is not released. */
    void (*release)(tacho_collector *self);
    uint32_t flags;       /* TACHO_COLLECT_... */
    uint32_t deadline_ms; /* of one run, and never more than the scrape that begins it has left; 0: all of that */
    uint32_t cache_ms;    /* how long a good result is shown again; 0: every scrape runs it, or joins a run */
} tacho_collector_ops;

/** Whether the run should end: its deadline has passed, or the collector is being removed. Then return soon, with any error. */
TACHO_API int tacho_emitter_expired(const tacho_emitter *out); /* [owner | one clock read | 0.1] */

/** Milliseconds until the deadline, rounded up; 0 when expired. For poll(2), a statement's time limit and the like. */
TACHO_API uint32_t tacho_emitter_left_ms(const tacho_emitter *out); /* [owner | one clock read | 0.1] */

/**
 * Begin a family: a row of the collector's own `descs`, or any row (borrowed up to the next family or the end of the run) of a
 * collector that announces none. Each at most once per run (else TACHO_ERR_ORDER, or TACHO_ERR_DUPLICATE for a name that
 * another family of this run has). TACHO_ERR_DESC: the row breaks a rule.
 */
TACHO_API void tacho_emit_family(tacho_emitter *out, const tacho_desc *desc); /* [owner | O(1) | 0.1] */

/**
 * Emit a sample of the family begun last. The label count must be the descriptor's (TACHO_ERR_ARG), and a label
 * set may come once (TACHO_ERR_DUPLICATE). Label values are repaired as base.h says; of samples that become alike
 * by that, the first is shown; a value outside a label's closed set is TACHO_ERR_ARG. A counter's value must not be negative, NaN
 * or infinite (TACHO_ERR_ARG). An error stays with the emitter and drops the run, whatever `collect` returns.
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
