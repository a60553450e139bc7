/*
 * test_collector.c - what collectors emit: as a transaction, checked, repaired, charged to the byte budget.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <tacho/expose.h>

#include "support/exposition.h"
#include "support/shown.h"

#define BROKEN "a\xff" "b"
#define SUCCESS "tacho_collector_success{collector=\"script\"}"

/* ---- A collector that does what a test says ------------------------------------------------------------ */

static const char *const colours[] = { "red", "green", NULL };
static const double bounds[] = { 1, 2 };

enum { GOOD, COUNT, LEVEL, PAIR, SPREAD, COLOUR };
static const tacho_desc descs[] = {
    [GOOD] = { .type = TACHO_GAUGE, .name = "good", .help = "Always right." },
    [COUNT] = { .type = TACHO_COUNTER, .name = "count_total", .help = "A counter.", .labels = { "id" } },
    [LEVEL] = { .type = TACHO_GAUGE, .name = "level", .help = "A gauge.", .labels = { "id" } },
    [PAIR] = { .type = TACHO_GAUGE, .name = "pair", .help = "Two labels.", .labels = { "a", "b" } },
    [SPREAD] = { .type = TACHO_HISTOGRAM, .name = "spread", .help = "A histogram.", .labels = { "id" }, .buckets = bounds,
                 .bucket_count = 2 },
    [COLOUR] = { .type = TACHO_GAUGE, .name = "colour", .help = "A closed label.", .labels = { "c" },
                 .values = { colours } },
};

typedef void script_part(tacho_emitter *out);

static struct {
    script_part *part; /* after GOOD; NULL: nothing more */
    tacho_err result;
} script;

static tacho_err script_collect(tacho_collector *self, tacho_emitter *out)
{
    (void)self;
    tacho_emit_family(out, &descs[GOOD]);
    tacho_emit_int(out, TACHO_NO_LABELS, 1);
    if (script.part) script.part(out);
    return script.result;
}

static const tacho_collector_ops script_ops = { .name = "script", .descs = descs, .desc_count = TACHO_COUNT(descs), .collect = script_collect };
static tacho_collector scripted = { &script_ops };

static tacho_registry *new_registry(void)
{
    tacho_registry *reg = tacho_registry_new(NULL);
    assert_non_null(reg);
    return reg;
}

static void add(tacho_registry *reg, tacho_collector *collector)
{
    if (tacho_registry_add(reg, collector)) fail_msg("%s", tacho_registry_error(reg));
}

static tacho_registry *registry_with_script(script_part *part)
{
    tacho_registry *reg = new_registry();
    script.part = part;
    script.result = TACHO_OK;
    add(reg, &scripted);
    return reg;
}

/* ---- What breaks a run --------------------------------------------------------------------------------- */

static void nothing_else(tacho_emitter *out) { (void)out; }

#define PART(name, row, ...)                   \
    static void name(tacho_emitter *out)       \
    {                                          \
        tacho_emit_family(out, &descs[(row)]); \
        __VA_ARGS__;                           \
    }

static const uint64_t counts[] = { 1, 2, 3 }, too_much[] = { UINT64_MAX, 1, 0 };
static const tacho_desc stranger = { .type = TACHO_GAUGE, .name = "good", .help = "Always right." };

PART(begin_a_family_twice, GOOD, (void)0)
PART(leave_a_label_out, PAIR, tacho_emit_int(out, TACHO_LABELS("a"), 1))
PART(give_no_label, LEVEL, tacho_emit_int(out, TACHO_NO_LABELS, 1))
PART(give_a_label_too_many, LEVEL, tacho_emit_int(out, TACHO_LABELS("a", "b"), 1))
PART(give_a_null_label, PAIR, tacho_emit_int(out, TACHO_LABELS("a", (const char *)NULL), 1))
PART(give_null_labels, LEVEL, tacho_emit_int(out, ((tacho_labels){ NULL, NULL, 1 }), 1))
PART(repeat_a_label_set, PAIR, tacho_emit_int(out, TACHO_LABELS("a", "b"), 1),
     tacho_emit_int(out, TACHO_LABELS("b", "a"), 1), tacho_emit_int(out, TACHO_LABELS("a", "b"), 1))
