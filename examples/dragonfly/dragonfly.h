/*
 * dragonfly.h - the metrics of Dragonfly, which spreads files and container images from peer to peer.
 *
 * Three programs make it up, and each has a set of its own, which is a module of its own:
 *
 *   dragonfly_client.h     32 families   on every machine: downloads, uploads, a proxy, the disk it stores on
 *   dragonfly_manager.h     5 families   knows the clusters and takes jobs, such as preheating an image
 *   dragonfly_scheduler.h  60 families   tells each peer from whom to get its pieces
 *
 * With each come the metrics of its gRPC server (grpc_server.h), whose methods are those that the program serves. This
 * file has what the three share.
 *
 * A daemon makes one object at its start and then calls the function that says what has just happened:
 *
 *   dragonfly_client *c = dragonfly_client_new(reg, NULL);
 *   dragonfly_client_started(c, &(dragonfly_build){ .git_version = "v2.3.0", .git_commit = "66db456" });
 *   ...
 *   const dragonfly_task task = { DRAGONFLY_STANDARD, "image", "containerd", 3 };
 *   dragonfly_client_download_started(c, &task);
 *   dragonfly_client_piece_downloaded(c, DRAGONFLY_REMOTE_PEER, DRAGONFLY_STANDARD, 4194304);
 *   dragonfly_client_download_finished(c, &task, 4194304, 230);
 *
 * Functions that take an object may be called by any thread at any time between its new and its free; it is not NULL.
 * Durations are whole milliseconds, sizes bytes. Texts are borrowed for the call; one that is NULL is shown as empty,
 * which is the same as a label that is not there. The comment of a function names the families it moves, without the
 * dragonfly_scheduler_ or dragonfly_manager_ in front.
 *
 * A function that returns bool says false for what makes no sense, and then counts nothing: a value that is not one of
 * its enum, a NULL where there has to be an object, the end of what has not begun, a failure of what nobody has tried.
 * So these rules hold: a _failure_total is never above the _total of the same labels (but for one of the scheduler's,
 * which says so), and disk_usage_space_total never above disk_space_total. They hold in every scrape, too: an attempt
 * is counted before its failure, and a scrape reads them the other way round.
 *
 * Labels with any text in them (tag, app, versions, job names, hosts) have at most DRAGONFLY_MAX_SERIES combinations in
 * a family; what comes after them counts as one called "_other", and in gauges, where that would mean nothing, not at
 * all: the end of such a task is refused. A failure of what was counted as "_other" may have a series of its own, as
 * long as its family is not full, too: then it is the sums that the rule above holds for.
 */
#ifndef DRAGONFLY_H
#define DRAGONFLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <tacho/tacho.h>

#include "grpc_server.h"

#define DRAGONFLY_MAX_SERIES 5000
#define DRAGONFLY_PRIORITIES 7 /* a priority is a number from 0 to 6 */

/** Zero means default; the same for all three. */
typedef struct dragonfly_options {
    const char *prefix;    /* in front of every family name; copied */
    bool has_grpc_seconds; /* show grpc_server_handling_seconds, which upstream leaves off */
    const char
        *storage; /* client: a directory on the disk to show; copied. NULL: what dragonfly_client_disk says */
} dragonfly_options;

/** What the program was built from: the labels of the version families. A client shows only those marked. */
typedef struct dragonfly_build {
    const char *major, *minor;
    const char *git_version, *git_commit, *platform, *build_time; /* also a client's */
    const char *go_version, *go_tags, *go_gcflags;
} dragonfly_build;

/** What kind of task it is: label `type` or `task_type`, a number in the client, a word in the scheduler. */
typedef enum dragonfly_task_type {
    DRAGONFLY_STANDARD = 0,
    DRAGONFLY_PERSISTENT,
    DRAGONFLY_PERSISTENT_CACHE,
    DRAGONFLY_NORMAL, /* the scheduler only: of a peer that registered with the first version of the protocol */
    DRAGONFLY_TASK_TYPES
} dragonfly_task_type;

/** Where a piece came from: label `type` of traffic, `traffic_type` of pieces. */
typedef enum dragonfly_origin {
    DRAGONFLY_BACK_TO_SOURCE = 0,
    DRAGONFLY_REMOTE_PEER,
    DRAGONFLY_LOCAL_PEER,
    DRAGONFLY_ORIGINS
} dragonfly_origin;

/** Their label values, NULL-terminated, in the order of the enum. */
extern const char *const dragonfly_origin_names[DRAGONFLY_ORIGINS + 1];

/**
 * The label `task_size_level` of a task: 0 for one that is empty or of unknown size, 1 below 1 MiB, and so on in steps
 * of two or four to 20, from 1 TiB on.
 */
#define DRAGONFLY_SIZE_LEVELS 21
unsigned dragonfly_size_level(uint64_t size_bytes);

#endif
