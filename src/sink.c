/*
 * sink.c - the two sinks: a buffer that grows, and a descriptor.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <tacho/sink.h>

#include "alloc.h"

static tacho_err sink_buffer_write(tacho_sink *self, const void *data, size_t len)
{
    tacho_buffer *buf = TACHO_CONTAINER(self, tacho_buffer, sink);
    if (len > SIZE_MAX / 2 - buf->len) return TACHO_ERR_NOMEM;
    if (buf->len + len >= buf->cap) { /* the NUL needs room too */
        size_t cap = buf->cap ? buf->cap : 4096;
        while (cap <= buf->len + len) cap *= 2;
        char *grown = tacho__realloc(buf->data, cap);
        if (!grown) return TACHO_ERR_NOMEM;
        buf->data = grown;
        buf->cap = cap;
    }
    if (len) memcpy(buf->data + buf->len, data, len);
    buf->len += len;
    buf->data[buf->len] = '\0';
    return TACHO_OK;
}

void tacho_buffer_init(tacho_buffer *buf)
{
    static const tacho_sink_ops ops = { sink_buffer_write };
    *buf = (tacho_buffer){ .sink = { &ops } };
}

void tacho_buffer_fini(tacho_buffer *buf)
{
    if (!buf) return;
    tacho__free(buf->data);
    tacho_buffer_init(buf);
}

static tacho_err sink_fd_write(tacho_sink *self, const void *data, size_t len)
{
    tacho_fd_sink *sink = TACHO_CONTAINER(self, tacho_fd_sink, sink);
    const char *at = data;
    while (len > 0) {
        ssize_t done = write(sink->fd, at, len);
        if (done < 0 && errno == EINTR) continue;
        if (done < 0) return TACHO_ERR_IO;
        at += done;
        len -= (size_t)done;
    }
    return TACHO_OK;
}

void tacho_fd_sink_init(tacho_fd_sink *sink, int fd)
{
    static const tacho_sink_ops ops = { sink_fd_write };
    *sink = (tacho_fd_sink){ .sink = { &ops }, .fd = fd };
}
