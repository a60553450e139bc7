/*
 * test_testkit.c - what tacho_test.h reads: values by the name of a series, and words about what is not there.
 */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include <tacho/tacho.h>
#include <tacho/tacho_test.h>

#include "support/comma.h"

static tacho_counter_vec *jobs, *empty, *odd;
static tacho_counter *ticks, *real;
static tacho_gauge *depth;
static tacho_histogram *seconds, *held;
static tacho_summary *sizes;
static tacho_stateset *mode;
static tacho_info_vec *build;
static const tacho_constant office[] = { { "office", "north" }, { NULL, NULL } };

static const tacho_desc rows[] = {
    { .counter_vec = &jobs, .name = "jobs_total", .help = "Jobs.", .labels = { "queue", "host" } },
    { .counter_vec = &empty, .name = "misses_total", .help = "Misses.", .labels = { "cache" } },
    { .counter_vec = &odd, .name = "odd.name", .help = "Odd.", .labels = { "odd.label" }, .flags = TACHO_KEEP_NAME },
    { .counter = &ticks, .name = "ticks_total", .help = "Ticks.", .flags = TACHO_CREATED },
    { .counter = &real, .name = "litres_total", .help = "Litres.", .flags = TACHO_REAL, .constants = office },
    { .gauge = &depth, .name = "queue_depth", .help = "Depth." },
    { .histogram = &seconds, .name = "job_seconds", .help = "Time.", .unit = "seconds", TACHO_BUCKETS(0.5, 1) },
    { .histogram = &held, .type = TACHO_GAUGE_HISTOGRAM, .name = "held_bytes", .help = "Held.", .unit = "bytes",
      TACHO_BUCKETS(1000) },
    { .summary = &sizes, .name = "reply_bytes", .help = "Sizes.", .unit = "bytes", TACHO_QUANTILES(0.5) },
    { .stateset = &mode, .name = "worker_mode", .help = "Mode.", TACHO_STATES("idle", "busy") },
    { .info = &build, .name = "worker_build_info", .help = "Build.", .labels = { "version" } },
};

static tacho_registry *reg;

static int open_registry(void **state)
{
    (void)state;
    reg = tacho_registry_new(&(tacho_registry_options){ .utf8_names = 1 });
    if (TACHO_DEFINE(reg, rows)) return print_error("%s\n", tacho_registry_error(reg)), 1;
    tacho_counter_add_at(jobs, TACHO_LABELS("mail", "a"), 3);
    tacho_counter_add_at(jobs, TACHO_LABELS("mail", "b"), 5);
    tacho_counter_add_at(jobs, TACHO_LABELS("a\"b\\c\nd", ""), 7);
    tacho_counter_add_at(odd, TACHO_LABELS("x y"), 9);
    tacho_counter_add_at(odd, TACHO_LABELS("1"), 1);
    tacho_counter_add(ticks, UINT64_C(1) << 40);
    tacho_counter_add_real(real, 0.25);
    tacho_gauge_set(depth, -2.5);
    tacho_histogram_observe(seconds, 0.75);
    tacho_histogram_observe(held, 10);
    tacho_summary_observe(sizes, 0);
    tacho_stateset_set(mode, 1);
    tacho_info_set(build, TACHO_LABELS("1.2"));
    return 0;
}

static int close_registry(void **state)
{
    tacho_registry_free(reg);
    return comma_leave(state);
}

