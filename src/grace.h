/*
 * grace.h - grace periods: when may memory be reused that a lookup or a scrape could still be reading?
 *
 * A reader enters before it follows links and leaves when it is done; a writer that unlinks something asks for a
 * stamp; memory may be reused once tacho__grace_passed says that every reader of that time has left.
 */
#ifndef TACHO_GRACE_H
#define TACHO_GRACE_H

#include <pthread.h>

#include "atomic.h"

/** Make the table of readers, once per process and its children; false: no memory, and readers are only counted. */
TACHO_INTERNAL bool tacho__grace_start(void);

/* A place where one thread announces that it reads. */
struct tacho__grace_slot {
    _Alignas(64) _Atomic uint64_t epoch; /* 0: outside; in a cache line that its thread has to itself */
    _Atomic uint32_t pid;   /* of the owner's process, for whoever asks only about its own */
    _Atomic uint32_t made;  /* the mutex is initialised: 2 */
    pthread_mutex_t owner;  /* robust and process-shared; held while the owning thread lives */
};

/* The slot of this thread, once it has one, and the epoch that it is to announce. */
extern TACHO_INTERNAL _Thread_local struct tacho__grace_slot *tacho__grace_self;
extern TACHO_INTERNAL _Atomic uint64_t *tacho__grace_epoch;
extern TACHO_INTERNAL bool tacho__grace_asymmetric; /* announcing is a plain store; set before the first reader */

/** A reader inside; give it back to tacho__grace_leave on the same thread. */
typedef enum tacho__reader {
    TACHO__READER_NESTED = 0, /* inside another one, which will leave; or not inside at all */
    TACHO__READER_SLOT = 1,   /* announced in the slot of its thread */
    TACHO__READER_GUEST = 2   /* there was no slot free: it is counted instead */
} tacho__reader;

TACHO_INTERNAL tacho__reader tacho__grace_enter_slowly(void);
TACHO_INTERNAL void tacho__grace_leave_slowly(tacho__reader reader);

/** Begin to read. Async-signal-safe; nests. */
static inline tacho__reader tacho__grace_enter(void)
{
    struct tacho__grace_slot *slot = tacho__grace_self;
    if (!slot || !tacho__grace_asymmetric || tacho__load_relaxed(&slot->epoch)) return tacho__grace_enter_slowly();
    uint64_t now = tacho__load_acquire(tacho__grace_epoch); /* [G1] */
    tacho__store_relaxed(&slot->epoch, now);                /* [G3] ordered by the writer's membarrier */
    atomic_signal_fence(memory_order_seq_cst);
    TACHO_EDGE(G3);
    return TACHO__READER_SLOT;
}

static inline void tacho__grace_leave(tacho__reader reader)
{
    if (reader == TACHO__READER_NESTED) return;
    TACHO_EDGE(G2);
    struct tacho__grace_slot *slot = tacho__grace_self; /* a forked child has another one, or none */
    if (TACHO_LIKELY(slot != NULL && reader == TACHO__READER_SLOT))
        tacho__store_release(&slot->epoch, 0); /* [G2] after the last read */
    else
        tacho__grace_leave_slowly(reader);
}

/** A stamp for what was unlinked before the call. */
TACHO_INTERNAL uint32_t tacho__grace_stamp(void);

/** Whose readers count: those of this process, or of every process that shares the table. */
enum tacho__grace_scope { TACHO__GRACE_PROCESS, TACHO__GRACE_SHARED };

/**
 * A horizon: everything stamped before it may be reused; false if nothing may. Not from inside a reader, which
 * would wait for itself. Costs a system call: ask for many at a time.
 */
TACHO_INTERNAL bool tacho__grace_horizon(enum tacho__grace_scope scope, uint32_t *horizon);

/** Whether a stamp lies before a horizon; stamps may wrap. */
static inline bool tacho__grace_passed(uint32_t stamp, uint32_t horizon)
{
    return ((horizon - stamp) & 0x7fffffffu) - 1 < 0x3fffffffu;
}

/** Before a fork, on the thread that forks; and after it in the child, which needs a slot of its own. */
TACHO_INTERNAL void tacho__grace_fork_begins(void);
TACHO_INTERNAL void tacho__grace_forked(void);

#if defined(TACHO_CHECK)
extern uint32_t tacho__grace_slots; /* test builds: how many slots there are to take */
#endif

#endif
