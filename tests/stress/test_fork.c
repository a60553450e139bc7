/*
 * test_fork.c - a private registry in a forked child: whole and usable, whatever other threads were doing, whichever
 * lock they held, and also when a signal handler forks in the middle of a call and the child returns into it.
 *
 * Covers the forks at [K1], [S1], [S2], [S3], [S4], [B1], [C1], [F1], [G2] and [G3].
 */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <tacho/expose.h>

#include "grace.h"
#include "support/audit.h"
#include "support/stress.h"

static struct rig {
    tacho_registry *reg;
    tacho_counter *plain;
    tacho_counter_vec *kept;
    tacho_counter_vec *passing;
    tacho_histogram_vec *spread;
    tacho_counter *later;
} rig;

static const tacho_desc rows[] = {
    { .counter = &rig.plain, .name = "plain_total", .help = "Stays." },
    { .counter_vec = &rig.kept, .name = "kept_total", .help = "Stays.", .labels = { "id" } },
    { .counter_vec = &rig.passing, .name = "passing_total", .help = "Comes and goes.", .labels = { "id" },
      .max_series = 10000 },
    { .histogram_vec = &rig.spread, .name = "spread", .help = "Comes and goes.", .labels = { "id" } },
};
static const tacho_desc later_rows[] = { { .counter = &rig.later, .name = "later_total", .help = "Comes later." } };

static void rig_open(void)
{
    rig.reg = tacho_registry_new(NULL);
    assert_int_equal(TACHO_DEFINE(rig.reg, rows), TACHO_OK);
    for (int i = 0; i < 20; i++) {
        char id[16];
        (void)snprintf(id, sizeof id, "%d", i);
        tacho_counter_add_at(rig.kept, TACHO_LABELS(id), 7);
    }
}

static void rig_close(void)
{
    tacho_registry_free(rig.reg);
    rig = (struct rig){ 0 };
}

/* What a process can do with its registry: all of it. */
static bool all_works(void)
{
    static unsigned number;
    char id[32], series[64];
    (void)snprintf(id, sizeof id, "new %u", ++number);
    tacho_counter *counter = tacho_counter_at(rig.passing, TACHO_LABELS(id));
    tacho_counter_add(counter, 3);
    tacho_counter_add_at(rig.passing, TACHO_LABELS(id), 4);
    tacho_histogram_observe_at(rig.spread, TACHO_LABELS(id), 0.5);
    tacho_counter_inc(rig.plain);
    struct exposition *page = stress_scrape(rig.reg, 4096);
    if (!page) return false;
    (void)snprintf(series, sizeof series, "passing_total{id=\"%s\"}", id);
    bool ok = exposition_value(page, series) == 7 && exposition_value(page, "kept_total{id=\"19\"}") == 7;
    exposition_free(page);
    if (!ok) return stress_say("%s is not 7", series);
    if (tacho_counter_remove_at(rig.passing, TACHO_LABELS(id)) != TACHO_OK) return stress_say("no removal");
    if (tacho_histogram_clear(rig.spread) != TACHO_OK) return stress_say("no clearing");
    if (TACHO_DEFINE(rig.reg, later_rows) != TACHO_OK) return stress_say("no definition");
    tacho_counter_inc(rig.later);
    return audit_registry(rig.reg, NULL);
}

static int check_in_child(void *arg)
{
    (void)arg;
    tacho__edge_hook = NULL;
    (void)alarm(30);
    return all_works() ? 0 : 1;
}

/* ---- Another thread is in the middle of it ------------------------------------------------------------------- */

static sem_t there, go_on;
static const char *wait_tag;
static _Thread_local bool waits;

static void wait_there(const char *tag)
{
    if (!waits || strcmp(tag, wait_tag) != 0) return;
    waits = false;
    (void)sem_post(&there);
    while (sem_wait(&go_on) != 0) continue;
}

