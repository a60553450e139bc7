/*
 * test_utf8.c - checking, repairing and cutting UTF-8.
 *
 * The judge of single sequences is a decoder that computes the code point and asks whether it may be written
 * so; expected repairs are those of Python's bytes.decode(errors="replace").
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "utf8.h"

#define LENGTH(array) (sizeof(array) / sizeof(array)[0])
#define BYTES(literal) literal, sizeof(literal) - 1
#define FFFD "\xef\xbf\xbd"

struct slice {
    const char *text;
    size_t len;
};

/* On a heap block of exactly this length, so that a sanitizer sees each byte read too far. */
static size_t valid_of(const char *text, size_t len)
{
    char *copy = malloc(len ? len : 1);
    assert_non_null(copy);
    memcpy(copy, text, len);
    size_t valid = tacho__utf8_valid(copy, len);
    free(copy);
    return valid;
}

static size_t encode(char *out, uint32_t point)
{
    if (point < 0x80) {
        out[0] = (char)point;
        return 1;
    }
    size_t len = point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    for (size_t i = len - 1; i > 0; i--, point >>= 6) out[i] = (char)(unsigned char)(0x80 | (point & 0x3f));
    out[0] = (char)(unsigned char)((0xf00 >> len & 0xf0) | point);
    return len;
}

/* Length of the one sequence at `text`, judged by the code point it computes to; 0: ill-formed or cut off. */
static size_t judge(const unsigned char *text, size_t len)
{
    static const uint32_t smallest[] = { 0, 0, 0x80, 0x800, 0x10000 };
    unsigned char lead = text[0];
    size_t want = lead < 0x80 ? 1 : lead < 0xc0 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf8 ? 4 : 0;
    if (want == 0 || want > len) return 0;
    if (want == 1) return 1;
    uint32_t point = lead & (0x7fu >> want);
    for (size_t i = 1; i < want; i++) {
        if ((text[i] & 0xc0) != 0x80) return 0;
        point = point << 6 | (text[i] & 0x3f);
    }
    bool ok = point >= smallest[want] && point <= 0x10ffff && !(point >= 0xd800 && point <= 0xdfff);
    return ok ? want : 0;
}

static void every_code_point_is_valid_and_surrogates_are_not(void **state)
{
    (void)state;
    for (uint32_t point = 0; point <= 0x10ffff; point++) {
        char text[4];
        size_t len = encode(text, point);
        bool surrogate = point >= 0xd800 && point <= 0xdfff;
        if (tacho__utf8_valid(text, len) != (surrogate ? 0 : len)) fail_msg("U+%04X", (unsigned)point);
    }
}

static void every_sequence_of_up_to_three_bytes_is_judged_by_its_code_point(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < 1u << 24; i++) {
        unsigned char bytes[3] = { (unsigned char)(i >> 16), (unsigned char)(i >> 8), (unsigned char)i };
        size_t want = 0, step;
        while (want < 3 && (step = judge(bytes + want, 3 - want)) > 0) want += step;
        if (tacho__utf8_valid((const char *)bytes, 3) != want) fail_msg("bytes %06X", (unsigned)i);
    }
}

static void sequences_of_four_bytes_are_judged_by_their_code_point(void **state)
{
    (void)state;
    static const unsigned char edges[] = { 0x00, 0x41, 0x7f, 0x80, 0x81, 0x8f, 0x90, 0x9f,
                                           0xa0, 0xbe, 0xbf, 0xc0, 0xc2, 0xe0, 0xf0, 0xff };
    for (uint32_t i = 0; i < 16u << 16; i++) {
        unsigned char bytes[4] = { (unsigned char)(0xf0 | i >> 16), (unsigned char)(i >> 8),
                                   edges[i >> 4 & 15], edges[i & 15] };
        size_t want = 0, step;
        while (want < 4 && (step = judge(bytes + want, 4 - want)) > 0) want += step;
        if (tacho__utf8_valid((const char *)bytes, 4) != want) fail_msg("sequence %06X", (unsigned)i);
    }
}

