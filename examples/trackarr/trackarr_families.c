/*
 * trackarr_families.c - the rows: names, labels and texts are those of the document, one for one; all are gauges.
 */
#include "trackarr_families.h"

#include <stdlib.h>
#include <string.h>

#include "rows.h"

static const char *const families_roles[] = { "admin", "moderator", "member", NULL };
static const char *const families_authors[] = { "system", "staff", "user", NULL };
static const char *const families_torrents[] = { "pending", "accepted", "changes_requested", "rejected", NULL };
static const char *const families_assignments[] = { "manual", "auto", NULL };
static const char *const families_scopes[] = { "off", "staff", "all", NULL };
static const char *const families_registrations[] = { "open", "invite_only", "closed", NULL };
static const char *const families_invitations[] = { "pending", "used", "expired", NULL };
static const char *const families_events[] = { "active", "scheduled", "ended", "disabled", NULL };
static const char *const families_flags[] = { "velocity", "no_leecher", "unknown_client", NULL };
static const char *const families_requests[] = { "requested", "filled", "validated", "cancelled", NULL };
static const char *const families_attempts[] = { "proposed", "rejected", "validated", NULL };
static const char *const families_channels[] = { "email", "telegram", "discord", "slack", "mattermost", "ntfy",
                                                 "gotify", "pushover", "webhook",
                                                 "apprise", "web_push", NULL };
static const char *const families_items[] = { "enabled", "disabled", NULL };
static const char *const families_pool_states[] = { "filling", "full_queued", "active", NULL };
static const char *const families_skips[] = { "malformed", "stale", "wrong_type", NULL };

