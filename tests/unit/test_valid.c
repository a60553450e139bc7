/*
 * test_valid.c - the strict readers that tests of formats judge pages by (support/valid.h, support/proto.h).
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "support/proto.h"
#include "support/valid.h"

#define OM(type) "# TYPE x " type "\n# HELP x X.\n"
#define TEXT(type) "# HELP x X.\n# TYPE x " type "\n"
#define EOF_LINE "# EOF\n"

static const struct row {
    tacho_format format;
    tacho_escaping escaping;
    const char *why; /* NULL: it is valid */
    const char *page;
} rows[] = {
    { TACHO_OPENMETRICS, TACHO_UNDERSCORES, NULL, EOF_LINE },
    { TACHO_OPENMETRICS, TACHO_UNDERSCORES, "no # EOF", "" },
    { TACHO_OPENMETRICS, TACHO_UNDERSCORES, "no LF", "# EOF" },
    { TACHO_OPENMETRICS, TACHO_UNDERSCORES, "behind # EOF", EOF_LINE EOF_LINE },
    { TACHO_OPENMETRICS, TACHO_UNDERSCORES, NULL, OM("counter") "x_total 1 # {a=\"b\"} 1 2.5\nx_created 1\n" EOF_LINE },
    { TACHO_OPENMETRICS, TACHO_UNDERSCORES, "not a name of its family", OM("counter") "x 1\n" EOF_LINE },
    { TACHO_OPENMETRICS, TACHO_UNDERSCORES, "not a name of its family", OM("gauge") "x_total 1\n" EOF_LINE },
    { TACHO_OPENMETRICS, TACHO_UNDERSCORES, "not a name of its family", OM("gaugehistogram") "x_count 1\n" EOF_LINE },
    { TACHO_OPENMETRICS, TACHO_UNDERSCORES, "an exemplar where none", OM("gauge") "x 1 # {} 1\n" EOF_LINE },
    { TACHO_OPENMETRICS, TACHO_UNDERSCORES, "below 0", OM("counter") "x_total -1\n" EOF_LINE },
    { TACHO_OPENMETRICS, TACHO_UNDERSCORES, "a sum below 0", OM("summary") "x_count 1\nx_sum -1\n" EOF_LINE },
    { TACHO_OPENMETRICS, TACHO_UNDERSCORES, "a quantile below 0", OM("summary") "x{quantile=\"0.5\"} -1\n" EOF_LINE },
    { TACHO_OPENMETRICS, TACHO_UNDERSCORES, "an info is not 1", OM("info") "x_info 0\n" EOF_LINE },
    { TACHO_OPENMETRICS, TACHO_UNDERSCORES, "no infinite", OM("histogram") "x_bucket{le=\"1.0\"} 1\nx_count 1\n" EOF_LINE },
    { TACHO_OPENMETRICS, TACHO_UNDERSCORES, "not whole", OM("histogram") "x_bucket{le=\"1.0\"} 1\n" EOF_LINE },
    { TACHO_OPENMETRICS, TACHO_UNDERSCORES, "the count is not", OM("histogram") "x_bucket{le=\"+Inf\"} 1\nx_count 2\n" EOF_LINE },
    { TACHO_OPENMETRICS, TACHO_UNDERSCORES, "do not rise",
      OM("histogram") "x_bucket{le=\"1.0\"} 2\nx_bucket{le=\"+Inf\"} 1\n" EOF_LINE },
    { TACHO_OPENMETRICS, TACHO_UNDERSCORES, "do not rise",
      OM("histogram") "x_bucket{le=\"2.0\"} 0\nx_bucket{le=\"1.0\"} 1\n" EOF_LINE },
    { TACHO_OPENMETRICS, TACHO_UNDERSCORES, "not canonical", OM("histogram") "x_bucket{le=\"1\"} 0\n" EOF_LINE },
    { TACHO_OPENMETRICS, TACHO_UNDERSCORES, "another series",
      OM("histogram") "x_bucket{a=\"1\",le=\"1.0\"} 0\nx_bucket{a=\"2\",le=\"+Inf\"} 0\n" EOF_LINE },
    { TACHO_OPENMETRICS, TACHO_UNDERSCORES, "UNIT in a wrong place", OM("gauge") "# UNIT x s\n" EOF_LINE },
    { TACHO_OPENMETRICS, TACHO_UNDERSCORES, "no suffix", "# TYPE x_s gauge\n# UNIT x_s seconds\n# HELP x_s X.\n" EOF_LINE },
    { TACHO_OPENMETRICS, TACHO_UNDERSCORES, "HELP twice", "# TYPE x gauge\n# HELP x X.\nx 1\n# HELP x X.\n" EOF_LINE },
    { TACHO_OPENMETRICS, TACHO_UNDERSCORES, "of another family", "# TYPE x gauge\n# HELP y X.\n" EOF_LINE },
    { TACHO_OPENMETRICS, TACHO_UNDERSCORES, "no type or help", "# TYPE x gauge\n# TYPE y gauge\n" EOF_LINE },
    { TACHO_OPENMETRICS, TACHO_UNDERSCORES, "a quote that is not", "# TYPE x gauge\n# HELP x \"X\".\n" EOF_LINE },
    { TACHO_OPENMETRICS, TACHO_UNDERSCORES, "unknown type", OM("untyped") EOF_LINE },
    { TACHO_OPENMETRICS, TACHO_UNDERSCORES, "there already", OM("gauge") OM("gauge") EOF_LINE },
    { TACHO_OPENMETRICS, TACHO_UNDERSCORES, "in quotes, though", "# TYPE \"a.b\" gauge\n# HELP \"a.b\" X.\n" EOF_LINE },
    { TACHO_OPENMETRICS, TACHO_ALLOW_UTF8, NULL, "# TYPE \"a.b\" gauge\n# HELP \"a.b\" X.\n{\"a.b\",\"c.d\"=\"e\"} 1\n" EOF_LINE },
    { TACHO_OPENMETRICS, TACHO_ALLOW_UTF8, "a plain name in quotes", "# TYPE \"a\" gauge\n# HELP \"a\" X.\n" EOF_LINE },
    { TACHO_OPENMETRICS, TACHO_ALLOW_UTF8, "belongs into", "# TYPE \"a.b\" gauge\n# HELP \"a.b\" X.\n\"a.b\" 1\n" EOF_LINE },
    { TACHO_TEXT, TACHO_UNDERSCORES, NULL, "" },
    { TACHO_TEXT, TACHO_UNDERSCORES, NULL, TEXT("summary") "x{a=\"\",quantile=\"0.5\"} -1\nx_sum{a=\"\"} NaN\nx_count{a=\"\"} 1\n" },
    { TACHO_TEXT, TACHO_UNDERSCORES, "an exemplar where none", TEXT("counter") "x 1 # {} 1\n" },
    { TACHO_TEXT, TACHO_UNDERSCORES, "TYPE in a wrong place", TEXT("gauge") "# TYPE x gauge\n" },
    { TACHO_TEXT, TACHO_UNDERSCORES, "of another family", "# TYPE x gauge\n# HELP x X.\n" },
    { TACHO_TEXT, TACHO_UNDERSCORES, "before TYPE and HELP", "x 1\n" },
    { TACHO_TEXT, TACHO_UNDERSCORES, "a label twice", TEXT("gauge") "x{a=\"1\",a=\"2\"} 1\n" },
    { TACHO_TEXT, TACHO_UNDERSCORES, "behind the format's own", TEXT("summary") "x{quantile=\"0.5\",a=\"2\"} 1\n" },
    { TACHO_TEXT, TACHO_UNDERSCORES, "other labels", TEXT("gauge") "x{a=\"1\"} 1\nx{b=\"1\"} 1\n" },
    { TACHO_TEXT, TACHO_UNDERSCORES, "the series was there", TEXT("gauge") "x{a=\"1\"} 1\nx{a=\"1\"} 1\n" },
    { TACHO_TEXT, TACHO_UNDERSCORES, "__name__", TEXT("gauge") "x{__name__=\"1\"} 1\n" },
    { TACHO_TEXT, TACHO_UNDERSCORES, "no value of a label", TEXT("gauge") "x{a=\"\\t\"} 1\n" },
    { TACHO_TEXT, TACHO_UNDERSCORES, "no number", TEXT("gauge") "x 01\n" },
    { TACHO_TEXT, TACHO_UNDERSCORES, "no number", TEXT("gauge") "x inf\n" },
    { TACHO_TEXT, TACHO_UNDERSCORES, "more behind", TEXT("gauge") "x 1 5\n" },
    { TACHO_TEXT, TACHO_UNDERSCORES, "not UTF-8", TEXT("gauge") "x{a=\"\xff\"} 1\n" },
    { TACHO_TEXT, TACHO_UNDERSCORES, "unknown escape", "# HELP x \\\"\n# TYPE x gauge\n" },
    { TACHO_JSON, TACHO_UNDERSCORES, NULL, "[\n{\"a\":[1,-0,2.5e+20,\"\\u0001\\n\"],\"b\":{}}\n]\n" },
    { TACHO_JSON, TACHO_UNDERSCORES, "JSON breaks", "" },
    { TACHO_JSON, TACHO_UNDERSCORES, "JSON breaks", "[1,]" },
    { TACHO_JSON, TACHO_UNDERSCORES, "JSON breaks", "[{\"a\":1,\"a\":2}]" },
    { TACHO_JSON, TACHO_UNDERSCORES, "JSON breaks", "[NaN]" },
    { TACHO_JSON, TACHO_UNDERSCORES, "JSON breaks", "[\"\t\"]" },
    { TACHO_JSON, TACHO_UNDERSCORES, "JSON breaks", "[01]" },
    { TACHO_JSON, TACHO_UNDERSCORES, "JSON breaks", "[1" },
    { TACHO_JSON, TACHO_UNDERSCORES, "JSON breaks", "[1]]" },
    { TACHO_CSV, TACHO_UNDERSCORES, NULL, "name,type,labels,value\r\n\"a\"\"b\",gauge,\"\",1\r\n" },
    { TACHO_CSV, TACHO_UNDERSCORES, "CSV breaks", "a,b,c,d\r\n" },
    { TACHO_CSV, TACHO_UNDERSCORES, "CSV breaks", "name,type,labels,value\r\na,gauge,1\r\n" },
    { TACHO_CSV, TACHO_UNDERSCORES, "CSV breaks", "name,type,labels,value\r\na,gauge,\"\",1,2\r\n" },
    { TACHO_CSV, TACHO_UNDERSCORES, "CSV breaks", "name,type,labels,value\r\na\"b,gauge,\"\",1\r\n" },
    { TACHO_CSV, TACHO_UNDERSCORES, "CSV breaks", "name,type,labels,value\r\na,gauge,\"\",1\n" },
    { TACHO_CSV, TACHO_UNDERSCORES, "CSV breaks", "name,type,labels,value\r\na,gauge,\"" },
};

