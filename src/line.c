/*
 * line.c - lines of the text formats.
 */
#include "line.h"

char *tacho__line_type(char *out, const struct tacho__meta *meta)
{
    const char *type = tacho__meta_type(meta);
    return tacho__copy(out, type, strlen(type));
}

char *tacho__line_number(char *out, const struct tacho__meta *meta, const struct tacho__spelling *spelling,
                         const struct tacho__symbol *const *labels, tacho__number value)
{
    if (meta->label_count == 0) {
        out = tacho__put_part(out, meta, spelling->bare);
    } else {
        for (uint32_t i = 0; i < meta->label_count; i++) {
            out = tacho__put_part(out, meta, spelling->before[i]);
            out = tacho__symbol_copy(out, labels[i]);
        }
        out = TACHO__PUTS(out, "\"} ");
    }
    out = tacho__put_number(out, value);
    *out++ = '\n';
    return out;
}

char *tacho__line_labels(char *out, const struct tacho__meta *meta, const struct tacho__spelling *spelling,
                         const struct tacho__symbol *const *labels)
{
    if (meta->label_count == 0) return tacho__put_part(out, meta, spelling->constants);
    for (uint32_t i = 0; i < meta->label_count; i++) {
        struct tacho__text before = spelling->before[i];
        if (i == 0) {
            before.at += spelling->labels_skip;
            before.len -= spelling->labels_skip;
        }
        out = tacho__put_part(out, meta, before);
        out = tacho__symbol_copy(out, labels[i]);
    }
    *out++ = '"';
    return out;
}

/* Up to where a label of the format's own goes: `name_suffix{labels,`. */
static inline char *line_begin(char *out, const struct tacho__point *point, const char *suffix, size_t suffix_len)
{
    out = tacho__put_part(out, point->meta, point->spelling->open);
    out = tacho__copy(out, suffix, suffix_len);
    out = tacho__put_part(out, point->meta, point->spelling->mid);
    out = tacho__copy_loose(out, point->label_text, point->label_len);
    if (point->label_len) *out++ = ',';
    return out;
}

static inline char *line_bucket(char *out, const struct tacho__point *point, uint32_t index)
{
    out = line_begin(out, point, "_bucket", 7);
    out = TACHO__PUTS(out, "le=\"");
    out = tacho__put_part(out, point->meta, tacho__meta_les(point->meta)[index]);
    out = TACHO__PUTS(out, "\"} ");
    return tacho__num_write_u64(out, point->cumulative[index]);
}

static char *line_quantile(char *out, const struct tacho__point *point, uint32_t index)
{
    out = line_begin(out, point, "", 0);
    out = TACHO__PUTS(out, "quantile=\"");
    out = tacho__put_part(out, point->meta, tacho__meta_les(point->meta)[index]);
    out = TACHO__PUTS(out, "\"} ");
    return tacho__num_write_double(out, point->quantiles[index]);
}

static char *line_state(char *out, const struct tacho__point *point, uint32_t index)
{
    const struct tacho__text *escaped = tacho__meta_les(point->meta) + point->meta->state_count;
    out = line_begin(out, point, "", 0);
    out = tacho__put_part(out, point->meta, point->spelling->state);
    out = tacho__put_part(out, point->meta, escaped[index]);
    out = TACHO__PUTS(out, "\"} ");
    *out++ = point->number.as.u >> index & 1 ? '1' : '0';
    return out;
}

char *tacho__line_total(char *out, const struct tacho__point *point, struct tacho__text open, const char *suffix)
{
    out = tacho__put_part(out, point->meta, open);
    out = tacho__copy(out, suffix, strlen(suffix));
    if (!point->label_len) return tacho__put_part(out, point->meta, point->spelling->end);
    out = tacho__put_part(out, point->meta, point->spelling->mid);
    out = tacho__copy_loose(out, point->label_text, point->label_len);
    return TACHO__PUTS(out, "} ");
}

char *tacho__line_repeated(char *out, const struct tacho__point *point, enum tacho__line_kind kind, uint32_t index)
{
    switch (kind) {
    case TACHO__LINE_BUCKET: return line_bucket(out, point, index);
    case TACHO__LINE_QUANTILE: return line_quantile(out, point, index);
    case TACHO__LINE_STATE: return line_state(out, point, index);
    default: return tacho__put_number(tacho__line_total(out, point, point->spelling->open, ""), point->number);
    }
}
