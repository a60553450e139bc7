/*
 * audit.c - goes through all that a registry's memory holds.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "annex.h"
#include "registry_internal.h"
#include "support/audit.h"
#include "support/stress.h"

/* What each unit of 8 bytes of the segment was seen as. */
enum { UNSEEN, SEEN };

struct audit {
    struct tacho__segment *segment;
    struct tacho__family *family;
    unsigned char *units;
    uint32_t *holds; /* by ref of the symbol */
    uint64_t seen;   /* bytes */
    bool ok;
};

#define AUDIT(audit, condition) \
    ((condition) ? true : ((audit)->ok = stress_say("audit: %s (line %d)", #condition, __LINE__)))

/* These bytes are in use for one thing only. */
static void audit_bytes(struct audit *audit, tacho__ref ref, size_t size)
{
    size = (size + TACHO__UNIT - 1) / TACHO__UNIT;
    uint64_t end = tacho__load_relaxed(&audit->segment->head->used) / TACHO__UNIT;
    if (!AUDIT(audit, ref != 0 && ref + size <= end)) return;
    for (size_t i = 0; i < size; i++) {
        if (!AUDIT(audit, audit->units[ref + i] == UNSEEN)) return;
        audit->units[ref + i] = SEEN;
    }
    audit->seen += size * TACHO__UNIT;
}

static void audit_levels(struct audit *audit, const tacho__ref *levels, size_t count)
{
    for (size_t level = 0; level < count; level++)
        if (levels[level])
            audit_bytes(audit, levels[level],
                        (level ? (size_t)8 << level : TACHO__BUCKETS_FIRST) * sizeof(uint32_t));
}

/* ---- Cells and slots ----------------------------------------------------------------------------------------- */

static void audit_cells(struct audit *audit, const struct tacho__series *series)
{
    const struct tacho__meta *meta = tacho__family_meta(audit->segment, audit->family);
    tacho__ref ref = series->cells & TACHO__CELLS_REF;
    if (!series->cells) return;
    if (!(series->cells & TACHO__HAS_HEAD)) {
        audit_bytes(audit, ref, sizeof(uint64_t));
        return;
    }
    const struct tacho_head *head = tacho__segment_at(audit->segment, ref);
    bool base = head->cell && meta->type == TACHO_COUNTER && !(meta->flags & TACHO_REAL);
    size_t cells = audit->family->cell_count * (base ? 2 : 1) * sizeof(uint64_t), annex = tacho__annex_size(meta);
    audit_bytes(audit, ref, sizeof *head + cells + annex);
    AUDIT(audit, annex ? (size_t)head->annex * TACHO__UNIT == sizeof *head + cells : head->annex == 0);
    if (!tacho__meta_is_histogram(meta)) return;
    AUDIT(audit, head->bound_count == meta->bound_count);
    AUDIT(audit, (const char *)head + (intptr_t)head->bounds * TACHO__UNIT == (const char *)tacho__meta_bounds(meta));
}

static void audit_holds(struct audit *audit, const struct tacho__series *series)
{
    for (uint32_t i = 0; i < tacho__family_meta(audit->segment, audit->family)->label_count; i++)
        if (series->labels[i]) audit->holds[series->labels[i]]++;
}

/* Walk a list of dead slots; every one once, and `last` at its end. Returns how many. */
static uint32_t audit_list(struct audit *audit, tacho__ref ref, tacho__ref last, uint32_t at_most)
{
    uint32_t count = 0;
    tacho__ref before = 0;
    for (; ref && count <= at_most; count++) {
        uint64_t born = tacho__load_relaxed(&tacho__series_at(audit->segment, ref)->born);
        AUDIT(audit, born & TACHO__DEAD);
        before = ref;
        ref = (tacho__ref)born;
    }
    AUDIT(audit, count <= at_most);
    AUDIT(audit, last == UINT32_MAX || before == last);
    return count;
}

static void audit_slots(struct audit *audit)
{
    struct tacho__family *family = audit->family;
    struct tacho__chunk *chunk = NULL;
    uint32_t live = 0, dead = 0;
    tacho__ref last = 0;
    while ((chunk = tacho__chunk_next(audit->segment, family, chunk))) {
        last = tacho__segment_ref(audit->segment, chunk);
        audit_bytes(audit, last, sizeof *chunk + (size_t)chunk->count * family->record_size);
        AUDIT(audit, tacho__load_relaxed(&chunk->used) <= chunk->count);
        for (uint32_t i = 0; i < tacho__load_relaxed(&chunk->used); i++) {
            struct tacho__series *series = tacho__chunk_slot(family, chunk, i);
            uint64_t born = tacho__load_relaxed(&series->born);
            if (born == 0 && !series->cells) continue; /* bare: it waits for cells */
            audit_cells(audit, series);
            audit_holds(audit, series);
            AUDIT(audit, born != 0);
            AUDIT(audit, (born & TACHO__DEAD) || born <= tacho__load_relaxed(&audit->segment->head->born));
            if (born & TACHO__DEAD) dead++;
            else live++;
        }
    }
    AUDIT(audit, family->last_chunk == last);
    AUDIT(audit, tacho__load_relaxed(&family->live) == live);
    uint32_t limbo = audit_list(audit, family->limbo_first, family->limbo_last, dead);
    AUDIT(audit, limbo == family->limbo_count);
    AUDIT(audit, limbo + audit_list(audit, family->free, UINT32_MAX, dead) == dead);
}

static void audit_overflow(struct audit *audit)
{
    struct tacho__family *family = audit->family;
    if (!family->overflow) return;
    AUDIT(audit, family->overflow_count > 0);
    audit_bytes(audit, family->overflow, (size_t)family->overflow_count * family->record_size);
    for (uint32_t i = 0; i < family->overflow_count; i++) {
        const struct tacho__series *series = (const struct tacho__series *)(const void *)(
            (const char *)tacho__segment_at(audit->segment, family->overflow) + (size_t)i * family->record_size);
        AUDIT(audit, series->cells != 0);
        audit_cells(audit, series);
        audit_holds(audit, series);
    }
}

/* ---- The index --------------------------------------------------------------------------------------------------- */

static uint32_t audit_reverse(uint32_t bits)
{
    uint32_t reversed = 0;
    for (int i = 0; i < 32; i++) reversed |= (bits >> i & 1) << (31 - i);
    return reversed;
}

/* From bucket 0 to the end: in order, every bucket once, every live series once and no dead one. */
static void audit_index(struct audit *audit)
{
    struct tacho__family *family = audit->family;
    uint32_t count = tacho__load_relaxed(&family->bucket_count), buckets = 1, series = 0, order = 0;
    if (!count) return;
    uint32_t link = tacho__load_relaxed(tacho__bucket(audit->segment, family->levels, 0));
    while (link != 0x7fffffffu && buckets <= count && series <= tacho__load_relaxed(&family->live)) {
        uint32_t at;
        if (link & 0x80000000u) {
            uint32_t bucket = link & 0x7fffffffu;
            if (!AUDIT(audit, bucket < count)) return;
            at = audit_reverse(bucket);
            buckets++;
            link = tacho__load_relaxed(tacho__bucket(audit->segment, family->levels, bucket));
        } else {
            const struct tacho__series *entry = tacho__series_at(audit->segment, link);
            AUDIT(audit, tacho__series_live(tacho__load_relaxed(&entry->born)));
            at = audit_reverse(entry->hash);
            series++;
            link = tacho__load_relaxed(&entry->next);
        }
        AUDIT(audit, at >= order);
        order = at;
    }
    AUDIT(audit, buckets == count);
    AUDIT(audit, series == tacho__load_relaxed(&family->live));
}

/* ---- Label values -------------------------------------------------------------------------------------------------- */

static void audit_symbols(struct audit *audit)
{
    struct tacho__segment_head *head = audit->segment->head;
    uint32_t symbols = 0;
    for (uint32_t i = 0; i < head->symbol_bucket_count; i++) {
        tacho__ref ref = tacho__load_relaxed(tacho__bucket(audit->segment, head->symbol_buckets, i));
        for (; ref; ref = tacho__symbol_at(audit->segment, ref)->next) {
            const struct tacho__symbol *symbol = tacho__symbol_at(audit->segment, ref);
            audit_bytes(audit, ref, tacho__symbol_size(symbol->len, symbol->escaped_len));
            AUDIT(audit, symbol->refs == audit->holds[ref]);
            if (!AUDIT(audit, symbol->refs > 0)) return;
            audit->holds[ref] = 0;
            symbols++;
        }
    }
    AUDIT(audit, symbols == head->symbol_count);
    uint64_t units = tacho__load_relaxed(&head->used) / TACHO__UNIT;
    for (uint64_t ref = 0; ref < units; ref++) AUDIT(audit, audit->holds[ref] == 0); /* held, but not in the table */
    for (size_t size = 0; size < TACHO__SYMBOL_CLASSES; size++)
        for (tacho__ref ref = tacho__load_relaxed(&head->symbol_free[size]); ref && audit->ok;
             ref = tacho__symbol_at(audit->segment, ref)->next)
            audit_bytes(audit, ref, size * TACHO__UNIT);
    audit_levels(audit, head->symbol_buckets, TACHO__BUCKET_LEVELS);
}

/* ---- All of it ---------------------------------------------------------------------------------------------------------- */

static void audit_family(struct audit *audit, tacho__ref ref)
{
    struct tacho__family *family = audit->family = tacho__family_at(audit->segment, ref);
    audit_bytes(audit, ref, sizeof *family);
    audit_bytes(audit, family->meta, tacho__family_meta(audit->segment, family)->size);
    for (size_t i = 0; i < TACHO_MAX_LABELS; i++) {
        if (!family->closed[i]) continue;
        const uint32_t *set = tacho__segment_at(audit->segment, family->closed[i]);
        audit_bytes(audit, family->closed[i], (set[0] + 1) * sizeof *set);
        for (uint32_t k = 0; k < set[0]; k++) audit->holds[set[k + 1]]++;
    }
    audit_levels(audit, family->levels, TACHO__BUCKET_LEVELS);
    audit_slots(audit);
    audit_overflow(audit);
    audit_index(audit);
    AUDIT(audit, tacho__load_relaxed(&family->next) || audit->segment->head->last_family == ref);
}

/* Bytes that are handed out to the segment itself: its head, the stripes, the rest of the last group of shared cells. */
static uint64_t audit_own(const struct tacho__segment_head *head)
{
    uint64_t own = (sizeof *head + 63) & ~(uint64_t)63;
    if (head->stripes) own = (uint64_t)head->stripes * TACHO__UNIT + (uint64_t)head->stride * head->cpus;
    return own + (head->shared_group ? 64 - head->shared_used : 0) * sizeof(uint64_t);
}

bool audit_registry(tacho_registry *reg, size_t *lost)
{
    struct audit audit = { .segment = &reg->segment, .ok = true };
    if (!tacho__segment_lock(audit.segment, TACHO__SETUP_WAIT_NS)) return stress_say("audit: the lock is taken");
    const struct tacho__segment_head *head = audit.segment->head;
    uint64_t used = tacho__load_relaxed(&head->used), live = 0;
    audit.units = calloc(used / TACHO__UNIT + 1, 1);
    audit.holds = calloc(used / TACHO__UNIT + 1, sizeof *audit.holds);
    if (audit.units && audit.holds) {
        for (tacho__ref ref = 0; (ref = tacho__family_next(audit.segment, ref));) {
            audit_family(&audit, ref);
            live += tacho__load_relaxed(&audit.family->live);
        }
        audit_symbols(&audit);
        AUDIT(&audit, tacho__load_relaxed(&head->live) == live);
        AUDIT(&audit, audit.seen + audit_own(head) <= used);
    } else {
        audit.ok = stress_say("audit: out of memory");
    }
    if (lost) *lost = used - audit.seen - audit_own(head);
    free(audit.units);
    free(audit.holds);
    tacho__lock_release(&audit.segment->head->lock);
    return audit.ok;
}
