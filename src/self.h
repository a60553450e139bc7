/*
 * self.h - what tacho says about itself: a collector like any other.
 */
#ifndef TACHO_SELF_H
#define TACHO_SELF_H

#include "registry_internal.h"

extern TACHO_INTERNAL const tacho_collector_ops tacho__self_ops;

#endif
