/*
 * main.c - the runner: chooses cases, lets them take turns, prints medians.
 */
#include "bench.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define MAIN_ROUNDS_MAX 21
#define MAIN_CASES_MAX 80

typedef struct chosen {
    const bench_case *it;
    uint64_t repeats; /* of the loop, per thread and round */
    const char *units[BENCH_VALUES_MAX];
    double values[BENCH_VALUES_MAX][MAIN_ROUNDS_MAX];
    int value_count, measured;
} chosen;

/* How long it all takes. */
typedef struct effort {
    int rounds, slow_rounds;
    double loop_ns;
} effort;

static const effort main_thorough = { 15, 5, 60e6 }, main_quick = { 5, 1, 10e6 };

static const bench_group *const main_groups[] = { &bench_limit_group, &bench_update_group, &bench_lookup_group,
                                                  &bench_series_group, &bench_scrape_group, &bench_stall_group };

static const char usage[] =
    "usage: tacho_bench [--quick] [--list] [NAME...]\n"
    "Measure the cases named (all by default) and print a row per value: name, threads, median, unit.\n"
    "  --quick   fewer and shorter rounds: done within 20 seconds\n"
    "  --list    the names and their threads\n"
    "Rows that begin with limit_ are what the machine itself can do: compare within one run only. Two threads work on\n"
    "the same series, on different ones where the name ends in _distinct.\n";

static bool main_is_named(const char *name, char **names)
{
    for (; *names; names++)
        if (strcmp(*names, name) == 0) return true;
    return false;
}

/* The cases named, or all. */
static int main_choose(chosen *all, char **names)
{
    int count = 0;
    for (size_t g = 0; g < TACHO_COUNT(main_groups); g++)
        for (int i = 0; i < main_groups[g]->count; i++) {
            const bench_case *it = &main_groups[g]->cases[i];
            if (!*names || main_is_named(it->name, names)) all[count++].it = it;
        }
    return count;
}

/* The first name that is no case's; NULL: all are known. */
static const char *main_unknown(const chosen *all, int count, char **names)
{
    for (; *names; names++) {
        int at = 0;
        while (at < count && strcmp(all[at].it->name, *names) != 0) at++;
        if (at == count) return *names;
    }
    return NULL;
}

static void main_progress(int round, int rounds, const char *name)
{
    if (isatty(STDERR_FILENO)) fprintf(stderr, "\rround %d of %d: %-40s", round, rounds, name);
}

static void main_round(chosen *one)
{
    bench_value values[BENCH_VALUES_MAX] = { { 0, "ns/op" } };
    one->value_count = 1;
    if (one->it->measure)
        one->value_count = bench_run_measure(one->it, values);
    else
        values[0].value = bench_run_loop(one->it, one->repeats);
    for (int i = 0; i < one->value_count; i++) {
        one->units[i] = values[i].unit;
        one->values[i][one->measured] = values[i].value;
    }
    one->measured++;
}

/* Returns whether the rounds differ so much that the median says little. */
static bool main_print(chosen *one)
{
    bool noisy = false;
    for (int i = 0; i < one->value_count; i++) {
        double *sorted = one->values[i], median;
        bench_sort(sorted, one->measured);
        median = sorted[one->measured / 2];
        printf("%s\t%d\t%.3f\t%s\n", one->it->name, one->it->threads, median, one->units[i]);
        double low = sorted[one->measured / 4], high = sorted[one->measured - 1 - one->measured / 4];
        if (strncmp(one->units[i], "ns/", 3) == 0 && high - low > 0.25 * median) noisy = true;
    }
    return noisy;
}

static void main_run(chosen *all, int count, const effort *how)
{
    bool noisy = false;
    for (int i = 0; i < count; i++) {
        if (all[i].it->setup) all[i].it->setup();
        main_progress(0, how->rounds, all[i].it->name);
        if (all[i].it->loop) all[i].repeats = bench_calibrate(all[i].it, how->loop_ns);
    }
    for (int round = 0; round < how->rounds; round++)
        for (int i = 0; i < count; i++) {
            if (all[i].it->slow && round >= how->slow_rounds) continue;
            main_progress(round + 1, how->rounds, all[i].it->name);
            main_round(&all[i]);
        }
    if (isatty(STDERR_FILENO)) fprintf(stderr, "\r%60s\r", "");
    for (int i = 0; i < count; i++) noisy |= main_print(&all[i]);
    if (noisy)
        fprintf(stderr, "tacho_bench: the machine was noisy: rounds of one row differ by more than a quarter\n");
}

static void main_list(const chosen *all, int count)
{
    for (int i = 0; i < count; i++) printf("%s\t%d\n", all[i].it->name, all[i].it->threads);
}

static void main_warn(const chosen *all, int count, int cpus)
{
    int needed = 1;
    for (int i = 0; i < count; i++) {
        int more = all[i].it->cpus > all[i].it->threads ? all[i].it->cpus : all[i].it->threads;
        if (more > needed) needed = more;
    }
    if (cpus < needed && cpus > 0)
        fprintf(stderr, "tacho_bench: there is one CPU only: threads that should run at the same time took turns\n");
}

int main(int argc, char **argv)
{
    static chosen all[MAIN_CASES_MAX];
    const effort *how = &main_thorough;
    char **names = argv + 1, **end = names;
    bool list = false;
    (void)argc;
    for (char **at = names; *at; at++) {
        if ((*at)[0] != '-') {
            *end++ = *at;
        } else if (strcmp(*at, "--quick") == 0) {
            how = &main_quick;
        } else if (strcmp(*at, "--list") == 0) {
            list = true;
        } else if (strcmp(*at, "--help") == 0) {
            fputs(usage, stdout);
            return 0;
        } else {
            fprintf(stderr, "tacho_bench: there is no option '%s'; --help lists them\n", *at);
            return 2;
        }
    }
    *end = NULL;
    int count = main_choose(all, names);
    const char *unknown = main_unknown(all, count, names);
    if (unknown) {
        fprintf(stderr, "tacho_bench: there is no case '%s'; --list names them\n", unknown);
        return 2;
    }
    if (list) {
        main_list(all, count);
        return 0;
    }
    int cpus = bench_find_cpus();
    main_run(all, count, how);
    main_warn(all, count, cpus);
    return 0;
}
