/*
 * kit_clock.c - clocks that stand still until a test lets time pass.
 */
#include "kit.h"

#include "clock.h"

#define CLOCK_SECOND 1000000000u
#define CLOCK_MOST 9e9 /* seconds, which are a signed number of nanoseconds */
#define CLOCK_STEP_MOST 1e9
#define CLOCK_COARSE_LAG 20000000u /* the coarse clock is behind by less */

static uint64_t clock_to_ns(double seconds)
{
    uint64_t whole = (uint64_t)seconds;
    return whole * CLOCK_SECOND + (uint64_t)((seconds - (double)whole) * CLOCK_SECOND + 0.5);
}

tacho_err tacho_test_clock_hold(double unix_seconds)
{
    if (!(unix_seconds >= 1 && unix_seconds <= CLOCK_MOST)) return TACHO_ERR_ARG;
    tacho__store_relaxed(&tacho__clock_held_unix_ns, clock_to_ns(unix_seconds));
    if (!tacho__load_relaxed(&tacho__clock_held_ns)) tacho__store_relaxed(&tacho__clock_held_ns, tacho__clock_ns());
    return TACHO_OK;
}

tacho_err tacho_test_clock_advance(double seconds)
{
    uint64_t unix_ns = tacho__load_relaxed(&tacho__clock_held_unix_ns);
    uint64_t ahead_ns = tacho__load_relaxed(&tacho__clock_ahead_ns);
    if (!(seconds >= 0 && seconds <= CLOCK_STEP_MOST)) return TACHO_ERR_ARG;
    if (!unix_ns) return TACHO_ERR_ORDER;
    uint64_t step_ns = clock_to_ns(seconds), most_ns = (uint64_t)CLOCK_MOST * CLOCK_SECOND;
    if (unix_ns + step_ns > most_ns || ahead_ns + step_ns > most_ns) return TACHO_ERR_ARG;
    tacho__store_relaxed(&tacho__clock_held_unix_ns, unix_ns + step_ns);
    tacho__count(&tacho__clock_ahead_ns, step_ns);
    tacho__count(&tacho__clock_held_ns, step_ns);
    return TACHO_OK;
}

void tacho_test_clock_release(void)
{
    if (!tacho__load_relaxed(&tacho__clock_held_ns)) return;
    tacho__count(&tacho__clock_ahead_ns, CLOCK_COARSE_LAG); /* or the coarse clock would go back by its lag */
    tacho__store_relaxed(&tacho__clock_held_unix_ns, 0);
    tacho__store_relaxed(&tacho__clock_held_ns, 0);
}
