/*
 * desc.c - the rules for descriptors (exposition formats 0.0.4 and OpenMetrics 1.0, section "Data model").
 */
#define _GNU_SOURCE
#include "desc.h"

#include <stdio.h>
#include <string.h>

#include "meta.h"
#include "utf8.h"

const char *tacho__printable(char *out, const char *name)
{
    size_t len = strnlen(name, 81);
    for (size_t i = 0; i < len && i < 80; i++) out[i] = name[i] >= ' ' && name[i] <= '~' ? name[i] : '?';
    strcpy(out + (len > 80 ? 80 : len), len > 80 ? "..." : "");
    return out;
}

static bool desc_refuse(char *why, const tacho_desc *desc, const char *rule)
{
    char name[84];
    (void)snprintf(why, TACHO__WHY_MAX, "family '%s': %s",
                   desc->name ? tacho__printable(name, desc->name) : "(no name)", rule);
    return false;
}

static bool desc_refuse_label(char *why, const tacho_desc *desc, const char *label, const char *rule)
{
    char words[TACHO__WHY_MAX / 2], shown[84];
    (void)snprintf(words, sizeof words, "label '%s' %s", tacho__printable(shown, label), rule);
    return desc_refuse(why, desc, words);
}

static bool desc_is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

/* [a-zA-Z_][a-zA-Z0-9_]*, for metric names with ':' among the letters. */
static bool desc_is_name(const char *name, bool colon)
{
    size_t len = strnlen(name, TACHO__NAME_MAX + 1);
    if (len == 0 || len > TACHO__NAME_MAX) return false;
    for (size_t i = 0; i < len; i++) {
        char c = name[i];
        if (!desc_is_letter(c) && !(colon && c == ':') && !(i > 0 && c >= '0' && c <= '9')) return false;
    }
    return true;
}

static bool desc_ends_in(const char *name, size_t len, const char *suffix)
{
    size_t tail = strlen(suffix);
    return len > tail && memcmp(name + len - tail, suffix, tail) == 0;
}

size_t tacho__desc_label_count(const tacho_desc *desc)
{
    size_t count = 0;
    while (count < TACHO_MAX_LABELS && desc->labels[count]) count++;
    return count;
}

tacho_type tacho__desc_type(const tacho_desc *desc)
{
    if (desc->counter || desc->counter_vec) return TACHO_COUNTER;
    if (desc->gauge || desc->gauge_vec) return TACHO_GAUGE;
    if (desc->histogram || desc->histogram_vec) return TACHO_HISTOGRAM;
    return desc->type;
}

bool tacho__desc_is_vec(const tacho_desc *desc)
{
    return desc->counter_vec || desc->gauge_vec || desc->histogram_vec;
}

size_t tacho__desc_combinations(const tacho_desc *desc)
{
    size_t product = 1;
    for (size_t i = 0; i < tacho__desc_label_count(desc); i++) {
        size_t count = 0;
        while (desc->values[i] && desc->values[i][count]) count++;
        if (!desc->values[i]) continue;
        if (count > TACHO__ENUM_MAX || product * count > TACHO__ENUM_MAX) return TACHO__ENUM_MAX + 1;
        product *= count;
    }
    return product;
}

uint32_t tacho__desc_max_series(const tacho_desc *desc)
{
    if (!tacho__desc_is_vec(desc)) return (uint32_t)tacho__desc_combinations(desc);
    return desc->max_series ? desc->max_series : TACHO__SERIES_DEFAULT;
}

static bool desc_check_handle(const tacho_desc *desc, enum tacho__desc_role role, char *why)
{
    int handles = (desc->counter != NULL) + (desc->counter_vec != NULL) + (desc->gauge != NULL) +
                  (desc->gauge_vec != NULL) + (desc->histogram != NULL) + (desc->histogram_vec != NULL);
    if (role == TACHO__DESC_EMITTED) {
        if (handles > 0) return desc_refuse(why, desc, "a collector's family binds no handle; set `type` instead");
        if (desc->type < TACHO_COUNTER || desc->type > TACHO_HISTOGRAM)
            return desc_refuse(why, desc, "a collector's family needs a `type`");
        return true;
    }
    if (handles == 0) return desc_refuse(why, desc, "binds no handle");
    if (handles > 1) return desc_refuse(why, desc, "binds more than one handle; the handle is the type");
    if (desc->type && desc->type != tacho__desc_type(desc))
        return desc_refuse(why, desc, "has a `type` that its handle contradicts");
    return true;
}

