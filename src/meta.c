/*
 * meta.c - laying out a family's description in one block: measured in a first pass, written in a second.
 */
#include "meta.h"

#include <string.h>

#include "alloc.h"
#include "copy.h"
#include "num.h"

const double tacho_default_buckets[TACHO_DEFAULT_BUCKET_COUNT] = { 0.005, 0.01, 0.025, 0.05, 0.1, 0.25,
                                                                   0.5,   1,    2.5,   5,    10 };

/* Where the next byte goes; with no block it only counts. */
struct meta_pen {
    char *block;
    size_t at;
};

static void meta_put(struct meta_pen *pen, const char *text, size_t len)
{
    if (pen->block && len) memcpy(pen->block + pen->at, text, len);
    pen->at += len;
}

static void meta_puts(struct meta_pen *pen, const char *text)
{
    meta_put(pen, text, strlen(text));
}

static struct tacho__text meta_close(struct meta_pen *pen, size_t from)
{
    struct tacho__text text = { (uint32_t)from, (uint32_t)(pen->at - from) };
    meta_put(pen, "", 1);
    return text;
}

static struct tacho__text meta_text(struct meta_pen *pen, const char *text)
{
    size_t from = pen->at;
    if (text) meta_puts(pen, text);
    return meta_close(pen, from);
}

static void meta_align(struct meta_pen *pen)
{
    pen->at = (pen->at + 7) & ~(size_t)7;
}

static size_t meta_escape(char *out, const char *text, size_t len, bool quotes)
{
    size_t at = 0;
    for (size_t i = 0; i < len; i++) {
        char c = text[i];
        bool escaped = c == '\\' || c == '\n' || (quotes && c == '"');
        if (escaped) {
            if (out) out[at] = '\\';
            at++;
            if (c == '\n') c = 'n';
        }
        if (out) out[at] = c;
        at++;
    }
    return at;
}

size_t tacho__escape_label(char *out, const char *text, size_t len)
{
    return meta_escape(out, text, len, true);
}

size_t tacho__desc_bounds(const tacho_desc *desc, const double **bounds)
{
    *bounds = desc->buckets ? desc->buckets : tacho_default_buckets;
    size_t count = desc->buckets ? desc->bucket_count : TACHO_DEFAULT_BUCKET_COUNT;
    if (count > 0 && (*bounds)[count - 1] > 1.7976931348623157e308) count--;
    return count;
}

static void meta_put_labels(struct meta_pen *pen, struct tacho__meta *meta, const tacho_desc *desc)
{
    for (size_t i = 0; i < meta->label_count; i++) {
        meta->labels[i] = meta_text(pen, desc->labels[i]);
        size_t from = pen->at;
        meta_puts(pen, i == 0 ? desc->name : "\",");
        if (i == 0) meta_puts(pen, "{");
        meta_puts(pen, desc->labels[i]);
        meta_puts(pen, "=\"");
        meta->before[i] = meta_close(pen, from);
        meta->fixed_len += meta->before[i].len;
    }
}

static void meta_put_bounds(struct meta_pen *pen, struct tacho__meta *meta, const tacho_desc *desc)
{
    const double *bounds;
    char le[TACHO__NUM_MAX];
    meta->bound_count = (uint32_t)tacho__desc_bounds(desc, &bounds);
    meta_align(pen);
    meta->bounds = (uint32_t)pen->at;
    meta_put(pen, (const char *)bounds, meta->bound_count * sizeof *bounds);
    meta->les = (uint32_t)pen->at;
    pen->at += (meta->bound_count + 1) * sizeof(struct tacho__text);
    for (uint32_t i = 0; i <= meta->bound_count; i++) {
        size_t from = pen->at;
        if (i < meta->bound_count)
            meta_put(pen, le, (size_t)(tacho__num_write_bound(le, bounds[i] + 0.0) - le)); /* -0 becomes 0 */
        else
            meta_puts(pen, "+Inf");
        struct tacho__text text = meta_close(pen, from);
        if (pen->block) memcpy(pen->block + meta->les + i * sizeof text, &text, sizeof text);
    }
}

/* `meta` is filled alike in both passes; with a block, the texts go there as well. */
static size_t meta_write(char *block, struct tacho__meta *meta, const tacho_desc *desc)
{
    struct meta_pen pen = { block, sizeof *meta };
    meta->name = meta_text(&pen, desc->name);
    meta->help = meta_text(&pen, desc->help);
    size_t from = pen.at, help_len = strlen(desc->help);
    size_t escaped = meta_escape(block ? block + pen.at : NULL, desc->help, help_len, false);
    pen.at += escaped;
    meta->help_text = meta_close(&pen, from);
    meta->unit = meta_text(&pen, desc->unit);
    meta->fixed_len = 0;
    meta_put_labels(&pen, meta, desc);
    if (meta->type == TACHO_HISTOGRAM) meta_put_bounds(&pen, meta, desc);
    /* `name_bucket{` ... `,le="` bound `"} ` number LF, rounded up */
    meta->fixed_len += meta->name.len + 96;
    pen.at += TACHO__COPY_SLACK; /* for tacho__copy_loose of the last text */
    meta_align(&pen);
    return pen.at;
}

struct tacho__meta *tacho__meta_new(const tacho_desc *desc, tacho_type type)
{
    struct tacho__meta head = { .type = (uint8_t)type, .flags = (uint16_t)desc->flags };
    while (head.label_count < TACHO_MAX_LABELS && desc->labels[head.label_count]) head.label_count++;
    head.scale = desc->scale != 0 ? desc->scale : 1;
    double inverse = 1 / head.scale;
    if (head.scale < 1 && inverse < 1e18 && (double)(uint64_t)(inverse + 0.5) * head.scale == 1)
        head.divisor = (double)(uint64_t)(inverse + 0.5);
    size_t size = meta_write(NULL, &head, desc);
    if (size > UINT32_MAX) return NULL;
    head.size = (uint32_t)size;
    char *block = tacho__alloc(size);
    if (!block) return NULL;
    (void)meta_write(block, &head, desc);
    memcpy(block, &head, sizeof head);
    return (struct tacho__meta *)(void *)block;
}
