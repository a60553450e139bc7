/*
 * native.c - native histograms: rules, from a value to its bucket, and counting it.
 *
 * A table of words, open-addressed: each slot holds a bucket's key and its count together, so one compare-and-swap
 * sees that the bucket is still the same and counts. An observation can therefore never land in a slot that was given
 * to another bucket meanwhile, however long its thread was stopped, and moving a count takes along all that came
 * before.
 *   I1  A word's key says which values it counted, at the resolution and in the generation they were counted in.
 *       Readers map keys to what the configuration says now, and add up words that come to the same bucket.
 *   I2  A live word changes in these ways only: plus one; its key to what the configuration makes of it; frozen, and
 *       thawed; its whole count moved to another word. So what was counted stays counted, until a reset.
 *   I3  One count moves at a time, announced in `move`, so that whoever comes can tell how far it got, count right in
 *       the middle of it, and finish it (native_limit.c).
 *   I4  A reset is one store: the generation in the configuration. It makes all words dead at once, and leads to
 *       another sum and creation time. Whoever began to observe before it counts in the old generation, which nobody
 *       shows any more.
 *   I5  A dead word never lives again: only 0 and dead words are given away, and who does that saw the configuration
 *       unchanged after the word. (Generations come round after four resets, of which each removes the dead words
 *       before.)
 *   I6  Which slot of several a bucket is in matters to speed alone. A search ends at a hit, or has seen every slot;
 *       two threads that miss at once may make two words of one bucket, and reorganisations put them together.
 *   I7  There are twice as many slots as buckets are allowed, and more than there are buckets at the coarsest
 *       resolution, so a table is full only when threads that died or stand still left many excess buckets. Then the
 *       nearest one counts.
 * Order:  [N1] config  release by whoever changes it, acquire by everybody: the sum of a new generation is 0
 *         [N3] slots   release at each count, after the sum, and at each step of a move; acquire by readers: what
 *                      they count is in the sum, and a slot that a move changed is seen after `move` itself. All
 *                      changes are read-modify-writes, so what a count adds to passes on what was released before.
 *         [N2] move and [N4] turn, see native_limit.c.
 * Sums: a double by compare-and-swap. A thread that stands still in here through four resets adds to a later sum.
 */
#include "native.h"

#include "native_bounds.h"
#include "native_word.h"

#define NATIVE_MAX_BUCKETS 160
#define NATIVE_MAX_BUCKETS_MAX 1000
#define NATIVE_SLOTS_MIN 332 /* 2 sides of 133 buckets at schema -4, the zero bucket, and some for threads in flight */
#define NATIVE_INFINITY ((uint64_t)0x7ff << 52)
#define NATIVE_MANTISSA (((uint64_t)1 << 52) - 1)
/* The code at the finest schema of a value below 2^-1022, the part before the mantissa. */
#define NATIVE_FIRST ((3u << 19) - (1023u << 8))
#define NATIVE_NOWHERE UINT32_MAX

static double native_double(uint64_t bits)
{
    union { uint64_t bits; double number; } image = { .bits = bits };
    return image.number;
}

static uint64_t native_bits(double number)
{
    union { double number; uint64_t bits; } image = { .number = number };
    return image.bits;
}

/* ---- Rules ------------------------------------------------------------------------------------------------------- */

static bool native_is_finite(double number)
{
    return (native_bits(number) & NATIVE_INFINITY) != NATIVE_INFINITY;
}

/* How much wider each bucket is than the one before: 2^(2^-schema). */
static double native_growth(int32_t schema)
{
    if (schema <= 0) return native_double((uint64_t)(1023 + (1 << -schema)) << 52);
    return native_double((uint64_t)1023 << 52 | native_bounds[256 >> schema]);
}

static int32_t native_schema(double factor)
{
    int32_t schema = TACHO__NATIVE_COARSEST;
    while (schema < TACHO__NATIVE_FINEST && native_growth(schema) > factor) schema++;
    return schema;
}

/* Rounded up, so that not even 1 ns means never. */
static uint64_t native_ms(double seconds)
{
    if (seconds >= 1e12) return (uint64_t)1000000000000000;
    uint64_t ms = (uint64_t)(seconds * 1000);
    return ms + ((double)ms < seconds * 1000);
}

const char *tacho__native_check(const tacho_native *native, struct tacho__native_rules *rules)
{
    if (!(native->factor > 1) || !native_is_finite(native->factor)) return "the factor must be above 1";
    if (!native_is_finite(native->zero_threshold)) return "the zero threshold must be finite";
    if (native->max_buckets > NATIVE_MAX_BUCKETS_MAX) return "at most 1,000 buckets are possible";
    if (!(native->max_zero_threshold >= 0) || !native_is_finite(native->max_zero_threshold))
        return "the maximal zero threshold must be finite and not negative";
    if (!(native->min_reset_seconds >= 0) || !native_is_finite(native->min_reset_seconds))
        return "the time between resets must be finite and not negative";
    *rules = (struct tacho__native_rules){
        .threshold = native->zero_threshold > 0 ? native->zero_threshold : 0,
        .max_threshold = native->max_zero_threshold,
        .min_reset_ms = native_ms(native->min_reset_seconds),
        .max_buckets = native->max_buckets ? native->max_buckets : NATIVE_MAX_BUCKETS,
        .schema = native_schema(native->factor),
    };
    if (native->zero_threshold >= 0 && rules->threshold <= 0) rules->threshold = 0x1p-128;
    return NULL;
}

