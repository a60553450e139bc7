/*
 * qbsync_source.c - what happens on the source.
 */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>

#include "qbsync_object.h"

/* ---- Torrents ------------------------------------------------------------------------------------------------- */

bool qbsync_torrent_tracked(qbsync *q, const char *hash, const char *name, double waiting_seconds)
{
    if (!q->is_source) return true;
    double since = qbsync_now(q) - waiting_seconds;
    pthread_mutex_lock(&q->mutex);
    bool tracked = qbsync_torrents_add(&q->torrents, hash, name, since);
    pthread_mutex_unlock(&q->mutex);
    return tracked;
}

bool qbsync_torrent_progress(qbsync *q, const char *hash, uint64_t streamed, uint64_t pieces,
                             uint64_t size_bytes)
{
    if (!q->is_source) return true;
    pthread_mutex_lock(&q->mutex);
    qbsync_torrent *torrent = qbsync_torrents_find(&q->torrents, hash);
    if (torrent) {
        torrent->has_progress = true;
        torrent->streamed = streamed < pieces ? streamed : pieces;
        torrent->pieces = pieces;
        torrent->size_bytes = size_bytes;
    }
    pthread_mutex_unlock(&q->mutex);
    return torrent != NULL;
}

static bool qbsync_untrack(qbsync *q, const char *hash)
{
    pthread_mutex_lock(&q->mutex);
    bool was_tracked = qbsync_torrents_remove(&q->torrents, hash);
    pthread_mutex_unlock(&q->mutex);
    return was_tracked;
}

void qbsync_torrent_synced(qbsync *q, const char *hash, const char *name, uint64_t size_bytes,
                           double latency_seconds)
{
    if (!q->is_source) return;
    qbsync_untrack(q, hash);
    tacho_counter_inc_at(q->on.torrents_synced, TACHO_LABELS("source", hash, name));
    tacho_counter_add_at(q->on.torrent_bytes_synced, TACHO_LABELS(hash, name), size_bytes);
    tacho_histogram_observe(q->on.torrent_sync_latency, latency_seconds);
}

bool qbsync_torrent_dropped(qbsync *q, const char *hash, qbsync_drop why)
{
    if (!q->is_source) return true;
    if (!qbsync_untrack(q, hash)) return false;
    if (why == QBSYNC_EXCLUDED) tacho_counter_inc(q->on.exclude_sync_abort);
    if (why == QBSYNC_SYNC_FAILED) tacho_counter_inc(q->on.sync_failed);
    return true;
}

void qbsync_file_selection_resynced(qbsync *q) { tacho_counter_inc(q->on.file_selection_resyncs); }

void qbsync_finalize_call_failed(qbsync *q) { tacho_counter_inc(q->on.finalization_errors[QBSYNC_SOURCE]); }

void qbsync_finalization_backoffs(qbsync *q, uint64_t torrents)
{
    tacho_gauge_set(q->on.active_finalization_backoffs, (double)torrents);
}

void qbsync_torrent_stop_failed(qbsync *q) { tacho_counter_inc(q->on.torrent_stop_errors); }

void qbsync_torrent_resume_failed(qbsync *q) { tacho_counter_inc(q->on.torrent_resume_errors); }

void qbsync_completed_on_destination(qbsync *q, uint64_t torrents)
{
    tacho_gauge_set(q->on.completed_on_dest_cache_size, (double)torrents);
}

/* ---- The cycle -------------------------------------------------------------------------------------------------- */

void qbsync_cycle_cache_hit(qbsync *q) { tacho_counter_inc(q->on.cycle_cache_hits); }

void qbsync_idle_poll_skipped(qbsync *q) { tacho_counter_inc(q->on.idle_poll_skips); }

void qbsync_cleanup_finished(qbsync *q, uint64_t succeeded, uint64_t failed, uint64_t skipped,
                             uint64_t handed_off)
{
    tacho_counter_add(q->on.cleanup_groups[0], succeeded);
    tacho_counter_add(q->on.cleanup_groups[1], failed);
    tacho_counter_add(q->on.cleanup_groups[2], skipped);
    tacho_counter_add(q->on.cleanup_torrents_handed_off, handed_off);
}

void qbsync_file_handle_looked_up(qbsync *q, qbsync_lookup result)
{
    tacho_counter_inc(q->on.file_handle_cache[result]);
}

void qbsync_file_handle_evicted(qbsync *q) { tacho_counter_inc(q->on.file_handle_evictions); }

/* ---- Pieces ----------------------------------------------------------------------------------------------------- */

