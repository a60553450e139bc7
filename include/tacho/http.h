/*
 * http.h - an HTTP server that shows a registry to scrapers: one on a thread of its own, and one without a socket.
 *
 *   /metrics        the format that the client prefers by its Accept fields, by the rules of tacho_format_negotiate:
 *                   OpenMetrics for a Prometheus, protobuf for one that takes native histograms, text for all others.
 *                   The answer says `Vary: Accept`
 *   /metrics.json   TACHO_JSON, and
 *   /metrics.csv    TACHO_CSV, whatever the client accepts
 *   /healthz        "ok", without a token
 *   /               a page for people, unless the host has a route there or the library was built without (TACHO_PAGE):
 *                   every family with its series, live, charts, how the collectors fare, a scrape_config. It has no
 *                   value in itself but asks for /metrics.json, with the token that its reader types and that stays in
 *                   the page's memory. Who sends a good token there, or needs none, is told the path in a Link field; a
 *                   bad one is a 401. No request leaves the server; its Content-Security-Policy sees to that
 *
 * The first three stand behind the token, if there is one, and take the same query:
 *
 *   /metrics?name[]=jobs_total&name[]=job_seconds    only these families, each called by its own name, with or without
 *                                                    the suffix of its type, or by that of one of its samples
 *
 * Names are percent-decoded, and so is `name[]` (name%5B%5D); '+' is a blank. If no family is called so the exposition
 * is valid and empty, with status 200. A percent sign without two hexadecimal digits, or more than 256 names, is a 400:
 * it is better to show nothing than something else than was asked for. Other parameters are ignored.
 *
 * GET and HEAD, whose answer has the fields of a GET's. Everything else is answered with the status it deserves, and
 * nothing of a request is ever echoed. A client that stalls, reads slowly or sends nonsense disturbs nobody: memory is
 * fixed at the start, and deadlines end what hangs. While detached collectors are out the server goes on with the others;
 * ordinary ones run on its thread, and must be quick.
 *
 * A scrape that fails while its answer is under way (tacho_scrape_error) breaks the connection off: the last chunk is
 * missing and a reset follows, so that no scraper takes the part for the whole; before that it is a 503. To HTTP/1.0,
 * which has no chunks, the reset says it alone; a Unix socket has none, and there a byte 0xFF at the end spoils the
 * part for every parser. A client of that kind cannot tell, though, when it was left because it read too slowly: let
 * proxies speak HTTP/1.1 to a Unix socket (nginx: `proxy_http_version 1.1`).
 */
#ifndef TACHO_HTTP_H
#define TACHO_HTTP_H

#include <tacho/expose.h>

TACHO_BEGIN_DECLS

typedef struct tacho_http tacho_http;

/** Zero or NULL means default. Strings are copied. */
typedef struct tacho_http_options {
    const char *listen;     /* "127.0.0.1:9464"; also "[::1]:0" (port chosen by the kernel), "localhost:9464" (is
                               127.0.0.1; other names are not looked up), "unix:/run/x.sock" (a file nobody listens
                               on is replaced, mode 0660 less the umask), "fd:3" (a listening stream socket that was
                               inherited; it is duplicated and made non-blocking) */
    const char *path;       /* "/metrics"; it and the same with ".json" and ".csv" are taken. Without a token the 404 at "/"
                               tells it */
    const char *token;      /* scrapers must send "Authorization: Bearer TOKEN"; NULL or empty: no token */
    const char *token_file; /* the same, read at the start: the first line of a file; not both */
    uint32_t timeout_ms;    /* for a request to arrive, and for each 16 KiB of an answer to be taken; 5,000 */
    uint32_t collect_ms;    /* for detached collectors, if the scraper's X-Prometheus-Scrape-Timeout-Seconds does not say it:
                               that less a tenth, at most 0.5 s less, and no more than 60 s; as in expose.h */
    uint32_t idle_ms;       /* for a kept-alive connection to wait for its next request; 60,000 */
    uint32_t max_clients;   /* connections at a time; 32, at most 4,096, each 24 KiB. More wait in the kernel's queue;
                               who is kept alive and silent, or sends no whole request for a second, makes room */
} tacho_http_options;

/**
 * Serve on a thread of its own. `out` may be NULL when the server lives as long as the process.
 *
 * TACHO_ERR_ARG: an address or option that makes no sense. TACHO_ERR_IO: the address cannot be had, or the
 * token file not be read. TACHO_ERR_NOMEM. tacho_registry_error has it in words.
 */
