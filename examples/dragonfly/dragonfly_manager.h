/*
 * dragonfly_manager.h - the 5 families of a Dragonfly manager. Read dragonfly.h first.
 */
#ifndef DRAGONFLY_MANAGER_H
#define DRAGONFLY_MANAGER_H

#include "dragonfly.h"

typedef struct dragonfly_manager dragonfly_manager;

/** Define the families in a registry. NULL when one of them is refused (tacho_registry_error) or out of memory. */
dragonfly_manager *dragonfly_manager_new(tacho_registry *reg, const dragonfly_options *options);

/** Take the families out of the registry, which is still there, and free everything. NULL is fine. */
void dragonfly_manager_free(dragonfly_manager *m);

/** Its gRPC server. */
const grpc_server *dragonfly_manager_grpc(const dragonfly_manager *m);

/** The program started, built from this: version. */
bool dragonfly_manager_started(dragonfly_manager *m, const dragonfly_build *build);

/** A client of this version asks for its schedulers: search_scheduler_cluster_total. */
void dragonfly_manager_searched(dragonfly_manager *m, const char *version, const char *commit);

/** No cluster matched, so that it is offered all of them: search_scheduler_cluster_failure_total. */
bool dragonfly_manager_search_failed(dragonfly_manager *m, const char *version, const char *commit);

/**
 * A job was asked for, whether there is such a job or not: create_job_total. Names that are known: preheat, sync_peers,
 * get_task, get_image_distribution, delete_task, gc.
 */
void dragonfly_manager_job_created(dragonfly_manager *m, const char *name);

/**
 * A job was seen to have succeeded, possibly much later: create_job_success_total. False: none of that name is left.
 */
bool dragonfly_manager_job_succeeded(dragonfly_manager *m, const char *name);

#endif
