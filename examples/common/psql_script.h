/*
 * psql_script.h - what a `psql` child is told: settings once, then for each call its statements, with marks in between.
 *
 * Marks and the text that stands for NULL hold a nonce, 128 random bits made for the child. It is only in its input
 * and output, neither in an argument nor in anything sent to the server, so that nobody else can write it.
 */
#ifndef EXAMPLES_PSQL_SCRIPT_H
#define EXAMPLES_PSQL_SCRIPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "psql.h"

enum { PSQL_NONCE_LEN = 32, PSQL_MARK_SIZE = 80 };

/** False: the system has no random numbers. */
bool psql_nonce_make(char nonce[PSQL_NONCE_LEN + 1]);

/** What stands for NULL. */
void psql_mark_null(char mark[PSQL_MARK_SIZE], const char *nonce);

/** The beginning of the line behind an answer, the call being the `round`th of its child. Returns its length. */
size_t psql_mark_answer(char mark[PSQL_MARK_SIZE], const char *nonce, uint64_t round, size_t statement);

/** The line behind the last answer, its line feed included. Returns its length. */
size_t psql_mark_end(char mark[PSQL_MARK_SIZE], const char *nonce, uint64_t round);

/** What stands there instead of an SQLSTATE when psql has not sent the statement. */
#define PSQL_NOT_RUN "none"

typedef struct psql_script {
    char *text; /* NULL: out of memory */
    size_t len;
} psql_script;

/** Make an empty one; release `text` with free. */
psql_script psql_script_new(void);

/** Add what a new child is told first. */
void psql_script_begin(psql_script *self, const char *nonce);

/** Add what it is told for one call; the server is to end everything within `server_ms`. */
void psql_script_ask(psql_script *self, const char *nonce, uint64_t round, const char *const *statements,
                     size_t count, psql_mode mode, int server_ms);

#endif
