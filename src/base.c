/*
 * base.c - version and error names, and the linkable twins of the public inlines.
 */
#include "atomic.h"

#include <tacho/registry.h>

intptr_t tacho_rseq_offset;

#if defined(__x86_64__) && defined(__linux__) && !defined(__ILP32__)
extern const ptrdiff_t __rseq_offset TACHO_WEAK; /* glibc 2.35 and later */

/* Here and not when a registry is made: a sequence that looked for the area in the wrong place would write there. */
TACHO_CONSTRUCTOR static void base_find_rseq(void)
{
    if (&__rseq_offset) tacho_rseq_offset = __rseq_offset;
}
#endif

#if defined(TACHO_CHECK)
void (*tacho__edge_hook)(const char *edge);
uint64_t tacho_rseq_aborts;
#endif

const char *tacho_strerror(tacho_err err)
{
    switch (err) {
    case TACHO_OK: return "no error";
    case TACHO_ERR_NOMEM: return "out of memory, or the byte budget is spent";
    case TACHO_ERR_DESC: return "a descriptor breaks a rule";
    case TACHO_ERR_DUPLICATE: return "the name is already taken";
    case TACHO_ERR_ORDER: return "a sample outside its family, or a family that was not announced";
    case TACHO_ERR_IO: return "a file, sink or socket failed";
    case TACHO_ERR_ARG: return "an argument is missing or out of range";
    case TACHO_ERR_MISSING: return "there is no such series, family or collector";
    case TACHO_ERR_BUSY: return "it is in use for longer than the wait allows";
    case TACHO_ERR_ABI: return "the program was compiled against another version of the headers";
    case TACHO_ERR_COLLECT: return "a collector could not read its source";
    case TACHO_ERR_TIMEOUT: return "a deadline passed first";
    case TACHO_ERR_FORKED: return "it belongs to the process that this one was forked from";
    }
    return "unknown error";
}

const char *tacho_version(void)
{
    return TACHO_VERSION;
}

extern inline void tacho_cell_add(uint64_t *cell, uint64_t n);
extern inline void tacho_cell_store(uint64_t *cell, uint64_t bits);
extern inline uint64_t *tacho_head_cells(struct tacho_head *head);
extern inline int tacho_stripe_add(struct tacho_head *head, uint64_t offset, uint64_t n);
extern inline int tacho_stripe_add_double(struct tacho_head *head, uint64_t offset, double n);
extern inline int tacho_stripe_observe(struct tacho_head *head, uint64_t sum, double value, uint64_t bucket);
extern inline void tacho_counter_add(tacho_counter *counter, uint64_t n);
extern inline void tacho_counter_inc(tacho_counter *counter);
extern inline void tacho_gauge_set(tacho_gauge *gauge, double value);
extern inline void tacho_gauge_sub(tacho_gauge *gauge, double delta);
extern inline void tacho_gauge_inc(tacho_gauge *gauge);
extern inline void tacho_gauge_dec(tacho_gauge *gauge);
extern inline tacho_registry *tacho_registry_new(const tacho_registry_options *options);
