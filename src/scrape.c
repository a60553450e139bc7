/*
 * scrape.c - the cursor: an exposition in pieces of any size.
 *
 * The cursor goes through native families in the order of their definition, with the boxes of collectors between
 * them by the same order, and writes one piece at a time: what stands before a family, or a line. While the caller's
 * buffer surely has room for a piece it goes there directly, otherwise into `spill`, from where it is handed out
 * over as many calls as it takes. `spill` holds the longest line of anything born before the cursor, so nothing is
 * allocated on the way.
 *   I1  The cursor shows what has a creation number up to `born`, and is not dead when it gets there: a series that
 *       is removed and made anew meanwhile has a later number, and is not shown a second time.
 *   I2  Between two calls the cursor holds no pointer to anything that could be reused: a line that was begun is in
 *       `spill`, a histogram that was begun is in `histogram`, labels and numbers; chunks and families stay for ever.
 * Order: [S1] born of a series and [B1] of the segment, see family.h and segment.h.
 */
#include <tacho/expose.h>

#include <errno.h>
#include <string.h>

#include "alloc.h"
#include "cells.h"
#include "emitter.h"
#include "grace.h"

struct tacho_scrape {
    tacho_registry *reg;
    const struct tacho__writer *writer;
    uint64_t born;
    tacho__ref family;             /* the native family at hand; 0: before the first, or behind the last */
    struct tacho__chunk *chunk;    /* its chunk at hand; NULL: before the first */
    uint32_t slot;                 /* the next slot in it, or the next overflow series */
    bool in_overflow, families_done, done;
    struct tacho__box *boxes, *box; /* all of them; the one at hand */
    size_t box_at;
    struct tacho__histogram_view histogram; /* the one that is being written */
    uint32_t histogram_line;       /* its next line; histogram.meta NULL: none */
    uint64_t *cumulative;
    char *histogram_labels;
    char *spill;
    size_t spill_cap, spill_at, spill_len;
    struct tacho__touched *touched;
};

static uint32_t scrape_bound_max(const tacho_registry *reg, const struct tacho__box *box)
{
    uint32_t most = 0;
    for (; box; box = box->next)
        if (box->bound_max > most) most = box->bound_max;
    for (tacho__ref ref = 0; (ref = tacho__family_next(&reg->segment, ref));) {
        const struct tacho__meta *meta = tacho__family_meta(&reg->segment, tacho__family_at(&reg->segment, ref));
        if (meta->bound_count > most) most = meta->bound_count;
    }
    return most;
}

static bool scrape_allocate(tacho_scrape *scrape)
{
    const struct tacho__segment *segment = &scrape->reg->segment;
    scrape->spill_cap = tacho__load_relaxed(&segment->head->line_max); /* ordered by [B1] */
    for (const struct tacho__box *box = scrape->boxes; box; box = box->next)
        if (box->line_max > scrape->spill_cap) scrape->spill_cap = box->line_max;
    scrape->spill_cap += TACHO__COPY_SLACK;
    scrape->spill = tacho__alloc(scrape->spill_cap);
    scrape->histogram_labels = tacho__alloc(scrape->spill_cap);
    scrape->cumulative = tacho__alloc(((size_t)scrape_bound_max(scrape->reg, scrape->boxes) + 1) * sizeof(uint64_t));
    scrape->touched = tacho__alloc(tacho__touched_size(segment));
    return scrape->spill && scrape->histogram_labels && scrape->cumulative && scrape->touched;
}

static const struct tacho__writer *scrape_writer(tacho_format format)
{
    return format == TACHO_TEXT ? &tacho__text_writer : NULL;
}

const char *tacho_format_content_type(tacho_format format)
{
    const struct tacho__writer *writer = scrape_writer(format);
    return writer ? writer->content_type : tacho__text_writer.content_type;
}

tacho_scrape *tacho_scrape_new(tacho_registry *reg, tacho_format format)
{
    if (!reg || !scrape_writer(format)) return NULL;
    tacho_scrape *scrape = tacho__alloc(sizeof *scrape);
    if (!scrape) return NULL;
    scrape->reg = reg;
    scrape->writer = scrape_writer(format);
    scrape->born = tacho__load_acquire(&reg->segment.head->born); /* [B1] before collectors define more */
    scrape->boxes = scrape->box = tacho__collect(reg);
    if (!scrape_allocate(scrape)) {
        tacho_scrape_free(scrape);
        return NULL;
    }
    return scrape;
}

