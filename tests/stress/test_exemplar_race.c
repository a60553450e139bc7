/*
 * test_exemplar_race.c - one slot, written by threads, signal handlers and processes at the same time, some of which
 * die or come late.
 *
 * A record follows from its writer and its number in all of its words, so that a reader knows from the value what the
 * rest must be. Which test fails once the order of an edge is weakened (T: with ThreadSanitizer):
 *   [X1]  what_a_store_writes_comes_after_the_store_before (T), between a store and the next one
 *   [X2]  what_was_done_before_a_store_is_seen_by_who_loads_it (T), if [X1] is weakened too: each covers for the other
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
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "atomic.h"
#include "clock.h"
#include "exemplar.h"
#include "support/stress.h"

#define SECOND 1000000000u
#define RELAXED(p) atomic_load_explicit((p), memory_order_relaxed)
#define RELAX(p, v) atomic_store_explicit((p), (v), memory_order_relaxed)

enum { WRITERS = 4, READERS = 2, RECORDS = 1000000 /* of each writer, at most */ };

/* ---- Records that can be checked --------------------------------------------------------------------------------- */

static struct tacho__exemplar record(uint32_t writer, uint32_t number)
{
    struct tacho__exemplar exemplar;
    uint64_t random = (uint64_t)number * WRITERS + writer;
    char text[121];
    size_t len = stress_random(&random, 3) ? stress_random(&random, 24) : stress_random(&random, 120);
    for (size_t i = 0; i < len; i++) text[i] = (char)('!' + stress_random(&random, 90));
    text[len] = '\0';
    tacho_exemplar in = { (tacho_pair[]){ { "trace_id", text } }, 1, 0 };
    if (!tacho__exemplar_make(&exemplar, &in, (double)number * WRITERS + writer, random | 1)) abort();
    return exemplar;
}

/* Whether a copy is a record, whole; and which one. */
static bool is_whole(const struct tacho__exemplar *got, uint32_t *writer, uint32_t *number)
{
    if (!(got->value >= 0 && got->value < (double)RECORDS * WRITERS)) return stress_say("no value: %g", got->value);
    *writer = (uint32_t)got->value % WRITERS;
    *number = (uint32_t)got->value / WRITERS;
    struct tacho__exemplar want = record(*writer, *number);
    if (got->value == want.value && got->time_ms == want.time_ms && got->len == want.len &&
        memcmp(got->bytes, want.bytes, want.len) == 0)
        return true;
    return stress_say("record %u of writer %u is not whole", *number, *writer);
}

static uint64_t slot_memory[TACHO__EXEMPLAR_SLOT / 8];
static void *const slot = slot_memory;

/* ---- Threads ----------------------------------------------------------------------------------------------------- */

static _Atomic bool over;
static uint64_t clock_step;                  /* how far each store moves the clock of the test; 0: the real clock */
static _Atomic uint64_t clock_ns;
static _Atomic uint64_t stored_total, taken_over_total, seen_total;
static unsigned char *stored[WRITERS];       /* by number: 1 if the store said so */
static unsigned char *seen[READERS][WRITERS]; /* by number: 1 if it was loaded */
static _Thread_local bool claimed;           /* the present store got as far as a word */

static void note_and_yield_sometimes(const char *tag)
{
    static _Thread_local uint32_t turn;
    claimed = claimed || strcmp(tag, "X2") == 0;
    if (++turn % 499 == 0) (void)sched_yield();
}

static uint64_t now(void)
{
    return clock_step ? atomic_fetch_add_explicit(&clock_ns, clock_step, memory_order_relaxed) : tacho__clock_ns();
}

static void *write_records(void *arg)
{
    uint32_t writer = *(const uint32_t *)arg;
    for (uint32_t number = 0; number < RECORDS && !RELAXED(&over); number++) {
        struct tacho__exemplar exemplar = record(writer, number);
        claimed = false;
        stored[writer][number] = tacho__exemplar_store(slot, &exemplar, now());
        tacho__count(stored[writer][number] ? &stored_total : &taken_over_total, claimed);
        /* Who holds the slot may wait for a CPU; and readers would wait for one only while somebody holds it. */
        if (!stored[writer][number] || number % 64 == 0) (void)sched_yield();
    }
    return NULL;
}

