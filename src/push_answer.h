/*
 * push_answer.h - the answer to a push as bytes: its status, and the beginning of what the server says.
 *
 * No sockets and no memory of its own; nothing that comes is trusted, and what is kept and looked at is bounded.
 */
#ifndef TACHO_PUSH_ANSWER_H
#define TACHO_PUSH_ANSWER_H

#include "internal.h"

/** Bytes of all heads together, also those of 1xx before the answer. */
#define TACHO__PUSH_HEAD_MAX 16384
/** Bytes of the body that are kept; the rest is not read. */
#define TACHO__PUSH_BODY_MAX 256

enum tacho__push_state {
    TACHO__PUSH_STATUS_LINE,
    TACHO__PUSH_FIELDS,
    TACHO__PUSH_BODY,       /* `left` bytes */
    TACHO__PUSH_BODY_TO_END,
    TACHO__PUSH_CHUNK_SIZE,
    TACHO__PUSH_CHUNK,      /* `left` bytes */
    TACHO__PUSH_CHUNK_END,
    TACHO__PUSH_DONE        /* all that matters was read, or `wrong` says why not */
};

/** All zero: nothing was read yet. */
typedef struct tacho__push_answer {
    enum tacho__push_state state;
    int status;        /* of the answer, once its head is complete; else 0 */
    const char *wrong; /* what makes it no answer; NULL: nothing */
    int coming;        /* the status of the head that is being read */
    unsigned minor;    /* of HTTP/1.x */
    bool has_length, chunked;
    uint64_t left;
    size_t head_len; /* so far */
    size_t line_len, body_len;
    char body[TACHO__PUSH_BODY_MAX];
    char line[TACHO__PUSH_HEAD_MAX];
} tacho__push_answer;

/**
 * Read on. The result is the same however the bytes are cut into calls. With the head of a 2xx it is done.
 * [owner | O(len) | 0.1]
 */
TACHO_INTERNAL void tacho__push_answer_read(tacho__push_answer *answer, const char *bytes, size_t len);

/** The connection has ended. Afterwards it is done. [owner | O(1) | 0.1] */
TACHO_INTERNAL void tacho__push_answer_end(tacho__push_answer *answer);

/**
 * Write what is there of the body as one line of printable ASCII that ends in NUL; "" if there is nothing, or if `secrets`
 * (ended by NULL) are in it, whole or cut off.
 * [owner | O(body * secrets) | 0.1]
 */
TACHO_INTERNAL void tacho__push_answer_quote(const tacho__push_answer *answer, char out[TACHO__PUSH_BODY_MAX + 1],
                                             const char *const *secrets);

#endif
