/*
 * playarr_token.c - the token's file.
 *
 * A new one is written beside the file under a name of its own, flushed, renamed over it, and the directory is flushed.
 * Up to the rename nothing has happened; from then on nothing can fail any more. Of two processes that make one at the
 * same time the last wins, and what both read afterwards is the same.
 */
#define _DEFAULT_SOURCE /* getentropy */
#include "playarr_token.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#if defined(__APPLE__)
#include <sys/random.h>
#endif

#define TOKEN_BYTES (PLAYARR_TOKEN_DIGITS / 2)
#define TOKEN_SALT 8 /* bytes of a temporary name */
#define TOKEN_MODE (S_IRUSR | S_IWUSR)
#define TOKEN_OTHERS (S_IRWXO | S_IWGRP) /* the group may read: Prometheus can be in it */

/* Close without touching errno, which says what went wrong before. */
static void token_close(int fd)
{
    int before = errno;
    (void)close(fd);
    errno = before;
}

/* ---- Reading ----------------------------------------------------------------------------------------------------- */

/* What the file begins with: its length, or -1. */
static ssize_t token_slurp(int fd, char *text, size_t cap)
{
    size_t len = 0;
    while (len < cap) {
        ssize_t got = read(fd, text + len, cap - len);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return -1;
        if (got == 0) break;
        len += (size_t)got;
    }
    return (ssize_t)len;
}

/* Whether the text is a token and nothing else; blanks and line ends behind it do not count. */
static playarr_token_state token_parse(const char *text, size_t len, playarr_token *token)
{
    while (len > 0 && memchr(" \t\r\n", text[len - 1], 4)) len--;
    if (len == 0) return PLAYARR_TOKEN_NONE;
    if (len != PLAYARR_TOKEN_DIGITS) return PLAYARR_TOKEN_UNUSABLE;
    memcpy(token->digits, text, len);
    token->digits[len] = '\0';
    return strspn(token->digits, "0123456789abcdef") == len ? PLAYARR_TOKEN_KEPT : PLAYARR_TOKEN_UNUSABLE;
}

/* Judge an open file. */
static playarr_token_state token_take(int fd, const char *path, playarr_token *token, char *why, size_t cap)
{
    char text[256];
    struct stat file;
    ssize_t len = fstat(fd, &file) == 0 && S_ISREG(file.st_mode) ? token_slurp(fd, text, sizeof text) : -1;
    playarr_token_state state = len < 0 ? PLAYARR_TOKEN_UNUSABLE : token_parse(text, (size_t)len, token);
    if (len < 0) {
        (void)snprintf(why, cap, "the token file %s cannot be read: it has to be a regular file", path);
    } else if (file.st_uid != geteuid()) {
        (void)snprintf(why, cap,
                       "the token file %s belongs to another user, who could change it: "
                       "take it over, or name another",
                       path);
        state = PLAYARR_TOKEN_UNUSABLE;
    } else if (state == PLAYARR_TOKEN_UNUSABLE) {
        (void)snprintf(why, cap,
                       "the token file %s holds something else than one token of 64 digits 0-9 a-f: "
                       "remove it to have one made, or name another file",
                       path);
    } else if (state == PLAYARR_TOKEN_KEPT && (file.st_mode & TOKEN_OTHERS)) {
        (void)snprintf(why, cap, "other users may use the token file %s: chmod 600 it, and make a new token",
                       path);
    }
    return state;
}

playarr_token_state playarr_token_read(const char *path, playarr_token *token, char *why, size_t cap)
{
    *why = '\0';
    int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT) {
        (void)snprintf(why, cap, "there is no token file %s", path);
        return PLAYARR_TOKEN_NONE;
    }
    if (fd < 0) {
        bool link = errno == ELOOP || errno == EMLINK;
        (void)snprintf(why, cap, "the token file %s cannot be opened: %s", path,
                       link ? "it is a symbolic link; name the file itself" : strerror(errno));
        return PLAYARR_TOKEN_UNUSABLE;
    }
    playarr_token_state state = token_take(fd, path, token, why, cap);
    if (state == PLAYARR_TOKEN_NONE) (void)snprintf(why, cap, "the token file %s is empty", path);
    token_close(fd);
    return state;
}

/* ---- Making ------------------------------------------------------------------------------------------------------ */

static void token_spell(const uint8_t *bytes, size_t count, char *digits)
{
    for (size_t i = 0; i < count; i++) {
        digits[2 * i] = "0123456789abcdef"[bytes[i] >> 4];
        digits[2 * i + 1] = "0123456789abcdef"[bytes[i] & 15];
    }
    digits[2 * count] = '\0';
}

static bool token_write(int fd, const playarr_token *token)
{
    char line[PLAYARR_TOKEN_DIGITS + 1];
    memcpy(line, token->digits, PLAYARR_TOKEN_DIGITS);
    line[PLAYARR_TOKEN_DIGITS] = '\n';
    for (size_t at = 0; at < sizeof line;) {
        ssize_t wrote = write(fd, line + at, sizeof line - at);
        if (wrote < 0 && errno != EINTR) return false;
        if (wrote > 0) at += (size_t)wrote;
    }
    return fchmod(fd, TOKEN_MODE) == 0 && fsync(fd) == 0; /* the umask may have taken rights away */
}

/* Write a token under a temporary name in the directory, and rename it. */
static bool token_put(int directory, const char *temporary, const char *name, const playarr_token *token)
{
    int fd = openat(directory, temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, TOKEN_MODE);
    if (fd < 0) return false;
    bool done = token_write(fd, token);
    token_close(fd);
    if (done && renameat(directory, temporary, directory, name) == 0) {
        /* Should this fail, a power cut can bring the old token back; until then the new one counts. */
        (void)fsync(directory);
        return true;
    }
    int cause = errno;
    (void)unlinkat(directory, temporary, 0);
    errno = cause;
    return false;
}

/* Open the directory of a path; `name` is where the rest begins. -1: errno says why not. */
static int token_open_directory(const char *path, const char **name)
{
    const char *slash = strrchr(path, '/');
    *name = slash ? slash + 1 : path;
    if (!**name) {
        errno = EISDIR;
        return -1;
    }
    char *directory = slash ? strndup(path, slash == path ? 1 : (size_t)(slash - path)) : strdup(".");
    if (!directory) return -1;
    int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    free(directory);
    return fd;
}

bool playarr_token_replace(const char *path, playarr_token *token, char *why, size_t cap)
{
    uint8_t bytes[TOKEN_BYTES + TOKEN_SALT];
    char temporary[64] = ".playarr-token-";
    const char *name;
    *why = '\0';
    bool made = getentropy(bytes, sizeof bytes) == 0;
    int directory = made ? token_open_directory(path, &name) : -1;
    if (directory >= 0) {
        token_spell(bytes, TOKEN_BYTES, token->digits);
        token_spell(bytes + TOKEN_BYTES, TOKEN_SALT, temporary + strlen(temporary));
        made = token_put(directory, temporary, name, token);
        token_close(directory);
        if (made) return true;
    }
    (void)snprintf(why, cap, "cannot make a token in %s: %s", path, strerror(errno));
    memset(token, 0, sizeof *token);
    return false;
}

playarr_token_state playarr_token_settle(const char *path, char *why, size_t cap)
{
    playarr_token token;
    playarr_token_state state = playarr_token_read(path, &token, why, cap);
    if (state != PLAYARR_TOKEN_NONE) return state;
    return playarr_token_replace(path, &token, why, cap) ? PLAYARR_TOKEN_MADE : PLAYARR_TOKEN_UNUSABLE;
}
