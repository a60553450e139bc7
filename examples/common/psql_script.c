/*
 * psql_script.c - the lines that a child reads.
 *
 * Every statement is followed by a line of the mark, :ERROR, :SQLSTATE, :LAST_ERROR_MESSAGE and the nonce again, which
 * psql fills in and writes to its standard output. SQLSTATE is set to PSQL_NOT_RUN before: a statement that psql keeps
 * to itself, as one whose parentheses do not match, would otherwise look like one without rows; \r throws it away.
 *
 * The time that the server has is measured by the server: each statement gets what those before it have left. The
 * setting is local to a transaction, so that it also works through a connection pooler, and each transaction is
 * rolled back: nothing was changed.
 */
#define _GNU_SOURCE /* getrandom's flags */
#include "psql_script.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

bool psql_nonce_make(char nonce[PSQL_NONCE_LEN + 1])
{
    unsigned char bytes[PSQL_NONCE_LEN / 2];
    ssize_t got;
    do got = getrandom(bytes, sizeof bytes, 0);
    while (got < 0 && errno == EINTR);
    if (got != (ssize_t)sizeof bytes) return false;
    for (size_t i = 0; i < sizeof bytes; i++) snprintf(nonce + 2 * i, 3, "%02x", bytes[i]);
    return true;
}

void psql_mark_null(char mark[PSQL_MARK_SIZE], const char *nonce)
{
    snprintf(mark, PSQL_MARK_SIZE, "%s-null", nonce);
}

size_t psql_mark_answer(char mark[PSQL_MARK_SIZE], const char *nonce, uint64_t round, size_t statement)
{
    return (size_t)snprintf(mark, PSQL_MARK_SIZE, "%s-%" PRIu64 "-%zu ", nonce, round, statement);
}

size_t psql_mark_end(char mark[PSQL_MARK_SIZE], const char *nonce, uint64_t round)
{
    return (size_t)snprintf(mark, PSQL_MARK_SIZE, "%s-%" PRIu64 "-end\n", nonce, round);
}

/* Add text; a script that lacks memory stays without. */
__attribute__((format(printf, 2, 3))) static void script_add(psql_script *self, const char *format, ...)
{
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    int len = vsnprintf(NULL, 0, format, arguments);
    char *grown = self->text && len >= 0 ? realloc(self->text, self->len + (size_t)len + 1) : NULL;
    if (grown) {
        vsnprintf(grown + self->len, (size_t)len + 1, format, again);
        self->text = grown;
        self->len += (size_t)len;
    } else {
        free(self->text);
        self->text = NULL;
    }
    va_end(again);
    va_end(arguments);
}

psql_script psql_script_new(void) { return (psql_script){ calloc(1, 1), 0 }; }

void psql_script_begin(psql_script *self, const char *nonce)
{
    char mark[PSQL_MARK_SIZE];
    psql_mark_null(mark, nonce);
    script_add(self, "\\set VERBOSITY terse\n\\set SHOW_CONTEXT never\n\\pset null '%s'\n", mark);
}

static void script_add_statement(psql_script *self, const char *nonce, const char *mark,
                                 const char *statement, int server_ms)
{
    script_add(self,
               "SELECT pg_catalog.set_config('statement_timeout', greatest(1, %d -"
               " (extract(epoch FROM clock_timestamp()) - :tacho_start) * 1000)::bigint::text, true)"
               " AS tacho_timeout \\gset\n"
               "\\set SQLSTATE " PSQL_NOT_RUN "\n"
               "%s\n;\n\\r\n"
               "\\echo %s:ERROR :SQLSTATE :LAST_ERROR_MESSAGE %s\n",
               server_ms, statement, mark, nonce);
}

void psql_script_ask(psql_script *self, const char *nonce, uint64_t round, const char *const *statements,
                     size_t count, psql_mode mode, int server_ms)
{
    char mark[PSQL_MARK_SIZE];
    script_add(self, "SELECT extract(epoch FROM clock_timestamp()) AS tacho_start \\gset\n");
    if (mode == PSQL_SNAPSHOT)
        script_add(self, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;\nSAVEPOINT tacho;\n");
    for (size_t i = 0; i < count; i++) {
        psql_mark_answer(mark, nonce, round, i);
        if (mode == PSQL_EACH) script_add(self, "BEGIN READ ONLY;\n");
        script_add_statement(self, nonce, mark, statements[i], server_ms);
        script_add(self, mode == PSQL_EACH ? "ROLLBACK;\n" : "ROLLBACK TO SAVEPOINT tacho;\n");
    }
    psql_mark_end(mark, nonce, round);
    script_add(self, "%s\\echo %s", mode == PSQL_SNAPSHOT ? "ROLLBACK;\n" : "", mark);
}
