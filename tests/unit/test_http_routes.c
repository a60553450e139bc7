/*
 * test_http_routes.c - paths of the host: methods, bodies, fields, tokens of their own; and the host's words for refusals.
 * Needs: HTTP
 */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <tacho/tacho.h>

#include "alloc.h"
#include "support/http_client.h"

#define LENGTH(array) (sizeof(array) / sizeof(array)[0])
#define HOST "Host: localhost\r\n"
#define BODY_MAX 15360

/* ---- A server with a route that takes everything ---------------------------------------------------------------- */

static struct rig {
    tacho_registry *reg;
    tacho_http *http;
    const char *url;
    char dir[32], scrape_file[64], admin_file[64];
} rig;

struct box {
    tacho_http_route route;
    uint32_t calls, method;
    char query[64];
    size_t len;
    char seen[BODY_MAX + 1];
    tacho_http_reply reply;
    bool echoes; /* the reply lies in the request */
};

static void box_answer(tacho_http_route *self, const tacho_http_request *request, tacho_http_reply *reply)
{
    struct box *box = TACHO_CONTAINER(self, struct box, route);
    box->calls++;
    box->method = request->method;
    box->len = request->len;
    (void)snprintf(box->query, sizeof box->query, "%s", request->query);
    assert_true(request->len <= BODY_MAX);
    memcpy(box->seen, request->body, request->len + 1);
    if (box->reply.status) *reply = box->reply;
    if (box->echoes) {
        reply->body = request->body;
        reply->len = request->len;
    }
}

static const tacho_http_route_ops box_ops = {
    .path = "/box", .answer = box_answer, .max_body = BODY_MAX,
    .methods = TACHO_HTTP_GET | TACHO_HTTP_POST | TACHO_HTTP_PUT | TACHO_HTTP_DELETE,
};
static const tacho_http_route_ops post_ops = { .path = "/post", .answer = box_answer, .methods = TACHO_HTTP_POST, .max_body = 5 };
static const tacho_http_route_ops admin_ops = { .path = "/admin", .answer = box_answer, .methods = TACHO_HTTP_POST, .max_body = 5 };

