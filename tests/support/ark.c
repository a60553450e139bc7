/*
 * ark.c - a registry with every type and every oddity.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>

#include "ark.h"

#define TRACE(id) TACHO_EXEMPLAR(TACHO_PAIR("trace_id", id))

static struct test_clock {
    tacho_clock clock;
    double now;
} wall;

static double wall_now(tacho_clock *clock)
{
    return TACHO_CONTAINER(clock, struct test_clock, clock)->now;
}

static const double bounds[] = { 0.1, 1 }, cold[] = { -10, 0, 10, INFINITY }, ranks[] = { 0, 0.5, 0.999, 1 };
static const char *const modes[] = { "idle", "busy \"\\\n\t,", NULL }, *const sides[] = { "left", "right", NULL };
static const tacho_constant common[] = { { "zone", "eu \"1\"\n" }, { NULL, NULL } };
static const tacho_constant own[] = { { "part.of", "a\\b" }, { "plain", "" }, { NULL, NULL } };

static struct {
    tacho_counter *dotted, *kept, *kept_total, *scaled, *array[2];
    tacho_counter_vec *named;
    tacho_gauge *unit, *unit_gone, *highest, *unknown, *quoted;
    tacho_gauge_vec *values;
    tacho_histogram *times, *cold, *negative, *ages, *cold_ages, *native, *only;
    tacho_summary *sizes, *ranked, *owing;
    tacho_stateset *mode;
    tacho_stateset_vec *modes;
    tacho_info_vec *build;
} all;

static const tacho_desc rows[] = {
    { .counter = &all.dotted, .name = "http.requests_total", .help = ARK_HOSTILE, .flags = TACHO_CREATED | TACHO_EXEMPLARS,
      .constants = own },
    { .counter = &all.kept, .name = "downloads", .help = "Without _total.", .flags = TACHO_KEEP_NAME | TACHO_CREATED |
      TACHO_EXEMPLARS },
    { .counter = &all.kept_total, .name = "uploads.total", .help = "A counter with underscores only.",
      .flags = TACHO_KEEP_NAME | TACHO_CREATED },
    { .counter = &all.scaled, .name = "cpu.busy_seconds_total", .help = "Its unit is no suffix as values.", .unit = "seconds",
      .scale = 1e-9, .flags = TACHO_EXEMPLARS },
    { .counter = &all.array[0], .name = "array_total", .help = "Closed.", .labels = { "side" }, .values = { sides } },
    { .counter_vec = &all.named, .name = "named_total", .help = "UTF-8 labels.", .labels = { "a.b", "plain_one", "\xc3\xa9" },
      .flags = TACHO_EXEMPLARS | TACHO_CREATED },
    { .gauge = &all.unit, .name = "disk_bytes", .help = "A unit.", .unit = "bytes" },
    { .gauge = &all.unit_gone, .name = "tank.level_ratio", .help = "A unit in each scheme.", .unit = "ratio" },
    { .gauge = &all.highest, .name = "highest", .help = "Extreme.", .flags = TACHO_MAXIMUM },
    { .gauge = &all.unknown, .name = "imported:value", .help = "Unknown.", .type = TACHO_UNKNOWN },
    { .gauge = &all.quoted, .name = "odd \"name\"\n\\", .help = "A hostile name." },
    { .gauge_vec = &all.values, .name = "values", .help = "Labels.", .labels = { "l" } },
    { .histogram = &all.times, .name = "times_seconds", .help = "Exemplars.", .unit = "seconds", .buckets = bounds,
      .bucket_count = 2, .flags = TACHO_EXEMPLARS | TACHO_CREATED },
    { .histogram = &all.cold, .name = "cold_celsius", .help = "Bounds below 0.", .buckets = cold, .bucket_count = 4,
      .flags = TACHO_CREATED },
    { .histogram = &all.negative, .name = "negative", .help = "A sum below 0.", .buckets = bounds, .bucket_count = 2 },
    { .histogram = &all.ages, .name = "queue.ages", .help = "A gauge histogram.", .type = TACHO_GAUGE_HISTOGRAM,
      .buckets = bounds, .bucket_count = 2 },
    { .histogram = &all.cold_ages, .name = "cold_ages", .help = "With bounds below 0.", .type = TACHO_GAUGE_HISTOGRAM,
      .buckets = cold, .bucket_count = 4 },
    { .histogram = &all.native, .name = "native.times", .help = "Both kinds of buckets.", .buckets = bounds, .bucket_count = 2,
      .native = { .factor = 2 }, .flags = TACHO_CREATED | TACHO_EXEMPLARS },
    { .histogram = &all.only, .name = "only_native", .help = "One kind.", .native = { .factor = 1.1, .zero_threshold = -1 },
      .flags = TACHO_NATIVE_ONLY },
    { .summary = &all.sizes, .name = "sizes_bytes", .help = "No quantiles.", .unit = "bytes", .flags = TACHO_CREATED },
    { .summary = &all.ranked, .name = "ranked.values", .help = "Quantiles.", .quantiles = ranks, .quantile_count = 4 },
    { .summary = &all.owing, .name = "owing", .help = "A sum below 0." },
    { .stateset = &all.mode, .name = "worker.mode", .help = "States.", .states = modes },
    { .stateset_vec = &all.modes, .name = "modes", .help = "States by label.", .states = modes, .labels = { "l", "m.n" } },
    { .info = &all.build, .name = "build_info", .help = "Build.", .labels = { "version" } },
    { .type = TACHO_INFO, .name = "os.name_info", .help = "Without labels.", .constants = own },
};

/* ---- What a collector emits, in the middle of it ------------------------------------------------------------ */

