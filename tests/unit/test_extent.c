/*
 * test_extent.c - what is remembered of a family's size from one protobuf scrape to the next never outlives the set of series
 * that it was measured on: each page shows what the text format shows, whatever came and went before, and whoever began earlier.
 * Needs: PROTOBUF
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tacho/tacho.h>

#include "atomic.h"
#include "extent.h"
#include "support/page.h"
#include "support/proto.h"
#include "support/stress.h"

static tacho_registry *reg;
static tacho_counter_vec *counts;
static tacho_gauge_vec *levels;
static const tacho_desc rows[] = {
    { .gauge_vec = &levels, .name = "a.level", .help = "Help.", .labels = { "my.label" } },
    { .counter_vec = &counts, .name = "b_total", .help = "Help.", .labels = { "l" }, .max_series = 4 },
};

static int rig_up(void **state)
{
    (void)state;
    reg = tacho_registry_new(&(tacho_registry_options){ .no_self_metrics = 1, .utf8_names = 1 });
    assert_int_equal(TACHO_DEFINE(reg, rows), TACHO_OK);
    return 0;
}

static int rig_down(void **state)
{
    (void)state;
    tacho_registry_free(reg);
    return 0;
}

/* Labels of many lengths. */
static const char *value_of(uint64_t n)
{
    static char value[80];
    (void)snprintf(value, sizeof value, "%0*d", (int)(n * 7 % 60) + 1, (int)n);
    return value;
}

static void change(uint64_t *seed)
{
    const char *value = value_of(stress_random(seed, 8));
    switch (stress_random(seed, 6)) {
    case 0: (void)tacho_gauge_remove_at(levels, TACHO_LABELS(value)); break;
    case 1: (void)tacho_counter_remove_at(counts, TACHO_LABELS(value)); break;
    case 2: tacho_counter_inc_at(counts, TACHO_LABELS(value)); break;
    case 3: if (stress_random(seed, 10) == 0) (void)tacho_counter_clear(counts); break;
    default: tacho_gauge_set_at(levels, TACHO_LABELS(value), 1); break;
    }
}

/* The lines of a page that show samples. */
static size_t sample_lines(const char *page)
{
    size_t lines = 0;
    for (const char *at = page; *at; at = strchr(at, '\n') + 1) lines += *at != '#' && *at != '\n';
    return lines;
}

/* A protobuf page in lines shows the samples of a page of text, and no other. */
static void check_same(const struct page *binary, const char *text)
{
    char why[200] = "", *print = proto_print(binary->data, binary->len, why, sizeof why);
    if (!print) fail_msg("%s", why);
    char *lines = proto_lines(binary->data, binary->len), line[300];
    assert_int_equal(sample_lines(lines), sample_lines(text));
    for (const char *at = text, *end; (end = strchr(at, '\n')) != NULL; at = end + 1) {
        (void)snprintf(line, sizeof line, "%.*s", (int)(end - at) + 1, at);
        if (*at != '#' && !strstr(lines, line)) fail_msg("no %s in\n%s", line, lines);
    }
    free(lines);
    free(print);
}

static void every_page_shows_the_series_that_are_there_now(void **state)
{
    static const tacho_escaping schemes[] = { TACHO_UNDERSCORES, TACHO_DOTS, TACHO_VALUES, TACHO_ALLOW_UTF8 };
    uint64_t seed = 1;
    (void)state;
    for (int round = 0; round < 3000; round++) {
        for (uint64_t i = stress_random(&seed, 3); i > 0; i--) change(&seed);
        tacho_escaping scheme = schemes[stress_random(&seed, 4)];
        struct page binary = page_take(reg, PAGE_AS(TACHO_PROTOBUF, scheme), round % 2 ? 0 : 64);
        struct page text = page_take(reg, PAGE_AS(TACHO_TEXT_1, scheme), 0);
        check_same(&binary, text.data);
        page_free(&binary);
        page_free(&text);
    }
}

