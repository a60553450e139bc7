/*
 * test_prefork.c - workers forked from one registry: their counts add up exactly, also when they are killed.
 *
 * Covers [F1], [B1], [S1], [S2] and [K1] between processes; test_crash.c kills at chosen places, this one at random.
 */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <tacho/metric.h>

#include "support/audit.h"
#include "support/stress.h"

enum { WORKERS = 8, OWN = 300, COMMON = 200, ITEMS = 40 };

static struct rig {
    tacho_registry *reg;
    tacho_counter *plain;
    tacho_gauge *updown;
    tacho_histogram *histogram;
    tacho_counter_vec *labelled;
    tacho_histogram_vec *spread;
    tacho_counter_vec *passing;
    tacho_gauge_vec *level;
} rig;

static const double bounds[] = { 1, 10, 100 };
static const tacho_desc rows[] = {
    { .counter = &rig.plain, .name = "plain_total", .help = "One series for all." },
    { .gauge = &rig.updown, .name = "updown", .help = "One series for all.", .flags = TACHO_UPDOWN },
    { .histogram = &rig.histogram, .name = "histogram", .help = "One series for all.", .buckets = bounds,
      .bucket_count = 3 },
    { .counter_vec = &rig.labelled, .name = "labelled_total", .help = "Series of the workers.",
      .labels = { "worker", "item" }, .max_series = WORKERS * OWN + COMMON },
    { .histogram_vec = &rig.spread, .name = "spread", .help = "Series of the workers.", .labels = { "item" },
      .buckets = bounds, .bucket_count = 3 },
    { .counter_vec = &rig.passing, .name = "passing_total", .help = "Series that come and go.", .labels = { "item" } },
    { .gauge_vec = &rig.level, .name = "level", .help = "Series that come and go.", .labels = { "item" },
      .flags = TACHO_UPDOWN },
};

static void rig_open(uint32_t wait_ms, size_t budget)
{
    rig.reg = tacho_registry_new(
        &(tacho_registry_options){ .sharing = TACHO_PREFORK, .creation_wait_ms = wait_ms, .byte_budget = budget });
    assert_non_null(rig.reg);
    assert_int_equal(TACHO_DEFINE(rig.reg, rows), TACHO_OK);
}

static void rig_close(void)
{
    tacho_registry_free(rig.reg);
    rig = (struct rig){ 0 };
}

static void count_item(const char *worker, unsigned item, uint64_t n)
{
    char text[16];
    (void)snprintf(text, sizeof text, "%u", item);
    tacho_counter_add_at(rig.labelled, TACHO_LABELS(worker, text), n);
}

/* ---- Workers that end by themselves -------------------------------------------------------------------------- */

struct work {
    _Atomic uint32_t *ready;
    unsigned number;
    uint64_t updates;
};

/* `updates` of each plain series, and between them series of its own (OWN of them, item k counted k + 1 times in all)
 * and series that all workers make at the same time. */
static int count_all(void *arg)
{
    const struct work *work = arg;
    char name[16], item[16];
    (void)snprintf(name, sizeof name, "w%u", work->number);
    atomic_fetch_add(work->ready, 1);
    while (atomic_load(work->ready) < WORKERS) (void)sched_yield();
    uint64_t step = work->updates / OWN + 1;
    for (uint64_t i = 0, k = 0; i < work->updates; i++) {
        tacho_counter_inc(rig.plain);
        tacho_gauge_add(rig.updown, i % 2 ? -1 : 2);
        tacho_histogram_observe(rig.histogram, (double)(i % 128));
        if (i % step) continue;
        count_item(name, (unsigned)k, k + 1);
        count_item("all", (unsigned)(k % COMMON), 1);
        (void)snprintf(item, sizeof item, "%u", (unsigned)(k % ITEMS));
        tacho_histogram_observe_at(rig.spread, TACHO_LABELS(item), 5);
        k++;
    }
    return 0;
}

static uint64_t run_workers(uint64_t updates)
{
    _Atomic uint32_t *ready = stress_shared(4096);
    struct work work[WORKERS];
    pid_t workers[WORKERS];
    for (unsigned i = 0; i < WORKERS; i++) {
        work[i] = (struct work){ ready, i, updates };
        workers[i] = stress_fork(count_all, &work[i]);
    }
    for (int i = 0; i < WORKERS; i++) assert_int_equal(stress_wait(workers[i]), 0);
    stress_unshare(ready, 4096);
    uint64_t step = updates / OWN + 1;
    return (updates + step - 1) / step; /* items that each worker counted */
}

static void check_plain(const struct exposition *page, uint64_t updates)
{
    double each = WORKERS * (double)updates, sum = 0;
    for (uint64_t i = 0; i < updates; i++) sum += (double)(i % 128);
    assert_true(exposition_value(page, "plain_total") == each);
    assert_true(exposition_value(page, "updown") == each / 2);
    assert_true(exposition_value(page, "histogram_count") == each);
    assert_true(exposition_value(page, "histogram_sum") == sum * WORKERS);
}

