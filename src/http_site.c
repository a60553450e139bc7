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

void tacho__http_site_fini(tacho__http_site *site, bool forked)
{
    for (size_t i = 0; site->doors && i < site->door_count; i++) tacho__http_door_fini(&site->doors[i]);
    tacho__free(site->doors);
    while (site->entries) {
        struct tacho__http_entry *gone = site->entries;
        site->entries = gone->next;
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

static bool site_is_sound(const tacho_http_route *route)
{
    const tacho_http_route_ops *ops = route ? route->ops : NULL;
    return ops && ops->answer && tacho__http_path_valid(ops->path) && !(ops->methods & ~(uint32_t)SITE_METHODS) &&
           ops->max_body <= TACHO__HTTP_BODY_MAX;
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
    if (!site_is_sound(route)) return TACHO_ERR_ARG;
    struct tacho__http_entry *added = tacho__alloc(sizeof *added);
    if (!added) return TACHO_ERR_NOMEM;
    added->route = route;
    added->methods = route->ops->methods ? route->ops->methods : TACHO_HTTP_GET;
    tacho_err err = tacho__tokens_init(&added->tokens, site->reg, NULL, route->token_file);
    if (!err && site_list(site, added)) return TACHO_OK;
    tacho__tokens_fini(&added->tokens);
    tacho__free(added);
    return err ? err : TACHO_ERR_DUPLICATE;
}

tacho__verdict tacho__http_site_judge(tacho__http_site *site, tacho__tokens *tokens, const char *authorization, size_t len)
{
    tacho__tokens_refresh(tokens, site->reg, tacho__load_relaxed(&site->reloads)); /* a count by itself */
    return tacho__tokens_judge(tokens, authorization, len);
}
