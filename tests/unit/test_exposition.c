/*
 * test_exposition.c - the strict reader that all tests judge expositions by (support/exposition.h).
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/exposition.h"

#define LENGTH(array) (sizeof(array) / sizeof(array)[0])
#define HEAD(type) "# HELP x X.\n# TYPE x " type "\n"
#define BUCKET(le, n) "x_bucket{le=\"" le "\"} " n "\n"

/* An exposition that must be read. */
struct valid {
    const char *name, *text;
};

static void what_tacho_writes_is_read(void **state)
{
    static const struct valid rows[] = {
        { "nothing at all", "" },
        { "a family without samples", HEAD("counter") },
        { "a counter", HEAD("counter") "x 1\n" },
        { "the largest count", HEAD("counter") "x 18446744073709551615\n" },
        { "a counter that overflowed", HEAD("counter") "x +Inf\n" },
        { "minus zero", HEAD("gauge") "x -0\n" },
        { "NaN", HEAD("gauge") "x NaN\n" },
        { "infinities", HEAD("gauge") "x{a=\"1\"} +Inf\nx{a=\"2\"} -Inf\n" },
        { "exponents", HEAD("gauge") "x{a=\"1\"} 1e-05\nx{a=\"2\"} -1.5e+21\nx{a=\"3\"} 5e-324\n" },
        { "untyped", HEAD("untyped") "x 1\n" },
        { "escapes", "# HELP x a\\\\b\\nc\"d\n# TYPE x gauge\nx{a=\"a\\\\b\\nc\\\"d\"} 1\n" },
        { "anything in quotes", HEAD("gauge") "x{a=\"} 1 # {,=\t\r\"} 1\n" },
        { "an empty label value", HEAD("gauge") "x{a=\"\"} 1\n" },
        { "UTF-8 of all lengths",
          "# HELP x \xc2\xa9\n# TYPE x gauge\nx{a=\"\xe2\x82\xac\xf0\x9f\x98\x80\xef\xbf\xbd\"} 1\n" },
        { "colons in names", "# HELP a:x X.\n# TYPE a:x gauge\na:x 1\n" },
        { "two families", HEAD("gauge") "x 1\n# HELP y Y.\n# TYPE y gauge\ny 1\n" },
        { "a gauge with a label le", HEAD("gauge") "x{le=\"a\"} 1\n" },
        { "a histogram of one bucket", HEAD("histogram") BUCKET("+Inf", "0") "x_sum 0\nx_count 0\n" },
        { "a histogram",
          HEAD("histogram") BUCKET("-1.0", "0") BUCKET("0.5", "2") BUCKET("1e+06", "2") BUCKET("+Inf", "3")
              "x_sum 2.5\nx_count 3\n" },
        { "two histograms",
          HEAD("histogram") "x_bucket{a=\"1\",le=\"+Inf\"} 1\nx_sum{a=\"1\"} 1\nx_count{a=\"1\"} 1\n"
                            "x_bucket{a=\"2\",le=\"+Inf\"} 0\nx_sum{a=\"2\"} NaN\nx_count{a=\"2\"} 0\n" },
        { "a summary without quantiles", HEAD("summary") "x_sum 1.5\nx_count 2\n" },
        { "two summaries", HEAD("summary") "x{a=\"1\",quantile=\"0.0\"} NaN\nx{a=\"1\",quantile=\"0.5\"} 1\n"
                                           "x_sum{a=\"1\"} 0\nx_count{a=\"1\"} 0\n"
                                           "x{a=\"2\",quantile=\"0.0\"} -1\nx{a=\"2\",quantile=\"1.0\"} +Inf\n"
                                           "x_sum{a=\"2\"} +Inf\nx_count{a=\"2\"} 3\n" },
    };
    (void)state;
    for (size_t i = 0; i < LENGTH(rows); i++) {
        char why[512] = "";
        struct exposition *read = exposition_parse(rows[i].text, strlen(rows[i].text), why, sizeof why);
        if (!read) fail_msg("%s: %s", rows[i].name, why);
        exposition_free(read);
    }
}

