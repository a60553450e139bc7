/*
 * test_testkit_expect.c - expectations of tests: which hold, and how those that do not are reported.
 */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <tacho/tacho.h>
#include <tacho/tacho_test.h>

static tacho_counter_vec *jobs, *real, *misses;
static tacho_gauge *level;
static tacho_histogram *seconds;

static const tacho_desc rows[] = {
    { .counter_vec = &jobs, .name = "jobs_total", .help = "Jobs.", .labels = { "queue" } },
    { .counter_vec = &real, .name = "litres_total", .help = "Litres.", .labels = { "tank" }, .flags = TACHO_REAL },
    { .counter_vec = &misses, .name = "misses_total", .help = "Misses.", .labels = { "cache" } },
    { .gauge = &level, .name = "level", .help = "Level." },
    { .histogram = &seconds, .name = "job_seconds", .help = "Time.", .unit = "seconds", TACHO_BUCKETS(0.5) },
};

/* What was reported last, and how often something was. */
struct heard {
    tacho_test_reporter reporter;
    int count, line;
    char file[80], words[2000];
    jmp_buf *leave;
};

static void hear(tacho_test_reporter *self, const char *file, int line, const char *words)
{
    struct heard *heard = TACHO_CONTAINER(self, struct heard, reporter);
    heard->count++;
    heard->line = line;
    (void)snprintf(heard->file, sizeof heard->file, "%s", file);
    (void)snprintf(heard->words, sizeof heard->words, "%s", words);
    if (heard->leave) longjmp(*heard->leave, 1);
}

static struct heard heard;
static tacho_registry *reg;

static int open_registry(void **state)
{
    (void)state;
    heard = (struct heard){ .reporter = { hear } };
    (void)tacho_test_report_to(&heard.reporter);
    reg = tacho_registry_new(NULL);
    if (TACHO_DEFINE(reg, rows)) return print_error("%s\n", tacho_registry_error(reg)), 1;
    tacho_counter_add_at(jobs, TACHO_LABELS("mail"), 5);
    return 0;
}

static int close_registry(void **state)
{
    (void)state;
    (void)tacho_test_report_to(NULL);
    tacho_registry_free(reg);
    return 0;
}

static void assert_heard(int count, int line, const char *words)
{
    assert_string_equal(heard.words, words);
    assert_int_equal(heard.count, count);
    assert_int_equal(heard.line, line);
    assert_string_equal(heard.file, __FILE__);
}

static void a_change_as_expected_is_silent(void **state)
{
    (void)state;
    TACHO_TEST_DELTA(reg, "jobs_total{queue=\"mail\"}", 3) {
        tacho_counter_add_at(jobs, TACHO_LABELS("mail"), 3);
    }
    TACHO_TEST_DELTA(reg, "jobs_total{queue=\"mail\"}", 1)
    TACHO_TEST_DELTA(reg, "jobs_total{queue=\"news\"}", 0)
    TACHO_TEST_DELTA(reg, "level", -2.5)
    TACHO_TEST_DELTA(reg, "job_seconds_bucket{le=\"0.5\"}", 1) {
        tacho_counter_inc_at(jobs, TACHO_LABELS("mail"));
        tacho_gauge_sub(level, 2.5);
        tacho_histogram_observe(seconds, 0.25);
    }
    assert_int_equal(heard.count, 0);
}

static void another_change_is_reported_with_its_place(void **state)
{
    (void)state;
    int line = 0;
    TACHO_TEST_DELTA(reg, "jobs_total{queue=\"mail\"}", 3) { line = __LINE__; tacho_counter_add_at(jobs, TACHO_LABELS("mail"), 2); }
    assert_heard(1, line, "jobs_total{queue=\"mail\"}: expected to change by 3, changed by 2, from 5 to 7");
    TACHO_TEST_DELTA(reg, "jobs_total{queue=\"mail\"}", 0) { line = __LINE__; tacho_counter_inc_at(jobs, TACHO_LABELS("mail")); }
    assert_heard(2, line, "jobs_total{queue=\"mail\"}: expected to change by 0, changed by 1, from 7 to 8");
}

static void a_series_that_comes_or_goes_counts_as_0_while_it_is_not_there(void **state)
{
    (void)state;
    TACHO_TEST_DELTA(reg, "jobs_total{queue=\"news\"}", 4) {
        tacho_counter_add_at(jobs, TACHO_LABELS("news"), 4);
    }
    TACHO_TEST_DELTA(reg, "misses_total{cache=\"a\"}", 1) {
        tacho_counter_inc_at(misses, TACHO_LABELS("a"));
    }
    TACHO_TEST_DELTA(reg, "jobs_total{queue=\"news\"}", -4) {
        (void)tacho_counter_remove_at(jobs, TACHO_LABELS("news"));
    }
    TACHO_TEST_DELTA(reg, "litres_total{tank=\"a\"}", 0) {}
    assert_int_equal(heard.count, 0);
    TACHO_TEST_DELTA(reg, "jobs_total{queue=\"mial\"}", 1) {}
    assert_heard(1, __LINE__ - 1, "there is no jobs_total{queue=\"mial\"}; there is only jobs_total{queue=\"mail\"}: "
                                  "jobs_total{queue=\"mial\"}: expected to change by 1, changed by 0, from 0 to 0");
}

