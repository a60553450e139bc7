/*
 * family.c - registering the families of a script.
 */
#include "family.h"

#include <string.h>

#include "keep.h"

static const struct { const char *name; tacho_type type; } family_types[] = {
    { "counter", TACHO_COUNTER }, { "gauge", TACHO_GAUGE }, { "histogram", TACHO_HISTOGRAM },
    { "gaugehistogram", TACHO_GAUGE_HISTOGRAM }, { "summary", TACHO_SUMMARY }, { "info", TACHO_INFO },
    { "stateset", TACHO_STATESET }, { "unknown", TACHO_UNKNOWN },
};

static size_t family_pieces(field text)
{
    size_t count = text.len > 0;
    for (size_t i = 0; i < text.len; i++) count += text.text[i] == ',';
    return count;
}

/* A list between commas as C strings, ended by NULL; NULL: one cannot be a C string. */
static const char **family_list(field text)
{
    size_t count = family_pieces(text);
    const char **list = keep_new((count + 1) * sizeof *list);
    for (size_t i = 0; list && i < count; i++) {
        field piece = field_cut(&text, ',');
        if (!field_is_text(piece)) return NULL;
        list[i] = field_text(piece);
    }
    return list;
}

static bool family_buckets(tacho_desc *desc, field text)
{
    double *buckets = keep_new((family_pieces(text) + 1) * sizeof *buckets);
    while (buckets && text.len > 0)
        if (!field_number(field_cut(&text, ','), &buckets[desc->bucket_count++])) return false;
    desc->buckets = buckets;
    return buckets && desc->bucket_count > 0;
}

static bool family_constants(tacho_desc *desc, field text)
{
    size_t count = 0;
    tacho_constant *constants = keep_new((family_pieces(text) + 1) * sizeof *constants);
    while (constants && text.len > 0) {
        field pair = field_cut(&text, ','), name = field_cut(&pair, '=');
        if (!field_is_text(name) || !field_is_text(pair)) return false;
        constants[count++] = (tacho_constant){ field_text(name), field_text(pair) };
    }
    desc->constants = constants;
    return constants != NULL;
}

/* One KEY=VALUE of a line `new`. */
static bool family_option(tacho_desc *desc, field option)
{
    double number;
    field key = field_cut(&option, '=');
    if (field_is(key, "buckets")) return family_buckets(desc, option);
    if (field_is(key, "const")) return family_constants(desc, option);
    if (field_is(key, "states")) return (desc->states = family_list(option)) != NULL;
    if (!field_number(option, &number)) return false;
    if (field_is(key, "factor")) desc->native.factor = number;
    else if (field_is(key, "zero_threshold")) desc->native.zero_threshold = number == 0 ? -1 : number;
    else if (field_is(key, "max_buckets")) desc->native.max_buckets = (uint32_t)number;
    else if (field_is(key, "max_zero")) desc->native.max_zero_threshold = number;
    else if (field_is(key, "keep")) desc->flags |= number != 0 ? TACHO_KEEP_NAME : 0;
    else return false;
    return true;
}

/* A plain handle without labels, a vector with them. */
static void family_bind(family *self, tacho_type type)
{
    tacho_desc *desc = &self->desc;
    bool vec = self->label_count > 0;
    desc->type = type;
    if (type == TACHO_COUNTER) {
        desc->flags |= TACHO_REAL | TACHO_EXEMPLARS;
        if (vec) desc->counter_vec = &self->counters;
        else desc->counter = &self->counter;
    } else if (type == TACHO_GAUGE || type == TACHO_UNKNOWN) {
        if (vec) desc->gauge_vec = &self->gauges;
        else desc->gauge = &self->gauge;
    } else if (type == TACHO_HISTOGRAM || type == TACHO_GAUGE_HISTOGRAM) {
        desc->flags |= TACHO_EXEMPLARS;
        if (vec) desc->histogram_vec = &self->histograms;
        else desc->histogram = &self->histogram;
    } else if (type == TACHO_SUMMARY) {
        if (vec) desc->summary_vec = &self->summaries;
        else desc->summary = &self->summary;
    } else if (type == TACHO_STATESET) {
        if (vec) desc->stateset_vec = &self->statesets;
        else desc->stateset = &self->stateset;
    } else {
        desc->info = &self->infos;
    }
}

static bool family_labels(family *self, field text)
{
    const char **labels = family_list(text);
    size_t count = family_pieces(text);
    if (!labels || count > TACHO_MAX_LABELS) return false;
    memcpy(self->desc.labels, labels, count * sizeof *labels);
    self->label_count = count;
    return true;
}

family *family_new(tacho_registry *reg, const fields *line)
{
    family *self = keep_new(sizeof *self);
    size_t type = 0;
    if (!self || line->count < 6) return NULL;
    while (type < TACHO_COUNT(family_types) && !field_is(line->at[1], family_types[type].name)) type++;
    if (type == TACHO_COUNT(family_types) || !family_labels(self, line->at[5])) return NULL;
    for (size_t i = 2; i < 5; i++)
        if (!field_is_text(line->at[i])) return NULL;
    self->name = self->desc.name = field_text(line->at[2]);
    self->desc.help = field_text(line->at[3]);
    self->desc.unit = field_text(line->at[4]);
    self->desc.max_series = 100000;
    for (size_t i = 6; i < line->count; i++)
        if (!family_option(&self->desc, line->at[i])) return NULL;
    family_bind(self, family_types[type].type);
    return tacho_registry_define(reg, &self->desc, 1) ? NULL : self;
}
