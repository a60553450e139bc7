/*
 * test_crash.c - workers of a prefork registry that die in the middle of a change: at every ordering edge, after every
 * single store, and while they repair what another one left.
 *
 * Covers [K1], [S1], [S2], [S3], [S4], [B1], [C1] and [F1] as far as a death in between them goes.
 */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include "registry_internal.h"
#include "support/audit.h"
#include "support/stress.h"

enum { ITEMS = 60, GONE = 30, LOST_MAX = 4096 };

static struct rig {
    tacho_registry *reg;
    tacho_counter_vec *items;
    tacho_histogram_vec *spread;
    tacho_counter_vec *kinds;
    tacho_counter *defined;
} rig;

static const char *const colours[] = { "red", "green", "blue", NULL };
static const double bounds[] = { 1, 10 };
static const tacho_desc rows[] = {
    { .counter_vec = &rig.items, .name = "items_total", .help = "Item k counts k + 1.", .labels = { "item" } },
    { .histogram_vec = &rig.spread, .name = "spread", .help = "Values.", .labels = { "item" }, .buckets = bounds,
      .bucket_count = 2, .max_series = 3 },
    { .counter_vec = &rig.kinds, .name = "kinds_total", .help = "Two labels.", .labels = { "colour", "kind" },
      .values = { colours }, .max_series = 6 },
};
static const tacho_desc later_rows[] = {
    { .counter = &rig.defined, .name = "defined_total", .help = "Defined by a worker." },
};

static void rig_open(void)
{
    rig.reg = tacho_registry_new(&(tacho_registry_options){
        .sharing = TACHO_PREFORK, .byte_budget = 512 << 10, .cell_budget = 4096, .cpus = 2 });
    assert_non_null(rig.reg);
    assert_int_equal(TACHO_DEFINE(rig.reg, rows), TACHO_OK);
}

static void rig_close(void)
{
    tacho_registry_free(rig.reg);
    rig = (struct rig){ 0 };
}

static const char *item_name(unsigned k, char name[48])
{
    (void)snprintf(name, 48, k % 3 ? "item %u" : "an item with a longer name: %u", k);
    return name;
}

static void count_item(unsigned k)
{
    char name[48];
    tacho_counter_add_at(rig.items, TACHO_LABELS(item_name(k, name)), k + 1);
}

static tacho_err remove_item(unsigned k)
{
    char name[48];
    return tacho_counter_remove_at(rig.items, TACHO_LABELS(item_name(k, name)));
}

/* ---- What holds whoever died where ----------------------------------------------------------------------------- */

/* Item k is absent, or 0, or k + 1; `exact` items are k + 1 for certain. Thousands are what the checks added. */
static bool items_are_right(const struct exposition *page, unsigned exact)
{
    char name[48], series[96];
    for (unsigned k = 0; k < ITEMS; k++) {
        (void)snprintf(series, sizeof series, "items_total{item=\"%s\"}", item_name(k, name));
        const struct exposition_sample *sample = exposition_find(page, series);
        unsigned value = sample ? (unsigned)sample->value : 0;
        if (value % 1000 == k + 1 || (value % 1000 == 0 && k >= exact)) continue;
        return stress_say("%s is %u", series, value);
    }
    return true;
}

static bool shows(unsigned exact)
{
    struct exposition *page = stress_scrape(rig.reg, 4096);
    bool ok = page && items_are_right(page, exact);
    exposition_free(page);
    return ok;
}

/* A series that is found is one that is shown: every count since the death is there. */
static bool counts_are_shown(void)
{
    char name[48], series[96];
    struct exposition *before = stress_scrape(rig.reg, 4096);
    for (unsigned k = 0; k < ITEMS; k++) tacho_counter_add_at(rig.items, TACHO_LABELS(item_name(k, name)), 1000);
    struct exposition *after = stress_scrape(rig.reg, 4096);
    bool ok = before && after;
    for (unsigned k = 0; k < ITEMS && ok; k++) {
        (void)snprintf(series, sizeof series, "items_total{item=\"%s\"}", item_name(k, name));
        const struct exposition_sample *old = exposition_find(before, series), *new = exposition_find(after, series);
        ok = new && new->value == (old ? old->value : 0) + 1000;
        if (!ok) (void)stress_say("%s went from %g to %g", series, old ? old->value : -1, new ? new->value : -1);
    }
    exposition_free(before);
    exposition_free(after);
    return ok;
}

