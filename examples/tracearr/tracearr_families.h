/*
 * tracearr_families.h - the families of Tracearr as rows, and what each shows of a tally. Internal to the module.
 */
#ifndef TRACEARR_FAMILIES_H
#define TRACEARR_FAMILIES_H

#include "tracearr.h"

enum {
    TRACEARR_PLATFORMS = 3,
    TRACEARR_STATES = 2,
    TRACEARR_DECISIONS = 3,
    TRACEARR_RULE_COUNT = 6,
    TRACEARR_SEVERITIES = 3,
    TRACEARR_SCOPES = 2,
    TRACEARR_DIRECTIONS = 2,
    TRACEARR_BANDS = 5
};

/** The tables of a tally, by their labels; the numbers in them. */
typedef enum tracearr_table {
    TRACEARR_TABLE_UP,         /* server, platform: how many of them are down */
    TRACEARR_TABLE_STREAMS,    /* server: as below */
    TRACEARR_TABLE_CODECS,     /* server, kind, codec: streams */
    TRACEARR_TABLE_VIEWERS,    /* server, user: whether he was counted */
    TRACEARR_TABLE_USERS,      /* server: users, the least score if there is one */
    TRACEARR_TABLE_BANDS,      /* band: users */
    TRACEARR_TABLE_VIOLATIONS, /* rule, severity, acknowledged: violations */
    TRACEARR_TABLE_IDS,        /* id: 1 + rule * TRACEARR_SEVERITIES + severity */
    TRACEARR_TABLE_RULES,      /* rule, active: rules */
    TRACEARR_TABLE_PLAYS,      /* server: plays */
    TRACEARR_TABLE_ITEMS,      /* server, media_type: items */
    TRACEARR_TABLE_BYTES,      /* server: bytes */
    TRACEARR_TABLE_LOAD,       /* server: as below, each if it is there */
    TRACEARR_TABLES
} tracearr_table;

/** Numbers of a row in TRACEARR_TABLE_STREAMS and TRACEARR_TABLE_LOAD. */
enum {
    TRACEARR_AT_SESSIONS = 0,
    TRACEARR_AT_STREAMS = TRACEARR_AT_SESSIONS + TRACEARR_STATES,
    TRACEARR_AT_BANDWIDTH = TRACEARR_AT_STREAMS + TRACEARR_DECISIONS,
    TRACEARR_AT_ONLINE = TRACEARR_AT_BANDWIDTH + TRACEARR_DECISIONS,

    TRACEARR_AT_CPU = 0,
    TRACEARR_AT_MEMORY = TRACEARR_AT_CPU + TRACEARR_SCOPES,
    TRACEARR_AT_TRANSCODER = TRACEARR_AT_MEMORY + TRACEARR_SCOPES,
    TRACEARR_AT_NETWORK
};

/** How the number of a family is made of that in the table. */
typedef enum tracearr_reading { TRACEARR_AS_IT_IS, TRACEARR_IS_ZERO, TRACEARR_IF_SET } tracearr_reading;

/** Where a family finds its numbers: a row of a table gives `count` samples, whose last label is one of `names`. */
typedef struct tracearr_view {
    tracearr_group group;
    tracearr_table table;
    size_t first, count;
    const char *const *names; /* NULL: the row's own labels are all */
    tracearr_reading reading;
} tracearr_view;

/** The families that are counted in tallies, those of a group one after the other. */
enum { TRACEARR_TALLIED = 18 };
extern const tracearr_view tracearr_views[TRACEARR_TALLIED];

/** The handles of those that are updated. */
typedef struct tracearr_handles {
    tacho_counter *seen[TRACEARR_RULE_COUNT * TRACEARR_SEVERITIES];
    tacho_counter *request_errors[TRACEARR_ENDPOINTS];
    tacho_histogram *request_durations[TRACEARR_ENDPOINTS];
    tacho_gauge *skipped[TRACEARR_GROUPS];
} tracearr_handles;

typedef struct tracearr_families {
    tacho_desc *tallied; /* TRACEARR_TALLIED, for collectors */
    tacho_desc *updated; /* bound to handles */
    size_t updated_count;
} tracearr_families;

/** Label values, NULL-terminated, in the order of their enums. */
extern const char *const tracearr_platform_names[TRACEARR_PLATFORMS + 1];
extern const char *const tracearr_state_names[TRACEARR_STATES + 1];
extern const char *const tracearr_decision_names[TRACEARR_DECISIONS + 1];
extern const char *const tracearr_rule_names[TRACEARR_RULE_COUNT + 1];
extern const char *const tracearr_severity_names[TRACEARR_SEVERITIES + 1];
extern const char *const tracearr_truth_names[3];
extern const char *const tracearr_band_names[TRACEARR_BANDS + 1];
extern const char *const tracearr_scope_names[TRACEARR_SCOPES + 1];
extern const char *const tracearr_direction_names[TRACEARR_DIRECTIONS + 1];
extern const char *const tracearr_kind_names[3];
extern const char *const tracearr_endpoint_names[TRACEARR_ENDPOINTS + 1];

/** Make the rows, bound into `handles`. False when out of memory. */
bool tracearr_families_init(tracearr_families *families, const char *prefix, tracearr_handles *handles);
void tracearr_families_fini(tracearr_families *families);

#endif
