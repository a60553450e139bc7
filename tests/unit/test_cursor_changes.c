/*
 * test_cursor_changes.c - registries that change between two reads of a scrape: every page stays valid, and in protobuf, where a
 * family's length stands before it, what was counted into the length is written whatever became of it.
 * Needs: OPENMETRICS PROTOBUF JSON
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

#include "clock.h"
#include "support/page.h"
#include "support/proto.h"
#include "support/valid.h"

#define SECOND UINT64_C(1000000000)

static const double bounds[] = { 1, 10 }, ranks[] = { 0.5 };
static const char *const modes[] = { "idle", "busy", NULL }, *const sides[] = { "left", "right", NULL };
static const char *const letters[] = { "a", "b", "c", "d", "e", "f", "g", "h", "i", "j" };

static struct {
    tacho_registry *reg;
    tacho_counter_vec *counts, *folded;
    tacho_gauge_vec *levels;
    tacho_histogram_vec *times;
    tacho_summary_vec *sizes;
    tacho_stateset_vec *states;
    tacho_info_vec *infos;
    tacho_counter *array[2], *late;
} rig;

static const tacho_desc rows[] = {
    { .counter_vec = &rig.counts, .name = "counts_total", .help = "Help.", .labels = { "l" },
      .flags = TACHO_EXEMPLARS | TACHO_CREATED },
    { .gauge_vec = &rig.levels, .name = "levels", .help = "Help.", .labels = { "l" } },
    { .histogram_vec = &rig.times, .name = "times", .help = "Help.", .labels = { "l" }, .buckets = bounds, .bucket_count = 2,
      .native = { .factor = 1.5 }, .flags = TACHO_EXEMPLARS | TACHO_CREATED },
    { .summary_vec = &rig.sizes, .name = "sizes", .help = "Help.", .labels = { "l" }, .quantiles = ranks, .quantile_count = 1,
      .window = { 10, 1 } },
    { .stateset_vec = &rig.states, .name = "states", .help = "Help.", .labels = { "l" }, .states = modes },
    { .info = &rig.infos, .name = "an_info", .help = "Help.", .labels = { "l" } },
    { .counter = &rig.array[0], .name = "array_total", .help = "Help.", .labels = { "side" }, .values = { sides } },
    { .counter_vec = &rig.folded, .name = "folded_total", .help = "Help.", .labels = { "l" }, .max_series = 3,
      .flags = TACHO_CREATED },
};
static const tacho_desc late_row = { .counter = &rig.late, .name = "late_total", .help = "Help." };

static int rig_up(void **state)
{
    (void)state;
    rig.reg = tacho_registry_new(&(tacho_registry_options){ .no_self_metrics = 1 });
    assert_int_equal(TACHO_DEFINE(rig.reg, rows), TACHO_OK);
    return 0;
}

static int rig_down(void **state)
{
    (void)state;
    tacho__clock_ahead_ns = 0;
    tacho_registry_free(rig.reg);
    return 0;
}

static tacho_scrape *begin(tacho_format format)
{
    tacho_scrape *scrape = tacho_scrape_new(rig.reg, format);
    assert_non_null(scrape);
    return scrape;
}

/* Read until the page has so many bytes. */
static void read_some(tacho_scrape *scrape, struct page *page, size_t len)
{
    page->data = realloc(page->data, page->len + len + 1);
    assert_non_null(page->data);
    for (size_t want = page->len + len; page->len < want;) {
        size_t got = tacho_scrape_read(scrape, page->data + page->len, want - page->len);
        assert_true(got > 0);
        page->len += got;
    }
}

static void read_rest(tacho_scrape *scrape, struct page *page)
{
    struct page rest = page_rest(scrape, 100);
    page->data = realloc(page->data, page->len + rest.len + 1);
    assert_non_null(page->data);
    memcpy(page->data + page->len, rest.data, rest.len + 1);
    page->len += rest.len;
    page->err = rest.err;
    page_free(&rest);
}

/* The page as lines of the text format; it has to be valid. */
static char *lines_of(const struct page *page)
{
    char why[200] = "", *print = proto_print(page->data, page->len, why, sizeof why);
    if (!print) fail_msg("%s", why);
    free(print);
    return proto_lines(page->data, page->len);
}

static bool has_line(const char *lines, const char *line)
{
    char framed[200];
    (void)snprintf(framed, sizeof framed, "\n%s\n", line);
    return strstr(lines, framed) != NULL;
}

/* ---- Protobuf: what the length counted on is written ------------------------------------------------------------ */

