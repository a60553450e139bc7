/*
 * tracearr_notices.h - groups that cannot be read, and those that can again, as lines on standard error.
 *
 * A group is told when it begins or ceases to fail, and when it fails for another reason, but that once a minute at
 * most. Reasons that differ in digits only are the same.
 */
#ifndef TRACEARR_NOTICES_H
#define TRACEARR_NOTICES_H

#include <pthread.h>

#include "tracearr.h"

enum { TRACEARR_NOTICE_BYTES = 300 };

typedef struct tracearr_notices {
    tracearr_listener listener;
    const char *program;
    pthread_mutex_t mutex;
    struct {
        char why[TRACEARR_NOTICE_BYTES]; /* less its digits; empty: it does not fail */
        uint64_t at_ns;                  /* when a failure was told last; 0: never */
    } told[TRACEARR_GROUPS];
} tracearr_notices;

/** Make them in the caller's storage, which lives as long as the process. */
void tracearr_notices_init(tracearr_notices *notices, const char *program);

/** Whether this is to be told at this time; it then counts as told. `why` is NULL for a group that was read. */
bool tracearr_notices_is_new(tracearr_notices *notices, tracearr_group group, const char *why,
                             uint64_t now_ns);

#endif
