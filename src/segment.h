/*
 * segment.h - the one range of memory that holds all of a registry's families, series, label values and cells.
 *
 * Everything inside refers to everything else by `ref`, an offset in units of 8 bytes, never by pointer, so that
 * the range means the same in every process that has it. Memory is handed out from the front and never given
 * back: whoever frees something keeps it for the next of its kind.
 */
#ifndef TACHO_SEGMENT_H
#define TACHO_SEGMENT_H

#include <tacho/base.h>

#include "lock.h"

typedef uint32_t tacho__ref; /* 0: none */

#define TACHO__UNIT 8
#define TACHO__BUDGET_MAX ((size_t)1 << (sizeof(size_t) > 4 ? 32 : 30)) /* a ref has 29 bits, see family.h */
#define TACHO__BUDGET_MIN ((size_t)64 << 10)

/** What went wrong at run time, counted in the segment so that every process's share is seen. */
enum tacho__mishap {
    TACHO__MISUSE_LABEL_COUNT,
    TACHO__MISUSE_NULL_LABEL,
    TACHO__MISUSE_CLOSED_LABEL,
    TACHO__MISUSE_KIND,
    TACHO__MISUSE_AMOUNT,
    TACHO__DROPPED_NAN,
    TACHO__REPAIRED_UTF8,
    TACHO__REPAIRED_LENGTH,
    TACHO__UNSETTLED_GAUGE,
    TACHO__CREATION_BUSY,
    TACHO__EXEMPLAR_UNASKED,
    TACHO__EXEMPLAR_FAULTY,
    TACHO__EXEMPLAR_BUSY,
    TACHO__SCRAPE_REDUCED,
    TACHO__MISHAPS
};

#define TACHO__SYMBOL_CLASSES 400

/* Order: [K1] `used` and the lists below are written under the lock only; its mutex orders them.
 *        [B1] `born`: release after a series is complete, acquire when a scrape begins, which then sees all up to it,
 *             and in lookups, which find no other. */
struct tacho__segment_head {
    struct tacho__lock lock;
    uint64_t size;            /* bytes of the range */
    uint64_t seed;            /* of label hashes */
    _Atomic uint64_t used;    /* bytes handed out; the rest was never touched */
    _Atomic uint64_t born;    /* number of the last series or family that was completed */
    _Atomic uint32_t line_max; /* longest line that any series or family can make, in any format */
    _Atomic uint32_t live;    /* series there are */
    uint32_t order;           /* of the last family or collector that was defined */
    tacho__ref last_family;
    _Atomic tacho__ref first_family;
    /* stripes.c */
    tacho__ref stripes;
    uint32_t stride, cpus, cells_used;
    tacho__ref shared_group;
    uint32_t shared_used;
    /* symbol.c */
    _Atomic tacho__ref symbol_free[TACHO__SYMBOL_CLASSES];
    tacho__ref symbol_buckets[28];
    uint32_t symbol_count, symbol_bucket_count;
    _Atomic uint64_t mishaps[TACHO__MISHAPS];
};

struct tacho__segment {
    struct tacho__segment_head *head; /* the beginning of the range */
    tacho_clock *clock; /* NULL: the system's */
    bool shared;
    /* Bytes that collectors' results take outside the range, charged to the budget. By process: what a worker that is
     * killed held is gone with it. */
    _Atomic uint64_t boxes;
};

/**
 * Reserve `budget` bytes, halved until they fit; `head->size` says what it came to. False: not even the smallest.
 */
TACHO_INTERNAL bool tacho__segment_open(struct tacho__segment *segment, size_t budget, bool shared);
TACHO_INTERNAL void tacho__segment_close(struct tacho__segment *segment);

/** Hand out zeroed memory, aligned to 8 bytes, or 0 when the budget is spent. Under the lock. */
TACHO_INTERNAL tacho__ref tacho__segment_take(struct tacho__segment *segment, size_t size);

/** Charge (or give back) memory outside the range to the budget; false: it would pass it. */
TACHO_INTERNAL bool tacho__segment_charge(struct tacho__segment *segment, size_t size);
TACHO_INTERNAL void tacho__segment_discharge(struct tacho__segment *segment, size_t size);

static inline void *tacho__segment_at(const struct tacho__segment *segment, tacho__ref ref)
{
    return (char *)segment->head + (size_t)ref * TACHO__UNIT;
}

static inline tacho__ref tacho__segment_ref(const struct tacho__segment *segment, const void *at)
{
    return (tacho__ref)((size_t)((const char *)at - (const char *)segment->head) / TACHO__UNIT);
}

/** Remember the longest line; before what makes it is published with [B1]. */
static inline void tacho__segment_line(struct tacho__segment *segment, size_t len)
{
    if (len > tacho__load_relaxed(&segment->head->line_max)) /* written under the lock, ordered by [B1] */
        tacho__store_relaxed(&segment->head->line_max, (uint32_t)len);
}

static inline void tacho__mishap(struct tacho__segment *segment, enum tacho__mishap what)
{
    tacho__count(&segment->head->mishaps[what], 1);
}

#endif
