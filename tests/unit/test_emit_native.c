/*
 * test_emit_native.c - native histograms that collectors emit: shown as they were emitted, or refused.
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

#include "alloc.h"
#include "support/page.h"
#include "support/proto.h"
#include "support/valid.h"

static const double bounds[] = { 1, 10 };

enum { BOTH, ONLY, AGES, LABELLED, CLASSIC, LEVEL, FAMILIES };

static const tacho_desc descs[FAMILIES] = {
    { .type = TACHO_HISTOGRAM, .name = "both", .help = "Help.", .buckets = bounds, .bucket_count = 2, .native = { .factor = 2 } },
    { .type = TACHO_HISTOGRAM, .name = "only", .help = "Help.", .native = { .factor = 2 }, .flags = TACHO_NATIVE_ONLY },
    { .type = TACHO_GAUGE_HISTOGRAM, .name = "ages", .help = "Help.", .native = { .factor = 2 }, .flags = TACHO_NATIVE_ONLY },
    { .type = TACHO_HISTOGRAM, .name = "by", .help = "Help.", .native = { .factor = 2 }, .flags = TACHO_NATIVE_ONLY |
      TACHO_EXEMPLARS | TACHO_CREATED, .labels = { "l" } },
    { .type = TACHO_HISTOGRAM, .name = "classic", .help = "Help.", .buckets = bounds, .bucket_count = 2 },
    { .type = TACHO_GAUGE, .name = "level", .help = "Help." },
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

static const tacho_collector_ops script_ops = { .name = "script", .descs = descs, .desc_count = FAMILIES, .collect = script_collect };

static char told[400];

static void listen(tacho_listener *self, const char *what)
{
    (void)self;
    (void)snprintf(told, sizeof told, "%s", what);
}

static tacho_listener listener = { listen };

static tacho_registry *registry_with(void (*body)(tacho_emitter *out), size_t budget)
{
    tacho_registry *reg = tacho_registry_new(&(tacho_registry_options){ .byte_budget = budget, .listener = &listener });
    told[0] = '\0';
    script = (struct script){ { &script_ops }, body };
    assert_int_equal(tacho_registry_add(reg, &script.collector), TACHO_OK);
    return reg;
}

/* The families of the script as protobuf shows them, printed, in one line. */
static char *printed(tacho_registry *reg, size_t chunk)
{
    char why[200] = "";
    struct page page = page_take(reg, PAGE_AS(TACHO_PROTOBUF, TACHO_UNDERSCORES), chunk);
    char *text = proto_print(page.data, page.len, why, sizeof why), *to = text;
    if (!text || page.err) fail_msg("%d %s", (int)page.err, why);
    for (const char *from = text; *from; from++) {
        bool blank = *from == ' ' || *from == '\n';
        if (blank && (to == text || to[-1] == ' ')) continue;
        *to++ = blank ? ' ' : *from;
    }
    *to = '\0';
    page_free(&page);
    return text;
}

static void check_printed(tacho_registry *reg, const char *want, int line)
{
    char *text = printed(reg, 0);
    if (!strstr(text, want)) fail_msg("line %d: `%s` is not in `%s`", line, want, text);
    free(text);
}
#define assert_printed(reg, want) check_printed((reg), (want), __LINE__)

static void check_valid_everywhere(tacho_registry *reg)
{
    for (int format = TACHO_TEXT; format <= TACHO_CSV; format++) {
        char why[200] = "";
        struct page page = page_take(reg, PAGE_AS((tacho_format)format, TACHO_UNDERSCORES), 64);
        if (format == TACHO_PROTOBUF)
            free(printed(reg, 64));
        else if (!valid_page(page.data, page.len, (tacho_format)format, TACHO_UNDERSCORES, why, sizeof why) || page.err)
            fail_msg("%d: %s", format, why);
        page_free(&page);
    }
}

static bool succeeds(tacho_registry *reg)
{
    bool yes = page_shows(reg, TACHO_TEXT, "tacho_collector_success{collector=\"script\"} 1");
    assert_int_equal(page_shows(reg, TACHO_TEXT, "tacho_collector_success{collector=\"script\"} 0"), !yes);
    check_valid_everywhere(reg);
    return yes;
}

/* ---- Shown ------------------------------------------------------------------------------------------------- */

