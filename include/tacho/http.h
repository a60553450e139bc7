/*
 * http.h - HTTP servers that show a registry to scrapers: on a thread of their own, in the host's event loop, or
 * without a socket.
 *
 *   /metrics        the format that the client prefers by its Accept fields, by the rules of tacho_format_negotiate:
 *                   OpenMetrics for a Prometheus, protobuf for one that takes native histograms, text for all others.
 *                   The answer says `Vary: Accept`
 *   /metrics.json   TACHO_JSON, whatever the client accepts
 *   /metrics.csv    TACHO_CSV, likewise
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
 *   /metrics?name[]=job_*                            and all with such a name that begins with job_
 *
 * Names are percent-decoded, and so is `name[]` (name%5B%5D); '+' is a blank. If no family is called so the exposition
 * is valid and empty, with status 200. A percent sign without two hexadecimal digits, or more than 256 names, is a 400:
 * it is better to show nothing than something else than was asked for. Other parameters are ignored.
 *
 * GET and HEAD, whose answer has the fields of a GET's; routes of the host (below) may take more. Everything else is
 * answered with the status it deserves, and nothing of a request is ever echoed. A client that stalls, trickles, reads
 * slowly or sends nonsense disturbs nobody: memory is fixed at the start, and deadlines end what hangs. When no descriptor
 * is free one connection at a time is served by a reserve. While detached collectors are out the server goes on with the
 * others; ordinary ones run on its thread, and must be quick.
 *
 * A browser can be made to ask a server on the loopback interface for a page under a stranger's name. There a request has
 * to name, in its Host field, localhost, 127.0.0.1, [::1], the listener's address, or one of `hosts`; otherwise it is a 403.
 *
 * A scrape that fails while its answer is under way (tacho_scrape_error) breaks the connection off: the last chunk is
 * missing and a reset follows, so that no scraper takes the part for the whole; before that it is a 503. To HTTP/1.0,
 * which has no chunks, the reset says it alone; a Unix socket has none, and there a byte 0xFF at the end spoils the
 * part for every parser. A client of that kind cannot tell, though, when it was left because it read too slowly: let
 * proxies speak HTTP/1.1 to a Unix socket (nginx: `proxy_http_version 1.1`).
 *
 * Servers count into tacho_http_requests_total{code}, tacho_http_rejected_total{reason}, tacho_http_response_bytes_total,
 * tacho_http_request_duration_seconds, tacho_http_connections and tacho_http_token_files_failing of their registry, unless it
 * shows no tacho_... families.
 */
#ifndef TACHO_HTTP_H
#define TACHO_HTTP_H

#include <tacho/expose.h>

TACHO_BEGIN_DECLS

typedef struct tacho_http tacho_http;

/* ---- Options ----------------------------------------------------------------------------------------------------- */

/** What the paths of the metrics answer instead of the library's sentences; NULL: that. */
typedef struct tacho_http_words {
    const char *content_type; /* of the three; NULL: "text/plain; charset=utf-8" */
    const char *no_token;     /* 401: no Authorization field, or another scheme */
    const char *wrong_token;  /* 401: another token */
    const char *failure;      /* there is no memory for a page */
    int failure_status;       /* 400 to 599; 0: 503 */
} tacho_http_words;

/**
 * A listener, and the server it belongs to. Zero or NULL means default. Strings are copied; lists, and what is in them,
 * are borrowed until the server stops.
 */
typedef struct tacho_http_options {
    const char *listen;     /* "127.0.0.1:9464"; also
                               "[::1]:0"           IPv6; port 0: chosen by the kernel
                               "localhost:9464"    is 127.0.0.1; other names are not looked up
                               "unix:/run/x.sock"  a file nobody listens on is replaced; it is removed at the end
                               "fd:3"              a listening stream socket that was inherited; it is duplicated and made
                                                   non-blocking
                               "systemd:"          those that systemd passed to this process (LISTEN_PID, LISTEN_FDS), and
                               "systemd:NAME"      those of this name (LISTEN_FDNAMES); duplicated likewise. The variables
                                                   are read and left as they are */
    uint32_t socket_mode;   /* of the file of "unix:"; 0: 0660 less the umask */
    const char *path;       /* "/metrics"; it and the same with ".json" and ".csv" are taken. Without a token the 404 at "/"
                               tells it */
    const char *token;      /* scrapers must send "Authorization: Bearer TOKEN"; NULL or empty: no token */
    const char *token_file; /* the same, any token of a file: one a line, at most 8, blank lines and those that begin with '#'
                               aside. Looked at again when a request comes and the last look was a second ago, and at once
                               after tacho_http_reload; what cannot be read, or has no token, leaves the old tokens valid:
                               tacho_http_token_files_failing shows it, and the registry's misuse listener hears why, once, until
                               it is good again. It hears, too, of a file that all users may read. Not both */
    const tacho_http_words *words;
    const char *const *hosts;        /* names that a Host field may have, without port, ended by NULL; "*": any. Given, it is
                                        checked wherever the listener is, not only on loopback; elsewhere its own address
                                        has to be among them */
    const char *const *names;        /* show only these families, as in tacho_scrape_options; */
    size_t name_count;               /* 0: all */
    const tacho_constant *constants; /* labels that every sample shows here, ended by a name NULL */
    const struct tacho_http_options *also; /* another listener of the same server, of which what is above counts */

    /* Of the server: */
    uint32_t timeout_ms;   /* from the first byte of a request to its last, and for each 16 KiB of an answer to be taken;
                              5,000 */
    uint32_t answer_ms;    /* for a whole answer to be taken, from its first byte on; 60,000 */
    uint32_t collect_ms;   /* for detached collectors, if the scraper's X-Prometheus-Scrape-Timeout-Seconds does not say it:
                              that less a tenth, at most 0.5 s less, and no more than 60 s; as in expose.h */
    uint32_t idle_ms;      /* for a kept-alive connection to wait for its next request; 60,000 */
    uint32_t max_requests; /* of one connection; 1,000 */
    uint32_t max_clients;  /* connections at a time; 32, at most 4,096, each 24 KiB. More wait in the kernel's queue;
                              who is kept alive and silent, or sends no whole request for a second, makes room */
    uint32_t no_thread;    /* not 0: the host calls tacho_http_ready */
} tacho_http_options;

