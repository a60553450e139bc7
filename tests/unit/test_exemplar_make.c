/*
 * test_exemplar_make.c - what an exemplar may be: its pairs, their length in code points, its time.
 */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "exemplar.h"

#define NOW_MS 1700000000123u

static bool make(struct tacho__exemplar *out, const tacho_pair *pairs, size_t count, double timestamp)
{
    tacho_exemplar in = { pairs, count, timestamp };
    memset(out, 'Z', sizeof *out);
    return tacho__exemplar_make(out, &in, 1.5, NOW_MS);
}

static bool make_pair(const char *name, const char *value)
{
    struct tacho__exemplar exemplar;
    return make(&exemplar, (tacho_pair[]){ { name, value } }, 1, 0);
}

/* `count` times the same text. */
static char *repeated(const char *text, size_t count)
{
    size_t len = strlen(text);
    char *out = malloc(len * count + 1);
    assert_non_null(out);
    for (size_t i = 0; i < count; i++) memcpy(out + i * len, text, len);
    out[len * count] = '\0';
    return out;
}

static void names_and_values_together_take_up_to_128_code_points_however_long(void **state)
{
    (void)state;
    static const char *const points[] = { "x", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80", "\xf4\x8f\xbf\xbf" };
    for (size_t i = 0; i < TACHO_COUNT(points); i++) {
        for (size_t extra = 0; extra < 3; extra++) {
            char *value = repeated(points[i], 100 + extra), *other = repeated(points[i], 20);
            struct tacho__exemplar exemplar;
            tacho_pair pairs[] = { { "trace", value }, { "abc", other } };
            if (make(&exemplar, pairs, 2, 0) != (extra == 0)) fail_msg("row %zu, %zu too many", i, extra);
            pairs[1].value = "";
            assert_true(make(&exemplar, pairs, 2, 0));
            pairs[0].value = "", pairs[1].value = value;
            assert_true(make(&exemplar, pairs, 2, 0));
            free(value);
            free(other);
        }
        char *longest = repeated(points[i], 127), *longer = repeated(points[i], 128), *huge = repeated(points[i], 5000);
        assert_true(make_pair("n", longest));
        assert_false(make_pair("n", longer));
        assert_false(make_pair("nn", longest));
        assert_false(make_pair("n", huge));
        free(longest);
        free(longer);
        free(huge);
    }
}

static void every_length_is_judged_by_its_code_points(void **state)
{
    (void)state;
    static const char *const points[] = { "x", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80" };
    for (size_t i = 0; i < TACHO_COUNT(points); i++) {
        for (size_t count = 0; count < 1100; count++) {
            char *value = repeated(points[i], count);
            struct { struct tacho__exemplar exemplar; uint64_t behind; } room = { .behind = 7 };
            tacho_pair pairs[] = { { "n", value }, { "mm", "" } };
            if (make(&room.exemplar, pairs, 1, 0) != (count < 128)) fail_msg("row %zu, %zu times", i, count);
            assert_true(count >= 128 || room.exemplar.len == count * strlen(points[i]) + 3);
            if (make(&room.exemplar, pairs, 2, 0) != (count < 126)) fail_msg("row %zu, %zu times, and two", i, count);
            assert_true(room.behind == 7);
            free(value);
        }
    }
}

static void names_count_against_the_limit(void **state)
{
    (void)state;
    char *name = repeated("n", 128), *longer = repeated("n", 129), *huge = repeated("n", 100000);
    assert_true(make_pair(name, ""));
    assert_false(make_pair(name, "v"));
    assert_false(make_pair(longer, ""));
    assert_false(make_pair(huge, ""));
    struct tacho__exemplar exemplar;
    assert_false(make(&exemplar, (tacho_pair[]){ { name, "" }, { "m", "" } }, 2, 0));
    free(name);
    free(longer);
    free(huge);
}

static void names_are_those_of_labels(void **state)
{
    (void)state;
    static const char *const good[] = { "a", "Z", "_", "a0", "_9", "__x", "trace_id", "AZaz_09" };
    static const char *const bad[] = { "", "0", "9a", "a-b", "a:b", ":", "a.b", "a b", " a", "a ", "a\n", "\xc3\xa9",
                                       "a\xff", "a@", "a[", "a`", "a{", "a/" };
    for (size_t i = 0; i < TACHO_COUNT(good); i++)
        if (!make_pair(good[i], "v")) fail_msg("'%s'", good[i]);
    for (size_t i = 0; i < TACHO_COUNT(bad); i++)
        if (make_pair(bad[i], "v")) fail_msg("'%s'", bad[i]);
}

static void values_are_well_formed_utf8(void **state)
{
    (void)state;
    static const char *const good[] = { "", "a", "\"\\\n\t\x01", "caf\xc3\xa9", "\xef\xbf\xbd" };
    static const char *const bad[] = { "\x80", "caf\xe9", "\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "ab\xe2\x82",
                                       "\xff" };
    for (size_t i = 0; i < TACHO_COUNT(good); i++)
        if (!make_pair("n", good[i])) fail_msg("good %zu", i);
    for (size_t i = 0; i < TACHO_COUNT(bad); i++)
        if (make_pair("n", bad[i])) fail_msg("bad %zu", i);
}

static void a_name_comes_once(void **state)
{
    (void)state;
    static const struct { tacho_pair pairs[4]; bool want; } table[] = {
        { { { "a", "1" }, { "b", "1" }, { "c", "1" }, { "d", "1" } }, true },
        { { { "a", "b" }, { "b", "a" }, { "aa", "a" }, { "ab", "b" } }, true },
        { { { "a", "1" }, { "A", "1" }, { "a_", "1" }, { "_a", "1" } }, true },
        { { { "a", "1" }, { "a", "2" }, { "c", "1" }, { "d", "1" } }, false },
        { { { "a", "1" }, { "b", "1" }, { "c", "1" }, { "a", "1" } }, false },
        { { { "a", "1" }, { "b", "1" }, { "c", "1" }, { "c", "2" } }, false },
    };
    for (size_t i = 0; i < TACHO_COUNT(table); i++) {
        struct tacho__exemplar exemplar;
        if (make(&exemplar, table[i].pairs, 4, 0) != table[i].want) fail_msg("row %zu", i);
    }
}

static void what_is_null_is_refused_where_it_counts(void **state)
{
    (void)state;
    struct tacho__exemplar exemplar;
    assert_false(make_pair(NULL, "v"));
    assert_false(make_pair("n", NULL));
    assert_false(make(&exemplar, (tacho_pair[]){ { "a", "1" }, { NULL, "2" } }, 2, 0));
    assert_false(make(&exemplar, (tacho_pair[]){ { "a", "1" }, { "b", NULL } }, 2, 0));
    assert_false(make(&exemplar, NULL, 1, 0));
    assert_true(make(&exemplar, NULL, 0, 0));
    assert_int_equal(exemplar.len, 0);
    assert_true(make(&exemplar, (tacho_pair[]){ { NULL, NULL } }, 0, 0));
    size_t at = 0;
    struct tacho__exemplar_pair pair;
    assert_false(tacho__exemplar_next(&exemplar, &at, &pair));
}

static void times_are_kept_to_the_millisecond_from_1970_to_9999(void **state)
{
    (void)state;
    static const struct { double in; bool good; uint64_t want; } table[] = {
        { 0, true, NOW_MS },
        { -0.0, true, NOW_MS },
        { 0.001, true, 1 },
        { 1, true, 1000 },
        { 1.0004, true, 1000 },
        { 1.0006, true, 1001 },
        { 1700000000.25, true, 1700000000250 },
        { 1700000000.999, true, 1700000000999 },
        { 253402300799, true, 253402300799000 },
        { 253402300800, false, 0 },
        { 1e300, false, 0 },
        { -0.001, false, 0 },
        { -1, false, 0 },
        { (double)INFINITY, false, 0 },
        { -(double)INFINITY, false, 0 },
        { (double)NAN, false, 0 },
    };
    for (size_t i = 0; i < TACHO_COUNT(table); i++) {
        struct tacho__exemplar exemplar;
        bool good = make(&exemplar, NULL, 0, table[i].in);
        if (good != table[i].good || (good && exemplar.time_ms != table[i].want)) fail_msg("row %zu", i);
    }
}

static void pairs_are_walked_in_the_order_in_which_they_came(void **state)
{
    (void)state;
    static const tacho_pair pairs[] = { { "trace_id", "4bf92f3577b34da6" }, { "empty", "" }, { "z", "\xc3\xa9\n\"" },
                                        { "a", "0" } };
    struct tacho__exemplar exemplar;
    struct tacho__exemplar_pair pair;
    assert_true(make(&exemplar, pairs, TACHO_COUNT(pairs), 2));
    assert_true(exemplar.value == 1.5 && exemplar.time_ms == 2000);
    size_t at = 0, count = 0;
    while (tacho__exemplar_next(&exemplar, &at, &pair)) {
        assert_true(count < TACHO_COUNT(pairs));
        assert_string_equal(pair.name, pairs[count].name);
        assert_string_equal(pair.value, pairs[count].value);
        assert_int_equal(pair.name_len, strlen(pairs[count].name));
        assert_int_equal(pair.value_len, strlen(pairs[count].value));
        count++;
    }
    assert_int_equal(count, TACHO_COUNT(pairs));
    assert_false(tacho__exemplar_next(&exemplar, &at, &pair));
}

static void as_many_pairs_fit_as_have_different_names(void **state)
{
    (void)state;
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_";
    char names[90][3];
    tacho_pair pairs[90];
    for (size_t i = 0; i < 90; i++) {
        (void)snprintf(names[i], sizeof names[i], i < 53 ? "%c" : "%c0", letters[i % 53]);
        pairs[i] = (tacho_pair){ names[i], "" };
    }
    struct tacho__exemplar exemplar;
    struct tacho__exemplar_pair pair;
    assert_true(make(&exemplar, pairs, 90, 0)); /* 53 names of one code point, 37 of two */
    size_t at = 0, count = 0;
    while (tacho__exemplar_next(&exemplar, &at, &pair)) assert_string_equal(pair.name, names[count++]);
    assert_int_equal(count, 90);
    pairs[0].value = "v";
    assert_true(make(&exemplar, pairs, 90, 0));
    pairs[1].value = "v";
    assert_false(make(&exemplar, pairs, 90, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_and_values_together_take_up_to_128_code_points_however_long),
        cmocka_unit_test(every_length_is_judged_by_its_code_points),
        cmocka_unit_test(names_count_against_the_limit),
        cmocka_unit_test(names_are_those_of_labels),
        cmocka_unit_test(values_are_well_formed_utf8),
        cmocka_unit_test(a_name_comes_once),
        cmocka_unit_test(what_is_null_is_refused_where_it_counts),
        cmocka_unit_test(times_are_kept_to_the_millisecond_from_1970_to_9999),
        cmocka_unit_test(pairs_are_walked_in_the_order_in_which_they_came),
        cmocka_unit_test(as_many_pairs_fit_as_have_different_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
