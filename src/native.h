/*
 * native.h - a native histogram: buckets that appear where values are, at a resolution that gives way when they get
 * many.
 *
 * It lives in a block of memory that the caller provides, which may be shared between processes and lie at another
 * address in each. Nothing here allocates, locks or waits; a thread or process may be stopped or killed at any
 * instruction, and the others go on.
 */
#ifndef TACHO_NATIVE_H
#define TACHO_NATIVE_H

#include <tacho/desc.h>

#include "atomic.h"

enum { TACHO__NATIVE_FINEST = 8, TACHO__NATIVE_COARSEST = -4 };

/** What a histogram is to be like, from a description that passed its checks. */
struct tacho__native_rules {
    double threshold;      /* of the zero bucket, at first */
    double max_threshold;  /* how far it may be widened; 0: not at all */
    uint64_t min_reset_ms; /* from one reset to the next; 0: never */
    uint32_t max_buckets;  /* of both sides together, without the zero bucket */
    int32_t schema;        /* at first */
};

/** Check a description and convert it. NULL, or what is wrong with it, in words. */
TACHO_INTERNAL const char *tacho__native_check(const tacho_native *native, struct tacho__native_rules *rules);

/* ---- The block --------------------------------------------------------------------------------------------------- */

/* Sums and beginnings of the latest generations: a reset begins another one. */
enum { TACHO__NATIVE_ERAS = 8 };

struct tacho__native_era {
    _Atomic uint64_t sum;     /* a double */
    _Atomic uint64_t created; /* Unix milliseconds */
};

/* native_word.h tells what the words are made of. */
struct tacho__native {
    _Atomic uint64_t config; /* generation, zero bucket and schema, [N1] */
    uint64_t threshold;      /* of the zero bucket at first, the bits of a double; this and what follows is constant */
    uint32_t shape;          /* zero bucket and schema at first, as in config */
    uint32_t slot_mask;      /* one less than there are slots, a power of two */
    uint32_t slot_shift;     /* from the hash of a key to its slot */
    uint32_t max_buckets;
    uint64_t min_reset_ms;
    double max_threshold;
    _Atomic uint64_t turn;   /* who reorganises, since when; [N4] */
    _Atomic uint64_t move;   /* the count that is on its way from slot to slot, [N2] */
    _Atomic uint64_t turns;  /* how often anybody began to reorganise */
    _Atomic uint64_t first;  /* the generation that the series began with: a later one was reset */
    struct tacho__native_era eras[TACHO__NATIVE_ERAS];
    _Atomic uint64_t slots[]; /* key and count, [N3] */
};

/** Bytes of a block; it is aligned to 8. */
TACHO_INTERNAL size_t tacho__native_size(const struct tacho__native_rules *rules);

/** Begin a histogram in zeroed memory that nobody else sees yet. The time is Unix milliseconds, as all here. */
TACHO_INTERNAL void tacho__native_init(struct tacho__native *native, const struct tacho__native_rules *rules,
                                       uint64_t created_ms);

/**
 * Unix time in milliseconds, async-signal-safe. Asked for when there are too many buckets; and, if there may be
 * resets, at each observation while the zero bucket is widened or the resolution reduced.
 */
typedef uint64_t tacho__native_clock(void);

/** Count a value, which is not NaN. Async-signal-safe and lock-free. */
TACHO_INTERNAL void tacho__native_observe(struct tacho__native *native, double value, tacho__native_clock *clock);

/**
 * Begin anew, whatever the rules say, for instance because the block is to serve another series: nothing that was
 * observed before is shown any more, also if somebody is observing it right now. Waits for nobody.
 */
TACHO_INTERNAL void tacho__native_clear(struct tacho__native *native, uint64_t now_ms);

/* ---- Reading ----------------------------------------------------------------------------------------------------- */

struct tacho__native_bucket {
    uint64_t count; /* above 0 */
    int32_t index;
};

/** What a histogram held at one moment: `count` is the zero count and all buckets, exactly. */
struct tacho__native_view {
    double zero_threshold, sum;
    uint64_t count, zero_count;
    uint64_t created_ms;
    int32_t schema;
    uint32_t reset;                        /* not 0: since the series began, so classic buckets beside it counted more */
    uint32_t positive, negative;           /* populated buckets of each side, ... */
    struct tacho__native_bucket buckets[]; /* ... first the positive ones; by rising index */
};

/** Bytes of a view of this histogram, at most. */
TACHO_INTERNAL size_t tacho__native_view_size(const struct tacho__native *native);

/**
 * Read a histogram. Its sum covers what is counted, and observations that are being made.
 *
 * Waits for nobody. False: it was reorganised all the time; then single counts may be missing or twice in the view,
 * which is consistent in itself all the same.
 */
TACHO_INTERNAL bool tacho__native_read(const struct tacho__native *native, struct tacho__native_view *view);

/** Its count and sum alone, as tacho__native_read would give them. Async-signal-safe. */
TACHO_INTERNAL void tacho__native_totals(const struct tacho__native *native, uint64_t *count, double *sum);

/* ---- One side of a view, as it goes over the wire: spans of buckets, and counts as differences ------------------- */

struct tacho__native_side {
    const struct tacho__native_bucket *buckets;
    uint32_t count;
};

static inline struct tacho__native_side tacho__native_positive(const struct tacho__native_view *view)
{
    return (struct tacho__native_side){ view->buckets, view->positive };
}

static inline struct tacho__native_side tacho__native_negative(const struct tacho__native_view *view)
{
    return (struct tacho__native_side){ view->buckets + view->positive, view->negative };
}

struct tacho__native_span {
    int32_t offset;   /* of its first bucket from the end of the span before; the first span's: the index */
    uint32_t length;  /* buckets, gaps of one or two empty ones included */
    int32_t end;      /* the index behind its last bucket */
    uint32_t at;      /* populated buckets up to there */
};

struct tacho__native_delta {
    int64_t delta;    /* of this bucket's count to the one before, in spans and across them; the first: the count */
    uint64_t count;
    int32_t index;
    uint32_t at;      /* populated buckets up to there */
};

/** Go on to the next span, or delta; the first for zeroed memory. False: there is none. */
TACHO_INTERNAL bool tacho__native_span_next(struct tacho__native_side side, struct tacho__native_span *span);
TACHO_INTERNAL bool tacho__native_delta_next(struct tacho__native_side side, struct tacho__native_delta *delta);

#endif
