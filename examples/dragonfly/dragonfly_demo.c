#define _POSIX_C_SOURCE 200809L
#include "dragonfly_demo.h"

#include <stdlib.h>

#include "dragonfly_world.h"

const dragonfly_build dragonfly_demo_build = { .major = "2",
                                               .minor = "3",
                                               .git_version = "v2.3.1",
                                               .git_commit = "66db456",
                                               .platform = "linux/amd64",
                                               .build_time = "2025-10-14T08:21:07Z",
                                               .go_version = "go1.23.4",
                                               .go_tags = "",
                                               .go_gcflags = "" };

/* ---- Actors ------------------------------------------------------------------------------------------------------ */

static double demo_act(demo_actor *self, double now)
{
    dragonfly_part *part = TACHO_CONTAINER(self, dragonfly_part, actor);
    pthread_mutex_lock(&part->demo->mutex);
    double rest = part->act(part, now);
    pthread_mutex_unlock(&part->demo->mutex);
    return rest;
}

static const demo_actor_ops demo_ops = { demo_act };

dragonfly_demo *dragonfly_demo_new(const grpc_server *grpc)
{
    dragonfly_demo *demo = calloc(1, sizeof *demo);
    if (!demo) return NULL;
    pthread_mutex_init(&demo->mutex, NULL);
    demo->grpc = grpc;
    return demo;
}

void dragonfly_demo_free(dragonfly_demo *demo)
{
    if (!demo) return;
    pthread_mutex_destroy(&demo->mutex);
    free(demo);
}

void dragonfly_demo_add(dragonfly_demo *demo, demo_stage *stage, uint64_t seed, dragonfly_act *act,
                        unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        dragonfly_part *part = &demo->parts[demo->part_count++];
        *part = (dragonfly_part){ .actor = { .ops = &demo_ops }, .demo = demo, .act = act, .index = i };
        demo_random_init(&part->random, seed, demo->part_count);
        demo_add(stage, &part->actor);
    }
}

/* ---- gRPC -------------------------------------------------------------------------------------------------------- */

static grpc_code demo_code(dragonfly_part *part, bool has_failed)
{
    static const grpc_code usual[] = { GRPC_NOT_FOUND, GRPC_UNAVAILABLE, GRPC_DEADLINE_EXCEEDED,
                                       GRPC_INTERNAL, GRPC_RESOURCE_EXHAUSTED };
    return has_failed ? usual[demo_random_below(&part->random, TACHO_COUNT(usual))] : GRPC_OK;
}

void dragonfly_demo_call(dragonfly_part *part, const char *path, bool has_failed)
{
    const grpc_served *method = grpc_server_find(part->demo->grpc, path);
    grpc_server_started(method);
    grpc_server_msg_received(method);
    if (!has_failed) grpc_server_msg_sent(method);
    grpc_server_handled(method, demo_code(part, has_failed), demo_random_duration(&part->random, 0.012));
}

void dragonfly_demo_open(dragonfly_part *part, const char *path)
{
    grpc_server_started(grpc_server_find(part->demo->grpc, path));
    dragonfly_demo_received(part, path);
}

void dragonfly_demo_received(dragonfly_part *part, const char *path)
{
    grpc_server_msg_received(grpc_server_find(part->demo->grpc, path));
}

void dragonfly_demo_sent(dragonfly_part *part, const char *path)
{
    grpc_server_msg_sent(grpc_server_find(part->demo->grpc, path));
}

void dragonfly_demo_close(dragonfly_part *part, const char *path, bool has_failed, double seconds)
{
    grpc_server_handled(grpc_server_find(part->demo->grpc, path), demo_code(part, has_failed), seconds);
}
