/*
 * fake_gateway.c - one thread, one connection. Nothing waits for longer than 20 seconds.
 */
#define _GNU_SOURCE
#include "fake_gateway.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#define PATIENCE_SECONDS 20

union gateway_address {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
    struct sockaddr_un local;
};

/* ---- Requests ---------------------------------------------------------------------------------------------------- */

/* More bytes of the client; false at its end. */
static bool gateway_more(fake_gateway *self, int fd)
{
    if (self->cap - self->len < 65536) {
        self->cap = self->cap * 2 + 131072;
        self->bytes = realloc(self->bytes, self->cap);
        if (!self->bytes) abort();
    }
    ssize_t got = recv(fd, self->bytes + self->len, self->cap - self->len - 1, 0);
    if (got <= 0) return false;
    self->len += (size_t)got;
    self->bytes[self->len] = '\0';
    return true;
}

/* The bytes of the head, 0: not all of it is there. */
static size_t gateway_head_len(const fake_gateway *self)
{
    const char *end = self->len ? memmem(self->bytes, self->len, "\r\n\r\n", 4) : NULL;
    return end ? (size_t)(end - self->bytes) + 4 : 0;
}

/* Put the chunks from `at` on together in `body`; true when the last one is there. */
static bool gateway_unchunk(fake_gateway *self, size_t at)
{
    free(self->body);
    self->body = calloc(1, self->len + 1);
    self->body_len = self->chunks = self->chunks_of_lines = 0;
    if (!self->body) abort();
    bool line = false;
    while (at < self->len) {
        char *end;
        size_t size = strtoul(self->bytes + at, &end, 16);
        if (strncmp(end, "\r\n", 2) != 0) return false;
        at = (size_t)(end + 2 - self->bytes);
        size_t here = self->len - at < size ? self->len - at : size;
        memcpy(self->body + self->body_len, self->bytes + at, here);
        self->body_len += here;
        at += size;
        if (at + 2 > self->len || memcmp(self->bytes + at, "\r\n", 2) != 0) return false;
        if (size == 0) return at + 2 == self->len;
        self->chunks_of_lines += line;
        self->chunks++;
        line = self->body[self->body_len - 1] == '\n';
        at += 2;
    }
    return false;
}

static bool gateway_ends(const fake_gateway *self)
{
    return self->len >= 5 && memcmp(self->bytes + self->len - 5, "0\r\n\r\n", 5) == 0;
}

static void gateway_read_head(fake_gateway *self, int fd)
{
    while (!gateway_head_len(self) && gateway_more(self, fd)) {}
    size_t len = gateway_head_len(self);
    if (len) self->head = strndup(self->bytes, len);
}

static void gateway_read_body(fake_gateway *self, int fd)
{
    size_t head = gateway_head_len(self);
    if (!head) return;
    if (!strstr(self->head, "\r\nTransfer-Encoding: chunked\r\n")) {
        self->complete = self->len == head;
        return;
    }
    while (!gateway_ends(self) && gateway_more(self, fd)) {}
    self->complete = gateway_unchunk(self, head);
}

/* ---- Answers ----------------------------------------------------------------------------------------------------- */

static void gateway_say(const fake_gateway *self, int fd)
{
    size_t step = self->manner == GATEWAY_ANSWERS_SLOWLY ? 1 : self->answer_len;
    for (size_t at = 0; at < self->answer_len;) {
        ssize_t sent = send(fd, self->answer + at, step < self->answer_len - at ? step : self->answer_len - at, MSG_NOSIGNAL);
        if (sent <= 0) return;
        at += (size_t)sent;
    }
}

/* Wait for a client, or, with no listener, for fake_gateway_stop. */
static int gateway_wait(const fake_gateway *self, int listener)
{
    struct pollfd polled[] = { { .fd = self->stop[0], .events = POLLIN }, { .fd = listener, .events = POLLIN } };
    while (poll(polled, 2, -1) < 0) {}
    return polled[1].revents ? accept(listener, NULL, NULL) : -1;
}

static void gateway_serve(fake_gateway *self, int fd)
{
    const struct linger reset = { .l_onoff = 1, .l_linger = 0 };
    if (self->manner != GATEWAY_IS_DEAF) gateway_read_head(self, fd);
    if (self->manner <= GATEWAY_STAYS) gateway_read_body(self, fd);
    if (self->manner <= GATEWAY_INTERRUPTS) gateway_say(self, fd);
    if (self->manner == GATEWAY_STAYS)
        while (gateway_more(self, fd)) {}
    if (self->manner == GATEWAY_INTERRUPTS || self->manner == GATEWAY_IS_DEAF) (void)gateway_wait(self, -1);
    if (self->manner == GATEWAY_HANGS_UP) (void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
}

static void *gateway_run(void *arg)
{
    fake_gateway *self = arg;
    const struct timeval patience = { .tv_sec = PATIENCE_SECONDS };
    int fd = gateway_wait(self, self->listener), one = 1;
    if (fd < 0) return NULL;
    (void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    gateway_serve(self, fd);
    (void)close(fd);
    return NULL;
}

/* ---- Life cycle -------------------------------------------------------------------------------------------------- */

static socklen_t gateway_address(union gateway_address *address, const char *path, bool v6)
{
    memset(address, 0, sizeof *address);
    if (path) {
        address->local.sun_family = AF_UNIX;
        (void)snprintf(address->local.sun_path, sizeof address->local.sun_path, "%s", path);
        return sizeof address->local;
    }
    if (v6) {
        address->v6.sin6_family = AF_INET6;
        address->v6.sin6_addr = in6addr_loopback;
        return sizeof address->v6;
    }
    address->v4.sin_family = AF_INET;
    address->v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return sizeof address->v4;
}

bool fake_gateway_start(fake_gateway *self, gateway_manner manner, const char *answer, const char *path, bool v6)
{
    union gateway_address address;
    socklen_t len = gateway_address(&address, path, v6);
    *self = (fake_gateway){ .manner = manner, .answer = answer, .answer_len = strlen(answer) };
    self->listener = socket(address.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool ok = self->listener >= 0 && bind(self->listener, &address.any, len) == 0 && listen(self->listener, 1) == 0 &&
              getsockname(self->listener, &address.any, &len) == 0;
    if (path) (void)snprintf(self->url, sizeof self->url, "unix:%s", path);
    else if (v6) (void)snprintf(self->url, sizeof self->url, "http://[::1]:%u", ntohs(address.v6.sin6_port));
    else (void)snprintf(self->url, sizeof self->url, "http://127.0.0.1:%u", ntohs(address.v4.sin_port));
    ok = ok && pipe(self->stop) == 0;
    if (ok && pthread_create(&self->thread, NULL, gateway_run, self) == 0) return true;
    if (self->listener >= 0) (void)close(self->listener);
    return false;
}

void fake_gateway_stop(fake_gateway *self)
{
    (void)close(self->stop[1]);
    (void)pthread_join(self->thread, NULL);
    (void)close(self->stop[0]);
    (void)close(self->listener);
}

void fake_gateway_free(fake_gateway *self)
{
    free(self->head);
    free(self->body);
    free(self->bytes);
    *self = (fake_gateway){ .listener = -1 };
}
