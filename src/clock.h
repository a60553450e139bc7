/*
 * clock.h - time: one monotonic clock for durations, one wall clock for time stamps.
 */
#ifndef TACHO_CLOCK_H
#define TACHO_CLOCK_H

#include "internal.h"

/** Nanoseconds on the monotonic clock. */
TACHO_INTERNAL uint64_t tacho__clock_ns(void);

/** Unix time in seconds. */
TACHO_INTERNAL double tacho__clock_unix(void);

#endif
