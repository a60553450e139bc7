/*
 * trackarr_sql.c - the queries. Those of families with a label list every value, so that one without rows gives 0, and
 * pass by every value that the document does not have.
 */
#include "trackarr_sql.h"

#include <string.h>

#define SQL_SHOWN 40 /* bytes of a text that makes no sense */

/* clang-format off */
const char *const trackarr_sql[TRACKARR_SQL_QUERIES] = {
    [TRACKARR_USERS_TOTAL] =
        "SELECT count(*) FROM users",
    [TRACKARR_USERS_BY_ROLE] =
        "SELECT l.v AS role, count(u.id) "
        "FROM (VALUES ('admin'), ('moderator'), ('member')) AS l(v) "
        "LEFT JOIN users u "
        "  ON l.v = CASE WHEN u.is_admin THEN 'admin' "
        "                WHEN u.is_moderator THEN 'moderator' "
        "                ELSE 'member' END "
        "GROUP BY l.v",
    [TRACKARR_USERS_BANNED_TOTAL] =
        "SELECT count(*) FROM users WHERE is_banned",
    [TRACKARR_USERS_BANNED_EXPIRING_TOTAL] =
        "SELECT count(*) FROM users WHERE is_banned AND banned_until IS NOT NULL",
    [TRACKARR_USERS_BANNED_EXPIRED_PENDING_TOTAL] =
        "SELECT count(*) FROM users WHERE is_banned AND banned_until <= now()",
    [TRACKARR_USERS_TOTP_ENABLED_TOTAL] =
        "SELECT count(*) FROM users WHERE totp_enabled",
    [TRACKARR_TORRENT_MODERATION_MESSAGES_TOTAL] =
        "SELECT l.v AS kind, count(m.id) "
        "FROM (VALUES ('system'), ('staff'), ('user')) AS l(v) "
        "LEFT JOIN ( "
        "  SELECT msg.id, "
        "         CASE WHEN msg.is_system THEN 'system' "
        "              WHEN u.is_admin OR u.is_moderator THEN 'staff' "
        "              WHEN u.id IS NOT NULL THEN 'user' END AS kind "
        "  FROM torrent_moderation_messages msg "
        "  LEFT JOIN users u ON u.id = msg.author_id "
        ") AS m ON m.kind = l.v "
        "GROUP BY l.v",
    [TRACKARR_TORRENTS_TOTAL] =
        "SELECT count(*) FROM torrents",
    [TRACKARR_TORRENTS_BYTES_TOTAL] =
        "SELECT coalesce(sum(size), 0) FROM torrents",
    [TRACKARR_TORRENTS_BY_STATUS] =
        "SELECT l.v AS status, count(t.id) "
        "FROM (VALUES ('pending'), ('accepted'), ('changes_requested'), ('rejected')) AS l(v) "
        "LEFT JOIN torrents t ON t.moderation_status = l.v "
        "GROUP BY l.v",
    [TRACKARR_TORRENTS_WITH_SIGNATURE_TOTAL] =
        "SELECT count(*) FROM torrents WHERE content_signature IS NOT NULL",
    [TRACKARR_FORUM_TOPICS_TOTAL] =
        "SELECT count(*) FROM forum_topics",
    [TRACKARR_FORUM_POSTS_TOTAL] =
        "SELECT count(*) FROM forum_posts",
    [TRACKARR_TORRENT_COMMENTS_TOTAL] =
        "SELECT count(*) FROM torrent_comments",
    [TRACKARR_ROLES_TOTAL] =
        "SELECT l.v AS assignment_mode, count(r.id) "
        "FROM (VALUES ('manual'), ('auto')) AS l(v) "
        "LEFT JOIN roles r ON r.assignment_mode = l.v "
        "GROUP BY l.v",
    [TRACKARR_USER_ROLE_ASSIGNMENTS_TOTAL] =
        "SELECT count(*) FROM user_roles",
    [TRACKARR_PASSKEYS_TOTAL] =
        "SELECT count(*) FROM webauthn_credentials",
    [TRACKARR_USERS_WITH_PASSKEY_TOTAL] =
        "SELECT count(DISTINCT user_id) FROM webauthn_credentials",
    [TRACKARR_RECOVERY_CODES_UNUSED_TOTAL] =
        "SELECT count(*) FROM recovery_codes WHERE used_at IS NULL",
    [TRACKARR_TRUSTED_DEVICES_ACTIVE_TOTAL] =
        "SELECT count(*) FROM trusted_devices WHERE expires_at > now()",
    [TRACKARR_REQUIRE_2FA_SCOPE] =
        "SELECT l.v AS scope, "
        "       (l.v = coalesce((SELECT value FROM settings "
        "                        WHERE key = 'require_2fa_scope' AND value IN ('staff', 'all')), "
        "                       'off'))::int "
        "FROM (VALUES ('off'), ('staff'), ('all')) AS l(v)",
    [TRACKARR_REGISTRATION_STATE] =
        "SELECT l.v AS mode, (l.v = m.mode)::int "
        "FROM (VALUES ('open'), ('invite_only'), ('closed')) AS l(v), "
        "     (SELECT CASE "
        "        WHEN EXISTS (SELECT 1 FROM settings WHERE key = 'registration_open' AND value = 'true') THEN 'open' "
        "        WHEN EXISTS (SELECT 1 FROM settings WHERE key = 'invite_enabled' AND value = 'true') THEN 'invite_only' "
        "        ELSE 'closed' END AS mode) AS m",
    [TRACKARR_INVITATIONS_PENDING_TOTAL] =
        "SELECT count(*) FROM invitations "
        "WHERE used_by IS NULL AND (expires_at IS NULL OR expires_at > now())",
    [TRACKARR_INVITATIONS_BY_STATUS] =
        "SELECT l.v AS status, count(i.id) "
        "FROM (VALUES ('pending'), ('used'), ('expired')) AS l(v) "
        "LEFT JOIN invitations i "
        "  ON l.v = CASE WHEN i.used_by IS NOT NULL THEN 'used' "
        "                WHEN i.expires_at <= now() THEN 'expired' "
        "                ELSE 'pending' END "
        "GROUP BY l.v",
    [TRACKARR_BONUS_EVENTS_BY_STATUS] =
        "SELECT l.v AS status, count(e.id) "
        "FROM (VALUES ('active'), ('scheduled'), ('ended'), ('disabled')) AS l(v) "
        "LEFT JOIN bonus_events e "
        "  ON l.v = CASE WHEN NOT e.enabled THEN 'disabled' "
        "                WHEN e.ends_at <= now() THEN 'ended' "
        "                WHEN e.starts_at > now() THEN 'scheduled' "
        "                ELSE 'active' END "
        "GROUP BY l.v",
    [TRACKARR_BONUS_EVENT_ACTIVE] =
        "SELECT count(*) FROM ( "
        "  SELECT 1 FROM bonus_events "
        "  WHERE enabled AND starts_at <= now() AND ends_at > now() LIMIT 1) AS e",
    [TRACKARR_BONUS_ACTIVE_DOWNLOAD_MULTIPLIER] =
        "SELECT coalesce((SELECT download_multiplier / 100.0 FROM bonus_events "
        "                 WHERE enabled AND starts_at <= now() AND ends_at > now() "
        "                 ORDER BY created_at DESC, id DESC LIMIT 1), 1.0)",
    [TRACKARR_BONUS_ACTIVE_UPLOAD_MULTIPLIER] =
        "SELECT coalesce((SELECT upload_multiplier / 100.0 FROM bonus_events "
        "                 WHERE enabled AND starts_at <= now() AND ends_at > now() "
        "                 ORDER BY created_at DESC, id DESC LIMIT 1), 1.0)",
    [TRACKARR_BONUS_EVENT_ACTIVE_ENDS_AT_SECONDS] =
        "SELECT coalesce((SELECT floor(extract(epoch FROM ends_at)) FROM bonus_events "
        "                 WHERE enabled AND starts_at <= now() AND ends_at > now() "
        "                 ORDER BY created_at DESC, id DESC LIMIT 1), 0)",
    [TRACKARR_REPORTS_PENDING_TOTAL] =
        "SELECT count(*) FROM reports WHERE status = 'pending'",
    [TRACKARR_HNR_ACTIVE_TOTAL] =
        "SELECT count(*) FROM hnr_tracking WHERE completed_at IS NULL AND NOT is_exempt",
    [TRACKARR_BANNED_IPS_TOTAL] =
        "SELECT count(*) FROM banned_ips",
    [TRACKARR_ANTICHEAT_FLAGS_BY_KIND] =
        "SELECT l.v AS kind, count(f.id) "
        "FROM (VALUES ('velocity'), ('no_leecher'), ('unknown_client')) AS l(v) "
        "LEFT JOIN anticheat_flags f ON f.kind = l.v "
        "GROUP BY l.v",
    [TRACKARR_ANTICHEAT_FLAGS_UNREVIEWED_TOTAL] =
        "SELECT count(*) FROM anticheat_flags WHERE reviewed_at IS NULL",
    [TRACKARR_TORRENT_FAVORITES_TOTAL] =
        "SELECT count(*) FROM torrent_favorites",
    [TRACKARR_USER_FOLLOWS_TOTAL] =
        "SELECT count(*) FROM user_follows",
    [TRACKARR_UPLOAD_REQUESTS_BY_STATUS] =
        "SELECT l.v AS status, count(r.id) "
        "FROM (VALUES ('requested'), ('filled'), ('validated'), ('cancelled')) AS l(v) "
        "LEFT JOIN upload_requests r ON r.status = l.v "
        "GROUP BY l.v",
    [TRACKARR_UPLOAD_REQUESTS_REWARD_HELD_TOTAL] =
        "SELECT coalesce(sum(reward_points), 0) FROM upload_requests "
        "WHERE status IN ('requested', 'filled')",
    [TRACKARR_UPLOAD_REQUEST_FILL_ATTEMPTS_BY_STATUS] =
        "SELECT l.v AS status, count(a.id) "
        "FROM (VALUES ('proposed'), ('rejected'), ('validated')) AS l(v) "
        "LEFT JOIN upload_request_fill_attempts a ON a.status = l.v "
        "GROUP BY l.v",
    [TRACKARR_UPLOAD_REQUEST_COMMENTS_TOTAL] =
        "SELECT count(*) FROM upload_request_comments",
    [TRACKARR_NOTIFICATION_ROUTING_SUBSCRIBERS] =
        "SELECT l.v AS channel, count(DISTINCT r.user_id) "
        "FROM (VALUES ('email'), ('telegram'), ('discord'), ('slack'), ('mattermost'), ('ntfy'), "
        "             ('gotify'), ('pushover'), ('webhook'), ('apprise'), ('web_push')) AS l(v) "
        "LEFT JOIN user_notification_routing r "
        "  ON l.v = CASE r.channel_type WHEN 'smtp' THEN 'email' ELSE r.channel_type END "
        "GROUP BY l.v",
    [TRACKARR_SHOP_ITEMS_BY_STATUS] =
        "SELECT l.v AS status, count(i.id) "
        "FROM (VALUES ('enabled'), ('disabled')) AS l(v) "
        "LEFT JOIN shop_items i ON l.v = CASE WHEN i.enabled THEN 'enabled' ELSE 'disabled' END "
        "GROUP BY l.v",
    [TRACKARR_SHOP_PURCHASES_TOTAL] =
        "SELECT count(*) FROM shop_purchases",
    [TRACKARR_FREELEECH_POOL_ENABLED] =
        "SELECT coalesce((SELECT enabled::int FROM freeleech_pool_config WHERE id = 1), 0)",
    [TRACKARR_FREELEECH_POOL_POINTS_CURRENT] =
        "SELECT coalesce((SELECT total_contributed FROM freeleech_pool_cycles "
        "                 WHERE status IN ('filling', 'full_queued', 'active') "
        "                 ORDER BY created_at DESC, id DESC LIMIT 1), 0)",
    [TRACKARR_FREELEECH_POOL_POINTS_TARGET] =
        "SELECT coalesce((SELECT target_snapshot FROM freeleech_pool_cycles "
        "                 WHERE status IN ('filling', 'full_queued', 'active') "
        "                 ORDER BY created_at DESC, id DESC LIMIT 1), 0)",
    [TRACKARR_FREELEECH_POOL_PROGRESS_RATIO] =
        "SELECT coalesce((SELECT CASE WHEN target_snapshot > 0 "
        "                        THEN greatest(0, least(1, total_contributed::float8 / target_snapshot)) "
        "                        ELSE 0 END "
        "                 FROM freeleech_pool_cycles "
        "                 WHERE status IN ('filling', 'full_queued', 'active') "
        "                 ORDER BY created_at DESC, id DESC LIMIT 1), 0)",
    [TRACKARR_FREELEECH_POOL_STATE] =
        "SELECT l.v AS state, "
        "       coalesce(l.v = (SELECT status FROM freeleech_pool_cycles "
        "                       WHERE status IN ('filling', 'full_queued', 'active') "
        "                       ORDER BY created_at DESC, id DESC LIMIT 1), false)::int "
        "FROM (VALUES ('filling'), ('full_queued'), ('active')) AS l(v)",
    [TRACKARR_FREELEECH_POOL_CONTRIBUTORS_TOTAL] =
        "SELECT count(DISTINCT user_id) FROM freeleech_pool_contributions "
        "WHERE cycle_id = (SELECT id FROM freeleech_pool_cycles "
        "                  WHERE status IN ('filling', 'full_queued', 'active') "
        "                  ORDER BY created_at DESC, id DESC LIMIT 1)",
    [TRACKARR_FREELEECH_POOL_CYCLES_COMPLETED_TOTAL] =
        "SELECT count(*) FROM freeleech_pool_cycles WHERE status = 'ended'",
    [TRACKARR_DATABASE_SIZE_BYTES] =
        "SELECT pg_database_size(current_database())",
};
/* clang-format on */

