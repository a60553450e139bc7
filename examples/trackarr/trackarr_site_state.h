/*
 * trackarr_site_state.h - what a site remembers. Internal to it.
 *
 * Nearly everything is a tally. Those of a family with a label stand together, in the order of its values. Things that
 * end are lists of those that have not; the tallies of a list follow it, and what has ended is only counted:
 * site_roll brings both up to date.
 *   I1  No tally goes below 0, and the limits in trackarr_site.c hold.
 *   I2  After site_roll every list holds only what ends later.
 * Lock: `mutex` guards all of it. Functions that begin with site_ want it held, but for those that say so.
 */
#ifndef TRACKARR_SITE_STATE_H
#define TRACKARR_SITE_STATE_H

#include <pthread.h>

#include "trackarr_site.h"

enum { SITE_CHANNELS = 11, SITE_EVENTS = 64, SITE_CONTRIBUTORS = TRACKARR_SITE_MAX };

typedef enum site_tally {
    SITE_ADMINS, SITE_MODERATORS, SITE_MEMBERS,
    SITE_BANS_FOR_GOOD, SITE_BANS_TIMED, SITE_BANS_ENDED,
    SITE_TOTP,
    SITE_MESSAGES, SITE_MESSAGES_LAST = SITE_MESSAGES + 2,
    SITE_TORRENTS, SITE_TORRENTS_LAST = SITE_TORRENTS + 3,
    SITE_BYTES, SITE_SIGNED,
    SITE_TOPICS, SITE_POSTS, SITE_COMMENTS,
    SITE_ROLES, SITE_ROLES_LAST, SITE_ASSIGNMENTS,
    SITE_PASSKEYS, SITE_PASSKEY_USERS, SITE_RECOVERY_CODES, SITE_DEVICES,
    SITE_SCOPES, SITE_SCOPES_LAST = SITE_SCOPES + 2,
    SITE_REGISTRATIONS, SITE_REGISTRATIONS_LAST = SITE_REGISTRATIONS + 2,
    SITE_INVITATIONS_PENDING, SITE_INVITATIONS_USED, SITE_INVITATIONS_EXPIRED,
    SITE_EVENTS_ACTIVE, SITE_EVENTS_SCHEDULED, SITE_EVENTS_ENDED, SITE_EVENTS_DISABLED,
    SITE_REPORTS, SITE_HIT_AND_RUNS, SITE_BANNED_IPS,
    SITE_FLAGS, SITE_FLAGS_LAST = SITE_FLAGS + 2, SITE_FLAGS_UNREVIEWED,
    SITE_FAVORITES, SITE_FOLLOWS,
    SITE_REQUESTS_OPEN, SITE_REQUESTS_FILLED, SITE_REQUESTS_VALIDATED, SITE_REQUESTS_CANCELLED,
    SITE_REWARD_HELD,
    SITE_ATTEMPTS_PROPOSED, SITE_ATTEMPTS_REJECTED, SITE_ATTEMPTS_VALIDATED,
    SITE_REQUEST_COMMENTS,
    SITE_SUBSCRIBERS, SITE_SUBSCRIBERS_LAST = SITE_SUBSCRIBERS + SITE_CHANNELS - 1,
    SITE_ITEMS_ON, SITE_ITEMS_OFF, SITE_PURCHASES,
    SITE_POOL_ENABLED, SITE_POOL_POINTS, SITE_POOL_TARGET,
    SITE_POOL_FILLING, SITE_POOL_QUEUED, SITE_POOL_ACTIVE,
    SITE_POOL_CONTRIBUTORS, SITE_POOL_COMPLETED,
    SITE_TALLIES
} site_tally;

/** When things of one kind end, in no order; INFINITY: never. */
typedef struct site_ends {
    double at[TRACKARR_SITE_MAX];
    size_t count;
} site_ends;

typedef struct site_event {
    double download, upload, starts, ends;
} site_event;

typedef struct site_peer {
    uint64_t torrent;
    trackarr_peer peer;
} site_peer;

struct trackarr_site {
    trackarr_source source;
    const trackarr_clock *clock;
    double epoch; /* Unix time at the clock's 0 */
    pthread_mutex_t mutex;
    uint64_t tallies[SITE_TALLIES];
    site_ends bans, invitations, devices;
    site_event events[SITE_EVENTS]; /* in the order in which they were planned */
    size_t event_count;
    uint64_t contributors[SITE_CONTRIBUTORS]; /* to the open cycle */
    site_peer peers[TRACKARR_SITE_MAX];
    size_t peer_count;
};

/** The site's clock. */
double site_now(const trackarr_site *site);

/** Let everything end that has ended by now. */
void site_roll(trackarr_site *site, double now);

/** The bonus event that is on and was planned last, or NULL. */
const site_event *site_active_event(const trackarr_site *site, double now);

/** Lock, and let end what has ended; returns the time. Owes one site_unlock, which returns `result`. */
double site_lock(trackarr_site *site);
bool site_unlock(trackarr_site *site, bool result);

/** A step of a tally, up or down. */
typedef struct site_step {
    site_tally tally;
    bool is_down;
    uint64_t by;
} site_step;

#define SITE_UP(tally) ((site_step){ tally, false, 1 })
#define SITE_DOWN(tally) ((site_step){ tally, true, 1 })
#define SITE_NO_STEP ((site_step){ SITE_TALLIES, false, 0 })

/** Take all steps; or none, and false, when one of them cannot be, or a limit would not hold. */
bool site_take(trackarr_site *site, const site_step *steps, size_t count);

/** The same with the lock not held. A second step of SITE_TALLIES is none. */
bool site_change(trackarr_site *site, site_step first, site_step second);
bool site_up(trackarr_site *site, site_tally tally);
bool site_down(trackarr_site *site, site_tally tally);
bool site_move(trackarr_site *site, site_tally from, site_tally to);

extern const trackarr_source_ops trackarr_site_ops;

#endif
