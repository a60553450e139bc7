/*
 * test_gallery_race.c - one gallery, written by threads, signal handlers and processes at the same time, some of which die.
 *
 * An exemplar's text and time follow from its value, so that a reader knows what belongs together. What decides is in
 * gallery.c: a note steers and no more, so whatever becomes of notes, what is shown is whole, and room is found again.
 */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "atomic.h"
#include "clock.h"
#include "gallery.h"
#include "support/stress.h"

#define SECOND UINT64_C(1000000000)
#define RELAXED(p) atomic_load_explicit((p), memory_order_relaxed)
#define RELAX(p, v) atomic_store_explicit((p), (v), memory_order_relaxed)

enum { WRITERS = 4, READERS = 2 };

static struct tacho__exemplar record(uint32_t number)
{
    struct tacho__exemplar exemplar;
    char text[100];
    size_t len = number % 90;
    for (size_t i = 0; i < len; i++) text[i] = (char)('!' + (number * 31 + i * 7) % 90);
    text[len] = '\0';
    tacho_exemplar in = { (tacho_pair[]){ { "trace_id", text } }, 1, 0 };
    if (!tacho__exemplar_make(&exemplar, &in, number, number + 1)) abort();
    return exemplar;
}

static bool is_whole(const struct tacho__exemplar *got)
{
    if (!(got->value >= 0 && got->value <= 4294967295.0)) return stress_say("no value: %g", got->value);
    struct tacho__exemplar want = record((uint32_t)got->value);
    return (got->time_ms == want.time_ms && got->len == want.len && memcmp(got->bytes, want.bytes, want.len) == 0) ||
           stress_say("record %g is not whole", got->value);
}

/* How many it shows; SIZE_MAX: one is not whole. */
static size_t shown(const struct tacho__gallery *gallery)
{
    size_t count = 0;
    for (size_t i = 0; i < TACHO__GALLERY; i++) {
        struct tacho__exemplar got;
        if (!tacho__exemplar_load(gallery->slots[i], &got)) continue;
        if (!is_whole(&got)) return SIZE_MAX;
        count++;
    }
    return count;
}

/* Ten that come long after all others are the ones that it shows. */
static void check_that_it_works(struct tacho__gallery *gallery, uint64_t now_ns)
{
    uint32_t found = 0;
    for (uint32_t i = 0; i < TACHO__GALLERY; i++) {
        struct tacho__exemplar exemplar = record(4000000000u + i);
        assert_true(tacho__gallery_store(gallery, &exemplar, now_ns + (400 + i) * SECOND));
    }
    assert_int_equal(shown(gallery), TACHO__GALLERY);
    for (size_t i = 0; i < TACHO__GALLERY; i++) {
        struct tacho__exemplar got;
        assert_true(tacho__exemplar_load(gallery->slots[i], &got) && got.value >= 4000000000.0);
        found |= 1u << ((uint32_t)got.value - 4000000000u);
    }
    assert_int_equal(found, (1u << TACHO__GALLERY) - 1);
}

/* ---- Threads ----------------------------------------------------------------------------------------------------- */

static struct tacho__gallery gallery;
static _Atomic bool over;
static _Atomic uint64_t stored_total, dropped_total, loads_total;

static void yield_sometimes(const char *tag)
{
    static _Thread_local uint32_t turn;
    (void)tag;
    if (++turn % 97 == 0) (void)sched_yield();
}

static void *write_records(void *arg)
{
    uint64_t random = *(const uint64_t *)arg;
    while (!RELAXED(&over)) {
        struct tacho__exemplar exemplar = record(stress_random(&random, 1u << stress_random(&random, 31)));
        bool stored = tacho__gallery_store(&gallery, &exemplar, tacho__clock_ns());
        tacho__count(stored ? &stored_total : &dropped_total, 1);
    }
    return NULL;
}

static void *read_all(void *arg)
{
    (void)arg;
    while (!RELAXED(&over)) {
        if (shown(&gallery) == SIZE_MAX) return "not whole";
        tacho__count(&loads_total, 1);
    }
    return NULL;
}

