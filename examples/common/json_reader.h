/*
 * json_reader.h - JSON (RFC 8259) read token by token, strictly, out of a text in memory.
 *
 *   json_reader reader;
 *   json_reader_init(&reader, text, len);
 *   for (json_token token; (token = json_reader_next(&reader)) > JSON_END;) ...
 *
 * The tokens come in an order that makes sense: an object is JSON_OBJECT, then JSON_KEY and a value each, then
 * JSON_OBJECT_END. The text is hostile until shown otherwise: UTF-8, escapes and pairs of surrogates are checked, and
 * nothing may follow the value. A key that comes twice comes twice. Nothing is allocated, and nothing recurses.
 */
#ifndef EXAMPLES_JSON_READER_H
#define EXAMPLES_JSON_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define JSON_MAX_DEPTH 64 /* objects and arrays inside each other */

typedef enum json_token {
    JSON_BROKEN = 0, /* and so are all that follow; json_reader_error has the words */
    JSON_END,        /* of the whole text */
    JSON_NULL,
    JSON_FALSE,
    JSON_TRUE,
    JSON_NUMBER, /* in `number` */
    JSON_STRING, /* in `string` */
    JSON_KEY,    /* likewise; its value follows */
    JSON_OBJECT,
    JSON_OBJECT_END,
    JSON_ARRAY,
    JSON_ARRAY_END
} json_token;

typedef struct json_reader {
    /* Of the last token: */
    double
        number; /* finite. Exact with up to 15 digits and a power of ten up to 22; or else the last of 16 digits
                           may be off */
    const char *string; /* decoded, a NUL behind it, in the text; it may have others inside, from \u0000 */
    size_t string_len;
    /* Its own: */
    char *text;
    size_t len, at;
    unsigned depth, want;
    uint64_t objects; /* a bit for each level: whether it is an object */
    const char *error;
    size_t error_at;
} json_reader;

/** Read `len` bytes, which are the reader's to write to: strings are decoded in place. */
void json_reader_init(json_reader *self, char *text, size_t len);

json_token json_reader_next(json_reader *self);

/** Pass by what is left of the value that this token, the last one, has begun. False: it is broken. */
bool json_reader_pass(json_reader *self, json_token token);

/** What is wrong, and at which byte (from 0): "a string does not end, at byte 17". */
void json_reader_error(const json_reader *self, char *why, size_t cap);

#endif
