/*
 * test_type_rules.c - what rows of each type may ask for: handles, flags, quantiles, windows, states, native buckets. Each row
 * without a handle is tried as one that a collector announces, all others as rows that are defined.
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

#include <tacho/tacho.h>

#include "support/page.h"

static tacho_counter *counter;
static tacho_gauge *gauge;
static tacho_gauge_vec *gauge_vec;
static tacho_histogram *histogram;
static tacho_summary *summary;
static tacho_summary_vec *summary_vec;
static tacho_stateset *stateset;
static tacho_stateset_vec *stateset_vec;
static tacho_info_vec *info;

static const char *const two[] = { "a", "b", NULL }, *const no_states[] = { NULL }, *const twice[] = { "a", "b", "a", NULL };
static const char *const empty_state[] = { "a", "", NULL }, *const broken_state[] = { "caf\xe9", NULL };
static const char *most_states[65], *too_many_states[66];
static char names[65][13], long_state[1025], too_long_state[1026];
static const char *const longest[] = { long_state, NULL }, *const too_long[] = { too_long_state, NULL };
static const double ranks[] = { 0, 0.5, 1 }, falling[] = { 0.5, 0.25 }, same[] = { 0.5, 0.5 }, above[] = { 1.0000000000000002 };
static const double below[] = { -0.0000001 }, nan_rank[] = { (double)NAN }, many_ranks[17] = { 0 };
static double sixteen[16];

#define ROW(word, ...) { .type = TACHO_##word, .name = "x", .help = "Help.", __VA_ARGS__ }
#define COUNTER(...) { .counter = &counter, .name = "x_total", .help = "Help.", __VA_ARGS__ }
#define GAUGE(...) { .gauge = &gauge, .name = "x", .help = "Help.", __VA_ARGS__ }
#define HISTOGRAM(...) { .histogram = &histogram, .name = "x", .help = "Help.", __VA_ARGS__ }
#define SUMMARY(...) { .summary = &summary, .name = "x", .help = "Help.", __VA_ARGS__ }
#define STATESET(...) { .stateset = &stateset, .name = "x", .help = "Help.", __VA_ARGS__ }
#define INFO(...) { .info = &info, .name = "x_info", .help = "Help.", .labels = { "l" }, __VA_ARGS__ }
#define RANKS(list) .quantiles = (list), .quantile_count = TACHO_COUNT(list)
#define NATIVE(...) HISTOGRAM(.native = { __VA_ARGS__ })
#define A_DAY 86400.0
#define HUGE 1e308

static int fill_states(void **state)
{
    (void)state;
    for (int i = 0; i < 65; i++) {
        (void)snprintf(names[i], sizeof names[i], "s%d", i);
        too_many_states[i] = names[i];
        if (i < 64) most_states[i] = names[i];
    }
    memset(long_state, 's', 1024);
    memset(too_long_state, 's', 1025);
    for (int i = 0; i < 16; i++) sixteen[i] = i / 16.0;
    return 0;
}

struct rule {
    const char *rule; /* NULL: it is accepted */
    tacho_desc row;
};

static tacho_err collect_nothing(tacho_collector *self, tacho_emitter *out)
{
    (void)self, (void)out;
    return TACHO_OK;
}

static bool has_handle(const tacho_desc *row)
{
    return row->counter || row->counter_vec || row->gauge || row->gauge_vec || row->histogram || row->histogram_vec ||
           row->summary || row->summary_vec || row->stateset || row->stateset_vec || row->info;
}

static void check_rules(const struct rule *rules, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        tacho_registry *reg = tacho_registry_new(&(tacho_registry_options){ .no_self_metrics = 1 });
        tacho_collector_ops ops = { .name = "one", .descs = &rules[i].row, .desc_count = 1, .collect = collect_nothing };
        tacho_collector collector = { &ops };
        tacho_err err = has_handle(&rules[i].row) ? tacho_registry_define(reg, &rules[i].row, 1)
                                                  : tacho_registry_add(reg, &collector);
        const char *words = tacho_registry_error(reg);
        bool right = rules[i].rule ? err == TACHO_ERR_DESC && words && strstr(words, rules[i].rule) : err == TACHO_OK;
        if (!right) fail_msg("row %zu: error %d, %s; want %s", i, (int)err, words ? words : "no words", rules[i].rule);
        if (has_handle(&rules[i].row)) /* whatever became of it, updates are harmless */
            page_free(&(struct page[]){ page_take(reg, PAGE_AS(TACHO_TEXT, TACHO_UNDERSCORES), 0) }[0]);
        tacho_registry_free(reg);
    }
}

