/*
 * test_push_url.c - addresses of Pushgateways, paths of groups, and the Authorization field.
 * Needs: PUSH
 */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base64.h"
#include "push_login.h"
#include "push_url.h"

#define LENGTH(array) (sizeof(array) / sizeof(array)[0])
#define EIGHT(text) text text text text text text text text
#define LONG_LABEL EIGHT(EIGHT("0123456789abcdef")) /* 1,024 bytes */
#define FILE_OF_100 "/0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789"

/* ---- Addresses --------------------------------------------------------------------------------------------------- */

static void an_address_is_taken_apart(void **state)
{
    (void)state;
    static const struct {
        const char *text, *host, *authority;
        bool v6;
        uint16_t port;
        const char *file, *prefix;
    } cases[] = {
        { "http://127.0.0.1:9091", "127.0.0.1", "127.0.0.1:9091", false, 9091, NULL, "" },
        { "http://push.example.org", "push.example.org", "push.example.org", false, 80, NULL, "" },
        { "http://push-1_a.example.org.:65535/", "push-1_a.example.org.", "push-1_a.example.org.:65535", false, 65535, NULL, "" },
        { "http://[::1]:9091/a/b//", "::1", "[::1]:9091", true, 9091, NULL, "/a/b" },
        { "http://[::ffff:1.2.3.4]", "::ffff:1.2.3.4", "[::ffff:1.2.3.4]", true, 80, NULL, "" },
        { "http://a:1/x%20y@z", NULL, NULL, false, 0, NULL, NULL },
        { "http://a:1/x%20y", "a", "a:1", false, 1, NULL, "/x%20y" },
        { "unix:/run/push.sock", "", "localhost", false, 0, "/run/push.sock", "" },
        { "unix:a@b", "", "localhost", false, 0, "a@b", "" },
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        tacho__push_url url;
        const char *wrong = tacho__push_url_read(&url, cases[i].text);
        if (!cases[i].host) {
            assert_non_null(wrong);
            continue;
        }
        if (wrong) fail_msg("%s: %s", cases[i].text, wrong);
        assert_string_equal(url.host, cases[i].host);
        assert_string_equal(url.authority, cases[i].authority);
        assert_int_equal(url.v6, cases[i].v6);
        assert_int_equal(url.port, cases[i].port);
        if (cases[i].file) assert_string_equal(url.file, cases[i].file);
        else assert_null(url.file);
        assert_int_equal(url.prefix_len, strlen(cases[i].prefix));
        assert_memory_equal(url.prefix, cases[i].prefix, url.prefix_len);
    }
}

static void an_address_that_makes_no_sense_is_refused_in_words(void **state)
{
    (void)state;
    static const struct { const char *text, *words; } cases[] = {
        { "", "http://HOST:PORT" }, { "localhost:9091", "http://HOST:PORT" }, { "ftp://a", "http://HOST:PORT" },
        { "HTTP://a", "http://HOST:PORT" }, { "https://a", "TLS is not spoken" }, { "https://u:p@a", "options" },
        { "http://u:p@a", "options" }, { "http://", "host is missing" }, { "http:///x", "host is missing" },
        { "http://:9091", "host is missing" }, { "http://[]:1", "host is missing" }, { "http://[::1", "brackets" },
        { "http://[::1%25eth0]:1", "brackets" }, { "http://::1:9091", "host is missing" }, { "http://a b", "no host" },
        { "http://a\r\nX: y", "no host" }, { "http://\xc3\xa9", "host is missing" }, { "http://a:", "port" },
        { "http://a:0", "port" }, { "http://a:65536", "port" }, { "http://a:-1", "port" }, { "http://a:1x", "port" },
        { "http://[::1]x", "no host" }, { "http://a:00000000000000000000000000000000000000080x", "port" },
        { "http://a?x", "query" }, { "http://a#x", "query" }, { "http://a/?x", "path" }, { "http://a/b c", "path" },
        { "http://a/\r\nX: y", "path" }, { "http://a/\xc3\xa9", "path" }, { "unix:", "missing" },
        { "unix:" FILE_OF_100 FILE_OF_100, "too long" }, { "http://" LONG_LABEL, "253" },
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        tacho__push_url url;
        const char *wrong = tacho__push_url_read(&url, cases[i].text);
        if (!wrong || !strstr(wrong, cases[i].words)) fail_msg("%s: \"%s\"", cases[i].text, wrong ? wrong : "(fine)");
    }
}

