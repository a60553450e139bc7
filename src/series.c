/*
 * series.c - the life of a series: slot, label values, cells, published; removed, waited for, used again.
 *
 *   I1  A slot is live, or in limbo, or free, or was never used; the last three have TACHO__DEAD or 0 in `born`.
 *   I2  labels[i] of any slot is 0 or a symbol that the slot holds.
 *   I3  A slot leaves limbo only when every reader that could have found it has left (grace.h).
 * Order:  [S1] born, see family.h, [B1] the segment's born, see segment.h; [K1] the rest, under the lock.
 * Whoever dies under the lock leaves slots that are in no list; repair.c puts them into limbo.
 */
#include "series.h"

#include <string.h>

#include "cells.h"
#include "clock.h"
#include "grace.h"
#include "hash.h"

#define SERIES_BATCH 64 /* removed slots to wait for before asking whether they are free: it costs a system call */
#define SERIES_OVERFLOW "_other"

/* Dead slots form lists through `born`. */
static uint64_t series_dead(uint32_t stamp, tacho__ref next)
{
    return TACHO__DEAD | (uint64_t)stamp << 32 | next;
}

static uint64_t series_born(const struct tacho__segment *segment, tacho__ref ref)
{
    return tacho__load_relaxed(&tacho__series_at(segment, ref)->born); /* [K1] */
}

static uint32_t series_label_count(const struct tacho__segment *segment, const struct tacho__family *family)
{
    return tacho__family_meta(segment, family)->label_count;
}

static void series_set_free(struct tacho__segment *segment, struct tacho__family *family, tacho__ref ref)
{
    struct tacho__series *series = tacho__series_at(segment, ref);
    for (uint32_t i = 0; i < series_label_count(segment, family); i++) {
        tacho__ref symbol = series->labels[i];
        series->labels[i] = 0; /* first: should this process die, a symbol is lost rather than held by nobody */
        if (symbol) tacho__symbol_drop(segment, symbol);
    }
    tacho__store_release(&series->born, series_dead(0, family->free)); /* [S1] */
    family->free = ref;
}

static bool series_horizon(const struct tacho__segment *segment, uint32_t *horizon)
{
    return tacho__grace_horizon(segment->shared ? TACHO__GRACE_SHARED : TACHO__GRACE_PROCESS, horizon);
}

/* Move what readers have left from limbo to the free list. */
static void series_reclaim_before(struct tacho__segment *segment, struct tacho__family *family, uint32_t horizon)
{
    if (tacho__load_acquire(&family->pins) && /* [P1] covers the time as well */
        tacho__load_relaxed(&family->pinned_until) > tacho__clock_ns())
        return;
    while (family->limbo_first) {
        tacho__ref ref = family->limbo_first;
        uint64_t born = series_born(segment, ref);
        if (!tacho__grace_passed((uint32_t)(born >> 32) & 0x7fffffffu, horizon)) break;
        family->limbo_first = (tacho__ref)born;
        if (!family->limbo_first) family->limbo_last = 0;
        family->limbo_count--;
        series_set_free(segment, family, ref);
    }
}

static void series_reclaim(struct tacho__segment *segment, struct tacho__family *family)
{
    uint32_t horizon, before = family->limbo_count;
    if (!before) return;
    family->limbo_try = before + SERIES_BATCH;
    if (!series_horizon(segment, &horizon)) return;
    series_reclaim_before(segment, family, horizon);
    if (family->limbo_count < before) family->limbo_try = SERIES_BATCH;
}

/* The budget is spent, but label values are shared by all families: those that removed series of any hold may be free
 * by now. False: none are. */
static bool series_reclaim_all(struct tacho__segment *segment)
{
    uint32_t horizon, given_back = 0;
    bool asked = false;
    for (tacho__ref ref = 0; (ref = tacho__family_next(segment, ref));) {
        struct tacho__family *family = tacho__family_at(segment, ref);
        uint32_t before = family->limbo_count;
        if (!before) continue;
        if (!asked && !series_horizon(segment, &horizon)) return false;
        asked = true;
        series_reclaim_before(segment, family, horizon);
        given_back += before - family->limbo_count;
    }
    return given_back > 0;
}

static tacho__ref series_pop_free(struct tacho__segment *segment, struct tacho__family *family)
{
    tacho__ref ref = family->free;
    if (ref) family->free = (tacho__ref)series_born(segment, ref);
    return ref;
}

/* A slot that was never used, with cells. One that got none, because the budget is spent, is kept aside: among the
 * free ones it would stand in the way of those that have theirs. */
static tacho__ref series_new_slot(struct tacho__segment *segment, struct tacho__family *family)
{
    tacho__ref ref = family->bare ? family->bare : tacho__family_slot(segment, family);
    if (!ref) return 0;
    family->bare = ref;
    if (!tacho__cells_take(segment, family, tacho__series_at(segment, ref), TACHO__CELLS_STRIPED)) return 0;
    family->bare = 0;
    return ref;
}

