/*
 * tracearr_events.c - an event for each function of tracearr.h, with its arguments as keys. The table at the end is
 * what --help lists.
 */
#include "tracearr_events.h"

#include "event_keys.h"
#include "tracearr_families.h"

/* In the order of the enums of tracearr.h, the last for what is not known. */
static const char *const events_platforms[] = { "plex", "jellyfin", "emby", "other", NULL };
static const char *const events_states[] = { "playing", "paused", "other", NULL };
static const char *const events_switch[] = { "0", "1", NULL };
static const char *const events_statuses[] = { "failure", "success", NULL };

static tracearr_events *events_of(event_target *target)
{
    return TACHO_CONTAINER(target, tracearr_events, target);
}

static tracearr_tally *events_tally(event_target *target, tracearr_group group)
{
    return events_of(target)->tallies[group];
}

/* ---- Tallies ----------------------------------------------------------------------------------------------------- */

static bool events_tally_started(event_target *target, const event_value *v)
{
    tracearr_tally **tally = &events_of(target)->tallies[v[0].choice];
    tracearr_tally_free(*tally);
    *tally = tracearr_tally_new((tracearr_group)v[0].choice);
    return *tally != NULL;
}

static bool events_tally_published(event_target *target, const event_value *v)
{
    tracearr_tally **tally = &events_of(target)->tallies[v[0].choice];
    bool published = tracearr_publish(events_of(target)->t, *tally);
    *tally = NULL;
    return published;
}

static bool events_tally_dropped(event_target *target, const event_value *v)
{
    tracearr_tally **tally = &events_of(target)->tallies[v[0].choice];
    bool was_started = *tally != NULL;
    tracearr_tally_free(*tally);
    *tally = NULL;
    return was_started;
}

/* ---- What is in them --------------------------------------------------------------------------------------------- */

static bool events_server(event_target *target, const event_value *v)
{
    tracearr_tally *tally = events_tally(target, (tracearr_group)v[0].choice);
    tracearr_tally_server(tally, v[1].text);
    return tally != NULL;
}

static bool events_server_up(event_target *target, const event_value *v)
{
    tracearr_tally *tally = events_tally(target, TRACEARR_SERVERS);
    tracearr_tally_up(tally, v[0].text, (tracearr_platform)v[1].choice, v[2].choice == 1);
    return tally != NULL;
}

static bool events_stream(event_target *target, const event_value *v)
{
    tracearr_tally *tally = events_tally(target, TRACEARR_STREAMS);
    tracearr_tally_stream(tally, &(tracearr_stream){ .server = v[0].text,
                                                     .user = v[1].text,
                                                     .state = (tracearr_state)v[2].choice,
                                                     .decision = (tracearr_decision)v[3].choice,
                                                     .bytes_per_second = v[4].amount,
                                                     .video_codec = v[5].text,
                                                     .audio_codec = v[6].text });
    return tally != NULL;
}

static bool events_user(event_target *target, const event_value *v)
{
    tracearr_tally *tally = events_tally(target, TRACEARR_USERS);
    tracearr_tally_user(tally, v[0].text, v[1].amount);
    return tally != NULL;
}

static bool events_violation(event_target *target, const event_value *v)
{
    tracearr_tally *tally = events_tally(target, TRACEARR_VIOLATIONS);
    tracearr_tally_violation(tally, v[0].text, (tracearr_rule)v[1].choice, (tracearr_severity)v[2].choice,
                             v[3].choice == 1);
    return tally != NULL;
}

static bool events_rule(event_target *target, const event_value *v)
{
    tracearr_tally *tally = events_tally(target, TRACEARR_RULES);
    tracearr_tally_rule(tally, (tracearr_rule)v[0].choice, v[1].choice == 1);
    return tally != NULL;
}

static bool events_plays(event_target *target, const event_value *v)
{
    tracearr_tally *tally = events_tally(target, TRACEARR_PLAYS);
    tracearr_tally_plays(tally, v[0].text, (double)v[1].count);
    return tally != NULL;
}

static bool events_library_items(event_target *target, const event_value *v)
{
    tracearr_tally *tally = events_tally(target, TRACEARR_LIBRARY);
    tracearr_tally_items(tally, v[0].text, v[1].text, (double)v[2].count);
    return tally != NULL;
}

