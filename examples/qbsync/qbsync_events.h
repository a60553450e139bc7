/*
 * qbsync_events.h - the functions of qbsync.h as lines of text: `piece_sent connection=0 bytes=1048576 seconds=0.042`.
 */
#ifndef QBSYNC_EVENTS_H
#define QBSYNC_EVENTS_H

#include "events.h"
#include "qbsync.h"

#define QBSYNC_EVENTS 58

extern const event_row qbsync_event_rows[QBSYNC_EVENTS];

typedef struct qbsync_events {
    event_target target;
    qbsync *q;
} qbsync_events;

/** Take events for `q`, which must outlive it. */
void qbsync_events_init(qbsync_events *events, qbsync *q);

#endif
