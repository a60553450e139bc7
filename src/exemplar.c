/*
 * exemplar.c - the last exemplar of a counter or of a bucket, in a slot that many write and whose writers may die.
 *
 * A slot is a version, a sum, and the words of one record: value, time, text. The version says how long the record is,
 * when it was claimed, and by its lowest bit that it is still being written; a number in it counts the claims. To store
 * is to claim (one compare-and-swap), to write the words, and to clear the lowest bit (another one). Who finds a claim
 * drops its own record, unless the claim is older than a second: its owner was killed, and a new claim replaces it.
 *   I1  No version comes twice while anybody remembers it: that would take a multiple of 2^33 claims within one unit of
 *       its time (0.13 s), or ending in that unit 39 hours later. So a compare-and-swap that succeeds found the claim
 *       that its owner saw or made, and two looks that find the same version had nothing in between.
 *   I2  A version is cleared of its lowest bit only by who claimed it. Who lost its claim stores nothing that counts.
 *   I3  Words of a finished version are those of its record, but for late words.
 *   I4  A copy whose sum agrees is a whole record; a slot with late words shows nothing until the next record.
 * Late words: an owner that was only stopped for more than a second, not killed, goes on writing into a slot that is no
 * longer its own. It looks at the version before each word, and what it wrote before the stop arrived long ago, so a
 * stop between look and store makes one late word, and any other none. Each word enters the sum reversibly, and the
 * length is that of the version, so one late word always shows. Several, of as many owners stopped in the same slot,
 * escape the sum with probability 2^-64; it begins with the version, so a whole late record does not agree either.
 * A claim "older than a second" by mistake (a clock of another time namespace) costs no more than such a stop does. One
 * from the future is young up to a minute, since a writer may be stopped between reading the clock and claiming.
 *
 * Order: [X1] version  release when the record is complete; acquire by loads, which then read no older words, and by
 *                      the next claim, whose words then come later
 *        [X2] a word   release after the claim, acquire by loads before their second look at the version: who read a
 *                      word of a newer record finds its claim there
 */
#define _GNU_SOURCE
#include "exemplar.h"

#include <string.h>

#include "atomic.h"
#include "utf8.h"

#define EXEMPLAR_TRIES 1000 /* of a load; most of them only look at the version: a few microseconds in all */
#define EXEMPLAR_TIME_MAX 253402300799.0 /* the last second that protobuf's Timestamp knows */

/* A version: bit 0 "being written", 10 bits of length, 20 of time in units of 2^27 ns, 33 that count claims. */
#define EXEMPLAR_CLAIMED 1u
#define EXEMPLAR_LEN_SHIFT 1
#define EXEMPLAR_LEN_BITS 0x3ffu
#define EXEMPLAR_TIME_SHIFT 11
#define EXEMPLAR_TIME_BITS 0xfffffu
#define EXEMPLAR_CLAIM_SHIFT 31
#define EXEMPLAR_UNIT_SHIFT 27
#define EXEMPLAR_YOUNG 8    /* units that may have begun since a claim: more is more than a second */
#define EXEMPLAR_FUTURE 512 /* units by which a claim may be ahead of the caller's clock */

struct exemplar_slot {
    _Atomic uint64_t version; /* 0: nothing was ever stored */
    _Atomic uint64_t sum;
    _Atomic uint64_t words[2 + TACHO__EXEMPLAR_BYTES / 8]; /* struct tacho__exemplar up to its len */
};

_Static_assert(sizeof(struct exemplar_slot) == TACHO__EXEMPLAR_SLOT, "the size that exemplar.h tells");
_Static_assert(offsetof(struct tacho__exemplar, bytes) == 16, "value and time are a word each");
/* Names are ASCII and not empty: one of n code points and the zeros of its pair take n + 2 bytes, at most 4 * n. */
_Static_assert(TACHO__EXEMPLAR_BYTES >= 4 * TACHO_EXEMPLAR_MAX, "what does not fit has too many code points");
_Static_assert(TACHO__EXEMPLAR_BYTES % 8 == 0 && TACHO__EXEMPLAR_BYTES <= EXEMPLAR_LEN_BITS, "lengths fit");

