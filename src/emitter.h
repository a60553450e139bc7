/*
 * emitter.h - what a collector's run comes to: a box of families and samples, checked as they come.
 *
 * A box is a row of entries, each followed by its labels as symbols and, for histograms and summaries, more numbers;
 * behind those of a native histogram stands its view. It knows no format; scrapes read it from front to back, several at
 * a time: it does not change once it is made.
 */
#ifndef TACHO_EMITTER_H
#define TACHO_EMITTER_H

#include "filter.h"
#include "plug.h"

enum tacho__entry_kind { TACHO__ENTRY_FAMILY, TACHO__ENTRY_SAMPLE };

struct tacho__entry {
    uint32_t size; /* with all that follows, a multiple of 8 */
    uint32_t hash; /* of the labels */
    enum tacho__entry_kind kind;
    bool repaired;    /* a label value came in invalid */
    uint32_t symbols; /* bytes of the label symbols, which follow directly */
    const struct tacho__meta *meta;
    tacho__number number; /* the value, or a histogram's or summary's sum */
};

struct tacho__gather;

struct tacho__box {
    struct tacho__plug *plug; /* held */
    uint32_t refs;            /* under the registry's mutex */
    uint64_t read_ns;         /* when the run was over */
    uint64_t run;             /* its number */
    bool in_time;
    uint32_t era;             /* the registry's; plug->boxes counts those of the present one */
    char *data;
    size_t len, cap;
    size_t line_max;
    size_t meta_max;    /* bytes of the description of a family, at most */
    uint32_t bound_max; /* bounds of a histogram, at most */
    size_t native_max;  /* bytes of the view of a native histogram, at most */
    struct tacho__meta **metas; /* the box's own: families that were not announced */
    size_t meta_count, meta_cap;
};

/** Run one collector. NULL, and why in `err`: it failed, which the listener has heard. The caller holds the result. `gather`:
 *  the scrape that is told about, for tacho's own collector. */
TACHO_INTERNAL struct tacho__box *tacho__box_collect(struct tacho__plug *plug, const struct tacho__gather *gather,
                                                     tacho_err *err);
TACHO_INTERNAL const struct tacho__gather *tacho__emitter_gather(const tacho_emitter *out);

/** Give up a hold on a box; NULL is fine. Not under the mutex. */
TACHO_INTERNAL void tacho__box_drop(struct tacho__box *box);

/** The same under the mutex: returns what is to be freed when that is given up, or NULL. */
TACHO_INTERNAL struct tacho__box *tacho__box_let_go(struct tacho__box *box);
TACHO_INTERNAL void tacho__box_free(struct tacho__box *box);

/** The labels of an entry. */
TACHO_INTERNAL void tacho__entry_labels(const struct tacho__entry *entry,
                                        const struct tacho__symbol *labels[TACHO_MAX_LABELS]);

/** The counts of a histogram's buckets; a summary's count, and its quantiles as bits of doubles. */
static inline const uint64_t *tacho__entry_words(const struct tacho__entry *entry)
{
    return (const uint64_t *)(const void *)((const char *)(entry + 1) + entry->symbols);
}

/** The native part of a histogram; NULL: it has none. */
static inline const struct tacho__native_view *tacho__entry_native(const struct tacho__entry *entry)
{
    const uint64_t *behind = tacho__entry_words(entry) + entry->meta->bound_count + 1;
    bool native = tacho__meta_is_histogram(entry->meta) && (const char *)behind < (const char *)entry + entry->size;
    return native ? (const struct tacho__native_view *)(const void *)behind : NULL;
}

#endif
