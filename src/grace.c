/*
 * grace.c - grace periods by announcement.
 *
 * One table of slots per family of processes, mapped shared and never unmapped, serves all registries. A thread
 * that reads takes a slot once and holds the slot's robust mutex for as long as it lives: a thread that died,
 * killed or not, is found by that. Inside, its slot shows the epoch at which it entered.
 *   I1  A slot's `epoch` is not 0 exactly while its owner is inside.
 *   I2  Who entered at epoch E may hold what was stamped E or later, and nothing stamped before E.
 * Order:  [G1] epoch   advanced with release in tacho__grace_horizon and _stamp, acquire in tacho__grace_enter (grace.h): a
 *                      reader that saw the later epoch sees everything that was unlinked before it
 *         [G2] slot    release in tacho__grace_leave, acquire in grace_oldest: reuse comes after the last read
 *         [G3] slot    store in tacho__grace_enter before the reader's first load, against unlink before the scan in
 *                      tacho__grace_horizon. The reader pays with a compiler barrier only, the writer with a
 *                      membarrier(2); where that is missing, the reader exchanges with sequential consistency, and loads
 *                      the epoch so: either it finds that the writer has moved it, and then all that was unlinked, or the
 *                      writer's scan, which loads the slot so, finds the reader. The exchange alone orders no load behind it.
 *         [G4] made    release in grace_slot_ready when the mutex is initialised, acquire before it is locked
 * A reader that finds no free slot is counted in `guests`, and nothing is reused while there are any. A child that a
 * signal handler forked out of a reader reads on: it announces itself in a slot of its own.
 */
#define _GNU_SOURCE
#include "grace.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "alloc.h"

#if defined(__linux__)
#include <sys/syscall.h>
#endif

#define GRACE_SLOTS 4096
#define GRACE_EPOCH_BITS 0x7fffffffu

/* membarrier(2)'s numbers, for C libraries that come without the kernel's headers. */
#define GRACE_GLOBAL (1 << 1)
#define GRACE_REGISTER_GLOBAL (1 << 2)
#define GRACE_PRIVATE (1 << 3)
#define GRACE_REGISTER_PRIVATE (1 << 4)

#if defined(TACHO_CHECK)
uint32_t tacho__grace_slots = GRACE_SLOTS;
#define GRACE_SLOTS_TO_TAKE tacho__grace_slots
#else
#define GRACE_SLOTS_TO_TAKE GRACE_SLOTS
#endif

struct grace_table {
    _Atomic uint64_t epoch;
    _Atomic uint32_t guests;
    _Atomic uint32_t top; /* slots that were ever taken */
    bool asymmetric;      /* some process announces with plain stores; set before the first reader */
    struct tacho__grace_slot slots[GRACE_SLOTS];
};

static struct grace_table grace_fallback; /* used by number only: it has no slots to give */
static struct grace_table *grace_table = &grace_fallback;
static pthread_once_t grace_once = PTHREAD_ONCE_INIT;
_Thread_local struct tacho__grace_slot *tacho__grace_self;
_Atomic uint64_t *tacho__grace_epoch = &grace_fallback.epoch;
bool tacho__grace_asymmetric;
static _Thread_local bool grace_slotless;     /* this thread looked for a slot before and found none */
static _Thread_local uint32_t grace_guests;   /* how often this thread is inside without a slot */
static _Thread_local uint64_t grace_forking;  /* the epoch in which it was inside when it began to fork */

static int grace_membarrier(int command)
{
#if defined(__linux__) && defined(__NR_membarrier)
    return (int)syscall(__NR_membarrier, command, 0, 0);
#else
    (void)command;
    return -1;
#endif
}

static bool grace_register(void)
{
    return grace_membarrier(GRACE_REGISTER_PRIVATE) == 0 && grace_membarrier(GRACE_REGISTER_GLOBAL) == 0;
}

/* Make every announcement so far visible to this thread, and what it unlinked visible to every reader. False: it cannot
 * be done: the system forbids the call by now. */
