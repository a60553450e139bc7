/*
 * index.c - a hash index whose lookups never wait and whose entries never move.
 *
 * All series of a family form one list, ordered by the reversed bits of their hashes; a bucket is an entry into it.
 * In that order what belongs to a bucket lies together, and splitting a bucket means entering the list at one more
 * place: nothing is moved, and a reader that still uses the old number of buckets finds everything (split-ordered
 * lists, Shalev and Shavit 2006, here with buckets split one at a time as in linear hashing).
 *   I1  The list is in order at every moment, and each link changes by one store.
 *   I2  A bucket below `bucket_count` is in the list, before the first series that belongs to it. Lookups use those up to
 *       `bucket_mask`, a power of two less one: a lookup that knows of fewer buckets goes through more of the list.
 *   I3  A hit is final; a miss proves nothing until repeated under the lock.
 *   I4  A lookup finds nothing that a scrape would not show: a series whose maker stopped or died before it announced
 *       it in `born` of the segment is not counted in unseen, but waited for, or repaired, under the lock.
 * Order: [S2] links and [S3] bucket_mask, see family.h; [B1] born of the segment, see segment.h.
 */
#include "index.h"

#define INDEX_SPARSE 2u              /* buckets per series, at least, ... */
#define INDEX_SPARSE_MAX (64u << 10) /* ... up to this many buckets; then one per series */
#define INDEX_SPLITS 64              /* of buckets, at most, for each new series */

static uint32_t index_reverse(uint32_t bits)
{
    bits = (bits & 0x55555555u) << 1 | ((bits >> 1) & 0x55555555u);
    bits = (bits & 0x33333333u) << 2 | ((bits >> 2) & 0x33333333u);
    bits = (bits & 0x0f0f0f0fu) << 4 | ((bits >> 4) & 0x0f0f0f0fu);
    return bits << 24 | (bits & 0xff00u) << 8 | ((bits >> 8) & 0xff00u) | bits >> 24;
}

/* There are so many buckets; lookups use those below the last power of two. */
static void index_count(struct tacho__family *family, uint32_t count)
{
    tacho__store_relaxed(&family->bucket_count, count); /* [K1] */
    TACHO_EDGE(S3);
    tacho__store_release(&family->bucket_mask, (1u << tacho__log2(count)) - 1); /* [S3] */
}

bool tacho__index_open(struct tacho__segment *segment, struct tacho__family *family)
{
    if (!tacho__bucket_room(segment, family->levels, 0)) return false;
    tacho__store_relaxed(tacho__bucket(segment, family->levels, 0), TACHO__INDEX_END); /* published with the family, [F1] */
    index_count(family, 1);
    return true;
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
        if (link == TACHO__INDEX_END || link & TACHO__INDEX_BUCKET) return at;
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
    if (link != (TACHO__INDEX_BUCKET | count)) { /* else a process died right here */
        tacho__store_relaxed(tacho__bucket(segment, family->levels, count), link);
        tacho__store_release(at, TACHO__INDEX_BUCKET | count); /* [S2] */
    }
    index_count(family, count + 1);
}

/*
 * Few series to a bucket where that is cheap: a lookup whose series is the first of its bucket leaves nothing to guess
 * for the CPU's branch predictor. Once begun a doubling goes on quickly, because lookups profit when it is complete.
 */
static void index_grow(struct tacho__segment *segment, struct tacho__family *family)
{
    for (int i = 0; i < INDEX_SPLITS; i++) {
        uint32_t count = tacho__load_relaxed(&family->bucket_count); /* [K1] */
        uint32_t room = count < INDEX_SPARSE_MAX ? count / INDEX_SPARSE : count;
        bool doubling = (count & (count - 1)) != 0;
        if (!doubling && tacho__load_relaxed(&family->live) < room) return;
        index_split(segment, family);
    }
}

void tacho__index_insert(struct tacho__segment *segment, struct tacho__family *family, tacho__ref ref)
{
    index_grow(segment, family);
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
    while (link != ref && link != TACHO__INDEX_END && !(link & TACHO__INDEX_BUCKET)) {
        at = &tacho__series_at(segment, link)->next;
        link = tacho__load_relaxed(at);
    }
    if (link == ref) tacho__store_release(at, tacho__load_relaxed(&series->next)); /* [S2] */
}

void tacho__index_repair(struct tacho__segment *segment, struct tacho__family *family)
{
    uint32_t count = tacho__load_relaxed(&family->bucket_count); /* [K1] */
    if (!count) return;
    index_count(family, count);
    _Atomic uint32_t *at = tacho__bucket(segment, family->levels, 0);
    for (uint32_t link = tacho__load_relaxed(at); link != TACHO__INDEX_END; link = tacho__load_relaxed(at)) {
        if (link == (TACHO__INDEX_BUCKET | count)) index_count(family, count + 1);
        bool dead = !(link & TACHO__INDEX_BUCKET) &&
                    !tacho__series_live(tacho__load_relaxed(&tacho__series_at(segment, link)->born));
        if (dead)
            tacho__store_release(at, tacho__load_relaxed(&tacho__series_at(segment, link)->next)); /* [S2] */
        else
            at = tacho__index_link(segment, family, link);
    }
}
