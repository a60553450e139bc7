/*
 * op.c - what a script does to a series.
 */
#include <string.h>

#include "family.h"

/* One call of a script, prepared. */
typedef struct op {
    field verb;
    double number;  /* of its argument; 1 for none */
    bool has_number;
    field arg;
    tacho_labels labels;
    const tacho_exemplar *exemplar;
} op;

static bool op_is(const op *self, const char *verb)
{
    return field_is(self->verb, verb);
}

static bool op_counter(const family *on, const op *call)
{
    tacho_counter *counter = on->counters ? tacho_counter_at(on->counters, call->labels) : on->counter;
    if (op_is(call, "init")) return true;
    if (!op_is(call, "inc") || !call->has_number || !(call->number >= 0)) return false;
    if (call->exemplar)
        tacho_counter_add_real_exemplar(counter, call->number, *call->exemplar);
    else
        tacho_counter_add_real(counter, call->number);
    return true;
}

static bool op_gauge(const family *on, const op *call)
{
    tacho_gauge *gauge = on->gauges ? tacho_gauge_at(on->gauges, call->labels) : on->gauge;
    if (op_is(call, "init")) return true;
    if (!call->has_number) return false;
    if (op_is(call, "inc"))
        tacho_gauge_add(gauge, call->number);
    else if (op_is(call, "dec"))
        tacho_gauge_sub(gauge, call->number);
    else if (op_is(call, "set") && call->arg.len)
        tacho_gauge_set(gauge, call->number);
    else
        return false;
    return true;
}

static bool op_histogram(const family *on, const op *call)
{
    tacho_histogram *histogram = on->histograms ? tacho_histogram_at(on->histograms, call->labels) : on->histogram;
    if (op_is(call, "init")) return true;
    if (!op_is(call, "observe") || !call->arg.len || !call->has_number) return false;
    if (call->exemplar)
        tacho_histogram_observe_exemplar(histogram, call->number, *call->exemplar);
    else
        tacho_histogram_observe(histogram, call->number);
    return true;
}

static bool op_summary(const family *on, const op *call)
{
    tacho_summary *summary = on->summaries ? tacho_summary_at(on->summaries, call->labels) : on->summary;
    if (op_is(call, "init")) return true;
    if (!op_is(call, "observe") || !call->arg.len || !call->has_number) return false;
    tacho_summary_observe(summary, call->number);
    return true;
}

static bool op_stateset(const family *on, const op *call)
{
    tacho_stateset *stateset = on->statesets ? tacho_stateset_at(on->statesets, call->labels) : on->stateset;
    field on_off = call->arg, state = on_off;
    if (op_is(call, "init")) return true;
    if (!op_is(call, "state") || on_off.len < 2) return false;
    state.len -= 2; /* `=0` or `=1` */
    on_off = (field){ call->arg.text + state.len, 2 };
    if (!field_is(on_off, "=0") && !field_is(on_off, "=1")) return false;
    for (unsigned i = 0; on->desc.states[i]; i++) {
        if (!field_is(state, on->desc.states[i])) continue;
        tacho_stateset_turn(stateset, i, field_is(on_off, "=1"));
        return true;
    }
    return false;
}

static bool op_info(const family *on, const op *call)
{
    if (!op_is(call, "init") && !op_is(call, "set")) return false;
    if (on->label_count) tacho_info_set(on->infos, call->labels);
    return true;
}

static tacho_err op_remove(const family *on, tacho_labels labels)
{
    if (on->counters) return tacho_counter_remove_at(on->counters, labels);
    if (on->gauges) return tacho_gauge_remove_at(on->gauges, labels);
    if (on->histograms) return tacho_histogram_remove_at(on->histograms, labels);
    if (on->summaries) return tacho_summary_remove_at(on->summaries, labels);
    if (on->statesets) return tacho_stateset_remove_at(on->statesets, labels);
    return on->infos ? tacho_info_remove_at(on->infos, labels) : TACHO_ERR_ARG;
}

static tacho_err op_clear(const family *on)
{
    if (on->counters) return tacho_counter_clear(on->counters);
    if (on->gauges) return tacho_gauge_clear(on->gauges);
    if (on->histograms) return tacho_histogram_clear(on->histograms);
    if (on->summaries) return tacho_summary_clear(on->summaries);
    if (on->statesets) return tacho_stateset_clear(on->statesets);
    return on->infos ? tacho_info_clear(on->infos) : TACHO_ERR_ARG;
}

static bool op_update(const family *on, const op *call)
{
    switch (on->desc.type) {
    case TACHO_COUNTER: return op_counter(on, call);
    case TACHO_GAUGE:
    case TACHO_UNKNOWN: return op_gauge(on, call);
    case TACHO_HISTOGRAM:
    case TACHO_GAUGE_HISTOGRAM: return op_histogram(on, call);
    case TACHO_SUMMARY: return op_summary(on, call);
    case TACHO_STATESET: return op_stateset(on, call);
    default: return op_info(on, call);
    }
}

bool family_op(family *self, field verb, field arg, const tacho_exemplar *exemplar, const fields *line, size_t from)
{
    const char *values[FIELDS_MAX];
    size_t lens[FIELDS_MAX], count = line->count - from;
    if (field_is(verb, "clear")) return op_clear(self) == TACHO_OK;
    if (count != self->label_count) return false;
    for (size_t i = 0; i < count; i++) {
        values[i] = line->at[from + i].text;
        lens[i] = line->at[from + i].len;
    }
    op call = { .verb = verb, .number = 1, .arg = arg, .exemplar = exemplar };
    call.labels = (tacho_labels){ .values = values, .lengths = lens, .count = count };
    call.has_number = arg.len == 0 || field_number(arg, &call.number);
    if (field_is(verb, "remove")) return op_remove(self, call.labels) == TACHO_OK;
    return op_update(self, &call);
}
