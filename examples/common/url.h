/*
 * url.h - URLs of servers taken apart, strictly: SCHEME://[USER[:PASSWORD]@][HOST[:PORT]][/PATH][?NAME=VALUE[&...]]
 *
 * A '%' begins a byte in hexadecimal; control characters, blanks, "%00" and '#' are refused, and so is a second '@'.
 * Messages name the part that is wrong and repeat none of it: any part may turn out to be a piece of a password.
 */
#ifndef EXAMPLES_URL_H
#define EXAMPLES_URL_H

#include <stdbool.h>
#include <stddef.h>

/** The parts, decoded; NULL: the URL does not have it. A host in brackets has lost them. */
typedef struct url {
    const char *scheme, *user, *password, *host, *port, *path; /* path: what follows its first '/' */
    char *query;                                               /* for url_next */
    char *text;                                                /* what all of them point into */
    size_t len;
} url;

/** False: wrong, or out of memory; `why` has the words. Owes one url_fini when true. */
bool url_init(url *self, const char *text, char *why, size_t cap);

/** Wipe and release everything. */
void url_fini(url *self);

/** One NAME=VALUE behind the '?', decoded. */
typedef struct url_pair {
    const char *name, *value;
} url_pair;

typedef enum url_step { URL_PAIR = 1, URL_END, URL_BAD } url_step;

/** Take the next pair; URL_BAD: it has no '=', or a bad '%'. */
url_step url_next(url *self, url_pair *pair);

#endif
