/*
 * update.c - the price of an update through a handle.
 *
 * Handles are static variables, as in a program that counts: the loop loads them anew each time.
 */
#include "bench.h"

enum { UPDATE_VALUES = 1024 };

static tacho_counter *counters[BENCH_THREADS_MAX], *shareds[BENCH_THREADS_MAX], *enums[4 * 4];
static tacho_gauge *gauge_plain, *updowns[BENCH_THREADS_MAX];
static tacho_histogram *histograms[BENCH_THREADS_MAX], *histogram_shared, *histogram_native;
static tacho_summary *summary_plain, *summary_ranked;
static tacho_counter_vec *update_vec;
static tacho_counter *update_handle;
static double update_values[UPDATE_VALUES];
static uint8_t update_kinds[UPDATE_VALUES];

static const char *const update_methods[] = { "GET", "PUT", "POST", "DELETE", NULL };
static const char *const update_codes[] = { "200", "301", "404", "500", NULL };

static const double update_ranks[] = { 0.5, 0.9, 0.99 };

static const tacho_desc update_rows[] = {
    { .counter = &counters[0], .name = "bench_inc_total", .help = "Increments." },
    { .counter = &counters[1], .name = "bench_inc_more_total", .help = "Increments." },
    { .counter = &shareds[0], .name = "bench_inc_shared_total", .help = "Increments.", .flags = TACHO_SHARED },
    { .counter = &shareds[1], .name = "bench_inc_shared_more_total", .help = "Increments.", .flags = TACHO_SHARED },
    { .gauge = &gauge_plain, .name = "bench_gauge", .help = "A last value." },
    { .gauge = &updowns[0], .name = "bench_in_flight", .help = "Up and down.", .flags = TACHO_UPDOWN },
    { .gauge = &updowns[1], .name = "bench_in_flight_more", .help = "Up and down.", .flags = TACHO_UPDOWN },
    { .histogram = &histograms[0], .name = "bench_seconds", .help = "Observations.", .unit = "seconds" },
    { .histogram = &histograms[1], .name = "bench_more_seconds", .help = "Observations.", .unit = "seconds" },
    { .histogram = &histogram_shared, .name = "bench_shared_seconds", .help = "Observations.", .flags = TACHO_SHARED },
    { .histogram = &histogram_native, .name = "bench_native_seconds", .help = "Observations.", .native = { .factor = 1.1 },
      .flags = TACHO_NATIVE_ONLY },
    { .summary = &summary_plain, .name = "bench_summary_seconds", .help = "Observations." },
    { .summary = &summary_ranked, .name = "bench_ranked_seconds", .help = "Observations.", .quantiles = update_ranks,
      .quantile_count = TACHO_COUNT(update_ranks) },
    { .counter = enums, .name = "bench_enum_total", .help = "Increments.", .labels = { "method", "code" },
      .values = { update_methods, update_codes } },
    { .counter_vec = &update_vec, .name = "bench_handle_total", .help = "Increments.", .labels = { "tenant" } },
};

/* Values over all buckets in an order that no branch predictor learns. */
static void update_setup(void)
{
    uint32_t state = 12345;
    if (TACHO_DEFINE(bench_registry(), update_rows)) bench_fail("update", tacho_registry_error(bench_registry()));
    update_handle = tacho_counter_at(update_vec, TACHO_LABELS("tenant-00042"));
    for (int i = 0; i < UPDATE_VALUES; i++) {
        state = state * 1664525u + 1013904223u;
        double upper = tacho_default_buckets[(state >> 16) % TACHO_DEFAULT_BUCKET_COUNT];
        update_values[i] = upper * (1.0 - 1.0 / 64) * ((state >> 8) % 7 ? 1 : 2);
        update_kinds[i] = (uint8_t)((state >> 24) % TACHO_COUNT(enums));
    }
}

static void update_loop_counter(uint64_t rounds, int which)
{
    for (uint64_t i = 0; i < rounds; i++) {
        tacho_counter_inc(counters[which]);
        BENCH_BARRIER();
    }
}

static double update_total_counter(void)
{
    return tacho_counter_value(counters[0]) + tacho_counter_value(counters[1]);
}

static void update_loop_shared(uint64_t rounds, int which)
{
    for (uint64_t i = 0; i < rounds; i++) {
        tacho_counter_inc(shareds[which]);
        BENCH_BARRIER();
    }
}

static double update_total_shared(void)
{
    return tacho_counter_value(shareds[0]) + tacho_counter_value(shareds[1]);
}

static void update_loop_set(uint64_t rounds, int which)
{
    (void)which;
    for (uint64_t i = 0; i < rounds; i++) {
        tacho_gauge_set(gauge_plain, (double)i);
        BENCH_BARRIER();
    }
    if (tacho_gauge_value(gauge_plain) != (double)(rounds - 1)) bench_fail("gauge_set", "the last value is wrong");
}

static void update_loop_gauge(uint64_t rounds, int which)
{
    for (uint64_t i = 0; i < rounds; i++) {
        tacho_gauge_add(updowns[which], 1);
        BENCH_BARRIER();
    }
}

