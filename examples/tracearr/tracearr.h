/*
 * tracearr.h - the metrics of Tracearr, which watches over Plex, Jellyfin and Emby servers and who streams from them.
 *
 * Its 21 families are in tracearr.tsv. Most say how things are: they come in groups, and the numbers of a group are
 * counted together into a tally. There are two ways:
 *
 *   from a source   tracearr *t = tracearr_new(reg, &(tracearr_options){ .source = tracearr_api_new(...) });
 *                   Each group is a detached collector with a deadline of its own: a scrape reads all of them side by
 *                   side, and shows those that are back in time.
 *   by itself       tracearr *t = tracearr_new(reg, NULL);
 *                   tracearr_tally *tally = tracearr_tally_new(TRACEARR_STREAMS);
 *                   tracearr_tally_stream(tally, &(tracearr_stream){ ... });
 *                   tracearr_publish(t, tally);
 *                   Scrapes show what was published last.
 *
 * Either way a tally is shown whole or not at all, and what is not in it has no series: a server that is gone is gone.
 * Users are counted and never named. The comment of a function names the families it moves, without the tracearr_ in
 * front.
 *
 * Besides these families there is tracearr_exporter_entries_skipped{group}: what was left out of the tally that is
 * shown, because a value in it is not known or makes no sense.
 */
#ifndef TRACEARR_H
#define TRACEARR_H

#include <stdbool.h>
#include <stdint.h>

#include <tacho/tacho.h>

/** What is counted together. */
typedef enum tracearr_group {
    TRACEARR_SERVERS = 0, /* server_up */
    TRACEARR_STREAMS, /* sessions, streams, stream_bandwidth_bytes_per_second, streams_by_codec, users_online */
    TRACEARR_USERS,   /* users, users_by_trust_score, trust_score_min */
    TRACEARR_VIOLATIONS, /* violations, and what is new in violations_seen_total */
    TRACEARR_RULES,      /* rules */
    TRACEARR_PLAYS,      /* plays_today */
    TRACEARR_LIBRARY,    /* library_items, library_bytes */
    TRACEARR_LOAD, /* server_cpu_ratio, ..._memory_ratio, ..._transcoder_ratio, ..._network_bytes_per_second */
    TRACEARR_GROUPS
} tracearr_group;

/** The values of labels, as the proposal has them; the last of some is for what Tracearr may come to call otherwise. */
typedef enum tracearr_platform {
    TRACEARR_PLEX = 0,
    TRACEARR_JELLYFIN,
    TRACEARR_EMBY,
    TRACEARR_NO_PLATFORM
} tracearr_platform;
typedef enum tracearr_state { TRACEARR_PLAYING = 0, TRACEARR_PAUSED, TRACEARR_NO_STATE } tracearr_state;
typedef enum tracearr_decision {
    TRACEARR_DIRECT_PLAY = 0,
    TRACEARR_DIRECT_STREAM,
    TRACEARR_TRANSCODE
} tracearr_decision;
typedef enum tracearr_rule {
    TRACEARR_IMPOSSIBLE_TRAVEL = 0,
    TRACEARR_SIMULTANEOUS_LOCATIONS,
    TRACEARR_DEVICE_VELOCITY,
    TRACEARR_CONCURRENT_STREAMS,
    TRACEARR_GEO_RESTRICTION,
    TRACEARR_ACCOUNT_INACTIVITY,
    TRACEARR_NO_RULE
} tracearr_rule;
typedef enum tracearr_severity {
    TRACEARR_LOW = 0,
    TRACEARR_WARNING,
    TRACEARR_HIGH,
    TRACEARR_NO_SEVERITY
} tracearr_severity;
typedef enum tracearr_scope { TRACEARR_HOST = 0, TRACEARR_PROCESS } tracearr_scope;
typedef enum tracearr_direction { TRACEARR_IN = 0, TRACEARR_OUT } tracearr_direction;

/** What the API was asked for, the value of the label `endpoint`. */
typedef enum tracearr_endpoint {
    TRACEARR_HEALTH = 0,
    TRACEARR_STREAM_LIST,
    TRACEARR_USER_LIST,
    TRACEARR_VIOLATION_LIST,
    TRACEARR_STATS_TODAY,
    TRACEARR_LIBRARY_ITEMS,
    TRACEARR_ENDPOINTS
} tracearr_endpoint;

/* ---- A tally: the numbers of a group -----------------------------------------------------------------------------
 * Make one for a group, count into it, publish it. Names are borrowed for the call; one that is NULL or empty is shown
 * as "unknown". Names come in at most TRACEARR_MAX_SERIES combinations in each family; what is beyond, or has a name of
 * more than 256 bytes, adds up in one more, whose names are "_other". Servers of one name are shown as one. One thread
 * at a time per tally; NULL is fine. A number that is negative, NaN or infinite is skipped. */

#define TRACEARR_MAX_SERIES 10000
#define TRACEARR_MAX_VIOLATIONS 100000

typedef struct tracearr_tally tracearr_tally;

/** An empty tally, which owes one tracearr_publish or tracearr_tally_free. NULL when out of memory. */
tracearr_tally *tracearr_tally_new(tracearr_group group);
void tracearr_tally_free(tracearr_tally *tally);

