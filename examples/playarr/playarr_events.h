/*
 * playarr_events.h - the functions of playarr.h as lines of text: `cache_looked_up operation=hit`.
 *
 * A census begins with census_started and is shown from census_published on; lines that count into one are refused
 * outside of that. There is one census at a time, whoever sends it: a new start drops what was not published.
 */
#ifndef PLAYARR_EVENTS_H
#define PLAYARR_EVENTS_H

#include "events.h"
#include "playarr.h"

#define PLAYARR_EVENTS 18

extern const event_row playarr_event_rows[PLAYARR_EVENTS];

typedef struct playarr_events {
    event_target target;
    playarr *p;
    playarr_census *census; /* not published yet, or NULL */
} playarr_events;

/** Take events for `p`, which must outlive it, from one thread at a time. Owes one playarr_events_fini. */
void playarr_events_init(playarr_events *events, playarr *p);

/** Drop a census that was not published. Zero was never initialized and is fine. */
void playarr_events_fini(playarr_events *events);

#endif
