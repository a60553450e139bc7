/*
 * test_edges.c - each ordering edge by itself: one thread publishes, others read, and nothing but the edge orders them.
 *
 * The threads of a test talk to each other with relaxed atomics only, so that ThreadSanitizer fails the test once the
 * order of its edge is weakened. Which test covers which edge, and which fails then (T: with ThreadSanitizer):
 *   [G1]  no: on x86 a load cannot come too early; test_grace.c runs it
 *   [G2]  what_a_lookup_passes_is_not_written_before_it_has_left (T)
 *   [G3]  test_grace.c, updates_by_label_values_never_land_in_another_series, with luck; see there
 *   [G4]  threads_that_begin_together_find_whole_mutexes (T)
 *   [S1]  a_series_that_a_scrape_shows_is_complete (T), if [B1] is weakened too: each covers for the other
 *   [S2]  a_series_that_is_found_is_complete (T)
 *   [S3]  buckets_that_a_lookup_uses_are_there (T)
 *   [S4]  no: the same lookup finds it through [S2] and [S3]; a_family_that_is_full_has_all_its_series runs it
 *   [C1]  no: what it leads to is zero or atomic until [S1]; test_churn.c runs it
 *   [F1]  a_family_that_is_met_is_complete (T)
 *   [B1]  with [S1], above; and a_series_that_no_scrape_would_show_is_not_counted_in
 *   [E1]  an_error_is_read_whole (T)
 *   [R1]  misuse_of_a_handle_finds_a_whole_registry (T)
 *   [K1]  test_crash.c, by deaths; between threads the mutex orders it
 */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "grace.h"
#include "support/audit.h"
#include "support/stress.h"

#define RELAXED(p) atomic_load_explicit((p), memory_order_relaxed)
#define RELAX(p, v) atomic_store_explicit((p), (v), memory_order_relaxed)

static _Atomic bool over;
static _Atomic uint32_t published;

static tacho_registry *reg;
static tacho_counter_vec *vec;
static const tacho_desc vec_rows[] = {
    { .counter_vec = &vec, .name = "vec_total", .help = "h", .labels = { "id" }, .max_series = 300 },
};

/* Wait a moment at every other edge, so that others see what is published and not yet used. */
static void yield_sometimes(const char *tag)
{
    static _Thread_local uint32_t turn;
    (void)tag;
    if (++turn % 13 == 0) (void)sched_yield();
}

static int hook_edges(void **state)
{
    (void)state;
    tacho__edge_hook = yield_sometimes;
    return 0;
}

static int unhook_edges(void **state)
{
    (void)state;
    tacho__edge_hook = NULL;
    return 0;
}

static void open_registry_with(uint32_t no_self_metrics)
{
    reg = tacho_registry_new(
        &(tacho_registry_options){ .creation_wait_ms = 60000, .no_self_metrics = no_self_metrics });
    assert_int_equal(TACHO_DEFINE(reg, vec_rows), TACHO_OK);
    RELAX(&over, false);
    RELAX(&published, 0);
}

static void open_registry(void)
{
    open_registry_with(1);
}

static void name(char id[32], uint32_t k)
{
    (void)snprintf(id, 32, "%u, the name of a series", k);
}

static void count(uint32_t k, uint64_t n)
{
    char id[32];
    name(id, k);
    tacho_counter_add_at(vec, TACHO_LABELS(id), n);
}

/* Run `other` beside this thread's `own`, which ends it. */
static void run_beside(void *(*other)(void *), void (*own)(void))
{
    pthread_t threads[2];
    for (int i = 0; i < 2; i++) assert_int_equal(pthread_create(&threads[i], NULL, other, NULL), 0);
    own();
    RELAX(&over, true);
    for (int i = 0; i < 2; i++) {
        void *failed;
        (void)pthread_join(threads[i], &failed);
        assert_null(failed);
    }
}

/* ---- [G4] ------------------------------------------------------------------------------------------------------ */

static void *begin(void *arg)
{
    while (!RELAXED(&over)) (void)sched_yield();
    tacho__grace_leave(tacho__grace_enter());
    RELAX(&published, 1);
    return arg;
}

static void threads_that_begin_together_find_whole_mutexes(void **state)
{
    (void)state;
    enum { THREADS = 64 };
    pthread_t threads[THREADS];
    open_registry();
    for (int i = 0; i < THREADS; i++) assert_int_equal(pthread_create(&threads[i], NULL, begin, NULL), 0);
    RELAX(&over, true);
    for (int i = 0; i < THREADS; i++) (void)pthread_join(threads[i], NULL);
    tacho_registry_free(reg);
}

/* ---- [S2], [S3] ---------------------------------------------------------------------------------------------------- */

static void *find_what_is_published(void *arg)
{
    uint64_t random = 1;
    (void)arg;
    while (!RELAXED(&over)) {
        uint32_t there = RELAXED(&published);
        if (there) count(there - 1 - stress_random(&random, there < 4 ? there : 4), 1);
    }
    return NULL;
}

