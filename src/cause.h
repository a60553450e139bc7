/*
 * cause.h - errno in words, without strerror's locale and its races.
 */
#ifndef TACHO_CAUSE_H
#define TACHO_CAUSE_H

#include "internal.h"

/** Say why a file or a connection cannot be had. Never NULL. [hot | O(1) | 0.1] */
TACHO_INTERNAL const char *tacho__cause(int error);

#endif
