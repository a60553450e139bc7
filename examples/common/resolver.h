/*
 * resolver.h - names of hosts looked up with a deadline, which the C library's own lookup does not have.
 *
 * A lookup runs in a thread of its own, with all signals blocked. One that is not done at the deadline goes on, and
 * the next call waits for the same one: there is never more than one for a resolver. An address needs no thread.
 */
#ifndef EXAMPLES_RESOLVER_H
#define EXAMPLES_RESOLVER_H

#include <netdb.h>
#include <stddef.h>
#include <stdint.h>

typedef struct resolver_job resolver_job;

/** One owner at a time; all zero to begin with. */
typedef struct resolver {
    resolver_job *job; /* a lookup that is not done; shared with its thread */
} resolver;

/** The stream addresses of a host and port, to be released with freeaddrinfo. NULL: `why` has the words. */
struct addrinfo *resolver_look_up(resolver *self, const char *host, const char *port, uint64_t deadline_ns,
                                  char *why, size_t cap);

/** A lookup that is not done is left to end by itself. */
void resolver_fini(resolver *self);

#endif
