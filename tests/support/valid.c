/*
 * valid.c - JSON and CSV, read by their grammar.
 */
#include "valid.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto.h"
#include "spell.h"
#include "utf8.h"

/* ---- JSON (RFC 8259), names of an object's members once each --------------------------------------------------- */

struct json {
    const char *page, *at, *end;
    unsigned depth;
};

static bool json_value(struct json *json);

static void json_blanks(struct json *json)
{
    while (json->at < json->end && *json->at == '\n') json->at++; /* the only blank that is written */
}

static bool json_skip(struct json *json, char c)
{
    json_blanks(json);
    if (json->at == json->end || *json->at != c) return false;
    json->at++;
    return true;
}

static bool json_is_hex(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

static bool json_string(struct json *json)
{
    if (!json_skip(json, '"')) return false;
    for (; json->at < json->end && *json->at != '"'; json->at++) {
        if ((unsigned char)*json->at < ' ') return false;
        if (*json->at != '\\') continue;
        if (++json->at == json->end) return false;
        if (*json->at == 'u') {
            for (int i = 0; i < 4; i++)
                if (++json->at == json->end || !json_is_hex(*json->at)) return false;
        } else if (!strchr("\"\\n", *json->at)) {
            return false;
        }
    }
    return json_skip(json, '"');
}

static bool json_digits(struct json *json)
{
    const char *from = json->at;
    while (json->at < json->end && *json->at >= '0' && *json->at <= '9') json->at++;
    return json->at > from;
}

static bool json_number(struct json *json)
{
    if (json->at < json->end && *json->at == '-') json->at++;
    const char *whole = json->at;
    if (!json_digits(json) || (*whole == '0' && json->at > whole + 1)) return false;
    if (json->at < json->end && *json->at == '.') {
        json->at++;
        if (!json_digits(json)) return false;
    }
    if (json->at == json->end || *json->at != 'e') return true;
    json->at++;
    if (json->at < json->end && (*json->at == '+' || *json->at == '-')) json->at++;
    return json_digits(json);
}

static bool json_object(struct json *json)
{
    enum { MEMBERS = 128 };
    struct { const char *at; size_t len; } names[MEMBERS];
    size_t count = 0;
    if (json_skip(json, '}')) return true;
    do {
        json_blanks(json);
        const char *from = json->at;
        if (!json_string(json)) return false;
        size_t len = (size_t)(json->at - from);
        for (size_t i = 0; i < count; i++)
            if (names[i].len == len && memcmp(names[i].at, from, len) == 0) return false;
        if (count == MEMBERS) return false;
        names[count].at = from;
        names[count++].len = len;
        if (!json_skip(json, ':') || !json_value(json)) return false;
    } while (json_skip(json, ','));
    return json_skip(json, '}');
}

static bool json_array(struct json *json)
{
    if (json_skip(json, ']')) return true;
    do
        if (!json_value(json)) return false;
    while (json_skip(json, ','));
    return json_skip(json, ']');
}

static bool json_value(struct json *json)
{
    json_blanks(json);
    if (json->at == json->end || ++json->depth > 10) return false;
    bool ok = json_skip(json, '{')   ? json_object(json)
              : json_skip(json, '[') ? json_array(json)
              : *json->at == '"'     ? json_string(json)
                                     : json_number(json);
    json->depth--;
    return ok;
}

bool valid_json(const char *page, size_t len, char *why, size_t why_cap)
{
    struct json json = { page, page, page + len, 0 };
    bool ok = tacho__utf8_valid(page, len) == len && len > 0 && page[0] == '[' && json_value(&json);
    json_blanks(&json);
    if (ok && json.at == json.end) return true;
    size_t at = (size_t)(json.at - page), from = at > 60 ? at - 60 : 0;
    (void)snprintf(why, why_cap, "JSON breaks at byte %zu: %.*s", at, (int)(len - from < 120 ? len - from : 120), page + from);
    return false;
}

/* ---- CSV (RFC 4180) -------------------------------------------------------------------------------------------- */

/* Take a field with what ends it, into `out`, which has room for all of the page. Returns that end: ',' or LF; 0: faulty. */
static char csv_field(const char **at, const char *end, char *out, size_t *len)
{
    bool quoted = *at < end && **at == '"', closed = !quoted;
    *len = 0;
    for (*at += quoted; *at < end; (*at)++) {
        bool quote = **at == '"';
        if (!quoted && (quote || **at == '\n')) return 0;
        if (!quoted && (**at == ',' || **at == '\r')) break;
        if (quoted && quote && *at + 1 < end && (*at)[1] == '"') {
            (*at)++;
        } else if (quoted && quote) {
            closed = true;
            (*at)++;
            break;
        }
        out[(*len)++] = **at;
    }
    if (!closed || *at == end) return 0;
    if (**at == ',') return *(*at)++;
    if (end - *at < 2 || (*at)[0] != '\r' || (*at)[1] != '\n') return 0;
    *at += 2;
    return '\n';
}

bool valid_csv(const char *page, size_t len, char *why, size_t why_cap)
{
    static const char head[] = "name,type,labels,value\r\n";
    const char *at = page, *end = page + len;
    char *field = malloc(len + 1);
    bool ok = field && tacho__utf8_valid(page, len) == len && len >= sizeof head - 1 && memcmp(page, head, sizeof head - 1) == 0;
    for (size_t column = 0; ok && at < end; column = (column + 1) % 4) {
        size_t field_len;
        char ending = csv_field(&at, end, field, &field_len);
        ok = ending == (column == 3 ? '\n' : ',');
        if (ok && column == 3 && at == end) break;
    }
    free(field);
    if (!ok) (void)snprintf(why, why_cap, "CSV breaks at byte %zu: %.60s", (size_t)(at - page), at);
    return ok;
}

static char *put_escaped(char *out, const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (text[i] == '\\' || text[i] == '"' || text[i] == '\n') *out++ = '\\';
        *out++ = text[i] == '\n' ? 'n' : text[i];
    }
    return out;
}

