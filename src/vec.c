/*
 * vec.c - from label values to a series: found without a lock, or repaired, checked and created with it.
 */
#include "vec.h"

#include <stdio.h>
#include <string.h>

#include "alloc.h"
#include "cells.h"
#include "hash.h"
#include "label.h"

struct tacho__vec *tacho__vec_new(void)
{
    return tacho__alloc(sizeof(struct tacho__vec));
}

static void vec_set_open(struct tacho__vec *vec, uint32_t index, uint32_t label)
{
    vec->open[index] = (uint8_t)label;
    vec->keys[index] = tacho__hash_key(label, vec->reg->segment.head->seed);
}

void tacho__vec_open(struct tacho__vec *vec, tacho_registry *reg, tacho__ref family)
{
    const struct tacho__family *in = tacho__family_at(&reg->segment, family);
    vec->reg = reg;
    vec->family = family;
    vec->start = tacho__hash_start(reg->segment.head->seed);
    vec->label_count = vec->open_count = tacho__family_meta(&reg->segment, in)->label_count;
    for (uint32_t i = 0; i < vec->label_count; i++) vec_set_open(vec, i, i);
    (void)pthread_mutex_lock(&reg->mutex);
    vec->next = reg->vecs;
    reg->vecs = vec;
    (void)pthread_mutex_unlock(&reg->mutex);
}

void tacho__vec_free(struct tacho__vec *vec)
{
    if (!vec) return;
    tacho__free(vec->texts);
    tacho__free(vec);
}

static struct tacho__family *vec_family(const struct tacho__vec *vec)
{
    return tacho__family_at(&vec->reg->segment, vec->family);
}

static void vec_misuse(struct tacho__vec *vec, enum tacho__mishap what, const char *rule)
{
    const struct tacho__meta *meta = tacho__family_meta(&vec->reg->segment, vec_family(vec));
    tacho__registry_misuse(vec->reg, what, tacho__meta_at(meta, meta->name), rule);
}

static TACHO_COLD void vec_misuse_count(struct tacho__vec *vec, const tacho_labels *labels)
{
    char rule[96];
    (void)snprintf(rule, sizeof rule, "wrong number of label values: %u expected, %zu given", vec->open_count, labels->count);
    vec_misuse(vec, TACHO__MISUSE_LABEL_COUNT, labels->count == vec->open_count ? "the label values are NULL" : rule);
}

bool tacho__vec_query(struct tacho__vec *vec, tacho_labels labels, enum tacho__vec_wildcard wildcard,
                      struct tacho__query *query)
{
    uint64_t seed = vec->reg->segment.head->seed;
    if (labels.count != vec->open_count || (labels.count && !labels.values)) {
        vec_misuse_count(vec, &labels);
        return false;
    }
    query->sum = vec->bound.sum;
    if (vec->open_count < vec->label_count) *query = vec->bound;
    for (uint32_t i = 0; i < vec->open_count; i++) {
        const char *value = labels.values[i];
        uint32_t label = vec->open[i];
        if (!value && (wildcard == TACHO__VEC_WILDCARD || !labels.lengths || labels.lengths[i] > 0)) {
            query->values[label] = NULL;
            if (wildcard == TACHO__VEC_WILDCARD) continue;
            vec_misuse(vec, TACHO__MISUSE_NULL_LABEL, "a label value is NULL");
            return false;
        }
        size_t len = labels.lengths ? labels.lengths[i] : strlen(value);
        query->values[label] = value ? value : "";
        query->lens[label] = len;
        /* An overlong value is in no table; hashing its beginning is enough to miss. */
        size_t hashed = len <= TACHO__LABEL_ROOM ? len : TACHO__LABEL_ROOM;
        query->sum += tacho__hash_value(query->values[label], hashed, label, seed);
    }
    return true;
}

bool tacho__vec_repair(struct tacho__vec *vec, struct tacho__query *query, char **scratch)
{
    struct tacho__segment *segment = &vec->reg->segment;
    char *at = *scratch = NULL;
    for (uint32_t i = 0; i < vec->label_count; i++) {
        if (!query->values[i] || tacho__label_valid(query->values[i], query->lens[i])) continue;
        if (!at && !(at = *scratch = tacho__alloc(vec->label_count * (size_t)TACHO__LABEL_ROOM))) return false;
        query->lens[i] = tacho__label_repair(segment, at, query->values[i], query->lens[i]);
        query->values[i] = at;
        at += TACHO__LABEL_ROOM;
    }
    if (!at) return true;
    query->sum = 0;
    for (uint32_t i = 0; i < vec->label_count; i++)
        if (query->values[i])
            query->sum += tacho__hash_value(query->values[i], query->lens[i], i, segment->head->seed);
    return true;
}

