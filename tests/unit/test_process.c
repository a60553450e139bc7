/*
 * test_process.c - the process collector on the process that runs it, in children that lose what they had, and its life.
 * Needs: PROCESS LINT
 */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <fcntl.h>
#include <math.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <tacho/tacho.h>

#include "alloc.h"
#include "procfs.h"
#include "support/exposition.h"
#include "support/stress.h"

#if !defined(__linux__)
int main(void)
{
    return 0;
}
#else

static const char *const families[] = {
    "process_cpu_user_seconds_total", "process_cpu_system_seconds_total", "process_cpu_seconds_total",
    "process_start_time_seconds", "process_resident_memory_bytes", "process_virtual_memory_bytes", "process_heap_bytes",
    "process_open_fds", "process_max_fds", "process_virtual_memory_max_bytes", "process_threads",
    "process_network_receive_bytes_total", "process_network_transmit_bytes_total",
};

/* What a page of 64 KiB says. */
struct numbers {
    double each[TACHO_COUNT(families)];
    size_t there;
};

enum { USER, SYSTEM, CPU, START, RESIDENT, VIRTUAL, HEAP, OPEN_FDS, MAX_FDS, MAX_VIRTUAL, THREADS, RECEIVED, SENT };

static bool read_numbers(tacho_registry *reg, struct numbers *out)
{
    struct exposition *page = stress_scrape(reg, 65536);
    if (!page) return false;
    out->there = 0;
    for (size_t i = 0; i < TACHO_COUNT(families); i++) {
        out->each[i] = exposition_value(page, families[i]);
        out->there += exposition_find(page, families[i]) != NULL;
    }
    exposition_free(page);
    return true;
}

static struct numbers numbers_of(tacho_registry *reg)
{
    struct numbers numbers;
    assert_true(read_numbers(reg, &numbers));
    return numbers;
}

static tacho_registry *new_registry(void)
{
    tacho_registry *reg = tacho_registry_new(NULL);
    assert_non_null(reg);
    return reg;
}

static tacho_registry *open_process(void)
{
    tacho_registry *reg = new_registry();
    if (tacho_process_add(reg, NULL, NULL)) fail_msg("%s", tacho_registry_error(reg));
    return reg;
}

/* Descriptors, as listed by somebody else; of this thread, which has them all, the first one ended or not. */
static size_t list_fds(void)
{
    size_t count = 0;
    DIR *dir = opendir("/proc/thread-self/fd");
    if (!dir) return 0;
    for (struct dirent *entry; (entry = readdir(dir));) count += entry->d_name[0] != '.';
    (void)closedir(dir);
    return count - 1;
}

