/*
 * test_scrape_memory.c - what a scrape costs: memory that does not grow with the registry, none of it while reading,
 * no page of cells that nobody counted in, and no lock.
 */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <tacho/expose.h>

#include "alloc.h"
#include "registry_internal.h"
#include "support/exposition.h"

static tacho_counter_vec *counters;
static tacho_histogram_vec *histograms;

static const tacho_desc rows[] = {
    { .counter_vec = &counters, .name = "c_total", .help = "Counters.", .labels = { "id" }, .max_series = 200000 },
    { .histogram_vec = &histograms, .name = "h", .help = "Histograms.", .labels = { "id" }, .max_series = 200000 },
};

static tacho_registry *registry_of(uint32_t counter_series, uint32_t histogram_series)
{
    char id[24];
    tacho_registry *reg = tacho_registry_new(NULL);
    assert_int_equal(TACHO_DEFINE(reg, rows), TACHO_OK);
    for (uint32_t i = 0; i < counter_series; i++) {
        (void)snprintf(id, sizeof id, "series-%06u", i);
        tacho_counter_add_at(counters, TACHO_LABELS(id), i);
    }
    for (uint32_t i = 0; i < histogram_series; i++) {
        (void)snprintf(id, sizeof id, "series-%06u", i);
        tacho_histogram_observe_at(histograms, TACHO_LABELS(id), i);
    }
    return reg;
}

static struct {
    size_t calls, bytes;
} taken;

static bool count_allocation(size_t size)
{
    taken.calls++;
    taken.bytes += size;
    return true;
}

/* Heap taken by the begin of a scrape, nothing given back; reading must not take any. */
static size_t cost_of_a_scrape(tacho_registry *reg, size_t *lines)
{
    static char buf[16384];
    size_t len;
    *lines = 0;
    taken.calls = taken.bytes = 0;
    tacho__alloc_hook = count_allocation;
    tacho_scrape *scrape = tacho_scrape_new(reg, TACHO_TEXT);
    size_t bytes = taken.bytes, calls = taken.calls;
    assert_non_null(scrape);
    while ((len = tacho_scrape_read(scrape, buf, sizeof buf)) > 0)
        for (size_t i = 0; i < len; i++) *lines += buf[i] == '\n';
    assert_int_equal(taken.calls, calls);
    tacho_scrape_free(scrape);
    tacho__alloc_hook = TACHO__NO_HOOK;
    return bytes;
}

static void a_scrape_of_a_hundred_thousand_series_takes_no_more_memory_than_one_of_ten(void **state)
{
    static const struct {
        uint32_t counters, histograms;
    } sizes[] = { { 10, 0 }, { 100000, 0 }, { 10, 10 }, { 100000, 5000 } };
    size_t first = 0, lines;
    (void)state;
    for (size_t i = 0; i < TACHO_COUNT(sizes); i++) {
        tacho_registry *reg = registry_of(sizes[i].counters, sizes[i].histograms);
        size_t cost = cost_of_a_scrape(reg, &lines);
        print_message("%zu lines: %zu bytes\n", lines, cost);
        assert_true(lines >= sizes[i].counters + 14 * sizes[i].histograms);
        if (i == 0) first = cost;
        assert_true(cost <= 64 << 10);
        assert_int_equal(cost, first);
        tacho_registry_free(reg);
    }
}

static void a_long_line_makes_it_no_larger_than_the_line_asks_for(void **state)
{
    static tacho_gauge_vec *vec;
    static const tacho_desc row[] = { { .gauge_vec = &vec, .name = "long", .help = "Help.",
                                        .labels = { "a", "b", "c", "d", "e", "f", "g", "h" } } };
    char value[TACHO_MAX_LABEL_BYTES + 1], buf[64];
    size_t lines;
    tacho_registry *reg = registry_of(10, 0);
    (void)state;
    memset(value, '\n', sizeof value - 1); /* two bytes each in a line */
    value[sizeof value - 1] = '\0';
    assert_int_equal(TACHO_DEFINE(reg, row), TACHO_OK);
    size_t before = cost_of_a_scrape(reg, &lines);
    tacho_gauge_set_at(vec, TACHO_LABELS(value, value, value, value, value, value, value, value), 1);
    size_t after = cost_of_a_scrape(reg, &lines);
    assert_true(after > before && after - before < 2 * (8 * 2 * TACHO_MAX_LABEL_BYTES + 200));
    exposition_free(exposition_read(reg));
    tacho_scrape *scrape = tacho_scrape_new(reg, TACHO_TEXT); /* through a buffer much smaller than the line */
    size_t total = 0, len;
    while ((len = tacho_scrape_read(scrape, buf, sizeof buf)) > 0) total += len;
    assert_true(total > (size_t)8 * 2 * TACHO_MAX_LABEL_BYTES);
    tacho_scrape_free(scrape);
    tacho_registry_free(reg);
}

