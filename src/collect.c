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

/* The registries whose collectors this thread is in: a collector may scrape another registry. */
struct collect_frame {
    const tacho_registry *reg;
    const struct collect_frame *outer;
};
static _Thread_local const struct collect_frame *collect_frames;

static bool collect_is_inside(const tacho_registry *reg)
{
    const struct collect_frame *frame = collect_frames;
    while (frame && frame->reg != reg) frame = frame->outer;
    return frame != NULL;
}

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

/* Check a family and describe it; names taken by the collector's own other families count as well. */
static tacho_err collect_describe(tacho_registry *reg, struct tacho__plug *plug, const tacho_collector_ops *ops, size_t index)
{
    const tacho_desc *desc = &ops->descs[index];
    char why[TACHO__WHY_MAX], clash[TACHO__CLASH_MAX], shown[84], other[84];
    if (!tacho__desc_check(desc, TACHO__DESC_EMITTED, &reg->house, why))
        return tacho__registry_fail(reg, TACHO_ERR_DESC, "collector '%s': %s", tacho__printable(shown, ops->name), why);
    struct tacho__meta *meta = plug->metas[index] = tacho__meta_new(desc, desc->type, &reg->house);
    if (!meta) return tacho__registry_fail(reg, TACHO_ERR_NOMEM, "collector '%s': out of memory",
                                           tacho__printable(shown, ops->name));
    plug->meta_count = index + 1;
    bool clashes = tacho__registry_clash(reg, meta, clash);
    for (size_t i = 0; i < index && !clashes; i++) clashes = tacho__metas_clash(meta, plug->metas[i], clash);
    if (!clashes) return TACHO_OK;
    return tacho__registry_fail(reg, TACHO_ERR_DUPLICATE, "family '%s' of collector '%s': the name '%s' is taken",
                                tacho__printable(shown, desc->name), ops->name, tacho__printable(other, clash));
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
    tacho_err err = TACHO_ERR_BUSY, refused = TACHO_OK;
    if (tacho__segment_lock(&reg->segment, TACHO__SETUP_WAIT_NS)) {
        for (size_t i = 0; i < ops->desc_count && !refused; i++) refused = collect_describe(reg, plug, ops, i);
        err = refused;
        if (!err && !plug->order) plug->order = ++reg->segment.head->order;
        if (!err) err = collect_link(reg, plug);
        tacho__lock_release(&reg->segment.head->lock);
    }
    if (!err) return TACHO_OK;
    tacho__plug_drop(reg, plug);
    if (refused) return refused; /* said already, more exactly */
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
    if (collect_is_inside(reg)) return TACHO_ERR_BUSY;
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

/* A collector that scrapes does not wait: two registries whose collectors scrape each other would wait for each other.
 * It then sees no collectors, nor does one that scrapes its own registry. */
static bool collect_enter(tacho_registry *reg)
{
    if (!collect_frames) return pthread_mutex_lock(&reg->collecting) == 0;
    return !collect_is_inside(reg) && pthread_mutex_trylock(&reg->collecting) == 0;
}

/* What shows nothing does not run. */
static bool collect_is_wanted(const struct tacho__plug *plug, const struct tacho__filter *filter)
{
    bool wanted = filter->count == 0;
    for (size_t i = 0; i < plug->meta_count && !wanted; i++) wanted = tacho__filter_shows(filter, plug->metas[i]);
    return wanted;
}

struct tacho__box *tacho__collect(tacho_registry *reg, const struct tacho__filter *filter)
{
    struct tacho__box *first = NULL, **last = &first;
    if (!collect_enter(reg)) return NULL;
    const struct collect_frame frame = { reg, collect_frames };
    collect_frames = &frame;
    for (struct tacho__plug *plug = NULL; (plug = tacho__plug_next(reg, plug));) {
        if (!collect_is_wanted(plug, filter)) continue;
        struct tacho__box *box = collect_run(reg, plug);
        if (!box) continue;
        *last = box;
        last = &box->next;
    }
    collect_frames = frame.outer;
    (void)pthread_mutex_unlock(&reg->collecting);
    return first;
}
