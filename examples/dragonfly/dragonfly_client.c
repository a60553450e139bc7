/*
 * dragonfly_client.c - the families of a client and the functions that move them. Names, labels, bounds and texts are
 * those of the document, one for one.
 *
 * Labels with few values are arrays of handles, so that their series are there with 0 from the start. What is under
 * way is a gauge that is only changed under the mutex; so it cannot go below 0, and an end without a beginning is seen.
 */
#define _POSIX_C_SOURCE 200809L
#include "dragonfly_client.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>

#include "dragonfly_object.h"
#include "rows.h"

enum { CLIENT_TYPES = DRAGONFLY_NORMAL };

typedef tacho_counter *client_by_type[CLIENT_TYPES];

/* [0] attempts, [1] failures. */
typedef struct client_handles {
    tacho_gauge_vec *version;
    tacho_counter_vec *uploads[2], *downloads[2], *prefetches[2], *backend[2];
    tacho_gauge_vec *uploading, *downloading;
    tacho_histogram_vec *upload_durations, *download_durations, *backend_durations;
    tacho_counter *download_traffic[DRAGONFLY_ORIGINS * CLIENT_TYPES]; /* type, task_type */
    client_by_type upload_traffic;
    tacho_counter *proxy[2], *proxy_via_dfdaemon, *delete_host[2];
    client_by_type update[2], stat[2], list_entries[2], remove[2];
    tacho_gauge *uploading_pieces;
} client_handles;

enum { CLIENT_DISK_SPACE, CLIENT_DISK_USAGE, CLIENT_DISK_ROWS };

struct dragonfly_client {
    dragonfly_families families;
    client_handles on;
    tacho_collector collector;
    tacho_collector_ops ops; /* of this object: its name and rows carry its prefix */
    char name[256];
    tacho_desc *disk_rows;
    char *storage;                       /* NULL: the disk is as said */
    bool has_disk;                       /* guarded by the mutex, as are the next two */
    uint64_t disk_bytes, disk_used_bytes;
};

/* ---- The rows ---------------------------------------------------------------------------------------------------- */

/* Never counted into: it only gives the table places to name, which rows_move finds again in a real object. */
static client_handles client_shape;

const char *const dragonfly_client_task_names[CLIENT_TYPES + 1] = { "0", "1", "2", NULL };
const char *const dragonfly_client_priority_names[DRAGONFLY_PRIORITIES + 1] = { "0", "1", "2", "3", "4",
                                                                                "5", "6", NULL };
const char *const dragonfly_method_names[DRAGONFLY_METHODS + 1] = { "GET", "HEAD", "PUT", NULL };

#define MILLISECONDS                                                                                           \
    .unit = "milliseconds", .flags = TACHO_UNUSUAL_NAME,                                                       \
    TACHO_BUCKETS(1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768, 65536, 131072, \
                  262144, 524288, 1048576, 2097152, 4194304, 8388608)
#define UPLOAD .labels = { "type", "tag", "app" }, .values = { dragonfly_client_task_names }, \
    .max_series = DRAGONFLY_MAX_SERIES
#define DOWNLOAD .labels = { "type", "tag", "app", "priority" }, .max_series = DRAGONFLY_MAX_SERIES, \
    .values = { dragonfly_client_task_names, NULL, NULL, dragonfly_client_priority_names }
#define SIZED .labels = { "task_type", "task_size_level" }, \
    .values = { dragonfly_client_task_names, dragonfly_size_level_names }
#define REQUEST .labels = { "scheme", "method" }, .max_series = DRAGONFLY_MAX_SERIES, \
    .values = { NULL, dragonfly_method_names }
#define TYPE .labels = { "type" }, .values = { dragonfly_client_task_names }