/* ---- Groups ------------------------------------------------------------------------------------------------------ */

static void a_group_is_a_path_that_no_server_takes_apart(void **state)
{
    (void)state;
    static const struct { const char *url, *job; tacho_constant grouping[3]; const char *want; } cases[] = {
        { "http://a", "backup", { { NULL, NULL } }, "/metrics/job/backup" },
        { "http://a/push/", "b", { { "instance", "x" }, { NULL, NULL } }, "/push/metrics/job/b/instance/x" },
        { "http://a", "directory_cleaner", { { "path", "/var/tmp" }, { NULL, NULL } },
          "/metrics/job/directory_cleaner/path@base64/L3Zhci90bXA" },
        { "http://a", "example", { { "first_label", "" }, { "second_label", "foobar" }, { NULL, NULL } },
          "/metrics/job/example/first_label@base64/=/second_label/foobar" },
        { "http://a", "titan", { { "name", "\xce\xa0\xcf\x81" }, { NULL, NULL } }, "/metrics/job/titan/name/%CE%A0%CF%81" },
        { "http://a", "a/b", { { "dot", "." }, { "dots", ".." } , { NULL, NULL } },
          "/metrics/job@base64/YS9i/dot@base64/Lg/dots@base64/Li4" },
        { "http://a", "...", { { "a", " %?#&+=:;\"\\\x01\x7f" }, { "b", "Az09-._~" }, { NULL, NULL } },
          "/metrics/job/.../a/%20%25%3F%23%26%2B%3D%3A%3B%22%5C%01%7F/b/Az09-._~" },
        { "unix:/x", "j", { { "a", "/\xff\xbf" }, { NULL, NULL } }, NULL },
        { "unix:/x", "j", { { "a", "/\xc3\xbf\xc3\xbe?>" }, { NULL, NULL } }, "/metrics/job/j/a@base64/L8O_w74_Pg" },
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        tacho__push_url url;
        tacho_buffer path;
        const char *label, *wrong = tacho__push_group_check(cases[i].job, cases[i].grouping, &label);
        if (!cases[i].want) {
            assert_string_equal(wrong, "the value is not UTF-8");
            assert_string_equal(label, "a");
            continue;
        }
        assert_null(wrong);
        assert_null(tacho__push_url_read(&url, cases[i].url));
        tacho_buffer_init(&path);
        assert_int_equal(tacho__push_path_write(&path.sink, &url, cases[i].job, cases[i].grouping), TACHO_OK);
        assert_string_equal(path.data, cases[i].want);
        tacho_buffer_fini(&path);
    }
}

