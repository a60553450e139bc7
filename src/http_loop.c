/*
 * http_loop.c - connections of some listeners, on poll(2).
 *
 * Each connection has one deadline: for the wait it is in, from the moment that wait began; while an answer is taken, also
 * for the whole of it. A connection is moved a few steps at a time, so that a fast reader of a long answer does not keep the
 * others waiting.
 * When all places are taken, clients wait in the kernel's queue, and as long as some do, each answer ends its connection. Others
 * are asked to leave: first those who are kept alive and say nothing for a moment (who had an answer just now may have the next
 * request on its way), the longest silent first; then those whose request takes longer than a second.
 * One descriptor is kept in reserve. When the process has no other, a client is served with that one, and all places count
 * as taken until some connection ends and leaves its descriptor as the next reserve.
 *   I1  A peer is there exactly while its `fd` is not -1; `count` peers are.
 *   I2  Every event that poll reports leads to a system call on that descriptor, or the descriptor is not polled
 *       again: the loop never spins.
 * Nothing is allocated here after the start.
 */
#define _GNU_SOURCE
#include "http_loop.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "alloc.h"
#include "clock.h"

#define LOOP_SECOND 1000000000u
#define LOOP_MILLISECOND 1000000u
#define LOOP_GRACE LOOP_SECOND                    /* to send a request in when others wait for the place */
#define LOOP_ACCEPTS 8 /* in one turn */
#define LOOP_MOMENT (50 * (uint64_t)LOOP_MILLISECOND) /* to begin the next request when others wait for the place */
#define LOOP_LINGER LOOP_SECOND                   /* for a peer to end its side after the last answer */
#define LOOP_PAUSE (100 * (uint64_t)LOOP_MILLISECOND) /* until accepting is tried again after it failed */
#define LOOP_STEPS 8                              /* system calls on one connection before the others have a turn */
#define LOOP_DRAIN LOOP_SECOND                    /* for answers under way when the loop ends */
#define LOOP_BLIND_MS 20                          /* how often a host looks that cannot watch */
#define LOOP_FIRST_LISTENER 1                     /* in `watch`, behind the pipe */
#define LOOP_NEVER UINT64_MAX

/* What the pipe carries. */
static const char loop_end = 'e', loop_results = 'r';

struct tacho__http_loop_peer {
    int fd;
    bool ending;        /* our side of the connection is shut down */
    uint32_t stretch;   /* the connection's, when last looked at */
    uint32_t answers;   /* likewise */
    uint64_t began_ns;  /* when its present wait began, */
    uint64_t answer_ns; /* and when its last answer did */
    tacho__http_conn conn;
};

/* ---- Life cycle ------------------------------------------------------------------------------------------- */

static bool loop_pipe(int ends[2])
{
#if defined(__linux__)
    return pipe2(ends, O_CLOEXEC | O_NONBLOCK) == 0;
#else
    if (pipe(ends) != 0) return false;
    for (int i = 0; i < 2; i++)
        if (fcntl(ends[i], F_SETFL, O_NONBLOCK) != 0 || fcntl(ends[i], F_SETFD, FD_CLOEXEC) != 0) return false;
    return true;
#endif
}

/* A run has ended. If the pipe is full there is enough in it to wake the loop. */
static void loop_waker_wake(struct tacho__waker *self)
{
    tacho__http_loop *loop = TACHO_CONTAINER(self, tacho__http_loop, waker);
    int cause = errno;
    (void)!write(loop->wake[1], &loop_results, 1);
    errno = cause;
}

/* Set a descriptor aside, if there is one. */
static void loop_reserve(tacho__http_loop *loop)
{
    if (loop->reserve < 0) loop->reserve = fcntl(loop->wake[0], F_DUPFD_CLOEXEC, 0);
}

static bool loop_is_full(const tacho__http_loop *loop)
{
    return loop->count == loop->max || loop->reserve < 0;
}

