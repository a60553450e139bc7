/*
 * gated.h - collectors that a test holds inside a run and lets go, and that keep count of what is done to them.
 *
 * A gated collector emits one gauge of its own name, which shows `value`. Its fields are changed while it does not run, or
 * before it is let go.
 */
#ifndef GATED_H
#define GATED_H

#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>

#include <tacho/expose.h>

#include "exposition.h"

struct gated {
    tacho_collector collector;
    tacho_collector_ops ops; /* detached, announced, no deadline or cache of its own; to be changed before it is plugged in */
    tacho_desc desc;
    char name[32];
    double value;
    tacho_err result;       /* of a run */
    bool holds;             /* runs wait inside for gated_let_go */
    uint64_t ahead_ns;      /* so much time passes in a run */
    void (*inside)(struct gated *self, tacho_emitter *out); /* what else a run does, once it is let go; NULL: nothing */
    void *context;          /* of `inside` */
    bool frees;             /* its release frees it */
    sem_t entered, go, freed;
    atomic_int runs, running, overlaps, releases;
    atomic_int *tally;      /* of releases, or NULL */
    pthread_t thread;       /* of the last run */
    sigset_t blocked;       /* in it */
};

/** Make one; fails the cmocka test when there is no memory. */
struct gated *gated_new(const char *name);

/** The same, plugged in with these flags. */
struct gated *gated_add(tacho_registry *reg, const char *name, uint32_t flags);

/** Plug one in; fails the cmocka test when it is refused. */
void gated_plug(tacho_registry *reg, struct gated *gated);

/** Wait until a run is inside and held. */
void gated_await_run(struct gated *gated);

/** Let one run go on; and wait until its registry knows that it is over. */
void gated_let_go(struct gated *gated);
void gated_let_end(tacho_registry *reg, struct gated *gated);

/** Wait until it is released. */
void gated_await_release(struct gated *gated);

/** Free one that its registry does not touch any more. */
void gated_free(struct gated *gated);

/** Begin a scrape in the text format that is given so many milliseconds; 0: the default. */
tacho_scrape *gated_open(tacho_registry *reg, uint32_t timeout_ms, bool no_wait);

/** What it shows, after which it is freed; and the same of a whole scrape that waits. */
struct exposition *gated_read(tacho_scrape *scrape);
struct exposition *gated_scrape(tacho_registry *reg, uint32_t timeout_ms);

/** What a page shows of a collector: its gauge (NAN: nothing), one of tacho's own metrics, a count of failures. */
double gated_self(const struct exposition *page, const char *metric, const struct gated *gated);
double gated_failures(const struct exposition *page, const struct gated *gated, const char *reason);

/** A page shows this of a collector: its gauge or -1 for nothing, and whether that is what it should show. */
#define assert_gated(page, gated, value, success) gated_check((page), (gated), (value), (success), __FILE__, __LINE__)
void gated_check(struct exposition *page, const struct gated *gated, double value, int success, const char *file, int line);

/** Threads of this process; 0: the system does not tell. Wait until there are no more than so many. */
int gated_threads(void);
void gated_await_threads(int count);

#endif
