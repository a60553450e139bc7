/*
 * test_trackarr_site.c - the site in memory, by its events; and the demo, in which every rule on values holds.
 */
#define _POSIX_C_SOURCE 200809L
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/exposition.h"
#include "support/shown.h"
#include "trackarr.h"
#include "trackarr_demo.h"
#include "trackarr_events.h"

#define SAMPLE "examples/trackarr/sample.events"

/* ---- A site in a registry -------------------------------------------------------------------------------------------- */

struct rig {
    trackarr_clock clock;
    double seconds;
    tacho_registry *reg;
    trackarr_site *site;
    trackarr *t;
    trackarr_events events;
};

static double rig_now(const trackarr_clock *self) { return TACHO_CONTAINER(self, const struct rig, clock)->seconds; }

static void rig_init(struct rig *rig, bool is_real_time)
{
    *rig = (struct rig){ .clock = { rig_now }, .seconds = 1000 };
    rig->reg = tacho_registry_new(NULL);
    rig->site = trackarr_site_new(is_real_time ? NULL : &rig->clock);
    assert_non_null(rig->site);
    rig->t = trackarr_new(rig->reg, &(trackarr_options){ .source = trackarr_site_source(rig->site) });
    if (!rig->t) fail_msg("%s", tacho_registry_error(rig->reg));
    trackarr_events_init(&rig->events, rig->site);
}

static void rig_fini(struct rig *rig)
{
    trackarr_free(rig->t);
    tacho_registry_free(rig->reg);
}

static event_reason say_event(struct rig *rig, const char *line)
{
    return event_apply(&rig->events.target, line, strlen(line), NULL);
}

#define HAPPENS(rig, line) assert_int_equal(say_event(&(rig), line), EVENT_TAKEN)
#define CANNOT_BE(rig, line) assert_int_equal(say_event(&(rig), line), EVENT_REFUSED)

static void play_sample(struct rig *rig, bool *seen)
{
    char line[512];
    FILE *file = fopen(SAMPLE, "r");
    if (!file) fail_msg(SAMPLE " is missing: run the test in the source directory");
    while (fgets(line, sizeof line, file)) {
        const event_row *row = NULL;
        line[strcspn(line, "\n")] = '\0';
        event_reason reason = event_apply(&rig->events.target, line, strlen(line), &row);
        if (reason != EVENT_TAKEN) fail_msg("%s: %s", line, event_reason_names[reason - 1]);
        if (row) seen[row - trackarr_event_rows] = true;
    }
    fclose(file);
}

/* ---- Rules ----------------------------------------------------------------------------------------------------------- */

static double value(const struct exposition *page, const char *series)
{
    double number = exposition_value(page, series);
    if (isnan(number)) fail_msg("%s is missing", series);
    return number;
}

static void check_sum(const struct exposition *page, const char *parts, double whole)
{
    if (exposition_sum(page, parts) != whole) fail_msg("the sum of %s is not %g", parts, whole);
}

static void check_pool(const struct exposition *page)
{
    double points = value(page, "trackarr_freeleech_pool_points_current");
    double target = value(page, "trackarr_freeleech_pool_points_target");
    double open = exposition_sum(page, "trackarr_freeleech_pool_state");
    double ratio = target > 0 ? points / target : 0;
    assert_true(value(page, "trackarr_freeleech_pool_progress_ratio") == (ratio > 1 ? 1 : ratio));
    assert_true(open == (target > 0 ? 1 : 0));
    assert_true((value(page, "trackarr_freeleech_pool_contributors_total") > 0) == (points > 0));
}

static void check_bonus(const struct exposition *page)
{
    bool is_on = value(page, "trackarr_bonus_event_active") == 1;
    assert_true(is_on == (value(page, "trackarr_bonus_events_by_status{status=\"active\"}") > 0));
    assert_true(is_on == (value(page, "trackarr_bonus_event_active_ends_at_seconds") > 1e9));
    assert_true(is_on || value(page, "trackarr_bonus_active_download_multiplier") == 1);
    assert_true(is_on || value(page, "trackarr_bonus_active_upload_multiplier") == 1);
}