/* ---- Answers ------------------------------------------------------------------------------------------ */

/*
 * Whether a query can never be answered like this: 42 is a column, table or right that is missing, 22 a value that does
 * not fit. 0A and 21 are what a view in the place of a table may do.
 */
static bool sql_is_wrong(const char *sqlstate)
{
    static const char *const classes[] = { "42", "22", "0A", "21" };
    for (size_t i = 0; i < TACHO_COUNT(classes); i++)
        if (strncmp(sqlstate, classes[i], 2) == 0) return true;
    return false;
}

static trackarr_failure sql_failure(const char *sqlstate)
{
    if (strcmp(sqlstate, "57014") == 0) return TRACKARR_LATE; /* query_canceled, by statement_timeout */
    return sql_is_wrong(sqlstate) ? TRACKARR_WRONG : TRACKARR_OUTAGE;
}

static void sql_take_row(trackarr_answer *answer, const psql_field *fields, size_t columns)
{
    const psql_field *value = &fields[columns - 1];
    const char *label = columns == 2 ? fields[0].text : NULL;
    trackarr_number number;
    if (!value->text)
        trackarr_answer_fail(answer, TRACKARR_WRONG, "a number is NULL");
    else if (!trackarr_number_read(&number, value->text, value->len))
        trackarr_answer_fail(answer, TRACKARR_WRONG, "'%.*s' is no number", SQL_SHOWN, value->text);
    else
        trackarr_answer_put(answer, label, number);
}

void trackarr_sql_take(trackarr_answer *answer, const psql_answer *got)
{
    size_t columns = answer->desc->labels[0] ? 2 : 1;
    if (got->error) {
        trackarr_answer_fail(answer, sql_failure(got->sqlstate), "%s", got->error);
        return;
    }
    if (got->row_count && got->column_count != columns) {
        trackarr_answer_fail(answer, TRACKARR_WRONG, "the answer has %zu columns, not %zu", got->column_count,
                             columns);
        return;
    }
    for (size_t row = 0; row < got->row_count && !answer->failure; row++)
        sql_take_row(answer, psql_field_at(got, row, 0), columns);
}
