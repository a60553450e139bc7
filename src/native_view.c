/*
 * native_view.c - native histograms: reading one, and its sides as spans and deltas.
 *
 * A reader copies the live words, then asks whether configuration and move are what they were before. If so it saw
 * all counts where they were, or the two words of the one move that had stopped, of which it can tell what they mean.
 * If not it begins again, so many times that somebody at work is done before; whoever stands still or died disturbs
 * it only once.
 * Order: [N1] config and [N3] slots, see native.c; [N2] move, see native_limit.c. Slots are read with acquire, so
 * what is read behind them is newer: the sum, and the second look.
 */
#include "native_word.h"

#define VIEW_TRIES 4096

/* Whether a copy is of single buckets, or of what they hold together. */
enum view_kind { VIEW_BUCKETS, VIEW_TOTALS };

static inline void view_take(struct tacho__native_view *view, uint64_t word, uint64_t config, enum view_kind kind)
{
    if (!tacho__word_lives(word, config) || !(word & TACHO__NATIVE_COUNT)) return;
    if (kind == VIEW_TOTALS) {
        view->count += word & TACHO__NATIVE_COUNT;
        return;
    }
    view->buckets[view->positive++] = (struct tacho__native_bucket){
        .count = word & TACHO__NATIVE_COUNT,
        .index = (int32_t)tacho__word_key(word),
    };
}

/* The two words of a move that is under way. False: it went on meanwhile. */
static bool view_take_moving(struct tacho__native_view *view, const struct tacho__native *native, uint64_t move,
                             uint64_t config, enum view_kind kind)
{
    uint64_t to = tacho__load_acquire(&native->slots[tacho__move_to(move)]); /* [N3] */
    uint64_t from = tacho__load_acquire(&native->slots[tacho__move_from(move)]); /* [N3] */
    bool to_frozen = (to & TACHO__NATIVE_FROZEN) != 0, from_frozen = (from & TACHO__NATIVE_FROZEN) != 0;
    bool applied = tacho__move_phase(move) == TACHO__NATIVE_APPLY && !to_frozen;
    view_take(view, to, config, kind);
    if (!(applied && from_frozen)) view_take(view, from, config, kind);
    return tacho__move_phase(move) != TACHO__NATIVE_APPLY || !to_frozen || from_frozen;
}

/* Words as they are, their keys for indices, all among the positive ones. False: something changed meanwhile. */
static inline bool view_copy(struct tacho__native_view *view, const struct tacho__native *native, uint64_t *config,
                             enum view_kind kind)
{
    *config = tacho__load_acquire(&native->config);            /* [N1] */
    uint64_t move = tacho__load_acquire(&native->move);        /* [N2] */
    bool moving = tacho__move_phase(move) != TACHO__NATIVE_IDLE, whole = true;
    *view = (struct tacho__native_view){ 0 };
    TACHO_EDGE(N1);
    for (uint32_t at = 0; at <= native->slot_mask; at++) {
        if (moving && (at == tacho__move_from(move) || at == tacho__move_to(move))) continue;
        view_take(view, tacho__load_acquire(&native->slots[at]), *config, kind); /* [N3] */
    }
    if (moving) whole = view_take_moving(view, native, move, *config, kind);
    uint64_t generation = tacho__config_generation(*config);
    const struct tacho__native_era *era = &native->eras[generation % TACHO__NATIVE_ERAS];
    union { uint64_t bits; double number; } sum = { .bits = tacho__load_relaxed(&era->sum) }; /* [N3] is before it */
    view->sum = sum.number;
    view->created_ms = tacho__load_relaxed(&era->created); /* [N1] */
    view->reset = tacho__load_relaxed(&native->first) != generation; /* [N1] */
    TACHO_EDGE(N2);
    return whole && tacho__load_acquire(&native->move) == move && tacho__load_acquire(&native->config) == *config; /* [N2] [N1] */
}

