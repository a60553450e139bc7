/*
 * test_collector_life.c - plugging collectors in and out: what is refused, and who may run at the same time.
 */
#define _POSIX_C_SOURCE 200809L
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <tacho/expose.h>

#include "support/exposition.h"
#include "support/shown.h"

static tacho_err emit_nothing(tacho_collector *self, tacho_emitter *out)
{
    (void)self, (void)out;
    return TACHO_OK;
}

static tacho_registry *new_registry(void)
{
    tacho_registry *reg = tacho_registry_new(NULL);
    assert_non_null(reg);
    return reg;
}

static void add(tacho_registry *reg, tacho_collector *collector)
{
    if (tacho_registry_add(reg, collector)) fail_msg("%s", tacho_registry_error(reg));
}

/* ---- What is refused ----------------------------------------------------------------------------------- */

static tacho_counter *counter;
static tacho_histogram *histogram;
static const tacho_desc natives[] = {
    { .counter = &counter, .name = "taken_total", .help = "Help." },
    { .histogram = &histogram, .name = "taken_seconds", .help = "Help." },
};
static const tacho_desc held[] = { { .type = TACHO_HISTOGRAM, .name = "held", .help = "Help." } };
static const tacho_collector_ops holder_ops = { .name = "holder", .descs = held, .desc_count = 1, .collect = emit_nothing };

#define ROWS(...) \
    .descs = (const tacho_desc[]){ __VA_ARGS__ }, .desc_count = sizeof((const tacho_desc[]){ __VA_ARGS__ }) / sizeof(tacho_desc)
#define GAUGE(text) { .type = TACHO_GAUGE, .name = (text), .help = "Help." }

static const struct refusal {
    tacho_err err;
    const char *words[2]; /* all in tacho_registry_error */
    tacho_collector_ops ops;
} refusals[] = {
    { TACHO_ERR_ARG, { "name" }, { .name = NULL, ROWS(GAUGE("x")), .collect = emit_nothing } },
    { TACHO_ERR_ARG, { "collect" }, { .name = "c", ROWS(GAUGE("x")) } },
    { TACHO_ERR_ARG, { "'c'", "descs and desc_count" }, { .name = "c", .desc_count = 1, .collect = emit_nothing } },
    { TACHO_ERR_ARG, { "'c'", "descs and desc_count" }, { .name = "c", .descs = held, .collect = emit_nothing } },
    { TACHO_ERR_ARG, { "'c'", "flags" }, { .name = "c", .collect = emit_nothing, .flags = 4 } },
    { TACHO_ERR_DESC, { "'x'", "type" }, { .name = "c", ROWS({ .name = "x", .help = "Help." }), .collect = emit_nothing } },
    { TACHO_ERR_DESC, { "'x_total'", "handle" },
      { .name = "c", ROWS({ .counter = &counter, .type = TACHO_COUNTER, .name = "x_total", .help = "H." }), .collect = emit_nothing } },
    { TACHO_ERR_DESC, { "'x y'", "'c'" }, { .name = "c", ROWS(GAUGE("x y")), .collect = emit_nothing } },
    { TACHO_ERR_DESC, { "no name", "'c'" }, { .name = "c", ROWS({ .type = TACHO_GAUGE, .help = "Help." }), .collect = emit_nothing } },
    { TACHO_ERR_DESC, { "'x'", "help" }, { .name = "c", ROWS({ .type = TACHO_GAUGE, .name = "x" }), .collect = emit_nothing } },
    { TACHO_ERR_DESC, { "'x'", "_total" },
      { .name = "c", ROWS({ .type = TACHO_COUNTER, .name = "x", .help = "Help." }), .collect = emit_nothing } },
    { TACHO_ERR_DESC, { "'x'", "'le'" },
      { .name = "c", ROWS({ .type = TACHO_HISTOGRAM, .name = "x", .help = "H.", .labels = { "le" } }), .collect = emit_nothing } },
    { TACHO_ERR_DESC, { "'b'", "'c'" },
      { .name = "c", ROWS(GAUGE("a"), { .type = 9, .name = "b", .help = "H." }), .collect = emit_nothing } },
    { TACHO_ERR_DUPLICATE, { "'taken_total'", "'c'" }, { .name = "c", ROWS(GAUGE("a"), GAUGE("taken_total")), .collect = emit_nothing } },
    { TACHO_ERR_DUPLICATE, { "'taken'", "'c': the name 'taken' is taken by family 'taken_total'" }, { .name = "c", ROWS(GAUGE("taken")), .collect = emit_nothing } },
    { TACHO_ERR_DUPLICATE, { "'taken_seconds_count'", "'c'" },
      { .name = "c", ROWS(GAUGE("taken_seconds_count")), .collect = emit_nothing } },
    { TACHO_ERR_DUPLICATE, { "'held'", "'c'" }, { .name = "c", ROWS(GAUGE("held")), .collect = emit_nothing } },
    { TACHO_ERR_DUPLICATE, { "'held_sum'", "'c'" }, { .name = "c", ROWS(GAUGE("held_sum")), .collect = emit_nothing } },
    { TACHO_ERR_DUPLICATE, { "'a'", "'c'" }, { .name = "c", ROWS(GAUGE("a"), GAUGE("b"), GAUGE("a")), .collect = emit_nothing } },
    { TACHO_ERR_DUPLICATE, { "'tacho_series'", "'c'" }, { .name = "c", ROWS(GAUGE("tacho_series")), .collect = emit_nothing } },
};

