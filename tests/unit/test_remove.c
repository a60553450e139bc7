/*
 * test_remove.c - series that are taken out: by handle, by label values, by a part of them, all at once. Gone from the
 * next exposition, and from 0 when they come again.
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

static tacho_counter_vec *counts, *reals, *routes;
static tacho_gauge_vec *levels, *flying;
static tacho_histogram_vec *times;

struct rows {
    tacho_desc each[6];
};

static tacho_registry *open_removable(const struct world *world)
{
    static struct rows rows;
    rows = (struct rows){ {
        { .counter_vec = &counts, .name = "counts_total", .help = "Help.", .labels = { "l" } },
        { .counter_vec = &reals, .name = "reals_total", .help = "Help.", .labels = { "l" }, .flags = TACHO_REAL },
        { .counter_vec = &routes, .name = "routes_total", .help = "Help.", .labels = { "from", "side", "to" },
          .values = { NULL, sides } },
        { .gauge_vec = &levels, .name = "levels", .help = "Help.", .labels = { "l" } },
        { .gauge_vec = &flying, .name = "flying", .help = "Help.", .labels = { "l" }, .flags = TACHO_UPDOWN },
        { .histogram_vec = &times, .name = "times", .help = "Help.", .labels = { "l" }, .buckets = bounds,
          .bucket_count = 2 },
    } };
    return WORLD_OPEN(world, rows.each);
}

/* One series of each kind, so that each shows `number`. */
struct five {
    tacho_counter *count, *real;
    tacho_gauge *level, *fly;
    tacho_histogram *time;
};

static struct five five_at(const char *label)
{
    return (struct five){ tacho_counter_at(counts, TACHO_LABELS(label)), tacho_counter_at(reals, TACHO_LABELS(label)),
                          tacho_gauge_at(levels, TACHO_LABELS(label)), tacho_gauge_at(flying, TACHO_LABELS(label)),
                          tacho_histogram_at(times, TACHO_LABELS(label)) };
}

static void five_count(struct five five, int number)
{
    tacho_counter_add(five.count, (uint64_t)number);
    tacho_counter_add_real(five.real, number);
    tacho_gauge_add(five.level, number);
    tacho_gauge_add(five.fly, number);
    for (int i = 0; i < number; i++) tacho_histogram_observe(five.time, 1);
}

/* Each of the five series with this label shows the number; -1: none is there. */
static void five_check(tacho_registry *reg, const char *label, int number)
{
    static const char *const forms[] = { "counts_total{l=\"%s\"}",        "reals_total{l=\"%s\"}",
                                         "levels{l=\"%s\"}",              "flying{l=\"%s\"}",
                                         "times_count{l=\"%s\"}",         "times_sum{l=\"%s\"}",
                                         "times_bucket{l=\"%s\",le=\"1.0\"}" };
    struct exposition *page = exposition_read(reg);
    for (size_t i = 0; i < TACHO_COUNT(forms); i++) {
        char series[96];
        (void)snprintf(series, sizeof series, forms[i], label);
        const struct exposition_sample *sample = exposition_find(page, series);
        if (number < 0 ? sample != NULL : !sample || sample->value != number)
            fail_msg("%s is %s, but should be %d", series, sample ? sample->text : "absent", number);
    }
    exposition_free(page);
}

static void five_remove_at(const char *label, tacho_err want)
{
    assert_int_equal(tacho_counter_remove_at(counts, TACHO_LABELS(label)), want);
    assert_int_equal(tacho_counter_remove_at(reals, TACHO_LABELS(label)), want);
    assert_int_equal(tacho_gauge_remove_at(levels, TACHO_LABELS(label)), want);
    assert_int_equal(tacho_gauge_remove_at(flying, TACHO_LABELS(label)), want);
    assert_int_equal(tacho_histogram_remove_at(times, TACHO_LABELS(label)), want);
}

static void five_remove(struct five five, tacho_err want)
{
    assert_int_equal(tacho_counter_remove(counts, five.count), want);
    assert_int_equal(tacho_counter_remove(reals, five.real), want);
    assert_int_equal(tacho_gauge_remove(levels, five.level), want);
    assert_int_equal(tacho_gauge_remove(flying, five.fly), want);
    assert_int_equal(tacho_histogram_remove(times, five.time), want);
}