/* ---- The block --------------------------------------------------------------------------------------------------- */

static uint32_t native_slot_bits(const struct tacho__native_rules *rules)
{
    uint32_t slots = rules->max_buckets * 2 > NATIVE_SLOTS_MIN ? rules->max_buckets * 2 : NATIVE_SLOTS_MIN;
    return tacho__log2(slots - 1) + 1;
}

size_t tacho__native_size(const struct tacho__native_rules *rules)
{
    return sizeof(struct tacho__native) + (sizeof(uint64_t) << native_slot_bits(rules));
}

void tacho__native_init(struct tacho__native *native, const struct tacho__native_rules *rules, uint64_t created_ms)
{
    uint32_t bits = native_slot_bits(rules);
    native->threshold = native_bits(rules->threshold);
    native->shape = (uint32_t)(rules->schema - TACHO__NATIVE_COARSEST);
    native->slot_mask = (1u << bits) - 1;
    native->slot_shift = 32 - bits;
    native->max_buckets = rules->max_buckets;
    native->min_reset_ms = rules->min_reset_ms;
    native->max_threshold = rules->max_threshold;
    /* Relaxed: the block is the caller's alone, who publishes it. */
    tacho__store_relaxed(&tacho__native_era(native, 0)->created, created_ms);
    tacho__store_relaxed(&native->config, native->shape);
}

/* ---- From a value to its bucket, and back ------------------------------------------------------------------------ */

/* The code of a value above 0, given by its bits, at the finest schema. */
static uint32_t native_code(uint64_t magnitude)
{
    uint64_t mantissa = magnitude & NATIVE_MANTISSA;
    uint32_t exponent = (uint32_t)(magnitude >> 52);
    if (!TACHO_LIKELY(exponent - 1 < 2046)) {
        if (exponent) {
            mantissa = 1; /* infinity: behind the bucket that ends with the largest number */
        } else {
            uint32_t shift = (uint32_t)TACHO_LEADING_ZEROS_64(mantissa) - 11;
            mantissa = mantissa << shift & NATIVE_MANTISSA;
            exponent = 1 - shift; /* wraps, and back in the sum */
        }
    }
    uint64_t cell = mantissa >> 43;
    uint32_t bound = (uint32_t)(cell / 2) + native_cells[cell];
    bound += mantissa > native_bounds[bound];
    return NATIVE_FIRST + (exponent << 8) + bound;
}

double tacho__native_bound(uint32_t code)
{
    int32_t place = (int32_t)(tacho__code_at(code, TACHO__NATIVE_FINEST) - NATIVE_FIRST);
    uint64_t mantissa = native_bounds[place & 255];
    int32_t exponent = (place - (place & 255)) / 256;
    if (place == 2047 * 256) return 0x1.fffffffffffffp1023;
    if (place > 2047 * 256) return native_double(NATIVE_INFINITY);
    if (exponent > 0) return native_double((uint64_t)exponent << 52 | mantissa);
    /* Rounded down, so that the same numbers are below it. */
    return native_double((mantissa | (NATIVE_MANTISSA + 1)) >> (1 - exponent));
}

static uint32_t native_key(const struct tacho__native *native, uint64_t config, double value)
{
    uint64_t bits = native_bits(value), magnitude = bits & ~((uint64_t)1 << 63);
    if (magnitude <= native->threshold) return TACHO__NATIVE_ZERO; /* bits are in order as the numbers are */
    uint32_t code = native_code(magnitude), zero = tacho__config_zero(config);
    if (!TACHO_LIKELY(zero == 0) && tacho__code_is_zero(code, zero)) return TACHO__NATIVE_ZERO;
    uint32_t coarser = (uint32_t)(TACHO__NATIVE_FINEST - tacho__config_schema(config));
    return (uint32_t)(bits >> 63) * TACHO__NATIVE_SIDE | (code + (1u << coarser) - 1) >> coarser;
}

/* ---- Counting ---------------------------------------------------------------------------------------------------- */

/* Relaxed: the count that follows publishes it, [N3]. */
static void native_add(_Atomic uint64_t *sum, double value)
{
    uint64_t before = tacho__load_relaxed(sum);
    while (!atomic_compare_exchange_weak_explicit(sum, &before, native_bits(native_double(before) + value),
                                                  memory_order_relaxed, memory_order_relaxed))
        continue;
}

