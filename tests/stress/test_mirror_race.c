/*
 * test_mirror_race.c - scrapes of numbers while the program counts on: none is read in halves, none that wraps loses
 * a turn, and an array that moves is read under the program's lock.
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

#include "support/exposition.h"
#include "support/stress.h"

#define WHOLE UINT64_C(0x0123456700000000)
#define OTHER UINT64_C(0x0000000089abcdef)

struct slot {
    char name[16];
    uint64_t served;
    uint64_t twice; /* under the lock always 2 * served */
};

static struct {
    _Atomic uint64_t flips[256]; /* many, so that a scrape reads one while it changes */
    _Atomic double flips_real;
    _Atomic uint32_t turns;
    _Atomic uint64_t turned; /* the same in 64 bits */
    _Atomic uint64_t seen;   /* where that was at the latest scrape */
    atomic_bool done;
    tacho_registry *reg;
    tacho_mirror_array array;
    pthread_mutex_t mutex;
    struct slot *slots; /* these two under the mutex */
    uint32_t slot_count;
} rig = { .mutex = PTHREAD_MUTEX_INITIALIZER };

static const tacho_mirror variables[] = {
    { .desc = { .type = TACHO_GAUGE, .name = "app_flips_real", .help = "Help." }, .from = TACHO_NUMBER(rig.flips_real) },
    { .desc = { .type = TACHO_COUNTER, .name = "app_turned_total", .help = "Help." }, .from = TACHO_NUMBER(rig.turned) },
    { .desc = { .type = TACHO_COUNTER, .name = "app_turns_total", .help = "Help." }, .from = TACHO_NUMBER(rig.turns),
      .wraps = 1 },
};

static tacho_mirror_array flips_array = { .base = rig.flips, .stride = sizeof rig.flips[0],
                                          .count = TACHO_COUNT(rig.flips) };
static const tacho_mirror flips_rows[] = {
    { .desc = { .type = TACHO_GAUGE, .name = "app_flips", .help = "Help.", .labels = { "id" } },
      .from = TACHO_ELEMENT(rig.flips) },
};

static int slot_label(tacho_mirror_array *array, uint32_t index, const void *element, const char **values)
{
    (void)array, (void)index;
    values[0] = ((const struct slot *)element)->name;
    return 1;
}

static tacho_err slots_begin(tacho_mirror_array *array)
{
    atomic_store_explicit(&rig.seen, atomic_load_explicit(&rig.turned, memory_order_relaxed), memory_order_relaxed);
    (void)pthread_mutex_lock(&rig.mutex);
    array->base = rig.slots;
    array->count = rig.slot_count;
    return TACHO_OK;
}

static void slots_end(tacho_mirror_array *array)
{
    (void)array;
    (void)pthread_mutex_unlock(&rig.mutex);
}

static const tacho_mirror slot_rows[] = {
    { .desc = { .type = TACHO_GAUGE, .name = "app_served", .help = "Help.", .labels = { "slot" } },
      .from = TACHO_MEMBER(struct slot, served) },
    { .desc = { .type = TACHO_GAUGE, .name = "app_twice", .help = "Help.", .labels = { "slot" } },
      .from = TACHO_MEMBER(struct slot, twice) },
};

static bool is_done(void)
{
    return atomic_load_explicit(&rig.done, memory_order_relaxed);
}

/* The program: its own numbers, relaxed, and never more than a turn between two scrapes. */
static void *count(void *unused)
{
    uint64_t turned = 0;
    (void)unused;
    for (uint64_t i = 0; !is_done(); i++) {
        for (size_t k = 0; k < TACHO_COUNT(rig.flips); k++)
            atomic_store_explicit(&rig.flips[k], i % 2 ? WHOLE : OTHER, memory_order_relaxed);
        atomic_store_explicit(&rig.flips_real, i % 2 ? 1e300 : -3.5, memory_order_relaxed);
        if (turned - atomic_load_explicit(&rig.seen, memory_order_relaxed) > 1u << 30) continue;
        turned += 1000003;
        atomic_store_explicit(&rig.turned, turned, memory_order_relaxed);
        atomic_store_explicit(&rig.turns, (uint32_t)turned, memory_order_relaxed);
    }
    return NULL;
}

