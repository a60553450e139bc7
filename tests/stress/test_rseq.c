/*
 * test_rseq.c - counting in restartable sequences: exact whatever interrupts, moves or kills the thread.
 *
 * ThreadSanitizer never sees this path (a sanitizer build has none), so it has tests of its own; in a build without
 * the sequences, and where the system has not registered them, they are skipped.
 */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <dlfcn.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <tacho/metric.h>

#include "support/stress.h"

#if TACHO_HAS_RSEQ

extern const ptrdiff_t __rseq_offset TACHO_WEAK;
extern const unsigned int __rseq_size TACHO_WEAK;

#define RSEQ_SIGNATURE 0x53053053
#define RSEQ_REGISTERED_SIZE 32
#define RSEQ_UNREGISTER 1

static char *rseq_area(void)
{
    return (char *)__builtin_thread_pointer() + __rseq_offset;
}

static uint64_t *rseq_cs(void)
{
    return (uint64_t *)(void *)(rseq_area() + 8);
}

static bool rseq_missing(void)
{
    if (&__rseq_offset && &__rseq_size && __rseq_size != 0 && *(int32_t *)(void *)(rseq_area() + 4) >= 0) return false;
    print_message("this system registers no restartable sequences: nothing to try\n");
    return true;
}

#else

static bool rseq_missing(void)
{
    print_message("this build has no restartable sequences: nothing to try\n");
    return true;
}

#endif

#if TACHO_HAS_RSEQ

#define SKIP_WITHOUT_RSEQ() \
    do { if (rseq_missing()) skip(); } while (0)

/* ---- A registry with one of each ------------------------------------------------------------------------------- */

struct rig {
    tacho_registry *reg;
    tacho_counter *counter;
    tacho_counter *real;
    tacho_gauge *updown;
    tacho_histogram *histogram;
};

static struct rig rig;

static const double bounds[] = { 1, 2, 3 };
static const tacho_desc rows[] = {
    { .counter = &rig.counter, .name = "counter_total", .help = "Whole numbers." },
    { .counter = &rig.real, .name = "real_total", .help = "Doubles.", .flags = TACHO_REAL },
    { .gauge = &rig.updown, .name = "updown", .help = "Up and down.", .flags = TACHO_UPDOWN },
    { .histogram = &rig.histogram, .name = "histogram", .help = "Values.", .buckets = bounds, .bucket_count = 3 },
};

static void rig_open(const tacho_registry_options *options)
{
    rig.reg = tacho_registry_new(options);
    assert_non_null(rig.reg);
    assert_int_equal(TACHO_DEFINE(rig.reg, rows), TACHO_OK);
    assert_int_equal((uintptr_t)rig.counter & TACHO_HANDLE_BITS, TACHO_HANDLE_PER_CPU);
    assert_int_equal((uintptr_t)rig.real & TACHO_HANDLE_BITS, TACHO_HANDLE_BITS);
}

static void rig_close(void)
{
    tacho_registry_free(rig.reg);
    rig = (struct rig){ 0 };
}

/* One update of each. All amounts are multiples of 1/4, so that sums of doubles are exact. */
static void rig_update(uint64_t i)
{
    tacho_counter_add(rig.counter, 1 + (i & 1));
    tacho_counter_add_real(rig.real, 0.25);
    tacho_gauge_add(rig.updown, i & 1 ? -1.5 : 2.5);
    tacho_histogram_observe(rig.histogram, (double)(i & 3) + 0.5);
}

/* What `n` updates with i from 0 come to; n is a multiple of 4. */
static void rig_check(uint64_t n)
{
    assert_int_equal(n % 4, 0);
    assert_true(tacho_counter_value(rig.counter) == (double)(n / 2 * 3));
    assert_true(tacho_counter_value(rig.real) == (double)n * 0.25);
    assert_true(tacho_gauge_value(rig.updown) == (double)(n / 2));
    assert_int_equal(tacho_histogram_count(rig.histogram), n);
    assert_true(tacho_histogram_sum(rig.histogram) == (double)(n * 2));
}

static uint64_t rig_round_up(uint64_t n)
{
    return (n + 3) & ~(uint64_t)3;
}

