/*
 * reuse.pml - a series is removed, and its memory used again, while lookups and scrapes go on and some of them die.
 *
 * Models tacho__series_remove, series_reclaim_before and tacho__series_create (series.c) over grace.h and grace.c: enter,
 * leave, stamp, horizon, the guests that have no slot, the slots of the dead: the edges [S1], [S2], [G1], [G2], [G3].
 * Memory as in memory.pml, both where announcing is a plain store and the writer pays with membarrier(2), and where it is
 * an exchange.
 *
 * One slot with one label: removed, waited for, used again with another label. Two readers one after the other, each a
 * lookup or a scrape; they may be without a slot in the table of readers, and be killed inside. Another registry's writer
 * moves the epoch, which all share. The robust mutex of a slot is whether its owner lives. Left out: the lock (one thread
 * writes), several families, the pins of cursors that count on removed series ([P1]), forks, wrapping stamps, slots that
 * another thread takes over.
 *
 * Asserts: nobody reads the slot while it is written, or sees it change while inside (no race); in the end, when all
 * readers have left or died, the memory can be used again: nobody who was killed stands in the way, unless it had no slot.
 */
#define THREADS 3
#define PLACES 7
#define STORES 7
#include "memory.pml"

#define WRITER 0
#define READER 1
#define OTHER 2

#define LINK 0
#define BORN 1
#define BODY 2 /* plain: labels and cells */
#define EPOCH 3
#define GUESTS 4
#define SLOT 5
#define READ 6 /* not there in truth: what the reader has read */

#define DEAD 100 /* `born` of a slot that is not live */
#define ROUNDS 1

#ifdef BUG_LINK_RELAXED
#define S2 RELAXED
#else
#define S2 ORDERED
#endif
#ifdef BUG_LEFT_RELAXED
#define G2 RELAXED
#else
#define G2 ORDERED
#endif
#ifdef BUG_STAMP_RELAXED
#define STAMP RELAXED
#else
#define STAMP ORDERED
#endif
#ifdef BUG_EPOCH_RELAXED
#define G1 RELAXED
#else
#define G1 ORDERED
#endif
#ifdef BUG_EXCHANGE_ALONE /* as it once was: what follows an exchange may come before it */
#define LOOKS_AGAIN false
#define SCANS ORDERED
#else
#define LOOKS_AGAIN true
#define SCANS SC
#endif

bool asymmetric; /* announcing is a plain store */
bool guest, killed, over;


/* ---- Readers ---- */

inline enter(me)
{
    load(me, EPOCH, G1, at, epoch);
    if
    :: guest -> fetch_add(me, GUESTS, 1, SC, before)
    :: !guest && asymmetric -> store(me, SLOT, epoch, RELAXED)
    :: !guest && !asymmetric -> store(me, SLOT, epoch, SC)
    fi;
    if
    :: LOOKS_AGAIN && !asymmetric -> load(me, EPOCH, SC, at, before)
    :: else
    fi;
    epoch = 0; before = 0
}

inline exit(me)
{
    if
    :: guest -> fetch_add(me, GUESTS, -1, G2, before)
    :: else -> store(me, SLOT, 0, G2)
    fi;
    before = 0
}

inline read_slot()
{
    atomic { read(READER, BODY, body); mark(READER, READ) };
    body = 0
}

inline may_die()
{
    if
    :: true
    :: killed = true; goto dead
    fi
}

/* A lookup follows the link of the bucket, a scrape comes back to the slot by its number of creation. */
proctype reader()
{
    byte at, epoch, before, link, body, rounds, place;
    do
    :: rounds < 2 ->
        rounds++;
        if
        :: place = LINK
        :: place = BORN
        fi;
        enter(READER);
        may_die();
        load(READER, place, ORDERED, at, link);
        if
        :: link == 1 ->
#ifdef BUG_READ_BEHIND_LEAVING
            exit(READER);
            read_slot()
#else
            read_slot();
            may_die();
            exit(READER)
#endif
        :: else -> exit(READER)
        fi;
        link = 0
    :: else -> break
    od;
dead:
    over = true
}

/* Another registry's writer asks for a horizon: the table of readers, and the epoch, are everybody's. */
proctype other()
{
    byte before;
    fetch_add(OTHER, EPOCH, 1, SC, before)
}

/* ---- The writer ---- */

inline remove()
{
    store(WRITER, BORN, DEAD, ORDERED);
#ifdef BUG_STAMP_BEFORE_UNLINKED
    fetch_add(WRITER, EPOCH, 0, STAMP, stamp);
    store(WRITER, LINK, 0, S2)
#else
    store(WRITER, LINK, 0, S2);
    fetch_add(WRITER, EPOCH, 0, STAMP, stamp)
#endif
}

inline membarrier()
{
#ifdef BUG_NO_BARRIER
    skip
#else
    if
    :: asymmetric -> barrier(WRITER); barrier(READER); barrier(WRITER)
    :: else
    fi
#endif
}

inline scan()
{
    load(WRITER, SLOT, SCANS, at, epoch);
    if
    :: epoch == 0 || epoch >= now
#ifdef BUG_DEAD_READER_COUNTS
    :: epoch != 0 && epoch < now -> now = epoch
#else
    :: epoch != 0 && epoch < now && !over -> now = epoch
    :: epoch != 0 && epoch < now && over -> /* its owner died inside, or later: the mutex tells, and orders */
        barrier(READER);
        barrier(WRITER);
        store(WRITER, SLOT, 0, G2)
#endif
    fi
}

/* `passed`: what was stamped may be used again. */
inline horizon()
{
    fetch_add(WRITER, EPOCH, 1, SC, now);
    now++;
    membarrier();
    load(WRITER, GUESTS, SC, at, epoch);
    if
    :: epoch != 0 -> passed = false
    :: else ->
        scan();
#ifdef BUG_STAMP_MAY_BE_EQUAL
        passed = stamp <= now
#else
        passed = stamp < now
#endif
    fi;
    now = 0; epoch = 0
}

inline create(number)
{
    assert(IS_KNOWN(WRITER, READ));
    write(WRITER, BODY, number);
    store(WRITER, LINK, 1, S2);
    store(WRITER, BORN, number, ORDERED)
}

proctype writer()
{
    byte at, stamp, now, epoch, number = 1;
    bool passed;
    do
    :: number <= ROUNDS ->
        remove();
        horizon();
        if
        :: passed
        :: else -> over ->
            atomic { barrier(READER); barrier(WRITER) }; /* much later */
            horizon();
            if
            :: passed
            :: else -> assert(killed && guest); break
            fi
        fi;
        number++;
        create(number);
        stamp = 0; passed = false
    :: else -> break
    od
}

init {
    atomic {
        select(asymmetric : 0 .. 1);
        if
        :: guest = true
        :: true
        fi;
        mem_value[LINK * STORES] = 1;
        mem_value[BORN * STORES] = 1;
        mem_value[BODY * STORES] = 1;
        mem_value[EPOCH * STORES] = 1;
        run writer();
        run reader();
        run other()
    }
}
