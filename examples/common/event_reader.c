/*
 * event_reader.c - one thread, one poll: a pipe that says stop, a file or a listening socket, and connections.
 */
#define _POSIX_C_SOURCE 200809L
#include "event_reader.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { POLL_STOP, POLL_SOURCE, POLL_CLIENTS, POLL_COUNT = POLL_CLIENTS + EVENT_MAX_CLIENTS };

struct event_reader {
    int fd; /* a file, or a listening socket */
    bool is_socket, has_thread;
    int stop[2]; /* a pipe: closing the write end stops the thread */
    pthread_t thread;
    struct sockaddr_un address;
    event_intake *intake;
    event_stream file;
    int client_fds[EVENT_MAX_CLIENTS]; /* -1: free */
    event_stream *clients[EVENT_MAX_CLIENTS];
    char chunk[65536];
};

/* ---- Opening ------------------------------------------------------------------------------------------------ */

static bool reader_open_file(event_reader *reader, const char *path, char *why, size_t cap)
{
    struct stat status;
    /* A named pipe without a writer must not hold up the start. */
    reader->fd = strcmp(path, "-") == 0 ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (reader->fd < 0) {
        snprintf(why, cap, "--events %s: %s: name a readable file", path, strerror(errno));
        return false;
    }
    if (fstat(reader->fd, &status) == 0 && S_ISDIR(status.st_mode)) {
        snprintf(why, cap, "--events %s: is a directory, name a file", path);
        return false;
    }
    return true;
}

/* Whether nobody listens on the socket of this address any more. */
static bool reader_is_stale(const struct sockaddr_un *address)
{
    struct stat status;
    if (lstat(address->sun_path, &status) != 0 || !S_ISSOCK(status.st_mode)) return false;
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    bool stale = fd >= 0 && connect(fd, (const struct sockaddr *)address, sizeof *address) != 0 &&
                 errno == ECONNREFUSED;
    if (fd >= 0) close(fd);
    return stale;
}

static int reader_bind(int fd, const struct sockaddr_un *address)
{
    mode_t before = umask(0177); /* before there are other threads that make files */
    int result = bind(fd, (const struct sockaddr *)address, sizeof *address);
    umask(before);
    return result;
}

static bool reader_open_socket(event_reader *reader, const char *path, char *why, size_t cap)
{
    size_t len = strlen(path);
    if (len == 0 || len >= sizeof reader->address.sun_path) {
        snprintf(why, cap, "--events unix:%s: the path must have 1 to %zu bytes", path,
                 sizeof reader->address.sun_path - 1);
        return false;
    }
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    memcpy(address.sun_path, path, len + 1);
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    if (fd >= 0 && reader_bind(fd, &address) != 0) {
        bool again = errno == EADDRINUSE && reader_is_stale(&address) && unlink(path) == 0;
        if (!again || reader_bind(fd, &address) != 0) {
            snprintf(why, cap, "--events unix:%s: %s: choose another path, or stop who uses it", path,
                     strerror(errno));
            close(fd);
            return false;
        }
    }
    if (fd < 0 || listen(fd, EVENT_MAX_CLIENTS) != 0 || fcntl(fd, F_SETFL, O_NONBLOCK) != 0) {
        snprintf(why, cap, "--events unix:%s: %s", path, strerror(errno));
        if (fd >= 0) close(fd);
        return false;
    }
    fcntl(fd, F_SETFD, FD_CLOEXEC);
    reader->fd = fd;
    reader->is_socket = true;
    reader->address = address;
    return true;
}

event_reader *event_reader_open(const char *source, event_intake *intake, char *why, size_t cap)
{
    event_reader *reader = calloc(1, sizeof *reader);
    if (!reader) {
        snprintf(why, cap, "--events: out of memory");
        return NULL;
    }
    reader->fd = reader->stop[0] = reader->stop[1] = -1;
    reader->intake = intake;
    event_stream_init(&reader->file, intake);
    for (size_t i = 0; i < EVENT_MAX_CLIENTS; i++) reader->client_fds[i] = -1;
    bool opened = strncmp(source, "unix:", 5) == 0 ? reader_open_socket(reader, source + 5, why, cap)
                                                   : reader_open_file(reader, source, why, cap);
    if (opened && pipe(reader->stop) != 0) {
        snprintf(why, cap, "--events: %s", strerror(errno));
        opened = false;
    }
    if (opened) return reader;
    event_reader_close(reader);
    return NULL;
}

