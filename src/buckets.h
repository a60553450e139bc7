/*
 * buckets.h - an array of hash buckets that grows by one bucket at a time and never moves (linear hashing).
 *
 * Level 0 has 16 buckets, level k another 8 << k, so an address is found with two shifts, and growing costs every
 * insertion the same. With n buckets, h belongs to bucket h mod the power of two at or above n, or, where there is
 * no such bucket yet, to the one without the highest bit: the one it will be split from.
 */
#ifndef TACHO_BUCKETS_H
#define TACHO_BUCKETS_H

#include "segment.h"

#define TACHO__BUCKET_LEVELS 27
#define TACHO__BUCKETS_FIRST 16u

static inline _Atomic uint32_t *tacho__bucket(const struct tacho__segment *segment, const tacho__ref *levels,
                                              uint32_t index)
{
    uint32_t bit = tacho__log2(index | (TACHO__BUCKETS_FIRST / 2)); /* level 0 needs no branch of its own */
    uint32_t first = (1u << bit) & ~(TACHO__BUCKETS_FIRST - 1);
    return (_Atomic uint32_t *)tacho__segment_at(segment, levels[bit - 3]) + (index - first);
}

/** The bucket that a hash belongs to when there are `count`. */
static inline uint32_t tacho__bucket_of(uint32_t hash, uint32_t count)
{
    uint32_t high = 1u << tacho__log2(count), index = hash & (2 * high - 1);
    return index < count ? index : index - high;
}

/** The bucket that bucket `count` is split from. */
static inline uint32_t tacho__bucket_parent(uint32_t count)
{
    return count - (1u << tacho__log2(count));
}

/** Make room for bucket `count`; false when the budget is spent. Under the lock. */
static inline bool tacho__bucket_room(struct tacho__segment *segment, tacho__ref *levels, uint32_t count)
{
    uint32_t level = count < TACHO__BUCKETS_FIRST ? 0 : tacho__log2(count) - 3;
    size_t size = level == 0 ? TACHO__BUCKETS_FIRST : (size_t)8 << level;
    if (level >= TACHO__BUCKET_LEVELS) return false;
    if (!levels[level]) levels[level] = tacho__segment_take(segment, size * sizeof(uint32_t));
    return levels[level] != 0;
}

#endif
