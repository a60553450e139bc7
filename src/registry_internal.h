/*
 * registry_internal.h - the registry from inside: what belongs to one process. What all of them share is in the
 * segment.
 */
#ifndef TACHO_REGISTRY_INTERNAL_H
#define TACHO_REGISTRY_INTERNAL_H

#include <sys/types.h>
#include <tacho/registry.h>

#include "repair.h"
#include "writer.h"

#define TACHO__ERROR_MAX 512
#define TACHO__ERRORS 8

struct tacho__vec;

struct tacho__plug;

/* Somebody who wants to know that some run has ended. */
struct tacho__waker {
    struct tacho__waker *next;
    void (*wake)(struct tacho__waker *self); /* under the mutex: quick, and calls nothing of the registry */
};

/*
 * Locks: `mutex` guards the lists, texts and counts below, and the plugs (plug.h); it is held for moments only. The
 * segment's own lock comes before it and is never taken under it.
 */
struct tacho_registry {
    struct tacho__segment segment;
    uint64_t creation_wait_ns;
    tacho_listener *listener;
    struct tacho__house house;
    tacho_constant *constants; /* the house's, copied */
    char fault[TACHO__ERROR_MAX]; /* the house's */
    _Atomic uint64_t told_second; /* second << 8 | calls in it: the listener hears of 10 a second */
    pthread_mutex_t mutex;
    uint32_t holds; /* the owner's, and one per plug: a run that hangs may outlive tacho_registry_free */
    pid_t pid;      /* of the process whose threads the plugs know */
    uint32_t era;   /* forks that lie between it and the process that made the registry */
    struct tacho__waker *wakers;
    struct tacho__fork_watch fork_watch;
    struct tacho__vec *vecs;
    struct tacho__plug *plugs; /* in order */
    struct tacho__plug *orphans; /* taken out, and a run of theirs is still out */
    tacho_collector self; /* tacho's own metrics, shown last, unless they are left out */
    bool no_self_metrics;
    char errors[TACHO__ERRORS][TACHO__ERROR_MAX];
    uint32_t error_count;
    const char *_Atomic error; /* the latest, [E1] */
};

/** Say in words what was wrong, or is worth knowing. Returns `err`. A NULL registry is fine. Not under the mutex. */
TACHO_INTERNAL tacho_err tacho__registry_fail(tacho_registry *reg, tacho_err err, const char *format, ...)
    TACHO_PRINTF(3, 4);

/** Count a mishap and tell the listener. `family` may be NULL. */
TACHO_INTERNAL void tacho__registry_misuse(tacho_registry *reg, enum tacho__mishap what, const char *family,
                                           const char *rule);

/** The registry whose segment holds this address, for calls that have nothing but a handle; or NULL. */
TACHO_INTERNAL tacho_registry *tacho__registry_of(const void *at);

/** A handle whose updates go nowhere. */
TACHO_INTERNAL void *tacho__void_handle(tacho_type type);

/** The name that a family would take from another one, in `clash`; false: none. Under the segment's lock if the answer has to
 *  stay true. */
TACHO_INTERNAL bool tacho__registry_clash(tacho_registry *reg, const struct tacho__meta *meta, struct tacho__clash *clash);

/** The same, of families with cells only. */
TACHO_INTERNAL bool tacho__registry_clash_defined(const tacho_registry *reg, const struct tacho__meta *meta,
                                                  struct tacho__clash *clash);

/** Give up a hold on a registry. */
TACHO_INTERNAL void tacho__registry_drop(tacho_registry *reg);

/** Be woken when a run ends, from now on, or no more. */
TACHO_INTERNAL void tacho__registry_add_waker(tacho_registry *reg, struct tacho__waker *waker);
TACHO_INTERNAL void tacho__registry_remove_waker(tacho_registry *reg, struct tacho__waker *waker);

/** How long set-up calls wait for the lock: they are no hot path and have no overflow series. */
#define TACHO__SETUP_WAIT_NS ((uint64_t)10 * 1000000000u)

#endif
