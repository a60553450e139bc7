/*
 * qbsync_families.c - the rows: names, labels, bounds and texts are those of the document, one for one.
 *
 * Labels with a closed set of values list those that upstream really has: `component` has one, and most families
 * with `mode` belong to one role. Arrays bound to them exist with 0 from the start on.
 */
#include "qbsync_families.h"

#include <stdlib.h>
#include <string.h>

#include "rows.h"

/* Series of these two never go away; beyond that many torrents they count as one called "_other". */
#define FAMILIES_MAX_SYNCED 10000

/* Never counted into: it only gives the tables places to name, which rows_move finds again in a real object. */
static qbsync_handles families_shape;

const char *const qbsync_role_names[QBSYNC_ROLES + 1] = { "source", "destination", NULL };
const char *const qbsync_ack_exit_names[QBSYNC_ACK_EXITS + 1] = { "context_cancel", "eof", "error",
                                                                  "ack_channel_blocked", NULL };
static const char *const families_source_only[] = { "source", NULL };
static const char *const families_destination_only[] = { "destination", NULL };
static const char *const families_components[] = { "stream_queue", NULL };
static const char *const families_groups[] = { "success", "failure", "skipped_seeding", NULL };
static const char *const families_lookups[] = { "hit", "miss", NULL };
static const char *const families_results[] = { "success", "failure", NULL };
static const char *const families_directions[] = { "up", "down", NULL };

#define DISK_BUCKETS TACHO_BUCKETS(0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)
#define CALL_BUCKETS TACHO_BUCKETS(0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
#define ROUND_TRIP_BUCKETS TACHO_BUCKETS(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)
#define FINALIZE_BUCKETS TACHO_BUCKETS(0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 120)
#define FLUSH_BUCKETS TACHO_BUCKETS(0.001, 0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5)
#define SYNC_BUCKETS TACHO_BUCKETS(10, 30, 60, 120, 300, 600, 1800, 3600, 7200)

/* Both roles; `mode` gets the roles that are there. */
static const tacho_desc families_of_both[] = {
    { .counter_vec = &families_shape.torrents_synced, .name = "qbsync_torrents_synced_total",
      .labels = { "mode", "hash", "name" }, .max_series = FAMILIES_MAX_SYNCED,
      .help = "Torrents successfully synced" },
    { .counter = families_shape.finalization_errors, .name = "qbsync_finalization_errors_total",
      .labels = { "mode" }, .help = "Finalization failures" },
    { .counter = &families_shape.qb_client_retries, .name = "qbsync_qb_client_retries_total",
      .help = "qBittorrent API retries" },
    { .counter_vec = &families_shape.qb_api_calls, .name = "qbsync_qb_api_calls_total",
      .labels = { "mode", "operation" }, .help = "qBittorrent API calls by operation" },
    { .counter = families_shape.tag_application_errors, .name = "qbsync_tag_application_errors_total",
      .labels = { "mode" }, .help = "Failures applying tags in qBittorrent" },
    { .gauge = families_shape.active_torrents, .name = "qbsync_active_torrents", .labels = { "mode" },
      .help = "Torrents currently being tracked/synced" },
    { .histogram_vec = &families_shape.qb_api_call_durations, .name = "qbsync_qb_api_call_duration_seconds",
      .unit = "seconds", CALL_BUCKETS, .labels = { "mode", "operation" },
      .help = "qBittorrent API call latency (including retries)" },
};

