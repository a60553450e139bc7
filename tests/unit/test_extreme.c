/*
 * test_extreme.c - the highest and the lowest value of a sliding window: what counts, from when, and until when.
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

#include "extreme.h"

#define SECOND UINT64_C(1000000000)
#define HOUR (3600 * SECOND)

static struct tacho__extreme *extreme_new(tacho__extreme_kind kind, double seconds, uint32_t slices)
{
    struct tacho__extreme *extreme = calloc(1, tacho__extreme_size(slices));
    assert_non_null(extreme);
    tacho__extreme_open(extreme, kind, seconds, slices);
    return extreme;
}

/* The same value, and the same zero. */
static bool same(double a, double b)
{
    return (isnan(a) && isnan(b)) || (a == b && signbit(a) == signbit(b));
}

#define assert_reads(extreme, now_ns, want) assert_true(same(tacho__extreme_read((extreme), (now_ns)), (want)))

static uint64_t random_state;

static uint64_t random_next(void)
{
    uint64_t z = random_state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

/* ---- What is shown ------------------------------------------------------------------------------------------- */

static void before_the_first_value_it_shows_0(void **state)
{
    (void)state;
    for (int kind = TACHO__HIGHEST; kind <= TACHO__LOWEST; kind++) {
        struct tacho__extreme *extreme = extreme_new((tacho__extreme_kind)kind, 60, 5);
        assert_reads(extreme, 0, 0.0);
        assert_reads(extreme, HOUR, 0.0);
        free(extreme);
    }
}

static void the_0_at_the_beginning_is_no_extreme(void **state)
{
    (void)state;
    struct tacho__extreme *highest = extreme_new(TACHO__HIGHEST, 60, 5), *lowest = extreme_new(TACHO__LOWEST, 60, 5);
    tacho__extreme_set(highest, -5, HOUR);
    tacho__extreme_set(lowest, 5, HOUR);
    assert_reads(highest, HOUR, -5.0);
    assert_reads(lowest, HOUR, 5.0);
    free(highest);
    free(lowest);
}

static void every_scraper_sees_a_spike_for_the_window_and_at_most_one_slice_longer(void **state)
{
    (void)state;
    for (uint32_t slices = 1; slices <= TACHO__SLICES_MAX; slices++)
        for (int sign = -1; sign <= 1; sign += 2) {
            tacho__extreme_kind kind = sign > 0 ? TACHO__HIGHEST : TACHO__LOWEST;
            struct tacho__extreme *extreme = extreme_new(kind, 0.1 * slices, slices);
            uint64_t slice = SECOND / 10, window = slice * slices;
            for (uint64_t at = HOUR; at < HOUR + 20 * slice; at += slice / 7 + 1) {
                tacho__extreme_set(extreme, 100 * sign, at);
                tacho__extreme_set(extreme, 3 * sign, at);
                for (uint64_t later = 0; later <= 10; later++)
                    assert_reads(extreme, at + window * later / 10, 100.0 * sign);
                assert_reads(extreme, at + window + slice + 1000, 3.0 * sign);
                tacho__extreme_reset(extreme);
            }
            free(extreme);
        }
}

static void extremes_leave_slice_by_slice(void **state)
{
    (void)state;
    struct tacho__extreme *extreme = extreme_new(TACHO__HIGHEST, 50, 5);
    uint64_t now = 5 * SECOND;
    for (int i = 0; i < 100; i++, now += 10 * SECOND) {
        tacho__extreme_set(extreme, 1000 - i, now);
        assert_reads(extreme, now, i < 5 ? 1000.0 : 1000.0 - i + 5);
    }
    for (int i = 0; i < 20; i++, now += 10 * SECOND) assert_reads(extreme, now, i < 5 ? 905.0 - i : 901.0);
    free(extreme);
}

static void the_last_value_counts_however_old_it_is(void **state)
{
    (void)state;
    struct tacho__extreme *extreme = extreme_new(TACHO__HIGHEST, 60, 5);
    tacho__extreme_set(extreme, 7, HOUR);
    assert_reads(extreme, 1000 * HOUR, 7.0);
    tacho__extreme_set(extreme, 2, 1000 * HOUR);
    assert_reads(extreme, 1000 * HOUR, 2.0);
    free(extreme);
}

static void what_left_never_comes_back_however_long_nothing_happens(void **state)
{
    (void)state;
    for (uint64_t rounds = 1; rounds <= 40; rounds++) {
        struct tacho__extreme *extreme = extreme_new(TACHO__HIGHEST, 50, 5);
        uint64_t now = 5 * SECOND;
        for (int i = 0; i < 60; i++, now += rounds * 60 * SECOND) {
            double spike = i % 13 ? i + 0.1 : DBL_MAX;
            tacho__extreme_set(extreme, spike, now);
            tacho__extreme_set(extreme, -1, now);
            assert_reads(extreme, now, spike);
        }
        free(extreme);
    }
}

static void both_kinds_are_exact_for_doubles_of_all_sorts(void **state)
{
    (void)state;
    static const double sorted[] = {
        (double)-INFINITY, -DBL_MAX, -1e9, -1.0000000000000002, -1, -DBL_MIN, -DBL_TRUE_MIN, -0.0, 0.0, DBL_TRUE_MIN,
        2 * DBL_TRUE_MIN, DBL_MIN, 0.1, 0.1 + DBL_EPSILON / 16, 1, 1.0000000000000002, 3, 1e9, DBL_MAX,
        (double)INFINITY,
    };
    enum { COUNT = sizeof sorted / sizeof *sorted };
    for (size_t i = 0; i < COUNT; i++)
        for (size_t k = 0; k < COUNT; k++) {
            struct tacho__extreme *highest = extreme_new(TACHO__HIGHEST, 60, 2);
            struct tacho__extreme *lowest = extreme_new(TACHO__LOWEST, 60, 2);
            tacho__extreme_set(highest, sorted[i], HOUR);
            tacho__extreme_set(lowest, sorted[i], HOUR);
            tacho__extreme_set(highest, sorted[k], HOUR);
            tacho__extreme_set(lowest, sorted[k], HOUR);
            assert_reads(highest, HOUR, sorted[i > k ? i : k]);
            assert_reads(lowest, HOUR, sorted[i < k ? i : k]);
            free(highest);
            free(lowest);
        }
}

static void add_goes_on_from_the_last_value_and_its_result_counts(void **state)
{
    (void)state;
    struct tacho__extreme *extreme = extreme_new(TACHO__HIGHEST, 60, 5), *lowest = extreme_new(TACHO__LOWEST, 60, 5);
    tacho__extreme_add(extreme, 2.5, HOUR);
    assert_reads(extreme, HOUR, 2.5);
    tacho__extreme_add(extreme, 10, HOUR);
    tacho__extreme_add(extreme, -11, HOUR);
    assert_reads(extreme, HOUR, 12.5);
    assert_reads(extreme, 2 * HOUR, 1.5);
    tacho__extreme_set(extreme, 4, 2 * HOUR);
    tacho__extreme_add(extreme, 1, 2 * HOUR);
    assert_reads(extreme, 2 * HOUR, 5.0);
    tacho__extreme_add(lowest, 3, HOUR);
    tacho__extreme_add(lowest, -1, HOUR);
    tacho__extreme_add(lowest, 5, HOUR);
    assert_reads(lowest, HOUR, 2.0);
    assert_reads(lowest, 2 * HOUR, 7.0);
    free(extreme);
    free(lowest);
}

static void nan_shows_until_something_else_is_set_and_is_no_extreme(void **state)
{
    (void)state;
    for (int kind = TACHO__HIGHEST; kind <= TACHO__LOWEST; kind++) {
        struct tacho__extreme *extreme = extreme_new((tacho__extreme_kind)kind, 60, 5);
        double sign = kind == TACHO__HIGHEST ? 1 : -1;
        tacho__extreme_set(extreme, (double)NAN, HOUR);
        assert_reads(extreme, HOUR, (double)NAN);
        tacho__extreme_add(extreme, 1, HOUR);
        assert_reads(extreme, HOUR, (double)NAN);
        tacho__extreme_set(extreme, 100 * sign, HOUR);
        tacho__extreme_set(extreme, -(double)NAN, HOUR + SECOND);
        assert_reads(extreme, HOUR + SECOND, (double)NAN);
        assert_reads(extreme, 2 * HOUR, (double)NAN);
        tacho__extreme_set(extreme, 3 * sign, HOUR + 2 * SECOND);
        assert_reads(extreme, HOUR + 2 * SECOND, 100 * sign);
        assert_reads(extreme, 2 * HOUR, 3 * sign);
        tacho__extreme_set(extreme, (double)INFINITY, 3 * HOUR);
        tacho__extreme_add(extreme, -(double)INFINITY, 3 * HOUR);
        assert_reads(extreme, 3 * HOUR, (double)NAN);
        free(extreme);
    }
}

/* ---- Against a model ----------------------------------------------------------------------------------------- */

enum { MODEL_SLICES = 4000 };

struct model {
    double extremes[MODEL_SLICES]; /* NaN: none */
    double last, sign;
};

static void model_set(struct model *model, uint64_t slice, double value)
{
    model->last = value;
    if (!(value * model->sign <= model->extremes[slice] * model->sign)) model->extremes[slice] = value;
}

static double model_read(const struct model *model, uint64_t slice, uint32_t slices)
{
    double extreme = model->last;
    for (uint64_t i = slice > slices ? slice - slices : 0; i <= slice; i++)
        if (model->extremes[i] * model->sign > extreme * model->sign) extreme = model->extremes[i];
    return extreme;
}

/* Some integers, some of all bits, so that values meet in a word and do not. Not 0: the model knows only one. */
static double any_value(void)
{
    double value;
    uint64_t bits = random_next();
    if (bits % 2) return (double)(int64_t)(random_next() % 2000) - 1000.5;
    memcpy(&value, &bits, sizeof value);
    return isfinite(value) && value != 0 ? value : 0.25;
}

static void any_sequence_shows_what_a_plain_model_does(void **state)
{
    (void)state;
    static struct model model;
    for (uint32_t slices = 1; slices <= TACHO__SLICES_MAX; slices++) {
        tacho__extreme_kind kind = slices % 2 ? TACHO__HIGHEST : TACHO__LOWEST;
        struct tacho__extreme *extreme = extreme_new(kind, slices, slices);
        model.last = 0;
        model.sign = kind == TACHO__HIGHEST ? 1 : -1;
        for (size_t i = 0; i < MODEL_SLICES; i++) model.extremes[i] = (double)NAN;
        random_state = slices;
        uint64_t slice = 0;
        while (slice < MODEL_SLICES) {
            uint64_t now = slice * SECOND + SECOND / 2;
            assert_reads(extreme, now, model_read(&model, slice, slices));
            for (uint64_t k = random_next() % 4; k; k--) {
                double value = any_value();
                tacho__extreme_set(extreme, value, now);
                model_set(&model, slice, value);
                assert_reads(extreme, now, model_read(&model, slice, slices));
            }
            slice += random_next() % 8 ? random_next() % 3 : random_next() % 200;
        }
        free(extreme);
    }
}

/* ---- Clocks and the block ------------------------------------------------------------------------------------ */

static void times_that_are_a_little_older_count_and_older_ones_count_as_of_now(void **state)
{
    (void)state;
    struct tacho__extreme *extreme = extreme_new(TACHO__HIGHEST, 10, 1);
    uint64_t edge = 20 * SECOND * 50; /* of a slice, as of a round */
    tacho__extreme_set(extreme, 3, edge + SECOND);
    tacho__extreme_set(extreme, 9, edge - SECOND);
    tacho__extreme_set(extreme, 5, edge + SECOND);
    assert_reads(extreme, edge - SECOND, 9.0);
    assert_reads(extreme, edge + SECOND, 9.0);
    assert_reads(extreme, edge + 11 * SECOND, 5.0);
    tacho__extreme_set(extreme, 8, edge + SECOND - 20 * SECOND);
    tacho__extreme_set(extreme, 7, edge + SECOND - 400 * SECOND);
    tacho__extreme_set(extreme, 1, edge + SECOND);
    assert_reads(extreme, edge + 11 * SECOND, 8.0);
    assert_reads(extreme, edge + 21 * SECOND, 1.0);
    free(extreme);
}

static void after_a_reset_it_is_as_at_the_beginning(void **state)
{
    (void)state;
    struct tacho__extreme *extreme = extreme_new(TACHO__HIGHEST, 60, 5);
    for (int i = 0; i < 20; i++) {
        for (uint64_t slot = 0; slot < 6; slot++) tacho__extreme_set(extreme, 50 - i + 0.3, HOUR + slot * 12 * SECOND);
        tacho__extreme_reset(extreme);
        assert_reads(extreme, HOUR + 60 * SECOND, 0.0);
        tacho__extreme_set(extreme, -5 - i, HOUR);
        assert_reads(extreme, HOUR, -5.0 - i);
    }
    free(extreme);
}

static void a_block_has_its_size_and_no_addresses(void **state)
{
    (void)state;
    enum { GUARD = 64 };
    for (uint32_t slices = 1; slices <= TACHO__SLICES_MAX; slices++) {
        size_t size = tacho__extreme_size(slices);
        assert_int_equal(size, 72 * slices + 104);
        char *memory = calloc(1, size + GUARD), *moved = malloc(size);
        assert_true(memory && moved);
        memset(memory + size, 0x55, GUARD);
        struct tacho__extreme *extreme = (struct tacho__extreme *)(void *)memory;
        tacho__extreme_open(extreme, TACHO__LOWEST, 16, slices);
        for (uint64_t i = 0; i < 2000; i++)
            tacho__extreme_set(extreme, 0.1 - (double)(i * 7919 % 2000), HOUR + i * 16 * SECOND / 2000);
        for (size_t i = 0; i < GUARD; i++) assert_int_equal(memory[size + i], 0x55);
        memcpy(moved, memory, size);
        memset(memory, 0xff, size);
        assert_reads((struct tacho__extreme *)(void *)moved, HOUR + 16 * SECOND, 0.1 - 1999);
        free(memory);
        free(moved);
    }
}

static void reading_writes_nothing(void **state)
{
    (void)state;
    size_t size = tacho__extreme_size(5);
    struct tacho__extreme *extreme = extreme_new(TACHO__HIGHEST, 50, 5);
    char *before = malloc(size);
    assert_non_null(before);
    for (int i = 0; i < 100; i++) tacho__extreme_set(extreme, 50 - i, HOUR);
    memcpy(before, extreme, size);
    for (uint64_t i = 0; i < 100; i++) (void)tacho__extreme_read(extreme, HOUR + i * SECOND);
    assert_memory_equal(before, extreme, size);
    free(before);
    free(extreme);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(before_the_first_value_it_shows_0),
        cmocka_unit_test(the_0_at_the_beginning_is_no_extreme),
        cmocka_unit_test(every_scraper_sees_a_spike_for_the_window_and_at_most_one_slice_longer),
        cmocka_unit_test(extremes_leave_slice_by_slice),
        cmocka_unit_test(the_last_value_counts_however_old_it_is),
        cmocka_unit_test(what_left_never_comes_back_however_long_nothing_happens),
        cmocka_unit_test(both_kinds_are_exact_for_doubles_of_all_sorts),
        cmocka_unit_test(add_goes_on_from_the_last_value_and_its_result_counts),
        cmocka_unit_test(nan_shows_until_something_else_is_set_and_is_no_extreme),
        cmocka_unit_test(any_sequence_shows_what_a_plain_model_does),
        cmocka_unit_test(times_that_are_a_little_older_count_and_older_ones_count_as_of_now),
        cmocka_unit_test(after_a_reset_it_is_as_at_the_beginning),
        cmocka_unit_test(a_block_has_its_size_and_no_addresses),
        cmocka_unit_test(reading_writes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
