/*
 * tracearr_answer.h - what Tracearr's API has answered, taken out of its JSON. Internal to the module.
 *
 * An answer is an object. Some of its members are wanted by name, "meta.total" being one inside another; and one may be
 * an array whose entries are objects, of which again some members are wanted. All else is checked and passed by.
 */
#ifndef TRACEARR_ANSWER_H
#define TRACEARR_ANSWER_H

#include <stdbool.h>
#include <stddef.h>

enum { TRACEARR_MAX_MEMBERS = 16 };

typedef enum tracearr_type {
    TRACEARR_ABSENT_VALUE = 0, /* or null */
    TRACEARR_TEXT,
    TRACEARR_NUMBER,
    TRACEARR_FALSE,
    TRACEARR_TRUE,
    TRACEARR_OTHER /* an object or array, or a text with a NUL in it */
} tracearr_type;

typedef struct tracearr_value {
    tracearr_type type;
    const char *text; /* not empty or NULL for any other type than TRACEARR_TEXT; in the answer's bytes */
    double number;
} tracearr_value;

/** What is wanted; embed it and find your object with TACHO_CONTAINER. */
typedef struct tracearr_answer {
    const char *const *names; /* of members, NULL-terminated, at most TRACEARR_MAX_MEMBERS; NULL: none */
    const char *array;        /* the member with the entries, which must be there; NULL: none */
    const char *const *entry_names; /* of their members */
    /** An entry; NULL: one that is no object. */
    void (*take)(struct tracearr_answer *self, const tracearr_value *entry);
    tracearr_value values[TRACEARR_MAX_MEMBERS]; /* of the members; their texts are gone */
    size_t entries;
} tracearr_answer;

/** Read it; the bytes are written to. False: `why` has the words, and some entries may have been taken. */
bool tracearr_answer_read(tracearr_answer *self, char *bytes, size_t len, char *why, size_t cap);

/** Whether a value is this text. */
bool tracearr_value_is(const tracearr_value *value, const char *text);

#endif