PART(repeat_a_histogram, SPREAD, tacho_emit_histogram(out, TACHO_LABELS("a"), counts, 1),
     tacho_emit_histogram(out, TACHO_LABELS("a"), counts, 1))
PART(count_a_negative_int, COUNT, tacho_emit_int(out, TACHO_LABELS("a"), -1))
PART(count_a_negative_double, COUNT, tacho_emit_double(out, TACHO_LABELS("a"), -0.5))
PART(count_nan, COUNT, tacho_emit_double(out, TACHO_LABELS("a"), NAN))
PART(count_infinity, COUNT, tacho_emit_double(out, TACHO_LABELS("a"), INFINITY))
PART(emit_a_histogram_as_a_gauge, LEVEL, tacho_emit_histogram(out, TACHO_LABELS("a"), counts, 1))
PART(emit_a_histogram_as_a_counter, COUNT, tacho_emit_histogram(out, TACHO_LABELS("a"), counts, 1))
PART(emit_a_number_as_a_histogram, SPREAD, tacho_emit_uint(out, TACHO_LABELS("a"), 1))
PART(give_no_counts, SPREAD, tacho_emit_histogram(out, TACHO_LABELS("a"), NULL, 1))
PART(give_a_sum_of_nan, SPREAD, tacho_emit_histogram(out, TACHO_LABELS("a"), counts, NAN))
PART(give_counts_whose_sum_is_too_large, SPREAD, tacho_emit_histogram(out, TACHO_LABELS("a"), too_much, 1))
PART(name_an_unlisted_value, COLOUR, tacho_emit_int(out, TACHO_LABELS("blue"), 1))
PART(name_the_beginning_of_a_listed_value, COLOUR, tacho_emit_int(out, TACHO_LABELS("gree"), 1))
PART(break_a_rule_and_go_on, LEVEL, tacho_emit_int(out, TACHO_NO_LABELS, 1),
     tacho_emit_int(out, TACHO_LABELS("a"), 1), tacho_emit_family(out, &descs[COUNT]), tacho_emit_int(out, TACHO_LABELS("a"), 1))

static void begin_a_stranger(tacho_emitter *out) { tacho_emit_family(out, &stranger); }
static void begin_nothing(tacho_emitter *out) { tacho_emit_family(out, NULL); }
static void begin_the_row_behind(tacho_emitter *out) { tacho_emit_family(out, descs + TACHO_COUNT(descs)); }

static void repeat_one_of_many(tacho_emitter *out)
{
    char id[16];
    tacho_emit_family(out, &descs[LEVEL]);
    for (int i = 0; i < 5000; i++) {
        (void)snprintf(id, sizeof id, "%d", i % 4999);
        tacho_emit_int(out, TACHO_LABELS(id), i);
    }
}

