/*
 * fuzz_http.c - bytes of requests into a connection with a token, a list of hosts, a few families, and a route that takes bodies.
 *
 * The first byte says how the rest is cut into pieces, once on the way in and once on the way out. Whatever comes: what the
 * connection says is the same as in one piece. `tests/run fuzz` builds and runs it.
 */
#define _GNU_SOURCE
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <tacho/tacho.h>

#include "http_conn.h"

#define SAID_MAX (1 << 22) /* more than all requests of a connection can have as answers */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const fuzz_hosts[] = { "localhost", NULL };
static tacho__http_site fuzz_site;
static tacho_counter *fuzz_jobs;
static tacho_histogram *fuzz_seconds;
static const tacho_desc fuzz_rows[] = {
    { .counter = &fuzz_jobs, .name = "fuzz_jobs_total", .help = "Jobs." },
    { .histogram = &fuzz_seconds, .name = "fuzz_seconds", .help = "Time.", .unit = "seconds" },
};

static void fuzz_answer(tacho_http_route *self, const tacho_http_request *request, tacho_http_reply *reply)
{
    (void)self;
    if (request->body[request->len] != '\0') abort();
    reply->body = request->body; /* the reply lies in the request */
    reply->len = request->len;
}

static void fuzz_set_up(void)
{
    static const tacho_http_route_ops ops = { .path = "/post", .answer = fuzz_answer, .max_body = TACHO__HTTP_BODY_MAX, .methods = 15 };
    static tacho_http_route route = { .ops = &ops };
    static const tacho_http_options options = { .token = "s3cret", .hosts = fuzz_hosts };
    if (fuzz_site.reg) return;
    fuzz_site.reg = tacho_registry_new(&(tacho_registry_options){ .no_self_metrics = 1, .byte_budget = 65536 });
    fuzz_site.max_requests = 50;
    if (TACHO_DEFINE(fuzz_site.reg, fuzz_rows)) abort();
    if (tacho__http_site_init(&fuzz_site, &options) || tacho__http_site_add(&fuzz_site, &route)) abort();
}

struct fuzz_talk {
    tacho__http_conn conn;
    char said[SAID_MAX];
    size_t len;
};

static void fuzz_drain(struct fuzz_talk *talk, size_t piece)
{
    size_t len;
    for (const char *out; out = tacho__http_conn_output(&talk->conn, &len), len > 0;) {
        if (len > piece) len = piece;
        if (len > SAID_MAX - talk->len) abort();
        memcpy(talk->said + talk->len, out, len);
        talk->len += len;
        tacho__http_conn_sent(&talk->conn, len);
        tacho__http_conn_look(&talk->conn, true);
    }
}

static void fuzz_converse(struct fuzz_talk *talk, const uint8_t *data, size_t size, size_t step, size_t piece)
{
    talk->len = 0;
    tacho__http_conn_open(&talk->conn, &fuzz_site, fuzz_site.doors, NULL);
    while (size > 0 && talk->conn.wait < TACHO__HTTP_FOR_RESULTS) {
        size_t room;
        char *space = tacho__http_conn_space(&talk->conn, &room);
        size_t now = size < step ? size : step;
        if (now > room) now = room;
        if (now == 0) abort();
        memcpy(space, data, now);
        data += now;
        size -= now;
        tacho__http_conn_received(&talk->conn, now);
        tacho__http_conn_look(&talk->conn, true);
        fuzz_drain(talk, piece);
    }
    tacho__http_conn_close(&talk->conn);
}

/* Interim responses come or not, depending on how the bytes do: they do not count. */
static void fuzz_forget_interim(struct fuzz_talk *talk)
{
    static const char interim[] = "HTTP/1.1 100 Continue\r\n\r\n";
    for (char *at; (at = memmem(talk->said, talk->len, interim, sizeof interim - 1));) {
        size_t behind = talk->len - (size_t)(at - talk->said) - (sizeof interim - 1);
        memmove(at, at + sizeof interim - 1, behind);
        talk->len -= sizeof interim - 1;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct fuzz_talk whole, parts;
    if (size < 1) return 0;
    fuzz_set_up();
    fuzz_converse(&whole, data + 1, size - 1, size, SAID_MAX);
    fuzz_converse(&parts, data + 1, size - 1, 1 + data[0] % 16, 1 + data[0] / 16 * 300u);
    fuzz_forget_interim(&whole);
    fuzz_forget_interim(&parts);
    if (whole.len != parts.len || memcmp(whole.said, parts.said, whole.len) != 0) abort();
    if (whole.len > 0 && (whole.len < 12 || memcmp(whole.said, "HTTP/1.1 ", 9) != 0)) abort();
    return 0;
}
