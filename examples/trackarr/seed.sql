-- seed.sql - a plausible site for schema.sql, the same for the same size; times are relative to now.
--
--   psql -v users=10000 -f schema.sql -f seed.sql
--
-- `users` is how many accounts there are, 100 or more, default 3000; everything else grows with them. Every status
-- occurs, and so do rows that no metric counts: values that the documents do not list, codes that were used, invitations
-- that have expired, authors who are gone.

\set ON_ERROR_STOP on
\if :{?users}
\else
    \set users 3000
\endif

BEGIN;
SET LOCAL TIME ZONE 'UTC';

-- A number from 0 to n - 1 that looks random, and is the same for the same words.
CREATE FUNCTION pg_temp.pick(about text, i bigint, n int) RETURNS int
LANGUAGE sql IMMUTABLE AS
$$ SELECT ('x' || substr(md5(about || ':' || i), 1, 7))::bit(28)::int % n $$;

-- ---- Accounts -----------------------------------------------------------------------------------------------------

INSERT INTO users (id, is_admin, is_moderator, is_banned, banned_until, totp_enabled)
SELECT 'user-' || i,
       i <= 3,
       i BETWEEN 2 AND 15,                               -- an admin who is a moderator, too, counts as admin
       i > 15 AND pg_temp.pick('ban', i, 20) = 0,
       CASE WHEN i > 15 AND pg_temp.pick('ban', i, 20) = 0 AND pg_temp.pick('until', i, 3) > 0
            THEN now() + make_interval(mins => pg_temp.pick('minutes', i, 40000) - 400) END,
       i <= 10 OR pg_temp.pick('totp', i, 4) = 0
FROM generate_series(1, :users) AS i;
-- Two bans that are over and wait for the sweep, whatever the size.
UPDATE users SET is_banned = true, banned_until = now() - interval '2 minutes' WHERE id IN ('user-20', 'user-21');

INSERT INTO roles (id, assignment_mode)
SELECT 'role-' || i, CASE WHEN i % 3 = 0 THEN 'auto' ELSE 'manual' END FROM generate_series(1, 9) AS i;
INSERT INTO user_roles (user_id, role_id)
SELECT 'user-' || i, 'role-' || 1 + pg_temp.pick('role', i, 9) FROM generate_series(1, :users, 5) AS i;

INSERT INTO webauthn_credentials (id, user_id)
SELECT 'key-' || i || '-' || n, 'user-' || i
FROM generate_series(6, :users, 6) AS i, generate_series(1, 2) AS n
WHERE n = 1 OR i % 24 = 0;
INSERT INTO recovery_codes (id, used_at)
SELECT 'code-' || i || '-' || n,
       CASE WHEN pg_temp.pick('code', i * 10 + n, 6) = 0 THEN now() - make_interval(days => 1 + n) END
FROM generate_series(1, :users, 12) AS i, generate_series(1, 10) AS n;
INSERT INTO trusted_devices (id, expires_at)
SELECT 'device-' || i, now() + make_interval(hours => pg_temp.pick('device', i, 1000) - 300)
FROM generate_series(1, :users, 8) AS i;

INSERT INTO settings (key, value) VALUES
    ('require_2fa_scope', 'staff'), ('registration_open', 'false'), ('invite_enabled', 'true'),
    ('site_name', 'A tracker "of trackers"'), ('announcement', '');
INSERT INTO invitations (id, used_by, expires_at)
SELECT 'invitation-' || i,
       CASE WHEN i % 2 = 0 THEN 'user-' || i END,
       CASE WHEN i % 7 > 0 THEN now() + make_interval(hours => pg_temp.pick('invitation', i, 400) - 200) END
FROM generate_series(1, :users / 10) AS i;

INSERT INTO user_follows (follower_id, following_id)
SELECT 'user-' || i, 'user-' || 1 + (i + n * n) % :users
FROM generate_series(1, :users, 3) AS i, generate_series(1, 4) AS n;
-- Mail goes out as `smtp`; the last one is not a documented channel.
INSERT INTO user_notification_routing (user_id, type, channel_type)
SELECT 'user-' || i, (ARRAY['reply', 'ratio', 'invite'])[n],
       (ARRAY['smtp', 'telegram', 'discord', 'slack', 'mattermost', 'ntfy', 'gotify', 'pushover', 'webhook',
              'apprise', 'web_push', 'smtp', 'discord', 'pager'])[1 + pg_temp.pick('channel', i * 3 + n, 14)]
FROM generate_series(1, :users, 2) AS i, generate_series(1, 3) AS n;

-- ---- Torrents and forum -------------------------------------------------------------------------------------------

INSERT INTO torrents (id, size, content_signature, moderation_status)
SELECT 'torrent-' || i,
       100000000 + pg_temp.pick('size', i, 1000000)::bigint * 60000,
       CASE WHEN pg_temp.pick('signature', i, 10) < 7 THEN md5('signature' || i) END,
       (ARRAY['pending', 'changes_requested', 'rejected'] || array_fill('accepted'::text, ARRAY[17]))
           [1 + pg_temp.pick('status', i, 20)]
FROM generate_series(1, :users / 2) AS i;
INSERT INTO torrent_moderation_messages (id, author_id, is_system)
SELECT 'message-' || i,
       CASE pg_temp.pick('author', i, 5) WHEN 0 THEN NULL WHEN 1 THEN 'user-' || 1 + pg_temp.pick('staff', i, 15)
            ELSE 'user-' || 16 + pg_temp.pick('member', i, :users - 15) END,
       pg_temp.pick('author', i, 5) = 0 AND i % 4 > 0    -- the others of these lost their author
