/*
 * bench.h - how a benchmark describes itself, and what the runner does with it.
 *
 * There are two kinds of case. A loop repeats one operation; loop.c finds out how often. A measurement does its own timing
 * in a child process of its own, so that memory used by one is not lying about for the next, and yields several values.
 * The runner lets all chosen cases take turns, round by round, so that a machine that slows down slows all of them, and
 * prints the median of each value:
 *   name <TAB> threads <TAB> value <TAB> unit
 * ns/op is wall time times threads over operations. A case checks its totals through the public API.
 */
#ifndef BENCH_H
#define BENCH_H

#include <stdbool.h>
#include <stdint.h>

#include <tacho/tacho.h>

#define BENCH_THREADS_MAX 2
#define BENCH_VALUES_MAX 6

/** Keep the compiler from folding the rounds of a loop into one. */
#define BENCH_BARRIER() __asm__ volatile("" : : : "memory")

/** What the threads of a case work on. */
typedef enum bench_target { BENCH_SAME = 0, BENCH_DISTINCT = 1 } bench_target;

/** Yielded by a measurement: a value and its unit. */
typedef struct bench_value {
    double value;
    const char *unit;
} bench_value;

typedef struct bench_case {
    const char *name;
    int threads;                        /* how many run the loop at the same time */
    int cpus;                           /* that it needs at the same time, if more than `threads` */
    bench_target target;
    void (*setup)(void);                /* before the first round; may be called by several cases; NULL: nothing to do */
    void (*loop)(uint64_t rounds, int which);   /* `which`: the thread's number, or 0 when all work on the same */
    double (*total)(void);              /* what the public API says was counted so far; NULL: nothing to check */
    /* A measurement instead of a loop: fills `values`, returns how many, ends the process if a total is wrong. */
    int (*measure)(const struct bench_case *self, bench_value *values);
    uint32_t size;                      /* measurements: how many series */
    tacho_format format;                /* measurements of scrapes */
    bool slow;                          /* takes more than a second: fewer rounds */
} bench_case;

/** A file's cases, for the list in main.c. */
typedef struct bench_group {
    const bench_case *cases;
    int count;
} bench_group;

extern const bench_group bench_limit_group, bench_update_group, bench_lookup_group, bench_series_group, bench_scrape_group,
    bench_stall_group;

/** The registry that all loops share. */
tacho_registry *bench_registry(void);

/** Say what went wrong and end the process. */
_Noreturn void bench_fail(const char *name, const char *what);

double bench_now_ns(void);

/** Find out which CPUs this process may use: once, before any thread is pinned. Returns how many; 0: unknown. */
int bench_find_cpus(void);

/** Keep this thread on the n-th CPU that the process may use; does nothing where there are fewer. */
void bench_pin(int number);

/** Sort numbers, smallest first. */
void bench_sort(double *numbers, int count);

/* ---- loop.c: timing of loops ---- */

/** Rounds of a loop, per thread, that take about `target_ns`. */
uint64_t bench_calibrate(const bench_case *it, double target_ns);

/** One timed run: nanoseconds per operation. Checks the total. */
double bench_run_loop(const bench_case *it, uint64_t rounds);

/* ---- child.c: measurements ---- */

/** Run a measurement in a child process and bring its values back; returns how many. */
int bench_run_measure(const bench_case *it, bench_value *values);

/* ---- population.c: label values and series to work on ---- */

/** What a label set is made of; values repeat, or the last one is different in every series. */
typedef enum bench_mix { BENCH_REPEATING, BENCH_UNIQUE } bench_mix;

/** Prepare the texts of `count` label sets of three labels, of about 12 bytes each; once per process. */
void bench_population(uint32_t count, bench_mix mix);

/** Label set `number`; valid for ever. */
tacho_labels bench_labels(uint32_t number);

/** A registry with room for that many series and nothing of its own in it, and its vector of counters. */
typedef struct bench_world {
    tacho_registry *reg;
    tacho_counter_vec *vec;
} bench_world;
bench_world bench_world_new(uint32_t count, uint32_t flags);

/** Resident memory of this process, in bytes. */
double bench_resident(void);

/* ---- memory.c: what tacho and the benchmark hold, heap and mappings ---- */

/** Begin to watch; returns the bytes that are held now. */
double bench_memory_watch(void);

/** The most bytes that were held at a time since then. */
double bench_memory_most(void);

#endif
