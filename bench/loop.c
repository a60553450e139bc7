/*
 * loop.c - timing of loops: threads that begin and end together.
 */
#define _GNU_SOURCE
#include "bench.h"

#include <pthread.h>
#include <stdio.h>

typedef struct worker {
    const bench_case *it;
    uint64_t rounds;
    int number;
    pthread_barrier_t *gate;
    double begin, end;
} worker;

static void *loop_work(void *argument)
{
    worker *self = argument;
    bench_pin(self->number);
    (void)pthread_barrier_wait(self->gate);
    self->begin = bench_now_ns();
    self->it->loop(self->rounds, self->it->target == BENCH_DISTINCT ? self->number : 0);
    self->end = bench_now_ns();
    return NULL;
}

/* Wall time of one run, from the first beginning to the last end. The threads look at the clock, because whoever waits for
 * them has no CPU of its own. */
static double loop_measure(const bench_case *it, uint64_t rounds)
{
    pthread_t threads[BENCH_THREADS_MAX];
    worker workers[BENCH_THREADS_MAX];
    pthread_barrier_t gate;
    (void)pthread_barrier_init(&gate, NULL, (unsigned)it->threads);
    for (int i = 0; i < it->threads; i++) {
        workers[i] = (worker){ .it = it, .rounds = rounds, .number = i, .gate = &gate };
        if (pthread_create(&threads[i], NULL, loop_work, &workers[i]) != 0) bench_fail(it->name, "cannot start a thread");
    }
    double begin = 0, end = 0;
    for (int i = 0; i < it->threads; i++) {
        (void)pthread_join(threads[i], NULL);
        if (i == 0 || workers[i].begin < begin) begin = workers[i].begin;
        if (workers[i].end > end) end = workers[i].end;
    }
    (void)pthread_barrier_destroy(&gate);
    return end - begin;
}

uint64_t bench_calibrate(const bench_case *it, double target_ns)
{
    uint64_t rounds = 1000;
    for (int step = 0; step < 30; step++) { /* step by step, so that one slow start does not mislead */
        double factor = target_ns / loop_measure(it, rounds);
        if (factor > 0.5 && factor < 2 && step > 2) break;
        if (factor > 8) factor = 8;
        if (factor < 0.5) factor = 0.5;
        rounds = (uint64_t)((double)rounds * factor) + 1;
    }
    return rounds;
}

double bench_run_loop(const bench_case *it, uint64_t rounds)
{
    double before = it->total ? it->total() : 0;
    double ns = loop_measure(it, rounds);
    double expected = (double)rounds * it->threads;
    if (it->total && it->total() - before != expected) {
        fprintf(stderr, "tacho_bench: %s counted %.0f, expected %.0f\n", it->name, it->total() - before, expected);
        bench_fail(it->name, "wrong total");
    }
    return ns / (double)rounds; /* wall time * threads / (rounds * threads) */
}
