/*
 * playarr.h - the metrics of Playarr, which merges the catalogues of several IPTV providers and streams from the best.
 *
 * Its 18 families are of two kinds. Most count what happens, when it happens: a stream request is answered, a job ends.
 * The other seven say how much there is: titles, episodes, channels, watchlists. A job counts that every few minutes,
 * or after each sync, into a census, and publishes it as a whole.
 *
 * A daemon makes one object at its start and then calls the function that says what has just happened:
 *
 *   playarr *p = playarr_new(reg, NULL);
 *   ...
 *   playarr_stream_answered(p, "user-1", PLAYARR_MOVIES, 1.7);
 *
 * Functions that take a playarr may be called by any thread at any time between playarr_new and playarr_free; it is not
 * NULL. Times are seconds. Texts are borrowed for the call. A name that is NULL or empty is shown as "unknown". The
 * comment of a function names the families it moves, without the playarr_ in front.
 *
 * What is gone loses its series: from the gauges with the next census, from the counters and histograms when a function
 * says so (playarr_provider_removed, playarr_user_removed).
 */
#ifndef PLAYARR_H
#define PLAYARR_H

#include <stdbool.h>
#include <stdint.h>

#include <tacho/tacho.h>

/* ---- Life -------------------------------------------------------------------------------------------------------- */

typedef struct playarr playarr;

/** Zero means default. */
typedef struct playarr_options {
    const char *prefix; /* in front of every family name; copied */
} playarr_options;

/** Define the families in a registry. NULL when one of them is refused (tacho_registry_error) or out of memory. */
playarr *playarr_new(tacho_registry *reg, const playarr_options *options);

/** Take the families out of the registry, which is still there, and free everything. NULL is fine. */
void playarr_free(playarr *p);

/** The value of the label `media_type`; what is unknown is left out of families with that label. */
typedef enum playarr_media {
    PLAYARR_MOVIES = 0,
    PLAYARR_TVSHOWS,
    PLAYARR_LIVE,
    PLAYARR_UNKNOWN
} playarr_media;

/** The value of the label `status`. */
typedef enum playarr_status { PLAYARR_SUCCESS = 0, PLAYARR_FAILURE } playarr_status;

/* ---- A census: how much there is ---------------------------------------------------------------------------------
 * Make one, count everything into it, publish it. Until then scrapes show the one before, and from then on the new one:
 * each scrape shows one census, whole, and what is not in it has no series. Before the first one there are none.
 *
 *   playarr_census *census = playarr_census_new();
 *   while (next_group(query, &group)) playarr_census_channels(census, group.provider_id, group.title, group.count);
 *   if (query_failed(query))
 *       playarr_census_free(census);  // scrapes go on to show the one before
 *   else
 *       playarr_census_publish(p, census);
 *   playarr_job_finished(p, "updateMetrics", ...);  // by which the operator sees how old the gauges are
 *
 * Numbers for the same labels add up, so a job may count in groups or one by one. The names in a family of a census
 * come in at most PLAYARR_MAX_SERIES combinations; what is beyond, or has a name of more than PLAYARR_MAX_NAME bytes,
 * adds up in one more, whose names are "_other": sums stay right. One thread at a time per census; NULL is fine. */

#define PLAYARR_MAX_SERIES 10000
#define PLAYARR_MAX_NAME 256

typedef struct playarr_census playarr_census;

/** An empty census, which owes one playarr_census_publish or playarr_census_free. NULL when out of memory. */
playarr_census *playarr_census_new(void);
void playarr_census_free(playarr_census *census);

/** Titles in the catalogue of a provider: provider_titles_count, movies and tvshows only. */
void playarr_census_provider_titles(playarr_census *census, const char *provider, playarr_media media,
                                    uint64_t titles);

/** Titles after merging the catalogues: main_titles_count, movies and tvshows only. */
void playarr_census_main_titles(playarr_census *census, playarr_media media, uint64_t titles);

/** Episodes of a season that a source has, in the main titles: episodes_count. A source is a provider. */
void playarr_census_episodes(playarr_census *census, const char *source, const char *title, uint64_t season,
                             uint64_t episodes);

/** Channels that a provider has in a category: channels_count. */
void playarr_census_channels(playarr_census *census, const char *provider, const char *category,
                             uint64_t channels);

/** What a user watches; call it once for each. */
typedef struct playarr_user {
    const char *name;
    bool has_api_key; /* active_users */
    uint64_t movies, tvshows,
        channels; /* in the watchlist: watchlist_titles_count, watchlist_channels_count */
} playarr_user;

void playarr_census_user(playarr_census *census, const playarr_user *user);

/**
 * Show this census, which is no longer the caller's, in place of the one before. False: it was not complete, because
 * memory ran out while it was counted; the one before stays.
 */
bool playarr_census_publish(playarr *p, playarr_census *census);

/* ---- Streams ----------------------------------------------------------------------------------------------------- */

/** A look-up, the value of the label `operation`. */
typedef enum playarr_lookup { PLAYARR_HIT = 0, PLAYARR_MISS } playarr_lookup;

/** The best source of a title or channel was looked up in the cache: cache_operations_total. */
void playarr_cache_looked_up(playarr *p, playarr_lookup operation);

/**
 * After a miss a provider won the race to be the source: best_source_selections_total,
 * best_source_selection_duration_seconds.
 */
void playarr_source_selected(playarr *p, const char *provider, playarr_media media, double seconds);

/**
 * A stream request was answered with a source, so long after it came: stream_requests_total,
 * stream_request_duration_seconds. Not for an error, and not if no provider had it. False, and not counted: the name is
 * NULL or empty, so the user is not known.
 */
bool playarr_stream_answered(playarr *p, const char *user, playarr_media media, double seconds);

/** A client of the WebSocket service came: websocket_connections. */
void playarr_websocket_opened(playarr *p);

/** One of them went. False, and nothing changes: there is none. */
bool playarr_websocket_closed(playarr *p);

/* ---- Providers and jobs ------------------------------------------------------------------------------------------ */

/** Why a call to a provider failed, the value of the label `error_type`. */
typedef enum playarr_error {
    PLAYARR_ERROR_502 = 0,
    PLAYARR_ERROR_TIMEOUT,
    PLAYARR_ERROR_OTHER
} playarr_error;

/** A sync with a provider ended, well or not: provider_sync_total, provider_sync_duration_seconds. */
void playarr_provider_synced(playarr *p, const char *provider, playarr_status status, double seconds);

/** A call to a provider failed: provider_api_errors_total. */
void playarr_provider_call_failed(playarr *p, const char *provider, playarr_error error);

/**
 * A job ended, such as "syncLiveTV": job_executions_total, job_duration_seconds. One that was cancelled did neither
 * succeed nor fail; it is not reported.
 */
void playarr_job_finished(playarr *p, const char *job_type, playarr_status status, double seconds);

/**
 * A provider was taken out of the configuration: its series of best_source_selections_total, provider_sync_total,
 * provider_sync_duration_seconds and provider_api_errors_total vanish. Call it when nothing of that provider is under
 * way any more, which would begin them anew.
 */
void playarr_provider_removed(playarr *p, const char *provider);

/** A user was deleted: the series of stream_requests_total vanishes. */
void playarr_user_removed(playarr *p, const char *user);

#endif
