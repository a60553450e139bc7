/*
 * test_negotiate.c - Accept fields of scrapers, and of nobody, and what they get.
 * Needs: OPENMETRICS PROTOBUF
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>

#include "support/offers.h"

#define LENGTH(array) (sizeof(array) / sizeof(array)[0])

static void check_rows(const struct offers_row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) offers_check(rows[i].accept, &rows[i]);
}

/* ---- Tables ------------------------------------------------------------------------------------------------ */

static void every_scraper_gets_what_it_ranks_first(void **state)
{
    static const struct offers_row rows[] = {
        /* Prometheus 2.42, without and with native histograms */
        { "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,"
          "text/plain;version=0.0.4;q=0.5,*/*;q=0.1", OM },
        { "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited,"
          "application/openmetrics-text;version=1.0.0;q=0.8,application/openmetrics-text;version=0.0.1;q=0.75,"
          "text/plain;version=0.0.4;q=0.5,*/*;q=0.1", PB },
        /* 2.30: only the draft of OpenMetrics */
        { "application/openmetrics-text; version=0.0.1,text/plain;version=0.0.4;q=0.5,*/*;q=0.1", OM_0 },
        /* 3.x, without and with native histograms */
        { "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,"
          "application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,"
          "text/plain;version=0.0.4;q=0.3,*/*;q=0.2", OM_AS(TACHO_ALLOW_UTF8, "allow-utf-8") },
        { "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.6,"
          "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,"
          "application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,"
          "text/plain;version=0.0.4;q=0.2,*/*;q=0.1", PB },
        /* 3.0: the escaping everywhere */
        { "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;"
          "escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,"
          "application/openmetrics-text;version=0.0.1;escaping=allow-utf-8;q=0.4,"
          "text/plain;version=0.0.4;escaping=allow-utf-8;q=0.3,*/*;q=0.2", PB_AS(TACHO_ALLOW_UTF8, "allow-utf-8") },
        { "text/plain;version=0.0.4;escaping=allow-utf-8;q=0.5,"
          "application/openmetrics-text;version=0.0.1;escaping=allow-utf-8;q=0.4,*/*;q=0.3",
          TEXT_AS(TACHO_ALLOW_UTF8) },
        /* 3.x with another order of protocols, names restricted to the legacy set */
        { "text/plain;version=1.0.0;escaping=underscores;q=0.4,text/plain;version=0.0.4;q=0.3,"
          "application/openmetrics-text;version=1.0.0;escaping=underscores;q=0.2,*/*;q=0.1", TEXT_1 },
        { "text/plain;version=0.0.4;q=1,*/*;q=0.1", TEXT }, /* VictoriaMetrics 1.79 */
        { "*/*", TEXT },                                    /* curl */
        { "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", TEXT },
        { "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8,"
          "application/signed-exchange;v=b3;q=0.7", TEXT },
        { "text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2", TEXT }, /* Java's own client */
        { "application/json", TEXT },
    };
    (void)state;
    check_rows(rows, LENGTH(rows));
}

static void no_field_and_no_fitting_clause_get_text(void **state)
{
    static const struct offers_row rows[] = {
        { "", TEXT },
        { " \t ", TEXT },
        { ",", TEXT },
        { " , ,\t, ", TEXT },
        { "text/html", TEXT },
        { "application/json, text/csv", TEXT },
        { "text/plain;version=0.0.5", TEXT },
        { "text/plain;version=2.0.0;escaping=allow-utf-8", TEXT },
        { "text/plain;version=\"\"", TEXT },
        { "application/openmetrics-text;version=2.0.0;escaping=allow-utf-8", TEXT },
        { "application/openmetrics-text;version=0.0.4", TEXT },
        { "application/openmetrics-text;version=1.0", TEXT },
        { "application/openmetrics-text;version=1.0.00", TEXT },
        { "application/vnd.google.protobuf", TEXT },
        { "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily", TEXT },
        { "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=text", TEXT },
        { "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=compact-text", TEXT },
        { "application/vnd.google.protobuf;encoding=delimited", TEXT },
        { "application/vnd.google.protobuf;proto=io.prometheus.client.Metric;encoding=delimited", TEXT },
        { "application/*", TEXT },
        { "application/openmetrics-text2", TEXT },
        { "application/openmetrics", TEXT },
        { "text/*;version=1.0.0", TEXT },
    };
    (void)state;
    tacho_offer offer = tacho_format_negotiate(NULL);
    assert_int_equal(offer.format, TACHO_TEXT);
    assert_int_equal(offer.escaping, TACHO_UNDERSCORES);
    assert_string_equal(offer.content_type, "text/plain; version=0.0.4; charset=utf-8");
    check_rows(rows, LENGTH(rows));
}

