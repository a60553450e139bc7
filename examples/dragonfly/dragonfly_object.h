/*
 * dragonfly_object.h - what the objects of the three components have in common. Internal to the modules.
 *
 * Lock: `mutex` serialises the calls that look before they count, such as failures; those that only count take no lock.
 */
#ifndef DRAGONFLY_OBJECT_H
#define DRAGONFLY_OBJECT_H

#include <pthread.h>

#include "dragonfly.h"

/** What a component is made from. The rows stand in the order in which a scrape is to read them: failures first. */
typedef struct dragonfly_table {
    const tacho_desc *rows;
    size_t row_count;
    const void *shape; /* the object that the rows name the places of */
    const grpc_method *methods;
    size_t method_count;
} dragonfly_table;

typedef struct dragonfly_families {
    tacho_registry *reg;
    tacho_desc *rows;
    size_t row_count;
    grpc_server *grpc;
    pthread_mutex_t mutex;
} dragonfly_families;

/** Define the families of a table with their handles in `handles`, and those of its gRPC server. */
bool dragonfly_families_open(dragonfly_families *families, tacho_registry *reg, const dragonfly_table *table,
                             const dragonfly_options *options, void *handles);
void dragonfly_families_close(dragonfly_families *families);

/** Count `part` if it stays within `whole`: the failures of attempts. */
bool dragonfly_count_within(dragonfly_families *families, tacho_counter *whole, tacho_counter *part);

/** The same by label values. */
bool dragonfly_count_within_at(dragonfly_families *families, tacho_counter_vec *whole, tacho_counter_vec *part,
                               tacho_labels labels);

/** Show the version with these labels, and no other. */
void dragonfly_show_version(dragonfly_families *families, tacho_gauge_vec *version, tacho_labels labels);

/** The labels of a version in the manager and the scheduler, for one expression. */
#define DRAGONFLY_BUILD_LABELS(b)                                                                          \
    TACHO_LABELS(dragonfly_text((b)->major), dragonfly_text((b)->minor), dragonfly_text((b)->git_version), \
                 dragonfly_text((b)->git_commit), dragonfly_text((b)->platform),                           \
                 dragonfly_text((b)->build_time), dragonfly_text((b)->go_version),                         \
                 dragonfly_text((b)->go_tags), dragonfly_text((b)->go_gcflags))

/** The names of the size levels, which are their numbers. */
extern const char *const dragonfly_size_level_names[DRAGONFLY_SIZE_LEVELS + 1];

static inline const char *dragonfly_text(const char *text) { return text ? text : ""; }

#endif
