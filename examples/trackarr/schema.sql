-- schema.sql - the tables of Trackarr, with the columns that its metrics are read from and no others.
--
-- All times are UTC without saying so.

CREATE TABLE users (
  id text PRIMARY KEY,
  is_admin boolean NOT NULL DEFAULT false,
  is_moderator boolean NOT NULL DEFAULT false,
  is_banned boolean NOT NULL DEFAULT false,
  banned_until timestamp,
  totp_enabled boolean NOT NULL DEFAULT false
);
CREATE TABLE torrents (
  id text PRIMARY KEY,
  size bigint NOT NULL,
  content_signature text,
  moderation_status text NOT NULL DEFAULT 'pending'
);
CREATE TABLE torrent_moderation_messages (
  id text PRIMARY KEY,
  author_id text REFERENCES users ON DELETE SET NULL,
  is_system boolean NOT NULL DEFAULT false
);
CREATE TABLE forum_topics (id text PRIMARY KEY);
CREATE TABLE forum_posts (id text PRIMARY KEY);
CREATE TABLE torrent_comments (id text PRIMARY KEY);
CREATE TABLE roles (
  id text PRIMARY KEY,
  assignment_mode text NOT NULL DEFAULT 'manual'
);
CREATE TABLE user_roles (
  user_id text NOT NULL,
  role_id text NOT NULL,
  PRIMARY KEY (user_id, role_id)
);
CREATE TABLE webauthn_credentials (id text PRIMARY KEY, user_id text NOT NULL);
CREATE TABLE recovery_codes (id text PRIMARY KEY, used_at timestamp);
CREATE TABLE trusted_devices (id text PRIMARY KEY, expires_at timestamp NOT NULL);
CREATE TABLE settings (key text PRIMARY KEY, value text NOT NULL);
CREATE TABLE invitations (id text PRIMARY KEY, used_by text, expires_at timestamp);
CREATE TABLE bonus_events (
  id text PRIMARY KEY,
  download_multiplier integer NOT NULL,  -- hundredths: 100 is 1.0
  upload_multiplier integer NOT NULL,
  starts_at timestamp NOT NULL,
  ends_at timestamp NOT NULL,
  enabled boolean NOT NULL DEFAULT true,
  created_at timestamp NOT NULL DEFAULT now()
);
CREATE TABLE reports (id text PRIMARY KEY, status text NOT NULL DEFAULT 'pending');
CREATE TABLE hnr_tracking (
  id text PRIMARY KEY,
  is_exempt boolean NOT NULL DEFAULT false,
  completed_at timestamp
);
CREATE TABLE banned_ips (ip text PRIMARY KEY);
CREATE TABLE anticheat_flags (id text PRIMARY KEY, kind text NOT NULL, reviewed_at timestamp);
CREATE TABLE torrent_favorites (
  user_id text NOT NULL,
  torrent_id text NOT NULL,
  PRIMARY KEY (user_id, torrent_id)
);
CREATE TABLE user_follows (
  follower_id text NOT NULL,
  following_id text NOT NULL,
  PRIMARY KEY (follower_id, following_id)
);
CREATE TABLE upload_requests (
  id text PRIMARY KEY,
  reward_points integer NOT NULL DEFAULT 0,
  status text NOT NULL DEFAULT 'requested'
);
CREATE TABLE upload_request_fill_attempts (
  id text PRIMARY KEY,
  status text NOT NULL DEFAULT 'proposed'
);
CREATE TABLE upload_request_comments (id text PRIMARY KEY, deleted_at timestamp);
CREATE TABLE user_notification_routing (
  user_id text NOT NULL,
  type text NOT NULL,
  channel_type text NOT NULL,
  PRIMARY KEY (user_id, type)
);
CREATE TABLE shop_items (id text PRIMARY KEY, enabled boolean NOT NULL DEFAULT true);
CREATE TABLE shop_purchases (id text PRIMARY KEY);
CREATE TABLE freeleech_pool_config (id integer PRIMARY KEY, enabled boolean NOT NULL DEFAULT false);
CREATE TABLE freeleech_pool_cycles (
  id text PRIMARY KEY,
  status text NOT NULL DEFAULT 'filling',  -- filling, full_queued, active, ended, cancelled
  target_snapshot integer NOT NULL,
  total_contributed integer NOT NULL DEFAULT 0,
  created_at timestamp NOT NULL DEFAULT now()
);
CREATE TABLE freeleech_pool_contributions (
  id text PRIMARY KEY,
  cycle_id text NOT NULL,
  user_id text NOT NULL,
  amount integer NOT NULL
);
