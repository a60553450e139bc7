/*
 * test_redis.c - the Redis client against a server that a thread plays: turns of bytes expected and bytes sent.
 */
#define _POSIX_C_SOURCE 200809L
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <netdb.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include <tacho/tacho.h>

#include "backoff.h"
#include "redis.h"
#include "redis_place.h"

enum { PATIENCE_MS = 20000 };
#define PING "*1\r\n$4\r\nPING\r\n"
#define PONG "+PONG\r\n"

/* ---- The server -------------------------------------------------------------------------------------------------- */

/* What to expect, and what to send then. NULL for the former: a new connection; for both: the end. */
struct turn {
    const char *expect, *send;
};

struct server {
    const struct turn *turns;
    int listener;
    char url[100];
    pthread_t thread;
    atomic_size_t done; /* turns */
    char strange[200];  /* what came instead; read after the thread */
};

/* Read as much as is expected. False: it is something else, or the end. */
static bool server_read(struct server *self, int fd, const char *expect)
{
    char got[1024];
    size_t len = strlen(expect), have = 0;
    assert_true(len < sizeof got);
    while (have < len) {
        ssize_t n = recv(fd, got + have, len - have, 0);
        if (n <= 0) break;
        have += (size_t)n;
        if (memcmp(got, expect, have) != 0) break;
    }
    if (have == len && memcmp(got, expect, have) == 0) return true;
    snprintf(self->strange, sizeof self->strange, "wanted '%s', got '%.*s'", expect, (int)have, got);
    return false;
}

static void *server_main(void *argument)
{
    struct server *self = argument;
    int fd = -1;
    for (const struct turn *turn = self->turns; turn->expect || turn->send; turn++) {
        if (!turn->expect) {
            if (fd >= 0) close(fd);
            fd = accept(self->listener, NULL, NULL);
            if (fd < 0) break;
        } else if (!server_read(self, fd, turn->expect)) {
            break;
        }
        if (turn->send) send(fd, turn->send, strlen(turn->send), MSG_NOSIGNAL);
        atomic_fetch_add(&self->done, 1);
    }
    char rest[100]; /* stay until the client goes, so that silence is silence */
    while (fd >= 0 && recv(fd, rest, sizeof rest, 0) > 0) continue;
    if (fd >= 0) close(fd);
    return NULL;
}

static void server_start(struct server *self, const struct turn *turns, const char *login)
{
    struct sockaddr_in address = { .sin_family = AF_INET };
    socklen_t size = sizeof address;
    memset(self, 0, sizeof *self);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    self->turns = turns;
    self->listener = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(self->listener, (const struct sockaddr *)&address, size), 0);
    assert_int_equal(listen(self->listener, 8), 0);
    assert_int_equal(getsockname(self->listener, (struct sockaddr *)&address, &size), 0);
    snprintf(self->url, sizeof self->url, "redis://%s127.0.0.1:%d/7", login, ntohs(address.sin_port));
    if (!*login) *strrchr(self->url, '/') = '\0';
    assert_int_equal(pthread_create(&self->thread, NULL, server_main, self), 0);
}

/* All turns must have been taken; `client` is freed first, for the server waits for its end. */
static void server_end(struct server *self, redis *client)
{
    redis_free(client);
    shutdown(self->listener, SHUT_RDWR);
    pthread_join(self->thread, NULL);
    close(self->listener);
    if (*self->strange) fail_msg("%s", self->strange);
    size_t count = 0;
    while (self->turns[count].expect || self->turns[count].send) count++;
    assert_int_equal(atomic_load(&self->done), count);
}

/* ---- The client -------------------------------------------------------------------------------------------------- */

static redis *client_new(const char *url, uint32_t backoff_ms)
{
    char why[200] = "";
    redis *self =
        redis_new(&(redis_options){ .url = url, .backoff_min_ms = backoff_ms, .backoff_max_ms = backoff_ms },
                  why, sizeof why);
    if (!self) fail_msg("%s", why);
    return self;
}

