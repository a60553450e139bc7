/*
 * trackarr_demo.h - a simulated community: members, staff, a shop, and peers that call the functions of trackarr_site.h.
 */
#ifndef TRACKARR_DEMO_H
#define TRACKARR_DEMO_H

#include "demo.h"
#include "trackarr_site.h"

typedef struct trackarr_demo trackarr_demo;

/**
 * Found the community and put its actors on the stage. NULL when out of memory. Owes one trackarr_demo_free, before
 * the site is gone.
 */
trackarr_demo *trackarr_demo_new(trackarr_site *site, demo_stage *stage, uint64_t seed);

/** Only after demo_fini of its stage. NULL is fine. */
void trackarr_demo_free(trackarr_demo *demo);

#endif
