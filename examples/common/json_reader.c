/*
 * json_reader.c - a state machine: what may come next, and a bit for each level that is open.
 *
 *   I1  at <= len, and whatever was decoded lies before at.
 *   I2  bit i of `objects` tells what level i is, for i < depth <= JSON_MAX_DEPTH.
 */
#include "json_reader.h"

#include <float.h>
#include <stdio.h>
#include <string.h>

/* What may come next. */
enum {
    JSON_WANT_VALUE,
    JSON_WANT_FIRST_VALUE,
    JSON_WANT_KEY,
    JSON_WANT_FIRST_KEY,
    JSON_WANT_COMMA,
    JSON_WANT_NOTHING
};

#define JSON_DIGITS 19      /* that fit 64 bits */
#define JSON_EXACT_POWER 22 /* of ten, in a double */
#define JSON_MOST_POWER 400 /* beyond it any number is 0 or too large */
#define JSON_LONG_EXPONENT 100000000

void json_reader_init(json_reader *self, char *text, size_t len)
{
    *self = (json_reader){ .text = text, .len = len, .want = JSON_WANT_VALUE };
}

static json_token json_break(json_reader *self, size_t at, const char *error)
{
    self->error = error;
    self->error_at = at;
    return JSON_BROKEN;
}

void json_reader_error(const json_reader *self, char *why, size_t cap)
{
    (void)snprintf(why, cap, "%s, at byte %zu", self->error ? self->error : "nothing is wrong",
                   self->error_at);
}

/* The byte at a place, or -1 behind the end. */
static int json_byte(const json_reader *self, size_t at)
{
    return at < self->len ? (unsigned char)self->text[at] : -1;
}

static void json_skip_blanks(json_reader *self)
{
    for (int c; (c = json_byte(self, self->at)) == ' ' || c == '\t' || c == '\n' || c == '\r';) self->at++;
}

/* ---- Strings ----------------------------------------------------------------------------------------------------- */

/* Four hexadecimal digits, or -1. */
static int json_hex(const json_reader *self, size_t at)
{
    int unit = 0;
    for (size_t i = at; i < at + 4; i++) {
        int c = json_byte(self, i), digit;
        if (c >= '0' && c <= '9')
            digit = c - '0';
        else if (c >= 'a' && c <= 'f')
            digit = c - 'a' + 10;
        else if (c >= 'A' && c <= 'F')
            digit = c - 'A' + 10;
        else
            return -1;
        unit = unit * 16 + digit;
    }
    return unit;
}

static size_t json_put_utf8(char *out, int c)
{
    static const unsigned char marks[] = { 0, 0, 0xc0, 0xe0, 0xf0 };
    size_t len = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    for (size_t i = len; i-- > 1; c >>= 6) out[i] = (char)(0x80 | (c & 0x3f));
    out[0] = (char)(marks[len] | c);
    return len;
}

/* A character behind "\u", whose digits are next; half of a pair wants the other. -1: it is none. */
static int json_take_unit(json_reader *self)
{
    int unit = json_hex(self, self->at);
    if (unit < 0) return -1;
    self->at += 4;
    if (unit < 0xd800 || unit > 0xdfff) return unit;
    if (unit > 0xdbff || json_byte(self, self->at) != '\\' || json_byte(self, self->at + 1) != 'u') return -1;
    int low = json_hex(self, self->at + 2);
    if (low < 0xdc00 || low > 0xdfff) return -1;
    self->at += 6;
    return 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
}

/* What an escape stands for; its backslash was taken. Never longer than the escape. Returns its length, 0: none. */
static size_t json_take_escape(json_reader *self, char *out)
{
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    int c = json_byte(self, self->at);
    if (c <= 0) return 0;
    self->at++;
    if (c == 'u') {
        int unit = json_take_unit(self);
        return unit < 0 ? 0 : json_put_utf8(out, unit);
    }
    const char *found = strchr(from, c);
    if (found) *out = to[found - from];
    return found != NULL;
}

