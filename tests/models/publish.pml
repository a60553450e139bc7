/*
 * publish.pml - a series becomes visible: to lookups by its label values, and to scrapes.
 *
 * Models tacho__series_create (series.c) with tacho__index_insert (index.c), tacho__index_probe and tacho__index_announced
 * (index.h), the full family in vec_miss (vec.c), and how a scrape begins and walks a chunk (scrape.c, cursor.c): the edges
 * [S1], [S2], [B1], [C1], [S4]. Memory as in memory.pml.
 *
 * One thread creates two series in one bucket, the second before or behind the first; one looks the second up, tries again
 * when the family is full, and scrapes if it found it; one scrapes. Labels, hash and cells of a slot are one piece of plain
 * memory. Left out: the lock (one thread creates), growth (growth.pml), removal (reuse.pml), what a scrape remembers of a
 * family's size ([Z1]).
 *
 * Asserts: whoever reads a slot finds it complete (no race); a scrape shows all up to the number it began with; a lookup
 * finds nothing that a scrape begun behind it would not show (I4 of index.c); who finds the family full finds the series
 * that made it so.
 */
#define THREADS 3
#define PLACES 10
#define STORES 4
#include "memory.pml"

#define MAKER 0
#define ASKER 1
#define SCRAPER 2

#define LINK 0
#define HEAD 1 /* born of the segment */
#define USED 2
#define LIVE 3
#define BODY(s) (4 + (s))
#define NEXT(s) (6 + (s))
#define BORN(s) (8 + (s))
#define END 0 /* a link is 0 or the number of a series, from 1 */

#ifdef BUG_LINK_RELAXED
#define S2 RELAXED
#else
#define S2 ORDERED
#endif
#ifdef BUG_ANNOUNCED_RELAXED
#define B1 RELAXED
#else
#define B1 ORDERED
#endif
#ifdef BUG_FULL_RELAXED
#define S4 RELAXED
#else
#define S4 ORDERED
#endif
#ifdef SPARE_BORN_RELAXED /* [B1] covers it as long as no slot is used again; reuse.pml needs it */
#define S1 RELAXED
#else
#define S1 ORDERED
#endif
#ifdef SPARE_USED_RELAXED /* [B1] covers it: who knows a number knows the slot it is in */
#define C1 RELAXED
#else
#define C1 ORDERED
#endif

inline create(s, before)
{
    store(MAKER, USED, s + 1, C1);
    write(MAKER, BODY(s), s + 1);
#ifdef SPARE_BORN_BEFORE_LINKED /* shown before it is found, which nobody can tell */
    store(MAKER, BORN(s), s + 1, S1);
    store(MAKER, HEAD, s + 1, B1);
#endif
    if
    :: s == 0 || before ->
        store(MAKER, NEXT(s), LATEST(LINK), RELAXED);
        store(MAKER, LINK, s + 1, S2)
    :: s == 1 && !before ->
        store(MAKER, NEXT(s), END, RELAXED);
        store(MAKER, NEXT(0), s + 1, S2)
    fi;
#ifdef BUG_ANNOUNCED_BEFORE_BORN
    store(MAKER, HEAD, s + 1, B1);
    store(MAKER, BORN(s), s + 1, S1);
#else
#ifndef SPARE_BORN_BEFORE_LINKED
    store(MAKER, BORN(s), s + 1, S1);
    store(MAKER, HEAD, s + 1, B1);
#endif
#endif
    store(MAKER, LIVE, s + 1, S4)
}

active proctype maker()
{
    bit before;
    select(before : 0 .. 1);
    create(0, before);
    create(1, before)
}

/* Look up the second series; found: link is its number, else END. */
inline probe()
{
    load(ASKER, LINK, S2, at, link);
    do
    :: link == END -> break
    :: link != END ->
        read(ASKER, BODY(link - 1), body);
        if
        :: body == 2 ->
            load(ASKER, BORN(link - 1), RELAXED, at, born);
            load(ASKER, HEAD, B1, at, head);
            if
#ifdef BUG_FOUND_UNANNOUNCED
            :: true -> break
#else
            :: born != 0 && born <= head -> break
            :: else
#endif
            fi
        :: else
        fi;
        load(ASKER, NEXT(link - 1), S2, at, link)
    od;
    body = 0; born = 0; head = 0
}

active proctype asker()
{
    byte at, link, body, born, head, live, used;
    probe();
    if
    :: link == END ->
        load(ASKER, LIVE, S4, at, live);
        if
        :: live == 2 ->
            probe();
            assert(link != END)
        :: else
        fi
    :: else
    fi;
    if
    :: link != END ->
        load(ASKER, HEAD, B1, at, head);
        load(ASKER, USED, C1, at, used);
        load(ASKER, BORN(1), S1, at, born);
        assert(used == 2 && born != 0 && born <= head)
    :: else
    fi
}

active proctype scraper()
{
    byte at, head, used, slot, born, shown, body;
    load(SCRAPER, HEAD, B1, at, head);
    load(SCRAPER, USED, C1, at, used);
    do
    :: slot < used ->
        load(SCRAPER, BORN(slot), S1, at, born);
        if
        :: born != 0 && born <= head ->
            read(SCRAPER, BODY(slot), body);
            assert(body == slot + 1);
            shown++
        :: else
        fi;
        slot++
    :: else -> break
    od;
    assert(shown == head)
}
