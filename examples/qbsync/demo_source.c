/*
 * demo_source.c - the actors of the source: its cycle, a sender for each connection, who reads the acknowledgements,
 * and who watches over connections, window and pauses.
 */
#include "demo_world.h"

static demo_part *source_part(demo_actor *self) { return TACHO_CONTAINER(self, demo_part, actor); }

/* ---- The cycle ------------------------------------------------------------------------------------------------- */

#define SOURCE_CYCLE 2.0

static void source_call(demo_part *part, const char *operation)
{
    qbsync_api_called(part->w->q, QBSYNC_SOURCE, operation, demo_random_duration(&part->random, 0.04));
}

/* Torrents that were there at the last cycle have known progress from now on. */
static void source_poll(demo_part *part)
{
    world *w = part->w;
    for (size_t i = 0; i < WORLD_TORRENTS; i++) {
        world_torrent *torrent = &w->torrents[i];
        if (!torrent->serial) continue;
        if (torrent->sent == torrent->pieces) {
            qbsync_idle_poll_skipped(w->q); /* all of it is on its way */
            continue;
        }
        source_call(part, torrent->has_progress ? "GetTorrentPieceStates" : "GetTorrentPieceHashes");
        torrent->has_progress = true;
        world_show(w, torrent);
    }
}

static void source_clean_up(demo_part *part)
{
    uint64_t removed = 1 + demo_random_below(&part->random, 2);
    qbsync_cleanup_finished(part->w->q, removed, demo_random_below(&part->random, 2), 1 + part->steps % 2,
                            removed * 2);
    source_call(part, "DeleteTorrents");
}

static double source_cycle(demo_actor *self, double now)
{
    static const char *const rare[] = { "Login", "GetAppPreferences", "GetFilesInformation",
                                        "ExportTorrent" };
    demo_part *part = source_part(self);
    world *w = part->w;
    uint64_t waiting = 0;
    pthread_mutex_lock(&w->mutex);
    source_call(part, "GetTorrents");
    source_call(part, rare[part->steps % TACHO_COUNT(rare)]);
    source_poll(part);
    while (world_find(w, 0)) world_add_torrent(w, &part->random, now);
    for (size_t i = 0; i < WORLD_TORRENTS; i++)
        waiting += w->torrents[i].serial && w->torrents[i].retry_at > now;
    qbsync_finalization_backoffs(w->q, waiting);
    qbsync_completed_on_destination(w->q, w->completed % 500);
    qbsync_active_torrents(w->q, QBSYNC_SOURCE, world_tracked(w));
    qbsync_cycle_cache_hit(w->q);
    if (part->steps++ % 3 == 0) source_clean_up(part);
    pthread_mutex_unlock(&w->mutex);
    return SOURCE_CYCLE;
}

const demo_actor_ops demo_cycle = { source_cycle };

/* ---- Senders --------------------------------------------------------------------------------------------------- */

static bool source_may_send(const demo_part *part)
{
    const world *w = part->w;
    return part->index < w->connections && w->draining_until == 0 && w->breaker_until == 0;
}

/* A torrent with a piece to send; the one that waits longest, most of the time. */
static world_torrent *source_pick(demo_part *part)
{
    world_torrent *best = NULL;
    for (size_t i = 0; i < WORLD_TORRENTS; i++) {
        world_torrent *torrent = &part->w->torrents[i];
        if (!torrent->serial || !torrent->has_progress || torrent->sent == torrent->pieces) continue;
        if (!best || torrent->serial < best->serial || demo_random_one_in(&part->random, 3)) best = torrent;
    }
    return best;
}

static double source_send_piece(demo_part *part, world_torrent *torrent, double now)
{
    world *w = part->w;
    bool is_cached = !demo_random_one_in(&part->random, 12);
    double read_seconds = demo_random_duration(&part->random, is_cached ? 0.004 : 0.02);
    double seconds = read_seconds + demo_random_duration(&part->random, 0.055);
    world_piece piece = { torrent->serial, torrent->piece_bytes, now, QBSYNC_ACK_WRITTEN };
    torrent->sent++;
    w->bytes_since_measured += piece.bytes;
    qbsync_file_handle_looked_up(w->q, is_cached ? QBSYNC_HIT : QBSYNC_MISS);
    qbsync_piece_read(w->q, read_seconds);
    qbsync_piece_sent(w->q, part->index, piece.bytes, seconds);
    qbsync_pieces_in_flight(w->q, ++w->in_flight);
    bool is_lost = w->next_piece_is_lost || !world_push(&w->to_write, piece);
    w->next_piece_is_lost = false;
    if (is_lost) {
        qbsync_pieces_stale(w->q, 1);
        world_lose(w, &piece);
    }
    return seconds;
}

