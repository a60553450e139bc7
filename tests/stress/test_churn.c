/*
 * test_churn.c - threads that count, create, remove, make anew and clear series, while others scrape.
 *
 * Covers [S1], [S2], [S3], [S4], [B1], [C1] and [G2] under ThreadSanitizer: what a scrape or a lookup reads was complete
 * when it could be reached, and is not written before it has left.
 */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tacho/metric.h>

#include "support/audit.h"
#include "support/stress.h"

enum { MUTATORS = 4, SCRAPERS = 2, KEPT = 200, PASSING = 500 };

static struct rig {
    tacho_registry *reg;
    tacho_counter *plain;
    tacho_counter_vec *kept;
    tacho_histogram_vec *kept_spread;
    tacho_counter_vec *passing;
    tacho_histogram_vec *passing_spread;
    tacho_gauge_vec *level;
    tacho_gauge_vec *in_flight;
    tacho_counter_vec *crowded;
    tacho_counter *sometimes;
} rig;

static const char *const colours[] = { "red", "green", NULL };
static const double bounds[] = { 1, 2, 4 };
static const tacho_desc rows[] = {
    { .counter = &rig.plain, .name = "plain_total", .help = "Stays." },
    { .counter_vec = &rig.kept, .name = "kept_total", .help = "Stays.", .labels = { "id" } },
    { .histogram_vec = &rig.kept_spread, .name = "kept_spread", .help = "Stays.", .labels = { "id" },
      .buckets = bounds, .bucket_count = 3 },
    { .counter_vec = &rig.passing, .name = "passing_total", .help = "Comes and goes.", .labels = { "id", "who" } },
    { .histogram_vec = &rig.passing_spread, .name = "passing_spread", .help = "Comes and goes.", .labels = { "id" },
      .buckets = bounds, .bucket_count = 3 },
    { .gauge_vec = &rig.level, .name = "level", .help = "Comes and goes.", .labels = { "id" } },
    { .gauge_vec = &rig.in_flight, .name = "in_flight", .help = "Comes and goes.", .labels = { "id" },
      .flags = TACHO_UPDOWN },
    { .counter_vec = &rig.crowded, .name = "crowded_total", .help = "More than fit.", .labels = { "colour", "id" },
      .values = { colours }, .max_series = 20 },
};
static const tacho_desc sometimes_rows[] = {
    { .counter = &rig.sometimes, .name = "sometimes_total", .help = "Defined and undefined." },
};

static _Atomic bool over;

/* ---- Who changes ------------------------------------------------------------------------------------------------ */

struct mutator {
    pthread_t thread;
    uint64_t random, plain, kept, observed, crowded;
    unsigned number;
};

static void pass(struct mutator *self, const char *id)
{
    switch (stress_random(&self->random, 10)) {
    case 0: (void)tacho_counter_remove_at(rig.passing, TACHO_LABELS(id, "me")); break;
    case 1: (void)tacho_histogram_remove_at(rig.passing_spread, TACHO_LABELS(id)); break;
    case 2: (void)tacho_gauge_remove_at(rig.level, TACHO_LABELS(id)); break;
    case 3: (void)tacho_gauge_remove_at(rig.in_flight, TACHO_LABELS(id)); break;
    case 4: tacho_gauge_set_at(rig.level, TACHO_LABELS(id), 1.5); break;
    case 5: tacho_gauge_add_at(rig.in_flight, TACHO_LABELS(id), -1); break;
    case 6: tacho_histogram_observe_at(rig.passing_spread, TACHO_LABELS(id), 3); break;
    case 7: tacho_counter_inc_at(rig.passing, TACHO_LABELS(id, "\"you\"\n")); break;
    default: tacho_counter_inc_at(rig.passing, TACHO_LABELS(id, "me")); break;
    }
}

static void keep(struct mutator *self, const char *id)
{
    tacho_counter_inc(rig.plain);
    tacho_counter_inc_at(rig.kept, TACHO_LABELS(id));
    tacho_histogram_observe_at(rig.kept_spread, TACHO_LABELS(id), (double)stress_random(&self->random, 6));
    self->plain++;
    self->kept++;
    self->observed++;
}

/* What touches many series at a time, now and then. */
static void sweep(struct mutator *self, const char *id)
{
    switch (stress_random(&self->random, 2000)) {
    case 0: (void)tacho_counter_clear(rig.passing); break;
    case 1: (void)tacho_histogram_clear(rig.passing_spread); break;
    case 2: (void)tacho_gauge_clear(rig.in_flight); break;
    case 3: (void)tacho_counter_remove_matching(rig.passing, TACHO_LABELS(NULL, "me")); break;
    case 4: (void)tacho_gauge_remove(rig.level, tacho_gauge_at(rig.level, TACHO_LABELS(id))); break;
    default: break;
    }
    if (self->number != 0) return;
    if (stress_random(&self->random, 500) == 0) (void)TACHO_DEFINE(rig.reg, sometimes_rows);
    if (stress_random(&self->random, 500) == 0) (void)tacho_registry_undefine(rig.reg, sometimes_rows, 1);
}

