/*
 * mirror.h - numbers that a program keeps anyway, shown where they are: the code that counts stays as it is.
 *
 * A table says which variable is which family. At each scrape they are read, and never written:
 *
 *   static struct { uint64_t requests; uint32_t packets; double load; } stats;
 *   static double queue_length(const void *element) { return pool_length(); }
 *
 *   static const tacho_mirror mirrors[] = {
 *       { .desc = { .type = TACHO_COUNTER, .name = "app_requests_total", .help = "..." },
 *         .from = TACHO_NUMBER(stats.requests) },
 *       { .desc = { .type = TACHO_COUNTER, .name = "app_packets_total", .help = "..." },
 *         .from = TACHO_NUMBER(stats.packets), .wraps = 1 },
 *       { .desc = { .type = TACHO_GAUGE, .name = "app_load_ratio", .help = "..." }, .from = TACHO_NUMBER(stats.load) },
 *       { .desc = { .type = TACHO_GAUGE, .name = "app_queue_length", .help = "..." }, .read = queue_length },
 *   };
 *   if (TACHO_MIRROR(reg, mirrors)) fprintf(stderr, "%s\n", tacho_registry_error(reg));
 *
 * Several variables make one family if the rows behind the first have no name, and each row its label values:
 *
 *       { .desc = { .type = TACHO_COUNTER, .name = "app_lookups_total", .help = "...", .labels = { "result" } },
 *         .values = { "hit" }, .from = TACHO_NUMBER(stats.hits) },
 *       { .values = { "miss" }, .from = TACHO_NUMBER(stats.misses) },
 *
 * TACHO_NUMBER takes any integer, bool, enum, float or double, atomic and volatile ones too. An array of structs shows
 * each element as a series; its rows name members, and a callback gives the label values:
 *
 *   struct queue { const char *name; uint64_t jobs; int depth; } queues[8];
 *
 *   static int queue_label(tacho_mirror_array *self, uint32_t index, const void *element, const char **values)
 *   {
 *       const struct queue *queue = element;
 *       values[0] = queue->name;
 *       return queue->name != NULL;
 *   }
 *   static tacho_mirror_array queue_array = {
 *       .base = queues, .stride = sizeof queues[0], .count = TACHO_COUNT(queues), .label = queue_label
 *   };
 *   static const tacho_mirror queue_mirrors[] = {
 *       { .desc = { .type = TACHO_COUNTER, .name = "app_jobs_total", .help = "...", .labels = { "queue" } },
 *         .from = TACHO_MEMBER(struct queue, jobs) },
 *       { .desc = { .type = TACHO_GAUGE, .name = "app_queue_depth", .help = "...", .labels = { "queue" } },
 *         .from = TACHO_MEMBER(struct queue, depth) },
 *   };
 *   tacho_mirror_add(reg, queue_mirrors, TACHO_COUNT(queue_mirrors), &queue_array, NULL);
 *
 * Reading. A number is read by one load of its size, so it is never half old and half new, provided that it lies at a
 * multiple of its size (packed structs do not; that is an error). Two numbers may come from different moments; `begin`
 * and `end` of an array let the program hold its own lock around it, and single variables are read without. Writers need
 * nothing; a program that ThreadSanitizer checks writes with relaxed atomics, or under that lock, because it would report a
 * plain write that a scrape reads.
 *
 * Variables behind a pointer want a table that is filled at run time ({ .from = TACHO_NUMBER(app->requests) }) and outlives
 * the collector.
 *
 * What is shown. The type of a family is TACHO_COUNTER, TACHO_GAUGE or TACHO_UNKNOWN; `scale` in its row multiplies the
 * number, whatever its type: a uint32_t of milliseconds with .scale = 1e-3 is shown in seconds. A counter that is
 * negative, NaN or infinite is left out, counted in tacho_misuse_total{kind="bad_amount"} and told to the registry's
 * listener. In a prefork registry the numbers are those of the process that serves the scrape: count into shared memory
 * there.
 *
 * A table is one collector (collector.h), called by the name of its first family: all of it is shown, or, after an error
 * (`begin` failed, two elements have the same label values, the byte budget is spent), nothing.
 */
#ifndef TACHO_MIRROR_H
#define TACHO_MIRROR_H

#include <tacho/registry.h>

TACHO_BEGIN_DECLS

/** Where a number is, and what: written with one of the macros below. */
typedef struct tacho_mirror_source {
    const volatile void *at; /* NULL: in the elements of an array, */
    size_t offset;           /* that far from their beginning */
    uint8_t size, kind;      /* TACHO_MIRROR_UNSIGNED and so on; 0: nothing */
} tacho_mirror_source;

enum { TACHO_MIRROR_UNSIGNED = 1, TACHO_MIRROR_SIGNED = 2, TACHO_MIRROR_FLOAT = 3 };

/* They initialize `from`. What is no number, or a bit-field, does not compile.
 *   TACHO_NUMBER(stats.requests)        a variable
 *   TACHO_MEMBER(struct queue, jobs)    a member of an array's elements
 *   TACHO_ELEMENT(errors)               the elements themselves, of an array of numbers */
#define TACHO_NUMBER(variable) { &(variable), 0, (uint8_t)sizeof(variable), TACHO_MIRROR_KIND(variable) }
#define TACHO_MEMBER(type, member) \
    { NULL, offsetof(type, member), (uint8_t)sizeof(((type *)0)->member), TACHO_MIRROR_KIND(((type *)0)->member) }
#define TACHO_ELEMENT(array) { NULL, 0, (uint8_t)sizeof((array)[0]), TACHO_MIRROR_KIND((array)[0]) }

