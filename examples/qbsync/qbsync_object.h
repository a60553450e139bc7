/*
 * qbsync_object.h - what a qbsync object holds. Internal to the module.
 *
 * Most functions update a handle and need no lock. What a rule on values or the life of a torrent ties together is
 * kept as plain numbers and emitted by a collector.
 * Lock: `mutex` guards `now` and `torrents`; it is held for a few stores, and by the collector while it emits, which
 * does no I/O.
 */
#ifndef QBSYNC_OBJECT_H
#define QBSYNC_OBJECT_H

#include <pthread.h>

#include "qbsync_families.h"
#include "qbsync_torrents.h"

/* What belongs together in a scrape. */
typedef struct qbsync_snapshot {
    uint64_t streams, most_streams;
    uint64_t active_connections, configured_connections;
    uint64_t acks_exited[QBSYNC_ACK_EXITS];
} qbsync_snapshot;

struct qbsync {
    qbsync_handles on, off; /* `off` takes the families of a role that is not there */
    qbsync_families families;
    tacho_registry *reg;
    tacho_collector collector;
    tacho_collector_ops ops; /* of this object: its name and rows carry its prefix */
    char name[256];
    const qbsync_clock *clock;
    bool is_source, is_destination;
    pthread_mutex_t mutex;
    qbsync_snapshot now;
    qbsync_torrents torrents;
};

/** Seconds on the object's clock. */
double qbsync_now(const qbsync *q);

#endif
