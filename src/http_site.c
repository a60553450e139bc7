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
#include "page.h"
#include "registry_internal.h"

#define SITE_PATH "/metrics"

struct tacho__http_site_route {
    struct tacho__http_site_route *next;
    tacho_http_route *route;
};

static const char site_health[] = "/healthz";

/* ---- Options ---------------------------------------------------------------------------------------------- */

static tacho_err site_set_path(tacho__http_site *site, const char *path)
{
    size_t len = strlen(path);
    if (tacho__http_path_valid(path) && len <= TACHO__HTTP_PATH_MAX && strcmp(path, site_health) != 0) {
        memcpy(site->path, path, len + 1);
        return TACHO_OK;
    }
    return tacho__registry_fail(site->reg, TACHO_ERR_ARG,
                                "http: the path \"%s\" must begin with '/', be at most %d visible ASCII characters "
                                "without '?' and '#', and not be /healthz",
                                path, TACHO__HTTP_PATH_MAX);
}

static tacho_err site_set_token(tacho__http_site *site, const tacho_http_options *options)
{
    const char *why = NULL, *text = options->token && *options->token ? options->token : NULL;
    tacho_err err = TACHO_OK;
    if (text && options->token_file)
        return tacho__registry_fail(site->reg, TACHO_ERR_ARG, "http: a token and a token file are given: say which");
    if (text) {
        err = tacho__token_set(&site->token, text, strlen(text), &why);
        if (err) return tacho__registry_fail(site->reg, err, "http: the token is not usable: %s", why);
    }
    if (options->token_file) {
        err = tacho__token_read(&site->token, options->token_file, &why);
        if (err)
            return tacho__registry_fail(site->reg, err, "http: the token file \"%s\": %s", options->token_file, why);
    }
    return TACHO_OK;
}

tacho_err tacho__http_site_init(tacho__http_site *site, tacho_registry *reg, const tacho_http_options *options)
{
    site->reg = reg;
    site->collect_ms = options->collect_ms;
    tacho_err err = site_set_path(site, options->path ? options->path : SITE_PATH);
    if (!err) err = site_set_token(site, options);
    if (!err && pthread_mutex_init(&site->mutex, NULL) != 0) err = TACHO_ERR_NOMEM;
    if (err) tacho__token_wipe(&site->token, sizeof site->token);
    return err;
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

/* ---- Places ------------------------------------------------------------------------------------------------ */

/* What the library itself has at a path. */
static tacho__http_place site_own(const tacho__http_site *site, const char *path)
{
    size_t len = strlen(site->path);
    if (strcmp(path, site_health) == 0) return TACHO__HTTP_HEALTH;
    if (strncmp(path, site->path, len) != 0) return TACHO__HTTP_NOTHING;
    if (path[len] == '\0') return TACHO__HTTP_METRICS;
    if (strcmp(path + len, ".json") == 0) return TACHO__HTTP_JSON;
    return strcmp(path + len, ".csv") == 0 ? TACHO__HTTP_CSV : TACHO__HTTP_NOTHING;
}

tacho__http_place tacho__http_site_find(tacho__http_site *site, const char *path, tacho_http_route **route)
{
    tacho__http_place own = site_own(site, path);
    *route = NULL;
    if (own != TACHO__HTTP_NOTHING) return own;
    (void)pthread_mutex_lock(&site->mutex);
    for (const struct tacho__http_site_route *at = site->routes; at && !*route; at = at->next)
        if (strcmp(path, at->route->ops->path) == 0) *route = at->route;
    (void)pthread_mutex_unlock(&site->mutex);
    if (*route) return TACHO__HTTP_ROUTE;
    size_t len;
    return strcmp(path, "/") == 0 && tacho__page_document(&len) ? TACHO__HTTP_PAGE : TACHO__HTTP_NOTHING;
}

tacho_err tacho__http_site_add(tacho__http_site *site, tacho_http_route *route)
{
    if (!route || !route->ops || !route->ops->answer || !tacho__http_path_valid(route->ops->path))
        return TACHO_ERR_ARG;
    struct tacho__http_site_route *added = tacho__alloc(sizeof *added);
    if (!added) return TACHO_ERR_NOMEM;
    added->route = route;
    const char *path = route->ops->path;
    bool taken = site_own(site, path) != TACHO__HTTP_NOTHING;
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
