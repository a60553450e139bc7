/*
 * test_emit_types.c - what collectors emit: every type by its own call and by no other, and the rules of each.
 * Needs: OPENMETRICS PROTOBUF JSON
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tacho/tacho.h>

#include "support/page.h"
#include "support/proto.h"

static const char *const modes[] = { "idle", "busy", "odd", NULL };
static const char *most_states[65];
static char names[64][13];
static const double bounds[] = { 1, 10 }, ranks[] = { 0.5, 0.99 };

enum { COUNT = 1, LEVEL, TIMES, SIZES, AGES, BUILD, MODE, OTHER, /* by tacho_type */ WIDE, PLAIN, TYPES };

static const tacho_desc descs[TYPES] = {
    { .type = TACHO_GAUGE, .name = "unused", .help = "Help." },
    { .type = TACHO_COUNTER, .name = "count_total", .help = "Help.", .labels = { "l" } },
    { .type = TACHO_GAUGE, .name = "level", .help = "Help.", .labels = { "l" } },
    { .type = TACHO_HISTOGRAM, .name = "times", .help = "Help.", .labels = { "l" }, .buckets = bounds, .bucket_count = 2 },
    { .type = TACHO_SUMMARY, .name = "sizes", .help = "Help.", .labels = { "l" }, .quantiles = ranks, .quantile_count = 2 },
    { .type = TACHO_GAUGE_HISTOGRAM, .name = "ages", .help = "Help.", .labels = { "l" }, .buckets = bounds,
      .bucket_count = 2 },
    { .type = TACHO_INFO, .name = "build_info", .help = "Help.", .labels = { "l" } },
    { .type = TACHO_STATESET, .name = "mode", .help = "Help.", .labels = { "l" }, .states = modes },
    { .type = TACHO_UNKNOWN, .name = "other", .help = "Help.", .labels = { "l" } },
    { .type = TACHO_STATESET, .name = "wide", .help = "Help.", .states = most_states },
    { .type = TACHO_SUMMARY, .name = "plain", .help = "Help." },
};

/* A collector that does what the test at hand says. */
static struct script {
    tacho_collector collector;
    void (*body)(tacho_emitter *out);
} script;

static tacho_err script_collect(tacho_collector *self, tacho_emitter *out)
{
    TACHO_CONTAINER(self, struct script, collector)->body(out);
    return TACHO_OK;
}

static const tacho_collector_ops script_ops = { .name = "script", .descs = descs, .desc_count = TYPES, .collect = script_collect };

static tacho_registry *registry_with(void (*body)(tacho_emitter *out))
{
    tacho_registry *reg = tacho_registry_new(NULL);
    script = (struct script){ { &script_ops }, body };
    assert_int_equal(tacho_registry_add(reg, &script.collector), TACHO_OK);
    return reg;
}

static int fill_states(void **state)
{
    (void)state;
    for (int i = 0; i < 64; i++) {
        (void)snprintf(names[i], sizeof names[i], "s%d", i);
        most_states[i] = names[i];
    }
    return 0;
}

static bool succeeds(tacho_registry *reg)
{
    bool yes = page_shows(reg, TACHO_TEXT, "tacho_collector_success{collector=\"script\"} 1");
    assert_int_equal(page_shows(reg, TACHO_TEXT, "tacho_collector_success{collector=\"script\"} 0"), !yes);
    return yes;
}

/* ---- Every type -------------------------------------------------------------------------------------------- */

static const uint64_t counts[] = { 1, 2, 3 };
static const double quantiles[] = { 0.25, NAN };

static void emit_every_type(tacho_emitter *out)
{
    tacho_emit_family(out, &descs[COUNT]);
    tacho_emit_uint(out, TACHO_LABELS("a"), 5);
    tacho_emit_family(out, &descs[LEVEL]);
    tacho_emit_double(out, TACHO_LABELS("a"), -0.5);
    tacho_emit_family(out, &descs[TIMES]);
    tacho_emit_histogram(out, TACHO_LABELS("a"), counts, 42.5);
    tacho_emit_family(out, &descs[SIZES]);
    tacho_emit_summary(out, TACHO_LABELS("a"), UINT64_MAX, 7.5, quantiles);
    tacho_emit_family(out, &descs[AGES]);
    tacho_emit_histogram(out, TACHO_LABELS("a"), counts, 42.5);
    tacho_emit_family(out, &descs[BUILD]);
    tacho_emit_info(out, TACHO_LABELS("a"));
    tacho_emit_info(out, TACHO_LABELS("b"));
    tacho_emit_family(out, &descs[MODE]);
    tacho_emit_states(out, TACHO_LABELS("a"), 5);
    tacho_emit_family(out, &descs[OTHER]);
    tacho_emit_int(out, TACHO_LABELS("a"), -7);
    tacho_emit_family(out, &descs[PLAIN]);
    tacho_emit_summary(out, TACHO_NO_LABELS, 2, -1, NULL);
}