/* Whether any page of this range was touched, for reading or writing. */
static bool any_page_touched(const char *from, size_t len)
{
    unsigned char pages[256];
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    assert_true(len % page == 0 && len / page <= sizeof pages && (uintptr_t)from % page == 0);
    if (len == 0) return false;
    assert_int_equal(mincore((void *)(uintptr_t)from, len, pages), 0);
    for (size_t i = 0; i < len / page; i++)
        if (pages[i] & 1) return true;
    return false;
}

static void a_scrape_leaves_the_cells_of_cpus_alone_that_never_counted(void **state)
{
    enum { CPUS = 64, SERIES = 2000 };
    size_t page = (size_t)sysconf(_SC_PAGESIZE), lines;
    char id[24];
    tacho_registry *reg = tacho_registry_new(&(tacho_registry_options){ .cpus = CPUS });
    (void)state;
    assert_non_null(reg);
    if (page != 4096) skip();
    assert_int_equal(TACHO_DEFINE(reg, rows), TACHO_OK);
    const struct tacho__segment_head *head = reg->segment.head;
    const char *stripes = (const char *)head + (size_t)head->stripes * TACHO__UNIT;
    assert_int_equal(head->cpus, CPUS);
    for (uint32_t i = 0; i < SERIES; i++) {
        (void)snprintf(id, sizeof id, "series-%06u", i);
        tacho_counter_inc_at(counters, TACHO_LABELS(id));
        (void)tacho_histogram_at(histograms, TACHO_LABELS(id));
    }
    assert_true(head->cells_used > 8 * page); /* there is something to leave alone */
    for (int i = 0; i < 3; i++) (void)cost_of_a_scrape(reg, &lines);
    assert_true(lines > 15 * SERIES);
    size_t touched = 0;
    for (size_t cpu = 0; cpu < CPUS; cpu++) {
        const char *stripe = stripes + cpu * head->stride;
        if (*stripe)
            touched++;
        else /* its first page has the byte that was asked */
            assert_false(any_page_touched(stripe + page, head->stride - page));
    }
    assert_true(touched <= (size_t)sysconf(_SC_NPROCESSORS_CONF));
    assert_int_equal(touched > 0, TACHO_HAS_RSEQ);
    exposition_free(exposition_read(reg));
    tacho_registry_free(reg);
}

static void a_scrape_holds_no_lock_between_two_reads(void **state)
{
    char buf[100], id[24];
    tacho_registry *reg = registry_of(100, 100);
    (void)state;
    tacho_scrape *scrape = tacho_scrape_new(reg, TACHO_TEXT);
    for (uint32_t i = 0; tacho_scrape_read(scrape, buf, sizeof buf) > 0; i++) {
        assert_int_equal(pthread_mutex_trylock(&reg->segment.head->lock.mutex), 0);
        assert_int_equal(pthread_mutex_unlock(&reg->segment.head->lock.mutex), 0);
        assert_int_equal(pthread_mutex_trylock(&reg->mutex), 0);
        assert_int_equal(pthread_mutex_unlock(&reg->mutex), 0);
        (void)snprintf(id, sizeof id, "new-%u", i);
        tacho_counter_inc_at(counters, TACHO_LABELS(id));
    }
    tacho_scrape_free(scrape);
    tacho_registry_free(reg);
}

static void reading_goes_on_while_somebody_else_holds_every_lock(void **state)
{
    char buf[100];
    size_t total = 0, len;
    tacho_registry *reg = registry_of(100, 100);
    (void)state;
    tacho_scrape *scrape = tacho_scrape_new(reg, TACHO_TEXT);
    assert_int_equal(pthread_mutex_lock(&reg->segment.head->lock.mutex), 0);
    assert_int_equal(pthread_mutex_lock(&reg->mutex), 0);
    while ((len = tacho_scrape_read(scrape, buf, sizeof buf)) > 0) total += len;
    assert_int_equal(pthread_mutex_unlock(&reg->mutex), 0);
    assert_int_equal(pthread_mutex_unlock(&reg->segment.head->lock.mutex), 0);
    assert_true(total > 10000);
    tacho_scrape_free(scrape);
    tacho_registry_free(reg);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_scrape_of_a_hundred_thousand_series_takes_no_more_memory_than_one_of_ten),
        cmocka_unit_test(a_long_line_makes_it_no_larger_than_the_line_asks_for),
        cmocka_unit_test(a_scrape_leaves_the_cells_of_cpus_alone_that_never_counted),
        cmocka_unit_test(a_scrape_holds_no_lock_between_two_reads),
        cmocka_unit_test(reading_goes_on_while_somebody_else_holds_every_lock),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
