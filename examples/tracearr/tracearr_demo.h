/*
 * tracearr_demo.h - a simulated Tracearr, whose functions of tracearr.h are called as if an exporter asked it.
 */
#ifndef TRACEARR_DEMO_H
#define TRACEARR_DEMO_H

#include "demo.h"
#include "tracearr.h"

typedef struct tracearr_demo tracearr_demo;

/** Make the simulation and put its actors on the stage; `t` has no source. NULL when out of memory. Owes one free. */
tracearr_demo *tracearr_demo_new(tracearr *t, demo_stage *stage, uint64_t seed);

/** Only after demo_fini of its stage. NULL is fine. */
void tracearr_demo_free(tracearr_demo *demo);

#endif
