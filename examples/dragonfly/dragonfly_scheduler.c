/*
 * dragonfly_scheduler.c - the families of a scheduler and the functions that move them. Names, labels, ranks and texts
 * are those of the document, one for one.
 *
 * The quantiles of the two summaries look back ten minutes in five slices, as upstream's do; where there is nothing to
 * look at they are NaN.
 */
#include "dragonfly_scheduler.h"

#include <stdlib.h>

#include "dragonfly_object.h"

typedef tacho_counter *scheduler_by_host_type[DRAGONFLY_HOST_TYPES];

/* [0] attempts, [1] failures. */
typedef struct scheduler_handles {
    tacho_gauge_vec *version;
    tacho_counter *calls[DRAGONFLY_CALLS][2], *announces[2];
    tacho_gauge *streams;
    tacho_summary *schedule_duration;
    tacho_summary_vec *download_durations;
    tacho_counter_vec *peers[DRAGONFLY_PEER_REQUESTS][2]; /* of the last request only failures */
    tacho_counter_vec *pieces[2], *source_piece_failures;
    tacho_counter_vec *traffic, *host_traffic;
    scheduler_by_host_type cache[DRAGONFLY_CACHE_REQUESTS][2];
    tacho_counter_vec *announced_hosts[2];
} scheduler_handles;

struct dragonfly_scheduler {
    dragonfly_families families;
    scheduler_handles on;
};

/* ---- The rows ---------------------------------------------------------------------------------------------------- */

/* Never counted into: it only gives the table places to name, which rows_move finds again in a real object. */
static scheduler_handles scheduler_shape;

const char *const dragonfly_priority_names[DRAGONFLY_PRIORITIES + 1] = { "LEVEL0", "LEVEL1", "LEVEL2", "LEVEL3",
                                                                         "LEVEL4", "LEVEL5", "LEVEL6", NULL };
const char *const dragonfly_task_type_names[DRAGONFLY_TASK_TYPES + 1] = { "STANDARD", "PERSISTENT",
                                                                          "PERSISTENT_CACHE", "Normal", NULL };
const char *const dragonfly_host_type_names[DRAGONFLY_HOST_TYPES + 1] = { "normal", "super", NULL };
const char *const dragonfly_direction_names[DRAGONFLY_DIRECTIONS + 1] = { "upload", "download", NULL };

#define ATTEMPTS_OF "Counter of the number of the "
#define FAILURES_OF "Counter of the number of failed of the "

/* Two rows: the failures of something, and all attempts at it. `bound` is `handle = where`, an element for each of
 * the two. */
#define PAIR(bound, total, failures, what, labels)                        \
    { .bound[1], .name = failures, .help = FAILURES_OF what ".", labels }, \
    { .bound[0], .name = total, .help = ATTEMPTS_OF what ".", labels }
#define CALL(call, total, failures, what) \
    PAIR(counter = &scheduler_shape.calls[call], total, failures, what, NO_LABELS)
#define PEER(request, total, failures, what) \
    PAIR(counter_vec = &scheduler_shape.peers[request], total, failures, what, PEER_LABELS)
#define CACHE(request, total, failures, what) \
    PAIR(counter = scheduler_shape.cache[request], total, failures, what, HOST_TYPE)

#define NO_LABELS .labels = { NULL }
#define HOST_TYPE .labels = { "host_type" }, .values = { dragonfly_host_type_names }
#define PEER_LABELS .labels = { "priority", "task_type", "host_type" }, \
    .values = { dragonfly_priority_names, dragonfly_task_type_names, dragonfly_host_type_names }
#define PIECE_LABELS .labels = { "traffic_type", "task_type", "host_type" }, PIECE_VALUES
#define PIECE_VALUES .values = { dragonfly_origin_names, dragonfly_task_type_names, dragonfly_host_type_names }
#define ANNOUNCED_LABELS .max_series = DRAGONFLY_MAX_SERIES, \
    .labels = { "os", "platform", "platform_family", "platform_version", "kernel_version", "git_version",     \
                "git_commit", "go_version", "build_platform" }
