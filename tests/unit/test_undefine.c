/*
 * test_undefine.c - families that are taken out and come back.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdbool.h>
#include <string.h>

#include <tacho/registry.h>

#include "support/exposition.h"
#include "support/shown.h"

static const char *const sides[] = { "left", "right", NULL };

/* One family of every kind that a table can have. */
static tacho_counter *whole, *real, *atomic, *by_side[2];
static tacho_gauge *level, *flying;
static tacho_histogram *times, *times_by_side[2];
static tacho_counter_vec *open_counts;
static tacho_gauge_vec *open_levels;
static tacho_histogram_vec *open_times;
static const tacho_desc rows[] = {
    { .counter = &whole, .name = "whole_total", .help = "Help." },
    { .counter = &real, .name = "real_total", .help = "Help.", .flags = TACHO_REAL },
    { .counter = &atomic, .name = "atomic_total", .help = "Help.", .flags = TACHO_SHARED },
    { .counter = by_side, .name = "by_side_total", .help = "Help.", .labels = { "side" }, .values = { sides } },
    { .gauge = &level, .name = "level", .help = "Help." },
    { .gauge = &flying, .name = "flying", .help = "Help.", .flags = TACHO_UPDOWN },
    { .histogram = &times, .name = "times", .help = "Help." },
    { .histogram = times_by_side, .name = "times_by_side", .help = "Help.", .labels = { "side" }, .values = { sides } },
    { .counter_vec = &open_counts, .name = "open_total", .help = "Help.", .labels = { "l" }, .max_series = 2 },
    { .gauge_vec = &open_levels, .name = "open_level", .help = "Help.", .labels = { "l" }, .flags = TACHO_UPDOWN },
    { .histogram_vec = &open_times, .name = "open_times", .help = "Help.", .labels = { "l", "side" },
      .values = { NULL, sides } },
};

static const char *const series[] = {
    "whole_total", "real_total", "atomic_total", "by_side_total{side=\"left\"}", "by_side_total{side=\"right\"}",
    "level", "flying", "times_count", "times_by_side_count{side=\"right\"}", "open_total{l=\"a\"}",
    "open_level{l=\"a\"}", "open_times_count{l=\"a\",side=\"left\"}",
};

/* One update of every family, so that each of `series` shows 1 if it began at 0. */
static void update(void)
{
    tacho_counter_inc(whole);
    tacho_counter_add_real(real, 1);
    tacho_counter_inc(atomic);
    tacho_counter_inc(by_side[0]);
    tacho_counter_inc(by_side[1]);
    tacho_gauge_add(level, 1);
    tacho_gauge_inc(flying);
    tacho_histogram_observe(times, 1);
    tacho_histogram_observe(times_by_side[1], 1);
    tacho_counter_inc_at(open_counts, TACHO_LABELS("a"));
    tacho_gauge_add_at(open_levels, TACHO_LABELS("a"), 1);
    tacho_histogram_observe_at(open_times, TACHO_LABELS("a", "left"), 1);
}

static void check_series(tacho_registry *reg, const char *want)
{
    struct exposition *page = exposition_read(reg);
    for (size_t i = 0; i < TACHO_COUNT(series); i++) {
        const char *text = exposition_text(page, series[i]);
        if (want ? !text || strcmp(text, want) != 0 : text != NULL)
            fail_msg("%s is %s, but should be %s", series[i], text ? text : "absent", want ? want : "absent");
    }
    exposition_free(page);
}

static void a_family_that_is_taken_out_vanishes_and_its_handles_stay_harmless(void **state)
{
    (void)state;
    tacho_registry *reg = tacho_registry_new(NULL);
    assert_int_equal(TACHO_DEFINE(reg, rows), TACHO_OK);
    update();
    check_series(reg, "1");
    assert_int_equal(tacho_registry_undefine(reg, rows, TACHO_COUNT(rows)), TACHO_OK);
    check_series(reg, NULL);
    for (int i = 0; i < 3; i++) update();
    (void)tacho_counter_bind(open_counts, TACHO_LABELS("a"));
    check_series(reg, NULL);
    struct exposition *page = exposition_read(reg);
    for (size_t i = 0; i < TACHO_COUNT(rows); i++) assert_null(exposition_family(page, rows[i].name));
    exposition_free(page);
    assert_shown(reg, "tacho_series", "0");
    assert_shown(reg, "tacho_series_rejected_total{family=\"open_total\"}", NULL);
    tacho_registry_free(reg);
}

