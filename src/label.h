/*
 * label.h - making label values valid: UTF-8 of bounded length, whatever came in.
 */
#ifndef TACHO_LABEL_H
#define TACHO_LABEL_H

#include <tacho/base.h>

#include "segment.h"

/* Room that tacho__label_repair needs: the limit, and a hash that tells cut values apart. */
#define TACHO__LABEL_ROOM (TACHO_MAX_LABEL_BYTES + 16)

TACHO_INTERNAL bool tacho__label_valid(const char *value, size_t len);

/** Write the valid form of a value that is not valid; counts what was wrong. Returns its length. */
TACHO_INTERNAL size_t tacho__label_repair(struct tacho__segment *segment, char *out, const char *value, size_t len);

#endif