/* By key, with gaps that shrink: there are few, and half of them in order already. */
static void view_sort(struct tacho__native_bucket *buckets, uint32_t count)
{
    for (uint32_t gap = count / 2; gap > 0; gap = gap == 2 ? 1 : gap * 5 / 11)
        for (uint32_t i = gap; i < count; i++) {
            struct tacho__native_bucket bucket = buckets[i];
            uint32_t at = i;
            for (; at >= gap && buckets[at - gap].index > bucket.index; at -= gap) buckets[at] = buckets[at - gap];
            buckets[at] = bucket;
        }
}

/* Keys become what the configuration makes of them, and those that are the same one bucket. */
static void view_merge(struct tacho__native_view *view, uint64_t config)
{
    struct tacho__native_bucket *buckets = view->buckets;
    uint32_t words = view->positive, count = 0;
    for (uint32_t i = 0; i < words; i++) {
        buckets[i].index = (int32_t)tacho__config_key(config, (uint32_t)buckets[i].index);
        view->count += buckets[i].count;
    }
    view_sort(buckets, words);
    view->positive = 0;
    for (uint32_t i = 0; i < words; i++) {
        uint32_t key = (uint32_t)buckets[i].index;
        if (key == TACHO__NATIVE_ZERO) {
            view->zero_count += buckets[i].count;
        } else if (i > 0 && buckets[i - 1].index == buckets[i].index) {
            buckets[count - 1].count += buckets[i].count;
        } else {
            *((key & TACHO__NATIVE_SIDE) ? &view->negative : &view->positive) += 1;
            buckets[count++] = buckets[i];
        }
    }
    for (uint32_t i = 0; i < count; i++)
        buckets[i].index = tacho__code_index((uint32_t)buckets[i].index & TACHO__NATIVE_CODES);
}

size_t tacho__native_view_size(const struct tacho__native *native)
{
    return sizeof(struct tacho__native_view) +
           ((size_t)native->slot_mask + 1) * sizeof(struct tacho__native_bucket);
}

bool tacho__native_read(const struct tacho__native *native, struct tacho__native_view *view)
{
    uint64_t config;
    uint32_t tries = 1;
    while (!view_copy(view, native, &config, VIEW_BUCKETS) && tries < VIEW_TRIES) tries++;
    uint32_t zero = tacho__config_zero(config);
    union { uint64_t bits; double number; } threshold = { .bits = native->threshold };
    view->zero_threshold = zero ? tacho__native_bound(zero) : threshold.number;
    view->schema = tacho__config_schema(config);
    view_merge(view, config);
    return tries < VIEW_TRIES;
}

void tacho__native_totals(const struct tacho__native *native, uint64_t *count, double *sum)
{
    struct tacho__native_view totals;
    uint64_t config;
    uint32_t tries = 1;
    while (!view_copy(&totals, native, &config, VIEW_TOTALS) && tries < VIEW_TRIES) tries++;
    *count = totals.count;
    *sum = totals.sum;
}

/* ---- Spans and deltas -------------------------------------------------------------------------------------------- */

#define VIEW_GAP_MAX 2 /* empty buckets that are cheaper written than left out */

bool tacho__native_span_next(struct tacho__native_side side, struct tacho__native_span *span)
{
    if (span->at == side.count) return false;
    int32_t first = side.buckets[span->at].index;
    span->offset = first - span->end;
    do span->end = side.buckets[span->at++].index + 1;
    while (span->at < side.count && side.buckets[span->at].index - span->end <= VIEW_GAP_MAX);
    span->length = (uint32_t)(span->end - first);
    return true;
}

bool tacho__native_delta_next(struct tacho__native_side side, struct tacho__native_delta *delta)
{
    if (delta->at == side.count) return false;
    const struct tacho__native_bucket *bucket = &side.buckets[delta->at];
    int32_t gap = delta->at ? bucket->index - delta->index - 1 : 0;
    bool empty = gap > 0 && gap <= VIEW_GAP_MAX;
    uint64_t count = empty ? 0 : bucket->count;
    delta->index = empty ? delta->index + 1 : bucket->index;
    delta->at += !empty;
    delta->delta = (int64_t)(count - delta->count);
    delta->count = count;
    return true;
}
