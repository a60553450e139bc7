/*
 * test_num.c - numbers as text.
 *
 * The C library of the machine is the judge, see support/num_judge.h, and on samples a search through all lengths and
 * Python. With TACHO_LONG=1 there are 100 million random doubles instead of 1 million, and as much more of the rest.
 */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <float.h>
#include <inttypes.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "num.h"

#include "support/comma.h"
#include "support/num_judge.h"
#include "support/stress.h"
#include "support/sweep.h"

#define LENGTH(array) (sizeof(array) / sizeof(array)[0])

enum { WHY = 200 };

struct golden {
    double in;
    const char *want;
};

static void check_double(double v)
{
    char why[WHY];
    if (!num_judge_double(v, why, sizeof why)) fail_msg("%s", why);
}

/* v, its two neighbours, and the same below zero. */
static void check_around(double v)
{
    for (uint64_t bits = num_bits_of(v) - 1; bits <= num_bits_of(v) + 1; bits++) {
        if (bits == 0 || !num_is_finite(num_double_of(bits))) continue;
        check_double(num_double_of(bits));
        check_double(-num_double_of(bits));
    }
}

static void check_u64(uint64_t v)
{
    char why[WHY];
    if (!num_judge_u64(v, why, sizeof why)) fail_msg("%s", why);
    if (v < UINT64_C(1) << 53 && !num_judge_whole(v, why, sizeof why)) fail_msg("%s", why);
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
    check_u64(UINT64_MAX - 1);
    check_u64(UINT64_MAX);
}

static void the_limits_of_whole_numbers_print_exactly(void **state)
{
    (void)state;
    assert_string_equal(num_text_u64(0).text, "0");
    assert_string_equal(num_text_u64(UINT64_MAX).text, "18446744073709551615");
    assert_string_equal(num_text_i64(0).text, "0");
    assert_string_equal(num_text_i64(-1).text, "-1");
    assert_string_equal(num_text_i64(INT64_MAX).text, "9223372036854775807");
    assert_string_equal(num_text_i64(INT64_MIN).text, "-9223372036854775808");
    assert_string_equal(num_text_i64(INT64_MIN + 1).text, "-9223372036854775807");
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
        assert_string_equal(num_text_double(table[i].in).text, table[i].want);
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
        assert_string_equal(num_text_double(table[i].in).text, table[i].want);
        check_around(table[i].in < 0 ? -table[i].in : table[i].in);
    }
}

static void what_is_no_number_prints_as_readers_expect(void **state)
{
    (void)state;
    const double inf = num_double_of(UINT64_C(0x7ff) << 52), nan = num_double_of(UINT64_C(0x7ff8) << 48);
    assert_string_equal(num_text_double(inf).text, "+Inf");
    assert_string_equal(num_text_double(-inf).text, "-Inf");
    assert_string_equal(num_text_double(nan).text, "NaN");
    assert_string_equal(num_text_double(num_double_of(UINT64_C(0xfff8) << 48)).text, "NaN");
    assert_string_equal(num_text_double(num_double_of((UINT64_C(0x7ff) << 52) + 1)).text, "NaN");
    assert_string_equal(num_text_double(num_double_of(UINT64_MAX)).text, "NaN");
    assert_string_equal(num_text_bound(inf).text, "+Inf");
    assert_string_equal(num_text_bound(-inf).text, "-Inf");
    assert_string_equal(num_text_bound(nan).text, "NaN");
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
        assert_string_equal(num_text_bound(table[i].in).text, table[i].want);
}

static void every_power_of_two_reads_back_bit_for_bit(void **state)
{
    (void)state;
    for (int e = 0; e < 52; e++) check_around(num_double_of(UINT64_C(1) << e));
    for (uint64_t e = 1; e < 0x7ff; e++) check_around(num_double_of(e << 52));
}

static void every_power_of_ten_prints_as_one_digit(void **state)
{
    (void)state;
    for (int e = -323; e <= 308; e++) {
        char text[32], want[32];
        snprintf(text, sizeof(text), "1e%d", e);
        double v = strtod(text, NULL);
        snprintf(want, sizeof(want), "1e%c%02d", e < 0 ? '-' : '+', abs(e));
        if (e < -4 || e > 20) assert_string_equal(num_text_double(v).text, want);
        if (e < -4 || e > 5) assert_string_equal(num_text_bound(v).text, want);
        check_around(v);
    }
}

static double random_double(uint64_t *stream)
{
    for (;;) {
        double v = num_double_of(sweep_random(stream));
        if (num_is_finite(v) && v != 0) return v;
    }
}

