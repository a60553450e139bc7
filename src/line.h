/*
 * line.h - what the text formats have in common: which lines a point has, and how a line is put together.
 *
 *   name{label="escaped value",other="..."} number
 *
 * Everything but label values and numbers is in the family's description, ready to be copied.
 */
#ifndef TACHO_LINE_H
#define TACHO_LINE_H

#include <string.h>

#include "copy.h"
#include "num.h"
#include "writer.h"

/* The kinds of lines, in the order in which a point has them. */
enum tacho__line_kind {
    TACHO__LINE_VALUE,
    TACHO__LINE_BUCKET,
    TACHO__LINE_QUANTILE,
    TACHO__LINE_STATE,
    TACHO__LINE_COUNT,
    TACHO__LINE_SUM,
    TACHO__LINE_CREATED
};

#define TACHO__PUTS(out, literal) tacho__copy((out), (literal), sizeof(literal) - 1)

static inline char *tacho__put_part(char *out, const struct tacho__meta *meta, struct tacho__text part)
{
    return tacho__copy_loose(out, tacho__meta_at(meta, part), part.len);
}

static inline char *tacho__put_number(char *out, tacho__number value)
{
    switch (value.kind) {
    case TACHO__UINT: return tacho__num_write_u64(out, value.as.u);
    case TACHO__INT: return tacho__num_write_i64(out, value.as.i);
    default: return tacho__num_write_double(out, value.as.d);
    }
}

/** Milliseconds as seconds, in plain decimals. */
static inline char *tacho__put_time(char *out, uint64_t ms)
{
    return tacho__num_write_double(out, (double)ms / 1000);
}

/** The lines that a point repeats: buckets, quantiles, states, or its one value. */
static inline uint32_t tacho__line_repeats(const struct tacho__point *point, enum tacho__line_kind *kind)
{
    const struct tacho__meta *meta = point->meta;
    if (tacho__meta_is_histogram(meta)) {
        *kind = TACHO__LINE_BUCKET;
        return meta->bound_count + 1;
    }
    if (meta->type == TACHO_SUMMARY) {
        *kind = TACHO__LINE_QUANTILE;
        return meta->quantile_count;
    }
    *kind = meta->type == TACHO_STATESET ? TACHO__LINE_STATE : TACHO__LINE_VALUE;
    return meta->type == TACHO_STATESET ? meta->state_count : 1;
}

/** Write tacho__meta_type. */
TACHO_INTERNAL char *tacho__line_type(char *out, const struct tacho__meta *meta);

/** The functions of a writer that the text formats share. */
TACHO_INTERNAL char *tacho__line_number(char *out, const struct tacho__meta *meta, const struct tacho__spelling *spelling,
                                        const struct tacho__symbol *const *labels, tacho__number value);
TACHO_INTERNAL char *tacho__line_labels(char *out, const struct tacho__meta *meta, const struct tacho__spelling *spelling,
                                        const struct tacho__symbol *const *labels);

/** A line up to its number: a name, which begins with `open` and ends in a suffix, and the point's labels. */
TACHO_INTERNAL char *tacho__line_total(char *out, const struct tacho__point *point, struct tacho__text open,
                                       const char *suffix);

/** A repeated line, number and all, without the line feed. */
TACHO_INTERNAL char *tacho__line_repeated(char *out, const struct tacho__point *point, enum tacho__line_kind kind,
                                          uint32_t index);

#endif
