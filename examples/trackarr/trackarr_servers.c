/*
 * trackarr_servers.c - asks the servers, and takes what they say number by number.
 *
 * Redis has a connection for its memory and one for the walk, which are two groups, each with one run at a time.
 */
#define _POSIX_C_SOURCE 200809L
#include "trackarr_servers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "psql.h"
#include "trackarr_sql.h"
#include "trackarr_walk.h"

#define SERVERS_CONNECTIONS 8

/* Of a walk: a torrent may have half a million peers; an announce has some 250 bytes, whoever sends more is no peer. */
static const redis_limits servers_walk_limits = { .elements = 1 << 20,
                                                  .bulk_len = 1 << 20,
                                                  .reply_len = 128 << 20 };

typedef struct servers {
    trackarr_source source;
    psql *database;
    redis *memory, *swarm;
    trackarr_keys keys;
} servers;

/* ---- PostgreSQL -------------------------------------------------------------------------------------------------- */

static void servers_ask(servers *s, trackarr_group group, trackarr_answer *answers, uint64_t deadline_ns)
{
    const trackarr_group_row *row = &trackarr_groups[group];
    psql_answers *got = NULL;
    if (s->database)
        got = psql_ask(s->database, &trackarr_sql[row->first], row->count, PSQL_SNAPSHOT, deadline_ns);
    for (size_t i = 0; i < row->count; i++) {
        if (got)
            trackarr_sql_take(&answers[i], &got->list[i]);
        else
            trackarr_answer_fail(&answers[i], TRACKARR_OUTAGE, "%s",
                                 s->database ? "out of memory" : "no database is named");
    }
    psql_answers_free(got);
}

/* ---- The source -------------------------------------------------------------------------------------------------- */

static servers *servers_of(trackarr_source *source) { return TACHO_CONTAINER(source, servers, source); }

static void servers_read(trackarr_source *self, trackarr_group group, trackarr_answer *answers,
                         uint64_t deadline_ns)
{
    servers *s = servers_of(self);
    if (group != TRACKARR_GROUP_MEMORY)
        servers_ask(s, group, answers, deadline_ns);
    else if (s->memory)
        trackarr_ask_memory(s->memory, answers, deadline_ns);
    else
        trackarr_answer_fail(answers, TRACKARR_OUTAGE, "no Redis is named");
}

static bool servers_walk(trackarr_source *self, trackarr_swarm *swarm, trackarr_answer *answer,
                         uint64_t deadline_ns)
{
    servers *s = servers_of(self);
    if (s->swarm) return trackarr_walk(s->swarm, &s->keys, swarm, answer, deadline_ns);
    trackarr_answer_fail(answer, TRACKARR_OUTAGE, "no Redis is named");
    return false;
}

static void servers_close(trackarr_source *self)
{
    servers *s = servers_of(self);
    if (s->database) psql_free(s->database);
    if (s->memory) redis_free(s->memory);
    if (s->swarm) redis_free(s->swarm);
    free(s);
}

static bool servers_offer(trackarr_source *self, trackarr_group group)
{
    const servers *s = servers_of(self);
    return group == TRACKARR_GROUP_MEMORY || group == TRACKARR_GROUP_SWARM ? s->memory != NULL : s->database != NULL;
}

static const trackarr_source_ops servers_ops = { .offers = servers_offer,
                                                 .read = servers_read,
                                                 .walk = servers_walk,
                                                 .close = servers_close };

/* False: `why` is filled. */
static bool servers_open(servers *s, const trackarr_servers_options *options, char *why, size_t cap)
{
    const psql_options database = { .url = options->database_url,
                                    .application_name = "trackarr_exporter",
                                    .children =
                                        options->connections ? options->connections : SERVERS_CONNECTIONS };
    redis_options store = { .url = options->redis_url, .password = options->redis_password };
    if (!trackarr_keys_init(&s->keys, options->key_prefix ? options->key_prefix : TRACKARR_KEY_PREFIX)) {
        (void)snprintf(why, cap, "the prefix of the keys in Redis has more than %d bytes",
                       TRACKARR_MAX_KEY_PREFIX);
        return false;
    }
    if (database.url && !(s->database = psql_new(&database, why, cap))) return false;
    if (!store.url) return true;
    if (!(s->memory = redis_new(&store, why, cap))) return false;
    store.limits = servers_walk_limits;
    return (s->swarm = redis_new(&store, why, cap)) != NULL;
}

trackarr_source *trackarr_servers_new(const trackarr_servers_options *options, char *why, size_t cap)
{
    servers *s = calloc(1, sizeof *s);
    if (!s) {
        (void)snprintf(why, cap, "out of memory");
        return NULL;
    }
    s->source.ops = &servers_ops;
    if (servers_open(s, options, why, cap)) return &s->source;
    servers_close(&s->source);
    return NULL;
}
