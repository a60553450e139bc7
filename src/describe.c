/*
 * describe.c - a registry's schema as JSON.
 *
 * Each family goes through the same functions twice: a pen without memory counts what it could take at most, and then one with
 * memory writes it; the sink gets it in one call.
 * Lock: the list of values of an announced family is its collector's, which stays as long as the plug is not taken out: it is
 * read under the registry's mutex. How many series a family may have is read under the segment's lock.
 */
#include <tacho/describe.h>

#include <errno.h>
#include <string.h>

#include "alloc.h"
#include "desc.h"
#include "json.h"
#include "num.h"
#include "utf8.h"
#include "walk.h"

enum { DESCRIBE_VERSION = 1 };

/* Where the next byte goes; without `out` it only counts, never too little. */
struct describe_pen {
    char *out;
    size_t at;
};

/* A family, and what its description in `meta` does not have. */
struct describe_source {
    const struct tacho__meta *meta;
    uint32_t common;                            /* of its constants, the first so many are the registry's */
    const struct tacho__segment *segment;       /* a defined family: where its closed sets are, */
    const struct tacho__family *family;         /* and itself */
    const char *const *const *values;           /* an announced one: the lists of its labels, or NULL each */
    const char *collector;                      /* who announced it */
    uint32_t max_series;
};

struct describe {
    tacho_registry *reg;
    tacho_sink *sink;
    char *text; /* of one family */
    size_t cap;
    bool begun; /* a family was written */
};

/* ---- Pieces of JSON ------------------------------------------------------------------------------------------------- */

static void describe_put(struct describe_pen *pen, const char *text)
{
    size_t len = strlen(text);
    if (pen->out) memcpy(pen->out + pen->at, text, len);
    pen->at += len;
}

static void describe_put_text(struct describe_pen *pen, const char *text, size_t len)
{
    if (pen->out)
        pen->at = (size_t)(tacho__json_put_text(pen->out + pen->at, text, len) - pen->out);
    else
        pen->at += TACHO__JSON_EXPANSION * len + 2;
}

static void describe_put_part(struct describe_pen *pen, const struct tacho__meta *meta, struct tacho__text part)
{
    describe_put_text(pen, tacho__meta_at(meta, part), part.len);
}

static void describe_put_double(struct describe_pen *pen, double value)
{
    if (pen->out)
        pen->at = (size_t)(tacho__num_write_double(pen->out + pen->at, value) - pen->out);
    else
        pen->at += TACHO__NUM_MAX;
}

/* `,"key":` */
static void describe_put_key(struct describe_pen *pen, const char *key)
{
    describe_put(pen, ",\"");
    describe_put(pen, key);
    describe_put(pen, "\":");
}

/* ---- A family --------------------------------------------------------------------------------------------------------- */

static void describe_closed_values(struct describe_pen *pen, const struct describe_source *source, uint32_t label)
{
    const uint32_t *set = tacho__segment_at(source->segment, source->family->closed[label]);
    for (uint32_t i = 0; i < set[0]; i++) {
        const struct tacho__symbol *value = tacho__symbol_at(source->segment, set[i + 1]);
        if (i > 0) describe_put(pen, ",");
        describe_put_text(pen, value->text, value->len);
    }
}

static void describe_listed_values(struct describe_pen *pen, const char *const *values)
{
    for (size_t i = 0; values[i]; i++) {
        if (i > 0) describe_put(pen, ",");
        describe_put_text(pen, values[i], strlen(values[i]));
    }
}

static void describe_labels(struct describe_pen *pen, const struct describe_source *source)
{
    const struct tacho__meta *meta = source->meta;
    const struct tacho__spelling *names = tacho__meta_spelling(meta, TACHO__UTF8);
    describe_put_key(pen, "labels");
    describe_put(pen, "[");
    for (uint32_t i = 0; i < meta->label_count; i++) {
        bool closed = source->family ? source->family->closed[i] != 0 : source->values[i] != NULL;
        describe_put(pen, i > 0 ? ",{\"name\":" : "{\"name\":");
        describe_put_part(pen, meta, names->labels[i]);
        if (closed) describe_put(pen, ",\"values\":[");
        if (closed && source->family) describe_closed_values(pen, source, i);
        if (closed && !source->family) describe_listed_values(pen, source->values[i]);
        describe_put(pen, closed ? "]}" : "}");
    }
    describe_put(pen, "]");
}