/* An array that is somewhere else all the time. */
static void *move_slots(void *unused)
{
    uint64_t seed = 7, served = 0;
    (void)unused;
    while (!is_done()) {
        uint32_t slot_count = stress_random(&seed, 20);
        struct slot *slots = calloc(slot_count + 1, sizeof *slots);
        if (!slots) abort();
        for (uint32_t i = 0; i < slot_count; i++) {
            (void)snprintf(slots[i].name, sizeof slots[i].name, "s%u", i);
            slots[i].served = ++served;
            slots[i].twice = 2 * served;
        }
        (void)pthread_mutex_lock(&rig.mutex);
        struct slot *old = rig.slots;
        rig.slots = slots;
        rig.slot_count = slot_count;
        (void)pthread_mutex_unlock(&rig.mutex);
        free(old);
    }
    return NULL;
}

static bool check_page(const struct exposition *page, double *turned, double *turns)
{
    double real = exposition_value(page, "app_flips_real");
    if (real != 0 && real != 1e300 && real != -3.5) return stress_say("half of a double: %a", real);
    if (exposition_value(page, "app_turned_total") < *turned) return stress_say("a counter fell");
    if (exposition_value(page, "app_turns_total") < *turns) return stress_say("a counter that wraps fell");
    *turned = exposition_value(page, "app_turned_total");
    *turns = exposition_value(page, "app_turns_total");
    if (*turns < *turned - 2147483648.0 || *turns > *turned + 2147483648.0)
        return stress_say("%.0f turns of %.0f", *turns, *turned);
    for (size_t i = 0; i < page->count; i++) {
        char twice[32];
        double value = page->samples[i].value;
        if (strcmp(page->samples[i].name, "app_flips") == 0 && value != 0 && value != (double)WHOLE && value != (double)OTHER)
            return stress_say("half of a number: %a", value);
        if (strcmp(page->samples[i].name, "app_served") != 0) continue;
        (void)snprintf(twice, sizeof twice, "app_twice{%s}", page->samples[i].labels);
        if (exposition_value(page, twice) != 2 * value) return stress_say("two numbers of two moments");
    }
    return true;
}

static void *scrape(void *unused)
{
    double until = stress_now() + stress_seconds(1), turned = 0, turns = 0;
    bool good = true;
    (void)unused;
    for (size_t scrapes = 0; good && (stress_now() < until || scrapes < 20); scrapes++) {
        struct exposition *page = stress_scrape(rig.reg, 4096);
        good = page && check_page(page, &turned, &turns);
        exposition_free(page);
    }
    return good ? NULL : &rig;
}

static void scrapes_of_numbers_that_change_show_each_of_them_whole(void **state)
{
    (void)state;
    pthread_t counting, moving, scraping[2];
    void *failed[2];
    stress_begin("mirror", 60);
    rig.array = (tacho_mirror_array){ .stride = sizeof(struct slot), .label = slot_label, .begin = slots_begin,
                                      .end = slots_end };
    assert_non_null(rig.reg = tacho_registry_new(NULL));
    assert_int_equal(TACHO_MIRROR(rig.reg, variables), TACHO_OK);
    assert_int_equal(tacho_mirror_add(rig.reg, flips_rows, TACHO_COUNT(flips_rows), &flips_array, NULL), TACHO_OK);
    tacho_collector *collector;
    assert_int_equal(tacho_mirror_add(rig.reg, slot_rows, TACHO_COUNT(slot_rows), &rig.array, &collector), TACHO_OK);
    assert_int_equal(pthread_create(&counting, NULL, count, NULL), 0);
    assert_int_equal(pthread_create(&moving, NULL, move_slots, NULL), 0);
    for (int i = 0; i < 2; i++) assert_int_equal(pthread_create(&scraping[i], NULL, scrape, NULL), 0);
    for (int i = 0; i < 2; i++) assert_int_equal(pthread_join(scraping[i], &failed[i]), 0);
    assert_int_equal(tacho_registry_remove(rig.reg, collector), TACHO_OK); /* while it moves on */
    atomic_store_explicit(&rig.done, true, memory_order_relaxed);
    assert_int_equal(pthread_join(counting, NULL), 0);
    assert_int_equal(pthread_join(moving, NULL), 0);
    free(rig.slots);
    assert_true(!failed[0] && !failed[1]);
    stress_end();
    tacho_registry_free(rig.reg);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scrapes_of_numbers_that_change_show_each_of_them_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
