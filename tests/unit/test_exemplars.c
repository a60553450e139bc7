/*
 * test_exemplars.c - exemplars through the public interface: kept beside what they are examples of, or dropped and counted.
 * Needs: OPENMETRICS JSON
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <tacho/tacho.h>

#include "atomic.h"
#include "support/page.h"
#include "support/shown.h"
#include "support/worlds.h"

#define EACH_WORLD(world) (const struct world *world = worlds; world < worlds + WORLD_COUNT; world++)
#define TRACE(id) TACHO_EXEMPLAR(TACHO_PAIR("trace_id", id))
#define NOWHERE ((tacho_exemplar){ NULL, 0, 0 })

static struct test_clock {
    tacho_clock clock;
    double now;
} wall;

static double wall_now(tacho_clock *clock)
{
    return TACHO_CONTAINER(clock, struct test_clock, clock)->now;
}

static const double bounds[] = { 0.1, 1 };

static tacho_counter *counter, *real, *scaled, *kept, *unasked;
static tacho_counter_vec *by;
static tacho_histogram *times, *unasked_times;
static tacho_histogram_vec *times_by;

struct rows {
    tacho_desc each[9];
};

static struct rows exemplar_rows(void)
{
    return (struct rows){ {
        { .counter = &counter, .name = "c_total", .help = "Help.", .flags = TACHO_EXEMPLARS },
        { .counter = &real, .name = "r_total", .help = "Help.", .flags = TACHO_EXEMPLARS | TACHO_REAL },
        { .counter = &scaled, .name = "s_seconds_total", .help = "Help.", .flags = TACHO_EXEMPLARS, .unit = "seconds",
          .scale = 1e-9 },
        { .counter = &kept, .name = "kept", .help = "Help.", .flags = TACHO_EXEMPLARS | TACHO_KEEP_NAME },
        { .counter_vec = &by, .name = "by_total", .help = "Help.", .flags = TACHO_EXEMPLARS, .labels = { "l" },
          .max_series = 1 },
        { .histogram = &times, .name = "t", .help = "Help.", .flags = TACHO_EXEMPLARS, .buckets = bounds, .bucket_count = 2 },
        { .histogram_vec = &times_by, .name = "tb", .help = "Help.", .flags = TACHO_EXEMPLARS, .buckets = bounds,
          .bucket_count = 2, .labels = { "l" }, .max_series = 1 },
        { .counter = &unasked, .name = "u_total", .help = "Help." },
        { .histogram = &unasked_times, .name = "ut", .help = "Help." },
    } };
}

static tacho_registry *open_rows(const struct world *world)
{
    static struct rows rows;
    struct world with_clock = *world;
    rows = exemplar_rows();
    wall = (struct test_clock){ { wall_now }, 1700000000.25 };
    with_clock.options.clock = &wall.clock;
    return WORLD_OPEN(&with_clock, rows.each);
}

static double dropped(tacho_registry *reg, const char *reason)
{
    char line[100];
    (void)snprintf(line, sizeof line, "tacho_exemplars_dropped_total{reason=\"%s\"}", reason);
    return shown_value(reg, line);
}

static tacho_exemplar at_time(tacho_exemplar exemplar, double timestamp)
{
    exemplar.timestamp = timestamp;
    return exemplar;
}

/* ---- Kept -------------------------------------------------------------------------------------------------- */

static void a_counter_shows_its_last_exemplar(void **state)
{
    (void)state;
    for EACH_WORLD(world) {
        tacho_registry *reg = open_rows(world);
        assert_line(reg, TACHO_OPENMETRICS, "c_total 0");
        tacho_counter_inc(counter);
        assert_line(reg, TACHO_OPENMETRICS, "c_total 1");
        tacho_counter_add_exemplar(counter, 2, TRACE("a1"));
        assert_line(reg, TACHO_OPENMETRICS, "c_total 3 # {trace_id=\"a1\"} 2 1700000000.25");
        wall.now = 1700000001;
        tacho_counter_add_exemplar(counter, 1, TACHO_EXEMPLAR(TACHO_PAIR("trace_id", "b2"), TACHO_PAIR("span_id", "\"\\\n")));
        assert_line(reg, TACHO_OPENMETRICS, "c_total 4 # {trace_id=\"b2\",span_id=\"\\\"\\\\\\n\"} 1 1700000001");
        tacho_counter_inc(counter);
        assert_line(reg, TACHO_OPENMETRICS, "c_total 5 # {trace_id=\"b2\",span_id=\"\\\"\\\\\\n\"} 1 1700000001");
        assert_line(reg, TACHO_TEXT, "c_total 5");
        assert_int_equal((int)tacho_counter_value(counter), 5);
        tacho_registry_free(reg);
    }
}

