/*
 * emitter.h - what a collector's run comes to: a box of families and samples, checked as they come.
 *
 * A box is a row of entries, each followed by its labels as symbols and, for histograms and summaries, more numbers;
 * behind those of a native histogram stands its view. It knows no format; a scrape reads it from front to back.
 */
#ifndef TACHO_EMITTER_H
#define TACHO_EMITTER_H

#include "filter.h"
#include "registry_internal.h"

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

struct tacho__box {
    struct tacho__box *next;
    struct tacho__plug *plug; /* held */
    char *data;
    size_t len, cap;
    size_t line_max;
    uint32_t bound_max; /* bounds of a histogram, at most */
    size_t native_max;  /* bytes of the view of a native histogram, at most */
};

/** Run one collector. NULL: it failed, and shows nothing this time. */
TACHO_INTERNAL struct tacho__box *tacho__box_collect(tacho_registry *reg, struct tacho__plug *plug);
TACHO_INTERNAL void tacho__box_free(tacho_registry *reg, struct tacho__box *box);

/** Run all collectors that could show something, one after the other; the boxes in order. */
TACHO_INTERNAL struct tacho__box *tacho__collect(tacho_registry *reg, const struct tacho__filter *filter);

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
