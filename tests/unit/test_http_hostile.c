/*
 * test_http_hostile.c - hostile requests over a real socket, each with the answer it deserves.
 *
 * The requests are those of support/hostile.h. All of it without a byte of the request in any answer, and with the server well
 * afterwards.
 * Needs: HTTP
 */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <tacho/tacho.h>

#include "support/hostile.h"
#include "support/http_client.h"

#define LENGTH(array) (sizeof(array) / sizeof(array)[0])

static struct rig {
    tacho_registry *reg;
    tacho_http *http;
    tacho_http_route post;
} rig;

static void post_answer(tacho_http_route *self, const tacho_http_request *request, tacho_http_reply *reply)
{
    (void)self, (void)request, (void)reply;
}

static const tacho_http_route_ops post_ops = { .path = "/post", .answer = post_answer, .methods = TACHO_HTTP_POST, .max_body = 100 };

static int rig_up(void **state)
{
    (void)state;
    rig.reg = tacho_registry_new(&(tacho_registry_options){ .no_self_metrics = 1, .byte_budget = 65536 });
    rig.post.ops = &post_ops;
    const tacho_http_options options = { .listen = "127.0.0.1:0", .token = "s3cret" };
    return tacho_http_start(rig.reg, &options, &rig.http) || tacho_http_add_route(rig.http, &rig.post);
}

static int rig_down(void **state)
{
    (void)state;
    tacho_http_stop(rig.http);
    tacho_registry_free(rig.reg);
    return 0;
}

/* Everything that comes back to these bytes, sent in pieces of `step`; `ended`: the server ended the connection although this
 * side was still open. */
static char *provoke(const struct hostile *row, size_t step, size_t *len, bool *ended)
{
    enum { CAP = 65536 };
    char *said = malloc(CAP);
    assert_non_null(said);
    http_client client = http_client_open(tacho_http_url(rig.http));
    for (size_t at = 0; at < row->len; at += step)
        if (!http_client_send(&client, row->bytes + at, row->len - at < step ? row->len - at : step)) break;
    *ended = strstr(row->want, "close") != NULL;
    if (!*ended) assert_int_equal(shutdown(client.fd, SHUT_WR), 0);
    for (*len = 0;;) {
        ssize_t got = recv(client.fd, said + *len, CAP - *len, 0);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) break;
        *len += (size_t)got;
    }
    http_client_close(&client);
    return said;
}

static void judge(const struct hostile *row, const char *said, size_t len, bool ended)
{
    char words[64] = "";
    size_t at = 0, rest = len;
    http_answer answer;
    const char *data = said;
    bool head = strncmp(row->bytes, "HEAD", 4) == 0, closes = false;
    while (rest > 0 && http_answer_parse(&answer, head ? "HEAD" : "GET", &data, &rest, true)) {
        at += (size_t)snprintf(words + at, sizeof words - at, "%s%d", at ? " " : "", answer.status);
        closes = http_answer_has(&answer, "Connection: close");
        if (!answer.complete) fail_msg("%s: an answer is cut", row->name);
        http_answer_fini(&answer);
    }
    if (ended) (void)snprintf(words + at, sizeof words - at, " close");
    if (strcmp(words, row->want) != 0) fail_msg("%s: \"%s\", wanted \"%s\"", row->name, words, row->want);
    if (closes != ended) fail_msg("%s: the last answer %s", row->name, closes ? "says close" : "does not say close");
    static const char *const traces[] = { "evil", "nonsense", "script", "passwd", "s3cret", "abcde", "websocket" };
    for (size_t i = 0; i < LENGTH(traces); i++)
        if (len && memmem(said, len, traces[i], strlen(traces[i]))) fail_msg("%s: echoes %s", row->name, traces[i]);
}

static void every_hostile_request_gets_the_answer_it_deserves(void **state)
{
    (void)state;
    assert_true(LENGTH(hostiles) >= 150);
    for (size_t i = 0; i < LENGTH(hostiles) * 2; i++) {
        const struct hostile *row = &hostiles[i / 2];
        bool ended;
        size_t len;
        char *said = provoke(row, i % 2 ? 7 : 100000, &len, &ended);
        judge(row, said, len, ended);
        free(said);
    }
    http_answer answer = http_fetch(tacho_http_url(rig.http), "GET", "/healthz", "");
    assert_int_equal(answer.status, 200);
    http_answer_fini(&answer);
}

static void each_hostile_request_has_a_name_of_its_own(void **state)
{
    (void)state;
    for (size_t i = 0; i < LENGTH(hostiles); i++)
        for (size_t j = 0; j < i; j++) assert_string_not_equal(hostiles[i].name, hostiles[j].name);
}

static void whatever_is_too_large_is_refused_with_the_status_for_it(void **state)
{
    enum { SIZE = 20000 };
    static char bytes[SIZE];
    static const struct {
        const char *begin;
        char fill;
        const char *want;
    } rows[] = {
        { "GET /", 'x', "414 close" },
        { "", 'G', "414 close" },
        { "GET /healthz HTTP/1.1\r\nHost: localhost\r\nX: ", 'x', "431 close" },
        { "GET /healthz HTTP/1.1\r\nHost: localhost\r\n", 'x', "431 close" },
        { "GET /healthz?", '&', "414 close" },
        { "GET /healthz HTTP/1.1\r\nHost: ", 'h', "431 close" },
        { "GET /metrics HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ", 's', "431 close" },
        { "POST /post HTTP/1.1\r\nHost: localhost\r\nContent-Length: 19000\r\n\r\n", 'b', "413 close" },
    };
    (void)state;
    for (size_t i = 0; i < LENGTH(rows); i++) {
        memset(bytes, rows[i].fill, sizeof bytes);
        memcpy(bytes, rows[i].begin, strlen(rows[i].begin));
        const struct hostile row = { "large", bytes, sizeof bytes, rows[i].want };
        bool ended;
        size_t len;
        char *said = provoke(&row, sizeof bytes, &len, &ended);
        judge(&row, said, len, ended);
        free(said);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_hostile_request_gets_the_answer_it_deserves),
        cmocka_unit_test(each_hostile_request_has_a_name_of_its_own),
        cmocka_unit_test(whatever_is_too_large_is_refused_with_the_status_for_it),
    };
    return cmocka_run_group_tests(tests, rig_up, rig_down);
}