static bool desc_check_name(const tacho_desc *desc, tacho_type type, char *why)
{
    if (!desc->name) return desc_refuse(why, desc, "has no name");
    if (!desc_is_name(desc->name, true))
        return desc_refuse(why, desc, "a name matches [a-zA-Z_:][a-zA-Z0-9_:]* and has at most 1024 bytes");
    size_t len = strlen(desc->name);
    if (type == TACHO_COUNTER && !(desc->flags & TACHO_KEEP_NAME) && !desc_ends_in(desc->name, len, "_total"))
        return desc_refuse(why, desc, "a counter's name ends in _total (TACHO_KEEP_NAME keeps a documented name)");
    if (!desc->help || !*desc->help) return desc_refuse(why, desc, "has no help text");
    size_t help_len = strnlen(desc->help, TACHO__HELP_MAX + 1);
    if (help_len > TACHO__HELP_MAX) return desc_refuse(why, desc, "a help text has at most 16384 bytes");
    if (tacho__utf8_valid(desc->help, help_len) != help_len)
        return desc_refuse(why, desc, "the help text is not valid UTF-8");
    return true;
}

static bool desc_check_unit(const tacho_desc *desc, tacho_type type, char *why)
{
    if (!desc->unit || !*desc->unit) return true;
    if (!desc_is_name(desc->unit, false)) return desc_refuse(why, desc, "a unit matches [a-zA-Z_][a-zA-Z0-9_]*");
    size_t len = strlen(desc->name), unit = strlen(desc->unit);
    if (type == TACHO_COUNTER && desc_ends_in(desc->name, len, "_total")) len -= strlen("_total");
    if (len < unit + 2 || desc->name[len - unit - 1] != '_' || memcmp(desc->name + len - unit, desc->unit, unit) != 0)
        return desc_refuse(why, desc, "the unit is not the suffix of the name (before _total)");
    return true;
}

static bool desc_check_values(const tacho_desc *desc, size_t index, char *why)
{
    const char *label = desc->labels[index];
    const char *const *values = desc->values[index];
    if (!values[0]) return desc_refuse_label(why, desc, label, "has an empty list of values");
    for (size_t i = 0; values[i]; i++) {
        size_t len = strnlen(values[i], TACHO_MAX_LABEL_BYTES + 1);
        if (i >= TACHO__VALUES_MAX) return desc_refuse_label(why, desc, label, "lists more than 4096 values");
        if (len > TACHO_MAX_LABEL_BYTES || tacho__utf8_valid(values[i], len) != len)
            return desc_refuse_label(why, desc, label, "lists a value that is not UTF-8 of at most 1024 bytes");
        for (size_t k = 0; k < i; k++)
            if (strcmp(values[i], values[k]) == 0) return desc_refuse_label(why, desc, label, "lists a value twice");
    }
    return true;
}

static bool desc_check_labels(const tacho_desc *desc, tacho_type type, char *why)
{
    size_t count = tacho__desc_label_count(desc);
    for (size_t i = 0; i < TACHO_MAX_LABELS; i++) {
        const char *label = desc->labels[i];
        if (i >= count) {
            if (label || desc->values[i]) return desc_refuse(why, desc, "its labels have a gap");
            continue;
        }
        if (!desc_is_name(label, false))
            return desc_refuse_label(why, desc, label, "does not match [a-zA-Z_][a-zA-Z0-9_]*");
        if (strncmp(label, "__", 2) == 0) return desc_refuse_label(why, desc, label, "is reserved: it begins with __");
        if (type == TACHO_HISTOGRAM && strcmp(label, "le") == 0)
            return desc_refuse_label(why, desc, label, "is reserved on histograms");
        for (size_t k = 0; k < i; k++)
            if (strcmp(label, desc->labels[k]) == 0) return desc_refuse_label(why, desc, label, "is there twice");
        if (desc->values[i] && !desc_check_values(desc, i, why)) return false;
    }
    return true;
}

static bool desc_check_shape(const tacho_desc *desc, enum tacho__desc_role role, char *why)
{
    size_t labels = tacho__desc_label_count(desc), closed = 0, product = tacho__desc_combinations(desc);
    for (size_t i = 0; i < labels; i++) closed += desc->values[i] != NULL;
    if (product > TACHO__ENUM_MAX) return desc_refuse(why, desc, "its closed labels have more than 65536 combinations");
    if (role == TACHO__DESC_EMITTED) return true;
    if (!tacho__desc_is_vec(desc)) {
        if (closed < labels)
            return desc_refuse(why, desc, "a plain handle needs labels that all list their values; bind a vector");
        if (labels > 0 && desc->max_series && desc->max_series < product)
            return desc_refuse(why, desc, "max_series is below the number of combinations");
    } else if (labels == 0) {
        return desc_refuse(why, desc, "a vector needs labels");
    }
    return true;
}

