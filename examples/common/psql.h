/*
 * psql.h - questions to PostgreSQL through its stock client: a few `psql` children that live long, and their pipes.
 *
 *   psql *db = psql_new(&(psql_options){ .url = getenv("DATABASE_URL") }, why, sizeof why);
 *   static const char *const questions[] = { "SELECT count(*) FROM jobs", "SELECT name, age FROM workers" };
 *   psql_answers *answers = psql_ask(db, questions, 2, PSQL_SNAPSHOT, deadline_in_ms(900));
 *   if (answers && !answers->list[1].error)
 *       for (size_t row = 0; row < answers->list[1].row_count; row++)
 *           puts(psql_field_at(&answers->list[1], row, 0)->text);
 *   psql_answers_free(answers);
 *
 * Threads: psql_ask may be called by any number of threads at once; each takes a child of the pool for the call. No
 * call raises SIGPIPE or needs a signal. Children are started by the first calls that need them, each in a process
 * group of its own, with nothing open but its pipes; they end when this process does, however that happens.
 *
 * Failures: a statement that the server refuses fails alone, with the server's words. A child that dies, answers
 * nonsense or too much, or is silent at the deadline is killed, and its place stays empty for a time that doubles
 * with every failure in a row; while all places are empty so, psql_ask fails at once and says why. One that had
 * served before and is found dead (the server was restarted) is replaced within the call, which then goes on.
 *
 * Time: the server itself ends a statement somewhat before the deadline, through statement_timeout, be it busy,
 * asleep or waiting for a lock; the child stays. When not even that comes, psql_ask returns at the deadline.
 *
 * The password is in no message, no argument list and no file; a child has it in its environment.
 */
#ifndef EXAMPLES_PSQL_H
#define EXAMPLES_PSQL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "deadline.h"

#define PSQL_MAX_CHILDREN 16
#define PSQL_MAX_STATEMENTS 256 /* of one call */
#define PSQL_MAX_FIELDS 262144  /* of one answer: rows times columns */

/* ---- The pool -------------------------------------------------------------------------------------------------- */

typedef struct psql psql;

/** What a pool is made of; zero and NULL mean the default. The texts are copied. */
typedef struct psql_options {
    /**
     * postgres://[USER[:PASSWORD]@][HOST[:PORT]][/DATABASE][?NAME=VALUE[&...]], also postgresql://, required. Parts
     * may be percent-encoded; HOST is a name, an address, [an IPv6 address], or %2Fa%2Fdirectory of a Unix socket.
     * NAME is one of host, port, user, password, dbname, hostaddr, sslmode, sslcert, sslkey, sslrootcert, sslcrl,
     * gssencmode, channel_binding, target_session_attrs, connect_timeout, application_name, options, and goes before
     * the same thing in front of the '?'. What is left out has libpq's default: the variables PG* of this process,
     * ~/.pgpass, ~/.psqlrc and ~/.postgresql count for nothing.
     */
    const char *url;
    const char *password;         /* instead of that of the URL; NULL: as there */
    const char *application_name; /* shown by pg_stat_activity when the URL has none; NULL: "tacho" */
    const char *program;          /* a path, or a name to look for in PATH; NULL: "psql" */
    size_t children;              /* 1 to PSQL_MAX_CHILDREN; 0: 4 */
    size_t max_bytes; /* of what a child may write in one call, names of columns included; 0: 8 MiB */
    uint32_t backoff_min_ms, backoff_max_ms; /* 0: 250 ms, 30 s */
} psql_options;

/**
 * Make a pool; starts no child yet. Owes one psql_free. NULL: the URL is wrong or memory is out, `why` says which,
 * without a piece of the URL that could be secret.
 */
psql *psql_new(const psql_options *options, char *why, size_t cap);

/** End all children, those that do not go within half a second by force, and wait for them. After all calls. */
void psql_free(psql *self);

/* ---- Asking ---------------------------------------------------------------------------------------------------- */

/** How the statements of one call are to be taken. Either way they only read: each transaction is READ ONLY. */
typedef enum psql_mode {
    PSQL_EACH = 1, /* each sees what is there when its turn comes */
    PSQL_SNAPSHOT  /* all see the same moment; also then, one that fails leaves the others' answers */
} psql_mode;

/** One value, in the server's text form: true is "t", a bytea begins with "\x". It holds no NUL but at its end. */
typedef struct psql_field {
    const char *text; /* NULL for the value NULL, never for empty text */
    size_t len;
} psql_field;

/** What one statement was answered: rows, perhaps none, or an error. */
typedef struct psql_answer {
    const char *error;    /* in words, on one line; NULL: there is none */
    const char *sqlstate; /* "42703" when the server said no; "" otherwise */
    size_t row_count;
    size_t column_count;        /* 0 when there is no row */
    const char *const *columns; /* their names */
    const psql_field *fields;   /* row by row */
} psql_answer;

/** The answers of one call. */
typedef struct psql_answers {
    size_t count; /* as many as statements */
    size_t error_count;
    const psql_answer *list;
} psql_answers;

/**
 * Ask and wait for the answers, at most until the deadline; waiting for a free child counts.
 *
 * A statement is text of the program, never made of data: one SQL statement that returns rows, in UTF-8, without a
 * ';' at its end and without psql's backslash commands. ':name' outside of quotes is psql's syntax, '::type' is not.
 * Give columns names of their own. Sessions have TimeZone UTC, DateStyle ISO and client_encoding UTF8.
 *
 * Owes one psql_answers_free. When a call is cut short (deadline, too long, a dead child), what was complete stays
 * an answer, and the other statements have the reason as their error. NULL only when out of memory.
 */
psql_answers *psql_ask(psql *self, const char *const *statements, size_t count, psql_mode mode,
                       uint64_t deadline_ns);
void psql_answers_free(psql_answers *answers);

/* ---- Reading answers ------------------------------------------------------------------------------------------- */

/** A field of an answer without error; `row` and `column` below the counts. */
const psql_field *psql_field_at(const psql_answer *answer, size_t row, size_t column);

/** A whole number that fits. False: it is NULL, or something else. */
bool psql_field_int(const psql_field *field, int64_t *value);

/**
 * A number as PostgreSQL writes them, whatever the locale; also "NaN", "Infinity", and too large ones, which become
 * infinite. False: it is NULL, or something else.
 */
bool psql_field_number(const psql_field *field, double *value);

#endif