/* ---- Handles and types --------------------------------------------------------------------------------------- */

static void a_handle_serves_the_types_that_the_table_names_and_no_other(void **state)
{
    const struct rule rules[] = {
        { NULL, GAUGE(.type = TACHO_UNKNOWN) },
        { NULL, GAUGE(.type = TACHO_GAUGE) },
        { NULL, HISTOGRAM(.type = TACHO_GAUGE_HISTOGRAM) },
        { NULL, SUMMARY(.type = TACHO_SUMMARY) },
        { NULL, STATESET(.states = two, .type = TACHO_STATESET) },
        { NULL, INFO(.type = TACHO_INFO) },
        { "a `type` that its handle contradicts", COUNTER(.type = TACHO_UNKNOWN) },
        { "a `type` that its handle contradicts", COUNTER(.type = TACHO_GAUGE) },
        { "a `type` that its handle contradicts", GAUGE(.type = TACHO_INFO) },
        { "a `type` that its handle contradicts", GAUGE(.type = TACHO_STATESET) },
        { "a `type` that its handle contradicts", HISTOGRAM(.type = TACHO_SUMMARY) },
        { "a `type` that its handle contradicts", SUMMARY(.type = TACHO_HISTOGRAM) },
        { "a `type` that its handle contradicts", STATESET(.states = two, .type = TACHO_GAUGE) },
        { "a `type` that its handle contradicts", INFO(.type = TACHO_GAUGE) },
        { "a `type` that its handle contradicts", GAUGE(.type = (tacho_type)9) },
        { "binds more than one handle", GAUGE(.summary = &summary) },
        { "binds more than one handle", STATESET(.states = two, .info = &info) },
        { "binds more than one handle", SUMMARY(.summary_vec = &summary_vec) },
        { "a vector needs labels", { .summary_vec = &summary_vec, .name = "x", .help = "Help." } },
        { "a vector needs labels", { .stateset_vec = &stateset_vec, .name = "x", .help = "Help.", .states = two } },
        { "a plain handle needs labels that all list", SUMMARY(.labels = { "l" }) },
        { "a plain handle needs labels that all list", STATESET(.states = two, .labels = { "l" }) },
        { NULL, { .info = &info, .name = "x_info", .help = "Help." } }, /* which has nothing to bind */
        { NULL, { .gauge_vec = &gauge_vec, .name = "x", .help = "Help.", .labels = { "l" }, .type = TACHO_UNKNOWN } },
        { NULL, ROW(UNKNOWN, .unit = NULL) },
        { NULL, ROW(GAUGE_HISTOGRAM, .unit = NULL) },
        { NULL, ROW(SUMMARY, .unit = NULL) },
        { NULL, ROW(STATESET, .states = two) },
        { NULL, { .type = TACHO_INFO, .name = "x_info", .help = "Help.", .labels = { "l" } } },
        { "needs a `type`", { .name = "x", .help = "Help." } },
        { "needs a `type`", { .type = (tacho_type)9, .name = "x", .help = "Help." } },
    };
    (void)state;
    check_rules(rules, TACHO_COUNT(rules));
}

