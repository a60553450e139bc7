/*
 * shared.pml - workers that create and remove a series in a mapping they share, and are killed in the middle.
 *
 * Models tacho__lock_take and tacho__lock_release (lock.c), tacho__series_create, tacho__series_remove and
 * series_reclaim_before (series.c), tacho__family_slot (family.c), tacho__symbol_take and tacho__symbol_drop (symbol.c),
 * tacho__repair (repair.c) with tacho__index_repair (index.c), while somebody looks the series up without a lock: [K1] and
 * I1 to I3 of series.c.
 *
 * Every store is a step, behind which its process may be killed; who is killed has stored what stands before that in the
 * program and nothing else (the CPU's way of interrupting a thread; that the compiler keeps to the order is not modelled,
 * nor is the order in which living threads see it: publish.pml). Two workers, one of which works twice, each killed
 * anywhere or not at all, also while it repairs what the other one left, then one that lives. One family of two slots and
 * one bucket; two series that have one label value in common. A removed slot may be used again when no lookup is inside, as
 * reuse.pml has it. Left out: growth of the index, overflow series, the definition of families, free blocks of symbols of
 * other sizes.
 *
 * Asserts: a lookup never meets a slot without labels, and finds complete series only; who has the lock, repaired if need
 * be, finds every slot in one place, the index in order, no value held that is free, no series twice, all numbers
 * announced; and can create.
 */
#define SLOTS 2
#define NOBODY 9
#define DEAD 100
#define LIVE_NUMBER(number) ((number) != 0 && (number) < DEAD)

/* The lock. */
byte owner = NOBODY;
bool inside, killed[4];
/* Slots are numbered from 1; a chain of dead ones goes through what is stored together with `born`. */
byte born[SLOTS + 1], chain[SLOTS + 1], next[SLOTS + 1];
bool cells[SLOTS + 1], label[SLOTS + 1];
byte key[SLOTS + 1]; /* which of two series; the value they share is `label` */
byte used, link, head_born, live, free, bare, limbo_first, limbo_last;
/* The label value: in the table, its memory free, held so often. */
bool linked, value_free;
byte holds;
bool reading; /* a lookup is inside */

/* ---- The lock ---- */

inline lock(me)
{
    atomic { (owner == NOBODY || killed[owner]) -> owner = me };
    atomic { dirty = inside; inside = true };
#ifndef BUG_NOT_REPAIRED
    if
    :: dirty -> repair(); dirty = false
    :: else
    fi
#else
    dirty = false
#endif
}

inline unlock()
{
    inside = false;
    owner = NOBODY
}

/* ---- Label values ---- */

inline take_value()
{
    if
    :: linked -> holds++
    :: else -> value_free = false; holds = 1; linked = true
    fi
}

inline drop_value()
{
    holds--;
    if
    :: holds == 0 -> linked = false; value_free = true
    :: else
    fi
}

/* ---- Slots ---- */

inline set_free(slot)
{
    if
    :: label[slot] ->
#ifdef BUG_DROPPED_BEFORE_CLEARED
        drop_value();
        label[slot] = false
#else
        label[slot] = false;
        drop_value()
#endif
    :: else
    fi;
    atomic { born[slot] = DEAD; chain[slot] = free };
    free = slot
}

inline reclaim()
{
    do
    :: atomic { limbo_first != 0 && !reading -> at = limbo_first };
       limbo_first = chain[at];
       if
       :: limbo_first == 0 -> limbo_last = 0
       :: else
       fi;
       set_free(at);
       at = 0
    :: limbo_first == 0 || reading -> break
    od
}

/* at = a slot, or 0. */
inline take_slot()
{
    if
    :: free == 0 -> reclaim()
    :: else
    fi;
    if
    :: free != 0 -> at = free; free = chain[at]
    :: free == 0 && bare == 0 && used == SLOTS
    :: free == 0 && (bare != 0 || used < SLOTS) ->
        if
        :: bare != 0 -> at = bare
        :: else -> used++; at = used
        fi;
        bare = at;
        cells[at] = true;
        bare = 0
    fi
}

/* at = the live series, or 0. */
inline find()
{
    at = link;
    do
    :: at != 0 && !(key[at] == wanted && LIVE_NUMBER(born[at]) && born[at] <= head_born) -> at = next[at]
    :: else -> break
    od
}

inline create()
{
    take_slot();
    if
    :: at != 0 ->
        if
        :: !label[at] -> take_value(); label[at] = true
        :: else
        fi;
        key[at] = wanted;
#ifdef BUG_BORN_BEFORE_LINKED
        born[at] = head_born + 1;
        next[at] = link;
        link = at;
#else
        next[at] = link;
        link = at;
        born[at] = head_born + 1;
#endif
        head_born = head_born + 1;
        live++
    :: else
    fi
}

