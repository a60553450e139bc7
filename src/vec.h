/*
 * vec.h - a family with labels, seen by one process: which labels are bound, which are open.
 */
#ifndef TACHO_VEC_H
#define TACHO_VEC_H

#include "grace.h"
#include "registry_internal.h"

struct tacho__vec {
    struct tacho__vec *next; /* in its registry */
    tacho_registry *reg;
    tacho__ref family;
    uint64_t start, keys[TACHO_MAX_LABELS]; /* of the hash; one key per open label */
    bool of_row; /* what a row's handle is bound to, and is again when the row is defined again */
    uint32_t label_count, open_count;
    uint8_t open[TACHO_MAX_LABELS]; /* the labels that are open */
    struct tacho__query bound;      /* values of the others, NULL for open ones; and the sum of their hashes */
    char *texts;                    /* what `bound` points to */
};

/** A series that was found or made; its memory is not reused before tacho__vec_leave. */
struct tacho__found {
    void *handle; /* NULL: there is none, and that was counted */
    tacho__reader reader;
};

/** Memory for a vector, for tacho__vec_open or tacho__vec_free. NULL: there is none. */
TACHO_INTERNAL struct tacho__vec *tacho__vec_new(void);
TACHO_INTERNAL void tacho__vec_free(struct tacho__vec *vec);

/** Make it the vector of a family, with all labels open; from now on it belongs to the registry. */
TACHO_INTERNAL void tacho__vec_open(struct tacho__vec *vec, tacho_registry *reg, tacho__ref family);

/** Bind some of the open labels. */
TACHO_INTERNAL struct tacho__vec *tacho__vec_bind(struct tacho__vec *vec, tacho_labels values);

/** The handle of a series, found or created; one whose updates go nowhere if it cannot be. */
TACHO_INTERNAL void *tacho__vec_at(void *vec, tacho_labels labels, tacho_type type);

/** Find or create; owes one tacho__vec_leave, whatever comes out. */
TACHO_INTERNAL struct tacho__found tacho__vec_enter(struct tacho__vec *vec, const tacho_labels *labels);

static inline void tacho__vec_leave(struct tacho__found found)
{
    tacho__grace_leave(found.reader);
}

enum tacho__vec_wildcard { TACHO__VEC_EXACT, TACHO__VEC_WILDCARD };

/** Fill a query from label values and what is bound; false: misuse, counted. With wildcards NULL matches any. */
TACHO_INTERNAL bool tacho__vec_query(struct tacho__vec *vec, tacho_labels labels, enum tacho__vec_wildcard wildcard,
                                     struct tacho__query *query);

/** Make the values of a query valid, in memory that `scratch` then owns (freed with tacho__free, NULL if nothing had
 *  to change). False: out of memory. */
TACHO_INTERNAL bool tacho__vec_repair(struct tacho__vec *vec, struct tacho__query *query, char **scratch);

#endif