static void an_exemplar_may_be_a_value_and_a_time_alone(void **state)
{
    (void)state;
    tacho_registry *reg = open_rows(&worlds[0]);
    tacho_counter_add_exemplar(counter, 7, NOWHERE);
    assert_line(reg, TACHO_OPENMETRICS, "c_total 7 # {} 7 1700000000.25");
    tacho_counter_add_exemplar(counter, 7, at_time(NOWHERE, 12.5));
    assert_line(reg, TACHO_OPENMETRICS, "c_total 14 # {} 7 12.5");
    tacho_counter_add_exemplar(counter, 0, at_time(NOWHERE, 0.001));
    assert_line(reg, TACHO_OPENMETRICS, "c_total 14 # {} 0 0.001");
    tacho_counter_add_exemplar(counter, 0, at_time(NOWHERE, 253402300799));
    assert_line(reg, TACHO_OPENMETRICS, "c_total 14 # {} 0 253402300799");
    tacho_registry_free(reg);
}

static void each_bucket_keeps_the_last_exemplar_of_its_own_values(void **state)
{
    (void)state;
    for EACH_WORLD(world) {
        tacho_registry *reg = open_rows(world);
        tacho_histogram_observe_exemplar(times, 0.1, TRACE("low"));
        tacho_histogram_observe_exemplar(times, 0.05, TRACE("lower"));
        tacho_histogram_observe_exemplar(times, 7, TRACE("high"));
        assert_line(reg, TACHO_OPENMETRICS, "t_bucket{le=\"0.1\"} 2 # {trace_id=\"lower\"} 0.05 1700000000.25\n"
                                            "t_bucket{le=\"1.0\"} 2\n"
                                            "t_bucket{le=\"+Inf\"} 3 # {trace_id=\"high\"} 7 1700000000.25\n"
                                            "t_count 3\nt_sum 7.15");
        tacho_histogram_observe_exemplar(times, 1, TRACE("middle"));
        assert_line(reg, TACHO_OPENMETRICS, "t_bucket{le=\"1.0\"} 3 # {trace_id=\"middle\"} 1 1700000000.25");
        tacho_histogram_observe_exemplar(times, INFINITY, TRACE("inf"));
        assert_line(reg, TACHO_OPENMETRICS, "t_bucket{le=\"+Inf\"} 5 # {trace_id=\"inf\"} +Inf 1700000000.25");
        assert_line(reg, TACHO_TEXT, "t_bucket{le=\"0.1\"} 2\nt_bucket{le=\"1.0\"} 3\nt_bucket{le=\"+Inf\"} 5");
        tacho_registry_free(reg);
    }
}

static void json_shows_exemplars_and_csv_does_not(void **state)
{
    (void)state;
    tacho_registry *reg = open_rows(&worlds[0]);
    tacho_counter_add_exemplar(counter, 2, TRACE("\"\x01"));
    tacho_histogram_observe_exemplar(times, 0.05, NOWHERE);
    assert_line(reg, TACHO_JSON,
                "{\"name\":\"c_total\",\"type\":\"counter\",\"help\":\"Help.\",\"metrics\":[{\"labels\":{},\"value\":2,\"exemplar\":"
                "{\"labels\":{\"trace_id\":\"\\\"\\u0001\"},\"value\":2,\"timestamp\":1700000000.25}}]},");
    assert_line(reg, TACHO_JSON,
                "{\"name\":\"t\",\"type\":\"histogram\",\"help\":\"Help.\",\"metrics\":[{\"labels\":{},\"sum\":0.05,\"count\":1,"
                "\"buckets\":[{\"le\":\"0.1\",\"count\":1,\"exemplar\":{\"labels\":{},\"value\":0.05,\"timestamp\":1700000000.25}},"
                "{\"le\":\"1.0\",\"count\":1},{\"le\":\"+Inf\",\"count\":1}]}]},");
    assert_line(reg, TACHO_CSV, "c_total,counter,\"\",2\r");
    tacho_registry_free(reg);
}

