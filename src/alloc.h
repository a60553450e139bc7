/*
 * alloc.h - memory from outside: the heap and reserved ranges. Everything that tacho takes goes through here.
 */
#ifndef TACHO_ALLOC_H
#define TACHO_ALLOC_H

#include "atomic.h"

/** Zeroed heap memory, or NULL. */
TACHO_INTERNAL void *tacho__alloc(size_t size);

/** Resize like realloc; new bytes are not zeroed. NULL on failure, and the old block stays. */
TACHO_INTERNAL void *tacho__realloc(void *block, size_t size);

TACHO_INTERNAL void tacho__free(void *block);

/** Reserve zeroed pages that cost nothing until touched; `shared` with later children. NULL on failure. */
TACHO_INTERNAL void *tacho__map(size_t size, bool shared);

/** Zeroed pages for what must not be in a core dump, nor, `own` being set, in a forked child, which finds zeros there. Where the
 *  system knows neither they are pages like others. NULL on failure. */
TACHO_INTERNAL void *tacho__map_hidden(size_t size, bool own);

TACHO_INTERNAL void tacho__unmap(void *range, size_t size);

/* What tests set (tacho_test.h): called before every allocation; false makes it fail. Without one all are tried. */
extern TACHO_INTERNAL bool (*_Atomic tacho__alloc_hook)(size_t size);
#define TACHO__NO_HOOK ((bool (*)(size_t))0) /* NULL is not for pointers to functions, as some compilers see it */

#endif
