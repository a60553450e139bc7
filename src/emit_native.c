/*
 * emit_native.c - native histograms that a collector emits: checked, and kept as the views that writers show.
 *
 * What writers count on and therefore is checked: indices rise, so spans have lengths; they lie where values are, so
 * offsets fit; a count fits a signed difference to the one before; and all counts come to one that can be told.
 */
#include <tacho/collector.h>

#include "emit.h"
#include "native.h"

#define EMIT_BUCKETS_MAX 1000 /* as many as a native histogram that observes may have */
#define EMIT_LOWEST_POWER 1074 /* 2^-1074 is the smallest number above 0, and the largest ones are below 2^1024 */
#define EMIT_HIGHEST_POWER 1024

/* What buckets come to, side after side. */
struct emit_sum {
    uint64_t count;
    size_t populated;
};

static bool emit_add(uint64_t *sum, uint64_t count)
{
    *sum += count;
    return *sum >= count;
}

static bool emit_index_fits(int32_t index, int32_t schema)
{
    if (schema < 0) return index >= -(EMIT_LOWEST_POWER >> -schema) && index <= (EMIT_HIGHEST_POWER >> -schema) + 1;
    return index >= -EMIT_LOWEST_POWER * (1 << schema) && index <= EMIT_HIGHEST_POWER * (1 << schema) + 1;
}

/* Why a side cannot be shown, or NULL; what it comes to is added to `sum`. */
static const char *emit_side_fault(const tacho_native_bucket *buckets, size_t count, int32_t schema, struct emit_sum *sum)
{
    if (count > 0 && !buckets) return "a side has buckets and is NULL";
    for (size_t i = 0; i < count; i++) {
        if (!emit_index_fits(buckets[i].index, schema)) return "the index of a bucket is where its schema has no numbers";
        if (i > 0 && buckets[i].index <= buckets[i - 1].index) return "the indices of the buckets do not rise";
        if (buckets[i].count > INT64_MAX || !emit_add(&sum->count, buckets[i].count))
            return "a bucket holds 2^63 or more, or all of them 2^64 or more";
        sum->populated += buckets[i].count > 0;
    }
    return sum->populated <= EMIT_BUCKETS_MAX ? NULL : "more than 1000 buckets are not empty";
}

static const char *emit_classic_fault(const struct tacho__meta *meta, const uint64_t *classic, uint64_t count)
{
    uint64_t sum = 0;
    if (!classic) return meta->bound_count == 0 ? NULL : "its row has classic buckets, and their counts are NULL";
    for (uint32_t i = 0; i <= meta->bound_count; i++)
        if (!emit_add(&sum, classic[i])) return "the classic buckets come to 2^64 or more";
    return sum == count ? NULL : "the classic buckets come to another count than the native ones";
}

static const char *emit_fault(const struct tacho__meta *meta, const tacho_native_counts *counts, struct emit_sum *sum)
{
    if (!tacho__meta_is_histogram(meta) || meta->native.factor == 0) return "its row is no histogram with a native factor";
    if (!counts) return "the counts are NULL";
    if (counts->schema < TACHO__NATIVE_COARSEST || counts->schema > TACHO__NATIVE_FINEST)
        return "its schema is not within -4 to 8";
    if (!(counts->zero_threshold >= 0 && counts->zero_threshold <= 1.7976931348623157e308))
        return "its zero threshold is negative, NaN or infinite";
    if (counts->sum != counts->sum) return "its sum is NaN";
    *sum = (struct emit_sum){ .count = counts->zero_count };
    const char *fault = emit_side_fault(counts->positive, counts->positive_count, counts->schema, sum);
    if (!fault) fault = emit_side_fault(counts->negative, counts->negative_count, counts->schema, sum);
    return fault ? fault : emit_classic_fault(meta, counts->classic, sum->count);
}

/* Append one side, without its empty buckets; returns how many it has. */
static uint32_t emit_side(struct tacho__native_bucket *out, const tacho_native_bucket *buckets, size_t count)
{
    uint32_t populated = 0;
    for (size_t i = 0; i < count; i++)
        if (buckets[i].count > 0)
            out[populated++] = (struct tacho__native_bucket){ .count = buckets[i].count, .index = buckets[i].index };
    return populated;
}

void tacho_emit_native(tacho_emitter *out, tacho_labels labels, const tacho_native_counts *counts)
{
    struct emit_sum sum;
    const struct tacho__meta *meta = tacho__emitter_family(out);
    if (!meta || !tacho__emitter_expects(out, labels, emit_fault(meta, counts, &sum))) return;
    size_t words_count = (size_t)meta->bound_count + 1;
    size_t size = sizeof(struct tacho__native_view) + sum.populated * sizeof(struct tacho__native_bucket);
    uint64_t *words = tacho__emitter_native(out, labels, counts->sum, words_count, size);
    if (!words) return;
    for (size_t i = 0; i < words_count; i++) words[i] = counts->classic ? counts->classic[i] : sum.count;
    struct tacho__native_view *view = (struct tacho__native_view *)(void *)(words + words_count);
    *view = (struct tacho__native_view){ .zero_threshold = counts->zero_threshold + 0.0, /* -0 becomes 0 */
                                         .sum = counts->sum, .count = sum.count, .zero_count = counts->zero_count,
                                         .schema = counts->schema };
    view->positive = emit_side(view->buckets, counts->positive, counts->positive_count);
    view->negative = emit_side(view->buckets + view->positive, counts->negative, counts->negative_count);
}
