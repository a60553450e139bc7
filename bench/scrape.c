/*
 * scrape.c - the price of an exposition: time per line, speed, and the memory that it needs beside its buffer.
 * Needs: OPENMETRICS PROTOBUF
 */
#include "bench.h"

#include <string.h>

enum { SCRAPE_BUFFER = 64 << 10, SCRAPE_TURNS = 5, SCRAPE_HISTOGRAMS = 1000 };

typedef struct exposition {
    double bytes, lines, ns, extra; /* `extra`: the most that was allocated at a time */
} exposition;

static uint64_t scrape_count_lines(const char *text, size_t len)
{
    uint64_t lines = 0;
    for (const char *at = text, *end = text + len; (at = memchr(at, '\n', (size_t)(end - at))); at++) lines++;
    return lines;
}

/* Lines are counted in a turn of their own. */
static exposition scrape_once(tacho_registry *reg, tacho_format format, bool count_lines)
{
    static char buffer[SCRAPE_BUFFER];
    exposition result = { 0 };
    double before = bench_memory_watch();
    double begin = bench_now_ns();
    tacho_scrape *scrape = tacho_scrape_new(reg, format);
    for (size_t len; (len = tacho_scrape_read(scrape, buffer, sizeof buffer)) > 0; result.bytes += (double)len)
        if (count_lines) result.lines += (double)scrape_count_lines(buffer, len);
    result.ns = bench_now_ns() - begin;
    tacho_scrape_free(scrape);
    result.extra = bench_memory_most() - before;
    return result;
}

/* Lines that text does not have: the end, and the unit of the histograms; protobuf has none at all. */
static bool scrape_has_lines(const bench_case *self, double lines, double found)
{
    if (self->format == TACHO_PROTOBUF) return true;
    double more = self->format == TACHO_OPENMETRICS ? 1 + (self->size == SCRAPE_HISTOGRAMS) : 0;
    return found == lines + more;
}

/* Times in every format are for the lines of the text format, so that they compare. */
static int scrape_report(const bench_case *self, tacho_registry *reg, double lines, bench_value *values)
{
    double ns[SCRAPE_TURNS];
    exposition last = scrape_once(reg, self->format, true);
    double extra = last.extra;
    if (!scrape_has_lines(self, lines, last.lines)) bench_fail(self->name, "wrong number of lines");
    if (extra <= 0) bench_fail(self->name, "its memory was not counted"); /* there is a cursor at least */
    for (int i = 0; i < SCRAPE_TURNS; i++) {
        last = scrape_once(reg, self->format, false);
        ns[i] = last.ns;
        if (last.extra > extra) extra = last.extra;
    }
    bench_sort(ns, SCRAPE_TURNS);
    values[0] = (bench_value){ ns[SCRAPE_TURNS / 2] / lines, "ns/line" };
    values[1] = (bench_value){ last.bytes / ns[SCRAPE_TURNS / 2] * 1e3, "MB/s" };
    values[2] = (bench_value){ extra, "B extra" };
    return 3;
}

static int scrape_measure_int(const bench_case *self, bench_value *values)
{
    bench_pin(0);
    bench_population(self->size, BENCH_REPEATING);
    bench_world world = bench_world_new(self->size, 0);
    for (uint32_t i = 0; i < self->size; i++)
        tacho_counter_add_at(world.vec, bench_labels(i), (uint64_t)i * i % 10000019);
    return scrape_report(self, world.reg, self->size + 2, values);
}

static int scrape_measure_double(const bench_case *self, bench_value *values)
{
    bench_pin(0);
    bench_population(self->size, BENCH_REPEATING);
    bench_world world = bench_world_new(self->size, TACHO_REAL);
    for (uint32_t i = 0; i < self->size; i++)
        tacho_counter_add_real(tacho_counter_at(world.vec, bench_labels(i)), i * 0.1 + 1 / 3.0);
    return scrape_report(self, world.reg, self->size + 2, values);
}

static int scrape_measure_histograms(const bench_case *self, bench_value *values)
{
    static tacho_histogram_vec *vec;
    static const tacho_desc rows[] = { { .histogram_vec = &vec, .name = "bench_request_seconds", .help = "Duration.",
                                         .unit = "seconds", .labels = { "method", "tenant", "path" } } };
    tacho_registry_options options = { .no_self_metrics = 1 };
    tacho_registry *reg = tacho_registry_new(&options);
    bench_pin(0);
    bench_population(self->size, BENCH_REPEATING);
    if (TACHO_DEFINE(reg, rows)) bench_fail(self->name, tacho_registry_error(reg));
    for (uint32_t i = 0; i < self->size; i++)
        for (uint32_t k = 0; k < 100; k++)
            tacho_histogram_observe_at(vec, bench_labels(i), (i + k) * 0.001);
    return scrape_report(self, reg, self->size * 14.0 + 2, values);
}

static const bench_case scrape_cases[] = {
    { .name = "scrape_counters_int_100000", .threads = 1, .size = 100000, .measure = scrape_measure_int },
    { .name = "scrape_counters_int_1000000", .threads = 1, .size = 1000000, .measure = scrape_measure_int, .slow = true },
    { .name = "scrape_counters_double_100000", .threads = 1, .size = 100000, .measure = scrape_measure_double },
    { .name = "scrape_counters_double_1000000", .threads = 1, .size = 1000000, .measure = scrape_measure_double,
      .slow = true },
    { .name = "scrape_histograms_1000", .threads = 1, .size = SCRAPE_HISTOGRAMS, .measure = scrape_measure_histograms },
    { .name = "scrape_counters_int_100000_openmetrics", .threads = 1, .size = 100000, .measure = scrape_measure_int,
      .format = TACHO_OPENMETRICS },
    { .name = "scrape_counters_int_100000_protobuf", .threads = 1, .size = 100000, .measure = scrape_measure_int,
      .format = TACHO_PROTOBUF },
    { .name = "scrape_histograms_1000_openmetrics", .threads = 1, .size = SCRAPE_HISTOGRAMS,
      .measure = scrape_measure_histograms, .format = TACHO_OPENMETRICS },
    { .name = "scrape_histograms_1000_protobuf", .threads = 1, .size = SCRAPE_HISTOGRAMS,
      .measure = scrape_measure_histograms, .format = TACHO_PROTOBUF },
};
const bench_group bench_scrape_group = { scrape_cases, (int)TACHO_COUNT(scrape_cases) };
