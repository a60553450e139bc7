/*
 * stress.h - what tests with many threads and processes have in common: how much to do, a limit against hanging, memory
 * shared with children, children that die when they should, and random numbers that can be repeated.
 *
 * Nothing here calls cmocka but what says so, so threads and forked children may use it.
 */
#ifndef STRESS_H
#define STRESS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <tacho/registry.h>

#include "exposition.h"

/** Is this a long run, one with TACHO_LONG=1? */
bool stress_is_long(void);

/** How much work: less under a sanitizer and in the fallback build, more with TACHO_LONG=1. At least 1. */
size_t stress_scaled(size_t normal);
double stress_seconds(double normal);

/** Begin a test: it is ended with a message when it takes longer than `seconds` (more under a sanitizer, and with TACHO_LONG=1). */
void stress_begin(const char *name, unsigned seconds);

/** The end of the test: no limit any more. */
void stress_end(void);

/** Seconds on the monotonic clock. */
double stress_now(void);

/** Let the others work for so long. */
void stress_pass(double seconds);

/** Random numbers from TACHO_SEED, or a fixed seed; the first call prints it. */
uint64_t stress_seed(void);
uint32_t stress_random(uint64_t *state, uint32_t below);

/** Zeroed memory that children share. Fails the cmocka test when there is none. */
void *stress_shared(size_t size);
void stress_unshare(void *memory, size_t size);

/** Run `body` in a child, which ends with the status that it returns, and dies with this process. */
pid_t stress_fork(int (*body)(void *arg), void *arg);

/** Wait for a child: its exit status, or minus the signal that ended it. */
int stress_wait(pid_t child);

/** Wait until a child has stopped itself. False: it ended instead. */
bool stress_wait_stopped(pid_t child);

/** Scrape through a buffer of `size` bytes and parse that. NULL, and the reason on standard error, if it is invalid. */
struct exposition *stress_scrape(tacho_registry *reg, size_t size);

/** Scrape; fails the cmocka test if that is invalid. */
struct exposition *stress_scrape_valid(tacho_registry *reg);

/** Say what is wrong and return false; for threads and children, whose asserts nobody hears. */
bool stress_say(const char *format, ...) __attribute__((format(printf, 1, 2)));

/** Signals to this thread, every so many microseconds, until stress_storm_end on the same thread. */
struct stress_storm {
    int signal;
    void *timer;
};
bool stress_storm_begin(struct stress_storm *storm, int signal, unsigned every_us, void (*handler)(int));
void stress_storm_end(struct stress_storm *storm);

#endif
