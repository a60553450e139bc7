/*
 * test_trackarr_swarm.c - announces as JSON, and the set of peers that they add up to.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "trackarr_swarm.h"

/* ---- Announces ------------------------------------------------------------------------------------------------------- */

#define REST "\"port\":6881,\"isSeeder\":true,\"updatedAt\":1767225600000}"

/* Read a copy without anything behind it, so that a sanitizer sees a byte too much. */
static bool read_exactly(trackarr_peer *peer, const char *json, size_t len)
{
    char *copy = malloc(len ? len : 1);
    assert_non_null(copy);
    memcpy(copy, json, len);
    bool good = trackarr_peer_read(peer, copy, len);
    free(copy);
    return good;
}

static bool is_announce(const char *json)
{
    trackarr_peer peer;
    return read_exactly(&peer, json, strlen(json));
}

static void an_announce_is_read_whatever_else_it_has(void **state)
{
    static const struct {
        const char *json, *ip;
        uint16_t port;
        bool is_seeder;
        double updated_ms;
    } rows[] = {
        { "{\"peerId\":\"-TA0001-\",\"userId\":\"u\",\"ip\":\"203.0.113.5\",\"ipHash\":\"0\",\"port\":6881,\"uploaded\":0,"
          "\"downloaded\":0,\"left\":0,\"isSeeder\":true,\"updatedAt\":1767225600000}",
          "203.0.113.5", 6881, true, 1767225600000 },
        { "\t{ \"updatedAt\" : 1.7672256e12 ,\r\n\"isSeeder\":false, \"port\": 65535,\"ip\":\"2001:db8::1\" } \n",
          "2001:db8::1", 65535, false, 1767225600000 },
        { "{\"ip\":\"a\",\"port\":1.0e1,\"isSeeder\":false,\"updatedAt\":-0.5,\"x\":{\"ip\":[1,{\"port\":[]},\"\\ud83d\"]}}", "a",
          10, false, -0.5 },
        { "{\"\\u0069p\":\"\\u0031.2.3.4\\/5\",\"port\":0,\"isSeeder\":false,\"updatedAt\":0}", "1.2.3.4/5", 0, false, 0 },
        { "{\"ip\":\"first\",\"ip\":\"last\"," REST, "last", 6881, true, 1767225600000 },
        { "{\"ip\":7,\"ip\":\"a\"," REST, "a", 6881, true, 1767225600000 },
        { "{\"a name that is much longer than any of those that matter, and longer than what is kept of one\":1,"
          "\"ip\":\"a\"," REST, "a", 6881, true, 1767225600000 },
        { "{\"ip\":\"a\",\"port\":688100000000000000000000000000e-26,\"isSeeder\":true,\"updatedAt\":17672256000000000000000e-10}",
          "a", 6881, true, 1767225600000 },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        trackarr_peer peer;
        if (!read_exactly(&peer, rows[i].json, strlen(rows[i].json))) fail_msg("not read: %s", rows[i].json);
        assert_string_equal(peer.ip, rows[i].ip);
        assert_int_equal(peer.port, rows[i].port);
        assert_int_equal(peer.is_seeder, rows[i].is_seeder);
        assert_true(peer.updated_ms == rows[i].updated_ms);
    }
}

