/*
 * openmetrics.c - OpenMetrics 1.0.
 *
 *   # TYPE name counter
 *   # UNIT name seconds
 *   # HELP name escaped-help
 *   name_total{label="escaped value"} number # {trace_id="..."} value time
 *   name_created{label="escaped value"} seconds
 *   # EOF
 *
 * The family is called like its samples without their suffix. Count and sum are left out where the format forbids them and that
 * can be seen: sums below 0, histograms with negative bounds or native ones with negative values ("Histogram"); so are quantiles
 * below 0 ("Summary").
 */
#include "line.h"
#include "pen.h"

/* A counter that keeps a documented name has no suffix to take off; the format does not take it for a counter. */
static bool om_is_unknown(const struct tacho__meta *meta, const struct tacho__spelling *spelling)
{
    return meta->type == TACHO_COUNTER && spelling->om_title.len == spelling->title.len;
}

/* Whether the family's name ends in its unit, in this scheme too; else the unit is not told. */
static bool om_shows_unit(const struct tacho__meta *meta, const struct tacho__spelling *spelling)
{
    const char *title = tacho__meta_at(meta, spelling->om_title);
    size_t len = spelling->om_title.len, unit = meta->unit.len;
    if (len > 0 && title[len - 1] == '"') len--;
    return unit > 0 && len > unit + 1 && title[len - unit - 1] == '_' &&
           memcmp(title + len - unit, tacho__meta_at(meta, meta->unit), unit) == 0;
}

static char *om_begin_line(char *out, const struct tacho__meta *meta, const struct tacho__spelling *spelling,
                           const char *keyword)
{
    out = tacho__copy(out, keyword, 7);
    out = tacho__put_part(out, meta, spelling->om_title);
    *out++ = ' ';
    return out;
}

static char *om_family(char *out, const struct tacho__meta *meta, const struct tacho__spelling *spelling, bool first)
{
    (void)first;
    out = om_begin_line(out, meta, spelling, "# TYPE ");
    out = om_is_unknown(meta, spelling) ? TACHO__PUTS(out, "unknown") : tacho__line_type(out, meta);
    *out++ = '\n';
    if (om_shows_unit(meta, spelling)) {
        out = om_begin_line(out, meta, spelling, "# UNIT ");
        out = tacho__put_part(out, meta, meta->unit);
        *out++ = '\n';
    }
    out = om_begin_line(out, meta, spelling, "# HELP ");
    out = tacho__put_part(out, meta, meta->help_om);
    *out++ = '\n';
    return out;
}

static bool om_has_negative_bound(const struct tacho__meta *meta)
{
    return meta->bound_count > 0 && tacho__meta_bounds(meta)[0] < 0;
}

/* The lines behind the repeated ones; returns how many. */
static uint32_t om_totals(const struct tacho__point *point, enum tacho__line_kind kinds[3])
{
    const struct tacho__meta *meta = point->meta;
    double sum = point->number.as.d;
    uint32_t count = 0;
    kinds[0] = TACHO__LINE_COUNT;
    bool negative = om_has_negative_bound(meta), gauge = meta->type == TACHO_GAUGE_HISTOGRAM;
    bool sums = sum >= 0 ? gauge || !negative : gauge && negative;
    if (!gauge && point->native && point->native->negative > 0) sums = false; /* it falls, though no bound shows why */
    if (sum != sum || !tacho__meta_has_sum(meta)) sums = false; /* by itself: gcc 12 finds `sum >= 0 || sum < 0` true for NaN */
    if (sums || meta->type == TACHO_SUMMARY) kinds[count++] = TACHO__LINE_COUNT;
    if (sums) kinds[count++] = TACHO__LINE_SUM;
    if (point->created_ms && !om_is_unknown(meta, point->spelling)) kinds[count++] = TACHO__LINE_CREATED;
    return count;
}

static uint32_t om_pieces(const struct tacho__point *point)
{
    enum tacho__line_kind kind, kinds[3];
    return tacho__line_repeats(point, &kind) + om_totals(point, kinds);
}

static char *om_exemplar(char *out, const struct tacho__point *point, uint32_t index)
{
    const struct tacho__exemplar *exemplar = point->exemplars ? point->exemplars[index] : NULL;
    if (!exemplar || om_is_unknown(point->meta, point->spelling)) return out;
    struct tacho__exemplar_pair pair;
    size_t at = 0;
    out = TACHO__PUTS(out, " # {");
    for (bool first = true; tacho__exemplar_next(exemplar, &at, &pair); first = false) {
        if (!first) *out++ = ',';
        out = tacho__copy(out, pair.name, pair.name_len);
        out = TACHO__PUTS(out, "=\"");
        out += tacho__escape_label(out, pair.value, pair.value_len);
        *out++ = '"';
    }
    out = TACHO__PUTS(out, "} ");
    out = tacho__num_write_double(out, exemplar->value);
    if (!exemplar->time_ms) return out;
    *out++ = ' ';
    return tacho__put_time(out, exemplar->time_ms);
}

/* `name_created`, for counters without the _total that their name ends in. */
static char *om_created(char *out, const struct tacho__point *point)
{
    struct tacho__text open = point->spelling->open;
    open.len -= point->spelling->title.len - point->spelling->om_title.len;
    return tacho__put_time(tacho__line_total(out, point, open, "_created"), point->created_ms);
}

static char *om_total(char *out, const struct tacho__point *point, enum tacho__line_kind kind)
{
    const struct tacho__text open = point->spelling->open;
    bool gauge = point->meta->type == TACHO_GAUGE_HISTOGRAM;
    switch (kind) {
    case TACHO__LINE_COUNT:
        return tacho__num_write_u64(tacho__line_total(out, point, open, gauge ? "_gcount" : "_count"),
                                    point->cumulative[point->meta->bound_count]);
    case TACHO__LINE_SUM:
        return tacho__put_number(tacho__line_total(out, point, open, gauge ? "_gsum" : "_sum"), point->number);
    default: return om_created(out, point);
    }
}

static char *om_piece(char *out, const struct tacho__point *point, uint32_t index)
{
    enum tacho__line_kind kind, kinds[3];
    uint32_t repeats = tacho__line_repeats(point, &kind);
    if (kind == TACHO__LINE_QUANTILE && index < repeats && point->quantiles[index] < 0) return out;
    if (index < repeats) {
        out = tacho__line_repeated(out, point, kind, index);
        if (kind == TACHO__LINE_VALUE || kind == TACHO__LINE_BUCKET) out = om_exemplar(out, point, index);
    } else {
        (void)om_totals(point, kinds);
        out = om_total(out, point, kinds[index - repeats]);
    }
    *out++ = '\n';
    return out;
}

static char *om_end(char *out)
{
    return TACHO__PUTS(out, "# EOF\n");
}

const struct tacho__writer tacho__openmetrics_writer = {
    .expansion = 1,
    .extras = true,
    .family = om_family,
    .end = om_end,
    .number = tacho__line_number,
    .labels = tacho__line_labels,
    .pieces = om_pieces,
    .piece = om_piece,
};
