/*
 * cpu.h - what depends on the compiler and the CPU; nothing else in tacho does.
 *
 * Users need nothing from here. It holds visibility, the atomic operations that the inlines of metric.h
 * use, and the restartable sequence that makes an update one plain addition.
 *
 * A per-CPU cell is written only inside a restartable sequence (rseq(2)): the kernel sends a thread that is
 * preempted, migrated or interrupted by a signal between the labels 1 and 2 back to the beginning, so a plain
 * read-modify-write of this CPU's cell is never torn and never lost. Every sequence clears rseq_cs after its
 * commit; otherwise the kernel would look for the descriptor of a plugin that was unloaded meanwhile.
 * Where there is no such sequence (other CPUs, other systems, sanitizers, TACHO_NO_RSEQ) the same update is an
 * atomic addition to a cell of its own, which the reader adds in: the two kinds of writer never share a cell.
 */
#ifndef TACHO_CPU_H
#define TACHO_CPU_H

#include <stdint.h>

#if !defined(__GNUC__)
#error "tacho needs the GNU C builtins: use gcc or clang"
#endif

#if defined(TACHO_BUILD_SHARED)
#define TACHO_VISIBLE __attribute__((visibility("default")))
#else
#define TACHO_VISIBLE
#endif
#define TACHO_HIDDEN __attribute__((visibility("hidden")))
/* Of a function that does not exist: an error where somebody uses it, in these words, or, from an old compiler, when linking. */
#if defined(__has_attribute)
#if __has_attribute(unavailable)
#define TACHO_UNAVAILABLE(words) __attribute__((unavailable(words)))
#elif __has_attribute(error)
#define TACHO_UNAVAILABLE(words) __attribute__((error(words)))
#endif
#endif
#if !defined(TACHO_UNAVAILABLE)
#define TACHO_UNAVAILABLE(words)
#endif
/* In C an inline of ours is also a symbol of the library, for who takes its address or compiles without optimisation. */
#define TACHO_INLINE TACHO_VISIBLE inline
#define TACHO_COLD __attribute__((cold, noinline))
#define TACHO_NOINLINE __attribute__((noinline))
#define TACHO_CONSTRUCTOR __attribute__((constructor))
#define TACHO_WEAK __attribute__((weak)) /* absent at run time: its address is NULL */
#define TACHO_PRINTF(text, first) __attribute__((format(printf, text, first)))
#define TACHO_LEADING_ZEROS(n) __builtin_clz(n)
#define TACHO_LEADING_ZEROS_64(n) __builtin_clzll(n)
/* A number whose bytes in memory are, first to last, the highest to the lowest of n, or the lowest to the highest. */
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define TACHO_HIGHEST_FIRST_64(n) __builtin_bswap64(n)
#define TACHO_LOWEST_FIRST_64(n) (n)
#else
#define TACHO_HIGHEST_FIRST_64(n) (n)
#define TACHO_LOWEST_FIRST_64(n) __builtin_bswap64(n)
#endif
#if defined(__SIZEOF_INT128__)
__extension__ typedef unsigned __int128 tacho_wide;
#define TACHO_HAS_WIDE 1
#endif
/* Two numbers that are worked on at once; a comparison gives -1 for true. */
typedef double tacho_doubles __attribute__((vector_size(16)));
typedef int64_t tacho_truths __attribute__((vector_size(16)));
#define TACHO_LIKELY(x) __builtin_expect(!!(x), 1)

#ifdef __cplusplus
#define TACHO_BEGIN_DECLS extern "C" {
#define TACHO_END_DECLS }
#else
#define TACHO_BEGIN_DECLS
#define TACHO_END_DECLS
#endif

#if defined(__has_feature)
#if __has_feature(thread_sanitizer) || __has_feature(address_sanitizer) || __has_feature(memory_sanitizer)
#define TACHO_SANITIZED 1
#endif
#endif
#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
#define TACHO_SANITIZED 1
#endif

#if defined(__x86_64__) && defined(__linux__) && !defined(__ILP32__) && !defined(TACHO_SANITIZED) && \
    !defined(TACHO_NO_RSEQ)
#define TACHO_HAS_RSEQ 1
#else
#define TACHO_HAS_RSEQ 0
#endif

