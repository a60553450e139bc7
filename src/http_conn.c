/*
 * http_conn.c - one HTTP connection as a state machine.
 *
 * Requests are answered one after the other: the next one is looked at once the answer before it was taken. An
 * answer is its head and a body that is produced piece by piece into `out`, straight from the scrape, so that a
 * reader's pace is its own affair.
 *   I1  `out` holds bytes exactly while the connection waits for its reader.
 *   I2  `in` begins with the request that is being read or answered, its head `request.read` bytes long.
 *   I3  A connection that was told to close sends nothing after the answer that says so.
 *   I4  A body that cannot be finished never looks finished. As long as its head has not left, another answer takes
 *       its place; after that a chunked body lacks its last chunk, and one that ends with the connection gets a byte
 *       that ends no exposition, for readers whom no reset reaches: Unix sockets have none.
 * Until an answer begins `out` is free, and its request is decoded there.
 * A request that announces a body, or is refused, ends the connection: nobody knows where the next would begin.
 */
#define _GNU_SOURCE
#include "http_conn.h"

#include <stdio.h>
#include <string.h>

#include "alloc.h"
#include "http_query.h"
#include "page.h"
#include "scrape.h"

#define CONN_CHUNK_HEAD 6    /* "3fe0\r\n" */
#define CONN_CHUNK_END "0\r\n\r\n"
#define CONN_BROKEN_END "\xff" /* invalid UTF-8, and a length that goes on */
#define CONN_PIECE_MIN 512   /* less room than this is not worth a chunk */
#define CONN_DROP_MAX 262144 /* bytes after the end that are read for the sake of a clean close */
#define CONN_MARGIN_MS 500   /* at most: a tenth of the scraper's time */
#define CONN_TYPE_MAX 255    /* of a route's Content-Type */

static const char conn_plain[] = "text/plain; charset=utf-8";

static void conn_wait(tacho__http_conn *conn, tacho__http_wait wait)
{
    conn->wait = wait;
    conn->stretch++;
}

static void conn_end_body(tacho__http_conn *conn)
{
    tacho_scrape_free(conn->scrape);
    tacho__free(conn->body);
    conn->gathering = false;
    conn->scrape = NULL;
    conn->body = NULL;
    conn->constant = NULL;
    conn->body_len = conn->body_at = 0;
}

/* ---- Answers --------------------------------------------------------------------------------------------- */

/* Begin an answer with its head. False if it does not fit, which only a route's Content-Type could cause. */
static bool conn_begin(tacho__http_conn *conn, tacho__http_response response)
{
    if (conn->request.close || conn->request.body || conn->last) conn->closing = true;
    response.close = conn->closing;
    conn->out_at = 0;
    conn->out_len = tacho__http_response_write(&response, conn->out, sizeof conn->out);
    return conn->out_len > 0;
}

/* Append to `out` what fits; returns how much that was. */
static size_t conn_append(tacho__http_conn *conn, const char *data, size_t len)
{
    size_t room = sizeof conn->out - conn->out_len;
    if (len > room) len = room;
    if (len > 0) memcpy(conn->out + conn->out_len, data, len);
    conn->out_len += len;
    return len;
}

/* The answer is a status and a few words. */
static void conn_say_words(tacho__http_conn *conn, int status, const char *words)
{
    (void)conn_begin(conn, (tacho__http_response){ .status = status,
                                                   .content_type = conn_plain,
                                                   .framing = TACHO__HTTP_LENGTH,
                                                   .length = strlen(words) });
    if (conn->request.method != TACHO__HTTP_HEAD) (void)conn_append(conn, words, strlen(words));
}

/* The answer is a status and its sentence. */
static void conn_say(tacho__http_conn *conn, int status)
{
    conn_say_words(conn, status, tacho__http_status_sentence(status));
}

/* There is nothing at the root: say where the metrics are, unless only who has the token may know. */
static void conn_say_where(tacho__http_conn *conn)
{
    char words[TACHO__HTTP_PATH_MAX + 64];
    (void)snprintf(words, sizeof words, "There is nothing at this path: the metrics are at %s\n", conn->site->path);
    if (conn->site->token.len == 0)
        conn_say_words(conn, 404, words);
    else
        conn_say(conn, 404);
}

