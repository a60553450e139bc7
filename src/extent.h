/*
 * extent.h - what the series of a family take together in a format that says so first, remembered from one scrape to the next.
 *
 * Only the extent of a family without gaps is kept: every slot that was ever used is live. It is known by the number of births
 * and deaths it was measured after, so it is that of another set of series for nobody. Numbers that would not fit are not kept.
 *
 * Order: [Z1] `changes`  release under the lock after `last_born`; before the birth that it counts, so who finds an old
 *             number started before that birth; behind the death that it counts, so who measures by the new number finds
 *             the gap; acquire by scrapes, after [B1] of their start. Who finds an old number shows the dead one as if it
 *             had died a moment later; its memory is not used again while they read (grace.h), and who begins to read
 *             after that finds the new number. A death that was not counted, because its maker died, repair.c counts.
 */
#ifndef TACHO_EXTENT_H
#define TACHO_EXTENT_H

#include "atomic.h"

struct tacho__extent {
    _Atomic uint64_t last_born;   /* the latest birth; series of another family are not meant */
    _Atomic uint32_t changes;     /* [Z1]; stays at its highest, and then nothing is kept */
    _Atomic uint64_t size, slots; /* each with what it is known by above TACHO__EXTENT_BITS: two scrapes may store at a time */
};

#define TACHO__EXTENT_BITS 34
#define TACHO__EXTENT_CHANGES ((UINT32_C(1) << (64 - TACHO__EXTENT_BITS - 2)) - 1)

/** A series is about to be born, or with 0 has died. Under the lock. */
static inline void tacho__extent_change(struct tacho__extent *extent, uint64_t born)
{
    uint32_t changes = tacho__load_relaxed(&extent->changes);
    if (born) tacho__store_relaxed(&extent->last_born, born);
    TACHO_EDGE(Z1);
    tacho__store_release(&extent->changes, changes + (changes < TACHO__EXTENT_CHANGES)); /* [Z1] */
}

/** What an extent measured from now on is known by; 0: it cannot be kept. `scheme` is below 4, and changes nothing for 0. */
static inline uint64_t tacho__extent_key(const struct tacho__extent *extent, unsigned scheme)
{
    uint64_t changes = tacho__load_acquire(&extent->changes); /* [Z1] */
    return changes < TACHO__EXTENT_CHANGES ? (changes << 2 | scheme) << TACHO__EXTENT_BITS : 0;
}

static inline void tacho__extent_keep(struct tacho__extent *extent, uint64_t key, uint64_t size, uint64_t slots)
{
    if (!key || size >> TACHO__EXTENT_BITS || slots >> TACHO__EXTENT_BITS) return;
    tacho__store_relaxed(&extent->size, key | size);
    tacho__store_relaxed(&extent->slots, key | slots);
}

/** Whether the extent is known of a scrape that shows births up to `born`. */
static inline bool tacho__extent_find(const struct tacho__extent *extent, uint64_t key, uint64_t born, uint64_t *size,
                                      uint64_t *slots)
{
    const uint64_t mask = (UINT64_C(1) << TACHO__EXTENT_BITS) - 1;
    *size = tacho__load_relaxed(&extent->size);
    *slots = tacho__load_relaxed(&extent->slots);
    bool known = key && (*size & ~mask) == key && (*slots & ~mask) == key;
    *size &= mask;
    *slots &= mask;
    return known && tacho__load_relaxed(&extent->last_born) <= born; /* ordered by [Z1] */
}

#endif
