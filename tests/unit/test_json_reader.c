/*
 * test_json_reader.c - JSON token by token: what is taken, what is refused and where, and that no byte is read too many.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tacho/tacho.h>

#include "json_reader.h"
#include "support/comma.h"

/* The tokens of a text of exactly this size, as letters; strings and numbers behind theirs. */
static void spell(const char *text, size_t len, char *out, size_t cap, char *why, size_t why_cap)
{
    static const char letters[] = "!.nftNSK{}[]";
    char *copy = malloc(len ? len : 1);
    json_reader reader;
    json_token token;
    size_t at = 0;
    assert_non_null(copy);
    memcpy(copy, text, len);
    json_reader_init(&reader, copy, len);
    do {
        token = json_reader_next(&reader);
        assert_true(at + reader.string_len + 40 < cap);
        out[at++] = letters[token];
        if (token == JSON_NUMBER) at += (size_t)sprintf(out + at, "%.17g", reader.number);
        if (token == JSON_STRING || token == JSON_KEY) {
            assert_int_equal(reader.string[reader.string_len], 0);
            at += (size_t)sprintf(out + at, "%s", reader.string);
        }
    } while (token > JSON_END);
    out[at] = '\0';
    json_reader_error(&reader, why, why_cap);
    if (token == JSON_BROKEN) assert_int_equal(json_reader_next(&reader), JSON_BROKEN);
    free(copy);
}

static void what_json_allows_is_read(void **state)
{
    static const struct { const char *in, *want; } rows[] = {
        { "{}", "{}." },
        { " [ ] \r\n\t", "[]." },
        { "[null,false,true]", "[nft]." },
        { "{\"a\":{\"b\":[1,{}]},\"a\":[]}", "{Ka{Kb[N1{}]}Ka[]}." },
        { "\"\"", "S." },
        { "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "S\"\\/\b\f\n\r\t." },
        { "\"\\u0041\\u00e9\\u20ac\\ud83c\\udfAC\"", "SA\xc3\xa9\xe2\x82\xac\xf0\x9f\x8e\xac." },
        { "\"\xc3\xa9 \xed\x9f\xbf \xee\x80\x80 \xf4\x8f\xbf\xbf \x7f\"", "S\xc3\xa9 \xed\x9f\xbf \xee\x80\x80 \xf4\x8f\xbf\xbf \x7f." },
        { "0", "N0." },
        { "-0", "N-0." },
        { "-12.5e+1", "N-125." },
        { "0.1", "N0.10000000000000001." },
        { "1E2", "N100." },
        { "9007199254740993", "N9007199254740992." },
        { "123456789012345678901234567890", "N1.2345678901234568e+29." },
        { "1e-400", "N0." },
        { "0.00000000000000000000000000000000000000001e41", "N1." },
        { "0e999999999999", "N0." },
    };
    (void)state;
    for (size_t i = 0; i < TACHO_COUNT(rows); i++) {
        char out[512], why[128];
        spell(rows[i].in, strlen(rows[i].in), out, sizeof out, why, sizeof why);
        if (strcmp(out, rows[i].want) != 0) fail_msg("%s gives %s (%s)", rows[i].in, out, why);
    }
}

