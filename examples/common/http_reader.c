/*
 * http_reader.c - lines, then a body in one of three framings: a length, chunks, or up to the end of the connection.
 *
 * Memory grows with what has come, never with what was announced.
 */
#define _POSIX_C_SOURCE 200809L
#include "http_reader.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
    READER_STATUS,
    READER_FIELDS,
    READER_BODY,
    READER_REST,
    READER_SIZE,
    READER_CHUNK,
    READER_CHUNK_END,
    READER_TRAILER,
    READER_WHOLE,
    READER_BROKEN
};

void http_reader_init(http_reader *self, size_t max_body)
{
    memset(self, 0, sizeof *self);
    self->max_body = max_body ? max_body : HTTP_MAX_BODY;
}

void http_reader_fini(http_reader *self)
{
    free(self->body);
    self->body = NULL;
    self->len = self->cap = 0;
}

static void reader_break(http_reader *self, const char *error)
{
    self->state = READER_BROKEN;
    self->error = error;
}

static http_step reader_step(const http_reader *self)
{
    return self->state == READER_BROKEN ? HTTP_BROKEN : self->state == READER_WHOLE ? HTTP_WHOLE : HTTP_MORE;
}

/* ---- The head ---------------------------------------------------------------------------------------------------- */

/* Digits of a base, all of the text, below 2^60; -1: it is no such number. */
static int64_t reader_number(const char *text, size_t len, int base)
{
    static const char digits[] = "0123456789abcdef";
    int64_t number = 0;
    if (len == 0) return -1;
    for (size_t i = 0; i < len; i++) {
        char c = text[i] >= 'A' && text[i] <= 'F' ? (char)(text[i] - 'A' + 'a') : text[i];
        const char *found = memchr(digits, c, (size_t)base);
        if (!found || number >= INT64_C(1) << 56) return -1;
        number = number * base + (found - digits);
    }
    return number;
}

static const char reader_no_answer[] = "it does not begin as an HTTP/1 answer";

/* Whether the first bytes of a line can become a status: whoever speaks something else may never end it. */
static bool reader_may_begin(const http_reader *self)
{
    static const char begin[] = "HTTP/1.";
    size_t len = self->line_len < sizeof begin - 1 ? self->line_len : sizeof begin - 1;
    return memcmp(self->line, begin, len) == 0;
}

/* "HTTP/1.1 200 OK" */
static void reader_take_status(http_reader *self)
{
    const char *line = self->line;
    bool fine = self->line_len >= 12 && memcmp(line, "HTTP/1.", 7) == 0 &&
                (line[7] == '0' || line[7] == '1') && line[8] == ' ' &&
                (self->line_len == 12 || line[12] == ' ');
    int64_t status = fine ? reader_number(line + 9, 3, 10) : -1;
    if (status < 100 || status > 599) {
        reader_break(self, reader_no_answer);
        return;
    }
    self->status = (int)status;
    self->state = READER_FIELDS;
}

/* A field's value without the blanks around it. */
static const char *reader_value(const char *value, size_t *len)
{
    while (*len > 0 && (*value == ' ' || *value == '\t')) value++, --*len;
    while (*len > 0 && (value[*len - 1] == ' ' || value[*len - 1] == '\t')) --*len;
    return value;
}

static bool reader_is(const char *text, size_t len, const char *word)
{
    return len == strlen(word) && strncasecmp(text, word, len) == 0;
}

static void reader_take_length(http_reader *self, const char *value, size_t len)
{
    int64_t length = reader_number(value, len, 10);
    if (length < 0)
        reader_break(self, "its Content-Length is no number");
    else if (self->has_length && self->left != (uint64_t)length)
        reader_break(self, "it has two lengths");
    self->has_length = true;
    self->left = (uint64_t)length;
}

static void reader_take_coding(http_reader *self, const char *value, size_t len)
{
    if (self->is_chunked || !reader_is(value, len, "chunked"))
        reader_break(self, "it has a transfer coding that nobody asked for");
    self->is_chunked = true;
}

static size_t reader_name_len(const char *line)
{
    return strspn(line, "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");
}

static void reader_take_field(http_reader *self)
{
    const char *line = self->line;
    size_t name = reader_name_len(line);
    bool fine = name > 0 && line[name] == ':';
    for (size_t i = 0; fine && i < self->line_len; i++)
        fine = line[i] == '\t' || ((unsigned char)line[i] >= ' ' && line[i] != 0x7f);
    if (!fine) {
        reader_break(self, "a line of its head is none");
        return;
    }
    size_t len = self->line_len - name - 1;
    const char *value = reader_value(line + name + 1, &len);
    if (self->state == READER_TRAILER) return;
    if (reader_is(line, name, "Content-Length"))
        reader_take_length(self, value, len);
    else if (reader_is(line, name, "Transfer-Encoding"))
        reader_take_coding(self, value, len);
    else if (reader_is(line, name, "Content-Encoding") && !reader_is(value, len, "identity"))
        reader_break(self, "it is compressed, which nobody asked for");
}

