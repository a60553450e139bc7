/*
 * clock.h - time: one monotonic clock for durations, one wall clock for time stamps.
 */
#ifndef TACHO_CLOCK_H
#define TACHO_CLOCK_H

#include <tacho/base.h>

#include "internal.h"

/** Nanoseconds on the monotonic clock. */
TACHO_INTERNAL uint64_t tacho__clock_ns(void);

/** The same, a few milliseconds behind and much cheaper, for windows of seconds. */
TACHO_INTERNAL uint64_t tacho__clock_coarse_ns(void);

/** Unix time in seconds. */
TACHO_INTERNAL double tacho__clock_unix(void);

/** The same in milliseconds, as cheap as tacho__clock_coarse_ns. */
TACHO_INTERNAL uint64_t tacho__clock_coarse_unix_ms(void);

/** Unix time in milliseconds, by a clock of the program's own if there is one. */
TACHO_INTERNAL uint64_t tacho__clock_unix_ms(tacho_clock *clock);

#if defined(TACHO_CHECK)
extern uint64_t tacho__clock_ahead_ns; /* test builds: how far the monotonic clock is ahead of the system's */
#endif

#endif
