/*
 * trackarr_events.h - the functions of trackarr_site.h as lines of text.
 */
#ifndef TRACKARR_EVENTS_H
#define TRACKARR_EVENTS_H

#include "events.h"
#include "trackarr_site.h"

#define TRACKARR_EVENTS 57

extern const event_row trackarr_event_rows[TRACKARR_EVENTS];

typedef struct trackarr_events {
    event_target target;
    trackarr_site *site; /* borrowed */
} trackarr_events;

void trackarr_events_init(trackarr_events *events, trackarr_site *site);

#endif
