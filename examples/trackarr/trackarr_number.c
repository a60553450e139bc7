/*
 * trackarr_number.c - the grammar is checked first; what is not whole then goes to strtod in the "C" locale.
 */
#define _POSIX_C_SOURCE 200809L
#include "trackarr_number.h"

#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define NUMBER_MAX_BYTES 512 /* a double needs 24; the longest that numeric writes for one has some 330 */

static size_t number_digits(const char *text, size_t len)
{
    size_t count = 0;
    while (count < len && text[count] >= '0' && text[count] <= '9') count++;
    return count;
}

/* Whether all of the text is a number; `whole` says that it has neither point nor exponent. */
static bool number_is(const char *text, size_t len, bool *whole)
{
    size_t at = len && *text == '-', digits = number_digits(text + at, len - at);
    if (!digits) return false;
    at += digits;
    *whole = at == len;
    if (at < len && text[at] == '.') {
        digits = number_digits(text + at + 1, len - at - 1);
        if (!digits) return false;
        at += 1 + digits;
    }
    if (at < len && (text[at] == 'e' || text[at] == 'E')) {
        at++;
        if (at < len && (text[at] == '+' || text[at] == '-')) at++;
        digits = number_digits(text + at, len - at);
        if (!digits) return false;
        at += digits;
    }
    return at == len;
}

/* False: it does not fit. */
static bool number_whole(trackarr_number *number, const char *text, size_t len)
{
    bool minus = *text == '-';
    uint64_t sum = 0, most = minus ? (uint64_t)INT64_MAX : UINT64_MAX;
    for (size_t i = minus; i < len; i++) {
        uint64_t digit = (uint64_t)(text[i] - '0');
        if (sum > (most - digit) / 10) return false;
        sum = sum * 10 + digit;
    }
    *number = trackarr_whole(sum);
    if (minus && sum) *number = (trackarr_number){ TRACKARR_NEGATIVE, { .negative = -(int64_t)sum } };
    return true;
}

static bool number_real(trackarr_number *number, const char *text, size_t len)
{
    char copy[NUMBER_MAX_BYTES + 1];
    if (len > NUMBER_MAX_BYTES) return false;
    memcpy(copy, text, len);
    copy[len] = '\0';
    locale_t plain = newlocale(LC_NUMERIC_MASK, "C", (locale_t)0);
    if (!plain) return false;
    locale_t before = uselocale(plain);
    double value = strtod(copy, NULL);
    uselocale(before);
    freelocale(plain);
    *number = trackarr_real(value);
    return isfinite(value);
}

bool trackarr_number_read(trackarr_number *number, const char *text, size_t len)
{
    bool whole;
    if (!number_is(text, len, &whole)) return false;
    return (whole && number_whole(number, text, len)) || number_real(number, text, len);
}
