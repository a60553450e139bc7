/*
 * http_query.c - name[]=N, as often as there are names (URL Living Standard, application/x-www-form-urlencoded).
 *
 * Parameters are parted by '&', a name from its value by the first '='; both are percent-decoded, '+' is a blank.
 * Parameters of other names are nobody's business here, but have to be well-formed like the rest.
 */
#include "http_query.h"

#include <string.h>

/* No family is called so: names are UTF-8. */
static const char query_nobody[] = "\xff";

static int query_hex(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    char lower = (char)(c | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/* Decode [at, end) to `out`; returns the end of what was written, or NULL: malformed. */
static char *query_decode(const char *at, const char *end, char *out)
{
    while (at < end) {
        char c = *at++;
        if (c == '%') {
            int high = end - at >= 2 ? query_hex(at[0]) : -1, low = high >= 0 ? query_hex(at[1]) : -1;
            if (low < 0) return NULL;
            c = (char)(unsigned char)(high * 16 + low);
            at += 2;
        } else if (c == '+') {
            c = ' ';
        }
        *out++ = c;
    }
    return out;
}

/* One parameter in [at, end); returns where `space` goes on, or NULL: malformed, or a name too many. */
static char *query_take(const char *at, const char *end, char *space, tacho__http_names *names)
{
    static const char wanted[] = { 'n', 'a', 'm', 'e', '[', ']' };
    const char *equals = memchr(at, '=', (size_t)(end - at));
    char *stop = query_decode(at, equals ? equals : end, space);
    if (!stop) return NULL;
    bool named = (size_t)(stop - space) == sizeof wanted && memcmp(space, wanted, sizeof wanted) == 0;
    stop = query_decode(equals ? equals + 1 : end, end, space);
    if (!stop || !named) return stop ? space : NULL;
    if (names->count == TACHO__HTTP_NAMES_MAX) return NULL;
    *stop = '\0';
    names->names[names->count++] = strlen(space) == (size_t)(stop - space) ? space : query_nobody;
    return stop + 1;
}

int tacho__http_query_names(const char *query, char *space, tacho__http_names *names)
{
    names->count = 0;
    for (const char *at = query;; at++) {
        const char *end = at + strcspn(at, "&");
        if (!(space = query_take(at, end, space, names))) return 400;
        if (*end == '\0') return 200;
        at = end;
    }
}

uint32_t tacho__http_seconds(const char *text)
{
    const uint32_t limit = TACHO__HTTP_SECONDS_MAX * 1000u;
    uint64_t ms = 0;
    const char *at = text;
    for (; *at >= '0' && *at <= '9'; at++) ms = ms < limit ? ms * 10 + (uint64_t)(*at - '0') * 1000 : limit;
    if (at == text) return 0;
    if (*at == '.') {
        at++;
        for (uint32_t unit = 100; *at >= '0' && *at <= '9'; at++, unit /= 10) ms += (uint64_t)(*at - '0') * unit;
    }
    if (*at) return 0;
    return ms < limit ? (uint32_t)ms : limit;
}
