/*
 * wait.h - waiting for a condition until a moment of the monotonic clock.
 */
#ifndef TACHO_WAIT_H
#define TACHO_WAIT_H

#include <pthread.h>

#include "internal.h"

#define TACHO__NEVER UINT64_MAX

/** Make a condition that is waited for as below. */
TACHO_INTERNAL void tacho__cond_init(pthread_cond_t *cond);

/** Wait, the mutex held, until it is signalled or the time has come; also returns for no reason. False: the time has come. */
TACHO_INTERNAL bool tacho__cond_wait(pthread_cond_t *cond, pthread_mutex_t *mutex, uint64_t until_ns);

#endif
