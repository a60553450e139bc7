/*
 * walk.h - a walk over a registry's families and collectors, in the order of their definition.
 *
 * Nothing is locked between two steps: families stay where they are, the collector at hand is held, and the next one is
 * found by its place in the order, so that it does not matter what comes and goes meanwhile.
 */
#ifndef TACHO_WALK_H
#define TACHO_WALK_H

#include "plug.h"

enum tacho__walk_own { TACHO__WALK_WITHOUT_OWN, TACHO__WALK_WITH_OWN }; /* tacho's own collector, the last of all */

struct tacho__walk {
    tacho_registry *reg;
    enum tacho__walk_own own;
    struct tacho__family *family; /* where the walk is: here, */
    struct tacho__plug *plug;     /* or there; both NULL: before the beginning, or at the end */
    tacho__ref ref;               /* the family at hand or ahead; 0: no more */
    struct tacho__plug *held;     /* the collector at hand or ahead, held; NULL: no more */
    uint32_t last;                /* the place of the last collector at the beginning: later ones are not seen */
};

/** Begin before the first place. Owes steps up to the end, or tacho__walk_end. */
TACHO_INTERNAL void tacho__walk_begin(struct tacho__walk *walk, tacho_registry *reg, enum tacho__walk_own own);

/** Go to the next place; false: that is the end. */
TACHO_INTERNAL bool tacho__walk_step(struct tacho__walk *walk);

/** Give it up, wherever it is. */
TACHO_INTERNAL void tacho__walk_end(struct tacho__walk *walk);

#endif
