/*
 * pen.c - writing texts into a block.
 */
#include "pen.h"

#include <string.h>

void tacho__spelled_make(struct tacho__spelled *out, const char *name, enum tacho__name_kind kind, enum tacho__scheme scheme)
{
    out->len = tacho__spell(out->text, name, strlen(name), kind, scheme);
    out->plain = tacho__name_is_plain(out->text, out->len, kind);
}

/* `\\`, `\n` and, in quotes, `\"`; without `out` it only measures. */
static size_t pen_escape(char *out, const char *text, size_t len, bool quotes)
{
    size_t at = 0;
    for (size_t i = 0; i < len; i++) {
        char c = text[i];
        bool escaped = c == '\\' || c == '\n' || (quotes && c == '"');
        if (escaped) {
            if (out) out[at] = '\\';
            at++;
            if (c == '\n') c = 'n';
        }
        if (out) out[at] = c;
        at++;
    }
    return at;
}

size_t tacho__escape_label(char *out, const char *text, size_t len)
{
    return pen_escape(out, text, len, true);
}

void tacho__pen_put(struct tacho__pen *pen, const char *text, size_t len)
{
    if (pen->out && len) memcpy(pen->out + pen->at, text, len);
    pen->at += len;
}

void tacho__pen_puts(struct tacho__pen *pen, const char *text)
{
    tacho__pen_put(pen, text, strlen(text));
}

void tacho__pen_put_escaped(struct tacho__pen *pen, const char *text, size_t len)
{
    pen->at += tacho__escape_label(pen->out ? pen->out + pen->at : NULL, text, len);
}

void tacho__pen_put_help(struct tacho__pen *pen, const char *text, size_t len)
{
    pen->at += pen_escape(pen->out ? pen->out + pen->at : NULL, text, len, false);
}

void tacho__pen_put_name(struct tacho__pen *pen, const struct tacho__spelled *name)
{
    if (!name->plain) tacho__pen_puts(pen, "\"");
    tacho__pen_put_escaped(pen, name->text, name->len);
    if (!name->plain) tacho__pen_puts(pen, "\"");
}

void tacho__pen_put_label(struct tacho__pen *pen, const tacho_constant *label, enum tacho__scheme scheme)
{
    struct tacho__spelled name;
    tacho__spelled_make(&name, label->name, TACHO__NAME_LABEL, scheme);
    tacho__pen_put_name(pen, &name);
    tacho__pen_puts(pen, "=\"");
    tacho__pen_put_escaped(pen, label->value, strlen(label->value));
    tacho__pen_puts(pen, "\"");
}

struct tacho__text tacho__pen_close(struct tacho__pen *pen, size_t from)
{
    struct tacho__text text = { (uint32_t)from, (uint32_t)(pen->at - from) };
    tacho__pen_put(pen, "", 1);
    return text;
}

struct tacho__text tacho__pen_bytes(struct tacho__pen *pen, const char *text, size_t len)
{
    size_t from = pen->at;
    tacho__pen_put(pen, text, len);
    return tacho__pen_close(pen, from);
}

struct tacho__text tacho__pen_text(struct tacho__pen *pen, const char *text)
{
    return tacho__pen_bytes(pen, text, text ? strlen(text) : 0);
}
