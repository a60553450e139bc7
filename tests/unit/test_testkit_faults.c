/*
 * test_testkit_faults.c - clocks that stand still and an allocator that fails, as users' tests move them.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include <tacho/tacho.h>
#include <tacho/tacho_test.h>

#include "clock.h"

#define NOON 1700000000.0

static tacho_counter *jobs;
static tacho_gauge *done, *peak;
static tacho_histogram *seconds;
static tacho_summary *sizes;
static tacho_counter_vec *by_queue;

static const tacho_desc rows[] = {
    { .counter = &jobs, .name = "jobs_total", .help = "Jobs.", .flags = TACHO_CREATED },
    { .gauge = &done, .name = "done_timestamp_seconds", .help = "Done.", .unit = "seconds" },
    { .gauge = &peak, .name = "peak", .help = "Peak.", .flags = TACHO_MAXIMUM, .window = { 10, 2 } },
    { .histogram = &seconds, .name = "job_seconds", .help = "Time.", .unit = "seconds", TACHO_BUCKETS(0.5, 1) },
    { .summary = &sizes, .name = "sizes", .help = "Sizes.", TACHO_QUANTILES(1), .window = { 10, 2 } },
    { .counter_vec = &by_queue, .name = "by_total", .help = "By.", .labels = { "a", "b" } },
};

static tacho_registry *open_registry(void)
{
    tacho_registry *reg = tacho_registry_new(NULL);
    assert_non_null(reg);
    assert_int_equal(TACHO_DEFINE(reg, rows), TACHO_OK);
    return reg;
}

static int leave(void **state)
{
    (void)state;
    tacho_test_clock_release();
    (void)tacho_test_alloc_end();
    return 0;
}

static void clocks_that_are_held_move_when_told_and_to_the_nanosecond(void **state)
{
    (void)state;
    assert_int_equal(tacho_test_clock_hold(NOON), TACHO_OK);
    tacho_registry *reg = open_registry();
    tacho_timer timer = tacho_timer_start();
    TACHO_TEST_VALUE(reg, "jobs_total", 0);
    assert_true(tacho_test_value(reg, "jobs_created") == NOON);
    tacho_gauge_set_to_current_time(done);
    assert_true(tacho_gauge_value(done) == NOON);
    assert_true(tacho_timer_observe(timer, seconds) == 0);
    assert_int_equal(tacho_test_clock_advance(0.75), TACHO_OK);
    assert_true(tacho_timer_observe(timer, seconds) == 0.75);
    assert_int_equal(tacho_test_clock_advance(0.000000001), TACHO_OK);
    assert_true(tacho_timer_observe(timer, seconds) == 0.750000001);
    tacho_gauge_set_to_current_time(done);
    assert_true(tacho_gauge_value(done) == NOON + 0.750000001);
    timer = tacho_timer_start();
    assert_int_equal(tacho_test_clock_advance(4.35), TACHO_OK); /* in binary a little less */
    assert_true(tacho_timer_observe(timer, NULL) == 4.35);
    TACHO_TEST_PAGE(reg, "job_seconds_bucket{le=\"0.5\"} 1\njob_seconds_bucket{le=\"1\"} 3\njob_seconds_bucket{le=\"+Inf\"} 3\n"
                         "job_seconds_sum 1.500000001\njob_seconds_count 3",
                    (&(tacho_scrape_options){ .names = (const char *const[]){ "job_seconds" }, .name_count = 1 }));
    tacho_registry_free(reg);
}

static void windows_pass_when_told(void **state)
{
    (void)state;
    assert_int_equal(tacho_test_clock_hold(NOON), TACHO_OK);
    tacho_registry *reg = open_registry();
    tacho_gauge_set(peak, 9);
    tacho_gauge_set(peak, 1);
    tacho_summary_observe(sizes, 0);
    assert_int_equal(tacho_test_clock_advance(9), TACHO_OK);
    TACHO_TEST_VALUE(reg, "peak", 9);
    TACHO_TEST_VALUE(reg, "sizes{quantile=\"1\"}", 0);
    assert_int_equal(tacho_test_clock_advance(7), TACHO_OK);
    TACHO_TEST_VALUE(reg, "peak", 1);
    double none = tacho_test_value(reg, "sizes{quantile=\"1.0\"}");
    assert_true(none != none);
    tacho_registry_free(reg);
}

