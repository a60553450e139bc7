/*
 * test_http.c - the server over real sockets.
 *
 * A page of more than a megabyte makes answers longer than what the kernel buffers. No test sleeps to wait for the
 * server: whatever has to have happened is seen in an answer.
 * Needs: HTTP
 */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <tacho/tacho.h>

#include "alloc.h"
#include "page.h"
#include "support/http_client.h"

#define LENGTH(array) (sizeof(array) / sizeof(array)[0])
#define LOOPBACK "127.0.0.1:0"
#define FAMILIES 600
#define HELP_BYTES 2000

/* ---- A registry with a long page --------------------------------------------------------------------------- */

static struct page {
    tacho_registry *reg;
    tacho_counter *handles[FAMILIES];
    tacho_desc rows[FAMILIES];
    char names[FAMILIES][32];
    char help[HELP_BYTES + 1];
    char *text; /* as it must look */
    size_t len;
} page;

static int page_make(void **state)
{
    (void)state;
    tacho_registry_options options = { .no_self_metrics = 1 };
    page.reg = tacho_registry_new(&options);
    memset(page.help, 'h', HELP_BYTES);
    page.help[HELP_BYTES - 1] = '.';
    for (int i = 0; i < FAMILIES; i++) {
        (void)snprintf(page.names[i], sizeof page.names[i], "page_row%04d_total", i);
        page.rows[i] = (tacho_desc){ .counter = &page.handles[i], .name = page.names[i], .help = page.help };
    }
    if (TACHO_DEFINE(page.reg, page.rows) != TACHO_OK) return -1;
    tacho_scrape *scrape = tacho_scrape_new(page.reg, TACHO_TEXT);
    size_t got, cap = (size_t)FAMILIES * (HELP_BYTES + 200);
    page.text = malloc(cap);
    if (!scrape || !page.text) return -1;
    while ((got = tacho_scrape_read(scrape, page.text + page.len, cap - page.len)) > 0) page.len += got;
    tacho_scrape_free(scrape);
    return page.len > (size_t)FAMILIES * HELP_BYTES && page.len < cap ? 0 : -1;
}

static int page_free(void **state)
{
    (void)state;
    tacho_registry_free(page.reg);
    free(page.text);
    return 0;
}

static void assert_whole_page(const http_answer *answer)
{
    assert_int_equal(answer->status, 200);
    assert_true(answer->complete);
    assert_int_equal(answer->len, page.len);
    assert_memory_equal(answer->body, page.text, page.len);
}

/* ---- Servers ------------------------------------------------------------------------------------------------ */

static tacho_http *serve(tacho_http_options options)
{
    tacho_http *http;
    if (!options.listen) options.listen = LOOPBACK;
    tacho_err err = tacho_http_start(page.reg, &options, &http);
    if (err) fail_msg("%s: %s", tacho_strerror(err), tacho_registry_error(page.reg));
    return http;
}

/* A registry of its own, for tests that look at its first error. */
static void assert_start_fails(tacho_http_options options, tacho_err want, const char *words)
{
    tacho_registry *reg = tacho_registry_new(NULL);
    tacho_http *http = (tacho_http *)(uintptr_t)1;
    assert_int_equal(tacho_http_start(reg, &options, &http), want);
    assert_null(http);
    const char *error = tacho_registry_error(reg);
    if (!error || !strstr(error, words)) fail_msg("\"%s\" does not say \"%s\"", error ? error : "(nothing)", words);
    tacho_registry_free(reg);
}

static void assert_status(const char *url, const char *method, const char *target, const char *fields, int want)
{
    http_answer answer = http_fetch(url, method, target, fields);
    if (answer.status != want) fail_msg("%s %s %s: %d, wanted %d", method, target, fields, answer.status, want);
    assert_true(answer.complete);
    http_answer_fini(&answer);
}

static void assert_healthy(tacho_http *http)
{
    assert_status(tacho_http_url(http), "GET", "/healthz", "", 200);
}

