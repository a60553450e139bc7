/*
 * http_door.c - paths and hosts of one listener.
 */
#define _GNU_SOURCE
#include "http_door.h"

#include <string.h>

#include "desc.h"
#include "format.h"
#include "http_head.h"
#include "http_msg.h"
#include "http_text.h"

#define DOOR_PATH "/metrics"

static const char door_health[] = "/healthz";

static tacho_err door_set_path(tacho__http_door *door, tacho_registry *reg, const char *path)
{
    size_t len = strlen(path);
    if (tacho__http_path_valid(path) && len <= TACHO__HTTP_PATH_MAX && strcmp(path, door_health) != 0) {
        memcpy(door->path, path, len + 1);
        return TACHO_OK;
    }
    return tacho__registry_fail(reg, TACHO_ERR_ARG,
                                "http: the path \"%s\" must begin with '/', be at most %d visible ASCII characters "
                                "without '?' and '#', and not be /healthz",
                                path, TACHO__HTTP_PATH_MAX);
}

/* What is wrong with the options, or NULL. */
static const char *door_fault(const tacho_http_options *options)
{
    const tacho_http_words *words = options->words;
    if (options->name_count && !options->names) return "name_count is not 0, and names is NULL";
    for (size_t i = 0; i < options->name_count; i++)
        if (!options->names[i]) return "one of the names is NULL";
    if (words && !tacho__http_value_valid(words->content_type)) return "no header carries the content_type of the words";
    bool error = !words || !words->failure_status || (words->failure_status >= 400 && words->failure_status <= 599);
    return error ? NULL : "the failure_status of the words is not one from 400 to 599";
}

tacho_err tacho__http_door_init(tacho__http_door *door, tacho_registry *reg, const tacho_http_options *options)
{
    if (options->words) door->words = *options->words;
    door->hosts = options->hosts;
    door->view = (struct tacho__view){ options->names, options->name_count };
    door->constants = options->constants;
    const char *fault = door_fault(options);
    if (fault) return tacho__registry_fail(reg, TACHO_ERR_ARG, "http: %s", fault);
    char why[TACHO__WHY_MAX];
    if (options->constants && !tacho__desc_check_scrape(options->constants, &reg->house, why))
        return tacho__registry_fail(reg, TACHO_ERR_ARG, "http: constants of a listener: %s", why);
    tacho_err err = door_set_path(door, reg, options->path ? options->path : DOOR_PATH);
    return err ? err : tacho__tokens_init(&door->tokens, reg, options->token, options->token_file);
}

void tacho__http_door_fini(tacho__http_door *door)
{
    tacho__tokens_fini(&door->tokens);
}

tacho__http_place tacho__http_door_place(const tacho__http_door *door, const char *path)
{
    size_t len = strlen(door->path);
    if (strcmp(path, door_health) == 0) return TACHO__HTTP_HEALTH;
    if (strncmp(path, door->path, len) != 0) return TACHO__HTTP_NOTHING;
    if (path[len] == '\0') return TACHO__HTTP_METRICS;
    if (strcmp(path + len, ".json") == 0 && tacho__format_writer(TACHO_JSON)) return TACHO__HTTP_JSON;
    return strcmp(path + len, ".csv") == 0 && tacho__format_writer(TACHO_CSV) ? TACHO__HTTP_CSV : TACHO__HTTP_NOTHING;
}

/* ---- Hosts ------------------------------------------------------------------------------------------------- */

/* A host's length without its port; in brackets there may be colons. */
static size_t door_host_len(const char *host, size_t len)
{
    const char *colon = memrchr(host, ':', len), *bracket = memrchr(host, ']', len);
    return colon && (!bracket || bracket < colon) ? (size_t)(colon - host) : len;
}

bool tacho__http_door_knows(const tacho__http_door *door, const char *loopback, const char *host, size_t len)
{
    static const char *const usual[] = { "localhost", "127.0.0.1", "[::1]" };
    if (!host || (!loopback && !door->hosts)) return true;
    len = door_host_len(host, len);
    bool known = loopback && len == door_host_len(loopback, strlen(loopback)) && memcmp(loopback, host, len) == 0;
    for (size_t i = 0; i < TACHO_COUNT(usual) && !known; i++) known = tacho__http_same(host, len, usual[i]);
    for (const char *const *name = door->hosts; name && *name && !known; name++)
        known = strcmp(*name, "*") == 0 || tacho__http_same(host, len, *name);
    return known;
}