static void a_collector_with_a_bad_or_taken_family_is_refused_in_words(void **state)
{
    (void)state;
    for (size_t i = 0; i < TACHO_COUNT(refusals); i++) {
        tacho_registry *reg = new_registry();
        tacho_collector holder = { &holder_ops }, refused = { &refusals[i].ops };
        assert_int_equal(TACHO_DEFINE(reg, natives), TACHO_OK);
        add(reg, &holder);
        if (tacho_registry_add(reg, &refused) != refusals[i].err) fail_msg("row %zu is not refused like this", i);
        const char *words = tacho_registry_error(reg);
        for (int k = 0; k < 2 && refusals[i].words[k]; k++)
            if (!words || !strstr(words, refusals[i].words[k])) fail_msg("row %zu: %s", i, words);
        assert_int_equal(tacho_registry_remove(reg, &refused), TACHO_ERR_MISSING);
        exposition_free(exposition_read(reg));
        tacho_registry_free(reg);
    }
}

static void calls_without_a_registry_or_a_collector_are_errors(void **state)
{
    tacho_collector holder = { &holder_ops }, empty = { NULL };
    tacho_registry *reg = new_registry();
    (void)state;
    assert_int_equal(tacho_registry_add(NULL, &holder), TACHO_ERR_ARG);
    assert_int_equal(tacho_registry_add(reg, NULL), TACHO_ERR_ARG);
    assert_int_equal(tacho_registry_add(reg, &empty), TACHO_ERR_ARG);
    assert_int_equal(tacho_registry_remove(NULL, &holder), TACHO_ERR_ARG);
    assert_int_equal(tacho_registry_remove(reg, NULL), TACHO_ERR_ARG);
    assert_int_equal(tacho_registry_remove(reg, &holder), TACHO_ERR_MISSING);
    tacho_registry_free(reg);
}

static void a_collector_is_plugged_in_once_until_it_is_unplugged(void **state)
{
    static const tacho_desc clash[] = {
        { .counter = &counter, .name = "held_count", .help = "H.", .flags = TACHO_KEEP_NAME },
    };
    tacho_collector holder = { &holder_ops }, twin = { &holder_ops };
    tacho_registry *reg = new_registry();
    (void)state;
    add(reg, &holder);
    assert_int_equal(tacho_registry_add(reg, &holder), TACHO_ERR_DUPLICATE);
    assert_int_equal(tacho_registry_add(reg, &twin), TACHO_ERR_DUPLICATE);
    assert_int_equal(TACHO_DEFINE(reg, clash), TACHO_ERR_DUPLICATE);
    assert_int_equal(tacho_registry_remove(reg, &holder), TACHO_OK);
    assert_int_equal(tacho_registry_remove(reg, &holder), TACHO_ERR_MISSING);
    assert_int_equal(TACHO_DEFINE(reg, clash), TACHO_OK);
    assert_int_equal(tacho_registry_add(reg, &holder), TACHO_ERR_DUPLICATE);
    assert_int_equal(tacho_registry_undefine(reg, clash, 1), TACHO_OK);
    add(reg, &twin);
    tacho_registry_free(reg);
}

