/*
 * test_cpus.c - counts do not depend on which CPUs there are: those that come up later, those beyond what the registry
 * keeps cells for, and those that a thread is moved to while it counts.
 */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <tacho/tacho.h>

#include "registry_internal.h"
#include "stripes.h"
#include "support/audit.h"
#include "support/cpu_number.h"
#include "support/kinds.h"
#include "support/stress.h"

static struct kinds kinds;

/* ---- Where the counts are ---------------------------------------------------------------------------------- */

static struct tacho_head *head_of_whole(void)
{
    return (struct tacho_head *)((uintptr_t)kinds.whole & ~(uintptr_t)TACHO_HANDLE_BITS);
}

static uint64_t counted_on(uint32_t cpu)
{
    return tacho__load_relaxed(tacho__stripe_cell(head_of_whole(), cpu, 0));
}

static uint64_t counted_in_the_shared_cell(void)
{
    return __atomic_load_n(tacho_head_cells(head_of_whole()), __ATOMIC_RELAXED);
}

static bool touched(uint32_t cpu)
{
    return tacho__stripe_touched(&kinds.reg->segment, cpu);
}

/* ---- CPUs that this machine lacks -------------------------------------------------------------------------- */

enum { MACHINE = 64, EACH = 400, EACH_WHOLE = EACH / 2 * 3 };

struct visit {
    pthread_t thread;
    uint32_t number;
    bool pretended, announced;
};

static void *count_there(void *arg)
{
    struct visit *visit = arg;
    visit->pretended = cpu_number_pretend(visit->number);
    kinds_count(&kinds, EACH);
    visit->announced = cpu_number_announced();
    return NULL;
}

/* Count on `count` CPUs at a time, one thread each. */
static void visit_all(const uint32_t *numbers, size_t count)
{
    struct visit visits[16] = { { 0 } };
    assert_true(count <= TACHO_COUNT(visits));
    for (size_t i = 0; i < count; i++) {
        visits[i].number = numbers[i];
        assert_int_equal(pthread_create(&visits[i].thread, NULL, count_there, &visits[i]), 0);
    }
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(pthread_join(visits[i].thread, NULL), 0);
        assert_true(visits[i].pretended);
        assert_false(visits[i].announced);
    }
}

static void a_cpu_that_comes_up_after_the_registry_was_made_counts_in_cells_of_its_own(void **state)
{
    static const uint32_t one_by_one[] = { 63, 5, 0, 31 };
    uint32_t at_once[16], total = 0;
    (void)state;
    CPU_NUMBER_OR_SKIP();
    stress_begin(__func__, 30);
    assert_true(kinds_open(&kinds, &(tacho_registry_options){ .cpus = MACHINE, .cell_budget = 4096 }));
    for (size_t i = 0; i < TACHO_COUNT(one_by_one); i++) {
        assert_false(touched(one_by_one[i]));
        assert_true(kinds_are(&kinds, total));
        visit_all(&one_by_one[i], 1);
        assert_int_equal(counted_on(one_by_one[i]), EACH_WHOLE);
        assert_true(kinds_are(&kinds, total += EACH));
    }
    for (uint32_t i = 0; i < TACHO_COUNT(at_once); i++) at_once[i] = 40 + i;
    visit_all(at_once, TACHO_COUNT(at_once));
    for (uint32_t i = 0; i < TACHO_COUNT(at_once); i++) assert_int_equal(counted_on(at_once[i]), EACH_WHOLE);
    assert_true(kinds_are(&kinds, total + EACH * (uint32_t)TACHO_COUNT(at_once)));
    assert_int_equal(counted_in_the_shared_cell(), 0);
    assert_true(audit_registry(kinds.reg, NULL));
    kinds_close(&kinds);
    stress_end();
}

static void a_cpu_number_that_has_no_cells_counts_in_the_shared_ones_and_writes_nowhere_else(void **state)
{
    static const uint32_t machines[] = { 1, 2, MACHINE };
    static const uint32_t beyond[] = { 0, 1, 63, 4095, 0x7fffffff, 0x80000000, CPU_NUMBER_FAILED,
                                       CPU_NUMBER_UNINITIALISED };
    (void)state;
    CPU_NUMBER_OR_SKIP();
    stress_begin(__func__, 30);
    for (size_t m = 0; m < TACHO_COUNT(machines); m++) {
        uint32_t total = 0;
        assert_true(kinds_open(&kinds, &(tacho_registry_options){ .cpus = machines[m], .cell_budget = 4096 }));
        for (size_t i = 0; i < TACHO_COUNT(beyond); i++) {
            uint32_t number = beyond[i] <= CPU_NUMBER_FAILED - machines[m] ? machines[m] + beyond[i] : beyond[i];
            visit_all(&number, 1);
            total += EACH;
            assert_int_equal(counted_in_the_shared_cell(), total / 2 * 3);
            assert_true(kinds_are(&kinds, total));
        }
        for (uint32_t cpu = 0; cpu < machines[m]; cpu++) assert_false(touched(cpu));
        assert_true(audit_registry(kinds.reg, NULL));
        kinds_close(&kinds);
    }
    stress_end();
}