static void a_clause_fits_by_its_type_and_version(void **state)
{
    static const struct offers_row rows[] = {
        { "text/plain", TEXT },
        { "text/plain;version=0.0.4", TEXT },
        { "text/plain;version=1.0.0", TEXT_1 },
        { "application/openmetrics-text", OM },
        { "application/openmetrics-text;version=1.0.0", OM },
        { "application/openmetrics-text;version=0.0.1", OM_0 },
        { ASK_PB, PB },
        { "application/vnd.google.protobuf;encoding=delimited;proto=io.prometheus.client.MetricFamily", PB },
        { "text/plain;version=1.0.0;charset=iso-8859-1", TEXT_1 },
        { "application/openmetrics-text;charset=utf-8;version=1.0.0;level=1;q=0.5;note=x", OM },
        { "application/openmetrics-text;proto=x;encoding=text", OM },
        { "application/json, " ASK_OM ";q=0.1", OM },
        { "text/plain;version=9;q=0.9, " ASK_OM ";q=0.1", OM },
    };
    (void)state;
    check_rows(rows, LENGTH(rows));
}

static void the_highest_q_wins_then_the_more_specific_then_the_earlier(void **state)
{
    static const struct offers_row rows[] = {
        { ASK_PB ";q=0.1," ASK_OM ";q=0.9", OM },
        { ASK_OM ";q=0.9," ASK_PB ";q=0.1", OM },
        { ASK_OM ";q=0.998,text/plain;q=0.999", TEXT },
        { ASK_OM ";q=0.1,text/plain;q=0.09", OM },
        { ASK_OM ";q=0.001,text/plain;q=0", OM },
        { ASK_OM ",text/plain;q=0.999", OM },
        { "text/plain;q=1.0," ASK_PB ";q=0.9", TEXT },
        { "*/*," ASK_OM ";q=0.5", TEXT },
        /* the same q */
        { "*/*," ASK_OM, OM },
        { "text/*," ASK_OM, OM },
        { "*/*,application/openmetrics-text", OM },
        { "text/plain," ASK_OM, OM },
        { "text/plain,application/openmetrics-text", TEXT },
        { "application/openmetrics-text,text/plain", OM },
        { "text/plain;version=0.0.4;q=0.5," ASK_OM ";q=0.50", TEXT },
        { ASK_OM ";q=0.5,text/plain;version=0.0.4;q=0.500", OM },
        { ASK_PB "," ASK_OM ",text/plain;version=1.0.0", PB },
        { "text/plain;version=1.0.0," ASK_OM "," ASK_PB, TEXT_1 },
        { "application/openmetrics-text;version=0.0.1," ASK_OM, OM_0 },
        { ASK_OM ",application/openmetrics-text;version=0.0.1", OM },
        /* the same format twice: the better clause, and its escaping */
        { ASK_OM ";escaping=dots;q=0.4," ASK_OM ";escaping=values;q=0.6", OM_AS(TACHO_VALUES, "values") },
        { ASK_OM ";escaping=dots," ASK_OM ";escaping=values", OM_AS(TACHO_DOTS, "dots") },
        { "application/openmetrics-text;escaping=dots," ASK_OM ";escaping=values", OM_AS(TACHO_VALUES, "values") },
    };
    (void)state;
    check_rows(rows, LENGTH(rows));
}

static void a_clause_says_nothing_about_a_format_that_a_more_specific_one_names(void **state)
{
    static const struct offers_row rows[] = {
        { "*/*,text/plain;q=0.2," ASK_OM ";q=0.5", OM },
        { "text/*,text/plain;version=0.0.4;q=0.2," ASK_OM ";q=0.5", OM },
        { "text/plain,text/plain;version=0.0.4;q=0.2," ASK_OM ";q=0.5", OM },
        { "*/*;q=0.1,text/*;q=0.9," ASK_OM ";q=0.5", TEXT },
        { "application/openmetrics-text,application/openmetrics-text;version=1.0.0;q=0.2,text/plain;q=0.5", TEXT },
        { "application/openmetrics-text;q=0.2,application/openmetrics-text;version=1.0.0,text/plain;q=0.5", OM },
        { "*/*;escaping=allow-utf-8,text/plain;escaping=dots;q=0.3", TEXT_AS(TACHO_DOTS) },
    };
    (void)state;
    check_rows(rows, LENGTH(rows));
}

