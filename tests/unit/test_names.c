/*
 * test_names.c - the rules for names, labels, constants and units, with UTF-8 names and without: what is refused, in which
 * words, and what is accepted. Each row is tried as one that is defined and as one that a collector announces.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tacho/tacho.h>

#include "support/page.h"

enum { ASCII, UTF8 };

static tacho_counter_vec *counter_vec;
static tacho_gauge_vec *gauge_vec;
static tacho_histogram_vec *histogram_vec;
static tacho_summary_vec *summary_vec;
static tacho_stateset_vec *stateset_vec;
static tacho_info_vec *info_vec;

static const char *const modes[] = { "idle", "busy", NULL };

#define CONSTANTS(...) (const tacho_constant[]){ __VA_ARGS__, { NULL, NULL } }
#define EIGHT(p) { p "1", "v" }, { p "2", "v" }, { p "3", "v" }, { p "4", "v" }, { p "5", "v" }, { p "6", "v" }, \
                 { p "7", "v" }, { p "8", "v" }
#define TYPED(text, word) .type = TACHO_##word, .name = (text), .help = "Help."
#define GAUGE(text) TYPED(text, GAUGE)
#define COUNTER(text) TYPED(text, COUNTER)
#define STATESET(text) TYPED(text, STATESET), .states = modes
#define BAD_NAME "a name matches [a-zA-Z_:][a-zA-Z0-9_:]* and has at most 1024 bytes"
#define BAD_UTF8_NAME "a name is UTF-8 of 1 to 1024 bytes"
#define BAD_LABEL "does not match [a-zA-Z_][a-zA-Z0-9_]*"
#define BAD_UTF8_LABEL "is not UTF-8 of 1 to 1024 bytes"
#define BAD_UNIT "the unit is not the suffix of the name (before _total)"
#define BAD_VALUE "has a value that is not UTF-8 of at most 1024 bytes"
#define ALIKE "is escaped to the name of another label"
#define E_ACUTE "\xc3\xa9"
#define SMILE "\xf0\x9f\x98\x80"

static char longest[1025], too_long[1026], dots[1025], longest_value[1025], too_long_value[1026];

static int fill_long_texts(void **state)
{
    (void)state;
    memset(longest, 'n', 1024);
    memset(too_long, 'n', 1025);
    memset(dots, '.', 1024);
    memset(longest_value, 'v', 1024);
    memset(too_long_value, 'v', 1025);
    return 0;
}

struct rule {
    int utf8;
    const char *rule; /* what the words have; NULL: it is accepted */
    tacho_desc row;   /* with a type and no handle */
    const tacho_constant *common;
};

/* The same as a row that is defined; everything gets a label, so that it can bind a vector. */
static tacho_desc bound(const struct rule *rule)
{
    tacho_desc row = rule->row;
    if (!row.labels[0]) row.labels[0] = "own_label";
    if (row.type == TACHO_COUNTER) row.counter_vec = &counter_vec;
    if (row.type == TACHO_GAUGE || row.type == TACHO_UNKNOWN) row.gauge_vec = &gauge_vec;
    if (row.type == TACHO_HISTOGRAM || row.type == TACHO_GAUGE_HISTOGRAM) row.histogram_vec = &histogram_vec;
    if (row.type == TACHO_SUMMARY) row.summary_vec = &summary_vec;
    if (row.type == TACHO_STATESET) row.stateset_vec = &stateset_vec;
    if (row.type == TACHO_INFO) row.info = &info_vec;
    return row;
}

static tacho_err collect_nothing(tacho_collector *self, tacho_emitter *out)
{
    (void)self, (void)out;
    return TACHO_OK;
}

