/*
 * http_head.h - HTTP/1.1 responses as bytes: writing a head.
 */
#ifndef TACHO_HTTP_HEAD_H
#define TACHO_HTTP_HEAD_H

#include "internal.h"

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
    uint32_t methods; /* of Allow: TACHO_HTTP_GET and so on, 0: that */
    /* NULL: as the status demands */
    const char *cache_control, *location, *authenticate, *content_security_policy;
    const char *fields; /* more of them, each with its line end; NULL: none */
} tacho__http_response;

/**
 * Write the head of a response, with the fields its status demands (Allow, WWW-Authenticate). Returns its
 * length, or 0 if it does not fit into `cap`.
 * [owner | O(length) | 0.1]
 */
TACHO_INTERNAL size_t tacho__http_response_write(const tacho__http_response *response, char *out, size_t cap);

/** Whether a host's value of a field can be sent; NULL is none. [hot | O(length) | 0.1] */
TACHO_INTERNAL bool tacho__http_value_valid(const char *value);
#define TACHO__HTTP_VALUE_MAX 1000

/** A sentence and a line feed that say what an error status means here. Never NULL. [hot | O(1) | 0.1] */
TACHO_INTERNAL const char *tacho__http_status_sentence(int status);

#endif
