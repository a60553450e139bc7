/*
 * qbsync_events.c - an event for each function of qbsync.h, of the same name without the qbsync_, with its
 * arguments as keys. The table at the end is what --help lists.
 */
#include "qbsync_events.h"

#include <limits.h>

#include "event_keys.h"
#include "qbsync_families.h"

/* In the order of the enums of qbsync.h. */
static const char *const events_drops[] = { "removed", "excluded", "sync_failed", NULL };
static const char *const events_lookups[] = { "hit", "miss", NULL };
static const char *const events_acks[] = { "written", "failed", "hash_mismatch", NULL };
static const char *const events_directions[] = { "up", "down", NULL };
static const char *const events_results[] = { "success", "failure", NULL };
static const char *const events_switch[] = { "0", "1", NULL };

static qbsync *events_q(event_target *target) { return TACHO_CONTAINER(target, qbsync_events, target)->q; }

/* ---- Source: torrents ------------------------------------------------------------------------------------------ */

static bool events_torrent_tracked(event_target *target, const event_value *v)
{
    return qbsync_torrent_tracked(events_q(target), v[0].text, v[1].text, v[2].amount);
}

static bool events_torrent_progress(event_target *target, const event_value *v)
{
    return qbsync_torrent_progress(events_q(target), v[0].text, v[1].count, v[2].count, v[3].count);
}

static bool events_torrent_synced(event_target *target, const event_value *v)
{
    qbsync_torrent_synced(events_q(target), v[0].text, v[1].text, v[2].count, v[3].amount);
    return true;
}

static bool events_torrent_dropped(event_target *target, const event_value *v)
{
    return qbsync_torrent_dropped(events_q(target), v[0].text, (qbsync_drop)v[1].choice);
}

static bool events_file_selection_resynced(event_target *target, const event_value *v)
{
    (void)v;
    qbsync_file_selection_resynced(events_q(target));
    return true;
}

static bool events_finalize_call_failed(event_target *target, const event_value *v)
{
    (void)v;
    qbsync_finalize_call_failed(events_q(target));
    return true;
}

static bool events_finalization_backoffs(event_target *target, const event_value *v)
{
    qbsync_finalization_backoffs(events_q(target), v[0].count);
    return true;
}

static bool events_torrent_stop_failed(event_target *target, const event_value *v)
{
    (void)v;
    qbsync_torrent_stop_failed(events_q(target));
    return true;
}

static bool events_torrent_resume_failed(event_target *target, const event_value *v)
{
    (void)v;
    qbsync_torrent_resume_failed(events_q(target));
    return true;
}

static bool events_completed_on_destination(event_target *target, const event_value *v)
{
    qbsync_completed_on_destination(events_q(target), v[0].count);
    return true;
}

/* ---- Source: the cycle ----------------------------------------------------------------------------------------- */

static bool events_cycle_cache_hit(event_target *target, const event_value *v)
{
    (void)v;
    qbsync_cycle_cache_hit(events_q(target));
    return true;
}

static bool events_idle_poll_skipped(event_target *target, const event_value *v)
{
    (void)v;
    qbsync_idle_poll_skipped(events_q(target));
    return true;
}

static bool events_cleanup_finished(event_target *target, const event_value *v)
{
    qbsync_cleanup_finished(events_q(target), v[0].count, v[1].count, v[2].count, v[3].count);
    return true;
}

static bool events_file_handle_looked_up(event_target *target, const event_value *v)
{
    qbsync_file_handle_looked_up(events_q(target), (qbsync_lookup)v[0].choice);
    return true;
}

static bool events_file_handle_evicted(event_target *target, const event_value *v)
{
    (void)v;
    qbsync_file_handle_evicted(events_q(target));
    return true;
}

/* ---- Source: pieces -------------------------------------------------------------------------------------------- */

static bool events_piece_read(event_target *target, const event_value *v)
{
    qbsync_piece_read(events_q(target), v[0].amount);
    return true;
}

static bool events_piece_sent(event_target *target, const event_value *v)
{
    if (v[0].count > UINT_MAX) return false;
    qbsync_piece_sent(events_q(target), (unsigned)v[0].count, v[1].count, v[2].amount);
    return true;
}

