/*
 * memory.pml - the memory of the models that are about order: what a thread reads may be old.
 *
 * Each location keeps all values that were ever stored in it, oldest first. A thread knows of each location the oldest
 * value that it may still read, and reads that or any later one, whichever; so a store that is not ordered may stay unseen
 * as long as it likes, while later ones to other locations are seen: as if each sat in a buffer of its own and left it at
 * any time. A store with release carries along what its thread knows; a load with acquire that reads it takes that over. A
 * read-modify-write reads the latest value, and what it stores carries what that carried; so does a later store of the same
 * thread (the release sequence of C11; C++20 took the latter away). Loads and stores with sequential consistency are
 * besides in the order of the run: such a load reads nothing older than the latest such store. A read or write of plain
 * memory that is not ordered behind the latest write of it is a race, and an error.
 *
 * This is C11 with these limits: a store becomes the latest of its location at once, which holds where one thread at a time
 * stores, and every store takes place behind all loads that stand before it in the program (no load buffering).
 *
 * The model defines THREADS, PLACES (locations) and STORES (to one location, with its first value) before it includes this.
 */
#define RELAXED 0
#define ORDERED 1 /* acquire, release, or for a read-modify-write both */
#define SC 2

byte mem_value[PLACES * STORES];
byte mem_carries[PLACES * STORES * PLACES];
byte mem_last[PLACES];
byte mem_strict[PLACES]; /* the latest that was stored with SC */
byte mem_knows[THREADS * PLACES];
byte mem_by[PLACES]; /* who stored the latest */
byte mem_barrier[PLACES]; /* what barriers brought together */
hidden byte mem_i, mem_n, mem_k, mem_follows;

#define LATEST(place) mem_value[(place) * STORES + mem_last[place]]
#define IS_KNOWN(thread, place) (mem_knows[(thread) * PLACES + (place)] == mem_last[place])

inline mem_take_over(thread, place, at)
{
    mem_i = 0;
    do
    :: mem_i < PLACES ->
        mem_k = mem_carries[((place) * STORES + (at)) * PLACES + mem_i];
        if
        :: mem_k > mem_knows[(thread) * PLACES + mem_i] -> mem_knows[(thread) * PLACES + mem_i] = mem_k
        :: else
        fi;
        mem_i++
    :: else -> break
    od
}

inline mem_append(thread, place, number, order, follows)
{
    mem_n = mem_last[place] + 1;
    assert(mem_n < STORES); /* else the model needs more of them */
    mem_value[(place) * STORES + mem_n] = number; /* first: it may be what was there before */
    mem_last[place] = mem_n;
    mem_follows = (follows) || mem_by[place] == (thread);
    mem_by[place] = thread;
    mem_knows[(thread) * PLACES + (place)] = mem_n;
    mem_i = 0;
    do
    :: mem_i < PLACES ->
        mem_k = (mem_follows -> mem_carries[((place) * STORES + mem_n - 1) * PLACES + mem_i] : 0);
        if
        :: (order) != RELAXED && mem_k < mem_knows[(thread) * PLACES + mem_i] -> mem_k = mem_knows[(thread) * PLACES + mem_i]
        :: else
        fi;
        mem_carries[((place) * STORES + mem_n) * PLACES + mem_i] = mem_k;
        mem_i++
    :: else -> break
    od;
    mem_carries[((place) * STORES + mem_n) * PLACES + (place)] = mem_n;
    if
    :: (order) == SC -> mem_strict[place] = mem_n
    :: else
    fi
}

inline store(thread, place, number, order)
{
    d_step { mem_append(thread, place, number, order, 0); mem_i = 0; mem_n = 0; mem_k = 0 }
}

/* `at` and `out` are variables of the process; `at` is 0 again behind it. */
inline load(thread, place, order, at, out)
{
    atomic {
        at = mem_knows[(thread) * PLACES + (place)];
        if
        :: (order) == SC && at < mem_strict[place] -> at = mem_strict[place]
        :: else
        fi;
        do
        :: at < mem_last[place] -> at++
        :: break
        od;
        d_step {
            mem_knows[(thread) * PLACES + (place)] = at;
            if
            :: (order) != RELAXED -> mem_take_over(thread, place, at)
            :: else
            fi;
            mem_i = 0; mem_k = 0;
            out = mem_value[(place) * STORES + at]; /* last: the place may be named by it */
            at = 0
        }
    }
}

/* out = the value before; `by` is added to it. */
inline fetch_add(thread, place, by, order, out)
{
    d_step {
        mem_knows[(thread) * PLACES + (place)] = mem_last[place];
        out = LATEST(place);
        if
        :: (order) != RELAXED -> mem_take_over(thread, place, mem_last[place])
        :: else
        fi;
        mem_append(thread, place, out + (by), order, 1);
        mem_i = 0; mem_n = 0; mem_k = 0
    }
}

/* A full barrier of one thread: all of them are in one order. */
inline barrier(thread)
{
    d_step {
        mem_i = 0;
        do
        :: mem_i < PLACES ->
            mem_k = mem_knows[(thread) * PLACES + mem_i];
            if
            :: mem_k > mem_barrier[mem_i] -> mem_barrier[mem_i] = mem_k
            :: else -> mem_knows[(thread) * PLACES + mem_i] = mem_barrier[mem_i]
            fi;
            mem_i++
        :: else -> break
        od;
        mem_i = 0; mem_k = 0
    }
}

/* Plain memory. */
inline write(thread, place, number)
{
    d_step {
        assert(IS_KNOWN(thread, place));
        mem_append(thread, place, number, RELAXED, 0);
        mem_i = 0; mem_n = 0; mem_k = 0
    }
}

inline read(thread, place, out)
{
    d_step {
        assert(IS_KNOWN(thread, place));
        out = LATEST(place)
    }
}

/* That a thread has read something, in a place of its own that the thread which writes it next has to know. */
inline mark(thread, place)
{
    d_step {
        mem_last[place] = mem_last[place] + 1;
        mem_knows[(thread) * PLACES + (place)] = mem_last[place]
    }
}
