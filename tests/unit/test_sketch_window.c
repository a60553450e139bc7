/*
 * test_sketch_window.c - quantiles of a sliding window: what is in it and for how long, and the block that holds it.
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

/* ---- The window -------------------------------------------------------------------------------------------- */

static void a_value_stays_for_the_window_and_at_most_one_slice_longer(void **state)
{
    (void)state;
    for (uint32_t slices = 1; slices <= TACHO__SLICES_MAX; slices++) {
        struct tacho__sketch *sketch = sketch_new(0.1 * slices, slices);
        uint64_t slice = SECOND / 10, window = slice * slices;
        for (uint64_t at = HOUR; at < HOUR + 40 * slice; at += slice / 7 + 1) {
            tacho__sketch_observe(sketch, 3, at);
            assert_int_equal(held(sketch, at), 1);
            assert_int_equal(held(sketch, at + window), 1);
            assert_int_equal(held(sketch, at + window + slice + 1000), 0);
            tacho__sketch_reset(sketch);
        }
        free(sketch);
    }
}

static void what_is_old_leaves_slice_by_slice(void **state)
{
    (void)state;
    enum { SLICES = 5 };
    struct tacho__sketch *sketch = sketch_new(50, SLICES);
    uint64_t middle = 5 * SECOND, slice = 10 * SECOND;
    for (uint64_t i = 0; i < 100; i++) { /* i values in slice i */
        for (uint64_t k = 0; k < i; k++) tacho__sketch_observe(sketch, (double)i, middle + i * slice);
        uint64_t first = i > SLICES ? i - SLICES : 0;
        assert_int_equal(held(sketch, middle + i * slice), (first + i) * (i - first + 1) / 2);
        assert_true(i == 0 || near_to(quantile(sketch, middle + i * slice, 0), (double)(first ? first : 1), 0.008));
    }
    for (uint64_t i = 100; i < 105; i++)
        assert_int_equal(held(sketch, middle + i * slice), (i - 5 + 99) * (105 - i) / 2);
    assert_int_equal(held(sketch, middle + 105 * slice), 0);
    free(sketch);
}

/* The octave's place is taken again and again, each time for another of its buckets, after so many rounds each. */
static void what_left_never_comes_back_however_long_nothing_happens(void **state)
{
    (void)state;
    for (uint64_t rounds = 1; rounds <= 40; rounds++) {
        struct tacho__sketch *sketch = sketch_new(50, 5);
        uint64_t now = 5 * SECOND;
        for (int i = 0; i < 60; i++, now += rounds * 60 * SECOND) {
            assert_int_equal(held(sketch, now), 0);
            tacho__sketch_observe(sketch, i % 13 ? 1.5 + i / 200.0 : 1.1, now);
            tacho__sketch_observe(sketch, i % 3 ? 0 : (double)INFINITY, now);
            assert_int_equal(held(sketch, now), 2);
        }
        free(sketch);
    }
}

static void times_that_are_a_little_older_count(void **state)
{
    (void)state;
    struct tacho__sketch *sketch = sketch_new(10, 1);
    uint64_t edge = 20 * SECOND * 50; /* of a slice, as of a round */
    for (int i = 0; i < 100; i++) tacho__sketch_observe(sketch, 1, i % 2 ? edge + SECOND : edge - SECOND);
    assert_int_equal(held(sketch, edge - SECOND), 100);
    assert_int_equal(held(sketch, edge + SECOND), 100);
    assert_int_equal(held(sketch, edge + 11 * SECOND), 50);
    free(sketch);
}

static void what_comes_later_than_the_window_counts_as_of_now_where_its_octave_did(void **state)
{
    (void)state;
    struct tacho__sketch *sketch = sketch_new(10, 1);
    tacho__sketch_observe(sketch, 1.5, HOUR);
    tacho__sketch_observe(sketch, 1.2, HOUR - 20 * SECOND);
    tacho__sketch_observe(sketch, 1.2, HOUR - 400 * SECOND);
    assert_int_equal(held(sketch, HOUR), 3);
    tacho__sketch_observe(sketch, 9, HOUR - 20 * SECOND); /* into a window of the past */
    assert_int_equal(held(sketch, HOUR), 3);
    for (int i = 0; i < 40; i++) tacho__sketch_observe(sketch, (double)(UINT64_C(1) << i), HOUR);
    assert_int_equal(held(sketch, HOUR), 43);
    free(sketch);
}

static void a_window_may_be_very_short_or_very_long(void **state)
{
    (void)state;
    static const double seconds[] = { -1, 0, 1e-9, 0.001, 1, 86400, 1e7, 1e300, (double)INFINITY };
    for (size_t i = 0; i < sizeof seconds / sizeof *seconds; i++)
        for (uint32_t slices = 1; slices <= TACHO__SLICES_MAX; slices++) {
            struct tacho__sketch *sketch = sketch_new(seconds[i], slices);
            for (uint64_t now = 0; now < UINT64_MAX / 3; now = 3 * now + 1) {
                double kept = seconds[i] < 0.001 * slices ? 0.001 * slices : seconds[i] < 1e8 ? seconds[i] : 1e8;
                tacho__sketch_observe(sketch, 2, now);
                assert_int_equal(held(sketch, now), 1);
                assert_int_equal(held(sketch, now + (uint64_t)(kept * 1e9)), 1);
                assert_int_equal(held(sketch, now + (uint64_t)(kept * 1.015 * (1 + 1.0 / slices) * 1e9) + 10), 0);
                tacho__sketch_reset(sketch);
            }
            free(sketch);
        }
}

