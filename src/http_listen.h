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
    size_t door;       /* behind it; the owner's */
    char address[128]; /* what stands in a URL: "127.0.0.1:9464", "[::1]:9464", "unix:/run/x.sock:" */
    bool loopback;     /* an IP address that only this machine reaches */
    bool has_file;     /* a socket file was made, with this identity: */
    dev_t device;
    ino_t inode;
} tacho__http_listener;

/** How many sockets an address stands for: 1, or what systemd passed for it. 0: tacho_registry_error of `reg` says why it makes
 *  no sense. [owner | environment | 0.1] */
TACHO_INTERNAL size_t tacho__http_listener_count(const char *text, tacho_registry *reg);

/**
 * Listen on "HOST:PORT" (an IPv4 address, an IPv6 address in brackets, or localhost, which is 127.0.0.1),
 * "unix:PATH", "fd:N", or socket `index` of "systemd:NAME". `mode`: of the file; 0: 0660 less the umask. TACHO_ERR_ARG,
 * TACHO_ERR_IO: tacho_registry_error of `reg` has it in words. Owes one tacho__http_listener_close if it succeeded.
 * [owner | O(1) | 0.1]
 */
TACHO_INTERNAL tacho_err tacho__http_listener_open(tacho__http_listener *listener, const char *text, size_t index,
                                                   uint32_t mode, tacho_registry *reg);

/** Close it. A socket file is removed if it is still the one that was made, unless this is a forked child. */
TACHO_INTERNAL void tacho__http_listener_close(tacho__http_listener *listener, bool forked);

/** Accept: a descriptor that does not block and is closed on exec, or -1 and errno. [owner | O(1) | 0.1] */
TACHO_INTERNAL int tacho__http_listener_accept(const tacho__http_listener *listener);

#endif
