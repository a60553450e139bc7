/*
 * http_listen.c - addresses in words, and the sockets that listen on them.
 *
 * Names are not looked up: that would need the resolver, which blocks and loads plugins. A socket file that nobody
 * listens on is replaced; one that answers is somebody else's. An inherited descriptor is duplicated, so that the
 * caller's own stays open; it is made non-blocking, which all its holders share. What systemd passed begins at
 * descriptor 3 (sd_listen_fds(3)); its variables are only read.
 */
#define _GNU_SOURCE
#include "http_listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "cause.h"
#include "num.h"
#include "registry_internal.h"

#define LISTEN_BACKLOG 1024
#define LISTEN_FILE_MODE 0660
#define LISTEN_SEND_BYTES 131072
#define LISTEN_PASSED_FIRST 3
#define LISTEN_PASSED_MAX 1024

union listen_address {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
    struct sockaddr_un local;
};

/* ---- Words ------------------------------------------------------------------------------------------------ */

static tacho_err listen_refuse(tacho_registry *reg, tacho_err err, const char *text, const char *why)
{
    return tacho__registry_fail(reg, err, "http: cannot listen on \"%s\": %s", text, why);
}

/* What some errors mean here. */
static const char *listen_cause(int error)
{
    switch (error) {
    case EADDRINUSE: return "the address is in use";
    case EADDRNOTAVAIL: return "no interface of this machine has the address";
    case ENOENT: return "the directory does not exist";
    default: return tacho__cause(error);
    }
}

/* Report errno, close the half-made socket. */
static tacho_err listen_abandon(tacho_registry *reg, const char *text, int fd)
{
    const char *why = listen_cause(errno);
    if (fd >= 0) (void)close(fd);
    return listen_refuse(reg, TACHO_ERR_IO, text, why);
}

/* ---- Sockets ---------------------------------------------------------------------------------------------- */

static bool listen_set_flags(int fd)
{
    int flags = fcntl(fd, F_GETFL);
    return flags >= 0 && fcntl(fd, F_SETFL, flags | O_NONBLOCK) == 0 && fcntl(fd, F_SETFD, FD_CLOEXEC) == 0;
}

static int listen_socket(int family)
{
#if defined(SOCK_CLOEXEC) && defined(SOCK_NONBLOCK)
    return socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
#else
    int fd = socket(family, SOCK_STREAM, 0);
    if (fd >= 0 && !listen_set_flags(fd)) {
        (void)close(fd);
        fd = -1;
    }
    return fd;
#endif
}

/* Whether only this machine reaches it; an IPv6 socket that was inherited may be at an IPv4 address. */
static bool listen_is_loopback(const union listen_address *address)
{
    const struct in6_addr *v6 = &address->v6.sin6_addr;
    if (address->any.sa_family == AF_INET) return ntohl(address->v4.sin_addr.s_addr) >> 24 == IN_LOOPBACKNET;
    return address->any.sa_family == AF_INET6 &&
           (IN6_IS_ADDR_LOOPBACK(v6) || (IN6_IS_ADDR_V4MAPPED(v6) && v6->s6_addr[12] == IN_LOOPBACKNET));
}

/* Write down where a socket listens. */
static void listen_describe(tacho__http_listener *listener, const char *text)
{
    union listen_address bound;
    char host[INET6_ADDRSTRLEN] = "";
    socklen_t len = sizeof bound;
    memset(&bound, 0, sizeof bound);
    (void)snprintf(listener->address, sizeof listener->address, "%s", text);
    if (getsockname(listener->fd, &bound.any, &len) != 0) return;
    listener->loopback = listen_is_loopback(&bound);
    if (bound.any.sa_family == AF_INET && inet_ntop(AF_INET, &bound.v4.sin_addr, host, sizeof host))
        (void)snprintf(listener->address, sizeof listener->address, "%s:%u", host, ntohs(bound.v4.sin_port));
    if (bound.any.sa_family == AF_INET6 && inet_ntop(AF_INET6, &bound.v6.sin6_addr, host, sizeof host))
        (void)snprintf(listener->address, sizeof listener->address, "[%s]:%u", host, ntohs(bound.v6.sin6_port));
    if (bound.any.sa_family == AF_UNIX && len > offsetof(struct sockaddr_un, sun_path) && bound.local.sun_path[0])
        (void)snprintf(listener->address, sizeof listener->address, "unix:%.*s:",
                       (int)(len - offsetof(struct sockaddr_un, sun_path)), bound.local.sun_path);
}

int tacho__http_listener_accept(const tacho__http_listener *listener)
{
#if defined(__linux__) && defined(SOCK_CLOEXEC)
    int fd = accept4(listener->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
#else
    int fd = accept(listener->fd, NULL, NULL);
    if (fd >= 0 && !listen_set_flags(fd)) {
        (void)close(fd);
        errno = ECONNABORTED;
        return -1;
    }
#endif
    if (fd < 0) return -1;
    /* A bounded send buffer bounds what the kernel holds for a slow reader, and shows early that it reads at all.
     * Unix sockets know no TCP_NODELAY. */
    int one = 1, bytes = LISTEN_SEND_BYTES;
    (void)setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes);
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    return fd;
}

