/*
 * json.h - how texts are written in JSON.
 */
#ifndef TACHO_JSON_H
#define TACHO_JSON_H

#include "meta.h"

/* A character takes at most \u00XX. */
enum { TACHO__JSON_EXPANSION = 6 };

/** Write UTF-8 as a string, in at most TACHO__JSON_EXPANSION * len + 2 bytes; returns the end. */
TACHO_INTERNAL char *tacho__json_put_text(char *out, const char *text, size_t len);

#endif
