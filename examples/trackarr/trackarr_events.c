/*
 * trackarr_events.c - an event for each function of trackarr_site.h, of the same name without the trackarr_site_, with
 * its arguments as keys. The table at the end is what --help lists.
 */
#include "trackarr_events.h"

#include "event_keys.h"

/* In the order of the enums of trackarr_site.h, and the channels in that of their label's values. */
static const char *const events_roles[] = { "admin", "moderator", "member", NULL };
static const char *const events_scopes[] = { "off", "staff", "all", NULL };
static const char *const events_registrations[] = { "open", "invite_only", "closed", NULL };
static const char *const events_assignments[] = { "manual", "auto", NULL };
static const char *const events_statuses[] = { "pending", "accepted", "changes_requested", "rejected", NULL };
static const char *const events_authors[] = { "system", "staff", "user", NULL };
static const char *const events_flags[] = { "velocity", "no_leecher", "unknown_client", NULL };
static const char *const events_channels[] = { "email",  "telegram", "discord", "slack",   "mattermost", "ntfy",
                                               "gotify", "pushover", "webhook", "apprise", "web_push",   NULL };
static const char *const events_switch[] = { "0", "1", NULL };

static trackarr_site *events_site(event_target *target)
{
    return TACHO_CONTAINER(target, trackarr_events, target)->site;
}

/* ---- Accounts ------------------------------------------------------------------------------------------------ */

static bool events_user_registered(event_target *target, const event_value *v)
{
    return trackarr_site_user_registered(events_site(target), (trackarr_role)v[0].choice);
}

static bool events_role_changed(event_target *target, const event_value *v)
{
    return trackarr_site_role_changed(events_site(target), (trackarr_role)v[0].choice,
                                      (trackarr_role)v[1].choice);
}

static bool events_user_banned(event_target *target, const event_value *v)
{
    return trackarr_site_user_banned(events_site(target), v[0].amount);
}

static bool events_ban_lifted(event_target *target, const event_value *v)
{
    (void)v;
    return trackarr_site_ban_lifted(events_site(target));
}

static bool events_bans_swept(event_target *target, const event_value *v)
{
    (void)v;
    return trackarr_site_bans_swept(events_site(target));
}

static bool events_totp_changed(event_target *target, const event_value *v)
{
    return trackarr_site_totp_changed(events_site(target), v[0].choice == 1);
}

static bool events_passkey_added(event_target *target, const event_value *v)
{
    return trackarr_site_passkey_added(events_site(target), v[0].choice == 1);
}

static bool events_passkey_removed(event_target *target, const event_value *v)
{
    return trackarr_site_passkey_removed(events_site(target), v[0].choice == 1);
}

static bool events_recovery_codes_issued(event_target *target, const event_value *v)
{
    return trackarr_site_recovery_codes_issued(events_site(target), v[0].count);
}

static bool events_recovery_code_used(event_target *target, const event_value *v)
{
    (void)v;
    return trackarr_site_recovery_code_used(events_site(target));
}

static bool events_device_trusted(event_target *target, const event_value *v)
{
    return trackarr_site_device_trusted(events_site(target), v[0].amount);
}

static bool events_role_defined(event_target *target, const event_value *v)
{
    return trackarr_site_role_defined(events_site(target), (trackarr_assignment)v[0].choice);
}

static bool events_role_assigned(event_target *target, const event_value *v)
{
    (void)v;
    return trackarr_site_role_assigned(events_site(target));
}

static bool events_role_withdrawn(event_target *target, const event_value *v)
{
    (void)v;
    return trackarr_site_role_withdrawn(events_site(target));
}

static bool events_second_factor_required(event_target *target, const event_value *v)
{
    return trackarr_site_second_factor_required(events_site(target), (trackarr_scope)v[0].choice);
}

static bool events_registration_set(event_target *target, const event_value *v)
{
    return trackarr_site_registration_set(events_site(target), (trackarr_registration)v[0].choice);
}

