/*
 * tracearr_families.c - the rows, and where each finds its numbers; tracearr.tsv has the same names and texts.
 */
#include "tracearr_families.h"

#include <stdlib.h>

#include "rows.h"

/* Never counted into: it only gives the table places to name, which rows_move finds again in a real object. */
static tracearr_handles families_shape;

const char *const tracearr_group_names[TRACEARR_GROUPS + 1] = { "servers",    "streams", "users",
                                                                "violations", "rules",   "plays",
                                                                "library",    "load",    NULL };
const char *const tracearr_platform_names[TRACEARR_PLATFORMS + 1] = { "plex", "jellyfin", "emby", NULL };
const char *const tracearr_state_names[TRACEARR_STATES + 1] = { "playing", "paused", NULL };
const char *const tracearr_decision_names[TRACEARR_DECISIONS + 1] = { "direct_play", "direct_stream",
                                                                      "transcode", NULL };
const char *const tracearr_rule_names[TRACEARR_RULE_COUNT + 1] = {
    "impossible_travel",
    "simultaneous_locations",
    "device_velocity",
    "concurrent_streams",
    "geo_restriction",
    "account_inactivity",
    NULL,
};
const char *const tracearr_severity_names[TRACEARR_SEVERITIES + 1] = { "low", "warning", "high", NULL };
const char *const tracearr_truth_names[3] = { "true", "false", NULL };
const char *const tracearr_band_names[TRACEARR_BANDS + 1] = {
    "0-24", "25-49", "50-74", "75-99", "100", NULL
};
const char *const tracearr_scope_names[TRACEARR_SCOPES + 1] = { "host", "process", NULL };
const char *const tracearr_direction_names[TRACEARR_DIRECTIONS + 1] = { "in", "out", NULL };
const char *const tracearr_kind_names[3] = { "video", "audio", NULL };
const char *const tracearr_endpoint_names[TRACEARR_ENDPOINTS + 1] = {
    "health", "streams", "users", "violations", "stats_today", "library_items", NULL
};

#define AT_STREAMS(at, names) TRACEARR_STREAMS, TRACEARR_TABLE_STREAMS, at, TACHO_COUNT(names) - 1, names
#define AT_LOAD(at, names) TRACEARR_LOAD, TRACEARR_TABLE_LOAD, at, TACHO_COUNT(names) - 1, names
#define ALONE(group, table, at) group, table, at, 1, NULL
const tracearr_view tracearr_views[TRACEARR_TALLIED] = {
    { ALONE(TRACEARR_SERVERS, TRACEARR_TABLE_UP, 0), TRACEARR_IS_ZERO },
    { AT_STREAMS(TRACEARR_AT_SESSIONS, tracearr_state_names), TRACEARR_AS_IT_IS },
    { AT_STREAMS(TRACEARR_AT_STREAMS, tracearr_decision_names), TRACEARR_AS_IT_IS },
    { AT_STREAMS(TRACEARR_AT_BANDWIDTH, tracearr_decision_names), TRACEARR_AS_IT_IS },
    { ALONE(TRACEARR_STREAMS, TRACEARR_TABLE_CODECS, 0), TRACEARR_AS_IT_IS },
    { ALONE(TRACEARR_STREAMS, TRACEARR_TABLE_STREAMS, TRACEARR_AT_ONLINE), TRACEARR_AS_IT_IS },
    { ALONE(TRACEARR_USERS, TRACEARR_TABLE_USERS, 0), TRACEARR_AS_IT_IS },
    { ALONE(TRACEARR_USERS, TRACEARR_TABLE_BANDS, 0), TRACEARR_AS_IT_IS },
    { ALONE(TRACEARR_USERS, TRACEARR_TABLE_USERS, 1), TRACEARR_IF_SET },
    { ALONE(TRACEARR_VIOLATIONS, TRACEARR_TABLE_VIOLATIONS, 0), TRACEARR_AS_IT_IS },
    { ALONE(TRACEARR_RULES, TRACEARR_TABLE_RULES, 0), TRACEARR_AS_IT_IS },
    { ALONE(TRACEARR_PLAYS, TRACEARR_TABLE_PLAYS, 0), TRACEARR_AS_IT_IS },
    { ALONE(TRACEARR_LIBRARY, TRACEARR_TABLE_ITEMS, 0), TRACEARR_AS_IT_IS },
    { ALONE(TRACEARR_LIBRARY, TRACEARR_TABLE_BYTES, 0), TRACEARR_AS_IT_IS },
    { AT_LOAD(TRACEARR_AT_CPU, tracearr_scope_names), TRACEARR_IF_SET },
    { AT_LOAD(TRACEARR_AT_MEMORY, tracearr_scope_names), TRACEARR_IF_SET },
    { ALONE(TRACEARR_LOAD, TRACEARR_TABLE_LOAD, TRACEARR_AT_TRANSCODER), TRACEARR_IF_SET },
    { AT_LOAD(TRACEARR_AT_NETWORK, tracearr_direction_names), TRACEARR_IF_SET },
};

