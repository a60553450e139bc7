/*
 * test_rseq.c - counting in restartable sequences: exact whatever interrupts or kills the thread, and one addition.
 *
 * ThreadSanitizer never sees this path (a sanitizer build has none), so it has tests of its own; in a build without
 * the sequences, and where the system has not registered them, they are skipped. Threads that are moved, or that the
 * system does not follow, are in test_cpus.c and test_threads.c, code that is unloaded in tests/plugin.
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
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <tacho/metric.h>

#include "support/cpu_number.h"
#include "support/kinds.h"
#include "support/stress.h"

static struct kinds kinds;

static void open_with_cells_per_cpu(const tacho_registry_options *options)
{
    assert_true(kinds_open(&kinds, options));
    assert_int_equal((uintptr_t)kinds.whole & TACHO_HANDLE_BITS, TACHO_HANDLE_PER_CPU);
    assert_int_equal((uintptr_t)kinds.real & TACHO_HANDLE_BITS, TACHO_HANDLE_BITS);
}

/* ---- Signals ------------------------------------------------------------------------------------------------- */

static _Thread_local volatile uint64_t handled;

static void count_in_handler(int signal)
{
    (void)signal;
    kinds_update(&kinds, handled);
    handled++;
}

struct counting {
    pthread_t thread;
    unsigned every_us;
    uint64_t done, handled;
    bool stormy;
};

static void *count_in_a_storm(void *arg)
{
    struct counting *counting = arg;
    struct stress_storm storm;
    double until = stress_now() + stress_seconds(2);
    handled = 0;
    counting->stormy = stress_storm_begin(&storm, SIGUSR1, counting->every_us, count_in_handler);
    for (; stress_now() < until; counting->done += 1000) kinds_count(&kinds, 1000);
    if (counting->stormy) stress_storm_end(&storm);
    counting->handled = handled;
    for (; counting->handled % 4; counting->handled++) kinds_update(&kinds, counting->handled);
    return NULL;
}

static void totals_are_exact_under_a_storm_of_signals_whose_handler_counts_too(void **state)
{
    (void)state;
    CPU_NUMBER_OR_SKIP();
    stress_begin(__func__, 30);
    open_with_cells_per_cpu(NULL);
    uint64_t total = 0, aborts = cpu_number_aborts();
    struct counting threads[] = { { .every_us = 10 }, { .every_us = 25 }, { .every_us = 50 } };
    for (size_t i = 0; i < TACHO_COUNT(threads); i++)
        assert_int_equal(pthread_create(&threads[i].thread, NULL, count_in_a_storm, &threads[i]), 0);
    for (size_t i = 0; i < TACHO_COUNT(threads); i++) {
        (void)pthread_join(threads[i].thread, NULL);
        assert_true(threads[i].stormy);
        assert_true(threads[i].handled > 100);
        total += threads[i].done + threads[i].handled;
    }
    assert_true(kinds_are(&kinds, total));
    aborts = cpu_number_aborts() - aborts;
    print_message("%llu updates, %llu sequences began again\n", (unsigned long long)total, (unsigned long long)aborts);
    assert_true(aborts > 0);
    kinds_close(&kinds);
    stress_end();
}

/* ---- Death --------------------------------------------------------------------------------------------------- */

enum { KILLED_WORKERS = 4 };

/* One per worker, in memory that outlives it. */
struct tally {
    _Atomic uint64_t begun, done;
    char apart[112];
};

static void only_interrupt(int signal)
{
    (void)signal;
}

static int count_until_killed(void *arg)
{
    struct tally *tally = arg;
    struct stress_storm storm;
    (void)stress_storm_begin(&storm, SIGUSR1, 50, only_interrupt);
    for (uint64_t i = 0; i < UINT64_MAX; i++) {
        atomic_store_explicit(&tally->begun, i + 1, memory_order_relaxed);
        atomic_signal_fence(memory_order_seq_cst);
        tacho_counter_inc(kinds.whole);
        tacho_counter_add_real(kinds.real, 0.25);
        tacho_gauge_add(kinds.flying, 1);
        tacho_histogram_observe(kinds.sizes, 2);
        atomic_signal_fence(memory_order_seq_cst);
        atomic_store_explicit(&tally->done, i + 1, memory_order_relaxed);
    }
    return 0;
}

