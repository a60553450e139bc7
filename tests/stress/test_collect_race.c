/*
 * test_collect_race.c - threads that scrape in every format while others plug collectors in and out: ordinary and detached ones,
 * with and without announced families, quick ones and ones that hang beyond their deadlines, all freed by their release.
 *
 * Each run emits its number twice, in two families, which every page must show alike or not at all. Some emit a family whose
 * name others have too.
 * Needs: OPENMETRICS PROTOBUF JSON
 */
#define _GNU_SOURCE
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
#include <unistd.h>

#include <tacho/expose.h>

#include "support/audit.h"
#include "support/stress.h"
#include "support/valid.h"

enum { SCRAPERS = 3, PLUGGERS = 2, SLOTS = 6 };

static struct {
    tacho_registry *reg;
    atomic_bool over, bad;
    atomic_int plugged, released, pages, busy;
    pid_t parent;
} rig;

/* ---- Collectors ------------------------------------------------------------------------------------------------ */

struct runner {
    tacho_collector collector;
    tacho_collector_ops ops;
    tacho_desc descs[2], common;
    char name[32], first[32], second[32];
    unsigned hang_us; /* now and then */
    atomic_int running, runs;
};

static bool bad(const char *what, const char *more)
{
    atomic_store(&rig.bad, true);
    return stress_say("%s: %s", what, more);
}

static tacho_err runner_collect(tacho_collector *self, tacho_emitter *out)
{
    struct runner *runner = TACHO_CONTAINER(self, struct runner, collector);
    if (atomic_fetch_add(&runner->running, 1) != 0 && getpid() == rig.parent) bad("two runs at a time", runner->name);
    int run = atomic_fetch_add(&runner->runs, 1);
    tacho_emit_family(out, &runner->descs[0]);
    tacho_emit_int(out, TACHO_NO_LABELS, run);
    if (runner->hang_us && run % 3 == 1) stress_pass(runner->hang_us / 1e6);
    bool unannounced = runner->ops.desc_count == 0;
    if (unannounced) tacho_emit_family(out, &runner->common);
    if (unannounced) tacho_emit_int(out, TACHO_NO_LABELS, run);
    tacho_emit_family(out, &runner->descs[1]);
    tacho_emit_int(out, TACHO_NO_LABELS, run);
    atomic_fetch_sub(&runner->running, 1);
    return run % 7 == 6 ? TACHO_ERR_COLLECT : TACHO_OK;
}

static void runner_release(tacho_collector *self)
{
    struct runner *runner = TACHO_CONTAINER(self, struct runner, collector);
    if (getpid() == rig.parent && atomic_load(&runner->running) != 0) bad("released in a run", runner->name);
    atomic_fetch_add(&rig.released, 1);
    (void)memset(runner, 0x5a, sizeof *runner);
    free(runner);
}

static struct runner *runner_new(int slot, uint64_t *random)
{
    struct runner *runner = calloc(1, sizeof *runner);
    if (!runner) abort();
    (void)snprintf(runner->name, sizeof runner->name, "slot_%d", slot);
    (void)snprintf(runner->first, sizeof runner->first, "slot_%d_a", slot);
    (void)snprintf(runner->second, sizeof runner->second, "slot_%d_b", slot);
    runner->descs[0] = (tacho_desc){ .type = TACHO_GAUGE, .name = runner->first, .help = "The run." };
    runner->descs[1] = (tacho_desc){ .type = TACHO_GAUGE, .name = runner->second, .help = "The same." };
    runner->common = (tacho_desc){ .type = TACHO_GAUGE, .name = slot & 1 ? "common" : "held_count", .help = "Of some." };
    bool announced = stress_random(random, 3) > 0;
    runner->ops = (tacho_collector_ops){ .name = runner->name, .collect = runner_collect, .release = runner_release,
                                         .descs = announced ? runner->descs : NULL, .desc_count = announced ? 2 : 0,
                                         .flags = stress_random(random, 4), .deadline_ms = stress_random(random, 3),
                                         .cache_ms = stress_random(random, 3) };
    if (stress_random(random, 3) == 0) runner->hang_us = 500 + stress_random(random, 4000);
    runner->collector.ops = &runner->ops;
    return runner;
}

static void *plug(void *arg)
{
    int number = *(int *)arg, first = number * SLOTS;
    struct runner *slots[SLOTS] = { NULL };
    uint64_t random = stress_seed() + (uint64_t)number;
    while (!atomic_load(&rig.over)) {
        int at = (int)stress_random(&random, SLOTS);
        if (slots[at]) {
            tacho_err err = tacho_registry_remove(rig.reg, &slots[at]->collector);
            if (err == TACHO_ERR_BUSY) atomic_fetch_add(&rig.busy, 1);
            if (err != TACHO_OK && err != TACHO_ERR_BUSY) bad("not removed", tacho_strerror(err));
            slots[at] = NULL;
        } else {
            slots[at] = runner_new(first + at, &random);
            if (tacho_registry_add(rig.reg, &slots[at]->collector)) bad("not added", tacho_registry_error(rig.reg));
            atomic_fetch_add(&rig.plugged, 1);
        }
        for (uint32_t i = stress_random(&random, 30); i > 0; i--) (void)sched_yield();
    }
    return NULL; /* the rest goes with the registry */
}

/* ---- Pages ------------------------------------------------------------------------------------------------------- */

