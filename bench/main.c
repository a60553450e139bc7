/*
 * main.c - the runner: chooses cases, measures them in turn, prints medians.
 */
#define _GNU_SOURCE
#include "bench.h"

#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define MAIN_ROUNDS_MAX 31

typedef struct chosen {
    const bench_case *it;
    uint64_t rounds;          /* of the loop, per thread and measurement */
    double ns[MAIN_ROUNDS_MAX]; /* per operation */
    int measured;
} chosen;

typedef struct worker {
    const bench_case *it;
    uint64_t rounds;
    int number;
    pthread_barrier_t *start;
} worker;

static const char usage[] =
    "usage: tacho_bench [--quick] [NAME...]\n"
    "Measure the cases named (all by default) and print one row each: name, threads, value, unit.\n"
    "  --quick   fewer and shorter rounds: done within 20 seconds\n"
    "  --list    the names\n"
    "Rows that begin with limit_ are what the machine itself can do: compare within one run only.\n";

tacho_registry *bench_registry(void)
{
    static tacho_registry *reg;
    if (!reg) reg = tacho_registry_new(NULL);
    return reg;
}

static double main_now_ns(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

/* A thread of its own on a CPU of its own, where that is allowed. */
static void main_pin(int number)
{
    cpu_set_t allowed, one;
    if (sched_getaffinity(0, sizeof allowed, &allowed) != 0) return;
    for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
        if (!CPU_ISSET((size_t)cpu, &allowed) || number-- > 0) continue;
        CPU_ZERO(&one);
        CPU_SET((size_t)cpu, &one);
        (void)sched_setaffinity(0, sizeof one, &one);
        return;
    }
}

static void *main_work(void *argument)
{
    worker *self = argument;
    main_pin(self->number);
    (void)pthread_barrier_wait(self->start);
    self->it->loop(self->rounds, self->number);
    (void)pthread_barrier_wait(self->start);
    return NULL;
}

/* Wall time of one measurement. The threads wait for each other at both ends. */
static double main_measure(const bench_case *it, uint64_t rounds)
{
    pthread_t threads[BENCH_THREADS_MAX];
    worker workers[BENCH_THREADS_MAX];
    pthread_barrier_t start;
    (void)pthread_barrier_init(&start, NULL, (unsigned)it->threads + 1);
    for (int i = 0; i < it->threads; i++) {
        workers[i] = (worker){ it, rounds, i, &start };
        if (pthread_create(&threads[i], NULL, main_work, &workers[i]) != 0) {
            fprintf(stderr, "tacho_bench: cannot start a thread\n");
            exit(1);
        }
    }
    (void)pthread_barrier_wait(&start);
    double begin = main_now_ns();
    (void)pthread_barrier_wait(&start);
    double end = main_now_ns();
    for (int i = 0; i < it->threads; i++) (void)pthread_join(threads[i], NULL);
    (void)pthread_barrier_destroy(&start);
    return end - begin;
}

static void main_check_total(const bench_case *it, double before, uint64_t rounds)
{
    if (!it->total) return;
    double counted = it->total() - before, expected = (double)rounds * it->threads;
    if (counted == expected) return;
    fprintf(stderr, "tacho_bench: %s counted %.0f, expected %.0f\n", it->name, counted, expected);
    exit(1);
}

static void main_round(chosen *one)
{
    double before = one->it->total ? one->it->total() : 0;
    double ns = main_measure(one->it, one->rounds);
    main_check_total(one->it, before, one->rounds);
    one->ns[one->measured++] = ns / (double)one->rounds; /* wall time * threads / (rounds * threads) */
}

/* As many rounds as fill the time, approached step by step, so that one slow start does not mislead. */
static void main_calibrate(chosen *one, double target_ns)
{
    one->rounds = 1000;
    for (int step = 0; step < 30; step++) {
        double factor = target_ns / main_measure(one->it, one->rounds);
        if (factor > 0.5 && factor < 2 && step > 2) return;
        if (factor > 8) factor = 8;
        if (factor < 0.5) factor = 0.5;
        one->rounds = (uint64_t)((double)one->rounds * factor) + 1;
    }
}

static int main_by_value(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

static void main_print(chosen *one, bool *noisy)
{
    qsort(one->ns, (size_t)one->measured, sizeof one->ns[0], main_by_value);
    double median = one->ns[one->measured / 2];
    double quarter = one->ns[one->measured / 4], three = one->ns[one->measured - 1 - one->measured / 4];
    printf("%s\t%d\t%.3f\tns/op\n", one->it->name, one->it->threads, median);
    if (three - quarter > 0.25 * median) *noisy = true;
}

static bool main_is_chosen(const char *name, char **names)
{
    if (!*names) return true;
    for (; *names; names++)
        if (strcmp(*names, name) == 0) return true;
    return false;
}

static int main_run(chosen *all, int count, int rounds, double target_ns)
{
    bool noisy = false;
    for (int i = 0; i < count; i++) main_calibrate(&all[i], target_ns);
    for (int round = 0; round < rounds; round++)
        for (int i = 0; i < count; i++) {
            if (isatty(2)) fprintf(stderr, "\rround %d of %d: %-40s", round + 1, rounds, all[i].it->name);
            main_round(&all[i]);
        }
    if (isatty(2)) fprintf(stderr, "\r%60s\r", "");
    for (int i = 0; i < count; i++) main_print(&all[i], &noisy);
    if (noisy)
        fprintf(stderr, "tacho_bench: the machine was noisy: rounds of one row differ by more than a quarter\n");
    return 0;
}

int main(int argc, char **argv)
{
    static chosen all[64];
    bool quick = false;
    int count = 0;
    (void)argc;
    for (argv++; *argv && (*argv)[0] == '-'; argv++) {
        if (strcmp(*argv, "--quick") == 0) {
            quick = true;
        } else if (strcmp(*argv, "--list") == 0) {
            for (int i = 0; i < bench_inc_count; i++) printf("%s\t%d\n", bench_inc_cases[i].name, bench_inc_cases[i].threads);
            return 0;
        } else {
            fputs(usage, strcmp(*argv, "--help") == 0 ? stdout : stderr);
            return strcmp(*argv, "--help") == 0 ? 0 : 2;
        }
    }
    for (int i = 0; i < bench_inc_count; i++)
        if (main_is_chosen(bench_inc_cases[i].name, argv)) all[count++].it = &bench_inc_cases[i];
    if (count == 0) {
        fprintf(stderr, "tacho_bench: no such case; --list names them\n");
        return 2;
    }
    return main_run(all, count, quick ? 7 : 21, quick ? 20e6 : 100e6);
}
