/*
 * trackarr_site_bonus.c - bonus events, requests, the shop, the freeleech pool; and the peers.
 */
#include "trackarr_site.h"

#include <string.h>

#include "trackarr_site_state.h"

/* ---- Bonus events ------------------------------------------------------------------------------------------------ */

bool trackarr_site_bonus_planned(trackarr_site *site, double download, double upload,
                                 double starts_in_seconds, double seconds)
{
    double now = site_lock(site);
    bool good = site->event_count < SITE_EVENTS && download >= 0 && upload >= 0 && starts_in_seconds >= 0 &&
                seconds > 0;
    double starts = now + starts_in_seconds;
    if (good) site->events[site->event_count++] = (site_event){ download, upload, starts, starts + seconds };
    return site_unlock(site, good);
}

bool trackarr_site_bonus_disabled(trackarr_site *site)
{
    site_lock(site);
    bool is_there = site->event_count > 0;
    if (is_there) {
        site->event_count--;
        site->tallies[SITE_EVENTS_DISABLED]++;
    }
    return site_unlock(site, is_there);
}

/* ---- Requests ---------------------------------------------------------------------------------------------------- */

bool trackarr_site_request_opened(trackarr_site *site, uint64_t points)
{
    return site_change(site, SITE_UP(SITE_REQUESTS_OPEN), (site_step){ SITE_REWARD_HELD, false, points });
}

static bool site_take_locked(trackarr_site *site, const site_step *steps, size_t count)
{
    site_lock(site);
    return site_unlock(site, site_take(site, steps, count));
}

bool trackarr_site_request_filled(trackarr_site *site)
{
    const site_step steps[] = { SITE_DOWN(SITE_REQUESTS_OPEN), SITE_UP(SITE_REQUESTS_FILLED),
                                SITE_UP(SITE_ATTEMPTS_PROPOSED) };
    return site_take_locked(site, steps, TACHO_COUNT(steps));
}

bool trackarr_site_attempt_rejected(trackarr_site *site)
{
    const site_step steps[] = { SITE_DOWN(SITE_ATTEMPTS_PROPOSED), SITE_UP(SITE_ATTEMPTS_REJECTED),
                                SITE_DOWN(SITE_REQUESTS_FILLED), SITE_UP(SITE_REQUESTS_OPEN) };
    return site_take_locked(site, steps, TACHO_COUNT(steps));
}

bool trackarr_site_request_validated(trackarr_site *site, uint64_t points)
{
    const site_step steps[] = { SITE_DOWN(SITE_ATTEMPTS_PROPOSED),
                                SITE_UP(SITE_ATTEMPTS_VALIDATED),
                                SITE_DOWN(SITE_REQUESTS_FILLED),
                                SITE_UP(SITE_REQUESTS_VALIDATED),
                                { SITE_REWARD_HELD, true, points } };
    return site_take_locked(site, steps, TACHO_COUNT(steps));
}

bool trackarr_site_request_cancelled(trackarr_site *site, uint64_t points)
{
    const site_step steps[] = { SITE_DOWN(SITE_REQUESTS_OPEN),
                                SITE_UP(SITE_REQUESTS_CANCELLED),
                                { SITE_REWARD_HELD, true, points } };
    return site_take_locked(site, steps, TACHO_COUNT(steps));
}

bool trackarr_site_request_commented(trackarr_site *site) { return site_up(site, SITE_REQUEST_COMMENTS); }

/* ---- Shop -------------------------------------------------------------------------------------------------------- */

bool trackarr_site_item_offered(trackarr_site *site) { return site_up(site, SITE_ITEMS_ON); }

bool trackarr_site_item_switched(trackarr_site *site, bool is_on)
{
    return is_on ? site_move(site, SITE_ITEMS_OFF, SITE_ITEMS_ON)
                 : site_move(site, SITE_ITEMS_ON, SITE_ITEMS_OFF);
}

bool trackarr_site_purchase_made(trackarr_site *site) { return site_up(site, SITE_PURCHASES); }

/* ---- The pool ---------------------------------------------------------------------------------------------------- */

bool trackarr_site_pool_switched(trackarr_site *site, bool is_on)
{
    site_lock(site);
    site->tallies[SITE_POOL_ENABLED] = is_on;
    return site_unlock(site, true);
}

static bool site_has_cycle(const trackarr_site *site)
{
    const uint64_t *tallies = site->tallies;
    return tallies[SITE_POOL_FILLING] || tallies[SITE_POOL_QUEUED] || tallies[SITE_POOL_ACTIVE];
}

