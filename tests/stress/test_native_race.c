/*
 * test_native_race.c - a native histogram that many count in while it is reorganised: threads, handlers that interrupt
 * each other, processes that are killed.
 *
 * Covers [N1] to [N4]. All that they order is atomic itself, so ThreadSanitizer has no say in them; the tests stop,
 * interrupt and end an observation at each passage of each edge instead.
 */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "native_word.h"
#include "support/stress.h"

#define RELAXED(p) atomic_load_explicit((p), memory_order_relaxed)
#define RELAX(p, v) atomic_store_explicit((p), (v), memory_order_relaxed)

static _Atomic uint64_t now_ms;

static uint64_t clock_of_test(void)
{
    return RELAXED(&now_ms);
}

static struct tacho__native_rules rules_of(tacho_native native)
{
    struct tacho__native_rules rules;
    assert_null(tacho__native_check(&native, &rules));
    return rules;
}

static struct tacho__native *new_native(const struct tacho__native_rules *rules)
{
    struct tacho__native *native = calloc(1, tacho__native_size(rules));
    assert_non_null(native);
    tacho__native_init(native, rules, RELAXED(&now_ms));
    return native;
}

static struct tacho__native_view *new_view(const struct tacho__native *native)
{
    struct tacho__native_view *view = malloc(tacho__native_view_size(native));
    if (!view) abort();
    return view;
}

static void observe(struct tacho__native *native, double value)
{
    tacho__native_observe(native, value, clock_of_test);
}

static bool adds_up(const struct tacho__native_view *view)
{
    uint64_t count = view->zero_count;
    for (uint32_t i = 0; i < view->positive + view->negative; i++) {
        count += view->buckets[i].count;
        if (view->buckets[i].count == 0) return false;
        if (i > 0 && i != view->positive && view->buckets[i].index <= view->buckets[i - 1].index) return false;
    }
    return count == view->count;
}

/* What it holds now, with nobody counting. */
static uint64_t count_of(const struct tacho__native *native)
{
    struct tacho__native_view *view = new_view(native);
    assert_true(tacho__native_read(native, view));
    assert_true(adds_up(view));
    uint64_t count = view->count;
    free(view);
    return count;
}

enum { EXCESS = 45 };

/* So many new buckets that somebody has to take the turn, also if a dead one still has it. */

static void exceed(struct tacho__native *native)
{
    for (uint32_t k = 0; k < EXCESS; k++) {
        double value = 1e10;
        for (uint32_t n = 0; n < k; n++) value *= 1e6;
        observe(native, value);
    }
}

static void assert_within_limit(struct tacho__native *native)
{
    struct tacho__native_view *view = new_view(native);
    assert_true(tacho__native_read(native, view));
    if (view->schema > -4) assert_true(view->positive + view->negative <= native->max_buckets);
    assert_int_equal(native->turn, 0);
    assert_int_equal(tacho__move_phase(native->move), TACHO__NATIVE_IDLE);
    free(view);
}

/* ---- Threads ----------------------------------------------------------------------------------------------------- */

enum { OBSERVERS = 4, READERS = 2 };

static struct tacho__native *native;
static _Atomic bool over;
static _Atomic uint64_t progress[OBSERVERS];
static _Atomic uint64_t failed_reads, reads;
static double (*next_value)(uint64_t *random, uint64_t k);
static uint64_t each;

struct thread {
    pthread_t thread;
    uint32_t number;
    bool ok;
    double sum;
};

static void *observe_many(void *arg)
{
    struct thread *self = arg;
    uint64_t random = self->number + 1;
    for (uint64_t k = 0; k < each && !RELAXED(&over); k++) {
        double value = next_value(&random, k);
        observe(native, value);
        self->sum += value;
        RELAX(&progress[self->number], k + 1);
    }
    return NULL;
}

