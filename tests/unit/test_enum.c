/*
 * test_enum.c - labels whose values are known in advance, as arrays that the program indexes with its own enums; and
 * vectors with some of their labels bound.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <tacho/registry.h>

#include "support/exposition.h"
#include "support/shown.h"
#include "support/worlds.h"

#define EACH_WORLD(world) (const struct world *world = worlds; world < worlds + WORLD_COUNT; world++)

enum { GET, PUT, POST, METHODS };
enum { OK, MOVED, MISSING, BROKEN, CODES };
enum { IPV4, IPV6, PROTOCOLS };
static const char *const methods[] = { [GET] = "GET", [PUT] = "PUT", [POST] = "POST", NULL };
static const char *const codes[] = { [OK] = "200", [MOVED] = "301", [MISSING] = "404", [BROKEN] = "500", NULL };
static const char *const protocols[] = { [IPV4] = "4", [IPV6] = "6", NULL };

static tacho_counter *requests[METHODS][CODES], *by_method[METHODS], *all[METHODS][CODES][PROTOCOLS];
static tacho_gauge *open_now[PROTOCOLS], *peak[PROTOCOLS];
static tacho_histogram *seconds[METHODS][PROTOCOLS];

struct rows {
    tacho_desc each[6];
};

static struct rows array_rows(void)
{
    return (struct rows){ {
        { .counter = &requests[0][0], .name = "requests_total", .help = "Help.", .labels = { "method", "code" },
          .values = { methods, codes } },
        { .counter = by_method, .name = "by_method_total", .help = "Help.", .labels = { "method" },
          .values = { methods }, .flags = TACHO_REAL },
        { .counter = &all[0][0][0], .name = "all_total", .help = "Help.", .labels = { "method", "code", "ip" },
          .values = { methods, codes, protocols } },
        { .gauge = open_now, .name = "open_now", .help = "Help.", .labels = { "ip" }, .values = { protocols },
          .flags = TACHO_UPDOWN },
        { .gauge = peak, .name = "peak", .help = "Help.", .labels = { "ip" }, .values = { protocols } },
        { .histogram = &seconds[0][0], .name = "seconds", .help = "Help.", .labels = { "method", "ip" },
          .values = { methods, protocols } },
    } };
}

static void every_combination_is_there_with_0_from_the_definition_on(void **state)
{
    (void)state;
    for EACH_WORLD(world) {
        struct rows rows = array_rows();
        tacho_registry *reg = WORLD_OPEN(world, rows.each);
        struct exposition *page = exposition_read(reg);
        static const struct { const char *name; size_t count; } table[] = {
            { "requests_total", METHODS * CODES }, { "by_method_total", METHODS },
            { "all_total", METHODS * CODES * PROTOCOLS }, { "open_now", PROTOCOLS }, { "peak", PROTOCOLS },
            { "seconds_count", METHODS * PROTOCOLS },
        };
        for (size_t i = 0; i < TACHO_COUNT(table); i++) {
            assert_int_equal(exposition_count(page, table[i].name), table[i].count);
            assert_true(exposition_sum(page, table[i].name) == 0);
        }
        exposition_free(page);
        tacho_registry_free(reg);
    }
}

static void the_element_of_an_array_is_the_series_of_its_indices(void **state)
{
    (void)state;
    for EACH_WORLD(world) {
        struct rows rows = array_rows();
        tacho_registry *reg = WORLD_OPEN(world, rows.each);
        uint64_t number = 0;
        for (int m = 0; m < METHODS; m++)
            for (int c = 0; c < CODES; c++) {
                tacho_counter_add(requests[m][c], ++number);
                for (int p = 0; p < PROTOCOLS; p++) tacho_counter_add(all[m][c][p], ++number);
            }
        for (int m = 0; m < METHODS; m++) {
            tacho_counter_add_real(by_method[m], m + 0.5);
            for (int p = 0; p < PROTOCOLS; p++) tacho_histogram_observe(seconds[m][p], m * 10 + p);
        }
        for (int p = 0; p < PROTOCOLS; p++) {
            tacho_gauge_add(open_now[p], p + 1);
            tacho_gauge_set(peak[p], p + 10);
        }
        struct exposition *page = exposition_read(reg);
        number = 0;
        char series[96];
        for (int m = 0; m < METHODS; m++) {
            for (int c = 0; c < CODES; c++) {
                (void)snprintf(series, sizeof series, "requests_total{method=\"%s\",code=\"%s\"}", methods[m], codes[c]);
                assert_true(exposition_value(page, series) == (double)++number);
                for (int p = 0; p < PROTOCOLS; p++) {
                    (void)snprintf(series, sizeof series, "all_total{method=\"%s\",code=\"%s\",ip=\"%s\"}", methods[m],
                                   codes[c], protocols[p]);
                    assert_true(exposition_value(page, series) == (double)++number);
                }
            }
            (void)snprintf(series, sizeof series, "by_method_total{method=\"%s\"}", methods[m]);
            assert_true(exposition_value(page, series) == m + 0.5);
            for (int p = 0; p < PROTOCOLS; p++) {
                (void)snprintf(series, sizeof series, "seconds_sum{method=\"%s\",ip=\"%s\"}", methods[m], protocols[p]);
                assert_true(exposition_value(page, series) == m * 10 + p);
            }
        }
        assert_true(exposition_value(page, "open_now{ip=\"6\"}") == 2);
        assert_true(exposition_value(page, "peak{ip=\"4\"}") == 10);
        exposition_free(page);
        tacho_registry_free(reg);
    }
}

static void values_of_an_array_are_escaped_like_all_others(void **state)
{
    (void)state;
    tacho_counter *array[3];
    const char *const values[] = { "a\"b", "", "line\nfeed\\", NULL };
    const tacho_desc row = { .counter = array, .name = "odd_total", .help = "Help.", .labels = { "l" },
                             .values = { values } };
    tacho_registry *reg = tacho_registry_new(NULL);
    assert_int_equal(tacho_registry_define(reg, &row, 1), TACHO_OK);
    for (uint64_t i = 0; i < 3; i++) tacho_counter_add(array[i], i + 1);
    assert_shown(reg, "odd_total{l=\"a\\\"b\"}", "1");
    assert_shown(reg, "odd_total{l=\"\"}", "2");
    assert_shown(reg, "odd_total{l=\"line\\nfeed\\\\\"}", "3");
    tacho_registry_free(reg);
}

static void an_array_of_more_combinations_than_the_default_limit_is_whole(void **state)
{
    (void)state;
    enum { SIDE = 40 };
    static tacho_counter *grid[SIDE][SIDE];
    static char texts[SIDE][12];
    const char *values[SIDE + 1] = { NULL };
    for (int i = 0; i < SIDE; i++) {
        (void)snprintf(texts[i], sizeof texts[i], "%d", i);
        values[i] = texts[i];
    }
    const tacho_desc row = { .counter = &grid[0][0], .name = "grid_total", .help = "Help.", .labels = { "x", "y" },
                             .values = { values, values } };
    tacho_registry *reg = tacho_registry_new(NULL);
    assert_int_equal(tacho_registry_define(reg, &row, 1), TACHO_OK);
    for (uint64_t x = 0; x < SIDE; x++)
        for (uint64_t y = 0; y < SIDE; y++) tacho_counter_add(grid[x][y], 100 * x + y);
    struct exposition *page = exposition_read(reg);
    assert_int_equal(exposition_count(page, "grid_total"), SIDE * SIDE);
    assert_true(exposition_value(page, "grid_total{x=\"39\",y=\"7\"}") == 3907);
    assert_true(exposition_value(page, "grid_total{x=\"0\",y=\"39\"}") == 39);
    exposition_free(page);
    tacho_registry_free(reg);
}

/* ---- Vectors with closed labels ------------------------------------------------------------------------------ */

