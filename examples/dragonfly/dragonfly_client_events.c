/*
 * dragonfly_client_events.c - an event for each function of dragonfly_client.h. The table at the end is what --help
 * lists.
 */
#include "dragonfly_event_rows.h"

/* In the order of the enums. */
static const char *const client_calls[] = { "update", "stat", "list_entries", "delete", NULL };

static dragonfly_client *client_of(event_target *target) { return dragonfly_events_of(target)->on.client; }

/* The task that the first keys name: of an upload without, of the others with a priority. */
static dragonfly_task client_upload(const event_value *v)
{
    return (dragonfly_task){ .type = (dragonfly_task_type)v[0].choice, .tag = v[1].text, .app = v[2].text };
}

static dragonfly_task client_download(const event_value *v)
{
    dragonfly_task task = client_upload(v);
    task.priority = (unsigned)v[3].choice;
    return task;
}

static bool client_started(event_target *target, const event_value *v)
{
    const dragonfly_build build = {
        .git_version = v[0].text, .git_commit = v[1].text, .platform = v[2].text, .build_time = v[3].text
    };
    return dragonfly_client_started(client_of(target), &build);
}

/* ---- Tasks ------------------------------------------------------------------------------------------------------- */

static bool client_download_started(event_target *target, const event_value *v)
{
    const dragonfly_task task = client_download(v);
    return dragonfly_client_download_started(client_of(target), &task);
}

static bool client_download_finished(event_target *target, const event_value *v)
{
    const dragonfly_task task = client_download(v);
    return dragonfly_client_download_finished(client_of(target), &task, v[4].count, v[5].count);
}

static bool client_download_failed(event_target *target, const event_value *v)
{
    const dragonfly_task task = client_download(v);
    return dragonfly_client_download_failed(client_of(target), &task);
}

static bool client_upload_started(event_target *target, const event_value *v)
{
    const dragonfly_task task = client_upload(v);
    return dragonfly_client_upload_started(client_of(target), &task);
}

static bool client_upload_finished(event_target *target, const event_value *v)
{
    const dragonfly_task task = client_upload(v);
    return dragonfly_client_upload_finished(client_of(target), &task, v[3].count, v[4].count);
}

static bool client_upload_failed(event_target *target, const event_value *v)
{
    const dragonfly_task task = client_upload(v);
    return dragonfly_client_upload_failed(client_of(target), &task);
}

static bool client_prefetch_started(event_target *target, const event_value *v)
{
    const dragonfly_task task = client_download(v);
    return dragonfly_client_prefetch_started(client_of(target), &task);
}

static bool client_prefetch_failed(event_target *target, const event_value *v)
{
    const dragonfly_task task = client_download(v);
    return dragonfly_client_prefetch_failed(client_of(target), &task);
}

/* ---- Pieces and back ends ---------------------------------------------------------------------------------------- */

static bool client_piece_downloaded(event_target *target, const event_value *v)
{
    return dragonfly_client_piece_downloaded(client_of(target), (dragonfly_origin)v[0].choice,
                                             (dragonfly_task_type)v[1].choice, v[2].count);
}

static bool client_piece_upload_started(event_target *target, const event_value *v)
{
    (void)v;
    dragonfly_client_piece_upload_started(client_of(target));
    return true;
}

static bool client_piece_upload_ended(event_target *target, const event_value *v)
{
    return dragonfly_client_piece_upload_ended(client_of(target), (dragonfly_task_type)v[0].choice,
                                               v[1].count);
}

static bool client_backend_requested(event_target *target, const event_value *v)
{
    return dragonfly_client_backend_requested(client_of(target), v[0].text, (dragonfly_method)v[1].choice);
}

static bool client_backend_answered(event_target *target, const event_value *v)
{
    return dragonfly_client_backend_answered(client_of(target), v[0].text, (dragonfly_method)v[1].choice,
                                             v[2].count);
}

static bool client_backend_failed(event_target *target, const event_value *v)
{
    return dragonfly_client_backend_failed(client_of(target), v[0].text, (dragonfly_method)v[1].choice);
}

/* ---- The proxy, calls, the disk ---------------------------------------------------------------------------------- */

static bool client_proxy_requested(event_target *target, const event_value *v)
{
    (void)v;
    dragonfly_client_proxy_requested(client_of(target));
    return true;
}

