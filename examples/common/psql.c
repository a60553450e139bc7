/*
 * psql.c - the pool: places for children, each of them empty, at rest, or taken by one thread.
 *
 * The mutex guards who has a place; the rest of a place belongs to who has it. Nothing slow is done under it.
 */
#define _POSIX_C_SOURCE 200809L
#include "psql.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "backoff.h"
#include "psql_child.h"

enum { PSQL_CHILDREN = 4, PSQL_FAREWELL_MS = 500 };
static const size_t psql_max_bytes = (size_t)8 << 20;

typedef struct psql_slot {
    bool taken;
    bool lives, served; /* there is a child; it has answered before */
    psql_child child;
    backoff pause;
    char why[PSQL_WHY_SIZE]; /* of the last failure */
} psql_slot;

struct psql {
    char *program;
    psql_place place;
    size_t count, max_bytes;
    pthread_mutex_t mutex;
    pthread_cond_t given_back; /* on the monotonic clock */
    psql_slot slots[PSQL_MAX_CHILDREN];
};

/* ---- Life ------------------------------------------------------------------------------------------------------ */

static bool psql_make_locks(psql *self)
{
    pthread_condattr_t attributes;
    if (pthread_condattr_init(&attributes) != 0) return false;
    bool made = pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC) == 0 &&
                pthread_cond_init(&self->given_back, &attributes) == 0;
    pthread_condattr_destroy(&attributes);
    if (made && pthread_mutex_init(&self->mutex, NULL) != 0) {
        pthread_cond_destroy(&self->given_back);
        made = false;
    }
    return made;
}

psql *psql_new(const psql_options *options, char *why, size_t cap)
{
    psql_place place;
    const char *program = options->program ? options->program : "psql";
    bool placed =
        psql_place_init(&place, options->url, options->password, options->application_name, why, cap);
    psql *self = placed ? calloc(1, sizeof *self) : NULL;
    char *name = self ? malloc(strlen(program) + 1) : NULL;
    if (!name || !psql_make_locks(self)) {
        if (placed) snprintf(why, cap, "out of memory");
        psql_place_fini(&place);
        free(name);
        free(self);
        return NULL;
    }
    memcpy(name, program, strlen(program) + 1);
    self->program = name;
    self->place = place;
    self->count = options->children ? options->children : PSQL_CHILDREN;
    if (self->count > PSQL_MAX_CHILDREN) self->count = PSQL_MAX_CHILDREN;
    self->max_bytes = options->max_bytes ? options->max_bytes : psql_max_bytes;
    for (size_t i = 0; i < self->count; i++) {
        self->slots[i].child.process = (coprocess)COPROCESS_NONE;
        backoff_init(&self->slots[i].pause, options->backoff_min_ms, options->backoff_max_ms);
    }
    return self;
}

void psql_free(psql *self)
{
    if (!self) return;
    for (size_t i = 0; i < self->count; i++) coprocess_hang_up(&self->slots[i].child.process);
    uint64_t farewell_ns = deadline_in_ms(PSQL_FAREWELL_MS);
    for (size_t i = 0; i < self->count; i++)
        if (!coprocess_await(&self->slots[i].child.process, farewell_ns))
            psql_child_kill(&self->slots[i].child);
    psql_place_fini(&self->place);
    pthread_mutex_destroy(&self->mutex);
    pthread_cond_destroy(&self->given_back);
    free(self->program);
    free(self);
}

/* ---- Places ---------------------------------------------------------------------------------------------------- */

/* The best place that is free now, or NULL: one with a child, else one where a child may be started. */
static psql_slot *psql_find(psql *self, bool *others_taken)
{
    psql_slot *found = NULL;
    *others_taken = false;
    for (size_t i = 0; i < self->count; i++) {
        psql_slot *slot = &self->slots[i];
        if (slot->taken)
            *others_taken = true;
        else if (slot->lives)
            return slot;
        else if (!found && backoff_left_ms(&slot->pause) == 0)
            found = slot;
    }
    return found;
}

/* Why there is no place: the one that is tried again first has the words. */
static void psql_explain(const psql *self, char why[PSQL_WHY_SIZE])
{
    const psql_slot *next = &self->slots[0];
    for (size_t i = 1; i < self->count; i++)
        if (self->slots[i].pause.until_ns < next->pause.until_ns) next = &self->slots[i];
    snprintf(why, PSQL_WHY_SIZE, "tried again in %d ms, after: %.300s", backoff_left_ms(&next->pause),
             next->why);
}

