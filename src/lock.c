/*
 * lock.c - the creation lock, and what happens to locks in a forked child.
 *
 * Lock: lock_lists_mutex guards the list of watches here, and of segments in registry.c; it is held across a fork, so that
 * the child finds them whole.
 */
#define _GNU_SOURCE
#include "lock.h"

#include <errno.h>
#include <time.h>

#include "clock.h"
#include "grace.h"

/* Waiting by the monotonic clock came with glibc 2.30; ThreadSanitizer does not know the call. */
#define LOCK_HAS_CLOCK 0
#if defined(__GLIBC__) && !defined(TACHO_SANITIZED)
#if __GLIBC_PREREQ(2, 30)
#undef LOCK_HAS_CLOCK
#define LOCK_HAS_CLOCK 1
#endif
#endif

static pthread_mutex_t lock_lists_mutex = PTHREAD_MUTEX_INITIALIZER;
static struct tacho__fork_watch *lock_watches;
static pthread_once_t lock_fork_once = PTHREAD_ONCE_INIT;
static int lock_fork_err;

/* Set before the mutex is touched, so that a signal handler at any moment after that keeps away from it. */
static _Thread_local volatile uint32_t lock_depth;

/* The lock that this thread has and does not merely wait for: in a child that a signal handler forks it still has it. */
static _Thread_local struct tacho__lock *volatile lock_held;

bool tacho__lock_init(struct tacho__lock *lock, bool shared)
{
    pthread_mutexattr_t attr;
    if (pthread_mutexattr_init(&attr) != 0) return false;
    bool ok = true;
    if (shared)
        ok = pthread_mutexattr_setrobust(&attr, PTHREAD_MUTEX_ROBUST) == 0 &&
             pthread_mutexattr_setpshared(&attr, PTHREAD_PROCESS_SHARED) == 0;
    ok = ok && pthread_mutex_init(&lock->mutex, &attr) == 0;
    (void)pthread_mutexattr_destroy(&attr);
    return ok;
}

static int lock_wait(pthread_mutex_t *mutex, uint64_t wait_ns)
{
    int err = pthread_mutex_trylock(mutex);
    if (err != EBUSY || wait_ns == 0) return err;
#if LOCK_HAS_CLOCK
    clockid_t clock = CLOCK_MONOTONIC;
#else
    clockid_t clock = CLOCK_REALTIME;
#endif
    struct timespec until;
    (void)clock_gettime(clock, &until);
    uint64_t ns = (uint64_t)until.tv_nsec + wait_ns % 1000000000u;
    until.tv_sec += (time_t)(wait_ns / 1000000000u + ns / 1000000000u);
    until.tv_nsec = (long)(ns % 1000000000u);
#if LOCK_HAS_CLOCK
    return pthread_mutex_clocklock(mutex, clock, &until);
#else
    return pthread_mutex_timedlock(mutex, &until);
#endif
}

tacho__lock_state tacho__lock_take(struct tacho__lock *lock, uint64_t wait_ns)
{
    if (lock_depth) return TACHO__LOCK_BUSY;
    lock_depth = 1;
    int err = lock_wait(&lock->mutex, wait_ns);
    if (err == EOWNERDEAD) err = pthread_mutex_consistent(&lock->mutex);
    if (err != 0) {
        lock_depth = 0;
        return TACHO__LOCK_BUSY;
    }
    lock_held = lock;
    /* Relaxed: the mutex orders it; it only has to be there when the process ends in between. */
    return atomic_exchange_explicit(&lock->inside, 1, memory_order_relaxed) ? TACHO__LOCK_DIRTY : TACHO__LOCK_TAKEN;
}

void tacho__lock_release(struct tacho__lock *lock)
{
    TACHO_EDGE(K1);
    tacho__store_release(&lock->inside, 0); /* [K1] after the last change */
    lock_held = NULL;
    (void)pthread_mutex_unlock(&lock->mutex);
    lock_depth = 0;
}

void tacho__lists_lock(void)
{
    (void)pthread_mutex_lock(&lock_lists_mutex);
}

void tacho__lists_unlock(void)
{
    (void)pthread_mutex_unlock(&lock_lists_mutex);
}

static void lock_fork_prepare(void)
{
    tacho__grace_fork_begins();
    tacho__lists_lock();
}

static void lock_fork_child(void)
{
    tacho__grace_forked();
    for (struct tacho__fork_watch *watch = lock_watches; watch; watch = watch->next) {
        /* A handler that interrupted a creation and forks returns into it: that lock is still its own. */
        if (watch->guarded && watch->guarded != lock_held) (void)tacho__lock_init(watch->guarded, false);
        (void)pthread_mutex_init(watch->mutex, NULL);
    }
    tacho__lists_unlock();
}

static void lock_fork_install(void)
{
    lock_fork_err = pthread_atfork(lock_fork_prepare, tacho__lists_unlock, lock_fork_child);
}

bool tacho__fork_watch_add(struct tacho__fork_watch *watch)
{
    (void)pthread_once(&lock_fork_once, lock_fork_install);
    if (lock_fork_err != 0) return false;
    tacho__lists_lock();
    watch->next = lock_watches;
    watch->link = &lock_watches;
    if (lock_watches) lock_watches->link = &watch->next;
    lock_watches = watch;
    tacho__lists_unlock();
    return true;
}

void tacho__fork_watch_remove(struct tacho__fork_watch *watch)
{
    tacho__lists_lock();
    *watch->link = watch->next;
    if (watch->next) watch->next->link = watch->link;
    tacho__lists_unlock();
}
