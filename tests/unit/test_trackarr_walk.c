/*
 * test_trackarr_walk.c - the walk over the peers, against a server that says what a test wants it to say.
 */
#define _POSIX_C_SOURCE 200809L
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "trackarr_walk.h"

/* ---- A server --------------------------------------------------------------------------------------------------------- */

#define MOST_STEPS 8

/* It takes whatever comes in one piece, answers with the next of its replies, and hangs up behind the last one. */
struct server {
    char dir[32], path[64], url[80];
    int listener;
    const char *replies[MOST_STEPS + 1];
    char heard[1 << 16]; /* all that came, one piece after the other */
    size_t heard_len;
    pthread_t thread;
};

static void *server_main(void *argument)
{
    struct server *server = argument;
    int peer = accept(server->listener, NULL, NULL);
    for (size_t i = 0; peer >= 0 && server->replies[i]; i++) {
        ssize_t got = read(peer, server->heard + server->heard_len, sizeof server->heard - 1 - server->heard_len);
        if (got <= 0) break;
        server->heard_len += (size_t)got;
        size_t len = strlen(server->replies[i]);
        if (write(peer, server->replies[i], len) != (ssize_t)len) break;
    }
    if (peer >= 0) close(peer);
    return NULL;
}

static void server_start(struct server *server, const char *const *replies)
{
    memset(server, 0, sizeof *server);
    for (size_t i = 0; replies[i]; i++) {
        assert_true(i < MOST_STEPS);
        server->replies[i] = replies[i];
    }
    memcpy(server->dir, "/tmp/walk.XXXXXX", sizeof "/tmp/walk.XXXXXX");
    assert_non_null(mkdtemp(server->dir));
    snprintf(server->path, sizeof server->path, "%s/redis", server->dir);
    snprintf(server->url, sizeof server->url, "unix:%s", server->path);
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    memcpy(address.sun_path, server->path, strlen(server->path) + 1);
    server->listener = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_true(server->listener >= 0);
    assert_int_equal(bind(server->listener, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(server->listener, 1), 0);
    assert_int_equal(pthread_create(&server->thread, NULL, server_main, server), 0);
}

static void server_stop(struct server *server)
{
    pthread_join(server->thread, NULL);
    close(server->listener);
    unlink(server->path);
    rmdir(server->dir);
}

/* ---- A walk ----------------------------------------------------------------------------------------------------------- */

static const tacho_desc peers_desc = { .type = TACHO_GAUGE, .name = "peers", .help = "Peers." };

struct walked {
    bool complete;
    trackarr_swarm_counts counts;
    trackarr_answer answer;
    struct server server;
};

/* Walk with these replies, one for each step. */
static void walk_with(struct walked *walked, size_t max_peers, const char *const *replies)
{
    char why[256] = "";
    trackarr_keys keys;
    trackarr_swarm swarm;
    server_start(&walked->server, replies);
    redis *store = redis_new(&(redis_options){ .url = walked->server.url }, why, sizeof why);
    if (!store) fail_msg("%s", why);
    assert_true(trackarr_keys_init(&keys, "ot:"));
    trackarr_swarm_init(&swarm, max_peers, 1000);
    trackarr_answer_init(&walked->answer, &peers_desc);
    walked->complete = trackarr_walk(store, &keys, &swarm, &walked->answer, deadline_in_ms(10000));
    walked->counts = swarm.counts;
    assert_int_equal(walked->complete, walked->answer.failure == TRACKARR_ANSWERED);
    trackarr_swarm_fini(&swarm);
    redis_free(store);
    server_stop(&walked->server);
}

#define WALK(walked, ...) walk_with(&(walked), 0, (const char *const[]){ __VA_ARGS__, NULL })

/* Announces, and what replies are made of. */
#define SEEDER "$58\r\n{\"ip\":\"10.0.0.1\",\"port\":1,\"isSeeder\":true,\"updatedAt\":1e9}\r\n"
#define LEECHER "$59\r\n{\"ip\":\"10.0.0.2\",\"port\":1,\"isSeeder\":false,\"updatedAt\":1e9}\r\n"
#define FIRST_LEECHES "$59\r\n{\"ip\":\"10.0.0.1\",\"port\":1,\"isSeeder\":false,\"updatedAt\":1e9}\r\n"
#define FIELD "$1\r\nx\r\n"
#define KEY(letter) "$10\r\not:peers:" letter "\r\n"
#define LAST "*2\r\n$1\r\n0\r\n"
#define GOES_ON "*2\r\n$2\r\n17\r\n"
#define NO_KEYS "*0\r\n"

static void every_hash_of_every_page_is_read(void **state)
{
    struct walked walked;
    (void)state;
    WALK(walked, GOES_ON "*2\r\n" KEY("a") KEY("b"), "*2\r\n" FIELD SEEDER "*4\r\n" FIELD LEECHER FIELD FIRST_LEECHES,
         GOES_ON NO_KEYS, LAST "*1\r\n" KEY("c"), "*2\r\n" FIELD LEECHER);
    assert_true(walked.complete);
    assert_int_equal(walked.counts.peers, 2);
    assert_int_equal(walked.counts.seeders, 1);
    const char *heard = walked.server.heard;
    assert_non_null(strstr(heard, "$4\r\nSCAN\r\n$1\r\n0\r\n$5\r\nMATCH\r\n$10\r\not:peers:*\r\n$5\r\nCOUNT\r\n$3\r\n100\r\n"));
    assert_non_null(strstr(heard, "SCAN\r\n$2\r\n17\r\n"));
    assert_non_null(strstr(heard, "HGETALL\r\n$10\r\not:peers:a\r\n*2\r\n$7\r\nHGETALL\r\n$10\r\not:peers:b\r\n"));
}

static void a_key_that_comes_twice_changes_nothing(void **state)
{
    struct walked walked;
    (void)state;
    WALK(walked, GOES_ON "*2\r\n" KEY("a") KEY("a"), "*2\r\n" FIELD SEEDER "*2\r\n" FIELD SEEDER, LAST "*1\r\n" KEY("a"),
         "*2\r\n" FIELD SEEDER);
    assert_true(walked.complete);
    assert_int_equal(walked.counts.peers, 1);
}

static void a_key_that_is_no_hash_or_gone_is_passed_by(void **state)
{
    struct walked walked;
    (void)state;
    WALK(walked, LAST "*3\r\n" KEY("a") KEY("b") KEY("c"),
         "-WRONGTYPE Operation against a key\r\n*0\r\n*4\r\n" FIELD "$4\r\njunk\r\n" FIELD SEEDER);
    assert_true(walked.complete);
    assert_int_equal(walked.counts.peers, 1);
    assert_int_equal(walked.counts.wrong_type, 1);
    assert_int_equal(walked.counts.malformed, 1);
}

static void a_key_of_another_kind_is_not_asked_for(void **state)
{
    struct walked walked;
    (void)state;
    WALK(walked, LAST "*2\r\n$12\r\nremote_peers\r\n$9\r\not:peers:\r\n", "*0\r\n");
    assert_true(walked.complete);
    assert_null(strstr(walked.server.heard, "HGETALL\r\n$12"));
    assert_non_null(strstr(walked.server.heard, "HGETALL\r\n$9\r\not:peers:\r\n"));
}

static void a_walk_that_cannot_be_finished_has_failed_and_says_why(void **state)
{
    static const struct {
        const char *replies[4];
        const char *why;
    } rows[] = {
        { { "-NOAUTH Authentication required.\r\n" }, "Redis says: NOAUTH" },
        { { LAST "*1\r\n" KEY("a"), "-LOADING the dataset\r\n" }, "Redis says: LOADING" },
        { { "+OK\r\n" }, "the reply to SCAN makes no sense" },
        { { "*1\r\n$1\r\n0\r\n" }, "the reply to SCAN makes no sense" },
        { { "*2\r\n:0\r\n*0\r\n" }, "the reply to SCAN makes no sense" },
        { { "*2\r\n$0\r\n\r\n*0\r\n" }, "the reply to SCAN makes no sense" },
        { { "*2\r\n$2\r\n0x\r\n*0\r\n" }, "the reply to SCAN makes no sense" },
        { { "*2\r\n$21\r\n000000000000000000001\r\n*0\r\n" }, "the reply to SCAN makes no sense" },
        { { "*2\r\n$1\r\n0\r\n$0\r\n\r\n" }, "the reply to SCAN makes no sense" },
        { { LAST "*1\r\n:7\r\n" }, "the reply to SCAN makes no sense" },
        { { LAST "*1\r\n" KEY("a"), "$1\r\nx\r\n" }, "the reply to HGETALL makes no sense" },
        { { LAST "*1\r\n" KEY("a"), "*1\r\n" FIELD }, "the reply to HGETALL makes no sense" },
        { { LAST "*1\r\n" KEY("a"), "*2\r\n" FIELD ":1\r\n" }, "the reply to HGETALL makes no sense" },
        { { GOES_ON NO_KEYS }, "" }, /* it hung up; the words are those of redis.h */
        { { LAST "*1\r\n" KEY("a"), "*2\r\n" FIELD }, "" },
    };
    (void)state;
    for (size_t i = 0; i < TACHO_COUNT(rows); i++) {
        struct walked walked;
        walk_with(&walked, 0, rows[i].replies);
        if (walked.complete) fail_msg("row %zu was taken for a whole walk", i);
        if (!strstr(walked.answer.why, rows[i].why)) fail_msg("row %zu: %s", i, walked.answer.why);
        assert_true(walked.answer.why[0] != '\0');
    }
}

static void more_peers_than_allowed_fail_the_walk(void **state)
{
    struct walked walked;
    (void)state;
    walk_with(&walked, 1, (const char *const[]){ LAST "*1\r\n" KEY("a"), "*4\r\n" FIELD SEEDER FIELD LEECHER, NULL });
    assert_false(walked.complete);
    assert_non_null(strstr(walked.answer.why, "--max-peers"));
}

static void a_page_larger_than_asked_for_is_read_in_parts(void **state)
{
    enum { KEYS = 250 };
    static char page[KEYS * 32 + 64], hashes[3][100 * 8];
    struct walked walked;
    size_t len = (size_t)sprintf(page, LAST "*%d\r\n", KEYS);
    (void)state;
    for (int i = 0; i < KEYS; i++) len += (size_t)sprintf(page + len, "$12\r\not:peers:%03d\r\n", i);
    for (int part = 0; part < 3; part++) {
        hashes[part][0] = '\0';
        for (int i = 0; i < (part < 2 ? 100 : 50); i++) strcat(hashes[part], "*0\r\n");
    }
    WALK(walked, page, hashes[0], hashes[1], hashes[2]);
    assert_true(walked.complete);
    assert_non_null(strstr(walked.server.heard, "ot:peers:249\r\n"));
}

static void a_server_that_is_not_there_is_said(void **state)
{
    char why[256];
    trackarr_keys keys;
    trackarr_swarm swarm;
    trackarr_answer answer;
    (void)state;
    redis *store = redis_new(&(redis_options){ .url = "unix:/nonexistent/redis" }, why, sizeof why);
    assert_non_null(store);
    assert_true(trackarr_keys_init(&keys, "ot:"));
    trackarr_swarm_init(&swarm, 0, 0);
    trackarr_answer_init(&answer, &peers_desc);
    assert_false(trackarr_walk(store, &keys, &swarm, &answer, deadline_in_ms(1000)));
    assert_int_equal(answer.failure, TRACKARR_OUTAGE);
    assert_true(strlen(answer.why) > 0);
    trackarr_answer_init(&answer, &peers_desc);
    trackarr_ask_memory(store, &answer, deadline_in_ms(1000));
    assert_int_equal(answer.failure, TRACKARR_OUTAGE);
    trackarr_swarm_fini(&swarm);
    redis_free(store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_hash_of_every_page_is_read),
        cmocka_unit_test(a_key_that_comes_twice_changes_nothing),
        cmocka_unit_test(a_key_that_is_no_hash_or_gone_is_passed_by),
        cmocka_unit_test(a_key_of_another_kind_is_not_asked_for),
        cmocka_unit_test(a_walk_that_cannot_be_finished_has_failed_and_says_why),
        cmocka_unit_test(more_peers_than_allowed_fail_the_walk),
        cmocka_unit_test(a_page_larger_than_asked_for_is_read_in_parts),
        cmocka_unit_test(a_server_that_is_not_there_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
