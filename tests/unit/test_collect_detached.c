/*
 * test_collect_detached.c - collectors on threads of their own: what those are like, what becomes of a run that hangs, and
 * what of both in a forked child.
 */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <sys/resource.h>
#include <unistd.h>

#include "clock.h"
#include "support/gated.h"
#include "support/stress.h"

#define SECOND ((uint64_t)1000000000)
#define LONG_MS (1000u * 1000)
#define DETACHED TACHO_COLLECT_DETACHED
#define KEEPING (TACHO_COLLECT_DETACHED | TACHO_COLLECT_KEEP_LAST)

static tacho_registry *new_registry(void)
{
    tacho_registry *reg = tacho_registry_new(NULL);
    assert_non_null(reg);
    return reg;
}

static void end(tacho_registry *reg, struct gated *gated)
{
    tacho_registry_free(reg);
    gated_await_release(gated);
    assert_int_equal(atomic_load(&gated->releases), 1);
    gated_free(gated);
}

/* A scrape that was given up at its deadline, with a run that hangs. */
static struct exposition *hang(tacho_registry *reg, struct gated *gated)
{
    gated->holds = true;
    tacho_scrape *scrape = gated_open(reg, LONG_MS, true);
    gated_await_run(gated);
    tacho__clock_ahead_ns += LONG_MS / 1000 * SECOND;
    assert_int_equal(tacho_scrape_ready(scrape), 1);
    return gated_read(scrape);
}

static void show(tacho_registry *reg, const struct gated *gated, double value, int success)
{
    struct exposition *page = gated_scrape(reg, LONG_MS);
    assert_gated(page, gated, value, success);
    exposition_free(page);
}

/* ---- The thread -------------------------------------------------------------------------------------------- */

static void use_the_stack(struct gated *self, tacho_emitter *out)
{
#if defined(TACHO_SANITIZED) /* which takes much of it */
    volatile char room[1 << 10];
#else
    volatile char room[200 << 10];
#endif
    (void)self, (void)out;
    for (size_t i = 0; i < sizeof room; i += 1024) room[i] = 1;
}

static void a_run_has_a_thread_with_a_stack_of_its_own_and_no_signals(void **state)
{
    sigset_t before, after;
    tacho_registry *reg = new_registry();
    (void)state;
    struct gated *gated = gated_add(reg, "apart", DETACHED);
    gated->inside = use_the_stack;
    (void)pthread_sigmask(SIG_SETMASK, NULL, &before);
    show(reg, gated, 1, 1);
    (void)pthread_sigmask(SIG_SETMASK, NULL, &after);
    assert_false(pthread_equal(gated->thread, pthread_self()));
    for (int signal = 1; signal < 32; signal++) {
        bool fault = signal == SIGSEGV || signal == SIGBUS || signal == SIGFPE || signal == SIGILL;
        if (signal == SIGKILL || signal == SIGSTOP) continue;
        if (sigismember(&gated->blocked, signal) == fault) fail_msg("signal %d is%s blocked", signal, fault ? "" : " not");
        assert_int_equal(sigismember(&after, signal), sigismember(&before, signal));
    }
    end(reg, gated);
}

static void all_runs_use_the_one_thread_that_ends_when_the_collector_is_taken_out(void **state)
{
    tacho_registry *reg = new_registry();
    int before = gated_threads();
    (void)state;
    struct gated *gated = gated_add(reg, "one", DETACHED);
    assert_int_equal(gated_threads(), before); /* it is started when it is needed */
    show(reg, gated, 1, 1);
    pthread_t first = gated->thread;
    for (int i = 0; i < 50; i++) {
        gated->value = i;
        show(reg, gated, i, 1);
        assert_true(pthread_equal(gated->thread, first));
        if (before) assert_int_equal(gated_threads(), before + 1);
    }
    assert_int_equal(atomic_load(&gated->runs), 51);
    assert_int_equal(tacho_registry_remove(reg, &gated->collector), TACHO_OK);
    gated_await_threads(before);
    end(reg, gated);
}

