/*
 * writer.h - what a format is: functions that write one piece each into memory that is known to be large enough.
 *
 * Writers see descriptions, label values and numbers, and nothing of where they come from. A piece is at most
 * `line_max` of the segment or box it comes from; every function returns the end of what it wrote.
 */
#ifndef TACHO_WRITER_H
#define TACHO_WRITER_H

#include "meta.h"
#include "symbol.h"

typedef struct tacho__number {
    enum { TACHO__UINT, TACHO__INT, TACHO__DOUBLE } kind;
    union {
        uint64_t u;
        int64_t i;
        double d;
    } as;
} tacho__number;

/** One histogram, read in one go. */
struct tacho__histogram_view {
    const struct tacho__meta *meta;
    const char *labels; /* as the writer's own `labels` wrote them */
    size_t labels_len;
    const uint64_t *cumulative; /* bound_count + 1 of them; the last is the count */
    double sum;
};

struct tacho__writer {
    const char *content_type;
    /** What stands before the samples of a family. */
    char *(*family)(char *out, const struct tacho__meta *meta);
    /** The line of a counter or gauge. */
    char *(*number)(char *out, const struct tacho__meta *meta, const struct tacho__symbol *const *labels,
                    tacho__number value);
    /** The labels that all lines of one histogram repeat. */
    char *(*labels)(char *out, const struct tacho__meta *meta, const struct tacho__symbol *const *labels);
    /** Line `index` of a histogram: bound_count + 1 buckets, the sum, the count. */
    char *(*histogram)(char *out, const struct tacho__histogram_view *view, uint32_t index);
};

extern TACHO_INTERNAL const struct tacho__writer tacho__text_writer;

#endif
