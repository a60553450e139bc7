/*
 * demo_incidents.c - what goes wrong now and then: every kind once in a round, in an order that changes.
 */
#include "demo_world.h"

#define INCIDENTS_REST 0.6

static void incident_reconnect(world *w)
{
    qbsync_acks_exited(w->q, QBSYNC_EXIT_ERROR);
    qbsync_stream_reconnected(w->q);
}

static void incident_end_of_stream(world *w) { qbsync_acks_exited(w->q, QBSYNC_EXIT_END); }

static void incident_blocked(world *w)
{
    qbsync_acks_exited(w->q, QBSYNC_EXIT_BLOCKED);
    qbsync_stream_reconnected(w->q);
}

static void incident_open_failed(world *w) { qbsync_stream_open_failed(w->q); }

static void incident_send_timeout(world *w) { qbsync_send_timed_out(w->q); }

static void incident_file_evicted(world *w) { qbsync_file_handle_evicted(w->q); }

static void incident_stop_failed(world *w) { qbsync_torrent_stop_failed(w->q); }

static void incident_resume_failed(world *w)
{
    qbsync_torrent_resume_failed(w->q);
    qbsync_api_retried(w->q);
}

static void incident_tag_failed_here(world *w) { qbsync_tag_failed(w->q, QBSYNC_SOURCE); }

static void incident_tag_failed_there(world *w) { qbsync_tag_failed(w->q, QBSYNC_DESTINATION); }

static void incident_state_save_failed(world *w) { qbsync_state_save_failed(w->q); }

static void incident_file_sync_failed(world *w) { qbsync_file_sync_failed(w->q); }

static void incident_hardlink_failed(world *w) { qbsync_hardlink_failed(w->q); }

static void incident_early_check_failed(world *w) { qbsync_early_verification_failed(w->q); }

static void incident_orphan(world *w) { qbsync_orphan_cleaned_up(w->q); }

static void incident_write_fails(world *w) { w->next_ack = QBSYNC_ACK_FAILED; }

static void incident_hash_mismatch(world *w) { w->next_ack = QBSYNC_ACK_HASH_MISMATCH; }

static void incident_piece_lost(world *w) { w->next_piece_is_lost = true; }

static void incident_finalization_fails(world *w) { w->next_finalization_fails = true; }

/* ---- With an end, which the supervisor brings ------------------------------------------------------------------- */

static void incident_breaker(world *w, double now)
{
    if (w->breaker_until > 0 || w->draining_until > 0) return;
    w->breaker_until = now + 2.2;
    qbsync_acks_exited(w->q, QBSYNC_EXIT_CANCELLED);
    qbsync_breaker_tripped(w->q);
}

static void incident_pause(world *w, double now)
{
    if (w->paused_until > 0 || w->draining_until > 0) return;
    w->paused_until = now + 3;
    qbsync_scaling_paused(w->q, true);
}

static void incident_drain(world *w, double now)
{
    if (w->draining_until > 0) return;
    w->draining_until = now + 2.2;
    qbsync_draining(w->q, true);
}

/* ---- To one torrent or piece ------------------------------------------------------------------------------------- */

static void incident_drop(demo_part *part, qbsync_drop why)
{
    world_torrent *torrent = world_pick(part->w, &part->random, WORLD_KEPT);
    if (!torrent) return;
    qbsync_torrent_dropped(part->w->q, torrent->hash, why);
    world_forget(torrent);
}

/* Other files of it are wanted: half of it is streamed again. */
static void incident_other_selection(demo_part *part)
{
    world_torrent *torrent = world_pick(part->w, &part->random, 0);
    if (!torrent) return;
    torrent->streamed /= 2;
    torrent->sent = torrent->streamed;
    qbsync_file_selection_resynced(part->w->q);
    world_show(part->w, torrent);
}

/* ---- Rounds ------------------------------------------------------------------------------------------------------- */

typedef void incident(world *w);
typedef void timed_incident(world *w, double now);

static incident *const incidents[] = {
    incident_reconnect,        incident_end_of_stream,      incident_blocked,
    incident_open_failed,      incident_send_timeout,       incident_file_evicted,
    incident_stop_failed,      incident_resume_failed,      incident_tag_failed_here,
    incident_tag_failed_there, incident_state_save_failed,  incident_file_sync_failed,
    incident_hardlink_failed,  incident_early_check_failed, incident_orphan,
    incident_write_fails,      incident_hash_mismatch,      incident_finalization_fails,
    incident_piece_lost,
};
static timed_incident *const timed_incidents[] = { incident_breaker, incident_pause, incident_drain };

enum {
    INCIDENTS_PLAIN = TACHO_COUNT(incidents),
    INCIDENTS_TIMED = INCIDENTS_PLAIN + TACHO_COUNT(timed_incidents),
    INCIDENTS_DROPS = INCIDENTS_TIMED + 3, /* one for each qbsync_drop, then another selection */
    INCIDENTS_ALL
};
_Static_assert(INCIDENTS_ALL <= sizeof((demo_part *)0)->order, "the order of a round must fit");

static void incidents_happen(demo_part *part, unsigned kind, double now)
{
    if (kind < INCIDENTS_PLAIN)
        incidents[kind](part->w);
    else if (kind < INCIDENTS_TIMED)
        timed_incidents[kind - INCIDENTS_PLAIN](part->w, now);
    else if (kind < INCIDENTS_DROPS)
        incident_drop(part, (qbsync_drop)(kind - INCIDENTS_TIMED));
    else
        incident_other_selection(part);
}

static void incidents_shuffle(demo_part *part)
{
    for (uint64_t i = 0; i < INCIDENTS_ALL; i++) {
        uint64_t j = demo_random_below(&part->random, i + 1);
        part->order[i] = part->order[j];
        part->order[j] = (uint8_t)i;
    }
}

static double incidents_step(demo_actor *self, double now)
{
    demo_part *part = TACHO_CONTAINER(self, demo_part, actor);
    pthread_mutex_lock(&part->w->mutex);
    if (part->steps % INCIDENTS_ALL == 0) incidents_shuffle(part);
    incidents_happen(part, part->order[part->steps++ % INCIDENTS_ALL], now);
    pthread_mutex_unlock(&part->w->mutex);
    return INCIDENTS_REST;
}

const demo_actor_ops demo_incidents = { incidents_step };