/* ---- Life cycle --------------------------------------------------------------------------------------------------- */

/**
 * Serve, on a thread of its own unless `no_thread`. `out` may be NULL when the server lives as long as the process.
 *
 * TACHO_ERR_ARG: an address or option that makes no sense. TACHO_ERR_IO: an address cannot be had, or a
 * token file not be read. TACHO_ERR_NOMEM. tacho_registry_error has it in words.
 */
TACHO_HTTP_API tacho_err tacho_http_start(tacho_registry *reg, const tacho_http_options *options,
                                          tacho_http **out); /* [shared | O(1) | 0.1] */

/**
 * Stop: nothing is accepted any more, answers that are under way have one more second to be taken, then every connection
 * is closed. NULL is fine. Does nothing on the server's own thread, nor inside tacho_http_ready.
 *
 * A forked child serves nothing: there tacho_http_url is "", and tacho_http_ready, _reload and _add_route return
 * TACHO_ERR_FORKED. Stopping there gives the child's copy up, and the parent's server goes on. (The child's copies of
 * sockets keep ports taken, and connections open, until then. A child that has closed all descriptors by itself must not
 * stop it: it would close whatever has their numbers now.)
 */
TACHO_HTTP_API void tacho_http_stop(tacho_http *http); /* [shared | 1 s | 0.1] */

/**
 * Where the first listener is, with the port that the kernel chose: "http://127.0.0.1:9464/metrics", or
 * "http://unix:/run/x.sock:/metrics". Lives as long as the server. Never NULL: "" for a NULL server.
 */
TACHO_HTTP_API const char *tacho_http_url(const tacho_http *http); /* [shared | O(1) | 0.1] */

/** The same of listener `index`, counted from 0 in the order of `also`, every socket that "systemd:" found being one; NULL
 *  behind the last. */
TACHO_HTTP_API const char *tacho_http_listener_url(const tacho_http *http, size_t index); /* [shared | O(1) | 0.1] */

/** Read every token file again before the next token is judged. TACHO_ERR_ARG, TACHO_ERR_FORKED. */
TACHO_HTTP_API tacho_err tacho_http_reload(tacho_http *http); /* [shared | O(1) | 0.1] */

/* ---- In the host's event loop -------------------------------------------------------------------------------------- */

/**
 * With `no_thread`: the descriptor to watch for reading, level-triggered, as long as the server lives. Whenever it is readable,
 * or tacho_http_timeout_ms have passed, call tacho_http_ready:
 *
 *   struct pollfd polls[] = { { .fd = tacho_http_fd(http), .events = POLLIN }, ... };
 *   poll(polls, count, tacho_http_timeout_ms(http));
 *   tacho_http_ready(http);
 *
 * It is an epoll descriptor. On systems without epoll, and for a server with a thread, -1 (which poll ignores): there
 * tacho_http_timeout_ms is at most 20, and the server is served that often.
 */
TACHO_HTTP_API int tacho_http_fd(const tacho_http *http); /* [owner | O(1) | 0.1] */

/** Milliseconds until tacho_http_ready has to be called although nothing is readable; -1: not until then. */
TACHO_HTTP_API int tacho_http_timeout_ms(const tacho_http *http); /* [owner | O(1) | 0.1] */

/**
 * Do what can be done without waiting, a few steps of every connection. Calling it too often does no harm. Collectors
 * that are not detached, and routes, run in it. TACHO_ERR_ARG: NULL, or a server with a thread; TACHO_ERR_FORKED;
 * TACHO_ERR_BUSY: one of those called it.
 */
TACHO_HTTP_API tacho_err tacho_http_ready(tacho_http *http); /* [owner | connections | 0.1] */