static const double families_seconds[] = { 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10 };

/* In the order of the views. */
static const tacho_desc families_tallied[TRACEARR_TALLIED] = {
    { .type = TACHO_GAUGE,
      .name = "tracearr_server_up",
      .labels = { "server", "platform" },
      .values = { NULL, tracearr_platform_names },
      .help = "Whether Tracearr reaches the media server: 1 or 0. At 0 nobody there is watched over, and its "
              "other numbers stand still." },
    { .type = TACHO_GAUGE,
      .name = "tracearr_sessions",
      .labels = { "server", "state" },
      .values = { NULL, tracearr_state_names },
      .help = "Sessions open now, by whether they play or pause." },
    { .type = TACHO_GAUGE,
      .name = "tracearr_streams",
      .labels = { "server", "decision" },
      .values = { NULL, tracearr_decision_names },
      .help = "Streams now, by what the server does for them; transcodes cost it CPU or GPU." },
    { .type = TACHO_GAUGE,
      .name = "tracearr_stream_bandwidth_bytes_per_second",
      .unit = "bytes_per_second",
      .labels = { "server", "decision" },
      .values = { NULL, tracearr_decision_names },
      .help =
          "Bytes a second that the streams of now need, as their bit rates say; not measured on the wire." },
    { .type = TACHO_GAUGE,
      .name = "tracearr_streams_by_codec",
      .labels = { "server", "kind", "codec" },
      .values = { NULL, tracearr_kind_names, NULL },
      .flags = TACHO_UNUSUAL_NAME,
      .help =
          "Streams now, by the codec that is sent; a stream with picture and sound counts under both kinds." },
    { .type = TACHO_GAUGE,
      .name = "tracearr_users_online",
      .labels = { "server" },
      .help = "Users with at least one stream now." },
    { .type = TACHO_GAUGE,
      .name = "tracearr_users",
      .labels = { "server" },
      .help = "Accounts that Tracearr knows on the server." },
    { .type = TACHO_GAUGE,
      .name = "tracearr_users_by_trust_score",
      .labels = { "band" },
      .values = { tracearr_band_names },
      .help = "Accounts by their trust score now, 100 at best; one on two servers counts twice." },
    { .type = TACHO_GAUGE,
      .name = "tracearr_trust_score_min",
      .labels = { "server" },
      .help = "Lowest trust score of an account on the server; look at who that is before sharing goes on." },
    { .type = TACHO_GAUGE,
      .name = "tracearr_violations",
      .labels = { "rule", "severity", "acknowledged" },
      .values = { tracearr_rule_names, tracearr_severity_names, tracearr_truth_names },
      .help =
          "Violations on record; falls when some are dismissed. Those with acknowledged=false wait for you." },
    { .type = TACHO_GAUGE,
      .name = "tracearr_rules",
      .labels = { "rule", "active" },
      .values = { tracearr_rule_names, tracearr_truth_names },
      .help = "Detection rules that are set up, by kind and whether they are switched on." },
    { .type = TACHO_GAUGE,
      .name = "tracearr_plays_today",
      .labels = { "server" },
      .help = "Plays since midnight (UTC), when it falls to 0." },
    { .type = TACHO_GAUGE,
      .name = "tracearr_library_items",
      .labels = { "server", "media_type" },
      .help = "Entries of the library; a sudden fall is a disk or share that is gone." },
    { .type = TACHO_GAUGE,
      .name = "tracearr_library_bytes",
      .unit = "bytes",
      .labels = { "server" },
      .help = "Size of the files of the library." },
    { .type = TACHO_GAUGE,
      .name = "tracearr_server_cpu_ratio",
      .unit = "ratio",
      .labels = { "server", "scope" },
      .values = { NULL, tracearr_scope_names },
      .help = "CPU in use, from 0 to 1: of the whole host, and of the media server's process." },
    { .type = TACHO_GAUGE,
      .name = "tracearr_server_memory_ratio",
      .unit = "ratio",
      .labels = { "server", "scope" },
      .values = { NULL, tracearr_scope_names },
      .help = "Memory in use, from 0 to 1: of the whole host, and of the media server's process." },
    { .type = TACHO_GAUGE,
      .name = "tracearr_server_transcoder_ratio",
      .unit = "ratio",
      .labels = { "server" },
      .help = "How busy the transcoder is, from 0 to 1; at 1 the next transcode stutters." },
    { .type = TACHO_GAUGE,
      .name = "tracearr_server_network_bytes_per_second",
      .unit = "bytes_per_second",
      .labels = { "server", "direction" },
      .values = { NULL, tracearr_direction_names },
      .help = "Network traffic of the media server." },
};

