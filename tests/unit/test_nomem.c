/*
 * test_nomem.c - every allocation fails once, at call 1, 2, 3 and so on, and once with all that follow: no crash, no
 * leak (the address sanitizer looks), an error in words, and a registry that works when there is memory again.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tacho/expose.h>

#include "alloc.h"
#include "support/exposition.h"

/* ---- Allocations that fail ----------------------------------------------------------------------------- */

enum failing { FAIL_ONCE, FAIL_FROM_THERE_ON };

static struct {
    size_t calls, fail_at;
    enum failing failing;
    bool failed;
} heap;

static bool heap_hook(size_t size)
{
    (void)size;
    heap.calls++;
    bool fails = heap.calls == heap.fail_at || (heap.failing == FAIL_FROM_THERE_ON && heap.calls > heap.fail_at);
    heap.failed |= fails;
    return !fails;
}

static void heap_fail(size_t at, enum failing failing)
{
    heap.calls = 0;
    heap.fail_at = at;
    heap.failing = failing;
    heap.failed = false;
    tacho__alloc_hook = heap_hook;
}

/* Whether anything failed since then. */
static bool heap_works_again(void)
{
    tacho__alloc_hook = TACHO__NO_HOOK;
    return heap.failed;
}

/* ---- A registry, and one row of each kind -------------------------------------------------------------- */

static const char *const codes[] = { "2xx", "5xx", NULL };
static struct {
    tacho_counter *counter, *array[2], *after;
    tacho_gauge *gauge;
    tacho_histogram *histogram;
    tacho_counter_vec *counters;
    tacho_gauge_vec *gauges;
    tacho_histogram_vec *histograms;
} m;

static const tacho_desc rows[] = {
    { .counter = &m.counter, .name = "a_total", .help = "A." },
    { .counter = &m.array[0], .name = "b_total", .help = "B.", .labels = { "code" }, .values = { codes } },
    { .gauge = &m.gauge, .name = "c", .help = "C.", .flags = TACHO_UPDOWN },
    { .histogram = &m.histogram, .name = "d", .help = "D." },
    { .counter_vec = &m.counters, .name = "e_total", .help = "E.", .labels = { "id", "x" } },
    { .gauge_vec = &m.gauges, .name = "f", .help = "F.", .labels = { "id" } },
    { .histogram_vec = &m.histograms, .name = "g", .help = "G.", .labels = { "id" } },
    { .counter_vec = &m.counters, .name = "h_total", .help = "H.", .labels = { "code", "id" }, .values = { codes } },
};
static const tacho_desc after_rows[] = {
    { .counter = &m.after, .name = "after_total", .help = "Defined when all is well." },
};

static const tacho_desc emitted[] = {
    { .type = TACHO_GAUGE, .name = "emitted", .help = "E.", .labels = { "id" } },
    { .type = TACHO_HISTOGRAM, .name = "emitted_seconds", .help = "E.", .labels = { "id" } },
};

static tacho_err emit(tacho_collector *self, tacho_emitter *out)
{
    static const uint64_t counts[TACHO_DEFAULT_BUCKET_COUNT + 1] = { 1, 2, 3 };
    char id[16];
    (void)self;
    tacho_emit_family(out, &emitted[0]);
    for (int i = 0; i < 300; i++) {
        (void)snprintf(id, sizeof id, "%d", i);
        tacho_emit_int(out, TACHO_LABELS(id), i);
    }
    tacho_emit_family(out, &emitted[1]);
    tacho_emit_histogram(out, TACHO_LABELS("\xff"), counts, 1);
    return TACHO_OK;
}

static const tacho_collector_ops emit_ops = { .name = "emit", .descs = emitted, .desc_count = TACHO_COUNT(emitted), .collect = emit };
static tacho_collector collector = { &emit_ops };

/* The same on a thread of its own, unannounced and cached; its thread and the scraper's never allocate at the same time. */
static const tacho_collector_ops apart_ops = { .name = "emit", .collect = emit, .cache_ms = 1000 * 1000,
                                               .flags = TACHO_COLLECT_DETACHED | TACHO_COLLECT_KEEP_LAST };
static tacho_collector apart = { &apart_ops };

static tacho_registry *new_registry(void)
{
    memset(&m, 0, sizeof m);
    tacho_registry *reg = tacho_registry_new(NULL);
    assert_non_null(reg);
    return reg;
}