/* ---- Signals ------------------------------------------------------------------------------------------------------ */

static _Thread_local volatile uint64_t handled;

static void count_in_handler(int signal)
{
    (void)signal;
    rig_update(handled);
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
    for (; stress_now() < until; counting->done += 1000)
        for (uint64_t i = 0; i < 1000; i++) rig_update(i);
    if (counting->stormy) stress_storm_end(&storm);
    counting->handled = handled;
    for (; handled & 3; handled++) rig_update(handled);
    counting->handled = rig_round_up(counting->handled);
    return NULL;
}

static void totals_are_exact_under_a_storm_of_signals_whose_handler_counts_too(void **state)
{
    (void)state;
    SKIP_WITHOUT_RSEQ();
    stress_begin(__func__, 30);
    rig_open(NULL);
    uint64_t total = 0, aborts = __atomic_load_n(&tacho_rseq_aborts, __ATOMIC_RELAXED);
    struct counting threads[] = { { .every_us = 10 }, { .every_us = 25 }, { .every_us = 50 } };
    for (size_t i = 0; i < TACHO_COUNT(threads); i++)
        assert_int_equal(pthread_create(&threads[i].thread, NULL, count_in_a_storm, &threads[i]), 0);
    for (size_t i = 0; i < TACHO_COUNT(threads); i++) {
        (void)pthread_join(threads[i].thread, NULL);
        assert_true(threads[i].stormy);
        assert_true(threads[i].handled > 100);
        total += threads[i].done + threads[i].handled;
    }
    rig_check(total);
    aborts = __atomic_load_n(&tacho_rseq_aborts, __ATOMIC_RELAXED) - aborts;
    print_message("%llu updates, %llu sequences began again\n", (unsigned long long)total, (unsigned long long)aborts);
    assert_true(aborts > 0);
    rig_close();
    stress_end();
}

/* ---- Migration ------------------------------------------------------------------------------------------------------ */

static int cpu_count;
static int cpu_list[CPU_SETSIZE];

static void find_cpus(void)
{
    cpu_set_t allowed;
    cpu_count = 0;
    assert_int_equal(sched_getaffinity(0, sizeof allowed, &allowed), 0);
    for (int cpu = 0; cpu < CPU_SETSIZE; cpu++)
        if (CPU_ISSET((size_t)cpu, &allowed)) cpu_list[cpu_count++] = cpu;
}

static void move_to(pid_t thread, int cpu)
{
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET((size_t)cpu, &one);
    (void)sched_setaffinity(thread, sizeof one, &one);
}

struct wandering {
    pthread_t thread;
    _Atomic pid_t id;
    bool by_itself;
    uint64_t done;
};

static _Atomic bool wandering_ends;

static void *count_while_moving(void *arg)
{
    struct wandering *wandering = arg;
    atomic_store(&wandering->id, (pid_t)syscall(SYS_gettid));
    for (uint64_t step = 0; !atomic_load(&wandering_ends); step++) {
        if (wandering->by_itself) move_to(0, cpu_list[step % (uint64_t)cpu_count]);
        for (uint64_t i = 0; i < 100; i++) rig_update(i);
        wandering->done += 100;
    }
    return NULL;
}

static void totals_are_exact_while_threads_are_moved_from_cpu_to_cpu(void **state)
{
    (void)state;
    SKIP_WITHOUT_RSEQ();
    find_cpus();
    if (cpu_count < 2) {
        print_message("one CPU only: nowhere to move to\n");
        skip();
    }
    stress_begin(__func__, 30);
    rig_open(NULL);
    struct wandering threads[] = { { .by_itself = true }, { .by_itself = false }, { .by_itself = false } };
    uint64_t total = 0, aborts = __atomic_load_n(&tacho_rseq_aborts, __ATOMIC_RELAXED), moves = 0;
    atomic_store(&wandering_ends, false);
    for (size_t i = 0; i < TACHO_COUNT(threads); i++)
        assert_int_equal(pthread_create(&threads[i].thread, NULL, count_while_moving, &threads[i]), 0);
    for (double until = stress_now() + stress_seconds(2); stress_now() < until; moves++)
        for (size_t i = 1; i < TACHO_COUNT(threads); i++)
            if (atomic_load(&threads[i].id))
                move_to(atomic_load(&threads[i].id), cpu_list[(moves + i) % (uint64_t)cpu_count]);
    atomic_store(&wandering_ends, true);
    for (size_t i = 0; i < TACHO_COUNT(threads); i++) {
        (void)pthread_join(threads[i].thread, NULL);
        assert_true(threads[i].done > 0);
        total += threads[i].done;
    }
    rig_check(total);
    aborts = __atomic_load_n(&tacho_rseq_aborts, __ATOMIC_RELAXED) - aborts;
    print_message("%llu updates, %llu sequences began again\n", (unsigned long long)total, (unsigned long long)aborts);
    assert_true(aborts > 0);
    rig_close();
    stress_end();
}

