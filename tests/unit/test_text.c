/*
 * test_text.c - the text format 0.0.4: golden files, numbers, escapes.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tacho/expose.h>

#include "support/comma.h"
#include "support/exposition.h"
#include "support/golden.h"
#include "support/shown.h"

#define HOSTILE "quote \" backslash \\ line\nfeed {braces} , = # \t\r \xc3\xa9 \xf0\x9f\x98\x80 \\n \\\""
#define BROKEN "a\xff\xc0\xaf\xed\xa0\x80\xe2\x82z"

static tacho_registry *quiet_registry(void)
{
    tacho_registry *reg = tacho_registry_new(&(tacho_registry_options){ .no_self_metrics = 1 });
    assert_non_null(reg);
    return reg;
}

static void define(tacho_registry *reg, const tacho_desc *rows, size_t count)
{
    if (tacho_registry_define(reg, rows, count)) fail_msg("%s", tacho_registry_error(reg));
}

static void expose(tacho_registry *reg, tacho_buffer *page)
{
    tacho_buffer_init(page);
    assert_int_equal(tacho_expose(reg, TACHO_TEXT, &page->sink), TACHO_OK);
}

/* ---- One registry with everything in it ---------------------------------------------------------------- */

static const char *const methods[] = { "GET", "PUT \"\\\n", NULL };
static const char *const codes[] = { "2xx", "5xx", NULL };
static const double degrees[] = { -273.15, -1, 0, 0.25, 1e6, INFINITY };
static const double single[] = { 1 };

static struct {
    tacho_counter *plain, *most, *scaled, *real, *shared, *kept, *requests[2][2], *untouched;
    tacho_counter_vec *paths, *capped, *closed, *none;
    tacho_gauge *level, *flying, *minus, *modes[2];
    tacho_gauge_vec *special, *many;
    tacho_histogram *latency, *celsius, *phases[2];
    tacho_histogram_vec *sizes, *folded;
} all;

static const tacho_desc all_rows[] = {
    { .counter = &all.plain, .name = "plain_total", .help = "A counter." },
    { .counter = &all.most, .name = "most_total", .help = "As much as there can be." },
    { .counter = &all.scaled, .name = "scaled_seconds_total", .unit = "seconds", .scale = 1e-9,
      .help = "Counted in ns." },
    { .counter = &all.real, .name = "real_total", .flags = TACHO_REAL, .help = "A counter of doubles." },
    { .counter = &all.shared, .name = "shared_total", .flags = TACHO_SHARED, .help = "One cell." },
    { .counter = &all.kept, .name = "kept_name", .flags = TACHO_KEEP_NAME, .help = "Without _total." },
    { .counter = &all.requests[0][0], .name = "requests_total", .help = "An array.", .labels = { "method", "code" },
      .values = { methods, codes } },
    { .counter_vec = &all.paths, .name = "paths_total", .help = "Help: " HOSTILE, .labels = { "path", "x" } },
    { .counter_vec = &all.capped, .name = "capped_total", .help = "Two series.", .labels = { "id" }, .max_series = 2 },
    { .counter_vec = &all.closed, .name = "closed_total", .help = "A list and any value.", .labels = { "code", "id" },
      .values = { codes }, .max_series = 1 },
    { .counter_vec = &all.none, .name = "none_total", .help = "No series yet.", .labels = { "id" } },
    { .gauge = &all.level, .name = "level_ratio", .unit = "ratio", .help = "A gauge." },
    { .gauge = &all.flying, .name = "flying", .flags = TACHO_UPDOWN, .help = "Up and down." },
    { .gauge = &all.minus, .name = "minus:zero", .help = "A name with a colon." },
    { .gauge = &all.modes[0], .name = "mode", .help = "Gauges in an array.", .labels = { "code" },
      .values = { codes } },
    { .gauge_vec = &all.special, .name = "special", .help = "Special values.", .labels = { "kind" } },
    { .gauge_vec = &all.many, .name = "many", .help = "As many labels as there can be.",
      .labels = { "a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n", "o", "p" } },
    { .histogram = &all.latency, .name = "latency_seconds", .unit = "seconds", .help = "Default buckets." },
    { .histogram = &all.celsius, .name = "temperature_celsius", .help = "Negative bounds, and +Inf said.",
      .buckets = degrees, .bucket_count = TACHO_COUNT(degrees) },
    { .histogram = &all.phases[0], .name = "phase", .help = "Histograms in an array.", .labels = { "code" },
      .values = { codes }, .buckets = single, .bucket_count = 1 },
    { .histogram_vec = &all.sizes, .name = "sizes_bytes", .help = "By label.", .labels = { "kind" }, .buckets = single,
      .bucket_count = 1 },
    { .histogram_vec = &all.folded, .name = "folded", .help = "One series.", .labels = { "kind" }, .buckets = single,
      .bucket_count = 1, .max_series = 1 },
    { .counter = &all.untouched, .name = "untouched_total", .help = "Nothing was counted." },
};

