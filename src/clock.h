/*
 * clock.h - time: one monotonic clock for durations, one wall clock for time stamps.
 */
#ifndef TACHO_CLOCK_H
#define TACHO_CLOCK_H

#include <tacho/base.h>

#include "atomic.h"

/** Nanoseconds on the monotonic clock, for deadlines. */
TACHO_INTERNAL uint64_t tacho__clock_ns(void);

/** The same for durations that are shown. */
TACHO_INTERNAL uint64_t tacho__clock_timer_ns(void);

/** The same, a few milliseconds behind and much cheaper, for windows of seconds. */
TACHO_INTERNAL uint64_t tacho__clock_coarse_ns(void);

/** Unix time in seconds. */
TACHO_INTERNAL double tacho__clock_unix(void);

/** The same in milliseconds, as cheap as tacho__clock_coarse_ns. */
TACHO_INTERNAL uint64_t tacho__clock_coarse_unix_ms(void);

/** Unix time in milliseconds, by a clock of the program's own if there is one. */
TACHO_INTERNAL uint64_t tacho__clock_unix_ms(tacho_clock *clock);

/* What tests move (tacho_test.h): how far the monotonic clock is ahead of the system's; and, unless 0, what the clocks of timers
 * and windows, and the wall clock, show instead of the time. */
extern TACHO_INTERNAL _Atomic uint64_t tacho__clock_ahead_ns, tacho__clock_held_ns, tacho__clock_held_unix_ns;

#endif
