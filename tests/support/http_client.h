/*
 * http_client.h - the client of the HTTP tests: sends what it is told, right or wrong, and reads answers strictly.
 *
 * Whatever goes wrong on the client's side fails the running cmocka test; a read gives up after 20 seconds.
 */
#ifndef TACHO_TEST_HTTP_CLIENT_H
#define TACHO_TEST_HTTP_CLIENT_H

#include <stdbool.h>
#include <stddef.h>

/** A connection and the bytes that came and were not yet looked at. */
typedef struct http_client {
    int fd;
    char *data;
    size_t len, cap;
} http_client;

/** One answer. Owes an http_answer_fini. */
typedef struct http_answer {
    int status;
    char *head;    /* with the status line, ends in NUL */
    char *body;    /* decoded, ends in NUL */
    size_t len;    /* of the body */
    bool complete; /* framing was kept; false: the connection ended inside */
    bool chunked;
} http_answer;

/** Connect to "http://IPV4:PORT/..." or "http://unix:PATH:/..."; `window` bounds what the kernel takes in unread. */
http_client http_client_open(const char *url);
http_client http_client_open_slow(const char *url, int window);

/** The two halves of that: a socket, to be connected later. */
http_client http_client_socket(const char *url, int window);
void http_client_connect(const http_client *client, const char *url);

void http_client_close(http_client *client);

/** Close with a reset. */
void http_client_abort(http_client *client);

/** Send all bytes; false if the peer is gone. */
bool http_client_send(const http_client *client, const char *bytes, size_t len);
bool http_client_say(const http_client *client, const char *text);

/** Read one answer. `to` is the method it answers: after "HEAD" no body is expected. */
http_answer http_client_read(http_client *client, const char *to);

/** Whether the peer has ended its side and nothing is left to read. Waits for it. */
bool http_client_ended(http_client *client);

/** One request on a connection of its own; `fields` is "" or lines that end in CRLF. */
http_answer http_fetch(const char *url, const char *method, const char *target, const char *fields);

void http_answer_fini(http_answer *answer);

/** Whether the head has a line `field`, such as "Connection: close". */
bool http_answer_has(const http_answer *answer, const char *line);

/**
 * Take one answer off [*data, *data + *len); false if there is no complete head. Body framing as in a read, with
 * what is there; `ended`: no more will come.
 */
bool http_answer_parse(http_answer *answer, const char *to, const char **data, size_t *len, bool ended);

#endif
