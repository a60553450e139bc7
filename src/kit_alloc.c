/*
 * kit_alloc.c - an allocator that fails when a test wants it to.
 *
 * The numbers are relaxed: they publish nothing, and a test that lets several threads allocate does not care which of them gets
 * which number.
 */
#include "kit.h"

#include "alloc.h"

static _Atomic size_t alloc_tried, alloc_first, alloc_last;
static _Thread_local unsigned alloc_exempt;

static bool alloc_obey(size_t size)
{
    (void)size;
    if (alloc_exempt > 0) return true;
    size_t number = 1 + atomic_fetch_add_explicit(&alloc_tried, 1, memory_order_relaxed);
    return number < tacho__load_relaxed(&alloc_first) || number > tacho__load_relaxed(&alloc_last);
}

void tacho__kit_exempt_begin(void)
{
    alloc_exempt++;
}

void tacho__kit_exempt_end(void)
{
    alloc_exempt--;
}

void tacho_test_alloc_fail(size_t first, size_t count)
{
    bool none = first == 0 || count == 0;
    tacho__store_relaxed(&alloc_tried, 0);
    tacho__store_relaxed(&alloc_first, none ? SIZE_MAX : first);
    tacho__store_relaxed(&alloc_last, none ? 0 : count > SIZE_MAX - first ? SIZE_MAX : first + count - 1);
    tacho__store_relaxed(&tacho__alloc_hook, alloc_obey);
}

size_t tacho_test_alloc_end(void)
{
    if (tacho__load_relaxed(&tacho__alloc_hook) != alloc_obey) return 0;
    tacho__store_relaxed(&tacho__alloc_hook, NULL);
    return tacho__load_relaxed(&alloc_tried);
}