static bool vec_closed_allow(struct tacho__vec *vec, const struct tacho__query *query)
{
    const struct tacho__family *family = vec_family(vec);
    for (uint32_t i = 0; i < vec->label_count; i++) {
        if (!family->closed[i] || !query->values[i]) continue;
        if (tacho__closed_find(&vec->reg->segment, family, i, query->values[i], query->lens[i]) != UINT32_MAX) continue;
        vec_misuse(vec, TACHO__MISUSE_CLOSED_LABEL, "a label value is not in its label's list");
        return false;
    }
    return true;
}

/* Under the lock: make the series, or say that it must do without. */
static tacho__ref vec_create(struct tacho__vec *vec, const struct tacho__query *query)
{
    struct tacho__segment *segment = &vec->reg->segment;
    struct tacho__family *family = vec_family(vec);
    if (tacho__load_relaxed(&family->gone)) return 0; /* [K1] */
    tacho__ref ref = tacho__index_find(segment, family, query); /* again: I3 of index.c */
    return ref ? ref : tacho__series_create(segment, family, query);
}

static void *vec_handle(const struct tacho__vec *vec, tacho__ref ref)
{
    if (!ref) return NULL;
    return tacho__cells_handle(&vec->reg->segment, tacho__series_at(&vec->reg->segment, ref));
}

static bool vec_is_full(const struct tacho__vec *vec)
{
    const struct tacho__family *family = vec_family(vec);
    return tacho__load_acquire(&family->live) >= family->max_series; /* [S4] */
}

static void vec_rejected(struct tacho__vec *vec, bool busy)
{
    tacho__count(&vec_family(vec)->rejected, 1);
    if (busy)
        vec_misuse(vec, TACHO__CREATION_BUSY, "a new series could not be created in time");
    else if (vec_is_full(vec))
        vec_misuse(vec, TACHO__MISHAPS, "it has its max_series; give it more, or a label fewer values");
    else
        vec_misuse(vec, TACHO__MISHAPS, "the byte budget is spent: there is no room for a new series");
}

static struct tacho__found vec_find(const struct tacho__vec *vec, const struct tacho__query *query)
{
    struct tacho__found found = { .reader = tacho__grace_enter() };
    found.handle = vec_handle(vec, tacho__index_find(&vec->reg->segment, vec_family(vec), query));
    return found;
}

/* The series that has to do instead, if there is one. */
static struct tacho__found vec_overflow(struct tacho__vec *vec, const struct tacho__query *query, bool busy)
{
    vec_rejected(vec, busy); /* first: a listener may take its time, and a reader may not */
    struct tacho__found found = { .reader = tacho__grace_enter() };
    found.handle = vec_handle(vec, tacho__overflow_find(&vec->reg->segment, vec_family(vec), query));
    return found;
}

/* The index does not have it; we are not inside a reader. */
static TACHO_COLD struct tacho__found vec_miss(struct tacho__vec *vec, struct tacho__query *query)
{
    struct tacho__found found;
    struct tacho__segment *segment = &vec->reg->segment;
    if (tacho__overflow_is(segment, vec_family(vec), query)) {
        found.reader = tacho__grace_enter();
        found.handle = vec_handle(vec, tacho__overflow_find(segment, vec_family(vec), query));
        return found;
    }
    if (vec_is_full(vec)) { /* no lock for what cannot be; but the series that made it full may be this very one */
        found = vec_find(vec, query);
        if (found.handle) return found;
        tacho__grace_leave(found.reader);
        return vec_overflow(vec, query, false);
    }
    if (!tacho__segment_lock(segment, vec->reg->creation_wait_ns)) return vec_overflow(vec, query, true);
    tacho__ref ref = vec_create(vec, query);
    bool gone = tacho__load_relaxed(&vec_family(vec)->gone); /* under the lock */
    found.reader = tacho__grace_enter(); /* before the lock is left: from here on nobody reuses it */
    tacho__lock_release(&segment->head->lock);
    found.handle = vec_handle(vec, ref);
    if (ref || gone) return found; /* what is counted for a family that is gone is shown nowhere */
    tacho__grace_leave(found.reader);
    return vec_overflow(vec, query, false);
}

static TACHO_COLD struct tacho__found vec_enter_slowly(struct tacho__vec *vec, const tacho_labels *labels)
{
    struct tacho__found found = { NULL, TACHO__READER_NESTED };
    struct tacho__query query;
    char *scratch;
    if (!tacho__vec_query(vec, *labels, TACHO__VEC_EXACT, &query)) return found;
    if (!tacho__vec_repair(vec, &query, &scratch)) return vec_overflow(vec, &query, false);
    found = vec_find(vec, &query);
    if (!found.handle) {
        tacho__grace_leave(found.reader);
        found.reader = TACHO__READER_NESTED;
        if (vec_closed_allow(vec, &query)) found = vec_miss(vec, &query);
    }
    tacho__free(scratch);
    return found;
}

