/*
 * hash.h - hashing of label values: seeded, fast on a dozen bytes, order of labels kept.
 *
 * A value is folded 16 bytes at a time through a 64 x 64 -> 128 bit product, its length included, so that
 * ("ab","c") and ("a","bc") differ. The key depends on the label's position, and the hash of a tuple is the sum of
 * its values' hashes: a vector with bound labels keeps the sum of the bound ones.
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

/** The last 0 to 16 bytes, as two words that overlap where there are fewer than 16. */
static inline uint64_t tacho__hash_tail(const char *text, size_t len, uint64_t key, uint64_t state)
{
    uint64_t a = 0, b = 0;
    if (TACHO_LIKELY(len >= 8)) {
        a = tacho__hash_read8(text);
        b = tacho__hash_read8(text + len - 8);
    } else if (len >= 4) {
        a = tacho__hash_read4(text);
        b = tacho__hash_read4(text + len - 4);
    } else if (len > 0) {
        a = (uint64_t)(unsigned char)text[0] << 16 | (uint64_t)(unsigned char)text[len / 2] << 8 |
            (unsigned char)text[len - 1];
    }
    return tacho__hash_fold(a ^ key, b ^ state);
}

/** Where hashing begins: one number for all values, and one for those at a position. */
static inline uint64_t tacho__hash_start(uint64_t seed)
{
    return seed ^ TACHO__HASH_K0;
}

static inline uint64_t tacho__hash_key(size_t position, uint64_t seed)
{
    return (seed + position) * TACHO__HASH_K1;
}

/** What a value of 8 to 16 bytes, as most are, contributes to the sum of its tuple. */
static inline uint64_t tacho__hash_medium(const char *text, size_t len, uint64_t key, uint64_t start)
{
    return tacho__hash_fold(tacho__hash_read8(text) ^ key, tacho__hash_read8(text + len - 8) ^ start ^ len);
}

/** The same for any length. */
static inline uint64_t tacho__hash_keyed(const char *text, size_t len, uint64_t key, uint64_t start)
{
    uint64_t state = start ^ len;
    for (; len > 16; len -= 16, text += 16)
        state = tacho__hash_fold(tacho__hash_read8(text) ^ key, tacho__hash_read8(text + 8) ^ state);
    return tacho__hash_tail(text, len, key, state);
}

/** Whether a length is that of tacho__hash_medium. */
static inline bool tacho__hash_is_medium(size_t len)
{
    return len - 8 <= 8;
}

/** The same by position. Differs between machines of different byte order. */
static inline uint64_t tacho__hash_value(const char *text, size_t len, size_t position, uint64_t seed)
{
    return tacho__hash_keyed(text, len, tacho__hash_key(position, seed), tacho__hash_start(seed));
}

/** The 32 bits that the index of a family works with. */
static inline uint32_t tacho__hash_finish(uint64_t sum)
{
    return (uint32_t)((sum * TACHO__HASH_K1) >> 32);
}

#endif
