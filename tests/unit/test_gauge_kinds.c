/*
 * test_gauge_kinds.c - gauges of extremes, unknowns, and gauge histograms, from which observations are taken back.
 * Needs: OPENMETRICS JSON
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdbool.h>

#include <tacho/tacho.h>

#include "clock.h"
#include "support/page.h"
#include "support/worlds.h"

#define EACH_WORLD(world) (const struct world *world = worlds; world < worlds + WORLD_COUNT; world++)
#define SECOND UINT64_C(1000000000)

static tacho_gauge *highest, *lowest, *slow, *unknown, *unknown_max, *unknown_flying;
static tacho_gauge_vec *peaks;
static tacho_histogram *ages, *chilly;
static tacho_histogram_vec *ages_by;

static const double bounds[] = { 1, 10 };
static const double cold[] = { -10, 0 };

struct rows {
    tacho_desc each[10];
};

static struct rows gauge_rows(void)
{
    return (struct rows){ {
        { .gauge = &highest, .name = "highest", .help = "Help.", .flags = TACHO_MAXIMUM, .window = { 10, 2 } },
        { .gauge = &lowest, .name = "lowest", .help = "Help.", .flags = TACHO_MINIMUM, .window = { 10, 2 } },
        { .gauge = &slow, .name = "slow", .help = "Help.", .flags = TACHO_MAXIMUM },
        { .gauge_vec = &peaks, .name = "peaks", .help = "Help.", .flags = TACHO_MAXIMUM, .labels = { "l" }, .max_series = 2 },
        { .gauge = &unknown, .name = "unknown", .help = "Help.", .type = TACHO_UNKNOWN },
        { .gauge = &unknown_max, .name = "unknown_max", .help = "Help.", .type = TACHO_UNKNOWN, .flags = TACHO_MAXIMUM },
        { .gauge = &unknown_flying, .name = "unknown_flying", .help = "Help.", .type = TACHO_UNKNOWN, .flags = TACHO_UPDOWN },
        { .histogram = &ages, .name = "ages_seconds", .help = "Help.", .unit = "seconds", .type = TACHO_GAUGE_HISTOGRAM,
          .buckets = bounds, .bucket_count = 2 },
        { .histogram = &chilly, .name = "chilly", .help = "Help.", .type = TACHO_GAUGE_HISTOGRAM, .buckets = cold,
          .bucket_count = 2 },
        { .histogram_vec = &ages_by, .name = "ages_by", .help = "Help.", .type = TACHO_GAUGE_HISTOGRAM, .buckets = bounds,
          .bucket_count = 2, .labels = { "l" }, .max_series = 1 },
    } };
}

static tacho_registry *open_rows(const struct world *world)
{
    static struct rows rows;
    rows = gauge_rows();
    tacho__clock_ahead_ns = 0;
    return WORLD_OPEN(world, rows.each);
}

/* ---- Extremes ---------------------------------------------------------------------------------------------- */

static void a_gauge_of_extremes_shows_0_before_the_first_value(void **state)
{
    (void)state;
    for EACH_WORLD(world) {
        tacho_registry *reg = open_rows(world);
        assert_line(reg, TACHO_TEXT, "# TYPE highest gauge\nhighest 0\n# HELP lowest Help.\n# TYPE lowest gauge\nlowest 0");
        assert_true(tacho_gauge_value(highest) == 0 && tacho_gauge_value(lowest) == 0);
        tacho_registry_free(reg);
    }
}