static const tacho_desc families_of_source[] = {
    { .counter_vec = &families_shape.torrent_bytes_synced, .name = "qbsync_torrent_bytes_synced_total",
      .labels = { "hash", "name" }, .max_series = FAMILIES_MAX_SYNCED, .flags = TACHO_UNUSUAL_NAME,
      .help = "Bytes synced per torrent (source only, for completed-transfers table)" },
    { .counter = &families_shape.torrent_stop_errors, .name = "qbsync_torrent_stop_errors_total",
      .labels = { "mode" }, .values = { families_source_only },
      .help = "Failures stopping torrents before handoff" },
    { .counter = &families_shape.torrent_resume_errors, .name = "qbsync_torrent_resume_errors_total",
      .labels = { "mode" }, .values = { families_source_only },
      .help = "Failures resuming torrents after handoff rollback" },
    { .counter_vec = &families_shape.pieces_sent, .name = "qbsync_pieces_sent_total",
      .labels = { "connection" }, .help = "Pieces sent from source" },
    { .counter = &families_shape.pieces_acked, .name = "qbsync_pieces_acked_total",
      .help = "Pieces acknowledged by destination" },
    { .counter = &families_shape.pieces_failed, .name = "qbsync_pieces_failed_total",
      .help = "Piece transfer failures" },
    { .counter_vec = &families_shape.bytes_sent, .name = "qbsync_bytes_sent_total",
      .labels = { "connection" }, .flags = TACHO_UNUSUAL_NAME, .help = "Bytes sent from source" },
    { .counter = &families_shape.circuit_breaker_trips, .name = "qbsync_circuit_breaker_trips_total",
      .labels = { "mode", "component" }, .values = { families_source_only, families_components },
      .help = "Circuit breaker trips" },
    { .counter = &families_shape.stream_reconnects, .name = "qbsync_stream_reconnects_total",
      .help = "gRPC stream reconnections" },
    { .counter = &families_shape.stale_pieces, .name = "qbsync_stale_pieces_total",
      .help = "Pieces that timed out in-flight" },
    { .counter = &families_shape.drain_timeout_pieces_lost, .name = "qbsync_drain_timeout_pieces_lost_total",
      .help = "Pieces lost due to drain timeout at shutdown" },
    { .counter = &families_shape.piece_hash_mismatch, .name = "qbsync_piece_hash_mismatch_total",
      .help = "Pieces rejected on destination due to hash mismatch (retried automatically)" },
    { .counter = &families_shape.stream_open_errors, .name = "qbsync_stream_open_errors_total",
      .labels = { "mode" }, .values = { families_source_only }, .help = "Stream open or poll failures" },
    { .counter = families_shape.cleanup_groups, .name = "qbsync_cleanup_groups_total",
      .labels = { "result" }, .values = { families_groups },
      .help = "Hardlink groups processed during source cleanup" },
    { .counter = &families_shape.cleanup_torrents_handed_off,
      .name = "qbsync_cleanup_torrents_handed_off_total",
      .help = "Torrents handed off from source to destination" },
    { .counter = &families_shape.idle_poll_skips, .name = "qbsync_idle_poll_skips_total",
      .help = "Piece poll skips due to idle torrent detection" },
    { .counter = &families_shape.cycle_cache_hits, .name = "qbsync_cycle_cache_hits_total",
      .help = "Per-cycle completed-torrents cache reuses" },
    { .counter = families_shape.file_handle_cache, .name = "qbsync_file_handle_cache_total",
      .labels = { "result" }, .values = { families_lookups },
      .help = "File handle cache lookups (hit/miss) on source" },
    { .counter = &families_shape.file_handle_evictions, .name = "qbsync_file_handle_evictions_total",
      .help = "File handle evictions (stale retry, fallback, or full evict)" },
    { .counter = &families_shape.window_full, .name = "qbsync_window_full_total",
      .help = "Sender blocked waiting for congestion window capacity" },
    { .counter = &families_shape.send_timeout, .name = "qbsync_send_timeout_total",
      .help = "Send() timed out on HTTP/2 flow control backpressure" },
    { .counter = families_shape.connection_scale_events, .name = "qbsync_connection_scale_events_total",
      .labels = { "direction" }, .values = { families_directions },
      .help = "TCP connection scaling events (up/down)" },
    { .counter = &families_shape.file_selection_resyncs, .name = "qbsync_file_selection_resyncs_total",
      .help = "Re-syncs triggered by file selection changes (source)" },
    { .counter = &families_shape.sync_failed, .name = "qbsync_sync_failed_total",
      .help = "Torrents that failed verification repeatedly and were tagged as sync-failed (source)" },
    { .counter = &families_shape.exclude_sync_abort, .name = "qbsync_exclude_sync_abort_total",
      .help = "Torrents aborted due to exclude-sync tag applied mid-sync (source)" },
    { .gauge = &families_shape.inflight_pieces, .name = "qbsync_inflight_pieces",
      .help = "Pieces in-flight (sent but not acked)" },
    { .gauge = &families_shape.adaptive_window_size, .name = "qbsync_adaptive_window_size",
      .help = "Average adaptive window size across streams" },
    { .gauge = &families_shape.circuit_breaker_state, .name = "qbsync_circuit_breaker_state",
      .labels = { "mode", "component" }, .values = { families_source_only, families_components },
      .help = "Circuit breaker state: 0=closed, 1=open, 2=half-open" },
    { .gauge = &families_shape.stream_pool_scaling_paused, .name = "qbsync_stream_pool_scaling_paused",
      .help = "Pool scaling paused: 1=paused, 0=active" },
    { .gauge = &families_shape.transfer_throughput, .name = "qbsync_transfer_throughput_bytes_per_second",
      .help = "Current transfer throughput" },
    { .gauge = &families_shape.active_finalization_backoffs, .name = "qbsync_active_finalization_backoffs",
      .help = "Torrents in finalization backoff (source)" },
    { .gauge = &families_shape.completed_on_dest_cache_size, .name = "qbsync_completed_on_dest_cache_size",
      .help = "Torrents cached as complete on destination (source)" },
    { .gauge = &families_shape.sender_workers_configured, .name = "qbsync_sender_workers_configured",
      .help = "Concurrent sender workers configured (source)" },
    { .gauge = &families_shape.draining, .name = "qbsync_draining",
      .help = "Shutdown drain in progress: 1=draining, 0=normal (source)" },
    { .histogram = &families_shape.piece_read_duration, .name = "qbsync_piece_read_duration_seconds",
      .unit = "seconds", DISK_BUCKETS, .help = "Time to read a piece from disk on source" },
    { .histogram_vec = &families_shape.piece_send_durations, .name = "qbsync_piece_send_duration_seconds",
      .unit = "seconds", CALL_BUCKETS, .labels = { "connection" },
      .help = "Time to send a piece from source" },
    { .histogram = &families_shape.piece_rtt, .name = "qbsync_piece_rtt_seconds", .unit = "seconds",
      ROUND_TRIP_BUCKETS, .help = "Round-trip time for piece acknowledgment" },
    { .histogram = &families_shape.torrent_sync_latency, .name = "qbsync_torrent_sync_latency_seconds",
      .unit = "seconds", SYNC_BUCKETS,
      .help = "End-to-end sync duration from download completion to destination finalization" },
};