static void create_many(void)
{
    for (uint32_t k = 0; k < 300; k++) {
        count(k, 0);
        RELAX(&published, k + 1);
    }
}

static void a_series_that_is_found_is_complete(void **state)
{
    (void)state;
    stress_begin(__func__, 60);
    for (size_t round = stress_scaled(80); round; round--) {
        open_registry();
        run_beside(find_what_is_published, create_many);
        assert_true(audit_registry(reg, NULL));
        tacho_registry_free(reg);
    }
    stress_end();
}

static void *find_the_first(void *arg)
{
    while (!RELAXED(&published)) (void)sched_yield();
    while (!RELAXED(&over)) count(0, 1);
    return arg;
}

/* The readers find always the same series, and learn of new buckets only by their number. */
static void buckets_that_a_lookup_uses_are_there(void **state)
{
    (void)state;
    stress_begin(__func__, 60);
    for (size_t round = stress_scaled(200); round; round--) {
        open_registry();
        run_beside(find_the_first, create_many);
        tacho_registry_free(reg);
    }
    stress_end();
}

/* ---- [G2] ------------------------------------------------------------------------------------------------------------ */

static void *find_what_stays(void *arg)
{
    uint64_t random = (uint64_t)(uintptr_t)&random;
    while (!RELAXED(&over)) count(stress_random(&random, 20), 1);
    return arg;
}

static void use_slots_again(void)
{
    for (size_t k = stress_scaled(20000); k; k--) {
        char id[32];
        name(id, 1000 + (uint32_t)k);
        tacho_counter_inc_at(vec, TACHO_LABELS(id));
        if (tacho_counter_remove_at(vec, TACHO_LABELS(id)) != TACHO_OK) abort();
    }
}

static void what_a_lookup_passes_is_not_written_before_it_has_left(void **state)
{
    (void)state;
    stress_begin(__func__, 60);
    open_registry();
    for (uint32_t k = 0; k < 20; k++) count(k, 0);
    run_beside(find_what_stays, use_slots_again);
    assert_true(audit_registry(reg, NULL));
    tacho_registry_free(reg);
    stress_end();
}

/* ---- [S1] with [B1] ------------------------------------------------------------------------------------------------ */

static void *scrape_always(void *arg)
{
    while (!RELAXED(&over)) {
        struct exposition *page = stress_scrape(reg, 4096);
        if (!page) return &over;
        exposition_free(page);
    }
    return arg;
}

static void a_series_that_a_scrape_shows_is_complete(void **state)
{
    (void)state;
    stress_begin(__func__, 60);
    for (size_t round = stress_scaled(40); round; round--) {
        open_registry();
        run_beside(scrape_always, create_many);
        tacho_registry_free(reg);
    }
    stress_end();
}

/* ---- [B1] --------------------------------------------------------------------------------------------------------------- */

static sem_t there, go_on;
static _Thread_local bool stops;

static void stop_before_announcing(const char *tag)
{
    if (!stops || strcmp(tag, "B1") != 0) return;
    (void)sem_post(&there);
    while (sem_wait(&go_on) != 0) continue;
}

static void *create_and_stop(void *arg)
{
    stops = true;
    count(7, 100);
    return arg;
}

/* The series is complete and linked, but its maker stands still and has not announced it. */
static void a_series_that_no_scrape_would_show_is_not_counted_in(void **state)
{
    (void)state;
    stress_begin(__func__, 60);
    pthread_t maker;
    reg = tacho_registry_new(NULL);
    assert_int_equal(TACHO_DEFINE(reg, vec_rows), TACHO_OK);
    (void)sem_init(&there, 0, 0);
    (void)sem_init(&go_on, 0, 0);
    tacho__edge_hook = stop_before_announcing;
    assert_int_equal(pthread_create(&maker, NULL, create_and_stop, NULL), 0);
    while (sem_wait(&there) != 0) continue;
    count(7, 1);
    struct exposition *page = stress_scrape_valid(reg);
    assert_true(exposition_sum(page, "vec_total") == 1); /* under _other */
    exposition_free(page);
    (void)sem_post(&go_on);
    (void)pthread_join(maker, NULL);
    count(7, 1);
    page = stress_scrape_valid(reg);
    assert_true(exposition_value(page, "vec_total{id=\"7, the name of a series\"}") == 101);
    assert_true(exposition_sum(page, "vec_total") == 102);
    exposition_free(page);
    tacho_registry_free(reg);
    tacho__edge_hook = yield_sometimes;
    stress_end();
}

/* ---- [S4] --------------------------------------------------------------------------------------------------------------- */

static void *count_them_all(void *arg)
{
    for (uint32_t k = 0; k < 300; k++) count(k, 1);
    return arg;
}

static void count_own(void)
{
    for (uint32_t k = 300; k--;) count(k, 1);
}

