/*
 * redis_reader.h - from bytes to replies of the Redis protocol, version 2; knows no socket.
 *
 *   reply   = "+" text CRLF                      status, as "OK"
 *           | "-" text CRLF                      error
 *           | ":" integer CRLF                   from -2^63 to 2^63 - 1
 *           | "$" length CRLF bytes CRLF         string of any bytes; "$-1" CRLF is nil
 *           | "*" count CRLF reply ...           array; "*-1" CRLF is nil
 *
 * Input is hostile until shown otherwise: every count and length has a limit, nothing is allocated on the word of
 * the peer alone, and after the first byte that breaks a rule the reader takes no more. The types of version 3 are
 * refused by name. Bytes may come in pieces of any size.
 */
#ifndef EXAMPLES_REDIS_READER_H
#define EXAMPLES_REDIS_READER_H

#include <stddef.h>
#include <stdint.h>

typedef enum redis_type {
    REDIS_STATUS = 1,
    REDIS_ERROR,
    REDIS_INTEGER,
    REDIS_STRING,
    REDIS_NIL,
    REDIS_ARRAY
} redis_type;

/** One reply; everything below it is one block of memory with it. */
typedef struct redis_reply {
    redis_type type;
    int64_t integer; /* REDIS_INTEGER */
    const char
        *text;  /* REDIS_STATUS, REDIS_STRING, REDIS_ERROR: the bytes, and a NUL behind them; else NULL */
    size_t len; /* of text. An error is cut to 255 bytes and has only printable ASCII */
    const struct redis_reply *elements; /* REDIS_ARRAY */
    size_t count;
} redis_reply;

/** NULL is fine. Only for what redis_reader_next gave, never for an element. */
void redis_reply_free(redis_reply *reply);

/** Zero means the default. */
typedef struct redis_limits {
    size_t depth;     /* of arrays in each other; 0: 8; at most 32 */
    size_t elements;  /* in one reply, over all its arrays; 0: 65536 */
    size_t bulk_len;  /* bytes of one string; 0: 1 MiB */
    size_t reply_len; /* bytes of one reply as sent; 0: 8 MiB */
} redis_limits;

typedef struct redis_reader redis_reader;

/** NULL when out of memory. Owes one redis_reader_free. */
redis_reader *redis_reader_new(const redis_limits *limits);
void redis_reader_free(redis_reader *reader);

/** Take the next bytes; they are copied. What redis_reader_next has not taken yet stays. */
void redis_reader_feed(redis_reader *reader, const char *bytes, size_t len);

typedef enum redis_step {
    REDIS_READY = 1, /* `reply` is the caller's */
    REDIS_MORE,      /* the bytes so far are no whole reply */
    REDIS_BROKEN /* a rule or limit was broken, or memory ran out; so it stays, redis_reader_error has the words */
} redis_step;

/** Take the next reply out of what was fed. */
redis_step redis_reader_next(redis_reader *reader, redis_reply **reply);

/** What is wrong, in words; NULL: nothing. */
const char *redis_reader_error(const redis_reader *reader);

/** Bytes that were fed and belong to no reply taken yet. */
size_t redis_reader_pending(const redis_reader *reader);

#endif
