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
 * Until an answer begins `out` is free, and its request is decoded there, or its body collected.
 * A request whose body is not wanted, or that is refused, ends the connection: nobody knows where the next would begin.
 */
#define _GNU_SOURCE
#include "http_conn.h"

#include <stdio.h>
#include <string.h>

#include "alloc.h"
#include "http_answer.h"
#include "scrape.h"

#define CONN_CHUNK_HEAD 6    /* "3fe0\r\n" */
#define CONN_CHUNK_END "0\r\n\r\n"
#define CONN_BROKEN_END "\xff" /* invalid UTF-8, and a length that goes on */
#define CONN_PIECE_MIN 512   /* less room than this is not worth a chunk */
#define CONN_DROP_MAX 262144 /* bytes after the end that are read for the sake of a clean close */

static const char conn_continue[] = "HTTP/1.1 100 Continue\r\n\r\n";

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

/* ---- Bodies ---------------------------------------------------------------------------------------------- */

/* The scrape is over, or has failed. */
static void conn_end_scrape(tacho__http_conn *conn)
{
    tacho_err err = tacho_scrape_error(conn->scrape);
    conn_end_body(conn);
    if (!err && conn->chunked) (void)tacho__http_append(conn, CONN_CHUNK_END, sizeof CONN_CHUNK_END - 1);
    if (err && conn->begun) {
        conn->broken = err;
        conn->closing = true;
        if (!conn->chunked) (void)tacho__http_append(conn, CONN_BROKEN_END, sizeof CONN_BROKEN_END - 1);
    }
    if (err && !conn->begun) tacho__http_answer_failure(conn);
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
    conn->body_at += tacho__http_append(conn, body + conn->body_at, conn->body_len - conn->body_at);
    if (conn->body_at == conn->body_len) conn_end_body(conn);
}

/* ---- The state machine ------------------------------------------------------------------------------------ */

/* The answer was taken: forget its request, and keep what came after it. */
static void conn_finish(tacho__http_conn *conn)
{
    size_t used = conn->request.read;
    conn->answering = false;
    tacho__http_tally_request(&conn->site->tally, conn->status, conn->began_ns);
    conn_end_body(conn);
    if (conn->closing) {
        tacho__wipe(conn->in, conn->in_len);
        conn->in_len = 0;
        conn_wait(conn, conn->peer_ended || conn->broken ? TACHO__HTTP_FOR_NOTHING : TACHO__HTTP_FOR_END);
        return;
    }
    memmove(conn->in, conn->in + used, conn->in_len - used);
    tacho__wipe(conn->in + conn->in_len - used, used);
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
    tacho__http_answer_metrics(conn);
    return true;
}

/* A request was read, or refused. If it has a body that is wanted, what of it is here moves to `out`. */
static void conn_begin_answer(tacho__http_conn *conn, int status)
{
    tacho__http_answer(conn, status);
    if (!conn->collecting) return;
    size_t here = conn->in_len - conn->request.read, size = (size_t)conn->request.length;
    char *at = conn->in + conn->request.read;
    if (here > size) here = size;
    conn->leave = here == 0 && conn->request.expects && conn->request.minor > 0 ? sizeof conn_continue - 1 : 0;
    memcpy(conn->out, at, here);
    conn->collected = here;
    memmove(at, at + here, conn->in_len - conn->request.read - here);
    conn->in_len -= here;
    tacho__wipe(conn->in + conn->in_len, here);
}

/* Go on until the peer has to do something, or a collector. */
static void conn_advance(tacho__http_conn *conn)
{
    for (;;) {
        if (conn->answering) {
            if (!conn_is_ready(conn)) return;
            conn_fill(conn);
            if (conn->out_len > 0) {
                if (!conn->begun) conn->answers++;
                conn->begun = true;
                conn_wait(conn, TACHO__HTTP_FOR_READER);
                return;
            }
            conn_finish(conn);
            if (conn->closing) return;
        }
        int status = 200;
        if (conn->collecting)
            status = conn->collected == conn->request.length ? 200 : 0;
        else
            status = tacho__http_request_read(&conn->request, conn->in, conn->in_len);
        if (status == 0) break;
        if (conn->collecting)
            tacho__http_answer_route(conn);
        else
            conn_begin_answer(conn, status);
    }
    tacho__http_wait wait = conn->in_len == 0 && conn->greeted ? TACHO__HTTP_FOR_NEXT : TACHO__HTTP_FOR_REQUEST;
    if (conn->peer_ended) wait = TACHO__HTTP_FOR_NOTHING;
    if (wait != conn->wait) conn_wait(conn, wait);
}

void tacho__http_conn_open(tacho__http_conn *conn, tacho__http_site *site, tacho__http_door *door, const char *loopback)
{
    memset(conn, 0, offsetof(tacho__http_conn, in));
    conn->site = site;
    conn->door = door;
    conn->loopback = loopback;
}

void tacho__http_conn_close(tacho__http_conn *conn)
{
    if (conn->answering) tacho__http_tally_request(&conn->site->tally, conn->status, conn->began_ns);
    conn->answering = false;
    conn_end_body(conn);
    tacho__wipe(conn->in, conn->in_len);
    conn->in_len = conn->out_at = conn->out_len = 0;
    conn->wait = TACHO__HTTP_FOR_NOTHING;
}

char *tacho__http_conn_space(tacho__http_conn *conn, size_t *len)
{
    if (conn->collecting) {
        *len = (size_t)conn->request.length - conn->collected;
        return conn->out + conn->collected;
    }
    bool reads = conn->wait < TACHO__HTTP_FOR_RESULTS || conn->wait == TACHO__HTTP_FOR_END;
    *len = reads ? sizeof conn->in - conn->in_len : 0;
    return conn->in + conn->in_len;
}

void tacho__http_conn_received(tacho__http_conn *conn, size_t len)
{
    if (len == 0) conn->peer_ended = true;
    if (conn->wait == TACHO__HTTP_FOR_END) {
        tacho__wipe(conn->in, len);
        conn->dropped += len;
        if (conn->peer_ended || conn->dropped > CONN_DROP_MAX) conn_wait(conn, TACHO__HTTP_FOR_NOTHING);
        return;
    }
    if (conn->collecting)
        conn->collected += len;
    else
        conn->in_len += len;
    conn_advance(conn);
}

const char *tacho__http_conn_output(const tacho__http_conn *conn, size_t *len)
{
    *len = conn->leave > 0 ? conn->leave : conn->out_len - conn->out_at;
    return conn->leave > 0 ? conn_continue + sizeof conn_continue - 1 - conn->leave : conn->out + conn->out_at;
}

void tacho__http_conn_sent(tacho__http_conn *conn, size_t len)
{
    tacho_counter_add(conn->site->tally.bytes, len);
    if (conn->leave > 0) {
        conn->leave -= len;
        return;
    }
    conn->out_at += len;
    if (conn->out_at < conn->out_len) return;
    conn->out_at = conn->out_len = 0;
    conn_advance(conn);
}

void tacho__http_conn_look(tacho__http_conn *conn, bool wait)
{
    if (conn->wait != TACHO__HTTP_FOR_RESULTS) return;
    if (wait) tacho__http_answer_metrics(conn); /* the first read waits */
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
    conn->collecting = NULL;
    conn->leave = 0;
    tacho__http_answer(conn, 408);
    conn_advance(conn);
}
