/*
 * playarr_settings.h - where an admin sees the token of scrapers and has a new one made.
 *
 *   GET  /api/settings/metrics              {"value":"<token>"}, the one that is valid at this moment
 *   POST /api/settings/metrics/regenerate   {"value":"<new token>"}; the one before is refused from now on
 *   GET  /settings/metrics                  a page for people with both; the same for everybody, without a token
 *
 * The first two ask for the admin's bearer token. A page of a stranger cannot send that, so nobody can be tricked into
 * making a new token. Failures are a 500 with {"error":"Internal server error"}; standard error says why.
 */
#ifndef PLAYARR_SETTINGS_H
#define PLAYARR_SETTINGS_H

#include <tacho/tacho.h>

/** What the metrics answer instead of the library's sentences. */
extern const tacho_http_words playarr_words;

/* Made by the build from settings.html, settings.css and settings.js. */
extern const unsigned char playarr_settings_bytes[];
extern const size_t playarr_settings_size;
extern const char playarr_settings_policy[];

typedef struct playarr_settings {
    tacho_http_route page, show, regenerate;
    tacho_http *http;
    const char *program, *token_file;
    char body[96];
} playarr_settings;

/**
 * Add the paths to a server that asks for the token in `token_file`. `self` and the texts must live as long as it.
 * `program` is the first word of what is said on standard error. Errors are those of tacho_http_add_route.
 */
tacho_err playarr_settings_add(playarr_settings *self, tacho_http *http, const char *program,
                               const char *token_file, const char *admin_token_file);

#endif