static uint32_t loop_first_peer(const tacho__http_loop *loop)
{
    return LOOP_FIRST_LISTENER + loop->listener_count;
}

tacho_err tacho__http_loop_init(tacho__http_loop *loop)
{
    loop->wake[0] = loop->wake[1] = loop->reserve = -1;
    loop->until_ns = LOOP_NEVER;
    loop->peers = tacho__map_hidden(loop->max * sizeof *loop->peers, false);
    for (uint32_t i = 0; loop->peers && i < loop->max; i++) loop->peers[i].fd = -1;
    tacho_err err = tacho__http_watch_init(&loop->watch, loop_first_peer(loop) + loop->max, loop->hosted);
    if (err || !loop->peers) return err ? err : TACHO_ERR_NOMEM;
    if (!loop_pipe(loop->wake)) return TACHO_ERR_IO;
    loop_reserve(loop);
    loop->waker.wake = loop_waker_wake;
    tacho__registry_add_waker(loop->site->reg, &loop->waker);
    if (loop->hosted) (void)tacho__http_loop_turn(loop, false);
    return TACHO_OK;
}

static void loop_close(int *fd)
{
    int closed = *fd;
    *fd = -1; /* before it is closed: a child forked right here must not close its number twice */
    if (closed >= 0) (void)close(closed);
}

