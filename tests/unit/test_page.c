/*
 * test_page.c - the page at "/": who gets it, with which fields, and what is there in a build without it.
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

#include <tacho/tacho.h>

#include "page.h"
#include "support/http_client.h"

#define SECRET "Authorization: Bearer s3cret\r\n"

static tacho_registry *reg;

static int page_open(void **state)
{
    (void)state;
    reg = tacho_registry_new(NULL);
    return reg ? 0 : -1;
}

static int page_close(void **state)
{
    (void)state;
    tacho_registry_free(reg);
    return 0;
}

static tacho_http *serve(tacho_http_options options)
{
    tacho_http *http;
    options.listen = "127.0.0.1:0";
    assert_int_equal(tacho_http_start(reg, &options, &http), TACHO_OK);
    return http;
}

static void host_answer(tacho_http_route *self, const tacho_http_request *request, tacho_http_reply *reply)
{
    (void)self;
    (void)request;
    *reply = (tacho_http_reply){ .status = 200, .body = "mine\n", .len = 5 };
}

static void the_hosts_own_root_is_served_instead(void **state)
{
    static const tacho_http_route_ops ops = { .path = "/", .answer = host_answer };
    tacho_http_route route = { .ops = &ops };
    (void)state;
    tacho_http *http = serve((tacho_http_options){ 0 });
    assert_int_equal(tacho_http_add_route(http, &route), TACHO_OK);
    http_answer answer = http_fetch(tacho_http_url(http), "GET", "/", "");
    assert_string_equal(answer.body, "mine\n");
    assert_null(strstr(answer.head, "Content-Security-Policy"));
    http_answer_fini(&answer);
    tacho_http_stop(http);
}

static void metrics_at_the_root_are_no_page(void **state)
{
    (void)state;
    tacho_http *http = serve((tacho_http_options){ .path = "/" });
    http_answer answer = http_fetch(tacho_http_url(http), "GET", "/", "");
    assert_int_equal(answer.status, 200);
    assert_non_null(strstr(answer.body, "# TYPE tacho_series gauge"));
    http_answer_fini(&answer);
    tacho_http_stop(http);
}

#ifdef TACHO_NO_PAGE

static void without_the_page_the_root_is_a_404(void **state)
{
    size_t len = 1;
    (void)state;
    assert_null(tacho__page_document(&len));
    assert_int_equal(len, 0);
    tacho_http *http = serve((tacho_http_options){ 0 });
    http_answer answer = http_fetch(tacho_http_url(http), "GET", "/", "");
    assert_int_equal(answer.status, 404);
    assert_string_equal(answer.body, "There is nothing at this path: the metrics are at /metrics\n");
    http_answer_fini(&answer);
    tacho_http_stop(http);
}

#else

/* The whole head of the page's answer; `link` is "" or a line. */
static void assert_head(const http_answer *answer, const char *link)
{
    char *want = NULL;
    assert_true(
        asprintf(&want,
                 "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: %zu\r\n"
                 "Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n"
                 "Content-Security-Policy: %s\r\n"
                 "Referrer-Policy: no-referrer\r\n%s\r\n",
                 tacho__page_size, tacho__page_policy, link) > 0);
    assert_string_equal(answer->head, want);
    free(want);
}

static void the_page_is_the_document_with_exactly_these_fields(void **state)
{
    static const char link[] = "Link: </metrics.json>; rel=\"alternate\"; type=\"application/json\"\r\n";
    (void)state;
    tacho_http *http = serve((tacho_http_options){ 0 });
    http_answer answer = http_fetch(tacho_http_url(http), "GET", "/?a=b", "");
    http_answer head = http_fetch(tacho_http_url(http), "HEAD", "/", "");
    assert_head(&answer, link);
    assert_head(&head, link);
    assert_int_equal(answer.len, tacho__page_size);
    assert_memory_equal(answer.body, tacho__page_bytes, tacho__page_size);
    assert_non_null(strstr(answer.body, "</html>"));
    assert_int_equal(head.len, 0);
    http_answer_fini(&answer);
    http_answer_fini(&head);
    tacho_http_stop(http);
}

static void a_browser_may_run_one_script_and_one_style_and_ask_this_address(void **state)
{
    char script[64], style[64];
    int end = 0;
    (void)state;
    assert_int_equal(sscanf(tacho__page_policy,
                            "default-src 'none'; script-src 'sha256-%44[A-Za-z0-9+/=]'; "
                            "style-src 'sha256-%44[A-Za-z0-9+/=]'%n",
                            script, style, &end),
                     2);
    assert_string_equal(tacho__page_policy + end, "; img-src data:; connect-src 'self'; frame-ancestors 'none'; "
                                                  "base-uri 'none'; form-action 'none'");
    assert_int_equal(strlen(script), 44);
    assert_int_equal(strlen(style), 44);
}