static const tacho_desc client_rows[] = {
    { .gauge_vec = &client_shape.version, .name = "version", .flags = TACHO_UNUSUAL_NAME,
      .labels = { "git_version", "git_commit", "platform", "build_time" }, .help = "Version info of the service." },
    { .counter_vec = &client_shape.uploads[1], .name = "upload_task_failure_total", UPLOAD,
      .help = "Counter of the number of failed of the upload task." },
    { .counter_vec = &client_shape.uploads[0], .name = "upload_task_total", UPLOAD,
      .help = "Counter of the number of the upload task." },
    { .gauge_vec = &client_shape.uploading, .name = "concurrent_upload_task_total", UPLOAD,
      .flags = TACHO_UNUSUAL_NAME, .help = "Gauge of the number of concurrent of the upload task." },
    { .histogram_vec = &client_shape.upload_durations, .name = "upload_task_duration_milliseconds", MILLISECONDS,
      SIZED, .help = "Histogram of the upload task duration." },
    { .counter_vec = &client_shape.downloads[1], .name = "download_task_failure_total", DOWNLOAD,
      .help = "Counter of the number of failed of the download task." },
    { .counter_vec = &client_shape.downloads[0], .name = "download_task_total", DOWNLOAD,
      .help = "Counter of the number of the download task." },
    { .counter_vec = &client_shape.prefetches[1], .name = "prefetch_task_failure_total", DOWNLOAD,
      .help = "Counter of the number of failed of the prefetch task." },
    { .counter_vec = &client_shape.prefetches[0], .name = "prefetch_task_total", DOWNLOAD,
      .help = "Counter of the number of the prefetch task." },
    { .gauge_vec = &client_shape.downloading, .name = "concurrent_download_task_total", DOWNLOAD,
      .flags = TACHO_UNUSUAL_NAME, .help = "Gauge of the number of concurrent of the download task." },
    { .gauge = &client_shape.uploading_pieces, .name = "concurrent_upload_piece_total", .flags = TACHO_UNUSUAL_NAME,
      .help = "Gauge of the number of concurrent of the upload piece." },
    { .counter = client_shape.download_traffic, .name = "download_traffic", .labels = { "type", "task_type" },
      .values = { dragonfly_origin_names, dragonfly_client_task_names }, .flags = TACHO_KEEP_NAME | TACHO_UNUSUAL_NAME,
      .help = "Counter of the number of the download traffic." },
    { .counter = client_shape.upload_traffic, .name = "upload_traffic", .labels = { "task_type" },
      .values = { dragonfly_client_task_names }, .flags = TACHO_KEEP_NAME | TACHO_UNUSUAL_NAME,
      .help = "Counter of the number of the upload traffic." },
    { .histogram_vec = &client_shape.download_durations, .name = "download_task_duration_milliseconds", MILLISECONDS,
      SIZED, .help = "Histogram of the download task duration." },
    { .counter_vec = &client_shape.backend[1], .name = "backend_request_failure_total", REQUEST,
      .help = "Counter of the number of failed of the backend request." },
    { .counter_vec = &client_shape.backend[0], .name = "backend_request_total", REQUEST,
      .help = "Counter of the number of the backend request." },
    { .histogram_vec = &client_shape.backend_durations, .name = "backend_request_duration_milliseconds", MILLISECONDS,
      REQUEST, .help = "Histogram of the backend request duration." },
    { .counter = &client_shape.proxy[1], .name = "proxy_request_failure_total",
      .help = "Counter of the number of failed of the proxy request." },
    { .counter = &client_shape.proxy_via_dfdaemon, .name = "proxy_request_via_dfdaemon_total",
      .help = "Counter of the number of the proxy request via dfdaemon." },
    { .counter = &client_shape.proxy[0], .name = "proxy_request_total",
      .help = "Counter of the number of the proxy request." },
    { .counter = client_shape.update[1], .name = "update_task_failure_total", TYPE,
      .help = "Counter of the number of failed of the update task." },
    { .counter = client_shape.update[0], .name = "update_task_total", TYPE,
      .help = "Counter of the number of the update task." },
    { .counter = client_shape.stat[1], .name = "stat_task_failure_total", TYPE,
      .help = "Counter of the number of failed of the stat task." },
    { .counter = client_shape.stat[0], .name = "stat_task_total", TYPE,
      .help = "Counter of the number of the stat task." },
    { .counter = client_shape.list_entries[1], .name = "list_task_entries_failure_total", TYPE,
      .help = "Counter of the number of failed of the list task entries." },
    { .counter = client_shape.list_entries[0], .name = "list_task_entries_total", TYPE,
      .help = "Counter of the number of the list task entries." },
    { .counter = client_shape.remove[1], .name = "delete_task_failure_total", TYPE,
      .help = "Counter of the number of failed of the delete task." },
    { .counter = client_shape.remove[0], .name = "delete_task_total", TYPE,
      .help = "Counter of the number of the delete task." },
    { .counter = &client_shape.delete_host[1], .name = "delete_host_failure_total",
      .help = "Counter of the number of failed of the delete host." },
    { .counter = &client_shape.delete_host[0], .name = "delete_host_total",
      .help = "Counter of the number of the delete host." },
};

