/*
 * trackarr_servers.h - the source of a real site: its PostgreSQL, through psql children, and its Redis.
 */
#ifndef TRACKARR_SERVERS_H
#define TRACKARR_SERVERS_H

#include "trackarr_source.h"

#define TRACKARR_KEY_PREFIX "ot:"

/** NULL and zero mean the default. The texts are copied. */
typedef struct trackarr_servers_options {
    const char *database_url;   /* as in psql.h; NULL: its families are left out */
    const char *redis_url;      /* as in redis.h; NULL: its families are left out */
    const char *redis_password; /* instead of that of the URL */
    const char *key_prefix;     /* of every key in Redis; "ot:" */
    size_t connections;         /* to PostgreSQL; as many groups can hang before others wait for them; 8 */
} trackarr_servers_options;

/**
 * Make the source; it connects when it is asked. It is freed when it is closed. NULL: a URL is wrong, or out of memory;
 * `why` says which, without anything secret.
 */
trackarr_source *trackarr_servers_new(const trackarr_servers_options *options, char *why, size_t cap);

#endif
