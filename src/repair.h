/*
 * repair.h - after somebody died, or forked away, in the middle of a change under the lock.
 */
#ifndef TACHO_REPAIR_H
#define TACHO_REPAIR_H

#include "series.h"

/** Make every family, list and hold consistent again, from what is certain: which series are live. Under the lock. */
TACHO_INTERNAL void tacho__repair(struct tacho__segment *segment);

/** Take the segment's lock, repaired if need be; false: it could not be had in time. */
TACHO_INTERNAL bool tacho__segment_lock(struct tacho__segment *segment, uint64_t wait_ns);

#endif
