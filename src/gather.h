/*
 * gather.h - what one scrape gets of the collectors: it begins runs or joins those in progress, waits for them up to its
 * deadline, and holds the results.
 */
#ifndef TACHO_GATHER_H
#define TACHO_GATHER_H

#include "emitter.h"

struct tacho__item {
    struct tacho__plug *plug; /* held */
    struct tacho__box *box;   /* held; NULL: shows nothing */
    bool wanted;              /* it is to show something */
    bool good;                /* it shows what it should, now or from its cache */
    bool waits;               /* for the end of run number `run` */
    uint64_t run;
};

struct tacho__gather {
    tacho_registry *reg;
    struct tacho__item *items; /* in order; the registry's own collector is the last, if there is one */
    size_t count, resolved;    /* the first so many wait no more; beyond `count`: all is done */
    uint64_t until_ns, patience_ns; /* the deadline; and how long it is from the beginning */
    uint32_t era;                   /* the registry's: of a forked process nobody waits here */
    const struct tacho__meta **dropped; /* families of the boxes whose names are taken */
    size_t dropped_count;
};

/** Begin: ordinary collectors run here and now, detached ones are sent off. False: out of memory. Owes tacho__gather_free. */
TACHO_INTERNAL bool tacho__gather_begin(struct tacho__gather *gather, tacho_registry *reg, const struct tacho__filter *filter,
                                        uint64_t patience_ns);

/** Whether nothing is waited for any more; the first time it is so, tacho's own collector runs. */
TACHO_INTERNAL bool tacho__gather_ready(struct tacho__gather *gather);

/** Wait until it is so. */
TACHO_INTERNAL void tacho__gather_wait(struct tacho__gather *gather);

/** When tacho__gather_ready is to be asked again at the latest; TACHO__NEVER when it is ready. */
TACHO_INTERNAL uint64_t tacho__gather_until(struct tacho__gather *gather);

TACHO_INTERNAL void tacho__gather_free(struct tacho__gather *gather);

/** Whether a family of the results is not to be shown. */
static inline bool tacho__gather_drops(const struct tacho__gather *gather, const struct tacho__meta *meta)
{
    size_t i = 0;
    while (i < gather->dropped_count && gather->dropped[i] != meta) i++;
    return i < gather->dropped_count;
}

#endif