/* What any other worker can do afterwards: create, count, find, remove, be refused one series too many. */
static bool goes_on(void)
{
    char name[48];
    for (unsigned k = 1000; k < 1010; k++) {
        tacho_counter *counter = tacho_counter_at(rig.items, TACHO_LABELS(item_name(k, name)));
        if (tacho_counter_value(counter) != 0) return stress_say("a new series begins with %g", tacho_counter_value(counter));
        tacho_counter_add(counter, 5);
        if (counter != tacho_counter_at(rig.items, TACHO_LABELS(name))) return stress_say("a series is found elsewhere");
        if (tacho_counter_value(counter) != 5) return stress_say("a series counts %g, not 5", tacho_counter_value(counter));
        tacho_histogram_observe_at(rig.spread, TACHO_LABELS(name), 2);
        tacho_counter_add_at(rig.kinds, TACHO_LABELS("blue", name), 1);
    }
    for (unsigned k = 1000; k < 1010; k++)
        if (remove_item(k) != TACHO_OK) return stress_say("a series cannot be removed");
    return true;
}

/* `exact`: how many items must be there, of those that have low numbers. The first to come is a lookup or the lock. */
enum first { LOOKUP_FIRST, LOCK_FIRST };

static bool all_is_well(unsigned exact, enum first first)
{
    size_t lost = 0;
    if (!shows(exact)) return stress_say("as the worker left it");
    if (first == LOOKUP_FIRST && !counts_are_shown()) return stress_say("with lookups in what the worker left");
    if (!audit_registry(rig.reg, &lost)) return stress_say("after the repair");
    if (lost > LOST_MAX) return stress_say("%zu bytes are lost", lost);
    return counts_are_shown() && goes_on() && shows(exact) && audit_registry(rig.reg, NULL);
}

/* ---- Death at an edge ------------------------------------------------------------------------------------------- */

static const char *const tags[] = { "B1", "C1", "F1", "G1", "G2", "G3", "K1", "S1", "S2", "S3", "S4" };

static struct shared {
    _Atomic uint32_t passages[TACHO_COUNT(tags)];
    _Atomic uint32_t done; /* items that were counted and are not going to be removed */
} *shared;

static size_t deadly_tag;
static uint32_t deadly_passage; /* 0: none */

static void count_or_die(const char *tag)
{
    for (size_t i = 0; i < TACHO_COUNT(tags); i++) {
        if (strcmp(tags[i], tag) != 0) continue;
        uint32_t passage = atomic_fetch_add(&shared->passages[i], 1) + 1;
        if (i == deadly_tag && passage == deadly_passage) (void)kill(getpid(), SIGKILL);
    }
}

/* Everything that changes a registry: creating, removing, using slots again, the overflow series, defining. */
static int change_everything(void *arg)
{
    char name[48];
    (void)arg;
    tacho__edge_hook = count_or_die;
    for (unsigned k = 0; k < ITEMS - GONE; k++) {
        count_item(k);
        atomic_store(&shared->done, k + 1);
    }
    for (unsigned k = ITEMS - GONE; k < ITEMS; k++) count_item(k);
    for (unsigned round = 0; round < 3; round++)
        for (unsigned k = ITEMS - GONE; k < ITEMS; k++) (round == 1) ? count_item(k) : (void)remove_item(k);
    for (unsigned k = 2000; k < 2200; k++) { /* more than wait for reuse at a time */
        tacho_counter_add_at(rig.items, TACHO_LABELS(item_name(k, name)), 1);
        (void)remove_item(k);
    }
    for (unsigned k = 0; k < 8; k++) {
        tacho_histogram_observe_at(rig.spread, TACHO_LABELS(item_name(k, name)), k);
        tacho_counter_add_at(rig.kinds, TACHO_LABELS(colours[k % 3], name), 1);
    }
    (void)tacho_histogram_clear(rig.spread);
    (void)tacho_counter_remove_matching(rig.kinds, TACHO_LABELS("red", NULL));
    tacho_histogram_observe_at(rig.spread, TACHO_LABELS("again"), 1);
    if (TACHO_DEFINE(rig.reg, later_rows) != TACHO_OK) return 1;
    (void)tacho_registry_undefine(rig.reg, later_rows, 1);
    return TACHO_DEFINE(rig.reg, later_rows) == TACHO_OK ? 0 : 2;
}

static int see_whether_all_is_well(void *arg)
{
    const unsigned *exact = arg;
    if (!all_is_well(*exact, *exact % 2 ? LOOKUP_FIRST : LOCK_FIRST)) return 1;
    return TACHO_DEFINE(rig.reg, later_rows) == TACHO_OK && all_is_well(*exact, LOOKUP_FIRST) ? 0 : 2;
}

