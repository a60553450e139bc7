/*
 * test_collect_unannounced.c - families that a collector did not announce: checked as they come, described by rows that are gone
 * after that, and left out, whole, where another family has their name.
 * Needs: OPENMETRICS PROTOBUF JSON
 */
#define _POSIX_C_SOURCE 200809L
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/gated.h"
#include "support/page.h"
#include "support/stress.h"
#include "support/valid.h"

#define LONG_MS (1000u * 1000)

/* ---- A collector that emits what it is told ------------------------------------------------------------------- */

struct speaker {
    tacho_collector collector;
    tacho_collector_ops ops;
    tacho_desc rows[6]; /* up to the first without a name; each with one sample, whose value is its number from 1 */
    int first;          /* added to those */
};

static const uint64_t counts[TACHO_DEFAULT_BUCKET_COUNT + 1] = { 1 };

static void speak(tacho_emitter *out, const tacho_desc *row, int value)
{
    char name[64] = "", help[64] = "";
    tacho_desc desc = *row; /* all of it is gone with the next family */
    if (row->name) (void)snprintf(name, sizeof name, "%s", row->name);
    if (row->help) (void)snprintf(help, sizeof help, "%s", row->help);
    desc.name = row->name ? name : NULL;
    desc.help = row->help ? help : NULL;
    tacho_emit_family(out, &desc);
    (void)memset(name, 'x', sizeof name - 1);
    (void)memset(help, 'y', sizeof help - 1);
    if (row->type == TACHO_HISTOGRAM)
        tacho_emit_histogram(out, TACHO_NO_LABELS, counts, value);
    else
        tacho_emit_int(out, TACHO_NO_LABELS, value);
    (void)memset(&desc, 0x5a, sizeof desc);
}

static tacho_err speaker_collect(tacho_collector *self, tacho_emitter *out)
{
    const struct speaker *speaker = TACHO_CONTAINER(self, struct speaker, collector);
    for (size_t i = 0; i < TACHO_COUNT(speaker->rows) && speaker->rows[i].type; i++)
        speak(out, &speaker->rows[i], speaker->first + (int)i + 1);
    return TACHO_OK;
}

#define GAUGE(text) { .type = TACHO_GAUGE, .name = (text), .help = "Help." }
#define HISTOGRAM(text) { .type = TACHO_HISTOGRAM, .name = (text), .help = "Help." }
#define SPEAKER(its_name, ...) \
    (struct speaker){ .ops = { .name = (its_name), .collect = speaker_collect }, .rows = { __VA_ARGS__ } }

static void plug(tacho_registry *reg, struct speaker *speaker)
{
    speaker->collector.ops = &speaker->ops;
    if (tacho_registry_add(reg, &speaker->collector)) fail_msg("%s", tacho_registry_error(reg));
}

static tacho_registry *new_registry(void)
{
    tacho_registry *reg = tacho_registry_new(NULL);
    assert_non_null(reg);
    return reg;
}

/* Every format is valid, and shows these lines, each as often as its number says. */
struct line {
    const char *text;
    int times;
};

static int count_lines(const struct page *page, const char *text)
{
    int times = 0;
    size_t len = strlen(text);
    for (const char *at = page->data; (at = strstr(at, text)); at += len)
        times += (at == page->data || at[-1] == '\n') && at[len] == '\n';
    return times;
}

static void check_pages(tacho_registry *reg, const struct line *lines)
{
    static const tacho_format formats[] = { TACHO_TEXT, TACHO_TEXT_1, TACHO_OPENMETRICS, TACHO_PROTOBUF, TACHO_JSON, TACHO_CSV };
    char why[512];
    for (size_t i = 0; i < TACHO_COUNT(formats); i++)
        for (size_t chunk = 0; chunk < 100; chunk += 33) {
            struct page page = page_take(reg, PAGE_AS(formats[i], TACHO_UNDERSCORES), chunk);
            if (!valid_page(page.data, page.len, formats[i], TACHO_UNDERSCORES, why, sizeof why))
                fail_msg("format %zu: %s", i, why);
            for (size_t k = 0; formats[i] == TACHO_TEXT && lines[k].text; k++)
                if (count_lines(&page, lines[k].text) != lines[k].times)
                    fail_msg("'%s' is there %d times\n%s", lines[k].text, count_lines(&page, lines[k].text), page.data);
            page_free(&page);
        }
}