static void an_info_without_labels_needs_no_handle_and_nothing_else_does_without(void **state)
{
    static const struct rule rules[] = {
        { NULL, { .type = TACHO_INFO, .name = "x_info", .help = "Help." } },
        { "binds no handle", { .type = TACHO_INFO, .name = "x_info", .help = "Help.", .labels = { "l" } } },
        { "binds no handle", ROW(UNKNOWN, .unit = NULL) },
        { "binds no handle", ROW(STATESET, .states = two) },
        { "binds no handle", { .name = "x_info", .help = "Help." } },
    };
    (void)state;
    for (size_t i = 0; i < TACHO_COUNT(rules); i++) {
        tacho_registry *reg = tacho_registry_new(NULL);
        tacho_err err = tacho_registry_define(reg, &rules[i].row, 1);
        assert_int_equal(err, rules[i].rule ? TACHO_ERR_DESC : TACHO_OK);
        if (rules[i].rule) assert_non_null(strstr(tacho_registry_error(reg), rules[i].rule));
        tacho_registry_free(reg);
    }
}

/* ---- Flags --------------------------------------------------------------------------------------------------- */

static void a_flag_is_for_the_types_that_its_words_name(void **state)
{
    const struct rule rules[] = {
        { NULL, COUNTER(.flags = TACHO_REAL | TACHO_SHARED | TACHO_KEEP_NAME | TACHO_EXEMPLARS | TACHO_CREATED |
                                 TACHO_UNUSUAL_NAME) },
        { NULL, GAUGE(.flags = TACHO_UPDOWN | TACHO_SHARED | TACHO_UNUSUAL_NAME) },
        { NULL, GAUGE(.flags = TACHO_MAXIMUM) },
        { NULL, GAUGE(.flags = TACHO_MINIMUM | TACHO_SHARED, .type = TACHO_UNKNOWN) },
        { NULL, HISTOGRAM(.flags = TACHO_EXEMPLARS | TACHO_CREATED | TACHO_SHARED) },
        { NULL, SUMMARY(.flags = TACHO_CREATED | TACHO_SHARED) },
        { NULL, STATESET(.states = two, .flags = TACHO_SHARED | TACHO_UNUSUAL_NAME) },
        { NULL, INFO(.flags = TACHO_SHARED) },
        { "TACHO_UPDOWN is for gauges, and not for those of extremes", GAUGE(.flags = TACHO_UPDOWN | TACHO_MAXIMUM) },
        { "TACHO_MAXIMUM is for gauges, without TACHO_MINIMUM", GAUGE(.flags = TACHO_MAXIMUM | TACHO_MINIMUM) },
        { "TACHO_MAXIMUM is for gauges", COUNTER(.flags = TACHO_MAXIMUM) },
        { "TACHO_MINIMUM is for gauges", HISTOGRAM(.flags = TACHO_MINIMUM) },
        { "TACHO_MINIMUM is for gauges", STATESET(.states = two, .flags = TACHO_MINIMUM) },
        { "TACHO_EXEMPLARS is for counters and histograms", GAUGE(.flags = TACHO_EXEMPLARS) },
        { "TACHO_EXEMPLARS is for counters and histograms", SUMMARY(.flags = TACHO_EXEMPLARS) },
        { NULL, HISTOGRAM(.flags = TACHO_EXEMPLARS, .type = TACHO_GAUGE_HISTOGRAM) },
        { "TACHO_CREATED is for counters, histograms and summaries", GAUGE(.flags = TACHO_CREATED) },
        { "TACHO_CREATED is for", HISTOGRAM(.flags = TACHO_CREATED, .type = TACHO_GAUGE_HISTOGRAM) },
        { "TACHO_CREATED is for", STATESET(.states = two, .flags = TACHO_CREATED) },
        { "TACHO_CREATED is for", INFO(.flags = TACHO_CREATED) },
        { "TACHO_NATIVE_ONLY is for native histograms", HISTOGRAM(.flags = TACHO_NATIVE_ONLY) },
        { "TACHO_NATIVE_ONLY is for native histograms", GAUGE(.flags = TACHO_NATIVE_ONLY) },
        { "TACHO_REAL and TACHO_KEEP_NAME are for counters", SUMMARY(.flags = TACHO_REAL) },
        { "TACHO_REAL and TACHO_KEEP_NAME are for counters", STATESET(.states = two, .flags = TACHO_KEEP_NAME) },
        { "TACHO_UPDOWN is for gauges", INFO(.flags = TACHO_UPDOWN) },
        { "a flag that this version does not know", SUMMARY(.flags = 1u << 10) },
        { "a scale is for counters of whole numbers", SUMMARY(.scale = 2) },
        { "buckets are for histograms", SUMMARY(.buckets = ranks, .bucket_count = 3) },
        { "buckets are for histograms", STATESET(.states = two, .bucket_count = 1) },
    };
    (void)state;
    check_rules(rules, TACHO_COUNT(rules));
}

