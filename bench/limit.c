/*
 * limit.c - what the machine itself can do: the rows that all others are compared with.
 */
#include "bench.h"

#include <string.h>

static uint64_t limit_atomic, limit_plain[BENCH_THREADS_MAX * 16]; /* a cache line for each thread */

static void limit_loop_plain(uint64_t rounds, int which)
{
    uint64_t *cell = &limit_plain[which * 16];
    for (uint64_t i = 0; i < rounds; i++) {
        ++*cell;
        BENCH_BARRIER();
    }
}

static void limit_loop_atomic(uint64_t rounds, int which)
{
    (void)which;
    for (uint64_t i = 0; i < rounds; i++) {
        tacho_cell_add(&limit_atomic, 1);
        BENCH_BARRIER();
    }
}

static double limit_total_atomic(void)
{
    return (double)limit_atomic;
}

/* A page of exposition is at best a copy: 64 KiB at a time out of a megabyte, into one small buffer. Each page is full of
 * its number, and one byte of each copy is looked at, another one in each turn. */
static int limit_measure_memcpy(const bench_case *self, bench_value *values)
{
    enum { PAGE = 64 << 10, PAGES = 16, TURNS = 500 };
    static char from[PAGE * PAGES], to[PAGE];
    int wrong = 0;
    bench_pin(0);
    for (int page = 0; page < PAGES; page++) memset(from + page * PAGE, page + 1, PAGE);
    double begin = bench_now_ns();
    for (int turn = 0; turn < TURNS; turn++)
        for (int page = 0; page < PAGES; page++) {
            memcpy(to, from + page * PAGE, PAGE);
            BENCH_BARRIER();
            wrong += to[turn * (PAGE / TURNS)] != page + 1;
        }
    double ns = bench_now_ns() - begin;
    if (wrong) bench_fail(self->name, "the copy is wrong");
    values[0] = (bench_value){ (double)sizeof from * TURNS / ns * 1e3, "MB/s" };
    return 1;
}

static const bench_case limit_cases[] = {
    { .name = "limit_plain_add", .threads = 1, .loop = limit_loop_plain },
    { .name = "limit_atomic_add", .threads = 1, .loop = limit_loop_atomic, .total = limit_total_atomic },
    { .name = "limit_atomic_add_contended", .threads = 2, .loop = limit_loop_atomic, .total = limit_total_atomic },
    { .name = "limit_memcpy", .threads = 1, .measure = limit_measure_memcpy },
};
const bench_group bench_limit_group = { limit_cases, (int)TACHO_COUNT(limit_cases) };
