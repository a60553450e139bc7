/*
 * dragonfly_manager.c - the families of a manager and the functions that move them. Names, labels and texts are those
 * of the document, one for one.
 */
#include "dragonfly_manager.h"

#include <stdlib.h>

#include "dragonfly_object.h"

/* [0] all of them, [1] those that failed, of jobs those that succeeded. */
typedef struct manager_handles {
    tacho_gauge_vec *version;
    tacho_counter_vec *searches[2], *jobs[2];
} manager_handles;

struct dragonfly_manager {
    dragonfly_families families;
    manager_handles on;
};

/* Never counted into: it only gives the table places to name, which rows_move finds again in a real object. */
static manager_handles manager_shape;

static const tacho_desc manager_rows[] = {
    { .counter_vec = &manager_shape.searches[1], .name = "dragonfly_manager_search_scheduler_cluster_failure_total",
      .labels = { "version", "commit" }, .max_series = DRAGONFLY_MAX_SERIES,
      .help = "Counter of the number of failed of searching scheduler cluster." },
    { .counter_vec = &manager_shape.searches[0], .name = "dragonfly_manager_search_scheduler_cluster_total",
      .labels = { "version", "commit" }, .max_series = DRAGONFLY_MAX_SERIES,
      .help = "Counter of the number of searching scheduler cluster." },
    { .counter_vec = &manager_shape.jobs[1], .name = "dragonfly_manager_create_job_success_total",
      .labels = { "name" }, .max_series = DRAGONFLY_MAX_SERIES,
      .help = "Counter of the number of succeeded of creating job." },
    { .counter_vec = &manager_shape.jobs[0], .name = "dragonfly_manager_create_job_total", .labels = { "name" },
      .max_series = DRAGONFLY_MAX_SERIES, .help = "Counter of the number of creating job." },
    { .gauge_vec = &manager_shape.version, .name = "dragonfly_manager_version",
      .labels = { "major", "minor", "git_version", "git_commit", "platform", "build_time", "go_version", "go_tags",
                  "go_gcflags" },
      .help = "Version info of the service." },
};

static const grpc_method manager_methods[] = {
    { GRPC_UNARY, "/manager.v2.Manager/ListSchedulers" },
    { GRPC_UNARY, "/manager.v2.Manager/GetScheduler" },
    { GRPC_UNARY, "/manager.v2.Manager/UpdateScheduler" },
    { GRPC_UNARY, "/manager.v2.Manager/UpdateSeedPeer" },
    { GRPC_UNARY, "/manager.v2.Manager/DeleteSeedPeer" },
    { GRPC_UNARY, "/manager.v2.Manager/ListApplications" },
    { GRPC_CLIENT_STREAM, "/manager.v2.Manager/KeepAlive" },
    { GRPC_UNARY, "/grpc.health.v1.Health/Check" },
};

static const dragonfly_table manager_table = { manager_rows, TACHO_COUNT(manager_rows), &manager_shape,
                                               manager_methods, TACHO_COUNT(manager_methods) };

/* ---- Life -------------------------------------------------------------------------------------------------------- */

dragonfly_manager *dragonfly_manager_new(tacho_registry *reg, const dragonfly_options *options)
{
    static const dragonfly_options defaults = { 0 };
    dragonfly_manager *m = calloc(1, sizeof *m);
    if (!m) return NULL;
    if (dragonfly_families_open(&m->families, reg, &manager_table, options ? options : &defaults, &m->on))
        return m;
    free(m);
    return NULL;
}

void dragonfly_manager_free(dragonfly_manager *m)
{
    if (!m) return;
    dragonfly_families_close(&m->families);
    free(m);
}

const grpc_server *dragonfly_manager_grpc(const dragonfly_manager *m) { return m->families.grpc; }

bool dragonfly_manager_started(dragonfly_manager *m, const dragonfly_build *build)
{
    if (!build) return false;
    dragonfly_show_version(&m->families, m->on.version, DRAGONFLY_BUILD_LABELS(build));
    return true;
}

/* ---- Searches and jobs ------------------------------------------------------------------------------------------- */

#define SEARCH_LABELS TACHO_LABELS(dragonfly_text(version), dragonfly_text(commit))

void dragonfly_manager_searched(dragonfly_manager *m, const char *version, const char *commit)
{
    tacho_counter_inc_at(m->on.searches[0], SEARCH_LABELS);
}

bool dragonfly_manager_search_failed(dragonfly_manager *m, const char *version, const char *commit)
{
    return dragonfly_count_within_at(&m->families, m->on.searches[0], m->on.searches[1], SEARCH_LABELS);
}

void dragonfly_manager_job_created(dragonfly_manager *m, const char *name)
{
    tacho_counter_inc_at(m->on.jobs[0], TACHO_LABELS(dragonfly_text(name)));
}

bool dragonfly_manager_job_succeeded(dragonfly_manager *m, const char *name)
{
    return dragonfly_count_within_at(&m->families, m->on.jobs[0], m->on.jobs[1],
                                     TACHO_LABELS(dragonfly_text(name)));
}
