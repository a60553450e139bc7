/*
 * test_histogram.c - histograms: which bucket a value falls into, what is shown of it, and the helpers for bounds.
 */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tacho/registry.h>

#include "num.h"
#include "support/exposition.h"
#include "support/shown.h"
#include "support/worlds.h"

#define EACH_WORLD(world) (const struct world *world = worlds; world < worlds + WORLD_COUNT; world++)

static tacho_histogram *sizes;

static tacho_desc sizes_row(const double *bounds, size_t count)
{
    return (tacho_desc){ .histogram = &sizes, .name = "sizes", .help = "Help.", .buckets = bounds, .bucket_count = count };
}

/* The shown, cumulative count of the bucket with this bound, of a page. */
static double bucket_value(const struct exposition *page, const char *family, double bound)
{
    char series[128], le[TACHO__NUM_MAX];
    int len = (int)(tacho__num_write_bound(le, bound) - le);
    (void)snprintf(series, sizeof series, "%s_bucket{le=\"%.*s\"}", family, len, le);
    return exposition_value(page, series);
}

static void a_value_falls_into_the_first_bucket_whose_bound_is_not_below_it(void **state)
{
    (void)state;
    static const double bounds[] = { -1, 0, 0.5, 1, 10 };
    static const struct {
        double value;
        const char *le;     /* the first bucket that has it */
        const char *before; /* the last that has not, or NULL */
    } table[] = {
        { -1, "-1.0", NULL },          { -1.5, "-1.0", NULL },      { -DBL_MAX, "-1.0", NULL },
        { (double)-INFINITY, "-1.0", NULL },
        { -0.999, "0.0", "-1.0" },     { -DBL_MIN, "0.0", "-1.0" }, { 0, "0.0", "-1.0" },
        { -0.0, "0.0", "-1.0" },       { 5e-324, "0.5", "0.0" },    { 0.5, "0.5", "0.0" },
        { 0.5000000000000001, "1.0", "0.5" },                       { 1, "1.0", "0.5" },
        { 1.0000000000000002, "10.0", "1.0" },                      { 10, "10.0", "1.0" },
        { 10.000000000000002, "+Inf", "10.0" },                     { DBL_MAX, "+Inf", "10.0" },
        { (double)INFINITY, "+Inf", "10.0" },
    };
    for EACH_WORLD(world)
        for (size_t i = 0; i < TACHO_COUNT(table); i++) {
            tacho_desc row = sizes_row(bounds, TACHO_COUNT(bounds));
            tacho_registry *reg = world_open(world, &row, 1);
            char series[64];
            tacho_histogram_observe(sizes, table[i].value);
            (void)snprintf(series, sizeof series, "sizes_bucket{le=\"%s\"}", table[i].le);
            assert_shown(reg, series, "1");
            assert_shown(reg, "sizes_count", "1");
            assert_true(tacho_histogram_count(sizes) == 1);
            assert_true(tacho_histogram_sum(sizes) == table[i].value);
            assert_true(shown_value(reg, "sizes_sum") == table[i].value);
            if (table[i].before) {
                (void)snprintf(series, sizeof series, "sizes_bucket{le=\"%s\"}", table[i].before);
                assert_shown(reg, series, "0");
            }
            tacho_registry_free(reg);
        }
}

static double neighbour(double value, int direction)
{
    union { double number; int64_t bits; } image = { .number = value };
    image.bits += value < 0 ? -direction : direction;
    return image.number;
}

static uint64_t random_state = 1;