static void a_collector_without_families_can_be_plugged_in_more_than_once(void **state)
{
    static const tacho_collector_ops ops[] = { { .name = "none", .collect = emit_nothing },
                                               { .name = "other", .collect = emit_nothing } };
    tacho_collector a = { &ops[0] }, b = { &ops[1] };
    tacho_registry *reg = new_registry();
    (void)state;
    add(reg, &a);
    assert_int_equal(tacho_registry_add(reg, &a), TACHO_ERR_DUPLICATE);
    add(reg, &b);
    assert_shown(reg, "tacho_collector_success{collector=\"none\"}", "1");
    assert_shown(reg, "tacho_collector_success{collector=\"other\"}", "1");
    tacho_registry_free(reg);
}

static void two_collectors_of_one_name_do_not_cost_the_registry_its_own_metrics(void **state)
{
    static const tacho_collector_ops ops = { .name = "same", .collect = emit_nothing };
    tacho_collector a = { &ops }, b = { &ops };
    tacho_registry *reg = new_registry();
    (void)state;
    add(reg, &a);
    (void)tacho_registry_add(reg, &b); /* refused or not */
    assert_shown(reg, "tacho_misuse_total{kind=\"label_count\"}", "0");
    assert_shown(reg, "tacho_collector_success{collector=\"same\"}", "1");
    tacho_registry_free(reg);
}

static void hostile_collector_names_are_shown_repaired(void **state)
{
    static const tacho_collector_ops ops[] = { { .name = "a\"\\\nb\xff", .collect = emit_nothing },
                                               { .name = "", .collect = emit_nothing } };
    tacho_collector a = { &ops[0] }, b = { &ops[1] };
    tacho_registry *reg = new_registry();
    (void)state;
    add(reg, &a);
    add(reg, &b);
    assert_shown(reg, "tacho_collector_success{collector=\"a\\\"\\\\\\nb\xef\xbf\xbd\"}", "1");
    assert_shown(reg, "tacho_collector_success{collector=\"\"}", "1");
    tacho_registry_free(reg);
}

/* ---- Many ---------------------------------------------------------------------------------------------- */

struct numbered {
    tacho_collector collector;
    tacho_collector_ops ops;
    tacho_desc desc;
    char name[24];
    int number;
};

static tacho_err emit_number(tacho_collector *self, tacho_emitter *out)
{
    struct numbered *numbered = TACHO_CONTAINER(self, struct numbered, collector);
    tacho_emit_family(out, &numbered->desc);
    tacho_emit_int(out, TACHO_NO_LABELS, numbered->number);
    return TACHO_OK;
}

static struct numbered *new_numbered(int number)
{
    struct numbered *numbered = calloc(1, sizeof *numbered);
    assert_non_null(numbered);
    (void)snprintf(numbered->name, sizeof numbered->name, "number_%d", number);
    numbered->number = number;
    numbered->desc = (tacho_desc){ .type = TACHO_GAUGE, .name = numbered->name, .help = "Its number." };
    numbered->ops = (tacho_collector_ops){ .name = numbered->name, .descs = &numbered->desc, .desc_count = 1, .collect = emit_number };
    numbered->collector.ops = &numbered->ops;
    return numbered;
}

static void a_thousand_collectors_all_show_what_they_have(void **state)
{
    enum { COLLECTORS = 1000 };
    struct numbered *all[COLLECTORS];
    tacho_registry *reg = new_registry();
    (void)state;
    for (int i = 0; i < COLLECTORS; i++) {
        all[i] = new_numbered(i);
        add(reg, &all[i]->collector);
    }
    struct exposition *page = exposition_read(reg);
    for (int i = 0; i < COLLECTORS; i++) {
        assert_string_equal(page->samples[i].series, all[i]->name);
        assert_true(page->samples[i].value == i);
    }
    assert_int_equal(exposition_count(page, "tacho_collector_success"), COLLECTORS);
    assert_true(exposition_sum(page, "tacho_collector_success") == COLLECTORS);
    exposition_free(page);
    for (int i = 0; i < COLLECTORS; i++) {
        if (i % 2 == 0) assert_int_equal(tacho_registry_remove(reg, &all[i]->collector), TACHO_OK);
        if (i % 2 == 0) free(all[i]);
    }
    page = exposition_read(reg);
    assert_int_equal(exposition_count(page, "tacho_collector_success"), COLLECTORS / 2);
    assert_true(exposition_value(page, "number_999") == 999);
    assert_null(exposition_find(page, "number_998"));
    exposition_free(page);
    tacho_registry_free(reg);
    for (int i = 1; i < COLLECTORS; i += 2) free(all[i]);
}

