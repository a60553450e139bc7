/*
 * test_http_load.c - many clients at once: those who scrape, those who stall, those who come and go. Every answer is complete and
 * valid, the server's memory stays as it is, the daemon counts on, and the server is well afterwards.
 *
 * All clients of a test live on one thread, so that 200 connections are open at the same time without 200 threads.
 * Needs: HTTP
 */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <tacho/tacho.h>

#include "support/http_client.h"
#include "support/stress.h"

#define FAMILIES 60
#define HELP_BYTES 2000
#define SCRAPERS 200
#define STALLED 1000
#define GET(path) "GET " path " HTTP/1.1\r\nHost: localhost\r\n\r\n"

static struct rig {
    tacho_registry *reg;
    tacho_http *http;
    const char *url;
    tacho_counter *handles[FAMILIES];
    tacho_desc rows[FAMILIES];
    char names[FAMILIES][32], help[HELP_BYTES];
    _Atomic bool stop;
    _Atomic uint64_t counted;
    pthread_t daemon;
} rig;

/* The daemon counts without a pause. */
static void *count_on(void *arg)
{
    (void)arg;
    while (!atomic_load_explicit(&rig.stop, memory_order_relaxed)) { /* a mark by itself */
        for (int i = 0; i < 1000; i++) tacho_counter_inc(rig.handles[i % FAMILIES]);
        atomic_fetch_add_explicit(&rig.counted, 1000, memory_order_relaxed); /* a sum */
    }
    return NULL;
}

static uint64_t counted(void)
{
    return atomic_load_explicit(&rig.counted, memory_order_relaxed); /* a sum */
}

static int rig_up(void **state)
{
    struct rlimit files;
    (void)state;
    memset(&rig, 0, sizeof rig);
    if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
        files.rlim_cur = files.rlim_max < 4096 ? files.rlim_max : 4096;
        (void)setrlimit(RLIMIT_NOFILE, &files);
    }
    memset(rig.help, 'h', HELP_BYTES - 1);
    rig.help[HELP_BYTES - 2] = '.';
    rig.reg = tacho_registry_new(NULL);
    for (int i = 0; i < FAMILIES; i++) {
        (void)snprintf(rig.names[i], sizeof rig.names[i], "load_%d_total", i);
        rig.rows[i] = (tacho_desc){ .counter = &rig.handles[i], .name = rig.names[i], .help = rig.help };
    }
    if (TACHO_DEFINE(rig.reg, rig.rows)) return -1;
    const tacho_http_options options = { .listen = "127.0.0.1:0" };
    if (tacho_http_start(rig.reg, &options, &rig.http)) return -1;
    rig.url = tacho_http_url(rig.http);
    return pthread_create(&rig.daemon, NULL, count_on, NULL);
}

static int rig_down(void **state)
{
    (void)state;
    atomic_store_explicit(&rig.stop, true, memory_order_relaxed); /* a mark by itself */
    (void)pthread_join(rig.daemon, NULL);
    tacho_http_stop(rig.http);
    tacho_registry_free(rig.reg);
    return 0;
}

/* ---- Answers and memory ------------------------------------------------------------------------------------------------ */

static void assert_valid_answer(http_client *client)
{
    char why[512];
    http_answer answer = http_client_read(client, "GET");
    assert_int_equal(answer.status, 200);
    assert_true(answer.complete);
    struct exposition *page = exposition_parse(answer.body, answer.len, why, sizeof why);
    if (!page) fail_msg("%s", why);
    exposition_free(page);
    assert_non_null(strstr(answer.body, "\nload_59_total "));
    http_answer_fini(&answer);
}

static void scrape_once(void)
{
    http_client client = http_client_open(rig.url);
    assert_true(http_client_say(&client, GET("/metrics")));
    assert_valid_answer(&client);
    http_client_close(&client);
}