static void where_the_metrics_are_is_told_to_whom_the_token_admits(void **state)
{
    (void)state;
    tacho_http *http = serve((tacho_http_options){ .token = "s3cret", .path = "/a%d/<b>" });
    const char *url = tacho_http_url(http);
    http_answer bare = http_fetch(url, "GET", "/", ""), admitted = http_fetch(url, "GET", "/", SECRET);
    http_answer wrong = http_fetch(url, "HEAD", "/", "Authorization: Bearer wrong\r\n");
    assert_head(&bare, "");
    assert_int_equal(bare.len, tacho__page_size);
    assert_head(&admitted, "Link: </a%d/<b>.json>; rel=\"alternate\"; type=\"application/json\"\r\n");
    assert_int_equal(wrong.status, 401);
    assert_true(http_answer_has(&wrong, "WWW-Authenticate: Bearer realm=\"metrics\""));
    http_answer_fini(&bare);
    http_answer_fini(&admitted);
    http_answer_fini(&wrong);
    tacho_http_stop(http);
}

static void the_longest_path_fits_into_the_fields(void **state)
{
    char path[256] = "/", fields[TACHO__PAGE_FIELDS_MAX];
    (void)state;
    memset(path + 1, 'p', sizeof path - 2);
    tacho__page_fields(path, fields);
    assert_non_null(strstr(fields, path));
    assert_string_equal(fields + strlen(fields) - 20, "\"application/json\"\r\n");
}

static void other_methods_and_bodies_are_refused_there(void **state)
{
    (void)state;
    tacho_http *http = serve((tacho_http_options){ 0 });
    http_answer answer = http_fetch(tacho_http_url(http), "POST", "/", "");
    assert_int_equal(answer.status, 405);
    http_answer_fini(&answer);
    answer = http_fetch(tacho_http_url(http), "GET", "/", "Content-Length: 1\r\n");
    assert_int_equal(answer.status, 413);
    http_answer_fini(&answer);
    answer = http_fetch(tacho_http_url(http), "GET", "//", "");
    assert_int_equal(answer.status, 404);
    http_answer_fini(&answer);
    tacho_http_stop(http);
}

static char long_body[40000];

static void long_answer(tacho_http_route *self, const tacho_http_request *request, tacho_http_reply *reply)
{
    (void)self;
    (void)request;
    *reply = (tacho_http_reply){ .status = 200, .body = long_body, .len = sizeof long_body };
}

static void a_page_leaves_its_connection_as_it_was(void **state)
{
    static const tacho_http_route_ops ops = { .path = "/long", .answer = long_answer };
    static const char *const targets[] = { "/", "/", "/metrics.json", "/", "/long", "/" };
    tacho_http_route route = { .ops = &ops };
    (void)state;
    memset(long_body, 'x', sizeof long_body);
    tacho_http *http = serve((tacho_http_options){ 0 });
    assert_int_equal(tacho_http_add_route(http, &route), TACHO_OK);
    http_client client = http_client_open_slow(tacho_http_url(http), 4096);
    for (size_t i = 0; i < TACHO_COUNT(targets); i++) {
        char request[64];
        (void)snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n", targets[i]);
        assert_true(http_client_say(&client, request));
    }
    for (size_t i = 0; i < TACHO_COUNT(targets); i++) {
        http_answer answer = http_client_read(&client, "GET");
        assert_true(answer.complete);
        if (strcmp(targets[i], "/") == 0) {
            assert_int_equal(answer.len, tacho__page_size);
            assert_memory_equal(answer.body, tacho__page_bytes, tacho__page_size);
        } else if (strcmp(targets[i], "/long") == 0) {
            assert_int_equal(answer.len, sizeof long_body);
            assert_memory_equal(answer.body, long_body, sizeof long_body);
        } else {
            assert_string_equal(answer.body + answer.len - 2, "]\n");
        }
        http_answer_fini(&answer);
    }
    http_client_close(&client);
    tacho_http_stop(http);
}

static void a_server_without_a_socket_has_the_page_too(void **state)
{
    static const char request[] = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    tacho_buffer out;
    (void)state;
    tacho_buffer_init(&out);
    assert_int_equal(tacho_http_respond(reg, NULL, request, strlen(request), &out.sink, NULL), TACHO_OK);
    assert_true(out.len > tacho__page_size);
    assert_memory_equal(out.data + out.len - tacho__page_size, tacho__page_bytes, tacho__page_size);
    tacho_buffer_fini(&out);
}

#endif

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_hosts_own_root_is_served_instead, page_open, page_close),
        cmocka_unit_test_setup_teardown(metrics_at_the_root_are_no_page, page_open, page_close),
#ifdef TACHO_NO_PAGE
        cmocka_unit_test_setup_teardown(without_the_page_the_root_is_a_404, page_open, page_close),
#else
        cmocka_unit_test_setup_teardown(the_page_is_the_document_with_exactly_these_fields, page_open,
                                        page_close),
        cmocka_unit_test_setup_teardown(where_the_metrics_are_is_told_to_whom_the_token_admits, page_open,
                                        page_close),
        cmocka_unit_test_setup_teardown(other_methods_and_bodies_are_refused_there, page_open, page_close),
        cmocka_unit_test_setup_teardown(a_page_leaves_its_connection_as_it_was, page_open, page_close),
        cmocka_unit_test_setup_teardown(a_server_without_a_socket_has_the_page_too, page_open, page_close),
        cmocka_unit_test(a_browser_may_run_one_script_and_one_style_and_ask_this_address),
        cmocka_unit_test(the_longest_path_fits_into_the_fields),
#endif
    };
    return cmocka_run_group_tests_name("page", tests, NULL, NULL);
}