static void slices_are_numbered_as_their_slots_go_round(void **state)
{
    (void)state;
    for (uint32_t slices = 1; slices <= TACHO__SLICES_MAX; slices++) {
        struct tacho__window window;
        tacho__window_open(&window, slices, slices);
        uint64_t last = tacho__window_slice(&window, 0).number;
        assert_int_equal(last, slices + 1);
        for (uint64_t now = 0; now < 100 * SECOND; now += SECOND / 9) {
            struct tacho__slice slice = tacho__window_slice(&window, now);
            assert_true(slice.number == last || slice.number == last + 1);
            assert_int_equal(slice.slot, slice.number % window.slots);
            last = slice.number;
        }
        assert_int_equal(last, slices + 1 + 99);
    }
}

/* Places of 32 octaves from `first` up are taken. */
static struct tacho__sketch *sketch_full(double first)
{
    struct tacho__sketch *sketch = sketch_new(60, 2);
    for (int i = 0; i < 32; i++) tacho__sketch_observe(sketch, first * (double)(UINT64_C(1) << i), HOUR);
    return sketch;
}

/* ---- The block --------------------------------------------------------------------------------------------- */

static void after_a_reset_nothing_is_left_and_everything_works(void **state)
{
    (void)state;
    struct tacho__sketch *sketch = sketch_full(1);
    for (int round = 0; round < 20; round++) {
        tacho__sketch_observe(sketch, 0, HOUR);
        tacho__sketch_reset(sketch);
        assert_int_equal(held(sketch, HOUR), 0);
        for (int i = 0; i < 32; i++)
            tacho__sketch_observe(sketch, 1e-9 / (double)(UINT64_C(1) << i) * (1 + round / 20.0), HOUR);
        assert_int_equal(held(sketch, HOUR), 32);
        assert_true(near_to(quantile(sketch, HOUR, 1), 1e-9 * (1 + round / 20.0), 0.008));
    }
    free(sketch);
}

static void a_block_has_its_size_and_no_addresses(void **state)
{
    (void)state;
    enum { GUARD = 64 };
    for (uint32_t slices = 1; slices <= TACHO__SLICES_MAX; slices++) {
        size_t size = tacho__sketch_size(slices);
        assert_true(size <= (slices + 1) * (size_t)6600 && size % sizeof(uint64_t) == 0);
        char *memory = calloc(1, size + GUARD), *moved = malloc(size);
        assert_true(memory && moved);
        memset(memory + size, 0x55, GUARD);
        struct tacho__sketch *sketch = (struct tacho__sketch *)(void *)memory;
        tacho__sketch_open(sketch, 16, slices);
        for (uint64_t i = 0; i < 2000; i++)
            tacho__sketch_observe(sketch, (double)(UINT64_C(1) << i % 40), i * 16 * SECOND / 2000);
        for (size_t i = 0; i < GUARD; i++) assert_int_equal(memory[size + i], 0x55);
        memcpy(moved, memory, size);
        memset(memory, 0xff, size);
        sketch = (struct tacho__sketch *)(void *)moved;
        assert_int_equal(held(sketch, 16 * SECOND), 2000);
        assert_true(near_to(quantile(sketch, 16 * SECOND, 0), 1, 0.008));
        free(memory);
        free(moved);
    }
}

static void reading_writes_nothing(void **state)
{
    (void)state;
    size_t size = tacho__sketch_size(5);
    struct tacho__sketch *sketch = sketch_new(50, 5);
    char *before = malloc(size);
    static const double ranks[] = { 0, 0.5, 1 };
    double got[3];
    assert_non_null(before);
    for (int i = 0; i < 100; i++) tacho__sketch_observe(sketch, i - 50, HOUR);
    memcpy(before, sketch, size);
    for (uint64_t i = 0; i < 100; i++) (void)tacho__sketch_read(sketch, HOUR + i * SECOND, ranks, 3, got);
    assert_memory_equal(before, sketch, size);
    free(before);
    free(sketch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_value_stays_for_the_window_and_at_most_one_slice_longer),
        cmocka_unit_test(what_is_old_leaves_slice_by_slice),
        cmocka_unit_test(what_left_never_comes_back_however_long_nothing_happens),
        cmocka_unit_test(times_that_are_a_little_older_count),
        cmocka_unit_test(what_comes_later_than_the_window_counts_as_of_now_where_its_octave_did),
        cmocka_unit_test(a_window_may_be_very_short_or_very_long),
        cmocka_unit_test(slices_are_numbered_as_their_slots_go_round),
        cmocka_unit_test(after_a_reset_nothing_is_left_and_everything_works),
        cmocka_unit_test(a_block_has_its_size_and_no_addresses),
        cmocka_unit_test(reading_writes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
