/*
 * test_options.c - what the exporters' common options say of the server: addresses, hosts, families; and what is told of mistakes.
 * Needs: HTTP
 */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <tacho/tacho.h>

#include "listeners.h"
#include "options.h"
#include "say.h"
#include "support/http_client.h"

enum { MOST = 48 };

static const option_program program = {
    .name = "test_exporter", .about = "A test.", .listen = "127.0.0.1:9999", .more = "",
};

/* What came of a command line. */
struct parsed {
    option_result result;
    exporter_options options;
    char said[4096]; /* on standard error, and on standard output */
};

static int redirected(int fd, int to)
{
    int before = fcntl(fd, F_DUPFD_CLOEXEC, 3);
    assert_true(before >= 0 && dup2(to, fd) == fd);
    return before;
}

static void parse(struct parsed *parsed, const char *const *arguments, size_t count)
{
    char *argv[MOST + 2] = { (char *)(uintptr_t)program.name };
    assert_true(count <= MOST);
    for (size_t i = 0; i < count; i++) argv[i + 1] = (char *)(uintptr_t)arguments[i];
    FILE *said = tmpfile();
    assert_non_null(said);
    (void)fflush(stdout);
    int err = redirected(STDERR_FILENO, fileno(said)), out = redirected(STDOUT_FILENO, fileno(said));
    parsed->result = options_parse(&program, (int)count + 1, argv, &parsed->options);
    (void)fflush(stdout);
    (void)dup2(err, STDERR_FILENO);
    (void)dup2(out, STDOUT_FILENO);
    close(err);
    close(out);
    rewind(said);
    size_t len = fread(parsed->said, 1, sizeof parsed->said - 1, said);
    parsed->said[len] = '\0';
    (void)fclose(said);
}

#define PARSE(parsed, ...) \
    parse(parsed, (const char *const[]){ __VA_ARGS__ }, sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(char *))

static void assert_mistake(const struct parsed *parsed, const char *words)
{
    assert_true(parsed->result.leave);
    assert_int_equal(parsed->result.status, EXIT_USAGE);
    if (!strstr(parsed->said, words)) fail_msg("\"%s\" is not in: %s", words, parsed->said);
    assert_ptr_equal(strchr(parsed->said, '\n'), parsed->said + strlen(parsed->said) - 1); /* one line */
}

/* ---- Addresses ------------------------------------------------------------------------------------------------------- */

static void one_address_or_none_is_as_it_was(void **state)
{
    struct parsed parsed;
    (void)state;
    PARSE(&parsed, "--demo");
    assert_false(parsed.result.leave);
    assert_int_equal(parsed.options.has_listen, 0);
    assert_string_equal(parsed.options.listen, "127.0.0.1:9999");
    PARSE(&parsed, "--listen=systemd:");
    assert_int_equal(parsed.options.has_listen, 1);
    assert_string_equal(parsed.options.listen, "systemd:");
}

static void several_addresses_are_listeners_in_their_order(void **state)
{
    static const char *const want[] = { "127.0.0.1:1", "unix:a", "fd:7", "systemd:x" };
    struct parsed parsed;
    listeners all;
    (void)state;
    PARSE(&parsed, "--listen", want[0], "--listen=unix:a", "--demo", "--listen", want[2], "--listen", want[3], "--path", "/m");
    assert_false(parsed.result.leave);
    assert_true(listeners_init(&all, &parsed.options, NULL));
    const tacho_http_options *at = all.http;
    for (size_t i = 0; i < TACHO_COUNT(want); i++, at = at->also) {
        assert_string_equal(at->listen, want[i]);
        assert_string_equal(at->path, "/m");
        assert_null(at->hosts);
        assert_int_equal(at->name_count, 0);
    }
    assert_null(at);
    listeners_fini(&all);
}

static void sixteen_addresses_are_taken_and_no_more(void **state)
{
    const char *arguments[17];
    struct parsed parsed;
    (void)state;
    for (size_t i = 0; i < 17; i++) arguments[i] = "--listen=fd:3";
    parse(&parsed, arguments, 16);
    assert_false(parsed.result.leave);
    assert_int_equal(parsed.options.has_listen, 16);
    parse(&parsed, arguments, 17);
    assert_mistake(&parsed, "--listen can come at most 16 times");
}

/* ---- Lists ----------------------------------------------------------------------------------------------------------- */

static void lists_are_taken_or_refused_in_words(void **state)
{
    static const struct {
        const char *option, *value;
        bool fine;
    } rows[] = {
        { "--hosts", "metrics.example.org", true }, { "--hosts", "a,b-c.d,[::1],10.0.0.1,x_y", true },
        { "--hosts", "*", true },                   { "--hosts", "a,", false },
        { "--hosts", ",a", false },                 { "--hosts", "a,,b", false },
        { "--hosts", "a b", false },                { "--hosts", "a:9464", false },
        { "--hosts", "*.example.org", false },      { "--hosts", "http://a", false },
        { "--hosts", "[::1", false },               { "--hosts", "[]", false },
        { "--only", "a_total", true },              { "--only", "a_*,b:c", true },
        { "--only", "*", true },                    { "--only", "a*b", false },
        { "--only", "**", false },                  { "--only", "9a", false },
        { "--only", "a, b", false },                { "--only", "a.b", false },
        { "--only", "a{b=\"c\"}", false },          { "--only", ",", false },
    };
    struct parsed parsed;
    (void)state;
    for (size_t i = 0; i < TACHO_COUNT(rows); i++) {
        PARSE(&parsed, rows[i].option, rows[i].value);
        if (parsed.result.leave == rows[i].fine) fail_msg("%s %s: %s", rows[i].option, rows[i].value, parsed.said);
        if (!rows[i].fine) assert_mistake(&parsed, rows[i].option);
    }
    PARSE(&parsed, "--hosts", "");
    assert_mistake(&parsed, "--hosts needs a value");
    PARSE(&parsed, "--once", "--only", "a");
    assert_mistake(&parsed, "belong to a server");
}

