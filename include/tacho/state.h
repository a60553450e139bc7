/*
 * state.h - statesets, which of a few named states are on, and infos, what does not change while the program runs.
 *
 * A stateset shows a sample of 0 or 1 per state, with the state in a label named like the family; formats without the type
 * call it a gauge. An info shows its labels with the value 1.
 *
 *   enum { IDLE, BUSY };
 *   static const char *const modes[] = { "idle", "busy", NULL };
 *   { .stateset = &mode, .name = "worker_mode", .help = "What the worker does.", .states = modes },
 *   { .info = &build, .name = "worker_build_info", .help = "Version.", .labels = { "version", "revision" } },
 *   ...
 *   tacho_stateset_set(mode, BUSY);
 *   tacho_info_set(build, TACHO_LABELS("1.2.0", "e5f0"));
 */
#ifndef TACHO_STATE_H
#define TACHO_STATE_H

#include <tacho/desc.h>

TACHO_BEGIN_DECLS

/** Turn this state on and all others off. The number is its place in the list; one that is not there changes nothing and is
 *  counted in tacho_misuse_total. */
TACHO_API void tacho_stateset_set(tacho_stateset *stateset, unsigned state); /* [hot | one store | 0.1] */

/** Turn one state on (`on` not 0) or off, and leave the others. */
TACHO_API void tacho_stateset_turn(tacho_stateset *stateset, unsigned state, int on); /* [hot | O(1) | 0.1] */

/** The states that are on, one bit each, the first state the lowest. NULL is 0. */
TACHO_API uint64_t tacho_stateset_value(tacho_stateset *stateset); /* [hot | O(1) | 0.1] */

/* By label values; what metric.h says about vectors, removal and errors holds here as well. */
TACHO_API tacho_stateset *tacho_stateset_at(tacho_stateset_vec *vec, tacho_labels labels);               /* [shared | O(labels) | 0.1] */
TACHO_API void tacho_stateset_set_at(tacho_stateset_vec *vec, tacho_labels labels, unsigned state);      /* [shared | O(labels) | 0.1] */
TACHO_API tacho_stateset_vec *tacho_stateset_bind(tacho_stateset_vec *vec, tacho_labels values);         /* [shared | O(labels) | 0.1] */
TACHO_API tacho_err tacho_stateset_remove(tacho_stateset_vec *vec, tacho_stateset *stateset);            /* [shared | O(series) | 0.1] */
TACHO_API tacho_err tacho_stateset_remove_at(tacho_stateset_vec *vec, tacho_labels labels);              /* [shared | O(labels) | 0.1] */
TACHO_API size_t tacho_stateset_remove_matching(tacho_stateset_vec *vec, tacho_labels labels);           /* [shared | O(series) | 0.1] */
TACHO_API tacho_err tacho_stateset_clear(tacho_stateset_vec *vec);                                       /* [shared | O(series) | 0.1] */

/** Show an info with these label values, beside those that were set before. An info without labels of its own is there
 *  from its definition on; its row sets `type` and needs no handle. */
TACHO_API void tacho_info_set(tacho_info_vec *vec, tacho_labels labels);                                 /* [shared | O(labels) | 0.1] */
TACHO_API tacho_err tacho_info_remove_at(tacho_info_vec *vec, tacho_labels labels);                      /* [shared | O(labels) | 0.1] */
TACHO_API size_t tacho_info_remove_matching(tacho_info_vec *vec, tacho_labels labels);                   /* [shared | O(series) | 0.1] */
TACHO_API tacho_err tacho_info_clear(tacho_info_vec *vec);                                               /* [shared | O(series) | 0.1] */

TACHO_END_DECLS

#endif
