/*
 * redis_reader.c - first over the bytes of one reply as they come, then, once it is whole, one block of memory for it.
 *
 * The scan keeps where it is and how many elements each open array still lacks; a byte is looked at once, however
 * small the pieces. It checks every rule and counts what the reply will need, so that building it cannot fail but
 * for lack of memory, and nothing is allocated for what has not come.
 */
#define _POSIX_C_SOURCE 200809L
#include "redis_reader.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "words.h"

enum { READER_MAX_DEPTH = 32, READER_MAX_LINE = 65536, READER_MAX_ERROR = 256 };

struct redis_reader {
    redis_limits limits;
    char *bytes;
    size_t len, cap;
    /* The reply being scanned begins at `begin`; the next thing of it at `at`; its line end is not before `look`. */
    size_t begin, at, look;
    size_t elements; /* of all its arrays */
    size_t depth;    /* of open arrays */
    size_t lacking[READER_MAX_DEPTH];
    char error[128];
};

/* ---- Life ------------------------------------------------------------------------------------------------------ */

redis_reader *redis_reader_new(const redis_limits *limits)
{
    redis_reader *self = calloc(1, sizeof *self);
    if (!self) return NULL;
    if (limits) self->limits = *limits;
    redis_limits *own = &self->limits;
    if (own->depth == 0) own->depth = 8;
    if (own->depth > READER_MAX_DEPTH) own->depth = READER_MAX_DEPTH;
    if (own->elements == 0) own->elements = 65536;
    if (own->bulk_len == 0) own->bulk_len = (size_t)1 << 20;
    if (own->reply_len == 0) own->reply_len = (size_t)8 << 20;
    return self;
}

void redis_reader_free(redis_reader *reader)
{
    if (!reader) return;
    free(reader->bytes);
    free(reader);
}

const char *redis_reader_error(const redis_reader *reader) { return reader->error[0] ? reader->error : NULL; }
size_t redis_reader_pending(const redis_reader *reader) { return reader->len - reader->begin; }

static redis_step reader_break(redis_reader *self, const char *words)
{
    snprintf(self->error, sizeof self->error, "%s", words);
    return REDIS_BROKEN;
}

void redis_reader_feed(redis_reader *self, const char *bytes, size_t len)
{
    if (self->error[0] || len == 0) return;
    if (self->begin > 0) { /* what was taken goes */
        memmove(self->bytes, self->bytes + self->begin, self->len - self->begin);
        self->len -= self->begin;
        self->at -= self->begin;
        self->look -= self->begin;
        self->begin = 0;
    }
    if (len > self->cap - self->len) {
        size_t need = self->len + len, cap = self->cap * 2 > need ? self->cap * 2 : need;
        char *grown = realloc(self->bytes, cap);
        if (!grown) {
            reader_break(self, "out of memory");
            return;
        }
        self->bytes = grown;
        self->cap = cap;
    }
    memcpy(self->bytes + self->len, bytes, len);
    self->len += len;
}

/* ---- Scanning -------------------------------------------------------------------------------------------------- */

/* The line at `at`, from behind its first byte to before its end; REDIS_READY moves on behind it. */
static redis_step scan_line(redis_reader *self, const char **line, size_t *line_len)
{
    if (self->look < self->at + 1) self->look = self->at + 1;
    const char *from = self->bytes + self->look;
    size_t have = self->len - self->look;
    const char *feed = memchr(from, '\n', have);
    const char *back = memchr(from, '\r', feed ? (size_t)(feed - from) : have);
    size_t len = (feed ? (size_t)(feed - self->bytes) : self->len) - self->at;
    if (len > READER_MAX_LINE) return reader_break(self, "a line is too long");
    if (back && (!feed || back != feed - 1) && back + 1 != self->bytes + self->len)
        return reader_break(self, "a CR without LF behind it");
    if (!feed) {
        self->look = back ? (size_t)(back - self->bytes) : self->len;
        return REDIS_MORE;
    }
    if (!back) return reader_break(self, "a LF without CR before it");
    *line = self->bytes + self->at + 1;
    *line_len = len - 2;
    self->at += len + 1;
    self->look = self->at;
    return REDIS_READY;
}

/* A decimal integer of 64 bits, as Redis writes it: no '+', no leading zero. */
static bool scan_integer(const char *text, size_t len, int64_t *value)
{
    bool negative = len > 0 && *text == '-';
    int64_t sum = 0;
    if (negative) text++, len--;
    if (len == 0 || (*text == '0' && (len > 1 || negative))) return false;
    for (size_t i = 0; i < len; i++) {
        int digit = text[i] - '0';
        if (digit < 0 || digit > 9 || sum < (INT64_MIN + digit) / 10) return false;
        sum = sum * 10 - digit; /* below zero: that side has one number more */
    }
    if (!negative && sum == INT64_MIN) return false;
    *value = negative ? sum : -sum;
    return true;
}

static redis_step scan_bulk(redis_reader *self, int64_t len)
{
    if (len == -1) return REDIS_READY;
    if (len < 0) return reader_break(self, "the length of a string is below -1");
    if ((uint64_t)len > self->limits.bulk_len) return reader_break(self, "a string is longer than the limit");
    if (self->len - self->at < (size_t)len + 2) return REDIS_MORE;
    self->at += (size_t)len + 2;
    if (memcmp(self->bytes + self->at - 2, "\r\n", 2) != 0)
        return reader_break(self, "a string does not end with CR LF where its length says");
    return REDIS_READY;
}

