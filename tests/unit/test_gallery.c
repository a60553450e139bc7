/*
 * test_gallery.c - which exemplars of a native histogram are kept, with a clock of its own.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "gallery.h"

#define SECOND UINT64_C(1000000000)
#define START (1000 * SECOND)

static struct tacho__gallery gallery;

static double power(double base, int exponent)
{
    double result = 1;
    while (exponent-- > 0) result *= base;
    return result;
}

static void put(double value, uint64_t now_ns)
{
    struct tacho__exemplar exemplar;
    assert_true(tacho__exemplar_make(&exemplar, &(tacho_exemplar){ NULL, 0, 0 }, value, 1700000000000));
    assert_true(tacho__gallery_store(&gallery, &exemplar, now_ns));
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The values kept, in order; returns how many. */
static size_t kept(double values[TACHO__GALLERY])
{
    size_t count = 0;
    for (size_t i = 0; i < TACHO__GALLERY; i++) {
        struct tacho__exemplar exemplar;
        if (tacho__exemplar_load(gallery.slots[i], &exemplar)) values[count++] = exemplar.value;
    }
    qsort(values, count, sizeof *values, compare);
    return count;
}

static void check_kept(const double *want, size_t count, int line)
{
    double values[TACHO__GALLERY];
    size_t have = kept(values);
    if (have != count) fail_msg("line %d: %zu are kept", line, have);
    for (size_t i = 0; i < count; i++)
        if (!(values[i] == want[i])) fail_msg("line %d: number %zu is %g, not %g", line, i, values[i], want[i]);
}
#define assert_kept(...) check_kept((const double[]){ __VA_ARGS__ }, TACHO_COUNT(((const double[]){ __VA_ARGS__ })), __LINE__)

static void begin(void)
{
    memset(&gallery, 0, sizeof gallery);
}

static void the_first_ten_are_all_kept(void **state)
{
    double values[TACHO__GALLERY];
    (void)state;
    begin();
    assert_int_equal(kept(values), 0);
    for (int i = 0; i < 10; i++) put(5, 0); /* alike, and at the same time, when the clock has just begun */
    assert_kept(5, 5, 5, 5, 5, 5, 5, 5, 5, 5);
}

static void put_powers(uint64_t now_ns)
{
    for (int i = 0; i < 10; i++) put(power(8, i), now_ns + (uint64_t)i * SECOND);
}

static void a_new_one_takes_the_place_of_the_one_it_is_closest_to(void **state)
{
    (void)state;
    begin();
    put_powers(START);
    put(70, START + 20 * SECOND);
    assert_kept(1, 8, 70, 512, 4096, 32768, 262144, 2097152, 16777216, 134217728);
    put(100000000, START + 21 * SECOND);
    assert_kept(1, 8, 70, 512, 4096, 32768, 262144, 2097152, 16777216, 100000000);
}

static void of_two_that_are_closer_to_each_other_the_older_one_goes(void **state)
{
    (void)state;
    begin();
    put_powers(START);
    put(9, START + 20 * SECOND); /* instead of 8 */
    put(8, START + 21 * SECOND); /* instead of 9 */
    put(1, START + 22 * SECOND);
    put(1.5, START + 23 * SECOND); /* instead of the later 1; and 1.5 and 8 are the closest now */
    assert_kept(1.5, 8, 64, 512, 4096, 32768, 262144, 2097152, 16777216, 134217728);
    put(1e12, START + 24 * SECOND);
    assert_kept(1.5, 64, 512, 4096, 32768, 262144, 2097152, 16777216, 134217728, 1e12);
    put(1e15, START + 25 * SECOND); /* all others are as far apart: the oldest, 64, goes */
    assert_kept(1.5, 512, 4096, 32768, 262144, 2097152, 16777216, 134217728, 1e12, 1e15);
}

static void of_pairs_that_are_as_close_the_oldest_one_goes(void **state)
{
    (void)state;
    begin();
    for (int i = 0; i < 10; i++) put(power(8, i), START + (uint64_t)(i == 5 ? 0 : 10 + i) * SECOND);
    put(1e15, START + 20 * SECOND);
    assert_kept(1, 8, 64, 512, 4096, 262144, 2097152, 16777216, 134217728, 1e15);
}

static void what_is_older_than_five_minutes_goes_first(void **state)
{
    (void)state;
    begin();
    put_powers(START);
    put(9, START + 300 * SECOND); /* not older: the closest goes */
    assert_kept(1, 9, 64, 512, 4096, 32768, 262144, 2097152, 16777216, 134217728);
    put(10, START + 301 * SECOND);
    assert_kept(9, 10, 64, 512, 4096, 32768, 262144, 2097152, 16777216, 134217728);
    put(11, START + 303 * SECOND);
    assert_kept(9, 10, 11, 512, 4096, 32768, 262144, 2097152, 16777216, 134217728);
}

