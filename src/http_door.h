/*
 * http_door.h - one way into a server: the path of the metrics behind one listener, who may come in, and what is shown there.
 */
#ifndef TACHO_HTTP_DOOR_H
#define TACHO_HTTP_DOOR_H

#include <tacho/http.h>

#include "filter.h"
#include "token.h"

#define TACHO__HTTP_PATH_MAX 255

/** Everything but the tokens is set before the first request and then only read. */
typedef struct tacho__http_door {
    char path[TACHO__HTTP_PATH_MAX + 1]; /* of the metrics */
    tacho__tokens tokens;
    tacho_http_words words;
    struct tacho__view view;
    const tacho_constant *constants;
    const char *const *hosts; /* borrowed; NULL: none beside the usual */
} tacho__http_door;

/** What lives at a path. */
typedef enum tacho__http_place {
    TACHO__HTTP_NOTHING,
    TACHO__HTTP_METRICS, /* in the format that the client prefers */
    TACHO__HTTP_JSON,    /* the metrics path and ".json" */
    TACHO__HTTP_CSV,     /* the metrics path and ".csv" */
    TACHO__HTTP_HEALTH,
    TACHO__HTTP_PAGE, /* at "/", where nothing else is */
    TACHO__HTTP_ROUTE
} tacho__http_place;

/**
 * Make a door in zeroed memory, by the options of its listener. TACHO_ERR_ARG, TACHO_ERR_IO (the token file),
 * TACHO_ERR_NOMEM: tacho_registry_error has it in words. Owes one tacho__http_door_fini in any case.
 * [owner | file | 0.1]
 */
TACHO_INTERNAL tacho_err tacho__http_door_init(tacho__http_door *door, tacho_registry *reg,
                                               const tacho_http_options *options);

TACHO_INTERNAL void tacho__http_door_fini(tacho__http_door *door);

/** What the library itself has at a path. [shared | O(len) | 0.1] */
TACHO_INTERNAL tacho__http_place tacho__http_door_place(const tacho__http_door *door, const char *path);

/**
 * Whether a request may come in under this host; NULL: it names none, as HTTP/1.0 may. `loopback`: the address of its listener,
 * as in a URL, if that is one that only this machine reaches; there the host is always checked. Else NULL.
 * [shared | O(hosts) | 0.1]
 */
TACHO_INTERNAL bool tacho__http_door_knows(const tacho__http_door *door, const char *loopback, const char *host, size_t len);

#endif
