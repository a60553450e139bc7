#define _POSIX_C_SOURCE 200809L
#include "http_get.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "deadline.h"
#include "dial.h"
#include "http_reader.h"
#include "resolver.h"
#include "url.h"
#include "words.h"

enum { GET_CHUNK = 16384, GET_MAX_PATH = 1024, GET_MAX_TARGET = 4096 };

struct http_get {
    url url;
    char *token_file;
    char path[GET_MAX_PATH]; /* "" or "/..." as it is sent */
    char host[300];          /* likewise */
    size_t max_body;
    resolver resolver;
};

static bool get_fail(char *why, size_t cap, const char *what, const char *detail)
{
    (void)snprintf(why, cap, "%s%s%s", what, *detail ? ": " : "", detail);
    return false;
}

/* ---- Life -------------------------------------------------------------------------------------------------------- */

/* Write a decoded path as it is sent. False: it is too long. */
static bool get_encode(char *out, size_t cap, const char *path)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/";
    size_t len = path ? strlen(path) : 0, at = 0;
    while (len > 0 && path[len - 1] == '/') len--;
    if (3 * len + 2 > cap) return false;
    if (len > 0) out[at++] = '/';
    for (size_t i = 0; i < len; i++) {
        if (strchr(plain, path[i]))
            out[at++] = path[i];
        else
            at += (size_t)sprintf(out + at, "%%%02X", (unsigned)(unsigned char)path[i]);
    }
    out[at] = '\0';
    return true;
}