/* Returns what is wrong, or NULL. Of one writer, later loads show later records. */
static void *read_records(void *arg)
{
    uint32_t reader = *(const uint32_t *)arg, last[WRITERS] = { 0 }, writer, number;
    while (!RELAXED(&over)) {
        struct tacho__exemplar got;
        if (!tacho__exemplar_load(slot, &got)) {
            (void)sched_yield();
            continue;
        }
        if (!is_whole(&got, &writer, &number)) return "not whole";
        if (number < last[writer]) return "older than the one before";
        last[writer] = number;
        seen[reader][writer][number] = 1;
        tacho__count(&seen_total, 1);
    }
    return NULL;
}

static unsigned char *flags(void)
{
    unsigned char *memory = calloc(RECORDS, 1);
    assert_non_null(memory);
    return memory;
}

/* What was seen was stored, by the word of the store itself. */
static void check_what_was_seen(void)
{
    for (uint32_t reader = 0; reader < READERS; reader++) {
        for (uint32_t writer = 0; writer < WRITERS; writer++) {
            for (uint32_t number = 0; number < RECORDS; number++) {
                if (seen[reader][writer][number] > stored[writer][number])
                    fail_msg("record %u of writer %u was dropped, and seen", number, writer);
            }
            free(seen[reader][writer]);
        }
    }
    for (uint32_t writer = 0; writer < WRITERS; writer++) free(stored[writer]);
    print_message("%llu stored, %llu taken over, %llu loads\n", (unsigned long long)RELAXED(&stored_total),
                  (unsigned long long)RELAXED(&taken_over_total), (unsigned long long)RELAXED(&seen_total));
}

/* For half a second, and until enough was seen. */
static void race(uint64_t step)
{
    static uint32_t indexes[WRITERS] = { 0, 1, 2, 3 };
    pthread_t writers[WRITERS], readers[READERS];
    clock_step = step;
    RELAX(&clock_ns, 1000u * (uint64_t)SECOND);
    RELAX(&over, false);
    RELAX(&stored_total, 0);
    RELAX(&taken_over_total, 0);
    RELAX(&seen_total, 0);
    memset(slot_memory, 0, sizeof slot_memory);
    for (size_t i = 0; i < WRITERS; i++) stored[i] = flags();
    for (size_t i = 0; i < READERS * WRITERS; i++) seen[i / WRITERS][i % WRITERS] = flags();
    tacho__edge_hook = note_and_yield_sometimes;
    for (size_t i = 0; i < READERS; i++)
        assert_int_equal(pthread_create(&readers[i], NULL, read_records, &indexes[i]), 0);
    for (size_t i = 0; i < WRITERS; i++)
        assert_int_equal(pthread_create(&writers[i], NULL, write_records, &indexes[i]), 0);
    double until = stress_now() + stress_seconds(0.5);
    while (stress_now() < until || RELAXED(&seen_total) < 1000 || (step && RELAXED(&taken_over_total) < 10))
        stress_pass(0.01);
    RELAX(&over, true);
    for (size_t i = 0; i < WRITERS; i++) (void)pthread_join(writers[i], NULL);
    for (size_t i = 0; i < READERS; i++) {
        void *wrong;
        (void)pthread_join(readers[i], &wrong);
        if (wrong) fail_msg("%s", (const char *)wrong);
    }
    tacho__edge_hook = NULL;
    check_what_was_seen();
}

static void every_load_is_one_that_was_stored_whole_and_in_order(void **state)
{
    (void)state;
    stress_begin(__func__, 60);
    race(0);
    struct tacho__exemplar got, last = record(0, 0);
    uint32_t writer, number;
    assert_true(tacho__exemplar_load(slot, &got) && is_whole(&got, &writer, &number));
    assert_true(tacho__exemplar_store(slot, &last, tacho__clock_ns()));
    assert_true(tacho__exemplar_load(slot, &got) && got.value == last.value);
    stress_end();
}

/* The clock runs so fast that a claim is older than a second after a few stores of others: writers are taken over that
 * are not even stopped, and go on. */
static void writers_that_are_taken_over_and_go_on_are_never_seen(void **state)
{
    (void)state;
    stress_begin(__func__, 60);
    race(SECOND / 3);
    stress_end();
}

/* ---- Signal handlers --------------------------------------------------------------------------------------------- */

static volatile sig_atomic_t handled, handled_stored;

static void store_in_handler(int signal)
{
    (void)signal;
    handled = handled + 1;
    struct tacho__exemplar exemplar = record(1, (uint32_t)handled);
    if (tacho__exemplar_store(slot, &exemplar, tacho__clock_ns())) handled_stored = handled_stored + 1;
}

