/*
 * test_summary.c - summaries: count and sum wherever their cells lie, and quantiles of a sliding window.
 * Needs: OPENMETRICS JSON
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tacho/tacho.h>

#include "clock.h"
#include "support/page.h"
#include "support/worlds.h"

#define EACH_WORLD(world) (const struct world *world = worlds; world < worlds + WORLD_COUNT; world++)
#define SECOND UINT64_C(1000000000)

static const double ranks[] = { 0, 0.5, 0.99, 1 };

static tacho_summary *plain, *ranked, *sides[2];
static tacho_summary_vec *by_path, *ranked_by;

static const char *const left_right[] = { "left", "right", NULL };

struct rows {
    tacho_desc each[5];
};

static struct rows summary_rows(void)
{
    return (struct rows){ {
        { .summary = &plain, .name = "plain_bytes", .help = "Help.", .unit = "bytes" },
        { .summary = &ranked, .name = "ranked", .help = "Help.", .quantiles = ranks, .quantile_count = 4 },
        { .summary = &sides[0], .name = "sides", .help = "Help.", .labels = { "side" }, .values = { left_right } },
        { .summary_vec = &by_path, .name = "by_path", .help = "Help.", .labels = { "path", "code" } },
        { .summary_vec = &ranked_by, .name = "ranked_by", .help = "Help.", .labels = { "path" }, .quantiles = ranks + 1,
          .quantile_count = 1, .window = { 10, 2 } },
    } };
}

static tacho_registry *open_rows(const struct world *world)
{
    static struct rows rows;
    rows = summary_rows();
    tacho__clock_ahead_ns = 0;
    return WORLD_OPEN(world, rows.each);
}

static bool near(double value, double want)
{
    return fabs(value - want) <= fabs(want) * 0.008;
}

/* The value of a quantile that is shown. */
static double quantile(tacho_registry *reg, const char *series)
{
    struct page page = page_take(reg, PAGE_AS(TACHO_TEXT, TACHO_UNDERSCORES), 0);
    char line[100];
    double value = -1;
    for (const char *at = page.data; at && *at; at = strchr(at, '\n') ? strchr(at, '\n') + 1 : NULL) {
        (void)snprintf(line, sizeof line, "%.99s", at);
        if (strncmp(line, series, strlen(series)) == 0) value = strtod(line + strlen(series), NULL);
    }
    page_free(&page);
    return value;
}

static void a_summary_shows_sum_and_count_from_0_on(void **state)
{
    (void)state;
    for EACH_WORLD(world) {
        tacho_registry *reg = open_rows(world);
        assert_line(reg, TACHO_TEXT, "# TYPE plain_bytes summary\nplain_bytes_sum 0\nplain_bytes_count 0");
        assert_line(reg, TACHO_OPENMETRICS, "# TYPE plain_bytes summary\n# UNIT plain_bytes bytes\n# HELP plain_bytes Help.\n"
                                            "plain_bytes_count 0\nplain_bytes_sum 0");
        for (int i = 0; i < 10; i++) tacho_summary_observe(plain, 2.5);
        tacho_summary_observe(plain, -1);
        assert_line(reg, TACHO_TEXT, "plain_bytes_sum 24\nplain_bytes_count 11");
        assert_int_equal(tacho_summary_count(plain), 11);
        assert_true(tacho_summary_sum(plain) == 24);
        tacho_registry_free(reg);
    }
}

static void every_door_leads_to_the_same_summary(void **state)
{
    (void)state;
    for EACH_WORLD(world) {
        tacho_registry *reg = open_rows(world);
        tacho_summary *handle = tacho_summary_at(by_path, TACHO_LABELS("/", "200"));
        tacho_summary_vec *bound = tacho_summary_bind(by_path, (tacho_labels){ (const char *[]){ NULL, "200" }, NULL, 2 });
        tacho_summary_observe(handle, 1);
        tacho_summary_observe_at(by_path, TACHO_LABELS("/", "200"), 2);
        tacho_summary_observe_at(bound, TACHO_LABELS("/"), 4);
        tacho_summary_observe_at(by_path, TACHO_LABELS("/", "404"), 8);
        tacho_summary_observe(sides[1], 16);
        assert_ptr_equal(tacho_summary_at(bound, TACHO_LABELS("/")), handle);
        assert_line(reg, TACHO_TEXT, "by_path_sum{path=\"/\",code=\"200\"} 7\nby_path_count{path=\"/\",code=\"200\"} 3");
        assert_line(reg, TACHO_TEXT, "by_path_sum{path=\"/\",code=\"404\"} 8\nby_path_count{path=\"/\",code=\"404\"} 1");
        assert_line(reg, TACHO_TEXT, "sides_sum{side=\"left\"} 0\nsides_count{side=\"left\"} 0\n"
                                     "sides_sum{side=\"right\"} 16\nsides_count{side=\"right\"} 1");
        tacho_registry_free(reg);
    }
}