static void update_everything(void)
{
    tacho_counter_inc(m.counter);
    tacho_counter_inc(m.array[0]);
    tacho_counter_inc(m.array[1]);
    tacho_gauge_inc(m.gauge);
    tacho_histogram_observe(m.histogram, 1);
    tacho_gauge_set_at(m.gauges, TACHO_LABELS("a"), 1);
    tacho_histogram_observe_at(m.histograms, TACHO_LABELS("a"), 1);
    tacho_counter_inc_at(m.counters, TACHO_LABELS("2xx", "a"));
}

/* A registry that lacked memory works like any other now. */
static void check_usable(tacho_registry *reg)
{
    assert_int_equal(TACHO_DEFINE(reg, after_rows), TACHO_OK);
    tacho_counter_inc(m.after);
    struct exposition *page = exposition_read(reg);
    assert_true(exposition_value(page, "after_total") == 1);
    assert_non_null(exposition_find(page, "tacho_series"));
    exposition_free(page);
}

/* ---- Each of the calls --------------------------------------------------------------------------------- */

/* Make a call while allocations fail; true if it came through. `reg` has everything the call needs. */
typedef bool call(tacho_registry *reg);

static void need_words(tacho_registry *reg, const char *name)
{
    const char *words = tacho_registry_error(reg);
    if (!words || !strstr(words, name)) fail_msg("the error does not name '%s': %s", name, words ? words : "(none)");
}

static bool call_define(tacho_registry *reg, size_t row)
{
    tacho_err err = tacho_registry_define(reg, &rows[row], 1);
    bool failed = heap_works_again();
    assert_int_equal(err, failed ? TACHO_ERR_NOMEM : TACHO_OK);
    if (failed) need_words(reg, rows[row].name);
    update_everything(); /* harmless, with whatever handles there are */
    check_usable(reg);
    assert_int_equal(tacho_registry_define(reg, &rows[row], 1), TACHO_OK);
    struct exposition *page = exposition_read(reg);
    assert_non_null(exposition_family(page, rows[row].name));
    exposition_free(page);
    return !failed;
}

static bool define_counter(tacho_registry *reg) { return call_define(reg, 0); }
static bool define_array(tacho_registry *reg) { return call_define(reg, 1); }
static bool define_updown(tacho_registry *reg) { return call_define(reg, 2); }
static bool define_histogram(tacho_registry *reg) { return call_define(reg, 3); }
static bool define_counter_vec(tacho_registry *reg) { return call_define(reg, 4); }
static bool define_gauge_vec(tacho_registry *reg) { return call_define(reg, 5); }
static bool define_histogram_vec(tacho_registry *reg) { return call_define(reg, 6); }
static bool define_closed_vec(tacho_registry *reg) { return call_define(reg, 7); }

static bool define_all_rows(tacho_registry *reg)
{
    tacho_err err = TACHO_DEFINE(reg, rows);
    bool failed = heap_works_again();
    assert_int_equal(err, failed ? TACHO_ERR_NOMEM : TACHO_OK);
    update_everything();
    check_usable(reg);
    assert_int_equal(TACHO_DEFINE(reg, rows), TACHO_OK); /* the missing ones now, the others again */
    struct exposition *page = exposition_read(reg);
    for (size_t i = 0; i < TACHO_COUNT(rows); i++) assert_non_null(exposition_family(page, rows[i].name));
    exposition_free(page);
    return !failed;
}

static void prepare_vecs(tacho_registry *reg)
{
    assert_int_equal(tacho_registry_define(reg, &rows[4], 3), TACHO_OK);
    tacho_counter_inc_at(m.counters, TACHO_LABELS("a\xff", "x"));
}

static bool find_with_repair(tacho_registry *reg)
{
    tacho_counter_inc_at(m.counters, TACHO_LABELS("a\xff", "x"));
    tacho_counter *counter = tacho_counter_at(m.counters, TACHO_LABELS("b\xff", "x"));
    tacho_gauge *gauge = tacho_gauge_at(m.gauges, TACHO_LABELS("\xff"));
    tacho_histogram *histogram = tacho_histogram_at(m.histograms, TACHO_LABELS("\xff"));
    bool failed = heap_works_again();
    tacho_counter_inc(counter);
    tacho_gauge_set(gauge, 1);
    tacho_histogram_observe(histogram, 1);
    struct exposition *page = exposition_read(reg);
    double rejected = exposition_sum(page, "tacho_series_rejected_total");
    assert_true(failed ? rejected > 0 : rejected == 0);
    assert_true(exposition_sum(page, "e_total") == 3); /* under its labels or _other, as metric.h says */
    assert_true(exposition_sum(page, "g_count") == 1);
    exposition_free(page);
    check_usable(reg);
    tacho_counter_inc_at(m.counters, TACHO_LABELS("b\xff", "x"));
    page = exposition_read(reg);
    assert_true(exposition_value(page, "e_total{id=\"b\xef\xbf\xbd\",x=\"x\"}") >= 1);
    exposition_free(page);
    return !failed;
}

