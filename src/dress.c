/*
 * dress.c - a copy of a family's block, and behind it the texts that differ: those with the labels of a scrape, which stand
 * before all others.
 *
 *   I1  A family shows none of them that would meet a label of its own in any escaping scheme, so that each format and scheme
 *       shows the same ones.
 */
#include "dress.h"

#include <string.h>

#include "alloc.h"
#include "copy.h"
#include "pen.h"

/* Where the texts of one label are. */
struct tacho__dress_label {
    struct tacho__text names[TACHO__SCHEMES];
    struct tacho__text value;
    struct tacho__text text; /* `name="escaped value"` in the scheme of the scrape */
};

/* ---- The labels ----------------------------------------------------------------------------------------------- */

static size_t dress_write(struct tacho__dress *dress, const tacho_constant *constants)
{
    struct tacho__pen pen = { dress->texts, 0 };
    for (size_t i = 0; i < dress->count; i++) {
        struct tacho__dress_label *label = &dress->labels[i];
        for (int scheme = 0; scheme < TACHO__SCHEMES; scheme++) {
            struct tacho__spelled name;
            tacho__spelled_make(&name, constants[i].name, TACHO__NAME_LABEL, (enum tacho__scheme)scheme);
            label->names[scheme] = tacho__pen_bytes(&pen, name.text, name.len);
        }
        label->value = tacho__pen_text(&pen, constants[i].value);
        size_t from = pen.at;
        tacho__pen_put_label(&pen, &constants[i], dress->scheme);
        label->text = tacho__pen_close(&pen, from);
    }
    return pen.at;
}

bool tacho__dress_init(struct tacho__dress *dress, const tacho_constant *constants, enum tacho__scheme scheme)
{
    size_t count = 0;
    while (constants && constants[count].name) count++;
    if (count == 0) return true;
    dress->scheme = scheme;
    dress->labels = tacho__alloc(count * sizeof *dress->labels);
    if (!dress->labels) return false;
    dress->count = count;
    dress->len = dress_write(dress, constants);
    dress->texts = tacho__alloc(dress->len);
    if (!dress->texts) return false;
    (void)dress_write(dress, constants);
    return true;
}

void tacho__dress_fini(struct tacho__dress *dress)
{
    tacho__free(dress->labels);
    tacho__free(dress->texts);
    tacho__free(dress->block);
}

size_t tacho__dress_line(const struct tacho__dress *dress)
{
    size_t line = 0;
    for (size_t i = 0; i < dress->count; i++) line += dress->labels[i].text.len + 16; /* tags and lengths in protobuf */
    return line;
}

/* ---- A family -------------------------------------------------------------------------------------------------- */

bool tacho__dress_reserve(struct tacho__dress *dress, size_t meta_max)
{
    size_t label = 2 * sizeof(struct tacho__text) + 16; /* in two tables, and what stands between texts */
    size_t own = 2 * meta_max; /* its own texts a second time, the tables of its constants among them */
    if (dress->count == 0) return true;
    dress->block = tacho__alloc(own + sizeof(struct tacho__spelling) + dress->count * label + 4 * dress->len + 64);
    return dress->block != NULL;
}

static bool dress_is_same(const struct tacho__dress *dress, struct tacho__text name, const struct tacho__meta *meta,
                          struct tacho__text own)
{
    return name.len == own.len && memcmp(dress->texts + name.at, tacho__meta_at(meta, own), own.len) == 0;
}

/* Whether the family has a label that is written like this one in some scheme. */
static bool dress_meets(const struct tacho__dress *dress, const struct tacho__dress_label *label,
                        const struct tacho__meta *meta)
{
    for (int scheme = 0; scheme < TACHO__SCHEMES; scheme++) {
        const struct tacho__spelling *spelling = tacho__meta_spelling(meta, (enum tacho__scheme)scheme);
        const struct tacho__text *constants = tacho__meta_constant_names(meta, spelling), name = label->names[scheme];
        for (uint32_t i = 0; i < meta->constant_count; i++)
            if (dress_is_same(dress, name, meta, constants[i])) return true;
        for (uint32_t i = 0; i < meta->label_count; i++)
            if (dress_is_same(dress, name, meta, spelling->labels[i])) return true;
        if (meta->type == TACHO_STATESET && dress_is_same(dress, name, meta, spelling->name)) return true;
    }
    return false;
}

/* What a family wears. */
struct dress_fit {
    const struct tacho__dress *dress;
    const struct tacho__meta *meta;
    const struct tacho__dress_label *labels[TACHO__CONSTANTS_MAX];
    size_t count;
};

