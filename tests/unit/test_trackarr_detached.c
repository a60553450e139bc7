/*
 * test_trackarr_detached.c - groups that hang, and what is shown in their place.
 */
#define _POSIX_C_SOURCE 200809L
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>

#include "deadline.h"
#include "support/exposition.h"
#include "support/fake_source.h"
#include "support/shown.h"
#include "trackarr.h"

/* A scrape waits for what hangs until here, so it must be short; and for all others, so it must be long enough. */
#define DEADLINE_MS 300

struct rig {
    fake_source fake;
    tacho_registry *reg;
    trackarr *t;
};

static void rig_init(struct rig *rig, trackarr_options options)
{
    fake_source_init(&rig->fake);
    rig->reg = tacho_registry_new(NULL);
    options.source = &rig->fake.source;
    options.query_deadline_ms = DEADLINE_MS;
    if (!options.walk_deadline_ms) options.walk_deadline_ms = DEADLINE_MS;
    rig->t = trackarr_new(rig->reg, &options);
    if (!rig->t) fail_msg("%s", tacho_registry_error(rig->reg));
}

static void rig_fini(struct rig *rig)
{
    trackarr_free(rig->t);
    fake_source_await_closed(&rig->fake);
    tacho_registry_free(rig->reg);
    fake_source_fini(&rig->fake);
}

static bool shows(const struct exposition *page, const char *series) { return !isnan(exposition_value(page, series)); }

static void a_group_that_hangs_takes_no_other_with_it(void **state)
{
    struct rig rig;
    (void)state;
    rig_init(&rig, (trackarr_options){ 0 });
    fake_source_hang(&rig.fake, TRACKARR_GROUP_USERS, true);
    for (int i = 0; i < 2; i++) {
        struct exposition *page = exposition_read(rig.reg);
        assert_false(shows(page, "trackarr_users_total"));
        assert_true(shows(page, "trackarr_torrents_total"));
        assert_true(shows(page, "trackarr_peers_total"));
        assert_true(exposition_value(page, "tacho_collector_success{collector=\"trackarr_users\"}") == 0);
        assert_true(exposition_value(page, "tacho_collector_success{collector=\"trackarr_torrents\"}") == 1);
        exposition_free(page);
    }
    assert_int_equal(fake_source_reads(&rig.fake, TRACKARR_GROUP_USERS), 1); /* the second scrape does not ask again */
    assert_true(fake_source_reads(&rig.fake, TRACKARR_GROUP_TORRENTS) == 2);
    fake_source_hang(&rig.fake, TRACKARR_GROUP_USERS, false);
    rig_fini(&rig);
}

static void the_last_good_numbers_are_shown_if_that_is_wanted(void **state)
{
    (void)state;
    for (int last = 0; last < 2; last++) {
        struct rig rig;
        rig_init(&rig, (trackarr_options){ .on_failure = last ? TRACKARR_LAST : TRACKARR_ABSENT });
        assert_shown(rig.reg, "trackarr_users_total", "1");
        fake_source_set(&rig.fake, TRACKARR_USERS_TOTAL, FAKE_OUTAGE);
        assert_shown(rig.reg, "trackarr_users_total", last ? "1" : NULL);
        assert_shown(rig.reg, "trackarr_users_banned_total", last ? "3" : NULL);
        assert_shown(rig.reg, "tacho_collector_success{collector=\"trackarr_users\"}", "0");
        fake_source_hang(&rig.fake, TRACKARR_GROUP_TORRENTS, true);
        assert_shown(rig.reg, "trackarr_torrents_total", last ? "8" : NULL);
        fake_source_hang(&rig.fake, TRACKARR_GROUP_TORRENTS, false);
        rig_fini(&rig);
    }
}

static void the_last_complete_walk_stays_when_another_fails(void **state)
{
    static const trackarr_peer peers[] = { { "10.0.0.1", 1, true, 1e12 }, { "10.0.0.2", 1, true, 1e12 } };
    struct rig rig;
    (void)state;
    rig_init(&rig, (trackarr_options){ 0 });
    rig.fake.peers = peers;
    rig.fake.peer_count = 2;
    assert_shown(rig.reg, "trackarr_peers_total", "2");
    rig.fake.peer_count = 1;
    rig.fake.walk_fails = true;
    assert_shown(rig.reg, "trackarr_peers_total", "2");
    assert_shown(rig.reg, "tacho_collector_success{collector=\"trackarr_swarm\"}", "0");
    rig.fake.walk_fails = false;
    assert_shown(rig.reg, "trackarr_peers_total", "1");
    rig_fini(&rig);
}

