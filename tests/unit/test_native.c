/*
 * test_native.c - native histograms by themselves.
 *
 * The judge is a histogram written down plainly below: it finds a value's bucket by squaring, in long double, which is
 * exact but for values within a rounding of a bound that is no power of two, and keeps its buckets in a list.
 */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "native_word.h"

static uint64_t random_state = 20260101;

static uint64_t random_next(void)
{
    uint64_t z = random_state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

static uint32_t random_below(uint32_t n)
{
    return (uint32_t)(random_next() % n);
}

static double random_unit(void)
{
    return (double)(random_next() >> 11) * 0x1p-53;
}

static double double_of(uint64_t bits)
{
    double number;
    memcpy(&number, &bits, sizeof number);
    return number;
}

static uint64_t bits_of(double number)
{
    uint64_t bits;
    memcpy(&bits, &number, sizeof bits);
    return bits;
}

/* Of numbers above 0. */
static double above(double number)
{
    return double_of(bits_of(number) + 1);
}

static double below(double number)
{
    return double_of(bits_of(number) - 1);
}

static double power_of_two(int exponent)
{
    if (exponent < -1022) return double_of(UINT64_C(1) << (exponent + 1074));
    return double_of((uint64_t)(exponent + 1023) << 52);
}

static uint64_t now_ms;

static uint64_t clock_of_test(void)
{
    return now_ms;
}

/* ---- The judge --------------------------------------------------------------------------------------------------- */

static int32_t divide_up(int32_t n, int32_t by)
{
    return n / by + (n % by > 0);
}

/* The bucket of |v| > 0. */
static int32_t judge_index(double v, int32_t schema)
{
    int exponent;
    double fraction = frexp(v < 0 ? -v : v, &exponent);
    if (isinf(v)) return schema < 0 ? (1024 >> -schema) + 1 : (1024 << schema) + 1;
    if (schema <= 0) return divide_up(exponent - (fraction <= 0.5), 1 << -schema);
    int32_t index = exponent - 1;
    if (fraction <= 0.5) return index * (1 << schema);
    long double rest = 2 * (long double)fraction;
    for (int32_t k = 0; k < schema; k++) {
        rest *= rest;
        index = index * 2 + (rest >= 2);
        if (rest >= 2) rest /= 2;
    }
    return index + 1;
}

/* 2^(index / 2^schema), to a few units in the last place of a double. */
static long double judge_bound(int32_t index, int32_t schema)
{
    static long double root; /* 2^(1/256), by Newton */
    for (int i = 0; root < 1 && i == 0; i++) {
        root = 1;
        for (int k = 0; k < 200; k++) {
            long double power = 1;
            for (int n = 0; n < 255; n++) power *= root;
            root -= (power * root - 2) / (256 * power);
        }
    }
    int64_t at = schema < 0 ? (int64_t)index * 256 * (1 << -schema) : (int64_t)index * (256 >> schema);
    long double bound = 1;
    for (int64_t n = at & 255; n > 0; n--) bound *= root;
    int64_t exponent = (at - (at & 255)) / 256;
    for (; exponent > 0; exponent--) bound *= 2;
    for (; exponent < 0; exponent++) bound /= 2;
    return bound;
}

enum { JUDGE_ROOM = 1200 };

struct judge {
    struct tacho__native_rules rules;
    int32_t schema;
    bool widened;
    int32_t zero_index, zero_schema; /* the zero bucket ends where this one does, if it was widened */
    uint64_t zero_count, count, created_ms;
    double sum;
    uint32_t used;
    struct { bool negative; int32_t index; uint64_t count; } buckets[JUDGE_ROOM];
};

static void judge_begin(struct judge *judge, uint64_t created_ms)
{
    struct tacho__native_rules rules = judge->rules;
    *judge = (struct judge){ .rules = rules, .schema = rules.schema, .created_ms = created_ms };
}

static void judge_add(struct judge *judge, bool negative, int32_t index, uint64_t count)
{
    for (uint32_t i = 0; i < judge->used; i++)
        if (judge->buckets[i].negative == negative && judge->buckets[i].index == index) {
            judge->buckets[i].count += count;
            return;
        }
    assert_true(judge->used < JUDGE_ROOM);
    judge->buckets[judge->used].negative = negative;
    judge->buckets[judge->used].index = index;
    judge->buckets[judge->used++].count = count;
}

static void judge_count(struct judge *judge, double v)
{
    double magnitude = v < 0 ? -v : v;
    judge->count++;
    judge->sum += v;
    if (magnitude <= judge->rules.threshold ||
        (judge->widened && judge_index(magnitude, judge->zero_schema) <= judge->zero_index))
        judge->zero_count++;
    else
        judge_add(judge, v < 0, judge_index(magnitude, judge->schema), 1);
}

static bool judge_widen(struct judge *judge)
{
    double max = judge->rules.max_threshold;
    int32_t nearest = INT32_MAX;
    for (uint32_t i = 0; i < judge->used; i++)
        if (judge->buckets[i].index < nearest) nearest = judge->buckets[i].index;
    int exponent;
    if (max <= 0 || isinf(max)) return false;
    /* The last bucket that ends at or below the maximum: the maximum's own, if that is a power of two and a bound. */
    int32_t last = judge_index(max, judge->schema);
    if (frexp(max, &exponent) > 0.5 || judge_index(above(max), judge->schema) == last) last--;
    if (nearest > last) return false;
    judge->widened = true;
    judge->zero_index = nearest;
    judge->zero_schema = judge->schema;
    uint32_t kept = 0;
    for (uint32_t i = 0; i < judge->used; i++)
        if (judge->buckets[i].index == nearest)
            judge->zero_count += judge->buckets[i].count;
        else
            judge->buckets[kept++] = judge->buckets[i];
    judge->used = kept;
    return true;
}

static bool judge_halve(struct judge *judge)
{
    if (judge->schema == -4) return false;
    struct judge before = *judge;
    judge->schema--;
    judge->used = 0;
    for (uint32_t i = 0; i < before.used; i++)
        judge_add(judge, before.buckets[i].negative, divide_up(before.buckets[i].index, 2), before.buckets[i].count);
    return true;
}

static bool judge_may_reset(const struct judge *judge)
{
    return judge->rules.min_reset_ms && now_ms - judge->created_ms >= judge->rules.min_reset_ms;
}

static void judge_observe(struct judge *judge, double v)
{
    bool changed = judge->widened || judge->schema != judge->rules.schema;
    if (changed && judge_may_reset(judge)) judge_begin(judge, now_ms);
    uint32_t before = judge->used;
    judge_count(judge, v);
    if (judge->used == before) return; /* no new bucket */
    while (judge->used > judge->rules.max_buckets) {
        if (judge_may_reset(judge)) {
            judge_begin(judge, now_ms);
            judge_count(judge, v);
        } else if (!judge_widen(judge) && !judge_halve(judge)) {
            break;
        }
    }
}

/* ---- Histograms -------------------------------------------------------------------------------------------------- */

static struct tacho__native *new_native(const struct tacho__native_rules *rules)
{
    struct tacho__native *native = calloc(1, tacho__native_size(rules));
    assert_non_null(native);
    tacho__native_init(native, rules, now_ms);
    return native;
}

static struct tacho__native_rules rules_of(tacho_native native)
{
    struct tacho__native_rules rules;
    assert_null(tacho__native_check(&native, &rules));
    return rules;
}

/* Zero counts alone, and there may be many buckets. */
static struct tacho__native_rules rules_of_schema(int32_t schema)
{
    return (struct tacho__native_rules){ .schema = schema, .max_buckets = 1000 };
}

static void observe(struct tacho__native *native, double v)
{
    tacho__native_observe(native, v, clock_of_test);
}

static struct tacho__native_view *view_of(const struct tacho__native *native)
{
    struct tacho__native_view *view = malloc(tacho__native_view_size(native));
    assert_non_null(view);
    assert_true(tacho__native_read(native, view));
    return view;
}

static uint64_t count_of(struct tacho__native_side side, int32_t index)
{
    for (uint32_t i = 0; i < side.count; i++)
        if (side.buckets[i].index == index) return side.buckets[i].count;
    return 0;
}

static uint64_t total_of(struct tacho__native_side side)
{
    uint64_t total = 0;
    for (uint32_t i = 0; i < side.count; i++) {
        total += side.buckets[i].count;
        assert_true(side.buckets[i].count > 0);
        assert_true(i == 0 || side.buckets[i].index > side.buckets[i - 1].index);
    }
    return total;
}

static void check_view(const struct tacho__native_view *view)
{
    uint64_t total = total_of(tacho__native_positive(view)) + total_of(tacho__native_negative(view));
    assert_int_equal(view->count, view->zero_count + total);
}

#define SCHEMA_FOR_EACH(schema) (int32_t schema = -4; schema <= 8; schema++)

/* The bucket that one value, observed with both signs, comes to; INT32_MAX: the zero bucket. */
static int32_t index_with(const struct tacho__native_rules *rules, double v)
{
    int32_t index = INT32_MAX;
    struct tacho__native *native = new_native(rules);
    observe(native, v);
    observe(native, -v);
    struct tacho__native_view *view = view_of(native);
    check_view(view);
    assert_int_equal(view->count, 2);
    if (view->zero_count != 2) {
        assert_true(view->positive == 1 && view->negative == 1);
        index = view->buckets[0].index;
        assert_int_equal(view->buckets[1].index, index);
    }
    free(view);
    free(native);
    return index;
}

static int32_t index_of(double v, int32_t schema)
{
    struct tacho__native_rules rules = rules_of_schema(schema);
    return index_with(&rules, v);
}

static void assert_judged(const struct tacho__native *native, const struct judge *judge)
{
    struct tacho__native_view *view = view_of(native);
    check_view(view);
    assert_int_equal(view->count, judge->count);
    assert_int_equal(view->zero_count, judge->zero_count);
    assert_int_equal(view->schema, judge->schema);
    assert_int_equal(view->created_ms, judge->created_ms);
    assert_true(bits_of(view->sum) == bits_of(judge->sum) || (isnan(view->sum) && isnan(judge->sum)));
    assert_int_equal(view->positive + view->negative, judge->used);
    struct tacho__native_side positive = tacho__native_positive(view), negative = tacho__native_negative(view);
    for (uint32_t i = 0; i < judge->used; i++)
        assert_int_equal(count_of(judge->buckets[i].negative ? negative : positive, judge->buckets[i].index),
                         judge->buckets[i].count);
    if (judge->widened) {
        long double bound = judge_bound(judge->zero_index, judge->zero_schema);
        assert_true(view->zero_threshold >= bound * (1 - 1e-15L) && view->zero_threshold <= bound * (1 + 1e-15L));
    } else {
        assert_true(bits_of(view->zero_threshold) == bits_of(judge->rules.threshold));
    }
    free(view);
}

/* ---- Rules ------------------------------------------------------------------------------------------------------- */

static void a_factor_gets_the_coarsest_resolution_that_is_fine_enough(void **state)
{
    (void)state;
    static const struct { double factor; int32_t schema; } table[] = {
        { 1e300, -4 }, { 65536, -4 }, { 65535.9, -3 }, { 256, -3 }, { 255, -2 }, { 16, -2 }, { 15, -1 }, { 4, -1 },
        { 3.9, 0 }, { 2, 0 }, { 1.99, 1 }, { 1.5, 1 }, { 1.4142135623730951, 1 }, { 1.41, 2 }, { 1.2, 2 }, { 1.1, 3 },
        { 1.05, 4 }, { 1.03, 5 }, { 1.02, 6 }, { 1.01, 7 }, { 1.005, 8 }, { 1.002, 8 }, { 1 + DBL_EPSILON, 8 },
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        assert_int_equal(rules_of((tacho_native){ .factor = table[i].factor }).schema, table[i].schema);
}

static void what_is_not_said_has_a_default(void **state)
{
    (void)state;
    struct tacho__native_rules rules = rules_of((tacho_native){ .factor = 1.1 });
    assert_true(rules.threshold == 2.938735877055719e-39);
    assert_true(rules.max_threshold == 0);
    assert_int_equal(rules.max_buckets, 160);
    assert_int_equal(rules.min_reset_ms, 0);
    rules = rules_of((tacho_native){ 1.1, -1, 1000, 0.5, 3600 });
    assert_true(bits_of(rules.threshold) == 0);
    assert_true(rules.max_threshold == 0.5);
    assert_int_equal(rules.max_buckets, 1000);
    assert_int_equal(rules.min_reset_ms, 3600000);
    assert_int_equal(rules_of((tacho_native){ .factor = 2, .min_reset_seconds = 1e-300 }).min_reset_ms, 1);
    assert_int_equal(rules_of((tacho_native){ .factor = 2, .min_reset_seconds = 0.0015 }).min_reset_ms, 2);
    assert_true(rules_of((tacho_native){ .factor = 2, .min_reset_seconds = 1e300 }).min_reset_ms > 1000000000000);
}

static void faulty_rules_are_refused_in_words(void **state)
{
    (void)state;
    static const tacho_native table[] = {
        { .factor = 1 },   { .factor = 0.5 },      { .factor = -2 },
        { .factor = NAN }, { .factor = INFINITY }, { .factor = 2, .zero_threshold = NAN },
        { .factor = 2, .zero_threshold = INFINITY }, { .factor = 2, .zero_threshold = -INFINITY },
        { .factor = 2, .max_buckets = 1001 },
        { .factor = 2, .max_zero_threshold = -1 }, { .factor = 2, .max_zero_threshold = NAN },
        { .factor = 2, .max_zero_threshold = INFINITY }, { .factor = 2, .min_reset_seconds = -1 },
        { .factor = 2, .min_reset_seconds = NAN }, { .factor = 2, .min_reset_seconds = INFINITY },
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct tacho__native_rules rules;
        const char *wrong = tacho__native_check(&table[i], &rules);
        assert_non_null(wrong);
        assert_true(strlen(wrong) > 10);
    }
}

/* ---- Buckets ----------------------------------------------------------------------------------------------------- */

static void a_power_of_two_ends_its_bucket_and_its_neighbours_lie_beside_it(void **state)
{
    (void)state;
    for SCHEMA_FOR_EACH(schema)
        for (int exponent = -1074; exponent <= 1023; exponent += exponent < -1020 || exponent > 1020 ? 1 : 7) {
            double v = power_of_two(exponent);
            int32_t wide = schema < 0 ? 1 << -schema : 1, many = schema > 0 ? 1 << schema : 1;
            int32_t index = divide_up(exponent, wide) * many;
            assert_int_equal(index_of(v, schema), index);
            if (exponent < -1021) continue; /* neighbours may be powers of two themselves */
            assert_int_equal(index_of(below(v), schema), index);
            assert_int_equal(index_of(above(v), schema), divide_up(exponent + 1, wide) * many - many + 1);
        }
}

static void the_largest_number_ends_a_bucket_and_infinity_has_the_next(void **state)
{
    (void)state;
    for SCHEMA_FOR_EACH(schema) {
        int32_t last = schema < 0 ? 1024 >> -schema : 1024 << schema;
        assert_int_equal(index_of(DBL_MAX, schema), last);
        assert_int_equal(index_of(INFINITY, schema), last + 1);
        uint32_t code = (3u << (11 + schema)) + (uint32_t)last;
        assert_true(tacho__native_bound(code) == DBL_MAX);
        assert_true(isinf(tacho__native_bound(code + 1)));
    }
}

static void numbers_below_the_normal_ones_have_buckets(void **state)
{
    (void)state;
    for SCHEMA_FOR_EACH(schema) {
        for (int i = 0; i < 300; i++) {
            double v = double_of(random_next() >> (12 + random_below(52)));
            if (v > 0) assert_int_equal(index_of(v, schema), judge_index(v, schema));
        }
        assert_int_equal(index_of(double_of(1), schema), schema < 0 ? -(1074 >> -schema) : -1074 * (1 << schema));
        assert_int_equal(index_of(double_of(3), schema), judge_index(double_of(3), schema));
        assert_int_equal(index_of(below(DBL_MIN), schema), index_of(DBL_MIN, schema));
    }
}

static void any_number_gets_the_bucket_that_squaring_finds(void **state)
{
    (void)state;
    for (int i = 0; i < 40000; i++) {
        int32_t schema = (int32_t)random_below(13) - 4;
        double v = double_of(random_next() >> 1);
        if (!(v > 0)) continue;
        if (index_of(v, schema) != judge_index(v, schema)) fail_msg("%a at schema %d", v, schema);
    }
}

/* The bound itself is the last number of its bucket: what a threshold that shows it promises. */
static void a_bound_is_the_last_number_of_its_bucket(void **state)
{
    (void)state;
    for SCHEMA_FOR_EACH(schema)
        for (int i = 0; i < 400; i++) {
            int32_t first = judge_index(double_of(1), schema), last = judge_index(DBL_MAX, schema);
            int32_t index = first + (int32_t)random_below((uint32_t)(last - first));
            double bound = tacho__native_bound((3u << (11 + schema)) + (uint32_t)index);
            long double want = judge_bound(index, schema);
            double unit = bound < DBL_MIN ? double_of(1) : bound * 0x1p-52;
            if (!(bound > 0)) continue;
            assert_true(bound <= want + unit && bound >= want - unit);
            assert_true(index_of(bound, schema) <= index); /* small numbers are further apart than bounds */
            assert_true(index_of(above(bound), schema) > index);
            if (bound >= DBL_MIN) assert_int_equal(index_of(bound, schema), index);
        }
}

static void values_up_to_the_threshold_count_as_zero(void **state)
{
    (void)state;
    static const double thresholds[] = { -1, 0, 0.25, 1e-3, 5e-324, 1e-310, 1e300 };
    for SCHEMA_FOR_EACH(schema)
        for (size_t i = 0; i < sizeof thresholds / sizeof *thresholds; i++) {
            struct tacho__native_rules rules = rules_of((tacho_native){ .factor = 2, .zero_threshold = thresholds[i] });
            rules.schema = schema;
            double last = thresholds[i] < 0 ? 0 : thresholds[i] > 0 ? thresholds[i] : 0x1p-128;
            assert_int_equal(index_with(&rules, last), INT32_MAX);
            assert_int_equal(index_with(&rules, 0), INT32_MAX);
            assert_int_equal(index_with(&rules, last / 2), INT32_MAX);
            assert_int_equal(index_with(&rules, above(last)), judge_index(above(last), schema));
            struct tacho__native *native = new_native(&rules);
            struct tacho__native_view *view = view_of(native);
            assert_true(bits_of(view->zero_threshold) == bits_of(last));
            assert_true(view->count == 0 && view->positive == 0 && view->negative == 0 && bits_of(view->sum) == 0);
            free(view);
            free(native);
        }
}

static void infinities_of_both_signs_make_the_sum_no_number_and_count(void **state)
{
    (void)state;
    struct tacho__native_rules rules = rules_of((tacho_native){ .factor = 2 });
    struct tacho__native *native = new_native(&rules);
    observe(native, INFINITY);
    struct tacho__native_view *view = view_of(native);
    assert_true(isinf(view->sum));
    free(view);
    observe(native, -INFINITY);
    view = view_of(native);
    check_view(view);
    assert_true(isnan(view->sum));
    assert_int_equal(view->count, 2);
    free(view);
    free(native);
}

/* ---- Spans and deltas -------------------------------------------------------------------------------------------- */

static void the_example_of_the_specification_is_encoded_as_there(void **state)
{
    (void)state;
    static const struct tacho__native_bucket buckets[] = { { 2, -1 }, { 5, 0 }, { 4, 2 }, { 1, 9 } };
    static const int64_t deltas[] = { 2, 3, -5, 4, -3 };
    struct tacho__native_side side = { buckets, 4 };
    struct tacho__native_span span = { 0 };
    struct tacho__native_delta delta = { 0 };
    assert_true(tacho__native_span_next(side, &span) && span.offset == -1 && span.length == 4);
    assert_true(tacho__native_span_next(side, &span) && span.offset == 6 && span.length == 1);
    assert_false(tacho__native_span_next(side, &span));
    for (size_t i = 0; i < 5; i++) assert_true(tacho__native_delta_next(side, &delta) && delta.delta == deltas[i]);
    assert_false(tacho__native_delta_next(side, &delta));
    assert_false(tacho__native_delta_next(side, &delta));
}

static void a_side_without_buckets_has_neither_spans_nor_deltas(void **state)
{
    (void)state;
    struct tacho__native_side side = { NULL, 0 };
    assert_false(tacho__native_span_next(side, &(struct tacho__native_span){ 0 }));
    assert_false(tacho__native_delta_next(side, &(struct tacho__native_delta){ 0 }));
}

static void spans_and_deltas_read_back_as_the_buckets(void **state)
{
    (void)state;
    enum { MANY = 60 };
    for (int round = 0; round < 2000; round++) {
        struct tacho__native_bucket buckets[MANY], back[MANY];
        uint32_t count = random_below(MANY), found = 0, lengths = 0, spans = 0, gaps = 0;
        int32_t index = (int32_t)random_below(500000) - 250000;
        for (uint32_t i = 0; i < count; i++, index += 1 + (int32_t)random_below(random_below(3) ? 5 : 5000)) {
            buckets[i] = (struct tacho__native_bucket){ random_next() >> (1 + random_below(62)), index };
            buckets[i].count += buckets[i].count == 0;
            gaps += i > 0 && index - buckets[i - 1].index > 3;
        }
        struct tacho__native_side side = { buckets, count };
        struct tacho__native_span span = { 0 };
        struct tacho__native_delta delta = { 0 };
        int64_t population = 0;
        for (index = 0; tacho__native_span_next(side, &span); spans++) {
            assert_true(spans == 0 || span.offset > 2);
            index += span.offset;
            for (uint32_t i = 0; i < span.length; i++, index++, lengths++) {
                assert_true(tacho__native_delta_next(side, &delta));
                population += delta.delta;
                assert_true(population >= 0);
                if (population) back[found++] = (struct tacho__native_bucket){ (uint64_t)population, index };
            }
        }
        assert_false(tacho__native_delta_next(side, &delta));
        assert_int_equal(found, count);
        assert_int_equal(spans, gaps + (count > 0));
        for (uint32_t i = 0; i < count; i++)
            assert_true(back[i].index == buckets[i].index && back[i].count == buckets[i].count);
    }
}

/* ---- Limits ------------------------------------------------------------------------------------------------------ */

static void too_many_buckets_halve_the_resolution_and_merge_on_both_sides(void **state)
{
    (void)state;
    struct tacho__native_rules rules = rules_of((tacho_native){ .factor = 2, .max_buckets = 8 });
    struct tacho__native *native = new_native(&rules);
    for (int exponent = -3; exponent <= 0; exponent++) { /* buckets -3 to 0 of both sides */
        for (int times = 0; times < 4 + exponent; times++) observe(native, power_of_two(exponent));
        observe(native, -power_of_two(exponent));
    }
    struct tacho__native_view *view = view_of(native);
    assert_true(view->schema == 0 && view->positive == 4 && view->negative == 4);
    free(view);
    observe(native, 8); /* bucket 3, which becomes 2 */
    view = view_of(native);
    check_view(view);
    assert_int_equal(view->schema, -1);
    struct tacho__native_side positive = tacho__native_positive(view), negative = tacho__native_negative(view);
    assert_true(count_of(positive, -1) == 3 && count_of(positive, 0) == 7 && count_of(positive, 2) == 1);
    assert_true(count_of(negative, -1) == 2 && count_of(negative, 0) == 2);
    assert_true(positive.count == 3 && negative.count == 2);
    assert_int_equal(view->count, 15);
    free(view);
    free(native);
}

static void the_zero_bucket_is_widened_before_the_resolution_is_halved(void **state)
{
    (void)state;
    struct tacho__native_rules rules =
        rules_of((tacho_native){ .factor = 2, .max_buckets = 3, .max_zero_threshold = 0.25 });
    struct tacho__native *native = new_native(&rules);
    observe(native, 0.125);
    observe(native, -0.2);
    observe(native, 0.25);
    observe(native, 4);
    struct tacho__native_view *view = view_of(native);
    assert_true(view->schema == 0 && view->zero_threshold == 0.125 && view->zero_count == 1);
    assert_true(view->positive == 2 && view->negative == 1);
    free(view);
    observe(native, 16); /* takes bucket -2 of both sides along */
    view = view_of(native);
    assert_true(view->schema == 0 && view->zero_threshold == 0.25 && view->zero_count == 3);
    assert_true(view->positive == 2 && view->negative == 0);
    free(view);
    observe(native, 0.25);
    observe(native, -0.1);
    observe(native, above(0.25));
    observe(native, 64);
    view = view_of(native);
    check_view(view);
    assert_true(view->zero_threshold == 0.25 && view->zero_count == 5); /* 0.5 would be too far: halved instead */
    assert_true(view->schema == -2 && view->positive == 3 && view->count == 9); /* at -1 it would be 4 buckets still */
    free(view);
    free(native);
}

static void a_histogram_that_was_reset_long_ago_is_reset_and_keeps_what_made_it(void **state)
{
    (void)state;
    now_ms = 1700000000000;
    struct tacho__native_rules rules =
        rules_of((tacho_native){ .factor = 2, .max_buckets = 2, .max_zero_threshold = 10, .min_reset_seconds = 60 });
    struct tacho__native *native = new_native(&rules);
    now_ms += 59999;
    observe(native, 1);
    observe(native, 2);
    now_ms += 1;
    observe(native, 0);
    struct tacho__native_view *view = view_of(native);
    assert_true(view->count == 3 && view->created_ms == 1700000000000);
    free(view);
    observe(native, -7);
    view = view_of(native);
    check_view(view);
    assert_true(view->count == 1 && view->zero_count == 0 && view->negative == 1 && view->sum == -7);
    assert_int_equal(view->created_ms, 1700000060000);
    free(view);
    free(native);
}

static void what_was_widened_or_halved_returns_when_a_reset_is_due(void **state)
{
    (void)state;
    now_ms = 1000000;
    struct tacho__native_rules rules =
        rules_of((tacho_native){ .factor = 2, .max_buckets = 2, .max_zero_threshold = 1, .min_reset_seconds = 10 });
    struct tacho__native *native = new_native(&rules);
    now_ms += 5000;
    static const double values[] = { 1, 2, 4, 8, 16 };
    for (size_t i = 0; i < 5; i++) observe(native, values[i]);
    struct tacho__native_view *view = view_of(native);
    assert_true(view->zero_threshold == 1 && view->schema == -1 && view->count == 5);
    free(view);
    now_ms += 4999;
    observe(native, 1);
    now_ms += 1;
    view = view_of(native);
    assert_true(view->count == 6 && view->created_ms == 1000000);
    free(view);
    observe(native, 3);
    view = view_of(native);
    assert_true(view->zero_threshold == 0x1p-128 && view->schema == 0 && view->count == 1 && view->sum == 3);
    assert_true(view->created_ms == 1010000 && view->buckets[0].index == 2);
    free(view);
    now_ms += 100000; /* nothing to return from */
    observe(native, 3);
    view = view_of(native);
    assert_int_equal(view->count, 2);
    free(view);
    free(native);
}

static void many_resets_leave_nothing_of_what_was_before(void **state)
{
    (void)state;
    now_ms = 1;
    struct tacho__native_rules rules =
        rules_of((tacho_native){ .factor = 2, .max_buckets = 3, .min_reset_seconds = 1 });
    struct tacho__native *native = new_native(&rules);
    for (int round = 0; round < 100; round++) {
        double fourth = power_of_two(round % 2 ? 40 : 50); /* bucket */
        now_ms += 1000;
        observe(native, fourth);
        struct tacho__native_view *view = view_of(native);
        assert_true(view->count == 1 && view->sum == fourth);
        free(view);
        observe(native, 0);
        observe(native, 2);
        observe(native, -2);
        view = view_of(native);
        check_view(view);
        assert_true(view->count == 4 && view->zero_count == 1 && view->sum == fourth);
        assert_int_equal(view->created_ms, round == 0 ? 1 : now_ms);
        free(view);
    }
    free(native);
}

static void a_cleared_histogram_begins_anew_whatever_its_rules_say(void **state)
{
    (void)state;
    struct tacho__native_rules rules =
        rules_of((tacho_native){ .factor = 1.1, .max_buckets = 3, .max_zero_threshold = 1 });
    struct tacho__native *native = new_native(&rules);
    for (uint64_t round = 1; round < 30; round++) {
        for (int i = 0; i < 50; i++) observe(native, random_unit() * 100);
        if (round % 2) native->turn = 12345 << 1; /* somebody's, who died */
        tacho__native_clear(native, round);
        struct tacho__native_view *view = view_of(native);
        assert_true(view->count == 0 && bits_of(view->sum) == 0 && view->created_ms == round);
        assert_true(view->schema == 3 && view->zero_threshold == 0x1p-128);
        free(view);
        observe(native, 5);
        view = view_of(native);
        assert_true(view->count == 1 && view->sum == 5);
        free(view);
    }
    free(native);
}

static void nothing_comes_back_after_any_number_of_clearings(void **state)
{
    (void)state;
    struct tacho__native_rules rules = rules_of((tacho_native){ .factor = 2 });
    struct tacho__native *native = new_native(&rules);
    for (int exponent = -50; exponent < 50; exponent++) observe(native, power_of_two(exponent));
    for (uint64_t round = 1; round < 20; round++) {
        tacho__native_clear(native, round);
        struct tacho__native_view *view = view_of(native);
        assert_true(view->count == 0 && bits_of(view->sum) == 0);
        free(view);
    }
    free(native);
}

static void at_the_coarsest_resolution_there_may_be_more_buckets_than_asked_for(void **state)
{
    (void)state;
    struct tacho__native_rules rules =
        rules_of((tacho_native){ .factor = 1.1, .zero_threshold = -1, .max_buckets = 1 });
    struct tacho__native *native = new_native(&rules);
    for (int exponent = -1074; exponent <= 1023; exponent++) {
        observe(native, power_of_two(exponent));
        observe(native, -power_of_two(exponent));
    }
    observe(native, INFINITY);
    observe(native, -INFINITY);
    observe(native, 0);
    struct tacho__native_view *view = view_of(native);
    check_view(view);
    assert_int_equal(view->schema, -4);
    assert_int_equal(view->count, 2098 * 2 + 3);
    assert_int_equal(view->positive, 67 + 1 + 64 + 1); /* -67 to 64, and infinity */
    assert_int_equal(view->negative, view->positive);
    free(view);
    free(native);
}

/* ---- Against the judge ------------------------------------------------------------------------------------------- */

static struct tacho__native_rules random_rules(void)
{
    tacho_native native = {
        .factor = 1 + power_of_two(-8 + (int)random_below(25)),
        .zero_threshold = random_below(2) ? 0 : random_below(2) ? -1 : random_unit(),
        .max_buckets = random_below(3) ? 2 + random_below(30) : random_below(400),
        .max_zero_threshold = random_below(2) ? 0 : random_below(2) ? power_of_two((int)random_below(40) - 30)
                                                                    : random_unit() * 1000,
        .min_reset_seconds = random_below(2) ? 0 : 1 + random_unit() * 100,
    };
    return rules_of(native);
}

/* Mostly of some magnitudes, some of any, and those that are special. */
static double random_value(uint32_t spread)
{
    static const double special[] = { 0, 1, 0.5, 2, 1024, DBL_MAX, DBL_MIN, 5e-324, 0x1p-128, 0x1p-127, INFINITY };
    double v = (1 + random_unit()) * power_of_two((int)random_below(spread) - (int)spread / 2);
    uint32_t kind = random_below(200);
    if (kind == 0) v = double_of(random_next() & ~(UINT64_C(3) << 62));
    if (kind < 5) v = special[random_below(spread < 30 ? 5 : 11)];
    return random_below(4) ? v : -v;
}

static void a_histogram_is_what_a_plain_list_of_buckets_would_be(void **state)
{
    (void)state;
    struct judge *judge = malloc(sizeof *judge);
    assert_non_null(judge);
    for (int round = 0; round < 100; round++) {
        now_ms = random_next() >> 24;
        judge->rules = random_rules();
        judge_begin(judge, now_ms);
        struct tacho__native *native = new_native(&judge->rules);
        uint32_t spread = 2 + random_below(round % 3 ? 12 : 120);
        for (int i = 0; i < 1000; i++) {
            double v = random_value(spread);
            now_ms += random_below(200);
            observe(native, v);
            judge_observe(judge, v);
            if (i % 20 == 0 || judge->count < 5) assert_judged(native, judge);
        }
        assert_judged(native, judge);
        free(native);
    }
    free(judge);
}

static void the_buckets_add_up_to_the_observations(void **state)
{
    (void)state;
    for (int round = 0; round < 50; round++) {
        struct tacho__native_rules rules = random_rules();
        rules.min_reset_ms = 0;
        struct tacho__native *native = new_native(&rules);
        for (uint64_t i = 1; i <= 2000; i++) {
            observe(native, double_of(random_next() & ~(UINT64_C(1) << 62)));
            if (i % 100) continue;
            struct tacho__native_view *view = view_of(native);
            check_view(view);
            assert_int_equal(view->count, i);
            free(view);
        }
        free(native);
    }
}

/* ---- Tables that are full, and words ----------------------------------------------------------------------------- */

static uint32_t slot_of(const struct tacho__native *native, uint32_t key)
{
    for (uint32_t at = 0; at <= native->slot_mask; at++)
        if (native->slots[at] >> 42 == key) return at;
    return UINT32_MAX;
}

static void a_count_that_fills_its_word_goes_on_in_another(void **state)
{
    (void)state;
    struct tacho__native_rules rules = rules_of((tacho_native){ .factor = 2, .max_buckets = 2 });
    struct tacho__native *native = new_native(&rules);
    observe(native, 1);
    native->slots[slot_of(native, 3u << 11)] += TACHO__NATIVE_COUNT - 3;
    for (uint64_t i = 0; i < 10; i++) {
        struct tacho__native_view *view = view_of(native);
        assert_true(view->positive == 1 && view->count == TACHO__NATIVE_COUNT - 2 + i);
        free(view);
        observe(native, 1);
    }
    observe(native, 2);
    observe(native, 4); /* buckets 0, 1 and 2 become 0 and 1 */
    struct tacho__native_view *view = view_of(native);
    assert_true(view->schema == -1 && view->positive == 2 && view->buckets[1].count == 2);
    assert_true(view->buckets[0].count == TACHO__NATIVE_COUNT + 8);
    free(view);
    free(native);
}

static void words_that_are_full_everywhere_end_in_a_reset(void **state)
{
    (void)state;
    now_ms = 77;
    struct tacho__native_rules rules = rules_of((tacho_native){ .factor = 2 });
    struct tacho__native *native = new_native(&rules);
    observe(native, 1);
    uint64_t full = native->slots[slot_of(native, 3u << 11)] | TACHO__NATIVE_COUNT;
    for (uint32_t at = 0; at <= native->slot_mask; at++) native->slots[at] = full;
    now_ms = 78;
    observe(native, 1);
    struct tacho__native_view *view = view_of(native);
    assert_true(view->count == 1 && view->sum == 1 && view->created_ms == 78);
    free(view);
    free(native);
}

/* Somebody has the turn, and does nothing with it. */
static void hold_turn(struct tacho__native *native, uint64_t since_ms)
{
    native->turn = since_ms << 21 | 12345 << 1;
}

static void who_finds_the_turn_taken_goes_on_and_nothing_is_lost(void **state)
{
    (void)state;
    now_ms = 5000000;
    struct tacho__native_rules rules = rules_of((tacho_native){ .factor = 1.002, .max_buckets = 10 });
    struct tacho__native *native = new_native(&rules);
    hold_turn(native, now_ms);
    uint64_t count = 0;
    for (; count < 3000; count++) observe(native, 1 + random_unit() * 1e9); /* some 7,000 buckets at this resolution */
    struct tacho__native_view *view = view_of(native);
    check_view(view);
    assert_true(view->count == count && view->schema == 8 && view->positive == native->slot_mask + 1);
    free(view);
    now_ms += 1000;
    observe(native, 5e9);
    view = view_of(native);
    assert_true(view->count == ++count && view->schema == 8);
    free(view);
    now_ms += 1; /* now it is taken over */
    observe(native, -1);
    count++;
    view = view_of(native);
    check_view(view);
    assert_true(view->count == count && view->positive + view->negative <= 10);
    assert_true(view->negative == 1);
    free(view);
    assert_true(native->turn == 0);
    hold_turn(native, now_ms + 1001); /* a clock that was set back */
    for (int i = 0; i < 1000; i++, count++) observe(native, 1 + random_unit() * 1e18);
    view = view_of(native);
    assert_true(view->count == count && view->positive + view->negative <= 10);
    free(view);
    free(native);
}

static void in_a_full_table_the_nearest_bucket_of_the_side_counts(void **state)
{
    (void)state;
    now_ms = 5000000;
    struct tacho__native_rules rules = rules_of((tacho_native){ .factor = 1.002, .max_buckets = 10 });
    struct tacho__native *native = new_native(&rules);
    hold_turn(native, now_ms);
    observe(native, -1e5);
    for (uint32_t i = 1; i <= native->slot_mask; i++) observe(native, tacho__native_bound((3u << 19) + 3 * i));
    struct tacho__native_view *view = view_of(native);
    assert_int_equal(view->positive, native->slot_mask);
    assert_int_equal(view->negative, 1);
    free(view);
    observe(native, tacho__native_bound((3u << 19) + 3 * 100 + 1));
    observe(native, tacho__native_bound((3u << 19) + 3 * 200 - 1));
    observe(native, 1e300);
    observe(native, -1e-30);
    observe(native, 0);
    view = view_of(native);
    check_view(view);
    struct tacho__native_side positive = tacho__native_positive(view);
    assert_int_equal(count_of(positive, 300), 2);
    assert_int_equal(count_of(positive, 600), 2);
    assert_int_equal(count_of(positive, 3 * (int32_t)native->slot_mask), 2);
    assert_int_equal(count_of(positive, 3), 2);
    assert_int_equal(view->buckets[view->positive].count, 2);
    free(view);
    free(native);
}

/* A word that a thread from before the change filled, of the resolution that it knew. */
static void words_of_finer_resolution_are_read_as_what_they_are_now(void **state)
{
    (void)state;
    struct tacho__native_rules rules =
        rules_of((tacho_native){ .factor = 2, .max_buckets = 3, .max_zero_threshold = 0x1p-9 });
    struct tacho__native *native = new_native(&rules);
    for (int exponent = -10; exponent < -6; exponent++) observe(native, power_of_two(exponent));
    observe(native, 1);
    observe(native, 4);
    observe(native, 16);
    struct tacho__native_view *view = view_of(native);
    assert_true(view->zero_threshold == 0x1p-9 && view->schema == -3 && view->count == 7 && view->zero_count == 2);
    free(view);
    const uint32_t late[] = { (3u << 11) - 12, (3u << 11) + 4, TACHO__NATIVE_SIDE | ((3u << 11) - 9), (3u << 19) + 1 };
    uint32_t room = 0;
    for (size_t i = 0; i < 4; room++)
        if (native->slots[room] == 0) native->slots[room] = (uint64_t)late[i++] << 42 | 10;
    view = view_of(native);
    check_view(view);
    assert_true(view->count == 47 && view->zero_count == 22 && view->negative == 0);
    assert_int_equal(count_of(tacho__native_positive(view), 1), 2 + 20);
    free(view);
    observe(native, 1e6); /* brings them in line */
    assert_int_equal(slot_of(native, late[1]), UINT32_MAX);
    view = view_of(native);
    assert_true(view->count == 48 && view->zero_count == 22);
    free(view);
    free(native);
}

static void no_word_is_frozen(const struct tacho__native *native)
{
    for (uint32_t at = 0; at <= native->slot_mask; at++) assert_false(native->slots[at] & TACHO__NATIVE_FROZEN);
}

/* What somebody leaves who froze a word after its move was finished by another. */
static void words_that_are_frozen_without_a_move_thaw(void **state)
{
    (void)state;
    struct tacho__native_rules rules = rules_of((tacho_native){ .factor = 2, .max_buckets = 4 });
    struct tacho__native *native = new_native(&rules);
    for (int i = 0; i < 5; i++) observe(native, 1);
    native->slots[slot_of(native, 3u << 11)] |= TACHO__NATIVE_FROZEN;
    uint32_t room = 0;
    while (native->slots[room]) room++;
    native->slots[room] = (uint64_t)((3u << 11) + 1) << 42 | TACHO__NATIVE_FROZEN;
    for (int i = 0; i < 5; i++) observe(native, 1);
    struct tacho__native_view *view = view_of(native);
    check_view(view);
    assert_true(view->count == 10 && view->positive == 1);
    free(view);
    observe(native, 4);
    observe(native, 8);
    observe(native, 16); /* four buckets, in five words and a frozen one without a count */
    view = view_of(native);
    check_view(view);
    assert_true(view->schema == 0 && view->count == 13 && view->positive == 4 && view->buckets[0].count == 10);
    free(view);
    no_word_is_frozen(native);
    free(native);
}

/* Two words of a histogram in which somebody died while their move was in this phase. */
static struct tacho__native *dead_in_move(uint64_t from, uint64_t to, enum tacho__native_phase phase)
{
    struct tacho__native_rules rules = rules_of((tacho_native){ .factor = 2, .max_buckets = 1 });
    struct tacho__native *native = new_native(&rules);
    now_ms = 1000000;
    hold_turn(native, now_ms - 5000);
    native->slots[20] = from;
    native->slots[30] = to;
    native->move = tacho__move_word(7, phase, 20, 30);
    return native;
}

static void a_move_that_was_begun_is_finished_or_given_up(void **state)
{
    (void)state;
    uint64_t one = (uint64_t)(3u << 11) << 42, two = (uint64_t)((3u << 11) + 1) << 42;
    const struct { uint64_t from, to, count; uint32_t buckets; } table[] = {
        { one | 5, one | 6, 11, 1 },
        { one | 5, 0, 5, 1 },
        { one | 5, one | TACHO__NATIVE_FROZEN | 6, 11, 1 },
        { one | 5, one | TACHO__NATIVE_FROZEN, 5, 1 },
        { one | TACHO__NATIVE_FROZEN | 5, one | TACHO__NATIVE_FROZEN | 6, 11, 1 },
        { one | 5, two | 6, 11, 2 }, /* somebody was faster */
        { one | 5, one | (TACHO__NATIVE_COUNT - 2), TACHO__NATIVE_COUNT + 3, 1 }, /* many came meanwhile */
        { 0, one | 6, 6, 1 },
        { 0, 0, 0, 0 },
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct tacho__native *native = dead_in_move(table[i].from, table[i].to, TACHO__NATIVE_FREEZE);
        struct tacho__native_view *view = view_of(native);
        check_view(view);
        assert_true(view->count == table[i].count && view->positive == table[i].buckets);
        free(view);
        for (int k = 0; k < 3; k++) observe(native, -power_of_two(16 << k)); /* somebody takes over */
        view = view_of(native);
        check_view(view);
        assert_true(view->count == table[i].count + 3 && tacho__move_phase(native->move) == TACHO__NATIVE_IDLE);
        struct tacho__native_side positive = tacho__native_positive(view);
        assert_int_equal(total_of(positive), table[i].count);
        if (table[i].buckets == 2) assert_true(count_of(positive, 0) == 5 && count_of(positive, 1) == 6);
        free(view);
        no_word_is_frozen(native);
        free(native);
    }
}

static void a_move_that_was_applied_halfway_counts_once(void **state)
{
    (void)state;
    uint64_t one = (uint64_t)(3u << 11) << 42, frozen = TACHO__NATIVE_FROZEN;
    const struct { uint64_t from, to, count; } table[] = {
        { one | frozen | 5, one | frozen | 6, 11 },
        { one | frozen | 5, one | frozen, 5 },
        { one | frozen | 5, one | 11, 11 },
        { one | frozen | 5, one | 13, 13 }, /* counted on */
        { 0, one | 11, 11 },
        { (one + (1ull << 42)) | 4, one | 11, 15 }, /* given to another bucket since */
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct tacho__native *native = dead_in_move(table[i].from, table[i].to, TACHO__NATIVE_APPLY);
        struct tacho__native_view *view = view_of(native);
        check_view(view);
        assert_int_equal(view->count, table[i].count);
        free(view);
        for (int k = 0; k < 3; k++) observe(native, -power_of_two(16 << k));
        view = view_of(native);
        check_view(view);
        assert_int_equal(view->count, table[i].count + 3);
        free(view);
        no_word_is_frozen(native);
        free(native);
    }
}

/* ---- Cost -------------------------------------------------------------------------------------------------------- */

static void what_an_observation_costs_is_printed(void **state)
{
    (void)state;
    enum { VALUES = 1024 };
    static double values[VALUES];
    for (int i = 0; i < VALUES; i++) values[i] = 0.001 + random_unit() * random_unit();
    for SCHEMA_FOR_EACH(schema) {
        if (schema != 0 && schema != 3 && schema != 5) continue;
        struct tacho__native_rules rules = rules_of_schema(schema);
        rules.max_buckets = 160;
        struct tacho__native *native = new_native(&rules);
        struct timespec begin, end;
        double best = 1e9;
        for (int round = 0; round < 20; round++) {
            (void)clock_gettime(CLOCK_MONOTONIC, &begin);
            for (int i = 0; i < 10000; i++) observe(native, values[i % VALUES]);
            (void)clock_gettime(CLOCK_MONOTONIC, &end);
            double ns = (double)(end.tv_sec - begin.tv_sec) * 1e9 + (double)(end.tv_nsec - begin.tv_nsec);
            if (ns / 10000 < best) best = ns / 10000;
        }
        print_message("schema %d: %.1f ns\n", schema, best);
        free(native);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_factor_gets_the_coarsest_resolution_that_is_fine_enough),
        cmocka_unit_test(what_is_not_said_has_a_default),
        cmocka_unit_test(faulty_rules_are_refused_in_words),
        cmocka_unit_test(a_power_of_two_ends_its_bucket_and_its_neighbours_lie_beside_it),
        cmocka_unit_test(the_largest_number_ends_a_bucket_and_infinity_has_the_next),
        cmocka_unit_test(numbers_below_the_normal_ones_have_buckets),
        cmocka_unit_test(any_number_gets_the_bucket_that_squaring_finds),
        cmocka_unit_test(a_bound_is_the_last_number_of_its_bucket),
        cmocka_unit_test(values_up_to_the_threshold_count_as_zero),
        cmocka_unit_test(infinities_of_both_signs_make_the_sum_no_number_and_count),
        cmocka_unit_test(the_example_of_the_specification_is_encoded_as_there),
        cmocka_unit_test(a_side_without_buckets_has_neither_spans_nor_deltas),
        cmocka_unit_test(spans_and_deltas_read_back_as_the_buckets),
        cmocka_unit_test(too_many_buckets_halve_the_resolution_and_merge_on_both_sides),
        cmocka_unit_test(the_zero_bucket_is_widened_before_the_resolution_is_halved),
        cmocka_unit_test(a_histogram_that_was_reset_long_ago_is_reset_and_keeps_what_made_it),
        cmocka_unit_test(what_was_widened_or_halved_returns_when_a_reset_is_due),
        cmocka_unit_test(many_resets_leave_nothing_of_what_was_before),
        cmocka_unit_test(a_cleared_histogram_begins_anew_whatever_its_rules_say),
        cmocka_unit_test(nothing_comes_back_after_any_number_of_clearings),
        cmocka_unit_test(at_the_coarsest_resolution_there_may_be_more_buckets_than_asked_for),
        cmocka_unit_test(a_histogram_is_what_a_plain_list_of_buckets_would_be),
        cmocka_unit_test(the_buckets_add_up_to_the_observations),
        cmocka_unit_test(a_count_that_fills_its_word_goes_on_in_another),
        cmocka_unit_test(words_that_are_full_everywhere_end_in_a_reset),
        cmocka_unit_test(who_finds_the_turn_taken_goes_on_and_nothing_is_lost),
        cmocka_unit_test(in_a_full_table_the_nearest_bucket_of_the_side_counts),
        cmocka_unit_test(words_of_finer_resolution_are_read_as_what_they_are_now),
        cmocka_unit_test(words_that_are_frozen_without_a_move_thaw),
        cmocka_unit_test(a_move_that_was_begun_is_finished_or_given_up),
        cmocka_unit_test(a_move_that_was_applied_halfway_counts_once),
        cmocka_unit_test(what_an_observation_costs_is_printed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