static void it_shows_the_extreme_of_what_was_set_within_the_window(void **state)
{
    (void)state;
    for EACH_WORLD(world) {
        tacho_registry *reg = open_rows(world);
        static const double values[] = { 3, 9, -2, 5 };
        for (size_t i = 0; i < TACHO_COUNT(values); i++) {
            tacho_gauge_set(highest, values[i]);
            tacho_gauge_set(lowest, values[i]);
            tacho_gauge_set(slow, values[i]);
        }
        assert_line(reg, TACHO_TEXT, "highest 9");
        assert_line(reg, TACHO_OPENMETRICS, "lowest -2");
        assert_true(tacho_gauge_value(highest) == 9 && tacho_gauge_value(lowest) == -2);
        tacho__clock_ahead_ns = 9 * SECOND;
        assert_line(reg, TACHO_TEXT, "highest 9");
        tacho__clock_ahead_ns = 16 * SECOND; /* a window of 10 s, and a slice of 5: only the last one is left */
        assert_line(reg, TACHO_TEXT, "highest 5");
        assert_line(reg, TACHO_TEXT, "lowest 5");
        tacho__clock_ahead_ns = 119 * SECOND;
        assert_line(reg, TACHO_TEXT, "slow 9");
        tacho__clock_ahead_ns = 145 * SECOND;
        assert_line(reg, TACHO_TEXT, "slow 5");
        tacho_gauge_set(highest, 1);
        assert_line(reg, TACHO_TEXT, "highest 1");
        tacho__clock_ahead_ns = 0;
        tacho_registry_free(reg);
    }
}

static void additions_count_as_what_they_lead_to(void **state)
{
    (void)state;
    for EACH_WORLD(world) {
        tacho_registry *reg = open_rows(world);
        tacho_gauge_set(highest, 10);
        tacho_gauge_inc(highest);
        tacho_gauge_sub(highest, 6);
        tacho_gauge_dec(highest);
        assert_true(tacho_gauge_value(highest) == 11);
        tacho__clock_ahead_ns = 16 * SECOND;
        assert_line(reg, TACHO_TEXT, "highest 4");
        tacho_gauge_add(highest, 0.5);
        assert_line(reg, TACHO_TEXT, "highest 4.5");
        tacho_gauge_dec(lowest);
        tacho_gauge_inc(lowest);
        assert_line(reg, TACHO_TEXT, "lowest -1");
        tacho__clock_ahead_ns = 0;
        tacho_registry_free(reg);
    }
}

static void any_double_can_be_an_extreme(void **state)
{
    static const struct { double value; const char *high, *low; } rows[] = {
        { -0.0, "highest 0", "lowest -0" }, { 1e-320, "highest 1e-320", "lowest 0" }, { -5e-324, "highest 0", "lowest -5e-324" },
        { INFINITY, "highest +Inf", "lowest 0" }, { -INFINITY, "highest 0", "lowest -Inf" },
        { 1.7976931348623157e308, "highest 1.7976931348623157e+308", "lowest 0" }, { NAN, "highest NaN", "lowest NaN" },
    };
    (void)state;
    for (size_t i = 0; i < TACHO_COUNT(rows); i++) {
        tacho_registry *reg = open_rows(&worlds[0]);
        tacho_gauge_set(highest, 0);
        tacho_gauge_set(lowest, 0);
        tacho_gauge_set(highest, rows[i].value);
        tacho_gauge_set(lowest, rows[i].value);
        assert_line(reg, TACHO_TEXT, rows[i].high);
        assert_line(reg, TACHO_TEXT, rows[i].low);
        tacho_registry_free(reg);
    }
}

static void extremes_have_labels_like_any_gauge_and_those_too_many_are_dropped(void **state)
{
    (void)state;
    for EACH_WORLD(world) {
        tacho_registry *reg = open_rows(world);
        tacho_gauge_set_at(peaks, TACHO_LABELS("a"), 7);
        tacho_gauge_set_at(peaks, TACHO_LABELS("a"), 4);
        tacho_gauge_add_at(peaks, TACHO_LABELS("b"), 2);
        tacho_gauge_add_at(peaks, TACHO_LABELS("b"), -2);
        tacho_gauge_set_at(peaks, TACHO_LABELS("c"), 9);
        tacho_gauge_set(tacho_gauge_at(peaks, TACHO_LABELS("d")), 9);
        assert_line(reg, TACHO_TEXT, "# TYPE peaks gauge\npeaks{l=\"a\"} 7\npeaks{l=\"b\"} 2\n# HELP unknown Help.");
        assert_line(reg, TACHO_TEXT, "tacho_series_rejected_total{family=\"peaks\"} 2");
        tacho_registry_free(reg);
    }
}

/* ---- Unknowns ---------------------------------------------------------------------------------------------- */