static const tacho_desc families_of_destination[] = {
    { .counter = &families_shape.orphan_cleanups, .name = "qbsync_orphan_cleanups_total",
      .help = "Orphan torrents cleaned up on destination" },
    { .counter = &families_shape.pieces_received, .name = "qbsync_pieces_received_total",
      .help = "Pieces received on destination" },
    { .counter = &families_shape.bytes_received, .name = "qbsync_bytes_received_total",
      .flags = TACHO_UNUSUAL_NAME, .help = "Bytes received on destination (aggregate)" },
    { .counter = &families_shape.hardlinks_created, .name = "qbsync_hardlinks_created_total",
      .help = "Hardlinks created on destination" },
    { .counter = &families_shape.piece_write_errors, .name = "qbsync_piece_write_errors_total",
      .labels = { "mode" }, .values = { families_destination_only },
      .help = "Piece write failures (file open/truncate/write)" },
    { .counter = &families_shape.state_save_errors, .name = "qbsync_state_save_errors_total",
      .labels = { "mode" }, .values = { families_destination_only },
      .help = "Failures saving torrent state to disk" },
    { .counter = &families_shape.file_sync_errors, .name = "qbsync_file_sync_errors_total",
      .labels = { "mode" }, .values = { families_destination_only },
      .help = "File sync/close failures before finalization rename" },
    { .counter = &families_shape.verification_errors, .name = "qbsync_verification_errors_total",
      .labels = { "mode" }, .values = { families_destination_only },
      .help = "Piece verification failures during finalization" },
    { .counter = &families_shape.hardlink_errors, .name = "qbsync_hardlink_errors_total",
      .labels = { "mode" }, .values = { families_destination_only }, .help = "Hardlink creation failures" },
    { .counter = families_shape.health_check_cache, .name = "qbsync_health_check_cache_total",
      .labels = { "result" }, .values = { families_lookups }, .help = "Health check cache hits/misses" },
    { .counter = &families_shape.files_early_finalized, .name = "qbsync_files_early_finalized_total",
      .help = "Files synced, closed, and renamed before torrent finalization" },
    { .counter = &families_shape.early_finalize_verify_failures,
      .name = "qbsync_early_finalize_verify_failures_total",
      .help = "Files that failed read-back verification during early finalization (destination)" },
    { .counter = &families_shape.verification_recoveries, .name = "qbsync_verification_recoveries_total",
      .help = "Torrents recovered from verification failure by marking pieces for re-streaming (destination)" },
    { .gauge = &families_shape.torrents_with_dirty_state, .name = "qbsync_torrents_with_dirty_state",
      .help = "Torrents with state not yet flushed to disk (destination)" },
    { .gauge = &families_shape.inode_registry_size, .name = "qbsync_inode_registry_size",
      .help = "Registered inodes for hardlink deduplication (destination)" },
    { .gauge = &families_shape.write_worker_queue_depth, .name = "qbsync_write_worker_queue_depth",
      .help = "Pieces queued waiting for a destination write worker" },
    { .gauge = &families_shape.write_workers_busy, .name = "qbsync_write_workers_busy",
      .help = "Destination write workers currently processing" },
    { .histogram = &families_shape.piece_write_duration, .name = "qbsync_piece_write_duration_seconds",
      .unit = "seconds", DISK_BUCKETS, .help = "Time to verify and write a piece on destination" },
    { .histogram = families_shape.finalization_duration, .name = "qbsync_finalization_duration_seconds",
      .unit = "seconds", FINALIZE_BUCKETS, .labels = { "result" }, .values = { families_results },
      .help = "Time to finalize a torrent on destination" },
    { .histogram = &families_shape.state_flush_duration, .name = "qbsync_state_flush_duration_seconds",
      .unit = "seconds", FLUSH_BUCKETS,
      .help = "Time to flush dirty torrent state to disk (destination)" },
};

