/*
 * sketch.c - quantiles in a sliding window: counts of values by size, in buckets of nearly equal relative width.
 *
 * An octave has 48 buckets: a value of (1 + m) * 2^k is in number 16 m (4 - m), rounded down. This parabola is so near
 * to a logarithm that the widest bucket reaches from x to 1.0158 x, so its middle is less than 0.8 % off; equal steps
 * of m would need 64 for that. Only whole numbers are involved: the bounds are the same everywhere, and a reader finds
 * them by bisection.
 *
 * Each slot of the ring has 32 places for octaves, and one for what has no octave. Octaves in use are mostly next to
 * each other, so nearly every one has its place where the search for it begins (open addressing). A place keeps two
 * counts of 30 bits in a word (window.h).
 *   I1  A search for an octave ends at its place, or at the first that is free in its slice, which it takes. Places are
 *       not given up within a slice, so an octave has one there (or two after a reset: readers add them up).
 */
#include "sketch.h"

enum {
    SKETCH_PARTS = 48,    /* buckets of an octave */
    SKETCH_PLACES = 32,   /* octaves of a slice */
    SKETCH_SPECIALS = 3,  /* minus infinity, zero, infinity */
    SKETCH_WORDS = SKETCH_PARTS / 2,
    SKETCH_SPECIAL_WORDS = (SKETCH_SPECIALS + 1) / 2,
    SKETCH_SLOT = 1 + SKETCH_SPECIAL_WORDS + SKETCH_PLACES * (1 + SKETCH_WORDS),
    SKETCH_COUNT_BITS = 30,
    SKETCH_COUNT_MAX = (1 << SKETCH_COUNT_BITS) - 1,
    SKETCH_SUBNORMALS = 52, /* octaves below the smallest normal number */
    SKETCH_SPECIAL = 4096   /* key; negative octaves are below it, positive ones above, in the order of their values */
};

#define SKETCH_ONE ((uint64_t)1 << 52) /* 1 as a significand */
#define SKETCH_ZERO ((struct sketch_bucket){ SKETCH_SPECIAL, 1 })

struct tacho__sketch {
    struct tacho__window window;
    _Atomic uint64_t words[]; /* SKETCH_SLOT for each slot */
};

struct sketch_bucket {
    uint32_t key; /* an octave and a sign, or SKETCH_SPECIAL */
    uint32_t part;
};

size_t tacho__sketch_size(uint32_t slices)
{
    return sizeof(struct tacho__sketch) + (size_t)(slices + 1) * SKETCH_SLOT * sizeof(uint64_t);
}

void tacho__sketch_open(struct tacho__sketch *sketch, double seconds, uint32_t slices)
{
    tacho__window_open(&sketch->window, seconds, slices);
}

/* ---- Buckets ----------------------------------------------------------------------------------------------- */

/* The part of an octave that 1 + m / 2^30 is in. */
static uint32_t sketch_part_of(uint64_t m)
{
    return (uint32_t)(m * (((uint64_t)4 << 30) - m) >> 56);
}