/* ---- unix:PATH -------------------------------------------------------------------------------------------- */

/* The address is taken. Remove the file if it is a socket that nobody listens on. */
static bool listen_remove_stale(const union listen_address *address, socklen_t len)
{
    struct stat file;
    if (lstat(address->local.sun_path, &file) != 0 || !S_ISSOCK(file.st_mode)) return false;
    int probe = listen_socket(AF_UNIX);
    if (probe < 0) return false;
    bool stale = connect(probe, &address->any, len) != 0 && errno == ECONNREFUSED;
    (void)close(probe);
    return stale && unlink(address->local.sun_path) == 0;
}

static bool listen_bind_file(tacho__http_listener *listener, int fd, const union listen_address *address,
                             socklen_t len, uint32_t mode)
{
    const char *path = address->local.sun_path;
    struct stat file;
    int bound = bind(fd, &address->any, len);
    if (bound != 0 && errno == EADDRINUSE) {
        if (listen_remove_stale(address, len))
            bound = bind(fd, &address->any, len);
        else
            errno = EADDRINUSE;
    }
    if (bound != 0) return false;
    /* Nobody can connect before listen, so the mode is set in time; the umask has had its say already. */
    if (lstat(path, &file) != 0) return false;
    (void)chmod(path, mode ? (mode_t)mode : file.st_mode & LISTEN_FILE_MODE);
    listener->has_file = true;
    listener->device = file.st_dev;
    listener->inode = file.st_ino;
    return true;
}

static tacho_err listen_on_file(tacho__http_listener *listener, const char *text, uint32_t mode, tacho_registry *reg)
{
    const char *path = text + strlen("unix:");
    union listen_address address;
    memset(&address, 0, sizeof address);
    if (*path == '\0') return listen_refuse(reg, TACHO_ERR_ARG, text, "the path is missing");
    if (mode > 0777) return listen_refuse(reg, TACHO_ERR_ARG, text, "socket_mode is more than 0777");
    if (strlen(path) >= sizeof address.local.sun_path)
        return listen_refuse(reg, TACHO_ERR_ARG, text, "the path is too long for a socket");
    address.local.sun_family = AF_UNIX;
    memcpy(address.local.sun_path, path, strlen(path));
    socklen_t len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(path) + 1);
    int fd = listen_socket(AF_UNIX);
    if (fd < 0 || !listen_bind_file(listener, fd, &address, len, mode)) return listen_abandon(reg, text, fd);
    listener->fd = fd;
    if (listen(fd, LISTEN_BACKLOG) == 0) return TACHO_OK;
    const char *why = listen_cause(errno);
    tacho__http_listener_close(listener, false);
    return listen_refuse(reg, TACHO_ERR_IO, text, why);
}

/* ---- fd:N ------------------------------------------------------------------------------------------------- */

static int listen_option(int fd, int option)
{
    int value = 0;
    socklen_t len = sizeof value;
    return getsockopt(fd, SOL_SOCKET, option, &value, &len) == 0 ? value : -1;
}

static tacho_err listen_adopt(tacho__http_listener *listener, int fd, const char *text, tacho_registry *reg)
{
    if (fcntl(fd, F_GETFD) < 0) return listen_refuse(reg, TACHO_ERR_ARG, text, "no such descriptor is open");
    if (listen_option(fd, SO_TYPE) != SOCK_STREAM || listen_option(fd, SO_ACCEPTCONN) != 1)
        return listen_refuse(reg, TACHO_ERR_ARG, text, "the descriptor is not a listening stream socket");
    listener->fd = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    if (listener->fd < 0 || !listen_set_flags(listener->fd)) return listen_abandon(reg, text, listener->fd);
    return TACHO_OK;
}

static tacho_err listen_on_descriptor(tacho__http_listener *listener, const char *text, tacho_registry *reg)
{
    const char *digits = text + strlen("fd:");
    uint64_t number;
    if (!tacho__num_read_u64(digits, strlen(digits), &number) || number > INT32_MAX)
        return listen_refuse(reg, TACHO_ERR_ARG, text, "fd: is followed by the number of a descriptor");
    return listen_adopt(listener, (int)number, text, reg);
}

/* ---- systemd: and systemd:NAME ----------------------------------------------------------------------------- */

/* A number in the environment, 0 if there is none. */
static uint64_t listen_variable(const char *name)
{
    uint64_t number;
    const char *text = getenv(name);
    return text && tacho__num_read_u64(text, strlen(text), &number) ? number : 0;
}

/* Descriptors that were passed to this process. */
static size_t listen_passed_count(void)
{
    uint64_t count = listen_variable("LISTEN_FDS");
    return listen_variable("LISTEN_PID") == (uint64_t)getpid() && count <= LISTEN_PASSED_MAX ? (size_t)count : 0;
}