static bool bind_vectors(tacho_registry *reg)
{
    tacho_counter_vec *bound = tacho_counter_bind(m.counters, TACHO_LABELS("a", (const char *)NULL));
    tacho_counter_vec *repaired = tacho_counter_bind(m.counters, TACHO_LABELS((const char *)NULL, "\xff"));
    bool failed = heap_works_again();
    assert_true(failed == (!bound || !repaired));
    tacho_counter_inc_at(bound, TACHO_LABELS("y"));
    tacho_counter_inc_at(repaired, TACHO_LABELS("z"));
    struct exposition *page = exposition_read(reg);
    assert_true(!bound || exposition_value(page, "e_total{id=\"a\",x=\"y\"}") == 1);
    assert_true(!repaired || exposition_value(page, "e_total{id=\"z\",x=\"\xef\xbf\xbd\"}") == 1);
    exposition_free(page);
    check_usable(reg);
    assert_non_null(tacho_counter_bind(m.counters, TACHO_LABELS("a", (const char *)NULL)));
    return !failed;
}

static bool remove_series(tacho_registry *reg)
{
    tacho_err err = tacho_counter_remove_at(m.counters, TACHO_LABELS("a\xff", "x"));
    tacho_counter_inc_at(m.counters, TACHO_LABELS("a", "y"));
    size_t removed = tacho_counter_remove_matching(m.counters, TACHO_LABELS((const char *)NULL, "y"));
    bool failed = heap_works_again();
    assert_int_equal(err, failed ? TACHO_ERR_NOMEM : TACHO_OK);
    assert_int_equal(removed, 1); /* no memory needed */
    assert_int_equal(tacho_counter_remove_at(m.counters, TACHO_LABELS("a\xff", "x")),
                     failed ? TACHO_OK : TACHO_ERR_MISSING);
    check_usable(reg);
    return !failed;
}

static bool plug_in(tacho_registry *reg)
{
    tacho_err err = tacho_registry_add(reg, &collector);
    bool failed = heap_works_again();
    assert_int_equal(err, failed ? TACHO_ERR_NOMEM : TACHO_OK);
    if (failed) need_words(reg, "collector");
    check_usable(reg);
    assert_int_equal(tacho_registry_add(reg, &collector), failed ? TACHO_OK : TACHO_ERR_DUPLICATE);
    struct exposition *page = exposition_read(reg);
    assert_int_equal(exposition_count(page, "emitted"), 300);
    exposition_free(page);
    return !failed;
}

static void prepare_scrape(tacho_registry *reg)
{
    assert_int_equal(TACHO_DEFINE(reg, rows), TACHO_OK);
    assert_int_equal(tacho_registry_add(reg, &collector), TACHO_OK);
    update_everything();
}

static void prepare_detached(tacho_registry *reg)
{
    assert_int_equal(TACHO_DEFINE(reg, rows), TACHO_OK);
    assert_int_equal(tacho_registry_add(reg, &apart), TACHO_OK);
    update_everything();
}

static bool scrape(tacho_registry *reg)
{
    static char text[1 << 20];
    char why[512];
    tacho_scrape *open = tacho_scrape_new(reg, TACHO_TEXT);
    size_t len = tacho_scrape_read(open, text, sizeof text);
    bool failed = heap_works_again();
    assert_true(open || failed);
    tacho_scrape_free(open);
    struct exposition *page = exposition_parse(text, len, why, sizeof why);
    if (!page) fail_msg("%s", why);
    if (open) { /* what needs no collector is whole, and each collector all or nothing */
        assert_true(exposition_value(page, "a_total") == 1);
        assert_true(exposition_count(page, "emitted") == 300 || !exposition_family(page, "emitted"));
        assert_true(!exposition_family(page, "emitted") == !exposition_family(page, "emitted_seconds"));
    }
    exposition_free(page);
    check_usable(reg);
    page = exposition_read(reg);
    assert_int_equal(exposition_count(page, "emitted"), 300);
    assert_true(exposition_value(page, "tacho_collector_success{collector=\"emit\"}") == 1);
    exposition_free(page);
    return !failed;
}

static bool scrape_with_labels(tacho_registry *reg)
{
    static const tacho_constant labels[] = { { "tenant", "a" }, { "site", "b" }, { NULL, NULL } };
    static const char *const names[] = { "a_total" };
    char text[200];
    tacho_scrape *open = tacho_scrape_open(reg, &(tacho_scrape_options){ .constants = labels, .names = names, .name_count = 1 });
    size_t len = tacho_scrape_read(open, text, sizeof text - 1);
    bool failed = heap_works_again();
    text[len] = '\0';
    assert_int_equal(!open, failed);
    if (open) assert_string_equal(text, "# HELP a_total A.\n# TYPE a_total counter\na_total{tenant=\"a\",site=\"b\"} 1\n");
    tacho_scrape_free(open);
    check_usable(reg);
    return !failed;
}

