/*
 * test_cell_budget.c - the budget for cells per CPU: how many series it is enough for, and that those beyond it count
 * as exactly in the one shared cell that they get instead. The handle tells which of the two a series has.
 */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>

#include <tacho/tacho.h>

#include "support/exposition.h"

static tacho_counter_vec *counters;
static tacho_gauge_vec *flying;
static tacho_histogram_vec *sizes;
static const double bounds[] = { 1, 2, 4 };
static const tacho_desc rows[] = {
    { .counter_vec = &counters, .name = "c_total", .help = "Counters.", .labels = { "id" }, .max_series = 20000 },
    { .gauge_vec = &flying, .name = "flying", .help = "Up and down.", .labels = { "id" }, .flags = TACHO_UPDOWN },
    { .histogram_vec = &sizes, .name = "sizes", .help = "Values.", .labels = { "id" }, .buckets = bounds,
      .bucket_count = 3 },
};

static tacho_registry *open_with(tacho_registry_options options)
{
    tacho_registry *reg = tacho_registry_new(&options);
    assert_non_null(reg);
    assert_int_equal(TACHO_DEFINE(reg, rows), TACHO_OK);
    return reg;
}

static tacho_counter *counter_number(unsigned number)
{
    char id[16];
    (void)snprintf(id, sizeof id, "%u", number);
    return tacho_counter_at(counters, TACHO_LABELS(id));
}

static bool is_per_cpu(const tacho_counter *counter)
{
    return ((uintptr_t)counter & TACHO_HANDLE_PER_CPU) != 0;
}

/* ---- How far it goes ----------------------------------------------------------------------------------------- */

#define MIB ((size_t)1 << 20)

static void the_budget_is_enough_for_as_many_series_as_the_header_says(void **state)
{
    static const struct {
        const char *name;
        tacho_registry_options options;
        unsigned series; /* 8 bytes each; the first 64 of a CPU say that it counted */
    } table[] = {
        { "64 KiB per CPU unless told otherwise", { .cpus = 2 }, 65536 / 8 - 8 },
        { "as told", { .cpus = 2, .cell_budget = 4096 }, 4096 / 8 - 8 },
        { "in whole pages", { .cpus = 2, .cell_budget = 8191 }, 4096 / 8 - 8 },
        { "none for less than a page", { .cpus = 2, .cell_budget = 4095 }, 0 },
        { "a quarter of the bytes for all CPUs", { .byte_budget = 4 * MIB, .cpus = 64 }, 16384 / 8 - 8 },
        { "a quarter, whatever is wanted", { .byte_budget = 4 * MIB, .cpus = 64, .cell_budget = MIB }, 16384 / 8 - 8 },
        { "none when a quarter is less than a page each", { .byte_budget = MIB, .cpus = 65 }, 0 },
    };
    (void)state;
    tacho_registry *first = open_with((tacho_registry_options){ .cpus = 2 });
    bool here = is_per_cpu(counter_number(0));
    tacho_registry_free(first);
    if (!here) {
        print_message("no cells per CPU on this system: nothing to count\n");
        skip();
    }
    for (size_t i = 0; i < TACHO_COUNT(table); i++) {
        tacho_registry *reg = open_with(table[i].options);
        unsigned count = 0;
        while (count < 10000 && is_per_cpu(counter_number(count))) count++;
        if (count != table[i].series) fail_msg("%s: %u series, not %u", table[i].name, count, table[i].series);
        tacho_registry_free(reg);
    }
}

/* ---- Beyond it -------------------------------------------------------------------------------------------------- */

enum { SERIES = 700, ROUNDS = 40, THREADS = 4 };

static tacho_counter *handles[SERIES];

static void *count_in_all(void *unused)
{
    (void)unused;
    for (int round = 0; round < ROUNDS; round++)
        for (unsigned i = 0; i < SERIES; i++) tacho_counter_add(handles[i], i + 1);
    return NULL;
}

