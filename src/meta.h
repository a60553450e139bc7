/*
 * meta.h - a family's description in the form that writers need: one block, self-contained, free of pointers.
 *
 * It is made once, when a family is defined or a collector added, with every text that lines are put together
 * from, and can be copied anywhere (into the segment, for one).
 */
#ifndef TACHO_META_H
#define TACHO_META_H

#include <tacho/metric.h>

#include "internal.h"

/* A text in the block: bytes from its beginning, NUL behind them. */
struct tacho__text {
    uint32_t at, len;
};

struct tacho__meta {
    uint32_t size;
    uint8_t type; /* tacho_type */
    uint8_t label_count;
    uint16_t flags;
    double scale;          /* multiplies, unless `divisor` is set: then that divides, which is exact more often */
    double divisor;
    uint32_t bound_count;  /* finite bounds of a histogram */
    uint32_t bounds;       /* where they are: doubles */
    uint32_t les;          /* and their texts: struct tacho__text, +Inf behind the last */
    uint32_t fixed_len;    /* bytes of a line that do not depend on label values or numbers, at most */
    struct tacho__text name, help, help_text, unit; /* help_text: escaped for the text format */
    struct tacho__text labels[TACHO_MAX_LABELS];
    /* What stands before each label value: `name{a="` and then `",b="`; without labels: nothing. */
    struct tacho__text before[TACHO_MAX_LABELS];
};

static inline const char *tacho__meta_at(const struct tacho__meta *meta, struct tacho__text text)
{
    return (const char *)meta + text.at;
}

static inline const double *tacho__meta_bounds(const struct tacho__meta *meta)
{
    return (const double *)(const void *)((const char *)meta + meta->bounds);
}

static inline const struct tacho__text *tacho__meta_les(const struct tacho__meta *meta)
{
    return (const struct tacho__text *)(const void *)((const char *)meta + meta->les);
}

/** Make the block for a descriptor that passed its checks; freed with tacho__free. NULL when out of memory. */
TACHO_INTERNAL struct tacho__meta *tacho__meta_new(const tacho_desc *desc, tacho_type type);

/** Escape for label values and OpenMetrics help: \\ \n and \". Returns the length; NULL `out` only measures. */
TACHO_INTERNAL size_t tacho__escape_label(char *out, const char *text, size_t len);

/** The bounds a histogram ends up with: the default ones if it names none, without a final +Inf. */
TACHO_INTERNAL size_t tacho__desc_bounds(const tacho_desc *desc, const double **bounds);

#endif