/* ---- Quantiles and windows ------------------------------------------------------------------------------------- */

static void quantiles_are_up_to_16_ranks_that_rise_between_0_and_1(void **state)
{
    const struct rule rules[] = {
        { NULL, SUMMARY(RANKS(ranks)) },
        { NULL, SUMMARY(RANKS(sixteen)) },
        { "a summary has at most 16 quantiles, and `quantiles` names them", SUMMARY(RANKS(many_ranks)) },
        { "a summary has at most 16 quantiles, and `quantiles` names them", SUMMARY(.quantile_count = 1) },
        { "a summary has at most 16 quantiles, and `quantiles` names them", SUMMARY(.quantiles = ranks) },
        { "the quantiles do not rise strictly", SUMMARY(RANKS(falling)) },
        { "the quantiles do not rise strictly", SUMMARY(RANKS(same)) },
        { "a quantile is a rank between 0 and 1", SUMMARY(RANKS(above)) },
        { "a quantile is a rank between 0 and 1", SUMMARY(RANKS(below)) },
        { "a quantile is a rank between 0 and 1", SUMMARY(RANKS(nan_rank)) },
        { "quantiles are for summaries", HISTOGRAM(RANKS(ranks)) },
        { "quantiles are for summaries", GAUGE(.quantile_count = 1) },
    };
    (void)state;
    check_rules(rules, TACHO_COUNT(rules));
}

static void a_window_is_for_what_has_one_and_at_most_a_year_long(void **state)
{
    const struct rule rules[] = {
        { NULL, SUMMARY(RANKS(ranks), .window = { 0, 16 }) },
        { NULL, SUMMARY(RANKS(ranks), .window = { 366 * A_DAY, 1 }) },
        { NULL, SUMMARY(RANKS(ranks), .window = { 1e-300, 0 }) },
        { NULL, GAUGE(.flags = TACHO_MAXIMUM, .window = { 60, 3 }) },
        { NULL, GAUGE(.flags = TACHO_MINIMUM, .window = { 60, 3 }) },
        { "a window is for quantiles, TACHO_MAXIMUM and TACHO_MINIMUM", SUMMARY(.window = { 60, 3 }) },
        { "a window is for quantiles, TACHO_MAXIMUM and TACHO_MINIMUM", GAUGE(.window = { 60, 0 }) },
        { "a window is for quantiles, TACHO_MAXIMUM and TACHO_MINIMUM", COUNTER(.window = { 0, 1 }) },
        { "a window has at most 16 slices", SUMMARY(RANKS(ranks), .window = { 60, 17 }) },
        { "a window is between 0 seconds and a year long", SUMMARY(RANKS(ranks), .window = { 366 * A_DAY + 1, 1 }) },
        { "a window is between 0 seconds and a year long", SUMMARY(RANKS(ranks), .window = { -1, 1 }) },
        { "a window is between 0 seconds and a year long", SUMMARY(RANKS(ranks), .window = { (double)NAN, 1 }) },
        { "a window is between 0 seconds and a year long", GAUGE(.flags = TACHO_MAXIMUM, .window = { (double)INFINITY, 1 }) },
    };
    (void)state;
    check_rules(rules, TACHO_COUNT(rules));
}

/* ---- States ---------------------------------------------------------------------------------------------------- */

