/*
 * tracearr_events.h - the functions of tracearr.h as lines of text: `tally_started group=streams`.
 *
 * A tally begins with tally_started and is shown from tally_published on. Each group has one at a time, whoever sends
 * it: a new start drops what was not published. A line that counts into the tally of its group is refused while
 * there is none.
 */
#ifndef TRACEARR_EVENTS_H
#define TRACEARR_EVENTS_H

#include "events.h"
#include "tracearr.h"

#define TRACEARR_EVENTS 17

extern const event_row tracearr_event_rows[TRACEARR_EVENTS];

typedef struct tracearr_events {
    event_target target;
    tracearr *t;
    tracearr_tally *tallies[TRACEARR_GROUPS]; /* not published yet, or NULL */
} tracearr_events;

/** Take events for `t`, which must outlive it and has no source, from one thread at a time. Owes one fini. */
void tracearr_events_init(tracearr_events *events, tracearr *t);

/** Drop what was not published. Zero was never initialized and is fine. */
void tracearr_events_fini(tracearr_events *events);

#endif
