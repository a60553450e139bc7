/*
 * lint.c - one walk over a registry's families and collectors, in the order of their definition.
 *
 * Nothing is locked while the sink is called: families stay where they are, the collector at hand is held, and the next
 * one is found by its place in the order, so that it does not matter what was removed meanwhile.
 * Order: [F1] see family.h
 */
#include <tacho/lint.h>

#include "lint_rules.h"
#include "plug.h"
#include "registry_internal.h"

/* The next family that is not undefined; 0: no more. */
static tacho__ref lint_next_family(const tacho_registry *reg, tacho__ref ref)
{
    while ((ref = tacho__family_next(&reg->segment, ref)))
        if (!tacho__load_acquire(&tacho__family_at(&reg->segment, ref)->gone)) break; /* [F1] */
    return ref;
}

/* The place of the last collector that is there now: one that comes back meanwhile comes behind it, and is not told. */
static uint32_t lint_last_plug(tacho_registry *reg)
{
    uint32_t last = 0;
    (void)pthread_mutex_lock(&reg->mutex);
    for (const struct tacho__plug *plug = reg->plugs; plug; plug = plug->next)
        if (plug->collector != &reg->self) last = plug->order;
    (void)pthread_mutex_unlock(&reg->mutex);
    return last;
}

/* Hold the first collector behind `order` and up to `last`; NULL: no more. */
static struct tacho__plug *lint_next_plug(tacho_registry *reg, uint32_t order, uint32_t last)
{
    (void)pthread_mutex_lock(&reg->mutex);
    struct tacho__plug *plug = reg->plugs;
    while (plug && plug->order <= order) plug = plug->next;
    if (plug && plug->order > last) plug = NULL; /* tacho's own is the very last */
    if (plug) plug->refs++;
    (void)pthread_mutex_unlock(&reg->mutex);
    return plug;
}

size_t tacho_registry_lint(tacho_registry *reg, tacho_sink *sink)
{
    struct tacho__findings out = { .sink = sink && sink->ops && sink->ops->write ? sink : NULL };
    if (!reg) {
        tacho__finding(&out, "%s", tacho_registry_error(NULL));
        return out.count;
    }
    size_t common = tacho__lint_constants(&out, reg->house.constants);
    tacho__ref ref = lint_next_family(reg, 0);
    uint32_t last = lint_last_plug(reg);
    struct tacho__plug *plug = lint_next_plug(reg, 0, last);
    while (ref || plug) {
        const struct tacho__family *family = ref ? tacho__family_at(&reg->segment, ref) : NULL;
        if (!plug || (family && family->order < plug->order)) {
            tacho__lint_family(&out, tacho__family_meta(&reg->segment, family), common);
            ref = lint_next_family(reg, ref);
            continue;
        }
        uint32_t order = plug->order;
        for (size_t i = 0; i < plug->meta_count; i++) tacho__lint_family(&out, plug->metas[i], common);
        tacho__plug_drop(plug);
        plug = lint_next_plug(reg, order, last);
    }
    return out.count;
}