static const tacho_native_bucket most[] = { { -1, 2 }, { 0, 5 }, { 1, 0 }, { 2, 4 }, { 9, 1 } }, few[] = { { -3, 1 } };
static const uint64_t classic[] = { 3, 4, 12 };

static void emit_each(tacho_emitter *out)
{
    tacho_native_counts counts = { .schema = 3, .zero_threshold = 1e-3, .zero_count = 6, .positive = most,
                                   .positive_count = 5, .negative = few, .negative_count = 1, .classic = classic,
                                   .sum = 7.5 };
    tacho_emit_family(out, &descs[BOTH]);
    tacho_emit_native(out, TACHO_NO_LABELS, &counts);
    counts.classic = NULL;
    tacho_emit_family(out, &descs[ONLY]);
    tacho_emit_native(out, TACHO_NO_LABELS, &counts);
    counts.sum = -7.5;
    tacho_emit_family(out, &descs[AGES]);
    tacho_emit_native(out, TACHO_NO_LABELS, &counts);
    tacho_emit_family(out, &descs[LABELLED]);
    tacho_emit_native(out, TACHO_LABELS("empty"), &(tacho_native_counts){ .zero_threshold = -0.0 });
    tacho_emit_histogram(out, TACHO_LABELS("classic"), &(uint64_t){ 3 }, 1);
    tacho_emit_native(out, TACHO_LABELS("infinite"), &(tacho_native_counts){
        .schema = -4, .negative = (const tacho_native_bucket[]){ { -67, 1 }, { 65, 1 } }, .negative_count = 2,
        .sum = -INFINITY });
}

#define NATIVE_PART "schema: 3 zero_threshold: 0.001 zero_count: 6 negative_span { offset: -3 length: 1 } negative_delta: 1 " \
                    "positive_span { offset: -1 length: 4 } positive_span { offset: 6 length: 1 } positive_delta: 2 " \
                    "positive_delta: 3 positive_delta: -5 positive_delta: 4 positive_delta: -3 "

static void protobuf_shows_native_histograms_as_they_were_emitted(void **state)
{
    (void)state;
    tacho_registry *reg = registry_with(emit_each, 0);
    assert_true(succeeds(reg));
    assert_printed(reg, "type: HISTOGRAM metric { histogram { sample_count: 19 sample_sum: 7.5 "
                        "bucket { cumulative_count: 3 upper_bound: 1 } bucket { cumulative_count: 7 upper_bound: 10 } "
                        "bucket { cumulative_count: 19 upper_bound: +Inf } " NATIVE_PART "} }");
    assert_printed(reg, "name: \"only\" help: \"Help.\" type: HISTOGRAM metric { histogram { sample_count: 19 sample_sum: 7.5 "
                        NATIVE_PART "} }");
    assert_printed(reg, "type: GAUGE_HISTOGRAM metric { histogram { sample_count: 19 sample_sum: -7.5 " NATIVE_PART "} }");
    assert_printed(reg, "value: \"empty\" } histogram { sample_count: 0 sample_sum: 0 schema: 0 zero_threshold: 0 zero_count: 0 "
                        "positive_span { offset: 0 length: 0 } } }");
    assert_printed(reg, "value: \"classic\" } histogram { sample_count: 3 sample_sum: 1 bucket { cumulative_count: 3 "
                        "upper_bound: +Inf } } }");
    assert_printed(reg, "sample_sum: -Inf schema: -4 zero_threshold: 0 zero_count: 0 negative_span { offset: -67 length: 1 } "
                        "negative_span { offset: 131 length: 1 } negative_delta: 1 negative_delta: 0 } }");
    tacho_registry_free(reg);
}

