/*
 * trackarr_peer.h - an announce as the tracker keeps it in Redis: a JSON object, of which four members matter.
 *
 *   {"ip":"203.0.113.5","port":6881,"isSeeder":true,"updatedAt":1767225600000, ...}
 */
#ifndef TRACKARR_PEER_H
#define TRACKARR_PEER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TRACKARR_MAX_IP 63 /* bytes; the longest address takes 45 */

typedef struct trackarr_peer {
    char ip[TRACKARR_MAX_IP + 1]; /* as it was written; not empty */
    uint16_t port;
    bool is_seeder;
    double updated_ms; /* Unix time of the announce in milliseconds */
} trackarr_peer;

/**
 * Read a value: JSON and nothing else, nested at most 16 deep; of a member that comes twice the last counts. False:
 * it is not that, or one of the four members is missing or of another type. Nothing beyond `len` is looked at.
 */
bool trackarr_peer_read(trackarr_peer *peer, const char *json, size_t len);

#endif
