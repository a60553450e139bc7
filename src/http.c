/*
 * http.c - the server: options, life cycle, one thread that turns the loop, or a host that does.
 *
 * Whoever turns the loop is the only one that touches connections; routes come in under the site's mutex, and a byte in the
 * loop's pipe ends it. A forked child has the memory and the descriptors, but not the thread.
 */
#define _GNU_SOURCE
#include <tacho/http.h>

#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

#include "alloc.h"
#include "atomic.h"
#include "http_loop.h"
#include "thread.h"

#define HTTP_LISTEN "127.0.0.1:9464"
#define HTTP_TIMEOUT_MS 5000
#define HTTP_ANSWER_MS 60000
#define HTTP_IDLE_MS 60000
#define HTTP_REQUESTS 1000
#define HTTP_CLIENTS 32
#define HTTP_CLIENTS_MAX 4096
#define HTTP_LISTENERS_MAX 64
#define HTTP_MILLISECOND 1000000u

typedef char http_url[sizeof "http://" + sizeof ((tacho__http_listener *)0)->address + TACHO__HTTP_PATH_MAX];

struct tacho_http {
    tacho__http_site site;
    tacho__http_listener *listeners;
    size_t listener_count;
    http_url *urls;
    tacho__http_loop loop;
    pthread_t thread;
    bool busy; /* without a thread: inside a turn */
    pid_t pid; /* of the process that serves */
};

static void *http_run(void *arg)
{
    tacho_http *http = arg;
    while (tacho__http_loop_turn(&http->loop, true)) {}
    tacho__http_loop_clear(&http->loop); /* here, since a scrape ends on the thread that began it */
    return NULL;
}

static tacho_err http_start_thread(tacho_http *http)
{
    if (tacho__thread_start(&http->thread, 0, http_run, http) == 0) return TACHO_OK;
    return tacho__registry_fail(http->site.reg, TACHO_ERR_NOMEM, "http: the system grants no thread");
}

/* ---- Options ---------------------------------------------------------------------------------------------- */

static uint64_t http_ns(uint32_t ms, uint32_t standard)
{
    return (uint64_t)(ms ? ms : standard) * HTTP_MILLISECOND;
}

static tacho_err http_set_loop(tacho_http *http, const tacho_http_options *options)
{
    tacho__http_loop *loop = &http->loop;
    tacho_registry *reg = http->site.reg;
    if (options->max_clients > HTTP_CLIENTS_MAX)
        return tacho__registry_fail(reg, TACHO_ERR_ARG, "http: max_clients is %u, the limit is %d",
                                    (unsigned)options->max_clients, HTTP_CLIENTS_MAX);
    loop->site = &http->site;
    loop->listeners = http->listeners;
    loop->listener_count = (uint32_t)http->listener_count;
    loop->max = options->max_clients ? options->max_clients : HTTP_CLIENTS;
    loop->timeout_ns = http_ns(options->timeout_ms, HTTP_TIMEOUT_MS);
    loop->answer_ns = http_ns(options->answer_ms, HTTP_ANSWER_MS);
    loop->idle_ns = http_ns(options->idle_ms, HTTP_IDLE_MS);
    loop->hosted = options->no_thread != 0;
    http->site.max_requests = options->max_requests ? options->max_requests : HTTP_REQUESTS;
    tacho_err err = tacho__http_loop_init(loop);
    return err ? tacho__registry_fail(reg, err, "http: %s", tacho_strerror(err)) : TACHO_OK;
}

/* ---- Listeners -------------------------------------------------------------------------------------------- */

static const char *http_address(const tacho_http_options *options)
{
    return options->listen ? options->listen : HTTP_LISTEN;
}

/* Open all sockets of one address. */
static tacho_err http_listen_on(tacho_http *http, const tacho_http_options *options, size_t door, size_t count)
{
    tacho_err err = TACHO_OK;
    for (size_t i = 0; i < count && !err; i++) {
        tacho__http_listener *listener = &http->listeners[http->listener_count];
        err = tacho__http_listener_open(listener, http_address(options), i, options->socket_mode, http->site.reg);
        if (err) return err;
        listener->door = door;
        (void)snprintf(http->urls[http->listener_count++], sizeof *http->urls, "http://%s%s", listener->address,
                       http->site.doors[door].path);
    }
    return err;
}

