/*
 * claims.c - whether two families could show the same name, in any format and escaping scheme.
 *
 * A family claims its name without the suffix of its type, and that with every suffix a format may append (OpenMetrics 1.0,
 * "Metric naming and namespaces"; the text format, whose gauge histograms are histograms).
 */
#include <string.h>

#include "meta.h"

/* A name that several suffixes may follow. */
struct claim {
    const char *name;
    size_t len;
    const char *const *suffixes; /* ended by NULL */
};

static bool claim_ends_in(const char *name, size_t len, const char *suffix)
{
    size_t tail = strlen(suffix);
    return len > tail && memcmp(name + len - tail, suffix, tail) == 0;
}

static struct claim claim_of(const struct tacho__meta *meta, enum tacho__scheme scheme)
{
    static const char *const plain[] = { "", NULL };
    static const char *const counter[] = { "", "_total", "_created", NULL };
    static const char *const info[] = { "", "_info", NULL };
    static const char *const summary[] = { "", "_sum", "_count", "_created", NULL };
    static const char *const histogram[] = { "", "_bucket", "_sum", "_count", "_created", NULL };
    static const char *const gauge_histogram[] = { "", "_bucket", "_sum", "_count", "_gsum", "_gcount", NULL };
    static const char *const *const suffixes[] = { plain, counter, plain, histogram, summary, gauge_histogram, info,
                                                   plain, plain };
    const struct tacho__text name = tacho__meta_spelling(meta, scheme)->name;
    struct claim claim = { tacho__meta_at(meta, name), name.len, suffixes[meta->type] };
    const char *own = meta->type == TACHO_COUNTER ? "_total" : meta->type == TACHO_INFO ? "_info" : NULL;
    if (own && claim_ends_in(tacho__meta_at(meta, meta->name), meta->name.len, own))
        claim.len -= strlen(own);
    else if (own)
        claim.suffixes = plain; /* a documented name is shown as it is, in every scheme */
    return claim;
}

static bool claims_meet(struct claim a, const char *a_suffix, struct claim b, const char *b_suffix)
{
    size_t a_tail = strlen(a_suffix), b_tail = strlen(b_suffix);
    if (a.len + a_tail != b.len + b_tail) return false;
    if (a.len < b.len) return claims_meet(b, b_suffix, a, a_suffix);
    /* b's name, and what of its suffix a's name takes up */
    return memcmp(a.name, b.name, b.len) == 0 && memcmp(a.name + b.len, b_suffix, a.len - b.len) == 0 &&
           strcmp(b_suffix + (a.len - b.len), a_suffix) == 0;
}

static void claims_note(char *out, size_t cap, const char *text, size_t len, const char *suffix)
{
    size_t room = cap - 1 - strlen(suffix), shown = len < room ? len : room;
    memcpy(out, text, shown);
    strcpy(out + shown, suffix);
}

static bool claims_clash(struct claim a, struct claim b, struct tacho__clash *clash)
{
    if (memcmp(a.name, b.name, a.len < b.len ? a.len : b.len) != 0) return false;
    for (const char *const *x = a.suffixes; *x; x++)
        for (const char *const *y = b.suffixes; *y; y++) {
            if (!claims_meet(a, *x, b, *y)) continue;
            claims_note(clash->name, sizeof clash->name, a.name, a.len, *x);
            return true;
        }
    return false;
}

bool tacho__metas_clash(const struct tacho__meta *a, const struct tacho__meta *b, struct tacho__clash *clash)
{
    bool plain = a->spellings[0] == a->spellings[1] && b->spellings[0] == b->spellings[1];
    for (int scheme = 0; scheme < (plain ? 1 : TACHO__SCHEMES); scheme++)
        if (claims_clash(claim_of(a, (enum tacho__scheme)scheme), claim_of(b, (enum tacho__scheme)scheme), clash)) {
            claims_note(clash->owner, sizeof clash->owner, tacho__meta_at(b, b->name), b->name.len, "");
            return true;
        }
    return false;
}

/* Whether the name is this one; or, of a pattern, begins like it. */
static bool claim_is(struct claim claim, const char *suffix, const char *name, size_t len, bool pattern)
{
    size_t tail = strlen(suffix), head = len < claim.len ? len : claim.len;
    if (pattern ? len > claim.len + tail : len != claim.len + tail) return false;
    return memcmp(name, claim.name, head) == 0 && memcmp(name + head, suffix, len - head) == 0;
}

bool tacho__meta_is_called(const struct tacho__meta *meta, const char *name)
{
    bool plain = meta->spellings[0] == meta->spellings[1];
    size_t len = strlen(name);
    bool pattern = len > 0 && name[len - 1] == '*';
    for (int scheme = 0; scheme < (plain ? 1 : TACHO__SCHEMES); scheme++) {
        struct claim claim = claim_of(meta, (enum tacho__scheme)scheme);
        for (const char *const *suffix = claim.suffixes; *suffix; suffix++)
            if (claim_is(claim, *suffix, name, len - pattern, pattern)) return true;
    }
    return false;
}
