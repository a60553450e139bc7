/*
 * http_loop.h - connections of one listener served by whoever calls tacho__http_loop_turn again and again.
 *
 * The loop owns no thread: a server thread turns it, and so could the event loop of a host.
 */
#ifndef TACHO_HTTP_LOOP_H
#define TACHO_HTTP_LOOP_H

#include "http_conn.h"
#include "http_listen.h"
#include "registry_internal.h"

struct tacho__http_loop_peer;
struct pollfd;

typedef struct tacho__http_loop {
    tacho__http_site *site;
    const tacho__http_listener *listener;
    uint32_t max, count;             /* connections that may be, and that are */
    uint64_t timeout_ns, idle_ns;
    uint64_t accept_ns;              /* nothing is accepted before this time */
    int wake[2];                     /* a pipe: a byte in it says that results are there, or that the loop is to end */
    struct tacho__waker waker;
    struct tacho__http_loop_peer *peers; /* `max` of them */
    struct pollfd *polls;            /* the pipe, the listener, the peers */
    uint32_t poll_count;             /* up to the last peer that is there */
} tacho__http_loop;

/**
 * Make a loop; site, listener, max, timeout_ns and idle_ns are set. Takes all the memory it will ever need.
 * TACHO_ERR_NOMEM, TACHO_ERR_IO (no descriptor for the pipe). Owes one tacho__http_loop_fini in any case.
 * [owner | O(max) | 0.1]
 */
TACHO_INTERNAL tacho_err tacho__http_loop_init(tacho__http_loop *loop);

/** Close what is open and free the memory. A forked child leaves open scrapes alone: whoever was inside one is not
 *  here any more. [owner | O(max) | 0.1] */
TACHO_INTERNAL void tacho__http_loop_fini(tacho__http_loop *loop, bool forked);

/** Wait for something to do and do it. False once tacho__http_loop_wake was called. [owner | one request | 0.1] */
TACHO_INTERNAL bool tacho__http_loop_turn(tacho__http_loop *loop);

/** Close every connection; by the thread that turned the loop. [owner | O(max) | 0.1] */
TACHO_INTERNAL void tacho__http_loop_clear(tacho__http_loop *loop);

/** End the loop: the present turn, or the next, is the last one. [shared | O(1) | 0.1] */
TACHO_INTERNAL void tacho__http_loop_wake(tacho__http_loop *loop);

#endif