static void site_end_cycle(trackarr_site *site)
{
    for (size_t i = SITE_POOL_POINTS; i <= SITE_POOL_CONTRIBUTORS; i++) site->tallies[i] = 0;
}

bool trackarr_site_cycle_opened(trackarr_site *site, uint64_t target)
{
    site_lock(site);
    bool good = target > 0 && !site_has_cycle(site);
    if (good) {
        site->tallies[SITE_POOL_TARGET] = target;
        site->tallies[SITE_POOL_FILLING] = 1;
    }
    return site_unlock(site, good);
}

bool trackarr_site_pool_contributed(trackarr_site *site, uint64_t user, uint64_t points)
{
    site_lock(site);
    uint64_t *contributors = &site->tallies[SITE_POOL_CONTRIBUTORS], i = 0;
    while (i < *contributors && site->contributors[i] != user) i++;
    bool is_new = i == *contributors;
    const site_step step = { SITE_POOL_POINTS, false, points };
    bool good =
        site->tallies[SITE_POOL_FILLING] && (!is_new || i < SITE_CONTRIBUTORS) && site_take(site, &step, 1);
    if (good && is_new) site->contributors[(*contributors)++] = user;
    return site_unlock(site, good);
}

bool trackarr_site_cycle_advanced(trackarr_site *site)
{
    uint64_t *tallies = site->tallies;
    site_lock(site);
    bool good = site_has_cycle(site);
    if (tallies[SITE_POOL_ACTIVE]) {
        site_end_cycle(site);
        tallies[SITE_POOL_COMPLETED]++;
    } else if (good) {
        bool was_filling = tallies[SITE_POOL_FILLING];
        tallies[SITE_POOL_FILLING] = 0;
        tallies[SITE_POOL_QUEUED] = was_filling;
        tallies[SITE_POOL_ACTIVE] = !was_filling;
    }
    return site_unlock(site, good);
}

bool trackarr_site_cycle_cancelled(trackarr_site *site)
{
    site_lock(site);
    bool good = site_has_cycle(site);
    if (good) site_end_cycle(site);
    return site_unlock(site, good);
}

/* ---- Peers ------------------------------------------------------------------------------------------------------- */

#define SITE_PEER_TTL 7200.0 /* seconds; the tracker forgets who has been silent for so long */

static void site_forget_peers(trackarr_site *site, double now)
{
    double oldest_ms = (site->epoch + now - SITE_PEER_TTL) * 1e3;
    size_t left = 0;
    for (size_t i = 0; i < site->peer_count; i++)
        if (site->peers[i].peer.updated_ms >= oldest_ms) site->peers[left++] = site->peers[i];
    site->peer_count = left;
}

/* Where a peer of a torrent is, or would come. */
static site_peer *site_find_peer(trackarr_site *site, uint64_t torrent, const char *ip, uint16_t port)
{
    site_peer *at = site->peers, *end = at + site->peer_count;
    while (at < end && !(at->torrent == torrent && at->peer.port == port && strcmp(at->peer.ip, ip) == 0))
        at++;
    return at;
}

bool trackarr_site_peer_announced(trackarr_site *site, uint64_t torrent, const char *ip, uint16_t port,
                                  bool is_seeder)
{
    size_t len = strlen(ip);
    if (len == 0 || len > TRACKARR_MAX_IP) return false;
    double now = site_lock(site);
    site_forget_peers(site, now);
    site_peer *at = site_find_peer(site, torrent, ip, port);
    bool is_new = at == site->peers + site->peer_count;
    bool good = !is_new || site->peer_count < TRACKARR_SITE_MAX;
    if (good) {
        at->torrent = torrent;
        at->peer =
            (trackarr_peer){ .port = port, .is_seeder = is_seeder, .updated_ms = (site->epoch + now) * 1e3 };
        memcpy(at->peer.ip, ip, len + 1);
        site->peer_count += is_new;
    }
    return site_unlock(site, good);
}

bool trackarr_site_peer_left(trackarr_site *site, uint64_t torrent, const char *ip, uint16_t port)
{
    site_lock(site);
    site_peer *at = site_find_peer(site, torrent, ip, port);
    bool is_there = at < site->peers + site->peer_count;
    if (is_there) *at = site->peers[--site->peer_count];
    return site_unlock(site, is_there);
}