static void what_took_too_long_is_counted_apart_from_what_failed(void **state)
{
    static const char error[] = "tacho_collector_failures_total{collector=\"trackarr_users\",reason=\"error\"}",
                      deadline[] = "tacho_collector_failures_total{collector=\"trackarr_users\",reason=\"deadline\"}";
    struct rig rig;
    (void)state;
    rig_init(&rig, (trackarr_options){ 0 });
    fake_source_set(&rig.fake, TRACKARR_USERS_TOTAL, FAKE_LATE);
    assert_shown(rig.reg, deadline, "1");
    fake_source_set(&rig.fake, TRACKARR_USERS_TOTAL, FAKE_OUTAGE);
    assert_shown(rig.reg, error, "1");
    assert_shown(rig.reg, deadline, "1");
    rig_fini(&rig);
}

/* A whole scrape of someone who waits no longer than this. */
static void scrape_within(tacho_registry *reg, uint32_t ms)
{
    char page[4096];
    tacho_scrape *scrape = tacho_scrape_open(reg, &(tacho_scrape_options){ .timeout_ms = ms });
    assert_non_null(scrape);
    while (tacho_scrape_read(scrape, page, sizeof page) > 0) continue;
    tacho_scrape_free(scrape);
}

static void a_walk_may_outlast_the_scrape_that_began_it(void **state)
{
    static const trackarr_peer peers[] = { { "10.0.0.1", 1, true, 1e12 } };
    struct rig rig;
    (void)state;
    rig_init(&rig, (trackarr_options){ .walk_deadline_ms = 30000, .peer_cache_ms = 3600000 });
    rig.fake.peers = peers;
    rig.fake.peer_count = 1;
    rig.fake.walk_ms = 500;
    uint64_t end_ns = deadline_in_ms(20000);
    scrape_within(rig.reg, 100);
    while (shown_value(rig.reg, "trackarr_peers_total") != 1 && deadline_left_ms(end_ns) > 0) continue;
    assert_shown(rig.reg, "trackarr_peers_total", "1");
    assert_shown(rig.reg, "tacho_collector_success{collector=\"trackarr_swarm\"}", "1");
    assert_int_equal(fake_source_reads(&rig.fake, TRACKARR_GROUP_SWARM), 1);
    rig_fini(&rig);
}

static void one_walk_counts_for_its_cache_time(void **state)
{
    (void)state;
    for (uint32_t cache_ms = 0; cache_ms <= 3600000; cache_ms += 3600000) {
        struct rig rig;
        rig_init(&rig, (trackarr_options){ .peer_cache_ms = cache_ms });
        for (int i = 0; i < 3; i++) exposition_free(exposition_read(rig.reg));
        assert_int_equal(fake_source_reads(&rig.fake, TRACKARR_GROUP_SWARM), cache_ms ? 1 : 3);
        assert_int_equal(fake_source_reads(&rig.fake, TRACKARR_GROUP_USERS), 3);
        rig_fini(&rig);
    }
}

static void a_set_is_taken_out_while_a_read_hangs_and_its_source_is_closed_later(void **state)
{
    struct rig rig;
    (void)state;
    rig_init(&rig, (trackarr_options){ 0 });
    fake_source_hang(&rig.fake, TRACKARR_GROUP_USERS, true);
    exposition_free(exposition_read(rig.reg));
    uint64_t start_ns = deadline_now_ns();
    trackarr_free(rig.t);
    assert_true(deadline_now_ns() - start_ns < UINT64_C(5000000000));
    assert_int_equal(fake_source_closed(&rig.fake), 0);
    assert_shown(rig.reg, "trackarr_torrents_total", NULL);
    tacho_registry_free(rig.reg);
    fake_source_hang(&rig.fake, TRACKARR_GROUP_USERS, false);
    fake_source_await_closed(&rig.fake);
    fake_source_fini(&rig.fake);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_group_that_hangs_takes_no_other_with_it),
        cmocka_unit_test(the_last_good_numbers_are_shown_if_that_is_wanted),
        cmocka_unit_test(the_last_complete_walk_stays_when_another_fails),
        cmocka_unit_test(what_took_too_long_is_counted_apart_from_what_failed),
        cmocka_unit_test(a_walk_may_outlast_the_scrape_that_began_it),
        cmocka_unit_test(one_walk_counts_for_its_cache_time),
        cmocka_unit_test(a_set_is_taken_out_while_a_read_hangs_and_its_source_is_closed_later),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
