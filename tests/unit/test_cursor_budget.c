/*
 * test_cursor_budget.c - what a scrape takes: nothing between its beginning and its end but, in protobuf, what has to be
 * kept, which is charged to the byte budget; and what becomes of it when there is no room, or no memory.
 * Needs: OPENMETRICS PROTOBUF JSON
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

#include "alloc.h"
#include "registry_internal.h"
#include "support/page.h"
#include "support/proto.h"
#include "support/valid.h"
#include "support/ark.h"

enum { FORMATS = TACHO_CSV + 1 };

/* ---- Allocations ------------------------------------------------------------------------------------------------ */

static struct {
    size_t calls, bytes, fail_from;
} heap;

static bool heap_hook(size_t size)
{
    heap.bytes += size;
    return ++heap.calls < heap.fail_from;
}

static void heap_watch(size_t fail_from)
{
    heap.calls = heap.bytes = 0;
    heap.fail_from = fail_from;
    tacho__alloc_hook = heap_hook;
}

static tacho_counter_vec *counters;
static tacho_histogram_vec *natives;
static const tacho_desc counter_row = { .counter_vec = &counters, .name = "c_total", .help = "Help.", .labels = { "id" },
                                        .max_series = 200000 };
static const tacho_desc traced_row = { .counter_vec = &counters, .name = "c_total", .help = "Help.", .labels = { "id" },
                                       .max_series = 200000, .flags = TACHO_EXEMPLARS };
static const double bounds[] = { 1, 10 };
static const tacho_desc native_row = { .histogram_vec = &natives, .name = "n", .help = "Help.", .labels = { "id" },
                                       .buckets = bounds, .bucket_count = 2, .native = { .factor = 1.1 } };

static tacho_registry *registry_of(const tacho_desc *row, size_t budget)
{
    tacho_registry *reg = tacho_registry_new(&(tacho_registry_options){ .no_self_metrics = 1, .byte_budget = budget });
    if (tacho_registry_define(reg, row, 1)) fail_msg("%s", tacho_registry_error(reg));
    return reg;
}

static void count_series(size_t count, bool exemplars)
{
    char id[24];
    for (size_t i = 0; i < count; i++) {
        (void)snprintf(id, sizeof id, "series-%06u", (unsigned)i);
        tacho_counter *counter = tacho_counter_at(counters, TACHO_LABELS(id));
        if (exemplars)
            tacho_counter_add_exemplar(counter, 1, TACHO_EXEMPLAR(TACHO_PAIR("id", id)));
        else
            tacho_counter_inc(counter);
    }
}

static void reading_takes_no_memory_in_any_format_that_needs_no_lengths(void **state)
{
    (void)state;
    tacho_registry *reg = ark_open();
    ark_count();
    for (int format = 0; format < FORMATS; format++) {
        char buf[333];
        if (format == TACHO_PROTOBUF) continue;
        heap_watch(SIZE_MAX);
        tacho_scrape *scrape = tacho_scrape_new(reg, (tacho_format)format);
        size_t opened = heap.calls;
        print_message("format %d: %zu bytes to begin\n", format, heap.bytes);
        while (tacho_scrape_read(scrape, buf, sizeof buf) > 0) continue;
        assert_int_equal(heap.calls, opened);
        tacho__alloc_hook = TACHO__NO_HOOK;
        tacho_scrape_free(scrape);
    }
    tacho_registry_free(reg);
}

static void protobuf_takes_a_bit_for_each_series_of_its_largest_family(void **state)
{
    static const size_t sizes[] = { 10, 1000, 100000 };
    (void)state;
    for (size_t i = 0; i < TACHO_COUNT(sizes); i++) {
        tacho_registry *reg = registry_of(&counter_row, 0);
        count_series(sizes[i], false);
        char buf[8192];
        size_t before = tacho_registry_memory(reg, NULL);
        tacho_scrape *scrape = tacho_scrape_new(reg, TACHO_PROTOBUF);
        heap_watch(SIZE_MAX);
        size_t total = 0, len;
        while ((len = tacho_scrape_read(scrape, buf, sizeof buf)) > 0) total += len;
        tacho__alloc_hook = TACHO__NO_HOOK;
        assert_true(total > 30 * sizes[i]);
        assert_true(heap.bytes <= 4 * (sizes[i] / 8 + 128)); /* doubled as it grows */
        size_t held = tacho_registry_memory(reg, NULL) - before;
        assert_true(held >= sizes[i] / 8 && held <= 2 * (sizes[i] / 8 + 128)); /* and charged */
        tacho_scrape_free(scrape);
        assert_int_equal(tacho_registry_memory(reg, NULL), before);
        tacho_registry_free(reg);
    }
}