static double update_total_gauge(void)
{
    return tacho_gauge_value(updowns[0]) + tacho_gauge_value(updowns[1]);
}

static void update_loop_histogram(uint64_t rounds, int which)
{
    for (uint64_t i = 0; i < rounds; i++) {
        tacho_histogram_observe(histograms[which], update_values[i % UPDATE_VALUES]);
        BENCH_BARRIER();
    }
}

static double update_total_histogram(void)
{
    return (double)(tacho_histogram_count(histograms[0]) + tacho_histogram_count(histograms[1]));
}

static void update_loop_histogram_shared(uint64_t rounds, int which)
{
    (void)which;
    for (uint64_t i = 0; i < rounds; i++) {
        tacho_histogram_observe(histogram_shared, update_values[i % UPDATE_VALUES]);
        BENCH_BARRIER();
    }
}

static double update_total_histogram_shared(void)
{
    return (double)tacho_histogram_count(histogram_shared);
}

static void update_loop_histogram_native(uint64_t rounds, int which)
{
    (void)which;
    for (uint64_t i = 0; i < rounds; i++) {
        tacho_histogram_observe(histogram_native, update_values[i % UPDATE_VALUES]);
        BENCH_BARRIER();
    }
}

static double update_total_histogram_native(void)
{
    return (double)tacho_histogram_count(histogram_native);
}

static void update_loop_summary(uint64_t rounds, int which)
{
    (void)which;
    for (uint64_t i = 0; i < rounds; i++) {
        tacho_summary_observe(summary_plain, update_values[i % UPDATE_VALUES]);
        BENCH_BARRIER();
    }
}

static double update_total_summary(void)
{
    return (double)tacho_summary_count(summary_plain);
}

static void update_loop_summary_ranked(uint64_t rounds, int which)
{
    (void)which;
    for (uint64_t i = 0; i < rounds; i++) {
        tacho_summary_observe(summary_ranked, update_values[i % UPDATE_VALUES]);
        BENCH_BARRIER();
    }
}

static double update_total_summary_ranked(void)
{
    return (double)tacho_summary_count(summary_ranked);
}

static void update_loop_enum(uint64_t rounds, int which)
{
    (void)which;
    for (uint64_t i = 0; i < rounds; i++) {
        tacho_counter_inc(enums[update_kinds[i % UPDATE_VALUES]]);
        BENCH_BARRIER();
    }
}

static double update_total_enum(void)
{
    double sum = 0;
    for (size_t i = 0; i < TACHO_COUNT(enums); i++) sum += tacho_counter_value(enums[i]);
    return sum;
}

static void update_loop_handle(uint64_t rounds, int which)
{
    (void)which;
    for (uint64_t i = 0; i < rounds; i++) {
        tacho_counter_inc(update_handle);
        BENCH_BARRIER();
    }
}

static double update_total_handle(void)
{
    return tacho_counter_value(update_handle);
}

#define UPDATE(case_name, what, thread_count, target_kind)                                              \
    { .name = case_name, .threads = thread_count, .target = target_kind, .setup = update_setup,         \
      .loop = update_loop_##what, .total = update_total_##what }

static const bench_case update_cases[] = {
    UPDATE("counter_inc", counter, 1, BENCH_SAME),
    UPDATE("counter_inc", counter, 2, BENCH_SAME),
    UPDATE("counter_inc_distinct", counter, 2, BENCH_DISTINCT),
    UPDATE("counter_inc_shared", shared, 1, BENCH_SAME),
    UPDATE("counter_inc_shared", shared, 2, BENCH_SAME),
    UPDATE("counter_inc_shared_distinct", shared, 2, BENCH_DISTINCT),
    { .name = "gauge_set", .threads = 1, .setup = update_setup, .loop = update_loop_set },
    UPDATE("gauge_add", gauge, 1, BENCH_SAME),
    UPDATE("gauge_add", gauge, 2, BENCH_SAME),
    UPDATE("gauge_add_distinct", gauge, 2, BENCH_DISTINCT),
    UPDATE("histogram_observe", histogram, 1, BENCH_SAME),
    UPDATE("histogram_observe", histogram, 2, BENCH_SAME),
    UPDATE("histogram_observe_distinct", histogram, 2, BENCH_DISTINCT),
    UPDATE("histogram_observe_shared", histogram_shared, 1, BENCH_SAME),
    UPDATE("histogram_observe_shared", histogram_shared, 2, BENCH_SAME),
    UPDATE("histogram_observe_native", histogram_native, 1, BENCH_SAME),
    UPDATE("histogram_observe_native", histogram_native, 2, BENCH_SAME),
    UPDATE("summary_observe", summary, 1, BENCH_SAME),
    UPDATE("summary_observe_quantiles", summary_ranked, 1, BENCH_SAME),
    UPDATE("lookup_enum", enum, 1, BENCH_SAME),
    UPDATE("lookup_enum", enum, 2, BENCH_SAME),
    UPDATE("lookup_handle", handle, 1, BENCH_SAME),
    UPDATE("lookup_handle", handle, 2, BENCH_SAME),
};
const bench_group bench_update_group = { update_cases, (int)TACHO_COUNT(update_cases) };
