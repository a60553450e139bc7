/*
 * test_overflow.c - label sets beyond a family's limit: counted under "_other" or dropped, never unnoticed.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <tacho/registry.h>

#include "support/exposition.h"
#include "support/shown.h"
#include "support/worlds.h"

#define EACH_WORLD(world) (const struct world *world = worlds; world < worlds + WORLD_COUNT; world++)

static const char *const sides[] = { "left", "right", NULL };
static const double bounds[] = { 1, 2 };

static tacho_counter_vec *counts, *reals, *sided, *closed;
static tacho_gauge_vec *levels, *flying;
static tacho_histogram_vec *times;

struct rows {
    tacho_desc each[7];
};

static struct rows limited_rows(void)
{
    return (struct rows){ {
        { .counter_vec = &counts, .name = "counts_total", .help = "Help.", .labels = { "l" }, .max_series = 3 },
        { .counter_vec = &reals, .name = "reals_total", .help = "Help.", .labels = { "l" }, .max_series = 3,
          .flags = TACHO_REAL },
        { .counter_vec = &sided, .name = "sided_total", .help = "Help.", .labels = { "l", "side", "m" },
          .values = { NULL, sides }, .max_series = 3 },
        { .counter_vec = &closed, .name = "closed_total", .help = "Help.", .labels = { "side", "other" },
          .values = { sides, sides }, .max_series = 3 },
        { .gauge_vec = &levels, .name = "levels", .help = "Help.", .labels = { "l" }, .max_series = 3 },
        { .gauge_vec = &flying, .name = "flying", .help = "Help.", .labels = { "l" }, .max_series = 3,
          .flags = TACHO_UPDOWN },
        { .histogram_vec = &times, .name = "times", .help = "Help.", .labels = { "l" }, .max_series = 3,
          .buckets = bounds, .bucket_count = 2 },
    } };
}

static tacho_registry *open_limited(const struct world *world)
{
    static struct rows rows;
    rows = limited_rows();
    return WORLD_OPEN(world, rows.each);
}

static double rejected(tacho_registry *reg, const char *family)
{
    char series[96];
    (void)snprintf(series, sizeof series, "tacho_series_rejected_total{family=\"%s\"}", family);
    return shown_value(reg, series);
}

static const char *const letters[] = { "a", "b", "c", "d", "e", "f", "g", "h", "i", "j" };

static void counters_beyond_the_limit_are_counted_under_other(void **state)
{
    (void)state;
    for EACH_WORLD(world) {
        tacho_registry *reg = open_limited(world);
        for (size_t i = 0; i < 3; i++) tacho_counter_inc_at(counts, TACHO_LABELS(letters[i]));
        assert_shown(reg, "counts_total{l=\"_other\"}", NULL);
        assert_true(rejected(reg, "counts_total") == 0);
        for (size_t i = 3; i < 10; i++) tacho_counter_add_at(counts, TACHO_LABELS(letters[i]), i);
        for (size_t i = 0; i < 10; i++) tacho_counter_inc_at(counts, TACHO_LABELS(letters[i]));
        assert_shown(reg, "counts_total{l=\"_other\"}", "49"); /* 3 + ... + 9, and 7 times 1 */
        assert_shown(reg, "counts_total{l=\"a\"}", "2");
        assert_shown(reg, "counts_total{l=\"d\"}", NULL);
        assert_true(rejected(reg, "counts_total") == 14);
        assert_true(rejected(reg, "reals_total") == 0);

        for (size_t i = 0; i < 5; i++) tacho_counter_add_real(tacho_counter_at(reals, TACHO_LABELS(letters[i])), 0.5);
        assert_shown(reg, "reals_total{l=\"_other\"}", "1");
        assert_true(rejected(reg, "reals_total") == 2);
        tacho_registry_free(reg);
    }
}

static void a_handle_for_one_too_many_counts_under_other_for_good(void **state)
{
    (void)state;
    tacho_registry *reg = open_limited(&worlds[0]);
    tacho_counter *handles[10];
    for (size_t i = 0; i < 10; i++) handles[i] = tacho_counter_at(counts, TACHO_LABELS(letters[i]));
    for (size_t i = 0; i < 10; i++) tacho_counter_inc(handles[i]);
    assert_shown(reg, "counts_total{l=\"_other\"}", "7");
    assert_shown(reg, "counts_total{l=\"c\"}", "1");
    assert_true(rejected(reg, "counts_total") == 7);
    assert_int_equal(tacho_counter_remove_at(counts, TACHO_LABELS("a")), TACHO_OK);
    tacho_counter_inc(handles[9]);
    assert_shown(reg, "counts_total{l=\"_other\"}", "8");
    tacho_registry_free(reg);
}

