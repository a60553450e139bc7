/*
 * trackarr.c - the collectors: a group is read, checked answer by answer, and then emitted.
 *
 *   I1  `refs` counts the collectors that the registry holds, and the owner; at 0 nobody is left who could read.
 *   I2  Once `closing` is set no counter is touched: the registry may be gone.
 * Lock: `mutex` guards these two and `failing`. Nothing is read and nobody is told while it is held, except the
 * counters, which never wait.
 */
#define _POSIX_C_SOURCE 200809L
#include "trackarr.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "deadline.h"
#include "rows.h"
#include "trackarr_families.h"

typedef struct trackarr_collector {
    tacho_collector collector;
    tacho_collector_ops ops;
    trackarr *t;
    trackarr_group group;
    bool added;
    char name[128];
    trackarr_answer *answers; /* one for each family; a run's own */
} trackarr_collector;

struct trackarr {
    tacho_registry *reg;
    trackarr_source *source;
    trackarr_listener *listener;
    size_t max_peers;
    tacho_desc *rows;     /* in the order of trackarr_family */
    tacho_desc *own_rows; /* defined, not emitted */
    const char *queries[TRACKARR_QUERIES + 1];
    tacho_counter *failures[TRACKARR_QUERIES];
    trackarr_collector collectors[TRACKARR_GROUPS];
    trackarr_answer answers[TRACKARR_FAMILIES];
    pthread_mutex_t mutex;
    size_t refs;
    bool closing;
    bool failing[TRACKARR_QUERIES];
};

/* ---- Failures ---------------------------------------------------------------------------------------------------- */

/* Count a query, and tell how it has changed. */
static void trackarr_note(trackarr *t, size_t query, const trackarr_answer *answer)
{
    bool fails = answer->failure != TRACKARR_ANSWERED;
    pthread_mutex_lock(&t->mutex);
    bool tell = !t->closing && t->failing[query] != fails;
    t->failing[query] = fails;
    if (fails && !t->closing) tacho_counter_inc(t->failures[query]);
    pthread_mutex_unlock(&t->mutex);
    if (tell && t->listener) t->listener->told(t->listener, t->queries[query], fails ? answer->why : NULL);
}

/* ---- A group ----------------------------------------------------------------------------------------------------- */

static void trackarr_emit_number(tacho_emitter *out, tacho_labels labels, trackarr_number number)
{
    if (number.kind == TRACKARR_WHOLE)
        tacho_emit_uint(out, labels, number.as.whole);
    else if (number.kind == TRACKARR_NEGATIVE)
        tacho_emit_int(out, labels, number.as.negative);
    else
        tacho_emit_double(out, labels, number.as.real);
}

static void trackarr_emit(tacho_emitter *out, const trackarr_answer *answer)
{
    const char *const *values = answer->desc->values[0];
    tacho_emit_family(out, answer->desc);
    if (!values) trackarr_emit_number(out, TACHO_NO_LABELS, answer->numbers[0]);
    for (size_t i = 0; values && values[i]; i++)
        trackarr_emit_number(out, TACHO_LABELS(values[i]), answer->numbers[i]);
}

/* What is left for the source, with time to emit and for a thread to wake up. */
static uint64_t trackarr_deadline(const tacho_emitter *out)
{
    uint32_t left_ms = tacho_emitter_left_ms(out);
    return deadline_in_ms(left_ms - left_ms / 20);
}

/* A walk may take longer than a scrape waits, and then goes on for those that follow: its time is its own. */
static uint64_t trackarr_walk_deadline(const trackarr_collector *c)
{
    return deadline_in_ms(c->ops.deadline_ms - c->ops.deadline_ms / 20);
}

static tacho_err trackarr_failed(const trackarr_answer *answers, size_t count, uint64_t deadline_ns)
{
    bool late = deadline_left_ms(deadline_ns) == 0;
    for (size_t i = 0; i < count; i++) late |= answers[i].failure == TRACKARR_LATE;
    return late ? TACHO_ERR_TIMEOUT : TACHO_ERR_COLLECT;
}

