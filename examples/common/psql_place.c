#define _POSIX_C_SOURCE 200809L
#include "psql_place.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "url.h"
#include "words.h"

/* What may stand behind the '?', and the variable it becomes. */
static const struct place_parameter {
    const char *name, *variable;
} place_parameters[] = {
    { "host", "PGHOST" },
    { "hostaddr", "PGHOSTADDR" },
    { "port", "PGPORT" },
    { "user", "PGUSER" },
    { "password", "PGPASSWORD" },
    { "dbname", "PGDATABASE" },
    { "sslmode", "PGSSLMODE" },
    { "sslcert", "PGSSLCERT" },
    { "sslkey", "PGSSLKEY" },
    { "sslrootcert", "PGSSLROOTCERT" },
    { "sslcrl", "PGSSLCRL" },
    { "gssencmode", "PGGSSENCMODE" },
    { "channel_binding", "PGCHANNELBINDING" },
    { "target_session_attrs", "PGTARGETSESSIONATTRS" },
    { "connect_timeout", "PGCONNECT_TIMEOUT" },
    { "application_name", "PGAPPNAME" },
    { "options", "PGOPTIONS" },
};

/* Always so. HOME and PGPASSFILE are places where nothing is. */
static const struct place_parameter place_always[] = {
    { "C", "LC_ALL" }, { "/nonexistent", "HOME" },    { "/nonexistent/pgpass", "PGPASSFILE" },
    { "UTC", "PGTZ" }, { "ISO, YMD", "PGDATESTYLE" }, { "UTF8", "PGCLIENTENCODING" },
};

enum { PLACE_PARAMETERS = sizeof place_parameters / sizeof *place_parameters };
enum { PLACE_ALWAYS = sizeof place_always / sizeof *place_always };

/* The index of a variable, or the count. */
static size_t place_find(const psql_place *self, const char *name)
{
    size_t len = strlen(name), i = 0;
    while (i < self->count &&
           !(strncmp(self->environment[i], name, len) == 0 && self->environment[i][len] == '='))
        i++;
    return i;
}

static void place_drop(psql_place *self, size_t i)
{
    words_wipe(self->environment[i], strlen(self->environment[i]));
    free(self->environment[i]);
}

/* Set or replace a variable; NULL leaves it. False when out of memory. */
static bool place_set(psql_place *self, const char *name, const char *value)
{
    if (!value) return true;
    size_t i = place_find(self, name), size = strlen(name) + strlen(value) + 2;
    char *entry = i < PSQL_PLACE_MAX ? malloc(size) : NULL;
    if (!entry) return false;
    snprintf(entry, size, "%s=%s", name, value);
    if (i < self->count)
        place_drop(self, i);
    else
        self->count++;
    self->environment[i] = entry;
    return true;
}

const char *psql_place_value(const psql_place *self, const char *name)
{
    size_t i = place_find(self, name);
    return i < self->count ? self->environment[i] + strlen(name) + 1 : NULL;
}

static const char *const place_no_memory = "out of memory";

/* Returns what is wrong, or NULL. */
static const char *place_set_url(psql_place *self, url *parts)
{
    if (strcmp(parts->scheme, "postgres") != 0 && strcmp(parts->scheme, "postgresql") != 0)
        return "the URL is wrong: it does not begin with postgres:// or postgresql://";
    if (!place_set(self, "PGHOST", parts->host) || !place_set(self, "PGPORT", parts->port) ||
        !place_set(self, "PGUSER", parts->user) || !place_set(self, "PGPASSWORD", parts->password) ||
        !place_set(self, "PGDATABASE", parts->path))
        return place_no_memory;
    url_pair pair;
    url_step step;
    while ((step = url_next(parts, &pair)) == URL_PAIR) {
        size_t i = 0;
        while (i < PLACE_PARAMETERS && strcmp(place_parameters[i].name, pair.name) != 0) i++;
        if (i == PLACE_PARAMETERS)
            return "the URL is wrong: it has a parameter that is none of host, port, user, password, dbname, hostaddr, "
                   "sslmode, sslcert, sslkey, sslrootcert, sslcrl, gssencmode, channel_binding, target_session_attrs, "
                   "connect_timeout, application_name, options";
        if (!place_set(self, place_parameters[i].variable, pair.value)) return place_no_memory;
    }
    return step == URL_BAD ? "the URL is wrong: a parameter is no NAME=VALUE, or has a bad '%'" : NULL;
}

/* Returns what is wrong, or NULL. */
static const char *place_check(const psql_place *self)
{
    /* libpq would take these for connection strings of their own, with a password that can be seen. */
    const char *database = psql_place_value(self, "PGDATABASE");
    if (database && (strchr(database, '=') || strstr(database, "://")))
        return "the URL is wrong: the database has '=' or '://' in its name";
    const char *port = psql_place_value(self, "PGPORT");
    size_t len = port ? strlen(port) : 0;
    if (port &&
        (len == 0 || len > 5 || strspn(port, "0123456789") != len || atoi(port) < 1 || atoi(port) > 65535))
        return "the URL is wrong: the port is no number from 1 to 65535";
    return NULL;
}

bool psql_place_init(psql_place *self, const char *text, const char *password, const char *application_name,
                     char *why, size_t cap)
{
    url parts;
    memset(self, 0, sizeof *self);
    if (!text || !*text) {
        snprintf(why, cap, "there is no URL; it begins with postgresql://");
        return false;
    }
    if (!url_init(&parts, text, why, cap)) return false;
    const char *path = getenv("PATH"), *wrong = NULL;
    if (!place_set(self, "PATH", path && *path ? path : "/usr/local/bin:/usr/bin:/bin") ||
        !place_set(self, "PGCONNECT_TIMEOUT", "10") ||
        !place_set(self, "PGAPPNAME", application_name ? application_name : "tacho"))
        wrong = place_no_memory;
    for (size_t i = 0; i < PLACE_ALWAYS && !wrong; i++)
        if (!place_set(self, place_always[i].variable, place_always[i].name)) wrong = place_no_memory;
    if (!wrong) wrong = place_set_url(self, &parts);
    if (!wrong && !place_set(self, "PGPASSWORD", password)) wrong = place_no_memory;
    if (!wrong) wrong = place_check(self);
    url_fini(&parts);
    if (wrong) snprintf(why, cap, "%s", wrong);
    return !wrong;
}

void psql_place_fini(psql_place *self)
{
    for (size_t i = 0; i < self->count; i++) place_drop(self, i);
    memset(self, 0, sizeof *self);
}
