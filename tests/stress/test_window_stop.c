/*
 * test_window_stop.c - somebody stands still or dies in the middle of an update of a sketch or an extreme, at [W1] or
 * after any instruction: others notice nothing, and what is still written afterwards takes nothing from them.
 */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

#include "extreme.h"
#include "sketch.h"
#include "support/stress.h"

enum { SLICES = 3 };

#define SLICE UINT64_C(1000000000)

static struct tacho__sketch *sketch;
static struct tacho__extreme *extreme;

static void open_blocks(uint32_t slices)
{
    sketch = stress_shared(tacho__sketch_size(slices));
    extreme = stress_shared(tacho__extreme_size(slices));
    tacho__sketch_open(sketch, slices, slices);
    tacho__extreme_open(extreme, TACHO__HIGHEST, slices, slices);
}

static void close_blocks(uint32_t slices)
{
    stress_unshare(sketch, tacho__sketch_size(slices));
    stress_unshare(extreme, tacho__extreme_size(slices));
}

static uint64_t held(uint64_t now_ns)
{
    return tacho__sketch_read(sketch, now_ns, NULL, 0, NULL);
}

/* ---- Somebody stands still at an edge, and goes on late ------------------------------------------------------ */

static sem_t there, go_on;
static _Thread_local int passages; /* until it stops; 0: it does not */

static void stop_at_edge(const char *tag)
{
    if (strcmp(tag, "W1") != 0 || passages == 0 || --passages) return;
    (void)sem_post(&there);
    while (sem_wait(&go_on) != 0) continue;
}

static int late_passages;
static uint64_t late_now;
static bool late_stopped;

static void begin_late(void)
{
    passages = late_passages;
}

static void end_late(void)
{
    late_stopped = passages == 0;
    passages = 0;
    if (!late_stopped) (void)sem_post(&there);
}

static void *observe_late(void *arg)
{
    begin_late();
    tacho__sketch_observe(sketch, 1.1, late_now);
    end_late();
    return arg;
}

static void *set_late(void *arg)
{
    begin_late();
    tacho__extreme_set(extreme, 100, late_now);
    end_late();
    return arg;
}

/* What is left of the round before, so that a lease finds something to void in most words. */
static void fill_a_round_before(void)
{
    uint64_t now = 100 * SLICE;
    for (int i = 0; i < 48; i++) {
        tacho__sketch_observe(sketch, 1 + i / 48.0, now);
        tacho__extreme_set(extreme, 500 + i / 7.0, now);
    }
    tacho__extreme_set(extreme, 1, now);
    late_now = now + (SLICES + 1) * SLICE;
}

static pthread_t start_late(void *(*late)(void *), int passage)
{
    pthread_t thread;
    open_blocks(SLICES);
    fill_a_round_before();
    late_passages = passage;
    assert_int_equal(pthread_create(&thread, NULL, late, NULL), 0);
    while (sem_wait(&there) != 0) continue;
    return thread;
}

/* False: it never stopped. */
static bool end_of_late(pthread_t thread)
{
    (void)sem_post(&go_on);
    (void)pthread_join(thread, NULL);
    if (!late_stopped) (void)sem_wait(&go_on);
    return late_stopped;
}

/* Returns whether there is such a passage. */
static bool check_late_observation(int passage, uint64_t rounds, int own)
{
    pthread_t thread = start_late(observe_late, passage);
    uint64_t now = late_now;
    for (uint64_t i = 0; i <= rounds; i++, now += (SLICES + 1) * SLICE)
        for (int k = 0; k < own; k++) tacho__sketch_observe(sketch, k % 2 ? 1.5 : 1.1, now);
    now -= (SLICES + 1) * SLICE;
    uint64_t before = held(now), want = (uint64_t)own;
    bool stopped = end_of_late(thread);
    uint64_t after = held(now);
    uint64_t lost = rounds && rounds % 8 == 0; /* what window.h says about standing still for so long */
    if (stopped && (before != want || after > want + 1 || after + 2 * lost < want + 1))
        fail_msg("passage %d, %d rounds: %d, then %d of %d", passage, (int)rounds, (int)before, (int)after, own);
    close_blocks(SLICES);
    return stopped;
}

