/*
 * point.c - reading series and collected entries into points.
 *
 * All buckets are read in one go, the sum last: it then covers at least what was counted.
 */
#include "point.h"

#include "alloc.h"
#include "annex.h"
#include "clock.h"

bool tacho__reading_init(struct tacho__reading *reading, tacho_registry *reg, struct tacho__reading_size size)
{
    reading->reg = reg;
    reading->cumulative = tacho__alloc(((size_t)size.bounds + 1) * sizeof(uint64_t));
    reading->touched = tacho__alloc(tacho__touched_size(&reg->segment));
    bool ok = reading->cumulative && reading->touched;
    if (reading->extras && size.exemplars) {
        reading->exemplars = tacho__alloc(size.exemplars * sizeof *reading->exemplars);
        reading->shown = tacho__alloc(size.exemplars * sizeof *reading->shown);
        ok = ok && reading->exemplars && reading->shown;
    }
    if (reading->extras && size.native) {
        reading->native = tacho__alloc(size.native);
        ok = ok && reading->native;
    }
    return ok;
}

void tacho__reading_fini(struct tacho__reading *reading)
{
    tacho__free(reading->cumulative);
    tacho__free(reading->touched);
    tacho__free(reading->exemplars);
    tacho__free(reading->shown);
    tacho__free(reading->native);
}

static tacho__number point_double(double value)
{
    return (tacho__number){ .kind = TACHO__DOUBLE, .as.d = value };
}

static tacho__number point_count(const struct tacho__meta *meta, uint64_t count)
{
    if (tacho__meta_is_unscaled(meta)) return (tacho__number){ .kind = TACHO__UINT, .as.u = count };
    return point_double(tacho__scaled(meta->scale, (double)count));
}

static tacho__number point_updown(const struct tacho__reading *reading, struct tacho__cells cells)
{
    bool settled;
    double value = tacho__cells_settled(cells, reading->touched, &settled);
    if (!settled) tacho__mishap(&reading->reg->segment, TACHO__UNSETTLED_GAUGE);
    return point_double(value);
}

tacho__number tacho__read_number(const struct tacho__reading *reading, const struct tacho__family *family,
                                 const struct tacho__meta *meta, const struct tacho__series *series)
{
    const struct tacho__segment *segment = &reading->reg->segment;
    bool whole = meta->type == TACHO_COUNTER && !(meta->flags & TACHO_REAL);
    if (meta->type == TACHO_INFO) return (tacho__number){ .kind = TACHO__UINT, .as.u = 1 };
    _Atomic uint64_t *only = tacho__cells_only(segment, series);
    if (TACHO_LIKELY(only != NULL)) {
        uint64_t bits = tacho__load_relaxed(only); /* a sum or a last value, see cells.c */
        return whole ? point_count(meta, bits) : point_double(tacho__bits_double(bits));
    }
    struct tacho__cells cells = tacho__cells_of(segment, family, series);
    if (whole) return point_count(meta, tacho__cells_u64(cells, 0, reading->touched));
    if (meta->type == TACHO_STATESET)
        return (tacho__number){ .kind = TACHO__UINT, .as.u = tacho__cells_u64(cells, 0, reading->touched) };
    if (meta->flags & TACHO_UPDOWN) return point_updown(reading, cells);
    const struct tacho__annex *annex = tacho__annex_of(cells.head);
    if (annex && annex->extreme)
        return point_double(tacho__extreme_read(tacho__annex_part(annex, annex->extreme), tacho__clock_coarse_ns()));
    return point_double(tacho__cells_double(cells, 0, reading->touched));
}

static void point_read_buckets(struct tacho__reading *reading, struct tacho__cells cells, struct tacho__point *point)
{
    uint64_t sum = 0, *counts = reading->cumulative;
    uint32_t bounds = point->meta->bound_count;
    bool falls = point->meta->type == TACHO_GAUGE_HISTOGRAM;
    tacho__cells_row(cells, bounds + 1, reading->touched, counts);
    for (uint32_t i = 0; i <= bounds; i++) {
        bool below = falls && counts[i] > INT64_MAX; /* more was taken back from it than was in it */
        counts[i] = sum += below ? 0 : counts[i];
    }
    point->cumulative = reading->cumulative;
    point->number = point_double(tacho__cells_double(cells, bounds + 1, reading->touched));
}