/* ---- Reading ------------------------------------------------------------------------------------------------ */

/* Read once. False at the end, or at an error, which is one. */
static bool reader_read(event_reader *reader, int fd, event_stream *stream)
{
    ssize_t len = read(fd, reader->chunk, sizeof reader->chunk);
    if (len < 0) return errno == EINTR || errno == EAGAIN;
    event_stream_feed(stream, reader->chunk, (size_t)len);
    return len > 0;
}

static void reader_drop_client(event_reader *reader, size_t i)
{
    event_stream_end(reader->clients[i], EVENT_END_OF_CONNECTION);
    close(reader->client_fds[i]);
    free(reader->clients[i]);
    reader->client_fds[i] = -1;
    reader->clients[i] = NULL;
}

/* The first free place for a connection, or EVENT_MAX_CLIENTS. */
static size_t reader_free_place(const event_reader *reader)
{
    size_t i = 0;
    while (i < EVENT_MAX_CLIENTS && reader->client_fds[i] >= 0) i++;
    return i;
}

static void reader_accept(event_reader *reader)
{
    size_t place = reader_free_place(reader);
    if (place == EVENT_MAX_CLIENTS) return;
    int fd = accept(reader->fd, NULL, NULL);
    if (fd < 0) {
        if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)
            poll(NULL, 0, 100); /* it stays ready meanwhile: do not spin */
        return;
    }
    event_stream *stream = malloc(sizeof *stream);
    if (!stream || fcntl(fd, F_SETFL, O_NONBLOCK) != 0) {
        free(stream);
        close(fd);
        return;
    }
    fcntl(fd, F_SETFD, FD_CLOEXEC);
    event_stream_init(stream, reader->intake);
    reader->client_fds[place] = fd;
    reader->clients[place] = stream;
}

/* What poll has found. False when the source has come to its end. */
static bool reader_serve(event_reader *reader, const struct pollfd *polled)
{
    for (size_t i = 0; i < EVENT_MAX_CLIENTS; i++)
        if (polled[POLL_CLIENTS + i].revents &&
            !reader_read(reader, reader->client_fds[i], reader->clients[i]))
            reader_drop_client(reader, i);
    if (!polled[POLL_SOURCE].revents) return true;
    if (reader->is_socket) {
        reader_accept(reader);
        return true;
    }
    if (reader_read(reader, reader->fd, &reader->file)) return true;
    event_stream_end(&reader->file, EVENT_END_OF_FILE);
    return false;
}

void event_reader_run(event_reader *reader)
{
    for (;;) {
        struct pollfd polled[POLL_COUNT] = { [POLL_STOP] = { .fd = reader->stop[0], .events = POLLIN } };
        bool full = reader_free_place(reader) == EVENT_MAX_CLIENTS;
        polled[POLL_SOURCE] = (struct pollfd){ .fd = full ? -1 : reader->fd, .events = POLLIN };
        for (size_t i = 0; i < EVENT_MAX_CLIENTS; i++)
            polled[POLL_CLIENTS + i] = (struct pollfd){ .fd = reader->client_fds[i], .events = POLLIN };
        if (poll(polled, POLL_COUNT, -1) < 0) {
            if (errno == EINTR) continue;
            return;
        }
        if (polled[POLL_STOP].revents || !reader_serve(reader, polled)) return;
    }
}

static void *reader_main(void *reader)
{
    event_reader_run(reader);
    return NULL;
}

bool event_reader_start(event_reader *reader)
{
    reader->has_thread = pthread_create(&reader->thread, NULL, reader_main, reader) == 0;
    return reader->has_thread;
}

void event_reader_close(event_reader *reader)
{
    if (!reader) return;
    if (reader->stop[1] >= 0) close(reader->stop[1]);
    if (reader->has_thread) pthread_join(reader->thread, NULL);
    if (reader->stop[0] >= 0) close(reader->stop[0]);
    for (size_t i = 0; i < EVENT_MAX_CLIENTS; i++)
        if (reader->client_fds[i] >= 0) reader_drop_client(reader, i);
    if (reader->is_socket) unlink(reader->address.sun_path);
    if (reader->fd >= 0) close(reader->fd);
    free(reader);
}
