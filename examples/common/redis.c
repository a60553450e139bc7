#define _POSIX_C_SOURCE 200809L
#include "redis.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tacho/tacho.h>

#include "backoff.h"
#include "redis_socket.h"

struct redis {
    redis_place place;
    redis_limits limits;
    redis_socket socket;
    bool served; /* the connection has answered before */
    backoff pause;
};

/* The answers with what they point to. */
typedef struct redis_call {
    redis_answers answers;
    char why[REDIS_WHY_SIZE];
    redis_reply *list[];
} redis_call;

redis *redis_new(const redis_options *options, char *why, size_t cap)
{
    redis_place place;
    bool placed = redis_place_init(&place, options->url, options->password, why, cap);
    redis *self = placed ? calloc(1, sizeof *self) : NULL;
    if (!self) {
        if (placed) snprintf(why, cap, "out of memory");
        redis_place_fini(&place);
        return NULL;
    }
    self->place = place;
    self->limits = options->limits;
    self->socket.fd = -1;
    backoff_init(&self->pause, options->backoff_min_ms, options->backoff_max_ms);
    return self;
}

void redis_free(redis *self)
{
    if (!self) return;
    redis_socket_close(&self->socket);
    resolver_fini(&self->socket.resolver);
    redis_place_fini(&self->place);
    free(self);
}

/* One try, with a new connection if there is none. */
static redis_outcome redis_try(redis *self, const redis_command *commands, size_t count, redis_taker *taker,
                               redis_call *call, uint64_t deadline_ns)
{
    if (self->socket.fd < 0) {
        self->served = false;
        if (!redis_socket_open(&self->socket, &self->place, &self->limits, deadline_ns)) return REDIS_FAILED;
    } else if (!redis_socket_is_idle(&self->socket)) {
        redis_socket_close(&self->socket);
        return REDIS_LOST;
    }
    redis_outcome outcome =
        redis_socket_talk(&self->socket, commands, count, taker, call->list, &call->answers.count, deadline_ns);
    if (outcome != REDIS_TALKED) redis_socket_close(&self->socket);
    return outcome;
}

static void redis_try_twice(redis *self, const redis_command *commands, size_t count, redis_taker *taker,
                            redis_call *call, uint64_t deadline_ns)
{
    redis_outcome outcome = redis_try(self, commands, count, taker, call, deadline_ns);
    if (outcome == REDIS_LOST && self->served && call->answers.count == 0)
        outcome = redis_try(self, commands, count, taker, call, deadline_ns);
    if (outcome == REDIS_TALKED) {
        self->served = true;
        backoff_succeed(&self->pause);
    } else {
        backoff_fail(&self->pause);
        snprintf(call->why, sizeof call->why, "%s", self->socket.why);
    }
}

redis_answers *redis_ask(redis *self, const redis_command *commands, size_t count, uint64_t deadline_ns)
{
    return redis_ask_each(self, commands, count, NULL, deadline_ns);
}

redis_answers *redis_ask_each(redis *self, const redis_command *commands, size_t count, redis_taker *taker,
                              uint64_t deadline_ns)
{
    redis_call *call = calloc(1, sizeof *call + (count + 1) * sizeof *call->list);
    if (!call) return NULL;
    call->answers.list = call->list;
    int pause_ms = self->socket.fd < 0 ? backoff_left_ms(&self->pause) : 0;
    if (count > REDIS_MAX_COMMANDS)
        snprintf(call->why, sizeof call->why, "more than %d commands in one call", REDIS_MAX_COMMANDS);
    else if (deadline_left_ms(deadline_ns) == 0)
        snprintf(call->why, sizeof call->why, "the deadline had passed before the call");
    else if (pause_ms > 0)
        snprintf(call->why, sizeof call->why, "tried again in %d ms, after: %.300s", pause_ms,
                 self->socket.why);
    else if (count > 0)
        redis_try_twice(self, commands, count, taker, call, deadline_ns);
    if (*call->why) call->answers.error = call->why;
    return &call->answers;
}

void redis_answers_free(redis_answers *answers)
{
    if (!answers) return;
    redis_call *call = TACHO_CONTAINER(answers, redis_call, answers);
    for (size_t i = 0; i < answers->count; i++) redis_reply_free(call->list[i]);
    free(call);
}