void tacho_scrape_free(tacho_scrape *scrape)
{
    if (!scrape) return;
    while (scrape->boxes) {
        struct tacho__box *box = scrape->boxes;
        scrape->boxes = box->next;
        tacho__box_free(scrape->reg, box);
    }
    tacho__free(scrape->spill);
    tacho__free(scrape->histogram_labels);
    tacho__free(scrape->cumulative);
    tacho__free(scrape->touched);
    tacho__free(scrape);
}

static struct tacho__family *scrape_family(const tacho_scrape *scrape)
{
    return tacho__family_at(&scrape->reg->segment, scrape->family);
}

static const struct tacho__meta *scrape_meta(const tacho_scrape *scrape)
{
    return tacho__family_meta(&scrape->reg->segment, scrape_family(scrape));
}

static bool scrape_shows(const tacho_scrape *scrape, uint64_t born)
{
    return born != 0 && born <= scrape->born; /* a dead one has the highest bit */
}

/* ---- One native series ------------------------------------------------------------------------------------ */

static void scrape_symbols(const tacho_scrape *scrape, const struct tacho__series *series, uint32_t count,
                           const struct tacho__symbol *labels[TACHO_MAX_LABELS])
{
    for (uint32_t i = 0; i < count; i++) labels[i] = tacho__symbol_at(&scrape->reg->segment, series->labels[i]);
}

/* A counter of whole numbers, shown as they are. */
static bool scrape_is_unscaled(const struct tacho__meta *meta)
{
    return meta->type == TACHO_COUNTER && !(meta->flags & TACHO_REAL) && meta->divisor == 0 && meta->scale == 1;
}

static tacho__number scrape_count(const struct tacho__meta *meta, uint64_t count)
{
    if (scrape_is_unscaled(meta)) return (tacho__number){ .kind = TACHO__UINT, .as.u = count };
    double scaled = meta->divisor != 0 ? (double)count / meta->divisor : (double)count * meta->scale;
    return (tacho__number){ .kind = TACHO__DOUBLE, .as.d = scaled };
}

static tacho__number scrape_number(tacho_scrape *scrape, const struct tacho__meta *meta,
                                   const struct tacho__series *series)
{
    const struct tacho__segment *segment = &scrape->reg->segment;
    bool whole = meta->type == TACHO_COUNTER && !(meta->flags & TACHO_REAL);
    _Atomic uint64_t *only = tacho__cells_only(segment, series);
    if (TACHO_LIKELY(only != NULL)) {
        uint64_t bits = tacho__load_relaxed(only); /* a sum or a last value, see cells.c */
        return whole ? scrape_count(meta, bits)
                     : (tacho__number){ .kind = TACHO__DOUBLE, .as.d = tacho__bits_double(bits) };
    }
    struct tacho__cells cells = tacho__cells_of(segment, scrape_family(scrape), series);
    if (whole) return scrape_count(meta, tacho__cells_u64(cells, 0, scrape->touched));
    if (!(meta->flags & TACHO_UPDOWN))
        return (tacho__number){ .kind = TACHO__DOUBLE, .as.d = tacho__cells_double(cells, 0, scrape->touched) };
    bool settled;
    double value = tacho__cells_settled(cells, scrape->touched, &settled);
    if (!settled) tacho__mishap(&scrape->reg->segment, TACHO__UNSETTLED_GAUGE);
    return (tacho__number){ .kind = TACHO__DOUBLE, .as.d = value };
}

static void scrape_begin_histogram(tacho_scrape *scrape, const struct tacho__meta *meta,
                                   const struct tacho__symbol *const *labels)
{
    scrape->histogram.meta = meta;
    scrape->histogram.labels = scrape->histogram_labels;
    scrape->histogram.labels_len =
        (size_t)(scrape->writer->labels(scrape->histogram_labels, meta, labels) - scrape->histogram_labels);
    scrape->histogram.cumulative = scrape->cumulative;
    scrape->histogram_line = 0;
}

/* All buckets in one go, the sum last: it then covers at least what was counted. */
static void scrape_read_histogram(tacho_scrape *scrape, const struct tacho__meta *meta, struct tacho__cells cells)
{
    uint64_t sum = 0;
    for (uint32_t i = 0; i <= meta->bound_count; i++) {
        sum += tacho__cells_u64(cells, i, scrape->touched);
        scrape->cumulative[i] = sum;
    }
    scrape->histogram.sum = tacho__cells_double(cells, meta->bound_count + 1, scrape->touched);
}

static char *scrape_histogram_line(tacho_scrape *scrape, char *out)
{
    out = scrape->writer->histogram(out, &scrape->histogram, scrape->histogram_line++);
    if (scrape->histogram_line == scrape->histogram.meta->bound_count + 3) scrape->histogram.meta = NULL;
    return out;
}