/* Ask for `count` PINGs; the answers as "text;text;" and an error behind '!'. */
static const char *pings(redis *self, size_t count, uint32_t ms)
{
    static char text[2000];
    redis_command commands[8];
    size_t len = 0;
    const redis_command ping = REDIS_COMMAND("PING");
    for (size_t i = 0; i < count; i++) commands[i] = ping;
    redis_answers *answers = redis_ask(self, commands, count, deadline_in_ms(ms));
    assert_non_null(answers);
    for (size_t i = 0; i < answers->count; i++) {
        const redis_reply *reply = answers->list[i];
        len += (size_t)snprintf(text + len, sizeof text - len, "%s;", reply->text ? reply->text : "-");
    }
    assert_true(answers->error || answers->count == count);
    snprintf(text + len, sizeof text - len, "%s%s", answers->error ? "!" : "",
             answers->error ? answers->error : "");
    redis_answers_free(answers);
    return text;
}

static void assert_has(const char *text, const char *part)
{
    if (!strstr(text, part)) fail_msg("'%s' is not in '%s'", part, text);
}

/* ---- Talking ----------------------------------------------------------------------------------------------------- */

static void commands_go_together_and_a_connection_is_kept(void **state)
{
    static const struct turn turns[] = {
        { NULL, "" }, { PING PING PING, PONG "+B\r\n-ERR no\r\n" }, { PING, PONG }, { 0 }
    };
    struct server server;
    (void)state;
    server_start(&server, turns, "");
    redis *client = client_new(server.url, 60000);
    assert_string_equal(pings(client, 3, PATIENCE_MS), "PONG;B;ERR no;");
    assert_string_equal(pings(client, 1, PATIENCE_MS), "PONG;");
    assert_string_equal(pings(client, 0, PATIENCE_MS), "");
    server_end(&server, client);
}

static void words_may_hold_any_bytes(void **state)
{
    static const struct turn turns[] = { { NULL, "" },
                                         { "*2\r\n$3\r\nGET\r\n$4\r\na\r\nb\r\n", "$-1\r\n" },
                                         { 0 } };
    static const char *const words[] = { "GET", "a\r\nbcd" };
    static const size_t lens[] = { 3, 4 };
    const redis_command command = { words, lens, 2 };
    struct server server;
    (void)state;
    server_start(&server, turns, "");
    redis *client = client_new(server.url, 60000);
    redis_answers *answers = redis_ask(client, &command, 1, deadline_in_ms(PATIENCE_MS));
    assert_non_null(answers);
    assert_null(answers->error);
    assert_int_equal(answers->list[0]->type, REDIS_NIL);
    redis_answers_free(answers);
    server_end(&server, client);
}

static void much_is_sent_while_much_is_received(void **state)
{
    enum { COUNT = 4000 };
    static redis_command commands[COUNT];
    static char long_word[5001];
    struct server server;
    static const struct turn turns[] = { { NULL, "" }, { 0 } };
    (void)state;
    memset(long_word, 'x', sizeof long_word - 1);
    const char *words[] = { "ECHO", long_word };
    for (size_t i = 0; i < COUNT; i++) commands[i] = (redis_command){ words, NULL, 2 };
    server_start(&server, turns, ""); /* reads all, and says nothing */
    redis *client = client_new(server.url, 60000);
    redis_answers *answers = redis_ask(client, commands, COUNT, deadline_in_ms(500));
    assert_non_null(answers);
    assert_has(answers->error, "before the deadline");
    redis_answers_free(answers);
    answers = redis_ask(client, commands, REDIS_MAX_COMMANDS + 1, deadline_in_ms(500));
    assert_has(answers->error, "more than 4096 commands");
    redis_answers_free(answers);
    server_end(&server, client);
}

static void logging_in_comes_first(void **state)
{
    static const struct turn turns[] = { { NULL, "" },
                                         { "*3\r\n$4\r\nAUTH\r\n$2\r\nme\r\n$3\r\np@s\r\n", "+OK\r\n" },
                                         { "*2\r\n$6\r\nSELECT\r\n$1\r\n7\r\n", "+OK\r\n" },
                                         { PING, PONG },
                                         { 0 } };
    struct server server;
    (void)state;
    server_start(&server, turns, "me:p%40s@");
    redis *client = client_new(server.url, 60000);
    assert_string_equal(pings(client, 1, PATIENCE_MS), "PONG;");
    server_end(&server, client);
}