static void check_way(const struct rule *rule, size_t number, bool defined)
{
    tacho_registry *reg = tacho_registry_new(&(tacho_registry_options){
        .utf8_names = rule->utf8 == UTF8, .constants = rule->common, .no_self_metrics = 1 });
    tacho_desc row = defined ? bound(rule) : rule->row;
    tacho_collector_ops ops = { .name = "one", .descs = &row, .desc_count = 1, .collect = collect_nothing };
    tacho_collector collector = { &ops };
    tacho_err err = defined ? tacho_registry_define(reg, &row, 1) : tacho_registry_add(reg, &collector);
    const char *words = tacho_registry_error(reg);
    bool right = rule->rule ? err == TACHO_ERR_DESC && words && strstr(words, rule->rule) : err == TACHO_OK;
    if (!right)
        fail_msg("row %zu, '%.40s', %s: error %d, %s; want %s", number, row.name ? row.name : "(none)",
                 defined ? "defined" : "announced", (int)err, words ? words : "no words", rule->rule ? rule->rule : "none");
    tacho_registry_free(reg);
}

static void check_rules(const struct rule *rules, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        check_way(&rules[i], i, true);
        check_way(&rules[i], i, false);
    }
}

/* ---- Names ------------------------------------------------------------------------------------------------- */

static void a_name_is_plain_unless_the_registry_takes_utf_8(void **state)
{
    const struct rule rules[] = {
        { ASCII, BAD_NAME, .row = { GAUGE("a.b") } },
        { ASCII, BAD_NAME, .row = { GAUGE("caf" E_ACUTE) } },
        { ASCII, BAD_NAME, .row = { GAUGE("1st") } },
        { ASCII, BAD_NAME, .row = { GAUGE("") } },
        { ASCII, BAD_NAME, .row = { GAUGE(too_long) } },
        { ASCII, NULL, .row = { GAUGE(longest) } },
        { ASCII, NULL, .row = { GAUGE("a:b") } },
        { ASCII, "has no name", .row = { GAUGE(NULL) } },
        { UTF8, "has no name", .row = { GAUGE(NULL) } },
        { UTF8, NULL, .row = { GAUGE("a.b") } },
        { UTF8, NULL, .row = { GAUGE("1st") } },
        { UTF8, NULL, .row = { GAUGE(" ") } },
        { UTF8, NULL, .row = { GAUGE("line\nfeed \"quote\" back\\slash {}=,#") } },
        { UTF8, NULL, .row = { GAUGE("caf" E_ACUTE SMILE) } },
        { UTF8, NULL, .row = { GAUGE(longest) } },
        { UTF8, NULL, .row = { GAUGE(dots) } },
        { UTF8, BAD_UTF8_NAME, .row = { GAUGE("") } },
        { UTF8, BAD_UTF8_NAME, .row = { GAUGE(too_long) } },
        { UTF8, BAD_UTF8_NAME, .row = { GAUGE("caf\xe9") } },
        { UTF8, BAD_UTF8_NAME, .row = { GAUGE("\xed\xa0\x80") } },
        { UTF8, BAD_UTF8_NAME, .row = { GAUGE("cut\xf0\x9f\x98") } },
        { UTF8, "the help text is not valid UTF-8", .row = { .type = TACHO_GAUGE, .name = "a.b", .help = "caf\xe9" } },
        { UTF8, "has no help text", .row = { .type = TACHO_GAUGE, .name = "a.b" } },
    };
    (void)state;
    check_rules(rules, TACHO_COUNT(rules));
}

static void names_of_counters_and_infos_end_in_their_suffix(void **state)
{
    const struct rule rules[] = {
        { UTF8, "ends in _total", .row = { COUNTER("a.b") } },
        { UTF8, "ends in _total", .row = { COUNTER("a.total") } }, /* whatever it is escaped to */
        { UTF8, "ends in _total", .row = { COUNTER("_total") } },
        { UTF8, NULL, .row = { COUNTER("a.b_total") } },
        { UTF8, NULL, .row = { COUNTER("._total") } },
        { UTF8, NULL, .row = { COUNTER("a.b"), .flags = TACHO_KEEP_NAME } },
        { UTF8, NULL, .row = { COUNTER("a.total"), .flags = TACHO_KEEP_NAME } },
        { ASCII, "an info's name ends in _info", .row = { TYPED("build", INFO) } },
        { ASCII, "an info's name ends in _info", .row = { TYPED("_info", INFO) } },
        { ASCII, "an info's name ends in _info", .row = { TYPED("build_infos", INFO) } },
        { ASCII, NULL, .row = { TYPED("build_info", INFO) } },
        { UTF8, NULL, .row = { TYPED("my.build_info", INFO) } },
        { UTF8, "an info's name ends in _info", .row = { TYPED("my.build.info", INFO) } },
        { ASCII, "TACHO_KEEP_NAME are for counters", .row = { TYPED("build_info", INFO), .flags = TACHO_KEEP_NAME } },
    };
    (void)state;
    check_rules(rules, TACHO_COUNT(rules));
}

