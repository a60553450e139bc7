/*
 * test_formats.c - golden files: one registry with every type and every oddity, in each format and escaping scheme.
 *
 * Files: tests/golden/types_SCHEME.FORMAT; for protobuf the messages as they print (support/proto.h).
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

#include "support/exposition.h"
#include "support/golden.h"
#include "support/page.h"
#include "support/proto.h"
#include "support/ark.h"

static const char *const schemes[] = { "underscores", "dots", "values", "utf8" };

static void check_page(tacho_registry *reg, tacho_format format, tacho_escaping escaping, const char *ending)
{
    char name[64];
    struct page page = page_take(reg, PAGE_AS(format, escaping), 0);
    (void)snprintf(name, sizeof name, "types_%s.%s", schemes[escaping], ending);
    golden_check(name, page.data, page.len);
    page_free(&page);
}

static void text_looks_like_the_golden_file_of_its_scheme(void **state)
{
    (void)state;
    tacho_registry *reg = ark_open();
    ark_count();
    for (int scheme = TACHO_UNDERSCORES; scheme <= TACHO_ALLOW_UTF8; scheme++)
        check_page(reg, TACHO_TEXT_1, (tacho_escaping)scheme, "txt");
    exposition_free(exposition_read(reg));
    tacho_registry_free(reg);
}

static void openmetrics_looks_like_the_golden_file_of_its_scheme(void **state)
{
    (void)state;
    tacho_registry *reg = ark_open();
    ark_count();
    for (int scheme = TACHO_UNDERSCORES; scheme <= TACHO_ALLOW_UTF8; scheme++)
        check_page(reg, TACHO_OPENMETRICS, (tacho_escaping)scheme, "om");
    tacho_registry_free(reg);
}

static void protobuf_prints_like_the_golden_file_of_its_scheme(void **state)
{
    (void)state;
    tacho_registry *reg = ark_open();
    ark_count();
    for (int scheme = TACHO_UNDERSCORES; scheme <= TACHO_ALLOW_UTF8; scheme++) {
        char name[64], why[200] = "";
        struct page page = page_take(reg, PAGE_AS(TACHO_PROTOBUF, (tacho_escaping)scheme), 0);
        char *text = proto_print(page.data, page.len, why, sizeof why);
        if (!text) fail_msg("%s", why);
        (void)snprintf(name, sizeof name, "types_%s.proto", schemes[scheme]);
        golden_check(name, text, strlen(text));
        free(text);
        page_free(&page);
    }
    tacho_registry_free(reg);
}

static void json_and_csv_look_like_their_golden_files(void **state)
{
    (void)state;
    tacho_registry *reg = ark_open();
    ark_count();
    check_page(reg, TACHO_JSON, TACHO_ALLOW_UTF8, "json");
    check_page(reg, TACHO_JSON, TACHO_VALUES, "json");
    check_page(reg, TACHO_CSV, TACHO_ALLOW_UTF8, "csv");
    check_page(reg, TACHO_CSV, TACHO_DOTS, "csv");
    tacho_registry_free(reg);
}

static void text_0_0_4_and_1_0_0_are_the_same_in_the_same_scheme(void **state)
{
    (void)state;
    tacho_registry *reg = ark_open();
    for (int scheme = TACHO_UNDERSCORES; scheme <= TACHO_ALLOW_UTF8; scheme++) {
        struct page page = page_take(reg, PAGE_AS(TACHO_TEXT_1, (tacho_escaping)scheme), 0);
        assert_page(reg, PAGE_AS(TACHO_TEXT, (tacho_escaping)scheme), page.data);
        page_free(&page);
    }
    tacho_registry_free(reg);
}

static void an_empty_registry_is_whole_in_every_format(void **state)
{
    (void)state;
    tacho_registry *reg = tacho_registry_new(&(tacho_registry_options){ .no_self_metrics = 1 });
    assert_page(reg, PAGE_AS(TACHO_TEXT, TACHO_UNDERSCORES), "");
    assert_page(reg, PAGE_AS(TACHO_TEXT_1, TACHO_ALLOW_UTF8), "");
    assert_page(reg, PAGE_AS(TACHO_OPENMETRICS, TACHO_UNDERSCORES), "# EOF\n");
    assert_page(reg, PAGE_AS(TACHO_PROTOBUF, TACHO_UNDERSCORES), "");
    assert_page(reg, PAGE_AS(TACHO_JSON, TACHO_ALLOW_UTF8), "[\n]\n");
    assert_page(reg, PAGE_AS(TACHO_CSV, TACHO_ALLOW_UTF8), "name,type,labels,value\r\n");
    tacho_registry_free(reg);
}

static void a_family_without_samples_shows_what_its_format_has_for_that(void **state)
{
    static tacho_gauge_vec *vec;
    static const tacho_desc row = { .gauge_vec = &vec, .name = "x_bytes", .help = "H \"h\".", .unit = "bytes", .labels = { "l" } };
    tacho_registry *reg = tacho_registry_new(&(tacho_registry_options){ .no_self_metrics = 1 });
    (void)state;
    assert_int_equal(tacho_registry_define(reg, &row, 1), TACHO_OK);
    assert_page(reg, PAGE_AS(TACHO_TEXT, TACHO_UNDERSCORES), "# HELP x_bytes H \"h\".\n# TYPE x_bytes gauge\n");
    assert_page(reg, PAGE_AS(TACHO_OPENMETRICS, TACHO_UNDERSCORES),
                "# TYPE x_bytes gauge\n# UNIT x_bytes bytes\n# HELP x_bytes H \\\"h\\\".\n# EOF\n");
    assert_page(reg, PAGE_AS(TACHO_PROTOBUF, TACHO_UNDERSCORES), "");
    assert_page(reg, PAGE_AS(TACHO_JSON, TACHO_UNDERSCORES),
                "[\n{\"name\":\"x_bytes\",\"type\":\"gauge\",\"help\":\"H \\\"h\\\".\",\"unit\":\"bytes\",\"metrics\":[]}\n]\n");
    assert_page(reg, PAGE_AS(TACHO_CSV, TACHO_UNDERSCORES), "name,type,labels,value\r\n");
    tacho_registry_free(reg);
}

/* The example of the specification: one gauge `t` with help `h` and value 1. */
static void a_gauge_in_protobuf_is_these_bytes(void **state)
{
    static tacho_gauge *gauge;
    static const tacho_desc row = { .gauge = &gauge, .name = "t", .help = "h" };
    static const unsigned char want[] = { 0x15, 0x0a, 1, 't', 0x12, 1, 'h', 0x18, 1, 0x22, 0x0b, 0x12, 9, 9,
                                          0, 0, 0, 0, 0, 0, 0xf0, 0x3f };
    tacho_registry *reg = tacho_registry_new(&(tacho_registry_options){ .no_self_metrics = 1 });
    (void)state;
    assert_int_equal(tacho_registry_define(reg, &row, 1), TACHO_OK);
    tacho_gauge_set(gauge, 1);
    struct page page = page_take(reg, PAGE_AS(TACHO_PROTOBUF, TACHO_UNDERSCORES), 0);
    assert_int_equal(page.len, sizeof want);
    assert_memory_equal(page.data, want, sizeof want);
    page_free(&page);
    tacho_registry_free(reg);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_looks_like_the_golden_file_of_its_scheme),
        cmocka_unit_test(openmetrics_looks_like_the_golden_file_of_its_scheme),
        cmocka_unit_test(protobuf_prints_like_the_golden_file_of_its_scheme),
        cmocka_unit_test(json_and_csv_look_like_their_golden_files),
        cmocka_unit_test(text_0_0_4_and_1_0_0_are_the_same_in_the_same_scheme),
        cmocka_unit_test(an_empty_registry_is_whole_in_every_format),
        cmocka_unit_test(a_family_without_samples_shows_what_its_format_has_for_that),
        cmocka_unit_test(a_gauge_in_protobuf_is_these_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
