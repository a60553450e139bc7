/*
 * plug.h - a collector that is plugged in: its families, its run, its results.
 *
 *   I1  `running` is true from the moment somebody undertook a run until it is over; only who undertook it ends it.
 *   I2  `boxes` counts the results that live, with the one that is being made: never more than TACHO__BOXES and one. A run begins
 *       when no more than TACHO__BOXES will live, but for one that is only kept; that one may be shown by who finds the run late,
 *       beside the one that then takes its place. Tacho's own collector is not meant.
 *   I3  `result` is the latest good one; it is kept while somebody waits for it, or as long as the collector asks for.
 *   I4  The collector is touched only by its run, and by its release, which comes when the plug was taken out and no run is left.
 *
 * Lock: all but what is set once is guarded by the registry's mutex.
 */
#ifndef TACHO_PLUG_H
#define TACHO_PLUG_H

#include "registry_internal.h"
#include "wait.h"

#define TACHO__BOXES 2

enum tacho__failure { TACHO__FAILED_ERROR, TACHO__FAILED_DEADLINE, TACHO__FAILED_BUSY, TACHO__FAILURES };

struct tacho__box;

struct tacho__plug {
    /* Set once. */
    tacho_registry *reg; /* held */
    tacho_collector *collector;
    struct tacho_collector_ops ops; /* a copy: the collector may be gone before the plug */
    const char *name;               /* the copied text behind it all */
    uint32_t order;                 /* among families and collectors */
    size_t meta_count;              /* announced families */
    /* The list, and who holds the plug: the list, scrapes, results, its thread. */
    struct tacho__plug *next;
    uint32_t refs;
    bool removed;
    bool telling;              /* the listener hears of a run that failed */
    /* The run. */
    bool running, late;        /* late: nobody waits for it any more */
    bool orphan;               /* whoever ends the run releases the collector */
    uint64_t runs;             /* undertaken so far: the number of the one at hand */
    uint64_t began_ns;
    _Atomic uint64_t until_ns; /* the latest of the deadlines of who waits */
    uint32_t waiters;          /* scrapes that want its result, the one that runs it included */
    _Atomic uint32_t stop;     /* the run should end */
    pthread_cond_t ended;
    /* The thread of a detached one. */
    bool has_thread, asked, quit;
    pthread_t thread;
    pthread_cond_t work;
    /* Results. */
    struct tacho__box *result; /* held, or NULL */
    struct tacho__box *newest; /* the last good one while it lives, held by whom it may concern */
    uint32_t boxes;
    bool tried, success;       /* some run has ended or is late; how the last one fared */
    double duration, last_success;
    uint64_t failures[TACHO__FAILURES], dropped;
    struct tacho__meta *metas[]; /* of the announced families */
};

static inline bool tacho__plug_is_detached(const struct tacho__plug *plug)
{
    return plug->ops.flags & TACHO_COLLECT_DETACHED;
}

/** Whether a result is of use when nobody waits for it. Under the mutex. */
static inline bool tacho__plug_keeps(const struct tacho__plug *plug)
{
    return !plug->removed && (plug->ops.cache_ms || (plug->ops.flags & TACHO_COLLECT_KEEP_LAST));
}

/* ---- collect.c -------------------------------------------------------------------------------------------------- */

/** Plug in a collector at a place in the order, 0 for the next one. */
TACHO_INTERNAL tacho_err tacho__plug_add(tacho_registry *reg, tacho_collector *collector, uint32_t order);
#define TACHO__ORDER_LAST UINT32_MAX

/** Give up a hold on a plug. */
TACHO_INTERNAL void tacho__plug_drop(struct tacho__plug *plug);

/** In a forked child: forget threads and runs of the parent. Under the mutex. */
TACHO_INTERNAL void tacho__plugs_settle(tacho_registry *reg);

/** Take the first plug out, without waiting for its run; false: there is none. */
TACHO_INTERNAL bool tacho__plug_evict(tacho_registry *reg);

/* ---- run.c ------------------------------------------------------------------------------------------------------ */

/** Whether this thread is inside a run of the registry's, or (NULL) of any registry's. */
TACHO_INTERNAL bool tacho__run_is_inside(const tacho_registry *reg);

/** Undertake a run, which must not be running. Under the mutex; owes tacho__run_do, or tacho__run_detached. */
TACHO_INTERNAL void tacho__run_begin(struct tacho__plug *plug, uint64_t until_ns);

/** Do it, on this thread. */
TACHO_INTERNAL void tacho__run_do(struct tacho__plug *plug);

/** Have it done by the plug's own thread. */
TACHO_INTERNAL void tacho__run_detached(struct tacho__plug *plug);

/** Let the thread of an idle plug end, and wait for it. */
TACHO_INTERNAL void tacho__run_end_thread(struct tacho__plug *plug);

/** Release the collector: nobody will touch it any more. */
TACHO_INTERNAL void tacho__run_release(struct tacho__plug *plug);

/** The same of an orphan, which ends to be one. */
TACHO_INTERNAL void tacho__run_release_orphan(struct tacho__plug *plug);

#endif
