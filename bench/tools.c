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

void bench_pin(int number)
{
    static cpu_set_t allowed; /* of the process, read before the first thread is pinned */
    static bool known;
    cpu_set_t one;
    if (!known) known = sched_getaffinity(0, sizeof allowed, &allowed) == 0;
    for (int cpu = 0; known && cpu < CPU_SETSIZE; cpu++) {
        if (!CPU_ISSET((size_t)cpu, &allowed) || number-- > 0) continue;
        CPU_ZERO(&one);
        CPU_SET((size_t)cpu, &one);
        (void)sched_setaffinity(0, sizeof one, &one);
        return;
    }
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
