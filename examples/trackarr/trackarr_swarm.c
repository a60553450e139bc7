/*
 * trackarr_swarm.c - a hash set of pairs that grows by doubling.
 *
 * Whoever announces chooses his address and port within limits, so the hash is seeded anew for each swarm: a list of
 * addresses that collide in one walk does not in the next.
 */
#define _POSIX_C_SOURCE 200809L
#include "trackarr_swarm.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#define SWARM_FIRST_SLOTS 1024
#define SWARM_FIRST_BYTES 16384

void trackarr_swarm_init(trackarr_swarm *swarm, size_t max_peers, double oldest_ms)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    *swarm =
        (trackarr_swarm){ .max_peers = max_peers ? max_peers : TRACKARR_MAX_PEERS, .oldest_ms = oldest_ms };
    swarm->seed = ((uint64_t)now.tv_nsec << 32) ^ (uint64_t)now.tv_sec ^ (uint64_t)(uintptr_t)&now;
}

void trackarr_swarm_fini(trackarr_swarm *swarm)
{
    free(swarm->slots);
    free(swarm->texts);
    swarm->slots = NULL;
    swarm->texts = NULL;
}

static uint64_t swarm_mix(uint64_t hash, uint64_t word)
{
    hash = (hash ^ word) * 0x9e3779b97f4a7c15u;
    return hash ^ (hash >> 29);
}

static uint64_t swarm_hash(const trackarr_swarm *swarm, const trackarr_peer *peer, size_t len)
{
    uint64_t hash = swarm_mix(swarm->seed, ((uint64_t)peer->port << 8) | len);
    for (size_t i = 0; i < len; i += sizeof hash) {
        uint64_t word = 0;
        memcpy(&word, peer->ip + i, len - i < sizeof word ? len - i : sizeof word);
        hash = swarm_mix(hash, word);
    }
    return swarm_mix(hash, swarm->seed);
}

/* The slot of a pair, or the free one where it belongs. There is always a free one. */
static trackarr_swarm_slot *swarm_find(const trackarr_swarm *swarm, const trackarr_peer *peer, size_t len,
                                       uint64_t hash)
{
    for (size_t i = hash & (swarm->cap - 1);; i = (i + 1) & (swarm->cap - 1)) {
        trackarr_swarm_slot *slot = &swarm->slots[i];
        if (!slot->len) return slot;
        if (slot->hash == hash && slot->port == peer->port && slot->len == len &&
            memcmp(swarm->texts + slot->text, peer->ip, len) == 0)
            return slot;
    }
}

/* Keep a third of the slots free. */
static bool swarm_make_slots(trackarr_swarm *swarm)
{
    if (swarm->counts.peers < swarm->cap / 3 * 2) return true;
    size_t cap = swarm->cap ? swarm->cap * 2 : SWARM_FIRST_SLOTS;
    trackarr_swarm_slot *slots = calloc(cap, sizeof *slots);
    if (!slots) return false;
    for (size_t i = 0; i < swarm->cap; i++) {
        if (!swarm->slots[i].len) continue;
        size_t to = swarm->slots[i].hash & (cap - 1);
        while (slots[to].len) to = (to + 1) & (cap - 1);
        slots[to] = swarm->slots[i];
    }
    free(swarm->slots);
    swarm->slots = slots;
    swarm->cap = cap;
    return true;
}

static bool swarm_make_text(trackarr_swarm *swarm, size_t len)
{
    if (swarm->texts_cap - swarm->texts_len >= len) return true;
    size_t cap = swarm->texts_cap ? swarm->texts_cap * 2 : SWARM_FIRST_BYTES;
    char *texts = cap <= UINT32_MAX ? realloc(swarm->texts, cap) : NULL;
    if (!texts) return false;
    swarm->texts = texts;
    swarm->texts_cap = cap;
    return true;
}

trackarr_joined trackarr_swarm_add(trackarr_swarm *swarm, const trackarr_peer *peer)
{
    if (!(peer->updated_ms >= swarm->oldest_ms)) {
        swarm->counts.stale++;
        return TRACKARR_JOINED;
    }
    size_t len = strlen(peer->ip);
    if (!swarm_make_slots(swarm) || !swarm_make_text(swarm, len)) return TRACKARR_SWARM_NO_MEMORY;
    uint64_t hash = swarm_hash(swarm, peer, len);
    trackarr_swarm_slot *slot = swarm_find(swarm, peer, len, hash);
    if (!slot->len) {
        if (swarm->counts.peers == swarm->max_peers) return TRACKARR_SWARM_FULL;
        *slot = (trackarr_swarm_slot){ hash, (uint32_t)swarm->texts_len, peer->port, (uint8_t)len, false };
        memcpy(swarm->texts + swarm->texts_len, peer->ip, len);
        swarm->texts_len += len;
        swarm->counts.peers++;
    }
    if (peer->is_seeder && !slot->is_seeder) {
        slot->is_seeder = true;
        swarm->counts.seeders++;
    }
    return TRACKARR_JOINED;
}

trackarr_joined trackarr_swarm_add_json(trackarr_swarm *swarm, const char *json, size_t len)
{
    trackarr_peer peer;
    if (trackarr_peer_read(&peer, json, len)) return trackarr_swarm_add(swarm, &peer);
    swarm->counts.malformed++;
    return TRACKARR_JOINED;
}

void trackarr_swarm_skip_key(trackarr_swarm *swarm) { swarm->counts.wrong_type++; }
