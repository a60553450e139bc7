/*
 * coprocess.c - posix_spawn with sockets; poll with deadlines; waitpid by process id only.
 */
#define _GNU_SOURCE /* posix_spawn_file_actions_addclosefrom_np, where the C library has it */
#include "coprocess.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "deadline.h"

enum { KILL_MS = 100, FIRST_FREE_FD = STDERR_FILENO + 1, SAID_MAX_READS = 2000 };

/* ---- Starting -------------------------------------------------------------------------------------------------- */

/* Close, keeping errno. */
static void fd_close(int *fd)
{
    int saved = errno;
    if (*fd >= 0) close(*fd);
    *fd = -1;
    errno = saved;
}

/* Two sockets, neither of them where the child's standard descriptors go: moving one there must not hit another. */
static bool sockets_open(int fds[2])
{
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) != 0) {
        fds[0] = fds[1] = -1;
        return false;
    }
    for (int i = 0; i < 2; i++) {
        if (fds[i] >= FIRST_FREE_FD) continue;
        int moved = fcntl(fds[i], F_DUPFD_CLOEXEC, FIRST_FREE_FD);
        if (moved < 0) return false;
        close(fds[i]);
        fds[i] = moved;
    }
    return true;
}

static int actions_fill(posix_spawn_file_actions_t *actions, int io, int error)
{
    int failed = posix_spawn_file_actions_adddup2(actions, io, STDIN_FILENO);
    if (!failed) failed = posix_spawn_file_actions_adddup2(actions, io, STDOUT_FILENO);
    if (!failed) failed = posix_spawn_file_actions_adddup2(actions, error, STDERR_FILENO);
#if defined(__GLIBC__) && (__GLIBC__ > 2 || (__GLIBC__ == 2 && __GLIBC_MINOR__ >= 34))
    /* What somebody else has opened without close-on-exec. */
    if (!failed) failed = posix_spawn_file_actions_addclosefrom_np(actions, FIRST_FREE_FD);
#endif
    return failed;
}

static int attributes_fill(posix_spawnattr_t *attributes)
{
    sigset_t all, none;
    sigfillset(&all);
    sigemptyset(&none);
    int failed = posix_spawnattr_setsigdefault(attributes, &all);
    if (!failed) failed = posix_spawnattr_setsigmask(attributes, &none);
    if (!failed) failed = posix_spawnattr_setpgroup(attributes, 0);
    if (!failed)
        failed = posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK |
                                                          POSIX_SPAWN_SETPGROUP);
    return failed;
}

/* Returns an error number, 0 for success. */
static int child_spawn(pid_t *pid, const char *program, char *const *arguments, char *const *environment,
                       int io, int error)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    int failed = posix_spawn_file_actions_init(&actions);
    if (failed) return failed;
    failed = posix_spawnattr_init(&attributes);
    if (!failed) {
        failed = actions_fill(&actions, io, error);
        if (!failed) failed = attributes_fill(&attributes);
        if (!failed) failed = posix_spawnp(pid, program, &actions, &attributes, arguments, environment);
        posix_spawnattr_destroy(&attributes);
    }
    posix_spawn_file_actions_destroy(&actions);
    return failed;
}

bool coprocess_start(coprocess *self, const char *program, char *const *arguments, char *const *environment)
{
    int io[2] = { -1, -1 }, error[2] = { -1, -1 };
    *self = (coprocess)COPROCESS_NONE;
    bool started = sockets_open(io) && sockets_open(error);
    if (started) {
        int failed = child_spawn(&self->pid, program, arguments, environment, io[1], error[1]);
        started = failed == 0;
        if (failed) {
            self->pid = 0;
            errno = failed;
        }
    }
    fd_close(&io[1]);
    fd_close(&error[1]);
    if (!started) {
        fd_close(&io[0]);
        fd_close(&error[0]);
    }
    self->io = io[0];
    self->error = error[0];
    return started;
}

/* ---- Talking --------------------------------------------------------------------------------------------------- */

