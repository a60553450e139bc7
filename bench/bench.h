/*
 * bench.h - how a benchmark describes itself, and what the runner does with it.
 *
 * A case is a loop of one operation. The runner finds out how often to repeat it, runs the rounds of all chosen
 * cases in turn, so that a machine that slows down slows all of them, and prints the median of each:
 *   name <TAB> threads <TAB> value <TAB> unit
 * ns/op is wall time times threads over operations. A case checks its totals through the public API.
 */
#ifndef BENCH_H
#define BENCH_H

#include <stdbool.h>
#include <stdint.h>

#include <tacho/tacho.h>

#define BENCH_THREADS_MAX 2

/** Keep the compiler from folding the rounds of a loop into one. */
#define BENCH_BARRIER() __asm__ volatile("" : : : "memory")

typedef struct bench_case {
    const char *name;
    int threads;                              /* how many run the loop at the same time */
    void (*loop)(uint64_t rounds, int thread); /* `thread` counts from 0 */
    double (*total)(void);                    /* what the public API says was counted so far; NULL: nothing to check */
} bench_case;

/** Cases of inc.c: updates of one counter, and the machine's own limits. */
extern const bench_case bench_inc_cases[];
extern const int bench_inc_count;

/** The registry that all cases share. */
tacho_registry *bench_registry(void);

#endif
