/*
 * thread.h - threads that leave the host's signals to the host.
 */
#ifndef TACHO_THREAD_H
#define TACHO_THREAD_H

#include <pthread.h>

#include "internal.h"

/**
 * Start a thread that takes none of the host's signals but those of its own faults, for which the host may have a handler that
 * reports a crash. `stack` is in bytes, of which the system may want more; 0: as much as it gives. Returns 0 or an errno.
 * [shared | a thread | 0.1]
 */
TACHO_INTERNAL int tacho__thread_start(pthread_t *thread, size_t stack, void *(*run)(void *), void *arg);

#endif