static void what_has_q_zero_is_not_served_while_anything_else_fits(void **state)
{
    static const struct offers_row rows[] = {
        { ASK_OM ";q=0", TEXT },
        { ASK_OM ";q=0.0,text/plain;q=0.1", TEXT },
        { ASK_PB ";q=0.000," ASK_OM ";q=0.001", OM },
        { "application/openmetrics-text;q=0," ASK_OM, OM },
        { ASK_OM ";q=0,application/openmetrics-text;version=0.0.1", OM_0 },
        { ASK_OM ";q=0,application/openmetrics-text", OM_0 },
        { "text/plain;version=0.0.4;q=0,text/plain", TEXT_1 },
        { "text/plain;version=1.0.0;q=0,text/plain", TEXT },
        { "*/*;q=0,application/openmetrics-text", OM },
        { "text/*;q=0," ASK_PB ";q=0.1", PB },
        { ASK_OM ";escaping=allow-utf-8;q=0," ASK_OM ";q=0.3", OM },
        { "text/plain;q=2,*/*", TEXT }, /* refuses nothing */
        { "text/plain;q=x,*/*", TEXT },
        /* a wildcard means something else then */
        { "text/plain;q=0,*/*", OM },
        { "*/*;q=0.1,text/plain;q=0", OM },
        { "text/*;q=0,*/*", OM },
        { "text/plain;version=0.0.4;q=0,*/*", TEXT_1 },
        { "text/plain;version=0.0.4;q=0,text/*", TEXT_1 },
        { "text/plain;version=0.0.4;q=0,text/plain;version=1.0.0;q=0,*/*", OM },
        { "text/plain;q=0,*/*;q=0.9," ASK_PB ";q=0.5", OM },
        { "text/plain;q=0,*/*;q=0.5," ASK_PB ";q=0.9", PB },
        { "text/plain;q=0,*/*;escaping=values", OM_AS(TACHO_VALUES, "values") },
        { "text/plain;q=0,text/*;q=0.9,*/*;q=0.1", OM },
        { "text/plain;q=0," ASK_OM ";q=0,*/*", OM_0 },
        /* never protobuf, and text if all else is refused: nobody is turned away */
        { "text/plain;q=0,application/openmetrics-text;q=0,*/*", TEXT },
        { "text/plain;q=0,application/*;q=0,*/*", TEXT },
        { "text/plain;q=0,text/*", TEXT },
        { "text/plain;q=0", TEXT },
        { "*/*;q=0", TEXT },
        { "*/*;escaping=allow-utf-8;q=0", TEXT },
        { "text/plain;q=0,application/json", TEXT },
    };
    (void)state;
    check_rows(rows, LENGTH(rows));
}

static void names_are_escaped_as_the_chosen_clause_asks(void **state)
{
    static const struct offers_row rows[] = {
        { "text/plain;version=1.0.0;escaping=allow-utf-8", TEXT_1_AS(TACHO_ALLOW_UTF8, "allow-utf-8") },
        { "text/plain;version=1.0.0;escaping=underscores", TEXT_1 },
        { "text/plain;version=1.0.0;escaping=dots", TEXT_1_AS(TACHO_DOTS, "dots") },
        { "text/plain;version=1.0.0;escaping=values", TEXT_1_AS(TACHO_VALUES, "values") },
        { "text/plain;escaping=values;version=1.0.0", TEXT_1_AS(TACHO_VALUES, "values") },
        { ASK_OM ";escaping=allow-utf-8", OM_AS(TACHO_ALLOW_UTF8, "allow-utf-8") },
        { ASK_OM ";escaping=dots", OM_AS(TACHO_DOTS, "dots") },
        { "application/openmetrics-text;escaping=values", OM_AS(TACHO_VALUES, "values") },
        { ASK_PB ";escaping=allow-utf-8", PB_AS(TACHO_ALLOW_UTF8, "allow-utf-8") },
        { ASK_PB ";escaping=dots", PB_AS(TACHO_DOTS, "dots") },
        { ASK_PB ";escaping=values", PB_AS(TACHO_VALUES, "values") },
        /* the old versions have no such parameter in their Content-Type */
        { "text/plain;version=0.0.4;escaping=allow-utf-8", TEXT_AS(TACHO_ALLOW_UTF8) },
        { "text/plain;escaping=values", TEXT_AS(TACHO_VALUES) },
        { "text/*;escaping=dots", TEXT_AS(TACHO_DOTS) },
        { "*/*;escaping=allow-utf-8", TEXT_AS(TACHO_ALLOW_UTF8) },
        { "application/openmetrics-text;version=0.0.1;escaping=allow-utf-8", OM_0_AS(TACHO_ALLOW_UTF8) },
        { "application/openmetrics-text;version=0.0.1;escaping=values", OM_0_AS(TACHO_VALUES) },
        /* another clause's wish is not this one's, and an unknown one is underscores, never repeated */
        { ASK_OM ";q=0.9," ASK_PB ";escaping=allow-utf-8;q=0.1", OM },
        { "application/openmetrics-text;version=0.0.1;q=0.9," ASK_OM ";escaping=allow-utf-8;q=0.1", OM_0 },
        { "text/html;escaping=allow-utf-8", TEXT },
        { ASK_OM ";escaping=allow-utf8", OM },
        { ASK_OM ";escaping=Allow-UTF-8", OM },
        { ASK_OM ";escaping=\"a, b; c\"", OM },
        { ASK_OM ";escaping=\"\"", OM },
    };
    (void)state;
    check_rows(rows, LENGTH(rows));
}