void qbsync_piece_read(qbsync *q, double seconds)
{
    tacho_histogram_observe(q->on.piece_read_duration, seconds);
}

void qbsync_piece_sent(qbsync *q, unsigned connection, uint64_t bytes, double seconds)
{
    char index[16];
    snprintf(index, sizeof index, "%u", connection);
    tacho_counter_inc_at(q->on.pieces_sent, TACHO_LABELS(index));
    tacho_counter_add_at(q->on.bytes_sent, TACHO_LABELS(index), bytes);
    tacho_histogram_observe_at(q->on.piece_send_durations, TACHO_LABELS(index), seconds);
}

void qbsync_piece_acked(qbsync *q, qbsync_ack result, double rtt_seconds)
{
    tacho_counter_inc(result == QBSYNC_ACK_WRITTEN ? q->on.pieces_acked : q->on.pieces_failed);
    if (result == QBSYNC_ACK_HASH_MISMATCH) tacho_counter_inc(q->on.piece_hash_mismatch);
    tacho_histogram_observe(q->on.piece_rtt, rtt_seconds);
}

void qbsync_pieces_in_flight(qbsync *q, uint64_t pieces)
{
    tacho_gauge_set(q->on.inflight_pieces, (double)pieces);
}

void qbsync_pieces_stale(qbsync *q, uint64_t pieces) { tacho_counter_add(q->on.stale_pieces, pieces); }

void qbsync_draining(qbsync *q, bool is_draining) { tacho_gauge_set(q->on.draining, is_draining); }

void qbsync_drain_timed_out(qbsync *q, uint64_t pieces)
{
    tacho_counter_add(q->on.drain_timeout_pieces_lost, pieces);
}

/* ---- Streams and connections ------------------------------------------------------------------------------------- */

void qbsync_stream_pool(qbsync *q, uint64_t streams, uint64_t most)
{
    if (!q->is_source) return;
    pthread_mutex_lock(&q->mutex);
    q->now.streams = streams < most ? streams : most;
    q->now.most_streams = most;
    pthread_mutex_unlock(&q->mutex);
}

void qbsync_window(qbsync *q, double pieces) { tacho_gauge_set(q->on.adaptive_window_size, pieces); }

void qbsync_scaling_paused(qbsync *q, bool is_paused)
{
    tacho_gauge_set(q->on.stream_pool_scaling_paused, is_paused);
}

void qbsync_throughput(qbsync *q, double bytes_per_second)
{
    tacho_gauge_set(q->on.transfer_throughput, bytes_per_second);
}

void qbsync_session_ended(qbsync *q)
{
    pthread_mutex_lock(&q->mutex);
    q->now.streams = 0;
    pthread_mutex_unlock(&q->mutex);
    qbsync_pieces_in_flight(q, 0);
    qbsync_window(q, 0);
    qbsync_throughput(q, 0);
    qbsync_scaling_paused(q, false);
}

void qbsync_stream_reconnected(qbsync *q) { tacho_counter_inc(q->on.stream_reconnects); }

void qbsync_stream_open_failed(qbsync *q) { tacho_counter_inc(q->on.stream_open_errors); }

void qbsync_window_was_full(qbsync *q) { tacho_counter_inc(q->on.window_full); }

void qbsync_send_timed_out(qbsync *q) { tacho_counter_inc(q->on.send_timeout); }

void qbsync_acks_exited(qbsync *q, qbsync_ack_exit reason)
{
    if (!q->is_source) return;
    pthread_mutex_lock(&q->mutex);
    q->now.acks_exited[reason]++;
    pthread_mutex_unlock(&q->mutex);
}

void qbsync_breaker_tripped(qbsync *q)
{
    tacho_counter_inc(q->on.circuit_breaker_trips);
    tacho_gauge_set(q->on.circuit_breaker_state, 1);
}

void qbsync_breaker_closed(qbsync *q) { tacho_gauge_set(q->on.circuit_breaker_state, 0); }

void qbsync_connections(qbsync *q, uint64_t active, uint64_t configured)
{
    if (!q->is_source) return;
    pthread_mutex_lock(&q->mutex);
    q->now.active_connections = active < configured ? active : configured;
    q->now.configured_connections = configured;
    pthread_mutex_unlock(&q->mutex);
}

void qbsync_connection_scaled(qbsync *q, qbsync_direction direction)
{
    tacho_counter_inc(q->on.connection_scale_events[direction]);
}

void qbsync_sender_workers(qbsync *q, uint64_t workers)
{
    tacho_gauge_set(q->on.sender_workers_configured, (double)workers);
}
