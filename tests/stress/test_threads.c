/*
 * test_threads.c - it does not matter to a count when its thread began, how long it lives, whether the system follows
 * it from CPU to CPU, or in which process of a fork it runs.
 */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <pthread.h>
#include <stdio.h>

#include <tacho/tacho.h>

#include "support/cpu_number.h"
#include "support/kinds.h"
#include "support/stress.h"

static struct kinds kinds;

/* How a child ends that cannot assert. */
enum { FINE = 0, NO_REGISTRY = 10, NO_THREAD, WRONG };

/* ---- Before and after ------------------------------------------------------------------------------------------- */

enum { EARLY = 4, LATE = 4, EACH = 20000 };

struct worker {
    pthread_t thread;
    bool unfollowed; /* the system is to lose sight of it, where it ever had it */
    bool as_wanted;
};

static pthread_barrier_t early_ready, registry_there;

static void lose_sight(struct worker *worker)
{
    worker->as_wanted = !worker->unfollowed || cpu_number_pretend(CPU_NUMBER_UNINITIALISED);
}

static void *begin_early(void *arg)
{
    struct worker *worker = arg;
    lose_sight(worker);
    (void)pthread_barrier_wait(&early_ready);
    (void)pthread_barrier_wait(&registry_there);
    kinds_count(&kinds, EACH);
    return NULL;
}

static void *begin_late(void *arg)
{
    lose_sight(arg);
    kinds_count(&kinds, EACH);
    return NULL;
}

static bool start(struct worker *workers, size_t count, void *(*body)(void *), bool followed)
{
    for (size_t i = 0; i < count; i++) {
        workers[i] = (struct worker){ .unfollowed = followed && i == 0 };
        if (pthread_create(&workers[i].thread, NULL, body, &workers[i]) != 0) return false;
    }
    return true;
}

static bool join(const struct worker *workers, size_t count)
{
    bool ok = true;
    for (size_t i = 0; i < count; i++) {
        (void)pthread_join(workers[i].thread, NULL);
        ok = ok && workers[i].as_wanted;
    }
    return ok;
}

/* In a process that never had a registry. */
static int make_the_first_registry_between(void *arg)
{
    struct worker early[EARLY], late[LATE];
    bool followed = *(bool *)arg;
    (void)pthread_barrier_init(&early_ready, NULL, EARLY + 1);
    (void)pthread_barrier_init(&registry_there, NULL, EARLY + 1);
    if (!start(early, EARLY, begin_early, followed)) return NO_THREAD;
    (void)pthread_barrier_wait(&early_ready);
    if (!kinds_open(&kinds, NULL)) return NO_REGISTRY;
    (void)pthread_barrier_wait(&registry_there);
    if (!start(late, LATE, begin_late, followed)) return NO_THREAD;
    kinds_count(&kinds, EACH);
    if (!join(early, EARLY) || !join(late, LATE)) return NO_THREAD;
    return kinds_are(&kinds, (EARLY + LATE + 1) * EACH) ? FINE : WRONG;
}

static void threads_started_before_the_first_registry_count_like_those_started_after_it(void **state)
{
    (void)state;
    stress_begin(__func__, 30);
    bool followed = !cpu_number_missing();
    assert_int_equal(stress_wait(stress_fork(make_the_first_registry_between, &followed)), FINE);
    stress_end();
}

enum { SHORT_LIVES = 800, AT_A_TIME = 8 };

static void *live_shortly(void *arg)
{
    (void)arg;
    kinds_count(&kinds, 4);
    return NULL;
}

static void what_a_thread_counted_stays_when_the_thread_is_gone(void **state)
{
    (void)state;
    stress_begin(__func__, 30);
    assert_true(kinds_open(&kinds, NULL));
    for (int i = 0; i < SHORT_LIVES; i += AT_A_TIME) {
        pthread_t threads[AT_A_TIME];
        for (int k = 0; k < AT_A_TIME; k++)
            assert_int_equal(pthread_create(&threads[k], NULL, live_shortly, NULL), 0);
        for (int k = 0; k < AT_A_TIME; k++) assert_int_equal(pthread_join(threads[k], NULL), 0);
    }
    assert_true(kinds_are(&kinds, 4 * SHORT_LIVES));
    kinds_close(&kinds);
    stress_end();
}

