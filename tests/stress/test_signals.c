/*
 * test_signals.c - updates, lookups and creations in signal handlers, which interrupt updates, lookups, creations,
 * removals and scrapes: nothing waits for itself, and no count is lost.
 *
 * A signal raised at an ordering edge ([K1] [S1] [S2] [S3] [S4] [B1] [C1] [G2] [G3]) interrupts exactly there; storms of
 * them interrupt anywhere.
 */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tacho/expose.h>

#include "atomic.h"
#include "support/audit.h"
#include "support/stress.h"

enum { IDS = 400 };

static struct rig {
    tacho_registry *reg;
    tacho_counter *plain;
    tacho_counter *real;
    tacho_gauge *level;
    tacho_gauge *updown;
    tacho_histogram *histogram;
    tacho_counter_vec *labelled;
    tacho_histogram_vec *spread;
    tacho_counter_vec *passing;
} rig;

static const double bounds[] = { 1, 2 };
static const tacho_desc rows[] = {
    { .counter = &rig.plain, .name = "plain_total", .help = "h" },
    { .counter = &rig.real, .name = "real_total", .help = "h", .flags = TACHO_REAL },
    { .gauge = &rig.level, .name = "level", .help = "h" },
    { .gauge = &rig.updown, .name = "updown", .help = "h", .flags = TACHO_UPDOWN },
    { .histogram = &rig.histogram, .name = "histogram", .help = "h", .buckets = bounds, .bucket_count = 2 },
    { .counter_vec = &rig.labelled, .name = "labelled_total", .help = "h", .labels = { "id", "who" },
      .max_series = IDS },
    { .histogram_vec = &rig.spread, .name = "spread", .help = "h", .labels = { "id" }, .buckets = bounds,
      .bucket_count = 2 },
    { .counter_vec = &rig.passing, .name = "passing_total", .help = "h", .labels = { "id" } },
};

static void rig_open(void)
{
    rig.reg = tacho_registry_new(&(tacho_registry_options){ .creation_wait_ms = 10000 });
    assert_int_equal(TACHO_DEFINE(rig.reg, rows), TACHO_OK);
}

static void rig_close(void)
{
    tacho_registry_free(rig.reg);
    rig = (struct rig){ 0 };
}

/* ---- What is done, inside and outside of handlers -------------------------------------------------------------- */

/* Calls of `count_all` that came to their end; a handler adds its own in between. */
struct counting {
    _Atomic uint64_t calls;
    uint64_t random;
};

static void write_id(char id[24], uint32_t number)
{
    char *at = id + 23;
    *at = '\0';
    do *--at = (char)('0' + number % 10);
    while (number /= 10);
    memmove(id, at, (size_t)(id + 24 - at));
}

/* Every kind of update once, one of them of a series that may have to be created. */
static void count_all(struct counting *counting, const char *who)
{
    char id[24];
    write_id(id, stress_random(&counting->random, 2 * IDS));
    tacho_counter_inc(rig.plain);
    tacho_counter_add_real(rig.real, 0.5);
    tacho_gauge_inc(rig.updown);
    tacho_gauge_add(rig.level, 2);
    tacho_histogram_observe(rig.histogram, 1.5);
    tacho_counter_inc_at(rig.labelled, TACHO_LABELS(id, who));
    tacho_histogram_observe_at(rig.spread, TACHO_LABELS(id), 0.5);
    atomic_fetch_add(&counting->calls, 1);
}

static void come_and_go(struct counting *counting)
{
    char id[24];
    write_id(id, stress_random(&counting->random, 200));
    if (stress_random(&counting->random, 2))
        (void)tacho_counter_remove_at(rig.passing, TACHO_LABELS(id));
    else
        tacho_counter_inc_at(rig.passing, TACHO_LABELS(id));
}

static void check_totals(double calls)
{
    struct exposition *page = stress_scrape_valid(rig.reg);
    assert_true(exposition_value(page, "plain_total") == calls);
    assert_true(exposition_value(page, "real_total") == calls / 2);
    assert_true(exposition_value(page, "updown") == calls);
    assert_true(exposition_value(page, "level") == calls * 2);
    assert_true(exposition_value(page, "histogram_count") == calls);
    assert_true(exposition_value(page, "histogram_sum") == calls * 1.5);
    assert_true(exposition_sum(page, "labelled_total") == calls);
    assert_true(exposition_sum(page, "spread_count") == calls);
    assert_true(exposition_sum(page, "spread_sum") == calls / 2);
    exposition_free(page);
    assert_true(audit_registry(rig.reg, NULL));
}

/* ---- At every edge ------------------------------------------------------------------------------------------------- */

static struct counting in_handler, outside;
static const char *raise_tag;
static _Thread_local volatile bool raising;
static volatile uint64_t raised;

static void count_when_raised(int signal)
{
    (void)signal;
    count_all(&in_handler, "handler");
    come_and_go(&in_handler);
}

static void raise_there(const char *tag)
{
    if (raising || strcmp(tag, raise_tag) != 0) return;
    raising = true; /* not again inside of the handler */
    raised++;
    (void)raise(SIGUSR1);
    raising = false;
}

