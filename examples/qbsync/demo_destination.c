/*
 * demo_destination.c - the actors of the destination: write workers, and who finalizes complete torrents.
 */
#include "demo_world.h"

static demo_part *destination_part(demo_actor *self) { return TACHO_CONTAINER(self, demo_part, actor); }

/* ---- Write workers --------------------------------------------------------------------------------------------- */

/* The piece at hand is on disk, or not. */
static void destination_written(demo_part *part)
{
    world *w = part->w;
    part->is_writing = false;
    w->busy_writers--;
    part->piece.result = w->next_ack;
    w->next_ack = QBSYNC_ACK_WRITTEN;
    if (part->piece.result == QBSYNC_ACK_FAILED) qbsync_piece_write_failed(w->q);
    if (part->piece.result == QBSYNC_ACK_WRITTEN)
        qbsync_piece_received(w->q, part->piece.bytes, part->seconds);
    if (++part->steps % 30 == 0) {
        qbsync_file_early_finalized(w->q);
        qbsync_inodes(w->q, ++w->inodes % 5000);
    }
    if (!world_push(&w->to_acknowledge, part->piece)) world_lose(w, &part->piece);
}

static double destination_write(demo_actor *self, double now)
{
    demo_part *part = destination_part(self);
    world *w = part->w;
    (void)now;
    double rest = 0.01;
    pthread_mutex_lock(&w->mutex);
    if (part->is_writing) destination_written(part);
    part->is_writing = world_pop(&w->to_write, &part->piece);
    if (part->is_writing) {
        part->seconds = rest = demo_random_duration(&part->random, 0.02);
        w->busy_writers++;
    }
    qbsync_write_workers(w->q, w->to_write.count, w->busy_writers);
    pthread_mutex_unlock(&w->mutex);
    return rest;
}

const demo_actor_ops demo_writer = { destination_write };

/* ---- Finalization ---------------------------------------------------------------------------------------------- */

static void destination_call(demo_part *part, const char *operation)
{
    qbsync_api_called(part->w->q, QBSYNC_DESTINATION, operation, demo_random_duration(&part->random, 0.06));
}

/* Some pieces turn out to be wrong: they are streamed again, and the source asks again later. */
static void destination_fail(demo_part *part, world_torrent *torrent, double now)
{
    world *w = part->w;
    uint64_t again = torrent->streamed < 8 ? torrent->streamed : 8;
    torrent->streamed -= again;
    torrent->sent = torrent->streamed;
    torrent->retry_at = now + 3;
    qbsync_verification_failed(w->q);
    qbsync_verification_recovered(w->q);
    qbsync_finalization_finished(w->q, torrent->hash, torrent->file, QBSYNC_FAILURE,
                                 demo_random_between(&part->random, 0.5, 20));
    qbsync_finalize_call_failed(w->q);
    qbsync_finalization_backoffs(w->q, 1);
    world_show(w, torrent);
}

static void destination_succeed(demo_part *part, world_torrent *torrent, double now)
{
    world *w = part->w;
    destination_call(part, "AddTorrentFromMemory");
    destination_call(part, "Recheck");
    qbsync_hardlink_created(w->q);
    qbsync_finalization_finished(w->q, torrent->hash, torrent->file, QBSYNC_SUCCESS,
                                 demo_random_duration(&part->random, 1.5));
    qbsync_api_called(w->q, QBSYNC_SOURCE, "Stop", demo_random_duration(&part->random, 0.03));
    qbsync_api_called(w->q, QBSYNC_SOURCE, "AddTags", demo_random_duration(&part->random, 0.03));
    qbsync_torrent_synced(w->q, torrent->hash, torrent->name, world_torrent_bytes(torrent),
                          now - torrent->since);
    world_forget(torrent);
    w->completed++;
}

/* A complete torrent to finalize, or NULL. */
static world_torrent *destination_pick(demo_part *part, double now)
{
    world *w = part->w;
    if (!world_pick(w, &part->random, WORLD_KEPT)) return NULL;
    for (size_t i = 0; i < WORLD_TORRENTS; i++) {
        world_torrent *torrent = &w->torrents[i];
        if (torrent->serial && torrent->streamed == torrent->pieces && torrent->retry_at <= now)
            return torrent;
    }
    return NULL;
}

static double destination_finalize(demo_actor *self, double now)
{
    demo_part *part = destination_part(self);
    world *w = part->w;
    pthread_mutex_lock(&w->mutex);
    world_torrent *torrent = destination_pick(part, now);
    if (torrent && w->next_finalization_fails)
        destination_fail(part, torrent, now);
    else if (torrent)
        destination_succeed(part, torrent, now);
    if (torrent) w->next_finalization_fails = false;
    qbsync_health_checked(w->q, part->steps % 4 == 0 ? QBSYNC_MISS : QBSYNC_HIT);
    qbsync_dirty_torrents(w->q, demo_random_below(&part->random, world_tracked(w) + 1));
    if (part->steps++ % 4 == 0) {
        destination_call(part, "GetFreeSpaceOnDisk");
        qbsync_state_flushed(w->q, demo_random_duration(&part->random, 0.006));
        qbsync_active_torrents(w->q, QBSYNC_DESTINATION, world_tracked(w));
    }
    pthread_mutex_unlock(&w->mutex);
    return 0.5;
}

const demo_actor_ops demo_finalizer = { destination_finalize };
