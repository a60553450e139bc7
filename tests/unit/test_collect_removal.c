/*
 * test_collect_removal.c - collectors that are taken out, or whose registry is freed, idle, running or hanging: each is released
 * once, when nobody touches it any more, and leaves nothing behind.
 */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <sched.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "support/gated.h"
#include "support/stress.h"

#define SECOND ((uint64_t)1000000000)
#define LONG_MS (1000u * 1000)
#define DETACHED TACHO_COLLECT_DETACHED
#define KEEPING (TACHO_COLLECT_DETACHED | TACHO_COLLECT_KEEP_LAST)

static tacho_registry *new_registry(void)
{
    tacho_registry *reg = tacho_registry_new(NULL);
    assert_non_null(reg);
    return reg;
}

static void end(tacho_registry *reg, struct gated *gated)
{
    tacho_registry_free(reg);
    gated_await_release(gated);
    assert_int_equal(atomic_load(&gated->releases), 1);
    gated_free(gated);
}

/* A scrape that was given up at its deadline, with a run that hangs. */
static struct exposition *hang(tacho_registry *reg, struct gated *gated)
{
    gated->holds = true;
    tacho_scrape *scrape = gated_open(reg, LONG_MS, true);
    gated_await_run(gated);
    tacho__clock_ahead_ns += LONG_MS / 1000 * SECOND;
    assert_int_equal(tacho_scrape_ready(scrape), 1);
    return gated_read(scrape);
}

static void show(tacho_registry *reg, const struct gated *gated, double value, int success)
{
    struct exposition *page = gated_scrape(reg, LONG_MS);
    assert_gated(page, gated, value, success);
    exposition_free(page);
}

/* ---- Taking it out --------------------------------------------------------------------------------------------- */

static void one_that_does_not_run_is_released_before_removal_returns(void **state)
{
    (void)state;
    for (uint32_t flags = 0; flags <= KEEPING; flags++)
        for (int scrapes = 0; scrapes < 3; scrapes++) {
            tacho_registry *reg = new_registry();
            struct gated *gated = gated_add(reg, "idle", flags);
            for (int i = 0; i < scrapes; i++) show(reg, gated, 1, 1);
            assert_int_equal(tacho_registry_remove(reg, &gated->collector), TACHO_OK);
            assert_int_equal(atomic_load(&gated->releases), 1);
            end(reg, gated);
        }
}

static void wait_until_expired(struct gated *self, tacho_emitter *out)
{
    (void)self;
    while (!tacho_emitter_expired(out)) (void)sched_yield();
    assert_int_equal(tacho_emitter_left_ms(out), 0);
}

static void removal_asks_a_run_to_stop_and_waits_for_it(void **state)
{
    tacho_registry *reg = new_registry();
    (void)state;
    struct gated *gated = gated_add(reg, "asked", DETACHED);
    gated->holds = true;
    gated->inside = wait_until_expired;
    gated->result = TACHO_ERR_COLLECT;
    tacho_scrape *scrape = gated_open(reg, LONG_MS, true);
    gated_await_run(gated);
    gated_let_go(gated);
    assert_int_equal(tacho_registry_remove(reg, &gated->collector), TACHO_OK);
    assert_int_equal(atomic_load(&gated->releases), 1);
    struct exposition *page = gated_read(scrape);
    assert_null(exposition_find(page, "asked"));
    exposition_free(page);
    end(reg, gated);
}

static void removal_waits_for_a_hanging_run_to_its_deadline_and_it_is_released_when_it_returns(void **state)
{
    (void)state;
    for (uint32_t flags = DETACHED; flags <= KEEPING; flags += TACHO_COLLECT_KEEP_LAST)
        for (uint32_t cache_ms = 0; cache_ms <= 1000; cache_ms += 1000) {
            tacho_registry *reg = new_registry();
            int threads = gated_threads();
            struct gated *gated = gated_new("hanging");
            gated->ops.flags = flags;
            gated->ops.cache_ms = cache_ms;
            gated->ops.deadline_ms = 15;
            gated->holds = true;
            size_t memory = tacho_registry_memory(reg, NULL);
            gated_plug(reg, gated);
            tacho_scrape *scrape = gated_open(reg, LONG_MS, true);
            gated_await_run(gated);
            double begin = stress_now();
            assert_int_equal(tacho_registry_remove(reg, &gated->collector), TACHO_ERR_BUSY);
            assert_true(stress_now() - begin < 60);
            assert_int_equal(tacho_registry_remove(reg, &gated->collector), TACHO_ERR_BUSY);
            assert_int_equal(atomic_load(&gated->releases), 0);
            tacho_scrape_free(scrape);
            struct exposition *page = gated_scrape(reg, LONG_MS);
            assert_null(exposition_find(page, "hanging"));
            assert_int_equal(exposition_count(page, "tacho_collector_success"), 0);
            exposition_free(page);
            assert_int_equal(atomic_load(&gated->releases), 0);
            gated_let_go(gated);
            gated_await_release(gated);
            assert_int_equal(tacho_registry_memory(reg, NULL), memory); /* no result stays behind */
            gated_await_threads(threads);
            tacho_registry_free(reg);
            assert_int_equal(atomic_load(&gated->releases), 1);
            gated_free(gated);
        }
}