static void *read_many(void *arg)
{
    struct thread *self = arg;
    struct tacho__native_view *view = new_view(native);
    uint64_t count = 0;
    self->ok = true;
    while (!RELAXED(&over)) {
        bool whole = tacho__native_read(native, view);
        atomic_fetch_add_explicit(whole ? &reads : &failed_reads, 1, memory_order_relaxed);
        if (!adds_up(view)) self->ok = stress_say("the buckets are not the count");
        if (native->min_reset_ms) (void)sched_yield();
        if (!whole) continue;
        if (view->count < count && !native->min_reset_ms)
            self->ok = stress_say("fell from %llu to %llu", (unsigned long long)count, (unsigned long long)view->count);
        count = view->count;
    }
    free(view);
    return NULL;
}

/* Observers and readers beside `own`, which may end them. Returns the sum of all values. */
static double run_threads(void (*own)(void))
{
    struct thread observers[OBSERVERS], readers[READERS];
    double sum = 0;
    RELAX(&over, false);
    for (uint32_t i = 0; i < OBSERVERS; i++) {
        observers[i] = (struct thread){ .number = i };
        RELAX(&progress[i], 0);
        assert_int_equal(pthread_create(&observers[i].thread, NULL, observe_many, &observers[i]), 0);
    }
    for (uint32_t i = 0; i < READERS; i++)
        assert_int_equal(pthread_create(&readers[i].thread, NULL, read_many, &readers[i]), 0);
    if (own) own();
    for (uint32_t i = 0; i < OBSERVERS; i++) {
        assert_int_equal(pthread_join(observers[i].thread, NULL), 0);
        sum += observers[i].sum;
    }
    RELAX(&over, true);
    for (uint32_t i = 0; i < READERS; i++) {
        assert_int_equal(pthread_join(readers[i].thread, NULL), 0);
        assert_true(readers[i].ok);
    }
    return sum;
}

/* Whole numbers below 2^30, of which sums are exact. */
static double any_number(uint64_t *random, uint64_t k)
{
    double value = (double)stress_random(random, 1u << (1 + k % 30));
    return k % 3 ? value : -value;
}

/* New buckets above, all the time. */
static double rising_number(uint64_t *random, uint64_t k)
{
    double highest = (double)(k + 1) / (double)each * (1 << 30);
    return (double)(uint64_t)(highest * (1 - stress_random(random, 1000) / 2000.0));
}

static void run_exactly(tacho_native description, double (*values)(uint64_t *random, uint64_t k))
{
    struct tacho__native_rules rules = rules_of(description);
    native = new_native(&rules);
    next_value = values;
    double sum = run_threads(NULL);
    struct tacho__native_view *view = new_view(native);
    assert_true(tacho__native_read(native, view));
    assert_true(adds_up(view));
    assert_int_equal(view->count, each * OBSERVERS);
    assert_true(view->sum == sum);
    assert_within_limit(native);
    free(view);
    free(native);
}

static void counts_of_threads_are_exact_whatever_is_reorganised_meanwhile(void **state)
{
    (void)state;
    stress_begin(__func__, 60);
    each = 4000;
    for (size_t round = stress_scaled(16); round; round--) {
        run_exactly((tacho_native){ .factor = 1.005, .max_buckets = 20, .max_zero_threshold = 1e9 }, rising_number);
        run_exactly((tacho_native){ .factor = 1.005, .max_buckets = 30 }, any_number);
        run_exactly((tacho_native){ .factor = 1.01, .max_buckets = 160, .max_zero_threshold = 1e5 }, any_number);
        run_exactly((tacho_native){ .factor = 2, .max_buckets = 3, .max_zero_threshold = 1e5 }, any_number);
    }
    print_message("%llu reads, %llu in vain\n", (unsigned long long)reads, (unsigned long long)failed_reads);
    stress_end();
}

/* Six numbers that have buckets of their own at every resolution from 0 down. */
static double power(uint64_t *random, uint64_t k)
{
    double value = (double)(1ull << 16 * stress_random(random, 3));
    (void)k;
    return stress_random(random, 2) ? value : -value;
}