static double wall_seconds(void)
{
    struct timespec now;
    assert_int_equal(clock_gettime(CLOCK_MONOTONIC, &now), 0);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

#define GET_METRICS "GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n"
#define GET_HEALTH "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"

/* ---- Answers ------------------------------------------------------------------------------------------------ */

static void a_scrape_gets_the_whole_page_in_chunks(void **state)
{
    (void)state;
    tacho_http *http = serve((tacho_http_options){ 0 });
    http_answer answer = http_fetch(tacho_http_url(http), "GET", "/metrics?name=x", "");
    assert_whole_page(&answer);
    assert_true(answer.chunked);
    assert_true(http_answer_has(&answer, "Content-Type: text/plain; version=0.0.4; charset=utf-8"));
    assert_true(http_answer_has(&answer, "Cache-Control: no-store"));
    assert_true(http_answer_has(&answer, "X-Content-Type-Options: nosniff"));
    assert_false(http_answer_has(&answer, "Connection: close"));
    http_answer_fini(&answer);
    tacho_http_stop(http);
}

static void http_1_0_gets_the_page_without_chunks_and_the_end_of_the_connection(void **state)
{
    (void)state;
    tacho_http *http = serve((tacho_http_options){ 0 });
    http_client client = http_client_open(tacho_http_url(http));
    assert_true(http_client_say(&client, "GET /metrics HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"));
    http_answer answer = http_client_read(&client, "GET");
    assert_whole_page(&answer);
    assert_false(answer.chunked);
    assert_true(http_answer_has(&answer, "Connection: close"));
    http_answer_fini(&answer);
    assert_true(http_client_ended(&client));
    http_client_close(&client);
    tacho_http_stop(http);
}

static void a_head_has_the_fields_of_a_get_and_keeps_the_connection_in_step(void **state)
{
    static const char *const targets[] = { "/metrics", "/healthz", "/nothing" };
    (void)state;
    tacho_http *http = serve((tacho_http_options){ 0 });
    http_client client = http_client_open(tacho_http_url(http));
    for (size_t i = 0; i < LENGTH(targets); i++) {
        char request[128];
        (void)snprintf(request, sizeof request, "HEAD %s HTTP/1.1\r\nHost: localhost\r\n\r\n", targets[i]);
        assert_true(http_client_say(&client, request));
        http_answer head = http_client_read(&client, "HEAD");
        (void)snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n", targets[i]);
        assert_true(http_client_say(&client, request));
        http_answer get = http_client_read(&client, "GET");
        assert_string_equal(head.head, get.head);
        http_answer_fini(&head);
        http_answer_fini(&get);
    }
    http_client_close(&client);
    tacho_http_stop(http);
}

static void a_connection_is_kept_for_the_next_request_until_a_close(void **state)
{
    (void)state;
    tacho_http *http = serve((tacho_http_options){ 0 });
    http_client client = http_client_open(tacho_http_url(http));
    for (int i = 0; i < 3; i++) {
        assert_true(http_client_say(&client, GET_METRICS));
        http_answer answer = http_client_read(&client, "GET");
        assert_whole_page(&answer);
        http_answer_fini(&answer);
    }
    assert_true(http_client_say(&client, "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: Close\r\n\r\n"));
    http_answer answer = http_client_read(&client, "GET");
    assert_int_equal(answer.status, 200);
    assert_string_equal(answer.body, "ok\n");
    assert_true(http_answer_has(&answer, "Connection: close"));
    http_answer_fini(&answer);
    assert_true(http_client_ended(&client));
    http_client_close(&client);
    tacho_http_stop(http);
}

static void pipelined_requests_are_answered_in_order(void **state)
{
    static const int want[] = { 200, 404, 200, 405, 200 };
    (void)state;
    tacho_http *http = serve((tacho_http_options){ 0 });
    http_client client = http_client_open(tacho_http_url(http));
    assert_true(http_client_say(&client, GET_HEALTH "GET /no HTTP/1.1\r\nHost: localhost\r\n\r\n" GET_METRICS
                                         "PUT /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n" GET_HEALTH));
    for (size_t i = 0; i < LENGTH(want); i++) {
        http_answer answer = http_client_read(&client, "GET");
        assert_int_equal(answer.status, want[i]);
        assert_true(answer.complete);
        if (i == 2) assert_whole_page(&answer);
        if (i == 3) assert_true(http_answer_has(&answer, "Allow: GET, HEAD"));
        http_answer_fini(&answer);
    }
    http_client_close(&client);
    tacho_http_stop(http);
}

static void five_hundred_requests_in_one_burst_are_all_answered(void **state)
{
    enum { REQUESTS = 500 };
    static char burst[REQUESTS * sizeof GET_HEALTH];
    (void)state;
    tacho_http *http = serve((tacho_http_options){ 0 });
    http_client client = http_client_open(tacho_http_url(http));
    burst[0] = '\0';
    for (int i = 0; i < REQUESTS; i++) memcpy(burst + i * (int)strlen(GET_HEALTH), GET_HEALTH, sizeof GET_HEALTH);
    assert_true(http_client_say(&client, burst));
    for (int i = 0; i < REQUESTS; i++) {
        http_answer answer = http_client_read(&client, "GET");
        assert_int_equal(answer.status, 200);
        http_answer_fini(&answer);
    }
    http_client_close(&client);
    tacho_http_stop(http);
}

static void a_refusal_reaches_a_client_that_is_still_sending(void **state)
{
    static char more[200000];
    (void)state;
    memset(more, 'x', sizeof more);
    tacho_http *http = serve((tacho_http_options){ 0 });
    double began = wall_seconds();
    for (int i = 0; i < 20; i++) {
        http_client client = http_client_open(tacho_http_url(http));
        assert_true(http_client_say(&client, "GET /metrics HTTP/1.1\r\nHost: localhost\r\nContent-Length: 200000\r\n\r\n"));
        assert_true(http_client_send(&client, more, sizeof more));
        http_answer answer = http_client_read(&client, "GET");
        assert_int_equal(answer.status, 413);
        assert_true(answer.complete);
        assert_true(http_answer_has(&answer, "Connection: close"));
        http_answer_fini(&answer);
        assert_true(http_client_ended(&client)); /* at once, although the server listens on for a second */
        http_client_close(&client);
    }
    assert_true(wall_seconds() - began < 15);
    tacho_http_stop(http);
}

static void a_client_that_closes_its_sending_side_gets_the_whole_page(void **state)
{
    (void)state;
    tacho_http *http = serve((tacho_http_options){ 0 });
    http_client client = http_client_open_slow(tacho_http_url(http), 4096);
    assert_true(http_client_say(&client, GET_METRICS));
    assert_int_equal(shutdown(client.fd, SHUT_WR), 0);
    http_answer answer = http_client_read(&client, "GET");
    assert_whole_page(&answer);
    http_answer_fini(&answer);
    assert_true(http_client_ended(&client));
    http_client_close(&client);
    tacho_http_stop(http);
}

/* ---- Clients that disturb nobody ----------------------------------------------------------------------------- */

static void a_stalled_client_delays_nobody(void **state)
{
    (void)state;
    tacho_http *http = serve((tacho_http_options){ 0 });
    const char *url = tacho_http_url(http);
    http_client stalled = http_client_open(url), silent = http_client_open(url);
    assert_true(http_client_say(&stalled, "GET /metrics HTTP/1.1\r\nHo"));
    for (int i = 0; i < 3; i++) {
        http_answer answer = http_fetch(url, "GET", "/metrics", "");
        assert_whole_page(&answer);
        http_answer_fini(&answer);
    }
    assert_true(http_client_say(&stalled, "st: localhost\r\n\r\n"));
    http_answer answer = http_client_read(&stalled, "GET");
    assert_whole_page(&answer);
    http_answer_fini(&answer);
    http_client_close(&stalled);
    http_client_close(&silent);
    tacho_http_stop(http);
}

static void a_slow_reader_delays_nobody_and_gets_its_whole_page(void **state)
{
    enum { SLOW = 5 };
    (void)state;
    tacho_http *http = serve((tacho_http_options){ .timeout_ms = 60000 });
    const char *url = tacho_http_url(http);
    http_client slow[SLOW];
    for (int i = 0; i < SLOW; i++) {
        slow[i] = http_client_open_slow(url, 2048);
        assert_true(http_client_say(&slow[i], GET_METRICS));
    }
    for (int i = 0; i < 3; i++) {
        http_answer answer = http_fetch(url, "GET", "/metrics", "");
        assert_whole_page(&answer);
        http_answer_fini(&answer);
    }
    for (int i = 0; i < SLOW; i++) {
        http_answer answer = http_client_read(&slow[i], "GET");
        assert_whole_page(&answer);
        http_answer_fini(&answer);
        http_client_close(&slow[i]);
    }
    tacho_http_stop(http);
}

static void clients_that_leave_in_the_middle_of_an_answer_are_forgotten(void **state)
{
    (void)state;
    tacho_http *http = serve((tacho_http_options){ .max_clients = 4 });
    const char *url = tacho_http_url(http);
    for (int i = 0; i < 100; i++) {
        http_client client = http_client_open_slow(url, 2048);
        char byte;
        assert_true(http_client_say(&client, GET_METRICS));
        assert_int_equal(recv(client.fd, &byte, 1, MSG_PEEK), 1); /* the answer has begun */
        if (i % 2)
            http_client_abort(&client);
        else
            http_client_close(&client);
    }
    http_answer answer = http_fetch(url, "GET", "/metrics", "");
    assert_whole_page(&answer);
    http_answer_fini(&answer);
    tacho_http_stop(http);
}

static void a_request_that_never_ends_gets_a_408_and_a_reader_that_never_reads_is_left(void **state)
{
    (void)state;
    tacho_http *http = serve((tacho_http_options){ .timeout_ms = 50, .idle_ms = 50 });
    const char *url = tacho_http_url(http);
    http_client silent = http_client_open(url), idle = http_client_open(url), unread = http_client_open_slow(url, 2048);
    assert_true(http_client_say(&unread, GET_METRICS));
    assert_true(http_client_say(&idle, GET_HEALTH));
    http_answer answer = http_client_read(&idle, "GET");
    http_answer_fini(&answer);
    assert_true(http_client_ended(&idle));
    assert_true(http_client_ended(&silent));

    http_client half = http_client_open(url);
    assert_true(http_client_say(&half, "GET /metrics HTTP/1.1\r\n"));
    answer = http_client_read(&half, "GET");
    assert_int_equal(answer.status, 408);
    http_answer_fini(&answer);
    assert_true(http_client_ended(&half));

    struct pollfd gone = { .fd = unread.fd, .events = POLLRDHUP }; /* the end comes without its being read */
    assert_int_equal(poll(&gone, 1, 20000), 1);
    answer = http_client_read(&unread, "GET");
    assert_false(answer.complete);
    http_answer_fini(&answer);
    http_client_close(&half);
    http_client_close(&silent);
    http_client_close(&idle);
    http_client_close(&unread);
    tacho_http_stop(http);
}

static void a_deadline_is_for_one_wait_and_not_for_the_connection(void **state)
{
    (void)state;
    tacho_http *http = serve((tacho_http_options){ .timeout_ms = 1000, .idle_ms = 1000 });
    http_client client = http_client_open(tacho_http_url(http));
    for (double began = wall_seconds(); wall_seconds() - began < 1.5;) {
        assert_true(http_client_say(&client, GET_HEALTH));
        http_answer answer = http_client_read(&client, "GET");
        assert_int_equal(answer.status, 200);
        http_answer_fini(&answer);
        (void)poll(NULL, 0, 100); /* the pace of this client */
    }
    http_client_close(&client);
    tacho_http_stop(http);
}

static void forty_clients_share_32_places(void **state)
{
    enum { CLIENTS = 40 };
    (void)state;
    tacho_http *http = serve((tacho_http_options){ .timeout_ms = 60000 });
    http_client clients[CLIENTS];
    for (int i = 0; i < CLIENTS; i++) {
        clients[i] = http_client_open(tacho_http_url(http));
        assert_true(http_client_say(&clients[i], GET_METRICS));
    }
    for (int i = 0; i < CLIENTS; i++) { /* nobody hangs up before all have their answer */
        http_answer answer = http_client_read(&clients[i], "GET");
        assert_whole_page(&answer);
        http_answer_fini(&answer);
    }
    for (int i = 0; i < CLIENTS; i++) http_client_close(&clients[i]);
    tacho_http_stop(http);
}

static void when_all_places_are_taken_answers_say_close(void **state)
{
    (void)state;
    tacho_http *http = serve((tacho_http_options){ .max_clients = 2 });
    const char *url = tacho_http_url(http);
    http_client busy = http_client_open_slow(url, 2048), other = http_client_open(url);
    char byte;
    assert_true(http_client_say(&busy, GET_METRICS));
    assert_int_equal(recv(busy.fd, &byte, 1, MSG_PEEK), 1); /* one place is taken for good */
    assert_true(http_client_say(&other, GET_HEALTH));
    http_answer answer = http_client_read(&other, "GET");
    assert_int_equal(answer.status, 200);
    assert_true(http_answer_has(&answer, "Connection: close"));
    http_answer_fini(&answer);
    assert_true(http_client_ended(&other));
    http_client_close(&other);
    answer = http_client_read(&busy, "GET");
    assert_whole_page(&answer);
    http_answer_fini(&answer);
    http_client_close(&busy);
    tacho_http_stop(http);
}

static void a_silent_kept_alive_client_makes_room_at_once(void **state)
{
    (void)state;
    tacho_http *http = serve((tacho_http_options){ .max_clients = 2, .timeout_ms = 600000, .idle_ms = 600000 });
    const char *url = tacho_http_url(http);
    http_client idle = http_client_open(url);
    assert_true(http_client_say(&idle, GET_HEALTH));
    http_answer answer = http_client_read(&idle, "GET");
    assert_false(http_answer_has(&answer, "Connection: close"));
    http_answer_fini(&answer);
    http_client busy = http_client_open_slow(url, 2048); /* takes the other place, and reads only at the end */
    assert_true(http_client_say(&busy, GET_METRICS));
    for (int i = 0; i < 5; i++) assert_healthy(http);
    assert_true(http_client_ended(&idle));
    answer = http_client_read(&busy, "GET");
    assert_whole_page(&answer);
    http_answer_fini(&answer);
    http_client_close(&idle);
    http_client_close(&busy);
    tacho_http_stop(http);
}

static void clients_that_send_no_request_make_room_after_a_second(void **state)
{
    enum { STALLED = 8 };
    (void)state;
    tacho_http *http = serve((tacho_http_options){ .max_clients = 4, .timeout_ms = 600000 });
    const char *url = tacho_http_url(http);
    http_client stalled[STALLED];
    for (int i = 0; i < STALLED; i++) {
        stalled[i] = http_client_open(url);
        if (i % 2) assert_true(http_client_say(&stalled[i], "GET /"));
    }
    assert_healthy(http);
    for (int i = 0; i < STALLED; i++) http_client_close(&stalled[i]);
    tacho_http_stop(http);
}

static double cpu_seconds(void)
{
    struct rusage usage;
    assert_int_equal(getrusage(RUSAGE_SELF, &usage), 0);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

/* Leave the process no descriptor beyond those that are open. */
static struct rlimit close_the_table(int highest)
{
    struct rlimit before, none;
    int next = fcntl(highest, F_DUPFD_CLOEXEC, 0);
    assert_true(next >= 0);
    close(next);
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    none = (struct rlimit){ (rlim_t)next, before.rlim_max };
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
    return before;
}

static void without_a_free_descriptor_clients_are_served_one_after_the_other(void **state)
{
    enum { CLIENTS = 4 };
    http_client clients[CLIENTS];
    (void)state;
    tacho_http *http = serve((tacho_http_options){ 0 });
    const char *url = tacho_http_url(http);
    for (int i = 0; i < CLIENTS; i++) clients[i] = http_client_socket(url, 0);
    struct rlimit before = close_the_table(clients[CLIENTS - 1].fd);
    for (int i = 0; i < CLIENTS; i++) {
        http_client_connect(&clients[i], url);
        assert_true(http_client_say(&clients[i], GET_METRICS));
    }
    for (int i = 0; i < CLIENTS; i++) {
        http_answer answer = http_client_read(&clients[i], "GET");
        assert_whole_page(&answer);
        assert_true(http_answer_has(&answer, "Connection: close"));
        http_answer_fini(&answer);
        assert_true(http_client_ended(&clients[i]));
        assert_int_equal(shutdown(clients[i].fd, SHUT_WR), 0); /* and keeps its number */
    }
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
    for (int i = 0; i < CLIENTS; i++) http_client_close(&clients[i]);
    assert_healthy(http);
    tacho_http_stop(http);
}

static void a_client_that_waits_for_a_descriptor_makes_nobody_spin(void **state)
{
    (void)state;
    tacho_http *http = serve((tacho_http_options){ .timeout_ms = 60000 });
    const char *url = tacho_http_url(http);
    http_client holder = http_client_socket(url, 2048), client = http_client_socket(url, 0);
    struct rlimit before = close_the_table(client.fd);
    char byte;
    http_client_connect(&holder, url);
    assert_true(http_client_say(&holder, GET_METRICS)); /* has the reserve, and does not read on */
    assert_int_equal(recv(holder.fd, &byte, 1, MSG_PEEK), 1);
    http_client_connect(&client, url);
    assert_true(http_client_say(&client, GET_HEALTH));
    double began = cpu_seconds();
    struct pollfd answered = { .fd = client.fd, .events = POLLIN };
    int ready = poll(&answered, 1, 500);
    double spent = cpu_seconds() - began;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
    assert_int_equal(ready, 0);
    assert_true(spent < 0.2);
    http_answer answer = http_client_read(&client, "GET");
    assert_int_equal(answer.status, 200);
    http_answer_fini(&answer);
    answer = http_client_read(&holder, "GET");
    assert_whole_page(&answer);
    http_answer_fini(&answer);
    http_client_close(&client);
    http_client_close(&holder);
    tacho_http_stop(http);
}

/* Neither the reserve nor poll can be had: numbers from `limit` on are not given out, and poll takes no more entries. */
static void survive_limit(rlim_t limit)
{
    enum { CLIENTS = 5 };
    http_client clients[CLIENTS];
    struct rlimit before, low;
    tacho_http *http = serve((tacho_http_options){ .timeout_ms = 60000 });
    const char *url = tacho_http_url(http);
    for (int i = 0; i < CLIENTS; i++) clients[i] = http_client_socket(url, 0);
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    low = (struct rlimit){ limit, before.rlim_max };
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &low), 0);
    for (int i = 0; i < CLIENTS; i++) {
        http_client_connect(&clients[i], url);
        assert_true(http_client_say(&clients[i], GET_METRICS));
    }
    double began = cpu_seconds();
    struct pollfd answered = { .fd = clients[0].fd, .events = POLLIN };
    int ready = poll(&answered, 1, 500);
    double spent = cpu_seconds() - began;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
    assert_int_equal(ready, 0);
    assert_true(spent < 0.2);
    for (int i = 0; i < CLIENTS; i++) {
        http_answer answer = http_client_read(&clients[i], "GET");
        assert_whole_page(&answer);
        http_answer_fini(&answer);
        http_client_close(&clients[i]);
    }
    assert_healthy(http);
    tacho_http_stop(http);
}