static void a_handler_that_interrupts_a_store_never_waits_and_mixes_nothing(void **state)
{
    (void)state;
    struct stress_storm storm;
    stress_begin(__func__, 60);
    memset(slot_memory, 0, sizeof slot_memory);
    handled = handled_stored = 0;
    assert_true(stress_storm_begin(&storm, SIGUSR1, 50, store_in_handler));
    double until = stress_now() + stress_seconds(0.5);
    uint32_t number = 0, writer, which, dropped = 0;
    while (stress_now() < until) {
        struct tacho__exemplar exemplar = record(0, ++number % RECORDS), got;
        dropped += !tacho__exemplar_store(slot, &exemplar, tacho__clock_ns());
        if (tacho__exemplar_load(slot, &got)) assert_true(is_whole(&got, &writer, &which));
    }
    stress_storm_end(&storm);
    print_message("%u stores, %u of them dropped; %d in handlers, %d of them stored\n", number, dropped, (int)handled,
                  (int)handled_stored);
    assert_true(handled_stored > 0);
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
    struct tacho__exemplar exemplar = record(2, 4);
    passages = 0;
    tacho__edge_hook = die_at_passage;
    return tacho__exemplar_store(shared, &exemplar, tacho__clock_ns()) ? 0 : 1;
}

static void a_process_killed_at_any_edge_of_a_store_blocks_the_slot_for_a_second_at_most(void **state)
{
    (void)state;
    stress_begin(__func__, 60);
    struct tacho__exemplar before = record(1, 1), after = record(3, 3), got;
    void *shared = stress_shared(TACHO__EXEMPLAR_SLOT);
    int end = -SIGKILL;
    for (deadly_passage = 1; end == -SIGKILL; deadly_passage++) {
        memset(shared, 0, TACHO__EXEMPLAR_SLOT);
        assert_true(tacho__exemplar_store(shared, &before, tacho__clock_ns()));
        end = stress_wait(stress_fork(store_and_die, shared));
        if (end == 0) break; /* it has no more edges */
        assert_int_equal(end, -SIGKILL);
        assert_int_equal(tacho__exemplar_load(shared, &got), deadly_passage == 1); /* before the claim */
        assert_true(tacho__exemplar_store(shared, &after, tacho__clock_ns() + 2 * (uint64_t)SECOND));
        assert_true(tacho__exemplar_load(shared, &got) && got.value == after.value);
    }
    assert_int_equal(end, 0);
    assert_true(deadly_passage > 5);
    assert_true(tacho__exemplar_load(shared, &got) && got.value == record(2, 4).value);
    stress_unshare(shared, TACHO__EXEMPLAR_SLOT);
    stress_end();
}

struct crowd {
    uint64_t slot[TACHO__EXEMPLAR_SLOT / 8];
    _Atomic uint64_t clock_ns; /* moved on by who comes after a death */
    _Atomic uint32_t stores;
};

static int store_for_ever(void *arg)
{
    struct crowd *crowd = arg;
    for (uint32_t number = 0;; number = (number + 1) % RECORDS) {
        struct tacho__exemplar exemplar = record((uint32_t)getpid() % WRITERS, number);
        (void)tacho__exemplar_store(crowd->slot, &exemplar, RELAXED(&crowd->clock_ns));
        atomic_fetch_add_explicit(&crowd->stores, 1, memory_order_relaxed);
    }
    return 0;
}

/* Two children write; one of them is killed wherever it is, and another one comes. */
static void processes_killed_anywhere_leave_a_slot_that_works(void **state)
{
    (void)state;
    stress_begin(__func__, 60);
    struct crowd *crowd = stress_shared(sizeof *crowd);
    uint64_t random = stress_seed();
    size_t claims_left = 0;
    RELAX(&crowd->clock_ns, 1000u * (uint64_t)SECOND);
    pid_t children[2] = { stress_fork(store_for_ever, crowd), stress_fork(store_for_ever, crowd) };
    for (size_t round = stress_scaled(100); round; round--) {
        struct tacho__exemplar got;
        uint32_t writer, number, enough = RELAXED(&crowd->stores) + stress_random(&random, 200);
        while (RELAXED(&crowd->stores) - enough > UINT32_MAX / 2)
            if (tacho__exemplar_load(crowd->slot, &got)) assert_true(is_whole(&got, &writer, &number));
        size_t victim = round % 2;
        (void)kill(children[victim], SIGKILL);
        assert_int_equal(stress_wait(children[victim]), -SIGKILL);
        (void)kill(children[!victim], SIGKILL);
        assert_int_equal(stress_wait(children[!victim]), -SIGKILL);
        claims_left += !tacho__exemplar_load(crowd->slot, &got);
        atomic_fetch_add_explicit(&crowd->clock_ns, 2 * (uint64_t)SECOND, memory_order_relaxed);
        struct tacho__exemplar exemplar = record(0, (uint32_t)round);
        assert_true(tacho__exemplar_store(crowd->slot, &exemplar, RELAXED(&crowd->clock_ns)));
        assert_true(tacho__exemplar_load(crowd->slot, &got) && got.value == exemplar.value);
        for (size_t i = 0; i < 2; i++) children[i] = stress_fork(store_for_ever, crowd);
    }
    for (size_t i = 0; i < 2; i++) {
        (void)kill(children[i], SIGKILL);
        (void)stress_wait(children[i]);
    }
    print_message("%zu deaths left a claim behind\n", claims_left);
    stress_unshare(crowd, sizeof *crowd);
    stress_end();
}