#define BUCKETS(name) name "_bucket{l=\"a\",le=\"1.0\"} 1\n" name "_bucket{l=\"a\",le=\"10.0\"} 3\n" \
                      name "_bucket{l=\"a\",le=\"+Inf\"} 6\n"

static void every_type_is_shown_like_one_that_is_defined(void **state)
{
    (void)state;
    tacho_registry *reg = registry_with(emit_every_type);
    assert_true(succeeds(reg));
    assert_line(reg, TACHO_TEXT,
                "# HELP count_total Help.\n# TYPE count_total counter\ncount_total{l=\"a\"} 5\n"
                "# HELP level Help.\n# TYPE level gauge\nlevel{l=\"a\"} -0.5\n"
                "# HELP times Help.\n# TYPE times histogram\n" BUCKETS("times") "times_sum{l=\"a\"} 42.5\ntimes_count{l=\"a\"} 6\n"
                "# HELP sizes Help.\n# TYPE sizes summary\nsizes{l=\"a\",quantile=\"0.5\"} 0.25\n"
                "sizes{l=\"a\",quantile=\"0.99\"} NaN\nsizes_sum{l=\"a\"} 7.5\nsizes_count{l=\"a\"} 18446744073709551615\n"
                "# HELP ages Help.\n# TYPE ages histogram\n" BUCKETS("ages") "ages_sum{l=\"a\"} 42.5\nages_count{l=\"a\"} 6\n"
                "# HELP build_info Help.\n# TYPE build_info gauge\nbuild_info{l=\"a\"} 1\nbuild_info{l=\"b\"} 1\n"
                "# HELP mode Help.\n# TYPE mode gauge\nmode{l=\"a\",mode=\"idle\"} 1\nmode{l=\"a\",mode=\"busy\"} 0\n"
                "mode{l=\"a\",mode=\"odd\"} 1\n# HELP other Help.\n# TYPE other untyped\nother{l=\"a\"} -7\n"
                "# HELP plain Help.\n# TYPE plain summary\nplain_sum -1\nplain_count 2");
    assert_line(reg, TACHO_OPENMETRICS, "# TYPE ages gaugehistogram\n# HELP ages Help.\n" BUCKETS("ages")
                                        "ages_gcount{l=\"a\"} 6\nages_gsum{l=\"a\"} 42.5\n# TYPE build info");
    assert_line(reg, TACHO_OPENMETRICS, "# TYPE plain summary\n# HELP plain Help.\nplain_count 2\n# TYPE tacho_misuse counter");
    tacho_registry_free(reg);
}

static void protobuf_shows_emitted_families_like_text_does(void **state)
{
    (void)state;
    tacho_registry *reg = registry_with(emit_every_type);
    char why[200] = "";
    struct page page = page_take(reg, PAGE_AS(TACHO_PROTOBUF, TACHO_UNDERSCORES), 0);
    char *print = proto_print(page.data, page.len, why, sizeof why);
    if (!print) fail_msg("%s", why);
    assert_non_null(strstr(print, "name: \"ages\"\nhelp: \"Help.\"\ntype: GAUGE_HISTOGRAM\n"));
    assert_non_null(strstr(print, "name: \"other\"\nhelp: \"Help.\"\ntype: UNTYPED\n"));
    assert_non_null(strstr(print, "    quantile {\n      quantile: 0.99\n      value: NaN\n    }\n"));
    char *lines = proto_lines(page.data, page.len);
    assert_non_null(strstr(lines, "mode{l=\"a\",mode=\"odd\"} 1\n"));
    assert_non_null(strstr(lines, BUCKETS("times") "times_sum{l=\"a\"} 42.5\ntimes_count{l=\"a\"} 6\n"));
    free(lines);
    free(print);
    page_free(&page);
    tacho_registry_free(reg);
}