static bool grace_barrier(enum tacho__grace_scope scope)
{
    if (scope == TACHO__GRACE_SHARED && grace_table->asymmetric) return grace_membarrier(GRACE_GLOBAL) == 0;
    if (scope == TACHO__GRACE_PROCESS && tacho__grace_asymmetric) return grace_membarrier(GRACE_PRIVATE) == 0;
    return true;
}

static void grace_make(void)
{
    struct grace_table *table = tacho__map(sizeof *table, true);
    grace_fallback.epoch = 1;
    if (!table) return;
    table->epoch = 1;
    tacho__grace_asymmetric = table->asymmetric = grace_register();
    grace_table = table;
    tacho__grace_epoch = &table->epoch;
}

bool tacho__grace_start(void)
{
    (void)pthread_once(&grace_once, grace_make);
    return grace_table != &grace_fallback;
}

void tacho__grace_fork_begins(void)
{
    struct tacho__grace_slot *slot = tacho__grace_self;
    grace_forking = slot ? tacho__load_relaxed(&slot->epoch) : 0; /* our own slot */
}

/* Under the table's own once-per-slot rule: only who moves `made` from 0 to 1 initialises, and publishes with 2. */
static bool grace_slot_ready(struct tacho__grace_slot *slot)
{
    uint32_t made = tacho__load_acquire(&slot->made); /* [G4] */
    if (made == 2) return true;
    if (made == 1 || !atomic_compare_exchange_strong_explicit(&slot->made, &made, 1, memory_order_acquire,
                                                              memory_order_relaxed)) /* [G4]; lost: try another slot */
        return false;
    pthread_mutexattr_t attr;
    (void)pthread_mutexattr_init(&attr);
    (void)pthread_mutexattr_setrobust(&attr, PTHREAD_MUTEX_ROBUST);
    (void)pthread_mutexattr_setpshared(&attr, PTHREAD_PROCESS_SHARED);
    (void)pthread_mutex_init(&slot->owner, &attr);
    (void)pthread_mutexattr_destroy(&attr);
    tacho__store_release(&slot->made, 2); /* [G4] the mutex is ready before anybody locks it */
    return true;
}

/* Lock a slot whose owner is gone or never was; what a dead owner announced is void. */
static bool grace_slot_take(struct tacho__grace_slot *slot)
{
    int err = pthread_mutex_trylock(&slot->owner);
    if (err == EOWNERDEAD) err = pthread_mutex_consistent(&slot->owner);
    if (err != 0) return false;
    tacho__store_release(&slot->epoch, 0); /* [G2] nobody reads through this slot now */
    return true;
}

static struct tacho__grace_slot *grace_search(void)
{
    if (tacho__grace_self || grace_table == &grace_fallback) return tacho__grace_self;
    for (uint32_t i = 0; i < GRACE_SLOTS_TO_TAKE; i++) {
        struct tacho__grace_slot *slot = &grace_table->slots[i];
        if (!grace_slot_ready(slot) || !grace_slot_take(slot)) continue;
        tacho__store_relaxed(&slot->pid, (uint32_t)getpid()); /* read together with the epoch, [G2] */
        uint32_t top = tacho__load_relaxed(&grace_table->top); /* a hint that only grows; [G3] orders it */
        while (top <= i && !atomic_compare_exchange_weak_explicit(&grace_table->top, &top, i + 1,
                                                                  memory_order_seq_cst, memory_order_relaxed)) /* [G3] */
            continue;
        tacho__grace_self = slot;
        return slot;
    }
    grace_slotless = true;
    return NULL;
}

/* Once in a thread's life. No signal handler may lock a robust mutex in the middle of this, which locks one too. */
static TACHO_COLD struct tacho__grace_slot *grace_find_slot(void)
{
    sigset_t all, before;
    if (grace_slotless) return NULL;
    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    struct tacho__grace_slot *slot = grace_search();
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    return slot;
}