static void an_unknown_is_a_gauge_whose_type_is_not_told(void **state)
{
    (void)state;
    for EACH_WORLD(world) {
        tacho_registry *reg = open_rows(world);
        tacho_gauge_set(unknown, 4.5);
        tacho_gauge_add(unknown_flying, -2);
        tacho_gauge_set(unknown_max, 3);
        tacho_gauge_set(unknown_max, 1);
        assert_line(reg, TACHO_TEXT, "# TYPE unknown untyped\nunknown 4.5");
        assert_line(reg, TACHO_TEXT, "# TYPE unknown_flying untyped\nunknown_flying -2");
        assert_line(reg, TACHO_OPENMETRICS, "# TYPE unknown unknown\n# HELP unknown Help.\nunknown 4.5");
        assert_line(reg, TACHO_OPENMETRICS, "# TYPE unknown_max unknown\n# HELP unknown_max Help.\nunknown_max 3");
        assert_line(reg, TACHO_JSON, "{\"name\":\"unknown\",\"type\":\"unknown\",\"help\":\"Help.\",\"metrics\":[{\"labels\":{},"
                                     "\"value\":4.5}]},");
        tacho_registry_free(reg);
    }
}

/* ---- Gauge histograms -------------------------------------------------------------------------------------- */

#define AGES(one, ten, all, sum)                                                                               \
    "ages_seconds_bucket{le=\"1.0\"} " one "\nages_seconds_bucket{le=\"10.0\"} " ten "\nages_seconds_bucket{le=\"+Inf\"} " all \
    "\nages_seconds_sum " sum "\nages_seconds_count " all
#define OM_AGES(one, ten, all, sum)                                                                            \
    "ages_seconds_bucket{le=\"1.0\"} " one "\nages_seconds_bucket{le=\"10.0\"} " ten "\nages_seconds_bucket{le=\"+Inf\"} " all \
    "\nages_seconds_gcount " all "\nages_seconds_gsum " sum

static void what_is_gone_is_taken_back_from_a_gauge_histogram(void **state)
{
    (void)state;
    for EACH_WORLD(world) {
        tacho_registry *reg = open_rows(world);
        assert_line(reg, TACHO_TEXT, "# TYPE ages_seconds histogram\n" AGES("0", "0", "0", "0"));
        tacho_histogram_observe(ages, 0.5);
        tacho_histogram_observe(ages, 5);
        tacho_histogram_observe(ages, 50);
        assert_line(reg, TACHO_TEXT, AGES("1", "2", "3", "55.5"));
        tacho_histogram_unobserve(ages, 5);
        assert_line(reg, TACHO_TEXT, AGES("1", "1", "2", "50.5"));
        assert_line(reg, TACHO_OPENMETRICS, "# TYPE ages_seconds gaugehistogram\n# UNIT ages_seconds seconds\n"
                                            "# HELP ages_seconds Help.\n" OM_AGES("1", "1", "2", "50.5"));
        assert_int_equal(tacho_histogram_count(ages), 2);
        assert_true(tacho_histogram_sum(ages) == 50.5);
        tacho_histogram_unobserve(ages, 0.5);
        tacho_histogram_unobserve(ages, 50);
        assert_line(reg, TACHO_TEXT, AGES("0", "0", "0", "0"));
        tacho_registry_free(reg);
    }
}

static void taking_back_from_another_histogram_or_nan_changes_nothing_and_is_counted(void **state)
{
    static tacho_histogram *plain;
    static const tacho_desc row = { .histogram = &plain, .name = "plain", .help = "Help.", .buckets = bounds,
                                    .bucket_count = 2 };
    (void)state;
    tacho_registry *reg = open_rows(&worlds[0]);
    assert_int_equal(tacho_registry_define(reg, &row, 1), TACHO_OK);
    tacho_histogram_observe(plain, 5);
    tacho_histogram_unobserve(plain, 5);
    tacho_histogram_unobserve(NULL, 5);
    tacho_histogram_unobserve(tacho_histogram_at(ages_by, TACHO_LABELS("a", "one too many")), 5);
    assert_line(reg, TACHO_TEXT, "plain_sum 5\nplain_count 1");
    assert_line(reg, TACHO_TEXT, "tacho_misuse_total{kind=\"wrong_kind\"} 1");
    tacho_histogram_observe(ages, NAN);
    tacho_histogram_unobserve(ages, NAN);
    assert_line(reg, TACHO_TEXT, "tacho_observations_dropped_total{reason=\"nan\"} 2");
    assert_line(reg, TACHO_TEXT, AGES("0", "0", "0", "0"));
    tacho_registry_free(reg);
}

