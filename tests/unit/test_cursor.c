/*
 * test_cursor.c - scrapes through buffers of any size, in every format and escaping: the same bytes, a valid page, and an end
 * that stays the end.
 * Needs: OPENMETRICS PROTOBUF JSON
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <tacho/tacho.h>

#include "support/page.h"
#include "support/valid.h"
#include "support/ark.h"

enum { FORMATS = TACHO_CSV + 1, SCHEMES = TACHO_ALLOW_UTF8 + 1 };

#define EACH_FORMAT(format, scheme)                                     \
    (int format = 0; format < FORMATS; format++)                        \
        for (int scheme = 0; scheme < SCHEMES; scheme++)

static tacho_scrape_options as(int format, int scheme)
{
    return PAGE_AS((tacho_format)format, (tacho_escaping)scheme);
}

static void every_page_is_valid(void **state)
{
    (void)state;
    for (int counted = 0; counted < 2; counted++) {
        tacho_registry *reg = ark_open();
        if (counted) ark_count();
        for EACH_FORMAT(format, scheme) {
            char why[500] = "";
            struct page page = page_take(reg, as(format, scheme), 0);
            if (!valid_page(page.data, page.len, (tacho_format)format, (tacho_escaping)scheme, why, sizeof why))
                fail_msg("format %d, scheme %d: %s", format, scheme, why);
            assert_int_equal(page.err, TACHO_OK);
            page_free(&page);
        }
        tacho_registry_free(reg);
    }
}

static void the_same_bytes_come_in_every_format_whatever_the_size_of_the_buffer(void **state)
{
    static const size_t chunks[] = { 1, 2, 7, 64, 333, 1024, 4096, 10000 };
    (void)state;
    tacho_registry *reg = ark_open();
    ark_count();
    for EACH_FORMAT(format, scheme) {
        struct page whole = page_take(reg, as(format, scheme), 0);
        assert_true(whole.len > 4000);
        for (size_t i = 0; i < TACHO_COUNT(chunks); i++) {
            struct page page = page_take(reg, as(format, scheme), chunks[i]);
            if (page.len != whole.len || memcmp(page.data, whole.data, page.len) != 0 || page.err)
                fail_msg("format %d, scheme %d, buffers of %zu bytes", format, scheme, chunks[i]);
            page_free(&page);
        }
        page_free(&whole);
    }
    tacho_registry_free(reg);
}

static void buffers_of_changing_size_give_the_same_bytes(void **state)
{
    (void)state;
    tacho_registry *reg = ark_open();
    ark_count();
    for EACH_FORMAT(format, scheme) {
        tacho_scrape_options options = as(format, scheme);
        struct page whole = page_take(reg, options, 0);
        tacho_scrape *scrape = tacho_scrape_open(reg, &options);
        uint32_t seed = 12345;
        for (size_t at = 0, len = 1; len > 0; at += len) {
            seed = seed * 1664525u + 1013904223u;
            size_t room = 1 + (seed >> 16) % (seed >> 31 ? 20000 : 50);
            char *buf = malloc(room); /* of this very length: a sanitizer sees what is written behind it */
            assert_non_null(buf);
            len = tacho_scrape_read(scrape, buf, room);
            assert_true(len <= room && at + len <= whole.len);
            assert_memory_equal(buf, whole.data + at, len);
            if (len == 0) assert_int_equal(at, whole.len);
            if (len == 0) assert_int_equal(tacho_scrape_read(scrape, buf, room), 0); /* the end stays the end */
            free(buf);
        }
        assert_int_equal(tacho_scrape_error(scrape), TACHO_OK);
        tacho_scrape_free(scrape);
        page_free(&whole);
    }
    tacho_registry_free(reg);
}

static void a_scrape_can_be_given_up_anywhere_in_every_format(void **state)
{
    char buf[700];
    (void)state;
    tacho_registry *reg = ark_open();
    ark_count();
    size_t before = tacho_registry_memory(reg, NULL);
    for EACH_FORMAT(format, scheme)
        for (size_t reads = 0; reads < 30; reads += 3) {
            tacho_scrape_options options = as(format, scheme);
            tacho_scrape *scrape = tacho_scrape_open(reg, &options);
            for (size_t i = 0; i < reads; i++) (void)tacho_scrape_read(scrape, buf, sizeof buf - i);
            assert_int_equal(tacho_scrape_error(scrape), TACHO_OK);
            tacho_scrape_free(scrape);
            assert_int_equal(tacho_registry_memory(reg, NULL), before);
        }
    tacho_registry_free(reg);
}

static void scrapes_in_all_formats_that_are_open_together_do_not_disturb_each_other(void **state)
{
    tacho_scrape *scrapes[FORMATS][SCHEMES];
    size_t at[FORMATS][SCHEMES] = { { 0 } }, open = FORMATS * SCHEMES;
    struct page pages[FORMATS][SCHEMES];
    char buf[64];
    (void)state;
    tacho_registry *reg = ark_open();
    ark_count();
    for EACH_FORMAT(format, scheme) {
        tacho_scrape_options options = as(format, scheme);
        pages[format][scheme] = page_take(reg, options, 0);
        scrapes[format][scheme] = tacho_scrape_open(reg, &options);
    }
    while (open > 0)
        for EACH_FORMAT(format, scheme) {
            if (!scrapes[format][scheme]) continue;
            size_t len = tacho_scrape_read(scrapes[format][scheme], buf, (size_t)(1 + 7 * format + 3 * scheme));
            assert_memory_equal(buf, pages[format][scheme].data + at[format][scheme], len);
            at[format][scheme] += len;
            if (len > 0) continue;
            assert_int_equal(at[format][scheme], pages[format][scheme].len);
            tacho_scrape_free(scrapes[format][scheme]);
            scrapes[format][scheme] = NULL;
            page_free(&pages[format][scheme]);
            open--;
        }
    tacho_registry_free(reg);
}