static void histograms_beyond_the_limit_are_observed_under_other(void **state)
{
    (void)state;
    for EACH_WORLD(world) {
        tacho_registry *reg = open_limited(world);
        for (size_t i = 0; i < 10; i++) tacho_histogram_observe_at(times, TACHO_LABELS(letters[i]), (double)(i % 4));
        assert_shown(reg, "times_bucket{l=\"_other\",le=\"1.0\"}", "4"); /* of 3 0 1 2 3 0 1 */
        assert_shown(reg, "times_bucket{l=\"_other\",le=\"2.0\"}", "5");
        assert_shown(reg, "times_count{l=\"_other\"}", "7");
        assert_shown(reg, "times_sum{l=\"_other\"}", "10");
        assert_shown(reg, "times_count{l=\"c\"}", "1");
        assert_true(rejected(reg, "times") == 7);
        tacho_registry_free(reg);
    }
}

static void gauges_beyond_the_limit_are_dropped_and_counted(void **state)
{
    (void)state;
    for EACH_WORLD(world) {
        tacho_registry *reg = open_limited(world);
        for (size_t i = 0; i < 10; i++) {
            tacho_gauge_set_at(levels, TACHO_LABELS(letters[i]), 5);
            tacho_gauge_add_at(flying, TACHO_LABELS(letters[i]), 1);
        }
        tacho_gauge_set(tacho_gauge_at(levels, TACHO_LABELS("one more")), 7);
        struct exposition *page = exposition_read(reg);
        assert_int_equal(exposition_count(page, "levels"), 3);
        assert_int_equal(exposition_count(page, "flying"), 3);
        exposition_free(page);
        assert_true(rejected(reg, "levels") == 8);
        assert_true(rejected(reg, "flying") == 7);
        tacho_registry_free(reg);
    }
}

static void closed_labels_keep_their_value_in_the_overflow(void **state)
{
    (void)state;
    for EACH_WORLD(world) {
        tacho_registry *reg = open_limited(world);
        for (size_t i = 0; i < 10; i++) {
            tacho_counter_inc_at(sided, TACHO_LABELS(letters[i], "left", "x"));
            tacho_counter_add_at(sided, TACHO_LABELS(letters[i], "right", "y"), 10);
        }
        /* a-left, a-right and b-left have series of their own */
        assert_shown(reg, "sided_total{l=\"_other\",side=\"left\",m=\"_other\"}", "8");
        assert_shown(reg, "sided_total{l=\"_other\",side=\"right\",m=\"_other\"}", "90");
        assert_shown(reg, "sided_total{l=\"b\",side=\"left\",m=\"x\"}", "1");
        tacho_counter_inc_at(sided, TACHO_LABELS("c", "up", "x"));
        assert_true(shown_misuse(reg, "unlisted_label") == 1);
        assert_true(rejected(reg, "sided_total") == 17);
        struct exposition *page = exposition_read(reg);
        assert_int_equal(exposition_count(page, "sided_total"), 5);
        assert_true(exposition_sum(page, "sided_total") == 110);
        exposition_free(page);
        tacho_registry_free(reg);
    }
}

static void every_combination_of_closed_values_has_an_overflow_of_its_own(void **state)
{
    (void)state;
    static const char *const codes[] = { "200", "404", "500", NULL };
    tacho_counter_vec *vec = NULL;
    const tacho_desc row = { .counter_vec = &vec, .name = "v_total", .help = "Help.", .labels = { "side", "l", "code" },
                             .values = { sides, NULL, codes }, .max_series = 1 };
    tacho_registry *reg = tacho_registry_new(NULL);
    assert_int_equal(tacho_registry_define(reg, &row, 1), TACHO_OK);
    tacho_counter_inc_at(vec, TACHO_LABELS("left", "the only one", "200"));
    for (uint64_t side = 0; side < 2; side++)
        for (uint64_t code = 0; code < 3; code++)
            tacho_counter_add_at(vec, TACHO_LABELS(sides[side], "more", codes[code]), 10 * side + code + 1);
    struct exposition *page = exposition_read(reg);
    assert_int_equal(exposition_count(page, "v_total"), 7);
    for (int side = 0; side < 2; side++)
        for (int code = 0; code < 3; code++) {
            char series[96];
            (void)snprintf(series, sizeof series, "v_total{side=\"%s\",l=\"_other\",code=\"%s\"}", sides[side],
                           codes[code]);
            assert_true(exposition_value(page, series) == 10 * side + code + 1);
        }
    exposition_free(page);
    tacho_registry_free(reg);
}