/* The length of a well-formed character that begins here with a byte above 0x7f, or 0. */
static size_t json_utf8_len(const json_reader *self)
{
    int first = json_byte(self, self->at), second = json_byte(self, self->at + 1);
    size_t len = first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
    int low = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;  /* no other spelling is shorter */
    int high = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf; /* no surrogate, nothing beyond U+10FFFF */
    if (len == 0 || second < low || second > high) return 0;
    for (size_t i = 2; i < len; i++)
        if ((json_byte(self, self->at + i) & ~0x3f) != 0x80) return 0;
    return len;
}

/* A string whose first quote is next. */
static json_token json_take_string(json_reader *self, json_token token)
{
    size_t start = self->at++;
    char *begin = self->text + self->at, *out = begin;
    for (int c; (c = json_byte(self, self->at)) != '"';) {
        size_t at = self->at, len = 1;
        if (c < 0) return json_break(self, start, "a string does not end");
        if (c < ' ') return json_break(self, at, "a string has a control character");
        if (c == '\\') {
            self->at++;
            len = json_take_escape(self, out);
            if (len == 0) return json_break(self, at, "a string has a wrong escape");
        } else {
            if (c > 0x7f) len = json_utf8_len(self);
            if (len == 0) return json_break(self, at, "a string is not UTF-8");
            memmove(out, self->text + at, len);
            self->at += len;
        }
        out += len;
    }
    self->at++;
    *out = '\0';
    self->string = begin;
    self->string_len = (size_t)(out - begin);
    return token;
}

/* ---- Numbers ----------------------------------------------------------------------------------------------------- */

typedef struct json_digits {
    uint64_t whole; /* the first ones, without a point */
    int count, power;
} json_digits;

/* One digit or more; `step` is what each changes the power by. */
static bool json_take_digits(json_reader *self, json_digits *digits, int step)
{
    size_t start = self->at;
    for (int c; (c = json_byte(self, self->at)) >= '0' && c <= '9'; self->at++) {
        if (digits->count < JSON_DIGITS) {
            digits->whole = digits->whole * 10 + (uint64_t)(c - '0');
            digits->count += digits->whole > 0;
            digits->power += step;
        } else if (digits->power < JSON_LONG_EXPONENT) {
            digits->power += step + 1;
        }
    }
    return self->at > start;
}

static bool json_take_exponent(json_reader *self, json_digits *digits)
{
    int sign = json_byte(self, self->at), exponent = 0;
    if (sign == '-' || sign == '+') self->at++;
    size_t start = self->at;
    for (int c; (c = json_byte(self, self->at)) >= '0' && c <= '9'; self->at++)
        if (exponent < JSON_LONG_EXPONENT) exponent = exponent * 10 + (c - '0');
    digits->power += sign == '-' ? -exponent : exponent;
    return self->at > start;
}

/* One rounding where whole number and power of ten are exact; otherwise one for each step. */
static double json_scaled(const json_digits *digits)
{
    double value = (double)digits->whole;
    int power = digits->power;
    if (power > JSON_MOST_POWER) power = JSON_MOST_POWER;
    if (power < -JSON_MOST_POWER) power = -JSON_MOST_POWER;
    while (power != 0 && value > 0 && value <= DBL_MAX) {
        int step = power < 0 ? -power : power;
        double factor = 1;
        if (step > JSON_EXACT_POWER) step = JSON_EXACT_POWER;
        for (int i = 0; i < step; i++) factor *= 10;
        value = power < 0 ? value / factor : value * factor;
        power += power < 0 ? step : -step;
    }
    return value;
}

static json_token json_take_number(json_reader *self)
{
    size_t start = self->at;
    json_digits digits = { 0, 0, 0 };
    bool minus = json_byte(self, self->at) == '-';
    if (minus) self->at++;
    bool zero = json_byte(self, self->at) == '0';
    size_t first = self->at;
    bool fine = json_take_digits(self, &digits, 0) && !(zero && self->at > first + 1);
    if (fine && json_byte(self, self->at) == '.') {
        self->at++;
        fine = json_take_digits(self, &digits, -1);
    }
    if (fine && (json_byte(self, self->at) | 0x20) == 'e') {
        self->at++;
        fine = json_take_exponent(self, &digits);
    }
    if (!fine) return json_break(self, start, "there is no value");
    double value = json_scaled(&digits);
    if (value > DBL_MAX) return json_break(self, start, "a number is too large");
    self->number = minus ? -value : value;
    return JSON_NUMBER;
}