#define MILLISECONDS .unit = "milliseconds", .flags = TACHO_UNUSUAL_NAME, .window = { .seconds = 600, .slices = 5 }, \
    TACHO_QUANTILES(0.5, 0.9, 0.95, 0.99)

static const tacho_desc scheduler_rows[] = {
    PAIR(counter = &scheduler_shape.announces, "dragonfly_scheduler_announce_peer_total",
         "dragonfly_scheduler_announce_peer_failure_total", "announcing peer", NO_LABELS),
    CALL(DRAGONFLY_STAT_PEER, "dragonfly_scheduler_stat_peer_total", "dragonfly_scheduler_stat_peer_failure_total",
         "stat peer"),
    CALL(DRAGONFLY_LEAVE_PEER, "dragonfly_scheduler_leave_peer_total", "dragonfly_scheduler_leave_peer_failure_total",
         "leaving peer"),
    CALL(DRAGONFLY_EXCHANGE_PEER, "dragonfly_scheduler_exchange_peer_total",
         "dragonfly_scheduler_exchange_peer_failure_total", "exchanging peer"),
    PEER(DRAGONFLY_REGISTER, "dragonfly_scheduler_register_peer_total",
         "dragonfly_scheduler_register_peer_failure_total", "register peer"),
    PEER(DRAGONFLY_DOWNLOAD_STARTED, "dragonfly_scheduler_download_peer_started_total",
         "dragonfly_scheduler_download_peer_started_failure_total", "download peer started"),
    PEER(DRAGONFLY_BACK_TO_SOURCE_STARTED, "dragonfly_scheduler_download_peer_back_to_source_started_total",
         "dragonfly_scheduler_download_peer_back_to_source_started_failure_total",
         "download peer back-to-source started"),
    { .counter_vec = &scheduler_shape.peers[DRAGONFLY_BACK_TO_SOURCE_FINISHED][1],
      .name = "dragonfly_scheduler_download_peer_back_to_source_finished_failure_total", PEER_LABELS,
      .help = FAILURES_OF "download peer back-to-source." },
    PEER(DRAGONFLY_DOWNLOAD_FINISHED, "dragonfly_scheduler_download_peer_finished_total",
         "dragonfly_scheduler_download_peer_finished_failure_total", "download peer"),
    { .counter_vec = &scheduler_shape.source_piece_failures,
      .name = "dragonfly_scheduler_download_piece_back_to_source_finished_failure_total", PIECE_LABELS,
      .help = FAILURES_OF "download piece back-to-source." },
    PAIR(counter_vec = &scheduler_shape.pieces, "dragonfly_scheduler_download_piece_finished_total",
         "dragonfly_scheduler_download_piece_finished_failure_total", "download piece", PIECE_LABELS),
    CALL(DRAGONFLY_STAT_TASK, "dragonfly_scheduler_stat_task_total", "dragonfly_scheduler_stat_task_failure_total",
         "stat task"),
    CALL(DRAGONFLY_LEAVE_TASK, "dragonfly_scheduler_leave_task_total", "dragonfly_scheduler_leave_task_failure_total",
         "leaving task"),
    PAIR(counter_vec = &scheduler_shape.announced_hosts, "dragonfly_scheduler_announce_host_total",
         "dragonfly_scheduler_announce_host_failure_total", "announce host", ANNOUNCED_LABELS),
    CALL(DRAGONFLY_LIST_HOSTS, "dragonfly_scheduler_list_hosts_total", "dragonfly_scheduler_list_hosts_failure_total",
         "list hosts"),
    CALL(DRAGONFLY_LEAVE_HOST, "dragonfly_scheduler_leave_host_total", "dragonfly_scheduler_leave_host_failure_total",
         "leaving host"),
    { .counter_vec = &scheduler_shape.traffic, .name = "dragonfly_scheduler_traffic",
      .labels = { "type", "task_type", "host_type" }, PIECE_VALUES, .flags = TACHO_KEEP_NAME | TACHO_UNUSUAL_NAME,
      .help = "Counter of the number of traffic." },
    { .counter_vec = &scheduler_shape.host_traffic, .name = "dragonfly_scheduler_host_traffic",
      .labels = { "type", "task_type", "host_type", "host_id", "host_ip", "host_name" },
      .values = { dragonfly_direction_names, dragonfly_task_type_names, dragonfly_host_type_names },
      .flags = TACHO_KEEP_NAME | TACHO_UNUSUAL_NAME, .max_series = DRAGONFLY_MAX_SERIES,
      .help = "Counter of the number of per host traffic." },
    { .summary_vec = &scheduler_shape.download_durations,
      .name = "dragonfly_scheduler_download_peer_duration_milliseconds", MILLISECONDS,
      .labels = { "task_size_level" }, .values = { dragonfly_size_level_names },
      .help = "Summary of the time each peer downloading." },
    { .gauge = &scheduler_shape.streams, .name = "dragonfly_scheduler_concurrent_schedule_total",
      .flags = TACHO_UNUSUAL_NAME, .help = "Gauge of the number of concurrent of the scheduling." },
    { .summary = &scheduler_shape.schedule_duration, .name = "dragonfly_scheduler_schedule_duration_milliseconds",
      MILLISECONDS, .help = "Summary of the time each scheduling." },
    CALL(DRAGONFLY_ANNOUNCE_CACHE_PEER, "dragonfly_scheduler_announce_persistent_cache_peer_total",
         "dragonfly_scheduler_announce_persistent_cache_peer_failure_total", "announcing cache peer"),
    CALL(DRAGONFLY_STAT_CACHE_PEER, "dragonfly_scheduler_stat_persistent_cache_peer_total",
         "dragonfly_scheduler_stat_persistent_cache_peer_failure_total", "stat cache peer"),
    CALL(DRAGONFLY_DELETE_CACHE_PEER, "dragonfly_scheduler_delete_persistent_cache_peer_total",
         "dragonfly_scheduler_delete_persistent_cache_peer_failure_total", "deleting cache peer"),
    CALL(DRAGONFLY_UPLOAD_CACHE_TASK_STARTED, "dragonfly_scheduler_upload_persistent_cache_task_started_total",
         "dragonfly_scheduler_upload_persistent_cache_task_started_failure_total", "started uploading cache peer"),
    CALL(DRAGONFLY_UPLOAD_CACHE_TASK_FINISHED, "dragonfly_scheduler_upload_persistent_cache_task_finished_total",
         "dragonfly_scheduler_upload_persistent_cache_task_finished_failure_total", "finished uploading cache peer"),
    CALL(DRAGONFLY_UPLOAD_CACHE_TASK_FAILED, "dragonfly_scheduler_upload_persistent_cache_task_failed_total",
         "dragonfly_scheduler_upload_cache_peer_failed_failure_total", "failed uploading cache peer"),
    CALL(DRAGONFLY_STAT_CACHE_TASK, "dragonfly_scheduler_stat_persistent_cache_task_total",
         "dragonfly_scheduler_stat_persistent_cache_task_failure_total", "stat cache task"),
    CALL(DRAGONFLY_DELETE_CACHE_TASK, "dragonfly_scheduler_delete_persistent_cache_task_total",
         "dragonfly_scheduler_delete_persistent_cache_task_failure_total", "delete cache task"),
    CACHE(DRAGONFLY_CACHE_REGISTER, "dragonfly_scheduler_register_persistent_cache_peer_total",
          "dragonfly_scheduler_register_persistent_cache_peer_failure_total", "register persistent cache peer"),
    CACHE(DRAGONFLY_CACHE_DOWNLOAD_STARTED, "dragonfly_scheduler_download_persistent_cache_peer_started_total",
          "dragonfly_scheduler_download_persistent_cache_peer_started_failure_total",
          "download persistent cache peer started"),
    CACHE(DRAGONFLY_CACHE_DOWNLOAD_FINISHED, "dragonfly_scheduler_download_persistent_cache_peer_finished_total",
          "dragonfly_scheduler_download_persistent_cache_peer_finished_failure_total",
          "download persistent cache peer"),
    CACHE(DRAGONFLY_CACHE_PIECE_FINISHED, "dragonfly_scheduler_download_persistent_cache_piece_finished_total",
          "dragonfly_scheduler_download_persistent_cache_piece_finished_failure_total",
          "download persistent cache piece"),
    { .gauge_vec = &scheduler_shape.version, .name = "dragonfly_scheduler_version",
      .labels = { "major", "minor", "git_version", "git_commit", "platform", "build_time", "go_version", "go_tags",
                  "go_gcflags" },
      .help = "Version info of the service." },
};