static void a_group_that_is_none_is_refused_in_words(void **state)
{
    (void)state;
    static tacho_constant many[18];
    static const char *const names[] = { "a0", "a1", "a2", "a3", "a4", "a5", "a6", "a7", "a8",
                                         "a9", "b0", "b1", "b2", "b3", "b4", "b5", "b6" };
    for (size_t i = 0; i < LENGTH(names); i++) many[i] = (tacho_constant){ names[i], "v" };
    static const tacho_constant dashed[] = { { "a-b", "v" }, { NULL, NULL } }, reserved[] = { { "__a", "v" }, { NULL, NULL } },
                                empty[] = { { "", "v" }, { NULL, NULL } }, job[] = { { "job", "v" }, { NULL, NULL } },
                                twice[] = { { "a", "v" }, { "a", "w" }, { NULL, NULL } },
                                null[] = { { "a", NULL }, { NULL, NULL } },
                                slash[] = { { "a/b", "v" }, { NULL, NULL } }, coded[] = { { "a@base64", "v" }, { NULL, NULL } },
                                longer[] = { { "a", LONG_LABEL "x" }, { NULL, NULL } };
    const struct { const char *job; const tacho_constant *grouping; const char *words; } cases[] = {
        { NULL, NULL, "needs a job" }, { "", NULL, "needs a job" }, { "\xff", NULL, "not UTF-8" },
        { LONG_LABEL "x", NULL, "longer" },
        { "j", dashed, "[a-zA-Z_]" }, { "j", reserved, "__" }, { "j", empty, "[a-zA-Z_]" }, { "j", job, "option of its own" },
        { "j", twice, "twice" }, { "j", null, "NULL" }, { "j", slash, "[a-zA-Z_]" }, { "j", coded, "[a-zA-Z_]" },
        { "j", longer, "longer" }, { "j", many, "16 labels" },
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        const char *label, *wrong = tacho__push_group_check(cases[i].job, cases[i].grouping, &label);
        if (!wrong || !strstr(wrong, cases[i].words)) fail_msg("%zu: \"%s\"", i, wrong ? wrong : "(fine)");
    }
}

static void base64_is_that_of_the_rfc(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        { "", "" }, { "f", "Zg==" }, { "fo", "Zm8=" }, { "foo", "Zm9v" }, { "foob", "Zm9vYg==" }, { "fooba", "Zm9vYmE=" },
        { "foobar", "Zm9vYmFy" }, { "\xfb\xff\xfe", "+//+" },
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        char text[16] = "";
        size_t len = strlen(cases[i][0]);
        assert_int_equal(tacho__base64_write(text, cases[i][0], len, TACHO__BASE64_STANDARD), TACHO__BASE64_SIZE(len));
        assert_string_equal(text, cases[i][1]);
    }
}

/* ---- Logins ------------------------------------------------------------------------------------------------------ */

static char login_path[] = "/tmp/tacho_login.XXXXXX";

