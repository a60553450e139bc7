/*
 * test_cells.c - nothing is lost: updates by several threads at a time, by signal handlers in the middle of updates, on
 * CPUs with and without cells of their own, and in forked children.
 */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <tacho/tacho.h>

#include "support/exposition.h"
#include "support/shown.h"
#include "support/worlds.h"

#define EACH_WORLD(world) (const struct world *world = worlds; world < worlds + WORLD_COUNT; world++)

static tacho_counter *whole, *real;
static tacho_gauge *level, *flying;
static tacho_histogram *sizes;
static const double bounds[] = { 1, 2, 4 };

struct rows {
    tacho_desc all[5];
};

static struct rows all_kinds(void)
{
    return (struct rows){ {
        { .counter = &whole, .name = "whole_total", .help = "Help." },
        { .counter = &real, .name = "real_total", .help = "Help.", .flags = TACHO_REAL },
        { .gauge = &level, .name = "level", .help = "Help." },
        { .gauge = &flying, .name = "flying", .help = "Help.", .flags = TACHO_UPDOWN },
        { .histogram = &sizes, .name = "sizes", .help = "Help.", .buckets = bounds, .bucket_count = 3 },
    } };
}

/* One update of each kind; `number` decides the bucket. */
static void update(uint64_t number)
{
    tacho_counter_add(whole, 3);
    tacho_counter_add_real(real, 0.5);
    tacho_gauge_add(level, 2);
    tacho_gauge_inc(flying);
    if (number % 2) tacho_gauge_sub(flying, 1);
    tacho_histogram_observe(sizes, (double)(number % 6));
}

/* What so many updates come to, whoever made them: numbers 0 to count - 1, `times` over. */
static void check_totals(tacho_registry *reg, const char *where, uint64_t count, uint64_t times)
{
    uint64_t buckets[4] = { 0 }, odd = 0, sum = 0;
    for (uint64_t i = 0; i < count; i++) {
        odd += i % 2;
        sum += i % 6;
        for (int k = 0; k < 3; k++) buckets[k] += (double)(i % 6) <= bounds[k];
    }
    struct { const char *series; double want; } const table[] = {
        { "whole_total", (double)(3 * count * times) },
        { "real_total", (double)(count * times) / 2 },
        { "level", (double)(2 * count * times) },
        { "flying", (double)((count - odd) * times) },
        { "sizes_bucket{le=\"1.0\"}", (double)(buckets[0] * times) },
        { "sizes_bucket{le=\"2.0\"}", (double)(buckets[1] * times) },
        { "sizes_bucket{le=\"4.0\"}", (double)(buckets[2] * times) },
        { "sizes_count", (double)(count * times) },
        { "sizes_sum", (double)(sum * times) },
    };
    struct exposition *page = exposition_read(reg);
    for (size_t i = 0; i < TACHO_COUNT(table); i++)
        if (exposition_value(page, table[i].series) != table[i].want)
            fail_msg("with %s %s is %s, but should be %.17g", where, table[i].series,
                     exposition_text(page, table[i].series), table[i].want);
    exposition_free(page);
    assert_true(tacho_counter_value(whole) == table[0].want && tacho_counter_value(real) == table[1].want);
    assert_true(tacho_gauge_value(level) == table[2].want && tacho_gauge_value(flying) == table[3].want);
    assert_true((double)tacho_histogram_count(sizes) == table[7].want && tacho_histogram_sum(sizes) == table[8].want);
}

enum { THREADS = 4, UPDATES = 30000 };

static void *update_often(void *unused)
{
    (void)unused;
    for (uint64_t i = 0; i < UPDATES; i++) update(i);
    return NULL;
}

static void updates_of_several_threads_add_up_exactly(void **state)
{
    (void)state;
    for EACH_WORLD(world) {
        pthread_t threads[THREADS];
        struct rows rows = all_kinds();
        tacho_registry *reg = WORLD_OPEN(world, rows.all);
        for (int i = 0; i < THREADS; i++) assert_int_equal(pthread_create(&threads[i], NULL, update_often, NULL), 0);
        for (int i = 0; i < THREADS; i++) assert_int_equal(pthread_join(threads[i], NULL), 0);
        check_totals(reg, world->name, UPDATES, THREADS);
        tacho_registry_free(reg);
    }
}

