/*
 * define.c - binding tables of descriptors: checked, stored, connected to the caller's handles.
 *
 * Lock: a row is defined under the segment's lock, so that of two definitions of a name one is refused, whichever
 * process they come from.
 */
#include <string.h>

#include "alloc.h"
#include "cells.h"
#include "desc.h"
#include "hash.h"
#include "plug.h"
#include "vec.h"

bool tacho__registry_clash_defined(const tacho_registry *reg, const struct tacho__meta *meta,
                                   struct tacho__clash *clash)
{
    for (tacho__ref ref = 0; (ref = tacho__family_next(&reg->segment, ref));) {
        const struct tacho__family *family = tacho__family_at(&reg->segment, ref);
        if (tacho__load_relaxed(&family->gone)) continue; /* under the lock */
        if (tacho__metas_clash(meta, tacho__family_meta(&reg->segment, family), clash)) return true;
    }
    return false;
}

bool tacho__registry_clash(tacho_registry *reg, const struct tacho__meta *meta, struct tacho__clash *clash)
{
    bool clashes = tacho__registry_clash_defined(reg, meta, clash);
    (void)pthread_mutex_lock(&reg->mutex);
    for (const struct tacho__plug *plug = reg->plugs; plug && !clashes; plug = plug->next)
        for (size_t i = 0; i < plug->meta_count && !clashes; i++)
            clashes = tacho__metas_clash(meta, plug->metas[i], clash);
    (void)pthread_mutex_unlock(&reg->mutex);
    return clashes;
}

/* Element `index` of what a row binds. It is written only when it changes: the same rows may be defined again while other
 * threads count. */
static void define_set(const struct tacho__handle *handle, size_t index, const void *value)
{
    char *at = (char *)handle->slot + index * sizeof value;
    if (memcmp(at, &value, sizeof value) != 0) memcpy(at, &value, sizeof value);
}

static const void *define_get(const struct tacho__handle *handle, size_t index)
{
    const void *value;
    memcpy(&value, (const char *)handle->slot + index * sizeof value, sizeof value);
    return value;
}

/* What a sound row binds; an info without labels binds nothing. */
static bool define_handle(const tacho_desc *desc, struct tacho__handle *handle)
{
    size_t at = 0;
    return tacho__desc_handle(desc, &at, handle) && handle->vec == tacho__desc_is_vec(desc);
}

/* The family of this very row. The name as well as the address, because a plugin that was loaded later, here or in
 * another worker, may have its table where another one's was. Under the lock, or for a hint. */
static tacho__ref define_find(const tacho_registry *reg, const tacho_desc *desc)
{
    for (tacho__ref ref = 0; (ref = tacho__family_next(&reg->segment, ref));) {
        const struct tacho__family *family = tacho__family_at(&reg->segment, ref);
        const struct tacho__meta *meta = tacho__family_meta(&reg->segment, family);
        if (tacho__load_relaxed(&family->row) == (uint64_t)(uintptr_t)desc && !tacho__load_relaxed(&family->gone) &&
            desc->name && strcmp(tacho__meta_at(meta, meta->name), desc->name) == 0)
            return ref;
    }
    return 0;
}

/* Whether the handle is one that this registry gave: it may be left over from one that is gone. */
static bool define_is_ours(const tacho_registry *reg, const void *handle)
{
    return (uintptr_t)handle - (uintptr_t)reg->segment.head < reg->segment.head->size;
}

static bool define_is_our_vec(tacho_registry *reg, const void *handle)
{
    (void)pthread_mutex_lock(&reg->mutex);
    const struct tacho__vec *vec = reg->vecs;
    while (vec && vec != handle) vec = vec->next;
    (void)pthread_mutex_unlock(&reg->mutex);
    return vec != NULL;
}

/* A row that failed: handles that go nowhere, unless this registry gave better ones before; each of its own type, since
 * a faulty row may name several. Such a row cannot tell either how long an array is; the elements behind the first then
 * stay as they are, usually NULL. */