static void loop_drop(tacho__http_loop *loop, struct tacho__http_loop_peer *peer)
{
    size_t unsent;
    (void)tacho__http_conn_output(&peer->conn, &unsent);
    if (unsent > 0 || peer->conn.broken) {
        /* A reset: part of an answer must not look like the whole, nor wait in the kernel for its reader. */
        struct linger reset = { .l_onoff = 1, .l_linger = 0 };
        (void)setsockopt(peer->fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    }
    tacho__http_conn_close(&peer->conn);
    tacho__http_watch_forget(&loop->watch, loop_first_peer(loop) + (uint32_t)(peer - loop->peers));
    loop_close(&peer->fd);
    loop->count--;
    loop->accept_ns = 0; /* a descriptor is free again: */
    loop_reserve(loop);
    tacho_gauge_dec(loop->site->tally.connections);
}

void tacho__http_loop_clear(tacho__http_loop *loop)
{
    for (uint32_t i = 0; i < loop->max; i++)
        if (loop->peers[i].fd >= 0) loop_drop(loop, &loop->peers[i]);
}

void tacho__http_loop_fini(tacho__http_loop *loop, bool forked)
{
    if (loop->peers && !forked) tacho__http_loop_clear(loop);
    for (uint32_t i = 0; loop->peers && i < loop->max; i++) {
        if (loop->peers[i].fd < 0) continue;
        tacho__wipe(loop->peers[i].conn.in, sizeof loop->peers[i].conn.in);
        loop_close(&loop->peers[i].fd);
    }
    if (loop->waker.wake) tacho__registry_remove_waker(loop->site->reg, &loop->waker);
    loop_close(&loop->wake[0]);
    loop_close(&loop->wake[1]);
    loop_close(&loop->reserve);
    tacho__unmap(loop->peers, loop->max * sizeof *loop->peers);
    tacho__http_watch_fini(&loop->watch);
    loop->peers = NULL;
}

/* Empty the pipe. False: the loop is to end. */
static bool loop_woken(tacho__http_loop *loop)
{
    char bytes[256];
    ssize_t got;
    do
        got = read(loop->wake[0], bytes, sizeof bytes);
    while (got < 0 && errno == EINTR);
    return got <= 0 || !memchr(bytes, loop_end, (size_t)got);
}

/* ---- One connection --------------------------------------------------------------------------------------- */

/* Note when the connection began to wait for what it waits for now. */
static void loop_note(struct tacho__http_loop_peer *peer)
{
    if (peer->stretch == peer->conn.stretch) return;
    peer->stretch = peer->conn.stretch;
    peer->began_ns = tacho__clock_ns();
    if (peer->answers != peer->conn.answers) peer->answer_ns = peer->began_ns;
    peer->answers = peer->conn.answers;
}

/* Send or receive once: more than 0 when something was done, 0 when the peer is to be waited for, -1: it is gone. */
static int loop_step(struct tacho__http_loop_peer *peer)
{
    size_t len;
    ssize_t done;
    const char *out = tacho__http_conn_output(&peer->conn, &len);
    bool sends = len > 0;
    if (sends) {
        done = send(peer->fd, out, len, MSG_NOSIGNAL);
    } else {
        char *space = tacho__http_conn_space(&peer->conn, &len);
        done = recv(peer->fd, space, len, 0);
    }
    if (done < 0 && errno == EINTR) return 1;
    if (done < 0) return errno == EAGAIN || errno == EWOULDBLOCK ? 0 : -1;
    if (sends)
        tacho__http_conn_sent(&peer->conn, (size_t)done);
    else
        tacho__http_conn_received(&peer->conn, (size_t)done);
    return 1;
}

/* Move a connection as far as a few steps lead. */
static void loop_serve(tacho__http_loop *loop, struct tacho__http_loop_peer *peer)
{
    int did = 1;
    for (int i = 0; i < LOOP_STEPS && did > 0 && peer->conn.wait != TACHO__HTTP_FOR_RESULTS; i++) {
        peer->conn.last = loop_is_full(loop) || loop->crowded || loop->end_ns;
        did = loop_step(peer);
        if (did < 0 || peer->conn.wait == TACHO__HTTP_FOR_NOTHING) {
            loop_drop(loop, peer);
            return;
        }
        /* Closing at once could destroy, by a reset, an answer that the peer has not read yet. */
        if (peer->conn.wait == TACHO__HTTP_FOR_END && !peer->ending) {
            peer->ending = true;
            (void)shutdown(peer->fd, SHUT_WR);
        }
    }
    loop_note(peer);
}

static uint64_t loop_patience(const tacho__http_loop *loop, const struct tacho__http_loop_peer *peer)
{
    if (peer->conn.wait == TACHO__HTTP_FOR_NEXT) return loop->idle_ns;
    bool lingers = peer->conn.wait == TACHO__HTTP_FOR_END && loop->timeout_ns > LOOP_LINGER;
    return lingers ? LOOP_LINGER : loop->timeout_ns;
}

/* When a connection has waited for long enough. */
static uint64_t loop_deadline(const tacho__http_loop *loop, const struct tacho__http_loop_peer *peer)
{
    if (peer->conn.wait == TACHO__HTTP_FOR_RESULTS) return tacho__http_conn_until(&peer->conn);
    uint64_t step = peer->began_ns + loop_patience(loop, peer), whole = peer->answer_ns + loop->answer_ns;
    return peer->conn.wait == TACHO__HTTP_FOR_READER && whole < step ? whole : step;
}

/* Some collector is back: see whose answers can go on. */
static void loop_look(tacho__http_loop *loop, uint64_t now)
{
    for (uint32_t i = 0; i < loop->max; i++) {
        struct tacho__http_loop_peer *peer = &loop->peers[i];
        if (peer->fd < 0 || peer->conn.wait != TACHO__HTTP_FOR_RESULTS || loop_deadline(loop, peer) > now) continue;
        tacho__http_conn_look(&peer->conn, false);
        loop_serve(loop, peer);
    }
}

static void loop_expire(tacho__http_loop *loop, uint64_t now)
{
    loop_look(loop, now);
    for (uint32_t i = 0; i < loop->max; i++) {
        struct tacho__http_loop_peer *peer = &loop->peers[i];
        if (peer->fd < 0 || peer->conn.wait == TACHO__HTTP_FOR_RESULTS || loop_deadline(loop, peer) > now) continue;
        if (peer->conn.wait == TACHO__HTTP_FOR_READER)
            tacho_counter_inc(loop->site->tally.rejected[TACHO__HTTP_REJECTED_SLOW]);
        tacho__http_conn_expire(&peer->conn);
        if (peer->conn.wait == TACHO__HTTP_FOR_NOTHING)
            loop_drop(loop, peer);
        else
            loop_serve(loop, peer);
    }
}

/* ---- New connections --------------------------------------------------------------------------------------- */

/* When a peer may be asked to leave for another one's sake. */
static uint64_t loop_leaves_at(const struct tacho__http_loop_peer *peer)
{
    if (peer->conn.wait == TACHO__HTTP_FOR_NEXT) return peer->began_ns + LOOP_MOMENT;
    return peer->conn.wait == TACHO__HTTP_FOR_REQUEST ? peer->began_ns + LOOP_GRACE : LOOP_NEVER;
}

/* Whether `a` should go rather than `b`, both being able to; `b` may be NULL. */
static bool loop_goes_first(const struct tacho__http_loop_peer *a, const struct tacho__http_loop_peer *b)
{
    if (!b) return true;
    bool a_idle = a->conn.wait == TACHO__HTTP_FOR_NEXT, b_idle = b->conn.wait == TACHO__HTTP_FOR_NEXT;
    return a_idle != b_idle ? a_idle : a->began_ns < b->began_ns;
}

/* Nothing came since poll looked: it would be unfair to close a connection with a request in it. */
static bool loop_is_quiet(const struct tacho__http_loop_peer *peer)
{
    char byte;
    return recv(peer->fd, &byte, 1, MSG_PEEK) <= 0;
}

/* Who is to leave, or NULL: nobody yet. */
static struct tacho__http_loop_peer *loop_leaver(tacho__http_loop *loop, uint64_t now)
{
    struct tacho__http_loop_peer *leaver = NULL;
    for (uint32_t i = 0; i < loop->max; i++) {
        struct tacho__http_loop_peer *peer = &loop->peers[i];
        if (peer->fd >= 0 && loop_leaves_at(peer) <= now && loop_goes_first(peer, leaver) && loop_is_quiet(peer))
            leaver = peer;
    }
    return leaver;
}

static void loop_take(tacho__http_loop *loop, const tacho__http_listener *listener, int fd)
{
    struct tacho__http_loop_peer *peer = loop->peers;
    while (peer->fd >= 0) peer++; /* there is one: count < max */
    loop->count++;
    peer->fd = fd;
    peer->ending = false;
    peer->stretch = peer->answers = 0;
    peer->began_ns = peer->answer_ns = tacho__clock_ns();
    tacho_gauge_inc(loop->site->tally.connections);
    tacho__http_conn_open(&peer->conn, loop->site, &loop->site->doors[listener->door],
                          listener->loopback ? listener->address : NULL);
    loop_serve(loop, peer);
}

/* Accept, if need be with the descriptor in reserve. */
static int loop_accept_one(tacho__http_loop *loop, const tacho__http_listener *listener)
{
    int fd = tacho__http_listener_accept(listener);
    if (fd >= 0 || (errno != EMFILE && errno != ENFILE)) return fd;
    loop_close(&loop->reserve);
    return tacho__http_listener_accept(listener);
}

/* Somebody waits in the kernel's queue. Returns whether somebody still does afterwards, for want of room. */
static bool loop_accept(tacho__http_loop *loop, const tacho__http_listener *listener)
{
    uint64_t now = tacho__clock_ns();
    if (loop_is_full(loop)) {
        struct tacho__http_loop_peer *leaver = loop_leaver(loop, now);
        if (leaver) {
            tacho_counter_inc(loop->site->tally.rejected[TACHO__HTTP_REJECTED_CROWD]);
            loop_drop(loop, leaver);
        }
    }
    /* Few at a time: those who connect and close at once must not keep the others waiting, and whose client has gone meanwhile
     * takes a place until poll says so. It reports the rest again. */
    for (uint32_t tries = 0; !loop_is_full(loop) && tries < LOOP_ACCEPTS; tries++) {
        int fd = loop_accept_one(loop, listener);
        if (fd >= 0) {
            loop_take(loop, listener, fd);
            continue;
        }
        if (errno == EAGAIN || errno == EWOULDBLOCK) return false;
        if (errno == EINTR || errno == ECONNABORTED) continue;
        loop->accept_ns = now + LOOP_PAUSE; /* no descriptor, no memory, no network: not at once again */
        break;
    }
    struct pollfd queue = { .fd = listener->fd, .events = POLLIN };
    bool room = !loop_is_full(loop) && loop->accept_ns <= now;
    return !room && poll(&queue, 1, 0) > 0;
}

/* ---- The end ------------------------------------------------------------------------------------------------ */

static void loop_begin_end(tacho__http_loop *loop)
{
    if (loop->end_ns) return;
    loop->end_ns = tacho__clock_ns() + LOOP_DRAIN;
    for (uint32_t i = 0; i < loop->listener_count; i++) {
        tacho__http_watch_forget(&loop->watch, LOOP_FIRST_LISTENER + i);
        tacho__http_listener_close(&loop->listeners[i], false);
    }
}

/* A host turns the loop on this thread: nobody would empty a pipe that is full. */
void tacho__http_loop_end(tacho__http_loop *loop)
{
    struct pollfd full = { .fd = loop->wake[1], .events = POLLOUT };
    if (loop->hosted) {
        loop_begin_end(loop);
        return;
    }
    while (write(loop->wake[1], &loop_end, 1) < 0 && (errno == EINTR || errno == EAGAIN)) (void)poll(&full, 1, -1);
}

/* Let go whose answer is not under way; whether anybody is left who may still have time. */
static bool loop_go_on(tacho__http_loop *loop)
{
    if (!loop->end_ns) return true;
    for (uint32_t i = 0; i < loop->max; i++) {
        struct tacho__http_loop_peer *peer = &loop->peers[i];
        bool answers = peer->conn.wait == TACHO__HTTP_FOR_READER || peer->conn.wait == TACHO__HTTP_FOR_RESULTS;
        if (peer->fd >= 0 && !answers) loop_drop(loop, peer);
    }
    return loop->count > 0 && tacho__clock_ns() < loop->end_ns;
}

/* ---- The loop ---------------------------------------------------------------------------------------------- */

/* Of one that waits for results only the end of the connection is of interest, which poll always reports. */
static short loop_events(const tacho__http_conn *conn)
{
    size_t unsent;
    if (conn->wait == TACHO__HTTP_FOR_RESULTS) return 0;
    (void)tacho__http_conn_output(conn, &unsent);
    return unsent > 0 ? POLLOUT : POLLIN;
}

static void loop_earlier(uint64_t *until, uint64_t at)
{
    if (at < *until) *until = at;
}

/* Fill in what to poll for, and when to stop waiting. */
static void loop_watch(tacho__http_loop *loop, uint64_t now)
{
    uint64_t room = LOOP_NEVER;
    loop->until_ns = loop->end_ns ? loop->end_ns : LOOP_NEVER;
    loop_reserve(loop);
    if (loop->reserve < 0) loop_earlier(&loop->until_ns, now + LOOP_PAUSE);
    for (uint32_t i = 0; i < loop->max; i++)
        if (loop->peers[i].fd >= 0) loop_earlier(&room, loop_leaves_at(&loop->peers[i]));
    if (!loop_is_full(loop)) room = 0;
    if (room < loop->accept_ns) room = loop->accept_ns;
    bool accepts = room <= now && !loop->end_ns;
    if (!accepts) loop_earlier(&loop->until_ns, room);
    tacho__http_watch_set(&loop->watch, 0, loop->wake[0], POLLIN);
    for (uint32_t i = 0; i < loop->listener_count; i++)
        tacho__http_watch_set(&loop->watch, LOOP_FIRST_LISTENER + i, accepts ? loop->listeners[i].fd : -1, POLLIN);
    for (uint32_t i = 0; i < loop->max; i++) {
        const struct tacho__http_loop_peer *peer = &loop->peers[i];
        short events = peer->fd < 0 ? 0 : loop_events(&peer->conn);
        tacho__http_watch_set(&loop->watch, loop_first_peer(loop) + i, peer->fd, events);
        if (peer->fd >= 0) loop_earlier(&loop->until_ns, loop_deadline(loop, peer));
    }
}

/* Milliseconds for poll, rounded up: a deadline has passed when it returns. */
static int loop_milliseconds(uint64_t until)
{
    uint64_t now = tacho__clock_ns();
    if (until == LOOP_NEVER) return -1;
    if (until <= now) return 0;
    uint64_t rest = (until - now + LOOP_MILLISECOND - 1) / LOOP_MILLISECOND;
    return rest > INT32_MAX ? INT32_MAX : (int)rest;
}

int tacho__http_loop_timeout_ms(const tacho__http_loop *loop)
{
    int ms = loop_milliseconds(loop->until_ns);
    return loop->watch.shown_by < 0 && (ms < 0 || ms > LOOP_BLIND_MS) ? LOOP_BLIND_MS : ms;
}

/* The system cannot poll: wait, and look for the end of the loop directly. */
static void loop_recover(tacho__http_loop *loop, bool waits)
{
    struct timespec pause = { .tv_nsec = (long)LOOP_PAUSE };
    if (waits) (void)nanosleep(&pause, NULL);
    if (!loop_woken(loop)) loop_begin_end(loop);
}

/* poll has something to say of a connection. */
static void loop_move(tacho__http_loop *loop, struct tacho__http_loop_peer *peer)
{
    if (peer->fd < 0) return; /* dropped in this turn */
    if (peer->conn.wait == TACHO__HTTP_FOR_RESULTS)
        loop_drop(loop, peer); /* nobody is there any more to take them */
    else
        loop_serve(loop, peer);
}

/* poll has something to say. */
static void loop_act(tacho__http_loop *loop)
{
    const struct pollfd *polls = loop->watch.polls;
    uint32_t first = loop_first_peer(loop), used = loop->watch.used, listeners = loop->listener_count;
    bool looked = polls[LOOP_FIRST_LISTENER].fd >= 0, crowded = false;
    if (polls[0].revents && !loop_woken(loop)) loop_begin_end(loop);
    if (polls[0].revents) loop_look(loop, LOOP_NEVER);
    for (uint32_t i = first; i < used; i++)
        if (polls[i].revents) loop_move(loop, &loop->peers[i - first]);
    loop_expire(loop, tacho__clock_ns());
    for (uint32_t i = 0; i < listeners && !loop->end_ns; i++) {
        uint32_t index = (loop->turn + i) % listeners;
        if (LOOP_FIRST_LISTENER + index < used && polls[LOOP_FIRST_LISTENER + index].revents)
            crowded |= loop_accept(loop, &loop->listeners[index]);
    }
    if (looked) loop->crowded = crowded;
    loop->turn++;
}

bool tacho__http_loop_turn(tacho__http_loop *loop, bool waits)
{
    loop_watch(loop, tacho__clock_ns());
    int ready = poll(loop->watch.polls, loop->watch.used, waits ? loop_milliseconds(loop->until_ns) : 0);
    if (ready >= 0)
        loop_act(loop);
    else if (errno != EINTR)
        loop_recover(loop, waits);
    bool goes_on = loop_go_on(loop);
    if (!loop->hosted) return goes_on;
    loop_watch(loop, tacho__clock_ns());
    tacho__http_watch_show(&loop->watch);
    return goes_on;
}