static bool events_piece_acked(event_target *target, const event_value *v)
{
    qbsync_piece_acked(events_q(target), (qbsync_ack)v[0].choice, v[1].amount);
    return true;
}

static bool events_pieces_in_flight(event_target *target, const event_value *v)
{
    qbsync_pieces_in_flight(events_q(target), v[0].count);
    return true;
}

static bool events_pieces_stale(event_target *target, const event_value *v)
{
    qbsync_pieces_stale(events_q(target), v[0].count);
    return true;
}

static bool events_draining(event_target *target, const event_value *v)
{
    qbsync_draining(events_q(target), v[0].choice == 1);
    return true;
}

static bool events_drain_timed_out(event_target *target, const event_value *v)
{
    qbsync_drain_timed_out(events_q(target), v[0].count);
    return true;
}

/* ---- Source: streams and connections --------------------------------------------------------------------------- */

static bool events_stream_pool(event_target *target, const event_value *v)
{
    qbsync_stream_pool(events_q(target), v[0].count, v[1].count);
    return true;
}

static bool events_window(event_target *target, const event_value *v)
{
    qbsync_window(events_q(target), v[0].amount);
    return true;
}

static bool events_scaling_paused(event_target *target, const event_value *v)
{
    qbsync_scaling_paused(events_q(target), v[0].choice == 1);
    return true;
}

static bool events_throughput(event_target *target, const event_value *v)
{
    qbsync_throughput(events_q(target), v[0].amount);
    return true;
}

static bool events_session_ended(event_target *target, const event_value *v)
{
    (void)v;
    qbsync_session_ended(events_q(target));
    return true;
}

static bool events_stream_reconnected(event_target *target, const event_value *v)
{
    (void)v;
    qbsync_stream_reconnected(events_q(target));
    return true;
}

static bool events_stream_open_failed(event_target *target, const event_value *v)
{
    (void)v;
    qbsync_stream_open_failed(events_q(target));
    return true;
}

static bool events_window_was_full(event_target *target, const event_value *v)
{
    (void)v;
    qbsync_window_was_full(events_q(target));
    return true;
}

static bool events_send_timed_out(event_target *target, const event_value *v)
{
    (void)v;
    qbsync_send_timed_out(events_q(target));
    return true;
}

static bool events_acks_exited(event_target *target, const event_value *v)
{
    qbsync_acks_exited(events_q(target), (qbsync_ack_exit)v[0].choice);
    return true;
}

static bool events_breaker_tripped(event_target *target, const event_value *v)
{
    (void)v;
    qbsync_breaker_tripped(events_q(target));
    return true;
}

static bool events_breaker_closed(event_target *target, const event_value *v)
{
    (void)v;
    qbsync_breaker_closed(events_q(target));
    return true;
}

static bool events_connections(event_target *target, const event_value *v)
{
    qbsync_connections(events_q(target), v[0].count, v[1].count);
    return true;
}

static bool events_connection_scaled(event_target *target, const event_value *v)
{
    qbsync_connection_scaled(events_q(target), (qbsync_direction)v[0].choice);
    return true;
}

static bool events_sender_workers(event_target *target, const event_value *v)
{
    qbsync_sender_workers(events_q(target), v[0].count);
    return true;
}

/* ---- Destination ----------------------------------------------------------------------------------------------- */

static bool events_piece_received(event_target *target, const event_value *v)
{
    qbsync_piece_received(events_q(target), v[0].count, v[1].amount);
    return true;
}

static bool events_piece_write_failed(event_target *target, const event_value *v)
{
    (void)v;
    qbsync_piece_write_failed(events_q(target));
    return true;
}

static bool events_write_workers(event_target *target, const event_value *v)
{
    qbsync_write_workers(events_q(target), v[0].count, v[1].count);
    return true;
}

static bool events_file_early_finalized(event_target *target, const event_value *v)
{
    (void)v;
    qbsync_file_early_finalized(events_q(target));
    return true;
}

static bool events_early_verification_failed(event_target *target, const event_value *v)
{
    (void)v;
    qbsync_early_verification_failed(events_q(target));
    return true;
}

static bool events_file_sync_failed(event_target *target, const event_value *v)
{
    (void)v;
    qbsync_file_sync_failed(events_q(target));
    return true;
}

