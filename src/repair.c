/*
 * repair.c - what is certain after a death under the lock is `born`, one word per slot: it makes a series exist, and
 * end. The rest is made anew from it: the index drops what is not live, every slot that is not live goes to limbo
 * (it may have been anywhere), holds on label values are counted again. At most the memory that was just handed out
 * is lost.
 *
 * [K1] All of it under the lock; readers go on meanwhile and see nothing but links that change one by one.
 */
#include "repair.h"

#include "grace.h"

typedef void (*repair_visit)(struct tacho__segment *segment, struct tacho__family *family, tacho__ref ref);

static void repair_each_slot(struct tacho__segment *segment, struct tacho__family *family, repair_visit visit)
{
    struct tacho__chunk *chunk = NULL;
    while ((chunk = tacho__chunk_next(segment, family, chunk))) {
        family->last_chunk = tacho__segment_ref(segment, chunk);
        for (uint32_t i = 0; i < tacho__load_relaxed(&chunk->used); i++) /* [K1] */
            visit(segment, family, tacho__segment_ref(segment, tacho__chunk_slot(family, chunk, i)));
    }
}

static void repair_each_overflow(struct tacho__segment *segment, struct tacho__family *family, repair_visit visit)
{
    for (uint32_t i = 0; i < family->overflow_count; i++)
        visit(segment, family, tacho__segment_ref(segment, tacho__overflow_at(segment, family, i)));
}

/* A family that was being defined may be lost, but its closed sets and those of all others hold symbols as well. */
static void repair_closed(struct tacho__segment *segment, struct tacho__family *family,
                          void (*visit)(struct tacho__segment *segment, tacho__ref symbol))
{
    for (uint32_t i = 0; i < TACHO_MAX_LABELS; i++) {
        const uint32_t *set = family->closed[i] ? tacho__segment_at(segment, family->closed[i]) : NULL;
        for (uint32_t k = 0; set && k < set[0]; k++) visit(segment, set[k + 1]);
    }
}

static void repair_forget(struct tacho__segment *segment, struct tacho__family *family, tacho__ref ref)
{
    for (uint32_t i = 0; i < tacho__family_meta(segment, family)->label_count; i++)
        if (tacho__series_at(segment, ref)->labels[i])
            tacho__symbol_forget(segment, tacho__series_at(segment, ref)->labels[i]);
}

static void repair_hold(struct tacho__segment *segment, struct tacho__family *family, tacho__ref ref)
{
    for (uint32_t i = 0; i < tacho__family_meta(segment, family)->label_count; i++)
        if (tacho__series_at(segment, ref)->labels[i])
            tacho__symbol_hold(segment, tacho__series_at(segment, ref)->labels[i]);
}

/* Whoever was born when its maker died may not be announced yet to scrapes and lookups. */
static void repair_announce(struct tacho__segment *segment, uint64_t born)
{
    if (tacho__series_live(born) && born > tacho__load_relaxed(&segment->head->born)) /* [K1] */
        tacho__store_release(&segment->head->born, born); /* [B1] */
}

static void repair_sort(struct tacho__segment *segment, struct tacho__family *family, tacho__ref ref)
{
    struct tacho__series *series = tacho__series_at(segment, ref);
    if (tacho__series_live(tacho__load_relaxed(&series->born))) { /* [K1] */
        tacho__store_relaxed(&family->live, tacho__load_relaxed(&family->live) + 1);
        repair_announce(segment, tacho__load_relaxed(&series->born));
        return;
    }
    if (!series->cells) { /* its maker died before it had any: the last one found is the next to get some */
        family->bare = ref;
        return;
    }
    uint64_t dead = TACHO__DEAD | (uint64_t)tacho__grace_stamp() << 32;
    tacho__store_release(&series->born, dead | family->limbo_first); /* [S1] all stamps are equal: any order will do */
    family->limbo_first = ref;
    if (!family->limbo_last) family->limbo_last = ref;
    family->limbo_count++;
}

static void repair_family(struct tacho__segment *segment, struct tacho__family *family)
{
    tacho__index_repair(segment, family);
    tacho__extent_change(&family->extent, 0); /* whoever died may have done so between a death and its number */
    tacho__store_relaxed(&family->live, 0); /* [K1] */
    family->free = family->bare = family->limbo_first = family->limbo_last = 0;
    family->limbo_count = family->limbo_try = 0;
    repair_announce(segment, tacho__load_relaxed(&family->born)); /* [K1] */
    repair_each_slot(segment, family, repair_sort);
    tacho__count(&segment->head->live, tacho__load_relaxed(&family->live)); /* [K1] */
}

void tacho__repair(struct tacho__segment *segment)
{
    struct tacho__segment_head *head = segment->head;
    tacho__symbol_clear(segment);
    for (tacho__ref ref = 0; (ref = tacho__family_next(segment, ref));) {
        repair_closed(segment, tacho__family_at(segment, ref), tacho__symbol_forget);
        repair_each_slot(segment, tacho__family_at(segment, ref), repair_forget);
        repair_each_overflow(segment, tacho__family_at(segment, ref), repair_forget);
        head->last_family = ref;
    }
    tacho__store_relaxed(&head->live, 0); /* [K1] */
    for (tacho__ref ref = 0; (ref = tacho__family_next(segment, ref));) {
        struct tacho__family *family = tacho__family_at(segment, ref);
        repair_closed(segment, family, tacho__symbol_hold);
        repair_each_slot(segment, family, repair_hold);
        repair_each_overflow(segment, family, repair_hold);
        repair_family(segment, family);
    }
}

bool tacho__segment_lock(struct tacho__segment *segment, uint64_t wait_ns)
{
    /* A slot before the lock: getting one inside, from a signal handler, would lock in the middle of locking. */
    tacho__grace_leave(tacho__grace_enter());
    tacho__lock_state state = tacho__lock_take(&segment->head->lock, wait_ns);
    if (state == TACHO__LOCK_DIRTY) tacho__repair(segment);
    return state != TACHO__LOCK_BUSY;
}
