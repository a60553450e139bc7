/*
 * test_prefork_types.c - workers forked from one registry update series of every type: what they count adds up, what they set is
 * seen, also what workers that were killed left, while a scrape in each format goes on.
 * Needs: OPENMETRICS PROTOBUF JSON
 */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#include <tacho/tacho.h>

#include "support/audit.h"
#include "support/page.h"
#include "support/stress.h"
#include "support/valid.h"

enum { WORKERS = 6, ITEMS = 20 };

static const double bounds[] = { 10, 50 }, ranks[] = { 0.5, 1 };
static const char *const modes[] = { "w0", "w1", "w2", "w3", "w4", "w5", "last", NULL };

static struct {
    tacho_registry *reg;
    tacho_counter *traced;
    tacho_gauge *highest, *lowest, *unknown;
    tacho_histogram *ages, *native;
    tacho_summary *sizes, *ranked;
    tacho_stateset *mode;
    tacho_summary_vec *by;
    tacho_stateset_vec *states;
    tacho_info_vec *infos;
    tacho_histogram_vec *natives;
} rig;

static const tacho_desc rows[] = {
    { .counter = &rig.traced, .name = "traced_total", .help = "Help.", .flags = TACHO_EXEMPLARS | TACHO_CREATED },
    { .gauge = &rig.highest, .name = "highest", .help = "Help.", .flags = TACHO_MAXIMUM },
    { .gauge = &rig.lowest, .name = "lowest", .help = "Help.", .flags = TACHO_MINIMUM },
    { .gauge = &rig.unknown, .name = "unknown", .help = "Help.", .type = TACHO_UNKNOWN, .flags = TACHO_UPDOWN },
    { .histogram = &rig.ages, .name = "ages", .help = "Help.", .type = TACHO_GAUGE_HISTOGRAM, .buckets = bounds,
      .bucket_count = 2 },
    { .histogram = &rig.native, .name = "native", .help = "Help.", .native = { .factor = 2 }, .buckets = bounds,
      .bucket_count = 2, .flags = TACHO_EXEMPLARS },
    { .summary = &rig.sizes, .name = "sizes", .help = "Help." },
    { .summary = &rig.ranked, .name = "ranked", .help = "Help.", .quantiles = ranks, .quantile_count = 2 },
    { .stateset = &rig.mode, .name = "mode", .help = "Help.", .states = modes },
    { .summary_vec = &rig.by, .name = "by", .help = "Help.", .labels = { "item" } },
    { .stateset_vec = &rig.states, .name = "states", .help = "Help.", .labels = { "worker" }, .states = modes },
    { .info = &rig.infos, .name = "an_info", .help = "Help.", .labels = { "worker" } },
    { .histogram_vec = &rig.natives, .name = "natives", .help = "Help.", .labels = { "item" },
      .native = { .factor = 1.5, .max_buckets = 30 }, .flags = TACHO_NATIVE_ONLY },
};

static void rig_open(void)
{
    rig.reg = tacho_registry_new(&(tacho_registry_options){ .sharing = TACHO_PREFORK, .creation_wait_ms = 5000 });
    assert_non_null(rig.reg);
    assert_int_equal(TACHO_DEFINE(rig.reg, rows), TACHO_OK);
}

struct work {
    unsigned number;
    uint64_t updates; /* 0: without an end */
    _Atomic uint64_t *done;
};

static int update_all(void *arg)
{
    const struct work *work = arg;
    char name[16], item[16];
    (void)snprintf(name, sizeof name, "w%u", work->number);
    tacho_info_set(rig.infos, TACHO_LABELS(name));
    tacho_stateset_turn(rig.mode, work->number, 1);
    tacho_stateset_set_at(rig.states, TACHO_LABELS(name), work->number);
    for (uint64_t i = 0; work->updates == 0 || i < work->updates; i++) {
        double value = (double)(i % 100);
        tacho_counter_add_exemplar(rig.traced, 1, TACHO_EXEMPLAR(TACHO_PAIR("worker", name)));
        tacho_gauge_set(rig.highest, (double)work->number * 100 + value);
        tacho_gauge_set(rig.lowest, -(double)work->number * 100 - value);
        tacho_gauge_add(rig.unknown, i % 2 ? -1 : 2);
        tacho_histogram_observe(rig.ages, value);
        if (i % 2) tacho_histogram_unobserve(rig.ages, value);
        tacho_histogram_observe_exemplar(rig.native, value, TACHO_EXEMPLAR(TACHO_PAIR("worker", name)));
        tacho_summary_observe(rig.sizes, 0.25);
        tacho_summary_observe(rig.ranked, value);
        (void)snprintf(item, sizeof item, "i%u", (unsigned)(i % ITEMS));
        tacho_summary_observe_at(rig.by, TACHO_LABELS(item), 1);
        tacho_histogram_observe_at(rig.natives, TACHO_LABELS(item), value);
        atomic_fetch_add(work->done, 1);
    }
    return 0;
}

