#define _POSIX_C_SOURCE 200809L
#include "redis_socket.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "dial.h"
#include "words.h"

enum { SOCKET_CHUNK = 16384 };

static bool socket_fail(redis_socket *self, const char *what, const char *detail)
{
    snprintf(self->why, sizeof self->why, "%s%s%s", what, *detail ? ": " : "", detail);
    return false;
}

/* ---- Connecting ------------------------------------------------------------------------------------------------ */

static int connect_unix(const char *path, uint64_t deadline_ns)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    memcpy(address.sun_path, path, strlen(path) + 1); /* it fits: redis_place_init has seen to it */
    return dial_address((const struct sockaddr *)&address, sizeof address, deadline_ns);
}

static bool socket_connect(redis_socket *self, const redis_place *place, uint64_t deadline_ns)
{
    if (place->path) {
        self->fd = connect_unix(place->path, deadline_ns);
    } else {
        struct addrinfo *found = resolver_look_up(&self->resolver, place->host, place->port, deadline_ns,
                                                  self->why, sizeof self->why);
        if (!found) return false;
        self->fd = dial_any(found, deadline_ns);
        int saved = errno;
        freeaddrinfo(found);
        errno = saved;
    }
    return self->fd >= 0 || socket_fail(self, "no connection to Redis", strerror(errno));
}

/* The length of an error less what it quotes: an unknown command is repeated with its words, a password perhaps. */
static size_t error_len(const redis_reply *reply)
{
    size_t len = strcspn(reply->text, "'`\"");
    while (len > 0 && reply->text[len - 1] == ' ') len--;
    return len;
}

/* One command that must be answered with a status. */
static bool socket_ask_ok(redis_socket *self, redis_command command, uint64_t deadline_ns)
{
    redis_reply *reply = NULL;
    size_t got;
    bool ok = redis_socket_talk(self, &command, 1, NULL, &reply, &got, deadline_ns) == REDIS_TALKED;
    if (ok && reply->type != REDIS_STATUS) {
        char what[40], detail[256] = ""; /* never the words behind the first one */
        snprintf(what, sizeof what, "Redis refuses %s", command.words[0]);
        if (reply->type == REDIS_ERROR)
            snprintf(detail, sizeof detail, "%.*s", (int)error_len(reply), reply->text);
        ok = socket_fail(self, what, detail);
    }
    redis_reply_free(reply);
    return ok;
}

static bool socket_log_in(redis_socket *self, const redis_place *place, uint64_t deadline_ns)
{
    bool in = true;
    if (place->password && place->user)
        in = socket_ask_ok(self, REDIS_COMMAND("AUTH", place->user, place->password), deadline_ns);
    else if (place->password)
        in = socket_ask_ok(self, REDIS_COMMAND("AUTH", place->password), deadline_ns);
    if (in && place->database)
        in = socket_ask_ok(self, REDIS_COMMAND("SELECT", place->database), deadline_ns);
    return in;
}

bool redis_socket_open(redis_socket *self, const redis_place *place, const redis_limits *limits,
                       uint64_t deadline_ns)
{
    self->reader = redis_reader_new(limits);
    if (!self->reader) return socket_fail(self, "out of memory", "");
    if (socket_connect(self, place, deadline_ns) && socket_log_in(self, place, deadline_ns)) return true;
    redis_socket_close(self);
    return false;
}

void redis_socket_close(redis_socket *self)
{
    if (self->fd >= 0) close(self->fd);
    redis_reader_free(self->reader);
    self->fd = -1;
    self->reader = NULL;
}