/* ---- Moves between two instructions -------------------------------------------------------------------------- */

struct moved {
    pthread_t thread;
    uint32_t from, to;
    uint64_t updates;
    bool pretended, announced;
};

static void update_once(uint64_t number)
{
    kinds_update(&kinds, number);
}

/* One update for each place in it where the thread can be moved. */
static void *count_while_moved_in_between(void *arg)
{
    struct moved *moved = arg;
    bool more = moved->pretended = cpu_number_pretend(moved->from);
    while (more) {
        cpu_number_change(moved->from);
        more = cpu_number_change_within(update_once, moved->updates, moved->updates + 1, moved->to);
        moved->announced |= cpu_number_announced();
        moved->updates++;
    }
    for (; moved->updates % 4; moved->updates++) update_once(moved->updates);
    return NULL;
}

/* What the observations would sum up to whose buckets are there, less what the sum there has. */
static double observed_apart(_Atomic uint64_t *cells)
{
    union { uint64_t bits; double number; } sum = { .bits = tacho__load_relaxed(&cells[4]) };
    double wanted = 0;
    for (int i = 0; i < 4; i++) wanted += (i + 0.5) * (double)tacho__load_relaxed(&cells[i]);
    return wanted - sum.number;
}

static void check_moved(const struct moved *moved)
{
    struct tacho_head *head = (struct tacho_head *)(void *)kinds.sizes;
    bool known = moved->from < MACHINE;
    double apart = observed_apart(moved->to < MACHINE ? tacho__stripe_cell(head, moved->to, 0)
                                                      : (_Atomic uint64_t *)tacho_head_cells(head));
    assert_true(known ? apart > 0 : apart == 0); /* after a sum in one place only its bucket can be in another */
    if (known) assert_true(observed_apart(tacho__stripe_cell(head, moved->from, 0)) == -apart);
    assert_true(kinds_are(&kinds, moved->updates));
    assert_true(audit_registry(kinds.reg, NULL));
}

static void a_thread_that_is_moved_between_any_two_instructions_of_an_update_counts_once(void **state)
{
    static const struct { uint32_t from, to; } moves[] = {
        { 62, 63 }, { 63, 62 }, { 62, CPU_NUMBER_UNINITIALISED }, { CPU_NUMBER_UNINITIALISED, 62 }, { 62, MACHINE },
    };
    (void)state;
    CPU_NUMBER_OR_SKIP();
    stress_begin(__func__, 60);
    for (size_t i = 0; i < TACHO_COUNT(moves); i++) {
        struct moved moved = { .from = moves[i].from, .to = moves[i].to };
        assert_true(kinds_open(&kinds, &(tacho_registry_options){ .cpus = MACHINE, .cell_budget = 4096 }));
        assert_int_equal(pthread_create(&moved.thread, NULL, count_while_moved_in_between, &moved), 0);
        assert_int_equal(pthread_join(moved.thread, NULL), 0);
        assert_true(moved.pretended);
        if (moved.updates <= 4) {
            print_message("this system does not stop behind each instruction: nothing to try\n");
            skip();
        }
        assert_false(moved.announced);
        print_message("from %d to %d: %d places\n", (int)moved.from, (int)moved.to, (int)moved.updates);
        check_moved(&moved);
        kinds_close(&kinds);
    }
    stress_end();
}

/* ---- Which CPUs a machine can have ------------------------------------------------------------------------- */

static const char *possible; /* what this file says on another machine; NULL: ask this one */