#define assert_pages(reg, ...) check_pages((reg), (const struct line[]){ __VA_ARGS__, { NULL, 0 } })

static double dropped(tacho_registry *reg, const char *collector)
{
    char series[128];
    (void)snprintf(series, sizeof series, "tacho_collector_families_dropped_total{collector=\"%s\"}", collector);
    struct exposition *page = gated_scrape(reg, LONG_MS);
    double value = exposition_value(page, series);
    exposition_free(page);
    return value;
}

/* ---- What rows may be ------------------------------------------------------------------------------------------ */

/* Every type, by rows and arrays that live no longer than they have to. */
static void emit_all(struct gated *self, tacho_emitter *out)
{
    double bounds[] = { 1, 2 }, ranks[] = { 0.5 }, quantiles[] = { 7 };
    uint64_t buckets[] = { 1, 0, 2 };
    char first[] = "on", second[] = "off", label[] = "side", left[] = "left";
    const char *states[] = { first, second, NULL }, *values[] = { left, NULL };
    tacho_desc rows[] = {
        { .type = TACHO_COUNTER, .name = "c_total", .help = "C.", .labels = { label }, .values = { values } },
        { .type = TACHO_HISTOGRAM, .name = "h", .help = "H.", .buckets = bounds, .bucket_count = 2 },
        { .type = TACHO_SUMMARY, .name = "s", .help = "S.", .quantiles = ranks, .quantile_count = 1 },
        { .type = TACHO_STATESET, .name = "m", .help = "M.", .states = states },
        { .type = TACHO_INFO, .name = "i_info", .help = "I.", .labels = { label } },
        { .type = TACHO_UNKNOWN, .name = "u", .help = "U." },
    };
    (void)self;
    tacho_emit_family(out, &rows[0]);
    tacho_emit_uint(out, TACHO_LABELS("left"), 5);
    (void)memset(values, 0x5a, sizeof values);
    (void)memset(left, 'z', sizeof left - 1);
    tacho_emit_family(out, &rows[1]);
    tacho_emit_histogram(out, TACHO_NO_LABELS, buckets, 9);
    (void)memset(bounds, 0x5a, sizeof bounds);
    tacho_emit_family(out, &rows[2]);
    tacho_emit_summary(out, TACHO_NO_LABELS, 3, 4, quantiles);
    (void)memset(ranks, 0x5a, sizeof ranks);
    tacho_emit_family(out, &rows[3]);
    tacho_emit_states(out, TACHO_NO_LABELS, 2);
    (void)memset(states, 0x5a, sizeof states);
    (void)memset(first, 'z', sizeof first - 1);
    tacho_emit_family(out, &rows[4]);
    tacho_emit_info(out, TACHO_LABELS("r"));
    (void)memset(label, 'z', sizeof label - 1);
    tacho_emit_family(out, &rows[5]);
    tacho_emit_double(out, TACHO_NO_LABELS, 0.5);
    (void)memset(rows, 0x5a, sizeof rows);
}

static void rows_of_every_type_may_be_gone_when_the_page_is_written(void **state)
{
    tacho_registry *reg = new_registry();
    (void)state;
    struct gated *gated = gated_new("all");
    gated->ops.flags = 0;
    gated->ops.desc_count = 0;
    gated->ops.descs = NULL;
    gated->inside = emit_all;
    gated_plug(reg, gated);
    assert_pages(reg, { "all 1", 1 }, { "c_total{side=\"left\"} 5", 1 }, { "h_bucket{le=\"2.0\"} 1", 1 }, { "h_sum 9", 1 },
                 { "h_count 3", 1 }, { "s{quantile=\"0.5\"} 7", 1 }, { "s_count 3", 1 }, { "m{m=\"off\"} 1", 1 },
                 { "m{m=\"on\"} 0", 1 }, { "i_info{side=\"r\"} 1", 1 }, { "u 0.5", 1 }, { "# HELP u U.", 1 });
    tacho_registry_free(reg);
    gated_free(gated);
}

struct ear {
    tacho_listener listener;
    char words[512];
    int heard;
};

