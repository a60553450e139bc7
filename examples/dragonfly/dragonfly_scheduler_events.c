/*
 * dragonfly_scheduler_events.c - an event for each function of dragonfly_scheduler.h. The table at the end is what
 * --help lists.
 */
#include "dragonfly_event_rows.h"

/* In the order of the enums. */
static const char *const scheduler_calls[] = { "stat_peer",
                                               "leave_peer",
                                               "exchange_peer",
                                               "stat_task",
                                               "leave_task",
                                               "list_hosts",
                                               "leave_host",
                                               "announce_cache_peer",
                                               "stat_cache_peer",
                                               "delete_cache_peer",
                                               "upload_cache_task_started",
                                               "upload_cache_task_finished",
                                               "upload_cache_task_failed",
                                               "stat_cache_task",
                                               "delete_cache_task",
                                               NULL };
static const char *const scheduler_peer_requests[] = {
    "register",          "download_started",        "back_to_source_started",
    "download_finished", "back_to_source_finished", NULL
};
static const char *const scheduler_cache_requests[] = { "register", "download_started", "download_finished",
                                                        "piece_finished", NULL };
static const char *const scheduler_results[] = { "success", "failure", NULL };

static dragonfly_scheduler *scheduler_of(event_target *target)
{
    return dragonfly_events_of(target)->on.scheduler;
}

static bool scheduler_started(event_target *target, const event_value *v)
{
    const dragonfly_build build = dragonfly_events_build(v);
    return dragonfly_scheduler_started(scheduler_of(target), &build);
}

/* ---- Calls ------------------------------------------------------------------------------------------------------- */

static bool scheduler_called(event_target *target, const event_value *v)
{
    return dragonfly_scheduler_called(scheduler_of(target), (dragonfly_call)v[0].choice);
}

static bool scheduler_call_failed(event_target *target, const event_value *v)
{
    return dragonfly_scheduler_call_failed(scheduler_of(target), (dragonfly_call)v[0].choice);
}

static bool scheduler_announce_opened(event_target *target, const event_value *v)
{
    (void)v;
    dragonfly_scheduler_announce_opened(scheduler_of(target));
    return true;
}

static bool scheduler_announce_closed(event_target *target, const event_value *v)
{
    return dragonfly_scheduler_announce_closed(scheduler_of(target), v[0].choice == 1);
}

static bool scheduler_scheduled(event_target *target, const event_value *v)
{
    dragonfly_scheduler_scheduled(scheduler_of(target), v[0].count);
    return true;
}

/* ---- Peers ------------------------------------------------------------------------------------------------------- */

static dragonfly_peer scheduler_peer(const event_value *v)
{
    return (dragonfly_peer){ (unsigned)v[0].choice, (dragonfly_task_type)v[1].choice,
                             (dragonfly_host_type)v[2].choice };
}

static bool scheduler_peer_requested(event_target *target, const event_value *v)
{
    const dragonfly_peer peer = scheduler_peer(v + 1);
    return dragonfly_scheduler_peer_requested(scheduler_of(target), (dragonfly_peer_request)v[0].choice,
                                              &peer);
}

static bool scheduler_peer_failed(event_target *target, const event_value *v)
{
    const dragonfly_peer peer = scheduler_peer(v + 1);
    return dragonfly_scheduler_peer_failed(scheduler_of(target), (dragonfly_peer_request)v[0].choice, &peer);
}

static bool scheduler_peer_downloaded(event_target *target, const event_value *v)
{
    dragonfly_scheduler_peer_downloaded(scheduler_of(target), v[0].count, v[1].count);
    return true;
}

static bool scheduler_piece_finished(event_target *target, const event_value *v)
{
    return dragonfly_scheduler_piece_finished(scheduler_of(target), (dragonfly_origin)v[0].choice,
                                              (dragonfly_task_type)v[1].choice,
                                              (dragonfly_host_type)v[2].choice, v[3].count);
}

static bool scheduler_piece_failed(event_target *target, const event_value *v)
{
    return dragonfly_scheduler_piece_failed(scheduler_of(target), (dragonfly_origin)v[0].choice,
                                            (dragonfly_task_type)v[1].choice,
                                            (dragonfly_host_type)v[2].choice);
}

static bool scheduler_cache_requested(event_target *target, const event_value *v)
{
    return dragonfly_scheduler_cache_requested(scheduler_of(target), (dragonfly_cache_request)v[0].choice,
                                               (dragonfly_host_type)v[1].choice);
}

static bool scheduler_cache_failed(event_target *target, const event_value *v)
{
    return dragonfly_scheduler_cache_failed(scheduler_of(target), (dragonfly_cache_request)v[0].choice,
                                            (dragonfly_host_type)v[1].choice);
}

