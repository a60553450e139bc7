/*
 * test_http_query.c - queries of scrapes, and what families they ask for; no sockets.
 * Needs: HTTP
 */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "http_query.h"

#define LENGTH(array) (sizeof(array) / sizeof(array)[0])
#define NOBODY "\xff" /* what stands for a name that no family has */

/* Take the names; query and space are heap blocks of exactly their length: a sanitizer sees each step too far. The
 * names point into `*space`, which is to be freed. */
static int take(const char *query, tacho__http_names *names, char **space)
{
    char *copy = strdup(query);
    assert_non_null(copy);
    *space = malloc(strlen(query) + 1);
    assert_non_null(*space);
    int status = tacho__http_query_names(copy, *space, names);
    assert_string_equal(copy, query);
    free(copy);
    return status;
}

static void names_are_taken_from_every_spelling(void **state)
{
    static const struct {
        const char *query;
        const char *want[4];
    } rows[] = {
        { "", { NULL } },
        { "name[]=a", { "a" } },
        { "name[]=a&name[]=b", { "a", "b" } },
        { "name[]=b&name[]=a&name[]=b", { "b", "a", "b" } },
        { "name%5B%5D=a", { "a" } },
        { "name%5b%5d=a", { "a" } },
        { "name%5B]=a&name[%5D=b", { "a", "b" } },
        { "%6e%61%6D%65%5B%5D=a", { "a" } },
        { "name[]=%61%62", { "ab" } },
        { "name[]=a+b", { "a b" } },
        { "name[]=a%2Bb", { "a+b" } },
        { "name[]=a%20b", { "a b" } },
        { "name[]=a%26name[]%3Db", { "a&name[]=b" } },
        { "name[]=a=b", { "a=b" } },
        { "name[]=a;name[]=b", { "a;name[]=b" } },
        { "name[]=%ce%b1", { "\xce\xb1" } },
        { "name[]=%25", { "%" } },
        { "name[]=%2525", { "%25" } },
        { "name[]=", { "" } },
        { "name[]", { "" } },
        { "name[]=&name[]=a", { "", "a" } },
        { "name[]&name[]", { "", "" } },
        { "name[]=%00", { NOBODY } },
        { "name[]=a%00", { NOBODY } },
        { "name[]=%00a&name[]=b", { NOBODY, "b" } },
        { "&", { NULL } },
        { "&&name[]=a&&", { "a" } },
        { "=", { NULL } },
        { "=name[]", { NULL } },
        { "name=a", { NULL } },
        { "name[=a&name]=b&names[]=c&xname[]=d", { NULL } },
        { "Name[]=a&NAME[]=b", { NULL } },
        { "name[0]=a", { NULL } },
        { "name[]%00=a", { NULL } },
        { "name[]+=a", { NULL } },
        { "x=1&name[]=a&y=%41+&z", { "a" } },
        { "name%5B%5D%3Da", { NULL } },
        { "x=name[]=a", { NULL } },
        { "\x80=a&name[]=\xff", { "\xff" } },
    };
    (void)state;
    for (size_t i = 0; i < LENGTH(rows); i++) {
        tacho__http_names names;
        char *space;
        size_t count = 0;
        if (take(rows[i].query, &names, &space) != 200) fail_msg("\"%s\" is refused", rows[i].query);
        while (count < LENGTH(rows[i].want) && rows[i].want[count]) count++;
        if (names.count != count) fail_msg("\"%s\" has %zu names", rows[i].query, names.count);
        for (size_t j = 0; j < count; j++) assert_string_equal(names.names[j], rows[i].want[j]);
        free(space);
    }
}

static void a_percent_sign_without_two_digits_is_refused_wherever_it_stands(void **state)
{
    static const char *const queries[] = {
        "%",          "%4",         "%g0",         "%0g",          "%%",        "%%41",      "% 1",
        "name[]=%",   "name[]=a%4", "name[]=%4&a", "name[]=%xy",   "name[]=%-1", "name%5=a", "name%5B%5=a",
        "x=%",        "x=100%&y=1", "name[]=a&%",  "name[]=a&x=%", "a&b&c%z",   "name[]%=a", "x=%2",
        "name[]=%@0", "name[]=%0G", "name[]=%`1",  "name[]=%:0",   "name[]=%/0",
    };
    (void)state;
    for (size_t i = 0; i < LENGTH(queries); i++) {
        tacho__http_names names;
        char *space;
        if (take(queries[i], &names, &space) != 400) fail_msg("\"%s\" is taken", queries[i]);
        free(space);
    }
}