static void every_part_of_every_type_is_read_by_its_name(void **state)
{
    (void)state;
    static const struct {
        const char *series;
        double want;
    } table[] = {
        { "jobs_total{queue=\"mail\",host=\"a\"}", 3 },
        { "jobs_total{host=\"b\",queue=\"mail\"}", 5 },
        { " jobs_total { host = \"b\" , queue=\"mail\", } ", 5 },
        { "jobs_total{queue=\"a\\\"b\\\\c\\nd\"}", 7 },
        { "jobs_total{queue=\"a\\\"b\\\\c\\nd\",host=\"\"}", 7 },
        { "{\"odd.name\",\"odd.label\"=\"x y\"}", 9 },
        { "odd.name{odd.label=\"x y\"}", 9 },
        { "{\"ticks_total\"}", 1099511627776.0 },
        { "ticks_total", 1099511627776.0 },
        { "ticks_total{}", 1099511627776.0 },
        { "litres_total{office=\"north\"}", 0.25 },
        { "queue_depth", -2.5 },
        { "job_seconds_count", 1 },
        { "job_seconds_sum", 0.75 },
        { "job_seconds_bucket{le=\"0.5\"}", 0 },
        { "job_seconds_bucket{le=\"1\"}", 1 },
        { "job_seconds_bucket{le=\"1e0\"}", 1 },
        { "job_seconds_bucket{le=\"+Inf\"}", 1 },
        { "held_bytes_bucket{le=\"1000\"}", 1 },
        { "held_bytes_gcount", 1 },
        { "held_bytes_gsum", 10 },
        { "held_bytes_count", 1 },
        { "reply_bytes{quantile=\"0.5\"}", 0 },
        { "reply_bytes_count", 1 },
        { "worker_mode{worker_mode=\"busy\"}", 1 },
        { "worker_mode{worker_mode=\"idle\"}", 0 },
        { "worker_build_info{version=\"1.2\"}", 1 },
        { "tacho_series", 13 },
    };
    for (size_t i = 0; i < TACHO_COUNT(table); i++) {
        char why[300];
        double value = 0;
        if (tacho_test_read(reg, table[i].series, &value, why, sizeof why) == TACHO_OK && value == table[i].want && !*why &&
            (i > 20 || tacho_test_value(reg, table[i].series) == table[i].want))
            continue;
        fail_msg("%s is %g: %s", table[i].series, value, why);
    }
    assert_true(tacho_test_value(reg, "ticks_created") > 1e9);
}

static void names_and_values_in_variables_are_taken_as_they_are(void **state)
{
    (void)state;
    assert_true(tacho_test_value_at(reg, "queue_depth", NULL) == -2.5);
    assert_true(tacho_test_value_at(reg, "jobs_total", (tacho_constant[]){ { "queue", "mail" }, { "host", "a" }, { 0 } }) == 3);
    assert_true(tacho_test_value_at(reg, "jobs_total", (tacho_constant[]){ { "queue", "a\"b\\c\nd" }, { 0 } }) == 7);
    assert_true(tacho_test_value_at(reg, "jobs_total", (tacho_constant[]){ { "host", "" }, { "queue", "a\"b\\c\nd" }, { 0 } }) == 7);
    assert_true(tacho_test_value_at(reg, "odd.name", (tacho_constant[]){ { "odd.label", "x y" }, { 0 } }) == 9);
    assert_true(tacho_test_value_at(reg, "job_seconds_bucket", (tacho_constant[]){ { "le", "0.50" }, { 0 } }) == 0);
}

static void what_is_not_there_is_told_with_what_is_nearest(void **state)
{
    (void)state;
    static const struct {
        const char *series, *want;
    } table[] = {
        { "jobs_total{queue=\"mial\",host=\"b\"}",
          "there is no jobs_total{queue=\"mial\",host=\"b\"}; the nearest of 3 is jobs_total{queue=\"mail\",host=\"b\"}" },
        { "odd.name{odd.label=\"1.0\"}", "there is no odd.name{odd.label=\"1.0\"}; the nearest of 2 is "
                                         "{\"odd.name\",\"odd.label\"=\"1\"}" },
        { "jobs_total{queue=\"mail\"}", "there is no jobs_total{queue=\"mail\"}; its labels are queue, host; the nearest of 3 is "
                                        "jobs_total{queue=\"mail\",host=\"a\"}" },
        { "jobs_total{queue=\"mail\",host=\"a\",x=\"y\"}",
          "there is no jobs_total{queue=\"mail\",host=\"a\",x=\"y\"}; its labels are queue, host; the nearest of 3 is "
          "jobs_total{queue=\"mail\",host=\"a\"}" },
        { "ticks_total{a=\"b\"}", "there is no ticks_total{a=\"b\"}; it has no labels; there is only ticks_total" },
        { "misses_total{cache=\"a\"}", "there is no misses_total{cache=\"a\"}; its family has none yet" },
        { "job_seconds", "there is no job_seconds; its family has samples called job_seconds_bucket, job_seconds_sum, "
                         "job_seconds_count" },
        { "job_total{queue=\"mail\"}", "there is no family for job_total{queue=\"mail\"}; the nearest name is jobs_total" },
        { "elephants", "there is no family for elephants, nor anything like it" },
        { "{\"odd name\"}", "there is no family for {\"odd name\"}; the nearest name is odd.name" },
    };
    for (size_t i = 0; i < TACHO_COUNT(table); i++) {
        char why[400] = "";
        double value = 0;
        assert_int_equal(tacho_test_read(reg, table[i].series, &value, why, sizeof why), TACHO_ERR_MISSING);
        assert_string_equal(why, table[i].want);
        assert_true(value != value);
    }
}

