/*
 * test_reuse.c - series of every type that are removed and whose memory serves the next ones: nothing of the old ones shows,
 * and what comes late through their handles harms nobody.
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

#include "support/audit.h"
#include "support/page.h"
#include "support/valid.h"
#include "support/worlds.h"

#define EACH_WORLD(world) (const struct world *world = worlds; world < worlds + WORLD_COUNT; world++)

static const double bounds[] = { 1, 10 }, ranks[] = { 0.5 };
static const char *const modes[] = { "idle", "busy", NULL };

static struct {
    tacho_counter_vec *counts, *reals;
    tacho_gauge_vec *levels, *flying, *highest, *unknown;
    tacho_histogram_vec *times, *ages, *native;
    tacho_summary_vec *sizes, *ranked;
    tacho_stateset_vec *states;
    tacho_info_vec *infos;
} vecs;

struct rows {
    tacho_desc each[13];
};

#define ROW(vec, text) .vec, .name = (text), .help = "Help.", .labels = { "l" }
#define ALL (TACHO_EXEMPLARS | TACHO_CREATED)

static struct rows vec_rows(void)
{
    return (struct rows){ {
        { ROW(counter_vec = &vecs.counts, "counts_total"), .flags = ALL },
        { ROW(counter_vec = &vecs.reals, "reals_total"), .flags = ALL | TACHO_REAL },
        { ROW(gauge_vec = &vecs.levels, "levels") },
        { ROW(gauge_vec = &vecs.flying, "flying"), .flags = TACHO_UPDOWN },
        { ROW(gauge_vec = &vecs.highest, "highest"), .flags = TACHO_MAXIMUM },
        { ROW(gauge_vec = &vecs.unknown, "unknown"), .type = TACHO_UNKNOWN },
        { ROW(histogram_vec = &vecs.times, "times"), .flags = ALL, .buckets = bounds, .bucket_count = 2 },
        { ROW(histogram_vec = &vecs.ages, "ages"), .type = TACHO_GAUGE_HISTOGRAM, .buckets = bounds, .bucket_count = 2 },
        { ROW(histogram_vec = &vecs.native, "native"), .native = { .factor = 1.1, .max_buckets = 20 },
          .flags = TACHO_NATIVE_ONLY },
        { ROW(summary_vec = &vecs.sizes, "sizes") },
        { ROW(summary_vec = &vecs.ranked, "ranked"), .quantiles = ranks, .quantile_count = 1, .window = { 10, 1 },
          .flags = TACHO_CREATED },
        { ROW(stateset_vec = &vecs.states, "states"), .states = modes },
        { ROW(info = &vecs.infos, "an_info") },
    } };
}

static struct test_clock {
    tacho_clock clock;
    double now;
} wall;

static double wall_now(tacho_clock *clock)
{
    return TACHO_CONTAINER(clock, struct test_clock, clock)->now;
}

static tacho_registry *open_rows(const struct world *world)
{
    static struct rows rows;
    struct world with_clock = *world;
    rows = vec_rows();
    wall = (struct test_clock){ { wall_now }, 1000 };
    with_clock.options.clock = &wall.clock;
    return WORLD_OPEN(&with_clock, rows.each);
}

/* A handle of each type. */
struct handles {
    tacho_counter *count, *real;
    tacho_gauge *level, *flying, *highest, *unknown;
    tacho_histogram *time, *age, *native;
    tacho_summary *size, *ranked;
    tacho_stateset *states;
};

static struct handles handles_at(const char *value)
{
    tacho_labels labels = { &value, NULL, 1 };
    tacho_info_set(vecs.infos, labels);
    return (struct handles){
        tacho_counter_at(vecs.counts, labels), tacho_counter_at(vecs.reals, labels), tacho_gauge_at(vecs.levels, labels),
        tacho_gauge_at(vecs.flying, labels), tacho_gauge_at(vecs.highest, labels), tacho_gauge_at(vecs.unknown, labels),
        tacho_histogram_at(vecs.times, labels), tacho_histogram_at(vecs.ages, labels), tacho_histogram_at(vecs.native, labels),
        tacho_summary_at(vecs.sizes, labels), tacho_summary_at(vecs.ranked, labels), tacho_stateset_at(vecs.states, labels),
    };
}