static void without_even_the_reserve_nobody_spins_and_all_are_served_later(void **state)
{
    enum { TAKEN = 60 };
    int taken[TAKEN];
    (void)state;
    for (int i = 0; i < TAKEN; i++) assert_true((taken[i] = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0)) >= 0);
    survive_limit((rlim_t)taken[TAKEN - 1]); /* all below are in use, the reserve is above */
    survive_limit(1);                        /* too few for poll */
    for (int i = 0; i < TAKEN; i++) close(taken[i]);
}

static void in_a_crowd_no_kept_alive_connection_is_ended_under_a_request(void **state)
{
    enum { CLIENTS = 8, ROUNDS = 100 };
    http_client clients[CLIENTS];
    double said[CLIENTS];
    (void)state;
    tacho_http *http = serve((tacho_http_options){ .max_clients = 3 });
    const char *url = tacho_http_url(http);
    for (int i = 0; i < CLIENTS; i++) clients[i] = http_client_open(url);
    for (int i = 0; i < CLIENTS; i++) {
        said[i] = wall_seconds();
        assert_true(http_client_say(&clients[i], GET_HEALTH));
    }
    for (int i = 0; i < CLIENTS * ROUNDS; i++) {
        http_client *client = &clients[i % CLIENTS];
        http_answer answer = http_client_read(client, "GET");
        assert_int_equal(answer.status, 200);
        bool ends = http_answer_has(&answer, "Connection: close");
        http_answer_fini(&answer);
        /* Who was too slow to go on at once may be asked to leave. */
        if (ends || wall_seconds() - said[i % CLIENTS] > 0.03) {
            http_client_close(client);
            *client = http_client_open(url);
        }
        said[i % CLIENTS] = wall_seconds();
        assert_true(http_client_say(client, GET_HEALTH));
    }
    for (int i = 0; i < CLIENTS; i++) http_client_close(&clients[i]);
    assert_healthy(http);
    tacho_http_stop(http);
}

