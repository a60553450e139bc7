/*
 * test_http_hosted.c - a server without a thread, in an event loop that this test turns as a host would.
 * Needs: HTTP
 */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <tacho/tacho.h>

#include "support/http_client.h"

#define GET(path) "GET " path " HTTP/1.1\r\nHost: localhost\r\n\r\n"

static struct rig {
    tacho_registry *reg;
    tacho_http *http;
    tacho_counter *events[40];
    char names[40][32], help[4096];
    tacho_desc rows[40];
    sem_t may_end;
} rig;

/* A page of 160 KiB. */
static int rig_up(void **state)
{
    (void)state;
    memset(&rig, 0, sizeof rig);
    (void)sem_init(&rig.may_end, 0, 0);
    memset(rig.help, 'h', sizeof rig.help - 1);
    rig.help[sizeof rig.help - 2] = '.';
    rig.reg = tacho_registry_new(&(tacho_registry_options){ .no_self_metrics = 1 });
    for (int i = 0; i < 40; i++) {
        (void)snprintf(rig.names[i], sizeof rig.names[i], "hosted_%d_total", i);
        rig.rows[i] = (tacho_desc){ .counter = &rig.events[i], .name = rig.names[i], .help = rig.help };
    }
    return TACHO_DEFINE(rig.reg, rig.rows) ? -1 : 0;
}

static int rig_down(void **state)
{
    (void)state;
    tacho_http_stop(rig.http);
    tacho_registry_free(rig.reg);
    (void)sem_destroy(&rig.may_end);
    return 0;
}

static const char *serve(tacho_http_options options)
{
    options.listen = "127.0.0.1:0";
    options.no_thread = 1;
    if (tacho_http_start(rig.reg, &options, &rig.http)) fail_msg("%s", tacho_registry_error(rig.reg));
    return tacho_http_url(rig.http);
}