/* The C library's, for the library as for the test. */
int open(const char *path, int flags, ...)
{
    va_list args;
    va_start(args, flags);
    int mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(args, int) : 0;
    va_end(args);
    if (!possible || strcmp(path, "/sys/devices/system/cpu/possible") != 0)
        return (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
    int file = (int)syscall(SYS_memfd_create, "possible", 0u);
    if (file < 0) return -1;
    (void)!write(file, possible, strlen(possible));
    (void)lseek(file, 0, SEEK_SET);
    return file;
}

static void there_are_cells_for_every_cpu_that_the_machine_can_ever_have_online_or_not(void **state)
{
    static const struct {
        const char *possible;
        uint32_t cpus;
    } machines[] = {
        { "0-63\n", 64 }, { "0,2-5,40\n", 41 }, { "0-3,8-127\n", 128 }, { "0\n", 0 }, { "", 0 }, { "\n", 0 },
    };
    (void)state;
    uint32_t here = (uint32_t)sysconf(_SC_NPROCESSORS_CONF);
    CPU_NUMBER_OR_SKIP();
    for (size_t i = 0; i < TACHO_COUNT(machines); i++) {
        possible = machines[i].possible;
        assert_true(kinds_open(&kinds, NULL));
        possible = NULL;
        uint32_t want = machines[i].cpus > here ? machines[i].cpus : here, last = want - 1;
        assert_int_equal(kinds.reg->segment.head->cpus, want);
        visit_all(&last, 1);
        visit_all(&want, 1);
        assert_int_equal(counted_on(last), EACH_WHOLE);
        assert_int_equal(counted_in_the_shared_cell(), EACH_WHOLE);
        assert_true(kinds_are(&kinds, 2 * EACH));
        kinds_close(&kinds);
    }
}

/* ---- Threads that are moved ------------------------------------------------------------------------------------- */

enum { WANDERERS = 3 };

static struct {
    int count;
    int list[CPU_SETSIZE];
} cpus;

struct wanderer {
    pthread_t thread;
    _Atomic pid_t id;
    bool by_itself;
    _Atomic uint64_t steps;
};

static _Atomic bool moving_ends;

static void find_cpus(void)
{
    cpu_set_t allowed;
    cpus.count = 0;
    assert_int_equal(sched_getaffinity(0, sizeof allowed, &allowed), 0);
    for (int cpu = 0; cpu < CPU_SETSIZE; cpu++)
        if (CPU_ISSET((size_t)cpu, &allowed)) cpus.list[cpus.count++] = cpu;
}

static void move_to(pid_t thread, uint64_t turn)
{
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET((size_t)cpus.list[turn % (uint64_t)cpus.count], &one);
    (void)sched_setaffinity(thread, sizeof one, &one);
}

static void *count_while_moved(void *arg)
{
    struct wanderer *self = arg;
    atomic_store(&self->id, (pid_t)syscall(SYS_gettid));
    for (uint64_t step = 0; !atomic_load(&moving_ends) || step < (uint64_t)cpus.count; step++) {
        if (self->by_itself) move_to(0, step);
        kinds_count(&kinds, 40);
        atomic_fetch_add(&self->steps, 1);
    }
    return NULL;
}

/* Move the others about, and see that what is shown never falls. */
static void move_all(struct wanderer *wanderers)
{
    double before = 0;
    size_t moves = stress_scaled(2500);
    for (size_t i = 0; i < WANDERERS; i++)
        while (atomic_load(&wanderers[i].steps) == 0) (void)sched_yield();
    for (size_t turn = 0; turn < moves; turn++) {
        for (size_t i = 1; i < WANDERERS; i++) move_to(atomic_load(&wanderers[i].id), turn + i);
        if (turn % 100) continue;
        struct exposition *page = stress_scrape_valid(kinds.reg);
        double now = exposition_value(page, "whole_total");
        exposition_free(page);
        assert_true(now >= before);
        before = now;
    }
    atomic_store(&moving_ends, true);
}

static void threads_that_are_moved_while_they_count_lose_nothing_and_leave_counts_on_every_cpu(void **state)
{
    struct wanderer wanderers[WANDERERS] = { { .by_itself = true } };
    uint64_t steps = 0, on_cpus = 0, aborts = cpu_number_aborts();
    (void)state;
    stress_begin(__func__, 60);
    find_cpus();
    assert_true(kinds_open(&kinds, NULL));
    bool per_cpu = !cpu_number_missing();
    atomic_store(&moving_ends, false);
    for (size_t i = 0; i < WANDERERS; i++)
        assert_int_equal(pthread_create(&wanderers[i].thread, NULL, count_while_moved, &wanderers[i]), 0);
    move_all(wanderers);
    for (size_t i = 0; i < WANDERERS; i++) {
        assert_int_equal(pthread_join(wanderers[i].thread, NULL), 0);
        steps += atomic_load(&wanderers[i].steps);
    }
    for (int i = 0; i < cpus.count && per_cpu; i++) {
        assert_true(counted_on((uint32_t)cpus.list[i]) > 0);
        on_cpus += counted_on((uint32_t)cpus.list[i]);
    }
    if (per_cpu) assert_int_equal(on_cpus, steps * 60);
    aborts = cpu_number_aborts() - aborts;
    if (per_cpu) assert_true(aborts > 0);
    print_message("%d CPUs, %llu times 40 updates, %llu sequences began again\n", cpus.count, (unsigned long long)steps,
                  (unsigned long long)aborts);
    assert_true(kinds_are(&kinds, steps * 40));
    kinds_close(&kinds);
    stress_end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_cpu_that_comes_up_after_the_registry_was_made_counts_in_cells_of_its_own),
        cmocka_unit_test(a_cpu_number_that_has_no_cells_counts_in_the_shared_ones_and_writes_nowhere_else),
        cmocka_unit_test(a_thread_that_is_moved_between_any_two_instructions_of_an_update_counts_once),
        cmocka_unit_test(there_are_cells_for_every_cpu_that_the_machine_can_ever_have_online_or_not),
        cmocka_unit_test(threads_that_are_moved_while_they_count_lose_nothing_and_leave_counts_on_every_cpu),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