static void a_unit_is_the_suffix_of_the_name_as_it_is_given(void **state)
{
    const struct rule rules[] = {
        { UTF8, NULL, .row = { GAUGE("a.b_seconds"), .unit = "seconds" } },
        { UTF8, NULL, .row = { COUNTER("a.b_seconds_total"), .unit = "seconds" } },
        { UTF8, NULL, .row = { COUNTER("a.b_seconds"), .unit = "seconds", .flags = TACHO_KEEP_NAME } },
        { UTF8, BAD_UNIT, .row = { GAUGE("a.seconds"), .unit = "seconds" } },
        { UTF8, BAD_UNIT, .row = { COUNTER("a_total.seconds"), .unit = "seconds", .flags = TACHO_KEEP_NAME } },
        { UTF8, BAD_UNIT, .row = { COUNTER("a_total"), .unit = "seconds" } },
        { UTF8, BAD_UNIT, .row = { GAUGE("_seconds"), .unit = "seconds" } },
        { UTF8, BAD_UNIT, .row = { GAUGE("s"), .unit = "seconds" } },
        { UTF8, "a unit matches [a-zA-Z_][a-zA-Z0-9_]*", .row = { GAUGE("a_m/s"), .unit = "m/s" } },
        { UTF8, "a unit matches", .row = { GAUGE("a_1"), .unit = "1" } },
        { UTF8, "a unit matches", .row = { GAUGE("a_x:y"), .unit = "x:y" } },
        { UTF8, "a unit matches", .row = { GAUGE("a"), .unit = too_long } },
        { ASCII, NULL, .row = { TYPED("x_bytes", HISTOGRAM), .unit = "bytes" } },
        { ASCII, NULL, .row = { TYPED("x_bytes", SUMMARY), .unit = "bytes" } },
        { ASCII, NULL, .row = { TYPED("x_bytes", GAUGE_HISTOGRAM), .unit = "bytes" } },
        { ASCII, NULL, .row = { TYPED("x_bytes", UNKNOWN), .unit = "bytes" } },
        { ASCII, "infos and statesets have no unit", .row = { TYPED("x_bytes_info", INFO), .unit = "bytes" } },
        { ASCII, "infos and statesets have no unit", .row = { TYPED("x_info", INFO), .unit = "info" } },
        { ASCII, "infos and statesets have no unit", .row = { STATESET("x_bytes"), .unit = "bytes" } },
    };
    (void)state;
    check_rules(rules, TACHO_COUNT(rules));
}

/* ---- Labels ------------------------------------------------------------------------------------------------ */

static void labels_that_some_scheme_writes_alike_are_refused(void **state)
{
    const struct rule rules[] = {
        { UTF8, NULL, .row = { GAUGE("x"), .labels = { "a.b", "a_c" } } },
        { UTF8, ALIKE, .row = { GAUGE("x"), .labels = { "a.b", "a_b" } } },          /* underscores */
        { UTF8, ALIKE, .row = { GAUGE("x"), .labels = { "a_b", "a.b" } } },
        { UTF8, ALIKE, .row = { GAUGE("x"), .labels = { "a/b", "z", "a.b" } } },
        { UTF8, ALIKE, .row = { GAUGE("x"), .labels = { "a.b.c", "a_dot_b_dot_c" } } }, /* dots alone */
        { UTF8, ALIKE, .row = { GAUGE("x"), .labels = { "U__a_2e_b", "a.b" } } },     /* values alone */
        { UTF8, ALIKE, .row = { GAUGE("x"), .labels = { "1a", "_a" } } },
        { UTF8, ALIKE, .row = { GAUGE("x"), .labels = { E_ACUTE, SMILE } } },
        { UTF8, "is there twice", .row = { GAUGE("x"), .labels = { "a.b", "a.b" } } },
        { UTF8, BAD_UTF8_LABEL, .row = { GAUGE("x"), .labels = { "" } } },
        { UTF8, BAD_UTF8_LABEL, .row = { GAUGE("x"), .labels = { "\xff" } } },
        { UTF8, BAD_UTF8_LABEL, .row = { GAUGE("x"), .labels = { too_long } } },
        { UTF8, NULL, .row = { GAUGE("x"), .labels = { longest, dots } } },
        { UTF8, NULL, .row = { GAUGE("x"), .labels = { "a:b" } } },
        { ASCII, BAD_LABEL, .row = { GAUGE("x"), .labels = { "a:b" } } },
        { ASCII, BAD_LABEL, .row = { GAUGE("x"), .labels = { "a.b" } } },
        { UTF8, "is reserved: it begins with __", .row = { GAUGE("x"), .labels = { "__a.b" } } },
        { UTF8, "is reserved", .row = { GAUGE("x"), .labels = { "..name.." } } }, /* __name__ with underscores */
        { UTF8, "is reserved", .row = { GAUGE("x"), .labels = { "-name-" } } },   /* with dots */
        { UTF8, NULL, .row = { GAUGE("x"), .labels = { E_ACUTE "tat" } } },
    };
    (void)state;
    check_rules(rules, TACHO_COUNT(rules));
}

