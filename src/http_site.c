/*
 * http_site.c - what a server shows.
 *
 * Lock:   mutex guards the list of routes, which only grows. It is not held while a route answers, so that a route
 *         may add another one.
 */
#define _GNU_SOURCE
#include "http_site.h"

#include <string.h>

#include "alloc.h"
#include "http_msg.h"

struct tacho__http_site_route {
    struct tacho__http_site_route *next;
    tacho_http_route *route;
};

static const char site_health[] = "/healthz";

tacho_err tacho__http_site_init(tacho__http_site *site, tacho_registry *reg, const char *path)
{
    size_t len = strlen(path);
    if (!tacho__http_path_valid(path) || len > TACHO__HTTP_PATH_MAX || strcmp(path, site_health) == 0)
        return TACHO_ERR_ARG;
    if (pthread_mutex_init(&site->mutex, NULL) != 0) return TACHO_ERR_NOMEM;
    memcpy(site->path, path, len + 1);
    site->reg = reg;
    return TACHO_OK;
}

void tacho__http_site_fini(tacho__http_site *site, bool forked)
{
    tacho__token_wipe(&site->token, sizeof site->token);
    while (site->routes) {
        struct tacho__http_site_route *gone = site->routes;
        site->routes = gone->next;
        tacho__free(gone);
    }
    if (!forked) (void)pthread_mutex_destroy(&site->mutex);
}

tacho__http_place tacho__http_site_find(tacho__http_site *site, const char *path, tacho_http_route **route)
{
    *route = NULL;
    if (strcmp(path, site->path) == 0) return TACHO__HTTP_METRICS;
    if (strcmp(path, site_health) == 0) return TACHO__HTTP_HEALTH;
    (void)pthread_mutex_lock(&site->mutex);
    for (const struct tacho__http_site_route *at = site->routes; at && !*route; at = at->next)
        if (strcmp(path, at->route->ops->path) == 0) *route = at->route;
    (void)pthread_mutex_unlock(&site->mutex);
    return *route ? TACHO__HTTP_ROUTE : TACHO__HTTP_NOTHING;
}

tacho_err tacho__http_site_add(tacho__http_site *site, tacho_http_route *route)
{
    if (!route || !route->ops || !route->ops->answer || !tacho__http_path_valid(route->ops->path))
        return TACHO_ERR_ARG;
    struct tacho__http_site_route *added = tacho__alloc(sizeof *added);
    if (!added) return TACHO_ERR_NOMEM;
    added->route = route;
    const char *path = route->ops->path;
    bool taken = strcmp(path, site->path) == 0 || strcmp(path, site_health) == 0;
    (void)pthread_mutex_lock(&site->mutex);
    for (const struct tacho__http_site_route *at = site->routes; at && !taken; at = at->next)
        taken = strcmp(path, at->route->ops->path) == 0;
    if (!taken) {
        added->next = site->routes;
        site->routes = added;
    }
    (void)pthread_mutex_unlock(&site->mutex);
    if (taken) tacho__free(added);
    return taken ? TACHO_ERR_DUPLICATE : TACHO_OK;
}

bool tacho__http_site_admits(const tacho__http_site *site, const char *authorization, size_t len)
{
    static const char scheme[] = "bearer "; /* its case does not matter */
    size_t skip = 0;
    if (site->token.len == 0) return true;
    if (!authorization || len < sizeof scheme - 1) return false;
    for (; skip < sizeof scheme - 1; skip++) {
        char c = authorization[skip];
        if ((c >= 'A' && c <= 'Z' ? c + 32 : c) != scheme[skip]) return false;
    }
    while (skip < len && authorization[skip] == ' ') skip++;
    return tacho__token_matches(&site->token, authorization + skip, len - skip);
}