static void ear_hear(tacho_listener *self, const char *what)
{
    struct ear *ear = TACHO_CONTAINER(self, struct ear, listener);
    (void)snprintf(ear->words, sizeof ear->words, "%s", what);
    ear->heard++;
}

static const struct bad_row {
    const char *words[2]; /* all in what the listener hears */
    tacho_desc row;
} bad_rows[] = {
    { { "'speaker'", "no name" }, { .type = TACHO_GAUGE, .help = "Help." } },
    { { "'bad'", "help" }, { .type = TACHO_GAUGE, .name = "bad" } },
    { { "'bad'", "type" }, { .type = 99, .name = "bad", .help = "Help." } },
    { { "'bad name'", "'speaker'" }, GAUGE("bad name") },
    { { "'bad'", "_total" }, { .type = TACHO_COUNTER, .name = "bad", .help = "Help." } },
    { { "'bad'", "'le'" }, { .type = TACHO_HISTOGRAM, .name = "bad", .help = "Help.", .labels = { "le" } } },
    { { "'good'", "'speaker'" }, GAUGE("good") }, /* for the second time */
    { { "'good_count'", "'speaker'" }, HISTOGRAM("good_count") },
};

static void a_row_that_breaks_a_rule_fails_the_run_and_the_listener_hears_which(void **state)
{
    (void)state;
    for (size_t i = 0; i < TACHO_COUNT(bad_rows); i++) {
        struct ear ear = { .listener = { ear_hear } };
        const tacho_registry_options options = { .listener = &ear.listener };
        tacho_registry *reg = tacho_registry_new(&options);
        struct speaker speaker = SPEAKER("speaker", HISTOGRAM("good"), bad_rows[i].row, GAUGE("after"));
        struct speaker other = SPEAKER("other", GAUGE("other"));
        plug(reg, &speaker);
        plug(reg, &other);
        struct exposition *page = gated_scrape(reg, LONG_MS);
        assert_null(exposition_family(page, "good"));
        assert_null(exposition_family(page, "after"));
        assert_true(exposition_value(page, "other") == 1);
        assert_true(exposition_value(page, "tacho_collector_success{collector=\"speaker\"}") == 0);
        assert_true(exposition_value(page, "tacho_collector_failures_total{collector=\"speaker\",reason=\"error\"}") == 1);
        assert_int_equal(ear.heard, 1);
        for (int k = 0; k < 2; k++)
            if (!strstr(ear.words, bad_rows[i].words[k])) fail_msg("row %zu: %s", i, ear.words);
        if (i < 6 && strstr(ear.words, "good")) fail_msg("the wrong family is named: %s", ear.words);
        exposition_free(page);
        tacho_registry_free(reg);
    }
}

static void emit_null(struct gated *self, tacho_emitter *out)
{
    (void)self;
    tacho_emit_family(out, NULL);
}

static void a_row_that_is_null_fails_the_run(void **state)
{
    tacho_registry *reg = new_registry();
    (void)state;
    struct gated *gated = gated_new("null");
    gated->ops.desc_count = 0;
    gated->ops.descs = NULL;
    gated->inside = emit_null;
    gated_plug(reg, gated);
    struct exposition *page = gated_scrape(reg, LONG_MS);
    assert_gated(page, gated, -1, 0);
    exposition_free(page);
    tacho_registry_free(reg);
    gated_free(gated);
}

/* ---- Names that are taken ------------------------------------------------------------------------------------------ */

static tacho_counter *native;
static tacho_gauge *native_gauge;
static const tacho_desc natives[] = {
    { .counter = &native, .name = "native_total", .help = "Help." },
    { .gauge = &native_gauge, .name = "parts_sum", .help = "Help." },
};
static const tacho_desc held[] = { GAUGE("held") };

static tacho_err held_collect(tacho_collector *self, tacho_emitter *out)
{
    (void)self;
    tacho_emit_family(out, held);
    tacho_emit_int(out, TACHO_NO_LABELS, 50);
    return TACHO_OK;
}

static const tacho_collector_ops held_ops = { .name = "holder", .descs = held, .desc_count = 1, .collect = held_collect };

