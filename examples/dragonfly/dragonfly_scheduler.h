/*
 * dragonfly_scheduler.h - the 60 families of a Dragonfly scheduler. Read dragonfly.h first.
 */
#ifndef DRAGONFLY_SCHEDULER_H
#define DRAGONFLY_SCHEDULER_H

#include "dragonfly.h"

/* ---- Life -------------------------------------------------------------------------------------------------------- */

typedef struct dragonfly_scheduler dragonfly_scheduler;

/** Define the families in a registry. NULL when one of them is refused (tacho_registry_error) or out of memory. */
dragonfly_scheduler *dragonfly_scheduler_new(tacho_registry *reg, const dragonfly_options *options);

/** Take the families out of the registry, which is still there, and free everything. NULL is fine. */
void dragonfly_scheduler_free(dragonfly_scheduler *s);

/** Its gRPC server. */
const grpc_server *dragonfly_scheduler_grpc(const dragonfly_scheduler *s);

/** The program started, built from this: version. */
bool dragonfly_scheduler_started(dragonfly_scheduler *s, const dragonfly_build *build);

/* ---- Calls without labels ---------------------------------------------------------------------------------------- */

/** What is called; each has a family that ends in _total and one that ends in _failure_total. */
typedef enum dragonfly_call {
    DRAGONFLY_STAT_PEER = 0,
    DRAGONFLY_LEAVE_PEER,
    DRAGONFLY_EXCHANGE_PEER, /* upstream has the families and never counts into them */
    DRAGONFLY_STAT_TASK,
    DRAGONFLY_LEAVE_TASK,
    DRAGONFLY_LIST_HOSTS,
    DRAGONFLY_LEAVE_HOST,
    DRAGONFLY_ANNOUNCE_CACHE_PEER, /* announce_persistent_cache_peer_total; the others with CACHE likewise */
    DRAGONFLY_STAT_CACHE_PEER,
    DRAGONFLY_DELETE_CACHE_PEER,
    DRAGONFLY_UPLOAD_CACHE_TASK_STARTED,
    DRAGONFLY_UPLOAD_CACHE_TASK_FINISHED,
    DRAGONFLY_UPLOAD_CACHE_TASK_FAILED, /* its failures: upload_cache_peer_failed_failure_total */
    DRAGONFLY_STAT_CACHE_TASK,
    DRAGONFLY_DELETE_CACHE_TASK,
    DRAGONFLY_CALLS
} dragonfly_call;

/** It was called, whatever comes of it. */
bool dragonfly_scheduler_called(dragonfly_scheduler *s, dragonfly_call call);

/** That failed. */
bool dragonfly_scheduler_call_failed(dragonfly_scheduler *s, dragonfly_call call);

/** A peer opened the stream on which it is scheduled: announce_peer_total, concurrent_schedule_total. */
void dragonfly_scheduler_announce_opened(dragonfly_scheduler *s);

/** That stream is closed, well or not: concurrent_schedule_total, announce_peer_failure_total. */
bool dragonfly_scheduler_announce_closed(dragonfly_scheduler *s, bool has_failed);

/** Finding parents for a peer took so long: schedule_duration_milliseconds. */
void dragonfly_scheduler_scheduled(dragonfly_scheduler *s, uint64_t milliseconds);

/* ---- Peers: one download of one task on one host ----------------------------------------------------------------- */

/** The value of the label `host_type`. */
typedef enum dragonfly_host_type {
    DRAGONFLY_NORMAL_HOST = 0,
    DRAGONFLY_SUPER_HOST, /* a seed */
    DRAGONFLY_HOST_TYPES
} dragonfly_host_type;

typedef struct dragonfly_peer {
    unsigned priority; /* label value LEVEL0 and so on */
    dragonfly_task_type task_type;
    dragonfly_host_type host_type;
} dragonfly_peer;

/** The label values, NULL-terminated, in the order of the enums. */
extern const char *const dragonfly_priority_names[DRAGONFLY_PRIORITIES + 1];
extern const char *const dragonfly_task_type_names[DRAGONFLY_TASK_TYPES + 1];
extern const char *const dragonfly_host_type_names[DRAGONFLY_HOST_TYPES + 1];

/** What a peer says on its stream. */
typedef enum dragonfly_peer_request {
    DRAGONFLY_REGISTER = 0,            /* register_peer_total */
    DRAGONFLY_DOWNLOAD_STARTED,        /* download_peer_started_total */
    DRAGONFLY_BACK_TO_SOURCE_STARTED,  /* download_peer_back_to_source_started_total */
    DRAGONFLY_DOWNLOAD_FINISHED,       /* download_peer_finished_total */
    DRAGONFLY_BACK_TO_SOURCE_FINISHED, /* the same; its failures have a family of their own */
    DRAGONFLY_PEER_REQUESTS
} dragonfly_peer_request;

