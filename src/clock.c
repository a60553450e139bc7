/*
 * clock.c - time. Both calls are async-signal-safe.
 */
#define _GNU_SOURCE
#include "clock.h"

#include <time.h>

uint64_t tacho__clock_ns(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

double tacho__clock_unix(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_REALTIME, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}
