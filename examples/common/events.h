/*
 * events.h - lines of text that stand for calls: `piece_sent connection=0 bytes=1048576 seconds=0.042`.
 *
 *   line   = [ name { blank key "=" value } ]     blanks around it do not matter
 *   name, key = a-z, then a-z 0-9 _
 *   value  = bare | quoted
 *   bare   = one byte or more, none of them a blank, a quote or a control character
 *   quoted = '"' ... '"' with \" \\ \n \t \xHH (not \x00); no raw control character
 *   blank  = one or more spaces or tabs
 *
 * An empty line means nothing, and neither does one that begins with '#'. Every key of the event must be there,
 * once, in any order. Bytes above 0x7f are taken as they are: the library repairs what is not UTF-8.
 *
 *   torrent_tracked hash=0a1b name="a \"quoted\" name" waiting_seconds=12.5
 *
 * Input is hostile until shown otherwise. A line that breaks a rule is counted by reason, the first one of each
 * reason is told on standard error by its number, never by its text, and the next line is read.
 */
#ifndef EXAMPLES_EVENTS_H
#define EXAMPLES_EVENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define EVENT_MAX_LINE 8192 /* bytes of a line without its end */
#define EVENT_MAX_KEYS 9
#define EVENT_MAX_COUNT (UINT64_C(1) << 53) /* above it gauges would not be exact */
#define EVENT_MAX_AMOUNT 1e15

typedef enum event_type {
    EVENT_COUNT = 1, /* a whole number, 0 to EVENT_MAX_COUNT, in decimal digits */
    EVENT_AMOUNT,    /* a decimal number, 0 to EVENT_MAX_AMOUNT; no "inf", no hexadecimal */
    EVENT_TEXT,
    EVENT_CHOICE /* one of the key's choices */
} event_type;

typedef struct event_key {
    const char *name;
    event_type type;
    const char *const *choices; /* EVENT_CHOICE: the values allowed, NULL-terminated */
} event_key;

typedef union event_value {
    uint64_t count;
    double amount;
    const char *text; /* gone after the call */
    size_t choice;    /* index in the choices */
} event_value;

/** Who takes the events; embed it and find your object with TACHO_CONTAINER. */
typedef struct event_target {
    const struct event_row *rows;
    size_t row_count;
} event_target;

/** One event; a row of a static const table. */
typedef struct event_row {
    const char *name;
    /** Carry it out; `values` are in the order of `keys`. False: the values make no sense together. */
    bool (*apply)(event_target *target, const event_value *values);
    event_key keys[EVENT_MAX_KEYS]; /* unused ones stay zero */
} event_row;

/** Why a line was not taken. */
typedef enum event_reason {
    EVENT_TAKEN = 0, /* it was; also an empty line or comment */
    EVENT_TOO_LONG,
    EVENT_CUT_OFF, /* a connection ended inside the line */
    EVENT_SYNTAX,
    EVENT_UNKNOWN_EVENT,
    EVENT_UNKNOWN_KEY,
    EVENT_DUPLICATE_KEY,
    EVENT_MISSING_KEY,
    EVENT_BAD_VALUE, /* no number, out of range, or none of the choices */
    EVENT_REFUSED,   /* `apply` said no */
    EVENT_REASONS
} event_reason;

/** The reasons as label values and words: from EVENT_TOO_LONG on, NULL-terminated. */
extern const char *const event_reason_names[EVENT_REASONS];

/**
 * Parse one line and carry it out. `row` (NULL: not wanted) receives the event that was meant as far as it was
 * understood, or NULL.
 */
event_reason event_apply(event_target *target, const char *line, size_t len, const event_row **row);

#endif