static void die_at(size_t tag, uint32_t passage)
{
    rig_open();
    memset(shared, 0, sizeof *shared);
    deadly_tag = tag;
    deadly_passage = passage;
    int end = stress_wait(stress_fork(change_everything, NULL));
    assert_true(end == -SIGKILL || (end == 0 && strcmp(tags[tag], "S2") == 0)); /* how often depends on the hashes */
    unsigned exact = atomic_load(&shared->done);
    if (stress_wait(stress_fork(see_whether_all_is_well, &exact)) != 0)
        fail_msg("after a death at passage %u of [%s]", passage, tags[tag]);
    assert_true(all_is_well(exact, LOOKUP_FIRST));
    rig_close();
}

static void a_worker_that_dies_at_any_ordering_edge_leaves_a_registry_that_works(void **state)
{
    (void)state;
    stress_begin(__func__, 100);
    uint32_t passages[TACHO_COUNT(tags)];
    shared = stress_shared(sizeof *shared);
    rig_open();
    deadly_passage = 0;
    assert_int_equal(stress_wait(stress_fork(change_everything, NULL)), 0);
    assert_true(all_is_well(ITEMS - GONE, LOOKUP_FIRST));
    for (size_t i = 0; i < TACHO_COUNT(tags); i++) passages[i] = atomic_load(&shared->passages[i]);
    rig_close();
    for (size_t i = 0; i < TACHO_COUNT(tags); i++) {
        uint32_t tries = (uint32_t)stress_scaled(60), step = passages[i] / tries + 1;
        assert_true(passages[i] > 0);
        for (uint32_t passage = 1; passage <= passages[i]; passage += step) die_at(i, passage);
    }
    stress_unshare(shared, sizeof *shared);
    stress_end();
}

/* ---- Death after any store ----------------------------------------------------------------------------------------- */

/* Take the place of the segment with a copy of it, whose lock nobody holds any more: what is left after a death. */
static void stand_on_a_copy(const char *copy, size_t used, size_t size)
{
    struct tacho__segment_head *head = rig.reg->segment.head;
    void *at = mmap(head, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    if (at != (void *)head) _exit(9);
    memcpy(at, copy, used);
    (void)tacho__lock_init(&head->lock, true);
}

struct stepping {
    char *copy;
    size_t used, size;
    unsigned exact;
    size_t steps, stores;
};

static int check_the_copy(void *arg)
{
    const struct stepping *stepping = arg;
    stand_on_a_copy(stepping->copy, stepping->used, stepping->size);
    if (!all_is_well(stepping->exact, LOOKUP_FIRST)) return 1;
    stand_on_a_copy(stepping->copy, stepping->used, stepping->size);
    return all_is_well(stepping->exact, LOCK_FIRST) ? 0 : 2;
}

/* Remember the segment as it is. False: nothing was stored since the last time. The lock's own words do not count. */
static bool stepping_changed(struct stepping *stepping)
{
    const struct tacho__segment_head *head = rig.reg->segment.head;
    size_t used = tacho__load_relaxed(&head->used), lock = sizeof head->lock;
    bool same = used == stepping->used && memcmp(stepping->copy + lock, (const char *)head + lock, used - lock) == 0;
    if (same) return false;
    memcpy(stepping->copy, head, used);
    stepping->used = used;
    return true;
}

static int stop_around(void *arg)
{
    void (*change)(void) = *(void (**)(void))arg;
    if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0) return 77;
    (void)raise(SIGSTOP);
    change();
    (void)raise(SIGSTOP);
    return 0;
}

/* Let a worker make a change, one instruction at a time, and see after each store what would be if it died there. With
 * a `last` store it does die there; otherwise it gets to the end. False: there is no ptrace here. */
static bool step_through(struct stepping *stepping, void (*change)(void), size_t last)
{
    int status;
    pid_t worker = stress_fork(stop_around, (void *)&change);
    assert_int_equal(waitpid(worker, &status, 0), worker);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 77) return false;
    assert_true(WIFSTOPPED(status));
    (void)stepping_changed(stepping);
    for (stepping->steps = stepping->stores = 0;; stepping->steps++) {
        assert_int_equal(ptrace(PTRACE_SINGLESTEP, worker, NULL, NULL), 0);
        assert_int_equal(waitpid(worker, &status, 0), worker);
        assert_true(WIFSTOPPED(status));
        if (WSTOPSIG(status) == SIGSTOP) break;
        if (!stepping_changed(stepping)) continue;
        stepping->stores++;
        if (last ? stepping->stores == last : stress_wait(stress_fork(check_the_copy, stepping)) != 0) break;
    }
    bool died = WSTOPSIG(status) != SIGSTOP;
    (void)kill(worker, SIGKILL);
    (void)stress_wait(worker);
    if (died && !last) fail_msg("after store %zu, instruction %zu", stepping->stores, stepping->steps);
    return true;
}