static void what_is_no_series_is_refused_with_the_reason(void **state)
{
    (void)state;
    static const struct {
        const char *series, *want;
    } table[] = {
        { "", "'' is no series: the name is missing" },
        { "{}", "'{}' is no series: the name is missing" },
        { "a{", "'a{' is no series: a brace is not closed" },
        { "a}", "there is no family" },
        { "a{b}", "'a{b}' is no series: a label is written name=\"value\"" },
        { "a{b=c}", "'a{b=c}' is no series: a label is written name=\"value\"" },
        { "a{b=\"c}", "'a{b=\"c}' is no series: a quote is not closed" },
        { "a{b=\"c\\", "'a{b=\"c\\' is no series: a backslash begins \\\\, \\\" or \\n" },
        { "a{b=\"\\t\"}", "'a{b=\"\\t\"}' is no series: a backslash begins \\\\, \\\" or \\n" },
        { "a{=\"c\"}", "'a{=\"c\"}' is no series: a label has no name" },
        { "a{b=\"c\"d=\"e\"}", "'a{b=\"c\"d=\"e\"}' is no series: between labels stands a comma" },
        { "a{b=\"c\",b=\"c\"}", "'a{b=\"c\",b=\"c\"}' is no series: a label comes twice" },
        { "a{\"b\"}", "'a{\"b\"}' is no series: there are two names" },
        { "a{b=\"c\"} 3", "'a{b=\"c\"} 3' is no series: something stands behind it" },
        { NULL, "'' is no series: it is NULL" },
    };
    for (size_t i = 0; i < TACHO_COUNT(table); i++) {
        char why[200] = "";
        tacho_err err = tacho_test_read(reg, table[i].series, NULL, why, sizeof why);
        assert_int_equal(err, strstr(table[i].want, "'") ? TACHO_ERR_ARG : TACHO_ERR_MISSING);
        assert_memory_equal(why, table[i].want, strlen(table[i].want));
    }
    char why[100];
    double value;
    assert_int_equal(tacho_test_read(NULL, "a", &value, why, sizeof why), TACHO_ERR_ARG);
    assert_string_equal(why, "the registry is NULL");
    assert_int_equal(tacho_test_read_at(reg, NULL, NULL, &value, why, sizeof why), TACHO_ERR_ARG);
    assert_int_equal(tacho_test_read_at(reg, "a", (tacho_constant[]){ { "b", NULL }, { 0 } }, &value, why, sizeof why), TACHO_ERR_ARG);
    assert_string_equal(why, "'a' with these labels is no series: the value of a label is NULL");
    assert_int_equal(tacho_test_read_at(reg, "a", (tacho_constant[]){ { "b", "" }, { "b", "" }, { 0 } }, &value, why, sizeof why),
                     TACHO_ERR_ARG);
    assert_string_equal(why, "'a' with these labels is no series: a label comes twice");
}

static void more_labels_than_can_be_are_refused(void **state)
{
    (void)state;
    static tacho_constant labels[200];
    static char names[199][8], series[4000] = "a{", why[5000];
    for (size_t i = 0; i < TACHO_COUNT(names); i++) {
        (void)snprintf(names[i], sizeof names[i], "l%zu", i);
        labels[i] = (tacho_constant){ names[i], "x" };
        (void)snprintf(series + strlen(series), sizeof series - strlen(series), "%s=\"x\",", names[i]);
    }
    double value;
    assert_int_equal(tacho_test_read_at(reg, "a", labels, &value, why, sizeof why), TACHO_ERR_ARG);
    assert_string_equal(why, "'a' with these labels is no series: there are too many labels");
    (void)strcat(series, "}");
    assert_int_equal(tacho_test_read(reg, series, &value, why, sizeof why), TACHO_ERR_ARG);
}

