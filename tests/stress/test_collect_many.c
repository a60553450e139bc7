/*
 * test_collect_many.c - a thousand detached collectors of which some hang for ever, and many scrapes of a few: how late a scrape is
 * that has to leave some behind, and that nothing is left behind by scrapes.
 */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <tacho/expose.h>

#include "clock.h"
#include "support/gated.h"
#include "support/stress.h"
#include "wait.h"

#define LONG_MS (1000u * 1000)

/* ---- How long it takes to wake a thread ---------------------------------------------------------------------- */

static int compare(const void *a, const void *b)
{
    double difference = *(const double *)a - *(const double *)b;
    return difference < 0 ? -1 : difference > 0;
}

/* How late a thread runs that waited for a moment with nothing else to do: the median of some. */
static double wake_up_time(void)
{
    enum { WAKES = 101 };
    double late[WAKES];
    pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
    pthread_cond_t cond;
    tacho__cond_init(&cond);
    (void)pthread_mutex_lock(&mutex);
    for (int i = 0; i < WAKES; i++) {
        uint64_t until = tacho__clock_ns() + 1000000;
        while (tacho__cond_wait(&cond, &mutex, until)) continue;
        late[i] = (double)(tacho__clock_ns() - until) / 1e9;
    }
    (void)pthread_mutex_unlock(&mutex);
    (void)pthread_cond_destroy(&cond);
    qsort(late, WAKES, sizeof *late, compare);
    return late[WAKES / 2];
}

/* ---- A thousand ------------------------------------------------------------------------------------------------ */

enum { MOST = 1000, DEADLINE_MS = 500, ATTEMPTS = 20 };

struct many {
    tacho_listener listener; /* hears of each that is left behind, at that moment */
    double left_at;
    int left, count, hanging;
    tacho_registry *reg;
    struct gated *gated[MOST];
    atomic_int released;
};

static void many_hear(tacho_listener *self, const char *what)
{
    struct many *many = TACHO_CONTAINER(self, struct many, listener);
    if (!strstr(what, "went on without it")) return;
    many->left_at = stress_now();
    many->left++;
}

static bool hangs(int i)
{
    return i % 100 == 50;
}

static void make_many(struct many *many)
{
    const tacho_registry_options options = { .listener = &many->listener };
    char name[32];
    many->listener.misuse = many_hear;
    many->reg = tacho_registry_new(&options);
    many->count = stress_scaled(MOST) < MOST ? (int)stress_scaled(MOST) : MOST;
    for (int i = 0; i < many->count; i++) {
        (void)snprintf(name, sizeof name, "number_%d", i);
        many->gated[i] = gated_add(many->reg, name, TACHO_COLLECT_DETACHED);
        many->gated[i]->value = i;
        many->gated[i]->frees = true;
        many->gated[i]->tally = &many->released;
        many->hanging += hangs(i);
    }
    exposition_free(gated_scrape(many->reg, LONG_MS)); /* starts the threads */
}

static void check_many(const struct many *many, tacho_scrape *scrape, int missed, int busy)
{
    struct exposition *page = gated_read(scrape);
    for (int i = 0; i < many->count; i++) {
        assert_gated(page, many->gated[i], hangs(i) ? -1 : i, !hangs(i));
        assert_true(gated_failures(page, many->gated[i], "deadline") == (hangs(i) ? missed : 0));
        assert_true(gated_failures(page, many->gated[i], "busy") == (hangs(i) ? busy : 0));
    }
    exposition_free(page);
}

/* One scrape that leaves those behind which hang, and some that do not wait for them. Returns seconds beyond the deadline until
 * the last was left. */
static double leave_some_behind(struct many *many, int attempt)
{
    for (int i = 0; i < many->count; i++) many->gated[i]->holds = hangs(i);
    many->left = 0;
    /* The listener hears of ten a second: those of the last attempt must be of another one. */
    while ((long)(stress_now() + DEADLINE_MS / 1e3) <= (long)many->left_at) stress_pass(0.01);
    double begin = stress_now();
    tacho_scrape *scrape = gated_open(many->reg, DEADLINE_MS, false);
    double opened = stress_now(), overshoot = many->left_at - begin - DEADLINE_MS / 1e3;
    assert_int_equal(many->left, many->hanging);
    check_many(many, scrape, attempt, 3 * (attempt - 1));
    for (int i = 1; i <= 3; i++) {
        double again = stress_now();
        scrape = gated_open(many->reg, LONG_MS, false);
        if (i == 1 && attempt == 1)
            print_message("%d collectors, %d hang: ready %.0f us after the deadline; the next scrape after %.1f ms\n", many->count,
                          many->hanging, (opened - begin) * 1e6 - DEADLINE_MS * 1e3, (stress_now() - again) * 1e3);
        check_many(many, scrape, attempt, 3 * (attempt - 1) + i);
    }
    return overshoot;
}