TACHO_BEGIN_DECLS

/*
 * The head of a series with per-CPU cells, or of any histogram: at the address in its handle, followed by the
 * series' shared cells. Offsets are relative to the head, so that it means the same in every process.
 */
struct tacho_head {
    int64_t stripes;      /* bytes to the first CPU's stripe */
    uint32_t cell;        /* of the first cell inside a stripe, in bytes; 0: the series has shared cells only */
    uint32_t stride;      /* bytes from one CPU's stripe to the next */
    uint32_t cpus;        /* stripes there are; a CPU number beyond them uses the shared cells */
    int32_t bounds;       /* histograms: to the upper bounds (doubles), in units of 8 bytes */
    uint16_t bound_count; /* histograms: finite upper bounds; statesets: states */
    uint16_t kind;        /* histograms: what is special about them */
    int32_t annex;        /* to what else the series keeps, in units of 8 bytes; 0: nothing */
};

/* Distance from the thread pointer to the thread's rseq area. Set when the library is loaded: a copy of it that never made a
 * registry, in a plugin, may be given the handles of another. */
extern TACHO_VISIBLE intptr_t tacho_rseq_offset;

/* Sums and last values publish nothing, so relaxed order suffices in all of these. */
TACHO_INLINE void tacho_cell_add(uint64_t *cell, uint64_t n)
{
    (void)__atomic_fetch_add(cell, n, __ATOMIC_RELAXED);
}

TACHO_INLINE void tacho_cell_store(uint64_t *cell, uint64_t bits)
{
    __atomic_store_n(cell, bits, __ATOMIC_RELAXED);
}

TACHO_INLINE uint64_t *tacho_head_cells(struct tacho_head *head)
{
    return (uint64_t *)(void *)(head + 1);
}

#if TACHO_HAS_RSEQ

#if defined(TACHO_CHECK)
extern uint64_t tacho_rseq_aborts; /* test builds count how often a sequence began again */
#define TACHO_RSEQ_ABORTED "lock incq tacho_rseq_aborts(%%rip)\n\t"
#else
#define TACHO_RSEQ_ABORTED ""
#endif

/* "?" puts a section into the group of the function that refers to it: C++ keeps one copy of an inline of many. */

/*
 * Announce a sequence (1 to 2, abort at 4) and leave the address of this CPU's stripe in rax, or go to `other`; `keep`
 * may save the CPU's number from eax. The stripe's first byte says that it is in use, so that the reader looks; it is set
 * once, outside the sequence.
 */
#define TACHO_RSEQ_DESCRIBE                              \
    ".pushsection __rseq_cs, \"aw?\"\n\t"                 \
    ".balign 32\n\t"                                     \
    "3: .long 0, 0\n\t"                                  \
    ".quad 1f, 2f - 1f, 4f\n\t"                          \
    ".popsection\n\t"                                    \
    ".pushsection .text.tacho_abort, \"ax?\"\n\t"         \
    ".byte 0x0f, 0xb9, 0x3d\n\t"                         \
    ".long 0x53053053\n\t" /* the signature that glibc registered */ \
    "4: " TACHO_RSEQ_ABORTED                             \
    "jmp 6f\n\t"
#define TACHO_RSEQ_ANNOUNCE          \
    ".popsection\n\t"                \
    "6: leaq 3b(%%rip), %%rax\n\t"   \
    "movq %%rax, %%fs:8(%[rseq])\n\t"
#define TACHO_RSEQ_BEGIN(keep)                           \
    TACHO_RSEQ_DESCRIBE                                  \
    "5: movq $0, %%fs:8(%[rseq])\n\t"                    \
    "jmp %l[other]\n\t"                                  \
    "7: movb $1, (%%rax)\n\t"                            \
    "jmp 6f\n\t"                                         \
    TACHO_RSEQ_ANNOUNCE                                  \
    "1: movl %%fs:4(%[rseq]), %%eax\n\t"                 \
    "cmpl %[cpus], %%eax\n\t" /* unsigned: -1 and -2 mean "not registered" */ \
    "jae 5b\n\t"                                         \
    keep                                                 \
    "imull %[stride], %%eax\n\t" /* all stripes together are far below 4 GiB */ \
    "addq %[stripes], %%rax\n\t"                         \
    "addq %[head], %%rax\n\t"                            \
    "cmpb $0, (%%rax)\n\t"                               \
    "je 7b\n\t"
