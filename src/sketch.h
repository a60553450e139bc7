/*
 * sketch.h - quantiles of what was observed within a sliding window, for summaries.
 *
 * A sketch is a block of memory without pointers, which processes may share. What is observed stays for at least
 * `seconds` and leaves together with its slice, at most one slice later.
 *
 * A quantile has a relative error of at most 0.8 % if the values of each slice, zero and the infinities aside, are in
 * no more than 32 octaves, as those within a factor of 2 * 10^9 are. (An octave reaches from a power of two up to the
 * next; negative values have octaves of their own.) Octaves get their room as they appear in a slice. Further values
 * count as the nearest that has room and their sign, or as zero if none has: they keep their place in the order, but
 * not their size. Of subnormal numbers, which lie far apart, the error is at most 1 %, below 10^-321 1.6 %.
 */
#ifndef TACHO_SKETCH_H
#define TACHO_SKETCH_H

#include "window.h"

struct tacho__sketch;

/** Bytes of a sketch with 1 to TACHO__SLICES_MAX slices: 6.3 KiB for each of them and one more. */
TACHO_INTERNAL size_t tacho__sketch_size(uint32_t slices);

/** Make zeroed memory, aligned as uint64_t, a sketch. */
TACHO_INTERNAL void tacho__sketch_open(struct tacho__sketch *sketch, double seconds, uint32_t slices);

/**
 * Count a value; NaN is ignored. Lock-free, async-signal-safe. Callers' times may differ: what is older than the window
 * does not show, or counts as of now if its octave's place has gone on to a later slice. A bucket counts to 2^30 - 1 in
 * a slice, and stays there.
 */
TACHO_INTERNAL void tacho__sketch_observe(struct tacho__sketch *sketch, double value, uint64_t now_ns);

/**
 * The quantiles of the window for ranks from 0 to 1, none below the one before it: of n values in order the
 * ceil(rank * n)-th, at least the first ("nearest rank"), as nearly as above; NaN if there are none. Returns n. Writes
 * nothing to the sketch; what is observed meanwhile may be in or not. Takes 3 KiB of stack.
 */
TACHO_INTERNAL uint64_t tacho__sketch_read(const struct tacho__sketch *sketch, uint64_t now_ns, const double *ranks,
                                           size_t count, double *values);

/** Forget what was observed, for the next series. What others are just observing is forgotten or is in. */
TACHO_INTERNAL void tacho__sketch_reset(struct tacho__sketch *sketch);

#endif
