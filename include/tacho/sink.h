/*
 * sink.h - where bytes go: an interface of one function, and the two sinks most programs need.
 */
#ifndef TACHO_SINK_H
#define TACHO_SINK_H

#include <tacho/base.h>

TACHO_BEGIN_DECLS

/** A destination. Embed it first in your own object and find that again with TACHO_CONTAINER. */
typedef struct tacho_sink {
    const struct tacho_sink_ops *ops;
} tacho_sink;

typedef struct tacho_sink_ops {
    /** Take all of the bytes, or return an error: the writer then stops and returns that. A TACHO_ERR_IO sets errno. */
    tacho_err (*write)(tacho_sink *self, const void *data, size_t len);
} tacho_sink_ops;

/** A buffer on the heap that grows as needed. When it cannot, the write is a TACHO_ERR_NOMEM and what it has stays. */
typedef struct tacho_buffer {
    tacho_sink sink;
    char *data; /* `len` bytes and a NUL behind them; NULL before the first write */
    size_t len, cap;
} tacho_buffer;

/** Make an empty buffer in the caller's storage; owes one tacho_buffer_fini. */
TACHO_API void tacho_buffer_init(tacho_buffer *buf); /* [owner | O(1) | 0.1] */

/** Free the bytes; the buffer is then empty and usable again. NULL is fine. */
TACHO_API void tacho_buffer_fini(tacho_buffer *buf); /* [owner | O(1) | 0.1] */

/**
 * A sink that writes to a descriptor, which stays the caller's. Short writes and EINTR are handled; any other failure is a
 * TACHO_ERR_IO, also EAGAIN, so the descriptor has to block. For a file that others read there is tacho_textfile_write (push.h):
 * nobody then reads half a page.
 */
typedef struct tacho_fd_sink {
    tacho_sink sink;
    int fd;
} tacho_fd_sink;

/** Make a sink for a descriptor in the caller's storage; owes nothing. */
TACHO_API void tacho_fd_sink_init(tacho_fd_sink *sink, int fd); /* [owner | O(1) | 0.1] */

TACHO_END_DECLS

#endif
