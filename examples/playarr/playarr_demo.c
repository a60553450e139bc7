#include "playarr_demo.h"

#include <stdlib.h>

#include "playarr_world.h"

enum { DEMO_VIEWERS = 3, DEMO_SYNCS = 2, DEMO_PARTS = DEMO_VIEWERS + DEMO_SYNCS + 4 };

struct playarr_demo {
    playarr_world world;
    playarr_part parts[DEMO_PARTS];
    size_t part_count;
};

static void demo_add_parts(playarr_demo *demo, demo_stage *stage, uint64_t seed, const demo_actor_ops *ops,
                           uint64_t count)
{
    for (uint64_t i = 0; i < count; i++) {
        playarr_part *part = &demo->parts[demo->part_count++];
        part->actor.ops = ops;
        part->w = &demo->world;
        part->index = i;
        demo_random_init(&part->random, seed, demo->part_count);
        demo_add(stage, &part->actor);
    }
}

playarr_demo *playarr_demo_new(playarr *p, demo_stage *stage, uint64_t seed)
{
    playarr_demo *demo = calloc(1, sizeof *demo);
    demo_random random;
    if (!demo) return NULL;
    demo_random_init(&random, seed, 0);
    playarr_world_init(&demo->world, p, &random);
    demo_add_parts(demo, stage, seed, &playarr_part_census, 1);
    demo_add_parts(demo, stage, seed, &playarr_part_viewer, DEMO_VIEWERS);
    demo_add_parts(demo, stage, seed, &playarr_part_visitors, 1);
    demo_add_parts(demo, stage, seed, &playarr_part_sync, DEMO_SYNCS);
    demo_add_parts(demo, stage, seed, &playarr_part_jobs, 1);
    demo_add_parts(demo, stage, seed, &playarr_part_admin, 1);
    return demo;
}

void playarr_demo_free(playarr_demo *demo)
{
    if (!demo) return;
    playarr_world_fini(&demo->world);
    free(demo);
}
