/*
 * registry.h - what is exposed: make a registry, define families in it, plug collectors into it.
 *
 * A registry keeps all of its numbers in one reserved range of memory, whose size is its byte budget: it can
 * never grow beyond that. Nothing here is global: a default registry exists only for who asks for it.
 *
 *   static tacho_counter *ticks;
 *   static const tacho_desc metrics[] = {
 *       { .counter = &ticks, .name = "hello_ticks_total", .help = "Times round the loop." },
 *   };
 *   tacho_registry *reg = tacho_registry_new(NULL);
 *   if (TACHO_DEFINE(reg, metrics)) fprintf(stderr, "%s\n", tacho_registry_error(reg));
 *
 * Every call takes a NULL registry: it then does nothing and returns TACHO_ERR_ARG (or NULL).
 */
#ifndef TACHO_REGISTRY_H
#define TACHO_REGISTRY_H

#include <tacho/collector.h>
#include <tacho/metric.h>

TACHO_BEGIN_DECLS

typedef struct tacho_registry tacho_registry;

/** Who counts into a registry. */
typedef enum tacho_sharing {
    TACHO_PRIVATE = 0, /* this process; a forked child has its own copy from the fork on */
    TACHO_PREFORK = 1  /* this process and every worker forked later: they count into the same series, may
                          create and remove series, and any of them shows the sum. Gauges are shared by all:
                          the last `set` wins, up-down gauges add up. A worker that is killed harms nothing. */
} tacho_sharing;

/** Hears of misuse at run time; embed it and find your object with TACHO_CONTAINER. */
typedef struct tacho_listener {
    /** `what` names the rule and, where it is known, the family or collector, and is gone after the call. At most
     *  10 calls a second and registry; from whichever thread broke the rule, in its signal handler if it was there;
     *  no lock is held. It may update metrics but must not block. */
    void (*misuse)(struct tacho_listener *self, const char *what);
} tacho_listener;

/** Zero means default. */
typedef struct tacho_registry_options {
    size_t byte_budget;        /* all memory for series, and a sixteenth or more of it for collectors' results; 64 MiB;
                                  moved into 64 KiB to 4 GiB. When it cannot be reserved it is halved until it fits, and
                                  tacho_registry_error says so */
    size_t cell_budget;        /* bytes of per-CPU cells per CPU; 64 KiB, all CPUs together at most a quarter of
                                  the byte budget. Series beyond it get one shared atomic cell */
    uint32_t cpus;             /* CPUs to keep cells for; 0: those the machine can ever have */
    tacho_sharing sharing;
    uint32_t creation_wait_ms; /* how long a new series may wait for another thread or worker; 10 */
    uint32_t no_self_metrics;  /* not 0: leave the tacho_... families out */
    uint32_t utf8_names;       /* not 0: names of families and labels may be any UTF-8, not only [a-zA-Z_:][a-zA-Z0-9_:]* */
    uint32_t created;          /* not 0: every family that can keeps when its series began, as if by TACHO_CREATED */
    const tacho_constant *constants; /* labels that every sample shows, ended by a name NULL; copied. Not for what a
                                        scraper adds itself: job, instance */
    tacho_clock *clock;        /* borrowed; of creation times and exemplars; NULL: the system's */
    tacho_listener *listener;  /* borrowed; NULL: nobody hears of misuse, which is counted all the same */
} tacho_registry_options;

/**
 * Make an empty registry; NULL options are the defaults. NULL when out of memory or the ABI differs. A faulty constant gives a
 * registry that shows nothing and refuses every family in words, which tacho_registry_error has at once.
 */
TACHO_INLINE tacho_registry *tacho_registry_new(const tacho_registry_options *options); /* [shared | O(1) | 0.1] */
TACHO_API tacho_registry *tacho_registry_new_abi(const tacho_registry_options *options,
                                                 uint32_t abi); /* [shared | O(1) | 0.1] */