static void nan_is_dropped_and_counted_and_infinities_show_in_the_sum(void **state)
{
    (void)state;
    tacho_registry *reg = open_rows(&worlds[0]);
    tacho_summary_observe(plain, NAN);
    tacho_summary_observe(ranked, NAN);
    assert_line(reg, TACHO_TEXT, "tacho_observations_dropped_total{reason=\"nan\"} 2");
    assert_line(reg, TACHO_TEXT, "ranked_sum 0\nranked_count 0");
    tacho_summary_observe(plain, INFINITY);
    assert_line(reg, TACHO_TEXT, "plain_bytes_sum +Inf\nplain_bytes_count 1");
    tacho_summary_observe(plain, -INFINITY);
    assert_line(reg, TACHO_TEXT, "plain_bytes_sum NaN\nplain_bytes_count 2");
    tacho_registry_free(reg);
}

static void openmetrics_leaves_out_a_sum_that_it_forbids_and_keeps_the_count(void **state)
{
    static const struct {
        double values[2];
        const char *lines, *without; /* NULL: nothing */
    } rows[] = {
        { { 1, 2 }, "plain_bytes_count 2\nplain_bytes_sum 3", NULL },
        { { -1, 1 }, "plain_bytes_count 2\nplain_bytes_sum 0", NULL },
        { { -1, 0.5 }, "plain_bytes_count 2\n# TYPE ranked summary", "plain_bytes_sum -0.5" },
        { { INFINITY, -INFINITY }, "plain_bytes_count 2\n# TYPE ranked summary", "plain_bytes_sum NaN" },
        { { INFINITY, 1 }, "plain_bytes_count 2\nplain_bytes_sum +Inf", NULL },
    };
    (void)state;
    for (size_t i = 0; i < TACHO_COUNT(rows); i++) {
        tacho_registry *reg = open_rows(&worlds[0]);
        tacho_summary_observe(plain, rows[i].values[0]);
        tacho_summary_observe(plain, rows[i].values[1]);
        assert_line(reg, TACHO_OPENMETRICS, rows[i].lines);
        if (rows[i].without) assert_no_line(reg, TACHO_OPENMETRICS, rows[i].without);
        if (rows[i].without) assert_line(reg, TACHO_TEXT, rows[i].without);
        tacho_registry_free(reg);
    }
}

/* ---- Quantiles --------------------------------------------------------------------------------------------- */

static void quantiles_are_nan_until_something_is_observed(void **state)
{
    (void)state;
    tacho_registry *reg = open_rows(&worlds[0]);
    static const char *const lines = "ranked{quantile=\"0.0\"} NaN\nranked{quantile=\"0.5\"} NaN\n"
                                     "ranked{quantile=\"0.99\"} NaN\nranked{quantile=\"1.0\"} NaN\n";
    char text[300], om[300];
    (void)snprintf(text, sizeof text, "%sranked_sum 0\nranked_count 0", lines);
    (void)snprintf(om, sizeof om, "%sranked_count 0\nranked_sum 0", lines);
    assert_line(reg, TACHO_TEXT, text);
    assert_line(reg, TACHO_OPENMETRICS, om);
    assert_no_line(reg, TACHO_TEXT, "ranked_by_count{path=\"a\"} 0");
    tacho_registry_free(reg);
}

