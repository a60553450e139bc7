/*
 * test_http_broken.c - scrapes that fail while their answer is under way.
 *
 * A page of protobuf fails for lack of memory at a family of more than a thousand series: a hook refuses the one
 * allocation of that size. The family has lost a series, so its size is measured anew at each scrape. In one registry it comes
 * first, in the other one behind a megabyte that went out.
 * Needs: HTTP PROTOBUF
 */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdatomic.h>
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

#define FAMILIES 600
#define HELP_BYTES 2000
#define SERIES 1500
#define REFUSED 256 /* bytes: marks of more than 1,024 series, and of nothing else here */
#define ACCEPT "Accept: " ASK_PB "\r\n"

static struct page {
    tacho_registry *reg, *short_reg;
    tacho_counter *handles[FAMILIES];
    tacho_counter_vec *many, *first;
    tacho_desc rows[FAMILIES], many_row, first_row;
    char names[FAMILIES][32];
    char help[HELP_BYTES + 1];
    char *bytes; /* as it must look when nothing fails */
    size_t len;
} page;

static atomic_bool refusing;

static bool refuse(size_t size)
{
    return size != REFUSED || !atomic_load(&refusing);
}

static void fill(tacho_counter_vec *vec)
{
    for (int i = 0; i < SERIES; i++) {
        char value[16];
        (void)snprintf(value, sizeof value, "%d", i);
        tacho_counter_inc_at(vec, TACHO_LABELS(value));
    }
    assert_int_equal(tacho_counter_remove_at(vec, TACHO_LABELS("0")), TACHO_OK);
}

static int page_make(void **state)
{
    (void)state;
    tacho_registry_options options = { .no_self_metrics = 1 };
    page.reg = tacho_registry_new(&options);
    page.short_reg = tacho_registry_new(&options);
    memset(page.help, 'h', HELP_BYTES);
    for (int i = 0; i < FAMILIES; i++) {
        (void)snprintf(page.names[i], sizeof page.names[i], "page_row%04d_total", i);
        page.rows[i] = (tacho_desc){ .counter = &page.handles[i], .name = page.names[i], .help = page.help };
    }
    page.many_row = (tacho_desc){ .counter_vec = &page.many, .name = "page_many_total", .help = "Many.",
                                  .labels = { "n" }, .max_series = 2 * SERIES };
    page.first_row = page.many_row;
    page.first_row.counter_vec = &page.first;
    if (TACHO_DEFINE(page.reg, page.rows) || tacho_registry_define(page.reg, &page.many_row, 1) ||
        tacho_registry_define(page.short_reg, &page.first_row, 1))
        return -1;
    fill(page.many);
    fill(page.first);
    tacho_buffer buffer;
    tacho_buffer_init(&buffer);
    if (tacho_expose(page.reg, TACHO_PROTOBUF, &buffer.sink)) return -1;
    page.bytes = buffer.data;
    page.len = buffer.len;
    tacho__alloc_hook = refuse;
    return 0;
}

static int page_free(void **state)
{
    (void)state;
    tacho__alloc_hook = TACHO__NO_HOOK;
    tacho_registry_free(page.reg);
    tacho_registry_free(page.short_reg);
    tacho__free(page.bytes);
    return 0;
}

static tacho_http *serve(tacho_registry *reg, const char *listen)
{
    tacho_http_options options = { .listen = listen, .timeout_ms = 60000 };
    tacho_http *http;
    if (tacho_http_start(reg, &options, &http)) fail_msg("%s", tacho_registry_error(reg));
    atomic_store(&refusing, true);
    return http;
}

/* What comes up to the end of the connection; `reset`: whether that was a reset. Owes a free. */
static char *receive_all(int fd, size_t *len, bool *reset)
{
    size_t cap = 4 << 20;
    char *bytes = malloc(cap);
    assert_non_null(bytes);
    for (*len = 0;;) {
        ssize_t got = recv(fd, bytes + *len, cap - *len, 0);
        if (got < 0 && errno == EINTR) continue;
        *reset = got < 0;
        if (got < 0) assert_int_equal(errno, ECONNRESET);
        if (got <= 0) return bytes;
        *len += (size_t)got;
        assert_true(*len < cap);
    }
}

/* After the refusal the same server answers as if nothing had been. */
static void assert_whole_page(tacho_http *http)
{
    atomic_store(&refusing, false);
    http_answer answer = http_fetch(tacho_http_url(http), "GET", "/metrics", ACCEPT);
    assert_int_equal(answer.status, 200);
    assert_true(answer.complete);
    assert_int_equal(answer.len, page.len);
    assert_memory_equal(answer.body, page.bytes, page.len);
    http_answer_fini(&answer);
}

static void a_scrape_that_fails_late_leaves_its_last_chunk_out_and_resets_the_connection(void **state)
{
    static const char next[] = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n";
    (void)state;
    for (int pipelined = 0; pipelined < 2; pipelined++) {
        tacho_http *http = serve(page.reg, "127.0.0.1:0");
        http_client client = http_client_open(tacho_http_url(http));
        size_t len;
        bool reset;
        assert_true(http_client_say(&client, "GET /metrics HTTP/1.1\r\nHost: localhost\r\n" ACCEPT "\r\n"));
        if (pipelined) (void)http_client_say(&client, next); /* it may be gone already */
        char *bytes = receive_all(client.fd, &len, &reset);
        const char *data = bytes;
        http_answer answer;
        assert_true(reset);
        assert_true(http_answer_parse(&answer, "GET", &data, &len, true));
        assert_int_equal(answer.status, 200);
        assert_false(answer.complete);
        assert_null(memmem(answer.body, answer.len, "\r\n0\r\n\r\n", 7));
        assert_null(memmem(answer.body, answer.len, "HTTP/1.1", 8)); /* no other answer behind it */
        http_answer_fini(&answer);
        free(bytes);
        http_client_close(&client);
        assert_whole_page(http);
        tacho_http_stop(http);
    }
}