static uint64_t random_next(void)
{
    uint64_t z = random_state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

/* Random bounds, each one above the one before it, from below zero to above it, as multiples of 1/4 so that sums of them
 * are exact; observed are every bound, its neighbours on either side, and values in between. */
static void check_against_one_comparison_per_bucket(size_t bound_count)
{
    double bounds[64], values[400], sum = 0;
    uint64_t want[65] = { 0 };
    size_t count = 0;
    for (size_t i = 0; i < bound_count; i++)
        bounds[i] = (i ? bounds[i - 1] : -(double)(random_next() % 64)) + (double)(1 + random_next() % 8) / 4;
    for (size_t i = 0; i < bound_count; i++) {
        values[count++] = bounds[i];
        values[count++] = neighbour(bounds[i], bounds[i] == 0 ? 0 : 1);
        values[count++] = neighbour(bounds[i], bounds[i] == 0 ? 0 : -1);
        values[count++] = bounds[0] + (double)(random_next() % 512) / 4 - 16;
    }
    values[count++] = bounds[0] - 1;
    values[count++] = bounds[bound_count - 1] + 1;
    tacho_desc row = sizes_row(bounds, bound_count);
    tacho_registry *reg = world_open(&worlds[bound_count % WORLD_COUNT], &row, 1);
    for (size_t i = 0; i < count; i++) {
        tacho_histogram_observe(sizes, values[i]);
        sum += values[i];
        for (size_t k = 0; k < bound_count; k++) want[k] += values[i] <= bounds[k];
    }
    struct exposition *page = exposition_read(reg);
    for (size_t k = 0; k < bound_count; k++)
        if (bucket_value(page, "sizes", bounds[k]) != (double)want[k])
            fail_msg("%zu buckets, number %zu (%g)", bound_count, k, bounds[k]);
    assert_true(exposition_value(page, "sizes_count") == (double)count);
    assert_true(fabs(exposition_value(page, "sizes_sum") - sum) < 1e-9);
    exposition_free(page);
    tacho_registry_free(reg);
}

static void every_number_of_buckets_up_to_64_agrees_with_one_comparison_per_bucket(void **state)
{
    (void)state;
    for (int round = 0; round < 20; round++)
        for (size_t bound_count = 1; bound_count <= 64; bound_count++) check_against_one_comparison_per_bucket(bound_count);
}

static void a_thousand_buckets_are_searched_right(void **state)
{
    (void)state;
    static double bounds[1000];
    assert_int_equal(tacho_buckets_linear(bounds, 1000, 0, 1), TACHO_OK);
    tacho_desc row = sizes_row(bounds, 1000);
    tacho_registry *reg = tacho_registry_new(NULL);
    assert_int_equal(tacho_registry_define(reg, &row, 1), TACHO_OK);
    for (int i = 0; i < 2000; i++) tacho_histogram_observe(sizes, i / 2.0);
    struct exposition *page = exposition_read(reg);
    for (int i = 0; i < 1000; i++) assert_true(bucket_value(page, "sizes", i) == 2 * i + 1);
    assert_true(exposition_value(page, "sizes_count") == 2000);
    exposition_free(page);
    tacho_registry_free(reg);
}

static void a_histogram_of_the_infinite_bucket_alone_counts_and_sums(void **state)
{
    (void)state;
    static const double infinite[] = { (double)INFINITY };
    for EACH_WORLD(world) {
        tacho_desc row = sizes_row(infinite, 1);
        tacho_registry *reg = world_open(world, &row, 1);
        for (int i = 1; i <= 10; i++) tacho_histogram_observe(sizes, i);
        assert_shown(reg, "sizes_bucket{le=\"+Inf\"}", "10");
        assert_shown(reg, "sizes_sum", "55");
        assert_shown(reg, "sizes_count", "10");
        tacho_registry_free(reg);
    }
}

static void nan_is_dropped_and_counted(void **state)
{
    (void)state;
    static const double one[] = { 1 };
    for EACH_WORLD(world) {
        tacho_desc row = sizes_row(one, 1);
        tacho_registry *reg = world_open(world, &row, 1);
        tacho_histogram_observe(sizes, (double)NAN);
        tacho_histogram_observe(sizes, -(double)NAN);
        tacho_histogram_observe(sizes, 0.5);
        assert_shown(reg, "sizes_bucket{le=\"1.0\"}", "1");
        assert_shown(reg, "sizes_count", "1");
        assert_shown(reg, "sizes_sum", "0.5");
        assert_shown(reg, "tacho_observations_dropped_total{reason=\"nan\"}", "2");
        tacho_registry_free(reg);
    }
}

static void infinities_are_counted_and_show_in_the_sum(void **state)
{
    (void)state;
    static const double one[] = { 1 };
    for EACH_WORLD(world) {
        tacho_desc row = sizes_row(one, 1);
        tacho_registry *reg = world_open(world, &row, 1);
        tacho_histogram_observe(sizes, (double)INFINITY);
        assert_shown(reg, "sizes_sum", "+Inf");
        assert_shown(reg, "sizes_bucket{le=\"1.0\"}", "0");
        tacho_histogram_observe(sizes, (double)-INFINITY);
        assert_shown(reg, "sizes_sum", "NaN");
        assert_shown(reg, "sizes_bucket{le=\"1.0\"}", "1");
        assert_shown(reg, "sizes_count", "2");
        tacho_registry_free(reg);
    }
}

static void the_default_buckets_are_those_of_every_client_library(void **state)
{
    (void)state;
    static const char *const les[] = { "0.005", "0.01", "0.025", "0.05", "0.1", "0.25",
                                       "0.5",   "1.0",  "2.5",   "5.0",  "10.0", "+Inf" };
    tacho_desc row = sizes_row(NULL, 0);
    tacho_registry *reg = tacho_registry_new(NULL);
    assert_int_equal(tacho_registry_define(reg, &row, 1), TACHO_OK);
    assert_int_equal(TACHO_DEFAULT_BUCKET_COUNT, 11);
    for (size_t i = 0; i < TACHO_COUNT(les); i++) {
        char series[64], want[8];
        tacho_histogram_observe(sizes, i < 11 ? tacho_default_buckets[i] : 11);
        (void)snprintf(series, sizeof series, "sizes_bucket{le=\"%s\"}", les[i]);
        (void)snprintf(want, sizeof want, "%zu", i + 1);
        assert_shown(reg, series, want);
        if (i < 11) assert_true(strtod(les[i], NULL) == tacho_default_buckets[i]);
    }
    struct exposition *page = exposition_read(reg);
    assert_int_equal(exposition_family(page, "sizes")->count, 14);
    exposition_free(page);
    tacho_registry_free(reg);
}

static void labels_stand_before_le_and_each_series_counts_by_itself(void **state)
{
    (void)state;
    static tacho_histogram_vec *vec;
    static const double one[] = { 1 };
    static const tacho_desc row = { .histogram_vec = &vec, .name = "v", .help = "Help.", .labels = { "a", "b" },
                                    .buckets = one, .bucket_count = 1 };
    tacho_registry *reg = tacho_registry_new(NULL);
    assert_int_equal(tacho_registry_define(reg, &row, 1), TACHO_OK);
    tacho_histogram_observe_at(vec, TACHO_LABELS("x", "y"), 1);
    tacho_histogram_observe_at(vec, TACHO_LABELS("x", "y"), 3);
    tacho_histogram_observe_at(vec, TACHO_LABELS("q\"", ""), 2);
    assert_shown(reg, "v_bucket{a=\"x\",b=\"y\",le=\"1.0\"}", "1");
    assert_shown(reg, "v_bucket{a=\"x\",b=\"y\",le=\"+Inf\"}", "2");
    assert_shown(reg, "v_sum{a=\"x\",b=\"y\"}", "4");
    assert_shown(reg, "v_count{a=\"q\\\"\",b=\"\"}", "1");
    tacho_registry_free(reg);
}

/* ---- Helpers ------------------------------------------------------------------------------------------------ */

static void linear_bounds_are_computed_from_the_start_each(void **state)
{
    (void)state;
    double bounds[100];
    assert_int_equal(tacho_buckets_linear(bounds, 100, 0.1, 0.1), TACHO_OK);
    for (int i = 0; i < 100; i++) assert_true(bounds[i] == 0.1 + i * 0.1);
    assert_int_equal(tacho_buckets_linear(bounds, 3, -10, 10), TACHO_OK);
    assert_true(bounds[0] == -10 && bounds[1] == 0 && bounds[2] == 10);
    assert_int_equal(tacho_buckets_linear(bounds, 1, 5, 1), TACHO_OK);
    assert_true(bounds[0] == 5);
}

static void exponential_bounds_grow_by_the_factor(void **state)
{
    (void)state;
    double bounds[20];
    assert_int_equal(tacho_buckets_exponential(bounds, 20, 1, 2), TACHO_OK);
    for (int i = 0; i < 20; i++) assert_true(bounds[i] == (double)(1 << i));
    assert_int_equal(tacho_buckets_exponential(bounds, 4, 0.001, 10), TACHO_OK);
    assert_true(fabs(bounds[3] - 1) < 1e-12);
    assert_int_equal(tacho_buckets_exponential(bounds, 1, 7, 3), TACHO_OK);
    assert_true(bounds[0] == 7);
}

static void helpers_refuse_what_gives_no_rising_finite_bounds(void **state)
{
    (void)state;
    double bounds[8];
    static const struct {
        size_t count;
        double start, step;
    } linear[] = {
        { 0, 0, 1 }, { 3, 0, 0 }, { 3, 0, -1 }, { 3, (double)NAN, 1 }, { 3, 0, (double)NAN },
        { 3, (double)INFINITY, 1 }, { 3, (double)-INFINITY, 1 }, { 3, 0, (double)INFINITY }, { 1, 0, (double)INFINITY },
        { 3, DBL_MAX, DBL_MAX }, { 8, 0, DBL_MAX }, { 3, 1e300, 1 },
    }, exponential[] = {
        { 0, 1, 2 }, { 3, 0, 2 }, { 3, -1, 2 }, { 3, 1, 1 }, { 3, 1, 0.5 }, { 3, 1, -2 }, { 3, (double)NAN, 2 },
        { 3, 1, (double)NAN }, { 3, (double)INFINITY, 2 }, { 3, 1, (double)INFINITY }, { 3, 1e300, 1e10 },
        { 3, 5e-324, 1.25 },
    };
    for (size_t i = 0; i < TACHO_COUNT(linear); i++)
        if (tacho_buckets_linear(bounds, linear[i].count, linear[i].start, linear[i].step) != TACHO_ERR_ARG)
            fail_msg("linear row %zu", i);
    for (size_t i = 0; i < TACHO_COUNT(exponential); i++)
        if (tacho_buckets_exponential(bounds, exponential[i].count, exponential[i].start, exponential[i].step) !=
            TACHO_ERR_ARG)
            fail_msg("exponential row %zu", i);
    assert_int_equal(tacho_buckets_linear(NULL, 3, 0, 1), TACHO_ERR_ARG);
    assert_int_equal(tacho_buckets_exponential(NULL, 3, 1, 2), TACHO_ERR_ARG);
}

static void bounds_that_a_helper_made_are_accepted_by_a_row(void **state)
{
    (void)state;
    double bounds[1000];
    for (int i = 0; i < 3; i++) {
        tacho_registry *reg = tacho_registry_new(NULL);
        size_t count = i == 0 ? 1000 : 100;
        tacho_err err = i == 0   ? tacho_buckets_linear(bounds, count, -500, 1)
                        : i == 1 ? tacho_buckets_exponential(bounds, count, DBL_MIN, 2)
                                 : tacho_buckets_exponential(bounds, count, 1e-9, 1.001);
        assert_int_equal(err, TACHO_OK);
        tacho_desc row = sizes_row(bounds, count);
        assert_int_equal(tacho_registry_define(reg, &row, 1), TACHO_OK);
        exposition_free(exposition_read(reg));
        tacho_registry_free(reg);
    }
}

int main(void)
{
    const struct CMUnitTest histogram[] = {
        cmocka_unit_test(a_value_falls_into_the_first_bucket_whose_bound_is_not_below_it),
        cmocka_unit_test(every_number_of_buckets_up_to_64_agrees_with_one_comparison_per_bucket),
        cmocka_unit_test(a_thousand_buckets_are_searched_right),
        cmocka_unit_test(a_histogram_of_the_infinite_bucket_alone_counts_and_sums),
        cmocka_unit_test(nan_is_dropped_and_counted),
        cmocka_unit_test(infinities_are_counted_and_show_in_the_sum),
        cmocka_unit_test(the_default_buckets_are_those_of_every_client_library),
        cmocka_unit_test(labels_stand_before_le_and_each_series_counts_by_itself),
        cmocka_unit_test(linear_bounds_are_computed_from_the_start_each),
        cmocka_unit_test(exponential_bounds_grow_by_the_factor),
        cmocka_unit_test(helpers_refuse_what_gives_no_rising_finite_bounds),
        cmocka_unit_test(bounds_that_a_helper_made_are_accepted_by_a_row),
    };
    return cmocka_run_group_tests(histogram, NULL, NULL);
}
