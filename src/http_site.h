/*
 * http_site.h - what a server shows: a registry at three paths, perhaps behind a token, and the routes of the host.
 */
#ifndef TACHO_HTTP_SITE_H
#define TACHO_HTTP_SITE_H

#include <pthread.h>

#include <tacho/http.h>

#include "token.h"

#define TACHO__HTTP_PATH_MAX 255

struct tacho__http_site_route;

/** Everything but the routes is set before the first request and then only read. All zero: empty, no token. */
typedef struct tacho__http_site {
    tacho_registry *reg;
    char path[TACHO__HTTP_PATH_MAX + 1]; /* of the metrics */
    uint32_t collect_ms; /* how long collectors are waited for if the scraper does not say */
    tacho__token token;
    pthread_mutex_t mutex; /* guards `routes` */
    struct tacho__http_site_route *routes;
} tacho__http_site;

/** What lives at a path. */
typedef enum tacho__http_place {
    TACHO__HTTP_NOTHING,
    TACHO__HTTP_METRICS, /* in the format that the client prefers */
    TACHO__HTTP_JSON,    /* the metrics path and ".json" */
    TACHO__HTTP_CSV,     /* the metrics path and ".csv" */
    TACHO__HTTP_HEALTH,
    TACHO__HTTP_PAGE, /* at "/", where nothing else is */
    TACHO__HTTP_ROUTE
} tacho__http_place;

/**
 * Make a site in zeroed memory, by the path and the token of the options. TACHO_ERR_ARG, TACHO_ERR_IO (the token file),
 * TACHO_ERR_NOMEM: tacho_registry_error has it in words. Owes one tacho__http_site_fini if it succeeded.
 * [owner | file | 0.1]
 */
TACHO_INTERNAL tacho_err tacho__http_site_init(tacho__http_site *site, tacho_registry *reg,
                                               const tacho_http_options *options);

/** Wipe the token and forget the routes. In a forked child, whose mutex may be held by nobody, it is not touched. */
TACHO_INTERNAL void tacho__http_site_fini(tacho__http_site *site, bool forked);

/** Add a route of the host. TACHO_ERR_ARG, TACHO_ERR_DUPLICATE, TACHO_ERR_NOMEM. [shared | O(routes) | 0.1] */
TACHO_INTERNAL tacho_err tacho__http_site_add(tacho__http_site *site, tacho_http_route *route);

/** Look up a path; `route` is set for TACHO__HTTP_ROUTE. [shared | O(routes) | 0.1] */
TACHO_INTERNAL tacho__http_place tacho__http_site_find(tacho__http_site *site, const char *path,
                                                       tacho_http_route **route);

/** Whether the value of an Authorization field carries the site's token. [shared | O(1) | 0.1] */
TACHO_INTERNAL bool tacho__http_site_admits(const tacho__http_site *site, const char *authorization, size_t len);

#endif