/* Passes every edge that there is under the lock. */
static void *change(void *arg)
{
    (void)arg;
    waits = true;
    for (int i = 0; i < 300 && waits; i++) {
        char id[32];
        (void)snprintf(id, sizeof id, "%s %d", wait_tag, i);
        tacho_counter_inc_at(rig.passing, TACHO_LABELS(id));
    }
    if (TACHO_DEFINE(rig.reg, later_rows) != TACHO_OK) abort();
    return NULL;
}

static const char *const tags[] = { "S1", "B1", "S4", "S2", "S3", "C1", "K1", "F1", "G2", "G3" };

static pthread_t stop_a_thread_at(const char *tag)
{
    pthread_t thread;
    wait_tag = tag;
    tacho__edge_hook = wait_there;
    assert_int_equal(pthread_create(&thread, NULL, change, NULL), 0);
    while (sem_wait(&there) != 0) continue;
    return thread;
}

static void let_it_go_on(pthread_t thread)
{
    (void)sem_post(&go_on);
    (void)pthread_join(thread, NULL);
    tacho__edge_hook = NULL;
}

static void a_child_forked_while_another_thread_is_inside_the_creation_lock_can_do_everything(void **state)
{
    (void)state;
    stress_begin(__func__, 100);
    for (size_t i = 0; i < TACHO_COUNT(tags); i++) {
        rig_open();
        pthread_t thread = stop_a_thread_at(tags[i]);
        int end = stress_wait(stress_fork(check_in_child, NULL));
        if (end != 0) fail_msg("a child forked at [%s] ended with %d", tags[i], end);
        let_it_go_on(thread);
        assert_true(all_works());
        rig_close();
    }
    stress_end();
}

static int check_in_grandchild_first(void *arg)
{
    int end = stress_wait(stress_fork(check_in_child, NULL));
    return end ? end : check_in_child(arg);
}

static void a_grandchild_can_do_everything_too(void **state)
{
    (void)state;
    stress_begin(__func__, 60);
    rig_open();
    pthread_t thread = stop_a_thread_at("S1");
    assert_int_equal(stress_wait(stress_fork(check_in_grandchild_first, NULL)), 0);
    let_it_go_on(thread);
    rig_close();
    stress_end();
}

/* ---- Other threads are anywhere -------------------------------------------------------------------------------- */

static _Atomic bool over;
static _Atomic uint64_t counted;

static void *mutate(void *arg)
{
    uint64_t random = (uint64_t)(uintptr_t)arg;
    while (!atomic_load_explicit(&over, memory_order_relaxed)) {
        char id[32];
        (void)snprintf(id, sizeof id, "%u", stress_random(&random, 300));
        switch (stress_random(&random, 6)) {
        case 0: (void)tacho_counter_remove_at(rig.passing, TACHO_LABELS(id)); break;
        case 1: tacho_histogram_observe_at(rig.spread, TACHO_LABELS(id), 1); break;
        case 2: (void)tacho_histogram_remove_at(rig.spread, TACHO_LABELS(id)); break;
        default: tacho_counter_inc_at(rig.passing, TACHO_LABELS(id)); break;
        }
        tacho_counter_inc(rig.plain);
        atomic_fetch_add_explicit(&counted, 1, memory_order_relaxed);
    }
    return NULL;
}

static void children_forked_at_any_moment_can_do_everything_and_the_parent_loses_nothing(void **state)
{
    (void)state;
    pthread_t threads[3];
    stress_begin(__func__, 100);
    rig_open();
    atomic_store(&over, false);
    atomic_store(&counted, 0);
    for (uintptr_t i = 0; i < TACHO_COUNT(threads); i++)
        assert_int_equal(pthread_create(&threads[i], NULL, mutate, (void *)(i + 1)), 0);
    size_t children = stress_scaled(300);
    for (size_t i = 0; i < children; i++) assert_int_equal(stress_wait(stress_fork(check_in_child, NULL)), 0);
    atomic_store(&over, true);
    for (size_t i = 0; i < TACHO_COUNT(threads); i++) (void)pthread_join(threads[i], NULL);
    assert_true(tacho_counter_value(rig.plain) == (double)atomic_load(&counted));
    assert_true(all_works());
    rig_close();
    stress_end();
}

