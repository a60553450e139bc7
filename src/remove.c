/*
 * remove.c - taking series out: by handle, by label values, by partial match, all of them.
 */
#include <tacho/metric.h>

#include "alloc.h"
#include "cells.h"
#include "remove.h"

static struct tacho__family *remove_family(const struct tacho__vec *vec)
{
    return tacho__family_at(&vec->reg->segment, vec->family);
}

tacho_err tacho__remove_at(void *from, tacho_labels labels)
{
    struct tacho__vec *vec = from;
    struct tacho__query query = { .sum = 0 };
    char *scratch;
    if (!vec || !tacho__vec_query(vec, labels, TACHO__VEC_EXACT, &query)) return TACHO_ERR_ARG;
    if (!tacho__vec_repair(vec, &query, &scratch)) return TACHO_ERR_NOMEM;
    struct tacho__segment *segment = &vec->reg->segment;
    tacho_err err = TACHO_ERR_BUSY;
    if (tacho__segment_lock(segment, vec->reg->creation_wait_ns)) {
        tacho__ref ref = tacho__index_find(segment, remove_family(vec), &query);
        bool overflow = !ref && tacho__overflow_is(segment, remove_family(vec), &query);
        if (ref) tacho__series_remove(segment, remove_family(vec), ref);
        if (overflow) tacho__overflow_clear(segment, remove_family(vec), &query);
        tacho__lock_release(&segment->head->lock);
        err = ref || overflow ? TACHO_OK : TACHO_ERR_MISSING;
    }
    tacho__free(scratch);
    return err;
}

/* Whether the series is one to remove: by its label values, of a bound vector those that are bound, and its handle. */
static bool remove_wants(const struct tacho__vec *vec, const struct tacho__series *series, const void *handle,
                         const struct tacho__query *query)
{
    if (!tacho__series_live(tacho__load_relaxed(&series->born))) return false; /* under the lock */
    if (handle && tacho__cells_handle(&vec->reg->segment, series) != handle) return false;
    return tacho__series_matches(&vec->reg->segment, series, query, vec->label_count);
}

static size_t remove_from_chunk(struct tacho__vec *vec, struct tacho__chunk *chunk, const void *handle,
                                const struct tacho__query *query)
{
    struct tacho__segment *segment = &vec->reg->segment;
    struct tacho__family *family = remove_family(vec);
    size_t removed = 0;
    for (uint32_t i = 0; i < tacho__load_relaxed(&chunk->used); i++) { /* under the lock */
        struct tacho__series *series = tacho__chunk_slot(family, chunk, i);
        if (!remove_wants(vec, series, handle, query)) continue;
        tacho__series_remove(segment, family, tacho__segment_ref(segment, series));
        removed++;
    }
    return removed;
}

/* Walk the chunks and let go of the lock after each: whoever wants to create a series must not wait for all. */
static tacho_err remove_scan(struct tacho__vec *vec, const void *handle, const struct tacho__query *query,
                             size_t *removed)
{
    struct tacho__segment *segment = &vec->reg->segment;
    struct tacho__chunk *chunk = NULL;
    while ((chunk = tacho__chunk_next(segment, remove_family(vec), chunk))) {
        if (!tacho__segment_lock(segment, TACHO__SETUP_WAIT_NS)) return TACHO_ERR_BUSY;
        *removed += remove_from_chunk(vec, chunk, handle, query);
        tacho__lock_release(&segment->head->lock);
        if (handle && *removed) break;
    }
    return TACHO_OK;
}

tacho_err tacho__remove_handle(void *from, const void *handle)
{
    struct tacho__vec *vec = from;
    size_t removed = 0;
    if (!vec || !handle) return TACHO_ERR_ARG;
    tacho_err err = remove_scan(vec, handle, &vec->bound, &removed);
    return err || removed ? err : TACHO_ERR_MISSING;
}

size_t tacho__remove_matching(void *from, tacho_labels labels)
{
    struct tacho__vec *vec = from;
    struct tacho__query query = { .sum = 0 };
    char *scratch;
    size_t removed = 0;
    if (!vec || !tacho__vec_query(vec, labels, TACHO__VEC_WILDCARD, &query)) return 0;
    if (!tacho__vec_repair(vec, &query, &scratch)) return 0;
    (void)remove_scan(vec, NULL, &query, &removed);
    tacho__free(scratch);
    return removed;
}

tacho_err tacho__remove_all(void *from)
{
    struct tacho__vec *vec = from;
    size_t removed = 0;
    if (!vec) return TACHO_ERR_ARG;
    struct tacho__segment *segment = &vec->reg->segment;
    tacho_err err = remove_scan(vec, NULL, &vec->bound, &removed);
    if (!err && !tacho__segment_lock(segment, TACHO__SETUP_WAIT_NS)) err = TACHO_ERR_BUSY;
    if (err) return err;
    tacho__overflow_clear(segment, remove_family(vec), &vec->bound);
    tacho__lock_release(&segment->head->lock);
    return TACHO_OK;
}

tacho_err tacho_counter_remove(tacho_counter_vec *vec, tacho_counter *counter)
{
    return tacho__remove_handle(vec, counter);
}

tacho_err tacho_gauge_remove(tacho_gauge_vec *vec, tacho_gauge *gauge)
{
    return tacho__remove_handle(vec, gauge);
}

tacho_err tacho_histogram_remove(tacho_histogram_vec *vec, tacho_histogram *histogram)
{
    return tacho__remove_handle(vec, histogram);
}

tacho_err tacho_counter_remove_at(tacho_counter_vec *vec, tacho_labels labels)
{
    return tacho__remove_at(vec, labels);
}

tacho_err tacho_gauge_remove_at(tacho_gauge_vec *vec, tacho_labels labels)
{
    return tacho__remove_at(vec, labels);
}

tacho_err tacho_histogram_remove_at(tacho_histogram_vec *vec, tacho_labels labels)
{
    return tacho__remove_at(vec, labels);
}

size_t tacho_counter_remove_matching(tacho_counter_vec *vec, tacho_labels labels)
{
    return tacho__remove_matching(vec, labels);
}

size_t tacho_gauge_remove_matching(tacho_gauge_vec *vec, tacho_labels labels)
{
    return tacho__remove_matching(vec, labels);
}

size_t tacho_histogram_remove_matching(tacho_histogram_vec *vec, tacho_labels labels)
{
    return tacho__remove_matching(vec, labels);
}

tacho_err tacho_counter_clear(tacho_counter_vec *vec)
{
    return tacho__remove_all(vec);
}

tacho_err tacho_gauge_clear(tacho_gauge_vec *vec)
{
    return tacho__remove_all(vec);
}

tacho_err tacho_histogram_clear(tacho_histogram_vec *vec)
{
    return tacho__remove_all(vec);
}
