/*
 * gather.c - one scrape and all collectors.
 *
 * A scrape inside a collector waits for nobody: two registries whose collectors scrape each other would wait for each other. It
 * sees what is there, and nothing of a registry whose collector its thread is in.
 * Lock: the registry's mutex, for moments; nothing is held while collectors run.
 */
#include "gather.h"

#include <stdio.h>

#include "alloc.h"
#include "clock.h"
#include "desc.h"

/* ---- Which ones --------------------------------------------------------------------------------------------------- */

static bool gather_is_self(const struct tacho__plug *plug)
{
    return plug->collector == &plug->reg->self;
}

/* What shows nothing does not run; who knows what one shows that announces nothing? */
static bool gather_is_wanted(const struct tacho__plug *plug, const struct tacho__filter *filter)
{
    bool wanted = plug->meta_count == 0;
    for (size_t i = 0; i < plug->meta_count && !wanted; i++) wanted = tacho__filter_shows(filter, plug->metas[i]);
    return wanted;
}

/* Hold the collectors there are now. */
static bool gather_list(struct tacho__gather *gather, const struct tacho__filter *filter)
{
    tacho_registry *reg = gather->reg;
    size_t cap = 0;
    (void)pthread_mutex_lock(&reg->mutex);
    tacho__plugs_settle(reg);
    for (const struct tacho__plug *plug = reg->plugs; plug; plug = plug->next) cap++;
    (void)pthread_mutex_unlock(&reg->mutex);
    gather->items = tacho__alloc((cap + 1) * sizeof *gather->items);
    if (!gather->items) return false;
    for (struct tacho__plug *plug = NULL; (plug = tacho__plug_next(reg, plug));) {
        if (!gather_is_wanted(plug, filter)) continue;
        if (gather->count == cap) { /* more came meanwhile */
            tacho__plug_drop(plug);
            break;
        }
        (void)pthread_mutex_lock(&reg->mutex);
        plug->refs++;
        (void)pthread_mutex_unlock(&reg->mutex);
        gather->items[gather->count++].plug = plug;
    }
    return true;
}

/* ---- Beginning ----------------------------------------------------------------------------------------------------- */

static struct tacho__box *gather_hold(struct tacho__box *box)
{
    if (box) box->refs++;
    return box;
}

/* The item shows the last good result, if its collector asks for that. */
static void gather_show_last(struct tacho__item *item)
{
    const struct tacho__plug *plug = item->plug;
    item->box = plug->ops.flags & TACHO_COLLECT_KEEP_LAST ? gather_hold(plug->result) : NULL;
}

static void gather_show(struct tacho__item *item, struct tacho__box *box)
{
    item->box = gather_hold(box);
    item->good = true;
}

/* Until when a run is waited for that begins now, or at `began`. */
static uint64_t gather_deadline(const struct tacho__gather *gather, const struct tacho__plug *plug, uint64_t began)
{
    uint64_t own = plug->ops.deadline_ms ? began + (uint64_t)plug->ops.deadline_ms * 1000000u : TACHO__NEVER;
    return own < gather->until_ns ? own : gather->until_ns;
}

/* A run is in progress: wait for it too, unless the others have given it up. */
static void gather_join(struct tacho__gather *gather, struct tacho__item *item)
{
    struct tacho__plug *plug = item->plug;
    uint64_t until = gather_deadline(gather, plug, plug->began_ns);
    bool nested = plug->waiters + plug->late > 0 && tacho__run_is_inside(NULL);
    if (plug->late || nested) {
        plug->failures[TACHO__FAILED_BUSY] += plug->late;
        gather_show_last(item);
        return;
    }
    item->waits = true;
    item->run = plug->runs;
    plug->waiters++;
    if (until > tacho__load_relaxed(&plug->until_ns)) tacho__store_relaxed(&plug->until_ns, until); /* under the mutex */
}

/* Decide about one collector: whether this scrape has to do its run. */
static bool gather_undertakes(struct tacho__gather *gather, struct tacho__item *item)
{
    struct tacho__plug *plug = item->plug;
    uint64_t now = tacho__clock_ns();
    bool does = false;
    (void)pthread_mutex_lock(&gather->reg->mutex);
    bool fresh = plug->ops.cache_ms && plug->result && now - plug->result->read_ns < (uint64_t)plug->ops.cache_ms * 1000000u;
    if (plug->removed) {
        item->good = true; /* it came too late, and misses nothing */
    } else if (fresh) {
        gather_show(item, plug->result);
    } else if (plug->running) {
        gather_join(gather, item);
    } else if (plug->boxes >= TACHO__BOXES) {
        gather_show(item, plug->newest);
    } else {
        does = true;
        tacho__run_begin(plug, gather_deadline(gather, plug, now));
        gather_join(gather, item);
    }
    (void)pthread_mutex_unlock(&gather->reg->mutex);
    return does;
}

