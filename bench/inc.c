/*
 * inc.c - the price of an increment beside that of the instructions it could be made of.
 */
#include "bench.h"

static tacho_counter *inc_counter, *inc_shared;
static uint64_t inc_atomic, inc_plain[BENCH_THREADS_MAX * 16]; /* a cache line for each thread */

static const tacho_desc inc_rows[] = {
    { .counter = &inc_counter, .name = "bench_inc_total", .help = "Increments." },
    { .counter = &inc_shared, .name = "bench_inc_shared_total", .help = "Increments.", .flags = TACHO_SHARED },
};

static void inc_define(void)
{
    (void)TACHO_DEFINE(bench_registry(), inc_rows);
}

static void inc_loop_counter(uint64_t rounds, int thread)
{
    (void)thread;
    inc_define();
    for (uint64_t i = 0; i < rounds; i++) {
        tacho_counter_inc(inc_counter);
        BENCH_BARRIER();
    }
}

static double inc_total_counter(void)
{
    return tacho_counter_value(inc_counter);
}

static void inc_loop_shared(uint64_t rounds, int thread)
{
    (void)thread;
    inc_define();
    for (uint64_t i = 0; i < rounds; i++) {
        tacho_counter_inc(inc_shared);
        BENCH_BARRIER();
    }
}

static double inc_total_shared(void)
{
    return tacho_counter_value(inc_shared);
}

static void inc_loop_plain(uint64_t rounds, int thread)
{
    uint64_t *cell = &inc_plain[thread * 16];
    for (uint64_t i = 0; i < rounds; i++) {
        ++*cell;
        BENCH_BARRIER();
    }
}

static void inc_loop_atomic(uint64_t rounds, int thread)
{
    (void)thread;
    for (uint64_t i = 0; i < rounds; i++) {
        tacho_cell_add(&inc_atomic, 1);
        BENCH_BARRIER();
    }
}

static double inc_total_atomic(void)
{
    return (double)inc_atomic;
}

const bench_case bench_inc_cases[] = {
    { .name = "limit_plain_add", .threads = 1, .loop = inc_loop_plain },
    { .name = "limit_atomic_add", .threads = 1, .loop = inc_loop_atomic, .total = inc_total_atomic },
    { .name = "limit_atomic_add_contended", .threads = 2, .loop = inc_loop_atomic, .total = inc_total_atomic },
    { .name = "counter_inc", .threads = 1, .loop = inc_loop_counter, .total = inc_total_counter },
    { .name = "counter_inc", .threads = 2, .loop = inc_loop_counter, .total = inc_total_counter },
    { .name = "counter_inc_shared", .threads = 1, .loop = inc_loop_shared, .total = inc_total_shared },
    { .name = "counter_inc_shared", .threads = 2, .loop = inc_loop_shared, .total = inc_total_shared },
};
const int bench_inc_count = (int)TACHO_COUNT(bench_inc_cases);