/* Onto each CPU in turn, also onto those without cells of their own. */
static void *update_on_every_cpu(void *unused)
{
    cpu_set_t all, one;
    (void)unused;
    if (sched_getaffinity(0, sizeof all, &all) != 0) return NULL;
    for (uint64_t i = 0; i < 600; i++) {
        size_t cpu = i % CPU_SETSIZE;
        while (!CPU_ISSET(cpu, &all)) cpu = (cpu + 1) % CPU_SETSIZE;
        CPU_ZERO(&one);
        CPU_SET(cpu, &one);
        if (i % 3 == 0) (void)sched_setaffinity(0, sizeof one, &one);
        update(i);
    }
    return NULL;
}

static void updates_add_up_wherever_the_thread_runs(void **state)
{
    (void)state;
    for EACH_WORLD(world) {
        pthread_t thread;
        struct rows rows = all_kinds();
        tacho_registry *reg = WORLD_OPEN(world, rows.all);
        assert_int_equal(pthread_create(&thread, NULL, update_on_every_cpu, NULL), 0);
        assert_int_equal(pthread_join(thread, NULL), 0);
        check_totals(reg, world->name, 600, 1);
        tacho_registry_free(reg);
    }
}

/* Each row on the side that its world says, seen from the handle: a wrong kind would show right and be slow. */
static void a_series_gets_cells_per_cpu_while_they_last_and_one_shared_cell_otherwise(void **state)
{
    (void)state;
    struct rows rows = all_kinds();
    tacho_registry *reg = WORLD_OPEN(&worlds[0], rows.all);
    bool here = ((uintptr_t)whole & TACHO_HANDLE_PER_CPU) != 0;
    tacho_registry_free(reg);
    if (!here) skip(); /* no restartable sequences on this machine */
    for (size_t i = 0; i < 3; i++) {
        struct rows again = all_kinds();
        reg = WORLD_OPEN(&worlds[i], again.all);
        assert_int_equal(((uintptr_t)whole & TACHO_HANDLE_PER_CPU) != 0, i == 0);
        assert_int_equal(((uintptr_t)real & TACHO_HANDLE_PER_CPU) != 0, i == 0);
        assert_int_equal(((uintptr_t)flying & TACHO_HANDLE_PER_CPU) != 0, i == 0);
        assert_int_equal((uintptr_t)level & TACHO_HANDLE_BITS, 0);
        tacho_registry_free(reg);
    }
    static tacho_counter_vec *vec;
    static const tacho_desc row = { .counter_vec = &vec, .name = "v_total", .help = "Help.", .labels = { "l" } };
    reg = tacho_registry_new(&(tacho_registry_options){ .cell_budget = 4096 });
    assert_int_equal(tacho_registry_define(reg, &row, 1), TACHO_OK);
    size_t striped = 0;
    for (int i = 0; i < 1000; i++) {
        char value[16];
        (void)snprintf(value, sizeof value, "%d", i);
        tacho_counter *series = tacho_counter_at(vec, TACHO_LABELS(value));
        striped += ((uintptr_t)series & TACHO_HANDLE_PER_CPU) != 0;
        tacho_counter_add(series, (uint64_t)i);
    }
    assert_in_range(striped, 400, 512); /* 8 bytes each, of 4096 */
    struct exposition *page = exposition_read(reg);
    for (int i = 0; i < 1000; i++) {
        char series[64];
        (void)snprintf(series, sizeof series, "v_total{l=\"%d\"}", i);
        assert_true(exposition_value(page, series) == i);
    }
    exposition_free(page);
    tacho_registry_free(reg);
}

/* ---- Signals ------------------------------------------------------------------------------------------------ */

static volatile sig_atomic_t interruptions;

static void update_in_handler(int number)
{
    (void)number;
    update(0);
    interruptions = interruptions + 1;
}

