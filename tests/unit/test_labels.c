/*
 * test_labels.c - from label values to a series: by string and by slice, through every door, and with values that somebody
 * chose who means harm.
 */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tacho/registry.h>

#include "support/exposition.h"
#include "support/shown.h"

#define BYTES(literal) literal, sizeof(literal) - 1
#define FFFD "\xef\xbf\xbd"
#define SIXTEEN "a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n", "o", "p"

static tacho_counter_vec *one, *two, *sixteen;
static tacho_gauge_vec *levels;
static tacho_histogram_vec *times;
static const tacho_desc rows[] = {
    { .counter_vec = &one, .name = "one_total", .help = "Help.", .labels = { "l" } },
    { .counter_vec = &two, .name = "two_total", .help = "Help.", .labels = { "l", "m" } },
    { .counter_vec = &sixteen, .name = "sixteen_total", .help = "Help.", .labels = { SIXTEEN } },
    { .gauge_vec = &levels, .name = "levels", .help = "Help.", .labels = { "l" } },
    { .histogram_vec = &times, .name = "times", .help = "Help.", .labels = { "l" } },
};

static int open_registry(void **state)
{
    tacho_registry *reg = tacho_registry_new(NULL);
    if (!reg || TACHO_DEFINE(reg, rows) != TACHO_OK) return -1;
    *state = reg;
    return 0;
}

static int close_registry(void **state)
{
    tacho_registry_free(*state);
    return 0;
}

/* One value of so many bytes, copied to the heap exactly, so that a sanitizer sees a byte read too far. */
struct slice {
    char *text;
    size_t len;
};

static struct slice slice_of(const char *text, size_t len)
{
    struct slice slice = { malloc(len ? len : 1), len };
    assert_non_null(slice.text);
    memcpy(slice.text, text, len);
    return slice;
}

static tacho_labels slice_labels(const struct slice *slice)
{
    return TACHO_CAST(tacho_labels, (const char *const *)&slice->text, &slice->len, 1);
}

static void a_series_appears_when_it_is_asked_for_and_every_door_leads_to_it(void **state)
{
    tacho_registry *reg = *state;
    assert_shown(reg, "one_total{l=\"a\"}", NULL);
    tacho_counter *handle = tacho_counter_at(one, TACHO_LABELS("a"));
    assert_shown(reg, "one_total{l=\"a\"}", "0");
    assert_ptr_equal(tacho_counter_at(one, TACHO_LABELS("a")), handle);
    tacho_counter_inc(handle);
    tacho_counter_inc_at(one, TACHO_LABELS("a"));
    tacho_counter_add_at(one, TACHO_LABELS("a"), 3);
    tacho_counter_inc_at(tacho_counter_bind(one, TACHO_LABELS("a")), TACHO_NO_LABELS);
    assert_shown(reg, "one_total{l=\"a\"}", "6");
    assert_true(tacho_counter_value(handle) == 6);

    tacho_gauge *level = tacho_gauge_at(levels, TACHO_LABELS("a"));
    tacho_gauge_set_at(levels, TACHO_LABELS("a"), 10);
    tacho_gauge_add_at(levels, TACHO_LABELS("a"), -3);
    tacho_gauge_inc(level);
    tacho_gauge_add_at(tacho_gauge_bind(levels, TACHO_LABELS("a")), TACHO_NO_LABELS, 0.5);
    assert_shown(reg, "levels{l=\"a\"}", "8.5");

    tacho_histogram *histogram = tacho_histogram_at(times, TACHO_LABELS("a"));
    tacho_histogram_observe(histogram, 1);
    tacho_histogram_observe_at(times, TACHO_LABELS("a"), 2);
    tacho_histogram_observe_at(tacho_histogram_bind(times, TACHO_LABELS("a")), TACHO_NO_LABELS, 3);
    assert_shown(reg, "times_count{l=\"a\"}", "3");
    assert_shown(reg, "times_sum{l=\"a\"}", "6");
}

