/*
 * sweep.c - one promise, tried on very many random cases.
 *
 * Cases come in blocks with a random stream each, and a thread takes the next block when it is done with one: what is
 * tried does not depend on which thread tries it. The caller is the first of the threads and shows the progress.
 * Order: threads share only counters; what else they wrote is read after they were joined.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <tacho/cpu.h>

#include "stress.h"
#include "sweep.h"

enum { SWEEP_BLOCK = 4096, SWEEP_THREADS = 64, SWEEP_LONG = 100, SWEEP_SANITIZED_PART = 8 };

struct sweep {
    uint64_t count, blocks;
    sweep_case *one;
    _Atomic uint64_t next, done;
    atomic_bool failed;
    char why[256]; /* of the thread that set `failed` */
};

/* A line on a terminal that tells how far it is; `out` is NULL where there is none. */
struct sweep_line {
    FILE *out;
    const char *name;
    double shown;
};

uint64_t sweep_random(uint64_t *stream)
{
    uint64_t z = *stream += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

static struct sweep_line sweep_line_open(const char *name)
{
    const char *terminal = getenv("TACHO_PROGRESS");
    if (isatty(2)) terminal = "/dev/stderr";
    return (struct sweep_line){ terminal ? fopen(terminal, "w") : NULL, name, stress_now() };
}

static void sweep_line_show(struct sweep_line *line, uint64_t done, uint64_t count)
{
    double now = stress_now();
    if (!line->out || now - line->shown < 0.5) return;
    line->shown = now;
    (void)fprintf(line->out, "\r%s: %2" PRIu64 " %% of %" PRIu64, line->name, done * 100 / count, count);
    (void)fflush(line->out);
}

static void sweep_line_close(struct sweep_line *line)
{
    if (!line->out) return;
    (void)fputs("\r\033[K", line->out);
    (void)fclose(line->out);
}

/* Take a block and try its cases. False: there is none left, or a case has failed. */
static bool sweep_block(struct sweep *s)
{
    uint64_t block = atomic_fetch_add_explicit(&s->next, 1, memory_order_relaxed);
    if (block >= s->blocks || atomic_load_explicit(&s->failed, memory_order_relaxed)) return false;
    uint64_t left = s->count - block * SWEEP_BLOCK, cases = left < SWEEP_BLOCK ? left : SWEEP_BLOCK;
    uint64_t seed = block, stream = sweep_random(&seed);
    for (uint64_t i = 0; i < cases; i++) {
        char why[sizeof s->why] = "no reason given";
        if (s->one(&stream, why, sizeof why)) continue;
        if (!atomic_exchange_explicit(&s->failed, true, memory_order_relaxed))
            (void)snprintf(s->why, sizeof s->why, "%s", why);
        return false;
    }
    (void)atomic_fetch_add_explicit(&s->done, cases, memory_order_relaxed);
    return true;
}

static void *sweep_thread(void *arg)
{
    while (sweep_block(arg)) continue;
    return NULL;
}

void sweep(const char *name, uint64_t count, sweep_case *one)
{
    struct sweep s = { .count = count, .one = one };
    pthread_t threads[SWEEP_THREADS];
    long cpus = 1, started = 1;
#ifdef TACHO_SANITIZED
    s.count /= SWEEP_SANITIZED_PART;
#endif
    if (stress_is_long()) {
        s.count *= SWEEP_LONG;
        cpus = sysconf(_SC_NPROCESSORS_ONLN);
    }
    s.blocks = (s.count + SWEEP_BLOCK - 1) / SWEEP_BLOCK;
    struct sweep_line line = sweep_line_open(name);
    while (started < cpus && started < SWEEP_THREADS &&
           pthread_create(&threads[started], NULL, sweep_thread, &s) == 0)
        started++;
    while (sweep_block(&s))
        sweep_line_show(&line, atomic_load_explicit(&s.done, memory_order_relaxed), s.count);
    while (--started > 0) (void)pthread_join(threads[started], NULL);
    sweep_line_close(&line);
    if (atomic_load_explicit(&s.failed, memory_order_relaxed)) fail_msg("%s", s.why);
    assert_true(atomic_load_explicit(&s.done, memory_order_relaxed) == s.count);
}
