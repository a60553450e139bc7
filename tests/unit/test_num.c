/*
 * test_num.c - numbers as text.
 *
 * The C library of the machine is the judge: strtod reads what was written, and snprintf in the C locale
 * tells the nearest decimal of a given number of digits. With TACHO_LONG=1 there are 100 million random
 * doubles instead of 1 million.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <float.h>
#include <inttypes.h>
#include <locale.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "num.h"
#include "num_pow10.h"

#define LENGTH(array) (sizeof(array) / sizeof(array)[0])

enum { GUARD = 16, SAMPLE_LIMIT = 21, BOUND_LIMIT = 6 };

/* What was written, terminated; the guards around it were found untouched. */
struct written {
    char text[TACHO__NUM_MAX + 1];
};

/* A positive number taken apart: d.ddd * 10^exponent, `count` digits without zeros at either end. */
struct decimal {
    uint64_t digits;
    int count, exponent;
};

struct golden {
    double in;
    const char *want;
};

static uint64_t random_state = UINT64_C(0x853c49e6748fea9b);

static uint64_t random_next(void)
{
    uint64_t z = random_state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

static uint64_t random_tries(void)
{
    const char *asked = getenv("TACHO_LONG");
    return asked && strcmp(asked, "1") == 0 ? 100000000u : 1000000u;
}

static uint64_t bits_of(double v)
{
    uint64_t bits;
    memcpy(&bits, &v, sizeof(bits));
    return bits;
}

static double double_of(uint64_t bits)
{
    double v;
    memcpy(&v, &bits, sizeof(v));
    return v;
}

static bool is_finite(double v)
{
    return (bits_of(v) >> 52 & 0x7ff) != 0x7ff;
}

/* Run one writer on room of exactly TACHO__NUM_MAX bytes between guards. */
#define WRITTEN(result, call_of_out)                                        \
    do {                                                                    \
        char box[GUARD + TACHO__NUM_MAX + GUARD], *const out = box + GUARD; \
        memset(box, 0x5a, sizeof(box));                                     \
        const char *end = (call_of_out);                                    \
        finish_written(&(result), box, end);                                \
    } while (0)

static void finish_written(struct written *result, const char *box, const char *end)
{
    static const char untouched[] = "ZZZZZZZZZZZZZZZZ";
    assert_memory_equal(box, untouched, GUARD);
    assert_memory_equal(box + GUARD + TACHO__NUM_MAX, untouched, GUARD);
    assert_true(end > box + GUARD && end <= box + GUARD + TACHO__NUM_MAX);
    size_t len = (size_t)(end - (box + GUARD));
    memcpy(result->text, box + GUARD, len);
    result->text[len] = '\0';
}

static struct written write_u64(uint64_t v)
{
    struct written result;
    WRITTEN(result, tacho__num_write_u64(out, v));
    return result;
}

static struct written write_i64(int64_t v)
{
    struct written result;
    WRITTEN(result, tacho__num_write_i64(out, v));
    return result;
}

static struct written write_double(double v)
{
    struct written result;
    WRITTEN(result, tacho__num_write_double(out, v));
    return result;
}

static struct written write_bound(double v)
{
    struct written result;
    WRITTEN(result, tacho__num_write_bound(out, v));
    return result;
}

static struct decimal take_apart(const char *text)
{
    struct decimal d = { 0, 0, 0 };
    int zeros = 0, before_point = 0;
    bool pointed = false;
    for (text += *text == '-'; *text && *text != 'e'; text++) {
        if (*text == '.') {
            pointed = true;
            continue;
        }
        if (d.count == 0 && *text == '0') {
            before_point -= pointed;
            continue;
        }
        before_point += !pointed;
        if (*text == '0') {
            zeros++;
            continue;
        }
        for (; zeros > 0; zeros--, d.count++) d.digits *= 10;
        d.digits = d.digits * 10 + (uint64_t)(*text - '0');
        d.count++;
    }
    d.exponent = before_point - 1 + (*text == 'e' ? atoi(text + 1) : 0);
    return d;
}

/* The decimal of `count` digits nearest to v, in the notation promised for this exponent. */
static void write_expected(char *out, size_t cap, double v, int count, int exponent, int limit)
{
    if (exponent < -4 || exponent >= limit) {
        snprintf(out, cap, "%.*e", count - 1, v);
    } else if (exponent < count - 1) {
        snprintf(out, cap, "%.*f", count - 1 - exponent, v);
    } else {
        snprintf(out, cap, "%.*e", count - 1, v);
        struct decimal d = take_apart(out);
        int sign = v < 0, len = snprintf(out, cap, "%s%" PRIu64, sign ? "-" : "", d.digits);
        for (int i = len - sign; i <= exponent; i++) out[len++] = '0';
        out[len] = '\0';
        if (limit == BOUND_LIMIT) strcpy(out + len, ".0");
    }
}

/* No decimal of one digit less than `d` reads back as v. Its nearest is enough, but for a power of two. */
static void check_no_shorter(double v, struct decimal d)
{
    if (d.count < 2) return;
    char text[64];
    int spread = (bits_of(v) & UINT64_C(0xfffffffffffff)) == 0;
    snprintf(text, sizeof(text), "%.*e", d.count - 2, v);
    if (strtod(text, NULL) == v) fail_msg("%s reads back as %.17g", text, v);
    for (int delta = -spread; delta <= spread; delta++) {
        struct decimal less = take_apart(text);
        for (; less.count < d.count - 1; less.count++) less.digits *= 10;
        char near[64];
        snprintf(near, sizeof(near), "%s%" PRIu64 "e%d", v < 0 ? "-" : "", less.digits + (uint64_t)delta,
                 less.exponent - (d.count - 2));
        if (strtod(near, NULL) == v) fail_msg("%s reads back as %.17g", near, v);
    }
}

/* `text` of v, finite and not 0: reads back, is shortest, nearest among these, in the promised notation. */
static void check_text(double v, const char *text, int limit)
{
    if (bits_of(strtod(text, NULL)) != bits_of(v)) fail_msg("%s does not read back as %.17g", text, v);
    struct decimal d = take_apart(text);
    check_no_shorter(v, d);
    char want[64];
    write_expected(want, sizeof(want), v, d.count, d.exponent, limit);
    if (strtod(want, NULL) == v && strcmp(text, want) != 0) fail_msg("%s should be %s", text, want);
}

/* Both writers on one finite double that is not 0. */
static void check_double(double v)
{
    struct written sample = write_double(v), bound = write_bound(v);
    check_text(v, bound.text, BOUND_LIMIT);
    if (v > -0x1p53 && v < 0x1p53 && (double)(int64_t)v == v) {
        char want[64];
        snprintf(want, sizeof(want), "%.0f", v);
        assert_string_equal(sample.text, want);
    } else {
        check_text(v, sample.text, SAMPLE_LIMIT);
    }
}

/* v, its two neighbours, and the same below zero. */
static void check_around(double v)
{
    for (uint64_t bits = bits_of(v) - 1; bits <= bits_of(v) + 1; bits++) {
        if (bits == 0 || !is_finite(double_of(bits))) continue;
        check_double(double_of(bits));
        check_double(-double_of(bits));
    }
}

static void check_u64(uint64_t v)
{
    char want[32];
    uint64_t back = ~v;
    struct written got = write_u64(v);
    snprintf(want, sizeof(want), "%" PRIu64, v);
    assert_string_equal(got.text, want);
    assert_true(tacho__num_read_u64(got.text, strlen(got.text), &back));
    assert_true(back == v);
    int64_t negative = (int64_t)(v >> 1) * -1 - (int64_t)(v & 1);
    got = write_i64(negative);
    snprintf(want, sizeof(want), "%" PRId64, negative);
    assert_string_equal(got.text, want);
}

static void every_whole_number_prints_all_its_digits_and_reads_back(void **state)
{
    (void)state;
    uint64_t power = 1;
    for (int digits = 1; digits <= 20; digits++, power *= 10)
        for (uint64_t v = power - 2; v != power + 3; v++) check_u64(v);
    for (uint64_t v = 0; v < 10000; v++) {
        check_u64(v);
        check_u64(v * 10001);
        check_u64(v * 1000100010001);
        check_u64(1000000000000000000 + v * 10000);
    }
    for (int i = 0; i < 200000; i++) check_u64(random_next() >> (i % 64));
    check_u64(UINT64_MAX - 1);
    check_u64(UINT64_MAX);
}

static void the_limits_of_whole_numbers_print_exactly(void **state)
{
    (void)state;
    assert_string_equal(write_u64(0).text, "0");
    assert_string_equal(write_u64(UINT64_MAX).text, "18446744073709551615");
    assert_string_equal(write_i64(0).text, "0");
    assert_string_equal(write_i64(-1).text, "-1");
    assert_string_equal(write_i64(INT64_MAX).text, "9223372036854775807");
    assert_string_equal(write_i64(INT64_MIN).text, "-9223372036854775808");
    assert_string_equal(write_i64(INT64_MIN + 1).text, "-9223372036854775807");
}

static void only_decimal_digits_within_64_bits_are_read_as_a_number(void **state)
{
    (void)state;
    static const char *const refused[] = {
        "", "-1", "+1", " 1", "1 ", "1.0", "1e3", "0x10", "ten", "1\n", "1,0", "/", ":", "\xb2",
        "18446744073709551616", "18446744073709551620", "28446744073709551615", "99999999999999999999",
        "100000000000000000000", "00018446744073709551616",
    };
    static const struct { const char *in; uint64_t want; } read[] = {
        { "0", 0 }, { "7", 7 }, { "0000", 0 }, { "007", 7 }, { "4294967296", 4294967296 },
        { "18446744073709551615", UINT64_MAX }, { "00000000000018446744073709551615", UINT64_MAX },
    };
    uint64_t out = 42;
    for (size_t i = 0; i < LENGTH(refused); i++) {
        if (tacho__num_read_u64(refused[i], strlen(refused[i]), &out)) fail_msg("'%s' was read", refused[i]);
        assert_true(out == 42);
    }
    assert_false(tacho__num_read_u64(NULL, 0, &out));
    assert_false(tacho__num_read_u64("1\0", 2, &out));
    for (size_t i = 0; i < LENGTH(read); i++) {
        assert_true(tacho__num_read_u64(read[i].in, strlen(read[i].in), &out));
        assert_true(out == read[i].want);
    }
    assert_true(tacho__num_read_u64("1234", 2, &out));
    assert_true(out == 12);
}

static void sample_values_look_as_promised(void **state)
{
    (void)state;
    static const struct golden table[] = {
        { 0.0, "0" }, { -0.0, "-0" }, { 1.0, "1" }, { -1.0, "-1" }, { 10.0, "10" }, { 1027.0, "1027" },
        { 1e6, "1000000" }, { 1700000000.0, "1700000000" }, { 1e15, "1000000000000000" },
        { 9007199254740991.0, "9007199254740991" }, { -9007199254740991.0, "-9007199254740991" },
        { 9007199254740992.0, "9007199254740992" }, { 9007199254740994.0, "9007199254740994" },
        { 1152921504606846976.0, "1152921504606847000" }, { 18446744073709551616.0, "18446744073709552000" },
        { 1e16, "10000000000000000" }, { 1e20, "100000000000000000000" }, { 1e21, "1e+21" },
        { 999999999999999868928.0, "999999999999999900000" },
        { 123456789012345680000.0, "123456789012345680000" }, { 1.5e21, "1.5e+21" }, { 1e22, "1e+22" },
        { 1e23, "1e+23" }, { 1e100, "1e+100" }, { 1e308, "1e+308" }, { 0.1, "0.1" }, { 0.25, "0.25" },
        { -0.5, "-0.5" }, { 0.3, "0.3" }, { 0.1 + 0.2, "0.30000000000000004" }, { 4.35, "4.35" },
        { 7.25, "7.25" }, { 12.5, "12.5" }, { 1699990000.125, "1699990000.125" }, { 1234567.5, "1234567.5" },
        { 0.001, "0.001" }, { 0.0001, "0.0001" }, { 0.00012345, "0.00012345" }, { 0.00001, "1e-05" },
        { 0.000012345, "1.2345e-05" }, { 1e-9, "1e-09" }, { 1e-10, "1e-10" }, { 1e-100, "1e-100" },
        { -1e-7, "-1e-07" }, { 4503599627370495.5, "4503599627370495.5" }, { 1.0 / 3, "0.3333333333333333" },
        { 2.0 / 3, "0.6666666666666666" }, { 100.0 / 3, "33.333333333333336" },
        { 3.141592653589793, "3.141592653589793" }, { 0.00022250738585072014, "0.00022250738585072015" },
        { -0.00012345678901234567, "-0.00012345678901234567" }, { DBL_EPSILON, "2.220446049250313e-16" },
        { DBL_MAX, "1.7976931348623157e+308" }, { -DBL_MAX, "-1.7976931348623157e+308" },
        { DBL_MIN, "2.2250738585072014e-308" }, { -DBL_MIN, "-2.2250738585072014e-308" },
        { 0x1p-1074, "5e-324" }, { -0x1p-1074, "-5e-324" }, { 0x1p-1073, "1e-323" },
        { 0x3p-1074, "1.5e-323" }, { 2.2250738585072011e-308, "2.225073858507201e-308" },
    };
    for (size_t i = 0; i < LENGTH(table); i++)
        assert_string_equal(write_double(table[i].in).text, table[i].want);
}

/* Values that caught other printers: ties, ends of intervals, steps of unequal width. */
static void values_that_are_hard_to_print_are_shortest_and_nearest(void **state)
{
    (void)state;
    static const struct golden table[] = {
        { 2.98023223876953125e-8, "2.9802322387695312e-08" }, { 0x1p-44, "5.684341886080802e-14" },
        { 9.5367431640625e-7, "9.5367431640625e-07" }, { 9.5e-3, "0.0095" }, { 5e-324, "5e-324" },
        { 4.940656e-318, "4.940656e-318" }, { 1.18575755e-316, "1.18575755e-316" },
        { 2.989102097996e-312, "2.989102097996e-312" }, { 9.0608011534336e15, "9060801153433600" },
        { 4.708356024711512e18, "4708356024711512000" }, { 9.409340012568248e18, "9409340012568248000" },
        { -2.109808898695963e16, "-21098088986959630" }, { 1.8531501765868567e21, "1.8531501765868567e+21" },
        { -3.347727380279489e33, "-3.347727380279489e+33" }, { 1.9430376160308388e16, "19430376160308388" },
        { -6.9741824662760956e19, "-69741824662760956000" }, { 4.3816050601147837e18, "4381605060114783700" },
        { 5.764607523034235e39, "5.764607523034235e+39" }, { 1.152921504606847e40, "1.152921504606847e+40" },
        { 2.305843009213694e40, "2.305843009213694e+40" },
        { 8887055249355788 * 0x1p664, "6.802601037806062e+215" },
        { 5592117679628511 * 0x1p163, "6.538311315939327e+64" }, { 9007199254740993.0, "9007199254740992" },
        { 8.41e21, "8.41e+21" }, { 2.0919495182368195e19, "20919495182368195000" }, { 2.2e-322, "2.2e-322" },
        { 5.684341886080801e-14, "5.684341886080801e-14" }, { 123456789.12345678, "123456789.12345678" },
    };
    for (size_t i = 0; i < LENGTH(table); i++) {
        assert_string_equal(write_double(table[i].in).text, table[i].want);
        check_around(table[i].in < 0 ? -table[i].in : table[i].in);
    }
}

static void what_is_no_number_prints_as_readers_expect(void **state)
{
    (void)state;
    const double inf = double_of(UINT64_C(0x7ff) << 52), nan = double_of(UINT64_C(0x7ff8) << 48);
    assert_string_equal(write_double(inf).text, "+Inf");
    assert_string_equal(write_double(-inf).text, "-Inf");
    assert_string_equal(write_double(nan).text, "NaN");
    assert_string_equal(write_double(double_of(UINT64_C(0xfff8) << 48)).text, "NaN");
    assert_string_equal(write_double(double_of((UINT64_C(0x7ff) << 52) + 1)).text, "NaN");
    assert_string_equal(write_double(double_of(UINT64_MAX)).text, "NaN");
    assert_string_equal(write_bound(inf).text, "+Inf");
    assert_string_equal(write_bound(-inf).text, "-Inf");
    assert_string_equal(write_bound(nan).text, "NaN");
}

static void bounds_have_one_canonical_text(void **state)
{
    (void)state;
    static const struct golden table[] = {
        { 0.0, "0.0" }, { 0.005, "0.005" }, { 1.0, "1.0" }, { 2.5, "2.5" }, { 0.0001, "0.0001" },
        { 100000.0, "100000.0" }, { 1e6, "1e+06" }, { 1500000.0, "1.5e+06" }, { 1e10, "1e+10" },
        { 1e-5, "1e-05" }, { -0.0, "-0.0" }, { -1.0, "-1.0" }, { -2.5, "-2.5" }, { 10.0, "10.0" },
        { 25.0, "25.0" }, { 0.25, "0.25" }, { 999999.0, "999999.0" }, { 999999.5, "999999.5" },
        { 123456.75, "123456.75" }, { 1234567.0, "1.234567e+06" }, { 1048576.0, "1.048576e+06" },
        { 1e15, "1e+15" }, { 9007199254740991.0, "9.007199254740991e+15" }, { 1e21, "1e+21" },
        { 1e100, "1e+100" }, { 0.99, "0.99" }, { 0.999, "0.999" }, { 0.00025, "0.00025" },
        { 0.000025, "2.5e-05" }, { 1e-9, "1e-09" }, { 5e-324, "5e-324" }, { -1e6, "-1e+06" },
        { DBL_MAX, "1.7976931348623157e+308" }, { -DBL_MIN, "-2.2250738585072014e-308" },
    };
    for (size_t i = 0; i < LENGTH(table); i++)
        assert_string_equal(write_bound(table[i].in).text, table[i].want);
}

enum { WIDE = 40 };

/* A whole number of 40 * 32 bits, the lowest first. */
struct wide {
    uint32_t words[WIDE];
};

static int wide_bits(const struct wide *n)
{
    int bits = WIDE * 32;
    while (bits > 0 && !(n->words[(bits - 1) / 32] >> (bits - 1) % 32 & 1)) bits--;
    return bits;
}

static void wide_times_ten(struct wide *n)
{
    uint64_t carry = 0;
    for (int i = 0; i < WIDE; i++, carry >>= 32) {
        carry += n->words[i] * UINT64_C(10);
        n->words[i] = (uint32_t)carry;
    }
}

static void wide_tenth(struct wide *n)
{
    uint64_t rest = 0;
    for (int i = WIDE - 1; i >= 0; i--, rest %= 10) {
        rest = rest << 32 | n->words[i];
        n->words[i] = (uint32_t)(rest / 10);
    }
}

/* The highest 128 bits of n, rounded up if `rest` or a lower bit is set, are the entry for 10^k. */
static void check_entry(int k, const struct wide *n, bool rest)
{
    uint64_t want[2] = { 0, 0 };
    int high = wide_bits(n);
    for (int bit = high - 1; bit >= 0 || bit >= high - 128; bit--) {
        bool set = bit >= 0 && (n->words[bit / 32] >> bit % 32 & 1);
        uint64_t *word = &want[bit < high - 64];
        if (bit < high - 128)
            rest |= set;
        else
            *word = *word << 1 | set;
    }
    want[1] += rest;
    want[0] += rest && want[1] == 0;
    const uint64_t *got = num_pow10[k - NUM_POW10_MIN];
    if (got[0] != want[0] || got[1] != want[1]) fail_msg("the entry for 10^%d is wrong", k);
}

static void every_entry_of_the_table_of_powers_is_exact_to_the_last_bit(void **state)
{
    (void)state;
    struct wide n = { { 1 } };
    for (int k = 0; k <= NUM_POW10_MAX; k++, wide_times_ten(&n)) check_entry(k, &n, false);
    n = (struct wide){ { 0 } };
    n.words[WIDE - 1] = 1u << 31; /* 2^1279: its part by 10^292 has 128 bits and more */
    for (int k = -1; k >= NUM_POW10_MIN; k--) {
        wide_tenth(&n);
        check_entry(k, &n, true);
    }
}

static void every_power_of_two_reads_back_bit_for_bit(void **state)
{
    (void)state;
    for (int e = 0; e < 52; e++) check_around(double_of(UINT64_C(1) << e));
    for (uint64_t e = 1; e < 0x7ff; e++) check_around(double_of(e << 52));
}

static void every_power_of_ten_prints_as_one_digit(void **state)
{
    (void)state;
    for (int e = -323; e <= 308; e++) {
        char text[32], want[32];
        snprintf(text, sizeof(text), "1e%d", e);
        double v = strtod(text, NULL);
        snprintf(want, sizeof(want), "1e%c%02d", e < 0 ? '-' : '+', abs(e));
        if (e < -4 || e > 20) assert_string_equal(write_double(v).text, want);
        if (e < -4 || e > 5) assert_string_equal(write_bound(v).text, want);
        check_around(v);
    }
}

static void denormals_read_back_bit_for_bit(void **state)
{
    (void)state;
    for (uint64_t bits = 1; bits <= 20000; bits++) {
        check_double(double_of(bits));
        check_double(double_of((UINT64_C(1) << 52) - bits));
    }
    for (int i = 0; i < 100000; i++) check_double(double_of((random_next() >> (12 + i % 50)) | 1));
}

static void whole_numbers_beyond_53_bits_print_shortest(void **state)
{
    (void)state;
    for (int i = 0; i < 100000; i++) check_double((double)((random_next() >> (i % 11)) | UINT64_C(1) << 53));
}

/* Up to 15 digits survive the way through a double, so what was typed comes back. */
static void decimals_of_fifteen_digits_come_back_as_typed(void **state)
{
    (void)state;
    for (uint64_t i = 0; i < random_tries() / 5; i++) {
        uint64_t digits = random_next() % UINT64_C(1000000000000000) >> (i % 48) | 1;
        int exponent = (int)(random_next() % 560) - 290;
        char text[64];
        snprintf(text, sizeof(text), "%" PRIu64 "e%d", digits, exponent);
        struct decimal got = take_apart(write_bound(strtod(text, NULL)).text), want = take_apart(text);
        if (got.digits != want.digits || got.exponent != want.exponent)
            fail_msg("%s came back otherwise", text);
    }
}

static void random_doubles_are_shortest_and_read_back_bit_for_bit(void **state)
{
    (void)state;
    for (uint64_t i = 0; i < random_tries(); i++) {
        double v = double_of(random_next());
        if (is_finite(v) && v != 0) check_double(v);
    }
}

/* Sums and quotients between a nanosecond and a petabyte, as daemons have them. */
static void everyday_doubles_are_shortest_and_read_back_bit_for_bit(void **state)
{
    (void)state;
    static const double units[] = { 1e-9, 1e-6, 1e-3, 1.0 / 1024, 1.0 / 3, 1.0, 60.0, 1024.0, 1e6 };
    double sum = 0;
    for (uint64_t i = 0; i < random_tries() / 5; i++) {
        double v = (double)(random_next() >> (11 + i % 50)) * units[i % LENGTH(units)];
        if (v != 0) check_double(v);
        sum = i % 100 ? sum + v : v + 0.1;
        check_double(sum);
    }
}

static void a_decimal_comma_in_the_locale_changes_nothing(void **state)
{
    (void)state;
    static const char *const names[] = { "de_DE.UTF-8", "de_DE.utf8",  "de_DE",       "fr_FR.UTF-8", "fr_FR",
                                         "es_ES.UTF-8", "it_IT.UTF-8", "pt_BR.UTF-8", "ru_RU.UTF-8" };
    size_t found = 0;
    while (found < LENGTH(names) &&
           (!setlocale(LC_ALL, names[found]) || strcmp(localeconv()->decimal_point, ",") != 0))
        found++;
    if (found == LENGTH(names)) {
        setlocale(LC_ALL, "C");
        print_message("no locale with a decimal comma is installed (de_DE, fr_FR, ...): nothing to try\n");
        skip();
    }
    struct written big = write_u64(1234567890), value = write_double(1234567.125);
    struct written small = write_double(-1.5e-7);
    struct written bound = write_bound(0.25), whole = write_bound(10.0);
    setlocale(LC_ALL, "C");
    assert_string_equal(big.text, "1234567890");
    assert_string_equal(value.text, "1234567.125");
    assert_string_equal(small.text, "-1.5e-07");
    assert_string_equal(bound.text, "0.25");
    assert_string_equal(whole.text, "10.0");
}

int main(void)
{
    const struct CMUnitTest num[] = {
        cmocka_unit_test(every_whole_number_prints_all_its_digits_and_reads_back),
        cmocka_unit_test(the_limits_of_whole_numbers_print_exactly),
        cmocka_unit_test(only_decimal_digits_within_64_bits_are_read_as_a_number),
        cmocka_unit_test(sample_values_look_as_promised),
        cmocka_unit_test(values_that_are_hard_to_print_are_shortest_and_nearest),
        cmocka_unit_test(what_is_no_number_prints_as_readers_expect),
        cmocka_unit_test(bounds_have_one_canonical_text),
        cmocka_unit_test(every_entry_of_the_table_of_powers_is_exact_to_the_last_bit),
        cmocka_unit_test(every_power_of_two_reads_back_bit_for_bit),
        cmocka_unit_test(every_power_of_ten_prints_as_one_digit),
        cmocka_unit_test(denormals_read_back_bit_for_bit),
        cmocka_unit_test(whole_numbers_beyond_53_bits_print_shortest),
        cmocka_unit_test(decimals_of_fifteen_digits_come_back_as_typed),
        cmocka_unit_test(random_doubles_are_shortest_and_read_back_bit_for_bit),
        cmocka_unit_test(everyday_doubles_are_shortest_and_read_back_bit_for_bit),
        cmocka_unit_test(a_decimal_comma_in_the_locale_changes_nothing),
    };
    return cmocka_run_group_tests(num, NULL, NULL);
}