static int runs;

static tacho_err collect_runs(tacho_collector *self, tacho_emitter *out)
{
    (void)self;
    static const tacho_desc desc = { .type = TACHO_GAUGE, .name = "runs", .help = "Runs." };
    tacho_emit_family(out, &desc);
    tacho_emit_double(out, TACHO_NO_LABELS, ++runs);
    return TACHO_OK;
}

static void caches_of_collectors_expire_when_told(void **state)
{
    (void)state;
    static const tacho_collector_ops ops = { .name = "runs", .collect = collect_runs, .cache_ms = 3600000 };
    tacho_collector collector = { &ops };
    runs = 0;
    tacho_registry *reg = open_registry();
    assert_int_equal(tacho_test_clock_hold(NOON), TACHO_OK);
    assert_int_equal(tacho_registry_add(reg, &collector), TACHO_OK);
    TACHO_TEST_VALUE(reg, "runs", 1);
    assert_int_equal(tacho_test_clock_advance(1800), TACHO_OK);
    TACHO_TEST_VALUE(reg, "runs", 1);
    assert_int_equal(tacho_test_clock_advance(1800), TACHO_OK);
    TACHO_TEST_VALUE(reg, "runs", 2);
    assert_int_equal(tacho_registry_remove(reg, &collector), TACHO_OK);
    tacho_registry_free(reg);
}

static void times_out_of_range_are_refused_and_change_nothing(void **state)
{
    (void)state;
    static const double never[] = { 0, -1, 1e10, 1e300 };
    double none = 0.0 / (runs < 0 ? 1.0 : 0.0);
    assert_int_equal(tacho_test_clock_advance(1), TACHO_ERR_ORDER);
    for (size_t i = 0; i < TACHO_COUNT(never); i++) assert_int_equal(tacho_test_clock_hold(never[i]), TACHO_ERR_ARG);
    assert_int_equal(tacho_test_clock_hold(none), TACHO_ERR_ARG);
    assert_int_equal(tacho_test_clock_advance(1), TACHO_ERR_ORDER);
    assert_int_equal(tacho_test_clock_hold(NOON), TACHO_OK);
    assert_int_equal(tacho_test_clock_advance(-1), TACHO_ERR_ARG);
    assert_int_equal(tacho_test_clock_advance(none), TACHO_ERR_ARG);
    assert_int_equal(tacho_test_clock_advance(1.1e9), TACHO_ERR_ARG);
    assert_int_equal(tacho_test_clock_advance(0), TACHO_OK);
    assert_true(tacho__clock_unix() == NOON);
    assert_int_equal(tacho_test_clock_hold(9e9), TACHO_OK);
    assert_int_equal(tacho_test_clock_advance(1e-9), TACHO_ERR_ARG);
    assert_true(tacho__clock_unix() == 9e9);
}

static void no_clock_but_the_wall_clock_goes_back_when_let_go(void **state)
{
    (void)state;
    for (int i = 0; i < 20; i++) {
        uint64_t fine = tacho__clock_ns(), coarse = tacho__clock_coarse_ns();
        assert_int_equal(tacho_test_clock_hold(NOON), TACHO_OK);
        assert_true(tacho__clock_timer_ns() >= fine && tacho__clock_coarse_ns() >= coarse);
        assert_int_equal(tacho_test_clock_advance(100), TACHO_OK);
        uint64_t held = tacho__clock_timer_ns();
        assert_true(held >= fine + UINT64_C(100000000000) && tacho__clock_coarse_ns() == held && tacho__clock_ns() >= held);
        tacho_test_clock_release();
        assert_true(tacho__clock_timer_ns() >= held && tacho__clock_coarse_ns() >= held && tacho__clock_ns() >= held);
        assert_true(tacho__clock_unix() > NOON + 1e6);
        assert_true(tacho__clock_coarse_unix_ms() > (uint64_t)NOON * 1000 + 1000000);
    }
    tacho_test_clock_release();
}

