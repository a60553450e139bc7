/*
 * gated.c - collectors that a test holds inside a run and lets go.
 */
#define _GNU_SOURCE
#include "gated.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <errno.h>
#include <math.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "page.h"
#include "registry_internal.h"

static void gated_wait(sem_t *sem)
{
    while (sem_wait(sem) != 0 && errno == EINTR) continue;
}

/* ---- The collector ------------------------------------------------------------------------------------------- */

static tacho_err gated_collect(tacho_collector *self, tacho_emitter *out)
{
    struct gated *gated = TACHO_CONTAINER(self, struct gated, collector);
    if (atomic_fetch_add(&gated->running, 1) > 0) atomic_fetch_add(&gated->overlaps, 1);
    atomic_fetch_add(&gated->runs, 1);
    gated->thread = pthread_self();
    (void)pthread_sigmask(SIG_SETMASK, NULL, &gated->blocked);
    if (gated->holds) {
        (void)sem_post(&gated->entered);
        gated_wait(&gated->go);
    }
    if (gated->ahead_ns) tacho__clock_ahead_ns += gated->ahead_ns;
    tacho_emit_family(out, &gated->desc);
    tacho_emit_double(out, TACHO_NO_LABELS, gated->value);
    if (gated->inside) gated->inside(gated, out);
    tacho_err result = gated->result;
    atomic_fetch_sub(&gated->running, 1);
    return result;
}

static void gated_release(tacho_collector *self)
{
    struct gated *gated = TACHO_CONTAINER(self, struct gated, collector);
    if (atomic_load(&gated->running)) abort();
    if (gated->tally) atomic_fetch_add(gated->tally, 1);
    atomic_fetch_add(&gated->releases, 1);
    if (gated->frees)
        gated_free(gated);
    else
        (void)sem_post(&gated->freed);
}

struct gated *gated_new(const char *name)
{
    struct gated *gated = calloc(1, sizeof *gated);
    assert_non_null(gated);
    (void)snprintf(gated->name, sizeof gated->name, "%s", name);
    gated->desc = (tacho_desc){ .type = TACHO_GAUGE, .name = gated->name, .help = "Its value." };
    gated->ops = (tacho_collector_ops){ .name = gated->name, .descs = &gated->desc, .desc_count = 1,
                                        .collect = gated_collect, .release = gated_release,
                                        .flags = TACHO_COLLECT_DETACHED };
    gated->collector.ops = &gated->ops;
    gated->value = 1;
    (void)sem_init(&gated->entered, 0, 0);
    (void)sem_init(&gated->go, 0, 0);
    (void)sem_init(&gated->freed, 0, 0);
    return gated;
}

void gated_free(struct gated *gated)
{
    if (atomic_load(&gated->overlaps)) abort();
    (void)sem_destroy(&gated->entered);
    (void)sem_destroy(&gated->go);
    (void)sem_destroy(&gated->freed);
    free(gated);
}

void gated_plug(tacho_registry *reg, struct gated *gated)
{
    if (tacho_registry_add(reg, &gated->collector)) fail_msg("%s", tacho_registry_error(reg));
}

struct gated *gated_add(tacho_registry *reg, const char *name, uint32_t flags)
{
    struct gated *gated = gated_new(name);
    gated->ops.flags = flags;
    gated_plug(reg, gated);
    return gated;
}

/* ---- The gate -------------------------------------------------------------------------------------------------- */

void gated_await_run(struct gated *gated)
{
    gated_wait(&gated->entered);
}

void gated_let_go(struct gated *gated)
{
    (void)sem_post(&gated->go);
}

struct gated_waker {
    struct tacho__waker waker;
    sem_t ended;
};

static void gated_wake(struct tacho__waker *self)
{
    (void)sem_post(&((struct gated_waker *)(void *)self)->ended);
}

void gated_let_end(tacho_registry *reg, struct gated *gated)
{
    struct gated_waker waker = { .waker = { .wake = gated_wake } };
    (void)sem_init(&waker.ended, 0, 0);
    tacho__registry_add_waker(reg, &waker.waker);
    gated_let_go(gated);
    gated_wait(&waker.ended);
    tacho__registry_remove_waker(reg, &waker.waker);
    (void)sem_destroy(&waker.ended);
}

void gated_await_release(struct gated *gated)
{
    gated_wait(&gated->freed);
}

/* ---- Pages -------------------------------------------------------------------------------------------------------- */

tacho_scrape *gated_open(tacho_registry *reg, uint32_t timeout_ms, bool no_wait)
{
    const tacho_scrape_options options = { .timeout_ms = timeout_ms, .no_wait = no_wait };
    tacho_scrape *scrape = tacho_scrape_open(reg, &options);
    assert_non_null(scrape);
    return scrape;
}

struct exposition *gated_read(tacho_scrape *scrape)
{
    char why[512];
    struct page page = page_rest(scrape, 0);
    tacho_scrape_free(scrape);
    struct exposition *read = exposition_parse(page.data, page.len, why, sizeof why);
    if (!read) fail_msg("%s\n%s", why, page.data);
    page_free(&page);
    return read;
}

struct exposition *gated_scrape(tacho_registry *reg, uint32_t timeout_ms)
{
    return gated_read(gated_open(reg, timeout_ms, false));
}

double gated_self(const struct exposition *page, const char *metric, const struct gated *gated)
{
    char series[128];
    (void)snprintf(series, sizeof series, "tacho_collector_%s{collector=\"%s\"}", metric, gated->name);
    return exposition_value(page, series);
}

double gated_failures(const struct exposition *page, const struct gated *gated, const char *reason)
{
    char series[128];
    (void)snprintf(series, sizeof series, "tacho_collector_failures_total{collector=\"%s\",reason=\"%s\"}", gated->name, reason);
    return exposition_value(page, series);
}

void gated_check(struct exposition *page, const struct gated *gated, double value, int success, const char *file, int line)
{
    double shown = exposition_value(page, gated->name), good = gated_self(page, "success", gated);
    if (isnan(shown)) shown = -1;
    if (shown != value || good != success) {
        print_error("%s shows %g (-1: nothing), success %g; it should be %g and %d\n", gated->name, shown, good, value, success);
        _fail(file, line);
    }
}

/* ---- Threads ------------------------------------------------------------------------------------------------------ */

static void *gated_no_thread(void *arg)
{
    return arg;
}

int gated_threads(void)
{
    static bool counted; /* some sanitizers start a thread of their own with the first one */
    pthread_t thread;
    if (!counted && pthread_create(&thread, NULL, gated_no_thread, NULL) == 0) (void)pthread_join(thread, NULL);
    counted = true;
    DIR *tasks = opendir("/proc/self/task");
    int count = 0;
    while (tasks && readdir(tasks)) count++;
    if (tasks) (void)closedir(tasks);
    return count > 2 ? count - 2 : 0;
}

void gated_await_threads(int count)
{
    while (gated_threads() > count) (void)sched_yield();
}
