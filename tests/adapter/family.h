/*
 * family.h - a family that a script registered, and what it may do with it.
 */
#ifndef ADAPTER_FAMILY_H
#define ADAPTER_FAMILY_H

#include <tacho/tacho.h>

#include "fields.h"

typedef struct family {
    struct family *next;
    const char *name;
    size_t label_count;
    tacho_desc desc; /* stays at its address */
    tacho_counter *counter;
    tacho_counter_vec *counters;
    tacho_gauge *gauge;
    tacho_gauge_vec *gauges;
    tacho_histogram *histogram;
    tacho_histogram_vec *histograms;
    tacho_summary *summary;
    tacho_summary_vec *summaries;
    tacho_stateset *stateset;
    tacho_stateset_vec *statesets;
    tacho_info_vec *infos;
} family;

/** Register the family of a line `new ...`; NULL: refused. Lasts as long as the script. */
family *family_new(tacho_registry *reg, const fields *line);

/** Do what a line says to the series with the values from field `from` on; false: refused. */
bool family_op(family *self, field verb, field arg, const tacho_exemplar *exemplar, const fields *line, size_t from);

#endif