/* ---- Each type by its own call ------------------------------------------------------------------------------- */

static int type_at_hand;

static void emit_int(tacho_emitter *out) { tacho_emit_int(out, TACHO_LABELS("a"), 1); }
static void emit_uint(tacho_emitter *out) { tacho_emit_uint(out, TACHO_LABELS("a"), 1); }
static void emit_double(tacho_emitter *out) { tacho_emit_double(out, TACHO_LABELS("a"), 1); }
static void emit_info(tacho_emitter *out) { tacho_emit_info(out, TACHO_LABELS("a")); }
static void emit_states(tacho_emitter *out) { tacho_emit_states(out, TACHO_LABELS("a"), 1); }
static void emit_summary(tacho_emitter *out) { tacho_emit_summary(out, TACHO_LABELS("a"), 1, 1, quantiles); }
static void emit_histogram(tacho_emitter *out) { tacho_emit_histogram(out, TACHO_LABELS("a"), counts, 1); }

#define IN(type) (1u << TACHO_##type)

static const struct {
    void (*emit)(tacho_emitter *out);
    unsigned types;
} calls[] = {
    { emit_int, IN(COUNTER) | IN(GAUGE) | IN(UNKNOWN) },
    { emit_uint, IN(COUNTER) | IN(GAUGE) | IN(UNKNOWN) },
    { emit_double, IN(COUNTER) | IN(GAUGE) | IN(UNKNOWN) },
    { emit_info, IN(INFO) },
    { emit_states, IN(STATESET) },
    { emit_summary, IN(SUMMARY) },
    { emit_histogram, IN(HISTOGRAM) | IN(GAUGE_HISTOGRAM) },
};
static size_t call_at_hand;

static void emit_call_in_type(tacho_emitter *out)
{
    tacho_emit_family(out, &descs[type_at_hand]);
    calls[call_at_hand].emit(out);
}

static void a_sample_of_another_type_breaks_the_run(void **state)
{
    (void)state;
    for (type_at_hand = TACHO_COUNTER; type_at_hand <= TACHO_UNKNOWN; type_at_hand++)
        for (call_at_hand = 0; call_at_hand < TACHO_COUNT(calls); call_at_hand++) {
            tacho_registry *reg = registry_with(emit_call_in_type);
            bool fits = (calls[call_at_hand].types >> type_at_hand & 1) != 0;
            if (succeeds(reg) != fits) fail_msg("call %zu in type %d", call_at_hand, type_at_hand);
            struct page page = page_take(reg, PAGE_AS(TACHO_TEXT, TACHO_UNDERSCORES), 0);
            assert_int_equal(page_has(&page, "{l=\"a\""), fits);
            page_free(&page);
            tacho_registry_free(reg);
        }
}

static void emit_before_any_family(tacho_emitter *out)
{
    calls[call_at_hand].emit(out);
    tacho_emit_family(out, &descs[LEVEL]); /* too late */
    tacho_emit_int(out, TACHO_LABELS("a"), 1);
}

static void every_sample_needs_a_family(void **state)
{
    (void)state;
    for (call_at_hand = 0; call_at_hand < TACHO_COUNT(calls); call_at_hand++) {
        tacho_registry *reg = registry_with(emit_before_any_family);
        assert_false(succeeds(reg));
        tacho_registry_free(reg);
        calls[call_at_hand].emit(NULL);
    }
}

/* ---- Refusals ------------------------------------------------------------------------------------------------ */

#define PART(name, family, ...)                   \
    static void name(tacho_emitter *out)          \
    {                                             \
        tacho_emit_family(out, &descs[family]);   \
        __VA_ARGS__;                              \
    }

