/*
 * test_created.c - when series began, by the program's own clock: shown where the format has a place for it.
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
#include <time.h>

#include <tacho/tacho.h>

#include "support/page.h"
#include "support/proto.h"
#include "support/worlds.h"

#define EACH_WORLD(world) (const struct world *world = worlds; world < worlds + WORLD_COUNT; world++)

static struct test_clock {
    tacho_clock clock;
    double now;
} wall;

static double wall_now(tacho_clock *clock)
{
    return TACHO_CONTAINER(clock, struct test_clock, clock)->now;
}

static const double bounds[] = { 1 }, cold[] = { -1 };

static tacho_counter *counter, *real, *kept, *without;
static tacho_counter_vec *by;
static tacho_histogram *times, *chilly, *native;
static tacho_summary *sizes;
static tacho_gauge *gauge;

struct rows {
    tacho_desc each[10];
};

static struct rows created_rows(uint32_t flags)
{
    return (struct rows){ {
        { .counter = &counter, .name = "c_total", .help = "Help.", .flags = flags },
        { .counter = &real, .name = "r_total", .help = "Help.", .flags = flags | TACHO_REAL },
        { .counter = &kept, .name = "kept", .help = "Help.", .flags = flags | TACHO_KEEP_NAME },
        { .counter_vec = &by, .name = "by_total", .help = "Help.", .flags = flags, .labels = { "l" }, .max_series = 2 },
        { .histogram = &times, .name = "t", .help = "Help.", .flags = flags, .buckets = bounds, .bucket_count = 1 },
        { .histogram = &chilly, .name = "ch", .help = "Help.", .flags = flags, .buckets = cold, .bucket_count = 1 },
        { .histogram = &native, .name = "n", .help = "Help.", .flags = flags, .buckets = bounds, .bucket_count = 1,
          .native = { .factor = 2 } },
        { .summary = &sizes, .name = "s", .help = "Help.", .flags = flags },
        { .gauge = &gauge, .name = "g", .help = "Help." },
        { .counter = &without, .name = "w_total", .help = "Help." },
    } };
}

static tacho_registry *open_rows(const struct world *world, double now)
{
    static struct rows rows;
    struct world with_clock = *world;
    rows = created_rows(TACHO_CREATED);
    wall = (struct test_clock){ { wall_now }, now };
    with_clock.options.clock = &wall.clock;
    with_clock.options.no_self_metrics = 1;
    return WORLD_OPEN(&with_clock, rows.each);
}

static void series_show_when_they_began_behind_their_other_samples(void **state)
{
    (void)state;
    for EACH_WORLD(world) {
        tacho_registry *reg = open_rows(world, 1700000000.125);
        wall.now += 100;
        tacho_counter_inc(counter);
        tacho_histogram_observe(times, 0.5);
        assert_line(reg, TACHO_OPENMETRICS, "c_total 1\nc_created 1700000000.125\n# TYPE r counter");
        assert_line(reg, TACHO_OPENMETRICS, "r_total 0\nr_created 1700000000.125");
        assert_line(reg, TACHO_OPENMETRICS, "t_bucket{le=\"+Inf\"} 1\nt_count 1\nt_sum 0.5\nt_created 1700000000.125");
        assert_line(reg, TACHO_OPENMETRICS, "ch_bucket{le=\"+Inf\"} 0\nch_created 1700000000.125");
        assert_line(reg, TACHO_OPENMETRICS, "n_count 0\nn_sum 0\nn_created 1700000000.125");
        assert_line(reg, TACHO_OPENMETRICS, "s_count 0\ns_sum 0\ns_created 1700000000.125");
        assert_line(reg, TACHO_OPENMETRICS, "kept 0\n# TYPE by counter"); /* of unknown type there */
        assert_line(reg, TACHO_OPENMETRICS, "w_total 0\n# EOF");
        assert_line(reg, TACHO_JSON, "{\"name\":\"c_total\",\"type\":\"counter\",\"help\":\"Help.\",\"metrics\":[{\"labels\":{},"
                                     "\"value\":1,\"created\":1700000000.125}]},");
        tacho_registry_free(reg);
    }
}

static void formats_without_a_place_for_it_show_none(void **state)
{
    (void)state;
    tacho_registry *reg = open_rows(&worlds[0], 1700000000.125);
    static const tacho_format formats[] = { TACHO_TEXT, TACHO_TEXT_1, TACHO_CSV };
    for (size_t i = 0; i < TACHO_COUNT(formats); i++) {
        struct page page = page_take(reg, PAGE_AS(formats[i], TACHO_UNDERSCORES), 0);
        assert_false(page_has(&page, "created") || page_has(&page, "1700000000"));
        page_free(&page);
    }
    tacho_registry_free(reg);
}

