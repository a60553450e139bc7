/*
 * trackarr_settings.h - what the documented variables of the environment say.
 *
 *   DATABASE_URL, REDIS_URL, REDIS_PASSWORD, REDIS_KEY_PREFIX (default ot:)
 *   METRICS_ENABLED       true, 1, on or yes (not TRUE): the exporter serves
 *   METRICS_HOST, _PORT   where; default 0.0.0.0 and 9090
 *   METRICS_PATH          default /metrics
 *   METRICS_AUTH_TOKEN    scrapers must send it; default none
 *   METRICS_PEER_CACHE_MS how long one walk over the peers counts; default 30000; 0: every scrape walks
 *
 * A variable that is empty counts as not set. With --demo, --once or --listen METRICS_ENABLED is not asked, and the
 * default address is 127.0.0.1:9464. Options win, and a variable that an option replaces is not looked at.
 */
#ifndef TRACKARR_SETTINGS_H
#define TRACKARR_SETTINGS_H

#include <stdbool.h>

#include "options.h"

/** Where variables come from; embed it and find your object with TACHO_CONTAINER. */
typedef struct trackarr_environment {
    const char *(*value)(const struct trackarr_environment *self, const char *name); /* NULL: not set */
} trackarr_environment;

/** That of the process. */
extern const trackarr_environment trackarr_process_environment;

typedef struct trackarr_settings {
    const char *database_url, *redis_url, *redis_password, *key_prefix; /* NULL: not set */
    uint32_t peer_cache_ms;
    char listen[300];
} trackarr_settings;

typedef enum trackarr_settled { TRACKARR_SERVE = 0, TRACKARR_NOT_ENABLED, TRACKARR_MISTAKE } trackarr_settled;

/**
 * Read the variables, and complete the options; `settings` must live as long as they do. If it is not TRACKARR_SERVE,
 * `why` is a line that names the variable.
 */
trackarr_settled trackarr_settings_read(trackarr_settings *settings, const trackarr_environment *environment,
                                        exporter_options *options, char *why, size_t cap);

/** A whole number in decimal digits, no more than `most`. */
bool trackarr_settings_number(const char *text, uint64_t most, uint64_t *number);

#endif