static double source_send(demo_actor *self, double now)
{
    demo_part *part = source_part(self);
    world *w = part->w;
    double rest = 0.1;
    pthread_mutex_lock(&w->mutex);
    world_torrent *torrent = source_may_send(part) ? source_pick(part) : NULL;
    if (torrent && w->in_flight >= w->window)
        qbsync_window_was_full(w->q);
    else if (torrent)
        rest = source_send_piece(part, torrent, now);
    pthread_mutex_unlock(&w->mutex);
    return rest;
}

const demo_actor_ops demo_sender = { source_send };

/* ---- Acknowledgements ------------------------------------------------------------------------------------------ */

static void source_take_ack(world *w, const world_piece *piece, double now)
{
    qbsync_piece_acked(w->q, piece->result, now - piece->sent_at);
    world_torrent *torrent = world_find(w, piece->serial);
    if (piece->result != QBSYNC_ACK_WRITTEN || !torrent || torrent->streamed == torrent->sent) {
        world_lose(w, piece);
        return;
    }
    torrent->streamed++;
    w->in_flight -= w->in_flight > 0;
    qbsync_pieces_in_flight(w->q, w->in_flight);
    world_show(w, torrent);
}

static double source_acknowledge(demo_actor *self, double now)
{
    demo_part *part = source_part(self);
    world_piece piece;
    pthread_mutex_lock(&part->w->mutex);
    while (world_arrived(&part->w->to_acknowledge, now) && world_pop(&part->w->to_acknowledge, &piece))
        source_take_ack(part->w, &piece, now);
    pthread_mutex_unlock(&part->w->mutex);
    return 0.02;
}

const demo_actor_ops demo_acknowledger = { source_acknowledge };

/* ---- Watching over it ------------------------------------------------------------------------------------------ */

#define SOURCE_WATCH 0.25
enum { WATCH_WINDOW = 4, WATCH_SCALE = 12, WATCH_THROUGHPUT = 20 }; /* each so many watches */

static bool source_is_over(double *until, double now)
{
    if (*until == 0 || now < *until) return false;
    *until = 0;
    return true;
}

static void source_end_pauses(world *w, double now)
{
    if (source_is_over(&w->breaker_until, now)) qbsync_breaker_closed(w->q);
    if (source_is_over(&w->paused_until, now)) qbsync_scaling_paused(w->q, false);
    if (!source_is_over(&w->draining_until, now)) return;
    uint64_t lost = world_end_session(w);
    qbsync_drain_timed_out(w->q, lost > 0 ? lost : 1);
    qbsync_draining(w->q, false);
    qbsync_window(w->q, (double)w->window);
    w->paused_until = 0;
    world_show_streams(w); /* the next session */
}

static void source_scale(demo_part *part)
{
    world *w = part->w;
    bool up =
        w->connections <= 2 || (w->connections < WORLD_CONNECTIONS && demo_random_one_in(&part->random, 2));
    w->connections += up ? 1u : -1u;
    qbsync_connection_scaled(w->q, up ? QBSYNC_UP : QBSYNC_DOWN);
    world_show_streams(w);
}

static double source_watch(demo_actor *self, double now)
{
    demo_part *part = source_part(self);
    world *w = part->w;
    pthread_mutex_lock(&w->mutex);
    part->steps++;
    source_end_pauses(w, now);
    if (part->steps % WATCH_WINDOW == 0 && w->draining_until == 0) {
        w->window = 8 + demo_random_below(&part->random, 28);
        qbsync_window(w->q, (double)w->window);
    }
    if (part->steps % WATCH_SCALE == 0 && w->paused_until == 0 && w->draining_until == 0) source_scale(part);
    if (part->steps % WATCH_THROUGHPUT == 0) {
        qbsync_throughput(w->q, (double)w->bytes_since_measured / (SOURCE_WATCH * WATCH_THROUGHPUT));
        w->bytes_since_measured = 0;
    }
    pthread_mutex_unlock(&w->mutex);
    return SOURCE_WATCH;
}

const demo_actor_ops demo_supervisor = { source_watch };
