/*
 * qbsync_torrents.h - the torrents that a source tracks. Internal to the module, whose lock guards the table.
 */
#ifndef QBSYNC_TORRENTS_H
#define QBSYNC_TORRENTS_H

#include "qbsync.h"

typedef struct qbsync_torrent {
    uint64_t key; /* of the hash, compared first */
    char hash[QBSYNC_MAX_HASH + 1];
    char *name;
    double since; /* when it began to wait, on the module's clock */
    bool has_progress;
    uint64_t streamed, pieces, size_bytes;
} qbsync_torrent;

/** Zero is an empty table; owes one qbsync_torrents_fini. */
typedef struct qbsync_torrents {
    qbsync_torrent *all; /* in no order */
    size_t count, cap;
} qbsync_torrents;

void qbsync_torrents_fini(qbsync_torrents *torrents);

/** The torrent, valid until the next add or remove, or NULL. */
qbsync_torrent *qbsync_torrents_find(const qbsync_torrents *torrents, const char *hash);

/** Add one, without progress; if it is there already nothing changes. False: full, no hash, or out of memory. */
bool qbsync_torrents_add(qbsync_torrents *torrents, const char *hash, const char *name, double since);

/** False: it is not there. */
bool qbsync_torrents_remove(qbsync_torrents *torrents, const char *hash);

#endif
