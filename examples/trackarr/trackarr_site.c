/*
 * trackarr_site.c - a site's life, its tallies, and what ends by itself.
 */
#define _POSIX_C_SOURCE 200809L
#include "trackarr_site.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "trackarr_site_state.h"

/* ---- Life and time ----------------------------------------------------------------------------------------------- */

static double site_seconds(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

double site_now(const trackarr_site *site)
{
    return site->clock ? site->clock->now(site->clock) : site_seconds(CLOCK_MONOTONIC);
}

trackarr_site *trackarr_site_new(const trackarr_clock *clock)
{
    trackarr_site *site = calloc(1, sizeof *site);
    if (!site) return NULL;
    site->source.ops = &trackarr_site_ops;
    site->clock = clock;
    site->epoch = site_seconds(CLOCK_REALTIME) - site_now(site);
    site->tallies[SITE_SCOPES + TRACKARR_NOBODY] = 1;
    site->tallies[SITE_REGISTRATIONS + TRACKARR_CLOSED] = 1;
    pthread_mutex_init(&site->mutex, NULL);
    return site;
}

trackarr_source *trackarr_site_source(trackarr_site *site) { return &site->source; }

/* Take out of a list what has ended; returns how many. */
static size_t site_end(site_ends *list, double now)
{
    size_t left = 0, before = list->count;
    for (size_t i = 0; i < before; i++)
        if (list->at[i] > now) list->at[left++] = list->at[i];
    list->count = left;
    return before - left;
}

static void site_roll_events(trackarr_site *site, double now)
{
    size_t left = 0, active = 0;
    for (size_t i = 0; i < site->event_count; i++) {
        if (site->events[i].ends <= now) continue;
        active += site->events[i].starts <= now;
        site->events[left++] = site->events[i];
    }
    site->tallies[SITE_EVENTS_ENDED] += site->event_count - left;
    site->tallies[SITE_EVENTS_ACTIVE] = active;
    site->tallies[SITE_EVENTS_SCHEDULED] = left - active;
    site->event_count = left;
}

void site_roll(trackarr_site *site, double now)
{
    site->tallies[SITE_BANS_ENDED] += site_end(&site->bans, now);
    site->tallies[SITE_BANS_TIMED] = site->bans.count;
    site->tallies[SITE_INVITATIONS_EXPIRED] += site_end(&site->invitations, now);
    site->tallies[SITE_INVITATIONS_PENDING] = site->invitations.count;
    (void)site_end(&site->devices, now);
    site->tallies[SITE_DEVICES] = site->devices.count;
    site_roll_events(site, now);
}

const site_event *site_active_event(const trackarr_site *site, double now)
{
    for (size_t i = site->event_count; i-- > 0;)
        if (site->events[i].starts <= now && site->events[i].ends > now) return &site->events[i];
    return NULL;
}

/* ---- Changes ----------------------------------------------------------------------------------------------------- */

/* What can be no more than what: both are sums of the tallies from first to last. */
static const struct {
    site_tally few, few_last, many, many_last;
} site_limits[] = {
    { SITE_BANS_FOR_GOOD, SITE_BANS_ENDED, SITE_ADMINS, SITE_MEMBERS },
    { SITE_TOTP, SITE_TOTP, SITE_ADMINS, SITE_MEMBERS },
    { SITE_PASSKEY_USERS, SITE_PASSKEY_USERS, SITE_ADMINS, SITE_MEMBERS },
    { SITE_PASSKEY_USERS, SITE_PASSKEY_USERS, SITE_PASSKEYS, SITE_PASSKEYS },
    { SITE_SIGNED, SITE_SIGNED, SITE_TORRENTS, SITE_TORRENTS_LAST },
    { SITE_TOPICS, SITE_TOPICS, SITE_POSTS, SITE_POSTS },
    { SITE_FLAGS_UNREVIEWED, SITE_FLAGS_UNREVIEWED, SITE_FLAGS, SITE_FLAGS_LAST },
    { SITE_ATTEMPTS_PROPOSED, SITE_ATTEMPTS_PROPOSED, SITE_REQUESTS_FILLED, SITE_REQUESTS_FILLED },
};

static uint64_t site_sum(const trackarr_site *site, site_tally first, site_tally last)
{
    uint64_t sum = 0;
    for (size_t i = first; i <= last; i++) sum += site->tallies[i];
    return sum;
}

static bool site_is_within_limits(const trackarr_site *site)
{
    for (size_t i = 0; i < TACHO_COUNT(site_limits); i++)
        if (site_sum(site, site_limits[i].few, site_limits[i].few_last) >
            site_sum(site, site_limits[i].many, site_limits[i].many_last))
            return false;
    return true;
}

static void site_take_step(trackarr_site *site, const site_step *step, bool back)
{
    if (step->is_down != back)
        site->tallies[step->tally] -= step->by;
    else
        site->tallies[step->tally] += step->by;
}

static bool site_can_take(const trackarr_site *site, const site_step *step)
{
    uint64_t tally = site->tallies[step->tally];
    return step->is_down ? tally >= step->by : tally <= UINT64_MAX / 2 && step->by <= UINT64_MAX / 2;
}

bool site_take(trackarr_site *site, const site_step *steps, size_t count)
{
    size_t taken = 0;
    while (taken < count && site_can_take(site, &steps[taken])) site_take_step(site, &steps[taken++], false);
    if (taken == count && site_is_within_limits(site)) return true;
    while (taken > 0) site_take_step(site, &steps[--taken], true);
    return false;
}

/* ---- Locking ----------------------------------------------------------------------------------------------------- */

double site_lock(trackarr_site *site)
{
    pthread_mutex_lock(&site->mutex);
    double now = site_now(site);
    site_roll(site, now);
    return now;
}

bool site_unlock(trackarr_site *site, bool result)
{
    pthread_mutex_unlock(&site->mutex);
    return result;
}

bool site_change(trackarr_site *site, site_step first, site_step second)
{
    const site_step steps[2] = { first, second };
    site_lock(site);
    return site_unlock(site, site_take(site, steps, second.tally == SITE_TALLIES ? 1 : 2));
}

bool site_up(trackarr_site *site, site_tally tally)
{
    return site_change(site, SITE_UP(tally), SITE_NO_STEP);
}

bool site_down(trackarr_site *site, site_tally tally)
{
    return site_change(site, SITE_DOWN(tally), SITE_NO_STEP);
}

bool site_move(trackarr_site *site, site_tally from, site_tally to)
{
    return site_change(site, SITE_DOWN(from), SITE_UP(to));
}

/* One of a few states is on. */
static bool site_choose(trackarr_site *site, site_tally first, site_tally last, unsigned state)
{
    bool known = state <= last - first;
    site_lock(site);
    for (size_t i = first; known && i <= last; i++) site->tallies[i] = i == first + state;
    return site_unlock(site, known);
}

/* Add what ends after so many seconds (0: never), which moves a tally up. */
static bool site_begin(trackarr_site *site, site_ends *list, site_tally tally, double seconds)
{
    double now = site_lock(site);
    bool fits = list->count < TRACKARR_SITE_MAX && seconds >= 0;
    bool good = fits && site_take(site, &SITE_UP(tally), 1);
    if (good) list->at[list->count++] = seconds > 0 ? now + seconds : INFINITY;
    return site_unlock(site, good);
}

/* ---- Accounts ---------------------------------------------------------------------------------------------------- */

bool trackarr_site_user_registered(trackarr_site *site, trackarr_role role)
{
    return role <= TRACKARR_MEMBER && site_up(site, (site_tally)(SITE_ADMINS + role));
}

bool trackarr_site_role_changed(trackarr_site *site, trackarr_role from, trackarr_role to)
{
    if (from > TRACKARR_MEMBER || to > TRACKARR_MEMBER) return false;
    return site_move(site, (site_tally)(SITE_ADMINS + from), (site_tally)(SITE_ADMINS + to));
}

bool trackarr_site_user_banned(trackarr_site *site, double seconds)
{
    if (seconds == 0) return site_up(site, SITE_BANS_FOR_GOOD);
    return site_begin(site, &site->bans, SITE_BANS_TIMED, seconds);
}

bool trackarr_site_ban_lifted(trackarr_site *site) { return site_down(site, SITE_BANS_FOR_GOOD); }

bool trackarr_site_bans_swept(trackarr_site *site)
{
    site_lock(site);
    site->tallies[SITE_BANS_ENDED] = 0;
    return site_unlock(site, true);
}

bool trackarr_site_totp_changed(trackarr_site *site, bool is_on)
{
    return is_on ? site_up(site, SITE_TOTP) : site_down(site, SITE_TOTP);
}

bool trackarr_site_passkey_added(trackarr_site *site, bool is_first)
{
    return site_change(site, SITE_UP(SITE_PASSKEYS), SITE_UP(is_first ? SITE_PASSKEY_USERS : SITE_TALLIES));
}

bool trackarr_site_passkey_removed(trackarr_site *site, bool was_last)
{
    return site_change(site, SITE_DOWN(SITE_PASSKEYS),
                       SITE_DOWN(was_last ? SITE_PASSKEY_USERS : SITE_TALLIES));
}

bool trackarr_site_recovery_codes_issued(trackarr_site *site, uint64_t codes)
{
    return site_change(site, (site_step){ SITE_RECOVERY_CODES, false, codes }, SITE_NO_STEP);
}

bool trackarr_site_recovery_code_used(trackarr_site *site) { return site_down(site, SITE_RECOVERY_CODES); }

bool trackarr_site_device_trusted(trackarr_site *site, double seconds)
{
    return seconds > 0 && site_begin(site, &site->devices, SITE_DEVICES, seconds);
}

bool trackarr_site_role_defined(trackarr_site *site, trackarr_assignment mode)
{
    return mode <= TRACKARR_AUTO && site_up(site, (site_tally)(SITE_ROLES + mode));
}

bool trackarr_site_role_assigned(trackarr_site *site) { return site_up(site, SITE_ASSIGNMENTS); }

bool trackarr_site_role_withdrawn(trackarr_site *site) { return site_down(site, SITE_ASSIGNMENTS); }

bool trackarr_site_second_factor_required(trackarr_site *site, trackarr_scope scope)
{
    return site_choose(site, SITE_SCOPES, SITE_SCOPES_LAST, scope);
}

bool trackarr_site_registration_set(trackarr_site *site, trackarr_registration mode)
{
    return site_choose(site, SITE_REGISTRATIONS, SITE_REGISTRATIONS_LAST, mode);
}

bool trackarr_site_invitation_sent(trackarr_site *site, double seconds)
{
    return site_begin(site, &site->invitations, SITE_INVITATIONS_PENDING, seconds);
}

bool trackarr_site_invitation_used(trackarr_site *site)
{
    site_lock(site);
    bool is_there = site->invitations.count > 0;
    if (is_there) {
        site->invitations.count--;
        site->tallies[SITE_INVITATIONS_USED]++;
    }
    return site_unlock(site, is_there);
}

bool trackarr_site_user_followed(trackarr_site *site) { return site_up(site, SITE_FOLLOWS); }

bool trackarr_site_user_unfollowed(trackarr_site *site) { return site_down(site, SITE_FOLLOWS); }

bool trackarr_site_channel_subscribed(trackarr_site *site, unsigned channel)
{
    return channel < SITE_CHANNELS && site_up(site, (site_tally)(SITE_SUBSCRIBERS + channel));
}

bool trackarr_site_channel_left(trackarr_site *site, unsigned channel)
{
    return channel < SITE_CHANNELS && site_down(site, (site_tally)(SITE_SUBSCRIBERS + channel));
}

/* ---- Torrents and forum ------------------------------------------------------------------------------------------ */

bool trackarr_site_torrent_uploaded(trackarr_site *site, uint64_t bytes)
{
    return site_change(site, SITE_UP(SITE_TORRENTS), (site_step){ SITE_BYTES, false, bytes });
}

bool trackarr_site_torrent_moderated(trackarr_site *site, trackarr_status from, trackarr_status to)
{
    if (from > TRACKARR_REJECTED || to > TRACKARR_REJECTED) return false;
    return site_move(site, (site_tally)(SITE_TORRENTS + from), (site_tally)(SITE_TORRENTS + to));
}

bool trackarr_site_torrent_signed(trackarr_site *site) { return site_up(site, SITE_SIGNED); }

bool trackarr_site_moderation_message(trackarr_site *site, trackarr_author author)
{
    return author <= TRACKARR_BY_USER && site_up(site, (site_tally)(SITE_MESSAGES + author));
}

bool trackarr_site_torrent_starred(trackarr_site *site) { return site_up(site, SITE_FAVORITES); }

bool trackarr_site_torrent_unstarred(trackarr_site *site) { return site_down(site, SITE_FAVORITES); }

bool trackarr_site_torrent_commented(trackarr_site *site) { return site_up(site, SITE_COMMENTS); }

bool trackarr_site_topic_opened(trackarr_site *site)
{
    return site_change(site, SITE_UP(SITE_POSTS), SITE_UP(SITE_TOPICS));
}

bool trackarr_site_post_written(trackarr_site *site) { return site_up(site, SITE_POSTS); }

/* ---- Order ------------------------------------------------------------------------------------------------------- */

bool trackarr_site_report_filed(trackarr_site *site) { return site_up(site, SITE_REPORTS); }

bool trackarr_site_report_settled(trackarr_site *site) { return site_down(site, SITE_REPORTS); }

bool trackarr_site_hit_and_run_started(trackarr_site *site) { return site_up(site, SITE_HIT_AND_RUNS); }

bool trackarr_site_hit_and_run_ended(trackarr_site *site) { return site_down(site, SITE_HIT_AND_RUNS); }

bool trackarr_site_ip_banned(trackarr_site *site) { return site_up(site, SITE_BANNED_IPS); }

bool trackarr_site_ip_unbanned(trackarr_site *site) { return site_down(site, SITE_BANNED_IPS); }

bool trackarr_site_flag_raised(trackarr_site *site, trackarr_flag kind)
{
    if (kind > TRACKARR_UNKNOWN_CLIENT) return false;
    return site_change(site, SITE_UP((site_tally)(SITE_FLAGS + kind)), SITE_UP(SITE_FLAGS_UNREVIEWED));
}

bool trackarr_site_flags_reviewed(trackarr_site *site, uint64_t flags)
{
    return site_change(site, (site_step){ SITE_FLAGS_UNREVIEWED, true, flags }, SITE_NO_STEP);
}