static void what_is_wrong_is_told_by_its_byte(void **state)
{
    static const struct { const char *in, *want; } rows[] = {
        { "", "there is no value, at byte 0" },
        { "  ", "there is no value, at byte 2" },
        { "{", "there is no key, at byte 1" },
        { "[1", "there is no ',' and no end, at byte 2" },
        { "[1,]", "there is no value, at byte 3" },
        { "[,1]", "there is no value, at byte 1" },
        { "[1}", "there is no ',' and no end, at byte 2" },
        { "{]", "there is no key, at byte 1" },
        { "{\"a\"}", "a key has no ':' behind it, at byte 4" },
        { "{\"a\":}", "there is no value, at byte 5" },
        { "{\"a\":1,}", "there is no key, at byte 7" },
        { "{a:1}", "there is no key, at byte 1" },
        { "1 2", "something follows the value, at byte 2" },
        { "{}}", "something follows the value, at byte 2" },
        { "\xef\xbb\xbf{}", "there is no value, at byte 0" },
        { "nul", "there is no value, at byte 0" },
        { "truE", "there is no value, at byte 0" },
        { "NaN", "there is no value, at byte 0" },
        { "01", "there is no value, at byte 0" },
        { "-", "there is no value, at byte 0" },
        { "+1", "there is no value, at byte 0" },
        { ".5", "there is no value, at byte 0" },
        { "1.", "there is no value, at byte 0" },
        { "1e", "there is no value, at byte 0" },
        { "1e+", "there is no value, at byte 0" },
        { "1e309", "a number is too large, at byte 0" },
        { "-1e999999999999", "a number is too large, at byte 0" },
        { "0x10", "something follows the value, at byte 1" },
        { "\"a", "a string does not end, at byte 0" },
        { "\"a\\", "a string has a wrong escape, at byte 2" },
        { "\"\\x41\"", "a string has a wrong escape, at byte 1" },
        { "\"\\u12g4\"", "a string has a wrong escape, at byte 1" },
        { "\"\\ud83c\"", "a string has a wrong escape, at byte 1" },
        { "\"\\ud83c\\u0041\"", "a string has a wrong escape, at byte 1" },
        { "\"\\ud83c\\ud83c\"", "a string has a wrong escape, at byte 1" },
        { "\"\\udfac\\ud83c\"", "a string has a wrong escape, at byte 1" },
        { "\"a\nb\"", "a string has a control character, at byte 2" },
        { "\"\x80\"", "a string is not UTF-8, at byte 1" },
        { "\"\xc0\xaf\"", "a string is not UTF-8, at byte 1" },
        { "\"\xc1\xbf\"", "a string is not UTF-8, at byte 1" },
        { "\"\xe0\x9f\xbf\"", "a string is not UTF-8, at byte 1" },
        { "\"\xed\xa0\x80\"", "a string is not UTF-8, at byte 1" },
        { "\"\xf0\x8f\xbf\xbf\"", "a string is not UTF-8, at byte 1" },
        { "\"\xf4\x90\x80\x80\"", "a string is not UTF-8, at byte 1" },
        { "\"\xf5\x80\x80\x80\"", "a string is not UTF-8, at byte 1" },
        { "\"\xe2\x82\"", "a string is not UTF-8, at byte 1" },
        { "\"\xe2\x82", "a string is not UTF-8, at byte 1" },
    };
    (void)state;
    for (size_t i = 0; i < TACHO_COUNT(rows); i++) {
        char out[512], why[128];
        spell(rows[i].in, strlen(rows[i].in), out, sizeof out, why, sizeof why);
        if (out[strlen(out) - 1] != '!' || strcmp(why, rows[i].want) != 0)
            fail_msg("%s gives %s and '%s'", rows[i].in, out, why);
    }
}

static void a_text_that_is_cut_anywhere_is_broken(void **state)
{
    static const char text[] = "{\"a\\u00e9\\ud83c\\udfac\xc3\xa9\":[1.5e-3,true,false,null,{\"b\":\"c\\n\"}],\"d\":[]}";
    char out[512], why[128];
    (void)state;
    spell(text, sizeof text - 1, out, sizeof out, why, sizeof why);
    assert_int_equal(out[strlen(out) - 1], '.');
    for (size_t len = 0; len < sizeof text - 1; len++) {
        spell(text, len, out, sizeof out, why, sizeof why);
        assert_int_equal(out[strlen(out) - 1], '!');
    }
}

static void any_byte_may_be_any_other(void **state)
{
    static const char text[] = "{\"k\":[-1.5e+3,\"\\u00e9\xe2\x82\xac\",{}],\"l\":true}";
    (void)state;
    for (size_t at = 0; at < sizeof text - 1; at++) {
        for (int byte = 0; byte < 256; byte++) {
            char copy[sizeof text], out[512], why[128];
            memcpy(copy, text, sizeof text);
            copy[at] = (char)byte;
            spell(copy, sizeof text - 1, out, sizeof out, why, sizeof why);
        }
    }
}