static double sum_of_buckets(const struct tacho__native_view *view)
{
    double sum = 0;
    for (uint32_t i = 0; i < view->positive + view->negative; i++) {
        double value = (double)view->buckets[i].count * (double)(1ull << (view->buckets[i].index << -view->schema));
        sum += i < view->positive ? value : -value;
    }
    return sum;
}

/* A reset becomes due when every observer has gone on, so that none stands still through many of them. */
static void let_resets_be_due(void)
{
    for (size_t resets = 15; resets; resets--) {
        uint64_t since[OBSERVERS];
        for (uint32_t i = 0; i < OBSERVERS; i++) since[i] = RELAXED(&progress[i]);
        for (uint32_t i = 0; i < OBSERVERS; i++)
            while (RELAXED(&progress[i]) < since[i] + 3) (void)sched_yield();
        atomic_fetch_add_explicit(&now_ms, 10, memory_order_relaxed);
    }
    RELAX(&over, true);
}

static void a_reset_takes_buckets_and_sum_together(void **state)
{
    (void)state;
    stress_begin(__func__, 60);
    struct tacho__native_rules rules =
        rules_of((tacho_native){ .factor = 2, .max_buckets = 4, .min_reset_seconds = 0.01 });
    each = UINT64_MAX;
    next_value = power;
    for (size_t round = 0; round < 3; round++) {
        native = new_native(&rules);
        struct tacho__native_view *view = new_view(native);
        uint64_t begin = RELAXED(&now_ms), random = round;
        (void)run_threads(let_resets_be_due);
        assert_true(tacho__native_read(native, view));
        assert_true(adds_up(view));
        assert_true(view->created_ms > begin && view->count > 0 && tacho__config_generation(native->config) > 10);
        assert_true(view->sum == sum_of_buckets(view));
        /* Another generation has another sum, which was made 0 while nobody could be on the way to it. */
        for (uint64_t k = 0; k < 1000; k++) {
            atomic_fetch_add_explicit(&now_ms, 1, memory_order_relaxed);
            observe(native, power(&random, k));
            assert_true(tacho__native_read(native, view));
            assert_true(view->sum == sum_of_buckets(view));
        }
        free(view);
        free(native);
    }
    stress_end();
}

/* ---- Interruptions ----------------------------------------------------------------------------------------------- */

static const char *const tags[] = { "N1", "N2", "N3", "N4" };

enum { VALUES = 150 };

static const tacho_native descriptions[] = {
    { .factor = 1.1, .max_buckets = 6, .max_zero_threshold = 0.05 },
    { .factor = 1.005, .max_buckets = 3 },
    { .factor = 1.5, .max_buckets = 4, .max_zero_threshold = 1e6, .zero_threshold = -1 },
    { .factor = 1.01, .max_buckets = 40, .max_zero_threshold = 1 },
};

/* Of rising magnitude, so that buckets at both ends come and go. */
static double value_number(uint64_t *random, unsigned k)
{
    double value = (1 + stress_random(random, 1000) / 1000.0) * 0.001;
    for (unsigned doubled = stress_random(random, 4) + k / 12; doubled; doubled--) value *= 2;
    return stress_random(random, 3) ? value : -value;
}

static struct scene {
    struct tacho__native *native;
    struct tacho__native_view *view;
    uint64_t random, begun, done; /* observations, of all who were not interrupted for good */
    uint64_t passages[TACHO_COUNT(tags)];
    size_t tag;             /* where something is to happen, ... */
    uint64_t passage;       /* ... how often it is passed before */
    uint64_t seen;
    unsigned next;
    bool inside;
} scene;

static jmp_buf way_out;

static void scene_observe(unsigned k)
{
    double value = value_number(&scene.random, k);
    scene.begun++;
    observe(scene.native, value);
    scene.done++;
}