static void check_rules(tacho_registry *reg)
{
    struct exposition *page = exposition_read(reg);
    check_sum(page, "trackarr_torrents_by_status", value(page, "trackarr_torrents_total"));
    check_sum(page, "trackarr_users_by_role", value(page, "trackarr_users_total"));
    check_sum(page, "trackarr_require_2fa_scope", 1);
    check_sum(page, "trackarr_registration_state", 1);
    assert_true(value(page, "trackarr_leechers_total") ==
                value(page, "trackarr_peers_total") - value(page, "trackarr_seeders_total"));
    assert_true(value(page, "trackarr_invitations_pending_total") ==
                value(page, "trackarr_invitations_by_status{status=\"pending\"}"));
    assert_true(value(page, "trackarr_users_banned_expired_pending_total") <=
                value(page, "trackarr_users_banned_expiring_total"));
    assert_true(value(page, "trackarr_users_banned_expiring_total") <= value(page, "trackarr_users_banned_total"));
    assert_true(value(page, "trackarr_users_banned_total") <= value(page, "trackarr_users_total"));
    assert_true(value(page, "trackarr_users_with_passkey_total") <= value(page, "trackarr_passkeys_total"));
    assert_true(value(page, "trackarr_users_totp_enabled_total") <= value(page, "trackarr_users_total"));
    assert_true(value(page, "trackarr_torrents_with_signature_total") <= value(page, "trackarr_torrents_total"));
    assert_true(value(page, "trackarr_forum_topics_total") <= value(page, "trackarr_forum_posts_total"));
    check_pool(page);
    check_bonus(page);
    exposition_free(page);
}

/* ---- Events ---------------------------------------------------------------------------------------------------------- */

static void the_sample_has_every_event_and_adds_up(void **state)
{
    struct rig rig;
    bool seen[TRACKARR_EVENTS] = { false };
    (void)state;
    rig_init(&rig, false);
    play_sample(&rig, seen);
    for (size_t i = 0; i < TRACKARR_EVENTS; i++)
        if (!seen[i]) fail_msg("%s is not in " SAMPLE, trackarr_event_rows[i].name);
    check_rules(rig.reg);
    assert_shown(rig.reg, "trackarr_users_by_role{role=\"moderator\"}", "2");
    assert_shown(rig.reg, "trackarr_torrents_bytes_total", "9007199954740993");
    assert_shown(rig.reg, "trackarr_recovery_codes_unused_total", "9");
    assert_shown(rig.reg, "trackarr_upload_requests_reward_held_total", "150");
    assert_shown(rig.reg, "trackarr_freeleech_pool_progress_ratio", "0.25");
    assert_shown(rig.reg, "trackarr_freeleech_pool_contributors_total", "2");
    assert_shown(rig.reg, "trackarr_freeleech_pool_cycles_completed_total", "1");
    assert_shown(rig.reg, "trackarr_bonus_active_upload_multiplier", "1.25");
    assert_shown(rig.reg, "trackarr_peers_total", "2");
    assert_shown(rig.reg, "trackarr_seeders_total", "1");
    rig_fini(&rig);
}

static void an_empty_site_has_numbers_that_mean_nothing_is_there(void **state)
{
    struct rig rig;
    (void)state;
    rig_init(&rig, false);
    check_rules(rig.reg);
    assert_shown(rig.reg, "trackarr_registration_state{mode=\"closed\"}", "1");
    assert_shown(rig.reg, "trackarr_require_2fa_scope{scope=\"off\"}", "1");
    assert_shown(rig.reg, "trackarr_bonus_active_download_multiplier", "1");
    assert_shown(rig.reg, "trackarr_bonus_event_active_ends_at_seconds", "0");
    assert_shown(rig.reg, "trackarr_freeleech_pool_progress_ratio", "0");
    rig_fini(&rig);
}

static void what_cannot_be_is_refused_and_changes_nothing(void **state)
{
    static const char *const lines[] = {
        "role_changed from=member to=admin", "user_banned seconds=60", "user_banned seconds=0", "ban_lifted", "totp_changed on=1",
        "totp_changed on=0", "passkey_added first=1", "passkey_removed last=0", "recovery_code_used", "device_trusted seconds=0",
        "role_withdrawn", "invitation_used", "user_unfollowed", "channel_left channel=ntfy", "torrent_signed",
        "torrent_moderated from=pending to=accepted", "torrent_unstarred", "report_settled", "hit_and_run_ended",
        "ip_unbanned", "flags_reviewed flags=1", "bonus_disabled", "bonus_planned download=1 upload=1 starts_in=0 seconds=0",
        "request_filled", "attempt_rejected", "request_validated points=0", "request_cancelled points=0", "item_switched on=1",
        "pool_contributed user=1 points=1", "cycle_advanced", "cycle_cancelled", "cycle_opened target=0",
        "peer_left torrent=1 ip=10.0.0.1 port=1", "peer_announced torrent=1 ip=10.0.0.1 port=65536 seeds=1",
    };
    struct rig rig;
    (void)state;
    rig_init(&rig, false);
    struct exposition *before = exposition_read(rig.reg);
    for (size_t i = 0; i < TACHO_COUNT(lines); i++)
        if (say_event(&rig, lines[i]) != EVENT_REFUSED) fail_msg("not refused: %s", lines[i]);
    struct exposition *after = exposition_read(rig.reg);
    for (size_t i = 0; i < before->count; i++)
        if (strncmp(before->samples[i].name, "trackarr_", 9) == 0)
            assert_string_equal(exposition_text(after, before->samples[i].series), before->samples[i].text);
    exposition_free(before);
    exposition_free(after);
    rig_fini(&rig);
}

