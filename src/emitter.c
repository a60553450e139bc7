/*
 * emitter.c - taking what a collector emits, as a transaction.
 *
 * The box grows on the heap and is charged to the registry's byte budget. A table of the label sets of the family
 * at hand finds those that come twice.
 */
#include "emit.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "alloc.h"
#include "cells.h"
#include "clock.h"
#include "desc.h"
#include "hash.h"
#include "label.h"
#include "pen.h"

struct tacho_emitter {
    tacho_registry *reg;
    struct tacho__plug *plug;
    struct tacho__box *box;
    const struct tacho__gather *gather;
    tacho_err err;                  /* the first, the family it came in, and the reason in words */
    const struct tacho__meta *failed;
    char why[TACHO__WHY_MAX];
    const tacho_desc *desc;         /* the family at hand */
    const struct tacho__meta *meta;
    size_t family_at;               /* its entry */
    uint32_t *seen;                 /* offsets of its entries in units, by hash; 0: none */
    uint32_t seen_cap, seen_count;
    bool *done;                     /* families that were begun */
    bool repaired;                  /* a label of the sample at hand was */
};

void tacho__emitter_fail(tacho_emitter *out, tacho_err err, const char *format, ...)
{
    va_list args;
    if (out->err) return;
    out->err = err;
    out->failed = out->meta;
    va_start(args, format);
    (void)vsnprintf(out->why, sizeof out->why, format, args);
    va_end(args);
}

static void emitter_no_memory(tacho_emitter *out)
{
    tacho__emitter_fail(out, TACHO_ERR_NOMEM, "out of memory, or the byte budget is spent");
}

static bool emitter_room(tacho_emitter *out, size_t size)
{
    struct tacho__box *box = out->box;
    if (box->len + size <= box->cap) return true;
    size_t cap = box->cap ? box->cap : 1024;
    while (cap < box->len + size) cap *= 2;
    if (!tacho__segment_charge(&out->reg->segment, cap - box->cap)) return false;
    char *grown = tacho__realloc(box->data, cap);
    if (!grown) {
        tacho__segment_discharge(&out->reg->segment, cap - box->cap);
        return false;
    }
    box->data = grown;
    box->cap = cap;
    return true;
}

static struct tacho__entry *emitter_entry(const struct tacho__box *box, size_t at)
{
    return (struct tacho__entry *)(void *)(box->data + at);
}

/* Room for the description of one more family. */
static bool emitter_meta_room(struct tacho__box *box)
{
    if (box->meta_count < box->meta_cap) return true;
    size_t cap = box->meta_cap ? 2 * box->meta_cap : 8;
    struct tacho__meta **grown = tacho__realloc(box->metas, cap * sizeof *grown);
    if (!grown) return false;
    box->metas = grown;
    box->meta_cap = cap;
    return true;
}

/* Check and describe a family that nobody announced. NULL: the run has failed. */
static const struct tacho__meta *emitter_describe(tacho_emitter *out, const tacho_desc *desc)
{
    struct tacho__box *box = out->box;
    struct tacho__clash clash;
    char why[TACHO__WHY_MAX], name[84], owner[84];
    if (!tacho__desc_check(desc, TACHO__DESC_EMITTED, &out->reg->house, why)) {
        tacho__emitter_fail(out, TACHO_ERR_DESC, "%s", why);
        return NULL;
    }
    struct tacho__meta *meta = emitter_meta_room(box) ? tacho__meta_new(desc, desc->type, &out->reg->house) : NULL;
    if (!meta) {
        emitter_no_memory(out);
        return NULL;
    }
    for (size_t i = 0; i < box->meta_count; i++) {
        if (!tacho__metas_clash(meta, box->metas[i], &clash)) continue;
        tacho__free(meta);
        tacho__emitter_fail(out, TACHO_ERR_DUPLICATE, "the name '%s' is taken by family '%s' of the same run",
                            tacho__printable(name, clash.name), tacho__printable(owner, clash.owner));
        return NULL;
    }
    return box->metas[box->meta_count++] = meta;
}

/* A family that was announced. NULL: the run has failed. */
static const struct tacho__meta *emitter_announced(tacho_emitter *out, const tacho_desc *desc)
{
    const struct tacho_collector_ops *ops = &out->plug->ops;
    char name[84];
    if (desc < ops->descs || desc >= ops->descs + ops->desc_count) {
        tacho__emitter_fail(out, TACHO_ERR_ORDER, "a family is begun whose row is not among those that the collector announced");
        return NULL;
    }
    size_t index = (size_t)(desc - ops->descs);
    if (out->done[index]) {
        tacho__emitter_fail(out, TACHO_ERR_ORDER, "family '%s' is begun a second time in one run",
                            tacho__printable(name, desc->name));
        return NULL;
    }
    out->done[index] = true;
    return out->plug->metas[index];
}