static bool desc_check_flags(const tacho_desc *desc, tacho_type type, char *why)
{
    if (desc->flags & ~(uint32_t)(TACHO_REAL | TACHO_UPDOWN | TACHO_SHARED | TACHO_KEEP_NAME))
        return desc_refuse(why, desc, "has a flag that this version does not know");
    if ((desc->flags & (TACHO_REAL | TACHO_KEEP_NAME)) && type != TACHO_COUNTER)
        return desc_refuse(why, desc, "TACHO_REAL and TACHO_KEEP_NAME are for counters");
    if ((desc->flags & TACHO_UPDOWN) && type != TACHO_GAUGE)
        return desc_refuse(why, desc, "TACHO_UPDOWN is for gauges");
    if (desc->scale == 0) return true;
    if (type != TACHO_COUNTER || (desc->flags & TACHO_REAL))
        return desc_refuse(why, desc, "a scale is for counters of whole numbers");
    if (!(desc->scale > 0 && desc->scale < 1.7976931348623157e308))
        return desc_refuse(why, desc, "a scale is finite and above 0");
    return true;
}

static bool desc_check_buckets(const tacho_desc *desc, tacho_type type, char *why)
{
    if (type != TACHO_HISTOGRAM)
        return !desc->buckets && desc->bucket_count == 0 ? true : desc_refuse(why, desc, "buckets are for histograms");
    if (!desc->buckets)
        return desc->bucket_count == 0 ? true : desc_refuse(why, desc, "has a bucket_count but no buckets");
    if (desc->bucket_count == 0 || desc->bucket_count > TACHO__BOUNDS_MAX)
        return desc_refuse(why, desc, "a histogram has 1 to 1000 buckets");
    const double *bounds;
    size_t count = tacho__desc_bounds(desc, &bounds);
    for (size_t i = 0; i < count; i++) {
        if (!(bounds[i] >= -1.7976931348623157e308 && bounds[i] <= 1.7976931348623157e308))
            return desc_refuse(why, desc, "a bucket bound is not finite (only the last may be +Inf)");
        if (i > 0 && !(bounds[i] > bounds[i - 1]))
            return desc_refuse(why, desc, "the bucket bounds do not rise strictly");
    }
    return true;
}

bool tacho__desc_check(const tacho_desc *desc, enum tacho__desc_role role, char *why)
{
    if (!desc_check_handle(desc, role, why)) return false;
    tacho_type type = tacho__desc_type(desc);
    return desc_check_name(desc, type, why) && desc_check_flags(desc, type, why) &&
           desc_check_unit(desc, type, why) && desc_check_labels(desc, type, why) &&
           desc_check_shape(desc, role, why) && desc_check_buckets(desc, type, why);
}

/* The suffixes that a family's names take in some format, on the part that they share. */
static size_t desc_suffixes(tacho__claim *claim, const char *const **suffixes)
{
    static const char *const plain[] = { "" };
    static const char *const counter[] = { "", "_total", "_created" };
    static const char *const histogram[] = { "", "_bucket", "_sum", "_count", "_created" };
    if (claim->type == TACHO_HISTOGRAM) {
        *suffixes = histogram;
        return TACHO_COUNT(histogram);
    }
    if (claim->type == TACHO_COUNTER && desc_ends_in(claim->name, claim->len, "_total")) {
        claim->len -= strlen("_total");
        *suffixes = counter;
        return TACHO_COUNT(counter);
    }
    *suffixes = plain;
    return 1;
}

bool tacho__claims_clash(tacho__claim a, tacho__claim b, char *clash)
{
    const char *const *a_suffixes, *const *b_suffixes;
    size_t a_count = desc_suffixes(&a, &a_suffixes), b_count = desc_suffixes(&b, &b_suffixes);
    if (memcmp(a.name, b.name, a.len < b.len ? a.len : b.len) != 0) return false;
    for (size_t i = 0; i < a_count; i++) {
        char name[TACHO__NAME_MAX + 16];
        size_t len = a.len + strlen(a_suffixes[i]);
        memcpy(name, a.name, a.len);
        strcpy(name + a.len, a_suffixes[i]);
        for (size_t k = 0; k < b_count; k++) {
            size_t tail = strlen(b_suffixes[k]);
            if (len != b.len + tail || memcmp(name, b.name, b.len) != 0 || strcmp(name + b.len, b_suffixes[k]) != 0)
                continue;
            strcpy(clash, name);
            return true;
        }
    }
    return false;
}
