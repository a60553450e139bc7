/*
 * test_window_race.c - sketches and extremes that threads, signal handlers and processes update while slices change.
 *
 * No test fails when [W1] is weakened: x86 keeps the order of loads anyway, and to ThreadSanitizer all is atomic here.
 * What the edge is for is tested in test_window_stop.c, by stopping there.
 */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <pthread.h>
#include <signal.h>

#include "extreme.h"
#include "sketch.h"
#include "support/stress.h"

enum { THREADS = 3, BURST = 64, SLICES = 3 };

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

/* ---- All threads pass from slice to slice together -------------------------------------------------------------- */

static pthread_barrier_t barrier;
static _Atomic uint32_t round_now; /* 0: over */

static void meet(void)
{
    (void)pthread_barrier_wait(&barrier);
}

/* A burst goes from the middle of a slice to the middle of the next, and has no time on the edge itself. */
static uint64_t burst_time(uint32_t round, uint32_t i)
{
    return round * SLICE + SLICE / 2 + (2 * i + 1) * SLICE / (2 * BURST);
}

/* A third each in octaves of their own, which compete for the same place, and in other buckets in other rounds. */
static double burst_value(uint32_t round, uint32_t i)
{
    static const double octaves[] = { 1, 0x1p32, -0x1p26 };
    return octaves[i % 3] * (1 + round % 7 / 8.0);
}

/* Up to a million, and never twice the same in a window. */
static double burst_level(uint32_t round, uint32_t thread, uint32_t i)
{
    return (double)(((round * BURST + i) * THREADS + thread) * UINT32_C(2654435761) % 1000003) + 0.1;
}

static void *burst_always(void *arg)
{
    uint32_t thread = (uint32_t)(uintptr_t)arg, round;
    for (;;) {
        meet();
        if ((round = tacho__load_relaxed(&round_now)) == 0) return NULL;
        for (uint32_t i = 0; i < BURST; i++) {
            tacho__sketch_observe(sketch, burst_value(round, i), burst_time(round, i));
            tacho__extreme_set(extreme, burst_level(round, thread, i), burst_time(round, i));
        }
        meet();
    }
}

static bool in_window(uint32_t round, uint32_t i, uint32_t now)
{
    return burst_time(round, i) / SLICE + SLICES >= burst_time(now, BURST - 1) / SLICE;
}

/* What there has to be at the end of a round, exactly. */
static bool window_is_right(uint32_t now)
{
    uint64_t counts[3] = { 0 }, end = burst_time(now, BURST - 1);
    double highest = 0;
    for (uint32_t round = now > SLICES ? now - SLICES - 1 : 1; round <= now; round++)
        for (uint32_t i = 0; i < BURST; i++) {
            if (round == 0 || !in_window(round, i, now)) continue;
            counts[i % 3] += THREADS;
            for (uint32_t thread = 0; thread < THREADS; thread++)
                if (burst_level(round, thread, i) > highest) highest = burst_level(round, thread, i);
        }
    double total = (double)(counts[0] + counts[1] + counts[2]), negative = (double)counts[2], small = (double)counts[0];
    double ranks[] = { 0, negative / total, (negative + 1) / total, (negative + small) / total,
                       (negative + small + 1) / total, 1 };
    double got[6];
    uint64_t count = tacho__sketch_read(sketch, end, ranks, 6, got);
    if ((double)count != total) return stress_say("round %u: %llu, not %g", now, (unsigned long long)count, total);
    if (got[1] > -0x1.fp25 || got[2] < 0.99 || got[3] > 2 || got[4] < 0x1.fp31 || got[0] < -0x1p27 || got[5] > 0x1p33)
        return stress_say("round %u: %g %g %g %g", now, got[1], got[2], got[3], got[4]);
    double level = tacho__extreme_read(extreme, end);
    return level == highest || stress_say("round %u: highest is %.9g, not %.9g", now, level, highest);
}

/* Whatever a reader sees in the middle: nothing that nobody observed, in order. */
static void *read_always(void *arg)
{
    static const double ranks[] = { 0, .1, .5, .9, 1 };
    uint32_t round;
    while ((round = tacho__load_relaxed(&round_now)) != 0) {
        double got[5], before = -0x1p27;
        uint64_t n = tacho__sketch_read(sketch, burst_time(round, BURST / 2), ranks, 5, got);
        for (int i = 0; i < 5 && n; i++) {
            double size = fabs(got[i]);
            bool known = size < 2 ? size > 0.99 : size < 0x1p27 ? size > 0x1p25 : size > 0x1p31 && size < 0x1p33;
            if (got[i] < before || !known) return stress_say("rank %g: %g", ranks[i], got[i]) ? NULL : arg;
            before = got[i];
        }
        double level = tacho__extreme_read(extreme, burst_time(round, BURST / 2));
        if (!(level >= 0 && level < 1000004)) return stress_say("highest: %g", level) ? NULL : arg;
    }
    return NULL;
}