static void series_that_are_removed_meanwhile_are_written_with_their_last_value(void **state)
{
    (void)state;
    struct page page = { 0 };
    for (size_t i = 0; i < 10; i++) tacho_counter_add_at(rig.counts, TACHO_LABELS(letters[i]), i);
    tacho_scrape *scrape = begin(TACHO_PROTOBUF);
    read_some(scrape, &page, 60); /* inside the first family */
    tacho_counter_add_at(rig.counts, TACHO_LABELS("i"), 100);
    for (size_t i = 5; i < 10; i++) assert_int_equal(tacho_counter_remove_at(rig.counts, TACHO_LABELS(letters[i])), TACHO_OK);
    for (int i = 0; i < 200; i++) { /* more than enough to use memory again that is free */
        char value[16];
        (void)snprintf(value, sizeof value, "new%d", i);
        tacho_counter_add_at(rig.counts, TACHO_LABELS(value), 1000);
        assert_int_equal(tacho_counter_remove_at(rig.counts, TACHO_LABELS(value)), TACHO_OK);
    }
    tacho_counter_add_at(rig.counts, TACHO_LABELS("j"), 2000);
    tacho_counter_add_at(rig.counts, TACHO_LABELS("k"), 2000);
    read_rest(scrape, &page);
    assert_int_equal(page.err, TACHO_OK);
    char *lines = lines_of(&page);
    static const char *const want[] = { "{l=\"a\"} 0", "{l=\"e\"} 4", "{l=\"f\"} 5", "{l=\"i\"} 108", "{l=\"j\"} 9" };
    for (size_t i = 0; i < TACHO_COUNT(want); i++) {
        char line[60];
        (void)snprintf(line, sizeof line, "counts_total%s", want[i]);
        if (!has_line(lines, line)) fail_msg("no %s in\n%s", line, lines);
    }
    assert_null(strstr(lines, "new"));
    assert_null(strstr(lines, "2000"));
    free(lines);
    page_free(&page);
    tacho_scrape_free(scrape);
}

static void exemplars_and_native_buckets_are_those_that_the_length_counted_on(void **state)
{
    (void)state;
    struct page page = { 0 };
    for (size_t i = 0; i < 10; i++) {
        tacho_counter_add_exemplar(tacho_counter_at(rig.counts, TACHO_LABELS(letters[i])), 1,
                                   TACHO_EXEMPLAR(TACHO_PAIR("id", i % 2 ? "short" : "a much longer one than that")));
        tacho_histogram_observe_exemplar(tacho_histogram_at(rig.times, TACHO_LABELS(letters[i])), 5,
                                         TACHO_EXEMPLAR(TACHO_PAIR("id", "first")));
    }
    tacho_scrape *scrape = begin(TACHO_PROTOBUF);
    for (int family = 0; family < 2; family++) {
        read_some(scrape, &page, family ? 1100 : 50);
        for (size_t i = 0; i < 10; i++) {
            tacho_counter_add_exemplar(tacho_counter_at(rig.counts, TACHO_LABELS(letters[i])), 1,
                                       TACHO_EXEMPLAR(TACHO_PAIR("other", i % 2 ? "now this one is long" : "")));
            for (int k = 0; k < 50; k++)
                tacho_histogram_observe_exemplar(tacho_histogram_at(rig.times, TACHO_LABELS(letters[i])), k * k,
                                                 TACHO_EXEMPLAR(TACHO_PAIR("second", letters[i])));
        }
    }
    read_rest(scrape, &page);
    char why[200] = "", *print = proto_print(page.data, page.len, why, sizeof why);
    if (!print) fail_msg("%s", why);
    assert_non_null(strstr(print, "value: \"a much longer one than that\""));
    assert_null(strstr(print, "name: \"other\"")); /* all were recorded after the family had begun */
    free(print);
    page_free(&page);
    tacho_scrape_free(scrape);
}

static void overflow_series_that_are_cleared_meanwhile_are_written(void **state)
{
    (void)state;
    struct page page = { 0 };
    for (size_t i = 0; i < 10; i++) tacho_counter_inc_at(rig.folded, TACHO_LABELS(letters[i]));
    tacho_scrape *scrape = begin(TACHO_PROTOBUF);
    struct page before = page_rest(scrape, 0);
    tacho_scrape_free(scrape);
    scrape = begin(TACHO_PROTOBUF);
    read_some(scrape, &page, before.len - 100); /* inside the last family */
    assert_int_equal(tacho_counter_clear(rig.folded), TACHO_OK);
    read_rest(scrape, &page);
    assert_int_equal(page.len, before.len);
    char *lines = lines_of(&page);
    assert_true(has_line(lines, "folded_total{l=\"_other\"} 0") || has_line(lines, "folded_total{l=\"_other\"} 7"));
    free(lines);
    page_free(&page);
    page_free(&before);
    tacho_scrape_free(scrape);
}

