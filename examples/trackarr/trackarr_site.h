/*
 * trackarr_site.h - a tracker with its community in memory: what a daemon that is the site itself hands to trackarr.h.
 *
 *   trackarr_site *site = trackarr_site_new(NULL);
 *   trackarr *t = trackarr_new(reg, &(trackarr_options){ .source = trackarr_site_source(site) });
 *   ...
 *   trackarr_site_user_registered(site, TRACKARR_MEMBER);
 *
 * It keeps numbers, not people: how many accounts, torrents, reports there are, and whatever has an end: bans,
 * invitations, trusted devices, bonus events, peers. Every function may be called by any thread. It says what has just
 * happened, and returns false, changing nothing, when that cannot be: nobody is left to be promoted, more accounts
 * would have a passkey than there are, TRACKARR_SITE_MAX things of a kind that ends are there. The families that it
 * moves are named without `trackarr_`.
 */
#ifndef TRACKARR_SITE_H
#define TRACKARR_SITE_H

#include "trackarr_source.h"

#define TRACKARR_SITE_MAX 4096 /* of bans, of invitations and so on, that have not ended */

typedef struct trackarr_site trackarr_site;

/** Seconds from some fixed moment, never going back; embed it and find your object with TACHO_CONTAINER. */
typedef struct trackarr_clock {
    double (*now)(const struct trackarr_clock *self); /* any thread */
} trackarr_clock;

/** An empty site whose registration is closed. `clock` is borrowed; NULL: the monotonic clock. NULL: no memory. */
trackarr_site *trackarr_site_new(const trackarr_clock *clock);

/** The site as a source. Closing the source frees the site. */
trackarr_source *trackarr_site_source(trackarr_site *site);

/* ---- Accounts -------------------------------------------------------------------------------------------------- */

typedef enum trackarr_role { TRACKARR_ADMIN = 0, TRACKARR_MODERATOR, TRACKARR_MEMBER } trackarr_role;
typedef enum trackarr_scope { TRACKARR_NOBODY = 0, TRACKARR_STAFF, TRACKARR_EVERYBODY } trackarr_scope;
typedef enum trackarr_registration { TRACKARR_OPEN = 0, TRACKARR_INVITE_ONLY, TRACKARR_CLOSED } trackarr_registration;
typedef enum trackarr_assignment { TRACKARR_MANUAL = 0, TRACKARR_AUTO } trackarr_assignment;

/** users_total, users_by_role. */
bool trackarr_site_user_registered(trackarr_site *site, trackarr_role role);
bool trackarr_site_role_changed(trackarr_site *site, trackarr_role from, trackarr_role to);

/** For so many seconds, or for good with 0: users_banned_total, users_banned_expiring_total. */
bool trackarr_site_user_banned(trackarr_site *site, double seconds);
/** Of those who were banned for good. */
bool trackarr_site_ban_lifted(trackarr_site *site);
/** Bans that have ended are lifted: users_banned_expired_pending_total goes to 0. */
bool trackarr_site_bans_swept(trackarr_site *site);

/** users_totp_enabled_total. */
bool trackarr_site_totp_changed(trackarr_site *site, bool is_on);
/** passkeys_total, and users_with_passkey_total if it is the account's first, or was its last. */
bool trackarr_site_passkey_added(trackarr_site *site, bool is_first);
bool trackarr_site_passkey_removed(trackarr_site *site, bool was_last);
/** recovery_codes_unused_total. */
bool trackarr_site_recovery_codes_issued(trackarr_site *site, uint64_t codes);
bool trackarr_site_recovery_code_used(trackarr_site *site);
/** trusted_devices_active_total. */
bool trackarr_site_device_trusted(trackarr_site *site, double seconds);
/** roles_total, user_role_assignments_total. */
bool trackarr_site_role_defined(trackarr_site *site, trackarr_assignment mode);
bool trackarr_site_role_assigned(trackarr_site *site);
bool trackarr_site_role_withdrawn(trackarr_site *site);
/** require_2fa_scope, registration_state. */
bool trackarr_site_second_factor_required(trackarr_site *site, trackarr_scope scope);
bool trackarr_site_registration_set(trackarr_site *site, trackarr_registration mode);
/** invitations_by_status; 0 seconds: it never expires. */
bool trackarr_site_invitation_sent(trackarr_site *site, double seconds);
bool trackarr_site_invitation_used(trackarr_site *site);
/** user_follows_total. */
bool trackarr_site_user_followed(trackarr_site *site);
bool trackarr_site_user_unfollowed(trackarr_site *site);
/** notification_routing_subscribers; the channel is an index in the values of its label. */
bool trackarr_site_channel_subscribed(trackarr_site *site, unsigned channel);
bool trackarr_site_channel_left(trackarr_site *site, unsigned channel);

/* ---- Torrents and forum ---------------------------------------------------------------------------------------- */

