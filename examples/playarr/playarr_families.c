/*
 * playarr_families.c - the rows: names, labels, bounds and texts are those of the document, one for one.
 *
 * The document names no bounds for provider syncs; they get those of jobs, because a sync is one.
 */
#include "playarr_families.h"

#include <stdlib.h>

#include "rows.h"

/* Never counted into: it only gives the table places to name, which rows_move finds again in a real object. */
static playarr_handles families_shape;

const char *const playarr_media_names[PLAYARR_MEDIAS] = { "movies", "tvshows", "live", NULL };
const char *const playarr_lookup_names[PLAYARR_LOOKUPS + 1] = { "hit", "miss", NULL };
const char *const playarr_status_names[PLAYARR_STATUSES + 1] = { "success", "failure", NULL };
const char *const playarr_error_names[PLAYARR_ERRORS + 1] = { "502", "timeout", "other", NULL };
static const char *const families_catalogues[PLAYARR_CATALOGUES + 1] = { "movies", "tvshows", NULL };

static const double families_request[] = { 0.1, 0.5, 1, 2, 5, 10, 30 };
static const double families_job[] = { 10, 30, 60, 120, 300, 600, 1800, 3600 };
#define BOUNDS(bounds) .buckets = bounds, .bucket_count = TACHO_COUNT(bounds)

static const tacho_desc families_updated[] = {
    { .counter_vec = &families_shape.stream_requests, .name = "playarr_stream_requests_total",
      .labels = { "user" }, .max_series = PLAYARR_MAX_SERIES,
      .help = "Total number of stream requests per user" },
    { .counter_vec = &families_shape.best_source_selections, .name = "playarr_best_source_selections_total",
      .labels = { "provider_id" }, .help = "Number of times a provider was selected as best source" },
    { .counter_vec = &families_shape.provider_syncs, .name = "playarr_provider_sync_total",
      .labels = { "provider_id", "status" }, .values = { NULL, playarr_status_names },
      .help = "Provider sync job execution count" },
    { .histogram_vec = &families_shape.provider_sync_durations,
      .name = "playarr_provider_sync_duration_seconds", .unit = "seconds", BOUNDS(families_job),
      .labels = { "provider_id" }, .help = "Duration of provider sync operations" },
    { .counter_vec = &families_shape.provider_api_errors, .name = "playarr_provider_api_errors_total",
      .labels = { "provider_id", "error_type" }, .values = { NULL, playarr_error_names },
      .help = "Provider API error count" },
    { .histogram = families_shape.selection_durations,
      .name = "playarr_best_source_selection_duration_seconds", .unit = "seconds", BOUNDS(families_request),
      .labels = { "media_type" }, .values = { playarr_media_names },
      .help = "Time taken to find valid source" },
    { .histogram = families_shape.stream_request_durations,
      .name = "playarr_stream_request_duration_seconds", .unit = "seconds", BOUNDS(families_request),
      .labels = { "media_type" }, .values = { playarr_media_names }, .help = "Stream request response time" },
    { .counter = families_shape.cache_operations, .name = "playarr_cache_operations_total",
      .labels = { "operation" }, .values = { playarr_lookup_names },
      .help = "Cache operation count for best source selection" },
    { .counter_vec = &families_shape.job_executions, .name = "playarr_job_executions_total",
      .labels = { "job_type", "status" }, .values = { NULL, playarr_status_names },
      .help = "Job execution count per job type" },
    { .histogram_vec = &families_shape.job_durations, .name = "playarr_job_duration_seconds",
      .unit = "seconds", BOUNDS(families_job), .labels = { "job_type" }, .help = "Job execution duration" },
    { .gauge = &families_shape.websocket_connections, .name = "playarr_websocket_connections",
      .help = "Current number of WebSocket connections" },
};

/* Gauges whose documented names end as only histograms and summaries should. */
static const tacho_desc families_of_census[PLAYARR_CENSUS_COUNT] = {
    [PLAYARR_PROVIDER_TITLES] = { .type = TACHO_GAUGE, .name = "playarr_provider_titles_count",
        .labels = { "provider_id", "media_type" }, .values = { NULL, families_catalogues },
        .flags = TACHO_UNUSUAL_NAME, .help = "Number of provider titles per provider, per media type" },
    [PLAYARR_MAIN_TITLES] = { .type = TACHO_GAUGE, .name = "playarr_main_titles_count",
        .labels = { "media_type" }, .values = { families_catalogues }, .flags = TACHO_UNUSUAL_NAME,
        .help = "Number of main titles per media type" },
    [PLAYARR_EPISODES] = { .type = TACHO_GAUGE, .name = "playarr_episodes_count",
        .labels = { "source", "title_name", "season" }, .flags = TACHO_UNUSUAL_NAME,
        .help = "Number of episodes in main titles per source, per title name, per season" },
    [PLAYARR_CHANNELS] = { .type = TACHO_GAUGE, .name = "playarr_channels_count",
        .labels = { "provider_id", "category" }, .flags = TACHO_UNUSUAL_NAME,
        .help = "Number of channels per provider, per category" },
    [PLAYARR_WATCHLIST_TITLES] = { .type = TACHO_GAUGE, .name = "playarr_watchlist_titles_count",
        .labels = { "user", "media_type" }, .values = { NULL, families_catalogues },
        .flags = TACHO_UNUSUAL_NAME, .help = "Number of main titles in watchlist, per media type, per user" },
    [PLAYARR_WATCHLIST_CHANNELS] = { .type = TACHO_GAUGE, .name = "playarr_watchlist_channels_count",
        .labels = { "user" }, .flags = TACHO_UNUSUAL_NAME,
        .help = "Number of channels in watchlist, per user" },
    [PLAYARR_ACTIVE_USERS] = { .type = TACHO_GAUGE, .name = "playarr_active_users",
        .help = "Number of active users (users with API key)" },
};

bool playarr_families_init(playarr_families *families, const char *prefix, playarr_handles *handles)
{
    families->updated_count = TACHO_COUNT(families_updated);
    families->updated = rows_copy(families_updated, families->updated_count, prefix);
    families->census = rows_copy(families_of_census, PLAYARR_CENSUS_COUNT, prefix);
    if (!families->updated || !families->census) {
        playarr_families_fini(families);
        return false;
    }
    for (size_t i = 0; i < families->updated_count; i++)
        rows_move(&families->updated[i], &families_shape, handles);
    return true;
}

void playarr_families_fini(playarr_families *families)
{
    free(families->updated);
    free(families->census);
    families->updated = families->census = NULL;
}
