/*
 * native_word.h - the words of a native histogram, for native*.c alone.
 *
 * A code names a bucket at whatever resolution: index i at schema n is 3 * 2^(11+n) + i. Its highest set bit tells
 * the schema, because indices lie within -1074 * 2^n to 1024 * 2^n + 1; the bucket at the next coarser schema, ceil(i
 * / 2), is ceil(code / 2); and bucket i at a finer schema, of those within this one the one with the same upper
 * bound, is code * 2. A key is a code with its side.
 *
 *   word    key 22 bits, generation 2, frozen 1, count 39     one slot; 0: empty
 *   config  generation 39, code of the zero bucket 21, schema + 4 in 4
 *   move    serial number 38, phase 2, from 12, to 12
 *   turn    Unix ms 43, ticket 20, somebody asks 1            0: nobody reorganises
 *
 * A word's generation is the end of a config's. Words of another generation are dead, which is to say empty. The
 * count of a bucket that does not fit into one word goes on in another one of the same key.
 */
#ifndef TACHO_NATIVE_WORD_H
#define TACHO_NATIVE_WORD_H

#include "native.h"

#define TACHO__NATIVE_SIDE (1u << 21)     /* in a key: the negative side */
#define TACHO__NATIVE_CODES (TACHO__NATIVE_SIDE - 1)
#define TACHO__NATIVE_ZERO 1u             /* the key of the zero bucket; codes of buckets begin with 2^8 */
#define TACHO__NATIVE_KEY_SHIFT 42
#define TACHO__NATIVE_GENERATION ((uint64_t)3 << 40)
#define TACHO__NATIVE_FROZEN ((uint64_t)1 << 39)
#define TACHO__NATIVE_COUNT (TACHO__NATIVE_FROZEN - 1)

#define TACHO__NATIVE_SHAPE ((1u << 25) - 1) /* in config: all but the generation */
#define TACHO__NATIVE_ONE_GENERATION ((uint64_t)1 << 25)

enum tacho__native_phase { TACHO__NATIVE_IDLE, TACHO__NATIVE_FREEZE, TACHO__NATIVE_APPLY };

/* ---- Codes ---- */

static inline int32_t tacho__code_schema(uint32_t code)
{
    return (int32_t)tacho__log2(code) - 12;
}

static inline int32_t tacho__code_index(uint32_t code)
{
    return (int32_t)(code - (3u << (tacho__log2(code) - 1)));
}

/* The bucket at this schema that ends where, or contains where, `code` ends. */
static inline uint32_t tacho__code_at(uint32_t code, int32_t schema)
{
    int32_t coarser = tacho__code_schema(code) - schema;
    if (coarser < 0) return code << -coarser;
    return (code + (1u << coarser) - 1) >> coarser;
}

/* Whether a bucket lies within the zero bucket, which ends where bucket `zero` does. */
static inline bool tacho__code_is_zero(uint32_t code, uint32_t zero)
{
    return zero && tacho__code_at(code, tacho__code_schema(zero)) <= zero;
}

/* ---- Configurations ---- */

static inline int32_t tacho__config_schema(uint64_t config)
{
    return (int32_t)(config & 15) + TACHO__NATIVE_COARSEST;
}

/* 0: the threshold is the one at first. */
static inline uint32_t tacho__config_zero(uint64_t config)
{
    return (uint32_t)(config >> 4) & TACHO__NATIVE_CODES;
}

static inline uint32_t tacho__config_shape(uint64_t config)
{
    return (uint32_t)config & TACHO__NATIVE_SHAPE;
}

static inline uint64_t tacho__config_generation(uint64_t config)
{
    return config / TACHO__NATIVE_ONE_GENERATION;
}

/* What was observed under `key` is counted under this key now. */
static inline uint32_t tacho__config_key(uint64_t config, uint32_t key)
{
    uint32_t code = key & TACHO__NATIVE_CODES;
    if (code == TACHO__NATIVE_ZERO || tacho__code_is_zero(code, tacho__config_zero(config))) return TACHO__NATIVE_ZERO;
    return (key & TACHO__NATIVE_SIDE) | tacho__code_at(code, tacho__config_schema(config));
}

/* ---- Words ---- */

/* A word without its count. */
static inline uint64_t tacho__word_head(uint32_t key, uint64_t config)
{
    uint64_t generation = tacho__config_generation(config) << 40 & TACHO__NATIVE_GENERATION;
    return (uint64_t)key << TACHO__NATIVE_KEY_SHIFT | generation;
}

static inline uint32_t tacho__word_key(uint64_t word)
{
    return (uint32_t)(word >> TACHO__NATIVE_KEY_SHIFT);
}

/* Whether one more may be counted in a word for this head: a full or frozen one does not take it. */
static inline bool tacho__word_takes(uint64_t word, uint64_t head)
{
    return (word ^ head) < TACHO__NATIVE_COUNT;
}

static inline bool tacho__word_lives(uint64_t word, uint64_t config)
{
    return word && ((word ^ tacho__word_head(0, config)) & TACHO__NATIVE_GENERATION) == 0;
}

/* ---- Blocks ---- */

static inline uint32_t tacho__native_home(const struct tacho__native *native, uint32_t key)
{
    return (key * 0x9e3779b1u) >> native->slot_shift;
}

static inline struct tacho__native_era *tacho__native_era(struct tacho__native *native, uint64_t generation)
{
    return &native->eras[generation % TACHO__NATIVE_ERAS];
}

/* ---- Moves ---- */

static inline uint64_t tacho__move_word(uint64_t serial, enum tacho__native_phase phase, uint32_t from, uint32_t to)
{
    return serial << 26 | (uint64_t)phase << 24 | (uint64_t)from << 12 | to;
}

static inline enum tacho__native_phase tacho__move_phase(uint64_t move)
{
    return (enum tacho__native_phase)(move >> 24 & 3);
}

static inline uint64_t tacho__move_serial(uint64_t move)
{
    return move >> 26;
}

static inline uint32_t tacho__move_from(uint64_t move)
{
    return (uint32_t)(move >> 12) & 0xfff;
}

static inline uint32_t tacho__move_to(uint64_t move)
{
    return (uint32_t)move & 0xfff;
}

/** The upper bound of a bucket. */
TACHO_INTERNAL double tacho__native_bound(uint32_t code);

/**
 * Bring the number of buckets within the limit, unless somebody else is at it, who then sees to it. True: that took a
 * reset, so what the caller observed has to be counted once more.
 */
TACHO_INTERNAL bool tacho__native_limit(struct tacho__native *native, tacho__native_clock *clock);

/** Return to what the histogram was like at first, if it is time and nobody else reorganises it. */
TACHO_INTERNAL void tacho__native_return(struct tacho__native *native, tacho__native_clock *clock);

#endif
