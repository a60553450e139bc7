#include "trackarr_settings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SETTINGS_CACHE_MS 30000
#define SETTINGS_DEMO_PORT 9464
#define SETTINGS_PORT 9090
#define SETTINGS_MAX_HOST 255

static const char *settings_of_process(const trackarr_environment *self, const char *name)
{
    (void)self;
    return getenv(name);
}

const trackarr_environment trackarr_process_environment = { settings_of_process };

static const char *settings_value(const trackarr_environment *environment, const char *name)
{
    const char *value = environment->value(environment, name);
    return value && *value ? value : NULL;
}

bool trackarr_settings_number(const char *text, uint64_t most, uint64_t *number)
{
    uint64_t sum = 0;
    if (!*text) return false;
    for (; *text; text++) {
        uint64_t digit = (uint64_t)(*text - '0');
        if (*text < '0' || *text > '9' || digit > most || sum > (most - digit) / 10) return false;
        sum = sum * 10 + digit;
    }
    *number = sum;
    return true;
}

static bool settings_is_enabled(const trackarr_environment *environment)
{
    static const char *const yes[] = { "true", "1", "on", "yes" };
    const char *value = settings_value(environment, "METRICS_ENABLED");
    for (size_t i = 0; value && i < TACHO_COUNT(yes); i++)
        if (strcmp(value, yes[i]) == 0) return true;
    return false;
}

static trackarr_settled settings_mistake(char *why, size_t cap, const char *words)
{
    (void)snprintf(why, cap, "%s", words);
    return TRACKARR_MISTAKE;
}

static trackarr_settled settings_read_address(trackarr_settings *settings,
                                              const trackarr_environment *environment,
                                              exporter_options *options, char *why, size_t cap)
{
    bool local = options->demo;
    const char *host = settings_value(environment, "METRICS_HOST"),
               *text = settings_value(environment, "METRICS_PORT");
    uint64_t port = local ? SETTINGS_DEMO_PORT : SETTINGS_PORT;
    if (!host) host = local ? "127.0.0.1" : "0.0.0.0";
    if (text && !trackarr_settings_number(text, UINT16_MAX, &port))
        return settings_mistake(why, cap, "METRICS_PORT takes a whole number from 0 to 65535");
    if (strlen(host) > SETTINGS_MAX_HOST) return settings_mistake(why, cap, "METRICS_HOST is too long");
    bool is_ipv6 = strchr(host, ':') && *host != '[';
    (void)snprintf(settings->listen, sizeof settings->listen, is_ipv6 ? "[%s]:%u" : "%s:%u", host,
                   (unsigned)port);
    options->listen = settings->listen;
    return TRACKARR_SERVE;
}

static trackarr_settled settings_read_server(trackarr_settings *settings,
                                             const trackarr_environment *environment,
                                             exporter_options *options, char *why, size_t cap)
{
    const char *path = settings_value(environment, "METRICS_PATH");
    if (path && !options->has_path) {
        if (!options_is_path(path))
            return settings_mistake(why, cap,
                                    "METRICS_PATH takes an absolute path without blanks, '?' and '#'");
        options->path = path;
    }
    if (!options->token_file) options->token = settings_value(environment, "METRICS_AUTH_TOKEN");
    if (options->has_listen) return TRACKARR_SERVE;
    return settings_read_address(settings, environment, options, why, cap);
}

static void settings_read_servers(trackarr_settings *settings, const trackarr_environment *environment)
{
    settings->database_url = settings_value(environment, "DATABASE_URL");
    settings->redis_url = settings_value(environment, "REDIS_URL");
    settings->redis_password = settings_value(environment, "REDIS_PASSWORD");
    settings->key_prefix = settings_value(environment, "REDIS_KEY_PREFIX");
}

trackarr_settled trackarr_settings_read(trackarr_settings *settings, const trackarr_environment *environment,
                                        exporter_options *options, char *why, size_t cap)
{
    const char *cache = settings_value(environment, "METRICS_PEER_CACHE_MS");
    uint64_t cache_ms = SETTINGS_CACHE_MS;
    *settings = (trackarr_settings){ 0 };
    if (!options->demo && !options->once && !options->has_listen && !settings_is_enabled(environment)) {
        (void)snprintf(why, cap,
                       "METRICS_ENABLED is not true, 1 or on: nothing is served (--listen does without it)");
        return TRACKARR_NOT_ENABLED;
    }
    if (cache && !trackarr_settings_number(cache, UINT32_MAX, &cache_ms))
        return settings_mistake(why, cap, "METRICS_PEER_CACHE_MS takes a whole number of milliseconds");
    settings->peer_cache_ms = (uint32_t)cache_ms;
    if (!options->demo && !options->events) settings_read_servers(settings, environment);
    if (!options->demo && !options->events && !settings->database_url && !settings->redis_url)
        return settings_mistake(why, cap,
                                "DATABASE_URL and REDIS_URL are not set: name the servers, or use --demo");
    return options->once ? TRACKARR_SERVE : settings_read_server(settings, environment, options, why, cap);
}
