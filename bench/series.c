/*
 * series.c - the price of a new series: time, and resident memory after minus before the registry was made.
 */
#include "bench.h"

static int series_measure(const bench_case *self, bench_mix mix, bench_value *values)
{
    bench_pin(0);
    bench_population(self->size, mix);
    double resident = bench_resident();
    bench_world world = bench_world_new(self->size, 0);
    double begin = bench_now_ns(), sum = 0;
    for (uint32_t i = 0; i < self->size; i++) tacho_counter_inc_at(world.vec, bench_labels(i));
    double ns = bench_now_ns() - begin;
    values[0] = (bench_value){ ns / self->size, "ns/op" };
    values[1] = (bench_value){ (bench_resident() - resident) / self->size, "B/series" };
    for (uint32_t i = 0; i < self->size; i++)
        sum += tacho_counter_value(tacho_counter_at(world.vec, bench_labels(i)));
    if (sum != self->size) bench_fail(self->name, "wrong total");
    return 2;
}

static int series_measure_repeating(const bench_case *self, bench_value *values)
{
    return series_measure(self, BENCH_REPEATING, values);
}

static int series_measure_unique(const bench_case *self, bench_value *values)
{
    return series_measure(self, BENCH_UNIQUE, values);
}

static const bench_case series_cases[] = {
    { .name = "series_create_100000", .threads = 1, .size = 100000, .measure = series_measure_repeating },
    { .name = "series_create_1000000", .threads = 1, .size = 1000000, .measure = series_measure_repeating, .slow = true },
    { .name = "series_create_unique_1000000", .threads = 1, .size = 1000000, .measure = series_measure_unique,
      .slow = true },
};
const bench_group bench_series_group = { series_cases, (int)TACHO_COUNT(series_cases) };
