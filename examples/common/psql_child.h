/*
 * psql_child.h - one `psql` child: started, asked, killed. One thread at a time.
 */
#ifndef EXAMPLES_PSQL_CHILD_H
#define EXAMPLES_PSQL_CHILD_H

#include "coprocess.h"
#include "psql_place.h"
#include "psql_reader.h"
#include "psql_script.h"

typedef struct psql_child {
    coprocess process; /* pid 0: there is none */
    char nonce[PSQL_NONCE_LEN + 1];
    uint64_t round; /* calls so far; the first one brings the settings along */
} psql_child;

/** What all statements of a call are about. */
typedef struct psql_call {
    const char *const *statements;
    size_t count;
    psql_mode mode;
    uint64_t deadline_ns;
    uint32_t allowed_ms; /* from the call to the deadline, for words */
    size_t max_bytes;
} psql_call;

enum { PSQL_WHY_SIZE = 400 };

/** Start it. False: `why` has the words. */
bool psql_child_start(psql_child *self, const char *program, const psql_place *place,
                      char why[PSQL_WHY_SIZE]);

typedef enum psql_outcome {
    PSQL_DONE = 1, /* every statement has an answer, be it an error */
    PSQL_DEAD,     /* it had ended before the first answer; words in `why` */
    PSQL_FAILED    /* it is to be killed; words in `why` */
} psql_outcome;

psql_outcome psql_child_ask(psql_child *self, psql_reader *reader, const psql_call *call,
                            char why[PSQL_WHY_SIZE]);

/** Kill what is left of it. False: the kernel has not let it go yet; try again before the next start. */
bool psql_child_kill(psql_child *self);

#endif
