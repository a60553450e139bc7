/*
 * http_reader.h - an answer of an HTTP/1 server to a GET, from bytes as they come. Knows no socket.
 *
 * The server is hostile until shown otherwise: every length has a limit, and what could be read in two ways is refused:
 * two lengths, a length beside chunks, folded lines, lines that end without a carriage return.
 */
#ifndef EXAMPLES_HTTP_READER_H
#define EXAMPLES_HTTP_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HTTP_MAX_HEAD 16384 /* bytes of all heads and trailers of an answer */
#define HTTP_MAX_CHUNK_LINE 256
#define HTTP_MAX_BODY (8u << 20)

typedef enum http_step { HTTP_MORE = 0, HTTP_WHOLE, HTTP_BROKEN } http_step;

typedef struct http_reader {
    int status;
    char *body; /* NULL: there is none */
    size_t len;
    const char *error; /* HTTP_BROKEN: what is wrong, in words that repeat nothing of it */
    /* Its own: */
    int state;
    size_t max_body, cap, head_len, line_len;
    uint64_t left; /* of the body or the chunk */
    bool has_length, is_chunked;
    char line[HTTP_MAX_HEAD];
} http_reader;

/** An answer with a body of at most so many bytes, 0: HTTP_MAX_BODY. Owes one http_reader_fini. */
void http_reader_init(http_reader *self, size_t max_body);
void http_reader_fini(http_reader *self);

/** Take bytes. HTTP_WHOLE: the answer is there, and what follows is not looked at. */
http_step http_reader_feed(http_reader *self, const char *bytes, size_t len);

/** The connection has ended, which is where a body without a length ends. */
http_step http_reader_end(http_reader *self);

#endif
