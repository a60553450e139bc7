/*
 * filter.h - showing only families that were asked for by name.
 */
#ifndef TACHO_FILTER_H
#define TACHO_FILTER_H

#include "meta.h"

/** A limit to names; none: everything. Borrowed. */
struct tacho__view {
    const char *const *names;
    size_t count;
};

/** The names, as copies; none: everything is shown that the view lets through. */
struct tacho__filter {
    char **names;
    size_t count;
    struct tacho__view view;
};

/** Copy the names; false: out of memory. Owes tacho__filter_free in any case. */
TACHO_INTERNAL bool tacho__filter_copy(struct tacho__filter *filter, const char *const *names, size_t count);
TACHO_INTERNAL void tacho__filter_free(struct tacho__filter *filter);

/** Whether a family is called so: by its own name, that of one of its samples, or without the suffix of its type; as it is or as
 *  some escaping scheme writes it. A name that ends in '*' stands for all that begin so. */
TACHO_INTERNAL bool tacho__filter_shows(const struct tacho__filter *filter, const struct tacho__meta *meta);

#endif
