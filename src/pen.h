/*
 * pen.h - writing texts into a block that is measured in a first pass and written in a second.
 */
#ifndef TACHO_PEN_H
#define TACHO_PEN_H

#include "meta.h"

/** Escape for label values and OpenMetrics help: \\ \n and \". Returns the length; NULL `out` only measures. */
TACHO_INTERNAL size_t tacho__escape_label(char *out, const char *text, size_t len);

/** Where the next byte goes; without `out` it only counts. */
struct tacho__pen {
    char *out;
    size_t at;
};

/** A name in one scheme. */
struct tacho__spelled {
    char text[TACHO__SPELLED_MAX];
    size_t len;
    bool plain; /* needs no quotes */
};

TACHO_INTERNAL void tacho__spelled_make(struct tacho__spelled *out, const char *name, enum tacho__name_kind kind,
                                        enum tacho__scheme scheme);

/** Write bytes; a text up to its NUL; a label's value or a help of the text format, escaped; a name in its quotes if it needs
 *  them; `name="value"`. */
TACHO_INTERNAL void tacho__pen_put(struct tacho__pen *pen, const char *text, size_t len);
TACHO_INTERNAL void tacho__pen_puts(struct tacho__pen *pen, const char *text);
TACHO_INTERNAL void tacho__pen_put_escaped(struct tacho__pen *pen, const char *text, size_t len);
TACHO_INTERNAL void tacho__pen_put_help(struct tacho__pen *pen, const char *text, size_t len);
TACHO_INTERNAL void tacho__pen_put_name(struct tacho__pen *pen, const struct tacho__spelled *name);
TACHO_INTERNAL void tacho__pen_put_label(struct tacho__pen *pen, const tacho_constant *label, enum tacho__scheme scheme);

/** End with a NUL what was written since `from`: where it is. */
TACHO_INTERNAL struct tacho__text tacho__pen_close(struct tacho__pen *pen, size_t from);

/** Bytes, and a text or, if it is NULL, nothing, as texts of their own. */
TACHO_INTERNAL struct tacho__text tacho__pen_bytes(struct tacho__pen *pen, const char *text, size_t len);
TACHO_INTERNAL struct tacho__text tacho__pen_text(struct tacho__pen *pen, const char *text);

#endif