/* The page, and where it finds the metrics: that is for those who may see them. */
static void conn_show_page(tacho__http_conn *conn)
{
    const tacho__http_request *request = &conn->request;
    char fields[TACHO__PAGE_FIELDS_MAX];
    size_t len;
    const char *document = tacho__page_document(&len);
    bool admitted = tacho__http_site_admits(conn->site, request->authorization, request->authorization_len);
    tacho__page_fields(admitted ? conn->site->path : NULL, fields);
    (void)conn_begin(conn, (tacho__http_response){ .status = 200,
                                                   .content_type = "text/html; charset=utf-8",
                                                   .framing = TACHO__HTTP_LENGTH,
                                                   .length = len,
                                                   .fields = fields });
    if (request->method == TACHO__HTTP_HEAD) return;
    conn->constant = document;
    conn->body_len = len;
}

/* What a client gets at one of the places of the metrics. */
static tacho_offer conn_offer(tacho__http_conn *conn, tacho__http_place place)
{
    tacho_format format = place == TACHO__HTTP_JSON ? TACHO_JSON : TACHO_CSV;
    if (place != TACHO__HTTP_METRICS)
        return (tacho_offer){ format, TACHO_ALLOW_UTF8, tacho_format_content_type(format) };
    tacho__http_request_join(&conn->request, conn->in, "accept", conn->out);
    return tacho_format_negotiate(conn->out);
}

/* How long collectors are waited for: what the scraper says, less a margin for the way back, or else the site's time. */
static uint32_t conn_timeout(tacho__http_conn *conn)
{
    tacho__http_request_join(&conn->request, conn->in, "x-prometheus-scrape-timeout-seconds", conn->out);
    uint32_t ms = tacho__http_seconds(conn->out), margin = ms / 10 < CONN_MARGIN_MS ? ms / 10 : CONN_MARGIN_MS;
    if (ms == 0) return conn->site->collect_ms;
    return ms > margin ? ms - margin : 1;
}

static bool conn_open_scrape(tacho__http_conn *conn, const tacho__http_names *names, uint32_t timeout_ms)
{
    tacho_scrape_options options = { .format = conn->offer.format,
                                     .escaping = conn->offer.escaping,
                                     .names = names->names,
                                     .name_count = names->count,
                                     .timeout_ms = timeout_ms,
                                     .no_wait = 1 };
    conn->scrape = tacho_scrape_open(conn->site->reg, &options);
    return conn->scrape != NULL;
}

static void conn_begin_metrics(tacho__http_conn *conn)
{
    conn->gathering = false;
    conn->chunked = conn->request.minor > 0;
    (void)conn_begin(conn, (tacho__http_response){ .status = 200,
                                                   .content_type = conn->offer.content_type,
                                                   .framing = conn->chunked ? TACHO__HTTP_CHUNKED : TACHO__HTTP_TO_END,
                                                   .negotiated = conn->negotiated });
}

static void conn_show_metrics(tacho__http_conn *conn, tacho__http_place place)
{
    tacho__http_names names;
    uint32_t timeout_ms = conn_timeout(conn);
    conn->offer = conn_offer(conn, place);
    conn->negotiated = place == TACHO__HTTP_METRICS;
    int status = tacho__http_query_names(conn->request.query, conn->out, &names);
    bool wants_body = conn->request.method == TACHO__HTTP_GET;
    if (status == 200 && wants_body && !conn_open_scrape(conn, &names, timeout_ms)) status = 503;
    conn->gathering = status == 200 && wants_body;
    if (status != 200)
        conn_say(conn, status);
    else if (!wants_body)
        conn_begin_metrics(conn);
}

static bool conn_type_valid(const char *type)
{
    size_t len = 0;
    for (; type[len]; len++)
        if (type[len] < ' ' || type[len] > '~' || len >= CONN_TYPE_MAX) return false;
    return len > 0;
}

static bool conn_reply_valid(const tacho_http_reply *reply)
{
    return reply->status >= 200 && reply->status <= 599 && (reply->body || reply->len == 0) &&
           (!reply->content_type || conn_type_valid(reply->content_type));
}

/* The reply's bytes are the host's until its next call: they are copied, what exceeds `out` to the heap. */
static void conn_ask_route(tacho__http_conn *conn, tacho_http_route *route)
{
    tacho_http_reply reply = { .status = 200 };
    route->ops->answer(route, conn->request.query, &reply);
    bool bodiless = reply.status == 204 || reply.status == 304;
    tacho__http_response response = { .status = reply.status,
                                      .content_type = reply.content_type ? reply.content_type : conn_plain,
                                      .framing = bodiless ? TACHO__HTTP_NO_BODY : TACHO__HTTP_LENGTH,
                                      .length = reply.len };
    if (!conn_reply_valid(&reply) || !conn_begin(conn, response)) {
        conn_say(conn, 500);
        return;
    }
    if (bodiless || conn->request.method == TACHO__HTTP_HEAD) return;
    size_t done = conn_append(conn, reply.body, reply.len);
    if (done == reply.len) return;
    conn->body_len = reply.len - done;
    conn->body = tacho__alloc(conn->body_len);
    if (conn->body)
        memcpy(conn->body, reply.body + done, conn->body_len);
    else
        conn_say(conn, 503);
}

