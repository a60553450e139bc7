/*
 * trackarr_swarm.h - who takes part in the swarm: each pair of address and port once, however many torrents it is in.
 *
 * A walk over the tracker's announces makes one, adds every announce, and reads the counts at its end. An address and
 * port that seeds at least one torrent is a seeder, every other one a leecher. Memory is bounded by the number of
 * pairs: about 120 bytes for each at most.
 */
#ifndef TRACKARR_SWARM_H
#define TRACKARR_SWARM_H

#include "trackarr_peer.h"

#define TRACKARR_MAX_PEERS 1000000 /* pairs, by default */

typedef struct trackarr_swarm_counts {
    uint64_t peers, seeders;
    uint64_t stale;      /* announces that are older than the window */
    uint64_t malformed;  /* values that are no announce */
    uint64_t wrong_type; /* keys that are no hash */
} trackarr_swarm_counts;

typedef struct trackarr_swarm_slot {
    uint64_t hash;
    uint32_t text; /* where its address begins in `texts` */
    uint16_t port;
    uint8_t len; /* of the address; 0: the slot is free */
    bool is_seeder;
} trackarr_swarm_slot;

typedef struct trackarr_swarm {
    trackarr_swarm_slot *slots; /* open addressing; `cap` is 0 or a power of two */
    size_t cap, max_peers;
    char *texts;
    size_t texts_len, texts_cap;
    uint64_t seed;
    double oldest_ms;
    trackarr_swarm_counts counts;
} trackarr_swarm;

/** What became of an announce. */
typedef enum trackarr_joined { TRACKARR_JOINED = 0, TRACKARR_SWARM_FULL, TRACKARR_SWARM_NO_MEMORY } trackarr_joined;

/** An empty swarm of at most `max_peers` pairs; announces before `oldest_ms` do not count. Owes one fini. */
void trackarr_swarm_init(trackarr_swarm *swarm, size_t max_peers, double oldest_ms);
void trackarr_swarm_fini(trackarr_swarm *swarm);

trackarr_joined trackarr_swarm_add(trackarr_swarm *swarm, const trackarr_peer *peer);

/** The same for a value as it stands in Redis; one that is no announce is counted and left out. */
trackarr_joined trackarr_swarm_add_json(trackarr_swarm *swarm, const char *json, size_t len);

/** A key of the pattern turned out to hold something else than a hash. */
void trackarr_swarm_skip_key(trackarr_swarm *swarm);

#endif