static const tacho_desc emitted[] = {
    { .type = TACHO_COUNTER, .name = "emitted_total", .help = "From a collector.", .labels = { "kind" } },
    { .type = TACHO_GAUGE, .name = "emitted_level", .help = "Help: " HOSTILE },
    { .type = TACHO_HISTOGRAM, .name = "emitted_seconds", .help = "A histogram.", .labels = { "kind" },
      .buckets = degrees, .bucket_count = TACHO_COUNT(degrees) },
    { .type = TACHO_GAUGE, .name = "emitted_none", .help = "No sample." },
};

static tacho_err emit_all(tacho_collector *self, tacho_emitter *out)
{
    static const uint64_t counts[] = { 1, 0, 2, 0, 3, 4 };
    (void)self;
    tacho_emit_family(out, &emitted[1]);
    tacho_emit_int(out, TACHO_NO_LABELS, -42);
    tacho_emit_family(out, &emitted[0]);
    tacho_emit_uint(out, TACHO_LABELS("uint"), UINT64_MAX);
    tacho_emit_double(out, TACHO_LABELS("double"), 0.5);
    tacho_emit_int(out, TACHO_LABELS(HOSTILE), 7);
    tacho_emit_double(out, TACHO_LABELS(BROKEN), 8);
    tacho_emit_family(out, &emitted[3]);
    tacho_emit_family(out, &emitted[2]);
    tacho_emit_histogram(out, TACHO_LABELS("a"), counts, -1.5);
    tacho_emit_histogram(out, TACHO_LABELS(HOSTILE), counts, 0);
    return TACHO_OK;
}

static const tacho_collector_ops emit_ops = { .name = "emit", .descs = emitted, .desc_count = TACHO_COUNT(emitted), .collect = emit_all };
static tacho_collector emit_collector = { &emit_ops };

/* One label value of one byte. */
static tacho_labels slice(const char *id)
{
    static const size_t one = 1;
    static const char *value;
    value = id;
    return (tacho_labels){ &value, &one, 1 };
}