static void the_allocations_asked_for_fail_and_no_others(void **state)
{
    (void)state;
    static const struct {
        size_t first, count;
        const char *want; /* which of five */
    } table[] = {
        { 1, 1, "-++++" }, { 2, 1, "+-+++" }, { 2, 2, "+--++" }, { 1, TACHO_TEST_ALL, "-----" }, { 3, TACHO_TEST_ALL, "++---" },
        { 0, 5, "+++++" }, { 1, 0, "+++++" }, { SIZE_MAX, SIZE_MAX, "+++++" },
    };
    for (size_t i = 0; i < TACHO_COUNT(table); i++) {
        char got[6] = "";
        tacho_test_alloc_fail(table[i].first, table[i].count);
        for (int k = 0; k < 5; k++) {
            tacho_buffer buffer;
            tacho_buffer_init(&buffer);
            got[k] = buffer.sink.ops->write(&buffer.sink, "x", 1) == TACHO_OK ? '+' : '-';
            tacho_buffer_fini(&buffer);
        }
        assert_int_equal(tacho_test_alloc_end(), 5);
        assert_string_equal(got, table[i].want);
    }
    assert_int_equal(tacho_test_alloc_end(), 0);
}

static void every_path_is_tried_by_the_loop_of_the_header(void **state)
{
    (void)state;
    size_t refused = 0, first = 1;
    for (;; first++) {
        tacho_test_alloc_fail(first, 1);
        tacho_registry *reg = tacho_registry_new(NULL);
        refused += TACHO_DEFINE(reg, rows) != TACHO_OK;
        tacho_registry_free(reg);
        if (tacho_test_alloc_end() < first) break;
    }
    assert_true(first > 2);
    assert_int_equal(refused, first - 2); /* a smaller range is tried when one cannot be had */
}

static void readings_get_memory_and_are_not_counted(void **state)
{
    (void)state;
    tacho_registry *reg = open_registry();
    char why[100];
    tacho_test_alloc_fail(1, TACHO_TEST_ALL);
    TACHO_TEST_DELTA(reg, "jobs_total", 1) {
        tacho_counter_inc(jobs);
    }
    assert_int_equal(tacho_test_count(reg, "jobs_total"), 1);
    assert_int_equal(tacho_test_read(reg, "elephants", NULL, why, sizeof why), TACHO_ERR_MISSING);
    assert_int_equal(tacho_test_compare(reg, "a 1", NULL, why, sizeof why) > 0, 1);
    assert_null(tacho_scrape_new(reg, TACHO_TEXT));
    assert_null(tacho_counter_bind(by_queue, TACHO_LABELS("x", NULL)));
    assert_true(tacho_test_alloc_end() >= 2);
    tacho_registry_free(reg);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(clocks_that_are_held_move_when_told_and_to_the_nanosecond, leave),
        cmocka_unit_test_teardown(windows_pass_when_told, leave),
        cmocka_unit_test_teardown(caches_of_collectors_expire_when_told, leave),
        cmocka_unit_test_teardown(times_out_of_range_are_refused_and_change_nothing, leave),
        cmocka_unit_test_teardown(no_clock_but_the_wall_clock_goes_back_when_let_go, leave),
        cmocka_unit_test_teardown(the_allocations_asked_for_fail_and_no_others, leave),
        cmocka_unit_test_teardown(every_path_is_tried_by_the_loop_of_the_header, leave),
        cmocka_unit_test_teardown(readings_get_memory_and_are_not_counted, leave),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
