/*
 * json.c - an array of families, one object a line.
 *
 *   {"name":"x_seconds","type":"histogram","help":"...","unit":"seconds","metrics":[
 *     {"labels":{"a":"b"},"sum":1.5,"count":3,"buckets":[{"le":"0.1","count":1},...],"created":1700000000.125},...]}
 *
 * A native histogram has as well, with "exemplars":[...] at its end if its family keeps any:
 *
 *   "native":{"schema":3,"zero_threshold":0,"zero_count":1,"negative":[],"positive":[{"index":0,"count":2}]}
 *
 * Numbers that JSON lacks are the strings "NaN", "+Inf" and "-Inf".
 */
#include "json.h"

#include "line.h"

char *tacho__json_put_text(char *out, const char *text, size_t len)
{
    static const char digits[] = "0123456789abcdef";
    *out++ = '"';
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c >= ' ' && c != '"' && c != '\\') {
            *out++ = (char)c;
            continue;
        }
        *out++ = '\\';
        if (c == '"' || c == '\\') {
            *out++ = (char)c;
        } else if (c == '\n') {
            *out++ = 'n';
        } else {
            out = TACHO__PUTS(out, "u00");
            *out++ = digits[c >> 4];
            *out++ = digits[c & 15];
        }
    }
    *out++ = '"';
    return out;
}

static char *json_put_part(char *out, const struct tacho__meta *meta, struct tacho__text part)
{
    return tacho__json_put_text(out, tacho__meta_at(meta, part), part.len);
}

static char *json_put_number(char *out, tacho__number value)
{
    double v = value.as.d;
    bool finite = value.kind != TACHO__DOUBLE || (v >= -1.7976931348623157e308 && v <= 1.7976931348623157e308);
    if (finite) return tacho__put_number(out, value);
    *out++ = '"';
    out = tacho__put_number(out, value);
    *out++ = '"';
    return out;
}

static char *json_put_double(char *out, double v)
{
    return json_put_number(out, (tacho__number){ .kind = TACHO__DOUBLE, .as.d = v });
}

static char *json_begin(char *out)
{
    *out++ = '[';
    return out;
}

static char *json_family(char *out, const struct tacho__meta *meta, const struct tacho__spelling *spelling, bool first)
{
    if (!first) *out++ = ',';
    out = TACHO__PUTS(out, "\n{\"name\":");
    out = json_put_part(out, meta, spelling->name);
    out = TACHO__PUTS(out, ",\"type\":\"");
    out = tacho__line_type(out, meta);
    out = TACHO__PUTS(out, "\",\"help\":");
    out = json_put_part(out, meta, meta->help);
    if (meta->unit.len) {
        out = TACHO__PUTS(out, ",\"unit\":");
        out = json_put_part(out, meta, meta->unit);
    }
    return TACHO__PUTS(out, ",\"metrics\":[");
}

static char *json_family_end(char *out)
{
    return TACHO__PUTS(out, "]}");
}

static char *json_end(char *out)
{
    return TACHO__PUTS(out, "\n]\n");
}

static char *json_labels(char *out, const struct tacho__meta *meta, const struct tacho__spelling *spelling,
                         const struct tacho__symbol *const *labels)
{
    const struct tacho__text *names = tacho__meta_constant_names(meta, spelling), *values = tacho__meta_constant_values(meta);
    out = TACHO__PUTS(out, "\"labels\":{");
    for (uint32_t i = 0; i < meta->constant_count; i++) {
        if (i > 0) *out++ = ',';
        out = json_put_part(out, meta, names[i]);
        *out++ = ':';
        out = json_put_part(out, meta, values[i]);
    }
    for (uint32_t i = 0; i < meta->label_count; i++) {
        if (i + meta->constant_count > 0) *out++ = ',';
        out = json_put_part(out, meta, spelling->labels[i]);
        *out++ = ':';
        out = tacho__json_put_text(out, labels[i]->text, labels[i]->len);
    }
    *out++ = '}';
    return out;
}

static char *json_put_exemplar(char *out, const struct tacho__exemplar *exemplar)
{
    struct tacho__exemplar_pair pair;
    size_t at = 0;
    out = TACHO__PUTS(out, "{\"labels\":{");
    for (bool first = true; tacho__exemplar_next(exemplar, &at, &pair); first = false) {
        if (!first) *out++ = ',';
        out = tacho__json_put_text(out, pair.name, pair.name_len);
        *out++ = ':';
        out = tacho__json_put_text(out, pair.value, pair.value_len);
    }
    out = TACHO__PUTS(out, "},\"value\":");
    out = json_put_double(out, exemplar->value);
    if (exemplar->time_ms) {
        out = TACHO__PUTS(out, ",\"timestamp\":");
        out = tacho__put_time(out, exemplar->time_ms);
    }
    *out++ = '}';
    return out;
}

static char *json_put_sample_exemplar(char *out, const struct tacho__point *point, uint32_t index)
{
    const struct tacho__exemplar *exemplar = point->exemplars ? point->exemplars[index] : NULL;
    return exemplar ? json_put_exemplar(TACHO__PUTS(out, ",\"exemplar\":"), exemplar) : out;
}

