/*
 * backoff.h - when to try again: after each failure in a row twice as late as after the one before.
 */
#ifndef EXAMPLES_BACKOFF_H
#define EXAMPLES_BACKOFF_H

#include <stdint.h>

/** One owner at a time. */
typedef struct backoff {
    uint32_t min_ms, max_ms;
    uint32_t step_ms;  /* the last wait; 0: no failure since the last success */
    uint64_t until_ns; /* on the monotonic clock: not before */
} backoff;

/** Zero means 250 ms and 30 s. */
void backoff_init(backoff *self, uint32_t min_ms, uint32_t max_ms);
void backoff_succeed(backoff *self);
void backoff_fail(backoff *self);

/** Milliseconds until a try is due; 0: now. */
int backoff_left_ms(const backoff *self);

#endif