/* Keep the end of what is said on standard error. Reads once. */
static void said_read(coprocess *self)
{
    enum { HALF = sizeof self->said / 2 };
    if (self->said_len > HALF) {
        memmove(self->said, self->said + self->said_len - HALF, HALF);
        self->said_len = HALF;
    }
    ssize_t got =
        recv(self->error, self->said + self->said_len, sizeof self->said - self->said_len, MSG_DONTWAIT);
    if (got > 0)
        self->said_len += (size_t)got;
    else if (got == 0 || (errno != EAGAIN && errno != EINTR))
        fd_close(&self->error);
}

/* What was said before the end, up to more than a socket holds; a program that goes on and on is not heard out. */
static void said_drain(coprocess *self)
{
    for (int i = 0; i < SAID_MAX_READS && self->error >= 0; i++) {
        struct pollfd polled = { .fd = self->error, .events = POLLIN };
        if (poll(&polled, 1, 0) != 1) return;
        said_read(self);
    }
}

/* Whether the peer is still there. */
static bool io_send(coprocess *self, const char **out, size_t *out_len)
{
    ssize_t sent = send(self->io, *out, *out_len, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0) return errno == EAGAIN || errno == EINTR;
    *out += sent;
    *out_len -= (size_t)sent;
    return true;
}

coprocess_step coprocess_talk(coprocess *self, const char **out, size_t *out_len, char *in, size_t *in_len,
                              uint64_t deadline_ns)
{
    size_t room = *in_len;
    *in_len = 0;
    for (;;) {
        struct pollfd polled[] = {
            { .fd = self->io, .events = (short)(POLLIN | (*out_len > 0 ? POLLOUT : 0)) },
            { .fd = self->error, .events = POLLIN },
        };
        int left =
            deadline_left_ms(deadline_ns); /* asked each time: a talkative peer ends with the deadline, too */
        if (left == 0) return COPROCESS_LATE;
        int ready = poll(polled, 2, left);
        if (ready < 0 && errno != EINTR) return COPROCESS_ENDED;
        if (ready <= 0) continue;
        if (polled[1].revents) said_read(self);
        if (polled[0].revents & (POLLIN | POLLHUP | POLLERR)) {
            ssize_t got = recv(self->io, in, room, MSG_DONTWAIT);
            if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR)) {
                said_drain(self);
                return COPROCESS_ENDED;
            }
            if (got > 0) *in_len = (size_t)got;
        }
        /* A peer that reads no more may have written before: what it wrote is to be read first. */
        if (polled[0].revents & POLLOUT && !io_send(self, out, out_len)) *out_len = 0;
        return COPROCESS_WENT_ON;
    }
}

/* ---- Ending ---------------------------------------------------------------------------------------------------- */

void coprocess_hang_up(coprocess *self)
{
    if (self->io >= 0) shutdown(self->io, SHUT_WR);
}

/* Whether it is gone. */
static bool child_reap(coprocess *self)
{
    if (self->pid == 0) return true;
    pid_t reaped = waitpid(self->pid, &self->status, WNOHANG);
    if (reaped == 0 || (reaped < 0 && errno == EINTR)) return false;
    if (reaped < 0) self->status = 0; /* SIGCHLD is ignored here: the kernel has reaped it */
    self->pid = 0;
    fd_close(&self->io);
    fd_close(&self->error);
    return true;
}

bool coprocess_await(coprocess *self, uint64_t deadline_ns)
{
    while (!child_reap(self)) {
        if (deadline_left_ms(deadline_ns) == 0) return false;
        said_drain(self);
        nanosleep(&(struct timespec){ .tv_nsec = 1000000 }, NULL); /* there is no portable wait with an end */
    }
    return true;
}

bool coprocess_kill(coprocess *self)
{
    if (self->pid != 0) {
        kill(-self->pid, SIGKILL);
        kill(self->pid, SIGKILL);
    }
    fd_close(&self->io);
    fd_close(&self->error);
    return coprocess_await(self, deadline_in_ms(KILL_MS));
}

void coprocess_ending(const coprocess *self, char *text, size_t cap)
{
    if (WIFSIGNALED(self->status))
        snprintf(text, cap, "signal %d", WTERMSIG(self->status));
    else
        snprintf(text, cap, "exit status %d", WEXITSTATUS(self->status));
}