static void handlers_that_interrupt_any_ordering_edge_count_and_create(void **state)
{
    (void)state;
    static const char *const tags[] = { "S1", "B1", "S4", "S2", "S3", "C1", "K1", "G2", "G3" };
    stress_begin(__func__, 60);
    (void)signal(SIGUSR1, count_when_raised);
    for (size_t i = 0; i < TACHO_COUNT(tags); i++) {
        rig_open();
        in_handler = (struct counting){ .random = 1 };
        outside = (struct counting){ .random = 2 };
        raise_tag = tags[i];
        raised = 0;
        tacho__edge_hook = raise_there;
        for (size_t k = 0; k < 2000; k++) {
            count_all(&outside, "thread");
            come_and_go(&outside);
            if (k % 400) continue;
            struct exposition *page = stress_scrape(rig.reg, 64);
            assert_non_null(page);
            exposition_free(page);
        }
        tacho__edge_hook = NULL;
        if (raised == 0) fail_msg("[%s] was never passed", tags[i]);
        assert_int_equal(raised, atomic_load(&in_handler.calls));
        check_totals((double)(atomic_load(&in_handler.calls) + atomic_load(&outside.calls)));
        rig_close();
    }
    (void)signal(SIGUSR1, SIG_DFL);
    stress_end();
}

/* ---- Anywhere --------------------------------------------------------------------------------------------------------- */

static _Thread_local struct counting *of_thread[3]; /* outside, in the handlers of two signals */
static double storm_ends;

static void count_in_storm(int signal)
{
    struct counting *counting = of_thread[signal == SIGUSR1 ? 1 : 2];
    count_all(counting, signal == SIGUSR1 ? "one" : "two");
    come_and_go(counting);
}

struct stormy {
    pthread_t thread;
    struct counting counting[3];
    bool scrapes, ok;
};

#if defined(TACHO_SANITIZED)
enum { STORM_US = 2000 };
#else
enum { STORM_US = 40 };
#endif

static void *count_in_two_storms(void *arg)
{
    struct stormy *self = arg;
    struct stress_storm one, two;
    for (int i = 0; i < 3; i++) of_thread[i] = &self->counting[i];
    self->ok = stress_storm_begin(&one, SIGUSR1, STORM_US, count_in_storm) &&
               stress_storm_begin(&two, SIGUSR2, STORM_US * 7 / 5, count_in_storm);
    while (stress_now() < storm_ends && self->ok) {
        for (int i = 0; i < 200; i++) {
            count_all(&self->counting[0], "thread");
            come_and_go(&self->counting[0]);
        }
        if (!self->scrapes) continue;
        struct exposition *page = stress_scrape(rig.reg, 64);
        self->ok = page != NULL;
        exposition_free(page);
    }
    stress_storm_end(&one);
    stress_storm_end(&two);
    return NULL;
}

static void totals_are_exact_with_handlers_that_interrupt_anything_and_each_other(void **state)
{
    (void)state;
    struct stormy threads[3] = { { .scrapes = true } };
    uint64_t calls = 0, handled = 0;
    stress_begin(__func__, 60);
    rig_open();
    storm_ends = stress_now() + stress_seconds(4);
    for (size_t i = 0; i < TACHO_COUNT(threads); i++) {
        for (size_t k = 0; k < 3; k++) threads[i].counting[k].random = stress_seed() + i * 3 + k;
        assert_int_equal(pthread_create(&threads[i].thread, NULL, count_in_two_storms, &threads[i]), 0);
    }
    for (size_t i = 0; i < TACHO_COUNT(threads); i++) {
        (void)pthread_join(threads[i].thread, NULL);
        assert_true(threads[i].ok);
        for (int k = 0; k < 3; k++) calls += atomic_load(&threads[i].counting[k].calls);
        handled += atomic_load(&threads[i].counting[1].calls) + atomic_load(&threads[i].counting[2].calls);
    }
    print_message("%llu calls, %llu of them in handlers\n", (unsigned long long)calls, (unsigned long long)handled);
    assert_true(handled > 10);
    check_totals((double)calls);
    rig_close();
    stress_end();
}

/* The first thing that a thread ever does with the library is interrupted by a handler that does the same. */
static void *begin_in_a_storm(void *arg)
{
    struct counting *counting = arg;
    struct stress_storm storm;
    of_thread[1] = counting;
    if (!stress_storm_begin(&storm, SIGUSR1, STORM_US / 2, count_in_storm)) return arg;
    for (int i = 0; i < 20; i++) count_all(counting, "thread");
    stress_storm_end(&storm);
    return NULL;
}

static void a_thread_may_begin_in_a_handler(void **state)
{
    (void)state;
    struct counting counting = { .random = 3 };
    stress_begin(__func__, 60);
    rig_open();
    for (size_t i = stress_scaled(1000); i; i--) {
        pthread_t thread;
        void *failed;
        assert_int_equal(pthread_create(&thread, NULL, begin_in_a_storm, &counting), 0);
        (void)pthread_join(thread, &failed);
        assert_null(failed);
    }
    check_totals((double)atomic_load(&counting.calls));
    rig_close();
    stress_end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(handlers_that_interrupt_any_ordering_edge_count_and_create),
        cmocka_unit_test(totals_are_exact_with_handlers_that_interrupt_anything_and_each_other),
        cmocka_unit_test(a_thread_may_begin_in_a_handler),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
