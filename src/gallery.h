/*
 * gallery.h - a few exemplars of a native histogram, chosen so that they are spread over its values.
 *
 * Zeroed memory, aligned to 8 bytes, of a fixed size. Threads, signal handlers and processes that share the memory
 * store into it without waiting; scrapes load each slot by itself (exemplar.h).
 */
#ifndef TACHO_GALLERY_H
#define TACHO_GALLERY_H

#include "atomic.h"
#include "exemplar.h"

#define TACHO__GALLERY 10
#define TACHO__GALLERY_TTL_NS (UINT64_C(300) * 1000000000) /* what is older goes first */

struct tacho__gallery {
    char slots[TACHO__GALLERY][TACHO__EXEMPLAR_SLOT];
    _Atomic uint64_t notes[TACHO__GALLERY]; /* what each slot was last given to; 0: to nobody */
};

/**
 * Let it show this exemplar: in an empty slot; else instead of the oldest, if that is older than five minutes; else
 * instead of the older one of the two that are closest on a logarithmic scale, this one among them.
 *
 * False, and this one is dropped, if others are just being stored (exemplar.h). `now_ns` is the monotonic clock's.
 * Async-signal-safe. [hot | O(length) | 0.1]
 */
TACHO_INTERNAL bool tacho__gallery_store(struct tacho__gallery *gallery, const struct tacho__exemplar *exemplar,
                                         uint64_t now_ns);

/** All its slots were cleared: choose as if there had been nothing. Async-signal-safe. [hot | O(1) | 0.1] */
TACHO_INTERNAL void tacho__gallery_forget(struct tacho__gallery *gallery);

#endif
