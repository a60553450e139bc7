/*
 * test_spell.c - names in the escaping schemes (Prometheus, "Escaping schemes"), one code point at a time.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <tacho/expose.h>

#include "spell.h"

_Static_assert((int)TACHO__UNDERSCORES == (int)TACHO_UNDERSCORES && (int)TACHO__DOTS == (int)TACHO_DOTS &&
                   (int)TACHO__VALUES == (int)TACHO_VALUES && (int)TACHO__UTF8 == (int)TACHO_ALLOW_UTF8,
               "a scrape's escaping is a scheme");

/* A name and its four spellings. */
struct spelled {
    const char *name, *underscores, *dots, *values;
};

/* Spell, and see that measuring says the same, that nothing is written behind the end, and that only `len` bytes are
 * read: both are heap blocks of the very length. */
static void check(const char *name, size_t len, enum tacho__name_kind kind, enum tacho__scheme scheme, const char *want)
{
    char *in = malloc(len + !len);
    assert_non_null(in);
    memcpy(in, name, len);
    size_t measured = tacho__spell(NULL, in, len, kind, scheme);
    char *out = malloc(measured + 1);
    assert_non_null(out);
    out[measured] = '$';
    size_t written = tacho__spell(out, in, len, kind, scheme);
    if (written != measured || out[measured] != '$' || measured != strlen(want) || memcmp(out, want, measured) != 0)
        fail_msg("'%.*s' in scheme %d: '%.*s' (%zu, measured %zu), want '%s'", (int)len, name, (int)scheme, (int)measured,
                 out, written, measured, want);
    free(out);
    free(in);
}

static void check_all(const struct spelled *row, enum tacho__name_kind kind)
{
    size_t len = strlen(row->name);
    check(row->name, len, kind, TACHO__UNDERSCORES, row->underscores);
    check(row->name, len, kind, TACHO__DOTS, row->dots);
    check(row->name, len, kind, TACHO__VALUES, row->values);
    check(row->name, len, kind, TACHO__UTF8, row->name);
}

/* ---- The table --------------------------------------------------------------------------------------------- */

static void each_character_is_escaped_as_the_table_of_its_scheme_says(void **state)
{
    static const struct spelled rows[] = {
        { "my.metric/\xce\xb1", "my_metric__", "my_dot_metric____", "U__my_2e_metric_2f__3b1_" },
        { "a.b", "a_b", "a_dot_b", "U__a_2e_b" },
        { "a.b_total", "a_b_total", "a_dot_b__total", "U__a_2e_b__total" },
        { ".", "_", "_dot_", "U___2e_" },
        { "..", "__", "_dot__dot_", "U___2e__2e_" },
        { "_.", "__", "___dot_", "U_____2e_" },
        { " ", "_", "__", "U___20_" },
        { "-", "_", "__", "U___2d_" },
        { "a b", "a_b", "a__b", "U__a_20_b" },
        { "a\"b\\c\nd", "a_b_c_d", "a__b__c__d", "U__a_22_b_5c_c_a_d" },
        { "\x01", "_", "__", "U___1_" },
        { "\x7f", "_", "__", "U___7f_" },
        { "http.status_code", "http_status_code", "http_dot_status__code", "U__http_2e_status__code" },
        { "U__a.b", "U__a_b", "U____a_dot_b", "U__U____a_2e_b" },
        { "Az09.", "Az09_", "Az09_dot_", "U__Az09_2e_" },
    };
    (void)state;
    for (size_t i = 0; i < TACHO_COUNT(rows); i++) {
        check_all(&rows[i], TACHO__NAME_FAMILY);
        check_all(&rows[i], TACHO__NAME_LABEL);
    }
}

static void a_digit_is_illegal_in_first_place_only(void **state)
{
    static const struct spelled rows[] = {
        { "1", "_", "__", "U___31_" },
        { "0a", "_a", "__a", "U___30_a" },
        { "9.9", "__9", "___dot_9", "U___39__2e_9" },
        { "a.0", "a_0", "a_dot_0", "U__a_2e_0" },
    };
    static const struct spelled after[] = { { "a0", "a0", "a0", "a0" }, { "_1", "_1", "_1", "_1" } };
    (void)state;
    for (size_t i = 0; i < TACHO_COUNT(rows); i++) {
        check_all(&rows[i], TACHO__NAME_FAMILY);
        check_all(&rows[i], TACHO__NAME_LABEL);
        assert_false(tacho__name_is_plain(rows[i].name, strlen(rows[i].name), TACHO__NAME_FAMILY));
    }
    for (size_t i = 0; i < TACHO_COUNT(after); i++) {
        check_all(&after[i], TACHO__NAME_LABEL);
        assert_true(tacho__name_is_plain(after[i].name, strlen(after[i].name), TACHO__NAME_LABEL));
    }
}

