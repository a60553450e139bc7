/*
 * test_sketch.c - quantiles: how exact they are, which value a rank means, and what becomes of values without room.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sketch.h"

#define SECOND UINT64_C(1000000000)
#define HOUR (3600 * SECOND)

static const double percent[] = { 0, .001, .01, .5, .9, .99, .999, 1 };
static const size_t permille[] = { 0, 1, 10, 500, 900, 990, 999, 1000 };

static struct tacho__sketch *sketch_new(double seconds, uint32_t slices)
{
    struct tacho__sketch *sketch = calloc(1, tacho__sketch_size(slices));
    assert_non_null(sketch);
    tacho__sketch_open(sketch, seconds, slices);
    return sketch;
}

static uint64_t held(const struct tacho__sketch *sketch, uint64_t now_ns)
{
    return tacho__sketch_read(sketch, now_ns, NULL, 0, NULL);
}

static double quantile(const struct tacho__sketch *sketch, uint64_t now_ns, double rank)
{
    double value = 12345;
    (void)tacho__sketch_read(sketch, now_ns, &rank, 1, &value);
    return value;
}

static bool near_to(double value, double want, double error)
{
    double scale = fabs(want) < 1e-200 ? 0x1p300 : 1; /* a part of a subnormal number would be rounded */
    if (isinf(want) || want == 0) return value == want;
    return fabs(value - want) * scale <= fabs(want) * scale * error;
}

static uint64_t random_state;