void tacho_emit_family(tacho_emitter *out, const tacho_desc *desc)
{
    if (!out || out->err) return;
    out->meta = NULL; /* an error from here on is not the last family's */
    if (!desc) tacho__emitter_fail(out, TACHO_ERR_ORDER, "tacho_emit_family is given no row");
    if (!desc) return;
    const struct tacho__meta *meta = out->plug->ops.desc_count ? emitter_announced(out, desc) : emitter_describe(out, desc);
    if (!meta) return;
    if (!emitter_room(out, sizeof(struct tacho__entry))) {
        emitter_no_memory(out);
        return;
    }
    struct tacho__box *box = out->box;
    *emitter_entry(box, box->len) =
        (struct tacho__entry){ .size = sizeof(struct tacho__entry), .kind = TACHO__ENTRY_FAMILY, .meta = meta };
    out->family_at = box->len;
    box->len += sizeof(struct tacho__entry);
    size_t head = tacho__meta_head_len(meta);
    if (head > box->line_max) box->line_max = head;
    if (meta->size > box->meta_max) box->meta_max = meta->size;
    if (meta->bound_count > box->bound_max) box->bound_max = meta->bound_count;
    out->desc = desc;
    out->meta = meta;
    if (out->seen_count) memset(out->seen, 0, out->seen_cap * sizeof *out->seen);
    out->seen_count = 0;
}

/* Append one label value as a symbol. */
static bool emitter_label(tacho_emitter *out, const char *value, size_t len, size_t *line)
{
    char repaired[TACHO__LABEL_ROOM];
    if (!tacho__label_valid(value, len)) {
        len = tacho__label_repair(&out->reg->segment, repaired, value, len);
        out->repaired = true;
        value = repaired;
    }
    size_t escaped = tacho__escape_label(NULL, value, len), size = tacho__symbol_size(len, escaped);
    if (!emitter_room(out, size)) {
        emitter_no_memory(out);
        return false;
    }
    char *at = out->box->data + out->box->len;
    memset(at, 0, size);
    tacho__symbol_write((struct tacho__symbol *)(void *)at, value, len, escaped);
    out->box->len += size;
    *line += escaped;
    return true;
}

static bool emitter_is_listed(const char *const *set, const char *value, size_t len)
{
    for (; *set; set++)
        if (strlen(*set) == len && memcmp(*set, value, len) == 0) return true;
    return false;
}

static bool emitter_label_fits(tacho_emitter *out, size_t index, const char *value, size_t len)
{
    const char *const *set = out->desc->values[index];
    char name[84];
    if (value && (!set || emitter_is_listed(set, value, len))) return true;
    tacho__emitter_fail(out, TACHO_ERR_ARG, value ? "the value of label '%s' is not among those its row lists"
                                                  : "the value of label '%s' is NULL",
                        tacho__printable(name, out->desc->labels[index]));
    return false;
}

static bool emitter_labels(tacho_emitter *out, tacho_labels labels)
{
    size_t line = out->meta->fixed_len;
    for (size_t i = 0; i < labels.count; i++) {
        const char *value = labels.values ? labels.values[i] : NULL;
        if (!value && labels.lengths && labels.lengths[i] == 0) value = ""; /* an empty slice may point nowhere */
        size_t len = !value ? 0 : labels.lengths ? labels.lengths[i] : strlen(value);
        if (!emitter_label_fits(out, i, value, len)) return false;
        if (!emitter_label(out, value, len, &line)) return false;
    }
    if (line > out->box->line_max) out->box->line_max = line;
    return true;
}

static void emitter_free_seen(tacho_emitter *out)
{
    tacho__segment_discharge(&out->reg->segment, out->seen_cap * sizeof *out->seen);
    tacho__free(out->seen);
}

static bool emitter_grow_seen(tacho_emitter *out)
{
    uint32_t cap = out->seen_cap ? out->seen_cap * 2 : 64;
    struct tacho__segment *segment = &out->reg->segment;
    if (!tacho__segment_charge(segment, cap * sizeof *out->seen)) return false;
    uint32_t *grown = tacho__alloc(cap * sizeof *grown);
    if (!grown) {
        tacho__segment_discharge(segment, cap * sizeof *out->seen);
        return false;
    }
    for (uint32_t i = 0; i < out->seen_cap; i++) {
        if (!out->seen[i]) continue;
        uint32_t at = emitter_entry(out->box, (size_t)out->seen[i] * TACHO__UNIT)->hash & (cap - 1);
        while (grown[at]) at = (at + 1) & (cap - 1);
        grown[at] = out->seen[i];
    }
    emitter_free_seen(out);
    out->seen = grown;
    out->seen_cap = cap;
    return true;
}