static void update_all(const struct handles *at, int n)
{
    tacho_exemplar exemplar = TACHO_EXEMPLAR(TACHO_PAIR("trace_id", "of the old series"));
    tacho_counter_add_exemplar(at->count, 3, exemplar);
    tacho_counter_add_real_exemplar(at->real, 0.5, exemplar);
    tacho_gauge_set(at->level, 7);
    tacho_gauge_add(at->flying, 7);
    tacho_gauge_set(at->highest, 7 + n);
    tacho_gauge_set(at->unknown, 7);
    tacho_histogram_observe_exemplar(at->time, n, exemplar);
    tacho_histogram_observe(at->age, n);
    tacho_histogram_observe(at->native, n);
    tacho_histogram_observe(at->native, -n);
    tacho_summary_observe(at->size, 7);
    tacho_summary_observe(at->ranked, n);
    tacho_stateset_turn(at->states, (unsigned)n % 2, 1);
}

static void remove_all(const char *value)
{
    tacho_labels labels = { &value, NULL, 1 };
    tacho_err errors[] = {
        tacho_counter_remove_at(vecs.counts, labels), tacho_counter_remove_at(vecs.reals, labels),
        tacho_gauge_remove_at(vecs.levels, labels), tacho_gauge_remove_at(vecs.flying, labels),
        tacho_gauge_remove_at(vecs.highest, labels), tacho_gauge_remove_at(vecs.unknown, labels),
        tacho_histogram_remove_at(vecs.times, labels), tacho_histogram_remove_at(vecs.ages, labels),
        tacho_histogram_remove_at(vecs.native, labels), tacho_summary_remove_at(vecs.sizes, labels),
        tacho_summary_remove_at(vecs.ranked, labels), tacho_stateset_remove_at(vecs.states, labels),
        tacho_info_remove_at(vecs.infos, labels),
    };
    for (size_t i = 0; i < TACHO_COUNT(errors); i++) assert_int_equal(errors[i], TACHO_OK);
}

/* What a series of each type shows that was just created; `created` %s. */
static const char fresh[] =
    "# TYPE counts counter\n# HELP counts Help.\ncounts_total{l=\"x\"} 0\ncounts_created{l=\"x\"} %s\n"
    "# TYPE reals counter\n# HELP reals Help.\nreals_total{l=\"x\"} 0\nreals_created{l=\"x\"} %s\n"
    "# TYPE levels gauge\n# HELP levels Help.\nlevels{l=\"x\"} 0\n"
    "# TYPE flying gauge\n# HELP flying Help.\nflying{l=\"x\"} 0\n"
    "# TYPE highest gauge\n# HELP highest Help.\nhighest{l=\"x\"} 0\n"
    "# TYPE unknown unknown\n# HELP unknown Help.\nunknown{l=\"x\"} 0\n"
    "# TYPE times histogram\n# HELP times Help.\ntimes_bucket{l=\"x\",le=\"1.0\"} 0\ntimes_bucket{l=\"x\",le=\"10.0\"} 0\n"
    "times_bucket{l=\"x\",le=\"+Inf\"} 0\ntimes_count{l=\"x\"} 0\ntimes_sum{l=\"x\"} 0\ntimes_created{l=\"x\"} %s\n"
    "# TYPE ages gaugehistogram\n# HELP ages Help.\nages_bucket{l=\"x\",le=\"1.0\"} 0\nages_bucket{l=\"x\",le=\"10.0\"} 0\n"
    "ages_bucket{l=\"x\",le=\"+Inf\"} 0\nages_gcount{l=\"x\"} 0\nages_gsum{l=\"x\"} 0\n"
    "# TYPE native histogram\n# HELP native Help.\nnative_bucket{l=\"x\",le=\"+Inf\"} 0\nnative_count{l=\"x\"} 0\n"
    "native_sum{l=\"x\"} 0\n"
    "# TYPE sizes summary\n# HELP sizes Help.\nsizes_count{l=\"x\"} 0\nsizes_sum{l=\"x\"} 0\n"
    "# TYPE ranked summary\n# HELP ranked Help.\nranked{l=\"x\",quantile=\"0.5\"} NaN\nranked_count{l=\"x\"} 0\n"
    "ranked_sum{l=\"x\"} 0\nranked_created{l=\"x\"} %s\n"
    "# TYPE states stateset\n# HELP states Help.\nstates{l=\"x\",states=\"idle\"} 0\nstates{l=\"x\",states=\"busy\"} 0\n"
    "# TYPE an info\n# HELP an Help.\nan_info{l=\"x\"} 1\n";

