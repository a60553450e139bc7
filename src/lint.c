/*
 * lint.c - what the rules find in each family of a walk over a registry.
 */
#include <tacho/lint.h>

#include "lint_rules.h"
#include "walk.h"

size_t tacho_registry_lint(tacho_registry *reg, tacho_sink *sink)
{
    struct tacho__findings out = { .sink = sink && sink->ops && sink->ops->write ? sink : NULL };
    struct tacho__walk walk;
    if (!reg) {
        tacho__finding(&out, "%s", tacho_registry_error(NULL));
        return out.count;
    }
    size_t common = tacho__lint_constants(&out, reg->house.constants);
    tacho__walk_begin(&walk, reg, TACHO__WALK_WITHOUT_OWN);
    while (tacho__walk_step(&walk)) {
        if (walk.family) tacho__lint_family(&out, tacho__family_meta(&reg->segment, walk.family), common);
        for (size_t i = 0; walk.plug && i < walk.plug->meta_count; i++)
            tacho__lint_family(&out, walk.plug->metas[i], common);
    }
    return out.count;
}