static char *scrape_series(tacho_scrape *scrape, char *out, const struct tacho__series *series)
{
    const struct tacho__meta *meta = scrape_meta(scrape);
    const struct tacho__symbol *labels[TACHO_MAX_LABELS];
    scrape_symbols(scrape, series, meta->label_count, labels);
    if (meta->type != TACHO_HISTOGRAM)
        return scrape->writer->number(out, meta, labels, scrape_number(scrape, meta, series));
    scrape_read_histogram(scrape, meta, tacho__cells_of(&scrape->reg->segment, scrape_family(scrape), series));
    scrape_begin_histogram(scrape, meta, labels);
    return scrape_histogram_line(scrape, out);
}

/* ---- Going on ---------------------------------------------------------------------------------------------- */

/* The next series of the family at hand that is to be shown; NULL: no more. Inside a reader. */
static const struct tacho__series *scrape_next_series(tacho_scrape *scrape)
{
    struct tacho__segment *segment = &scrape->reg->segment;
    struct tacho__family *family = scrape_family(scrape);
    while (!scrape->in_overflow) {
        uint32_t used = scrape->chunk ? tacho__load_acquire(&scrape->chunk->used) : 0; /* [C1] */
        while (scrape->slot < used) {
            const struct tacho__series *series = tacho__chunk_slot(family, scrape->chunk, scrape->slot++);
            if (scrape_shows(scrape, tacho__load_acquire(&series->born))) return series; /* [S1] */
        }
        struct tacho__chunk *next = tacho__chunk_next(segment, family, scrape->chunk);
        scrape->in_overflow = next == NULL;
        scrape->chunk = next ? next : scrape->chunk;
        scrape->slot = 0;
    }
    while (scrape->slot < family->overflow_count) {
        const struct tacho__series *series = tacho__overflow_at(segment, family, scrape->slot++);
        if (scrape_shows(scrape, tacho__load_acquire(&series->born))) return series; /* [S1] */
    }
    return NULL;
}

/* The order number of the next native family to be shown, which becomes `next`; UINT32_MAX: no more. */
static uint32_t scrape_next_family(tacho_scrape *scrape, tacho__ref *next)
{
    if (scrape->families_done) return UINT32_MAX;
    for (*next = scrape->family; (*next = tacho__family_next(&scrape->reg->segment, *next));) {
        const struct tacho__family *family = tacho__family_at(&scrape->reg->segment, *next);
        if (tacho__load_acquire(&family->gone)) continue; /* [F1] */
        if (scrape_shows(scrape, tacho__load_relaxed(&family->born))) return family->order; /* ordered by [F1] */
    }
    return UINT32_MAX;
}

/* The next entry of the box at hand. */
static char *scrape_entry(tacho_scrape *scrape, char *out)
{
    const struct tacho__entry *entry = (const struct tacho__entry *)(const void *)(scrape->box->data + scrape->box_at);
    const struct tacho__symbol *labels[TACHO_MAX_LABELS];
    scrape->box_at += entry->size;
    if (scrape->box_at == scrape->box->len) {
        scrape->box = scrape->box->next;
        scrape->box_at = 0;
    }
    if (entry->kind == TACHO__ENTRY_FAMILY) return scrape->writer->family(out, entry->meta);
    tacho__entry_labels(entry, labels);
    if (entry->kind == TACHO__ENTRY_NUMBER) return scrape->writer->number(out, entry->meta, labels, entry->number);
    uint64_t sum = 0;
    for (uint32_t i = 0; i <= entry->meta->bound_count; i++)
        scrape->cumulative[i] = sum += tacho__entry_counts(entry)[i];
    scrape->histogram.sum = entry->number.as.d;
    scrape_begin_histogram(scrape, entry->meta, labels);
    return scrape_histogram_line(scrape, out);
}

/* Begin whatever comes next in the order: a family, or a box. NULL: nothing does. */
static char *scrape_begin_next(tacho_scrape *scrape, char *out)
{
    tacho__ref next = 0;
    while (scrape->box && scrape->box->len == 0) scrape->box = scrape->box->next;
    uint32_t order = scrape_next_family(scrape, &next);
    if (scrape->box && scrape->box->plug->order < order) return scrape_entry(scrape, out);
    if (!next) {
        scrape->families_done = true;
        if (scrape->box) return scrape_entry(scrape, out);
        scrape->done = true;
        return NULL;
    }
    scrape->family = next;
    scrape->chunk = NULL;
    scrape->slot = 0;
    scrape->in_overflow = false;
    return scrape->writer->family(out, scrape_meta(scrape));
}

