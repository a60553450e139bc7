/*
 * cells.c - the numbers of a series.
 *
 * All operations on cells are relaxed: each cell only sums up, and says nothing about other memory.
 */
#include "cells.h"

#include "annex.h"
#include "clock.h"

/* What follows a head is 8-byte cells, on every machine. */
_Static_assert(sizeof(struct tacho_head) == 32 && offsetof(struct tacho_head, cell) == 8, "cells are aligned");

/* Whole numbers: a base can be subtracted from them exactly. */
static bool cells_whole(const struct tacho__meta *meta)
{
    return meta->type == TACHO_COUNTER && !(meta->flags & TACHO_REAL);
}

static bool cells_want_stripes(const struct tacho__meta *meta)
{
    if (meta->flags & (TACHO_SHARED | TACHO_NATIVE_ONLY)) return false;
    if (meta->type == TACHO_COUNTER || meta->type == TACHO_HISTOGRAM || meta->type == TACHO_SUMMARY) return true;
    return (meta->flags & TACHO_UPDOWN) != 0; /* a gauge histogram's buckets fall: on many CPUs one would be seen below 0 */
}

static bool cells_want_head(const struct tacho__meta *meta)
{
    return tacho__meta_has_sum(meta) || meta->type == TACHO_STATESET || (meta->flags & (TACHO_REAL | TACHO_UPDOWN)) ||
           tacho__meta_has_annex(meta);
}

/* How far `to` lies from `from`, in units; both in one segment, so it fits. */
static int32_t cells_distance(tacho__ref from, tacho__ref to)
{
    return (int32_t)((int64_t)to - (int64_t)from);
}

/* What the handle has to say: nothing for types whose head says it all. */
static uint32_t cells_bits(const struct tacho__meta *meta, const struct tacho_head *head)
{
    if (tacho__meta_has_sum(meta) || meta->type == TACHO_STATESET) return 0;
    if (meta->flags & (TACHO_MAXIMUM | TACHO_MINIMUM | TACHO_EXEMPLARS) && !(meta->flags & TACHO_REAL)) return TACHO_HANDLE_PER_CPU;
    return (tacho__head_cpus(head) ? TACHO_HANDLE_PER_CPU : 0u) |
           ((meta->flags & (TACHO_REAL | TACHO_UPDOWN)) ? TACHO_HANDLE_DOUBLE : 0u);
}

bool tacho__cells_take(struct tacho__segment *segment, const struct tacho__family *family,
                       struct tacho__series *series, enum tacho__cell_kind kind)
{
    const struct tacho__meta *meta = tacho__family_meta(segment, family);
    bool striped = kind == TACHO__CELLS_STRIPED && cells_want_stripes(meta);
    uint32_t stripe_cell = striped ? tacho__stripes_take(segment, family->cell_count) : 0;
    if (!stripe_cell && !cells_want_head(meta)) {
        series->cells = tacho__shared_take(segment);
        return series->cells != 0;
    }
    size_t cells = family->cell_count + (stripe_cell && cells_whole(meta) ? family->cell_count : 0);
    size_t annex = tacho__annex_size(meta), size = sizeof(struct tacho_head) + cells * sizeof(uint64_t);
    tacho__ref ref = tacho__segment_take(segment, size + annex);
    if (!ref) return false;
    struct tacho_head *head = tacho__segment_at(segment, ref);
    if (stripe_cell) {
        head->stripes = ((int64_t)segment->head->stripes - (int64_t)ref) * TACHO__UNIT;
        head->cell = stripe_cell;
        head->stride = segment->head->stride;
        head->cpus = segment->head->cpus;
    }
    if (tacho__meta_is_histogram(meta)) {
        head->bounds = cells_distance(ref, tacho__segment_ref(segment, tacho__meta_bounds(meta)));
        head->bound_count = (uint16_t)meta->bound_count;
        head->kind = (uint16_t)((meta->type == TACHO_GAUGE_HISTOGRAM ? TACHO__HEAD_FALLS : 0) |
                                (meta->flags & TACHO_NATIVE_ONLY ? TACHO__HEAD_NATIVE_ONLY : 0));
    }
    if (annex) {
        head->annex = (int32_t)(size / TACHO__UNIT);
        tacho__annex_open(tacho__annex_of(head), meta, tacho__clock_unix_ms(segment->clock));
    }
    if (meta->type == TACHO_STATESET) head->bound_count = meta->state_count;
    atomic_signal_fence(memory_order_release); /* complete, should this process die now */
    series->cells = ref | TACHO__HAS_HEAD | cells_bits(meta, head) << TACHO__CELLS_BITS_SHIFT;
    return true;
}

struct tacho__cells tacho__cells_of(const struct tacho__segment *segment, const struct tacho__family *family,
                                    const struct tacho__series *series)
{
    struct tacho__cells cells = { 0 };
    void *at = tacho__segment_at(segment, series->cells & TACHO__CELLS_REF);
    if (!(series->cells & TACHO__HAS_HEAD)) {
        cells.shared = at;
        return cells;
    }
    cells.head = at;
    cells.shared = (_Atomic uint64_t *)tacho_head_cells(cells.head);
    if (tacho__head_cpus(cells.head) && cells_whole(tacho__family_meta(segment, family)))
        cells.base = tacho_head_cells(cells.head) + family->cell_count;
    return cells;
}