static const grpc_method scheduler_methods[] = {
    { GRPC_UNARY, "/scheduler.Scheduler/RegisterPeerTask" },
    { GRPC_BIDI_STREAM, "/scheduler.v2.Scheduler/AnnouncePeer" },
    { GRPC_UNARY, "/scheduler.v2.Scheduler/StatPeer" },
    { GRPC_UNARY, "/scheduler.v2.Scheduler/DeletePeer" },
    { GRPC_UNARY, "/scheduler.v2.Scheduler/StatTask" },
    { GRPC_UNARY, "/scheduler.v2.Scheduler/DeleteTask" },
    { GRPC_UNARY, "/scheduler.v2.Scheduler/AnnounceHost" },
    { GRPC_UNARY, "/scheduler.v2.Scheduler/ListHosts" },
    { GRPC_UNARY, "/scheduler.v2.Scheduler/DeleteHost" },
    { GRPC_BIDI_STREAM, "/scheduler.v2.Scheduler/AnnouncePersistentCachePeer" },
    { GRPC_UNARY, "/scheduler.v2.Scheduler/StatPersistentCachePeer" },
    { GRPC_UNARY, "/scheduler.v2.Scheduler/DeletePersistentCachePeer" },
    { GRPC_UNARY, "/scheduler.v2.Scheduler/UploadPersistentCacheTaskStarted" },
    { GRPC_UNARY, "/scheduler.v2.Scheduler/UploadPersistentCacheTaskFinished" },
    { GRPC_UNARY, "/scheduler.v2.Scheduler/UploadPersistentCacheTaskFailed" },
    { GRPC_UNARY, "/scheduler.v2.Scheduler/StatPersistentCacheTask" },
    { GRPC_UNARY, "/scheduler.v2.Scheduler/DeletePersistentCacheTask" },
    { GRPC_UNARY, "/grpc.health.v1.Health/Check" },
};