static void describe_own_constants(struct describe_pen *pen, const struct describe_source *source)
{
    const struct tacho__meta *meta = source->meta;
    const struct tacho__text *names = tacho__meta_constant_names(meta, tacho__meta_spelling(meta, TACHO__UTF8));
    const struct tacho__text *values = tacho__meta_constant_values(meta);
    if (meta->constant_count <= source->common) return;
    describe_put_key(pen, "constants");
    for (uint32_t i = source->common; i < meta->constant_count; i++) {
        describe_put(pen, i > source->common ? "," : "{");
        describe_put_part(pen, meta, names[i]);
        describe_put(pen, ":");
        describe_put_part(pen, meta, values[i]);
    }
    describe_put(pen, "}");
}

/* Bounds or ranks. */
static void describe_numbers(struct describe_pen *pen, const char *key, const struct tacho__meta *meta, uint32_t count)
{
    describe_put_key(pen, key);
    describe_put(pen, "[");
    for (uint32_t i = 0; i < count; i++) {
        if (i > 0) describe_put(pen, ",");
        describe_put_double(pen, tacho__meta_bounds(meta)[i] + 0.0); /* -0 becomes 0 */
    }
    describe_put(pen, "]");
}

static void describe_native(struct describe_pen *pen, const tacho_native *native)
{
    describe_put_key(pen, "native");
    describe_put(pen, "{\"factor\":");
    describe_put_double(pen, native->factor);
    describe_put_key(pen, "zero_threshold");
    describe_put_double(pen, native->zero_threshold);
    describe_put_key(pen, "max_buckets");
    describe_put_double(pen, native->max_buckets);
    describe_put_key(pen, "max_zero_threshold");
    describe_put_double(pen, native->max_zero_threshold);
    describe_put_key(pen, "min_reset_seconds");
    describe_put_double(pen, native->min_reset_seconds);
    describe_put(pen, "}");
}

static void describe_states(struct describe_pen *pen, const struct tacho__meta *meta)
{
    describe_put_key(pen, "states");
    for (uint32_t i = 0; i < meta->state_count; i++) {
        describe_put(pen, i > 0 ? "," : "[");
        describe_put_part(pen, meta, tacho__meta_les(meta)[i]);
    }
    describe_put(pen, "]");
}

/* What only families of its type have. */
static void describe_shape(struct describe_pen *pen, const struct tacho__meta *meta)
{
    bool extreme = meta->flags & (TACHO_MAXIMUM | TACHO_MINIMUM);
    if (extreme) {
        describe_put_key(pen, "extreme");
        describe_put(pen, meta->flags & TACHO_MAXIMUM ? "\"maximum\"" : "\"minimum\"");
    }
    if (tacho__meta_is_histogram(meta) && !(meta->flags & TACHO_NATIVE_ONLY))
        describe_numbers(pen, "buckets", meta, meta->bound_count);
    if (meta->native.factor != 0) describe_native(pen, &meta->native);
    if (meta->type == TACHO_SUMMARY) describe_numbers(pen, "quantiles", meta, meta->quantile_count);
    if (meta->type == TACHO_STATESET) describe_states(pen, meta);
}

