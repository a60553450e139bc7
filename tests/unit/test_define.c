/*
 * test_define.c - what a row of a table may say, what it must not, and what becomes of its handles.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <tacho/registry.h>

#include "support/exposition.h"
#include "support/shown.h"

enum { NAME_MAX_BYTES = 1024, HELP_MAX_BYTES = 16384, MANY = 300, BOUNDS_MAX = 1000, VALUES_MAX = 4096 };

/* Handles for the rows below, some of which bind an array. */
static tacho_counter *counter[MANY];
static tacho_counter_vec *counter_vec;
static tacho_gauge *gauge[MANY];
static tacho_gauge_vec *gauge_vec;
static tacho_histogram *histogram;
static tacho_histogram_vec *histogram_vec;

#define COUNTER .counter = counter, .name = "x_total", .help = "Help."
#define COUNTER_VEC .counter_vec = &counter_vec, .name = "x_total", .help = "Help."
#define GAUGE .gauge = gauge, .name = "x", .help = "Help."
#define GAUGE_VEC .gauge_vec = &gauge_vec, .name = "x", .help = "Help."
#define HISTOGRAM .histogram = &histogram, .name = "x", .help = "Help."
#define HISTOGRAM_VEC .histogram_vec = &histogram_vec, .name = "x", .help = "Help."
#define NAMED(text) .counter = counter, .help = "Help.", .name = (text)
#define HELPED(text) .counter = counter, .name = "x_total", .help = (text)
#define BOUNDS(...) .buckets = (const double[]){ __VA_ARGS__ }, \
                    .bucket_count = TACHO_COUNT(((const double[]){ __VA_ARGS__ }))
#define VALUES(...) (const char *const[]){ __VA_ARGS__, NULL }
#define SIXTEEN "a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n", "o", "p"
#define BAD_NAME "a name matches [a-zA-Z_:][a-zA-Z0-9_:]*"
#define BAD_LABEL "does not match [a-zA-Z_][a-zA-Z0-9_]*"
#define BAD_UNIT "the unit is not the suffix of the name"
#define BAD_VALUE "label 'l' lists a value that is not UTF-8 of at most 1024 bytes"

static char longest_name[NAME_MAX_BYTES + 1], too_long_name[NAME_MAX_BYTES + 2];
static char longest_help[HELP_MAX_BYTES + 1], too_long_help[HELP_MAX_BYTES + 2];
static char longest_value[TACHO_MAX_LABEL_BYTES + 1], too_long_value[TACHO_MAX_LABEL_BYTES + 2];
static const char *many_values[MANY + 1], *most_values[VALUES_MAX + 1], *too_many_values[VALUES_MAX + 2];
static double many_bounds[BOUNDS_MAX + 1];
static const char *const no_values[] = { NULL };

static int fill_long_inputs(void **state)
{
    (void)state;
    static char numbers[VALUES_MAX + 1][12];
    memset(longest_name, 'n', sizeof longest_name - 1);
    memset(too_long_name, 'n', sizeof too_long_name - 1);
    memcpy(longest_name + NAME_MAX_BYTES - 6, "_total", 6);
    memcpy(too_long_name + NAME_MAX_BYTES - 5, "_total", 6);
    memset(longest_help, 'h', sizeof longest_help - 1);
    memset(too_long_help, 'h', sizeof too_long_help - 1);
    memset(longest_value, 'v', sizeof longest_value - 1);
    memset(too_long_value, 'v', sizeof too_long_value - 1);
    for (int i = 0; i <= VALUES_MAX; i++) {
        (void)snprintf(numbers[i], sizeof numbers[i], "%d", i);
        too_many_values[i] = numbers[i];
        if (i < VALUES_MAX) most_values[i] = numbers[i];
        if (i < MANY) many_values[i] = numbers[i];
    }
    for (int i = 0; i <= BOUNDS_MAX; i++) many_bounds[i] = i;
    return 0;
}

