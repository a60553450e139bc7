/*
 * meta.c - laying out a family's description in one block: measured in a first pass, written in a second.
 */
#include "meta.h"

#include <string.h>

#include <tacho/metric.h>

#include "alloc.h"
#include "copy.h"
#include "num.h"
#include "pen.h"

const double tacho_default_buckets[TACHO_DEFAULT_BUCKET_COUNT] = { 0.005, 0.01, 0.025, 0.05, 0.1, 0.25,
                                                                   0.5,   1,    2.5,   5,    10 };

#define META_EXEMPLAR_MAX 2048           /* ` # {...} value time`: 128 characters, escaped, and what stands between them */

/* What a block is made of. */
struct meta_source {
    const tacho_desc *desc;
    const tacho_constant *constants[TACHO__CONSTANTS_MAX];
    size_t constant_count, label_count;
    bool plain; /* no name needs escaping */
};

static void meta_align(struct tacho__pen *pen)
{
    pen->at = (pen->at + 7) & ~(size_t)7;
}

static struct tacho__text meta_name(struct tacho__pen *pen, const struct tacho__spelled *name)
{
    size_t from = pen->at;
    tacho__pen_put_name(pen, name);
    return tacho__pen_close(pen, from);
}

size_t tacho__desc_bounds(const tacho_desc *desc, const double **bounds)
{
    *bounds = desc->buckets ? desc->buckets : tacho_default_buckets;
    size_t count = desc->buckets ? desc->bucket_count : TACHO_DEFAULT_BUCKET_COUNT;
    if (desc->flags & TACHO_NATIVE_ONLY) count = 0;
    if (count > 0 && (*bounds)[count - 1] > 1.7976931348623157e308) count--;
    return count;
}

/* The name of the family in OpenMetrics is that of its samples without the suffix of its type, which every scheme leaves at
 * the end of a name that has it, and makes at the end of some that have not. */
static size_t meta_suffix_len(const struct tacho__meta *meta, const char *name)
{
    const char *suffix = meta->type == TACHO_COUNTER ? "_total" : meta->type == TACHO_INFO ? "_info" : "";
    size_t len = strlen(name), tail = strlen(suffix);
    return len > tail && strcmp(name + len - tail, suffix) == 0 ? tail : 0;
}

static void meta_put_open(struct tacho__pen *pen, const struct tacho__spelled *name)
{
    if (!name->plain) tacho__pen_puts(pen, "{\"");
    tacho__pen_put_escaped(pen, name->text, name->len);
}

static void meta_put_constants(struct tacho__pen *pen, const struct meta_source *source, enum tacho__scheme scheme)
{
    for (size_t i = 0; i < source->constant_count; i++) {
        if (i > 0) tacho__pen_puts(pen, ",");
        tacho__pen_put_label(pen, source->constants[i], scheme);
    }
}

/* A row of texts that stands before them. */
static uint32_t meta_reserve_texts(struct tacho__pen *pen, size_t count)
{
    meta_align(pen);
    size_t place = pen->at;
    pen->at += count * sizeof(struct tacho__text);
    return (uint32_t)place;
}

static void meta_set_text(struct tacho__pen *pen, uint32_t texts, size_t index, struct tacho__text text)
{
    if (pen->out) memcpy(pen->out + texts + index * sizeof text, &text, sizeof text);
}

static uint32_t meta_put_constant_names(struct tacho__pen *pen, const struct meta_source *source, enum tacho__scheme scheme)
{
    uint32_t texts = meta_reserve_texts(pen, source->constant_count);
    for (size_t i = 0; i < source->constant_count; i++) {
        struct tacho__spelled name;
        tacho__spelled_make(&name, source->constants[i]->name, TACHO__NAME_LABEL, scheme);
        meta_set_text(pen, texts, i, tacho__pen_bytes(pen, name.text, name.len));
    }
    return texts;
}

/* Tags and lengths of one byte each: label = 1 of its metric; name = 1, value = 2 of the pair. */
static struct tacho__text meta_pair(struct tacho__pen *pen, const struct tacho__spelled *label)
{
    const char before[4] = { 1 << 3 | 2, 0, 1 << 3 | 2, (char)label->len }, behind[2] = { 2 << 3 | 2, 0 };
    size_t from = pen->at;
    tacho__pen_put(pen, before, sizeof before);
    tacho__pen_put(pen, label->text, label->len);
    tacho__pen_put(pen, behind, sizeof behind);
    return tacho__pen_close(pen, from);
}