static const tacho_desc client_disk_rows[CLIENT_DISK_ROWS] = {
    [CLIENT_DISK_SPACE] = { .type = TACHO_GAUGE, .name = "disk_space_total", .flags = TACHO_UNUSUAL_NAME,
        .help = "Gauge of the disk space in bytes" },
    [CLIENT_DISK_USAGE] = { .type = TACHO_GAUGE, .name = "disk_usage_space_total", .flags = TACHO_UNUSUAL_NAME,
        .help = "Gauge of the disk usage space in bytes" },
};

static const grpc_method client_methods[] = {
    { GRPC_SERVER_STREAM, "/dfdaemon.v2.DfdaemonDownload/DownloadTask" },
    { GRPC_UNARY, "/dfdaemon.v2.DfdaemonDownload/StatTask" },
    { GRPC_UNARY, "/dfdaemon.v2.DfdaemonDownload/ListTaskEntries" },
    { GRPC_UNARY, "/dfdaemon.v2.DfdaemonDownload/DeleteTask" },
    { GRPC_UNARY, "/dfdaemon.v2.DfdaemonDownload/DeleteHost" },
    { GRPC_SERVER_STREAM, "/dfdaemon.v2.DfdaemonUpload/DownloadTask" },
    { GRPC_UNARY, "/dfdaemon.v2.DfdaemonUpload/StatTask" },
    { GRPC_UNARY, "/dfdaemon.v2.DfdaemonUpload/UpdatePersistentTask" },
    { GRPC_SERVER_STREAM, "/dfdaemon.v2.DfdaemonUpload/SyncPieces" },
    { GRPC_UNARY, "/dfdaemon.v2.DfdaemonUpload/DownloadPiece" },
    { GRPC_UNARY, "/grpc.health.v1.Health/Check" },
};

static const dragonfly_table client_table = { client_rows, TACHO_COUNT(client_rows), &client_shape, client_methods,
                                              TACHO_COUNT(client_methods) };

/* ---- The disk ---------------------------------------------------------------------------------------------------- */

/* Ask the system; used is what cannot be had, as upstream has it. */
static bool client_ask_disk(const char *storage, uint64_t *total, uint64_t *used)
{
    struct statvfs disk;
    if (statvfs(storage, &disk) != 0) return false;
    uint64_t available = disk.f_bavail < disk.f_blocks ? disk.f_bavail : disk.f_blocks;
    *total = (uint64_t)disk.f_blocks * disk.f_frsize;
    *used = *total - available * disk.f_frsize;
    return true;
}

static tacho_err client_collect(tacho_collector *self, tacho_emitter *out)
{
    dragonfly_client *c = TACHO_CONTAINER(self, dragonfly_client, collector);
    uint64_t values[CLIENT_DISK_ROWS];
    pthread_mutex_lock(&c->families.mutex);
    bool has_disk = c->has_disk;
    values[CLIENT_DISK_SPACE] = c->disk_bytes;
    values[CLIENT_DISK_USAGE] = c->disk_used_bytes;
    pthread_mutex_unlock(&c->families.mutex);
    if (c->storage) {
        has_disk = client_ask_disk(c->storage, &values[CLIENT_DISK_SPACE], &values[CLIENT_DISK_USAGE]);
        if (!has_disk) return TACHO_ERR_COLLECT;
    }
    for (size_t i = 0; i < CLIENT_DISK_ROWS; i++) {
        tacho_emit_family(out, &c->disk_rows[i]);
        if (has_disk) tacho_emit_uint(out, TACHO_NO_LABELS, values[i]);
    }
    return TACHO_OK;
}