bool redis_socket_is_idle(const redis_socket *self)
{
    char byte;
    return recv(self->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0 && (errno == EAGAIN || errno == EINTR);
}

/* ---- Talking --------------------------------------------------------------------------------------------------- */

static size_t word_len(const redis_command *command, size_t i)
{
    return command->lens ? command->lens[i] : strlen(command->words[i]);
}

/* Bytes that a command takes at most: its words, and 32 for the head of each. */
static size_t command_size(const redis_command *command)
{
    size_t size = 32;
    for (size_t i = 0; i < command->count; i++) size += word_len(command, i) + 32;
    return size;
}

static char *command_write(const redis_command *command, char *out)
{
    out += sprintf(out, "*%zu\r\n", command->count);
    for (size_t i = 0; i < command->count; i++) {
        size_t len = word_len(command, i);
        out += sprintf(out, "$%zu\r\n", len);
        if (len > 0) memcpy(out, command->words[i], len);
        memcpy(out + len, "\r\n", 2);
        out += len + 2;
    }
    return out;
}

/* Send some and receive some. */
static redis_outcome socket_step(redis_socket *self, const char **out, const char *end, uint64_t deadline_ns)
{
    char chunk[SOCKET_CHUNK];
    struct pollfd polled = { .fd = self->fd, .events = (short)(POLLIN | (*out < end ? POLLOUT : 0)) };
    int left = deadline_left_ms(deadline_ns);
    if (left == 0) {
        socket_fail(self, "no reply from Redis before the deadline", "");
        return REDIS_FAILED;
    }
    int ready = poll(&polled, 1, left);
    if (ready <= 0) return REDIS_TALKED; /* the deadline is looked at again */
    if (polled.revents & POLLOUT) {
        ssize_t sent = send(self->fd, *out, (size_t)(end - *out), MSG_NOSIGNAL);
        if (sent > 0) *out += sent; /* a failure shows when reading, behind what the peer has said before */
    }
    if (polled.revents & (POLLIN | POLLHUP | POLLERR)) {
        ssize_t got = recv(self->fd, chunk, sizeof chunk, 0);
        if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR)) {
            socket_fail(self, "Redis has closed the connection", got < 0 ? strerror(errno) : "");
            return REDIS_LOST;
        }
        if (got > 0) redis_reader_feed(self->reader, chunk, (size_t)got);
    }
    return REDIS_TALKED;
}

static redis_outcome socket_exchange(redis_socket *self, const char *out, const char *end, size_t count,
                                     redis_taker *taker, redis_reply **replies, size_t *got,
                                     uint64_t deadline_ns)
{
    while (*got < count) {
        redis_step step = redis_reader_next(self->reader, &replies[*got]);
        if (step == REDIS_BROKEN) {
            socket_fail(self, "Redis has sent what is no reply", redis_reader_error(self->reader));
            return REDIS_FAILED;
        }
        if (step == REDIS_READY) {
            if (taker) {
                taker->take(taker, replies[*got]);
                redis_reply_free(replies[*got]);
                replies[*got] = NULL;
            }
            ++*got;
            continue;
        }
        redis_outcome outcome = socket_step(self, &out, end, deadline_ns);
        if (outcome != REDIS_TALKED) return outcome;
    }
    if (out == end && redis_reader_pending(self->reader) == 0) return REDIS_TALKED;
    socket_fail(self, "Redis has sent more than replies", "");
    return REDIS_FAILED;
}

redis_outcome redis_socket_talk(redis_socket *self, const redis_command *commands, size_t count,
                                redis_taker *taker, redis_reply **replies, size_t *got, uint64_t deadline_ns)
{
    size_t size = 0;
    *got = 0;
    for (size_t i = 0; i < count; i++) size += command_size(&commands[i]);
    char *bytes = malloc(size + 1), *end = bytes;
    if (!bytes) {
        socket_fail(self, "out of memory", "");
        return REDIS_FAILED;
    }
    for (size_t i = 0; i < count; i++) end = command_write(&commands[i], end);
    redis_outcome outcome = socket_exchange(self, bytes, end, count, taker, replies, got, deadline_ns);
    words_wipe(bytes, (size_t)(end - bytes)); /* there may be a password in it */
    free(bytes);
    return outcome;
}
