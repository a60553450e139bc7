/*
 * label.c - invalid bytes become U+FFFD, overlong values are cut and marked with their hash.
 */
#include "label.h"

#include "hash.h"
#include "utf8.h"

#define LABEL_HASH_DIGITS 16

bool tacho__label_valid(const char *value, size_t len)
{
    return len <= TACHO_MAX_LABEL_BYTES && tacho__utf8_valid(value, len) == len;
}

/* Cut at a code point, and 16 digits of the whole value's hash, so that different values stay different. The hash
 * has no seed: the same value gets the same digits in every process and run. */
static size_t label_cut(char *out, size_t repaired, const char *value, size_t len)
{
    uint64_t hash = tacho__hash_value(value, len, 0, 0);
    size_t kept = tacho__utf8_cut(out, repaired, TACHO_MAX_LABEL_BYTES - LABEL_HASH_DIGITS);
    for (int i = 0; i < LABEL_HASH_DIGITS; i++) out[kept + (size_t)i] = "0123456789abcdef"[(hash >> (60 - 4 * i)) & 15];
    return kept + LABEL_HASH_DIGITS;
}

/* Repairing never shortens, so what was too long still is; there is room to see it. */
size_t tacho__label_repair(struct tacho__segment *segment, char *out, const char *value, size_t len)
{
    bool changed = false;
    size_t repaired = tacho__utf8_repair(out, TACHO__LABEL_ROOM, value, len, &changed);
    if (changed) tacho__mishap(segment, TACHO__REPAIRED_UTF8);
    if (repaired <= TACHO_MAX_LABEL_BYTES) return repaired;
    tacho__mishap(segment, TACHO__REPAIRED_LENGTH);
    return label_cut(out, repaired, value, len);
}