static void a_cpu_number_beyond_the_slab_counts_in_the_shared_cells(void **state)
{
    (void)state;
    SKIP_WITHOUT_RSEQ();
    find_cpus();
    stress_begin(__func__, 30);
    rig_open(&(tacho_registry_options){ .cpus = 1 });
    uint64_t total = 0;
    cpu_set_t before;
    assert_int_equal(sched_getaffinity(0, sizeof before, &before), 0);
    for (int i = 0; i < 200; i++, total += 1000) {
        move_to(0, cpu_list[i % cpu_count]);
        for (uint64_t k = 0; k < 1000; k++) rig_update(k);
        assert_true(*rseq_cs() == 0);
    }
    (void)sched_setaffinity(0, sizeof before, &before);
    rig_check(total);
    rig_close();
    stress_end();
}

static void *count_unregistered(void *arg)
{
    bool *unregistered = arg;
    *unregistered =
        syscall(SYS_rseq, rseq_area(), RSEQ_REGISTERED_SIZE, RSEQ_UNREGISTER, RSEQ_SIGNATURE) == 0;
    for (uint64_t i = 0; i < 1000; i++) rig_update(i);
    return NULL;
}

static void a_thread_whose_sequence_is_not_registered_counts_all_the_same(void **state)
{
    (void)state;
    SKIP_WITHOUT_RSEQ();
    rig_open(NULL);
    pthread_t thread;
    bool unregistered = false;
    assert_int_equal(pthread_create(&thread, NULL, count_unregistered, &unregistered), 0);
    (void)pthread_join(thread, NULL);
    assert_true(unregistered);
    for (uint64_t i = 0; i < 1000; i++) rig_update(i);
    rig_check(2000);
    rig_close();
}

/* ---- Death ---------------------------------------------------------------------------------------------------------- */

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
        tacho_counter_inc(rig.counter);
        tacho_counter_add_real(rig.real, 0.25);
        tacho_gauge_add(rig.updown, 1);
        tacho_histogram_observe(rig.histogram, 2);
        atomic_signal_fence(memory_order_seq_cst);
        atomic_store_explicit(&tally->done, i + 1, memory_order_relaxed);
    }
    return 0;
}

static void workers_that_are_killed_lose_nothing_that_they_counted(void **state)
{
    (void)state;
    SKIP_WITHOUT_RSEQ();
    stress_begin(__func__, 60);
    uint64_t random = stress_seed(), begun = 0, done = 0;
    rig_open(&(tacho_registry_options){ .sharing = TACHO_PREFORK });
    struct tally *tallies = stress_shared(KILLED_WORKERS * sizeof *tallies);
    for (size_t round = stress_scaled(100); round; round--) {
        pid_t workers[KILLED_WORKERS];
        memset(tallies, 0, KILLED_WORKERS * sizeof *tallies);
        for (int i = 0; i < KILLED_WORKERS; i++) workers[i] = stress_fork(count_until_killed, &tallies[i]);
        while (atomic_load(&tallies[0].done) == 0) (void)sched_yield();
        for (double until = stress_now() + (double)stress_random(&random, 5000) / 1e6; stress_now() < until;)
            (void)sched_yield();
        for (int i = 0; i < KILLED_WORKERS; i++) (void)kill(workers[i], SIGKILL);
        for (int i = 0; i < KILLED_WORKERS; i++) {
            assert_int_equal(stress_wait(workers[i]), -SIGKILL);
            begun += atomic_load(&tallies[i].begun);
            done += atomic_load(&tallies[i].done);
        }
        assert_in_range((uint64_t)tacho_counter_value(rig.counter), done, begun);
        assert_in_range((uint64_t)(tacho_counter_value(rig.real) * 4), done, begun);
        assert_in_range((uint64_t)tacho_gauge_value(rig.updown), done, begun);
        assert_in_range(tacho_histogram_count(rig.histogram), done, begun);
        assert_in_range((uint64_t)(tacho_histogram_sum(rig.histogram) / 2), done, begun);
    }
    stress_unshare(tallies, KILLED_WORKERS * sizeof *tallies);
    rig_close();
    stress_end();
}