static const dragonfly_table scheduler_table = { scheduler_rows, TACHO_COUNT(scheduler_rows), &scheduler_shape,
                                                 scheduler_methods, TACHO_COUNT(scheduler_methods) };

/* ---- Life -------------------------------------------------------------------------------------------------------- */

dragonfly_scheduler *dragonfly_scheduler_new(tacho_registry *reg, const dragonfly_options *options)
{
    static const dragonfly_options defaults = { 0 };
    dragonfly_scheduler *s = calloc(1, sizeof *s);
    if (!s) return NULL;
    if (dragonfly_families_open(&s->families, reg, &scheduler_table, options ? options : &defaults, &s->on)) {
        s->on.peers[DRAGONFLY_BACK_TO_SOURCE_FINISHED][0] = s->on.peers[DRAGONFLY_DOWNLOAD_FINISHED][0];
        return s;
    }
    free(s);
    return NULL;
}

void dragonfly_scheduler_free(dragonfly_scheduler *s)
{
    if (!s) return;
    dragonfly_families_close(&s->families);
    free(s);
}

const grpc_server *dragonfly_scheduler_grpc(const dragonfly_scheduler *s) { return s->families.grpc; }

bool dragonfly_scheduler_started(dragonfly_scheduler *s, const dragonfly_build *build)
{
    if (!build) return false;
    dragonfly_show_version(&s->families, s->on.version, DRAGONFLY_BUILD_LABELS(build));
    return true;
}

/* ---- Calls ------------------------------------------------------------------------------------------------------- */

bool dragonfly_scheduler_called(dragonfly_scheduler *s, dragonfly_call call)
{
    if ((unsigned)call >= DRAGONFLY_CALLS) return false;
    tacho_counter_inc(s->on.calls[call][0]);
    return true;
}

bool dragonfly_scheduler_call_failed(dragonfly_scheduler *s, dragonfly_call call)
{
    return (unsigned)call < DRAGONFLY_CALLS &&
           dragonfly_count_within(&s->families, s->on.calls[call][0], s->on.calls[call][1]);
}