static const struct broken_run {
    const char *name;
    script_part *part;
    tacho_err result;
    const char *words; /* in tacho_registry_error */
} broken_runs[] = {
    { "an error is returned", nothing_else, TACHO_ERR_COLLECT, "could not read its source" },
    { "an error this version does not know is returned", nothing_else, (tacho_err)-7, "unknown error" },
    { "a family is begun twice", begin_a_family_twice, TACHO_OK, "a second time in one run" },
    { "a family was not announced", begin_a_stranger, TACHO_OK, "announced" },
    { "no family at all", begin_nothing, TACHO_OK, "given no row" },
    { "the row behind the last", begin_the_row_behind, TACHO_OK, "announced" },
    { "too few labels", leave_a_label_out, TACHO_OK, "1 label values are given, its row has 2 labels" },
    { "no labels", give_no_label, TACHO_OK, "0 label values are given" },
    { "too many labels", give_a_label_too_many, TACHO_OK, "label values are given, its row has" },
    { "a NULL label", give_a_null_label, TACHO_OK, "is NULL" },
    { "NULL labels", give_null_labels, TACHO_OK, "is NULL" },
    { "a label set twice", repeat_a_label_set, TACHO_OK, "a label set comes a second time" },
    { "a label set twice among thousands", repeat_one_of_many, TACHO_OK, "a label set comes a second time" },
    { "a histogram twice", repeat_a_histogram, TACHO_OK, "a label set comes a second time" },
    { "a negative counter", count_a_negative_int, TACHO_OK, "negative" },
    { "a negative counter of doubles", count_a_negative_double, TACHO_OK, "negative" },
    { "a counter that is NaN", count_nan, TACHO_OK, "NaN" },
    { "an infinite counter", count_infinity, TACHO_OK, "infinite" },
    { "a histogram in a gauge", emit_a_histogram_as_a_gauge, TACHO_OK, "call tacho_emit_int" },
    { "a histogram in a counter", emit_a_histogram_as_a_counter, TACHO_OK, "call tacho_emit_int" },
    { "a number in a histogram", emit_a_number_as_a_histogram, TACHO_OK, "call tacho_emit_histogram" },
    { "a histogram without counts", give_no_counts, TACHO_OK, "NULL" },
    { "a histogram with a sum of NaN", give_a_sum_of_nan, TACHO_OK, "its sum is NaN" },
    { "a histogram that counts beyond 64 bits", give_counts_whose_sum_is_too_large, TACHO_OK, "2^64" },
    { "a value outside a closed set", name_an_unlisted_value, TACHO_OK, "among those its row lists" },
    { "a part of a value of a closed set", name_the_beginning_of_a_listed_value, TACHO_OK, "among those its row lists" },
    { "a broken rule that is ignored", break_a_rule_and_go_on, TACHO_OK, "0 label values are given" },
};

static void a_run_that_fails_or_breaks_a_rule_shows_nothing_of_itself(void **state)
{
    tacho_registry *reg = registry_with_script(NULL);
    (void)state;
    for (size_t i = 0; i < TACHO_COUNT(broken_runs); i++) {
        script.part = broken_runs[i].part;
        script.result = broken_runs[i].result;
        size_t before = tacho_registry_memory(reg, NULL);
        struct exposition *page = exposition_read(reg);
        if (exposition_value(page, SUCCESS) != 0) fail_msg("%s: the run succeeded", broken_runs[i].name);
        for (size_t k = 0; k < page->family_count; k++)
            if (strncmp(page->families[k].name, "tacho_", 6) != 0)
                fail_msg("%s: the family '%s' is shown", broken_runs[i].name, page->families[k].name);
        if (!strstr(tacho_registry_error(reg), broken_runs[i].words))
            fail_msg("%s: '%s' does not say '%s'", broken_runs[i].name, tacho_registry_error(reg), broken_runs[i].words);
        exposition_free(page);
        assert_int_equal(tacho_registry_memory(reg, NULL), before);
        script.part = NULL;
        script.result = TACHO_OK;
        page = exposition_read(reg);
        assert_true(exposition_value(page, SUCCESS) == 1 && exposition_value(page, "good") == 1);
        exposition_free(page);
    }
    tacho_registry_free(reg);
}

static tacho_err homeless_collect(tacho_collector *self, tacho_emitter *out)
{
    (void)self;
    tacho_emit_int(out, TACHO_NO_LABELS, 1);
    tacho_emit_family(out, &descs[GOOD]);
    tacho_emit_int(out, TACHO_NO_LABELS, 1);
    return TACHO_OK;
}

