/*
 * point.h - reading what a series shows, in one go.
 */
#ifndef TACHO_POINT_H
#define TACHO_POINT_H

#include "annex.h"
#include "cells.h"
#include "emitter.h"

/** Memory for one point, enough for the largest family that is shown, and what reading it needs to know. */
struct tacho__reading {
    tacho_registry *reg;
    struct tacho__touched *touched;
    uint64_t *cumulative;
    double quantiles[TACHO__QUANTILES_MAX];
    struct tacho__exemplar *exemplars;          /* copies; NULL: no family keeps any */
    const struct tacho__exemplar **shown;       /* which of them there are */
    struct tacho__native_view *native;          /* NULL: no family is native, or the format shows none */
    bool extras;  /* exemplars are shown */
    bool created; /* creation times are shown */
};

/** What the largest family asks for. */
struct tacho__reading_size {
    uint32_t bounds, exemplars;
    size_t native;
};

static inline void tacho__reading_grow(struct tacho__reading_size *size, const struct tacho__meta *meta)
{
    if (meta->bound_count > size->bounds) size->bounds = meta->bound_count;
    if (tacho__meta_exemplars(meta) > size->exemplars) size->exemplars = tacho__meta_exemplars(meta);
    size_t native = meta->native.factor != 0 ? tacho__annex_view_size(meta) : 0;
    if (native > size->native) size->native = native;
}

/** Allocate; false: out of memory. Owes tacho__reading_fini. */
TACHO_INTERNAL bool tacho__reading_init(struct tacho__reading *reading, tacho_registry *reg,
                                        struct tacho__reading_size size);
TACHO_INTERNAL void tacho__reading_fini(struct tacho__reading *reading);

/** The number of a counter, gauge, info or unknown. Inside a reader. */
TACHO_INTERNAL tacho__number tacho__read_number(const struct tacho__reading *reading, const struct tacho__family *family,
                                                const struct tacho__meta *meta, const struct tacho__series *series);

/** All of a series but its labels; the point has its family's description. Inside a reader; what the point refers to is in
 *  `reading`. */
TACHO_INTERNAL void tacho__read_series(struct tacho__reading *reading, const struct tacho__family *family,
                                       const struct tacho__series *series, struct tacho__point *point);

/** Its exemplars, native histogram and creation time alone. */
TACHO_INTERNAL void tacho__read_extras(struct tacho__reading *reading, const struct tacho__family *family,
                                       const struct tacho__series *series, struct tacho__point *point);

/** The same for an entry of a box. */
TACHO_INTERNAL void tacho__read_entry(struct tacho__reading *reading, const struct tacho__entry *entry,
                                      struct tacho__point *point);

/** The same of a counter that is shown as it is counted, one shared cell first of all. */
static inline tacho__number tacho__read_unscaled(const struct tacho__reading *reading, const struct tacho__family *family,
                                                 const struct tacho__series *series)
{
    const struct tacho__segment *segment = &reading->reg->segment;
    _Atomic uint64_t *only = tacho__cells_only(segment, series);
    tacho__number number = { .kind = TACHO__UINT };
    number.as.u = TACHO_LIKELY(only != NULL)
                      ? tacho__load_relaxed(only) /* a sum */
                      : tacho__cells_u64(tacho__cells_of(segment, family, series), 0, reading->touched);
    return number;
}

/** A counter of whole numbers, shown as they are. */
static inline bool tacho__meta_is_unscaled(const struct tacho__meta *meta)
{
    return meta->type == TACHO_COUNTER && !(meta->flags & TACHO_REAL) && tacho__scale_is_one(meta->scale);
}

#endif
