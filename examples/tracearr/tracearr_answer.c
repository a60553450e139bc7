#include "tracearr_answer.h"

#include <stdio.h>
#include <string.h>

#include "json_reader.h"

static void answer_clear(tracearr_value *values)
{
    for (size_t i = 0; i < TRACEARR_MAX_MEMBERS; i++)
        values[i] = (tracearr_value){ .type = TRACEARR_ABSENT_VALUE };
}

bool tracearr_value_is(const tracearr_value *value, const char *text)
{
    return value->text && strcmp(value->text, text) == 0;
}

static void answer_set(tracearr_value *value, json_token token, const json_reader *reader)
{
    *value = (tracearr_value){ .type = TRACEARR_OTHER };
    if (token == JSON_NULL) value->type = TRACEARR_ABSENT_VALUE;
    if (token == JSON_FALSE) value->type = TRACEARR_FALSE;
    if (token == JSON_TRUE) value->type = TRACEARR_TRUE;
    if (token == JSON_NUMBER) *value = (tracearr_value){ .type = TRACEARR_NUMBER, .number = reader->number };
    if (token == JSON_STRING && strlen(reader->string) == reader->string_len)
        *value = (tracearr_value){ .type = TRACEARR_TEXT, .text = reader->string };
}

/* What a key is called in the list of names: as it is, or behind the name of the object it is in and a point. */
static size_t answer_find(const char *const *names, const char *outer, const char *key)
{
    size_t outer_len = outer ? strlen(outer) : 0;
    for (size_t i = 0; names && names[i]; i++) {
        if (outer && (strncmp(names[i], outer, outer_len) != 0 || names[i][outer_len] != '.')) continue;
        if (strcmp(names[i] + (outer ? outer_len + 1 : 0), key) == 0) return i;
    }
    return TRACEARR_MAX_MEMBERS;
}

/* The members of an object whose beginning was taken; `outer` is its name if it is one inside another. */
static bool answer_members(json_reader *reader, const char *const *names, const char *outer,
                           tracearr_value *values)
{
    json_token token;
    while ((token = json_reader_next(reader)) == JSON_KEY) {
        const char *key = reader->string;
        size_t found = answer_find(names, outer, key);
        token = json_reader_next(reader);
        if (found < TRACEARR_MAX_MEMBERS) answer_set(&values[found], token, reader);
        bool fine = token == JSON_OBJECT && !outer
                        ? answer_members(reader, names, key, values) /* once, not deeper */
                        : json_reader_pass(reader, token);
        if (!fine) return false;
    }
    return token == JSON_OBJECT_END;
}

/* The entries of the array whose beginning was taken. */
static bool answer_entries(tracearr_answer *self, json_reader *reader)
{
    json_token token;
    while ((token = json_reader_next(reader)) != JSON_ARRAY_END) {
        tracearr_value entry[TRACEARR_MAX_MEMBERS];
        answer_clear(entry);
        bool object = token == JSON_OBJECT;
        bool fine =
            object ? answer_members(reader, self->entry_names, NULL, entry) : json_reader_pass(reader, token);
        if (!fine) return false;
        self->entries++;
        self->take(self, object ? entry : NULL);
    }
    return true;
}

/* All of it. False: the reader is broken, or `why` has the words. */
static bool answer_walk(tracearr_answer *self, json_reader *reader, bool *has_array)
{
    json_token token;
    while ((token = json_reader_next(reader)) == JSON_KEY) {
        const char *key = reader->string;
        bool is_array = self->array && strcmp(key, self->array) == 0;
        size_t found = answer_find(self->names, NULL, key);
        bool fine;
        token = json_reader_next(reader);
        if (found < TRACEARR_MAX_MEMBERS) answer_set(&self->values[found], token, reader);
        if (is_array && token == JSON_ARRAY && !*has_array)
            fine = *has_array = answer_entries(self, reader);
        else if (token == JSON_OBJECT)
            fine = answer_members(reader, self->names, key, self->values);
        else
            fine = json_reader_pass(reader, token);
        if (!fine) return false;
    }
    return token == JSON_OBJECT_END && json_reader_next(reader) == JSON_END;
}

bool tracearr_answer_read(tracearr_answer *self, char *bytes, size_t len, char *why, size_t cap)
{
    json_reader reader;
    bool has_array = false;
    json_reader_init(&reader, bytes, len);
    answer_clear(self->values);
    self->entries = 0;
    json_token first = json_reader_next(&reader);
    if (first == JSON_OBJECT && answer_walk(self, &reader, &has_array)) {
        if (has_array || !self->array) return true;
        (void)snprintf(why, cap, "the answer has no list '%s'", self->array);
        return false;
    }
    char wrong[120];
    json_reader_error(&reader, wrong, sizeof wrong);
    if (first == JSON_BROKEN || reader.error)
        (void)snprintf(why, cap, "the answer is no JSON: %s", wrong);
    else
        (void)snprintf(why, cap, "the answer is no object");
    return false;
}