static void create_one(void)
{
    char name[48];
    (void)tacho_counter_at(rig.items, TACHO_LABELS(item_name(40, name)));
}

static void remove_two(void)
{
    (void)remove_item(38);
    (void)remove_item(39);
}

static void use_slots_again(void)
{
    char name[48];
    for (unsigned k = 40; k < 44; k++) (void)tacho_counter_at(rig.items, TACHO_LABELS(item_name(k, name)));
}

static void change_histograms(void)
{
    (void)tacho_histogram_at(rig.spread, TACHO_LABELS("new"));
    (void)tacho_histogram_clear(rig.spread);
    (void)tacho_histogram_at(rig.spread, TACHO_LABELS("newer"));
}

static void define_more(void)
{
    (void)TACHO_DEFINE(rig.reg, later_rows);
}

/* 40 items are there, and 63 were removed, one less than make a creation ask which of them are free; the next slot is
 * the first of a new chunk. */
static void stepping_open(struct stepping *stepping)
{
    char name[48];
    rig_open();
    for (unsigned k = 0; k < 40; k++) count_item(k);
    for (unsigned k = 2000; k < 2080; k++) tacho_counter_add_at(rig.items, TACHO_LABELS(item_name(k, name)), 1000);
    for (unsigned k = 2000; k < 2063; k++) (void)remove_item(k);
    tacho_histogram_observe_at(rig.spread, TACHO_LABELS("old"), 1);
    *stepping = (struct stepping){ .size = rig.reg->segment.head->size, .exact = 38 };
    stepping->copy = malloc(stepping->size);
    assert_non_null(stepping->copy);
}

static void stepping_close(struct stepping *stepping)
{
    free(stepping->copy);
    rig_close();
}

static bool cannot_step(void)
{
#if defined(TACHO_SANITIZED)
    print_message("the sanitizer's own instructions are too many to step through\n");
    return true;
#else
    return false;
#endif
}

static const struct {
    const char *name;
    void (*change)(void);
} changes[] = {
    { "a creation", create_one },
    { "a removal", remove_two },
    { "creations in used slots", use_slots_again },
    { "histograms", change_histograms },
    { "a definition", define_more },
};

static void a_worker_that_dies_after_any_store_leaves_a_registry_that_works(void **state)
{
    (void)state;
    if (cannot_step()) skip();
    stress_begin(__func__, 100);
    for (size_t i = 0; i < TACHO_COUNT(changes); i++) {
        struct stepping stepping;
        stepping_open(&stepping);
        if (changes[i].change == use_slots_again) (void)remove_item(39); /* the 64th */
        bool able = step_through(&stepping, changes[i].change, 0);
        print_message("%s: %zu instructions, %zu stores\n", changes[i].name, stepping.steps, stepping.stores);
        assert_true(!able || stepping.stores > 10);
        stepping_close(&stepping);
        if (able) continue;
        print_message("this system forbids ptrace: nothing to step through\n");
        stress_end();
        skip();
    }
    stress_end();
}

static void a_worker_that_dies_while_it_repairs_leaves_a_registry_that_works(void **state)
{
    (void)state;
    if (cannot_step()) skip();
    stress_begin(__func__, 100);
    bool able = true;
    size_t repairs = 0, stores = 0;
    for (size_t last = 7; able && last < 60; last += 1 + 60 / stress_scaled(2)) {
        struct stepping stepping;
        stepping_open(&stepping);
        able = step_through(&stepping, last % 2 ? create_one : remove_two, last); /* dies at its store `last` */
        able = able && step_through(&stepping, use_slots_again, 0);               /* repairs, and dies anywhere */
        repairs++;
        stores += stepping.stores;
        stepping_close(&stepping);
    }
    print_message("%zu repairs, %zu stores\n", repairs, stores);
    stress_end();
    if (!able) skip();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_worker_that_dies_at_any_ordering_edge_leaves_a_registry_that_works),
        cmocka_unit_test(a_worker_that_dies_after_any_store_leaves_a_registry_that_works),
        cmocka_unit_test(a_worker_that_dies_while_it_repairs_leaves_a_registry_that_works),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