static const struct refusal {
    const char *family, *rule; /* both in the words */
    tacho_desc row;
} refused[] = {
    { "(no name)", "has no name", { NAMED(NULL) } },
    { "''", BAD_NAME, { NAMED("") } },
    { "'9lives_total'", BAD_NAME, { NAMED("9lives_total") } },
    { "'a-b_total'", BAD_NAME, { NAMED("a-b_total") } },
    { "'a b_total'", BAD_NAME, { NAMED("a b_total") } },
    { "'a.b_total'", BAD_NAME, { NAMED("a.b_total") } },
    { "'a{b=\"c\"}_total'", BAD_NAME, { NAMED("a{b=\"c\"}_total") } },
    { "'caf??_total'", BAD_NAME, { NAMED("caf\xc3\xa9_total") } },
    { "'x?_total'", BAD_NAME, { NAMED("x\n_total") } },
    { "'nnnnnnnnnnnnnnnnnnnn", BAD_NAME, { NAMED(too_long_name) } },
    { "'x_total'", "has no help text", { HELPED(NULL) } },
    { "'x_total'", "has no help text", { HELPED("") } },
    { "'x_total'", "the help text is not valid UTF-8", { HELPED("caf\xe9") } },
    { "'x_total'", "the help text is not valid UTF-8", { HELPED("cut \xe2\x82") } },
    { "'x_total'", "at most 16384 bytes", { HELPED(too_long_help) } },
    { "'x'", "binds no handle", { .name = "x", .help = "Help." } },
    { "'x'", "binds no handle", { .type = TACHO_GAUGE, .name = "x", .help = "Help." } },
    { "'x_total'", "binds more than one handle", { COUNTER, .counter_vec = &counter_vec, .labels = { "l" } } },
    { "'x_total'", "binds more than one handle", { COUNTER, .gauge = gauge } },
    { "'x'", "binds more than one handle", { GAUGE, .histogram = &histogram } },
    { "'x_total'", "binds more than one handle", { COUNTER, .histogram = &histogram } },
    { "'x'", "a `type` that its handle contradicts", { GAUGE, .type = TACHO_COUNTER } },
    { "'x'", "a `type` that its handle contradicts", { GAUGE, .type = (tacho_type)77 } },
    { "'x'", "a counter's name ends in _total", { NAMED("x") } },
    { "'x_totals'", "a counter's name ends in _total", { NAMED("x_totals") } },
    { "'_total'", "a counter's name ends in _total", { NAMED("_total") } },
    { "'total'", "a counter's name ends in _total", { NAMED("total") } },
    { "'x_total'", BAD_UNIT, { COUNTER, .unit = "seconds" } },
    { "'x'", BAD_UNIT, { GAUGE, .unit = "bytes" } },
    { "'x'", BAD_UNIT, { GAUGE, .unit = "x" } },
    { "'_bytes'", BAD_UNIT, { .gauge = gauge, .help = "Help.", .name = "_bytes", .unit = "bytes" } },
    { "'kilobytes'", BAD_UNIT, { .gauge = gauge, .help = "Help.", .name = "kilobytes", .unit = "bytes" } },
    { "'x_bytes_total'", BAD_UNIT, { .gauge = gauge, .help = "Help.", .name = "x_bytes_total", .unit = "bytes" } },
    { "'x_total'", BAD_UNIT, { COUNTER, .unit = "total" } },
    { "'x'", "a unit matches", { GAUGE, .unit = "m/s" } },
    { "'x_total'", "label '' " BAD_LABEL, { COUNTER_VEC, .labels = { "" } } },
    { "'x_total'", "label '1st' " BAD_LABEL, { COUNTER_VEC, .labels = { "1st" } } },
    { "'x_total'", "label 'a:b' " BAD_LABEL, { COUNTER_VEC, .labels = { "a:b" } } },
    { "'x_total'", "label 'a-b' " BAD_LABEL, { COUNTER_VEC, .labels = { "ok", "a-b" } } },
    { "'x_total'", "label 'nnnnnnnnnn", { COUNTER_VEC, .labels = { too_long_name } } },
    { "'x_total'", "label '__name__' is reserved", { COUNTER_VEC, .labels = { "__name__" } } },
    { "'x_total'", "label '__' is reserved", { COUNTER_VEC, .labels = { "__" } } },
    { "'x'", "label 'le' is reserved on histograms", { HISTOGRAM_VEC, .labels = { "l", "le" } } },
    { "'x_total'", "label 'l' is there twice", { COUNTER_VEC, .labels = { "l", "m", "l" } } },
    { "'x_total'", "its labels have a gap", { COUNTER_VEC, .labels = { "l", NULL, "m" } } },
    { "'x_total'", "its labels have a gap", { COUNTER_VEC, .labels = { "l" }, .values = { NULL, VALUES("a") } } },
    { "'x_total'", "its labels have a gap", { COUNTER, .values = { VALUES("a") } } },
    { "'x_total'", "label 'l' has an empty list of values", { COUNTER, .labels = { "l" }, .values = { no_values } } },
    { "'x_total'", "label 'm' lists a value twice",
      { COUNTER, .labels = { "l", "m" }, .values = { VALUES("a"), VALUES("a", "b", "a") } } },
    { "'x_total'", BAD_VALUE, { COUNTER, .labels = { "l" }, .values = { VALUES("ok", "caf\xe9") } } },
    { "'x_total'", BAD_VALUE, { COUNTER, .labels = { "l" }, .values = { VALUES("\xed\xa0\x80") } } },
    { "'x_total'", BAD_VALUE, { COUNTER, .labels = { "l" }, .values = { VALUES(too_long_value) } } },
    { "'x_total'", "label 'l' lists more than 4096 values",
      { COUNTER_VEC, .labels = { "l" }, .values = { too_many_values } } },
    { "'x_total'", "more than 65536 combinations",
      { COUNTER_VEC, .labels = { "l", "m" }, .values = { many_values, many_values } } },
    { "'x_total'", "a vector needs labels", { COUNTER_VEC } },
    { "'x'", "a vector needs labels", { HISTOGRAM_VEC } },
    { "'x_total'", "a plain handle needs labels that all list their values", { COUNTER, .labels = { "l" } } },
    { "'x'", "a plain handle needs labels that all list their values",
      { GAUGE, .labels = { "l", "m" }, .values = { VALUES("a") } } },
    { "'x_total'", "max_series is below the number of combinations",
      { COUNTER, .labels = { "l" }, .values = { VALUES("a", "b", "c") }, .max_series = 2 } },
    { "'x'", "TACHO_REAL and TACHO_KEEP_NAME are for counters", { GAUGE, .flags = TACHO_REAL } },
    { "'x'", "TACHO_REAL and TACHO_KEEP_NAME are for counters", { HISTOGRAM, .flags = TACHO_KEEP_NAME } },
    { "'x_total'", "TACHO_UPDOWN is for gauges", { COUNTER, .flags = TACHO_UPDOWN } },
    { "'x'", "TACHO_UPDOWN is for gauges", { HISTOGRAM, .flags = TACHO_UPDOWN } },
    { "'x_total'", "a flag that this version does not know", { COUNTER, .flags = 1u << 31 } },
    { "'x'", "a scale is for counters of whole numbers", { GAUGE, .scale = 2 } },
    { "'x'", "a scale is for counters of whole numbers", { HISTOGRAM, .scale = 1e-9 } },
    { "'x_total'", "a scale is for counters of whole numbers", { COUNTER, .flags = TACHO_REAL, .scale = 2 } },
    { "'x_total'", "a scale is finite and above 0", { COUNTER, .scale = -1 } },
    { "'x_total'", "a scale is finite and above 0", { COUNTER, .scale = (double)NAN } },
    { "'x_total'", "a scale is finite and above 0", { COUNTER, .scale = (double)INFINITY } },
    { "'x'", "buckets are for histograms", { GAUGE, BOUNDS(1) } },
    { "'x_total'", "buckets are for histograms", { COUNTER, .bucket_count = 1 } },
    { "'x'", "has a bucket_count but no buckets", { HISTOGRAM, .bucket_count = 3 } },
    { "'x'", "a histogram has 1 to 1000 buckets, and bucket_count says how many", { HISTOGRAM, .buckets = many_bounds } },
    { "'x'", "a histogram has 1 to 1000 buckets, and bucket_count says how many",
      { HISTOGRAM, .buckets = many_bounds, .bucket_count = BOUNDS_MAX + 1 } },
    { "'x'", "the bucket bounds do not rise strictly", { HISTOGRAM, BOUNDS(2, 1) } },
    { "'x'", "the bucket bounds do not rise strictly", { HISTOGRAM, BOUNDS(1, 2, 2) } },
    { "'x'", "the bucket bounds do not rise strictly", { HISTOGRAM, BOUNDS(-0.0, 0.0) } },
    { "'x'", "a bucket bound is not finite", { HISTOGRAM, BOUNDS((double)NAN) } },
    { "'x'", "a bucket bound is not finite", { HISTOGRAM, BOUNDS(1, (double)NAN, 2) } },
    { "'x'", "a bucket bound is not finite", { HISTOGRAM, BOUNDS((double)-INFINITY, 1) } },
    { "'x'", "a bucket bound is not finite", { HISTOGRAM, BOUNDS(1, (double)INFINITY, 2) } },
    { "'x'", "a bucket bound is not finite", { HISTOGRAM, BOUNDS(1, (double)INFINITY, (double)INFINITY) } },
};

