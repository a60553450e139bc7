/*
 * test_http_results.c - answers that wait for detached collectors: one run serves all who wait, nobody else is held up, the
 * scraper's own time limit counts, and who leaves is forgotten.
 * Needs: HTTP
 */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <semaphore.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <tacho/tacho.h>

#include "support/http_client.h"

enum { CLIENTS = 30 };

static struct {
    tacho_registry *reg;
    tacho_http *http;
    tacho_collector collector;
    sem_t begun, may_end, released;
    atomic_int runs;
} rig;

static const tacho_desc descs[] = { { .type = TACHO_GAUGE, .name = "slow", .help = "Help." } };

static tacho_err slow_collect(tacho_collector *self, tacho_emitter *out)
{
    (void)self;
    int run = atomic_fetch_add(&rig.runs, 1) + 1;
    (void)sem_post(&rig.begun);
    while (sem_wait(&rig.may_end) != 0) {}
    tacho_emit_family(out, &descs[0]);
    tacho_emit_int(out, TACHO_NO_LABELS, run);
    return TACHO_OK;
}

static void slow_release(tacho_collector *self)
{
    (void)self;
    (void)sem_post(&rig.released);
}

static const tacho_collector_ops slow_ops = { .name = "slow", .descs = descs, .desc_count = 1, .collect = slow_collect,
                                              .release = slow_release, .flags = TACHO_COLLECT_DETACHED };

static void rig_up(const tacho_http_options *options)
{
    memset(&rig, 0, sizeof rig);
    (void)sem_init(&rig.begun, 0, 0);
    (void)sem_init(&rig.may_end, 0, 0);
    (void)sem_init(&rig.released, 0, 0);
    rig.reg = tacho_registry_new(NULL);
    rig.collector.ops = &slow_ops;
    assert_int_equal(tacho_registry_add(rig.reg, &rig.collector), TACHO_OK);
    if (tacho_http_start(rig.reg, options, &rig.http)) fail_msg("%s", tacho_registry_error(rig.reg));
}

static void wait_for(sem_t *sem)
{
    struct timespec until;
    (void)clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += 20;
    assert_int_equal(sem_timedwait(sem, &until), 0);
}

static void rig_down(void)
{
    tacho_http_stop(rig.http);
    (void)sem_post(&rig.may_end);
    (void)sem_post(&rig.may_end);
    tacho_err err = tacho_registry_remove(rig.reg, &rig.collector);
    assert_true(err == TACHO_OK || err == TACHO_ERR_BUSY); /* the run may be on its way back */
    tacho_registry_free(rig.reg);
    wait_for(&rig.released);
    (void)sem_destroy(&rig.begun);
    (void)sem_destroy(&rig.may_end);
    (void)sem_destroy(&rig.released);
}

static const char get[] = "GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n";

static bool body_has(const http_answer *answer, const char *text)
{
    return answer->status == 200 && answer->complete && strstr(answer->body, text);
}

static void assert_healthy(void)
{
    http_answer answer = http_fetch(tacho_http_url(rig.http), "GET", "/healthz", "");
    assert_int_equal(answer.status, 200);
    http_answer_fini(&answer);
}

static void thirty_scrapes_at_a_time_share_one_run_and_hold_nobody_up(void **state)
{
    http_client clients[CLIENTS];
    (void)state;
    rig_up(&(tacho_http_options){ .listen = "127.0.0.1:0" });
    for (int i = 0; i < CLIENTS; i++) {
        clients[i] = http_client_open(tacho_http_url(rig.http));
        assert_true(http_client_say(&clients[i], get));
    }
    wait_for(&rig.begun);
    assert_healthy();
    for (int served = 0; served < 2; served++) assert_healthy(); /* by now all requests were read */
    (void)sem_post(&rig.may_end);
    for (int i = 0; i < CLIENTS; i++) {
        http_answer answer = http_client_read(&clients[i], "GET");
        assert_true(body_has(&answer, "\nslow 1\n"));
        assert_true(body_has(&answer, "\ntacho_collector_success{collector=\"slow\"} 1\n"));
        http_answer_fini(&answer);
        http_client_close(&clients[i]);
    }
    assert_int_equal(atomic_load(&rig.runs), 1);
    rig_down();
}