/* What they have in common is added in trackarr_families_new. */
static const tacho_desc families[TRACKARR_FAMILIES] = {
    /* users */
    [TRACKARR_USERS_TOTAL] = { .name = "trackarr_users_total",
      .help = "Total registered accounts." },
    [TRACKARR_USERS_BY_ROLE] = { .name = "trackarr_users_by_role", .labels = { "role" },
      .values = { families_roles },
      .help = "Accounts in each built-in role." },
    [TRACKARR_USERS_BANNED_TOTAL] = { .name = "trackarr_users_banned_total",
      .help = "Accounts that are banned at the moment." },
    [TRACKARR_USERS_BANNED_EXPIRING_TOTAL] = { .name = "trackarr_users_banned_expiring_total",
      .help = "Subset of banned users with a banned_until timestamp (timed bans)." },
    [TRACKARR_USERS_BANNED_EXPIRED_PENDING_TOTAL] = { .name = "trackarr_users_banned_expired_pending_total",
      .help = "Timed bans whose banned_until has passed but the 5-min cron hasn't swept yet. Sustained values "
              "mean the cron is stuck." },
    [TRACKARR_USERS_TOTP_ENABLED_TOTAL] = { .name = "trackarr_users_totp_enabled_total",
      .help = "Accounts with totp_enabled = true." },
    /* moderation */
    [TRACKARR_TORRENT_MODERATION_MESSAGES_TOTAL] = { .name = "trackarr_torrent_moderation_messages_total",
      .labels = { "kind" }, .values = { families_authors },
      .help = "Messages in torrent moderation threads, by kind of author." },
    /* torrents */
    [TRACKARR_TORRENTS_TOTAL] = { .name = "trackarr_torrents_total",
      .help = "Total torrents indexed (every status, including rejected)." },
    [TRACKARR_TORRENTS_BYTES_TOTAL] = { .name = "trackarr_torrents_bytes_total",
      .help = "Sum of torrents.size in bytes." },
    [TRACKARR_TORRENTS_BY_STATUS] = { .name = "trackarr_torrents_by_status", .labels = { "status" },
      .values = { families_torrents },
      .help = "Torrents in each moderation status. The sum equals trackarr_torrents_total." },
    [TRACKARR_TORRENTS_WITH_SIGNATURE_TOTAL] = { .name = "trackarr_torrents_with_signature_total",
      .help = "Torrents with a computed content_signature. Useful to track the backfill plugin's progress on a "
              "fresh install." },
    /* forum */
    [TRACKARR_FORUM_TOPICS_TOTAL] = { .name = "trackarr_forum_topics_total",
      .help = "Forum topics." },
    [TRACKARR_FORUM_POSTS_TOTAL] = { .name = "trackarr_forum_posts_total",
      .help = "Forum posts (including topic openers)." },
    /* comments */
    [TRACKARR_TORRENT_COMMENTS_TOTAL] = { .name = "trackarr_torrent_comments_total",
      .help = "Comments posted on torrent detail pages." },
    /* roles */
    [TRACKARR_ROLES_TOTAL] = { .name = "trackarr_roles_total", .labels = { "assignment_mode" },
      .values = { families_assignments },
      .help = "Defined roles, by how they are assigned." },
    /* role_assignments */
    [TRACKARR_USER_ROLE_ASSIGNMENTS_TOTAL] = { .name = "trackarr_user_role_assignments_total",
      .help = "Role assignments across all accounts." },
    /* passkeys */
    [TRACKARR_PASSKEYS_TOTAL] = { .name = "trackarr_passkeys_total",
      .help = "Total webauthn_credentials rows." },
    [TRACKARR_USERS_WITH_PASSKEY_TOTAL] = { .name = "trackarr_users_with_passkey_total",
      .help = "Distinct user ids carrying \xe2\x89\xa5" "1 passkey." },
    /* recovery_codes */
    [TRACKARR_RECOVERY_CODES_UNUSED_TOTAL] = { .name = "trackarr_recovery_codes_unused_total",
      .help = "Recovery codes with used_at IS NULL." },
    /* trusted_devices */
    [TRACKARR_TRUSTED_DEVICES_ACTIVE_TOTAL] = { .name = "trackarr_trusted_devices_active_total",
      .help = "trusted_devices rows with expires_at > now()." },
    /* settings */
    [TRACKARR_REQUIRE_2FA_SCOPE] = { .name = "trackarr_require_2fa_scope", .labels = { "scope" },
      .values = { families_scopes },
      .help = "1 on the active label, 0 on the others." },
    [TRACKARR_REGISTRATION_STATE] = { .name = "trackarr_registration_state", .labels = { "mode" },
      .values = { families_registrations },
      .help = "Registration mode: 1 on the active mode, 0 on the others." },
    /* invitations */
    [TRACKARR_INVITATIONS_PENDING_TOTAL] = { .name = "trackarr_invitations_pending_total",
      .help = "Unused, non-expired invitation codes." },
    [TRACKARR_INVITATIONS_BY_STATUS] = { .name = "trackarr_invitations_by_status", .labels = { "status" },
      .values = { families_invitations },
      .help = "Invitation codes in each state." },
    /* bonus */
    [TRACKARR_BONUS_EVENTS_BY_STATUS] = { .name = "trackarr_bonus_events_by_status", .labels = { "status" },
      .values = { families_events },
      .help = "Bonus events in each state." },
    [TRACKARR_BONUS_EVENT_ACTIVE] = { .name = "trackarr_bonus_event_active",
      .help = "1 if a window is currently in flight, 0 otherwise." },
    [TRACKARR_BONUS_ACTIVE_DOWNLOAD_MULTIPLIER] = { .name = "trackarr_bonus_active_download_multiplier",
      .help = "Ratio (1.0 = identity, 0 = freeleech, 0.5 = silverleech). 1.0 when no event." },
    [TRACKARR_BONUS_ACTIVE_UPLOAD_MULTIPLIER] = { .name = "trackarr_bonus_active_upload_multiplier",
      .help = "Upload ratio, in the same units as the download multiplier. 1.0 when no event." },
    [TRACKARR_BONUS_EVENT_ACTIVE_ENDS_AT_SECONDS] = { .name = "trackarr_bonus_event_active_ends_at_seconds",
      .unit = "seconds",
      .help = "Unix epoch seconds. 0 when no event." },
    /* reports */
    [TRACKARR_REPORTS_PENDING_TOTAL] = { .name = "trackarr_reports_pending_total",
      .help = "Reports awaiting moderator review." },
    /* hnr */
    [TRACKARR_HNR_ACTIVE_TOTAL] = { .name = "trackarr_hnr_active_total",
      .help = "Hit-and-run rows still on the hook." },
    /* banned_ips */
    [TRACKARR_BANNED_IPS_TOTAL] = { .name = "trackarr_banned_ips_total",
      .help = "Banned IPs in the blocklist." },
    /* anticheat */
    [TRACKARR_ANTICHEAT_FLAGS_BY_KIND] = { .name = "trackarr_anticheat_flags_by_kind", .labels = { "kind" },
      .values = { families_flags },
      .help = "Anti-cheat flags raised, by detection kind." },
    [TRACKARR_ANTICHEAT_FLAGS_UNREVIEWED_TOTAL] = { .name = "trackarr_anticheat_flags_unreviewed_total",
      .help = "Queue depth at /mod/anti-cheat." },
    /* favorites */
    [TRACKARR_TORRENT_FAVORITES_TOTAL] = { .name = "trackarr_torrent_favorites_total",
      .help = "Per-user torrent stars across the catalogue." },
    /* follows */
    [TRACKARR_USER_FOLLOWS_TOTAL] = { .name = "trackarr_user_follows_total",
      .help = "Edges in the one-way follow graph." },
    /* requests */
    [TRACKARR_UPLOAD_REQUESTS_BY_STATUS] = { .name = "trackarr_upload_requests_by_status", .labels = { "status" },
      .values = { families_requests },
      .help = "Upload requests in each state. Sum = all-time total." },
    [TRACKARR_UPLOAD_REQUESTS_REWARD_HELD_TOTAL] = { .name = "trackarr_upload_requests_reward_held_total",
      .help = "Bonus points held in escrow across open requests (status requested or filled)." },
    /* fill_attempts */
    [TRACKARR_UPLOAD_REQUEST_FILL_ATTEMPTS_BY_STATUS] = { .name = "trackarr_upload_request_fill_attempts_by_status",
      .labels = { "status" }, .values = { families_attempts },
      .help = "Attempts to fill an upload request, in each state." },
    /* request_comments */
    [TRACKARR_UPLOAD_REQUEST_COMMENTS_TOTAL] = { .name = "trackarr_upload_request_comments_total",
      .help = "Comments across every request thread (soft-deleted rows included)." },
    /* notifications */
    [TRACKARR_NOTIFICATION_ROUTING_SUBSCRIBERS] = { .name = "trackarr_notification_routing_subscribers",
      .labels = { "channel" }, .values = { families_channels },
      .help = "Distinct subscribers per channel." },
    /* shop_items */
    [TRACKARR_SHOP_ITEMS_BY_STATUS] = { .name = "trackarr_shop_items_by_status", .labels = { "status" },
      .values = { families_items },
      .help = "Bonus shop items, by availability." },
    /* shop_purchases */
    [TRACKARR_SHOP_PURCHASES_TOTAL] = { .name = "trackarr_shop_purchases_total",
      .help = "Cumulative successful purchases." },
    /* pool_config */
    [TRACKARR_FREELEECH_POOL_ENABLED] = { .name = "trackarr_freeleech_pool_enabled",
      .help = "1 when the admin has the pool turned on, 0 otherwise." },
    /* pool */
    [TRACKARR_FREELEECH_POOL_POINTS_CURRENT] = { .name = "trackarr_freeleech_pool_points_current",
      .help = "Points contributed to the open cycle. 0 when no cycle is open." },
    [TRACKARR_FREELEECH_POOL_POINTS_TARGET] = { .name = "trackarr_freeleech_pool_points_target",
      .help = "Target snapshot of the open cycle." },
    [TRACKARR_FREELEECH_POOL_PROGRESS_RATIO] = { .name = "trackarr_freeleech_pool_progress_ratio", .unit = "ratio",
      .help = "current / target, clamped to [0, 1]." },
    [TRACKARR_FREELEECH_POOL_STATE] = { .name = "trackarr_freeleech_pool_state", .labels = { "state" },
      .values = { families_pool_states },
      .help = "1 on the live one, 0 elsewhere." },
    [TRACKARR_FREELEECH_POOL_CONTRIBUTORS_TOTAL] = { .name = "trackarr_freeleech_pool_contributors_total",
      .help = "Distinct contributors in the open cycle." },
    [TRACKARR_FREELEECH_POOL_CYCLES_COMPLETED_TOTAL] = { .name = "trackarr_freeleech_pool_cycles_completed_total",
      .help = "Cumulative cycles that ran to completion (status = ended)." },
    /* database */
    [TRACKARR_DATABASE_SIZE_BYTES] = { .name = "trackarr_database_size_bytes", .unit = "bytes",
      .help = "pg_database_size(current_database())." },
    /* memory */
    [TRACKARR_REDIS_MEMORY_BYTES] = { .name = "trackarr_redis_memory_bytes", .unit = "bytes",
      .help = "used_memory from Redis INFO." },
    /* swarm */
    [TRACKARR_PEERS_TOTAL] = { .name = "trackarr_peers_total",
      .help = "Unique active peers across the swarm." },
    [TRACKARR_SEEDERS_TOTAL] = { .name = "trackarr_seeders_total",
      .help = "Unique seeders." },
    [TRACKARR_LEECHERS_TOTAL] = { .name = "trackarr_leechers_total",
      .help = "Unique leechers (peers - seeders)." },
    [TRACKARR_EXPORTER_PEERS_SKIPPED] = { .name = "trackarr_exporter_peers_skipped", .labels = { "reason" },
      .values = { families_skips },
      .help = "What the last walk over the peers left out: values that are no announce, announces older than the "
              "active window, keys that hold no hash. Malformed ones mean that something else writes there." },
};