static const struct {
    const char *series; /* one that is there afterwards, or NULL */
    const char *text;
    tacho_desc row;
} accepted[] = {
    { "x_total", "0", { COUNTER } },
    { "x_total", "0", { COUNTER, .type = TACHO_COUNTER, .unit = "" } },
    { NULL, NULL, { COUNTER_VEC, .labels = { SIXTEEN } } },
    { NULL, NULL, { HISTOGRAM_VEC, .labels = { SIXTEEN } } },
    { "x_total", "0", { .gauge = gauge, .help = "Help.", .name = "x_total" } },
    { "x:rate5m", "0", { .gauge = gauge, .help = "Help.", .name = "x:rate5m" } },
    { ":", "0", { .gauge = gauge, .help = "Help.", .name = ":" } },
    { "_", "0", { .gauge = gauge, .help = "Help.", .name = "_" } },
    { "a_total_total", "0", { NAMED("a_total_total") } },
    { longest_name, "0", { NAMED(longest_name) } },
    { "x_total", "0", { HELPED(longest_help) } },
    { "x_total", "0", { HELPED("back\\slash, \"quotes\",\nline feed, \xe2\x82\xac \xf0\x9f\x98\x80") } },
    { "downloads", "0", { NAMED("downloads"), .flags = TACHO_KEEP_NAME } },
    { "x_total", "0", { COUNTER, .flags = TACHO_KEEP_NAME | TACHO_SHARED | TACHO_REAL } },
    { "x_seconds_total", "0", { NAMED("x_seconds_total"), .unit = "seconds", .scale = 1e-9 } },
    { "x_seconds", "0", { NAMED("x_seconds"), .unit = "seconds", .flags = TACHO_KEEP_NAME } },
    { "x_bytes", "0", { .gauge = gauge, .help = "Help.", .name = "x_bytes", .unit = "bytes" } },
    { "x_per_second", "0", { .gauge = gauge, .help = "Help.", .name = "x_per_second", .unit = "per_second" } },
    { "x", "0", { GAUGE, .flags = TACHO_UPDOWN | TACHO_SHARED } },
    { NULL, NULL, { GAUGE_VEC, .labels = { "le", "quantile", "_l" } } },
    { "x_total{l=\"a\"}", "0", { COUNTER, .labels = { "l" }, .values = { VALUES("a") }, .max_series = 1 } },
    { "x_total{l=\"\"}", "0", { COUNTER, .labels = { "l" }, .values = { VALUES("a", "") } } },
    { "x_total{l=\"299\"}", "0", { COUNTER, .labels = { "l" }, .values = { many_values } } },
    { NULL, NULL, { COUNTER_VEC, .labels = { "l" }, .values = { most_values } } },
    { NULL, NULL, { COUNTER_VEC, .labels = { "l" }, .values = { VALUES(longest_value) } } },
    { "x_bucket{le=\"+Inf\"}", "0", { HISTOGRAM, .buckets = many_bounds, .bucket_count = BOUNDS_MAX } },
    { "x_bucket{le=\"10.0\"}", "0", { HISTOGRAM } },
    { "x_bucket{le=\"0.0\"}", "0", { HISTOGRAM, BOUNDS(-2, 0, 3) } },
    { "x_bucket{le=\"2.0\"}", "0", { HISTOGRAM, BOUNDS(1, 2, (double)INFINITY) } },
    { "x_count", "0", { HISTOGRAM, BOUNDS((double)INFINITY) } },
    { "x_bucket{le=\"1.0\"}", "0", { HISTOGRAM, BOUNDS(1) } },
};