static void dress_put_own(struct tacho__pen *pen, const struct tacho__meta *meta, struct tacho__text text)
{
    tacho__pen_put(pen, tacho__meta_at(meta, text), text.len);
}

static struct tacho__text dress_put_copy(struct tacho__pen *pen, const struct dress_fit *fit, struct tacho__text text)
{
    size_t from = pen->at;
    tacho__pen_put(pen, fit->dress->texts + text.at, text.len);
    return tacho__pen_close(pen, from);
}

/* The two tables of constants: the new ones, and the family's own behind them. */
static void dress_put_tables(struct tacho__pen *pen, const struct dress_fit *fit, struct tacho__meta *out,
                             struct tacho__spelling *spelling)
{
    size_t size = sizeof(struct tacho__text), own = fit->meta->constant_count;
    const struct tacho__text *names = tacho__meta_constant_names(fit->meta, spelling);
    size_t names_at = pen->at, values_at = names_at + (fit->count + own) * size;
    pen->at = values_at + (fit->count + own) * size;
    for (size_t i = 0; i < fit->count; i++) {
        struct tacho__text name = dress_put_copy(pen, fit, fit->labels[i]->names[fit->dress->scheme]);
        struct tacho__text value = dress_put_copy(pen, fit, fit->labels[i]->value);
        memcpy(pen->out + names_at + i * size, &name, size);
        memcpy(pen->out + values_at + i * size, &value, size);
    }
    memcpy(pen->out + names_at + fit->count * size, names, own * size);
    memcpy(pen->out + values_at + fit->count * size, tacho__meta_constant_values(fit->meta), own * size);
    spelling->constant_names = (uint32_t)names_at;
    out->constant_values = (uint32_t)values_at;
    out->constant_count = (uint8_t)(fit->count + own);
}

/* `a="x",b="y"`, and the family's own behind them; not closed. */
static void dress_put_labels(struct tacho__pen *pen, const struct dress_fit *fit, struct tacho__text own)
{
    for (size_t i = 0; i < fit->count; i++) {
        if (i > 0) tacho__pen_puts(pen, ",");
        tacho__pen_put(pen, fit->dress->texts + fit->labels[i]->text.at, fit->labels[i]->text.len);
    }
    if (own.len) tacho__pen_puts(pen, ",");
    dress_put_own(pen, fit->meta, own);
}

/* The texts that samples begin with. */
static void dress_put_beginnings(struct tacho__pen *pen, const struct dress_fit *fit, struct tacho__spelling *spelling)
{
    const struct tacho__spelling was = *spelling;
    size_t from = pen->at;
    dress_put_labels(pen, fit, was.constants);
    spelling->constants = tacho__pen_close(pen, from);
    from = pen->at;
    dress_put_own(pen, fit->meta, was.open);
    dress_put_own(pen, fit->meta, was.mid);
    if (fit->meta->label_count == 0) {
        dress_put_labels(pen, fit, was.constants);
        tacho__pen_puts(pen, "} ");
        spelling->bare = tacho__pen_close(pen, from);
    } else {
        struct tacho__text rest = { was.before[0].at + was.labels_skip, was.before[0].len - was.labels_skip };
        dress_put_labels(pen, fit, rest);
        spelling->before[0] = tacho__pen_close(pen, from);
    }
}

const struct tacho__meta *tacho__dress_copy(struct tacho__dress *dress, const struct tacho__meta *meta)
{
    struct dress_fit fit = { .dress = dress, .meta = meta };
    for (size_t i = 0; i < dress->count; i++)
        if (!dress_meets(dress, &dress->labels[i], meta)) fit.labels[fit.count++] = &dress->labels[i];
    if (fit.count == 0) return meta;
    struct tacho__pen pen = { dress->block, meta->size };
    struct tacho__meta *out = (struct tacho__meta *)(void *)dress->block;
    struct tacho__spelling spelling = *tacho__meta_spelling(meta, dress->scheme);
    memcpy(out, meta, meta->size);
    for (int scheme = 0; scheme < TACHO__SCHEMES; scheme++) out->spellings[scheme] = (uint32_t)pen.at;
    size_t place = pen.at;
    pen.at += sizeof spelling;
    dress_put_tables(&pen, &fit, out, &spelling);
    dress_put_beginnings(&pen, &fit, &spelling);
    memcpy(dress->block + place, &spelling, sizeof spelling);
    out->size = (uint32_t)(pen.at + TACHO__COPY_SLACK);
    return out;
}
