/*
 * annex.h - what a series keeps beside its cells, because its family asked for it: a native histogram, a window, exemplars.
 *
 * An annex lies behind the cells and begins with where its parts are, relative to itself, so that it means the same in
 * every process. Each part looks after itself; its own file says how it is updated and read at the same time.
 */
#ifndef TACHO_ANNEX_H
#define TACHO_ANNEX_H

#include <tacho/cpu.h>

#include "exemplar.h"
#include "extreme.h"
#include "meta.h"
#include "native.h"
#include "segment.h"
#include "sketch.h"

/* `kind` of a head. */
enum {
    TACHO__HEAD_FALLS = 1,      /* a gauge histogram */
    TACHO__HEAD_NATIVE_ONLY = 2 /* its cells are not used */
};

struct tacho__annex {
    uint32_t native, sketch, extreme, exemplars; /* in units of 8 bytes from here; 0: there is none */
    uint32_t exemplar_count, gallery; /* the gallery begins with the last of the exemplars */
};

static inline struct tacho__annex *tacho__annex_of(const struct tacho_head *head)
{
    return head->annex ? (struct tacho__annex *)(void *)((char *)head + (intptr_t)head->annex * TACHO__UNIT) : NULL;
}

static inline void *tacho__annex_part(const struct tacho__annex *annex, uint32_t part)
{
    return part ? (char *)annex + (size_t)part * TACHO__UNIT : NULL;
}

/** The slot of a sample's exemplar; NULL: its family keeps none. */
static inline void *tacho__annex_exemplar(const struct tacho__annex *annex, uint64_t index)
{
    if (!annex || !annex->exemplars || index >= annex->exemplar_count) return NULL;
    return (char *)annex + (size_t)annex->exemplars * TACHO__UNIT + (size_t)index * TACHO__EXEMPLAR_SLOT;
}

/** The exemplars of a native histogram; NULL: its family keeps none. */
static inline struct tacho__gallery *tacho__annex_gallery(const struct tacho__annex *annex)
{
    return annex ? tacho__annex_part(annex, annex->gallery) : NULL;
}

/** Bytes of the annex of a family's series; 0: they have none. */
TACHO_INTERNAL size_t tacho__annex_size(const struct tacho__meta *meta);

/** Bytes of what is read from a native histogram of a family, at most. */
TACHO_INTERNAL size_t tacho__annex_view_size(const struct tacho__meta *meta);

/** Lay an annex out in zeroed memory. */
TACHO_INTERNAL void tacho__annex_open(struct tacho__annex *annex, const struct tacho__meta *meta, uint64_t now_ms);

/** Forget what a series before this one left. Late updates of that one harm nothing. */
TACHO_INTERNAL void tacho__annex_reset(struct tacho__annex *annex, uint64_t now_ms);

#endif