static void a_refused_password_is_told_but_not_shown(void **state)
{
    static const struct turn turns[] = { { NULL, "" },
                                         { "*2\r\n$4\r\nAUTH\r\n$6\r\nsecret\r\n", "-WRONGPASS no\x1b\r\n" },
                                         { 0 } };
    struct server server;
    (void)state;
    server_start(&server, turns, ":secret@");
    redis *client = client_new(server.url, 60000);
    assert_string_equal(pings(client, 1, PATIENCE_MS), "!Redis refuses AUTH: WRONGPASS no?");
    const char *text = pings(client, 1, PATIENCE_MS);
    assert_has(text, "!tried again in ");
    assert_null(strstr(text, "secret"));
    server_end(&server, client);
}

static void an_error_that_repeats_the_password_is_cut_before_it(void **state)
{
    static const char *const errors[] = { "-ERR unknown command 'AUTH', with args beginning with: 'secret' \r\n",
                                          "-ERR unknown command `AUTH`, with args beginning with: `secret`, \r\n" };
    (void)state;
    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++) {
        const struct turn turns[] = { { NULL, "" }, { "*2\r\n$4\r\nAUTH\r\n$6\r\nsecret\r\n", errors[i] }, { 0 } };
        struct server server;
        server_start(&server, turns, ":secret@");
        redis *client = client_new(server.url, 60000);
        assert_string_equal(pings(client, 1, PATIENCE_MS), "!Redis refuses AUTH: ERR unknown command");
        server_end(&server, client);
    }
}

struct listing {
    redis_taker taker;
    char text[100];
};

static void listing_take(redis_taker *self, const redis_reply *reply)
{
    struct listing *listing = TACHO_CONTAINER(self, struct listing, taker);
    size_t len = strlen(listing->text);
    snprintf(listing->text + len, sizeof listing->text - len, "%s;", reply->text);
}

static void replies_are_taken_one_by_one_if_that_is_wanted(void **state)
{
    static const struct turn turns[] = { { NULL, "" }, { PING PING, PONG "+B\r\n" }, { 0 } };
    const redis_command commands[] = { REDIS_COMMAND("PING"), REDIS_COMMAND("PING") };
    struct listing listing = { .taker = { listing_take } };
    struct server server;
    (void)state;
    server_start(&server, turns, "");
    redis *client = client_new(server.url, 60000);
    redis_answers *answers = redis_ask_each(client, commands, 2, &listing.taker, deadline_in_ms(PATIENCE_MS));
    assert_non_null(answers);
    assert_null(answers->error);
    assert_int_equal(answers->count, 2);
    assert_null(answers->list[0]);
    assert_string_equal(listing.text, "PONG;B;");
    redis_answers_free(answers);
    server_end(&server, client);
}

/* ---- Failures ---------------------------------------------------------------------------------------------------- */

static void what_the_server_does_wrong_is_told(void **state)
{
    static const struct {
        const char *reply, *want;
        uint32_t ms;
    } rows[] = {
        { PONG, "PONG;!no reply from Redis before the deadline", 200 },
        { PONG "+PO", "PONG;!no reply from Redis before the deadline", 200 },
        { PONG "?", "PONG;!Redis has sent what is no reply: a reply begins with a byte that is no type",
          PATIENCE_MS },
        { "%1\r\n",
          "!Redis has sent what is no reply: a type of version 3 of the protocol, which is not spoken here",
          PATIENCE_MS },
        { PONG PONG "+", "PONG;PONG;!Redis has sent more than replies", PATIENCE_MS },
        { "$99999999\r\n", "!Redis has sent what is no reply: a string is longer than the limit",
          PATIENCE_MS },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct turn turns[] = { { NULL, "" }, { PING PING, rows[i].reply }, { 0 } };
        struct server server;
        server_start(&server, turns, "");
        redis *client = client_new(server.url, 60000);
        assert_string_equal(pings(client, 2, rows[i].ms), rows[i].want);
        assert_has(pings(client, 2, PATIENCE_MS), "!tried again in "); /* at once: nobody answers */
        server_end(&server, client);
    }
}

static void a_closed_connection_is_replaced_within_the_call(void **state)
{
    static const struct turn turns[] = { { NULL, "" }, { PING, PONG }, { NULL, "" }, { PING, PONG }, { 0 } };
    struct server server;
    (void)state;
    server_start(&server, turns, "");
    redis *client = client_new(server.url, 60000);
    assert_string_equal(pings(client, 1, PATIENCE_MS), "PONG;");
    assert_string_equal(pings(client, 1, PATIENCE_MS),
                        "PONG;"); /* the server has closed, or does when it is asked */
    server_end(&server, client);
}

