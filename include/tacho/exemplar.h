/*
 * exemplar.h - examples beside numbers: the trace of one request that a counter or a bucket counted.
 *
 * A family that asks for TACHO_EXEMPLARS keeps the last exemplar of each counter and of each bucket, and shows them in
 * OpenMetrics and protobuf. A native histogram keeps ten more, which protobuf and JSON show with it: the latest one, and
 * of those of the last five minutes such as are far apart. Recording one never waits: if another thread records into
 * the same place at the same moment, one of the two is dropped, and only the exemplar, not the count.
 *
 * TACHO_EXEMPLAR and TACHO_PAIR make one for the call, gone with the full expression:
 *
 *   tacho_histogram_observe_exemplar(seconds, 0.25, TACHO_EXEMPLAR(TACHO_PAIR("trace_id", id)));
 *
 * One without pairs is (tacho_exemplar){ 0 }. By label values: the handle first, from tacho_counter_at or tacho_histogram_at.
 */
#ifndef TACHO_EXEMPLAR_H
#define TACHO_EXEMPLAR_H

#include <tacho/metric.h>

TACHO_BEGIN_DECLS

#define TACHO_EXEMPLAR_MAX 128 /* characters (code points) of all names and values (OpenMetrics 1.0, "Exemplars") */

typedef struct tacho_pair {
    const char *name, *value;
} tacho_pair;

/** Borrowed for the call. Names match [a-zA-Z_][a-zA-Z0-9_]*, each once; values are UTF-8. */
typedef struct tacho_exemplar {
    const tacho_pair *pairs;
    size_t count;     /* 0 is fine: an exemplar may be a value and a time alone */
    double timestamp; /* Unix seconds, up to the year 9999; 0: now */
} tacho_exemplar;

#define TACHO_PAIR(name, value) TACHO_CAST(tacho_pair, (name), (value))

/** Add n events, of which this is one. A faulty exemplar is dropped, and counted in tacho_exemplars_dropped_total; the events count. */
TACHO_API void tacho_counter_add_exemplar(tacho_counter *counter, uint64_t n, tacho_exemplar exemplar); /* [hot | O(length) | 0.1] */

/** The same for a counter of doubles. */
TACHO_API void tacho_counter_add_real_exemplar(tacho_counter *counter, double amount, tacho_exemplar exemplar); /* [hot | O(length) | 0.1] */

/** Observe a value, of which this is an example; it is kept with the value's bucket, and with a native histogram. */
TACHO_API void tacho_histogram_observe_exemplar(tacho_histogram *histogram, double value, tacho_exemplar exemplar); /* [hot | O(length) | 0.1] */

TACHO_END_DECLS

#ifndef __cplusplus
#define TACHO_EXEMPLAR(...)                                      \
    ((tacho_exemplar){ (const tacho_pair[]){ __VA_ARGS__ },      \
                       sizeof((const tacho_pair[]){ __VA_ARGS__ }) / sizeof(tacho_pair), 0 })
#else
template <size_t Count> struct tacho_pair_array {
    tacho_pair pairs[Count];
    operator tacho_exemplar() const { return tacho_exemplar{ pairs, Count, 0 }; }
};
template <typename... Pair> tacho_pair_array<sizeof...(Pair)> tacho_exemplar_pairs(Pair... pair)
{
    return tacho_pair_array<sizeof...(Pair)>{ { pair... } };
}
#define TACHO_EXEMPLAR(...) (static_cast<tacho_exemplar>(tacho_exemplar_pairs(__VA_ARGS__)))
#endif

#endif