static void each_page_is_judged_as_its_row_says(void **state)
{
    (void)state;
    for (size_t i = 0; i < TACHO_COUNT(rows); i++) {
        char why[500] = "";
        bool valid = valid_page(rows[i].page, strlen(rows[i].page), rows[i].format, rows[i].escaping, why, sizeof why);
        if (valid ? rows[i].why != NULL : !rows[i].why || !strstr(why, rows[i].why))
            fail_msg("row %zu: %s, want %s:\n%s", i, valid ? "valid" : why, rows[i].why ? rows[i].why : "valid", rows[i].page);
    }
}

/* A family `t` with a gauge of 1, and what may follow in it. */
#define FAMILY(len, ...) { (len), 0x0a, 1, 't', 0x12, 1, 'h', __VA_ARGS__ }
#define GAUGE 0x12, 9, 9, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f

static void messages_that_break_the_schema_are_refused(void **state)
{
    static const struct {
        const char *why;
        unsigned char bytes[40];
        size_t len;
    } messages[] = {
        { NULL, FAMILY(21, 0x18, 1, 0x22, 11, GAUGE), 22 },
        { "a family is cut", FAMILY(21, 0x18, 1, 0x22, 11, GAUGE), 21 },
        { "a field is cut", FAMILY(20, 0x18, 1, 0x22, 11, GAUGE), 21 },
        { "unknown field 6", FAMILY(8, 0x30, 1), 9 },
        { "type has wire type 1", FAMILY(15, 0x19, 0, 0, 0, 0, 0, 0, 0, 0), 16 },
        { "name comes twice", FAMILY(9, 0x0a, 1, 't'), 10 },
        { "unknown type", FAMILY(8, 0x18, 9), 9 },
        { "without metrics", FAMILY(8, 0x18, 1), 9 },
        { "without the value of its type", FAMILY(21, 0x18, 0, 0x22, 11, GAUGE), 22 },
        { "without the value of its type", FAMILY(10, 0x18, 1, 0x22, 0), 11 },
        { "a value that says nothing", FAMILY(12, 0x18, 1, 0x22, 2, 0x12, 0), 13 },
        { "is not UTF-8", { 8, 0x0a, 1, 0xff, 0x12, 1, 'h', 0x18, 1 }, 9 },
    };
    (void)state;
    for (size_t i = 0; i < TACHO_COUNT(messages); i++) {
        char why[200] = "", *text = proto_print(messages[i].bytes, messages[i].len, why, sizeof why);
        if (!text != (messages[i].why != NULL) || (!text && !strstr(why, messages[i].why)))
            fail_msg("row %zu: %s, want %s", i, text ? text : why, messages[i].why);
        free(text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_page_is_judged_as_its_row_says),
        cmocka_unit_test(messages_that_break_the_schema_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
