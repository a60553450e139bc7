/*
 * sized.c - families whose size is said before their samples: measured first, and then written as they were measured.
 *
 * What is measured is marked, a bit for each slot, charged to the byte budget. Between the two passes a marked series may be
 * removed; it is written all the same, with its last value, because the family is pinned: memory of its removed series is not
 * used again for a while. Who comes back later than that cannot go on, and says so. What a family of numbers without gaps took
 * is remembered (extent.h), and not measured again until a series comes or goes; not of a scrape with labels of its own, which
 * make each message longer, and some of the lengths in it.
 * Order: [S1] born of a series, [C1] used of a chunk, [P1] pins of a family: see family.h
 */
#include <string.h>

#include "alloc.h"
#include "clock.h"
#include "cursor.h"

#define SIZED_PIN_NS (UINT64_C(10) * 1000000000)

/* Room for so many bits. */
static bool sized_room(struct tacho__cursor *cursor, size_t bits)
{
    size_t cap = cursor->shown_cap ? cursor->shown_cap : 1024;
    if (bits <= cursor->shown_cap) return true;
    while (cap < bits) cap *= 2;
    if (!tacho__segment_charge(&cursor->reg->segment, (cap - cursor->shown_cap) / 8)) return false;
    unsigned char *grown = tacho__realloc(cursor->shown, cap / 8);
    if (!grown) {
        tacho__segment_discharge(&cursor->reg->segment, (cap - cursor->shown_cap) / 8);
        return false;
    }
    memset(grown + cursor->shown_cap / 8, 0, (cap - cursor->shown_cap) / 8);
    cursor->shown = grown;
    cursor->shown_cap = cap;
    return true;
}

/* What was measured of a family. */
struct sized_sum {
    size_t bytes, overflow;  /* of its slots, and of its overflow series */
    size_t slots, marked;    /* without overflow series */
};

/* One series: what it takes, if it is shown, is added to the sum. */
static tacho_err sized_measure(struct tacho__cursor *cursor, const struct tacho__series *series, const struct tacho__meta *meta,
                          const struct tacho__spelling *spelling, struct sized_sum *sum)
{
    size_t *bytes = cursor->in_overflow ? &sum->overflow : &sum->bytes;
    const struct tacho__symbol *labels[TACHO_MAX_LABELS];
    size_t bit = cursor->place - 1;
    sum->slots += !cursor->in_overflow;
    if (!tacho__cursor_shows(cursor, tacho__load_acquire(&series->born))) return TACHO_OK; /* [S1] */
    if (!tacho__cursor_labels(cursor, meta, series, labels)) return TACHO_ERR_BUSY;
    if (!sized_room(cursor, bit + 1)) return TACHO_ERR_NOMEM;
    cursor->shown[bit / 8] |= (unsigned char)(1u << bit % 8);
    sum->marked += !cursor->in_overflow;
    if (tacho__cursor_is_simple(cursor, meta)) {
        *bytes += cursor->writer->number_size(meta, spelling, labels);
        return TACHO_OK;
    }
    struct tacho__point point = { .meta = meta, .spelling = spelling, .labels = labels };
    if (meta->native.factor != 0) /* what is shown together is read together, the classic buckets first */
        tacho__read_series(&cursor->reading, tacho__cursor_family(cursor), series, &point);
    tacho__read_extras(&cursor->reading, tacho__cursor_family(cursor), series, &point);
    if (!tacho__keep_put(&cursor->keep, cursor->place, &cursor->reading, &point)) /* what does not fit is left out */
        tacho__mishap(&cursor->reg->segment, TACHO__SCRAPE_REDUCED);
    *bytes += cursor->writer->size(&point);
    return TACHO_OK;
}

/* The same for what is left of a chunk, of a family of numbers. */
static tacho_err sized_measure_chunk(struct tacho__cursor *cursor, const struct tacho__meta *meta,
                                const struct tacho__spelling *spelling, struct sized_sum *sum)
{
    const struct tacho__segment *segment = &cursor->reg->segment;
    const struct tacho__family *family = tacho__cursor_family(cursor);
    const struct tacho__symbol *labels[TACHO_MAX_LABELS];
    uint32_t used = tacho__load_acquire(&cursor->chunk->used); /* [C1] */
    if (!sized_room(cursor, cursor->place + (used - cursor->slot))) return TACHO_ERR_NOMEM;
    size_t bit = cursor->place, bytes = 0, marked = 0;
    for (uint32_t slot = cursor->slot; slot < used; slot++, bit++) {
        const struct tacho__series *series = tacho__chunk_slot(family, cursor->chunk, slot);
        if (!tacho__cursor_shows(cursor, tacho__load_acquire(&series->born))) continue; /* [S1] */
        for (uint32_t i = 0; i < meta->label_count; i++) labels[i] = tacho__symbol_at(segment, series->labels[i]);
        cursor->shown[bit / 8] |= (unsigned char)(1u << bit % 8);
        bytes += cursor->writer->number_size(meta, spelling, labels);
        marked++;
    }
    sum->bytes += bytes;
    sum->slots += used - cursor->slot;
    sum->marked += marked;
    cursor->place = bit;
    cursor->slot = used;
    return TACHO_OK;
}

