/*
 * test_native_public.c - native histograms through the public interface, as protobuf shows them: resolution, zero bucket,
 * limits, resets, and what other formats show instead.
 * Needs: OPENMETRICS PROTOBUF JSON
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tacho/tacho.h>

#include "support/page.h"
#include "support/proto.h"
#include "support/worlds.h"

#define EACH_WORLD(world) (const struct world *world = worlds; world < worlds + WORLD_COUNT; world++)
#define NATIVE(...) .histogram = &histogram, .name = "n", .help = "Help.", .native = { __VA_ARGS__ }
#define DEFAULT_ZERO " zero_threshold: 2.938735877055719e-39"

static tacho_histogram *histogram;
static tacho_histogram_vec *by;
static const double bounds[] = { 1, 10 };

static struct test_clock {
    tacho_clock clock;
    double now;
} wall;

static double wall_now(tacho_clock *clock)
{
    return TACHO_CONTAINER(clock, struct test_clock, clock)->now;
}

static tacho_registry *open_row(const tacho_desc *row)
{
    wall = (struct test_clock){ { wall_now }, 1000 };
    tacho_registry *reg = tacho_registry_new(&(tacho_registry_options){ .no_self_metrics = 1, .clock = &wall.clock });
    if (tacho_registry_define(reg, row, 1)) fail_msg("%s", tacho_registry_error(reg));
    return reg;
}

/* The protobuf page, printed, in one line. */
static char *printed(tacho_registry *reg)
{
    char why[200] = "";
    struct page page = page_take(reg, PAGE_AS(TACHO_PROTOBUF, TACHO_UNDERSCORES), 0);
    char *text = proto_print(page.data, page.len, why, sizeof why), *to = text;
    if (!text) fail_msg("%s", why);
    for (const char *from = text; *from; from++) {
        bool blank = *from == ' ' || *from == '\n';
        if (blank && (to == text || to[-1] == ' ')) continue;
        *to++ = blank ? ' ' : *from;
    }
    *to = '\0';
    page_free(&page);
    return text;
}

static void check_printed(tacho_registry *reg, const char *want, int line)
{
    char *text = printed(reg);
    if (!strstr(text, want)) fail_msg("line %d: `%s` is not in `%s`", line, want, text);
    free(text);
}
#define assert_printed(reg, want) check_printed((reg), (want), __LINE__)

static void check_without(tacho_registry *reg, const char *unwanted, int line)
{
    char *text = printed(reg);
    if (strstr(text, unwanted)) fail_msg("line %d: `%s` is in `%s`", line, unwanted, text);
    free(text);
}
#define assert_not_printed(reg, unwanted) check_without((reg), (unwanted), __LINE__)

static void observe(const double *values, size_t count)
{
    for (size_t i = 0; i < count; i++) tacho_histogram_observe(histogram, values[i]);
}

/* ---- What is shown ----------------------------------------------------------------------------------------- */

static void classic_and_native_buckets_are_shown_side_by_side(void **state)
{
    const tacho_desc row = { NATIVE(.factor = 2), .buckets = bounds, .bucket_count = 2 };
    static const double values[] = { -3, 0, 0.75, 1, 2, 2.5, 4, 1000 };
    (void)state;
    tacho_registry *reg = open_row(&row);
    observe(values, TACHO_COUNT(values));
    assert_printed(reg, "histogram { sample_count: 8 sample_sum: 1007.25 bucket { cumulative_count: 4 upper_bound: 1 } "
                        "bucket { cumulative_count: 7 upper_bound: 10 } bucket { cumulative_count: 8 upper_bound: +Inf } "
                        "schema: 0" DEFAULT_ZERO " zero_count: 1 negative_span { offset: 2 length: 1 } negative_delta: 1 "
                        "positive_span { offset: 0 length: 3 } positive_span { offset: 7 length: 1 } positive_delta: 2 "
                        "positive_delta: -1 positive_delta: 1 positive_delta: -1 }");
    assert_line(reg, TACHO_TEXT, "# TYPE n histogram\nn_bucket{le=\"1.0\"} 4\nn_bucket{le=\"10.0\"} 7\n"
                                 "n_bucket{le=\"+Inf\"} 8\nn_sum 1007.25\nn_count 8");
    assert_int_equal(tacho_histogram_count(histogram), 8);
    assert_true(tacho_histogram_sum(histogram) == 1007.25);
    tacho_registry_free(reg);
}

