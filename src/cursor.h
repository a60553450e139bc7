/*
 * cursor.h - where a scrape is: which family, which series, which line of it comes next.
 *
 *   I1  The cursor shows what has a creation number up to `born`, and is not dead when it gets there: a series that
 *       is removed and made anew meanwhile has a later number, and is not shown a second time.
 *   I2  Between two calls the cursor holds no pointer to anything that could be reused: a piece that was begun is in
 *       `spill`, a point that was begun is in `point` and `reading`, its labels in `labels`; chunks and families stay for ever.
 *   I3  In a format that says a family's size before its samples, the slots that make it up are marked in `shown`; they are
 *       written even if they are removed meanwhile, for which the family is pinned [P1].
 */
#ifndef TACHO_CURSOR_H
#define TACHO_CURSOR_H

#include "dress.h"
#include "gather.h"
#include "keep.h"
#include "point.h"

struct tacho__cursor {
    tacho_registry *reg;
    const struct tacho__writer *writer;
    enum tacho__scheme scheme;
    struct tacho__filter filter;
    struct tacho__dress dress;     /* the labels that the scrape itself adds */
    uint64_t born;
    tacho__ref family;             /* the native family at hand; 0: before the first, or behind the last */
    struct tacho__chunk *chunk;    /* its chunk at hand; NULL: before the first */
    uint32_t slot;                 /* the next slot in it, or the next overflow series */
    bool begun, in_overflow, families_done, done;
    const struct tacho__meta *meta; /* what the family at hand is, with the labels of the scrape; of either sort */
    bool in_family, native;        /* a family was begun and not ended; it is a native one */
    bool first;                    /* no sample of the family at hand was written yet */
    bool later_family;             /* a family was written already */
    const struct tacho__gather *gather;
    size_t item;                   /* the next one of it */
    const struct tacho__box *box;  /* the one at hand; NULL: no more */
    size_t box_at;
    bool in_box;
    struct tacho__point point;     /* the one that is being written */
    uint32_t piece, pieces;        /* its next one, and how many it has; equal: none is being written */
    struct tacho__reading reading;
    struct tacho__keep keep;       /* what the size of the family at hand counted on */
    char *labels;
    unsigned char *shown;          /* a bit per slot of the family at hand, overflow series first; NULL: not needed */
    size_t shown_cap, place;       /* bits there are; of the slot at hand, from 1 */
    uint64_t whole_from, whole;    /* this many places from there on are marked without a bit */
    uint64_t pinned_until;         /* the family at hand, if `pins` */
    bool pins;
    size_t piece_max, native_max;  /* bytes of the longest piece, and of the longest of a native histogram */
    tacho_err err;
};

/** Allocate what the cursor needs; what is to be gathered is there. False: out of memory. Owes tacho__cursor_fini. */
TACHO_INTERNAL bool tacho__cursor_init(struct tacho__cursor *cursor);
TACHO_INTERNAL void tacho__cursor_fini(struct tacho__cursor *cursor);

/** Before a call's first piece, inside a reader; false: too late, the cursor has failed. */
TACHO_INTERNAL bool tacho__cursor_resume(struct tacho__cursor *cursor);

/** Bytes that the next piece takes at most. */
static inline size_t tacho__cursor_need(const struct tacho__cursor *cursor)
{
    bool native = cursor->piece < cursor->pieces && cursor->point.native;
    return native ? cursor->native_max : cursor->piece_max;
}

/** Write the next piece, or nothing at the end, when `done` is set. Inside a reader. */
TACHO_INTERNAL char *tacho__cursor_piece(struct tacho__cursor *cursor, char *out);

/** Write as many simple pieces as there are in a row and surely fit before `end`, perhaps none. Inside a reader. */
TACHO_INTERNAL char *tacho__cursor_run(struct tacho__cursor *cursor, char *out, const char *end);

/* ---- For cursor.c and sized.c -------------------------------------------------------------------------------- */

static inline struct tacho__family *tacho__cursor_family(const struct tacho__cursor *cursor)
{
    return tacho__family_at(&cursor->reg->segment, cursor->family);
}

static inline bool tacho__cursor_shows(const struct tacho__cursor *cursor, uint64_t born)
{
    return born != 0 && born <= cursor->born; /* a dead one has the highest bit */
}

/** The label values of a series; false: it was removed, and no pin holds them any more. */
static inline bool tacho__cursor_labels(const struct tacho__cursor *cursor, const struct tacho__meta *meta,
                                        const struct tacho__series *series,
                                        const struct tacho__symbol *labels[TACHO_MAX_LABELS])
{
    for (uint32_t i = 0; i < meta->label_count; i++) {
        if (!series->labels[i]) return false;
        labels[i] = tacho__symbol_at(&cursor->reg->segment, series->labels[i]);
    }
    return true;
}

/** Whether the samples of a family are one number each, all in one piece. */
static inline bool tacho__cursor_is_simple(const struct tacho__cursor *cursor, const struct tacho__meta *meta)
{
    if (!cursor->writer->number || tacho__meta_has_sum(meta) || meta->type == TACHO_STATESET) return false;
    return !cursor->writer->extras || !(meta->flags & (TACHO_CREATED | TACHO_EXEMPLARS));
}

/** Go back to the first slot of the family at hand. */
TACHO_INTERNAL void tacho__cursor_rewind(struct tacho__cursor *cursor);

/** The next slot of the family at hand, chunk after chunk, the overflow series behind them; NULL: no more. */
TACHO_INTERNAL const struct tacho__series *tacho__cursor_next_slot(struct tacho__cursor *cursor);

/** Begin the family at hand in a format that says its size first: measure it and mark what it shows. */
TACHO_INTERNAL char *tacho__sized_begin(struct tacho__cursor *cursor, char *out);

/** The family at hand was written, or is given up. */
TACHO_INTERNAL void tacho__sized_unpin(struct tacho__cursor *cursor);

/** What is left of a chunk of numbers in such a family. */
TACHO_INTERNAL char *tacho__sized_run(struct tacho__cursor *cursor, char *out, const char *end);

/** Whether slot number `bit` was counted into the family's size. */
static inline bool tacho__sized_is_marked(const struct tacho__cursor *cursor, size_t bit)
{
    if (bit - cursor->whole_from < cursor->whole) return true;
    return bit < cursor->shown_cap && (cursor->shown[bit / 8] >> bit % 8 & 1);
}

#endif
