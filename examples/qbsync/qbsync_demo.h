/*
 * qbsync_demo.h - a simulated source and destination that call the functions of qbsync.h, and nothing else of tacho.
 */
#ifndef QBSYNC_DEMO_H
#define QBSYNC_DEMO_H

#include "demo.h"
#include "qbsync.h"

typedef struct qbsync_demo qbsync_demo;

/** Make the simulation and put its actors on the stage. NULL when out of memory. Owes one qbsync_demo_free. */
qbsync_demo *qbsync_demo_new(qbsync *q, demo_stage *stage, uint64_t seed);

/** Only after demo_fini of its stage. NULL is fine. */
void qbsync_demo_free(qbsync_demo *demo);

#endif