static void case_of_names_blanks_quotes_and_empty_parts_do_not_matter(void **state)
{
    static const struct offers_row rows[] = {
        { "Application/OpenMetrics-TEXT;VERSION=1.0.0;Escaping=dots;Q=0.5", OM_AS(TACHO_DOTS, "dots") },
        { "APPLICATION/VND.GOOGLE.PROTOBUF;PROTO=io.prometheus.client.MetricFamily;ENCODING=delimited", PB },
        { "TEXT/*;q=0, */*", OM },
        { " \tapplication/openmetrics-text \t; \tversion \t= \t1.0.0 \t; q = 0.5 \t, text/plain; q=0.4", OM },
        { "application/openmetrics-text;;version=1.0.0; ;escaping=dots;", OM_AS(TACHO_DOTS, "dots") },
        { "application/openmetrics-text;", OM },
        { "application/openmetrics-text;,;,text/plain;q=0.5", OM },
        { ",,, " ASK_OM " ,,", OM },
        { "application/openmetrics-text;version=\"1.0.0\"", OM },
        { "application/openmetrics-text;version=\"1\\.0.\\0\";q=\"0.\\5\",text/plain;q=0.6", TEXT },
        { "application/openmetrics-text;version=\"1\\.0.\\0\";q=\"0.\\5\",text/plain;q=0.4", OM },
        { "application/openmetrics-text;escaping = \"values\" ; version = \"1.0.0\"", OM_AS(TACHO_VALUES, "values") },
        { ASK_OM ";note=\"a,text/plain;q=1,b\";q=0.5,text/plain;q=0.4", OM },
        { ASK_OM ";note=\"\\\",text/plain;version=1.0.0,\\\\\";q=0.5", OM },
        { ASK_OM ";note=\"\t \xc3\xa4\xff=\"", OM },
        { ASK_OM ";note=\"\"", OM },
        { "text/plain;note = \"a," ASK_OM ",b\"", TEXT },
        { ASK_OM ";note=\"=\",text/plain;q=0.4", OM },
        /* values have a case */
        { "application/vnd.google.protobuf;proto=IO.prometheus.client.MetricFamily;encoding=delimited", TEXT },
        { "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=Delimited", TEXT },
    };
    (void)state;
    check_rows(rows, LENGTH(rows));
}

static void a_parameter_may_come_twice_if_it_says_the_same(void **state)
{
    static const struct offers_row rows[] = {
        { ASK_OM ";version=\"1.0.0\";q=0.5;q=0.50,text/plain;q=0.4", OM },
        { ASK_OM ";escaping=values;escaping=values", OM_AS(TACHO_VALUES, "values") },
        { ASK_OM ";charset=a;charset=b", OM },
        { ASK_OM ";version=0.0.1,text/plain;q=0.4", TEXT },
        { "text/plain;version=1.0.0;version=9", TEXT },
        { ASK_OM ";q=0.5;q=0.6", TEXT },
        { ASK_OM ";escaping=dots;escaping=values", TEXT },
        { ASK_OM ";escaping=dots;escaping=unknown", TEXT },
        { ASK_PB ";proto=x", TEXT },
        { ASK_PB ";encoding=text", TEXT },
    };
    (void)state;
    check_rows(rows, LENGTH(rows));
}

