/*
 * test_metric.c - counters, gauges and timers, in every kind of memory that their cells can lie in.
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
#include <string.h>
#include <time.h>

#include <tacho/registry.h>

#include "support/exposition.h"
#include "support/shown.h"
#include "support/worlds.h"

#define EACH_WORLD(world) (const struct world *world = worlds; world < worlds + WORLD_COUNT; world++)

static tacho_counter *counter, *real;
static tacho_gauge *gauge, *updown;
static tacho_histogram *seconds;

/* Rows that a test may change and a world adds its flags to. */
struct rows {
    tacho_desc all[5];
};

static struct rows all_kinds(void)
{
    return (struct rows){ {
        { .counter = &counter, .name = "whole_total", .help = "Help." },
        { .counter = &real, .name = "real_total", .help = "Help.", .flags = TACHO_REAL },
        { .gauge = &gauge, .name = "level", .help = "Help." },
        { .gauge = &updown, .name = "flying", .help = "Help.", .flags = TACHO_UPDOWN },
        { .histogram = &seconds, .name = "seconds", .help = "Help." },
    } };
}

static void everything_starts_at_0(void **state)
{
    (void)state;
    for EACH_WORLD(world) {
        struct rows rows = all_kinds();
        tacho_registry *reg = WORLD_OPEN(world, rows.all);
        assert_shown(reg, "whole_total", "0");
        assert_shown(reg, "real_total", "0");
        assert_shown(reg, "level", "0");
        assert_shown(reg, "flying", "0");
        assert_shown(reg, "seconds_sum", "0");
        assert_shown(reg, "seconds_count", "0");
        assert_true(tacho_counter_value(counter) == 0 && tacho_counter_value(real) == 0);
        assert_true(tacho_gauge_value(gauge) == 0 && tacho_gauge_value(updown) == 0);
        assert_true(tacho_histogram_count(seconds) == 0 && tacho_histogram_sum(seconds) == 0);
        tacho_registry_free(reg);
    }
}

/* ---- Counters ----------------------------------------------------------------------------------------------- */

static void a_counter_shows_the_sum_of_what_was_added(void **state)
{
    (void)state;
    for EACH_WORLD(world) {
        struct rows rows = all_kinds();
        tacho_registry *reg = WORLD_OPEN(world, rows.all);
        tacho_counter_inc(counter);
        assert_shown(reg, "whole_total", "1");
        tacho_counter_add(counter, 0);
        assert_shown(reg, "whole_total", "1");
        tacho_counter_add(counter, 41);
        assert_shown(reg, "whole_total", "42");
        for (int i = 0; i < 1000; i++) tacho_counter_inc(counter);
        assert_shown(reg, "whole_total", "1042");
        assert_true(tacho_counter_value(counter) == 1042);
        tacho_registry_free(reg);
    }
}

static void a_counter_of_whole_numbers_shows_all_digits_up_to_2_to_the_64(void **state)
{
    (void)state;
    static const struct {
        uint64_t add[2];
        const char *want;
    } table[] = {
        { { UINT64_C(9007199254740993), 0 }, "9007199254740993" }, /* 2^53 + 1, which no double holds */
        { { UINT64_MAX, 0 }, "18446744073709551615" },
        { { UINT64_MAX - 1, 1 }, "18446744073709551615" },
        { { UINT64_C(1) << 63, (UINT64_C(1) << 63) - 1 }, "18446744073709551615" },
        { { UINT64_C(0xffffffff), 1 }, "4294967296" },
        { { UINT64_C(0x80000000), UINT64_C(0x7fffffff) }, "4294967295" }, /* no immediate operand is that wide */
    };
    for EACH_WORLD(world)
        for (size_t i = 0; i < TACHO_COUNT(table); i++) {
            struct rows rows = all_kinds();
            tacho_registry *reg = WORLD_OPEN(world, rows.all);
            tacho_counter_add(counter, table[i].add[0]);
            tacho_counter_add(counter, table[i].add[1]);
            assert_shown(reg, "whole_total", table[i].want);
            assert_true(tacho_counter_value(counter) == (double)(table[i].add[0] + table[i].add[1]));
            tacho_registry_free(reg);
        }
}

