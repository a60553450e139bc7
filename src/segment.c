/*
 * segment.c - reserving the range and handing it out from the front.
 */
#define _GNU_SOURCE
#include "segment.h"

#include <string.h>
#include <unistd.h>

#include "alloc.h"
#include "clock.h"
#include "hash.h"

#if defined(__linux__)
#include <sys/random.h>
#endif

#define SEGMENT_RESERVE_MIN ((uint64_t)16 << 10)

/* Nobody outside can choose label values that collide, because nobody outside knows this number. */
static uint64_t segment_seed(const void *range)
{
    uint64_t seed = tacho__clock_ns() ^ (uint64_t)(uintptr_t)range;
#if defined(__linux__)
    uint64_t noise;
    if (getrandom(&noise, sizeof noise, GRND_NONBLOCK) == (ssize_t)sizeof noise) seed ^= noise;
#endif
    return tacho__hash_fold(seed ^ TACHO__HASH_K0, TACHO__HASH_K1);
}

bool tacho__segment_open(struct tacho__segment *segment, size_t budget, bool shared)
{
    struct tacho__segment_head *head = NULL;
    size_t size = budget & ~(size_t)4095;
    if (size > TACHO__BUDGET_MAX) size = TACHO__BUDGET_MAX;
    if (size < TACHO__BUDGET_MIN) size = TACHO__BUDGET_MIN;
    while (!(head = tacho__map(size, shared)) && size / 2 >= TACHO__BUDGET_MIN) size = size / 2 & ~(size_t)4095;
    if (!head) return false;
    if (!tacho__lock_init(&head->lock, shared)) {
        tacho__unmap(head, size);
        return false;
    }
    head->size = size;
    head->seed = segment_seed(head);
    tacho__store_relaxed(&head->used, (sizeof *head + 63) & ~(size_t)63); /* nobody else has it yet */
    segment->head = head;
    segment->shared = shared;
    return true;
}

void tacho__segment_close(struct tacho__segment *segment)
{
    if (segment->head) tacho__unmap(segment->head, segment->head->size);
    segment->head = NULL;
}

/* Part of the budget that series leave to collectors' results: the registry can still say that it is full. */
static uint64_t segment_reserve(const struct tacho__segment *segment)
{
    const struct tacho__segment_head *head = segment->head;
    uint64_t reserve = head->size / 16 > SEGMENT_RESERVE_MIN ? head->size / 16 : SEGMENT_RESERVE_MIN;
    uint64_t boxes = tacho__load_relaxed(&segment->boxes); /* a sum of charges; what is used of it already */
    return boxes < reserve ? reserve - boxes : 0;
}

tacho__ref tacho__segment_take(struct tacho__segment *segment, size_t size)
{
    struct tacho__segment_head *head = segment->head;
    uint64_t used = tacho__load_relaxed(&head->used); /* [K1] */
    uint64_t boxes = tacho__load_relaxed(&segment->boxes); /* a sum of charges; a late one is refused instead */
    size = (size + TACHO__UNIT - 1) & ~(size_t)(TACHO__UNIT - 1);
    if (size > head->size || used + boxes + segment_reserve(segment) > head->size - size) return 0;
    tacho__store_relaxed(&head->used, used + size); /* [K1] */
    return (tacho__ref)(used / TACHO__UNIT);
}

bool tacho__segment_charge(struct tacho__segment *segment, size_t size)
{
    struct tacho__segment_head *head = segment->head;
    uint64_t after = atomic_fetch_add_explicit(&segment->boxes, size, memory_order_relaxed) + size; /* a sum */
    if (after + tacho__load_relaxed(&head->used) <= head->size) return true; /* a bound, checked again at the next */
    tacho__segment_discharge(segment, size);
    return false;
}

void tacho__segment_discharge(struct tacho__segment *segment, size_t size)
{
    (void)atomic_fetch_sub_explicit(&segment->boxes, size, memory_order_relaxed); /* a sum */
}
