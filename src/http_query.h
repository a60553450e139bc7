/*
 * http_query.h - what a scrape asks for beside the format: families, in its query, and an answer in time, in its head.
 */
#ifndef TACHO_HTTP_QUERY_H
#define TACHO_HTTP_QUERY_H

#include "internal.h"

#define TACHO__HTTP_NAMES_MAX 256

/** The values of all parameters `name[]`; without any there is no limit. */
typedef struct tacho__http_names {
    size_t count;
    const char *names[TACHO__HTTP_NAMES_MAX]; /* constants, or in the space they were decoded into */
} tacho__http_names;

/**
 * Take the names out of a query, decoded into `space`, which has room for one byte more than the query. Returns 200,
 * or 400: a percent sign without two hexadecimal digits anywhere, or more than TACHO__HTTP_NAMES_MAX names.
 * [owner | O(length) | 0.1]
 */
TACHO_INTERNAL int tacho__http_query_names(const char *query, char *space, tacho__http_names *names);

/**
 * Seconds, digits with or without a fraction, as milliseconds, at most TACHO__HTTP_SECONDS_MAX; 0: it is something else.
 * [owner | O(length) | 0.1]
 */
TACHO_INTERNAL uint32_t tacho__http_seconds(const char *text);
#define TACHO__HTTP_SECONDS_MAX 60

#endif