/** It said so: one of the families above. */
bool dragonfly_scheduler_peer_requested(dragonfly_scheduler *s, dragonfly_peer_request request,
                                        const dragonfly_peer *peer);

/** That could not be done, or the download that it speaks of has failed: the family that ends in _failure_total. */
bool dragonfly_scheduler_peer_failed(dragonfly_scheduler *s, dragonfly_peer_request request,
                                     const dragonfly_peer *peer);

/** A peer has all of a task of this size: download_peer_duration_milliseconds. */
void dragonfly_scheduler_peer_downloaded(dragonfly_scheduler *s, uint64_t size_bytes, uint64_t milliseconds);

/** A peer has a piece: download_piece_finished_total, traffic. */
bool dragonfly_scheduler_piece_finished(dragonfly_scheduler *s, dragonfly_origin from,
                                        dragonfly_task_type task_type, dragonfly_host_type host_type,
                                        uint64_t bytes);

/**
 * It could not get one: download_piece_finished_total, download_piece_finished_failure_total, and if that was from the
 * source download_piece_back_to_source_finished_failure_total, which upstream has and never counts into.
 */
bool dragonfly_scheduler_piece_failed(dragonfly_scheduler *s, dragonfly_origin from,
                                      dragonfly_task_type task_type, dragonfly_host_type host_type);

/* ---- Peers of the persistent cache ------------------------------------------------------------------------------- */

/** What such a peer says on its stream. */
typedef enum dragonfly_cache_request {
    DRAGONFLY_CACHE_REGISTER = 0,      /* register_persistent_cache_peer_total */
    DRAGONFLY_CACHE_DOWNLOAD_STARTED,  /* download_persistent_cache_peer_started_total */
    DRAGONFLY_CACHE_DOWNLOAD_FINISHED, /* download_persistent_cache_peer_finished_total */
    DRAGONFLY_CACHE_PIECE_FINISHED,    /* download_persistent_cache_piece_finished_total */
    DRAGONFLY_CACHE_REQUESTS
} dragonfly_cache_request;

bool dragonfly_scheduler_cache_requested(dragonfly_scheduler *s, dragonfly_cache_request request,
                                         dragonfly_host_type host_type);
bool dragonfly_scheduler_cache_failed(dragonfly_scheduler *s, dragonfly_cache_request request,
                                      dragonfly_host_type host_type);

/**
 * New parents for a peer could not be found. It counts into register_persistent_cache_peer_failure_total, which may so
 * be above its _total; a failure of DRAGONFLY_CACHE_REGISTER is therefore never refused.
 */
bool dragonfly_scheduler_cache_reschedule_failed(dragonfly_scheduler *s, dragonfly_host_type host_type);

/* ---- Hosts ------------------------------------------------------------------------------------------------------- */

/** What a host says about itself. */
typedef struct dragonfly_announced {
    const char *os, *platform, *platform_family, *platform_version, *kernel_version;
    const char *git_version, *git_commit, *go_version, *build_platform;
} dragonfly_announced;

/** A host announces itself: announce_host_total. */
bool dragonfly_scheduler_host_announced(dragonfly_scheduler *s, const dragonfly_announced *host);

/** That failed: announce_host_failure_total. */
bool dragonfly_scheduler_host_announce_failed(dragonfly_scheduler *s, const dragonfly_announced *host);

typedef struct dragonfly_host {
    dragonfly_host_type type;
    const char *id, *ip, *name;
} dragonfly_host;

/** Which way bytes went, the value of the label `type` of host_traffic. */
typedef enum dragonfly_direction {
    DRAGONFLY_UPLOAD = 0,
    DRAGONFLY_DOWNLOAD,
    DRAGONFLY_DIRECTIONS
} dragonfly_direction;

extern const char *const dragonfly_direction_names[DRAGONFLY_DIRECTIONS + 1];

/**
 * A host sent or received so many bytes of a piece: host_traffic. It has a series for each host, so upstream does this
 * only when it was told to.
 */
bool dragonfly_scheduler_host_moved(dragonfly_scheduler *s, dragonfly_direction direction,
                                    dragonfly_task_type task_type, const dragonfly_host *host,
                                    uint64_t bytes);

/** A host is gone for good: its series of host_traffic vanish. False: it has none. */
bool dragonfly_scheduler_host_removed(dragonfly_scheduler *s, const char *id);

#endif
