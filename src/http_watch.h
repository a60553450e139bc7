/*
 * http_watch.h - descriptors that a loop waits for, with poll(2); and, for the event loop of a host, one descriptor that is
 * readable when one of them is ready.
 */
#ifndef TACHO_HTTP_WATCH_H
#define TACHO_HTTP_WATCH_H

#include <poll.h>

#include <tacho/base.h>

#include "internal.h"

typedef struct tacho__http_watch {
    uint32_t count, used;  /* entries, and those up to the last that has a descriptor */
    int shown_by;          /* the one descriptor; -1: none */
    struct pollfd *polls;  /* what is waited for */
    struct pollfd *shown;  /* what the one descriptor shows of it; NULL: nothing */
} tacho__http_watch;

/** Make `count` entries without descriptors. TACHO_ERR_NOMEM, TACHO_ERR_IO. Owes one tacho__http_watch_fini in any case. */
TACHO_INTERNAL tacho_err tacho__http_watch_init(tacho__http_watch *watch, uint32_t count, bool shows);
TACHO_INTERNAL void tacho__http_watch_fini(tacho__http_watch *watch);

/** Wait for these events of a descriptor at this entry; fd -1: for nothing. [owner | O(1) | 0.1] */
TACHO_INTERNAL void tacho__http_watch_set(tacho__http_watch *watch, uint32_t index, int fd, short events);

/** The descriptor of an entry is about to be closed. Not in a forked child: it would take it from the parent. */
TACHO_INTERNAL void tacho__http_watch_forget(tacho__http_watch *watch, uint32_t index);

/** Let the one descriptor show what is set now. [owner | O(entries) | 0.1] */
TACHO_INTERNAL void tacho__http_watch_show(tacho__http_watch *watch);

#endif
