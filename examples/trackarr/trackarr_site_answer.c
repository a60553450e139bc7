/*
 * trackarr_site_answer.c - the site as a source: each family is a run of tallies, or one of a few things computed.
 */
#define _POSIX_C_SOURCE 200809L
#include <stdlib.h>

#include "trackarr_site_state.h"

/* The tallies of a family: one for each value of its label, or those that add up to it. */
typedef struct answer_run {
    site_tally first, last;
} answer_run;

#define ONE(tally)   \
    {                \
        tally, tally \
    }

static const answer_run answer_runs[TRACKARR_DOCUMENTED] = {
    [TRACKARR_USERS_TOTAL] = { SITE_ADMINS, SITE_MEMBERS },
    [TRACKARR_USERS_BY_ROLE] = { SITE_ADMINS, SITE_MEMBERS },
    [TRACKARR_USERS_BANNED_TOTAL] = { SITE_BANS_FOR_GOOD, SITE_BANS_ENDED },
    [TRACKARR_USERS_BANNED_EXPIRING_TOTAL] = { SITE_BANS_TIMED, SITE_BANS_ENDED },
    [TRACKARR_USERS_BANNED_EXPIRED_PENDING_TOTAL] = ONE(SITE_BANS_ENDED),
    [TRACKARR_USERS_TOTP_ENABLED_TOTAL] = ONE(SITE_TOTP),
    [TRACKARR_TORRENT_MODERATION_MESSAGES_TOTAL] = { SITE_MESSAGES, SITE_MESSAGES_LAST },
    [TRACKARR_TORRENTS_TOTAL] = { SITE_TORRENTS, SITE_TORRENTS_LAST },
    [TRACKARR_TORRENTS_BYTES_TOTAL] = ONE(SITE_BYTES),
    [TRACKARR_TORRENTS_BY_STATUS] = { SITE_TORRENTS, SITE_TORRENTS_LAST },
    [TRACKARR_TORRENTS_WITH_SIGNATURE_TOTAL] = ONE(SITE_SIGNED),
    [TRACKARR_FORUM_TOPICS_TOTAL] = ONE(SITE_TOPICS),
    [TRACKARR_FORUM_POSTS_TOTAL] = ONE(SITE_POSTS),
    [TRACKARR_TORRENT_COMMENTS_TOTAL] = ONE(SITE_COMMENTS),
    [TRACKARR_ROLES_TOTAL] = { SITE_ROLES, SITE_ROLES_LAST },
    [TRACKARR_USER_ROLE_ASSIGNMENTS_TOTAL] = ONE(SITE_ASSIGNMENTS),
    [TRACKARR_PASSKEYS_TOTAL] = ONE(SITE_PASSKEYS),
    [TRACKARR_USERS_WITH_PASSKEY_TOTAL] = ONE(SITE_PASSKEY_USERS),
    [TRACKARR_RECOVERY_CODES_UNUSED_TOTAL] = ONE(SITE_RECOVERY_CODES),
    [TRACKARR_TRUSTED_DEVICES_ACTIVE_TOTAL] = ONE(SITE_DEVICES),
    [TRACKARR_REQUIRE_2FA_SCOPE] = { SITE_SCOPES, SITE_SCOPES_LAST },
    [TRACKARR_REGISTRATION_STATE] = { SITE_REGISTRATIONS, SITE_REGISTRATIONS_LAST },
    [TRACKARR_INVITATIONS_PENDING_TOTAL] = ONE(SITE_INVITATIONS_PENDING),
    [TRACKARR_INVITATIONS_BY_STATUS] = { SITE_INVITATIONS_PENDING, SITE_INVITATIONS_EXPIRED },
    [TRACKARR_BONUS_EVENTS_BY_STATUS] = { SITE_EVENTS_ACTIVE, SITE_EVENTS_DISABLED },
    [TRACKARR_REPORTS_PENDING_TOTAL] = ONE(SITE_REPORTS),
    [TRACKARR_HNR_ACTIVE_TOTAL] = ONE(SITE_HIT_AND_RUNS),
    [TRACKARR_BANNED_IPS_TOTAL] = ONE(SITE_BANNED_IPS),
    [TRACKARR_ANTICHEAT_FLAGS_BY_KIND] = { SITE_FLAGS, SITE_FLAGS_LAST },
    [TRACKARR_ANTICHEAT_FLAGS_UNREVIEWED_TOTAL] = ONE(SITE_FLAGS_UNREVIEWED),
    [TRACKARR_TORRENT_FAVORITES_TOTAL] = ONE(SITE_FAVORITES),
    [TRACKARR_USER_FOLLOWS_TOTAL] = ONE(SITE_FOLLOWS),
    [TRACKARR_UPLOAD_REQUESTS_BY_STATUS] = { SITE_REQUESTS_OPEN, SITE_REQUESTS_CANCELLED },
    [TRACKARR_UPLOAD_REQUESTS_REWARD_HELD_TOTAL] = ONE(SITE_REWARD_HELD),
    [TRACKARR_UPLOAD_REQUEST_FILL_ATTEMPTS_BY_STATUS] = { SITE_ATTEMPTS_PROPOSED, SITE_ATTEMPTS_VALIDATED },
    [TRACKARR_UPLOAD_REQUEST_COMMENTS_TOTAL] = ONE(SITE_REQUEST_COMMENTS),
    [TRACKARR_NOTIFICATION_ROUTING_SUBSCRIBERS] = { SITE_SUBSCRIBERS, SITE_SUBSCRIBERS_LAST },
    [TRACKARR_SHOP_ITEMS_BY_STATUS] = { SITE_ITEMS_ON, SITE_ITEMS_OFF },
    [TRACKARR_SHOP_PURCHASES_TOTAL] = ONE(SITE_PURCHASES),
    [TRACKARR_FREELEECH_POOL_ENABLED] = ONE(SITE_POOL_ENABLED),
    [TRACKARR_FREELEECH_POOL_POINTS_CURRENT] = ONE(SITE_POOL_POINTS),
    [TRACKARR_FREELEECH_POOL_POINTS_TARGET] = ONE(SITE_POOL_TARGET),
    [TRACKARR_FREELEECH_POOL_STATE] = { SITE_POOL_FILLING, SITE_POOL_ACTIVE },
    [TRACKARR_FREELEECH_POOL_CONTRIBUTORS_TOTAL] = ONE(SITE_POOL_CONTRIBUTORS),
    [TRACKARR_FREELEECH_POOL_CYCLES_COMPLETED_TOTAL] = ONE(SITE_POOL_COMPLETED),
};