static void a_family_that_comes_back_starts_from_0_whatever_was_counted_meanwhile(void **state)
{
    (void)state;
    tacho_registry *reg = tacho_registry_new(NULL);
    for (int round = 0; round < 5; round++) {
        assert_int_equal(TACHO_DEFINE(reg, rows), TACHO_OK);
        update();
        check_series(reg, "1");
        for (int i = 0; i < 9; i++) update();
        tacho_counter_inc_at(open_counts, TACHO_LABELS("b"));
        tacho_counter_inc_at(open_counts, TACHO_LABELS("one too many"));
        check_series(reg, "10");
        assert_shown(reg, "open_total{l=\"_other\"}", "1");
        assert_int_equal(tacho_registry_undefine(reg, rows, TACHO_COUNT(rows)), TACHO_OK);
        update();
        check_series(reg, NULL);
    }
    tacho_registry_free(reg);
}

static void other_families_do_not_notice_that_one_is_taken_out(void **state)
{
    (void)state;
    tacho_registry *reg = tacho_registry_new(NULL);
    assert_int_equal(TACHO_DEFINE(reg, rows), TACHO_OK);
    update();
    assert_int_equal(tacho_registry_undefine(reg, &rows[0], 1), TACHO_OK);
    assert_shown(reg, "whole_total", NULL);
    assert_shown(reg, "real_total", "1");
    assert_shown(reg, "open_total{l=\"a\"}", "1");
    tacho_counter_inc(real);
    assert_shown(reg, "real_total", "2");
    tacho_registry_free(reg);
}

static void taking_out_what_is_not_there_is_missing_and_the_rest_goes_all_the_same(void **state)
{
    (void)state;
    tacho_registry *reg = tacho_registry_new(NULL);
    static tacho_gauge *never;
    static const tacho_desc stranger = { .gauge = &never, .name = "level", .help = "Help." };
    assert_int_equal(tacho_registry_undefine(reg, rows, TACHO_COUNT(rows)), TACHO_ERR_MISSING);
    assert_int_equal(tacho_registry_define(reg, &rows[1], TACHO_COUNT(rows) - 1), TACHO_OK);
    assert_int_equal(tacho_registry_undefine(reg, &stranger, 1), TACHO_ERR_MISSING); /* alike, but another row */
    assert_shown(reg, "level", "0");
    assert_int_equal(tacho_registry_undefine(reg, rows, TACHO_COUNT(rows)), TACHO_ERR_MISSING);
    assert_shown(reg, "level", NULL);
    assert_int_equal(tacho_registry_undefine(reg, rows, TACHO_COUNT(rows)), TACHO_ERR_MISSING);
    assert_null(tacho_registry_error(reg));
    tacho_registry_free(reg);
}

static void ten_thousand_reloads_take_no_more_memory_than_a_hundred(void **state)
{
    (void)state;
    tacho_registry *reg = tacho_registry_new(NULL);
    size_t after_warming = 0;
    for (int round = 0; round < 10000; round++) {
        if (round == 200) after_warming = tacho_registry_memory(reg, NULL);
        assert_int_equal(TACHO_DEFINE(reg, rows), TACHO_OK);
        update();
        assert_int_equal(tacho_registry_undefine(reg, rows, TACHO_COUNT(rows)), TACHO_OK);
    }
    assert_int_equal(tacho_registry_memory(reg, NULL), after_warming);
    assert_int_equal(TACHO_DEFINE(reg, rows), TACHO_OK);
    update();
    check_series(reg, "1");
    tacho_registry_free(reg);
}

static void refused_rows_take_no_memory(void **state)
{
    (void)state;
    static tacho_gauge *bad, *clash;
    static const tacho_desc wrong[] = { { .gauge = &bad, .name = "", .help = "Help." },
                                        { .gauge = &clash, .name = "times_sum", .help = "Help." } };
    tacho_registry *reg = tacho_registry_new(NULL);
    assert_int_equal(TACHO_DEFINE(reg, rows), TACHO_OK);
    size_t before = tacho_registry_memory(reg, NULL);
    for (int i = 0; i < 10000; i++) assert_int_equal(TACHO_DEFINE(reg, wrong), TACHO_ERR_DESC);
    assert_int_equal(tacho_registry_memory(reg, NULL), before);
    tacho_registry_free(reg);
}