static tacho_err http_listen(tacho_http *http, const tacho_http_options *options)
{
    size_t total = 0, door = 0;
    for (const tacho_http_options *at = options; at; at = at->also) {
        size_t count = tacho__http_listener_count(http_address(at), http->site.reg);
        if (count == 0) return TACHO_ERR_ARG;
        total += count;
    }
    if (total > HTTP_LISTENERS_MAX)
        return tacho__registry_fail(http->site.reg, TACHO_ERR_ARG, "http: %zu listeners, the limit is %d", total,
                                    HTTP_LISTENERS_MAX);
    http->listeners = tacho__alloc(total * sizeof *http->listeners);
    http->urls = tacho__alloc(total * sizeof *http->urls);
    if (!http->listeners || !http->urls) return TACHO_ERR_NOMEM;
    tacho_err err = TACHO_OK;
    for (; options && !err; options = options->also, door++)
        err = http_listen_on(http, options, door, tacho__http_listener_count(http_address(options), http->site.reg));
    return err;
}

/* ---- Life cycle ------------------------------------------------------------------------------------------- */

/* Everything but the thread; the site was made. */
static void http_free(tacho_http *http, bool forked)
{
    tacho__http_loop_fini(&http->loop, forked);
    for (size_t i = 0; i < http->listener_count; i++) tacho__http_listener_close(&http->listeners[i], forked);
    tacho__http_site_fini(&http->site, forked);
    tacho__free(http->listeners);
    tacho__free(http->urls);
    tacho__free(http);
}

static tacho_err http_prepare(tacho_http *http, const tacho_http_options *options)
{
    tacho_err err = http_listen(http, options);
    if (!err) tacho__http_tally_init(&http->site.tally, http->site.reg);
    if (!err) err = http_set_loop(http, options);
    return err || http->loop.hosted ? err : http_start_thread(http);
}

tacho_err tacho_http_start(tacho_registry *reg, const tacho_http_options *options, tacho_http **out)
{
    static const tacho_http_options defaults = { 0 };
    if (out) *out = NULL;
    if (!reg) return TACHO_ERR_ARG;
    if (!options) options = &defaults;
    if (!out && options->no_thread)
        return tacho__registry_fail(reg, TACHO_ERR_ARG, "http: a server without a thread is no use without `out`");
    tacho_http *http = tacho__alloc(sizeof *http);
    if (!http) return TACHO_ERR_NOMEM;
    http->site.reg = reg;
    http->pid = getpid();
    http->loop.wake[0] = http->loop.wake[1] = http->loop.reserve = -1;
    tacho_err err = tacho__http_site_init(&http->site, options);
    if (err) {
        tacho__free(http);
        return err;
    }
    err = http_prepare(http, options);
    if (err)
        http_free(http, false);
    else if (out)
        *out = http;
    return err;
}

static bool http_is_forked(const tacho_http *http)
{
    return http->pid != getpid();
}

void tacho_http_stop(tacho_http *http)
{
    if (!http) return;
    bool forked = http_is_forked(http), hosted = http->loop.hosted;
    if (http->busy || (!forked && !hosted && pthread_equal(http->thread, pthread_self()))) return; /* it would wait for itself */
    if (!forked) tacho__http_loop_end(&http->loop);
    if (!forked && hosted)
        (void)http_run(http);
    else if (!forked)
        (void)pthread_join(http->thread, NULL);
    http_free(http, forked);
}

const char *tacho_http_listener_url(const tacho_http *http, size_t index)
{
    return http && !http_is_forked(http) && index < http->listener_count ? http->urls[index] : NULL;
}

const char *tacho_http_url(const tacho_http *http)
{
    const char *url = tacho_http_listener_url(http, 0);
    return url ? url : "";
}

tacho_err tacho_http_reload(tacho_http *http)
{
    if (!http) return TACHO_ERR_ARG;
    if (http_is_forked(http)) return TACHO_ERR_FORKED;
    (void)atomic_fetch_add_explicit(&http->site.reloads, 1, memory_order_relaxed); /* a count by itself */
    return TACHO_OK;
}

tacho_err tacho_http_add_route(tacho_http *http, tacho_http_route *route)
{
    if (!http) return TACHO_ERR_ARG;
    return http_is_forked(http) ? TACHO_ERR_FORKED : tacho__http_site_add(&http->site, route);
}

/* ---- In the host's event loop ------------------------------------------------------------------------------- */

int tacho_http_fd(const tacho_http *http)
{
    return http && http->loop.hosted && !http_is_forked(http) ? http->loop.watch.shown_by : -1;
}

int tacho_http_timeout_ms(const tacho_http *http)
{
    return http && http->loop.hosted && !http_is_forked(http) ? tacho__http_loop_timeout_ms(&http->loop) : -1;
}

tacho_err tacho_http_ready(tacho_http *http)
{
    if (!http || !http->loop.hosted) return TACHO_ERR_ARG;
    if (http_is_forked(http)) return TACHO_ERR_FORKED;
    if (http->busy) return TACHO_ERR_BUSY; /* a route, or a collector, called back */
    http->busy = true;
    (void)tacho__http_loop_turn(&http->loop, false);
    http->busy = false;
    return TACHO_OK;
}