/* The descriptor of socket `index` among those with this name ("": among all), or, beyond the last, -1 and their number. */
static int listen_passed(const char *name, size_t index, size_t *found)
{
    size_t count = listen_passed_count(), len = strlen(name);
    const char *names = getenv("LISTEN_FDNAMES");
    *found = 0;
    for (size_t i = 0; i < count; i++) {
        size_t here = names ? strcspn(names, ":") : 0;
        if (len == 0 || (names && here == len && memcmp(names, name, len) == 0)) {
            if (*found == index) return LISTEN_PASSED_FIRST + (int)i;
            ++*found;
        }
        names = names && names[here] ? names + here + 1 : NULL;
    }
    return -1;
}

static const char *listen_is_passed(const char *text)
{
    return strncmp(text, "systemd:", 8) == 0 ? text + 8 : NULL;
}

size_t tacho__http_listener_count(const char *text, tacho_registry *reg)
{
    const char *name = listen_is_passed(text);
    size_t found;
    if (!name) return 1;
    (void)listen_passed(name, SIZE_MAX, &found);
    if (found) return found;
    (void)listen_refuse(reg, TACHO_ERR_ARG, text,
                        listen_passed_count() ? "systemd passed no socket of this name"
                                              : "systemd passed no socket to this process");
    return 0;
}

/* ---- HOST:PORT -------------------------------------------------------------------------------------------- */

/* Fill in an address; NULL, or what is wrong with it. */
static const char *listen_parse(const char *text, union listen_address *address, socklen_t *len)
{
    char host[INET6_ADDRSTRLEN + 2];
    uint64_t port;
    const char *colon = strrchr(text, ':');
    if (!colon) return "an address is HOST:PORT, unix:PATH, fd:N or systemd:NAME";
    if (!tacho__num_read_u64(colon + 1, strlen(colon + 1), &port) || port > 65535)
        return "the port is not a number from 0 to 65535";
    size_t host_len = (size_t)(colon - text);
    if (host_len == 0) return "the host is missing; 127.0.0.1 is this machine only, 0.0.0.0 every interface";
    if (host_len >= sizeof host) return "the host is no IP address, and names are not looked up";
    memcpy(host, text, host_len);
    host[host_len] = '\0';
    memset(address, 0, sizeof *address);
    if (host[0] == '[' && host[host_len - 1] == ']') {
        host[host_len - 1] = '\0';
        address->v6.sin6_family = AF_INET6;
        address->v6.sin6_port = htons((uint16_t)port);
        *len = sizeof address->v6;
        return inet_pton(AF_INET6, host + 1, &address->v6.sin6_addr) == 1 ? NULL : "this is no IPv6 address";
    }
    if (strchr(host, ':')) return "an IPv6 address stands in brackets, as in [::1]:9464";
    address->v4.sin_family = AF_INET;
    address->v4.sin_port = htons((uint16_t)port);
    *len = sizeof address->v4;
    const char *digits = strcmp(host, "localhost") == 0 ? "127.0.0.1" : host;
    return inet_pton(AF_INET, digits, &address->v4.sin_addr) == 1
               ? NULL
               : "the host is no IP address, and names are not looked up";
}

static tacho_err listen_on_port(tacho__http_listener *listener, const char *text, tacho_registry *reg)
{
    union listen_address address;
    socklen_t len;
    int one = 1;
    const char *wrong = listen_parse(text, &address, &len);
    if (wrong) return listen_refuse(reg, TACHO_ERR_ARG, text, wrong);
    int fd = listen_socket(address.any.sa_family);
    /* After a restart the port is free although old connections linger. [::] means IPv6 only on every system. */
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) != 0 ||
        (address.any.sa_family == AF_INET6 && setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof one) != 0) ||
        bind(fd, &address.any, len) != 0 || listen(fd, LISTEN_BACKLOG) != 0)
        return listen_abandon(reg, text, fd);
    listener->fd = fd;
    return TACHO_OK;
}

/* ---- Life cycle ------------------------------------------------------------------------------------------- */

tacho_err tacho__http_listener_open(tacho__http_listener *listener, const char *text, size_t index, uint32_t mode,
                                    tacho_registry *reg)
{
    const char *name = listen_is_passed(text);
    size_t found;
    *listener = (tacho__http_listener){ .fd = -1 };
    tacho_err err = name                           ? listen_adopt(listener, listen_passed(name, index, &found), text, reg)
                    : strncmp(text, "unix:", 5) == 0 ? listen_on_file(listener, text, mode, reg)
                    : strncmp(text, "fd:", 3) == 0   ? listen_on_descriptor(listener, text, reg)
                                                     : listen_on_port(listener, text, reg);
    if (!err) listen_describe(listener, text);
    return err;
}

void tacho__http_listener_close(tacho__http_listener *listener, bool forked)
{
    struct stat file;
    union listen_address bound;
    socklen_t len = sizeof bound;
    if (listener->fd < 0) return;
    memset(&bound, 0, sizeof bound);
    bool named = listener->has_file && !forked && getsockname(listener->fd, &bound.any, &len) == 0;
    if (named && lstat(bound.local.sun_path, &file) == 0 && file.st_dev == listener->device &&
        file.st_ino == listener->inode)
        (void)unlink(bound.local.sun_path);
    (void)close(listener->fd);
    listener->fd = -1;
}