static void point_read_quantiles(struct tacho__reading *reading, struct tacho__cells cells, struct tacho__point *point)
{
    const struct tacho__annex *annex = tacho__annex_of(cells.head);
    const struct tacho__meta *meta = point->meta;
    if (!meta->quantile_count) return;
    (void)tacho__sketch_read(tacho__annex_part(annex, annex->sketch), tacho__clock_coarse_ns(), tacho__meta_bounds(meta),
                             meta->quantile_count, reading->quantiles);
    point->quantiles = reading->quantiles;
}

void tacho__read_series(struct tacho__reading *reading, const struct tacho__family *family,
                        const struct tacho__series *series, struct tacho__point *point)
{
    const struct tacho__segment *segment = &reading->reg->segment;
    const struct tacho__meta *meta = point->meta;
    if (!tacho__meta_has_sum(meta)) {
        point->number = tacho__read_number(reading, family, meta, series);
        return;
    }
    struct tacho__cells cells = tacho__cells_of(segment, family, series);
    if (meta->flags & TACHO_NATIVE_ONLY) {
        const struct tacho__annex *annex = tacho__annex_of(cells.head);
        double sum;
        tacho__native_totals(tacho__annex_part(annex, annex->native), reading->cumulative, &sum);
        point->cumulative = reading->cumulative;
        point->number = point_double(sum);
        return;
    }
    point_read_buckets(reading, cells, point);
    point_read_quantiles(reading, cells, point);
}

static void point_read_exemplars(struct tacho__reading *reading, const struct tacho__annex *annex,
                                 struct tacho__point *point)
{
    for (uint32_t i = 0; i < tacho__meta_exemplars(point->meta); i++) {
        bool there = tacho__exemplar_load(tacho__annex_exemplar(annex, i), &reading->exemplars[i]);
        if (there) reading->exemplars[i].value = tacho__scaled(point->meta->scale, reading->exemplars[i].value);
        reading->shown[i] = there ? &reading->exemplars[i] : NULL;
    }
    point->exemplars = reading->shown;
}

/* One that has nothing else is what its view says, from its last reset on. */
static void point_take_native(struct tacho__reading *reading, struct tacho__point *point)
{
    reading->cumulative[0] = point->native->count;
    point->cumulative = reading->cumulative;
    point->number = point_double(point->native->sum);
    if (point->created_ms) point->created_ms = point->native->created_ms;
}

void tacho__read_extras(struct tacho__reading *reading, const struct tacho__family *family,
                        const struct tacho__series *series, struct tacho__point *point)
{
    const struct tacho__meta *meta = point->meta;
    if (reading->created && (meta->flags & TACHO_CREATED))
        point->created_ms = tacho__load_relaxed(tacho__series_created(family, series)); /* ordered by [S1] */
    if (!reading->extras || !tacho__meta_has_annex(meta)) return;
    const struct tacho__annex *annex = tacho__annex_of(tacho__cells_of(&reading->reg->segment, family, series).head);
    if (tacho__meta_exemplars(meta)) point_read_exemplars(reading, annex, point);
    if (!annex->native) return;
    (void)tacho__native_read(tacho__annex_part(annex, annex->native), reading->native); /* consistent in any case */
    point->native = reading->native;
    if (meta->flags & TACHO_NATIVE_ONLY) point_take_native(reading, point);
}

void tacho__read_entry(struct tacho__reading *reading, const struct tacho__entry *entry, struct tacho__point *point)
{
    const struct tacho__meta *meta = point->meta;
    const uint64_t *words = tacho__entry_words(entry);
    point->number = entry->number;
    if (!tacho__meta_has_sum(meta)) return;
    uint64_t sum = 0;
    for (uint32_t i = 0; i <= meta->bound_count; i++) reading->cumulative[i] = sum += words[i];
    point->cumulative = reading->cumulative;
    point->native = tacho__entry_native(entry);
    for (uint32_t i = 0; i < meta->quantile_count; i++)
        reading->quantiles[i] = tacho__bits_double(words[meta->bound_count + 1 + i]);
    point->quantiles = reading->quantiles;
}