static bool check_runs(const char *page, size_t len)
{
    char why[512], series[2][32];
    struct exposition *read = exposition_parse(page, len, why, sizeof why);
    if (!read) return bad("not a page", why);
    bool ok = true;
    for (int i = 0; i < PLUGGERS * SLOTS && ok; i++) {
        (void)snprintf(series[0], sizeof series[0], "slot_%d_a", i);
        (void)snprintf(series[1], sizeof series[1], "slot_%d_b", i);
        const char *a = exposition_text(read, series[0]), *b = exposition_text(read, series[1]);
        ok = a && b ? strcmp(a, b) == 0 : a == b;
    }
    bool whole = exposition_count(read, "tacho_series") == 1;
    exposition_free(read);
    if (!ok) return bad("half a run", page);
    return whole || bad("tacho's own metrics are missing", page);
}

static bool scrape(tacho_format format, uint32_t no_wait, uint64_t *random)
{
    static const char *const names[] = { "slot_1_a", "common" };
    bool asks = stress_random(random, 5) == 0, gives_up = stress_random(random, 10) == 0;
    const tacho_scrape_options options = { .format = format, .no_wait = no_wait, .names = names, .name_count = asks ? 2 : 0,
                                           .timeout_ms = 1 + stress_random(random, 5) };
    size_t cap = 1 << 18, len = 0, got = 0;
    char *page = malloc(cap), why[512];
    tacho_scrape *scrape = page ? tacho_scrape_open(rig.reg, &options) : NULL;
    if (no_wait && scrape) /* a loop, which does other things meanwhile */
        for (int i = 0; i < 20 && !tacho_scrape_ready(scrape); i++) (void)sched_yield();
    while (scrape && !gives_up && (got = tacho_scrape_read(scrape, page + len, cap - len - 1)) > 0) len += got;
    bool ok = scrape || bad("no scrape", "out of memory");
    if (ok && !gives_up && tacho_scrape_error(scrape) == TACHO_OK) {
        page[len] = '\0';
        if (!valid_page(page, len, format, TACHO_UNDERSCORES, why, sizeof why)) ok = bad("invalid", why);
        if (ok && format == TACHO_TEXT && !asks) ok = check_runs(page, len);
    }
    tacho_scrape_free(scrape);
    free(page);
    atomic_fetch_add(&rig.pages, 1);
    return ok;
}

static void *scrape_on(void *arg)
{
    uint64_t random = stress_seed() + 100 + (uint64_t) * (int *)arg;
    while (!atomic_load(&rig.over))
        (void)scrape((tacho_format)stress_random(&random, TACHO_CSV + 1), stress_random(&random, 2), &random);
    return NULL;
}

/* ---- The race ------------------------------------------------------------------------------------------------------- */

static int child(void *arg)
{
    uint64_t random = *(uint64_t *)arg;
    atomic_store(&rig.bad, false);
#if !defined(TACHO_SANITIZED) /* whose heap may be locked in a child, or which starts no thread in it */
    for (tacho_format format = TACHO_TEXT; format <= TACHO_CSV; format++) (void)scrape(format, 0, &random);
    tacho_registry_free(rig.reg);
#endif
    (void)random;
    return atomic_load(&rig.bad);
}

static void pages_are_valid_and_every_collector_is_released_once_whoever_comes_and_goes(void **state)
{
    pthread_t threads[SCRAPERS + PLUGGERS];
    int numbers[SCRAPERS + PLUGGERS];
    static tacho_gauge *held;
    static const tacho_desc rows[] = { { .gauge = &held, .name = "held_count", .help = "Held.", .flags = TACHO_KEEP_NAME } };
    (void)state;
    stress_begin(__func__, 60);
    rig.reg = tacho_registry_new(NULL);
    rig.parent = getpid();
    uint64_t random = stress_seed();
    for (int i = 0; i < SCRAPERS + PLUGGERS; i++) {
        numbers[i] = i < SCRAPERS ? i : i - SCRAPERS;
        assert_int_equal(pthread_create(&threads[i], NULL, i < SCRAPERS ? scrape_on : plug, &numbers[i]), 0);
    }
    for (double until = stress_now() + stress_seconds(1.5); stress_now() < until && !atomic_load(&rig.bad);) {
        stress_pass(0.01);
        if (TACHO_DEFINE(rig.reg, rows) == TACHO_OK) tacho_gauge_set(held, 1);
        (void)stress_random(&random, 2);
        assert_int_equal(stress_wait(stress_fork(child, &random)), 0);
        (void)tacho_registry_undefine(rig.reg, rows, TACHO_COUNT(rows));
    }
    atomic_store(&rig.over, true);
    for (int i = 0; i < SCRAPERS + PLUGGERS; i++) assert_int_equal(pthread_join(threads[i], NULL), 0);
    assert_true(audit_registry(rig.reg, NULL));
    tacho_registry_free(rig.reg);
    while (atomic_load(&rig.released) < atomic_load(&rig.plugged)) (void)sched_yield();
    assert_int_equal(atomic_load(&rig.released), atomic_load(&rig.plugged));
    assert_false(atomic_load(&rig.bad));
    print_message("%d pages, %d collectors, %d of them hanging when they were taken out\n", atomic_load(&rig.pages),
                  atomic_load(&rig.plugged), atomic_load(&rig.busy));
    stress_end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pages_are_valid_and_every_collector_is_released_once_whoever_comes_and_goes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
