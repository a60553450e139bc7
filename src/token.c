/*
 * token.c - bearer tokens.
 *
 *   I1  Words of a token behind its length are zero, and so are tokens behind `count`: a comparison always runs over all.
 *   I2  No copy outlives its use: buffers are wiped, and stdio, which keeps buffers of its own, is not used. A file is read into
 *       the vault, whose pages are in no core dump. A forked child finds zeros there, which no token equals.
 *   I3  What is in the vault changes as a whole: a file is checked to its end before the first token of it counts.
 *
 * A file that changes twice within a tick of the file system's clock can look alike after both: one whose time stamp is
 * younger than two seconds is read again at the next look, until it has settled.
 */
#define _GNU_SOURCE
#include "token.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "alloc.h"
#include "clock.h"
#include "desc.h"
#include "http_text.h"

#define TOKEN_WORDS (TACHO__TOKEN_MAX / sizeof(uint64_t))
#define TOKEN_FILE_MAX 16384
#define TOKEN_PAUSE_NS 1000000000u
#define TOKEN_SETTLED_S 2

struct tacho__vault {
    size_t count;
    uint64_t lengths[TACHO__TOKENS_MAX];
    uint64_t words[TACHO__TOKENS_MAX][TOKEN_WORDS];
    char file[TOKEN_FILE_MAX + 1];
};

void tacho__wipe(void *secret, size_t len)
{
    volatile unsigned char *at = secret;
    while (len-- > 0) *at++ = 0;
}

/* ---- Taking tokens in ------------------------------------------------------------------------------------- */

/* What is wrong with a token, or NULL. */
static const char *token_fault(const char *text, size_t len)
{
    if (len == 0) return "it is empty";
    if (len > TACHO__TOKEN_MAX) return "it is longer than 512 bytes";
    for (size_t i = 0; i < len; i++)
        if (text[i] <= ' ' || text[i] > '~') return "it has a blank or a byte that is not printable ASCII";
    return NULL;
}

static void token_store(struct tacho__vault *vault, const char *text, size_t len)
{
    memcpy(vault->words[vault->count], text, len);
    vault->lengths[vault->count++] = len;
}

static bool token_is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

/* The next token in [*at, end), less blanks around it; false: there is none. Lines with '#' first are comments. */
static bool token_next(const char **at, const char *end, const char **token, size_t *len)
{
    while (*at < end) {
        const char *line = *at, *feed = memchr(line, '\n', (size_t)(end - line)), *stop = feed ? feed : end;
        *at = feed ? feed + 1 : end;
        while (line < stop && token_is_blank(*line)) line++;
        while (stop > line && token_is_blank(stop[-1])) stop--;
        *token = line;
        *len = (size_t)(stop - line);
        if (*len > 0 && *line != '#') return true;
    }
    return false;
}

/* Take what was read of a file; returns what is wrong with it, or NULL. */
static const char *token_take_file(struct tacho__vault *vault, size_t size)
{
    const char *end = vault->file + size, *token, *why = NULL;
    size_t count = 0, len;
    if (size > TOKEN_FILE_MAX) return "it is longer than 16 KiB";
    for (const char *at = vault->file; !why && token_next(&at, end, &token, &len); count++) why = token_fault(token, len);
    if (why) return why;
    if (count == 0) return "it is empty";
    if (count > TACHO__TOKENS_MAX) return "it has more than 8 tokens";
    tacho__wipe(vault->words, sizeof vault->words);
    memset(vault->lengths, 0, sizeof vault->lengths);
    vault->count = 0;
    for (const char *at = vault->file; token_next(&at, end, &token, &len);) token_store(vault, token, len);
    return NULL;
}

/* ---- Files ------------------------------------------------------------------------------------------------ */

/* All of a file, as far as it fits: its size, or -1. */
static ssize_t token_slurp(int fd, char *out, size_t cap)
{
    size_t len = 0;
    while (len < cap) {
        ssize_t got = read(fd, out + len, cap - len);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return -1;
        if (got == 0) break;
        len += (size_t)got;
    }
    return (ssize_t)len;
}

static bool token_stamp_equal(const struct stat *a, const struct stat *b)
{
#if defined(__APPLE__)
    bool fractions = a->st_mtimespec.tv_nsec == b->st_mtimespec.tv_nsec && a->st_ctimespec.tv_nsec == b->st_ctimespec.tv_nsec;
#else
    bool fractions = a->st_mtim.tv_nsec == b->st_mtim.tv_nsec && a->st_ctim.tv_nsec == b->st_ctim.tv_nsec;
#endif
    return fractions && a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_size == b->st_size &&
           a->st_mtime == b->st_mtime && a->st_ctime == b->st_ctime;
}

/* Read the file; returns what is wrong, or NULL. `again`: only what cannot block is read. */
static const char *token_load(tacho__tokens *tokens, bool again, tacho_err *err)
{
    struct tacho__vault *vault = tokens->vault;
    struct stat now;
    *err = TACHO_ERR_IO;
    int fd = open(tokens->path, O_RDONLY | O_CLOEXEC | (again ? O_NONBLOCK : 0));
    if (fd < 0) return "it cannot be opened";
    bool known = fstat(fd, &now) == 0 && (!again || S_ISREG(now.st_mode));
    ssize_t size = known ? token_slurp(fd, vault->file, sizeof vault->file) : -1;
    (void)close(fd);
    if (size < 0) return "it cannot be read";
    *err = TACHO_ERR_ARG;
    const char *why = token_take_file(vault, (size_t)size);
    tacho__wipe(vault->file, (size_t)size);
    tokens->seen = now;
    tokens->settled = S_ISREG(now.st_mode) && (time_t)tacho__clock_unix() - now.st_mtime > TOKEN_SETTLED_S;
    return why;
}

