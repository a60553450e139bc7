/*
 * writer.h - what a format is: functions that write one piece each into memory that is known to be large enough.
 *
 * Writers see descriptions, label values and numbers, and nothing of where they come from. A piece is at most
 * `line_max` of the segment or box it comes from, times the writer's expansion; every function returns the end of what it wrote.
 */
#ifndef TACHO_WRITER_H
#define TACHO_WRITER_H

#include "exemplar.h"
#include "meta.h"
#include "native.h"
#include "symbol.h"

typedef struct tacho__number {
    enum { TACHO__UINT, TACHO__INT, TACHO__DOUBLE } kind;
    union {
        uint64_t u;
        int64_t i;
        double d;
    } as;
} tacho__number;

/** What one label set of a family shows, read in one go. Only what its type has is set. */
struct tacho__point {
    const struct tacho__meta *meta;
    const struct tacho__spelling *spelling;
    const struct tacho__symbol *const *labels; /* NULL where `label_text` serves */
    const char *label_text; /* as the writer's own `labels` wrote them */
    size_t label_len;
    tacho__number number;       /* the value; a histogram's or summary's sum, a double; a stateset's bits */
    const uint64_t *cumulative; /* bound_count + 1 of them, the last is the count; a summary's count alone */
    const double *quantiles;    /* of a summary, in the order of its ranks */
    const struct tacho__exemplar *const *exemplars; /* of the value, or one per bucket, and then those of the native
                                                       histogram; NULL, all or one: none */
    const struct tacho__native_view *native;        /* NULL: not a native histogram */
    uint64_t created_ms;        /* Unix time; 0: not to be shown */
    bool first;                 /* of its family */
};

/** How many places there are for exemplars of a native histogram. */
static inline uint32_t tacho__point_gallery(const struct tacho__point *point)
{
    return point->native && point->exemplars ? tacho__meta_gallery(point->meta) : 0;
}

/** The one in a place; NULL: none, or it has no time, which readers ask for. */
static inline const struct tacho__exemplar *tacho__point_native_exemplar(const struct tacho__point *point,
                                                                         uint32_t index)
{
    const struct tacho__exemplar *exemplar = point->exemplars[point->meta->bound_count + 1 + index];
    return exemplar && exemplar->time_ms ? exemplar : NULL;
}

struct tacho__writer {
    uint32_t expansion; /* bytes that a byte of escaped text takes at most */
    bool extras;        /* shows exemplars, creation times and native histograms, or some of them */
    uint32_t native_expansion; /* bytes that a byte of a native view takes at most, in one piece; 0: it is not shown */
    /** What stands before everything, before the samples of a family, behind them, and behind everything; NULL: nothing. */
    char *(*begin)(char *out);
    char *(*family)(char *out, const struct tacho__meta *meta, const struct tacho__spelling *spelling, bool first);
    char *(*family_end)(char *out);
    char *(*end)(char *out);
    /** A point that is one number and nothing else, all in one piece; NULL: by pieces as well. */
    char *(*number)(char *out, const struct tacho__meta *meta, const struct tacho__spelling *spelling,
                    const struct tacho__symbol *const *labels, tacho__number value);
    /** The labels that all pieces of one point repeat. */
    char *(*labels)(char *out, const struct tacho__meta *meta, const struct tacho__spelling *spelling,
                    const struct tacho__symbol *const *labels);
    /** How many pieces a point has, and piece `index` of them. */
    uint32_t (*pieces)(const struct tacho__point *point);
    char *(*piece)(char *out, const struct tacho__point *point, uint32_t index);
    /** Bytes of a point, which depend on its labels and what else it has but on no number; NULL: need not be known. */
    size_t (*size)(const struct tacho__point *point);
    /** The same of what `number` writes. */
    size_t (*number_size)(const struct tacho__meta *meta, const struct tacho__spelling *spelling,
                          const struct tacho__symbol *const *labels);
    /** Where the sizes of all points of a family are known, these take the place of `family`: its bytes behind the length
     *  that stands first. */
    char *(*sized_family)(char *out, const struct tacho__meta *meta, const struct tacho__spelling *spelling, size_t points);
};

extern TACHO_INTERNAL const struct tacho__writer tacho__text_writer, tacho__openmetrics_writer, tacho__protobuf_writer,
    tacho__json_writer, tacho__csv_writer;

/** Protobuf for a Pushgateway, which cannot show anything any more once it has a gauge histogram: these go as histograms, as
 *  they do in text. */
extern TACHO_INTERNAL const struct tacho__writer tacho__protobuf_push_writer;

#endif