static void csv_has_the_samples_of_the_text_format(void **state)
{
    (void)state;
    tacho_registry *reg = ark_open();
    ark_count();
    for (int scheme = 0; scheme < SCHEMES; scheme++) {
        struct page csv = page_take(reg, as(TACHO_CSV, scheme), 0), text = page_take(reg, as(TACHO_TEXT_1, scheme), 0);
        char *lines = valid_csv_lines(csv.data, csv.len), *to = text.data;
        for (char *from = text.data; *from;) { /* less HELP and TYPE */
            char *next = strchr(from, '\n') + 1;
            if (*from != '#') memmove(to, from, (size_t)(next - from));
            if (*from != '#') to += next - from;
            from = next;
        }
        *to = '\0';
        assert_string_equal(lines, text.data);
        free(lines);
        page_free(&csv);
        page_free(&text);
    }
    tacho_registry_free(reg);
}

static void names_are_spelled_as_the_content_type_of_a_format_promises(void **state)
{
    static const int promised[FORMATS] = { TACHO_UNDERSCORES, TACHO_ALLOW_UTF8, TACHO_UNDERSCORES, TACHO_UNDERSCORES,
                                           TACHO_ALLOW_UTF8, TACHO_ALLOW_UTF8 };
    (void)state;
    tacho_registry *reg = ark_open();
    for (int format = 0; format < FORMATS; format++) {
        tacho_scrape *scrape = tacho_scrape_new(reg, (tacho_format)format);
        struct page page = page_rest(scrape, 0), want = page_take(reg, as(format, promised[format]), 0);
        assert_true(page.len == want.len && memcmp(page.data, want.data, page.len) == 0);
        tacho_buffer sunk;
        tacho_buffer_init(&sunk);
        assert_int_equal(tacho_expose(reg, (tacho_format)format, &sunk.sink), TACHO_OK);
        assert_true(sunk.len == want.len && memcmp(sunk.data, want.data, sunk.len) == 0);
        tacho_buffer_fini(&sunk);
        tacho_scrape_free(scrape);
        page_free(&page);
        page_free(&want);
    }
    tacho_registry_free(reg);
}

static void nonsense_is_answered_with_no_scrape(void **state)
{
    static const char *const names[] = { "a" };
    char buf[8];
    (void)state;
    tacho_registry *reg = ark_open();
    assert_null(tacho_scrape_open(NULL, NULL));
    assert_null(tacho_scrape_open(reg, &PAGE_AS((tacho_format)6, TACHO_UNDERSCORES)));
    assert_null(tacho_scrape_open(reg, &PAGE_AS((tacho_format)-1, TACHO_UNDERSCORES)));
    assert_null(tacho_scrape_open(reg, &PAGE_AS(TACHO_TEXT, (tacho_escaping)4)));
    assert_null(tacho_scrape_open(reg, &PAGE_AS(TACHO_TEXT, (tacho_escaping)-1)));
    assert_null(tacho_scrape_open(reg, &(tacho_scrape_options){ .name_count = 1 }));
    assert_null(tacho_scrape_new(NULL, TACHO_JSON));
    assert_int_equal(tacho_scrape_error(NULL), TACHO_ERR_ARG);
    assert_int_equal(tacho_scrape_read(NULL, buf, 8), 0);
    tacho_scrape_free(NULL);
    tacho_scrape *scrape = tacho_scrape_open(reg, NULL); /* the defaults: text 0.0.4, underscores, everything */
    assert_int_equal(tacho_scrape_read(scrape, NULL, 8), 0);
    assert_int_equal(tacho_scrape_read(scrape, buf, 0), 0);
    assert_int_equal(tacho_scrape_read(scrape, buf, 8), 8);
    assert_memory_equal(buf, "# HELP h", 8);
    tacho_scrape_free(scrape);
    scrape = tacho_scrape_open(reg, &(tacho_scrape_options){ .names = names });
    struct page page = page_rest(scrape, 0);
    assert_true(page.len > 1000); /* no names: everything */
    page_free(&page);
    tacho_scrape_free(scrape);
    tacho_registry_free(reg);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_page_is_valid),
        cmocka_unit_test(the_same_bytes_come_in_every_format_whatever_the_size_of_the_buffer),
        cmocka_unit_test(buffers_of_changing_size_give_the_same_bytes),
        cmocka_unit_test(a_scrape_can_be_given_up_anywhere_in_every_format),
        cmocka_unit_test(scrapes_in_all_formats_that_are_open_together_do_not_disturb_each_other),
        cmocka_unit_test(csv_has_the_samples_of_the_text_format),
        cmocka_unit_test(names_are_spelled_as_the_content_type_of_a_format_promises),
        cmocka_unit_test(nonsense_is_answered_with_no_scrape),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
