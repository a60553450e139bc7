/*
 * playarr_events.c - an event for each function of playarr.h, of the same name without the playarr_, with its arguments
 * as keys. The table at the end is what --help lists.
 */
#include "playarr_events.h"

#include "event_keys.h"
#include "playarr_families.h"

/* In the order of the enums of playarr.h. */
static const char *const events_medias[] = { "movies", "tvshows", "live", "unknown", NULL };
static const char *const events_switch[] = { "0", "1", NULL };

static playarr_events *events_of(event_target *target) { return TACHO_CONTAINER(target, playarr_events, target); }

static playarr *events_p(event_target *target) { return events_of(target)->p; }

/* ---- A census ---------------------------------------------------------------------------------------------------- */

static bool events_census_started(event_target *target, const event_value *v)
{
    playarr_events *events = events_of(target);
    (void)v;
    playarr_census_free(events->census);
    events->census = playarr_census_new();
    return events->census != NULL;
}

static bool events_census_provider_titles(event_target *target, const event_value *v)
{
    playarr_census *census = events_of(target)->census;
    playarr_census_provider_titles(census, v[0].text, (playarr_media)v[1].choice, v[2].count);
    return census != NULL;
}

static bool events_census_main_titles(event_target *target, const event_value *v)
{
    playarr_census *census = events_of(target)->census;
    playarr_census_main_titles(census, (playarr_media)v[0].choice, v[1].count);
    return census != NULL;
}

static bool events_census_episodes(event_target *target, const event_value *v)
{
    playarr_census *census = events_of(target)->census;
    playarr_census_episodes(census, v[0].text, v[1].text, v[2].count, v[3].count);
    return census != NULL;
}

static bool events_census_channels(event_target *target, const event_value *v)
{
    playarr_census *census = events_of(target)->census;
    playarr_census_channels(census, v[0].text, v[1].text, v[2].count);
    return census != NULL;
}

static bool events_census_user(event_target *target, const event_value *v)
{
    playarr_census *census = events_of(target)->census;
    playarr_census_user(census, &(playarr_user){ .name = v[0].text,
                                                 .has_api_key = v[1].choice == 1,
                                                 .movies = v[2].count,
                                                 .tvshows = v[3].count,
                                                 .channels = v[4].count });
    return census != NULL;
}

static bool events_census_published(event_target *target, const event_value *v)
{
    playarr_events *events = events_of(target);
    (void)v;
    bool published = playarr_census_publish(events->p, events->census);
    events->census = NULL;
    return published;
}

static bool events_census_dropped(event_target *target, const event_value *v)
{
    playarr_events *events = events_of(target);
    (void)v;
    bool was_started = events->census != NULL;
    playarr_census_free(events->census);
    events->census = NULL;
    return was_started;
}

/* ---- Streams ----------------------------------------------------------------------------------------------------- */

static bool events_cache_looked_up(event_target *target, const event_value *v)
{
    playarr_cache_looked_up(events_p(target), (playarr_lookup)v[0].choice);
    return true;
}

static bool events_source_selected(event_target *target, const event_value *v)
{
    playarr_source_selected(events_p(target), v[0].text, (playarr_media)v[1].choice, v[2].amount);
    return true;
}

static bool events_stream_answered(event_target *target, const event_value *v)
{
    return playarr_stream_answered(events_p(target), v[0].text, (playarr_media)v[1].choice, v[2].amount);
}

static bool events_websocket_opened(event_target *target, const event_value *v)
{
    (void)v;
    playarr_websocket_opened(events_p(target));
    return true;
}

static bool events_websocket_closed(event_target *target, const event_value *v)
{
    (void)v;
    return playarr_websocket_closed(events_p(target));
}

/* ---- Providers and jobs ------------------------------------------------------------------------------------------ */

static bool events_provider_synced(event_target *target, const event_value *v)
{
    playarr_provider_synced(events_p(target), v[0].text, (playarr_status)v[1].choice, v[2].amount);
    return true;
}

static bool events_provider_call_failed(event_target *target, const event_value *v)
{
    playarr_provider_call_failed(events_p(target), v[0].text, (playarr_error)v[1].choice);
    return true;
}

static bool events_job_finished(event_target *target, const event_value *v)
{
    playarr_job_finished(events_p(target), v[0].text, (playarr_status)v[1].choice, v[2].amount);
    return true;
}

static bool events_provider_removed(event_target *target, const event_value *v)
{
    playarr_provider_removed(events_p(target), v[0].text);
    return true;
}

static bool events_user_removed(event_target *target, const event_value *v)
{
    playarr_user_removed(events_p(target), v[0].text);
    return true;
}

/* ---- The table --------------------------------------------------------------------------------------------------- */

const event_row playarr_event_rows[PLAYARR_EVENTS] = {
    /* a census */
    { "census_started", events_census_started, { NOTHING } },
    { "census_provider_titles", events_census_provider_titles,
      { TEXT("provider_id"), CHOICE("media_type", events_medias), COUNT("titles") } },
    { "census_main_titles", events_census_main_titles,
      { CHOICE("media_type", events_medias), COUNT("titles") } },
    { "census_episodes", events_census_episodes,
      { TEXT("source"), TEXT("title_name"), COUNT("season"), COUNT("episodes") } },
    { "census_channels", events_census_channels, { TEXT("provider_id"), TEXT("category"), COUNT("channels") } },
    { "census_user", events_census_user,
      { TEXT("user"), CHOICE("has_api_key", events_switch), COUNT("movies"), COUNT("tvshows"),
        COUNT("channels") } },
    { "census_published", events_census_published, { NOTHING } },
    { "census_dropped", events_census_dropped, { NOTHING } },
    /* streams */
    { "cache_looked_up", events_cache_looked_up, { CHOICE("operation", playarr_lookup_names) } },
    { "source_selected", events_source_selected,
      { TEXT("provider_id"), CHOICE("media_type", events_medias), AMOUNT("seconds") } },
    { "stream_answered", events_stream_answered,
      { TEXT("user"), CHOICE("media_type", events_medias), AMOUNT("seconds") } },
    { "websocket_opened", events_websocket_opened, { NOTHING } },
    { "websocket_closed", events_websocket_closed, { NOTHING } },
    /* providers and jobs */
    { "provider_synced", events_provider_synced,
      { TEXT("provider_id"), CHOICE("status", playarr_status_names), AMOUNT("seconds") } },
    { "provider_call_failed", events_provider_call_failed,
      { TEXT("provider_id"), CHOICE("error_type", playarr_error_names) } },
    { "job_finished", events_job_finished,
      { TEXT("job_type"), CHOICE("status", playarr_status_names), AMOUNT("seconds") } },
    { "provider_removed", events_provider_removed, { TEXT("provider_id") } },
    { "user_removed", events_user_removed, { TEXT("user") } },
};

void playarr_events_init(playarr_events *events, playarr *p)
{
    events->p = p;
    events->census = NULL;
    events->target.rows = playarr_event_rows;
    events->target.row_count = PLAYARR_EVENTS;
}

void playarr_events_fini(playarr_events *events)
{
    playarr_census_free(events->census);
    events->census = NULL;
}
