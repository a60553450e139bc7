#include "events.h"

#include <stdlib.h>
#include <string.h>

const char *const event_reason_names[EVENT_REASONS] = {
    "too_long",      "cut_off",     "syntax",    "unknown_event", "unknown_key",
    "duplicate_key", "missing_key", "bad_value", "refused",       NULL,
};

/* What is left of a line. Words are cut out of it in place: `at` never passes `end`, where a NUL stands. */
typedef struct cursor {
    char *at, *end;
} cursor;

static bool event_is_blank(char c) { return c == ' ' || c == '\t'; }

static bool event_is_control(char c) { return (unsigned char)c < ' ' || c == 0x7f; }

static void event_skip_blanks(cursor *line)
{
    while (event_is_blank(*line->at)) line->at++;
}

/* A name or key with its length in `len`, or NULL. */
static const char *event_word(cursor *line, size_t *len)
{
    const char *word = line->at;
    if (*word < 'a' || *word > 'z') return NULL;
    while ((*line->at >= 'a' && *line->at <= 'z') || (*line->at >= '0' && *line->at <= '9') ||
           *line->at == '_')
        line->at++;
    *len = (size_t)(line->at - word);
    return word;
}

static int event_hex(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

/* The byte that an escape stands for; `at` is behind its backslash and goes on behind the escape. 0: no escape. */
static char event_escape(cursor *line)
{
    char c = *line->at++;
    if (c == '"' || c == '\\') return c;
    if (c == 'n') return '\n';
    if (c == 't') return '\t';
    if (c != 'x') return 0;
    int high = event_hex(line->at[0]);
    int low = high < 0 ? -1 : event_hex(line->at[1]);
    if (low < 0) return 0;
    line->at += 2;
    return (char)(high * 16 + low);
}

/* Unescape a quoted value in place; `at` is on the first quote and goes on behind the last. NULL: a bad one. */
static char *event_quoted(cursor *line)
{
    char *value = ++line->at, *out = value;
    while (*line->at != '"') {
        char c = *line->at;
        if (event_is_control(c)) return NULL; /* the NUL at the end, too */
        line->at++;
        if (c == '\\' && !(c = event_escape(line))) return NULL;
        *out++ = c;
    }
    line->at++;
    *out = '\0';
    return value;
}

/* A value, ended by a NUL; `at` goes on behind it. NULL: a bad one. */
static char *event_value_text(cursor *line)
{
    if (*line->at == '"') {
        char *value = event_quoted(line);
        return value && (line->at == line->end || event_is_blank(*line->at)) ? value : NULL;
    }
    char *value = line->at;
    while (line->at < line->end && !event_is_blank(*line->at)) {
        if (*line->at == '"' || event_is_control(*line->at)) return NULL;
        line->at++;
    }
    if (line->at == value) return NULL;
    if (line->at < line->end) *line->at++ = '\0';
    return value;
}

static bool event_read_count(const char *text, uint64_t *count)
{
    uint64_t sum = 0;
    if (!*text) return false;
    for (; *text; text++) {
        if (*text < '0' || *text > '9') return false;
        sum = sum * 10 + (uint64_t)(*text - '0');
        if (sum > EVENT_MAX_COUNT) return false;
    }
    *count = sum;
    return true;
}

static bool event_read_amount(const char *text, double *amount)
{
    if (*text == '-' || text[strspn(text, "0123456789.eE+-")]) return false; /* inf, nan, 0x and blanks too */
    char *end;
    *amount = strtod(text, &end); /* an exporter runs in the "C" locale: nobody calls setlocale */
    return end != text && *end == '\0' && *amount >= 0 && *amount <= EVENT_MAX_AMOUNT;
}

static bool event_read_choice(const char *text, const char *const *choices, size_t *choice)
{
    for (size_t i = 0; choices[i]; i++) {
        if (strcmp(choices[i], text) == 0) {
            *choice = i;
            return true;
        }
    }
    return false;
}

static bool event_read(const event_key *key, const char *text, event_value *value)
{
    switch (key->type) {
    case EVENT_COUNT:
        return event_read_count(text, &value->count);
    case EVENT_AMOUNT:
        return event_read_amount(text, &value->amount);
    case EVENT_CHOICE:
        return event_read_choice(text, key->choices, &value->choice);
    case EVENT_TEXT:
        value->text = text;
        return true;
    }
    return false;
}

static const event_row *event_find_row(const event_target *target, const char *name, size_t len)
{
    for (size_t i = 0; i < target->row_count; i++) {
        const char *known = target->rows[i].name;
        if (strncmp(known, name, len) == 0 && known[len] == '\0') return &target->rows[i];
    }
    return NULL;
}

/* The index of a key, or EVENT_MAX_KEYS. */
static size_t event_find_key(const event_row *row, const char *name, size_t len)
{
    size_t i = 0;
    while (i < EVENT_MAX_KEYS && row->keys[i].name &&
           !(strncmp(row->keys[i].name, name, len) == 0 && row->keys[i].name[len] == '\0'))
        i++;
    return i < EVENT_MAX_KEYS && row->keys[i].name ? i : EVENT_MAX_KEYS;
}

/* Read all `key=value` of a line. The whole line is judged as syntax first, wherever it ends up. */
static event_reason event_read_keys(cursor *line, const event_row *row, event_value *values)
{
    bool seen[EVENT_MAX_KEYS] = { false };
    event_reason first = EVENT_TAKEN;
    for (event_skip_blanks(line); line->at < line->end; event_skip_blanks(line)) {
        size_t len;
        const char *name = event_word(line, &len);
        if (!name || *line->at++ != '=') return EVENT_SYNTAX;
        char *text = event_value_text(line);
        if (!text) return EVENT_SYNTAX;
        if (first != EVENT_TAKEN || !row) continue;
        size_t key = event_find_key(row, name, len);
        if (key == EVENT_MAX_KEYS) {
            first = EVENT_UNKNOWN_KEY;
        } else if (seen[key]) {
            first = EVENT_DUPLICATE_KEY;
        } else {
            seen[key] = true;
            if (!event_read(&row->keys[key], text, &values[key])) first = EVENT_BAD_VALUE;
        }
    }
    if (first != EVENT_TAKEN) return first;
    if (!row) return EVENT_UNKNOWN_EVENT;
    for (size_t key = 0; key < EVENT_MAX_KEYS && row->keys[key].name; key++)
        if (!seen[key]) return EVENT_MISSING_KEY;
    return EVENT_TAKEN;
}

event_reason event_apply(event_target *target, const char *line, size_t len, const event_row **row)
{
    const event_row *none;
    if (!row) row = &none;
    *row = NULL;
    if (len > EVENT_MAX_LINE + 1) return EVENT_TOO_LONG;
    if (len > 0 && line[len - 1] == '\r') len--;
    if (len > EVENT_MAX_LINE) return EVENT_TOO_LONG;
    char copy[EVENT_MAX_LINE + 1];
    memcpy(copy, line, len);
    copy[len] = '\0';
    cursor rest = { copy, copy + len };
    event_skip_blanks(&rest);
    if (rest.at == rest.end || *rest.at == '#') return EVENT_TAKEN;

    size_t name_len;
    const char *name = event_word(&rest, &name_len);
    if (!name || (rest.at < rest.end && !event_is_blank(*rest.at))) return EVENT_SYNTAX;
    *row = event_find_row(target, name, name_len);
    event_value values[EVENT_MAX_KEYS] = { { 0 } };
    event_reason reason = event_read_keys(&rest, *row, values);
    if (reason != EVENT_TAKEN) return reason;
    return (*row)->apply(target, values) ? EVENT_TAKEN : EVENT_REFUSED;
}