static void a_series_removed_by_its_labels_is_gone_and_its_neighbours_stay(void **state)
{
    (void)state;
    for EACH_WORLD(world) {
        tacho_registry *reg = open_removable(world);
        five_count(five_at("a"), 1);
        five_count(five_at("b"), 2);
        five_count(five_at("c"), 3);
        five_remove_at("b", TACHO_OK);
        five_check(reg, "a", 1);
        five_check(reg, "b", -1);
        five_check(reg, "c", 3);
        five_remove_at("b", TACHO_ERR_MISSING);
        five_remove_at("never there", TACHO_ERR_MISSING);
        assert_shown(reg, "tacho_series_rejected_total{family=\"counts_total\"}", "0");
        tacho_registry_free(reg);
    }
}

static void a_series_removed_by_its_handle_is_gone_and_its_neighbours_stay(void **state)
{
    (void)state;
    for EACH_WORLD(world) {
        tacho_registry *reg = open_removable(world);
        struct five a = five_at("a"), b = five_at("b"), c = five_at("c");
        five_count(a, 1);
        five_count(b, 2);
        five_count(c, 3);
        five_remove(b, TACHO_OK);
        five_check(reg, "a", 1);
        five_check(reg, "b", -1);
        five_check(reg, "c", 3);
        five_remove(b, TACHO_ERR_MISSING);
        tacho_registry_free(reg);
    }
}

static void a_removed_series_that_comes_again_starts_from_0_as_often_as_it_does(void **state)
{
    (void)state;
    for EACH_WORLD(world) {
        tacho_registry *reg = open_removable(world);
        for (int round = 0; round < 200; round++) { /* long enough for memory to be used again, and again */
            struct five five = five_at("a");
            if (round % 20 == 0) five_check(reg, "a", 0);
            five_count(five, 1 + round % 5);
            if (round % 20 == 0) five_check(reg, "a", 1 + round % 5);
            if (round % 2)
                five_remove(five, TACHO_OK);
            else
                five_remove_at("a", TACHO_OK);
        }
        five_check(reg, "a", -1);
        five_count(five_at("b"), 4);
        five_check(reg, "b", 4);
        tacho_registry_free(reg);
    }
}

static void memory_of_removed_series_serves_the_next(void **state)
{
    (void)state;
    for EACH_WORLD(world) {
        tacho_registry *reg = open_removable(world);
        size_t warm = 0;
        for (int round = 0; round < 20000; round++) {
            char label[24];
            (void)snprintf(label, sizeof label, "%08d", round);
            if (round == 2000) warm = tacho_registry_memory(reg, NULL);
            five_count(five_at(label), 1);
            five_remove_at(label, TACHO_OK);
        }
        assert_true(tacho_registry_memory(reg, NULL) <= warm);
        assert_shown(reg, "tacho_series_rejected_total{family=\"counts_total\"}", "0");
        tacho_registry_free(reg);
    }
}

static void late_updates_through_a_removed_handle_touch_no_series_that_lives_on(void **state)
{
    (void)state;
    for EACH_WORLD(world) {
        tacho_registry *reg = open_removable(world);
        struct five kept = five_at("kept"), gone = five_at("gone");
        five_count(kept, 1);
        five_count(gone, 5);
        five_remove(gone, TACHO_OK);
        five_count(gone, 100);
        tacho_gauge_set(gone.level, 77);
        five_check(reg, "kept", 1);
        five_check(reg, "gone", -1);
        five_count(five_at("gone"), 2);
        five_check(reg, "gone", 2); /* what came late came before it began */
        five_count(gone, 3);        /* lost, or lands in a later series of its own family */
        five_check(reg, "kept", 1);
        exposition_free(exposition_read(reg));
        tacho_registry_free(reg);
    }
}