const trackarr_group_row trackarr_groups[TRACKARR_GROUPS] = {
    [TRACKARR_GROUP_USERS] = { "trackarr_users", TRACKARR_USERS_TOTAL, 6 },
    [TRACKARR_GROUP_MODERATION] = { "trackarr_moderation", TRACKARR_TORRENT_MODERATION_MESSAGES_TOTAL, 1 },
    [TRACKARR_GROUP_TORRENTS] = { "trackarr_torrents", TRACKARR_TORRENTS_TOTAL, 4 },
    [TRACKARR_GROUP_FORUM] = { "trackarr_forum", TRACKARR_FORUM_TOPICS_TOTAL, 2 },
    [TRACKARR_GROUP_COMMENTS] = { "trackarr_comments", TRACKARR_TORRENT_COMMENTS_TOTAL, 1 },
    [TRACKARR_GROUP_ROLES] = { "trackarr_roles", TRACKARR_ROLES_TOTAL, 1 },
    [TRACKARR_GROUP_ROLE_ASSIGNMENTS] = { "trackarr_role_assignments", TRACKARR_USER_ROLE_ASSIGNMENTS_TOTAL, 1 },
    [TRACKARR_GROUP_PASSKEYS] = { "trackarr_passkeys", TRACKARR_PASSKEYS_TOTAL, 2 },
    [TRACKARR_GROUP_RECOVERY_CODES] = { "trackarr_recovery_codes", TRACKARR_RECOVERY_CODES_UNUSED_TOTAL, 1 },
    [TRACKARR_GROUP_TRUSTED_DEVICES] = { "trackarr_trusted_devices", TRACKARR_TRUSTED_DEVICES_ACTIVE_TOTAL, 1 },
    [TRACKARR_GROUP_SETTINGS] = { "trackarr_settings", TRACKARR_REQUIRE_2FA_SCOPE, 2 },
    [TRACKARR_GROUP_INVITATIONS] = { "trackarr_invitations", TRACKARR_INVITATIONS_PENDING_TOTAL, 2 },
    [TRACKARR_GROUP_BONUS] = { "trackarr_bonus", TRACKARR_BONUS_EVENTS_BY_STATUS, 5 },
    [TRACKARR_GROUP_REPORTS] = { "trackarr_reports", TRACKARR_REPORTS_PENDING_TOTAL, 1 },
    [TRACKARR_GROUP_HNR] = { "trackarr_hnr", TRACKARR_HNR_ACTIVE_TOTAL, 1 },
    [TRACKARR_GROUP_BANNED_IPS] = { "trackarr_banned_ips", TRACKARR_BANNED_IPS_TOTAL, 1 },
    [TRACKARR_GROUP_ANTICHEAT] = { "trackarr_anticheat", TRACKARR_ANTICHEAT_FLAGS_BY_KIND, 2 },
    [TRACKARR_GROUP_FAVORITES] = { "trackarr_favorites", TRACKARR_TORRENT_FAVORITES_TOTAL, 1 },
    [TRACKARR_GROUP_FOLLOWS] = { "trackarr_follows", TRACKARR_USER_FOLLOWS_TOTAL, 1 },
    [TRACKARR_GROUP_REQUESTS] = { "trackarr_requests", TRACKARR_UPLOAD_REQUESTS_BY_STATUS, 2 },
    [TRACKARR_GROUP_FILL_ATTEMPTS] = { "trackarr_fill_attempts", TRACKARR_UPLOAD_REQUEST_FILL_ATTEMPTS_BY_STATUS, 1 },
    [TRACKARR_GROUP_REQUEST_COMMENTS] = { "trackarr_request_comments", TRACKARR_UPLOAD_REQUEST_COMMENTS_TOTAL, 1 },
    [TRACKARR_GROUP_NOTIFICATIONS] = { "trackarr_notifications", TRACKARR_NOTIFICATION_ROUTING_SUBSCRIBERS, 1 },
    [TRACKARR_GROUP_SHOP_ITEMS] = { "trackarr_shop_items", TRACKARR_SHOP_ITEMS_BY_STATUS, 1 },
    [TRACKARR_GROUP_SHOP_PURCHASES] = { "trackarr_shop_purchases", TRACKARR_SHOP_PURCHASES_TOTAL, 1 },
    [TRACKARR_GROUP_POOL_CONFIG] = { "trackarr_pool_config", TRACKARR_FREELEECH_POOL_ENABLED, 1 },
    [TRACKARR_GROUP_POOL] = { "trackarr_pool", TRACKARR_FREELEECH_POOL_POINTS_CURRENT, 6 },
    [TRACKARR_GROUP_DATABASE] = { "trackarr_database", TRACKARR_DATABASE_SIZE_BYTES, 1 },
    [TRACKARR_GROUP_MEMORY] = { "trackarr_memory", TRACKARR_REDIS_MEMORY_BYTES, 1 },
    [TRACKARR_GROUP_SWARM] = { "trackarr_swarm", TRACKARR_PEERS_TOTAL, 4 },
};

#define FAMILIES_PREFIX "trackarr_"

tacho_desc *trackarr_families_new(const char *prefix)
{
    tacho_desc *rows = rows_copy(families, TRACKARR_FAMILIES, prefix);
    for (size_t i = 0; rows && i < TRACKARR_FAMILIES; i++) {
        size_t len = strlen(rows[i].name);
        rows[i].type = TACHO_GAUGE;
        if (len > 6 && strcmp(rows[i].name + len - 6, "_total") == 0) rows[i].flags = TACHO_UNUSUAL_NAME;
    }
    return rows;
}

void trackarr_families_queries(const char *names[TRACKARR_QUERIES + 1])
{
    for (size_t i = 0; i < TRACKARR_QUERIES; i++) names[i] = families[i].name + strlen(FAMILIES_PREFIX);
    names[TRACKARR_WALK] = "peers";
    names[TRACKARR_QUERIES] = NULL;
}