/* ---- A byte budget that is too small ---------------------------------------------------------------------------- */

static char *print_page(const struct page *page)
{
    char why[200] = "", *text = proto_print(page->data, page->len, why, sizeof why);
    if (!text) fail_msg("%s", why);
    return text;
}

static size_t count_word(const char *text, const char *word)
{
    size_t count = 0;
    while ((text = strstr(text, word)) != NULL) {
        count++;
        text++;
    }
    return count;
}

static uint64_t reduced(const tacho_registry *reg)
{
    return atomic_load(&reg->segment.head->mishaps[TACHO__SCRAPE_REDUCED]);
}

static void exemplars_for_which_there_is_no_room_are_left_out_and_the_page_is_valid(void **state)
{
    (void)state;
    tacho_registry *reg = registry_of(&traced_row, 128 << 10);
    count_series(500, true); /* more than there is room for */
    struct page om = page_take(reg, PAGE_AS(TACHO_OPENMETRICS, TACHO_UNDERSCORES), 0); /* which keeps nothing */
    size_t series = count_word(om.data, "c_total{"), exemplars = count_word(om.data, " # {id=");
    size_t before = tacho_registry_memory(reg, NULL);
    assert_true(series > 50 && exemplars == series);
    for (size_t chunk = 0; chunk < 100; chunk += 33) {
        uint64_t reduced_before = reduced(reg);
        struct page page = page_take(reg, PAGE_AS(TACHO_PROTOBUF, TACHO_UNDERSCORES), chunk);
        assert_int_equal(page.err, TACHO_OK);
        char *text = print_page(&page);
        size_t shown = count_word(text, "exemplar {");
        print_message("%zu of %zu exemplars\n", shown, exemplars);
        assert_true(shown > 0 && shown < exemplars);
        assert_int_equal(count_word(text, "metric {"), series);
        assert_int_equal(reduced(reg) - reduced_before, series - shown);
        free(text);
        page_free(&page);
        assert_int_equal(tacho_registry_memory(reg, NULL), before); /* given back */
    }
    page_free(&om);
    tacho_registry_free(reg);
}

static void native_histograms_for_which_there_is_no_room_go_out_as_classic_ones(void **state)
{
    (void)state;
    tacho_registry *reg = registry_of(&native_row, 96 << 10);
    char id[8];
    size_t series = 0;
    for (; series < 100; series++) {
        (void)snprintf(id, sizeof id, "%zu", series);
        size_t before = tacho_registry_memory(reg, NULL);
        tacho_histogram *histogram = tacho_histogram_at(natives, TACHO_LABELS(id));
        if (tacho_registry_memory(reg, NULL) == before) break; /* the budget is spent */
        for (int i = 0; i < 150; i++) tacho_histogram_observe(histogram, 0.01 * (1 << i % 15) * (1 + i / 15 * 0.1));
    }
    assert_true(series > 5 && series < 100);
    struct page page = page_take(reg, PAGE_AS(TACHO_PROTOBUF, TACHO_UNDERSCORES), 50);
    assert_int_equal(page.err, TACHO_OK);
    char *text = print_page(&page);
    size_t native = count_word(text, "schema: 3"), all = count_word(text, "histogram {");
    print_message("%zu of %zu native histograms\n", native, all);
    assert_true(native > 0 && native < all);
    assert_int_equal(count_word(text, "upper_bound: +Inf"), all);
    assert_int_equal(reduced(reg), all - native);
    free(text);
    page_free(&page);
    tacho_registry_free(reg);
}

