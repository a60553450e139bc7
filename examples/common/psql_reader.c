#define _POSIX_C_SOURCE 200809L
#include "psql_reader.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tacho/tacho.h>

#include "psql_script.h"
#include "words.h"

enum { READER_FIRST_ROOM = 16384, READER_MAX_WORDS = 300, READER_WHY_SIZE = 400 };

/* Where the fields and columns of an answer begin: pointers only once nothing moves any more. */
typedef struct reader_part {
    size_t field, column;
} reader_part;

struct psql_reader {
    psql_answers answers;
    psql_answer *list;
    reader_part *parts;
    size_t complete; /* answers read */
    char *bytes;
    size_t len, cap, max;
    psql_field *fields;
    size_t field_count, field_cap;
    const char **columns;
    size_t column_count, column_cap;
    char null_mark[PSQL_MARK_SIZE], why[READER_WHY_SIZE];
};

/* ---- Bytes ----------------------------------------------------------------------------------------------------- */

psql_reader *psql_reader_new(size_t count, size_t max_bytes)
{
    psql_reader *self = calloc(1, sizeof *self);
    if (!self) return NULL;
    self->max = max_bytes;
    self->list = calloc(count + 1, sizeof *self->list);
    self->parts = calloc(count + 1, sizeof *self->parts);
    self->answers = (psql_answers){ .count = count, .list = self->list };
    if (self->list && self->parts) return self;
    psql_reader_free(self);
    return NULL;
}

void psql_reader_free(psql_reader *self)
{
    if (!self) return;
    free(self->list);
    free(self->parts);
    free(self->bytes);
    free(self->fields);
    free(self->columns);
    free(self);
}

void psql_reader_reset(psql_reader *self)
{
    self->len = 0;
    self->complete = self->field_count = self->column_count = 0;
}

char *psql_reader_room(psql_reader *self, size_t *room)
{
    if (self->len == self->cap) {
        size_t cap = self->cap ? self->cap * 2 : READER_FIRST_ROOM;
        if (cap > self->max) cap = self->max;
        char *grown = cap > self->len ? realloc(self->bytes, cap) : NULL;
        if (!grown) return NULL;
        self->bytes = grown;
        self->cap = cap;
    }
    *room = self->cap - self->len;
    return self->bytes + self->len;
}

void psql_reader_took(psql_reader *self, size_t len) { self->len += len; }

bool psql_reader_is_done(const psql_reader *self, const char *nonce, uint64_t round)
{
    char mark[PSQL_MARK_SIZE];
    size_t len = psql_mark_end(mark, nonce, round);
    return self->len >= len && memcmp(self->bytes + self->len - len, mark, len) == 0;
}

/* ---- Records --------------------------------------------------------------------------------------------------- */

/* Where reading is; the end is that of all bytes. */
typedef struct reader_cursor {
    char *at, *end;
} reader_cursor;

/* Take the text up to the next NUL. NULL: there is none. */
static char *cursor_text(reader_cursor *cursor, size_t *len)
{
    char *text = cursor->at,
         *nul = text < cursor->end ? memchr(text, '\0', (size_t)(cursor->end - text)) : NULL;
    if (!nul) return NULL;
    *len = (size_t)(nul - text);
    cursor->at = nul + 1;
    return text;
}

static bool cursor_begins(const reader_cursor *cursor, const char *mark, size_t len)
{
    return (size_t)(cursor->end - cursor->at) >= len && memcmp(cursor->at, mark, len) == 0;
}

/* The array with room for one more element, perhaps elsewhere; NULL when out of memory, and it stays as it was. */
static void *array_grown(void *array, size_t count, size_t *cap, size_t size)
{
    if (count < *cap) return array;
    size_t more = *cap ? *cap * 2 : 64;
    void *grown = realloc(array, more * size);
    if (grown) *cap = more;
    return grown;
}

/* A column of the first record. */
static bool reader_add_column(psql_reader *self, psql_answer *answer, const char *name)
{
    const char **grown = array_grown(self->columns, self->column_count, &self->column_cap, sizeof *grown);
    if (!grown) return false;
    self->columns = grown;
    grown[self->column_count++] = name;
    answer->column_count++;
    return true;
}

static bool reader_add_field(psql_reader *self, const char *text, size_t len)
{
    psql_field *grown = array_grown(self->fields, self->field_count, &self->field_cap, sizeof *grown);
    if (!grown) return false;
    self->fields = grown;
    bool is_null = strcmp(text, self->null_mark) == 0;
    grown[self->field_count++] = (psql_field){ is_null ? NULL : text, is_null ? 0 : len };
    return true;
}

/*
 * A record; records after the first have the same columns. The end of a record is left to be read: the mark when
 * it was the last, else an empty name. False: no record, or out of memory.
 */