static void a_list_has_at_most_64_parts(void **state)
{
    char list[200] = "";
    struct parsed parsed;
    listeners all;
    (void)state;
    for (int i = 0; i < 64; i++) strcat(list, i ? ",a" : "a");
    PARSE(&parsed, "--hosts", list, "--only", list);
    assert_false(parsed.result.leave);
    assert_true(listeners_init(&all, &parsed.options, NULL));
    assert_int_equal(all.http->name_count, 64);
    assert_string_equal(all.hosts[63], "a");
    assert_null(all.hosts[64]);
    listeners_fini(&all);
    strcat(list, ",a");
    PARSE(&parsed, "--hosts", list);
    assert_mistake(&parsed, "--hosts");
}

/* ---- A server ---------------------------------------------------------------------------------------------------------- */

static int status_for(const char *url, const char *target, const char *host)
{
    char request[256];
    http_client client = http_client_open(url);
    (void)snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: %s\r\n\r\n", target, host);
    assert_true(http_client_say(&client, request));
    http_answer answer = http_client_read(&client, "GET");
    int status = answer.status;
    http_answer_fini(&answer);
    http_client_close(&client);
    return status;
}

static void what_the_options_say_is_what_is_served(void **state)
{
    static tacho_counter *shown, *hidden;
    static const tacho_desc rows[] = {
        { .counter = &shown, .name = "a_shown_total", .help = "Shown." },
        { .counter = &hidden, .name = "b_hidden_total", .help = "Hidden." },
    };
    char path[] = "/tmp/tacho-options-XXXXXX", file[64], listen[80], where[256];
    struct parsed parsed;
    listeners all;
    tacho_http *http;
    (void)state;
    assert_non_null(mkdtemp(path));
    (void)snprintf(file, sizeof file, "%s/sock", path);
    (void)snprintf(listen, sizeof listen, "unix:%s", file);
    PARSE(&parsed, "--listen", "127.0.0.1:0", "--listen", listen, "--hosts", "one.example,two.example", "--only", "a_*");
    assert_false(parsed.result.leave);
    tacho_registry *reg = tacho_registry_new(NULL);
    assert_int_equal(TACHO_DEFINE(reg, rows), TACHO_OK);
    assert_true(listeners_init(&all, &parsed.options, NULL));
    assert_int_equal(tacho_http_start(reg, all.http, &http), TACHO_OK);
    for (size_t i = 0; i < 2; i++) {
        const char *url = tacho_http_listener_url(http, i);
        http_answer answer = http_fetch(url, "GET", "/metrics?name[]=a_shown_total&name[]=b_hidden_total", "");
        assert_non_null(strstr(answer.body, "a_shown_total 0"));
        assert_null(strstr(answer.body, "hidden"));
        http_answer_fini(&answer);
        assert_int_equal(status_for(url, "/metrics", "two.example:443"), 200);
        assert_int_equal(status_for(url, "/metrics", "evil.example"), 403);
    }
    listeners_describe(http, where, sizeof where);
    assert_ptr_equal(strstr(where, tacho_http_url(http)), where);
    assert_non_null(strstr(where, "/metrics, http://unix:/tmp/"));
    listeners_describe(http, where, 10); /* what does not fit is left out */
    assert_int_equal(strlen(where), 9);
    tacho_http_stop(http);
    listeners_fini(&all);
    tacho_registry_free(reg);
    assert_int_equal(rmdir(path), 0);
}

static void the_help_has_every_kind_of_address(void **state)
{
    static const char *const words[] = { "--listen HOST:PORT|unix:PATH|fd:N|systemd:[NAME]", "default 127.0.0.1:9999",
                                         "--hosts NAME[,NAME]", "--only NAME[,NAME]" };
    struct parsed parsed;
    (void)state;
    PARSE(&parsed, "--help");
    assert_true(parsed.result.leave);
    assert_int_equal(parsed.result.status, 0);
    for (size_t i = 0; i < TACHO_COUNT(words); i++)
        if (!strstr(parsed.said, words[i])) fail_msg("no %s in --help", words[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_address_or_none_is_as_it_was),
        cmocka_unit_test(several_addresses_are_listeners_in_their_order),
        cmocka_unit_test(sixteen_addresses_are_taken_and_no_more),
        cmocka_unit_test(lists_are_taken_or_refused_in_words),
        cmocka_unit_test(a_list_has_at_most_64_parts),
        cmocka_unit_test(what_the_options_say_is_what_is_served),
        cmocka_unit_test(the_help_has_every_kind_of_address),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