static void a_family_whose_name_is_taken_is_left_out_whole_and_the_others_are_shown(void **state)
{
    tacho_registry *reg = new_registry();
    (void)state;
    tacho_collector holder = { &held_ops };
    struct speaker first = SPEAKER("first", GAUGE("a"), GAUGE("held"), GAUGE("b"), GAUGE("native_total"), HISTOGRAM("parts"), GAUGE("c"));
    struct speaker second = SPEAKER("second", GAUGE("b"), GAUGE("d"), GAUGE("tacho_series"), HISTOGRAM("a"), GAUGE("parts_count"));
    second.first = 10;
    plug(reg, &first);
    plug(reg, &second);
    assert_int_equal(tacho_registry_add(reg, &holder), TACHO_OK); /* behind them, and yet it has the name */
    assert_int_equal(TACHO_DEFINE(reg, natives), TACHO_OK);
    assert_pages(reg, { "a 1", 1 }, { "b 3", 1 }, { "c 6", 1 }, { "d 12", 1 }, { "held 50", 1 }, { "held 2", 0 }, { "b 11", 0 },
                 { "native_total 0", 1 }, { "parts_sum 0", 1 }, { "parts_sum 5", 0 }, { "# TYPE parts histogram", 0 },
                 { "parts_count 15", 1 }, /* the histogram is not there, and takes no name */
                 { "# TYPE a gauge", 1 }, { "# TYPE a histogram", 0 }, { "# TYPE tacho_series gauge", 1 },
                 { "tacho_collector_success{collector=\"first\"} 1", 1 }, { "tacho_collector_success{collector=\"second\"} 1", 1 });
    double before = dropped(reg, "first"), before_second = dropped(reg, "second");
    assert_true(dropped(reg, "first") == before + 6); /* two pages, three each */
    assert_true(dropped(reg, "second") == before_second + 6);
    assert_true(dropped(reg, "holder") == 0);
    tacho_registry_free(reg);
}

static void the_listener_hears_whose_family_is_left_out(void **state)
{
    struct ear ear = { .listener = { ear_hear } };
    const tacho_registry_options options = { .listener = &ear.listener };
    tacho_registry *reg = tacho_registry_new(&options);
    (void)state;
    struct speaker first = SPEAKER("first", GAUGE("a")), second = SPEAKER("second", GAUGE("a"));
    plug(reg, &first);
    plug(reg, &second);
    exposition_free(gated_scrape(reg, LONG_MS));
    assert_int_equal(ear.heard, 1);
    assert_non_null(strstr(ear.words, "'second'"));
    assert_non_null(strstr(ear.words, "'a'"));
    tacho_registry_free(reg);
}

static void a_name_is_free_again_when_its_family_is_gone(void **state)
{
    tacho_registry *reg = new_registry();
    (void)state;
    struct speaker first = SPEAKER("first", GAUGE("native_total")), second = SPEAKER("second", GAUGE("native_total"));
    second.first = 10;
    plug(reg, &first);
    plug(reg, &second);
    assert_pages(reg, { "native_total 1", 1 }, { "native_total 11", 0 });
    assert_int_equal(TACHO_DEFINE(reg, natives), TACHO_OK);
    assert_pages(reg, { "native_total 0", 1 }, { "native_total 1", 0 }, { "native_total 11", 0 });
    assert_int_equal(tacho_registry_undefine(reg, natives, TACHO_COUNT(natives)), TACHO_OK);
    assert_pages(reg, { "native_total 1", 1 }, { "native_total 11", 0 });
    assert_int_equal(tacho_registry_remove(reg, &first.collector), TACHO_OK);
    assert_pages(reg, { "native_total 11", 1 });
    tacho_registry_free(reg);
}

static void a_kept_result_loses_a_family_whose_name_was_taken_since(void **state)
{
    tacho_registry *reg = new_registry();
    (void)state;
    struct gated *gated = gated_new("native_total");
    gated->ops.flags = TACHO_COLLECT_KEEP_LAST;
    gated->ops.desc_count = 0;
    gated->ops.descs = NULL;
    gated_plug(reg, gated);
    assert_pages(reg, { "native_total 1", 1 });
    gated->result = TACHO_ERR_COLLECT;
    assert_pages(reg, { "native_total 1", 1 });
    assert_int_equal(TACHO_DEFINE(reg, natives), TACHO_OK);
    assert_pages(reg, { "native_total 0", 1 }, { "native_total 1", 0 });
    tacho_registry_free(reg);
    gated_free(gated);
}

