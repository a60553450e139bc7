/*
 * desc.h - how a metric family is described: a row of a static const table.
 *
 * A row says name, help, labels and the address of the handle to bind. The handle is the type; where one handle serves two
 * types, `type` names the other one. tacho_registry_define (registry.h) checks the rows and fills the handles.
 *
 *   handle                 type, unless `type` says otherwise    `type` may also say
 *   counter, counter_vec   TACHO_COUNTER
 *   gauge, gauge_vec       TACHO_GAUGE                           TACHO_UNKNOWN
 *   histogram, ..._vec     TACHO_HISTOGRAM                       TACHO_GAUGE_HISTOGRAM
 *   summary, ..._vec       TACHO_SUMMARY
 *   stateset, ..._vec      TACHO_STATESET
 *   info                   TACHO_INFO
 */
#ifndef TACHO_DESC_H
#define TACHO_DESC_H

#include <tacho/base.h>

TACHO_BEGIN_DECLS

/* Handles are opaque, belong to their registry, and stay harmless until it is freed, also after a removal. */
typedef struct tacho_counter tacho_counter;
typedef struct tacho_gauge tacho_gauge;
typedef struct tacho_histogram tacho_histogram;
typedef struct tacho_summary tacho_summary;
typedef struct tacho_stateset tacho_stateset;
typedef struct tacho_counter_vec tacho_counter_vec;
typedef struct tacho_gauge_vec tacho_gauge_vec;
typedef struct tacho_histogram_vec tacho_histogram_vec;
typedef struct tacho_summary_vec tacho_summary_vec;
typedef struct tacho_stateset_vec tacho_stateset_vec;
typedef struct tacho_info_vec tacho_info_vec;

/** Values are frozen; new types are appended. */
typedef enum tacho_type {
    TACHO_COUNTER = 1,
    TACHO_GAUGE = 2,
    TACHO_HISTOGRAM = 3,
    TACHO_SUMMARY = 4,
    TACHO_GAUGE_HISTOGRAM = 5, /* how what is there now is spread: its buckets also fall */
    TACHO_INFO = 6,            /* what does not change while the program runs, as labels; the value is 1 */
    TACHO_STATESET = 7,        /* which of a few named states are on */
    TACHO_UNKNOWN = 8          /* a number from somewhere else that does not tell its type */
} tacho_type;

/** What a row may ask for; combine with |. */
enum {
    TACHO_REAL = 1 << 0,       /* counter: of doubles; add with tacho_counter_add_real */
    TACHO_UPDOWN = 1 << 1,     /* gauge: add, sub, inc and dec only; per CPU, for numbers in flight */
    TACHO_SHARED = 1 << 2,     /* one atomic cell per series instead of one per CPU: smaller, slower */
    TACHO_KEEP_NAME = 1 << 3,  /* counter: a documented name that lacks _total; OpenMetrics calls it unknown */
    TACHO_EXEMPLARS = 1 << 4,  /* counter, histogram, and a gauge histogram that has a handle: keep the last exemplar of each
                                  sample, about 600 bytes each; a native histogram keeps 10 more */
    TACHO_CREATED = 1 << 5,    /* counter, histogram, summary: keep when a series began; 8 bytes each. A Prometheus that reads
                                  OpenMetrics and does not know what x_created means stores one more series for each */
    TACHO_MAXIMUM = 1 << 6,    /* gauge: shows the highest value that was set within the window, at most a slice longer, and the
                                  last one in any case; 0 before the first, NaN while the last one is NaN */
    TACHO_MINIMUM = 1 << 7,    /* gauge: shows the lowest value, likewise */
    TACHO_NATIVE_ONLY = 1 << 8, /* native histogram: without classic buckets beside it */
    TACHO_UNUSUAL_NAME = 1 << 9 /* a documented name against the conventions: tacho_registry_lint says nothing about it */
};

/** A sliding window, for summaries with quantiles and gauges of extremes. It follows the monotonic clock; the registry's `clock`
 *  does not move it. */
typedef struct tacho_window {
    double seconds;  /* how far back; 0: 600 for summaries, 120 for gauges */
    uint32_t slices; /* what is old goes a slice at a time; 1 to 16; 0: 5 */
} tacho_window;

/**
 * A native histogram: buckets appear where values are, each `factor` times as wide as the one before (at most; the next
 * finer of 2^(2^-8) to 2^(2^4) is taken). It is shown in protobuf; the text formats show classic buckets, or only count
 * and sum. A histogram with too many buckets is reset if the last reset is long ago, else its zero bucket is widened,
 * else its resolution is halved (Prometheus, "Native histograms"). Classic buckets beside it are not reset: the text
 * formats go on with them, and protobuf shows none from the first reset on.
 */
