/*
 * test_testkit_compare.c - pages compared with what is wanted: what is the same, and how differences are told.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tacho/tacho.h>
#include <tacho/tacho_test.h>

static tacho_counter_vec *jobs;
static tacho_counter *big;
static tacho_histogram *seconds;
static tacho_gauge *level;

static const tacho_desc rows[] = {
    { .counter_vec = &jobs, .name = "jobs_total", .help = "Jobs.", .labels = { "queue", "host" }, .flags = TACHO_EXEMPLARS },
    { .counter = &big, .name = "big_total", .help = "Big \"ones\"." },
    { .histogram = &seconds, .name = "job_seconds", .help = "Time.", .unit = "seconds", TACHO_BUCKETS(0.5) },
    { .gauge = &level, .name = "level", .help = "Level." },
};

static tacho_registry *reg;
static char why[4000];

static int open_registry(void **state)
{
    (void)state;
    reg = tacho_registry_new(NULL);
    if (TACHO_DEFINE(reg, rows)) return print_error("%s\n", tacho_registry_error(reg)), 1;
    tacho_counter_add_at(jobs, TACHO_LABELS("mail", "a"), 3);
    tacho_counter_add_at(jobs, TACHO_LABELS("say \"hi\"\n", "b"), 5);
    tacho_counter_add(big, (UINT64_C(1) << 53) + 1);
    tacho_histogram_observe(seconds, 0.25);
    tacho_gauge_set(level, 1000);
    return 0;
}

static int close_registry(void **state)
{
    (void)state;
    tacho_registry_free(reg);
    return 0;
}

#define ALL_SAMPLES                            \
    "jobs_total{queue=\"mail\",host=\"a\"} 3\n" \
    "jobs_total{queue=\"say \\\"hi\\\"\\n\",host=\"b\"} 5\n" \
    "big_total 9007199254740993\n"             \
    "job_seconds_bucket{le=\"0.5\"} 1\n"       \
    "job_seconds_bucket{le=\"+Inf\"} 1\n"      \
    "job_seconds_sum 0.25\n"                   \
    "job_seconds_count 1\n"                    \
    "level 1000\n"

static const char *const some[] = { "jobs_total", "level" };
static const tacho_scrape_options some_only = { .names = some, .name_count = 2 };

static void check(const char *want, const tacho_scrape_options *options, const char *words)
{
    size_t differences = tacho_test_compare(reg, want, options, why, sizeof why), lines = 0;
    assert_string_equal(why, words);
    for (const char *at = words; (at = strstr(at, "expected  ")); at++) lines++;
    assert_int_equal(differences, lines);
}

static void order_spelling_and_metadata_left_out_make_no_difference(void **state)
{
    (void)state;
    check(ALL_SAMPLES, NULL, "");
    check("# HELP jobs_total Jobs.\n# TYPE jobs_total counter\n# just a comment\n\n" ALL_SAMPLES "# EOF", NULL, "");
    check("  level 1e3\r\n"
          "\tjob_seconds_count 1.0\n"
          "job_seconds_bucket { le=\"5e-1\", } 1\n"
          "jobs_total{host=\"b\",queue=\"say \\\"hi\\\"\\n\"}   5   \n"
          "job_seconds_sum 0.250\n"
          "# TYPE job_seconds histogram\n"
          "big_total 9007199254740993\n"
          "jobs_total{host=\"a\",none=\"\",queue=\"mail\"} 3\n"
          "job_seconds_bucket{le=\"+Inf\"} 1\n"
          "# HELP big_total Big \"ones\".", NULL, "");
}

static void only_the_families_with_these_names_are_compared(void **state)
{
    (void)state;
    check("level 1000\njobs_total{queue=\"mail\",host=\"a\"} 3\njobs_total{queue=\"say \\\"hi\\\"\\n\",host=\"b\"} 5\n", &some_only, "");
    check("level 1000\njobs_total{queue=\"mail\",host=\"a\"} 3\njobs_total{queue=\"say \\\"hi\\\"\\n\",host=\"b\"} 5\nbig_total 1",
          &some_only, "expected  big_total 1\nactual    (is not there)");
    static const char *const own[] = { "tacho_collectors", "tacho_series" };
    assert_int_not_equal(tacho_test_compare(reg, "", &(tacho_scrape_options){ .names = own, .name_count = 2 }, why, sizeof why), 0);
    check(ALL_SAMPLES "tacho_series 5", NULL, "");
}

static void differences_are_told_line_by_line_as_expected_and_actual(void **state)
{
    (void)state;
    check("# TYPE level counter\nlevel 1000.5\njobs_total{queue=\"mail\",host=\"a\"} 3\nmisses 0\n", &some_only,
          "expected  # TYPE level counter\n"
          "actual    # TYPE level gauge\n"
          "expected  level 1000.5\n"
          "actual    level 1000\n"
          "expected  misses 0\n"
          "actual    (is not there)\n"
          "expected  (nothing)\n"
          "actual    jobs_total{queue=\"say \\\"hi\\\"\\n\",host=\"b\"} 5");
}

static void whole_numbers_beyond_doubles_are_told_apart(void **state)
{
    (void)state;
    static const char *const names[] = { "big_total" };
    check("big_total 9007199254740992", &(tacho_scrape_options){ .names = names, .name_count = 1 },
          "expected  big_total 9007199254740992\nactual    big_total 9007199254740993");
}

static void numbers_that_are_none_equal_only_themselves(void **state)
{
    (void)state;
    static const char *const names[] = { "level" };
    static const tacho_scrape_options options = { .names = names, .name_count = 1 };
    tacho_gauge_set(level, 0.0 / (level ? 0.0 : 1.0));
    check("level NaN", &options, "");
    check("level 1", &options, "expected  level 1\nactual    level NaN");
    tacho_gauge_set(level, 1);
    check("level NaN", &options, "expected  level NaN\nactual    level 1");
    tacho_gauge_set(level, 1e308 * (level ? 10 : 0));
    check("level +Inf", &options, "");
    check("level -Inf", &options, "expected  level -Inf\nactual    level +Inf");
}

static void exemplars_and_units_are_compared_where_the_format_has_them(void **state)
{
    (void)state;
    static const char *const names[] = { "jobs_total", "job_seconds" };
    static const tacho_scrape_options options = { .format = TACHO_OPENMETRICS, .names = names, .name_count = 2 };
    assert_int_equal(tacho_test_clock_hold(1700000000.25), TACHO_OK);
    tacho_counter_add_exemplar(tacho_counter_at(jobs, TACHO_LABELS("mail", "a")), 1, TACHO_EXEMPLAR({ "trace_id", "abc" }));
    tacho_test_clock_release();
    check("# UNIT job_seconds seconds\n# TYPE jobs counter\n"
          "jobs_total{queue=\"mail\",host=\"a\"} 4 # {trace_id=\"abc\"} 1 1700000000.25\n"
          "jobs_total{queue=\"say \\\"hi\\\"\\n\",host=\"b\"} 5\n"
          "job_seconds_bucket{le=\"0.5\"} 1\njob_seconds_bucket{le=\"+Inf\"} 1\njob_seconds_sum 0.25\njob_seconds_count 1\n# EOF",
          &options, "");
    assert_int_equal(tacho_test_compare(reg, "jobs_total{queue=\"mail\",host=\"a\"} 4 # {trace_id=\"abd\"} 1 1700000000.25\n", &options,
                                        why, sizeof why), 6);
    assert_non_null(strstr(why, "actual    jobs_total{queue=\"mail\",host=\"a\"} 4 # {trace_id=\"abc\"} 1 1700000000.25\n"));
}

static void lines_that_are_none_are_one_difference_with_their_number(void **state)
{
    (void)state;
    static const struct {
        const char *want, *words;
    } table[] = {
        { "level 1000\n\nlevel{a} 3\nx 1", "line 3 of what is wanted: a label is written name=\"value\": level{a} 3" },
        { "level", "line 1 of what is wanted: the value is missing: level" },
        { "a 1\nlevel x", "line 2 of what is wanted: the value is no number: level x" },
        { "a 1\nlevel 0x1\n", "line 2 of what is wanted: the value is no number: level 0x1" },
        { "level nan", "line 1 of what is wanted: the value is no number: level nan" },
        { "a 1\n\na 1", "line 3 of what is wanted: it is there twice: a 1" },
        { "a{b=\"c\",d=\"e\"} 1\na{d=\"e\",b=\"c\",f=\"\"} 2", "line 2 of what is wanted: it is there twice: a{d=\"e\",b=\"c\",f=\"\"} 2" },
        { "# TYPE", "line 1 of what is wanted: the name is missing: # TYPE" },
        { "# HELP \"a", "line 1 of what is wanted: a quote is not closed: # HELP \"a" },
        { NULL, "what is wanted is NULL" },
    };
    for (size_t i = 0; i < TACHO_COUNT(table); i++) {
        assert_int_equal(tacho_test_compare(reg, table[i].want, NULL, why, sizeof why), 1);
        assert_string_equal(why, table[i].words);
    }
    assert_int_equal(tacho_test_compare(NULL, "", NULL, why, sizeof why), 1);
    assert_string_equal(why, "the registry is NULL");
    assert_int_equal(tacho_test_compare(reg, "", &(tacho_scrape_options){ .format = TACHO_JSON }, why, sizeof why), 1);
    assert_string_equal(why, "the format is none of lines");
    assert_int_equal(tacho_test_compare(reg, "", &(tacho_scrape_options){ .constants = (tacho_constant[]){ { "", "" }, { 0 } } }, why,
                                        sizeof why), 1);
    assert_string_equal(why, "the page cannot be taken: an argument is missing or out of range");
    assert_int_equal(tacho_test_compare(reg, "a 1", &some_only, why, 10), 4);
    assert_string_equal(why, "expected ");
}

/* Its own page as it is has no difference, with each type's lines and ten thousand series. */
static void a_page_is_the_same_as_itself(void **state)
{
    (void)state;
    static tacho_gauge_vec *many;
    static const tacho_desc desc = { .gauge_vec = &many, .name = "many", .help = "Many.", .labels = { "n" }, .max_series = 20000 };
    assert_int_equal(tacho_registry_define(reg, &desc, 1), TACHO_OK);
    for (int i = 0; i < 10000; i++) {
        char name[16];
        (void)snprintf(name, sizeof name, "%d", i);
        tacho_gauge_set_at(many, TACHO_LABELS(name), i / 7.0);
    }
    for (tacho_format format = TACHO_TEXT; format <= TACHO_OPENMETRICS; format++) {
        static const char *const names[] = { "jobs_total", "big_total", "job_seconds", "many" };
        tacho_scrape_options options = { .format = format, .names = names, .name_count = 4 };
        static char page[1 << 20];
        tacho_scrape *scrape = tacho_scrape_open(reg, &options);
        size_t len = tacho_scrape_read(scrape, page, sizeof page - 1);
        page[len] = '\0';
        tacho_scrape_free(scrape);
        check(page, &options, "");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(order_spelling_and_metadata_left_out_make_no_difference, open_registry, close_registry),
        cmocka_unit_test_setup_teardown(only_the_families_with_these_names_are_compared, open_registry, close_registry),
        cmocka_unit_test_setup_teardown(differences_are_told_line_by_line_as_expected_and_actual, open_registry, close_registry),
        cmocka_unit_test_setup_teardown(whole_numbers_beyond_doubles_are_told_apart, open_registry, close_registry),
        cmocka_unit_test_setup_teardown(numbers_that_are_none_equal_only_themselves, open_registry, close_registry),
        cmocka_unit_test_setup_teardown(exemplars_and_units_are_compared_where_the_format_has_them, open_registry, close_registry),
        cmocka_unit_test_setup_teardown(lines_that_are_none_are_one_difference_with_their_number, open_registry, close_registry),
        cmocka_unit_test_setup_teardown(a_page_is_the_same_as_itself, open_registry, close_registry),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