/* What samples without a suffix begin with. */
static void meta_put_beginnings(struct tacho__pen *pen, struct tacho__spelling *spelling, const struct meta_source *source,
                                const struct tacho__spelled *family, enum tacho__scheme scheme)
{
    const char *mid = family->plain ? "{" : "\",";
    size_t from = pen->at;
    meta_put_open(pen, family);
    if (source->constant_count) tacho__pen_puts(pen, mid);
    meta_put_constants(pen, source, scheme);
    tacho__pen_puts(pen, source->constant_count ? "} " : family->plain ? " " : "\"} ");
    spelling->bare = tacho__pen_close(pen, from);
    for (size_t i = 0; i < source->label_count; i++) {
        struct tacho__spelled label;
        tacho__spelled_make(&label, source->desc->labels[i], TACHO__NAME_LABEL, scheme);
        spelling->labels[i] = tacho__pen_bytes(pen, label.text, label.len);
        spelling->pairs[i] = meta_pair(pen, &label);
        from = pen->at;
        if (i == 0) {
            meta_put_open(pen, family);
            tacho__pen_puts(pen, mid);
            meta_put_constants(pen, source, scheme);
            if (source->constant_count) tacho__pen_puts(pen, ",");
        } else {
            tacho__pen_puts(pen, "\",");
        }
        tacho__pen_put_name(pen, &label);
        tacho__pen_puts(pen, "=\"");
        spelling->before[i] = tacho__pen_close(pen, from);
    }
}

/* A family's names in one scheme; returns where they are, and the length of a line's fixed part. */
static uint32_t meta_put_spelling(struct tacho__pen *pen, const struct tacho__meta *meta,
                                  const struct meta_source *source, enum tacho__scheme scheme, size_t *line)
{
    struct tacho__spelling spelling = { .labels_skip = 0 };
    struct tacho__spelled family, part;
    meta_align(pen);
    size_t place = pen->at;
    pen->at += sizeof spelling;
    tacho__spelled_make(&family, source->desc->name, TACHO__NAME_FAMILY, scheme);
    spelling.name = tacho__pen_bytes(pen, family.text, family.len);
    spelling.title = meta_name(pen, &family);
    part = family;
    part.len -= meta_suffix_len(meta, source->desc->name);
    spelling.om_title = meta_name(pen, &part);
    size_t from = pen->at;
    meta_put_open(pen, &family);
    spelling.open = tacho__pen_close(pen, from);
    spelling.mid = tacho__pen_text(pen, family.plain ? "{" : "\",");
    spelling.end = tacho__pen_text(pen, family.plain ? " " : "\"} ");
    spelling.labels_skip = spelling.open.len + spelling.mid.len;
    from = pen->at;
    meta_put_constants(pen, source, scheme);
    spelling.constants = tacho__pen_close(pen, from);
    meta_put_beginnings(pen, &spelling, source, &family, scheme);
    spelling.constant_names = meta_put_constant_names(pen, source, scheme);
    tacho__spelled_make(&part, source->desc->name, TACHO__NAME_LABEL, scheme);
    from = pen->at;
    tacho__pen_put_name(pen, &part);
    tacho__pen_puts(pen, "=\"");
    spelling.state = tacho__pen_close(pen, from);
    *line = pen->at - place; /* each text of a line is in there once */
    if (pen->out) memcpy(pen->out + place, &spelling, sizeof spelling);
    return (uint32_t)place;
}

static void meta_put_spellings(struct tacho__pen *pen, struct tacho__meta *meta, const struct meta_source *source)
{
    size_t longest = 0;
    for (int scheme = 0; scheme < TACHO__SCHEMES; scheme++) {
        if (scheme > 0 && source->plain) {
            meta->spellings[scheme] = meta->spellings[0];
            continue;
        }
        size_t line;
        meta->spellings[scheme] = meta_put_spelling(pen, meta, source, (enum tacho__scheme)scheme, &line);
        if (line > longest) longest = line;
    }
    /* and suffix, `le="` bound, number, creation time, LF, rounded up */
    meta->fixed_len = (uint32_t)longest + 160 + (meta->flags & TACHO_EXEMPLARS ? META_EXEMPLAR_MAX : 0);
}