static void a_sample_before_any_family_breaks_the_run(void **state)
{
    static const tacho_collector_ops ops = { .name = "homeless", .descs = descs, .desc_count = TACHO_COUNT(descs), .collect = homeless_collect };
    static tacho_collector homeless = { &ops };
    tacho_registry *reg = new_registry();
    (void)state;
    add(reg, &homeless);
    assert_shown(reg, "tacho_collector_success{collector=\"homeless\"}", "0");
    assert_shown(reg, "good", NULL);
    tacho_registry_free(reg);
}

static void emitting_into_nothing_is_harmless(void **state)
{
    (void)state;
    tacho_emit_family(NULL, &descs[GOOD]);
    tacho_emit_int(NULL, TACHO_NO_LABELS, 1);
    tacho_emit_uint(NULL, TACHO_NO_LABELS, 1);
    tacho_emit_double(NULL, TACHO_NO_LABELS, 1);
    tacho_emit_histogram(NULL, TACHO_NO_LABELS, counts, 1);
}

/* ---- What comes through -------------------------------------------------------------------------------- */

static void emit_limits(tacho_emitter *out)
{
    static const uint64_t most[] = { UINT64_MAX - 1, 0, 1 };
    tacho_emit_family(out, &descs[SPREAD]);
    tacho_emit_histogram(out, TACHO_LABELS("some"), counts, -2.5);
    tacho_emit_histogram(out, TACHO_LABELS("most"), most, INFINITY);
    tacho_emit_family(out, &descs[LEVEL]);
    tacho_emit_int(out, TACHO_LABELS("least int"), INT64_MIN);
    tacho_emit_int(out, TACHO_LABELS("most int"), INT64_MAX);
    tacho_emit_uint(out, TACHO_LABELS("most uint"), UINT64_MAX);
    tacho_emit_double(out, TACHO_LABELS("nan"), NAN);
    tacho_emit_double(out, TACHO_LABELS("tenth"), 0.1);
    tacho_emit_family(out, &descs[COUNT]);
    tacho_emit_uint(out, TACHO_LABELS("most uint"), UINT64_MAX);
    tacho_emit_int(out, TACHO_LABELS("most int"), INT64_MAX);
    tacho_emit_double(out, TACHO_LABELS("half"), 0.5);
    tacho_emit_double(out, TACHO_LABELS("zero"), 0);
    tacho_emit_family(out, &descs[COLOUR]);
    tacho_emit_int(out, TACHO_LABELS("green"), 1);
    tacho_emit_family(out, &descs[PAIR]);
    tacho_emit_int(out, ((tacho_labels){ (const char *const[]){ "abc", "xyz" }, (const size_t[]){ 2, 0 }, 2 }), 1);
    tacho_emit_int(out, TACHO_LABELS("a", "bc"), 2);
    tacho_emit_int(out, ((tacho_labels){ (const char *const[]){ NULL, "x" }, (const size_t[]){ 0, 0 }, 2 }), 3);
}

static void numbers_come_through_whole_up_to_their_limits(void **state)
{
    static const char *const want[][2] = {
        { "spread_bucket{id=\"some\",le=\"1.0\"}", "1" },
        { "spread_bucket{id=\"some\",le=\"2.0\"}", "3" },
        { "spread_bucket{id=\"some\",le=\"+Inf\"}", "6" },
        { "spread_sum{id=\"some\"}", "-2.5" },
        { "spread_count{id=\"some\"}", "6" },
        { "spread_bucket{id=\"most\",le=\"1.0\"}", "18446744073709551614" },
        { "spread_count{id=\"most\"}", "18446744073709551615" },
        { "spread_sum{id=\"most\"}", "+Inf" },
        { "level{id=\"least int\"}", "-9223372036854775808" },
        { "level{id=\"most int\"}", "9223372036854775807" },
        { "level{id=\"most uint\"}", "18446744073709551615" },
        { "level{id=\"nan\"}", "NaN" },
        { "level{id=\"tenth\"}", "0.1" },
        { "count_total{id=\"most uint\"}", "18446744073709551615" },
        { "count_total{id=\"most int\"}", "9223372036854775807" },
        { "count_total{id=\"half\"}", "0.5" },
        { "count_total{id=\"zero\"}", "0" },
        { "colour{c=\"green\"}", "1" },
        { "pair{a=\"ab\",b=\"\"}", "1" },
        { "pair{a=\"a\",b=\"bc\"}", "2" },
        { "pair{a=\"\",b=\"\"}", "3" },
    };
    tacho_registry *reg = registry_with_script(emit_limits);
    (void)state;
    for (size_t i = 0; i < TACHO_COUNT(want); i++) assert_shown(reg, want[i][0], want[i][1]);
    tacho_registry_free(reg);
}