static void count_everything(void)
{
    char *huge = malloc((1 << 20) + 1);
    assert_non_null(huge);
    memset(huge, 'h', 1 << 20);
    huge[1 << 20] = '\0';
    tacho_counter_add(all.plain, 9007199254740993u);
    tacho_counter_add(all.most, UINT64_MAX);
    tacho_counter_add(all.scaled, 1500000001);
    tacho_counter_add_real(all.real, 0.1);
    tacho_counter_add_real(all.real, 0.2);
    tacho_counter_inc(all.shared);
    tacho_counter_inc(all.kept);
    tacho_counter_add(all.requests[1][0], 3);
    tacho_counter_inc_at(all.paths, TACHO_LABELS(HOSTILE, ""));
    tacho_counter_inc_at(all.paths, TACHO_LABELS("", HOSTILE));
    tacho_counter_inc_at(all.paths, TACHO_LABELS(BROKEN, "cut"));
    tacho_counter_inc_at(all.paths, TACHO_LABELS("too long", huge));
    for (const char *id = "abcde"; *id; id++) tacho_counter_inc_at(all.capped, slice(id));
    tacho_counter_inc_at(all.closed, TACHO_LABELS("2xx", "a"));
    tacho_counter_inc_at(all.closed, TACHO_LABELS("5xx", "b"));
    tacho_gauge_set(all.level, 0.1);
    tacho_gauge_inc(all.flying);
    tacho_gauge_sub(all.flying, 3.5);
    tacho_gauge_set(all.minus, -0.0);
    tacho_gauge_set(all.modes[1], 1);
    tacho_gauge_set_at(all.special, TACHO_LABELS("nan"), NAN);
    tacho_gauge_set_at(all.special, TACHO_LABELS("inf"), INFINITY);
    tacho_gauge_set_at(all.special, TACHO_LABELS("-inf"), -INFINITY);
    tacho_gauge_set_at(all.special, TACHO_LABELS("least"), DBL_TRUE_MIN);
    tacho_gauge_set_at(all.special, TACHO_LABELS("most"), DBL_MAX);
    tacho_gauge_set_at(all.special, TACHO_LABELS("clock"), 1700000000.123);
    tacho_gauge_set_at(all.many, TACHO_LABELS("1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13", "14",
                                              "", "16"), 16);
    tacho_histogram_observe(all.latency, 0.005);
    tacho_histogram_observe(all.latency, 0.75);
    tacho_histogram_observe(all.latency, 100);
    for (int i = -2; i < 3; i++) tacho_histogram_observe(all.celsius, i);
    tacho_histogram_observe(all.phases[1], 1);
    tacho_histogram_observe_at(all.sizes, TACHO_LABELS(HOSTILE), 0.5);
    tacho_histogram_observe_at(all.sizes, TACHO_LABELS("empty"), NAN);
    for (const char *id = "abc"; *id; id++) tacho_histogram_observe_at(all.folded, slice(id), *id - 'a');
    free(huge);
}

static void a_registry_with_everything_in_it_looks_like_the_golden_file(void **state)
{
    tacho_registry *reg = quiet_registry();
    tacho_buffer page;
    (void)state;
    define(reg, all_rows, 7);
    assert_int_equal(tacho_registry_add(reg, &emit_collector), TACHO_OK);
    define(reg, all_rows, TACHO_COUNT(all_rows));
    expose(reg, &page);
    golden_check("nothing_counted.txt", page.data, page.len);
    tacho_buffer_fini(&page);
    count_everything();
    expose(reg, &page);
    golden_check("everything.txt", page.data, page.len);
    tacho_buffer_fini(&page);
    exposition_free(exposition_read(reg));
    tacho_registry_free(reg);
}

static void tachos_own_families_look_like_the_golden_file(void **state)
{
    tacho_registry *reg = tacho_registry_new(NULL);
    (void)state;
    assert_non_null(reg);
    assert_int_equal(tacho_registry_add(reg, &emit_collector), TACHO_OK);
    struct exposition *page = exposition_read(reg);
    tacho_buffer text;
    tacho_buffer_init(&text);
    for (size_t i = 0; i < page->family_count; i++) {
        const struct exposition_family *family = &page->families[i];
        char line[1024];
        if (strncmp(family->name, "tacho_", 6) != 0) continue;
        int len = snprintf(line, sizeof line, "%s (%s): %s\n", family->name, family->type, family->help);
        assert_true(len > 0 && (size_t)len < sizeof line);
        assert_int_equal(text.sink.ops->write(&text.sink, line, (size_t)len), TACHO_OK);
        for (size_t k = family->first; k < family->first + family->count; k++) {
            len = snprintf(line, sizeof line, "    %s\n", page->samples[k].series);
            assert_int_equal(text.sink.ops->write(&text.sink, line, (size_t)len), TACHO_OK);
        }
    }
    golden_check("self_metrics.txt", text.data, text.len);
    tacho_buffer_fini(&text);
    exposition_free(page);
    tacho_registry_free(reg);
}

/* ---- Numbers ------------------------------------------------------------------------------------------- */