/* What a reload may change about a family of the same name. */
static void a_family_that_comes_back_changed_is_what_it_is_now(void **state)
{
    (void)state;
    static const char *const turned[] = { "right", "left", NULL }, *const fewer[] = { "left", NULL };
    static const double bounds[] = { 1, 2 };
    tacho_registry *reg = tacho_registry_new(NULL);
    tacho_counter *array[2] = { NULL };
    tacho_histogram *sizes = NULL;
    tacho_counter_vec *vec = NULL;
    tacho_desc first[] = {
        { .counter = array, .name = "a_total", .help = "Help.", .labels = { "side" }, .values = { sides } },
        { .histogram = &sizes, .name = "sizes", .help = "Help." },
        { .counter_vec = &vec, .name = "v_total", .help = "Help.", .labels = { "l" }, .max_series = 1 },
    };
    assert_int_equal(TACHO_DEFINE(reg, first), TACHO_OK);
    tacho_counter_inc(array[0]);
    tacho_counter_inc_at(vec, TACHO_LABELS("x"));
    tacho_counter_inc_at(vec, TACHO_LABELS("y"));
    assert_shown(reg, "v_total{l=\"y\"}", NULL);
    assert_int_equal(tacho_registry_undefine(reg, first, TACHO_COUNT(first)), TACHO_OK);

    tacho_desc second[] = { first[0], first[1], first[2] };
    second[0].values[0] = turned;
    second[1].buckets = bounds;
    second[1].bucket_count = 2;
    second[2].max_series = 3;
    assert_int_equal(TACHO_DEFINE(reg, second), TACHO_OK);
    tacho_counter_inc(array[0]);
    tacho_histogram_observe(sizes, 1.5);
    for (int i = 0; i < 3; i++) tacho_counter_inc_at(vec, TACHO_LABELS((const char *[]){ "x", "y", "z" }[i]));
    tacho_counter_inc_at(vec, TACHO_LABELS("one too many"));
    assert_shown(reg, "a_total{side=\"right\"}", "1");
    assert_shown(reg, "a_total{side=\"left\"}", "0");
    assert_shown(reg, "sizes_bucket{le=\"2.0\"}", "1");
    assert_shown(reg, "sizes_bucket{le=\"10.0\"}", NULL);
    assert_shown(reg, "v_total{l=\"z\"}", "1");
    assert_shown(reg, "v_total{l=\"_other\"}", "1");
    assert_int_equal(tacho_registry_undefine(reg, second, TACHO_COUNT(second)), TACHO_OK);

    tacho_desc third[] = { second[0], second[1], second[2] };
    third[0].values[0] = fewer;
    third[2].labels[0] = "renamed";
    third[2].help = "Another help.";
    assert_int_equal(TACHO_DEFINE(reg, third), TACHO_OK);
    tacho_counter_inc_at(vec, TACHO_LABELS("x"));
    assert_shown(reg, "a_total{side=\"left\"}", "0");
    assert_shown(reg, "a_total{side=\"right\"}", NULL);
    assert_shown(reg, "v_total{renamed=\"x\"}", "1");
    struct exposition *page = exposition_read(reg);
    assert_string_equal(exposition_family(page, "v_total")->help, "Another help.");
    exposition_free(page);
    tacho_registry_free(reg);
}

static void a_bound_array_points_to_the_new_series_after_a_reload(void **state)
{
    (void)state;
    tacho_registry *reg = tacho_registry_new(NULL);
    assert_int_equal(TACHO_DEFINE(reg, rows), TACHO_OK);
    for (int round = 0; round < 300; round++) { /* long enough for memory to be used again */
        assert_int_equal(tacho_registry_undefine(reg, rows, TACHO_COUNT(rows)), TACHO_OK);
        assert_int_equal(TACHO_DEFINE(reg, rows), TACHO_OK);
    }
    tacho_counter_add(by_side[0], 3);
    tacho_counter_add(by_side[1], 4);
    tacho_histogram_observe(times_by_side[0], 1);
    assert_shown(reg, "by_side_total{side=\"left\"}", "3");
    assert_shown(reg, "by_side_total{side=\"right\"}", "4");
    assert_shown(reg, "times_by_side_count{side=\"left\"}", "1");
    assert_shown(reg, "times_by_side_count{side=\"right\"}", "0");
    tacho_registry_free(reg);
}

static void one_table_serves_two_registries_and_the_handles_are_those_of_the_second(void **state)
{
    (void)state;
    tacho_registry *one = tacho_registry_new(NULL), *other = tacho_registry_new(NULL);
    assert_int_equal(TACHO_DEFINE(one, rows), TACHO_OK);
    assert_int_equal(TACHO_DEFINE(other, rows), TACHO_OK);
    update();
    check_series(other, "1");
    assert_shown(one, "whole_total", "0");
    tacho_registry_free(one);
    update();
    assert_shown(other, "whole_total", "2");
    tacho_registry_free(other);
}

int main(void)
{
    const struct CMUnitTest undefine[] = {
        cmocka_unit_test(a_family_that_is_taken_out_vanishes_and_its_handles_stay_harmless),
        cmocka_unit_test(a_family_that_comes_back_starts_from_0_whatever_was_counted_meanwhile),
        cmocka_unit_test(other_families_do_not_notice_that_one_is_taken_out),
        cmocka_unit_test(taking_out_what_is_not_there_is_missing_and_the_rest_goes_all_the_same),
        cmocka_unit_test(ten_thousand_reloads_take_no_more_memory_than_a_hundred),
        cmocka_unit_test(refused_rows_take_no_memory),
        cmocka_unit_test(a_family_that_comes_back_changed_is_what_it_is_now),
        cmocka_unit_test(a_bound_array_points_to_the_new_series_after_a_reload),
        cmocka_unit_test(one_table_serves_two_registries_and_the_handles_are_those_of_the_second),
    };
    return cmocka_run_group_tests(undefine, NULL, NULL);
}