static void forget_handles(void)
{
    memset(counter, 0, sizeof counter);
    memset(gauge, 0, sizeof gauge);
    counter_vec = NULL;
    gauge_vec = NULL;
    histogram = NULL;
    histogram_vec = NULL;
}

/* Everything that a program does with handles, whatever they are by now. */
static void use_handles(void)
{
    tacho_labels labels = TACHO_LABELS("a");
    tacho_counter_inc(counter[0]);
    tacho_counter_add(counter[0], UINT64_MAX);
    tacho_counter_add_real(counter[0], 0.5);
    (void)tacho_counter_value(counter[0]);
    tacho_gauge_set(gauge[0], 1);
    tacho_gauge_set_to_current_time(gauge[0]);
    tacho_gauge_add(gauge[0], 1);
    tacho_gauge_sub(gauge[0], 1);
    tacho_gauge_inc(gauge[0]);
    tacho_gauge_dec(gauge[0]);
    (void)tacho_gauge_value(gauge[0]);
    tacho_histogram_observe(histogram, 1);
    tacho_histogram_observe(histogram, (double)NAN);
    (void)tacho_timer_observe(tacho_timer_start(), histogram);
    (void)tacho_histogram_count(histogram);
    (void)tacho_histogram_sum(histogram);
    tacho_counter_inc_at(counter_vec, labels);
    tacho_counter_add_at(counter_vec, labels, 2);
    tacho_counter_inc(tacho_counter_at(counter_vec, labels));
    tacho_counter_inc_at(tacho_counter_bind(counter_vec, labels), TACHO_NO_LABELS);
    tacho_gauge_set_at(gauge_vec, labels, 1);
    tacho_gauge_add_at(gauge_vec, labels, 1);
    tacho_gauge_set(tacho_gauge_at(gauge_vec, labels), 1);
    tacho_gauge_set_at(tacho_gauge_bind(gauge_vec, labels), TACHO_NO_LABELS, 1);
    tacho_histogram_observe_at(histogram_vec, labels, 1);
    tacho_histogram_observe(tacho_histogram_at(histogram_vec, labels), 1);
    tacho_histogram_observe_at(tacho_histogram_bind(histogram_vec, labels), TACHO_NO_LABELS, 1);
}