bool dragonfly_client_disk(dragonfly_client *c, uint64_t total_bytes, uint64_t used_bytes)
{
    if (used_bytes > total_bytes || c->storage) return false;
    pthread_mutex_lock(&c->families.mutex);
    c->has_disk = true;
    c->disk_bytes = total_bytes;
    c->disk_used_bytes = used_bytes;
    pthread_mutex_unlock(&c->families.mutex);
    return true;
}

/* ---- Life -------------------------------------------------------------------------------------------------------- */

static bool client_add_disk(dragonfly_client *c, tacho_registry *reg, const dragonfly_options *options)
{
    (void)snprintf(c->name, sizeof c->name, "%sdragonfly_client", dragonfly_text(options->prefix));
    c->disk_rows = rows_copy(client_disk_rows, CLIENT_DISK_ROWS, options->prefix);
    c->storage = options->storage ? strdup(options->storage) : NULL;
    c->ops = (tacho_collector_ops){
        .name = c->name, .descs = c->disk_rows, .desc_count = CLIENT_DISK_ROWS, .collect = client_collect
    };
    c->collector.ops = &c->ops;
    if (c->disk_rows && (c->storage || !options->storage) &&
        tacho_registry_add(reg, &c->collector) == TACHO_OK)
        return true;
    free(c->disk_rows);
    free(c->storage);
    return false;
}

dragonfly_client *dragonfly_client_new(tacho_registry *reg, const dragonfly_options *options)
{
    static const dragonfly_options defaults = { 0 };
    if (!options) options = &defaults;
    dragonfly_client *c = calloc(1, sizeof *c);
    if (!c) return NULL;
    if (dragonfly_families_open(&c->families, reg, &client_table, options, &c->on)) {
        if (client_add_disk(c, reg, options)) return c;
        dragonfly_families_close(&c->families);
    }
    free(c);
    return NULL;
}

void dragonfly_client_free(dragonfly_client *c)
{
    if (!c) return;
    tacho_registry_remove(c->families.reg, &c->collector);
    dragonfly_families_close(&c->families);
    free(c->disk_rows);
    free(c->storage);
    free(c);
}

const grpc_server *dragonfly_client_grpc(const dragonfly_client *c) { return c->families.grpc; }

bool dragonfly_client_started(dragonfly_client *c, const dragonfly_build *build)
{
    if (!build) return false;
    dragonfly_show_version(&c->families, c->on.version,
                           TACHO_LABELS(dragonfly_text(build->git_version), dragonfly_text(build->git_commit),
                                        dragonfly_text(build->platform), dragonfly_text(build->build_time)));
    return true;
}

/* ---- Tasks ------------------------------------------------------------------------------------------------------- */

static bool client_is_type(dragonfly_task_type type) { return (unsigned)type < CLIENT_TYPES; }

static bool client_is_task(const dragonfly_task *task)
{
    return task && client_is_type(task->type) && task->priority < DRAGONFLY_PRIORITIES;
}

/* The labels of a task, for one expression; an upload has no priority. */
#define UPLOAD_LABELS(t) \
    TACHO_LABELS(dragonfly_client_task_names[(t)->type], dragonfly_text((t)->tag), dragonfly_text((t)->app))
#define DOWNLOAD_LABELS(t)                                                                                   \
    TACHO_LABELS(dragonfly_client_task_names[(t)->type], dragonfly_text((t)->tag), dragonfly_text((t)->app), \
                 dragonfly_client_priority_names[(t)->priority])

static void client_begin(dragonfly_client *c, tacho_counter_vec *total, tacho_gauge_vec *running,
                         tacho_labels labels)
{
    tacho_counter_inc_at(total, labels);
    pthread_mutex_lock(&c->families.mutex);
    tacho_gauge_add_at(running, labels, 1);
    pthread_mutex_unlock(&c->families.mutex);
}

