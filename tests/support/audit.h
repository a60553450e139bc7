/*
 * audit.h - goes through all that a registry's memory holds and checks that it fits together: every slot in one list,
 * every hold on a label value counted, the index in order, and every byte that was handed out in use or free for use.
 */
#ifndef AUDIT_H
#define AUDIT_H

#include <stdbool.h>
#include <stddef.h>

#include <tacho/registry.h>

/**
 * Take the creation lock (which repairs what a dead worker left), look through everything, and let it go. Nobody else
 * may change the registry meanwhile. False: something is wrong, and said on standard error. `lost` (may be NULL) gets
 * the bytes that nothing refers to any more.
 */
bool audit_registry(tacho_registry *reg, size_t *lost);

#endif
