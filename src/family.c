/*
 * family.c - storing a family, and handing out its slots.
 */
#include "family.h"

#include <string.h>

#include "desc.h"
#include "symbol.h"

#define FAMILY_CHUNK_MIN 8u
#define FAMILY_CHUNK_MAX 128u

static bool family_close_label(struct tacho__segment *segment, struct tacho__family *family, size_t index,
                               const char *const *values)
{
    uint32_t count = 0;
    while (values[count]) count++;
    family->closed[index] = tacho__segment_take(segment, (count + 1) * sizeof(uint32_t));
    if (!family->closed[index]) return false;
    uint32_t *set = tacho__segment_at(segment, family->closed[index]);
    for (uint32_t i = 0; i < count; i++) {
        set[i + 1] = tacho__symbol_take(segment, values[i], strlen(values[i]));
        if (!set[i + 1]) return false;
        set[0] = i + 1;
    }
    return true;
}

tacho__ref tacho__family_new(struct tacho__segment *segment, const tacho_desc *desc, const struct tacho__meta *meta)
{
    tacho__ref ref = tacho__segment_take(segment, sizeof(struct tacho__family));
    tacho__ref text = ref ? tacho__segment_take(segment, meta->size) : 0;
    if (!text) return 0;
    struct tacho__family *family = tacho__family_at(segment, ref);
    memcpy(tacho__segment_at(segment, text), meta, meta->size);
    family->meta = text;
    family->row = (uint64_t)(uintptr_t)desc;
    family->record_size =
        (uint32_t)((offsetof(struct tacho__series, labels) + meta->label_count * sizeof(tacho__ref) + 7) & ~(size_t)7);
    if (meta->flags & TACHO_CREATED) family->record_size += (uint32_t)sizeof(uint64_t);
    family->cell_count = tacho__meta_has_sum(meta) ? meta->bound_count + 2 : 1;
    family->bound = !tacho__desc_is_vec(desc);
    family->max_series = tacho__desc_max_series(desc);
    for (size_t i = 0; i < meta->label_count; i++)
        if (desc->values[i] && !family_close_label(segment, family, i, desc->values[i])) return 0;
    return ref;
}

void tacho__family_publish(struct tacho__segment *segment, tacho__ref ref)
{
    struct tacho__segment_head *head = segment->head;
    struct tacho__family *family = tacho__family_at(segment, ref);
    uint64_t born = tacho__load_relaxed(&head->born) + 1; /* [K1] */
    family->order = ++head->order;
    tacho__store_relaxed(&family->born, born); /* [F1] below */
    tacho__segment_line(segment, tacho__meta_head_len(tacho__family_meta(segment, family)));
    TACHO_EDGE(F1);
    tacho__store_release(head->last_family ? &tacho__family_at(segment, head->last_family)->next
                                           : &head->first_family, ref); /* [F1] */
    head->last_family = ref;
    tacho__store_release(&head->born, born); /* [B1] */
}

static tacho__ref family_chunk(struct tacho__segment *segment, struct tacho__family *family)
{
    struct tacho__chunk *last = family->last_chunk ? tacho__segment_at(segment, family->last_chunk) : NULL;
    uint32_t count = last ? last->count * 2 : FAMILY_CHUNK_MIN;
    if (count > FAMILY_CHUNK_MAX) count = FAMILY_CHUNK_MAX;
    if (!last && count > family->max_series) count = family->max_series;
    tacho__ref ref = tacho__segment_take(segment, sizeof *last + (size_t)count * family->record_size);
    if (!ref) return 0;
    struct tacho__chunk *chunk = tacho__segment_at(segment, ref);
    chunk->count = count;
    TACHO_EDGE(C1);
    tacho__store_release(last ? &last->next : &family->first_chunk, ref); /* [C1] */
    family->last_chunk = ref;
    return ref;
}

tacho__ref tacho__family_slot(struct tacho__segment *segment, struct tacho__family *family)
{
    struct tacho__chunk *chunk = family->last_chunk ? tacho__segment_at(segment, family->last_chunk) : NULL;
    if (!chunk || tacho__load_relaxed(&chunk->used) == chunk->count) { /* [K1] */
        tacho__ref ref = family_chunk(segment, family);
        if (!ref) return 0;
        chunk = tacho__segment_at(segment, ref);
    }
    uint32_t used = tacho__load_relaxed(&chunk->used); /* [K1] */
    tacho__store_release(&chunk->used, used + 1); /* [C1] */
    return tacho__segment_ref(segment, tacho__chunk_slot(family, chunk, used));
}