/* One of those running ends, and is counted if it failed. False: none is. */
static bool client_end(dragonfly_client *c, tacho_gauge_vec *running, tacho_counter_vec *failures,
                       tacho_labels labels)
{
    pthread_mutex_lock(&c->families.mutex);
    tacho_gauge *gauge = tacho_gauge_at(running, labels);
    bool was_running = tacho_gauge_value(gauge) > 0;
    if (was_running) tacho_gauge_dec(gauge);
    pthread_mutex_unlock(&c->families.mutex);
    if (was_running && failures) tacho_counter_inc_at(failures, labels);
    return was_running;
}

static void client_took(tacho_histogram_vec *durations, const dragonfly_task *task, uint64_t size_bytes,
                        uint64_t milliseconds)
{
    const char *level = dragonfly_size_level_names[dragonfly_size_level(size_bytes)];
    tacho_histogram_observe_at(durations, TACHO_LABELS(dragonfly_client_task_names[task->type], level),
                               (double)milliseconds);
}

bool dragonfly_client_download_started(dragonfly_client *c, const dragonfly_task *task)
{
    if (!client_is_task(task)) return false;
    client_begin(c, c->on.downloads[0], c->on.downloading, DOWNLOAD_LABELS(task));
    return true;
}

bool dragonfly_client_download_finished(dragonfly_client *c, const dragonfly_task *task, uint64_t size_bytes,
                                        uint64_t milliseconds)
{
    if (!client_is_task(task) || !client_end(c, c->on.downloading, NULL, DOWNLOAD_LABELS(task))) return false;
    client_took(c->on.download_durations, task, size_bytes, milliseconds);
    return true;
}

bool dragonfly_client_download_failed(dragonfly_client *c, const dragonfly_task *task)
{
    return client_is_task(task) &&
           client_end(c, c->on.downloading, c->on.downloads[1], DOWNLOAD_LABELS(task));
}

bool dragonfly_client_upload_started(dragonfly_client *c, const dragonfly_task *task)
{
    if (!client_is_task(task)) return false;
    client_begin(c, c->on.uploads[0], c->on.uploading, UPLOAD_LABELS(task));
    return true;
}

bool dragonfly_client_upload_finished(dragonfly_client *c, const dragonfly_task *task, uint64_t size_bytes,
                                      uint64_t milliseconds)
{
    if (!client_is_task(task) || !client_end(c, c->on.uploading, NULL, UPLOAD_LABELS(task))) return false;
    client_took(c->on.upload_durations, task, size_bytes, milliseconds);
    return true;
}

bool dragonfly_client_upload_failed(dragonfly_client *c, const dragonfly_task *task)
{
    return client_is_task(task) && client_end(c, c->on.uploading, c->on.uploads[1], UPLOAD_LABELS(task));
}

bool dragonfly_client_prefetch_started(dragonfly_client *c, const dragonfly_task *task)
{
    if (!client_is_task(task)) return false;
    tacho_counter_inc_at(c->on.prefetches[0], DOWNLOAD_LABELS(task));
    return true;
}

bool dragonfly_client_prefetch_failed(dragonfly_client *c, const dragonfly_task *task)
{
    return client_is_task(task) && dragonfly_count_within_at(&c->families, c->on.prefetches[0],
                                                             c->on.prefetches[1], DOWNLOAD_LABELS(task));
}

/* ---- Pieces ------------------------------------------------------------------------------------------------------ */

bool dragonfly_client_piece_downloaded(dragonfly_client *c, dragonfly_origin from, dragonfly_task_type type,
                                       uint64_t bytes)
{
    if ((unsigned)from >= DRAGONFLY_ORIGINS || !client_is_type(type)) return false;
    tacho_counter_add(c->on.download_traffic[(unsigned)from * CLIENT_TYPES + type], bytes);
    return true;
}

