/*
 * wait.c - conditions on the monotonic clock, which nobody sets.
 */
#define _GNU_SOURCE
#include "wait.h"

#include <time.h>

#include "clock.h"

void tacho__cond_init(pthread_cond_t *cond)
{
    pthread_condattr_t attr;
    (void)pthread_condattr_init(&attr);
    (void)pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    (void)pthread_cond_init(cond, &attr);
    (void)pthread_condattr_destroy(&attr);
}

bool tacho__cond_wait(pthread_cond_t *cond, pthread_mutex_t *mutex, uint64_t until_ns)
{
    if (until_ns == TACHO__NEVER) return pthread_cond_wait(cond, mutex) == 0;
    uint64_t now = tacho__clock_ns();
    if (now >= until_ns) return false;
    struct timespec until;
    (void)clock_gettime(CLOCK_MONOTONIC, &until); /* which tests may have moved the other clock away from */
    uint64_t ns = (uint64_t)until.tv_nsec + (until_ns - now) % 1000000000u;
    until.tv_sec += (time_t)((until_ns - now) / 1000000000u + ns / 1000000000u);
    until.tv_nsec = (long)(ns % 1000000000u);
    (void)pthread_cond_timedwait(cond, mutex, &until);
    return tacho__clock_ns() < until_ns;
}
