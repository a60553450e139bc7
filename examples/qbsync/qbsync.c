/*
 * qbsync.c - the life of an object, and the snapshot of it that a scrape takes.
 */
#define _POSIX_C_SOURCE 200809L
#include "qbsync.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "qbsync_object.h"

/* ---- The snapshot ------------------------------------------------------------------------------------------- */

double qbsync_now(const qbsync *q)
{
    if (q->clock) return q->clock->now(q->clock);
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static void qbsync_emit_one(const qbsync *q, tacho_emitter *out, size_t family, uint64_t value)
{
    tacho_emit_family(out, &q->families.snapshot[family]);
    tacho_emit_uint(out, TACHO_NO_LABELS, value);
}

static void qbsync_emit_streams(const qbsync *q, tacho_emitter *out)
{
    const qbsync_snapshot *now = &q->now;
    tacho_emit_family(out, &q->families.snapshot[QBSYNC_RECEIVE_ACKS_EXIT]);
    for (size_t i = 0; q->is_source && i < QBSYNC_ACK_EXITS; i++)
        tacho_emit_uint(out, TACHO_LABELS(qbsync_ack_exit_names[i]), now->acks_exited[i]);
    qbsync_emit_one(q, out, QBSYNC_ACK_CHANNEL_BLOCKED, now->acks_exited[QBSYNC_EXIT_BLOCKED]);
    qbsync_emit_one(q, out, QBSYNC_STREAM_POOL_SIZE, now->streams);
    qbsync_emit_one(q, out, QBSYNC_STREAM_POOL_MAX_SIZE, now->most_streams);
    qbsync_emit_one(q, out, QBSYNC_CONNECTIONS_CONFIGURED, now->configured_connections);
    qbsync_emit_one(q, out, QBSYNC_CONNECTIONS_ACTIVE, now->active_connections);
}

static void qbsync_emit_ages(const qbsync *q, tacho_emitter *out)
{
    double now = qbsync_now(q);
    tacho_emit_family(out, &q->families.snapshot[QBSYNC_OLDEST_PENDING_SYNC]);
    for (size_t i = 0; i < q->torrents.count; i++) {
        const qbsync_torrent *torrent = &q->torrents.all[i];
        double age = now - torrent->since;
        tacho_emit_double(out, TACHO_LABELS(torrent->hash, torrent->name), age > 0 ? age : 0);
    }
}

static uint64_t qbsync_torrent_value(const qbsync_torrent *torrent, size_t family)
{
    if (family == QBSYNC_TORRENT_PIECES) return torrent->pieces;
    return family == QBSYNC_TORRENT_PIECES_STREAMED ? torrent->streamed : torrent->size_bytes;
}

static void qbsync_emit_progress(const qbsync *q, tacho_emitter *out, size_t family)
{
    tacho_emit_family(out, &q->families.snapshot[family]);
    for (size_t i = 0; i < q->torrents.count; i++) {
        const qbsync_torrent *torrent = &q->torrents.all[i];
        if (torrent->has_progress)
            tacho_emit_uint(out, TACHO_LABELS(torrent->hash, torrent->name),
                            qbsync_torrent_value(torrent, family));
    }
}

static tacho_err qbsync_collect(tacho_collector *self, tacho_emitter *out)
{
    qbsync *q = TACHO_CONTAINER(self, qbsync, collector);
    pthread_mutex_lock(&q->mutex);
    qbsync_emit_streams(q, out);
    qbsync_emit_ages(q, out);
    qbsync_emit_progress(q, out, QBSYNC_TORRENT_PIECES);
    qbsync_emit_progress(q, out, QBSYNC_TORRENT_PIECES_STREAMED);
    qbsync_emit_progress(q, out, QBSYNC_TORRENT_SIZE);
    pthread_mutex_unlock(&q->mutex);
    return TACHO_OK;
}

/* ---- Life ----------------------------------------------------------------------------------------------------- */

static tacho_err qbsync_define(qbsync *q, const char *prefix)
{
    (void)snprintf(q->name, sizeof q->name, "%sqbsync", prefix ? prefix : "");
    q->ops = (tacho_collector_ops){ .name = q->name,
                                    .descs = q->families.snapshot,
                                    .desc_count = QBSYNC_SNAPSHOT_COUNT,
                                    .collect = qbsync_collect };
    q->collector.ops = &q->ops;
    tacho_err err = tacho_registry_define(q->reg, q->families.updated, q->families.updated_count);
    if (!err) err = tacho_registry_add(q->reg, &q->collector);
    return err;
}

qbsync *qbsync_new(tacho_registry *reg, const qbsync_options *options)
{
    static const qbsync_options defaults = { 0 };
    if (!options) options = &defaults;
    qbsync *q = calloc(1, sizeof *q);
    if (!q) return NULL;
    q->reg = reg;
    q->clock = options->clock;
    q->is_source = qbsync_mode_has(options->mode, QBSYNC_SOURCE);
    q->is_destination = qbsync_mode_has(options->mode, QBSYNC_DESTINATION);
    pthread_mutex_init(&q->mutex, NULL);
    if (qbsync_families_init(&q->families, options->mode, options->prefix, &q->on, &q->off)) {
        if (qbsync_define(q, options->prefix) == TACHO_OK) return q;
        tacho_registry_undefine(reg, q->families.updated, q->families.updated_count);
    }
    qbsync_families_fini(&q->families);
    pthread_mutex_destroy(&q->mutex);
    free(q);
    return NULL;
}

void qbsync_free(qbsync *q)
{
    if (!q) return;
    tacho_registry_remove(q->reg, &q->collector);
    tacho_registry_undefine(q->reg, q->families.updated, q->families.updated_count);
    qbsync_families_fini(&q->families);
    qbsync_torrents_fini(&q->torrents);
    pthread_mutex_destroy(&q->mutex);
    free(q);
}
