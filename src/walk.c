/*
 * walk.c - the next place of a walk: the family or the collector whose place in the order is lower.
 *
 * Order: [F1] see family.h
 * Lock: the registry's mutex, for moments.
 */
#include "walk.h"

/* The next family that is not undefined; 0: no more. */
static tacho__ref walk_next_family(const tacho_registry *reg, tacho__ref ref)
{
    while ((ref = tacho__family_next(&reg->segment, ref)))
        if (!tacho__load_acquire(&tacho__family_at(&reg->segment, ref)->gone)) break; /* [F1] */
    return ref;
}

/* The place of the last collector that is there now: one that comes back meanwhile comes behind it. */
static uint32_t walk_last_plug(tacho_registry *reg)
{
    uint32_t last = 0;
    (void)pthread_mutex_lock(&reg->mutex);
    for (const struct tacho__plug *plug = reg->plugs; plug; plug = plug->next)
        if (plug->collector != &reg->self) last = plug->order;
    (void)pthread_mutex_unlock(&reg->mutex);
    return last;
}

/* Hold the first collector behind `order`; NULL: no more. */
static struct tacho__plug *walk_next_plug(const struct tacho__walk *walk, uint32_t order)
{
    tacho_registry *reg = walk->reg;
    (void)pthread_mutex_lock(&reg->mutex);
    struct tacho__plug *plug = reg->plugs;
    while (plug && (plug->order <= order || (plug->order > walk->last && plug->order != TACHO__ORDER_LAST))) plug = plug->next;
    if (plug && plug->order == TACHO__ORDER_LAST && walk->own == TACHO__WALK_WITHOUT_OWN) plug = NULL;
    if (plug) plug->refs++;
    (void)pthread_mutex_unlock(&reg->mutex);
    return plug;
}

void tacho__walk_begin(struct tacho__walk *walk, tacho_registry *reg, enum tacho__walk_own own)
{
    *walk = (struct tacho__walk){ .reg = reg, .own = own };
    walk->ref = walk_next_family(reg, 0);
    walk->last = walk_last_plug(reg);
    walk->held = walk_next_plug(walk, 0);
}

/* Leave the place at hand: only now is it known what comes behind it. */
static void walk_leave(struct tacho__walk *walk)
{
    if (walk->family) walk->ref = walk_next_family(walk->reg, walk->ref);
    if (walk->plug) {
        uint32_t order = walk->plug->order;
        tacho__plug_drop(walk->plug);
        walk->held = walk_next_plug(walk, order);
    }
    walk->family = NULL;
    walk->plug = NULL;
}

bool tacho__walk_step(struct tacho__walk *walk)
{
    walk_leave(walk);
    struct tacho__family *family = walk->ref ? tacho__family_at(&walk->reg->segment, walk->ref) : NULL;
    if (family && (!walk->held || family->order < walk->held->order))
        walk->family = family;
    else
        walk->plug = walk->held;
    return walk->family || walk->plug;
}

void tacho__walk_end(struct tacho__walk *walk)
{
    if (walk->held) tacho__plug_drop(walk->held);
    *walk = (struct tacho__walk){ .reg = walk->reg };
}