static void a_label_that_the_format_uses_itself_is_refused(void **state)
{
    const struct rule rules[] = {
        { ASCII, "'le' is reserved on histograms", .row = { TYPED("x", HISTOGRAM), .labels = { "le" } } },
        { ASCII, "'le' is reserved on histograms", .row = { TYPED("x", GAUGE_HISTOGRAM), .labels = { "le" } } },
        { ASCII, "'quantile' is reserved on summaries", .row = { TYPED("x", SUMMARY), .labels = { "quantile" } } },
        { ASCII, "'x' is reserved on this stateset", .row = { STATESET("x"), .labels = { "x" } } },
        { ASCII, NULL, .row = { TYPED("x", SUMMARY), .labels = { "le", "x" } } },
        { ASCII, NULL, .row = { TYPED("x", HISTOGRAM), .labels = { "quantile", "x" } } },
        { ASCII, NULL, .row = { STATESET("x"), .labels = { "le", "quantile", "y" } } },
        { ASCII, NULL, .row = { GAUGE("x"), .labels = { "le", "quantile", "x" } } },
        { ASCII, "'le' is reserved", .row = { TYPED("x", HISTOGRAM), .constants = CONSTANTS({ "le", "1" }) } },
        { ASCII, "'quantile' is reserved", .row = { TYPED("x", SUMMARY), .constants = CONSTANTS({ "quantile", "1" }) } },
        { ASCII, "'x' is reserved", .row = { STATESET("x"), .constants = CONSTANTS({ "x", "1" }) } },
        { ASCII, "'le' is reserved", .row = { TYPED("x", HISTOGRAM) }, CONSTANTS({ "le", "1" }) },
        { UTF8, "'a_b' is reserved on this stateset", .row = { STATESET("a.b"), .labels = { "a_b" } } },
        { UTF8, "'a.b' is reserved on this stateset", .row = { STATESET("a_b"), .labels = { "a.b" } } },
        { UTF8, NULL, .row = { STATESET("a.b"), .labels = { "a_c" } } },
        { ASCII, "a stateset's name is also that of a label, which has no ':'", .row = { STATESET("a:b") } },
        { UTF8, "a stateset's name is also that of a label, which has no ':'", .row = { STATESET("a:b") } },
    };
    (void)state;
    check_rules(rules, TACHO_COUNT(rules));
}