static void emit_hostile_labels(tacho_emitter *out)
{
    static char huge[100000];
    memset(huge, '"', sizeof huge - 1);
    tacho_emit_family(out, &descs[LEVEL]);
    tacho_emit_int(out, TACHO_LABELS("a\"b\\c\nd"), 1);
    tacho_emit_int(out, TACHO_LABELS(BROKEN), 2);
    tacho_emit_int(out, TACHO_LABELS(huge), 3);
    tacho_emit_family(out, &descs[SPREAD]);
    tacho_emit_histogram(out, TACHO_LABELS(BROKEN), counts, 4);
}

static void emit_what_repairs_alike(tacho_emitter *out)
{
    tacho_emit_family(out, &descs[LEVEL]);
    tacho_emit_int(out, TACHO_LABELS("\xff"), 1);
    tacho_emit_int(out, TACHO_LABELS("\xfe"), 2);
    tacho_emit_int(out, TACHO_LABELS("\xef\xbf\xbd"), 3);
    tacho_emit_int(out, TACHO_LABELS("after"), 4);
    tacho_emit_family(out, &descs[SPREAD]);
    tacho_emit_histogram(out, TACHO_LABELS("\xff"), counts, 5);
    tacho_emit_histogram(out, TACHO_LABELS("\xfe"), counts, 6);
}

static void of_label_sets_that_are_alike_once_repaired_the_first_is_shown(void **state)
{
    tacho_registry *reg = registry_with_script(emit_what_repairs_alike);
    (void)state;
    struct exposition *page = exposition_read(reg);
    assert_true(exposition_value(page, "level{id=\"\xef\xbf\xbd\"}") == 1);
    assert_true(exposition_value(page, "level{id=\"after\"}") == 4);
    assert_true(exposition_value(page, "spread_sum{id=\"\xef\xbf\xbd\"}") == 5);
    assert_int_equal(exposition_count(page, "level"), 2);
    assert_int_equal(exposition_count(page, "spread_count"), 1);
    assert_true(exposition_value(page, SUCCESS) == 1);
    exposition_free(page);
    tacho_registry_free(reg);
}

static void hostile_label_values_are_repaired_and_counted(void **state)
{
    tacho_registry *reg = registry_with_script(emit_hostile_labels);
    (void)state;
    struct exposition *page = exposition_read(reg);
    assert_true(exposition_value(page, "level{id=\"a\\\"b\\\\c\\nd\"}") == 1);
    assert_true(exposition_value(page, "level{id=\"a\xef\xbf\xbd" "b\"}") == 2);
    assert_true(exposition_value(page, "spread_sum{id=\"a\xef\xbf\xbd" "b\"}") == 4);
    assert_int_equal(exposition_count(page, "level"), 3);
    assert_int_equal(strlen(page->samples[exposition_family(page, "level")->first + 2].labels), 5 + 2 * 1008 + 16);
    assert_true(exposition_value(page, "tacho_label_values_repaired_total{reason=\"invalid_utf8\"}") == 2);
    assert_true(exposition_value(page, "tacho_label_values_repaired_total{reason=\"too_long\"}") == 1);
    exposition_free(page);
    tacho_registry_free(reg);
}

static uint32_t many_count;

