/*
 * push_resolve.h - the addresses of a host, before a deadline.
 */
#ifndef TACHO_PUSH_RESOLVE_H
#define TACHO_PUSH_RESOLVE_H

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "push_url.h"

#define TACHO__PUSH_ADDRESSES 8 /* more are not tried */

typedef union tacho__push_address {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
    struct sockaddr_un local;
} tacho__push_address;

typedef struct tacho__push_addresses {
    size_t count;
    tacho__push_address at[TACHO__PUSH_ADDRESSES];
    socklen_t lens[TACHO__PUSH_ADDRESSES];
} tacho__push_addresses;

/**
 * Find the addresses of an URL; waits only for names that have to be looked up. TACHO_ERR_ARG, TACHO_ERR_IO, TACHO_ERR_TIMEOUT,
 * TACHO_ERR_NOMEM, and the reason in `why`.
 * [shared | a lookup | 0.1]
 */
TACHO_INTERNAL tacho_err tacho__push_resolve(tacho__push_addresses *out, const tacho__push_url *url, uint64_t until_ns,
                                             const char **why);

#endif
