/*
 * cursor.c - going through a registry piece by piece.
 *
 * The cursor goes through native families in the order of their definition, with the boxes of collectors between
 * them by the same order, and writes one piece at a time: what stands before a family, or a line.
 * Order: [S1] born of a series, [F1], [C1], [P1]: see family.h
 */
#include "cursor.h"

#include "alloc.h"
#include "clock.h"

#define CURSOR_LINE_MIN 64 /* room for what a format puts before and behind everything */

/* ---- Memory ------------------------------------------------------------------------------------------------ */

/* On to the next box that has anything in it. */
static void cursor_next_box(struct tacho__cursor *cursor)
{
    cursor->box = NULL;
    cursor->box_at = 0;
    cursor->in_box = false;
    while (cursor->item < cursor->gather->count && !cursor->box) {
        const struct tacho__box *box = cursor->gather->items[cursor->item++].box;
        if (box && box->len > 0) cursor->box = box;
    }
}

/* Room for the labels of the scrape in any description. */
static bool cursor_reserve_dress(struct tacho__cursor *cursor)
{
    const struct tacho__segment *segment = &cursor->reg->segment;
    size_t largest = 0;
    for (size_t i = 0; i < cursor->gather->count; i++) {
        const struct tacho__box *box = cursor->gather->items[i].box;
        if (box && box->meta_max > largest) largest = box->meta_max;
    }
    for (tacho__ref ref = 0; (ref = tacho__family_next(segment, ref));) {
        size_t size = tacho__family_meta(segment, tacho__family_at(segment, ref))->size;
        if (size > largest) largest = size;
    }
    return tacho__dress_reserve(&cursor->dress, largest);
}

static struct tacho__reading_size cursor_reading_size(const struct tacho__cursor *cursor)
{
    struct tacho__reading_size size = { 0 };
    const struct tacho__segment *segment = &cursor->reg->segment;
    for (size_t i = 0; i < cursor->gather->count; i++) {
        const struct tacho__box *box = cursor->gather->items[i].box;
        if (box && box->bound_max > size.bounds) size.bounds = box->bound_max;
    }
    for (tacho__ref ref = 0; (ref = tacho__family_next(segment, ref));)
        tacho__reading_grow(&size, tacho__family_meta(segment, tacho__family_at(segment, ref)));
    return size;
}

bool tacho__cursor_init(struct tacho__cursor *cursor)
{
    size_t line = tacho__load_relaxed(&cursor->reg->segment.head->line_max); /* ordered by [B1] */
    struct tacho__reading_size size = cursor_reading_size(cursor);
    size_t native = size.native;
    for (size_t i = 0; i < cursor->gather->count; i++) {
        const struct tacho__box *box = cursor->gather->items[i].box;
        if (box && box->line_max > line) line = box->line_max;
        if (box && box->native_max > native) native = box->native_max;
    }
    cursor_next_box(cursor);
    if (line < CURSOR_LINE_MIN) line = CURSOR_LINE_MIN;
    line += tacho__dress_line(&cursor->dress);
    cursor->piece_max = line * cursor->writer->expansion + TACHO__COPY_SLACK;
    cursor->native_max = cursor->piece_max + native * cursor->writer->native_expansion;
    cursor->labels = tacho__alloc(cursor->piece_max);
    cursor->keep.reg = cursor->reg;
    if (cursor->dress.count && !cursor_reserve_dress(cursor)) return false;
    return cursor->labels && tacho__reading_init(&cursor->reading, cursor->reg, size);
}

void tacho__cursor_fini(struct tacho__cursor *cursor)
{
    tacho__sized_unpin(cursor);
    tacho__reading_fini(&cursor->reading);
    tacho__keep_free(&cursor->keep);
    tacho__free(cursor->labels);
    tacho__dress_fini(&cursor->dress);
    if (cursor->shown) tacho__segment_discharge(&cursor->reg->segment, cursor->shown_cap / 8);
    tacho__free(cursor->shown);
}

/* ---- The slots of a family, chunk after chunk, the overflow series behind them -------------------------------
 * Their places are numbered the other way round, because slots may get more at any time and overflow series may not. */

void tacho__cursor_rewind(struct tacho__cursor *cursor)
{
    cursor->chunk = NULL;
    cursor->slot = 0;
    cursor->in_overflow = false;
    cursor->place = tacho__cursor_family(cursor)->overflow_count;
}