static bool reader_record(psql_reader *self, size_t i, reader_cursor *cursor, const char *mark,
                          size_t mark_len)
{
    psql_answer *answer = &self->list[i];
    size_t column = 0;
    do {
        size_t name_len, len;
        const char *name = cursor_text(cursor, &name_len), *text = name ? cursor_text(cursor, &len) : NULL;
        if (!text || name_len == 0) return false;
        if (answer->row_count == 0) {
            if (!reader_add_column(self, answer, name)) return false;
        } else if (column >= answer->column_count ||
                   strcmp(name, self->columns[self->parts[i].column + column]) != 0) {
            return false;
        }
        if (self->field_count - self->parts[i].field <= PSQL_MAX_FIELDS && !reader_add_field(self, text, len))
            return false; /* one more than allowed is kept as a sign */
        column++;
    } while (cursor->at < cursor->end && *cursor->at != '\0' && !cursor_begins(cursor, mark, mark_len));
    answer->row_count++;
    return column == answer->column_count;
}

/* ---- Answers --------------------------------------------------------------------------------------------------- */

/* Drop what was read of an answer. */
static void reader_drop(psql_reader *self, size_t i)
{
    self->field_count = self->parts[i].field;
    self->column_count = self->parts[i].column;
    self->list[i] = (psql_answer){ .sqlstate = "" };
}

/* Take the word up to the next blank, and end it. NULL: there is none. */
static char *cursor_word(reader_cursor *cursor)
{
    char *word = cursor->at, *blank = memchr(word, ' ', (size_t)(cursor->end - word));
    if (!blank) return NULL;
    *blank = '\0';
    cursor->at = blank + 1;
    return word;
}

/* The end of the message in a mark's line: where " NONCE\n" begins. */
static char *cursor_message_end(reader_cursor *cursor, const char *nonce)
{
    char tail[PSQL_NONCE_LEN + 3];
    size_t tail_len = (size_t)snprintf(tail, sizeof tail, " %s\n", nonce);
    for (char *at = cursor->at; (size_t)(cursor->end - at) >= tail_len; at++) {
        at = memchr(at, ' ', (size_t)(cursor->end - at));
        if (!at || (size_t)(cursor->end - at) < tail_len) return NULL;
        if (memcmp(at, tail, tail_len) == 0) return at;
    }
    return NULL;
}

/* The line behind an answer, from behind its mark. False: it is not complete. */
static bool reader_mark(psql_reader *self, size_t i, reader_cursor *cursor, const char *nonce)
{
    const char *failed = cursor_word(cursor), *sqlstate = failed ? cursor_word(cursor) : NULL;
    char *message = cursor->at, *end = sqlstate ? cursor_message_end(cursor, nonce) : NULL;
    if (!end || (strcmp(failed, "true") != 0 && strcmp(failed, "false") != 0)) return false;
    cursor->at = end + PSQL_NONCE_LEN + 2;
    psql_answer *answer = &self->list[i];
    const char *error = NULL;
    if (strcmp(sqlstate, PSQL_NOT_RUN) == 0) {
        error = "psql has not sent the statement: does a parenthesis lack its counterpart?";
        sqlstate = "";
    } else if (*failed == 't') {
        size_t len = (size_t)(end - message); /* behind it is room, and nothing to be read any more */
        words_clean(message, len + 4 < READER_MAX_WORDS ? len + 4 : READER_MAX_WORDS, message, len);
        error = *message ? message : "refused by the server without a word";
    } else if (self->field_count - self->parts[i].field > PSQL_MAX_FIELDS) {
        error = "the answer has too many fields";
    }
    if (error) reader_drop(self, i);
    answer->error = error;
    answer->sqlstate = error ? sqlstate : "";
    return true;
}

static bool reader_answer(psql_reader *self, size_t i, reader_cursor *cursor, const char *nonce,
                          uint64_t round)
{
    char mark[PSQL_MARK_SIZE];
    size_t len = psql_mark_answer(mark, nonce, round, i);
    for (bool more = !cursor_begins(cursor, mark, len); more;) {
        if (!reader_record(self, i, cursor, mark, len)) return false;
        more = !cursor_begins(cursor, mark, len);
        if (more && cursor->at == cursor->end) return false;
        cursor->at += more; /* the second NUL; the first one ended the value */
    }
    cursor->at += len;
    return reader_mark(self, i, cursor, nonce);
}

size_t psql_reader_parse(psql_reader *self, const char *nonce, uint64_t round)
{
    if (self->len == 0) return 0;
    reader_cursor cursor = { self->bytes, self->bytes + self->len };
    psql_mark_null(self->null_mark, nonce);
    for (size_t i = 0; i < self->answers.count; i++) {
        self->parts[i] = (reader_part){ self->field_count, self->column_count };
        reader_drop(self, i);
        if (!reader_answer(self, i, &cursor, nonce, round)) {
            reader_drop(self, i);
            return self->complete;
        }
        self->complete++;
    }
    return self->complete;
}

psql_answers *psql_reader_finish(psql_reader *self, const char *why)
{
    snprintf(self->why, sizeof self->why, "%s", why);
    for (size_t i = 0; i < self->answers.count; i++) {
        psql_answer *answer = &self->list[i];
        if (i >= self->complete) *answer = (psql_answer){ .error = self->why, .sqlstate = "" };
        if (answer->error) {
            self->answers.error_count++;
        } else if (answer->row_count > 0) {
            answer->fields = self->fields + self->parts[i].field;
            answer->columns = self->columns + self->parts[i].column;
        }
    }
    return &self->answers;
}

void psql_answers_free(psql_answers *answers)
{
    if (answers) psql_reader_free(TACHO_CONTAINER(answers, psql_reader, answers));
}
