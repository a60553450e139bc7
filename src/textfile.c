/*
 * textfile.c - the exposition as a file that is replaced as a whole.
 *
 * All names are looked up in the directory, which is opened once, so that it cannot be exchanged on the way. The temporary file
 * is opened with a name that nobody can foresee and must not exist; its mode is narrow until it is complete.
 *   I1  Between textfile_create and the rename the temporary file exists; whoever leaves before that removes it.
 *   I2  What is under the final name is flushed: the rename comes after fsync.
 * Writing beyond RLIMIT_FSIZE would end the process: its signal is kept from this thread, and taken back if it came.
 */
#define _GNU_SOURCE
#include <tacho/push.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "alloc.h"
#include "cause.h"
#include "clock.h"
#include "format.h"
#include "registry_internal.h"

#define TEXTFILE_MODE 0644
#define TEXTFILE_TRIES 16
#define TEXTFILE_BUFFER 16384

struct textfile {
    tacho_registry *reg;
    const char *path;
    const char *base; /* what of the path is behind the directory */
    int dir, fd;
    bool created; /* the temporary file exists */
    char temporary[sizeof ".tacho-0123456789abcdef.tmp"];
};

/* Say what failed with errno, and keep that. */
static tacho_err textfile_fail(const struct textfile *file, int error, const char *what)
{
    tacho_err err = tacho__registry_fail(file->reg, TACHO_ERR_IO, "textfile: %s: %s: \"%.400s\"", what,
                                         tacho__cause(error), file->path);
    errno = error;
    return err;
}

static tacho_err textfile_fail_memory(const struct textfile *file)
{
    return tacho__registry_fail(file->reg, TACHO_ERR_NOMEM, "textfile: out of memory: \"%.400s\"", file->path);
}

/* ---- The directory ----------------------------------------------------------------------------------------------- */

static tacho_err textfile_open_directory(struct textfile *file)
{
    const char *slash = strrchr(file->path, '/');
    file->base = slash ? slash + 1 : file->path;
    size_t len = slash == file->path ? 1 : (size_t)(file->base - file->path);
    char *name = tacho__alloc(len + 2);
    if (!name) return textfile_fail_memory(file);
    memcpy(name, slash ? file->path : ".", slash ? len : 2);
    file->dir = open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int error = errno;
    tacho__free(name);
    return file->dir >= 0 ? TACHO_OK : textfile_fail(file, error, "cannot open the directory");
}

/* Only a file is replaced: not a device, which root could, and not a link, which means another file. */
static tacho_err textfile_look(const struct textfile *file)
{
    struct stat old;
    if (fstatat(file->dir, file->base, &old, AT_SYMLINK_NOFOLLOW) != 0)
        return errno == ENOENT ? TACHO_OK : textfile_fail(file, errno, "cannot look at the old file");
    if (S_ISREG(old.st_mode)) return TACHO_OK;
    int error = S_ISDIR(old.st_mode) ? EISDIR : S_ISLNK(old.st_mode) ? ELOOP : EEXIST;
    return textfile_fail(file, error, "cannot be replaced");
}

/* Some file systems cannot flush a directory, and need not. */
static tacho_err textfile_flush_directory(const struct textfile *file)
{
    if (fsync(file->dir) == 0 || errno == EINVAL || errno == ENOTSUP) return TACHO_OK;
    return textfile_fail(file, errno, "written, but the directory cannot be flushed");
}

/* ---- SIGXFSZ ----------------------------------------------------------------------------------------------------- */

struct textfile_guard {
    sigset_t before;
    bool pending; /* it had come before: it is not ours to take back */
};

static void textfile_guard_begin(struct textfile_guard *guard)
{
    sigset_t signals;
    (void)sigpending(&signals);
    guard->pending = sigismember(&signals, SIGXFSZ) == 1;
    (void)sigemptyset(&signals);
    (void)sigaddset(&signals, SIGXFSZ);
    (void)pthread_sigmask(SIG_BLOCK, &signals, &guard->before);
}

static void textfile_guard_end(const struct textfile_guard *guard)
{
    static const struct timespec now;
    int cause = errno;
    sigset_t signals;
    (void)sigemptyset(&signals);
    (void)sigaddset(&signals, SIGXFSZ);
    if (!guard->pending)
        while (sigtimedwait(&signals, NULL, &now) < 0 && errno == EINTR) {}
    (void)pthread_sigmask(SIG_SETMASK, &guard->before, NULL);
    errno = cause;
}

/* ---- The temporary file ------------------------------------------------------------------------------------------ */

/* A name that is hard to guess; where the system has no random bytes, clock, process and address have to do. */
static uint64_t textfile_random(const struct textfile *file, unsigned attempt)
{
    uint64_t random = 0;
    int fd = open("/dev/urandom", O_RDONLY | O_CLOEXEC);
    ssize_t got = fd >= 0 ? read(fd, &random, sizeof random) : -1;
    if (fd >= 0) (void)close(fd);
    if (got == (ssize_t)sizeof random) return random;
    random = tacho__clock_ns() ^ (uint64_t)getpid() << 32 ^ (uint64_t)(uintptr_t)file ^ attempt;
    random ^= random >> 31;
    return random * UINT64_C(0x9e3779b97f4a7c15);
}