/* The next slot of the family at hand; NULL: no more. Inside a reader. */
const struct tacho__series *tacho__cursor_next_slot(struct tacho__cursor *cursor)
{
    struct tacho__segment *segment = &cursor->reg->segment;
    struct tacho__family *family = tacho__cursor_family(cursor);
    while (!cursor->in_overflow) {
        uint32_t used = cursor->chunk ? tacho__load_acquire(&cursor->chunk->used) : 0; /* [C1] */
        if (cursor->slot < used) {
            cursor->place++;
            return tacho__chunk_slot(family, cursor->chunk, cursor->slot++);
        }
        struct tacho__chunk *next = tacho__chunk_next(segment, family, cursor->chunk);
        cursor->in_overflow = next == NULL;
        cursor->chunk = next ? next : cursor->chunk;
        cursor->slot = 0;
    }
    if (cursor->slot == family->overflow_count) return NULL;
    cursor->place = cursor->slot + 1;
    return tacho__overflow_at(segment, family, cursor->slot++);
}

/* The next series of the family at hand that is to be shown; NULL: no more. Inside a reader. */
static const struct tacho__series *cursor_next_series(struct tacho__cursor *cursor)
{
    const struct tacho__series *series;
    while ((series = tacho__cursor_next_slot(cursor))) {
        if (cursor->writer->size ? tacho__sized_is_marked(cursor, cursor->place - 1)
                                 : tacho__cursor_shows(cursor, tacho__load_acquire(&series->born))) /* [S1] */
            return series;
    }
    return NULL;
}

/* ---- Points ------------------------------------------------------------------------------------------------ */

/* Begin to write the point that was read; its labels are copied, because the series may be gone before its last piece. */
static char *cursor_begin_point(struct tacho__cursor *cursor, char *out, const struct tacho__symbol *const *labels)
{
    const struct tacho__writer *writer = cursor->writer;
    struct tacho__point *point = &cursor->point;
    point->spelling = tacho__meta_spelling(point->meta, cursor->scheme);
    point->first = cursor->first;
    cursor->first = false;
    point->labels = NULL;
    point->label_text = cursor->labels;
    point->label_len = (size_t)(writer->labels(cursor->labels, point->meta, point->spelling, labels) - cursor->labels);
    cursor->piece = 0;
    cursor->pieces = writer->pieces(point);
    return writer->piece(out, point, cursor->piece++);
}

static char *cursor_series(struct tacho__cursor *cursor, char *out, const struct tacho__series *series)
{
    const struct tacho__symbol *labels[TACHO_MAX_LABELS];
    const struct tacho__meta *meta = cursor->meta;
    if (!tacho__cursor_labels(cursor, meta, series, labels)) {
        cursor->err = TACHO_ERR_BUSY;
        return out;
    }
    if (tacho__cursor_is_simple(cursor, meta))
        return cursor->writer->number(out, meta, tacho__meta_spelling(meta, cursor->scheme), labels,
                                      tacho__read_number(&cursor->reading, tacho__cursor_family(cursor), meta, series));
    cursor->point = (struct tacho__point){ .meta = meta };
    tacho__read_series(&cursor->reading, tacho__cursor_family(cursor), series, &cursor->point);
    tacho__read_extras(&cursor->reading, tacho__cursor_family(cursor), series, &cursor->point);
    if (cursor->writer->size) tacho__keep_take(&cursor->keep, cursor->place, &cursor->reading, &cursor->point);
    return cursor_begin_point(cursor, out, labels);
}

static char *cursor_write_family(struct tacho__cursor *cursor, char *out, const struct tacho__meta *meta,
                                 const struct tacho__spelling *spelling)
{
    bool first = !cursor->later_family;
    cursor->later_family = true;
    return cursor->writer->family(out, meta, spelling, first);
}

/* ---- Boxes ------------------------------------------------------------------------------------------------- */

static const struct tacho__entry *cursor_entry(const struct tacho__cursor *cursor)
{
    return (const struct tacho__entry *)(const void *)(cursor->box->data + cursor->box_at);
}

static void cursor_next_entry(struct tacho__cursor *cursor)
{
    cursor->box_at += cursor_entry(cursor)->size;
    if (cursor->box_at == cursor->box->len) cursor_next_box(cursor);
}

