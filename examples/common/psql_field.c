#define _POSIX_C_SOURCE 200809L
#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "psql.h"

enum { FIELD_MAX_NUMBER = 400 }; /* bytes; a numeric may have more digits than that, a gauge not */

const psql_field *psql_field_at(const psql_answer *answer, size_t row, size_t column)
{
    return &answer->fields[row * answer->column_count + column];
}

bool psql_field_int(const psql_field *field, int64_t *value)
{
    const char *text = field->text;
    if (!text) return false;
    bool negative = *text == '-';
    text += negative;
    if (!*text) return false;
    int64_t sum = 0; /* below zero: that side has one number more */
    for (; *text; text++) {
        int digit = *text - '0';
        if (digit < 0 || digit > 9 || sum < (INT64_MIN + digit) / 10) return false;
        sum = sum * 10 - digit;
    }
    if (!negative && sum == INT64_MIN) return false;
    *value = negative ? sum : -sum;
    return true;
}

static size_t field_digits(const char **text)
{
    size_t len = strspn(*text, "0123456789");
    *text += len;
    return len;
}

/* [-]digits[.digits][e[+-]digits], with digits on one side of the point at least. */
static bool field_is_number(const char *text)
{
    text += *text == '-';
    size_t digits = field_digits(&text);
    if (*text == '.') {
        text++;
        digits += field_digits(&text);
    }
    if (digits == 0) return false;
    if (*text == 'e' || *text == 'E') {
        text++;
        text += *text == '+' || *text == '-';
        if (field_digits(&text) == 0) return false;
    }
    return *text == '\0';
}

bool psql_field_number(const psql_field *field, double *value)
{
    static const struct {
        const char *name;
        double value;
    } specials[] = { { "NaN", (double)NAN },
                     { "Infinity", (double)INFINITY },
                     { "-Infinity", -(double)INFINITY } };
    char copy[FIELD_MAX_NUMBER + 16];
    if (!field->text) return false;
    for (size_t i = 0; i < sizeof specials / sizeof *specials; i++) {
        if (strcmp(field->text, specials[i].name) == 0) {
            *value = specials[i].value;
            return true;
        }
    }
    if (field->len > FIELD_MAX_NUMBER || !field_is_number(field->text)) return false;
    const char *decimal = localeconv()->decimal_point, *point = strchr(field->text, '.');
    size_t before = point ? (size_t)(point - field->text) : field->len, decimal_len = strlen(decimal);
    if (decimal_len > 8) return false;
    memcpy(copy, field->text, before);
    size_t len = before;
    if (point) {
        memcpy(copy + len, decimal, decimal_len);
        len += decimal_len;
        memcpy(copy + len, point + 1, field->len - before - 1);
        len += field->len - before - 1;
    }
    copy[len] = '\0';
    *value = strtod(copy, NULL);
    return true;
}
