/*
 * base64.c - bytes as text: three bytes become four letters, and missing bytes '='.
 */
#include "base64.h"

size_t tacho__base64_write(char *out, const void *bytes, size_t len, const char *alphabet)
{
    const unsigned char *in = bytes;
    char *at = out;
    for (size_t i = 0; i < len; i += 3) {
        size_t count = len - i < 3 ? len - i : 3;
        uint32_t group = (uint32_t)in[i] << 16;
        if (count > 1) group |= (uint32_t)in[i + 1] << 8;
        if (count > 2) group |= in[i + 2];
        *at++ = alphabet[group >> 18];
        *at++ = alphabet[group >> 12 & 63];
        *at++ = count > 1 ? alphabet[group >> 6 & 63] : '=';
        *at++ = count > 2 ? alphabet[group & 63] : '=';
    }
    return (size_t)(at - out);
}