/* ---- Tokens ------------------------------------------------------------------------------------------------------ */

static json_token json_open(json_reader *self, json_token token)
{
    bool object = token == JSON_OBJECT;
    if (self->depth == JSON_MAX_DEPTH) return json_break(self, self->at, "it goes too deep");
    self->objects &= ~(UINT64_C(1) << self->depth);
    self->objects |= (uint64_t)object << self->depth;
    self->depth++;
    self->at++;
    self->want = object ? JSON_WANT_FIRST_KEY : JSON_WANT_FIRST_VALUE;
    return token;
}

static bool json_in_object(const json_reader *self)
{
    return self->depth > 0 && (self->objects >> (self->depth - 1) & 1);
}

static void json_end_value(json_reader *self)
{
    self->want = self->depth ? JSON_WANT_COMMA : JSON_WANT_NOTHING;
}

static json_token json_close(json_reader *self)
{
    json_token token = json_in_object(self) ? JSON_OBJECT_END : JSON_ARRAY_END;
    self->depth--;
    self->at++;
    json_end_value(self);
    return token;
}

static json_token json_take_word(json_reader *self, const char *word, json_token token)
{
    size_t len = strlen(word);
    if (self->len - self->at < len || memcmp(self->text + self->at, word, len) != 0)
        return json_break(self, self->at, "there is no value");
    self->at += len;
    return token;
}

static json_token json_take_value(json_reader *self)
{
    json_token token;
    switch (json_byte(self, self->at)) {
    case '{':
        return json_open(self, JSON_OBJECT);
    case '[':
        return json_open(self, JSON_ARRAY);
    case '"':
        token = json_take_string(self, JSON_STRING);
        break;
    case 'n':
        token = json_take_word(self, "null", JSON_NULL);
        break;
    case 'f':
        token = json_take_word(self, "false", JSON_FALSE);
        break;
    case 't':
        token = json_take_word(self, "true", JSON_TRUE);
        break;
    default:
        token = json_take_number(self);
        break;
    }
    if (token != JSON_BROKEN) json_end_value(self);
    return token;
}

static json_token json_take_key(json_reader *self)
{
    if (json_byte(self, self->at) != '"') return json_break(self, self->at, "there is no key");
    if (json_take_string(self, JSON_KEY) == JSON_BROKEN) return JSON_BROKEN;
    json_skip_blanks(self);
    if (json_byte(self, self->at) != ':') return json_break(self, self->at, "a key has no ':' behind it");
    self->at++;
    self->want = JSON_WANT_VALUE;
    return JSON_KEY;
}

json_token json_reader_next(json_reader *self)
{
    if (self->error) return JSON_BROKEN;
    json_skip_blanks(self);
    int c = json_byte(self, self->at);
    if (self->want == JSON_WANT_NOTHING)
        return c < 0 ? JSON_END : json_break(self, self->at, "something follows the value");
    bool may_close = self->want != JSON_WANT_VALUE && self->want != JSON_WANT_KEY;
    if (may_close && c == (json_in_object(self) ? '}' : ']')) return json_close(self);
    if (self->want == JSON_WANT_COMMA) {
        if (c != ',') return json_break(self, self->at, "there is no ',' and no end");
        self->at++;
        json_skip_blanks(self);
        self->want = json_in_object(self) ? JSON_WANT_KEY : JSON_WANT_VALUE;
    }
    return self->want == JSON_WANT_KEY || self->want == JSON_WANT_FIRST_KEY ? json_take_key(self)
                                                                            : json_take_value(self);
}

bool json_reader_pass(json_reader *self, json_token token)
{
    unsigned depth = self->depth;
    if (token == JSON_BROKEN) return false;
    if (token != JSON_OBJECT && token != JSON_ARRAY) return true;
    while (self->depth >= depth)
        if (json_reader_next(self) == JSON_BROKEN) return false;
    return true;
}