static tacho_err textfile_create(struct textfile *file)
{
    for (unsigned attempt = 0; attempt < TEXTFILE_TRIES; attempt++) {
        (void)snprintf(file->temporary, sizeof file->temporary, ".tacho-%016llx.tmp",
                       (unsigned long long)textfile_random(file, attempt));
        file->fd = openat(file->dir, file->temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
        file->created = file->fd >= 0;
        if (file->created) return TACHO_OK;
        if (errno != EEXIST) break;
    }
    return textfile_fail(file, errno, "cannot make a file");
}

static tacho_err textfile_copy(const struct textfile *file, tacho_scrape *scrape, char *buffer)
{
    struct textfile_guard guard;
    tacho_fd_sink out;
    tacho_err err = TACHO_OK;
    tacho_fd_sink_init(&out, file->fd);
    textfile_guard_begin(&guard);
    for (size_t len; !err && (len = tacho_scrape_read(scrape, buffer, TEXTFILE_BUFFER)) > 0;)
        err = out.sink.ops->write(&out.sink, buffer, len);
    textfile_guard_end(&guard);
    if (err) return textfile_fail(file, errno, "cannot be written");
    err = tacho_scrape_error(scrape);
    if (!err) return TACHO_OK;
    return tacho__registry_fail(file->reg, err, "textfile: nothing to write: %s: \"%.400s\"", tacho_strerror(err),
                                file->path);
}

/* The collectors run before there is a file. */
static tacho_err textfile_fill(struct textfile *file, const tacho_scrape_options *options)
{
    char *buffer = tacho__alloc(TEXTFILE_BUFFER);
    tacho_scrape *scrape = buffer ? tacho_scrape_open(file->reg, options) : NULL;
    tacho_err err = scrape ? textfile_create(file) : textfile_fail_memory(file);
    if (!err) err = textfile_copy(file, scrape, buffer);
    int cause = errno;
    tacho_scrape_free(scrape);
    tacho__free(buffer);
    errno = cause;
    return err;
}

static tacho_err textfile_finish(struct textfile *file, mode_t mode)
{
    if (fchmod(file->fd, mode) != 0) return textfile_fail(file, errno, "cannot have this mode");
    if (fsync(file->fd) != 0) return textfile_fail(file, errno, "cannot be flushed");
    int closed = close(file->fd);
    file->fd = -1;
    if (closed != 0 && errno != EINTR) return textfile_fail(file, errno, "cannot be closed");
    if (renameat(file->dir, file->temporary, file->dir, file->base) != 0)
        return textfile_fail(file, errno, "cannot be renamed");
    file->created = false;
    return textfile_flush_directory(file);
}

/* ---- All of it --------------------------------------------------------------------------------------------------- */

static void textfile_close(struct textfile *file)
{
    int cause = errno;
    if (file->fd >= 0) (void)close(file->fd);
    if (file->created) (void)unlinkat(file->dir, file->temporary, 0);
    if (file->dir >= 0) (void)close(file->dir);
    errno = cause;
}

static tacho_err textfile_check(const struct textfile *file, const tacho_scrape_options *scrape, uint32_t mode)
{
    const char *wrong = tacho__format_fault(scrape->format);
    size_t len = file->path ? strlen(file->path) : 0;
    if (len == 0) wrong = "the path is missing";
    else if (file->path[len - 1] == '/') wrong = "the path ends in '/'";
    else if (mode > 0777) wrong = "the mode has bits beyond 0777";
    else if ((unsigned)scrape->escaping > TACHO_ALLOW_UTF8) wrong = "there is no such escaping";
    else if (scrape->name_count && !scrape->names) wrong = "the names are missing";
    if (!wrong) return TACHO_OK;
    return tacho__registry_fail(file->reg, TACHO_ERR_ARG, "textfile: %s: \"%.400s\"", wrong, len ? file->path : "");
}

tacho_err tacho_textfile_write(tacho_registry *reg, const char *path, const tacho_textfile_options *options)
{
    tacho_scrape_options scrape = { .format = TACHO_TEXT };
    struct textfile file = { .reg = reg, .path = path, .dir = -1, .fd = -1 };
    if (!reg) return TACHO_ERR_ARG;
    if (options && options->scrape) scrape = *options->scrape;
    uint32_t mode = options && options->mode ? options->mode : TEXTFILE_MODE;
    tacho_err err = textfile_check(&file, &scrape, mode);
    if (err) return err;
    err = textfile_open_directory(&file);
    if (!err) err = textfile_look(&file);
    if (!err) err = textfile_fill(&file, &scrape);
    if (!err) err = textfile_finish(&file, (mode_t)mode);
    textfile_close(&file);
    return err;
}