static void values_that_join_alike_are_different_series(void **state)
{
    tacho_registry *reg = *state;
    static const char *const pairs[][2] = {
        { "ab", "c" }, { "a", "bc" }, { "abc", "" }, { "", "abc" }, { "c", "ab" }, { "", "" },
        { "a", "b" }, { "b", "a" }, { "aa", "" }, { "", "aa" }, { "a\",m=\"b", "" }, { "a,b", "c" }, { "a", "b,c" },
    };
    for (size_t i = 0; i < TACHO_COUNT(pairs); i++)
        tacho_counter_add_at(two, TACHO_LABELS(pairs[i][0], pairs[i][1]), 1 + i);
    struct exposition *page = exposition_read(reg);
    assert_int_equal(exposition_count(page, "two_total"), TACHO_COUNT(pairs));
    assert_true(exposition_value(page, "two_total{l=\"ab\",m=\"c\"}") == 1);
    assert_true(exposition_value(page, "two_total{l=\"a\",m=\"bc\"}") == 2);
    assert_true(exposition_value(page, "two_total{l=\"a\\\",m=\\\"b\",m=\"\"}") == 11);
    exposition_free(page);
    for (size_t i = 0; i < TACHO_COUNT(pairs); i++)
        assert_true(tacho_counter_value(tacho_counter_at(two, TACHO_LABELS(pairs[i][0], pairs[i][1]))) == (double)(1 + i));
}

static void sixteen_labels_each_tell_series_apart(void **state)
{
    tacho_registry *reg = *state;
    const char *values[16] = { SIXTEEN };
    for (int i = -1; i < 16; i++) {
        const char *before = i < 0 ? NULL : values[i];
        if (i >= 0) values[i] = "changed";
        tacho_counter_add_at(sixteen, TACHO_CAST(tacho_labels, values, NULL, 16), (uint64_t)(i + 2));
        if (i >= 0) values[i] = before;
    }
    struct exposition *page = exposition_read(reg);
    assert_int_equal(exposition_count(page, "sixteen_total"), 17);
    exposition_free(page);
#define FIFTEEN_AS_THEY_WERE                                                                          \
    "sixteen_total{a=\"a\",b=\"b\",c=\"c\",d=\"d\",e=\"e\",f=\"f\",g=\"g\",h=\"h\",i=\"i\",j=\"j\",k=\"k\"," \
    "l=\"l\",m=\"m\",n=\"n\",o=\"o\","
    assert_shown(reg, FIFTEEN_AS_THEY_WERE "p=\"p\"}", "1");
    assert_shown(reg, FIFTEEN_AS_THEY_WERE "p=\"changed\"}", "17");
}

static void a_slice_and_a_string_of_the_same_bytes_are_the_same_series(void **state)
{
    tacho_registry *reg = *state;
    char text[80];
    for (size_t len = 0; len < sizeof text; len++) {
        memset(text, 'x', sizeof text);
        text[len] = '\0';
        struct slice slice = slice_of(text, len);
        tacho_counter *by_string = tacho_counter_at(one, TACHO_LABELS(text));
        assert_ptr_equal(tacho_counter_at(one, slice_labels(&slice)), by_string);
        tacho_counter_inc_at(one, slice_labels(&slice));
        tacho_counter_inc_at(tacho_counter_bind(one, slice_labels(&slice)), TACHO_NO_LABELS);
        assert_true(tacho_counter_value(by_string) == 2);
        free(slice.text);
    }
    struct exposition *page = exposition_read(reg);
    assert_int_equal(exposition_count(page, "one_total"), sizeof text);
    exposition_free(page);
}

static void slices_out_of_the_middle_of_a_text_are_taken_as_they_are(void **state)
{
    tacho_registry *reg = *state;
    static const char request[] = "GET /index.html HTTP/1.1";
    const char *values[] = { request, request + 4 };
    static const size_t lengths[] = { 3, 11 };
    tacho_counter_inc_at(two, TACHO_CAST(tacho_labels, values, lengths, 2));
    tacho_counter_inc_at(two, TACHO_LABELS("GET", "/index.html"));
    assert_shown(reg, "two_total{l=\"GET\",m=\"/index.html\"}", "2");
}

static void an_empty_slice_may_have_no_address(void **state)
{
    tacho_registry *reg = *state;
    const char *values[] = { NULL };
    static const size_t lengths[] = { 0 };
    tacho_counter_inc_at(one, TACHO_CAST(tacho_labels, values, lengths, 1));
    tacho_counter_inc_at(one, TACHO_LABELS(""));
    assert_shown(reg, "one_total{l=\"\"}", "2");
    assert_true(shown_misuse(reg, "null_label") == 0);
}

