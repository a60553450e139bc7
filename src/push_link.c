/*
 * push_link.c - a connection with a deadline.
 *
 * The socket does not block; all waiting is done in one place. While something is sent, what comes is read, too: a server that
 * refuses a push says so before it has all of it, and closes.
 */
#define _GNU_SOURCE
#include "push_link.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <unistd.h>

#include "clock.h"

#define LINK_CHUNK 4096
#define LINK_MILLISECOND 1000000u

/* Wait for the socket. 0, and what it is ready for in `ready`; or an errno. */
static int link_wait(int fd, short events, uint64_t until_ns, short *ready)
{
    for (;;) {
        uint64_t now = tacho__clock_ns();
        if (now >= until_ns) return ETIMEDOUT;
        uint64_t left = (until_ns - now + LINK_MILLISECOND - 1) / LINK_MILLISECOND;
        struct pollfd polled = { .fd = fd, .events = events };
        int count = poll(&polled, 1, left < INT_MAX ? (int)left : INT_MAX);
        if (count < 0 && errno != EINTR) return errno;
        *ready = polled.revents;
        if (count > 0) return 0;
    }
}

/* ---- Connecting -------------------------------------------------------------------------------------------------- */

static int link_socket(int family)
{
    int fd = socket(family, SOCK_STREAM, 0);
    if (fd < 0) return -1;
    int flags = fcntl(fd, F_GETFL), one = 1;
    bool ok = flags >= 0 && fcntl(fd, F_SETFL, flags | O_NONBLOCK) == 0 && fcntl(fd, F_SETFD, FD_CLOEXEC) == 0;
    if (family != AF_UNIX) (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
#if defined(SO_NOSIGPIPE)
    (void)setsockopt(fd, SOL_SOCKET, SO_NOSIGPIPE, &one, sizeof one);
#endif
    if (ok) return fd;
    int error = errno;
    (void)close(fd);
    errno = error;
    return -1;
}

static int link_connect(tacho__push_link *link, const tacho__push_address *address, socklen_t len, uint64_t until_ns)
{
    short ready;
    link->fd = link_socket(address->any.sa_family);
    if (link->fd < 0) return errno;
    int error = connect(link->fd, &address->any, len) == 0 ? 0 : errno;
    if (error == EINPROGRESS || error == EINTR) {
        error = link_wait(link->fd, POLLOUT, until_ns, &ready);
        socklen_t size = sizeof error;
        if (!error && getsockopt(link->fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0) error = errno;
    }
    if (error == EAGAIN) error = ECONNREFUSED; /* a Unix socket with a full backlog */
    if (error) tacho__push_link_close(link);
    return error;
}

int tacho__push_link_open(tacho__push_link *link, const tacho__push_addresses *addresses)
{
    int error = EADDRNOTAVAIL;
    for (size_t i = 0; error && i < addresses->count; i++) {
        uint64_t now = tacho__clock_ns(), left = link->until_ns > now ? link->until_ns - now : 0;
        error = link_connect(link, &addresses->at[i], addresses->lens[i], now + left / (addresses->count - i));
    }
    return error;
}

void tacho__push_link_close(tacho__push_link *link)
{
    if (link->fd >= 0) (void)close(link->fd);
    link->fd = -1;
}

/* ---- Talking ----------------------------------------------------------------------------------------------------- */

static int link_read(tacho__push_link *link)
{
    char bytes[LINK_CHUNK];
    ssize_t got = recv(link->fd, bytes, sizeof bytes, 0);
    if (got > 0) {
        tacho__push_answer_read(&link->answer, bytes, (size_t)got);
    } else if (got == 0) {
        tacho__push_answer_end(&link->answer);
    } else if (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR) {
        return errno;
    }
    return 0;
}

/* Whether the answer is there as far as it matters while there is still something to send. */
static bool link_is_answered(const tacho__push_link *link)
{
    return link->answer.status || link->answer.state == TACHO__PUSH_DONE;
}

/* How many bytes were taken; or -1 with errno. */
static ssize_t link_write(const tacho__push_link *link, const char *bytes, size_t len)
{
#if defined(MSG_NOSIGNAL)
    ssize_t sent = send(link->fd, bytes, len, MSG_NOSIGNAL);
#else
    ssize_t sent = send(link->fd, bytes, len, 0);
#endif
    return sent < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR) ? 0 : sent;
}

int tacho__push_link_send(tacho__push_link *link, const void *bytes, size_t len)
{
    const char *at = bytes;
    while (len > 0 && !link->cut) {
        short ready = 0;
        int error = link_wait(link->fd, POLLIN | POLLOUT, link->until_ns, &ready);
        if (!error && (ready & (POLLIN | POLLHUP | POLLERR))) error = link_read(link);
        if (error) return error;
        link->cut = link_is_answered(link);
        if (link->cut || !(ready & POLLOUT)) continue;
        ssize_t sent = link_write(link, at, len);
        if (sent < 0 && errno != EPIPE && errno != ECONNRESET) return errno;
        link->cut = sent < 0; /* reading tells why */
        if (sent > 0) {
            at += sent;
            len -= (size_t)sent;
        }
    }
    return 0;
}

int tacho__push_link_receive(tacho__push_link *link)
{
    while (link->answer.state != TACHO__PUSH_DONE) {
        short ready;
        int error = link_wait(link->fd, POLLIN, link->until_ns, &ready);
        if (!error) error = link_read(link);
        if (error) return error;
    }
    return 0;
}