/* One that must not, and a part of the reason. */
struct invalid {
    const char *text, *why;
};

static void whatever_a_scraper_could_stumble_over_is_refused(void **state)
{
    static const struct invalid rows[] = {
        /* lines */
        { HEAD("gauge") "x 1", "no LF" },
        { HEAD("gauge") "\nx 1\n", "empty line" },
        { "\n", "empty line" },
        { "# a comment\n", "a comment" },
        { "#HELP x X.\n", "a comment" },
        { HEAD("gauge") "x 1\r\n", "invalid number" },
        { HEAD("gauge") "# EOF\n", "a comment" },
        { "\xef\xbb\xbf" HEAD("gauge"), "invalid sample name" },
        /* HELP and TYPE */
        { "x 1\n", "outside a family" },
        { "# TYPE x gauge\nx 1\n", "without its HELP" },
        { "# HELP x X.\nx 1\n", "outside a family" },
        { "# HELP x X.\n", "no TYPE" },
        { "# TYPE x gauge\n# HELP x X.\nx 1\n", "without its HELP" },
        { "# HELP y Y.\n# TYPE x gauge\n", "without its HELP" },
        { "# HELP x X.\n# HELP x X.\n# TYPE x gauge\n", "no TYPE" },
        { HEAD("gauge") "# TYPE x gauge\nx 1\n", "without its HELP" },
        { HEAD("gauge") "x 1\n" HEAD("gauge") "x{a=\"b\"} 1\n", "another family has this name" },
        { "# HELP 1x X.\n# TYPE 1x gauge\n", "invalid family name" },
        { "# HELP  x X.\n", "invalid family name" },
        { "# HELP x\n", "no blank after" },
        { "# HELP x \n", "empty help" },
        { "# HELP x a\\b\n", "bad escape" },
        { "# HELP x a\\\n", "bad escape" },
        { "# HELP x a\\\"b\n", "bad escape" },
        { "# HELP x \xff\n", "UTF-8" },
        { HEAD("gauge "), "unknown type" },
        { HEAD("Gauge"), "unknown type" },
        { HEAD("info"), "unknown type" },
        { HEAD("histogram") "# HELP x_sum X.\n# TYPE x_sum gauge\n", "another family has this name" },
        { "# HELP x_count X.\n# TYPE x_count gauge\n" HEAD("histogram"), "another family has this name" },
        { HEAD("gauge") "y 1\n", "not a name of this family" },
        { HEAD("gauge") "x_total 1\n", "not a name of this family" },
        { HEAD("histogram") "x 1\n", "not a name of this family" },
        { HEAD("gauge") "x 1\n# HELP y Y.\n# TYPE y gauge\nx{a=\"b\"} 1\n", "not a name of this family" },
        /* labels */
        { HEAD("gauge") "x{} 1\n", "invalid label name" },
        { HEAD("gauge") "x{a=\"b\",} 1\n", "invalid label name" },
        { HEAD("gauge") "x{a=\"b\", c=\"d\"} 1\n", "invalid label name" },
        { HEAD("gauge") "x{1a=\"b\"} 1\n", "invalid label name" },
        { HEAD("gauge") "x{a:b=\"b\"} 1\n", "no =\"" },
        { HEAD("gauge") "x{a=b} 1\n", "no =\"" },
        { HEAD("gauge") "x{__a=\"b\"} 1\n", "reserved" },
        { HEAD("gauge") "x{a=\"b\" 1\n", "labels do not end" },
        { HEAD("gauge") "x{a=\"b} 1\n", "label value does not end" },
        { HEAD("gauge") "x{a=\"\\\"} 1\n", "label value does not end" },
        { HEAD("gauge") "x{a=\"\\t\"} 1\n", "bad escape" },
        { HEAD("gauge") "x{a=\"b\",a=\"c\"} 1\n", "comes twice" },
        { HEAD("gauge") "x{a=\"\xed\xa0\x80\"} 1\n", "UTF-8" },
        { HEAD("gauge") "x{a=\"\xc0\xaf\"} 1\n", "UTF-8" },
        { HEAD("gauge") "x{a=\"\xe2\x82\"} 1\n", "UTF-8" },
        { HEAD("gauge") "x{a=\"b\"} 1\nx 1\n", "other label names" },
        { HEAD("gauge") "x{a=\"b\",c=\"d\"} 1\nx{c=\"d\",a=\"b\"} 1\n", "other label names" },
        { HEAD("gauge") "x 1\nx 2\n", "series comes twice" },
        { HEAD("gauge") "x{a=\"b\"} 1\nx{a=\"c\"} 1\nx{a=\"b\"} 1\n", "series comes twice" },
        /* numbers */
        { HEAD("gauge") "x\n", "no blank before the number" },
        { HEAD("gauge") "x \n", "invalid number" },
        { HEAD("gauge") "x  1\n", "invalid number" },
        { HEAD("gauge") "x 1 \n", "invalid number" },
        { HEAD("gauge") "x 1 1700000000000\n", "invalid number" },
        { HEAD("gauge") "x 1,5\n", "invalid number" },
        { HEAD("gauge") "x nan\n", "invalid number" },
        { HEAD("gauge") "x -NaN\n", "invalid number" },
        { HEAD("gauge") "x inf\n", "invalid number" },
        { HEAD("gauge") "x Inf\n", "invalid number" },
        { HEAD("gauge") "x +1\n", "invalid number" },
        { HEAD("gauge") "x 01\n", "invalid number" },
        { HEAD("gauge") "x .5\n", "invalid number" },
        { HEAD("gauge") "x 1.\n", "invalid number" },
        { HEAD("gauge") "x 1e5\n", "invalid number" },
        { HEAD("gauge") "x 1e+5\n", "invalid number" },
        { HEAD("gauge") "x 0x1p3\n", "invalid number" },
        { HEAD("counter") "x -1\n", "negative or NaN" },
        { HEAD("counter") "x NaN\n", "negative or NaN" },
        /* histograms */
        { HEAD("histogram") BUCKET("1.0", "1"), "not complete" },
        { HEAD("histogram") BUCKET("+Inf", "1"), "not complete" },
        { HEAD("histogram") BUCKET("+Inf", "1") "x_sum 1\n", "not complete" },
        { HEAD("histogram") BUCKET("+Inf", "1") "x_sum 1\n# HELP y Y.\n", "not complete" },
        { HEAD("histogram") BUCKET("+Inf", "1") "x_count 1\n", "_count does not follow" },
        { HEAD("histogram") BUCKET("+Inf", "1") "x_count 1\nx_sum 1\n", "_count does not follow" },
        { HEAD("histogram") BUCKET("1.0", "1") "x_sum 1\nx_count 1\n", "_sum does not follow" },
        { HEAD("histogram") "x_sum 1\nx_count 1\n", "_sum does not follow" },
        { HEAD("histogram") BUCKET("+Inf", "2") "x_sum 1\nx_count 1\n", "_count is not the +Inf" },
        { HEAD("histogram") BUCKET("1.0", "2") BUCKET("+Inf", "1"), "smaller than the one before" },
        { HEAD("histogram") BUCKET("1.0", "0") BUCKET("1.0", "0"), "le does not rise" },
        { HEAD("histogram") BUCKET("2.0", "0") BUCKET("1.0", "0"), "le does not rise" },
        { HEAD("histogram") BUCKET("+Inf", "0") BUCKET("1.0", "0"), "a bucket behind +Inf" },
        { HEAD("histogram") BUCKET("1", "0"), "not in canonical form" },
        { HEAD("histogram") BUCKET("NaN", "0"), "invalid le" },
        { HEAD("histogram") BUCKET("-Inf", "0"), "invalid le" },
        { HEAD("histogram") BUCKET("x", "0"), "invalid le" },
        { HEAD("histogram") BUCKET("1.0", "0.5"), "no count" },
        { HEAD("histogram") BUCKET("1.0", "-1"), "no count" },
        { HEAD("histogram") BUCKET("1.0", "+Inf"), "no count" },
        { HEAD("histogram") "x_bucket 1\n", "without le" },
        { HEAD("histogram") "x_bucket{le=\"1.0\",a=\"b\"} 1\n", "a label after le" },
        { HEAD("histogram") BUCKET("+Inf", "1") "x_sum{le=\"1.0\"} 1\n", "le on something" },
        { HEAD("histogram") "x_bucket{a=\"1\",le=\"1.0\"} 1\nx_bucket{a=\"2\",le=\"+Inf\"} 1\n", "other labels in" },
        { HEAD("histogram") "x_bucket{a=\"1\",le=\"+Inf\"} 1\nx_sum{a=\"2\"} 1\n", "other labels in" },
        { HEAD("histogram") "x_bucket{a=\"1\",le=\"+Inf\"} 1\nx_sum{a=\"1\"} 1\nx_count{a=\"1\"} 1\n"
                            "x_bucket{a=\"2\",le=\"1.0\"} 1\nx_bucket{a=\"2\",le=\"+Inf\"} 1\n",
          "other bounds" },
        /* summaries */
        { HEAD("summary") "x_sum 1\n", "not complete" },
        { HEAD("summary") "x{quantile=\"0.5\"} 1\n# HELP y Y.\n", "not complete" },
        { HEAD("summary") "x_count 1\nx_sum 1\n", "_count does not follow" },
        { HEAD("summary") "x_sum 1\nx_sum 1\n", "_sum comes twice" },
        { HEAD("summary") "x_sum 1\nx_count 1.5\n", "count is no count" },
        { HEAD("summary") "x 1\n", "without its rank" },
        { HEAD("summary") "x{quantile=\"1.5\"} 1\n", "invalid quantile" },
        { HEAD("summary") "x{quantile=\"NaN\"} 1\n", "invalid quantile" },
        { HEAD("summary") "x{quantile=\"1\"} 1\n", "not in canonical form" },
        { HEAD("summary") "x{quantile=\"0.5\"} 1\nx{quantile=\"0.5\"} 1\n", "quantiles do not rise" },
        { HEAD("summary") "x_sum 1\nx{quantile=\"0.5\"} 1\n", "behind _sum" },
        { HEAD("summary") "x{quantile=\"0.5\",a=\"b\"} 1\n", "a label after le or quantile" },
        { HEAD("summary") "x_sum{quantile=\"0.5\"} 1\n", "quantile on a sum" },
        { HEAD("summary") "x_sum{a=\"1\"} 1\nx_count{a=\"2\"} 1\n", "other labels in" },
        { HEAD("summary") "x_sum{a=\"1\"} 1\nx_count{a=\"1\"} 1\nx{a=\"2\",quantile=\"0.5\"} 1\nx_sum{a=\"2\"} 1\n",
          "other quantiles" },
        { HEAD("summary") "x_bucket 1\n", "not a name of this family" },
        { HEAD("summary") "x_sum 1\nx_count 1\n# HELP x_sum X.\n# TYPE x_sum gauge\n", "another family has this name" },
    };
    (void)state;
    for (size_t i = 0; i < LENGTH(rows); i++) {
        char why[512] = "";
        struct exposition *read = exposition_parse(rows[i].text, strlen(rows[i].text), why, sizeof why);
        if (read) fail_msg("row %zu was read, wanted '%s':\n%s", i, rows[i].why, rows[i].text);
        if (!strstr(why, rows[i].why)) fail_msg("row %zu: '%s', wanted '%s':\n%s", i, why, rows[i].why, rows[i].text);
    }
}

