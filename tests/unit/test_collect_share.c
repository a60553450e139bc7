/*
 * test_collect_share.c - one run for many scrapes: those that overlap, those that come while a result is fresh, those that read
 * slowly, those that do not wait, and those inside other runs.
 */
#define _POSIX_C_SOURCE 200809L
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <sched.h>
#include <string.h>

#include "clock.h"
#include "plug.h"
#include "support/gated.h"
#include "support/page.h"
#include "support/stress.h"

#define SECOND ((uint64_t)1000000000)
#define LONG_MS (1000u * 1000)
#define DETACHED TACHO_COLLECT_DETACHED
#define KEEP_LAST TACHO_COLLECT_KEEP_LAST

static tacho_registry *new_registry(void)
{
    tacho_registry *reg = tacho_registry_new(NULL);
    assert_non_null(reg);
    return reg;
}

static void end(tacho_registry *reg, struct gated *gated)
{
    tacho_registry_free(reg);
    assert_int_equal(atomic_load(&gated->releases), 1);
    gated_free(gated);
}

static void show(tacho_registry *reg, const struct gated *gated, double value, int success)
{
    struct exposition *page = gated_scrape(reg, LONG_MS);
    assert_gated(page, gated, value, success);
    exposition_free(page);
}

/* ---- Scrapes that overlap -------------------------------------------------------------------------------------- */

static void *scrape_once(void *arg)
{
    struct exposition *page = stress_scrape(arg, 65536);
    bool ok = page && exposition_value(page, "shared") == 1 &&
              exposition_value(page, "tacho_collector_success{collector=\"shared\"}") == 1;
    exposition_free(page);
    return ok ? NULL : arg;
}

static void await_waiters(tacho_registry *reg, uint32_t count)
{
    for (uint32_t waiters = 0; waiters < count; (void)sched_yield()) {
        (void)pthread_mutex_lock(&reg->mutex);
        waiters = reg->plugs->waiters;
        (void)pthread_mutex_unlock(&reg->mutex);
    }
}

static void threads_that_scrape_at_the_same_time_share_a_run(void **state)
{
    enum { THREADS = 6 };
    (void)state;
    for (uint32_t flags = 0; flags <= DETACHED; flags += DETACHED) {
        tacho_registry *reg = new_registry();
        pthread_t threads[THREADS];
        struct gated *gated = gated_add(reg, "shared", flags);
        gated->holds = true;
        for (int i = 0; i < THREADS; i++) assert_int_equal(pthread_create(&threads[i], NULL, scrape_once, reg), 0);
        gated_await_run(gated);
        await_waiters(reg, THREADS);
        gated_let_go(gated);
        for (int i = 0; i < THREADS; i++) {
            void *wrong;
            assert_int_equal(pthread_join(threads[i], &wrong), 0);
            assert_null(wrong);
        }
        assert_int_equal(atomic_load(&gated->runs), 1);
        end(reg, gated);
    }
}

static void a_run_that_nobody_waits_for_any_more_serves_the_next_scrape(void **state)
{
    tacho_registry *reg = new_registry();
    (void)state;
    struct gated *gated = gated_add(reg, "given_up", DETACHED);
    gated->holds = true;
    size_t memory = tacho_registry_memory(reg, NULL);
    tacho_scrape_free(gated_open(reg, LONG_MS, true));
    gated_await_run(gated);
    tacho_scrape *scrape = gated_open(reg, LONG_MS, true);
    assert_int_equal(tacho_scrape_ready(scrape), 0);
    gated_let_end(reg, gated);
    struct exposition *page = gated_read(scrape);
    assert_gated(page, gated, 1, 1);
    exposition_free(page);
    tacho_scrape_free(gated_open(reg, LONG_MS, true));
    gated_await_run(gated);
    gated_let_end(reg, gated); /* nobody wants it at all */
    gated->holds = false;
    assert_int_equal(atomic_load(&gated->runs), 2);
    show(reg, gated, 1, 1);
    assert_int_equal(tacho_registry_memory(reg, NULL), memory);
    end(reg, gated);
}

/* ---- Fresh results ----------------------------------------------------------------------------------------------- */