/* ---- Tokens -------------------------------------------------------------------------------------------------- */

static void write_file(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    close(fd);
}

static void only_the_token_opens_the_metrics(void **state)
{
    (void)state;
    tacho_http *http = serve((tacho_http_options){ .token = "s3cret" });
    const char *url = tacho_http_url(http);
    http_answer answer = http_fetch(url, "GET", "/metrics", "");
    assert_int_equal(answer.status, 401);
    assert_true(http_answer_has(&answer, "WWW-Authenticate: Bearer realm=\"metrics\""));
    http_answer_fini(&answer);
    assert_status(url, "HEAD", "/metrics", "", 401);
    assert_status(url, "GET", "/metrics", "Authorization: Bearer wrong\r\n", 401);
    assert_status(url, "GET", "/metrics", "Authorization: Bearer s3cret\r\n", 200);
    assert_status(url, "GET", "/healthz", "", 200);
    assert_status(url, "GET", "/nothing", "", 404);
    tacho_http_stop(http);
    http = serve((tacho_http_options){ .token = "" });
    assert_status(tacho_http_url(http), "GET", "/metrics", "", 200);
    tacho_http_stop(http);
}

/* What a GET of this path is told, and a HEAD only in numbers. */
static void assert_nothing_at(const char *url, const char *path, const char *words)
{
    http_answer answer = http_fetch(url, "GET", path, ""), head = http_fetch(url, "HEAD", path, "");
    assert_int_equal(answer.status, 404);
    assert_string_equal(answer.body, words);
    assert_true(http_answer_has(&answer, "Content-Type: text/plain; charset=utf-8"));
    assert_string_equal(answer.head, head.head);
    assert_int_equal(head.len, 0);
    http_answer_fini(&answer);
    http_answer_fini(&head);
}

static void the_404_at_the_root_says_where_the_metrics_are_unless_a_token_guards_them(void **state)
{
    static const char nothing[] = "There is nothing at this path.\n";
    size_t len;
    (void)state;
    if (tacho__page_document(&len)) skip(); /* the page is there instead */
    tacho_http *http = serve((tacho_http_options){ 0 });
    assert_nothing_at(tacho_http_url(http), "/", "There is nothing at this path: the metrics are at /metrics\n");
    assert_nothing_at(tacho_http_url(http), "/?a=b", "There is nothing at this path: the metrics are at /metrics\n");
    assert_nothing_at(tacho_http_url(http), "//", nothing);
    assert_nothing_at(tacho_http_url(http), "/metric", nothing);
    tacho_http_stop(http);
    http = serve((tacho_http_options){ .path = "/a%d/<b>" });
    assert_nothing_at(tacho_http_url(http), "/", "There is nothing at this path: the metrics are at /a%d/<b>\n");
    tacho_http_stop(http);
    char longest[256] = "/";
    memset(longest + 1, 'p', sizeof longest - 2);
    http = serve((tacho_http_options){ .path = longest });
    http_answer answer = http_fetch(tacho_http_url(http), "GET", "/", "");
    assert_non_null(strstr(answer.body, longest));
    assert_int_equal(answer.body[answer.len - 1], '\n');
    http_answer_fini(&answer);
    tacho_http_stop(http);
    http = serve((tacho_http_options){ .token = "s3cret" });
    assert_nothing_at(tacho_http_url(http), "/", nothing);
    tacho_http_stop(http);
}