static void login_put(const char *text)
{
    FILE *file = fopen(login_path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static int login_make_file(void **state)
{
    (void)state;
    int fd = mkstemp(login_path);
    return fd >= 0 ? close(fd) : -1;
}

static int login_remove_file(void **state)
{
    (void)state;
    return unlink(login_path);
}

static void a_login_is_a_field(void **state)
{
    (void)state;
    static const struct { tacho_push_options options; const char *file, *want; } cases[] = {
        { { 0 }, "", "" },
        { { .token = "s3cret" }, "", "Authorization: Bearer s3cret" },
        { { .token_file = login_path }, " \ts3cret \r\nolder\n", "Authorization: Bearer s3cret" },
        { { .user = "Aladdin", .password = "open sesame" }, "", "Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==" },
        { { .user = "", .password_file = login_path }, "a b", "Authorization: Basic OmEgYg==" },
        { { .user = "\xc3\xa9", .password = "\xc3\xa9" }, "", "Authorization: Basic w6k6w6k=" },
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        tacho__push_login login;
        const char *what, *why;
        login_put(cases[i].file);
        assert_int_equal(tacho__push_login_make(&login, &cases[i].options, &what, &why), TACHO_OK);
        assert_string_equal(login.field, cases[i].want);
        if (*login.field) assert_non_null(strstr(login.field, login.encoded));
    }
}

static void the_longest_login_fits(void **state)
{
    (void)state;
    char user[TACHO__PUSH_USER_MAX + 1], password[TACHO__TOKEN_MAX + 2];
    tacho__push_login login;
    const char *what, *why;
    memset(user, 'u', sizeof user);
    memset(password, 'p', sizeof password);
    user[sizeof user - 1] = password[TACHO__TOKEN_MAX] = '\0';
    tacho_push_options options = { .user = user, .password = password };
    assert_int_equal(tacho__push_login_make(&login, &options, &what, &why), TACHO_OK);
    assert_int_equal(strlen(login.field), strlen("Authorization: Basic ") + TACHO__BASE64_SIZE(256 + 1 + 512));
    options = (tacho_push_options){ .token = password };
    assert_int_equal(tacho__push_login_make(&login, &options, &what, &why), TACHO_OK);
    password[TACHO__TOKEN_MAX] = 'p';
    password[TACHO__TOKEN_MAX + 1] = '\0';
    assert_int_equal(tacho__push_login_make(&login, &options, &what, &why), TACHO_ERR_ARG);
}

static void a_login_that_makes_no_sense_is_refused_and_wiped(void **state)
{
    (void)state;
    static const struct { tacho_push_options options; const char *file; tacho_err err; const char *what, *why; } cases[] = {
        { { .token = "t", .user = "u" }, "", TACHO_ERR_ARG, "token", "beside" },
        { { .token = "t", .password = "u" }, "", TACHO_ERR_ARG, "token", "beside" },
        { { .token_file = login_path, .password_file = login_path }, "t", TACHO_ERR_ARG, "token", "beside" },
        { { .user = "u" }, "", TACHO_ERR_ARG, "password", "missing" },
        { { .password = "p" }, "", TACHO_ERR_ARG, "password", "no user" },
        { { .token = "t", .token_file = login_path }, "t", TACHO_ERR_ARG, "token", "twice" },
        { { .user = "u", .password = "t", .password_file = login_path }, "t", TACHO_ERR_ARG, "password", "twice" },
        { { .token = "" }, "", TACHO_ERR_ARG, "token", "empty" },
        { { .token_file = login_path }, " \nsecond\n", TACHO_ERR_ARG, "token", "empty" },
        { { .token_file = "/nonexistent/token" }, "", TACHO_ERR_IO, "token", "read" },
        { { .token_file = "/" }, "", TACHO_ERR_IO, "token", "read" },
        { { .user = "u", .password_file = "/nonexistent/x" }, "", TACHO_ERR_IO, "password", "read" },
        { { .token = "a b" }, "", TACHO_ERR_ARG, "token", "blank" },
        { { .token = "a\r\nX: y" }, "", TACHO_ERR_ARG, "token", "printable" },
        { { .token = "\xc3\xa9" }, "", TACHO_ERR_ARG, "token", "ASCII" },
        { { .token_file = login_path }, LONG_LABEL LONG_LABEL, TACHO_ERR_ARG, "token", "longer" },
        { { .user = "a:b", .password = "p" }, "", TACHO_ERR_ARG, "password", "colon" },
        { { .user = "a\n", .password = "p" }, "", TACHO_ERR_ARG, "password", "printable" },
        { { .user = LONG_LABEL, .password = "p" }, "", TACHO_ERR_ARG, "password", "longer" },
        { { .user = "u", .password = "p\n" }, "", TACHO_ERR_ARG, "password", "printable" },
    };
    static const tacho__push_login wiped;
    for (size_t i = 0; i < LENGTH(cases); i++) {
        tacho__push_login login;
        const char *what, *why;
        login_put(cases[i].file);
        assert_int_equal(tacho__push_login_make(&login, &cases[i].options, &what, &why), cases[i].err);
        if (strcmp(what, cases[i].what) != 0 || !strstr(why, cases[i].why)) fail_msg("%zu: %s: %s", i, what, why);
        assert_memory_equal(login.field, wiped.field, sizeof wiped.field);
        assert_memory_equal(login.secret, wiped.secret, sizeof wiped.secret);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_address_is_taken_apart),
        cmocka_unit_test(an_address_that_makes_no_sense_is_refused_in_words),
        cmocka_unit_test(a_group_is_a_path_that_no_server_takes_apart),
        cmocka_unit_test(a_group_that_is_none_is_refused_in_words),
        cmocka_unit_test(base64_is_that_of_the_rfc),
        cmocka_unit_test(a_login_is_a_field),
        cmocka_unit_test(the_longest_login_fits),
        cmocka_unit_test(a_login_that_makes_no_sense_is_refused_and_wiped),
    };
    return cmocka_run_group_tests(tests, login_make_file, login_remove_file);
}