/* ---- At the same time ---------------------------------------------------------------------------------- */

static void a_collector_can_be_freed_while_a_scrape_still_shows_its_result(void **state)
{
    tacho_registry *reg = new_registry();
    char buf[32];
    (void)state;
    struct numbered *numbered = new_numbered(7);
    add(reg, &numbered->collector);
    tacho_scrape *scrape = tacho_scrape_new(reg, TACHO_TEXT);
    assert_int_equal(tacho_registry_remove(reg, &numbered->collector), TACHO_OK);
    memset(numbered, 0x5a, sizeof *numbered);
    free(numbered);
    size_t len, total = 0;
    assert_int_equal(tacho_scrape_read(scrape, buf, sizeof buf), sizeof buf);
    assert_memory_equal(buf, "# HELP number_7 Its number.\n# TY", 32);
    while ((len = tacho_scrape_read(scrape, buf, sizeof buf)) > 0) total += len;
    assert_true(total > 1000);
    tacho_scrape_free(scrape);
    tacho_registry_free(reg);
}

struct crossing {
    tacho_collector collector;
    tacho_registry *reg;
    atomic_int inside, most, runs, bad;
};

static const tacho_desc crossing_desc[] = { { .type = TACHO_GAUGE, .name = "inside", .help = "Threads inside." } };

static tacho_err crossing_collect(tacho_collector *self, tacho_emitter *out)
{
    struct crossing *crossing = TACHO_CONTAINER(self, struct crossing, collector);
    int inside = atomic_fetch_add(&crossing->inside, 1) + 1;
    if (inside > atomic_load(&crossing->most)) atomic_store(&crossing->most, inside);
    atomic_fetch_add(&crossing->runs, 1);
    for (int i = 0; i < 20; i++) sched_yield();
    tacho_emit_family(out, crossing_desc);
    tacho_emit_int(out, TACHO_NO_LABELS, inside);
    atomic_fetch_sub(&crossing->inside, 1);
    return TACHO_OK;
}

static void *crossing_scrape(void *arg)
{
    struct crossing *crossing = arg;
    char why[512];
    for (int i = 0; i < 200; i++) {
        tacho_buffer page;
        tacho_buffer_init(&page);
        tacho_err err = tacho_expose(crossing->reg, TACHO_TEXT, &page.sink);
        struct exposition *read = err ? NULL : exposition_parse(page.data, page.len, why, sizeof why);
        if (!read || exposition_value(read, "inside") != 1) atomic_fetch_add(&crossing->bad, 1);
        exposition_free(read);
        tacho_buffer_fini(&page);
    }
    return NULL;
}

static void scrapes_that_overlap_never_run_a_collector_twice_at_a_time(void **state)
{
    enum { THREADS = 3 };
    static const tacho_collector_ops ops = { .name = "crossing", .descs = crossing_desc, .desc_count = 1, .collect = crossing_collect };
    struct crossing crossing = { .collector = { &ops }, .reg = new_registry() };
    pthread_t threads[THREADS];
    (void)state;
    add(crossing.reg, &crossing.collector);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, crossing_scrape, &crossing), 0);
    for (int i = 0; i < THREADS; i++) assert_int_equal(pthread_join(threads[i], NULL), 0);
    assert_int_equal(atomic_load(&crossing.most), 1);
    assert_int_equal(atomic_load(&crossing.bad), 0);
    assert_true(atomic_load(&crossing.runs) > 0);
    tacho_registry_free(crossing.reg);
}

struct leaving {
    tacho_collector collector;
    tacho_registry *reg;
    atomic_int running, asked, unplugged, returned, too_early;
};

