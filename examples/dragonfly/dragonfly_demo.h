/*
 * dragonfly_demo.h - a simulated client, manager and scheduler, which call the functions of the modules and nothing
 * else of tacho.
 */
#ifndef DRAGONFLY_DEMO_H
#define DRAGONFLY_DEMO_H

#include "demo.h"
#include "dragonfly_client.h"
#include "dragonfly_manager.h"
#include "dragonfly_scheduler.h"

typedef struct dragonfly_demo dragonfly_demo;

/** Make a simulation and put its actors on the stage. NULL when out of memory. Owes one dragonfly_demo_free. */
dragonfly_demo *dragonfly_client_demo_new(dragonfly_client *c, demo_stage *stage, uint64_t seed);
dragonfly_demo *dragonfly_manager_demo_new(dragonfly_manager *m, demo_stage *stage, uint64_t seed);
dragonfly_demo *dragonfly_scheduler_demo_new(dragonfly_scheduler *s, demo_stage *stage, uint64_t seed);

/** Only after demo_fini of its stage. NULL is fine. */
void dragonfly_demo_free(dragonfly_demo *demo);

#endif
