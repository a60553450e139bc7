/*
 * ark.h - a registry with every type and every oddity in it: what tests of formats and of scrapes go through.
 */
#ifndef ARK_H
#define ARK_H

#include <tacho/tacho.h>

#define ARK_HOSTILE "quote \" backslash \\ line\nfeed {a=\"b\"}, # \t\r\x01 \xc3\xa9 \xf0\x9f\x98\x80 \\n"

/** A registry with UTF-8 names, constants and a clock of its own, in which nothing was counted yet: one at a time. */
tacho_registry *ark_open(void);

/** Count something in every family. */
void ark_count(void);

#endif
