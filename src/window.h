/*
 * window.h - memory for what is seen through a sliding window: it is leased for a slice of time, and what a lease
 * leaves behind counts as nothing in the next one, so that nobody has to clear anything before it can be used.
 *
 * Time is cut into slices, and a ring has a slot for each slice of the window and one more: what comes in stays for at
 * least the window's length, and for at most one slice longer. In a slot are places, each a word with its lease (slice,
 * key and turn) followed by words of content, which bear the turn of the lease they were written in. The next lease has
 * the next turn: content of another turn is void, and whoever writes to it begins anew. Taking a lease is one
 * compare-and-swap, after which the place can be used; nobody waits for anybody, and nobody who is killed leaves
 * something half done.
 *   I1  The slice of a lease only grows, until the place is reset.
 *   I2  A word changes by compare-and-swap only. One of another turn is written to only if the lease is still the
 *       writer's own after the word was read: then it is void, and not the content of a later lease.
 *   I3  Turns repeat after 8 leases of a place, so whoever takes one voids what earlier ones left, as I2 permits at any
 *       time. Content would come back only if eight in a row were killed before they had done so.
 * Who writes under a lease that is over leaves void content. Who stands still in the middle of I2 for 8 leases, which
 * take at least 8 times the window, may then void a word, whose content is lost, or count something as something else.
 *
 * Order: [W1] content  release by who writes a word, acquire by who is about to write it: if it is of a later lease,
 *             then that lease is seen as well (I2)
 * Leases are relaxed: they publish nothing, because content says itself which one it belongs to.
 */
#ifndef TACHO_WINDOW_H
#define TACHO_WINDOW_H

#include "atomic.h"

#define TACHO__SLICES_MAX 16

#define TACHO__TURNS 8u
#define TACHO__TURN_SHIFT 61
#define TACHO__CONTENT (((uint64_t)1 << TACHO__TURN_SHIFT) - 1)
#define TACHO__KEY_SHIFT 3
#define TACHO__KEY_MASK 0x1fffu
#define TACHO__SLICE_SHIFT 16

struct tacho__window {
    uint64_t rounds_per_ns; /* rounds of the ring, in units of 2^-64 */
    uint32_t slots;         /* of the ring: slices of the window and one more */
};

/** A slice of time and the slot that it has in the ring. */
struct tacho__slice {
    uint64_t number; /* at least `slots`, so that memory of zeros belongs to no slice of a window */
    uint32_t slot;
};

/**
 * Describe a window of `seconds` in 1 to TACHO__SLICES_MAX slices. A slice is at least 1 ms long; windows of years are
 * up to 1 % longer than asked for.
 */
static inline void tacho__window_open(struct tacho__window *window, double seconds, uint32_t slices)
{
    const double longest = 1e8;
    double ns = (seconds < longest ? seconds : longest) * 1e9, shortest = slices * 1e6;
    uint64_t slice_ns = ((uint64_t)(ns > shortest ? ns : shortest) + slices - 1) / slices;
    window->slots = slices + 1;
    window->rounds_per_ns = UINT64_MAX / (slice_ns * window->slots);
}

/** The slice that a time belongs to. */
static inline struct tacho__slice tacho__window_slice(const struct tacho__window *window, uint64_t now_ns)
{
    uint64_t rounds, slot, slots = window->slots;
    uint64_t part = tacho__mul128(now_ns, window->rounds_per_ns, &rounds); /* of the present round, in units of 2^-64 */
    (void)tacho__mul128(part, slots, &slot);
    return (struct tacho__slice){ (rounds + 1) * slots + slot, (uint32_t)slot };
}

/** The oldest slice in the window at a time. Newer ones than the present are there too, where clocks differ. */
static inline uint64_t tacho__window_oldest(const struct tacho__window *window, uint64_t now_ns)
{
    return tacho__window_slice(window, now_ns).number - (window->slots - 1);
}

static inline uint64_t tacho__lease_slice(uint64_t lease)
{
    return lease >> TACHO__SLICE_SHIFT;
}

static inline uint32_t tacho__lease_key(uint64_t lease)
{
    return (uint32_t)(lease >> TACHO__KEY_SHIFT) & TACHO__KEY_MASK;
}

static inline uint32_t tacho__lease_turn(uint64_t lease)
{
    return (uint32_t)lease % TACHO__TURNS;
}

/** The content of a word in leases of this turn; 0 if it is void. */
static inline uint64_t tacho__word_content(uint64_t word, uint32_t turn)
{
    return word >> TACHO__TURN_SHIFT == turn ? word & TACHO__CONTENT : 0;
}

/** The same for somebody who is going to write; false: the lease is over, and the word may be another one's. */
static inline bool tacho__word_writable(const _Atomic uint64_t *place, uint64_t lease, uint64_t word, uint64_t *content)
{
    *content = tacho__word_content(word, tacho__lease_turn(lease));
    return word >> TACHO__TURN_SHIFT == tacho__lease_turn(lease) || tacho__load_relaxed(place) == lease;
}

/** Write content to a word that holds `*before`; false: it holds something else, which is then left there. */
static inline bool tacho__word_write(_Atomic uint64_t *at, uint64_t *before, uint64_t lease, uint64_t content)
{
    uint64_t word = (uint64_t)tacho__lease_turn(lease) << TACHO__TURN_SHIFT | content;
    TACHO_EDGE(W1);
    return atomic_compare_exchange_weak_explicit(at, before, word, memory_order_acq_rel,
                                                 memory_order_acquire); /* [W1] both ends */
}

/* I3. */
static inline void tacho__lease_void(_Atomic uint64_t *place, uint32_t words, uint64_t lease)
{
    for (uint32_t i = 1; i <= words; i++) {
        uint64_t word = tacho__load_acquire(&place[i]), content; /* [W1] */
        if (!(word & TACHO__CONTENT) || word >> TACHO__TURN_SHIFT == tacho__lease_turn(lease)) continue;
        if (!tacho__word_writable(place, lease, word, &content)) return;
        (void)tacho__word_write(&place[i], &word, lease, 0);
    }
}

/**
 * The lease of a place with so many words of content, for a slice: an earlier slice's is replaced by one with this key.
 * Returns what it is then: with this slice and key, this slice and another key, or of a later slice.
 */
static inline uint64_t tacho__lease_take(_Atomic uint64_t *place, uint32_t words, uint64_t slice, uint32_t key)
{
    uint64_t lease = tacho__load_relaxed(place);
    while (tacho__lease_slice(lease) < slice) {
        uint64_t own = slice << TACHO__SLICE_SHIFT | (uint64_t)key << TACHO__KEY_SHIFT | (lease + 1) % TACHO__TURNS;
        if (!atomic_compare_exchange_weak_explicit(place, &lease, own, memory_order_relaxed, memory_order_relaxed))
            continue;
        tacho__lease_void(place, words, own);
        return own;
    }
    return lease;
}

/** End the lease of a place, whatever it is for. */
static inline void tacho__lease_end(_Atomic uint64_t *place)
{
    uint64_t lease = tacho__load_relaxed(place);
    while (!atomic_compare_exchange_weak_explicit(place, &lease, lease % TACHO__TURNS, memory_order_relaxed,
                                                  memory_order_relaxed))
        continue;
}

#endif