static void words_stay_within_their_place(void **state)
{
    (void)state;
    char why[12];
    double value;
    memset(why, '#', sizeof why);
    assert_int_equal(tacho_test_read(reg, "elephants", &value, why, 0), TACHO_ERR_MISSING);
    assert_int_equal(why[0], '#');
    assert_int_equal(tacho_test_read(reg, "elephants", &value, why, 1), TACHO_ERR_MISSING);
    assert_memory_equal(why, "\0##", 3);
    assert_int_equal(tacho_test_read(reg, "elephants", &value, why, 9), TACHO_ERR_MISSING);
    assert_memory_equal(why, "there is\0##", 11);
}

static void samples_are_counted_by_name_and_some_labels(void **state)
{
    (void)state;
    assert_int_equal(tacho_test_count(reg, "jobs_total"), 3);
    assert_int_equal(tacho_test_count(reg, "jobs_total{queue=\"mail\"}"), 2);
    assert_int_equal(tacho_test_count(reg, "jobs_total{queue=\"mail\",host=\"b\"}"), 1);
    assert_int_equal(tacho_test_count(reg, "jobs_total{queue=\"nail\"}"), 0);
    assert_int_equal(tacho_test_count(reg, "job_seconds_bucket"), 3);
    assert_int_equal(tacho_test_count(reg, "misses_total"), 0);
}

static void words_without_a_place_go_to_standard_error(void **state)
{
    (void)state;
    char told[300] = "";
    FILE *kept = stderr, *file = fmemopen(told, sizeof told, "w");
    stderr = file;
    double value = tacho_test_value(reg, "elephants");
    size_t count = tacho_test_count(reg, "a{");
    stderr = kept;
    (void)fclose(file);
    assert_true(value != value);
    assert_true(count == SIZE_MAX);
    assert_string_equal(told, "there is no family for elephants, nor anything like it\n"
                              "'a{' is no series: a brace is not closed\n");
}

static void numbers_are_read_under_a_decimal_comma(void **state)
{
    (void)state;
    comma_enter();
    assert_true(tacho_test_value(reg, "queue_depth") == -2.5);
    assert_true(tacho_test_value(reg, "job_seconds_bucket{le=\"1.00\"}") == 1);
}

static double told_value;

static tacho_err collect_told(tacho_collector *self, tacho_emitter *out)
{
    (void)self;
    static const tacho_desc desc = { .type = TACHO_GAUGE, .name = "told", .help = "Told." };
    tacho_emit_family(out, &desc);
    tacho_emit_double(out, TACHO_NO_LABELS, told_value);
    return TACHO_OK;
}

static void what_collectors_emit_is_read_anew_each_time(void **state)
{
    (void)state;
    static const tacho_collector_ops ops = { .name = "told", .collect = collect_told };
    tacho_collector collector = { &ops };
    assert_int_equal(tacho_registry_add(reg, &collector), TACHO_OK);
    for (told_value = 1; told_value < 4; told_value++) assert_true(tacho_test_value(reg, "told") == told_value);
    assert_int_equal(tacho_registry_remove(reg, &collector), TACHO_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_part_of_every_type_is_read_by_its_name, open_registry, close_registry),
        cmocka_unit_test_setup_teardown(names_and_values_in_variables_are_taken_as_they_are, open_registry, close_registry),
        cmocka_unit_test_setup_teardown(what_is_not_there_is_told_with_what_is_nearest, open_registry, close_registry),
        cmocka_unit_test_setup_teardown(what_is_no_series_is_refused_with_the_reason, open_registry, close_registry),
        cmocka_unit_test_setup_teardown(more_labels_than_can_be_are_refused, open_registry, close_registry),
        cmocka_unit_test_setup_teardown(words_stay_within_their_place, open_registry, close_registry),
        cmocka_unit_test_setup_teardown(samples_are_counted_by_name_and_some_labels, open_registry, close_registry),
        cmocka_unit_test_setup_teardown(words_without_a_place_go_to_standard_error, open_registry, close_registry),
        cmocka_unit_test_setup_teardown(numbers_are_read_under_a_decimal_comma, open_registry, close_registry),
        cmocka_unit_test_setup_teardown(what_collectors_emit_is_read_anew_each_time, open_registry, close_registry),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
