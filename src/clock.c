/*
 * clock.c - time. All calls are async-signal-safe.
 *
 * A test may hold the clocks (clock.h). That costs a reader one load of a word that nobody writes; relaxed, since each word says
 * all that it has to say. Deadlines are never held, or a test that waits would wait forever; they are only brought forward.
 */
#define _GNU_SOURCE
#include "clock.h"

#include <time.h>

#define CLOCK_LATEST 253402300799.0 /* the last second of the year 9999; no format knows a later one */

_Atomic uint64_t tacho__clock_ahead_ns, tacho__clock_held_ns, tacho__clock_held_unix_ns;

static uint64_t clock_read(clockid_t clock)
{
    struct timespec now;
    (void)clock_gettime(clock, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

uint64_t tacho__clock_ns(void)
{
    return clock_read(CLOCK_MONOTONIC) + tacho__load_relaxed(&tacho__clock_ahead_ns);
}

uint64_t tacho__clock_timer_ns(void)
{
    uint64_t held = tacho__load_relaxed(&tacho__clock_held_ns);
    return TACHO_LIKELY(!held) ? tacho__clock_ns() : held;
}

uint64_t tacho__clock_coarse_ns(void)
{
    uint64_t held = tacho__load_relaxed(&tacho__clock_held_ns);
    if (!TACHO_LIKELY(!held)) return held;
#if defined(CLOCK_MONOTONIC_COARSE)
    return clock_read(CLOCK_MONOTONIC_COARSE) + tacho__load_relaxed(&tacho__clock_ahead_ns);
#else
    return tacho__clock_ns();
#endif
}

uint64_t tacho__clock_coarse_unix_ms(void)
{
    uint64_t held = tacho__load_relaxed(&tacho__clock_held_unix_ns);
    if (!TACHO_LIKELY(!held)) return held / 1000000;
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
    uint64_t held = tacho__load_relaxed(&tacho__clock_held_unix_ns), now = TACHO_LIKELY(!held) ? clock_read(CLOCK_REALTIME) : held;
    return (double)(now / 1000000000u) + (double)(now % 1000000000u) / 1e9;
}