static void scene_check(void)
{
    if (!tacho__native_read(scene.native, scene.view)) fail_msg("cannot read");
    if (!adds_up(scene.view)) fail_msg("does not add up");
    if (scene.view->count < scene.done || scene.view->count > scene.begun || scene.view->count < scene.seen)
        fail_msg("%llu, seen %llu, done %llu, begun %llu", (unsigned long long)scene.view->count,
                 (unsigned long long)scene.seen, (unsigned long long)scene.done, (unsigned long long)scene.begun);
    scene.seen = scene.view->count;
}

static void scene_begin(const tacho_native *description, size_t tag, uint64_t passage)
{
    struct tacho__native_rules rules = rules_of(*description);
    RELAX(&now_ms, 1000000);
    scene = (struct scene){ .native = new_native(&rules), .random = 7, .tag = tag, .passage = passage };
    scene.view = new_view(scene.native);
}

static void scene_end(void)
{
    tacho__edge_hook = NULL;
    free(scene.view);
    free(scene.native);
}

/* Whether this is the passage. */
static bool scene_comes_to(const char *tag)
{
    for (size_t i = 0; i < TACHO_COUNT(tags); i++)
        if (strcmp(tags[i], tag) == 0) return ++scene.passages[i] == scene.passage && i == scene.tag;
    return false;
}

static void interrupt(const char *tag)
{
    (void)tag;
    if (scene.inside) return;
    scene.inside = true;
    scene_check();
    for (unsigned k = 0; k < 2; k++) scene_observe((unsigned)(scene.done % VALUES));
    scene_check();
    scene.inside = false;
}

static void an_observation_that_interrupts_another_anywhere_is_counted_and_so_is_that(void **state)
{
    (void)state;
    for (size_t i = 0; i < TACHO_COUNT(descriptions); i++) {
        scene_begin(&descriptions[i], 0, 0);
        tacho__edge_hook = interrupt;
        for (unsigned k = 0; k < VALUES; k++) scene_observe(k);
        tacho__edge_hook = NULL;
        assert_int_equal(scene.begun, scene.done);
        scene_check();
        assert_within_limit(scene.native);
        scene_end();
    }
}

/* Three new buckets, once. */
static void exceed_meanwhile(const char *tag)
{
    if (scene.inside || !scene_comes_to(tag)) return;
    scene.inside = true;
    for (double value = 1e30; value < 1e70; value *= 1e15) {
        scene.begun++;
        observe(scene.native, value);
        scene.done++;
    }
    scene.inside = false;
}

/* How often each edge is passed when nothing happens. */
static void count_passages(const char *tag)
{
    (void)scene_comes_to(tag);
}

static void scene_rehearse(const tacho_native *description, uint64_t passages[TACHO_COUNT(tags)])
{
    scene_begin(description, 0, 0);
    tacho__edge_hook = count_passages;
    for (unsigned k = 0; k < VALUES; k++) scene_observe(k);
    memcpy(passages, scene.passages, sizeof scene.passages);
    scene_check();
    assert_within_limit(scene.native);
    scene_end();
}

static void who_has_the_turn_does_what_others_left_to_it(void **state)
{
    (void)state;
    stress_begin(__func__, 60);
    for (size_t i = 0; i < TACHO_COUNT(descriptions); i++) {
        uint64_t passages[TACHO_COUNT(tags)];
        scene_rehearse(&descriptions[i], passages);
        for (size_t tag = 0; tag < TACHO_COUNT(tags); tag++) {
            uint64_t step = passages[tag] / stress_scaled(120) + 1;
            for (uint64_t passage = 1; passage <= passages[tag]; passage += step) {
                scene_begin(&descriptions[i], tag, passage);
                tacho__edge_hook = exceed_meanwhile;
                for (unsigned k = 0; scene.passages[tag] < passage; k++) scene_observe(k);
                tacho__edge_hook = NULL;
                scene_check();
                assert_within_limit(scene.native);
                scene_end();
            }
        }
    }
    stress_end();
}

