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

#define DESC_FLAGS                                                                                                        \
    (TACHO_REAL | TACHO_UPDOWN | TACHO_SHARED | TACHO_KEEP_NAME | TACHO_EXEMPLARS | TACHO_CREATED | TACHO_MAXIMUM |        \
     TACHO_MINIMUM | TACHO_NATIVE_ONLY | TACHO_UNUSUAL_NAME)
#define DESC_SECONDS_MAX (366.0 * 86400)
#define DESC_SLICES_MAX 16

static bool desc_is_finite(double v)
{
    return v >= -1.7976931348623157e308 && v <= 1.7976931348623157e308;
}

bool tacho__desc_refuse(char *why, const tacho_desc *desc, const char *rule)
{
    char name[84];
    if (desc)
        (void)snprintf(why, TACHO__WHY_MAX, "family '%s': %s",
                       desc->name ? tacho__printable(name, desc->name) : "(no name)", rule);
    else
        (void)snprintf(why, TACHO__WHY_MAX, "%s", rule);
    return false;
}

bool tacho__desc_refuse_label(char *why, const tacho_desc *desc, const char *label, const char *rule)
{
    char words[TACHO__WHY_MAX / 2], shown[84];
    (void)snprintf(words, sizeof words, "label '%s' %s", tacho__printable(shown, label), rule);
    return tacho__desc_refuse(why, desc, words);
}

size_t tacho__desc_label_count(const tacho_desc *desc)
{
    size_t count = 0;
    while (count < TACHO_MAX_LABELS && desc->labels[count]) count++;
    return count;
}

/* Every handle a row may bind: where it is, its type, and whether it is a vector. */
static const struct {
    size_t at;
    tacho_type type;
    bool vec;
} desc_handles[] = {
    { offsetof(tacho_desc, counter), TACHO_COUNTER, false },     { offsetof(tacho_desc, counter_vec), TACHO_COUNTER, true },
    { offsetof(tacho_desc, gauge), TACHO_GAUGE, false },         { offsetof(tacho_desc, gauge_vec), TACHO_GAUGE, true },
    { offsetof(tacho_desc, histogram), TACHO_HISTOGRAM, false }, { offsetof(tacho_desc, histogram_vec), TACHO_HISTOGRAM, true },
    { offsetof(tacho_desc, summary), TACHO_SUMMARY, false },     { offsetof(tacho_desc, summary_vec), TACHO_SUMMARY, true },
    { offsetof(tacho_desc, stateset), TACHO_STATESET, false },   { offsetof(tacho_desc, stateset_vec), TACHO_STATESET, true },
    { offsetof(tacho_desc, info), TACHO_INFO, true },
};

bool tacho__desc_handle(const tacho_desc *desc, size_t *at, struct tacho__handle *handle)
{
    for (; *at < TACHO_COUNT(desc_handles); (*at)++) {
        memcpy(&handle->slot, (const char *)desc + desc_handles[*at].at, sizeof handle->slot);
        if (!handle->slot) continue;
        handle->type = desc_handles[*at].type;
        handle->vec = desc_handles[*at].vec;
        (*at)++;
        return true;
    }
    return false;
}

tacho_type tacho__desc_type(const tacho_desc *desc)
{
    struct tacho__handle handle;
    size_t at = 0;
    if (desc->type || !tacho__desc_handle(desc, &at, &handle)) return desc->type;
    return handle.type;
}

