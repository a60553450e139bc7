/*
 * qbsync.h - the metrics of qb-sync, which moves torrents from one qBittorrent to another.
 *
 * A program of two roles. The source polls its qBittorrent, tracks the torrents that are complete, streams their
 * pieces over a few TCP connections, and hands a torrent over when the other side has all of it. The destination
 * writes the pieces, verifies the files, and adds the torrent to its own qBittorrent. Either process defines all
 * 75 families and fills those of its role; a test or a demo may do both in one process.
 *
 * A daemon makes one object at its start and then calls the function that says what has just happened:
 *
 *   qbsync *q = qbsync_new(reg, &(qbsync_options){ .mode = QBSYNC_ONLY_SOURCE });
 *   ...
 *   qbsync_piece_sent(q, 0, 1048576, 0.042);
 *
 * Every function may be called by any thread at any time between qbsync_new and qbsync_free; `q` is not NULL. What
 * belongs to a role that the object does not have is not counted. Times are seconds, sizes bytes. Texts are
 * borrowed for the call. The comment of a function names the families it moves, without the qbsync_ in front.
 *
 * These rules hold in every scrape: torrent_pieces_streamed <= torrent_pieces, stream_pool_size <=
 * stream_pool_max_size, grpc_connections_active <= grpc_connections_configured (a value that would break one is
 * cut to what it may be), and ack_channel_blocked_total equals receive_acks_exit_total{reason="ack_channel_blocked"}.
 */
#ifndef QBSYNC_H
#define QBSYNC_H

#include <stdbool.h>
#include <stdint.h>

#include <tacho/tacho.h>

/* ---- Life ----------------------------------------------------------------------------------------------------- */

typedef struct qbsync qbsync;

/** The value of the label `mode`. */
typedef enum qbsync_role { QBSYNC_SOURCE = 0, QBSYNC_DESTINATION = 1 } qbsync_role;

/** The roles of a process. */
typedef enum qbsync_mode { QBSYNC_BOTH = 0, QBSYNC_ONLY_SOURCE = 1, QBSYNC_ONLY_DESTINATION = 2 } qbsync_mode;

/** Seconds from some fixed moment, never going back; embed it and find your object with TACHO_CONTAINER. */
typedef struct qbsync_clock {
    double (*now)(const struct qbsync_clock *self); /* any thread */
} qbsync_clock;

/** Zero means default. */
typedef struct qbsync_options {
    qbsync_mode mode;
    const char *prefix; /* in front of every family name; copied */
    const qbsync_clock
        *clock; /* for the age of waiting torrents, borrowed; NULL: the system's monotonic clock */
} qbsync_options;

/** Define the families in a registry. NULL when one of them is refused (tacho_registry_error) or out of memory. */
qbsync *qbsync_new(tacho_registry *reg, const qbsync_options *options);

/** Take the families out of the registry, which is still there, and free everything. NULL is fine. */
void qbsync_free(qbsync *q);

/* ---- Source: torrents ------------------------------------------------------------------------------------------
 * A torrent is known by its infohash, here 1 to QBSYNC_MAX_HASH letters and digits. The four gauges of a tracked
 * torrent are read when somebody scrapes, all at the same moment: they appear and vanish with the torrent. */

#define QBSYNC_MAX_HASH 64
#define QBSYNC_MAX_TORRENTS 4096

/** Why a torrent is no longer tracked although it was not synced. */
typedef enum qbsync_drop {
    QBSYNC_REMOVED = 0, /* it is gone from qBittorrent */
    QBSYNC_EXCLUDED,    /* it got the exclude tag: exclude_sync_abort_total */
    QBSYNC_SYNC_FAILED  /* verification failed repeatedly, and it was tagged: sync_failed_total */
} qbsync_drop;

/**
 * A complete torrent waits to be synced, for `waiting_seconds` already: oldest_pending_sync_seconds. For one that
 * is tracked nothing changes. False, and not shown: QBSYNC_MAX_TORRENTS are tracked, the hash is no hash, or out
 * of memory.
 */
bool qbsync_torrent_tracked(qbsync *q, const char *hash, const char *name, double waiting_seconds);

/**
 * How far a tracked torrent is: torrent_pieces, torrent_pieces_streamed, torrent_size_bytes. It may fall back, when
 * pieces are streamed again. False: it is not tracked.
 */
bool qbsync_torrent_progress(qbsync *q, const char *hash, uint64_t streamed, uint64_t pieces,
                             uint64_t size_bytes);

/**
 * The destination has finalized it; it is no longer tracked. torrents_synced_total{mode="source"},
 * torrent_bytes_synced_total, torrent_sync_latency_seconds, which is the time since its download was complete.
 */
void qbsync_torrent_synced(qbsync *q, const char *hash, const char *name, uint64_t size_bytes,
                           double latency_seconds);

/** It is no longer tracked, for another reason. False: it was not. */
bool qbsync_torrent_dropped(qbsync *q, const char *hash, qbsync_drop why);