/* ---- What an update leaves behind --------------------------------------------------------------------------------- */

static void no_update_leaves_its_sequence_announced(void **state)
{
    (void)state;
    SKIP_WITHOUT_RSEQ();
    static const tacho_registry_options narrow = { .cpus = 1 };
    for (int round = 0; round < 2; round++) {
        rig_open(round ? &narrow : NULL);
        for (uint64_t i = 0; i < 100000; i++) {
            tacho_counter_add(rig.counter, i);
            assert_true(*rseq_cs() == 0);
            tacho_counter_add_real(rig.real, 1);
            assert_true(*rseq_cs() == 0);
            tacho_gauge_add(rig.updown, 1);
            assert_true(*rseq_cs() == 0);
            tacho_histogram_observe(rig.histogram, 1);
            assert_true(*rseq_cs() == 0);
        }
        rig_close();
    }
}

static void live_on(void)
{
    for (int i = 0; i < 2000; i++) {
        move_to(0, cpu_list[i % cpu_count]);
        (void)sched_yield();
    }
}

/* What must not happen: shows that the next test would see it. */
static int live_on_with_a_lost_sequence(void *arg)
{
    char *page = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    (void)arg;
    (void)munmap(page, 4096);
    for (int i = 0; i < 100; i++) {
        *(volatile uint64_t *)rseq_cs() = (uint64_t)(uintptr_t)page + 64;
        live_on();
    }
    return 0;
}

static const char plugin_text[] =
    "#include <tacho/metric.h>\n"
    "intptr_t tacho_rseq_offset;\n"
    "void tacho_counter_add_elsewhere(tacho_counter *c, uint64_t n) { (void)c; (void)n; }\n"
    "void plugin_start(intptr_t offset) { tacho_rseq_offset = offset; }\n"
    "void plugin_count(tacho_counter *c, unsigned n) { while (n--) tacho_counter_inc(c); }\n";

static char work_dir[] = "/tmp/tacho-rseq-XXXXXX";

/* Write `text` to a file there and compile it; false: no compiler. */
static bool compile(const char *text, const char *how)
{
    char path[64], command[512];
    (void)snprintf(path, sizeof path, "%s/part.c", work_dir);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
    (void)snprintf(command, sizeof command, "cc -O2 -std=c11 -Iinclude %s %s -o %s/part.out 2>/dev/null", how, path,
                   work_dir);
    return system(command) == 0;
}

static int make_work_dir(void **state)
{
    (void)state;
    return mkdtemp(work_dir) ? 0 : -1;
}

static int remove_work_dir(void **state)
{
    char command[64];
    (void)state;
    (void)snprintf(command, sizeof command, "rm -rf %s", work_dir);
    return system(command);
}

