/*
 * test_scrape_types.c - threads update, remove and create series of every type, take families out and put them back, while others
 * scrape in every format: each page is valid, and in protobuf as long as it says.
 *
 * Covers [P1], [S1], [F1], [C1] and [Z1] between threads, and the edges of exemplars, native histograms and windows in use.
 * Needs: OPENMETRICS PROTOBUF JSON
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tacho/tacho.h>

#include "support/audit.h"
#include "support/stress.h"
#include "support/valid.h"

enum { UPDATERS = 2, SCRAPERS = 2, ITEMS = 12 };

static const double bounds[] = { 10, 50 }, ranks[] = { 0.5 };
static const char *const modes[] = { "a", "b", NULL }, *const sides[] = { "left", "right", NULL };

static struct {
    tacho_registry *reg;
    tacho_counter_vec *traced;
    tacho_gauge_vec *highest;
    tacho_histogram_vec *ages, *natives;
    tacho_summary_vec *ranked;
    tacho_stateset_vec *states;
    tacho_info_vec *infos;
    tacho_counter *sides[2];
    atomic_bool stop, failed;
} rig;

#define VEC(member, text) .member, .name = (text), .help = "Help.", .labels = { "item" }, .max_series = ITEMS - 2

static const tacho_desc rows[] = {
    { VEC(counter_vec = &rig.traced, "traced_total"), .flags = TACHO_EXEMPLARS | TACHO_CREATED },
    { VEC(gauge_vec = &rig.highest, "highest"), .flags = TACHO_MAXIMUM, .window = { 1, 2 } },
    { VEC(histogram_vec = &rig.ages, "ages"), .type = TACHO_GAUGE_HISTOGRAM, .buckets = bounds, .bucket_count = 2 },
    { VEC(histogram_vec = &rig.natives, "natives"), .buckets = bounds, .bucket_count = 2,
      .native = { .factor = 1.1, .max_buckets = 20 }, .flags = TACHO_EXEMPLARS | TACHO_CREATED },
    { VEC(summary_vec = &rig.ranked, "ranked"), .quantiles = ranks, .quantile_count = 1, .window = { 1, 2 } },
    { VEC(stateset_vec = &rig.states, "states"), .states = modes },
    { VEC(info = &rig.infos, "an_info") },
    { .counter = &rig.sides[0], .name = "sides_total", .help = "Help.", .labels = { "side" }, .values = { sides } },
};

static void update_one(uint64_t *seed, const char *item)
{
    double value = stress_random(seed, 1000) / 8.0;
    tacho_labels labels = { &item, NULL, 1 };
    tacho_exemplar exemplar = TACHO_EXEMPLAR(TACHO_PAIR("trace_id", value < 60 ? "short" : "not quite as short as the other"));
    tacho_counter_add_exemplar(tacho_counter_at(rig.traced, labels), 1, exemplar);
    tacho_gauge_set_at(rig.highest, labels, value);
    tacho_histogram_observe_at(rig.ages, labels, value);
    tacho_histogram_unobserve(tacho_histogram_at(rig.ages, labels), value);
    tacho_histogram_observe_exemplar(tacho_histogram_at(rig.natives, labels), value * value - 1000, exemplar);
    tacho_summary_observe_at(rig.ranked, labels, value);
    tacho_stateset_set_at(rig.states, labels, stress_random(seed, 2));
    tacho_info_set(rig.infos, labels);
}

static void *update(void *arg)
{
    uint64_t seed = stress_seed() + (uintptr_t)arg;
    char item[16];
    while (!atomic_load(&rig.stop)) {
        (void)snprintf(item, sizeof item, "i%u", (unsigned)stress_random(&seed, ITEMS));
        tacho_labels labels = { (const char *[]){ item }, NULL, 1 };
        update_one(&seed, item);
        switch (stress_random(&seed, 40)) {
        case 0: (void)tacho_counter_remove_at(rig.traced, labels); break;
        case 1: (void)tacho_histogram_remove_at(rig.natives, labels); break;
        case 2: (void)tacho_summary_remove_at(rig.ranked, labels); break;
        case 3: (void)tacho_stateset_remove_at(rig.states, labels); break;
        case 4: (void)tacho_info_clear(rig.infos); break;
        case 5: (void)tacho_histogram_clear(rig.ages); break;
        case 6: (void)tacho_counter_remove_at(rig.traced, TACHO_LABELS("_other")); break;
        default: break;
        }
    }
    return NULL;
}

/* One page, through a small buffer; false: it is not valid, which is said. */
static bool scrape_one(uint64_t *seed, tacho_format format)
{
    enum { CAP = 1 << 20 };
    char why[300] = "", *page = malloc(CAP);
    size_t len = 0, got = 1, chunk = 1 + stress_random(seed, 300);
    tacho_scrape_options options = { .format = format };
    tacho_scrape *scrape = tacho_scrape_open(rig.reg, &options);
    if (!page || !scrape) return stress_say("no scrape");
    for (; got > 0 && len + chunk < CAP; len += got) got = tacho_scrape_read(scrape, page + len, chunk);
    tacho_err err = tacho_scrape_error(scrape);
    tacho_scrape_free(scrape);
    page[len] = '\0';
    bool valid = !err && valid_page(page, len, format, TACHO_UNDERSCORES, why, sizeof why);
    if (!valid) (void)stress_say("format %d: error %d, %s", (int)format, (int)err, why);
    free(page);
    return valid;
}

static void *scrape(void *arg)
{
    uint64_t seed = stress_seed() + 100 + (uintptr_t)arg;
    for (uint32_t i = 0; !atomic_load(&rig.stop); i++)
        if (!scrape_one(&seed, i % 2 ? TACHO_PROTOBUF : (tacho_format)(i / 2 % (TACHO_CSV + 1)))) atomic_store(&rig.failed, true);
    return NULL;
}

static void pages_are_valid_whatever_threads_do_to_series_of_any_type(void **state)
{
    pthread_t threads[UPDATERS + SCRAPERS];
    uint64_t seed = stress_seed();
    (void)state;
    stress_begin("pages_are_valid_whatever_threads_do_to_series_of_any_type", 60);
    rig.reg = tacho_registry_new(NULL);
    assert_int_equal(TACHO_DEFINE(rig.reg, rows), TACHO_OK);
    for (uintptr_t i = 0; i < UPDATERS + SCRAPERS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, i < UPDATERS ? update : scrape, (void *)i), 0);
    for (double end = stress_now() + stress_seconds(1); stress_now() < end && !atomic_load(&rig.failed);) {
        size_t sided = TACHO_COUNT(rows) - 1; /* vectors of a family that is taken out must not be used meanwhile */
        assert_int_equal(tacho_registry_undefine(rig.reg, &rows[sided], 1), TACHO_OK);
        (void)scrape_one(&seed, TACHO_PROTOBUF);
        assert_int_equal(tacho_registry_define(rig.reg, &rows[sided], 1), TACHO_OK);
        tacho_counter_inc(rig.sides[1]);
    }
    atomic_store(&rig.stop, true);
    for (size_t i = 0; i < UPDATERS + SCRAPERS; i++) assert_int_equal(pthread_join(threads[i], NULL), 0);
    assert_false(rig.failed);
    assert_true(audit_registry(rig.reg, NULL));
    tacho_registry_free(rig.reg);
    stress_end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pages_are_valid_whatever_threads_do_to_series_of_any_type),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