/** The selection of files of a torrent changed, so it is synced again: file_selection_resyncs_total. */
void qbsync_file_selection_resynced(qbsync *q);

/** A finalize call failed, other than with "still verifying" or "incomplete": finalization_errors_total. */
void qbsync_finalize_call_failed(qbsync *q);

/** Torrents that wait before their next finalize call: active_finalization_backoffs. */
void qbsync_finalization_backoffs(qbsync *q, uint64_t torrents);

/** Stopping a torrent before handing it over failed: torrent_stop_errors_total. */
void qbsync_torrent_stop_failed(qbsync *q);

/** Resuming a torrent after a failed hand-over failed: torrent_resume_errors_total. */
void qbsync_torrent_resume_failed(qbsync *q);

/** Torrents known to be complete on the destination: completed_on_dest_cache_size. */
void qbsync_completed_on_destination(qbsync *q, uint64_t torrents);

/* ---- Source: the cycle that polls qBittorrent -------------------------------------------------------------------- */

/** The list of complete torrents was used again in the same cycle: cycle_cache_hits_total. */
void qbsync_cycle_cache_hit(qbsync *q);

/** A torrent was idle, and its pieces were not polled: idle_poll_skips_total. */
void qbsync_idle_poll_skipped(qbsync *q);

/**
 * A cleanup cycle ended: how many groups of hardlinked torrents it has removed, failed to remove, and left because
 * they still seed, and how many torrents it handed over. cleanup_groups_total, cleanup_torrents_handed_off_total.
 */
void qbsync_cleanup_finished(qbsync *q, uint64_t succeeded, uint64_t failed, uint64_t skipped,
                             uint64_t handed_off);

/** A lookup in a cache, the value of the label `result`. */
typedef enum qbsync_lookup { QBSYNC_HIT = 0, QBSYNC_MISS = 1 } qbsync_lookup;

/** An open file was looked up to read a piece: file_handle_cache_total. */
void qbsync_file_handle_looked_up(qbsync *q, qbsync_lookup result);

/** An open file was closed to be opened anew or to make room: file_handle_evictions_total. */
void qbsync_file_handle_evicted(qbsync *q);

/* ---- Source: pieces ------------------------------------------------------------------------------------------------ */

/** What the destination answered to a piece. */
typedef enum qbsync_ack {
    QBSYNC_ACK_WRITTEN = 0,  /* pieces_acked_total */
    QBSYNC_ACK_FAILED,       /* pieces_failed_total */
    QBSYNC_ACK_HASH_MISMATCH /* pieces_failed_total and piece_hash_mismatch_total */
} qbsync_ack;

/** A piece was read from disk: piece_read_duration_seconds. */
void qbsync_piece_read(qbsync *q, double seconds);

/**
 * A piece was written to a stream of this connection: pieces_sent_total, bytes_sent_total,
 * piece_send_duration_seconds; `seconds` includes reading it and waiting for the rate limit.
 */
void qbsync_piece_sent(qbsync *q, unsigned connection, uint64_t bytes, double seconds);

/** The answer to a piece came, so long after it was sent: by result, and piece_rtt_seconds. */
void qbsync_piece_acked(qbsync *q, qbsync_ack result, double rtt_seconds);

/** Pieces sent and not answered yet: inflight_pieces. */
void qbsync_pieces_in_flight(qbsync *q, uint64_t pieces);

/** So many pieces got no answer in time: stale_pieces_total. */
void qbsync_pieces_stale(qbsync *q, uint64_t pieces);

/** Shutdown waits for pieces in flight, or has ceased to: draining. */
void qbsync_draining(qbsync *q, bool is_draining);

/** So many pieces were still in flight when that wait ended: drain_timeout_pieces_lost_total. */
void qbsync_drain_timed_out(qbsync *q, uint64_t pieces);

/* ---- Source: streams and connections ------------------------------------------------------------------------------- */

/** Why the reader of a stream's acknowledgements ended, the value of the label `reason`. */
typedef enum qbsync_ack_exit {
    QBSYNC_EXIT_CANCELLED = 0,
    QBSYNC_EXIT_END,
    QBSYNC_EXIT_ERROR,
    QBSYNC_EXIT_BLOCKED /* also ack_channel_blocked_total */
} qbsync_ack_exit;

typedef enum qbsync_direction { QBSYNC_UP = 0, QBSYNC_DOWN = 1 } qbsync_direction;

/** Streams in the pool, and how many there may be: stream_pool_size, stream_pool_max_size. */
void qbsync_stream_pool(qbsync *q, uint64_t streams, uint64_t most);

/** The congestion window, averaged over the streams: adaptive_window_size. */
void qbsync_window(qbsync *q, double pieces);

/** The pool no longer grows or shrinks, or does so again: stream_pool_scaling_paused. */
void qbsync_scaling_paused(qbsync *q, bool is_paused);

/** What the streams carry together, measured every few seconds: transfer_throughput_bytes_per_second. */
void qbsync_throughput(qbsync *q, double bytes_per_second);

/** The session ended: pieces in flight, pool size, window, throughput and scaling paused go back to 0. */
void qbsync_session_ended(qbsync *q);