static void zero_infinities_and_values_of_either_sign_are_far_apart(void **state)
{
    static const double values[] = { 1.5, -INFINITY, -1e300, -1, -1e-300, 0, 1e-300, 1, 1e300, INFINITY };
    static const double close[] = { -0.0, -1.01, 4.9e-324, INFINITY, 1.7976931348623157e308 };
    (void)state;
    begin();
    for (size_t i = 0; i < TACHO_COUNT(values); i++) put(values[i], START);
    for (size_t i = 0; i < TACHO_COUNT(close); i++) put(close[i], START + SECOND);
    assert_kept(-INFINITY, -1e300, -1.01, -1e-300, 4.9e-324, 1e-300, 1, 1.5, 1e300, 1.7976931348623157e308);
}

/* However the values come, the ten that are left have about the range of all. */
static void ten_of_many_values_are_spread_over_their_range(void **state)
{
    uint64_t random = 12345;
    (void)state;
    for (int round = 0; round < 50; round++) {
        double values[TACHO__GALLERY];
        begin();
        for (int i = 0; i < 2000; i++) {
            random = random * 6364136223846793005u + 1442695040888963407u;
            double uniform = (double)(random >> 11) / 9007199254740992.0;
            double steps = uniform * uniform * 60; /* most of them are small */
            put(power(1.26, (int)steps), START + (uint64_t)i * SECOND / 100);
        }
        assert_int_equal(kept(values), 10);
        assert_true(values[0] < 10 && values[9] > 1e5);
        for (size_t i = 1; i < 10; i++) assert_true(values[i] / values[i - 1] < 1000);
    }
}

static void a_time_from_the_future_keeps_nobody_out(void **state)
{
    double values[TACHO__GALLERY];
    (void)state;
    begin();
    for (int i = 0; i < 10; i++) put(power(8, i), UINT64_MAX);
    for (int i = 0; i < 20; i++) {
        put(1e12 + i, START);
        assert_int_equal(kept(values), 10);
        assert_true(values[9] == 1e12 + i);
    }
    for (int i = 0; i < 20; i++) put(1e-3, (uint64_t)i); /* and one from long ago */
    assert_int_equal(kept(values), 10);
    assert_true(values[0] == 1e-3);
}

static void what_was_forgotten_is_chosen_first(void **state)
{
    (void)state;
    begin();
    put_powers(START);
    for (size_t i = 0; i < TACHO__GALLERY; i++) tacho__exemplar_clear(gallery.slots[i]);
    tacho__gallery_forget(&gallery);
    put(3, START);
    put(3.1, START);
    assert_kept(3, 3.1);
}

/* A signal handler that comes between choosing a slot and taking it. */
static int interruptions;

static void interrupt(const char *edge)
{
    struct tacho__exemplar exemplar;
    if (strcmp(edge, "Y1") != 0 || interruptions == 0) return;
    interruptions--;
    void (*hook)(const char *) = tacho__edge_hook;
    tacho__edge_hook = NULL;
    assert_true(tacho__exemplar_make(&exemplar, &(tacho_exemplar){ NULL, 0, 0 }, 1000 + interruptions, 1));
    assert_true(tacho__gallery_store(&gallery, &exemplar, START));
    tacho__edge_hook = hook;
}

static void who_comes_at_the_same_time_gets_another_slot(void **state)
{
    (void)state;
    begin();
    interruptions = 3;
    tacho__edge_hook = interrupt;
    put(1, START);
    tacho__edge_hook = NULL;
    assert_kept(1, 1000, 1001, 1002);
}

static void one_that_is_interrupted_again_and_again_gives_up(void **state)
{
    struct tacho__exemplar exemplar;
    (void)state;
    begin();
    interruptions = 1000;
    tacho__edge_hook = interrupt;
    assert_true(tacho__exemplar_make(&exemplar, &(tacho_exemplar){ NULL, 0, 0 }, 1, 1));
    assert_false(tacho__gallery_store(&gallery, &exemplar, START));
    tacho__edge_hook = NULL;
    assert_true(interruptions > 980);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_ten_are_all_kept),
        cmocka_unit_test(a_new_one_takes_the_place_of_the_one_it_is_closest_to),
        cmocka_unit_test(of_two_that_are_closer_to_each_other_the_older_one_goes),
        cmocka_unit_test(of_pairs_that_are_as_close_the_oldest_one_goes),
        cmocka_unit_test(what_is_older_than_five_minutes_goes_first),
        cmocka_unit_test(zero_infinities_and_values_of_either_sign_are_far_apart),
        cmocka_unit_test(ten_of_many_values_are_spread_over_their_range),
        cmocka_unit_test(a_time_from_the_future_keeps_nobody_out),
        cmocka_unit_test(what_was_forgotten_is_chosen_first),
        cmocka_unit_test(who_comes_at_the_same_time_gets_another_slot),
        cmocka_unit_test(one_that_is_interrupted_again_and_again_gives_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
