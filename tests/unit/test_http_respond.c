/*
 * test_http_respond.c - requests answered without a socket: byte by byte what a server would have answered.
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

#include "alloc.h"
#include "support/http_client.h"
#include "support/offers.h"
#include "support/zoo.h"

#define LENGTH(array) (sizeof(array) / sizeof(array)[0])
#define HOST "Host: localhost\r\n"
#define END "\r\n"
#define SECRET "Authorization: Bearer s3cret\r\n"
#define GET(target, fields) "GET " target " HTTP/1.1\r\n" HOST fields END

static double fixed_now(tacho_clock *self)
{
    (void)self;
    return 1700000000.25;
}

static struct rig {
    tacho_clock clock;
    struct zoo zoo;
} rig = { .clock = { fixed_now } };

static const tacho_http_options closed = { .listen = "127.0.0.1:0", .path = "/m", .token = "s3cret" };

static int rig_open(void **state)
{
    (void)state;
    return zoo_open(&rig.zoo, &rig.clock) ? 0 : -1;
}

static int rig_close(void **state)
{
    (void)state;
    zoo_close(&rig.zoo);
    return 0;
}

static const char *const requests[] = {
    "",
    GET("/m", SECRET),
    GET("/m", SECRET "Accept: " ASK_OM "\r\n"),
    GET("/m", SECRET "Accept: " ASK_PB "\r\n"),
    GET("/m?name[]=zoo_mode", SECRET),
    GET("/m?%", SECRET),
    GET("/m.json", SECRET),
    GET("/m.csv", SECRET),
    GET("/m.csv", ""),
    GET("/healthz", ""),
    GET("/metrics", SECRET),
    "HEAD /m HTTP/1.1\r\n" HOST SECRET END,
    "POST /m HTTP/1.1\r\n" HOST SECRET END,
    "GET /m HTTP/1.0\r\n" SECRET END,
    "GET /m HTTP/1.1\r\n" HOST SECRET "Connection: close\r\n" END GET("/healthz", ""),
    GET("/m", "Content-Length: 4\r\n") "body",
    "nonsense\r\n\r\n" GET("/healthz", ""),
    GET("/healthz", "") GET("/m", SECRET) GET("/m.json", SECRET) GET("/nothing", ""),
    GET("/healthz", "") "GET /hea",
    GET("/m", SECRET) "\r\n\r\n",
    "GET /m HTTP/1.1\r\n",
};

/* What a server says to these bytes up to the end of the connection; owes a free. */
static char *server_says(const char *url, const char *bytes, size_t *len)
{
    enum { CAP = 200000 };
    char *said = malloc(CAP);
    assert_non_null(said);
    http_client client = http_client_open(url);
    assert_true(http_client_say(&client, bytes));
    assert_int_equal(shutdown(client.fd, SHUT_WR), 0);
    ssize_t got;
    for (*len = 0; (got = recv(client.fd, said + *len, CAP - *len, 0)) != 0;) {
        assert_true(got > 0 || errno == EINTR);
        if (got > 0) *len += (size_t)got;
    }
    http_client_close(&client);
    return said;
}

static void an_answer_is_what_a_server_answers(void **state)
{
    tacho_http *http;
    (void)state;
    assert_int_equal(tacho_http_start(rig.zoo.reg, &closed, &http), TACHO_OK);
    for (size_t i = 0; i < LENGTH(requests); i++) {
        size_t len;
        char *want = server_says(tacho_http_url(http), requests[i], &len);
        tacho_http_outcome outcome;
        tacho_buffer out;
        tacho_buffer_init(&out);
        tacho_err err = tacho_http_respond(rig.zoo.reg, &closed, requests[i], strlen(requests[i]), &out.sink, &outcome);
        assert_int_equal(err, TACHO_OK);
        if (out.len != len || (len && memcmp(out.data, want, len) != 0))
            fail_msg("%s\n%.*s\nbut a server says\n%.*s", requests[i], (int)out.len, out.data, (int)len, want);
        bool closes = len > 0 && memmem(want, len, "\r\nConnection: close\r\n", 21);
        assert_int_equal(outcome.close, closes);
        tacho_buffer_fini(&out);
        free(want);
    }
    tacho_http_stop(http);
}

/* As an event loop does it: bytes come in steps, what was not used stays in a buffer of 8 KiB. */
static void converse(const char *bytes, size_t step, tacho_buffer *out)
{
    char in[8192];
    size_t len = 0, rest = strlen(bytes);
    tacho_http_outcome outcome = { 0, 0 };
    while (rest > 0 && !outcome.close) {
        size_t now = rest < step ? rest : step;
        if (now > sizeof in - len) now = sizeof in - len;
        assert_true(now > 0);
        memcpy(in + len, bytes, now);
        bytes += now;
        rest -= now;
        len += now;
        assert_int_equal(tacho_http_respond(rig.zoo.reg, &closed, in, len, &out->sink, &outcome), TACHO_OK);
        assert_true(outcome.used <= len);
        memmove(in, in + outcome.used, len -= outcome.used);
    }
}