static void check_pages(void)
{
    for (int format = 0; format <= TACHO_CSV; format++) {
        char why[300] = "";
        struct page page = page_take(rig.reg, PAGE_AS((tacho_format)format, TACHO_UNDERSCORES), 1000);
        if (!valid_page(page.data, page.len, (tacho_format)format, TACHO_UNDERSCORES, why, sizeof why))
            fail_msg("format %d: %s", format, why);
        assert_int_equal(page.err, TACHO_OK);
        page_free(&page);
    }
}

static void check_number(const char *series, uint64_t want)
{
    char line[100];
    (void)snprintf(line, sizeof line, "%s %llu", series, (unsigned long long)want);
    assert_line(rig.reg, TACHO_TEXT, line);
}

static void updates_of_all_workers_add_up_in_every_type(void **state)
{
    uint64_t updates = stress_scaled(20000) / 200 * 200 + 200, all = WORKERS * updates; /* whole rounds of 100, in pairs */
    _Atomic uint64_t *done = stress_shared(4096);
    struct work work[WORKERS];
    pid_t workers[WORKERS];
    (void)state;
    stress_begin("updates_of_all_workers_add_up_in_every_type", 60);
    rig_open();
    for (unsigned i = 0; i < WORKERS; i++) {
        work[i] = (struct work){ i, updates, done };
        workers[i] = stress_fork(update_all, &work[i]);
    }
    while (atomic_load(done) < all / 2) check_pages();
    for (int i = 0; i < WORKERS; i++) assert_int_equal(stress_wait(workers[i]), 0);
    check_pages();
    check_number("traced_total", all);
    check_number("unknown", all / 2);
    check_number("highest", (WORKERS - 1) * 100 + 99);
    assert_true(tacho_gauge_value(rig.lowest) == -((WORKERS - 1) * 100 + 99));
    check_number("ages_count", all / 2);
    check_number("ages_bucket{le=\"10.0\"}", all / 100 * 6); /* 0, 2, ... 10 are left */
    check_number("native_count", all);
    check_number("native_sum", all / 100 * 4950);
    check_number("sizes_count", all);
    check_number("sizes_sum", all / 4);
    assert_int_equal(tacho_summary_count(rig.ranked), all);
    check_number("mode{mode=\"w5\"}", 1);
    check_number("mode{mode=\"last\"}", 0);
    check_number("states{worker=\"w3\",states=\"w3\"}", 1);
    check_number("states{worker=\"w3\",states=\"w2\"}", 0);
    check_number("an_info{worker=\"w4\"}", 1);
    check_number("by_count{item=\"i7\"}", all / ITEMS);
    check_number("natives_count{item=\"i7\"}", all / ITEMS);
    assert_true(page_shows(rig.reg, TACHO_TEXT, "tacho_series_rejected_total{family=\"by\"} 0"));
    assert_true(audit_registry(rig.reg, NULL));
    tacho_registry_free(rig.reg);
    stress_unshare((void *)done, 4096);
    stress_end();
}

static void workers_that_are_killed_leave_a_registry_that_works(void **state)
{
    _Atomic uint64_t *done = stress_shared(4096);
    uint64_t seed = stress_seed();
    (void)state;
    stress_begin("workers_that_are_killed_leave_a_registry_that_works", 60);
    for (size_t round = 0; round < stress_scaled(8); round++) {
        struct work work[WORKERS];
        pid_t workers[WORKERS];
        rig_open();
        for (unsigned i = 0; i < WORKERS; i++) {
            work[i] = (struct work){ i, 0, done };
            workers[i] = stress_fork(update_all, &work[i]);
        }
        stress_pass(0.005 + stress_random(&seed, 20) / 1000.0);
        for (int i = 0; i < WORKERS; i++) assert_int_equal(kill(workers[i], SIGKILL), 0);
        for (int i = 0; i < WORKERS; i++) assert_int_equal(stress_wait(workers[i]), -SIGKILL);
        check_pages();
        uint64_t before = (uint64_t)tacho_counter_value(rig.traced);
        tacho_counter_inc(rig.traced);
        tacho_stateset_set(rig.mode, 6);
        tacho_summary_observe_at(rig.by, TACHO_LABELS("after"), 1);
        check_number("traced_total", before + 1);
        check_number("mode{mode=\"last\"}", 1);
        check_number("by_count{item=\"after\"}", 1);
        check_pages();
        assert_true(audit_registry(rig.reg, NULL));
        tacho_registry_free(rig.reg);
    }
    stress_unshare((void *)done, 4096);
    stress_end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(updates_of_all_workers_add_up_in_every_type),
        cmocka_unit_test(workers_that_are_killed_leave_a_registry_that_works),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