/* Everything changes while a reader has not yet read, or has read and not yet looked whether it has. */
static void a_reader_that_is_overtaken_sees_what_is_there_then(void **state)
{
    (void)state;
    for (size_t i = 0; i < TACHO_COUNT(descriptions); i++)
        for (uint64_t passage = 1; passage <= 2; passage++) {
            scene_begin(&descriptions[i], passage == 1 ? 0 : 1, 1);
            for (unsigned k = 0; k < 60; k++) scene_observe(k);
            tacho__edge_hook = exceed_meanwhile;
            scene_check();
            tacho__edge_hook = NULL;
            struct tacho__native_view *after = new_view(scene.native);
            assert_true(tacho__native_read(scene.native, after));
            assert_int_equal(after->count, 63);
            assert_int_equal(scene.view->count, 63);
            assert_int_equal(scene.view->schema, after->schema);
            assert_int_equal(scene.view->positive, after->positive);
            assert_true(scene.view->zero_threshold == after->zero_threshold);
            for (uint32_t k = 0; k < after->positive + after->negative; k++) {
                assert_int_equal(scene.view->buckets[k].index, after->buckets[k].index);
                assert_int_equal(scene.view->buckets[k].count, after->buckets[k].count);
            }
            free(after);
            scene_end();
        }
}

/* ---- Deaths ------------------------------------------------------------------------------------------------------ */

static void die(const char *tag)
{
    if (scene_comes_to(tag)) longjmp(way_out, 1);
}

/* Whether somebody dies in so many observations; `next` is then what the dead one observed. */
static bool scene_dies(unsigned count)
{
    tacho__edge_hook = die;
    bool died = setjmp(way_out) != 0;
    if (!died)
        for (unsigned end = scene.next + count; scene.next < end; scene.next++) scene_observe(scene.next);
    tacho__edge_hook = NULL;
    return died;
}

/* Nobody has died in what follows. */
static void scene_go_on(unsigned first, unsigned end)
{
    for (unsigned k = first; k < end; k++) {
        scene_observe(k);
        if (k % 8 == 0) scene_check();
    }
    scene_check();
}

/* Observations that were begun and are not counted after a death will never be. */
static void scene_bury(void)
{
    scene_check();
    scene.begun = scene.done = scene.view->count;
}

static void die_at(const tacho_native *description, size_t tag, uint64_t passage)
{
    scene_begin(description, tag, passage);
    if (!scene_dies(VALUES)) fail_msg("passage %llu of %s never came", (unsigned long long)passage, tags[tag]);
    scene_bury();
    unsigned next = scene.next;
    RELAX(&now_ms, RELAXED(&now_ms) + (passage % 3 ? 1001 : 0));
    if (passage % 2) { /* the next one dies too, some passages later */
        scene.passage = scene.passages[tag] + 1 + passage % 5;
        (void)scene_dies(40);
        scene_bury();
    }
    scene_go_on(next, next + 30);
    RELAX(&now_ms, RELAXED(&now_ms) + 1001);
    scene_go_on(next, next + 60); /* new buckets: now somebody takes the turn over, if it was left */
    exceed(scene.native);
    assert_int_equal(count_of(scene.native), scene.done + EXCESS);
    assert_within_limit(scene.native);
    scene_end();
}

static void a_death_at_any_edge_loses_nothing_and_others_go_on(void **state)
{
    (void)state;
    stress_begin(__func__, 60);
    for (size_t i = 0; i < TACHO_COUNT(descriptions); i++) {
        uint64_t passages[TACHO_COUNT(tags)];
        scene_rehearse(&descriptions[i], passages);
        for (size_t tag = 0; tag < TACHO_COUNT(tags); tag++) {
            uint64_t step = passages[tag] / stress_scaled(250) + 1;
            assert_true(passages[tag] > 5);
            for (uint64_t passage = 1; passage <= passages[tag]; passage += step)
                die_at(&descriptions[i], tag, passage);
        }
    }
    stress_end();
}