static void the_runs_of_a_scrape_are_side_by_side(void **state)
{
    enum { MANY = 5 };
    struct gated *gated[MANY];
    tacho_registry *reg = new_registry();
    (void)state;
    for (int i = 0; i < MANY; i++) {
        gated[i] = gated_add(reg, (const char[]){ (char)('a' + i), '\0' }, DETACHED);
        gated[i]->holds = true;
    }
    tacho_scrape *scrape = gated_open(reg, LONG_MS, true);
    for (int i = 0; i < MANY; i++) gated_await_run(gated[i]); /* all are inside */
    for (int i = 0; i < MANY; i++) gated_let_go(gated[i]);
    struct exposition *page = gated_read(scrape);
    for (int i = 0; i < MANY; i++) assert_gated(page, gated[i], 1, 1);
    exposition_free(page);
    tacho_registry_free(reg);
    for (int i = 0; i < MANY; i++) gated_free(gated[i]);
}

/* ---- A run that hangs ---------------------------------------------------------------------------------------- */

static void a_run_that_hangs_is_left_at_the_deadline_and_not_waited_for_again(void **state)
{
    tacho_registry *reg = new_registry();
    (void)state;
    struct gated *hanging = gated_new("hanging");
    hanging->ops.deadline_ms = 20;
    hanging->holds = true;
    gated_plug(reg, hanging);
    struct gated *quick = gated_add(reg, "quick", DETACHED);
    double begin = stress_now();
    show(reg, hanging, -1, 0);
    assert_true(stress_now() - begin >= 0.020);
    for (int i = 1; i <= 10; i++) { /* they are given so long that the test would not end */
        quick->value = i;
        struct exposition *page = gated_scrape(reg, LONG_MS);
        assert_gated(page, hanging, -1, 0);
        assert_gated(page, quick, i, 1);
        assert_true(gated_failures(page, hanging, "deadline") == 1);
        assert_true(gated_failures(page, hanging, "busy") == i);
        assert_true(gated_failures(page, quick, "deadline") + gated_failures(page, quick, "busy") == 0);
        assert_true(gated_self(page, "duration_seconds", hanging) >= 0.020);
        exposition_free(page);
    }
    assert_int_equal(atomic_load(&hanging->runs), 1);
    gated_let_end(reg, hanging);
    hanging->holds = false;
    hanging->value = 7;
    show(reg, hanging, 7, 1);
    tacho_registry_free(reg);
    gated_free(quick);
    gated_free(hanging);
}

static void what_it_brings_when_it_comes_back_is_the_last_good_result(void **state)
{
    (void)state;
    for (uint32_t flags = DETACHED; flags <= KEEPING; flags += TACHO_COLLECT_KEEP_LAST) {
        bool keeps = flags == KEEPING;
        tacho_registry *reg = new_registry();
        struct gated *gated = gated_add(reg, "hanging", flags);
        show(reg, gated, 1, 1);
        gated->value = 2;
        struct exposition *page = hang(reg, gated);
        assert_gated(page, gated, keeps ? 1 : -1, 0);
        double when = gated_self(page, "last_success_timestamp_seconds", gated);
        exposition_free(page);
        show(reg, gated, keeps ? 1 : -1, 0);
        gated_let_end(reg, gated);
        gated->value = 3;
        page = hang(reg, gated);
        assert_gated(page, gated, keeps ? 2 : -1, 0);
        assert_true(gated_self(page, "last_success_timestamp_seconds", gated) >= when);
        assert_true(gated_failures(page, gated, "deadline") == 2);
        assert_true(gated_failures(page, gated, "busy") == 1);
        assert_true(gated_failures(page, gated, "error") == 0);
        exposition_free(page);
        gated_let_end(reg, gated);
        end(reg, gated);
    }
}