static void a_good_result_is_shown_again_while_it_is_fresh(void **state)
{
    (void)state;
    for (uint32_t flags = 0; flags <= (DETACHED | KEEP_LAST); flags++) {
        tacho_registry *reg = new_registry();
        struct gated *gated = gated_new("cached");
        gated->ops.flags = flags;
        gated->ops.cache_ms = 1000 * 1000;
        gated_plug(reg, gated);
        for (int i = 0; i < 10; i++) {
            show(reg, gated, 1, 1);
            gated->value = 2;
            tacho__clock_ahead_ns += 50 * SECOND;
        }
        assert_int_equal(atomic_load(&gated->runs), 1);
        tacho__clock_ahead_ns += 500 * SECOND;
        show(reg, gated, 2, 1);
        assert_int_equal(atomic_load(&gated->runs), 2);
        tacho__clock_ahead_ns += 1000 * SECOND;
        gated->result = TACHO_ERR_COLLECT;
        for (int i = 0; i < 3; i++) show(reg, gated, flags & KEEP_LAST ? 2 : -1, 0); /* failures are not kept */
        assert_int_equal(atomic_load(&gated->runs), 5);
        gated->result = TACHO_OK;
        gated->value = 3;
        show(reg, gated, 3, 1);
        end(reg, gated);
    }
}

struct crowd {
    tacho_registry *reg;
    int rounds;
};

static void *crowd_scrape(void *arg)
{
    struct crowd *crowd = arg;
    for (int i = 0; i < crowd->rounds; i++)
        if (scrape_once(crowd->reg)) return arg;
    return NULL;
}

static void however_many_scrape_a_fresh_result_is_not_read_twice(void **state)
{
    enum { THREADS = 4 };
    (void)state;
    for (int round = 0; round < 100; round++) {
        struct crowd crowd = { new_registry(), 3 };
        pthread_t threads[THREADS];
        void *wrong;
        struct gated *gated = gated_new("shared");
        gated->ops.flags = 0;
        gated->ops.cache_ms = LONG_MS;
        gated_plug(crowd.reg, gated);
        for (int i = 0; i < THREADS; i++) assert_int_equal(pthread_create(&threads[i], NULL, crowd_scrape, &crowd), 0);
        for (int i = 0; i < THREADS; i++) {
            assert_int_equal(pthread_join(threads[i], &wrong), 0);
            assert_null(wrong);
        }
        assert_int_equal(atomic_load(&gated->runs), 1);
        end(crowd.reg, gated);
    }
}

/* ---- Slow readers --------------------------------------------------------------------------------------------------- */

static void while_two_results_are_read_a_third_scrape_shows_the_newer(void **state)
{
    (void)state;
    for (uint32_t flags = 0; flags <= (DETACHED | KEEP_LAST); flags++) {
        tacho_registry *reg = new_registry();
        struct gated *gated = gated_add(reg, "pages", flags);
        tacho_scrape *first = gated_open(reg, LONG_MS, false);
        gated->value = 2;
        tacho_scrape *second = gated_open(reg, LONG_MS, false);
        gated->value = 3;
        for (int i = 0; i < 3; i++) show(reg, gated, 2, 1);
        assert_int_equal(atomic_load(&gated->runs), 2);
        struct exposition *page = gated_read(first);
        assert_gated(page, gated, 1, 1);
        exposition_free(page);
        show(reg, gated, 3, 1);
        page = gated_read(second);
        assert_gated(page, gated, 2, 1);
        exposition_free(page);
        assert_int_equal(atomic_load(&gated->runs), 3);
        end(reg, gated);
    }
}

static void one_slow_reader_does_not_keep_the_others_from_news(void **state)
{
    (void)state;
    for (uint32_t flags = 0; flags <= (DETACHED | KEEP_LAST); flags++)
        for (uint32_t cache_ms = 0; cache_ms <= 10; cache_ms += 10) {
            tacho_registry *reg = new_registry();
            struct gated *gated = gated_new("news");
            gated->ops.flags = flags;
            gated->ops.cache_ms = cache_ms;
            gated_plug(reg, gated);
            tacho_scrape *slow = gated_open(reg, LONG_MS, false);
            for (int i = 2; i < 9; i++) {
                gated->value = i;
                tacho__clock_ahead_ns += SECOND;
                show(reg, gated, i, 1);
            }
            struct exposition *page = gated_read(slow);
            assert_gated(page, gated, 1, 1);
            exposition_free(page);
            end(reg, gated);
        }
}

/* Another scrape, which has not looked yet, takes the result that waits for it. */
static void let_take(struct gated *self, tacho_emitter *out)
{
    (void)out;
    (void)tacho_scrape_ready(self->context);
}

static void a_result_that_is_not_taken_yet_makes_no_scrape_go_without_one(void **state)
{
    (void)state;
    for (uint32_t flags = 0; flags <= KEEP_LAST; flags += KEEP_LAST) {
        tacho_registry *reg = new_registry();
        struct gated *gated = gated_add(reg, "taken", flags);
        tacho_scrape *slow = gated_open(reg, LONG_MS, false);
        gated->value = 2;
        tacho_scrape *untaken = gated_open(reg, LONG_MS, true);
        gated->value = 3;
        gated->context = untaken;
        gated->inside = let_take;
        double shown = 2;
        for (int i = 0; i < 3; i++) {
            struct exposition *page = gated_scrape(reg, LONG_MS);
            double value = exposition_value(page, gated->name);
            assert_true(value >= shown); /* NAN, when there is none, is not */
            shown = value;
            exposition_free(page);
        }
        tacho_scrape_free(slow);
        tacho_scrape_free(untaken);
        gated->inside = NULL;
        show(reg, gated, 3, 1);
        end(reg, gated);
    }
}

