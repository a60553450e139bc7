/*
 * population.c - label sets by number: a method, a tenant and a path, up to a hundred of each, or a unique path.
 */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define POPULATION_TEXT 24

typedef struct label_set {
    const char *values[3];
} label_set;

static char population_texts[3][100][POPULATION_TEXT];
static char (*population_unique)[POPULATION_TEXT];
static label_set *population_sets;

/* The tenant changes fastest, then the path, then the method. */
void bench_population(uint32_t count, bench_mix mix)
{
    for (uint32_t i = 0; i < 100; i++) {
        (void)snprintf(population_texts[0][i], POPULATION_TEXT, "method-%05u", i);
        (void)snprintf(population_texts[1][i], POPULATION_TEXT, "tenant-%05u", i);
        (void)snprintf(population_texts[2][i], POPULATION_TEXT, "/path/%06u", i);
    }
    free(population_sets);
    population_sets = malloc(count * sizeof *population_sets);
    if (mix == BENCH_UNIQUE) population_unique = malloc(count * sizeof *population_unique);
    if (!population_sets || (mix == BENCH_UNIQUE && !population_unique)) bench_fail("population", "out of memory");
    for (uint32_t i = 0; i < count; i++) {
        population_sets[i] = (label_set){ { population_texts[0][i / 10000 % 100], population_texts[1][i % 100],
                                            population_texts[2][i / 100 % 100] } };
        if (mix != BENCH_UNIQUE) continue;
        (void)snprintf(population_unique[i], POPULATION_TEXT, "/item/%06u", i);
        population_sets[i].values[2] = population_unique[i];
    }
}

tacho_labels bench_labels(uint32_t number)
{
    return (tacho_labels){ .values = population_sets[number].values, .count = 3 };
}

bench_world bench_world_new(uint32_t count, uint32_t flags)
{
    static tacho_counter_vec *vec;
    static tacho_desc rows[] = { { .counter_vec = &vec, .name = "bench_requests_total", .help = "Requests.",
                                   .labels = { "method", "tenant", "path" } } };
    tacho_registry_options options = { .byte_budget = (size_t)256 << 20, .no_self_metrics = 1 };
    bench_world world = { .reg = tacho_registry_new(&options) };
    rows[0].max_series = count;
    rows[0].flags = flags;
    if (TACHO_DEFINE(world.reg, rows)) bench_fail("population", tacho_registry_error(world.reg));
    world.vec = vec;
    return world;
}

double bench_resident(void)
{
    unsigned long pages = 0;
    FILE *statm = fopen("/proc/self/statm", "r");
    if (!statm || fscanf(statm, "%*u %lu", &pages) != 1) bench_fail("population", "cannot read /proc/self/statm");
    (void)fclose(statm);
    return (double)pages * (double)sysconf(_SC_PAGESIZE);
}