enum { ROWS_BEFORE = 6 }; /* of those that are defined */

static const tacho_desc emitted[] = {
    { .type = TACHO_COUNTER, .name = "emitted.count_total", .help = ARK_HOSTILE, .labels = { "l", "m.n" }, .constants = own },
    { .type = TACHO_GAUGE, .name = "emitted_level", .help = "No sample, at times." },
    { .type = TACHO_HISTOGRAM, .name = "emitted_times", .help = "Bounds below 0.", .buckets = cold, .bucket_count = 4 },
    { .type = TACHO_GAUGE_HISTOGRAM, .name = "emitted.ages", .help = "Ages.", .buckets = bounds, .bucket_count = 2,
      .labels = { "l" } },
    { .type = TACHO_SUMMARY, .name = "emitted_sizes", .help = "Sizes.", .quantiles = ranks, .quantile_count = 4 },
    { .type = TACHO_STATESET, .name = "emitted_mode", .help = "Mode.", .states = modes, .labels = { "l" } },
    { .type = TACHO_INFO, .name = "emitted_info", .help = "Info.", .labels = { "l" } },
    { .type = TACHO_UNKNOWN, .name = "emitted_other", .help = "Other." },
    { .type = TACHO_HISTOGRAM, .name = "emitted.native", .help = "Both kinds of buckets.", .buckets = bounds, .bucket_count = 2,
      .native = { .factor = 2 }, .labels = { "l" } },
    { .type = TACHO_GAUGE_HISTOGRAM, .name = "emitted_native_ages", .help = "One kind.", .native = { .factor = 2 },
      .flags = TACHO_NATIVE_ONLY },
};

static void ark_emit_native(tacho_emitter *out)
{
    static const tacho_native_bucket most[] = { { -1, 2 }, { 0, 5 }, { 1, 0 }, { 2, 4 }, { 9, 1 } }, few[] = { { -3, 1 } };
    static const uint64_t classic[] = { 3, 4, 12 };
    tacho_emit_family(out, &emitted[8]);
    tacho_emit_native(out, TACHO_LABELS("a"), &(tacho_native_counts){
        .schema = 3, .zero_threshold = 1e-3, .zero_count = 6, .positive = most, .positive_count = TACHO_COUNT(most),
        .negative = few, .negative_count = 1, .classic = classic, .sum = 7.5 });
    tacho_emit_native(out, TACHO_LABELS(ARK_HOSTILE), &(tacho_native_counts){ .classic = (const uint64_t[]){ 0, 0, 0 } });
    tacho_emit_family(out, &emitted[9]);
    tacho_emit_native(out, TACHO_NO_LABELS, &(tacho_native_counts){ .schema = -4, .negative = few, .negative_count = 1,
                                                                    .sum = -1e-10 });
}

static tacho_err ark_collect(tacho_collector *self, tacho_emitter *out)
{
    static const uint64_t counts[] = { 1, 0, 2, 3 };
    static const double quantiles[] = { -1, 0.5, NAN, 1e6 };
    (void)self;
    tacho_emit_family(out, &emitted[1]);
    tacho_emit_family(out, &emitted[0]);
    tacho_emit_uint(out, TACHO_LABELS(ARK_HOSTILE, ""), UINT64_MAX);
    tacho_emit_double(out, TACHO_LABELS("\xff", "b"), 0.5);
    tacho_emit_family(out, &emitted[2]);
    tacho_emit_histogram(out, TACHO_NO_LABELS, counts, -1.5);
    tacho_emit_family(out, &emitted[3]);
    tacho_emit_histogram(out, TACHO_LABELS("a"), counts, 1);
    tacho_emit_histogram(out, TACHO_LABELS(ARK_HOSTILE), counts, 2);
    tacho_emit_family(out, &emitted[4]);
    tacho_emit_summary(out, TACHO_NO_LABELS, 3, 7, quantiles);
    tacho_emit_family(out, &emitted[5]);
    tacho_emit_states(out, TACHO_LABELS("a"), 2);
    tacho_emit_family(out, &emitted[6]);
    tacho_emit_info(out, TACHO_LABELS(""));
    tacho_emit_family(out, &emitted[7]);
    tacho_emit_int(out, TACHO_NO_LABELS, -42);
    ark_emit_native(out);
    return TACHO_OK;
}

