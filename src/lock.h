/*
 * lock.h - the lock under which series are created and removed.
 *
 * It never makes anybody wait for long: who cannot have it within a given time goes on without, and so does a
 * signal handler that interrupted a thread holding it. When its holder died, or was another thread of a process
 * that forked, the next one gets it dirty and repairs what it guards before anything else.
 */
#ifndef TACHO_LOCK_H
#define TACHO_LOCK_H

#include <pthread.h>

#include "atomic.h"

struct tacho__lock {
    pthread_mutex_t mutex;
    _Atomic uint32_t inside; /* 1 while somebody is inside; found set on entry: the one before never left */
};

typedef enum tacho__lock_state { TACHO__LOCK_BUSY, TACHO__LOCK_TAKEN, TACHO__LOCK_DIRTY } tacho__lock_state;

TACHO_INTERNAL bool tacho__lock_init(struct tacho__lock *lock, bool shared);
TACHO_INTERNAL tacho__lock_state tacho__lock_take(struct tacho__lock *lock, uint64_t wait_ns);
TACHO_INTERNAL void tacho__lock_release(struct tacho__lock *lock);

/** What a forked child has to make new: the locks of one registry. `guarded` NULL: it is shared, and survives. */
struct tacho__fork_watch {
    struct tacho__fork_watch *next, **link;
    struct tacho__lock *guarded;
    pthread_mutex_t *mutex;
};

/** One mutex for what is listed by process: held across a fork, so that the child finds the lists whole. */
TACHO_INTERNAL void tacho__lists_lock(void);
TACHO_INTERNAL void tacho__lists_unlock(void);

/** Watch for forks. False if the handler could not be installed. */
TACHO_INTERNAL bool tacho__fork_watch_add(struct tacho__fork_watch *watch);
TACHO_INTERNAL void tacho__fork_watch_remove(struct tacho__fork_watch *watch);

#endif
