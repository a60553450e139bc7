/*
 * fields.c - fields of a script's line.
 */
#include "fields.h"

#include <stdlib.h>
#include <string.h>

#include "keep.h"

static int fields_hex(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* The byte that an escape stands for; 0 of `used`: there is no such escape. */
static char fields_escape(const char *text, size_t len, size_t *used)
{
    *used = 2;
    if (len < 2) *used = 0;
    switch (len < 2 ? 0 : text[1]) {
    case 't': return '\t';
    case 'n': return '\n';
    case 'r': return '\r';
    case '\\': return '\\';
    case 'x':
        *used = len >= 4 && fields_hex(text[2]) >= 0 && fields_hex(text[3]) >= 0 ? 4 : 0;
        return *used ? (char)(fields_hex(text[2]) * 16 + fields_hex(text[3])) : 0;
    default: *used = 0; return 0;
    }
}

bool fields_split(fields *out, const char *line, size_t len)
{
    *out = (fields){ .memory = malloc(len + 2) };
    char *at = out->memory, *begin = at;
    if (!at) return false;
    for (size_t i = 0; i <= len;) {
        size_t used = 1;
        if (i == len || line[i] == '\t') {
            if (out->count == FIELDS_MAX) return false;
            out->at[out->count++] = (field){ begin, (size_t)(at - begin) };
            *at++ = 0;
            begin = at;
        } else {
            *at++ = line[i] == '\\' ? fields_escape(line + i, len - i, &used) : line[i];
            if (used == 0) return false;
        }
        i += used;
    }
    return true;
}

void fields_free(fields *line)
{
    free(line->memory);
}

bool field_is(field it, const char *text)
{
    return it.len == strlen(text) && memcmp(it.text, text, it.len) == 0;
}

bool field_is_text(field it)
{
    return memchr(it.text, 0, it.len) == NULL;
}

const char *field_text(field it)
{
    char *copy = keep_new(it.len + 1);
    memcpy(copy, it.text, it.len);
    copy[it.len] = 0;
    return copy;
}

field field_cut(field *rest, char separator)
{
    const char *end = rest->len ? memchr(rest->text, separator, rest->len) : NULL;
    field first = { rest->text, end ? (size_t)(end - rest->text) : rest->len };
    size_t skip = first.len + (end != NULL);
    *rest = (field){ rest->text + skip, rest->len - skip };
    return first;
}

bool field_number(field it, double *out)
{
    char *end;
    const char *text = field_text(it);
    *out = strtod(text, &end);
    return it.len > 0 && field_is_text(it) && *end == 0;
}