/* Each differs from its neighbour in one byte, at every place that a comparison in words could leave out. */
static void values_that_differ_in_one_byte_are_different_series(void **state)
{
    tacho_registry *reg = *state;
    static tacho_counter_vec *close_ones;
    static const tacho_desc row = { .counter_vec = &close_ones, .name = "close_total", .help = "Help.",
                                    .labels = { "l" }, .max_series = 100000 };
    size_t series = 0;
    assert_int_equal(tacho_registry_define(reg, &row, 1), TACHO_OK);
    for (size_t len = 1; len <= 70; len++)
        for (size_t at = 0; at <= len; at++) {
            char text[72];
            memset(text, 'x', sizeof text);
            if (at < len) text[at] = 'y';
            text[len] = '\0';
            tacho_counter_inc_at(close_ones, TACHO_LABELS(text));
            series++;
        }
    struct exposition *page = exposition_read(reg);
    assert_int_equal(exposition_count(page, "close_total"), series);
    assert_true(exposition_sum(page, "close_total") == (double)series);
    exposition_free(page);
}

/* ---- Hostile values ----------------------------------------------------------------------------------------- */

static const struct hostile {
    const char *in;
    size_t len;
    const char *shown; /* as it stands between the quotes */
    size_t shown_len;
    bool repaired;
} hostiles[] = {
    { BYTES(""), BYTES(""), false },
    { BYTES("\""), BYTES("\\\""), false },
    { BYTES("\\"), BYTES("\\\\"), false },
    { BYTES("\n"), BYTES("\\n"), false },
    { BYTES("\\n"), BYTES("\\\\n"), false },
    { BYTES("a\"} 1\nevil_total 2\n"), BYTES("a\\\"} 1\\nevil_total 2\\n"), false },
    { BYTES("\"\\\n\"\\\n\"\\\n"), BYTES("\\\"\\\\\\n\\\"\\\\\\n\\\"\\\\\\n"), false },
    { BYTES("{},= #\t\r'"), BYTES("{},= #\t\r'"), false },
    { BYTES("\x01\x02\x1b[31m\x7f"), BYTES("\x01\x02\x1b[31m\x7f"), false },
    { BYTES("\0"), BYTES("\0"), false },
    { BYTES("a\0b"), BYTES("a\0b"), false },
    { BYTES("a\0"), BYTES("a\0"), false },
    { BYTES("caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80 \xf4\x8f\xbf\xbf"),
      BYTES("caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80 \xf4\x8f\xbf\xbf"), false },
    { BYTES(FFFD), BYTES(FFFD), false },
    { BYTES("\x80"), BYTES(FFFD), true },                                /* goes on from nothing */
    { BYTES("caf\xe9"), BYTES("caf" FFFD), true },                       /* Latin-1 */
    { BYTES("\xff\xfe"), BYTES(FFFD FFFD), true },
    { BYTES("\xc0\xaf"), BYTES(FFFD FFFD), true },                       /* overlong */
    { BYTES("\xe0\x80\xaf"), BYTES(FFFD FFFD FFFD), true },
    { BYTES("\xf0\x80\x80\xaf"), BYTES(FFFD FFFD FFFD FFFD), true },
    { BYTES("\xed\xa0\x80"), BYTES(FFFD FFFD FFFD), true },              /* a surrogate */
    { BYTES("\xf4\x90\x80\x80"), BYTES(FFFD FFFD FFFD FFFD), true },     /* above U+10FFFF */
    { BYTES("\xf8\x88\x80\x80\x80"), BYTES(FFFD FFFD FFFD FFFD FFFD), true },
    { BYTES("x\xc3"), BYTES("x" FFFD), true },                           /* cut off */
    { BYTES("y\xe2\x82"), BYTES("y" FFFD), true },
    { BYTES("z\xf0\x9f\x98"), BYTES("z" FFFD), true },
    { BYTES("\xe2\x82\""), BYTES(FFFD "\\\""), true },                   /* cut off before what must be escaped */
    { BYTES("\xc3\n\xc3\\"), BYTES(FFFD "\\n" FFFD "\\\\"), true },
    { BYTES("\x80\0\x80"), BYTES(FFFD "\0" FFFD), true },
};