static void a_row_that_breaks_a_rule_is_refused_in_words_that_name_the_family_and_the_rule(void **state)
{
    (void)state;
    for (size_t i = 0; i < TACHO_COUNT(refused); i++) {
        const struct refusal *row = &refused[i];
        tacho_registry *reg = tacho_registry_new(NULL);
        size_t before = tacho_registry_memory(reg, NULL);
        forget_handles();
        tacho_err err = tacho_registry_define(reg, &row->row, 1);
        const char *words = tacho_registry_error(reg);
        if (err != TACHO_ERR_DESC || !words || !strstr(words, row->family) || !strstr(words, row->rule))
            fail_msg("row %zu, %s %s: error %d, %s", i, row->family, row->rule, (int)err, words ? words : "no words");
        for (const char *at = words; *at; at++) assert_in_range(*at, ' ', '~');
        assert_int_equal(tacho_registry_memory(reg, NULL), before);
        use_handles();
        tacho_registry_free(reg);
    }
}

static void a_row_at_the_edge_of_the_rules_is_accepted(void **state)
{
    (void)state;
    for (size_t i = 0; i < TACHO_COUNT(accepted); i++) {
        tacho_registry *reg = tacho_registry_new(NULL);
        forget_handles();
        if (tacho_registry_define(reg, &accepted[i].row, 1) != TACHO_OK)
            fail_msg("row %zu: %s", i, tacho_registry_error(reg));
        assert_null(tacho_registry_error(reg));
        if (accepted[i].series)
            assert_shown(reg, accepted[i].series, accepted[i].text);
        else
            exposition_free(exposition_read(reg));
        use_handles();
        exposition_free(exposition_read(reg));
        tacho_registry_free(reg);
    }
}

