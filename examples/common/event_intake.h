/*
 * event_intake.h - from chunks of bytes to events: cuts lines, counts what is wrong with them, tells it once.
 *
 * An intake belongs to an exporter, a stream to one file or connection. Memory is fixed: one line per stream.
 */
#ifndef EXAMPLES_EVENT_INTAKE_H
#define EXAMPLES_EVENT_INTAKE_H

#include "events.h"

#include <stdatomic.h>
#include <tacho/tacho.h>

typedef struct event_intake {
    event_target *target;
    const char *program; /* for what is told on standard error */
    tacho_counter *taken;
    tacho_counter *rejected[EVENT_REASONS - 1]; /* by reason, from EVENT_TOO_LONG on */
    atomic_bool told[EVENT_REASONS];
    tacho_desc *rows;
} event_intake;

/**
 * Make an intake in the caller's storage and define PREFIX NAME_events_taken_total and
 * PREFIX NAME_events_rejected_total{reason}. Owes one event_intake_fini, after the registry is gone.
 */
tacho_err event_intake_init(event_intake *intake, tacho_registry *reg, event_target *target,
                            const char *program, const char *prefix, const char *name);
void event_intake_fini(event_intake *intake);

/** The lines of one origin; one thread at a time. */
typedef struct event_stream {
    event_intake *intake;
    uint64_t line; /* the number of the one being read, from 1 */
    size_t len;    /* bytes of it so far, those that are kept: */
    char text[EVENT_MAX_LINE + 2]; /* enough to tell one that is too long from one with a carriage return behind it */
} event_stream;

void event_stream_init(event_stream *stream, event_intake *intake);

/** Take the next bytes, and carry out each line that ends in them. */
void event_stream_feed(event_stream *stream, const char *bytes, size_t len);

/** What a last line without a line feed is: the end of a file, or what a lost connection has left of a line. */
typedef enum event_ending { EVENT_END_OF_FILE, EVENT_END_OF_CONNECTION } event_ending;

void event_stream_end(event_stream *stream, event_ending ending);

#endif