static void define_bind_nowhere(tacho_registry *reg, const tacho_desc *desc)
{
    char why[TACHO__WHY_MAX];
    bool sound = tacho__desc_check(desc, TACHO__DESC_BOUND, &reg->house, why) && !tacho__desc_is_vec(desc);
    bool known = define_find(reg, desc) != 0; /* else what is there is left over: memory of a registry that is gone may be ours */
    size_t count = sound ? tacho__desc_combinations(desc) : 1, at = 0;
    for (struct tacho__handle handle; tacho__desc_handle(desc, &at, &handle);) {
        for (size_t i = 0; i < (handle.vec ? 0 : count); i++)
            if (!known || !define_is_ours(reg, define_get(&handle, i))) define_set(&handle, i, tacho__void_handle(handle.type));
        if (handle.vec && !(known && define_is_our_vec(reg, define_get(&handle, 0)))) define_set(&handle, 0, NULL);
    }
}

static struct tacho__vec *define_known_vec(tacho_registry *reg, tacho__ref ref)
{
    (void)pthread_mutex_lock(&reg->mutex);
    struct tacho__vec *vec = reg->vecs;
    while (vec && (vec->family != ref || !vec->of_row)) vec = vec->next;
    (void)pthread_mutex_unlock(&reg->mutex);
    return vec;
}

/* Which element of the array a series of closed labels is: the last label counts fastest. */
static size_t define_combination(const struct tacho__segment *segment, const struct tacho__family *family,
                                 const struct tacho__series *series)
{
    size_t index = 0;
    for (uint32_t i = 0; i < tacho__family_meta(segment, family)->label_count; i++) {
        const uint32_t *set = tacho__segment_at(segment, family->closed[i]);
        uint32_t place = 0;
        while (place < set[0] && set[place + 1] != series->labels[i]) place++;
        index = index * set[0] + place;
    }
    return index;
}

static void define_bind_series(tacho_registry *reg, const struct tacho__handle *handle, struct tacho__family *family)
{
    struct tacho__chunk *chunk = NULL;
    while ((chunk = tacho__chunk_next(&reg->segment, family, chunk)))
        for (uint32_t i = 0; i < tacho__load_relaxed(&chunk->used); i++) { /* under the lock */
            struct tacho__series *series = tacho__chunk_slot(family, chunk, i);
            if (!tacho__series_live(tacho__load_relaxed(&series->born))) continue;
            define_set(handle, define_combination(&reg->segment, family, series),
                       tacho__cells_handle(&reg->segment, series));
        }
}

/* `vec` is a spare one that becomes the family's, if it has none yet in this process; its owner frees it otherwise. */
static void define_bind(tacho_registry *reg, const tacho_desc *desc, tacho__ref ref, struct tacho__vec **spare)
{
    struct tacho__family *family = tacho__family_at(&reg->segment, ref);
    struct tacho__handle handle;
    if (!define_handle(desc, &handle)) return;
    if (family->bound) {
        define_bind_series(reg, &handle, family);
        return;
    }
    struct tacho__vec *vec = define_known_vec(reg, ref);
    if (!vec) {
        vec = *spare;
        *spare = NULL;
        tacho__vec_open(vec, reg, ref);
        vec->of_row = true;
    }
    define_set(&handle, 0, vec);
}

/* All series of a family that has no open label. */
static bool define_series(tacho_registry *reg, struct tacho__family *family)
{
    struct tacho__segment *segment = &reg->segment;
    uint32_t label_count = tacho__family_meta(segment, family)->label_count;
    for (size_t combination = 0; combination < family->max_series; combination++) {
        struct tacho__query query = { .sum = 0 };
        size_t rest = combination;
        for (uint32_t i = label_count; i-- > 0;) {
            const uint32_t *set = tacho__segment_at(segment, family->closed[i]);
            const struct tacho__symbol *symbol = tacho__symbol_at(segment, set[1 + rest % set[0]]);
            query.values[i] = symbol->text;
            query.lens[i] = symbol->len;
            rest /= set[0];
        }
        if (!tacho__series_create(segment, family, &query)) return false;
    }
    return true;
}

