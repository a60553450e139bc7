/*
 * psql_place.h - where a `psql` child connects to, as its whole environment: nothing of it is ever an argument.
 *
 * The environment of this process does not come through, but for PATH. What libpq would look for in a home directory
 * or a service file is not found.
 */
#ifndef EXAMPLES_PSQL_PLACE_H
#define EXAMPLES_PSQL_PLACE_H

#include <stdbool.h>
#include <stddef.h>

#define PSQL_PLACE_MAX 40

typedef struct psql_place {
    char *environment[PSQL_PLACE_MAX + 1]; /* NAME=VALUE, ended by NULL */
    size_t count;
} psql_place;

/**
 * Fill from psql_options' url (required), password and application_name (NULL: as there). False: `why` has the words.
 * Owes one psql_place_fini either way.
 */
bool psql_place_init(psql_place *self, const char *text, const char *password, const char *application_name,
                     char *why, size_t cap);

/** Wipe and release everything. */
void psql_place_fini(psql_place *self);

/** The value of a variable, or NULL. */
const char *psql_place_value(const psql_place *self, const char *name);

#endif