void tacho__cells_reset(const struct tacho__segment *segment, const struct tacho__family *family,
                        struct tacho__series *series)
{
    struct tacho__cells cells = tacho__cells_of(segment, family, series);
    for (uint32_t i = 0; i < family->cell_count; i++) {
        (void)atomic_exchange_explicit(&cells.shared[i], 0, memory_order_relaxed); /* late additions stay whole */
        if (cells.base) cells.base[i] += tacho__cells_u64(cells, i, NULL);
    }
    if (cells.head && cells.head->annex)
        tacho__annex_reset(tacho__annex_of(cells.head), tacho__clock_unix_ms(segment->clock));
    /* From now on late updates of the old series land in shared cells, and nobody reads the stripes. */
    if (!cells.head || cells.base || !tacho__head_cpus(cells.head)) return;
    tacho__store_relaxed((_Atomic uint32_t *)&cells.head->cpus, 0);
    series->cells &= ~((uint32_t)TACHO_HANDLE_PER_CPU << TACHO__CELLS_BITS_SHIFT);
}

size_t tacho__touched_size(const struct tacho__segment *segment)
{
    return sizeof(struct tacho__touched) + segment->head->cpus * sizeof(uint32_t);
}

void tacho__touched_fill(struct tacho__touched *touched, const struct tacho__segment *segment)
{
    touched->count = 0;
    for (uint32_t cpu = 0; cpu < segment->head->cpus; cpu++)
        if (tacho__stripe_touched(segment, cpu)) touched->cpus[touched->count++] = cpu;
}

/* Whether this CPU ever counted, for readers that have a head only. */
static bool cells_touched(const struct tacho_head *head, uint32_t cpu)
{
    const char *stripe = (const char *)head + (intptr_t)head->stripes + (size_t)cpu * head->stride;
    return tacho__load_relaxed((const _Atomic unsigned char *)(const void *)stripe) != 0;
}

/* The stripes to read for a series: from the list, or every touched one. Returns the k-th CPU, or UINT32_MAX. */
static uint32_t cells_cpu(const struct tacho_head *head, const struct tacho__touched *touched, uint32_t *k)
{
    if (!head || tacho__head_cpus(head) == 0 || head->cell == 0) return UINT32_MAX;
    if (touched) return *k < touched->count ? touched->cpus[(*k)++] : UINT32_MAX;
    while (*k < tacho__head_cpus(head) && !cells_touched(head, *k)) (*k)++;
    return *k < tacho__head_cpus(head) ? (*k)++ : UINT32_MAX;
}

uint64_t tacho__cells_u64(struct tacho__cells cells, uint32_t index, const struct tacho__touched *touched)
{
    uint64_t sum = tacho__load_relaxed(&cells.shared[index]);
    uint32_t k = 0, cpu;
    while ((cpu = cells_cpu(cells.head, touched, &k)) != UINT32_MAX)
        sum += tacho__load_relaxed(tacho__stripe_cell(cells.head, cpu, index));
    return cells.base ? sum - cells.base[index] : sum;
}

void tacho__cells_row(struct tacho__cells cells, uint32_t count, const struct tacho__touched *touched, uint64_t *out)
{
    uint32_t k = 0, cpu;
    for (uint32_t i = 0; i < count; i++) out[i] = tacho__load_relaxed(&cells.shared[i]);
    while ((cpu = cells_cpu(cells.head, touched, &k)) != UINT32_MAX) {
        const _Atomic uint64_t *stripe = tacho__stripe_cell(cells.head, cpu, 0);
        for (uint32_t i = 0; i < count; i++) out[i] += tacho__load_relaxed(&stripe[i]);
    }
}

double tacho__cells_double(struct tacho__cells cells, uint32_t index, const struct tacho__touched *touched)
{
    double sum = tacho__bits_double(tacho__load_relaxed(&cells.shared[index]));
    uint32_t k = 0, cpu;
    while ((cpu = cells_cpu(cells.head, touched, &k)) != UINT32_MAX)
        sum += tacho__bits_double(tacho__load_relaxed(tacho__stripe_cell(cells.head, cpu, index)));
    return sum;
}

double tacho__cells_settled(struct tacho__cells cells, const struct tacho__touched *touched, bool *settled)
{
    enum { PASSES = 8 };
    double passes[PASSES];
    if (settled) *settled = true;
    for (int i = 0; i < PASSES; i++) {
        double value = tacho__cells_double(cells, 0, touched);
        if (i > 0 && (value == passes[i - 1] || (value != value && passes[i - 1] != passes[i - 1]))) return value;
        passes[i] = value;
    }
    if (settled) *settled = false;
    for (int i = 1; i < PASSES; i++)
        for (int k = i; k > 0 && passes[k] < passes[k - 1]; k--) {
            double swap = passes[k];
            passes[k] = passes[k - 1];
            passes[k - 1] = swap;
        }
    return passes[PASSES / 2];
}