static void constants_of_every_width_are_added_whole(void **state)
{
    (void)state;
    for EACH_WORLD(world) {
        struct rows rows = all_kinds();
        tacho_registry *reg = WORLD_OPEN(world, rows.all);
        tacho_counter_add(counter, 0x7f);
        tacho_counter_add(counter, 0x80);
        tacho_counter_add(counter, 0x7fffffff);
        tacho_counter_add(counter, 0x80000000);
        tacho_counter_add(counter, 0xffffffff);
        tacho_counter_add(counter, UINT64_C(0x100000000));
        assert_shown(reg, "whole_total", "12884902141");
        tacho_registry_free(reg);
    }
}

static void a_scale_turns_what_is_counted_into_what_is_shown(void **state)
{
    (void)state;
    static const struct {
        double scale;
        uint64_t count;
        const char *want;
    } table[] = {
        { 0, 7, "7" },
        { 1, UINT64_MAX, "18446744073709551615" },
        { 1e-9, 1, "1e-09" },
        { 1e-9, 123456789, "0.123456789" },
        { 1e-9, 1500000000, "1.5" },
        { 1e-9, 3000000000, "3" },
        { 1e-6, 1234567, "1.234567" },
        { 1e-3, 1234, "1.234" },
        { 1e-3, 0, "0" },
        { 0.1, 3, "0.3" },  /* 3 * 0.1 is 0.30000000000000004 */
        { 0.01, 29, "0.29" },
        { 0.25, 5, "1.25" },
        { 512, 3, "1536" },
        { 1024, UINT64_C(1) << 60, "1.1805916207174113e+21" },
        { 1e300, 2, "2e+300" },
        { 3e-320, 1, "3e-320" },
    };
    for EACH_WORLD(world)
        for (size_t i = 0; i < TACHO_COUNT(table); i++) {
            struct rows rows = all_kinds();
            rows.all[0].scale = table[i].scale;
            tacho_registry *reg = WORLD_OPEN(world, rows.all);
            tacho_counter_add(counter, table[i].count);
            assert_shown(reg, "whole_total", table[i].want);
            assert_true(tacho_counter_value(counter) == (double)table[i].count);
            tacho_registry_free(reg);
        }
}

static void a_real_counter_adds_doubles_and_whole_numbers(void **state)
{
    (void)state;
    for EACH_WORLD(world) {
        struct rows rows = all_kinds();
        tacho_registry *reg = WORLD_OPEN(world, rows.all);
        tacho_counter_add_real(real, 0.25);
        tacho_counter_add_real(real, 0);
        tacho_counter_add_real(real, -0.0);
        assert_shown(reg, "real_total", "0.25");
        tacho_counter_inc(real);
        tacho_counter_add(real, 2);
        assert_shown(reg, "real_total", "3.25");
        tacho_counter_add_real(real, DBL_MIN);
        tacho_counter_add_real(real, DBL_MAX);
        assert_shown(reg, "real_total", "1.7976931348623157e+308");
        assert_true(tacho_counter_value(real) == DBL_MAX);
        tacho_registry_free(reg);
    }
}

static void what_a_counter_cannot_grow_by_is_refused_and_counted(void **state)
{
    (void)state;
    static const double amounts[] = { -1, -0.5, -DBL_MIN, -DBL_MAX, (double)NAN, (double)INFINITY, (double)-INFINITY };
    for EACH_WORLD(world) {
        struct rows rows = all_kinds();
        tacho_registry *reg = WORLD_OPEN(world, rows.all);
        tacho_counter_add_real(real, 1.5);
        for (size_t i = 0; i < TACHO_COUNT(amounts); i++) tacho_counter_add_real(real, amounts[i]);
        assert_shown(reg, "real_total", "1.5");
        assert_true(shown_misuse(reg, "bad_amount") == TACHO_COUNT(amounts));
        assert_true(shown_misuse(reg, "wrong_kind") == 0);
        tacho_registry_free(reg);
    }
}

static void a_real_amount_for_a_counter_of_whole_numbers_is_refused_and_counted(void **state)
{
    (void)state;
    for EACH_WORLD(world) {
        struct rows rows = all_kinds();
        tacho_registry *reg = WORLD_OPEN(world, rows.all);
        tacho_counter_add(counter, 5);
        tacho_counter_add_real(counter, 1);
        tacho_counter_add_real(counter, (double)NAN);
        assert_shown(reg, "whole_total", "5");
        assert_true(shown_misuse(reg, "wrong_kind") == 2);
        tacho_registry_free(reg);
    }
}