static void what_is_no_announce_is_refused(void **state)
{
    static const char *const texts[] = {
        "", " ", "null", "1", "\"ip\"", "[]", "{}", "{", "}", "peer", "[{\"ip\":\"a\"," REST "]",
        "{\"ip\":\"a\"," REST "x", "{\"ip\":\"a\"," REST "{}", "{\"ip\":\"a\",," REST, "{,\"ip\":\"a\"," REST,
        "{\"ip\":\"\"," REST, "{\"ip\":null," REST, "{\"ip\":1," REST, "{\"ip\":[\"a\"]," REST, "{" REST,
        "{\"ip\":\"a\nb\"," REST, "{\"ip\":\"\\x61\"," REST, "{\"ip\":\"\\u00\"," REST, "{\"ip\":\"\\u0000\"," REST,
        "{\"ip\":\"\xc3\xa9\"," REST, "{\"ip\":\"\\u00e9\"," REST, "{ip:\"a\"," REST, "{'ip':'a'," REST,
        "{\"ip\":\"0123456789012345678901234567890123456789012345678901234567890123\"," REST,
        "{\"ip\":\"a\",\"port\":-1,\"isSeeder\":true,\"updatedAt\":1}",
        "{\"ip\":\"a\",\"port\":65536,\"isSeeder\":true,\"updatedAt\":1}",
        "{\"ip\":\"a\",\"port\":1.5,\"isSeeder\":true,\"updatedAt\":1}",
        "{\"ip\":\"a\",\"port\":1e999999999999,\"isSeeder\":true,\"updatedAt\":1}",
        "{\"ip\":\"a\",\"port\":\"1\",\"isSeeder\":true,\"updatedAt\":1}",
        "{\"ip\":\"a\",\"port\":01,\"isSeeder\":true,\"updatedAt\":1}",
        "{\"ip\":\"a\",\"port\":+1,\"isSeeder\":true,\"updatedAt\":1}",
        "{\"ip\":\"a\",\"port\":1.,\"isSeeder\":true,\"updatedAt\":1}",
        "{\"ip\":\"a\",\"port\":.5,\"isSeeder\":true,\"updatedAt\":1}",
        "{\"ip\":\"a\",\"port\":1e,\"isSeeder\":true,\"updatedAt\":1}",
        "{\"ip\":\"a\",\"port\":0x1,\"isSeeder\":true,\"updatedAt\":1}",
        "{\"ip\":\"a\",\"port\":1,\"isSeeder\":1,\"updatedAt\":1}",
        "{\"ip\":\"a\",\"port\":1,\"isSeeder\":\"true\",\"updatedAt\":1}",
        "{\"ip\":\"a\",\"port\":1,\"isSeeder\":True,\"updatedAt\":1}",
        "{\"ip\":\"a\",\"port\":1,\"isSeeder\":true,\"updatedAt\":\"1\"}",
        "{\"ip\":\"a\",\"port\":1,\"isSeeder\":true,\"updatedAt\":NaN}",
        "{\"ip\":\"a\",\"port\":1,\"isSeeder\":true,\"updatedAt\":null}",
        "{\"ip\":\"a\",\"port\":1,\"isSeeder\":true}",
        "{\"ip\":\"a\",\"port\":1,\"updatedAt\":1}",
        "{\"ip\":\"a\",\"x\":[1,]," REST, "{\"ip\":\"a\",\"x\":{\"a\"}," REST, "{\"ip\":\"a\",\"x\":{\"a\":}," REST,
        "{\"ip\":\"a\",\"x\":[1}," REST, "{\"ip\":\"a\",\"x\":tru," REST, "{\"ip\":\"a\",\"x\":-," REST,
        "{\"ip\":\"a\",\"x\":[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]," REST,
    };
    (void)state;
    assert_true(is_announce("{\"ip\":\"a\"," REST));
    assert_true(is_announce("{\"ip\":\"a\",\"x\":[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]," REST));
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (is_announce(texts[i])) fail_msg("read: %s", texts[i]);
}

static void every_beginning_of_an_announce_is_refused(void **state)
{
    static const char json[] = "{\"x\":[{\"y\":\"\\u00e9\\\\\"},-1.5e+3,true,false,null,{}],\"ip\":\"a\"," REST;
    trackarr_peer peer;
    (void)state;
    assert_true(read_exactly(&peer, json, strlen(json)));
    for (size_t len = 0; len < strlen(json); len++) assert_false(read_exactly(&peer, json, len));
}

static void a_megabyte_of_brackets_is_refused_at_once(void **state)
{
    enum { LEN = 1 << 20 };
    char *json = malloc(LEN);
    trackarr_peer peer;
    (void)state;
    assert_non_null(json);
    memset(json, '[', LEN);
    assert_false(trackarr_peer_read(&peer, json, LEN));
    memset(json, '9', LEN);
    memcpy(json, "{\"x\":", 5);
    assert_false(trackarr_peer_read(&peer, json, LEN));
    free(json);
}

/* ---- The set --------------------------------------------------------------------------------------------------------- */

static trackarr_peer peer_of(const char *ip, uint16_t port, bool is_seeder, double updated_ms)
{
    trackarr_peer peer = { .port = port, .is_seeder = is_seeder, .updated_ms = updated_ms };
    snprintf(peer.ip, sizeof peer.ip, "%s", ip);
    return peer;
}

static void join(trackarr_swarm *swarm, const char *ip, uint16_t port, bool is_seeder, double updated_ms)
{
    trackarr_peer peer = peer_of(ip, port, is_seeder, updated_ms);
    assert_int_equal(trackarr_swarm_add(swarm, &peer), TRACKARR_JOINED);
}

static void a_pair_of_address_and_port_counts_once(void **state)
{
    trackarr_swarm swarm;
    (void)state;
    trackarr_swarm_init(&swarm, 0, 1000);
    join(&swarm, "10.0.0.1", 1, false, 1000);
    join(&swarm, "10.0.0.1", 1, false, 2000);
    join(&swarm, "10.0.0.1", 2, false, 1000);
    join(&swarm, "10.0.0.11", 1, false, 1000);
    join(&swarm, "10.0.0.1", 11, false, 1000);
    assert_int_equal(swarm.counts.peers, 4);
    assert_int_equal(swarm.counts.seeders, 0);
    trackarr_swarm_fini(&swarm);
}