#define TACHO_RSEQ_END "2: movq $0, %%fs:8(%[rseq])\n\t"
#define TACHO_RSEQ_INPUTS(at)                                                                           \
    [rseq] "r"(tacho_rseq_offset), [head] "r"(at), [cpus] "m"((at)->cpus), [stride] "m"((at)->stride), \
    [stripes] "m"((at)->stripes)

/* Add to this CPU's cell `offset` bytes behind the first; 0 when this thread has no CPU here. */
TACHO_INLINE int tacho_stripe_add(struct tacho_head *head, uint64_t offset, uint64_t n)
{
    __asm__ goto(TACHO_RSEQ_BEGIN("")
                 "addq %[n], (%%rax,%[cell])\n\t" TACHO_RSEQ_END
                 : : TACHO_RSEQ_INPUTS(head), [cell] "r"(head->cell + offset), [n] "er"(n)
                 : "rax", "memory", "cc" : other);
    return 1;
other:
    return 0;
}

/* The same for a cell that holds a double. */
TACHO_INLINE int tacho_stripe_add_double(struct tacho_head *head, uint64_t offset, double n)
{
    __asm__ goto(TACHO_RSEQ_BEGIN("")
                 "movsd (%%rax,%[cell]), %%xmm15\n\t"
                 "addsd %[n], %%xmm15\n\t"
                 "movsd %%xmm15, (%%rax,%[cell])\n\t" TACHO_RSEQ_END
                 : : TACHO_RSEQ_INPUTS(head), [cell] "r"(head->cell + offset), [n] "x"(n)
                 : "rax", "xmm15", "memory", "cc" : other);
    return 1;
other:
    return 0;
}

/*
 * Add `value` to the double `sum` bytes behind the first cell, then 1 to the cell at `bucket`: two sequences, because each has
 * one commit. The second uses the first one's address if the thread is still on that CPU. Returns how many were done.
 */
TACHO_INLINE int tacho_stripe_observe(struct tacho_head *head, uint64_t sum, double value, uint64_t bucket)
{
    __asm__ goto(TACHO_RSEQ_BEGIN("movl %%eax, %%edx\n\t")
                 "leaq (%%rax,%[cell]), %%rcx\n\t"
                 "movsd (%%rcx,%[sum]), %%xmm15\n\t"
                 "addsd %[value], %%xmm15\n\t"
                 "movsd %%xmm15, (%%rcx,%[sum])\n\t"
                 "2:\n\t" TACHO_RSEQ_DESCRIBE
                 "5: movq $0, %%fs:8(%[rseq])\n\t"
                 "jmp %l[moved]\n\t" TACHO_RSEQ_ANNOUNCE
                 "1: cmpl %%fs:4(%[rseq]), %%edx\n\t"
                 "jne 5b\n\t"
                 "addq $1, (%%rcx,%[bucket])\n\t" TACHO_RSEQ_END
                 : : TACHO_RSEQ_INPUTS(head), [cell] "r"((uint64_t)head->cell), [sum] "r"(sum), [bucket] "r"(bucket),
                 [value] "x"(value)
                 : "rax", "rcx", "rdx", "xmm15", "memory", "cc" : other, moved);
    return 2;
other:
    return 0;
moved:
    return 1 + tacho_stripe_add(head, bucket, 1);
}

#else

TACHO_INLINE int tacho_stripe_add(struct tacho_head *head, uint64_t offset, uint64_t n)
{
    (void)head, (void)offset, (void)n;
    return 0;
}

TACHO_INLINE int tacho_stripe_add_double(struct tacho_head *head, uint64_t offset, double n)
{
    (void)head, (void)offset, (void)n;
    return 0;
}

TACHO_INLINE int tacho_stripe_observe(struct tacho_head *head, uint64_t sum, double value, uint64_t bucket)
{
    (void)head, (void)sum, (void)value, (void)bucket;
    return 0;
}

#endif

TACHO_END_DECLS

#endif
