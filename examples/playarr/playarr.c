/*
 * playarr.c - the life of an object, the census that it shows, and the events that it counts.
 *
 * Most functions update a handle and need no lock.
 * Lock: `mutex` guards `census`, the holds on every published census, and `websockets` with its gauge. It is held for
 * a few stores: a scrape holds the census that it found and emits it without the lock, while the next one may be
 * published.
 */
#define _POSIX_C_SOURCE 200809L
#include "playarr.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "playarr_census.h"

struct playarr {
    playarr_handles on;
    playarr_families families;
    tacho_registry *reg;
    tacho_collector collector;
    tacho_collector_ops ops; /* of this object: its name and rows carry its prefix */
    char name[256];
    pthread_mutex_t mutex;
    playarr_census *census; /* the one shown, or NULL */
    uint64_t websockets;    /* open */
};

/* ---- The census that is shown ------------------------------------------------------------------------------------ */

static playarr_census *playarr_hold(playarr *p)
{
    pthread_mutex_lock(&p->mutex);
    playarr_census *census = p->census;
    if (census) census->holds++;
    pthread_mutex_unlock(&p->mutex);
    return census;
}

static void playarr_let_go(playarr *p, playarr_census *census)
{
    if (!census) return;
    pthread_mutex_lock(&p->mutex);
    size_t holds = --census->holds;
    pthread_mutex_unlock(&p->mutex);
    if (holds == 0) playarr_census_free(census);
}

bool playarr_census_publish(playarr *p, playarr_census *census)
{
    if (!census) return false;
    if (census->is_short) {
        playarr_census_free(census);
        return false;
    }
    pthread_mutex_lock(&p->mutex);
    playarr_census *before = p->census;
    p->census = census;
    pthread_mutex_unlock(&p->mutex);
    playarr_let_go(p, before);
    return true;
}

static tacho_err playarr_collect(tacho_collector *self, tacho_emitter *out)
{
    playarr *p = TACHO_CONTAINER(self, playarr, collector);
    playarr_census *census = playarr_hold(p);
    playarr_census_emit(census, p->families.census, out);
    playarr_let_go(p, census);
    return TACHO_OK;
}

/* ---- Life -------------------------------------------------------------------------------------------------------- */

static tacho_err playarr_define(playarr *p, const char *prefix)
{
    (void)snprintf(p->name, sizeof p->name, "%splayarr", prefix ? prefix : "");
    p->ops = (tacho_collector_ops){ .name = p->name,
                                    .descs = p->families.census,
                                    .desc_count = PLAYARR_CENSUS_COUNT,
                                    .collect = playarr_collect };
    p->collector.ops = &p->ops;
    tacho_err err = tacho_registry_define(p->reg, p->families.updated, p->families.updated_count);
    if (!err) err = tacho_registry_add(p->reg, &p->collector);
    return err;
}

playarr *playarr_new(tacho_registry *reg, const playarr_options *options)
{
    const char *prefix = options ? options->prefix : NULL;
    playarr *p = calloc(1, sizeof *p);
    if (!p) return NULL;
    p->reg = reg;
    pthread_mutex_init(&p->mutex, NULL);
    if (playarr_families_init(&p->families, prefix, &p->on)) {
        if (playarr_define(p, prefix) == TACHO_OK) return p;
        tacho_registry_undefine(reg, p->families.updated, p->families.updated_count);
    }
    playarr_families_fini(&p->families);
    pthread_mutex_destroy(&p->mutex);
    free(p);
    return NULL;
}

void playarr_free(playarr *p)
{
    if (!p) return;
    tacho_registry_remove(p->reg, &p->collector);
    tacho_registry_undefine(p->reg, p->families.updated, p->families.updated_count);
    playarr_families_fini(&p->families);
    playarr_let_go(p, p->census);
    pthread_mutex_destroy(&p->mutex);
    free(p);
}

/* ---- Streams ----------------------------------------------------------------------------------------------------- */

void playarr_cache_looked_up(playarr *p, playarr_lookup operation)
{
    tacho_counter_inc(p->on.cache_operations[operation]);
}

void playarr_source_selected(playarr *p, const char *provider, playarr_media media, double seconds)
{
    tacho_counter_inc_at(p->on.best_source_selections, TACHO_LABELS(playarr_label(provider)));
    tacho_histogram_observe(p->on.selection_durations[media], seconds);
}

bool playarr_stream_answered(playarr *p, const char *user, playarr_media media, double seconds)
{
    if (!user || !*user) return false;
    tacho_counter_inc_at(p->on.stream_requests, TACHO_LABELS(user));
    tacho_histogram_observe(p->on.stream_request_durations[media], seconds);
    return true;
}

void playarr_websocket_opened(playarr *p)
{
    pthread_mutex_lock(&p->mutex);
    tacho_gauge_set(p->on.websocket_connections, (double)++p->websockets);
    pthread_mutex_unlock(&p->mutex);
}

bool playarr_websocket_closed(playarr *p)
{
    pthread_mutex_lock(&p->mutex);
    bool was_open = p->websockets > 0;
    if (was_open) tacho_gauge_set(p->on.websocket_connections, (double)--p->websockets);
    pthread_mutex_unlock(&p->mutex);
    return was_open;
}

/* ---- Providers and jobs ------------------------------------------------------------------------------------------ */

void playarr_provider_synced(playarr *p, const char *provider, playarr_status status, double seconds)
{
    const char *id = playarr_label(provider);
    tacho_counter_inc_at(p->on.provider_syncs, TACHO_LABELS(id, playarr_status_names[status]));
    tacho_histogram_observe_at(p->on.provider_sync_durations, TACHO_LABELS(id), seconds);
}

void playarr_provider_call_failed(playarr *p, const char *provider, playarr_error error)
{
    tacho_counter_inc_at(p->on.provider_api_errors,
                         TACHO_LABELS(playarr_label(provider), playarr_error_names[error]));
}

void playarr_job_finished(playarr *p, const char *job_type, playarr_status status, double seconds)
{
    const char *type = playarr_label(job_type);
    tacho_counter_inc_at(p->on.job_executions, TACHO_LABELS(type, playarr_status_names[status]));
    tacho_histogram_observe_at(p->on.job_durations, TACHO_LABELS(type), seconds);
}

void playarr_provider_removed(playarr *p, const char *provider)
{
    const char *id = playarr_label(provider);
    tacho_counter_remove_matching(p->on.best_source_selections, TACHO_LABELS(id));
    tacho_counter_remove_matching(p->on.provider_syncs, TACHO_LABELS(id, NULL));
    tacho_histogram_remove_matching(p->on.provider_sync_durations, TACHO_LABELS(id));
    tacho_counter_remove_matching(p->on.provider_api_errors, TACHO_LABELS(id, NULL));
}

void playarr_user_removed(playarr *p, const char *user)
{
    if (user) tacho_counter_remove_matching(p->on.stream_requests, TACHO_LABELS(user));
}
