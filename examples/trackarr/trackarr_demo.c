/*
 * trackarr_demo.c - each actor has a list of deeds and does one of them at a time, by chance; a deed that comes more
 * often stands there more often. What cannot be at the moment (nobody to promote) is refused by the site, and left at
 * that.
 */
#include "trackarr_demo.h"

#include <stdio.h>
#include <stdlib.h>

enum {
    DEMO_PEER_ACTORS = 2,
    DEMO_SLOTS = 220,
    DEMO_TORRENTS = 40,
    DEMO_CHANNELS = 11,
    DEMO_POINTS = 100,
    DEMO_MODERATORS = 6
};
#define DEMO_SHIFT 120 /* seconds; staff works for half of it */

typedef struct demo_part {
    demo_actor actor;
    trackarr_site *site;
    demo_random random;
    const struct demo_role *role;
    unsigned index;
    double now;               /* 0 while the community is founded */
    int promoted;             /* staff: moderators more than at first */
    uint64_t contributed;     /* economy: to the open cycle of the pool */
    bool is_here[DEMO_SLOTS]; /* peers: who takes part */
} demo_part;

typedef void deed(demo_part *part);

typedef struct demo_role {
    deed *const *deeds;
    size_t count;
    double rest; /* seconds between two of them, about */
} demo_role;

static bool demo_chance(demo_part *part, uint64_t n) { return demo_random_one_in(&part->random, n); }

static uint64_t demo_pick(demo_part *part, uint64_t n) { return demo_random_below(&part->random, n); }

static double demo_span(demo_part *part, double low, double high)
{
    return demo_random_between(&part->random, low, high);
}

/* ---- Accounts ---------------------------------------------------------------------------------------------------- */

static void deed_register(demo_part *part)
{
    (void)trackarr_site_user_registered(part->site, TRACKARR_MEMBER);
}

static void deed_invite(demo_part *part)
{
    (void)trackarr_site_invitation_sent(part->site, demo_chance(part, 10) ? 0 : demo_span(part, 60, 1800));
}

/* Somebody accepts an invitation. */
static void deed_accept(demo_part *part)
{
    if (trackarr_site_invitation_used(part->site)) deed_register(part);
}

static void deed_totp(demo_part *part)
{
    (void)trackarr_site_totp_changed(part->site, !demo_chance(part, 4));
}

static void deed_passkey(demo_part *part)
{
    if (demo_chance(part, 5))
        (void)trackarr_site_passkey_removed(part->site, demo_chance(part, 2));
    else
        (void)trackarr_site_passkey_added(part->site, !demo_chance(part, 3));
}

static void deed_codes(demo_part *part)
{
    if (demo_chance(part, 3)) (void)trackarr_site_recovery_codes_issued(part->site, 10);
    (void)trackarr_site_recovery_code_used(part->site);
}

static void deed_device(demo_part *part)
{
    (void)trackarr_site_device_trusted(part->site, demo_span(part, 300, 3600));
}

static void deed_follow(demo_part *part)
{
    (void)(demo_chance(part, 4) ? trackarr_site_user_unfollowed(part->site)
                                : trackarr_site_user_followed(part->site));
}

static void deed_channel(demo_part *part)
{
    unsigned channel = (unsigned)demo_pick(part, DEMO_CHANNELS);
    (void)(demo_chance(part, 3) ? trackarr_site_channel_left(part->site, channel)
                                : trackarr_site_channel_subscribed(part->site, channel));
}

static deed *const deeds_of_accounts[] = {
    deed_register, deed_invite, deed_invite, deed_accept, deed_totp,
    deed_passkey,  deed_codes,  deed_device, deed_follow, deed_channel
};

/* ---- Torrents and forum ------------------------------------------------------------------------------------------ */

static void deed_upload(demo_part *part)
{
    (void)trackarr_site_torrent_uploaded(part->site, (uint64_t)demo_span(part, 1e8, 6e10));
}

static void deed_sign(demo_part *part) { (void)trackarr_site_torrent_signed(part->site); }

