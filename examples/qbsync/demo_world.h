/*
 * demo_world.h - what the simulated source, network and destination share.
 *
 * Torrents come to the source, their pieces go through two queues (to be written, to be acknowledged), and they
 * leave when the destination has finalized them. All actors work on this under one lock and tell qbsync.h what
 * they did, mostly while they hold it: a scrape never takes it.
 *   I1  streamed <= sent <= pieces for each torrent; sent - streamed of them are in the queues or being written.
 *   I2  from the second cycle on at least two torrents with known progress are tracked.
 * Functions that begin with world_ want the lock held.
 */
#ifndef QBSYNC_DEMO_WORLD_H
#define QBSYNC_DEMO_WORLD_H

#include <pthread.h>

#include "demo.h"
#include "qbsync.h"

enum {
    WORLD_TORRENTS = 6,
    WORLD_KEPT = 2,        /* torrents with progress that nothing takes away (I2) */
    WORLD_CONNECTIONS = 4, /* configured; two streams each */
    WORLD_WRITERS = 2,
    WORLD_QUEUE = 64 /* more than any window */
};

typedef struct world_torrent {
    uint64_t serial; /* 0: a free place */
    char hash[41];
    const char *name; /* on the source */
    char file[32];    /* the name of its .torrent file on the destination */
    uint64_t pieces, piece_bytes, sent, streamed;
    double since, retry_at;
    bool has_progress;
} world_torrent;

/** A piece on its way; its torrent may be gone meanwhile. */
typedef struct world_piece {
    uint64_t serial, bytes;
    double sent_at;
    qbsync_ack result;
} world_piece;

typedef struct world_queue {
    world_piece pieces[WORLD_QUEUE];
    size_t first, count;
} world_queue;

typedef struct world {
    qbsync *q;
    pthread_mutex_t mutex;
    world_torrent torrents[WORLD_TORRENTS];
    uint64_t last_serial;
    world_queue to_write, to_acknowledge;
    uint64_t in_flight; /* sent, and neither acknowledged nor lost */
    uint64_t busy_writers, inodes, completed, bytes_since_measured;
    unsigned connections;
    uint64_t window;
    qbsync_ack next_ack; /* what the next written piece is answered */
    bool next_piece_is_lost, next_finalization_fails;
    double draining_until, breaker_until, paused_until; /* 0: not */
} world;

/** An empty world; owes one demo_world_fini. */
void demo_world_init(world *w, qbsync *q);
void demo_world_fini(world *w);

uint64_t world_torrent_bytes(const world_torrent *torrent);

/** A new torrent arrives, if there is a place for it. */
void world_add_torrent(world *w, demo_random *random, double now);

/** The torrent a piece belongs to, or NULL. */
world_torrent *world_find(world *w, uint64_t serial);

/** A torrent with known progress, chosen at random, if there are more than `others` of them; or NULL. */
world_torrent *world_pick(world *w, demo_random *random, size_t others);

void world_forget(world_torrent *torrent);

/** Show how far a torrent is, once that is known. */
void world_show(world *w, const world_torrent *torrent);

/** How many torrents are tracked. */
uint64_t world_tracked(const world *w);

/** Whether the first piece has been on its way for as long as the network takes. */
bool world_arrived(const world_queue *queue, double now);

bool world_push(world_queue *queue, world_piece piece);
bool world_pop(world_queue *queue, world_piece *piece);

/** A piece did not make it: it will be sent again. */
void world_lose(world *w, const world_piece *piece);

/** Everything in flight is lost; returns how many pieces. */
uint64_t world_end_session(world *w);

/** The streams of the connections that are there. */
void world_show_streams(world *w);

/** An actor of the demo. */
typedef struct demo_part {
    demo_actor actor;
    world *w;
    demo_random random;
    unsigned index;    /* which connection or writer */
    uint64_t steps;    /* so far */
    bool is_writing;   /* a writer: `piece` is at hand */
    world_piece piece; /* a writer's */
    double seconds;    /* that it takes */
    uint8_t order[32]; /* incidents: of this round */
} demo_part;

extern const demo_actor_ops demo_cycle, demo_sender, demo_acknowledger, demo_supervisor; /* the source */
extern const demo_actor_ops demo_writer, demo_finalizer;                                 /* the destination */
extern const demo_actor_ops demo_incidents;                                              /* what goes wrong */

#endif