/* The exposition of the families above alone. */
static void check_fresh(tacho_registry *reg, const char *world)
{
    static const char *const names[] = { "counts", "reals", "levels", "flying", "highest", "unknown", "times", "ages", "native",
                                         "sizes", "ranked", "states", "an_info" };
    char want[4000], created[24], *end;
    (void)snprintf(created, sizeof created, "%d", (int)wall.now);
    (void)snprintf(want, sizeof want, fresh, created, created, created, created);
    struct page page = page_take(
        reg, (tacho_scrape_options){ .format = TACHO_OPENMETRICS, .names = names, .name_count = TACHO_COUNT(names) }, 0);
    if ((end = strstr(page.data, "# EOF")) != NULL) *end = '\0';
    if (strcmp(page.data, want) != 0) fail_msg("%s shows\n%s\nbut should show\n%s", world, page.data, want);
    page_free(&page);
}

static void a_series_that_comes_again_starts_like_the_first_whatever_its_type(void **state)
{
    (void)state;
    for EACH_WORLD(world) {
        tacho_registry *reg = open_rows(world);
        (void)handles_at("x");
        check_fresh(reg, world->name);
        for (int round = 0; round < 5; round++) {
            struct handles at = handles_at("x");
            for (int n = 0; n < 40; n++) update_all(&at, n);
            remove_all("x");
            wall.now += 10;
            (void)handles_at("x");
            check_fresh(reg, world->name);
        }
        tacho_registry_free(reg);
    }
}

static void memory_that_serves_again_shows_nothing_of_the_series_before(void **state)
{
    (void)state;
    for EACH_WORLD(world) {
        tacho_registry *reg = open_rows(world);
        size_t used = 0, lost;
        for (int round = 0; round < 300; round++) { /* removed ones are looked at by dozens */
            char value[16];
            (void)snprintf(value, sizeof value, "r%d", round);
            struct handles at = handles_at(value);
            for (int n = 0; n < 40; n++) update_all(&at, n);
            remove_all(value);
            wall.now += 1;
            if (round == 150) used = tacho_registry_memory(reg, NULL);
        }
        assert_true(tacho_registry_memory(reg, NULL) <= used);
        (void)handles_at("x");
        check_fresh(reg, world->name);
        assert_true(audit_registry(reg, &lost));
        tacho_registry_free(reg);
    }
}

static void late_updates_land_in_the_series_that_has_the_memory_or_nowhere(void **state)
{
    (void)state;
    for EACH_WORLD(world) {
        tacho_registry *reg = open_rows(world);
        struct handles old[100], other = handles_at("other");
        char value[16], why[300] = "";
        update_all(&other, 3);
        for (int i = 0; i < 100; i++) {
            (void)snprintf(value, sizeof value, "v%d", i);
            old[i] = handles_at(value);
            remove_all(value);
        }
        for (int i = 0; i < 100; i++) update_all(&old[i], i); /* before anybody has it */
        for (int i = 0; i < 150; i++) {
            (void)snprintf(value, sizeof value, "w%d", i);
            (void)handles_at(value);
        }
        for (int n = 0; n < 3; n++)
            for (int i = 0; i < 100; i++) update_all(&old[i], i);
        assert_line(reg, TACHO_TEXT, "counts_total{l=\"other\"} 3");
        assert_line(reg, TACHO_TEXT, "highest{l=\"other\"} 10");
        assert_line(reg, TACHO_TEXT, "states{l=\"other\",states=\"idle\"} 0\nstates{l=\"other\",states=\"busy\"} 1");
        for (int format = 0; format <= TACHO_CSV; format++) {
            struct page page = page_take(reg, PAGE_AS((tacho_format)format, TACHO_UNDERSCORES), 0);
            if (!valid_page(page.data, page.len, (tacho_format)format, TACHO_UNDERSCORES, why, sizeof why)) fail_msg("%s", why);
            page_free(&page);
        }
        assert_true(audit_registry(reg, NULL));
        tacho_registry_free(reg);
    }
}

