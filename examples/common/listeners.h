/*
 * listeners.h - from the options of an exporter to the listeners of its server.
 */
#ifndef EXAMPLES_LISTENERS_H
#define EXAMPLES_LISTENERS_H

#include <stdbool.h>
#include <stddef.h>

#include <tacho/tacho.h>

#include "options.h"

/** What tacho_http_start borrows: keep it, where it is, until the server has stopped. */
typedef struct listeners {
    tacho_http_options http[OPTIONS_MAX_LISTEN]; /* the first is the one to start with */
    const char *hosts[OPTIONS_MAX_LIST + 1], *names[OPTIONS_MAX_LIST];
    char *texts; /* of both */
} listeners;

/** `words` as in http.h, or NULL. False when out of memory. Owes one listeners_fini in any case. */
bool listeners_init(listeners *self, const exporter_options *options, const tacho_http_words *words);
void listeners_fini(listeners *self);

/** Write where they all are, with ", " between; what does not fit is left out. */
void listeners_describe(const tacho_http *http, char *text, size_t cap);

#endif
