/*
 * text.c - the Prometheus text format 0.0.4.
 *
 *   # HELP name escaped-help
 *   # TYPE name counter
 *   name{label="escaped value",other="..."} number
 *
 * Everything but label values and numbers is in the family's description, ready to be copied.
 */
#include <string.h>

#include "copy.h"
#include "num.h"
#include "writer.h"

static char *text_put_part(char *out, const struct tacho__meta *meta, struct tacho__text part)
{
    return tacho__copy_loose(out, tacho__meta_at(meta, part), part.len);
}

#define TEXT_PUTS(out, literal) tacho__copy((out), (literal), sizeof(literal) - 1)

static char *text_family(char *out, const struct tacho__meta *meta)
{
    static const char *const types[] = { "untyped", "counter", "gauge", "histogram" };
    out = TEXT_PUTS(out, "# HELP ");
    out = text_put_part(out, meta, meta->name);
    *out++ = ' ';
    out = text_put_part(out, meta, meta->help_text);
    out = TEXT_PUTS(out, "\n# TYPE ");
    out = text_put_part(out, meta, meta->name);
    *out++ = ' ';
    out = tacho__copy(out, types[meta->type], strlen(types[meta->type]));
    *out++ = '\n';
    return out;
}

static char *text_value(char *out, tacho__number value)
{
    switch (value.kind) {
    case TACHO__UINT: return tacho__num_write_u64(out, value.as.u);
    case TACHO__INT: return tacho__num_write_i64(out, value.as.i);
    default: return tacho__num_write_double(out, value.as.d);
    }
}

static char *text_number(char *out, const struct tacho__meta *meta, const struct tacho__symbol *const *labels,
                         tacho__number value)
{
    if (meta->label_count == 0) {
        out = text_put_part(out, meta, meta->name);
        *out++ = ' ';
    } else {
        for (uint32_t i = 0; i < meta->label_count; i++) {
            out = text_put_part(out, meta, meta->before[i]);
            out = tacho__symbol_copy(out, labels[i]);
        }
        out = TEXT_PUTS(out, "\"} ");
    }
    out = text_value(out, value);
    *out++ = '\n';
    return out;
}

static char *text_labels(char *out, const struct tacho__meta *meta, const struct tacho__symbol *const *labels)
{
    for (uint32_t i = 0; i < meta->label_count; i++) {
        struct tacho__text before = meta->before[i];
        if (i == 0) { /* without the name and the brace */
            before.at += meta->name.len + 1;
            before.len -= meta->name.len + 1;
        }
        out = text_put_part(out, meta, before);
        out = tacho__symbol_copy(out, labels[i]);
    }
    if (meta->label_count) *out++ = '"';
    return out;
}

static char *text_bucket(char *out, const struct tacho__histogram_view *view, uint32_t index)
{
    const struct tacho__text le = tacho__meta_les(view->meta)[index];
    out = TEXT_PUTS(out, "_bucket{");
    out = tacho__copy_loose(out, view->labels, view->labels_len);
    if (view->labels_len) *out++ = ',';
    out = TEXT_PUTS(out, "le=\"");
    out = text_put_part(out, view->meta, le);
    out = TEXT_PUTS(out, "\"} ");
    return tacho__num_write_u64(out, view->cumulative[index]);
}

static char *text_total(char *out, const struct tacho__histogram_view *view)
{
    if (view->labels_len) {
        *out++ = '{';
        out = tacho__copy_loose(out, view->labels, view->labels_len);
        *out++ = '}';
    }
    *out++ = ' ';
    return out;
}

static char *text_histogram(char *out, const struct tacho__histogram_view *view, uint32_t index)
{
    uint32_t bounds = view->meta->bound_count;
    out = text_put_part(out, view->meta, view->meta->name);
    if (index <= bounds) {
        out = text_bucket(out, view, index);
    } else if (index == bounds + 1) {
        out = text_total(TEXT_PUTS(out, "_sum"), view);
        out = tacho__num_write_double(out, view->sum);
    } else {
        out = text_total(TEXT_PUTS(out, "_count"), view);
        out = tacho__num_write_u64(out, view->cumulative[bounds]);
    }
    *out++ = '\n';
    return out;
}

const struct tacho__writer tacho__text_writer = {
    .content_type = "text/plain; version=0.0.4; charset=utf-8",
    .family = text_family,
    .number = text_number,
    .labels = text_labels,
    .histogram = text_histogram,
};