static tacho__ref series_slot(struct tacho__segment *segment, struct tacho__family *family, bool *used)
{
    uint32_t enough = family->limbo_try ? family->limbo_try : SERIES_BATCH;
    if (!family->free && family->limbo_count >= enough) series_reclaim(segment, family);
    tacho__ref ref = series_pop_free(segment, family);
    *used = ref != 0;
    if (!ref) ref = series_new_slot(segment, family);
    if (!ref) {
        series_reclaim(segment, family);
        ref = series_pop_free(segment, family);
        *used = ref != 0;
    }
    return ref;
}

/* Relaxed: published with the series, [S1]. */
static void series_begin(const struct tacho__segment *segment, const struct tacho__family *family,
                         const struct tacho__series *series)
{
    if (tacho__family_meta(segment, family)->flags & TACHO_CREATED)
        tacho__store_relaxed(tacho__series_created(family, series), tacho__clock_unix_ms(segment->clock));
}

/* The same for one that others are reading: whether its beginning is known stays as it is, because a scrape may have
 * said how long that is. */
static void series_begin_again(const struct tacho__segment *segment, const struct tacho__family *family,
                               const struct tacho__series *series)
{
    if (!(tacho__family_meta(segment, family)->flags & TACHO_CREATED)) return;
    _Atomic uint64_t *created = tacho__series_created(family, series);
    uint64_t now_ms = tacho__clock_unix_ms(segment->clock);
    if (now_ms && tacho__load_relaxed(created)) tacho__store_relaxed(created, now_ms); /* [K1]; a time by itself */
}

/* Label values for a slot; what it has already it keeps. */
static bool series_fill(struct tacho__segment *segment, const struct tacho__family *family,
                        struct tacho__series *series, const struct tacho__query *query)
{
    const struct tacho__meta *meta = tacho__family_meta(segment, family);
    size_t line = meta->fixed_len;
    for (uint32_t i = 0; i < meta->label_count; i++) {
        if (!series->labels[i]) series->labels[i] = tacho__symbol_take(segment, query->values[i], query->lens[i]);
        if (!series->labels[i]) return false;
        line += tacho__symbol_at(segment, series->labels[i])->escaped_len;
    }
    tacho__segment_line(segment, line);
    series_begin(segment, family, series);
    series->hash = tacho__hash_finish(query->sum);
    return true;
}

tacho__ref tacho__series_create(struct tacho__segment *segment, struct tacho__family *family,
                                const struct tacho__query *query)
{
    struct tacho__segment_head *head = segment->head;
    if (tacho__load_relaxed(&family->live) >= family->max_series) return 0; /* [K1] */
    bool used;
    tacho__ref ref = series_slot(segment, family, &used);
    if (!ref) return 0;
    struct tacho__series *series = tacho__series_at(segment, ref);
    if (!series_fill(segment, family, series, query) &&
        !(series_reclaim_all(segment) && series_fill(segment, family, series, query))) {
        series_set_free(segment, family, ref);
        return 0;
    }
    if (used) tacho__cells_reset(segment, family, series);
    if (tacho__load_relaxed(&family->bucket_count)) tacho__index_insert(segment, family, ref); /* [K1] */
    uint64_t born = tacho__load_relaxed(&head->born) + 1; /* [K1] */
    tacho__extent_change(&family->extent, born);
    TACHO_EDGE(S1);
    tacho__store_release(&series->born, born); /* [S1] */
    TACHO_EDGE(B1);
    tacho__store_release(&head->born, born);   /* [B1] */
    TACHO_EDGE(S4);
    tacho__store_release(&family->live, tacho__load_relaxed(&family->live) + 1); /* [S4] */
    tacho__store_relaxed(&head->live, tacho__load_relaxed(&head->live) + 1);     /* [K1] */
    return ref;
}

void tacho__series_remove(struct tacho__segment *segment, struct tacho__family *family, tacho__ref ref)
{
    struct tacho__series *series = tacho__series_at(segment, ref);
    TACHO_EDGE(S1);
    tacho__store_release(&series->born, TACHO__DEAD); /* [S1] */
    tacho__extent_change(&family->extent, 0);
    if (tacho__load_relaxed(&family->bucket_count)) tacho__index_remove(segment, family, ref); /* [K1] */
    TACHO_EDGE(S1);
    tacho__store_release(&series->born, series_dead(tacho__grace_stamp(), 0)); /* [S1] */
    if (family->limbo_last) {
        struct tacho__series *last = tacho__series_at(segment, family->limbo_last);
        tacho__store_release(&last->born, series_born(segment, family->limbo_last) | ref); /* [S1] */
    } else {
        family->limbo_first = ref;
    }
    family->limbo_last = ref;
    family->limbo_count++;
    tacho__store_relaxed(&family->live, tacho__load_relaxed(&family->live) - 1);                   /* [K1] */
    tacho__store_relaxed(&segment->head->live, tacho__load_relaxed(&segment->head->live) - 1);     /* [K1] */
}