static tacho_counter_vec *mixed, *closed;
static const tacho_desc vec_rows[] = {
    { .counter_vec = &mixed, .name = "mixed_total", .help = "Help.", .labels = { "host", "method", "path" },
      .values = { NULL, methods } },
    { .counter_vec = &closed, .name = "closed_total", .help = "Help.", .labels = { "method", "code" },
      .values = { methods, codes } },
};

static int open_registry(void **state)
{
    tacho_registry *reg = tacho_registry_new(NULL);
    if (!reg || TACHO_DEFINE(reg, vec_rows) != TACHO_OK) return -1;
    *state = reg;
    return 0;
}

static int close_registry(void **state)
{
    tacho_registry_free(*state);
    return 0;
}

static void a_vector_with_closed_labels_begins_empty_and_takes_only_listed_values(void **state)
{
    tacho_registry *reg = *state;
    struct exposition *page = exposition_read(reg);
    assert_int_equal(exposition_count(page, "closed_total") + exposition_count(page, "mixed_total"), 0);
    exposition_free(page);
    tacho_counter_inc_at(closed, TACHO_LABELS("GET", "404"));
    tacho_counter_inc_at(mixed, TACHO_LABELS("any", "POST", "/"));
    assert_shown(reg, "closed_total{method=\"GET\",code=\"404\"}", "1");
    assert_shown(reg, "mixed_total{host=\"any\",method=\"POST\",path=\"/\"}", "1");

    static const char *const unlisted[] = { "get", "GE", "GETX", "", "PATCH", "\xff", "404" };
    for (size_t i = 0; i < TACHO_COUNT(unlisted); i++) {
        tacho_counter_add_at(closed, TACHO_LABELS(unlisted[i], "404"), 100);
        tacho_counter_add(tacho_counter_at(mixed, TACHO_LABELS("any", unlisted[i], "/")), 100);
    }
    assert_true(shown_misuse(reg, "unlisted_label") == 2 * TACHO_COUNT(unlisted));
    assert_shown(reg, "tacho_series", "2");
    assert_shown(reg, "closed_total{method=\"GET\",code=\"404\"}", "1");
}