static bool events_hardlink_created(event_target *target, const event_value *v)
{
    (void)v;
    qbsync_hardlink_created(events_q(target));
    return true;
}

static bool events_hardlink_failed(event_target *target, const event_value *v)
{
    (void)v;
    qbsync_hardlink_failed(events_q(target));
    return true;
}

static bool events_inodes(event_target *target, const event_value *v)
{
    qbsync_inodes(events_q(target), v[0].count);
    return true;
}

static bool events_finalization_finished(event_target *target, const event_value *v)
{
    qbsync_finalization_finished(events_q(target), v[0].text, v[1].text, (qbsync_result)v[2].choice, v[3].amount);
    return true;
}

static bool events_verification_failed(event_target *target, const event_value *v)
{
    (void)v;
    qbsync_verification_failed(events_q(target));
    return true;
}

static bool events_verification_recovered(event_target *target, const event_value *v)
{
    (void)v;
    qbsync_verification_recovered(events_q(target));
    return true;
}

static bool events_orphan_cleaned_up(event_target *target, const event_value *v)
{
    (void)v;
    qbsync_orphan_cleaned_up(events_q(target));
    return true;
}

static bool events_state_flushed(event_target *target, const event_value *v)
{
    qbsync_state_flushed(events_q(target), v[0].amount);
    return true;
}

static bool events_state_save_failed(event_target *target, const event_value *v)
{
    (void)v;
    qbsync_state_save_failed(events_q(target));
    return true;
}

static bool events_dirty_torrents(event_target *target, const event_value *v)
{
    qbsync_dirty_torrents(events_q(target), v[0].count);
    return true;
}

static bool events_health_checked(event_target *target, const event_value *v)
{
    qbsync_health_checked(events_q(target), (qbsync_lookup)v[0].choice);
    return true;
}

/* ---- Either role ----------------------------------------------------------------------------------------------- */

static bool events_active_torrents(event_target *target, const event_value *v)
{
    qbsync_active_torrents(events_q(target), (qbsync_role)v[0].choice, v[1].count);
    return true;
}

static bool events_api_called(event_target *target, const event_value *v)
{
    qbsync_api_called(events_q(target), (qbsync_role)v[0].choice, v[1].text, v[2].amount);
    return true;
}

static bool events_api_retried(event_target *target, const event_value *v)
{
    (void)v;
    qbsync_api_retried(events_q(target));
    return true;
}

static bool events_tag_failed(event_target *target, const event_value *v)
{
    qbsync_tag_failed(events_q(target), (qbsync_role)v[0].choice);
    return true;
}

/* ---- The table ------------------------------------------------------------------------------------------------- */