static void quantiles_are_those_of_the_values_within_a_hundredth(void **state)
{
    (void)state;
    for EACH_WORLD(world) {
        tacho_registry *reg = open_rows(world);
        for (int i = 1; i <= 1000; i++) tacho_summary_observe(ranked, (double)(i * 5 % 1001));
        assert_true(near(quantile(reg, "ranked{quantile=\"0.0\"} "), 1));
        assert_true(near(quantile(reg, "ranked{quantile=\"0.5\"} "), 500));
        assert_true(near(quantile(reg, "ranked{quantile=\"0.99\"} "), 990));
        assert_true(near(quantile(reg, "ranked{quantile=\"1.0\"} "), 1000));
        assert_line(reg, TACHO_TEXT, "ranked_sum 500500\nranked_count 1000");
        tacho_registry_free(reg);
    }
}

static void quantiles_forget_what_left_the_window_and_the_count_does_not(void **state)
{
    (void)state;
    tacho_registry *reg = open_rows(&worlds[0]);
    tacho_summary_observe_at(ranked_by, TACHO_LABELS("a"), 1);
    tacho_summary_observe(ranked, 1);
    tacho__clock_ahead_ns = 8 * SECOND;
    for (int i = 0; i < 3; i++) tacho_summary_observe_at(ranked_by, TACHO_LABELS("a"), 100);
    assert_true(near(quantile(reg, "ranked_by{path=\"a\",quantile=\"0.5\"} "), 100));
    tacho__clock_ahead_ns = 16 * SECOND; /* the window of 10 s, and a slice of 5 */
    tacho_summary_observe_at(ranked_by, TACHO_LABELS("a"), 10);
    tacho__clock_ahead_ns = 24 * SECOND;
    assert_true(near(quantile(reg, "ranked_by{path=\"a\",quantile=\"0.5\"} "), 10));
    tacho__clock_ahead_ns = 32 * SECOND;
    assert_line(reg, TACHO_TEXT, "ranked_by{path=\"a\",quantile=\"0.5\"} NaN\nranked_by_sum{path=\"a\"} 311\n"
                                 "ranked_by_count{path=\"a\"} 5");
    tacho__clock_ahead_ns = 599 * SECOND; /* a window that nobody named is 10 minutes long */
    assert_true(near(quantile(reg, "ranked{quantile=\"0.5\"} "), 1));
    tacho__clock_ahead_ns = 721 * SECOND;
    assert_line(reg, TACHO_TEXT, "ranked{quantile=\"0.5\"} NaN");
    tacho__clock_ahead_ns = 0;
    tacho_registry_free(reg);
}

static void infinities_and_zero_are_quantiles_like_any_other(void **state)
{
    (void)state;
    tacho_registry *reg = open_rows(&worlds[0]);
    tacho_summary_observe(ranked, -INFINITY);
    for (int i = 0; i < 2; i++) tacho_summary_observe(ranked, 0);
    tacho_summary_observe(ranked, INFINITY);
    assert_line(reg, TACHO_TEXT, "ranked{quantile=\"0.0\"} -Inf\nranked{quantile=\"0.5\"} 0\nranked{quantile=\"0.99\"} +Inf\n"
                                 "ranked{quantile=\"1.0\"} +Inf\nranked_sum NaN\nranked_count 4");
    assert_line(reg, TACHO_JSON,
                "{\"name\":\"ranked\",\"type\":\"summary\",\"help\":\"Help.\",\"metrics\":[{\"labels\":{},\"sum\":\"NaN\","
                "\"count\":4,\"quantiles\":[{\"quantile\":\"0.0\",\"value\":\"-Inf\"},{\"quantile\":\"0.5\",\"value\":0},"
                "{\"quantile\":\"0.99\",\"value\":\"+Inf\"},{\"quantile\":\"1.0\",\"value\":\"+Inf\"}]}]},");
    tacho_registry_free(reg);
}

/* ---- Handles that lead nowhere ----------------------------------------------------------------------------- */