static void write_file(const char *path, const char *text)
{
    char spare[80];
    (void)snprintf(spare, sizeof spare, "%s.new", path);
    int fd = open(spare, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    close(fd);
    assert_int_equal(rename(spare, path), 0);
}

static int rig_up(void **state)
{
    (void)state;
    rig = (struct rig){ .dir = "/tmp/tacho-route-XXXXXX" };
    if (!mkdtemp(rig.dir)) return -1;
    (void)snprintf(rig.scrape_file, sizeof rig.scrape_file, "%s/scrape", rig.dir);
    (void)snprintf(rig.admin_file, sizeof rig.admin_file, "%s/admin", rig.dir);
    write_file(rig.scrape_file, "scrape\n");
    write_file(rig.admin_file, "admin\n");
    rig.reg = tacho_registry_new(&(tacho_registry_options){ .no_self_metrics = 1, .byte_budget = 65536 });
    return 0;
}

static int rig_down(void **state)
{
    (void)state;
    tacho_http_stop(rig.http);
    (void)unlink(rig.scrape_file);
    (void)unlink(rig.admin_file);
    (void)rmdir(rig.dir);
    tacho_registry_free(rig.reg);
    return 0;
}

static void serve(tacho_http_options options)
{
    options.listen = "127.0.0.1:0";
    if (tacho_http_start(rig.reg, &options, &rig.http)) fail_msg("%s", tacho_registry_error(rig.reg));
    rig.url = tacho_http_url(rig.http);
}

static struct box *box_add(struct box *box, const tacho_http_route_ops *ops)
{
    memset(box, 0, sizeof *box);
    box->route.ops = ops;
    assert_int_equal(tacho_http_add_route(rig.http, &box->route), TACHO_OK);
    return box;
}

/* A request of these bytes, and what is answered to it. */
static http_answer ask(http_client *client, const char *method, const char *target, const char *fields, const char *body,
                       size_t len)
{
    char head[512];
    (void)snprintf(head, sizeof head, "%s %s HTTP/1.1\r\n" HOST "%s\r\n", method, target, fields);
    assert_true(http_client_say(client, head));
    assert_true(http_client_send(client, body, len));
    return http_client_read(client, method);
}

static void assert_fetch(const char *method, const char *target, const char *fields, int want)
{
    http_answer answer = http_fetch(rig.url, method, target, fields);
    if (answer.status != want) fail_msg("%s %s %s: %d, wanted %d", method, target, fields, answer.status, want);
    http_answer_fini(&answer);
}

/* ---- Methods and bodies --------------------------------------------------------------------------------------------- */

static void a_route_gets_method_query_and_body(void **state)
{
    static const struct {
        const char *method, *body;
        uint32_t want;
    } rows[] = {
        { "GET", "", TACHO_HTTP_GET },         { "HEAD", "", TACHO_HTTP_GET },       { "POST", "", TACHO_HTTP_POST },
        { "POST", "a=b\r\n", TACHO_HTTP_POST }, { "PUT", "{\"x\":1}", TACHO_HTTP_PUT }, { "DELETE", "", TACHO_HTTP_DELETE },
        { "DELETE", "why", TACHO_HTTP_DELETE }, { "GET", "odd but fine", TACHO_HTTP_GET },
    };
    static struct box box;
    (void)state;
    serve((tacho_http_options){ 0 });
    box_add(&box, &box_ops);
    http_client client = http_client_open(rig.url); /* all on one connection: a body ends where it should */
    for (size_t i = 0; i < LENGTH(rows); i++) {
        char fields[64] = "";
        if (rows[i].body[0]) (void)snprintf(fields, sizeof fields, "Content-Length: %zu\r\n", strlen(rows[i].body));
        http_answer answer = ask(&client, rows[i].method, "/box?q=1", fields, rows[i].body, strlen(rows[i].body));
        assert_int_equal(answer.status, 200);
        assert_false(http_answer_has(&answer, "Connection: close"));
        assert_int_equal(box.calls, i + 1);
        assert_int_equal(box.method, rows[i].want);
        assert_string_equal(box.query, "q=1");
        assert_int_equal(box.len, strlen(rows[i].body));
        assert_string_equal(box.seen, rows[i].body);
        http_answer_fini(&answer);
    }
    http_client_close(&client);
}

static void a_method_that_a_route_does_not_name_is_a_405_with_those_it_does(void **state)
{
    static struct box box, plain;
    static const tacho_http_route_ops plain_ops = { .path = "/plain", .answer = box_answer };
    static const struct {
        const char *path, *method, *allow;
    } rows[] = {
        { "/post", "GET", "Allow: POST" },          { "/post", "HEAD", "Allow: POST" },
        { "/post", "PUT", "Allow: POST" },          { "/post", "PATCH", "Allow: POST" },
        { "/post", "post", "Allow: POST" },         { "/box", "OPTIONS", "Allow: GET, HEAD, POST, PUT, DELETE" },
        { "/plain", "POST", "Allow: GET, HEAD" },   { "/metrics", "POST", "Allow: GET, HEAD" },
        { "/healthz", "DELETE", "Allow: GET, HEAD" },
    };
    static struct box every;
    (void)state;
    serve((tacho_http_options){ 0 });
    box_add(&box, &post_ops);
    box_add(&plain, &plain_ops);
    box_add(&every, &box_ops);
    for (size_t i = 0; i < LENGTH(rows); i++) {
        http_answer answer = http_fetch(rig.url, rows[i].method, rows[i].path, "");
        assert_int_equal(answer.status, 405);
        assert_true(http_answer_has(&answer, rows[i].allow));
        http_answer_fini(&answer);
    }
    assert_int_equal(box.calls + plain.calls + every.calls, 0);
}

static void a_body_of_every_size_up_to_the_limit_comes_whole_however_it_is_cut(void **state)
{
    static const size_t sizes[] = { 1, 2, 100, 7000, 8191, 8192, 8193, BODY_MAX - 1, BODY_MAX };
    static struct box box;
    static char body[BODY_MAX + 1];
    (void)state;
    serve((tacho_http_options){ 0 });
    box_add(&box, &box_ops);
    for (size_t i = 0; i < BODY_MAX; i++) body[i] = (char)('a' + i % 23);
    http_client client = http_client_open(rig.url);
    for (size_t i = 0; i < LENGTH(sizes) * 3; i++) {
        char head[128];
        size_t size = sizes[i / 3], first = i % 3 == 0 ? size : i % 3 == 1 ? size / 2 : 0;
        int len = snprintf(head, sizeof head, "PUT /box HTTP/1.1\r\n" HOST "Content-Length: %zu\r\n\r\n", size);
        char *bytes = malloc((size_t)len + size + 1);
        assert_non_null(bytes);
        memcpy(bytes, head, (size_t)len);
        memcpy(bytes + len, body, size);
        assert_true(http_client_send(&client, bytes, (size_t)len + first));
        if (first == 0) { /* the server has surely seen the head by itself */
            http_answer other = http_fetch(rig.url, "GET", "/healthz", "");
            http_answer_fini(&other);
        }
        assert_true(http_client_send(&client, bytes + len + first, size - first));
        http_answer answer = http_client_read(&client, "PUT");
        assert_int_equal(answer.status, 200);
        assert_int_equal(box.len, size);
        assert_memory_equal(box.seen, body, size);
        assert_int_equal(box.seen[size], '\0');
        http_answer_fini(&answer);
        free(bytes);
    }
    http_client_close(&client);
}

static void pipelined_bodies_end_where_their_length_says(void **state)
{
    static struct box box;
    (void)state;
    serve((tacho_http_options){ 0 });
    box_add(&box, &box_ops);
    http_client client = http_client_open(rig.url);
    assert_true(http_client_say(&client, "POST /box HTTP/1.1\r\n" HOST "Content-Length: 5\r\n\r\nfirst"
                                         "POST /box HTTP/1.1\r\n" HOST "Content-Length: 35\r\n\r\n"
                                         "GET /metrics HTTP/1.1\r\n" "hidden: in\r\n"
                                         "GET /box?last HTTP/1.1\r\n" HOST "\r\n"));
    for (int i = 0; i < 3; i++) {
        http_answer answer = http_client_read(&client, "GET");
        assert_int_equal(answer.status, 200);
        http_answer_fini(&answer);
    }
    assert_int_equal(box.calls, 3);
    assert_string_equal(box.query, "last");
    http_client_close(&client);
}

static void a_body_that_is_not_wanted_is_refused_before_it_is_sent(void **state)
{
    static struct box box, all;
    static const struct {
        const char *method, *path, *fields;
        int want;
    } rows[] = {
        { "POST", "/post", "Content-Length: 6\r\n", 413 },
        { "POST", "/post", "Content-Length: 18446744073709551621\r\n", 413 },
        { "POST", "/post", "Content-Length: 6\r\nExpect: 100-continue\r\n", 413 },
        { "POST", "/post", "Transfer-Encoding: chunked\r\n", 411 },
        { "GET", "/post", "Content-Length: 3\r\n", 405 },
        { "GET", "/metrics", "Content-Length: 3\r\n", 413 },
        { "GET", "/metrics", "Transfer-Encoding: chunked\r\n", 413 },
        { "POST", "/nothing", "Content-Length: 3\r\n", 404 },
        { "PUT", "/box", "Content-Length: 15361\r\n", 413 },
    };
    (void)state;
    serve((tacho_http_options){ 0 });
    box_add(&box, &post_ops);
    box_add(&all, &box_ops);
    for (size_t i = 0; i < LENGTH(rows); i++) {
        http_client client = http_client_open(rig.url);
        http_answer answer = ask(&client, rows[i].method, rows[i].path, rows[i].fields, "", 0);
        if (answer.status != rows[i].want) fail_msg("row %zu: %d", i, answer.status);
        assert_true(http_answer_has(&answer, "Connection: close"));
        http_answer_fini(&answer);
        assert_true(http_client_ended(&client));
        http_client_close(&client);
    }
    assert_int_equal(box.calls + all.calls, 0);
}

static void who_waits_for_leave_to_send_a_body_gets_it(void **state)
{
    static struct box box;
    char bytes[32] = "";
    (void)state;
    serve((tacho_http_options){ 0 });
    box_add(&box, &box_ops);
    http_client client = http_client_open(rig.url);
    for (int i = 0; i < 2; i++) {
        assert_true(http_client_say(&client, "POST /box HTTP/1.1\r\n" HOST "Content-Length: 4\r\nExpect: 100-continue\r\n\r\n"));
        assert_int_equal(recv(client.fd, bytes, 25, MSG_WAITALL), 25);
        assert_string_equal(bytes, "HTTP/1.1 100 Continue\r\n\r\n");
        assert_true(http_client_say(&client, "body"));
        http_answer answer = http_client_read(&client, "POST");
        assert_int_equal(answer.status, 200);
        assert_string_equal(box.seen, "body");
        http_answer_fini(&answer);
    }
    assert_true(http_client_say(&client, "POST /box HTTP/1.1\r\n" HOST "Content-Length: 4\r\nExpect: 100-continue\r\n\r\nhere"));
    http_answer answer = http_client_read(&client, "POST");
    assert_int_equal(answer.status, 200); /* it did not wait, and gets no leave */
    http_answer_fini(&answer);
    http_client_close(&client);
}

static void a_body_that_does_not_come_in_time_is_a_408(void **state)
{
    static struct box box;
    (void)state;
    serve((tacho_http_options){ .timeout_ms = 100 });
    box_add(&box, &box_ops);
    http_client client = http_client_open(rig.url);
    http_answer answer = ask(&client, "POST", "/box", "Content-Length: 5\r\n", "four", 4);
    assert_int_equal(answer.status, 408);
    http_answer_fini(&answer);
    assert_true(http_client_ended(&client));
    assert_int_equal(box.calls, 0);
    http_client_close(&client);
}

static void a_client_that_ends_its_side_inside_a_body_is_left(void **state)
{
    static struct box box;
    (void)state;
    serve((tacho_http_options){ 0 });
    box_add(&box, &box_ops);
    http_client client = http_client_open(rig.url);
    assert_true(http_client_say(&client, "POST /box HTTP/1.1\r\n" HOST "Content-Length: 5\r\n\r\nfour"));
    assert_int_equal(shutdown(client.fd, SHUT_WR), 0);
    assert_true(http_client_ended(&client));
    assert_int_equal(box.calls, 0);
    http_client_close(&client);
}

/* ---- Replies ---------------------------------------------------------------------------------------------------------- */

static void a_reply_may_set_a_few_fields(void **state)
{
    static struct box box;
    (void)state;
    serve((tacho_http_options){ 0 });
    box_add(&box, &box_ops);
    box.reply = (tacho_http_reply){ .status = 302, .content_type = "text/html", .body = "<p>", .len = 3, .location = "/there",
                                    .cache_control = "max-age=60", .content_security_policy = "default-src 'self'" };
    http_answer answer = http_fetch(rig.url, "GET", "/box", "");
    assert_int_equal(answer.status, 302);
    assert_true(http_answer_has(&answer, "Location: /there"));
    assert_true(http_answer_has(&answer, "Cache-Control: max-age=60"));
    assert_true(http_answer_has(&answer, "Content-Security-Policy: default-src 'self'"));
    assert_true(http_answer_has(&answer, "X-Content-Type-Options: nosniff"));
    assert_string_equal(answer.body, "<p>");
    http_answer_fini(&answer);
    box.reply = (tacho_http_reply){ .status = 401, .authenticate = "Basic realm=\"x\"" };
    answer = http_fetch(rig.url, "GET", "/box", "");
    assert_true(http_answer_has(&answer, "WWW-Authenticate: Basic realm=\"x\""));
    assert_true(http_answer_has(&answer, "Cache-Control: no-store"));
    http_answer_fini(&answer);
    char longest[1001];
    memset(longest, 'x', sizeof longest);
    longest[1000] = '\0';
    box.reply = (tacho_http_reply){ .status = 200, .content_type = longest, .location = longest, .cache_control = longest,
                                    .authenticate = longest, .content_security_policy = longest };
    assert_fetch("GET", "/box", "Connection: close\r\n", 200);
}

static void a_reply_may_be_the_request_itself(void **state)
{
    static const size_t sizes[] = { 1, 1000, 15000, BODY_MAX };
    static struct box box;
    static char body[BODY_MAX + 1];
    (void)state;
    serve((tacho_http_options){ 0 });
    box_add(&box, &box_ops);
    box.echoes = true;
    for (size_t i = 0; i < BODY_MAX; i++) body[i] = (char)('a' + i % 23);
    for (size_t i = 0; i < LENGTH(sizes) * 2; i++) {
        char fields[64];
        char policy[1001];
        memset(policy, 'p', 1000); /* a long head moves the body beyond the buffer's end */
        policy[1000] = '\0';
        box.reply = (tacho_http_reply){ .status = 200, .content_security_policy = policy, .location = i % 2 ? policy : NULL };
        (void)snprintf(fields, sizeof fields, "Content-Length: %zu\r\n", sizes[i / 2]);
        http_client client = http_client_open(rig.url);
        http_answer answer = ask(&client, "POST", "/box", fields, body, sizes[i / 2]);
        assert_int_equal(answer.status, 200);
        assert_int_equal(answer.len, sizes[i / 2]);
        assert_memory_equal(answer.body, body, answer.len);
        http_answer_fini(&answer);
        http_client_close(&client);
    }
}

/* ---- Adding ----------------------------------------------------------------------------------------------------------- */

static void a_route_that_makes_no_sense_is_refused_in_words(void **state)
{
    static const struct {
        tacho_http_route_ops ops;
        tacho_err err;
        const char *words;
    } rows[] = {
        { { .path = "/a", .answer = NULL }, TACHO_ERR_ARG, "route \"/a\": its answer is missing" },
        { { .path = "/a", .answer = box_answer, .methods = 16 }, TACHO_ERR_ARG, "route \"/a\": its methods" },
        { { .path = "/a", .answer = box_answer, .max_body = BODY_MAX + 1 }, TACHO_ERR_ARG, "route \"/a\": its max_body" },
        { { .path = "a", .answer = box_answer }, TACHO_ERR_ARG, "route \"a\": its path must begin with '/'" },
        { { .path = NULL, .answer = box_answer }, TACHO_ERR_ARG, "route \"\": its path must begin with '/'" },
        { { .path = "/healthz", .answer = box_answer }, TACHO_ERR_DUPLICATE, "route \"/healthz\": its path is taken" },
    };
    tacho_http_route route = { .ops = NULL };
    (void)state;
    serve((tacho_http_options){ 0 });
    for (size_t i = 0; i < LENGTH(rows); i++) {
        route.ops = &rows[i].ops;
        assert_int_equal(tacho_http_add_route(rig.http, &route), rows[i].err);
        assert_non_null(strstr(tacho_registry_error(rig.reg), rows[i].words));
    }
    assert_int_equal(tacho_http_add_route(rig.http, NULL), TACHO_ERR_ARG);
    route = (tacho_http_route){ .ops = &admin_ops, .token_file = "/nowhere/at/all" };
    assert_int_equal(tacho_http_add_route(rig.http, &route), TACHO_ERR_IO);
    assert_non_null(strstr(tacho_registry_error(rig.reg), "/nowhere/at/all"));
    assert_fetch("POST", "/admin", "", 404);
}

/* ---- Tokens ------------------------------------------------------------------------------------------------------------ */

static void a_route_may_have_tokens_of_its_own(void **state)
{
    static struct box admin, closed, open;
    static const tacho_http_route_ops closed_ops = { .path = "/closed", .answer = box_answer, .needs_token = 1 };
    static const tacho_http_route_ops open_ops = { .path = "/open", .answer = box_answer };
    (void)state;
    serve((tacho_http_options){ .token_file = rig.scrape_file });
    memset(&admin, 0, sizeof admin);
    admin.route = (tacho_http_route){ .ops = &admin_ops, .token_file = rig.admin_file };
    assert_int_equal(tacho_http_add_route(rig.http, &admin.route), TACHO_OK);
    box_add(&closed, &closed_ops);
    box_add(&open, &open_ops);
    static const struct {
        const char *method, *path, *token;
        int want;
    } rows[] = {
        { "POST", "/admin", NULL, 401 },      { "POST", "/admin", "scrape", 401 }, { "POST", "/admin", "admin", 200 },
        { "GET", "/metrics", "admin", 401 },  { "GET", "/metrics", "scrape", 200 }, { "GET", "/closed", "admin", 401 },
        { "GET", "/closed", "scrape", 200 },  { "GET", "/open", NULL, 200 },
    };
    for (size_t i = 0; i < LENGTH(rows); i++) {
        char fields[64] = "";
        if (rows[i].token) (void)snprintf(fields, sizeof fields, "Authorization: Bearer %s\r\n", rows[i].token);
        assert_fetch(rows[i].method, rows[i].path, fields, rows[i].want);
    }
    /* A body is not even waited for without the token. */
    http_client client = http_client_open(rig.url);
    http_answer answer = ask(&client, "POST", "/admin", "Content-Length: 5\r\nExpect: 100-continue\r\n", "", 0);
    assert_int_equal(answer.status, 401);
    http_answer_fini(&answer);
    http_client_close(&client);
}

/* Writes a new token as an admin would have it, and makes it count at once. */
static void regenerate_answer(tacho_http_route *self, const tacho_http_request *request, tacho_http_reply *reply)
{
    (void)self, (void)request;
    write_file(rig.scrape_file, "fresh\n");
    reply->status = tacho_http_reload(rig.http) ? 500 : 204;
}

static void after_a_reload_the_old_token_is_refused_from_that_moment(void **state)
{
    static const tacho_http_route_ops ops = { .path = "/regenerate", .answer = regenerate_answer, .methods = TACHO_HTTP_POST };
    tacho_http_route route = { .ops = &ops, .token_file = rig.admin_file };
    (void)state;
    serve((tacho_http_options){ .token_file = rig.scrape_file });
    assert_int_equal(tacho_http_add_route(rig.http, &route), TACHO_OK);
    assert_fetch("GET", "/metrics", "Authorization: Bearer scrape\r\n", 200);
    assert_fetch("POST", "/regenerate", "Authorization: Bearer admin\r\n", 204);
    assert_fetch("GET", "/metrics", "Authorization: Bearer scrape\r\n", 401);
    assert_fetch("GET", "/metrics", "Authorization: Bearer fresh\r\n", 200);
    write_file(rig.scrape_file, "fresh\nnext\n"); /* and both while they overlap */
    assert_int_equal(tacho_http_reload(rig.http), TACHO_OK);
    assert_fetch("GET", "/metrics", "Authorization: Bearer fresh\r\n", 200);
    assert_fetch("GET", "/metrics", "Authorization: Bearer next\r\n", 200);
    assert_int_equal(tacho_http_reload(NULL), TACHO_ERR_ARG);
}

static void assert_failing_files(const char *want)
{
    http_answer page = http_fetch(rig.url, "GET", "/metrics?name[]=tacho_http_token_files_failing",
                                  "Authorization: Bearer scrape\r\n");
    char line[64];
    (void)snprintf(line, sizeof line, "\ntacho_http_token_files_failing %s\n", want);
    assert_int_equal(page.status, 200);
    if (!strstr(page.body, line)) fail_msg("wanted %s in:\n%s", want, page.body);
    http_answer_fini(&page);
}

static void whoever_watches_sees_that_old_tokens_are_still_valid(void **state)
{
    struct box admin = { .route = { .ops = &admin_ops, .token_file = rig.admin_file } };
    (void)state;
    tacho_registry_free(rig.reg);
    rig.reg = tacho_registry_new(NULL); /* one that shows its own metrics */
    serve((tacho_http_options){ .token_file = rig.scrape_file });
    assert_int_equal(tacho_http_add_route(rig.http, &admin.route), TACHO_OK);
    assert_failing_files("0");
    write_file(rig.scrape_file, "");
    write_file(rig.admin_file, "two words\n");
    assert_int_equal(tacho_http_reload(rig.http), TACHO_OK);
    assert_fetch("POST", "/admin", "Authorization: Bearer admin\r\n", 200);
    assert_failing_files("2");
    assert_failing_files("2");
    write_file(rig.scrape_file, "scrape\n");
    assert_int_equal(tacho_http_reload(rig.http), TACHO_OK);
    assert_failing_files("1");
    tacho_http_stop(rig.http);
    serve((tacho_http_options){ .token_file = rig.scrape_file });
    assert_failing_files("0");
}

/* ---- Words of the host --------------------------------------------------------------------------------------------------- */

static bool no_memory(size_t size)
{
    (void)size;
    return false;
}

static void refusals_are_in_the_words_of_the_host(void **state)
{
    static const tacho_http_words words = { .content_type = "application/json",
                                            .no_token = "{\"error\":\"Missing or invalid Authorization header\"}",
                                            .wrong_token = "{\"error\":\"Invalid metrics token\"}",
                                            .failure = "{\"error\":\"Internal server error\"}",
                                            .failure_status = 500 };
    static const struct {
        const char *fields, *body;
    } rows[] = {
        { "", "{\"error\":\"Missing or invalid Authorization header\"}" },
        { "Authorization: Basic abc\r\n", "{\"error\":\"Missing or invalid Authorization header\"}" },
        { "Authorization: Bearer nope\r\n", "{\"error\":\"Invalid metrics token\"}" },
        { "Authorization: Bearer \r\n", "{\"error\":\"Missing or invalid Authorization header\"}" }, /* the blank is trimmed */
    };
    static struct box closed;
    static const tacho_http_route_ops closed_ops = { .path = "/closed", .answer = box_answer, .needs_token = 1 };
    (void)state;
    serve((tacho_http_options){ .token = "scrape", .words = &words });
    box_add(&closed, &closed_ops);
    for (size_t i = 0; i < LENGTH(rows); i++) {
        http_answer answer = http_fetch(rig.url, "GET", "/metrics", rows[i].fields);
        assert_int_equal(answer.status, 401);
        assert_string_equal(answer.body, rows[i].body);
        assert_true(http_answer_has(&answer, "Content-Type: application/json"));
        assert_true(http_answer_has(&answer, "WWW-Authenticate: Bearer realm=\"metrics\""));
        http_answer_fini(&answer);
    }
    http_answer answer = http_fetch(rig.url, "GET", "/closed", "");
    assert_string_equal(answer.body, "A valid bearer token is required.\n");
    http_answer_fini(&answer);
    tacho__alloc_hook = no_memory;
    answer = http_fetch(rig.url, "GET", "/metrics", "Authorization: Bearer scrape\r\n");
    tacho__alloc_hook = TACHO__NO_HOOK;
    assert_int_equal(answer.status, 500);
    assert_string_equal(answer.body, "{\"error\":\"Internal server error\"}");
    http_answer_fini(&answer);
}

int main(void)
{
#define RIG(test) cmocka_unit_test_setup_teardown(test, rig_up, rig_down)
    const struct CMUnitTest tests[] = {
        RIG(a_route_gets_method_query_and_body),
        RIG(a_method_that_a_route_does_not_name_is_a_405_with_those_it_does),
        RIG(a_body_of_every_size_up_to_the_limit_comes_whole_however_it_is_cut),
        RIG(pipelined_bodies_end_where_their_length_says),
        RIG(a_body_that_is_not_wanted_is_refused_before_it_is_sent),
        RIG(who_waits_for_leave_to_send_a_body_gets_it),
        RIG(a_body_that_does_not_come_in_time_is_a_408),
        RIG(a_client_that_ends_its_side_inside_a_body_is_left),
        RIG(a_reply_may_set_a_few_fields),
        RIG(a_reply_may_be_the_request_itself),
        RIG(a_route_that_makes_no_sense_is_refused_in_words),
        RIG(a_route_may_have_tokens_of_its_own),
        RIG(whoever_watches_sees_that_old_tokens_are_still_valid),
        RIG(after_a_reload_the_old_token_is_refused_from_that_moment),
        RIG(refusals_are_in_the_words_of_the_host),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