static void who_began_before_a_birth_does_not_show_it_though_somebody_else_has_measured_it(void **state)
{
    (void)state;
    tacho_gauge_set_at(levels, TACHO_LABELS("a"), 1);
    tacho_scrape *early = tacho_scrape_open(reg, &PAGE_AS(TACHO_PROTOBUF, TACHO_ALLOW_UTF8));
    struct page before = page_take(reg, PAGE_AS(TACHO_TEXT_1, TACHO_ALLOW_UTF8), 0);
    tacho_gauge_set_at(levels, TACHO_LABELS("a series born later"), 1);
    struct page later = page_take(reg, PAGE_AS(TACHO_PROTOBUF, TACHO_ALLOW_UTF8), 0);
    struct page page = page_rest(early, 0);
    check_same(&page, before.data);
    page_free(&page);
    page_free(&later);
    page_free(&before);
    tacho_scrape_free(early);
}

static void scrape_at_edge(const char *tag)
{
    struct page page;
    (void)tag;
    tacho__edge_hook = NULL;
    page = page_take(reg, PAGE_AS(TACHO_PROTOBUF, TACHO_ALLOW_UTF8), 0);
    page_free(&page);
    tacho__edge_hook = scrape_at_edge;
}

static void who_measures_in_the_middle_of_a_removal_does_not_make_others_show_the_dead(void **state)
{
    (void)state;
    tacho_gauge_set_at(levels, TACHO_LABELS("stays"), 1);
    tacho_gauge_set_at(levels, TACHO_LABELS("goes"), 2);
    tacho__edge_hook = scrape_at_edge;
    (void)tacho_gauge_remove_at(levels, TACHO_LABELS("goes"));
    tacho__edge_hook = NULL;
    struct page text = page_take(reg, PAGE_AS(TACHO_TEXT_1, TACHO_ALLOW_UTF8), 0);
    struct page binary = page_take(reg, PAGE_AS(TACHO_PROTOBUF, TACHO_ALLOW_UTF8), 0);
    check_same(&binary, text.data);
    page_free(&binary);
    page_free(&text);
}

static void an_extent_is_known_only_by_the_changes_it_was_measured_after(void **state)
{
    struct tacho__extent extent = { 0 };
    uint64_t size, slots;
    (void)state;
    tacho__extent_change(&extent, 5);
    uint64_t key = tacho__extent_key(&extent, 1);
    assert_false(tacho__extent_find(&extent, key, 9, &size, &slots));
    tacho__extent_keep(&extent, key, 1000, 3);
    assert_true(tacho__extent_find(&extent, key, 5, &size, &slots));
    assert_int_equal(size, 1000);
    assert_int_equal(slots, 3);
    assert_false(tacho__extent_find(&extent, key, 4, &size, &slots)); /* began before the birth */
    assert_false(tacho__extent_find(&extent, tacho__extent_key(&extent, 2), 9, &size, &slots));
    tacho__extent_change(&extent, 0);
    assert_false(tacho__extent_find(&extent, tacho__extent_key(&extent, 1), 9, &size, &slots));
}

static void what_does_not_fit_is_not_kept(void **state)
{
    struct tacho__extent extent = { .changes = TACHO__EXTENT_CHANGES - 1 };
    uint64_t size, slots, key = tacho__extent_key(&extent, 0), limit = UINT64_C(1) << TACHO__EXTENT_BITS;
    (void)state;
    tacho__extent_keep(&extent, key, limit, 1);
    tacho__extent_keep(&extent, key, 1, limit);
    assert_false(tacho__extent_find(&extent, key, 9, &size, &slots));
    tacho__extent_keep(&extent, key, limit - 1, limit - 1);
    assert_true(tacho__extent_find(&extent, key, 9, &size, &slots));
    assert_true(size == limit - 1 && slots == limit - 1);
    for (int i = 0; i < 3; i++) { /* the changes can no longer be told apart */
        tacho__extent_change(&extent, 0);
        assert_int_equal(tacho__extent_key(&extent, 0), 0);
        tacho__extent_keep(&extent, 0, 7, 7);
        assert_false(tacho__extent_find(&extent, 0, 9, &size, &slots));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_page_shows_the_series_that_are_there_now, rig_up, rig_down),
        cmocka_unit_test_setup_teardown(who_began_before_a_birth_does_not_show_it_though_somebody_else_has_measured_it, rig_up,
                                        rig_down),
        cmocka_unit_test_setup_teardown(who_measures_in_the_middle_of_a_removal_does_not_make_others_show_the_dead, rig_up,
                                        rig_down),
        cmocka_unit_test(an_extent_is_known_only_by_the_changes_it_was_measured_after),
        cmocka_unit_test(what_does_not_fit_is_not_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