static void a_connection_lost_at_its_first_call_is_an_error_and_a_pause(void **state)
{
    static const struct turn turns[] = { { NULL, "" }, { PING, "" }, { NULL, "" }, { PING, PONG }, { 0 } };
    struct server server;
    const char *text;
    (void)state;
    server_start(&server, turns, "");
    redis *client = client_new(server.url, 30);
    assert_has(pings(client, 1, PATIENCE_MS), "!Redis has closed the connection");
    do text = pings(client, 1, PATIENCE_MS);
    while (strncmp(text, "!tried again in ", 16) == 0);
    assert_string_equal(text, "PONG;");
    server_end(&server, client);
}

static void nobody_there_is_told(void **state)
{
    static const struct turn turns[] = { { 0 } };
    struct server server;
    (void)state;
    server_start(&server, turns, "");
    redis *client = client_new(server.url, 60000);
    close(server.listener);
    pthread_join(server.thread, NULL);
    assert_has(pings(client, 1, PATIENCE_MS), "!no connection to Redis: ");
    redis_free(client);
    client = client_new("unix:/nonexistent/socket", 60000);
    assert_has(pings(client, 1, PATIENCE_MS), "!no connection to Redis: ");
    assert_has(pings(client, 1, 0), "!the deadline had passed");
    redis_free(client);
}

static void names_of_hosts_are_looked_up(void **state)
{
    static const struct turn turns[] = { { NULL, "" }, { PING, PONG }, { 0 } };
    struct server server;
    struct addrinfo *found;
    char url[100];
    (void)state;
    if (getaddrinfo("localhost", NULL, NULL, &found) != 0) skip(); /* a system without /etc/hosts */
    freeaddrinfo(found);
    server_start(&server, turns, "");
    snprintf(url, sizeof url, "redis://localhost%s", strrchr(server.url, ':'));
    redis *client = client_new(url, 60000);
    assert_string_equal(pings(client, 1, PATIENCE_MS), "PONG;");
    server_end(&server, client);
}

static void a_name_that_nobody_knows_ends_at_the_deadline_at_last(void **state)
{
    (void)state;
    redis *client = client_new("redis://no-such-host.invalid", 1);
    uint64_t begin_ns = deadline_now_ns();
    const char *text = pings(client, 1, 300);
    if (!strstr(text, "not found")) assert_has(text, "still being looked up");
    assert_true(deadline_now_ns() - begin_ns < UINT64_C(5000000000));
    redis_free(client); /* perhaps with the lookup under way */
}