bool tacho__gather_begin(struct tacho__gather *gather, tacho_registry *reg, const struct tacho__filter *filter,
                         uint64_t until_ns)
{
    gather->reg = reg;
    gather->until_ns = until_ns;
    if (tacho__run_is_inside(reg)) return true;
    if (!gather_list(gather, filter)) return false;
    for (size_t i = 0; i < gather->count; i++) {
        struct tacho__item *item = &gather->items[i];
        if (tacho__plug_is_detached(item->plug) && gather_undertakes(gather, item)) tacho__run_detached(item->plug);
    }
    for (size_t i = 0; i < gather->count; i++) {
        struct tacho__item *item = &gather->items[i];
        if (tacho__plug_is_detached(item->plug) || gather_is_self(item->plug)) continue;
        if (gather_undertakes(gather, item)) tacho__run_do(item->plug);
    }
    return true;
}

/* ---- Waiting ------------------------------------------------------------------------------------------------------- */

static bool gather_is_over(const struct tacho__item *item)
{
    return !item->plug->running || item->plug->runs != item->run;
}

static uint64_t gather_item_until(const struct tacho__gather *gather, const struct tacho__item *item)
{
    return gather_deadline(gather, item->plug, item->plug->began_ns);
}

/* One scrape less waits. Returns a result that nobody needs any more. */
static struct tacho__box *gather_leave(struct tacho__item *item)
{
    struct tacho__plug *plug = item->plug;
    bool keeps = plug->ops.cache_ms || (plug->ops.flags & TACHO_COLLECT_KEEP_LAST);
    item->waits = false;
    plug->waiters -= plug->waiters > 0; /* a forked child began with none */
    if (plug->waiters > 0 || keeps) return NULL;
    struct tacho__box *unused = plug->result;
    plug->result = NULL;
    return unused;
}

/* One collector's run is over, or its time is: then it is `late` as soon as nobody waits for it. */
static struct tacho__box *gather_resolve(struct tacho__item *item)
{
    struct tacho__plug *plug = item->plug;
    bool over = gather_is_over(item);
    if (over && plug->success)
        gather_show(item, plug->result);
    else
        gather_show_last(item);
    struct tacho__box *unused = gather_leave(item);
    if (over) return unused;
    plug->tried = true;
    plug->success = false;
    plug->late = plug->waiters == 0;
    plug->failures[TACHO__FAILED_DEADLINE]++;
    return unused;
}

static void gather_tell_late(const struct tacho__plug *plug)
{
    char words[TACHO__WHY_MAX], name[84];
    (void)snprintf(words, sizeof words, "collector '%s': the scrape went on without it at the deadline",
                   tacho__printable(name, plug->name));
    tacho__registry_misuse(plug->reg, TACHO__MISHAPS, NULL, words);
}

/* One item; `wait`: wait for it. False: it still waits. */
static bool gather_try(struct tacho__gather *gather, struct tacho__item *item, bool wait)
{
    pthread_mutex_t *mutex = &gather->reg->mutex;
    if (!item->waits) return true;
    (void)pthread_mutex_lock(mutex);
    uint64_t until = gather_item_until(gather, item);
    while (wait && !gather_is_over(item) && tacho__cond_wait(&item->plug->ended, mutex, until)) {}
    bool over = gather_is_over(item), resolves = over || tacho__clock_ns() >= until;
    struct tacho__box *unused = resolves ? gather_resolve(item) : NULL;
    (void)pthread_mutex_unlock(mutex);
    tacho__box_drop(unused);
    if (resolves && !over) gather_tell_late(item->plug);
    return resolves;
}

static void gather_go_on(struct tacho__gather *gather, bool wait)
{
    while (gather->resolved < gather->count && gather_try(gather, &gather->items[gather->resolved], wait)) gather->resolved++;
}

const struct tacho__item *tacho__gather_item(const struct tacho__gather *gather, const struct tacho__plug *plug)
{
    size_t low = 0, high = gather->count; /* by order */
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (gather->items[middle].plug->order < plug->order)
            low = middle + 1;
        else
            high = middle;
    }
    return low < gather->count && gather->items[low].plug == plug ? &gather->items[low] : NULL;
}

