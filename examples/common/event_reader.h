/*
 * event_reader.h - where event lines come from: a file, standard input, or connections to a Unix socket.
 *
 * The socket is made with access for its owner only and is removed at the end; one that a dead process has left
 * behind is replaced. At most EVENT_MAX_CLIENTS connections are read at a time, more wait. The lines of one
 * connection are carried out in order.
 */
#ifndef EXAMPLES_EVENT_READER_H
#define EXAMPLES_EVENT_READER_H

#include "event_intake.h"

#define EVENT_MAX_CLIENTS 32

typedef struct event_reader event_reader;

/**
 * Open a source: a path, "-", or "unix:PATH". NULL when it cannot be had; `why` (of `cap` bytes) then says it in
 * words. Owes one event_reader_close.
 */
event_reader *event_reader_open(const char *source, event_intake *intake, char *why, size_t cap);

/** Read to the end on this thread; a socket has none. */
void event_reader_run(event_reader *reader);

/** Read on a thread of its own. False: no thread can be had. */
bool event_reader_start(event_reader *reader);

/** Stop reading, wherever it is, and free everything. NULL is fine. */
void event_reader_close(event_reader *reader);

#endif