/* ---- Standing still ---------------------------------------------------------------------------------------------- */

/* This one stops for two seconds, in which others come, take over its turn and finish what it began. */
static void stand_still(const char *tag)
{
    if (scene.inside || !scene_comes_to(tag)) return;
    scene.inside = true;
    RELAX(&now_ms, RELAXED(&now_ms) + 2000);
    scene_go_on(40, 100);
    scene.inside = false;
}

/* The same, and one of the others dies as well. What counts before this one goes on is clear. */
static uint64_t second_passage;

static void stand_still_and_find_death(const char *tag)
{
    if (scene.inside || !scene_comes_to(tag)) return;
    scene.inside = true;
    RELAX(&now_ms, RELAXED(&now_ms) + 2000);
    scene_check();
    bool counted = scene.seen > scene.done;
    scene.passage = scene.passages[scene.tag] + second_passage;
    scene.next = 40;
    (void)scene_dies(60);
    scene_check();
    scene.done = scene.seen - counted;
    scene.begun = scene.done + 1;
    scene.inside = false;
    tacho__edge_hook = NULL;
}

static void who_wakes_up_in_what_another_left_does_no_harm(void **state)
{
    (void)state;
    stress_begin(__func__, 60);
    for (size_t i = 0; i < TACHO_COUNT(descriptions); i++) {
        uint64_t passages[TACHO_COUNT(tags)];
        scene_rehearse(&descriptions[i], passages);
        for (size_t tag = 0; tag < TACHO_COUNT(tags); tag++) {
            uint64_t step = passages[tag] / stress_scaled(250) + 1;
            for (uint64_t passage = 1; passage <= passages[tag]; passage += step) {
                second_passage = 1 + passage * 7 % 23;
                scene_begin(&descriptions[i], tag, passage);
                tacho__edge_hook = stand_still_and_find_death;
                for (unsigned k = 0; scene.passages[tag] < passage; k++) scene_observe(k);
                scene_check();
                assert_int_equal(scene.seen, scene.done);
                scene_go_on(60, 80);
                RELAX(&now_ms, RELAXED(&now_ms) + 2000);
                scene_go_on(80, VALUES);
                exceed(scene.native);
                assert_within_limit(scene.native);
                scene_end();
            }
        }
    }
    stress_end();
}

static void who_wakes_up_after_its_turn_was_taken_over_does_no_harm(void **state)
{
    (void)state;
    stress_begin(__func__, 60);
    for (size_t i = 0; i < TACHO_COUNT(descriptions); i++) {
        uint64_t passages[TACHO_COUNT(tags)];
        scene_rehearse(&descriptions[i], passages);
        for (size_t tag = 0; tag < TACHO_COUNT(tags); tag++) {
            uint64_t step = passages[tag] / stress_scaled(250) + 1;
            for (uint64_t passage = 1; passage <= passages[tag]; passage += step) {
                scene_begin(&descriptions[i], tag, passage);
                tacho__edge_hook = stand_still;
                for (unsigned k = 0; k < VALUES; k++) scene_observe(k);
                tacho__edge_hook = NULL;
                scene_check();
                assert_int_equal(scene.seen, scene.begun);
                exceed(scene.native);
                assert_within_limit(scene.native);
                scene_end();
            }
        }
    }
    stress_end();
}

/* Everything is cleared right here. */
static void clear_meanwhile(const char *tag)
{
    if (scene.inside || !scene_comes_to(tag)) return;
    scene.inside = true;
    tacho__native_clear(scene.native, RELAXED(&now_ms));
    scene.begun = 1; /* the one that is interrupted, which may count from now on, or not */
    scene.done = scene.seen = 0;
    scene_go_on(40, 70);
    scene.inside = false;
}