/* ---- A signal handler forks ---------------------------------------------------------------------------------------- */

static volatile sig_atomic_t fork_countdown; /* the n-th passage of the tag raises the signal; 0: none */
static volatile pid_t forked;                /* 0 in the child */

static void fork_here(int signal)
{
    (void)signal;
    forked = fork();
}

static void raise_there(const char *tag)
{
    if (fork_countdown == 0 || strcmp(tag, wait_tag) != 0 || --fork_countdown) return;
    (void)raise(SIGUSR1);
}

static void create_some(void)
{
    for (int i = 0; i < 40; i++) {
        char id[32];
        (void)snprintf(id, sizeof id, "%s %d", wait_tag, i);
        tacho_counter_inc_at(rig.passing, TACHO_LABELS(id));
    }
}

static void remove_some(void)
{
    for (int i = 0; i < 40; i++) {
        char id[32];
        (void)snprintf(id, sizeof id, "%s %d", wait_tag, i);
        if (tacho_counter_remove_at(rig.passing, TACHO_LABELS(id)) != TACHO_OK) abort();
    }
}

static void define_more(void)
{
    if (TACHO_DEFINE(rig.reg, later_rows) != TACHO_OK) abort();
}

static void scrape_all(void)
{
    struct exposition *page = stress_scrape(rig.reg, 64);
    if (!page) abort();
    exposition_free(page);
}

static void fork_in(void (*call)(void), const char *tag, int passage)
{
    wait_tag = tag;
    fork_countdown = passage;
    forked = -1;
    tacho__edge_hook = raise_there;
    call();
    tacho__edge_hook = NULL;
    if (forked == 0) _exit(check_in_child(NULL)); /* having returned into the call */
    if (forked == -1) fail_msg("passage %d of [%s] never came", passage, tag);
    int end = stress_wait(forked);
    if (end != 0) fail_msg("the child forked at passage %d of [%s] ended with %d", passage, tag, end);
    assert_true(all_works());
}

static void a_signal_handler_may_fork_in_the_middle_of_any_call_and_the_child_returns_into_it(void **state)
{
    (void)state;
    stress_begin(__func__, 100);
    (void)signal(SIGUSR1, fork_here);
    for (size_t i = 0; i < TACHO_COUNT(tags); i++) {
        bool defines = strcmp(tags[i], "F1") == 0;
        for (int passage = 1; passage <= (defines || tags[i][0] == 'C' ? 1 : 3); passage += 2) {
            rig_open();
            fork_in(defines ? define_more : create_some, tags[i], passage);
            if (strcmp(tags[i], "S1") == 0) fork_in(remove_some, tags[i], passage);
            if (tags[i][0] == 'G') fork_in(scrape_all, tags[i], passage);
            rig_close();
        }
    }
    (void)signal(SIGUSR1, SIG_DFL);
    stress_end();
}

static volatile sig_atomic_t alarmed;

static void fork_when_alarmed(int signal)
{
    if (alarmed) return;
    fork_here(signal);
    alarmed = 1;
}

/* The handler forks while its thread waits for the lock, which another thread has: in the child nobody has it. */
static void a_signal_handler_may_fork_while_its_thread_waits_for_the_lock(void **state)
{
    (void)state;
#if defined(__SANITIZE_THREAD__)
    print_message("ThreadSanitizer keeps signals back until the wait is over: nothing to try\n");
    skip();
#endif
    stress_begin(__func__, 60);
    rig.reg = tacho_registry_new(&(tacho_registry_options){ .creation_wait_ms = 500 });
    assert_int_equal(TACHO_DEFINE(rig.reg, rows), TACHO_OK);
    for (int i = 0; i < 20; i++) {
        char id[16];
        (void)snprintf(id, sizeof id, "%d", i);
        tacho_counter_add_at(rig.kept, TACHO_LABELS(id), 7);
    }
    pthread_t thread = stop_a_thread_at("S1");
    struct stress_storm storm;
    alarmed = 0;
    assert_true(stress_storm_begin(&storm, SIGUSR1, 100000, fork_when_alarmed));
    tacho_counter_inc_at(rig.passing, TACHO_LABELS("waiting")); /* until the wait is over, or in the child: at once */
    if (alarmed && forked == 0) {
        double own = tacho_counter_value(tacho_counter_at(rig.passing, TACHO_LABELS("waiting")));
        if (own != 1) _exit(stress_say("counted is %g", own) ? 0 : 1);
        _exit(all_works() ? 0 : 1);
    }
    stress_storm_end(&storm);
    if (alarmed) assert_int_equal(stress_wait(forked), 0);
    let_it_go_on(thread);
    assert_true(all_works());
    rig_close();
    stress_end();
}

