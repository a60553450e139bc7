/*
 * desc_names.c - the rules for names, units, help texts and labels (OpenMetrics 1.0, "Metric naming"; Prometheus, "Data model").
 */
#define _GNU_SOURCE
#include <string.h>

#include "desc.h"
#include "utf8.h"

/* Every label of a family: those of the registry, its own with one value, and those with many. */
struct names_labels {
    const char *names[2 * TACHO__CONSTANTS_MAX + TACHO_MAX_LABELS];
    size_t count;
};

static bool names_ends_in(const char *name, size_t len, const char *suffix)
{
    size_t tail = strlen(suffix);
    return len > tail && memcmp(name + len - tail, suffix, tail) == 0;
}

static bool names_is_name(const char *name, enum tacho__name_kind kind, const struct tacho__house *house)
{
    size_t len = strnlen(name, TACHO__NAME_MAX + 1);
    if (len == 0 || len > TACHO__NAME_MAX) return false;
    return tacho__name_is_plain(name, len, kind) || (house->utf8_names && tacho__utf8_valid(name, len) == len);
}

/* Whether two names are written alike in some scheme. */
static bool names_meet(const char *a, const char *b)
{
    char x[TACHO__SPELLED_MAX], y[TACHO__SPELLED_MAX];
    size_t a_len = strlen(a), b_len = strlen(b);
    if (tacho__name_is_plain(a, a_len, TACHO__NAME_LABEL) && tacho__name_is_plain(b, b_len, TACHO__NAME_LABEL))
        return a_len == b_len && memcmp(a, b, a_len) == 0; /* they stay as they are */
    for (int scheme = 0; scheme < TACHO__SCHEMES; scheme++) {
        size_t len = tacho__spell(x, a, a_len, TACHO__NAME_LABEL, (enum tacho__scheme)scheme);
        if (tacho__spell(y, b, b_len, TACHO__NAME_LABEL, (enum tacho__scheme)scheme) == len && memcmp(x, y, len) == 0)
            return true;
    }
    return false;
}

static bool names_check_name(const tacho_desc *desc, tacho_type type, const struct tacho__house *house, char *why)
{
    if (!desc->name) return tacho__desc_refuse(why, desc, "has no name");
    if (!names_is_name(desc->name, TACHO__NAME_FAMILY, house))
        return tacho__desc_refuse(why, desc, house->utf8_names
                                                 ? "a name is UTF-8 of 1 to 1024 bytes"
                                                 : "a name matches [a-zA-Z_:][a-zA-Z0-9_:]* and has at most 1024 bytes");
    size_t len = strlen(desc->name);
    if (type == TACHO_COUNTER && !(desc->flags & TACHO_KEEP_NAME) && !names_ends_in(desc->name, len, "_total"))
        return tacho__desc_refuse(why, desc,
                                  "a counter's name ends in _total (TACHO_KEEP_NAME keeps a documented name)");
    if (type == TACHO_INFO && !names_ends_in(desc->name, len, "_info"))
        return tacho__desc_refuse(why, desc, "an info's name ends in _info");
    if (type == TACHO_STATESET && strchr(desc->name, ':'))
        return tacho__desc_refuse(why, desc, "a stateset's name is also that of a label, which has no ':'");
    return true;
}

static bool names_check_help(const tacho_desc *desc, char *why)
{
    if (!desc->help || !*desc->help) return tacho__desc_refuse(why, desc, "has no help text");
    size_t len = strnlen(desc->help, TACHO__HELP_MAX + 1);
    if (len > TACHO__HELP_MAX) return tacho__desc_refuse(why, desc, "a help text has at most 16384 bytes");
    if (tacho__utf8_valid(desc->help, len) != len)
        return tacho__desc_refuse(why, desc, "the help text is not valid UTF-8");
    return true;
}

static bool names_check_unit(const tacho_desc *desc, tacho_type type, char *why)
{
    if (!desc->unit || !*desc->unit) return true;
    size_t len = strlen(desc->name), unit = strnlen(desc->unit, TACHO__NAME_MAX + 1);
    if (unit > TACHO__NAME_MAX || !tacho__name_is_plain(desc->unit, unit, TACHO__NAME_LABEL))
        return tacho__desc_refuse(why, desc, "a unit matches [a-zA-Z_][a-zA-Z0-9_]*");
    if (type == TACHO_INFO || type == TACHO_STATESET)
        return tacho__desc_refuse(why, desc, "infos and statesets have no unit");
    if (type == TACHO_COUNTER && names_ends_in(desc->name, len, "_total")) len -= strlen("_total");
    if (len < unit + 2 || desc->name[len - unit - 1] != '_' || memcmp(desc->name + len - unit, desc->unit, unit) != 0)
        return tacho__desc_refuse(why, desc, "the unit is not the suffix of the name (before _total)");
    return true;
}