static void json_shows_native_buckets_with_index_and_count(void **state)
{
    const tacho_desc row = { NATIVE(.factor = 2, .zero_threshold = 0.5), .flags = TACHO_NATIVE_ONLY };
    static const double values[] = { -3, 0.25, 1, 1000 };
    (void)state;
    tacho_registry *reg = open_row(&row);
    observe(values, TACHO_COUNT(values));
    assert_line(reg, TACHO_JSON, "{\"name\":\"n\",\"type\":\"histogram\",\"help\":\"Help.\",\"metrics\":[{\"labels\":{},"
                                 "\"sum\":998.25,\"count\":4,\"buckets\":[{\"le\":\"+Inf\",\"count\":4}],\"native\":{\"count\":4,\"sum\":998.25,\"schema\":0,"
                                 "\"zero_threshold\":0.5,\"zero_count\":1,\"negative\":[{\"index\":2,\"count\":1}],"
                                 "\"positive\":[{\"index\":0,\"count\":1},{\"index\":10,\"count\":1}]}}]}");
    tacho_registry_free(reg);
}

static void a_native_one_alone_has_no_classic_buckets_but_the_infinite_one_that_text_needs(void **state)
{
    const tacho_desc row = { NATIVE(.factor = 1.1), .flags = TACHO_NATIVE_ONLY | TACHO_EXEMPLARS };
    (void)state;
    tacho_registry *reg = open_row(&row);
    tacho_histogram_observe(histogram, 3);
    tacho_histogram_observe_exemplar(histogram, 0.001, TACHO_EXEMPLAR(TACHO_PAIR("a", "b")));
    assert_printed(reg, "histogram { sample_count: 2 sample_sum: 3.001 schema: 3");
    assert_not_printed(reg, "bucket {");
    assert_line(reg, TACHO_TEXT, "# TYPE n histogram\nn_bucket{le=\"+Inf\"} 2\nn_sum 3.001\nn_count 2");
    assert_line(reg, TACHO_OPENMETRICS, "n_bucket{le=\"+Inf\"} 2 # {a=\"b\"} 0.001 1000\nn_count 2\nn_sum 3.001");
    tacho_registry_free(reg);
}

static void one_without_observations_is_told_from_a_classic_one_by_an_empty_span(void **state)
{
    const tacho_desc rows[] = { { NATIVE(.factor = 2), .flags = TACHO_NATIVE_ONLY },
                                { NATIVE(.factor = 2, .zero_threshold = -1), .flags = TACHO_NATIVE_ONLY } };
    (void)state;
    tacho_registry *reg = open_row(&rows[0]);
    assert_printed(reg, "{ sample_count: 0 sample_sum: 0 schema: 0" DEFAULT_ZERO " zero_count: 0 "
                        "positive_span { offset: 0 length: 0 } }");
    tacho_registry_free(reg);
    reg = open_row(&rows[1]);
    assert_printed(reg, "schema: 0 zero_threshold: 0 zero_count: 0 positive_span { offset: 0 length: 0 } }");
    tacho_histogram_observe(histogram, 0);
    tacho_histogram_observe(histogram, -0.0);
    assert_printed(reg, "zero_threshold: 0 zero_count: 2 positive_span { offset: 0 length: 0 } }");
    tacho_histogram_observe(histogram, 5e-324);
    assert_printed(reg, "zero_threshold: 0 zero_count: 2 positive_span { offset: -1074 length: 1 } positive_delta: 1 }");
    tacho_registry_free(reg);
}

