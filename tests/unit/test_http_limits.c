/*
 * test_http_limits.c - deadlines and limits of a connection, the graceful end, and what a server counts of itself.
 *
 * Clients here have a pace of their own, which is what is tested; nothing is waited for by sleeping.
 * Needs: HTTP
 */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <tacho/tacho.h>

#include "support/http_client.h"

#define LENGTH(array) (sizeof(array) / sizeof(array)[0])
#define LOOPBACK "127.0.0.1:0"
#define GET(path) "GET " path " HTTP/1.1\r\nHost: localhost\r\n\r\n"
#define FAMILIES 400

static struct rig {
    tacho_registry *reg;
    tacho_http *http;
    const char *url;
    tacho_counter *handles[FAMILIES];
    tacho_desc rows[FAMILIES];
    char names[FAMILIES][32], help[3001];
} rig;

static int rig_make(bool big, uint32_t no_self)
{
    memset(&rig, 0, sizeof rig);
    rig.reg = tacho_registry_new(&(tacho_registry_options){ .no_self_metrics = no_self });
    memset(rig.help, 'h', 3000);
    rig.help[2999] = '.';
    for (int i = 0; i < FAMILIES; i++) {
        (void)snprintf(rig.names[i], sizeof rig.names[i], "limit_%d_total", i);
        rig.rows[i] = (tacho_desc){ .counter = &rig.handles[i], .name = rig.names[i], .help = rig.help };
    }
    return big && TACHO_DEFINE(rig.reg, rig.rows) ? -1 : 0;
}

/* A page of 1.2 MB. */
static int rig_up(void **state)
{
    (void)state;
    return rig_make(true, 1);
}

static int rig_up_small(void **state)
{
    (void)state;
    return rig_make(false, 0);
}

static int rig_down(void **state)
{
    (void)state;
    tacho_http_stop(rig.http);
    tacho_registry_free(rig.reg);
    return 0;
}

static void serve(tacho_http_options options)
{
    options.listen = LOOPBACK;
    if (tacho_http_start(rig.reg, &options, &rig.http)) fail_msg("%s", tacho_registry_error(rig.reg));
    rig.url = tacho_http_url(rig.http);
}