static void nothing_is_lost_or_doubled_when_threads_observe_across_slice_changes(void **state)
{
    (void)state;
    pthread_t threads[THREADS], reader;
    void *failed;
    bool right = true;
    stress_begin(__func__, 60);
    open_blocks(SLICES);
    (void)pthread_barrier_init(&barrier, NULL, THREADS + 1);
    tacho__store_relaxed(&round_now, 1);
    assert_int_equal(pthread_create(&reader, NULL, read_always, &barrier), 0);
    for (uintptr_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, burst_always, (void *)i), 0);
    for (uint32_t round = 1, rounds = (uint32_t)stress_scaled(3000); round <= rounds && right; round++) {
        tacho__store_relaxed(&round_now, round);
        meet();
        meet();
        right = window_is_right(round);
    }
    tacho__store_relaxed(&round_now, 0);
    meet();
    for (int i = 0; i < THREADS; i++) (void)pthread_join(threads[i], NULL);
    (void)pthread_join(reader, &failed);
    assert_true(right);
    assert_null(failed);
    (void)pthread_barrier_destroy(&barrier);
    close_blocks(SLICES);
    stress_end();
}

static void *add_often(void *arg)
{
    uint32_t count = *(const uint32_t *)arg;
    for (uint32_t i = 0; i < count; i++) tacho__extreme_add(extreme, i % 2 ? -0.25 : 1, i * SLICE / 100);
    return NULL;
}

static void additions_of_several_threads_are_all_there(void **state)
{
    (void)state;
    pthread_t threads[THREADS];
    uint32_t count = (uint32_t)stress_scaled(100000) & ~1u;
    stress_begin(__func__, 60);
    open_blocks(SLICES);
    for (int i = 0; i < THREADS; i++) assert_int_equal(pthread_create(&threads[i], NULL, add_often, &count), 0);
    for (int i = 0; i < THREADS; i++) (void)pthread_join(threads[i], NULL);
    assert_true(tacho__extreme_read(extreme, 1000000 * SLICE) == THREADS * (count / 2) * 0.75);
    close_blocks(SLICES);
    stress_end();
}

/* ---- Processes and signal handlers ------------------------------------------------------------------------------- */

enum { LONG_SLICES = 16, WORKERS = 3 };

static struct clock {
    _Atomic uint64_t now;
    _Atomic uint64_t started, done;
} *time_of;

static uint64_t observations; /* of each worker */

static void observe_one(uint64_t i)
{
    tacho__count(&time_of->started, 1);
    uint64_t step = LONG_SLICES * SLICE / (WORKERS * observations);
    uint64_t now = atomic_fetch_add_explicit(&time_of->now, step, memory_order_relaxed);
    tacho__sketch_observe(sketch, i % 5 ? (double)(UINT64_C(1) << i % 20) : 0, now);
    atomic_fetch_add_explicit(&time_of->done, 1, memory_order_release);
}

static int observe_in_worker(void *arg)
{
    (void)arg;
    for (uint64_t i = 0; i < observations; i++) observe_one(i);
    return 0;
}

static void a_window_in_which_nothing_expires_has_what_all_processes_observed(void **state)
{
    (void)state;
    pid_t workers[WORKERS];
    uint64_t before = 0;
    stress_begin(__func__, 60);
    open_blocks(LONG_SLICES);
    time_of = stress_shared(sizeof *time_of);
    observations = stress_scaled(100000);
    for (int i = 0; i < WORKERS; i++) workers[i] = stress_fork(observe_in_worker, NULL);
    while (before < WORKERS * observations) {
        uint64_t least = tacho__load_acquire(&time_of->done);
        uint64_t count = held(tacho__load_relaxed(&time_of->now));
        uint64_t most = tacho__load_acquire(&time_of->started);
        assert_true(count >= least && count <= most && count >= before);
        before = count;
    }
    for (int i = 0; i < WORKERS; i++) assert_int_equal(stress_wait(workers[i]), 0);
    assert_int_equal(held(LONG_SLICES * SLICE), WORKERS * observations);
    stress_unshare(time_of, sizeof *time_of);
    close_blocks(LONG_SLICES);
    stress_end();
}

static void observe_in_handler(int number)
{
    (void)number;
    for (uint64_t i = 0; i < 5; i++) observe_one(i);
}

static void signal_handlers_observe_in_the_middle_of_observations(void **state)
{
    (void)state;
    struct stress_storm storm;
    stress_begin(__func__, 60);
    open_blocks(LONG_SLICES);
    time_of = stress_shared(sizeof *time_of);
    observations = stress_scaled(400000);
    assert_true(stress_storm_begin(&storm, SIGUSR1, 50, observe_in_handler));
    for (uint64_t i = 0; i < observations; i++) observe_one(i);
    stress_storm_end(&storm);
    assert_true(tacho__load_relaxed(&time_of->now) < LONG_SLICES * SLICE);
    assert_int_equal(held(LONG_SLICES * SLICE), tacho__load_relaxed(&time_of->done));
    stress_unshare(time_of, sizeof *time_of);
    close_blocks(LONG_SLICES);
    stress_end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_lost_or_doubled_when_threads_observe_across_slice_changes),
        cmocka_unit_test(additions_of_several_threads_are_all_there),
        cmocka_unit_test(a_window_in_which_nothing_expires_has_what_all_processes_observed),
        cmocka_unit_test(signal_handlers_observe_in_the_middle_of_observations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
