/*
 * qbsync_families.h - the 75 families of qb-sync as rows, and the handles that they bind. Internal to the module.
 *
 * The rows of a role that the process does not have are defined all the same, as upstream does, but bound to
 * handles that nobody updates, while the handles of the domain functions stay NULL and count nothing: families
 * without labels show 0, those with labels show no series.
 */
#ifndef QBSYNC_FAMILIES_H
#define QBSYNC_FAMILIES_H

#include "qbsync.h"

enum { QBSYNC_ROLES = 2, QBSYNC_ACK_EXITS = 4, QBSYNC_UNUSED = 16 };

/** A handle for each family that is updated; [role] is indexed by qbsync_role, the others by their enum. */
typedef struct qbsync_handles {
    /* either role */
    tacho_counter_vec *torrents_synced; /* mode, hash, name */
    tacho_counter *finalization_errors[QBSYNC_ROLES];
    tacho_counter *tag_application_errors[QBSYNC_ROLES];
    tacho_counter *qb_client_retries;
    tacho_counter_vec *qb_api_calls;            /* mode, operation */
    tacho_histogram_vec *qb_api_call_durations; /* mode, operation */
    tacho_gauge *active_torrents[QBSYNC_ROLES];
    /* source */
    tacho_counter_vec *torrent_bytes_synced; /* hash, name */
    tacho_counter_vec *pieces_sent;          /* connection */
    tacho_counter_vec *bytes_sent;           /* connection */
    tacho_histogram_vec *piece_send_durations; /* connection */
    tacho_counter *torrent_stop_errors, *torrent_resume_errors, *pieces_acked, *pieces_failed;
    tacho_counter *circuit_breaker_trips, *stream_reconnects, *stale_pieces, *drain_timeout_pieces_lost;
    tacho_counter *piece_hash_mismatch, *stream_open_errors, *cleanup_groups[3], *cleanup_torrents_handed_off;
    tacho_counter *idle_poll_skips, *cycle_cache_hits, *file_handle_cache[2], *file_handle_evictions;
    tacho_counter *window_full, *send_timeout, *connection_scale_events[2], *file_selection_resyncs;
    tacho_counter *sync_failed, *exclude_sync_abort;
    tacho_gauge *inflight_pieces, *adaptive_window_size, *circuit_breaker_state, *stream_pool_scaling_paused;
    tacho_gauge *transfer_throughput, *active_finalization_backoffs, *completed_on_dest_cache_size;
    tacho_gauge *sender_workers_configured, *draining;
    tacho_histogram *piece_read_duration, *piece_rtt, *torrent_sync_latency;
    /* destination */
    tacho_counter *orphan_cleanups, *pieces_received, *bytes_received, *hardlinks_created, *piece_write_errors;
    tacho_counter *state_save_errors, *file_sync_errors, *verification_errors, *hardlink_errors;
    tacho_counter *health_check_cache[2], *files_early_finalized, *early_finalize_verify_failures;
    tacho_counter *verification_recoveries;
    tacho_gauge *torrents_with_dirty_state, *inode_registry_size, *write_worker_queue_depth, *write_workers_busy;
    tacho_histogram *piece_write_duration, *finalization_duration[2], *state_flush_duration;
    /* families with labels of a role that is not there: defined, and never given a series */
    tacho_counter_vec *unused_counters[QBSYNC_UNUSED];
    tacho_gauge_vec *unused_gauges[QBSYNC_UNUSED];
    tacho_histogram_vec *unused_histograms[QBSYNC_UNUSED];
} qbsync_handles;

/** The families that a collector emits from one snapshot: indices in qbsync_families.snapshot. */
enum {
    QBSYNC_RECEIVE_ACKS_EXIT,
    QBSYNC_ACK_CHANNEL_BLOCKED,
    QBSYNC_STREAM_POOL_SIZE,
    QBSYNC_STREAM_POOL_MAX_SIZE,
    QBSYNC_OLDEST_PENDING_SYNC,
    QBSYNC_TORRENT_PIECES,
    QBSYNC_TORRENT_PIECES_STREAMED,
    QBSYNC_TORRENT_SIZE,
    QBSYNC_CONNECTIONS_CONFIGURED,
    QBSYNC_CONNECTIONS_ACTIVE,
    QBSYNC_SNAPSHOT_COUNT
};

/** The rows of one object. */
typedef struct qbsync_families {
    tacho_desc *updated; /* bound to handles */
    size_t updated_count;
    tacho_desc *snapshot;       /* QBSYNC_SNAPSHOT_COUNT, emitted by a collector */
} qbsync_families;

/** The values of the labels `mode` and `reason`, NULL-terminated, in the order of their enums. */
extern const char *const qbsync_role_names[QBSYNC_ROLES + 1];
extern const char *const qbsync_ack_exit_names[QBSYNC_ACK_EXITS + 1];

/** Whether a mode has a role. */
static inline bool qbsync_mode_has(qbsync_mode mode, qbsync_role role)
{
    return mode == QBSYNC_BOTH || (mode == QBSYNC_ONLY_SOURCE) == (role == QBSYNC_SOURCE);
}

/** Make the rows for a mode, bound into `on`, or `off` for a role that is not there. False when out of memory. */
bool qbsync_families_init(qbsync_families *families, qbsync_mode mode, const char *prefix, qbsync_handles *on,
                          qbsync_handles *off);
void qbsync_families_fini(qbsync_families *families);

#endif