static void http_1_0_sees_a_reset_when_a_scrape_fails_late(void **state)
{
    (void)state;
    tacho_http *http = serve(page.reg, "127.0.0.1:0");
    http_client client = http_client_open(tacho_http_url(http));
    size_t len;
    bool reset;
    assert_true(http_client_say(&client, "GET /metrics HTTP/1.0\r\n" ACCEPT "\r\n"));
    free(receive_all(client.fd, &len, &reset));
    assert_true(reset);
    http_client_close(&client);
    assert_whole_page(http);
    tacho_http_stop(http);
}

/* There the kernel knows no reset: what came must not be an exposition. */
static void http_1_0_on_a_unix_socket_gets_a_byte_that_ends_no_exposition(void **state)
{
    char dir[] = "/tmp/tacho-broken-XXXXXX", path[64], listen_on[80];
    (void)state;
    assert_non_null(mkdtemp(dir));
    (void)snprintf(path, sizeof path, "%s/sock", dir);
    (void)snprintf(listen_on, sizeof listen_on, "unix:%s", path);
    tacho_http *http = serve(page.reg, listen_on);
    http_client client = http_client_open(tacho_http_url(http));
    size_t len;
    bool reset;
    assert_true(http_client_say(&client, "GET /metrics HTTP/1.0\r\n" ACCEPT "\r\n"));
    char *bytes = receive_all(client.fd, &len, &reset);
    char *body = memmem(bytes, len, "\r\n\r\n", 4);
    assert_non_null(body);
    body += 4;
    size_t body_len = len - (size_t)(body - bytes);
    assert_true(body_len > (size_t)FAMILIES * HELP_BYTES && body_len < page.len);
    assert_memory_equal(body, page.bytes, body_len - 1);
    assert_int_equal((unsigned char)body[body_len - 1], 0xff);
    free(bytes);
    http_client_close(&client);
    assert_whole_page(http);
    tacho_http_stop(http);
    assert_int_equal(rmdir(dir), 0);
}

static void a_scrape_that_fails_before_anything_is_out_is_a_503(void **state)
{
    static const char *const versions[] = { "HTTP/1.1", "HTTP/1.0" };
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        tacho_http *http = serve(page.short_reg, "127.0.0.1:0");
        http_client client = http_client_open(tacho_http_url(http));
        char request[512];
        (void)snprintf(request, sizeof request, "GET /metrics %s\r\nHost: localhost\r\n" ACCEPT "\r\n", versions[i]);
        assert_true(http_client_say(&client, "GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n")); /* text does not fail */
        http_answer answer = http_client_read(&client, "GET");
        assert_int_equal(answer.status, 200);
        http_answer_fini(&answer);
        assert_true(http_client_say(&client, request));
        answer = http_client_read(&client, "GET");
        assert_int_equal(answer.status, 503);
        assert_true(answer.complete);
        assert_false(answer.chunked);
        assert_null(strstr(answer.head, "protobuf"));
        assert_int_equal(http_answer_has(&answer, "Connection: close"), i == 1);
        http_answer_fini(&answer);
        atomic_store(&refusing, false);
        if (i == 0) { /* the connection goes on */
            assert_true(http_client_say(&client, request));
            answer = http_client_read(&client, "GET");
            assert_int_equal(answer.status, 200);
            assert_true(answer.complete);
            http_answer_fini(&answer);
        } else {
            assert_true(http_client_ended(&client));
        }
        http_client_close(&client);
        tacho_http_stop(http);
    }
}

static void a_host_hears_that_a_scrape_failed_late(void **state)
{
    static const char request[] = "GET /metrics HTTP/1.1\r\nHost: localhost\r\n" ACCEPT "\r\n";
    tacho_http_outcome outcome;
    tacho_buffer out;
    http_answer answer;
    (void)state;
    atomic_store(&refusing, true);
    tacho_buffer_init(&out);
    assert_int_equal(tacho_http_respond(page.reg, NULL, request, strlen(request), &out.sink, &outcome),
                     TACHO_ERR_NOMEM);
    assert_int_equal(outcome.close, 1);
    const char *data = out.data;
    size_t len = out.len;
    assert_true(http_answer_parse(&answer, "GET", &data, &len, true));
    assert_int_equal(answer.status, 200);
    assert_false(answer.complete);
    http_answer_fini(&answer);
    tacho_buffer_fini(&out);
    assert_int_equal(tacho_http_respond(page.short_reg, NULL, request, strlen(request), &out.sink, &outcome), TACHO_OK);
    assert_int_equal(outcome.close, 0);
    data = out.data;
    len = out.len;
    assert_true(http_answer_parse(&answer, "GET", &data, &len, true));
    assert_int_equal(answer.status, 503);
    http_answer_fini(&answer);
    tacho_buffer_fini(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_scrape_that_fails_late_leaves_its_last_chunk_out_and_resets_the_connection),
        cmocka_unit_test(http_1_0_sees_a_reset_when_a_scrape_fails_late),
        cmocka_unit_test(http_1_0_on_a_unix_socket_gets_a_byte_that_ends_no_exposition),
        cmocka_unit_test(a_scrape_that_fails_before_anything_is_out_is_a_503),
        cmocka_unit_test(a_host_hears_that_a_scrape_failed_late),
    };
    return cmocka_run_group_tests(tests, page_make, page_free);
}
