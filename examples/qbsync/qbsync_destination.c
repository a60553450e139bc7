/*
 * qbsync_destination.c - what happens on the destination, and what happens in either role.
 */
#include "qbsync_object.h"

/* ---- Pieces and files ------------------------------------------------------------------------------------------ */

void qbsync_piece_received(qbsync *q, uint64_t bytes, double seconds)
{
    tacho_counter_inc(q->on.pieces_received);
    tacho_counter_add(q->on.bytes_received, bytes);
    tacho_histogram_observe(q->on.piece_write_duration, seconds);
}

void qbsync_piece_write_failed(qbsync *q) { tacho_counter_inc(q->on.piece_write_errors); }

void qbsync_write_workers(qbsync *q, uint64_t queued, uint64_t busy)
{
    tacho_gauge_set(q->on.write_worker_queue_depth, (double)queued);
    tacho_gauge_set(q->on.write_workers_busy, (double)busy);
}

void qbsync_file_early_finalized(qbsync *q) { tacho_counter_inc(q->on.files_early_finalized); }

void qbsync_early_verification_failed(qbsync *q) { tacho_counter_inc(q->on.early_finalize_verify_failures); }

void qbsync_file_sync_failed(qbsync *q) { tacho_counter_inc(q->on.file_sync_errors); }

void qbsync_hardlink_created(qbsync *q) { tacho_counter_inc(q->on.hardlinks_created); }

void qbsync_hardlink_failed(qbsync *q) { tacho_counter_inc(q->on.hardlink_errors); }

void qbsync_inodes(qbsync *q, uint64_t files) { tacho_gauge_set(q->on.inode_registry_size, (double)files); }

/* ---- Torrents ------------------------------------------------------------------------------------------------- */

void qbsync_finalization_finished(qbsync *q, const char *hash, const char *name, qbsync_result result,
                                  double seconds)
{
    if (!q->is_destination) return;
    tacho_histogram_observe(q->on.finalization_duration[result], seconds);
    if (result == QBSYNC_SUCCESS)
        tacho_counter_inc_at(q->on.torrents_synced, TACHO_LABELS("destination", hash, name));
    else
        tacho_counter_inc(q->on.finalization_errors[QBSYNC_DESTINATION]);
}

void qbsync_verification_failed(qbsync *q) { tacho_counter_inc(q->on.verification_errors); }

void qbsync_verification_recovered(qbsync *q) { tacho_counter_inc(q->on.verification_recoveries); }

void qbsync_orphan_cleaned_up(qbsync *q) { tacho_counter_inc(q->on.orphan_cleanups); }

void qbsync_state_flushed(qbsync *q, double seconds)
{
    tacho_histogram_observe(q->on.state_flush_duration, seconds);
}

void qbsync_state_save_failed(qbsync *q) { tacho_counter_inc(q->on.state_save_errors); }

void qbsync_dirty_torrents(qbsync *q, uint64_t torrents)
{
    tacho_gauge_set(q->on.torrents_with_dirty_state, (double)torrents);
}

void qbsync_health_checked(qbsync *q, qbsync_lookup result)
{
    tacho_counter_inc(q->on.health_check_cache[result]);
}

/* ---- Either role ------------------------------------------------------------------------------------------------ */

void qbsync_active_torrents(qbsync *q, qbsync_role role, uint64_t torrents)
{
    tacho_gauge_set(q->on.active_torrents[role], (double)torrents);
}

void qbsync_api_called(qbsync *q, qbsync_role role, const char *operation, double seconds)
{
    if (role == QBSYNC_SOURCE ? !q->is_source : !q->is_destination) return;
    tacho_counter_inc_at(q->on.qb_api_calls, TACHO_LABELS(qbsync_role_names[role], operation));
    tacho_histogram_observe_at(q->on.qb_api_call_durations, TACHO_LABELS(qbsync_role_names[role], operation),
                               seconds);
}

void qbsync_api_retried(qbsync *q) { tacho_counter_inc(q->on.qb_client_retries); }

void qbsync_tag_failed(qbsync *q, qbsync_role role) { tacho_counter_inc(q->on.tag_application_errors[role]); }