static void a_series_that_cannot_come_is_reported_even_if_nothing_was_to_change(void **state)
{
    (void)state;
    TACHO_TEST_DELTA(reg, "job_total{queue=\"mail\"}", 0) {}
    assert_heard(1, __LINE__ - 1, "there is no family for job_total{queue=\"mail\"}; the nearest name is jobs_total");
    TACHO_TEST_DELTA(reg, "jobs_total{q=\"mail\"}", 0) {}
    assert_heard(2, __LINE__ - 1, "there is no jobs_total{q=\"mail\"}; its labels are queue; there is only jobs_total{queue=\"mail\"}");
    int ran = 0;
    TACHO_TEST_DELTA(reg, "jobs_total{", 0) { ran++; }
    assert_heard(3, __LINE__ - 1, "'jobs_total{' is no series: a brace is not closed");
    TACHO_TEST_DELTA(NULL, "level", 0) { ran++; }
    assert_heard(4, __LINE__ - 1, "the registry is NULL");
    TACHO_TEST_DELTA(reg, NULL, 0) { ran++; }
    assert_heard(5, __LINE__ - 1, "'' is no series: it is NULL");
    assert_int_equal(ran, 3);
}

static void a_family_defined_in_the_block_counts_from_0(void **state)
{
    (void)state;
    static tacho_counter *late;
    static const tacho_desc desc = { .counter = &late, .name = "late_total", .help = "Late." };
    TACHO_TEST_DELTA(reg, "late_total", 1) {
        assert_int_equal(tacho_registry_define(reg, &desc, 1), TACHO_OK);
        tacho_counter_inc(late);
    }
    assert_int_equal(heard.count, 0);
}

static void a_block_that_breaks_or_continues_is_checked(void **state)
{
    (void)state;
    int ran = 0;
    TACHO_TEST_DELTA(reg, "level", 1) { ran++; break; }
    assert_int_equal(heard.count, 1);
    TACHO_TEST_DELTA(reg, "level", 1) { ran++; continue; }
    assert_int_equal(heard.count, 2);
    assert_int_equal(ran, 2);
}

static void sums_of_fractions_may_be_off_by_what_rounding_takes(void **state)
{
    (void)state;
    tacho_counter *litres = tacho_counter_at(real, TACHO_LABELS("a"));
    TACHO_TEST_DELTA(reg, "litres_total{tank=\"a\"}", 10) {
        for (int i = 0; i < 100; i++) tacho_counter_add_real(litres, 0.1);
    }
    TACHO_TEST_VALUE(reg, "litres_total{tank=\"a\"}", 10);
    tacho_counter_add_real(litres, 1e6);
    TACHO_TEST_DELTA(reg, "litres_total{tank=\"a\"}", 0.001) {
        tacho_counter_add_real(litres, 0.001);
    }
    assert_int_equal(heard.count, 0);
    TACHO_TEST_DELTA(reg, "litres_total{tank=\"a\"}", 0.001) {}
    TACHO_TEST_DELTA(reg, "litres_total{tank=\"a\"}", 0.001) {
        tacho_counter_add_real(litres, 0.0010001);
    }
    assert_int_equal(heard.count, 2);
}

static void whole_numbers_are_compared_exactly(void **state)
{
    (void)state;
    tacho_counter_add_at(jobs, TACHO_LABELS("mail"), UINT64_C(4000000000000000));
    TACHO_TEST_DELTA(reg, "jobs_total{queue=\"mail\"}", 1) {
        tacho_counter_inc_at(jobs, TACHO_LABELS("mail"));
    }
    TACHO_TEST_VALUE(reg, "jobs_total{queue=\"mail\"}", 4000000000000006);
    assert_int_equal(heard.count, 0);
    TACHO_TEST_VALUE(reg, "jobs_total{queue=\"mail\"}", 4000000000000005);
    assert_heard(1, __LINE__ - 1, "jobs_total{queue=\"mail\"}: expected 4000000000000005, actual 4000000000000006");
    TACHO_TEST_DELTA(reg, "jobs_total{queue=\"mail\"}", 1) {}
    assert_int_equal(heard.count, 2);
}