static bool events_invitation_sent(event_target *target, const event_value *v)
{
    return trackarr_site_invitation_sent(events_site(target), v[0].amount);
}

static bool events_invitation_used(event_target *target, const event_value *v)
{
    (void)v;
    return trackarr_site_invitation_used(events_site(target));
}

static bool events_user_followed(event_target *target, const event_value *v)
{
    (void)v;
    return trackarr_site_user_followed(events_site(target));
}

static bool events_user_unfollowed(event_target *target, const event_value *v)
{
    (void)v;
    return trackarr_site_user_unfollowed(events_site(target));
}

static bool events_channel_subscribed(event_target *target, const event_value *v)
{
    return trackarr_site_channel_subscribed(events_site(target), (unsigned)v[0].choice);
}

static bool events_channel_left(event_target *target, const event_value *v)
{
    return trackarr_site_channel_left(events_site(target), (unsigned)v[0].choice);
}

/* ---- Torrents and forum -------------------------------------------------------------------------------------- */

static bool events_torrent_uploaded(event_target *target, const event_value *v)
{
    return trackarr_site_torrent_uploaded(events_site(target), v[0].count);
}

static bool events_torrent_moderated(event_target *target, const event_value *v)
{
    return trackarr_site_torrent_moderated(events_site(target), (trackarr_status)v[0].choice,
                                           (trackarr_status)v[1].choice);
}

static bool events_torrent_signed(event_target *target, const event_value *v)
{
    (void)v;
    return trackarr_site_torrent_signed(events_site(target));
}

static bool events_moderation_message(event_target *target, const event_value *v)
{
    return trackarr_site_moderation_message(events_site(target), (trackarr_author)v[0].choice);
}

static bool events_torrent_starred(event_target *target, const event_value *v)
{
    (void)v;
    return trackarr_site_torrent_starred(events_site(target));
}

static bool events_torrent_unstarred(event_target *target, const event_value *v)
{
    (void)v;
    return trackarr_site_torrent_unstarred(events_site(target));
}

static bool events_torrent_commented(event_target *target, const event_value *v)
{
    (void)v;
    return trackarr_site_torrent_commented(events_site(target));
}

static bool events_topic_opened(event_target *target, const event_value *v)
{
    (void)v;
    return trackarr_site_topic_opened(events_site(target));
}

static bool events_post_written(event_target *target, const event_value *v)
{
    (void)v;
    return trackarr_site_post_written(events_site(target));
}

/* ---- Order --------------------------------------------------------------------------------------------------- */

static bool events_report_filed(event_target *target, const event_value *v)
{
    (void)v;
    return trackarr_site_report_filed(events_site(target));
}

static bool events_report_settled(event_target *target, const event_value *v)
{
    (void)v;
    return trackarr_site_report_settled(events_site(target));
}

static bool events_hit_and_run_started(event_target *target, const event_value *v)
{
    (void)v;
    return trackarr_site_hit_and_run_started(events_site(target));
}

static bool events_hit_and_run_ended(event_target *target, const event_value *v)
{
    (void)v;
    return trackarr_site_hit_and_run_ended(events_site(target));
}

static bool events_ip_banned(event_target *target, const event_value *v)
{
    (void)v;
    return trackarr_site_ip_banned(events_site(target));
}

static bool events_ip_unbanned(event_target *target, const event_value *v)
{
    (void)v;
    return trackarr_site_ip_unbanned(events_site(target));
}

static bool events_flag_raised(event_target *target, const event_value *v)
{
    return trackarr_site_flag_raised(events_site(target), (trackarr_flag)v[0].choice);
}

static bool events_flags_reviewed(event_target *target, const event_value *v)
{
    return trackarr_site_flags_reviewed(events_site(target), v[0].count);
}

/* ---- Bonus --------------------------------------------------------------------------------------------------- */

static bool events_bonus_planned(event_target *target, const event_value *v)
{
    return trackarr_site_bonus_planned(events_site(target), v[0].amount, v[1].amount, v[2].amount, v[3].amount);
}

