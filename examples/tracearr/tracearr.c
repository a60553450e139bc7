/*
 * tracearr.c - the life of an object, its collectors, and the tallies that they show.
 *
 *   I1  `refs` counts the collectors that the registry holds, and the owner; at 0 nobody is left who could read.
 *   I2  Once `closing` is set no handle is touched: the registry may be gone.
 *   I3  A tally that is shown is not changed any more.
 * Lock: `mutex` guards these, `seen`, and the holds on every published tally. Nothing is read, emitted or told while it
 * is held; handles are updated, which never waits.
 */
#define _POSIX_C_SOURCE 200809L
#include "tracearr.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "deadline.h"
#include "tracearr_tally.h"

enum { TRACEARR_WHY = 300 };

typedef struct tracearr_collector {
    tacho_collector collector;
    tacho_collector_ops ops;
    tracearr *t;
    tracearr_group group;
    bool added;
    uint32_t own_ms; /* of a run that goes on after the scrape, for the next ones to show; 0: it does not */
    char name[128];
} tracearr_collector;

struct tracearr {
    tacho_registry *reg;
    tracearr_source *source; /* NULL: tallies are published */
    tracearr_listener *listener;
    tracearr_handles on;
    tracearr_families families;
    tracearr_collector collectors[TRACEARR_GROUPS];
    pthread_mutex_t mutex;
    size_t refs;
    bool closing, has_seen;
    label_table seen;                       /* the ids of the violations that were there last time */
    tracearr_tally *shown[TRACEARR_GROUPS]; /* without a source; NULL: nothing yet */
};

/* ---- What is shown ----------------------------------------------------------------------------------------------- */

/* Count the violations that were not there last time; the lock is held. */
static void tracearr_learn(tracearr *t, tracearr_tally *tally)
{
    label_table *ids = &tally->tables[TRACEARR_TABLE_IDS], before = t->seen;
    for (size_t i = 0; t->has_seen && i < ids->count; i++) {
        const label_row *id = &ids->rows[i];
        if (id->values[0] > 0 && !label_table_find(&before, id->labels))
            tacho_counter_inc(t->on.seen[(size_t)id->values[0] - 1]);
    }
    t->has_seen = true;
    t->seen = *ids;
    *ids = before;
}

/* What the exporter's own metrics say about a tally that is whole. */
static void tracearr_note(tracearr *t, tracearr_tally *tally)
{
    if (t->closing) return;
    tacho_gauge_set(t->on.skipped[tally->group], (double)tally->skipped);
    if (tally->group == TRACEARR_VIOLATIONS) tracearr_learn(t, tally);
}

static tracearr_tally *tracearr_hold(tracearr *t, tracearr_group group)
{
    pthread_mutex_lock(&t->mutex);
    tracearr_tally *tally = t->shown[group];
    if (tally) tally->holds++;
    pthread_mutex_unlock(&t->mutex);
    return tally;
}

static void tracearr_let_go(tracearr *t, tracearr_tally *tally)
{
    if (!tally) return;
    pthread_mutex_lock(&t->mutex);
    size_t holds = --tally->holds;
    pthread_mutex_unlock(&t->mutex);
    if (holds == 0) tracearr_tally_free(tally);
}

bool tracearr_publish(tracearr *t, tracearr_tally *tally)
{
    if (!tally) return false;
    if (tally->is_short) {
        tracearr_tally_free(tally);
        return false;
    }
    pthread_mutex_lock(&t->mutex);
    tracearr_note(t, tally);
    tracearr_tally *before = t->shown[tally->group];
    t->shown[tally->group] = tally;
    pthread_mutex_unlock(&t->mutex);
    tracearr_let_go(t, before);
    return true;
}

void tracearr_request_finished(tracearr *t, tracearr_endpoint endpoint, bool is_good, double seconds)
{
    pthread_mutex_lock(&t->mutex);
    if (!t->closing) {
        tacho_histogram_observe(t->on.request_durations[endpoint], seconds);
        if (!is_good) tacho_counter_inc(t->on.request_errors[endpoint]);
    }
    pthread_mutex_unlock(&t->mutex);
}

/* ---- Collectors -------------------------------------------------------------------------------------------------- */

static tacho_err tracearr_show(tacho_collector *self, tacho_emitter *out)
{
    tracearr_collector *c = TACHO_CONTAINER(self, tracearr_collector, collector);
    tracearr_tally *tally = tracearr_hold(c->t, c->group);
    tracearr_tally_emit(tally, c->group, c->t->families.tallied, out);
    tracearr_let_go(c->t, tally);
    return TACHO_OK;
}

/* What is left for the source, with time to emit. */
static uint64_t tracearr_deadline(const tracearr_collector *c, const tacho_emitter *out)
{
    uint32_t ms = c->own_ms ? c->own_ms : tacho_emitter_left_ms(out);
    return deadline_in_ms(ms - ms / 20);
}

