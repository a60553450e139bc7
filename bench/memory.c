/*
 * memory.c - how much memory is held, and the most that was held at a time.
 *
 * The linker sends the calls by which this program, with the tacho in it, gets memory here (--wrap, cmake/programs.cmake),
 * whatever the C library; what that takes for itself is not counted. A block counts with all bytes that may be used of
 * it, and while it is resized twice, because it may have to be copied.
 */
#define _GNU_SOURCE
#include "bench.h"

#include <malloc.h>
#include <stdatomic.h>
#include <sys/mman.h>

static _Atomic size_t memory_held, memory_most;

static void memory_add(size_t size)
{
    size_t held = atomic_fetch_add_explicit(&memory_held, size, memory_order_relaxed) + size;
    size_t most = atomic_load_explicit(&memory_most, memory_order_relaxed);
    while (held > most && !atomic_compare_exchange_weak_explicit(&memory_most, &most, held, memory_order_relaxed,
                                                                 memory_order_relaxed))
        continue;
}

static void memory_sub(size_t size)
{
    (void)atomic_fetch_sub_explicit(&memory_held, size, memory_order_relaxed);
}

double bench_memory_watch(void)
{
    size_t held = atomic_load_explicit(&memory_held, memory_order_relaxed);
    atomic_store_explicit(&memory_most, held, memory_order_relaxed);
    return (double)held;
}

double bench_memory_most(void)
{
    return (double)atomic_load_explicit(&memory_most, memory_order_relaxed);
}

/* ---- The names that the linker asks for: the C library's functions, and what is called instead ---- */

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *block, size_t size);
void __real_free(void *block);
void *__real_mmap(void *at, size_t size, int access, int flags, int file, off_t offset);
int __real_munmap(void *range, size_t size);

void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *block, size_t size);
void __wrap_free(void *block);
void *__wrap_mmap(void *at, size_t size, int access, int flags, int file, off_t offset);
int __wrap_munmap(void *range, size_t size);

void *__wrap_malloc(size_t size)
{
    void *block = __real_malloc(size);
    memory_add(malloc_usable_size(block));
    return block;
}

void *__wrap_calloc(size_t count, size_t size)
{
    void *block = __real_calloc(count, size);
    memory_add(malloc_usable_size(block));
    return block;
}

void *__wrap_realloc(void *block, size_t size)
{
    size_t before = malloc_usable_size(block);
    void *grown = __real_realloc(block, size);
    if (!grown && size) return NULL;
    memory_add(malloc_usable_size(grown));
    memory_sub(before);
    return grown;
}

void __wrap_free(void *block)
{
    memory_sub(malloc_usable_size(block));
    __real_free(block);
}

void *__wrap_mmap(void *at, size_t size, int access, int flags, int file, off_t offset)
{
    void *range = __real_mmap(at, size, access, flags, file, offset);
    if (range != MAP_FAILED) memory_add(size);
    return range;
}

int __wrap_munmap(void *range, size_t size)
{
    int result = __real_munmap(range, size);
    if (result == 0) memory_sub(size);
    return result;
}