static void a_cleared_overflow_series_of_each_type_that_has_one_starts_again(void **state)
{
    (void)state;
    for EACH_WORLD(world) {
        static struct rows rows;
        rows = vec_rows();
        for (size_t i = 0; i < TACHO_COUNT(rows.each); i++) rows.each[i].max_series = 1;
        struct world with_clock = *world;
        wall = (struct test_clock){ { wall_now }, 1000 };
        with_clock.options.clock = &wall.clock;
        tacho_registry *reg = WORLD_OPEN(&with_clock, rows.each);
        (void)handles_at("first");
        struct handles other = handles_at("second"); /* one too many */
        update_all(&other, 5);
        assert_line(reg, TACHO_OPENMETRICS, "counts_total{l=\"_other\"} 3 # {trace_id=\"of the old series\"} 3 1000");
        assert_line(reg, TACHO_TEXT, "times_sum{l=\"_other\"} 5\ntimes_count{l=\"_other\"} 1");
        assert_line(reg, TACHO_TEXT, "ages_sum{l=\"_other\"} 5\nages_count{l=\"_other\"} 1");
        assert_line(reg, TACHO_TEXT, "native_sum{l=\"_other\"} 0\nnative_count{l=\"_other\"} 2");
        assert_line(reg, TACHO_TEXT, "ranked_sum{l=\"_other\"} 5\nranked_count{l=\"_other\"} 1");
        assert_no_line(reg, TACHO_TEXT, "highest{l=\"_other\"} 12");
        assert_no_line(reg, TACHO_TEXT, "an_info{l=\"_other\"} 1");
        wall.now = 2000;
        assert_int_equal(tacho_counter_clear(vecs.counts), TACHO_OK);
        assert_int_equal(tacho_counter_clear(vecs.reals), TACHO_OK);
        assert_int_equal(tacho_histogram_clear(vecs.times), TACHO_OK);
        assert_int_equal(tacho_histogram_clear(vecs.ages), TACHO_OK);
        assert_int_equal(tacho_histogram_clear(vecs.native), TACHO_OK);
        assert_int_equal(tacho_summary_clear(vecs.ranked), TACHO_OK);
        (void)handles_at("first");
        (void)handles_at("second");
        assert_line(reg, TACHO_OPENMETRICS, "counts_total{l=\"_other\"} 0\ncounts_created{l=\"_other\"} 2000");
        assert_line(reg, TACHO_OPENMETRICS, "reals_total{l=\"_other\"} 0\nreals_created{l=\"_other\"} 2000");
        assert_line(reg, TACHO_OPENMETRICS, "times_bucket{l=\"_other\",le=\"+Inf\"} 0\ntimes_count{l=\"_other\"} 0\n"
                                            "times_sum{l=\"_other\"} 0\ntimes_created{l=\"_other\"} 2000");
        assert_line(reg, TACHO_TEXT, "native_sum{l=\"_other\"} 0\nnative_count{l=\"_other\"} 0");
        assert_line(reg, TACHO_TEXT, "ranked{l=\"_other\",quantile=\"0.5\"} NaN\nranked_sum{l=\"_other\"} 0");
        tacho_registry_free(reg);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_series_that_comes_again_starts_like_the_first_whatever_its_type),
        cmocka_unit_test(memory_that_serves_again_shows_nothing_of_the_series_before),
        cmocka_unit_test(late_updates_land_in_the_series_that_has_the_memory_or_nowhere),
        cmocka_unit_test(a_cleared_overflow_series_of_each_type_that_has_one_starts_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
