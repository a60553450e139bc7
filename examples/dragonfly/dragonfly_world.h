/*
 * dragonfly_world.h - what the simulations of the three components have in common. Internal to them.
 *
 * Lock: `mutex` guards what the actors of one simulation share, and is held while one of them acts.
 */
#ifndef DRAGONFLY_WORLD_H
#define DRAGONFLY_WORLD_H

#include <pthread.h>

#include "dragonfly_demo.h"

enum { DRAGONFLY_MAX_PARTS = 16, DRAGONFLY_MAX_JOBS = 8 };

/** A file on its way: what an actor is busy with. */
typedef struct dragonfly_work {
    bool is_running, is_from_source, fails;
    unsigned stage; /* of how many it has, from 0 */
    uint64_t bytes, done_bytes;
    double since;
    dragonfly_task task; /* in a client */
    dragonfly_peer peer; /* in a scheduler */
} dragonfly_work;

/** A job that a manager waits for. */
typedef struct dragonfly_job {
    const char *name; /* NULL: a free place */
    double done_at;
} dragonfly_job;

struct dragonfly_part;

/** Act at simulated time `now`, with the lock held. Returns the seconds to rest, above 0. */
typedef double dragonfly_act(struct dragonfly_part *part, double now);

/** An actor. */
typedef struct dragonfly_part {
    demo_actor actor;
    dragonfly_demo *demo;
    dragonfly_act *act;
    demo_random random;
    unsigned index; /* which of its kind */
    uint64_t steps; /* what it counts itself */
    dragonfly_work work;
} dragonfly_part;

struct dragonfly_demo {
    pthread_mutex_t mutex;
    const grpc_server *grpc;
    dragonfly_client *c; /* one of the three */
    dragonfly_manager *m;
    dragonfly_scheduler *s;
    uint64_t disk_used_bytes;               /* client */
    dragonfly_job jobs[DRAGONFLY_MAX_JOBS]; /* manager */
    dragonfly_part parts[DRAGONFLY_MAX_PARTS];
    size_t part_count;
};

/** An empty simulation, or NULL. */
dragonfly_demo *dragonfly_demo_new(const grpc_server *grpc);

/** Add `count` actors that act so. */
void dragonfly_demo_add(dragonfly_demo *demo, demo_stage *stage, uint64_t seed, dragonfly_act *act,
                        unsigned count);

/** What all of them are built from. */
extern const dragonfly_build dragonfly_demo_build;

/** True in every n-th step of this actor, first when `steps` plus `offset` is divisible. */
static inline bool dragonfly_demo_every(const dragonfly_part *part, uint64_t n, uint64_t offset)
{
    return (part->steps + offset) % n == 0;
}

/** A unary call came and was answered; one that failed with one of the usual codes. */
void dragonfly_demo_call(dragonfly_part *part, const char *path, bool has_failed);

/** A stream: it opens with a message from the client, has more in either direction, and closes. */
void dragonfly_demo_open(dragonfly_part *part, const char *path);
void dragonfly_demo_received(dragonfly_part *part, const char *path);
void dragonfly_demo_sent(dragonfly_part *part, const char *path);
void dragonfly_demo_close(dragonfly_part *part, const char *path, bool has_failed, double seconds);

#endif