void dragonfly_scheduler_announce_opened(dragonfly_scheduler *s)
{
    tacho_counter_inc(s->on.announces[0]);
    pthread_mutex_lock(&s->families.mutex);
    tacho_gauge_inc(s->on.streams);
    pthread_mutex_unlock(&s->families.mutex);
}

bool dragonfly_scheduler_announce_closed(dragonfly_scheduler *s, bool has_failed)
{
    pthread_mutex_lock(&s->families.mutex);
    bool was_open = tacho_gauge_value(s->on.streams) > 0;
    if (was_open) tacho_gauge_dec(s->on.streams);
    pthread_mutex_unlock(&s->families.mutex);
    if (was_open && has_failed) tacho_counter_inc(s->on.announces[1]);
    return was_open;
}

void dragonfly_scheduler_scheduled(dragonfly_scheduler *s, uint64_t milliseconds)
{
    tacho_summary_observe(s->on.schedule_duration, (double)milliseconds);
}

/* ---- Peers ------------------------------------------------------------------------------------------------------- */

static bool scheduler_is_peer(const dragonfly_peer *peer)
{
    return peer && peer->priority < DRAGONFLY_PRIORITIES &&
           (unsigned)peer->task_type < DRAGONFLY_TASK_TYPES &&
           (unsigned)peer->host_type < DRAGONFLY_HOST_TYPES;
}

#define PEER_LABELS_OF(peer)                                                                               \
    TACHO_LABELS(dragonfly_priority_names[(peer)->priority], dragonfly_task_type_names[(peer)->task_type], \
                 dragonfly_host_type_names[(peer)->host_type])

bool dragonfly_scheduler_peer_requested(dragonfly_scheduler *s, dragonfly_peer_request request,
                                        const dragonfly_peer *peer)
{
    if ((unsigned)request >= DRAGONFLY_PEER_REQUESTS || !scheduler_is_peer(peer)) return false;
    tacho_counter_inc_at(s->on.peers[request][0], PEER_LABELS_OF(peer));
    return true;
}

bool dragonfly_scheduler_peer_failed(dragonfly_scheduler *s, dragonfly_peer_request request,
                                     const dragonfly_peer *peer)
{
    return (unsigned)request < DRAGONFLY_PEER_REQUESTS && scheduler_is_peer(peer) &&
           dragonfly_count_within_at(&s->families, s->on.peers[request][0], s->on.peers[request][1],
                                     PEER_LABELS_OF(peer));
}

void dragonfly_scheduler_peer_downloaded(dragonfly_scheduler *s, uint64_t size_bytes, uint64_t milliseconds)
{
    tacho_summary_observe_at(s->on.download_durations,
                             TACHO_LABELS(dragonfly_size_level_names[dragonfly_size_level(size_bytes)]),
                             (double)milliseconds);
}

static bool scheduler_is_piece(dragonfly_origin from, dragonfly_task_type task_type,
                               dragonfly_host_type host_type)
{
    return (unsigned)from < DRAGONFLY_ORIGINS && (unsigned)task_type < DRAGONFLY_TASK_TYPES &&
           (unsigned)host_type < DRAGONFLY_HOST_TYPES;
}

#define PIECE_LABELS_OF(from, task_type, host_type)                                  \
    TACHO_LABELS(dragonfly_origin_names[from], dragonfly_task_type_names[task_type], \
                 dragonfly_host_type_names[host_type])

bool dragonfly_scheduler_piece_finished(dragonfly_scheduler *s, dragonfly_origin from,
                                        dragonfly_task_type task_type, dragonfly_host_type host_type,
                                        uint64_t bytes)
{
    if (!scheduler_is_piece(from, task_type, host_type)) return false;
    tacho_counter_inc_at(s->on.pieces[0], PIECE_LABELS_OF(from, task_type, host_type));
    tacho_counter_add_at(s->on.traffic, PIECE_LABELS_OF(from, task_type, host_type), bytes);
    return true;
}

