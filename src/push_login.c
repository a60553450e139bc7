/*
 * push_login.c - the Authorization field of a push.
 *
 * Secrets are in the login, which who made it wipes, and for moments in buffers that are wiped here; stdio, which keeps buffers
 * of its own, gets none to see.
 */
#define _GNU_SOURCE
#include "push_login.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define LOGIN_BASIC "Authorization: Basic "
#define LOGIN_BEARER "Authorization: Bearer "
/* Room for blanks around the longest secret. */
#define LOGIN_LINE (TACHO__TOKEN_MAX + 512)

static bool login_is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

/* A secret from memory, less the blanks around it if it is from a file. NULL, or what is wrong with it. */
static const char *login_take(tacho__push_login *login, const char *text, size_t len)
{
    if (len == 0) return "it is empty";
    if (len > TACHO__TOKEN_MAX) return "it is longer than 512 bytes";
    for (size_t i = 0; i < len; i++)
        if ((unsigned char)text[i] < ' ' || text[i] == 0x7f) return "it has a byte that is not printable";
    memcpy(login->secret, text, len);
    login->secret[len] = '\0';
    return NULL;
}

/* The beginning of a file, up to its first line feed or `cap` bytes; -1 if it cannot be read. */
static ssize_t login_read_line(const char *path, char *line, size_t cap)
{
    size_t len = 0;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return -1;
    ssize_t got = 1;
    while (len < cap && got != 0 && !memchr(line, '\n', len)) {
        got = read(fd, line + len, cap - len);
        if (got < 0 && errno != EINTR) break;
        if (got > 0) len += (size_t)got;
    }
    (void)close(fd);
    if (got < 0 && errno != EINTR) return -1;
    const char *end = memchr(line, '\n', len);
    return end ? end - line : (ssize_t)len;
}

static tacho_err login_read(tacho__push_login *login, const char *path, const char **why)
{
    char line[LOGIN_LINE];
    ssize_t len = login_read_line(path, line, sizeof line);
    *why = "it cannot be read";
    tacho_err err = TACHO_ERR_IO;
    if (len >= 0) {
        size_t begin = 0, end = (size_t)len;
        while (begin < end && login_is_blank(line[begin])) begin++;
        while (end > begin && login_is_blank(line[end - 1])) end--;
        *why = login_take(login, line + begin, end - begin);
        err = *why ? TACHO_ERR_ARG : TACHO_OK;
    }
    tacho__wipe(line, sizeof line);
    return err;
}

/* One of the two has it: a text or a file. */
static tacho_err login_secret(tacho__push_login *login, const char *text, const char *path, const char **why)
{
    *why = "it is given twice, as a text and as a file";
    if (text && path) return TACHO_ERR_ARG;
    if (path) return login_read(login, path, why);
    *why = login_take(login, text, strlen(text));
    return *why ? TACHO_ERR_ARG : TACHO_OK;
}

static tacho_err login_bearer(tacho__push_login *login, const tacho_push_options *options, const char **why)
{
    tacho_err err = login_secret(login, options->token, options->token_file, why);
    if (err) return err;
    *why = "it has a blank or a byte that is not printable ASCII";
    for (const char *at = login->secret; *at; at++)
        if (*at <= ' ' || *at > '~') return TACHO_ERR_ARG;
    memcpy(login->field, LOGIN_BEARER, sizeof LOGIN_BEARER);
    memcpy(login->field + strlen(LOGIN_BEARER), login->secret, strlen(login->secret) + 1);
    login->encoded = login->field + strlen(LOGIN_BEARER);
    return TACHO_OK;
}

static tacho_err login_basic(tacho__push_login *login, const tacho_push_options *options, const char **why)
{
    char pair[TACHO__PUSH_USER_MAX + 1 + TACHO__TOKEN_MAX];
    size_t user_len = strlen(options->user);
    *why = "the user is longer than 256 bytes";
    if (user_len > TACHO__PUSH_USER_MAX) return TACHO_ERR_ARG;
    *why = "the user has a colon or a byte that is not printable";
    for (const char *at = options->user; *at; at++)
        if (*at == ':' || (unsigned char)*at < ' ' || *at == 0x7f) return TACHO_ERR_ARG;
    tacho_err err = login_secret(login, options->password, options->password_file, why);
    if (err) return err;
    size_t len = strlen(login->secret);
    memcpy(pair, options->user, user_len);
    pair[user_len] = ':';
    memcpy(pair + user_len + 1, login->secret, len);
    memcpy(login->field, LOGIN_BASIC, sizeof LOGIN_BASIC);
    char *encoded = login->field + strlen(LOGIN_BASIC);
    encoded[tacho__base64_write(encoded, pair, user_len + 1 + len, TACHO__BASE64_STANDARD)] = '\0';
    login->encoded = encoded;
    tacho__wipe(pair, sizeof pair);
    return TACHO_OK;
}

tacho_err tacho__push_login_make(tacho__push_login *login, const tacho_push_options *options, const char **what,
                                 const char **why)
{
    bool bearer = options->token || options->token_file, password = options->password || options->password_file;
    tacho_err err = TACHO_OK;
    *login = (tacho__push_login){ .encoded = "" };
    *what = bearer ? "token" : "password";
    *why = NULL;
    if (bearer && (options->user || password)) *why = "there is a user or password beside it";
    else if (password && !options->user) *why = "there is no user with it";
    else if (options->user && !password) *why = "it is missing, and there is a user";
    if (*why) return TACHO_ERR_ARG;
    if (bearer) err = login_bearer(login, options, why);
    if (password) err = login_basic(login, options, why);
    if (err) tacho__wipe(login, sizeof *login);
    return err;
}