static bool try_any_bits(uint64_t *stream, char *why, size_t cap)
{
    return num_judge_double(random_double(stream), why, cap);
}

static void random_doubles_are_shortest_and_read_back_bit_for_bit(void **state)
{
    (void)state;
    sweep("random doubles", 1000000, try_any_bits);
}

static bool try_denormal(uint64_t *stream, char *why, size_t cap)
{
    uint64_t bits = sweep_random(stream) >> 12 >> sweep_random(stream) % 51;
    return num_judge_double(num_double_of(bits | 1), why, cap);
}

static void denormals_read_back_bit_for_bit(void **state)
{
    (void)state;
    for (uint64_t bits = 1; bits <= 10000; bits++) {
        check_double(num_double_of(bits));
        check_double(num_double_of((UINT64_C(1) << 52) - bits));
    }
    sweep("denormals", 50000, try_denormal);
}

static bool try_u64(uint64_t *stream, char *why, size_t cap)
{
    return num_judge_u64(sweep_random(stream) >> sweep_random(stream) % 64, why, cap);
}

static void random_whole_numbers_print_all_their_digits(void **state)
{
    (void)state;
    sweep("whole numbers", 100000, try_u64);
}

static bool try_whole_double(uint64_t *stream, char *why, size_t cap)
{
    return num_judge_whole(sweep_random(stream) >> 11 >> sweep_random(stream) % 53, why, cap);
}

static void whole_doubles_below_2_to_53_have_all_their_digits_and_no_point(void **state)
{
    (void)state;
    for (uint64_t power = 1; power < UINT64_C(1) << 53; power *= 2) {
        check_u64(power - 1);
        check_u64(power + 1);
    }
    sweep("whole doubles", 50000, try_whole_double);
}

static bool try_large_whole(uint64_t *stream, char *why, size_t cap)
{
    uint64_t v = sweep_random(stream) >> sweep_random(stream) % 11;
    return num_judge_double((double)(v | UINT64_C(1) << 53), why, cap);
}

static void whole_numbers_beyond_53_bits_print_shortest(void **state)
{
    (void)state;
    sweep("large whole numbers", 50000, try_large_whole);
}

/* Up to 15 digits survive the way through a double, so what was typed comes back. */
static bool try_typed(uint64_t *stream, char *why, size_t cap)
{
    uint64_t digits = sweep_random(stream) % UINT64_C(1000000000000000) >> sweep_random(stream) % 48 | 1;
    char typed[64];
    (void)snprintf(typed, sizeof typed, "%" PRIu64 "e%d", digits, (int)(sweep_random(stream) % 560) - 290);
    struct num_text text = num_text_bound(strtod(typed, NULL));
    struct num_parts got = num_parts_of(text.text), want = num_parts_of(typed);
    if (num_parts_equal(&got, &want)) return true;
    (void)snprintf(why, cap, "%s came back as %s", typed, text.text);
    return false;
}

static void decimals_of_fifteen_digits_come_back_as_typed(void **state)
{
    (void)state;
    sweep("typed decimals", 100000, try_typed);
}

/* Products and sums between a nanosecond and a petabyte, as daemons have them. */
static bool try_everyday(uint64_t *stream, char *why, size_t cap)
{
    static const double units[] = { 1e-9, 1e-6, 1e-3, 1.0 / 1024, 1.0 / 3, 1.0, 60.0, 1024.0, 1e6 };
    uint64_t count = sweep_random(stream) >> 11 >> sweep_random(stream) % 50;
    double v = (double)(count | 1) * units[sweep_random(stream) % LENGTH(units)];
    return num_judge_double(v, why, cap) && num_judge_double(v + 0.1, why, cap);
}

static void everyday_doubles_are_shortest_and_read_back_bit_for_bit(void **state)
{
    (void)state;
    sweep("everyday doubles", 100000, try_everyday);
}

/* The first precision of %g that reads back is the length to be; only a power of two may need less. */
static bool try_every_precision(uint64_t *stream, char *why, size_t cap)
{
    double v = random_double(stream);
    char found[32];
    struct num_text text = num_text_double(v);
    struct num_parts got = num_parts_of(text.text), want;
    int precision = 0;
    do (void)snprintf(found, sizeof found, "%.*g", ++precision, v);
    while (precision < 17 && strtod(found, NULL) != v);
    want = num_parts_of(found);
    bool lopsided = num_bits_of(v) << 12 == 0;
    if (num_parts_equal(&got, &want) || (lopsided && got.count < want.count)) return true;
    (void)snprintf(why, cap, "'%s' should be '%s'", text.text, found);
    return false;
}