static void handles_and_vectors_that_lead_nowhere_take_every_call(void **state)
{
    (void)state;
    tacho_registry *reg = open_rows(&worlds[0]);
    tacho_summary *nowhere[] = { NULL, tacho_summary_at(NULL, TACHO_LABELS("a")),
                                 tacho_summary_at(by_path, TACHO_LABELS("one too few")) };
    for (size_t i = 0; i < TACHO_COUNT(nowhere); i++) {
        assert_int_equal(nowhere[i] != NULL, i > 0);
        tacho_summary_observe(nowhere[i], 1);
        tacho_summary_observe(nowhere[i], NAN);
        assert_int_equal(tacho_summary_count(nowhere[i]), 0);
        assert_true(tacho_summary_sum(nowhere[i]) == 0);
    }
    tacho_summary_observe_at(NULL, TACHO_LABELS("a"), 1);
    tacho_summary_observe_at(by_path, TACHO_LABELS("a"), 1);
    assert_null(tacho_summary_bind(NULL, TACHO_LABELS("a", "b")));
    assert_null(tacho_summary_bind(by_path, TACHO_LABELS("a")));
    assert_int_equal(tacho_summary_remove(NULL, plain), TACHO_ERR_ARG);
    assert_int_equal(tacho_summary_remove(by_path, NULL), TACHO_ERR_ARG);
    assert_int_equal(tacho_summary_remove(by_path, plain), TACHO_ERR_MISSING);
    assert_int_equal(tacho_summary_remove_at(NULL, TACHO_LABELS("a", "b")), TACHO_ERR_ARG);
    assert_int_equal(tacho_summary_remove_at(by_path, TACHO_LABELS("a")), TACHO_ERR_ARG);
    assert_int_equal(tacho_summary_remove_at(by_path, TACHO_LABELS("a", "b")), TACHO_ERR_MISSING);
    assert_int_equal(tacho_summary_remove_matching(NULL, TACHO_LABELS("a", "b")), 0);
    assert_int_equal(tacho_summary_clear(NULL), TACHO_ERR_ARG);
    assert_line(reg, TACHO_TEXT, "tacho_misuse_total{kind=\"label_count\"} 4");
    assert_line(reg, TACHO_TEXT, "# TYPE by_path summary\n# HELP ranked_by Help.");
    tacho_registry_free(reg);
}

static void summaries_are_removed_by_handle_by_labels_by_part_of_them_and_all(void **state)
{
    (void)state;
    tacho_registry *reg = open_rows(&worlds[0]);
    static const char *const paths[] = { "a", "b", "c" };
    for (size_t i = 0; i < 9; i++) tacho_summary_observe_at(by_path, TACHO_LABELS(paths[i % 3], paths[i / 3]), 1);
    assert_int_equal(tacho_summary_remove(by_path, tacho_summary_at(by_path, TACHO_LABELS("a", "a"))), TACHO_OK);
    assert_no_line(reg, TACHO_TEXT, "by_path_count{path=\"a\",code=\"a\"} 1");
    assert_int_equal(tacho_summary_remove_at(by_path, TACHO_LABELS("a", "b")), TACHO_OK);
    assert_no_line(reg, TACHO_TEXT, "by_path_count{path=\"a\",code=\"b\"} 1");
    assert_int_equal(tacho_summary_remove_matching(by_path, (tacho_labels){ (const char *[]){ "b", NULL }, NULL, 2 }), 3);
    assert_line(reg, TACHO_TEXT, "tacho_series 8"); /* four more in the other families */
    assert_int_equal(tacho_summary_clear(by_path), TACHO_OK);
    assert_line(reg, TACHO_TEXT, "# TYPE by_path summary\n# HELP ranked_by Help.");
    tacho_registry_free(reg);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_summary_shows_sum_and_count_from_0_on),
        cmocka_unit_test(every_door_leads_to_the_same_summary),
        cmocka_unit_test(nan_is_dropped_and_counted_and_infinities_show_in_the_sum),
        cmocka_unit_test(openmetrics_leaves_out_a_sum_that_it_forbids_and_keeps_the_count),
        cmocka_unit_test(quantiles_are_nan_until_something_is_observed),
        cmocka_unit_test(quantiles_are_those_of_the_values_within_a_hundredth),
        cmocka_unit_test(quantiles_forget_what_left_the_window_and_the_count_does_not),
        cmocka_unit_test(infinities_and_zero_are_quantiles_like_any_other),
        cmocka_unit_test(handles_and_vectors_that_lead_nowhere_take_every_call),
        cmocka_unit_test(summaries_are_removed_by_handle_by_labels_by_part_of_them_and_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