static const struct number_row {
    const char *want;
    uint64_t count; /* of a counter */
    double scale;
    double value; /* or of a gauge */
} numbers[] = {
    { .want = "0" },
    { .want = "9007199254740991", .count = 9007199254740991u, .scale = 1 },
    { .want = "9007199254740992", .count = 9007199254740992u, .scale = 1 },
    { .want = "9007199254740993", .count = 9007199254740993u, .scale = 1 },
    { .want = "9223372036854775808", .count = (uint64_t)1 << 63, .scale = 1 },
    { .want = "18446744073709551615", .count = UINT64_MAX, .scale = 1 },
    { .want = "1.5", .count = 1500000000, .scale = 1e-9 },
    { .want = "1e-09", .count = 1, .scale = 1e-9 },
    { .want = "0.3", .count = 3, .scale = 0.1 },
    { .want = "0.001234", .count = 1234, .scale = 1e-6 },
    { .want = "1234567.890123456", .count = 1234567890123456u, .scale = 1e-9 },
    { .want = "18446744073.709553", .count = UINT64_MAX, .scale = 1e-9 },
    { .want = "3072", .count = 3, .scale = 1024 },
    { .want = "1.5", .count = 3, .scale = 0.5 },
    { .want = "1", .count = 86400, .scale = 1.0 / 86400 },
    { .want = "0.1", .value = 0.1 },
    { .want = "0.30000000000000004", .value = 0.1 + 0.2 },
    { .want = "0.3333333333333333", .value = 1.0 / 3 },
    { .want = "1700000000", .value = 1.7e9 },
    { .want = "9007199254740994", .value = 9007199254740994.0 },
    { .want = "100000000000000000000", .value = 1e20 },
    { .want = "1e+21", .value = 1e21 },
    { .want = "1e-05", .value = 1e-5 },
    { .want = "0.0001", .value = 1e-4 },
    { .want = "1.7976931348623157e+308", .value = DBL_MAX },
    { .want = "5e-324", .value = DBL_TRUE_MIN },
    { .want = "-0", .value = -0.0 },
    { .want = "-1.5", .value = -1.5 },
    { .want = "NaN", .value = NAN },
    { .want = "NaN", .value = -NAN },
    { .want = "+Inf", .value = INFINITY },
    { .want = "-Inf", .value = -INFINITY },
};

static void check_number(const struct number_row *row)
{
    static tacho_counter *counter;
    static tacho_gauge *gauge;
    tacho_registry *reg = quiet_registry();
    const tacho_desc as_counter = { .counter = &counter, .name = "x_total", .help = "X.", .scale = row->scale };
    const tacho_desc as_gauge = { .gauge = &gauge, .name = "x", .help = "X." };
    define(reg, row->scale > 0 ? &as_counter : &as_gauge, 1);
    if (row->scale > 0) tacho_counter_add(counter, row->count);
    else tacho_gauge_set(gauge, row->value);
    assert_shown(reg, row->scale > 0 ? "x_total" : "x", row->want);
    tacho_registry_free(reg);
}

static void whole_numbers_have_all_their_digits_and_doubles_the_fewest(void **state)
{
    (void)state;
    for (size_t i = 0; i < TACHO_COUNT(numbers); i++) check_number(&numbers[i]);
}

static void a_decimal_comma_in_the_locale_changes_nothing(void **state)
{
    comma_enter();
    a_registry_with_everything_in_it_looks_like_the_golden_file(state);
    whole_numbers_have_all_their_digits_and_doubles_the_fewest(state);
}

static void bounds_are_shown_in_their_canonical_form(void **state)
{
    static const struct {
        double bound;
        const char *want;
    } rows[] = {
        { -1.5e6, "-1.5e+06" }, { -2.5, "-2.5" },      { 0, "0.0" },      { 1e-5, "1e-05" },       { 0.0001, "0.0001" },
        { 0.005, "0.005" },     { 1.0 / 3, "0.3333333333333333" },        { 1, "1.0" },            { 2.5, "2.5" },
        { 100000, "100000.0" }, { 1e6, "1e+06" },      { 1500000, "1.5e+06" }, { 1e10, "1e+10" }, { INFINITY, "+Inf" },
    };
    static tacho_histogram *histogram;
    double bounds[TACHO_COUNT(rows)];
    tacho_registry *reg = quiet_registry();
    (void)state;
    for (size_t i = 0; i < TACHO_COUNT(rows); i++) bounds[i] = rows[i].bound;
    const tacho_desc row = { .histogram = &histogram, .name = "x", .help = "X.", .buckets = bounds,
                             .bucket_count = TACHO_COUNT(rows) };
    define(reg, &row, 1);
    for (size_t i = 0; i < TACHO_COUNT(rows); i++) tacho_histogram_observe(histogram, bounds[i]);
    struct exposition *page = exposition_read(reg);
    assert_int_equal(page->count, TACHO_COUNT(rows) + 2);
    for (size_t i = 0; i < TACHO_COUNT(rows); i++) {
        char series[64];
        (void)snprintf(series, sizeof series, "x_bucket{le=\"%s\"}", rows[i].want);
        assert_string_equal(page->samples[i].series, series);
        assert_true(page->samples[i].value == (double)(i + 1)); /* upper bounds are inclusive */
    }
    exposition_free(page);
    tacho_registry_free(reg);
}