static void a_run_that_comes_late_takes_nothing_from_who_had_a_result_in_time(void **state)
{
    (void)state;
    for (uint32_t flags = 0; flags <= KEEP_LAST; flags += KEEP_LAST) {
        tacho_registry *reg = new_registry();
        struct gated *gated = gated_add(reg, "displaced", flags);
        tacho_scrape *untaken = gated_open(reg, LONG_MS, true);
        gated->value = 2;
        gated->ahead_ns = 10 * SECOND;
        struct exposition *late = gated_scrape(reg, 1000);
        assert_gated(late, gated, flags ? 2 : -1, 0);
        exposition_free(late);
        gated->ahead_ns = 0;
        struct exposition *page = gated_read(untaken);
        assert_gated(page, gated, 2, 1);
        exposition_free(page);
        end(reg, gated);
    }
}

/* ---- Not waiting ------------------------------------------------------------------------------------------------------ */

static tacho_counter *later;
static const tacho_desc later_rows[] = { { .counter = &later, .name = "later_total", .help = "Defined later." } };

static void a_scrape_that_does_not_wait_is_ready_when_all_runs_are_over(void **state)
{
    tacho_registry *reg = new_registry();
    (void)state;
    struct gated *a = gated_add(reg, "a", DETACHED), *b = gated_add(reg, "b", DETACHED);
    struct gated *ordinary = gated_add(reg, "ordinary", 0);
    a->holds = b->holds = true;
    tacho_scrape *scrape = gated_open(reg, LONG_MS, true);
    assert_int_equal(atomic_load(&ordinary->runs), 1);
    gated_await_run(a);
    gated_await_run(b);
    assert_int_equal(TACHO_DEFINE(reg, later_rows), TACHO_OK);
    assert_int_equal(tacho_scrape_ready(scrape), 0);
    gated_let_end(reg, b);
    assert_int_equal(tacho_scrape_ready(scrape), 0);
    gated_let_end(reg, a);
    assert_int_equal(tacho_scrape_ready(scrape), 1);
    assert_int_equal(tacho_scrape_ready(scrape), 1);
    struct exposition *page = gated_read(scrape);
    assert_gated(page, a, 1, 1);
    assert_gated(page, b, 1, 1);
    assert_gated(page, ordinary, 1, 1);
    assert_null(exposition_find(page, "later_total"));
    exposition_free(page);
    tacho_registry_free(reg);
    gated_free(a);
    gated_free(b);
    gated_free(ordinary);
}

static void without_detached_collectors_every_scrape_is_ready_at_once(void **state)
{
    tacho_registry *reg = new_registry();
    (void)state;
    struct gated *gated = gated_add(reg, "ordinary", 0);
    tacho_scrape *scrape = gated_open(reg, LONG_MS, true);
    assert_int_equal(tacho_scrape_ready(scrape), 1);
    tacho_scrape_free(scrape);
    tacho_scrape *unasked = gated_open(reg, LONG_MS, true), *waiting = gated_open(reg, LONG_MS, false);
    assert_int_equal(tacho_scrape_ready(waiting), 1);
    tacho_scrape_free(unasked);
    struct exposition *page = gated_read(waiting);
    assert_gated(page, gated, 1, 1);
    exposition_free(page);
    end(reg, gated);
}

static void *let_go(void *arg)
{
    gated_await_run(arg);
    gated_let_go(arg);
    return NULL;
}

static void the_first_read_waits_if_nobody_did_before(void **state)
{
    tacho_registry *reg = new_registry();
    pthread_t thread;
    (void)state;
    for (int i = 0; i < 20; i++) {
        struct gated *gated = gated_add(reg, "read", DETACHED);
        gated->holds = true;
        tacho_scrape *scrape = gated_open(reg, LONG_MS, true);
        assert_int_equal(pthread_create(&thread, NULL, let_go, gated), 0);
        struct exposition *page = gated_read(scrape);
        assert_gated(page, gated, 1, 1);
        exposition_free(page);
        assert_int_equal(pthread_join(thread, NULL), 0);
        assert_int_equal(tacho_registry_remove(reg, &gated->collector), TACHO_OK);
        gated_free(gated);
    }
    tacho_registry_free(reg);
}

