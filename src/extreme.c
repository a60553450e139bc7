/*
 * extreme.c - the extreme of a sliding window.
 *
 * Values are compared as whole numbers, of which the more extreme value has the higher one. A slot of the ring is one
 * place (window.h), whose words have room for such a number less three bits. So each number has its word, by its three
 * lowest bits, and that word keeps the highest of the rest; the extreme of a slice is the highest of the eight numbers
 * that its words stand for.
 *   I1  Numbers of values other than NaN are above 2^48: a void word stands for less than any value.
 * Relaxed order for `last`: it is a value and nothing else. A value that is set is noted in its slice before it is the
 * last one. The result of an addition cannot be; until it is noted, it counts only as long as it is the last one.
 */
#include "extreme.h"

enum { EXTREME_LOW_BITS = 3, EXTREME_WORDS = 1 << EXTREME_LOW_BITS };

#define EXTREME_SIGN ((uint64_t)1 << 63)

struct tacho__extreme {
    struct tacho__window window;
    uint64_t flip;         /* 0, or for the lowest: all bits */
    _Atomic uint64_t last; /* a double */
    _Atomic uint64_t words[][1 + EXTREME_WORDS];
};

size_t tacho__extreme_size(uint32_t slices)
{
    return sizeof(struct tacho__extreme) + (slices + 1) * (1 + EXTREME_WORDS) * sizeof(uint64_t);
}

void tacho__extreme_open(struct tacho__extreme *extreme, tacho__extreme_kind kind, double seconds, uint32_t slices)
{
    tacho__window_open(&extreme->window, seconds, slices);
    extreme->flip = kind == TACHO__LOWEST ? UINT64_MAX : 0;
}

static uint64_t extreme_order(const struct tacho__extreme *extreme, double value)
{
    uint64_t bits = tacho__double_bits(value);
    return (bits & EXTREME_SIGN ? ~bits : bits | EXTREME_SIGN) ^ extreme->flip;
}

static double extreme_value(const struct tacho__extreme *extreme, uint64_t order)
{
    order ^= extreme->flip;
    return tacho__bits_double(order & EXTREME_SIGN ? order ^ EXTREME_SIGN : ~order);
}

/* False: the lease is over. */
static bool extreme_raise(_Atomic uint64_t *place, uint64_t lease, uint64_t order)
{
    _Atomic uint64_t *at = &place[1 + order % EXTREME_WORDS];
    uint64_t word = tacho__load_acquire(at), content; /* [W1] */
    do {
        if (!tacho__word_writable(place, lease, word, &content)) return false;
        if (content >= order >> EXTREME_LOW_BITS) return true;
    } while (!tacho__word_write(at, &word, lease, order >> EXTREME_LOW_BITS));
    return true;
}

/* Let a value count in its slice, or in a later one that has its slot already. */
static void extreme_note(struct tacho__extreme *extreme, double value, uint64_t now_ns)
{
    if (value != value) return;
    struct tacho__slice slice = tacho__window_slice(&extreme->window, now_ns);
    _Atomic uint64_t *place = extreme->words[slice.slot];
    uint64_t order = extreme_order(extreme, value), lease;
    do lease = tacho__lease_take(place, EXTREME_WORDS, slice.number, 0);
    while (!extreme_raise(place, lease, order));
}

void tacho__extreme_set(struct tacho__extreme *extreme, double value, uint64_t now_ns)
{
    extreme_note(extreme, value, now_ns);
    tacho__store_relaxed(&extreme->last, tacho__double_bits(value));
}

void tacho__extreme_add(struct tacho__extreme *extreme, double n, uint64_t now_ns)
{
    uint64_t before = tacho__load_relaxed(&extreme->last);
    double sum;
    do sum = tacho__bits_double(before) + n;
    while (!atomic_compare_exchange_weak_explicit(&extreme->last, &before, tacho__double_bits(sum),
                                                  memory_order_relaxed, memory_order_relaxed));
    extreme_note(extreme, sum, now_ns);
}

double tacho__extreme_read(const struct tacho__extreme *extreme, uint64_t now_ns)
{
    double last = tacho__bits_double(tacho__load_relaxed(&extreme->last));
    if (last != last) return last;
    uint64_t highest = extreme_order(extreme, last), oldest = tacho__window_oldest(&extreme->window, now_ns);
    for (uint32_t slot = 0; slot < extreme->window.slots; slot++) {
        const _Atomic uint64_t *place = extreme->words[slot];
        uint64_t lease = tacho__load_relaxed(place);
        if (tacho__lease_slice(lease) < oldest) continue;
        for (uint32_t i = 0; i < EXTREME_WORDS; i++) {
            uint64_t content = tacho__word_content(tacho__load_relaxed(&place[1 + i]), tacho__lease_turn(lease));
            uint64_t order = content << EXTREME_LOW_BITS | i;
            if (order > highest) highest = order;
        }
    }
    return extreme_value(extreme, highest);
}

void tacho__extreme_reset(struct tacho__extreme *extreme)
{
    for (uint32_t slot = 0; slot < extreme->window.slots; slot++) tacho__lease_end(extreme->words[slot]);
    tacho__store_relaxed(&extreme->last, 0);
}
