/*
 * playarr_demo.h - a simulated Playarr that calls the functions of playarr.h, and nothing else of tacho.
 */
#ifndef PLAYARR_DEMO_H
#define PLAYARR_DEMO_H

#include "demo.h"
#include "playarr.h"

typedef struct playarr_demo playarr_demo;

/** Make the simulation and put its actors on the stage. NULL when out of memory. Owes one playarr_demo_free. */
playarr_demo *playarr_demo_new(playarr *p, demo_stage *stage, uint64_t seed);

/** Only after demo_fini of its stage. NULL is fine. */
void playarr_demo_free(playarr_demo *demo);

#endif