static void a_stateset_lists_1_to_64_different_states(void **state)
{
    const struct rule rules[] = {
        { NULL, STATESET(.states = two) },
        { NULL, STATESET(.states = most_states) },
        { NULL, STATESET(.states = longest) },
        { "a stateset lists its states", STATESET(.unit = NULL) },
        { "a stateset lists its states", STATESET(.states = no_states) },
        { "a stateset has at most 64 states", STATESET(.states = too_many_states) },
        { "lists a state twice", STATESET(.states = twice) },
        { "a state is UTF-8 of 1 to 1024 bytes", STATESET(.states = empty_state) },
        { "a state is UTF-8 of 1 to 1024 bytes", STATESET(.states = broken_state) },
        { "a state is UTF-8 of 1 to 1024 bytes", STATESET(.states = too_long) },
        { "states are for statesets", GAUGE(.states = two) },
        { "states are for statesets", INFO(.states = two) },
        { "a stateset lists its states", ROW(STATESET, .unit = NULL) },
    };
    (void)state;
    check_rules(rules, TACHO_COUNT(rules));
}

/* ---- Native histograms ------------------------------------------------------------------------------------------- */

static void numbers_of_a_native_histogram_are_within_their_limits(void **state)
{
    const struct rule rules[] = {
        { NULL, NATIVE(.factor = 1.1) },
        { NULL, NATIVE(.factor = HUGE, .zero_threshold = HUGE, .max_buckets = 1000, .max_zero_threshold = HUGE,
                       .min_reset_seconds = 366 * A_DAY) },
        { NULL, NATIVE(.factor = 1.0000000000000002, .zero_threshold = -HUGE) },
        { "the factor of a native histogram is finite and above 1", NATIVE(.factor = 1) },
        { "the factor of a native histogram is finite and above 1", NATIVE(.factor = -2) },
        { "the factor of a native histogram is finite and above 1", NATIVE(.factor = (double)NAN) },
        { "the factor of a native histogram is finite and above 1", NATIVE(.factor = (double)INFINITY) },
        { "the factor of a native histogram is finite and above 1", NATIVE(.max_buckets = 10) },
        { "the factor of a native histogram is finite and above 1", NATIVE(.zero_threshold = 1) },
        { "the factor of a native histogram is finite and above 1", NATIVE(.min_reset_seconds = 1) },
        { "a zero threshold is finite", NATIVE(.factor = 2, .zero_threshold = (double)NAN) },
        { "a zero threshold is finite", NATIVE(.factor = 2, .zero_threshold = (double)-INFINITY) },
        { "a zero threshold is finite", NATIVE(.factor = 2, .max_zero_threshold = -1) },
        { "a zero threshold is finite", NATIVE(.factor = 2, .max_zero_threshold = (double)INFINITY) },
        { "max_buckets is at most 1000", NATIVE(.factor = 2, .max_buckets = 1001) },
        { "min_reset_seconds is between 0 and a year", NATIVE(.factor = 2, .min_reset_seconds = -1) },
        { "min_reset_seconds is between 0 and a year", NATIVE(.factor = 2, .min_reset_seconds = 367 * A_DAY) },
        { "min_reset_seconds is between 0 and a year", NATIVE(.factor = 2, .min_reset_seconds = (double)NAN) },
        { "a gauge histogram has native buckets only when a collector emits it",
          HISTOGRAM(.native = { .factor = 2 }, .type = TACHO_GAUGE_HISTOGRAM) },
        { "`native` is for histograms", SUMMARY(.native = { .factor = 2 }) },
        { "`native` is for histograms", GAUGE(.native = { .max_buckets = 2 }) },
        { "has buckets and TACHO_NATIVE_ONLY",
          HISTOGRAM(.native = { .factor = 2 }, .flags = TACHO_NATIVE_ONLY, .buckets = ranks, .bucket_count = 3) },
        { NULL, HISTOGRAM(.native = { .factor = 2 }, .flags = TACHO_NATIVE_ONLY | TACHO_EXEMPLARS | TACHO_CREATED) },
    };
    (void)state;
    check_rules(rules, TACHO_COUNT(rules));
}