static char *json_repeated(char *out, const struct tacho__point *point, enum tacho__line_kind kind, uint32_t index)
{
    const struct tacho__meta *meta = point->meta;
    if (index > 0) *out++ = ',';
    if (kind == TACHO__LINE_STATE) {
        out = json_put_part(out, meta, tacho__meta_les(meta)[index]);
        *out++ = ':';
        *out++ = point->number.as.u >> index & 1 ? '1' : '0';
        return out;
    }
    out = kind == TACHO__LINE_BUCKET ? TACHO__PUTS(out, "{\"le\":") : TACHO__PUTS(out, "{\"quantile\":");
    out = json_put_part(out, meta, tacho__meta_les(meta)[index]);
    if (kind == TACHO__LINE_BUCKET) {
        out = TACHO__PUTS(out, ",\"count\":");
        out = tacho__num_write_u64(out, point->cumulative[index]);
        out = json_put_sample_exemplar(out, point, index);
    } else {
        out = json_put_double(TACHO__PUTS(out, ",\"value\":"), point->quantiles[index]);
    }
    *out++ = '}';
    return out;
}

static char *json_point_begin(char *out, const struct tacho__point *point, enum tacho__line_kind kind)
{
    if (!point->first) *out++ = ',';
    *out++ = '{';
    memcpy(out, point->label_text, point->label_len);
    out += point->label_len;
    if (kind == TACHO__LINE_STATE) return TACHO__PUTS(out, ",\"states\":{");
    if (kind == TACHO__LINE_VALUE) {
        out = json_put_number(TACHO__PUTS(out, ",\"value\":"), point->number);
        return json_put_sample_exemplar(out, point, 0);
    }
    out = json_put_number(TACHO__PUTS(out, ",\"sum\":"), point->number);
    out = TACHO__PUTS(out, ",\"count\":");
    out = tacho__num_write_u64(out, point->cumulative[point->meta->bound_count]);
    return kind == TACHO__LINE_BUCKET ? TACHO__PUTS(out, ",\"buckets\":[") : TACHO__PUTS(out, ",\"quantiles\":[");
}

static char *json_put_side(char *out, struct tacho__native_side side)
{
    *out++ = '[';
    for (uint32_t i = 0; i < side.count; i++) {
        if (i > 0) *out++ = ',';
        out = tacho__num_write_i64(TACHO__PUTS(out, "{\"index\":"), side.buckets[i].index);
        out = tacho__num_write_u64(TACHO__PUTS(out, ",\"count\":"), side.buckets[i].count);
        *out++ = '}';
    }
    *out++ = ']';
    return out;
}

/* Up to where its exemplars go. */
static char *json_put_native(char *out, const struct tacho__native_view *view)
{
    out = tacho__num_write_u64(TACHO__PUTS(out, ",\"native\":{\"count\":"), view->count);
    out = json_put_double(TACHO__PUTS(out, ",\"sum\":"), view->sum);
    out = tacho__num_write_i64(TACHO__PUTS(out, ",\"schema\":"), view->schema);
    out = json_put_double(TACHO__PUTS(out, ",\"zero_threshold\":"), view->zero_threshold);
    out = TACHO__PUTS(out, ",\"zero_count\":");
    out = tacho__num_write_u64(out, view->zero_count);
    out = json_put_side(TACHO__PUTS(out, ",\"negative\":"), tacho__native_negative(view));
    return json_put_side(TACHO__PUTS(out, ",\"positive\":"), tacho__native_positive(view));
}

/* The end of what repeats, and what stands behind it; exemplars of a native histogram follow in pieces of their own. */
static char *json_point_behind(char *out, const struct tacho__point *point, enum tacho__line_kind kind)
{
    if (kind == TACHO__LINE_STATE) *out++ = '}';
    if (kind == TACHO__LINE_BUCKET || kind == TACHO__LINE_QUANTILE) *out++ = ']';
    if (point->native) out = json_put_native(out, point->native);
    return tacho__point_gallery(point) ? TACHO__PUTS(out, ",\"exemplars\":[") : out;
}

static char *json_native_exemplar(char *out, const struct tacho__point *point, uint32_t index)
{
    const struct tacho__exemplar *exemplar = tacho__point_native_exemplar(point, index);
    bool first = true;
    if (!exemplar) return out;
    for (uint32_t i = 0; i < index; i++) first = first && !tacho__point_native_exemplar(point, i);
    if (!first) *out++ = ',';
    return json_put_exemplar(out, exemplar);
}

static char *json_point_end(char *out, const struct tacho__point *point)
{
    if (tacho__point_gallery(point)) *out++ = ']';
    if (point->native) *out++ = '}';
    if (point->created_ms) out = tacho__put_time(TACHO__PUTS(out, ",\"created\":"), point->created_ms);
    *out++ = '}';
    return out;
}

/* The beginning, what repeats, what stands behind it, exemplars of a native histogram, the end. */
static uint32_t json_pieces(const struct tacho__point *point)
{
    enum tacho__line_kind kind;
    uint32_t repeats = tacho__line_repeats(point, &kind);
    return kind == TACHO__LINE_VALUE ? 2 : repeats + 3 + tacho__point_gallery(point);
}

static char *json_piece(char *out, const struct tacho__point *point, uint32_t index)
{
    enum tacho__line_kind kind;
    uint32_t repeats = tacho__line_repeats(point, &kind);
    if (index == 0) return json_point_begin(out, point, kind);
    if (index == json_pieces(point) - 1) return json_point_end(out, point);
    if (index <= repeats) return json_repeated(out, point, kind, index - 1);
    if (index == repeats + 1) return json_point_behind(out, point, kind);
    return json_native_exemplar(out, point, index - repeats - 2);
}

const struct tacho__writer tacho__json_writer = {
    .expansion = TACHO__JSON_EXPANSION,
    .extras = true,
    .native_expansion = 4, /* a bucket of 16 bytes takes at most 48, and what stands around them */
    .begin = json_begin,
    .family = json_family,
    .family_end = json_family_end,
    .end = json_end,
    .labels = json_labels,
    .pieces = json_pieces,
    .piece = json_piece,
};
