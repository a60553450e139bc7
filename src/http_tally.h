/*
 * http_tally.h - what servers count of themselves, as families of their registry.
 */
#ifndef TACHO_HTTP_TALLY_H
#define TACHO_HTTP_TALLY_H

#include <tacho/registry.h>

#include "internal.h"

/** Why a request got no answer, or not the one it wanted. */
typedef enum tacho__http_reason {
    TACHO__HTTP_REJECTED_TOKEN,
    TACHO__HTTP_REJECTED_HOST,
    TACHO__HTTP_REJECTED_MALFORMED,
    TACHO__HTTP_REJECTED_SIZE,
    TACHO__HTTP_REJECTED_LATE,  /* it did not arrive in time */
    TACHO__HTTP_REJECTED_SLOW,  /* its answer was not taken in time */
    TACHO__HTTP_REJECTED_CROWD, /* another client needed the place */
    TACHO__HTTP_REASONS
} tacho__http_reason;

/** Handles, shared by all servers of a registry. All zero: nothing is counted. */
typedef struct tacho__http_tally {
    tacho_counter_vec *requests;
    tacho_counter *rejected[TACHO__HTTP_REASONS];
    tacho_counter *bytes;
    tacho_histogram *seconds;
    tacho_gauge *connections, *stale;
} tacho__http_tally;

/** Define the families; what cannot be defined is not counted. [shared | O(families) | 0.1] */
TACHO_INTERNAL void tacho__http_tally_init(tacho__http_tally *tally, tacho_registry *reg);

/** Count an answer that is over. [shared | O(1) | 0.1] */
TACHO_INTERNAL void tacho__http_tally_request(const tacho__http_tally *tally, int status, uint64_t began_ns);

/** Count what the library itself refuses with this status, if it is a refusal. [hot | O(1) | 0.1] */
TACHO_INTERNAL void tacho__http_tally_refusal(const tacho__http_tally *tally, int status);

#endif
