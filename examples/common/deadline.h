/*
 * deadline.h - until when something may take, as a time on the monotonic clock, so that steps share one limit.
 *
 * A deadline is made once, where the time allowed is known, and handed down: whatever is done in between, the last
 * step ends at the same time. All functions may be called by any thread.
 */
#ifndef EXAMPLES_DEADLINE_H
#define EXAMPLES_DEADLINE_H

#include <stdint.h>

/** The monotonic clock, in nanoseconds. */
uint64_t deadline_now_ns(void);

/** The deadline `ms` milliseconds from now. */
uint64_t deadline_in_ms(uint32_t ms);

/** Milliseconds until then, rounded up, as poll takes them: 0 when it has passed. */
int deadline_left_ms(uint64_t deadline_ns);

#endif