/**
 * Free a registry and everything in it. NULL is fine.
 *
 * No thread may use its handles, vectors, scrapes or servers any more: they point into memory that is gone. Collectors that are
 * plugged in are released; a detached run that hangs is not waited for, and the registry's memory goes when it returns. The order
 * is: tacho_http_stop, tacho_registry_remove for collectors, tacho_registry_free.
 */
TACHO_API void tacho_registry_free(tacho_registry *reg); /* [owner | O(1) | 0.1] */

/** The one registry for programs that want a single one, made with defaults at the first call, from whichever thread; it is the
 *  library's, so do not free it. NULL if there was no memory then. */
TACHO_API tacho_registry *tacho_registry_default(void); /* [shared | O(1) | 0.1] */

/**
 * Bind every row of a table.
 *
 * A row that breaks a rule, clashes with a family or does not fit gets a handle whose updates go nowhere; the
 * others are bound all the same. The same rows (same addresses) again give the same handles. Returns the first
 * error: TACHO_ERR_DESC, TACHO_ERR_DUPLICATE, TACHO_ERR_NOMEM, TACHO_ERR_BUSY, TACHO_ERR_ARG; the words are in
 * tacho_registry_error.
 */
TACHO_API tacho_err tacho_registry_define(tacho_registry *reg, const tacho_desc *rows, size_t count); /* [shared | O(rows) | 0.1] */
#define TACHO_DEFINE(reg, table) tacho_registry_define((reg), (table), TACHO_COUNT(table))

/**
 * Take the families of these rows out. Their handles stay harmless and count nowhere that is shown; bound
 * arrays and vectors of these rows must not be used to create series any more. TACHO_ERR_MISSING if one was
 * not defined; TACHO_ERR_BUSY, TACHO_ERR_ARG. Defined alike again they take the same memory; memory of families that
 * never come back is not used for others.
 */
TACHO_API tacho_err tacho_registry_undefine(tacho_registry *reg, const tacho_desc *rows, size_t count); /* [shared | O(series) | 0.1] */

/**
 * Plug in a collector, which stays the caller's and must live until it is released (collector.h); its ops and its name are
 * copied, its table of families is not. The families it announces are checked like rows. TACHO_ERR_DESC, TACHO_ERR_DUPLICATE (a
 * family name, this collector, or one of its name is there already), TACHO_ERR_NOMEM, TACHO_ERR_BUSY, TACHO_ERR_ARG: then it is
 * not plugged in, and will not be released.
 */
TACHO_API tacho_err tacho_registry_add(tacho_registry *reg, tacho_collector *collector); /* [shared | O(families) | 0.1] */

/**
 * Unplug a collector. No scrape runs it any more; a run in progress is asked to stop (tacho_emitter_expired) and waited for, up
 * to its deadline. TACHO_OK: it was released. TACHO_ERR_BUSY: a run still hangs; the collector has to live until it is
 * released, when that returns; until then it cannot be plugged in again, and the answer stays the same. From inside a collector
 * of this registry TACHO_ERR_BUSY says that nothing was done. TACHO_ERR_MISSING if it is not there; TACHO_ERR_ARG.
 */
TACHO_API tacho_err tacho_registry_remove(tacho_registry *reg, tacho_collector *collector); /* [shared | one run | 0.1] */

/**
 * The latest error in words, with the offending name, or NULL if there was none; of a table with several faulty rows, the
 * first of them. Also says when the byte budget could not be had in full, and what collectors do wrong while somebody
 * scrapes. The text stays whole while at most seven more follow.
 */
TACHO_API const char *tacho_registry_error(const tacho_registry *reg); /* [shared | O(1) | 0.1] */

/** Bytes of the budget in use, and the budget itself, which may be smaller than asked for. */
TACHO_API size_t tacho_registry_memory(const tacho_registry *reg, size_t *budget); /* [shared | O(1) | 0.1] */

TACHO_INLINE tacho_registry *tacho_registry_new(const tacho_registry_options *options)
{
    return tacho_registry_new_abi(options, TACHO_ABI);
}

TACHO_END_DECLS

#endif
