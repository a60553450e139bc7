/*
 * symbol.h - label values, each stored once per registry and counted; escaped once, when it is stored.
 *
 * Everything here happens under the lock. Readers reach a symbol only through a series that holds it.
 */
#ifndef TACHO_SYMBOL_H
#define TACHO_SYMBOL_H

#include "buckets.h"
#include "copy.h"

struct tacho__symbol {
    uint32_t refs;
    tacho__ref next; /* in its bucket, or in the list of free ones of its size */
    uint16_t len, escaped_len;
    char text[]; /* the value; behind it, if that is another text, the escaped value */
};

/** Find or store a value and hold it; 0 when the budget is spent. */
TACHO_INTERNAL tacho__ref tacho__symbol_take(struct tacho__segment *segment, const char *text, size_t len);

/** Give a hold up; with the last one the memory is free for another value of that size. */
TACHO_INTERNAL void tacho__symbol_drop(struct tacho__segment *segment, tacho__ref ref);

/**
 * After a death under the lock the table is made anew from what series hold: clear it, forget the holds of every
 * series, then hold again. What nobody holds by then is lost.
 */
TACHO_INTERNAL void tacho__symbol_clear(struct tacho__segment *segment);
TACHO_INTERNAL void tacho__symbol_forget(struct tacho__segment *segment, tacho__ref ref);
TACHO_INTERNAL void tacho__symbol_hold(struct tacho__segment *segment, tacho__ref ref);

static inline struct tacho__symbol *tacho__symbol_at(const struct tacho__segment *segment, tacho__ref ref)
{
    return tacho__segment_at(segment, ref);
}

/**
 * Copy the value and return the end. Short ones, as most are, go in whole words of the symbol, of which its text begins in
 * the middle of the second: up to 7 bytes behind the end are touched.
 */
static inline char *tacho__symbol_copy_raw(char *out, const struct tacho__symbol *symbol)
{
    size_t len = symbol->len;
    memcpy(out, symbol->text, 4);
    if (len <= 4) return out + len;
    memcpy(out + 4, symbol->text + 4, TACHO__UNIT);
    if (len > 4 + TACHO__UNIT) (void)tacho__copy(out + 4, symbol->text + 4, len - 4);
    return out + len;
}

/** The same for the escaped value. */
static inline char *tacho__symbol_copy(char *out, const struct tacho__symbol *symbol)
{
    if (TACHO_LIKELY(symbol->escaped_len == symbol->len)) return tacho__symbol_copy_raw(out, symbol);
    return tacho__copy(out, symbol->text + symbol->len, symbol->escaped_len);
}

/** Bytes that a symbol for this value takes. */
static inline size_t tacho__symbol_size(size_t len, size_t escaped_len)
{
    size_t size = offsetof(struct tacho__symbol, text) + len + (escaped_len == len ? 0 : escaped_len);
    return (size + TACHO__UNIT - 1) & ~(size_t)(TACHO__UNIT - 1);
}

_Static_assert(offsetof(struct tacho__symbol, text) % TACHO__UNIT == 4, "tacho__symbol_copy counts on it");

/** Fill a symbol whose memory is already there and zeroed. */
TACHO_INTERNAL void tacho__symbol_write(struct tacho__symbol *symbol, const char *text, size_t len, size_t escaped_len);

#endif
