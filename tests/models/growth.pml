/*
 * growth.pml - the index gets more buckets while somebody looks something up.
 *
 * Models index_split, index_place, tacho__index_insert and tacho__index_remove (index.c) against tacho__index_probe
 * (index.h) with buckets.h: one list in the order of reversed hashes, buckets that are entries into it, split one at a
 * time; the edges [S2], [S3]. Memory as in memory.pml.
 *
 * Hashes have two bits, so one bucket becomes four; the last two lie in memory that is handed out for them (levels[1] of
 * the family). Series 1 is there from the beginning, series 2 comes, goes, and comes again in any order with the splits;
 * either has any hash. The reader looks up series 1, or what there is not, with any hash. Left out: numbers of creation
 * (publish.pml), the use of removed memory for something else (reuse.pml: here series 2 comes again only when the reader is
 * outside, as grace periods have it), death (shared.pml), powers of two beyond four.
 *
 * Asserts: the reader finds what is there all the time; it never enters a bucket that is not linked, or memory of buckets
 * that is not there (no race, no link of 0); every lookup ends.
 */
#define THREADS 2
#define PLACES 8
#define STORES 7
#include "memory.pml"

#define GROWER 0
#define READER 1

#define BUCKET(b) (b)          /* 0 to 3 */
#define NEXT(series) (3 + (series)) /* of series 1 and 2 */
#define MASK 6
#define LEVEL 7 /* plain: where buckets 2 and 3 are */

/* A link is 0 in fresh memory, a series, a bucket, or the end. */
#define IS_SERIES(link) ((link) == 1 || (link) == 2)
#define BUCKET_LINK(b) (8 + (b))
#define END 7
#define REVERSED(hash) (((hash) & 1) * 2 + ((hash) >> 1))
#define HIGH(count) ((count) >= 4 -> 4 : ((count) >= 2 -> 2 : 1))

#ifdef BUG_LINK_RELAXED
#define S2 RELAXED
#else
#define S2 ORDERED
#endif
#ifdef BUG_MASK_RELAXED
#define S3 RELAXED
#else
#define S3 ORDERED
#endif

byte hash_of[3];
bool inside; /* the reader */

/* at = the place of the link where a hash, or bucket, belongs that stands behind the entry `bucket` of the list. Sees what its
 * own thread stored. */
inline walk_to(hash)
{
    do
    :: IS_SERIES(LATEST(at)) && REVERSED(hash_of[LATEST(at)]) < REVERSED(hash) -> at = NEXT(LATEST(at))
    :: else -> break
    od
}

inline place_of_bucket()
{
    d_step {
        at = BUCKET(count - HIGH(count));
        walk_to(count);
        skip
    }
}

inline place_of_series()
{
    d_step {
        at = hash_of[2] & (2 * HIGH(count) - 1);
        at = BUCKET(at < count -> at : at - HIGH(count));
        walk_to(hash_of[2]);
        skip
    }
}

inline split()
{
    if
    :: count == 2 -> write(GROWER, LEVEL, 1)
    :: else
    fi;
    place_of_bucket();
#ifdef BUG_COUNTED_FIRST
    store(GROWER, MASK, HIGH(count + 1) - 1, S3);
#endif
#ifdef BUG_LINKED_FIRST
    link = LATEST(at);
    store(GROWER, at, BUCKET_LINK(count), S2);
    store(GROWER, BUCKET(count), link, RELAXED);
#else
    store(GROWER, BUCKET(count), LATEST(at), RELAXED);
    store(GROWER, at, BUCKET_LINK(count), S2);
#endif
    count++;
    store(GROWER, MASK, HIGH(count) - 1, S3);
    at = 0; link = 0
}

inline insert()
{
    place_of_series();
    store(GROWER, NEXT(2), LATEST(at), RELAXED);
    store(GROWER, at, 2, S2);
    at = 0
}

inline remove()
{
    place_of_series();
    do
    :: LATEST(at) == 2 -> break
    :: IS_SERIES(LATEST(at)) && LATEST(at) != 2 -> at = NEXT(LATEST(at))
    od;
    store(GROWER, at, LATEST(NEXT(2)), S2);
    at = 0
}

proctype grower()
{
    byte count = 1, at, link, times;
    bool there;
    do
    :: count < 4 -> split()
    :: !there && times == 0 -> insert(); there = true; times++
    :: !there && times == 1 -> atomic { !inside -> barrier(GROWER); barrier(READER) }; insert(); there = true; times++
    :: there -> remove(); there = false
    :: count == 4 && times == 2 -> break
    od
}

inline lookup(wanted)
{
    load(READER, MASK, S3, at, mask);
    bucket = wanted & mask;
    if
    :: bucket >= 2 -> read(READER, LEVEL, link); assert(link == 1)
    :: else
    fi;
    load(READER, BUCKET(bucket), S2, at, link);
    do
    :: link == END || (IS_SERIES(link) && hash_of[link] == wanted && link == 1) -> break
    :: IS_SERIES(link) && !(hash_of[link] == wanted && link == 1) -> load(READER, NEXT(link), S2, at, link)
    :: link >= BUCKET_LINK(0) ->
        bucket = link - BUCKET_LINK(0);
        if
#ifdef BUG_STOPS_AT_BUCKET
        :: true -> link = END; break
#else
        :: bucket <= mask -> link = END; break
        :: else
#endif
        fi;
        if
        :: bucket >= 2 -> read(READER, LEVEL, link); assert(link == 1)
        :: else
        fi;
        load(READER, BUCKET(bucket), S2, at, link)
    :: link == 0 -> assert(false)
    od;
    mask = 0; bucket = 0
}

proctype reader()
{
    byte at, link, mask, bucket, wanted;
    select(wanted : 0 .. 3);
    inside = true;
    lookup(wanted);
    assert(wanted != hash_of[1] || link == 1);
    inside = false
}

init {
    atomic {
        byte hash;
        select(hash : 0 .. 3);
        hash_of[1] = hash;
        select(hash : 0 .. 3);
        hash_of[2] = hash;
        hash = 0;
        mem_value[BUCKET(0) * STORES] = 1;
        mem_value[NEXT(1) * STORES] = END;
        run grower();
        run reader()
    }
}
