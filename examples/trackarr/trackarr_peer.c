/*
 * trackarr_peer.c - a reader of JSON (RFC 8259) that keeps four members and checks the grammar of all others.
 *
 * Input is hostile until shown otherwise: whoever announces chooses parts of it. The reader walks it once, copies
 * only what fits, and recurses at most PEER_MAX_DEPTH times.
 */
#include "trackarr_peer.h"

#include <string.h>

#define PEER_MAX_DEPTH 16
#define PEER_MAX_TEXT TRACKARR_MAX_IP
#define PEER_MAX_DIGITS \
    18 /* of a number that are looked at: fits 64 bits, and exceeds a double's precision */
#define PEER_MAX_EXPONENT 400 /* beyond it a double is 0 or infinite */

/* What is left of the text. */
typedef struct peer_cursor {
    const char *at, *end;
} peer_cursor;

/* A string that was read; `len` is above PEER_MAX_TEXT when it did not fit, or was not ASCII. */
typedef struct peer_text {
    char bytes[PEER_MAX_TEXT + 1];
    size_t len;
} peer_text;

typedef enum peer_type {
    PEER_NOTHING = 0,
    PEER_TEXT,
    PEER_NUMBER,
    PEER_FALSE,
    PEER_TRUE,
    PEER_OTHER
} peer_type;

typedef struct peer_value {
    peer_type type;
    peer_text text;
    double number;
} peer_value;

static bool peer_skip_value(peer_cursor *json, unsigned depth);

static void peer_skip_blanks(peer_cursor *json)
{
    while (json->at < json->end &&
           (*json->at == ' ' || *json->at == '\t' || *json->at == '\n' || *json->at == '\r'))
        json->at++;
}

/* Whether this byte is next; it is taken. */
static bool peer_take(peer_cursor *json, char byte)
{
    if (json->at == json->end || *json->at != byte) return false;
    json->at++;
    return true;
}

/* The same behind blanks. */
static bool peer_take_mark(peer_cursor *json, char mark)
{
    peer_skip_blanks(json);
    return peer_take(json, mark);
}

static bool peer_take_word(peer_cursor *json, const char *word)
{
    size_t len = strlen(word);
    if ((size_t)(json->end - json->at) < len || memcmp(json->at, word, len) != 0) return false;
    json->at += len;
    return true;
}

/* ---- Strings ----------------------------------------------------------------------------------------------------- */

static void peer_put(peer_text *text, unsigned unit)
{
    if (!text) return;
    if (unit == 0 || unit > 0x7e || text->len >= PEER_MAX_TEXT)
        text->len = PEER_MAX_TEXT + 1;
    else
        text->bytes[text->len++] = (char)unit;
}

static bool peer_take_hex(peer_cursor *json, unsigned *unit)
{
    *unit = 0;
    for (int i = 0; i < 4; i++) {
        static const char digits[] = "0123456789abcdef0123456789ABCDEF";
        const char *found = json->at < json->end && *json->at ? strchr(digits, *json->at) : NULL;
        if (!found) return false;
        *unit = *unit * 16 + (unsigned)(found - digits) % 16;
        json->at++;
    }
    return true;
}

static bool peer_take_escape(peer_cursor *json, peer_text *text)
{
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    if (json->at == json->end) return false;
    char c = *json->at++;
    if (c == 'u') {
        unsigned unit;
        if (!peer_take_hex(json, &unit)) return false;
        peer_put(text, unit);
        return true;
    }
    const char *found = c ? strchr(from, c) : NULL;
    if (found) peer_put(text, (unsigned char)to[found - from]);
    return found != NULL;
}

/* A string; `text` may be NULL. */
static bool peer_take_string(peer_cursor *json, peer_text *text)
{
    if (!peer_take(json, '"')) return false;
    if (text) text->len = 0;
    while (json->at < json->end) {
        unsigned char c = (unsigned char)*json->at++;
        if (c == '"') {
            if (text && text->len <= PEER_MAX_TEXT) text->bytes[text->len] = '\0';
            return true;
        }
        if (c < ' ') return false;
        if (c != '\\')
            peer_put(text, c);
        else if (!peer_take_escape(json, text))
            return false;
    }
    return false;
}

/* ---- Numbers ----------------------------------------------------------------------------------------------------- */

/* One digit or more; those that fit go into `digits`, and `scale` counts the others. */
static bool peer_take_digits(peer_cursor *json, uint64_t *digits, int *seen, int *scale, int step)
{
    const char *start = json->at;
    while (json->at < json->end && *json->at >= '0' && *json->at <= '9') {
        if (*seen < PEER_MAX_DIGITS) {
            *digits = *digits * 10 + (uint64_t)(*json->at - '0');
            if (*digits) ++*seen;
            *scale += step;
        } else if (*scale < PEER_MAX_EXPONENT) {
            *scale += step + 1;
        }
        json->at++;
    }
    return json->at > start;
}

static bool peer_take_exponent(peer_cursor *json, int *scale)
{
    bool minus = peer_take(json, '-');
    int exponent = 0;
    const char *start = json->at;
    if (!minus) (void)peer_take(json, '+');
    if (!minus) start = json->at;
    for (; json->at < json->end && *json->at >= '0' && *json->at <= '9'; json->at++)
        if (exponent < 2 * PEER_MAX_EXPONENT) exponent = exponent * 10 + (*json->at - '0');
    *scale += minus ? -exponent : exponent;
    return json->at > start;
}