/** A stream failed and reconnects: stream_reconnects_total. */
void qbsync_stream_reconnected(qbsync *q);

/** Opening another stream, or a poll, failed: stream_open_errors_total. */
void qbsync_stream_open_failed(qbsync *q);

/** A sender found no room in the window: window_full_total. */
void qbsync_window_was_full(qbsync *q);

/** A send timed out against flow control: send_timeout_total. */
void qbsync_send_timed_out(qbsync *q);

/** The reader of acknowledgements of a stream ended: receive_acks_exit_total, ack_channel_blocked_total. */
void qbsync_acks_exited(qbsync *q, qbsync_ack_exit reason);

/** Too many streams failed in a row, nothing is sent for a while: circuit_breaker_trips_total, ..._state 1. */
void qbsync_breaker_tripped(qbsync *q);

/** The pause is over: circuit_breaker_state 0. */
void qbsync_breaker_closed(qbsync *q);

/** TCP connections in use, and how many are configured: grpc_connections_active, grpc_connections_configured. */
void qbsync_connections(qbsync *q, uint64_t active, uint64_t configured);

/** A TCP connection was added, or drained and removed: connection_scale_events_total. */
void qbsync_connection_scaled(qbsync *q, qbsync_direction direction);

/** Workers that send: sender_workers_configured. */
void qbsync_sender_workers(qbsync *q, uint64_t workers);

/* ---- Destination: pieces and files --------------------------------------------------------------------------------- */

/** A piece was verified and written: pieces_received_total, bytes_received_total, piece_write_duration_seconds. */
void qbsync_piece_received(qbsync *q, uint64_t bytes, double seconds);

/** Opening, truncating or writing a file failed: piece_write_errors_total. */
void qbsync_piece_write_failed(qbsync *q);

/** Pieces that wait for a write worker, and workers that write: write_worker_queue_depth, write_workers_busy. */
void qbsync_write_workers(qbsync *q, uint64_t queued, uint64_t busy);

/** A file was complete and renamed before its torrent was: files_early_finalized_total. */
void qbsync_file_early_finalized(qbsync *q);

/** Such a file failed when it was read back: early_finalize_verify_failures_total. */
void qbsync_early_verification_failed(qbsync *q);

/** Syncing or closing a file failed: file_sync_errors_total. */
void qbsync_file_sync_failed(qbsync *q);

/** A file was linked to one that is there already, or could not be: hardlinks_created_total, hardlink_errors_total. */
void qbsync_hardlink_created(qbsync *q);
void qbsync_hardlink_failed(qbsync *q);

/** Files known by inode, to link to: inode_registry_size. */
void qbsync_inodes(qbsync *q, uint64_t files);

/* ---- Destination: torrents ----------------------------------------------------------------------------------------- */

/** How a finalization ended, the value of the label `result`. */
typedef enum qbsync_result { QBSYNC_SUCCESS = 0, QBSYNC_FAILURE = 1 } qbsync_result;

/**
 * A finalization ended: finalization_duration_seconds, and torrents_synced_total{mode="destination"} or
 * finalization_errors_total{mode="destination"}. `name` is the base name of the .torrent file, which need not be
 * the name that the source knows.
 */
void qbsync_finalization_finished(qbsync *q, const char *hash, const char *name, qbsync_result result,
                                  double seconds);

/** Pieces failed their hash during finalization: verification_errors_total. */
void qbsync_verification_failed(qbsync *q);

/** After that the pieces were marked for streaming again: verification_recoveries_total. */
void qbsync_verification_recovered(qbsync *q);

/** A torrent that nobody tracks was removed: orphan_cleanups_total. */
void qbsync_orphan_cleaned_up(qbsync *q);

/** The state of a torrent was written to disk: state_flush_duration_seconds. */
void qbsync_state_flushed(qbsync *q, double seconds);

/** It could not be written: state_save_errors_total. */
void qbsync_state_save_failed(qbsync *q);

/** Torrents whose state is not on disk yet: torrents_with_dirty_state. */
void qbsync_dirty_torrents(qbsync *q, uint64_t torrents);

/** A health check was answered from the cache, or not: health_check_cache_total. */
void qbsync_health_checked(qbsync *q, qbsync_lookup result);

/* ---- Either role ---------------------------------------------------------------------------------------------------- */

/** Torrents tracked (source) or being written (destination): active_torrents. */
void qbsync_active_torrents(qbsync *q, qbsync_role role, uint64_t torrents);

/**
 * A call to qBittorrent ended, such as "GetTorrents", whatever came of it: qb_api_calls_total,
 * qb_api_call_duration_seconds. It counts once however often it was tried; the time includes all tries.
 */
void qbsync_api_called(qbsync *q, qbsync_role role, const char *operation, double seconds);

/** A call was tried once more: qb_client_retries_total. */
void qbsync_api_retried(qbsync *q);

/** A tag could not be applied in qBittorrent: tag_application_errors_total. */
void qbsync_tag_failed(qbsync *q, qbsync_role role);

#endif