/* ---- Gauges ------------------------------------------------------------------------------------------------- */

static void a_gauge_shows_any_double_that_was_set(void **state)
{
    (void)state;
    static const struct {
        double value;
        const char *want;
    } table[] = {
        { 1, "1" }, { -1, "-1" }, { 0, "0" }, { 0.1, "0.1" }, { -0.0, "-0" }, { 1e15, "1000000000000000" },
        { 9007199254740991.0, "9007199254740991" }, { 1e-7, "1e-07" }, { DBL_MAX, "1.7976931348623157e+308" },
        { -DBL_MAX, "-1.7976931348623157e+308" }, { 5e-324, "5e-324" }, { (double)INFINITY, "+Inf" },
        { (double)-INFINITY, "-Inf" }, { (double)NAN, "NaN" }, { 1700000000.25, "1700000000.25" },
    };
    for EACH_WORLD(world) {
        struct rows rows = all_kinds();
        tacho_registry *reg = WORLD_OPEN(world, rows.all);
        for (size_t i = 0; i < TACHO_COUNT(table); i++) {
            tacho_gauge_set(gauge, table[i].value);
            assert_shown(reg, "level", table[i].want);
            double value = tacho_gauge_value(gauge);
            assert_true(memcmp(&value, &table[i].value, sizeof value) == 0 || (value != value && i == 13));
        }
        tacho_registry_free(reg);
    }
}

static void gauges_of_both_kinds_go_up_and_down(void **state)
{
    (void)state;
    for EACH_WORLD(world) {
        struct rows rows = all_kinds();
        tacho_registry *reg = WORLD_OPEN(world, rows.all);
        tacho_gauge *const both[] = { gauge, updown };
        static const char *const names[] = { "level", "flying" };
        for (size_t i = 0; i < 2; i++) {
            tacho_gauge_inc(both[i]);
            tacho_gauge_inc(both[i]);
            assert_shown(reg, names[i], "2");
            tacho_gauge_dec(both[i]);
            tacho_gauge_add(both[i], 2.5);
            assert_shown(reg, names[i], "3.5");
            tacho_gauge_sub(both[i], 10);
            assert_shown(reg, names[i], "-6.5");
            tacho_gauge_add(both[i], -0.5);
            tacho_gauge_sub(both[i], -7);
            assert_shown(reg, names[i], "0");
            assert_true(tacho_gauge_value(both[i]) == 0);
            tacho_gauge_add(both[i], (double)INFINITY);
            assert_shown(reg, names[i], "+Inf");
            tacho_gauge_add(both[i], (double)-INFINITY);
            assert_shown(reg, names[i], "NaN");
            assert_true(tacho_gauge_value(both[i]) != tacho_gauge_value(both[i]));
        }
        tacho_registry_free(reg);
    }
}

static void an_up_down_gauge_cannot_be_set_and_that_is_counted(void **state)
{
    (void)state;
    for EACH_WORLD(world) {
        struct rows rows = all_kinds();
        tacho_registry *reg = WORLD_OPEN(world, rows.all);
        tacho_gauge_add(updown, 7);
        tacho_gauge_set(updown, 3);
        tacho_gauge_set(updown, (double)NAN);
        tacho_gauge_set_to_current_time(updown);
        assert_shown(reg, "flying", "7");
        assert_true(shown_misuse(reg, "wrong_kind") == 3);
        tacho_gauge_dec(updown);
        assert_shown(reg, "flying", "6");
        tacho_registry_free(reg);
    }
}

static void a_gauge_set_to_the_current_time_shows_unix_seconds(void **state)
{
    (void)state;
    for EACH_WORLD(world) {
        struct rows rows = all_kinds();
        tacho_registry *reg = WORLD_OPEN(world, rows.all);
        struct timespec before, after;
        assert_int_equal(clock_gettime(CLOCK_REALTIME, &before), 0);
        tacho_gauge_set_to_current_time(gauge);
        assert_int_equal(clock_gettime(CLOCK_REALTIME, &after), 0);
        double shown = shown_value(reg, "level");
        assert_true(shown >= (double)before.tv_sec && shown <= (double)after.tv_sec + 1);
        tacho_registry_free(reg);
    }
}