/* Answer a request that was read with this status. */
static void conn_answer(tacho__http_conn *conn, int status)
{
    const tacho__http_request *request = &conn->request;
    tacho_http_route *route = NULL;
    tacho__http_place place = TACHO__HTTP_NOTHING;
    conn->answering = true;
    conn->begun = false;
    if (status == 200 && request->path[0] != '/') status = 405; /* OPTIONS * and CONNECT */
    if (status == 200 && request->body && request->method != TACHO__HTTP_OTHER) status = 413;
    if (status == 200) {
        place = tacho__http_site_find(conn->site, request->path, &route);
        bool page = place == TACHO__HTTP_PAGE && !request->authorization; /* a token that is shown is checked */
        bool open = place == TACHO__HTTP_HEALTH || page || (route && !route->ops->needs_token);
        if (place == TACHO__HTTP_NOTHING)
            status = 404;
        else if (request->method == TACHO__HTTP_OTHER)
            status = 405;
        else if (!open && !tacho__http_site_admits(conn->site, request->authorization, request->authorization_len))
            status = 401;
    }
    if (status == 200 && place == TACHO__HTTP_ROUTE)
        conn_ask_route(conn, route);
    else if (status == 200 && place == TACHO__HTTP_PAGE)
        conn_show_page(conn);
    else if (status == 200 && place != TACHO__HTTP_HEALTH)
        conn_show_metrics(conn, place);
    else if (status == 404 && strcmp(request->path, "/") == 0)
        conn_say_where(conn);
    else
        conn_say(conn, status);
}

/* ---- Bodies ---------------------------------------------------------------------------------------------- */

/* The scrape is over, or has failed. */
static void conn_end_scrape(tacho__http_conn *conn)
{
    tacho_err err = tacho_scrape_error(conn->scrape);
    conn_end_body(conn);
    if (!err && conn->chunked) (void)conn_append(conn, CONN_CHUNK_END, sizeof CONN_CHUNK_END - 1);
    if (err && conn->begun) {
        conn->broken = err;
        conn->closing = true;
        if (!conn->chunked) (void)conn_append(conn, CONN_BROKEN_END, sizeof CONN_BROKEN_END - 1);
    }
    if (err && !conn->begun) conn_say(conn, 503);
}

/* One read of the scrape into `out`, as a chunk if need be; at its end the scrape is freed. */
static void conn_scrape_piece(tacho__http_conn *conn)
{
    char *at = conn->out + conn->out_len;
    size_t room = sizeof conn->out - conn->out_len;
    size_t around = conn->chunked ? CONN_CHUNK_HEAD + 2 + sizeof CONN_CHUNK_END - 1 : 0;
    size_t head = conn->chunked ? CONN_CHUNK_HEAD : 0;
    size_t len = tacho_scrape_read(conn->scrape, at + head, room - around);
    if (len == 0) {
        conn_end_scrape(conn);
        return;
    }
    if (conn->chunked) {
        char size[CONN_CHUNK_HEAD + 1];
        (void)snprintf(size, sizeof size, "%04x\r\n", (unsigned)len & 0xffffu);
        memcpy(at, size, CONN_CHUNK_HEAD);
        memcpy(at + head + len, "\r\n", 2);
        len += 2;
    }
    conn->out_len += head + len;
}

/* Put as much of the body into `out` as fits. */
static void conn_fill(tacho__http_conn *conn)
{
    while (conn->scrape && sizeof conn->out - conn->out_len >= CONN_PIECE_MIN) conn_scrape_piece(conn);
    const char *body = conn->constant ? conn->constant : conn->body;
    if (!body) return;
    conn->body_at += conn_append(conn, body + conn->body_at, conn->body_len - conn->body_at);
    if (conn->body_at == conn->body_len) conn_end_body(conn);
}

/* ---- The state machine ------------------------------------------------------------------------------------ */