static double now_seconds(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* ---- Deadlines ---------------------------------------------------------------------------------------------------------- */

static void a_request_that_trickles_is_ended_after_its_time(void **state)
{
    static const char request[] = "GET /metrics HTTP/1.1\r\nHost: localhost\r\nX-Slow: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n\r\n";
    (void)state;
    serve((tacho_http_options){ .timeout_ms = 300 });
    http_client client = http_client_open(rig.url);
    double began = now_seconds();
    struct pollfd answered = { .fd = client.fd, .events = POLLIN };
    for (size_t i = 0; i < sizeof request - 1; i++) {
        if (!http_client_send(&client, request + i, 1)) break;
        if (poll(&answered, 1, 50) != 0) break; /* a byte every 50 ms: each is well in time */
    }
    assert_true(now_seconds() - began < 3);
    http_answer answer = http_client_read(&client, "GET");
    assert_int_equal(answer.status, 408);
    http_answer_fini(&answer);
    assert_true(http_client_ended(&client));
    http_client_close(&client);
}

static void a_reader_that_is_slow_but_steady_is_left_after_the_time_of_a_whole_answer(void **state)
{
    char bytes[4096];
    (void)state;
    serve((tacho_http_options){ .timeout_ms = 60000, .answer_ms = 500 });
    http_client client = http_client_open_slow(rig.url, 2048);
    assert_true(http_client_say(&client, GET("/metrics")));
    double began = now_seconds();
    size_t len = 0;
    for (ssize_t got; (got = recv(client.fd, bytes, sizeof bytes, 0)) > 0; len += (size_t)got)
        (void)poll(NULL, 0, 10); /* the pace of this client */
    double took = now_seconds() - began;
    if (took < 0.4 || took > 15 || len >= 1200000) fail_msg("%zu bytes in %.1f s", len, took);
    http_client_close(&client);
}

static void results_wait_for_nobody_else_while_one_reads_slowly(void **state)
{
    (void)state;
    serve((tacho_http_options){ .timeout_ms = 60000, .answer_ms = 60000 });
    http_client slow = http_client_open_slow(rig.url, 2048);
    char byte;
    assert_true(http_client_say(&slow, GET("/metrics")));
    assert_int_equal(recv(slow.fd, &byte, 1, MSG_PEEK), 1);
    for (int i = 0; i < 3; i++) {
        http_answer answer = http_fetch(rig.url, "GET", "/metrics", "");
        assert_true(answer.complete && answer.len > 1200000);
        http_answer_fini(&answer);
    }
    http_answer answer = http_client_read(&slow, "GET");
    assert_true(answer.complete && answer.len > 1200000);
    http_answer_fini(&answer);
    http_client_close(&slow);
}

static void a_connection_ends_with_the_last_request_it_may_make(void **state)
{
    (void)state;
    serve((tacho_http_options){ .max_requests = 5 });
    http_client client = http_client_open(rig.url);
    for (int i = 0; i < 8; i++) assert_true(http_client_say(&client, GET("/healthz")));
    for (int i = 0; i < 5; i++) {
        http_answer answer = http_client_read(&client, "GET");
        assert_int_equal(http_answer_has(&answer, "Connection: close"), i == 4);
        http_answer_fini(&answer);
    }
    assert_true(http_client_ended(&client));
    http_client_close(&client);
    client = http_client_open(rig.url); /* counted anew */
    assert_true(http_client_say(&client, GET("/healthz")));
    http_answer answer = http_client_read(&client, "GET");
    assert_false(http_answer_has(&answer, "Connection: close"));
    http_answer_fini(&answer);
    http_client_close(&client);
}

/* ---- The end -------------------------------------------------------------------------------------------------------------- */

static void *stop_server(void *arg)
{
    (void)arg;
    tacho_http_stop(rig.http);
    return NULL;
}

static void a_stop_lets_answers_under_way_be_taken(void **state)
{
    pthread_t stopper;
    char byte;
    (void)state;
    serve((tacho_http_options){ 0 });
    http_client client = http_client_open_slow(rig.url, 4096), idle = http_client_open(rig.url);
    assert_true(http_client_say(&client, GET("/metrics")));
    assert_int_equal(recv(client.fd, &byte, 1, MSG_PEEK), 1);
    assert_int_equal(pthread_create(&stopper, NULL, stop_server, NULL), 0);
    assert_true(http_client_ended(&idle)); /* the end has begun */
    http_answer answer = http_client_read(&client, "GET");
    assert_true(answer.complete && answer.len > 1200000);
    http_answer_fini(&answer);
    assert_true(http_client_ended(&client));
    assert_int_equal(pthread_join(stopper, NULL), 0);
    rig.http = NULL;
    http_client_close(&client);
    http_client_close(&idle);
}

static void a_stop_waits_for_a_second_and_no_longer(void **state)
{
    char byte;
    (void)state;
    serve((tacho_http_options){ .timeout_ms = 60000 });
    http_client client = http_client_open_slow(rig.url, 2048);
    assert_true(http_client_say(&client, GET("/metrics")));
    assert_int_equal(recv(client.fd, &byte, 1, MSG_PEEK), 1);
    double began = now_seconds();
    tacho_http_stop(rig.http);
    rig.http = NULL;
    double took = now_seconds() - began;
    assert_true(took > 0.9 && took < 10);
    http_client_close(&client);
}

static void a_client_that_is_gone_raises_no_signal(void **state)
{
    (void)state;
    struct sigaction before, deadly = { .sa_handler = SIG_DFL };
    assert_int_equal(sigaction(SIGPIPE, &deadly, &before), 0);
    serve((tacho_http_options){ .no_thread = 1 }); /* on this thread, where the signal is not blocked */
    for (int i = 0; i < 20; i++) {
        http_client client = http_client_open_slow(rig.url, 2048);
        assert_true(http_client_say(&client, GET("/metrics") GET("/metrics")));
        for (int j = 0; j < 3; j++) assert_int_equal(tacho_http_ready(rig.http), TACHO_OK);
        if (i % 2)
            http_client_abort(&client);
        else
            http_client_close(&client);
        for (int j = 0; j < 20; j++) assert_int_equal(tacho_http_ready(rig.http), TACHO_OK);
    }
    assert_int_equal(sigaction(SIGPIPE, &before, NULL), 0);
}

/* ---- What is counted -------------------------------------------------------------------------------------------------------- */

static char *fetch_page(const char *token)
{
    char fields[64];
    (void)snprintf(fields, sizeof fields, "Authorization: Bearer %s\r\n", token);
    http_answer answer = http_fetch(rig.url, "GET", "/metrics", fields);
    assert_int_equal(answer.status, 200);
    char *body = answer.body;
    answer.body = NULL;
    http_answer_fini(&answer);
    return body;
}

static double sample(const char *page, const char *name)
{
    char line[128];
    (void)snprintf(line, sizeof line, "\n%s ", name);
    const char *at = strstr(page, line);
    if (!at) fail_msg("%s is not there", name);
    return strtod(at + strlen(line), NULL);
}

static void requests_refusals_bytes_and_times_are_counted(void **state)
{
    static const struct {
        const char *request;
    } rows[] = {
        { GET("/healthz") },
        { GET("/metrics") },                                                            /* no token */
        { "GET /metrics HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer x\r\n\r\n" }, /* a wrong one */
        { GET("/nothing") },
        { "POST /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n" },
        { "GET /healthz HTTP/1.1\r\nHost: evil.example\r\n\r\n" },
        { "GET /healthz HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n\r\n" },
        { "nonsense\r\n\r\n" },
    };
    (void)state;
    serve((tacho_http_options){ .token = "t", .timeout_ms = 200 });
    size_t bytes = 0;
    for (size_t i = 0; i < LENGTH(rows); i++) {
        http_client client = http_client_open(rig.url);
        assert_true(http_client_say(&client, rows[i].request));
        http_answer answer = http_client_read(&client, "GET");
        bytes += strlen(answer.head) + answer.len;
        http_answer_fini(&answer);
        http_client_close(&client);
    }
    http_client late = http_client_open(rig.url);
    assert_true(http_client_say(&late, "GET /"));
    http_answer answer = http_client_read(&late, "GET");
    bytes += strlen(answer.head) + answer.len;
    http_answer_fini(&answer);
    http_client_close(&late);
    char *page = fetch_page("t");
    static const struct {
        const char *name;
        double want;
    } want[] = {
        { "tacho_http_requests_total{code=\"200\"}", 1 },        { "tacho_http_requests_total{code=\"401\"}", 2 },
        { "tacho_http_requests_total{code=\"404\"}", 1 },        { "tacho_http_requests_total{code=\"405\"}", 1 },
        { "tacho_http_requests_total{code=\"403\"}", 1 },        { "tacho_http_requests_total{code=\"413\"}", 1 },
        { "tacho_http_requests_total{code=\"400\"}", 1 },        { "tacho_http_requests_total{code=\"408\"}", 1 },
        { "tacho_http_rejected_total{reason=\"token\"}", 2 },     { "tacho_http_rejected_total{reason=\"host\"}", 1 },
        { "tacho_http_rejected_total{reason=\"malformed\"}", 1 }, { "tacho_http_rejected_total{reason=\"too_large\"}", 1 },
        { "tacho_http_rejected_total{reason=\"late\"}", 1 },      { "tacho_http_rejected_total{reason=\"slow_reader\"}", 0 },
        { "tacho_http_rejected_total{reason=\"crowded\"}", 0 },   { "tacho_http_request_duration_seconds_count", 9 },
    };
    for (size_t i = 0; i < LENGTH(want); i++)
        if (sample(page, want[i].name) != want[i].want) fail_msg("%s is %g", want[i].name, sample(page, want[i].name));
    assert_true(sample(page, "tacho_http_connections") >= 1);
    assert_true(sample(page, "tacho_http_response_bytes_total") >= (double)bytes);
    free(page);
}

static void two_servers_of_a_registry_count_together_and_those_of_two_apart(void **state)
{
    tacho_http *second, *other;
    (void)state;
    serve((tacho_http_options){ 0 });
    tacho_registry *apart = tacho_registry_new(NULL);
    assert_int_equal(tacho_http_start(rig.reg, &(tacho_http_options){ .listen = LOOPBACK }, &second), TACHO_OK);
    assert_int_equal(tacho_http_start(apart, &(tacho_http_options){ .listen = LOOPBACK }, &other), TACHO_OK);
    for (int i = 0; i < 6; i++) {
        tacho_http *http = i < 1 ? rig.http : i < 3 ? second : other;
        http_answer answer = http_fetch(tacho_http_url(http), "GET", "/healthz", "");
        http_answer_fini(&answer);
    }
    char *page = fetch_page("");
    assert_true(sample(page, "tacho_http_requests_total{code=\"200\"}") == 3);
    free(page);
    rig.url = tacho_http_url(other);
    page = fetch_page("");
    assert_true(sample(page, "tacho_http_requests_total{code=\"200\"}") == 3);
    free(page);
    tacho_http_stop(second);
    tacho_http_stop(other);
    tacho_registry_free(apart);
}

static void a_registry_without_metrics_of_its_own_has_none_of_its_servers(void **state)
{
    (void)state;
    serve((tacho_http_options){ 0 });
    char *page = fetch_page("");
    assert_null(strstr(page, "tacho_"));
    free(page);
}

int main(void)
{
#define BIG(test) cmocka_unit_test_setup_teardown(test, rig_up, rig_down)
#define SMALL(test) cmocka_unit_test_setup_teardown(test, rig_up_small, rig_down)
    const struct CMUnitTest tests[] = {
        BIG(a_request_that_trickles_is_ended_after_its_time),
        BIG(a_reader_that_is_slow_but_steady_is_left_after_the_time_of_a_whole_answer),
        BIG(results_wait_for_nobody_else_while_one_reads_slowly),
        BIG(a_connection_ends_with_the_last_request_it_may_make),
        BIG(a_stop_lets_answers_under_way_be_taken),
        BIG(a_stop_waits_for_a_second_and_no_longer),
        BIG(a_client_that_is_gone_raises_no_signal),
        SMALL(requests_refusals_bytes_and_times_are_counted),
        SMALL(two_servers_of_a_registry_count_together_and_those_of_two_apart),
        BIG(a_registry_without_metrics_of_its_own_has_none_of_its_servers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
