/*
 * csv.c - comma-separated values (RFC 4180): a record per sample.
 *
 *   name,type,labels,value
 *   x_seconds_bucket,histogram,"a=""b"",le=""0.1""",1
 *
 * Samples, and the labels in their field, are those of the text format.
 */
#include "line.h"

/* Every quote inside a field is doubled. */
enum { CSV_EXPANSION = 2 };

static char *csv_put_inside(char *out, const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (text[i] == '"') *out++ = '"';
        *out++ = text[i];
    }
    return out;
}

static char *csv_begin(char *out)
{
    return TACHO__PUTS(out, "name,type,labels,value\r\n");
}

static char *csv_family(char *out, const struct tacho__meta *meta, const struct tacho__spelling *spelling, bool first)
{
    (void)meta, (void)spelling, (void)first;
    return out;
}

/* `name_suffix,type,"labels,` in quotes if it has to be; the labels' field stays open. */
static char *csv_begin_record(char *out, const struct tacho__point *point, const char *suffix)
{
    const struct tacho__text name = point->spelling->name;
    bool quoted = point->spelling->title.len != name.len; /* anything but letters, digits and the like */
    if (quoted) *out++ = '"';
    out = csv_put_inside(out, tacho__meta_at(point->meta, name), name.len);
    out = tacho__copy(out, suffix, strlen(suffix));
    if (quoted) *out++ = '"';
    *out++ = ',';
    out = tacho__line_type(out, point->meta);
    out = TACHO__PUTS(out, ",\"");
    return csv_put_inside(out, point->label_text, point->label_len);
}

/* A label of the format's own, `before` with its quote, and the end of the field. */
static char *csv_put_label(char *out, const struct tacho__point *point, const char *before, size_t before_len,
                           struct tacho__text value)
{
    if (point->label_len) *out++ = ',';
    out = csv_put_inside(out, before, before_len);
    out = csv_put_inside(out, tacho__meta_at(point->meta, value), value.len);
    return TACHO__PUTS(out, "\"\"\",");
}

static char *csv_repeated(char *out, const struct tacho__point *point, enum tacho__line_kind kind, uint32_t index)
{
    const struct tacho__meta *meta = point->meta;
    const struct tacho__text *texts = tacho__meta_les(meta);
    const struct tacho__text state = point->spelling->state;
    switch (kind) {
    case TACHO__LINE_BUCKET:
        out = csv_put_label(csv_begin_record(out, point, "_bucket"), point, "le=\"", 4, texts[index]);
        return tacho__num_write_u64(out, point->cumulative[index]);
    case TACHO__LINE_QUANTILE:
        out = csv_put_label(csv_begin_record(out, point, ""), point, "quantile=\"", 10, texts[index]);
        return tacho__num_write_double(out, point->quantiles[index]);
    case TACHO__LINE_STATE:
        out = csv_put_label(csv_begin_record(out, point, ""), point, tacho__meta_at(meta, state), state.len,
                            texts[meta->state_count + index]);
        *out++ = point->number.as.u >> index & 1 ? '1' : '0';
        return out;
    default: return tacho__put_number(TACHO__PUTS(csv_begin_record(out, point, ""), "\","), point->number);
    }
}

static uint32_t csv_pieces(const struct tacho__point *point)
{
    return tacho__text_writer.pieces(point);
}

static char *csv_piece(char *out, const struct tacho__point *point, uint32_t index)
{
    enum tacho__line_kind kind;
    uint32_t repeats = tacho__line_repeats(point, &kind);
    if (index < repeats) {
        out = csv_repeated(out, point, kind, index);
    } else if (index == repeats) {
        out = tacho__put_number(TACHO__PUTS(csv_begin_record(out, point, "_sum"), "\","), point->number);
    } else {
        out = TACHO__PUTS(csv_begin_record(out, point, "_count"), "\",");
        out = tacho__num_write_u64(out, point->cumulative[point->meta->bound_count]);
    }
    return TACHO__PUTS(out, "\r\n");
}

const struct tacho__writer tacho__csv_writer = {
    .expansion = CSV_EXPANSION,
    .begin = csv_begin,
    .family = csv_family,
    .labels = tacho__line_labels,
    .pieces = csv_pieces,
    .piece = csv_piece,
};