static void trying_every_precision_finds_nothing_else(void **state)
{
    (void)state;
    sweep("every precision", 10000, try_every_precision);
}

static void tell_python(FILE *python, double v)
{
    (void)fprintf(python, "%016" PRIx64 " %s %s\n", num_bits_of(v), num_text_double(v).text, num_text_bound(v).text);
}

static void python_prints_the_same(void **state)
{
    (void)state;
    uint64_t stream = 0;
    const int randoms = stress_is_long() ? 1000000 : 50000;
    void (*before)(int) = signal(SIGPIPE, SIG_IGN); /* an interpreter that is missing does not read */
    FILE *python = popen("exec python3 -I tests/support/num_repr.py", "w");
    assert_non_null(python);
    for (uint64_t e = 1; e < 0x7ff; e++) tell_python(python, num_double_of(e << 52));
    for (int e = 0; e < 52; e++) tell_python(python, num_double_of(UINT64_C(1) << e));
    for (int i = 0; i < randoms; i++) {
        tell_python(python, random_double(&stream));
        tell_python(python, (double)(sweep_random(&stream) >> i % 64) / 1000);
    }
    (void)fputs("end\n", python);
    int status = pclose(python);
    (void)signal(SIGPIPE, before);
    assert_true(WIFEXITED(status));
    if (WEXITSTATUS(status) == 126 || WEXITSTATUS(status) == 127) {
        print_message("python3 is missing or does not start: nothing to compare with\n");
        skip();
    }
    assert_int_equal(WEXITSTATUS(status), 0);
}

static void a_decimal_comma_in_the_locale_changes_nothing(void **state)
{
    enum { COUNT = 20000 };
    static struct num_text samples[COUNT], bounds[COUNT], wholes[COUNT];
    char half[8];
    for (int pass = 0; pass < 2; pass++) {
        uint64_t stream = 0;
        for (int i = 0; i < COUNT; i++) {
            double v = i % 2 ? random_double(&stream) : (double)(sweep_random(&stream) >> i % 64) / 1000;
            struct num_text sample = num_text_double(v), bound = num_text_bound(v);
            struct num_text whole = num_text_u64(sweep_random(&stream));
            if (pass == 1) {
                assert_string_equal(sample.text, samples[i].text);
                assert_string_equal(bound.text, bounds[i].text);
                assert_string_equal(whole.text, wholes[i].text);
            }
            samples[i] = sample, bounds[i] = bound, wholes[i] = whole;
        }
        if (pass == 0) comma_enter();
    }
    (void)snprintf(half, sizeof half, "%.1f", 0.5);
    assert_string_equal(half, "0,5");
    sample_values_look_as_promised(state);
    bounds_have_one_canonical_text(state);
    what_is_no_number_prints_as_readers_expect(state);
    the_limits_of_whole_numbers_print_exactly(state);
    only_decimal_digits_within_64_bits_are_read_as_a_number(state);
}

int main(void)
{
    const struct CMUnitTest num[] = {
        cmocka_unit_test(every_whole_number_prints_all_its_digits_and_reads_back),
        cmocka_unit_test(random_whole_numbers_print_all_their_digits),
        cmocka_unit_test(whole_doubles_below_2_to_53_have_all_their_digits_and_no_point),
        cmocka_unit_test(the_limits_of_whole_numbers_print_exactly),
        cmocka_unit_test(only_decimal_digits_within_64_bits_are_read_as_a_number),
        cmocka_unit_test(sample_values_look_as_promised),
        cmocka_unit_test(values_that_are_hard_to_print_are_shortest_and_nearest),
        cmocka_unit_test(what_is_no_number_prints_as_readers_expect),
        cmocka_unit_test(bounds_have_one_canonical_text),
        cmocka_unit_test(every_power_of_two_reads_back_bit_for_bit),
        cmocka_unit_test(every_power_of_ten_prints_as_one_digit),
        cmocka_unit_test(denormals_read_back_bit_for_bit),
        cmocka_unit_test(whole_numbers_beyond_53_bits_print_shortest),
        cmocka_unit_test(decimals_of_fifteen_digits_come_back_as_typed),
        cmocka_unit_test(random_doubles_are_shortest_and_read_back_bit_for_bit),
        cmocka_unit_test(everyday_doubles_are_shortest_and_read_back_bit_for_bit),
        cmocka_unit_test(trying_every_precision_finds_nothing_else),
        cmocka_unit_test(python_prints_the_same),
        cmocka_unit_test_teardown(a_decimal_comma_in_the_locale_changes_nothing, comma_leave),
    };
    return cmocka_run_group_tests(num, NULL, NULL);
}
