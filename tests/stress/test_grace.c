/*
 * test_grace.c - when memory of removed series is used again: not while a lookup may still be in it, and soon after.
 *
 * Covers [G1], [G2] and [G3]: a reader that is stopped, killed, ended or forked at any moment, against removals and
 * creations that want its memory. test_edges.c has [G4].
 */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "grace.h"
#include "support/audit.h"
#include "support/stress.h"

static struct rig {
    tacho_registry *reg;
    tacho_counter_vec *passing;
    tacho_counter_vec *kept;
} rig;

static const tacho_desc rows[] = {
    { .counter_vec = &rig.passing, .name = "passing_total", .help = "Series that come and go.", .labels = { "name" } },
    { .counter_vec = &rig.kept, .name = "kept_total", .help = "Series that stay.", .labels = { "name" } },
};

static void rig_open(tacho_sharing sharing, size_t budget)
{
    rig.reg = tacho_registry_new(&(tacho_registry_options){
        .sharing = sharing, .byte_budget = budget, .cell_budget = 4096, .cpus = 2, .creation_wait_ms = 10000 });
    assert_non_null(rig.reg);
    assert_int_equal(TACHO_DEFINE(rig.reg, rows), TACHO_OK);
}

static void rig_close(void)
{
    tacho_registry_free(rig.reg);
    rig = (struct rig){ 0 };
}

/* `count` label sets that come and go. Returns how many got a series of their own; the others were refused one. */
static size_t churn(size_t count)
{
    static uint64_t number;
    size_t made = 0;
    for (size_t i = 0; i < count; i++) {
        char name[64];
        (void)snprintf(name, sizeof name, "one of many names: %016llx", (unsigned long long)number++);
        tacho_counter_inc_at(rig.passing, TACHO_LABELS(name));
        made += tacho_counter_remove_at(rig.passing, TACHO_LABELS(name)) == TACHO_OK;
    }
    return made;
}

static size_t memory(void)
{
    return tacho_registry_memory(rig.reg, NULL);
}

/* ---- Readers in other processes ------------------------------------------------------------------------------ */

static const char *stop_tag;
static _Atomic uint32_t *stopped_times;

static void stop_once(const char *tag)
{
    if (strcmp(tag, stop_tag) != 0 || atomic_fetch_add(stopped_times, 1) != 0) return;
    (void)raise(SIGSTOP);
}

/* Look up until stopped at the edge; afterwards be told when to end. */
static int look_up_and_stop(void *arg)
{
    (void)arg;
    tacho__edge_hook = stop_once;
    for (unsigned i = 0; atomic_load(stopped_times) < 1; i++) {
        char name[16];
        (void)snprintf(name, sizeof name, "%u", i % 64);
        tacho_counter_inc_at(rig.kept, TACHO_LABELS(name));
    }
    tacho__edge_hook = NULL;
    (void)raise(SIGSTOP); /* outside */
    return 0;
}

static pid_t stop_a_reader(const char *tag)
{
    stop_tag = tag;
    atomic_store(stopped_times, 0);
    pid_t reader = stress_fork(look_up_and_stop, NULL);
    assert_true(stress_wait_stopped(reader));
    return reader;
}

static void keep_series(void)
{
    for (unsigned i = 0; i < 64; i++) {
        char name[16];
        (void)snprintf(name, sizeof name, "%u", i);
        tacho_counter_inc_at(rig.kept, TACHO_LABELS(name));
    }
}

