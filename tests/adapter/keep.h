/*
 * keep.h - memory that lasts as long as the script: rows have to stay where they are.
 */
#ifndef ADAPTER_KEEP_H
#define ADAPTER_KEEP_H

#include <stddef.h>

/** Zeroed memory; the program ends where there is none. */
void *keep_new(size_t size);

/** Free all of it. */
void keep_end(void);

#endif