static void the_factor_chooses_the_finest_resolution_that_is_not_above_it(void **state)
{
    static const struct { double factor; int schema; } rows[] = {
        { 1e308, -4 }, { 65536, -4 }, { 65535, -3 }, { 256, -3 }, { 16, -2 }, { 15.9, -1 }, { 4, -1 }, { 2, 0 }, { 1.99, 1 },
        { 1.5, 1 }, { 1.2, 2 }, { 1.1, 3 }, { 1.05, 4 }, { 1.03, 5 }, { 1.02, 6 }, { 1.01, 7 }, { 1.005, 8 }, { 1.0000001, 8 },
    };
    (void)state;
    for (size_t i = 0; i < TACHO_COUNT(rows); i++) {
        const tacho_desc row = { NATIVE(.factor = rows[i].factor), .flags = TACHO_NATIVE_ONLY };
        char want[64];
        tacho_registry *reg = open_row(&row);
        tacho_histogram_observe(histogram, 1);
        (void)snprintf(want, sizeof want, "schema: %d" DEFAULT_ZERO, rows[i].schema);
        assert_printed(reg, want);
        assert_printed(reg, "positive_span { offset: 0 length: 1 }"); /* 1 ends bucket 0 at every resolution */
        tacho_registry_free(reg);
    }
}

static void values_up_to_the_zero_threshold_of_either_sign_count_as_zero(void **state)
{
    const tacho_desc row = { NATIVE(.factor = 2, .zero_threshold = 0.125), .flags = TACHO_NATIVE_ONLY };
    static const double values[] = { 0.125, -0.125, 0.12500000000000003, -0.12500000000000003 };
    (void)state;
    tacho_registry *reg = open_row(&row);
    observe(values, TACHO_COUNT(values));
    assert_printed(reg, "zero_threshold: 0.125 zero_count: 2 negative_span { offset: -2 length: 1 } negative_delta: 1 "
                        "positive_span { offset: -2 length: 1 } positive_delta: 1");
    tacho_registry_free(reg);
}

static void infinities_have_buckets_of_their_own_and_nan_is_dropped_and_counted(void **state)
{
    static const double values[] = { INFINITY, -INFINITY, 1.7976931348623157e308, NAN };
    static const tacho_desc row = { NATIVE(.factor = 65536), .flags = TACHO_NATIVE_ONLY };
    (void)state;
    tacho_registry *reg = tacho_registry_new(NULL);
    assert_int_equal(tacho_registry_define(reg, &row, 1), TACHO_OK);
    observe(values, TACHO_COUNT(values));
    assert_printed(reg, "sample_count: 3 sample_sum: NaN schema: -4" DEFAULT_ZERO " zero_count: 0 "
                        "negative_span { offset: 65 length: 1 } negative_delta: 1 positive_span { offset: 64 length: 2 } "
                        "positive_delta: 1 positive_delta: 0");
    assert_line(reg, TACHO_TEXT, "tacho_observations_dropped_total{reason=\"nan\"} 1");
    tacho_registry_free(reg);
}

/* ---- Limits ------------------------------------------------------------------------------------------------ */

/* How many buckets are shown, empty ones in gaps included. */
static size_t count_of(tacho_registry *reg, const char *word)
{
    char *text = printed(reg);
    size_t count = 0;
    for (const char *at = text; (at = strstr(at, word)); at++) count++;
    free(text);
    return count;
}

static void with_too_many_buckets_the_resolution_is_halved_and_nothing_is_lost(void **state)
{
    const tacho_desc row = { NATIVE(.factor = 1.005, .max_buckets = 20), .flags = TACHO_NATIVE_ONLY };
    (void)state;
    tacho_registry *reg = open_row(&row);
    for (int i = 1; i <= 1000; i++) tacho_histogram_observe(histogram, i);
    assert_printed(reg, "sample_count: 1000 sample_sum: 500500 schema: 1"); /* 19 buckets, with gaps for 2 */
    assert_int_equal(count_of(reg, "positive_delta"), 21);
    tacho_registry_free(reg);
}