static void describe_source(struct describe_pen *pen, const struct describe_source *source)
{
    const struct tacho__meta *meta = source->meta;
    const char *type = tacho__meta_type(meta);
    describe_put(pen, "{\"name\":");
    describe_put_part(pen, meta, meta->name);
    describe_put_key(pen, "type");
    describe_put_text(pen, type, strlen(type));
    describe_put_key(pen, "help");
    describe_put_part(pen, meta, meta->help);
    if (meta->unit.len) {
        describe_put_key(pen, "unit");
        describe_put_part(pen, meta, meta->unit);
    }
    describe_labels(pen, source);
    describe_own_constants(pen, source);
    describe_shape(pen, meta);
    if (source->family) {
        describe_put_key(pen, "max_series");
        describe_put_double(pen, source->max_series);
    } else {
        describe_put_key(pen, "collector");
        describe_put_text(pen, source->collector, strlen(source->collector));
    }
    describe_put(pen, "}");
}

/* ---- Writing ------------------------------------------------------------------------------------------------------------ */

/* Make room for `need` bytes; what was there is gone. */
static bool describe_room(struct describe *describe, size_t need)
{
    if (need <= describe->cap) return true;
    tacho__free(describe->text);
    describe->text = tacho__alloc(need);
    describe->cap = describe->text ? need : 0;
    return describe->text != NULL;
}

static tacho_err describe_write(const struct describe *describe, const char *text, size_t len)
{
    return describe->sink->ops->write(describe->sink, text, len);
}

static tacho_err describe_end(const struct describe *describe, const char *text)
{
    return describe_write(describe, text, strlen(text));
}

static void describe_separate(struct describe *describe, struct describe_pen *pen)
{
    describe_put(pen, describe->begun ? ",\n" : "\n");
}

static tacho_err describe_family(struct describe *describe, struct describe_source *source)
{
    struct tacho__segment *segment = &describe->reg->segment;
    struct describe_pen measure = { NULL, 0 };
    if (!tacho__segment_lock(segment, TACHO__SETUP_WAIT_NS)) return TACHO_ERR_BUSY;
    source->max_series = source->family->max_series;
    tacho__lock_release(&segment->head->lock);
    describe_separate(describe, &measure);
    describe_source(&measure, source);
    if (!describe_room(describe, measure.at)) return TACHO_ERR_NOMEM;
    struct describe_pen pen = { describe->text, 0 };
    describe_separate(describe, &pen);
    describe_source(&pen, source);
    describe->begun = true;
    return describe_write(describe, pen.out, pen.at);
}

/* One pass over an announced family; false: its collector was taken out, and may be gone. */
static bool describe_announced_pass(struct describe *describe, struct tacho__plug *plug, struct describe_source *source,
                                    size_t index, struct describe_pen *pen)
{
    (void)pthread_mutex_lock(&describe->reg->mutex);
    bool there = !plug->removed;
    if (there) {
        source->values = plug->ops.descs[index].values;
        describe_separate(describe, pen);
        describe_source(pen, source);
    }
    (void)pthread_mutex_unlock(&describe->reg->mutex);
    return there;
}

static tacho_err describe_announced(struct describe *describe, struct tacho__plug *plug, struct describe_source *source)
{
    for (size_t i = 0; i < plug->meta_count; i++) {
        struct describe_pen pen = { NULL, 0 };
        source->meta = plug->metas[i];
        if (!describe_announced_pass(describe, plug, source, i, &pen)) return TACHO_OK;
        if (!describe_room(describe, pen.at)) return TACHO_ERR_NOMEM;
        pen = (struct describe_pen){ describe->text, 0 };
        if (!describe_announced_pass(describe, plug, source, i, &pen)) return TACHO_OK;
        describe->begun = true;
        tacho_err err = describe_write(describe, pen.out, pen.at);
        if (err) return err;
    }
    return TACHO_OK;
}

/* A collector's name, which nobody has checked, as UTF-8; freed with tacho__free. NULL when out of memory. */
static char *describe_collector(const struct tacho__plug *plug)
{
    size_t len = strlen(plug->name);
    char *name = tacho__alloc(3 * len + 1);
    bool changed;
    if (name) name[tacho__utf8_repair(name, 3 * len, plug->name, len, &changed)] = '\0';
    return name;
}