static void a_final_infinite_bound_is_folded_into_the_bucket_that_every_histogram_has(void **state)
{
    (void)state;
    static tacho_histogram *folded, *plain;
    static const double bounds[] = { 1, 2, (double)INFINITY };
    static const tacho_desc rows[] = {
        { .histogram = &folded, .name = "folded", .help = "Help.", .buckets = bounds, .bucket_count = 3 },
        { .histogram = &plain, .name = "plain", .help = "Help.", .buckets = bounds, .bucket_count = 2 },
    };
    tacho_registry *reg = tacho_registry_new(NULL);
    assert_int_equal(TACHO_DEFINE(reg, rows), TACHO_OK);
    struct exposition *page = exposition_read(reg);
    assert_int_equal(exposition_family(page, "folded")->count, 5);
    assert_int_equal(exposition_family(page, "plain")->count, 5);
    exposition_free(page);
    tacho_registry_free(reg);
}

static void handles_before_their_definition_are_null_and_harmless(void **state)
{
    (void)state;
    forget_handles();
    use_handles();
    assert_null(counter[0]);
    assert_null(histogram_vec);
    assert_true(tacho_counter_value(NULL) == 0);
    assert_true(tacho_gauge_value(NULL) == 0);
    assert_int_equal(tacho_histogram_count(NULL), 0);
    assert_true(tacho_histogram_sum(NULL) == 0);
    assert_null(tacho_counter_bind(NULL, TACHO_LABELS("a")));
    assert_null(tacho_gauge_bind(NULL, TACHO_LABELS("a")));
    assert_null(tacho_histogram_bind(NULL, TACHO_LABELS("a")));
    assert_non_null(tacho_counter_at(NULL, TACHO_LABELS("a")));
    assert_non_null(tacho_gauge_at(NULL, TACHO_LABELS("a")));
    assert_non_null(tacho_histogram_at(NULL, TACHO_LABELS("a")));
}

static void rows_beside_a_refused_one_are_bound_all_the_same(void **state)
{
    (void)state;
    static tacho_counter *first, *last;
    static tacho_gauge *bad;
    static tacho_gauge_vec *worse;
    static const tacho_desc rows[] = {
        { .counter = &first, .name = "first_total", .help = "Help." },
        { .gauge = &bad, .name = "bad name", .help = "Help." },
        { .gauge_vec = &worse, .name = "worse", .help = "Help." },
        { .counter = &last, .name = "last_total", .help = "Help." },
    };
    tacho_registry *reg = tacho_registry_new(NULL);
    assert_int_equal(TACHO_DEFINE(reg, rows), TACHO_ERR_DESC);
    assert_non_null(strstr(tacho_registry_error(reg), "'bad name'")); /* the first error stays */
    tacho_counter_inc(first);
    tacho_gauge_set(bad, 5);
    tacho_gauge_set_at(worse, TACHO_NO_LABELS, 5);
    tacho_counter_add(last, 2);
    assert_shown(reg, "first_total", "1");
    assert_shown(reg, "last_total", "2");
    assert_shown(reg, "worse", NULL);
    tacho_registry_free(reg);
}

static void a_refused_array_is_safe_to_index_everywhere(void **state)
{
    (void)state;
    tacho_counter *requests[3][4] = { { NULL } };
    tacho_histogram *times[5] = { NULL };
    const tacho_desc rows[] = {
        { .counter = &requests[0][0], .name = "requests", .help = "Help.", .labels = { "m", "c" },
          .values = { VALUES("a", "b", "c"), VALUES("1", "2", "3", "4") } },
        { .histogram = times, .name = "times", .help = "", .labels = { "l" },
          .values = { VALUES("a", "b", "c", "d", "e") } },
    };
    tacho_registry *reg = tacho_registry_new(NULL);
    assert_int_equal(TACHO_DEFINE(reg, rows), TACHO_ERR_DESC);
    for (int i = 0; i < 3; i++)
        for (int k = 0; k < 4; k++) tacho_counter_inc(requests[i][k]);
    for (int i = 0; i < 5; i++) tacho_histogram_observe(times[i], 1);
    struct exposition *page = exposition_read(reg);
    assert_int_equal(exposition_count(page, "requests"), 0);
    assert_null(exposition_family(page, "times"));
    exposition_free(page);
    tacho_registry_free(reg);
}