static void other_formats_show_its_classic_buckets_or_its_count_alone(void **state)
{
    (void)state;
    tacho_registry *reg = registry_with(emit_each, 0);
    assert_line(reg, TACHO_TEXT, "# TYPE both histogram\nboth_bucket{le=\"1.0\"} 3\nboth_bucket{le=\"10.0\"} 7\n"
                                 "both_bucket{le=\"+Inf\"} 19\nboth_sum 7.5\nboth_count 19\n"
                                 "# HELP only Help.\n# TYPE only histogram\nonly_bucket{le=\"+Inf\"} 19\nonly_sum 7.5\nonly_count 19\n"
                                 "# HELP ages Help.\n# TYPE ages histogram\nages_bucket{le=\"+Inf\"} 19\nages_sum -7.5\nages_count 19");
    assert_line(reg, TACHO_OPENMETRICS, "# TYPE ages gaugehistogram\n# HELP ages Help.\nages_bucket{le=\"+Inf\"} 19\n# TYPE by histogram");
    assert_no_line(reg, TACHO_OPENMETRICS, "only_sum 7.5"); /* some values are negative: it is no counter */
    assert_line(reg, TACHO_CSV, "both_bucket,histogram,\"le=\"\"10.0\"\"\",7\r");
    assert_line(reg, TACHO_JSON, "{\"name\":\"both\",\"type\":\"histogram\",\"help\":\"Help.\",\"metrics\":[{\"labels\":{},\"sum\":7.5,"
                                 "\"count\":19,\"buckets\":[{\"le\":\"1.0\",\"count\":3},{\"le\":\"10.0\",\"count\":7},"
                                 "{\"le\":\"+Inf\",\"count\":19}],\"native\":{\"count\":19,\"sum\":7.5,\"schema\":3,\"zero_threshold\":0.001,\"zero_count\":6,"
                                 "\"negative\":[{\"index\":-3,\"count\":1}],\"positive\":[{\"index\":-1,\"count\":2},"
                                 "{\"index\":0,\"count\":5},{\"index\":2,\"count\":4},{\"index\":9,\"count\":1}]}}]},");
    tacho_registry_free(reg);
}

static void buffers_of_any_size_give_the_same_bytes(void **state)
{
    static const size_t chunks[] = { 1, 7, 64, 1024 };
    (void)state;
    tacho_registry *reg = tacho_registry_new(&(tacho_registry_options){ .no_self_metrics = 1 });
    script = (struct script){ { &script_ops }, emit_each };
    assert_int_equal(tacho_registry_add(reg, &script.collector), TACHO_OK);
    for (int format = TACHO_TEXT; format <= TACHO_CSV; format++) {
        struct page whole = page_take(reg, PAGE_AS((tacho_format)format, TACHO_UNDERSCORES), 0);
        for (size_t i = 0; i < TACHO_COUNT(chunks); i++) {
            struct page page = page_take(reg, PAGE_AS((tacho_format)format, TACHO_UNDERSCORES), chunks[i]);
            assert_int_equal(page.len, whole.len);
            assert_memory_equal(page.data, whole.data, whole.len);
            page_free(&page);
        }
        page_free(&whole);
    }
    tacho_registry_free(reg);
}

/* ---- Limits ------------------------------------------------------------------------------------------------ */

enum { MOST_BUCKETS = 1000 };
static tacho_native_bucket many[2 * MOST_BUCKETS];
static tacho_native_counts at_hand;
static int family_at_hand;

static void emit_at_hand(tacho_emitter *out)
{
    tacho_emit_family(out, &descs[family_at_hand]);
    tacho_emit_native(out, TACHO_NO_LABELS, &at_hand);
}

/* Whether a histogram is taken; if not, `words` say why. */
static bool is_taken(int family, tacho_native_counts counts, const char *words)
{
    family_at_hand = family;
    at_hand = counts;
    tacho_registry *reg = registry_with(emit_at_hand, 0);
    bool yes = succeeds(reg);
    if (!yes && (!words || !strstr(told, words) || !strstr(tacho_registry_error(reg), words)))
        fail_msg("%s; it should say: %s", told, words ? words : "nothing");
    tacho_registry_free(reg);
    return yes;
}

#define ONE(at, n) .positive = &(const tacho_native_bucket){ (at), (n) }, .positive_count = 1
#define ONE_NEGATIVE(at, n) .negative = &(const tacho_native_bucket){ (at), (n) }, .negative_count = 1

#define WHERE "where its schema has no numbers"

