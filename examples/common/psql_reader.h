/*
 * psql_reader.h - from what a `psql` child has written to answers; knows no child.
 *
 *   output = { answer } end
 *   answer = [ record { NUL NUL record } NUL ] mark error " " sqlstate " " message " " nonce LF
 *   record = name NUL value { NUL name NUL value }
 *
 * That is psql's unaligned, expanded form with NUL for both separators. Text of PostgreSQL holds no NUL, and a name
 * of a column is never empty: so an empty name can only be the end of a record, whatever the values are. The marks
 * are those of psql_script.h.
 */
#ifndef EXAMPLES_PSQL_READER_H
#define EXAMPLES_PSQL_READER_H

#include "psql.h"

typedef struct psql_reader psql_reader;

/** Make a reader for so many answers of at most `max_bytes` together; NULL: out of memory. */
psql_reader *psql_reader_new(size_t count, size_t max_bytes);

/**
 * Room for the next bytes; `room` receives how many, at least 1. NULL: out of memory, or the limit is reached. Tell
 * psql_reader_took how many came.
 */
char *psql_reader_room(psql_reader *self, size_t *room);
void psql_reader_took(psql_reader *self, size_t len);

/** Whether the bytes end as the output of this call does. */
bool psql_reader_is_done(const psql_reader *self, const char *nonce, uint64_t round);

/** Read the answers that are complete, from the first; once. Returns how many. */
size_t psql_reader_parse(psql_reader *self, const char *nonce, uint64_t round);

/** Turn into what psql_answers_free releases; what is not an answer has this error. NULL: out of memory. */
psql_answers *psql_reader_finish(psql_reader *self, const char *why);

/** Forget all bytes, to begin anew. */
void psql_reader_reset(psql_reader *self);
void psql_reader_free(psql_reader *self);

#endif