typedef enum trackarr_status { TRACKARR_PENDING = 0, TRACKARR_ACCEPTED, TRACKARR_CHANGES, TRACKARR_REJECTED } trackarr_status;
typedef enum trackarr_author { TRACKARR_BY_SYSTEM = 0, TRACKARR_BY_STAFF, TRACKARR_BY_USER } trackarr_author;

/** torrents_total, torrents_bytes_total, torrents_by_status{status="pending"}. */
bool trackarr_site_torrent_uploaded(trackarr_site *site, uint64_t bytes);
bool trackarr_site_torrent_moderated(trackarr_site *site, trackarr_status from, trackarr_status to);
/** torrents_with_signature_total. */
bool trackarr_site_torrent_signed(trackarr_site *site);
/** torrent_moderation_messages_total. */
bool trackarr_site_moderation_message(trackarr_site *site, trackarr_author author);
/** torrent_favorites_total, torrent_comments_total. */
bool trackarr_site_torrent_starred(trackarr_site *site);
bool trackarr_site_torrent_unstarred(trackarr_site *site);
bool trackarr_site_torrent_commented(trackarr_site *site);
/** forum_topics_total, and forum_posts_total for its opening post. */
bool trackarr_site_topic_opened(trackarr_site *site);
bool trackarr_site_post_written(trackarr_site *site);

/* ---- Order ------------------------------------------------------------------------------------------------------- */

typedef enum trackarr_flag { TRACKARR_VELOCITY = 0, TRACKARR_NO_LEECHER, TRACKARR_UNKNOWN_CLIENT } trackarr_flag;

/** reports_pending_total. */
bool trackarr_site_report_filed(trackarr_site *site);
bool trackarr_site_report_settled(trackarr_site *site);
/** hnr_active_total. */
bool trackarr_site_hit_and_run_started(trackarr_site *site);
bool trackarr_site_hit_and_run_ended(trackarr_site *site);
/** banned_ips_total. */
bool trackarr_site_ip_banned(trackarr_site *site);
bool trackarr_site_ip_unbanned(trackarr_site *site);
/** anticheat_flags_by_kind, anticheat_flags_unreviewed_total. */
bool trackarr_site_flag_raised(trackarr_site *site, trackarr_flag kind);
bool trackarr_site_flags_reviewed(trackarr_site *site, uint64_t flags);

/* ---- Bonus ------------------------------------------------------------------------------------------------------- */

/** bonus_events_by_status and, while it is on and the latest one planned, the bonus_active gauges. */
bool trackarr_site_bonus_planned(trackarr_site *site, double download, double upload, double starts_in_seconds,
                                 double seconds);
/** The latest one planned that has not ended. */
bool trackarr_site_bonus_disabled(trackarr_site *site);

/** upload_requests_by_status, upload_requests_reward_held_total. */
bool trackarr_site_request_opened(trackarr_site *site, uint64_t points);
/** And upload_request_fill_attempts_by_status{status="proposed"}. */
bool trackarr_site_request_filled(trackarr_site *site);
/** The attempt is refused, the request is open again. */
bool trackarr_site_attempt_rejected(trackarr_site *site);
/** The attempt is good; its points are paid. */
bool trackarr_site_request_validated(trackarr_site *site, uint64_t points);
/** Of those that nobody has filled; its points go back. */
bool trackarr_site_request_cancelled(trackarr_site *site, uint64_t points);
/** upload_request_comments_total. */
bool trackarr_site_request_commented(trackarr_site *site);

/** shop_items_by_status; switched: from the other state. */
bool trackarr_site_item_offered(trackarr_site *site);
bool trackarr_site_item_switched(trackarr_site *site, bool is_on);
/** shop_purchases_total. */
bool trackarr_site_purchase_made(trackarr_site *site);

/** freeleech_pool_enabled. */
bool trackarr_site_pool_switched(trackarr_site *site, bool is_on);
/** A cycle is opened, if none is: freeleech_pool_points_target, freeleech_pool_state{state="filling"}. */
bool trackarr_site_cycle_opened(trackarr_site *site, uint64_t target);
/** To a cycle that is filling: freeleech_pool_points_current, _progress_ratio, _contributors_total. */
bool trackarr_site_pool_contributed(trackarr_site *site, uint64_t user, uint64_t points);
/** From filling to full_queued to active to its end: freeleech_pool_cycles_completed_total. */
bool trackarr_site_cycle_advanced(trackarr_site *site);
bool trackarr_site_cycle_cancelled(trackarr_site *site);

/* ---- Peers: peers_total, seeders_total, leechers_total ------------------------------------------------------------ */

/** A peer of a torrent announces itself, or announces itself again. */
bool trackarr_site_peer_announced(trackarr_site *site, uint64_t torrent, const char *ip, uint16_t port, bool is_seeder);
bool trackarr_site_peer_left(trackarr_site *site, uint64_t torrent, const char *ip, uint16_t port);

#endif