static double now(void)
{
    struct timespec time;
    (void)clock_gettime(CLOCK_REALTIME, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* ---- Numbers ------------------------------------------------------------------------------------------------ */

/* Use processor time: others may use the processor meanwhile. */
static void burn(double seconds)
{
    struct timespec time = { 0 };
    for (double from = -1; from < 0 || (double)time.tv_sec + (double)time.tv_nsec / 1e9 < from + seconds;) {
        (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
        if (from < 0) from = (double)time.tv_sec + (double)time.tv_nsec / 1e9;
    }
}

static void every_family_is_shown_and_fits_the_process(void **state)
{
    (void)state;
    tacho_registry *reg = open_process();
    burn(0.05);
    struct numbers is = numbers_of(reg);
    assert_int_equal(is.there, TACHO_COUNT(families));
    assert_true(fabs(is.each[CPU] - is.each[USER] - is.each[SYSTEM]) < 1e-9 && is.each[CPU] > 0.02);
    assert_true(is.each[START] <= now() && is.each[START] > now() - 3600);
    assert_true(is.each[RESIDENT] > 100000 && is.each[RESIDENT] < is.each[VIRTUAL]);
    assert_true(is.each[HEAP] > 0 && is.each[HEAP] < is.each[VIRTUAL]);
    assert_true(is.each[THREADS] >= 1 && is.each[MAX_FDS] >= is.each[OPEN_FDS]);
    tacho_registry_free(reg);
}

static void counters_do_not_fall(void **state)
{
    (void)state;
    tacho_registry *reg = open_process();
    struct numbers before = numbers_of(reg);
    for (int i = 0; i < 50; i++) {
        burn(0.001);
        struct numbers is = numbers_of(reg);
        static const int counters[] = { USER, SYSTEM, CPU, RECEIVED, SENT };
        for (size_t k = 0; k < TACHO_COUNT(counters); k++) assert_true(is.each[counters[k]] >= before.each[counters[k]]);
        assert_true(is.each[START] == before.each[START]);
        before = is;
    }
    assert_true(before.each[CPU] > 0.03);
    tacho_registry_free(reg);
}

static void descriptors_are_counted_exactly(void **state)
{
    (void)state;
    tacho_registry *reg = open_process();
    int fds[500];
    for (size_t i = 0; i < TACHO_COUNT(fds); i++) {
        assert_true(numbers_of(reg).each[OPEN_FDS] == (double)list_fds());
        assert_true((fds[i] = dup(2)) >= 0);
        if (i > 5 && i < 495) assert_true((fds[++i] = dup(2)) >= 0);
    }
    assert_true(numbers_of(reg).each[OPEN_FDS] == (double)list_fds() && list_fds() >= 500);
    for (size_t i = 0; i < TACHO_COUNT(fds); i++) assert_int_equal(close(fds[i]), 0);
    tacho_registry_free(reg);
}

static void where_the_kernel_does_not_tell_their_number_they_are_listed_or_tried(void **state)
{
    (void)state;
    int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC), far = fcntl(2, F_DUPFD, 1000);
    uint64_t count = 0;
    assert_true(root >= 0 && far >= 1000);
    assert_false(tacho__procfs_count_fds(root, "proc/self/fd", &count)); /* another root, whose sizes mean something else */
    assert_true(tacho__procfs_list_fds(root, "proc/self/fd", &count));
    assert_int_equal(count, list_fds());
    assert_true(tacho__procfs_probe_fds((uint64_t)far + 1, &count));
    assert_int_equal(count, list_fds());
    assert_true(tacho__procfs_probe_fds((uint64_t)far, &count));
    assert_int_equal(count, list_fds() - 1);
    assert_false(tacho__procfs_probe_fds(0, &count));
    assert_false(tacho__procfs_list_fds(root, "proc/self/net", &count));
    assert_false(tacho__procfs_list_fds(root, "proc/nowhere", &count));
    assert_int_equal(close(root), 0);
    assert_int_equal(close(far), 0);
}

static void a_count_that_takes_too_long_is_no_count(void **state)
{
    (void)state;
    uint64_t count;
    double begin = stress_now();
    assert_false(tacho__procfs_probe_fds(INT64_MAX, &count));
    assert_true(stress_now() - begin < 5);
}

static void *wait_for(void *mutex)
{
    (void)pthread_mutex_lock(mutex);
    (void)pthread_mutex_unlock(mutex);
    return NULL;
}

static void threads_are_counted(void **state)
{
    (void)state;
    tacho_registry *reg = open_process();
    pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
    pthread_t threads[4];
    assert_int_equal(pthread_mutex_lock(&mutex), 0);
    assert_int_equal(pthread_create(&threads[0], NULL, wait_for, &mutex), 0); /* a sanitizer may add one with the first */
    double before = numbers_of(reg).each[THREADS];
    for (size_t i = 1; i < 4; i++) assert_int_equal(pthread_create(&threads[i], NULL, wait_for, &mutex), 0);
    assert_true(numbers_of(reg).each[THREADS] == before + 3);
    assert_int_equal(pthread_mutex_unlock(&mutex), 0);
    for (size_t i = 0; i < 4; i++) assert_int_equal(pthread_join(threads[i], NULL), 0);
    tacho_registry_free(reg);
}

/* ---- Children ----------------------------------------------------------------------------------------------- */

static int in_child(int (*body)(void *), void *arg)
{
    return stress_wait(stress_fork(body, arg));
}

struct parent {
    tacho_registry *reg;
    struct numbers is;
};

static int child_is_itself(void *arg)
{
    const struct parent *parent = arg;
    struct numbers is;
    for (int i = 0; i < 7; i++) (void)dup(2);
    bool whole = read_numbers(parent->reg, &is) && is.there == TACHO_COUNT(families);
    bool mine = whole && is.each[START] > parent->is.each[START] + 0.5 && is.each[CPU] < parent->is.each[CPU] &&
                is.each[THREADS] <= 2 && is.each[OPEN_FDS] == (double)list_fds();
    if (!mine) stress_say("child: cpu %g, start %f, %g threads, %g descriptors", is.each[CPU], is.each[START],
                          is.each[THREADS], is.each[OPEN_FDS]);
    return mine ? 0 : 1;
}

static void a_forked_child_shows_its_own_numbers(void **state)
{
    (void)state;
    struct parent parent = { .reg = open_process() };
    double start = numbers_of(parent.reg).each[START];
    do burn(0.1);
    while (now() - start < 1);
    parent.is = numbers_of(parent.reg);
    assert_int_equal(in_child(child_is_itself, &parent), 0);
    struct numbers after = numbers_of(parent.reg);
    assert_true(after.each[START] == parent.is.each[START] && after.each[OPEN_FDS] == parent.is.each[OPEN_FDS]);
    tacho_registry_free(parent.reg);
}

struct jailed {
    tacho_registry *reg;
    char jail[40];
};

static int child_in_a_jail(void *arg)
{
    const struct jailed *jailed = arg;
    struct numbers is;
    bool inside = chroot(jailed->jail) == 0 && chdir("/") == 0 && access("/proc/self", F_OK) != 0;
    bool whole = read_numbers(jailed->reg, &is) && is.there == TACHO_COUNT(families) && is.each[OPEN_FDS] > 0;
    return inside && whole ? 0 : 1;
}

static void after_a_chroot_everything_is_still_shown(void **state)
{
    (void)state;
    if (geteuid() != 0) skip();
    struct jailed jailed = { open_process(), "/tmp/test_process.XXXXXX" };
    assert_non_null(mkdtemp(jailed.jail));
    int status = in_child(child_in_a_jail, &jailed);
    assert_int_equal(rmdir(jailed.jail), 0);
    assert_int_equal(status, 0);
    tacho_registry_free(jailed.reg);
}

static int child_gives_up_root(void *arg)
{
    struct numbers is;
    if (setgid(65534) != 0 || setuid(65534) != 0 || setuid(0) == 0) return 2;
    return read_numbers(arg, &is) && is.there == TACHO_COUNT(families) ? 0 : 1;
}

static void after_root_is_given_up_everything_is_still_shown(void **state)
{
    (void)state;
    if (geteuid() != 0) skip();
    tacho_registry *reg = open_process();
    assert_int_equal(in_child(child_gives_up_root, reg), 0);
    tacho_registry_free(reg);
}

static int child_closes_everything(void *arg)
{
    tacho_registry *reg = ((void **)arg)[0];
    tacho_collector *collector = ((void **)arg)[1];
    struct numbers is;
    struct stat mine;
    for (int fd = 3; fd < 256; fd++) (void)close(fd);
    for (int fd = 3; fd < 64; fd++) (void)open("/", O_RDONLY | O_DIRECTORY); /* at its number is another one now */
    bool whole = read_numbers(reg, &is) && is.there == TACHO_COUNT(families) && is.each[OPEN_FDS] == (double)list_fds();
    if (tacho_registry_remove(reg, collector) != TACHO_OK) return 2;
    for (int fd = 3; fd < 64; fd++)
        if (fstat(fd, &mine) != 0) return 3;
    return whole && fcntl(64, F_GETFD) < 0 ? 0 : 1;
}

static void descriptors_that_the_program_closed_are_no_harm_and_no_others_are_closed(void **state)
{
    (void)state;
    tacho_registry *reg = new_registry();
    tacho_collector *collector;
    assert_int_equal(tacho_process_add(reg, NULL, &collector), TACHO_OK);
    assert_int_equal(in_child(child_closes_everything, (void *[]){ reg, collector }), 0);
    tacho_registry_free(reg);
}

static int child_without_descriptors(void *arg)
{
    struct numbers is;
    size_t used = list_fds();
    int last = dup(2); /* the lowest free number, so no higher one is used */
    struct rlimit limit = { (rlim_t)last + 1, (rlim_t)last + 1 };
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0 || dup(2) >= 0 || !read_numbers(arg, &is)) return 2;
    bool fits = isnan(is.each[RESIDENT]) && isnan(is.each[THREADS]) && isnan(is.each[START]) && isnan(is.each[SENT]);
    bool rest = is.each[CPU] >= 0 && is.each[MAX_FDS] == last + 1;
    bool counted = isnan(is.each[OPEN_FDS]) || is.each[OPEN_FDS] == (double)used + 1; /* Linux 6.2 counts */
    return fits && rest && counted ? 0 : 1;
}

static void without_a_free_descriptor_the_rest_is_shown(void **state)
{
    (void)state;
    tacho_registry *reg = open_process();
    assert_int_equal(in_child(child_without_descriptors, reg), 0);
    tacho_registry_free(reg);
}

static int child_with_limits(void *arg)
{
    struct numbers is;
    struct rlimit none = { RLIM_INFINITY, RLIM_INFINITY }, some = { 1u << 30, RLIM_INFINITY };
    (void)setrlimit(RLIMIT_AS, &none);
    if (!read_numbers(arg, &is) || !isinf(is.each[MAX_VIRTUAL]) || is.each[MAX_VIRTUAL] < 0) return 1;
#if !defined(TACHO_SANITIZED)
    if (setrlimit(RLIMIT_AS, &some) != 0 || !read_numbers(arg, &is) || is.each[MAX_VIRTUAL] != 1u << 30) return 2;
#else
    (void)some;
#endif
    return 0;
}

static void a_limit_is_shown_and_no_limit_is_infinite(void **state)
{
    (void)state;
    struct rlimit limit;
    if (getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_max != RLIM_INFINITY) skip();
    tacho_registry *reg = open_process();
    assert_int_equal(in_child(child_with_limits, reg), 0);
    tacho_registry_free(reg);
}

static void *scrape_alone(void *arg)
{
    struct numbers is;
    char line[256] = "";
    for (int i = 0; i < 10000 && !strstr(line, ") Z "); i++) { /* until the first thread has ended */
        int fd = open("/proc/self/stat", O_RDONLY);
        if (read(fd, line, sizeof line - 1) < 0) _exit(2);
        (void)close(fd);
        stress_pass(0.0005);
    }
    bool whole = strstr(line, ") Z ") && read_numbers(arg, &is) && is.there == TACHO_COUNT(families);
    bool fits = whole && is.each[RESIDENT] > 100000 && is.each[OPEN_FDS] == (double)list_fds();
    if (!fits) stress_say("of the first thread: %s, %zu families", line, whole ? is.there : 0);
    _exit(fits ? 0 : 1);
}

static int child_ends_its_first_thread(void *arg)
{
    pthread_t thread;
    if (pthread_create(&thread, NULL, scrape_alone, arg) != 0) return 2;
    pthread_exit(NULL);
}

static void a_process_whose_first_thread_has_ended_shows_everything(void **state)
{
    (void)state;
    tacho_registry *reg = open_process();
#if !defined(__SANITIZE_THREAD__) /* which allows no threads in children */
    struct stat st;
    if (stat("/proc/thread-self", &st) == 0) assert_int_equal(in_child(child_ends_its_first_thread, reg), 0);
#else
    (void)child_ends_its_first_thread;
#endif
    tacho_registry_free(reg);
}

static int child_of_another_time(void *arg)
{
    struct numbers is;
    return read_numbers(arg, &is) && fabs(now() - is.each[START]) < 2 ? 0 : 1;
}

static int child_moves_time(void *arg)
{
#if defined(CLONE_NEWTIME)
    if (unshare(CLONE_NEWTIME) != 0) return 77;
    FILE *offsets = fopen("/proc/self/timens_offsets", "w");
    if (!offsets || fputs("boottime 1000000 0\n", offsets) < 0 || fclose(offsets) != 0) return 77;
    return in_child(child_of_another_time, arg);
#else
    (void)arg;
    return 77;
#endif
}

static void in_a_time_namespace_the_start_time_is_right(void **state)
{
    (void)state;
    tacho_registry *reg = open_process();
    int status = in_child(child_moves_time, reg);
    tacho_registry_free(reg);
    if (status == 77) skip();
    assert_int_equal(status, 0);
}

/* ---- Life --------------------------------------------------------------------------------------------------- */

static void it_can_be_removed_and_leaves_nothing(void **state)
{
    (void)state;
    size_t before = list_fds();
    tacho_registry *reg = new_registry();
    for (int i = 0; i < 100; i++) {
        tacho_collector *collector;
        assert_int_equal(tacho_process_add(reg, NULL, &collector), TACHO_OK);
        assert_int_equal(list_fds(), before + 1);
        if (i % 10 == 0) assert_int_equal(numbers_of(reg).there, TACHO_COUNT(families));
        assert_int_equal(tacho_registry_remove(reg, collector), TACHO_OK);
        assert_int_equal(numbers_of(reg).there, 0);
    }
    assert_int_equal(tacho_process_add(reg, NULL, NULL), TACHO_OK);
    tacho_registry_free(reg);
    assert_int_equal(list_fds(), before);
}

static void it_is_there_once_per_prefix(void **state)
{
    (void)state;
    tacho_registry *reg = open_process();
    const tacho_process_options prefixed = { .prefix = "trackarr_" }, empty = { .prefix = "" };
    size_t before = list_fds();
    assert_int_equal(tacho_process_add(reg, NULL, NULL), TACHO_ERR_DUPLICATE);
    assert_int_equal(tacho_process_add(reg, &empty, NULL), TACHO_ERR_DUPLICATE);
    assert_int_equal(list_fds(), before);
    assert_int_equal(tacho_process_add(reg, &prefixed, NULL), TACHO_OK);
    assert_int_equal(tacho_process_add(reg, &prefixed, NULL), TACHO_ERR_DUPLICATE);
    struct exposition *page = exposition_read(reg);
    assert_true(exposition_value(page, "trackarr_process_cpu_user_seconds_total") >= 0);
    assert_true(exposition_value(page, "process_cpu_user_seconds_total") >= 0);
    assert_true(exposition_value(page, "tacho_collector_success{collector=\"trackarr_process\"}") == 1);
    exposition_free(page);
    tacho_registry_free(reg);
}

static void a_prefix_that_makes_no_name_is_refused_in_words(void **state)
{
    (void)state;
    char longest[1100];
    memset(longest, 'a', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    const char *const prefixes[] = { "1", "a-", "a b", "\xc3\xa4", "\n", longest, longest + 80, longest + 100 };
    tacho_registry *reg = new_registry();
    size_t before = list_fds();
    for (size_t i = 0; i < TACHO_COUNT(prefixes); i++) {
        assert_int_equal(tacho_process_add(reg, &(tacho_process_options){ .prefix = prefixes[i] }, NULL), TACHO_ERR_DESC);
        assert_non_null(tacho_registry_error(reg));
    }
    assert_int_equal(list_fds(), before);
    assert_int_equal(tacho_process_add(reg, &(tacho_process_options){ .prefix = longest + 120 }, NULL), TACHO_OK);
    tacho_registry_free(reg);
}

static void nothing_in_gives_an_error_and_nothing_out(void **state)
{
    (void)state;
    tacho_collector *collector = &(tacho_collector){ NULL };
    assert_int_equal(tacho_process_add(NULL, NULL, &collector), TACHO_ERR_ARG);
    assert_null(collector);
    assert_int_equal(tacho_process_add(NULL, NULL, NULL), TACHO_ERR_ARG);
}

static struct {
    size_t calls, fail_at;
} heap;

static bool heap_hook(size_t size)
{
    (void)size;
    return ++heap.calls != heap.fail_at;
}

static void without_memory_nothing_is_left_behind(void **state)
{
    (void)state;
    tacho_registry *reg = new_registry();
    size_t before = list_fds();
    tacho_err err = TACHO_ERR_NOMEM;
    for (heap.fail_at = 1; err; heap.fail_at++) {
        heap.calls = 0;
        tacho__alloc_hook = heap_hook;
        err = tacho_process_add(reg, NULL, NULL);
        tacho__alloc_hook = TACHO__NO_HOOK;
        assert_true(err == TACHO_OK || err == TACHO_ERR_NOMEM);
        if (err) assert_int_equal(list_fds(), before);
    }
    assert_true(heap.fail_at > 3);
    assert_int_equal(numbers_of(reg).there, TACHO_COUNT(families));
    tacho_registry_free(reg);
}

static void its_names_keep_the_conventions(void **state)
{
    (void)state;
    tacho_registry *reg = open_process();
    assert_int_equal(tacho_process_add(reg, &(tacho_process_options){ .prefix = "trackarr_" }, NULL), TACHO_OK);
    tacho_fd_sink out;
    tacho_fd_sink_init(&out, 2);
    assert_int_equal(tacho_registry_lint(reg, &out.sink), 0);
    tacho_registry_free(reg);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_family_is_shown_and_fits_the_process),
        cmocka_unit_test(counters_do_not_fall),
        cmocka_unit_test(descriptors_are_counted_exactly),
        cmocka_unit_test(where_the_kernel_does_not_tell_their_number_they_are_listed_or_tried),
        cmocka_unit_test(a_count_that_takes_too_long_is_no_count),
        cmocka_unit_test(threads_are_counted),
        cmocka_unit_test(a_forked_child_shows_its_own_numbers),
        cmocka_unit_test(after_a_chroot_everything_is_still_shown),
        cmocka_unit_test(after_root_is_given_up_everything_is_still_shown),
        cmocka_unit_test(descriptors_that_the_program_closed_are_no_harm_and_no_others_are_closed),
        cmocka_unit_test(without_a_free_descriptor_the_rest_is_shown),
        cmocka_unit_test(a_limit_is_shown_and_no_limit_is_infinite),
        cmocka_unit_test(a_process_whose_first_thread_has_ended_shows_everything),
        cmocka_unit_test(in_a_time_namespace_the_start_time_is_right),
        cmocka_unit_test(it_can_be_removed_and_leaves_nothing),
        cmocka_unit_test(it_is_there_once_per_prefix),
        cmocka_unit_test(a_prefix_that_makes_no_name_is_refused_in_words),
        cmocka_unit_test(nothing_in_gives_an_error_and_nothing_out),
        cmocka_unit_test(without_memory_nothing_is_left_behind),
        cmocka_unit_test(its_names_keep_the_conventions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#endif
