/*
 * spell.c - names in the four escaping schemes, one code point at a time.
 */
#include "spell.h"

#include <string.h>

/* Where the next byte goes; without `out` it only counts. */
struct spell_pen {
    char *out;
    size_t at;
};

static void spell_put(struct spell_pen *pen, const char *text, size_t len)
{
    if (pen->out) memcpy(pen->out + pen->at, text, len);
    pen->at += len;
}

static bool spell_is_letter(char c, enum tacho__name_kind kind)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (c == ':' && kind == TACHO__NAME_FAMILY);
}

static bool spell_is_legal(const char *name, size_t at, enum tacho__name_kind kind)
{
    return spell_is_letter(name[at], kind) || (at > 0 && name[at] >= '0' && name[at] <= '9');
}

bool tacho__name_is_plain(const char *name, size_t len, enum tacho__name_kind kind)
{
    for (size_t i = 0; i < len; i++)
        if (!spell_is_legal(name, i, kind)) return false;
    return len > 0;
}

/* The code point that begins at `text`, which is valid UTF-8; returns its bytes. */
static size_t spell_decode(const char *text, uint32_t *point)
{
    unsigned char lead = (unsigned char)text[0];
    size_t len = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    *point = len == 1 ? lead : lead & (0x7fu >> len);
    for (size_t i = 1; i < len; i++) *point = *point << 6 | ((unsigned char)text[i] & 0x3fu);
    return len;
}

/* `_` hexadecimal digits without leading zeros `_`. */
static void spell_hex(struct spell_pen *pen, uint32_t point)
{
    unsigned digits = 1;
    while (digits < 6 && point >> 4 * digits) digits++;
    spell_put(pen, "_", 1);
    while (digits-- > 0) spell_put(pen, &"0123456789abcdef"[point >> 4 * digits & 15], 1);
    spell_put(pen, "_", 1);
}

static void spell_illegal(struct spell_pen *pen, uint32_t point, enum tacho__scheme scheme)
{
    if (scheme == TACHO__VALUES)
        spell_hex(pen, point);
    else if (scheme == TACHO__UNDERSCORES)
        spell_put(pen, "_", 1);
    else if (point == '.')
        spell_put(pen, "_dot_", 5);
    else
        spell_put(pen, "__", 2);
}

size_t tacho__spell(char *out, const char *name, size_t len, enum tacho__name_kind kind, enum tacho__scheme scheme)
{
    struct spell_pen pen = { out, 0 };
    if (scheme == TACHO__UTF8 || tacho__name_is_plain(name, len, kind)) {
        spell_put(&pen, name, len);
        return pen.at;
    }
    if (scheme == TACHO__VALUES) spell_put(&pen, "U__", 3);
    for (size_t i = 0; i < len;) {
        uint32_t point;
        size_t step = spell_decode(name + i, &point);
        if (!spell_is_legal(name, i, kind))
            spell_illegal(&pen, point, scheme);
        else if (point == '_' && scheme != TACHO__UNDERSCORES)
            spell_put(&pen, "__", 2);
        else
            spell_put(&pen, name + i, 1);
        i += step;
    }
    return pen.at;
}
