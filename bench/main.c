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

static bool main_is_chosen(const char *name, char **names)
{
    if (!*names) return true;
    for (; *names; names++)
        if (strcmp(*names, name) == 0) return true;
    return false;
}

static int main_choose(chosen *all, char **names)
{
    int count = 0;
    for (size_t g = 0; g < TACHO_COUNT(main_groups); g++)
        for (int i = 0; i < main_groups[g]->count; i++)
            if (main_is_chosen(main_groups[g]->cases[i].name, names)) all[count++].it = &main_groups[g]->cases[i];
    return count;
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

int main(int argc, char **argv)
{
    static chosen all[MAIN_CASES_MAX];
    const effort *how = &main_thorough;
    bool list = false;
    (void)argc;
    for (argv++; *argv && (*argv)[0] == '-'; argv++) {
        if (strcmp(*argv, "--quick") == 0) {
            how = &main_quick;
        } else if (strcmp(*argv, "--list") == 0) {
            list = true;
        } else {
            bool help = strcmp(*argv, "--help") == 0;
            fputs(usage, help ? stdout : stderr);
            return help ? 0 : 2;
        }
    }
    int count = main_choose(all, argv);
    if (count == 0) {
        fprintf(stderr, "tacho_bench: no such case; --list names them\n");
        return 2;
    }
    if (list)
        main_list(all, count);
    else
        main_run(all, count, how);
    return 0;
}