static long resident_pages(void)
{
    long size = 0, resident = 0;
    FILE *file = fopen("/proc/self/statm", "re");
    if (!file) return 0;
    if (fscanf(file, "%ld %ld", &size, &resident) != 2) resident = 0;
    (void)fclose(file);
    return resident;
}

/* Fill the places once, so that all their memory is touched. */
static void warm_up(void)
{
    http_client clients[32];
    for (int i = 0; i < 32; i++) {
        clients[i] = http_client_open(rig.url);
        assert_true(http_client_say(&clients[i], GET("/metrics")));
    }
    for (int i = 0; i < 32; i++) {
        assert_valid_answer(&clients[i]);
        http_client_close(&clients[i]);
    }
}

/* ---- Loads --------------------------------------------------------------------------------------------------------------- */

static void two_hundred_scrapes_at_once_are_all_answered_whole(void **state)
{
    static http_client clients[SCRAPERS];
    size_t rounds = stress_scaled(5);
    (void)state;
    stress_begin("200 scrapes", 60);
    uint64_t before = counted();
    for (size_t round = 0; round < rounds; round++) {
        for (int i = 0; i < SCRAPERS; i++) {
            clients[i] = http_client_open(rig.url);
            assert_true(http_client_say(&clients[i], GET("/metrics")));
        }
        for (int i = 0; i < SCRAPERS; i++) {
            assert_valid_answer(&clients[i]);
            http_client_close(&clients[i]);
        }
    }
    assert_true(counted() > before);
    stress_end();
}

static void a_thousand_clients_that_stall_hold_up_nobody_for_long(void **state)
{
    static http_client clients[STALLED];
    struct rlimit files;
    (void)state;
    stress_begin("stalled clients", 120);
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &files), 0);
    int stalled = files.rlim_cur > STALLED + 100 ? STALLED : (int)files.rlim_cur - 100;
    if (!stress_is_long()) stalled = stalled < 100 ? stalled : 100; /* each 32 of them cost the others a second */
    warm_up();
    long pages = resident_pages();
    uint64_t before = counted();
    for (int i = 0; i < stalled; i++) {
        clients[i] = http_client_open(rig.url);
        if (i % 3) assert_true(http_client_say(&clients[i], i % 3 == 1 ? "GET /metr" : "GET / HTTP/1.1\r\nHost: loc"));
    }
    scrape_once(); /* behind all of them in the queue */
    assert_true(counted() > before);
    for (int i = 0; i < stalled; i++) http_client_close(&clients[i]);
    scrape_once();
    if (resident_pages() - pages > 2048) fail_msg("%ld pages more", resident_pages() - pages);
    stress_end();
}

static void ten_thousand_clients_that_come_and_go_leave_nothing_behind(void **state)
{
    size_t clients = stress_scaled(stress_is_long() ? 10000 : 3000);
    (void)state;
    stress_begin("clients that come and go", 120);
    warm_up();
    long pages = resident_pages();
    uint64_t before = counted();
    for (size_t i = 0; i < clients; i++) {
        http_client client = http_client_open(rig.url);
        if (i % 4 == 1) (void)http_client_say(&client, "GET /");
        if (i % 4 == 2) (void)http_client_say(&client, GET("/metrics"));
        if (i % 2)
            http_client_abort(&client);
        else
            http_client_close(&client);
        if (i % 500 == 0) scrape_once();
    }
    scrape_once();
    assert_true(counted() > before);
    if (resident_pages() - pages > 2048) fail_msg("%ld pages more", resident_pages() - pages);
    stress_end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(two_hundred_scrapes_at_once_are_all_answered_whole, rig_up, rig_down),
        cmocka_unit_test_setup_teardown(a_thousand_clients_that_stall_hold_up_nobody_for_long, rig_up, rig_down),
        cmocka_unit_test_setup_teardown(ten_thousand_clients_that_come_and_go_leave_nothing_behind, rig_up, rig_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