/** A server that is there: what nobody counts for it, of its streams or users, is 0. */
void tracearr_tally_server(tracearr_tally *tally, const char *server);

/** Whether it can be reached; servers of one name are up if all of them are: server_up. */
void tracearr_tally_up(tracearr_tally *tally, const char *server, tracearr_platform platform, bool is_up);

typedef struct tracearr_stream {
    const char *server, *user; /* a user is online once, whatever the number of streams */
    tracearr_state state;
    tracearr_decision decision;
    double bytes_per_second;
    const char *video_codec, *audio_codec; /* NULL or empty: it has none; shown in small letters */
} tracearr_stream;

/** All families of the group; one of no known state is skipped in `sessions` only. */
void tracearr_tally_stream(tracearr_tally *tally, const tracearr_stream *stream);

/** An account on a server; one whose score is not from 0 to 100 is skipped, but in `users`. */
void tracearr_tally_user(tracearr_tally *tally, const char *server, double trust_score);

/** A violation that is on record; what comes a second time is not counted again. */
void tracearr_tally_violation(tracearr_tally *tally, const char *id, tracearr_rule rule,
                              tracearr_severity severity, bool is_acknowledged);

void tracearr_tally_rule(tracearr_tally *tally, tracearr_rule rule, bool is_active);
void tracearr_tally_plays(tracearr_tally *tally, const char *server, double plays);
void tracearr_tally_items(tracearr_tally *tally, const char *server, const char *media_type, double items);
void tracearr_tally_bytes(tracearr_tally *tally, const char *server, double bytes);

/** The last value counts. Ratios are from 0 to 1. */
void tracearr_tally_load(tracearr_tally *tally, const char *server, tracearr_scope scope, double cpu,
                         double memory);
void tracearr_tally_transcoder(tracearr_tally *tally, const char *server, double ratio);
void tracearr_tally_network(tracearr_tally *tally, const char *server, tracearr_direction direction,
                            double bytes_per_second);

/** An entry that could not be understood at all: it shows in the exporter's own metric. */
void tracearr_tally_skip(tracearr_tally *tally);

/* ---- Sources ----------------------------------------------------------------------------------------------------- */

typedef struct tracearr tracearr;

/** Where tallies come from; embed it and find your object with TACHO_CONTAINER. */
typedef struct tracearr_source {
    const struct tracearr_source_ops *ops;
} tracearr_source;

typedef struct tracearr_source_ops {
    /** Whether it can ever fill a group; the families of others have no samples. */
    bool (*offers)(tracearr_source *self, tracearr_group group);
    /**
     * Count the group into `tally` by a deadline (of deadline.h). False: it could not be read, and `why` has the words.
     * Called by the thread of each group, one call at a time for each. `t` is for tracearr_request_finished.
     */
    bool (*read)(tracearr_source *self, tracearr *t, tracearr_group group, tracearr_tally *tally,
                 uint64_t deadline_ns, char *why, size_t cap);
    void (*close)(tracearr_source *self);
} tracearr_source_ops;

/** Who hears about groups; embed it. Called from any thread, also after tracearr_free while a run hangs. */
typedef struct tracearr_listener {
    /** A group could not be read, for this reason; or, with NULL, it could. */
    void (*told)(struct tracearr_listener *self, tracearr_group group, const char *why);
} tracearr_listener;

/* ---- Life -------------------------------------------------------------------------------------------------------- */

/** What is shown for a group that could not be read: nothing, or its last good numbers, as always for the library. */
typedef enum tracearr_on_failure { TRACEARR_ABSENT = 0, TRACEARR_LAST } tracearr_on_failure;

#define TRACEARR_DEADLINE_MS 5000
#define TRACEARR_LIBRARY_DEADLINE_MS 30000
#define TRACEARR_LIBRARY_CACHE_MS 300000

/** Zero means default. */
typedef struct tracearr_options {
    const char *prefix; /* in front of every family and collector name; copied */
    tracearr_source
        *source; /* NULL: tallies are published; closed when nothing uses it any more, also on failure */
    tracearr_listener *listener; /* NULL: nobody */
    tracearr_on_failure on_failure;
    uint32_t deadline_ms; /* of a group, and at most what the scrape has */
    uint32_t
        library_deadline_ms;   /* of the library, which goes on after the scrape for the next ones to show */
    uint32_t library_cache_ms; /* how long it is shown until it is counted again */
} tracearr_options;

/** Add the families to a registry. NULL: one is refused (tacho_registry_error), or out of memory. */
tracearr *tracearr_new(tacho_registry *reg, const tracearr_options *options);

/**
 * Take them out of the registry, which is still there; runs in progress are waited for, but no longer
 * than their deadline. NULL is fine.
 */
void tracearr_free(tracearr *t);

/**
 * Show this tally, which is no longer the caller's, in place of the last one of its group. False: it was not complete,
 * because memory ran out; the last one stays. The violations in the first one are not new.
 */
bool tracearr_publish(tracearr *t, tracearr_tally *tally);

/** The API was asked and has answered, or not: exporter_request_errors_total, exporter_request_duration_seconds. */
void tracearr_request_finished(tracearr *t, tracearr_endpoint endpoint, bool is_good, double seconds);

/** The name of a group, as in its label: "streams". */
extern const char *const tracearr_group_names[TRACEARR_GROUPS + 1];

#endif