static void a_bucket_may_be_where_values_are_and_nowhere_else(void **state)
{
    static const struct { int32_t schema, lowest, highest; } ranges[] = {
        { -4, -67, 65 }, { -3, -134, 129 }, { -2, -268, 257 }, { -1, -537, 513 }, { 0, -1074, 1025 }, { 1, -2148, 2049 },
        { 2, -4296, 4097 }, { 3, -8592, 8193 }, { 4, -17184, 16385 }, { 5, -34368, 32769 }, { 6, -68736, 65537 },
        { 7, -137472, 131073 }, { 8, -274944, 262145 },
    };
    (void)state;
    for (size_t i = 0; i < TACHO_COUNT(ranges); i++) {
        int32_t schema = ranges[i].schema, lowest = ranges[i].lowest, highest = ranges[i].highest;
        assert_true(is_taken(ONLY, (tacho_native_counts){ .schema = schema, ONE(lowest, 1), ONE_NEGATIVE(highest, 1) }, NULL));
        assert_true(is_taken(ONLY, (tacho_native_counts){ .schema = schema, ONE(highest, 1), ONE_NEGATIVE(lowest, 1) }, NULL));
        assert_false(is_taken(ONLY, (tacho_native_counts){ .schema = schema, ONE(lowest - 1, 1) }, WHERE));
        assert_false(is_taken(ONLY, (tacho_native_counts){ .schema = schema, ONE(highest + 1, 1) }, WHERE));
        assert_false(is_taken(ONLY, (tacho_native_counts){ .schema = schema, ONE_NEGATIVE(lowest - 1, 0) }, WHERE));
        assert_false(is_taken(ONLY, (tacho_native_counts){ .schema = schema, ONE_NEGATIVE(INT32_MIN, 1) }, WHERE));
    }
}

static void counts_are_as_large_as_readers_can_tell(void **state)
{
    const uint64_t half = UINT64_C(1) << 63;
    static const tacho_native_bucket full[] = { { 0, INT64_MAX }, { 1, INT64_MAX } };
    (void)state;
    assert_true(is_taken(ONLY, (tacho_native_counts){ ONE(0, half - 1), ONE_NEGATIVE(0, half - 1), .zero_count = 1 }, NULL));
    assert_true(is_taken(ONLY, (tacho_native_counts){ .positive = full, .positive_count = 2, .zero_count = 1 }, NULL));
    assert_true(is_taken(ONLY, (tacho_native_counts){ .zero_count = UINT64_MAX }, NULL));
    assert_false(is_taken(ONLY, (tacho_native_counts){ ONE(0, half) }, "2^63"));
    assert_false(is_taken(ONLY, (tacho_native_counts){ .positive = full, .positive_count = 2, .zero_count = 2 }, "2^63"));
    assert_false(is_taken(ONLY, (tacho_native_counts){ ONE(0, half - 1), ONE_NEGATIVE(0, half - 1), .zero_count = 2 }, "2^63"));
    assert_false(is_taken(ONLY, (tacho_native_counts){ ONE(0, 1), .zero_count = UINT64_MAX }, "2^63"));
}

static void as_many_buckets_are_taken_as_a_histogram_may_have(void **state)
{
    (void)state;
    for (int i = 0; i < 2 * MOST_BUCKETS; i++) many[i] = (tacho_native_bucket){ 4 * i - 4000, (uint64_t)INT64_MAX / 2000 };
    tacho_native_counts counts = { .schema = 8, .positive = many, .positive_count = 600, .negative = many, .negative_count = 400 };
    assert_true(is_taken(ONLY, counts, NULL));
    counts.negative_count = 401;
    assert_false(is_taken(ONLY, counts, "1000 buckets"));
    counts.positive = NULL;
    counts.positive_count = 0;
    counts.negative_count = MOST_BUCKETS;
    assert_true(is_taken(ONLY, counts, NULL));
    counts.negative_count = MOST_BUCKETS + 1;
    assert_false(is_taken(ONLY, counts, "1000 buckets"));
    for (int i = 0; i < 2 * MOST_BUCKETS; i++) many[i].count = i % 2 ? 1 : 0; /* empty ones do not count */
    counts.negative_count = 2 * MOST_BUCKETS;
    assert_true(is_taken(ONLY, counts, NULL));
}

/* ---- Refused ----------------------------------------------------------------------------------------------- */