static void one_whose_run_hangs_cannot_be_plugged_in_again_before_it_was_released(void **state)
{
    (void)state;
    tacho_registry *reg = new_registry();
    struct gated *gated = gated_new("hanging");
    gated->ops.flags = DETACHED;
    gated->ops.deadline_ms = 15;
    gated->holds = true;
    gated_plug(reg, gated);
    tacho_scrape *scrape = gated_open(reg, LONG_MS, true);
    gated_await_run(gated);
    assert_int_equal(tacho_registry_remove(reg, &gated->collector), TACHO_ERR_BUSY);
    assert_int_equal(tacho_registry_add(reg, &gated->collector), TACHO_ERR_BUSY);
    assert_int_equal(tacho_registry_remove(reg, &gated->collector), TACHO_ERR_BUSY);
    assert_non_null(strstr(tacho_registry_error(reg), "still hangs"));
    tacho_scrape_free(scrape);
    gated_let_go(gated);
    gated_await_release(gated);
    while (tacho_registry_add(reg, &gated->collector) == TACHO_ERR_BUSY) (void)sched_yield(); /* it is just returning */
    assert_int_equal(tacho_registry_remove(reg, &gated->collector), TACHO_OK);
    assert_int_equal(tacho_registry_remove(reg, &gated->collector), TACHO_ERR_MISSING);
    assert_int_equal(atomic_load(&gated->runs), 1);
    assert_int_equal(atomic_load(&gated->releases), 2);
    tacho_registry_free(reg);
    gated_free(gated);
}

static void removal_does_not_wait_for_a_run_that_missed_its_deadline(void **state)
{
    tacho_registry *reg = new_registry();
    (void)state;
    struct gated *gated = gated_add(reg, "late", KEEPING);
    exposition_free(hang(reg, gated));
    assert_int_equal(tacho_registry_remove(reg, &gated->collector), TACHO_ERR_BUSY);
    assert_int_equal(atomic_load(&gated->releases), 0);
    struct gated *next = gated_add(reg, "late", DETACHED); /* its place is free */
    show(reg, next, 1, 1);
    gated_let_go(gated);
    gated_await_release(gated);
    show(reg, next, 1, 1);
    gated_free(gated);
    end(reg, next);
}

static void who_waits_for_a_run_gets_its_result_although_the_collector_is_taken_out(void **state)
{
    (void)state;
    for (uint32_t flags = DETACHED; flags <= KEEPING; flags += TACHO_COLLECT_KEEP_LAST) {
        tacho_registry *reg = new_registry();
        struct gated *gated = gated_add(reg, "leaving", flags);
        gated->holds = true;
        size_t memory = tacho_registry_memory(reg, NULL);
        tacho_scrape *scrape = gated_open(reg, LONG_MS, true);
        gated_await_run(gated);
        gated_let_go(gated);
        assert_int_equal(tacho_registry_remove(reg, &gated->collector), TACHO_OK);
        struct exposition *page = gated_read(scrape);
        assert_true(exposition_value(page, "leaving") == 1);
        exposition_free(page);
        assert_int_equal(tacho_registry_memory(reg, NULL), memory);
        end(reg, gated);
    }
}

static void what_one_leaves_when_a_scrape_still_waits_is_freed_with_that(void **state)
{
    tacho_registry *reg = new_registry();
    (void)state;
    struct gated *gated = gated_new("leaving");
    gated->ops.flags = KEEPING;
    gated->ops.deadline_ms = 1;
    gated->holds = true;
    size_t memory = tacho_registry_memory(reg, NULL);
    gated_plug(reg, gated);
    tacho_scrape *scrape = gated_open(reg, LONG_MS, true);
    gated_await_run(gated);
    assert_int_equal(tacho_registry_remove(reg, &gated->collector), TACHO_ERR_BUSY);
    gated_let_end(reg, gated);
    gated_await_release(gated);
    tacho_scrape_free(scrape);
    assert_int_equal(tacho_registry_memory(reg, NULL), memory);
    tacho_registry_free(reg);
    gated_free(gated);
}

/* ---- Freeing the registry ------------------------------------------------------------------------------------------ */

struct ear {
    tacho_listener listener;
    atomic_int heard;
};