/* Three threads fill the family with the same series: none of them may take its last ones for too many. */
static void a_family_that_is_full_has_all_its_series(void **state)
{
    (void)state;
    stress_begin(__func__, 60);
    for (size_t round = stress_scaled(100); round; round--) {
        open_registry();
        run_beside(count_them_all, count_own);
        struct exposition *page = stress_scrape_valid(reg);
        assert_int_equal(exposition_count(page, "vec_total"), 300);
        assert_true(exposition_sum(page, "vec_total") == 900);
        assert_null(exposition_find(page, "vec_total{id=\"_other\"}"));
        exposition_free(page);
        tacho_registry_free(reg);
    }
    stress_end();
}

/* ---- [F1] ----------------------------------------------------------------------------------------------------------------- */

enum { DEFINED = 60 };

static tacho_counter *defined[DEFINED];
static char defined_names[DEFINED][32];
static tacho_desc defined_rows[DEFINED];

static void define_many(void)
{
    for (size_t i = 0; i < DEFINED; i++)
        if (tacho_registry_define(reg, &defined_rows[i], 1) != TACHO_OK) abort();
}

static void a_family_that_is_met_is_complete(void **state)
{
    (void)state;
    stress_begin(__func__, 60);
    for (size_t i = 0; i < DEFINED; i++) {
        (void)snprintf(defined_names[i], sizeof defined_names[i], "defined_%zu_total", i);
        defined_rows[i] = (tacho_desc){ .counter = &defined[i], .name = defined_names[i], .help = "h" };
    }
    for (size_t round = stress_scaled(40); round; round--) {
        open_registry_with(0); /* the collector of tacho's own metrics meets families before the scrape has begun */
        run_beside(scrape_always, define_many);
        struct exposition *page = stress_scrape_valid(reg);
        for (size_t i = 0; i < DEFINED; i++) assert_non_null(exposition_family(page, defined_names[i]));
        exposition_free(page);
        tacho_registry_free(reg);
    }
    stress_end();
}

/* ---- [E1] --------------------------------------------------------------------------------------------------------------- */

static void *read_the_error(void *arg)
{
    const char *error = NULL;
    while (!error && !RELAXED(&over)) {
        error = tacho_registry_error(reg);
        if (!error) (void)sched_yield();
    }
    return error && !strstr(error, "9 is no name") ? &over : arg;
}

static void make_an_error(void)
{
    static tacho_counter *counter;
    static const tacho_desc bad[] = { { .counter = &counter, .name = "9 is no name", .help = "h" } };
    if (TACHO_DEFINE(reg, bad) != TACHO_ERR_DESC) abort();
}

static void an_error_is_read_whole(void **state)
{
    (void)state;
    stress_begin(__func__, 60);
    for (size_t round = 0; round < 100; round++) {
        open_registry();
        run_beside(read_the_error, make_an_error);
        tacho_registry_free(reg);
    }
    stress_end();
}

/* ---- [R1] ---------------------------------------------------------------------------------------------------------------- */

static tacho_counter *shared;
static const tacho_desc shared_rows[] = {
    { .counter = &shared, .name = "shared_total", .help = "h", .flags = TACHO_SHARED },
};
static _Atomic(tacho_counter *) handed;
static _Atomic uint32_t misused;

static void *misuse_the_handle(void *arg)
{
    tacho_counter *counter;
    while (!(counter = RELAXED(&handed))) (void)sched_yield();
    tacho_counter_add_real(counter, 1); /* it counts whole numbers */
    atomic_fetch_add_explicit(&misused, 1, memory_order_relaxed);
    return arg;
}

static void make_a_registry(void)
{
    reg = tacho_registry_new(NULL);
    if (TACHO_DEFINE(reg, shared_rows) != TACHO_OK) abort();
    RELAX(&handed, shared);
    while (RELAXED(&misused) < 2) (void)sched_yield();
}

static void misuse_of_a_handle_finds_a_whole_registry(void **state)
{
    (void)state;
    stress_begin(__func__, 60);
    for (size_t round = 0; round < 100; round++) {
        RELAX(&handed, NULL);
        RELAX(&misused, 0);
        run_beside(misuse_the_handle, make_a_registry);
        struct exposition *page = stress_scrape_valid(reg);
        assert_true(exposition_value(page, "tacho_misuse_total{kind=\"wrong_kind\"}") == 2);
        exposition_free(page);
        tacho_registry_free(reg);
    }
    stress_end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(threads_that_begin_together_find_whole_mutexes),
        cmocka_unit_test(a_series_that_is_found_is_complete),
        cmocka_unit_test(buckets_that_a_lookup_uses_are_there),
        cmocka_unit_test(what_a_lookup_passes_is_not_written_before_it_has_left),
        cmocka_unit_test(a_series_that_a_scrape_shows_is_complete),
        cmocka_unit_test(a_series_that_no_scrape_would_show_is_not_counted_in),
        cmocka_unit_test(a_family_that_is_full_has_all_its_series),
        cmocka_unit_test(a_family_that_is_met_is_complete),
        cmocka_unit_test(an_error_is_read_whole),
        cmocka_unit_test(misuse_of_a_handle_finds_a_whole_registry),
    };
    return cmocka_run_group_tests(tests, hook_edges, unhook_edges);
}