static void a_process_stopped_in_a_lookup_delays_reuse_up_to_the_budget_and_no_longer_than_it_is_stopped(void **state)
{
    (void)state;
    static const char *const tags[] = { "G3", "S2", "G2" };
    stress_begin(__func__, 60);
    stopped_times = stress_shared(4096);
    for (size_t i = 0; i < TACHO_COUNT(tags); i++) {
        rig_open(TACHO_PREFORK, 1 << 20);
        keep_series();
        assert_int_equal(churn(5000), 5000);
        size_t before = memory(), budget, made;
        pid_t reader = stop_a_reader(tags[i]);
        made = churn(20000);
        (void)tacho_registry_memory(rig.reg, &budget);
        assert_in_range(made, 1000, 19999); /* some, until the memory was spent */
        assert_in_range(memory(), before + 1, budget);
        struct exposition *page = stress_scrape_valid(rig.reg);
        assert_true(exposition_value(page, "passing_total{name=\"_other\"}") == (double)(20000 - made));
        assert_true(exposition_value(page, "tacho_series_rejected_total{family=\"passing_total\"}") ==
                    (double)(20000 - made));
        exposition_free(page);
        (void)kill(reader, SIGCONT);
        assert_true(stress_wait_stopped(reader)); /* outside */
        size_t full = memory();
        assert_int_equal(churn(20000), 20000);
        assert_true(memory() == full);
        assert_true(audit_registry(rig.reg, NULL));
        (void)kill(reader, SIGCONT);
        assert_int_equal(stress_wait(reader), 0);
        rig_close();
    }
    stress_unshare(stopped_times, 4096);
    stress_end();
}

static void a_process_killed_in_a_lookup_delays_nothing(void **state)
{
    (void)state;
    static const char *const tags[] = { "G3", "S2", "G2" };
    stress_begin(__func__, 60);
    stopped_times = stress_shared(4096);
    rig_open(TACHO_PREFORK, 1 << 20);
    keep_series();
    assert_int_equal(churn(5000), 5000);
    size_t before = memory();
    for (size_t round = 0; round < 30; round++) {
        pid_t reader = stop_a_reader(tags[round % TACHO_COUNT(tags)]);
        (void)kill(reader, SIGKILL);
        assert_int_equal(stress_wait(reader), -SIGKILL);
        assert_int_equal(churn(1000), 1000);
    }
    assert_in_range(memory(), before, before + 1024);
    rig_close();
    stress_unshare(stopped_times, 4096);
    stress_end();
}

enum { HELD = 128, DROPPED = 100 };

static tacho_counter *held_handle(unsigned i)
{
    char name[16];
    (void)snprintf(name, sizeof name, "held %u", i);
    return tacho_counter_at(rig.kept, TACHO_LABELS(name));
}

static _Thread_local uint32_t releases;

static void die_at_the_last_release(const char *tag)
{
    if (strcmp(tag, "K1") == 0 && ++releases == DROPPED) (void)kill(getpid(), SIGKILL);
}

static int drop_and_die(void *arg)
{
    (void)arg;
    tacho__edge_hook = die_at_the_last_release;
    for (unsigned i = 0; i < DROPPED; i++) {
        char name[16];
        (void)snprintf(name, sizeof name, "held %u", i);
        (void)tacho_counter_remove_at(rig.kept, TACHO_LABELS(name));
    }
    return 0;
}

static void what_a_repair_takes_out_is_not_used_while_a_stopped_process_may_be_in_it(void **state)
{
    (void)state;
    tacho_counter *held[HELD];
    stress_begin(__func__, 60);
    stopped_times = stress_shared(4096);
    rig_open(TACHO_PREFORK, 1 << 20);
    keep_series();
    for (unsigned i = 0; i < HELD; i++) held[i] = held_handle(i);
    pid_t reader = stop_a_reader("G3");
    assert_int_equal(stress_wait(stress_fork(drop_and_die, NULL)), -SIGKILL);
    for (unsigned i = 1000; i < 1000 + DROPPED; i++) {
        tacho_counter *fresh = held_handle(i);
        for (unsigned k = 0; k < HELD; k++) assert_ptr_not_equal(fresh, held[k]);
    }
    (void)kill(reader, SIGCONT);
    assert_true(stress_wait_stopped(reader)); /* outside */
    size_t used_again = 0;
    assert_int_equal(tacho_counter_remove_matching(rig.kept, TACHO_LABELS(NULL)), 64 + HELD);
    for (unsigned i = 2000; i < 2000 + 64 + DROPPED + HELD; i++) {
        tacho_counter *fresh = held_handle(i);
        for (unsigned k = 0; k < HELD; k++) used_again += fresh == held[k];
    }
    assert_int_equal(used_again, HELD);
    (void)kill(reader, SIGCONT);
    assert_int_equal(stress_wait(reader), 0);
    assert_true(audit_registry(rig.reg, NULL));
    rig_close();
    stress_unshare(stopped_times, 4096);
    stress_end();
}

