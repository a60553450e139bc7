/*
 * trackarr_walk.h - what Trackarr keeps in Redis: the announces of each torrent, and how much memory all of it takes.
 *
 * An announce is a field of the hash PREFIXpeers:INFOHASH, its value an object as in trackarr_peer.h.
 */
#ifndef TRACKARR_WALK_H
#define TRACKARR_WALK_H

#include "redis.h"
#include "trackarr_source.h"

#define TRACKARR_MAX_KEY_PREFIX 128 /* bytes */

/** A pattern for SCAN, and what every key begins with that it is meant for. */
typedef struct trackarr_keys {
    char begin[TRACKARR_MAX_KEY_PREFIX + sizeof "peers:"];
    char pattern[2 * TRACKARR_MAX_KEY_PREFIX + sizeof "peers:*"];
} trackarr_keys;

/** Make both for a prefix, in which no character has a special meaning. False: it is too long. */
bool trackarr_keys_init(trackarr_keys *keys, const char *prefix);

/** Visit every hash. False: not all of them; `answer` is failed and says why. */
bool trackarr_walk(redis *store, const trackarr_keys *keys, trackarr_swarm *swarm, trackarr_answer *answer,
                   uint64_t deadline_ns);

/** Ask for the memory that is in use, and put it. */
void trackarr_ask_memory(redis *store, trackarr_answer *answer, uint64_t deadline_ns);

/** Find used_memory in the answer to INFO. False: it is not there, or no number. */
bool trackarr_used_memory(const char *info, size_t len, uint64_t *bytes);

#endif
