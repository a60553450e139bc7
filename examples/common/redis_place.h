/*
 * redis_place.h - where a Redis server is, and as whom to speak there.
 */
#ifndef EXAMPLES_REDIS_PLACE_H
#define EXAMPLES_REDIS_PLACE_H

#include <stdbool.h>
#include <stddef.h>

/** All texts are copies; NULL: there is none. Either `path` or `host` and `port`. */
typedef struct redis_place {
    char *path, *host, *port, *user, *password, *database;
} redis_place;

/**
 * Fill from redis_options' url (required) and password (NULL: as there). False: `why` has the words. Owes one
 * redis_place_fini either way.
 */
bool redis_place_init(redis_place *self, const char *text, const char *password, char *why, size_t cap);

/** Wipe and release everything. */
void redis_place_fini(redis_place *self);

#endif
