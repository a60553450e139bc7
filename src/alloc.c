/*
 * alloc.c - memory from outside, with one place for tests to let it fail.
 */
#define _GNU_SOURCE
#include "alloc.h"

#include <stdlib.h>
#include <sys/mman.h>

bool (*_Atomic tacho__alloc_hook)(size_t size);

/* Relaxed: whoever sets a hook in one thread and wants it in another starts that one, or waits for it. */
static bool alloc_granted(size_t size)
{
    bool (*hook)(size_t) = tacho__load_relaxed(&tacho__alloc_hook);
    return TACHO_LIKELY(!hook) || hook(size);
}

void *tacho__alloc(size_t size)
{
    return alloc_granted(size) ? calloc(1, size) : NULL;
}

void *tacho__realloc(void *block, size_t size)
{
    return alloc_granted(size) ? realloc(block, size) : NULL;
}

void tacho__free(void *block)
{
    free(block);
}

void *tacho__map(size_t size, bool shared)
{
    if (!alloc_granted(size)) return NULL;
    int flags = MAP_ANONYMOUS | (shared ? MAP_SHARED : MAP_PRIVATE);
#if defined(MAP_NORESERVE)
    flags |= MAP_NORESERVE;
#endif
    void *range = mmap(NULL, size, PROT_READ | PROT_WRITE, flags, -1, 0);
    if (range == MAP_FAILED) return NULL;
#if defined(MADV_NOHUGEPAGE)
    /* A huge page would make one touched cell cost 2 MiB; a kernel that does not know it has none. */
    (void)madvise(range, size, MADV_NOHUGEPAGE);
#endif
    return range;
}

void *tacho__map_hidden(size_t size, bool own)
{
    void *range = tacho__map(size, false);
#if defined(MADV_DONTDUMP)
    if (range) (void)madvise(range, size, MADV_DONTDUMP);
#endif
#if defined(MADV_WIPEONFORK)
    if (range && own) (void)madvise(range, size, MADV_WIPEONFORK);
#endif
    (void)own;
    return range;
}

void tacho__unmap(void *range, size_t size)
{
    if (range) (void)munmap(range, size);
}