/* The stale handle of one kind of cell meets a slot that was handed on, perhaps with another kind. */
static void late_updates_are_harmless_after_the_memory_was_used_again(void **state)
{
    (void)state;
    for EACH_WORLD(world) {
        tacho_registry *reg = open_removable(world);
        struct five stale[100], kept = five_at("kept");
        five_count(kept, 1);
        for (int i = 0; i < 100; i++) {
            char label[24];
            (void)snprintf(label, sizeof label, "stale %d", i);
            stale[i] = five_at(label);
            five_remove(stale[i], TACHO_OK);
        }
        for (int i = 0; i < 200; i++) {
            char label[24];
            (void)snprintf(label, sizeof label, "new %d", i);
            (void)five_at(label);
            five_count(stale[i % 100], 1);
            (void)tacho_counter_value(stale[i % 100].count);
            (void)tacho_counter_value(stale[i % 100].real);
            (void)tacho_gauge_value(stale[i % 100].fly);
            (void)tacho_histogram_sum(stale[i % 100].time);
        }
        five_check(reg, "kept", 1);
        struct exposition *page = exposition_read(reg);
        assert_true(exposition_sum(page, "counts_total") <= 201);
        assert_true(exposition_sum(page, "reals_total") <= 201);
        assert_true(exposition_sum(page, "flying") <= 201);
        assert_true(exposition_sum(page, "times_count") <= 201);
        exposition_free(page);
        tacho_registry_free(reg);
    }
}

static void a_handle_of_nothing_is_missing_or_refused(void **state)
{
    (void)state;
    tacho_registry *reg = open_removable(&worlds[0]);
    struct five five = five_at("a");
    five_count(five, 1);
    assert_int_equal(tacho_counter_remove(counts, NULL), TACHO_ERR_ARG);
    assert_int_equal(tacho_gauge_remove(levels, NULL), TACHO_ERR_ARG);
    assert_int_equal(tacho_histogram_remove(times, NULL), TACHO_ERR_ARG);
    assert_int_equal(tacho_counter_remove(NULL, five.count), TACHO_ERR_ARG);
    assert_int_equal(tacho_counter_remove(counts, five.real), TACHO_ERR_MISSING); /* of another family */
    assert_int_equal(tacho_counter_remove(counts, tacho_counter_at(counts, TACHO_NO_LABELS)), TACHO_ERR_MISSING);
    assert_int_equal(tacho_histogram_remove(times, tacho_histogram_at(times, TACHO_NO_LABELS)), TACHO_ERR_MISSING);
    five_check(reg, "a", 1);
    tacho_registry_free(reg);
}

static void every_removal_takes_a_null_vector(void **state)
{
    (void)state;
    assert_int_equal(tacho_counter_remove_at(NULL, TACHO_LABELS("a")), TACHO_ERR_ARG);
    assert_int_equal(tacho_gauge_remove_at(NULL, TACHO_LABELS("a")), TACHO_ERR_ARG);
    assert_int_equal(tacho_histogram_remove_at(NULL, TACHO_LABELS("a")), TACHO_ERR_ARG);
    assert_int_equal(tacho_counter_remove_matching(NULL, TACHO_LABELS("a")), 0);
    assert_int_equal(tacho_gauge_remove_matching(NULL, TACHO_LABELS("a")), 0);
    assert_int_equal(tacho_histogram_remove_matching(NULL, TACHO_LABELS("a")), 0);
    assert_int_equal(tacho_counter_clear(NULL), TACHO_ERR_ARG);
    assert_int_equal(tacho_gauge_clear(NULL), TACHO_ERR_ARG);
    assert_int_equal(tacho_histogram_clear(NULL), TACHO_ERR_ARG);
    assert_int_equal(tacho_gauge_remove(NULL, NULL), TACHO_ERR_ARG);
    assert_int_equal(tacho_histogram_remove(NULL, NULL), TACHO_ERR_ARG);
}

static void labels_that_are_none_are_refused_and_counted(void **state)
{
    (void)state;
    tacho_registry *reg = open_removable(&worlds[0]);
    tacho_counter_inc_at(routes, TACHO_LABELS("a", "left", "b"));
    assert_int_equal(tacho_counter_remove_at(routes, TACHO_LABELS("a", "left")), TACHO_ERR_ARG);
    assert_int_equal(tacho_counter_remove_at(routes, TACHO_NO_LABELS), TACHO_ERR_ARG);
    assert_int_equal(tacho_counter_remove_at(routes, TACHO_LABELS("a", NULL, "b")), TACHO_ERR_ARG);
    assert_int_equal(tacho_counter_remove_matching(routes, TACHO_LABELS("a", "left")), 0);
    assert_int_equal(tacho_counter_remove_matching(routes, TACHO_NO_LABELS), 0);
    assert_true(shown_misuse(reg, "label_count") == 4);
    assert_true(shown_misuse(reg, "null_label") == 1);
    assert_shown(reg, "routes_total{from=\"a\",side=\"left\",to=\"b\"}", "1");
    tacho_registry_free(reg);
}