static void labels_with_one_value_follow_the_rules_of_all_labels(void **state)
{
    const struct rule rules[] = {
        { ASCII, NULL, .row = { GAUGE("x"), .constants = CONSTANTS({ "a", "" }, { "b", longest_value }) } },
        { ASCII, NULL, .row = { GAUGE("x"), .constants = CONSTANTS({ "a", "any \" \\ \n" E_ACUTE }) } },
        { ASCII, BAD_LABEL, .row = { GAUGE("x"), .constants = CONSTANTS({ "a.b", "v" }) } },
        { ASCII, BAD_LABEL, .row = { GAUGE("x"), .constants = CONSTANTS({ "", "v" }) } },
        { UTF8, NULL, .row = { GAUGE("x"), .constants = CONSTANTS({ "a.b", "v" }) } },
        { ASCII, "begins with __", .row = { GAUGE("x"), .constants = CONSTANTS({ "__a", "v" }) } },
        { ASCII, "'a' " BAD_VALUE, .row = { GAUGE("x"), .constants = CONSTANTS({ "a", NULL }) } },
        { ASCII, "'a' " BAD_VALUE, .row = { GAUGE("x"), .constants = CONSTANTS({ "a", "caf\xe9" }) } },
        { ASCII, "'a' " BAD_VALUE, .row = { GAUGE("x"), .constants = CONSTANTS({ "a", too_long_value }) } },
        { ASCII, "'a' is there twice", .row = { GAUGE("x"), .constants = CONSTANTS({ "a", "1" }, { "a", "2" }) } },
        { ASCII, "'a' is there twice", .row = { GAUGE("x"), .constants = CONSTANTS({ "a", "1" }), .labels = { "a" } } },
        { UTF8, ALIKE, .row = { GAUGE("x"), .constants = CONSTANTS({ "a.b", "1" }), .labels = { "a_b" } } },
        { ASCII, "'a' is there twice", .row = { GAUGE("x"), .constants = CONSTANTS({ "a", "1" }) }, CONSTANTS({ "a", "2" }) },
        { ASCII, "'a' is there twice", .row = { GAUGE("x"), .labels = { "a" } }, CONSTANTS({ "a", "2" }) },
        { UTF8, ALIKE, .row = { GAUGE("x"), .labels = { "a_b" } }, CONSTANTS({ "a/b", "2" }) },
        { ASCII, "'a' " BAD_VALUE, .row = { GAUGE("x") }, CONSTANTS({ "a", "\xff" }) },
        { ASCII, BAD_LABEL, .row = { GAUGE("x") }, CONSTANTS({ "a-b", "1" }) },
        { ASCII, NULL, .row = { GAUGE("x"), .constants = CONSTANTS(EIGHT("a")) }, CONSTANTS(EIGHT("b")) },
        { ASCII, NULL, .row = { GAUGE("x"), .constants = CONSTANTS(EIGHT("a"), EIGHT("b")) } },
        { ASCII, "at most 16 labels with one value",
          .row = { GAUGE("x"), .constants = CONSTANTS(EIGHT("a"), { "c", "1" }) }, CONSTANTS(EIGHT("b")) },
        { ASCII, "at most 16 labels with one value",
          .row = { GAUGE("x"), .constants = CONSTANTS(EIGHT("a"), EIGHT("b"), { "c", "1" }) } },
        { ASCII, "its labels have a gap", .row = { GAUGE("x"), .labels = { "a", NULL, "b" } } },
    };
    (void)state;
    check_rules(rules, TACHO_COUNT(rules));
}

/* ---- What becomes of what was accepted ---------------------------------------------------------------------- */

static void sixteen_labels_beside_sixteen_with_one_value_are_all_shown(void **state)
{
    const tacho_desc row = {
        .gauge_vec = &gauge_vec, .name = "x", .help = "Help.", .constants = CONSTANTS(EIGHT("own")),
        .labels = { "l1", "l2", "l3", "l4", "l5", "l6", "l7", "l8", "l9", "la", "lb", "lc", "ld", "le", "lf", "lg" } };
    tacho_registry *reg = tacho_registry_new(&(tacho_registry_options){
        .constants = CONSTANTS(EIGHT("all")), .no_self_metrics = 1 });
    (void)state;
    assert_int_equal(tacho_registry_define(reg, &row, 1), TACHO_OK);
    tacho_gauge_set_at(gauge_vec, TACHO_LABELS("1", "2", "3", "4", "5", "6", "7", "8", "9", "a", "b", "c", "d", "e", "f", "g"),
                       1);
    assert_line(reg, TACHO_TEXT,
                "x{all1=\"v\",all2=\"v\",all3=\"v\",all4=\"v\",all5=\"v\",all6=\"v\",all7=\"v\",all8=\"v\",own1=\"v\",own2=\"v\","
                "own3=\"v\",own4=\"v\",own5=\"v\",own6=\"v\",own7=\"v\",own8=\"v\",l1=\"1\",l2=\"2\",l3=\"3\",l4=\"4\",l5=\"5\","
                "l6=\"6\",l7=\"7\",l8=\"8\",l9=\"9\",la=\"a\",lb=\"b\",lc=\"c\",ld=\"d\",le=\"e\",lf=\"f\",lg=\"g\"} 1");
    tacho_registry_free(reg);
}