static bool native_swap(_Atomic uint64_t *slot, uint64_t *word, uint64_t next)
{
    TACHO_EDGE(N3);
    return atomic_compare_exchange_strong_explicit(slot, word, next, memory_order_release, /* [N3] */
                                                   memory_order_relaxed);
}

enum native_result { NATIVE_COUNTED, NATIVE_NEW, NATIVE_FULL };

/* Count in the bucket's word wherever it is, or in a new one. */
static enum native_result native_count(struct tacho__native *native, uint64_t config, uint64_t head)
{
    for (;;) {
        uint32_t at = tacho__native_home(native, tacho__word_key(head)), room = NATIVE_NOWHERE;
        uint64_t there = 0;
        for (uint32_t i = 0; i <= native->slot_mask; i++, at = (at + 1) & native->slot_mask) {
            uint64_t word = tacho__load_acquire(&native->slots[at]); /* [N3] before the configuration below */
            for (; tacho__word_takes(word, head); word = tacho__load_acquire(&native->slots[at])) /* [N3] */
                if (native_swap(&native->slots[at], &word, word + 1)) return NATIVE_COUNTED;
            if (room != NATIVE_NOWHERE || tacho__word_lives(word, config)) continue;
            room = at;
            there = word;
        }
        if (room == NATIVE_NOWHERE) return NATIVE_FULL;
        uint64_t now = tacho__load_acquire(&native->config); /* [N1] */
        if (tacho__config_generation(now) != tacho__config_generation(config)) return NATIVE_COUNTED; /* I4 */
        if (native_swap(&native->slots[room], &there, head | 1)) return NATIVE_NEW;
    }
}

static uint32_t native_place(uint32_t code)
{
    return code == TACHO__NATIVE_ZERO ? 0 : tacho__code_at(code, TACHO__NATIVE_FINEST);
}

static uint32_t native_distance(uint32_t a, uint32_t b)
{
    uint32_t apart = (a ^ b) & TACHO__NATIVE_SIDE;
    a = native_place(a & TACHO__NATIVE_CODES);
    b = native_place(b & TACHO__NATIVE_CODES);
    return apart + (a > b ? a - b : b - a);
}

/* For a table without room: count in the bucket that is nearest. */
static TACHO_COLD void native_count_nearest(struct tacho__native *native, uint64_t config, uint64_t head)
{
    for (;;) {
        uint32_t best = NATIVE_NOWHERE, nearest = UINT32_MAX;
        uint64_t there = 0;
        for (uint32_t at = 0; at <= native->slot_mask; at++) {
            uint64_t word = tacho__load_relaxed(&native->slots[at]); /* relaxed: the swap tells whether it still is */
            uint64_t kind = tacho__word_head(tacho__word_key(word), config);
            if (!tacho__word_lives(word, config) || !tacho__word_takes(word, kind)) continue;
            uint32_t distance = native_distance(tacho__word_key(word), tacho__word_key(head));
            if (distance >= nearest) continue;
            nearest = distance;
            best = at;
            there = word;
        }
        /* None: the generation is over, and the table full of the next. */
        if (best == NATIVE_NOWHERE || native_swap(&native->slots[best], &there, there + 1)) return;
    }
}

/* True: a reset took away what was counted. */
static TACHO_NOINLINE bool native_count_slowly(struct tacho__native *native, uint64_t config, uint64_t head,
                                               tacho__native_clock *clock)
{
    for (int tries = 2; tries > 0; tries--) {
        enum native_result result = native_count(native, config, head);
        bool excess = result == NATIVE_NEW && tacho__word_key(head) != TACHO__NATIVE_ZERO;
        if ((excess || result == NATIVE_FULL) && tacho__native_limit(native, clock)) return true;
        if (result != NATIVE_FULL) return false;
    }
    native_count_nearest(native, config, head);
    return false;
}

void tacho__native_observe(struct tacho__native *native, double value, tacho__native_clock *clock)
{
    for (;;) {
        uint64_t config = tacho__load_acquire(&native->config); /* [N1] */
        if (!TACHO_LIKELY(tacho__config_shape(config) == native->shape) && native->min_reset_ms) {
            tacho__native_return(native, clock);
            config = tacho__load_acquire(&native->config); /* [N1] */
        }
        uint64_t head = tacho__word_head(native_key(native, config, value), config);
        _Atomic uint64_t *slot = &native->slots[tacho__native_home(native, tacho__word_key(head))];
        uint64_t word = tacho__load_relaxed(slot); /* relaxed: the swap tells whether it is still so */
        native_add(&tacho__native_era(native, tacho__config_generation(config))->sum, value);
        if (TACHO_LIKELY(tacho__word_takes(word, head)) && native_swap(slot, &word, word + 1)) return;
        if (!native_count_slowly(native, config, head, clock)) return;
    }
}