static void a_scrape_may_leave_creation_times_out(void **state)
{
    (void)state;
    tacho_registry *reg = open_rows(&worlds[0], 1700000000.125);
    static const tacho_format formats[] = { TACHO_OPENMETRICS, TACHO_JSON, TACHO_PROTOBUF };
    for (size_t i = 0; i < TACHO_COUNT(formats); i++) {
        size_t lens[2];
        for (uint32_t without_times = 0; without_times < 2; without_times++) {
            tacho_scrape_options options = { .format = formats[i], .no_created = without_times };
            struct page page = page_take(reg, options, 0);
            lens[without_times] = page.len;
            if (formats[i] != TACHO_PROTOBUF) assert_int_equal(page_has(&page, "created"), !without_times);
            page_free(&page);
        }
        assert_true(lens[1] < lens[0]);
    }
    tacho_registry_free(reg);
}

static void each_series_began_when_it_was_created_first_or_anew(void **state)
{
    (void)state;
    for EACH_WORLD(world) {
        tacho_registry *reg = open_rows(world, 1000);
        tacho_counter_inc_at(by, TACHO_LABELS("a"));
        wall.now = 2000;
        tacho_counter_inc_at(by, TACHO_LABELS("b"));
        tacho_counter_inc_at(by, TACHO_LABELS("a"));
        assert_line(reg, TACHO_OPENMETRICS, "by_total{l=\"a\"} 2\nby_created{l=\"a\"} 1000\n"
                                            "by_total{l=\"b\"} 1\nby_created{l=\"b\"} 2000");
        wall.now = 3000;
        assert_int_equal(tacho_counter_remove_at(by, TACHO_LABELS("a")), TACHO_OK);
        wall.now = 4000;
        tacho_counter_inc_at(by, TACHO_LABELS("a"));
        assert_line(reg, TACHO_OPENMETRICS, "by_total{l=\"a\"} 1\nby_created{l=\"a\"} 4000");
        tacho_registry_free(reg);
    }
}

static void memory_that_is_used_again_shows_the_time_of_its_new_series(void **state)
{
    (void)state;
    tacho_registry *reg = open_rows(&worlds[0], 0);
    char value[16], line[80];
    for (int i = 1; i <= 1000; i++) {
        wall.now = i;
        (void)snprintf(value, sizeof value, "v%d", i);
        tacho_counter_inc_at(by, TACHO_LABELS(value));
        (void)snprintf(line, sizeof line, "by_total{l=\"%s\"} 1\nby_created{l=\"%s\"} %d", value, value, i);
        if (i % 50 == 0) assert_line(reg, TACHO_OPENMETRICS, line);
        assert_int_equal(tacho_counter_clear(by), TACHO_OK);
    }
    tacho_registry_free(reg);
}

static void an_overflow_series_that_is_cleared_begins_anew(void **state)
{
    (void)state;
    tacho_registry *reg = open_rows(&worlds[0], 1000);
    static const char *const letters[] = { "a", "b", "c", "d" };
    for (size_t i = 0; i < 4; i++) tacho_counter_inc_at(by, TACHO_LABELS(letters[i]));
    assert_line(reg, TACHO_OPENMETRICS, "by_total{l=\"_other\"} 2\nby_created{l=\"_other\"} 1000");
    wall.now = 2000;
    assert_int_equal(tacho_counter_remove_at(by, TACHO_LABELS("_other")), TACHO_OK);
    wall.now = 3000;
    tacho_counter_inc_at(by, TACHO_LABELS("c"));
    assert_line(reg, TACHO_OPENMETRICS, "by_total{l=\"_other\"} 1\nby_created{l=\"_other\"} 2000");
    tacho_registry_free(reg);
}

static void a_registry_can_ask_for_all_families_that_can(void **state)
{
    static struct rows rows;
    rows = created_rows(0);
    wall = (struct test_clock){ { wall_now }, 1700000000 };
    (void)state;
    tacho_registry *reg = tacho_registry_new(&(tacho_registry_options){ .clock = &wall.clock, .created = 1 });
    assert_int_equal(TACHO_DEFINE(reg, rows.each), TACHO_OK);
    static const char *const lines[] = { "c_created 1700000000", "r_created 1700000000", "t_created 1700000000",
                                         "n_created 1700000000", "s_created 1700000000", "w_created 1700000000" };
    for (size_t i = 0; i < TACHO_COUNT(lines); i++) assert_line(reg, TACHO_OPENMETRICS, lines[i]);
    assert_no_line(reg, TACHO_OPENMETRICS, "g_created 1700000000");
    assert_no_line(reg, TACHO_OPENMETRICS, "tacho_misuse_created 1700000000"); /* a collector does not know */
    tacho_registry_free(reg);
}

