/*
 * hash.h - hashing of label values: seeded, fast on a dozen bytes, order of labels kept.
 *
 * A value is folded 16 bytes at a time through a 64 x 64 -> 128 bit product, its length included, so that
 * ("ab","c") and ("a","bc") differ. The hash of a tuple is the sum of its values' hashes, each multiplied with an
 * odd number of its position: a vector with bound labels keeps the sum of the bound ones.
 */
#ifndef TACHO_HASH_H
#define TACHO_HASH_H

#include <string.h>

#include "internal.h"

#define TACHO__HASH_K0 0x9e3779b97f4a7c15u /* 2^64 / golden ratio */
#define TACHO__HASH_K1 0xd6e8feb86659fd93u

static inline uint64_t tacho__hash_fold(uint64_t a, uint64_t b)
{
    uint64_t high, low = tacho__mul128(a, b, &high);
    return low ^ high;
}

static inline uint64_t tacho__hash_read8(const char *text)
{
    uint64_t word;
    memcpy(&word, text, 8);
    return word;
}

static inline uint64_t tacho__hash_read4(const char *text)
{
    uint32_t word;
    memcpy(&word, text, 4);
    return word;
}

/** Hash of one value. Differs between machines of different byte order, so it is never stored for another. */
static inline uint64_t tacho__hash_value(const char *text, size_t len, uint64_t seed)
{
    uint64_t a, b, state = seed ^ TACHO__HASH_K0, key = seed + TACHO__HASH_K1;
    size_t left = len;
    for (; left > 16; left -= 16, text += 16)
        state = tacho__hash_fold(tacho__hash_read8(text) ^ key, tacho__hash_read8(text + 8) ^ state);
    if (left >= 8) {
        a = tacho__hash_read8(text);
        b = tacho__hash_read8(text + left - 8);
    } else if (left >= 4) {
        a = tacho__hash_read4(text);
        b = tacho__hash_read4(text + left - 4);
    } else if (left > 0) {
        a = (uint64_t)(unsigned char)text[0] << 16 | (uint64_t)(unsigned char)text[left / 2] << 8 |
            (unsigned char)text[left - 1];
        b = 0;
    } else {
        a = b = 0;
    }
    return tacho__hash_fold(a ^ key, b ^ state ^ len);
}

/** What a value contributes to the sum of its tuple. */
static inline uint64_t tacho__hash_placed(uint64_t value_hash, size_t position)
{
    return value_hash * (TACHO__HASH_K0 + 2 * (uint64_t)position);
}

/** The 32 bits that the index of a family works with. */
static inline uint32_t tacho__hash_finish(uint64_t sum)
{
    return (uint32_t)((sum * TACHO__HASH_K1) >> 32);
}

#endif
