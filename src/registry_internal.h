/*
 * registry_internal.h - the registry from inside: what belongs to one process. What all of them share is in the
 * segment.
 */
#ifndef TACHO_REGISTRY_INTERNAL_H
#define TACHO_REGISTRY_INTERNAL_H

#include <tacho/registry.h>

#include "repair.h"
#include "writer.h"

#define TACHO__ERROR_MAX 512
#define TACHO__ERRORS 8

struct tacho__vec;

/* A collector that is plugged in, with the families it announced. Counted: a scrape may outlive its removal. */
struct tacho__plug {
    struct tacho__plug *next;
    tacho_collector *collector;
    uint32_t order; /* among families and collectors */
    uint32_t refs;  /* these four under the registry's mutex */
    bool success;   /* of the last run */
    double duration, last_success;
    size_t meta_count;
    struct tacho__meta *metas[]; /* one per announced family */
};

/*
 * Locks: `mutex` guards the lists, texts and counts below and is held for moments only; `collecting` is held
 * while collectors run, and comes before `mutex`. The segment's own lock comes before `mutex` and is never taken
 * under it.
 */
struct tacho_registry {
    struct tacho__segment segment;
    uint64_t creation_wait_ns;
    tacho_listener *listener;
    struct tacho__house house;
    _Atomic uint64_t told_second; /* second << 8 | calls in it: the listener hears of 10 a second */
    pthread_mutex_t mutex, collecting;
    struct tacho__fork_watch fork_watch;
    struct tacho__vec *vecs;
    struct tacho__plug *plugs; /* in order */
    tacho_collector self; /* tacho's own metrics, shown last, unless they are left out */
    char errors[TACHO__ERRORS][TACHO__ERROR_MAX];
    _Atomic uint32_t error_count;
    const char *_Atomic error; /* the latest, [E1] */
};

/** Say in words what was wrong, or is worth knowing. Returns `err`. A NULL registry is fine. */
TACHO_INTERNAL tacho_err tacho__registry_fail(tacho_registry *reg, tacho_err err, const char *format, ...)
    TACHO_PRINTF(3, 4);

/** Count a mishap and tell the listener. `family` may be NULL. */
TACHO_INTERNAL void tacho__registry_misuse(tacho_registry *reg, enum tacho__mishap what, const char *family,
                                           const char *rule);

/** The registry whose segment holds this address, for calls that have nothing but a handle; or NULL. */
TACHO_INTERNAL tacho_registry *tacho__registry_of(const void *at);

/** A handle whose updates go nowhere. */
TACHO_INTERNAL void *tacho__void_handle(tacho_type type);

/** The plug after `plug`, the first for NULL. Under `collecting`, without which plugs do not leave the list. */
TACHO_INTERNAL struct tacho__plug *tacho__plug_next(tacho_registry *reg, const struct tacho__plug *plug);

/** Give up a hold on a plug. */
TACHO_INTERNAL void tacho__plug_drop(tacho_registry *reg, struct tacho__plug *plug);

/** The name that a family would take from another one, in `clash`; false: none. Under the segment's lock. */
TACHO_INTERNAL bool tacho__registry_clash(tacho_registry *reg, const struct tacho__meta *meta, char *clash);

/** Plug in a collector at a place in the order, 0 for the next one. */
TACHO_INTERNAL tacho_err tacho__plug_add(tacho_registry *reg, tacho_collector *collector, uint32_t order);
#define TACHO__ORDER_LAST UINT32_MAX

/** How long set-up calls wait for the lock: they are no hot path and have no overflow series. */
#define TACHO__SETUP_WAIT_NS ((uint64_t)10 * 1000000000u)

#endif