static bool events_library_bytes(event_target *target, const event_value *v)
{
    tracearr_tally *tally = events_tally(target, TRACEARR_LIBRARY);
    tracearr_tally_bytes(tally, v[0].text, (double)v[1].count);
    return tally != NULL;
}

static bool events_load(event_target *target, const event_value *v)
{
    tracearr_tally *tally = events_tally(target, TRACEARR_LOAD);
    tracearr_tally_load(tally, v[0].text, (tracearr_scope)v[1].choice, v[2].amount, v[3].amount);
    return tally != NULL;
}

static bool events_transcoder(event_target *target, const event_value *v)
{
    tracearr_tally *tally = events_tally(target, TRACEARR_LOAD);
    tracearr_tally_transcoder(tally, v[0].text, v[1].amount);
    return tally != NULL;
}

static bool events_network(event_target *target, const event_value *v)
{
    tracearr_tally *tally = events_tally(target, TRACEARR_LOAD);
    tracearr_tally_network(tally, v[0].text, (tracearr_direction)v[1].choice, v[2].amount);
    return tally != NULL;
}

static bool events_entry_skipped(event_target *target, const event_value *v)
{
    tracearr_tally *tally = events_tally(target, (tracearr_group)v[0].choice);
    tracearr_tally_skip(tally);
    return tally != NULL;
}

static bool events_request_finished(event_target *target, const event_value *v)
{
    tracearr_request_finished(events_of(target)->t, (tracearr_endpoint)v[0].choice, v[1].choice == 1,
                              v[2].amount);
    return true;
}

/* ---- The table --------------------------------------------------------------------------------------------------- */

const event_row tracearr_event_rows[TRACEARR_EVENTS] = {
    /* tallies */
    { "tally_started", events_tally_started, { CHOICE("group", tracearr_group_names) } },
    { "tally_published", events_tally_published, { CHOICE("group", tracearr_group_names) } },
    { "tally_dropped", events_tally_dropped, { CHOICE("group", tracearr_group_names) } },
    /* what is in them */
    { "server", events_server, { CHOICE("group", tracearr_group_names), TEXT("server") } },
    { "server_up",
      events_server_up,
      { TEXT("server"), CHOICE("platform", events_platforms), CHOICE("up", events_switch) } },
    { "stream",
      events_stream,
      { TEXT("server"), TEXT("user"), CHOICE("state", events_states),
        CHOICE("decision", tracearr_decision_names), AMOUNT("bytes_per_second"), TEXT("video_codec"),
        TEXT("audio_codec") } },
    { "user", events_user, { TEXT("server"), AMOUNT("trust_score") } },
    { "violation",
      events_violation,
      { TEXT("id"), CHOICE("rule", tracearr_rule_names), CHOICE("severity", tracearr_severity_names),
        CHOICE("acknowledged", events_switch) } },
    { "rule", events_rule, { CHOICE("rule", tracearr_rule_names), CHOICE("active", events_switch) } },
    { "plays", events_plays, { TEXT("server"), COUNT("plays") } },
    { "library_items", events_library_items, { TEXT("server"), TEXT("media_type"), COUNT("items") } },
    { "library_bytes", events_library_bytes, { TEXT("server"), COUNT("bytes") } },
    { "load",
      events_load,
      { TEXT("server"), CHOICE("scope", tracearr_scope_names), AMOUNT("cpu"), AMOUNT("memory") } },
    { "transcoder", events_transcoder, { TEXT("server"), AMOUNT("ratio") } },
    { "network",
      events_network,
      { TEXT("server"), CHOICE("direction", tracearr_direction_names), AMOUNT("bytes_per_second") } },
    { "entry_skipped", events_entry_skipped, { CHOICE("group", tracearr_group_names) } },
    { "request_finished",
      events_request_finished,
      { CHOICE("endpoint", tracearr_endpoint_names), CHOICE("status", events_statuses), AMOUNT("seconds") } },
};

void tracearr_events_init(tracearr_events *events, tracearr *t)
{
    *events = (tracearr_events){ .target = { tracearr_event_rows, TRACEARR_EVENTS }, .t = t };
}

void tracearr_events_fini(tracearr_events *events)
{
    for (size_t i = 0; i < TRACEARR_GROUPS; i++) {
        tracearr_tally_free(events->tallies[i]);
        events->tallies[i] = NULL;
    }
}