static void overflow_series_are_found_again_behind_new_series(void **state)
{
    (void)state;
    struct page page = { 0 };
    for (size_t i = 0; i < 10; i++) tacho_counter_inc_at(rig.folded, TACHO_LABELS(letters[i]));
    tacho_scrape *scrape = begin(TACHO_PROTOBUF);
    read_some(scrape, &page, 50); /* inside the family: the only one that has samples */
    for (int i = 0; i < 20; i++) {
        char value[32];
        (void)snprintf(value, sizeof value, "a longer value, and new: %d", i);
        assert_int_equal(tacho_counter_remove_at(rig.folded, TACHO_LABELS(i ? value : "a")), i ? TACHO_ERR_MISSING : TACHO_OK);
        tacho_counter_inc_at(rig.folded, TACHO_LABELS(value));
        assert_int_equal(tacho_counter_remove_at(rig.folded, TACHO_LABELS(value)), TACHO_OK);
        tacho_counter_inc_at(rig.folded, TACHO_LABELS("a"));
        assert_int_equal(tacho_counter_remove_at(rig.folded, TACHO_LABELS("a")), TACHO_OK);
    }
    read_rest(scrape, &page);
    char *lines = lines_of(&page);
    assert_true(has_line(lines, "folded_total{l=\"_other\"} 7") && has_line(lines, "folded_total{l=\"b\"} 1"));
    assert_null(strstr(lines, "a longer value"));
    free(lines);
    page_free(&page);
    tacho_scrape_free(scrape);
}

static void a_family_that_is_taken_out_meanwhile_is_written_to_its_end_and_the_next_ones_go_on(void **state)
{
    (void)state;
    struct page page = { 0 };
    for (size_t i = 0; i < 10; i++) tacho_counter_add_at(rig.counts, TACHO_LABELS(letters[i]), i);
    for (size_t i = 0; i < 10; i++) tacho_gauge_set_at(rig.levels, TACHO_LABELS(letters[i]), 1);
    for (size_t i = 0; i < 10; i++) tacho_info_set(rig.infos, TACHO_LABELS(letters[i]));
    tacho_scrape *scrape = begin(TACHO_PROTOBUF);
    read_some(scrape, &page, 50);
    assert_int_equal(tacho_registry_undefine(rig.reg, rows, 2), TACHO_OK);
    assert_int_equal(tacho_registry_define(rig.reg, rows, 1), TACHO_OK); /* and comes back */
    assert_int_equal(tacho_registry_define(rig.reg, &late_row, 1), TACHO_OK);
    tacho_counter_add_at(rig.counts, TACHO_LABELS("a"), 77);
    read_rest(scrape, &page);
    char *lines = lines_of(&page);
    assert_true(has_line(lines, "counts_total{l=\"a\"} 0") && has_line(lines, "counts_total{l=\"j\"} 9"));
    assert_null(strstr(lines, "levels"));
    assert_null(strstr(lines, "late_total"));
    assert_true(has_line(lines, "an_info{l=\"j\"} 1"));
    free(lines);
    page_free(&page);
    tacho_scrape_free(scrape);
}

static void a_series_behind_thousands_of_removed_ones_is_shown(void **state)
{
    char value[16];
    (void)state;
    for (int left = 9999; left > 0; left /= 10) {
        tacho__clock_ahead_ns += 11 * SECOND;
        for (int i = 0; i < 10000; i++) {
            (void)snprintf(value, sizeof value, "%d", i);
            tacho_gauge_set_at(rig.levels, TACHO_LABELS(value), i);
            if (i != left && i != 7) assert_int_equal(tacho_gauge_remove_at(rig.levels, TACHO_LABELS(value)), TACHO_OK);
        }
        char line[60];
        struct page page = page_take(rig.reg, PAGE_AS(TACHO_PROTOBUF, TACHO_UNDERSCORES), 100);
        (void)snprintf(line, sizeof line, "levels{l=\"%d\"} %d", left, left);
        char *lines = lines_of(&page);
        assert_true(has_line(lines, line) && has_line(lines, "levels{l=\"7\"} 7"));
        free(lines);
        page_free(&page);
        assert_int_equal(tacho_gauge_clear(rig.levels), TACHO_OK);
    }
}

