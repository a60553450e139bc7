/*
 * http_text.h - what requests and answers are written in (RFC 9110, 5): bytes, words and fields. <ctype.h> would ask the locale.
 */
#ifndef TACHO_HTTP_TEXT_H
#define TACHO_HTTP_TEXT_H

#include <string.h>

#include "internal.h"

static inline bool tacho__http_is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static inline bool tacho__http_is_alnum(char c)
{
    char lower = (char)(c | 0x20);
    return tacho__http_is_digit(c) || (lower >= 'a' && lower <= 'z');
}

/** A byte of a method or a field's name. */
static inline bool tacho__http_is_token(char c)
{
    return tacho__http_is_alnum(c) || (c != '\0' && strchr("!#$%&'*+-.^_`|~", c));
}

static inline char tacho__http_lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

/** Compare without case with a word. */
static inline bool tacho__http_same(const char *text, size_t len, const char *word)
{
    if (len != strlen(word)) return false;
    for (size_t i = 0; i < len; i++)
        if (tacho__http_lower(text[i]) != tacho__http_lower(word[i])) return false;
    return true;
}

/** Leave the blanks around [begin, end) out. */
static inline void tacho__http_trim(const char **begin, const char **end)
{
    while (*begin < *end && (**begin == ' ' || **begin == '\t')) ++*begin;
    while (*end > *begin && ((*end)[-1] == ' ' || (*end)[-1] == '\t')) --*end;
}

/** A field's name and its value, less the blanks around that: [value, end). */
typedef struct tacho__http_field {
    const char *name;
    size_t name_len;
    const char *value, *end;
} tacho__http_field;

/** Take the line [line, end) apart. False: it is no field, as with a blank before the colon, or when it is a folded one. */
static inline bool tacho__http_field_read(tacho__http_field *field, const char *line, const char *end)
{
    const char *colon = memchr(line, ':', (size_t)(end - line));
    if (!colon || colon == line) return false;
    for (const char *at = line; at < colon; at++)
        if (!tacho__http_is_token(*at)) return false;
    *field = (tacho__http_field){ line, (size_t)(colon - line), colon + 1, end };
    tacho__http_trim(&field->value, &field->end);
    return true;
}

static inline bool tacho__http_field_is(const tacho__http_field *field, const char *name)
{
    return tacho__http_same(field->name, field->name_len, name);
}

#endif