static bool scheduler_cache_reschedule_failed(event_target *target, const event_value *v)
{
    return dragonfly_scheduler_cache_reschedule_failed(scheduler_of(target),
                                                       (dragonfly_host_type)v[0].choice);
}

/* ---- Hosts ------------------------------------------------------------------------------------------------------- */

static dragonfly_announced scheduler_host(const event_value *v)
{
    return (dragonfly_announced){ .os = v[0].text,
                                  .platform = v[1].text,
                                  .platform_family = v[2].text,
                                  .platform_version = v[3].text,
                                  .kernel_version = v[4].text,
                                  .git_version = v[5].text,
                                  .git_commit = v[6].text,
                                  .go_version = v[7].text,
                                  .build_platform = v[8].text };
}

static bool scheduler_host_announced(event_target *target, const event_value *v)
{
    const dragonfly_announced host = scheduler_host(v);
    return dragonfly_scheduler_host_announced(scheduler_of(target), &host);
}

static bool scheduler_host_announce_failed(event_target *target, const event_value *v)
{
    const dragonfly_announced host = scheduler_host(v);
    return dragonfly_scheduler_host_announce_failed(scheduler_of(target), &host);
}

static bool scheduler_host_moved(event_target *target, const event_value *v)
{
    const dragonfly_host host = { (dragonfly_host_type)v[2].choice, v[3].text, v[4].text, v[5].text };
    return dragonfly_scheduler_host_moved(scheduler_of(target), (dragonfly_direction)v[0].choice,
                                          (dragonfly_task_type)v[1].choice, &host, v[6].count);
}

static bool scheduler_host_removed(event_target *target, const event_value *v)
{
    return dragonfly_scheduler_host_removed(scheduler_of(target), v[0].text);
}

/* ---- The table --------------------------------------------------------------------------------------------------- */

#define TASK_TYPE CHOICE("task_type", dragonfly_task_type_names)
#define HOST_TYPE CHOICE("host_type", dragonfly_host_type_names)
#define PEER_KEYS \
    CHOICE("request", scheduler_peer_requests), CHOICE("priority", dragonfly_priority_names), TASK_TYPE, HOST_TYPE
#define FROM CHOICE("from", dragonfly_origin_names)
#define ANNOUNCED_KEYS                                                                                 \
    TEXT("os"), TEXT("platform"), TEXT("platform_family"), TEXT("platform_version"), TEXT("kernel_version"), \
        TEXT("git_version"), TEXT("git_commit"), TEXT("go_version"), TEXT("build_platform")

const event_row dragonfly_scheduler_event_rows[DRAGONFLY_SCHEDULER_EVENTS] = {
    { "started", scheduler_started, { BUILD_KEYS } },
    { "called", scheduler_called, { CHOICE("call", scheduler_calls) } },
    { "call_failed", scheduler_call_failed, { CHOICE("call", scheduler_calls) } },
    { "announce_opened", scheduler_announce_opened, { NOTHING } },
    { "announce_closed", scheduler_announce_closed, { CHOICE("result", scheduler_results) } },
    { "scheduled", scheduler_scheduled, { COUNT("milliseconds") } },
    { "peer_requested", scheduler_peer_requested, { PEER_KEYS } },
    { "peer_failed", scheduler_peer_failed, { PEER_KEYS } },
    { "peer_downloaded", scheduler_peer_downloaded, { COUNT("size_bytes"), COUNT("milliseconds") } },
    { "piece_finished", scheduler_piece_finished, { FROM, TASK_TYPE, HOST_TYPE, COUNT("bytes") } },
    { "piece_failed", scheduler_piece_failed, { FROM, TASK_TYPE, HOST_TYPE } },
    { "cache_requested", scheduler_cache_requested, { CHOICE("request", scheduler_cache_requests), HOST_TYPE } },
    { "cache_failed", scheduler_cache_failed, { CHOICE("request", scheduler_cache_requests), HOST_TYPE } },
    { "cache_reschedule_failed", scheduler_cache_reschedule_failed, { HOST_TYPE } },
    { "host_announced", scheduler_host_announced, { ANNOUNCED_KEYS } },
    { "host_announce_failed", scheduler_host_announce_failed, { ANNOUNCED_KEYS } },
    { "host_moved", scheduler_host_moved,
      { CHOICE("direction", dragonfly_direction_names), TASK_TYPE, HOST_TYPE, TEXT("id"), TEXT("ip"), TEXT("name"),
        COUNT("bytes") } },
    { "host_removed", scheduler_host_removed, { TEXT("id") } },
    GRPC_ROWS,
};

void dragonfly_scheduler_events_init(dragonfly_events *events, dragonfly_scheduler *s)
{
    *events = (dragonfly_events){ .target = { dragonfly_scheduler_event_rows, DRAGONFLY_SCHEDULER_EVENTS },
                                  .grpc = dragonfly_scheduler_grpc(s),
                                  .on.scheduler = s };
}