/* ---- Pauses -------------------------------------------------------------------------------------------------------- */

static void a_reader_that_pauses_for_too_long_inside_a_family_is_told_so(void **state)
{
    char buf[100];
    (void)state;
    for (size_t i = 0; i < 10; i++) tacho_counter_inc_at(rig.counts, TACHO_LABELS(letters[i]));
    tacho_scrape *scrape = begin(TACHO_PROTOBUF);
    assert_int_equal(tacho_scrape_read(scrape, buf, 50), 50);
    tacho__clock_ahead_ns = 11 * SECOND;
    assert_int_equal(tacho_scrape_error(scrape), TACHO_OK); /* nobody knows yet */
    size_t left = 0, len; /* what was written before may still come */
    while ((len = tacho_scrape_read(scrape, buf, sizeof buf)) > 0) left += len;
    assert_true(left < 50);
    assert_int_equal(tacho_scrape_error(scrape), TACHO_ERR_BUSY);
    assert_int_equal(tacho_scrape_read(scrape, buf, sizeof buf), 0);
    tacho_scrape_free(scrape);
}

static void a_reader_that_pauses_often_and_never_for_too_long_gets_the_whole_page(void **state)
{
    (void)state;
    for (size_t i = 0; i < 10; i++) {
        tacho_counter_inc_at(rig.counts, TACHO_LABELS(letters[i]));
        tacho_histogram_observe_at(rig.times, TACHO_LABELS(letters[i]), (double)i);
    }
    struct page page = { 0 };
    tacho_scrape *scrape = begin(TACHO_PROTOBUF);
    for (uint64_t i = 1; i < 12; i++) {
        read_some(scrape, &page, 20);
        tacho__clock_ahead_ns = 8 * SECOND * i;
        assert_int_equal(tacho_counter_clear(rig.counts), TACHO_OK);
        for (size_t k = 0; k < 10; k++) tacho_counter_inc_at(rig.counts, TACHO_LABELS(letters[k]));
    }
    read_rest(scrape, &page);
    assert_int_equal(page.err, TACHO_OK);
    char *lines = lines_of(&page);
    assert_true(has_line(lines, "counts_total{l=\"j\"} 1") && has_line(lines, "times_count{l=\"j\"} 1"));
    free(lines);
    page_free(&page);
    tacho_scrape_free(scrape);
}

static void classic_buckets_are_of_the_same_moment_as_the_native_ones_beside_them(void **state)
{
    (void)state;
    struct page page = { 0 };
    for (int i = 0; i < 10; i++) tacho_histogram_observe_at(rig.times, TACHO_LABELS("a"), 100);
    tacho_scrape *scrape = begin(TACHO_PROTOBUF);
    read_some(scrape, &page, 10); /* inside the family, which is measured */
    for (int i = 0; i < 10; i++) tacho_histogram_observe_at(rig.times, TACHO_LABELS("a"), 0.5);
    read_rest(scrape, &page);
    char *lines = lines_of(&page);
    assert_true(has_line(lines, "times_bucket{l=\"a\",le=\"1.0\"} 0") && has_line(lines, "times_count{l=\"a\"} 10"));
    free(lines);
    page_free(&page);
    tacho_scrape_free(scrape);
}

/* Who stands still between its look at the clock and its pin: B here, which pins after A by an older clock. */
static void a_late_pin_does_not_shorten_that_of_another_cursor(void **state)
{
    char value[100], buf[20];
    (void)state;
    for (size_t i = 0; i < 10; i++) tacho_gauge_set_at(rig.levels, TACHO_LABELS(letters[i]), (double)i);
    tacho__clock_ahead_ns = 6 * SECOND;
    struct page page = { 0 };
    tacho_scrape *a = begin(TACHO_PROTOBUF);
    read_some(a, &page, 20);
    tacho__clock_ahead_ns = 0;
    tacho_scrape *b = begin(TACHO_PROTOBUF);
    assert_int_equal(tacho_scrape_read(b, buf, sizeof buf), sizeof buf);
    assert_int_equal(tacho_gauge_clear(rig.levels), TACHO_OK);
    tacho__clock_ahead_ns = 12 * SECOND;
    for (int i = 0; i < 5000; i++) { /* they would take the places of the removed ones */
        (void)snprintf(value, sizeof value, "%090d", i);
        tacho_gauge_set_at(rig.levels, TACHO_LABELS(value), i);
        assert_int_equal(tacho_gauge_remove_at(rig.levels, TACHO_LABELS(value)), TACHO_OK);
    }
    tacho__clock_ahead_ns = 14 * SECOND;
    read_rest(a, &page);
    assert_int_equal(page.err, TACHO_OK);
    char *lines = lines_of(&page);
    assert_true(has_line(lines, "levels{l=\"a\"} 0") && has_line(lines, "levels{l=\"j\"} 9"));
    free(lines);
    page_free(&page);
    tacho_scrape_free(a);
    tacho_scrape_free(b);
}