void dragonfly_client_piece_upload_started(dragonfly_client *c)
{
    pthread_mutex_lock(&c->families.mutex);
    tacho_gauge_inc(c->on.uploading_pieces);
    pthread_mutex_unlock(&c->families.mutex);
}

bool dragonfly_client_piece_upload_ended(dragonfly_client *c, dragonfly_task_type type, uint64_t bytes)
{
    if (!client_is_type(type)) return false;
    pthread_mutex_lock(&c->families.mutex);
    bool was_uploading = tacho_gauge_value(c->on.uploading_pieces) > 0;
    if (was_uploading) tacho_gauge_dec(c->on.uploading_pieces);
    pthread_mutex_unlock(&c->families.mutex);
    if (was_uploading) tacho_counter_add(c->on.upload_traffic[type], bytes);
    return was_uploading;
}

/* ---- Back ends and the proxy ------------------------------------------------------------------------------------- */

#define REQUEST_LABELS(scheme, method) TACHO_LABELS(dragonfly_text(scheme), dragonfly_method_names[method])

bool dragonfly_client_backend_requested(dragonfly_client *c, const char *scheme, dragonfly_method method)
{
    if ((unsigned)method >= DRAGONFLY_METHODS) return false;
    tacho_counter_inc_at(c->on.backend[0], REQUEST_LABELS(scheme, method));
    return true;
}

bool dragonfly_client_backend_answered(dragonfly_client *c, const char *scheme, dragonfly_method method,
                                       uint64_t milliseconds)
{
    if ((unsigned)method >= DRAGONFLY_METHODS) return false;
    tacho_histogram_observe_at(c->on.backend_durations, REQUEST_LABELS(scheme, method), (double)milliseconds);
    return true;
}

bool dragonfly_client_backend_failed(dragonfly_client *c, const char *scheme, dragonfly_method method)
{
    return (unsigned)method < DRAGONFLY_METHODS &&
           dragonfly_count_within_at(&c->families, c->on.backend[0], c->on.backend[1],
                                     REQUEST_LABELS(scheme, method));
}

void dragonfly_client_proxy_requested(dragonfly_client *c) { tacho_counter_inc(c->on.proxy[0]); }

bool dragonfly_client_proxy_via_dfdaemon(dragonfly_client *c)
{
    return dragonfly_count_within(&c->families, c->on.proxy[0], c->on.proxy_via_dfdaemon);
}

bool dragonfly_client_proxy_failed(dragonfly_client *c)
{
    return dragonfly_count_within(&c->families, c->on.proxy[0], c->on.proxy[1]);
}

/* ---- Calls ------------------------------------------------------------------------------------------------------- */

/* The handles of a call, by failure and type. */
static client_by_type *client_call(dragonfly_client *c, dragonfly_task_call call)
{
    switch (call) {
    case DRAGONFLY_UPDATE:
        return c->on.update;
    case DRAGONFLY_STAT:
        return c->on.stat;
    case DRAGONFLY_LIST_ENTRIES:
        return c->on.list_entries;
    case DRAGONFLY_DELETE:
        return c->on.remove;
    case DRAGONFLY_TASK_CALLS:
        break;
    }
    return NULL;
}

bool dragonfly_client_task_called(dragonfly_client *c, dragonfly_task_call call, dragonfly_task_type type)
{
    client_by_type *handles = client_call(c, call);
    if (!handles || !client_is_type(type)) return false;
    tacho_counter_inc(handles[0][type]);
    return true;
}

bool dragonfly_client_task_call_failed(dragonfly_client *c, dragonfly_task_call call,
                                       dragonfly_task_type type)
{
    client_by_type *handles = client_call(c, call);
    return handles && client_is_type(type) &&
           dragonfly_count_within(&c->families, handles[0][type], handles[1][type]);
}

void dragonfly_client_host_deleted(dragonfly_client *c) { tacho_counter_inc(c->on.delete_host[0]); }

bool dragonfly_client_host_deletion_failed(dragonfly_client *c)
{
    return dragonfly_count_within(&c->families, c->on.delete_host[0], c->on.delete_host[1]);
}