static double peer_scaled(double value, int scale)
{
    if (scale > PEER_MAX_EXPONENT) scale = PEER_MAX_EXPONENT;
    if (scale < -PEER_MAX_EXPONENT) scale = -PEER_MAX_EXPONENT;
    double power = 1;
    for (int i = scale < 0 ? -scale : scale; i > 0; i--) power *= 10;
    return scale < 0 ? value / power : value * power;
}

static bool peer_take_number(peer_cursor *json, double *number)
{
    bool minus = peer_take(json, '-');
    uint64_t digits = 0;
    int seen = 0, scale = 0;
    bool zero = json->at < json->end && *json->at == '0';
    const char *start = json->at;
    if (!peer_take_digits(json, &digits, &seen, &scale, 0)) return false;
    if (zero && json->at > start + 1) return false; /* 01 is no number */
    if (peer_take(json, '.') && !peer_take_digits(json, &digits, &seen, &scale, -1)) return false;
    if ((peer_take(json, 'e') || peer_take(json, 'E')) && !peer_take_exponent(json, &scale)) return false;
    *number = digits ? peer_scaled((double)digits, scale) : 0;
    if (minus) *number = -*number;
    return true;
}

/* ---- Values ------------------------------------------------------------------------------------------------------ */

/* What stands between brackets: `object` has keys. The opening one was taken. */
static bool peer_skip_members(peer_cursor *json, unsigned depth, bool object)
{
    char closing = object ? '}' : ']';
    if (peer_take_mark(json, closing)) return true;
    do {
        peer_skip_blanks(json);
        if (object && !(peer_take_string(json, NULL) && peer_take_mark(json, ':'))) return false;
        if (!peer_skip_value(json, depth)) return false;
    } while (peer_take_mark(json, ','));
    return peer_take_mark(json, closing);
}

static bool peer_take_value(peer_cursor *json, peer_value *value, unsigned depth)
{
    peer_skip_blanks(json);
    value->type = PEER_OTHER;
    if (json->at == json->end) return false;
    switch (*json->at) {
    case '"':
        value->type = PEER_TEXT;
        return peer_take_string(json, &value->text);
    case '{':
    case '[':
        if (depth == PEER_MAX_DEPTH) return false;
        return peer_skip_members(json, depth + 1, *json->at++ == '{');
    case 't':
        value->type = PEER_TRUE;
        return peer_take_word(json, "true");
    case 'f':
        value->type = PEER_FALSE;
        return peer_take_word(json, "false");
    case 'n':
        return peer_take_word(json, "null");
    default:
        value->type = PEER_NUMBER;
        return peer_take_number(json, &value->number);
    }
}

static bool peer_skip_value(peer_cursor *json, unsigned depth)
{
    peer_value value;
    return peer_take_value(json, &value, depth);
}

/* ---- The object -------------------------------------------------------------------------------------------------- */

enum { PEER_IP, PEER_PORT, PEER_IS_SEEDER, PEER_UPDATED_AT, PEER_MEMBERS };
static const char *const peer_names[PEER_MEMBERS] = { "ip", "port", "isSeeder", "updatedAt" };

static bool peer_take_members(peer_cursor *json, peer_value *members)
{
    if (!peer_take_mark(json, '{')) return false;
    if (peer_take_mark(json, '}')) return true;
    do {
        peer_text name;
        peer_value value;
        peer_skip_blanks(json);
        if (!peer_take_string(json, &name) || !peer_take_mark(json, ':')) return false;
        if (!peer_take_value(json, &value, 1)) return false;
        for (size_t i = 0; name.len <= PEER_MAX_TEXT && i < PEER_MEMBERS; i++)
            if (strcmp(name.bytes, peer_names[i]) == 0) members[i] = value;
    } while (peer_take_mark(json, ','));
    return peer_take_mark(json, '}');
}

static bool peer_is_whole(const peer_value *members)
{
    const peer_value *ip = &members[PEER_IP], *port = &members[PEER_PORT], *seeder = &members[PEER_IS_SEEDER];
    if (ip->type != PEER_TEXT || ip->text.len == 0 || ip->text.len > PEER_MAX_TEXT) return false;
    if (port->type != PEER_NUMBER || !(port->number >= 0 && port->number <= UINT16_MAX)) return false;
    if (port->number != (double)(uint16_t)port->number) return false;
    if (seeder->type != PEER_TRUE && seeder->type != PEER_FALSE) return false;
    return members[PEER_UPDATED_AT].type == PEER_NUMBER;
}

bool trackarr_peer_read(trackarr_peer *peer, const char *json, size_t len)
{
    peer_cursor cursor = { json, json + len };
    peer_value members[PEER_MEMBERS];
    for (size_t i = 0; i < PEER_MEMBERS; i++) members[i].type = PEER_NOTHING;
    if (!peer_take_members(&cursor, members)) return false;
    peer_skip_blanks(&cursor);
    if (cursor.at != cursor.end || !peer_is_whole(members)) return false;
    memcpy(peer->ip, members[PEER_IP].text.bytes, members[PEER_IP].text.len + 1);
    peer->port = (uint16_t)members[PEER_PORT].number;
    peer->is_seeder = members[PEER_IS_SEEDER].type == PEER_TRUE;
    peer->updated_ms = members[PEER_UPDATED_AT].number;
    return true;
}