static void a_bound_of_minus_zero_is_shown_as_zero(void **state)
{
    static tacho_histogram *histogram;
    static const double bounds[] = { -0.0 };
    static const tacho_desc row = { .histogram = &histogram, .name = "x", .help = "X.", .buckets = bounds,
                                    .bucket_count = 1 };
    tacho_registry *reg = quiet_registry();
    (void)state;
    define(reg, &row, 1);
    tacho_histogram_observe(histogram, 0);
    assert_shown(reg, "x_bucket{le=\"0.0\"}", "1"); /* one number has one text */
    tacho_registry_free(reg);
}

/* ---- Escapes ------------------------------------------------------------------------------------------- */

static const struct {
    const char *text, *in_help, *in_label;
} escapes[] = {
    { "plain", "plain", "plain" },
    { "\\", "\\\\", "\\\\" },
    { "\n", "\\n", "\\n" },
    { "\"", "\"", "\\\"" },
    { "\\n", "\\\\n", "\\\\n" },
    { "\\\"\n", "\\\\\"\\n", "\\\\\\\"\\n" },
    { "a\rb\tc", "a\rb\tc", "a\rb\tc" },
    { "# {x=\"y\"} 1", "# {x=\"y\"} 1", "# {x=\\\"y\\\"} 1" },
    { "\xe2\x82\xac \x7f\x01", "\xe2\x82\xac \x7f\x01", "\xe2\x82\xac \x7f\x01" },
};

static void check_escapes(const char *text, const char *in_help, const char *in_label)
{
    static tacho_gauge_vec *vec;
    char want[256];
    const tacho_desc row = { .gauge_vec = &vec, .name = "x", .help = text, .labels = { "l", "m" } };
    tacho_registry *reg = quiet_registry();
    define(reg, &row, 1);
    tacho_gauge_set_at(vec, TACHO_LABELS(text, text), 1);
    tacho_buffer page;
    expose(reg, &page);
    int len = snprintf(want, sizeof want, "# HELP x %s\n# TYPE x gauge\nx{l=\"%s\",m=\"%s\"} 1\n", in_help,
                       in_label, in_label);
    assert_int_equal(page.len, len);
    assert_memory_equal(page.data, want, page.len);
    tacho_buffer_fini(&page);
    struct exposition *read = exposition_read(reg);
    assert_string_equal(exposition_family(read, "x")->help, text);
    exposition_free(read);
    tacho_registry_free(reg);
}

static void help_and_label_values_are_escaped_and_nothing_else_is(void **state)
{
    (void)state;
    for (size_t i = 0; i < TACHO_COUNT(escapes); i++)
        check_escapes(escapes[i].text, escapes[i].in_help, escapes[i].in_label);
}

/* ---- Lines as long as they can be, each alone in its registry ------------------------------------------ */

#define LONGEST_NUMBER -1.2345678901234567e-300 /* 24 bytes, in a sample and in le */

static const double longest_bounds[] = { LONGEST_NUMBER };
static const char longest_label[] =
    "a label value \" \\ \n of some length, so that no line of HELP is the longest one ...............";
static tacho_gauge_vec *longest_gauges;
static tacho_histogram_vec *longest_histograms;
static const tacho_desc longest_gauge[] = { { .gauge_vec = &longest_gauges, .name = "g", .help = "G.",
                                              .labels = { "l" } } };
static const tacho_desc longest_histogram[] = { { .histogram_vec = &longest_histograms, .name = "h", .help = "H.",
                                                  .labels = { "l" }, .buckets = longest_bounds, .bucket_count = 1 } };
static const tacho_desc longest_emitted[] = {
    { .type = TACHO_GAUGE, .name = "g", .help = "G.", .labels = { "l" } },
    { .type = TACHO_HISTOGRAM, .name = "h", .help = "H.", .labels = { "l" }, .buckets = longest_bounds,
      .bucket_count = 1 },
};