/* Write the next piece, or nothing at the end. Inside a reader. */
static char *scrape_piece(tacho_scrape *scrape, char *out)
{
    if (scrape->histogram.meta) return scrape_histogram_line(scrape, out);
    if (scrape->box && scrape->box_at > 0) return scrape_entry(scrape, out);
    bool inside = scrape->family && !scrape->families_done && !tacho__load_relaxed(&scrape_family(scrape)->gone);
    const struct tacho__series *series = inside ? scrape_next_series(scrape) : NULL; /* `gone` is a hint to stop */
    if (series) return scrape_series(scrape, out, series);
    char *end = scrape_begin_next(scrape, out);
    return end ? end : out;
}

/* The way of most lines: what is left of a chunk of counters or gauges, while there is surely room. Inside a reader. */
static char *scrape_rest_of_chunk(tacho_scrape *scrape, char *out, const char *end)
{
    const struct tacho__segment *segment = &scrape->reg->segment;
    const struct tacho__family *family = scrape_family(scrape);
    const struct tacho__meta *meta = scrape_meta(scrape);
    const struct tacho__symbol *labels[TACHO_MAX_LABELS];
    if (scrape->in_overflow || meta->type == TACHO_HISTOGRAM || tacho__load_relaxed(&family->gone)) return out;
    uint32_t used = tacho__load_acquire(&scrape->chunk->used), slot = scrape->slot; /* [C1] */
    bool unscaled = scrape_is_unscaled(meta);
    for (; slot < used && (size_t)(end - out) >= scrape->spill_cap; slot++) {
        const struct tacho__series *series = tacho__chunk_slot(family, scrape->chunk, slot);
        if (!scrape_shows(scrape, tacho__load_acquire(&series->born))) continue; /* [S1] */
        for (uint32_t i = 0; i < meta->label_count; i++) labels[i] = tacho__symbol_at(segment, series->labels[i]);
        _Atomic uint64_t *only = unscaled ? tacho__cells_only(segment, series) : NULL;
        tacho__number number = only ? (tacho__number){ .kind = TACHO__UINT, .as.u = tacho__load_relaxed(only) } /* a sum */
                                    : scrape_number(scrape, meta, series);
        out = scrape->writer->number(out, meta, labels, number);
    }
    scrape->slot = slot;
    return out;
}

/* The other lines of a histogram that was begun, while there is surely room. */
static char *scrape_rest_of_histogram(tacho_scrape *scrape, char *out, const char *end)
{
    while (scrape->histogram.meta && (size_t)(end - out) >= scrape->spill_cap) out = scrape_histogram_line(scrape, out);
    return out;
}

static size_t scrape_hand_out(tacho_scrape *scrape, char *buf, size_t len)
{
    size_t left = scrape->spill_len - scrape->spill_at, size = left < len ? left : len;
    memcpy(buf, scrape->spill + scrape->spill_at, size);
    scrape->spill_at += size;
    return size;
}

size_t tacho_scrape_read(tacho_scrape *scrape, void *buf, size_t len)
{
    if (!scrape || !buf || len == 0) return 0;
    char *out = buf;
    size_t done = scrape_hand_out(scrape, out, len);
    tacho__touched_fill(scrape->touched, &scrape->reg->segment);
    tacho__reader reader = tacho__grace_enter();
    while (done < len && !scrape->done) {
        if (len - done >= scrape->spill_cap) {
            char *at = scrape_rest_of_histogram(scrape, scrape_piece(scrape, out + done), out + len);
            if (scrape->chunk && !scrape->families_done && !(scrape->box && scrape->box_at > 0))
                at = scrape_rest_of_chunk(scrape, at, out + len);
            done = (size_t)(at - out);
            continue;
        }
        scrape->spill_at = 0;
        scrape->spill_len = (size_t)(scrape_piece(scrape, scrape->spill) - scrape->spill);
        done += scrape_hand_out(scrape, out + done, len - done);
    }
    tacho__grace_leave(reader);
    return done;
}

tacho_err tacho_expose(tacho_registry *reg, tacho_format format, tacho_sink *sink)
{
    char buf[8192];
    if (!reg || !sink || !sink->ops || !scrape_writer(format)) return TACHO_ERR_ARG;
    tacho_scrape *scrape = tacho_scrape_new(reg, format);
    if (!scrape) return TACHO_ERR_NOMEM;
    tacho_err err = TACHO_OK;
    for (size_t len; !err && (len = tacho_scrape_read(scrape, buf, sizeof buf)) > 0;)
        err = sink->ops->write(sink, buf, len);
    int cause = errno; /* the sink's */
    tacho_scrape_free(scrape);
    errno = cause;
    return err;
}