/* ---- Threads that the system does not follow --------------------------------------------------------------------- */

static uint64_t counted_in_the_shared_cell(void)
{
    struct tacho_head *head = (struct tacho_head *)((uintptr_t)kinds.whole & ~(uintptr_t)TACHO_HANDLE_BITS);
    return __atomic_load_n(tacho_head_cells(head), __ATOMIC_RELAXED);
}

struct stages {
    uint32_t number;     /* what an unregistered thread finds */
    uint64_t shared[3];  /* in the shared cell before, while it is unregistered, and after */
    bool ok;
};

static void *count_in_stages(void *arg)
{
    struct stages *stages = arg;
    kinds_count(&kinds, 400);
    stages->shared[0] = counted_in_the_shared_cell();
    stages->ok = cpu_number_pretend(stages->number);
    kinds_count(&kinds, 400);
    stages->shared[1] = counted_in_the_shared_cell();
    stages->ok = cpu_number_restore() && stages->ok;
    kinds_count(&kinds, 400);
    stages->shared[2] = counted_in_the_shared_cell();
    return NULL;
}

static void a_thread_counts_exactly_while_it_has_no_registered_sequence_and_when_it_has_one_again(void **state)
{
    static const uint32_t numbers[] = { CPU_NUMBER_UNINITIALISED, CPU_NUMBER_FAILED };
    (void)state;
    CPU_NUMBER_OR_SKIP();
    stress_begin(__func__, 30);
    for (size_t i = 0; i < TACHO_COUNT(numbers); i++) {
        pthread_t thread;
        struct stages stages = { .number = numbers[i] };
        assert_true(kinds_open(&kinds, NULL));
        assert_int_equal(pthread_create(&thread, NULL, count_in_stages, &stages), 0);
        assert_int_equal(pthread_join(thread, NULL), 0);
        assert_true(stages.ok);
        assert_int_equal(stages.shared[0], 0);
        assert_int_equal(stages.shared[1], 600);
        assert_int_equal(stages.shared[2], 600);
        assert_true(kinds_are(&kinds, 3 * 400));
        kinds_close(&kinds);
    }
    stress_end();
}

/* ---- Forked children that start threads ---------------------------------------- */

enum { IN_CHILD = 3 * EACH };

static int count_with_threads(void *arg)
{
    const uint64_t *before = arg;
    struct worker workers[3];
    if (!start(workers, TACHO_COUNT(workers), begin_late, false)) return NO_THREAD;
    if (!join(workers, TACHO_COUNT(workers))) return NO_THREAD;
    return kinds_are(&kinds, *before + IN_CHILD) ? FINE : WRONG;
}

static void threads_of_a_forked_child_count_in_its_own_copy_or_for_all_as_the_registry_was_made(void **state)
{
    (void)state;
    stress_begin(__func__, 30);
    for (int prefork = 0; prefork < 2; prefork++) {
        struct worker worker;
        uint64_t before = 2 * EACH;
        tacho_registry_options options = { .sharing = prefork ? TACHO_PREFORK : TACHO_PRIVATE };
        assert_true(kinds_open(&kinds, &options));
        kinds_count(&kinds, EACH);
        assert_true(start(&worker, 1, begin_late, false) && join(&worker, 1));
        assert_int_equal(stress_wait(stress_fork(count_with_threads, &before)), FINE);
        assert_true(kinds_are(&kinds, before + (prefork ? IN_CHILD : 0)));
        kinds_count(&kinds, EACH);
        assert_true(kinds_are(&kinds, before + EACH + (prefork ? IN_CHILD : 0)));
        kinds_close(&kinds);
    }
    stress_end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(threads_started_before_the_first_registry_count_like_those_started_after_it),
        cmocka_unit_test(what_a_thread_counted_stays_when_the_thread_is_gone),
        cmocka_unit_test(a_thread_counts_exactly_while_it_has_no_registered_sequence_and_when_it_has_one_again),
        cmocka_unit_test(threads_of_a_forked_child_count_in_its_own_copy_or_for_all_as_the_registry_was_made),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
