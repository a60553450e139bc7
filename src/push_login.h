/*
 * push_login.h - what a push shows at the door: the Authorization field.
 */
#ifndef TACHO_PUSH_LOGIN_H
#define TACHO_PUSH_LOGIN_H

#include <tacho/push.h>

#include "base64.h"
#include "token.h"

#define TACHO__PUSH_USER_MAX 256
#define TACHO__PUSH_LOGIN_SIZE \
    (sizeof "Authorization: Bearer " + TACHO__BASE64_SIZE(TACHO__PUSH_USER_MAX + 1 + TACHO__TOKEN_MAX))

/** Texts that end in NUL and are "" where there is nothing. To be wiped as a whole. */
typedef struct tacho__push_login {
    char field[TACHO__PUSH_LOGIN_SIZE]; /* without a line's end */
    char secret[TACHO__TOKEN_MAX + 1];  /* token or password */
    const char *encoded;                /* what stands behind the scheme in `field` */
} tacho__push_login;

/**
 * Make it of the options. TACHO_ERR_ARG, or TACHO_ERR_IO if a file cannot be read, with the option in `what` and the reason in
 * `why`, neither of which has the secret; it is then wiped already.
 * [owner | file | 0.1]
 */
TACHO_INTERNAL tacho_err tacho__push_login_make(tacho__push_login *login, const tacho_push_options *options, const char **what,
                                                const char **why);

#endif