static void other_formats_may_be_read_as_slowly_as_one_likes(void **state)
{
    static const tacho_format formats[] = { TACHO_TEXT, TACHO_OPENMETRICS, TACHO_JSON, TACHO_CSV };
    (void)state;
    for (size_t f = 0; f < TACHO_COUNT(formats); f++) {
        struct page page = { 0 };
        char why[300] = "";
        for (size_t i = 0; i < 10; i++) tacho_counter_inc_at(rig.counts, TACHO_LABELS(letters[i]));
        tacho_scrape *scrape = begin(formats[f]);
        for (uint64_t i = 1; i < 10; i++) {
            read_some(scrape, &page, 15);
            tacho__clock_ahead_ns = 1000 * SECOND * i;
        }
        read_rest(scrape, &page);
        assert_int_equal(page.err, TACHO_OK);
        if (!valid_page(page.data, page.len, formats[f], TACHO_ALLOW_UTF8, why, sizeof why)) fail_msg("%s", why);
        page_free(&page);
        tacho_scrape_free(scrape);
        tacho__clock_ahead_ns = 0;
    }
}

/* A sink behind which somebody reads slowly. */
static tacho_err slow_write(tacho_sink *self, const void *data, size_t len)
{
    (void)self, (void)data, (void)len;
    tacho__clock_ahead_ns += 11 * SECOND;
    return TACHO_OK;
}

static void an_exposition_into_a_sink_that_blocks_for_too_long_is_an_error(void **state)
{
    static const tacho_sink_ops ops = { slow_write };
    tacho_sink sink = { &ops };
    char value[16];
    (void)state;
    for (int i = 0; i < 1000; i++) { /* more than one buffer of it */
        (void)snprintf(value, sizeof value, "%d", i);
        tacho_gauge_set_at(rig.levels, TACHO_LABELS(value), i);
    }
    assert_int_equal(tacho_expose(rig.reg, TACHO_PROTOBUF, &sink), TACHO_ERR_BUSY);
    assert_int_equal(tacho_expose(rig.reg, TACHO_TEXT, &sink), TACHO_OK);
}

static void memory_of_removed_series_is_used_again_once_nobody_reads_about_them(void **state)
{
    char value[16], buf[100];
    size_t used = 0;
    (void)state;
    for (int round = 0; round < 40; round++) {
        for (int i = 0; i < 100; i++) {
            (void)snprintf(value, sizeof value, "r%di%d", round, i);
            tacho_gauge_set_at(rig.levels, TACHO_LABELS(value), i);
        }
        tacho_scrape *scrape = begin(TACHO_PROTOBUF);
        assert_int_equal(tacho_scrape_read(scrape, buf, sizeof buf), sizeof buf);
        assert_int_equal(tacho_gauge_clear(rig.levels), TACHO_OK);
        tacho_scrape_free(scrape);
        tacho__clock_ahead_ns += 11 * SECOND;
        if (round == 10) used = tacho_registry_memory(rig.reg, NULL);
        if (round > 10) assert_true(tacho_registry_memory(rig.reg, NULL) <= used);
    }
}

/* ---- Anything at any time ------------------------------------------------------------------------------------------- */

static uint32_t random_below(uint64_t *seed, uint32_t below)
{
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)((*seed >> 33) % below);
}