char *valid_csv_lines(const char *page, size_t len)
{
    char *lines = malloc(3 * len + 64), *out = lines, *fields[4];
    const char *at = memchr(page, '\n', len), *end = page + len;
    size_t lens[4];
    for (int i = 0; i < 4; i++) fields[i] = malloc(len + 1);
    for (at++; lines && at < end;) {
        for (int i = 0; i < 4; i++) (void)csv_field(&at, end, fields[i], &lens[i]);
        bool plain = tacho__name_is_plain(fields[0], lens[0], TACHO__NAME_FAMILY), braces = lens[2] > 0 || !plain;
        if (!plain) out += sprintf(out, "{\"");
        out = put_escaped(out, fields[0], lens[0]);
        if (!plain) *out++ = '"';
        if (lens[2]) *out++ = plain ? '{' : ',';
        memcpy(out, fields[2], lens[2]);
        out += lens[2];
        if (braces) *out++ = '}';
        *out++ = ' ';
        memcpy(out, fields[3], lens[3]);
        out += lens[3];
        *out++ = '\n';
    }
    for (int i = 0; i < 4; i++) free(fields[i]);
    if (lines) *out = '\0';
    return lines;
}

/* ---- All formats ------------------------------------------------------------------------------------------------- */

bool valid_page(const char *page, size_t len, tacho_format format, tacho_escaping escaping, char *why, size_t why_cap)
{
    if (format == TACHO_JSON) return valid_json(page, len, why, why_cap);
    if (format == TACHO_CSV) return valid_csv(page, len, why, why_cap);
    if (format != TACHO_PROTOBUF) return valid_lines(page, len, format, escaping, why, why_cap);
    char *text = proto_print(page, len, why, why_cap);
    free(text);
    return text != NULL;
}