static void tokens_come_from_the_lines_of_a_file(void **state)
{
    static const struct {
        const char *text;
        const char *words; /* NULL: it is good, and the token is "s3cret" */
    } rows[] = {
        { "s3cret", NULL },
        { "s3cret\n", NULL },
        { " \ts3cret \r\nsecond\n", NULL },
        { "\n# a comment \xff\n\n  #\nfirst\ns3cret\n", NULL },
        { "1\n2\n3\n4\n5\n6\n7\ns3cret\n", NULL },
        { "1\n2\n3\n4\n5\n6\n7\n8\ns3cret\n", "more than 8" },
        { "", "it is empty" },
        { "  \n", "it is empty" },
        { "# s3cret\n", "it is empty" },
        { "s3cret and more\n", "a blank" },
    };
    char dir[] = "/tmp/tacho-http-XXXXXX", path[64];
    (void)state;
    assert_non_null(mkdtemp(dir));
    (void)snprintf(path, sizeof path, "%s/token", dir);
    for (size_t i = 0; i < LENGTH(rows); i++) {
        tacho_http_options options = { .listen = LOOPBACK, .token_file = path };
        write_file(path, rows[i].text);
        if (rows[i].words) {
            assert_start_fails(options, TACHO_ERR_ARG, rows[i].words);
            assert_start_fails(options, TACHO_ERR_ARG, path);
            continue;
        }
        tacho_http *http = serve(options);
        assert_status(tacho_http_url(http), "GET", "/metrics", "", 401);
        assert_status(tacho_http_url(http), "GET", "/metrics", "Authorization: Bearer s3cret\r\n", 200);
        tacho_http_stop(http);
    }
    assert_start_fails((tacho_http_options){ .token = "a", .token_file = path }, TACHO_ERR_ARG, "say which");
    assert_int_equal(unlink(path), 0);
    assert_start_fails((tacho_http_options){ .token_file = path }, TACHO_ERR_IO, "cannot be opened");
    assert_start_fails((tacho_http_options){ .token_file = dir }, TACHO_ERR_IO, "cannot be read");
    assert_start_fails((tacho_http_options){ .token = "two words" }, TACHO_ERR_ARG, "the token is not usable");
    assert_int_equal(rmdir(dir), 0);
}

static void an_error_never_shows_the_token(void **state)
{
    (void)state;
    tacho_registry *reg = tacho_registry_new(NULL);
    tacho_http_options options = { .listen = LOOPBACK, .token = "s3cret s3cret" };
    assert_int_equal(tacho_http_start(reg, &options, NULL), TACHO_ERR_ARG);
    assert_null(strstr(tacho_registry_error(reg), "s3cret"));
    tacho_registry_free(reg);
}

/* ---- Routes -------------------------------------------------------------------------------------------------- */

struct hello {
    tacho_http_route route;
    const void *thread; /* something that tells the server's thread from this one */
    char body[256];
};

static void hello_answer(tacho_http_route *self, const tacho_http_request *request, tacho_http_reply *reply)
{
    struct hello *hello = TACHO_CONTAINER(self, struct hello, route);
    int len = snprintf(hello->body, sizeof hello->body, "<p>query is '%s'", request->query);
    reply->content_type = "text/html; charset=utf-8";
    reply->body = hello->body;
    reply->len = (size_t)len;
}

static const tacho_http_route_ops hello_ops = { .path = "/hello", .answer = hello_answer };
static const tacho_http_route_ops hidden_ops = { .path = "/hidden", .needs_token = 1, .answer = hello_answer };

static void a_route_of_the_host_is_served_from_the_moment_it_is_added(void **state)
{
    struct hello hello = { .route = { .ops = &hello_ops } }, hidden = { .route = { .ops = &hidden_ops } };
    (void)state;
    tacho_http *http = serve((tacho_http_options){ .token = "s3cret" });
    const char *url = tacho_http_url(http);
    http_client kept = http_client_open(url); /* also on a connection that was there before */
    assert_true(http_client_say(&kept, GET_HEALTH));
    http_answer answer = http_client_read(&kept, "GET");
    http_answer_fini(&answer);
    assert_status(url, "GET", "/hello", "", 404);
    assert_int_equal(tacho_http_add_route(http, &hello.route), TACHO_OK);
    assert_int_equal(tacho_http_add_route(http, &hidden.route), TACHO_OK);
    assert_true(http_client_say(&kept, "GET /hello?a=b&c HTTP/1.1\r\nHost: localhost\r\n\r\n"));
    answer = http_client_read(&kept, "GET");
    assert_int_equal(answer.status, 200);
    assert_string_equal(answer.body, "<p>query is 'a=b&c'");
    assert_true(http_answer_has(&answer, "Content-Type: text/html; charset=utf-8"));
    http_answer_fini(&answer);
    http_client_close(&kept);
    answer = http_fetch(url, "GET", "/hello", "");
    assert_string_equal(answer.body, "<p>query is ''");
    http_answer_fini(&answer);
    assert_status(url, "HEAD", "/hello", "", 200);
    assert_status(url, "POST", "/hello", "", 405);
    assert_status(url, "GET", "/hello/", "", 404);
    assert_status(url, "GET", "/hidden", "", 401);
    assert_status(url, "GET", "/hidden", "Authorization: Bearer s3cret\r\n", 200);
    tacho_http_stop(http);
}

static void a_path_is_given_out_once(void **state)
{
    static const struct {
        const char *path;
        tacho_err want;
    } rows[] = {
        { "/m", TACHO_ERR_DUPLICATE }, { "/healthz", TACHO_ERR_DUPLICATE }, { "/a", TACHO_OK },
        { "/a", TACHO_ERR_DUPLICATE }, { "/metrics", TACHO_OK },            { "a", TACHO_ERR_ARG },
        { "", TACHO_ERR_ARG },         { NULL, TACHO_ERR_ARG },             { "/a?b", TACHO_ERR_ARG },
        { "/a b", TACHO_ERR_ARG },     { "/\xc3\xa4", TACHO_ERR_ARG },      { "/a#b", TACHO_ERR_ARG },
    };
    tacho_http_route_ops ops[LENGTH(rows)];
    struct hello routes[LENGTH(rows)];
    tacho_http_route nothing = { .ops = NULL };
    (void)state;
    tacho_http *http = serve((tacho_http_options){ .path = "/m" });
    for (size_t i = 0; i < LENGTH(rows); i++) {
        ops[i] = (tacho_http_route_ops){ .path = rows[i].path, .answer = hello_answer };
        routes[i] = (struct hello){ .route = { .ops = &ops[i] } };
        assert_int_equal(tacho_http_add_route(http, &routes[i].route), rows[i].want);
    }
    assert_int_equal(tacho_http_add_route(http, NULL), TACHO_ERR_ARG);
    assert_int_equal(tacho_http_add_route(http, &nothing), TACHO_ERR_ARG);
    assert_int_equal(tacho_http_add_route(NULL, &routes[0].route), TACHO_ERR_ARG);
    tacho_http_stop(http);
}

/* Adds another route while it answers, as a host might. */
struct growing {
    tacho_http_route route;
    tacho_http *http;
    tacho_http_route *other;
};

static void growing_answer(tacho_http_route *self, const tacho_http_request *request, tacho_http_reply *reply)
{
    struct growing *growing = TACHO_CONTAINER(self, struct growing, route);
    (void)request;
    reply->status = tacho_http_add_route(growing->http, growing->other) == TACHO_OK ? 201 : 409;
}

static void a_route_may_add_a_route(void **state)
{
    static const tacho_http_route_ops ops = { .path = "/grow", .answer = growing_answer };
    struct hello hello = { .route = { .ops = &hello_ops } };
    struct growing growing = { .route = { .ops = &ops }, .other = &hello.route };
    (void)state;
    growing.http = serve((tacho_http_options){ 0 });
    const char *url = tacho_http_url(growing.http);
    assert_int_equal(tacho_http_add_route(growing.http, &growing.route), TACHO_OK);
    assert_status(url, "GET", "/grow", "", 201);
    assert_status(url, "GET", "/hello", "", 200);
    assert_status(url, "GET", "/grow", "", 409);
    tacho_http_stop(growing.http);
}

