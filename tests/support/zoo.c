/*
 * zoo.c - a family of each type.
 *
 * zoo_wait_seconds, natively and by two buckets: 90 values of 0.05, of which one is an example, and 10 of 4.
 * zoo_far_seconds and zoo_far_age_seconds, which a collector emits: 3 zeros, 10 values around 0.7 and 20 around 1.5.
 */
#include "zoo.h"

#include <stdio.h>

#include <tacho/tacho.h>

#define ZOO_AWKWARD "a \"b\"\\\n\xc3\xa9"

enum { ZOO_IDLE, ZOO_BUSY };

static struct zoo_handles {
    tacho_counter *ticks, *real;
    tacho_counter_vec *jobs;
    tacho_gauge *level, *flying, *imported, *dotted;
    tacho_histogram *wait, *native, *queue;
    tacho_summary *reply;
    tacho_info_vec *build;
    tacho_stateset *mode;
} zoo_handles;

static const double zoo_bounds[] = { 0.1, 1 };
static const double zoo_ranks[] = { 0.5, 0.99 };
static const char *const zoo_modes[] = { "idle", "busy", NULL };

static const tacho_desc zoo_rows[ZOO_FAMILIES] = {
    { .counter_vec = &zoo_handles.jobs, .name = "zoo_jobs_total", .help = "Jobs done, by \"queue\".\nAll of them.",
      .labels = { "queue" }, .flags = TACHO_EXEMPLARS | TACHO_CREATED },
    { .counter = &zoo_handles.real, .name = "zoo_cpu_seconds_total", .help = "CPU time.", .unit = "seconds",
      .flags = TACHO_REAL },
    { .gauge = &zoo_handles.level, .name = "zoo_level_ratio", .help = "Fill level.", .unit = "ratio" },
    { .gauge = &zoo_handles.flying, .name = "zoo_flying", .help = "In the air.", .flags = TACHO_UPDOWN },
    { .gauge = &zoo_handles.imported, .type = TACHO_UNKNOWN, .name = "zoo_imported", .help = "From elsewhere." },
    { .gauge = &zoo_handles.dotted, .name = "zoo.dotted", .help = "With a point in its name." },
    { .histogram = &zoo_handles.wait, .name = "zoo_wait_seconds", .help = "Time in the queue.", .unit = "seconds",
      .buckets = zoo_bounds, .bucket_count = TACHO_COUNT(zoo_bounds), .native = { .factor = 1.1 },
      .flags = TACHO_EXEMPLARS | TACHO_CREATED },
    { .histogram = &zoo_handles.native, .name = "zoo_size_bytes", .help = "Sizes of either sign.", .unit = "bytes",
      .native = { .factor = 2 }, .flags = TACHO_NATIVE_ONLY },
    { .histogram = &zoo_handles.queue, .type = TACHO_GAUGE_HISTOGRAM, .name = "zoo_age_seconds",
      .help = "Ages of what waits now.", .unit = "seconds", .buckets = zoo_bounds,
      .bucket_count = TACHO_COUNT(zoo_bounds) },
    { .summary = &zoo_handles.reply, .name = "zoo_reply_seconds", .help = "Time to reply.", .unit = "seconds",
      .quantiles = zoo_ranks, .quantile_count = TACHO_COUNT(zoo_ranks), .window = { .seconds = 86400 } },
    { .info = &zoo_handles.build, .name = "zoo_build_info", .help = "Build data.", .labels = { "version" } },
    { .stateset = &zoo_handles.mode, .name = "zoo_mode", .help = "What it does.", .states = zoo_modes },
    { .counter = &zoo_handles.ticks, .name = ZOO_TICKS, .help = "Grows when it is told to." },
};

enum { ZOO_FAR, ZOO_FAR_AGE };

