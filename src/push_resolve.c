/*
 * push_resolve.c - the addresses of a host.
 *
 * Addresses and "localhost" need no lookup. Other names go to getaddrinfo, which knows no deadline, on a thread of its
 * own. The lookup belongs to that thread and to who waits: the last of the two to leave frees it.
 * Lock: lookup->mutex guards what both of them touch.
 *
 * getaddrinfo is a weak symbol: a static program that pushes to addresses only is not made to carry the resolver, which would
 * load shared libraries at run time.
 */
#define _GNU_SOURCE
#include "push_resolve.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "alloc.h"
#include "thread.h"
#include "wait.h"

extern int getaddrinfo(const char *host, const char *service, const struct addrinfo *hints,
                       struct addrinfo **found) TACHO_WEAK;
extern void freeaddrinfo(struct addrinfo *found) TACHO_WEAK;

struct resolve_lookup {
    pthread_mutex_t mutex;
    pthread_cond_t done_cond;
    bool done, left; /* the thread is through; who waited has gone */
    int failed;      /* as getaddrinfo says */
    tacho__push_addresses found;
    uint16_t port;
    char host[TACHO__PUSH_HOST_MAX + 1];
};

/* ---- Addresses --------------------------------------------------------------------------------------------------- */

static void resolve_add(tacho__push_addresses *out, const void *address, size_t len)
{
    if (out->count == TACHO__PUSH_ADDRESSES || len > sizeof out->at[0]) return;
    memcpy(&out->at[out->count], address, len);
    out->lens[out->count++] = (socklen_t)len;
}

static bool resolve_add_v4(tacho__push_addresses *out, const char *host, uint16_t port)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(port) };
    if (inet_pton(AF_INET, host, &address.sin_addr) != 1) return false;
    resolve_add(out, &address, sizeof address);
    return true;
}

static bool resolve_add_v6(tacho__push_addresses *out, const char *host, uint16_t port)
{
    struct sockaddr_in6 address = { .sin6_family = AF_INET6, .sin6_port = htons(port) };
    if (inet_pton(AF_INET6, host, &address.sin6_addr) != 1) return false;
    resolve_add(out, &address, sizeof address);
    return true;
}

static void resolve_add_file(tacho__push_addresses *out, const char *path)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    size_t len = strlen(path);
    memcpy(address.sun_path, path, len); /* tacho__push_url_read has seen that it fits */
    resolve_add(out, &address, offsetof(struct sockaddr_un, sun_path) + len + 1);
}

/* ---- Names ------------------------------------------------------------------------------------------------------- */

static void resolve_lookup_free(struct resolve_lookup *lookup)
{
    (void)pthread_mutex_destroy(&lookup->mutex);
    (void)pthread_cond_destroy(&lookup->done_cond);
    tacho__free(lookup);
}

static void *resolve_run(void *arg)
{
    struct resolve_lookup *lookup = arg;
    const struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV };
    struct addrinfo *found = NULL;
    char port[8];
    (void)snprintf(port, sizeof port, "%u", (unsigned)lookup->port);
    int failed = getaddrinfo(lookup->host, port, &hints, &found);
    (void)pthread_mutex_lock(&lookup->mutex);
    lookup->failed = failed;
    for (const struct addrinfo *at = failed ? NULL : found; at; at = at->ai_next)
        if (at->ai_family == AF_INET || at->ai_family == AF_INET6)
            resolve_add(&lookup->found, at->ai_addr, at->ai_addrlen);
    lookup->done = true;
    bool left = lookup->left;
    (void)pthread_cond_signal(&lookup->done_cond);
    (void)pthread_mutex_unlock(&lookup->mutex);
    if (!failed && found) freeaddrinfo(found);
    if (left) resolve_lookup_free(lookup);
    return NULL;
}

/* A lookup under way on a detached thread; NULL: there is no memory, or no thread. */
static struct resolve_lookup *resolve_start(const tacho__push_url *url)
{
    struct resolve_lookup *lookup = tacho__alloc(sizeof *lookup);
    pthread_t thread;
    if (!lookup) return NULL;
    (void)pthread_mutex_init(&lookup->mutex, NULL);
    tacho__cond_init(&lookup->done_cond);
    lookup->port = url->port;
    memcpy(lookup->host, url->host, sizeof lookup->host);
    if (tacho__thread_start(&thread, 0, resolve_run, lookup) == 0) {
        (void)pthread_detach(thread);
        return lookup;
    }
    resolve_lookup_free(lookup);
    return NULL;
}

static const char *resolve_cause(int failed)
{
    switch (failed) {
    case EAI_NONAME: return "there is no host of this name";
    case EAI_AGAIN: return "no name server answers";
    default: return "the name cannot be looked up";
    }
}

static tacho_err resolve_wait(tacho__push_addresses *out, struct resolve_lookup *lookup, uint64_t until_ns, const char **why)
{
    (void)pthread_mutex_lock(&lookup->mutex);
    while (!lookup->done && tacho__cond_wait(&lookup->done_cond, &lookup->mutex, until_ns)) {}
    bool done = lookup->done;
    lookup->left = true;
    (void)pthread_mutex_unlock(&lookup->mutex);
    *why = "the name is still being looked up";
    if (!done) return TACHO_ERR_TIMEOUT;
    *out = lookup->found;
    int failed = lookup->failed;
    resolve_lookup_free(lookup);
    *why = failed ? resolve_cause(failed) : "the name has no address";
    return !failed && out->count > 0 ? TACHO_OK : TACHO_ERR_IO;
}

static tacho_err resolve_name(tacho__push_addresses *out, const tacho__push_url *url, uint64_t until_ns, const char **why)
{
    *why = "the host is no IP address, and in this static program names are not looked up";
    if (!getaddrinfo) return TACHO_ERR_ARG;
    struct resolve_lookup *lookup = resolve_start(url);
    *why = "the system grants no memory or thread to look the name up";
    return lookup ? resolve_wait(out, lookup, until_ns, why) : TACHO_ERR_NOMEM;
}

tacho_err tacho__push_resolve(tacho__push_addresses *out, const tacho__push_url *url, uint64_t until_ns, const char **why)
{
    *out = (tacho__push_addresses){ 0 };
    if (url->file) {
        resolve_add_file(out, url->file);
        return TACHO_OK;
    }
    if (url->v6) {
        *why = "this is no IPv6 address";
        return resolve_add_v6(out, url->host, url->port) ? TACHO_OK : TACHO_ERR_ARG;
    }
    if (resolve_add_v4(out, url->host, url->port)) return TACHO_OK;
    if (strcmp(url->host, "localhost") != 0) return resolve_name(out, url, until_ns, why);
    (void)resolve_add_v4(out, "127.0.0.1", url->port);
    (void)resolve_add_v6(out, "::1", url->port);
    return TACHO_OK;
}