static bool define_has_open_label(const struct tacho__family *family, const struct tacho__meta *meta)
{
    for (uint32_t i = 0; i < meta->label_count; i++)
        if (!family->closed[i]) return true;
    return false;
}

/* Whether the closed set of a label is this list of values, in this order; both may be absent. */
static bool define_same_set(const struct tacho__segment *segment, const struct tacho__family *family, uint32_t label,
                            const char *const *values)
{
    if (!values || !family->closed[label]) return !values == !family->closed[label];
    uint32_t count = 0;
    for (; values[count]; count++)
        if (tacho__closed_find(segment, family, label, values[count], strlen(values[count])) != count) return false;
    return *(uint32_t *)tacho__segment_at(segment, family->closed[label]) == count;
}

static bool define_same_shape(const tacho_registry *reg, const tacho_desc *desc, const struct tacho__family *family,
                              const struct tacho__meta *meta)
{
    const struct tacho__meta *old = tacho__family_meta(&reg->segment, family);
    if (family->bound != !tacho__desc_is_vec(desc)) return false;
    if (old->size != meta->size || memcmp(old, meta, meta->size) != 0) return false;
    for (uint32_t i = 0; i < meta->label_count; i++)
        if (!define_same_set(&reg->segment, family, i, desc->values[i])) return false;
    return true;
}

/* A family that was undefined and is described alike: its memory serves again. Under the lock. */
static tacho__ref define_find_gone(const tacho_registry *reg, const tacho_desc *desc, const struct tacho__meta *meta)
{
    for (tacho__ref ref = 0; (ref = tacho__family_next(&reg->segment, ref));) {
        const struct tacho__family *family = tacho__family_at(&reg->segment, ref);
        if (tacho__load_relaxed(&family->gone) && define_same_shape(reg, desc, family, meta)) return ref;
    }
    return 0;
}

static tacho_err define_no_memory(tacho_registry *reg, const tacho_desc *desc)
{
    char name[84];
    return tacho__registry_fail(reg, TACHO_ERR_NOMEM, "family '%s': out of memory, or the byte budget is spent",
                                tacho__printable(name, desc->name));
}

static void define_remove_all(tacho_registry *reg, struct tacho__family *family)
{
    struct tacho__chunk *chunk = NULL;
    while ((chunk = tacho__chunk_next(&reg->segment, family, chunk)))
        for (uint32_t i = 0; i < tacho__load_relaxed(&chunk->used); i++) { /* under the lock */
            struct tacho__series *series = tacho__chunk_slot(family, chunk, i);
            if (tacho__series_live(tacho__load_relaxed(&series->born)))
                tacho__series_remove(&reg->segment, family, tacho__segment_ref(&reg->segment, series));
        }
    tacho__overflow_clear(&reg->segment, family, &(struct tacho__query){ .sum = 0 });
}

static tacho_err define_revived(tacho_registry *reg, const tacho_desc *desc, tacho__ref ref, struct tacho__vec **spare)
{
    struct tacho__segment *segment = &reg->segment;
    struct tacho__family *family = tacho__family_at(segment, ref);
    family->max_series = tacho__desc_max_series(desc);
    define_remove_all(reg, family); /* of a revival that stopped half-way */
    if (family->bound && !define_series(reg, family)) {
        define_remove_all(reg, family);
        return define_no_memory(reg, desc);
    }
    uint64_t born = tacho__load_relaxed(&segment->head->born) + 1; /* under the lock */
    tacho__store_relaxed(&family->row, (uint64_t)(uintptr_t)desc);
    tacho__store_relaxed(&family->born, born);
    tacho__store_release(&family->gone, 0);        /* [F1] */
    tacho__store_release(&segment->head->born, born); /* [B1] */
    define_bind(reg, desc, ref, spare);
    return TACHO_OK;
}

static tacho_err define_new(tacho_registry *reg, const tacho_desc *desc, const struct tacho__meta *meta,
                            struct tacho__vec **spare)
{
    struct tacho__segment *segment = &reg->segment;
    tacho__ref ref = tacho__family_new(segment, desc, meta);
    if (!ref) return define_no_memory(reg, desc);
    struct tacho__family *family = tacho__family_at(segment, ref);
    bool ok = family->bound ? define_series(reg, family) : tacho__index_open(segment, family);
    if (ok && !family->bound && define_has_open_label(family, meta)) ok = tacho__overflow_open(segment, family);
    if (!ok) return define_no_memory(reg, desc);
    define_bind(reg, desc, ref, spare);
    tacho__family_publish(segment, ref);
    return TACHO_OK;
}

