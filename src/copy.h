/*
 * copy.h - copying texts of a few bytes, where a call to memcpy costs more than the copy.
 */
#ifndef TACHO_COPY_H
#define TACHO_COPY_H

#include <string.h>

#include "internal.h"

/** Copy `len` bytes and return the end: in two pieces that overlap, so that few branches cover every length. */
static inline char *tacho__copy(char *out, const char *text, size_t len)
{
    if (len >= 8) {
        if (len <= 16) {
            memcpy(out, text, 8);
            memcpy(out + len - 8, text + len - 8, 8);
        } else if (len <= 32) {
            memcpy(out, text, 16);
            memcpy(out + len - 16, text + len - 16, 16);
        } else {
            memcpy(out, text, len);
        }
    } else if (len >= 4) {
        memcpy(out, text, 4);
        memcpy(out + len - 4, text + len - 4, 4);
    } else {
        for (size_t i = 0; i < len; i++) out[i] = text[i];
    }
    return out + len;
}

#define TACHO__COPY_SLACK 16

/** The same where TACHO__COPY_SLACK bytes behind both ends may be touched: 16 bytes at a time, whatever the length. */
static inline char *tacho__copy_loose(char *out, const char *text, size_t len)
{
    size_t at = 0;
    do {
        memcpy(out + at, text + at, 16);
        at += 16;
    } while (at < len);
    return out + len;
}

#endif