static void a_refused_row_lets_go_of_handles_into_a_registry_that_is_gone(void **state)
{
    (void)state;
    tacho_counter *array[2] = { NULL };
    tacho_gauge *taken = NULL;
    const tacho_desc rows[] = {
        { COUNTER_VEC, .labels = { "l" } },
        { .gauge_vec = &gauge_vec, .name = "g", .help = "Help.", .labels = { "l" } },
        { .histogram_vec = &histogram_vec, .name = "h", .help = "Help.", .labels = { "l" } },
        { .histogram = &histogram, .name = "i", .help = "Help." },
        { .counter = array, .name = "array_total", .help = "Help.", .labels = { "l" }, .values = { VALUES("a", "b") } },
    };
    forget_handles();
    tacho_registry *gone = tacho_registry_new(NULL), *reg = tacho_registry_new(NULL);
    assert_int_equal(TACHO_DEFINE(gone, rows), TACHO_OK);
    tacho_registry_free(gone);
    tacho_desc takers[TACHO_COUNT(rows)];
    for (size_t i = 0; i < TACHO_COUNT(rows); i++)
        takers[i] = (tacho_desc){ .gauge = &taken, .name = rows[i].name, .help = "Help." };
    assert_int_equal(TACHO_DEFINE(reg, takers), TACHO_OK);
    assert_int_equal(TACHO_DEFINE(reg, rows), TACHO_ERR_DUPLICATE);
    use_handles();
    for (int i = 0; i < 2; i++) tacho_counter_inc(array[i]);
    exposition_free(exposition_read(reg));
    tacho_registry_free(reg);
}

static void the_same_rows_again_give_the_same_handles_and_keep_the_counts(void **state)
{
    (void)state;
    tacho_counter *plain, *by_value[2][2];
    tacho_gauge *level;
    tacho_histogram *times;
    tacho_counter_vec *open;
    tacho_histogram_vec *open_times;
    const tacho_desc rows[] = {
        { .counter = &plain, .name = "plain_total", .help = "Help." },
        { .counter = &by_value[0][0], .name = "by_value_total", .help = "Help.", .labels = { "l", "m" },
          .values = { VALUES("a", "b"), VALUES("c", "d") } },
        { .gauge = &level, .name = "level", .help = "Help.", .flags = TACHO_UPDOWN },
        { .histogram = &times, .name = "times", .help = "Help." },
        { .counter_vec = &open, .name = "open_total", .help = "Help.", .labels = { "l" } },
        { .histogram_vec = &open_times, .name = "open_times", .help = "Help.", .labels = { "l", "m" } },
    };
    tacho_registry *reg = tacho_registry_new(NULL);
    assert_int_equal(TACHO_DEFINE(reg, rows), TACHO_OK);
    tacho_counter *before_plain = plain, *before_values[2][2];
    tacho_gauge *before_level = level;
    tacho_histogram *before_times = times;
    tacho_counter_vec *before_open = open;
    tacho_histogram_vec *before_open_times = open_times;
    memcpy(before_values, by_value, sizeof by_value);
    tacho_counter_inc(plain);
    tacho_counter_inc(by_value[1][0]);
    tacho_counter_inc_at(open, TACHO_LABELS("x"));
    (void)tacho_histogram_bind(open_times, TACHO_LABELS("a", NULL));
    (void)tacho_histogram_bind(open_times, TACHO_LABELS(NULL, NULL)); /* binds nothing, and is no vector of rows */
    size_t memory = tacho_registry_memory(reg, NULL);
    for (int round = 0; round < 3; round++) {
        plain = by_value[0][0] = by_value[0][1] = by_value[1][0] = by_value[1][1] = NULL;
        level = NULL;
        times = NULL;
        open = NULL;
        open_times = NULL;
        assert_int_equal(TACHO_DEFINE(reg, rows), TACHO_OK);
        assert_ptr_equal(plain, before_plain);
        assert_memory_equal(by_value, before_values, sizeof by_value);
        assert_ptr_equal(level, before_level);
        assert_ptr_equal(times, before_times);
        assert_ptr_equal(open, before_open);
        assert_ptr_equal(open_times, before_open_times);
    }
    assert_int_equal(tacho_registry_memory(reg, NULL), memory);
    assert_shown(reg, "plain_total", "1");
    assert_shown(reg, "by_value_total{l=\"b\",m=\"c\"}", "1");
    assert_shown(reg, "open_total{l=\"x\"}", "1");
    assert_null(tacho_registry_error(reg));
    tacho_registry_free(reg);
}