static void the_valid_beginning_ends_before_the_first_ill_formed_byte(void **state)
{
    (void)state;
    static const struct { const char *in; size_t len, want; } table[] = {
        { BYTES(""), 0 },
        { BYTES("a"), 1 },
        { BYTES("\0"), 1 },
        { BYTES("a\0b"), 3 },
        { BYTES("\x7f"), 1 },
        { BYTES("\xc2\x80"), 2 },              /* U+0080, the first of two bytes */
        { BYTES("\xdf\xbf"), 2 },              /* U+07FF, the last */
        { BYTES("\xe0\xa0\x80"), 3 },          /* U+0800 */
        { BYTES("\xed\x9f\xbf"), 3 },          /* U+D7FF, the last before the surrogates */
        { BYTES("\xee\x80\x80"), 3 },          /* U+E000, the first behind them */
        { BYTES("\xef\xbf\xbf"), 3 },          /* U+FFFF */
        { BYTES("\xf0\x90\x80\x80"), 4 },      /* U+10000 */
        { BYTES("\xf4\x8f\xbf\xbf"), 4 },      /* U+10FFFF, the last of all */
        { BYTES("\xf4\x90\x80\x80"), 0 },      /* U+110000 */
        { BYTES("\xf5\x80\x80\x80"), 0 },
        { BYTES("\xf8\x88\x80\x80\x80"), 0 },  /* five bytes */
        { BYTES("\xfe"), 0 },
        { BYTES("\xff"), 0 },
        { BYTES("\x80"), 0 },                  /* goes on from nothing */
        { BYTES("\xbf"), 0 },
        { BYTES("\xc0\x80"), 0 },              /* overlong */
        { BYTES("\xc1\xbf"), 0 },
        { BYTES("\xe0\x80\x80"), 0 },
        { BYTES("\xe0\x9f\xbf"), 0 },
        { BYTES("\xf0\x80\x80\x80"), 0 },
        { BYTES("\xf0\x8f\xbf\xbf"), 0 },
        { BYTES("\xed\xa0\x80"), 0 },          /* surrogates */
        { BYTES("\xed\xbf\xbf"), 0 },
        { BYTES("\xed\xa0\xbd\xed\xb8\x80"), 0 },
        { BYTES("ab\xc3"), 2 },                /* cut off at the end */
        { BYTES("ab\xe2\x82"), 2 },
        { BYTES("ab\xf0\x9f\x98"), 2 },
        { BYTES("caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80"), 14 },
        { BYTES("caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98 "), 10 },
        { BYTES("caf\xe9"), 3 },               /* Latin-1 */
    };
    for (size_t i = 0; i < LENGTH(table); i++)
        if (valid_of(table[i].in, table[i].len) != table[i].want) fail_msg("row %u", (unsigned)i);
    assert_int_equal(tacho__utf8_valid(NULL, 0), 0);
}

static void one_bad_byte_is_found_wherever_it_stands(void **state)
{
    (void)state;
    char text[64];
    for (size_t len = 1; len <= sizeof(text); len++) {
        for (size_t bad = 0; bad < len; bad++) {
            memset(text, 'x', sizeof(text));
            assert_int_equal(valid_of(text, len), len);
            text[bad] = '\x80';
            assert_int_equal(valid_of(text, len), bad);
            text[bad] = '\xc3';
            assert_int_equal(valid_of(text, len), bad);
            if (bad + 1 == len) continue;
            text[bad + 1] = '\xa9';
            assert_int_equal(valid_of(text, len), len);
        }
    }
}