static void without_room_for_anything_a_scrape_in_protobuf_fails_and_the_others_do_not(void **state)
{
    (void)state;
    tacho_registry *reg = registry_of(&counter_row, 64 << 10);
    count_series(10, false);
    size_t budget, used = tacho_registry_memory(reg, &budget), rest = budget - used;
    assert_true(tacho__segment_charge(&reg->segment, rest)); /* what somebody else holds */
    assert_false(tacho__segment_charge(&reg->segment, 1));
    struct page page = page_take(reg, PAGE_AS(TACHO_PROTOBUF, TACHO_UNDERSCORES), 0);
    assert_int_equal(page.err, TACHO_ERR_NOMEM);
    assert_int_equal(page.len, 0);
    page_free(&page);
    static const tacho_format others[] = { TACHO_TEXT, TACHO_OPENMETRICS, TACHO_JSON, TACHO_CSV };
    for (size_t i = 0; i < TACHO_COUNT(others); i++) {
        char why[200] = "";
        page = page_take(reg, PAGE_AS(others[i], TACHO_UNDERSCORES), 0);
        bool valid = valid_page(page.data, page.len, others[i], TACHO_UNDERSCORES, why, sizeof why);
        if (!valid || page.err) fail_msg("%s", why);
        assert_true(page_has(&page, "series-000009"));
        page_free(&page);
    }
    tacho__segment_discharge(&reg->segment, rest);
    page = page_take(reg, PAGE_AS(TACHO_PROTOBUF, TACHO_UNDERSCORES), 0);
    assert_int_equal(page.err, TACHO_OK);
    page_free(&page);
    tacho_registry_free(reg);
}

/* ---- No memory --------------------------------------------------------------------------------------------------- */

static void a_scrape_that_gets_no_memory_to_begin_with_is_none_and_leaves_nothing_behind(void **state)
{
    static const char *const names[] = { "downloads", "named_total" };
    (void)state;
    tacho_registry *reg = ark_open();
    ark_count();
    size_t before = tacho_registry_memory(reg, NULL);
    for (int format = 0; format < FORMATS; format++) {
        tacho_scrape_options options = { .format = (tacho_format)format, .names = names, .name_count = format % 2 ? 2 : 0 };
        tacho_scrape *scrape = NULL;
        for (size_t at = 1; !scrape; at++) {
            heap_watch(at);
            scrape = tacho_scrape_open(reg, &options);
            tacho__alloc_hook = TACHO__NO_HOOK;
            assert_true(at < 100);
        }
        tacho_scrape_free(scrape);
        assert_int_equal(tacho_registry_memory(reg, NULL), before);
    }
    tacho_registry_free(reg);
}

static void without_memory_on_the_way_protobuf_leaves_out_exemplars_or_says_that_it_failed(void **state)
{
    bool failed = false, left_out = false, whole = false;
    (void)state;
    tacho_registry *reg = registry_of(&traced_row, 0);
    count_series(2000, true);
    for (size_t at = 1; !whole; at++) {
        tacho_scrape *scrape = tacho_scrape_new(reg, TACHO_PROTOBUF);
        assert_non_null(scrape);
        heap_watch(at);
        struct page page = page_rest(scrape, 0);
        bool hit = heap.calls >= at;
        tacho__alloc_hook = TACHO__NO_HOOK;
        if (page.err) {
            assert_int_equal(page.err, TACHO_ERR_NOMEM);
            failed = true;
        } else {
            char *text = print_page(&page);
            size_t shown = count_word(text, "exemplar {");
            if (shown < 2000) left_out = true;
            if (!hit) assert_int_equal(shown, 2000);
            free(text);
        }
        whole = !hit;
        page_free(&page);
        tacho_scrape_free(scrape);
        assert_true(at < 100);
    }
    assert_true(failed && left_out);
    tacho_registry_free(reg);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reading_takes_no_memory_in_any_format_that_needs_no_lengths),
        cmocka_unit_test(protobuf_takes_a_bit_for_each_series_of_its_largest_family),
        cmocka_unit_test(exemplars_for_which_there_is_no_room_are_left_out_and_the_page_is_valid),
        cmocka_unit_test(native_histograms_for_which_there_is_no_room_go_out_as_classic_ones),
        cmocka_unit_test(without_room_for_anything_a_scrape_in_protobuf_fails_and_the_others_do_not),
        cmocka_unit_test(a_scrape_that_gets_no_memory_to_begin_with_is_none_and_leaves_nothing_behind),
        cmocka_unit_test(without_memory_on_the_way_protobuf_leaves_out_exemplars_or_says_that_it_failed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