/* Slots, cells or label values: with some budgets the one is spent first, with some the other. */
static void whatever_is_spent_first_reuse_goes_on_when_the_readers_have_left(void **state)
{
    (void)state;
    stress_begin(__func__, 60);
    for (size_t budget = 128 << 10; budget < 160 << 10; budget += 32000 / stress_scaled(32)) {
        rig_open(TACHO_PRIVATE, budget);
        tacho__reader reader = tacho__grace_enter();
        size_t made = churn(5000);
        assert_in_range(made, 100, 4999);
        tacho__grace_leave(reader);
        assert_int_equal(churn(1000), 1000);
        assert_true(audit_registry(rig.reg, NULL));
        rig_close();
    }
    stress_end();
}

/* ---- Readers in threads ------------------------------------------------------------------------------------------ */

static sem_t inside, go_on, holders_end;
static const char *wait_tag;
static _Thread_local bool stops, ends;

static void wait_or_end(const char *tag)
{
    if (strcmp(tag, wait_tag) != 0) return;
    if (stops) {
        stops = false;
        (void)sem_post(&inside);
        (void)sem_wait(&go_on);
    }
    if (ends) pthread_exit(NULL);
}

static void *look_up_and_wait(void *arg)
{
    stops = true;
    ends = arg != NULL;
    tacho_counter_inc_at(rig.kept, TACHO_LABELS("0"));
    return NULL;
}

/* A reader that waits at the edge, and then leaves or ends there: until then nothing is used again. */
static void run_reader(const char *tag, bool ends_inside)
{
    pthread_t reader;
    rig_open(TACHO_PRIVATE, 0);
    keep_series();
    assert_int_equal(churn(5000), 5000);
    size_t before = memory();
    wait_tag = tag;
    tacho__edge_hook = wait_or_end;
    assert_int_equal(pthread_create(&reader, NULL, look_up_and_wait, ends_inside ? &inside : NULL), 0);
    (void)sem_wait(&inside);
    assert_int_equal(churn(2000), 2000);
    size_t grown = memory();
    assert_true(grown > before + 1500 * 2 * sizeof(uint64_t));
    (void)sem_post(&go_on);
    (void)pthread_join(reader, NULL);
    assert_int_equal(churn(10000), 10000);
    assert_in_range(memory(), grown, grown + 16384); /* 64 more before it is asked again, and a chunk of slots */
    assert_true(audit_registry(rig.reg, NULL));
    tacho__edge_hook = NULL;
    rig_close();
}

static void a_thread_in_a_lookup_delays_reuse_until_it_leaves_or_ends(void **state)
{
    (void)state;
    stress_begin(__func__, 60);
    run_reader("G3", false);
    run_reader("G3", true);
    run_reader("G2", false);
    run_reader("G2", true);
    stress_end();
}

static _Atomic uint32_t guests_seen;

static void *look_up_and_end(void *arg)
{
    (void)arg;
    tacho__reader reader = tacho__grace_enter();
    if (reader == TACHO__READER_GUEST) atomic_fetch_add(&guests_seen, 1);
    tacho__grace_leave(reader);
    tacho_counter_inc_at(rig.kept, TACHO_LABELS("a"));
    return NULL;
}

static void slots_of_threads_that_ended_serve_the_next_ones(void **state)
{
    (void)state;
    enum { AT_A_TIME = 8 };
    stress_begin(__func__, 100);
    rig_open(TACHO_PRIVATE, 0);
    atomic_store(&guests_seen, 0);
    tacho__grace_slots = 32;
    size_t threads = 0, rounds = stress_scaled(10000) / AT_A_TIME;
    for (size_t round = 0; round < rounds; round++) {
        pthread_t ids[AT_A_TIME];
        for (int i = 0; i < AT_A_TIME; i++) assert_int_equal(pthread_create(&ids[i], NULL, look_up_and_end, NULL), 0);
        for (int i = 0; i < AT_A_TIME; i++, threads++) (void)pthread_join(ids[i], NULL);
    }
    tacho__grace_slots = 4096;
    assert_int_equal(atomic_load(&guests_seen), 0);
    struct exposition *page = stress_scrape_valid(rig.reg);
    assert_true(exposition_value(page, "kept_total{name=\"a\"}") == (double)threads);
    exposition_free(page);
    rig_close();
    stress_end();
}

