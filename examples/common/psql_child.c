#define _POSIX_C_SOURCE 200809L
#include "psql_child.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "words.h"

bool psql_child_start(psql_child *self, const char *program, const psql_place *place, char why[PSQL_WHY_SIZE])
{
    /* No startup file, no prompt for a password, no tags; then the form that psql_reader.h describes. */
    static const char *const options[] = { "-X", "-w", "-q", "-A", "-t", "-x", "-z", "-0", NULL };
    char *arguments[sizeof options / sizeof *options + 1] = { (char *)"psql" };
    for (size_t i = 0; options[i]; i++)
        arguments[i + 1] = (char *)options[i]; /* exec does not write to them */
    self->round = 0;
    if (!psql_nonce_make(self->nonce)) {
        snprintf(why, PSQL_WHY_SIZE, "the system has no random numbers");
        return false;
    }
    if (coprocess_start(&self->process, program, arguments, place->environment)) return true;
    if (errno == ENOENT)
        snprintf(why, PSQL_WHY_SIZE, "the program %s is missing (Debian: apt-get install postgresql-client)",
                 program);
    else
        snprintf(why, PSQL_WHY_SIZE, "the program %s cannot be started: %s", program, strerror(errno));
    return false;
}

/* What the server is told: less than there is, so that its words come before the deadline. */
static int call_server_ms(const psql_call *call)
{
    int left = deadline_left_ms(call->deadline_ns), margin = left / 10;
    if (margin < 20) margin = left < 40 ? left / 2 : 20;
    if (margin > 250) margin = 250;
    return left - margin;
}

/* In what way a child that closed its output has ended. */
static void child_explain(psql_child *self, char why[PSQL_WHY_SIZE])
{
    char ending[40], said[PSQL_WHY_SIZE - 80];
    coprocess *process = &self->process;
    words_clean(said, sizeof said, process->said, process->said_len);
    if (coprocess_await(process, deadline_in_ms(50))) {
        coprocess_ending(process, ending, sizeof ending);
        snprintf(why, PSQL_WHY_SIZE, "psql has ended, %s%s%s", ending, *said ? ": " : "", said);
    } else {
        snprintf(why, PSQL_WHY_SIZE, "psql has closed its output%s%s", *said ? ": " : "", said);
    }
}

/* Send the script and read until the output is complete. */
static psql_outcome child_talk(psql_child *self, psql_reader *reader, const psql_call *call,
                               const psql_script *script, char why[PSQL_WHY_SIZE])
{
    const char *out = script->text;
    size_t out_len = script->len;
    while (!psql_reader_is_done(reader, self->nonce, self->round)) {
        size_t len;
        char *room = psql_reader_room(reader, &len);
        if (!room) {
            snprintf(why, PSQL_WHY_SIZE, "the answers have more than %zu bytes, or memory is out",
                     call->max_bytes);
            return PSQL_FAILED;
        }
        switch (coprocess_talk(&self->process, &out, &out_len, room, &len, call->deadline_ns)) {
        case COPROCESS_WENT_ON:
            psql_reader_took(reader, len);
            break;
        case COPROCESS_ENDED:
            child_explain(self, why);
            return PSQL_DEAD;
        case COPROCESS_LATE:
            snprintf(why, PSQL_WHY_SIZE, "no answer from PostgreSQL before the deadline, after %u ms",
                     (unsigned)call->allowed_ms);
            return PSQL_FAILED;
        }
    }
    return PSQL_DONE;
}

psql_outcome psql_child_ask(psql_child *self, psql_reader *reader, const psql_call *call,
                            char why[PSQL_WHY_SIZE])
{
    psql_script script = psql_script_new();
    if (self->round++ == 0) psql_script_begin(&script, self->nonce);
    psql_script_ask(&script, self->nonce, self->round, call->statements, call->count, call->mode,
                    call_server_ms(call));
    if (!script.text) {
        snprintf(why, PSQL_WHY_SIZE, "out of memory");
        return PSQL_FAILED;
    }
    self->process.said_len = 0;
    psql_outcome outcome = child_talk(self, reader, call, &script, why);
    free(script.text);
    size_t complete = psql_reader_parse(reader, self->nonce, self->round);
    if (outcome == PSQL_DEAD && complete > 0) return PSQL_FAILED;
    if (outcome != PSQL_DONE || complete == call->count) return outcome;
    snprintf(why, PSQL_WHY_SIZE, "psql has written what is no answer to the statement");
    return PSQL_FAILED;
}

bool psql_child_kill(psql_child *self) { return coprocess_kill(&self->process); }