static void count_in_threads(void)
{
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++) assert_int_equal(pthread_create(&threads[i], NULL, count_in_all, NULL), 0);
    for (int i = 0; i < THREADS; i++) assert_int_equal(pthread_join(threads[i], NULL), 0);
}

static void check_shown(tacho_registry *reg, double times)
{
    struct exposition *page = exposition_read(reg);
    for (unsigned i = 0; i < SERIES; i++) {
        char series[40];
        (void)snprintf(series, sizeof series, "c_total{id=\"%u\"}", i);
        if (exposition_value(page, series) != times * (i + 1))
            fail_msg("%s is %s, not %g", series, exposition_text(page, series), times * (i + 1));
        assert_true(tacho_counter_value(handles[i]) == times * (i + 1));
    }
    exposition_free(page);
}

static void series_beyond_the_budget_count_as_exactly_as_those_within_it(void **state)
{
    (void)state;
    tacho_registry *reg = open_with((tacho_registry_options){ .cell_budget = 4096 });
    for (unsigned i = 0; i < SERIES; i++) handles[i] = counter_number(i);
    assert_false(is_per_cpu(handles[SERIES - 1]));
    count_in_threads();
    check_shown(reg, THREADS * ROUNDS);
    for (unsigned i = 0; i < SERIES; i++) assert_ptr_equal(counter_number(i), handles[i]); /* for good */
    count_in_threads();
    check_shown(reg, 2 * THREADS * ROUNDS);
    tacho_registry_free(reg);
}

static void gauges_and_histograms_beyond_the_budget_count_exactly_too(void **state)
{
    (void)state;
    tacho_registry *reg = open_with((tacho_registry_options){ .cell_budget = 4096 });
    for (unsigned i = 0; i < SERIES; i++) {
        char id[16];
        (void)snprintf(id, sizeof id, "%u", i);
        for (unsigned k = 0; k < 5; k++) {
            tacho_gauge_add_at(flying, TACHO_LABELS(id), k % 2 ? -0.25 : i);
            tacho_histogram_observe_at(sizes, TACHO_LABELS(id), k);
        }
    }
    struct exposition *page = exposition_read(reg);
    for (unsigned i = 0; i < SERIES; i++) {
        char series[40];
        (void)snprintf(series, sizeof series, "flying{id=\"%u\"}", i);
        assert_true(exposition_value(page, series) == 3.0 * i - 0.5);
        (void)snprintf(series, sizeof series, "sizes_sum{id=\"%u\"}", i);
        assert_true(exposition_value(page, series) == 10);
        (void)snprintf(series, sizeof series, "sizes_bucket{id=\"%u\",le=\"2.0\"}", i);
        assert_true(exposition_value(page, series) == 3);
    }
    exposition_free(page);
    tacho_registry_free(reg);
}

/* ---- Given back ---------------------------------------- */

static void cells_of_removed_series_serve_the_next_which_start_from_0(void **state)
{
    (void)state;
    tacho_registry *reg = open_with((tacho_registry_options){ .cell_budget = 4096 });
    unsigned before = 0, after = 0;
    for (unsigned i = 0; i < SERIES; i++) {
        handles[i] = counter_number(i);
        before += is_per_cpu(handles[i]);
        tacho_counter_add(handles[i], 1000);
    }
    assert_int_equal(tacho_counter_clear(counters), TACHO_OK);
    for (unsigned i = 0; i < SERIES; i++) {
        handles[i] = counter_number(i);
        after += is_per_cpu(handles[i]);
        assert_true(tacho_counter_value(handles[i]) == 0);
    }
    assert_int_equal(after, before);
    count_in_threads();
    check_shown(reg, THREADS * ROUNDS);
    tacho_registry_free(reg);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_budget_is_enough_for_as_many_series_as_the_header_says),
        cmocka_unit_test(series_beyond_the_budget_count_as_exactly_as_those_within_it),
        cmocka_unit_test(gauges_and_histograms_beyond_the_budget_count_exactly_too),
        cmocka_unit_test(cells_of_removed_series_serve_the_next_which_start_from_0),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