static const tacho_desc families_updated[] = {
    { .counter = families_shape.seen,
      .name = "tracearr_violations_seen_total",
      .labels = { "rule", "severity" },
      .values = { tracearr_rule_names, tracearr_severity_names },
      .help =
          "New violations since the exporter started; alert on its increase, not on violations, which falls "
          "too." },
    { .counter = families_shape.request_errors,
      .name = "tracearr_exporter_request_errors_total",
      .labels = { "endpoint" },
      .values = { tracearr_endpoint_names },
      .help =
          "Requests to Tracearr that failed: no connection, a deadline, a status, an answer that makes no "
          "sense." },
    { .histogram = families_shape.request_durations,
      .name = "tracearr_exporter_request_duration_seconds",
      .unit = "seconds",
      .buckets = families_seconds,
      .bucket_count = TACHO_COUNT(families_seconds),
      .labels = { "endpoint" },
      .values = { tracearr_endpoint_names },
      .help = "Time that requests to Tracearr took, with those that failed." },
    { .gauge = families_shape.skipped,
      .name = "tracearr_exporter_entries_skipped",
      .labels = { "group" },
      .values = { tracearr_group_names },
      .help =
          "Entries left out of what is shown, because a value in them is not known or makes no sense; a newer "
          "Tracearr may have such." },
};

bool tracearr_families_init(tracearr_families *families, const char *prefix, tracearr_handles *handles)
{
    families->updated_count = TACHO_COUNT(families_updated);
    families->updated = rows_copy(families_updated, families->updated_count, prefix);
    families->tallied = rows_copy(families_tallied, TRACEARR_TALLIED, prefix);
    if (!families->updated || !families->tallied) {
        tracearr_families_fini(families);
        return false;
    }
    for (size_t i = 0; i < families->updated_count; i++)
        rows_move(&families->updated[i], &families_shape, handles);
    return true;
}

void tracearr_families_fini(tracearr_families *families)
{
    free(families->updated);
    free(families->tallied);
    families->updated = families->tallied = NULL;
}