static void levels_have_a_limit(void **state)
{
    (void)state;
    for (size_t depth = JSON_MAX_DEPTH; depth <= JSON_MAX_DEPTH + 1; depth++) {
        char text[256], out[512], why[128];
        memset(text, '[', depth);
        memset(text + depth, ']', depth);
        spell(text, 2 * depth, out, sizeof out, why, sizeof why);
        if (depth == JSON_MAX_DEPTH)
            assert_int_equal(out[2 * depth], '.');
        else
            assert_string_equal(why, "it goes too deep, at byte 64");
    }
}

/* Numbers of many digits or with a large exponent are off by some 10^-15 of themselves at most. */
static void a_number_is_what_it_says(void **state)
{
    static const char *const texts[] = { "1.7976931348623157e308", "2.2250738585072014e-308", "9.87654321e-200",
                                         "3.141592653589793238462643", "0.000000000000000000000000000123",
                                         "18446744073709551615", "1234567890.123456789e50" };
    (void)state;
    for (size_t i = 0; i < TACHO_COUNT(texts); i++) {
        char copy[64];
        json_reader reader;
        double want = strtod(texts[i], NULL);
        json_reader_init(&reader, strcpy(copy, texts[i]), strlen(texts[i]));
        assert_int_equal(json_reader_next(&reader), JSON_NUMBER);
        double off = reader.number / want - 1;
        if (!(off < 4e-15 && off > -4e-15)) fail_msg("%s is %.17g", texts[i], reader.number);
    }
}

static void a_nul_inside_a_string_is_kept(void **state)
{
    char text[] = "\"a\\u0000b\"";
    json_reader reader;
    (void)state;
    json_reader_init(&reader, text, sizeof text - 1);
    assert_int_equal(json_reader_next(&reader), JSON_STRING);
    assert_int_equal(reader.string_len, 3);
    assert_memory_equal(reader.string, "a\0b", 4);
}

static void a_value_is_passed_by_whole(void **state)
{
    char text[] = "{\"a\":[[],{\"b\":[1]}],\"c\":2,\"d\":{\"e\":[}}";
    json_reader reader;
    (void)state;
    json_reader_init(&reader, text, sizeof text - 1);
    assert_int_equal(json_reader_next(&reader), JSON_OBJECT);
    assert_int_equal(json_reader_next(&reader), JSON_KEY);
    assert_true(json_reader_pass(&reader, json_reader_next(&reader)));
    assert_int_equal(json_reader_next(&reader), JSON_KEY);
    assert_string_equal(reader.string, "c");
    assert_true(json_reader_pass(&reader, json_reader_next(&reader)));
    assert_int_equal(json_reader_next(&reader), JSON_KEY);
    assert_false(json_reader_pass(&reader, json_reader_next(&reader)));
    assert_int_equal(json_reader_next(&reader), JSON_BROKEN);
}

static void no_locale_changes_a_number(void **state)
{
    char text[] = "1.5";
    json_reader reader;
    (void)state;
    comma_enter();
    json_reader_init(&reader, text, sizeof text - 1);
    json_token token = json_reader_next(&reader);
    (void)comma_leave(NULL);
    assert_int_equal(token, JSON_NUMBER);
    assert_true(reader.number == 1.5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_json_allows_is_read),
        cmocka_unit_test(what_is_wrong_is_told_by_its_byte),
        cmocka_unit_test(a_text_that_is_cut_anywhere_is_broken),
        cmocka_unit_test(any_byte_may_be_any_other),
        cmocka_unit_test(levels_have_a_limit),
        cmocka_unit_test(a_number_is_what_it_says),
        cmocka_unit_test(a_nul_inside_a_string_is_kept),
        cmocka_unit_test(a_value_is_passed_by_whole),
        cmocka_unit_test_teardown(no_locale_changes_a_number, comma_leave),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