static void deed_star(demo_part *part)
{
    (void)(demo_chance(part, 5) ? trackarr_site_torrent_unstarred(part->site)
                                : trackarr_site_torrent_starred(part->site));
}

static void deed_comment(demo_part *part) { (void)trackarr_site_torrent_commented(part->site); }

static void deed_topic(demo_part *part) { (void)trackarr_site_topic_opened(part->site); }

static void deed_post(demo_part *part) { (void)trackarr_site_post_written(part->site); }

static void deed_message(demo_part *part)
{
    (void)trackarr_site_moderation_message(part->site, (trackarr_author)demo_pick(part, 3));
}

static void deed_report(demo_part *part) { (void)trackarr_site_report_filed(part->site); }

static deed *const deeds_of_members[] = { deed_upload, deed_sign, deed_star, deed_star,    deed_comment,
                                          deed_topic,  deed_post, deed_post, deed_message, deed_report };

/* ---- Staff ------------------------------------------------------------------------------------------------------- */

/* A torrent moves on: mostly from the queue, at times back into it. Staff comes and goes, so the queue does, too. */
static void deed_moderate(demo_part *part)
{
    static const trackarr_status moves[][2] = {
        { TRACKARR_PENDING, TRACKARR_ACCEPTED }, { TRACKARR_PENDING, TRACKARR_ACCEPTED },
        { TRACKARR_PENDING, TRACKARR_CHANGES },  { TRACKARR_CHANGES, TRACKARR_PENDING },
        { TRACKARR_PENDING, TRACKARR_REJECTED },
    };
    if ((uint64_t)part->now % DEMO_SHIFT >= DEMO_SHIFT / 2) return;
    const trackarr_status *move = moves[demo_pick(part, TACHO_COUNT(moves))];
    (void)trackarr_site_torrent_moderated(part->site, move[0], move[1]);
}

static void deed_settle(demo_part *part) { (void)trackarr_site_report_settled(part->site); }

static void deed_flag(demo_part *part)
{
    (void)trackarr_site_flag_raised(part->site, (trackarr_flag)demo_pick(part, 3));
    if (demo_chance(part, 3)) (void)trackarr_site_flags_reviewed(part->site, 1 + demo_pick(part, 3));
}

static void deed_ban(demo_part *part)
{
    (void)trackarr_site_user_banned(part->site, demo_chance(part, 6) ? 0 : demo_span(part, 30, 600));
    if (demo_chance(part, 8)) (void)trackarr_site_ban_lifted(part->site);
}

static void deed_sweep(demo_part *part)
{
    if (demo_chance(part, 6)) (void)trackarr_site_bans_swept(part->site);
}

static void deed_ip(demo_part *part)
{
    (void)(demo_chance(part, 3) ? trackarr_site_ip_unbanned(part->site)
                                : trackarr_site_ip_banned(part->site));
}

static void deed_hit_and_run(demo_part *part)
{
    (void)(demo_chance(part, 2) ? trackarr_site_hit_and_run_ended(part->site)
                                : trackarr_site_hit_and_run_started(part->site));
}

static void deed_role(demo_part *part)
{
    bool up = part->promoted <= 0 || (part->promoted < DEMO_MODERATORS && demo_chance(part, 2));
    part->promoted += up ? 1 : -1;
    (void)trackarr_site_role_changed(part->site, up ? TRACKARR_MEMBER : TRACKARR_MODERATOR,
                                     up ? TRACKARR_MODERATOR : TRACKARR_MEMBER);
    (void)(up ? trackarr_site_role_assigned(part->site) : trackarr_site_role_withdrawn(part->site));
    if (demo_chance(part, 10))
        (void)trackarr_site_role_defined(part->site, (trackarr_assignment)demo_pick(part, 2));
}

static void deed_settings(demo_part *part)
{
    if (!demo_chance(part, 5)) return;
    (void)trackarr_site_registration_set(part->site, (trackarr_registration)demo_pick(part, 3));
    (void)trackarr_site_second_factor_required(part->site, (trackarr_scope)demo_pick(part, 3));
}