/* Queries that cannot be answered are left out; an outage is one of the whole group, whose families have to agree. */
static tacho_err trackarr_collect(tacho_collector *self, tacho_emitter *out)
{
    trackarr_collector *c = TACHO_CONTAINER(self, trackarr_collector, collector);
    trackarr *t = c->t;
    const trackarr_group_row *row = &trackarr_groups[c->group];
    size_t wrong = 0, outages = 0;
    uint64_t deadline_ns = trackarr_deadline(out);
    for (size_t i = 0; i < row->count; i++) trackarr_answer_init(&c->answers[i], &t->rows[row->first + i]);
    t->source->ops->read(t->source, c->group, c->answers, deadline_ns);
    for (size_t i = 0; i < row->count; i++) {
        (void)trackarr_answer_end(&c->answers[i]);
        wrong += c->answers[i].failure == TRACKARR_WRONG;
        outages += c->answers[i].failure >= TRACKARR_OUTAGE;
        trackarr_note(t, row->first + i, &c->answers[i]);
    }
    if (outages || wrong == row->count) return trackarr_failed(c->answers, row->count, deadline_ns);
    for (size_t i = 0; i < row->count; i++)
        if (!c->answers[i].failure) trackarr_emit(out, &c->answers[i]);
    return TACHO_OK;
}

/* ---- The swarm --------------------------------------------------------------------------------------------------- */

static double trackarr_now_ms(trackarr_source *source)
{
    if (source->ops->now_ms) return source->ops->now_ms(source);
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec * 1e-6;
}

static void trackarr_emit_swarm(const trackarr *t, tacho_emitter *out, const trackarr_swarm_counts *counts)
{
    const uint64_t numbers[] = { counts->peers, counts->seeders, counts->peers - counts->seeders };
    const uint64_t skipped[] = { counts->malformed, counts->stale, counts->wrong_type };
    for (size_t i = 0; i < TACHO_COUNT(numbers); i++) {
        tacho_emit_family(out, &t->rows[TRACKARR_PEERS_TOTAL + i]);
        tacho_emit_uint(out, TACHO_NO_LABELS, numbers[i]);
    }
    const tacho_desc *row = &t->rows[TRACKARR_EXPORTER_PEERS_SKIPPED];
    tacho_emit_family(out, row);
    for (size_t i = 0; i < TACHO_COUNT(skipped); i++)
        tacho_emit_uint(out, TACHO_LABELS(row->values[0][i]), skipped[i]);
}

static tacho_err trackarr_collect_swarm(tacho_collector *self, tacho_emitter *out)
{
    trackarr_collector *c = TACHO_CONTAINER(self, trackarr_collector, collector);
    trackarr *t = c->t;
    trackarr_swarm swarm;
    trackarr_answer_init(&c->answers[0], &t->rows[TRACKARR_PEERS_TOTAL]);
    trackarr_swarm_init(&swarm, t->max_peers, trackarr_now_ms(t->source) - TRACKARR_PEER_WINDOW_MS);
    uint64_t deadline_ns = trackarr_walk_deadline(c);
    bool complete = t->source->ops->walk(t->source, &swarm, &c->answers[0], deadline_ns);
    trackarr_note(t, TRACKARR_WALK, &c->answers[0]);
    if (complete) trackarr_emit_swarm(t, out, &swarm.counts);
    trackarr_swarm_fini(&swarm);
    return complete ? TACHO_OK : trackarr_failed(c->answers, 1, deadline_ns);
}

/* ---- Life -------------------------------------------------------------------------------------------------------- */

static void trackarr_unref(trackarr *t)
{
    pthread_mutex_lock(&t->mutex);
    bool last = --t->refs == 0;
    pthread_mutex_unlock(&t->mutex);
    if (!last) return;
    if (t->source->ops->close) t->source->ops->close(t->source);
    pthread_mutex_destroy(&t->mutex);
    free(t->rows);
    free(t->own_rows);
    free(t);
}

static void trackarr_release(tacho_collector *self)
{
    trackarr_unref(TACHO_CONTAINER(self, trackarr_collector, collector)->t);
}