static void a_late_error_is_counted_once(void **state)
{
    tacho_registry *reg = new_registry();
    (void)state;
    struct gated *gated = gated_add(reg, "failing", KEEPING);
    gated->result = TACHO_ERR_IO;
    exposition_free(hang(reg, gated));
    gated_let_end(reg, gated);
    gated->holds = false;
    gated->result = TACHO_OK;
    struct exposition *page = gated_scrape(reg, LONG_MS);
    assert_gated(page, gated, 1, 1);
    assert_true(gated_failures(page, gated, "deadline") == 1);
    assert_true(gated_failures(page, gated, "error") == 0);
    exposition_free(page);
    end(reg, gated);
}

static void a_cached_result_that_came_late_is_as_good_as_any_while_it_is_fresh(void **state)
{
    tacho_registry *reg = new_registry();
    (void)state;
    struct gated *gated = gated_new("cached");
    gated->ops.cache_ms = 60 * 1000;
    gated_plug(reg, gated);
    struct exposition *page = hang(reg, gated);
    assert_gated(page, gated, -1, 0);
    exposition_free(page);
    gated_let_end(reg, gated);
    show(reg, gated, 1, 1);
    assert_int_equal(atomic_load(&gated->runs), 1);
    end(reg, gated);
}

/* ---- Threads that there are not; other processes --------------------------------------------------------------------- */

static void *no_thread(void *arg)
{
    return arg;
}

static int without_threads(void *arg)
{
    const struct rlimit none = { 0, 0 };
    pthread_t thread;
    tacho_registry *reg = arg;
    if (setrlimit(RLIMIT_NPROC, &none) != 0 || (geteuid() == 0 && setuid(65534) != 0)) return 77;
    if (pthread_create(&thread, NULL, no_thread, NULL) == 0) return 77;
    struct exposition *page = stress_scrape(reg, 65536);
    bool ok = page && !exposition_find(page, "threadless") && exposition_value(page, "ordinary") == 1 &&
              exposition_value(page, "tacho_collector_success{collector=\"threadless\"}") == 0 &&
              exposition_value(page, "tacho_collector_failures_total{collector=\"threadless\",reason=\"error\"}") == 1;
    exposition_free(page);
    tacho_registry_free(reg);
    return ok ? 0 : 1;
}

static void where_there_is_no_thread_only_what_needs_one_is_missing(void **state)
{
    tacho_registry *reg = new_registry();
    (void)state;
    struct gated *threadless = gated_add(reg, "threadless", DETACHED), *ordinary = gated_add(reg, "ordinary", 0);
    int status = stress_wait(stress_fork(without_threads, reg));
    if (status != 77) assert_int_equal(status, 0);
    show(reg, threadless, 1, 1);
    tacho_registry_free(reg);
    gated_free(threadless);
    gated_free(ordinary);
    if (status == 77) skip();
}

static void skip_without_forks(void)
{
#if defined(__SANITIZE_THREAD__)
    print_message("ThreadSanitizer starts no threads in a forked child\n");
    skip();
#endif
}

struct family {
    tacho_registry *reg;
    struct gated *hanging, *idle;
    tacho_scrape *open, *held;
};

static bool child_shows(struct family *family, double value)
{
    family->hanging->value = family->idle->value = value;
    struct exposition *page = stress_scrape(family->reg, 65536);
    bool ok = page && exposition_value(page, "hanging") == value && exposition_value(page, "idle") == value;
    exposition_free(page);
    return ok;
}

static int child_of_a_hang(void *arg)
{
    struct family *family = arg;
    family->hanging->holds = false;
    (void)atomic_fetch_sub(&family->hanging->running, 1); /* that thread is not here */
    for (int i = 10; i < 20; i++)
        if (!child_shows(family, i)) return 1;
    tacho_scrape_free(family->open);
    tacho_scrape_free(family->held);
    for (int i = 20; i < 30; i++)
        if (!child_shows(family, i)) return 2;
    if (tacho_registry_remove(family->reg, &family->hanging->collector) != TACHO_OK) return 3;
    if (atomic_load(&family->hanging->releases) != 1) return 4;
    tacho_registry_free(family->reg);
    return atomic_load(&family->idle->releases) == 1 ? 0 : 5;
}