static bool events_bonus_disabled(event_target *target, const event_value *v)
{
    (void)v;
    return trackarr_site_bonus_disabled(events_site(target));
}

static bool events_request_opened(event_target *target, const event_value *v)
{
    return trackarr_site_request_opened(events_site(target), v[0].count);
}

static bool events_request_filled(event_target *target, const event_value *v)
{
    (void)v;
    return trackarr_site_request_filled(events_site(target));
}

static bool events_attempt_rejected(event_target *target, const event_value *v)
{
    (void)v;
    return trackarr_site_attempt_rejected(events_site(target));
}

static bool events_request_validated(event_target *target, const event_value *v)
{
    return trackarr_site_request_validated(events_site(target), v[0].count);
}

static bool events_request_cancelled(event_target *target, const event_value *v)
{
    return trackarr_site_request_cancelled(events_site(target), v[0].count);
}

static bool events_request_commented(event_target *target, const event_value *v)
{
    (void)v;
    return trackarr_site_request_commented(events_site(target));
}

static bool events_item_offered(event_target *target, const event_value *v)
{
    (void)v;
    return trackarr_site_item_offered(events_site(target));
}

static bool events_item_switched(event_target *target, const event_value *v)
{
    return trackarr_site_item_switched(events_site(target), v[0].choice == 1);
}

static bool events_purchase_made(event_target *target, const event_value *v)
{
    (void)v;
    return trackarr_site_purchase_made(events_site(target));
}

static bool events_pool_switched(event_target *target, const event_value *v)
{
    return trackarr_site_pool_switched(events_site(target), v[0].choice == 1);
}

static bool events_cycle_opened(event_target *target, const event_value *v)
{
    return trackarr_site_cycle_opened(events_site(target), v[0].count);
}

static bool events_pool_contributed(event_target *target, const event_value *v)
{
    return trackarr_site_pool_contributed(events_site(target), v[0].count, v[1].count);
}

static bool events_cycle_advanced(event_target *target, const event_value *v)
{
    (void)v;
    return trackarr_site_cycle_advanced(events_site(target));
}

static bool events_cycle_cancelled(event_target *target, const event_value *v)
{
    (void)v;
    return trackarr_site_cycle_cancelled(events_site(target));
}

/* ---- Peers --------------------------------------------------------------------------------------------------- */

static bool events_peer_announced(event_target *target, const event_value *v)
{
    if (v[2].count > UINT16_MAX) return false;
    return trackarr_site_peer_announced(events_site(target), v[0].count, v[1].text, (uint16_t)v[2].count,
                                        v[3].choice == 1);
}

static bool events_peer_left(event_target *target, const event_value *v)
{
    if (v[2].count > UINT16_MAX) return false;
    return trackarr_site_peer_left(events_site(target), v[0].count, v[1].text, (uint16_t)v[2].count);
}

/* ---- The table ----------------------------------------------------------------------------------------------- */

