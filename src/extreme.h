/*
 * extreme.h - a gauge that shows the highest (or the lowest) value that was set within a sliding window, so that every
 * scraper sees a spike between two scrapes.
 *
 * It is a block of memory without pointers, which processes may share. A value that is set counts for at least
 * `seconds`, at most one slice longer, and as long as it is the last one that was set: the gauge still has it. Before
 * the first one it shows 0. While the last one is NaN it shows NaN, and afterwards what it would show without it.
 */
#ifndef TACHO_EXTREME_H
#define TACHO_EXTREME_H

#include "window.h"

struct tacho__extreme;

typedef enum tacho__extreme_kind { TACHO__HIGHEST, TACHO__LOWEST } tacho__extreme_kind;

/** Bytes of a gauge with 1 to TACHO__SLICES_MAX slices: 72 for each of them, and 104. */
TACHO_INTERNAL size_t tacho__extreme_size(uint32_t slices);

/** Make zeroed memory, aligned as uint64_t, such a gauge. */
TACHO_INTERNAL void tacho__extreme_open(struct tacho__extreme *extreme, tacho__extreme_kind kind, double seconds,
                                        uint32_t slices);

/** Set a value, or add to the one that was set last. Lock-free, async-signal-safe; callers' times may differ. */
TACHO_INTERNAL void tacho__extreme_set(struct tacho__extreme *extreme, double value, uint64_t now_ns);
TACHO_INTERNAL void tacho__extreme_add(struct tacho__extreme *extreme, double n, uint64_t now_ns);

/** What the gauge shows. Writes nothing to it. */
TACHO_INTERNAL double tacho__extreme_read(const struct tacho__extreme *extreme, uint64_t now_ns);

/** Be as before the first value, for the next series. What others are just setting is forgotten or counts. */
TACHO_INTERNAL void tacho__extreme_reset(struct tacho__extreme *extreme);

#endif