static void cursor_read_entry(struct tacho__cursor *cursor, const struct tacho__entry *entry,
                              const struct tacho__symbol *labels[TACHO_MAX_LABELS], struct tacho__point *point)
{
    tacho__entry_labels(entry, labels);
    *point = (struct tacho__point){ .meta = cursor->meta };
    tacho__read_entry(&cursor->reading, entry, point);
    point->spelling = tacho__meta_spelling(point->meta, cursor->scheme);
    point->labels = labels;
}

/* What the samples of the family take whose entry is at hand; they follow it. */
static size_t cursor_measure_entries(struct tacho__cursor *cursor)
{
    const struct tacho__symbol *labels[TACHO_MAX_LABELS];
    size_t points = 0, at = cursor->box_at + cursor_entry(cursor)->size;
    while (at < cursor->box->len) {
        const struct tacho__entry *entry = (const struct tacho__entry *)(const void *)(cursor->box->data + at);
        struct tacho__point point;
        if (entry->kind == TACHO__ENTRY_FAMILY) break;
        cursor_read_entry(cursor, entry, labels, &point);
        points += tacho__cursor_is_simple(cursor, point.meta)
                      ? cursor->writer->number_size(point.meta, point.spelling, labels)
                      : cursor->writer->size(&point);
        at += entry->size;
    }
    return points;
}

static char *cursor_begin_entry_family(struct tacho__cursor *cursor, char *out, const struct tacho__entry *entry)
{
    const struct tacho__meta *meta = cursor->meta = tacho__dress_meta(&cursor->dress, entry->meta);
    const struct tacho__spelling *spelling = tacho__meta_spelling(meta, cursor->scheme);
    cursor->first = cursor->in_family = true;
    cursor->native = false;
    if (!cursor->writer->size) return cursor_write_family(cursor, out, meta, spelling);
    size_t points = cursor_measure_entries(cursor);
    return points ? cursor->writer->sized_family(out, meta, spelling, points) : out;
}

static void cursor_skip_family(struct tacho__cursor *cursor)
{
    do
        cursor_next_entry(cursor);
    while (cursor->in_box && cursor_entry(cursor)->kind != TACHO__ENTRY_FAMILY);
}

/* The entry at hand, and on to the next. */
static char *cursor_write_entry(struct tacho__cursor *cursor, char *out)
{
    const struct tacho__entry *entry = cursor_entry(cursor);
    const struct tacho__symbol *labels[TACHO_MAX_LABELS];
    if (entry->kind == TACHO__ENTRY_FAMILY) {
        if (cursor->in_family && cursor->writer->family_end) { /* the end of the family before, in a piece of its own */
            cursor->in_family = false;
            return cursor->writer->family_end(out);
        }
        if (!tacho__filter_shows(&cursor->filter, entry->meta) || tacho__gather_drops(cursor->gather, entry->meta)) {
            cursor_skip_family(cursor);
            return out;
        }
        out = cursor_begin_entry_family(cursor, out, entry);
    } else {
        cursor_read_entry(cursor, entry, labels, &cursor->point);
        out = tacho__cursor_is_simple(cursor, cursor->meta)
                  ? cursor->writer->number(out, cursor->meta, cursor->point.spelling, labels, entry->number)
                  : cursor_begin_point(cursor, out, labels);
    }
    cursor_next_entry(cursor);
    return out;
}

/* ---- Going on ---------------------------------------------------------------------------------------------- */

/* The order number of the next native family to be shown, which becomes `next`; UINT32_MAX: no more. */
static uint32_t cursor_next_family(struct tacho__cursor *cursor, tacho__ref *next)
{
    if (cursor->families_done) return UINT32_MAX;
    for (*next = cursor->family; (*next = tacho__family_next(&cursor->reg->segment, *next));) {
        const struct tacho__family *family = tacho__family_at(&cursor->reg->segment, *next);
        if (tacho__load_acquire(&family->gone)) continue; /* [F1] */
        if (!tacho__cursor_shows(cursor, tacho__load_relaxed(&family->born))) continue; /* ordered by [F1] */
        if (tacho__filter_shows(&cursor->filter, tacho__family_meta(&cursor->reg->segment, family))) return family->order;
    }
    return UINT32_MAX;
}