static void what_threads_store_at_the_same_time_is_shown_whole(void **state)
{
    static uint64_t seeds[WRITERS];
    pthread_t writers[WRITERS], readers[READERS];
    (void)state;
    stress_begin(__func__, 60);
    memset(&gallery, 0, sizeof gallery);
    RELAX(&over, false);
    tacho__edge_hook = yield_sometimes;
    for (size_t i = 0; i < READERS; i++) assert_int_equal(pthread_create(&readers[i], NULL, read_all, NULL), 0);
    for (size_t i = 0; i < WRITERS; i++) {
        seeds[i] = stress_seed() + i;
        assert_int_equal(pthread_create(&writers[i], NULL, write_records, &seeds[i]), 0);
    }
    double until = stress_now() + stress_seconds(0.5);
    while (stress_now() < until || RELAXED(&stored_total) < 1000 || RELAXED(&loads_total) < 100) stress_pass(0.01);
    RELAX(&over, true);
    for (size_t i = 0; i < WRITERS; i++) (void)pthread_join(writers[i], NULL);
    for (size_t i = 0; i < READERS; i++) {
        void *wrong;
        (void)pthread_join(readers[i], &wrong);
        if (wrong) fail_msg("%s", (const char *)wrong);
    }
    tacho__edge_hook = NULL;
    print_message("%llu stored, %llu dropped, %llu times read\n", (unsigned long long)RELAXED(&stored_total),
                  (unsigned long long)RELAXED(&dropped_total), (unsigned long long)RELAXED(&loads_total));
    check_that_it_works(&gallery, tacho__clock_ns());
    stress_end();
}

/* ---- Signal handlers --------------------------------------------------------------------------------------------- */

static volatile sig_atomic_t handled_stored;
static uint64_t handler_random;

static void store_in_handler(int signal)
{
    (void)signal;
    struct tacho__exemplar exemplar = record(stress_random(&handler_random, 1000000));
    if (tacho__gallery_store(&gallery, &exemplar, tacho__clock_ns())) handled_stored = handled_stored + 1;
}

static void a_handler_that_interrupts_a_store_never_waits_and_mixes_nothing(void **state)
{
    struct stress_storm storm;
    (void)state;
    stress_begin(__func__, 60);
    memset(&gallery, 0, sizeof gallery);
    handled_stored = 0;
    uint64_t random = handler_random = stress_seed();
    assert_true(stress_storm_begin(&storm, SIGUSR1, 50, store_in_handler));
    double until = stress_now() + stress_seconds(0.3);
    while (stress_now() < until || handled_stored == 0) {
        struct tacho__exemplar exemplar = record(stress_random(&random, 1000000));
        (void)tacho__gallery_store(&gallery, &exemplar, tacho__clock_ns());
        assert_true(shown(&gallery) != SIZE_MAX);
    }
    stress_storm_end(&storm);
    check_that_it_works(&gallery, tacho__clock_ns());
    stress_end();
}

/* ---- Deaths ------------------------------------------------------------------------------------------------------ */

static uint32_t passages, deadly_passage;

static void die_at_passage(const char *tag)
{
    (void)tag;
    if (++passages == deadly_passage) (void)kill(getpid(), SIGKILL);
}

static int store_and_die(void *shared)
{
    struct tacho__exemplar exemplar = record(17);
    passages = 0;
    tacho__edge_hook = die_at_passage;
    return tacho__gallery_store(shared, &exemplar, tacho__clock_ns()) ? 0 : 1;
}

static void a_process_killed_at_any_edge_of_a_store_costs_one_exemplar_at_most(void **state)
{
    struct tacho__gallery *shared = stress_shared(sizeof *shared);
    int end = -SIGKILL;
    (void)state;
    stress_begin(__func__, 60);
    for (deadly_passage = 1; end == -SIGKILL; deadly_passage++) {
        memset(shared, 0, sizeof *shared);
        for (uint32_t i = 0; i < TACHO__GALLERY; i++) {
            struct tacho__exemplar exemplar = record(1u << 3 * i);
            assert_true(tacho__gallery_store(shared, &exemplar, tacho__clock_ns()));
        }
        end = stress_wait(stress_fork(store_and_die, shared));
        if (end == 0) break; /* it has no more edges */
        assert_int_equal(end, -SIGKILL);
        assert_true(shown(shared) >= TACHO__GALLERY - 1 && shown(shared) <= TACHO__GALLERY);
        check_that_it_works(shared, tacho__clock_ns());
    }
    assert_int_equal(end, 0);
    assert_true(deadly_passage > 5);
    assert_int_equal(shown(shared), TACHO__GALLERY);
    stress_unshare(shared, sizeof *shared);
    stress_end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_threads_store_at_the_same_time_is_shown_whole),
        cmocka_unit_test(a_handler_that_interrupts_a_store_never_waits_and_mixes_nothing),
        cmocka_unit_test(a_process_killed_at_any_edge_of_a_store_costs_one_exemplar_at_most),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