static const struct repair_row {
    const char *in;
    size_t len;
    const char *want;
    size_t want_len;
} repairs[] = {
    { BYTES(""), BYTES("") },
    { BYTES("plain"), BYTES("plain") },
    { BYTES("a\0b"), BYTES("a\0b") },
    { BYTES("caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80"),
      BYTES("caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80") },
    { BYTES(FFFD), BYTES(FFFD) },
    { BYTES("\x80"), BYTES(FFFD) },
    { BYTES("\xff\xfe"), BYTES(FFFD FFFD) },
    { BYTES("caf\xe9!"), BYTES("caf" FFFD "!") },
    { BYTES("\xc0\xaf"), BYTES(FFFD FFFD) },
    { BYTES("\xe0\x80\xaf"), BYTES(FFFD FFFD FFFD) },
    { BYTES("\xf0\x80\x80\xaf"), BYTES(FFFD FFFD FFFD FFFD) },
    { BYTES("\xed\xa0\x80\xed\xbf\xbf\xed\xaf\x41"),
      BYTES(FFFD FFFD FFFD FFFD FFFD FFFD FFFD FFFD "\x41") },
    { BYTES("\xf4\x91\x92\x93\xff\x41\x80\xbf\x42"),
      BYTES(FFFD FFFD FFFD FFFD FFFD "\x41" FFFD FFFD "\x42") },
    { BYTES("\xe1\x80\xe2\xf0\x91\x92\xf1\xbf\x41"), BYTES(FFFD FFFD FFFD FFFD "\x41") },
    { BYTES("\xc3"), BYTES(FFFD) },
    { BYTES("\xe2\x82"), BYTES(FFFD) },
    { BYTES("\xf0\x9f\x98"), BYTES(FFFD) },
    { BYTES("\xe2\x82\xc3\xa9"), BYTES(FFFD "\xc3\xa9") },
    { BYTES("\xf0\x9f\x98\xf0\x9f\x98\x80"), BYTES(FFFD "\xf0\x9f\x98\x80") },
    { BYTES("\xf1\x80\x80\x41\xf4\x8f\xbf"), BYTES(FFFD "\x41" FFFD) },
    { BYTES("\xf8\x88\x80\x80\x80"), BYTES(FFFD FFFD FFFD FFFD FFFD) },
    { BYTES("abcdefgh\x80ijklmnopqrstuvwx\xc3"), BYTES("abcdefgh" FFFD "ijklmnopqrstuvwx" FFFD) },
    { BYTES("\xf0\x9f\x98\x80 and more"), BYTES("\xf0\x9f\x98\x80 and more") },
    { BYTES("ab\xf0\x9f\x98\x80\x80\xe2\x82\xac\xc3\xa9zz"),
      BYTES("ab\xf0\x9f\x98\x80" FFFD "\xe2\x82\xac\xc3\xa9zz") },
    { BYTES("\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\x80\xe2\x82\xac"),
      BYTES("\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac" FFFD "\xe2\x82\xac") },
};

static bool is_beginning(struct slice whole, const char *text, size_t len)
{
    return len <= whole.len && memcmp(whole.text, text, len) == 0;
}

static void each_maximal_ill_formed_part_becomes_one_replacement_character(void **state)
{
    (void)state;
    for (size_t i = 0; i < LENGTH(repairs); i++) {
        const struct repair_row *row = &repairs[i];
        char out[64];
        bool changed = i % 2;
        size_t len = tacho__utf8_repair(out, sizeof(out), row->in, row->len, &changed);
        if (len != row->want_len || memcmp(out, row->want, len) != 0) fail_msg("row %u", (unsigned)i);
        assert_int_equal(changed, len != row->len || memcmp(out, row->in, len) != 0);
        assert_int_equal(tacho__utf8_valid(out, len), len);
    }
}

/* In `cap` bytes the result is the longest beginning of the whole repair that ends a code point. */
static void a_repair_never_writes_over_its_room_and_ends_with_a_code_point(void **state)
{
    (void)state;
    for (size_t i = 0; i < LENGTH(repairs); i++) {
        const struct repair_row *row = &repairs[i];
        for (size_t cap = 0; cap <= row->want_len + 8; cap++) {
            char out[96];
            bool changed = !(cap % 2);
            memset(out, 'Z', sizeof(out));
            size_t len = tacho__utf8_repair(out, cap, row->in, row->len, &changed), want = 0, step;
            while (want < row->want_len && (step = judge((const unsigned char *)row->want + want, 4)) > 0 &&
                   want + step <= cap)
                want += step;
            if (len != want || memcmp(out, row->want, len) != 0)
                fail_msg("row %u cap %u", (unsigned)i, (unsigned)cap);
            for (size_t k = cap; k < sizeof(out); k++) assert_int_equal(out[k], 'Z');
            assert_int_equal(changed, !is_beginning((struct slice){ row->in, row->len }, out, len));
        }
    }
}