static void answers_are_the_same_however_the_bytes_come(void **state)
{
    (void)state;
    for (size_t i = 0; i < LENGTH(requests); i++) {
        tacho_buffer whole, parts;
        tacho_buffer_init(&whole);
        tacho_buffer_init(&parts);
        converse(requests[i], 100000, &whole);
        for (size_t step = 1; step < 200; step = step * 3 + 1) {
            tacho_buffer_fini(&parts);
            converse(requests[i], step, &parts);
            assert_int_equal(parts.len, whole.len);
            if (whole.len) assert_memory_equal(parts.data, whole.data, whole.len);
        }
        tacho_buffer_fini(&whole);
        tacho_buffer_fini(&parts);
    }
}

static void what_is_not_used_is_the_beginning_of_a_request(void **state)
{
    static const char first[] = GET("/healthz", ""), part[] = "GET /m HTTP/1.1\r\nHo";
    char bytes[sizeof first + sizeof part];
    tacho_http_outcome outcome;
    tacho_buffer out;
    (void)state;
    tacho_buffer_init(&out);
    memcpy(bytes, first, sizeof first);
    memcpy(bytes + strlen(first), part, sizeof part);
    for (size_t len = 0; len <= strlen(bytes); len++) {
        assert_int_equal(tacho_http_respond(rig.zoo.reg, NULL, bytes, len, &out.sink, &outcome), TACHO_OK);
        assert_int_equal(outcome.used, len < strlen(first) ? 0 : strlen(first));
        assert_int_equal(outcome.close, 0);
        assert_int_equal(out.len > 0, len >= strlen(first));
        tacho_buffer_fini(&out);
    }
}

static void a_head_that_fills_the_buffer_is_refused(void **state)
{
    static char bytes[8192];
    tacho_http_outcome outcome;
    tacho_buffer out;
    (void)state;
    tacho_buffer_init(&out);
    memset(bytes, 'x', sizeof bytes);
    memcpy(bytes, "GET /m HTTP/1.1\r\nX: ", 20);
    assert_int_equal(tacho_http_respond(rig.zoo.reg, NULL, bytes, sizeof bytes, &out.sink, &outcome), TACHO_OK);
    assert_int_equal(outcome.used, sizeof bytes);
    assert_int_equal(outcome.close, 1);
    assert_true(out.len > 12 && memcmp(out.data, "HTTP/1.1 431", 12) == 0);
    tacho_buffer_fini(&out);
}

static void without_an_outcome_one_request_is_answered_and_the_answer_says_close(void **state)
{
    static const char two[] = GET("/healthz", "") GET("/healthz", "");
    http_answer answer;
    tacho_buffer out;
    (void)state;
    tacho_buffer_init(&out);
    assert_int_equal(tacho_http_respond(rig.zoo.reg, NULL, two, strlen(two), &out.sink, NULL), TACHO_OK);
    const char *data = out.data;
    size_t len = out.len;
    assert_true(http_answer_parse(&answer, "GET", &data, &len, true));
    assert_int_equal(answer.status, 200);
    assert_true(answer.complete && http_answer_has(&answer, "Connection: close"));
    assert_int_equal(len, 0);
    http_answer_fini(&answer);
    tacho_buffer_fini(&out);
}

static void write_token(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fputs(text, file) >= 0, 1);
    assert_int_equal(fclose(file), 0);
}

static int status_with(const tacho_http_options *options, const char *token)
{
    char request[256];
    int status;
    tacho_http_outcome outcome;
    tacho_buffer out;
    tacho_buffer_init(&out);
    int len = snprintf(request, sizeof request, "HEAD /metrics HTTP/1.1\r\n" HOST "Authorization: Bearer %s\r\n\r\n",
                       token);
    assert_int_equal(tacho_http_respond(rig.zoo.reg, options, request, (size_t)len, &out.sink, &outcome), TACHO_OK);
    assert_int_equal(sscanf(out.data, "HTTP/1.1 %3d ", &status), 1);
    tacho_buffer_fini(&out);
    return status;
}

static void a_token_file_is_read_at_each_call(void **state)
{
    char path[] = "/tmp/tacho-respond-XXXXXX";
    tacho_http_options options = { .token_file = path };
    (void)state;
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    close(fd);
    write_token(path, "old\n");
    assert_int_equal(status_with(&options, "old"), 200);
    write_token(path, "new\n");
    assert_int_equal(status_with(&options, "old"), 401);
    assert_int_equal(status_with(&options, "new"), 200);
    assert_int_equal(unlink(path), 0);
}

static tacho_err failing_write(tacho_sink *self, const void *data, size_t len)
{
    (void)self, (void)data, (void)len;
    errno = EPIPE;
    return TACHO_ERR_IO;
}

