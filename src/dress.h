/*
 * dress.h - labels that one scrape shows on every sample, put into the description of one family after the other.
 *
 * A description is one block without pointers, so a copy of it with more constants in it is a description like any other:
 * writers see no difference, and a scrape without labels of its own uses the families' own blocks.
 */
#ifndef TACHO_DRESS_H
#define TACHO_DRESS_H

#include "meta.h"

struct tacho__dress {
    enum tacho__scheme scheme;
    size_t count;
    struct tacho__dress_label *labels;
    char *texts;  /* what they refer to */
    size_t len;
    char *block;  /* the copy for the family at hand */
};

/** Copy labels that tacho__desc_check_scrape found in order; NULL: none. False: out of memory. Owes tacho__dress_fini in any
 *  case, of a dress of zeros too. */
TACHO_INTERNAL bool tacho__dress_init(struct tacho__dress *dress, const tacho_constant *constants, enum tacho__scheme scheme);
TACHO_INTERNAL void tacho__dress_fini(struct tacho__dress *dress);

/** Make room for copies of descriptions of up to so many bytes; false: out of memory. */
TACHO_INTERNAL bool tacho__dress_reserve(struct tacho__dress *dress, size_t meta_max);

/** Bytes that a line gets longer by, at most. */
TACHO_INTERNAL size_t tacho__dress_line(const struct tacho__dress *dress);

/** The same family with the labels, in the one scheme; as it is if it has labels of all these names. The copy serves until the
 *  next call. */
TACHO_INTERNAL const struct tacho__meta *tacho__dress_copy(struct tacho__dress *dress, const struct tacho__meta *meta);

static inline const struct tacho__meta *tacho__dress_meta(struct tacho__dress *dress, const struct tacho__meta *meta)
{
    return dress->count ? tacho__dress_copy(dress, meta) : meta;
}

#endif
