/*
 * push_link.h - a connection that is made, written to and read from before a deadline, and raises no signal.
 */
#ifndef TACHO_PUSH_LINK_H
#define TACHO_PUSH_LINK_H

#include "push_answer.h"
#include "push_resolve.h"

typedef struct tacho__push_link {
    int fd; /* -1: none */
    uint64_t until_ns;
    bool cut; /* not all was sent that was to be: the answer came first, or the other side has closed */
    tacho__push_answer answer; /* as far as it came */
} tacho__push_link;

/** What follows returns 0 or an errno; ETIMEDOUT: the time is up. */

/** Connect to the first address that lets us, each with its share of the time. [owner | network | 0.1] */
TACHO_INTERNAL int tacho__push_link_open(tacho__push_link *link, const tacho__push_addresses *addresses);

/** Send all bytes, unless the connection is cut. [owner | network | 0.1] */
TACHO_INTERNAL int tacho__push_link_send(tacho__push_link *link, const void *bytes, size_t len);

/** Read until the answer is done. [owner | network | 0.1] */
TACHO_INTERNAL int tacho__push_link_receive(tacho__push_link *link);

/** Close it, if it is open. [owner | O(1) | 0.1] */
TACHO_INTERNAL void tacho__push_link_close(tacho__push_link *link);

#endif