static void more_than_was_given_cannot_be_taken(void **state)
{
    struct rig rig;
    (void)state;
    rig_init(&rig, false);
    HAPPENS(rig, "user_registered role=member");
    HAPPENS(rig, "passkey_added first=1");
    HAPPENS(rig, "passkey_added first=0");
    CANNOT_BE(rig, "passkey_added first=1");
    HAPPENS(rig, "request_opened points=10");
    CANNOT_BE(rig, "request_cancelled points=11");
    HAPPENS(rig, "request_filled");
    CANNOT_BE(rig, "request_validated points=11");
    HAPPENS(rig, "request_validated points=10");
    HAPPENS(rig, "topic_opened");
    HAPPENS(rig, "cycle_opened target=10");
    CANNOT_BE(rig, "cycle_opened target=10");
    HAPPENS(rig, "pool_contributed user=1 points=25");
    HAPPENS(rig, "cycle_advanced");
    CANNOT_BE(rig, "pool_contributed user=1 points=1");
    assert_shown(rig.reg, "trackarr_freeleech_pool_state{state=\"full_queued\"}", "1");
    assert_shown(rig.reg, "trackarr_freeleech_pool_progress_ratio", "1");
    check_rules(rig.reg);
    rig_fini(&rig);
}

/* ---- Time ------------------------------------------------------------------------------------------------------------ */

static void what_has_an_end_ends(void **state)
{
    struct rig rig;
    (void)state;
    rig_init(&rig, false);
    for (int i = 0; i < 3; i++) HAPPENS(rig, "user_registered role=member");
    HAPPENS(rig, "user_banned seconds=10");
    HAPPENS(rig, "user_banned seconds=20");
    HAPPENS(rig, "user_banned seconds=0");
    HAPPENS(rig, "invitation_sent seconds=10");
    HAPPENS(rig, "invitation_sent seconds=0");
    HAPPENS(rig, "device_trusted seconds=10");
    HAPPENS(rig, "bonus_planned download=0 upload=1 starts_in=0 seconds=10");
    HAPPENS(rig, "bonus_planned download=0.5 upload=2 starts_in=5 seconds=10");
    assert_shown(rig.reg, "trackarr_bonus_active_download_multiplier", "0");
    assert_shown(rig.reg, "trackarr_bonus_events_by_status{status=\"scheduled\"}", "1");
    rig.seconds += 9;
    assert_shown(rig.reg, "trackarr_bonus_active_download_multiplier", "0.5"); /* it was planned last */
    assert_shown(rig.reg, "trackarr_bonus_events_by_status{status=\"active\"}", "2");
    rig.seconds += 1;
    assert_shown(rig.reg, "trackarr_users_banned_expired_pending_total", "1");
    assert_shown(rig.reg, "trackarr_users_banned_expiring_total", "2");
    assert_shown(rig.reg, "trackarr_users_banned_total", "3");
    assert_shown(rig.reg, "trackarr_invitations_by_status{status=\"expired\"}", "1");
    assert_shown(rig.reg, "trackarr_invitations_pending_total", "1");
    assert_shown(rig.reg, "trackarr_trusted_devices_active_total", "0");
    assert_shown(rig.reg, "trackarr_bonus_events_by_status{status=\"ended\"}", "1");
    HAPPENS(rig, "bans_swept");
    assert_shown(rig.reg, "trackarr_users_banned_expired_pending_total", "0");
    assert_shown(rig.reg, "trackarr_users_banned_total", "2");
    check_rules(rig.reg);
    rig_fini(&rig);
}