static void eight_workers_count_exactly_and_each_of_their_series_is_shown_once(void **state)
{
    (void)state;
    stress_begin(__func__, 100);
    uint64_t updates = stress_scaled(1000000) & ~(uint64_t)1;
    rig_open(10000, 0);
    uint64_t items = run_workers(updates);
    struct exposition *page = stress_scrape_valid(rig.reg);
    char series[64];
    check_plain(page, updates);
    for (unsigned w = 0; w < WORKERS; w++)
        for (unsigned k = 0; k < items; k++) {
            (void)snprintf(series, sizeof series, "labelled_total{worker=\"w%u\",item=\"%u\"}", w, k);
            assert_true(exposition_value(page, series) == k + 1);
        }
    uint64_t common = items < COMMON ? items : COMMON;
    for (unsigned k = 0; k < common; k++) {
        (void)snprintf(series, sizeof series, "labelled_total{worker=\"all\",item=\"%u\"}", k);
        uint64_t times = (items - k + COMMON - 1) / COMMON;
        assert_true(exposition_value(page, series) == (double)(WORKERS * times));
    }
    assert_int_equal(exposition_count(page, "labelled_total"), WORKERS * items + common);
    assert_true(exposition_sum(page, "spread_count") == (double)(WORKERS * items));
    assert_int_equal(exposition_count(page, "spread_count"), items < ITEMS ? items : ITEMS);
    assert_true(exposition_value(page, "tacho_series_rejected_total{family=\"labelled_total\"}") == 0);
    exposition_free(page);
    rig_close();
    stress_end();
}

static void totals_with_the_overflow_series_are_exact_however_short_the_wait_is(void **state)
{
    (void)state;
    stress_begin(__func__, 100);
    uint64_t updates = stress_scaled(200000) & ~(uint64_t)1;
    rig_open(1, 512 << 10); /* and room for some of the series only */
    uint64_t items = run_workers(updates);
    struct exposition *page = stress_scrape_valid(rig.reg);
    check_plain(page, updates);
    assert_true(exposition_sum(page, "labelled_total") == WORKERS * ((double)items * (double)(items + 1) / 2 + (double)items));
    assert_true(exposition_sum(page, "spread_count") == (double)(WORKERS * items));
    assert_true(exposition_sum(page, "spread_sum") == 5.0 * (double)(WORKERS * items));
    exposition_free(page);
    rig_close();
    stress_end();
}

/* ---- Workers that are killed ----------------------------------------------------------------------------------- */

enum { PLAIN, UPDOWN, HISTOGRAM, LABELLED, SPREAD, KINDS };

/* What one worker did, in memory that outlives it: an update that was begun may or may not have been made. */
struct tally {
    _Atomic uint64_t begun[KINDS], done[KINDS];
};

struct doomed {
    struct tally *tally;
    uint64_t random;
};

static void update_kind(int kind, const char *item)
{
    switch (kind) {
    case PLAIN: tacho_counter_inc(rig.plain); break;
    case UPDOWN: tacho_gauge_inc(rig.updown); break;
    case HISTOGRAM: tacho_histogram_observe(rig.histogram, 5); break;
    case LABELLED: tacho_counter_inc_at(rig.labelled, TACHO_LABELS("w", item)); break;
    default: tacho_histogram_observe_at(rig.spread, TACHO_LABELS(item), 5); break;
    }
}

static void update_tallied(struct tally *tally, int kind, const char *item)
{
    atomic_store_explicit(&tally->begun[kind], atomic_load(&tally->begun[kind]) + 1, memory_order_relaxed);
    atomic_signal_fence(memory_order_seq_cst);
    update_kind(kind, item);
    atomic_signal_fence(memory_order_seq_cst);
    atomic_store_explicit(&tally->done[kind], atomic_load(&tally->begun[kind]), memory_order_relaxed);
}

static void come_and_go(uint64_t *random, const char *item)
{
    switch (stress_random(random, 4)) {
    case 0: (void)tacho_counter_remove_at(rig.passing, TACHO_LABELS(item)); break;
    case 1: (void)tacho_gauge_remove_at(rig.level, TACHO_LABELS(item)); break;
    case 2: tacho_gauge_add_at(rig.level, TACHO_LABELS(item), 1); break;
    default: tacho_counter_inc_at(rig.passing, TACHO_LABELS(item)); break;
    }
}

static int work_until_killed(void *arg)
{
    struct doomed *doomed = arg;
    char item[64];
    for (;;) {
        (void)snprintf(item, sizeof item, "an item with a name that takes room, number %u",
                       stress_random(&doomed->random, 300));
        update_tallied(doomed->tally, (int)stress_random(&doomed->random, KINDS), item);
        come_and_go(&doomed->random, item);
        if (stress_random(&doomed->random, 5000) == 0) (void)tacho_counter_clear(rig.passing);
        if (getppid() == 1) return 0;
    }
}

static void check_between(const struct exposition *page, const char *name, const uint64_t begun[KINDS],
                          const uint64_t done[KINDS], int kind)
{
    double shown = exposition_sum(page, name);
    if (shown >= (double)done[kind] && shown <= (double)begun[kind]) return;
    fail_msg("%s is %.0f, counted were %llu to %llu", name, shown, (unsigned long long)done[kind],
             (unsigned long long)begun[kind]);
}