/* ---- Addresses ------------------------------------------------------------------------------------------------ */

static void an_address_that_makes_no_sense_is_refused_in_words(void **state)
{
    static const struct {
        const char *listen;
        tacho_err want;
        const char *words;
    } rows[] = {
        { "", TACHO_ERR_ARG, "HOST:PORT, unix:PATH, fd:N or systemd:NAME" },
        { "9464", TACHO_ERR_ARG, "HOST:PORT, unix:PATH, fd:N or systemd:NAME" },
        { ":9464", TACHO_ERR_ARG, "the host is missing" },
        { "127.0.0.1:", TACHO_ERR_ARG, "the port is not a number" },
        { "127.0.0.1:http", TACHO_ERR_ARG, "the port is not a number" },
        { "127.0.0.1:65536", TACHO_ERR_ARG, "the port is not a number" },
        { "127.0.0.1:-1", TACHO_ERR_ARG, "the port is not a number" },
        { "127.0.0.1: 1", TACHO_ERR_ARG, "the port is not a number" },
        { "127.0.0.1:99999999999999999999999", TACHO_ERR_ARG, "the port is not a number" },
        { "256.0.0.1:1", TACHO_ERR_ARG, "names are not looked up" },
        { "example.com:1", TACHO_ERR_ARG, "names are not looked up" },
        { "a-name-that-is-much-longer-than-every-address-of-every-family.example:1", TACHO_ERR_ARG, "looked up" },
        { "::1:9464", TACHO_ERR_ARG, "in brackets" },
        { "[::1", TACHO_ERR_ARG, "" },
        { "[::g]:1", TACHO_ERR_ARG, "no IPv6 address" },
        { "[]:1", TACHO_ERR_ARG, "no IPv6 address" },
        { "192.0.2.1:0", TACHO_ERR_IO, "no interface" },
        { "unix:", TACHO_ERR_ARG, "the path is missing" },
        { "unix:/nowhere/at/all", TACHO_ERR_IO, "the directory does not exist" },
        { "unix:/dev/null", TACHO_ERR_IO, "in use" },
        { "unix:/nowhere/a-path-of-more-than-108-bytes-for-that-is-all-the-room-there-is-in-a-socket-address-"
          "of-this-kind-on-linux-and-elsewhere-there-is-less", TACHO_ERR_ARG, "too long" },
        { "fd:", TACHO_ERR_ARG, "number of a descriptor" },
        { "fd:x", TACHO_ERR_ARG, "number of a descriptor" },
        { "fd:-1", TACHO_ERR_ARG, "number of a descriptor" },
        { "fd:4294967296", TACHO_ERR_ARG, "number of a descriptor" },
        { "fd:1000000", TACHO_ERR_ARG, "no such descriptor" },
    };
    (void)state;
    for (size_t i = 0; i < LENGTH(rows); i++) {
        assert_start_fails((tacho_http_options){ .listen = rows[i].listen }, rows[i].want, rows[i].words);
        assert_start_fails((tacho_http_options){ .listen = rows[i].listen }, rows[i].want, rows[i].listen);
    }
}

static void an_option_that_makes_no_sense_is_refused_in_words(void **state)
{
    char path[300];
    (void)state;
    memset(path, 'x', sizeof path);
    path[0] = '/';
    path[sizeof path - 1] = '\0';
    tacho_http_options options = { .listen = LOOPBACK, .path = "metrics" };
    assert_start_fails(options, TACHO_ERR_ARG, "must begin with '/'");
    options.path = "/a b";
    assert_start_fails(options, TACHO_ERR_ARG, "visible ASCII");
    options.path = "/healthz";
    assert_start_fails(options, TACHO_ERR_ARG, "not be /healthz");
    options.path = path;
    assert_start_fails(options, TACHO_ERR_ARG, "at most 255");
    options = (tacho_http_options){ .listen = LOOPBACK, .max_clients = 1000000 };
    assert_start_fails(options, TACHO_ERR_ARG, "max_clients");
    static const char *const names[] = { "up", NULL };
    options = (tacho_http_options){ .listen = LOOPBACK, .names = names, .name_count = 2 };
    assert_start_fails(options, TACHO_ERR_ARG, "names");
    static const tacho_http_words words[] = { { .content_type = "text/html\r\nX: y" }, { .content_type = "" },
                                              { .failure_status = 200 }, { .failure_status = 1000 }, { .failure_status = -1 } };
    for (size_t i = 0; i < LENGTH(words); i++) {
        options = (tacho_http_options){ .listen = LOOPBACK, .words = &words[i] };
        assert_start_fails(options, TACHO_ERR_ARG, words[i].content_type ? "content_type" : "failure_status");
    }
    assert_int_equal(tacho_http_start(NULL, NULL, NULL), TACHO_ERR_ARG);
    assert_string_equal(tacho_http_url(NULL), "");
    tacho_http_stop(NULL);
}

static void a_busy_port_is_reported_in_words(void **state)
{
    (void)state;
    tacho_http *http = serve((tacho_http_options){ 0 });
    char address[64];
    assert_int_equal(sscanf(tacho_http_url(http), "http://%63[0-9.:]/metrics", address), 1);
    assert_start_fails((tacho_http_options){ .listen = address }, TACHO_ERR_IO, "the address is in use");
    assert_healthy(http);
    tacho_http_stop(http);
    http = serve((tacho_http_options){ .listen = address }); /* and free again */
    assert_healthy(http);
    tacho_http_stop(http);
}

static void the_url_says_where_it_listens(void **state)
{
    (void)state;
    tacho_http *http = serve((tacho_http_options){ .listen = "localhost:0", .path = "/a/b" });
    unsigned port = 0;
    char path[16] = "";
    assert_int_equal(sscanf(tacho_http_url(http), "http://127.0.0.1:%u%15s", &port, path), 2);
    assert_true(port > 0);
    assert_string_equal(path, "/a/b");
    assert_status(tacho_http_url(http), "GET", "/a/b", "", 200);
    assert_status(tacho_http_url(http), "GET", "/metrics", "", 404);
    tacho_http_stop(http);

    tacho_http_options v6 = { .listen = "[::1]:0" };
    tacho_registry *reg = tacho_registry_new(NULL);
    if (tacho_http_start(reg, &v6, &http) == TACHO_OK) /* not every machine has it */
        assert_int_equal(strncmp(tacho_http_url(http), "http://[::1]:", 13), 0);
    tacho_http_stop(http);
    tacho_registry_free(reg);
}

/* ---- Unix sockets and inherited descriptors ------------------------------------------------------------------- */

struct socket_file {
    char dir[32], path[64], listen[72];
};

static struct socket_file socket_file_make(void)
{
    struct socket_file file = { .dir = "/tmp/tacho-http-XXXXXX" };
    assert_non_null(mkdtemp(file.dir));
    (void)snprintf(file.path, sizeof file.path, "%s/sock", file.dir);
    (void)snprintf(file.listen, sizeof file.listen, "unix:%s", file.path);
    return file;
}