static bool expose_to_a_buffer(tacho_registry *reg)
{
    tacho_buffer page;
    tacho_buffer_init(&page);
    tacho_err err = tacho_expose(reg, TACHO_TEXT, &page.sink);
    bool failed = heap_works_again();
    assert_true(failed || err == TACHO_OK);
    assert_true(err == TACHO_OK || err == TACHO_ERR_NOMEM);
    tacho_buffer_fini(&page);
    check_usable(reg);
    return !failed;
}

static void nothing(tacho_registry *reg) { (void)reg; }

static const struct {
    const char *name;
    void (*prepare)(tacho_registry *reg);
    call *call;
    size_t allocations; /* at least */
} calls[] = {
    { "define a counter", nothing, define_counter, 1 },
    { "define an array", nothing, define_array, 1 },
    { "define an up-down gauge", nothing, define_updown, 1 },
    { "define a histogram", nothing, define_histogram, 1 },
    { "define a counter vector", nothing, define_counter_vec, 2 },
    { "define a gauge vector", nothing, define_gauge_vec, 2 },
    { "define a histogram vector", nothing, define_histogram_vec, 2 },
    { "define a vector with a closed label", nothing, define_closed_vec, 2 },
    { "define a table", nothing, define_all_rows, 12 },
    { "find series by values that need repair", prepare_vecs, find_with_repair, 0 },
    { "bind", prepare_vecs, bind_vectors, 4 },
    { "remove", prepare_vecs, remove_series, 0 },
    { "plug in a collector", nothing, plug_in, 3 },
    { "scrape", prepare_scrape, scrape, 15 },
    { "scrape what is read on another thread and was not announced", prepare_detached, scrape, 18 },
    { "scrape with labels", prepare_scrape, scrape_with_labels, 9 },
    { "expose", prepare_scrape, expose_to_a_buffer, 17 },
};

static void a_call_that_gets_no_memory_says_so_and_does_no_harm(void **state)
{
    (void)state;
    for (size_t i = 0; i < TACHO_COUNT(calls); i++)
        for (enum failing failing = FAIL_ONCE; failing <= FAIL_FROM_THERE_ON; failing++) {
            size_t at = 0;
            for (bool done = false; !done;) {
                tacho_registry *reg = new_registry();
                calls[i].prepare(reg);
                heap_fail(++at, failing);
                done = calls[i].call(reg);
                tacho_registry_free(reg);
            }
            if (at - 1 < calls[i].allocations) fail_msg("%s: only %zu allocations", calls[i].name, at - 1);
        }
}

static void a_registry_that_gets_no_memory_is_not_made(void **state)
{
    (void)state;
    for (enum failing failing = FAIL_ONCE; failing <= FAIL_FROM_THERE_ON; failing++) {
        size_t at = 0, nulls = 0;
        for (bool failed = true; failed;) {
            heap_fail(++at, failing);
            tacho_registry *reg = tacho_registry_new(NULL);
            failed = heap_works_again();
            nulls += !reg;
            if (!reg) assert_true(failed);
            size_t budget = 0;
            (void)tacho_registry_memory(reg, &budget);
            if (reg && budget < (size_t)64 << 20) assert_non_null(tacho_registry_error(reg)); /* it found less room */
            if (reg) check_usable(reg);
            tacho_registry_free(reg);
        }
        assert_true(at > 10 && nulls > 5);
    }
}

static void failing_definitions_do_not_eat_the_byte_budget(void **state)
{
    tacho_registry *reg = new_registry();
    size_t before = 0;
    (void)state;
    for (int i = 0; i < 1000; i++) {
        heap_fail(2, FAIL_FROM_THERE_ON);
        assert_int_equal(tacho_registry_define(reg, &rows[4], 1), TACHO_ERR_NOMEM);
        assert_true(heap_works_again());
        if (i == 10) before = tacho_registry_memory(reg, NULL);
    }
    assert_int_equal(tacho_registry_memory(reg, NULL), before);
    check_usable(reg);
    tacho_registry_free(reg);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_registry_that_gets_no_memory_is_not_made),
        cmocka_unit_test(a_call_that_gets_no_memory_says_so_and_does_no_harm),
        cmocka_unit_test(failing_definitions_do_not_eat_the_byte_budget),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