static const tacho_desc zoo_emitted[] = {
    { .type = TACHO_HISTOGRAM, .name = "zoo_far_seconds", .help = "Times of another program.", .unit = "seconds",
      .buckets = zoo_bounds, .bucket_count = TACHO_COUNT(zoo_bounds), .native = { .factor = 2 } },
    { .type = TACHO_GAUGE_HISTOGRAM, .name = "zoo_far_age_seconds", .help = "Ages in another program.", .unit = "seconds",
      .native = { .factor = 2 }, .flags = TACHO_NATIVE_ONLY },
};

static tacho_err zoo_collect(tacho_collector *self, tacho_emitter *out)
{
    static const tacho_native_bucket buckets[] = { { 0, 10 }, { 1, 20 } };
    static const uint64_t classic[] = { 3, 10, 20 };
    tacho_native_counts counts = { .zero_threshold = 1e-6, .zero_count = 3, .positive = buckets, .positive_count = 2,
                                   .classic = classic, .sum = 37 };
    (void)self;
    tacho_emit_family(out, &zoo_emitted[ZOO_FAR]);
    tacho_emit_native(out, TACHO_NO_LABELS, &counts);
    counts.classic = NULL;
    tacho_emit_family(out, &zoo_emitted[ZOO_FAR_AGE]);
    tacho_emit_native(out, TACHO_NO_LABELS, &counts);
    return TACHO_OK;
}

static const tacho_collector_ops zoo_ops = { .name = "zoo", .descs = zoo_emitted, .desc_count = TACHO_COUNT(zoo_emitted),
                                             .collect = zoo_collect };
static tacho_collector zoo_collector = { &zoo_ops };

static void zoo_fill(void)
{
    static const double sizes[] = { -100, -3, 0, 1, 2, 2.5, 1000 };
    const struct zoo_handles *h = &zoo_handles;
    tacho_counter_add(tacho_counter_at(h->jobs, TACHO_LABELS(ZOO_AWKWARD)), 5);
    tacho_counter_add_exemplar(tacho_counter_at(h->jobs, TACHO_LABELS("mail")), 3,
                               TACHO_EXEMPLAR(TACHO_PAIR("trace_id", "of-a-job")));
    tacho_counter_add_real(h->real, 12.5);
    tacho_gauge_set(h->level, 0.25);
    tacho_gauge_add(h->flying, 2);
    tacho_gauge_set(h->imported, -4.5);
    tacho_gauge_set(h->dotted, 7);
    tacho_histogram_observe_exemplar(h->wait, 0.05, TACHO_EXEMPLAR(TACHO_PAIR("trace_id", "of-a-wait")));
    for (int i = 1; i < 90; i++) tacho_histogram_observe(h->wait, 0.05);
    for (int i = 0; i < 10; i++) tacho_histogram_observe(h->wait, 4);
    for (size_t i = 0; i < TACHO_COUNT(sizes); i++) tacho_histogram_observe(h->native, sizes[i]);
    for (int i = 0; i < 5; i++) tacho_histogram_observe(h->queue, 0.5 * i);
    for (int i = 0; i < 100; i++) tacho_summary_observe(h->reply, 0.25);
    tacho_info_set(h->build, TACHO_LABELS("1.2.0"));
    tacho_stateset_set(h->mode, ZOO_BUSY);
}

bool zoo_open(struct zoo *zoo, tacho_clock *clock)
{
    tacho_registry_options options = { .no_self_metrics = 1, .utf8_names = 1, .clock = clock };
    *zoo = (struct zoo){ .reg = tacho_registry_new(&options) };
    if (!zoo->reg || TACHO_DEFINE(zoo->reg, zoo_rows) || tacho_registry_add(zoo->reg, &zoo_collector)) {
        (void)fprintf(stderr, "no zoo: %s\n", tacho_registry_error(zoo->reg));
        return false;
    }
    zoo->ticks = zoo_handles.ticks;
    zoo_fill();
    return true;
}

void zoo_close(struct zoo *zoo)
{
    tacho_registry_free(zoo->reg);
    *zoo = (struct zoo){ .reg = NULL };
}