/* The texts of bounds or quantiles; an infinite one behind them for histograms. */
static void meta_put_bounds(struct tacho__pen *pen, struct tacho__meta *meta, const double *bounds, uint32_t count)
{
    char le[TACHO__NUM_MAX];
    uint32_t texts = count + (tacho__meta_is_histogram(meta) ? 1 : 0);
    meta_align(pen);
    meta->bounds = (uint32_t)pen->at;
    tacho__pen_put(pen, (const char *)bounds, count * sizeof *bounds);
    meta->les = meta_reserve_texts(pen, texts);
    for (uint32_t i = 0; i < texts; i++) {
        size_t from = pen->at;
        if (i < count)
            tacho__pen_put(pen, le, (size_t)(tacho__num_write_bound(le, bounds[i] + 0.0) - le)); /* -0 becomes 0 */
        else
            tacho__pen_puts(pen, "+Inf");
        meta_set_text(pen, meta->les, i, tacho__pen_close(pen, from));
    }
}

static void meta_put_states(struct tacho__pen *pen, struct tacho__meta *meta, const char *const *states)
{
    size_t longest = 0;
    meta->les = meta_reserve_texts(pen, 2u * meta->state_count);
    for (uint32_t i = 0; i < 2u * meta->state_count; i++) {
        const char *state = states[i % meta->state_count];
        size_t from = pen->at, len = strlen(state);
        if (i < meta->state_count)
            tacho__pen_put(pen, state, len);
        else
            tacho__pen_put_escaped(pen, state, len);
        struct tacho__text text = tacho__pen_close(pen, from);
        if (text.len > longest) longest = text.len;
        meta_set_text(pen, meta->les, i, text);
    }
    meta->fixed_len += (uint32_t)longest;
}

static void meta_put_values(struct tacho__pen *pen, struct tacho__meta *meta, const struct meta_source *source)
{
    const tacho_desc *desc = source->desc;
    const double *bounds;
    meta->constant_values = meta_reserve_texts(pen, source->constant_count);
    for (size_t i = 0; i < source->constant_count; i++)
        meta_set_text(pen, meta->constant_values, i, tacho__pen_text(pen, source->constants[i]->value));
    if (tacho__meta_is_histogram(meta)) {
        meta->bound_count = (uint32_t)tacho__desc_bounds(desc, &bounds);
        meta_put_bounds(pen, meta, bounds, meta->bound_count);
    } else if (meta->type == TACHO_SUMMARY) {
        meta_put_bounds(pen, meta, desc->quantiles, meta->quantile_count);
    } else if (meta->type == TACHO_STATESET) {
        meta_put_states(pen, meta, desc->states);
    }
}

static void meta_put_help(struct tacho__pen *pen, struct tacho__meta *meta, const char *help)
{
    size_t from = pen->at, len = strlen(help);
    meta->help = tacho__pen_text(pen, help);
    from = pen->at;
    tacho__pen_put_help(pen, help, len);
    meta->help_text = tacho__pen_close(pen, from);
    meta->help_om = meta->help_text;
    if (!strchr(help, '"')) return;
    from = pen->at;
    tacho__pen_put_escaped(pen, help, len);
    meta->help_om = tacho__pen_close(pen, from);
}

/* `meta` is filled alike in both passes; with a block, the texts go there as well. */
static size_t meta_write(char *block, struct tacho__meta *meta, const struct meta_source *source)
{
    struct tacho__pen pen = { block, sizeof *meta };
    meta->name = tacho__pen_text(&pen, source->desc->name);
    meta_put_help(&pen, meta, source->desc->help);
    meta->unit = tacho__pen_text(&pen, source->desc->unit);
    meta_put_spellings(&pen, meta, source);
    meta_put_values(&pen, meta, source);
    pen.at += TACHO__COPY_SLACK; /* for tacho__copy_loose of the last text */
    meta_align(&pen);
    return pen.at;
}

static void meta_add_constants(struct meta_source *source, const tacho_constant *constants)
{
    for (; constants && constants->name && source->constant_count < TACHO__CONSTANTS_MAX; constants++)
        source->constants[source->constant_count++] = constants;
}