/* Remember the label set of the entry at `from`. An error if it was there before, unless repairing made the two alike:
 * then hostile text is to blame, not the collector, and the second one is left out. */
static tacho_err emitter_remember(tacho_emitter *out, size_t from)
{
    struct tacho__entry *entry = emitter_entry(out->box, from);
    const char *labels = (const char *)(entry + 1);
    entry->hash = tacho__hash_finish(tacho__hash_value(labels, entry->symbols, 0, out->reg->segment.head->seed));
    if (2 * out->seen_count >= out->seen_cap && !emitter_grow_seen(out)) return TACHO_ERR_NOMEM;
    uint32_t at = entry->hash & (out->seen_cap - 1);
    for (; out->seen[at]; at = (at + 1) & (out->seen_cap - 1)) {
        const struct tacho__entry *other = emitter_entry(out->box, (size_t)out->seen[at] * TACHO__UNIT);
        if (other->symbols != entry->symbols || memcmp(other + 1, labels, entry->symbols) != 0) continue;
        if (!other->repaired && !entry->repaired) return TACHO_ERR_DUPLICATE;
        out->box->len = from;
        return TACHO_OK;
    }
    out->seen[at] = (uint32_t)(from / TACHO__UNIT);
    out->seen_count++;
    return TACHO_OK;
}

/* Append a sample, `words` of numbers behind it, or room for as many where that is NULL. */
void tacho__emitter_sample(tacho_emitter *out, tacho_labels labels, tacho__number number, const uint64_t *words,
                           size_t word_count)
{
    struct tacho__entry entry = { .kind = TACHO__ENTRY_SAMPLE, .number = number };
    size_t from = out->box->len, words_size = word_count * sizeof *words;
    if (!emitter_room(out, sizeof entry)) {
        emitter_no_memory(out);
        return;
    }
    out->box->len += sizeof entry;
    out->repaired = false;
    if (!emitter_labels(out, labels)) return;
    entry.repaired = out->repaired;
    entry.symbols = (uint32_t)(out->box->len - from - sizeof entry);
    if (!emitter_room(out, words_size)) {
        emitter_no_memory(out);
        return;
    }
    if (words && words_size) memcpy(out->box->data + out->box->len, words, words_size);
    out->box->len += words_size;
    entry.size = (uint32_t)(out->box->len - from);
    entry.meta = out->meta;
    *emitter_entry(out->box, from) = entry;
    tacho_err err = emitter_remember(out, from);
    if (err == TACHO_ERR_NOMEM) emitter_no_memory(out);
    if (err == TACHO_ERR_DUPLICATE) tacho__emitter_fail(out, err, "a label set comes a second time");
}

/* ---- For what emits samples (emit.h) ---------------------------------------------------------------------------- */

const struct tacho__meta *tacho__emitter_family(tacho_emitter *out)
{
    if (!out || out->err) return NULL;
    if (!out->meta) tacho__emitter_fail(out, TACHO_ERR_ORDER, "a sample comes before any family");
    return out->meta;
}

bool tacho__emitter_expects(tacho_emitter *out, tacho_labels labels, const char *why)
{
    uint32_t want = out->meta->label_count;
    if (why)
        tacho__emitter_fail(out, TACHO_ERR_ARG, "%s", why);
    else if (labels.count != want)
        tacho__emitter_fail(out, TACHO_ERR_ARG, "%zu label values are given, its row has %u labels", labels.count, (unsigned)want);
    return !out->err;
}

uint64_t *tacho__emitter_native(tacho_emitter *out, tacho_labels labels, double sum, size_t word_count,
                                size_t native_size)
{
    size_t words = word_count + native_size / sizeof(uint64_t), from = out->box->len;
    tacho__emitter_sample(out, labels, (tacho__number){ .kind = TACHO__DOUBLE, .as.d = sum }, NULL, words);
    if (out->err || out->box->len == from) return NULL;
    if (native_size > out->box->native_max) out->box->native_max = native_size;
    return (uint64_t *)(void *)(out->box->data + out->box->len) - words;
}

/* ---- Runs ----------------------------------------------------------------------------------------------------- */

void tacho__entry_labels(const struct tacho__entry *entry, const struct tacho__symbol *labels[TACHO_MAX_LABELS])
{
    const char *at = (const char *)(entry + 1);
    for (uint32_t i = 0; i < entry->meta->label_count; i++) {
        labels[i] = (const struct tacho__symbol *)(const void *)at;
        at += tacho__symbol_size(labels[i]->len, labels[i]->escaped_len);
    }
}