static void a_forked_child_begins_with_no_run_and_no_thread(void **state)
{
    (void)state;
    skip_without_forks();
    tacho_registry *reg = new_registry();
    struct family family = { reg, gated_add(reg, "hanging", KEEPING), NULL, NULL, NULL };
    family.held = gated_open(reg, LONG_MS, false);
    show(reg, family.hanging, 1, 1); /* now there are two results */
    exposition_free(hang(reg, family.hanging));
    family.idle = gated_add(reg, "idle", KEEPING);
    show(reg, family.idle, 1, 1);
    family.open = gated_open(reg, LONG_MS, true);
    assert_int_equal(stress_wait(stress_fork(child_of_a_hang, &family)), 0);
    tacho_scrape_free(family.held);
    tacho_scrape_free(family.open);
    gated_let_end(reg, family.hanging);
    family.hanging->holds = false;
    family.hanging->value = 2;
    show(reg, family.hanging, 2, 1);
    tacho_registry_free(reg);
    gated_free(family.hanging);
    gated_free(family.idle);
}

static int child_of_a_wait(void *arg)
{
    struct family *family = arg;
    family->hanging->holds = false;
    atomic_store(&family->hanging->running, 0); /* those threads are not here */
    atomic_store(&family->idle->running, 0);
    if (!child_shows(family, 3)) return 1;
    tacho_scrape_free(family->open); /* it does not count among those who wait here */
    size_t memory = tacho_registry_memory(family->reg, NULL);
    if (!child_shows(family, 4) || tacho_registry_memory(family->reg, NULL) > memory) return 4;
    family->hanging->holds = true;
    tacho_scrape *scrape = gated_open(family->reg, LONG_MS, true);
    gated_await_run(family->hanging);
    tacho__clock_ahead_ns += LONG_MS / 1000 * SECOND;
    if (!tacho_scrape_ready(scrape)) return 2;
    tacho_scrape_free(scrape);
    struct exposition *page = stress_scrape(family->reg, 65536);
    bool ok = page && !exposition_find(page, "hanging") &&
              exposition_value(page, "tacho_collector_failures_total{collector=\"hanging\",reason=\"busy\"}") == 1;
    exposition_free(page);
    gated_let_go(family->hanging);
    tacho_registry_free(family->reg);
    return ok ? 0 : 3;
}

static void a_scrape_that_waited_at_the_fork_waits_for_nothing_in_the_child(void **state)
{
    (void)state;
    skip_without_forks();
    tacho_registry *reg = new_registry();
    struct family family = { reg, gated_add(reg, "hanging", DETACHED), gated_add(reg, "idle", DETACHED), NULL, NULL };
    family.hanging->holds = true;
    family.open = gated_open(reg, LONG_MS, true);
    gated_await_run(family.hanging);
    assert_int_equal(stress_wait(stress_fork(child_of_a_wait, &family)), 0);
    gated_let_go(family.hanging);
    struct exposition *page = gated_read(family.open);
    assert_gated(page, family.hanging, 1, 1);
    exposition_free(page);
    tacho_registry_free(reg);
    gated_free(family.hanging);
    gated_free(family.idle);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_run_has_a_thread_with_a_stack_of_its_own_and_no_signals),
        cmocka_unit_test(all_runs_use_the_one_thread_that_ends_when_the_collector_is_taken_out),
        cmocka_unit_test(the_runs_of_a_scrape_are_side_by_side),
        cmocka_unit_test(a_run_that_hangs_is_left_at_the_deadline_and_not_waited_for_again),
        cmocka_unit_test(what_it_brings_when_it_comes_back_is_the_last_good_result),
        cmocka_unit_test(a_late_error_is_counted_once),
        cmocka_unit_test(a_cached_result_that_came_late_is_as_good_as_any_while_it_is_fresh),
        cmocka_unit_test(where_there_is_no_thread_only_what_needs_one_is_missing),
        cmocka_unit_test(a_forked_child_begins_with_no_run_and_no_thread),
        cmocka_unit_test(a_scrape_that_waited_at_the_fork_waits_for_nothing_in_the_child),
    };
    stress_begin("test_collect_detached", 60);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    stress_end();
    return failed;
}
