/*
 * units.c - units by their names: a prefix or none, then a unit, in the plural or not; and the usual abbreviations.
 */
#include "units.h"

#include <string.h>

#include <tacho/base.h>

static const struct { const char *name, *base; } units_long[] = {
    { "seconds", "seconds" },  { "bytes", "bytes" },     { "meters", "meters" },      { "metres", "metres" },
    { "grams", "grams" },      { "joules", "joules" },   { "volts", "volts" },        { "amperes", "amperes" },
    { "celsius", "celsius" },  { "kelvin", "kelvin" },   { "minutes", "seconds" },    { "hours", "seconds" },
    { "days", "seconds" },     { "weeks", "seconds" },   { "kelvins", "kelvin" },     { "fahrenheit", "celsius" },
    { "rankine", "celsius" },  { "inches", "meters" },   { "yards", "meters" },       { "miles", "meters" },
    { "bits", "bytes" },       { "calories", "joules" }, { "pounds", "grams" },       { "ounces", "grams" },
    { "percent", "ratio" },    { "percentage", "ratio" },
};

/* "mibi" is how promtool spells it. */
static const char *const units_prefixes[] = {
    "",     "pico", "nano", "micro", "milli", "centi", "deci", "deca", "hecto", "kilo", "kibi",
    "mega", "mebi", "mibi", "giga",  "gibi",  "tera",  "tebi", "peta", "pebi",  "exa",  "exbi",
};

static const struct { const char *name, *base; bool same; } units_short[] = {
    { "s", "seconds", true },      { "sec", "seconds", true },    { "secs", "seconds", true },
    { "ms", "seconds", false },    { "msec", "seconds", false },  { "msecs", "seconds", false },
    { "us", "seconds", false },    { "usec", "seconds", false },  { "usecs", "seconds", false },
    { "ns", "seconds", false },    { "nsec", "seconds", false },  { "nsecs", "seconds", false },
    { "millis", "seconds", false }, { "micros", "seconds", false }, { "nanos", "seconds", false },
    { "h", "seconds", false },     { "d", "seconds", false },     { "m", NULL, false },
    { "b", "bytes", true },        { "kb", "bytes", false },      { "mb", "bytes", false },
    { "gb", "bytes", false },      { "tb", "bytes", false },      { "pb", "bytes", false },
    { "kib", "bytes", false },     { "mib", "bytes", false },     { "gib", "bytes", false },
    { "tib", "bytes", false },     { "pib", "bytes", false },     { "pct", "ratio", false },
};

static bool units_is(const char *word, const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        char c = word[i];
        if (c >= 'A' && c <= 'Z') c = (char)(c - 'A' + 'a');
        if (c != text[i]) return false;
    }
    return true;
}

bool tacho__word_is(const char *word, size_t len, const char *text)
{
    return strlen(text) == len && units_is(word, text, len);
}

/* A unit that follows a prefix; in the singular it lacks its last letter, if that is an s. */
static struct tacho__unit units_after(const char *word, size_t len, bool prefixed)
{
    for (size_t i = 0; i < TACHO_COUNT(units_long); i++) {
        const char *name = units_long[i].name, *base = units_long[i].base;
        size_t full = strlen(name);
        bool is_base = strcmp(name, base) == 0, singular = len + 1 == full && name[len] == 's';
        if ((len != full && !singular) || !units_is(word, name, len)) continue;
        if (prefixed || (!is_base && !singular)) return (struct tacho__unit){ TACHO__UNIT_OTHER, false, base };
        /* "minute" and "day" may name a window, as in requests_last_minute; "celsiu" is nothing */
        if (singular && (!is_base || name[len - 1] == 'u')) break;
        return (struct tacho__unit){ singular ? TACHO__UNIT_MISSPELT : TACHO__UNIT_BASE, false, base };
    }
    return (struct tacho__unit){ TACHO__UNIT_NONE, false, NULL };
}

struct tacho__unit tacho__unit_of(const char *word, size_t len)
{
    for (size_t i = 0; i < TACHO_COUNT(units_short); i++)
        if (tacho__word_is(word, len, units_short[i].name))
            return (struct tacho__unit){ units_short[i].same ? TACHO__UNIT_MISSPELT : TACHO__UNIT_OTHER, true,
                                         units_short[i].base };
    struct tacho__unit unit = { TACHO__UNIT_NONE, false, NULL };
    for (size_t i = 0; i < TACHO_COUNT(units_prefixes) && unit.kind == TACHO__UNIT_NONE; i++) {
        size_t prefix = strlen(units_prefixes[i]);
        if (prefix < len && units_is(word, units_prefixes[i], prefix))
            unit = units_after(word + prefix, len - prefix, prefix > 0);
    }
    return unit;
}