static void the_value_of_an_exemplar_has_the_unit_of_its_counter(void **state)
{
    (void)state;
    for EACH_WORLD(world) {
        tacho_registry *reg = open_rows(world);
        tacho_counter_add(scaled, 1000000000);
        tacho_counter_add_exemplar(scaled, 500000000, TRACE("ns"));
        assert_line(reg, TACHO_OPENMETRICS, "s_seconds_total 1.5 # {trace_id=\"ns\"} 0.5 1700000000.25");
        tacho_counter_add_real_exemplar(real, 0.125, TRACE("r"));
        assert_line(reg, TACHO_OPENMETRICS, "r_total 0.125 # {trace_id=\"r\"} 0.125 1700000000.25");
        tacho_counter_add_exemplar(real, 2, TRACE("w"));
        assert_line(reg, TACHO_OPENMETRICS, "r_total 2.125 # {trace_id=\"w\"} 2 1700000000.25");
        tacho_registry_free(reg);
    }
}

static void a_counter_that_openmetrics_calls_unknown_shows_none_there(void **state)
{
    (void)state;
    tacho_registry *reg = open_rows(&worlds[0]);
    tacho_counter_add_exemplar(kept, 1, TRACE("k"));
    assert_line(reg, TACHO_OPENMETRICS, "# TYPE kept unknown\n# HELP kept Help.\nkept 1");
    assert_true(dropped(reg, "unasked") + dropped(reg, "faulty") == 0);
    tacho_registry_free(reg);
}

static void overflow_series_keep_exemplars_too(void **state)
{
    (void)state;
    tacho_registry *reg = open_rows(&worlds[0]);
    for (int i = 0; i < 3; i++) {
        const char *const value = &"a\0b\0c"[2 * i];
        tacho_counter_add_exemplar(tacho_counter_at(by, TACHO_LABELS(value)), 1, TRACE(value));
        tacho_histogram_observe_exemplar(tacho_histogram_at(times_by, TACHO_LABELS(value)), i, TRACE(value));
    }
    assert_line(reg, TACHO_OPENMETRICS, "by_total{l=\"a\"} 1 # {trace_id=\"a\"} 1 1700000000.25\n"
                                        "by_total{l=\"_other\"} 2 # {trace_id=\"c\"} 1 1700000000.25");
    assert_line(reg, TACHO_OPENMETRICS, "tb_bucket{l=\"_other\",le=\"1.0\"} 1 # {trace_id=\"b\"} 1 1700000000.25\n"
                                        "tb_bucket{l=\"_other\",le=\"+Inf\"} 2 # {trace_id=\"c\"} 2 1700000000.25");
    tacho_registry_free(reg);
}

/* ---- Limits ------------------------------------------------------------------------------------------------ */

static void names_and_values_may_have_128_characters_and_no_more(void **state)
{
    static const char *const characters[] = { "x", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80", "\"", "\n" };
    (void)state;
    tacho_registry *reg = open_rows(&worlds[0]);
    for (size_t i = 0; i < TACHO_COUNT(characters); i++) {
        char value[4 * 128 + 1] = "", line[1200];
        for (int k = 0; k < 125; k++) strcat(value, characters[i]); /* beside a name of 3 */
        tacho_counter_add_exemplar(counter, 1, TACHO_EXEMPLAR(TACHO_PAIR("abc", value)));
        assert_true(dropped(reg, "faulty") == (double)i);
        (void)snprintf(line, sizeof line, "c_total %zu # {abc=\"%s\"} 1 1700000000.25", 2 * i + 1, value);
        if (i < 4) assert_line(reg, TACHO_OPENMETRICS, line);
        strcat(value, characters[i]);
        tacho_counter_add_exemplar(counter, 1, TACHO_EXEMPLAR(TACHO_PAIR("abc", value)));
        assert_true(dropped(reg, "faulty") == (double)i + 1);
        if (i < 4) line[strlen("c_total ")] = (char)('2' + 2 * i);
        if (i < 4) assert_line(reg, TACHO_OPENMETRICS, line); /* the one before is kept */
    }
    tacho_registry_free(reg);
}

