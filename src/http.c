/*
 * http.c - the server: options, life cycle, one thread that turns the loop.
 *
 * The thread is the only one that touches connections; routes come in under the site's mutex, and a byte in the
 * loop's pipe ends it. A forked child has the memory and the descriptors, but not the thread.
 */
#define _GNU_SOURCE
#include <tacho/http.h>

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "alloc.h"
#include "http_loop.h"
#include "registry_internal.h"

#define HTTP_LISTEN "127.0.0.1:9464"
#define HTTP_TIMEOUT_MS 5000
#define HTTP_IDLE_MS 60000
#define HTTP_CLIENTS 32
#define HTTP_CLIENTS_MAX 4096
#define HTTP_MILLISECOND 1000000u

struct tacho_http {
    tacho_registry *reg;
    tacho__http_site site;
    tacho__http_listener listener;
    tacho__http_loop loop;
    pthread_t thread;
    pid_t pid; /* of the process that has the thread */
    char url[sizeof "http://" + sizeof ((tacho__http_listener *)0)->address + TACHO__HTTP_PATH_MAX];
};

static void *http_run(void *arg)
{
    tacho_http *http = arg;
    while (tacho__http_loop_turn(&http->loop)) {}
    tacho__http_loop_clear(&http->loop); /* here, since a scrape ends on the thread that began it */
    return NULL;
}

/* The host's signals are not for this thread. */
static tacho_err http_start_thread(tacho_http *http)
{
    sigset_t all, before;
    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    http->pid = getpid();
    int error = pthread_create(&http->thread, NULL, http_run, http);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (!error) return TACHO_OK;
    return tacho__registry_fail(http->reg, TACHO_ERR_NOMEM, "http: the system grants no thread");
}

/* ---- Options ---------------------------------------------------------------------------------------------- */

static tacho_err http_set_loop(tacho_http *http, const tacho_http_options *options)
{
    tacho__http_loop *loop = &http->loop;
    if (options->max_clients > HTTP_CLIENTS_MAX)
        return tacho__registry_fail(http->reg, TACHO_ERR_ARG, "http: max_clients is %u, the limit is %d",
                                    (unsigned)options->max_clients, HTTP_CLIENTS_MAX);
    loop->site = &http->site;
    loop->listener = &http->listener;
    loop->max = options->max_clients ? options->max_clients : HTTP_CLIENTS;
    loop->timeout_ns =
        (uint64_t)(options->timeout_ms ? options->timeout_ms : HTTP_TIMEOUT_MS) * HTTP_MILLISECOND;
    loop->idle_ns = (uint64_t)(options->idle_ms ? options->idle_ms : HTTP_IDLE_MS) * HTTP_MILLISECOND;
    tacho_err err = tacho__http_loop_init(loop);
    return err ? tacho__registry_fail(http->reg, err, "http: %s", tacho_strerror(err)) : TACHO_OK;
}

/* ---- Life cycle ------------------------------------------------------------------------------------------- */

/* Everything but the thread; the site was made. */
static void http_free(tacho_http *http, bool forked)
{
    tacho__http_loop_fini(&http->loop, forked);
    tacho__http_listener_close(&http->listener, forked);
    tacho__http_site_fini(&http->site, forked);
    tacho__free(http);
}

static tacho_err http_prepare(tacho_http *http, const tacho_http_options *options)
{
    const char *address = options->listen ? options->listen : HTTP_LISTEN;
    tacho_err err = tacho__http_listener_open(&http->listener, address, http->reg);
    if (!err) err = http_set_loop(http, options);
    if (!err) (void)snprintf(http->url, sizeof http->url, "http://%s%s", http->listener.address, http->site.path);
    return err ? err : http_start_thread(http);
}

tacho_err tacho_http_start(tacho_registry *reg, const tacho_http_options *options, tacho_http **out)
{
    static const tacho_http_options defaults = { 0 };
    if (out) *out = NULL;
    if (!reg) return TACHO_ERR_ARG;
    if (!options) options = &defaults;
    tacho_http *http = tacho__alloc(sizeof *http);
    if (!http) return TACHO_ERR_NOMEM;
    http->reg = reg;
    http->listener.fd = http->loop.wake[0] = http->loop.wake[1] = -1;
    tacho_err err = tacho__http_site_init(&http->site, reg, options);
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

void tacho_http_stop(tacho_http *http)
{
    if (!http) return;
    bool forked = http->pid != getpid();
    if (!forked && pthread_equal(http->thread, pthread_self())) return; /* it cannot wait for itself */
    if (!forked) {
        tacho__http_loop_wake(&http->loop);
        (void)pthread_join(http->thread, NULL);
    }
    http_free(http, forked);
}

const char *tacho_http_url(const tacho_http *http)
{
    return http ? http->url : "";
}

tacho_err tacho_http_add_route(tacho_http *http, tacho_http_route *route)
{
    return http ? tacho__http_site_add(&http->site, route) : TACHO_ERR_ARG;
}