TACHO_API tacho_err tacho_http_start(tacho_registry *reg, const tacho_http_options *options,
                                     tacho_http **out); /* [shared | O(1) | 0.1] */

/**
 * Stop serving, close every connection, end the thread. NULL is fine. Not from the server's own thread.
 *
 * A forked child has no server thread and serves nothing; stopping there gives its copy up, and the parent's server
 * goes on. (The child's copy of the listening socket keeps the port taken until then.)
 */
TACHO_API void tacho_http_stop(tacho_http *http); /* [shared | one request | 0.1] */

/**
 * Where it listens, with the port that the kernel chose: "http://127.0.0.1:9464/metrics", or
 * "http://unix:/run/x.sock:/metrics". Lives as long as the server. Never NULL: "" for a NULL server.
 */
TACHO_API const char *tacho_http_url(const tacho_http *http); /* [shared | O(1) | 0.1] */

/**
 * What a route of the host answers. The strings are copied, the end of a body over 15 KiB to the heap (503 when there
 * is none). A status outside 200 to 599, or a type that no header carries, makes a 500; 204 and 304 have no body.
 */
typedef struct tacho_http_reply {
    int status;               /* 200 and so on */
    const char *content_type; /* NULL: "text/plain; charset=utf-8" */
    const char *body;
    size_t len;
} tacho_http_reply;

/** A path that the host serves itself. Embed it; it must live until the server stops. */
typedef struct tacho_http_route {
    const struct tacho_http_route_ops *ops;
} tacho_http_route;

typedef struct tacho_http_route_ops {
    const char *path;     /* matched exactly, without the query */
    uint32_t needs_token; /* not 0: the server's token is asked for, as for the metrics */
    /** Answer a GET (a HEAD is made from it). On the server's thread: be quick. `query` is what follows '?', as it
     *  was sent, "" if there is none. `reply` is 200 and empty; what it points to must live until the next call. */
    void (*answer)(tacho_http_route *self, const char *query, tacho_http_reply *reply);
} tacho_http_route_ops;

/** Add a path. TACHO_ERR_DUPLICATE: it is taken, perhaps by the library itself. TACHO_ERR_ARG: it does not begin with
 *  '/', or has a blank, '?', '#' or a byte that is not ASCII. TACHO_ERR_NOMEM. */
TACHO_API tacho_err tacho_http_add_route(tacho_http *http, tacho_http_route *route); /* [shared | O(routes) | 0.1] */

/** What became of the bytes that tacho_http_respond was given. */
typedef struct tacho_http_outcome {
    size_t used;    /* so many were answered; keep the rest, it is the beginning of a request. 0: none is whole yet */
    uint32_t close; /* not 0: end the connection once the answer is sent */
} tacho_http_outcome;

/**
 * Answer requests without a socket, for daemons that have an event loop or a server: bytes of requests in, bytes of
 * responses out.
 *
 *   for (;;) {
 *       size_t got = receive(peer, in + len, sizeof in - len);
 *       if (got == 0) break;
 *       len += got;
 *       if (tacho_http_respond(reg, NULL, in, len, &out.sink, &outcome)) reset(peer);
 *       send_and_empty(peer, &out);
 *       if (outcome.close) break;
 *       memmove(in, in + outcome.used, len -= outcome.used);
 *   }
 *
 * Every whole request is answered, in order, as tacho_http_start's server would, with the same `path`, `token` and
 * `token_file` (which is read at each call); the other options are not looked at, and there are no routes. `in` needs
 * 8 KiB: a longer head is refused. NULL for `outcome`: only the first request is answered, and the answer says that the
 * connection ends. Collectors run on this thread, which holds 25 KiB of the heap for the time of the call, and
 * `out` takes the answer in pieces of at most 16 KiB.
 *
 * TACHO_ERR_ARG: something is NULL, or an option makes no sense; TACHO_ERR_IO: the token file cannot be read;
 * tacho_registry_error has these in words. TACHO_ERR_NOMEM. Or the sink's error, with its errno; or that of
 * tacho_scrape_error. After each of them `close` is set, and an answer that was begun has to be broken off, by a reset
 * best.
 */
TACHO_API tacho_err tacho_http_respond(tacho_registry *reg, const tacho_http_options *options, const char *request,
                                       size_t len, tacho_sink *out,
                                       tacho_http_outcome *outcome); /* [shared | requests | 0.1] */

TACHO_END_DECLS

#endif