static void the_zero_bucket_is_widened_first_as_far_as_it_may(void **state)
{
    const tacho_desc row = { NATIVE(.factor = 2, .max_buckets = 3, .max_zero_threshold = 1), .flags = TACHO_NATIVE_ONLY };
    (void)state;
    tacho_registry *reg = open_row(&row);
    static const double values[] = { 0.25, 0.5, 1, 2, 4 };
    observe(values, TACHO_COUNT(values));
    assert_printed(reg, "sample_count: 5 sample_sum: 7.75 schema: 0 zero_threshold: 0.5 zero_count: 2");
    tacho_histogram_observe(histogram, 8);
    assert_printed(reg, "schema: 0 zero_threshold: 1 zero_count: 3");
    tacho_histogram_observe(histogram, 16); /* no further: from now on the resolution gives way */
    assert_printed(reg, "sample_count: 7 sample_sum: 31.75 schema: -1 zero_threshold: 1 zero_count: 3");
    tacho_registry_free(reg);
}

static void a_reset_that_is_due_starts_anew_by_the_clock_of_the_registry(void **state)
{
    const tacho_desc row = { NATIVE(.factor = 2, .max_buckets = 3, .min_reset_seconds = 3600), .buckets = bounds,
                             .bucket_count = 2, .flags = TACHO_CREATED };
    (void)state;
    tacho_registry *reg = open_row(&row);
    static const double values[] = { 1, 2, 4, 8 };
    observe(values, TACHO_COUNT(values));
    assert_printed(reg, "sample_count: 4 sample_sum: 15"); /* too early */
    assert_printed(reg, "schema: -1");
    assert_printed(reg, "created_timestamp { seconds: 1000 nanos: 0 }");
    wall.now = 1000 + 3600;
    tacho_histogram_observe(histogram, 3); /* back to the resolution that was asked for */
    assert_printed(reg, "sample_count: 1 sample_sum: 3");
    assert_printed(reg, "schema: 0" DEFAULT_ZERO " zero_count: 0 positive_span { offset: 2 length: 1 } positive_delta: 1 "
                        "created_timestamp { seconds: 4600 nanos: 0 }");
    assert_line(reg, TACHO_OPENMETRICS, "n_count 5\nn_sum 18\nn_created 1000"); /* the classic one goes on */
    tacho_registry_free(reg);
}

static void classic_buckets_that_count_more_than_a_reset_native_histogram_are_not_shown_beside_it(void **state)
{
    const tacho_desc row = { NATIVE(.factor = 2, .max_buckets = 2, .min_reset_seconds = 60), .buckets = bounds,
                             .bucket_count = 2 };
    static const double small[] = { 0.5, 0.5, 4 };
    (void)state;
    tacho_registry *reg = open_row(&row);
    observe(small, TACHO_COUNT(small));
    assert_printed(reg, "sample_count: 3 sample_sum: 5 bucket { cumulative_count: 2 upper_bound: 1 }");
    wall.now = 1000 + 60;
    tacho_histogram_observe(histogram, 1000);
    assert_printed(reg, "sample_count: 1 sample_sum: 1000 schema: 0");
    assert_not_printed(reg, "bucket {"); /* 1000 is not below 1 */
    assert_line(reg, TACHO_TEXT, "n_bucket{le=\"1.0\"} 2\nn_bucket{le=\"10.0\"} 3\nn_bucket{le=\"+Inf\"} 4");
    tacho_registry_free(reg);
}

static void a_series_made_anew_shows_classic_buckets_again(void **state)
{
    static tacho_desc row[1];
    row[0] = (tacho_desc){ .histogram_vec = &by, .name = "n", .help = "Help.", .labels = { "l" }, .buckets = bounds,
                           .bucket_count = 2, .native = { .factor = 2, .max_buckets = 1, .min_reset_seconds = 60 } };
    (void)state;
    tacho_registry *reg = open_row(row);
    for (int i = 0; i < 3; i++) {
        tacho_histogram_observe_at(by, TACHO_LABELS("a"), 1);
        wall.now += 60;
        tacho_histogram_observe_at(by, TACHO_LABELS("a"), 100);
        assert_not_printed(reg, "bucket {");
        (void)tacho_histogram_clear(by);
        tacho_histogram_observe_at(by, TACHO_LABELS("a"), 1);
        assert_printed(reg, "bucket { cumulative_count: 1 upper_bound: 1 }");
        (void)tacho_histogram_clear(by);
    }
    tacho_registry_free(reg);
}