const event_row trackarr_event_rows[TRACKARR_EVENTS] = {
    { "user_registered", events_user_registered, { CHOICE("role", events_roles) } },
    { "role_changed", events_role_changed, { CHOICE("from", events_roles), CHOICE("to", events_roles) } },
    { "user_banned", events_user_banned, { AMOUNT("seconds") } },
    { "ban_lifted", events_ban_lifted, { NOTHING } },
    { "bans_swept", events_bans_swept, { NOTHING } },
    { "totp_changed", events_totp_changed, { CHOICE("on", events_switch) } },
    { "passkey_added", events_passkey_added, { CHOICE("first", events_switch) } },
    { "passkey_removed", events_passkey_removed, { CHOICE("last", events_switch) } },
    { "recovery_codes_issued", events_recovery_codes_issued, { COUNT("codes") } },
    { "recovery_code_used", events_recovery_code_used, { NOTHING } },
    { "device_trusted", events_device_trusted, { AMOUNT("seconds") } },
    { "role_defined", events_role_defined, { CHOICE("mode", events_assignments) } },
    { "role_assigned", events_role_assigned, { NOTHING } },
    { "role_withdrawn", events_role_withdrawn, { NOTHING } },
    { "second_factor_required", events_second_factor_required, { CHOICE("scope", events_scopes) } },
    { "registration_set", events_registration_set, { CHOICE("mode", events_registrations) } },
    { "invitation_sent", events_invitation_sent, { AMOUNT("seconds") } },
    { "invitation_used", events_invitation_used, { NOTHING } },
    { "user_followed", events_user_followed, { NOTHING } },
    { "user_unfollowed", events_user_unfollowed, { NOTHING } },
    { "channel_subscribed", events_channel_subscribed, { CHOICE("channel", events_channels) } },
    { "channel_left", events_channel_left, { CHOICE("channel", events_channels) } },
    { "torrent_uploaded", events_torrent_uploaded, { COUNT("bytes") } },
    { "torrent_moderated", events_torrent_moderated,
      { CHOICE("from", events_statuses), CHOICE("to", events_statuses) } },
    { "torrent_signed", events_torrent_signed, { NOTHING } },
    { "moderation_message", events_moderation_message, { CHOICE("kind", events_authors) } },
    { "torrent_starred", events_torrent_starred, { NOTHING } },
    { "torrent_unstarred", events_torrent_unstarred, { NOTHING } },
    { "torrent_commented", events_torrent_commented, { NOTHING } },
    { "topic_opened", events_topic_opened, { NOTHING } },
    { "post_written", events_post_written, { NOTHING } },
    { "report_filed", events_report_filed, { NOTHING } },
    { "report_settled", events_report_settled, { NOTHING } },
    { "hit_and_run_started", events_hit_and_run_started, { NOTHING } },
    { "hit_and_run_ended", events_hit_and_run_ended, { NOTHING } },
    { "ip_banned", events_ip_banned, { NOTHING } },
    { "ip_unbanned", events_ip_unbanned, { NOTHING } },
    { "flag_raised", events_flag_raised, { CHOICE("kind", events_flags) } },
    { "flags_reviewed", events_flags_reviewed, { COUNT("flags") } },
    { "bonus_planned", events_bonus_planned,
      { AMOUNT("download"), AMOUNT("upload"), AMOUNT("starts_in"), AMOUNT("seconds") } },
    { "bonus_disabled", events_bonus_disabled, { NOTHING } },
    { "request_opened", events_request_opened, { COUNT("points") } },
    { "request_filled", events_request_filled, { NOTHING } },
    { "attempt_rejected", events_attempt_rejected, { NOTHING } },
    { "request_validated", events_request_validated, { COUNT("points") } },
    { "request_cancelled", events_request_cancelled, { COUNT("points") } },
    { "request_commented", events_request_commented, { NOTHING } },
    { "item_offered", events_item_offered, { NOTHING } },
    { "item_switched", events_item_switched, { CHOICE("on", events_switch) } },
    { "purchase_made", events_purchase_made, { NOTHING } },
    { "pool_switched", events_pool_switched, { CHOICE("on", events_switch) } },
    { "cycle_opened", events_cycle_opened, { COUNT("target") } },
    { "pool_contributed", events_pool_contributed, { COUNT("user"), COUNT("points") } },
    { "cycle_advanced", events_cycle_advanced, { NOTHING } },
    { "cycle_cancelled", events_cycle_cancelled, { NOTHING } },
    { "peer_announced", events_peer_announced,
      { COUNT("torrent"), TEXT("ip"), COUNT("port"), CHOICE("seeds", events_switch) } },
    { "peer_left", events_peer_left, { COUNT("torrent"), TEXT("ip"), COUNT("port") } },
};

void trackarr_events_init(trackarr_events *events, trackarr_site *site)
{
    events->target = (event_target){ trackarr_event_rows, TRACKARR_EVENTS };
    events->site = site;
}
