/*
 * atomic.h - what lock-free code here stands on: lock-free 64-bit atomics, and the hook at every ordering edge.
 *
 * Every atomic operation in these sources names its edge, like [S1], at both ends, or says why relaxed suffices.
 * Test builds call a hook at the edges, so that a test can stop, yield or kill a thread exactly there.
 */
#ifndef TACHO_ATOMIC_H
#define TACHO_ATOMIC_H

#include <stdatomic.h>

#include "internal.h"

_Static_assert(ATOMIC_INT_LOCK_FREE == 2, "tacho needs lock-free 32-bit atomics");
_Static_assert(ATOMIC_LLONG_LOCK_FREE == 2, "tacho needs lock-free 64-bit atomics");

#if defined(TACHO_CHECK)
extern void (*tacho__edge_hook)(const char *edge);
#define TACHO_EDGE(tag) (tacho__edge_hook ? tacho__edge_hook(#tag) : (void)0)
#else
#define TACHO_EDGE(tag) ((void)0)
#endif

/* Names for the common cases; relaxed wherever the comment at the call says that nothing is published. */
#define tacho__load_relaxed(p) atomic_load_explicit((p), memory_order_relaxed)
#define tacho__store_relaxed(p, v) atomic_store_explicit((p), (v), memory_order_relaxed)
#define tacho__load_acquire(p) atomic_load_explicit((p), memory_order_acquire)
#define tacho__store_release(p, v) atomic_store_explicit((p), (v), memory_order_release)
#define tacho__count(p, n) ((void)atomic_fetch_add_explicit((p), (n), memory_order_relaxed))

#endif