static void a_unix_socket_is_served_and_removed_at_the_end(void **state)
{
    struct socket_file file = socket_file_make();
    struct stat made;
    (void)state;
    static const struct {
        mode_t umask, want;
    } modes[] = { { 0, 0660 }, { 027, 0640 }, { 077, 0600 } };
    for (size_t i = 0; i < LENGTH(modes); i++) {
        mode_t before = umask(modes[i].umask);
        tacho_http *http = serve((tacho_http_options){ .listen = file.listen });
        (void)umask(before);
        assert_int_equal(stat(file.path, &made), 0);
        assert_int_equal(made.st_mode & 07777, modes[i].want);
        char want[128];
        (void)snprintf(want, sizeof want, "http://unix:%s:/metrics", file.path);
        assert_string_equal(tacho_http_url(http), want);
        http_answer answer = http_fetch(tacho_http_url(http), "GET", "/metrics", "");
        assert_whole_page(&answer);
        http_answer_fini(&answer);
        assert_start_fails((tacho_http_options){ .listen = file.listen }, TACHO_ERR_IO, "the address is in use");
        assert_healthy(http);
        tacho_http_stop(http);
        assert_int_not_equal(stat(file.path, &made), 0);
    }
    assert_int_equal(rmdir(file.dir), 0);
}

static void a_socket_file_that_nobody_listens_on_is_replaced(void **state)
{
    struct socket_file file = socket_file_make();
    (void)state;
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    memcpy(address.sun_path, file.path, strlen(file.path));
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(fd, (const struct sockaddr *)&address, sizeof address), 0);
    close(fd);
    tacho_http *http = serve((tacho_http_options){ .listen = file.listen });
    assert_healthy(http);
    tacho_http_stop(http);

    write_file(file.path, "no socket");
    assert_start_fails((tacho_http_options){ .listen = file.listen }, TACHO_ERR_IO, "in use");
    assert_int_equal(unlink(file.path), 0);
    assert_int_equal(rmdir(file.dir), 0);
}

static void a_socket_file_that_is_somebody_else_s_by_now_stays(void **state)
{
    struct socket_file file = socket_file_make();
    (void)state;
    tacho_http *old = serve((tacho_http_options){ .listen = file.listen });
    assert_int_equal(unlink(file.path), 0);
    tacho_http *new = serve((tacho_http_options){ .listen = file.listen });
    tacho_http_stop(old);
    assert_healthy(new);
    tacho_http_stop(new);
    assert_int_equal(rmdir(file.dir), 0);
}

static void an_inherited_descriptor_is_served_and_stays_the_callers(void **state)
{
    char listen_on[16];
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
    (void)state;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(fd, (const struct sockaddr *)&address, sizeof address), 0);
    (void)snprintf(listen_on, sizeof listen_on, "fd:%d", fd);
    tacho_http_options options = { .listen = listen_on };
    assert_start_fails(options, TACHO_ERR_ARG, "not a listening stream socket");
    assert_int_equal(listen(fd, 5), 0);
    for (int i = 0; i < 2; i++) {
        tacho_http *http = serve(options);
        assert_healthy(http);
        tacho_http_stop(http);
    }
    assert_true(fcntl(fd, F_GETFD) >= 0);
    close(fd);
    assert_start_fails(options, TACHO_ERR_ARG, "no such descriptor");
    int file = open("/dev/null", O_RDONLY | O_CLOEXEC);
    (void)snprintf(listen_on, sizeof listen_on, "fd:%d", file);
    assert_start_fails(options, TACHO_ERR_ARG, "not a listening stream socket");
    close(file);
}

/* ---- Life cycle ------------------------------------------------------------------------------------------------ */

static void a_stop_ends_every_connection_wherever_it_stands(void **state)
{
    (void)state;
    tacho_http *http = serve((tacho_http_options){ 0 });
    const char *url = tacho_http_url(http);
    http_client fresh = http_client_open(url), half = http_client_open(url), idle = http_client_open(url);
    http_client slow = http_client_open_slow(url, 2048);
    char byte;
    assert_true(http_client_say(&half, "GET /me"));
    assert_true(http_client_say(&slow, GET_METRICS));
    assert_int_equal(recv(slow.fd, &byte, 1, MSG_PEEK), 1);
    assert_true(http_client_say(&idle, GET_HEALTH));
    http_answer answer = http_client_read(&idle, "GET");
    http_answer_fini(&answer);
    tacho_http_stop(http);
    answer = http_client_read(&slow, "GET");
    assert_false(answer.complete); /* no part is taken for the whole */
    http_answer_fini(&answer);
    assert_true(http_client_ended(&fresh));
    assert_true(http_client_ended(&half));
    assert_true(http_client_ended(&idle));
    http_client_close(&fresh);
    http_client_close(&half);
    http_client_close(&idle);
    http_client_close(&slow);
}

static void servers_can_be_started_and_stopped_again_and_again(void **state)
{
    (void)state;
    for (int i = 0; i < 50; i++) {
        tacho_http *one = serve((tacho_http_options){ 0 }), *two = serve((tacho_http_options){ 0 });
        if (i % 10 == 0) assert_healthy(two);
        tacho_http_stop(one);
        tacho_http_stop(two);
    }
}

static void a_forked_child_stops_its_copy_and_leaves_the_server_alone(void **state)
{
    struct socket_file file = socket_file_make();
    struct hello hello = { .route = { .ops = &hello_ops } };
    (void)state;
    tacho_http *http = serve((tacho_http_options){ .listen = file.listen });
    assert_int_equal(tacho_http_add_route(http, &hello.route), TACHO_OK);
    http_client kept = http_client_open(tacho_http_url(http));
    assert_true(http_client_say(&kept, GET_HEALTH));
    http_answer answer = http_client_read(&kept, "GET");
    http_answer_fini(&answer);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        (void)alarm(20); /* a child that hangs is ended by it */
        tacho_http_stop(http);
        _exit(0);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    assert_true(http_client_say(&kept, GET_METRICS));
    answer = http_client_read(&kept, "GET");
    assert_whole_page(&answer);
    http_answer_fini(&answer);
    http_client_close(&kept);
    assert_healthy(http);
    tacho_http_stop(http);
    assert_int_equal(rmdir(file.dir), 0);
}

static void the_servers_thread_takes_no_signal_of_the_host(void **state)
{
    sigset_t usr1, before, pending;
    (void)state;
    tacho_http *http = serve((tacho_http_options){ 0 });
    assert_int_equal(sigemptyset(&usr1), 0);
    assert_int_equal(sigaddset(&usr1, SIGUSR1), 0);
    assert_int_equal(pthread_sigmask(SIG_BLOCK, &usr1, &before), 0);
    assert_int_equal(sigismember(&before, SIGUSR1), 0); /* the start left this thread's mask as it was */
    assert_int_equal(kill(getpid(), SIGUSR1), 0);       /* deadly for a thread that takes it */
    assert_healthy(http);
    assert_int_equal(sigpending(&pending), 0);
    assert_int_equal(sigismember(&pending, SIGUSR1), 1);
    int got;
    assert_int_equal(sigwait(&usr1, &got), 0);
    assert_int_equal(pthread_sigmask(SIG_SETMASK, &before, NULL), 0);
    tacho_http_stop(http);
}

static sigset_t serving_mask;