static bool check_late_level(int passage, uint64_t rounds)
{
    pthread_t thread = start_late(set_late, passage);
    uint64_t now = late_now;
    for (uint64_t i = 0; i <= rounds; i++, now += (SLICES + 1) * SLICE) tacho__extreme_set(extreme, 50, now);
    now -= (SLICES + 1) * SLICE;
    double before = tacho__extreme_read(extreme, now);
    bool stopped = end_of_late(thread);
    tacho__extreme_set(extreme, 60, now);
    double after = tacho__extreme_read(extreme, now);
    if (stopped && (before != 50 || (after != 100 && (rounds == 0 || rounds % 8 != 0))))
        fail_msg("passage %d, %d rounds: %g, then %g", passage, (int)rounds, before, after);
    close_blocks(SLICES);
    return stopped;
}

static void what_somebody_writes_late_counts_now_and_takes_nothing_from_later_slices(void **state)
{
    (void)state;
    stress_begin(__func__, 60);
    (void)sem_init(&there, 0, 0);
    (void)sem_init(&go_on, 0, 0);
    tacho__edge_hook = stop_at_edge;
    for (uint64_t rounds = 0; rounds <= 9; rounds++) {
        int passage = 1;
        for (int own = 1; own <= 3; own += 2)
            for (passage = 1; check_late_observation(passage, rounds, own);) passage++;
        assert_true(passage > 20); /* one for nearly each word, and one to count */
        for (passage = 1; check_late_level(passage, rounds);) passage++;
        assert_true(passage > 8);
    }
    tacho__edge_hook = NULL;
    stress_end();
}

/* ---- Somebody stands still or dies after any instruction ----------------------------------------------------- */

static void observe_in_child(void)
{
    tacho__sketch_observe(sketch, 1.1, late_now);
}

static void set_in_child(void)
{
    tacho__extreme_set(extreme, 100, late_now);
}

static void add_in_child(void)
{
    tacho__extreme_add(extreme, 99, late_now);
}

static void (*const works[])(void) = { observe_in_child, set_in_child, add_in_child };

static int stop_around(void *arg)
{
    if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0) return 77;
    (void)raise(SIGSTOP);
    (*(void (*const *)(void))arg)();
    (void)raise(SIGSTOP);
    return 0;
}

/* A child that is about to work; -1: there is no ptrace here. */
static pid_t stopped_child(size_t work)
{
    int status;
    pid_t child = stress_fork(stop_around, (void *)(uintptr_t)&works[work]);
    assert_int_equal(waitpid(child, &status, 0), child);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 77) return -1;
    assert_true(WIFSTOPPED(status));
    return child;
}

/* One instruction; false: the work is done. */
static bool step(pid_t child)
{
    int status;
    assert_int_equal(ptrace(PTRACE_SINGLESTEP, child, NULL, NULL), 0);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSTOPPED(status));
    return WSTOPSIG(status) != SIGSTOP;
}

static void prepare(void)
{
    open_blocks(SLICES);
    fill_a_round_before();
}

/* Let a child do the rest of its work; 0 is one that died, which does nothing. Returns whether the work is done. */
static bool let_go_on(pid_t child)
{
    int status;
    if (child == 0) return false;
    assert_int_equal(ptrace(PTRACE_CONT, child, NULL, NULL), 0);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSTOPPED(status) && WSTOPSIG(status) == SIGSTOP);
    return true;
}

static void end_child(pid_t child)
{
    (void)kill(child, SIGKILL);
    (void)stress_wait(child);
}

static bool sketch_is_right(uint64_t least, uint64_t now, bool exact)
{
    uint64_t count = held(now);
    return exact ? count == least + 1 : count == least || count == least + 1;
}

