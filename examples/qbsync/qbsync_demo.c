#include "qbsync_demo.h"

#include <stdlib.h>

#include "demo_world.h"

enum { DEMO_PARTS = 5 + WORLD_CONNECTIONS + WORLD_WRITERS };

struct qbsync_demo {
    world world;
    demo_part parts[DEMO_PARTS];
    size_t part_count;
};

static void demo_add_parts(qbsync_demo *demo, demo_stage *stage, uint64_t seed, const demo_actor_ops *ops,
                           unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        demo_part *part = &demo->parts[demo->part_count++];
        part->actor.ops = ops;
        part->w = &demo->world;
        part->index = i;
        demo_random_init(&part->random, seed, demo->part_count);
        demo_add(stage, &part->actor);
    }
}

qbsync_demo *qbsync_demo_new(qbsync *q, demo_stage *stage, uint64_t seed)
{
    qbsync_demo *demo = calloc(1, sizeof *demo);
    if (!demo) return NULL;
    demo_world_init(&demo->world, q);
    demo_add_parts(demo, stage, seed, &demo_cycle, 1);
    demo_add_parts(demo, stage, seed, &demo_sender, WORLD_CONNECTIONS);
    demo_add_parts(demo, stage, seed, &demo_acknowledger, 1);
    demo_add_parts(demo, stage, seed, &demo_supervisor, 1);
    demo_add_parts(demo, stage, seed, &demo_writer, WORLD_WRITERS);
    demo_add_parts(demo, stage, seed, &demo_finalizer, 1);
    demo_add_parts(demo, stage, seed, &demo_incidents, 1);
    return demo;
}

void qbsync_demo_free(qbsync_demo *demo)
{
    if (!demo) return;
    demo_world_fini(&demo->world);
    free(demo);
}
