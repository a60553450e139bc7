/*
 * clock.c - time. All calls are async-signal-safe.
 */
#define _GNU_SOURCE
#include "clock.h"

#include <time.h>

#define CLOCK_LATEST 253402300799.0 /* the last second of the year 9999; no format knows a later one */

#if defined(TACHO_CHECK)
uint64_t tacho__clock_ahead_ns;
#else
#define tacho__clock_ahead_ns 0u
#endif

static uint64_t clock_read(clockid_t clock)
{
    struct timespec now;
    (void)clock_gettime(clock, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

uint64_t tacho__clock_ns(void)
{
    return clock_read(CLOCK_MONOTONIC) + tacho__clock_ahead_ns;
}

uint64_t tacho__clock_coarse_ns(void)
{
#if defined(CLOCK_MONOTONIC_COARSE)
    return clock_read(CLOCK_MONOTONIC_COARSE) + tacho__clock_ahead_ns;
#else
    return tacho__clock_ns();
#endif
}

uint64_t tacho__clock_coarse_unix_ms(void)
{
#if defined(CLOCK_REALTIME_COARSE)
    return clock_read(CLOCK_REALTIME_COARSE) / 1000000;
#else
    return clock_read(CLOCK_REALTIME) / 1000000;
#endif
}

uint64_t tacho__clock_unix_ms(tacho_clock *clock)
{
    double now = clock ? clock->now(clock) : tacho__clock_unix();
    return now > 0 && now <= CLOCK_LATEST ? (uint64_t)(now * 1000 + 0.5) : 0;
}

double tacho__clock_unix(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_REALTIME, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}