/* Take over what an earlier scrape measured, and pass the slots over. */
static bool sized_recall(struct tacho__cursor *cursor, uint64_t key, struct sized_sum *sum)
{
    const struct tacho__family *family = tacho__cursor_family(cursor);
    uint64_t bytes;
    if (!tacho__extent_find(&family->extent, key, cursor->born, &bytes, &cursor->whole)) {
        cursor->whole = 0;
        return false;
    }
    sum->bytes = bytes;
    cursor->whole_from = family->overflow_count;
    cursor->in_overflow = true;
    return true;
}

/* Go through the family once. */
static tacho_err sized_measure_all(struct tacho__cursor *cursor, size_t *points)
{
    const struct tacho__meta *meta = cursor->meta;
    const struct tacho__spelling *spelling = tacho__meta_spelling(meta, cursor->scheme);
    struct tacho__extent *extent = &tacho__cursor_family(cursor)->extent;
    unsigned scheme = meta->spellings[0] == meta->spellings[cursor->scheme] ? 0 : (unsigned)cursor->scheme;
    bool simple = tacho__cursor_is_simple(cursor, meta);
    tacho_err err = TACHO_OK;
    uint64_t key = simple && !cursor->dress.count ? tacho__extent_key(extent, scheme) : 0;
    struct sized_sum sum = { 0 };
    const struct tacho__series *series;
    if (cursor->shown) memset(cursor->shown, 0, cursor->shown_cap / 8);
    tacho__keep_clear(&cursor->keep);
    bool known = sized_recall(cursor, key, &sum);
    while (!err && (series = tacho__cursor_next_slot(cursor))) {
        err = sized_measure(cursor, series, meta, spelling, &sum);
        if (!err && simple && !cursor->in_overflow) err = sized_measure_chunk(cursor, meta, spelling, &sum);
    }
    if (!err && !known && sum.marked == sum.slots) tacho__extent_keep(extent, key, sum.bytes, sum.slots);
    *points = sum.bytes + sum.overflow;
    tacho__cursor_rewind(cursor);
    tacho__keep_rewind(&cursor->keep);
    return err;
}

static void sized_pin(struct tacho__cursor *cursor)
{
    struct tacho__family *family = tacho__cursor_family(cursor);
    cursor->pinned_until = tacho__clock_ns() + SIZED_PIN_NS;
    uint64_t until = tacho__load_relaxed(&family->pinned_until);
    while (until < cursor->pinned_until && /* another cursor's may be later */
           !atomic_compare_exchange_weak_explicit(&family->pinned_until, &until, cursor->pinned_until, memory_order_relaxed,
                                                  memory_order_relaxed)) /* [P1] */
        continue;
    TACHO_EDGE(P1);
    if (!cursor->pins) (void)atomic_fetch_add_explicit(&family->pins, 1, memory_order_release); /* [P1] */
    cursor->pins = true;
}

void tacho__sized_unpin(struct tacho__cursor *cursor)
{
    if (!cursor->pins) return;
    cursor->pins = false;
    (void)atomic_fetch_sub_explicit(&tacho__cursor_family(cursor)->pins, 1, memory_order_release); /* [P1] after all reads */
}

bool tacho__cursor_resume(struct tacho__cursor *cursor)
{
    if (cursor->err) return false;
    if (!cursor->writer->size || !cursor->in_family || !cursor->native) return true;
    if (tacho__clock_ns() > cursor->pinned_until - SIZED_PIN_NS / 10)
        cursor->err = TACHO_ERR_BUSY;
    else
        sized_pin(cursor);
    return !cursor->err;
}

char *tacho__sized_begin(struct tacho__cursor *cursor, char *out)
{
    size_t points;
    const struct tacho__meta *meta = cursor->meta;
    cursor->err = sized_measure_all(cursor, &points);
    if (cursor->err) return out;
    if (points == 0) { /* a family without samples is left out */
        cursor->in_family = false;
        return out;
    }
    sized_pin(cursor);
    return cursor->writer->sized_family(out, meta, tacho__meta_spelling(meta, cursor->scheme), points);
}

char *tacho__sized_run(struct tacho__cursor *cursor, char *out, const char *end)
{
    const struct tacho__family *family = tacho__cursor_family(cursor);
    const struct tacho__meta *meta = cursor->meta;
    const struct tacho__spelling *spelling = tacho__meta_spelling(meta, cursor->scheme);
    const struct tacho__symbol *labels[TACHO_MAX_LABELS];
    uint32_t used = tacho__load_acquire(&cursor->chunk->used), slot = cursor->slot; /* [C1] */
    size_t bit = cursor->place;
    bool unscaled = tacho__meta_is_unscaled(meta);
    for (; slot < used && (size_t)(end - out) >= cursor->piece_max; slot++, bit++) {
        const struct tacho__series *series = tacho__chunk_slot(family, cursor->chunk, slot);
        if (!tacho__sized_is_marked(cursor, bit)) continue;
        if (!tacho__cursor_labels(cursor, meta, series, labels)) {
            cursor->err = TACHO_ERR_BUSY;
            break;
        }
        tacho__number number = unscaled ? tacho__read_unscaled(&cursor->reading, family, series)
                                        : tacho__read_number(&cursor->reading, family, meta, series);
        out = cursor->writer->number(out, meta, spelling, labels, number);
    }
    cursor->slot = slot;
    cursor->place = bit;
    return out;
}