static deed *const deeds_of_staff[] = { deed_moderate,    deed_moderate, deed_moderate, deed_settle,
                                        deed_flag,        deed_ban,      deed_sweep,    deed_ip,
                                        deed_hit_and_run, deed_role,     deed_settings };

/* ---- Economy ----------------------------------------------------------------------------------------------------- */

static void deed_request(demo_part *part) { (void)trackarr_site_request_opened(part->site, DEMO_POINTS); }

/* A request goes one step on its way. */
static void deed_fill(demo_part *part)
{
    uint64_t kind = demo_pick(part, 8);
    if (kind < 4)
        (void)trackarr_site_request_filled(part->site);
    else if (kind < 6)
        (void)trackarr_site_request_validated(part->site, DEMO_POINTS);
    else if (kind == 6)
        (void)trackarr_site_attempt_rejected(part->site);
    else
        (void)trackarr_site_request_cancelled(part->site, DEMO_POINTS);
}

static void deed_discuss(demo_part *part) { (void)trackarr_site_request_commented(part->site); }

static void deed_buy(demo_part *part) { (void)trackarr_site_purchase_made(part->site); }

static void deed_offer(demo_part *part)
{
    if (demo_chance(part, 10)) (void)trackarr_site_item_offered(part->site);
    (void)trackarr_site_item_switched(part->site, demo_chance(part, 2));
}

/* Freeleech at times, or half of it, or twice the upload. */
static void deed_bonus(demo_part *part)
{
    static const double kinds[][2] = { { 0, 1 }, { 0.5, 1 }, { 1, 2 }, { 0.5, 1.5 } };
    if (part->now == 0 || !demo_chance(part, 15)) return;
    const double *kind = kinds[demo_pick(part, TACHO_COUNT(kinds))];
    (void)trackarr_site_bonus_planned(part->site, kind[0], kind[1], demo_span(part, 0, 120),
                                      demo_span(part, 20, 90));
    if (demo_chance(part, 4)) (void)trackarr_site_bonus_disabled(part->site);
}

/* Members fill the pool; when it is full it waits, is active, and ends. */
static void deed_pool(demo_part *part)
{
    enum { TARGET = 2000 };
    if (part->contributed >= TARGET) {
        if (!demo_chance(part, 4)) return;
        (void)trackarr_site_cycle_advanced(part->site);
        if (!trackarr_site_cycle_opened(part->site, TARGET)) return;
        part->contributed = 0;
    }
    uint64_t points = 20 + demo_pick(part, 80);
    if (trackarr_site_pool_contributed(part->site, demo_pick(part, 300), points)) part->contributed += points;
    if (demo_chance(part, 40)) (void)trackarr_site_pool_switched(part->site, !demo_chance(part, 4));
}

static deed *const deeds_of_economy[] = { deed_request, deed_fill,  deed_fill, deed_discuss, deed_buy,
                                          deed_offer,   deed_bonus, deed_pool, deed_pool,    deed_pool };

/* ---- Peers ------------------------------------------------------------------------------------------------------- */

/* The address of a peer, from a block for documentation. */
static void demo_address(const demo_part *part, uint64_t slot, char *ip, size_t cap)
{
    if (slot % 8 == 0)
        (void)snprintf(ip, cap, "2001:db8:%u::%llx", part->index, (unsigned long long)slot + 1);
    else
        (void)snprintf(ip, cap, "%s.%llu", part->index ? "203.0.113" : "198.51.100",
                       (unsigned long long)slot + 1);
}

/* A peer announces itself in one torrent or two, or leaves. */
static void deed_announce(demo_part *part)
{
    uint64_t slot = demo_pick(part, DEMO_SLOTS), torrent = slot % DEMO_TORRENTS;
    uint16_t port = (uint16_t)(6881 + slot % 9);
    char ip[48];
    demo_address(part, slot, ip, sizeof ip);
    if (part->is_here[slot] && demo_chance(part, 3)) {
        part->is_here[slot] = false;
        (void)trackarr_site_peer_left(part->site, torrent, ip, port);
        (void)trackarr_site_peer_left(part->site, torrent + 1, ip, port);
        return;
    }
    part->is_here[slot] = true;
    (void)trackarr_site_peer_announced(part->site, torrent, ip, port, slot % 3 != 0);
    if (slot % 4 == 0) (void)trackarr_site_peer_announced(part->site, torrent + 1, ip, port, false);
}