/* A program that takes back what was never there is wrong, but its exposition must stay valid. */
static void buckets_never_fall_below_0_however_much_is_taken_back(void **state)
{
    (void)state;
    tacho_registry *reg = open_rows(&worlds[0]);
    tacho_histogram_observe(ages, 5);
    tacho_histogram_unobserve(ages, 0.5);
    assert_line(reg, TACHO_TEXT, "ages_seconds_bucket{le=\"1.0\"} 0\nages_seconds_bucket{le=\"10.0\"} 1\n"
                                 "ages_seconds_bucket{le=\"+Inf\"} 1");
    assert_int_equal(tacho_histogram_count(ages), 1);
    tacho_histogram_observe(ages, 0.5); /* late, and then it is right again */
    assert_line(reg, TACHO_TEXT, AGES("0", "1", "1", "5"));
    tacho_registry_free(reg);
}

static void openmetrics_shows_sums_below_0_only_with_bounds_below_0(void **state)
{
    (void)state;
    tacho_registry *reg = open_rows(&worlds[0]);
    tacho_histogram_observe(ages, -5);
    tacho_histogram_observe(chilly, -5);
    assert_line(reg, TACHO_OPENMETRICS, "ages_seconds_bucket{le=\"+Inf\"} 1\n# TYPE chilly gaugehistogram");
    assert_line(reg, TACHO_OPENMETRICS, "chilly_bucket{le=\"-10.0\"} 0\nchilly_bucket{le=\"0.0\"} 1\n"
                                        "chilly_bucket{le=\"+Inf\"} 1\nchilly_gcount 1\nchilly_gsum -5");
    assert_line(reg, TACHO_TEXT, "ages_seconds_sum -5\nages_seconds_count 1");
    tacho_histogram_observe(chilly, INFINITY);
    tacho_histogram_observe(chilly, -INFINITY);
    assert_line(reg, TACHO_OPENMETRICS, "chilly_bucket{le=\"+Inf\"} 3\n# TYPE ages_by gaugehistogram");
    tacho_registry_free(reg);
}

static void gauge_histograms_too_many_share_one_series(void **state)
{
    (void)state;
    for EACH_WORLD(world) {
        tacho_registry *reg = open_rows(world);
        tacho_histogram_observe_at(ages_by, TACHO_LABELS("a"), 0.5);
        tacho_histogram_observe_at(ages_by, TACHO_LABELS("b"), 5);
        tacho_histogram *other = tacho_histogram_at(ages_by, TACHO_LABELS("c"));
        tacho_histogram_observe(other, 50);
        tacho_histogram_unobserve(other, 5);
        assert_line(reg, TACHO_TEXT, "ages_by_bucket{l=\"_other\",le=\"10.0\"} 0\nages_by_bucket{l=\"_other\",le=\"+Inf\"} 1\n"
                                     "ages_by_sum{l=\"_other\"} 50\nages_by_count{l=\"_other\"} 1");
        assert_line(reg, TACHO_TEXT, "ages_by_sum{l=\"a\"} 0.5\nages_by_count{l=\"a\"} 1");
        tacho_registry_free(reg);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_gauge_of_extremes_shows_0_before_the_first_value),
        cmocka_unit_test(it_shows_the_extreme_of_what_was_set_within_the_window),
        cmocka_unit_test(additions_count_as_what_they_lead_to),
        cmocka_unit_test(any_double_can_be_an_extreme),
        cmocka_unit_test(extremes_have_labels_like_any_gauge_and_those_too_many_are_dropped),
        cmocka_unit_test(an_unknown_is_a_gauge_whose_type_is_not_told),
        cmocka_unit_test(what_is_gone_is_taken_back_from_a_gauge_histogram),
        cmocka_unit_test(taking_back_from_another_histogram_or_nan_changes_nothing_and_is_counted),
        cmocka_unit_test(buckets_never_fall_below_0_however_much_is_taken_back),
        cmocka_unit_test(openmetrics_shows_sums_below_0_only_with_bounds_below_0),
        cmocka_unit_test(gauge_histograms_too_many_share_one_series),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
