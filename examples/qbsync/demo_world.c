#include "demo_world.h"

#include <string.h>

/* As many hashes as that come again and again, so that a demo can run for months. */
#define WORLD_HASHES 96
#define WORLD_ROUND_TRIP 0.25

/* Torrents are called whatever their makers liked. */
static const char *const world_names[] = {
    "debian-12.5.0-amd64-netinst.iso",
    "torrent-1",
    "She said \"hello\"",
    "archive 2024 (complete) [flac]",
    "C:\\new\\table",
    "\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e\xe3\x81\xae\xe6\x98\xa0\xe7\x94\xbb",
    "field recordings, volume 3",
    "first line\nsecond line",
    "a{b=\"c\"} 1",
    "lectures.s01.1080p",
    "\xf0\x9f\x8e\xac \xe2\x80\x93 clips",
    "# HELP is a name, too",
    "caf\xe9 (Latin-1)", /* not UTF-8: shown with U+FFFD */
    "tab\tseparated",
    "maps-2024-06.pbf",
    " blanks at both ends ",
    "public-domain-films-vol-7",
    "\xd0\x9b\xd0\xb5\xd0\xba\xd1\x86\xd0\xb8\xd0\xb8",
    "torrent-2",
    "50% \\ \"half\"",
    "weather-model-output.tar.zst",
    "\xd9\x85\xd9\x83\xd8\xaa\xd8\xa8\xd8\xa9",
    "chess-games-1990-2020.pgn",
    "debian-12.5.0-amd64-DVD-1.iso",
};

void demo_world_init(world *w, qbsync *q)
{
    memset(w, 0, sizeof *w);
    w->q = q;
    w->connections = 2;
    w->window = 24;
    pthread_mutex_init(&w->mutex, NULL);
    qbsync_sender_workers(q, WORLD_CONNECTIONS);
    qbsync_window(q, (double)w->window);
    world_show_streams(w);
}

void demo_world_fini(world *w) { pthread_mutex_destroy(&w->mutex); }

/* ---- Torrents -------------------------------------------------------------------------------------------------- */

uint64_t world_torrent_bytes(const world_torrent *torrent)
{
    return torrent->pieces * torrent->piece_bytes - torrent->piece_bytes / 3; /* the last piece is shorter */
}

static void world_make_hash(char *hash, uint64_t number)
{
    demo_random random;
    demo_random_init(&random, number, 0);
    for (size_t i = 0; i < 40; i++) hash[i] = "0123456789abcdef"[demo_random_below(&random, 16)];
    hash[40] = '\0';
}

void world_add_torrent(world *w, demo_random *random, double now)
{
    world_torrent *torrent = world_find(w, 0);
    if (!torrent) return;
    double waiting = demo_random_between(random, 1, 90);
    memset(torrent, 0, sizeof *torrent);
    torrent->serial = ++w->last_serial;
    torrent->name = world_names[torrent->serial % TACHO_COUNT(world_names)];
    torrent->pieces = 40 + demo_random_below(random, 120);
    torrent->piece_bytes = UINT64_C(262144) << demo_random_below(random, 5);
    torrent->since = now - waiting;
    world_make_hash(torrent->hash, torrent->serial % WORLD_HASHES);
    memcpy(torrent->file, torrent->hash, 12);
    memcpy(torrent->file + 12, ".torrent", sizeof ".torrent");
    qbsync_torrent_tracked(w->q, torrent->hash, torrent->name, waiting);
}

world_torrent *world_find(world *w, uint64_t serial)
{
    for (size_t i = 0; i < WORLD_TORRENTS; i++)
        if (w->torrents[i].serial == serial) return &w->torrents[i];
    return NULL;
}

world_torrent *world_pick(world *w, demo_random *random, size_t others)
{
    world_torrent *known[WORLD_TORRENTS];
    size_t count = 0;
    for (size_t i = 0; i < WORLD_TORRENTS; i++)
        if (w->torrents[i].serial && w->torrents[i].has_progress) known[count++] = &w->torrents[i];
    return count > others ? known[demo_random_below(random, count)] : NULL;
}

void world_forget(world_torrent *torrent) { torrent->serial = 0; }

void world_show(world *w, const world_torrent *torrent)
{
    if (torrent->has_progress)
        qbsync_torrent_progress(w->q, torrent->hash, torrent->streamed, torrent->pieces,
                                world_torrent_bytes(torrent));
}

uint64_t world_tracked(const world *w)
{
    uint64_t count = 0;
    for (size_t i = 0; i < WORLD_TORRENTS; i++) count += w->torrents[i].serial != 0;
    return count;
}

/* ---- Pieces ---------------------------------------------------------------------------------------------------- */

bool world_arrived(const world_queue *queue, double now)
{
    return queue->count > 0 && now - queue->pieces[queue->first].sent_at >= WORLD_ROUND_TRIP;
}

bool world_push(world_queue *queue, world_piece piece)
{
    if (queue->count == WORLD_QUEUE) return false;
    queue->pieces[(queue->first + queue->count++) % WORLD_QUEUE] = piece;
    return true;
}

bool world_pop(world_queue *queue, world_piece *piece)
{
    if (queue->count == 0) return false;
    *piece = queue->pieces[queue->first];
    queue->first = (queue->first + 1) % WORLD_QUEUE;
    queue->count--;
    return true;
}

void world_lose(world *w, const world_piece *piece)
{
    world_torrent *torrent = piece->serial ? world_find(w, piece->serial) : NULL;
    if (torrent && torrent->sent > torrent->streamed) torrent->sent--;
    if (w->in_flight > 0) w->in_flight--;
    qbsync_pieces_in_flight(w->q, w->in_flight);
}

uint64_t world_end_session(world *w)
{
    uint64_t lost = w->in_flight;
    w->to_write.count = w->to_acknowledge.count = 0;
    w->in_flight = 0;
    w->bytes_since_measured = 0;
    for (size_t i = 0; i < WORLD_TORRENTS; i++) w->torrents[i].sent = w->torrents[i].streamed;
    qbsync_session_ended(w->q);
    return lost;
}

void world_show_streams(world *w)
{
    qbsync_connections(w->q, w->connections, WORLD_CONNECTIONS);
    qbsync_stream_pool(w->q, 2 * (uint64_t)w->connections, 2 * WORLD_CONNECTIONS);
}
