/*
 * token.c - the bearer token.
 *
 *   I1  Bytes behind `len` are zero, so that a comparison always runs over the whole array.
 *   I2  No copy outlives its use: buffers are wiped, and stdio, which keeps buffers of its own, is not used.
 */
#define _GNU_SOURCE
#include "token.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* Room for blanks around the longest token. */
#define TOKEN_LINE (TACHO__TOKEN_MAX + 512)

void tacho__token_wipe(void *secret, size_t len)
{
    volatile unsigned char *at = secret;
    while (len-- > 0) *at++ = 0;
}

tacho_err tacho__token_set(tacho__token *token, const char *text, size_t len, const char **why)
{
    tacho__token_wipe(token, sizeof *token);
    *why = "it is empty";
    if (len == 0) return TACHO_ERR_ARG;
    *why = "it is longer than 512 bytes";
    if (len > TACHO__TOKEN_MAX) return TACHO_ERR_ARG;
    *why = "it has a blank or a byte that is not printable ASCII";
    for (size_t i = 0; i < len; i++)
        if (text[i] <= ' ' || text[i] > '~') return TACHO_ERR_ARG;
    memcpy(token->bytes, text, len);
    token->len = len;
    *why = NULL;
    return TACHO_OK;
}

/* The beginning of a file, up to its first line feed or `cap` bytes; -1 if it cannot be read. */
static ssize_t token_read_line(int fd, char *line, size_t cap)
{
    size_t len = 0;
    while (len < cap) {
        ssize_t got = read(fd, line + len, cap - len);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return -1;
        if (got == 0) break;
        len += (size_t)got;
        if (memchr(line + len - (size_t)got, '\n', (size_t)got)) break;
    }
    const char *end = memchr(line, '\n', len);
    return end ? end - line : (ssize_t)len;
}

static bool token_is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

tacho_err tacho__token_read(tacho__token *token, const char *path, const char **why)
{
    char line[TOKEN_LINE];
    *why = "it cannot be opened";
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return TACHO_ERR_IO;
    ssize_t len = token_read_line(fd, line, sizeof line);
    (void)close(fd);
    *why = "it cannot be read";
    tacho_err err = TACHO_ERR_IO;
    if (len >= 0) {
        size_t begin = 0, end = (size_t)len;
        while (begin < end && token_is_blank(line[begin])) begin++;
        while (end > begin && token_is_blank(line[end - 1])) end--;
        err = tacho__token_set(token, line + begin, end - begin, why);
    }
    tacho__token_wipe(line, sizeof line);
    return err;
}

bool tacho__token_matches(const tacho__token *token, const char *given, size_t len)
{
    unsigned char copy[TACHO__TOKEN_MAX] = { 0 };
    if (len > 0) memcpy(copy, given, len < sizeof copy ? len : sizeof copy);
    volatile size_t difference = token->len ^ len; /* volatile: no loop that ends early */
    for (size_t i = 0; i < sizeof copy; i++) difference |= (size_t)(token->bytes[i] ^ copy[i]);
    tacho__token_wipe(copy, sizeof copy);
    return difference == 0 && token->len > 0;
}