static tacho_err define_checked_row(tacho_registry *reg, const tacho_desc *desc, const struct tacho__meta *meta,
                                    struct tacho__vec **spare)
{
    struct tacho__clash clash;
    char name[84], other[84], owner[84];
    struct tacho__segment *segment = &reg->segment;
    tacho__ref known = define_find(reg, desc);
    if (known && define_same_shape(reg, desc, tacho__family_at(segment, known), meta)) {
        define_bind(reg, desc, known, spare);
        return TACHO_OK;
    }
    if (tacho__registry_clash(reg, meta, &clash))
        return tacho__registry_fail(reg, TACHO_ERR_DUPLICATE, "family '%s': the name '%s' is taken by family '%s'",
                                    tacho__printable(name, desc->name), tacho__printable(other, clash.name),
                                    tacho__printable(owner, clash.owner));
    tacho__ref gone = define_find_gone(reg, desc, meta);
    return gone ? define_revived(reg, desc, gone, spare) : define_new(reg, desc, meta, spare);
}

static tacho_err define_row(tacho_registry *reg, const tacho_desc *desc)
{
    char why[TACHO__WHY_MAX];
    if (!tacho__desc_check(desc, TACHO__DESC_BOUND, &reg->house, why)) return tacho__registry_fail(reg, TACHO_ERR_DESC, "%s", why);
    /* All that the heap has to give first: what the segment gives is never given back. */
    struct tacho__meta *meta = tacho__meta_new(desc, tacho__desc_type(desc), &reg->house);
    struct tacho__vec *spare = tacho__vec_new();
    tacho_err err = meta && spare ? define_checked_row(reg, desc, meta, &spare) : define_no_memory(reg, desc);
    tacho__vec_free(spare);
    tacho__free(meta);
    return err;
}

tacho_err tacho_registry_define(tacho_registry *reg, const tacho_desc *rows, size_t count)
{
    tacho_err first = TACHO_OK;
    const char *words = NULL;
    if (!reg || (count && !rows)) return tacho__registry_fail(reg, TACHO_ERR_ARG, "define: there are no rows");
    for (size_t i = 0; i < count; i++) {
        tacho_err err = TACHO_ERR_BUSY;
        if (tacho__segment_lock(&reg->segment, TACHO__SETUP_WAIT_NS)) {
            err = define_row(reg, &rows[i]);
            tacho__lock_release(&reg->segment.head->lock);
        } else {
            (void)tacho__registry_fail(reg, err, "define: the registry is in use for longer than 10 s");
        }
        if (err) define_bind_nowhere(reg, &rows[i]);
        if (!err || first) continue;
        first = err;
        words = tacho_registry_error(reg);
    }
    if (first) tacho__store_release(&reg->error, words); /* [E1] the first row's, see registry.c */
    return first;
}

tacho_err tacho_registry_undefine(tacho_registry *reg, const tacho_desc *rows, size_t count)
{
    tacho_err first = TACHO_OK;
    if (!reg || (count && !rows)) return TACHO_ERR_ARG;
    for (size_t i = 0; i < count; i++) {
        tacho_err err = TACHO_ERR_BUSY;
        if (tacho__segment_lock(&reg->segment, TACHO__SETUP_WAIT_NS)) {
            tacho__ref ref = define_find(reg, &rows[i]);
            if (ref) {
                tacho__store_release(&tacho__family_at(&reg->segment, ref)->gone, 1); /* [F1] */
                define_remove_all(reg, tacho__family_at(&reg->segment, ref));
            }
            tacho__lock_release(&reg->segment.head->lock);
            err = ref ? TACHO_OK : TACHO_ERR_MISSING;
        }
        if (err && !first) first = err;
    }
    return first;
}
