/*
 * load_daemon.c - a daemon that counts as fast as it can and is scraped meanwhile: for http_load.py.
 *
 * Prints its URL. Each line on standard input is answered with what its counting threads did since the line before: updates,
 * nanoseconds of processor time, and the longest that a batch of them took by the clock, in nanoseconds. Ends with its input.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>

#include <tacho/tacho.h>

enum { FAMILIES = 200, THREADS = 2, BATCH = 200 };

static struct {
    tacho_counter *counters[FAMILIES];
    tacho_histogram *seconds;
    tacho_counter_vec *jobs;
} load;

struct counting {
    pthread_t thread;
    clockid_t clock;
    _Atomic uint64_t updates, longest_ns;
    uint64_t told_updates, told_cpu_ns;
};

static _Atomic bool stop;

static uint64_t now_ns(clockid_t clock)
{
    struct timespec now;
    if (clock_gettime(clock, &now) != 0) return 0;
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

/* All orders are relaxed: these are sums and marks that publish nothing else. */
static void *count_on(void *arg)
{
    static const char *const queues[] = { "mail", "web", "batch" };
    struct counting *self = arg;
    for (uint64_t round = 0; !atomic_load_explicit(&stop, memory_order_relaxed); round++) {
        uint64_t began = now_ns(CLOCK_MONOTONIC);
        for (int i = 0; i < BATCH; i++) {
            tacho_counter_inc(load.counters[(round + (uint64_t)i) % FAMILIES]);
            tacho_histogram_observe(load.seconds, (double)(i % 20) / 10);
            tacho_counter_inc(tacho_counter_at(load.jobs, TACHO_LABELS(queues[i % 3])));
        }
        uint64_t took = now_ns(CLOCK_MONOTONIC) - began;
        atomic_fetch_add_explicit(&self->updates, 3 * BATCH, memory_order_relaxed);
        if (took > atomic_load_explicit(&self->longest_ns, memory_order_relaxed))
            atomic_store_explicit(&self->longest_ns, took, memory_order_relaxed);
    }
    return NULL;
}

static bool define(tacho_registry *reg)
{
    static char names[FAMILIES][32];
    static tacho_desc rows[FAMILIES];
    static const tacho_desc others[] = {
        { .histogram = &load.seconds, .name = "load_seconds", .help = "Time.", .unit = "seconds" },
        { .counter_vec = &load.jobs, .name = "load_jobs_total", .help = "Jobs.", .labels = { "queue" } },
    };
    for (int i = 0; i < FAMILIES; i++) {
        (void)snprintf(names[i], sizeof names[i], "load_%d_total", i);
        rows[i] = (tacho_desc){ .counter = &load.counters[i], .name = names[i], .help = "One of many counters that are under load." };
    }
    return !TACHO_DEFINE(reg, rows) && !TACHO_DEFINE(reg, others);
}

static void report(struct counting *all)
{
    uint64_t updates = 0, cpu_ns = 0, longest_ns = 0;
    for (int i = 0; i < THREADS; i++) {
        uint64_t total = atomic_load_explicit(&all[i].updates, memory_order_relaxed), cpu = now_ns(all[i].clock);
        uint64_t longest = atomic_exchange_explicit(&all[i].longest_ns, 0, memory_order_relaxed);
        updates += total - all[i].told_updates;
        cpu_ns += cpu - all[i].told_cpu_ns;
        if (longest > longest_ns) longest_ns = longest;
        all[i].told_updates = total;
        all[i].told_cpu_ns = cpu;
    }
    (void)printf("%llu %llu %llu\n", (unsigned long long)updates, (unsigned long long)cpu_ns, (unsigned long long)longest_ns);
    (void)fflush(stdout);
}

int main(void)
{
    static const tacho_http_options options = { .listen = "127.0.0.1:0" };
    static struct counting all[THREADS];
    char line[16];
    tacho_http *http;
    tacho_registry *reg = tacho_registry_new(NULL);
    if (!reg || !define(reg) || tacho_http_start(reg, &options, &http)) return 1;
    for (int i = 0; i < THREADS; i++) {
        if (pthread_create(&all[i].thread, NULL, count_on, &all[i])) return 1;
        (void)pthread_setname_np(all[i].thread, "counting");
        (void)pthread_getcpuclockid(all[i].thread, &all[i].clock);
    }
    (void)printf("%s\n", tacho_http_url(http));
    (void)fflush(stdout);
    while (fgets(line, sizeof line, stdin)) report(all);
    atomic_store_explicit(&stop, true, memory_order_relaxed);
    for (int i = 0; i < THREADS; i++) (void)pthread_join(all[i].thread, NULL);
    tacho_http_stop(http);
    tacho_registry_free(reg);
    return 0;
}