typedef struct tacho_native {
    double factor;             /* above 1; 1.1 is a good choice; 0: not native */
    double zero_threshold;     /* values up to it, of either sign, count as zero; 0: 2^-128; below 0: zero alone */
    uint32_t max_buckets;      /* 0: 160; at most 1,000 */
    double max_zero_threshold; /* how far the zero bucket may be widened; 0: not at all */
    double min_reset_seconds;  /* how long after the last reset it may be reset again; 0: never */
} tacho_native;

/** A label with one value for a whole family or registry. */
typedef struct tacho_constant {
    const char *name, *value;
} tacho_constant;

/**
 * One metric family. Zero means default everywhere.
 *
 * Bind exactly one handle (an info without labels has none, but `type`). Names match [a-zA-Z_:][a-zA-Z0-9_:]*, label names
 * [a-zA-Z_][a-zA-Z0-9_]* (unless the registry takes UTF-8 names) and label names do not begin with "__"; "le" is reserved on
 * histograms, "quantile" on summaries, and its own name on a stateset. Counter names end in _total, those of infos in _info; a unit is the suffix before _total, so
 * what you grep here is what you query there. No name may clash with what another family shows in any format: a
 * histogram `x` owns x_bucket, x_sum and x_count, a counter `x_total` owns x, and both own x_created (OpenMetrics 1.0,
 * "Metric naming"). Strings and arrays are copied (not those that a collector announces); the row itself must stay at its
 * address, because defining the same rows again is no error and gives the same handles. A handle belongs to one row of one
 * registry: bound a second time it counts for the second. From C++ keep the order of the members; designators need C++20.
 */
typedef struct tacho_desc {
    tacho_counter **counter; /* without labels; or, if every label lists its values, the first array element */
    tacho_counter_vec **counter_vec;
    tacho_gauge **gauge;
    tacho_gauge_vec **gauge_vec;
    tacho_histogram **histogram;
    tacho_histogram_vec **histogram_vec;
    tacho_summary **summary;
    tacho_summary_vec **summary_vec;
    tacho_stateset **stateset;
    tacho_stateset_vec **stateset_vec;
    tacho_info_vec **info;
    tacho_type type;
    uint32_t flags;    /* TACHO_REAL and so on */
    const char *name;  /* required */
    const char *help;  /* required; one paragraph for whoever is paged at night */
    const char *unit;  /* base unit, plural: "seconds", "bytes"; the name then ends in it; NULL: a plain count */
    double scale;      /* counter: shown value = counted number * scale; 1e-9 counts ns and shows seconds */
    const double *buckets; /* histogram: upper bounds, finite and rising (a last +Inf is there anyway); NULL:
                              tacho_default_buckets */
    size_t bucket_count;      /* at most 1,000 */
    tacho_native native;      /* histogram: native as well; emitted gauge histogram: may be */
    const double *quantiles;  /* summary: ranks between 0 and 1, rising; NULL: only sum and count */
    size_t quantile_count;    /* at most 16 */
    tacho_window window;      /* of the quantiles, or of TACHO_MAXIMUM and TACHO_MINIMUM */
    const char *const *states; /* stateset: their names, 1 to 64, NULL-terminated */
    const tacho_constant *constants; /* labels with one value, ended by a name NULL */
    const char *labels[TACHO_MAX_LABELS]; /* label names; unused entries stay NULL */
    /* For each label that has a closed set of values: that set, NULL-terminated. */
    const char *const *values[TACHO_MAX_LABELS];
    uint32_t max_series; /* label sets before the overflow series; 0: 1,000 */
} tacho_desc;

TACHO_END_DECLS

/*
 * Arrays and their counts in one word, for rows in C that stand outside of functions:
 *
 *   { .histogram = &seconds, .name = "job_seconds", .help = "Time per job.", TACHO_BUCKETS(0.1, 1, 10) },
 */
#ifndef __cplusplus
#define TACHO_BUCKETS(...)                       \
    .buckets = (const double[]){ __VA_ARGS__ },  \
    .bucket_count = sizeof((const double[]){ __VA_ARGS__ }) / sizeof(double)
#define TACHO_QUANTILES(...)                      \
    .quantiles = (const double[]){ __VA_ARGS__ }, \
    .quantile_count = sizeof((const double[]){ __VA_ARGS__ }) / sizeof(double)
#define TACHO_STATES(...) .states = (const char *const[]){ __VA_ARGS__, NULL }
#endif

#endif
