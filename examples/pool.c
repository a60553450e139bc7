/*
 * pool.c - a collector of one's own: gauges that are read when somebody scrapes, from a structure that the daemon
 * has anyway.
 */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include <tacho/tacho.h>

struct queue {
    const char *name;
    size_t len;
    double oldest_seconds;
};

struct pool {
    tacho_collector collector; /* embedded; the collector finds the pool around it */
    pthread_mutex_t mutex;
    struct queue queues[2];
};

enum { DEPTH, AGE };
static const tacho_desc pool_descs[] = {
    [DEPTH] = { .type = TACHO_GAUGE, .name = "pool_queue_depth", .help = "Jobs waiting.", .labels = { "queue" } },
    [AGE] = { .type = TACHO_GAUGE, .name = "pool_oldest_job_age_seconds", .unit = "seconds", .labels = { "queue" },
              .help = "Age of the oldest waiting job; rising means stuck workers." },
};

/* Both families come from one look at the queues: they always fit together. */
static tacho_err pool_collect(tacho_collector *self, tacho_emitter *out)
{
    struct pool *pool = TACHO_CONTAINER(self, struct pool, collector);
    pthread_mutex_lock(&pool->mutex);
    tacho_emit_family(out, &pool_descs[DEPTH]);
    for (size_t i = 0; i < TACHO_COUNT(pool->queues); i++)
        tacho_emit_uint(out, TACHO_LABELS(pool->queues[i].name), pool->queues[i].len);
    tacho_emit_family(out, &pool_descs[AGE]);
    for (size_t i = 0; i < TACHO_COUNT(pool->queues); i++)
        tacho_emit_double(out, TACHO_LABELS(pool->queues[i].name), pool->queues[i].oldest_seconds);
    pthread_mutex_unlock(&pool->mutex);
    return TACHO_OK;
}

static const tacho_collector_ops pool_ops = { .name = "pool", .descs = pool_descs, .desc_count = TACHO_COUNT(pool_descs), .collect = pool_collect };

int main(void)
{
    struct pool pool = {
        .collector = { &pool_ops },
        .mutex = PTHREAD_MUTEX_INITIALIZER,
        .queues = { { "mail", 3, 1.5 }, { "images", 0, 0 } },
    };
    tacho_registry *reg = tacho_registry_new(NULL);
    tacho_fd_sink out;
    tacho_fd_sink_init(&out, 1);
    tacho_err err = tacho_registry_add(reg, &pool.collector);
    if (err)
        fprintf(stderr, "pool: %s\n", tacho_registry_error(reg));
    else if ((err = tacho_expose(reg, TACHO_TEXT, &out.sink)))
        fprintf(stderr, "pool: %s: %s\n", tacho_strerror(err), strerror(errno));
    tacho_registry_free(reg);
    return err ? 1 : 0;
}