static void a_histogram_can_be_cleared_at_any_moment(void **state)
{
    (void)state;
    stress_begin(__func__, 60);
    for (size_t i = 0; i < TACHO_COUNT(descriptions); i++) {
        uint64_t passages[TACHO_COUNT(tags)];
        scene_rehearse(&descriptions[i], passages);
        for (size_t tag = 0; tag < TACHO_COUNT(tags); tag++) {
            uint64_t step = passages[tag] / stress_scaled(120) + 1;
            for (uint64_t passage = 1; passage <= passages[tag]; passage += step) {
                scene_begin(&descriptions[i], tag, passage);
                tacho__edge_hook = clear_meanwhile;
                for (unsigned k = 0; k < VALUES; k++) scene_observe(k);
                tacho__edge_hook = NULL;
                scene.done = scene.begun - 1;
                scene_check();
                exceed(scene.native);
                assert_within_limit(scene.native);
                scene_end();
            }
        }
    }
    stress_end();
}

/* ---- Resets ------------------------------------------------------------------------------------------------------ */

static void observe_powers(unsigned n)
{
    for (unsigned k = 0; k < n; k++) {
        RELAX(&now_ms, RELAXED(&now_ms) + 4);
        observe(scene.native, power(&scene.random, k));
    }
}

static bool powers_die(unsigned n)
{
    tacho__edge_hook = die;
    bool died = setjmp(way_out) != 0;
    if (!died) observe_powers(n);
    tacho__edge_hook = NULL;
    return died;
}

static void die_in_reset(size_t tag, uint64_t passage)
{
    static const tacho_native description = { .factor = 2, .max_buckets = 4, .min_reset_seconds = 0.03 };
    scene_begin(&description, tag, passage);
    if (!powers_die(2000)) fail_msg("passage %llu of %s never came", (unsigned long long)passage, tags[tag]);
    assert_true(tacho__native_read(scene.native, scene.view));
    assert_true(adds_up(scene.view));
    double ahead = scene.view->sum - sum_of_buckets(scene.view); /* by the value of the dead, at most */
    assert_true(ahead >= -0x1p32 && ahead <= 0x1p32);
    observe_powers(500); /* 2 s */
    observe(scene.native, 0x1p48); /* a new bucket: now somebody takes the turn over, if it was left */
    RELAX(&now_ms, RELAXED(&now_ms) + 30);
    for (unsigned k = 0; k < 3; k++) {
        observe(scene.native, (double)(1ull << 16 * k));
        observe(scene.native, -(double)(1ull << 16 * k));
    }
    assert_true(tacho__native_read(scene.native, scene.view));
    assert_true(scene.view->sum == sum_of_buckets(scene.view));
    assert_true(scene.view->count <= 6 && scene.view->created_ms == RELAXED(&now_ms));
    assert_within_limit(scene.native);
    scene_end();
}

static void a_death_in_a_reset_leaves_a_histogram_that_works(void **state)
{
    (void)state;
    for (size_t tag = 0; tag < TACHO_COUNT(tags); tag++)
        for (uint64_t passage = 1; passage <= (tag == 1 ? 2 : 60); passage++) die_in_reset(tag, passage);
}

/* ---- Processes that are killed ----------------------------------------------------------------------------------- */

enum { WORKERS = 2 };

static struct shared {
    struct { _Atomic uint64_t begun, done; } tallies[WORKERS];
} *shared;

static int observe_until_killed(void *arg)
{
    const uint32_t *number = arg;
    uint64_t random = (uint64_t)getpid();
    for (unsigned k = 0;; k++) {
        RELAX(&shared->tallies[*number].begun, RELAXED(&shared->tallies[*number].begun) + 1);
        atomic_signal_fence(memory_order_seq_cst);
        observe(native, value_number(&random, k % 600));
        atomic_signal_fence(memory_order_seq_cst);
        RELAX(&shared->tallies[*number].done, RELAXED(&shared->tallies[*number].done) + 1);
        if (k == UINT32_MAX) return 1;
    }
}

