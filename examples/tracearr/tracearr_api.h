/*
 * tracearr_api.h - the source of a real Tracearr: its public REST API.
 *
 * Each group asks for what it needs, over connections of its own:
 *
 *   servers      /health
 *   streams      /health, /streams
 *   users        /health, /users, page by page
 *   violations   /violations, page by page
 *   plays        /health, /stats/today for each server
 *   library      /health, /library/items for each server and type, of which only the total is taken
 *
 * all of them behind /api/v1/public. The API says nothing about rules, load and the size of libraries: these families
 * have no samples.
 */
#ifndef TRACEARR_API_H
#define TRACEARR_API_H

#include "tracearr.h"

enum { TRACEARR_MAX_SERVERS = 1000, TRACEARR_MAX_ENTRIES = 100000 };

/** The texts are copied. */
typedef struct tracearr_api_options {
    const char *url;        /* http://HOST:PORT, with a path if Tracearr is behind one */
    const char *token_file; /* of which the first line is the token; read again for each request */
} tracearr_api_options;

/** Make the source; it connects when it is asked. NULL: the URL is wrong, or out of memory; `why` has the words. */
tracearr_source *tracearr_api_new(const tracearr_api_options *options, char *why, size_t cap);

#endif
