/*
 * lookup.c - the price of finding a series by its label values, and counting in it.
 *
 * Three labels, two of them varying; which label set comes next is random, and prepared.
 */
#include "bench.h"

#include <stdio.h>
#include <string.h>

enum { LOOKUP_SIDE_MAX = 100, LOOKUP_ORDER = 1 << 15, LOOKUP_TEXT = 16 };

typedef struct family {
    tacho_counter_vec *vec[BENCH_THREADS_MAX];
    uint32_t side; /* values of each of the two labels */
    struct { uint8_t tenant, path; } order[LOOKUP_ORDER];
} family;

static family lookup_small = { .side = 10 }, lookup_large = { .side = 100 };
static char lookup_tenants[LOOKUP_SIDE_MAX][LOOKUP_TEXT], lookup_paths[LOOKUP_SIDE_MAX][LOOKUP_TEXT];

#define LOOKUP_ROW(vector, series, row_name)                                                        \
    { .counter_vec = &(vector), .name = row_name, .help = "Requests.",                              \
      .labels = { "method", "tenant", "path" }, .max_series = series }

/* One row per thread that works on its own, each in a registry of its own with its own cells. */
static const tacho_desc lookup_rows[][2] = {
    { LOOKUP_ROW(lookup_small.vec[0], 100, "bench_lookup_100_total"),
      LOOKUP_ROW(lookup_large.vec[0], 10000, "bench_lookup_10000_total") },
    { LOOKUP_ROW(lookup_small.vec[1], 100, "bench_lookup_100_total"),
      LOOKUP_ROW(lookup_large.vec[1], 10000, "bench_lookup_10000_total") },
};

static void lookup_fill(family *in, uint32_t seed)
{
    for (int i = 0; i < LOOKUP_ORDER; i++) {
        seed = seed * 1664525u + 1013904223u;
        in->order[i].tenant = (uint8_t)((seed >> 8) % in->side);
        in->order[i].path = (uint8_t)((seed >> 16) % in->side);
    }
    for (uint32_t k = 0; k < in->side * in->side; k++)
        for (int i = 0; i < BENCH_THREADS_MAX; i++)
            (void)tacho_counter_at(in->vec[i],
                                   TACHO_LABELS("GET", lookup_tenants[k % in->side], lookup_paths[k / in->side]));
}

static void lookup_setup(void)
{
    static bool done;
    if (done) return;
    done = true;
    for (int i = 0; i < LOOKUP_SIDE_MAX; i++) {
        (void)snprintf(lookup_tenants[i], LOOKUP_TEXT, "tenant-%05d", i);
        (void)snprintf(lookup_paths[i], LOOKUP_TEXT, "/path/%06d", i);
    }
    for (int i = 0; i < BENCH_THREADS_MAX; i++) {
        tacho_registry *reg = tacho_registry_new(NULL);
        if (TACHO_DEFINE(reg, lookup_rows[i])) bench_fail("lookup", tacho_registry_error(reg));
    }
    lookup_fill(&lookup_small, 1);
    lookup_fill(&lookup_large, 2);
}

static void lookup_strings(family *in, uint64_t rounds, int which)
{
    for (uint64_t i = 0; i < rounds; i++) {
        uint32_t k = (uint32_t)(i % LOOKUP_ORDER);
        tacho_counter_inc_at(in->vec[which], TACHO_LABELS("GET", lookup_tenants[in->order[k].tenant],
                                                          lookup_paths[in->order[k].path]));
    }
}

static void lookup_slices(family *in, uint64_t rounds, int which)
{
    static const size_t lengths[3] = { 3, 12, 12 };
    for (uint64_t i = 0; i < rounds; i++) {
        uint32_t k = (uint32_t)(i % LOOKUP_ORDER);
        const char *values[3] = { "GET", lookup_tenants[in->order[k].tenant], lookup_paths[in->order[k].path] };
        tacho_counter_inc_at(in->vec[which], (tacho_labels){ .values = values, .lengths = lengths, .count = 3 });
    }
}

static double lookup_total(const family *in)
{
    double sum = 0;
    for (uint32_t k = 0; k < in->side * in->side; k++)
        for (int i = 0; i < BENCH_THREADS_MAX; i++)
            sum += tacho_counter_value(tacho_counter_at(
                in->vec[i], TACHO_LABELS("GET", lookup_tenants[k % in->side], lookup_paths[k / in->side])));
    return sum;
}

static void lookup_loop_100(uint64_t rounds, int which) { lookup_strings(&lookup_small, rounds, which); }
static void lookup_loop_10000(uint64_t rounds, int which) { lookup_strings(&lookup_large, rounds, which); }
static void lookup_loop_100_slices(uint64_t rounds, int which) { lookup_slices(&lookup_small, rounds, which); }
static void lookup_loop_10000_slices(uint64_t rounds, int which) { lookup_slices(&lookup_large, rounds, which); }
static double lookup_total_100(void) { return lookup_total(&lookup_small); }
static double lookup_total_10000(void) { return lookup_total(&lookup_large); }

#define LOOKUP(case_name, loop_name, total_name, thread_count, target_kind)                             \
    { .name = case_name, .threads = thread_count, .target = target_kind, .setup = lookup_setup,         \
      .loop = lookup_loop_##loop_name, .total = lookup_total_##total_name }

static const bench_case lookup_cases[] = {
    LOOKUP("lookup_100", 100, 100, 1, BENCH_SAME),
    LOOKUP("lookup_100", 100, 100, 2, BENCH_SAME),
    LOOKUP("lookup_100_distinct", 100, 100, 2, BENCH_DISTINCT),
    LOOKUP("lookup_100_slices", 100_slices, 100, 1, BENCH_SAME),
    LOOKUP("lookup_100_slices", 100_slices, 100, 2, BENCH_SAME),
    LOOKUP("lookup_10000", 10000, 10000, 1, BENCH_SAME),
    LOOKUP("lookup_10000", 10000, 10000, 2, BENCH_SAME),
    LOOKUP("lookup_10000_distinct", 10000, 10000, 2, BENCH_DISTINCT),
    LOOKUP("lookup_10000_slices", 10000_slices, 10000, 1, BENCH_SAME),
    LOOKUP("lookup_10000_slices", 10000_slices, 10000, 2, BENCH_SAME),
};
const bench_group bench_lookup_group = { lookup_cases, (int)TACHO_COUNT(lookup_cases) };