/* The smallest m in a part; 2^30 for the part behind the last. */
static uint64_t sketch_part_begin(uint32_t part)
{
    uint64_t low = 0, high = (uint64_t)1 << 30;
    while (low < high) {
        uint64_t middle = (low + high) / 2;
        if (sketch_part_of(middle) < part)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The bucket of a value that is not NaN. */
static struct sketch_bucket sketch_bucket_of(double value)
{
    uint64_t bits = tacho__double_bits(value), significand = bits & (SKETCH_ONE - 1);
    uint32_t negative = (uint32_t)(bits >> 63), exponent = (uint32_t)(bits >> 52) & 0x7ff;
    uint32_t octave = exponent + SKETCH_SUBNORMALS - 1;
    if (exponent == 0x7ff) return (struct sketch_bucket){ SKETCH_SPECIAL, negative ? 0 : 2 };
    if (exponent == 0) {
        if (significand == 0) return SKETCH_ZERO;
        uint32_t shift = (uint32_t)TACHO_LEADING_ZEROS_64(significand) - 11;
        octave = SKETCH_SUBNORMALS - shift;
        significand = (significand << shift) & (SKETCH_ONE - 1);
    }
    uint32_t key = negative ? SKETCH_SPECIAL - 1 - octave : SKETCH_SPECIAL + 1 + octave;
    return (struct sketch_bucket){ key, sketch_part_of(significand >> 22) };
}

/* The value in the middle of a bucket. */
static double sketch_middle(struct sketch_bucket bucket)
{
    uint64_t bits = bucket.part == 1 ? 0 : (uint64_t)0x7ff << 52, sign = (uint64_t)1 << 63;
    if (bucket.key == SKETCH_SPECIAL) return tacho__bits_double(bucket.part == 0 ? bits | sign : bits);
    bool negative = bucket.key < SKETCH_SPECIAL;
    uint32_t octave = negative ? SKETCH_SPECIAL - 1 - bucket.key : bucket.key - SKETCH_SPECIAL - 1;
    uint64_t first = SKETCH_ONE + (sketch_part_begin(bucket.part) << 22);
    uint64_t next = SKETCH_ONE + (sketch_part_begin(bucket.part + 1) << 22);
    if (octave >= SKETCH_SUBNORMALS) {
        /* The leading 1 adds 1 to the exponent. */
        bits = ((uint64_t)(octave - SKETCH_SUBNORMALS) << 52) + (first + next) / 2;
    } else {
        /* There are few numbers here: the middle one of those in the bucket. */
        uint32_t shift = SKETCH_SUBNORMALS - octave;
        bits = (((first - 1) >> shift) + 1 + ((next - 1) >> shift)) / 2;
    }
    return tacho__bits_double(negative ? bits | sign : bits);
}

/* ---- Observing --------------------------------------------------------------------------------------------- */

static size_t sketch_special_at(uint32_t slot)
{
    return (size_t)slot * SKETCH_SLOT;
}

static size_t sketch_place_at(uint32_t slot, uint32_t place)
{
    return (size_t)slot * SKETCH_SLOT + 1 + SKETCH_SPECIAL_WORDS + (size_t)place * (1 + SKETCH_WORDS);
}

enum sketch_outcome { SKETCH_COUNTED, SKETCH_TAKEN, SKETCH_OVER };

/* Count one in a part of a place; SKETCH_OVER: the lease is. */
static enum sketch_outcome sketch_count(_Atomic uint64_t *place, uint64_t lease, uint32_t part)
{
    _Atomic uint64_t *at = &place[1 + part / 2];
    uint32_t shift = part % 2 * SKETCH_COUNT_BITS;
    uint64_t word = tacho__load_acquire(at), content; /* [W1] */
    do {
        if (!tacho__word_writable(place, lease, word, &content)) return SKETCH_OVER;
        if ((content >> shift & SKETCH_COUNT_MAX) == SKETCH_COUNT_MAX) return SKETCH_COUNTED;
    } while (!tacho__word_write(at, &word, lease, content + ((uint64_t)1 << shift)));
    return SKETCH_COUNTED;
}

/* Count in this place, if it is the bucket's or is free; SKETCH_OVER: try again, the slice may be a later one now. */
static enum sketch_outcome sketch_try(_Atomic uint64_t *place, uint32_t words, struct tacho__slice *slice,
                                      struct sketch_bucket bucket)
{
    uint64_t lease = tacho__lease_take(place, words, slice->number, bucket.key);
    if (tacho__lease_slice(lease) != slice->number) {
        slice->number = tacho__lease_slice(lease);
        return SKETCH_OVER;
    }
    return tacho__lease_key(lease) == bucket.key ? sketch_count(place, lease, bucket.part) : SKETCH_TAKEN;
}

static enum sketch_outcome sketch_try_special(struct tacho__sketch *sketch, struct tacho__slice *slice,
                                              struct sketch_bucket bucket)
{
    return sketch_try(&sketch->words[sketch_special_at(slice->slot)], SKETCH_SPECIAL_WORDS, slice, bucket);
}

/* Every place is another octave's: count at that edge of the nearest one that is towards the bucket. */
static enum sketch_outcome sketch_try_nearest(struct tacho__sketch *sketch, struct tacho__slice *slice,
                                              struct sketch_bucket bucket)
{
    bool negative = bucket.key < SKETCH_SPECIAL;
    uint32_t nearest = UINT32_MAX, part = 0;
    _Atomic uint64_t *place = NULL;
    uint64_t lease = 0;
    for (uint32_t i = 0; i < SKETCH_PLACES; i++) {
        _Atomic uint64_t *at = &sketch->words[sketch_place_at(slice->slot, i)];
        uint64_t found = tacho__load_relaxed(at);
        uint32_t key = tacho__lease_key(found), distance = key < bucket.key ? bucket.key - key : key - bucket.key;
        if (tacho__lease_slice(found) != slice->number) return SKETCH_OVER;
        if ((key < SKETCH_SPECIAL) != negative || distance >= nearest) continue;
        nearest = distance;
        place = at;
        lease = found;
        part = (key < bucket.key) != negative ? SKETCH_PARTS - 1 : 0;
    }
    return place ? sketch_count(place, lease, part) : sketch_try_special(sketch, slice, SKETCH_ZERO);
}

static enum sketch_outcome sketch_try_all(struct tacho__sketch *sketch, struct tacho__slice *slice,
                                          struct sketch_bucket bucket)
{
    if (bucket.key == SKETCH_SPECIAL) return sketch_try_special(sketch, slice, bucket);
    for (uint32_t i = 0; i < SKETCH_PLACES; i++) {
        size_t at = sketch_place_at(slice->slot, (bucket.key + i) % SKETCH_PLACES);
        enum sketch_outcome outcome = sketch_try(&sketch->words[at], SKETCH_WORDS, slice, bucket);
        if (TACHO_LIKELY(outcome != SKETCH_TAKEN)) return outcome;
    }
    return sketch_try_nearest(sketch, slice, bucket);
}

void tacho__sketch_observe(struct tacho__sketch *sketch, double value, uint64_t now_ns)
{
    if (value != value) return;
    struct tacho__slice slice = tacho__window_slice(&sketch->window, now_ns);
    struct sketch_bucket bucket = sketch_bucket_of(value);
    while (sketch_try_all(sketch, &slice, bucket) == SKETCH_OVER) continue;
}

void tacho__sketch_reset(struct tacho__sketch *sketch)
{
    for (uint32_t slot = 0; slot < sketch->window.slots; slot++) {
        tacho__lease_end(&sketch->words[sketch_special_at(slot)]);
        for (uint32_t i = 0; i < SKETCH_PLACES; i++) tacho__lease_end(&sketch->words[sketch_place_at(slot, i)]);
    }
}

/* ---- Reading ----------------------------------------------------------------------------------------------- */

/* The places of a window, as numbers in the order of their octaves. Reading is relaxed: each word stands for itself. */
struct sketch_places {
    uint32_t count;
    uint32_t sorted[(TACHO__SLICES_MAX + 1) * SKETCH_PLACES]; /* key << 16 | slot << 8 | place << 3 | turn */
};

static void sketch_collect(const struct tacho__sketch *sketch, uint64_t oldest, struct sketch_places *places)
{
    places->count = 0;
    for (uint32_t slot = 0; slot < sketch->window.slots; slot++)
        for (uint32_t i = 0; i < SKETCH_PLACES; i++) {
            uint64_t lease = tacho__load_relaxed(&sketch->words[sketch_place_at(slot, i)]);
            if (tacho__lease_slice(lease) < oldest) continue;
            uint32_t place = tacho__lease_key(lease) << 16 | slot << 8 | i << 3 | tacho__lease_turn(lease);
            uint32_t k = places->count++;
            for (; k > 0 && places->sorted[k - 1] > place; k--) places->sorted[k] = places->sorted[k - 1];
            places->sorted[k] = place;
        }
}

static void sketch_add(const _Atomic uint64_t *place, uint32_t words, uint32_t turn, uint64_t *counts)
{
    for (uint32_t i = 0; i < words; i++) {
        uint64_t content = tacho__word_content(tacho__load_relaxed(&place[1 + i]), turn);
        counts[2 * i] += content & SKETCH_COUNT_MAX;
        counts[2 * i + 1] += content >> SKETCH_COUNT_BITS & SKETCH_COUNT_MAX;
    }
}

/* A walk through the buckets of a window, from the lowest to the highest. */
struct sketch_walk {
    const struct tacho__sketch *sketch;
    uint64_t oldest;
    uint64_t total;  /* what the ranks refer to */
    uint64_t passed; /* values so far */
    struct sketch_bucket last;
    const double *ranks;
    double *values;
    size_t count;
};

/* The place in the order, from 1, that a rank means. A product that rounding has put next to a whole number is that. */
static uint64_t sketch_order(double rank, uint64_t total)
{
    double exact = rank * (double)total;
    if (!(exact > 1)) return 1;
    if (exact >= (double)total) return total;
    uint64_t order = (uint64_t)exact;
    return exact - (double)order > exact * 0x1p-50 ? order + 1 : order;
}

static void sketch_pass(struct sketch_walk *walk, struct sketch_bucket bucket, uint64_t count)
{
    if (count == 0) return;
    walk->passed += count;
    walk->last = bucket;
    for (; walk->count > 0 && sketch_order(*walk->ranks, walk->total) <= walk->passed; walk->count--) {
        *walk->values++ = sketch_middle(bucket);
        walk->ranks++;
    }
}

/* Pass the octaves from the place `at` on whose keys are below `end`; returns the first place that is left. */
static uint32_t sketch_pass_octaves(struct sketch_walk *walk, const struct sketch_places *places, uint32_t at,
                                    uint32_t end)
{
    while (at < places->count && places->sorted[at] >> 16 < end) {
        uint32_t key = places->sorted[at] >> 16;
        uint64_t counts[SKETCH_PARTS] = { 0 };
        for (; at < places->count && places->sorted[at] >> 16 == key; at++) {
            uint32_t place = places->sorted[at];
            size_t words = sketch_place_at(place >> 8 & 0xff, place >> 3 & 0x1f);
            sketch_add(&walk->sketch->words[words], SKETCH_WORDS, place % TACHO__TURNS, counts);
        }
        for (uint32_t i = 0; i < SKETCH_PARTS; i++) {
            uint32_t part = key < SKETCH_SPECIAL ? SKETCH_PARTS - 1 - i : i;
            sketch_pass(walk, (struct sketch_bucket){ key, part }, counts[part]);
        }
    }
    return at;
}

static void sketch_pass_all(struct sketch_walk *walk, const struct sketch_places *places)
{
    uint64_t specials[2 * SKETCH_SPECIAL_WORDS] = { 0 };
    for (uint32_t slot = 0; slot < walk->sketch->window.slots; slot++) {
        const _Atomic uint64_t *place = &walk->sketch->words[sketch_special_at(slot)];
        uint64_t lease = tacho__load_relaxed(place);
        if (tacho__lease_slice(lease) >= walk->oldest)
            sketch_add(place, SKETCH_SPECIAL_WORDS, tacho__lease_turn(lease), specials);
    }
    sketch_pass(walk, (struct sketch_bucket){ SKETCH_SPECIAL, 0 }, specials[0]);
    uint32_t at = sketch_pass_octaves(walk, places, 0, SKETCH_SPECIAL);
    sketch_pass(walk, SKETCH_ZERO, specials[1]);
    (void)sketch_pass_octaves(walk, places, at, UINT32_MAX);
    sketch_pass(walk, (struct sketch_bucket){ SKETCH_SPECIAL, 2 }, specials[2]);
}

uint64_t tacho__sketch_read(const struct tacho__sketch *sketch, uint64_t now_ns, const double *ranks, size_t count,
                            double *values)
{
    struct sketch_places places;
    uint64_t oldest = tacho__window_oldest(&sketch->window, now_ns);
    struct sketch_walk counting = { .sketch = sketch, .oldest = oldest };
    sketch_collect(sketch, oldest, &places);
    sketch_pass_all(&counting, &places);
    struct sketch_walk walk = { .sketch = sketch, .oldest = oldest, .total = counting.passed, .ranks = ranks,
                                .values = values, .count = count };
    if (counting.passed > 0) sketch_pass_all(&walk, &places);
    /* If slices left the window in between, there are fewer values now than were counted. */
    double rest = tacho__bits_double((uint64_t)0x7ff8 << 48);
    if (walk.passed > 0) rest = sketch_middle(walk.last);
    for (; walk.count > 0; walk.count--) *walk.values++ = rest;
    return walk.passed;
}
