/*
 * stall.c - does a scrape make an update wait? Single increments are timed while another thread scrapes in a loop, and
 * while none does, in turns, and the distributions are compared pair by pair. The clock is part of what is timed.
 */
#define _GNU_SOURCE
#include "bench.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

enum { STALL_SAMPLES = 1000000, STALL_PAIRS = 9 };

typedef struct scraper {
    tacho_registry *reg;
    _Atomic bool stop;
    pthread_barrier_t gate;
} scraper;

typedef struct percentiles {
    double p99, p9999, worst;
} percentiles;

static bool stall_goes_on(scraper *self)
{
    return !atomic_load_explicit(&self->stop, memory_order_relaxed); /* a hint */
}

static void *stall_scrape(void *argument)
{
    static char buffer[64 << 10];
    scraper *self = argument;
    bench_pin(1);
    (void)pthread_barrier_wait(&self->gate);
    while (stall_goes_on(self)) {
        tacho_scrape *scrape = tacho_scrape_new(self->reg, TACHO_TEXT);
        while (stall_goes_on(self) && tacho_scrape_read(scrape, buffer, sizeof buffer) > 0) continue;
        tacho_scrape_free(scrape);
    }
    return NULL;
}

static percentiles stall_sample(tacho_counter *counter, double *samples)
{
    double last = bench_now_ns();
    for (int i = 0; i < STALL_SAMPLES; i++) {
        tacho_counter_inc(counter);
        double now = bench_now_ns();
        samples[i] = now - last;
        last = now;
    }
    bench_sort(samples, STALL_SAMPLES);
    return (percentiles){ samples[STALL_SAMPLES / 100 * 99], samples[STALL_SAMPLES / 10000 * 9999],
                          samples[STALL_SAMPLES - 1] };
}

static percentiles stall_with_scrape(bench_world world, tacho_counter *counter, double *samples)
{
    pthread_t thread;
    scraper other = { .reg = world.reg };
    (void)pthread_barrier_init(&other.gate, NULL, 2);
    if (pthread_create(&thread, NULL, stall_scrape, &other) != 0) bench_fail("inc_during_scrape", "no thread");
    (void)pthread_barrier_wait(&other.gate);
    percentiles result = stall_sample(counter, samples);
    atomic_store_explicit(&other.stop, true, memory_order_relaxed);
    (void)pthread_join(thread, NULL);
    (void)pthread_barrier_destroy(&other.gate);
    return result;
}

static double stall_median(double *numbers)
{
    bench_sort(numbers, STALL_PAIRS);
    return numbers[STALL_PAIRS / 2];
}

static int stall_measure(const bench_case *self, bench_value *values)
{
    double p99[STALL_PAIRS], p9999[STALL_PAIRS], worst = 0, alone[STALL_PAIRS], ratio[STALL_PAIRS], alone_worst = 0;
    double *samples = malloc(STALL_SAMPLES * sizeof *samples);
    if (!samples) bench_fail(self->name, "out of memory");
    bench_pin(0);
    bench_population(self->size, BENCH_REPEATING);
    bench_world world = bench_world_new(self->size, 0);
    for (uint32_t i = 0; i < self->size; i++) (void)tacho_counter_at(world.vec, bench_labels(i));
    tacho_counter *counter = tacho_counter_at(world.vec, bench_labels(0));
    for (int i = 0; i < STALL_PAIRS; i++) {
        percentiles quiet = stall_sample(counter, samples), busy = stall_with_scrape(world, counter, samples);
        p99[i] = busy.p99;
        p9999[i] = busy.p9999;
        alone[i] = quiet.p99;
        ratio[i] = busy.p99 / quiet.p99;
        if (busy.worst > worst) worst = busy.worst;
        if (quiet.worst > alone_worst) alone_worst = quiet.worst;
    }
    if (tacho_counter_value(counter) != 2.0 * STALL_PAIRS * STALL_SAMPLES) bench_fail(self->name, "wrong total");
    values[0] = (bench_value){ stall_median(p99), "p99_ns" };
    values[1] = (bench_value){ stall_median(p9999), "p99.99_ns" };
    values[2] = (bench_value){ worst, "max_ns" };
    values[3] = (bench_value){ stall_median(alone), "p99_ns alone" };
    values[4] = (bench_value){ alone_worst, "max_ns alone" };
    values[5] = (bench_value){ stall_median(ratio), "p99 ratio" };
    return 6;
}

static const bench_case stall_cases[] = {
    { .name = "inc_during_scrape", .threads = 1, .cpus = 2, .size = 100000, .measure = stall_measure, .slow = true },
};
const bench_group bench_stall_group = { stall_cases, (int)TACHO_COUNT(stall_cases) };