/* ---- [X1], [X2] -------------------------------------------------------------------------------------------------- */

enum { TURNS = 2000 };
static uint64_t plain; /* nothing but the edge orders it */
static _Atomic uint32_t turn;

/* Two threads take turns, which a relaxed number gives; each finds in `plain` what the other wrote before its store. */
static void *store_in_turn(void *arg)
{
    uint32_t own = *(const uint32_t *)arg;
    for (uint32_t i = own; i < TURNS; i += 2) {
        struct tacho__exemplar exemplar = record(own, i);
        while (RELAXED(&turn) != i) (void)sched_yield();
        if (!tacho__exemplar_store(slot, &exemplar, tacho__clock_ns())) return "dropped";
        if (plain != i) return "not what was written";
        plain = i + 1;
        if (!tacho__exemplar_store(slot, &exemplar, tacho__clock_ns())) return "dropped";
        RELAX(&turn, i + 1);
    }
    return NULL;
}

static void what_a_store_writes_comes_after_the_store_before(void **state)
{
    (void)state;
    stress_begin(__func__, 60);
    static uint32_t indexes[2] = { 0, 1 };
    pthread_t threads[2];
    memset(slot_memory, 0, sizeof slot_memory);
    plain = 0;
    RELAX(&turn, 0);
    for (size_t i = 0; i < 2; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, store_in_turn, &indexes[i]), 0);
    for (size_t i = 0; i < 2; i++) {
        void *wrong;
        (void)pthread_join(threads[i], &wrong);
        if (wrong) fail_msg("%s", (const char *)wrong);
    }
    stress_end();
}

enum { FACTS = 5000 };
static uint64_t facts[FACTS];

static void *load_and_read_facts(void *arg)
{
    uint32_t writer, number = 0;
    (void)arg;
    while (number != FACTS - 1) {
        struct tacho__exemplar got;
        if (!tacho__exemplar_load(slot, &got)) {
            (void)sched_yield();
            continue;
        }
        if (!is_whole(&got, &writer, &number)) return "not whole";
        if (facts[number] != number + 7) return "not what was written";
    }
    return NULL;
}

static void what_was_done_before_a_store_is_seen_by_who_loads_it(void **state)
{
    (void)state;
    stress_begin(__func__, 60);
    pthread_t reader;
    memset(slot_memory, 0, sizeof slot_memory);
    assert_int_equal(pthread_create(&reader, NULL, load_and_read_facts, NULL), 0);
    for (uint32_t i = 0; i < FACTS; i++) {
        struct tacho__exemplar exemplar = record(0, i);
        facts[i] = i + 7;
        assert_true(tacho__exemplar_store(slot, &exemplar, tacho__clock_ns()));
    }
    void *wrong;
    (void)pthread_join(reader, &wrong);
    if (wrong) fail_msg("%s", (const char *)wrong);
    stress_end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_load_is_one_that_was_stored_whole_and_in_order),
        cmocka_unit_test(writers_that_are_taken_over_and_go_on_are_never_seen),
        cmocka_unit_test(a_handler_that_interrupts_a_store_never_waits_and_mixes_nothing),
        cmocka_unit_test(a_process_killed_at_any_edge_of_a_store_blocks_the_slot_for_a_second_at_most),
        cmocka_unit_test(processes_killed_anywhere_leave_a_slot_that_works),
        cmocka_unit_test(what_a_store_writes_comes_after_the_store_before),
        cmocka_unit_test(what_was_done_before_a_store_is_seen_by_who_loads_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