/* A file that everybody may read is a mistake, but not one to fail for: said once. */
static void token_warn(tacho__tokens *tokens, tacho_registry *reg)
{
    char words[TACHO__WHY_MAX];
    if (tokens->warned || !(tokens->seen.st_mode & (S_IROTH | S_IWOTH))) return;
    tokens->warned = true;
    (void)snprintf(words, sizeof words, "http: every user may read or write the token file \"%s\"", tokens->path);
    (void)tacho__registry_fail(reg, TACHO_OK, "%s", words);
    tacho__registry_misuse(reg, TACHO__MISHAPS, NULL, words);
}

/* ---- Life cycle ------------------------------------------------------------------------------------------- */

static tacho_err token_open_file(tacho__tokens *tokens, tacho_registry *reg, const char *path)
{
    tacho_err err;
    size_t size = strlen(path) + 1;
    tokens->path = tacho__alloc(size);
    if (!tokens->path) return TACHO_ERR_NOMEM;
    memcpy(tokens->path, path, size);
    const char *why = token_load(tokens, false, &err);
    if (why) return tacho__registry_fail(reg, err, "http: the token file \"%s\": %s", path, why);
    tokens->looked_ns = tacho__clock_ns();
    token_warn(tokens, reg);
    return TACHO_OK;
}

tacho_err tacho__tokens_init(tacho__tokens *tokens, tacho_registry *reg, const char *text, const char *path)
{
    *tokens = (tacho__tokens){ .vault = NULL };
    if (text && *text == '\0') text = NULL;
    if (!text && !path) return TACHO_OK;
    if (text && path)
        return tacho__registry_fail(reg, TACHO_ERR_ARG, "http: a token and a token file are given: say which");
    tokens->vault = tacho__map_hidden(sizeof *tokens->vault, true);
    if (!tokens->vault) return TACHO_ERR_NOMEM;
    if (path) return token_open_file(tokens, reg, path);
    const char *why = token_fault(text, strlen(text));
    if (why) return tacho__registry_fail(reg, TACHO_ERR_ARG, "http: the token is not usable: %s", why);
    token_store(tokens->vault, text, strlen(text));
    return TACHO_OK;
}

void tacho__tokens_fini(tacho__tokens *tokens)
{
    if (tokens->vault) tacho__wipe(tokens->vault, sizeof *tokens->vault);
    tacho__unmap(tokens->vault, sizeof *tokens->vault);
    tacho__free(tokens->path);
    *tokens = (tacho__tokens){ .vault = NULL };
}

void tacho__tokens_refresh(tacho__tokens *tokens, tacho_registry *reg, uint32_t reloads)
{
    struct stat now;
    char words[TACHO__WHY_MAX];
    tacho_err err;
    if (!tokens->path) return;
    uint64_t at = tacho__clock_ns();
    bool asked = reloads != tokens->reloads;
    if (!asked && at - tokens->looked_ns < TOKEN_PAUSE_NS) return;
    tokens->looked_ns = at;
    tokens->reloads = reloads;
    bool there = stat(tokens->path, &now) == 0;
    if (there && !asked && tokens->settled && token_stamp_equal(&now, &tokens->seen)) return;
    const char *why = token_load(tokens, true, &err);
    if (why && !tokens->failing) {
        (void)snprintf(words, sizeof words, "http: the old tokens stay valid, for the token file \"%s\": %s", tokens->path, why);
        tacho__registry_misuse(reg, TACHO__MISHAPS, NULL, words);
    }
    tokens->failing = why != NULL;
    if (!why) token_warn(tokens, reg);
}

/* ---- Judging ---------------------------------------------------------------------------------------------- */

bool tacho__tokens_match(const tacho__tokens *tokens, const char *given, size_t len)
{
    uint64_t copy[TOKEN_WORDS] = { 0 }, equal = 0;
    if (len > 0) memcpy(copy, given, len < sizeof copy ? len : sizeof copy);
    for (size_t i = 0; i < TACHO__TOKENS_MAX; i++) {
        uint64_t length = tokens->vault->lengths[i];
        volatile uint64_t difference = length ^ len; /* volatile: no loop that ends early */
        for (size_t j = 0; j < TOKEN_WORDS; j++) difference |= tokens->vault->words[i][j] ^ copy[j];
        uint64_t folded = difference, differs = (folded | (0 - folded)) >> 63, used = (length | (0 - length)) >> 63;
        equal |= used & ~differs;
    }
    tacho__wipe(copy, sizeof copy);
    return equal & 1;
}

tacho__verdict tacho__tokens_judge(const tacho__tokens *tokens, const char *authorization, size_t len)
{
    static const char scheme[] = "bearer "; /* its case does not matter */
    size_t skip = sizeof scheme - 1;
    if (!tokens->vault) return TACHO__ADMITTED;
    if (!authorization || len < skip || !tacho__http_same(authorization, skip, scheme)) return TACHO__NO_TOKEN;
    while (skip < len && authorization[skip] == ' ') skip++;
    return tacho__tokens_match(tokens, authorization + skip, len - skip) ? TACHO__ADMITTED : TACHO__WRONG_TOKEN;
}