static void a_collector_that_is_taken_out_keeps_its_names_on_pages_that_show_it(void **state)
{
    tacho_registry *reg = new_registry();
    char why[512];
    (void)state;
    tacho_collector holder = { &held_ops };
    assert_int_equal(tacho_registry_add(reg, &holder), TACHO_OK);
    struct speaker speaker = SPEAKER("speaker", GAUGE("held"), GAUGE("a"));
    plug(reg, &speaker);
    tacho_scrape *scrape = gated_open(reg, LONG_MS, true);
    assert_int_equal(tacho_registry_remove(reg, &holder), TACHO_OK);
    struct page page = page_rest(scrape, 0);
    tacho_scrape_free(scrape);
    if (!valid_page(page.data, page.len, TACHO_TEXT, TACHO_UNDERSCORES, why, sizeof why)) fail_msg("%s\n%s", why, page.data);
    assert_int_equal(count_lines(&page, "# TYPE held gauge"), 1);
    assert_int_equal(count_lines(&page, "a 2"), 1);
    page_free(&page);
    assert_pages(reg, { "held 1", 1 }, { "held 50", 0 });
    tacho_registry_free(reg);
}

static void asked_for_by_name_it_is_shown_or_not_like_any_family(void **state)
{
    static const char *const names[] = { "h_count", "b" };
    tacho_registry *reg = new_registry();
    (void)state;
    struct speaker speaker = SPEAKER("speaker", GAUGE("a"), GAUGE("b"), HISTOGRAM("h"), GAUGE("c"));
    plug(reg, &speaker);
    struct page page = page_take(reg, (tacho_scrape_options){ .names = names, .name_count = 2 }, 0);
    assert_true(page_has_line(&page, "b 2") && page_has_line(&page, "# TYPE h histogram"));
    assert_false(page_has(&page, "# TYPE a ") || page_has(&page, "# TYPE c "));
    page_free(&page);
    tacho_registry_free(reg);
}

/* ---- Families that a run defines -------------------------------------------------------------------------------------- */

static tacho_counter *found;
static const tacho_desc found_rows[] = { { .counter = &found, .name = "found_total", .help = "Defined inside." } };

static void define_one(struct gated *self, tacho_emitter *out)
{
    tacho_registry *reg = self->context;
    (void)out;
    if (TACHO_DEFINE(reg, found_rows) == TACHO_OK) tacho_counter_inc(found);
}

static void a_family_that_is_defined_inside_a_run_appears_from_the_next_scrape(void **state)
{
    (void)state;
    for (uint32_t flags = 0; flags <= TACHO_COLLECT_DETACHED; flags++) {
        tacho_registry *reg = new_registry();
        struct gated *gated = gated_add(reg, "finder", flags);
        gated->inside = define_one;
        gated->context = reg;
        struct exposition *page = gated_scrape(reg, LONG_MS);
        assert_gated(page, gated, 1, 1);
        assert_null(exposition_family(page, "found_total"));
        exposition_free(page);
        page = gated_scrape(reg, LONG_MS);
        assert_true(exposition_value(page, "found_total") == 2);
        exposition_free(page);
        tacho_registry_free(reg);
        gated_free(gated);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_of_every_type_may_be_gone_when_the_page_is_written),
        cmocka_unit_test(a_row_that_breaks_a_rule_fails_the_run_and_the_listener_hears_which),
        cmocka_unit_test(a_row_that_is_null_fails_the_run),
        cmocka_unit_test(a_family_whose_name_is_taken_is_left_out_whole_and_the_others_are_shown),
        cmocka_unit_test(the_listener_hears_whose_family_is_left_out),
        cmocka_unit_test(a_name_is_free_again_when_its_family_is_gone),
        cmocka_unit_test(a_kept_result_loses_a_family_whose_name_was_taken_since),
        cmocka_unit_test(a_collector_that_is_taken_out_keeps_its_names_on_pages_that_show_it),
        cmocka_unit_test(asked_for_by_name_it_is_shown_or_not_like_any_family),
        cmocka_unit_test(a_family_that_is_defined_inside_a_run_appears_from_the_next_scrape),
    };
    stress_begin("test_collect_unannounced", 60);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    stress_end();
    return failed;
}
