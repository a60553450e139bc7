/*
 * dragonfly_events.h - events.h in front of the three modules: an event for each function, of its name without what is
 * in front of it, with its arguments as keys. Those of a gRPC server go to the methods that the component serves.
 */
#ifndef DRAGONFLY_EVENTS_H
#define DRAGONFLY_EVENTS_H

#include "dragonfly_client.h"
#include "dragonfly_manager.h"
#include "dragonfly_scheduler.h"
#include "events.h"

enum {
    DRAGONFLY_GRPC_EVENTS = 4,
    DRAGONFLY_CLIENT_EVENTS = 23 + DRAGONFLY_GRPC_EVENTS,
    DRAGONFLY_MANAGER_EVENTS = 5 + DRAGONFLY_GRPC_EVENTS,
    DRAGONFLY_SCHEDULER_EVENTS = 18 + DRAGONFLY_GRPC_EVENTS
};

extern const event_row dragonfly_client_event_rows[DRAGONFLY_CLIENT_EVENTS];
extern const event_row dragonfly_manager_event_rows[DRAGONFLY_MANAGER_EVENTS];
extern const event_row dragonfly_scheduler_event_rows[DRAGONFLY_SCHEDULER_EVENTS];

/** Applies events to one object of the three. */
typedef struct dragonfly_events {
    event_target target;
    const grpc_server *grpc;
    union {
        dragonfly_client *client;
        dragonfly_manager *manager;
        dragonfly_scheduler *scheduler;
    } on;
} dragonfly_events;

void dragonfly_client_events_init(dragonfly_events *events, dragonfly_client *c);
void dragonfly_manager_events_init(dragonfly_events *events, dragonfly_manager *m);
void dragonfly_scheduler_events_init(dragonfly_events *events, dragonfly_scheduler *s);

#endif