static void ear_hear(tacho_listener *self, const char *what)
{
    (void)what;
    atomic_fetch_add(&TACHO_CONTAINER(self, struct ear, listener)->heard, 1);
}

static void break_a_rule(struct gated *self, tacho_emitter *out)
{
    tacho_emit_family(out, &self->desc);
}

static void emit_more(struct gated *self, tacho_emitter *out)
{
    const tacho_desc more = { .type = TACHO_GAUGE, .name = "more", .help = "Help.", .labels = { "a" } };
    (void)self;
    tacho_emit_family(out, &more);
    tacho_emit_int(out, TACHO_LABELS("a\xff"), 1);
}

static const struct parting {
    bool announced;
    uint32_t flags, cache_ms;
    tacho_err result;
    void (*inside)(struct gated *self, tacho_emitter *out);
} partings[] = {
    { true, DETACHED, 0, TACHO_OK, NULL },       { true, KEEPING, 0, TACHO_OK, NULL },
    { true, DETACHED, 1000, TACHO_OK, NULL },    { true, DETACHED, 0, TACHO_ERR_IO, NULL },
    { true, KEEPING, 0, TACHO_OK, break_a_rule }, { false, KEEPING, 0, TACHO_OK, emit_more },
};

static void a_registry_can_be_freed_while_runs_hang(void **state)
{
    (void)state;
    for (size_t i = 0; i < TACHO_COUNT(partings); i++) {
        struct ear *ear = calloc(1, sizeof *ear);
        char *value = strdup("constant");
        assert_true(ear && value);
        ear->listener.misuse = ear_hear;
        const tacho_constant constants[] = { { .name = "c", .value = value }, { 0 } };
        const tacho_registry_options options = { .listener = &ear->listener, .constants = constants };
        tacho_registry *reg = tacho_registry_new(&options);
        struct gated *gated = gated_new("hanging");
        gated->ops.flags = partings[i].flags;
        gated->ops.cache_ms = partings[i].cache_ms;
        gated->ops.desc_count = partings[i].announced;
        if (!partings[i].announced) gated->ops.descs = NULL;
        gated->result = partings[i].result;
        gated->inside = partings[i].inside;
        gated_plug(reg, gated);
        exposition_free(hang(reg, gated));
        assert_true(atomic_load(&ear->heard) == 1);
        tacho_registry_free(reg);
        assert_int_equal(atomic_load(&gated->releases), 0);
        (void)memset(value, 'x', strlen(value));
        free(value);
        (void)memset(ear, 0xff, sizeof *ear); /* a call of it crashes */
        free(ear);
        gated_let_go(gated);
        gated_await_release(gated);
        assert_int_equal(atomic_load(&gated->releases), 1);
        gated_free(gated);
    }
}

static void a_release_may_free_its_collector(void **state)
{
    atomic_int tally = 0;
    tacho_registry *reg = new_registry();
    int threads = gated_threads();
    (void)state;
    struct gated *hanging = gated_add(reg, "hanging", KEEPING);
    exposition_free(hang(reg, hanging));
    struct gated *removed = gated_add(reg, "removed", KEEPING), *left = gated_add(reg, "left", KEEPING);
    struct gated *ordinary = gated_add(reg, "ordinary", 0);
    removed->frees = hanging->frees = left->frees = ordinary->frees = true;
    removed->tally = hanging->tally = left->tally = ordinary->tally = &tally;
    show(reg, removed, 1, 1);
    assert_int_equal(tacho_registry_remove(reg, &removed->collector), TACHO_OK);
    assert_int_equal(atomic_load(&tally), 1);
    tacho_registry_free(reg);
    assert_int_equal(atomic_load(&tally), 3);
    gated_let_go(hanging);
    while (atomic_load(&tally) < 4) (void)sched_yield();
    gated_await_threads(threads);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_that_does_not_run_is_released_before_removal_returns),
        cmocka_unit_test(removal_asks_a_run_to_stop_and_waits_for_it),
        cmocka_unit_test(removal_waits_for_a_hanging_run_to_its_deadline_and_it_is_released_when_it_returns),
        cmocka_unit_test(one_whose_run_hangs_cannot_be_plugged_in_again_before_it_was_released),
        cmocka_unit_test(removal_does_not_wait_for_a_run_that_missed_its_deadline),
        cmocka_unit_test(who_waits_for_a_run_gets_its_result_although_the_collector_is_taken_out),
        cmocka_unit_test(what_one_leaves_when_a_scrape_still_waits_is_freed_with_that),
        cmocka_unit_test(a_registry_can_be_freed_while_runs_hang),
        cmocka_unit_test(a_release_may_free_its_collector),
    };
    stress_begin("test_collect_removal", 60);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    stress_end();
    return failed;
}
