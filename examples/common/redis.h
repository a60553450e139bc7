/*
 * redis.h - questions to a Redis server: one connection, commands sent together, their replies, a deadline.
 *
 *   redis *store = redis_new(&(redis_options){ .url = "redis://localhost:6379/0" }, why, sizeof why);
 *   const redis_command commands[] = { REDIS_COMMAND("LLEN", "queue:mail"), REDIS_COMMAND("GET", "version") };
 *   redis_answers *answers = redis_ask(store, commands, 2, deadline_in_ms(900));
 *   if (answers && !answers->error && answers->list[0]->type == REDIS_INTEGER)
 *       printf("%lld\n", (long long)answers->list[0]->integer);
 *   redis_answers_free(answers);
 *
 * Threads: one at a time per object; make one for each collector. No call raises SIGPIPE.
 *
 * Failures: the connection is made by the first call that needs it and kept. When it breaks, or replies are missing
 * at the deadline, it is closed, and not made anew for a time that doubles with every failure in a row; meanwhile
 * calls fail at once and say why. One that had served before and is found closed is replaced within the call, which
 * then sends its commands again: they must be fit to be sent twice, as all that only read are.
 *
 * The password is in no message; copies that are not needed any more are wiped.
 */
#ifndef EXAMPLES_REDIS_H
#define EXAMPLES_REDIS_H

#include <stddef.h>
#include <stdint.h>

#include "deadline.h"
#include "redis_reader.h"

#define REDIS_MAX_COMMANDS 4096 /* of one call */

typedef struct redis redis;

/** What a connection is made of; zero and NULL mean the default. The texts are copied. */
typedef struct redis_options {
    /**
     * redis://[[USER]:PASSWORD@]HOST[:PORT][/DATABASE], redis+unix://[[USER]:PASSWORD@]/PATH[?db=DATABASE], or
     * unix:PATH; required. HOST is a name, an address or [an IPv6 address], PORT is 6379 when left out, DATABASE a
     * number, 0 when left out. USER, PASSWORD and PATH may be percent-encoded, but not that of unix:PATH.
     */
    const char *url;
    const char *password; /* instead of that of the URL, where USER@ will do then; NULL: as there */
    redis_limits limits;
    uint32_t backoff_min_ms, backoff_max_ms; /* 0: 250 ms, 30 s */
} redis_options;

/**
 * Make a client; connects to nothing yet. Owes one redis_free. NULL: the URL is wrong or memory is out, `why` says
 * which, without a piece of the URL that could be secret.
 */
redis *redis_new(const redis_options *options, char *why, size_t cap);
void redis_free(redis *self);

/** One command: the words that it consists of. */
typedef struct redis_command {
    const char *const *words;
    const size_t *lens; /* of the words, which may then hold any bytes; NULL: they end with NUL */
    size_t count;
} redis_command;

/** A command of these words. It is gone at the end of the block in which this is written. */
#define REDIS_COMMAND(...)                                        \
    ((redis_command){ (const char *const[]){ __VA_ARGS__ }, NULL, \
                      sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(char *) })

/** The replies of one call. That a command failed is a reply of the type REDIS_ERROR, and no error here. */
typedef struct redis_answers {
    const char
        *error;   /* why replies are missing, in words, on one line; NULL: there is one to every command */
    size_t count; /* of replies that came */
    redis_reply *const *list;
} redis_answers;

/**
 * Send all commands, then read a reply to each, at most until the deadline; to look a name up and to connect counts.
 * Owes one redis_answers_free. NULL only when out of memory.
 */
redis_answers *redis_ask(redis *self, const redis_command *commands, size_t count, uint64_t deadline_ns);

/** Who takes replies one by one; embed it and find your object with TACHO_CONTAINER. */
typedef struct redis_taker {
    void (*take)(struct redis_taker *self, const redis_reply *reply); /* which is released when this returns */
} redis_taker;

/**
 * The same for replies that may be large: each is given to the taker as it comes, in the order of the commands, and
 * never is there more than one in memory. The answers have their count, and NULL in the place of each.
 */
redis_answers *redis_ask_each(redis *self, const redis_command *commands, size_t count, redis_taker *taker,
                              uint64_t deadline_ns);
void redis_answers_free(redis_answers *answers);

#endif