/* ---- Matching and clearing ----------------------------------------------------------------------------------- */

static const char *const cities[] = { "bonn", "kiel", "ulm" };

/* 3 x 2 x 3 series, all with 1. */
static void fill_routes(void)
{
    for (size_t from = 0; from < 3; from++)
        for (size_t side = 0; side < 2; side++)
            for (size_t to = 0; to < 3; to++)
                tacho_counter_inc_at(routes, TACHO_LABELS(cities[from], sides[side], cities[to]));
}

static size_t count_routes(tacho_registry *reg)
{
    struct exposition *page = exposition_read(reg);
    size_t count = exposition_count(page, "routes_total");
    assert_true(exposition_sum(page, "routes_total") == (double)count);
    exposition_free(page);
    return count;
}

static void a_part_of_the_labels_removes_every_series_that_has_it(void **state)
{
    (void)state;
    static const struct {
        const char *values[3];
        size_t want;
    } table[] = {
        { { "ulm", NULL, NULL }, 6 },      { { NULL, "left", NULL }, 9 },   { { NULL, NULL, "kiel" }, 6 },
        { { "ulm", "left", NULL }, 3 },    { { "ulm", NULL, "ulm" }, 2 },   { { NULL, "right", "bonn" }, 3 },
        { { "ulm", "left", "bonn" }, 1 },  { { NULL, NULL, NULL }, 18 },    { { "rome", NULL, NULL }, 0 },
        { { NULL, "up", NULL }, 0 },       { { "", NULL, NULL }, 0 },       { { "UL", NULL, NULL }, 0 },
        { { "ulmx", "left", NULL }, 0 },
    };
    tacho_registry *reg = open_removable(&worlds[0]);
    for (size_t i = 0; i < TACHO_COUNT(table); i++)
        for (int in_slices = 0; in_slices < 2; in_slices++) {
            size_t lengths[3];
            for (size_t k = 0; k < 3; k++) lengths[k] = table[i].values[k] ? strlen(table[i].values[k]) : 0;
            fill_routes();
            assert_int_equal(count_routes(reg), 18);
            size_t removed = tacho_counter_remove_matching(
                routes, TACHO_CAST(tacho_labels, table[i].values, in_slices ? lengths : NULL, 3));
            if (removed != table[i].want || count_routes(reg) != 18 - removed)
                fail_msg("row %zu%s: %zu", i, in_slices ? ", in slices" : "", removed);
            assert_int_equal(tacho_counter_clear(routes), TACHO_OK);
        }
    assert_true(shown_misuse(reg, "unlisted_label") == 0);
    tacho_registry_free(reg);
}

static void a_bound_vector_removes_only_within_its_values(void **state)
{
    (void)state;
    tacho_registry *reg = open_removable(&worlds[0]);
    tacho_counter_vec *ulm = tacho_counter_bind(routes, TACHO_LABELS("ulm", NULL, NULL));
    tacho_counter_vec *left = tacho_counter_bind(ulm, TACHO_LABELS("left", NULL));
    tacho_counter_vec *one = tacho_counter_bind(left, TACHO_LABELS("kiel"));
    fill_routes();
    assert_int_equal(tacho_counter_remove_at(left, TACHO_LABELS("bonn")), TACHO_OK);
    assert_int_equal(tacho_counter_remove_at(left, TACHO_LABELS("bonn")), TACHO_ERR_MISSING);
    assert_shown(reg, "routes_total{from=\"ulm\",side=\"left\",to=\"bonn\"}", NULL);
    assert_shown(reg, "routes_total{from=\"kiel\",side=\"left\",to=\"bonn\"}", "1");
    assert_int_equal(tacho_counter_remove_at(one, TACHO_NO_LABELS), TACHO_OK);
    assert_shown(reg, "routes_total{from=\"ulm\",side=\"left\",to=\"kiel\"}", NULL);
    assert_int_equal(tacho_counter_remove_matching(left, TACHO_LABELS(NULL)), 1);
    assert_int_equal(count_routes(reg), 15);
    assert_int_equal(tacho_counter_remove_matching(ulm, TACHO_LABELS(NULL, "bonn")), 1);
    assert_int_equal(tacho_counter_clear(left), TACHO_OK);
    assert_int_equal(count_routes(reg), 14);
    assert_int_equal(tacho_counter_clear(ulm), TACHO_OK);
    assert_int_equal(count_routes(reg), 12);
    assert_int_equal(tacho_counter_clear(one), TACHO_OK);
    assert_int_equal(tacho_counter_clear(routes), TACHO_OK);
    assert_int_equal(count_routes(reg), 0);
    tacho_registry_free(reg);
}