static void a_clock_that_tells_no_time_shows_none(void **state)
{
    static const double times_told[] = { 0, -1, NAN, INFINITY, -INFINITY, 1e15, 253402300800 };
    (void)state;
    for (size_t i = 0; i < TACHO_COUNT(times_told); i++) {
        tacho_registry *reg = open_rows(&worlds[0], times_told[i]);
        struct page page = page_take(reg, PAGE_AS(TACHO_OPENMETRICS, TACHO_UNDERSCORES), 0);
        assert_false(page_has(&page, "created"));
        page_free(&page);
        tacho_registry_free(reg);
    }
    tacho_registry *reg = open_rows(&worlds[0], 253402300799); /* the last second of the year 9999 */
    assert_line(reg, TACHO_OPENMETRICS, "c_created 253402300799");
    tacho_registry_free(reg);
}

static void without_a_clock_of_its_own_it_is_the_time_of_the_system(void **state)
{
    static const tacho_desc row = { .counter = &counter, .name = "c_total", .help = "Help.", .flags = TACHO_CREATED };
    (void)state;
    time_t before = time(NULL);
    tacho_registry *reg = tacho_registry_new(&(tacho_registry_options){ .no_self_metrics = 1 });
    assert_int_equal(tacho_registry_define(reg, &row, 1), TACHO_OK);
    struct page page = page_take(reg, PAGE_AS(TACHO_OPENMETRICS, TACHO_UNDERSCORES), 0);
    const char *shown = strstr(page.data, "c_created ");
    assert_non_null(shown);
    double created = strtod(shown + strlen("c_created "), NULL);
    assert_true(created >= (double)before && created <= (double)time(NULL) + 2); /* which lags behind */
    page_free(&page);
    tacho_registry_free(reg);
}

static void a_clock_that_is_set_during_a_scrape_does_not_change_what_the_scrape_said_of_an_overflow_series(void **state)
{
    static const double times_at[][2] = { { 0, 1000 }, { 1000, 0 } };
    (void)state;
    for (size_t i = 0; i < TACHO_COUNT(times_at); i++) {
        char why[200] = "", buf[1] = "";
        tacho_registry *reg = open_rows(&worlds[0], times_at[i][0]);
        for (int k = 0; k < 3; k++) tacho_counter_inc_at(by, TACHO_LABELS(k == 0 ? "a" : k == 1 ? "b" : "c"));
        static const char *const names[] = { "by_total" };
        tacho_scrape *scrape = tacho_scrape_open(reg, &(tacho_scrape_options){ .format = TACHO_PROTOBUF, .names = names,
                                                                               .name_count = 1 });
        assert_int_equal(tacho_scrape_read(scrape, buf, 1), 1);
        wall.now = times_at[i][1];
        assert_int_equal(tacho_counter_clear(by), TACHO_OK);
        struct page page = page_rest(scrape, 0);
        char *whole = malloc(page.len + 1);
        assert_non_null(whole);
        whole[0] = buf[0];
        memcpy(whole + 1, page.data, page.len);
        char *print = proto_print(whole, page.len + 1, why, sizeof why);
        if (!print) fail_msg("%s", why);
        free(print);
        free(whole);
        page_free(&page);
        tacho_scrape_free(scrape);
        tacho_registry_free(reg);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(series_show_when_they_began_behind_their_other_samples),
        cmocka_unit_test(formats_without_a_place_for_it_show_none),
        cmocka_unit_test(a_scrape_may_leave_creation_times_out),
        cmocka_unit_test(each_series_began_when_it_was_created_first_or_anew),
        cmocka_unit_test(memory_that_is_used_again_shows_the_time_of_its_new_series),
        cmocka_unit_test(an_overflow_series_that_is_cleared_begins_anew),
        cmocka_unit_test(a_clock_that_is_set_during_a_scrape_does_not_change_what_the_scrape_said_of_an_overflow_series),
        cmocka_unit_test(a_registry_can_ask_for_all_families_that_can),
        cmocka_unit_test(a_clock_that_tells_no_time_shows_none),
        cmocka_unit_test(without_a_clock_of_its_own_it_is_the_time_of_the_system),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
