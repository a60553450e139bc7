/*
 * dial.h - connections of sockets with a deadline.
 */
#ifndef EXAMPLES_DIAL_H
#define EXAMPLES_DIAL_H

#include <netdb.h>
#include <stdint.h>
#include <sys/socket.h>

/** Connect to one address. Returns a descriptor that never blocks and is not inherited by children; -1 with errno. */
int dial_address(const struct sockaddr *address, socklen_t size, uint64_t deadline_ns);

/** Connect to the first that answers, each having its share of the time left; the list stays the caller's. */
int dial_any(const struct addrinfo *found, uint64_t deadline_ns);

#endif