static tacho_err mask_collect(tacho_collector *self, tacho_emitter *out)
{
    (void)self, (void)out;
    (void)pthread_sigmask(SIG_SETMASK, NULL, &serving_mask);
    return TACHO_OK;
}

/* A crash in a collector of the host, or in a route, is the host's to report. */
static void a_fault_on_the_servers_thread_is_the_hosts(void **state)
{
    static const tacho_collector_ops ops = { .name = "mask", .collect = mask_collect };
    tacho_collector mask = { &ops };
    (void)state;
    assert_int_equal(tacho_registry_add(page.reg, &mask), TACHO_OK);
    tacho_http *http = serve((tacho_http_options){ 0 });
    assert_status(tacho_http_url(http), "GET", "/metrics", "", 200);
    tacho_http_stop(http);
    assert_int_equal(tacho_registry_remove(page.reg, &mask), TACHO_OK);
    for (int signal = 1; signal < 32; signal++) {
        bool fault = signal == SIGSEGV || signal == SIGBUS || signal == SIGFPE || signal == SIGILL;
        if (signal == SIGKILL || signal == SIGSTOP) continue;
        if (sigismember(&serving_mask, signal) == fault) fail_msg("signal %d is %sblocked", signal, fault ? "" : "not ");
    }
}

/* ---- Without memory -------------------------------------------------------------------------------------------- */

#if defined(TACHO_CHECK)
static size_t allocations_left;

static bool few_allocations(size_t size)
{
    (void)size;
    return allocations_left > 0 && allocations_left-- > 0;
}

static void a_start_without_memory_fails_cleanly(void **state)
{
    (void)state;
    tacho_err err = TACHO_ERR_NOMEM;
    for (size_t granted = 0; err == TACHO_ERR_NOMEM; granted++) {
        tacho_http_options options = { .listen = LOOPBACK, .token = "s3cret" };
        tacho_http *http;
        tacho_registry *reg = tacho_registry_new(NULL);
        allocations_left = granted;
        tacho__alloc_hook = few_allocations;
        err = tacho_http_start(reg, &options, &http);
        if (!err) { /* its thread is idle, and took no memory yet */
            struct hello hello = { .route = { .ops = &hello_ops } };
            assert_true(granted > 0);
            assert_int_equal(tacho_http_add_route(http, &hello.route), TACHO_ERR_NOMEM);
        } else {
            assert_null(http);
        }
        tacho__alloc_hook = TACHO__NO_HOOK;
        tacho_http_stop(http);
        tacho_registry_free(reg);
    }
    assert_int_equal(err, TACHO_OK);
}

static void a_scrape_without_memory_is_a_503_and_the_server_lives_on(void **state)
{
    (void)state;
    tacho_http *http = serve((tacho_http_options){ 0 });
    http_client client = http_client_open(tacho_http_url(http));
    assert_true(http_client_say(&client, GET_HEALTH)); /* what the hook does is done between two requests */
    http_answer answer = http_client_read(&client, "GET");
    http_answer_fini(&answer);
    allocations_left = 0;
    tacho__alloc_hook = few_allocations;
    assert_true(http_client_say(&client, GET_METRICS));
    answer = http_client_read(&client, "GET");
    tacho__alloc_hook = TACHO__NO_HOOK;
    assert_int_equal(answer.status, 503);
    assert_false(http_answer_has(&answer, "Connection: close"));
    http_answer_fini(&answer);
    assert_true(http_client_say(&client, GET_METRICS));
    answer = http_client_read(&client, "GET");
    assert_whole_page(&answer);
    http_answer_fini(&answer);
    http_client_close(&client);
    tacho_http_stop(http);
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_scrape_gets_the_whole_page_in_chunks),
        cmocka_unit_test(http_1_0_gets_the_page_without_chunks_and_the_end_of_the_connection),
        cmocka_unit_test(a_head_has_the_fields_of_a_get_and_keeps_the_connection_in_step),
        cmocka_unit_test(a_connection_is_kept_for_the_next_request_until_a_close),
        cmocka_unit_test(pipelined_requests_are_answered_in_order),
        cmocka_unit_test(five_hundred_requests_in_one_burst_are_all_answered),
        cmocka_unit_test(a_refusal_reaches_a_client_that_is_still_sending),
        cmocka_unit_test(a_client_that_closes_its_sending_side_gets_the_whole_page),
        cmocka_unit_test(a_stalled_client_delays_nobody),
        cmocka_unit_test(a_slow_reader_delays_nobody_and_gets_its_whole_page),
        cmocka_unit_test(clients_that_leave_in_the_middle_of_an_answer_are_forgotten),
        cmocka_unit_test(a_request_that_never_ends_gets_a_408_and_a_reader_that_never_reads_is_left),
        cmocka_unit_test(a_deadline_is_for_one_wait_and_not_for_the_connection),
        cmocka_unit_test(forty_clients_share_32_places),
        cmocka_unit_test(when_all_places_are_taken_answers_say_close),
        cmocka_unit_test(a_silent_kept_alive_client_makes_room_at_once),
        cmocka_unit_test(clients_that_send_no_request_make_room_after_a_second),
        cmocka_unit_test(without_a_free_descriptor_clients_are_served_one_after_the_other),
        cmocka_unit_test(a_client_that_waits_for_a_descriptor_makes_nobody_spin),
        cmocka_unit_test(without_even_the_reserve_nobody_spins_and_all_are_served_later),
        cmocka_unit_test(in_a_crowd_no_kept_alive_connection_is_ended_under_a_request),
        cmocka_unit_test(only_the_token_opens_the_metrics),
        cmocka_unit_test(the_404_at_the_root_says_where_the_metrics_are_unless_a_token_guards_them),
        cmocka_unit_test(tokens_come_from_the_lines_of_a_file),
        cmocka_unit_test(an_error_never_shows_the_token),
        cmocka_unit_test(a_route_of_the_host_is_served_from_the_moment_it_is_added),
        cmocka_unit_test(a_path_is_given_out_once),
        cmocka_unit_test(a_route_may_add_a_route),
        cmocka_unit_test(an_address_that_makes_no_sense_is_refused_in_words),
        cmocka_unit_test(an_option_that_makes_no_sense_is_refused_in_words),
        cmocka_unit_test(a_busy_port_is_reported_in_words),
        cmocka_unit_test(the_url_says_where_it_listens),
        cmocka_unit_test(a_unix_socket_is_served_and_removed_at_the_end),
        cmocka_unit_test(a_socket_file_that_nobody_listens_on_is_replaced),
        cmocka_unit_test(a_socket_file_that_is_somebody_else_s_by_now_stays),
        cmocka_unit_test(an_inherited_descriptor_is_served_and_stays_the_callers),
        cmocka_unit_test(a_stop_ends_every_connection_wherever_it_stands),
        cmocka_unit_test(servers_can_be_started_and_stopped_again_and_again),
        cmocka_unit_test(a_forked_child_stops_its_copy_and_leaves_the_server_alone),
        cmocka_unit_test(the_servers_thread_takes_no_signal_of_the_host),
        cmocka_unit_test(a_fault_on_the_servers_thread_is_the_hosts),
#if defined(TACHO_CHECK)
        cmocka_unit_test(a_start_without_memory_fails_cleanly),
        cmocka_unit_test(a_scrape_without_memory_is_a_503_and_the_server_lives_on),
#endif
    };
    return cmocka_run_group_tests(tests, page_make, page_free);
}