static deed *const deeds_of_peers[] = { deed_announce };

/* ---- The cast ---------------------------------------------------------------------------------------------------- */

#define ROLE(deeds, rest)               \
    {                                   \
        deeds, TACHO_COUNT(deeds), rest \
    }
static const demo_role demo_roles[] = {
    ROLE(deeds_of_accounts, 0.3),
    ROLE(deeds_of_members, 0.3),
    ROLE(deeds_of_staff, 0.4),
    ROLE(deeds_of_economy, 0.4),
};
static const demo_role demo_peers = ROLE(deeds_of_peers, 0.2);
enum { DEMO_PARTS = TACHO_COUNT(demo_roles) + DEMO_PEER_ACTORS };

struct trackarr_demo {
    demo_part parts[DEMO_PARTS];
};

static void demo_do(demo_part *part) { part->role->deeds[demo_pick(part, part->role->count)](part); }

static double demo_step(demo_actor *self, double now)
{
    demo_part *part = TACHO_CONTAINER(self, demo_part, actor);
    part->now = now;
    demo_do(part);
    return demo_random_duration(&part->random, part->role->rest);
}

static const demo_actor_ops demo_ops = { demo_step };

/* What was there before the simulation begins: enough that no family is empty. */
static void demo_found(trackarr_demo *demo, trackarr_site *site)
{
    for (int i = 0; i < 3; i++) (void)trackarr_site_user_registered(site, TRACKARR_ADMIN);
    for (int i = 0; i < 12; i++) (void)trackarr_site_user_registered(site, TRACKARR_MODERATOR);
    for (int i = 0; i < 1200; i++) (void)trackarr_site_user_registered(site, TRACKARR_MEMBER);
    for (int i = 0; i < 12; i++)
        (void)trackarr_site_role_defined(site, i % 3 ? TRACKARR_AUTO : TRACKARR_MANUAL);
    for (int i = 0; i < 60; i++) (void)trackarr_site_role_assigned(site);
    for (int i = 0; i < 20; i++) (void)trackarr_site_item_offered(site);
    (void)trackarr_site_recovery_codes_issued(site, 500);
    (void)trackarr_site_registration_set(site, TRACKARR_INVITE_ONLY);
    (void)trackarr_site_second_factor_required(site, TRACKARR_STAFF);
    (void)trackarr_site_pool_switched(site, true);
    (void)trackarr_site_bonus_planned(site, 0.5, 1.5, 0, 240);
    (void)trackarr_site_bonus_planned(site, 1, 2, 0, 30);
    (void)trackarr_site_bonus_planned(site, 0, 2, 3600, 7200);
    (void)trackarr_site_cycle_opened(site, 2000);
    for (size_t part = 0; part < DEMO_PARTS; part++)
        for (int i = 0; i < 2000; i++) demo_do(&demo->parts[part]);
}

trackarr_demo *trackarr_demo_new(trackarr_site *site, demo_stage *stage, uint64_t seed)
{
    trackarr_demo *demo = calloc(1, sizeof *demo);
    if (!demo) return NULL;
    for (unsigned i = 0; i < DEMO_PARTS; i++) {
        demo_part *part = &demo->parts[i];
        bool is_peer = i >= TACHO_COUNT(demo_roles);
        part->actor.ops = &demo_ops;
        part->site = site;
        part->role = is_peer ? &demo_peers : &demo_roles[i];
        part->index = is_peer ? i - (unsigned)TACHO_COUNT(demo_roles) : 0;
        demo_random_init(&part->random, seed, i + 1);
        demo_add(stage, &part->actor);
    }
    demo_found(demo, site);
    return demo;
}

void trackarr_demo_free(trackarr_demo *demo) { free(demo); }
