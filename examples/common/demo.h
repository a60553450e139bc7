/*
 * demo.h - simulations: actors that act, rest, and act again, on a clock of simulated seconds.
 *
 * The same actors run in two ways. demo_advance lets them act one after the other in the order of simulated time,
 * as fast as it goes, and always the same way for the same seeds. demo_start then gives each a thread of its own
 * and lets simulated time pass like that of the wall, going on from where it was.
 */
#ifndef EXAMPLES_DEMO_H
#define EXAMPLES_DEMO_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ---- Random numbers, the same everywhere for the same seed; one owner each ------------------------------------- */

typedef struct demo_random {
    uint64_t state;
} demo_random;

/** Seeds that are alike, as 1 and 2, give sequences that are not. `stream` tells the users of one seed apart. */
void demo_random_init(demo_random *random, uint64_t seed, uint64_t stream);
uint64_t demo_random_next(demo_random *random);

/** A whole number from 0 to n - 1; n above 0. */
uint64_t demo_random_below(demo_random *random, uint64_t n);

/** A number from low to high. */
double demo_random_between(demo_random *random, double low, double high);

/** True once in `n` times. */
bool demo_random_one_in(demo_random *random, uint64_t n);

/** A time that something takes: mostly around `typical`, now and then several times that. */
double demo_random_duration(demo_random *random, double typical);

/* ---- Actors ---------------------------------------------------------------------------------------------------- */

/** Someone who acts; embed it and find your object with TACHO_CONTAINER. */
typedef struct demo_actor {
    const struct demo_actor_ops *ops;
    double due;               /* when it acts next, in simulated seconds; 0 at first */
    struct demo_stage *stage; /* where it was added */
} demo_actor;

typedef struct demo_actor_ops {
    /** Act at simulated time `now`. Returns the seconds to rest, above 0. */
    double (*step)(demo_actor *self, double now);
} demo_actor_ops;

#define DEMO_MAX_ACTORS 32

typedef struct demo_stage {
    demo_actor *actors[DEMO_MAX_ACTORS];
    size_t count;
    _Atomic uint64_t now_us; /* simulated time before the start, and at it */
    uint64_t start_ns;       /* the monotonic clock at the start */
    atomic_bool live;        /* published after start_ns */
    pthread_mutex_t mutex;   /* guards `stopping` */
    pthread_cond_t wake;
    bool stopping;
    pthread_t threads[DEMO_MAX_ACTORS];
    size_t thread_count;
} demo_stage;

/** Make a simulation without actors at time 0 in the caller's storage; owes one demo_fini. */
void demo_init(demo_stage *stage);

/** Add an actor, which stays the caller's, before anything runs; at most DEMO_MAX_ACTORS. */
void demo_add(demo_stage *stage, demo_actor *actor);

/** Let everybody act until this simulated time. Not after demo_start. */
void demo_advance(demo_stage *stage, double until);

/** Go on in real time with a thread for each actor. False: not enough threads can be had. */
bool demo_start(demo_stage *stage);

/** Simulated seconds so far; any thread. */
double demo_now(const demo_stage *stage);

/** Stop all actors, wait for their threads, release everything. */
void demo_fini(demo_stage *stage);

#endif
