/*
 * http_listen.h - addresses in words, and the sockets that listen on them.
 */
#ifndef TACHO_HTTP_LISTEN_H
#define TACHO_HTTP_LISTEN_H

#include <sys/types.h>

#include <tacho/registry.h>

#include "internal.h"

/** A listening socket. */
typedef struct tacho__http_listener {
    int fd;            /* does not block, and is closed on exec */
    char address[128]; /* what stands in a URL: "127.0.0.1:9464", "[::1]:9464", "unix:/run/x.sock:" */
    bool has_file;     /* a socket file was made, with this identity: */
    dev_t device;
    ino_t inode;
} tacho__http_listener;

/**
 * Listen on "HOST:PORT" (an IPv4 address, an IPv6 address in brackets, or localhost, which is 127.0.0.1),
 * "unix:PATH" or "fd:N". TACHO_ERR_ARG, TACHO_ERR_IO: tacho_registry_error of `reg` has it in words. Owes one
 * tacho__http_listener_close if it succeeded.
 * [owner | O(1) | 0.1]
 */
TACHO_INTERNAL tacho_err tacho__http_listener_open(tacho__http_listener *listener, const char *text,
                                                   tacho_registry *reg);

/** Close it. A socket file is removed if it is still the one that was made, unless this is a forked child. */
TACHO_INTERNAL void tacho__http_listener_close(tacho__http_listener *listener, bool forked);

/** Accept: a descriptor that does not block and is closed on exec, or -1 and errno. [owner | O(1) | 0.1] */
TACHO_INTERNAL int tacho__http_listener_accept(const tacho__http_listener *listener);

#endif