PART(info_with_two_labels, BUILD, tacho_emit_info(out, TACHO_LABELS("a", "b")))
PART(info_without_labels, BUILD, tacho_emit_info(out, TACHO_NO_LABELS))
PART(info_twice, BUILD, tacho_emit_info(out, TACHO_LABELS("a")), tacho_emit_info(out, TACHO_LABELS("a")))
PART(states_that_are_none, MODE, tacho_emit_states(out, TACHO_LABELS("a"), 8))
PART(states_far_behind, MODE, tacho_emit_states(out, TACHO_LABELS("a"), UINT64_C(1) << 63))
PART(states_twice, MODE, tacho_emit_states(out, TACHO_LABELS("a"), 1), tacho_emit_states(out, TACHO_LABELS("a"), 2))
PART(states_of_no_series, MODE, tacho_emit_states(out, TACHO_NO_LABELS, 1))
PART(all_states, MODE, tacho_emit_states(out, TACHO_LABELS("a"), 7), tacho_emit_states(out, TACHO_LABELS("b"), 0))
PART(all_64_states, WIDE, tacho_emit_states(out, TACHO_NO_LABELS, UINT64_MAX))
PART(summary_without_quantiles, SIZES, tacho_emit_summary(out, TACHO_LABELS("a"), 1, 1, NULL))
PART(summary_with_quantiles_too_many, PLAIN, tacho_emit_summary(out, TACHO_NO_LABELS, 1, 1, quantiles))
PART(summary_with_a_sum_of_nan, SIZES, tacho_emit_summary(out, TACHO_LABELS("a"), 1, NAN, quantiles))
PART(summary_with_an_infinite_sum, SIZES, tacho_emit_summary(out, TACHO_LABELS("a"), 1, -INFINITY, quantiles))
PART(summary_twice, PLAIN, tacho_emit_summary(out, TACHO_NO_LABELS, 1, 1, NULL), tacho_emit_summary(out, TACHO_NO_LABELS, 1, 1, NULL))
PART(ages_with_a_sum_of_nan, AGES, tacho_emit_histogram(out, TACHO_LABELS("a"), counts, NAN))
PART(ages_without_counts, AGES, tacho_emit_histogram(out, TACHO_LABELS("a"), NULL, 1))
PART(other_of_any_number, OTHER, tacho_emit_double(out, TACHO_LABELS("a"), NAN), tacho_emit_int(out, TACHO_LABELS("b"), INT64_MIN))
PART(twice_the_same_family, OTHER, tacho_emit_family(out, &descs[OTHER]))

static const struct {
    void (*body)(tacho_emitter *out);
    bool fits;
} parts[] = {
    { info_with_two_labels, false }, { info_without_labels, false }, { info_twice, false },
    { states_that_are_none, false }, { states_far_behind, false }, { states_twice, false }, { states_of_no_series, false },
    { all_states, true }, { all_64_states, true }, { summary_without_quantiles, false },
    { summary_with_quantiles_too_many, true }, { summary_with_a_sum_of_nan, false }, { summary_with_an_infinite_sum, true },
    { summary_twice, false }, { ages_with_a_sum_of_nan, false }, { ages_without_counts, false }, { other_of_any_number, true },
    { twice_the_same_family, false },
};

static void what_breaks_a_rule_of_its_type_breaks_the_run(void **state)
{
    (void)state;
    for (size_t i = 0; i < TACHO_COUNT(parts); i++) {
        tacho_registry *reg = registry_with(parts[i].body);
        if (succeeds(reg) != parts[i].fits) fail_msg("part %zu", i);
        tacho_registry_free(reg);
    }
}

static void all_states_that_are_on_are_shown(void **state)
{
    (void)state;
    tacho_registry *reg = registry_with(all_64_states);
    assert_line(reg, TACHO_TEXT, "wide{wide=\"s0\"} 1\nwide{wide=\"s1\"} 1");
    assert_line(reg, TACHO_TEXT, "wide{wide=\"s62\"} 1\nwide{wide=\"s63\"} 1");
    tacho_registry_free(reg);
    reg = registry_with(other_of_any_number);
    assert_line(reg, TACHO_TEXT, "other{l=\"a\"} NaN\nother{l=\"b\"} -9223372036854775808");
    assert_line(reg, TACHO_CSV, "other,unknown,\"l=\"\"b\"\"\",-9223372036854775808\r");
    tacho_registry_free(reg);
}

/* ---- Flags, names and constants of emitted families -------------------------------------------------------------- */

static const tacho_constant own[] = { { "own.label", "v" }, { NULL, NULL } }, common[] = { { "zone", "z" }, { NULL, NULL } };
static const tacho_desc odd[] = {
    { .type = TACHO_COUNTER, .name = "a.b_total", .help = "Help.", .flags = TACHO_CREATED | TACHO_EXEMPLARS, .constants = own },
    { .type = TACHO_COUNTER, .name = "kept", .help = "Help.", .flags = TACHO_KEEP_NAME },
    { .type = TACHO_HISTOGRAM, .name = "native", .help = "Help.", .native = { .factor = 2 }, .flags = TACHO_NATIVE_ONLY },
    { .type = TACHO_GAUGE, .name = "highest", .help = "Help.", .flags = TACHO_MAXIMUM },
    { .type = TACHO_STATESET, .name = "odd.mode", .help = "Help.", .states = modes },
};

