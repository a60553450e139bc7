#define _POSIX_C_SOURCE 200809L
#include "demo.h"

#include <time.h>

#define DEMO_MAX_LAG 1.0 /* a process that was stopped for longer does not catch up */

/* ---- Random numbers: splitmix64 (S. Vigna, public domain) ------------------------------------------------------ */

uint64_t demo_random_next(demo_random *random)
{
    uint64_t z = (random->state += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

void demo_random_init(demo_random *random, uint64_t seed, uint64_t stream)
{
    random->state = seed;
    random->state = demo_random_next(random) ^ (stream * 0xd1342543de82ef95u);
}

uint64_t demo_random_below(demo_random *random, uint64_t n)
{
    return demo_random_next(random) % n; /* the bias is of no matter for a simulation */
}

double demo_random_between(demo_random *random, double low, double high)
{
    double unit = (double)(demo_random_next(random) >> 11) / 9007199254740992.0; /* 53 bits */
    return low + (high - low) * unit;
}

bool demo_random_one_in(demo_random *random, uint64_t n) { return demo_random_below(random, n) == 0; }

double demo_random_duration(demo_random *random, double typical)
{
    double factor = demo_random_between(random, 0.5, 1.5);
    if (demo_random_one_in(random, 20)) factor *= demo_random_between(random, 2, 8);
    return typical * factor;
}

/* ---- The clock ------------------------------------------------------------------------------------------------- */

static uint64_t demo_monotonic_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

double demo_now(const demo_stage *stage)
{
    /* Acquire: pairs with the release in demo_start, which comes after start_ns and the last now_us. */
    bool live = atomic_load_explicit(&stage->live, memory_order_acquire);
    double now = (double)atomic_load_explicit(&stage->now_us, memory_order_relaxed) * 1e-6;
    return live ? now + (double)(demo_monotonic_ns() - stage->start_ns) * 1e-9 : now;
}

/* ---- Running --------------------------------------------------------------------------------------------------- */

void demo_init(demo_stage *stage)
{
    pthread_condattr_t attributes;
    stage->count = stage->thread_count = 0;
    stage->stopping = false;
    stage->start_ns = 0;
    atomic_init(&stage->now_us, 0);
    atomic_init(&stage->live, false);
    pthread_mutex_init(&stage->mutex, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&stage->wake, &attributes);
    pthread_condattr_destroy(&attributes);
}

void demo_add(demo_stage *stage, demo_actor *actor)
{
    if (stage->count == DEMO_MAX_ACTORS) return;
    actor->due = 0;
    actor->stage = stage;
    stage->actors[stage->count++] = actor;
}

void demo_advance(demo_stage *stage, double until)
{
    for (;;) {
        demo_actor *next = NULL;
        for (size_t i = 0; i < stage->count; i++)
            if (!next || stage->actors[i]->due < next->due) next = stage->actors[i];
        double now = next && next->due < until ? next->due : until;
        atomic_store_explicit(&stage->now_us, (uint64_t)(now * 1e6),
                              memory_order_relaxed); /* a clock, no more */
        if (!next || next->due >= until) return;
        next->due += next->ops->step(next, next->due);
    }
}

/* Sleep until a simulated time. False when it is time to stop. */
static bool demo_sleep(demo_stage *stage, double due)
{
    double seconds = due - (double)atomic_load_explicit(&stage->now_us, memory_order_relaxed) * 1e-6;
    uint64_t wake_ns = stage->start_ns + (seconds > 0 ? (uint64_t)(seconds * 1e9) : 0);
    struct timespec wake = { (time_t)(wake_ns / 1000000000u), (long)(wake_ns % 1000000000u) };
    int result = 0;
    pthread_mutex_lock(&stage->mutex);
    while (!stage->stopping && result == 0)
        result = pthread_cond_timedwait(&stage->wake, &stage->mutex, &wake);
    bool go_on = !stage->stopping;
    pthread_mutex_unlock(&stage->mutex);
    return go_on;
}

static void *demo_main(void *argument)
{
    demo_actor *actor = argument;
    demo_stage *stage = actor->stage;
    while (demo_sleep(stage, actor->due)) {
        double now = demo_now(stage);
        double rest = actor->ops->step(actor, now);
        actor->due = (now - actor->due > DEMO_MAX_LAG ? now : actor->due) + rest;
    }
    return NULL;
}

bool demo_start(demo_stage *stage)
{
    stage->start_ns = demo_monotonic_ns();
    atomic_store_explicit(&stage->live, true, memory_order_release); /* see demo_now */
    for (; stage->thread_count < stage->count; stage->thread_count++) {
        demo_actor *actor = stage->actors[stage->thread_count];
        if (pthread_create(&stage->threads[stage->thread_count], NULL, demo_main, actor) != 0) return false;
    }
    return true;
}

void demo_fini(demo_stage *stage)
{
    pthread_mutex_lock(&stage->mutex);
    stage->stopping = true;
    pthread_cond_broadcast(&stage->wake);
    pthread_mutex_unlock(&stage->mutex);
    for (size_t i = 0; i < stage->thread_count; i++) pthread_join(stage->threads[i], NULL);
    stage->thread_count = 0;
    pthread_cond_destroy(&stage->wake);
    pthread_mutex_destroy(&stage->mutex);
}