/* Bound by a rule on values, or by the life of a torrent: read together at the scrape. All of the source. */
static const tacho_desc families_of_snapshot[QBSYNC_SNAPSHOT_COUNT] = {
    [QBSYNC_RECEIVE_ACKS_EXIT] = { .type = TACHO_COUNTER, .name = "qbsync_receive_acks_exit_total",
        .labels = { "reason" }, .values = { qbsync_ack_exit_names },
        .help = "receiveAcks goroutine exits by reason" },
    [QBSYNC_ACK_CHANNEL_BLOCKED] = { .type = TACHO_COUNTER, .name = "qbsync_ack_channel_blocked_total",
        .help = "receiveAcks exited because ack channel was blocked too long" },
    [QBSYNC_STREAM_POOL_SIZE] = { .type = TACHO_GAUGE, .name = "qbsync_stream_pool_size",
        .help = "Active streams in the pool" },
    [QBSYNC_STREAM_POOL_MAX_SIZE] = { .type = TACHO_GAUGE, .name = "qbsync_stream_pool_max_size",
        .help = "Maximum configured streams" },
    [QBSYNC_OLDEST_PENDING_SYNC] = { .type = TACHO_GAUGE, .name = "qbsync_oldest_pending_sync_seconds",
        .unit = "seconds", .labels = { "hash", "name" }, .help = "Age of each torrent waiting to sync" },
    [QBSYNC_TORRENT_PIECES] = { .type = TACHO_GAUGE, .name = "qbsync_torrent_pieces",
        .labels = { "hash", "name" }, .help = "Total pieces per tracked torrent" },
    [QBSYNC_TORRENT_PIECES_STREAMED] = { .type = TACHO_GAUGE, .name = "qbsync_torrent_pieces_streamed",
        .labels = { "hash", "name" }, .help = "Pieces synced to destination per tracked torrent" },
    [QBSYNC_TORRENT_SIZE] = { .type = TACHO_GAUGE, .name = "qbsync_torrent_size_bytes", .unit = "bytes",
        .labels = { "hash", "name" }, .help = "Total size in bytes per tracked torrent" },
    [QBSYNC_CONNECTIONS_CONFIGURED] = { .type = TACHO_GAUGE, .name = "qbsync_grpc_connections_configured",
        .help = "Maximum TCP connections configured for gRPC streaming (source)" },
    [QBSYNC_CONNECTIONS_ACTIVE] = { .type = TACHO_GAUGE, .name = "qbsync_grpc_connections_active",
        .help = "Current active TCP connections to destination server (source)" },
};