/* ---- Exemplars --------------------------------------------------------------------------------------------------- */

bool tacho__exemplar_next(const struct tacho__exemplar *exemplar, size_t *at, struct tacho__exemplar_pair *pair)
{
    if (*at >= exemplar->len) return false;
    pair->name = exemplar->bytes + *at;
    pair->name_len = strlen(pair->name);
    pair->value = pair->name + pair->name_len + 1;
    pair->value_len = strlen(pair->value);
    *at += pair->name_len + pair->value_len + 2;
    return true;
}

static bool exemplar_is_name(const char *name)
{
    for (const char *c = name; *c; c++) {
        bool letter = (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') || *c == '_';
        if (!letter && !(c > name && *c >= '0' && *c <= '9')) return false;
    }
    return *name != '\0';
}

static bool exemplar_append(struct tacho__exemplar *out, const char *text)
{
    size_t room = sizeof out->bytes - out->len, len = strnlen(text, room);
    if (len == room || tacho__utf8_valid(text, len) != len) return false;
    memcpy(out->bytes + out->len, text, len + 1);
    out->len += (uint32_t)len + 1;
    return true;
}

static bool exemplar_append_pair(struct tacho__exemplar *out, const tacho_exemplar *in, size_t index)
{
    const tacho_pair *pair = &in->pairs[index];
    const char *name = out->bytes + out->len;
    if (!pair->name || !pair->value) return false;
    if (!exemplar_append(out, pair->name) || !exemplar_is_name(name)) return false;
    for (size_t i = 0; i < index; i++)
        if (strcmp(in->pairs[i].name, name) == 0) return false;
    return exemplar_append(out, pair->value);
}

static bool exemplar_fits(const struct tacho__exemplar *exemplar, size_t count)
{
    size_t points = exemplar->len - 2 * count;
    if (points <= TACHO_EXEMPLAR_MAX) return true; /* in bytes, then */
    for (size_t i = 0; i < exemplar->len; i++) points -= ((unsigned char)exemplar->bytes[i] & 0xc0) == 0x80;
    return points <= TACHO_EXEMPLAR_MAX;
}

bool tacho__exemplar_make(struct tacho__exemplar *out, const tacho_exemplar *in, double value, uint64_t now_ms)
{
    if (!(in->timestamp >= 0 && in->timestamp <= EXEMPLAR_TIME_MAX)) return false; /* NaN is neither */
    if (in->count > 0 && !in->pairs) return false;
    out->value = value;
    out->time_ms = in->timestamp > 0 ? (uint64_t)(in->timestamp * 1000 + 0.5) : now_ms;
    out->len = 0;
    for (size_t i = 0; i < in->count; i++)
        if (!exemplar_append_pair(out, in, i)) return false;
    memset(out->bytes + out->len, 0, -out->len % 8);
    return exemplar_fits(out, in->count);
}

/* ---- Slots ------------------------------------------------------------------------------------------------------- */

static size_t exemplar_word_count(uint64_t len)
{
    return (size_t)(2 + (len + 7) / 8);
}

/* For the same `sum` different words give different results, and the other way round. */
static uint64_t exemplar_mix(uint64_t sum, uint64_t word)
{
    sum = (sum ^ word) * 0x9e3779b97f4a7c15u;
    return sum ^ sum >> 32;
}

/* The version of the new claim; 0: another one holds the slot, or was quicker. */
static uint64_t exemplar_claim(struct exemplar_slot *slot, uint64_t len, uint64_t now_ns)
{
    uint64_t seen = tacho__load_relaxed(&slot->version); /* the compare-and-swap says whether it holds */
    uint64_t now = now_ns >> EXEMPLAR_UNIT_SHIFT & EXEMPLAR_TIME_BITS, then = seen >> EXEMPLAR_TIME_SHIFT;
    bool young = ((now - then + EXEMPLAR_FUTURE) & EXEMPLAR_TIME_BITS) <= EXEMPLAR_FUTURE + EXEMPLAR_YOUNG;
    if ((seen & EXEMPLAR_CLAIMED) && young) return 0;
    uint64_t claim = ((seen >> EXEMPLAR_CLAIM_SHIFT) + 1) << EXEMPLAR_CLAIM_SHIFT | now << EXEMPLAR_TIME_SHIFT |
                     len << EXEMPLAR_LEN_SHIFT | EXEMPLAR_CLAIMED;
    TACHO_EDGE(X1);
    bool quickest = atomic_compare_exchange_strong_explicit(&slot->version, &seen, claim, memory_order_acquire,
                                                            memory_order_relaxed); /* [X1] if it was the quickest */
    return quickest ? claim : 0;
}

/* False: the slot was taken over. */
static bool exemplar_put(struct exemplar_slot *slot, uint64_t claim, _Atomic uint64_t *word, uint64_t value)
{
    if (tacho__load_relaxed(&slot->version) != claim) return false; /* relaxed: the sum decides in the end */
    TACHO_EDGE(X2);
    tacho__store_release(word, value); /* [X2] after the claim */
    return true;
}

bool tacho__exemplar_store(void *at, const struct tacho__exemplar *exemplar, uint64_t now_ns)
{
    struct exemplar_slot *slot = at;
    uint64_t claim = exemplar_claim(slot, exemplar->len, now_ns), finished = claim ^ EXEMPLAR_CLAIMED, sum = finished;
    if (!claim) return false;
    for (size_t i = 0; i < exemplar_word_count(exemplar->len); i++) {
        uint64_t word;
        memcpy(&word, (const char *)exemplar + 8 * i, 8);
        sum = exemplar_mix(sum, word);
        if (!exemplar_put(slot, claim, &slot->words[i], word)) return false;
    }
    if (!exemplar_put(slot, claim, &slot->sum, sum)) return false;
    TACHO_EDGE(X1);
    return atomic_compare_exchange_strong_explicit(&slot->version, &claim, finished, memory_order_release,
                                                   memory_order_relaxed); /* [X1] if it is still ours */
}

/* One version on: the sum is not that of the new one, and whoever is storing has lost its claim. */
void tacho__exemplar_clear(void *at)
{
    struct exemplar_slot *slot = at;
    uint64_t seen = tacho__load_relaxed(&slot->version); /* the compare-and-swap says whether it holds */
    while (seen && !atomic_compare_exchange_weak_explicit(
                       &slot->version, &seen, ((seen >> EXEMPLAR_CLAIM_SHIFT) + 1) << EXEMPLAR_CLAIM_SHIFT,
                       memory_order_relaxed, memory_order_relaxed)) /* it publishes nothing */
        continue;
}

/* Copy what stands under a finished version; false: it has late words, or words of another version. */
static bool exemplar_copy(const struct exemplar_slot *slot, uint64_t version, struct tacho__exemplar *out)
{
    uint64_t sum = version;
    out->len = version >> EXEMPLAR_LEN_SHIFT & EXEMPLAR_LEN_BITS;
    for (size_t i = 0; i < exemplar_word_count(out->len); i++) {
        uint64_t word = tacho__load_acquire(&slot->words[i]); /* [X2] */
        memcpy((char *)out + 8 * i, &word, 8);
        sum = exemplar_mix(sum, word);
    }
    return tacho__load_acquire(&slot->sum) == sum; /* [X2] */
}

bool tacho__exemplar_load(const void *at, struct tacho__exemplar *out)
{
    const struct exemplar_slot *slot = at;
    for (int i = 0; i < EXEMPLAR_TRIES; i++) {
        uint64_t version = tacho__load_acquire(&slot->version); /* [X1] */
        if (version == 0) return false;
        if (version & EXEMPLAR_CLAIMED) continue;
        bool whole = exemplar_copy(slot, version, out);
        if (tacho__load_relaxed(&slot->version) == version) return whole; /* [X2] orders it */
    }
    return false;
}
