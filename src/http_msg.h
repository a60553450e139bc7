/*
 * http_msg.h - HTTP/1.x messages as bytes: read the head of a request, write the head of a response.
 *
 * No sockets, no routes, no memory of its own: the bytes of a request stay in the caller's buffer.
 */
#ifndef TACHO_HTTP_MSG_H
#define TACHO_HTTP_MSG_H

#include "internal.h"

/** Bytes of a request line and its header fields together, the empty line included. */
#define TACHO__HTTP_HEAD_MAX 8192

typedef enum tacho__http_method { TACHO__HTTP_OTHER, TACHO__HTTP_GET, TACHO__HTTP_HEAD } tacho__http_method;

/** A request as far as it was read. All zero: nothing yet. Pointers lead into the buffer, or to constants. */
typedef struct tacho__http_request {
    tacho__http_method method;
    unsigned minor;            /* of HTTP/1.x: 0, or 1 for everything later */
    const char *path;          /* as sent, ends in NUL; "*" when the request names no path */
    const char *query;         /* without '?', ends in NUL; "" if there is none */
    const char *authorization; /* value of the field; NULL: absent */
    size_t authorization_len;
    bool close;     /* the connection ends after this request */
    bool body;      /* a body was announced; it is not part of the head */
    size_t read;    /* bytes looked at; when complete, the length of the head */
    int status;     /* what tacho__http_request_read returned */
    size_t line;    /* where the line begins that is being read */
    bool fields;    /* the request line is complete */
    bool cr;        /* the last byte was a carriage return */
    bool has_host, has_length, has_coding, chunked, strange_coding, strange_expectation;
} tacho__http_request;

/**
 * Read on. `bytes` is the same buffer each time, now with `len` bytes; it may be changed up to `read`.
 *
 * Returns 0 while the head is incomplete, 200 once it is complete and well-formed, otherwise the status that
 * refuses it, as soon as that is certain; the answer is the same however the bytes are cut into calls.
 * [owner | O(new bytes) | 0.1]
 */
TACHO_INTERNAL int tacho__http_request_read(tacho__http_request *request, char *bytes, size_t len);

/**
 * Join the values of all fields with this name (lower case) in a head that was read, with commas, and a NUL behind
 * them; "" if there is none. `out` has room for TACHO__HTTP_HEAD_MAX bytes.
 * [owner | O(head) | 0.1]
 */
TACHO_INTERNAL void tacho__http_request_join(const tacho__http_request *request, const char *bytes, const char *name,
                                             char *out);

typedef enum tacho__http_framing {
    TACHO__HTTP_LENGTH,  /* Content-Length */
    TACHO__HTTP_CHUNKED, /* Transfer-Encoding: chunked */
    TACHO__HTTP_TO_END,  /* neither: the body ends with the connection */
    TACHO__HTTP_NO_BODY  /* neither, and no Content-Type: 204 and 304 */
} tacho__http_framing;

typedef struct tacho__http_response {
    int status;
    const char *content_type;
    tacho__http_framing framing;
    size_t length; /* for TACHO__HTTP_LENGTH */
    bool close;
    bool negotiated; /* another client might get another answer: Vary says so */
    const char *fields; /* more of them, each with its line end; NULL: none */
} tacho__http_response;

/**
 * Write the head of a response, with the fields its status demands (Allow, WWW-Authenticate). Returns its
 * length, or 0 if it does not fit into `cap`.
 * [owner | O(length) | 0.1]
 */
TACHO_INTERNAL size_t tacho__http_response_write(const tacho__http_response *response, char *out, size_t cap);

/** A sentence and a line feed that say what an error status means here. Never NULL. [hot | O(1) | 0.1] */
TACHO_INTERNAL const char *tacho__http_status_sentence(int status);

/** Whether a path can be asked for: begins with '/', visible ASCII, no '?' and no '#'. [hot | O(len) | 0.1] */
TACHO_INTERNAL bool tacho__http_path_valid(const char *path);

#endif
