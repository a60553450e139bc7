/*
 * http.h - an HTTP server of one thread that shows a registry to scrapers.
 *
 * GET and HEAD of the metrics path, /healthz without a token, and the routes of the host. Everything else is
 * answered with the status it deserves, and nothing of a request is ever echoed. A client that stalls, reads
 * slowly or sends nonsense disturbs nobody: memory is fixed at the start, and deadlines end what hangs.
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
    const char *path;       /* "/metrics" */
    const char *token;      /* scrapers must send "Authorization: Bearer TOKEN"; NULL or empty: no token */
    const char *token_file; /* the same, read at the start: the first line of a file; not both */
    uint32_t timeout_ms;    /* for a request to arrive, and for each 16 KiB of an answer to be taken; 5,000 */
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

/** Add a path. TACHO_ERR_DUPLICATE: it is taken. TACHO_ERR_ARG: it does not begin with '/', or has a blank, '?', '#'
 *  or a byte that is not ASCII. TACHO_ERR_NOMEM. */
TACHO_API tacho_err tacho_http_add_route(tacho_http *http, tacho_http_route *route); /* [shared | O(routes) | 0.1] */

TACHO_END_DECLS

#endif
