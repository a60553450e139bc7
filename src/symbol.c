/*
 * symbol.c - the table of label values.
 *
 * Chains of symbols in linear-hashed buckets. A process that dies in the middle of a change leaves the lists of free
 * blocks whole, at the cost of a block; the table itself is then made anew from what series hold (repair.c).
 */
#include "symbol.h"

#include <string.h>

#include "hash.h"
#include "pen.h"

static uint32_t symbol_hash(const struct tacho__segment *segment, const char *text, size_t len)
{
    return tacho__hash_finish(tacho__hash_value(text, len, TACHO_MAX_LABELS, segment->head->seed));
}

static size_t symbol_class(const struct tacho__symbol *symbol)
{
    return tacho__symbol_size(symbol->len, symbol->escaped_len) / TACHO__UNIT;
}

void tacho__symbol_write(struct tacho__symbol *symbol, const char *text, size_t len, size_t escaped_len)
{
    symbol->len = (uint16_t)len;
    symbol->escaped_len = (uint16_t)escaped_len;
    if (len) memcpy(symbol->text, text, len);
    if (escaped_len != len) (void)tacho__escape_label(symbol->text + len, text, len);
}

static _Atomic uint32_t *symbol_bucket(const struct tacho__segment *segment, uint32_t hash)
{
    struct tacho__segment_head *head = segment->head;
    return tacho__bucket(segment, head->symbol_buckets, tacho__bucket_of(hash, head->symbol_bucket_count));
}

/* One more bucket: what belongs there moves over. [K1] all of it under the lock. */
static void symbol_split(struct tacho__segment *segment)
{
    struct tacho__segment_head *head = segment->head;
    uint32_t count = head->symbol_bucket_count;
    if (!tacho__bucket_room(segment, head->symbol_buckets, count)) return;
    _Atomic uint32_t *from = tacho__bucket(segment, head->symbol_buckets, tacho__bucket_parent(count));
    _Atomic uint32_t *to = tacho__bucket(segment, head->symbol_buckets, count);
    head->symbol_bucket_count = count + 1;
    tacho__ref ref = tacho__load_relaxed(from), keep = 0, move = 0;
    while (ref) {
        struct tacho__symbol *symbol = tacho__symbol_at(segment, ref);
        tacho__ref next = symbol->next;
        bool moves = tacho__bucket_of(symbol_hash(segment, symbol->text, symbol->len), count + 1) == count;
        symbol->next = moves ? move : keep;
        *(moves ? &move : &keep) = ref;
        ref = next;
    }
    tacho__store_relaxed(to, move);
    tacho__store_relaxed(from, keep);
}

/* Lists of free blocks by size. One store each, so that a list is whole whenever a process dies. */
static void symbol_push(struct tacho__segment *segment, tacho__ref ref, size_t units)
{
    tacho__symbol_at(segment, ref)->next = tacho__load_relaxed(&segment->head->symbol_free[units]);
    tacho__store_release(&segment->head->symbol_free[units], ref); /* [K1] */
}

static tacho__ref symbol_pop(struct tacho__segment *segment, size_t units)
{
    tacho__ref ref = tacho__load_relaxed(&segment->head->symbol_free[units]); /* [K1] */
    if (ref) tacho__store_relaxed(&segment->head->symbol_free[units], tacho__symbol_at(segment, ref)->next);
    return ref;
}

static void symbol_free(struct tacho__segment *segment, tacho__ref ref)
{
    symbol_push(segment, ref, symbol_class(tacho__symbol_at(segment, ref)));
}

static void symbol_link(struct tacho__segment *segment, tacho__ref ref, uint32_t hash)
{
    struct tacho__segment_head *head = segment->head;
    if (++head->symbol_count > head->symbol_bucket_count) symbol_split(segment);
    _Atomic uint32_t *bucket = symbol_bucket(segment, hash);
    tacho__symbol_at(segment, ref)->next = tacho__load_relaxed(bucket);
    tacho__store_release(bucket, ref); /* [K1] complete, should this process die now */
}

/* A block of exactly this many units; when memory is spent, a larger free one, whose rest stays free. */
static tacho__ref symbol_block(struct tacho__segment *segment, size_t units)
{
    tacho__ref ref = symbol_pop(segment, units);
    if (!ref) ref = tacho__segment_take(segment, units * TACHO__UNIT);
    for (size_t larger = units + 2; !ref && larger < TACHO__SYMBOL_CLASSES; larger++) {
        ref = symbol_pop(segment, larger);
        if (ref) symbol_push(segment, ref + (tacho__ref)units, larger - units);
    }
    return ref;
}

static bool symbol_table_ready(struct tacho__segment *segment)
{
    struct tacho__segment_head *head = segment->head;
    if (head->symbol_bucket_count) return true;
    if (!tacho__bucket_room(segment, head->symbol_buckets, 0)) return false;
    head->symbol_bucket_count = TACHO__BUCKETS_FIRST;
    return true;
}

tacho__ref tacho__symbol_take(struct tacho__segment *segment, const char *text, size_t len)
{
    if (!symbol_table_ready(segment)) return 0;
    uint32_t hash = symbol_hash(segment, text, len);
    for (tacho__ref ref = tacho__load_relaxed(symbol_bucket(segment, hash)); ref;) {
        struct tacho__symbol *symbol = tacho__symbol_at(segment, ref);
        if (symbol->len == len && memcmp(symbol->text, text, len) == 0) {
            symbol->refs++;
            return ref;
        }
        ref = symbol->next;
    }
    size_t escaped_len = tacho__escape_label(NULL, text, len);
    tacho__ref ref = symbol_block(segment, tacho__symbol_size(len, escaped_len) / TACHO__UNIT);
    if (!ref) return 0;
    struct tacho__symbol *symbol = tacho__symbol_at(segment, ref);
    tacho__symbol_write(symbol, text, len, escaped_len);
    symbol->refs = 1;
    symbol_link(segment, ref, hash);
    return ref;
}

void tacho__symbol_drop(struct tacho__segment *segment, tacho__ref ref)
{
    struct tacho__symbol *symbol = tacho__symbol_at(segment, ref);
    if (--symbol->refs > 0) return;
    _Atomic uint32_t *bucket = symbol_bucket(segment, symbol_hash(segment, symbol->text, symbol->len));
    tacho__ref at = tacho__load_relaxed(bucket);
    if (at == ref) {
        tacho__store_release(bucket, symbol->next); /* [K1] */
    } else {
        while (at && tacho__symbol_at(segment, at)->next != ref) at = tacho__symbol_at(segment, at)->next;
        if (at) tacho__symbol_at(segment, at)->next = symbol->next;
    }
    segment->head->symbol_count--;
    symbol_free(segment, ref);
}

void tacho__symbol_clear(struct tacho__segment *segment)
{
    struct tacho__segment_head *head = segment->head;
    for (uint32_t i = 0; i < head->symbol_bucket_count; i++)
        tacho__store_relaxed(tacho__bucket(segment, head->symbol_buckets, i), 0); /* [K1] */
    head->symbol_count = 0;
}

void tacho__symbol_forget(struct tacho__segment *segment, tacho__ref ref)
{
    tacho__symbol_at(segment, ref)->refs = 0;
}

void tacho__symbol_hold(struct tacho__segment *segment, tacho__ref ref)
{
    struct tacho__symbol *symbol = tacho__symbol_at(segment, ref);
    if (symbol->refs++ == 0) symbol_link(segment, ref, symbol_hash(segment, symbol->text, symbol->len));
}
