/*
 * token.h - bearer tokens: kept where no core dump finds them, compared without telling how much of a guess was right.
 */
#ifndef TACHO_TOKEN_H
#define TACHO_TOKEN_H

#include <sys/stat.h>

#include "registry_internal.h"

#define TACHO__TOKEN_MAX 512
#define TACHO__TOKENS_MAX 8

struct tacho__vault;

/** Several secrets, each of 1 to TACHO__TOKEN_MAX visible ASCII bytes. All zero: none is asked for. One thread at a time. */
typedef struct tacho__tokens {
    struct tacho__vault *vault; /* NULL: none is asked for */
    char *path;                 /* of the file they come from; NULL: from memory */
    struct stat seen;           /* the file when it was read */
    bool settled;               /* it had been as it is for a while: it cannot have changed since without a trace */
    bool failing, warned;       /* the listener has heard that it cannot be read; that all may read it */
    uint64_t looked_ns;
    uint32_t reloads;           /* of the site, when last looked at */
} tacho__tokens;

/**
 * Take tokens from memory (one) or from a file; NULL or empty `text` and NULL `path`: none is asked for. TACHO_ERR_ARG,
 * TACHO_ERR_IO, TACHO_ERR_NOMEM: tacho_registry_error has it in words, which never hold a token. An empty file is an error,
 * never "no token". Owes tacho__tokens_fini in any case.
 * [owner | file | 0.1]
 */
TACHO_INTERNAL tacho_err tacho__tokens_init(tacho__tokens *tokens, tacho_registry *reg, const char *text, const char *path);

/** Wipe and forget them. In a forked child, too. [owner | O(1) | 0.1] */
TACHO_INTERNAL void tacho__tokens_fini(tacho__tokens *tokens);

/**
 * Read the file again if it has changed, or if `reloads` has; the first is looked for once a second. If it cannot be read,
 * or makes no sense, the tokens stay as they are and the registry's listener hears of it, once.
 * [owner | file | 0.1]
 */
TACHO_INTERNAL void tacho__tokens_refresh(tacho__tokens *tokens, tacho_registry *reg, uint32_t reloads);

/**
 * Compare with all of them. The instructions executed depend on the length of what is given and on nothing else: neither on
 * where it begins to differ from a token nor on the tokens' lengths and number.
 * [owner | O(TACHO__TOKENS_MAX * TACHO__TOKEN_MAX) | 0.1]
 */
TACHO_INTERNAL bool tacho__tokens_match(const tacho__tokens *tokens, const char *given, size_t len);

typedef enum tacho__verdict {
    TACHO__ADMITTED,
    TACHO__NO_TOKEN,   /* no Authorization field, or another scheme */
    TACHO__WRONG_TOKEN /* or an empty one */
} tacho__verdict;

/** Judge the value of an Authorization field; NULL: absent. [owner | tacho__tokens_match | 0.1] */
TACHO_INTERNAL tacho__verdict tacho__tokens_judge(const tacho__tokens *tokens, const char *authorization, size_t len);

/** Overwrite a secret in a way that no compiler leaves out. [owner | O(len) | 0.1] */
TACHO_INTERNAL void tacho__wipe(void *secret, size_t len);

#endif