uint64_t tacho__gather_until(struct tacho__gather *gather)
{
    uint64_t first = TACHO__NEVER;
    if (gather->resolved > gather->count) return first;
    (void)pthread_mutex_lock(&gather->reg->mutex);
    for (size_t i = gather->resolved; i < gather->count; i++) {
        uint64_t until = gather->items[i].waits ? gather_item_until(gather, &gather->items[i]) : TACHO__NEVER;
        if (until < first) first = until;
    }
    (void)pthread_mutex_unlock(&gather->reg->mutex);
    return first;
}

/* ---- Names ---------------------------------------------------------------------------------------------------------- */

/* Whether the name of a family that was not announced is taken: by one that was defined or announced, or by one that comes
 * before it in this scrape. */
static bool gather_is_taken(const struct tacho__gather *gather, const struct tacho__meta *meta, size_t before,
                            struct tacho__clash *clash)
{
    if (tacho__registry_clash(gather->reg, meta, clash)) return true;
    for (size_t i = 0; i < before; i++) {
        const struct tacho__box *box = gather->items[i].box;
        for (size_t k = 0; box && k < box->meta_count; k++)
            if (tacho__metas_clash(meta, box->metas[k], clash)) return true;
    }
    return false;
}

static void gather_drop(struct tacho__gather *gather, struct tacho__plug *plug, const struct tacho__meta *meta,
                        const struct tacho__clash *clash)
{
    char words[TACHO__WHY_MAX], name[84], other[84], owner[84];
    gather->dropped[gather->dropped_count++] = meta;
    (void)pthread_mutex_lock(&gather->reg->mutex);
    plug->dropped++;
    (void)pthread_mutex_unlock(&gather->reg->mutex);
    (void)snprintf(words, sizeof words, "collector '%s': the name '%s' is taken by family '%s'; this one is left out",
                   tacho__printable(name, plug->name), tacho__printable(other, clash->name),
                   tacho__printable(owner, clash->owner));
    tacho__registry_misuse(gather->reg, TACHO__MISHAPS, NULL, words);
}

/* Out of memory all families that were not announced are left out. */
static void gather_settle_names(struct tacho__gather *gather)
{
    struct tacho__clash clash;
    size_t unannounced = 0;
    for (size_t i = 0; i < gather->count; i++)
        unannounced += gather->items[i].box ? gather->items[i].box->meta_count : 0;
    if (unannounced == 0) return;
    gather->dropped = tacho__alloc(unannounced * sizeof *gather->dropped);
    for (size_t i = 0; i < gather->count; i++) {
        struct tacho__item *item = &gather->items[i];
        size_t metas = item->box ? item->box->meta_count : 0;
        if (metas && !gather->dropped) {
            tacho__box_drop(item->box);
            item->box = NULL;
            continue;
        }
        for (size_t k = 0; k < metas; k++)
            if (gather_is_taken(gather, item->box->metas[k], i, &clash))
                gather_drop(gather, item->plug, item->box->metas[k], &clash);
    }
}

/* ---- The end ---------------------------------------------------------------------------------------------------------- */

/* tacho's own numbers, which tell how the others fared in this scrape; not shared with another one. */
static void gather_run_self(struct tacho__gather *gather)
{
    struct tacho__item *item = gather->count ? &gather->items[gather->count - 1] : NULL;
    tacho_err err;
    if (!item || !gather_is_self(item->plug)) return;
    item->box = tacho__box_collect(item->plug, gather, &err);
}

static void gather_finish(struct tacho__gather *gather)
{
    if (gather->resolved > gather->count) return;
    gather->resolved = gather->count + 1; /* once */
    gather_settle_names(gather);
    gather_run_self(gather);
}

bool tacho__gather_ready(struct tacho__gather *gather)
{
    gather_go_on(gather, false);
    if (gather->resolved >= gather->count) gather_finish(gather);
    return gather->resolved > gather->count;
}

void tacho__gather_wait(struct tacho__gather *gather)
{
    gather_go_on(gather, true);
    gather_finish(gather);
}

void tacho__gather_free(struct tacho__gather *gather)
{
    for (size_t i = 0; i < gather->count; i++) {
        struct tacho__item *item = &gather->items[i];
        (void)pthread_mutex_lock(&gather->reg->mutex);
        struct tacho__box *unused = item->waits ? gather_leave(item) : NULL;
        (void)pthread_mutex_unlock(&gather->reg->mutex);
        tacho__box_drop(unused);
        tacho__box_drop(item->box);
        tacho__plug_drop(item->plug);
    }
    tacho__free(gather->items);
    tacho__free(gather->dropped);
}