/* ---- Routes: paths that the host serves itself ----------------------------------------------------------------------- */

/** Methods; combine with |. */
enum { TACHO_HTTP_GET = 1 << 0, TACHO_HTTP_POST = 1 << 1, TACHO_HTTP_PUT = 1 << 2, TACHO_HTTP_DELETE = 1 << 3 };

/** What a route is asked. Everything is gone after the answer. */
typedef struct tacho_http_request {
    uint32_t method;   /* one of the route's; TACHO_HTTP_GET also for a HEAD, which is made from it */
    const char *query; /* what follows '?', as it was sent, "" if there is none */
    const char *body;  /* `len` bytes, and a NUL behind them */
    size_t len;
} tacho_http_request;

/**
 * What a route answers: 200 and empty at first. Strings are copied after the call, the end of a body over 15 KiB to the heap
 * (503 when there is none). A status outside 200 to 599, or a text that no header carries (empty, longer than 1,000 bytes, not
 * printable ASCII), makes a 500; 204 and 304 have no body.
 */
typedef struct tacho_http_reply {
    int status;               /* 200 and so on */
    const char *content_type; /* NULL: "text/plain; charset=utf-8" */
    const char *body;
    size_t len;
    const char *cache_control; /* NULL: "no-store" */
    const char *location;      /* NULL: none, as for the others: */
    const char *authenticate;  /* WWW-Authenticate; NULL: for a 401 that of the metrics */
    const char *content_security_policy;
} tacho_http_reply;

/** A path that the host serves itself, on every listener. Embed it; it must live until the server stops. What the server refuses
 *  by itself, with 401, 405, 411 or 413, it says in plain text. */
typedef struct tacho_http_route {
    const struct tacho_http_route_ops *ops;
    const char *token_file; /* tokens of this route alone, as in the options, asked for instead of the listener's; NULL: as
                               `needs_token` says */
} tacho_http_route;

typedef struct tacho_http_route_ops {
    const char *path;     /* matched exactly, without the query */
    uint32_t needs_token; /* not 0: the listener's token is asked for, as for the metrics: on one without a token nothing is */
    /** Answer. On the server's thread, or in tacho_http_ready: be quick. */
    void (*answer)(tacho_http_route *self, const tacho_http_request *request, tacho_http_reply *reply);
    uint32_t methods;  /* 0: TACHO_HTTP_GET. Others get a 405 */
    uint32_t max_body; /* bytes of a request's body, at most 15,360; 0: none. A longer one gets a 413, one without
                          Content-Length a 411. None is waited for before method and token were found right */
} tacho_http_route_ops;

/** Add a path. TACHO_ERR_DUPLICATE: it is taken, perhaps by the library itself. TACHO_ERR_ARG: it does not begin with
 *  '/', or has a blank, '?', '#' or a byte that is not ASCII; or the methods, the body or the tokens make no sense.
 *  TACHO_ERR_IO: the token file cannot be read. tacho_registry_error has these in words. TACHO_ERR_NOMEM, TACHO_ERR_FORKED. */
TACHO_HTTP_API tacho_err tacho_http_add_route(tacho_http *http, tacho_http_route *route); /* [shared | O(routes) | 0.1] */

/* ---- Without a socket ---------------------------------------------------------------------------------------------- */

/** What became of the bytes that tacho_http_respond was given. */
typedef struct tacho_http_outcome {
    size_t used;    /* so many were answered; keep the rest, it is the beginning of a request. 0: none is whole yet */
    uint32_t close; /* not 0: end the connection once the answer is sent */
} tacho_http_outcome;

/**
 * Answer requests without a socket, for daemons that have a server: bytes of requests in, bytes of responses out.
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
 * Every whole request is answered, in order, as tacho_http_start's server would, with the same `path`, `token`,
 * `token_file` (which is read at each call), `words`, `hosts`, `names`, `constants` and `collect_ms`; the other options are not
 * looked at, and there are no routes. `in` needs 8 KiB: a longer head is refused. NULL for `outcome`: only the first request
 * is answered, and the answer says that the connection ends. Collectors run on this thread, which holds 25 KiB of the heap
 * for the time of the call, and `out` takes the answer in pieces of at most 16 KiB. Nothing is counted in tacho_http_...
 * families.
 *
 * TACHO_ERR_ARG: something is NULL, or an option makes no sense; TACHO_ERR_IO: the token file cannot be read;
 * tacho_registry_error has these in words. TACHO_ERR_NOMEM. Or the sink's error, with its errno; or that of
 * tacho_scrape_error. After each of them `close` is set, and an answer that was begun has to be broken off, by a reset
 * best.
 */
TACHO_HTTP_API tacho_err tacho_http_respond(tacho_registry *reg, const tacho_http_options *options, const char *request,
                                            size_t len, tacho_sink *out,
                                            tacho_http_outcome *outcome); /* [shared | requests | 0.1] */

TACHO_END_DECLS

#endif