static void what_is_no_native_histogram_is_refused(void **state)
{
    static const tacho_native_bucket falling[] = { { 1, 1 }, { 0, 1 } }, twice[] = { { 1, 1 }, { 1, 1 } };
    static const uint64_t three[] = { 1, 1, 1 }, wrapped[] = { UINT64_MAX, 4, 0 };
    const struct { int family; const char *words; tacho_native_counts counts; } cases[] = { /* NULL: it is taken */
        { ONLY, NULL, { .sum = 0 } },
        { ONLY, "sum is NaN", { .sum = NAN } },
        { ONLY, NULL, { .sum = INFINITY } },
        { ONLY, "-4 to 8", { .schema = 9 } },
        { ONLY, "-4 to 8", { .schema = -5 } },
        { ONLY, "-4 to 8", { .schema = INT32_MIN } },
        { ONLY, "-4 to 8", { .schema = INT32_MAX } },
        { ONLY, "zero threshold", { .zero_threshold = -1e-300 } },
        { ONLY, "zero threshold", { .zero_threshold = NAN } },
        { ONLY, "zero threshold", { .zero_threshold = INFINITY } },
        { ONLY, NULL, { .zero_threshold = 1.7976931348623157e308 } },
        { ONLY, "a side has buckets and is NULL", { .positive_count = 1 } },
        { ONLY, "a side has buckets and is NULL", { .negative_count = SIZE_MAX } },
        { ONLY, "do not rise", { .positive = falling, .positive_count = 2 } },
        { ONLY, "do not rise", { .negative = falling, .negative_count = 2 } },
        { ONLY, "do not rise", { .positive = twice, .positive_count = 2 } },
        { ONLY, NULL, { .positive = twice, .positive_count = 1, .negative = twice, .negative_count = 1 } },
        { ONLY, NULL, { .zero_count = 1, .classic = three } },
        { ONLY, "another count", { .zero_count = 2, .classic = three } },
        { BOTH, NULL, { .zero_count = 3, .classic = three } },
        { BOTH, "another count", { .zero_count = 2, .classic = three } },
        { BOTH, "another count", { .zero_count = 4, .classic = three } },
        { BOTH, "2^64", { .zero_count = 3, .classic = wrapped } },
        { BOTH, "counts are NULL", { .zero_count = 0 } },
        { AGES, NULL, { .zero_count = 1 } },
        { CLASSIC, "native factor", { .zero_count = 3, .classic = three } },
        { LEVEL, "native factor", { .zero_count = 1 } },
        { LABELLED, "0 label values are given, its row has 1", { .zero_count = 1 } },
    };
    (void)state;
    for (size_t i = 0; i < TACHO_COUNT(cases); i++)
        if (is_taken(cases[i].family, cases[i].counts, cases[i].words) != !cases[i].words) fail_msg("case %zu", i);
}

static void emit_nothing(tacho_emitter *out)
{
    tacho_emit_family(out, &descs[ONLY]);
    tacho_emit_native(out, TACHO_NO_LABELS, NULL);
}

static void emit_twice(tacho_emitter *out)
{
    tacho_emit_family(out, &descs[LABELLED]);
    tacho_emit_native(out, TACHO_LABELS("a"), &(tacho_native_counts){ .zero_count = 1 });
    tacho_emit_native(out, TACHO_LABELS("a"), &(tacho_native_counts){ .zero_count = 1 });
}

static void emit_before_any_family(tacho_emitter *out)
{
    tacho_emit_native(out, TACHO_NO_LABELS, &(tacho_native_counts){ .zero_count = 1 });
}

static void null_and_misplaced_calls_break_the_run_alone(void **state)
{
    static const struct { void (*body)(tacho_emitter *out); const char *words; } cases[] = {
        { emit_nothing, "the counts are NULL" },
        { emit_twice, "a second time" },
        { emit_before_any_family, "before any family" },
    };
    (void)state;
    for (size_t i = 0; i < TACHO_COUNT(cases); i++) {
        tacho_registry *reg = registry_with(cases[i].body, 0);
        assert_false(succeeds(reg));
        if (!strstr(told, cases[i].words)) fail_msg("%s", told);
        tacho_registry_free(reg);
    }
    tacho_emit_native(NULL, TACHO_NO_LABELS, &(tacho_native_counts){ .zero_count = 1 });
}

static void emit_alike_after_repair(tacho_emitter *out)
{
    tacho_emit_family(out, &descs[LABELLED]);
    tacho_emit_native(out, TACHO_LABELS("\xff"), &(tacho_native_counts){ ONE(3, 1) });
    tacho_emit_native(out, TACHO_LABELS("\xfe"), &(tacho_native_counts){ ONE(4, 2), ONE_NEGATIVE(4, 2) });
    tacho_emit_native(out, TACHO_LABELS("a"), &(tacho_native_counts){ ONE(5, 3) });
}

