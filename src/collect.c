/*
 * collect.c - collectors: plugging in, and out.
 *
 * Lock: the registry's mutex guards the list; the segment's lock keeps names from being taken twice.
 */
#include <string.h>
#include <unistd.h>

#include "alloc.h"
#include "clock.h"
#include "desc.h"
#include "emitter.h"

#define COLLECT_FLAGS ((uint32_t)(TACHO_COLLECT_DETACHED | TACHO_COLLECT_KEEP_LAST))

/* ---- Holding ------------------------------------------------------------------------------------------------------- */

void tacho__plug_drop(struct tacho__plug *plug)
{
    tacho_registry *reg = plug->reg;
    (void)pthread_mutex_lock(&reg->mutex);
    uint32_t refs = --plug->refs;
    (void)pthread_mutex_unlock(&reg->mutex);
    if (refs) return;
    for (size_t i = 0; i < plug->meta_count; i++) tacho__free(plug->metas[i]);
    (void)pthread_cond_destroy(&plug->ended);
    (void)pthread_cond_destroy(&plug->work);
    tacho__free(plug);
    tacho__registry_drop(reg);
}

void tacho__plugs_settle(tacho_registry *reg)
{
    pid_t pid = getpid();
    if (reg->pid == pid) return;
    reg->pid = pid;
    reg->orphans = NULL;
    reg->wakers = NULL; /* they would write to descriptors of the process that forked, or to what has their numbers now */
    reg->era++; /* what other threads held, and what was being made, is lost; only what the plugs hold is counted again */
    for (struct tacho__plug *plug = reg->plugs; plug; plug = plug->next) {
        tacho__cond_init(&plug->ended); /* somebody may have waited at the fork */
        tacho__cond_init(&plug->work);
        plug->refs -= plug->has_thread + plug->running;
        plug->newest = plug->result;
        plug->boxes = plug->result != NULL;
        if (plug->result) plug->result->era = reg->era;
        plug->running = plug->late = plug->has_thread = plug->asked = plug->telling = false;
        plug->waiters = 0;
    }
}

/* ---- Plugging in ---------------------------------------------------------------------------------------------------- */

/* A plug with the copied ops and name. */
static struct tacho__plug *collect_plug(tacho_registry *reg, tacho_collector *collector, uint32_t order)
{
    const struct tacho_collector_ops *ops = collector->ops;
    size_t metas = (ops->desc_count + 1) * sizeof(struct tacho__meta *), name = strlen(ops->name) + 1;
    struct tacho__plug *plug = tacho__alloc(sizeof *plug + metas + name);
    if (!plug) return NULL;
    char *text = (char *)(plug + 1) + metas;
    memcpy(text, ops->name, name);
    *plug = (struct tacho__plug){ .reg = reg, .collector = collector, .ops = *ops, .name = text, .order = order, .refs = 1 };
    tacho__cond_init(&plug->ended);
    tacho__cond_init(&plug->work);
    (void)pthread_mutex_lock(&reg->mutex);
    reg->holds++;
    (void)pthread_mutex_unlock(&reg->mutex);
    return plug;
}

/* Check a family and describe it; names taken by the collector's own other families count as well. */
static tacho_err collect_describe(tacho_registry *reg, struct tacho__plug *plug, size_t index)
{
    const tacho_desc *desc = &plug->ops.descs[index];
    struct tacho__clash clash;
    char why[TACHO__WHY_MAX], name[84], shown[84], other[84], owner[84];
    if (!tacho__desc_check(desc, TACHO__DESC_EMITTED, &reg->house, why))
        return tacho__registry_fail(reg, TACHO_ERR_DESC, "collector '%s': %s", tacho__printable(shown, plug->name), why);
    struct tacho__meta *meta = plug->metas[index] = tacho__meta_new(desc, desc->type, &reg->house);
    if (!meta) return tacho__registry_fail(reg, TACHO_ERR_NOMEM, "collector '%s': out of memory",
                                           tacho__printable(shown, plug->name));
    plug->meta_count = index + 1;
    bool clashes = tacho__registry_clash(reg, meta, &clash);
    for (size_t i = 0; i < index && !clashes; i++) clashes = tacho__metas_clash(meta, plug->metas[i], &clash);
    if (!clashes) return TACHO_OK;
    return tacho__registry_fail(reg, TACHO_ERR_DUPLICATE, "family '%s' of collector '%s': the name '%s' is taken by family '%s'",
                                tacho__printable(shown, desc->name), tacho__printable(name, plug->name),
                                tacho__printable(other, clash.name), tacho__printable(owner, clash.owner));
}

/* Whether a run of a collector that was taken out is still out. Under the mutex. */
static bool collect_is_orphan(const tacho_registry *reg, const tacho_collector *collector)
{
    const struct tacho__plug *plug = reg->orphans;
    while (plug && plug->collector != collector) plug = plug->next;
    return plug != NULL;
}

static tacho_err collect_link(tacho_registry *reg, struct tacho__plug *plug)
{
    tacho_err err = TACHO_OK;
    (void)pthread_mutex_lock(&reg->mutex);
    tacho__plugs_settle(reg);
    struct tacho__plug **at = &reg->plugs;
    for (const struct tacho__plug *other = reg->plugs; other; other = other->next)
        if (other->collector == plug->collector ||
            strcmp(other->name, plug->name) == 0) /* it is a label value */
            err = TACHO_ERR_DUPLICATE;
    if (collect_is_orphan(reg, plug->collector)) err = TACHO_ERR_BUSY;
    while (*at && (*at)->order <= plug->order) at = &(*at)->next;
    if (!err) {
        plug->next = *at;
        *at = plug;
    }
    (void)pthread_mutex_unlock(&reg->mutex);
    return err;
}