/* What a format puts beside the family's own labels. */
static const char *names_reserved(const tacho_desc *desc, tacho_type type, const char **words)
{
    bool histogram = type == TACHO_HISTOGRAM || type == TACHO_GAUGE_HISTOGRAM;
    *words = histogram               ? "is reserved on histograms"
             : type == TACHO_SUMMARY ? "is reserved on summaries"
                                     : "is reserved on this stateset: it names the state";
    if (histogram) return "le";
    if (type == TACHO_SUMMARY) return "quantile";
    return type == TACHO_STATESET ? desc->name : NULL;
}

static bool names_add(const tacho_desc *desc, tacho_type type, const struct tacho__house *house, const char *label,
                      struct names_labels *labels, char *why)
{
    const char *words, *reserved = names_reserved(desc, type, &words);
    if (!names_is_name(label, TACHO__NAME_LABEL, house))
        return tacho__desc_refuse_label(why, desc, label, house->utf8_names ? "is not UTF-8 of 1 to 1024 bytes"
                                                                            : "does not match [a-zA-Z_][a-zA-Z0-9_]*");
    if (strncmp(label, "__", 2) == 0)
        return tacho__desc_refuse_label(why, desc, label, "is reserved: it begins with __");
    if (names_meet(label, "__name__")) return tacho__desc_refuse_label(why, desc, label, "is reserved: it is escaped to __name__");
    if (reserved && names_meet(label, reserved)) return tacho__desc_refuse_label(why, desc, label, words);
    for (size_t i = 0; i < labels->count; i++)
        if (names_meet(label, labels->names[i]))
            return tacho__desc_refuse_label(why, desc, label, strcmp(label, labels->names[i]) == 0
                                                                  ? "is there twice"
                                                                  : "is escaped to the name of another label");
    labels->names[labels->count++] = label;
    return true;
}

static bool names_add_constants(const tacho_desc *desc, tacho_type type, const struct tacho__house *house,
                                const tacho_constant *constants, struct names_labels *labels, char *why)
{
    for (; constants && constants->name; constants++) {
        size_t len = constants->value ? strnlen(constants->value, TACHO_MAX_LABEL_BYTES + 1) : 0;
        if (labels->count == TACHO__CONSTANTS_MAX)
            return tacho__desc_refuse(why, desc, "a family and its registry have at most 16 labels with one value");
        if (!constants->value || len > TACHO_MAX_LABEL_BYTES || tacho__utf8_valid(constants->value, len) != len)
            return tacho__desc_refuse_label(why, desc, constants->name, "has a value that is not UTF-8 of at most 1024 bytes");
        if (!names_add(desc, type, house, constants->name, labels, why)) return false;
    }
    return true;
}

static bool names_check_labels(const tacho_desc *desc, tacho_type type, const struct tacho__house *house, char *why)
{
    struct names_labels labels = { .count = 0 };
    size_t count = tacho__desc_label_count(desc);
    if (!names_add_constants(desc, type, house, house->constants, &labels, why)) return false;
    if (!names_add_constants(desc, type, house, desc->constants, &labels, why)) return false;
    for (size_t i = 0; i < TACHO_MAX_LABELS; i++) {
        if (i >= count && (desc->labels[i] || desc->values[i]))
            return tacho__desc_refuse(why, desc, "its labels have a gap");
        if (i < count && !names_add(desc, type, house, desc->labels[i], &labels, why)) return false;
    }
    return true;
}

bool tacho__desc_check_house(const struct tacho__house *house, char *why)
{
    struct names_labels labels = { .count = 0 };
    return names_add_constants(NULL, TACHO_UNKNOWN, house, house->constants, &labels, why);
}

/* They go with any family: no type may reserve one of their names. */
bool tacho__desc_check_scrape(const tacho_constant *constants, const struct tacho__house *house, char *why)
{
    struct names_labels labels = { .count = 0 };
    size_t count = 0;
    for (; constants && constants[count].name; count++)
        if (count == TACHO__CONSTANTS_MAX) return tacho__desc_refuse(why, NULL, "a scrape has at most 16 labels of its own");
    if (!names_add_constants(NULL, TACHO_HISTOGRAM, house, constants, &labels, why)) return false;
    for (size_t i = 0; i < count; i++)
        if (names_meet(constants[i].name, "quantile"))
            return tacho__desc_refuse_label(why, NULL, constants[i].name, "is reserved on summaries");
    return true;
}

bool tacho__desc_check_names(const tacho_desc *desc, tacho_type type, const struct tacho__house *house, char *why)
{
    return names_check_name(desc, type, house, why) && names_check_help(desc, why) &&
           names_check_unit(desc, type, why) && names_check_labels(desc, type, house, why);
}
