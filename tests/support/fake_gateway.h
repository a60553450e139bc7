/*
 * fake_gateway.h - a server that takes one push and does with it what a test wants.
 */
#ifndef FAKE_GATEWAY_H
#define FAKE_GATEWAY_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

/** What it does with the connection. */
typedef enum gateway_manner {
    GATEWAY_LISTENS,        /* reads the whole request, then answers and closes */
    GATEWAY_ANSWERS_SLOWLY, /* the same, a byte at a time */
    GATEWAY_STAYS,          /* the same, and closes only when the client has */
    GATEWAY_INTERRUPTS,     /* reads the head, answers, and does no more until it is stopped */
    GATEWAY_HANGS_UP,       /* reads the head and closes with a reset */
    GATEWAY_IS_DEAF         /* reads nothing, says nothing, until it is stopped */
} gateway_manner;

typedef struct fake_gateway {
    gateway_manner manner;
    const char *answer;
    size_t answer_len;
    char url[160];  /* to push to */
    /* After fake_gateway_stop: */
    char *head;     /* of the request, ends in NUL; NULL: none came */
    char *body;     /* as far as it came, chunks put together, ends in NUL */
    size_t body_len;
    bool complete;  /* all of the request came, with the last chunk; a request without a body is complete with its head */
    size_t chunks, chunks_of_lines; /* of the body; those that end where a line does, the last one left out */
    /* Its own. */
    int listener, stop[2];
    pthread_t thread;
    char *bytes;
    size_t len, cap;
} fake_gateway;

/** Listen on a port that the kernel chooses, of IPv4 or, with `v6`, IPv6; with `path` on a Unix socket. False: there is none. */
bool fake_gateway_start(fake_gateway *self, gateway_manner manner, const char *answer, const char *path, bool v6);

/** Wait until it has served its one client, if one came, and close. */
void fake_gateway_stop(fake_gateway *self);

/** Free what is left of it. */
void fake_gateway_free(fake_gateway *self);

#endif