static void what_goes_wrong_is_said(void **state)
{
    static const char request[] = GET("/metrics", "");
    static const tacho_sink_ops failing_ops = { failing_write };
    tacho_sink failing = { &failing_ops }, nothing = { NULL };
    tacho_buffer out;
    tacho_http_outcome outcome;
    (void)state;
    tacho_buffer_init(&out);
    const struct {
        tacho_registry *reg;
        tacho_http_options options;
        const char *request;
        tacho_sink *out;
        tacho_err want;
        const char *words;
    } rows[] = {
        { NULL, { 0 }, request, &out.sink, TACHO_ERR_ARG, NULL },
        { rig.zoo.reg, { 0 }, NULL, &out.sink, TACHO_ERR_ARG, NULL },
        { rig.zoo.reg, { 0 }, request, NULL, TACHO_ERR_ARG, NULL },
        { rig.zoo.reg, { 0 }, request, &nothing, TACHO_ERR_ARG, NULL },
        { rig.zoo.reg, { .path = "m" }, request, &out.sink, TACHO_ERR_ARG, "must begin with '/'" },
        { rig.zoo.reg, { .token = "a b" }, request, &out.sink, TACHO_ERR_ARG, "not usable" },
        { rig.zoo.reg, { .token_file = "/nowhere/at/all" }, request, &out.sink, TACHO_ERR_IO, "/nowhere" },
        { rig.zoo.reg, { 0 }, request, &failing, TACHO_ERR_IO, NULL },
    };
    for (size_t i = 0; i < LENGTH(rows) * 2; i++) {
        tacho_http_outcome *wanted = i % 2 ? &outcome : NULL;
        errno = 0;
        outcome = (tacho_http_outcome){ 0, wanted == NULL };
        tacho_err err = tacho_http_respond(rows[i / 2].reg, &rows[i / 2].options, rows[i / 2].request, strlen(request),
                                           rows[i / 2].out, wanted);
        assert_int_equal(err, rows[i / 2].want);
        assert_int_equal(outcome.close, 1);
        if (rows[i / 2].words) assert_non_null(strstr(tacho_registry_error(rig.zoo.reg), rows[i / 2].words));
        if (rows[i / 2].out == &failing) assert_int_equal(errno, EPIPE);
        assert_int_equal(out.len, 0);
    }
    assert_int_equal(tacho_http_respond(rig.zoo.reg, NULL, NULL, 0, &out.sink, &outcome), TACHO_OK);
    assert_int_equal(outcome.used, 0);
    assert_int_equal(outcome.close, 0);
}

static size_t allocations_left;

static bool few_allocations(size_t size)
{
    (void)size;
    return allocations_left > 0 && allocations_left-- > 0;
}

/* A sink that allocates nothing. */
struct fixed_sink {
    tacho_sink sink;
    char data[65536];
    size_t len;
};

static tacho_err fixed_write(tacho_sink *self, const void *data, size_t len)
{
    struct fixed_sink *fixed = TACHO_CONTAINER(self, struct fixed_sink, sink);
    assert_true(len <= sizeof fixed->data - fixed->len);
    memcpy(fixed->data + fixed->len, data, len);
    fixed->len += len;
    return TACHO_OK;
}

static void without_memory_it_is_an_error_or_a_503(void **state)
{
    static const char request[] = GET("/metrics?name[]=zoo_mode&name[]=x", "Accept: " ASK_PB "\r\n");
    static const tacho_sink_ops ops = { fixed_write };
    static struct fixed_sink fixed;
    int status = 0, errors = 0, refusals = 0;
    (void)state;
    for (size_t granted = 0; status != 200; granted++) {
        tacho_http_outcome outcome;
        fixed = (struct fixed_sink){ .sink = { &ops } };
        allocations_left = granted;
        tacho__alloc_hook = few_allocations;
        tacho_err err = tacho_http_respond(rig.zoo.reg, NULL, request, strlen(request), &fixed.sink, &outcome);
        tacho__alloc_hook = TACHO__NO_HOOK;
        if (err) {
            assert_int_equal(err, TACHO_ERR_NOMEM);
            assert_int_equal(fixed.len, 0);
            errors++;
            continue;
        }
        assert_int_equal(sscanf(fixed.data, "HTTP/1.1 %3d ", &status), 1);
        assert_int_equal(outcome.used, strlen(request));
        assert_int_equal(outcome.close, 0);
        if (status != 200) assert_int_equal(status, 503);
        if (status != 200) refusals++;
    }
    assert_int_equal(errors, 2);
    assert_true(refusals > 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_answer_is_what_a_server_answers),
        cmocka_unit_test(answers_are_the_same_however_the_bytes_come),
        cmocka_unit_test(what_is_not_used_is_the_beginning_of_a_request),
        cmocka_unit_test(a_head_that_fills_the_buffer_is_refused),
        cmocka_unit_test(without_an_outcome_one_request_is_answered_and_the_answer_says_close),
        cmocka_unit_test(a_token_file_is_read_at_each_call),
        cmocka_unit_test(what_goes_wrong_is_said),
        cmocka_unit_test(without_memory_it_is_an_error_or_a_503),
    };
    return cmocka_run_group_tests(tests, rig_open, rig_close);
}
