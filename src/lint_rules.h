/*
 * lint_rules.h - the conventions for one family's names, and for the labels that a registry gives to all.
 */
#ifndef TACHO_LINT_RULES_H
#define TACHO_LINT_RULES_H

#include <tacho/sink.h>

#include "meta.h"

/* What was found, and who hears of it. */
struct tacho__findings {
    tacho_sink *sink;   /* NULL: nobody, or not any more */
    const char *family; /* NULL: it is about none */
    size_t count;
};

/** Count a finding and write it as one line. */
TACHO_INTERNAL void tacho__finding(struct tacho__findings *out, const char *format, ...) TACHO_PRINTF(2, 3);

/** Check a family, apart from the first `common` of its labels with one value, which are its registry's. */
TACHO_INTERNAL void tacho__lint_family(struct tacho__findings *out, const struct tacho__meta *meta, size_t common);

/** Check the labels that a registry gives to all families (ended by a name NULL; may be NULL), and count them. */
TACHO_INTERNAL size_t tacho__lint_constants(struct tacho__findings *out, const tacho_constant *constants);

#endif
