/*
 * text.c - the Prometheus text format 0.0.4 and, with names in quotes, 1.0.0.
 *
 *   # HELP name escaped-help
 *   # TYPE name counter
 *   name{label="escaped value",other="..."} number
 *
 * Types that it lacks are shown as the nearest it has: infos and statesets as gauges, gauge histograms as histograms.
 */
#include "line.h"

static char *text_family(char *out, const struct tacho__meta *meta, const struct tacho__spelling *spelling, bool first)
{
    (void)first;
    static const char *const types[] = { "untyped", "counter", "gauge", "histogram", "summary",
                                         "histogram", "gauge", "gauge", "untyped" };
    out = TACHO__PUTS(out, "# HELP ");
    out = tacho__put_part(out, meta, spelling->title);
    *out++ = ' ';
    out = tacho__put_part(out, meta, meta->help_text);
    out = TACHO__PUTS(out, "\n# TYPE ");
    out = tacho__put_part(out, meta, spelling->title);
    *out++ = ' ';
    out = tacho__copy(out, types[meta->type], strlen(types[meta->type]));
    *out++ = '\n';
    return out;
}

static uint32_t text_pieces(const struct tacho__point *point)
{
    enum tacho__line_kind kind;
    return tacho__line_repeats(point, &kind) + (tacho__meta_has_sum(point->meta) ? 2 : 0);
}

static uint64_t text_count(const struct tacho__point *point)
{
    return point->cumulative[point->meta->bound_count];
}

static char *text_piece(char *out, const struct tacho__point *point, uint32_t index)
{
    enum tacho__line_kind kind;
    uint32_t repeats = tacho__line_repeats(point, &kind);
    if (index < repeats)
        out = tacho__line_repeated(out, point, kind, index);
    else if (index == repeats)
        out = tacho__put_number(tacho__line_total(out, point, point->spelling->open, "_sum"), point->number);
    else
        out = tacho__num_write_u64(tacho__line_total(out, point, point->spelling->open, "_count"), text_count(point));
    *out++ = '\n';
    return out;
}

const struct tacho__writer tacho__text_writer = {
    .expansion = 1,
    .family = text_family,
    .number = tacho__line_number,
    .labels = tacho__line_labels,
    .pieces = text_pieces,
    .piece = text_piece,
};
