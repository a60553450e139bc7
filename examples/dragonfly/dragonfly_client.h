/*
 * dragonfly_client.h - the 32 families of a Dragonfly client. Read dragonfly.h first.
 *
 * The document names these families without anything in front; the running client puts dragonfly_client_ there, which
 * is what `prefix` is for.
 */
#ifndef DRAGONFLY_CLIENT_H
#define DRAGONFLY_CLIENT_H

#include "dragonfly.h"

/* ---- Life -------------------------------------------------------------------------------------------------------- */

typedef struct dragonfly_client dragonfly_client;

/** Define the families in a registry. NULL when one of them is refused (tacho_registry_error) or out of memory. */
dragonfly_client *dragonfly_client_new(tacho_registry *reg, const dragonfly_options *options);

/** Take the families out of the registry, which is still there, and free everything. NULL is fine. */
void dragonfly_client_free(dragonfly_client *c);

/** Its gRPC server. */
const grpc_server *dragonfly_client_grpc(const dragonfly_client *c);

/** The program started, built from this: version. */
bool dragonfly_client_started(dragonfly_client *c, const dragonfly_build *build);

/* ---- Tasks: whole files ------------------------------------------------------------------------------------------
 * A task that has started ends once, finished or failed, with the same labels. */

typedef struct dragonfly_task {
    dragonfly_task_type type; /* not DRAGONFLY_NORMAL */
    const char *tag, *app;    /* what the request says, often nothing */
    unsigned priority;        /* of downloads and prefetches */
} dragonfly_task;

/** The label values of types and priorities, NULL-terminated; both are numbers. */
extern const char *const dragonfly_client_task_names[DRAGONFLY_NORMAL + 1];
extern const char *const dragonfly_client_priority_names[DRAGONFLY_PRIORITIES + 1];

/** A download began: download_task_total, concurrent_download_task_total. */
bool dragonfly_client_download_started(dragonfly_client *c, const dragonfly_task *task);

/** It has all of the file: concurrent_download_task_total, download_task_duration_milliseconds. */
bool dragonfly_client_download_finished(dragonfly_client *c, const dragonfly_task *task, uint64_t size_bytes,
                                        uint64_t milliseconds);

/** It failed: concurrent_download_task_total, download_task_failure_total. */
bool dragonfly_client_download_failed(dragonfly_client *c, const dragonfly_task *task);

/** The same for a file that this client gives to the others: upload_task_total and so on. No priority. */
bool dragonfly_client_upload_started(dragonfly_client *c, const dragonfly_task *task);
bool dragonfly_client_upload_finished(dragonfly_client *c, const dragonfly_task *task, uint64_t size_bytes,
                                      uint64_t milliseconds);
bool dragonfly_client_upload_failed(dragonfly_client *c, const dragonfly_task *task);

/** The whole file is fetched because somebody wanted a part of it: prefetch_task_total. */
bool dragonfly_client_prefetch_started(dragonfly_client *c, const dragonfly_task *task);

/** That failed: prefetch_task_failure_total. */
bool dragonfly_client_prefetch_failed(dragonfly_client *c, const dragonfly_task *task);

/* ---- Pieces ------------------------------------------------------------------------------------------------------ */

/** A piece is here: download_traffic. */
bool dragonfly_client_piece_downloaded(dragonfly_client *c, dragonfly_origin from, dragonfly_task_type type,
                                       uint64_t bytes);

/** Another peer gets a piece from here: concurrent_upload_piece_total. */
void dragonfly_client_piece_upload_started(dragonfly_client *c);

/** It has got so many bytes, 0 if that failed: concurrent_upload_piece_total, upload_traffic. */
bool dragonfly_client_piece_upload_ended(dragonfly_client *c, dragonfly_task_type type, uint64_t bytes);

/* ---- Back ends: where files come from ---------------------------------------------------------------------------- */

/** What is asked of it, the value of the label `method`. */
typedef enum dragonfly_method {
    DRAGONFLY_GET = 0, /* download */
    DRAGONFLY_HEAD,    /* stat */
    DRAGONFLY_PUT,     /* upload */
    DRAGONFLY_METHODS
} dragonfly_method;

extern const char *const dragonfly_method_names[DRAGONFLY_METHODS + 1];

/** A request goes out; `scheme` is the URL's, such as "https", "s3" or "hf": backend_request_total. */
bool dragonfly_client_backend_requested(dragonfly_client *c, const char *scheme, dragonfly_method method);

/** It was answered: backend_request_duration_milliseconds. */
bool dragonfly_client_backend_answered(dragonfly_client *c, const char *scheme, dragonfly_method method,
                                       uint64_t milliseconds);

/** It failed: backend_request_failure_total. */
bool dragonfly_client_backend_failed(dragonfly_client *c, const char *scheme, dragonfly_method method);

/* ---- The proxy --------------------------------------------------------------------------------------------------- */

/** A request came to the proxy: proxy_request_total. */
void dragonfly_client_proxy_requested(dragonfly_client *c);

/** A rule sends it through this client rather than on to its server: proxy_request_via_dfdaemon_total. */
bool dragonfly_client_proxy_via_dfdaemon(dragonfly_client *c);

/** It failed: proxy_request_failure_total. */
bool dragonfly_client_proxy_failed(dragonfly_client *c);

/* ---- Calls to this client ---------------------------------------------------------------------------------------- */

/** What is done with a task: update_task_total, stat_task_total, list_task_entries_total, delete_task_total. */
typedef enum dragonfly_task_call {
    DRAGONFLY_UPDATE = 0,
    DRAGONFLY_STAT,
    DRAGONFLY_LIST_ENTRIES,
    DRAGONFLY_DELETE,
    DRAGONFLY_TASK_CALLS
} dragonfly_task_call;

/** It is tried: one of the families above. */
bool dragonfly_client_task_called(dragonfly_client *c, dragonfly_task_call call, dragonfly_task_type type);

/** It failed: update_task_failure_total and so on. */
bool dragonfly_client_task_call_failed(dragonfly_client *c, dragonfly_task_call call,
                                       dragonfly_task_type type);

/** The scheduler is told to forget this machine: delete_host_total. */
void dragonfly_client_host_deleted(dragonfly_client *c);

/** That failed: delete_host_failure_total. */
bool dragonfly_client_host_deletion_failed(dragonfly_client *c);

/* ---- The disk ---------------------------------------------------------------------------------------------------- */

/**
 * How large the disk of the storage is, and how much of it is used: disk_space_total, disk_usage_space_total. Until it
 * was said for the first time they show nothing. False: more is used than there is, or the options name a directory,
 * whose disk is then asked by every scrape; it should be a local one, which answers at once.
 */
bool dragonfly_client_disk(dragonfly_client *c, uint64_t total_bytes, uint64_t used_bytes);

#endif
