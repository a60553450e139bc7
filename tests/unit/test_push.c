/*
 * test_push.c - pushes to a server that does what it should not.
 *
 * The names of hosts are looked up by a getaddrinfo of this file, which takes the place of the C library's, and so does a send
 * that looks at its flags. Deadlines are short
 * where they are to pass, and an hour where they are not.
 * Needs: PROTOBUF PUSH
 */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <netdb.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <tacho/tacho.h>

#include "alloc.h"
#include "registry_internal.h"
#include "support/fake_gateway.h"
#include "support/page.h"

#define ACCEPTED "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n"
#define REFUSED "HTTP/1.1 400 Bad Request\r\nContent-Length: 28\r\n\r\npushed metrics are invalid\r\n"
#define FAMILIES 600
#define HELP_BYTES 16000
#define HOUR 3600000
#define SOON 150
#define SOON_ENOUGH 10.0 /* seconds: a machine may be busy */

static struct world {
    tacho_registry *reg, *wide; /* of a line, and of more than kernels buffer */
    tacho_gauge *handles[FAMILIES], *level;
    tacho_desc rows[FAMILIES], row;
    char names[FAMILIES][24];
    char help[HELP_BYTES + 1];
    char path[64];
} world;

static int world_make(void **state)
{
    (void)state;
    const tacho_registry_options options = { .no_self_metrics = 1 };
    memset(world.help, 'h', HELP_BYTES);
    (void)snprintf(world.path, sizeof world.path, "/tmp/tacho_push.%d.sock", (int)getpid());
    (void)unlink(world.path);
    world.reg = tacho_registry_new(&options);
    world.wide = tacho_registry_new(&options);
    world.row = (tacho_desc){ .gauge = &world.level, .name = "job_level", .help = "How full it is." };
    for (int i = 0; i < FAMILIES; i++) {
        (void)snprintf(world.names[i], sizeof world.names[i], "job_level_%03d", i);
        world.rows[i] = (tacho_desc){ .gauge = &world.handles[i], .name = world.names[i], .help = world.help };
    }
    if (tacho_registry_define(world.reg, &world.row, 1)) return -1;
    if (TACHO_DEFINE(world.wide, world.rows)) fail_msg("%s", tacho_registry_error(world.wide));
    tacho_gauge_set(world.level, 0.5);
    return 0;
}

static int world_remove(void **state)
{
    (void)state;
    tacho_registry_free(world.reg);
    tacho_registry_free(world.wide);
    (void)unlink(world.path);
    return 0;
}