static void as_many_pairs_are_kept_as_there_are_short_names(void **state)
{
    enum { LETTERS = 53 };
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_";
    char names[LETTERS][2], line[1000] = "c_total 1 # {";
    tacho_pair pairs[LETTERS];
    (void)state;
    tacho_registry *reg = open_rows(&worlds[0]);
    for (size_t i = 0; i < LETTERS; i++) {
        names[i][0] = letters[i];
        names[i][1] = '\0';
        pairs[i] = TACHO_PAIR(names[i], i == 0 ? "" : names[i]);
        (void)snprintf(line + strlen(line), sizeof line - strlen(line), "%s%s=\"%s\"", i ? "," : "", pairs[i].name, pairs[i].value);
    }
    strcat(line, "} 1 1700000000.25");
    tacho_counter_add_exemplar(counter, 1, (tacho_exemplar){ pairs, LETTERS, 0 });
    assert_line(reg, TACHO_OPENMETRICS, line);
    tacho_registry_free(reg);
}

/* ---- Dropped ----------------------------------------------------------------------------------------------- */

static void a_faulty_exemplar_is_dropped_and_counted_and_the_event_counts(void **state)
{
    static char widest[4 * 128 + 1]; /* a name of 128 characters of four bytes, which is no name */
    for (int i = 0; i < 128; i++) memcpy(widest + 4 * i, "\xf0\x9f\x98\x80", 4);
    const tacho_exemplar faulty[] = {
        TACHO_EXEMPLAR(TACHO_PAIR(NULL, "v")),
        TACHO_EXEMPLAR(TACHO_PAIR("n", NULL)),
        TACHO_EXEMPLAR(TACHO_PAIR("", "v")),
        TACHO_EXEMPLAR(TACHO_PAIR("1n", "v")),
        TACHO_EXEMPLAR(TACHO_PAIR("a.b", "v")),
        TACHO_EXEMPLAR(TACHO_PAIR("a:b", "v")),
        TACHO_EXEMPLAR(TACHO_PAIR("caf\xc3\xa9", "v")),
        TACHO_EXEMPLAR(TACHO_PAIR(widest, "v")),
        TACHO_EXEMPLAR(TACHO_PAIR("n", "caf\xe9")),
        TACHO_EXEMPLAR(TACHO_PAIR("n", "cut\xe2\x82")),
        TACHO_EXEMPLAR(TACHO_PAIR("n", "v"), TACHO_PAIR("n", "w")),
        { NULL, 1, 0 },
        at_time(NOWHERE, -1),
        at_time(NOWHERE, NAN),
        at_time(NOWHERE, INFINITY),
        at_time(NOWHERE, 253402300800),
    };
    (void)state;
    for EACH_WORLD(world) {
        tacho_registry *reg = open_rows(world);
        size_t count = TACHO_COUNT(faulty);
        char line[64];
        for (size_t i = 0; i < count; i++) {
            tacho_counter_add_exemplar(counter, 1, faulty[i]);
            tacho_counter_add_real_exemplar(real, 0.5, faulty[i]);
            tacho_histogram_observe_exemplar(times, 7, faulty[i]);
        }
        (void)snprintf(line, sizeof line, "c_total %zu", count);
        assert_line(reg, TACHO_OPENMETRICS, line);
        (void)snprintf(line, sizeof line, "r_total %zu", count / 2);
        assert_line(reg, TACHO_OPENMETRICS, line);
        (void)snprintf(line, sizeof line, "t_bucket{le=\"+Inf\"} %zu", count);
        assert_line(reg, TACHO_OPENMETRICS, line);
        assert_true(dropped(reg, "faulty") == 3 * (double)count);
        tacho_registry_free(reg);
    }
}

static void an_exemplar_that_nobody_asked_for_is_dropped_and_counted(void **state)
{
    (void)state;
    for EACH_WORLD(world) {
        tacho_registry *reg = open_rows(world);
        tacho_counter_add_exemplar(unasked, 3, TRACE("a"));
        tacho_histogram_observe_exemplar(unasked_times, 3, TRACE("a"));
        assert_line(reg, TACHO_OPENMETRICS, "u_total 3");
        assert_line(reg, TACHO_OPENMETRICS, "ut_count 1\nut_sum 3");
        assert_true(dropped(reg, "unasked") == 2 && dropped(reg, "faulty") == 0);
        tacho_registry_free(reg);
    }
}

