/*
 * trackarr.h - the metrics of Trackarr, a BitTorrent tracker with a community around it: 55 gauges, read at a scrape.
 *
 *   trackarr_source *source = trackarr_servers_new(&(trackarr_servers_options){ .database_url = ... }, ...);
 *   trackarr *t = trackarr_new(reg, &(trackarr_options){ .source = source, .peer_cache_ms = 30000 });
 *
 * The site is PostgreSQL and Redis (trackarr_servers.h), one in memory (trackarr_site.h), or whatever implements
 * trackarr_source.h. The families come in groups, each a detached collector of its own with a deadline: whatever
 * hangs, a scrape shows all other groups, fresh, and is never longer than its deadline. Scrapes that overlap share
 * what is read.
 *
 * What has failed is named twice: tacho_collector_success{collector="trackarr_users"} for a whole group (the servers
 * are away, a table is locked), and trackarr_exporter_query_failures_total{query="users_banned_total"} for each query,
 * also one that fails alone (a column is missing), whose families are then absent while the rest of its group is there.
 *
 * These rules hold in every scrape in which the families are there: the sums of torrents_by_status and users_by_role
 * equal torrents_total and users_total, leechers_total = peers_total - seeders_total, the gauges of the bonus event
 * and of the freeleech pool describe one row each, and invitations_pending_total is the pending invitations_by_status.
 */
#ifndef TRACKARR_H
#define TRACKARR_H

#include <tacho/tacho.h>

#include "trackarr_source.h"

typedef struct trackarr trackarr;

#define TRACKARR_QUERY_DEADLINE_MS 5000
#define TRACKARR_WALK_DEADLINE_MS 30000
#define TRACKARR_PEER_CACHE_MS 30000
#define TRACKARR_PEER_WINDOW_MS 3600000 /* an announce counts for two intervals of announcing */

/** What is shown for a group that could not be read: nothing, or its last good numbers. The swarm always keeps them. */
typedef enum trackarr_on_failure { TRACKARR_ABSENT = 0, TRACKARR_LAST } trackarr_on_failure;

/** Who hears about queries; embed it and find your object with TACHO_CONTAINER. Called from any thread. */
typedef struct trackarr_listener {
    /** A query has begun to fail, for this reason; or, with NULL, it is answered again. */
    void (*told)(struct trackarr_listener *self, const char *query, const char *why);
} trackarr_listener;

typedef struct trackarr_options {
    trackarr_source *source;     /* required; closed when nothing uses it any more, also if trackarr_new fails */
    trackarr_listener *listener; /* NULL: nobody; used until then, too */
    const char *prefix;          /* in front of every family and collector name; copied */
    trackarr_on_failure on_failure;
    uint32_t query_deadline_ms; /* at most what the scrape has; 0: as above */
    uint32_t walk_deadline_ms;  /* also beyond the end of the scrape, for the next ones to show; 0: as above */
    uint32_t peer_cache_ms;                       /* how long one walk over the peers counts; 0: every scrape walks */
    size_t max_peers;                             /* pairs of address and port; more fail the walk; 0: a million */
} trackarr_options;

/** Add the collectors to a registry. NULL: one is refused (tacho_registry_error says why), or out of memory. */
trackarr *trackarr_new(tacho_registry *reg, const trackarr_options *options);

/**
 * Take the families out of the registry, which is still there. Runs in progress are waited for, but no longer than
 * their deadline; memory and source are released when the last one has returned. NULL is fine.
 */
void trackarr_free(trackarr *t);

#endif