static uint64_t random_next(void)
{
    uint64_t z = random_state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

/* Between 0 and 1, neither included. */
static double random_part(void)
{
    return ((double)(random_next() >> 12) + 0.5) / 4503599627370496.0;
}

/* ---- Accuracy ---------------------------------------------------------------------------------------------- */

static double power_of_e(double x)
{
    double result = 1 + x / 1048576;
    for (int i = 0; i < 20; i++) result *= result;
    return result;
}

static double draw_uniform(void)
{
    return 5 + 95 * random_part();
}

static double draw_log_normal(void)
{
    double normal = -6;
    for (int i = 0; i < 12; i++) normal += random_part();
    return power_of_e(-3 + 1.5 * normal);
}

/* The least of many uniform values, which is how an exponential distribution comes about. */
static double draw_exponential(void)
{
    double least = 1;
    for (int i = 0; i < 60; i++) {
        double part = random_part();
        if (part < least) least = part;
    }
    return least;
}

static double draw_constant(void)
{
    return 0.1;
}

static double draw_bimodal(void)
{
    return random_next() % 10 ? 0.002 + 0.001 * random_part() : 800 + 400 * random_part();
}

static double draw_negative(void)
{
    return -draw_log_normal();
}

static double draw_around_zero(void)
{
    return random_next() % 8 ? 200 * random_part() - 100 : 0;
}

static double draw_whole(void)
{
    return (double)(random_next() % 300);
}

static int compare(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

/* Against the definition, in whole numbers: the ceil(n * permille / 1000)-th smallest. */
static void check_against_sorted(double *values, size_t n, const struct tacho__sketch *sketch, uint64_t now_ns)
{
    double got[8];
    qsort(values, n, sizeof *values, compare);
    assert_int_equal(tacho__sketch_read(sketch, now_ns, percent, 8, got), n);
    for (size_t i = 0; i < 8; i++) {
        size_t order = (n * permille[i] + 999) / 1000;
        double want = values[order ? order - 1 : 0];
        if (!near_to(got[i], want, 0.008))
            fail_msg("%zu values, rank %g: %.17g, not %.17g", n, percent[i], got[i], want);
    }
}

static void quantiles_are_within_one_percent_of_those_of_the_sorted_values(void **state)
{
    (void)state;
    static double (*const draws[])(void) = { draw_uniform, draw_log_normal, draw_exponential, draw_constant,
                                             draw_bimodal, draw_negative, draw_around_zero, draw_whole };
    static const size_t sizes[] = { 1, 2, 3, 10, 1000, 100000 };
    static double values[100000];
    for (size_t d = 0; d < sizeof draws / sizeof *draws; d++)
        for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
            struct tacho__sketch *sketch = sketch_new(50, 5);
            random_state = 100 * d + s;
            for (size_t i = 0; i < sizes[s]; i++) {
                values[i] = draws[d]();
                tacho__sketch_observe(sketch, values[i], HOUR + i * 50 * SECOND / sizes[s]); /* over all slices */
            }
            check_against_sorted(values, sizes[s], sketch, HOUR + 50 * SECOND);
            free(sketch);
        }
}

static void check_single(struct tacho__sketch *sketch, double value)
{
    double error = fabs(value) < 1e-321 ? 0.016 : fabs(value) < DBL_MIN ? 0.01 : 0.008;
    tacho__sketch_observe(sketch, value, HOUR);
    double got = quantile(sketch, HOUR, 0.5);
    if (!near_to(got, value, error) || signbit(got) != signbit(value)) fail_msg("%.17g for %.17g", got, value);
    tacho__sketch_reset(sketch);
}

static void values_of_every_magnitude_and_sign_are_within_one_percent(void **state)
{
    (void)state;
    struct tacho__sketch *sketch = sketch_new(60, 1);
    for (int exponent = -1074; exponent <= 1023; exponent++) {
        double power = exponent < -1022 ? DBL_TRUE_MIN : DBL_MIN;
        for (int i = exponent < -1022 ? -1074 : -1022; i < exponent; i++) power *= 2;
        for (int i = 0; i < 24; i++) {
            double value = power + power * (i == 0 ? 0 : i == 1 ? 1 - DBL_EPSILON : random_part() * (1 - DBL_EPSILON));
            check_single(sketch, value);
            check_single(sketch, -value);
        }
    }
    for (int i = 1; i < 1000; i++) check_single(sketch, i * DBL_TRUE_MIN);
    for (int i = 0; i < 200000; i++) check_single(sketch, 1 + i / 200000.0);
    check_single(sketch, DBL_MAX);
    check_single(sketch, -DBL_MAX);
    free(sketch);
}

static void zero_and_the_infinities_are_exact(void **state)
{
    (void)state;
    static const double values[] = { (double)INFINITY, 0, (double)-INFINITY, -0.0 };
    static const double ranks[] = { 0, .25, .26, .75, .76, 1 };
    double got[6];
    struct tacho__sketch *sketch = sketch_new(60, 5);
    for (int i = 0; i < 4; i++) tacho__sketch_observe(sketch, values[i], HOUR);
    assert_int_equal(tacho__sketch_read(sketch, HOUR, ranks, 6, got), 4);
    assert_true(got[0] == (double)-INFINITY && got[1] == (double)-INFINITY);
    assert_true(got[2] == 0 && got[3] == 0);
    assert_true(got[4] == (double)INFINITY && got[5] == (double)INFINITY);
    free(sketch);
}

static void values_are_in_order_from_minus_infinity_to_infinity(void **state)
{
    (void)state;
    static const double rising[] = { (double)-INFINITY, -1e30, -3000, -2990, -2, -1e-9, -DBL_TRUE_MIN, 0, DBL_TRUE_MIN,
                                     1e-300, 0.5, 1, 1.02, 1.04, 7, 1e30, DBL_MAX, (double)INFINITY };
    enum { COUNT = sizeof rising / sizeof *rising };
    struct tacho__sketch *sketch = sketch_new(60, 3);
    for (size_t i = 0; i < COUNT; i++) tacho__sketch_observe(sketch, rising[i * 5 % COUNT], HOUR + i * SECOND);
    for (size_t i = 0; i < COUNT; i++)
        assert_true(near_to(quantile(sketch, HOUR, (double)(i + 1) / COUNT), rising[i], 0.008));
    free(sketch);
}

static void an_empty_window_has_no_quantiles(void **state)
{
    (void)state;
    double got[8];
    struct tacho__sketch *sketch = sketch_new(60, 5);
    for (int round = 0; round < 2; round++) {
        assert_int_equal(tacho__sketch_read(sketch, HOUR, percent, 8, got), 0);
        for (int i = 0; i < 8; i++) assert_true(isnan(got[i]));
        tacho__sketch_observe(sketch, (double)NAN, HOUR);
        tacho__sketch_observe(sketch, -(double)NAN, HOUR);
    }
    assert_int_equal(held(sketch, 0), 0);
    free(sketch);
}

static void a_rank_means_the_nearest_one_above_however_the_product_is_rounded(void **state)
{
    (void)state;
    double power[101] = { 1 };
    struct tacho__sketch *sketch = sketch_new(60, 5);
    for (int i = 1; i <= 100; i++) power[i] = power[i - 1] * 1.05;
    for (size_t n = 1; n <= 100; n++) {
        tacho__sketch_observe(sketch, power[n], HOUR);
        for (size_t hundredth = 0; hundredth <= 100; hundredth++) {
            size_t order = (hundredth * n + 99) / 100;
            double got = quantile(sketch, HOUR, (double)hundredth / 100);
            if (!near_to(got, power[order ? order : 1], 0.008)) fail_msg("rank %zu %% of %zu", hundredth, n);
        }
    }
    assert_true(near_to(quantile(sketch, HOUR, 0.50001), power[51], 0.008));
    free(sketch);
}

static void a_rank_may_be_asked_for_twice(void **state)
{
    (void)state;
    static const double ranks[] = { 0, 0, .5, .5, 1, 1 };
    double got[6];
    struct tacho__sketch *sketch = sketch_new(60, 5);
    for (int i = 1; i <= 3; i++) tacho__sketch_observe(sketch, i, HOUR);
    (void)tacho__sketch_read(sketch, HOUR, ranks, 6, got);
    for (int i = 0; i < 6; i++) assert_true(near_to(got[i], 1 + i / 2, 0.008));
    free(sketch);
}

/* ---- What has no room -------------------------------------------------------------------------------------- */

static void octaves_find_room_wherever_they_lie(void **state)
{
    (void)state;
    for (int step = 1; step < 60; step += 2) {
        struct tacho__sketch *sketch = sketch_new(60, 2);
        double value = 1e-200, values[32];
        for (int i = 0; i < 32; i++) {
            values[i] = i % 2 ? value : -value;
            tacho__sketch_observe(sketch, values[i], HOUR);
            for (int k = 0; k < step; k++) value *= 2;
        }
        check_against_sorted(values, 32, sketch, HOUR);
        free(sketch);
    }
}

/* Places of 32 octaves from `first` up are taken. */
static struct tacho__sketch *sketch_full(double first)
{
    struct tacho__sketch *sketch = sketch_new(60, 2);
    for (int i = 0; i < 32; i++) tacho__sketch_observe(sketch, first * (double)(UINT64_C(1) << i), HOUR);
    return sketch;
}

static void what_has_no_room_counts_as_the_nearest_value_that_has(void **state)
{
    (void)state;
    double top = 1.999 * (double)(UINT64_C(1) << 31);
    for (int sign = -1; sign <= 1; sign += 2) {
        struct tacho__sketch *sketch = sketch_full(1.5 * sign);
        for (int i = 0; i < 68; i++) {
            tacho__sketch_observe(sketch, 1e15 * sign, HOUR);
            tacho__sketch_observe(sketch, 1e-9 * sign, HOUR);
        }
        assert_int_equal(held(sketch, HOUR), 168);
        double low = quantile(sketch, HOUR, 0.3), high = quantile(sketch, HOUR, 0.7);
        assert_true(near_to(sign > 0 ? low : high, sign, 0.008));
        assert_true(near_to(sign > 0 ? high : low, sign * top, 0.008));
        free(sketch);
    }
}

static void the_nearest_value_is_found_between_octaves_too(void **state)
{
    (void)state;
    struct tacho__sketch *sketch = sketch_new(60, 2);
    for (int i = 0; i < 16; i++) {
        tacho__sketch_observe(sketch, (double)(UINT64_C(1) << i), HOUR);
        tacho__sketch_observe(sketch, 1e30 * (double)(UINT64_C(1) << i), HOUR);
    }
    for (int i = 0; i < 100; i++) tacho__sketch_observe(sketch, 1e9, HOUR);
    assert_true(near_to(quantile(sketch, HOUR, 0.5), 65520, 0.009));
    for (int i = 0; i < 200; i++) tacho__sketch_observe(sketch, 1e26, HOUR);
    double first = DBL_MIN; /* the first power of two of the octave of 1e30 */
    while (first * 2 <= 1e30) first *= 2;
    assert_true(near_to(quantile(sketch, HOUR, 0.8), first, 0.008));
    free(sketch);
}

static void without_room_for_its_sign_a_value_counts_as_zero(void **state)
{
    (void)state;
    struct tacho__sketch *sketch = sketch_full(1);
    tacho__sketch_observe(sketch, -5, HOUR);
    assert_int_equal(held(sketch, HOUR), 33);
    assert_true(quantile(sketch, HOUR, 0) == 0);
    free(sketch);
}

static void zero_and_infinities_always_have_room(void **state)
{
    (void)state;
    struct tacho__sketch *sketch = sketch_full(1);
    tacho__sketch_observe(sketch, (double)-INFINITY, HOUR);
    tacho__sketch_observe(sketch, 0, HOUR);
    tacho__sketch_observe(sketch, (double)INFINITY, HOUR);
    assert_true(quantile(sketch, HOUR, 0) == (double)-INFINITY);
    assert_true(quantile(sketch, HOUR, 2 / 35.0) == 0);
    assert_true(quantile(sketch, HOUR, 1) == (double)INFINITY);
    free(sketch);
}

static void room_is_there_again_in_the_next_slice(void **state)
{
    (void)state;
    struct tacho__sketch *sketch = sketch_full(1);
    for (unsigned i = 1; i < 10; i++) { /* with the time, each slot in turn */
        tacho__sketch_observe(sketch, 1e20, HOUR + i * 31 * SECOND);
        assert_true(near_to(quantile(sketch, HOUR + i * 31 * SECOND, 1), 1e20, 0.008));
    }
    free(sketch);
}

/* The place of a counter is what two observations change in the same way. */
static void a_full_counter_stays_full_and_leaves_its_neighbours_alone(void **state)
{
    (void)state;
    size_t size = tacho__sketch_size(2), words = size / sizeof(uint64_t), counters = 0;
    uint64_t *block = (uint64_t *)(void *)sketch_new(60, 2), *before = malloc(size);
    struct tacho__sketch *sketch = (struct tacho__sketch *)(void *)block;
    assert_non_null(before);
    for (int i = 0; i < 256; i++) {
        double value = 1 + i / 256.0;
        tacho__sketch_observe(sketch, value, HOUR);
        memcpy(before, block, size);
        tacho__sketch_observe(sketch, value, HOUR);
        if (memcmp(before, block, size) == 0) continue; /* its bucket was filled by a value before it */
        for (size_t k = 0; k < words; k++) {
            uint64_t unit = block[k] - before[k];
            if (unit == 0) continue;
            uint64_t count = block[k] / unit % (UINT64_C(1) << 30);
            block[k] += unit * ((UINT64_C(1) << 30) - 2 - count); /* one less than it can hold */
            counters++;
        }
        uint64_t all = held(sketch, HOUR);
        tacho__sketch_observe(sketch, value, HOUR);
        assert_int_equal(held(sketch, HOUR), all + 1);
        for (int k = 0; k < 3; k++) tacho__sketch_observe(sketch, value, HOUR);
        assert_int_equal(held(sketch, HOUR), all + 1);
    }
    assert_int_equal(counters, 48);
    free(before);
    free(block);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quantiles_are_within_one_percent_of_those_of_the_sorted_values),
        cmocka_unit_test(values_of_every_magnitude_and_sign_are_within_one_percent),
        cmocka_unit_test(zero_and_the_infinities_are_exact),
        cmocka_unit_test(values_are_in_order_from_minus_infinity_to_infinity),
        cmocka_unit_test(an_empty_window_has_no_quantiles),
        cmocka_unit_test(a_rank_means_the_nearest_one_above_however_the_product_is_rounded),
        cmocka_unit_test(a_rank_may_be_asked_for_twice),
        cmocka_unit_test(octaves_find_room_wherever_they_lie),
        cmocka_unit_test(what_has_no_room_counts_as_the_nearest_value_that_has),
        cmocka_unit_test(the_nearest_value_is_found_between_octaves_too),
        cmocka_unit_test(without_room_for_its_sign_a_value_counts_as_zero),
        cmocka_unit_test(zero_and_infinities_always_have_room),
        cmocka_unit_test(room_is_there_again_in_the_next_slice),
        cmocka_unit_test(a_full_counter_stays_full_and_leaves_its_neighbours_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
