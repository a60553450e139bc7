/*
 * http_respond.c - requests answered without a socket: a connection that lives for one call.
 *
 * What came after the last whole request stays the caller's, who shows it again with what follows it; so nothing has
 * to be remembered between two calls.
 */
#include <errno.h>
#include <string.h>

#include "alloc.h"
#include "http_conn.h"

static tacho_err respond_write(tacho__http_conn *conn, tacho_sink *out)
{
    size_t len;
    for (const char *bytes; bytes = tacho__http_conn_output(conn, &len), len > 0;) {
        tacho_err err = out->ops->write(out, bytes, len);
        if (err) return err;
        tacho__http_conn_sent(conn, len);
        tacho__http_conn_look(conn, true);
    }
    return conn->broken;
}

static bool respond_is_over(const tacho__http_conn *conn)
{
    return conn->wait == TACHO__HTTP_FOR_END || conn->wait == TACHO__HTTP_FOR_NOTHING;
}

static tacho_err respond_talk(tacho__http_conn *conn, const char *request, size_t len, tacho_sink *out)
{
    tacho_err err = TACHO_OK;
    for (size_t at = 0, room; at < len && !err && !respond_is_over(conn);) {
        char *space = tacho__http_conn_space(conn, &room);
        if (room > len - at) room = len - at;
        memcpy(space, request + at, room);
        at += room;
        tacho__http_conn_received(conn, room);
        tacho__http_conn_look(conn, true);
        err = respond_write(conn, out);
    }
    return err;
}

/* For a site that was made. */
static tacho_err respond_at(tacho__http_site *site, const char *request, size_t len, tacho_sink *out,
                            tacho_http_outcome *outcome)
{
    tacho__http_conn *conn = tacho__alloc(sizeof *conn);
    if (!conn) return TACHO_ERR_NOMEM;
    tacho__http_conn_open(conn, site, site->doors, NULL);
    conn->last = outcome == NULL;
    tacho_err err = respond_talk(conn, request, len, out);
    if (outcome && !err && !respond_is_over(conn)) *outcome = (tacho_http_outcome){ .used = len - conn->in_len };
    int cause = errno; /* the sink's */
    tacho__http_conn_close(conn);
    tacho__free(conn);
    errno = cause;
    return err;
}

tacho_err tacho_http_respond(tacho_registry *reg, const tacho_http_options *options, const char *request, size_t len,
                             tacho_sink *out, tacho_http_outcome *outcome)
{
    static const tacho_http_options defaults;
    tacho__http_site site = { .reg = reg };
    tacho_http_options one;
    if (outcome) *outcome = (tacho_http_outcome){ .used = len, .close = 1 };
    if (!reg || !out || !out->ops || (!request && len > 0)) return TACHO_ERR_ARG;
    one = options ? *options : defaults;
    one.also = NULL;
    tacho_err err = tacho__http_site_init(&site, &one);
    if (err) return err;
    err = respond_at(&site, request, len, out, outcome);
    tacho__http_site_fini(&site, false);
    return err;
}
