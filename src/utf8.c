/*
 * utf8.c - checking, repairing and cutting UTF-8.
 *
 * A sequence is decided by its first two bytes: the first says how many follow and, for four of its values,
 * narrows the range of the second (table 3-7 of the Unicode standard); the others are 80..BF.
 *   I1  utf8_step reads no byte behind one that broke the sequence, so what it has read is the maximal
 *       ill-formed part.
 *   I2  No more of the text is looked at than fits into `out`, plus one sequence: a text of a gigabyte for a
 *       buffer of a kilobyte costs a kilobyte.
 */
#include "utf8.h"

#include <stdint.h>
#include <string.h>

#define UTF8_HIGH_BITS 0x8080808080808080u

/* What stands at the beginning of a text: one code point, or one maximal ill-formed part. */
typedef struct utf8_part {
    size_t len;
    bool valid;
} utf8_part;

/* Bytes of a sequence that begins with `lead`; 0: nothing begins with it. */
static size_t utf8_sequence_len(unsigned char lead)
{
    if (lead < 0x80) return 1;
    if (lead < 0xc2 || lead > 0xf4) return 0;
    return lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
}

/* len > 0. */
static utf8_part utf8_step(const char *text, size_t len)
{
    unsigned char lead = (unsigned char)text[0];
    size_t want = utf8_sequence_len(lead);
    if (want == 0) return (utf8_part){ 1, false };
    unsigned char min = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
    unsigned char max = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
    for (size_t i = 1; i < want; i++) {
        if (i == len) return (utf8_part){ i, false };
        unsigned char byte = (unsigned char)text[i];
        if (byte < min || byte > max) return (utf8_part){ i, false };
        min = 0x80;
        max = 0xbf;
    }
    return (utf8_part){ want, true };
}

size_t tacho__utf8_valid(const char *text, size_t len)
{
    size_t pos = 0;
    while (pos < len) {
        if (len - pos >= 8) {
            uint64_t word;
            memcpy(&word, text + pos, 8);
            if ((word & UTF8_HIGH_BITS) == 0) {
                pos += 8;
                continue;
            }
        }
        utf8_part part = utf8_step(text + pos, len - pos);
        if (!part.valid) return pos;
        pos += part.len;
    }
    return pos;
}

size_t tacho__utf8_repair(char *out, size_t cap, const char *text, size_t len, bool *changed)
{
    size_t pos = 0, used = 0;
    *changed = false;
    while (pos < len) {
        size_t rest = len - pos, room = cap - used;
        size_t look =
            rest > room && rest - room > 4 ? room + 4 : rest; /* I2: a sequence it cuts has no room */
        size_t run = tacho__utf8_valid(text + pos, look);
        size_t fit = tacho__utf8_cut(text + pos, run, room);
        if (fit > 0) memcpy(out + used, text + pos, fit);
        used += fit;
        pos += run;
        if (fit < run || pos == len || cap - used < 3) break;
        memcpy(out + used, "\xef\xbf\xbd", 3);
        used += 3;
        pos += utf8_step(text + pos, len - pos).len;
        *changed = true;
    }
    return used;
}

size_t tacho__utf8_cut(const char *text, size_t len, size_t max)
{
    if (len <= max) return len;
    while (max > 0 && ((unsigned char)text[max] & 0xc0) == 0x80) max--;
    return max;
}
