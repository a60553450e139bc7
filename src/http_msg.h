/*
 * http_msg.h - HTTP/1.x requests as bytes: reading a head.
 *
 * No sockets, no routes, no memory of its own: the bytes of a request stay in the caller's buffer.
 */
#ifndef TACHO_HTTP_MSG_H
#define TACHO_HTTP_MSG_H

#include "internal.h"

/** Bytes of a request line and its header fields together, the empty line included. */
#define TACHO__HTTP_HEAD_MAX 8192

/** The first four in the order of TACHO_HTTP_GET and so on. */
typedef enum tacho__http_method {
    TACHO__HTTP_GET,
    TACHO__HTTP_POST,
    TACHO__HTTP_PUT,
    TACHO__HTTP_DELETE,
    TACHO__HTTP_HEAD,
    TACHO__HTTP_OTHER
} tacho__http_method;

/** A request as far as it was read. All zero: nothing yet. Pointers lead into the buffer, or to constants. */
typedef struct tacho__http_request {
    tacho__http_method method;
    unsigned minor;            /* of HTTP/1.x: 0, or 1 for everything later */
    const char *path;          /* as sent, ends in NUL; "*" when the request names no path */
    const char *query;         /* without '?', ends in NUL; "" if there is none */
    const char *authorization; /* value of the field; NULL: absent */
    size_t authorization_len;
    const char *host; /* of an absolute target, or else of the Host field, with the port; NULL: neither */
    size_t host_len;
    bool close;       /* the connection ends after this request */
    bool body;        /* a body was announced; it is not part of the head */
    uint64_t length;  /* its bytes, UINT64_MAX being many; 0 if it is chunked */
    bool expects;     /* the client waits for leave to send it */
    size_t read;    /* bytes looked at; when complete, the length of the head */
    int status;     /* what tacho__http_request_read returned */
    size_t line;    /* where the line begins that is being read */
    bool fields;    /* the request line is complete */
    bool cr;        /* the last byte was a carriage return */
    bool absolute, has_host, has_length, has_coding, chunked, strange_coding, strange_expectation;
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

/** Whether a path can be asked for: begins with '/', visible ASCII, no '?' and no '#'. [hot | O(len) | 0.1] */
TACHO_INTERNAL bool tacho__http_path_valid(const char *path);

#endif