static void kill_workers(uint64_t *random, uint64_t extra)
{
    uint32_t numbers[WORKERS];
    pid_t workers[WORKERS];
    uint64_t begun = extra, done = extra;
    for (uint32_t i = 0; i < WORKERS; i++) {
        numbers[i] = i;
        workers[i] = stress_fork(observe_until_killed, &numbers[i]);
        assert_true(workers[i] > 0);
    }
    for (uint32_t i = 0; i < WORKERS; i++) {
        uint64_t until = RELAXED(&shared->tallies[i].done) + stress_random(random, 3000);
        while (RELAXED(&shared->tallies[i].done) < until) (void)sched_yield();
        (void)kill(workers[i], SIGKILL);
        assert_int_equal(stress_wait(workers[i]), -SIGKILL);
    }
    for (uint32_t i = 0; i < WORKERS; i++) {
        begun += RELAXED(&shared->tallies[i].begun);
        done += RELAXED(&shared->tallies[i].done);
    }
    uint64_t count = count_of(native);
    if (count < done || count > begun)
        fail_msg("%llu, done %llu, begun %llu", (unsigned long long)count, (unsigned long long)done,
                 (unsigned long long)begun);
    for (uint32_t i = 0; i < WORKERS; i++) RELAX(&shared->tallies[i].begun, RELAXED(&shared->tallies[i].done));
    RELAX(&shared->tallies[0].begun, RELAXED(&shared->tallies[0].begun) + (count - done));
    RELAX(&shared->tallies[0].done, RELAXED(&shared->tallies[0].begun));
}

static void killed_processes_lose_no_more_than_what_they_were_counting(void **state)
{
    (void)state;
    stress_begin(__func__, 100);
    uint64_t random = stress_seed();
    for (size_t i = 0; i < TACHO_COUNT(descriptions); i++) {
        struct tacho__native_rules rules = rules_of(descriptions[i]);
        RELAX(&now_ms, 1000000);
        shared = stress_shared(sizeof *shared);
        native = stress_shared(tacho__native_size(&rules));
        tacho__native_init(native, &rules, RELAXED(&now_ms));
        uint64_t own = 0;
        for (size_t round = stress_scaled(40); round; round--) {
            kill_workers(&random, own);
            if (round % 3 == 0) RELAX(&now_ms, RELAXED(&now_ms) + 1001);
            for (unsigned k = 0; k < 20; k++, own++) observe(native, value_number(&random, k * 10));
        }
        uint64_t count = count_of(native);
        RELAX(&now_ms, RELAXED(&now_ms) + 1001);
        for (unsigned k = 0; k < 600; k++) observe(native, value_number(&random, k));
        exceed(native);
        assert_int_equal(count_of(native), count + 600 + EXCESS);
        assert_within_limit(native);
        stress_unshare(native, tacho__native_size(&rules));
        stress_unshare(shared, sizeof *shared);
    }
    stress_end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_of_threads_are_exact_whatever_is_reorganised_meanwhile),
        cmocka_unit_test(a_reset_takes_buckets_and_sum_together),
        cmocka_unit_test(an_observation_that_interrupts_another_anywhere_is_counted_and_so_is_that),
        cmocka_unit_test(who_has_the_turn_does_what_others_left_to_it),
        cmocka_unit_test(a_reader_that_is_overtaken_sees_what_is_there_then),
        cmocka_unit_test(a_death_at_any_edge_loses_nothing_and_others_go_on),
        cmocka_unit_test(who_wakes_up_after_its_turn_was_taken_over_does_no_harm),
        cmocka_unit_test(who_wakes_up_in_what_another_left_does_no_harm),
        cmocka_unit_test(a_histogram_can_be_cleared_at_any_moment),
        cmocka_unit_test(a_death_in_a_reset_leaves_a_histogram_that_works),
        cmocka_unit_test(killed_processes_lose_no_more_than_what_they_were_counting),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