/* Each would be text 1.0.0, or refuse OpenMetrics, if it were taken for what it resembles. */
static void a_malformed_clause_is_skipped_and_costs_no_other(void **state)
{
    static const char *const clauses[] = {
        "text", "/", "text/", "/plain", "text//plain", "text/plain/x", "text /plain;version=1.0.0",
        "text/ plain;version=1.0.0", "text/plain version=1.0.0", "text/plain;version=1.0.0 x", "text;version=1.0.0",
        "*;version=1.0.0", "te(xt/plain;version=1.0.0", "text/pl@in;version=1.0.0", "text/pl\xc3\xa4in;version=1.0.0",
        "\"text/plain\";version=1.0.0", "text/\"plain\";version=1.0.0", "text/plain:version=1.0.0",
        "text/plain;version=1.0.0;q", "text/plain;version=1.0.0;q=", "text/plain;version=1.0.0;=1",
        "text/plain;version=1.0.0;x", "text/plain;version=1.0.0;x=", "text/plain;version=1.0.0;=",
        "text/plain;version=1.0.0;x==y", "text/plain;version==1.0.0", "text/plain;version=1.0.0=1.0.0",
        "text/plain;version=1.0.0\"\"", "text/plain;version=\"1.0.0\"x", "text/plain;version=\"1.0.0\"\"\"",
        "text/plain;version=\"1.0.0\001\"", "text/plain;version=1.0.0;x=\"\x7f\"",
        "text/plain;version=1.0.0;x=\"\r\n\"", "text/plain;version=1.0.0;x=\"\\\x01\"",
        "text/plain;version=1.0.0;x=a b", "text/plain;version=1.0.0;x=\\a",
        "text/plain\r\n;version=1.0.0", "text/plain;version=1.0.0\x7f",
        /* q */
        "text/plain;version=1.0.0;q=1.0000", "text/plain;version=1.0.0;q=0.1234", "text/plain;version=1.0.0;q=.5",
        "text/plain;version=1.0.0;q=2", "text/plain;version=1.0.0;q=1.001", "text/plain;version=1.0.0;q=1.1",
        "text/plain;version=1.0.0;q=10", "text/plain;version=1.0.0;q=01", "text/plain;version=1.0.0;q=00.5",
        "text/plain;version=1.0.0;q=-1", "text/plain;version=1.0.0;q=+1", "text/plain;version=1.0.0;q=1e0",
        "text/plain;version=1.0.0;q=0.5x", "text/plain;version=1.0.0;q=0.5.",
        "text/plain;version=1.0.0;q=0.-5", "text/plain;version=1.0.0;q=1.-00", "text/plain;version=1.0.0;q=x",
        "text/plain;version=1.0.0;q=\"\"", "text/plain;version=1.0.0;q=\" 1\"", "text/plain;version=1.0.0;q=nan",
        "text/plain;version=1.0.0;q=1;q=x", "text/plain;version=1.0.0;q=99999999999999999999",
        "text/plain;version=1.0.0;q=0.00000000000000000000000001",
        ASK_OM ";q=0.0000", ASK_OM ";q=.0", ASK_OM ";q=-0", ASK_OM ";q=0;x", "*/*;q=0;x",
        /* quotes where no string can begin */
        "\"text/plain;version=1.0.0", "text/plain;version=1.0.0;\"", "text/plain;version=1.0.0\"",
    };
    static const struct offers_row text = { "", TEXT }, other = { "", OM };
    char field[512];
    (void)state;
    for (size_t i = 0; i < LENGTH(clauses); i++) {
        offers_check(clauses[i], &text);
        snprintf(field, sizeof field, "%s, " ASK_OM ";q=0.4", clauses[i]);
        offers_check(field, &other);
        snprintf(field, sizeof field, ASK_OM ";q=0.4,%s", clauses[i]);
        offers_check(field, &other);
        snprintf(field, sizeof field, "*/*;q=0.3,%s," ASK_OM ";q=0.4, %s ,text/html", clauses[i], clauses[i]);
        offers_check(field, &other);
    }
}