static char *cursor_begin_family(struct tacho__cursor *cursor, char *out, tacho__ref ref)
{
    cursor->family = ref;
    cursor->meta = tacho__dress_meta(&cursor->dress, tacho__family_meta(&cursor->reg->segment, tacho__cursor_family(cursor)));
    cursor->first = cursor->in_family = cursor->native = true;
    tacho__cursor_rewind(cursor);
    if (cursor->writer->size) return tacho__sized_begin(cursor, out);
    return cursor_write_family(cursor, out, cursor->meta, tacho__meta_spelling(cursor->meta, cursor->scheme));
}

static char *cursor_end(struct tacho__cursor *cursor, char *out)
{
    cursor->done = true;
    return cursor->writer->end ? cursor->writer->end(out) : out;
}

/* Begin whatever comes next in the order: a family, or a box. */
static char *cursor_begin_next(struct tacho__cursor *cursor, char *out)
{
    tacho__ref next = 0;
    uint32_t order = cursor_next_family(cursor, &next);
    cursor->in_box = cursor->box && (cursor->box->plug->order < order || order == UINT32_MAX);
    if (cursor->in_box) return cursor_write_entry(cursor, out);
    if (order != UINT32_MAX) return cursor_begin_family(cursor, out, next);
    cursor->families_done = true;
    return cursor_end(cursor, out);
}

char *tacho__cursor_piece(struct tacho__cursor *cursor, char *out)
{
    if (!cursor->begun) {
        cursor->begun = true;
        if (cursor->writer->begin) return cursor->writer->begin(out);
    }
    if (cursor->piece < cursor->pieces) return cursor->writer->piece(out, &cursor->point, cursor->piece++);
    if (cursor->in_box) return cursor_write_entry(cursor, out);
    if (cursor->in_family && cursor->native) {
        const struct tacho__series *series = cursor_next_series(cursor);
        if (series) return cursor_series(cursor, out, series);
    }
    if (cursor->in_family) {
        cursor->in_family = false;
        tacho__sized_unpin(cursor);
        if (cursor->writer->family_end) return cursor->writer->family_end(out);
    }
    return cursor_begin_next(cursor, out);
}

/* What is left of a chunk of numbers. */
static char *cursor_run_numbers(struct tacho__cursor *cursor, char *out, const char *end)
{
    const struct tacho__segment *segment = &cursor->reg->segment;
    const struct tacho__family *family = tacho__cursor_family(cursor);
    const struct tacho__meta *meta = cursor->meta;
    const struct tacho__spelling *spelling = tacho__meta_spelling(meta, cursor->scheme);
    const struct tacho__symbol *labels[TACHO_MAX_LABELS];
    uint32_t used = tacho__load_acquire(&cursor->chunk->used), slot = cursor->slot; /* [C1] */
    bool unscaled = tacho__meta_is_unscaled(meta);
    for (; slot < used && (size_t)(end - out) >= cursor->piece_max; slot++) {
        const struct tacho__series *series = tacho__chunk_slot(family, cursor->chunk, slot);
        if (!tacho__cursor_shows(cursor, tacho__load_acquire(&series->born))) continue; /* [S1] */
        for (uint32_t i = 0; i < meta->label_count; i++) labels[i] = tacho__symbol_at(segment, series->labels[i]);
        tacho__number number = unscaled ? tacho__read_unscaled(&cursor->reading, family, series)
                                        : tacho__read_number(&cursor->reading, family, meta, series);
        out = cursor->writer->number(out, meta, spelling, labels, number);
    }
    cursor->place += slot - cursor->slot;
    cursor->slot = slot;
    return out;
}

char *tacho__cursor_run(struct tacho__cursor *cursor, char *out, const char *end)
{
    while (cursor->piece < cursor->pieces && (size_t)(end - out) >= tacho__cursor_need(cursor))
        out = cursor->writer->piece(out, &cursor->point, cursor->piece++);
    bool inside = cursor->in_family && cursor->native && cursor->chunk && !cursor->in_overflow;
    if (cursor->piece < cursor->pieces || !inside || cursor->err) return out;
    if (!tacho__cursor_is_simple(cursor, cursor->meta)) return out;
    return cursor->writer->size ? tacho__sized_run(cursor, out, end) : cursor_run_numbers(cursor, out, end);
}
