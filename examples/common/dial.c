#define _POSIX_C_SOURCE 200809L
#include "dial.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <unistd.h>

#include "deadline.h"

/* Wait for a connection that is under way. Returns an error number, 0 for success. */
static int dial_await(int fd, uint64_t deadline_ns)
{
    int error = 0;
    socklen_t size = sizeof error;
    for (;;) {
        struct pollfd polled = { .fd = fd, .events = POLLOUT };
        int left = deadline_left_ms(deadline_ns);
        if (left == 0) return ETIMEDOUT;
        int ready = poll(&polled, 1, left);
        if (ready > 0) break;
        if (ready < 0 && errno != EINTR) return errno;
    }
    return getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) == 0 ? error : errno;
}

int dial_address(const struct sockaddr *address, socklen_t size, uint64_t deadline_ns)
{
    int fd = socket(address->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), error = 0, on = 1;
    if (fd < 0) return -1;
    if (address->sa_family != AF_UNIX) setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (connect(fd, address, size) != 0)
        error = errno == EINPROGRESS || errno == EINTR ? dial_await(fd, deadline_ns) : errno;
    if (error == 0) return fd;
    close(fd);
    errno = error;
    return -1;
}

int dial_any(const struct addrinfo *found, uint64_t deadline_ns)
{
    unsigned count = 0;
    int fd = -1;
    for (const struct addrinfo *at = found; at; at = at->ai_next) count++;
    for (const struct addrinfo *at = found; at && fd < 0; at = at->ai_next, count--) {
        uint64_t now = deadline_now_ns(), share = deadline_ns > now ? (deadline_ns - now) / count : 0;
        fd = dial_address(at->ai_addr, at->ai_addrlen, now + share);
    }
    return fd;
}