static bool shows_value(tacho_registry *reg, const struct hostile *row, int value)
{
    char line[256];
    size_t len = (size_t)snprintf(line, sizeof line, "one_total{l=\"");
    memcpy(line + len, row->shown, row->shown_len);
    len += row->shown_len;
    len += (size_t)snprintf(line + len, sizeof line - len, "\"} %d", value);
    return shown_line(reg, line, len);
}

static void hostile_values_are_shown_escaped_or_repaired_and_found_again_through_every_door(void **state)
{
    tacho_registry *reg = *state;
    static const char series[] = "tacho_label_values_repaired_total{reason=\"invalid_utf8\"}";
    for (size_t i = 0; i < TACHO_COUNT(hostiles); i++) {
        const struct hostile *row = &hostiles[i];
        struct slice slice = slice_of(row->in, row->len);
        double before = shown_value(reg, series);
        tacho_counter *handle = tacho_counter_at(one, slice_labels(&slice));
        tacho_counter_inc(handle);
        tacho_counter_inc_at(one, slice_labels(&slice));
        tacho_counter_inc_at(tacho_counter_bind(one, slice_labels(&slice)), TACHO_NO_LABELS);
        assert_ptr_equal(tacho_counter_at(one, slice_labels(&slice)), handle);
        if (!shows_value(reg, row, 3)) fail_msg("row %zu is not shown as it should be", i);
        exposition_free(exposition_read(reg));
        assert_true(shown_value(reg, series) == before + (row->repaired ? 4 : 0)); /* each time it came in */
        assert_int_equal(tacho_counter_remove_at(one, slice_labels(&slice)), TACHO_OK);
        assert_int_equal(tacho_counter_remove_at(one, slice_labels(&slice)), TACHO_ERR_MISSING);
        assert_int_equal(tacho_counter_remove_matching(one, slice_labels(&slice)), 0);
        assert_false(shows_value(reg, row, 3));
        free(slice.text);
    }
    assert_shown(reg, "tacho_series", "0");
}

static void all_hostile_values_at_once_leave_the_exposition_valid(void **state)
{
    tacho_registry *reg = *state;
    for (size_t i = 0; i < TACHO_COUNT(hostiles); i++)
        for (size_t k = 0; k < TACHO_COUNT(hostiles); k++) {
            struct slice pair[2] = { slice_of(hostiles[i].in, hostiles[i].len), slice_of(hostiles[k].in, hostiles[k].len) };
            const char *values[] = { pair[0].text, pair[1].text };
            const size_t lengths[] = { pair[0].len, pair[1].len };
            tacho_counter_inc_at(two, TACHO_CAST(tacho_labels, values, lengths, 2));
            free(pair[0].text);
            free(pair[1].text);
        }
    struct exposition *page = exposition_read(reg);
    assert_true(exposition_sum(page, "two_total") == (double)(TACHO_COUNT(hostiles) * TACHO_COUNT(hostiles)));
    exposition_free(page);
}

/* ---- Long values -------------------------------------------------------------------------------------------- */

static void assert_repaired(tacho_registry *reg, const char *utf8, const char *too_long)
{
    assert_shown(reg, "tacho_label_values_repaired_total{reason=\"invalid_utf8\"}", utf8);
    assert_shown(reg, "tacho_label_values_repaired_total{reason=\"too_long\"}", too_long);
}

/* The value of the only series of family one_total. */
static void only_value(tacho_registry *reg, char *out, size_t cap)
{
    struct exposition *page = exposition_read(reg);
    const struct exposition_family *family = exposition_family(page, "one_total");
    assert_int_equal(family->count, 1);
    const char *labels = page->samples[family->first].labels;
    size_t len = strlen(labels);
    assert_true(len >= 4 && len - 4 < cap && memcmp(labels, "l=\"", 3) == 0);
    memcpy(out, labels + 3, len - 4);
    out[len - 4] = '\0';
    exposition_free(page);
}