static void a_bound_vector_takes_the_labels_that_are_still_open(void **state)
{
    tacho_registry *reg = *state;
    tacho_counter_vec *host = tacho_counter_bind(mixed, TACHO_LABELS("h", NULL, NULL));
    tacho_counter_vec *method = tacho_counter_bind(mixed, TACHO_LABELS(NULL, "PUT", NULL));
    tacho_counter_vec *path = tacho_counter_bind(mixed, TACHO_LABELS(NULL, NULL, "/p"));
    tacho_counter_vec *ends = tacho_counter_bind(mixed, TACHO_LABELS("h", NULL, "/p"));
    tacho_counter_vec *none = tacho_counter_bind(mixed, TACHO_LABELS(NULL, NULL, NULL));
    tacho_counter_vec *every = tacho_counter_bind(mixed, TACHO_LABELS("h", "PUT", "/p"));
    tacho_counter_inc_at(host, TACHO_LABELS("PUT", "/p"));
    tacho_counter_inc_at(method, TACHO_LABELS("h", "/p"));
    tacho_counter_inc_at(path, TACHO_LABELS("h", "PUT"));
    tacho_counter_inc_at(ends, TACHO_LABELS("PUT"));
    tacho_counter_inc_at(none, TACHO_LABELS("h", "PUT", "/p"));
    tacho_counter_inc_at(every, TACHO_NO_LABELS);
    tacho_counter_inc(tacho_counter_at(every, TACHO_NO_LABELS));
    assert_shown(reg, "mixed_total{host=\"h\",method=\"PUT\",path=\"/p\"}", "7");
    tacho_counter_inc_at(ends, TACHO_LABELS("GET"));
    assert_shown(reg, "mixed_total{host=\"h\",method=\"GET\",path=\"/p\"}", "1");
    assert_shown(reg, "tacho_series", "2");
}

static void a_bound_vector_can_be_bound_further(void **state)
{
    tacho_registry *reg = *state;
    tacho_counter_vec *vec = tacho_counter_bind(mixed, TACHO_LABELS(NULL, NULL, "/p"));
    vec = tacho_counter_bind(vec, TACHO_LABELS("h", NULL));
    tacho_counter_inc_at(vec, TACHO_LABELS("GET"));
    vec = tacho_counter_bind(vec, TACHO_LABELS("PUT"));
    tacho_counter_inc_at(vec, TACHO_NO_LABELS);
    vec = tacho_counter_bind(vec, TACHO_NO_LABELS);
    tacho_counter_inc_at(vec, TACHO_NO_LABELS);
    assert_shown(reg, "mixed_total{host=\"h\",method=\"GET\",path=\"/p\"}", "1");
    assert_shown(reg, "mixed_total{host=\"h\",method=\"PUT\",path=\"/p\"}", "2");
}

static void a_bound_value_is_copied(void **state)
{
    tacho_registry *reg = *state;
    char host[] = "host", path[] = { '/', 'x', 'y' };
    const char *values[] = { host, NULL, path };
    static const size_t lengths[] = { 4, 1, 2 };
    tacho_counter_vec *vec = tacho_counter_bind(mixed, TACHO_CAST(tacho_labels, values, lengths, 3));
    memset(host, '!', sizeof host);
    memset(path, '!', sizeof path);
    tacho_counter_inc_at(vec, TACHO_LABELS("GET"));
    assert_shown(reg, "mixed_total{host=\"host\",method=\"GET\",path=\"/x\"}", "1");
}