static bool get_set_up(http_get *self, char *why, size_t cap)
{
    const url *to = &self->url;
    if (strcmp(to->scheme, "http") != 0) return get_fail(why, cap, "the URL does not begin with http://", "");
    if (to->user || to->password)
        return get_fail(why, cap, "the URL has a user or password, which is not for it", "");
    if (!to->host) return get_fail(why, cap, "the URL has no host", "");
    if (to->query) return get_fail(why, cap, "the URL has a '?', which is not for it", "");
    if (strspn(to->host, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._:") !=
        strlen(to->host))
        return get_fail(why, cap, "the host has characters that no host has", "");
    if (!get_encode(self->path, sizeof self->path, to->path))
        return get_fail(why, cap, "the path is too long", "");
    bool v6 = strchr(to->host, ':') != NULL;
    int len = snprintf(self->host, sizeof self->host, "%s%s%s%s%s", v6 ? "[" : "", to->host, v6 ? "]" : "",
                       to->port ? ":" : "", to->port ? to->port : "");
    return (len > 0 && (size_t)len < sizeof self->host) || get_fail(why, cap, "the host is too long", "");
}

http_get *http_get_new(const http_get_options *options, char *why, size_t cap)
{
    http_get *self = calloc(1, sizeof *self);
    if (!self) {
        get_fail(why, cap, "out of memory", "");
        return NULL;
    }
    self->max_body = options->max_body;
    bool fine = url_init(&self->url, options->url, why, cap) && get_set_up(self, why, cap);
    if (fine && options->token_file && !(self->token_file = strdup(options->token_file)))
        fine = get_fail(why, cap, "out of memory", "");
    if (fine) return self;
    http_get_free(self);
    return NULL;
}

void http_get_free(http_get *self)
{
    if (!self) return;
    resolver_fini(&self->resolver);
    url_fini(&self->url);
    free(self->token_file);
    free(self);
}

/* ---- What is sent ------------------------------------------------------------------------------------------------ */

/* Read the first line of the file into `token`, of HTTP_MAX_TOKEN + 2 bytes. */
static bool get_token(const http_get *self, char *token, char *why, size_t cap)
{
    int fd = open(self->token_file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    ssize_t got = fd < 0 ? -1 : read(fd, token, HTTP_MAX_TOKEN + 1);
    int error = errno;
    if (fd >= 0) close(fd);
    if (got < 0) return get_fail(why, cap, "the token file cannot be read", strerror(error));
    token[got] = '\0';
    size_t len = strcspn(token, "\r\n");
    token[len] = '\0';
    if (len == 0 || len > HTTP_MAX_TOKEN)
        return get_fail(why, cap, "the token file has no token in its first line", "");
    for (size_t i = 0; i < len; i++)
        if (token[i] < '!' || token[i] > '~')
            return get_fail(why, cap, "the token file has a blank or a special character in its first line",
                            "");
    return true;
}

typedef struct get_request {
    char bytes[GET_MAX_PATH + GET_MAX_TARGET + HTTP_MAX_TOKEN + 1024];
    size_t len;
} get_request;

static bool get_compose(const http_get *self, get_request *request, const char *target, char *why, size_t cap)
{
    char token[HTTP_MAX_TOKEN + 2] = "";
    if (strlen(target) > GET_MAX_TARGET) return get_fail(why, cap, "the path is too long", "");
    bool fine = !self->token_file || get_token(self, token, why, cap);
    if (fine)
        request->len = (size_t)snprintf(request->bytes, sizeof request->bytes,
                                        "GET %s%s HTTP/1.1\r\nHost: %s\r\nAccept: application/json\r\n"
                                        "Accept-Encoding: identity\r\nUser-Agent: tacho-example\r\n"
                                        "Connection: close\r\n%s%s%s\r\n",
                                        self->path, target, self->host,
                                        *token ? "Authorization: Bearer " : "", token, *token ? "\r\n" : "");
    words_wipe(token, sizeof token);
    return fine;
}

/* ---- Talking ----------------------------------------------------------------------------------------------------- */

static int get_connect(http_get *self, uint64_t deadline_ns, char *why, size_t cap)
{
    const char *port = self->url.port ? self->url.port : "80";
    struct addrinfo *found = resolver_look_up(&self->resolver, self->url.host, port, deadline_ns, why, cap);
    if (!found) return -1;
    int fd = dial_any(found, deadline_ns);
    if (fd < 0) get_fail(why, cap, "no connection", strerror(errno));
    freeaddrinfo(found);
    return fd;
}

/* Receive some. False: it is over, well or not. */
static bool get_receive(int fd, http_reader *reader)
{
    char chunk[GET_CHUNK];
    ssize_t got = recv(fd, chunk, sizeof chunk, 0);
    if (got < 0) {
        if (errno == EAGAIN || errno == EINTR) return true;
        if (!reader->error) reader->error = strerror(errno);
        return false;
    }
    http_step step = got == 0 ? http_reader_end(reader) : http_reader_feed(reader, chunk, (size_t)got);
    return step == HTTP_MORE;
}

/* Send the request and take the answer, which may come before all of it is sent. */
static bool get_talk(int fd, const get_request *request, http_reader *reader, uint64_t deadline_ns, char *why,
                     size_t cap)
{
    size_t sent = 0;
    for (;;) {
        struct pollfd polled = { .fd = fd, .events = (short)(POLLIN | (sent < request->len ? POLLOUT : 0)) };
        int left = deadline_left_ms(deadline_ns);
        if (left == 0) return get_fail(why, cap, "no whole answer before the deadline", "");
        if (poll(&polled, 1, left) <= 0) continue; /* the deadline is looked at again */
        if (polled.revents & POLLOUT) {
            ssize_t wrote = send(fd, request->bytes + sent, request->len - sent, MSG_NOSIGNAL);
            if (wrote > 0) sent += (size_t)wrote; /* a failure shows when receiving */
        }
        if (!(polled.revents & (POLLIN | POLLHUP | POLLERR))) continue;
        if (get_receive(fd, reader)) continue;
        if (!reader->error) return true;
        return get_fail(why, cap, "the answer is no use", reader->error);
    }
}

bool http_get_page(http_get *self, const char *target, uint64_t deadline_ns, http_page *page, char *why,
                   size_t cap)
{
    get_request request;
    http_reader reader;
    *page = (http_page){ 0 };
    if (!get_compose(self, &request, target, why, cap)) return false;
    http_reader_init(&reader, self->max_body);
    int fd = get_connect(self, deadline_ns, why, cap);
    bool got = fd >= 0 && get_talk(fd, &request, &reader, deadline_ns, why, cap);
    if (fd >= 0) close(fd);
    words_wipe(&request, sizeof request);
    if (got)
        *page = (http_page){ .status = reader.status, .body = reader.body, .len = reader.len };
    else
        http_reader_fini(&reader);
    return got;
}

void http_page_fini(http_page *page)
{
    free(page->body);
    *page = (http_page){ 0 };
}
