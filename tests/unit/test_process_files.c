/*
 * test_process_files.c - the process collector on recorded files of /proc, and on files made to mislead it.
 * Needs: PROCESS
 */
#define _GNU_SOURCE /* mkdtemp, symlink */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <tacho/tacho.h>

#include "procfs.h"
#include "support/exposition.h"
#include "support/golden.h"
#include "support/shown.h"
#include "support/sweep.h"

static tacho_registry *open_files(const char *root)
{
    tacho_registry *reg = tacho_registry_new(&(tacho_registry_options){ .no_self_metrics = 1 });
    assert_non_null(reg);
    if (tacho_process_add(reg, &(tacho_process_options){ .proc_root = root }, NULL))
        fail_msg("%s", tacho_registry_error(reg));
    return reg;
}

/* ---- Recorded files ----------------------------------------------------------------------------------------- */

/* tests/support/proc/NAME is shown as tests/golden/process_NAME.txt. */
static const char *const recorded[] = {
    "typical",       /* from a machine, shortened; a directory entry that is no number is no descriptor */
    "odd_name",      /* a program called `) R 1 (2 3) 4` */
    "long_lines",    /* many groups, many interrupts; a part of a line looks like one */
    "huge",          /* the largest numbers; what cannot be a number of bytes or a time is left out */
    "overflow",      /* numbers of 65 bits */
    "faulty",        /* signs, points, no numbers, no threads */
    "truncated",     /* each file ends within a number */
    "missing",       /* stat and limits only, and no btime */
    "columns",       /* netstat with its columns in another order */
    "short_columns", /* netstat with fewer, and with more numbers than names */
    "first_thread_ended",
    "empty",         /* of another system */
    "year_10000",    /* a start time that no format knows */
    "no_clock",      /* 1970 */
};

static void recorded_files_are_shown_as_they_say_and_what_they_do_not_say_is_left_out(void **state)
{
    (void)state;
    if (sysconf(_SC_CLK_TCK) != 100) skip();
    for (size_t i = 0; i < TACHO_COUNT(recorded); i++) {
        char path[128];
        (void)snprintf(path, sizeof path, "tests/support/proc/%s", recorded[i]);
        tacho_registry *reg = open_files(path);
        tacho_buffer page;
        tacho_buffer_init(&page);
        assert_int_equal(tacho_expose(reg, TACHO_TEXT, &page.sink), TACHO_OK);
        (void)snprintf(path, sizeof path, "process_%s.txt", recorded[i]);
        golden_check(path, page.data, page.len);
        tacho_buffer_fini(&page);
        exposition_free(exposition_read(reg));
        tacho_registry_free(reg);
    }
}

static void a_root_that_cannot_be_opened_is_an_error_in_words(void **state)
{
    (void)state;
    static const char *const roots[] = { "tests/support/proc/nowhere", "tests/support/proc/typical/stat", "" };
    tacho_registry *reg = tacho_registry_new(NULL);
    for (size_t i = 0; i < TACHO_COUNT(roots); i++) {
        tacho_collector *collector = &(tacho_collector){ NULL };
        assert_int_equal(tacho_process_add(reg, &(tacho_process_options){ .proc_root = roots[i] }, &collector), TACHO_ERR_IO);
        assert_null(collector);
        assert_non_null(strstr(tacho_registry_error(reg), "cannot open the directory"));
    }
    tacho_registry_free(reg);
}

/* ---- Files that change -------------------------------------------------------------------------------------- */

static char place[64];