static void who_seeds_one_torrent_and_leeches_another_is_a_seeder(void **state)
{
    (void)state;
    for (int first = 0; first < 2; first++) {
        trackarr_swarm swarm;
        trackarr_swarm_init(&swarm, 0, 1000);
        join(&swarm, "10.0.0.1", 1, first, 1000);
        join(&swarm, "10.0.0.1", 1, !first, 1000);
        join(&swarm, "10.0.0.1", 1, first, 1000);
        assert_int_equal(swarm.counts.peers, 1);
        assert_int_equal(swarm.counts.seeders, 1);
        trackarr_swarm_fini(&swarm);
    }
}

static void an_announce_before_the_window_does_not_count(void **state)
{
    trackarr_swarm swarm;
    (void)state;
    trackarr_swarm_init(&swarm, 0, 1000);
    join(&swarm, "10.0.0.1", 1, true, 999.999);
    join(&swarm, "10.0.0.2", 1, false, 1000);
    join(&swarm, "10.0.0.2", 1, true, 999);
    assert_int_equal(swarm.counts.peers, 1);
    assert_int_equal(swarm.counts.seeders, 0);
    assert_int_equal(swarm.counts.stale, 2);
    trackarr_swarm_fini(&swarm);
}

static void values_that_are_no_announce_are_counted_and_left_out(void **state)
{
    static const char good[] = "{\"ip\":\"a\"," REST;
    trackarr_swarm swarm;
    (void)state;
    trackarr_swarm_init(&swarm, 0, 1000);
    assert_int_equal(trackarr_swarm_add_json(&swarm, "nonsense", 8), TRACKARR_JOINED);
    assert_int_equal(trackarr_swarm_add_json(&swarm, "", 0), TRACKARR_JOINED);
    assert_int_equal(trackarr_swarm_add_json(&swarm, good, strlen(good)), TRACKARR_JOINED);
    trackarr_swarm_skip_key(&swarm);
    assert_int_equal(swarm.counts.malformed, 2);
    assert_int_equal(swarm.counts.wrong_type, 1);
    assert_int_equal(swarm.counts.peers, 1);
    assert_int_equal(swarm.counts.seeders, 1);
    trackarr_swarm_fini(&swarm);
}

static void a_large_swarm_counts_like_a_small_one(void **state)
{
    enum { PEERS = 100000 };
    trackarr_swarm swarm;
    (void)state;
    trackarr_swarm_init(&swarm, 0, 0);
    for (int round = 0; round < 2; round++) {
        for (unsigned i = 0; i < PEERS; i++) {
            char ip[32];
            snprintf(ip, sizeof ip, "10.%u.%u.%u", i >> 16, (i >> 8) & 255, i & 255);
            join(&swarm, ip, (uint16_t)(i % 7), round == 1 && i % 4 == 0, 1);
        }
    }
    assert_int_equal(swarm.counts.peers, PEERS);
    assert_int_equal(swarm.counts.seeders, PEERS / 4);
    assert_true(swarm.cap * sizeof *swarm.slots + swarm.texts_cap < 120 * (size_t)PEERS);
    trackarr_swarm_fini(&swarm);
}

static void a_swarm_takes_as_many_peers_as_it_was_told_and_says_when_it_is_full(void **state)
{
    trackarr_swarm swarm;
    (void)state;
    trackarr_swarm_init(&swarm, 2, 0);
    join(&swarm, "10.0.0.1", 1, false, 1);
    join(&swarm, "10.0.0.2", 1, false, 1);
    trackarr_peer third = peer_of("10.0.0.3", 1, true, 1);
    assert_int_equal(trackarr_swarm_add(&swarm, &third), TRACKARR_SWARM_FULL);
    join(&swarm, "10.0.0.1", 1, true, 1); /* who is there already may come again */
    assert_int_equal(swarm.counts.peers, 2);
    assert_int_equal(swarm.counts.seeders, 1);
    trackarr_swarm_fini(&swarm);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_announce_is_read_whatever_else_it_has),
        cmocka_unit_test(what_is_no_announce_is_refused),
        cmocka_unit_test(every_beginning_of_an_announce_is_refused),
        cmocka_unit_test(a_megabyte_of_brackets_is_refused_at_once),
        cmocka_unit_test(a_pair_of_address_and_port_counts_once),
        cmocka_unit_test(who_seeds_one_torrent_and_leeches_another_is_a_seeder),
        cmocka_unit_test(an_announce_before_the_window_does_not_count),
        cmocka_unit_test(values_that_are_no_announce_are_counted_and_left_out),
        cmocka_unit_test(a_large_swarm_counts_like_a_small_one),
        cmocka_unit_test(a_swarm_takes_as_many_peers_as_it_was_told_and_says_when_it_is_full),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
