/*
 * collect.c - collectors: plugging in, running, unplugging.
 *
 * Lock: `collecting` is held while collectors run, so that none runs twice at a time and none is unplugged while it
 * runs; `mutex` for moments, to read or change the list. A collector runs with `collecting` held and nothing else.
 */
#include <string.h>

#include "alloc.h"
#include "clock.h"
#include "desc.h"
#include "emitter.h"

static _Thread_local const tacho_registry *collect_inside; /* this thread is in a collector of that registry */

void tacho__plug_drop(tacho_registry *reg, struct tacho__plug *plug)
{
    (void)pthread_mutex_lock(&reg->mutex);
    uint32_t refs = --plug->refs;
    (void)pthread_mutex_unlock(&reg->mutex);
    if (refs) return;
    for (size_t i = 0; i < plug->meta_count; i++) tacho__free(plug->metas[i]);
    tacho__free(plug);
}

struct tacho__plug *tacho__plug_next(tacho_registry *reg, const struct tacho__plug *plug)
{
    (void)pthread_mutex_lock(&reg->mutex);
    struct tacho__plug *next = plug ? plug->next : reg->plugs;
    (void)pthread_mutex_unlock(&reg->mutex);
    return next;
}

static tacho_err collect_check(tacho_registry *reg, const struct tacho_collector_ops *ops, size_t index)
{
    const tacho_desc *desc = &ops->descs[index];
    char why[TACHO__WHY_MAX], clash[TACHO__NAME_MAX + 16], shown[84], other[84];
    if (!tacho__desc_check(desc, TACHO__DESC_EMITTED, why))
        return tacho__registry_fail(reg, TACHO_ERR_DESC, "collector '%s': %s", tacho__printable(shown, ops->name), why);
    tacho__claim claim = { desc->name, strlen(desc->name), desc->type, desc->flags };
    bool clashes = tacho__registry_clash(reg, desc, desc->type, clash);
    for (size_t i = 0; i < index && !clashes; i++)
        clashes = tacho__claims_clash(claim, (tacho__claim){ ops->descs[i].name, strlen(ops->descs[i].name),
                                                             ops->descs[i].type, ops->descs[i].flags }, clash);
    if (!clashes) return TACHO_OK;
    return tacho__registry_fail(reg, TACHO_ERR_DUPLICATE, "family '%s' of collector '%s': the name '%s' is taken",
                                tacho__printable(shown, desc->name), ops->name, tacho__printable(other, clash));
}

static bool collect_prepare(struct tacho__plug *plug, const struct tacho_collector_ops *ops)
{
    for (size_t i = 0; i < ops->desc_count; i++) {
        plug->metas[i] = tacho__meta_new(&ops->descs[i], ops->descs[i].type);
        if (!plug->metas[i]) return false;
        plug->meta_count = i + 1;
    }
    return true;
}

static tacho_err collect_link(tacho_registry *reg, struct tacho__plug *plug)
{
    tacho_err err = TACHO_OK;
    (void)pthread_mutex_lock(&reg->mutex);
    struct tacho__plug **at = &reg->plugs;
    for (const struct tacho__plug *other = reg->plugs; other; other = other->next)
        if (other->collector == plug->collector ||
            strcmp(other->collector->ops->name, plug->collector->ops->name) == 0) /* it is a label value */
            err = TACHO_ERR_DUPLICATE;
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
    const struct tacho_collector_ops *ops = collector->ops;
    struct tacho__plug *plug = tacho__alloc(sizeof *plug + (ops->desc_count + 1) * sizeof plug->metas[0]);
    if (!plug) return tacho__registry_fail(reg, TACHO_ERR_NOMEM, "collector: out of memory");
    *plug = (struct tacho__plug){ .collector = collector, .order = order, .refs = 1 };
    tacho_err err = TACHO_OK;
    if (!tacho__segment_lock(&reg->segment, TACHO__SETUP_WAIT_NS)) {
        err = TACHO_ERR_BUSY;
    } else {
        for (size_t i = 0; i < ops->desc_count && !err; i++) err = collect_check(reg, ops, i);
        if (!err && !collect_prepare(plug, ops)) err = TACHO_ERR_NOMEM;
        if (!err && !plug->order) plug->order = ++reg->segment.head->order;
        if (!err) err = collect_link(reg, plug);
        tacho__lock_release(&reg->segment.head->lock);
    }
    if (!err) return TACHO_OK;
    tacho__plug_drop(reg, plug);
    return tacho__registry_fail(reg, err, "collector '%s': %s", ops->name, tacho_strerror(err));
}

tacho_err tacho_registry_add(tacho_registry *reg, tacho_collector *collector)
{
    if (!reg || !collector || !collector->ops || !collector->ops->collect || !collector->ops->name ||
        (collector->ops->desc_count && !collector->ops->descs))
        return tacho__registry_fail(reg, TACHO_ERR_ARG, "a collector needs ops with a name and a collect function");
    return tacho__plug_add(reg, collector, 0);
}

tacho_err tacho_registry_remove(tacho_registry *reg, tacho_collector *collector)
{
    if (!reg || !collector) return TACHO_ERR_ARG;
    if (collect_inside == reg) return TACHO_ERR_BUSY;
    (void)pthread_mutex_lock(&reg->collecting); /* a run in progress ends first */
    (void)pthread_mutex_lock(&reg->mutex);
    struct tacho__plug **at = &reg->plugs, *found;
    while (*at && (*at)->collector != collector) at = &(*at)->next;
    found = *at;
    if (found) *at = found->next;
    (void)pthread_mutex_unlock(&reg->mutex);
    (void)pthread_mutex_unlock(&reg->collecting);
    if (!found) return TACHO_ERR_MISSING;
    tacho__plug_drop(reg, found);
    return TACHO_OK;
}

static struct tacho__box *collect_run(tacho_registry *reg, struct tacho__plug *plug)
{
    uint64_t start = tacho__clock_ns();
    struct tacho__box *box = tacho__box_collect(reg, plug);
    double duration = (double)(tacho__clock_ns() - start) / 1e9;
    (void)pthread_mutex_lock(&reg->mutex);
    plug->success = box != NULL;
    plug->duration = duration;
    if (box) plug->last_success = tacho__clock_unix();
    if (box) plug->refs++;
    (void)pthread_mutex_unlock(&reg->mutex);
    return box;
}

struct tacho__box *tacho__collect(tacho_registry *reg)
{
    struct tacho__box *first = NULL, **last = &first;
    if (collect_inside == reg) return NULL; /* a collector that scrapes its own registry sees no collectors */
    (void)pthread_mutex_lock(&reg->collecting);
    const tacho_registry *outer = collect_inside;
    collect_inside = reg;
    for (struct tacho__plug *plug = NULL; (plug = tacho__plug_next(reg, plug));) {
        struct tacho__box *box = collect_run(reg, plug);
        if (!box) continue;
        *last = box;
        last = &box->next;
    }
    collect_inside = outer;
    (void)pthread_mutex_unlock(&reg->collecting);
    return first;
}