static tacho_err tracearr_read(tacho_collector *self, tacho_emitter *out)
{
    tracearr_collector *c = TACHO_CONTAINER(self, tracearr_collector, collector);
    tracearr *t = c->t;
    char why[TRACEARR_WHY] = "out of memory";
    uint64_t deadline_ns = tracearr_deadline(c, out);
    tracearr_tally *tally = tracearr_tally_new(c->group);
    bool whole = tally && t->source->ops->read(t->source, t, c->group, tally, deadline_ns, why, sizeof why);
    if (whole && tally->is_short) {
        (void)snprintf(why, sizeof why, "out of memory");
        whole = false;
    }
    pthread_mutex_lock(&t->mutex);
    if (whole) tracearr_note(t, tally);
    bool tell = !t->closing && t->listener;
    pthread_mutex_unlock(&t->mutex);
    if (tell) t->listener->told(t->listener, c->group, whole ? NULL : why);
    if (whole) tracearr_tally_emit(tally, c->group, t->families.tallied, out);
    tracearr_tally_free(tally);
    if (whole) return TACHO_OK;
    return deadline_left_ms(deadline_ns) == 0 ? TACHO_ERR_TIMEOUT : TACHO_ERR_COLLECT;
}

/* ---- Life -------------------------------------------------------------------------------------------------------- */

static void tracearr_unref(tracearr *t)
{
    pthread_mutex_lock(&t->mutex);
    bool last = --t->refs == 0;
    pthread_mutex_unlock(&t->mutex);
    if (!last) return;
    if (t->source) t->source->ops->close(t->source);
    for (size_t i = 0; i < TRACEARR_GROUPS; i++) tracearr_tally_free(t->shown[i]);
    label_table_fini(&t->seen);
    tracearr_families_fini(&t->families);
    pthread_mutex_destroy(&t->mutex);
    free(t);
}

static void tracearr_release(tacho_collector *self)
{
    tracearr_unref(TACHO_CONTAINER(self, tracearr_collector, collector)->t);
}

/* The families of a group, which stand one after the other. */
static const tacho_desc *tracearr_rows(const tracearr *t, tracearr_group group, size_t *count)
{
    size_t first = 0;
    while (tracearr_views[first].group != group) first++;
    for (*count = 0; first + *count < TRACEARR_TALLIED && tracearr_views[first + *count].group == group;)
        ++*count;
    return &t->families.tallied[first];
}

static void tracearr_set_up(tracearr *t, tracearr_group group, const tracearr_options *options)
{
    tracearr_collector *c = &t->collectors[group];
    c->t = t;
    c->group = group;
    c->collector.ops = &c->ops;
    (void)snprintf(c->name, sizeof c->name, "%stracearr_%s", options->prefix ? options->prefix : "",
                   tracearr_group_names[group]);
    c->ops = (tacho_collector_ops){ .name = c->name, .collect = tracearr_show, .release = tracearr_release };
    c->ops.descs = tracearr_rows(t, group, &c->ops.desc_count);
    if (!t->source || !t->source->ops->offers(t->source, group)) return;
    c->ops.collect = tracearr_read;
    c->ops.flags = TACHO_COLLECT_DETACHED;
    c->ops.deadline_ms = options->deadline_ms ? options->deadline_ms : TRACEARR_DEADLINE_MS;
    if (options->on_failure == TRACEARR_LAST) c->ops.flags |= TACHO_COLLECT_KEEP_LAST;
    if (group != TRACEARR_LIBRARY) return;
    c->ops.flags |= TACHO_COLLECT_KEEP_LAST;
    c->own_ms = options->library_deadline_ms ? options->library_deadline_ms : TRACEARR_LIBRARY_DEADLINE_MS;
    c->ops.cache_ms = options->library_cache_ms ? options->library_cache_ms : TRACEARR_LIBRARY_CACHE_MS;
}

static bool tracearr_add(tracearr *t, tracearr_group group)
{
    tracearr_collector *c = &t->collectors[group];
    pthread_mutex_lock(&t->mutex);
    t->refs++;
    pthread_mutex_unlock(&t->mutex);
    c->added = tacho_registry_add(t->reg, &c->collector) == TACHO_OK;
    if (!c->added) tracearr_unref(t);
    return c->added;
}

tracearr *tracearr_new(tacho_registry *reg, const tracearr_options *options)
{
    static const tracearr_options none = { 0 };
    if (!options) options = &none;
    tracearr *t = calloc(1, sizeof *t);
    if (!t) {
        if (options->source) options->source->ops->close(options->source);
        return NULL;
    }
    t->reg = reg;
    t->source = options->source;
    t->listener = options->listener;
    t->refs = 1;
    label_table_init(&t->seen, 1, TRACEARR_MAX_VIOLATIONS);
    pthread_mutex_init(&t->mutex, NULL);
    bool added = tracearr_families_init(&t->families, options->prefix, &t->on) &&
                 tacho_registry_define(reg, t->families.updated, t->families.updated_count) == TACHO_OK;
    for (size_t i = 0; added && i < TRACEARR_GROUPS; i++) {
        tracearr_set_up(t, (tracearr_group)i, options);
        added = tracearr_add(t, (tracearr_group)i);
    }
    if (added) return t;
    tracearr_free(t);
    return NULL;
}

void tracearr_free(tracearr *t)
{
    if (!t) return;
    pthread_mutex_lock(&t->mutex);
    t->closing = true;
    pthread_mutex_unlock(&t->mutex);
    for (size_t i = 0; i < TRACEARR_GROUPS; i++)
        if (t->collectors[i].added) (void)tacho_registry_remove(t->reg, &t->collectors[i].collector);
    if (t->families.updated)
        (void)tacho_registry_undefine(t->reg, t->families.updated, t->families.updated_count);
    tracearr_unref(t);
}
