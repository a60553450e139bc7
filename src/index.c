/*
 * index.c - a hash index whose lookups never wait and whose entries never move.
 *
 * All series of a family form one list, ordered by the reversed bits of their hashes; a bucket is an entry into it.
 * In that order what belongs to a bucket lies together, and splitting a bucket means entering the list at one more
 * place: nothing is moved, and a reader that still uses the old number of buckets finds everything (split-ordered
 * lists, Shalev and Shavit 2006, here with buckets split one at a time as in linear hashing).
 *   I1  The list is in order at every moment, and each link changes by one store.
 *   I2  A bucket below `bucket_count` is in the list, before the first series that belongs to it.
 *   I3  A hit is final; a miss proves nothing until repeated under the lock.
 *   I4  A lookup finds nothing that a scrape would not show: a series whose maker stopped or died before it announced
 *       it in `born` of the segment is not counted in unseen, but waited for, or repaired, under the lock.
 * Links are refs of series, or INDEX_BUCKET and the number of a bucket, or INDEX_END.
 * Order: [S2] links and [S3] bucket_count, see family.h; [B1] born of the segment, see segment.h.
 */
#include "index.h"

#include <string.h>

#include "hash.h"

#define INDEX_BUCKET 0x80000000u
#define INDEX_END 0x7fffffffu

static uint32_t index_reverse(uint32_t bits)
{
    bits = (bits & 0x55555555u) << 1 | ((bits >> 1) & 0x55555555u);
    bits = (bits & 0x33333333u) << 2 | ((bits >> 2) & 0x33333333u);
    bits = (bits & 0x0f0f0f0fu) << 4 | ((bits >> 4) & 0x0f0f0f0fu);
    return bits << 24 | (bits & 0xff00u) << 8 | ((bits >> 8) & 0xff00u) | bits >> 24;
}

static _Atomic uint32_t *index_link(const struct tacho__segment *segment, const struct tacho__family *family,
                                    uint32_t link)
{
    if (link & INDEX_BUCKET) return tacho__bucket(segment, family->levels, link & ~INDEX_BUCKET);
    return &tacho__series_at(segment, link)->next;
}

/* Compare in words of 8 bytes that overlap at the end; a call to memcmp costs more than most label values. */
static inline bool index_same(const char *a, const char *b, size_t len)
{
    if (TACHO_LIKELY(len >= 8 && len <= 16))
        return ((tacho__hash_read8(a) ^ tacho__hash_read8(b)) |
                (tacho__hash_read8(a + len - 8) ^ tacho__hash_read8(b + len - 8))) == 0;
    if (len > 16) return memcmp(a, b, len) == 0;
    if (len >= 4)
        return ((tacho__hash_read4(a) ^ tacho__hash_read4(b)) |
                (tacho__hash_read4(a + len - 4) ^ tacho__hash_read4(b + len - 4))) == 0;
    for (size_t i = 0; i < len; i++)
        if (a[i] != b[i]) return false;
    return true;
}

static inline bool index_matches(const struct tacho__segment *segment, const struct tacho__series *series,
                                 uint32_t label_count, const char *const *values, const size_t *lens)
{
    for (uint32_t i = 0; i < label_count; i++) {
        const struct tacho__symbol *symbol = tacho__symbol_at(segment, series->labels[i]);
        if (symbol->len != lens[i] || !index_same(symbol->text, values[i], lens[i])) return false;
    }
    return true;
}

bool tacho__index_open(struct tacho__segment *segment, struct tacho__family *family)
{
    if (!tacho__bucket_room(segment, family->levels, 0)) return false;
    tacho__store_relaxed(tacho__bucket(segment, family->levels, 0), INDEX_END); /* published with the family, [F1] */
    tacho__store_release(&family->bucket_count, 1); /* [S3] */
    return true;
}

static inline bool index_announced(const struct tacho__segment *segment, const struct tacho__series *series)
{
    uint64_t born = tacho__load_relaxed(&series->born); /* [S2] covers what is read */
    return tacho__series_live(born) && born <= tacho__load_acquire(&segment->head->born); /* [B1] */
}

struct tacho__series *tacho__index_probe(const struct tacho__segment *segment, const struct tacho__family *family,
                                         uint32_t label_count, const char *const *values, const size_t *lens,
                                         uint32_t hash)
{
    uint32_t count = tacho__load_acquire(&family->bucket_count); /* [S3] */
    uint32_t link = tacho__load_acquire(tacho__bucket(segment, family->levels, tacho__bucket_of(hash, count)));
    for (;;) {
        while (TACHO_LIKELY(!(link & INDEX_BUCKET))) {
            if (link == INDEX_END) return NULL;
            struct tacho__series *series = tacho__series_at(segment, link);
            if (series->hash == hash && index_matches(segment, series, label_count, values, lens) &&
                index_announced(segment, series))
                return series;
            TACHO_EDGE(S2);
            link = tacho__load_acquire(&series->next); /* [S2] */
        }
        if ((link & ~INDEX_BUCKET) < count) return NULL; /* the next bucket; a later one was split off meanwhile */
        link = tacho__load_acquire(index_link(segment, family, link)); /* [S2] */
    }
}

