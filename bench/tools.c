/*
 * tools.c - what every benchmark needs: the clock, a CPU of its own, the shared registry, a way to give up.
 */
#define _GNU_SOURCE
#include "bench.h"

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

tacho_registry *bench_registry(void)
{
    static tacho_registry *reg;
    if (!reg) reg = tacho_registry_new(NULL);
    return reg;
}

_Noreturn void bench_fail(const char *name, const char *what)
{
    fprintf(stderr, "tacho_bench: %s: %s\n", name, what);
    exit(1);
}

double bench_now_ns(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

/* Read by all threads, written before there are any. */
static int tools_cpus[BENCH_THREADS_MAX], tools_cpu_count;

int bench_find_cpus(void)
{
    cpu_set_t allowed;
    int count = 0;
    if (sched_getaffinity(0, sizeof allowed, &allowed) != 0) return 0;
    for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
        if (!CPU_ISSET((size_t)cpu, &allowed)) continue;
        if (count < BENCH_THREADS_MAX) tools_cpus[tools_cpu_count++] = cpu;
        count++;
    }
    return count;
}

void bench_pin(int number)
{
    cpu_set_t one;
    if (number >= tools_cpu_count) return;
    CPU_ZERO(&one);
    CPU_SET((size_t)tools_cpus[number], &one);
    (void)sched_setaffinity(0, sizeof one, &one);
}

static int tools_by_value(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

void bench_sort(double *numbers, int count)
{
    qsort(numbers, (size_t)count, sizeof *numbers, tools_by_value);
}