static struct meta_source meta_source_of(const tacho_desc *desc, const tacho_constant *common)
{
    struct meta_source source = { .desc = desc, .plain = true };
    meta_add_constants(&source, common);
    meta_add_constants(&source, desc->constants);
    while (source.label_count < TACHO_MAX_LABELS && desc->labels[source.label_count]) source.label_count++;
    for (size_t i = 0; i < source.label_count && source.plain; i++)
        source.plain = tacho__name_is_plain(desc->labels[i], strlen(desc->labels[i]), TACHO__NAME_LABEL);
    for (size_t i = 0; i < source.constant_count && source.plain; i++)
        source.plain = tacho__name_is_plain(source.constants[i]->name, strlen(source.constants[i]->name), TACHO__NAME_LABEL);
    source.plain = source.plain && tacho__name_is_plain(desc->name, strlen(desc->name), TACHO__NAME_FAMILY);
    return source;
}

struct tacho__scale tacho__scale_of(double factor)
{
    struct tacho__scale scale = { .factor = factor != 0 ? factor : 1 };
    double inverse = 1 / scale.factor;
    if (scale.factor < 1 && inverse < 1e18 && (double)(uint64_t)(inverse + 0.5) * scale.factor == 1)
        scale.divisor = (double)(uint64_t)(inverse + 0.5);
    return scale;
}

static void meta_set_options(struct tacho__meta *meta, const tacho_desc *desc)
{
    meta->window.seconds = desc->window.seconds;
    meta->window.slices = desc->window.slices;
    meta->native.factor = desc->native.factor;
    meta->native.zero_threshold = desc->native.zero_threshold;
    meta->native.max_buckets = desc->native.max_buckets;
    meta->native.max_zero_threshold = desc->native.max_zero_threshold;
    meta->native.min_reset_seconds = desc->native.min_reset_seconds;
}

static uint16_t meta_totals(const struct meta_source *source)
{
    uint32_t totals = 0;
    for (size_t i = 0; i < source->label_count; i++) {
        const char *const *values = source->desc->values[i];
        for (size_t k = 0; values && values[0] && values[1] && values[k]; k++)
            if (strcmp(values[k], "total") == 0) totals |= 1u << i;
    }
    return (uint16_t)totals;
}

struct tacho__meta *tacho__meta_new(const tacho_desc *desc, tacho_type type, const struct tacho__house *house)
{
    struct meta_source source = meta_source_of(desc, house->constants);
    struct tacho__meta head;
    memset(&head, 0, sizeof head); /* the gaps too: blocks are compared byte by byte */
    head.type = (uint8_t)type;
    head.flags = (uint16_t)desc->flags;
    if (house->created && (type == TACHO_COUNTER || type == TACHO_HISTOGRAM || type == TACHO_SUMMARY))
        head.flags |= TACHO_CREATED;
    head.totals = meta_totals(&source);
    meta_set_options(&head, desc);
    head.label_count = (uint8_t)source.label_count;
    head.constant_count = (uint8_t)source.constant_count;
    if (type == TACHO_SUMMARY) head.quantile_count = (uint8_t)desc->quantile_count;
    while (type == TACHO_STATESET && desc->states[head.state_count]) head.state_count++;
    head.scale = tacho__scale_of(desc->scale);
    size_t size = meta_write(NULL, &head, &source);
    if (size > UINT32_MAX) return NULL;
    head.size = (uint32_t)size;
    char *block = tacho__alloc(size);
    if (!block) return NULL;
    (void)meta_write(block, &head, &source);
    memcpy(block, &head, sizeof head);
    return (struct tacho__meta *)(void *)block;
}

const char *tacho__meta_type(const struct tacho__meta *meta)
{
    static const char *const types[] = { "unknown", "counter", "gauge", "histogram", "summary",
                                         "gaugehistogram", "info", "stateset", "unknown" };
    return types[meta->type];
}

size_t tacho__meta_head_len(const struct tacho__meta *meta)
{
    size_t longest = 0;
    for (int scheme = 0; scheme < TACHO__SCHEMES; scheme++) {
        size_t len = tacho__meta_spelling(meta, (enum tacho__scheme)scheme)->title.len;
        if (len > longest) longest = len;
    }
    return 3 * longest + meta->help_om.len + meta->unit.len + 96;
}