static void *mutate(void *arg)
{
    struct mutator *self = arg;
    while (!atomic_load_explicit(&over, memory_order_relaxed)) {
        char id[64];
        unsigned number = stress_random(&self->random, PASSING);
        (void)snprintf(id, sizeof id, number % 2 ? "%u" : "a longer identification, %u", number);
        pass(self, id);
        tacho_counter_add_at(rig.crowded, TACHO_LABELS(colours[number % 2], id), 3);
        self->crowded += 3;
        (void)snprintf(id, sizeof id, "%u", number % KEPT);
        keep(self, id);
        sweep(self, id);
    }
    return NULL;
}

/* ---- Who scrapes ------------------------------------------------------------------------------------------------- */

struct scraper {
    pthread_t thread;
    size_t size, scrapes;
    double kept[KEPT], spread[KEPT];
    bool ok;
};

/* What nobody removes never goes back, and never goes away. */
static bool goes_on(double *before, const struct exposition *page, const char *format, unsigned k)
{
    char series[64];
    (void)snprintf(series, sizeof series, format, k);
    const struct exposition_sample *sample = exposition_find(page, series);
    if (!sample && *before == 0) return true;
    if (!sample) return stress_say("%s is gone", series);
    if (sample->value < *before) return stress_say("%s went from %g to %g", series, *before, sample->value);
    *before = sample->value;
    return true;
}

static bool look(struct scraper *self)
{
    struct exposition *page = stress_scrape(rig.reg, self->size);
    bool ok = page != NULL;
    for (unsigned k = 0; ok && k < KEPT; k++) ok = goes_on(&self->kept[k], page, "kept_total{id=\"%u\"}", k);
    for (unsigned k = 0; ok && k < KEPT; k++) ok = goes_on(&self->spread[k], page, "kept_spread_count{id=\"%u\"}", k);
    exposition_free(page);
    return ok;
}

static void *scrape(void *arg)
{
    struct scraper *self = arg;
    while (self->ok && !atomic_load_explicit(&over, memory_order_relaxed)) {
        self->ok = look(self);
        self->scrapes++;
    }
    return NULL;
}

static void check_totals(const struct mutator *mutators)
{
    uint64_t plain = 0, kept = 0, observed = 0, crowded = 0;
    for (int i = 0; i < MUTATORS; i++) {
        plain += mutators[i].plain;
        kept += mutators[i].kept;
        observed += mutators[i].observed;
        crowded += mutators[i].crowded;
    }
    struct exposition *page = stress_scrape_valid(rig.reg);
    assert_true(exposition_value(page, "plain_total") == (double)plain);
    assert_true(exposition_sum(page, "kept_total") == (double)kept);
    assert_true(exposition_sum(page, "kept_spread_count") == (double)observed);
    assert_true(exposition_sum(page, "crowded_total") == (double)crowded);
    assert_int_equal(exposition_count(page, "kept_total"), KEPT);
    assert_true(exposition_value(page, "tacho_creations_timed_out_total") == 0);
    exposition_free(page);
    print_message("%llu rounds of changes\n", (unsigned long long)plain);
}

static void scrapes_are_valid_and_kept_series_exact_whatever_comes_and_goes_meanwhile(void **state)
{
    (void)state;
    stress_begin(__func__, 110);
    struct mutator mutators[MUTATORS] = { 0 };
    struct scraper scrapers[SCRAPERS] = { { .size = 64, .ok = true }, { .size = 65536, .ok = true } };
    rig.reg = tacho_registry_new(&(tacho_registry_options){ .creation_wait_ms = 60000 });
    assert_int_equal(TACHO_DEFINE(rig.reg, rows), TACHO_OK);
    atomic_store(&over, false);
    for (unsigned i = 0; i < MUTATORS; i++) {
        mutators[i].random = stress_seed() + i;
        mutators[i].number = i;
        assert_int_equal(pthread_create(&mutators[i].thread, NULL, mutate, &mutators[i]), 0);
    }
    for (int i = 0; i < SCRAPERS; i++)
        assert_int_equal(pthread_create(&scrapers[i].thread, NULL, scrape, &scrapers[i]), 0);
#if defined(TACHO_SANITIZED)
    stress_pass(stress_seconds(24)); /* less is made of it */
#else
    stress_pass(stress_seconds(10));
#endif
    atomic_store(&over, true);
    for (int i = 0; i < MUTATORS; i++) (void)pthread_join(mutators[i].thread, NULL);
    for (int i = 0; i < SCRAPERS; i++) {
        (void)pthread_join(scrapers[i].thread, NULL);
        print_message("%zu scrapes through %zu bytes\n", scrapers[i].scrapes, scrapers[i].size);
        assert_true(scrapers[i].ok);
        assert_true(scrapers[i].scrapes > 3);
    }
    check_totals(mutators);
    assert_true(audit_registry(rig.reg, NULL));
    tacho_registry_free(rig.reg);
    stress_end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scrapes_are_valid_and_kept_series_exact_whatever_comes_and_goes_meanwhile),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
