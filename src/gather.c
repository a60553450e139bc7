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

static size_t gather_plugs(const tacho_registry *reg)
{
    size_t count = 0;
    for (const struct tacho__plug *plug = reg->plugs; plug; plug = plug->next) count++;
    return count;
}

/* All of them, so that tacho's own metrics tell of each once, whoever is plugged in or out meanwhile. */
static void gather_hold_plugs(struct tacho__gather *gather, const struct tacho__filter *filter)
{
    gather->era = gather->reg->era;
    for (struct tacho__plug *plug = gather->reg->plugs; plug; plug = plug->next) {
        plug->refs++;
        gather->items[gather->count++] = (struct tacho__item){ .plug = plug, .wanted = gather_is_wanted(plug, filter) };
    }
}

/* Hold the collectors there are now. */
static bool gather_list(struct tacho__gather *gather, const struct tacho__filter *filter)
{
    tacho_registry *reg = gather->reg;
    (void)pthread_mutex_lock(&reg->mutex);
    tacho__plugs_settle(reg);
    size_t count = gather_plugs(reg), cap;
    do { /* again if more came meanwhile */
        cap = count + 1;
        (void)pthread_mutex_unlock(&reg->mutex);
        tacho__free(gather->items);
        gather->items = tacho__alloc(cap * sizeof *gather->items);
        if (!gather->items) return false;
        (void)pthread_mutex_lock(&reg->mutex);
        count = gather_plugs(reg);
    } while (count > cap);
    gather_hold_plugs(gather, filter);
    (void)pthread_mutex_unlock(&reg->mutex);
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

/* Until when a run is waited for that begins now, or at `began`: no longer than if it had begun with this scrape. */
static uint64_t gather_deadline(const struct tacho__gather *gather, const struct tacho__plug *plug, uint64_t began)
{
    uint64_t own = plug->ops.deadline_ms ? began + (uint64_t)plug->ops.deadline_ms * 1000000u : TACHO__NEVER;
    uint64_t until = began + gather->patience_ns < gather->until_ns ? began + gather->patience_ns : gather->until_ns;
    return own < until ? own : until;
}

/* Wait for the run that is in progress. */
static void gather_join(struct tacho__gather *gather, struct tacho__item *item)
{
    struct tacho__plug *plug = item->plug;
    uint64_t until = gather_deadline(gather, plug, plug->began_ns);
    item->waits = true;
    item->run = plug->runs;
    plug->waiters++;
    if (until > tacho__load_relaxed(&plug->until_ns)) tacho__store_relaxed(&plug->until_ns, until); /* under the mutex */
}

/* A run of somebody else's is in progress: wait for it too, unless its time is up. */
static void gather_join_other(struct tacho__gather *gather, struct tacho__item *item, uint64_t now)
{
    struct tacho__plug *plug = item->plug;
    plug->late |= now >= tacho__load_relaxed(&plug->until_ns);
    plug->failures[TACHO__FAILED_BUSY] += plug->late;
    if (plug->late || tacho__run_is_inside(NULL))
        gather_show_last(item);
    else
        gather_join(gather, item);
}

/* Whether scrapes show as many results as may live; then the newest lives, too. One that is only kept makes room: else a single
 * slow reader of the one before it would keep all others from news. One that somebody has yet to take is as good as shown. */
static bool gather_is_full(const struct tacho__plug *plug)
{
    bool spare = plug->result && plug->result->refs == 1 && plug->waiters == 0;
    return plug->boxes - spare >= TACHO__BOXES;
}

/* Decide about one collector: whether this scrape has to do its run. */
static bool gather_undertakes(struct tacho__gather *gather, struct tacho__item *item)
{
    struct tacho__plug *plug = item->plug;
    bool does = false;
    (void)pthread_mutex_lock(&gather->reg->mutex);
    uint64_t now = tacho__clock_ns(); /* not before the result at hand was read */
    bool fresh = plug->ops.cache_ms && plug->result && now - plug->result->read_ns < (uint64_t)plug->ops.cache_ms * 1000000u;
    if (plug->removed) {
        item->good = true; /* it came too late, and misses nothing */
    } else if (fresh) {
        gather_show(item, plug->result);
    } else if (plug->running) {
        gather_join_other(gather, item, now);
    } else if (gather_is_full(plug)) {
        gather_show(item, plug->newest);
    } else if (now >= gather->until_ns) { /* an ordinary one before it has taken all the time */
        plug->tried = true;
        plug->failures[TACHO__FAILED_DEADLINE]++;
        gather_show_last(item);
    } else {
        does = true;
        tacho__run_begin(plug, gather_deadline(gather, plug, now));
        gather_join(gather, item);
    }
    (void)pthread_mutex_unlock(&gather->reg->mutex);
    return does;
}

bool tacho__gather_begin(struct tacho__gather *gather, tacho_registry *reg, const struct tacho__filter *filter,
                         uint64_t patience_ns)
{
    gather->reg = reg;
    gather->patience_ns = patience_ns;
    gather->until_ns = tacho__clock_ns() + patience_ns;
    if (tacho__run_is_inside(reg)) return true;
    if (!gather_list(gather, filter)) return false;
    for (size_t i = 0; i < gather->count; i++) {
        struct tacho__item *item = &gather->items[i];
        if (item->wanted && tacho__plug_is_detached(item->plug) && gather_undertakes(gather, item))
            tacho__run_detached(item->plug);
    }
    for (size_t i = 0; i < gather->count; i++) {
        struct tacho__item *item = &gather->items[i];
        bool runs = item->wanted && !tacho__plug_is_detached(item->plug) && !gather_is_self(item->plug);
        if (runs && gather_undertakes(gather, item)) tacho__run_do(item->plug);
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

/* One scrape less waits. Returns a result that is to be freed. */
static struct tacho__box *gather_leave(const struct tacho__gather *gather, struct tacho__item *item)
{
    struct tacho__plug *plug = item->plug;
    item->waits = false;
    if (gather->era != gather->reg->era || --plug->waiters > 0 || tacho__plug_keeps(plug)) return NULL;
    struct tacho__box *unused = plug->result;
    plug->result = NULL;
    return tacho__box_let_go(unused);
}

/* Whether this result is one to show for an item whose run is over. A later run may have taken the place of that one's, and may
 * have been too late for who waited for it: here it is news. */
static bool gather_suits(const struct tacho__item *item, const struct tacho__box *result)
{
    return result && (result->run > item->run || (result->in_time && result->run == item->run));
}

/* One collector's run is over, or its time is: then it is `late` as soon as nobody waits for it. */
static struct tacho__box *gather_resolve(const struct tacho__gather *gather, struct tacho__item *item, uint64_t now)
{
    struct tacho__plug *plug = item->plug;
    struct tacho__box *result = plug->result;
    bool over = gather_is_over(item);
    if (over && gather_suits(item, result))
        gather_show(item, result);
    else
        gather_show_last(item);
    struct tacho__box *unused = gather_leave(gather, item);
    if (over) return unused;
    plug->tried = true;
    plug->success = false;
    plug->late = plug->waiters == 0 || now >= tacho__load_relaxed(&plug->until_ns);
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
    uint64_t now = tacho__clock_ns();
    bool over = gather_is_over(item), resolves = over || now >= until;
    struct tacho__box *unused = resolves ? gather_resolve(gather, item, now) : NULL;
    (void)pthread_mutex_unlock(mutex);
    tacho__box_free(unused);
    if (resolves && !over) gather_tell_late(item->plug);
    return resolves;
}

static void gather_go_on(struct tacho__gather *gather, bool wait)
{
    while (gather->resolved < gather->count && gather_try(gather, &gather->items[gather->resolved], wait)) gather->resolved++;
}

uint64_t tacho__gather_until(struct tacho__gather *gather)
{
    uint64_t until = TACHO__NEVER;
    (void)pthread_mutex_lock(&gather->reg->mutex);
    for (size_t i = gather->resolved; i < gather->count && until == TACHO__NEVER; i++)
        if (gather->items[i].waits) until = gather_item_until(gather, &gather->items[i]);
    (void)pthread_mutex_unlock(&gather->reg->mutex);
    return until;
}

/* ---- Names ---------------------------------------------------------------------------------------------------------- */

/* Whether the name of a family that was not announced is taken: by one that was defined, by one that was announced when the
 * scrape began, or by one that comes before it and is shown. Who was plugged in or out since does not matter to this page. */
static bool gather_is_taken(const struct tacho__gather *gather, const struct tacho__meta *meta, size_t before,
                            struct tacho__clash *clash)
{
    if (tacho__registry_clash_defined(gather->reg, meta, clash)) return true;
    for (size_t i = 0; i < gather->count; i++) {
        const struct tacho__box *box = gather->items[i].box;
        const struct tacho__plug *plug = gather->items[i].plug;
        for (size_t k = 0; k < plug->meta_count; k++)
            if (tacho__metas_clash(meta, plug->metas[k], clash)) return true;
        for (size_t k = 0; i < before && box && k < box->meta_count; k++)
            if (tacho__metas_clash(meta, box->metas[k], clash) && !tacho__gather_drops(gather, box->metas[k])) return true;
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
    if (!item || !item->wanted || !gather_is_self(item->plug)) return;
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
        struct tacho__box *unused = item->waits ? gather_leave(gather, item) : NULL;
        (void)pthread_mutex_unlock(&gather->reg->mutex);
        tacho__box_free(unused);
        tacho__box_drop(item->box);
        tacho__plug_drop(item->plug);
    }
    tacho__free(gather->items);
    tacho__free(gather->dropped);
}