bool tacho__desc_is_vec(const tacho_desc *desc)
{
    struct tacho__handle handle;
    size_t at = 0;
    if (!tacho__desc_handle(desc, &at, &handle) || !handle.vec) return false;
    return handle.type != TACHO_INFO || desc->labels[0]; /* without labels it has one series, and needs no handle */
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

/* Whether `type` may be said of what this handle binds. */
static bool desc_refines(tacho_type handle, tacho_type type)
{
    return !type || type == handle || (handle == TACHO_GAUGE && type == TACHO_UNKNOWN) ||
           (handle == TACHO_HISTOGRAM && type == TACHO_GAUGE_HISTOGRAM);
}

static bool desc_check_handle(const tacho_desc *desc, enum tacho__desc_role role, char *why)
{
    struct tacho__handle handle = { .type = TACHO_COUNTER }, another;
    size_t at = 0;
    bool bound = tacho__desc_handle(desc, &at, &handle);
    if (role == TACHO__DESC_EMITTED) {
        if (bound) return tacho__desc_refuse(why, desc, "a collector's family binds no handle; set `type` instead");
        if (desc->type < TACHO_COUNTER || desc->type > TACHO_UNKNOWN)
            return tacho__desc_refuse(why, desc, "a collector's family needs a `type`");
        return true;
    }
    if (!bound && desc->type == TACHO_INFO && !desc->labels[0]) return true; /* it says everything itself */
    if (!bound) return tacho__desc_refuse(why, desc, "binds no handle");
    if (tacho__desc_handle(desc, &at, &another))
        return tacho__desc_refuse(why, desc, "binds more than one handle; the handle is the type");
    if (!desc_refines(handle.type, desc->type))
        return tacho__desc_refuse(why, desc, "has a `type` that its handle contradicts");
    return true;
}

static bool desc_check_list(const tacho_desc *desc, size_t index, char *why)
{
    const char *label = desc->labels[index];
    const char *const *values = desc->values[index];
    if (!values[0]) return tacho__desc_refuse_label(why, desc, label, "has an empty list of values");
    for (size_t i = 0; values[i]; i++) {
        size_t len = strnlen(values[i], TACHO_MAX_LABEL_BYTES + 1);
        if (i >= TACHO__VALUES_MAX) return tacho__desc_refuse_label(why, desc, label, "lists more than 4096 values");
        if (len > TACHO_MAX_LABEL_BYTES || tacho__utf8_valid(values[i], len) != len)
            return tacho__desc_refuse_label(why, desc, label, "lists a value that is not UTF-8 of at most 1024 bytes");
        for (size_t k = 0; k < i; k++)
            if (strcmp(values[i], values[k]) == 0) return tacho__desc_refuse_label(why, desc, label, "lists a value twice");
    }
    return true;
}

static bool desc_check_values(const tacho_desc *desc, char *why)
{
    for (size_t i = 0; i < tacho__desc_label_count(desc); i++)
        if (desc->values[i] && !desc_check_list(desc, i, why)) return false;
    return true;
}

static bool desc_check_shape(const tacho_desc *desc, enum tacho__desc_role role, char *why)
{
    size_t labels = tacho__desc_label_count(desc), closed = 0, product = tacho__desc_combinations(desc);
    for (size_t i = 0; i < labels; i++) closed += desc->values[i] != NULL;
    if (product > TACHO__ENUM_MAX) return tacho__desc_refuse(why, desc, "its closed labels have more than 65536 combinations");
    if (role == TACHO__DESC_EMITTED) return true;
    if (!tacho__desc_is_vec(desc)) {
        if (closed < labels)
            return tacho__desc_refuse(why, desc, "a plain handle needs labels that all list their values; bind a vector");
        if (labels > 0 && desc->max_series && desc->max_series < product)
            return tacho__desc_refuse(why, desc, "max_series is below the number of combinations");
    } else if (labels == 0) {
        return tacho__desc_refuse(why, desc, "a vector needs labels");
    }
    return true;
}

static bool desc_check_flags(const tacho_desc *desc, tacho_type type, char *why)
{
    bool counter = type == TACHO_COUNTER, gauge = type == TACHO_GAUGE || type == TACHO_UNKNOWN;
    bool histogram = type == TACHO_HISTOGRAM, extreme = (desc->flags & (TACHO_MAXIMUM | TACHO_MINIMUM)) != 0;
    const struct { uint32_t flags; bool fits; const char *rule; } rules[] = {
        { ~(uint32_t)DESC_FLAGS, false, "has a flag that this version does not know" },
        { TACHO_REAL | TACHO_KEEP_NAME, counter, "TACHO_REAL and TACHO_KEEP_NAME are for counters" },
        { TACHO_UPDOWN, gauge && !extreme, "TACHO_UPDOWN is for gauges, and not for those of extremes" },
        { TACHO_EXEMPLARS, counter || histogram || type == TACHO_GAUGE_HISTOGRAM,
          "TACHO_EXEMPLARS is for counters and histograms" },
        { TACHO_CREATED, counter || histogram || type == TACHO_SUMMARY,
          "TACHO_CREATED is for counters, histograms and summaries" },
        { TACHO_MAXIMUM, gauge && !(desc->flags & TACHO_MINIMUM), "TACHO_MAXIMUM is for gauges, without TACHO_MINIMUM" },
        { TACHO_MINIMUM, gauge, "TACHO_MINIMUM is for gauges" },
        { TACHO_NATIVE_ONLY, desc->native.factor != 0, "TACHO_NATIVE_ONLY is for native histograms" },
    };
    for (size_t i = 0; i < TACHO_COUNT(rules); i++)
        if ((desc->flags & rules[i].flags) && !rules[i].fits) return tacho__desc_refuse(why, desc, rules[i].rule);
    return true;
}

static bool desc_check_scale(const tacho_desc *desc, tacho_type type, char *why)
{
    if (desc->scale == 0) return true;
    if (type != TACHO_COUNTER || (desc->flags & TACHO_REAL))
        return tacho__desc_refuse(why, desc, "a scale is for counters of whole numbers");
    if (!(desc->scale > 0 && desc_is_finite(desc->scale))) return tacho__desc_refuse(why, desc, "a scale is finite and above 0");
    return true;
}

static bool desc_check_buckets(const tacho_desc *desc, tacho_type type, char *why)
{
    if (type != TACHO_HISTOGRAM && type != TACHO_GAUGE_HISTOGRAM)
        return !desc->buckets && desc->bucket_count == 0 ? true : tacho__desc_refuse(why, desc, "buckets are for histograms");
    if (!desc->buckets)
        return desc->bucket_count == 0 ? true : tacho__desc_refuse(why, desc, "has a bucket_count but no buckets");
    if (desc->flags & TACHO_NATIVE_ONLY) return tacho__desc_refuse(why, desc, "has buckets and TACHO_NATIVE_ONLY");
    if (desc->bucket_count == 0 || desc->bucket_count > TACHO__BOUNDS_MAX)
        return tacho__desc_refuse(why, desc, "a histogram has 1 to 1000 buckets, and bucket_count says how many");
    const double *bounds;
    size_t count = tacho__desc_bounds(desc, &bounds);
    for (size_t i = 0; i < count; i++) {
        if (!desc_is_finite(bounds[i]))
            return tacho__desc_refuse(why, desc, "a bucket bound is not finite (only the last may be +Inf)");
        if (i > 0 && !(bounds[i] > bounds[i - 1]))
            return tacho__desc_refuse(why, desc, "the bucket bounds do not rise strictly");
    }
    return true;
}

static bool desc_check_native(const tacho_desc *desc, tacho_type type, enum tacho__desc_role role, char *why)
{
    const tacho_native *native = &desc->native;
    bool asks = native->factor != 0 || native->zero_threshold != 0 || native->max_buckets ||
                native->max_zero_threshold != 0 || native->min_reset_seconds != 0;
    if (!asks) return true;
    if (type == TACHO_GAUGE_HISTOGRAM && role == TACHO__DESC_BOUND) /* native buckets that observe never fall */
        return tacho__desc_refuse(why, desc, "a gauge histogram has native buckets only when a collector emits it");
    if (type != TACHO_HISTOGRAM && type != TACHO_GAUGE_HISTOGRAM)
        return tacho__desc_refuse(why, desc, "`native` is for histograms");
    if (!(native->factor > 1 && desc_is_finite(native->factor)))
        return tacho__desc_refuse(why, desc, "the factor of a native histogram is finite and above 1");
    if (!desc_is_finite(native->zero_threshold) || !(native->max_zero_threshold >= 0) ||
        !desc_is_finite(native->max_zero_threshold))
        return tacho__desc_refuse(why, desc, "a zero threshold is finite, and the largest one not negative");
    if (native->max_buckets > TACHO__BOUNDS_MAX) return tacho__desc_refuse(why, desc, "max_buckets is at most 1000");
    if (!(native->min_reset_seconds >= 0 && native->min_reset_seconds <= DESC_SECONDS_MAX))
        return tacho__desc_refuse(why, desc, "min_reset_seconds is between 0 and a year");
    return true;
}

static bool desc_check_quantiles(const tacho_desc *desc, tacho_type type, char *why)
{
    if (type != TACHO_SUMMARY)
        return !desc->quantiles && desc->quantile_count == 0 ? true
                                                             : tacho__desc_refuse(why, desc, "quantiles are for summaries");
    if (!desc->quantiles != (desc->quantile_count == 0) || desc->quantile_count > TACHO__QUANTILES_MAX)
        return tacho__desc_refuse(why, desc, "a summary has at most 16 quantiles, and `quantiles` names them");
    for (size_t i = 0; i < desc->quantile_count; i++) {
        if (!(desc->quantiles[i] >= 0 && desc->quantiles[i] <= 1))
            return tacho__desc_refuse(why, desc, "a quantile is a rank between 0 and 1");
        if (i > 0 && !(desc->quantiles[i] > desc->quantiles[i - 1]))
            return tacho__desc_refuse(why, desc, "the quantiles do not rise strictly");
    }
    return true;
}

static bool desc_check_window(const tacho_desc *desc, char *why)
{
    if (desc->window.seconds == 0 && desc->window.slices == 0) return true;
    if (!desc->quantile_count && !(desc->flags & (TACHO_MAXIMUM | TACHO_MINIMUM)))
        return tacho__desc_refuse(why, desc, "a window is for quantiles, TACHO_MAXIMUM and TACHO_MINIMUM");
    if (desc->window.slices > DESC_SLICES_MAX) return tacho__desc_refuse(why, desc, "a window has at most 16 slices");
    if (!(desc->window.seconds >= 0 && desc->window.seconds <= DESC_SECONDS_MAX))
        return tacho__desc_refuse(why, desc, "a window is between 0 seconds and a year long");
    return true;
}

static bool desc_check_states(const tacho_desc *desc, tacho_type type, char *why)
{
    size_t count = 0;
    if (type != TACHO_STATESET) return !desc->states ? true : tacho__desc_refuse(why, desc, "states are for statesets");
    for (; desc->states && desc->states[count]; count++) {
        const char *state = desc->states[count];
        size_t len = strnlen(state, TACHO_MAX_LABEL_BYTES + 1);
        if (count >= TACHO__STATES_MAX) return tacho__desc_refuse(why, desc, "a stateset has at most 64 states");
        if (len == 0 || len > TACHO_MAX_LABEL_BYTES || tacho__utf8_valid(state, len) != len)
            return tacho__desc_refuse(why, desc, "a state is UTF-8 of 1 to 1024 bytes");
        for (size_t k = 0; k < count; k++)
            if (strcmp(state, desc->states[k]) == 0) return tacho__desc_refuse(why, desc, "lists a state twice");
    }
    return count > 0 ? true : tacho__desc_refuse(why, desc, "a stateset lists its states");
}

bool tacho__desc_check(const tacho_desc *desc, enum tacho__desc_role role, const struct tacho__house *house, char *why)
{
    if (house->fault) return tacho__desc_refuse(why, desc, house->fault);
    if (!desc_check_handle(desc, role, why)) return false;
    tacho_type type = tacho__desc_type(desc);
    return tacho__desc_check_names(desc, type, house, why) && desc_check_flags(desc, type, why) &&
           desc_check_scale(desc, type, why) && desc_check_values(desc, why) && desc_check_shape(desc, role, why) &&
           desc_check_buckets(desc, type, why) && desc_check_native(desc, type, role, why) &&
           desc_check_quantiles(desc, type, why) && desc_check_window(desc, why) && desc_check_states(desc, type, why);
}
