/*
 * trackarr_sql.h - what PostgreSQL is asked for each family. Internal to the module.
 *
 * An answer is one row with one column, or, where the family has a label, one row for each of its values with the value
 * first. Times in the database are UTC without saying so: the session's time zone has to be UTC.
 */
#ifndef TRACKARR_SQL_H
#define TRACKARR_SQL_H

#include "psql.h"
#include "trackarr_source.h"

enum { TRACKARR_SQL_QUERIES = TRACKARR_REDIS_MEMORY_BYTES };

/** In the order of trackarr_family. */
extern const char *const trackarr_sql[TRACKARR_SQL_QUERIES];

/** Put the numbers of what psql was answered, or fail the answer: nothing in it is believed unseen. */
void trackarr_sql_take(trackarr_answer *answer, const psql_answer *got);

#endif