static tacho_err odd_collect(tacho_collector *self, tacho_emitter *out)
{
    static const uint64_t three[] = { 3 };
    (void)self;
    tacho_emit_family(out, &odd[0]);
    tacho_emit_int(out, TACHO_NO_LABELS, 1);
    tacho_emit_family(out, &odd[1]);
    tacho_emit_int(out, TACHO_NO_LABELS, 2);
    tacho_emit_family(out, &odd[2]);
    tacho_emit_histogram(out, TACHO_NO_LABELS, three, 4);
    tacho_emit_family(out, &odd[3]);
    tacho_emit_int(out, TACHO_NO_LABELS, 5);
    tacho_emit_family(out, &odd[4]);
    tacho_emit_states(out, TACHO_NO_LABELS, 2);
    return TACHO_OK;
}

static void emitted_families_have_utf_8_names_constants_and_flags_without_effect(void **state)
{
    static const tacho_collector_ops ops = { .name = "odd", .descs = odd, .desc_count = TACHO_COUNT(odd), .collect = odd_collect };
    tacho_collector collector = { &ops };
    tacho_registry *reg = tacho_registry_new(
        &(tacho_registry_options){ .no_self_metrics = 1, .utf8_names = 1, .created = 1, .constants = common });
    (void)state;
    assert_int_equal(tacho_registry_add(reg, &collector), TACHO_OK);
    assert_page(reg, PAGE_AS(TACHO_OPENMETRICS, TACHO_ALLOW_UTF8),
                "# TYPE \"a.b\" counter\n# HELP \"a.b\" Help.\n{\"a.b_total\",zone=\"z\",\"own.label\"=\"v\"} 1\n"
                "# TYPE kept unknown\n# HELP kept Help.\nkept{zone=\"z\"} 2\n"
                "# TYPE native histogram\n# HELP native Help.\nnative_bucket{zone=\"z\",le=\"+Inf\"} 3\n"
                "native_count{zone=\"z\"} 3\nnative_sum{zone=\"z\"} 4\n"
                "# TYPE highest gauge\n# HELP highest Help.\nhighest{zone=\"z\"} 5\n"
                "# TYPE \"odd.mode\" stateset\n# HELP \"odd.mode\" Help.\n"
                "{\"odd.mode\",zone=\"z\",\"odd.mode\"=\"idle\"} 0\n{\"odd.mode\",zone=\"z\",\"odd.mode\"=\"busy\"} 1\n"
                "{\"odd.mode\",zone=\"z\",\"odd.mode\"=\"odd\"} 0\n# EOF\n");
    struct page page = page_take(reg, PAGE_AS(TACHO_PROTOBUF, TACHO_VALUES), 0);
    char why[200] = "", *lines = proto_lines(page.data, page.len), *print = proto_print(page.data, page.len, why, sizeof why);
    if (!print) fail_msg("%s", why);
    assert_non_null(strstr(lines, "U__a_2e_b__total{zone=\"z\",U__own_2e_label=\"v\"} 1\n"));
    assert_non_null(strstr(lines, "U__odd_2e_mode{zone=\"z\",U__odd_2e_mode=\"busy\"} 1\n"));
    assert_non_null(strstr(lines, "native_bucket{zone=\"z\",le=\"+Inf\"} 3\n"));
    free(lines);
    free(print);
    page_free(&page);
    tacho_registry_free(reg);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_type_is_shown_like_one_that_is_defined),
        cmocka_unit_test(protobuf_shows_emitted_families_like_text_does),
        cmocka_unit_test(a_sample_of_another_type_breaks_the_run),
        cmocka_unit_test(every_sample_needs_a_family),
        cmocka_unit_test(what_breaks_a_rule_of_its_type_breaks_the_run),
        cmocka_unit_test(all_states_that_are_on_are_shown),
        cmocka_unit_test(emitted_families_have_utf_8_names_constants_and_flags_without_effect),
    };
    return cmocka_run_group_tests(tests, fill_states, NULL);
}