/* ---- The parent's reader stays announced ------------------------------------------------------------------------- */

static int leave_in_child(void *arg)
{
    tacho__grace_leave(*(tacho__reader *)arg);
    return all_works() ? 0 : 1;
}

static void a_child_that_leaves_a_lookup_does_not_end_the_lookup_of_its_parent(void **state)
{
    (void)state;
    rig_open();
    for (int guest = 0; guest < 2; guest++) {
        uint32_t horizon = 0, stamp;
        if (guest) tacho__grace_slots = 0;
        tacho__reader reader = tacho__grace_enter();
        stamp = tacho__grace_stamp();
        assert_int_equal(stress_wait(stress_fork(leave_in_child, &reader)), 0);
        assert_false(tacho__grace_horizon(TACHO__GRACE_SHARED, &horizon) && tacho__grace_passed(stamp, horizon));
        tacho__grace_leave(reader);
        assert_true(tacho__grace_horizon(TACHO__GRACE_SHARED, &horizon));
        assert_true(tacho__grace_passed(stamp, horizon));
        tacho__grace_slots = 4096;
    }
    rig_close();
}

struct staying {
    tacho__reader reader;
    _Atomic bool *left; /* by the parent */
};

static int stay_in_child(void *arg)
{
    struct staying *staying = arg;
    uint32_t horizon = 0, stamp = tacho__grace_stamp();
    while (!atomic_load(staying->left)) (void)sched_yield();
    if (tacho__grace_horizon(TACHO__GRACE_SHARED, &horizon) && tacho__grace_passed(stamp, horizon)) return 1;
    tacho__grace_leave(staying->reader);
    return tacho__grace_horizon(TACHO__GRACE_SHARED, &horizon) && tacho__grace_passed(stamp, horizon) ? 0 : 2;
}

static void a_child_forked_in_a_lookup_is_in_it_until_it_leaves_itself(void **state)
{
    (void)state;
    rig_open();
    struct staying staying = { .left = stress_shared(4096) };
    for (int guest = 0; guest < 2; guest++) {
        if (guest) tacho__grace_slots = 0;
        atomic_store(staying.left, false);
        staying.reader = tacho__grace_enter();
        pid_t child = stress_fork(stay_in_child, &staying);
        tacho__grace_leave(staying.reader);
        atomic_store(staying.left, true);
        assert_int_equal(stress_wait(child), 0);
        tacho__grace_slots = 4096;
    }
    stress_unshare(staying.left, 4096);
    rig_close();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_child_forked_while_another_thread_is_inside_the_creation_lock_can_do_everything),
        cmocka_unit_test(a_grandchild_can_do_everything_too),
        cmocka_unit_test(children_forked_at_any_moment_can_do_everything_and_the_parent_loses_nothing),
        cmocka_unit_test(a_signal_handler_may_fork_in_the_middle_of_any_call_and_the_child_returns_into_it),
        cmocka_unit_test(a_signal_handler_may_fork_while_its_thread_waits_for_the_lock),
        cmocka_unit_test(a_child_that_leaves_a_lookup_does_not_end_the_lookup_of_its_parent),
        cmocka_unit_test(a_child_forked_in_a_lookup_is_in_it_until_it_leaves_itself),
    };
    (void)sem_init(&there, 0, 0);
    (void)sem_init(&go_on, 0, 0);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