/* ---- Computed ---------------------------------------------------------------------------------------------------- */

static trackarr_number answer_event(const trackarr_site *site, trackarr_family family, double now)
{
    const site_event *event = site_active_event(site, now);
    if (family == TRACKARR_BONUS_EVENT_ACTIVE) return trackarr_whole(event != NULL);
    if (family == TRACKARR_BONUS_ACTIVE_DOWNLOAD_MULTIPLIER)
        return trackarr_real(event ? event->download : 1);
    if (family == TRACKARR_BONUS_ACTIVE_UPLOAD_MULTIPLIER) return trackarr_real(event ? event->upload : 1);
    return trackarr_whole(event ? (uint64_t)(site->epoch + event->ends) : 0);
}

static trackarr_number answer_progress(const trackarr_site *site)
{
    uint64_t points = site->tallies[SITE_POOL_POINTS], target = site->tallies[SITE_POOL_TARGET];
    if (points >= target) return trackarr_real(target ? 1 : 0);
    return trackarr_real((double)points / (double)target);
}

/* What the rows, or the peers, would take, roughly. */
static trackarr_number answer_size(const trackarr_site *site, trackarr_family family)
{
    if (family == TRACKARR_REDIS_MEMORY_BYTES)
        return trackarr_whole(1000000 + 400 * (uint64_t)site->peer_count);
    uint64_t rows = 0;
    for (size_t i = 0; i < SITE_TALLIES; i++)
        if (i != SITE_BYTES && i != SITE_REWARD_HELD && i != SITE_POOL_POINTS && i != SITE_POOL_TARGET)
            rows += site->tallies[i];
    return trackarr_whole(8000000 + 300 * rows);
}

static trackarr_number answer_computed(const trackarr_site *site, trackarr_family family, double now)
{
    if (family == TRACKARR_FREELEECH_POOL_PROGRESS_RATIO) return answer_progress(site);
    if (family == TRACKARR_DATABASE_SIZE_BYTES || family == TRACKARR_REDIS_MEMORY_BYTES)
        return answer_size(site, family);
    return answer_event(site, family, now);
}

/* ---- The source -------------------------------------------------------------------------------------------------- */

static void answer_give(const trackarr_site *site, trackarr_family family, double now,
                        trackarr_answer *answer)
{
    const answer_run *run = &answer_runs[family];
    const char *const *values = answer->desc->values[0];
    uint64_t sum = 0;
    for (size_t i = run->first; run->last && i <= run->last; i++) {
        if (values) trackarr_answer_put(answer, values[i - run->first], trackarr_whole(site->tallies[i]));
        sum += site->tallies[i];
    }
    if (!values)
        trackarr_answer_put(answer, NULL,
                            run->last ? trackarr_whole(sum) : answer_computed(site, family, now));
}

static void answer_read(trackarr_source *self, trackarr_group group, trackarr_answer *answers,
                        uint64_t deadline_ns)
{
    trackarr_site *site = TACHO_CONTAINER(self, trackarr_site, source);
    const trackarr_group_row *row = &trackarr_groups[group];
    (void)deadline_ns;
    pthread_mutex_lock(&site->mutex);
    double now = site_now(site);
    site_roll(site, now);
    for (size_t i = 0; i < row->count; i++)
        answer_give(site, (trackarr_family)(row->first + i), now, &answers[i]);
    pthread_mutex_unlock(&site->mutex);
}

static bool answer_walk(trackarr_source *self, trackarr_swarm *swarm, trackarr_answer *answer,
                        uint64_t deadline_ns)
{
    trackarr_site *site = TACHO_CONTAINER(self, trackarr_site, source);
    trackarr_joined joined = TRACKARR_JOINED;
    (void)deadline_ns;
    pthread_mutex_lock(&site->mutex);
    for (size_t i = 0; i < site->peer_count && joined == TRACKARR_JOINED; i++)
        joined = trackarr_swarm_add(swarm, &site->peers[i].peer);
    pthread_mutex_unlock(&site->mutex);
    if (joined == TRACKARR_SWARM_FULL) trackarr_answer_fail(answer, TRACKARR_WRONG, "too many peers");
    if (joined == TRACKARR_SWARM_NO_MEMORY) trackarr_answer_fail(answer, TRACKARR_OUTAGE, "out of memory");
    return joined == TRACKARR_JOINED;
}

static double answer_now_ms(trackarr_source *self)
{
    trackarr_site *site = TACHO_CONTAINER(self, trackarr_site, source);
    return (site->epoch + site_now(site)) * 1e3;
}

static void answer_close(trackarr_source *self)
{
    trackarr_site *site = TACHO_CONTAINER(self, trackarr_site, source);
    pthread_mutex_destroy(&site->mutex);
    free(site);
}

const trackarr_source_ops trackarr_site_ops = {
    .read = answer_read, .walk = answer_walk, .now_ms = answer_now_ms, .close = answer_close
};