tacho_err tacho__plug_add(tacho_registry *reg, tacho_collector *collector, uint32_t order)
{
    struct tacho__plug *plug = collect_plug(reg, collector, order);
    if (!plug) return tacho__registry_fail(reg, TACHO_ERR_NOMEM, "collector: out of memory");
    tacho_err err = TACHO_ERR_BUSY, refused = TACHO_OK;
    if (tacho__segment_lock(&reg->segment, TACHO__SETUP_WAIT_NS)) {
        for (size_t i = 0; i < plug->ops.desc_count && !refused; i++) refused = collect_describe(reg, plug, i);
        err = refused;
        if (!err && !plug->order) plug->order = ++reg->segment.head->order;
        if (!err) err = collect_link(reg, plug);
        tacho__lock_release(&reg->segment.head->lock);
    }
    if (!err) return TACHO_OK;
    tacho__plug_drop(plug);
    if (refused) return refused; /* said already, more exactly */
    char name[84];
    return tacho__registry_fail(reg, err, "collector '%s': %s", tacho__printable(name, collector->ops->name), tacho_strerror(err));
}

tacho_err tacho_registry_add(tacho_registry *reg, tacho_collector *collector)
{
    const struct tacho_collector_ops *ops = collector ? collector->ops : NULL;
    char name[84];
    if (!reg || !ops || !ops->collect || !ops->name)
        return tacho__registry_fail(reg, TACHO_ERR_ARG, "a collector needs ops with a name and a collect function");
    const char *fault = (ops->descs != NULL) != (ops->desc_count > 0) ? "descs and desc_count go together"
                        : ops->flags & ~COLLECT_FLAGS                 ? "its flags have unknown bits"
                                                                      : NULL;
    if (fault)
        return tacho__registry_fail(reg, TACHO_ERR_ARG, "collector '%s': %s", tacho__printable(name, ops->name), fault);
    return tacho__plug_add(reg, collector, 0);
}

/* ---- Plugging out --------------------------------------------------------------------------------------------------- */

/* Whether a run of the plug is still out once it may have taken its time. Under the mutex. */
static bool collect_is_out(struct tacho__plug *plug, bool waits)
{
    pthread_mutex_t *mutex = &plug->reg->mutex;
    uint64_t until = waits && !plug->late ? tacho__load_relaxed(&plug->until_ns) : 0;
    while (plug->running && tacho__cond_wait(&plug->ended, mutex, until)) {}
    while (plug->telling) (void)pthread_cond_wait(&plug->ended, mutex); /* the listener, who must not block */
    return plug->running;
}

/* Take out a plug that left the list. Under the mutex, which it gives up. False: a run is still out, and releases the
 * collector when it comes back. */
static bool collect_take_out(struct tacho__plug *plug, bool waits)
{
    tacho_registry *reg = plug->reg;
    tacho__store_relaxed(&plug->stop, 1); /* a mark by itself */
    plug->removed = true;
    bool out = plug->orphan = collect_is_out(plug, waits);
    if (out) {
        plug->next = reg->orphans;
        reg->orphans = plug;
    }
    struct tacho__box *result = plug->waiters ? NULL : plug->result; /* else the last who waits drops it */
    if (result) plug->result = NULL;
    result = tacho__box_let_go(result);
    (void)pthread_mutex_unlock(&reg->mutex);
    tacho__box_free(result);
    if (!out) {
        tacho__run_end_thread(plug);
        tacho__run_release(plug);
    }
    tacho__plug_drop(plug);
    return !out;
}

bool tacho__plug_evict(tacho_registry *reg)
{
    (void)pthread_mutex_lock(&reg->mutex);
    tacho__plugs_settle(reg);
    struct tacho__plug *plug = reg->plugs;
    if (plug) {
        reg->plugs = plug->next;
        (void)collect_take_out(plug, false);
    } else {
        (void)pthread_mutex_unlock(&reg->mutex);
    }
    return plug != NULL;
}

/* Without its name: it may be released, and gone, by now. */
static tacho_err collect_hangs(tacho_registry *reg)
{
    return tacho__registry_fail(reg, TACHO_ERR_BUSY, "a run of the collector still hangs, and releases it when it returns");
}

tacho_err tacho_registry_remove(tacho_registry *reg, tacho_collector *collector)
{
    if (!reg || !collector) return TACHO_ERR_ARG;
    if (tacho__run_is_inside(reg)) return TACHO_ERR_BUSY;
    (void)pthread_mutex_lock(&reg->mutex);
    tacho__plugs_settle(reg);
    struct tacho__plug **at = &reg->plugs, *found;
    while (*at && (*at)->collector != collector) at = &(*at)->next;
    found = *at;
    bool hangs = collect_is_orphan(reg, collector);
    if (!found) {
        (void)pthread_mutex_unlock(&reg->mutex);
        return hangs ? collect_hangs(reg) : TACHO_ERR_MISSING;
    }
    *at = found->next;
    return collect_take_out(found, true) ? TACHO_OK : collect_hangs(reg);
}
