/*
 * meta.h - a family's description in the form that writers need: one block, self-contained, free of pointers.
 *
 * It is made once, when a family is defined or a collector added, with every text that lines are put together
 * from, and can be copied anywhere (into the segment, for one).
 */
#ifndef TACHO_META_H
#define TACHO_META_H

#include <tacho/desc.h>

#include "gallery.h"
#include "spell.h"

#define TACHO__CONSTANTS_MAX 16 /* labels with one value, of the family and of its registry together */
#define TACHO__QUANTILES_MAX 16
#define TACHO__STATES_MAX 64

/* A text in the block: bytes from its beginning, NUL behind them. */
struct tacho__text {
    uint32_t at, len;
};

/*
 * A family's names in one escaping scheme. A sample is `open`, a suffix of its name, and either `mid`, labels and `"} `, or
 * `end`; one without a suffix is put together from longer pieces: `bare`, or before[0] and so on.
 */
struct tacho__spelling {
    struct tacho__text name;      /* as it is */
    struct tacho__text title;     /* in TYPE and HELP: in quotes if it needs them */
    struct tacho__text om_title;  /* the same in OpenMetrics: without _total or _info */
    struct tacho__text open;      /* `name`, or `{"name` */
    struct tacho__text mid, end;  /* `{` and ` `, or `",` and `"} ` */
    struct tacho__text constants; /* `a="x",b="y"`, labels with one value */
    struct tacho__text bare;      /* all before the value of a sample without other labels */
    struct tacho__text labels[TACHO_MAX_LABELS]; /* their names */
    /* What stands before each label value: `name{a="` and then `",b="`. */
    struct tacho__text before[TACHO_MAX_LABELS];
    /* The same in protobuf, as long as name and value together are short: a LabelPair up to its value, without the lengths
     * of the pair, at its second byte, and of the value, at its last one. */
    struct tacho__text pairs[TACHO_MAX_LABELS];
    uint32_t constant_names; /* where the names of labels with one value are: struct tacho__text */
    struct tacho__text state; /* stateset: `name="`, the label that names the state */
    uint32_t labels_skip; /* where labels begin in before[0] */
};

/* How a number is shown: multiplied by `factor`, unless `divisor` is set: then that divides, which is exact more often. */
struct tacho__scale {
    double factor, divisor;
};

struct tacho__meta {
    uint32_t size;
    uint8_t type; /* tacho_type */
    uint8_t label_count, constant_count, state_count, quantile_count;
    uint16_t flags;
    uint16_t totals;       /* labels that list `total` among other values, a bit each */
    struct tacho__scale scale;
    uint32_t bound_count;  /* finite bounds of a histogram */
    uint32_t bounds;       /* where they are: doubles; or the quantiles of a summary */
    uint32_t les;          /* and their texts: struct tacho__text, +Inf behind the last bound; or the states, twice: raw, then escaped */
    uint32_t fixed_len;    /* bytes of a line that do not depend on label values or numbers, at most */
    struct tacho__text name, help, unit;
    struct tacho__text help_text, help_om; /* escaped for the text format, and for OpenMetrics */
    uint32_t constant_values; /* where they are: struct tacho__text */
    uint32_t spellings[TACHO__SCHEMES]; /* where they are; the same one for names that need no escaping */
    tacho_window window;
    tacho_native native;
};

static inline const char *tacho__meta_at(const struct tacho__meta *meta, struct tacho__text text)
{
    return (const char *)meta + text.at;
}

static inline const double *tacho__meta_bounds(const struct tacho__meta *meta)
{
    return (const double *)(const void *)((const char *)meta + meta->bounds);
}

static inline const struct tacho__text *tacho__meta_les(const struct tacho__meta *meta)
{
    return (const struct tacho__text *)(const void *)((const char *)meta + meta->les);
}

static inline const struct tacho__spelling *tacho__meta_spelling(const struct tacho__meta *meta,
                                                                 enum tacho__scheme scheme)
{
    return (const struct tacho__spelling *)(const void *)((const char *)meta + meta->spellings[scheme]);
}