FROM generate_series(1, :users / 3) AS i;
INSERT INTO torrent_favorites (user_id, torrent_id)
SELECT 'user-' || i, 'torrent-' || 1 + (i * n) % (:users / 2)
FROM generate_series(1, :users, 2) AS i, generate_series(1, 3) AS n
ON CONFLICT DO NOTHING;
INSERT INTO torrent_comments (id) SELECT 'comment-' || i FROM generate_series(1, :users * 2 / 3) AS i;
INSERT INTO forum_topics (id) SELECT 'topic-' || i FROM generate_series(1, :users / 12) AS i;
INSERT INTO forum_posts (id) SELECT 'post-' || i FROM generate_series(1, :users / 12 + :users / 2) AS i;

-- ---- Order --------------------------------------------------------------------------------------------------------

INSERT INTO reports (id, status)
SELECT 'report-' || i, (ARRAY['pending', 'resolved', 'resolved', 'dismissed'])[1 + i % 4]
FROM generate_series(1, :users / 40) AS i;
INSERT INTO hnr_tracking (id, is_exempt, completed_at)
SELECT 'hnr-' || i, i % 10 = 0, CASE WHEN i % 3 > 0 THEN now() - make_interval(hours => i) END
FROM generate_series(1, :users / 4) AS i;
INSERT INTO banned_ips (ip) SELECT '198.51.100.' || i FROM generate_series(1, least(250, :users / 50)) AS i;
-- `event_skip` is raised and not documented.
INSERT INTO anticheat_flags (id, kind, reviewed_at)
SELECT 'flag-' || i, (ARRAY['velocity', 'velocity', 'no_leecher', 'unknown_client', 'event_skip'])[1 + i % 5],
       CASE WHEN i % 9 > 0 THEN now() - make_interval(mins => i) END
FROM generate_series(1, :users / 20) AS i;

-- ---- Bonus --------------------------------------------------------------------------------------------------------

-- Two are on: the one that was made last counts.
INSERT INTO bonus_events (id, download_multiplier, upload_multiplier, starts_at, ends_at, enabled, created_at) VALUES
    ('event-1', 50, 150, now() - interval '2 hours', now() + interval '22 hours', true, now() - interval '3 hours'),
    ('event-2', 0, 100, now() - interval '1 day', now() + interval '1 day', true, now() - interval '9 days'),
    ('event-3', 0, 200, now() + interval '3 days', now() + interval '4 days', true, now() - interval '1 day'),
    ('event-4', 75, 100, now() + interval '9 days', now() + interval '10 days', true, now()),
    ('event-5', 0, 100, now() - interval '1 hour', now() + interval '1 hour', false, now()),
    ('event-6', 0, 100, now() - interval '9 days', now() - interval '8 days', false, now() - interval '10 days'),
    ('event-7', 50, 100, now() - interval '30 days', now() - interval '28 days', true, now() - interval '31 days'),
    ('event-8', 100, 200, now() - interval '60 days', now() - interval '58 days', true, now() - interval '61 days');

INSERT INTO upload_requests (id, reward_points, status)
SELECT 'request-' || i, 50 + 10 * pg_temp.pick('reward', i, 46),
       (ARRAY['requested', 'requested', 'filled', 'validated', 'validated', 'cancelled'])[1 + i % 6]
FROM generate_series(1, :users / 30) AS i;
INSERT INTO upload_request_fill_attempts (id, status)
SELECT 'attempt-' || i, (ARRAY['rejected', 'proposed', 'validated', 'validated'])[1 + i % 4]
FROM generate_series(1, :users / 50) AS i;
INSERT INTO upload_request_comments (id, deleted_at)
SELECT 'remark-' || i, CASE WHEN i % 11 = 0 THEN now() - interval '1 day' END
FROM generate_series(1, :users / 15) AS i;

INSERT INTO shop_items (id, enabled) SELECT 'item-' || i, i % 6 > 0 FROM generate_series(1, 24) AS i;
INSERT INTO shop_purchases (id) SELECT 'purchase-' || i FROM generate_series(1, :users / 3) AS i;

-- One cycle is active while the next one fills; what its contributors gave is what it has.
INSERT INTO freeleech_pool_config (id, enabled) VALUES (1, true);
INSERT INTO freeleech_pool_cycles (id, status, target_snapshot, total_contributed, created_at) VALUES
    ('cycle-1', 'ended', 4000, 4010, now() - interval '90 days'),
    ('cycle-2', 'ended', 4000, 4000, now() - interval '60 days'),
    ('cycle-3', 'cancelled', 5000, 120, now() - interval '40 days'),
    ('cycle-4', 'active', 5000, 5035, now() - interval '12 days'),
    ('cycle-5', 'filling', 5000, 3500, now() - interval '2 days');
INSERT INTO freeleech_pool_contributions (id, cycle_id, user_id, amount)
SELECT 'contribution-' || i, 'cycle-5', 'user-' || 1 + i % 50, 50 FROM generate_series(1, 70) AS i;
INSERT INTO freeleech_pool_contributions (id, cycle_id, user_id, amount)
SELECT 'contribution-old-' || i, 'cycle-4', 'user-' || 1 + i % 80, 53 FROM generate_series(1, 95) AS i;

COMMIT;
ANALYZE;