/* The empty line that ends a head: what follows it. */
static void reader_end_head(http_reader *self)
{
    if (self->status == 101) {
        reader_break(self, "it changes the protocol");
    } else if (self->status < 200) {
        self->state = READER_STATUS;
        self->has_length = self->is_chunked = false;
    } else if (self->status == 204 || self->status == 304) {
        self->state = READER_WHOLE;
    } else if (self->has_length && self->is_chunked) {
        reader_break(self, "it has both a length and chunks");
    } else if (self->has_length && self->left > self->max_body) {
        reader_break(self, "it is too long");
    } else if (self->is_chunked) {
        self->state = READER_SIZE;
    } else if (self->has_length) {
        self->state = self->left ? READER_BODY : READER_WHOLE;
    } else {
        self->state = READER_REST;
    }
}

/* ---- Lines ------------------------------------------------------------------------------------------------------- */

/* "1f;name=value" */
static void reader_take_size(http_reader *self)
{
    size_t len = strcspn(self->line, "; \t");
    int64_t size = reader_number(self->line, len, 16);
    if (size < 0 || len + strspn(self->line + len, " \t") < strcspn(self->line, ";"))
        reader_break(self, "a chunk has no size");
    else if ((uint64_t)size > self->max_body - self->len)
        reader_break(self, "it is too long");
    else
        self->state = size ? READER_CHUNK : READER_TRAILER;
    self->left = (uint64_t)size;
}

static void reader_take_line(http_reader *self)
{
    bool empty = self->line_len == 0;
    switch (self->state) {
    case READER_STATUS:
        reader_take_status(self);
        break;
    case READER_FIELDS:
        if (empty)
            reader_end_head(self);
        else
            reader_take_field(self);
        break;
    case READER_TRAILER:
        if (empty)
            self->state = READER_WHOLE;
        else
            reader_take_field(self);
        break;
    case READER_SIZE:
        reader_take_size(self);
        break;
    default: /* READER_CHUNK_END */
        if (empty)
            self->state = READER_SIZE;
        else
            reader_break(self, "a chunk is longer than its size");
        break;
    }
}

/* Whether there is room for more bytes of a line; chunks may be many, so their lines have a limit each. */
static bool reader_has_room(http_reader *self, size_t len)
{
    if (self->state == READER_SIZE || self->state == READER_CHUNK_END)
        return self->line_len + len <= HTTP_MAX_CHUNK_LINE;
    self->head_len += len;
    return self->head_len <= HTTP_MAX_HEAD;
}

/* Take bytes up to the end of the line, or all. Returns how many. */
static size_t reader_feed_line(http_reader *self, const char *bytes, size_t len)
{
    const char *feed = memchr(bytes, '\n', len);
    size_t used = feed ? (size_t)(feed - bytes) + 1 : len;
    if (!reader_has_room(self, used)) {
        reader_break(self, "its head is too long");
        return used;
    }
    memcpy(self->line + self->line_len, bytes, used);
    self->line_len += used;
    if (self->state == READER_STATUS && !reader_may_begin(self)) reader_break(self, reader_no_answer);
    if (!feed || self->state == READER_BROKEN) return used;
    if (self->line_len < 2 || self->line[self->line_len - 2] != '\r') {
        reader_break(self, "a line of its head is none");
        return used;
    }
    self->line_len -= 2;
    self->line[self->line_len] = '\0';
    if (memchr(self->line, '\0', self->line_len))
        reader_break(self, "a line of its head is none");
    else
        reader_take_line(self);
    self->line_len = 0;
    return used;
}

/* ---- The body ---------------------------------------------------------------------------------------------------- */

static bool reader_keep(http_reader *self, const char *bytes, size_t len)
{
    if (self->len + len > self->cap) {
        size_t cap = self->cap ? self->cap : 4096;
        while (cap < self->len + len) cap *= 2;
        char *body = realloc(self->body, cap);
        if (!body) return false;
        self->body = body;
        self->cap = cap;
    }
    memcpy(self->body + self->len, bytes, len);
    self->len += len;
    return true;
}

static size_t reader_feed_body(http_reader *self, const char *bytes, size_t len)
{
    bool endless = self->state == READER_REST;
    size_t used = endless || len < self->left ? len : (size_t)self->left;
    if (endless && used > self->max_body - self->len) {
        reader_break(self, "it is too long");
        return used;
    }
    if (!reader_keep(self, bytes, used)) {
        reader_break(self, "there is no memory for it");
        return used;
    }
    if (endless) return used;
    self->left -= used;
    if (self->left == 0) self->state = self->state == READER_CHUNK ? READER_CHUNK_END : READER_WHOLE;
    return used;
}

http_step http_reader_feed(http_reader *self, const char *bytes, size_t len)
{
    while (len > 0 && reader_step(self) == HTTP_MORE) {
        bool body = self->state == READER_BODY || self->state == READER_REST || self->state == READER_CHUNK;
        size_t used = body ? reader_feed_body(self, bytes, len) : reader_feed_line(self, bytes, len);
        bytes += used;
        len -= used;
    }
    return reader_step(self);
}

http_step http_reader_end(http_reader *self)
{
    if (self->state == READER_REST) self->state = READER_WHOLE;
    if (reader_step(self) == HTTP_MORE) reader_break(self, "it was cut off");
    return reader_step(self);
}
