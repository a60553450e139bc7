/*
 * token.h - the bearer token: kept in one place, compared without telling how much of a guess was right.
 */
#ifndef TACHO_TOKEN_H
#define TACHO_TOKEN_H

#include <tacho/base.h>

#include "internal.h"

#define TACHO__TOKEN_MAX 512

/** A secret of 1 to TACHO__TOKEN_MAX visible ASCII bytes, zero behind them; len 0: none is asked for. */
typedef struct tacho__token {
    size_t len;
    unsigned char bytes[TACHO__TOKEN_MAX];
} tacho__token;

/**
 * Take a token from memory. TACHO_ERR_ARG, and the reason in `why`: it is empty, too long, or has bytes that no
 * header carries. The reason never contains the token.
 * [owner | O(len) | 0.1]
 */
TACHO_INTERNAL tacho_err tacho__token_set(tacho__token *token, const char *text, size_t len, const char **why);

/**
 * Take the first line of a file, less the blanks around it. TACHO_ERR_IO: it cannot be read; else as above. An
 * empty line is an error, never "no token".
 * [owner | file | 0.1]
 */
TACHO_INTERNAL tacho_err tacho__token_read(tacho__token *token, const char *path, const char **why);

/**
 * Compare. The time depends on the length of what is given and on nothing else: neither on where the two begin to
 * differ nor on the length of the token.
 * [shared | O(TACHO__TOKEN_MAX) | 0.1]
 */
TACHO_INTERNAL bool tacho__token_matches(const tacho__token *token, const char *given, size_t len);

/** Overwrite a secret in a way that no compiler leaves out. [owner | O(len) | 0.1] */
TACHO_INTERNAL void tacho__token_wipe(void *secret, size_t len);

#endif