static void *hold_a_slot(void *arg)
{
    (void)arg;
    tacho__grace_leave(tacho__grace_enter());
    (void)sem_post(&inside);
    (void)sem_wait(&holders_end);
    return NULL;
}

static void threads_beyond_the_slots_count_exactly_and_delay_reuse_only_while_they_look_up(void **state)
{
    (void)state;
    enum { HOLDERS = 40 };
    pthread_t holders[HOLDERS], guest;
    stress_begin(__func__, 60);
    rig_open(TACHO_PRIVATE, 0);
    keep_series();
    tacho__grace_slots = HOLDERS;
    for (int i = 0; i < HOLDERS; i++) assert_int_equal(pthread_create(&holders[i], NULL, hold_a_slot, NULL), 0);
    for (int i = 0; i < HOLDERS; i++) (void)sem_wait(&inside);
    assert_int_equal(churn(5000), 5000);
    (void)tacho_counter_at(rig.kept, TACHO_LABELS("a")); /* what it takes is no part of the comparison */
    size_t before = memory();
    atomic_store(&guests_seen, 0);
    for (int i = 0; i < 50; i++) {
        assert_int_equal(pthread_create(&guest, NULL, look_up_and_end, NULL), 0);
        (void)pthread_join(guest, NULL);
        assert_int_equal(churn(100), 100);
    }
    assert_int_equal(atomic_load(&guests_seen), 50);
    assert_in_range(memory(), before, before + 1024);
    struct exposition *page = stress_scrape_valid(rig.reg);
    assert_true(exposition_value(page, "kept_total{name=\"a\"}") == 50);
    exposition_free(page);
    rig_close();
    run_reader("G2", false);
    for (int i = 0; i < HOLDERS; i++) (void)sem_post(&holders_end);
    for (int i = 0; i < HOLDERS; i++) (void)pthread_join(holders[i], NULL);
    tacho__grace_slots = 4096;
    stress_end();
}

/* ---- Never into another series ------------------------------------------------------------------------------------- */

enum { PRIMES = 24 };

/* Name k is counted in steps of a prime of its own: a count that lands in another series shows. */
static const uint64_t primes[PRIMES] = { 1009, 1013, 1019, 1021, 1031, 1033, 1039, 1049, 1051, 1061, 1063, 1069,
                                         1087, 1091, 1093, 1097, 1103, 1109, 1117, 1123, 1129, 1151, 1153, 1163 };
static _Atomic bool primes_end;
static _Atomic uint64_t kept_count;

static void yield_sometimes(const char *tag)
{
    static _Thread_local uint32_t turn;
    if (tag[0] != 'G' && strcmp(tag, "S2") != 0) return;
    if (++turn % 61 == 0) (void)sched_yield();
}

static void prime_name(unsigned k, char name[48])
{
    (void)snprintf(name, 48, "name number %u%s", k, k % 2 ? "" : " is longer than others");
}

static void *count_primes(void *arg)
{
    uint64_t random = (uint64_t)(uintptr_t)arg;
    while (!atomic_load_explicit(&primes_end, memory_order_relaxed)) {
        unsigned k = stress_random(&random, PRIMES);
        char name[48];
        prime_name(k, name);
        tacho_counter_add_at(rig.passing, TACHO_LABELS(name), primes[k]);
        tacho_counter_inc_at(rig.kept, TACHO_LABELS("never removed"));
        atomic_fetch_add_explicit(&kept_count, 1, memory_order_relaxed);
    }
    return NULL;
}

static void *remove_primes(void *arg)
{
    uint64_t random = (uint64_t)(uintptr_t)arg;
    while (!atomic_load_explicit(&primes_end, memory_order_relaxed)) {
        char name[48];
        prime_name(stress_random(&random, PRIMES), name);
        (void)tacho_counter_remove_at(rig.passing, TACHO_LABELS(name));
    }
    return NULL;
}

static void check_primes(void)
{
    struct exposition *page = stress_scrape_valid(rig.reg);
    for (unsigned k = 0; k < PRIMES; k++) {
        char name[48], series[96];
        prime_name(k, name);
        (void)snprintf(series, sizeof series, "passing_total{name=\"%s\"}", name);
        const struct exposition_sample *sample = exposition_find(page, series);
        if (sample && (uint64_t)sample->value % primes[k])
            fail_msg("%s is %.0f, no multiple of %llu", series, sample->value, (unsigned long long)primes[k]);
    }
    exposition_free(page);
}

