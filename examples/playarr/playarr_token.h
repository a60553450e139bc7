/*
 * playarr_token.h - the token that scrapers send: 64 hexadecimal digits in a file of their own.
 *
 * The file is the only place where it is kept, and it changes as a whole: a reader finds the old token or the new one,
 * after a power cut too. No text that these functions make has a token in it.
 */
#ifndef PLAYARR_TOKEN_H
#define PLAYARR_TOKEN_H

#include <stdbool.h>
#include <stddef.h>

#define PLAYARR_TOKEN_DIGITS 64

typedef struct playarr_token {
    char digits[PLAYARR_TOKEN_DIGITS + 1]; /* lower case; ends in NUL */
} playarr_token;

typedef enum playarr_token_state {
    PLAYARR_TOKEN_KEPT = 0, /* the file has one */
    PLAYARR_TOKEN_MADE,     /* there was none: now there is */
    PLAYARR_TOKEN_NONE,     /* the file is missing, or empty */
    PLAYARR_TOKEN_UNUSABLE /* the file cannot be read or trusted, or holds something else; or none could be made */
} playarr_token_state;

/**
 * Read the file: KEPT, NONE or UNUSABLE. It has to be a regular file, no symbolic link, and this process's user has to
 * own it: who else could change it would choose the token. `why` is what is wrong in words; with KEPT "", or a warning.
 */
playarr_token_state playarr_token_read(const char *path, playarr_token *token, char *why, size_t cap);

/**
 * Make a new token and put it into the file, mode 0600, whatever was there. False: it could not be done, `why` says
 * so, and the file is as it was.
 */
bool playarr_token_replace(const char *path, playarr_token *token, char *why, size_t cap);

/** See to it that there is one when a service starts: KEPT, MADE or UNUSABLE, and `why` as above. */
playarr_token_state playarr_token_settle(const char *path, char *why, size_t cap);

#endif
