/*
 * http_answer.h - what a connection answers.
 *
 * Each call begins an answer: its head is in `out`, and what follows in `out`, `body` or `scrape`; unless it says otherwise.
 */
#ifndef TACHO_HTTP_ANSWER_H
#define TACHO_HTTP_ANSWER_H

#include "http_conn.h"

/** Answer a request that was read with this status. Begins no answer yet if the metrics are being gathered (`gathering`), or if
 *  a route wants the body (`collecting`). [owner | one request | 0.1] */
TACHO_INTERNAL void tacho__http_answer(tacho__http_conn *conn, int status);

/** Ask the route that is `collecting`: its body is whole. [owner | one request | 0.1] */
TACHO_INTERNAL void tacho__http_answer_route(tacho__http_conn *conn);

/** Show the metrics: what was gathered is there. [owner | O(1) | 0.1] */
TACHO_INTERNAL void tacho__http_answer_metrics(tacho__http_conn *conn);

/** Say that the metrics cannot be shown. [owner | O(1) | 0.1] */
TACHO_INTERNAL void tacho__http_answer_failure(tacho__http_conn *conn);

/** Append to `out` what fits; returns how much that was. [owner | O(len) | 0.1] */
TACHO_INTERNAL size_t tacho__http_append(tacho__http_conn *conn, const char *data, size_t len);

#endif