static void a_table_of_no_rows_is_no_error(void **state)
{
    (void)state;
    tacho_registry *reg = tacho_registry_new(NULL);
    assert_int_equal(tacho_registry_define(reg, NULL, 0), TACHO_OK);
    assert_int_equal(tacho_registry_undefine(reg, NULL, 0), TACHO_OK);
    assert_null(tacho_registry_error(reg));
    tacho_registry_free(reg);
}

static void texts_and_bounds_are_copied_and_may_change_after_the_definition(void **state)
{
    (void)state;
    static tacho_histogram_vec *vec;
    char name[] = "taken", help[] = "Some help.", label[] = "l", value[] = "v";
    double bounds[] = { 1, 2 };
    const char *values[] = { value, NULL };
    tacho_desc row = { .histogram_vec = &vec, .name = name, .help = help, .labels = { label }, .values = { values },
                       .buckets = bounds, .bucket_count = 2 };
    tacho_registry *reg = tacho_registry_new(NULL);
    assert_int_equal(tacho_registry_define(reg, &row, 1), TACHO_OK);
    name[0] = help[0] = label[0] = value[0] = '!';
    bounds[0] = 100;
    tacho_histogram_observe_at(vec, TACHO_LABELS("v"), 1.5);
    assert_shown(reg, "taken_bucket{l=\"v\",le=\"1.0\"}", "0");
    assert_shown(reg, "taken_bucket{l=\"v\",le=\"2.0\"}", "1");
    tacho_registry_free(reg);
}

static void a_family_that_does_not_fit_into_the_budget_says_so_and_leaves_harmless_handles(void **state)
{
    (void)state;
    enum { FAMILIES = 40 };
    static tacho_counter *arrays[FAMILIES][MANY];
    static tacho_desc rows[FAMILIES];
    static char names[FAMILIES][32];
    tacho_registry *reg = tacho_registry_new(&(tacho_registry_options){ .byte_budget = 64 << 10, .cell_budget = 1 });
    size_t defined = 0, budget;
    for (int i = 0; i < FAMILIES; i++) {
        (void)snprintf(names[i], sizeof names[i], "fill_%d_total", i);
        rows[i] = (tacho_desc){ .counter = arrays[i], .name = names[i], .help = "Help.", .labels = { "l" },
                                .values = { many_values } };
        tacho_err err = tacho_registry_define(reg, &rows[i], 1);
        defined += err == TACHO_OK;
        assert_true(err == TACHO_OK || err == TACHO_ERR_NOMEM);
        for (int k = 0; k < MANY; k++) tacho_counter_inc(arrays[i][k]);
    }
    assert_in_range(defined, 1, FAMILIES - 1);
    assert_non_null(strstr(tacho_registry_error(reg), names[FAMILIES - 1]));
    assert_non_null(strstr(tacho_registry_error(reg), "the byte budget is spent"));
    assert_true(tacho_registry_memory(reg, &budget) <= budget);
    struct exposition *page = exposition_read(reg);
    for (int i = 0; i < FAMILIES; i++)
        assert_int_equal(exposition_count(page, names[i]), arrays[i][0] == arrays[i][1] ? 0 : MANY);
    exposition_free(page);
    tacho_registry_free(reg);
}

int main(void)
{
    const struct CMUnitTest define[] = {
        cmocka_unit_test(a_row_that_breaks_a_rule_is_refused_in_words_that_name_the_family_and_the_rule),
        cmocka_unit_test(a_row_at_the_edge_of_the_rules_is_accepted),
        cmocka_unit_test(a_final_infinite_bound_is_folded_into_the_bucket_that_every_histogram_has),
        cmocka_unit_test(handles_before_their_definition_are_null_and_harmless),
        cmocka_unit_test(rows_beside_a_refused_one_are_bound_all_the_same),
        cmocka_unit_test(a_refused_array_is_safe_to_index_everywhere),
        cmocka_unit_test(a_refused_row_lets_go_of_handles_into_a_registry_that_is_gone),
        cmocka_unit_test(the_same_rows_again_give_the_same_handles_and_keep_the_counts),
        cmocka_unit_test(a_table_of_no_rows_is_no_error),
        cmocka_unit_test(texts_and_bounds_are_copied_and_may_change_after_the_definition),
        cmocka_unit_test(a_family_that_does_not_fit_into_the_budget_says_so_and_leaves_harmless_handles),
    };
    return cmocka_run_group_tests(define, fill_long_inputs, NULL);
}