static void a_colon_is_legal_in_names_of_families_and_in_no_other(void **state)
{
    static const struct spelled family[] = {
        { "a:b", "a:b", "a:b", "a:b" },
        { ":", ":", ":", ":" },
        { ":a.b", ":a_b", ":a_dot_b", "U__:a_2e_b" },
    };
    static const struct spelled label[] = {
        { "a:b", "a_b", "a__b", "U__a_3a_b" },
        { ":", "_", "__", "U___3a_" },
        { ":a.b", "_a_b", "__a_dot_b", "U___3a_a_2e_b" },
    };
    (void)state;
    for (size_t i = 0; i < TACHO_COUNT(family); i++) {
        check_all(&family[i], TACHO__NAME_FAMILY);
        check_all(&label[i], TACHO__NAME_LABEL);
    }
    assert_true(tacho__name_is_plain("a:b", 3, TACHO__NAME_FAMILY));
    assert_false(tacho__name_is_plain("a:b", 3, TACHO__NAME_LABEL));
}

static void each_code_point_is_replaced_once_and_written_without_leading_zeros(void **state)
{
    static const struct spelled rows[] = {
        { "\xc2\x80", "_", "__", "U___80_" },
        { "\xdf\xbf", "_", "__", "U___7ff_" },
        { "\xe0\xa0\x80", "_", "__", "U___800_" },
        { "\xef\xbf\xbf", "_", "__", "U___ffff_" },
        { "\xf0\x90\x80\x80", "_", "__", "U___10000_" },
        { "\xf0\x9f\x98\x80", "_", "__", "U___1f600_" },
        { "\xf4\x8f\xbf\xbf", "_", "__", "U___10ffff_" },
        { "a\xf0\x9f\x98\x80z\xc3\xa9", "a_z_", "a__z__", "U__a_1f600_z_e9_" },
    };
    (void)state;
    for (size_t i = 0; i < TACHO_COUNT(rows); i++) {
        check_all(&rows[i], TACHO__NAME_FAMILY);
        check_all(&rows[i], TACHO__NAME_LABEL);
    }
}

/* ---- Plain names ------------------------------------------------------------------------------------------- */

static void a_plain_name_is_the_same_in_every_scheme(void **state)
{
    static const char *const names[] = { "a", "_", "__", "A_b_C9", "U__a", "_dot_", "x_total", "a__b" };
    (void)state;
    for (size_t i = 0; i < TACHO_COUNT(names); i++) {
        struct spelled row = { names[i], names[i], names[i], names[i] };
        check_all(&row, TACHO__NAME_FAMILY);
        check_all(&row, TACHO__NAME_LABEL);
        assert_true(tacho__name_is_plain(names[i], strlen(names[i]), TACHO__NAME_FAMILY));
    }
}

static void exactly_letters_digits_and_underscores_are_plain(void **state)
{
    (void)state;
    assert_false(tacho__name_is_plain("", 0, TACHO__NAME_FAMILY));
    for (int c = 0; c < 256; c++) {
        char first[2] = { (char)c, 'a' }, later[2] = { 'a', (char)c };
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_', digit = c >= '0' && c <= '9';
        assert_int_equal(tacho__name_is_plain(first, 2, TACHO__NAME_LABEL), letter);
        assert_int_equal(tacho__name_is_plain(later, 2, TACHO__NAME_LABEL), letter || digit);
        assert_int_equal(tacho__name_is_plain(first, 2, TACHO__NAME_FAMILY), letter || c == ':');
        assert_int_equal(tacho__name_is_plain(later, 2, TACHO__NAME_FAMILY), letter || digit || c == ':');
    }
}

/* ---- Limits ------------------------------------------------------------------------------------------------ */