static void a_repair_of_nothing_or_into_nothing_is_empty(void **state)
{
    (void)state;
    bool changed = true;
    char out[4] = "ZZZ";
    assert_int_equal(tacho__utf8_repair(out, sizeof(out), NULL, 0, &changed), 0);
    assert_false(changed);
    changed = true;
    assert_int_equal(tacho__utf8_repair(NULL, 0, "abc\x80", 4, &changed), 0);
    assert_false(changed);
    assert_string_equal(out, "ZZZ");
}

/* Random bytes, biased to leads and continuations, repaired part by part with the judge. */
static void random_bytes_are_repaired_as_the_judge_would(void **state)
{
    (void)state;
    uint32_t seed = 12345;
    for (int round = 0; round < 200000; round++) {
        char in[24], want[72], out[72];
        size_t len = (size_t)(round % 25), pos = 0, want_len = 0;
        for (size_t i = 0; i < len; i++) {
            static const unsigned char bases[] = { 0x00, 0x80, 0x80, 0x80, 0xc0, 0xe0, 0xf0, 0x40 };
            seed = seed * 1664525u + 1013904223u;
            in[i] = (char)(unsigned char)(bases[seed >> 29] | (seed >> 16 & (seed >> 29 < 4 ? 0x3f : 0x1f)));
        }
        while (pos < len) {
            const unsigned char *at = (const unsigned char *)in + pos;
            size_t step = judge(at, len - pos), part = 1;
            if (step > 0) {
                memcpy(want + want_len, at, step);
                want_len += step;
                pos += step;
                continue;
            }
            /* the longest beginning that some continuation would complete */
            for (size_t n = 3; n > 1 && part == 1; n--) {
                unsigned char tail[4] = { 0x80, 0x80, 0x80, 0x80 };
                if (n >= len - pos + 1) continue;
                memcpy(tail, at, n);
                if (judge(tail, 4) > n) part = n;
            }
            memcpy(want + want_len, FFFD, 3);
            want_len += 3;
            pos += part;
        }
        bool changed;
        size_t got = tacho__utf8_repair(out, sizeof(out), in, len, &changed);
        if (got != want_len || memcmp(out, want, got) != 0) fail_msg("round %d", round);
        assert_int_equal(changed, got != len || memcmp(out, in, len) != 0);
    }
}

static void a_cut_ends_at_the_last_code_point_that_fits(void **state)
{
    (void)state;
    static const char text[] = "a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80z\xf4\x8f\xbf\xbf";
    static const size_t want[] = { 0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 11, 11, 11, 11, 15, 15, 15 };
    for (size_t max = 0; max < LENGTH(want); max++)
        assert_int_equal(tacho__utf8_cut(text, sizeof(text) - 1, max), want[max]);
    assert_int_equal(tacho__utf8_cut(text, sizeof(text) - 1, SIZE_MAX), 15);
    assert_int_equal(tacho__utf8_cut(text, 3, 100), 3);
    assert_int_equal(tacho__utf8_cut(text, 0, 0), 0);
    assert_int_equal(tacho__utf8_cut(NULL, 0, 5), 0);
}

int main(void)
{
    const struct CMUnitTest utf8[] = {
        cmocka_unit_test(every_code_point_is_valid_and_surrogates_are_not),
        cmocka_unit_test(every_sequence_of_up_to_three_bytes_is_judged_by_its_code_point),
        cmocka_unit_test(sequences_of_four_bytes_are_judged_by_their_code_point),
        cmocka_unit_test(the_valid_beginning_ends_before_the_first_ill_formed_byte),
        cmocka_unit_test(one_bad_byte_is_found_wherever_it_stands),
        cmocka_unit_test(each_maximal_ill_formed_part_becomes_one_replacement_character),
        cmocka_unit_test(a_repair_never_writes_over_its_room_and_ends_with_a_code_point),
        cmocka_unit_test(a_repair_of_nothing_or_into_nothing_is_empty),
        cmocka_unit_test(random_bytes_are_repaired_as_the_judge_would),
        cmocka_unit_test(a_cut_ends_at_the_last_code_point_that_fits),
    };
    return cmocka_run_group_tests(utf8, NULL, NULL);
}
