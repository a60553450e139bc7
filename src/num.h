/*
 * num.h - numbers to text and back, the same in every locale.
 *
 * No function here allocates, fails for want of memory, looks at the locale or touches errno. Text is not
 * terminated: a writer returns the byte after its last one.
 */
#ifndef TACHO_NUM_H
#define TACHO_NUM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "internal.h"

/** Room each writer below needs at `out`, whatever it returns: bytes behind the text may be scribbled on. */
#define TACHO__NUM_MAX 32

/**
 * Write `v` with all its digits, at most 20 bytes.
 * [hot | O(1) | 0.1]
 */
TACHO_INTERNAL char *tacho__num_write_u64(char *out, uint64_t v);

/**
 * Write `v` with all its digits, at most 20 bytes, the minus sign included.
 * [hot | O(1) | 0.1]
 */
TACHO_INTERNAL char *tacho__num_write_i64(char *out, int64_t v);

/**
 * Write `v` as a sample value, at most 24 bytes: the text that reads back as the same double.
 *
 * `NaN` (any sign or payload), `+Inf`, `-Inf`, and `-0` for minus zero. A whole number below 2^53 has all its
 * digits and no point. Everything else has the fewest digits that read back, and of those the nearest to `v`;
 * it is written as 0.0001 to 999999999999999900000 between exponents -4 and 20, otherwise as 1e-05, 1.5e+21.
 * [hot | O(1) | 0.1]
 */
TACHO_INTERNAL char *tacho__num_write_double(char *out, double v);

/**
 * Write `v` as the canonical text of an `le` or `quantile` value, at most 24 bytes.
 *
 * The same digits as above, in fixed notation between exponents -4 and 5, and always with a point or an
 * exponent: 0.0, 0.005, 100000.0, 1e+06, 1.5e+06, 1e-05. Infinity is `+Inf`. Minus zero is `-0.0` and a NaN
 * is `NaN`; a caller for whom these are no bounds refuses them first.
 * [hot | O(1) | 0.1]
 */
TACHO_INTERNAL char *tacho__num_write_bound(char *out, double v);

/**
 * Read a whole number: decimal digits from the first byte of `text` to the last, leading zeros allowed.
 *
 * Returns false, and leaves `out` alone, for an empty text, any other byte (sign, blank, point) and a value
 * over UINT64_MAX. `text` may be NULL if `len` is 0.
 * [hot | O(len) | 0.1]
 */
TACHO_INTERNAL bool tacho__num_read_u64(const char *text, size_t len, uint64_t *out);

#endif