static void a_native_one_alone_began_at_its_last_reset_in_every_format(void **state)
{
    const tacho_desc row = { NATIVE(.factor = 2, .max_buckets = 1, .min_reset_seconds = 60),
                             .flags = TACHO_NATIVE_ONLY | TACHO_CREATED };
    (void)state;
    tacho_registry *reg = open_row(&row);
    tacho_histogram_observe(histogram, 1);
    wall.now = 1060;
    tacho_histogram_observe(histogram, 1000);
    assert_line(reg, TACHO_OPENMETRICS, "n_count 1\nn_sum 1000\nn_created 1060");
    assert_line(reg, TACHO_JSON, "{\"name\":\"n\",\"type\":\"histogram\",\"help\":\"Help.\",\"metrics\":[{"
                                 "\"labels\":{},\"sum\":1000,\"count\":1,\"buckets\":[{\"le\":\"+Inf\",\"count\":1}],\"native\":{\"count\":1,\"sum\":1000,\"schema\":0,"
                                 "\"zero_threshold\":2.938735877055719e-39,\"zero_count\":0,\"negative\":[],"
                                 "\"positive\":[{\"index\":10,\"count\":1}]},\"created\":1060}]}");

    assert_printed(reg, "created_timestamp { seconds: 1060 nanos: 0 }");
    tacho_registry_free(reg);
}

/* ---- Labels, worlds ---------------------------------------------------------------------------------------- */

static void every_series_has_a_native_histogram_of_its_own_wherever_its_cells_are(void **state)
{
    (void)state;
    for EACH_WORLD(world) {
        static tacho_desc row[1];
        row[0] = (tacho_desc){ .histogram_vec = &by, .name = "n", .help = "Help.", .native = { .factor = 2 },
                               .flags = TACHO_NATIVE_ONLY, .labels = { "l" }, .max_series = 2 };
        tacho_registry *reg = world_open(world, row, 1);
        static const char *const letters[] = { "a", "b", "c", "d" };
        for (size_t i = 0; i < 4; i++) tacho_histogram_observe_at(by, TACHO_LABELS(letters[i]), (double)(1 << i));
        assert_printed(reg, "value: \"a\" } histogram { sample_count: 1 sample_sum: 1 schema: 0" DEFAULT_ZERO
                            " zero_count: 0 positive_span { offset: 0 length: 1 } positive_delta: 1 }");
        assert_printed(reg, "value: \"b\" } histogram { sample_count: 1 sample_sum: 2");
        assert_printed(reg, "value: \"_other\" } histogram { sample_count: 2 sample_sum: 12 schema: 0" DEFAULT_ZERO
                            " zero_count: 0 positive_span { offset: 2 length: 2 } positive_delta: 1 positive_delta: 0 }");
        tacho_registry_free(reg);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(classic_and_native_buckets_are_shown_side_by_side),
        cmocka_unit_test(json_shows_native_buckets_with_index_and_count),
        cmocka_unit_test(a_native_one_alone_has_no_classic_buckets_but_the_infinite_one_that_text_needs),
        cmocka_unit_test(one_without_observations_is_told_from_a_classic_one_by_an_empty_span),
        cmocka_unit_test(the_factor_chooses_the_finest_resolution_that_is_not_above_it),
        cmocka_unit_test(values_up_to_the_zero_threshold_of_either_sign_count_as_zero),
        cmocka_unit_test(infinities_have_buckets_of_their_own_and_nan_is_dropped_and_counted),
        cmocka_unit_test(with_too_many_buckets_the_resolution_is_halved_and_nothing_is_lost),
        cmocka_unit_test(the_zero_bucket_is_widened_first_as_far_as_it_may),
        cmocka_unit_test(a_reset_that_is_due_starts_anew_by_the_clock_of_the_registry),
        cmocka_unit_test(classic_buckets_that_count_more_than_a_reset_native_histogram_are_not_shown_beside_it),
        cmocka_unit_test(a_series_made_anew_shows_classic_buckets_again),
        cmocka_unit_test(a_native_one_alone_began_at_its_last_reset_in_every_format),
        cmocka_unit_test(every_series_has_a_native_histogram_of_its_own_wherever_its_cells_are),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