static void a_string_that_nothing_closes_ends_with_its_clause(void **state)
{
    static const struct offers_row rows[] = {
        { "text/plain;version=1.0.0;x=\"", TEXT },
        { "text/plain;version=\"1.0.0", TEXT },
        { "text/plain;version=1.0.0;x=\"a," ASK_OM ";q=0.4", OM },
        { "text/plain;version=1.0.0;x=\"\\," ASK_OM ";q=0.4", OM },
        { "text/plain;version=1.0.0;x=\"\\\"," ASK_OM ";q=0.4", OM },
        { "text/plain;version=1.0.0;x=\"a\\\"," ASK_OM ";q=0.4,text/plain;version=1.0.0;x=\\\"b", OM },
        { ASK_OM ";q=0.4,text/plain;version=1.0.0;x=\"", OM },
        { ASK_OM ";q=0.4,text/plain;version=1.0.0;x=\"\\", OM },
        { ASK_OM ";q=0.4,text/plain;version=1.0.0;x=\"a;y=b", OM },
        { ASK_OM ";q=0.4,text/plain;version=1.0.0;x=\"a,text/plain;q=0.5", TEXT },
        { ASK_OM ";x=\"a\",text/plain;version=1.0.0;x=\"b,text/plain;q=0.5", OM },
        /* a later quote closes it: what lies between is inside */
        { "text/plain;x=\"a," ASK_OM ",text/plain;x=\"b,text/plain;version=1.0.0;q=0.1", TEXT_1 },
    };
    (void)state;
    check_rows(rows, LENGTH(rows));
}

static void each_q_of_up_to_three_decimals_has_its_rank(void **state)
{
    static const struct offers_row text = { "", TEXT }, other = { "", OM };
    char field[128];
    (void)state;
    for (unsigned a = 1; a <= 1000; a++) {
        for (unsigned b = a > 2 ? a - 2 : 0; b <= 1000 && b <= a + 2; b++) {
            snprintf(field, sizeof field, ASK_OM ";q=%u.%03u,text/plain;version=0.0.4;q=%u.%03u", a / 1000, a % 1000,
                     b / 1000, b % 1000);
            offers_check(field, a >= b ? &other : &text);
        }
    }
    offers_check(ASK_OM ";q=0.5,text/plain;version=0.0.4;q=0.50", &other);
    offers_check(ASK_OM ";q=0.5,text/plain;version=0.0.4;q=0.51", &text);
    offers_check(ASK_OM ";q=1.,text/plain;version=0.0.4;q=1.00", &other);
    offers_check(ASK_OM ";q=0.,text/plain;version=0.0.4;q=0.001", &text);
    offers_check(ASK_OM ";q=0.9,text/plain;version=0.0.4;q=1.", &text);
}

static void every_format_has_its_plain_content_type(void **state)
{
    static const struct {
        tacho_format format;
        const char *want;
    } rows[] = {
        { TACHO_TEXT, "text/plain; version=0.0.4; charset=utf-8" },
        { TACHO_TEXT_1, "text/plain; version=1.0.0; charset=utf-8; escaping=allow-utf-8" },
        { TACHO_OPENMETRICS, "application/openmetrics-text; version=1.0.0; charset=utf-8" },
        { TACHO_PROTOBUF,
          "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited" },
        { TACHO_JSON, "application/json" },
        { TACHO_CSV, "text/csv; charset=utf-8; header=present" },
        { (tacho_format)6, "text/plain; version=0.0.4; charset=utf-8" },
        { (tacho_format)-1, "text/plain; version=0.0.4; charset=utf-8" },
        { (tacho_format)1234, "text/plain; version=0.0.4; charset=utf-8" },
    };
    (void)state;
    for (size_t i = 0; i < LENGTH(rows); i++)
        assert_string_equal(tacho_format_content_type(rows[i].format), rows[i].want);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_scraper_gets_what_it_ranks_first),
        cmocka_unit_test(no_field_and_no_fitting_clause_get_text),
        cmocka_unit_test(a_clause_fits_by_its_type_and_version),
        cmocka_unit_test(the_highest_q_wins_then_the_more_specific_then_the_earlier),
        cmocka_unit_test(a_clause_says_nothing_about_a_format_that_a_more_specific_one_names),
        cmocka_unit_test(what_has_q_zero_is_not_served_while_anything_else_fits),
        cmocka_unit_test(names_are_escaped_as_the_chosen_clause_asks),
        cmocka_unit_test(case_of_names_blanks_quotes_and_empty_parts_do_not_matter),
        cmocka_unit_test(a_parameter_may_come_twice_if_it_says_the_same),
        cmocka_unit_test(a_malformed_clause_is_skipped_and_costs_no_other),
        cmocka_unit_test(a_string_that_nothing_closes_ends_with_its_clause),
        cmocka_unit_test(each_q_of_up_to_three_decimals_has_its_rank),
        cmocka_unit_test(every_format_has_its_plain_content_type),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