static uint32_t describe_common(const tacho_registry *reg)
{
    uint32_t count = 0;
    while (reg->house.constants && reg->house.constants[count].name) count++;
    return count;
}

static tacho_err describe_place(struct describe *describe, const struct tacho__walk *walk)
{
    struct describe_source source = { .common = describe_common(describe->reg) };
    if (walk->family) {
        source.segment = &describe->reg->segment;
        source.family = walk->family;
        source.meta = tacho__family_meta(source.segment, walk->family);
        return describe_family(describe, &source);
    }
    char *name = describe_collector(walk->plug);
    if (!name) return TACHO_ERR_NOMEM;
    source.collector = name;
    tacho_err err = describe_announced(describe, walk->plug, &source);
    tacho__free(name);
    return err;
}

static tacho_err describe_head(struct describe *describe)
{
    const tacho_constant *constants = describe->reg->house.fault ? NULL : describe->reg->house.constants;
    struct describe_pen pen = { NULL, 0 };
    for (int pass = 0; pass < 2; pass++) {
        describe_put(&pen, "{\"version\":");
        describe_put_double(&pen, DESCRIBE_VERSION);
        describe_put(&pen, ",\"constants\":{");
        for (size_t i = 0; constants && constants[i].name; i++) {
            if (i > 0) describe_put(&pen, ",");
            describe_put_text(&pen, constants[i].name, strlen(constants[i].name));
            describe_put(&pen, ":");
            describe_put_text(&pen, constants[i].value, strlen(constants[i].value));
        }
        describe_put(&pen, "},\"families\":[");
        if (pass == 0 && !describe_room(describe, pen.at)) return TACHO_ERR_NOMEM;
        if (pass == 0) pen = (struct describe_pen){ describe->text, 0 };
    }
    return describe_write(describe, pen.out, pen.at);
}

static tacho_err describe_families(struct describe *describe)
{
    struct tacho__walk walk;
    tacho_err err = TACHO_OK;
    tacho__walk_begin(&walk, describe->reg, TACHO__WALK_WITH_OWN);
    while (!err && tacho__walk_step(&walk)) err = describe_place(describe, &walk);
    tacho__walk_end(&walk);
    return err ? err : describe_end(describe, "\n],\"unannounced\":[");
}

static tacho_err describe_unannounced(struct describe *describe, const struct tacho__plug *plug, bool first)
{
    char *name = describe_collector(plug);
    size_t len = name ? strlen(name) : 0;
    tacho_err err = TACHO_ERR_NOMEM;
    if (name && describe_room(describe, TACHO__JSON_EXPANSION * len + 3)) {
        struct describe_pen pen = { describe->text, 0 };
        if (!first) describe_put(&pen, ",");
        describe_put_text(&pen, name, len);
        err = describe_write(describe, pen.out, pen.at);
    }
    tacho__free(name);
    return err;
}

static tacho_err describe_rest(struct describe *describe)
{
    struct tacho__walk walk;
    tacho_err err = TACHO_OK;
    bool first = true;
    tacho__walk_begin(&walk, describe->reg, TACHO__WALK_WITH_OWN);
    while (!err && tacho__walk_step(&walk)) {
        if (!walk.plug || walk.plug->meta_count) continue;
        err = describe_unannounced(describe, walk.plug, first);
        first = false;
    }
    tacho__walk_end(&walk);
    return err ? err : describe_end(describe, "]}\n");
}

tacho_err tacho_registry_describe(tacho_registry *reg, tacho_sink *sink)
{
    if (!reg || !sink || !sink->ops || !sink->ops->write) return TACHO_ERR_ARG;
    struct describe describe = { .reg = reg, .sink = sink };
    tacho_err err = describe_head(&describe);
    if (!err) err = describe_families(&describe);
    if (!err) err = describe_rest(&describe);
    int cause = errno; /* the sink's */
    tacho__free(describe.text);
    errno = cause;
    return err;
}