static void the_reason_names_the_line(void **state)
{
    static const char text[] = HEAD("gauge") "x{a=\"1\"} 1\nx{a=\"2\"} one\n";
    char why[512];
    (void)state;
    assert_null(exposition_parse(text, sizeof text - 1, why, sizeof why));
    assert_string_equal(why, "line 4: invalid number: x{a=\"2\"} one");
    assert_null(exposition_parse(text, sizeof text - 1, NULL, 0));
}

static void samples_and_families_are_found_as_they_were_written(void **state)
{
    static const char text[] = "# HELP a First\\nline, \\\\.\n# TYPE a counter\n"
                               "a{b=\"1\",c=\"x\\\"y\"} 18446744073709551615\na{b=\"2\",c=\"\"} 2\n"
                               "# HELP h H.\n# TYPE h histogram\n"
                               "h_bucket{le=\"0.5\"} 1\nh_bucket{le=\"+Inf\"} 3\nh_sum 0.1\nh_count 3\n";
    char why[512];
    (void)state;
    struct exposition *read = exposition_parse(text, sizeof text - 1, why, sizeof why);
    assert_non_null(read);
    assert_int_equal(read->count, 6);
    assert_int_equal(read->family_count, 2);
    assert_string_equal(exposition_family(read, "a")->help, "First\nline, \\.");
    assert_string_equal(exposition_family(read, "h")->type, "histogram");
    assert_int_equal(exposition_family(read, "h")->first, 2);
    assert_int_equal(exposition_family(read, "h")->count, 4);
    assert_null(exposition_family(read, "h_sum"));
    assert_null(exposition_family(read, "b"));
    assert_string_equal(read->samples[0].series, "a{b=\"1\",c=\"x\\\"y\"}");
    assert_string_equal(read->samples[0].name, "a");
    assert_string_equal(read->samples[0].labels, "b=\"1\",c=\"x\\\"y\"");
    assert_string_equal(read->samples[4].labels, "");
    assert_string_equal(exposition_text(read, "a{b=\"1\",c=\"x\\\"y\"}"), "18446744073709551615");
    assert_true(exposition_value(read, "a{b=\"2\",c=\"\"}") == 2);
    assert_true(exposition_value(read, "h_sum") == 0.1);
    assert_true(isnan(exposition_value(read, "a")));
    assert_null(exposition_text(read, "h_bucket"));
    assert_int_equal(exposition_count(read, "h_bucket"), 2);
    assert_true(exposition_sum(read, "h_bucket") == 4);
    assert_int_equal(exposition_count(read, "nothing"), 0);
    assert_true(exposition_sum(read, "nothing") == 0);
    exposition_free(read);
    exposition_free(NULL);
}

static void a_hundred_thousand_lines_are_read_and_found(void **state)
{
    enum { LINES = 100000 };
    char *text = malloc(LINES * 40 + 100), *at = text, why[512];
    (void)state;
    at += sprintf(at, "%s", HEAD("gauge"));
    for (int i = 0; i < LINES; i++) at += sprintf(at, "x{a=\"value-%d\"} %d\n", i, i);
    struct exposition *read = exposition_parse(text, (size_t)(at - text), why, sizeof why);
    if (!read) fail_msg("%s", why);
    assert_int_equal(read->count, LINES);
    for (int i = 0; i < LINES; i++) {
        char series[40];
        sprintf(series, "x{a=\"value-%d\"}", i);
        assert_true(exposition_value(read, series) == i);
    }
    exposition_free(read);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_tacho_writes_is_read),
        cmocka_unit_test(whatever_a_scraper_could_stumble_over_is_refused),
        cmocka_unit_test(the_reason_names_the_line),
        cmocka_unit_test(samples_and_families_are_found_as_they_were_written),
        cmocka_unit_test(a_hundred_thousand_lines_are_read_and_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