static void constants_of_a_family_are_copied(void **state)
{
    char name[] = "name", value[] = "value";
    tacho_constant constants[] = { { name, value }, { NULL, NULL } };
    static tacho_gauge *gauge;
    const tacho_desc row = { .gauge = &gauge, .name = "x", .help = "Help.", .constants = constants };
    tacho_registry *reg = tacho_registry_new(&(tacho_registry_options){ .no_self_metrics = 1 });
    (void)state;
    assert_int_equal(tacho_registry_define(reg, &row, 1), TACHO_OK);
    memset(name, '?', sizeof name - 1);
    memset(value, '?', sizeof value - 1);
    assert_line(reg, TACHO_TEXT, "x{name=\"value\"} 0");
    tacho_registry_free(reg);
}

static void constants_of_a_registry_stand_on_its_own_metrics_too(void **state)
{
    static const tacho_constant common[] = { { "zone", "a \"b\"" }, { NULL, NULL } };
    tacho_registry *reg = tacho_registry_new(&(tacho_registry_options){ .constants = common });
    (void)state;
    assert_line(reg, TACHO_TEXT, "tacho_series{zone=\"a \\\"b\\\"\"} 0");
    assert_line(reg, TACHO_TEXT, "tacho_misuse_total{zone=\"a \\\"b\\\"\",kind=\"null_label\"} 0");
    tacho_registry_free(reg);
}

/* A name of 1,024 dots takes 5 KiB in one scheme, as a label too. */
static void the_longest_names_are_written_in_every_scheme(void **state)
{
    static const tacho_desc row = { .gauge_vec = &gauge_vec, .name = dots, .help = "Help.", .labels = { dots } };
    static const size_t spelled[] = { 1024, 5 * 1024, 4 * 1024 + 3, 1024 + 2 };
    tacho_registry *reg = tacho_registry_new(&(tacho_registry_options){ .utf8_names = 1, .no_self_metrics = 1 });
    (void)state;
    assert_int_equal(tacho_registry_define(reg, &row, 1), TACHO_OK);
    tacho_gauge_set_at(gauge_vec, TACHO_LABELS(""), 1);
    for (int scheme = TACHO_UNDERSCORES; scheme <= TACHO_ALLOW_UTF8; scheme++) {
        struct page page = page_take(reg, PAGE_AS(TACHO_TEXT_1, (tacho_escaping)scheme), 0);
        size_t around = strlen("# HELP  Help.\n# TYPE  gauge\n{=\"\"} 1\n") + (scheme == TACHO_ALLOW_UTF8);
        assert_int_equal(page.len, around + 4 * spelled[scheme]);
        page_free(&page);
    }
    tacho_registry_free(reg);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_name_is_plain_unless_the_registry_takes_utf_8),
        cmocka_unit_test(names_of_counters_and_infos_end_in_their_suffix),
        cmocka_unit_test(a_unit_is_the_suffix_of_the_name_as_it_is_given),
        cmocka_unit_test(labels_that_some_scheme_writes_alike_are_refused),
        cmocka_unit_test(a_label_that_the_format_uses_itself_is_refused),
        cmocka_unit_test(labels_with_one_value_follow_the_rules_of_all_labels),
        cmocka_unit_test(sixteen_labels_beside_sixteen_with_one_value_are_all_shown),
        cmocka_unit_test(constants_of_a_family_are_copied),
        cmocka_unit_test(constants_of_a_registry_stand_on_its_own_metrics_too),
        cmocka_unit_test(the_longest_names_are_written_in_every_scheme),
    };
    return cmocka_run_group_tests(tests, fill_long_texts, NULL);
}