static double now_seconds(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Turn the loop until the client's descriptor has something, at most 20 seconds. Returns the turns. */
static int turn_until(const http_client *client)
{
    int turns = 0;
    for (double began = now_seconds(); now_seconds() - began < 20; turns++) {
        struct pollfd polls[] = { { .fd = client->fd, .events = POLLIN }, { .fd = tacho_http_fd(rig.http), .events = POLLIN } };
        int timeout = tacho_http_timeout_ms(rig.http);
        assert_true(poll(polls, 2, timeout < 0 || timeout > 1000 ? 1000 : timeout) >= 0);
        if (polls[0].revents) return turns;
        assert_int_equal(tacho_http_ready(rig.http), TACHO_OK);
    }
    fail_msg("nothing within 20 seconds");
    return 0;
}

/* Everything the server says up to the end of the connection. */
static http_answer hear_to_end(http_client *client)
{
    static char said[400000];
    size_t len = 0;
    for (;;) {
        (void)turn_until(client);
        ssize_t got = recv(client->fd, said + len, sizeof said - len, 0);
        assert_true(got >= 0);
        if (got == 0) break;
        len += (size_t)got;
    }
    const char *data = said;
    http_answer answer;
    assert_true(http_answer_parse(&answer, "GET", &data, &len, true));
    return answer;
}

static void a_host_serves_when_its_loop_says_so(void **state)
{
    (void)state;
    const char *url = serve((tacho_http_options){ 0 });
    assert_true(tacho_http_fd(rig.http) >= 0);
    assert_int_equal(tacho_http_timeout_ms(rig.http), -1); /* nobody is there */
    for (int i = 0; i < 3; i++) {
        http_client client = http_client_open_slow(url, i == 1 ? 4096 : 0);
        assert_true(http_client_say(&client, "GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"));
        http_answer answer = hear_to_end(&client);
        assert_int_equal(answer.status, 200);
        assert_true(answer.complete && answer.len > 160000);
        assert_non_null(strstr(answer.body, "hosted_39_total 0\n"));
        http_answer_fini(&answer);
        http_client_close(&client);
    }
}

/* What is readable without anything to do would make a host's loop spin. */
static void nothing_is_readable_while_there_is_nothing_to_do(void **state)
{
    http_client clients[8];
    (void)state;
    const char *url = serve((tacho_http_options){ .max_clients = 4, .timeout_ms = 600000, .idle_ms = 600000 });
    for (int i = 0; i < 8; i++) { /* four wait in the kernel's queue, four say half a request */
        clients[i] = http_client_open_slow(url, 2048);
        assert_true(http_client_say(&clients[i], i < 2 ? GET("/metrics") : "GET /"));
    }
    for (int i = 0; i < 100; i++) assert_int_equal(tacho_http_ready(rig.http), TACHO_OK);
    struct pollfd watched = { .fd = tacho_http_fd(rig.http), .events = POLLIN };
    assert_int_equal(poll(&watched, 1, 0), 0);
    int timeout = tacho_http_timeout_ms(rig.http);
    assert_true(timeout >= 0 && timeout <= 1000); /* those who say half a request make room then */
    assert_int_equal(poll(&watched, 1, 0), 0);
    for (int i = 0; i < 8; i++) http_client_close(&clients[i]);
    assert_int_equal(poll(&watched, 1, 20000), 1);
}

/* Or the client would be asked to leave when its next request is on its way. */
static void as_long_as_others_wait_an_answer_ends_its_connection_although_a_place_is_free(void **state)
{
    http_client clients[3];
    (void)state;
    const char *url = serve((tacho_http_options){ .max_clients = 2, .timeout_ms = 600000 });
    for (int i = 0; i < 3; i++) clients[i] = http_client_open(url);
    assert_int_equal(tacho_http_ready(rig.http), TACHO_OK); /* two have a place, the third waits */
    http_client_close(&clients[0]);
    assert_true(http_client_say(&clients[1], GET("/healthz")));
    assert_int_equal(tacho_http_ready(rig.http), TACHO_OK);
    http_answer answer = http_client_read(&clients[1], "GET");
    assert_true(http_answer_has(&answer, "Connection: close"));
    http_answer_fini(&answer);
    http_client_close(&clients[1]);
    for (int i = 0; i < 3; i++) assert_int_equal(tacho_http_ready(rig.http), TACHO_OK);
    assert_true(http_client_say(&clients[2], GET("/healthz")));
    assert_int_equal(tacho_http_ready(rig.http), TACHO_OK);
    answer = http_client_read(&clients[2], "GET");
    assert_false(http_answer_has(&answer, "Connection: close")); /* nobody waits any more */
    http_answer_fini(&answer);
    http_client_close(&clients[2]);
}

static void who_waits_behind_clients_that_have_gone_waits_for_no_place(void **state)
{
    http_client clients[10];
    (void)state;
    const char *url = serve((tacho_http_options){ .max_clients = 8, .timeout_ms = 600000 });
    for (int i = 0; i < 10; i++) clients[i] = http_client_open(url);
    for (int i = 0; i < 8; i++) http_client_close(&clients[i]);
    for (int i = 8; i < 10; i++) assert_true(http_client_say(&clients[i], GET("/healthz")));
    for (int i = 0; i < 3; i++) assert_int_equal(tacho_http_ready(rig.http), TACHO_OK);
    for (int i = 8; i < 10; i++) {
        http_answer answer = http_client_read(&clients[i], "GET");
        assert_false(http_answer_has(&answer, "Connection: close"));
        http_answer_fini(&answer);
        http_client_close(&clients[i]);
    }
}

static void a_deadline_is_the_time_that_is_told(void **state)
{
    (void)state;
    const char *url = serve((tacho_http_options){ .timeout_ms = 200 });
    http_client client = http_client_open(url);
    assert_true(http_client_say(&client, "GET /metrics HT"));
    while (tacho_http_timeout_ms(rig.http) < 0) assert_int_equal(tacho_http_ready(rig.http), TACHO_OK);
    int timeout = tacho_http_timeout_ms(rig.http);
    assert_true(timeout > 0 && timeout <= 200);
    int turns = turn_until(&client);
    assert_true(turns < 20); /* it waited, and did not ask again and again */
    char said[16] = "";
    assert_int_equal(recv(client.fd, said, 12, MSG_WAITALL), 12);
    assert_string_equal(said, "HTTP/1.1 408");
    http_client_close(&client);
}

/* ---- Collectors ------------------------------------------------------------------------------------------------------- */

static const tacho_desc slow_descs[] = { { .type = TACHO_GAUGE, .name = "slow", .help = "Slow." } };

static tacho_err slow_collect(tacho_collector *self, tacho_emitter *out)
{
    (void)self;
    while (sem_wait(&rig.may_end) != 0) {}
    tacho_emit_family(out, &slow_descs[0]);
    tacho_emit_int(out, TACHO_NO_LABELS, 7);
    return TACHO_OK;
}

static const tacho_collector_ops slow_ops = { .name = "slow", .descs = slow_descs, .desc_count = 1, .collect = slow_collect,
                                              .flags = TACHO_COLLECT_DETACHED };

static tacho_err idle_collect(tacho_collector *self, tacho_emitter *out)
{
    (void)self, (void)out;
    return TACHO_OK;
}

static const tacho_collector_ops idle_ops = { .name = "idle", .collect = idle_collect };

static void a_detached_collector_that_comes_back_wakes_the_host(void **state)
{
    tacho_collector slow = { &slow_ops };
    (void)state;
    assert_int_equal(tacho_registry_add(rig.reg, &slow), TACHO_OK);
    const char *url = serve((tacho_http_options){ 0 });
    http_client client = http_client_open(url);
    struct pollfd watched = { .fd = tacho_http_fd(rig.http), .events = POLLIN };
    assert_true(http_client_say(&client, "GET /metrics?name[]=slow HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"));
    for (int i = 0; i < 100; i++) assert_int_equal(tacho_http_ready(rig.http), TACHO_OK);
    assert_int_equal(poll(&watched, 1, 0), 0); /* it is out, and nobody waits for it */
    int timeout = tacho_http_timeout_ms(rig.http);
    assert_true(timeout > 5000 && timeout <= 10000);
    (void)sem_post(&rig.may_end);
    assert_int_equal(poll(&watched, 1, 20000), 1);
    http_answer answer = hear_to_end(&client);
    assert_non_null(strstr(answer.body, "slow 7\n"));
    http_answer_fini(&answer);
    http_client_close(&client);
    tacho_http_stop(rig.http);
    rig.http = NULL;
    assert_int_equal(tacho_registry_remove(rig.reg, &slow), TACHO_OK);
}

static tacho_err hasty_collect(tacho_collector *self, tacho_emitter *out)
{
    (void)self, (void)out;
    while (sem_wait(&rig.may_end) != 0) {}
    return TACHO_OK;
}

/* The server waits for the first of them: that the second one's own time is over earlier must not keep the host awake. */
static void a_deadline_behind_another_does_not_keep_the_host_awake(void **state)
{
    static const tacho_desc other_descs[] = { { .type = TACHO_GAUGE, .name = "hasty", .help = "Has little time." } };
    static const tacho_collector_ops hasty_ops = { .name = "hasty", .descs = other_descs, .desc_count = 1,
                                                   .collect = hasty_collect, .flags = TACHO_COLLECT_DETACHED,
                                                   .deadline_ms = 1 };
    tacho_collector slow = { &slow_ops }, hasty = { &hasty_ops };
    (void)state;
    assert_int_equal(tacho_registry_add(rig.reg, &slow), TACHO_OK);
    assert_int_equal(tacho_registry_add(rig.reg, &hasty), TACHO_OK);
    const char *url = serve((tacho_http_options){ 0 });
    http_client client = http_client_open(url);
    struct pollfd watched = { .fd = tacho_http_fd(rig.http), .events = POLLIN };
    assert_true(http_client_say(&client, "GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"));
    while (tacho_http_timeout_ms(rig.http) < 0 || poll(&watched, 1, 2) > 0)
        assert_int_equal(tacho_http_ready(rig.http), TACHO_OK);
    assert_int_equal(tacho_http_ready(rig.http), TACHO_OK);
    int timeout = tacho_http_timeout_ms(rig.http);
    (void)sem_post(&rig.may_end);
    (void)sem_post(&rig.may_end);
    http_answer answer = hear_to_end(&client);
    assert_non_null(strstr(answer.body, "slow 7\n"));
    assert_true(timeout > 5000);
    http_answer_fini(&answer);
    http_client_close(&client);
    tacho_http_stop(rig.http);
    rig.http = NULL;
    assert_int_equal(tacho_registry_remove(rig.reg, &slow), TACHO_OK);
    while (tacho_registry_remove(rig.reg, &hasty) == TACHO_ERR_BUSY) (void)sched_yield(); /* its run is just returning */
}

/* ---- Misuse and the end -------------------------------------------------------------------------------------------------- */

static tacho_err inside[2];

static void inside_answer(tacho_http_route *self, const tacho_http_request *request, tacho_http_reply *reply)
{
    (void)self, (void)request, (void)reply;
    inside[0] = tacho_http_ready(rig.http);
    tacho_http_stop(rig.http); /* does nothing: it would pull the floor away */
    inside[1] = TACHO_OK;
}

static void a_route_that_calls_back_is_refused(void **state)
{
    static const tacho_http_route_ops ops = { .path = "/inside", .answer = inside_answer };
    static tacho_http_route route = { .ops = &ops };
    (void)state;
    const char *url = serve((tacho_http_options){ 0 });
    inside[1] = TACHO_ERR_ARG;
    assert_int_equal(tacho_http_add_route(rig.http, &route), TACHO_OK);
    http_client client = http_client_open(url);
    assert_true(http_client_say(&client, "GET /inside HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"));
    http_answer answer = hear_to_end(&client);
    assert_int_equal(answer.status, 200);
    assert_int_equal(inside[0], TACHO_ERR_BUSY);
    assert_int_equal(inside[1], TACHO_OK);
    http_answer_fini(&answer);
    http_client_close(&client);
}

static void what_only_one_kind_of_server_has_is_refused_by_the_other(void **state)
{
    tacho_http *threaded;
    (void)state;
    assert_int_equal(tacho_http_start(rig.reg, &(tacho_http_options){ .listen = "127.0.0.1:0" }, &threaded), TACHO_OK);
    assert_int_equal(tacho_http_fd(threaded), -1);
    assert_int_equal(tacho_http_timeout_ms(threaded), -1);
    assert_int_equal(tacho_http_ready(threaded), TACHO_ERR_ARG);
    tacho_http_stop(threaded);
    assert_int_equal(tacho_http_fd(NULL), -1);
    assert_int_equal(tacho_http_timeout_ms(NULL), -1);
    assert_int_equal(tacho_http_ready(NULL), TACHO_ERR_ARG);
    assert_int_equal(tacho_http_start(rig.reg, &(tacho_http_options){ .listen = "127.0.0.1:0", .no_thread = 1 }, NULL),
                     TACHO_ERR_ARG);
}

static void stopping_finishes_the_answer_under_way(void **state)
{
    (void)state;
    const char *url = serve((tacho_http_options){ 0 });
    http_client client = http_client_open(url);
    assert_true(http_client_say(&client, GET("/metrics")));
    (void)turn_until(&client); /* its first bytes are there */
    tacho_http_stop(rig.http);
    rig.http = NULL;
    http_answer answer = http_client_read(&client, "GET");
    assert_true(answer.complete && answer.len > 160000);
    http_answer_fini(&answer);
    assert_true(http_client_ended(&client));
    http_client_close(&client);
}

/* Whoever scrapes elsewhere runs collectors, and each run that ends is told to a host that may not look for days. */
static void a_host_that_did_not_look_for_long_can_stop(void **state)
{
    tacho_collector idle = { &idle_ops };
    (void)state;
    assert_int_equal(tacho_registry_add(rig.reg, &idle), TACHO_OK);
    (void)serve((tacho_http_options){ 0 });
    for (int i = 0; i < 70000; i++) tacho_scrape_free(tacho_scrape_new(rig.reg, TACHO_TEXT)); /* more than a pipe holds */
    (void)alarm(20);
    tacho_http_stop(rig.http);
    (void)alarm(0);
    rig.http = NULL;
    assert_int_equal(tacho_registry_remove(rig.reg, &idle), TACHO_OK);
}

static void a_forked_child_serves_nothing_and_takes_nothing_from_its_parent(void **state)
{
    static const tacho_http_route_ops ops = { .path = "/inside", .answer = inside_answer };
    static tacho_http_route route = { .ops = &ops };
    tacho_collector idle = { &idle_ops };
    (void)state;
    assert_int_equal(tacho_registry_add(rig.reg, &idle), TACHO_OK);
    const char *url = serve((tacho_http_options){ 0 });
    http_client client = http_client_open(url);
    assert_true(http_client_say(&client, "GET /"));
    while (tacho_http_timeout_ms(rig.http) < 0) assert_int_equal(tacho_http_ready(rig.http), TACHO_OK);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        (void)alarm(20);
        bool ok = tacho_http_ready(rig.http) == TACHO_ERR_FORKED && tacho_http_fd(rig.http) == -1 &&
                  tacho_http_timeout_ms(rig.http) == -1 && strcmp(tacho_http_url(rig.http), "") == 0 &&
                  !tacho_http_listener_url(rig.http, 0) && tacho_http_reload(rig.http) == TACHO_ERR_FORKED &&
                  tacho_http_add_route(rig.http, &route) == TACHO_ERR_FORKED;
        tacho_scrape_free(tacho_scrape_new(rig.reg, TACHO_TEXT)); /* a run ends here, and not in the parent */
        tacho_http_stop(rig.http);
        _exit(ok ? 0 : 1);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    struct pollfd watched = { .fd = tacho_http_fd(rig.http), .events = POLLIN };
    assert_int_equal(poll(&watched, 1, 0), 0);
    assert_true(http_client_say(&client, "healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"));
    http_answer answer = hear_to_end(&client);
    assert_int_equal(answer.status, 200);
    http_answer_fini(&answer);
    http_client_close(&client);
    assert_int_equal(tacho_registry_remove(rig.reg, &idle), TACHO_OK);
}

/* A child that keeps its copies of the sockets must not make them seem ready for ever. */
static void connections_that_live_on_in_a_child_do_not_keep_the_host_awake(void **state)
{
    int gate[2];
    char byte;
    (void)state;
    const char *url = serve((tacho_http_options){ 0 });
    http_client client = http_client_open(url);
    assert_true(http_client_say(&client, "GET /"));
    while (tacho_http_timeout_ms(rig.http) < 0) assert_int_equal(tacho_http_ready(rig.http), TACHO_OK);
    assert_int_equal(pipe(gate), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        (void)alarm(20);
        close(gate[1]);
        close(client.fd); /* of this it keeps no copy: the peer is really gone */
        _exit(read(gate[0], &byte, 1) == 0 ? 0 : 1);
    }
    close(gate[0]);
    http_client_close(&client);
    struct pollfd watched = { .fd = tacho_http_fd(rig.http), .events = POLLIN };
    while (tacho_http_timeout_ms(rig.http) >= 0) {
        assert_true(poll(&watched, 1, 1000) >= 0);
        assert_int_equal(tacho_http_ready(rig.http), TACHO_OK);
    }
    assert_int_equal(poll(&watched, 1, 0), 0);
    close(gate[1]);
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
}

int main(void)
{
#define RIG(test) cmocka_unit_test_setup_teardown(test, rig_up, rig_down)
    const struct CMUnitTest tests[] = {
        RIG(a_host_serves_when_its_loop_says_so),
        RIG(nothing_is_readable_while_there_is_nothing_to_do),
        RIG(as_long_as_others_wait_an_answer_ends_its_connection_although_a_place_is_free),
        RIG(who_waits_behind_clients_that_have_gone_waits_for_no_place),
        RIG(a_deadline_is_the_time_that_is_told),
        RIG(a_detached_collector_that_comes_back_wakes_the_host),
        RIG(a_deadline_behind_another_does_not_keep_the_host_awake),
        RIG(a_route_that_calls_back_is_refused),
        RIG(what_only_one_kind_of_server_has_is_refused_by_the_other),
        RIG(stopping_finishes_the_answer_under_way),
        RIG(a_host_that_did_not_look_for_long_can_stop),
        RIG(a_forked_child_serves_nothing_and_takes_nothing_from_its_parent),
        RIG(connections_that_live_on_in_a_child_do_not_keep_the_host_awake),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
