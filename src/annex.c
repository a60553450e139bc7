/*
 * annex.c - laying out what a series keeps beside its cells.
 */
#include "annex.h"

#define ANNEX_SLICES 5
#define ANNEX_QUANTILE_SECONDS 600
#define ANNEX_EXTREME_SECONDS 120

/* A family's window with its defaults. */
static tacho_window annex_window(const struct tacho__meta *meta)
{
    double seconds = meta->type == TACHO_SUMMARY ? ANNEX_QUANTILE_SECONDS : ANNEX_EXTREME_SECONDS;
    return (tacho_window){ .seconds = meta->window.seconds != 0 ? meta->window.seconds : seconds,
                           .slices = meta->window.slices ? meta->window.slices : ANNEX_SLICES };
}

static struct tacho__native_rules annex_native_rules(const struct tacho__meta *meta)
{
    struct tacho__native_rules rules = { .max_buckets = 0 };
    (void)tacho__native_check(&meta->native, &rules); /* it was checked with its descriptor */
    return rules;
}

static bool annex_is_extreme(const struct tacho__meta *meta)
{
    return (meta->flags & (TACHO_MAXIMUM | TACHO_MINIMUM)) != 0;
}

/* The next part of an annex, `size` bytes behind what there is already; returns its place. */
static uint32_t annex_place(size_t *at, size_t size)
{
    uint32_t place = (uint32_t)(*at / TACHO__UNIT);
    *at += (size + TACHO__UNIT - 1) & ~(size_t)(TACHO__UNIT - 1);
    return place;
}

/* Where the parts are; returns the bytes of all. */
static size_t annex_layout(const struct tacho__meta *meta, struct tacho__annex *annex)
{
    size_t at = sizeof *annex;
    *annex = (struct tacho__annex){ .native = 0 };
    if (meta->native.factor != 0) {
        struct tacho__native_rules rules = annex_native_rules(meta);
        annex->native = annex_place(&at, tacho__native_size(&rules));
    }
    if (meta->quantile_count) annex->sketch = annex_place(&at, tacho__sketch_size(annex_window(meta).slices));
    if (annex_is_extreme(meta)) annex->extreme = annex_place(&at, tacho__extreme_size(annex_window(meta).slices));
    if (meta->flags & TACHO_EXEMPLARS) {
        annex->exemplar_count = tacho__meta_exemplars(meta);
        uint32_t gallery = tacho__meta_gallery(meta);
        annex->exemplars = annex_place(&at, (size_t)(annex->exemplar_count - gallery) * TACHO__EXEMPLAR_SLOT);
        /* Directly behind: its slots go on where those end. */
        if (gallery) annex->gallery = annex_place(&at, sizeof(struct tacho__gallery));
    }
    return at;
}

size_t tacho__annex_size(const struct tacho__meta *meta)
{
    struct tacho__annex annex;
    return tacho__meta_has_annex(meta) ? annex_layout(meta, &annex) : 0;
}

void tacho__annex_open(struct tacho__annex *annex, const struct tacho__meta *meta, uint64_t now_ms)
{
    tacho_window window = annex_window(meta);
    (void)annex_layout(meta, annex);
    if (annex->native) {
        struct tacho__native_rules rules = annex_native_rules(meta);
        tacho__native_init(tacho__annex_part(annex, annex->native), &rules, now_ms);
    }
    if (annex->sketch) tacho__sketch_open(tacho__annex_part(annex, annex->sketch), window.seconds, window.slices);
    if (annex->extreme)
        tacho__extreme_open(tacho__annex_part(annex, annex->extreme),
                            meta->flags & TACHO_MINIMUM ? TACHO__LOWEST : TACHO__HIGHEST, window.seconds, window.slices);
}

void tacho__annex_reset(struct tacho__annex *annex, uint64_t now_ms)
{
    if (annex->native) tacho__native_clear(tacho__annex_part(annex, annex->native), now_ms);
    if (annex->sketch) tacho__sketch_reset(tacho__annex_part(annex, annex->sketch));
    if (annex->extreme) tacho__extreme_reset(tacho__annex_part(annex, annex->extreme));
    for (uint32_t i = 0; i < annex->exemplar_count; i++) tacho__exemplar_clear(tacho__annex_exemplar(annex, i));
    if (annex->gallery) tacho__gallery_forget(tacho__annex_gallery(annex));
}

size_t tacho__annex_view_size(const struct tacho__meta *meta)
{
    struct tacho__native_rules rules = annex_native_rules(meta);
    size_t slots = tacho__native_size(&rules) / sizeof(uint64_t); /* more than there are, and each one a bucket at most */
    return sizeof(struct tacho__native_view) + slots * sizeof(struct tacho__native_bucket);
}