static void what_does_not_count_leaves_no_exemplar(void **state)
{
    static const double amounts[] = { -1, NAN, INFINITY, -INFINITY };
    (void)state;
    for EACH_WORLD(world) {
        tacho_registry *reg = open_rows(world);
        for (size_t i = 0; i < TACHO_COUNT(amounts); i++)
            tacho_counter_add_real_exemplar(real, amounts[i], TRACE("never"));
        tacho_counter_add_real_exemplar(counter, 1, TRACE("never"));
        tacho_histogram_observe_exemplar(times, NAN, TRACE("never"));
        assert_line(reg, TACHO_OPENMETRICS, "r_total 0");
        assert_line(reg, TACHO_OPENMETRICS, "c_total 0");
        assert_line(reg, TACHO_OPENMETRICS, "t_bucket{le=\"+Inf\"} 0");
        assert_true(shown_misuse(reg, "bad_amount") == 4 && shown_misuse(reg, "wrong_kind") == 1);
        tacho_registry_free(reg);
    }
}

static void handles_that_lead_nowhere_take_exemplars(void **state)
{
    (void)state;
    tacho_registry *reg = open_rows(&worlds[0]);
    tacho_counter *no_counter = tacho_counter_at(by, TACHO_LABELS("a", "one too many"));
    tacho_histogram *no_histogram = tacho_histogram_at(times_by, TACHO_LABELS("a", "one too many"));
    tacho_counter_add_exemplar(NULL, 1, TRACE("a"));
    tacho_counter_add_real_exemplar(NULL, 1, TRACE("a"));
    tacho_histogram_observe_exemplar(NULL, 1, TRACE("a"));
    tacho_counter_add_exemplar(no_counter, 1, TRACE("a"));
    tacho_counter_add_real_exemplar(no_counter, 1, TRACE("a"));
    tacho_histogram_observe_exemplar(no_histogram, 1, TRACE("a"));
    assert_true(dropped(reg, "unasked") + dropped(reg, "faulty") + dropped(reg, "busy") == 0);
    tacho_registry_free(reg);
}

/* A signal handler that comes while its thread is storing. */
static void interrupt(const char *edge)
{
    if (strcmp(edge, "X2") != 0) return;
    tacho__edge_hook = NULL;
    tacho_counter_add_exemplar(counter, 1, TRACE("handler"));
}

static void of_two_exemplars_at_the_same_moment_one_is_dropped_and_both_events_count(void **state)
{
    (void)state;
    for EACH_WORLD(world) {
        tacho_registry *reg = open_rows(world);
        tacho__edge_hook = interrupt;
        tacho_counter_add_exemplar(counter, 1, TRACE("thread"));
        assert_null(tacho__edge_hook);
        assert_line(reg, TACHO_OPENMETRICS, "c_total 2 # {trace_id=\"thread\"} 1 1700000000.25");
        assert_true(dropped(reg, "busy") == 1);
        tacho_registry_free(reg);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_counter_shows_its_last_exemplar),
        cmocka_unit_test(an_exemplar_may_be_a_value_and_a_time_alone),
        cmocka_unit_test(each_bucket_keeps_the_last_exemplar_of_its_own_values),
        cmocka_unit_test(json_shows_exemplars_and_csv_does_not),
        cmocka_unit_test(the_value_of_an_exemplar_has_the_unit_of_its_counter),
        cmocka_unit_test(a_counter_that_openmetrics_calls_unknown_shows_none_there),
        cmocka_unit_test(overflow_series_keep_exemplars_too),
        cmocka_unit_test(names_and_values_may_have_128_characters_and_no_more),
        cmocka_unit_test(as_many_pairs_are_kept_as_there_are_short_names),
        cmocka_unit_test(a_faulty_exemplar_is_dropped_and_counted_and_the_event_counts),
        cmocka_unit_test(an_exemplar_that_nobody_asked_for_is_dropped_and_counted),
        cmocka_unit_test(what_does_not_count_leaves_no_exemplar),
        cmocka_unit_test(handles_that_lead_nowhere_take_exemplars),
        cmocka_unit_test(of_two_exemplars_at_the_same_moment_one_is_dropped_and_both_events_count),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