/* ---- Timers ------------------------------------------------------------------------------------------------- */

static void a_timer_observes_seconds_and_runs_on(void **state)
{
    (void)state;
    for EACH_WORLD(world) {
        struct rows rows = all_kinds();
        tacho_registry *reg = WORLD_OPEN(world, rows.all);
        tacho_timer timer = tacho_timer_start();
        double first = tacho_timer_observe(timer, seconds), second = tacho_timer_observe(timer, seconds);
        assert_true(first >= 0 && second >= first && second < 60);
        assert_true(tacho_histogram_sum(seconds) == first + second);
        assert_shown(reg, "seconds_count", "2");
        double third = tacho_timer_observe(timer, NULL);
        assert_true(third >= second);
        assert_shown(reg, "seconds_count", "2");
        tacho_registry_free(reg);
    }
}

static void a_timer_counts_the_nanoseconds_since_its_start(void **state)
{
    (void)state;
    struct timespec now;
    assert_int_equal(clock_gettime(CLOCK_MONOTONIC, &now), 0);
    tacho_timer timer = tacho_timer_start();
    uint64_t begun = (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
    assert_in_range(timer.start_ns, begun, begun + UINT64_C(60000000000));
    timer.start_ns -= UINT64_C(2500000000);
    double observed = tacho_timer_observe(timer, NULL);
    assert_true(observed >= 2.5 && observed < 62.5);
}

/* ---- The void ----------------------------------------------------------------------------------------------- */

static void handles_that_lead_nowhere_take_every_update(void **state)
{
    (void)state;
    tacho_counter *nothing = tacho_counter_at(NULL, TACHO_NO_LABELS);
    tacho_gauge *nowhere = tacho_gauge_at(NULL, TACHO_NO_LABELS);
    tacho_histogram *never = tacho_histogram_at(NULL, TACHO_NO_LABELS);
    struct rows rows = all_kinds();
    tacho_registry *reg = WORLD_OPEN(&worlds[0], rows.all);
    for (int i = 0; i < 100; i++) {
        tacho_counter_add(nothing, UINT64_MAX / 3);
        tacho_counter_add_real(nothing, 0.5);
        tacho_gauge_set(nowhere, (double)NAN);
        tacho_gauge_add(nowhere, -1);
        tacho_gauge_set_to_current_time(nowhere);
        tacho_histogram_observe(never, i);
        (void)tacho_timer_observe(tacho_timer_start(), never);
        (void)tacho_counter_value(nothing);
        (void)tacho_gauge_value(nowhere);
        (void)tacho_histogram_count(never);
        (void)tacho_histogram_sum(never);
    }
    assert_shown(reg, "whole_total", "0");
    assert_shown(reg, "level", "0");
    assert_shown(reg, "seconds_count", "0");
    assert_true(shown_misuse(reg, "wrong_kind") == 0);
    tacho_registry_free(reg);
}

int main(void)
{
    const struct CMUnitTest metric[] = {
        cmocka_unit_test(everything_starts_at_0),
        cmocka_unit_test(a_counter_shows_the_sum_of_what_was_added),
        cmocka_unit_test(a_counter_of_whole_numbers_shows_all_digits_up_to_2_to_the_64),
        cmocka_unit_test(constants_of_every_width_are_added_whole),
        cmocka_unit_test(a_scale_turns_what_is_counted_into_what_is_shown),
        cmocka_unit_test(a_real_counter_adds_doubles_and_whole_numbers),
        cmocka_unit_test(what_a_counter_cannot_grow_by_is_refused_and_counted),
        cmocka_unit_test(a_real_amount_for_a_counter_of_whole_numbers_is_refused_and_counted),
        cmocka_unit_test(a_gauge_shows_any_double_that_was_set),
        cmocka_unit_test(gauges_of_both_kinds_go_up_and_down),
        cmocka_unit_test(an_up_down_gauge_cannot_be_set_and_that_is_counted),
        cmocka_unit_test(a_gauge_set_to_the_current_time_shows_unix_seconds),
        cmocka_unit_test(a_timer_observes_seconds_and_runs_on),
        cmocka_unit_test(a_timer_counts_the_nanoseconds_since_its_start),
        cmocka_unit_test(handles_that_lead_nowhere_take_every_update),
    };
    return cmocka_run_group_tests(metric, NULL, NULL);
}