static void a_bound_vector_removes_by_handle(void **state)
{
    (void)state;
    tacho_registry *reg = open_removable(&worlds[0]);
    tacho_counter_vec *ulm = tacho_counter_bind(routes, TACHO_LABELS("ulm", NULL, NULL));
    fill_routes();
    tacho_counter *handle = tacho_counter_at(ulm, TACHO_LABELS("left", "kiel"));
    assert_int_equal(tacho_counter_remove(ulm, handle), TACHO_OK);
    assert_shown(reg, "routes_total{from=\"ulm\",side=\"left\",to=\"kiel\"}", NULL);
    assert_int_equal(tacho_counter_remove(ulm, handle), TACHO_ERR_MISSING);
    assert_int_equal(count_routes(reg), 17);
    tacho_registry_free(reg);
}

static void clearing_removes_every_series_of_every_kind_and_nothing_else(void **state)
{
    (void)state;
    for EACH_WORLD(world) {
        tacho_registry *reg = open_removable(world);
        for (int round = 0; round < 4; round++) {
            for (int i = 0; i < 100; i++) {
                char label[24];
                (void)snprintf(label, sizeof label, "%d", i);
                five_count(five_at(label), 1 + i % 3);
            }
            tacho_counter_inc_at(routes, TACHO_LABELS("a", "left", "b"));
            five_check(reg, "99", 1);
            assert_int_equal(tacho_counter_clear(counts), TACHO_OK);
            assert_int_equal(tacho_counter_clear(reals), TACHO_OK);
            assert_int_equal(tacho_gauge_clear(levels), TACHO_OK);
            assert_int_equal(tacho_gauge_remove_matching(flying, TACHO_LABELS(NULL)), 100);
            assert_int_equal(tacho_histogram_remove_matching(times, TACHO_LABELS(NULL)), 100);
            assert_int_equal(tacho_gauge_clear(flying), TACHO_OK);
            assert_int_equal(tacho_histogram_clear(times), TACHO_OK);
            five_check(reg, "0", -1);
            five_check(reg, "99", -1);
            double series = 1 + (double)world->filler;
            assert_true(shown_value(reg, "tacho_series") == series);
        }
        assert_shown(reg, "routes_total{from=\"a\",side=\"left\",to=\"b\"}", "4");
        tacho_registry_free(reg);
    }
}

int main(void)
{
    const struct CMUnitTest removal[] = {
        cmocka_unit_test(a_series_removed_by_its_labels_is_gone_and_its_neighbours_stay),
        cmocka_unit_test(a_series_removed_by_its_handle_is_gone_and_its_neighbours_stay),
        cmocka_unit_test(a_removed_series_that_comes_again_starts_from_0_as_often_as_it_does),
        cmocka_unit_test(memory_of_removed_series_serves_the_next),
        cmocka_unit_test(late_updates_through_a_removed_handle_touch_no_series_that_lives_on),
        cmocka_unit_test(late_updates_are_harmless_after_the_memory_was_used_again),
        cmocka_unit_test(a_handle_of_nothing_is_missing_or_refused),
        cmocka_unit_test(every_removal_takes_a_null_vector),
        cmocka_unit_test(labels_that_are_none_are_refused_and_counted),
        cmocka_unit_test(a_part_of_the_labels_removes_every_series_that_has_it),
        cmocka_unit_test(a_bound_vector_removes_only_within_its_values),
        cmocka_unit_test(a_bound_vector_removes_by_handle),
        cmocka_unit_test(clearing_removes_every_series_of_every_kind_and_nothing_else),
    };
    return cmocka_run_group_tests(removal, NULL, NULL);
}