/* The handle for values that do not repair, or NULL. Inside a reader. */
static inline void *vec_probe(const struct tacho__vec *vec, const char *const *values, const size_t *lens, uint64_t sum)
{
    const struct tacho__segment *segment = &vec->reg->segment;
    const struct tacho__series *series =
        tacho__index_probe(segment, vec_family(vec), vec->label_count, values, lens, tacho__hash_finish(sum));
    return TACHO_LIKELY(series != NULL) ? tacho__cells_handle(segment, series) : NULL;
}

/* The same for a bound vector, whose own values stand among those given. */
static TACHO_NOINLINE void *vec_probe_bound(const struct tacho__vec *vec, const char *const *open,
                                            const size_t *open_lens, uint64_t sum)
{
    const char *values[TACHO_MAX_LABELS];
    size_t lens[TACHO_MAX_LABELS];
    memcpy(values, vec->bound.values, vec->label_count * sizeof *values);
    memcpy(lens, vec->bound.lens, vec->label_count * sizeof *lens);
    for (uint32_t i = 0; i < vec->open_count; i++) {
        values[vec->open[i]] = open[i];
        lens[vec->open[i]] = open_lens[i];
    }
    return vec_probe(vec, values, lens, sum);
}

/* Lengths of the open values, and the sum of all hashes; false: a value is NULL or too long. */
static inline bool vec_measure(const struct tacho__vec *vec, const tacho_labels *labels, size_t *lens, uint64_t *sum)
{
    const char *const *values = labels->values;
    const size_t *given = labels->lengths;
    for (uint32_t i = 0; i < vec->open_count; i++) {
        if (!values[i]) return false;
        size_t len = lens[i] = given ? given[i] : strlen(values[i]);
        if (TACHO_LIKELY(tacho__hash_is_medium(len))) {
            *sum += tacho__hash_medium(values[i], len, vec->keys[i], vec->start);
            continue;
        }
        if (len > TACHO_MAX_LABEL_BYTES) return false;
        *sum += tacho__hash_keyed(values[i], len, vec->keys[i], vec->start);
    }
    return true;
}

/* The way of every update of a series that exists: measure, hash, probe. Anything unusual goes slowly. */
struct tacho__found tacho__vec_enter(struct tacho__vec *vec, const tacho_labels *labels)
{
    size_t lens[TACHO_MAX_LABELS];
    if (!vec) return (struct tacho__found){ NULL, TACHO__READER_NESTED };
    uint64_t sum = vec->bound.sum;
    if (labels->count != vec->open_count || !labels->values || !vec_measure(vec, labels, lens, &sum))
        return vec_enter_slowly(vec, labels);
    bool open = vec->open_count == vec->label_count;
    tacho__reader reader = tacho__grace_enter();
    void *handle = TACHO_LIKELY(open) ? vec_probe(vec, labels->values, lens, sum)
                                      : vec_probe_bound(vec, labels->values, lens, sum);
    if (TACHO_LIKELY(handle != NULL)) return (struct tacho__found){ handle, reader };
    tacho__grace_leave(reader);
    return vec_enter_slowly(vec, labels);
}

void *tacho__vec_at(void *vec, tacho_labels labels, tacho_type type)
{
    struct tacho__found found = tacho__vec_enter(vec, &labels);
    tacho__vec_leave(found);
    return found.handle ? found.handle : tacho__void_handle(type);
}

/* Copy the bound values: the caller's are gone after the call. */
static bool vec_keep_texts(struct tacho__vec *vec, const struct tacho__query *query, uint32_t label_count)
{
    size_t size = 1;
    for (uint32_t i = 0; i < label_count; i++) size += query->values[i] ? query->lens[i] : 0;
    char *at = vec->texts = tacho__alloc(size);
    if (!at) return false;
    vec->bound = *query;
    for (uint32_t i = 0; i < label_count; i++) {
        if (!query->values[i]) continue;
        memcpy(at, query->values[i], query->lens[i]);
        vec->bound.values[i] = at;
        at += query->lens[i];
    }
    return true;
}

struct tacho__vec *tacho__vec_bind(struct tacho__vec *vec, tacho_labels values)
{
    struct tacho__query query = { .sum = 0 };
    char *scratch = NULL;
    struct tacho__vec *bound = NULL;
    if (!vec || !tacho__vec_query(vec, values, TACHO__VEC_WILDCARD, &query)) return NULL;
    if (!tacho__vec_repair(vec, &query, &scratch)) return NULL;
    if (vec_closed_allow(vec, &query)) bound = tacho__vec_new();
    if (bound && vec_keep_texts(bound, &query, vec->label_count)) {
        tacho__vec_open(bound, vec->reg, vec->family);
        bound->open_count = 0;
        for (uint32_t i = 0; i < bound->label_count; i++)
            if (!query.values[i]) vec_set_open(bound, bound->open_count++, i);
    } else {
        tacho__vec_free(bound);
        bound = NULL;
    }
    tacho__free(scratch);
    return bound;
}
