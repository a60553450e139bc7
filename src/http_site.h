/*
 * http_site.h - what a server shows behind all of its doors: a registry, and the routes of the host.
 */
#ifndef TACHO_HTTP_SITE_H
#define TACHO_HTTP_SITE_H

#include <pthread.h>

#include "http_door.h"
#include "http_tally.h"

#define TACHO__HTTP_BODY_MAX 15360

/** A route of the host, and what belongs to it here. */
struct tacho__http_entry {
    struct tacho__http_entry *next;
    tacho_http_route *route;
    tacho__tokens tokens; /* its own */
    uint32_t methods;     /* never 0 */
};

/** Everything but the routes is set before the first request and then only read. */
typedef struct tacho__http_site {
    tacho_registry *reg;
    uint32_t collect_ms;   /* how long collectors are waited for if the scraper does not say */
    uint32_t max_requests; /* of a connection; 0: any number */
    tacho__http_tally tally;
    tacho__http_door *doors;
    size_t door_count;
    _Atomic uint32_t reloads; /* how often all token files were to be read again */
    pthread_mutex_t mutex;    /* guards `entries` */
    struct tacho__http_entry *entries;
} tacho__http_site;

/**
 * Make a site in zeroed memory whose `reg` is set: a door for each of the options in the list. TACHO_ERR_ARG, TACHO_ERR_IO,
 * TACHO_ERR_NOMEM: tacho_registry_error has it in words. Owes one tacho__http_site_fini if it succeeded.
 * [owner | files | 0.1]
 */
TACHO_INTERNAL tacho_err tacho__http_site_init(tacho__http_site *site, const tacho_http_options *options);

/** Wipe the tokens and forget the routes. In a forked child, whose mutex may be held by nobody, it is not touched. */
TACHO_INTERNAL void tacho__http_site_fini(tacho__http_site *site, bool forked);

/** Add a route of the host. TACHO_ERR_ARG, TACHO_ERR_DUPLICATE, TACHO_ERR_IO, TACHO_ERR_NOMEM. [shared | O(routes) | 0.1] */
TACHO_INTERNAL tacho_err tacho__http_site_add(tacho__http_site *site, tacho_http_route *route);

/** Look up a path behind a door; `entry` is set for TACHO__HTTP_ROUTE. [shared | O(routes) | 0.1] */
TACHO_INTERNAL tacho__http_place tacho__http_site_find(tacho__http_site *site, const tacho__http_door *door, const char *path,
                                                       struct tacho__http_entry **entry);

/** Judge an Authorization field by tokens that are read again if need be. [owner | O(1) or file | 0.1] */
TACHO_INTERNAL tacho__verdict tacho__http_site_judge(tacho__http_site *site, tacho__tokens *tokens, const char *authorization,
                                                     size_t len);

#endif