static void of_many_collectors_those_that_hang_are_left_at_the_deadline_and_cost_no_more_time(void **state)
{
    static struct many many;
    double overshoot = 1e9, limit = 0;
    int threads = gated_threads();
    (void)state;
    stress_begin(__func__, 120);
    make_many(&many);
    for (int attempt = 1; attempt <= ATTEMPTS && overshoot >= limit; attempt++) { /* the machine has other things to do, too */
        double wake = wake_up_time(), took = leave_some_behind(&many, attempt);
        overshoot = took < overshoot ? took : overshoot;
        limit = 10 * wake > limit ? 10 * wake : limit;
        print_message("left %.0f us after the deadline; a thread wakes up after %.0f us\n", took * 1e6, wake * 1e6);
        for (int i = 0; i < many.count && overshoot >= limit; i++)
            if (hangs(i)) gated_let_end(many.reg, many.gated[i]);
    }
    assert_true(overshoot >= 0 && overshoot < limit);
    for (int i = 0; i < many.count; i += 2)
        assert_int_equal(tacho_registry_remove(many.reg, &many.gated[i]->collector), hangs(i) ? TACHO_ERR_BUSY : TACHO_OK);
    tacho_registry_free(many.reg);
    assert_int_equal(atomic_load(&many.released), many.count - many.hanging);
    for (int i = 0; i < many.count; i++)
        if (hangs(i)) gated_let_go(many.gated[i]);
    while (atomic_load(&many.released) < many.count) (void)sched_yield();
    gated_await_threads(threads);
    stress_end();
}

/* ---- Many scrapes ------------------------------------------------------------------------------------------------ */

static int descriptors(void)
{
    DIR *dir = opendir("/proc/self/fd");
    int count = 0;
    while (dir && readdir(dir)) count++;
    if (dir) (void)closedir(dir);
    return count;
}

static long resident_bytes(void)
{
    long pages = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    if (file && fscanf(file, "%*d %ld", &pages) != 1) pages = 0;
    if (file) (void)fclose(file);
    return pages * sysconf(_SC_PAGESIZE);
}

enum { TWENTY = 20 };

/* So many scrapes; now and then one that hangs is left behind and comes back, and one is taken out and plugged in again. */
static void scrape_often(tacho_registry *reg, struct gated *gated[TWENTY], size_t times)
{
    for (size_t i = 0; i < times; i++) {
        struct gated *one = gated[i % TWENTY];
        bool hang = i % 50 == 7 && one->ops.flags & TACHO_COLLECT_DETACHED;
        one->holds = hang;
        struct exposition *page = gated_scrape(reg, hang ? 30 : LONG_MS);
        assert_int_equal(exposition_count(page, "tacho_collector_success"), TWENTY);
        exposition_free(page);
        if (hang) gated_let_end(reg, one);
        one->holds = false;
        if (i % 50 != 20) continue;
        assert_int_equal(tacho_registry_remove(reg, &one->collector), TACHO_OK);
        gated_plug(reg, one);
    }
}

static void many_scrapes_leave_no_thread_descriptor_or_memory_behind(void **state)
{
    struct gated *gated[TWENTY];
    char name[32];
    size_t times = stress_scaled(2000);
    (void)state;
    stress_begin(__func__, 120);
    tacho_registry *reg = tacho_registry_new(NULL);
    int threads = gated_threads();
    for (int i = 0; i < TWENTY; i++) {
        (void)snprintf(name, sizeof name, "twenty_%d", i);
        gated[i] = gated_new(name);
        gated[i]->ops.flags = (uint32_t)i % 4;
        gated[i]->ops.cache_ms = i % 5 == 0;
        gated[i]->ops.desc_count = i % 3 > 0;
        if (i % 3 == 0) gated[i]->ops.descs = NULL;
        gated_plug(reg, gated[i]);
    }
    scrape_often(reg, gated, times / 4 + 60);
    int running = gated_threads(), open = descriptors();
    long resident = resident_bytes();
    double begin = stress_now();
    scrape_often(reg, gated, times);
    long grown = resident_bytes() - resident;
    print_message("%zu scrapes of %d collectors: %.0f us each, %ld bytes more\n", times, TWENTY,
                  (stress_now() - begin) / (double)times * 1e6, grown);
    gated_await_threads(running);
    assert_int_equal(descriptors(), open);
#if !defined(TACHO_SANITIZED) /* which keeps what was freed */
    assert_true(grown < 256 << 10);
#endif
    tacho_registry_free(reg);
    gated_await_threads(threads);
    for (int i = 0; i < TWENTY; i++) gated_free(gated[i]);
    stress_end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(of_many_collectors_those_that_hang_are_left_at_the_deadline_and_cost_no_more_time),
        cmocka_unit_test(many_scrapes_leave_no_thread_descriptor_or_memory_behind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