static void emit_many(tacho_emitter *out)
{
    char id[16];
    tacho_emit_family(out, &descs[LEVEL]);
    for (uint32_t i = 0; i < many_count; i++) {
        (void)snprintf(id, sizeof id, "%u", i);
        tacho_emit_uint(out, TACHO_LABELS(id), i);
    }
}

static void results_are_charged_to_the_byte_budget_while_they_are_held(void **state)
{
    tacho_registry *reg = registry_with_script(emit_many);
    (void)state;
    many_count = 20000;
    size_t before = tacho_registry_memory(reg, NULL);
    tacho_scrape *scrape = tacho_scrape_new(reg, TACHO_TEXT);
    assert_true(tacho_registry_memory(reg, NULL) > before + many_count * sizeof(double));
    tacho_scrape_free(scrape);
    assert_int_equal(tacho_registry_memory(reg, NULL), before);
    struct exposition *page = exposition_read(reg);
    assert_true(exposition_sum(page, "level") == (double)many_count * (many_count - 1) / 2);
    exposition_free(page);
    tacho_registry_free(reg);
}

static void a_result_beyond_the_byte_budget_fails_its_collector_and_nothing_else(void **state)
{
    static tacho_counter *counter;
    static const tacho_desc rows[] = { { .counter = &counter, .name = "x_total", .help = "X." } };
    tacho_registry *reg = tacho_registry_new(&(tacho_registry_options){ .byte_budget = 1 << 20 });
    (void)state;
    script.part = emit_many;
    script.result = TACHO_OK;
    add(reg, &scripted);
    assert_int_equal(TACHO_DEFINE(reg, rows), TACHO_OK);
    many_count = 100000;
    assert_shown(reg, SUCCESS, "0");
    assert_shown(reg, "x_total", "0");
    many_count = 10;
    assert_shown(reg, SUCCESS, "1");
    assert_shown(reg, "level{id=\"9\"}", "9");
    tacho_registry_free(reg);
}

/* ---- What a collector may do to its registry ----------------------------------------------------------- */

static struct {
    tacho_registry *reg;
    tacho_counter *counter, *defined;
    tacho_collector *other;
    tacho_err result, other_result;
    struct exposition *page;
} inside;

static const tacho_desc inside_rows[] = { { .counter = &inside.counter, .name = "x_total", .help = "X." } };
static const tacho_desc defined_rows[] = {
    { .counter = &inside.defined, .name = "defined_total", .help = "Inside." },
};

static void define_inside(tacho_emitter *out)
{
    (void)out;
    inside.result = TACHO_DEFINE(inside.reg, defined_rows);
    tacho_counter_inc(inside.defined);
}

static void update_inside(tacho_emitter *out)
{
    (void)out;
    tacho_counter_inc(inside.counter);
}

static void scrape_inside(tacho_emitter *out)
{
    (void)out;
    inside.page = exposition_read(inside.reg);
}

static void remove_inside(tacho_emitter *out)
{
    (void)out;
    inside.result = tacho_registry_remove(inside.reg, &scripted);
    inside.other_result = tacho_registry_remove(inside.reg, inside.other);
}

static void enter(script_part *part)
{
    inside.reg = registry_with_script(part);
    inside.result = TACHO_ERR_IO;
    assert_int_equal(TACHO_DEFINE(inside.reg, inside_rows), TACHO_OK);
}

static void a_family_defined_inside_a_collector_appears_from_the_next_scrape(void **state)
{
    (void)state;
    enter(define_inside);
    struct exposition *page = exposition_read(inside.reg);
    assert_int_equal(inside.result, TACHO_OK);
    assert_null(exposition_family(page, "defined_total"));
    assert_true(exposition_value(page, "good") == 1);
    exposition_free(page);
    assert_shown(inside.reg, "defined_total", "2");
    tacho_registry_free(inside.reg);
}