static double seconds(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static size_t descriptors(void)
{
    size_t count = 0;
    DIR *dir = opendir("/proc/self/fd");
    while (dir && readdir(dir)) count++;
    if (dir) (void)closedir(dir);
    return count;
}

static void assert_words(tacho_registry *reg, const char *words)
{
    const char *error = tacho_registry_error(reg);
    if (!error || !strstr(error, words)) fail_msg("\"%s\" does not say \"%s\"", error ? error : "(nothing)", words);
}

/* Push to a gateway of that manner, which is stopped then; owes a fake_gateway_free. */
static tacho_err push_to(fake_gateway *gateway, gateway_manner manner, const char *answer, tacho_registry *reg,
                         tacho_push_options options)
{
    size_t before = descriptors();
    assert_true(fake_gateway_start(gateway, manner, answer, NULL, false));
    options.url = gateway->url;
    if (!options.job) options.job = "test";
    if (!options.timeout_ms) options.timeout_ms = HOUR;
    tacho_err err = tacho_push(reg, &options);
    fake_gateway_stop(gateway);
    assert_int_equal(descriptors(), before);
    return err;
}

static bool head_has(const fake_gateway *gateway, const char *line)
{
    char text[400];
    (void)snprintf(text, sizeof text, "\r\n%s\r\n", line);
    return gateway->head && strstr(gateway->head, text);
}

/* ---- What is sent ------------------------------------------------------------------------------------------------ */

static void a_push_is_one_request_with_the_page_in_it(void **state)
{
    (void)state;
    fake_gateway gateway;
    const tacho_constant grouping[] = { { "path", "/var" }, { NULL, NULL } };
    assert_int_equal(push_to(&gateway, GATEWAY_LISTENS, ACCEPTED, world.reg, (tacho_push_options){ .grouping = grouping }),
                     TACHO_OK);
    assert_true(gateway.complete);
    assert_string_equal(gateway.body, "# HELP job_level How full it is.\n# TYPE job_level gauge\njob_level 0.5\n");
    static const char line[] = "PUT /metrics/job/test/path@base64/L3Zhcg HTTP/1.1\r\n";
    assert_memory_equal(gateway.head, line, strlen(line));
    char host[256];
    (void)snprintf(host, sizeof host, "Host: %s", gateway.url + strlen("http://"));
    assert_true(head_has(&gateway, host));
    assert_true(head_has(&gateway, "Content-Type: text/plain; version=0.0.4; charset=utf-8") ||
                head_has(&gateway, "Content-Type: text/plain; version=0.0.4"));
    assert_true(head_has(&gateway, "Connection: close"));
    assert_null(strstr(gateway.head, "Authorization"));
    fake_gateway_free(&gateway);
}

static void the_method_is_that_of_the_options(void **state)
{
    (void)state;
    static const struct { tacho_push_method method; const char *line; bool body; } cases[] = {
        { TACHO_PUSH_REPLACE, "PUT /metrics/job/test HTTP/1.1\r\n", true },
        { TACHO_PUSH_MERGE, "POST /metrics/job/test HTTP/1.1\r\n", true },
        { TACHO_PUSH_DELETE, "DELETE /metrics/job/test HTTP/1.1\r\n", false },
    };
    for (size_t i = 0; i < TACHO_COUNT(cases); i++) {
        fake_gateway gateway;
        assert_int_equal(push_to(&gateway, GATEWAY_LISTENS, ACCEPTED, world.reg,
                                 (tacho_push_options){ .method = cases[i].method }), TACHO_OK);
        assert_memory_equal(gateway.head, cases[i].line, strlen(cases[i].line));
        assert_true(gateway.complete);
        assert_int_equal(gateway.body_len > 0, cases[i].body);
        assert_int_equal(strstr(gateway.head, "Content-Type") != NULL, cases[i].body);
        fake_gateway_free(&gateway);
    }
}

static void a_page_of_any_length_arrives_as_it_is(void **state)
{
    (void)state;
    static const tacho_format formats[] = { TACHO_TEXT, TACHO_PROTOBUF, TACHO_TEXT_1 };
    for (size_t i = 0; i < TACHO_COUNT(formats); i++) {
        fake_gateway gateway;
        const tacho_scrape_options scrape = { .format = formats[i], .no_wait = 1 };
        struct page page = page_take(world.wide, scrape, 0);
        assert_int_equal(push_to(&gateway, GATEWAY_STAYS, ACCEPTED, world.wide, (tacho_push_options){ .scrape = &scrape }),
                         TACHO_OK);
        assert_true(gateway.complete);
        assert_int_equal(gateway.body_len, page.len);
        assert_memory_equal(gateway.body, page.data, page.len);
        assert_true(formats[i] != TACHO_PROTOBUF || strstr(gateway.head, "\r\nContent-Type: application/vnd.google.protobuf;"));
        page_free(&page);
        fake_gateway_free(&gateway);
    }
}

/* What a server has before the last chunk is malformed, so that it cannot take that for the whole. Each help text has the lines
 * end elsewhere in the buffer. */
static void no_chunk_but_the_last_ends_where_a_line_does(void **state)
{
    (void)state;
    static tacho_gauge_vec *vec;
    char value[16];
    for (size_t shift = 0; shift < 20; shift++) {
        fake_gateway gateway;
        const tacho_desc row = { .gauge_vec = &vec, .name = "v", .help = world.help + HELP_BYTES - 1 - shift, .labels = { "l" },
                                 .max_series = 10000 };
        tacho_registry *reg = tacho_registry_new(&(tacho_registry_options){ .no_self_metrics = 1 });
        assert_int_equal(tacho_registry_define(reg, &row, 1), TACHO_OK);
        for (int i = 1000; i < 4000; i++) {
            (void)snprintf(value, sizeof value, "%d", i);
            tacho_gauge_set_at(vec, TACHO_LABELS(value), 1);
        }
        struct page page = page_take(reg, PAGE_AS(TACHO_TEXT, TACHO_UNDERSCORES), 0);
        assert_int_equal(push_to(&gateway, GATEWAY_LISTENS, ACCEPTED, reg, (tacho_push_options){ 0 }), TACHO_OK);
        assert_int_equal(gateway.chunks_of_lines, 0);
        assert_true(gateway.chunks > 2);
        assert_string_equal(gateway.body, page.data);
        page_free(&page);
        fake_gateway_free(&gateway);
        tacho_registry_free(reg);
    }
}

/* A Pushgateway that has one fails all scrapes. */
static void a_gauge_histogram_goes_as_a_histogram_in_protobuf(void **state)
{
    (void)state;
    static tacho_histogram *sizes;
    static const double bounds[] = { 1, 10 };
    static const tacho_desc rows[] = { { .histogram = &sizes, .type = TACHO_GAUGE_HISTOGRAM, .name = "sizes", .help = "s",
                                         .buckets = bounds, .bucket_count = TACHO_COUNT(bounds) } };
    fake_gateway gateway;
    const tacho_scrape_options scrape = { .format = TACHO_PROTOBUF };
    tacho_registry *reg = tacho_registry_new(&(tacho_registry_options){ .no_self_metrics = 1 });
    assert_int_equal(TACHO_DEFINE(reg, rows), TACHO_OK);
    struct page page = page_take(reg, scrape, 0);
    assert_int_equal(push_to(&gateway, GATEWAY_LISTENS, ACCEPTED, reg, (tacho_push_options){ .scrape = &scrape }), TACHO_OK);
    assert_int_equal(gateway.body_len, page.len);
    size_t at = 0;
    while (at < page.len && page.data[at] == gateway.body[at]) at++;
    assert_true(at > 0 && at < page.len);
    assert_memory_equal(page.data + at - 1, "\x18\x05", 2); /* type = 3: GAUGE_HISTOGRAM, and HISTOGRAM */
    assert_memory_equal(gateway.body + at - 1, "\x18\x04", 2);
    assert_memory_equal(page.data + at + 1, gateway.body + at + 1, page.len - at - 1);
    page_free(&page);
    fake_gateway_free(&gateway);
    tacho_registry_free(reg);
}

static void a_page_without_a_byte_is_one_too(void **state)
{
    (void)state;
    fake_gateway gateway;
    const char *const names[] = { "none" };
    const tacho_scrape_options scrape = { .names = names, .name_count = 1 };
    assert_int_equal(push_to(&gateway, GATEWAY_LISTENS, ACCEPTED, world.reg, (tacho_push_options){ .scrape = &scrape }),
                     TACHO_OK);
    assert_true(gateway.complete);
    assert_int_equal(gateway.body_len, 0);
    fake_gateway_free(&gateway);
}

static void only_the_families_asked_for_are_sent(void **state)
{
    (void)state;
    fake_gateway gateway;
    const char *const names[] = { "job_level_123" };
    const tacho_scrape_options scrape = { .names = names, .name_count = 1 };
    assert_int_equal(push_to(&gateway, GATEWAY_LISTENS, ACCEPTED, world.wide, (tacho_push_options){ .scrape = &scrape }),
                     TACHO_OK);
    assert_non_null(strstr(gateway.body, "\njob_level_123 0\n"));
    assert_null(strstr(gateway.body, "job_level_122"));
    fake_gateway_free(&gateway);
}

static void a_login_is_shown_and_told_to_nobody_else(void **state)
{
    (void)state;
    static const struct { tacho_push_options options; const char *field, *echo; } cases[] = {
        { { .token = "s3cret-token" }, "Authorization: Bearer s3cret-token", "HTTP/1.1 403 x\r\n\r\nyou sent Bearer s3cret-token" },
        { { .user = "Aladdin", .password = "open sesame" }, "Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==",
          "HTTP/1.1 401 x\r\n\r\nBasic QWxhZGRpbjpvcGVuIHNlc2FtZQ== is bad" },
        { { .user = "Aladdin", .password = "open sesame" }, "Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==",
          "HTTP/1.1 401 x\r\n\r\nopen sesame is bad" },
    };
    for (size_t i = 0; i < TACHO_COUNT(cases); i++) {
        fake_gateway gateway;
        assert_int_equal(push_to(&gateway, GATEWAY_LISTENS, cases[i].echo, world.reg, cases[i].options), TACHO_ERR_IO);
        assert_true(head_has(&gateway, cases[i].field));
        assert_words(world.reg, "it answers 40");
        assert_null(strstr(tacho_registry_error(world.reg), "s3cret"));
        assert_null(strstr(tacho_registry_error(world.reg), "QWxh"));
        assert_null(strstr(tacho_registry_error(world.reg), "sesame"));
        fake_gateway_free(&gateway);
    }
}

static void a_unix_socket_and_ipv6_are_spoken(void **state)
{
    (void)state;
    for (int v6 = 0; v6 < 2; v6++) {
        fake_gateway gateway;
        if (!fake_gateway_start(&gateway, GATEWAY_LISTENS, ACCEPTED, v6 ? NULL : world.path, v6 != 0)) {
            print_message("no IPv6 here\n");
            continue;
        }
        const tacho_push_options options = { .url = gateway.url, .job = "j" };
        if (tacho_push(world.reg, &options)) fail_msg("%s", tacho_registry_error(world.reg));
        fake_gateway_stop(&gateway);
        assert_true(gateway.complete);
        assert_true(v6 || head_has(&gateway, "Host: localhost"));
        fake_gateway_free(&gateway);
    }
}

/* ---- What is answered -------------------------------------------------------------------------------------------- */

static void an_answer_that_is_not_2xx_is_an_error_with_its_words(void **state)
{
    (void)state;
    static const struct { const char *answer; const char *words; } cases[] = {
        { REFUSED, "it answers 400: pushed metrics are invalid" },
        { "HTTP/1.1 500 x\r\n\r\n\x1b]0;title\x07\r\n\r\nsecond", "it answers 500: ?]0;title? second" },
        { "HTTP/1.1 400 x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nab \r\n2\r\ncd\r\n0\r\n\r\n", "it answers 400: ab cd" },
        { "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 413 x\r\nContent-Length: 0\r\n\r\n", "it answers 413" },
        { "HTTP/1.1 301 x\r\nLocation: http://a/\r\n\r\n", "it answers 301 (redirections are not followed)" },
        { "HTTP/1.1 404 x\r\nContent-Length: 1000\r\n\r\ncut off", "it answers 404: cut off" },
        { "", "the connection was closed" },
        { "HTTP/1.1 200 OK\r\nContent-Le", "breaks off" },
        { "220 mail.example.org ESMTP\r\n", "not HTTP/1" },
        { "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n", "told twice" },
    };
    static const gateway_manner manners[] = { GATEWAY_LISTENS, GATEWAY_ANSWERS_SLOWLY };
    for (size_t i = 0; i < TACHO_COUNT(manners) * TACHO_COUNT(cases); i++) {
        fake_gateway gateway;
        const char *answer = cases[i / 2].answer;
        assert_int_equal(push_to(&gateway, manners[i % 2], answer, world.reg, (tacho_push_options){ 0 }), TACHO_ERR_IO);
        assert_words(world.reg, cases[i / 2].words);
        assert_words(world.reg, gateway.url);
        fake_gateway_free(&gateway);
    }
}

static void a_success_is_one_however_it_is_spelled(void **state)
{
    (void)state;
    static const char *const answers[] = {
        ACCEPTED, "HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.0 200 OK\r\n\r\nsome text", "HTTP/1.1 204 No Content\r\n\r\n",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 202 Accepted\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    };
    static const gateway_manner manners[] = { GATEWAY_LISTENS, GATEWAY_ANSWERS_SLOWLY, GATEWAY_STAYS };
    for (size_t i = 0; i < TACHO_COUNT(manners) * TACHO_COUNT(answers); i++) {
        fake_gateway gateway;
        tacho_err err = push_to(&gateway, manners[i % 3], answers[i / 3], world.reg, (tacho_push_options){ 0 });
        if (err) fail_msg("answer %zu: %s", i / 3, tacho_registry_error(world.reg));
        assert_true(gateway.complete);
        fake_gateway_free(&gateway);
    }
}

static void an_answer_that_comes_before_the_end_of_the_page_ends_the_push(void **state)
{
    (void)state;
    fake_gateway gateway;
    assert_int_equal(push_to(&gateway, GATEWAY_INTERRUPTS, REFUSED, world.wide, (tacho_push_options){ 0 }), TACHO_ERR_IO);
    assert_words(world.wide, "it answers 400: pushed metrics are invalid");
    fake_gateway_free(&gateway);
    assert_int_equal(push_to(&gateway, GATEWAY_INTERRUPTS, ACCEPTED, world.wide, (tacho_push_options){ 0 }), TACHO_ERR_IO);
    assert_words(world.wide, "it answers 202 before it has the whole page");
    fake_gateway_free(&gateway);
}

static atomic_uint signalling_sends; /* those that could end the process */

ssize_t send(int fd, const void *bytes, size_t len, int flags)
{
    if (!(flags & MSG_NOSIGNAL)) atomic_fetch_add(&signalling_sends, 1);
    return sendto(fd, bytes, len, flags, NULL, 0);
}

static void a_connection_that_breaks_is_an_error_and_no_signal(void **state)
{
    (void)state;
    for (int i = 0; i < 20; i++) {
        fake_gateway gateway;
        assert_int_equal(push_to(&gateway, GATEWAY_HANGS_UP, "", world.wide, (tacho_push_options){ 0 }), TACHO_ERR_IO);
        assert_words(world.wide, "connection");
        fake_gateway_free(&gateway);
    }
    assert_int_equal(atomic_load(&signalling_sends), 0);
}

static void nobody_who_listens_is_an_error(void **state)
{
    (void)state;
    fake_gateway gateway;
    assert_true(fake_gateway_start(&gateway, GATEWAY_LISTENS, "", NULL, false));
    tacho_push_options options = { .url = gateway.url, .job = "j", .timeout_ms = HOUR };
    fake_gateway_stop(&gateway);
    assert_int_equal(tacho_push(world.reg, &options), TACHO_ERR_IO);
    assert_words(world.reg, "no connection: nobody listens there");
    options.url = "unix:/nonexistent/push.sock";
    assert_int_equal(tacho_push(world.reg, &options), TACHO_ERR_IO);
    assert_words(world.reg, "no such file");
    fake_gateway_free(&gateway);
}

/* The server must not take it for the whole. */
static void a_scrape_that_fails_leaves_the_request_without_its_end(void **state)
{
    (void)state;
    fake_gateway gateway;
    const tacho_scrape_options scrape = { .format = TACHO_PROTOBUF };
    size_t budget, used = tacho_registry_memory(world.reg, &budget);
    assert_true(tacho__segment_charge(&world.reg->segment, budget - used));
    tacho_err err = push_to(&gateway, GATEWAY_LISTENS, ACCEPTED, world.reg, (tacho_push_options){ .scrape = &scrape });
    tacho__segment_discharge(&world.reg->segment, budget - used);
    assert_int_equal(err, TACHO_ERR_NOMEM);
    assert_non_null(gateway.head);
    assert_false(gateway.complete);
    fake_gateway_free(&gateway);
}

/* ---- Deadlines --------------------------------------------------------------------------------------------------- */

static void assert_late(double began, tacho_err err, tacho_registry *reg)
{
    double took = seconds() - began;
    assert_int_equal(err, TACHO_ERR_TIMEOUT);
    assert_words(reg, "time is up");
    if (took < SOON * 0.001 || took > SOON_ENOUGH) fail_msg("it took %.3f s", took);
}

static void a_server_that_says_nothing_costs_the_deadline(void **state)
{
    (void)state;
    tacho_registry *const regs[] = { world.reg, world.wide }; /* waiting for an answer, and for room to send */
    for (size_t i = 0; i < TACHO_COUNT(regs); i++) {
        fake_gateway gateway;
        double began = seconds();
        tacho_err err = push_to(&gateway, GATEWAY_IS_DEAF, "", regs[i], (tacho_push_options){ .timeout_ms = SOON });
        assert_late(began, err, regs[i]);
        assert_words(regs[i], i ? "cannot be sent" : "there is no answer");
        fake_gateway_free(&gateway);
    }
}

static void half_a_head_costs_the_deadline_and_half_a_body_does_not_hide_the_status(void **state)
{
    (void)state;
    fake_gateway gateway;
    double began = seconds();
    tacho_err err = push_to(&gateway, GATEWAY_INTERRUPTS, "HTTP/1.1 200 OK\r\n", world.reg,
                            (tacho_push_options){ .timeout_ms = SOON });
    assert_late(began, err, world.reg);
    fake_gateway_free(&gateway);
    err = push_to(&gateway, GATEWAY_INTERRUPTS, "HTTP/1.1 400 x\r\nContent-Length: 99\r\n\r\nhalf", world.reg,
                  (tacho_push_options){ .timeout_ms = SOON });
    assert_int_equal(err, TACHO_ERR_IO);
    assert_words(world.reg, "it answers 400: half");
    fake_gateway_free(&gateway);
}

/* A backlog that is full lets nobody connect. */
static void a_connection_that_is_not_made_costs_the_deadline(void **state)
{
    (void)state;
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t len = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM, 0), fillers[64];
    assert_int_equal(bind(listener, (struct sockaddr *)&address, len), 0);
    assert_int_equal(listen(listener, 0), 0);
    assert_int_equal(getsockname(listener, (struct sockaddr *)&address, &len), 0);
    for (size_t i = 0; i < TACHO_COUNT(fillers); i++) {
        fillers[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
        (void)connect(fillers[i], (struct sockaddr *)&address, len);
    }
    char url[64];
    (void)snprintf(url, sizeof url, "http://127.0.0.1:%u", ntohs(address.sin_port));
    const tacho_push_options options = { .url = url, .job = "j", .timeout_ms = SOON };
    double began = seconds();
    assert_late(began, tacho_push(world.reg, &options), world.reg);
    assert_words(world.reg, "no connection");
    for (size_t i = 0; i < TACHO_COUNT(fillers); i++) (void)close(fillers[i]);
    (void)close(listener);
}

static uint32_t collect_left_ms;

static tacho_err collect_nothing(tacho_collector *self, tacho_emitter *out)
{
    (void)self;
    collect_left_ms = tacho_emitter_left_ms(out);
    return TACHO_OK;
}

static void collectors_leave_time_to_send_the_rest(void **state)
{
    (void)state;
    static const tacho_collector_ops ops = { .name = "slow", .collect = collect_nothing };
    static const struct { uint32_t timeout_ms, scrape_ms, most; } cases[] = {
        { HOUR, 0, HOUR - 500 }, { 20000, 0, 19500 }, { HOUR, 5000, 5000 }, { 20000, 60000, 19500 },
    };
    tacho_collector slow = { &ops };
    assert_int_equal(tacho_registry_add(world.reg, &slow), TACHO_OK);
    for (size_t i = 0; i < TACHO_COUNT(cases); i++) {
        fake_gateway gateway;
        const tacho_scrape_options scrape = { .timeout_ms = cases[i].scrape_ms };
        const tacho_push_options options = { .timeout_ms = cases[i].timeout_ms, .scrape = &scrape };
        tacho_err err = push_to(&gateway, GATEWAY_LISTENS, ACCEPTED, world.reg, options);
        if (err) fail_msg("%s", tacho_registry_error(world.reg));
        assert_true(collect_left_ms <= cases[i].most);
        fake_gateway_free(&gateway);
    }
    assert_int_equal(tacho_registry_remove(world.reg, &slow), TACHO_OK);
}

/* ---- Names ------------------------------------------------------------------------------------------------------- */

static struct {
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    bool hangs;
    int failed; /* what it returns */
    unsigned calls, freed;
    const char *addresses[3]; /* what it finds, as text; NULL: no more */
} names = { .mutex = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER };

int getaddrinfo(const char *restrict host, const char *restrict service, const struct addrinfo *restrict hints,
                struct addrinfo **restrict found)
{
    (void)host;
    (void)hints;
    struct addrinfo **next = found;
    *found = NULL;
    (void)pthread_mutex_lock(&names.mutex);
    names.calls++;
    while (names.hangs) (void)pthread_cond_wait(&names.changed, &names.mutex);
    for (size_t i = 0; !names.failed && i < TACHO_COUNT(names.addresses) && names.addresses[i]; i++) {
        struct { struct addrinfo info; struct sockaddr_in address; } *one = calloc(1, sizeof *one);
        if (!one) abort();
        one->address.sin_family = AF_INET;
        one->address.sin_port = htons((uint16_t)strtoul(service, NULL, 10));
        (void)inet_pton(AF_INET, names.addresses[i], &one->address.sin_addr);
        one->info.ai_family = AF_INET;
        one->info.ai_addr = (struct sockaddr *)&one->address;
        one->info.ai_addrlen = sizeof one->address;
        *next = &one->info;
        next = &one->info.ai_next;
    }
    int failed = names.failed;
    (void)pthread_mutex_unlock(&names.mutex);
    return failed;
}

void freeaddrinfo(struct addrinfo *found)
{
    while (found) {
        struct addrinfo *next = found->ai_next;
        free(found);
        found = next;
    }
    (void)pthread_mutex_lock(&names.mutex);
    names.freed++;
    (void)pthread_cond_broadcast(&names.changed);
    (void)pthread_mutex_unlock(&names.mutex);
}

static void names_set(bool hangs, int failed, const char *first, const char *second)
{
    (void)pthread_mutex_lock(&names.mutex);
    names.hangs = hangs;
    names.failed = failed;
    names.addresses[0] = first;
    names.addresses[1] = second;
    names.calls = names.freed = 0;
    (void)pthread_cond_broadcast(&names.changed);
    (void)pthread_mutex_unlock(&names.mutex);
}

/* Push to a gateway by a name. */
static tacho_err push_by_name(const char *host, uint32_t timeout_ms)
{
    fake_gateway gateway;
    char url[128];
    assert_true(fake_gateway_start(&gateway, GATEWAY_LISTENS, ACCEPTED, NULL, false));
    (void)snprintf(url, sizeof url, "http://%s%s", host, strrchr(gateway.url, ':'));
    const tacho_push_options options = { .url = url, .job = "j", .timeout_ms = timeout_ms };
    tacho_err err = tacho_push(world.reg, &options);
    fake_gateway_stop(&gateway);
    fake_gateway_free(&gateway);
    return err;
}

static void a_name_is_looked_up_and_all_its_addresses_are_tried(void **state)
{
    (void)state;
    size_t before = descriptors();
    names_set(false, 0, "127.0.0.2", "127.0.0.1"); /* the gateway listens on the second only */
    assert_int_equal(push_by_name("push.example.org", HOUR), TACHO_OK);
    assert_int_equal(descriptors(), before);
    assert_int_equal(names.calls, 1);
    names_set(false, 0, "127.0.0.2", NULL);
    assert_int_equal(push_by_name("push.example.org", HOUR), TACHO_ERR_IO);
    assert_words(world.reg, "nobody listens");
}

static void addresses_and_localhost_are_not_looked_up(void **state)
{
    (void)state;
    names_set(false, EAI_NONAME, NULL, NULL);
    assert_int_equal(push_by_name("127.0.0.1", HOUR), TACHO_OK);
    assert_int_equal(push_by_name("localhost", HOUR), TACHO_OK);
    assert_int_equal(names.calls, 0);
}

static void a_name_that_nobody_knows_is_an_error(void **state)
{
    (void)state;
    static const struct { int failed; const char *words; } cases[] = {
        { EAI_NONAME, "no host of this name" }, { EAI_AGAIN, "no name server" }, { EAI_FAIL, "cannot be looked up" },
        { 0, "no address" },
    };
    for (size_t i = 0; i < TACHO_COUNT(cases); i++) {
        names_set(false, cases[i].failed, NULL, NULL);
        assert_int_equal(push_by_name("push.example.org", HOUR), TACHO_ERR_IO);
        assert_words(world.reg, cases[i].words);
    }
}

static void a_lookup_that_hangs_costs_the_deadline_and_is_cleared_away_later(void **state)
{
    (void)state;
    names_set(true, 0, "127.0.0.1", NULL);
    double began = seconds();
    assert_int_equal(push_by_name("push.example.org", SOON), TACHO_ERR_TIMEOUT);
    assert_true(seconds() - began < SOON_ENOUGH);
    assert_words(world.reg, "still being looked up");
    names_set(false, 0, "127.0.0.1", NULL);
    (void)pthread_mutex_lock(&names.mutex);
    while (names.freed == 0) (void)pthread_cond_wait(&names.changed, &names.mutex);
    (void)pthread_mutex_unlock(&names.mutex);
}

/* ---- Options ----------------------------------------------------------------------------------------------------- */

static void options_that_make_no_sense_are_refused_in_words(void **state)
{
    (void)state;
    const tacho_scrape_options openmetrics = { .format = TACHO_OPENMETRICS }, json = { .format = TACHO_JSON },
                               escaping = { .escaping = (tacho_escaping)9 }, no_names = { .name_count = 1 };
    const tacho_constant faulty[] = { { "a-b", "v" }, { NULL, NULL } }, taken[] = { { "le", "v" }, { NULL, NULL } };
    const tacho_scrape_options constants = { .constants = taken };
    const struct { tacho_push_options options; tacho_err err; const char *words; } cases[] = {
        { { .job = NULL }, TACHO_ERR_ARG, "\"job\" of the group: a group needs a job" },
        { { .job = "j", .grouping = faulty }, TACHO_ERR_ARG, "label \"a-b\" of the group" },
        { { .job = "j", .url = "https://a" }, TACHO_ERR_ARG, "push to \"https://a\": TLS is not spoken" },
        { { .job = "j", .url = "http://me:s3cret@a" }, TACHO_ERR_ARG, "push: user and password" },
        { { .job = "j", .url = "http://[:::]:1" }, TACHO_ERR_ARG, "no IPv6 address" },
        { { .job = "j", .method = (tacho_push_method)3 }, TACHO_ERR_ARG, "no such method" },
        { { .job = "j", .scrape = &openmetrics }, TACHO_ERR_ARG, "text and protobuf only" },
        { { .job = "j", .scrape = &json }, TACHO_ERR_ARG, "text and protobuf only" },
        { { .job = "j", .scrape = &escaping }, TACHO_ERR_ARG, "no such escaping" },
        { { .job = "j", .scrape = &no_names }, TACHO_ERR_ARG, "names are missing" },
        { { .job = "j", .scrape = &constants, .url = "http://127.0.0.1:1" }, TACHO_ERR_ARG, "label 'le'" },
        { { .job = "j", .token = "s3cret", .user = "u" }, TACHO_ERR_ARG, "the token cannot be used" },
        { { .job = "j", .token = "s3cret s3cret" }, TACHO_ERR_ARG, "the token cannot be used: it has a blank" },
        { { .job = "j", .token_file = "/nonexistent/token" }, TACHO_ERR_IO, "the token cannot be used: it cannot be read" },
    };
    for (size_t i = 0; i < TACHO_COUNT(cases); i++) {
        assert_int_equal(tacho_push(world.reg, &cases[i].options), cases[i].err);
        assert_words(world.reg, cases[i].words);
        assert_null(strstr(tacho_registry_error(world.reg), "s3cret"));
    }
    assert_int_equal(tacho_push(world.reg, NULL), TACHO_ERR_ARG);
    assert_int_equal(tacho_push(NULL, &(tacho_push_options){ .job = "j" }), TACHO_ERR_ARG);
}

/* ---- Memory ------------------------------------------------------------------------------------------------------ */

static struct { size_t calls, fail_at; } heap;

static bool heap_hook(size_t size)
{
    (void)size;
    return ++heap.calls != heap.fail_at;
}

static void memory_that_runs_out_is_an_error_and_closes_everything(void **state)
{
    (void)state;
    tacho_err err = TACHO_ERR_NOMEM;
    names_set(false, 0, "127.0.0.1", NULL);
    for (heap.fail_at = 1; err; heap.fail_at++) {
        size_t before = descriptors();
        heap.calls = 0;
        tacho__alloc_hook = heap_hook;
        err = push_by_name("push.example.org", HOUR);
        tacho__alloc_hook = TACHO__NO_HOOK;
        assert_true(err == TACHO_OK || err == TACHO_ERR_NOMEM);
        assert_words(world.reg, "");
        assert_int_equal(descriptors(), before);
    }
    assert_true(heap.fail_at > 6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_push_is_one_request_with_the_page_in_it),
        cmocka_unit_test(the_method_is_that_of_the_options),
        cmocka_unit_test(a_page_of_any_length_arrives_as_it_is),
        cmocka_unit_test(no_chunk_but_the_last_ends_where_a_line_does),
        cmocka_unit_test(a_gauge_histogram_goes_as_a_histogram_in_protobuf),
        cmocka_unit_test(a_page_without_a_byte_is_one_too),
        cmocka_unit_test(only_the_families_asked_for_are_sent),
        cmocka_unit_test(a_login_is_shown_and_told_to_nobody_else),
        cmocka_unit_test(a_unix_socket_and_ipv6_are_spoken),
        cmocka_unit_test(an_answer_that_is_not_2xx_is_an_error_with_its_words),
        cmocka_unit_test(a_success_is_one_however_it_is_spelled),
        cmocka_unit_test(an_answer_that_comes_before_the_end_of_the_page_ends_the_push),
        cmocka_unit_test(a_connection_that_breaks_is_an_error_and_no_signal),
        cmocka_unit_test(nobody_who_listens_is_an_error),
        cmocka_unit_test(a_scrape_that_fails_leaves_the_request_without_its_end),
        cmocka_unit_test(a_server_that_says_nothing_costs_the_deadline),
        cmocka_unit_test(half_a_head_costs_the_deadline_and_half_a_body_does_not_hide_the_status),
        cmocka_unit_test(a_connection_that_is_not_made_costs_the_deadline),
        cmocka_unit_test(collectors_leave_time_to_send_the_rest),
        cmocka_unit_test(a_name_is_looked_up_and_all_its_addresses_are_tried),
        cmocka_unit_test(addresses_and_localhost_are_not_looked_up),
        cmocka_unit_test(a_name_that_nobody_knows_is_an_error),
        cmocka_unit_test(a_lookup_that_hangs_costs_the_deadline_and_is_cleared_away_later),
        cmocka_unit_test(options_that_make_no_sense_are_refused_in_words),
        cmocka_unit_test(memory_that_runs_out_is_an_error_and_closes_everything),
    };
    return cmocka_run_group_tests(tests, world_make, world_remove);
}