/* Wait until a place is given back, or an empty one may be tried again, or the deadline has come. */
static void psql_wait(psql *self, uint64_t until_ns)
{
    for (size_t i = 0; i < self->count; i++) {
        const psql_slot *slot = &self->slots[i];
        if (!slot->taken && !slot->lives && slot->pause.until_ns < until_ns) until_ns = slot->pause.until_ns;
    }
    struct timespec until = { .tv_sec = (time_t)(until_ns / 1000000000), .tv_nsec = (long)(until_ns % 1000000000) };
    (void)pthread_cond_timedwait(&self->given_back, &self->mutex, &until);
}

/* Take a place, at most until the deadline. NULL: `why` has the words. */
static psql_slot *psql_take(psql *self, const psql_call *call, char why[PSQL_WHY_SIZE])
{
    bool others_taken, late = false;
    pthread_mutex_lock(&self->mutex);
    psql_slot *slot = psql_find(self, &others_taken);
    while (!slot && others_taken && !late) {
        psql_wait(self, call->deadline_ns);
        late = deadline_left_ms(call->deadline_ns) == 0; /* then a child could only be killed for nothing */
        slot = late ? NULL : psql_find(self, &others_taken);
    }
    if (slot)
        slot->taken = true;
    else if (others_taken)
        snprintf(why, PSQL_WHY_SIZE, "no psql was free before the deadline, after %u ms",
                 (unsigned)call->allowed_ms);
    else
        psql_explain(self, why);
    pthread_mutex_unlock(&self->mutex);
    return slot;
}

static void psql_give_back(psql *self, psql_slot *slot)
{
    pthread_mutex_lock(&self->mutex);
    slot->taken = false;
    /* All: one that waits for a place may be told that this one has become none. */
    pthread_cond_broadcast(&self->given_back);
    pthread_mutex_unlock(&self->mutex);
}

/* ---- Asking ---------------------------------------------------------------------------------------------------- */

/* One try, with a new child if there is none. */
static psql_outcome slot_ask(psql_slot *slot, const psql *self, psql_reader *reader, const psql_call *call)
{
    if (!slot->lives) {
        slot->served = false;
        if (!psql_child_kill(&slot->child)) { /* an earlier one may be left */
            snprintf(slot->why, sizeof slot->why, "a psql that was killed is still there");
            return PSQL_FAILED;
        }
        if (!psql_child_start(&slot->child, self->program, &self->place, slot->why)) return PSQL_FAILED;
        slot->lives = true;
    }
    psql_outcome outcome = psql_child_ask(&slot->child, reader, call, slot->why);
    if (outcome != PSQL_DONE) {
        psql_child_kill(&slot->child);
        slot->lives = false;
    }
    return outcome;
}

/* Ask, and once more when a child that had served before turns out to be dead: nothing was done, for it only reads. */
static void psql_try(psql *self, psql_slot *slot, psql_reader *reader, const psql_call *call,
                     char why[PSQL_WHY_SIZE])
{
    psql_outcome outcome = slot_ask(slot, self, reader, call);
    if (outcome == PSQL_DEAD && slot->served) {
        psql_reader_reset(reader);
        outcome = slot_ask(slot, self, reader, call);
    }
    if (outcome == PSQL_DONE) {
        slot->served = true;
        backoff_succeed(&slot->pause);
    } else {
        backoff_fail(&slot->pause);
        snprintf(why, PSQL_WHY_SIZE, "%s", slot->why);
    }
}

psql_answers *psql_ask(psql *self, const char *const *statements, size_t count, psql_mode mode,
                       uint64_t deadline_ns)
{
    char why[PSQL_WHY_SIZE] = "";
    const psql_call call = { .statements = statements,
                             .count = count,
                             .mode = mode,
                             .deadline_ns = deadline_ns,
                             .allowed_ms = (uint32_t)deadline_left_ms(deadline_ns),
                             .max_bytes = self->max_bytes };
    psql_reader *reader = psql_reader_new(count, self->max_bytes);
    if (!reader) return NULL;
    if (count > PSQL_MAX_STATEMENTS) {
        snprintf(why, sizeof why, "more than %d statements in one call", PSQL_MAX_STATEMENTS);
    } else if (call.allowed_ms == 0) {
        snprintf(why, sizeof why, "the deadline had passed before the call"); /* no reason to kill a child */
    } else if (count > 0) {
        psql_slot *slot = psql_take(self, &call, why);
        if (slot) {
            psql_try(self, slot, reader, &call, why);
            psql_give_back(self, slot);
        }
    }
    return psql_reader_finish(reader, why);
}