static void a_collector_may_update_metrics(void **state)
{
    (void)state;
    enter(update_inside);
    assert_shown(inside.reg, "x_total", "1");
    assert_shown(inside.reg, "x_total", "2");
    tacho_registry_free(inside.reg);
}

static void a_collector_that_scrapes_its_own_registry_sees_it_without_collectors(void **state)
{
    (void)state;
    enter(scrape_inside);
    assert_shown(inside.reg, "good", "1");
    assert_int_equal(inside.page->count, 1);
    assert_string_equal(inside.page->samples[0].series, "x_total");
    exposition_free(inside.page);
    tacho_registry_free(inside.reg);
}

static void a_collector_cannot_unplug_itself_or_another_while_it_runs(void **state)
{
    static const tacho_collector_ops ops = { .name = "other", .collect = script_collect };
    static tacho_collector other = { &ops };
    (void)state;
    inside.other = &other;
    enter(remove_inside);
    add(inside.reg, &other);
    assert_shown(inside.reg, "good", "1");
    assert_int_equal(inside.result, TACHO_ERR_BUSY);
    assert_int_equal(inside.other_result, TACHO_ERR_BUSY);
    assert_int_equal(tacho_registry_remove(inside.reg, &scripted), TACHO_OK);
    assert_int_equal(tacho_registry_remove(inside.reg, &other), TACHO_OK);
    assert_shown(inside.reg, "good", NULL);
    tacho_registry_free(inside.reg);
}

/* ---- Self-metrics -------------------------------------------------------------------------------------- */

static void a_collector_says_how_its_last_run_went(void **state)
{
    static const char duration[] = "tacho_collector_duration_seconds{collector=\"script\"}",
                      last[] = "tacho_collector_last_success_timestamp_seconds{collector=\"script\"}";
    tacho_registry *reg = registry_with_script(nothing_else);
    (void)state;
    script.result = TACHO_ERR_COLLECT;
    struct exposition *page = exposition_read(reg);
    assert_true(exposition_value(page, SUCCESS) == 0);
    assert_true(exposition_value(page, duration) >= 0 && exposition_value(page, duration) < 60);
    assert_true(exposition_value(page, last) == 0);
    exposition_free(page);
    script.result = TACHO_OK;
    page = exposition_read(reg);
    double when = exposition_value(page, last), now = (double)time(NULL);
    assert_true(exposition_value(page, SUCCESS) == 1);
    assert_true(when > now - 60 && when < now + 60);
    exposition_free(page);
    script.result = TACHO_ERR_IO;
    page = exposition_read(reg);
    assert_true(exposition_value(page, SUCCESS) == 0);
    assert_true(exposition_value(page, last) == when);
    exposition_free(page);
    assert_int_equal(tacho_registry_remove(reg, &scripted), TACHO_OK);
    assert_shown(reg, SUCCESS, NULL);
    tacho_registry_free(reg);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_run_that_fails_or_breaks_a_rule_shows_nothing_of_itself),
        cmocka_unit_test(a_sample_before_any_family_breaks_the_run),
        cmocka_unit_test(emitting_into_nothing_is_harmless),
        cmocka_unit_test(numbers_come_through_whole_up_to_their_limits),
        cmocka_unit_test(hostile_label_values_are_repaired_and_counted),
        cmocka_unit_test(of_label_sets_that_are_alike_once_repaired_the_first_is_shown),
        cmocka_unit_test(results_are_charged_to_the_byte_budget_while_they_are_held),
        cmocka_unit_test(a_result_beyond_the_byte_budget_fails_its_collector_and_nothing_else),
        cmocka_unit_test(a_family_defined_inside_a_collector_appears_from_the_next_scrape),
        cmocka_unit_test(a_collector_may_update_metrics),
        cmocka_unit_test(a_collector_that_scrapes_its_own_registry_sees_it_without_collectors),
        cmocka_unit_test(a_collector_cannot_unplug_itself_or_another_while_it_runs),
        cmocka_unit_test(a_collector_says_how_its_last_run_went),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