static void a_thread_outlives_the_plugin_whose_code_counted_in_it(void **state)
{
    (void)state;
    SKIP_WITHOUT_RSEQ();
    find_cpus();
    stress_begin(__func__, 30);
    if (!compile(plugin_text, "-shared -fPIC")) {
        print_message("no compiler `cc`: no plugin to try\n");
        stress_end();
        skip();
    }
    char path[64];
    (void)snprintf(path, sizeof path, "%s/part.out", work_dir);
    rig_open(NULL);
    for (int round = 1; round <= 20; round++) {
        void *plugin = dlopen(path, RTLD_NOW | RTLD_LOCAL);
        assert_non_null(plugin);
        void (*start)(intptr_t) = (void (*)(intptr_t))(uintptr_t)dlsym(plugin, "plugin_start");
        void (*count)(tacho_counter *, unsigned) =
            (void (*)(tacho_counter *, unsigned))(uintptr_t)dlsym(plugin, "plugin_count");
        start(tacho_rseq_offset);
        count(rig.counter, 10000);
        assert_int_equal(dlclose(plugin), 0);
        assert_null(dlopen(path, RTLD_NOW | RTLD_NOLOAD));
        live_on();
        assert_true(tacho_counter_value(rig.counter) == 10000.0 * round);
    }
    rig_close();
    int dead = stress_wait(stress_fork(live_on_with_a_lost_sequence, NULL));
    print_message("a sequence that is left announced would end the thread: %s\n", dead == -SIGSEGV ? "yes" : "no");
    stress_end();
}

/* ---- The machine code ------------------------------------------------------------------------------------------------ */

struct instruction {
    unsigned long at;
    char text[100];
};

static struct instruction code[2000];
static size_t code_count;
static bool code_seen[2][2000];

static void read_code(void)
{
    char command[128], line[200];
    (void)snprintf(command, sizeof command, "objdump -d --no-show-raw-insn %s/part.out 2>/dev/null", work_dir);
    FILE *dump = popen(command, "r");
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

/* Whether a return can be reached from instruction `i` over an addition to this CPU's cell, without `lock` or a call. */
static bool code_returns(size_t i, bool added)
{
    if (i >= code_count || code_seen[added][i]) return false;
    code_seen[added][i] = true;
    const char *text = code[i].text;
    if (strncmp(text, "ret", 3) == 0) return added;
    if (strncmp(text, "lock", 4) == 0 || strncmp(text, "call", 4) == 0) return false;
    if (strncmp(text, "add", 3) == 0 && strstr(text, ",(%rax,")) added = true;
    if (text[0] == 'j') {
        size_t target = code_find(strtoul(strpbrk(text, " \t"), NULL, 16));
        if (code_returns(target, added)) return true;
        if (strncmp(text, "jmp", 3) == 0) return false;
    }
    return code_returns(i + 1, added);
}

static void counting_on_this_cpu_is_inlined_without_a_lock_prefix_and_without_a_call(void **state)
{
    (void)state;
    SKIP_WITHOUT_RSEQ();
    bool compiled = compile("#include <tacho/metric.h>\n"
                            "void count_one(tacho_counter *c);\n"
                            "void count_one(tacho_counter *c) { tacho_counter_inc(c); }\n", "-c");
    if (compiled) read_code();
    if (!compiled || code_count == 0) {
        print_message("no `cc` or no `objdump`: no machine code to look at\n");
        skip();
    }
    memset(code_seen, 0, sizeof code_seen);
    if (code_returns(0, false)) return;
    for (size_t i = 0; i < code_count; i++) print_error("%lx: %s", code[i].at, code[i].text);
    fail_msg("no way through count_one that only adds to this CPU's cell");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(totals_are_exact_under_a_storm_of_signals_whose_handler_counts_too),
        cmocka_unit_test(totals_are_exact_while_threads_are_moved_from_cpu_to_cpu),
        cmocka_unit_test(a_cpu_number_beyond_the_slab_counts_in_the_shared_cells),
        cmocka_unit_test(a_thread_whose_sequence_is_not_registered_counts_all_the_same),
        cmocka_unit_test(workers_that_are_killed_lose_nothing_that_they_counted),
        cmocka_unit_test(no_update_leaves_its_sequence_announced),
        cmocka_unit_test(a_thread_outlives_the_plugin_whose_code_counted_in_it),
        cmocka_unit_test(counting_on_this_cpu_is_inlined_without_a_lock_prefix_and_without_a_call),
    };
    return cmocka_run_group_tests(tests, make_work_dir, remove_work_dir);
}

#else

static void restartable_sequences_are_tested_where_there_are_any(void **state)
{
    (void)state;
    if (rseq_missing()) skip();
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(restartable_sequences_are_tested_where_there_are_any) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#endif
