/*
 * dragonfly_event_rows.h - what the tables of events have in common. Internal to them.
 */
#ifndef DRAGONFLY_EVENT_ROWS_H
#define DRAGONFLY_EVENT_ROWS_H

#include "dragonfly_events.h"
#include "event_keys.h"

/** The labels of a version in the manager and the scheduler, and what they say. */
#define BUILD_KEYS                                                                                                    \
    TEXT("major"), TEXT("minor"), TEXT("git_version"), TEXT("git_commit"), TEXT("platform"), TEXT("build_time"), \
        TEXT("go_version"), TEXT("go_tags"), TEXT("go_gcflags")
dragonfly_build dragonfly_events_build(const event_value *v);

/** The rows of a gRPC server; an event with a path that is not served is refused. */
#define GRPC_ROWS                                                                              \
    { "grpc_started", dragonfly_events_grpc_started, { TEXT("path") } },                       \
    { "grpc_msg_received", dragonfly_events_grpc_msg_received, { TEXT("path") } },             \
    { "grpc_msg_sent", dragonfly_events_grpc_msg_sent, { TEXT("path") } },                     \
    { "grpc_handled", dragonfly_events_grpc_handled,                                           \
      { TEXT("path"), CHOICE("code", grpc_code_names), AMOUNT("seconds") } }
bool dragonfly_events_grpc_started(event_target *target, const event_value *v);
bool dragonfly_events_grpc_msg_received(event_target *target, const event_value *v);
bool dragonfly_events_grpc_msg_sent(event_target *target, const event_value *v);
bool dragonfly_events_grpc_handled(event_target *target, const event_value *v);

static inline dragonfly_events *dragonfly_events_of(event_target *target)
{
    return TACHO_CONTAINER(target, dragonfly_events, target);
}

#endif
