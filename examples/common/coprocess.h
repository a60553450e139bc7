/*
 * coprocess.h - a program that runs beside this one and is talked to; knows nothing of what is said.
 *
 * Its standard input and output are one socket, its standard error another, so that nothing here can raise SIGPIPE.
 * It has a process group of its own, the default action for every signal and none blocked, and no other descriptor
 * of this process. When this process dies, however that happens, it reads the end of its input.
 *
 * One owner at a time; other threads may start and end other coprocesses meanwhile.
 */
#ifndef EXAMPLES_COPROCESS_H
#define EXAMPLES_COPROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/** All zero but for the descriptors: none is running. */
typedef struct coprocess {
    pid_t pid;       /* 0: none, or reaped */
    int status;      /* as waitpid gave it; meaningful once reaped */
    int io, error;   /* sockets; -1: closed */
    char said[1024]; /* the end of what came on standard error; whoever asks may set said_len to 0 */
    size_t said_len;
} coprocess;

#define COPROCESS_NONE        \
    {                         \
        .io = -1, .error = -1 \
    }

/**
 * Start a program: a path, or a name to look for in PATH. `arguments` and `environment` end with NULL, the former
 * begins with the name. False: `errno` has the cause, ENOENT when there is no such program.
 */
bool coprocess_start(coprocess *self, const char *program, char *const *arguments, char *const *environment);

typedef enum coprocess_step {
    COPROCESS_WENT_ON = 1, /* some bytes were sent or received, or came on standard error */
    COPROCESS_ENDED,       /* it has closed its output, most likely by its end */
    COPROCESS_LATE         /* the deadline has passed */
} coprocess_step;

/**
 * Wait until something goes on. `*out` and `*out_len`, what is still to be sent, are moved on; `*in_len`, the room
 * at `in` (at least 1), becomes the count of bytes received.
 */
coprocess_step coprocess_talk(coprocess *self, const char **out, size_t *out_len, char *in, size_t *in_len,
                              uint64_t deadline_ns);

/** Close its input, so that it may end by itself. */
void coprocess_hang_up(coprocess *self);

/** Wait for its end and reap it, reading what it says until then. False: it still runs at the deadline. */
bool coprocess_await(coprocess *self, uint64_t deadline_ns);

/**
 * Kill it with everything in its process group, close the sockets and reap it. False: the kernel has not let it go
 * within a tenth of a second; coprocess_await may be tried later.
 */
bool coprocess_kill(coprocess *self);

/** How it ended, as "exit status 2"; after it was reaped. */
void coprocess_ending(const coprocess *self, char *text, size_t cap);

#endif