bool dragonfly_scheduler_piece_failed(dragonfly_scheduler *s, dragonfly_origin from,
                                      dragonfly_task_type task_type, dragonfly_host_type host_type)
{
    if (!scheduler_is_piece(from, task_type, host_type)) return false;
    tacho_counter_inc_at(s->on.pieces[0], PIECE_LABELS_OF(from, task_type, host_type));
    tacho_counter_inc_at(s->on.pieces[1], PIECE_LABELS_OF(from, task_type, host_type));
    if (from == DRAGONFLY_BACK_TO_SOURCE)
        tacho_counter_inc_at(s->on.source_piece_failures, PIECE_LABELS_OF(from, task_type, host_type));
    return true;
}

/* ---- The persistent cache ---------------------------------------------------------------------------------------- */

bool dragonfly_scheduler_cache_requested(dragonfly_scheduler *s, dragonfly_cache_request request,
                                         dragonfly_host_type host_type)
{
    if ((unsigned)request >= DRAGONFLY_CACHE_REQUESTS || (unsigned)host_type >= DRAGONFLY_HOST_TYPES)
        return false;
    tacho_counter_inc(s->on.cache[request][0][host_type]);
    return true;
}

bool dragonfly_scheduler_cache_failed(dragonfly_scheduler *s, dragonfly_cache_request request,
                                      dragonfly_host_type host_type)
{
    if (request == DRAGONFLY_CACHE_REGISTER) return dragonfly_scheduler_cache_reschedule_failed(s, host_type);
    if ((unsigned)request >= DRAGONFLY_CACHE_REQUESTS || (unsigned)host_type >= DRAGONFLY_HOST_TYPES)
        return false;
    return dragonfly_count_within(&s->families, s->on.cache[request][0][host_type],
                                  s->on.cache[request][1][host_type]);
}

bool dragonfly_scheduler_cache_reschedule_failed(dragonfly_scheduler *s, dragonfly_host_type host_type)
{
    if ((unsigned)host_type >= DRAGONFLY_HOST_TYPES) return false;
    tacho_counter_inc(s->on.cache[DRAGONFLY_CACHE_REGISTER][1][host_type]);
    return true;
}

/* ---- Hosts ------------------------------------------------------------------------------------------------------- */

#define ANNOUNCED_LABELS_OF(h)                                                                \
    TACHO_LABELS(dragonfly_text((h)->os), dragonfly_text((h)->platform),                      \
                 dragonfly_text((h)->platform_family), dragonfly_text((h)->platform_version), \
                 dragonfly_text((h)->kernel_version), dragonfly_text((h)->git_version),       \
                 dragonfly_text((h)->git_commit), dragonfly_text((h)->go_version),            \
                 dragonfly_text((h)->build_platform))

bool dragonfly_scheduler_host_announced(dragonfly_scheduler *s, const dragonfly_announced *host)
{
    if (!host) return false;
    tacho_counter_inc_at(s->on.announced_hosts[0], ANNOUNCED_LABELS_OF(host));
    return true;
}

bool dragonfly_scheduler_host_announce_failed(dragonfly_scheduler *s, const dragonfly_announced *host)
{
    return host && dragonfly_count_within_at(&s->families, s->on.announced_hosts[0], s->on.announced_hosts[1],
                                             ANNOUNCED_LABELS_OF(host));
}

bool dragonfly_scheduler_host_moved(dragonfly_scheduler *s, dragonfly_direction direction,
                                    dragonfly_task_type task_type, const dragonfly_host *host, uint64_t bytes)
{
    if (!host || (unsigned)direction >= DRAGONFLY_DIRECTIONS || (unsigned)task_type >= DRAGONFLY_TASK_TYPES ||
        (unsigned)host->type >= DRAGONFLY_HOST_TYPES)
        return false;
    tacho_counter_add_at(s->on.host_traffic,
                         TACHO_LABELS(dragonfly_direction_names[direction],
                                      dragonfly_task_type_names[task_type],
                                      dragonfly_host_type_names[host->type], dragonfly_text(host->id),
                                      dragonfly_text(host->ip), dragonfly_text(host->name)),
                         bytes);
    return true;
}

bool dragonfly_scheduler_host_removed(dragonfly_scheduler *s, const char *id)
{
    return tacho_counter_remove_matching(s->on.host_traffic,
                                         TACHO_LABELS(NULL, NULL, NULL, dragonfly_text(id), NULL, NULL)) > 0;
}