tacho__ref tacho__index_find(const struct tacho__segment *segment, const struct tacho__family *family,
                             const struct tacho__query *query)
{
    const struct tacho__series *series =
        tacho__index_probe(segment, family, tacho__family_meta(segment, family)->label_count, query->values,
                           query->lens, tacho__hash_finish(query->sum));
    return series ? tacho__segment_ref(segment, series) : 0;
}

/* The link to follow from a bucket to where a series with this hash stands, or would. */
static _Atomic uint32_t *index_place(const struct tacho__segment *segment, const struct tacho__family *family,
                                     uint32_t bucket, uint32_t reversed)
{
    _Atomic uint32_t *at = tacho__bucket(segment, family->levels, bucket);
    for (;;) {
        uint32_t link = tacho__load_relaxed(at); /* [K1] */
        if (link == INDEX_END || link & INDEX_BUCKET) return at;
        struct tacho__series *series = tacho__series_at(segment, link);
        if (index_reverse(series->hash) >= reversed) return at;
        at = &series->next;
    }
}

static void index_split(struct tacho__segment *segment, struct tacho__family *family)
{
    uint32_t count = tacho__load_relaxed(&family->bucket_count); /* [K1] */
    if (!tacho__bucket_room(segment, family->levels, count)) return;
    _Atomic uint32_t *at = index_place(segment, family, tacho__bucket_parent(count), index_reverse(count));
    uint32_t link = tacho__load_relaxed(at);
    if (link != (INDEX_BUCKET | count)) { /* else a process died right here */
        tacho__store_relaxed(tacho__bucket(segment, family->levels, count), link);
        tacho__store_release(at, INDEX_BUCKET | count); /* [S2] */
    }
    TACHO_EDGE(S3);
    tacho__store_release(&family->bucket_count, count + 1); /* [S3] */
}

void tacho__index_insert(struct tacho__segment *segment, struct tacho__family *family, tacho__ref ref)
{
    if (tacho__load_relaxed(&family->live) >= tacho__load_relaxed(&family->bucket_count)) /* [K1] */
        index_split(segment, family);
    struct tacho__series *series = tacho__series_at(segment, ref);
    uint32_t bucket = tacho__bucket_of(series->hash, tacho__load_relaxed(&family->bucket_count));
    _Atomic uint32_t *at = index_place(segment, family, bucket, index_reverse(series->hash));
    tacho__store_relaxed(&series->next, tacho__load_relaxed(at)); /* nobody sees it yet */
    TACHO_EDGE(S2);
    tacho__store_release(at, ref); /* [S2] */
}

void tacho__index_remove(struct tacho__segment *segment, struct tacho__family *family, tacho__ref ref)
{
    struct tacho__series *series = tacho__series_at(segment, ref);
    uint32_t bucket = tacho__bucket_of(series->hash, tacho__load_relaxed(&family->bucket_count)); /* [K1] */
    _Atomic uint32_t *at = index_place(segment, family, bucket, index_reverse(series->hash));
    uint32_t link = tacho__load_relaxed(at);
    while (link != ref && link != INDEX_END && !(link & INDEX_BUCKET)) {
        at = &tacho__series_at(segment, link)->next;
        link = tacho__load_relaxed(at);
    }
    if (link == ref) tacho__store_release(at, tacho__load_relaxed(&series->next)); /* [S2] */
}

void tacho__index_repair(struct tacho__segment *segment, struct tacho__family *family)
{
    uint32_t count = tacho__load_relaxed(&family->bucket_count); /* [K1] */
    if (!count) return;
    _Atomic uint32_t *at = tacho__bucket(segment, family->levels, 0);
    for (uint32_t link = tacho__load_relaxed(at); link != INDEX_END; link = tacho__load_relaxed(at)) {
        if (link == (INDEX_BUCKET | count)) tacho__store_release(&family->bucket_count, count + 1); /* [S3] */
        bool dead = !(link & INDEX_BUCKET) &&
                    !tacho__series_live(tacho__load_relaxed(&tacho__series_at(segment, link)->born));
        if (dead)
            tacho__store_release(at, tacho__load_relaxed(&tacho__series_at(segment, link)->next)); /* [S2] */
        else
            at = index_link(segment, family, link);
    }
}
