/*
 * exemplar.h - exemplars: checked and packed when recorded, kept in slots that many write at the same time.
 *
 * A slot is zeroed memory, aligned to 8 bytes, that holds the last exemplar of a counter or of a bucket. Threads,
 * signal handlers and processes that share the memory store into it without waiting; scrapes copy out of it.
 */
#ifndef TACHO_EXEMPLAR_SLOT_H
#define TACHO_EXEMPLAR_SLOT_H

#include <tacho/exemplar.h>

#include "internal.h"

#define TACHO__EXEMPLAR_BYTES 512 /* of names and values, each with a 0 behind it */
#define TACHO__EXEMPLAR_SLOT (32 + TACHO__EXEMPLAR_BYTES)

/** A checked exemplar, or a copy of one: nobody else changes it. */
struct tacho__exemplar {
    double value;
    uint64_t time_ms; /* Unix; 0: none */
    char bytes[TACHO__EXEMPLAR_BYTES]; /* name 0 value 0, pair by pair; then zeros up to a multiple of 8 */
    uint32_t len; /* without these zeros */
};

/** Inside of the exemplar, with a 0 behind each. */
struct tacho__exemplar_pair {
    const char *name, *value;
    size_t name_len, value_len;
};

/** Walk the pairs in the order in which they were given: `at` begins at 0. False: there is none left. */
TACHO_INTERNAL bool tacho__exemplar_next(const struct tacho__exemplar *exemplar, size_t *at,
                                         struct tacho__exemplar_pair *pair);

/**
 * Check and pack; the time is now_ms where the caller gave none.
 *
 * False, and `out` is garbage, if a name or value is NULL, a name is no name or comes twice, a value is not UTF-8, all
 * of them together are longer than TACHO_EXEMPLAR_MAX code points, or the time is before 1970 or behind the year 9999.
 * Async-signal-safe. [hot | O(length + pairs^2) | 0.1]
 */
TACHO_INTERNAL bool tacho__exemplar_make(struct tacho__exemplar *out, const tacho_exemplar *in, double value,
                                         uint64_t now_ms);

/**
 * Make it the last one. Async-signal-safe.
 *
 * False, and this one is dropped, if another one is just being stored; or if this call was stopped for more than a
 * second and another one took over. `now_ns` is the monotonic clock's. [hot | O(length) | 0.1]
 */
TACHO_INTERNAL bool tacho__exemplar_store(void *slot, const struct tacho__exemplar *exemplar, uint64_t now_ns);

/** Forget the last one. What is being stored at this moment is forgotten as well. Async-signal-safe. [hot | O(1) | 0.1] */
TACHO_INTERNAL void tacho__exemplar_clear(void *slot);

/**
 * Copy the last one. False, and `out` is garbage: there is none, or others are being stored all the time, or the last
 * one was damaged (exemplar.c, I4). [hot | O(length) | 0.1]
 */
TACHO_INTERNAL bool tacho__exemplar_load(const void *slot, struct tacho__exemplar *out);

#endif