static void write_file(const char *name, const char *text)
{
    char path[128];
    (void)snprintf(path, sizeof path, "%s/%s", place, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static void write_start(unsigned boot, unsigned ticks)
{
    char text[256];
    (void)snprintf(text, sizeof text, "btime %u\n", boot);
    write_file("stat", text);
    (void)snprintf(text, sizeof text, "7 (x) S 1 7 7 0 -1 4194560 1834 0 12 0 100 50 0 0 20 0 7 0 %u 289214464\n", ticks);
    write_file("self/stat", text);
}

static int make_place(void **state)
{
    char path[80];
    (void)state;
    (void)snprintf(place, sizeof place, "/tmp/test_process.XXXXXX");
    if (!mkdtemp(place)) return -1;
    (void)snprintf(path, sizeof path, "%s/self", place);
    return mkdir(path, 0700);
}

static int remove_place(void **state)
{
    static const char *const names[] = { "/self/stat", "/stat", "/self/status", "/self", "" };
    char path[80];
    (void)state;
    for (size_t i = 0; i < TACHO_COUNT(names); i++) {
        (void)snprintf(path, sizeof path, "%s%s", place, names[i]);
        (void)remove(path);
    }
    return 0;
}

static void the_start_time_stays_when_the_clock_moves_a_little_and_moves_when_it_was_wrong(void **state)
{
    static const struct { unsigned boot, ticks; const char *want; } steps[] = {
        { 1700000000, 5000, "1700000050" },
        { 1700000001, 5000, "1700000050" },
        { 1699999999, 5000, "1700000050" },
        { 1700000010, 5000, "1700000050" },
        { 1700000011, 5000, "1700000061" },
        { 1700000001, 5000, "1700000061" }, /* ten back from what is kept now */
        { 1700000000, 5000, "1700000050" },
        { 1700000001, 5100, "1700000052" }, /* of another process */
    };
    (void)state;
    if (sysconf(_SC_CLK_TCK) != 100) skip();
    write_start(1, 0);
    tacho_registry *reg = open_files(place);
    assert_shown(reg, "process_start_time_seconds", "1");
    for (size_t i = 0; i < TACHO_COUNT(steps); i++) {
        write_start(steps[i].boot, steps[i].ticks);
        assert_shown(reg, "process_start_time_seconds", steps[i].want);
    }
    tacho_registry_free(reg);
}

static void a_file_that_never_ends_or_blocks_does_not_hold_the_scrape(void **state)
{
    char path[128];
    (void)state;
    write_start(1700000000, 0);
    tacho_registry *reg = open_files(place);
    (void)snprintf(path, sizeof path, "%s/self/status", place);
    assert_int_equal(symlink("/dev/zero", path), 0);
    assert_shown(reg, "process_threads", NULL);
    assert_int_equal(remove(path), 0);
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_shown(reg, "process_threads", NULL);
    assert_shown(reg, "process_start_time_seconds", "1700000000");
    tacho_registry_free(reg);
}

/* ---- Any line ----------------------------------------------------------------------------------------------- */

static const struct { enum tacho__procfs_file file; const char *text; } samples[] = {
    { TACHO__PROCFS_STAT, "7 (x y) S 1 7 7 0 -1 4194560 1834 0 12 0 100 50 0 0 20 0 7 0 36000 289214464 2431" },
    { TACHO__PROCFS_STATUS, "VmSize:\t  282436 kB" },
    { TACHO__PROCFS_STATUS, "Threads:\t7" },
    { TACHO__PROCFS_LIMITS, "Max open files            1024                 524288               files     " },
    { TACHO__PROCFS_LIMITS, "Max address space         unlimited            unlimited            bytes     " },
    { TACHO__PROCFS_NETSTAT, "IpExt: InNoRoutes InOctets OutOctets" },
    { TACHO__PROCFS_NETSTAT, "IpExt: 0 123 456" },
    { TACHO__PROCFS_BOOT, "btime 1700000000" },
};

/* A line in memory of just its length, so that the address sanitizer sees a step beyond. */
static void take_line(struct tacho__procfs *proc, enum tacho__procfs_file file, const char *line, size_t len)
{
    char *exact = malloc(len ? len : 1);
    if (!exact) abort();
    memcpy(exact, line, len);
    tacho__procfs_line(proc, file, exact, len);
    free(exact);
}

/* Whether a line may be shorter at its end and tell the same. */
static bool may_end_early(enum tacho__procfs_file file)
{
    return file == TACHO__PROCFS_STAT || file == TACHO__PROCFS_LIMITS;
}

static bool try_spoilt_line(uint64_t *stream, char *why, size_t cap)
{
    static const char bytes[] = "0123456789 -+.:()kBx\t\n\xff";
    size_t which = sweep_random(stream) % TACHO_COUNT(samples), len = strlen(samples[which].text);
    struct tacho__procfs proc = { .there = 0 };
    char line[160];
    memcpy(line, samples[which].text, len + 1);
    if (samples[which].file == TACHO__PROCFS_NETSTAT) proc = (struct tacho__procfs){ .columns = 3, .at = { 2, 3 } };
    for (uint64_t spoil = 1 + sweep_random(stream) % 3; spoil > 0; spoil--)
        line[sweep_random(stream) % len] = bytes[sweep_random(stream) % (sizeof bytes - 1)];
    if (sweep_random(stream) % 4 == 0) len = sweep_random(stream) % (len + 1);
    take_line(&proc, samples[which].file, line, len);
    take_line(&proc, samples[which].file, line, len);
    bool digit = false;
    for (size_t i = 0; i < len; i++) digit |= line[i] >= '0' && line[i] <= '9';
    if (!proc.there || digit || memcmp(samples[which].text + 4, "address", 7) == 0) return true;
    (void)snprintf(why, cap, "something was read from '%.*s'", (int)len, line);
    return false;
}

static void no_line_leads_beyond_its_end_or_tells_a_number_without_a_digit(void **state)
{
    (void)state;
    sweep("lines of /proc", 2000000, try_spoilt_line);
}

static void a_line_tells_nothing_before_it_is_whole(void **state)
{
    (void)state;
    for (size_t i = 0; i < TACHO_COUNT(samples); i++) {
        size_t whole = strlen(samples[i].text);
        for (size_t len = 0; len <= whole; len++) {
            struct tacho__procfs proc = { .columns = 3, .at = { 2, 3 } };
            take_line(&proc, samples[i].file, samples[i].text, len);
            bool names = samples[i].file == TACHO__PROCFS_NETSTAT && strstr(samples[i].text, "InOctets");
            if (len == whole) assert_int_equal(proc.there != 0, !names);
            /* the reader hands over lines with LF only; without one "Threads: 12" may be the beginning of 123 */
            if (len < whole && proc.there && !may_end_early(samples[i].file))
                assert_true(samples[i].text[len - 1] >= '0' && samples[i].text[len - 1] <= '9');
        }
    }
}

static void of_two_lines_that_tell_the_same_the_first_counts(void **state)
{
    struct tacho__procfs proc = { .there = 0 };
    (void)state;
    take_line(&proc, TACHO__PROCFS_STATUS, "Threads:\t7", 10);
    take_line(&proc, TACHO__PROCFS_STATUS, "Threads:\t8", 10);
    assert_int_equal(proc.numbers[TACHO__PROC_THREADS], 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(recorded_files_are_shown_as_they_say_and_what_they_do_not_say_is_left_out),
        cmocka_unit_test(a_root_that_cannot_be_opened_is_an_error_in_words),
        cmocka_unit_test_setup_teardown(the_start_time_stays_when_the_clock_moves_a_little_and_moves_when_it_was_wrong,
                                        make_place, remove_place),
        cmocka_unit_test_setup_teardown(a_file_that_never_ends_or_blocks_does_not_hold_the_scrape, make_place,
                                        remove_place),
        cmocka_unit_test(no_line_leads_beyond_its_end_or_tells_a_number_without_a_digit),
        cmocka_unit_test(a_line_tells_nothing_before_it_is_whole),
        cmocka_unit_test(of_two_lines_that_tell_the_same_the_first_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