inline unlink(slot)
{
    if
    :: link == slot -> link = next[slot]
    :: link != slot && link != 0 && next[link] == slot -> next[link] = next[slot]
    :: else
    fi
}

inline remove(slot)
{
    born[slot] = DEAD;
    unlink(slot);
    atomic { born[slot] = DEAD; chain[slot] = 0 };
    if
    :: limbo_last != 0 -> chain[limbo_last] = slot
    :: else -> limbo_first = slot
    fi;
    limbo_last = slot;
    live--
}

/* ---- Repair ---- */

inline sort(slot)
{
    if
    :: LIVE_NUMBER(born[slot]) ->
        live++;
#ifndef BUG_NOT_ANNOUNCED
        if
        :: born[slot] > head_born -> head_born = born[slot]
        :: else
        fi
#endif
    :: !LIVE_NUMBER(born[slot]) && !cells[slot] -> bare = slot
    :: !LIVE_NUMBER(born[slot]) && cells[slot] ->
        atomic { born[slot] = DEAD; chain[slot] = limbo_first };
        limbo_first = slot;
        if
        :: limbo_last == 0 -> limbo_last = slot
        :: else
        fi
    fi
}

inline hold(slot)
{
    if
    :: label[slot] ->
        holds++;
        linked = true
    :: else
    fi
}

inline repair()
{
    linked = false;
    holds = 0;
    hold(1);
    hold(2);
    do
    :: link != 0 && !LIVE_NUMBER(born[link]) -> link = next[link]
    :: else -> break
    od;
    if
    :: link != 0 && next[link] != 0 && !LIVE_NUMBER(born[next[link]]) -> next[link] = next[next[link]]
    :: else
    fi;
    live = 0;
    free = 0; bare = 0; limbo_first = 0; limbo_last = 0;
    if
    :: used >= 1 -> sort(1)
    :: else
    fi;
    if
    :: used >= 2 -> sort(2)
    :: else
    fi
}

/* ---- Who does it ---- */

inline work()
{
    if
    :: wanted = 1
    :: wanted = 2
    fi;
    lock(me);
    if
    :: true -> find(); if :: at == 0 -> create() :: else fi
    :: true -> find(); if :: at != 0 -> remove(at) :: else fi
    fi;
    at = 0;
    unlock()
}

byte left = 3; /* two workers and the lookup */

proctype worker(byte me)
{
    byte at, wanted, times = 2 - me;
    bool dirty;
    {
        do
        :: times > 0 -> times--; work()
        :: else -> break
        od
    } unless { killed[me] };
    left--
}

proctype killer(byte whom)
{
    if
    :: killed[whom] = true
    :: true
    fi
}

proctype lookup()
{
    byte at, wanted = 1; /* the two series are alike */
    reading = true;
    at = link;
    do
    :: at == 0 -> break
    :: at != 0 ->
        assert(label[at]);
        if
        :: key[at] == wanted && LIVE_NUMBER(born[at]) && born[at] <= head_born -> assert(cells[at]); break
        :: else -> at = next[at]
        fi
    od;
    at = 0;
    reading = false;
    left--
}

#define IN_INDEX(slot) ((link == slot) + (link != 0 && next[link] == slot))
#define IN_LIMBO(slot) ((limbo_first == slot) + (limbo_first != 0 && limbo_first != limbo_last && chain[limbo_first] == slot))
#define IN_FREE(slot) ((free == slot) + (free != 0 && chain[free] == slot))

#define IS_THERE(wanted) ((LIVE_NUMBER(born[1]) && key[1] == wanted) || (LIVE_NUMBER(born[2]) && key[2] == wanted))

inline audit(slot)
{
    assert(slot <= used || (born[slot] == 0 && !cells[slot] && !IN_INDEX(slot)));
    assert(slot > used || IN_INDEX(slot) == LIVE_NUMBER(born[slot]));
    assert(slot > used || IN_FREE(slot) + IN_LIMBO(slot) + (bare == slot) == !LIVE_NUMBER(born[slot]));
    assert(!LIVE_NUMBER(born[slot]) || (label[slot] && cells[slot] && born[slot] <= head_born))
}

proctype survivor()
{
    byte at, me = 2, wanted = 1;
    bool dirty;
    left == 0;
    lock(me);
    d_step {
        audit(1);
        audit(2);
        assert(live == LIVE_NUMBER(born[1]) + LIVE_NUMBER(born[2]));
        assert(live < 2 || key[1] != key[2]);
        assert(holds == label[1] + label[2] && linked == (holds > 0) && !(value_free && holds > 0))
    };
    find();
    assert((at != 0) == IS_THERE(1));
    if
    :: at == 0 -> create(); assert(at != 0 && IS_THERE(1))
    :: else
    fi;
    unlock()
}

init {
    atomic {
        run worker(0);
        run worker(1);
        run killer(0);
        run killer(1);
        run lookup();
        run survivor()
    }
}