static void a_peer_that_is_silent_for_an_hour_does_not_count(void **state)
{
    struct rig rig;
    (void)state;
    rig_init(&rig, false);
    HAPPENS(rig, "peer_announced torrent=1 ip=10.0.0.1 port=1 seeds=1");
    rig.seconds += 1800;
    HAPPENS(rig, "peer_announced torrent=1 ip=10.0.0.2 port=1 seeds=0");
    rig.seconds += 1801;
    assert_shown(rig.reg, "trackarr_peers_total", "1");
    assert_shown(rig.reg, "trackarr_exporter_peers_skipped{reason=\"stale\"}", "1");
    HAPPENS(rig, "peer_announced torrent=1 ip=10.0.0.1 port=1 seeds=0");
    assert_shown(rig.reg, "trackarr_peers_total", "2");
    assert_shown(rig.reg, "trackarr_seeders_total", "0");
    rig.seconds += 7201;
    HAPPENS(rig, "peer_announced torrent=9 ip=10.0.0.9 port=1 seeds=0");
    assert_shown(rig.reg, "trackarr_exporter_peers_skipped{reason=\"stale\"}", "0"); /* the tracker has forgotten them */
    rig_fini(&rig);
}

static void lists_are_bounded(void **state)
{
    struct rig rig;
    (void)state;
    rig_init(&rig, false);
    for (int i = 0; i < TRACKARR_SITE_MAX; i++) HAPPENS(rig, "device_trusted seconds=60");
    CANNOT_BE(rig, "device_trusted seconds=60");
    assert_shown(rig.reg, "trackarr_trusted_devices_active_total", "4096");
    HAPPENS(rig, "cycle_opened target=1");
    for (unsigned i = 0; i < TRACKARR_SITE_MAX; i++) assert_true(trackarr_site_pool_contributed(rig.site, i, 1));
    CANNOT_BE(rig, "pool_contributed user=4096 points=1");
    HAPPENS(rig, "pool_contributed user=4095 points=1");
    rig.seconds += 61;
    HAPPENS(rig, "device_trusted seconds=60");
    assert_shown(rig.reg, "trackarr_trusted_devices_active_total", "1");
    for (unsigned i = 0; i < TRACKARR_SITE_MAX; i++)
        assert_true(trackarr_site_peer_announced(rig.site, i, "10.0.0.1", 1, false));
    CANNOT_BE(rig, "peer_announced torrent=9999 ip=10.0.0.1 port=1 seeds=0");
    HAPPENS(rig, "peer_announced torrent=7 ip=10.0.0.1 port=1 seeds=0");
    HAPPENS(rig, "peer_left torrent=7 ip=10.0.0.1 port=1");
    HAPPENS(rig, "peer_announced torrent=9999 ip=10.0.0.1 port=1 seeds=0");
    rig_fini(&rig);
}

/* ---- The demo -------------------------------------------------------------------------------------------------------- */

struct stage_clock {
    trackarr_clock clock;
    demo_stage stage;
};

static double stage_now(const trackarr_clock *self)
{
    return demo_now(&TACHO_CONTAINER(self, const struct stage_clock, clock)->stage);
}

static void the_demo_keeps_every_rule_at_any_time(void **state)
{
    struct stage_clock time = { .clock = { stage_now } };
    (void)state;
    for (uint64_t seed = 1; seed <= 3; seed++) {
        tacho_registry *reg = tacho_registry_new(NULL);
        demo_init(&time.stage);
        trackarr_site *site = trackarr_site_new(&time.clock);
        trackarr *t = trackarr_new(reg, &(trackarr_options){ .source = trackarr_site_source(site) });
        trackarr_demo *demo = trackarr_demo_new(site, &time.stage, seed);
        assert_true(t && demo);
        double members = shown_value(reg, "trackarr_users_total");
        for (int i = 1; i <= 40; i++) {
            demo_advance(&time.stage, i * 15);
            check_rules(reg);
        }
        assert_true(shown_value(reg, "trackarr_users_total") > members);
        assert_true(shown_value(reg, "trackarr_peers_total") > 10);
        demo_fini(&time.stage);
        trackarr_demo_free(demo);
        trackarr_free(t);
        tacho_registry_free(reg);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_sample_has_every_event_and_adds_up),
        cmocka_unit_test(an_empty_site_has_numbers_that_mean_nothing_is_there),
        cmocka_unit_test(what_cannot_be_is_refused_and_changes_nothing),
        cmocka_unit_test(more_than_was_given_cannot_be_taken),
        cmocka_unit_test(what_has_an_end_ends),
        cmocka_unit_test(a_peer_that_is_silent_for_an_hour_does_not_count),
        cmocka_unit_test(lists_are_bounded),
        cmocka_unit_test(the_demo_keeps_every_rule_at_any_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