static bool client_proxy_via_dfdaemon(event_target *target, const event_value *v)
{
    (void)v;
    return dragonfly_client_proxy_via_dfdaemon(client_of(target));
}

static bool client_proxy_failed(event_target *target, const event_value *v)
{
    (void)v;
    return dragonfly_client_proxy_failed(client_of(target));
}

static bool client_task_called(event_target *target, const event_value *v)
{
    return dragonfly_client_task_called(client_of(target), (dragonfly_task_call)v[0].choice,
                                        (dragonfly_task_type)v[1].choice);
}

static bool client_task_call_failed(event_target *target, const event_value *v)
{
    return dragonfly_client_task_call_failed(client_of(target), (dragonfly_task_call)v[0].choice,
                                             (dragonfly_task_type)v[1].choice);
}

static bool client_host_deleted(event_target *target, const event_value *v)
{
    (void)v;
    dragonfly_client_host_deleted(client_of(target));
    return true;
}

static bool client_host_deletion_failed(event_target *target, const event_value *v)
{
    (void)v;
    return dragonfly_client_host_deletion_failed(client_of(target));
}

static bool client_disk(event_target *target, const event_value *v)
{
    return dragonfly_client_disk(client_of(target), v[0].count, v[1].count);
}

/* ---- The table --------------------------------------------------------------------------------------------------- */

#define TYPE CHOICE("type", dragonfly_client_task_names)
#define UPLOAD_KEYS TYPE, TEXT("tag"), TEXT("app")
#define DOWNLOAD_KEYS UPLOAD_KEYS, CHOICE("priority", dragonfly_client_priority_names)
#define ENDED_KEYS COUNT("size_bytes"), COUNT("milliseconds")
#define REQUEST_KEYS TEXT("scheme"), CHOICE("method", dragonfly_method_names)

const event_row dragonfly_client_event_rows[DRAGONFLY_CLIENT_EVENTS] = {
    { "started", client_started, { TEXT("git_version"), TEXT("git_commit"), TEXT("platform"), TEXT("build_time") } },
    { "download_started", client_download_started, { DOWNLOAD_KEYS } },
    { "download_finished", client_download_finished, { DOWNLOAD_KEYS, ENDED_KEYS } },
    { "download_failed", client_download_failed, { DOWNLOAD_KEYS } },
    { "upload_started", client_upload_started, { UPLOAD_KEYS } },
    { "upload_finished", client_upload_finished, { UPLOAD_KEYS, ENDED_KEYS } },
    { "upload_failed", client_upload_failed, { UPLOAD_KEYS } },
    { "prefetch_started", client_prefetch_started, { DOWNLOAD_KEYS } },
    { "prefetch_failed", client_prefetch_failed, { DOWNLOAD_KEYS } },
    { "piece_downloaded", client_piece_downloaded,
      { CHOICE("from", dragonfly_origin_names), TYPE, COUNT("bytes") } },
    { "piece_upload_started", client_piece_upload_started, { NOTHING } },
    { "piece_upload_ended", client_piece_upload_ended, { TYPE, COUNT("bytes") } },
    { "backend_requested", client_backend_requested, { REQUEST_KEYS } },
    { "backend_answered", client_backend_answered, { REQUEST_KEYS, COUNT("milliseconds") } },
    { "backend_failed", client_backend_failed, { REQUEST_KEYS } },
    { "proxy_requested", client_proxy_requested, { NOTHING } },
    { "proxy_via_dfdaemon", client_proxy_via_dfdaemon, { NOTHING } },
    { "proxy_failed", client_proxy_failed, { NOTHING } },
    { "task_called", client_task_called, { CHOICE("call", client_calls), TYPE } },
    { "task_call_failed", client_task_call_failed, { CHOICE("call", client_calls), TYPE } },
    { "host_deleted", client_host_deleted, { NOTHING } },
    { "host_deletion_failed", client_host_deletion_failed, { NOTHING } },
    { "disk", client_disk, { COUNT("total_bytes"), COUNT("used_bytes") } },
    GRPC_ROWS,
};

void dragonfly_client_events_init(dragonfly_events *events, dragonfly_client *c)
{
    *events = (dragonfly_events){ .target = { dragonfly_client_event_rows, DRAGONFLY_CLIENT_EVENTS },
                                  .grpc = dragonfly_client_grpc(c),
                                  .on.client = c };
}