static void a_unix_socket_will_do(void **state)
{
    static const struct turn turns[] = {
        { NULL, "" }, { "*2\r\n$6\r\nSELECT\r\n$1\r\n2\r\n", "+OK\r\n" }, { PING, PONG }, { 0 }
    };
    struct server server = { .turns = turns };
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    char dir[] = "/tmp/test_redis.XXXXXX", url[150];
    (void)state;
    assert_non_null(mkdtemp(dir));
    snprintf(address.sun_path, sizeof address.sun_path, "%s/so:cket", dir);
    server.listener = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(bind(server.listener, (const struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(server.listener, 8), 0);
    assert_int_equal(pthread_create(&server.thread, NULL, server_main, &server), 0);
    snprintf(url, sizeof url, "redis+unix://%s?db=2", address.sun_path);
    redis *client = client_new(url, 60000);
    assert_string_equal(pings(client, 1, PATIENCE_MS), "PONG;");
    server_end(&server, client);
    unlink(address.sun_path);
    assert_int_equal(rmdir(dir), 0);
}

static void pauses_double_up_to_a_limit_and_a_success_ends_them(void **state)
{
    static const uint32_t want[] = { 1000, 2000, 4000, 7000, 7000 };
    backoff pause;
    (void)state;
    backoff_init(&pause, 1000, 7000);
    assert_int_equal(backoff_left_ms(&pause), 0);
    for (size_t i = 0; i < sizeof want / sizeof *want; i++) {
        backoff_fail(&pause);
        assert_int_equal(pause.step_ms, want[i]);
        assert_in_range(backoff_left_ms(&pause), 1, want[i]);
    }
    backoff_succeed(&pause);
    assert_int_equal(backoff_left_ms(&pause), 0);
    backoff_fail(&pause);
    assert_int_equal(pause.step_ms, 1000);
}

/* ---- URLs -------------------------------------------------------------------------------------------------------- */

static void bad_urls_are_told_without_their_secrets(void **state)
{
    static const char *const rows[][2] = {
        { "", "no URL" },
        { "secret", "scheme" },
        { "http://:secret@h", "begins with none of" },
        { "rediss://:secret@h", "TLS is not spoken here; use stunnel" },
        { "redis://", "no host" },
        { "redis://:secret@", "no host" },
        { "redis://:secret@h/x", "database" },
        { "redis://:secret@h/-1", "database" },
        { "redis://:secret@h/0/1", "database" },
        { "redis://:secret@h:x", "port" },
        { "redis://:secret@h?db=1", "no parameters" },
        { "redis://secret@h", "without password" },
        { "redis://:sec@ret@h", "%40" },
        { "redis://:secret%@h", "%25" },
        { "unix:", "empty or too long" },
        { "redis+unix://:secret@", "empty or too long" },
        { "redis+unix://:secret@host/path", "no host" },
        { "redis+unix:///path?secret=1", "db=NUMBER" },
        { "redis+unix:///path?db=secret", "database" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char why[400] = "";
        assert_null(redis_new(&(redis_options){ .url = rows[i][0] }, why, sizeof why));
        if (!strstr(why, rows[i][1])) fail_msg("row %zu: '%s'", i, why);
        assert_null(strstr(why, "secret"));
    }
}

static void urls_say_where_and_as_whom(void **state)
{
    static const struct {
        const char *url, *override, *want[6];
    } rows[] = {
        { "redis://h", NULL, { NULL, "h", "6379", NULL, NULL, NULL } },
        { "redis://h/", NULL, { NULL, "h", "6379", NULL, NULL, NULL } },
        { "redis://[::1]:1/15", NULL, { NULL, "::1", "1", NULL, NULL, "15" } },
        { "redis://:p%3a@h", NULL, { NULL, "h", "6379", NULL, "p:", NULL } },
        { "redis://u:p@h", "other", { NULL, "h", "6379", "u", "other", NULL } },
        { "redis://u@h", "p", { NULL, "h", "6379", "u", "p", NULL } },
        { "unix:/run/a%20b", "p", { "/run/a%20b", NULL, NULL, NULL, "p", NULL } },
        { "unix:rel", NULL, { "rel", NULL, NULL, NULL, NULL, NULL } },
        { "redis+unix:///run/a%20b", NULL, { "/run/a b", NULL, NULL, NULL, NULL, NULL } },
        { "redis+unix://u:p@/run/s?db=3", NULL, { "/run/s", NULL, NULL, "u", "p", "3" } },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        redis_place place;
        char why[200] = "";
        assert_true(redis_place_init(&place, rows[i].url, rows[i].override, why, sizeof why));
        const char *got[] = {
            place.path, place.host, place.port, place.user, place.password, place.database
        };
        for (size_t k = 0; k < 6; k++)
            if (!got[k] != !rows[i].want[k] || (got[k] && strcmp(got[k], rows[i].want[k]) != 0))
                fail_msg("row %zu, part %zu", i, k);
        redis_place_fini(&place);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(commands_go_together_and_a_connection_is_kept),
        cmocka_unit_test(words_may_hold_any_bytes),
        cmocka_unit_test(much_is_sent_while_much_is_received),
        cmocka_unit_test(logging_in_comes_first),
        cmocka_unit_test(a_refused_password_is_told_but_not_shown),
        cmocka_unit_test(an_error_that_repeats_the_password_is_cut_before_it),
        cmocka_unit_test(replies_are_taken_one_by_one_if_that_is_wanted),
        cmocka_unit_test(what_the_server_does_wrong_is_told),
        cmocka_unit_test(a_closed_connection_is_replaced_within_the_call),
        cmocka_unit_test(a_connection_lost_at_its_first_call_is_an_error_and_a_pause),
        cmocka_unit_test(nobody_there_is_told),
        cmocka_unit_test(names_of_hosts_are_looked_up),
        cmocka_unit_test(a_name_that_nobody_knows_ends_at_the_deadline_at_last),
        cmocka_unit_test(a_unix_socket_will_do),
        cmocka_unit_test(pauses_double_up_to_a_limit_and_a_success_ends_them),
        cmocka_unit_test(bad_urls_are_told_without_their_secrets),
        cmocka_unit_test(urls_say_where_and_as_whom),
    };
    return cmocka_run_group_tests_name("redis", tests, NULL, NULL);
}
