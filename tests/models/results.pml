/*
 * results.pml - scrapes and the results of one collector: who runs it, who waits, what lives and is shown.
 *
 * Models gather_undertakes, gather_join_other, gather_is_full, gather_resolve, gather_leave (gather.c), tacho__run_begin
 * and run_note (run.c), emitter_box and tacho__box_let_go (emitter.c), collect_take_out (collect.c) and plug.h. What
 * happens under the registry's mutex is one step, so order is no matter here. Runs are those of a detached collector,
 * which may end before or behind the scrape that began them; of those of an ordinary one only the first can be. Time is
 * not modelled: any deadline may pass whenever it is looked at (more than can be), a cached result may be fresh or not.
 * Left out: forked children, tacho's own collector, the names of families.
 *
 * Three scrapes, one of which scrapes again, or two while somebody takes the collector out; cache and last good result or
 * not.
 *
 * Asserts: no scrape that finds as many results as may live goes without one, and it has news unless two are shown or to
 * be taken; whose run ended well and in time shows that result or a later one; what is shown lives; results shown, kept
 * and being made are never more than three (I2 of plug.h), and none is left over; of two scrapes one after the other the
 * later does not show less; the collector is released once, and not while its run is out. Nobody waits for ever.
 */
#define RUNS 3 /* at most, with numbers from 1 */
#define BOXES 2
#define NONE 0 /* a box is known by the number of its run */

bool cache, keep_last;
bool running, late, removed, orphan;
byte runs, waiters, boxes, result, newest, released;
byte number; /* of the box that is being made */
byte refs[RUNS + 1];
bool in_time[RUNS + 1];
byte scraped;    /* what a scrape that is over has shown: the latest */
byte left; /* scrapes, and the removal, that are not over */

#define KEEPS (!removed && (cache || keep_last))

/* Under the mutex; for NONE nothing happens. */
inline let_go(held)
{
    if
    :: held != NONE ->
        assert(refs[held] > 0);
        refs[held]--;
        if
        :: refs[held] == 0 ->
            boxes--;
            if
            :: newest == held -> newest = NONE
            :: else
            fi
        :: else
        fi
    :: else
    fi
}

/* Hold what is to be shown. */
inline take(what)
{
    box = what;
    if
    :: box != NONE -> assert(refs[box] > 0); refs[box]++
    :: else
    fi
}

inline take_last()
{
    if
    :: keep_last -> take(result)
    :: !keep_last
    fi
}

inline join()
{
    waits = true;
    item_run = runs;
    waiters++
}

#ifdef BUG_UNTAKEN_IS_SPARE /* as it once was: the newest could die while two older ones lived */
#define SPARE (result != NONE && refs[result] == 1)
#else
#define SPARE (result != NONE && refs[result] == 1 && waiters == 0)
#endif
#ifdef BUG_KEPT_IS_SHOWN /* one slow reader of an old result keeps all others from news */
#define FULL (boxes >= BOXES)
#else
#define FULL (boxes - SPARE >= BOXES)
#endif

/* The box of a run is counted later, but nobody looks before the run is over. */
inline begin_run()
{
    running = true; late = false; runs++;
    number = runs; boxes++; refs[number] = 1;
    assert(boxes <= BOXES + 1 && released == 0);
    join()
}

/* Whether a scrape shows this result, or has yet to take it. */
#define WANTED(box) (refs[box] > (result == box) || (result == box && waiters > 0))

inline undertake()
{
    if
    :: removed
    :: !removed && cache && result != NONE -> take(result) /* it is fresh */
    :: !removed && running ->
        if
        :: late = true /* its time is up */
        :: true
        fi;
        if
        :: late -> take_last()
        :: else -> join()
        fi
    :: !removed && !running && FULL ->
        assert(newest != NONE && WANTED(1) + WANTED(2) + WANTED(3) >= BOXES);
        take(newest)
    :: !removed && !running && !FULL -> take_last() /* all the time is gone */
    :: !removed && !running && !FULL && runs < RUNS -> begin_run()
    fi
}

#ifdef BUG_ORPHAN_LOOKED_AT_LATER /* not while the mutex is held under which the run was ended */
#define ORPHAN orphan
#else
#define ORPHAN releases
#endif

inline end_run()
{
    assert(released == 0);
    releases = orphan;
    running = false;
    if
    :: let_go(number) /* it failed */
    :: true ->
        newest = number;
        if
        :: !late -> in_time[number] = true
        :: true /* late, noticed or not */
        fi;
        if
        :: waiters == 0 && !KEEPS -> let_go(number)
        :: else -> let_go(result); result = number
        fi
    fi;
    late = false;
    number = NONE
}

inline leave()
{
    waits = false;
    waiters--;
    if
    :: waiters == 0 && !KEEPS -> let_go(result); result = NONE
    :: else
    fi
}

#ifdef BUG_LATE_ONE_DISPLACES /* as it once was: a later run came late, and who had yet to take what came in time got nothing */
#define IS_FOR(run) (in_time[result] && result >= run)
#else
#define IS_FOR(run) (result > run || (in_time[result] && result == run))
#endif

#define OVER (!running || runs != item_run)

inline resolve()
{
    if
    :: OVER ->
        if
        :: result != NONE && IS_FOR(item_run) -> take(result)
        :: else -> take_last()
        fi;
        assert(!in_time[item_run] || box >= item_run);
        leave()
    :: !OVER -> /* its time is up */
        take_last();
        leave();
        late = (waiters == 0);
        if
        :: late = true /* nobody else has more time */
        :: true
        fi
    :: leave() /* the scrape is given up */
    fi;
    item_run = 0
}

proctype runner()
{
    bool releases;
end:
    do
    :: atomic { number != NONE -> end_run() };
       if
       :: atomic { ORPHAN -> released++; releases = false }
       :: else
       fi
    od
}

proctype scrape(byte times)
{
    byte box, item_run, before;
    bool waits;
    do
    :: atomic {
           times > 0 ->
           times--;
           before = scraped;
           undertake()
       };
       if
       :: atomic { waits -> resolve() }
       :: else
       fi;
       atomic {
           if
           :: box != NONE ->
               assert(refs[box] > 0 && box >= before);
               scraped = (box > scraped -> box : scraped);
               let_go(box);
               box = NONE
           :: else
           fi;
           before = 0
       }
    :: else -> break
    od;
    left--
}

proctype remover()
{
    byte held;
    bool out;
    atomic {
        removed = true;
        if
        :: running -> orphan = true; out = true
        :: !running
        fi;
        if
        :: waiters == 0 -> held = result; result = NONE; let_go(held)
        :: else
        fi
    };
    if
    :: out
    :: else -> assert(!running); released++
    fi;
    left--
}

init {
    atomic {
        select(cache : 0 .. 1);
        select(keep_last : 0 .. 1);
        if
        :: left = 3; run scrape(2)
        :: left = 3; run remover()
        fi;
        run scrape(1);
        run scrape(1);
        run runner()
    };
    left == 0 && number == NONE && (!removed || released);
    if
    :: removed -> assert(released == 1 && result == NONE)
    :: else -> assert(released == 0 && result == newest)
    fi;
    assert(!running && waiters == 0 && boxes == (result != NONE))
}