static void a_family_without_open_labels_has_no_overflow_and_counts_what_it_rejects(void **state)
{
    (void)state;
    tacho_registry *reg = open_limited(&worlds[0]);
    for (int i = 0; i < 4; i++) tacho_counter_inc_at(closed, TACHO_LABELS(sides[i / 2], sides[i % 2]));
    struct exposition *page = exposition_read(reg);
    assert_int_equal(exposition_count(page, "closed_total"), 3);
    exposition_free(page);
    assert_true(rejected(reg, "closed_total") == 1);
    tacho_registry_free(reg);
}

static void a_bound_vector_overflows_into_the_same_series(void **state)
{
    (void)state;
    tacho_registry *reg = open_limited(&worlds[0]);
    tacho_counter_vec *left = tacho_counter_bind(sided, TACHO_LABELS(NULL, "left", NULL));
    tacho_counter_vec *host = tacho_counter_bind(sided, TACHO_LABELS("host", NULL, NULL));
    for (size_t i = 0; i < 10; i++) {
        tacho_counter_inc_at(left, TACHO_LABELS(letters[i], "x"));
        tacho_counter_inc_at(host, TACHO_LABELS("left", letters[i]));
    }
    assert_shown(reg, "sided_total{l=\"_other\",side=\"left\",m=\"_other\"}", "17");
    tacho_registry_free(reg);
}

/* A program may itself use the value that the overflow shows. */
static void the_value_other_of_a_program_and_the_overflow_are_never_two_lines(void **state)
{
    (void)state;
    for EACH_WORLD(world) {
        tacho_registry *reg = open_limited(world);
        tacho_counter_inc_at(counts, TACHO_LABELS("_other"));
        for (size_t i = 0; i < 5; i++) tacho_counter_inc_at(counts, TACHO_LABELS(letters[i]));
        tacho_counter_inc_at(counts, TACHO_LABELS("_other"));
        tacho_counter_inc_at(sided, TACHO_LABELS("_other", "left", "_other"));
        for (size_t i = 0; i < 5; i++) tacho_counter_inc_at(sided, TACHO_LABELS(letters[i], "left", "x"));
        tacho_histogram_observe_at(times, TACHO_LABELS("_other"), 1);
        for (size_t i = 0; i < 5; i++) tacho_histogram_observe_at(times, TACHO_LABELS(letters[i]), 1);
        struct exposition *page = exposition_read(reg); /* says which line comes twice */
        assert_true(exposition_sum(page, "counts_total") == 7);
        assert_true(exposition_sum(page, "sided_total") == 6);
        assert_true(exposition_sum(page, "times_count") == 6);
        exposition_free(page);
        tacho_registry_free(reg);
    }
}

static void a_thousand_series_is_the_limit_of_who_names_none(void **state)
{
    (void)state;
    static tacho_counter_vec *vec;
    static const tacho_desc row = { .counter_vec = &vec, .name = "v_total", .help = "Help.", .labels = { "l" } };
    tacho_registry *reg = tacho_registry_new(NULL);
    assert_int_equal(tacho_registry_define(reg, &row, 1), TACHO_OK);
    for (int i = 0; i < 1500; i++) {
        char value[16];
        (void)snprintf(value, sizeof value, "%d", i);
        tacho_counter_inc_at(vec, TACHO_LABELS(value));
    }
    struct exposition *page = exposition_read(reg);
    assert_int_equal(exposition_count(page, "v_total"), 1001);
    assert_true(exposition_value(page, "v_total{l=\"_other\"}") == 500);
    exposition_free(page);
    assert_true(rejected(reg, "v_total") == 500);
    tacho_registry_free(reg);
}

