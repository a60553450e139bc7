/*
 * redis_socket.h - a connection to a Redis server: commands out, replies in, all by a deadline.
 */
#ifndef EXAMPLES_REDIS_SOCKET_H
#define EXAMPLES_REDIS_SOCKET_H

#include <stdbool.h>

#include "redis.h"
#include "redis_place.h"
#include "resolver.h"

enum { REDIS_WHY_SIZE = 400 };

typedef struct redis_socket {
    int fd; /* -1: there is no connection */
    redis_reader *reader;
    resolver resolver;
    char why[REDIS_WHY_SIZE]; /* of the last failure */
} redis_socket;

/** Connect to the server and be let in. False: `why` has the words, and there is no connection. */
bool redis_socket_open(redis_socket *self, const redis_place *place, const redis_limits *limits,
                       uint64_t deadline_ns);
void redis_socket_close(redis_socket *self);

/** Whether the peer has neither closed it nor sent what nobody asked for. */
bool redis_socket_is_idle(const redis_socket *self);

typedef enum redis_outcome {
    REDIS_TALKED = 1,
    REDIS_LOST, /* the peer has gone; words in `why` */
    REDIS_FAILED
} redis_outcome;

/**
 * Send commands and take a reply to each; `*got` of them are at `replies` then, whatever the outcome; or, with a taker,
 * were given to it, and NULL is there.
 */
redis_outcome redis_socket_talk(redis_socket *self, const redis_command *commands, size_t count,
                                redis_taker *taker, redis_reply **replies, size_t *got, uint64_t deadline_ns);

#endif
