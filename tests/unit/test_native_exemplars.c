/*
 * test_native_exemplars.c - exemplars of native histograms through the public interface: kept, shown, counted if dropped.
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

#include "atomic.h"
#include "support/page.h"
#include "support/proto.h"
#include "support/shown.h"
#include "support/valid.h"
#include "support/worlds.h"

#define EACH_WORLD(world) (const struct world *world = worlds; world < worlds + WORLD_COUNT; world++)
#define TRACE(id) TACHO_EXEMPLAR(TACHO_PAIR("trace_id", id))

static struct test_clock {
    tacho_clock clock;
    double now;
} wall;

static double wall_now(tacho_clock *clock)
{
    return TACHO_CONTAINER(clock, struct test_clock, clock)->now;
}

static const double bounds[] = { 0.1, 1 };
static tacho_histogram *both, *only, *unasked, *classic;
static tacho_histogram_vec *by;

struct rows {
    tacho_desc each[5];
};

static struct rows native_rows(void)
{
    return (struct rows){ {
        { .histogram = &both, .name = "both", .help = "Help.", .flags = TACHO_EXEMPLARS | TACHO_CREATED, .native = { .factor = 2 },
          .buckets = bounds, .bucket_count = 2 },
        { .histogram = &only, .name = "only", .help = "Help.", .flags = TACHO_EXEMPLARS | TACHO_NATIVE_ONLY,
          .native = { .factor = 2 } },
        { .histogram = &unasked, .name = "unasked", .help = "Help.", .flags = TACHO_NATIVE_ONLY, .native = { .factor = 2 } },
        { .histogram = &classic, .name = "classic", .help = "Help.", .flags = TACHO_EXEMPLARS, .buckets = bounds, .bucket_count = 2 },
        { .histogram_vec = &by, .name = "by", .help = "Help.", .flags = TACHO_EXEMPLARS | TACHO_NATIVE_ONLY,
          .native = { .factor = 2 }, .labels = { "l" } },
    } };
}

static tacho_registry *open_rows(const struct world *world)
{
    static struct rows rows;
    struct world with_clock = *world;
    rows = native_rows();
    wall = (struct test_clock){ { wall_now }, 1700000000.25 };
    with_clock.options.clock = &wall.clock;
    return WORLD_OPEN(&with_clock, rows.each);
}

/* The protobuf page, printed, in one line. */
static char *printed(tacho_registry *reg)
{
    char why[200] = "";
    struct page page = page_take(reg, PAGE_AS(TACHO_PROTOBUF, TACHO_UNDERSCORES), 100);
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

/* How often a family has `exemplars`, fields of its native histogram. */
static size_t native_exemplars(tacho_registry *reg, const char *name)
{
    char *text = printed(reg), begin_of[40];
    size_t count = 0;
    (void)snprintf(begin_of, sizeof begin_of, "name: \"%s\" help", name);
    char *at = strstr(text, begin_of);
    if (!at) fail_msg("%s is not there", name);
    at += strlen(begin_of);
    char *end = strstr(at, " help:"); /* of the next family */
    if (end) *end = '\0';
    while ((at = strstr(at, " exemplars { "))) {
        at++;
        count++;
    }
    free(text);
    return count;
}

static void check_printed(tacho_registry *reg, const char *want, int line)
{
    char *text = printed(reg);
    if (!strstr(text, want)) fail_msg("line %d: `%s` is not in `%s`", line, want, text);
    free(text);
}
#define assert_printed(reg, want) check_printed((reg), (want), __LINE__)

#define EXEMPLAR(field, id, number, time)                                                                                \
    field " { label { name: \"trace_id\" value: \"" id "\" } value: " number " timestamp { seconds: " time " } }"

static void protobuf_shows_exemplars_of_a_native_histogram_with_it(void **state)
{
    (void)state;
    for EACH_WORLD(world) {
        tacho_registry *reg = open_rows(world);
        tacho_histogram_observe_exemplar(both, 0.05, TRACE("low"));
        tacho_histogram_observe_exemplar(both, -3, TRACE("below"));
        wall.now = 1700000007;
        tacho_histogram_observe_exemplar(only, 4, TRACE("a"));
        tacho_histogram_observe_exemplar(only, 0, TRACE("b"));
        tacho_histogram_observe_exemplar(unasked, 4, TRACE("never"));
        tacho_histogram_observe_exemplar(classic, 4, TRACE("c"));
        assert_printed(reg, "created_timestamp { seconds: 1700000000 nanos: 250000000 } "
                            EXEMPLAR("exemplars", "low", "0.05", "1700000000 nanos: 250000000") " "
                            EXEMPLAR("exemplars", "below", "-3", "1700000000 nanos: 250000000") " } }");
        assert_printed(reg, "positive_delta: 1 " EXEMPLAR("exemplars", "a", "4", "1700000007 nanos: 0") " "
                            EXEMPLAR("exemplars", "b", "0", "1700000007 nanos: 0") " } }");
        assert_printed(reg, EXEMPLAR("exemplar", "below", "-3", "1700000000 nanos: 250000000")); /* of the bucket, as before */
        assert_int_equal(native_exemplars(reg, "both"), 2);
        assert_int_equal(native_exemplars(reg, "unasked"), 0);
        assert_int_equal(native_exemplars(reg, "classic"), 0);
        assert_true(shown_value(reg, "tacho_exemplars_dropped_total{reason=\"unasked\"}") == 1);
        tacho_registry_free(reg);
    }
}

static void of_many_ten_are_shown_and_none_without_a_time(void **state)
{
    (void)state;
    tacho_registry *reg = open_rows(&worlds[0]);
    for (int i = 0; i < 100; i++) tacho_histogram_observe_exemplar(both, i, TRACE("x"));
    assert_int_equal(native_exemplars(reg, "both"), 10);
    wall.now = 0; /* a clock that does not know */
    for (int i = 0; i < 3; i++) tacho_histogram_observe_exemplar(only, i, TRACE("y"));
    assert_int_equal(native_exemplars(reg, "only"), 0);
    assert_line(reg, TACHO_OPENMETRICS, "only_bucket{le=\"+Inf\"} 3 # {trace_id=\"y\"} 2");
    assert_line(reg, TACHO_JSON, "{\"name\":\"only\",\"type\":\"histogram\",\"help\":\"Help.\",\"metrics\":[{\"labels\":{},\"sum\":3,\"count\":3,"
                                 "\"buckets\":[{\"le\":\"+Inf\",\"count\":3,\"exemplar\":{\"labels\":{\"trace_id\":\"y\"},\"value\":2}}],"
                                 "\"native\":{\"count\":3,\"sum\":3,\"schema\":0,\"zero_threshold\":2.938735877055719e-39,\"zero_count\":1,\"negative\":[],"
                                 "\"positive\":[{\"index\":0,\"count\":1},{\"index\":1,\"count\":1}],\"exemplars\":[]}}]},");
    wall.now = 12.5;
    tacho_histogram_observe_exemplar(only, 1e9, TRACE("z"));
    assert_int_equal(native_exemplars(reg, "only"), 1);
    tacho_registry_free(reg);
}

static void text_shows_the_last_one_of_each_bucket_and_json_all(void **state)
{
    (void)state;
    tacho_registry *reg = open_rows(&worlds[0]);
    tacho_histogram_observe_exemplar(only, 4, TRACE("\"a\""));
    tacho_histogram_observe_exemplar(only, -2, TRACE("b"));
    assert_line(reg, TACHO_OPENMETRICS, "only_bucket{le=\"+Inf\"} 2 # {trace_id=\"b\"} -2 1700000000.25");
    assert_line(reg, TACHO_TEXT, "only_bucket{le=\"+Inf\"} 2");
    struct page page = page_take(reg, PAGE_AS(TACHO_JSON, TACHO_UNDERSCORES), 7);
    char why[200] = "";
    if (!valid_page(page.data, page.len, TACHO_JSON, TACHO_UNDERSCORES, why, sizeof why)) fail_msg("%s", why);
    assert_true(page_has(&page, "\"positive\":[{\"index\":2,\"count\":1}],\"exemplars\":[{\"labels\":{\"trace_id\":\"\\\"a\\\"\"},\"value\":4,"
                                "\"timestamp\":1700000000.25},{\"labels\":{\"trace_id\":\"b\"},\"value\":-2,\"timestamp\":1700000000.25}]}}]}"));
    page_free(&page);
    tacho_registry_free(reg);
}

static void the_longest_exemplars_fit_in_every_format(void **state)
{
    static const char *const characters[] = { "\xf4\x8f\xbf\xbf", "\"", "\n", "\x01" };
    static const size_t chunks[] = { 0, 64 };
    (void)state;
    for (size_t i = 0; i < TACHO_COUNT(characters); i++) {
        char value[4 * 127 + 1] = "";
        tacho_registry *reg = open_rows(&worlds[0]);
        for (int k = 0; k < 127; k++) strcat(value, characters[i]);
        for (int k = -10; k < 10; k++) tacho_histogram_observe_exemplar(both, k * 1e-300, TACHO_EXEMPLAR(TACHO_PAIR("n", value)));
        for (int format = TACHO_TEXT; format <= TACHO_CSV; format++) {
            struct page pages[2];
            for (int k = 0; k < 2; k++) {
                char why[200] = "";
                tacho_scrape_options options = PAGE_AS((tacho_format)format, TACHO_UNDERSCORES);
                options.names = (const char *const[]){ "both" };
                options.name_count = 1;
                pages[k] = page_take(reg, options, chunks[k]);
                char *text = format == TACHO_PROTOBUF ? proto_print(pages[k].data, pages[k].len, why, sizeof why) : NULL;
                bool valid = format == TACHO_PROTOBUF
                                 ? text != NULL
                                 : valid_page(pages[k].data, pages[k].len, (tacho_format)format, TACHO_UNDERSCORES, why, sizeof why);
                if (!valid) fail_msg("%d: %s", format, why);
                free(text);
            }
            assert_int_equal(pages[0].len, pages[1].len);
            assert_memory_equal(pages[0].data, pages[1].data, pages[0].len);
            page_free(&pages[0]);
            page_free(&pages[1]);
        }
        assert_int_equal(native_exemplars(reg, "both"), 10);
        tacho_registry_free(reg);
    }
}

/* Far apart or close together, all ten of a new series are kept, for which nothing of the one before may steer. */
static void memory_that_serves_again_has_no_exemplars_of_the_series_before(void **state)
{
    static const double powers[] = { 1, 10, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9 };
    static const size_t which[] = { 0, WORLD_COUNT - 1 };
    (void)state;
    for (size_t w = 0; w < TACHO_COUNT(which); w++) {
        tacho_registry *reg = open_rows(&worlds[which[w]]);
        size_t used = 0;
        for (int round = 0; round < 200; round++) { /* removed ones are looked at by dozens */
            tacho_histogram *histogram = tacho_histogram_at(by, TACHO_LABELS("a"));
            tacho_histogram_observe(histogram, 1);
            if (native_exemplars(reg, "by") != 0) fail_msg("round %d: those of the series before are shown", round);
            for (int i = 0; i < 10; i++)
                tacho_histogram_observe_exemplar(histogram, round % 2 ? 1 + i * 0.01 : powers[i], TRACE("old"));
            if (native_exemplars(reg, "by") != 10) fail_msg("round %d: not all are shown", round);
            assert_int_equal(tacho_histogram_remove_at(by, TACHO_LABELS("a")), TACHO_OK);
            if (round == 100) used = tacho_registry_memory(reg, NULL);
        }
        assert_int_equal(tacho_registry_memory(reg, NULL), used);
        tacho_registry_free(reg);
    }
}

static void a_series_keeps_ten_slots_more_and_only_if_its_family_asks(void **state)
{
    static tacho_histogram *histogram;
    tacho_desc row = { .histogram = &histogram, .name = "n", .help = "Help.", .flags = TACHO_NATIVE_ONLY, .native = { .factor = 2 } };
    size_t bytes[2];
    (void)state;
    for (int i = 0; i < 2; i++) {
        tacho_registry *reg = tacho_registry_new(NULL);
        size_t before = tacho_registry_memory(reg, NULL);
        row.flags |= i ? TACHO_EXEMPLARS : 0;
        assert_int_equal(tacho_registry_define(reg, &row, 1), TACHO_OK);
        bytes[i] = tacho_registry_memory(reg, NULL) - before;
        tacho_registry_free(reg);
    }
    print_message("%zu and %zu bytes\n", bytes[0], bytes[1]);
    assert_true(bytes[1] - bytes[0] < 12 * 600 + 4096);
}

static void what_does_not_count_leaves_no_exemplar(void **state)
{
    (void)state;
    tacho_registry *reg = open_rows(&worlds[0]);
    tacho_histogram_observe_exemplar(only, (double)NAN, TRACE("never"));
    tacho_histogram_observe_exemplar(only, 1, TACHO_EXEMPLAR(TACHO_PAIR("1n", "faulty")));
    tacho_histogram_observe_exemplar(tacho_histogram_at(by, TACHO_LABELS("one", "too many")), 1, TRACE("never"));
    assert_int_equal(native_exemplars(reg, "only"), 0);
    assert_true(shown_value(reg, "tacho_exemplars_dropped_total{reason=\"faulty\"}") == 1);
    assert_true(shown_value(reg, "tacho_exemplars_dropped_total{reason=\"busy\"}") == 0);
    tacho_registry_free(reg);
}

/* Always in the way. */
static int interruptions;

static void observe_in_between(const char *edge)
{
    if (strcmp(edge, "Y1") != 0) return;
    void (*hook)(const char *) = tacho__edge_hook;
    tacho__edge_hook = NULL;
    tacho_histogram_observe_exemplar(only, interruptions++, TRACE("in between"));
    tacho__edge_hook = hook;
}

static void one_that_is_dropped_here_alone_is_counted_once_and_its_value_counts(void **state)
{
    (void)state;
    tacho_registry *reg = open_rows(&worlds[0]);
    interruptions = 0;
    tacho__edge_hook = observe_in_between;
    tacho_histogram_observe_exemplar(only, 1000, TRACE("outer"));
    tacho__edge_hook = NULL;
    assert_true(interruptions > 0);
    assert_int_equal(tacho_histogram_count(only), interruptions + 1);
    assert_true(shown_value(reg, "tacho_exemplars_dropped_total{reason=\"busy\"}") == 1);
    tacho_registry_free(reg);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(protobuf_shows_exemplars_of_a_native_histogram_with_it),
        cmocka_unit_test(of_many_ten_are_shown_and_none_without_a_time),
        cmocka_unit_test(text_shows_the_last_one_of_each_bucket_and_json_all),
        cmocka_unit_test(the_longest_exemplars_fit_in_every_format),
        cmocka_unit_test(memory_that_serves_again_has_no_exemplars_of_the_series_before),
        cmocka_unit_test(a_series_keeps_ten_slots_more_and_only_if_its_family_asks),
        cmocka_unit_test(what_does_not_count_leaves_no_exemplar),
        cmocka_unit_test(one_that_is_dropped_here_alone_is_counted_once_and_its_value_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
