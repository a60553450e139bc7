/*
 * emit_types.c - samples of each type that a collector emits: whether they fit the family at hand, and if not, why.
 */
#include <tacho/collector.h>

#include "emit.h"

#define EMIT_DOUBLE_MAX 1.7976931348623157e308

static tacho__number emit_real(double value)
{
    return (tacho__number){ .kind = TACHO__DOUBLE, .as.d = value };
}

static tacho__number emit_whole(uint64_t value)
{
    return (tacho__number){ .kind = TACHO__UINT, .as.u = value };
}

/* What to call for a family of this type. */
static const char *emit_other_call(const struct tacho__meta *meta)
{
    switch (meta->type) {
    case TACHO_HISTOGRAM:
    case TACHO_GAUGE_HISTOGRAM: return "its row is a histogram: call tacho_emit_histogram, or tacho_emit_native";
    case TACHO_SUMMARY: return "its row is a summary: call tacho_emit_summary";
    case TACHO_INFO: return "its row is an info: call tacho_emit_info";
    case TACHO_STATESET: return "its row is a stateset: call tacho_emit_states";
    default: return "its row is a number: call tacho_emit_int, tacho_emit_uint or tacho_emit_double";
    }
}

static void emit_number(tacho_emitter *out, tacho_labels labels, tacho__number number, bool fits_counter)
{
    const struct tacho__meta *meta = tacho__emitter_family(out);
    if (!meta) return;
    bool fits = meta->type == TACHO_GAUGE || meta->type == TACHO_UNKNOWN || meta->type == TACHO_COUNTER;
    const char *why = fits ? NULL : emit_other_call(meta);
    if (meta->type == TACHO_COUNTER && !fits_counter) why = "the value of a counter is negative, NaN or infinite";
    if (tacho__emitter_expects(out, labels, why)) tacho__emitter_sample(out, labels, number, NULL, 0);
}

void tacho_emit_int(tacho_emitter *out, tacho_labels labels, int64_t value)
{
    emit_number(out, labels, (tacho__number){ .kind = TACHO__INT, .as.i = value }, value >= 0);
}

void tacho_emit_uint(tacho_emitter *out, tacho_labels labels, uint64_t value)
{
    emit_number(out, labels, emit_whole(value), true);
}

void tacho_emit_double(tacho_emitter *out, tacho_labels labels, double value)
{
    emit_number(out, labels, emit_real(value), value >= 0 && value <= EMIT_DOUBLE_MAX);
}

void tacho_emit_info(tacho_emitter *out, tacho_labels labels)
{
    const struct tacho__meta *meta = tacho__emitter_family(out);
    if (meta && tacho__emitter_expects(out, labels, meta->type == TACHO_INFO ? NULL : emit_other_call(meta)))
        tacho__emitter_sample(out, labels, emit_whole(1), NULL, 0);
}

void tacho_emit_states(tacho_emitter *out, tacho_labels labels, uint64_t on)
{
    const struct tacho__meta *meta = tacho__emitter_family(out);
    if (!meta) return;
    const char *why = meta->type == TACHO_STATESET ? NULL : emit_other_call(meta);
    if (!why && meta->state_count < TACHO__STATES_MAX && on >> meta->state_count != 0)
        why = "a bit is set beyond the states that its row has";
    if (tacho__emitter_expects(out, labels, why)) tacho__emitter_sample(out, labels, emit_whole(on), NULL, 0);
}

/* Whether counts can be added up: together below 2^64. */
static bool emit_adds_up(const uint64_t *counts, size_t count)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < count; i++) {
        if (counts[i] > UINT64_MAX - sum) return false;
        sum += counts[i];
    }
    return true;
}

void tacho_emit_histogram(tacho_emitter *out, tacho_labels labels, const uint64_t *counts, double sum)
{
    const struct tacho__meta *meta = tacho__emitter_family(out);
    if (!meta) return;
    size_t buckets = meta->bound_count + 1;
    const char *why = tacho__meta_is_histogram(meta) ? NULL : emit_other_call(meta);
    if (!why && !counts) why = "the counts of its buckets are NULL";
    if (!why && sum != sum) why = "its sum is NaN";
    if (!why && !emit_adds_up(counts, buckets)) why = "the counts of its buckets come to 2^64 or more";
    if (tacho__emitter_expects(out, labels, why)) tacho__emitter_sample(out, labels, emit_real(sum), counts, buckets);
}

void tacho_emit_summary(tacho_emitter *out, tacho_labels labels, uint64_t count, double sum, const double *quantiles)
{
    uint64_t words[1 + TACHO__QUANTILES_MAX] = { count };
    const struct tacho__meta *meta = tacho__emitter_family(out);
    if (!meta) return;
    size_t ranks = meta->quantile_count;
    const char *why = meta->type == TACHO_SUMMARY ? NULL : emit_other_call(meta);
    if (!why && sum != sum) why = "its sum is NaN";
    if (!why && ranks > 0 && !quantiles) why = "its quantiles are NULL, and its row has ranks";
    if (!tacho__emitter_expects(out, labels, why)) return;
    for (size_t i = 0; i < ranks; i++) words[1 + i] = tacho__double_bits(quantiles[i]);
    tacho__emitter_sample(out, labels, emit_real(sum), words, 1 + ranks);
}