static void null_leaves_a_label_open_in_slices_too_whatever_its_length(void **state)
{
    tacho_registry *reg = *state;
    const char *values[] = { "h", NULL, NULL };
    static const size_t lengths[] = { 1, 0, 0 };
    tacho_counter_vec *vec = tacho_counter_bind(mixed, TACHO_CAST(tacho_labels, values, lengths, 3));
    assert_non_null(vec);
    tacho_counter_inc_at(vec, TACHO_LABELS("GET", "/p"));
    assert_shown(reg, "mixed_total{host=\"h\",method=\"GET\",path=\"/p\"}", "1");
}

static void binding_against_the_rules_gives_null_and_is_counted(void **state)
{
    tacho_registry *reg = *state;
    assert_null(tacho_counter_bind(mixed, TACHO_NO_LABELS));
    assert_null(tacho_counter_bind(mixed, TACHO_LABELS("h", NULL)));
    assert_null(tacho_counter_bind(mixed, TACHO_LABELS("h", NULL, NULL, NULL)));
    assert_null(tacho_counter_bind(mixed, TACHO_CAST(tacho_labels, NULL, NULL, 3)));
    assert_true(shown_misuse(reg, "label_count") == 4);
    assert_null(tacho_counter_bind(mixed, TACHO_LABELS("h", "BREW", NULL)));
    assert_true(shown_misuse(reg, "unlisted_label") == 1);
    tacho_counter_vec *bound = tacho_counter_bind(mixed, TACHO_LABELS("h", NULL, NULL));
    tacho_counter_inc_at(bound, TACHO_LABELS("h", "GET", "/"));
    tacho_counter_inc_at(bound, TACHO_LABELS("BREW", "/"));
    tacho_counter_inc_at(bound, TACHO_LABELS(NULL, "/"));
    assert_true(shown_misuse(reg, "label_count") == 5);
    assert_true(shown_misuse(reg, "unlisted_label") == 2);
    assert_true(shown_misuse(reg, "null_label") == 1);
    assert_shown(reg, "tacho_series", "0");
}

static void gauges_and_histograms_can_be_bound_too(void **state)
{
    tacho_registry *reg = *state;
    tacho_gauge_vec *gauges = NULL;
    tacho_histogram_vec *histograms = NULL;
    const tacho_desc rows[] = {
        { .gauge_vec = &gauges, .name = "g", .help = "Help.", .labels = { "a", "b" } },
        { .histogram_vec = &histograms, .name = "h", .help = "Help.", .labels = { "a", "b" } },
    };
    assert_int_equal(TACHO_DEFINE(reg, rows), TACHO_OK);
    tacho_gauge_set_at(tacho_gauge_bind(gauges, TACHO_LABELS("x", NULL)), TACHO_LABELS("y"), 2);
    tacho_gauge_inc(tacho_gauge_at(tacho_gauge_bind(gauges, TACHO_LABELS(NULL, "y")), TACHO_LABELS("x")));
    tacho_histogram_observe_at(tacho_histogram_bind(histograms, TACHO_LABELS("x", NULL)), TACHO_LABELS("y"), 2);
    assert_shown(reg, "g{a=\"x\",b=\"y\"}", "3");
    assert_shown(reg, "h_sum{a=\"x\",b=\"y\"}", "2");
    assert_null(tacho_gauge_bind(gauges, TACHO_LABELS("x")));
    assert_null(tacho_histogram_bind(histograms, TACHO_LABELS("x")));
    assert_int_equal(tacho_registry_undefine(reg, rows, 2), TACHO_OK);
}

int main(void)
{
#define VEC_TEST(name) cmocka_unit_test_setup_teardown(name, open_registry, close_registry)
    const struct CMUnitTest closed_labels[] = {
        cmocka_unit_test(every_combination_is_there_with_0_from_the_definition_on),
        cmocka_unit_test(the_element_of_an_array_is_the_series_of_its_indices),
        cmocka_unit_test(values_of_an_array_are_escaped_like_all_others),
        cmocka_unit_test(an_array_of_more_combinations_than_the_default_limit_is_whole),
        VEC_TEST(a_vector_with_closed_labels_begins_empty_and_takes_only_listed_values),
        VEC_TEST(a_bound_vector_takes_the_labels_that_are_still_open),
        VEC_TEST(a_bound_vector_can_be_bound_further),
        VEC_TEST(a_bound_value_is_copied),
        VEC_TEST(null_leaves_a_label_open_in_slices_too_whatever_its_length),
        VEC_TEST(binding_against_the_rules_gives_null_and_is_counted),
        VEC_TEST(gauges_and_histograms_can_be_bound_too),
    };
    return cmocka_run_group_tests(closed_labels, NULL, NULL);
}