static void change_one(uint64_t *seed, const char *value)
{
    static const char *const ids[] = { "", "x", "fifteen bytes..", "some more bytes than fifteen, and even more than that" };
    tacho_exemplar exemplar = TACHO_EXEMPLAR(TACHO_PAIR("id", ids[random_below(seed, 4)]));
    switch (random_below(seed, 14)) {
    case 0: tacho_counter_add_exemplar(tacho_counter_at(rig.counts, TACHO_LABELS(value)), 1, exemplar); break;
    case 1: tacho_histogram_observe_exemplar(tacho_histogram_at(rig.times, TACHO_LABELS(value)),
                                             (double)random_below(seed, 1000) - 100, exemplar); break;
    case 2: tacho_gauge_set_at(rig.levels, TACHO_LABELS(value), random_below(seed, 1000)); break;
    case 3: tacho_summary_observe_at(rig.sizes, TACHO_LABELS(value), random_below(seed, 1000)); break;
    case 4: tacho_stateset_set_at(rig.states, TACHO_LABELS(value), random_below(seed, 2)); break;
    case 5: tacho_info_set(rig.infos, TACHO_LABELS(value)); break;
    case 6: tacho_counter_inc_at(rig.folded, TACHO_LABELS(value)); break;
    case 7: (void)tacho_counter_remove_at(rig.counts, TACHO_LABELS(value)); break;
    case 8: (void)tacho_histogram_remove_at(rig.times, TACHO_LABELS(value)); break;
    case 9: (void)tacho_stateset_remove_at(rig.states, TACHO_LABELS(value)); break;
    case 10: (void)tacho_counter_remove_at(rig.folded, TACHO_LABELS(random_below(seed, 2) ? value : "_other")); break;
    case 11: (void)tacho_summary_remove_at(rig.sizes, TACHO_LABELS(value)); break;
    case 12: if (random_below(seed, 8) == 0) (void)tacho_info_clear(rig.infos); break;
    default: {
        size_t row = random_below(seed, TACHO_COUNT(rows));
        if (random_below(seed, 8) == 0) (void)tacho_registry_undefine(rig.reg, &rows[row], 1);
        (void)tacho_registry_define(rig.reg, rows, TACHO_COUNT(rows));
    }
    }
}

static void whatever_happens_between_two_reads_every_page_is_valid(void **state)
{
    uint64_t seed = 7;
    (void)state;
    for (int round = 0; round < 300; round++) {
        tacho_format format = (tacho_format)(round % 6);
        tacho_escaping escaping = format == TACHO_TEXT || format == TACHO_OPENMETRICS ? TACHO_UNDERSCORES : TACHO_ALLOW_UTF8;
        char buf[600], why[300] = "";
        struct page page = { malloc(1 << 20), 0, TACHO_OK };
        tacho_scrape *scrape = begin(format);
        for (size_t len = 1; len > 0; page.len += len) {
            for (uint32_t i = random_below(&seed, 4); i > 0; i--) change_one(&seed, letters[random_below(&seed, 10)]);
            len = tacho_scrape_read(scrape, buf, 1 + random_below(&seed, random_below(&seed, 2) ? 30 : sizeof buf));
            assert_true(page.len + len < 1 << 20);
            memcpy(page.data + page.len, buf, len);
        }
        assert_int_equal(tacho_scrape_error(scrape), TACHO_OK);
        page.data[page.len] = '\0';
        if (!valid_page(page.data, page.len, format, escaping, why, sizeof why)) fail_msg("round %d: %s", round, why);
        page_free(&page);
        tacho_scrape_free(scrape);
        tacho__clock_ahead_ns += 3 * SECOND;
    }
}

int main(void)
{
#define WITH_RIG(test) cmocka_unit_test_setup_teardown(test, rig_up, rig_down)
    const struct CMUnitTest tests[] = {
        WITH_RIG(series_that_are_removed_meanwhile_are_written_with_their_last_value),
        WITH_RIG(exemplars_and_native_buckets_are_those_that_the_length_counted_on),
        WITH_RIG(overflow_series_that_are_cleared_meanwhile_are_written),
        WITH_RIG(overflow_series_are_found_again_behind_new_series),
        WITH_RIG(a_family_that_is_taken_out_meanwhile_is_written_to_its_end_and_the_next_ones_go_on),
        WITH_RIG(a_series_behind_thousands_of_removed_ones_is_shown),
        WITH_RIG(a_reader_that_pauses_for_too_long_inside_a_family_is_told_so),
        WITH_RIG(a_reader_that_pauses_often_and_never_for_too_long_gets_the_whole_page),
        WITH_RIG(classic_buckets_are_of_the_same_moment_as_the_native_ones_beside_them),
        WITH_RIG(a_late_pin_does_not_shorten_that_of_another_cursor),
        WITH_RIG(other_formats_may_be_read_as_slowly_as_one_likes),
        WITH_RIG(an_exposition_into_a_sink_that_blocks_for_too_long_is_an_error),
        WITH_RIG(memory_of_removed_series_is_used_again_once_nobody_reads_about_them),
        WITH_RIG(whatever_happens_between_two_reads_every_page_is_valid),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
