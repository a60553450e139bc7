/*
 * playarr_families.h - the 18 families of Playarr as rows, and the handles that they bind. Internal to the module.
 */
#ifndef PLAYARR_FAMILIES_H
#define PLAYARR_FAMILIES_H

#include "playarr.h"

enum { PLAYARR_CATALOGUES = 2, PLAYARR_MEDIAS = 4, PLAYARR_LOOKUPS = 2, PLAYARR_STATUSES = 2, PLAYARR_ERRORS = 3 };

/** A handle for each family that is updated; arrays are indexed by the enum of their label. */
typedef struct playarr_handles {
    tacho_counter_vec *stream_requests;                        /* user */
    tacho_counter_vec *best_source_selections;                 /* provider_id */
    tacho_counter_vec *provider_syncs;                         /* provider_id, status */
    tacho_histogram_vec *provider_sync_durations;              /* provider_id */
    tacho_counter_vec *provider_api_errors;                    /* provider_id, error_type */
    tacho_counter_vec *job_executions;                         /* job_type, status */
    tacho_histogram_vec *job_durations;                        /* job_type */
    tacho_counter *cache_operations[PLAYARR_LOOKUPS];
    tacho_histogram *selection_durations[PLAYARR_MEDIAS];      /* that of PLAYARR_UNKNOWN stays NULL */
    tacho_histogram *stream_request_durations[PLAYARR_MEDIAS]; /* likewise */
    tacho_gauge *websocket_connections;
} playarr_handles;

/** The families that a collector emits from a census: indices in playarr_families.census. */
enum {
    PLAYARR_PROVIDER_TITLES,
    PLAYARR_MAIN_TITLES,
    PLAYARR_EPISODES,
    PLAYARR_CHANNELS,
    PLAYARR_WATCHLIST_TITLES,
    PLAYARR_WATCHLIST_CHANNELS,
    PLAYARR_ACTIVE_USERS,
    PLAYARR_CENSUS_COUNT
};

/** The label value for a name: itself, or "unknown". */
static inline const char *playarr_label(const char *name) { return name && *name ? name : "unknown"; }

/** The rows of one object. */
typedef struct playarr_families {
    tacho_desc *updated; /* bound to handles */
    size_t updated_count;
    tacho_desc *census; /* PLAYARR_CENSUS_COUNT, emitted by a collector */
} playarr_families;

/** Label values, NULL-terminated, in the order of their enums. */
extern const char *const playarr_media_names[PLAYARR_MEDIAS];
extern const char *const playarr_lookup_names[PLAYARR_LOOKUPS + 1];
extern const char *const playarr_status_names[PLAYARR_STATUSES + 1];
extern const char *const playarr_error_names[PLAYARR_ERRORS + 1];

/** Make the rows, bound into `handles`. False when out of memory. */
bool playarr_families_init(playarr_families *families, const char *prefix, playarr_handles *handles);
void playarr_families_fini(playarr_families *families);

#endif