static void of_samples_that_repair_made_alike_the_first_is_shown(void **state)
{
    (void)state;
    tacho_registry *reg = registry_with(emit_alike_after_repair, 0);
    assert_true(succeeds(reg));
    assert_printed(reg, "value: \"\xef\xbf\xbd\" } histogram { sample_count: 1 sample_sum: 0 schema: 0 zero_threshold: 0 zero_count: 0 "
                        "positive_span { offset: 3 length: 1 } positive_delta: 1 } } metric { label { name: \"l\" value: \"a\" } "
                        "histogram { sample_count: 3");
    tacho_registry_free(reg);
}

/* ---- Memory ------------------------------------------------------------------------------------------------ */

static void emit_many(tacho_emitter *out)
{
    char label[16];
    tacho_emit_family(out, &descs[LABELLED]);
    for (int i = 0; i < 100; i++) {
        (void)snprintf(label, sizeof label, "%d", i);
        tacho_emit_native(out, TACHO_LABELS(label), &(tacho_native_counts){
            .schema = 8, .positive = many, .positive_count = MOST_BUCKETS });
    }
}

static void what_is_emitted_is_charged_to_the_byte_budget(void **state)
{
    (void)state;
    for (int i = 0; i < MOST_BUCKETS; i++) many[i] = (tacho_native_bucket){ 4 * i, 1 };
    tacho_registry *reg = registry_with(emit_many, (size_t)1 << 20);
    size_t before = tacho_registry_memory(reg, NULL);
    assert_false(succeeds(reg)); /* 1.6 MB */
    assert_non_null(strstr(told, "budget"));
    assert_int_equal(tacho_registry_memory(reg, NULL), before);
    tacho_registry_free(reg);
    reg = registry_with(emit_many, (size_t)16 << 20);
    assert_true(succeeds(reg));
    tacho_registry_free(reg);
}

static struct {
    size_t calls, fail_at;
} heap;

static bool heap_gives(size_t size)
{
    (void)size;
    return ++heap.calls != heap.fail_at;
}

static void without_memory_a_run_shows_nothing_and_no_page_is_broken(void **state)
{
    (void)state;
    tacho_registry *reg = registry_with(emit_each, 0);
    bool whole = false;
    for (size_t at = 1; !whole; at++) {
        tacho_scrape *scrape;
        heap.calls = 0;
        heap.fail_at = at;
        tacho__alloc_hook = heap_gives;
        scrape = tacho_scrape_new(reg, TACHO_PROTOBUF);
        tacho__alloc_hook = TACHO__NO_HOOK;
        whole = heap.calls < at;
        if (!scrape) continue;
        struct page page = page_rest(scrape, 64);
        char why[200] = "", *text = proto_print(page.data, page.len, why, sizeof why);
        if (!text || page.err) fail_msg("%s", why);
        assert_int_equal(!strstr(text, "\"both\""), !strstr(text, "\"by\""));
        if (whole) assert_non_null(strstr(text, "\"both\""));
        free(text);
        page_free(&page);
        tacho_scrape_free(scrape);
    }
    tacho_registry_free(reg);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(protobuf_shows_native_histograms_as_they_were_emitted),
        cmocka_unit_test(other_formats_show_its_classic_buckets_or_its_count_alone),
        cmocka_unit_test(buffers_of_any_size_give_the_same_bytes),
        cmocka_unit_test(a_bucket_may_be_where_values_are_and_nowhere_else),
        cmocka_unit_test(counts_are_as_large_as_readers_can_tell),
        cmocka_unit_test(as_many_buckets_are_taken_as_a_histogram_may_have),
        cmocka_unit_test(what_is_no_native_histogram_is_refused),
        cmocka_unit_test(null_and_misplaced_calls_break_the_run_alone),
        cmocka_unit_test(of_samples_that_repair_made_alike_the_first_is_shown),
        cmocka_unit_test(what_is_emitted_is_charged_to_the_byte_budget),
        cmocka_unit_test(without_memory_a_run_shows_nothing_and_no_page_is_broken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