static tacho_err longest_collect_gauge(tacho_collector *self, tacho_emitter *out)
{
    (void)self;
    tacho_emit_family(out, &longest_emitted[0]);
    tacho_emit_double(out, TACHO_LABELS(longest_label), LONGEST_NUMBER);
    return TACHO_OK;
}

static tacho_err longest_collect_histogram(tacho_collector *self, tacho_emitter *out)
{
    static const uint64_t counts[] = { UINT64_MAX - 1, 1 };
    (void)self;
    tacho_emit_family(out, &longest_emitted[1]);
    tacho_emit_histogram(out, TACHO_LABELS(longest_label), counts, LONGEST_NUMBER);
    return TACHO_OK;
}

static void longest_native_gauge(tacho_registry *reg)
{
    assert_int_equal(TACHO_DEFINE(reg, longest_gauge), TACHO_OK);
    tacho_gauge_set_at(longest_gauges, TACHO_LABELS(longest_label), LONGEST_NUMBER);
}

static void longest_native_histogram(tacho_registry *reg)
{
    assert_int_equal(TACHO_DEFINE(reg, longest_histogram), TACHO_OK);
    tacho_histogram_observe_at(longest_histograms, TACHO_LABELS(longest_label), LONGEST_NUMBER);
}

static void longest_emitted_gauge(tacho_registry *reg)
{
    static const tacho_collector_ops ops = { .name = "longest", .descs = longest_emitted, .desc_count = 2, .collect = longest_collect_gauge };
    static tacho_collector collector = { &ops };
    assert_int_equal(tacho_registry_add(reg, &collector), TACHO_OK);
}

static void longest_emitted_histogram(tacho_registry *reg)
{
    static const tacho_collector_ops ops = { .name = "longest", .descs = longest_emitted, .desc_count = 2, .collect = longest_collect_histogram };
    static tacho_collector collector = { &ops };
    assert_int_equal(tacho_registry_add(reg, &collector), TACHO_OK);
}

static void not_a_byte_is_written_behind_the_buffer(void **state)
{
    static void (*const fills[])(tacho_registry *reg) = { longest_native_gauge, longest_native_histogram,
                                                          longest_emitted_gauge, longest_emitted_histogram };
    enum { ROOM = 2000, GUARD = 500 };
    char room[ROOM + GUARD], clean[GUARD];
    (void)state;
    memset(clean, 0xa5, GUARD);
    for (size_t i = 0; i < TACHO_COUNT(fills); i++) {
        tacho_registry *reg = tacho_registry_new(&(tacho_registry_options){ .no_self_metrics = 1 });
        fills[i](reg);
        for (size_t size = 1; size < ROOM; size++) {
            tacho_scrape *scrape = tacho_scrape_new(reg, TACHO_TEXT);
            for (size_t len = 1; len > 0;) {
                memset(room + size, 0xa5, GUARD);
                len = tacho_scrape_read(scrape, room, size);
                assert_memory_equal(room + size, clean, GUARD);
            }
            tacho_scrape_free(scrape);
        }
        tacho_registry_free(reg);
    }
}

static void the_content_type_is_exact(void **state)
{
    (void)state;
    assert_string_equal(tacho_format_content_type(TACHO_TEXT), "text/plain; version=0.0.4; charset=utf-8");
    assert_non_null(tacho_format_content_type((tacho_format)1234));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_registry_with_everything_in_it_looks_like_the_golden_file),
        cmocka_unit_test(tachos_own_families_look_like_the_golden_file),
        cmocka_unit_test(whole_numbers_have_all_their_digits_and_doubles_the_fewest),
        cmocka_unit_test_teardown(a_decimal_comma_in_the_locale_changes_nothing, comma_leave),
        cmocka_unit_test(bounds_are_shown_in_their_canonical_form),
        cmocka_unit_test(a_bound_of_minus_zero_is_shown_as_zero),
        cmocka_unit_test(help_and_label_values_are_escaped_and_nothing_else_is),
        cmocka_unit_test(not_a_byte_is_written_behind_the_buffer),
        cmocka_unit_test(the_content_type_is_exact),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