static void updates_in_a_signal_handler_are_not_lost_and_lose_none(void **state)
{
    (void)state;
    struct sigaction action = { .sa_handler = update_in_handler, .sa_flags = SA_RESTART }, before[2];
    struct itimerval often = { { 0, 50 }, { 0, 50 } }, never = { { 0, 0 }, { 0, 0 } };
    (void)sigemptyset(&action.sa_mask);
    (void)sigaddset(&action.sa_mask, SIGALRM);
    (void)sigaddset(&action.sa_mask, SIGUSR1);
    assert_int_equal(sigaction(SIGALRM, &action, &before[0]), 0);
    assert_int_equal(sigaction(SIGUSR1, &action, &before[1]), 0);
    for EACH_WORLD(world) {
        struct rows rows = all_kinds();
        tacho_registry *reg = WORLD_OPEN(world, rows.all);
        uint64_t count = 0;
        interruptions = 0;
        assert_int_equal(setitimer(ITIMER_REAL, &often, NULL), 0);
        while (count < UPDATES || interruptions < 600) {
            update(count++);
            if (count % 1000 == 0) (void)raise(SIGUSR1);
        }
        assert_int_equal(setitimer(ITIMER_REAL, &never, NULL), 0);
        (void)raise(SIGUSR1); /* after whatever was still on its way */
        uint64_t all = count + (uint64_t)interruptions;
        assert_true(tacho_counter_value(whole) == (double)(3 * all));
        assert_true(tacho_counter_value(real) == (double)all / 2);
        assert_true(tacho_gauge_value(level) == (double)(2 * all));
        assert_int_equal(tacho_histogram_count(sizes), all);
        assert_true(tacho_gauge_value(flying) == (double)((count + 1) / 2 + (uint64_t)interruptions));
        assert_true(shown_value(reg, "sizes_count") == (double)all);
        tacho_registry_free(reg);
    }
    (void)sigaction(SIGALRM, &before[0], NULL);
    (void)sigaction(SIGUSR1, &before[1], NULL);
}

/* ---- Forks -------------------------------------------------------------------------------------------------- */

static tacho_counter_vec *by_name;
static const tacho_desc by_name_row = { .counter_vec = &by_name, .name = "by_name_total", .help = "Help.",
                                        .labels = { "name" } };

/* The exit status tells the first thing that is wrong. */
static int child_of_private(tacho_registry *reg)
{
    char why[256];
    if (tacho_counter_value(whole) != 30) return 1;
    for (uint64_t i = 0; i < 10; i++) update(i);
    if (tacho_counter_value(whole) != 60 || tacho_histogram_count(sizes) != 20) return 2;
    if (tacho_gauge_value(level) != 40 || tacho_gauge_value(flying) != 10) return 3;
    tacho_counter_inc_at(by_name, TACHO_LABELS("before"));
    tacho_counter_inc_at(by_name, TACHO_LABELS("child"));
    if (tacho_counter_value(tacho_counter_at(by_name, TACHO_LABELS("before"))) != 2) return 4;
    tacho_buffer text;
    tacho_buffer_init(&text);
    if (tacho_expose(reg, TACHO_TEXT, &text.sink) != TACHO_OK) return 5;
    struct exposition *page = exposition_parse(text.data, text.len, why, sizeof why);
    if (!page) return 6;
    if (exposition_value(page, "whole_total") != 60 || exposition_value(page, "by_name_total{name=\"child\"}") != 1)
        return 7;
    exposition_free(page);
    tacho_buffer_fini(&text);
    if (tacho_counter_remove_at(by_name, TACHO_LABELS("before")) != TACHO_OK) return 8;
    tacho_registry_free(reg);
    reg = tacho_registry_new(NULL);
    if (!reg || tacho_registry_define(reg, &by_name_row, 1) != TACHO_OK) return 9;
    tacho_counter_inc_at(by_name, TACHO_LABELS("child"));
    return tacho_counter_value(tacho_counter_at(by_name, TACHO_LABELS("child"))) == 1 ? 0 : 10;
}

