/*
 * remove.h - taking series out of any vector; the typed doors are with their types.
 */
#ifndef TACHO_REMOVE_H
#define TACHO_REMOVE_H

#include "vec.h"

/** What metric.h says of tacho_counter_remove and its like; `vec` is a vector of any type. */
TACHO_INTERNAL tacho_err tacho__remove_handle(void *vec, const void *handle);
TACHO_INTERNAL tacho_err tacho__remove_at(void *vec, tacho_labels labels);
TACHO_INTERNAL size_t tacho__remove_matching(void *vec, tacho_labels labels);
TACHO_INTERNAL tacho_err tacho__remove_all(void *vec);

#endif
