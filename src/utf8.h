/*
 * utf8.h - checking, repairing and cutting UTF-8.
 *
 * Well-formed means what Unicode means: no overlong form, no surrogate, nothing over U+10FFFF. Byte 0 is a
 * character like any other. Lengths count bytes; a text of length 0 may be NULL.
 */
#ifndef TACHO_UTF8_H
#define TACHO_UTF8_H

#include <stdbool.h>
#include <stddef.h>

#include "internal.h"

/**
 * Measure the longest well-formed beginning of `text`, in whole code points: `len` if all of it is.
 * [hot | O(len) | 0.1]
 */
TACHO_INTERNAL size_t tacho__utf8_valid(const char *text, size_t len);

/**
 * Copy `text` to `out`, each maximal ill-formed part replaced by U+FFFD, and return the bytes written.
 *
 * The parts are those of Unicode's recommended practice: a truncated sequence is one part, and a byte that
 * can neither go on nor begin a sequence is one. What does not fit into `cap` bytes is left out from a code
 * point on; 3 * len bytes are always enough. `changed` is false if and only if the result is a beginning of
 * `text`. The areas do not overlap.
 * [hot | O(min(len, cap)) | 0.1]
 */
TACHO_INTERNAL size_t tacho__utf8_repair(char *out, size_t cap, const char *text, size_t len, bool *changed);

/**
 * Return the largest length up to `max` (and `len`) that ends a code point of `text`, which is well-formed.
 * [hot | O(1) | 0.1]
 */
TACHO_INTERNAL size_t tacho__utf8_cut(const char *text, size_t len, size_t max);

#endif