static uint64_t emitter_left_ns(const tacho_emitter *out)
{
    uint64_t until = tacho__load_relaxed(&out->plug->until_ns), now = tacho__clock_ns();
    return until <= now || tacho__load_relaxed(&out->plug->stop) ? 0 : until - now;
}

int tacho_emitter_expired(const tacho_emitter *out)
{
    return !out || emitter_left_ns(out) == 0;
}

uint32_t tacho_emitter_left_ms(const tacho_emitter *out)
{
    uint64_t left = out ? (emitter_left_ns(out) + 999999) / 1000000 : 0;
    return left < UINT32_MAX ? (uint32_t)left : UINT32_MAX;
}

const struct tacho__gather *tacho__emitter_gather(const tacho_emitter *out)
{
    return out->gather;
}

/* Begin, or end, telling the listener something: who takes the collector out waits for that, and then hears no more. */
static bool emitter_may_tell(struct tacho__plug *plug, bool begins)
{
    (void)pthread_mutex_lock(&plug->reg->mutex);
    bool may = plug->telling = begins && !plug->removed;
    if (!begins) (void)pthread_cond_broadcast(&plug->ended);
    (void)pthread_mutex_unlock(&plug->reg->mutex);
    return may;
}

/* A run that shows nothing: the listener hears why. */
static void emitter_tell(tacho_emitter *out)
{
    char words[TACHO__WHY_MAX + 200], collector[84], family[84];
    (void)snprintf(words, sizeof words, "collector '%s'%s%s%s: %s", tacho__printable(collector, out->plug->name),
                   out->failed ? ", family '" : "",
                   out->failed ? tacho__printable(family, tacho__meta_at(out->failed, out->failed->name)) : "",
                   out->failed ? "'" : "", out->why);
    if (!emitter_may_tell(out->plug, true)) return;
    (void)tacho__registry_fail(out->reg, out->err, "%s", words);
    tacho__registry_misuse(out->reg, TACHO__MISHAPS, NULL, words);
    (void)emitter_may_tell(out->plug, false);
}

/* A box for a run that is about to begin. */
static struct tacho__box *emitter_box(struct tacho__plug *plug)
{
    struct tacho__box *box = tacho__alloc(sizeof *box);
    if (!box) return NULL;
    *box = (struct tacho__box){ .plug = plug, .refs = 1 };
    (void)pthread_mutex_lock(&plug->reg->mutex);
    box->run = plug->runs;
    box->era = plug->reg->era;
    plug->boxes++;
    plug->refs++;
    (void)pthread_mutex_unlock(&plug->reg->mutex);
    return box;
}

struct tacho__box *tacho__box_collect(struct tacho__plug *plug, const struct tacho__gather *gather, tacho_err *err)
{
    tacho_emitter out = { .reg = plug->reg, .plug = plug, .gather = gather };
    out.box = emitter_box(plug);
    out.done = tacho__alloc(plug->meta_count + 1);
    if (out.box && out.done) {
        tacho_err result = plug->ops.collect(plug->collector, &out);
        if (result) tacho__emitter_fail(&out, result, "%s", tacho_strerror(result));
    } else {
        emitter_no_memory(&out);
    }
    emitter_free_seen(&out);
    tacho__free(out.done);
    *err = out.err;
    if (!out.err) return out.box;
    emitter_tell(&out);
    tacho__box_drop(out.box);
    return NULL;
}

struct tacho__box *tacho__box_let_go(struct tacho__box *box)
{
    if (!box || --box->refs > 0) return NULL;
    struct tacho__plug *plug = box->plug;
    plug->boxes -= box->era == plug->reg->era;
    if (plug->newest == box) plug->newest = NULL;
    return box;
}

void tacho__box_free(struct tacho__box *box)
{
    if (!box) return;
    for (size_t i = 0; i < box->meta_count; i++) tacho__free(box->metas[i]);
    tacho__free(box->metas);
    tacho__segment_discharge(&box->plug->reg->segment, box->cap);
    tacho__free(box->data);
    tacho__plug_drop(box->plug);
    tacho__free(box);
}

void tacho__box_drop(struct tacho__box *box)
{
    if (!box) return;
    pthread_mutex_t *mutex = &box->plug->reg->mutex;
    (void)pthread_mutex_lock(mutex);
    box = tacho__box_let_go(box);
    (void)pthread_mutex_unlock(mutex);
    tacho__box_free(box);
}
