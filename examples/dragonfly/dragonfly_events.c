/*
 * dragonfly_events.c - the events of a gRPC server, which all three components have.
 */
#include "dragonfly_event_rows.h"

dragonfly_build dragonfly_events_build(const event_value *v)
{
    return (dragonfly_build){ .major = v[0].text,
                              .minor = v[1].text,
                              .git_version = v[2].text,
                              .git_commit = v[3].text,
                              .platform = v[4].text,
                              .build_time = v[5].text,
                              .go_version = v[6].text,
                              .go_tags = v[7].text,
                              .go_gcflags = v[8].text };
}

static const grpc_served *events_method(event_target *target, const event_value *v)
{
    return grpc_server_find(dragonfly_events_of(target)->grpc, v[0].text);
}

bool dragonfly_events_grpc_started(event_target *target, const event_value *v)
{
    const grpc_served *method = events_method(target, v);
    grpc_server_started(method);
    return method != NULL;
}

bool dragonfly_events_grpc_msg_received(event_target *target, const event_value *v)
{
    const grpc_served *method = events_method(target, v);
    grpc_server_msg_received(method);
    return method != NULL;
}

bool dragonfly_events_grpc_msg_sent(event_target *target, const event_value *v)
{
    const grpc_served *method = events_method(target, v);
    grpc_server_msg_sent(method);
    return method != NULL;
}

bool dragonfly_events_grpc_handled(event_target *target, const event_value *v)
{
    const grpc_served *method = events_method(target, v);
    grpc_server_handled(method, (grpc_code)v[1].choice, v[2].amount);
    return method != NULL;
}
