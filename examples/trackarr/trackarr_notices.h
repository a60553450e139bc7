/*
 * trackarr_notices.h - queries that begin or cease to fail, as lines on standard error.
 *
 * One server that is away makes fifty queries fail for the same reason: a reason is told for the first of them, and
 * not again for a minute. Reasons that differ in digits only (a wait, a process id) are the same.
 */
#ifndef TRACKARR_NOTICES_H
#define TRACKARR_NOTICES_H

#include <pthread.h>

#include "trackarr.h"

enum { NOTICES_REMEMBERED = 8 };

typedef struct trackarr_notices {
    trackarr_listener listener;
    const char *program;
    pthread_mutex_t mutex;
    struct {
        char why[TRACKARR_WHY_BYTES]; /* less its digits; empty: it was answered again */
        double at;                    /* seconds; 0: nothing is remembered here */
    } told[NOTICES_REMEMBERED];
} trackarr_notices;

/** Make them in the caller's storage, which lives as long as the process. */
void trackarr_notices_init(trackarr_notices *notices, const char *program);

/** Whether a reason is to be told at this time; it then counts as told. */
bool trackarr_notices_is_new(trackarr_notices *notices, const char *why, double now);

#endif
