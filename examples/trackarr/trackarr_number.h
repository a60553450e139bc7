/*
 * trackarr_number.h - a number exactly as it came: whole ones up to 2^64, all others as doubles.
 */
#ifndef TRACKARR_NUMBER_H
#define TRACKARR_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum trackarr_number_kind { TRACKARR_WHOLE = 0, TRACKARR_NEGATIVE, TRACKARR_REAL } trackarr_number_kind;

typedef struct trackarr_number {
    trackarr_number_kind kind;
    union {
        uint64_t whole;
        int64_t negative;
        double real;
    } as;
} trackarr_number;

static inline trackarr_number trackarr_whole(uint64_t value)
{
    return (trackarr_number){ TRACKARR_WHOLE, { .whole = value } };
}

static inline trackarr_number trackarr_real(double value)
{
    return (trackarr_number){ TRACKARR_REAL, { .real = value } };
}

/**
 * Read the text of a finite number: sign, digits, perhaps a point and more digits, perhaps an exponent; no blank. It does
 * not matter which locale is set. False: it is something else (NaN and Infinity, too), or beyond a double's range.
 */
bool trackarr_number_read(trackarr_number *number, const char *text, size_t len);

#endif
