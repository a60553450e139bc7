/*
 * base64.h - bytes as text (RFC 4648).
 */
#ifndef TACHO_BASE64_H
#define TACHO_BASE64_H

#include "internal.h"

#define TACHO__BASE64_STANDARD "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
#define TACHO__BASE64_URL "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

/** Room for the text of so many bytes. */
#define TACHO__BASE64_SIZE(len) (((len) + 2) / 3 * 4)

/** Write `len` bytes in an alphabet of 64 letters, padded with '='. Returns the length of the text. [hot | O(len) | 0.1] */
TACHO_INTERNAL size_t tacho__base64_write(char *out, const void *bytes, size_t len, const char *alphabet);

#endif