/* Until a random moment; adds what they did to the sums. */
static void run_killed_workers(struct tally *tallies, uint64_t *random, uint64_t *begun, uint64_t *done)
{
    pid_t workers[KILLED_WORKERS];
    memset(tallies, 0, KILLED_WORKERS * sizeof *tallies);
    for (int i = 0; i < KILLED_WORKERS; i++) workers[i] = stress_fork(count_until_killed, &tallies[i]);
    while (atomic_load(&tallies[0].done) == 0) (void)sched_yield();
    for (double until = stress_now() + (double)stress_random(random, 5000) / 1e6; stress_now() < until;)
        (void)sched_yield();
    for (int i = 0; i < KILLED_WORKERS; i++) (void)kill(workers[i], SIGKILL);
    for (int i = 0; i < KILLED_WORKERS; i++) {
        assert_int_equal(stress_wait(workers[i]), -SIGKILL);
        *begun += atomic_load(&tallies[i].begun);
        *done += atomic_load(&tallies[i].done);
    }
}

static void workers_that_are_killed_lose_nothing_that_they_counted(void **state)
{
    (void)state;
    CPU_NUMBER_OR_SKIP();
    stress_begin(__func__, 60);
    uint64_t random = stress_seed(), begun = 0, done = 0;
    open_with_cells_per_cpu(&(tacho_registry_options){ .sharing = TACHO_PREFORK });
    struct tally *tallies = stress_shared(KILLED_WORKERS * sizeof *tallies);
    for (size_t round = stress_scaled(100); round; round--) {
        run_killed_workers(tallies, &random, &begun, &done);
        assert_in_range((uint64_t)tacho_counter_value(kinds.whole), done, begun);
        assert_in_range((uint64_t)(tacho_counter_value(kinds.real) * 4), done, begun);
        assert_in_range((uint64_t)tacho_gauge_value(kinds.flying), done, begun);
        assert_in_range(tacho_histogram_count(kinds.sizes), done, begun);
        assert_in_range((uint64_t)(tacho_histogram_sum(kinds.sizes) / 2), done, begun);
    }
    stress_unshare(tallies, KILLED_WORKERS * sizeof *tallies);
    kinds_close(&kinds);
    stress_end();
}

/* ---- What an update leaves behind ---------------------------------------------------------------------------- */

static void no_update_leaves_its_sequence_announced_whether_it_finds_a_cell_or_not(void **state)
{
    enum { UPDATES = 20000, EACH = 100 };
    cpu_set_t before;
    (void)state;
    CPU_NUMBER_OR_SKIP();
    stress_begin(__func__, 30);
    assert_int_equal(sched_getaffinity(0, sizeof before, &before), 0);
    for (uint32_t machine = 0; machine <= 1; machine++) { /* all CPUs, or one, which leaves the others without */
        open_with_cells_per_cpu(&(tacho_registry_options){ .cpus = machine });
        for (uint64_t i = 0, cpu = 0; i < UPDATES; i++) {
            for (int kind = 0; kind < KINDS; kind++) {
                kinds_update_one(&kinds, kind, i);
                assert_false(cpu_number_announced());
            }
            if (i % EACH) continue;
            do cpu = (cpu + 1) % CPU_SETSIZE;
            while (!CPU_ISSET(cpu, &before));
            cpu_set_t one;
            CPU_ZERO(&one);
            CPU_SET(cpu, &one);
            (void)sched_setaffinity(0, sizeof one, &one);
        }
        assert_true(kinds_are(&kinds, UPDATES));
        kinds_close(&kinds);
    }
    (void)sched_setaffinity(0, sizeof before, &before);
    stress_end();
}

