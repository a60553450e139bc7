/*
 * family.h - one family in the segment: its description, its series in creation order, and its index.
 *
 * Series lie in chunks, one behind the other. A slot belongs to its family for ever, and so do the cells it got: a
 * handle kept after a removal reaches at worst a later series of the same family.
 *
 * Order: [F1] `next`, `gone`  release when a family is complete, or is to be passed over; acquire by whoever walks
 *        [C1] `next`, `used`  of a chunk: release when the chunk is counted, when a slot is zeroed; acquire by scrapes
 *        [S1] `born`          release in tacho__series_create, acquire by scrapes: a number means a complete series
 *        [S2] `next`          of a series: release in tacho__index_insert, acquire in tacho__index_probe
 *        [S3] `bucket_mask`   release when the buckets are linked, acquire in tacho__index_probe
 *        [P1] `pins`          release by a cursor that will come back to removed series, before it leaves as a reader;
 *                             acquire by who would use their memory again, after that reader left
 *        [S4] `live`          release when a series is linked, acquire by who finds the family full: then it is there
 */
#ifndef TACHO_FAMILY_H
#define TACHO_FAMILY_H

#include "buckets.h"
#include "extent.h"
#include "meta.h"

#define TACHO__DEAD ((uint64_t)1 << 63)
/* `cells` of a series: where they are, and what its handle says about them. */
#define TACHO__HAS_HEAD 0x80000000u /* a tacho_head comes first */
#define TACHO__CELLS_BITS_SHIFT 29  /* the bits of the handle, TACHO_HANDLE_... */
#define TACHO__CELLS_REF 0x1fffffffu

/* One slot for a series. */
struct tacho__series {
    _Atomic uint64_t born; /* 0: never used; its creation number; or TACHO__DEAD | stamp << 32 | next dead slot */
    _Atomic uint32_t next; /* in the index */
    uint32_t hash;
    uint32_t cells; /* 0: none yet */
    tacho__ref labels[]; /* symbols */
};

struct tacho__chunk {
    _Atomic tacho__ref next;
    _Atomic uint32_t used; /* slots that were ever used, [C1] */
    uint32_t count;
    uint32_t unused;
    /* `count` slots of record_size bytes */
};

struct tacho__family {
    _Atomic tacho__ref next; /* family defined later, [F1] */
    _Atomic uint32_t gone;   /* undefined; scrapes pass it over, [F1] */
    _Atomic uint64_t born;   /* creation number */
    _Atomic uint64_t row;    /* address of its descriptor, by which the same row is known */
    uint32_t order;          /* among families and collectors */
    tacho__ref meta;
    uint32_t record_size;
    uint32_t cell_count;     /* cells of a series: 1, or a histogram's buckets and its sum */
    uint32_t max_series;
    _Atomic uint32_t live;   /* [S4] */
    /* Cursors that will come back to removed series, which keep their labels meanwhile, and until when at most, on the
     * monotonic clock: a cursor may die without a word. [P1] */
    _Atomic uint32_t pins;
    _Atomic uint64_t pinned_until;
    struct tacho__extent extent;
    _Atomic uint64_t rejected; /* updates that were refused a series of their own */
    _Atomic tacho__ref first_chunk;
    tacho__ref last_chunk;
    tacho__ref free;                    /* slots that may be used again, linked through `born` */
    tacho__ref bare;                    /* a new slot for which there were no cells yet */
    tacho__ref limbo_first, limbo_last; /* removed ones that a reader may still be in, oldest first */
    uint32_t limbo_count, limbo_try;    /* when this many wait, see whether some are free by now */
    uint32_t bound;          /* 1: a plain handle or array; 0: a vector */
    tacho__ref closed[TACHO_MAX_LABELS]; /* closed sets: uint32_t count, then symbols; 0: any value */
    tacho__ref overflow;     /* series for what is too much, one per combination of closed values */
    uint32_t overflow_count;
    _Atomic uint32_t bucket_count; /* [K1] */
    _Atomic uint32_t bucket_mask;  /* of those that lookups use, [S3] */
    tacho__ref levels[TACHO__BUCKET_LEVELS];
};

static inline struct tacho__family *tacho__family_at(const struct tacho__segment *segment, tacho__ref ref)
{
    return tacho__segment_at(segment, ref);
}

static inline struct tacho__series *tacho__series_at(const struct tacho__segment *segment, tacho__ref ref)
{
    return tacho__segment_at(segment, ref);
}

static inline const struct tacho__meta *tacho__family_meta(const struct tacho__segment *segment,
                                                           const struct tacho__family *family)
{
    return tacho__segment_at(segment, family->meta);
}

static inline struct tacho__series *tacho__chunk_slot(const struct tacho__family *family, struct tacho__chunk *chunk,
                                                      uint32_t index)
{
    return (struct tacho__series *)(void *)((char *)(chunk + 1) + (size_t)index * family->record_size);
}

/** When a series began, in Unix milliseconds; for families with TACHO_CREATED. */
static inline _Atomic uint64_t *tacho__series_created(const struct tacho__family *family, const struct tacho__series *series)
{
    return (_Atomic uint64_t *)(void *)((char *)series + family->record_size - sizeof(uint64_t));
}

static inline bool tacho__series_live(uint64_t born)
{
    return born != 0 && !(born & TACHO__DEAD);
}

/** Store a new family for a checked descriptor, not yet visible. 0: the budget is spent. Under the lock. */
TACHO_INTERNAL tacho__ref tacho__family_new(struct tacho__segment *segment, const tacho_desc *desc,
                                            const struct tacho__meta *meta);

/** Make a complete family visible, as the last one. Under the lock. */
TACHO_INTERNAL void tacho__family_publish(struct tacho__segment *segment, tacho__ref ref);

/** The next slot that was never used, in a new chunk if need be; 0: the budget is spent. Under the lock. */
TACHO_INTERNAL tacho__ref tacho__family_slot(struct tacho__segment *segment, struct tacho__family *family);

/** Walk the families: the first for `ref` 0. */
static inline tacho__ref tacho__family_next(const struct tacho__segment *segment, tacho__ref ref)
{
    if (!ref) return tacho__load_acquire(&segment->head->first_family); /* [F1] */
    return tacho__load_acquire(&tacho__family_at(segment, ref)->next); /* [F1] */
}

/** Walk the chunks: the first for NULL. */
static inline struct tacho__chunk *tacho__chunk_next(const struct tacho__segment *segment,
                                                     struct tacho__family *family, struct tacho__chunk *chunk)
{
    tacho__ref ref = tacho__load_acquire(chunk ? &chunk->next : &family->first_chunk); /* [C1] */
    return ref ? tacho__segment_at(segment, ref) : NULL;
}

#endif