static const tacho_collector_ops ark_ops = { .name = "ark", .descs = emitted, .desc_count = TACHO_COUNT(emitted), .collect = ark_collect };
static tacho_collector ark_collector = { &ark_ops };

void ark_count(void)
{
    wall.now = 1700000001.5;
    tacho_counter_add_exemplar(all.dotted, 41, TACHO_EXEMPLAR(TACHO_PAIR("trace_id", "\"\\\n"), TACHO_PAIR("span_id", "\xc3\xa9")));
    tacho_counter_inc(all.dotted);
    tacho_counter_add_exemplar(all.kept, 2, TRACE("kept"));
    tacho_counter_inc(all.kept_total);
    tacho_counter_add_exemplar(all.scaled, 1500000001, TRACE("ns"));
    tacho_counter_add(all.array[1], 3);
    tacho_counter_add_exemplar(tacho_counter_at(all.named, TACHO_LABELS(ARK_HOSTILE, "", "\xff")), 1,
                               (tacho_exemplar){ NULL, 0, 1234.5 });
    tacho_counter_inc_at(all.named, TACHO_LABELS("a", "b", "c"));
    tacho_gauge_set(all.unit, 9007199254740993.0);
    tacho_gauge_set(all.unit_gone, 0.25);
    tacho_gauge_set(all.highest, 7);
    tacho_gauge_set(all.highest, -7);
    tacho_gauge_set(all.unknown, -0.0);
    tacho_gauge_set(all.quoted, 1e-7);
    tacho_gauge_set_at(all.values, TACHO_LABELS("nan"), NAN);
    tacho_gauge_set_at(all.values, TACHO_LABELS("inf"), INFINITY);
    tacho_gauge_set_at(all.values, TACHO_LABELS("-inf"), -INFINITY);
    tacho_gauge_set_at(all.values, TACHO_LABELS(ARK_HOSTILE), 1e300);
    tacho_histogram_observe_exemplar(all.times, 0.05, TRACE("low"));
    tacho_histogram_observe_exemplar(all.times, 3, TRACE("high"));
    tacho_histogram_observe(all.cold, -20);
    tacho_histogram_observe(all.cold, 5);
    tacho_histogram_observe(all.negative, -0.5);
    tacho_histogram_observe(all.ages, 0.5);
    tacho_histogram_observe(all.ages, 0.75);
    tacho_histogram_unobserve(all.ages, 0.5);
    tacho_histogram_observe(all.cold_ages, -20);
    static const double spread[] = { -3, 0, 0.05, 0.5, 3, 3, 1000 };
    for (size_t i = 0; i < TACHO_COUNT(spread); i++) tacho_histogram_observe_exemplar(all.native, spread[i], TRACE("n"));
    for (size_t i = 0; i < TACHO_COUNT(spread); i++) tacho_histogram_observe(all.only, spread[i]);
    tacho_summary_observe(all.sizes, 512);
    for (int i = 0; i < 4; i++) tacho_summary_observe(all.ranked, i ? INFINITY : 0);
    tacho_summary_observe(all.owing, -1.5);
    tacho_stateset_set(all.mode, 1);
    tacho_stateset_turn(tacho_stateset_at(all.modes, TACHO_LABELS(ARK_HOSTILE, "x")), 0, 1);
    tacho_info_set(all.build, TACHO_LABELS("1.2 \"beta\""));
}

tacho_registry *ark_open(void)
{
    wall = (struct test_clock){ { wall_now }, 1700000000.125 };
    tacho_registry *reg = tacho_registry_new(&(tacho_registry_options){
        .no_self_metrics = 1, .utf8_names = 1, .constants = common, .clock = &wall.clock });
    if (tacho_registry_define(reg, rows, ROWS_BEFORE)) fail_msg("%s", tacho_registry_error(reg));
    if (tacho_registry_add(reg, &ark_collector)) fail_msg("%s", tacho_registry_error(reg));
    if (TACHO_DEFINE(reg, rows)) fail_msg("%s", tacho_registry_error(reg));
    return reg;
}