/* ---- The machine code ---------------------------------------------------------------------------------------- */

struct instruction {
    unsigned long at;
    char text[100];
};

static struct instruction code[2000];
static size_t code_count;
static bool code_seen[3][2000];

/* An increment, compiled and disassembled. */
static const char disassemble[] =
    "object=$(mktemp) || exit; printf '%s\\n' '#include <tacho/metric.h>' 'void count_one(tacho_counter *c);' "
    "'void count_one(tacho_counter *c) { tacho_counter_inc(c); }' | "
    "cc -O2 -std=c11 -Iinclude -x c -c -o \"$object\" - 2>/dev/null && "
    "objdump -d --no-show-raw-insn \"$object\" 2>/dev/null; rm -f \"$object\"";

static void read_code(void)
{
    char line[200];
    FILE *dump = popen(disassemble, "r");
    assert_non_null(dump);
    bool inside = false;
    code_count = 0;
    while (fgets(line, sizeof line, dump)) {
        if (strstr(line, ">:")) inside = strstr(line, "<count_one>:") != NULL;
        unsigned long at;
        int skip_to = 0;
        if (!inside || sscanf(line, " %lx: %n", &at, &skip_to) != 1 || !skip_to) continue;
        assert_true(code_count < TACHO_COUNT(code));
        code[code_count].at = at;
        (void)snprintf(code[code_count].text, sizeof code[0].text, "%.90s", line + skip_to);
        code_count++;
    }
    (void)pclose(dump);
}

static size_t code_find(unsigned long at)
{
    size_t i = 0;
    while (i < code_count && code[i].at != at) i++;
    return i;
}

/* Whether instruction `i` leads to a return over an addition to this CPU's cell, and from there over the store that
 * ends the sequence, without `lock` or a call. `passed`: how many of the two. */
static bool code_returns(size_t i, int passed)
{
    if (i >= code_count || code_seen[passed][i]) return false;
    code_seen[passed][i] = true;
    const char *text = code[i].text;
    if (strncmp(text, "ret", 3) == 0) return passed == 2;
    if (strncmp(text, "lock", 4) == 0 || strncmp(text, "call", 4) == 0) return false;
    if (passed == 0 && strncmp(text, "add", 3) == 0 && strstr(text, ",(%rax,")) passed = 1;
    if (passed == 1 && strncmp(text, "mov", 3) == 0 && strstr(text, "$0x0,%fs:0x8(")) passed = 2;
    if (text[0] == 'j') {
        size_t target = code_find(strtoul(strpbrk(text, " \t"), NULL, 16));
        if (code_returns(target, passed)) return true;
        if (strncmp(text, "jmp", 3) == 0) return false;
    }
    return code_returns(i + 1, passed);
}

static void counting_on_this_cpu_is_inlined_without_a_lock_prefix_and_without_a_call(void **state)
{
    (void)state;
    CPU_NUMBER_OR_SKIP();
    read_code();
    if (code_count == 0) {
        print_message("no `cc` or no `objdump`: no machine code to look at\n");
        skip();
    }
    memset(code_seen, 0, sizeof code_seen);
    if (code_returns(0, 0)) return;
    for (size_t i = 0; i < code_count; i++) print_error("%lx: %s", code[i].at, code[i].text);
    fail_msg("no way through count_one that adds to this CPU's cell in a sequence and does no more");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(totals_are_exact_under_a_storm_of_signals_whose_handler_counts_too),
        cmocka_unit_test(workers_that_are_killed_lose_nothing_that_they_counted),
        cmocka_unit_test(no_update_leaves_its_sequence_announced_whether_it_finds_a_cell_or_not),
        cmocka_unit_test(counting_on_this_cpu_is_inlined_without_a_lock_prefix_and_without_a_call),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