static void a_removed_series_makes_room_for_another(void **state)
{
    (void)state;
    for EACH_WORLD(world) {
        tacho_registry *reg = open_limited(world);
        for (size_t i = 0; i < 4; i++) tacho_counter_inc_at(counts, TACHO_LABELS(letters[i]));
        assert_shown(reg, "counts_total{l=\"d\"}", NULL);
        assert_int_equal(tacho_counter_remove_at(counts, TACHO_LABELS("a")), TACHO_OK);
        tacho_counter_inc_at(counts, TACHO_LABELS("d"));
        tacho_counter_inc_at(counts, TACHO_LABELS("a"));
        assert_shown(reg, "counts_total{l=\"d\"}", "1");
        assert_shown(reg, "counts_total{l=\"a\"}", NULL);
        assert_shown(reg, "counts_total{l=\"_other\"}", "2");
        tacho_registry_free(reg);
    }
}

static void clearing_a_family_clears_its_overflow_too(void **state)
{
    (void)state;
    for EACH_WORLD(world) {
        tacho_registry *reg = open_limited(world);
        tacho_counter *other = NULL;
        for (size_t i = 0; i < 10; i++) other = tacho_counter_at(counts, TACHO_LABELS(letters[i]));
        tacho_counter_inc(other);
        for (size_t i = 0; i < 10; i++) tacho_histogram_observe_at(times, TACHO_LABELS(letters[i]), 1);
        assert_shown(reg, "counts_total{l=\"_other\"}", "1");
        assert_int_equal(tacho_counter_clear(counts), TACHO_OK);
        assert_int_equal(tacho_histogram_clear(times), TACHO_OK);
        assert_shown(reg, "counts_total{l=\"_other\"}", NULL);
        assert_shown(reg, "times_count{l=\"_other\"}", NULL);
        for (size_t i = 0; i < 5; i++) {
            tacho_counter_inc_at(counts, TACHO_LABELS(letters[i]));
            tacho_histogram_observe_at(times, TACHO_LABELS(letters[i]), 1);
        }
        assert_shown(reg, "counts_total{l=\"_other\"}", "2");
        assert_shown(reg, "times_count{l=\"_other\"}", "2");
        assert_shown(reg, "times_sum{l=\"_other\"}", "2");
        tacho_registry_free(reg);
    }
}

static void clearing_a_bound_vector_clears_the_overflow_of_its_closed_values_only(void **state)
{
    (void)state;
    tacho_registry *reg = open_limited(&worlds[0]);
    for (size_t i = 0; i < 10; i++) {
        tacho_counter_inc_at(sided, TACHO_LABELS(letters[i], "left", "x"));
        tacho_counter_inc_at(sided, TACHO_LABELS(letters[i], "right", "x"));
    }
    assert_int_equal(tacho_counter_clear(tacho_counter_bind(sided, TACHO_LABELS(NULL, "left", NULL))), TACHO_OK);
    struct exposition *page = exposition_read(reg);
    assert_int_equal(exposition_count(page, "sided_total"), 2);
    assert_true(exposition_value(page, "sided_total{l=\"a\",side=\"right\",m=\"x\"}") == 1);
    assert_true(exposition_value(page, "sided_total{l=\"_other\",side=\"right\",m=\"_other\"}") == 9);
    exposition_free(page);
    tacho_registry_free(reg);
}

int main(void)
{
    const struct CMUnitTest overflow[] = {
        cmocka_unit_test(counters_beyond_the_limit_are_counted_under_other),
        cmocka_unit_test(a_handle_for_one_too_many_counts_under_other_for_good),
        cmocka_unit_test(histograms_beyond_the_limit_are_observed_under_other),
        cmocka_unit_test(gauges_beyond_the_limit_are_dropped_and_counted),
        cmocka_unit_test(closed_labels_keep_their_value_in_the_overflow),
        cmocka_unit_test(every_combination_of_closed_values_has_an_overflow_of_its_own),
        cmocka_unit_test(a_family_without_open_labels_has_no_overflow_and_counts_what_it_rejects),
        cmocka_unit_test(a_bound_vector_overflows_into_the_same_series),
        cmocka_unit_test(the_value_other_of_a_program_and_the_overflow_are_never_two_lines),
        cmocka_unit_test(a_thousand_series_is_the_limit_of_who_names_none),
        cmocka_unit_test(a_removed_series_makes_room_for_another),
        cmocka_unit_test(clearing_a_family_clears_its_overflow_too),
        cmocka_unit_test(clearing_a_bound_vector_clears_the_overflow_of_its_closed_values_only),
    };
    return cmocka_run_group_tests(overflow, NULL, NULL);
}
