/*
 * fields.h - a script's line: fields between tabs, with escapes.
 */
#ifndef ADAPTER_FIELDS_H
#define ADAPTER_FIELDS_H

#include <stdbool.h>
#include <stddef.h>

#define FIELDS_MAX 300

/* Any bytes; a NUL stands behind them. */
typedef struct field {
    const char *text;
    size_t len;
} field;

typedef struct fields {
    char *memory;
    field at[FIELDS_MAX];
    size_t count;
} fields;

/** Take a line apart; false: a bad escape or too many fields. Owes fields_free in any case. */
bool fields_split(fields *out, const char *line, size_t len);
void fields_free(fields *line);

bool field_is(field it, const char *text);

/** Whether it can be a C string: no NUL inside. */
bool field_is_text(field it);

/** A copy as a C string, which lasts as long as the script. */
const char *field_text(field it);

/** Take what stands before a separator, or all; `rest` becomes what is behind it. */
field field_cut(field *rest, char separator);

/** A number, all of the field. */
bool field_number(field it, double *out);

#endif