static redis_step scan_array(redis_reader *self, int64_t count)
{
    if (count == -1 || count == 0) return REDIS_READY;
    if (count < 0) return reader_break(self, "the count of an array is below -1");
    if ((uint64_t)count > self->limits.elements - self->elements)
        return reader_break(self, "a reply has more elements than the limit");
    if (self->depth == self->limits.depth)
        return reader_break(self, "arrays are nested deeper than the limit");
    self->elements += (size_t)count;
    self->lacking[self->depth++] = (size_t)count + 1; /* the array itself is about to be counted as seen */
    return REDIS_READY;
}

/* What begins at `at`: a whole element, or the head of an array. REDIS_MORE: nothing has moved. */
static redis_step scan_thing(redis_reader *self)
{
    const char *line = NULL;
    size_t line_len = 0, begin = self->at;
    int64_t number;
    char type = self->bytes[begin];
    if (!type || !strchr("+-:$*", type))
        return reader_break(self, type && strchr("_,#(!=%~>|", type)
                                      ? "a type of version 3 of the protocol, which is not spoken here"
                                      : "a reply begins with a byte that is no type");
    redis_step step = scan_line(self, &line, &line_len);
    if (step != REDIS_READY || type == '+' || type == '-') return step;
    if (!scan_integer(line, line_len, &number))
        return reader_break(self, "a number is none, or out of range");
    if (type == ':') return REDIS_READY;
    if (type == '*') return scan_array(self, number);
    step = scan_bulk(self, number);
    if (step == REDIS_MORE) {
        self->look = self->at - 2; /* the line of the length is found again at once */
        self->at = begin;
    }
    return step;
}

/* Go on until the reply is whole. */
static redis_step reader_scan(redis_reader *self)
{
    do {
        redis_step step = self->at < self->len ? scan_thing(self) : REDIS_MORE;
        if (step == REDIS_BROKEN) return step;
        size_t so_far = (step == REDIS_MORE ? self->len : self->at) - self->begin;
        if (so_far > self->limits.reply_len) return reader_break(self, "a reply is longer than the limit");
        if (step == REDIS_MORE) return step;
        while (self->depth > 0 && --self->lacking[self->depth - 1] == 0) self->depth--;
    } while (self->depth > 0);
    return REDIS_READY;
}

/* ---- Building -------------------------------------------------------------------------------------------------- */

/* Where building is: in the copied bytes, and in the elements not used yet. */
typedef struct reply_builder {
    char *at, *end;
    redis_reply *unused;
} reply_builder;

static void build_text(redis_reply *reply, char *text, size_t len)
{
    text[len] = '\0'; /* in place of the CR */
    if (reply->type == REDIS_ERROR) {
        words_clean(text, len + 2 < READER_MAX_ERROR ? len + 2 : READER_MAX_ERROR, text, len);
        len = strlen(text);
    }
    reply->text = text;
    reply->len = len;
}

/* Calls itself as deep as the limit lets arrays be. */
static void build_reply(reply_builder *builder, redis_reply *reply)
{
    char type = *builder->at, *line = builder->at + 1;
    char *end = memchr(line, '\r', (size_t)(builder->end - line)); /* there is one: the scan has seen it */
    size_t line_len = (size_t)(end - line);
    int64_t number = 0;
    builder->at = end + 2;
    if (type == '+' || type == '-') {
        reply->type = type == '+' ? REDIS_STATUS : REDIS_ERROR;
        build_text(reply, line, line_len);
        return;
    }
    scan_integer(line, line_len, &number);
    if (type == ':') {
        reply->type = REDIS_INTEGER;
        reply->integer = number;
    } else if (number < 0) {
        reply->type = REDIS_NIL;
    } else if (type == '$') {
        reply->type = REDIS_STRING;
        builder->at += number + 2;
        build_text(reply, end + 2, (size_t)number);
    } else {
        redis_reply *elements = builder->unused;
        builder->unused += number;
        reply->type = REDIS_ARRAY;
        reply->elements = elements;
        reply->count = (size_t)number;
        for (size_t i = 0; i < reply->count; i++) build_reply(builder, &elements[i]);
    }
}

redis_step redis_reader_next(redis_reader *self, redis_reply **reply)
{
    *reply = NULL;
    if (self->error[0]) return REDIS_BROKEN;
    redis_step step = reader_scan(self);
    if (step != REDIS_READY) return step;
    size_t len = self->at - self->begin, count = self->elements + 1;
    redis_reply *block = calloc(1, count * sizeof *block + len);
    if (!block) return reader_break(self, "out of memory");
    char *copy = (char *)(block + count);
    reply_builder builder = { copy, copy + len, block + 1 };
    memcpy(copy, self->bytes + self->begin, len);
    build_reply(&builder, block);
    self->begin = self->look = self->at;
    self->elements = 0;
    *reply = block;
    return REDIS_READY;
}

void redis_reply_free(redis_reply *reply) { free(reply); }
