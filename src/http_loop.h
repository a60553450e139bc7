/*
 * http_loop.h - connections of some listeners served by whoever calls tacho__http_loop_turn again and again.
 *
 * The loop owns no thread: a server thread turns it, or the event loop of a host.
 */
#ifndef TACHO_HTTP_LOOP_H
#define TACHO_HTTP_LOOP_H

#include "http_conn.h"
#include "http_listen.h"
#include "http_watch.h"

struct tacho__http_loop_peer;

typedef struct tacho__http_loop {
    /* Set by the owner: */
    tacho__http_site *site;
    tacho__http_listener *listeners;
    uint32_t listener_count;
    uint32_t max;                          /* connections that may be */
    uint64_t timeout_ns, answer_ns, idle_ns;
    bool hosted;                           /* a host's event loop watches `watch.shown_by` */
    /* The rest is private. */
    uint32_t count;                        /* connections that are */
    bool crowded;                          /* when last looked, somebody waited in the kernel's queue who had no place */
    uint32_t turn;                         /* which listener is first to have a place */
    uint64_t accept_ns;                    /* nothing is accepted before this time */
    uint64_t until_ns;                     /* something is to be done then at the latest */
    uint64_t end_ns;                       /* not 0: the loop is ending, at this time at the latest */
    int reserve;                           /* a descriptor to give away when there is no other; -1: it is in use */
    int wake[2];                           /* a pipe: a byte in it says that results are there, or that the loop is to end */
    struct tacho__waker waker;
    struct tacho__http_loop_peer *peers;   /* `max` of them, in no core dump: requests hold tokens */
    tacho__http_watch watch;               /* the pipe, the listeners, the peers */
} tacho__http_loop;

/**
 * Make a loop. Takes all the memory it will ever need. TACHO_ERR_NOMEM, TACHO_ERR_IO (no descriptor for the pipe). Owes one
 * tacho__http_loop_fini in any case.
 * [owner | O(max) | 0.1]
 */
TACHO_INTERNAL tacho_err tacho__http_loop_init(tacho__http_loop *loop);

/** Close what is open, listeners aside, and free the memory. A forked child leaves open scrapes alone: whoever was inside one
 *  is not here any more. [owner | O(max) | 0.1] */
TACHO_INTERNAL void tacho__http_loop_fini(tacho__http_loop *loop, bool forked);

/**
 * Do what there is to do; wait for it if `waits`. False once tacho__http_loop_end was called and all answers that were under way
 * have been taken, or given up. [owner | one request | 0.1]
 */
TACHO_INTERNAL bool tacho__http_loop_turn(tacho__http_loop *loop, bool waits);

/** Milliseconds until the next turn is due, for a loop that is hosted; -1: not before there is something. [owner | O(1) | 0.1] */
TACHO_INTERNAL int tacho__http_loop_timeout_ms(const tacho__http_loop *loop);

/** Close every connection; by the thread that turned the loop. [owner | O(max) | 0.1] */
TACHO_INTERNAL void tacho__http_loop_clear(tacho__http_loop *loop);

/** End the loop: listeners are closed in the present turn, or the next; of one that is hosted at once, on the thread that turns
 *  it. [shared | O(1) | 0.1] */
TACHO_INTERNAL void tacho__http_loop_end(tacho__http_loop *loop);

#endif