static void handles_of_refused_rows_of_every_type_take_every_update(void **state)
{
    static const tacho_desc rows[] = {
        COUNTER(.flags = 1u << 31), GAUGE(.flags = 1u << 31), HISTOGRAM(.flags = 1u << 31), SUMMARY(.flags = 1u << 31),
        STATESET(.states = two, .flags = 1u << 31), INFO(.flags = 1u << 31),
        { .summary_vec = &summary_vec, .name = "x", .help = "Help." },
        { .stateset_vec = &stateset_vec, .name = "x", .help = "Help." },
    };
    tacho_registry *reg = tacho_registry_new(NULL);
    (void)state;
    assert_int_equal(TACHO_DEFINE(reg, rows), TACHO_ERR_DESC);
    assert_true(counter && gauge && histogram && summary && stateset);
    assert_true(!info && !summary_vec && !stateset_vec);
    tacho_counter_add_exemplar(counter, 1, (tacho_exemplar){ NULL, 0, 0 });
    tacho_gauge_set(gauge, 1);
    tacho_histogram_observe(histogram, 1);
    tacho_histogram_unobserve(histogram, 1);
    tacho_summary_observe(summary, 1);
    tacho_stateset_set(stateset, 0);
    tacho_stateset_turn(stateset, 0, 1);
    tacho_info_set(info, TACHO_LABELS("a"));
    assert_true(tacho_summary_count(summary) == 0 && tacho_summary_sum(summary) == 0);
    assert_true(tacho_stateset_value(stateset) == 0 && tacho_histogram_count(histogram) == 0);
    assert_line(reg, TACHO_TEXT, "tacho_series 0");
    tacho_registry_free(reg);
}

static void a_refused_row_lets_go_of_handles_into_memory_that_a_later_registry_has(void **state)
{
    static const char *help = "Help.";
    static tacho_desc rows[] = {
        { .counter = &counter, .name = "x_total" }, { .gauge = &gauge, .name = "g" }, { .summary = &summary, .name = "s" },
        { .gauge_vec = &gauge_vec, .name = "v", .labels = { "l" } },
    };
    (void)state;
    for (size_t i = 0; i < TACHO_COUNT(rows); i++) rows[i].help = help;
    tacho_registry *gone = tacho_registry_new(NULL);
    assert_int_equal(TACHO_DEFINE(gone, rows), TACHO_OK);
    tacho_registry_free(gone);
    for (size_t i = 0; i < TACHO_COUNT(rows); i++) rows[i].help = NULL; /* now they are refused */
    tacho_registry *reg = tacho_registry_new(NULL); /* where the other one was, as a rule */
    assert_int_equal(TACHO_DEFINE(reg, rows), TACHO_ERR_DESC);
    struct page before = page_take(reg, PAGE_AS(TACHO_TEXT, TACHO_UNDERSCORES), 0);
    for (int i = 0; i < 1000; i++) {
        tacho_counter_inc(counter);
        tacho_gauge_set(gauge, i);
        tacho_summary_observe(summary, i);
        tacho_gauge_set_at(gauge_vec, TACHO_LABELS("a"), i);
    }
    assert_null(gauge_vec);
    assert_true(tacho_counter_value(counter) == 0 && tacho_gauge_value(gauge) == 0 && tacho_summary_count(summary) == 0);
    assert_page(reg, PAGE_AS(TACHO_TEXT, TACHO_UNDERSCORES), before.data);
    page_free(&before);
    tacho_registry_free(reg);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_handle_serves_the_types_that_the_table_names_and_no_other),
        cmocka_unit_test(an_info_without_labels_needs_no_handle_and_nothing_else_does_without),
        cmocka_unit_test(a_flag_is_for_the_types_that_its_words_name),
        cmocka_unit_test(quantiles_are_up_to_16_ranks_that_rise_between_0_and_1),
        cmocka_unit_test(a_window_is_for_what_has_one_and_at_most_a_year_long),
        cmocka_unit_test(a_stateset_lists_1_to_64_different_states),
        cmocka_unit_test(numbers_of_a_native_histogram_are_within_their_limits),
        cmocka_unit_test(handles_of_refused_rows_of_every_type_take_every_update),
        cmocka_unit_test(a_refused_row_lets_go_of_handles_into_memory_that_a_later_registry_has),
    };
    return cmocka_run_group_tests(tests, fill_states, NULL);
}