static void a_value_of_1024_bytes_is_whole_and_one_of_1025_is_cut_and_marked(void **state)
{
    tacho_registry *reg = *state;
    char text[TACHO_MAX_LABEL_BYTES + 2], shown[TACHO_MAX_LABEL_BYTES + 2];
    memset(text, 'v', sizeof text);
    text[TACHO_MAX_LABEL_BYTES] = '\0';
    tacho_counter_inc_at(one, TACHO_LABELS(text));
    only_value(reg, shown, sizeof shown);
    assert_string_equal(shown, text);
    assert_repaired(reg, "0", "0");
    assert_int_equal(tacho_counter_clear(one), TACHO_OK);

    text[TACHO_MAX_LABEL_BYTES] = 'v';
    text[TACHO_MAX_LABEL_BYTES + 1] = '\0';
    tacho_counter_inc_at(one, TACHO_LABELS(text));
    only_value(reg, shown, sizeof shown);
    assert_int_equal(strlen(shown), TACHO_MAX_LABEL_BYTES);
    assert_memory_equal(shown, text, TACHO_MAX_LABEL_BYTES - 16);
    assert_int_equal(strspn(shown + TACHO_MAX_LABEL_BYTES - 16, "0123456789abcdef"), 16);
    assert_repaired(reg, "0", "1");
}

static void long_values_that_differ_only_at_the_end_stay_different_series(void **state)
{
    tacho_registry *reg = *state;
    static char text[3000];
    for (int i = 0; i < 26; i++) {
        memset(text, 'v', sizeof text - 1);
        text[sizeof text - 2] = (char)('a' + i);
        tacho_counter_add_at(one, TACHO_LABELS(text), (uint64_t)(i + 1));
        tacho_counter_inc_at(one, TACHO_LABELS(text));
    }
    struct exposition *page = exposition_read(reg);
    assert_int_equal(exposition_count(page, "one_total"), 26);
    assert_true(exposition_sum(page, "one_total") == 27 * 26 / 2 + 26);
    exposition_free(page);
    assert_repaired(reg, "0", "52");
}

static void a_value_of_one_mebibyte_costs_no_more_than_its_beginning(void **state)
{
    tacho_registry *reg = *state;
    size_t len = 1 << 20, before;
    char *text = malloc(len + 1);
    assert_non_null(text);
    memset(text, 'm', len);
    text[len] = '\0';
    before = tacho_registry_memory(reg, NULL);
    tacho_counter_inc_at(one, TACHO_LABELS(text));
    assert_true(tacho_registry_memory(reg, NULL) - before < 8192);
    struct slice slice = { text, len };
    tacho_counter_inc_at(one, slice_labels(&slice));
    text[len - 1] = 'n';
    tacho_counter_inc_at(one, TACHO_LABELS(text));
    text[0] = '\xff'; /* repaired in front, cut behind */
    tacho_counter_inc_at(one, TACHO_LABELS(text));
    memset(text, '\xff', len);
    tacho_counter_inc_at(one, TACHO_LABELS(text));
    memset(text, '"', len); /* every byte needs two */
    tacho_counter_inc_at(one, TACHO_LABELS(text));
    tacho_counter *bound = tacho_counter_at(tacho_counter_bind(one, TACHO_LABELS(text)), TACHO_NO_LABELS);
    assert_true(tacho_counter_value(bound) == 1);
    assert_int_equal(tacho_counter_remove_at(one, TACHO_LABELS(text)), TACHO_OK);
    struct exposition *page = exposition_read(reg);
    assert_int_equal(exposition_count(page, "one_total"), 4);
    assert_true(exposition_sum(page, "one_total") == 5);
    exposition_free(page);
    free(text);
    assert_repaired(reg, "2", "8");
}

static void a_cut_never_splits_a_code_point(void **state)
{
    tacho_registry *reg = *state;
    static const char *const points[] = { "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80" };
    for (size_t kind = 0; kind < TACHO_COUNT(points); kind++)
        for (size_t shift = 0; shift < 4; shift++) {
            char text[2048] = "aaa", shown[TACHO_MAX_LABEL_BYTES + 2];
            size_t size = strlen(points[kind]), at = shift;
            for (; at + size < sizeof text - 1; at += size) memcpy(text + at, points[kind], size);
            text[at] = '\0';
            tacho_counter_inc_at(one, TACHO_LABELS(text));
            only_value(reg, shown, sizeof shown); /* read strictly: it is valid UTF-8 */
            size_t kept = strlen(shown) - 16;
            assert_in_range(kept, TACHO_MAX_LABEL_BYTES - 16 - 3, TACHO_MAX_LABEL_BYTES - 16);
            assert_int_equal((kept - shift) % size, 0);
            assert_memory_equal(shown, text, kept);
            assert_int_equal(tacho_counter_clear(one), TACHO_OK);
        }
}

