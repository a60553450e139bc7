/*
 * http_site.c - what a server shows.
 *
 * Lock:   mutex guards the list of routes, which only grows. It is not held while a route answers, so that a route
 *         may add another one. Tokens of an entry belong to the server's thread once it is listed.
 * Relaxed: `reloads` is compared with what it was, and says nothing about other memory: the files are read by system calls.
 */
#include "http_site.h"

#include <string.h>

#include "alloc.h"
#include "atomic.h"
#include "http_msg.h"
#include "page.h"

#define SITE_METHODS (TACHO_HTTP_GET | TACHO_HTTP_POST | TACHO_HTTP_PUT | TACHO_HTTP_DELETE)

tacho_err tacho__http_site_init(tacho__http_site *site, const tacho_http_options *options)
{
    site->collect_ms = options->collect_ms;
    for (const tacho_http_options *at = options; at; at = at->also) site->door_count++;
    site->doors = tacho__alloc(site->door_count * sizeof *site->doors);
    tacho_err err = site->doors ? TACHO_OK : TACHO_ERR_NOMEM;
    tacho__http_door *door = site->doors;
    for (; options && !err; options = options->also) err = tacho__http_door_init(door++, site->reg, options);
    if (!err && pthread_mutex_init(&site->mutex, NULL) != 0) err = TACHO_ERR_NOMEM;
    if (err) tacho__http_site_fini(site, true);
    return err;
}

/* Tokens are about to be forgotten; in a forked child their file goes on to count as failing, for the parent. */
static void site_discount(const tacho__http_site *site, const tacho__tokens *tokens, bool forked)
{
    if (tokens->failing && !forked) tacho_gauge_dec(site->tally.stale);
}

void tacho__http_site_fini(tacho__http_site *site, bool forked)
{
    for (size_t i = 0; site->doors && i < site->door_count; i++) {
        site_discount(site, &site->doors[i].tokens, forked);
        tacho__http_door_fini(&site->doors[i]);
    }
    tacho__free(site->doors);
    while (site->entries) {
        struct tacho__http_entry *gone = site->entries;
        site->entries = gone->next;
        site_discount(site, &gone->tokens, forked);
        tacho__tokens_fini(&gone->tokens);
        tacho__free(gone);
    }
    if (!forked) (void)pthread_mutex_destroy(&site->mutex);
}

/* ---- Routes ------------------------------------------------------------------------------------------------ */

/* The route at a path. Under the mutex. */
static struct tacho__http_entry *site_entry(const tacho__http_site *site, const char *path)
{
    struct tacho__http_entry *entry = site->entries;
    while (entry && strcmp(path, entry->route->ops->path) != 0) entry = entry->next;
    return entry;
}

tacho__http_place tacho__http_site_find(tacho__http_site *site, const tacho__http_door *door, const char *path,
                                        struct tacho__http_entry **entry)
{
    tacho__http_place own = tacho__http_door_place(door, path);
    *entry = NULL;
    if (own != TACHO__HTTP_NOTHING) return own;
    (void)pthread_mutex_lock(&site->mutex);
    *entry = site_entry(site, path);
    (void)pthread_mutex_unlock(&site->mutex);
    if (*entry) return TACHO__HTTP_ROUTE;
    size_t len;
    return strcmp(path, "/") == 0 && tacho__page_document(&len) ? TACHO__HTTP_PAGE : TACHO__HTTP_NOTHING;
}

/* What is wrong with a route, or NULL. */
static const char *site_route_fault(const tacho_http_route *route)
{
    const tacho_http_route_ops *ops = route ? route->ops : NULL;
    if (!ops) return "there is none";
    if (!ops->answer) return "its answer is missing";
    if (!tacho__http_path_valid(ops->path)) return "its path must begin with '/' and be visible ASCII without '?' and '#'";
    if (ops->methods & ~(uint32_t)SITE_METHODS) return "its methods are none of TACHO_HTTP_GET, _POST, _PUT and _DELETE";
    return ops->max_body > TACHO__HTTP_BODY_MAX ? "its max_body is more than 15,360" : NULL;
}

static tacho_err site_refuse(const tacho__http_site *site, tacho_err err, const tacho_http_route *route, const char *why)
{
    const char *path = route && route->ops && route->ops->path ? route->ops->path : "";
    return tacho__registry_fail(site->reg, err, "http: route \"%.200s\": %s", path, why);
}

/* List an entry unless its path is taken. */
static bool site_list(tacho__http_site *site, struct tacho__http_entry *added)
{
    const char *path = added->route->ops->path;
    bool taken = false;
    for (size_t i = 0; i < site->door_count && !taken; i++)
        taken = tacho__http_door_place(&site->doors[i], path) != TACHO__HTTP_NOTHING;
    (void)pthread_mutex_lock(&site->mutex);
    if (!taken) taken = site_entry(site, path) != NULL;
    if (!taken) {
        added->next = site->entries;
        site->entries = added;
    }
    (void)pthread_mutex_unlock(&site->mutex);
    return !taken;
}

tacho_err tacho__http_site_add(tacho__http_site *site, tacho_http_route *route)
{
    const char *why = site_route_fault(route);
    if (why) return site_refuse(site, TACHO_ERR_ARG, route, why);
    struct tacho__http_entry *added = tacho__alloc(sizeof *added);
    if (!added) return TACHO_ERR_NOMEM;
    added->route = route;
    added->methods = route->ops->methods ? route->ops->methods : TACHO_HTTP_GET;
    tacho_err err = tacho__tokens_init(&added->tokens, site->reg, NULL, route->token_file);
    if (!err && site_list(site, added)) return TACHO_OK;
    tacho__tokens_fini(&added->tokens);
    tacho__free(added);
    return err ? err : site_refuse(site, TACHO_ERR_DUPLICATE, route, "its path is taken, by another route or the library");
}

tacho__verdict tacho__http_site_judge(tacho__http_site *site, tacho__tokens *tokens, const char *authorization, size_t len)
{
    bool failed = tokens->failing;
    tacho__tokens_refresh(tokens, site->reg, tacho__load_relaxed(&site->reloads)); /* a count by itself */
    if (tokens->failing && !failed) tacho_gauge_inc(site->tally.stale);
    if (!tokens->failing && failed) tacho_gauge_dec(site->tally.stale);
    return tacho__tokens_judge(tokens, authorization, len);
}