/* The child has stopped; the parent does the same things, at the same time or so many rounds later. */
static bool sketch_survives(pid_t child, uint64_t rounds)
{
    uint64_t now = late_now + rounds * (SLICES + 1) * SLICE;
    double same_place = 0x1.1p32, ranks[] = { 0, 1 }, got[2];
    tacho__sketch_observe(sketch, same_place, now);
    tacho__sketch_observe(sketch, 1.1, now);
    tacho__sketch_observe(sketch, 1.9, now);
    if (!sketch_is_right(3, now, false)) return false;
    bool done = let_go_on(child);
    tacho__sketch_observe(sketch, 1.1, now);
    if (!sketch_is_right(4, now, done && rounds == 0)) return false;
    (void)tacho__sketch_read(sketch, now, ranks, 2, got);
    if (got[0] > 1.2 || got[1] < 0x1.0ep32) return false;
    now += (SLICES + 1) * SLICE;
    tacho__sketch_observe(sketch, 1.1, now);
    return held(now) == 1;
}

static bool extreme_survives(pid_t child, uint64_t rounds)
{
    uint64_t now = late_now + rounds * (SLICES + 1) * SLICE;
    tacho__extreme_set(extreme, 50, now);
    double shown = tacho__extreme_read(extreme, now);
    if (shown != 50 && (rounds || shown != 100)) return false;
    if (let_go_on(child) && rounds == 0 && tacho__extreme_read(extreme, now) < 100) return false;
    tacho__extreme_set(extreme, 60, now);
    shown = tacho__extreme_read(extreme, now);
    if (shown != 60 && shown != 100 && shown != 149) return false; /* 99 more than 1 or 50 */
    now += (SLICES + 1) * SLICE;
    tacho__extreme_set(extreme, 2, now);
    tacho__extreme_set(extreme, 1, now);
    return tacho__extreme_read(extreme, now) == 2;
}

static bool survives(size_t work, pid_t child, uint64_t rounds)
{
    return work == 0 ? sketch_survives(child, rounds) : extreme_survives(child, rounds);
}

/* What is there after each store is what would be there if the child died then. Returns the number of instructions. */
static size_t die_everywhere(size_t work)
{
    static char sketch_then[32768], extreme_then[1024];
    size_t sketch_size = tacho__sketch_size(SLICES), extreme_size = tacho__extreme_size(SLICES), at = 0;
    assert_true(sketch_size <= sizeof sketch_then && extreme_size <= sizeof extreme_then);
    prepare();
    pid_t child = stopped_child(work);
    if (child < 0) skip();
    for (; step(child); at++) {
        if (memcmp(sketch_then, sketch, sketch_size) == 0 && memcmp(extreme_then, extreme, extreme_size) == 0) continue;
        memcpy(sketch_then, sketch, sketch_size);
        memcpy(extreme_then, extreme, extreme_size);
        for (uint64_t rounds = 0; rounds < 2; rounds++) {
            if (!survives(work, 0, rounds)) fail_msg("work %zu, death %zu, %d rounds later", work, at, (int)rounds);
            memcpy(sketch, sketch_then, sketch_size);
            memcpy(extreme, extreme_then, extreme_size);
        }
    }
    end_child(child);
    close_blocks(SLICES);
    return at;
}

static void whoever_stands_still_or_dies_after_any_instruction_harms_nobody(void **state)
{
    (void)state;
    stress_begin(__func__, 100);
    for (size_t work = 0; work < TACHO_COUNT(works); work++) {
        size_t length = die_everywhere(work), stride = length / stress_scaled(80) + 1;
        for (size_t at = 0, i = 0; at < length; at += at < 100 ? 1 : stride) { /* leases are taken at the beginning */
            uint64_t rounds = i++ % 2;
            prepare();
            pid_t child = stopped_child(work);
            for (size_t k = 0; k < at; k++) assert_true(step(child));
            if (!survives(work, child, rounds)) fail_msg("work %zu, stop %zu, %d rounds later", work, at, (int)rounds);
            end_child(child);
            close_blocks(SLICES);
        }
    }
    stress_end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_somebody_writes_late_counts_now_and_takes_nothing_from_later_slices),
        cmocka_unit_test(whoever_stands_still_or_dies_after_any_instruction_harms_nobody),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