static tacho_err leaving_collect(tacho_collector *self, tacho_emitter *out)
{
    struct leaving *leaving = TACHO_CONTAINER(self, struct leaving, collector);
    (void)out;
    atomic_store(&leaving->running, 1);
    while (!atomic_load(&leaving->asked)) sched_yield();
    for (int i = 0; i < 1000; i++) sched_yield();
    atomic_store(&leaving->too_early, atomic_load(&leaving->unplugged));
    atomic_store(&leaving->returned, 1);
    return TACHO_OK;
}

static void *leaving_scrape(void *arg)
{
    tacho_scrape_free(tacho_scrape_new(((struct leaving *)arg)->reg, TACHO_TEXT));
    return NULL;
}

static void unplugging_waits_until_a_run_in_progress_has_returned(void **state)
{
    static const tacho_collector_ops ops = { .name = "leaving", .collect = leaving_collect };
    struct leaving leaving = { .collector = { &ops }, .reg = new_registry() };
    pthread_t thread;
    (void)state;
    add(leaving.reg, &leaving.collector);
    assert_int_equal(pthread_create(&thread, NULL, leaving_scrape, &leaving), 0);
    while (!atomic_load(&leaving.running)) sched_yield();
    atomic_store(&leaving.asked, 1);
    assert_int_equal(tacho_registry_remove(leaving.reg, &leaving.collector), TACHO_OK);
    atomic_store(&leaving.unplugged, 1);
    assert_int_equal(atomic_load(&leaving.returned), 1);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_int_equal(atomic_load(&leaving.too_early), 0);
    tacho_registry_free(leaving.reg);
}

/* A collector that scrapes another registry. */
struct relay {
    tacho_collector collector;
    tacho_registry *of, *other;
    struct relay *unplug; /* from its registry, while that runs */
    tacho_err unplugged;
};

static tacho_err relay_collect(tacho_collector *self, tacho_emitter *out)
{
    struct relay *relay = TACHO_CONTAINER(self, struct relay, collector);
    (void)out;
    if (relay->unplug) relay->unplugged = tacho_registry_remove(relay->unplug->of, &relay->unplug->collector);
    tacho_scrape_free(tacho_scrape_new(relay->other, TACHO_TEXT));
    return TACHO_OK;
}

static void registries_whose_collectors_scrape_each_other_do_not_lock_up(void **state)
{
    static const tacho_collector_ops ops = { .name = "relay", .collect = relay_collect };
    int status;
    (void)state;
    fflush(NULL);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        (void)alarm(10); /* ends it if it does lock up */
        tacho_registry *a = tacho_registry_new(NULL), *b = tacho_registry_new(NULL);
        struct relay first = { .collector = { &ops }, .of = a, .other = b };
        struct relay second = { .collector = { &ops }, .of = b, .other = a, .unplug = &first };
        if (tacho_registry_add(a, &first.collector) || tacho_registry_add(b, &second.collector)) _exit(1);
        tacho_scrape_free(tacho_scrape_new(a, TACHO_TEXT));
        _exit(second.unplugged == TACHO_ERR_BUSY ? 0 : 2);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    if (WIFSIGNALED(status)) fail_msg("the child ended by signal %d", WTERMSIG(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_collector_with_a_bad_or_taken_family_is_refused_in_words),
        cmocka_unit_test(calls_without_a_registry_or_a_collector_are_errors),
        cmocka_unit_test(a_collector_is_plugged_in_once_until_it_is_unplugged),
        cmocka_unit_test(a_collector_without_families_can_be_plugged_in_more_than_once),
        cmocka_unit_test(two_collectors_of_one_name_do_not_cost_the_registry_its_own_metrics),
        cmocka_unit_test(hostile_collector_names_are_shown_repaired),
        cmocka_unit_test(a_thousand_collectors_all_show_what_they_have),
        cmocka_unit_test(a_collector_can_be_freed_while_a_scrape_still_shows_its_result),
        cmocka_unit_test(scrapes_that_overlap_never_run_a_collector_twice_at_a_time),
        cmocka_unit_test(registries_whose_collectors_scrape_each_other_do_not_lock_up),
        cmocka_unit_test(unplugging_waits_until_a_run_in_progress_has_returned),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
