/*
 * test_http_get.c - which URLs and tokens are taken, and what is sent for them.
 */
#define _POSIX_C_SOURCE 200809L
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <tacho/tacho.h>

#include "deadline.h"
#include "http_get.h"
#include "support/fake_gateway.h"

#define ANSWER "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
enum { SOON_MS = 300, LATER_MS = 20000 };

static void urls_that_are_not_for_it_are_refused(void **state)
{
    static const struct { const char *url, *why; } rows[] = {
        { "http://127.0.0.1", NULL },
        { "http://[::1]:80/a%20b/", NULL },
        { "127.0.0.1:80", "the URL is wrong: it does not begin with a scheme and ://" },
        { "https://a", "the URL does not begin with http://" },
        { "http://a:b@c", "the URL has a user or password, which is not for it" },
        { "http:///path", "the URL has no host" },
        { "http://a?b=c", "the URL has a '?', which is not for it" },
        { "http://a%0d%0ab", "the URL is wrong: the host has a bad '%'" },
        { "http://a%20b", "the host has characters that no host has" },
        { "http://a:0", "the URL is wrong: the port is no number from 1 to 65535" },
    };
    (void)state;
    for (size_t i = 0; i < TACHO_COUNT(rows); i++) {
        char why[200] = "";
        http_get *get = http_get_new(&(http_get_options){ .url = rows[i].url }, why, sizeof why);
        if ((get == NULL) != (rows[i].why != NULL) || (!get && strcmp(why, rows[i].why) != 0))
            fail_msg("%s: %s", rows[i].url, why);
        http_get_free(get);
    }
}

static void write_token(char *path, const char *token)
{
    int fd = mkstemp(strcpy(path, "/tmp/http_get_XXXXXX"));
    assert_true(fd >= 0);
    assert_int_equal(write(fd, token, strlen(token)), strlen(token));
    (void)close(fd);
}

/* Ask a server that behaves like this. What it was sent is in `server`. */
static bool ask(fake_gateway *server, gateway_manner manner, const char *answer, const char *token, uint32_t ms,
                http_page *page, char *why, size_t cap)
{
    char url[300], file[64] = "";
    assert_true(fake_gateway_start(server, manner, answer, NULL, false));
    (void)snprintf(url, sizeof url, "%s/a%%20b/", server->url);
    if (token) write_token(file, token);
    http_get *get = http_get_new(&(http_get_options){ .url = url, .token_file = token ? file : NULL }, why, cap);
    assert_non_null(get);
    bool got = http_get_page(get, "/page?n=1", deadline_in_ms(ms), page, why, cap);
    http_get_free(get);
    if (token) (void)unlink(file);
    fake_gateway_stop(server);
    return got;
}

static void the_token_is_sent_and_the_path_is_put_together(void **state)
{
    fake_gateway server;
    http_page page;
    char why[200] = "";
    (void)state;
    assert_true(ask(&server, GATEWAY_ANSWERS_SLOWLY, ANSWER, "s3cret\r\nmore\n", LATER_MS, &page, why, sizeof why));
    assert_int_equal(page.status, 200);
    assert_int_equal(page.len, 2);
    assert_memory_equal(page.body, "{}", 2);
    assert_memory_equal(server.head, "GET /a%20b/page?n=1 HTTP/1.1\r\nHost: 127.0.0.1:", 46);
    assert_non_null(strstr(server.head, "\r\nAuthorization: Bearer s3cret\r\n"));
    assert_null(strstr(server.head, "more"));
    http_page_fini(&page);
    fake_gateway_free(&server);
}

static void servers_that_do_not_answer_well_are_left(void **state)
{
    static const struct { gateway_manner manner; const char *answer, *why; } rows[] = {
        { GATEWAY_IS_DEAF, "", "no whole answer before the deadline" },
        { GATEWAY_INTERRUPTS, "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n{}", "no whole answer before the deadline" },
        { GATEWAY_LISTENS, "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n{}", "the answer is no use: it was cut off" },
        { GATEWAY_LISTENS, "", "the answer is no use: it was cut off" },
    };
    (void)state;
    for (size_t i = 0; i < TACHO_COUNT(rows); i++) {
        fake_gateway server;
        http_page page;
        char why[200] = "";
        bool deaf = i < 2;
        assert_false(ask(&server, rows[i].manner, rows[i].answer, NULL, deaf ? SOON_MS : LATER_MS, &page, why, sizeof why));
        assert_string_equal(why, rows[i].why);
        assert_null(page.body);
        fake_gateway_free(&server);
    }
}

static void a_bad_token_file_is_told_without_what_is_in_it(void **state)
{
    static const char *const tokens[] = { "", "\nsecond", "two words", "t\xc3\xa9" };
    (void)state;
    for (size_t i = 0; i <= TACHO_COUNT(tokens); i++) {
        char file[64] = "/tmp/http_get_of_nobody", why[200] = "";
        http_page page;
        if (i < TACHO_COUNT(tokens)) write_token(file, tokens[i]);
        http_get *get = http_get_new(&(http_get_options){ .url = "http://127.0.0.1:1", .token_file = file }, why, sizeof why);
        assert_non_null(get);
        assert_false(http_get_page(get, "/", deadline_in_ms(LATER_MS), &page, why, sizeof why));
        assert_memory_equal(why, "the token file", 14);
        assert_null(strstr(why, "two words"));
        http_get_free(get);
        if (i < TACHO_COUNT(tokens)) (void)unlink(file);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(urls_that_are_not_for_it_are_refused),
        cmocka_unit_test(the_token_is_sent_and_the_path_is_put_together),
        cmocka_unit_test(servers_that_do_not_answer_well_are_left),
        cmocka_unit_test(a_bad_token_file_is_told_without_what_is_in_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