/** A family and its number. Zero means default. From C++ keep the order of the members. */
typedef struct tacho_mirror {
    tacho_desc desc; /* with `type`, and no handle; no `name`: another series of the family above */
    const char *values[TACHO_MAX_LABELS]; /* of a variable: its label values */
    tacho_mirror_source from;             /* this or `read` */
    /** What it returns is the number; NaN: there is none now. `element` is NULL without an array. Called as a collector
     *  is (collector.h): be quick. */
    double (*read)(const void *element);
    /** Not 0: an unsigned number of at most 32 bits begins at 0 again when it is full, and a counter is wanted that does
     *  not. What was added since the last scrape, anybody's, is found modulo 2^32 (2^16, 2^8): so fewer than that may
     *  happen between two scrapes, and a program that sets the number back is thought to have counted on to there. Leave
     *  this 0 for such a number. */
    uint32_t wraps;
} tacho_mirror;

/**
 * An array, of structs or of numbers. It stays the program's; what is around it is found with TACHO_CONTAINER. All rows
 * have the same number of labels, at least one.
 */
typedef struct tacho_mirror_array {
    const void *base;   /* the first element; NULL: none */
    size_t stride;      /* bytes from one to the next: sizeof *base */
    uint32_t count;     /* elements now */
    uint32_t max_count; /* elements that are shown at most, the rest is left out and told to the listener; 0: 1,000 */
    /** Put the label values of an element into `values`, as many as the rows have labels; they must stay until the next
     *  call. Return 0 to leave this element out. Called for each row. NULL: the one label is the index, "0" and on. */
    int (*label)(struct tacho_mirror_array *self, uint32_t index, const void *element, const char **values);
    /** Called before the array is read, on the thread that scrapes: take the program's lock, and set `base` and `count`
     *  if they change. An error is that of the scrape: nothing is shown, and `end` is not called. May be NULL. */
    tacho_err (*begin)(struct tacho_mirror_array *self);
    /** Called when that is done, after at most max_count elements were copied for each row; nothing waits for a client
     *  in between. Whoever holds the lock must not scrape, nor remove the array. May be NULL. */
    void (*end)(struct tacho_mirror_array *self);
} tacho_mirror_array;

/**
 * Show the numbers of a table; without an array NULL. `out`, which may be NULL, gets the collector: give it to
 * tacho_registry_remove to end it, which waits for a scrape that reads.
 *
 * Rows, array and what is read are borrowed until the removal, or until the registry is freed. What `wraps` remembers
 * takes 16 bytes for each such row and element up to max_count, now; an element that is left out is forgotten, and so is
 * one whose label values change.
 *
 * TACHO_ERR_ARG: a row has no number, or two, or one that is not aligned, or a variable with an array, or a member without;
 * a label without a value, or two rows the same ones; `wraps` that does not fit; an array that makes no sense.
 * TACHO_ERR_DESC: a family breaks a rule. TACHO_ERR_DUPLICATE: its name is taken, as after a first call.
 * TACHO_ERR_NOMEM, TACHO_ERR_BUSY. The words are in tacho_registry_error.
 */
TACHO_API tacho_err tacho_mirror_add(tacho_registry *reg, const tacho_mirror *rows, size_t count,
                                     tacho_mirror_array *array,
                                     tacho_collector **out); /* [shared | O(rows + wraps) | 0.1] */
#define TACHO_MIRROR(reg, table) tacho_mirror_add((reg), (table), TACHO_COUNT(table), NULL, NULL)

TACHO_END_DECLS

/* Of which kind a number is. */
#ifndef __cplusplus
#define TACHO_MIRROR_KIND(x)                                                                  \
    _Generic((x), _Bool: TACHO_MIRROR_UNSIGNED, unsigned char: TACHO_MIRROR_UNSIGNED,         \
        unsigned short: TACHO_MIRROR_UNSIGNED, unsigned int: TACHO_MIRROR_UNSIGNED,           \
        unsigned long: TACHO_MIRROR_UNSIGNED, unsigned long long: TACHO_MIRROR_UNSIGNED,      \
        char: ((char)-1 < 0 ? TACHO_MIRROR_SIGNED : TACHO_MIRROR_UNSIGNED),                   \
        signed char: TACHO_MIRROR_SIGNED, short: TACHO_MIRROR_SIGNED, int: TACHO_MIRROR_SIGNED, \
        long: TACHO_MIRROR_SIGNED, long long: TACHO_MIRROR_SIGNED,                            \
        float: TACHO_MIRROR_FLOAT, double: TACHO_MIRROR_FLOAT)
#else
template <typename Type> struct tacho_mirror_type { typedef Type type; };
template <typename Type> struct tacho_mirror_type<Type &> { typedef Type type; };
template <typename Number> constexpr uint8_t tacho_mirror_kind(const volatile Number *)
{
    return Number(0.5) != Number(0) && Number(2) != Number(1) ? uint8_t(TACHO_MIRROR_FLOAT) /* a bool is neither */
           : Number(-1) < Number(0)                           ? uint8_t(TACHO_MIRROR_SIGNED)
                                                              : uint8_t(TACHO_MIRROR_UNSIGNED);
}
template <template <typename> class Atomic, typename Number>
constexpr uint8_t tacho_mirror_kind(const volatile Atomic<Number> *)
{
    return tacho_mirror_kind(static_cast<const volatile Number *>(nullptr));
}
#define TACHO_MIRROR_KIND(x) \
    tacho_mirror_kind(static_cast<const volatile tacho_mirror_type<decltype(x)>::type *>(nullptr))
#endif

#endif
