/*
 * http_get.h - a page of an HTTP server, with a bearer token, by a deadline that holds for all of it.
 *
 * One connection for each page. What is sent is not encrypted: it is for servers on this machine, or behind a proxy on
 * it. A redirection is an answer as any other and is never followed. The token is read from its file for each page, so
 * that one that changes needs no restart; nothing that can be logged ever holds it.
 */
#ifndef EXAMPLES_HTTP_GET_H
#define EXAMPLES_HTTP_GET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HTTP_MAX_TOKEN 4096

typedef struct http_get http_get;

/** The texts are copied. */
typedef struct http_get_options {
    const char *url;        /* http://HOST[:PORT][/PATH]; an IPv6 address in brackets; port 80 */
    const char *token_file; /* its first line; NULL: no token is sent */
    size_t max_body;        /* 0: HTTP_MAX_BODY of http_reader.h */
} http_get_options;

/** Make one; it connects when it is asked, and has one owner at a time. NULL: `why` has the words. */
http_get *http_get_new(const http_get_options *options, char *why, size_t cap);
void http_get_free(http_get *self);

typedef struct http_page {
    int status;
    char *body; /* NULL: empty */
    size_t len;
} http_page;

/**
 * Ask for `target`, which is put behind the URL's path: "/streams?page=1". True: there is an answer, of any status,
 * that owes one http_page_fini. False: `why` has the words.
 */
bool http_get_page(http_get *self, const char *target, uint64_t deadline_ns, http_page *page, char *why,
                   size_t cap);
void http_page_fini(http_page *page);

#endif