/* The answer was taken: forget its request, and keep what came after it. */
static void conn_finish(tacho__http_conn *conn)
{
    size_t used = conn->request.read;
    conn->answering = false;
    conn_end_body(conn);
    if (conn->closing) {
        tacho__token_wipe(conn->in, conn->in_len);
        conn->in_len = 0;
        conn_wait(conn, conn->peer_ended || conn->broken ? TACHO__HTTP_FOR_NOTHING : TACHO__HTTP_FOR_END);
        return;
    }
    memmove(conn->in, conn->in + used, conn->in_len - used);
    tacho__token_wipe(conn->in + conn->in_len - used, used);
    conn->in_len -= used;
    conn->greeted = true;
    conn->request = (tacho__http_request){ 0 };
}

/* Whether the answer can go on: all collectors that were waited for are back, or given up. */
static bool conn_is_ready(tacho__http_conn *conn)
{
    if (!conn->gathering) return true;
    if (!tacho_scrape_ready(conn->scrape)) {
        if (conn->wait != TACHO__HTTP_FOR_RESULTS) conn_wait(conn, TACHO__HTTP_FOR_RESULTS);
        return false;
    }
    conn_begin_metrics(conn);
    return true;
}

/* Go on until the peer has to do something, or a collector. */
static void conn_advance(tacho__http_conn *conn)
{
    for (;;) {
        if (conn->answering) {
            if (!conn_is_ready(conn)) return;
            conn_fill(conn);
            if (conn->out_len > 0) {
                conn->begun = true;
                conn_wait(conn, TACHO__HTTP_FOR_READER);
                return;
            }
            conn_finish(conn);
            if (conn->closing) return;
        }
        int status = tacho__http_request_read(&conn->request, conn->in, conn->in_len);
        if (status == 0) break;
        conn_answer(conn, status);
    }
    tacho__http_wait wait = conn->in_len == 0 && conn->greeted ? TACHO__HTTP_FOR_NEXT : TACHO__HTTP_FOR_REQUEST;
    if (conn->peer_ended) wait = TACHO__HTTP_FOR_NOTHING;
    if (wait != conn->wait) conn_wait(conn, wait);
}

void tacho__http_conn_open(tacho__http_conn *conn, tacho__http_site *site)
{
    memset(conn, 0, offsetof(tacho__http_conn, in));
    conn->site = site;
}

void tacho__http_conn_close(tacho__http_conn *conn)
{
    conn_end_body(conn);
    tacho__token_wipe(conn->in, conn->in_len);
    conn->in_len = conn->out_at = conn->out_len = 0;
    conn->wait = TACHO__HTTP_FOR_NOTHING;
}

char *tacho__http_conn_space(tacho__http_conn *conn, size_t *len)
{
    bool reads = conn->wait < TACHO__HTTP_FOR_RESULTS || conn->wait == TACHO__HTTP_FOR_END;
    *len = reads ? sizeof conn->in - conn->in_len : 0;
    return conn->in + conn->in_len;
}

void tacho__http_conn_received(tacho__http_conn *conn, size_t len)
{
    if (len == 0) conn->peer_ended = true;
    if (conn->wait == TACHO__HTTP_FOR_END) {
        tacho__token_wipe(conn->in, len);
        conn->dropped += len;
        if (conn->peer_ended || conn->dropped > CONN_DROP_MAX) conn_wait(conn, TACHO__HTTP_FOR_NOTHING);
        return;
    }
    conn->in_len += len;
    conn_advance(conn);
}

const char *tacho__http_conn_output(const tacho__http_conn *conn, size_t *len)
{
    *len = conn->out_len - conn->out_at;
    return conn->out + conn->out_at;
}

void tacho__http_conn_sent(tacho__http_conn *conn, size_t len)
{
    conn->out_at += len;
    if (conn->out_at < conn->out_len) return;
    conn->out_at = conn->out_len = 0;
    conn_advance(conn);
}

void tacho__http_conn_look(tacho__http_conn *conn, bool wait)
{
    if (conn->wait != TACHO__HTTP_FOR_RESULTS) return;
    if (wait) conn_begin_metrics(conn); /* the first read waits */
    conn_advance(conn);
}

uint64_t tacho__http_conn_until(const tacho__http_conn *conn)
{
    return tacho__scrape_until(conn->scrape);
}

void tacho__http_conn_expire(tacho__http_conn *conn)
{
    if (conn->wait != TACHO__HTTP_FOR_REQUEST || conn->in_len == 0) {
        conn_wait(conn, TACHO__HTTP_FOR_NOTHING);
        return;
    }
    conn->last = true;
    conn_answer(conn, 408);
    conn_advance(conn);
}