static void not_a_number_and_infinity_equal_themselves_alone(void **state)
{
    (void)state;
    double none = tacho_test_value_at(reg, "level", (tacho_constant[]){ { "a", "b" }, { 0 } }), endless = 1e308;
    endless *= 10;
    tacho_gauge_set(level, none);
    TACHO_TEST_VALUE(reg, "level", none);
    tacho_gauge_set(level, endless);
    TACHO_TEST_VALUE(reg, "level", endless);
    TACHO_TEST_DELTA(reg, "level", 0) {}
    assert_int_equal(heard.count, 0);
    TACHO_TEST_VALUE(reg, "level", -endless);
    TACHO_TEST_VALUE(reg, "level", none);
    TACHO_TEST_VALUE(reg, "level", 1.5);
    TACHO_TEST_DELTA(reg, "level", 1.5) { tacho_gauge_set(level, 0); }
    assert_int_equal(heard.count, 4);
}

static void pages_are_reported_with_their_differences(void **state)
{
    (void)state;
    static const char *const names[] = { "level" };
    static const tacho_scrape_options options = { .names = names, .name_count = 1 };
    TACHO_TEST_PAGE(reg, "level 0\n", &options);
    assert_int_equal(heard.count, 0);
    TACHO_TEST_PAGE(reg, "level 1\n", &options);
    assert_heard(1, __LINE__ - 1, "1 difference:\nexpected  level 1\nactual    level 0");
    assert_int_equal(tacho_test_expect_page(reg, "level 0\n", &options, "a", 1), 0);
    assert_int_equal(tacho_test_expect_page(reg, "a 0\n", &options, NULL, 1), 1);
    assert_string_equal(heard.words, "2 differences:\nexpected  a 0\nactual    (is not there)\nexpected  (nothing)\nactual    level 0");
    assert_string_equal(heard.file, "?");
}

static void begin_and_end_are_calls_too_and_end_once(void **state)
{
    (void)state;
    tacho_test_delta delta = tacho_test_delta_begin(reg, "level", 2, __FILE__, 7);
    tacho_gauge_add(level, 1);
    assert_int_equal(tacho_test_delta_end(&delta), 1);
    assert_heard(1, 7, "level: expected to change by 2, changed by 1, from 0 to 1");
    assert_int_equal(tacho_test_delta_end(&delta), 0);
    assert_int_equal(tacho_test_delta_end(NULL), 0);
    assert_int_equal(heard.count, 1);
}

/* The sanitizer of leaks sees what is not given back. */
static void a_reporter_may_leave_by_longjmp(void **state)
{
    (void)state;
    jmp_buf leave;
    heard.leave = &leave;
    if (setjmp(leave) == 0) {
        TACHO_TEST_DELTA(reg, "level", 1) {}
        fail();
    }
    if (setjmp(leave) == 0) {
        TACHO_TEST_PAGE(reg, "", NULL);
        fail();
    }
    assert_int_equal(heard.count, 2);
    tacho_test_alloc_fail(1, TACHO_TEST_ALL); /* which is back for all but the kit */
    assert_null(tacho_registry_new(NULL));
    assert_int_not_equal(tacho_test_alloc_end(), 0);
}

static void without_a_reporter_words_are_printed_and_the_process_aborts(void **state)
{
    (void)state;
    int pipes[2];
    assert_int_equal(pipe(pipes), 0);
    assert_ptr_equal(tacho_test_report_to(NULL), &heard.reporter);
    assert_null(tacho_test_report_to(NULL));
    pid_t child = fork();
    if (child == 0) {
        (void)signal(SIGABRT, SIG_DFL);
        (void)dup2(pipes[1], STDERR_FILENO);
        tacho_test_expect_value(reg, "level", 1, "some.c", 12);
        _exit(0);
    }
    (void)close(pipes[1]);
    char told[200] = "";
    assert_true(read(pipes[0], told, sizeof told - 1) > 0);
    (void)close(pipes[0]);
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
    assert_string_equal(told, "some.c:12: level: expected 1, actual 0\n");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_registry, close_registry)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_change_as_expected_is_silent),
        TEST(another_change_is_reported_with_its_place),
        TEST(a_series_that_comes_or_goes_counts_as_0_while_it_is_not_there),
        TEST(a_series_that_cannot_come_is_reported_even_if_nothing_was_to_change),
        TEST(a_family_defined_in_the_block_counts_from_0),
        TEST(a_block_that_breaks_or_continues_is_checked),
        TEST(sums_of_fractions_may_be_off_by_what_rounding_takes),
        TEST(whole_numbers_are_compared_exactly),
        TEST(not_a_number_and_infinity_equal_themselves_alone),
        TEST(pages_are_reported_with_their_differences),
        TEST(begin_and_end_are_calls_too_and_end_once),
        TEST(a_reporter_may_leave_by_longjmp),
        TEST(without_a_reporter_words_are_printed_and_the_process_aborts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