const event_row qbsync_event_rows[QBSYNC_EVENTS] = {
    /* source: torrents */
    { "torrent_tracked", events_torrent_tracked, { TEXT("hash"), TEXT("name"), AMOUNT("waiting_seconds") } },
    { "torrent_progress", events_torrent_progress,
      { TEXT("hash"), COUNT("streamed"), COUNT("pieces"), COUNT("size_bytes") } },
    { "torrent_synced", events_torrent_synced,
      { TEXT("hash"), TEXT("name"), COUNT("size_bytes"), AMOUNT("latency_seconds") } },
    { "torrent_dropped", events_torrent_dropped, { TEXT("hash"), CHOICE("why", events_drops) } },
    { "file_selection_resynced", events_file_selection_resynced, { NOTHING } },
    { "finalize_call_failed", events_finalize_call_failed, { NOTHING } },
    { "finalization_backoffs", events_finalization_backoffs, { COUNT("torrents") } },
    { "torrent_stop_failed", events_torrent_stop_failed, { NOTHING } },
    { "torrent_resume_failed", events_torrent_resume_failed, { NOTHING } },
    { "completed_on_destination", events_completed_on_destination, { COUNT("torrents") } },
    /* source: the cycle */
    { "cycle_cache_hit", events_cycle_cache_hit, { NOTHING } },
    { "idle_poll_skipped", events_idle_poll_skipped, { NOTHING } },
    { "cleanup_finished", events_cleanup_finished,
      { COUNT("succeeded"), COUNT("failed"), COUNT("skipped"), COUNT("handed_off") } },
    { "file_handle_looked_up", events_file_handle_looked_up, { CHOICE("result", events_lookups) } },
    { "file_handle_evicted", events_file_handle_evicted, { NOTHING } },
    /* source: pieces */
    { "piece_read", events_piece_read, { AMOUNT("seconds") } },
    { "piece_sent", events_piece_sent, { COUNT("connection"), COUNT("bytes"), AMOUNT("seconds") } },
    { "piece_acked", events_piece_acked, { CHOICE("result", events_acks), AMOUNT("rtt_seconds") } },
    { "pieces_in_flight", events_pieces_in_flight, { COUNT("pieces") } },
    { "pieces_stale", events_pieces_stale, { COUNT("pieces") } },
    { "draining", events_draining, { CHOICE("value", events_switch) } },
    { "drain_timed_out", events_drain_timed_out, { COUNT("pieces") } },
    /* source: streams and connections */
    { "stream_pool", events_stream_pool, { COUNT("streams"), COUNT("most") } },
    { "window", events_window, { AMOUNT("pieces") } },
    { "scaling_paused", events_scaling_paused, { CHOICE("value", events_switch) } },
    { "throughput", events_throughput, { AMOUNT("bytes_per_second") } },
    { "session_ended", events_session_ended, { NOTHING } },
    { "stream_reconnected", events_stream_reconnected, { NOTHING } },
    { "stream_open_failed", events_stream_open_failed, { NOTHING } },
    { "window_was_full", events_window_was_full, { NOTHING } },
    { "send_timed_out", events_send_timed_out, { NOTHING } },
    { "acks_exited", events_acks_exited, { CHOICE("reason", qbsync_ack_exit_names) } },
    { "breaker_tripped", events_breaker_tripped, { NOTHING } },
    { "breaker_closed", events_breaker_closed, { NOTHING } },
    { "connections", events_connections, { COUNT("active"), COUNT("configured") } },
    { "connection_scaled", events_connection_scaled, { CHOICE("direction", events_directions) } },
    { "sender_workers", events_sender_workers, { COUNT("workers") } },
    /* destination */
    { "piece_received", events_piece_received, { COUNT("bytes"), AMOUNT("seconds") } },
    { "piece_write_failed", events_piece_write_failed, { NOTHING } },
    { "write_workers", events_write_workers, { COUNT("queued"), COUNT("busy") } },
    { "file_early_finalized", events_file_early_finalized, { NOTHING } },
    { "early_verification_failed", events_early_verification_failed, { NOTHING } },
    { "file_sync_failed", events_file_sync_failed, { NOTHING } },
    { "hardlink_created", events_hardlink_created, { NOTHING } },
    { "hardlink_failed", events_hardlink_failed, { NOTHING } },
    { "inodes", events_inodes, { COUNT("files") } },
    { "finalization_finished", events_finalization_finished,
      { TEXT("hash"), TEXT("name"), CHOICE("result", events_results), AMOUNT("seconds") } },
    { "verification_failed", events_verification_failed, { NOTHING } },
    { "verification_recovered", events_verification_recovered, { NOTHING } },
    { "orphan_cleaned_up", events_orphan_cleaned_up, { NOTHING } },
    { "state_flushed", events_state_flushed, { AMOUNT("seconds") } },
    { "state_save_failed", events_state_save_failed, { NOTHING } },
    { "dirty_torrents", events_dirty_torrents, { COUNT("torrents") } },
    { "health_checked", events_health_checked, { CHOICE("result", events_lookups) } },
    /* either role */
    { "active_torrents", events_active_torrents, { CHOICE("mode", qbsync_role_names), COUNT("torrents") } },
    { "api_called", events_api_called,
      { CHOICE("mode", qbsync_role_names), TEXT("operation"), AMOUNT("seconds") } },
    { "api_retried", events_api_retried, { NOTHING } },
    { "tag_failed", events_tag_failed, { CHOICE("mode", qbsync_role_names) } },
};

void qbsync_events_init(qbsync_events *events, qbsync *q)
{
    events->q = q;
    events->target.rows = qbsync_event_rows;
    events->target.row_count = QBSYNC_EVENTS;
}