static void the_scrapers_time_limit_ends_the_waiting(void **state)
{
    (void)state;
    rig_up(&(tacho_http_options){ .listen = "127.0.0.1:0" });
    const char *url = tacho_http_url(rig.http);
    http_answer first = http_fetch(url, "GET", "/metrics", "X-Prometheus-Scrape-Timeout-Seconds: 0.05\r\n");
    assert_true(body_has(&first, "\ntacho_collector_success{collector=\"slow\"} 0\n"));
    assert_true(body_has(&first, "{collector=\"slow\",reason=\"deadline\"} 1\n"));
    assert_null(strstr(first.body, "\nslow "));
    http_answer second = http_fetch(url, "GET", "/metrics", ""); /* does not wait again */
    assert_true(body_has(&second, "{collector=\"slow\",reason=\"busy\"} 1\n"));
    http_answer_fini(&first);
    http_answer_fini(&second);
    assert_int_equal(atomic_load(&rig.runs), 1);
    rig_down();
}

static void without_a_limit_of_the_scraper_the_servers_counts(void **state)
{
    (void)state;
    rig_up(&(tacho_http_options){ .listen = "127.0.0.1:0", .collect_ms = 20 });
    http_answer answer = http_fetch(tacho_http_url(rig.http), "GET", "/metrics", "X-Prometheus-Scrape-Timeout-Seconds: soon\r\n");
    assert_true(body_has(&answer, "\ntacho_collector_success{collector=\"slow\"} 0\n"));
    http_answer_fini(&answer);
    rig_down();
}

static void a_client_that_leaves_while_it_waits_is_forgotten(void **state)
{
    (void)state;
    rig_up(&(tacho_http_options){ .listen = "127.0.0.1:0", .max_clients = 1 });
    http_client client = http_client_open(tacho_http_url(rig.http));
    assert_true(http_client_say(&client, get));
    wait_for(&rig.begun);
    http_client_abort(&client);
    assert_healthy(); /* there is one place, and it is free */
    rig_down();
}

static void stopping_the_server_does_not_wait_for_results(void **state)
{
    (void)state;
    rig_up(&(tacho_http_options){ .listen = "127.0.0.1:0" });
    http_client client = http_client_open(tacho_http_url(rig.http));
    assert_true(http_client_say(&client, get));
    wait_for(&rig.begun);
    tacho_http_stop(rig.http);
    rig.http = NULL;
    http_client_close(&client);
    rig_down();
}

static void without_a_socket_the_answer_waits(void **state)
{
    tacho_http_outcome outcome;
    tacho_buffer out;
    (void)state;
    rig_up(&(tacho_http_options){ .listen = "127.0.0.1:0" });
    tacho_buffer_init(&out);
    (void)sem_post(&rig.may_end);
    assert_int_equal(tacho_http_respond(rig.reg, NULL, get, sizeof get - 1, &out.sink, &outcome), TACHO_OK);
    assert_int_equal(outcome.used, sizeof get - 1);
    const char *data = out.data;
    size_t len = out.len;
    http_answer answer;
    assert_true(http_answer_parse(&answer, "GET", &data, &len, false));
    assert_true(body_has(&answer, "\nslow 1\n"));
    http_answer_fini(&answer);
    tacho_buffer_fini(&out);
    rig_down();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(thirty_scrapes_at_a_time_share_one_run_and_hold_nobody_up),
        cmocka_unit_test(the_scrapers_time_limit_ends_the_waiting),
        cmocka_unit_test(without_a_limit_of_the_scraper_the_servers_counts),
        cmocka_unit_test(a_client_that_leaves_while_it_waits_is_forgotten),
        cmocka_unit_test(stopping_the_server_does_not_wait_for_results),
        cmocka_unit_test(without_a_socket_the_answer_waits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