/** The labels with one value: `constant_count` names in a spelling, and as many values. */
static inline const struct tacho__text *tacho__meta_constant_names(const struct tacho__meta *meta,
                                                                   const struct tacho__spelling *spelling)
{
    return (const struct tacho__text *)(const void *)((const char *)meta + spelling->constant_names);
}

static inline const struct tacho__text *tacho__meta_constant_values(const struct tacho__meta *meta)
{
    return (const struct tacho__text *)(const void *)((const char *)meta + meta->constant_values);
}

/** Whether it is a histogram of either kind. */
static inline bool tacho__meta_is_histogram(const struct tacho__meta *meta)
{
    return meta->type == TACHO_HISTOGRAM || meta->type == TACHO_GAUGE_HISTOGRAM;
}

/** What its type is called in all formats but text. */
TACHO_INTERNAL const char *tacho__meta_type(const struct tacho__meta *meta);

/** What a registry asks of all its families. */
struct tacho__house {
    bool utf8_names;
    bool created; /* all that can do so keep when they began */
    const tacho_constant *constants; /* ended by a name NULL; or NULL */
    const char *fault; /* what is wrong with them, in words: every family is refused; or NULL */
};

/** Whether its cells are buckets, the last one for what is above every bound, and a sum. */
static inline bool tacho__meta_has_sum(const struct tacho__meta *meta)
{
    return tacho__meta_is_histogram(meta) || meta->type == TACHO_SUMMARY;
}

/** How many exemplars a series keeps for its native histogram. */
static inline uint32_t tacho__meta_gallery(const struct tacho__meta *meta)
{
    return (meta->flags & TACHO_EXEMPLARS) && meta->native.factor != 0 ? TACHO__GALLERY : 0;
}

/** How many exemplars a series keeps: of its value or buckets, and behind them those for its native histogram. */
static inline uint32_t tacho__meta_exemplars(const struct tacho__meta *meta)
{
    if (!(meta->flags & TACHO_EXEMPLARS)) return 0;
    return tacho__meta_is_histogram(meta) ? meta->bound_count + 1 + tacho__meta_gallery(meta) : 1;
}

/** Whether a series keeps more than its cells. */
static inline bool tacho__meta_has_annex(const struct tacho__meta *meta)
{
    return (meta->flags & (TACHO_EXEMPLARS | TACHO_MAXIMUM | TACHO_MINIMUM)) || meta->native.factor != 0 ||
           meta->quantile_count > 0;
}

/** The scale of a descriptor, whose 0 means 1. */
TACHO_INTERNAL struct tacho__scale tacho__scale_of(double factor);

static inline double tacho__scaled(struct tacho__scale scale, double value)
{
    return scale.divisor != 0 ? value / scale.divisor : value * scale.factor;
}

static inline bool tacho__scale_is_one(struct tacho__scale scale)
{
    return scale.divisor == 0 && scale.factor == 1;
}

/** Make the block for a descriptor that passed its checks; freed with tacho__free. NULL when out of memory. */
TACHO_INTERNAL struct tacho__meta *tacho__meta_new(const tacho_desc *desc, tacho_type type,
                                                   const struct tacho__house *house);

/** Bytes that whatever stands before a family's samples takes at most, in any text format. */
TACHO_INTERNAL size_t tacho__meta_head_len(const struct tacho__meta *meta);

/** The bounds a histogram ends up with: the default ones if it names none (and is not only native), without a final +Inf. */
TACHO_INTERNAL size_t tacho__desc_bounds(const tacho_desc *desc, const double **bounds);

/** What two families both claim: a name with some suffix, and the family that had it first. Cut; for messages. */
struct tacho__clash {
    char name[128], owner[128];
};

/** Whether two families could show the same name, in any format and escaping scheme (OpenMetrics 1.0, "Metric naming and
 *  namespaces"). If so `clash` says which; `b` is the owner. */
TACHO_INTERNAL bool tacho__metas_clash(const struct tacho__meta *a, const struct tacho__meta *b, struct tacho__clash *clash);
/** Whether a family, or a sample of it, may have this name in some format and scheme; or, if it ends in '*', one that begins
 *  with what stands before that. */
TACHO_INTERNAL bool tacho__meta_is_called(const struct tacho__meta *meta, const char *name);


#endif