enum {
    FAMILIES_BOTH = TACHO_COUNT(families_of_both),
    FAMILIES_SOURCE = TACHO_COUNT(families_of_source),
    FAMILIES_DESTINATION = TACHO_COUNT(families_of_destination),
    FAMILIES_UPDATED = FAMILIES_BOTH + FAMILIES_SOURCE + FAMILIES_DESTINATION
};

static const char *const *families_modes(qbsync_mode mode)
{
    if (mode == QBSYNC_BOTH) return qbsync_role_names;
    return mode == QBSYNC_ONLY_SOURCE ? families_source_only : families_destination_only;
}

/* A row of both roles: list the modes that are there. An array without the source begins at its second element. */
static void families_bind_both(tacho_desc *row, qbsync_mode mode, const char *const *modes)
{
    if (!row->labels[0]) return;
    row->values[0] = modes;
    if (mode != QBSYNC_ONLY_DESTINATION) return;
    if (row->counter) row->counter += QBSYNC_DESTINATION;
    if (row->gauge) row->gauge += QBSYNC_DESTINATION;
}

/* A row of a role that is not there: nobody updates its handle, and with labels it gets no series either. */
static void families_bind_unused(tacho_desc *row, qbsync_handles *off, size_t *unused)
{
    rows_move(row, &families_shape, off);
    if (!row->labels[0]) return;
    if (row->counter) row->counter_vec = &off->unused_counters[(*unused)++];
    if (row->gauge) row->gauge_vec = &off->unused_gauges[(*unused)++];
    if (row->histogram) row->histogram_vec = &off->unused_histograms[(*unused)++];
    row->counter = NULL;
    row->gauge = NULL;
    row->histogram = NULL;
}

static void families_bind(tacho_desc *rows, qbsync_mode mode, qbsync_handles *on, qbsync_handles *off)
{
    const char *const *modes = families_modes(mode);
    size_t unused = 0;
    for (size_t i = 0; i < FAMILIES_UPDATED; i++) {
        bool is_both = i < FAMILIES_BOTH;
        qbsync_role role = i < FAMILIES_BOTH + FAMILIES_SOURCE ? QBSYNC_SOURCE : QBSYNC_DESTINATION;
        if (is_both) families_bind_both(&rows[i], mode, modes);
        if (is_both || qbsync_mode_has(mode, role))
            rows_move(&rows[i], &families_shape, on);
        else
            families_bind_unused(&rows[i], off, &unused);
    }
}

bool qbsync_families_init(qbsync_families *families, qbsync_mode mode, const char *prefix, qbsync_handles *on,
                          qbsync_handles *off)
{
    tacho_desc all[FAMILIES_UPDATED];
    memcpy(all, families_of_both, sizeof families_of_both);
    memcpy(all + FAMILIES_BOTH, families_of_source, sizeof families_of_source);
    memcpy(all + FAMILIES_BOTH + FAMILIES_SOURCE, families_of_destination, sizeof families_of_destination);
    families->updated = rows_copy(all, FAMILIES_UPDATED, prefix);
    families->updated_count = FAMILIES_UPDATED;
    families->snapshot = rows_copy(families_of_snapshot, QBSYNC_SNAPSHOT_COUNT, prefix);
    if (!families->updated || !families->snapshot) {
        qbsync_families_fini(families);
        return false;
    }
    families_bind(families->updated, mode, on, off);
    return true;
}

void qbsync_families_fini(qbsync_families *families)
{
    free(families->updated);
    free(families->snapshot);
    families->updated = families->snapshot = NULL;
}