bool tacho__series_matches(const struct tacho__segment *segment, const struct tacho__series *series,
                           const struct tacho__query *query, uint32_t label_count)
{
    for (uint32_t i = 0; i < label_count; i++) {
        const struct tacho__symbol *symbol = tacho__symbol_at(segment, series->labels[i]);
        if (!query->values[i]) continue;
        if (symbol->len != query->lens[i] || memcmp(symbol->text, query->values[i], symbol->len) != 0) return false;
    }
    return true;
}

uint32_t tacho__closed_find(const struct tacho__segment *segment, const struct tacho__family *family, uint32_t label,
                            const char *value, size_t len)
{
    const uint32_t *set = tacho__segment_at(segment, family->closed[label]);
    for (uint32_t i = 0; i < set[0]; i++) {
        const struct tacho__symbol *symbol = tacho__symbol_at(segment, set[i + 1]);
        if (symbol->len == len && memcmp(symbol->text, value, len) == 0) return i;
    }
    return UINT32_MAX;
}

struct tacho__series *tacho__overflow_at(const struct tacho__segment *segment, const struct tacho__family *family,
                                         uint32_t index)
{
    return (struct tacho__series *)(void *)((char *)tacho__segment_at(segment, family->overflow) +
                                            (size_t)index * family->record_size);
}

/* The labels of overflow series number `index`: closed ones count through their values, open ones say "_other". */
static bool overflow_label(struct tacho__segment *segment, const struct tacho__family *family, uint32_t index,
                           struct tacho__series *series)
{
    const struct tacho__meta *meta = tacho__family_meta(segment, family);
    size_t line = meta->fixed_len;
    for (uint32_t i = meta->label_count; i-- > 0;) {
        const char *text = SERIES_OVERFLOW;
        size_t len = strlen(text);
        if (family->closed[i]) {
            const uint32_t *set = tacho__segment_at(segment, family->closed[i]);
            const struct tacho__symbol *symbol = tacho__symbol_at(segment, set[1 + index % set[0]]);
            index /= set[0];
            text = symbol->text;
            len = symbol->len;
        }
        series->labels[i] = tacho__symbol_take(segment, text, len);
        if (!series->labels[i]) return false;
        line += tacho__symbol_at(segment, series->labels[i])->escaped_len;
    }
    tacho__segment_line(segment, line);
    series_begin(segment, family, series);
    return true;
}

bool tacho__overflow_open(struct tacho__segment *segment, struct tacho__family *family)
{
    const struct tacho__meta *meta = tacho__family_meta(segment, family);
    uint32_t count = 1;
    if (meta->type != TACHO_COUNTER && !tacho__meta_has_sum(meta)) return true; /* a sum of unlike gauges says nothing */
    for (uint32_t i = 0; i < meta->label_count; i++)
        if (family->closed[i]) count *= *(uint32_t *)tacho__segment_at(segment, family->closed[i]);
    family->overflow = tacho__segment_take(segment, (size_t)count * family->record_size);
    if (!family->overflow) return false;
    for (uint32_t i = 0; i < count; i++) {
        struct tacho__series *series = tacho__overflow_at(segment, family, i);
        if (!overflow_label(segment, family, i, series) ||
            !tacho__cells_take(segment, family, series, TACHO__CELLS_SHARED)) /* cleared while others count: atomically */
            return false;
    }
    family->overflow_count = count;
    return true;
}

tacho__ref tacho__overflow_find(struct tacho__segment *segment, struct tacho__family *family,
                                const struct tacho__query *query)
{
    uint32_t index = 0;
    if (!family->overflow) return 0;
    for (uint32_t i = 0; i < series_label_count(segment, family); i++) {
        if (!family->closed[i]) continue;
        uint32_t place = tacho__closed_find(segment, family, i, query->values[i], query->lens[i]);
        if (place == UINT32_MAX) return 0;
        index = index * *(uint32_t *)tacho__segment_at(segment, family->closed[i]) + place;
    }
    struct tacho__series *series = tacho__overflow_at(segment, family, index);
    if (!tacho__load_relaxed(&series->born)) tacho__store_release(&series->born, 1); /* [S1] it was complete before */
    return tacho__segment_ref(segment, series);
}

bool tacho__overflow_is(const struct tacho__segment *segment, const struct tacho__family *family,
                        const struct tacho__query *query)
{
    if (!family->overflow) return false;
    for (uint32_t i = 0; i < series_label_count(segment, family); i++)
        if (!family->closed[i] && (query->lens[i] != strlen(SERIES_OVERFLOW) ||
                                   memcmp(query->values[i], SERIES_OVERFLOW, query->lens[i]) != 0))
            return false;
    return true;
}

void tacho__overflow_clear(struct tacho__segment *segment, struct tacho__family *family,
                           const struct tacho__query *query)
{
    for (uint32_t i = 0; i < family->overflow_count; i++) {
        struct tacho__series *series = tacho__overflow_at(segment, family, i);
        bool bound_elsewhere = !tacho__series_matches(segment, series, query, series_label_count(segment, family));
        if (bound_elsewhere) continue;
        tacho__store_release(&series->born, 0); /* [S1] */
        tacho__cells_reset(segment, family, series);
        series_begin_again(segment, family, series);
    }
}