/* Behind an announcement that no membarrier orders, and before the reader's first load. */
static void grace_look_again(void)
{
    (void)atomic_load_explicit(&grace_table->epoch, memory_order_seq_cst); /* [G3] */
}

static void grace_add_guests(uint32_t count)
{
    (void)atomic_fetch_add_explicit(&grace_table->guests, count, memory_order_seq_cst); /* [G3] the dear way */
    grace_look_again();
}

void tacho__grace_forked(void)
{
    tacho__grace_self = NULL;
    grace_slotless = false;
    if (grace_table == &grace_fallback) return;
    tacho__grace_asymmetric = grace_table->asymmetric && grace_register();
    if (grace_guests) grace_add_guests(grace_guests);
    if (!grace_forking) return;
    if (grace_find_slot()) {
        (void)atomic_exchange_explicit(&tacho__grace_self->epoch, grace_forking, memory_order_seq_cst); /* [G3] */
        grace_look_again();
        return;
    }
    grace_add_guests(1); /* until tacho__grace_leave finds that it has no slot */
}

tacho__reader tacho__grace_enter_slowly(void)
{
    struct tacho__grace_slot *slot = tacho__grace_self;
    if (!slot && !(slot = grace_find_slot())) {
        grace_guests++;
        grace_add_guests(1);
        return TACHO__READER_GUEST;
    }
    if (tacho__load_relaxed(&slot->epoch)) return TACHO__READER_NESTED; /* our own slot */
    uint64_t now = tacho__load_acquire(&grace_table->epoch);                      /* [G1] */
    (void)atomic_exchange_explicit(&slot->epoch, now, memory_order_seq_cst);      /* [G3] */
    grace_look_again();
    TACHO_EDGE(G3);
    return TACHO__READER_SLOT;
}

void tacho__grace_leave_slowly(tacho__reader reader)
{
    if (reader == TACHO__READER_GUEST) grace_guests--;
    (void)atomic_fetch_sub_explicit(&grace_table->guests, 1, memory_order_release); /* [G2] */
}

uint32_t tacho__grace_stamp(void)
{
    /* [G1] A read-modify-write, so that whoever reads a later epoch also sees what this thread unlinked. */
    return (uint32_t)atomic_fetch_add_explicit(&grace_table->epoch, 0, memory_order_acq_rel) & GRACE_EPOCH_BITS;
}

/* The oldest epoch that a living reader is in, or `now`. */
static uint64_t grace_oldest(uint64_t now, enum tacho__grace_scope scope)
{
    uint32_t top = atomic_load_explicit(&grace_table->top, memory_order_seq_cst); /* [G3] */
    uint32_t pid = (uint32_t)getpid();
    for (uint32_t i = 0; i < top; i++) {
        struct tacho__grace_slot *slot = &grace_table->slots[i];
        uint64_t epoch = atomic_load_explicit(&slot->epoch, memory_order_seq_cst); /* [G2] [G3] */
        if (epoch == 0 || epoch >= now) continue;
        if (scope == TACHO__GRACE_PROCESS && tacho__load_relaxed(&slot->pid) != pid) continue; /* set before [G3] */
        if (grace_slot_take(slot)) /* its owner died inside */
            (void)pthread_mutex_unlock(&slot->owner);
        else
            now = epoch;
    }
    return now;
}

bool tacho__grace_horizon(enum tacho__grace_scope scope, uint32_t *horizon)
{
    if (scope == TACHO__GRACE_SHARED && grace_table == &grace_fallback) return false; /* it knows of no other process */
    uint64_t now = atomic_fetch_add_explicit(&grace_table->epoch, 1, memory_order_seq_cst) + 1; /* [G1] */
    TACHO_EDGE(G1);
    if (!grace_barrier(scope)) return false; /* [G3] */
    if (atomic_load_explicit(&grace_table->guests, memory_order_seq_cst)) return false; /* [G3] */
    *horizon = (uint32_t)grace_oldest(now, scope) & GRACE_EPOCH_BITS;
    return true;
}
