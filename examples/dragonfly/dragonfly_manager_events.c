/*
 * dragonfly_manager_events.c - an event for each function of dragonfly_manager.h. The table at the end is what --help
 * lists.
 */
#include "dragonfly_event_rows.h"

static dragonfly_manager *manager_of(event_target *target) { return dragonfly_events_of(target)->on.manager; }

static bool manager_started(event_target *target, const event_value *v)
{
    const dragonfly_build build = dragonfly_events_build(v);
    return dragonfly_manager_started(manager_of(target), &build);
}

static bool manager_searched(event_target *target, const event_value *v)
{
    dragonfly_manager_searched(manager_of(target), v[0].text, v[1].text);
    return true;
}

static bool manager_search_failed(event_target *target, const event_value *v)
{
    return dragonfly_manager_search_failed(manager_of(target), v[0].text, v[1].text);
}

static bool manager_job_created(event_target *target, const event_value *v)
{
    dragonfly_manager_job_created(manager_of(target), v[0].text);
    return true;
}

static bool manager_job_succeeded(event_target *target, const event_value *v)
{
    return dragonfly_manager_job_succeeded(manager_of(target), v[0].text);
}

const event_row dragonfly_manager_event_rows[DRAGONFLY_MANAGER_EVENTS] = {
    { "started", manager_started, { BUILD_KEYS } },
    { "searched", manager_searched, { TEXT("version"), TEXT("commit") } },
    { "search_failed", manager_search_failed, { TEXT("version"), TEXT("commit") } },
    { "job_created", manager_job_created, { TEXT("name") } },
    { "job_succeeded", manager_job_succeeded, { TEXT("name") } },
    GRPC_ROWS,
};

void dragonfly_manager_events_init(dragonfly_events *events, dragonfly_manager *m)
{
    *events = (dragonfly_events){ .target = { dragonfly_manager_event_rows, DRAGONFLY_MANAGER_EVENTS },
                                  .grpc = dragonfly_manager_grpc(m),
                                  .on.manager = m };
}
