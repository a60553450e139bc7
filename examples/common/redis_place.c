#define _POSIX_C_SOURCE 200809L
#include "redis_place.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>

#include "url.h"
#include "words.h"

static const char *const place_no_memory = "out of memory";

static bool place_copy(char **to, const char *text)
{
    size_t size = text ? strlen(text) + 1 : 0;
    if (!text) return true;
    char *copy = malloc(size);
    if (!copy) return false;
    memcpy(copy, text, size);
    if (*to) words_wipe(*to, strlen(*to));
    free(*to);
    *to = copy;
    return true;
}

static bool place_is_database(const char *text)
{
    size_t len = strlen(text);
    return len > 0 && len <= 9 && strspn(text, "0123456789") == len;
}

/* Returns what is wrong, or NULL. */
static const char *place_set_user(redis_place *self, const url *parts)
{
    return place_copy(&self->user, parts->user) && place_copy(&self->password, parts->password)
               ? NULL
               : place_no_memory;
}

static const char *place_set_database(redis_place *self, const char *database)
{
    if (database && !place_is_database(database)) return "the URL is wrong: the database is no number";
    return place_copy(&self->database, database) ? NULL : place_no_memory;
}

static const char *place_set_path(redis_place *self, const char *path)
{
    size_t len = strlen(path);
    if (len == 0 || len >= sizeof((struct sockaddr_un *)0)->sun_path)
        return "the URL is wrong: the path of the socket is empty or too long";
    return place_copy(&self->path, path) ? NULL : place_no_memory;
}

/* redis+unix://[[USER]:PASSWORD@]/PATH[?db=DATABASE] */
static const char *place_set_unix(redis_place *self, url *parts)
{
    char path[sizeof((struct sockaddr_un *)0)->sun_path + 2] = "/";
    url_pair pair;
    if (parts->host || parts->port)
        return "the URL is wrong: a Unix socket has no host; write redis+unix:///PATH";
    if (!parts->path || strlen(parts->path) > sizeof path - 2)
        return "the URL is wrong: the path of the socket is empty or too long";
    memcpy(path + 1, parts->path, strlen(parts->path) + 1);
    const char *wrong = place_set_path(self, path);
    url_step step;
    while (!wrong && (step = url_next(parts, &pair)) != URL_END) {
        if (step == URL_BAD || strcmp(pair.name, "db") != 0)
            return "the URL is wrong: the only parameter is db=NUMBER";
        wrong = place_set_database(self, pair.value);
    }
    return wrong;
}

static const char *place_set_tcp(redis_place *self, const url *parts)
{
    if (!parts->host) return "the URL is wrong: it has no host";
    if (parts->query && *parts->query)
        return "the URL is wrong: it takes no parameters; the database is written /NUMBER";
    if (!place_copy(&self->host, parts->host) || !place_copy(&self->port, parts->port ? parts->port : "6379"))
        return place_no_memory;
    return place_set_database(self, parts->path);
}

static const char *place_set_url(redis_place *self, url *parts)
{
    if (strcmp(parts->scheme, "rediss") == 0) return "rediss: TLS is not spoken here; use stunnel";
    bool is_unix = strcmp(parts->scheme, "redis+unix") == 0;
    if (!is_unix && strcmp(parts->scheme, "redis") != 0)
        return "the URL is wrong: it begins with none of redis://, unix: and redis+unix://";
    const char *wrong = place_set_user(self, parts);
    if (wrong) return wrong;
    return is_unix ? place_set_unix(self, parts) : place_set_tcp(self, parts);
}

bool redis_place_init(redis_place *self, const char *text, const char *password, char *why, size_t cap)
{
    url parts;
    const char *wrong;
    memset(self, 0, sizeof *self);
    if (!text || !*text) {
        wrong = "there is no URL; it begins with redis:// or unix:";
    } else if (strncmp(text, "unix:", 5) == 0) {
        wrong = place_set_path(self, text + 5);
    } else {
        if (!url_init(&parts, text, why, cap)) return false;
        wrong = place_set_url(self, &parts);
        url_fini(&parts);
    }
    if (!wrong && !place_copy(&self->password, password)) wrong = place_no_memory;
    if (!wrong && self->user && !self->password)
        wrong = "the URL is wrong: it has a user without password; a password alone is written :PASSWORD@";
    if (wrong) snprintf(why, cap, "%s", wrong);
    return !wrong;
}

void redis_place_fini(redis_place *self)
{
    char **texts[] = { &self->path, &self->host, &self->port, &self->user, &self->password, &self->database };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        if (*texts[i]) words_wipe(*texts[i], strlen(*texts[i]));
        free(*texts[i]);
        *texts[i] = NULL;
    }
}