/* ---- Filters -------------------------------------------------------------------------------------------------------------- */

static void who_announced_nothing_that_is_asked_for_does_not_run(void **state)
{
    static const char *const names[] = { "wanted", "unannounced" };
    tacho_registry *reg = new_registry();
    (void)state;
    struct gated *wanted = gated_add(reg, "wanted", 0), *other = gated_add(reg, "other", DETACHED);
    struct gated *silent = gated_new("unannounced"), *stranger = gated_new("stranger");
    silent->ops.desc_count = stranger->ops.desc_count = 0;
    silent->ops.descs = stranger->ops.descs = NULL;
    gated_plug(reg, silent);
    gated_plug(reg, stranger);
    struct page page = page_take(reg, (tacho_scrape_options){ .names = names, .name_count = 2 }, 0);
    assert_true(page_has_line(&page, "wanted 1") && page_has_line(&page, "unannounced 1"));
    assert_false(page_has(&page, "other") || page_has(&page, "stranger") || page_has(&page, "tacho_"));
    assert_int_equal(atomic_load(&wanted->runs), 1);
    assert_int_equal(atomic_load(&other->runs), 0);
    assert_int_equal(atomic_load(&silent->runs), 1);
    assert_int_equal(atomic_load(&stranger->runs), 1); /* who knows? */
    page_free(&page);
    tacho_registry_free(reg);
    gated_free(wanted);
    gated_free(other);
    gated_free(silent);
    gated_free(stranger);
}

/* ---- Inside a run ------------------------------------------------------------------------------------------------------------ */

struct inner {
    tacho_registry *reg, *other;
    struct gated *of_other;
    struct exposition *own_page, *other_page;
    tacho_err removed;
};

static void look_around(struct gated *self, tacho_emitter *out)
{
    struct inner *inner = self->context;
    (void)out;
    inner->own_page = stress_scrape(inner->reg, 65536);
    inner->other_page = stress_scrape(inner->other, 65536);
    inner->removed = tacho_registry_remove(inner->reg, &self->collector);
}

static void inside_a_run_its_registry_has_no_collectors_and_nobody_is_waited_for(void **state)
{
    (void)state;
    for (uint32_t flags = 0; flags <= DETACHED; flags += DETACHED) {
        struct inner inner = { .reg = new_registry(), .other = new_registry() };
        struct gated *outer = gated_add(inner.reg, "outer", flags), *hanging = gated_add(inner.other, "hanging", DETACHED);
        outer->inside = look_around;
        outer->context = &inner;
        hanging->holds = true;
        tacho_scrape *scrape = gated_open(inner.other, LONG_MS, true);
        gated_await_run(hanging);
        assert_true(tacho_scrape_ready(scrape) == 0);
        tacho_scrape_free(scrape); /* the run goes on, and nobody waits for it */
        struct gated *quick = gated_add(inner.other, "quick", DETACHED);
        show(inner.reg, outer, 1, 1);
        assert_int_equal(inner.removed, TACHO_ERR_BUSY);
        assert_int_equal(inner.own_page->count, 0);
        assert_gated(inner.other_page, hanging, -1, 0);
        assert_gated(inner.other_page, quick, 1, 1);
        exposition_free(inner.own_page);
        exposition_free(inner.other_page);
        gated_let_end(inner.other, hanging);
        tacho_registry_free(inner.other);
        end(inner.reg, outer);
        gated_free(hanging);
        gated_free(quick);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(threads_that_scrape_at_the_same_time_share_a_run),
        cmocka_unit_test(a_run_that_nobody_waits_for_any_more_serves_the_next_scrape),
        cmocka_unit_test(a_good_result_is_shown_again_while_it_is_fresh),
        cmocka_unit_test(however_many_scrape_a_fresh_result_is_not_read_twice),
        cmocka_unit_test(while_two_results_are_read_a_third_scrape_shows_the_newer),
        cmocka_unit_test(one_slow_reader_does_not_keep_the_others_from_news),
        cmocka_unit_test(a_result_that_is_not_taken_yet_makes_no_scrape_go_without_one),
        cmocka_unit_test(a_run_that_comes_late_takes_nothing_from_who_had_a_result_in_time),
        cmocka_unit_test(a_scrape_that_does_not_wait_is_ready_when_all_runs_are_over),
        cmocka_unit_test(without_detached_collectors_every_scrape_is_ready_at_once),
        cmocka_unit_test(the_first_read_waits_if_nobody_did_before),
        cmocka_unit_test(who_announced_nothing_that_is_asked_for_does_not_run),
        cmocka_unit_test(inside_a_run_its_registry_has_no_collectors_and_nobody_is_waited_for),
    };
    stress_begin("test_collect_share", 60);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    stress_end();
    return failed;
}