static void trackarr_set_up(trackarr *t, trackarr_group group, const trackarr_options *options)
{
    const trackarr_group_row *row = &trackarr_groups[group];
    trackarr_collector *c = &t->collectors[group];
    c->t = t;
    c->group = group;
    c->answers = &t->answers[row->first];
    c->collector.ops = &c->ops;
    (void)snprintf(c->name, sizeof c->name, "%s%s", options->prefix ? options->prefix : "", row->name);
    c->ops = (tacho_collector_ops){ .name = c->name,
                                    .descs = &t->rows[row->first],
                                    .desc_count = row->count,
                                    .collect = trackarr_collect,
                                    .release = trackarr_release,
                                    .flags = TACHO_COLLECT_DETACHED,
                                    .deadline_ms = options->query_deadline_ms };
    if (!c->ops.deadline_ms) c->ops.deadline_ms = TRACKARR_QUERY_DEADLINE_MS;
    if (options->on_failure == TRACKARR_LAST) c->ops.flags |= TACHO_COLLECT_KEEP_LAST;
    if (group != TRACKARR_GROUP_SWARM) return;
    c->ops.collect = trackarr_collect_swarm;
    c->ops.flags |= TACHO_COLLECT_KEEP_LAST;
    c->ops.deadline_ms = options->walk_deadline_ms ? options->walk_deadline_ms : TRACKARR_WALK_DEADLINE_MS;
    c->ops.cache_ms = options->peer_cache_ms;
}

static bool trackarr_add(trackarr *t, trackarr_group group)
{
    trackarr_collector *c = &t->collectors[group];
    pthread_mutex_lock(&t->mutex);
    t->refs++;
    pthread_mutex_unlock(&t->mutex);
    bool added = c->added = tacho_registry_add(t->reg, &c->collector) == TACHO_OK;
    if (!added) trackarr_unref(t);
    return added;
}

static bool trackarr_define(trackarr *t, const char *prefix)
{
    const tacho_desc row = {
        .counter = t->failures,
        .name = "trackarr_exporter_query_failures_total",
        .labels = { "query" },
        .values = { t->queries },
        .help = "Reads of a source that failed, by what was asked for: a server that is away, a "
                "deadline, a table or column that is missing, an answer that makes no sense."
    };
    trackarr_families_queries(t->queries);
    t->rows = trackarr_families_new(prefix);
    t->own_rows = rows_copy(&row, 1, prefix);
    return t->rows && t->own_rows && tacho_registry_define(t->reg, t->own_rows, 1) == TACHO_OK;
}

trackarr *trackarr_new(tacho_registry *reg, const trackarr_options *options)
{
    trackarr *t = calloc(1, sizeof *t);
    if (!t) {
        if (options->source->ops->close) options->source->ops->close(options->source);
        return NULL;
    }
    t->reg = reg;
    t->source = options->source;
    t->listener = options->listener;
    t->max_peers = options->max_peers;
    t->refs = 1;
    pthread_mutex_init(&t->mutex, NULL);
    bool added = trackarr_define(t, options->prefix);
    for (size_t i = 0; added && i < TRACKARR_GROUPS; i++) {
        if (t->source->ops->offers && !t->source->ops->offers(t->source, (trackarr_group)i)) continue;
        trackarr_set_up(t, (trackarr_group)i, options);
        added = trackarr_add(t, (trackarr_group)i);
    }
    if (added) return t;
    trackarr_free(t);
    return NULL;
}

void trackarr_free(trackarr *t)
{
    if (!t) return;
    pthread_mutex_lock(&t->mutex);
    t->closing = true;
    pthread_mutex_unlock(&t->mutex);
    for (size_t i = 0; i < TRACKARR_GROUPS; i++)
        if (t->collectors[i].added) (void)tacho_registry_remove(t->reg, &t->collectors[i].collector);
    if (t->own_rows) (void)tacho_registry_undefine(t->reg, t->own_rows, 1);
    trackarr_unref(t);
}
