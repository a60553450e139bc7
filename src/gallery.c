/*
 * gallery.c - choosing which exemplar gives way to a new one.
 *
 * Beside each slot stands a note: where the value is on a scale that is nearly logarithmic (the upper bits of a double),
 * and when it came. A slot is chosen for a new one by the notes alone; the new one takes the note over with one
 * compare-and-swap, and then stores itself. Who loses the note chooses again by what the winner wrote, so threads at the
 * same time take different slots.
 *   I1  Notes steer the choice and nothing else. One that does not tell what its slot holds (its owner was killed, or
 *       the slot was just being written) makes a choice worse, until it is old or close to another.
 *   I2  Every choice is some slot, so nothing is kept out for ever: a note from the future is taken for a new one.
 * All operations on notes are relaxed: they publish nothing, what they stand for has its own protocol (exemplar.c). The
 * hook Y1 is for tests, between choosing and taking over; it orders nothing.
 */
#include "gallery.h"

/* A note: 21 bits of place, 43 of time in units of 2^20 ns, which is until 292 years after the clock's beginning. */
#define GALLERY_PLACE_SHIFT 43
#define GALLERY_TIME_BITS (((uint64_t)1 << GALLERY_PLACE_SHIFT) - 1)
#define GALLERY_UNIT_SHIFT 20
#define GALLERY_ZERO ((uint64_t)1 << 20) /* the place of 0; positive values are above it, negative ones below */
#define GALLERY_MAGNITUDE_SHIFT 43       /* from a double's bits to 512 places for each power of two */
#define GALLERY_TRIES 8

_Static_assert(offsetof(struct tacho__gallery, slots) == 0, "its slots go on where others end");
_Static_assert(TACHO__EXEMPLAR_SLOT % 8 == 0, "slots lie one behind another");

/* Never 0: +Inf has place 2^20 + 2047 * 512, and -Inf place 512. */
static uint64_t gallery_note(double value, uint64_t now_ns)
{
    union { double number; uint64_t bits; } image = { .number = value };
    uint64_t magnitude = (image.bits & ~((uint64_t)1 << 63)) >> GALLERY_MAGNITUDE_SHIFT;
    uint64_t place = image.bits >> 63 ? GALLERY_ZERO - magnitude : GALLERY_ZERO + magnitude;
    return place << GALLERY_PLACE_SHIFT | (now_ns >> GALLERY_UNIT_SHIFT & GALLERY_TIME_BITS);
}

static uint64_t gallery_time(uint64_t note)
{
    return note & GALLERY_TIME_BITS;
}

static uint64_t gallery_distance(uint64_t a, uint64_t b)
{
    a >>= GALLERY_PLACE_SHIFT;
    b >>= GALLERY_PLACE_SHIFT;
    return a > b ? a - b : b - a;
}

/* The older one of the closest two; of pairs that are as close, of the one whose older one is oldest. */
static uint32_t gallery_closest(const uint64_t notes[TACHO__GALLERY], uint64_t note)
{
    uint64_t lowest = UINT64_MAX;
    uint32_t chosen = 0;
    for (uint32_t i = 0; i < TACHO__GALLERY; i++) {
        for (uint32_t k = 0; k <= i; k++) { /* k == i stands for the new one, which never gives way */
            uint32_t older = k != i && gallery_time(notes[k]) < gallery_time(notes[i]) ? k : i;
            uint64_t apart = gallery_distance(notes[i], k == i ? note : notes[k]);
            uint64_t rank = apart << GALLERY_PLACE_SHIFT | gallery_time(notes[older]);
            if (rank >= lowest) continue;
            lowest = rank;
            chosen = older;
        }
    }
    return chosen;
}

static uint32_t gallery_choose(const uint64_t notes[TACHO__GALLERY], uint64_t note)
{
    uint32_t oldest = 0;
    for (uint32_t i = 0; i < TACHO__GALLERY; i++) {
        if (!notes[i]) return i;
        if (gallery_time(notes[i]) < gallery_time(notes[oldest])) oldest = i;
    }
    uint64_t then = gallery_time(notes[oldest]) + (TACHO__GALLERY_TTL_NS >> GALLERY_UNIT_SHIFT);
    return gallery_time(note) > then ? oldest : gallery_closest(notes, note);
}

bool tacho__gallery_store(struct tacho__gallery *gallery, const struct tacho__exemplar *exemplar, uint64_t now_ns)
{
    uint64_t notes[TACHO__GALLERY], note = gallery_note(exemplar->value, now_ns);
    for (int tries = 0; tries < GALLERY_TRIES; tries++) {
        for (uint32_t i = 0; i < TACHO__GALLERY; i++) notes[i] = tacho__load_relaxed(&gallery->notes[i]);
        uint32_t at = gallery_choose(notes, note);
        TACHO_EDGE(Y1);
        if (atomic_compare_exchange_strong_explicit(&gallery->notes[at], &notes[at], note, memory_order_relaxed,
                                                    memory_order_relaxed)) /* see above */
            return tacho__exemplar_store(gallery->slots[at], exemplar, now_ns);
    }
    return false;
}

void tacho__gallery_forget(struct tacho__gallery *gallery)
{
    for (uint32_t i = 0; i < TACHO__GALLERY; i++) tacho__store_relaxed(&gallery->notes[i], 0);
}