static void check_tallies(const uint64_t begun[KINDS], const uint64_t done[KINDS])
{
    struct exposition *page = stress_scrape_valid(rig.reg);
    check_between(page, "plain_total", begun, done, PLAIN);
    check_between(page, "updown", begun, done, UPDOWN);
    check_between(page, "histogram_count", begun, done, HISTOGRAM);
    check_between(page, "labelled_total", begun, done, LABELLED);
    check_between(page, "spread_count", begun, done, SPREAD);
    exposition_free(page);
}

/* Eight workers until a random moment; adds what they did to the sums. */
static void run_doomed(struct tally *tallies, uint64_t *random, uint64_t begun[KINDS], uint64_t done[KINDS])
{
    struct doomed doomed[WORKERS];
    pid_t workers[WORKERS];
    memset(tallies, 0, WORKERS * sizeof *tallies);
    for (int i = 0; i < WORKERS; i++) {
        doomed[i] = (struct doomed){ &tallies[i], ((uint64_t)stress_random(random, UINT32_MAX) << 32) + (uint64_t)i };
        workers[i] = stress_fork(work_until_killed, &doomed[i]);
    }
    for (double until = stress_now() + (double)stress_random(random, 20000) / 1e6; stress_now() < until;)
        (void)sched_yield();
    for (int i = 0; i < WORKERS; i++) {
        (void)kill(workers[i], SIGKILL);
        if (stress_random(random, 2)) (void)sched_yield();
    }
    for (int i = 0; i < WORKERS; i++) {
        assert_int_equal(stress_wait(workers[i]), -SIGKILL);
        for (int kind = 0; kind < KINDS; kind++) {
            begun[kind] += atomic_load(&tallies[i].begun[kind]);
            done[kind] += atomic_load(&tallies[i].done[kind]);
        }
    }
}

static void scrapes_after_workers_were_killed_lie_between_what_they_began_and_what_they_did(void **state)
{
    (void)state;
    stress_begin(__func__, 110);
    uint64_t random = stress_seed(), begun[KINDS] = { 0 }, done[KINDS] = { 0 };
    struct tally *tallies = stress_shared(WORKERS * sizeof *tallies);
    size_t rounds = stress_scaled(240), lost = 0;
    rig_open(0, 4 << 20);
    for (size_t round = 0; round < rounds; round++) {
        char fresh[32];
        run_doomed(tallies, &random, begun, done);
        if (round % 2) check_tallies(begun, done); /* as they left it; in other rounds a creation comes first */
        (void)snprintf(fresh, sizeof fresh, "fresh %zu", round);
        tacho_counter *counter = tacho_counter_at(rig.passing, TACHO_LABELS(fresh));
        tacho_counter_add(counter, round + 1);
        assert_true(tacho_counter_value(counter) == (double)(round + 1));
        assert_int_equal(tacho_counter_remove_at(rig.passing, TACHO_LABELS(fresh)), TACHO_OK);
        check_tallies(begun, done);
        assert_true(audit_registry(rig.reg, &lost));
    }
    print_message("%zu rounds of %d workers, %llu updates at least, %zu bytes lost\n", rounds, WORKERS,
                  (unsigned long long)(done[0] + done[1] + done[2] + done[3] + done[4]), lost);
    assert_true(lost < rounds * 256);
    assert_true(done[PLAIN] > 0 && done[LABELLED] > 0 && done[SPREAD] > 0);
    stress_unshare(tallies, WORKERS * sizeof *tallies);
    rig_close();
    stress_end();
}

static int define_in_a_worker(void *arg)
{
    static tacho_counter *other;
    static const tacho_desc other_rows[] = { { .counter = &other, .name = "other_total", .help = "From a worker." } };
    (void)arg;
    if (TACHO_DEFINE(rig.reg, other_rows) != TACHO_OK) return 1;
    tacho_counter_add(other, 7);
    struct exposition *page = stress_scrape(rig.reg, 4096);
    return page && exposition_value(page, "other_total") == 7 && exposition_value(page, "plain_total") == 3 ? 0 : 2;
}

static void any_worker_can_define_and_scrape_for_all(void **state)
{
    (void)state;
    rig_open(0, 0);
    tacho_counter_add(rig.plain, 3);
    assert_int_equal(stress_wait(stress_fork(define_in_a_worker, NULL)), 0);
    struct exposition *page = stress_scrape_valid(rig.reg);
    assert_true(exposition_value(page, "other_total") == 7);
    exposition_free(page);
    rig_close();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(eight_workers_count_exactly_and_each_of_their_series_is_shown_once),
        cmocka_unit_test(totals_with_the_overflow_series_are_exact_however_short_the_wait_is),
        cmocka_unit_test(scrapes_after_workers_were_killed_lie_between_what_they_began_and_what_they_did),
        cmocka_unit_test(any_worker_can_define_and_scrape_for_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