static void a_value_that_only_its_repair_makes_too_long_is_cut_as_well(void **state)
{
    tacho_registry *reg = *state;
    char text[401], shown[TACHO_MAX_LABEL_BYTES + 2];
    memset(text, '\xff', 400);
    text[400] = '\0';
    tacho_counter_inc_at(one, TACHO_LABELS(text));
    only_value(reg, shown, sizeof shown);
    assert_int_equal(strlen(shown), 1008 + 16); /* 336 times U+FFFD, and the hash */
    assert_repaired(reg, "1", "1");
}

/* ---- Misuse ------------------------------------------------------------------------------------------------- */

static void what_is_no_label_set_counts_nowhere_and_is_counted(void **state)
{
    tacho_registry *reg = *state;
    const char *values[] = { "a", NULL };
    static const size_t lengths[] = { 1, 1 };
    tacho_counter *handles[] = {
        tacho_counter_at(two, TACHO_NO_LABELS),
        tacho_counter_at(two, TACHO_LABELS("a")),
        tacho_counter_at(two, TACHO_LABELS("a", "b", "c")),
        tacho_counter_at(two, TACHO_CAST(tacho_labels, NULL, NULL, 2)),
        tacho_counter_at(two, TACHO_CAST(tacho_labels, values, NULL, SIZE_MAX)),
        tacho_counter_at(two, TACHO_LABELS("a", NULL)),
        tacho_counter_at(two, TACHO_LABELS(NULL, NULL)),
        tacho_counter_at(two, TACHO_CAST(tacho_labels, values, lengths, 2)),
    };
    for (size_t i = 0; i < TACHO_COUNT(handles); i++) {
        assert_non_null(handles[i]);
        tacho_counter_add(handles[i], 1000);
    }
    assert_true(shown_misuse(reg, "label_count") == 5);
    assert_true(shown_misuse(reg, "null_label") == 3);
    struct exposition *page = exposition_read(reg);
    assert_int_equal(exposition_count(page, "two_total"), 0);
    exposition_free(page);

    tacho_gauge_set(tacho_gauge_at(levels, TACHO_LABELS("a", "b")), 1);
    tacho_gauge_set_at(levels, TACHO_LABELS(NULL), 1);
    tacho_histogram_observe(tacho_histogram_at(times, TACHO_NO_LABELS), 1);
    tacho_histogram_observe_at(times, TACHO_LABELS(NULL), 1);
    assert_true(shown_misuse(reg, "label_count") == 7);
    assert_true(shown_misuse(reg, "null_label") == 5);
    assert_shown(reg, "tacho_series", "0");
}

int main(void)
{
#define LABELS_TEST(name) cmocka_unit_test_setup_teardown(name, open_registry, close_registry)
    const struct CMUnitTest labels[] = {
        LABELS_TEST(a_series_appears_when_it_is_asked_for_and_every_door_leads_to_it),
        LABELS_TEST(values_that_join_alike_are_different_series),
        LABELS_TEST(sixteen_labels_each_tell_series_apart),
        LABELS_TEST(a_slice_and_a_string_of_the_same_bytes_are_the_same_series),
        LABELS_TEST(slices_out_of_the_middle_of_a_text_are_taken_as_they_are),
        LABELS_TEST(an_empty_slice_may_have_no_address),
        LABELS_TEST(values_that_differ_in_one_byte_are_different_series),
        LABELS_TEST(hostile_values_are_shown_escaped_or_repaired_and_found_again_through_every_door),
        LABELS_TEST(all_hostile_values_at_once_leave_the_exposition_valid),
        LABELS_TEST(a_value_of_1024_bytes_is_whole_and_one_of_1025_is_cut_and_marked),
        LABELS_TEST(long_values_that_differ_only_at_the_end_stay_different_series),
        LABELS_TEST(a_value_of_one_mebibyte_costs_no_more_than_its_beginning),
        LABELS_TEST(a_cut_never_splits_a_code_point),
        LABELS_TEST(a_value_that_only_its_repair_makes_too_long_is_cut_as_well),
        LABELS_TEST(what_is_no_label_set_counts_nowhere_and_is_counted),
    };
    return cmocka_run_group_tests(labels, NULL, NULL);
}
