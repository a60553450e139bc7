/*
 * sweep.h - one promise, tried on very many random cases, with TACHO_LONG=1 on all CPUs.
 */
#ifndef SWEEP_H
#define SWEEP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** The next random number of a stream. */
uint64_t sweep_random(uint64_t *stream);

/** Try one case made of numbers of the stream; false, and the reason in `why`, if it fails. Threads call it at once. */
typedef bool sweep_case(uint64_t *stream, char *why, size_t cap);

/**
 * Try `count` cases, a hundred times as many with TACHO_LONG=1, less under a sanitizer; the same ones on any number of
 * threads. A terminal sees how far it is: standard error, or what TACHO_PROGRESS names. Fails the cmocka test with
 * the reason of a case that failed.
 */
void sweep(const char *name, uint64_t count, sweep_case *one);

#endif
