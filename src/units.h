/*
 * units.h - which words of a metric's name are units (Prometheus, "Metric and label naming"; OpenMetrics 1.0, "Units").
 */
#ifndef TACHO_UNITS_H
#define TACHO_UNITS_H

#include "internal.h"

enum tacho__unit_kind {
    TACHO__UNIT_NONE,     /* no unit */
    TACHO__UNIT_BASE,     /* seconds */
    TACHO__UNIT_MISSPELT, /* a base unit, but called second, sec or s */
    TACHO__UNIT_OTHER     /* milliseconds, hours, millisecond, ms */
};

struct tacho__unit {
    enum tacho__unit_kind kind;
    bool is_short;    /* an abbreviation, which may as well mean something else */
    const char *base; /* the base unit to use instead; NULL: there is more than one */
};

/** What a word means, in upper or lower case. */
TACHO_INTERNAL struct tacho__unit tacho__unit_of(const char *word, size_t len);

/** Whether two texts differ in nothing but the case of ASCII letters; `text` is in lower case. */
TACHO_INTERNAL bool tacho__word_is(const char *word, size_t len, const char *text);

#endif
