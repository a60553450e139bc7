/*
 * playarr_world.h - what the demo's actors share: providers with their catalogues, users, a cache, open connections.
 *
 * Lock: `mutex` guards all of it, and is held while the functions of playarr.h are called, so that what the simulation
 * shows is what it is. Invariant: the first PLAYARR_WORLD_KEPT providers, and as many users, are always there.
 * Functions that begin with playarr_world_ want the lock held, but for init and fini.
 */
#ifndef PLAYARR_WORLD_H
#define PLAYARR_WORLD_H

#include <pthread.h>

#include "demo.h"
#include "playarr.h"

enum {
    PLAYARR_WORLD_PROVIDERS = 4,
    PLAYARR_WORLD_USERS = 8,
    PLAYARR_WORLD_KEPT = 2,
    PLAYARR_WORLD_SHOWS = 12,
    PLAYARR_WORLD_CATEGORIES = 8,
    PLAYARR_WORLD_WATCHED = 36 /* titles and channels that somebody asks for, a third of each medium */
};

typedef struct playarr_world_provider {
    const char *id;
    bool is_there;
    double down_until; /* 0: it answers */
    uint64_t movies, tvshows;
} playarr_world_provider;

typedef struct playarr_world_user {
    char name[24]; /* empty: a free place */
    bool has_api_key;
    uint64_t movies, tvshows, channels;
} playarr_world_user;

typedef struct playarr_world {
    playarr *p;
    pthread_mutex_t mutex;
    playarr_world_provider providers[PLAYARR_WORLD_PROVIDERS];
    playarr_world_user users[PLAYARR_WORLD_USERS];
    uint64_t last_user;
    uint64_t months;                            /* how far the shows have gone on */
    size_t missing_category;                    /* one that no provider has at the moment */
    double cached_until[PLAYARR_WORLD_WATCHED]; /* the best source of each */
    uint64_t websockets;
} playarr_world;

/** A world with all of its providers and a few users; owes one playarr_world_fini. */
void playarr_world_init(playarr_world *w, playarr *p, demo_random *random);
void playarr_world_fini(playarr_world *w);

/** One of those who are there; of the providers, one that answers, or NULL. */
playarr_world_provider *playarr_world_provider_at(playarr_world *w, demo_random *random, double now);
playarr_world_user *playarr_world_user_at(playarr_world *w, demo_random *random);

/** Somebody new, if there is a place. */
void playarr_world_add_user(playarr_world *w, demo_random *random);

/** Somebody goes, or the provider that is named, if enough stay. */
void playarr_world_remove_user(playarr_world *w, demo_random *random);
void playarr_world_remove_provider(playarr_world *w, playarr_world_provider *provider);

/** Count everything. NULL when out of memory. */
playarr_census *playarr_world_count(const playarr_world *w);

/** An actor of the demo. */
typedef struct playarr_part {
    demo_actor actor;
    playarr_world *w;
    demo_random random;
    uint64_t index, steps; /* which of its kind; how often it has acted */
    double seconds;        /* that the work at hand takes; 0: there is none */
} playarr_part;

extern const demo_actor_ops playarr_part_viewer, playarr_part_visitors;                /* who uses it */
extern const demo_actor_ops playarr_part_sync, playarr_part_jobs, playarr_part_census; /* what keeps it */
extern const demo_actor_ops playarr_part_admin;                                        /* what changes it */

#endif