static void every_byte_can_be_written_with_percent_signs(void **state)
{
    (void)state;
    for (unsigned byte = 0; byte < 256; byte++)
        for (int upper = 0; upper < 2; upper++) {
            char query[32], want[2] = { (char)(unsigned char)byte, '\0' }, *space;
            tacho__http_names names;
            (void)snprintf(query, sizeof query, upper ? "name[]=%%%02X" : "name[]=%%%02x", byte);
            assert_int_equal(take(query, &names, &space), 200);
            assert_int_equal(names.count, 1);
            assert_string_equal(names.names[0], byte ? want : NOBODY);
            free(space);
        }
}

static void so_many_names_are_taken_and_one_more_is_refused(void **state)
{
    (void)state;
    for (int encoded = 0; encoded < 2; encoded++)
        for (size_t count = TACHO__HTTP_NAMES_MAX - 1; count <= TACHO__HTTP_NAMES_MAX + 1; count++) {
            char query[8192], want[16], *space;
            const char *name = encoded ? "name%5B%5D" : "name[]";
            tacho__http_names names;
            size_t len = 0;
            for (size_t i = 0; i < count; i++)
                len += (size_t)snprintf(query + len, sizeof query - len, "%s=n%zu&", name, i);
            assert_int_equal(take(query, &names, &space), count <= TACHO__HTTP_NAMES_MAX ? 200 : 400);
            for (size_t i = 0; count <= TACHO__HTTP_NAMES_MAX && i < count; i++) {
                (void)snprintf(want, sizeof want, "n%zu", i);
                assert_string_equal(names.names[i], want);
            }
            free(space);
        }
}

/* All strings of these pieces, up to five of them: nothing is read or written too far, and names end in NUL. */
static void every_short_query_of_awkward_pieces_is_read_without_harm(void **state)
{
    static const char *const pieces[] = { "", "&", "=", "name[]", "name[]=", "%", "%5", "%00", "a", "+" };
    enum { PIECES = LENGTH(pieces) };
    (void)state;
    for (size_t code = 0; code < (size_t)PIECES * PIECES * PIECES * PIECES * PIECES; code++) {
        char query[64] = "", *space;
        tacho__http_names names;
        size_t rest = code, total = 0;
        for (int i = 0; i < 5; i++, rest /= PIECES) strcat(query, pieces[rest % PIECES]);
        int status = take(query, &names, &space);
        assert_true(status == 200 || status == 400);
        for (size_t i = 0; i < names.count; i++) total += strlen(names.names[i]);
        assert_true(total <= strlen(query));
        free(space);
    }
}

static void seconds_of_a_scraper_are_read_strictly(void **state)
{
    static const struct { const char *text; uint32_t ms; } rows[] = {
        { "10", 10000 }, { "0.5", 500 }, { "10.000000", 10000 }, { "0.001", 1 }, { "0.0009", 0 }, { "1.", 1000 },
        { "59.999", 59999 }, { "60", 60000 }, { "61", 60000 }, { "99999999999999999999999999", 60000 }, { "60.9", 60000 },
        { "0", 0 }, { "", 0 }, { ".5", 0 }, { "-1", 0 }, { "+1", 0 }, { "1e3", 0 }, { "1,5", 0 }, { " 1", 0 }, { "1 ", 0 },
        { "1,1", 0 }, { "nan", 0 }, { "inf", 0 }, { "0x10", 0 },
    };
    (void)state;
    for (size_t i = 0; i < LENGTH(rows); i++)
        if (tacho__http_seconds(rows[i].text) != rows[i].ms) fail_msg("%s: %u", rows[i].text, tacho__http_seconds(rows[i].text));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(seconds_of_a_scraper_are_read_strictly),
        cmocka_unit_test(names_are_taken_from_every_spelling),
        cmocka_unit_test(a_percent_sign_without_two_digits_is_refused_wherever_it_stands),
        cmocka_unit_test(every_byte_can_be_written_with_percent_signs),
        cmocka_unit_test(so_many_names_are_taken_and_one_more_is_refused),
        cmocka_unit_test(every_short_query_of_awkward_pieces_is_read_without_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