static void updates_by_label_values_never_land_in_another_series(void **state)
{
    (void)state;
    pthread_t threads[4];
    stress_begin(__func__, 60);
    rig_open(TACHO_PRIVATE, 0);
    tacho__edge_hook = yield_sometimes;
    atomic_store(&primes_end, false);
    atomic_store(&kept_count, 0);
    for (uintptr_t i = 0; i < TACHO_COUNT(threads); i++)
        assert_int_equal(pthread_create(&threads[i], NULL, i % 2 ? remove_primes : count_primes, (void *)(i + 1)), 0);
    for (double until = stress_now() + stress_seconds(3); stress_now() < until;) check_primes();
    atomic_store(&primes_end, true);
    for (size_t i = 0; i < TACHO_COUNT(threads); i++) (void)pthread_join(threads[i], NULL);
    tacho__edge_hook = NULL;
    check_primes();
    struct exposition *page = stress_scrape_valid(rig.reg);
    assert_true(exposition_value(page, "kept_total{name=\"never removed\"}") == (double)atomic_load(&kept_count));
    assert_true(exposition_value(page, "tacho_series_rejected_total{family=\"passing_total\"}") == 0);
    exposition_free(page);
    assert_true(audit_registry(rig.reg, NULL));
    rig_close();
    stress_end();
}

/* ---- Where membarrier is forbidden ----------------------------------------------------------------------------------- */

static bool forbid_membarrier(void)
{
    struct sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_membarrier, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = { TACHO_COUNT(filter), filter };
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

/* In a child that has no registry yet, so that its table of readers begins here. */
static int churn_without_membarrier(void *arg)
{
    const bool *late = arg;
    if (!*late && !forbid_membarrier()) return 77;
    rig_open(TACHO_PREFORK, 1 << 20);
    keep_series();
    if (churn(5000) != 5000) return 1;
    size_t before = memory();
    if (*late && !forbid_membarrier()) return 77;
    size_t made = churn(20000);
    if (!*late) return made == 20000 && memory() < before + 1024 ? 0 : 2;
    struct exposition *page = stress_scrape(rig.reg, 4096);
    return page && made < 20000 && memory() > before + 65536 && audit_registry(rig.reg, NULL) ? 0 : 3;
}

static void without_membarrier_from_the_start_memory_is_used_again_all_the_same(void **state)
{
    (void)state;
    bool late = false;
    int end = stress_wait(stress_fork(churn_without_membarrier, &late));
    if (end == 77) skip();
    assert_int_equal(end, 0);
}

static void where_membarrier_is_forbidden_later_memory_is_kept_rather_than_used_too_early(void **state)
{
    (void)state;
    bool late = true;
    int end = stress_wait(stress_fork(churn_without_membarrier, &late));
    if (end == 77) skip();
    assert_int_equal(end, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_membarrier_from_the_start_memory_is_used_again_all_the_same),
        cmocka_unit_test(where_membarrier_is_forbidden_later_memory_is_kept_rather_than_used_too_early),
        cmocka_unit_test(a_process_stopped_in_a_lookup_delays_reuse_up_to_the_budget_and_no_longer_than_it_is_stopped),
        cmocka_unit_test(a_process_killed_in_a_lookup_delays_nothing),
        cmocka_unit_test(what_a_repair_takes_out_is_not_used_while_a_stopped_process_may_be_in_it),
        cmocka_unit_test(whatever_is_spent_first_reuse_goes_on_when_the_readers_have_left),
        cmocka_unit_test(a_thread_in_a_lookup_delays_reuse_until_it_leaves_or_ends),
        cmocka_unit_test(slots_of_threads_that_ended_serve_the_next_ones),
        cmocka_unit_test(threads_beyond_the_slots_count_exactly_and_delay_reuse_only_while_they_look_up),
        cmocka_unit_test(updates_by_label_values_never_land_in_another_series),
    };
    (void)sem_init(&inside, 0, 0);
    (void)sem_init(&go_on, 0, 0);
    (void)sem_init(&holders_end, 0, 0);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
