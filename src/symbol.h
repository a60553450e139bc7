/*
 * symbol.h - label values, each stored once per registry and counted; escaped once, when it is stored.
 *
 * Everything here happens under the lock. Readers reach a symbol only through a series that holds it.
 */
#ifndef TACHO_SYMBOL_H
#define TACHO_SYMBOL_H

#include "buckets.h"

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

static inline const char *tacho__symbol_escaped(const struct tacho__symbol *symbol)
{
    return symbol->text + (symbol->escaped_len == symbol->len ? 0 : symbol->len);
}

/** Bytes that a symbol for this value takes. */
static inline size_t tacho__symbol_size(size_t len, size_t escaped_len)
{
    size_t size = offsetof(struct tacho__symbol, text) + len + (escaped_len == len ? 0 : escaped_len);
    return (size + TACHO__UNIT - 1) & ~(size_t)(TACHO__UNIT - 1);
}

/** Fill a symbol whose memory is already there and zeroed. */
TACHO_INTERNAL void tacho__symbol_write(struct tacho__symbol *symbol, const char *text, size_t len, size_t escaped_len);

#endif