static void a_forked_child_has_a_copy_of_its_own(void **state)
{
    (void)state;
    for EACH_WORLD(world) {
        if (world->options.sharing == TACHO_PREFORK) continue;
        struct rows rows = all_kinds();
        tacho_registry *reg = WORLD_OPEN(world, rows.all);
        int status;
        assert_int_equal(tacho_registry_define(reg, &by_name_row, 1), TACHO_OK);
        for (uint64_t i = 0; i < 10; i++) update(i);
        tacho_counter_inc_at(by_name, TACHO_LABELS("before"));
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0) _exit(child_of_private(reg));
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFEXITED(status));
        if (WEXITSTATUS(status)) fail_msg("with %s: %d", world->name, WEXITSTATUS(status));
        check_totals(reg, world->name, 10, 1);
        assert_shown(reg, "by_name_total{name=\"before\"}", "1");
        assert_shown(reg, "by_name_total{name=\"child\"}", NULL);
        tacho_registry_free(reg);
    }
}

static void workers_of_a_prefork_registry_count_into_the_same_series(void **state)
{
    (void)state;
    enum { WORKERS = 4 };
    struct rows rows = all_kinds();
    tacho_registry *reg = WORLD_OPEN(&worlds[8], rows.all);
    pid_t workers[WORKERS];
    assert_int_equal(worlds[8].options.sharing, TACHO_PREFORK);
    assert_int_equal(tacho_registry_define(reg, &by_name_row, 1), TACHO_OK);
    for (int i = 0; i < WORKERS; i++) {
        workers[i] = fork();
        assert_true(workers[i] >= 0);
        if (workers[i] > 0) continue;
        char name[16];
        (void)snprintf(name, sizeof name, "%d", i);
        (void)update_often(NULL);
        tacho_counter_inc_at(by_name, TACHO_LABELS(name));
        tacho_counter_inc_at(by_name, TACHO_LABELS("all"));
        _exit(0);
    }
    for (int i = 0; i < WORKERS; i++) {
        int status;
        assert_int_equal(waitpid(workers[i], &status, 0), workers[i]);
        assert_int_equal(status, 0);
    }
    check_totals(reg, "workers", UPDATES, WORKERS);
    assert_true(shown_value(reg, "by_name_total{name=\"all\"}") + shown_value(reg, "by_name_total{name=\"_other\"}") >=
                WORKERS);
    struct exposition *page = exposition_read(reg);
    assert_true(exposition_sum(page, "by_name_total") == 2 * WORKERS);
    exposition_free(page);
    tacho_registry_free(reg);
}

/* A CPU that never counted is not looked at; one that counts late is. */
static void counts_of_a_cpu_that_joins_late_are_seen(void **state)
{
    (void)state;
    struct rows rows = all_kinds();
    tacho_registry *reg = WORLD_OPEN(&worlds[0], rows.all);
    check_totals(reg, worlds[0].name, 0, 1);
    for (int round = 1; round <= 3; round++) {
        pthread_t thread;
        assert_int_equal(pthread_create(&thread, NULL, update_on_every_cpu, NULL), 0);
        assert_int_equal(pthread_join(thread, NULL), 0);
        check_totals(reg, worlds[0].name, 600, (uint64_t)round);
    }
    tacho_registry_free(reg);
}

int main(void)
{
    const struct CMUnitTest cells[] = {
        cmocka_unit_test(updates_of_several_threads_add_up_exactly),
        cmocka_unit_test(updates_add_up_wherever_the_thread_runs),
        cmocka_unit_test(a_series_gets_cells_per_cpu_while_they_last_and_one_shared_cell_otherwise),
        cmocka_unit_test(updates_in_a_signal_handler_are_not_lost_and_lose_none),
        cmocka_unit_test(a_forked_child_has_a_copy_of_its_own),
        cmocka_unit_test(workers_of_a_prefork_registry_count_into_the_same_series),
        cmocka_unit_test(counts_of_a_cpu_that_joins_late_are_seen),
    };
    return cmocka_run_group_tests(cells, NULL, NULL);
}