/* The longest name of nothing but this character, in each scheme. */
static void check_long(const char *character, const size_t *each)
{
    char name[1024], *out = malloc(TACHO__SPELLED_MAX);
    size_t len = strlen(character), count = sizeof name / len;
    assert_non_null(out);
    for (size_t i = 0; i < count; i++) memcpy(name + i * len, character, len);
    for (int scheme = 0; scheme < TACHO__SCHEMES; scheme++) {
        size_t want = count * each[scheme] + (scheme == TACHO__VALUES && each[scheme] != len ? 3 : 0);
        assert_true(want <= TACHO__SPELLED_MAX);
        assert_int_equal(tacho__spell(NULL, name, count * len, TACHO__NAME_LABEL, (enum tacho__scheme)scheme), want);
        assert_int_equal(tacho__spell(out, name, count * len, TACHO__NAME_LABEL, (enum tacho__scheme)scheme), want);
    }
    free(out);
}

static void the_longest_names_fit_into_the_room_for_spelled_names(void **state)
{
    (void)state;
    check_long("a", (const size_t[]){ 1, 1, 1, 1 });
    check_long(".", (const size_t[]){ 1, 5, 4, 1 });
    check_long(" ", (const size_t[]){ 1, 2, 4, 1 });
    check_long("\xc3\xa9", (const size_t[]){ 1, 2, 4, 2 });
    check_long("\xdf\xbf", (const size_t[]){ 1, 2, 5, 2 });
    check_long("\xe2\x82\xac", (const size_t[]){ 1, 2, 6, 3 });
    check_long("\xf0\x9f\x98\x80", (const size_t[]){ 1, 2, 7, 4 });
    check_long("\xf4\x8f\xbf\xbf", (const size_t[]){ 1, 2, 8, 4 });
}

/* A random name of `count` code points from the ranges in which their bytes and digits differ. */
static size_t random_name(uint64_t *seed, char *out, size_t count)
{
    static const uint32_t firsts[] = { 1, 'a', '0', '_', '.', 0x80, 0x800, 0x10000, 0x100000 };
    size_t at = 0;
    for (size_t i = 0; i < count; i++) {
        *seed = *seed * 6364136223846793005u + 1442695040888963407u;
        uint32_t point = firsts[(*seed >> 33) % TACHO_COUNT(firsts)] + (uint32_t)(*seed >> 40) % 6;
        if (point < 0x80) {
            out[at++] = (char)point;
        } else if (point < 0x800) {
            out[at++] = (char)(0xc0 | point >> 6);
        } else if (point < 0x10000) {
            out[at++] = (char)(0xe0 | point >> 12);
            out[at++] = (char)(0x80 | (point >> 6 & 0x3f));
        } else {
            out[at++] = (char)(0xf0 | point >> 18);
            out[at++] = (char)(0x80 | (point >> 12 & 0x3f));
            out[at++] = (char)(0x80 | (point >> 6 & 0x3f));
        }
        if (point >= 0x80) out[at++] = (char)(0x80 | (point & 0x3f));
    }
    return at;
}

static void measuring_a_name_says_what_writing_it_takes_and_the_result_is_plain(void **state)
{
    static char name[1024], out[TACHO__SPELLED_MAX];
    uint64_t seed = 1;
    (void)state;
    for (int round = 0; round < 20000; round++) {
        size_t len = random_name(&seed, name, 1 + (size_t)(seed >> 50) % 20);
        enum tacho__name_kind kind = round & 1 ? TACHO__NAME_FAMILY : TACHO__NAME_LABEL;
        bool plain = tacho__name_is_plain(name, len, kind);
        for (int scheme = 0; scheme < TACHO__SCHEMES; scheme++) {
            size_t written = tacho__spell(out, name, len, kind, (enum tacho__scheme)scheme);
            assert_int_equal(tacho__spell(NULL, name, len, kind, (enum tacho__scheme)scheme), written);
            if (scheme != TACHO__UTF8) assert_true(tacho__name_is_plain(out, written, kind));
            if (plain || scheme == TACHO__UTF8) assert_true(written == len && memcmp(out, name, len) == 0);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_character_is_escaped_as_the_table_of_its_scheme_says),
        cmocka_unit_test(a_digit_is_illegal_in_first_place_only),
        cmocka_unit_test(a_colon_is_legal_in_names_of_families_and_in_no_other),
        cmocka_unit_test(each_code_point_is_replaced_once_and_written_without_leading_zeros),
        cmocka_unit_test(a_plain_name_is_the_same_in_every_scheme),
        cmocka_unit_test(exactly_letters_digits_and_underscores_are_plain),
        cmocka_unit_test(the_longest_names_fit_into_the_room_for_spelled_names),
        cmocka_unit_test(measuring_a_name_says_what_writing_it_takes_and_the_result_is_plain),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
