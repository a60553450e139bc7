/*
 * test_playarr_token.c - the token of Playarr's scrapers: its file from the first start on, and the paths of the admin.
 * Needs: HTTP JSON
 */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <tacho/tacho.h>

#include "alloc.h"
#include "playarr_settings.h"
#include "playarr_token.h"
#include "support/http_client.h"

#define TOKEN "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define OTHER "fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210"
#define BEARER(token) "Authorization: Bearer " token "\r\n"
#define FAILURE "{\"error\":\"Internal server error\"}"

/* ---- A directory ------------------------------------------------------------------------------------------------- */

static struct rig {
    char dir[64], file[128], admin[128], said[128];
    tacho_registry *reg;
    tacho_http *http;
    const char *url;
    playarr_settings settings;
    int out, err; /* copies of what is said to a file instead */
} rig;

static void put(const char *path, const char *text, mode_t mode)
{
    (void)unlink(path);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    assert_int_equal(fchmod(fd, mode), 0);
    close(fd);
}

/* The text of a file; static. */
static const char *text_of(const char *path)
{
    static char text[65536];
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    ssize_t len = read(fd, text, sizeof text - 1);
    close(fd);
    assert_true(len >= 0);
    text[len] = '\0';
    return text;
}

static mode_t mode_of(const char *path)
{
    struct stat file;
    assert_int_equal(lstat(path, &file), 0);
    return file.st_mode & 07777;
}

/* How many entries the directory has: nothing may be left over. */
static size_t entries(void)
{
    size_t count = 0;
    DIR *dir = opendir(rig.dir);
    assert_non_null(dir);
    for (const struct dirent *entry; (entry = readdir(dir));)
        count += entry->d_name[0] != '.' || strlen(entry->d_name) > 2;
    closedir(dir);
    return count;
}

static int rig_up(void **state)
{
    (void)state;
    memset(&rig, 0, sizeof rig);
    (void)snprintf(rig.dir, sizeof rig.dir, "/tmp/playarr-token-XXXXXX");
    if (!mkdtemp(rig.dir)) return -1;
    (void)snprintf(rig.file, sizeof rig.file, "%s/token", rig.dir);
    (void)snprintf(rig.admin, sizeof rig.admin, "%s/admin", rig.dir);
    (void)snprintf(rig.said, sizeof rig.said, "%s/said", rig.dir);
    return 0;
}

static void unsay(void);

static int rig_down(void **state)
{
    char command[256];
    (void)state;
    unsay();
    tacho_http_stop(rig.http);
    if (rig.reg) tacho_registry_free(rig.reg);
    (void)snprintf(command, sizeof command, "rm -rf '%s' '%s.gone'", rig.dir, rig.dir);
    return system(command);
}

static void assert_made(const char *path, const char *token)
{
    char line[PLAYARR_TOKEN_DIGITS + 2];
    assert_int_equal(strlen(token), PLAYARR_TOKEN_DIGITS);
    assert_int_equal(strspn(token, "0123456789abcdef"), PLAYARR_TOKEN_DIGITS);
    (void)snprintf(line, sizeof line, "%s\n", token);
    assert_string_equal(text_of(path), line);
    assert_int_equal(mode_of(path), 0600);
}

static playarr_token token_now(void)
{
    playarr_token token;
    char why[512];
    assert_int_equal(playarr_token_read(rig.file, &token, why, sizeof why), PLAYARR_TOKEN_KEPT);
    return token;
}

/* ---- The file ---------------------------------------------------------------------------------------------------- */

static void a_token_is_made_where_there_is_none_for_the_owner_alone(void **state)
{
    static const mode_t masks[] = { 022, 0, 0777 };
    static const char *const before[] = { NULL, "", " \r\n\n" };
    char why[512];
    (void)state;
    for (size_t i = 0; i < 9; i++) {
        const char *text = before[i % 3];
        (void)unlink(rig.file);
        if (text) put(rig.file, text, 0644);
        mode_t mask = umask(masks[i / 3]);
        assert_int_equal(playarr_token_settle(rig.file, why, sizeof why), PLAYARR_TOKEN_MADE);
        (void)umask(mask);
        assert_string_equal(why, "");
        assert_made(rig.file, token_now().digits);
        assert_int_equal(entries(), 1);
    }
}

static void a_token_is_kept_from_start_to_start(void **state)
{
    char why[512];
    (void)state;
    assert_int_equal(playarr_token_settle(rig.file, why, sizeof why), PLAYARR_TOKEN_MADE);
    playarr_token first = token_now();
    assert_int_equal(playarr_token_settle(rig.file, why, sizeof why), PLAYARR_TOKEN_KEPT);
    assert_string_equal(token_now().digits, first.digits);
    put(rig.file, TOKEN, 0600); /* one that was brought along, without a line end */
    assert_int_equal(playarr_token_settle(rig.file, why, sizeof why), PLAYARR_TOKEN_KEPT);
    assert_string_equal(text_of(rig.file), TOKEN);
    assert_string_equal(token_now().digits, TOKEN);
    assert_string_equal(why, "");
}

static void no_two_tokens_are_alike(void **state)
{
    enum { MANY = 50 };
    static playarr_token all[MANY];
    char why[512];
    (void)state;
    for (size_t i = 0; i < MANY; i++) {
        assert_true(playarr_token_replace(rig.file, &all[i], why, sizeof why));
        assert_made(rig.file, all[i].digits);
        for (size_t j = 0; j < i; j++) assert_string_not_equal(all[i].digits, all[j].digits);
    }
    assert_int_equal(entries(), 1);
}

static void a_file_with_something_else_in_it_is_refused_and_left_alone(void **state)
{
    static const char *const texts[] = {
        "secret",      "0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF",
        TOKEN "0",     "# a comment\n" TOKEN,
        " " TOKEN,     TOKEN "\n" OTHER "\n",
        TOKEN " x",    "x123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
        TOKEN TOKEN TOKEN TOKEN TOKEN,
    };
    playarr_token token;
    char why[512];
    (void)state;
    for (size_t i = 0; i < TACHO_COUNT(texts); i++) {
        put(rig.file, texts[i], 0600);
        assert_int_equal(playarr_token_read(rig.file, &token, why, sizeof why), PLAYARR_TOKEN_UNUSABLE);
        assert_int_equal(playarr_token_settle(rig.file, why, sizeof why), PLAYARR_TOKEN_UNUSABLE);
        assert_non_null(strstr(why, rig.file));
        assert_null(strstr(why, texts[i]));
        assert_string_equal(text_of(rig.file), texts[i]);
    }
}

static void a_file_that_others_choose_is_refused(void **state)
{
    char why[512], target[160];
    (void)state;
    (void)snprintf(target, sizeof target, "%s/target", rig.dir);
    put(target, TOKEN "\n", 0600);
    assert_int_equal(symlink(target, rig.file), 0);
    assert_int_equal(playarr_token_settle(rig.file, why, sizeof why), PLAYARR_TOKEN_UNUSABLE);
    assert_non_null(strstr(why, "symbolic link"));
    assert_int_equal(unlink(target), 0); /* nor is one made where a link leads to */
    assert_int_equal(playarr_token_settle(rig.file, why, sizeof why), PLAYARR_TOKEN_UNUSABLE);
    assert_int_equal(access(target, F_OK), -1);
    assert_int_equal(unlink(rig.file), 0);
    assert_int_equal(mkfifo(rig.file, 0600), 0);
    assert_int_equal(playarr_token_settle(rig.file, why, sizeof why), PLAYARR_TOKEN_UNUSABLE);
    assert_non_null(strstr(why, "regular file"));
    assert_int_equal(playarr_token_settle(rig.dir, why, sizeof why), PLAYARR_TOKEN_UNUSABLE);
    if (geteuid() != 0) return; /* no file can be given away */
    put(rig.file, TOKEN "\n", 0600);
    assert_int_equal(chown(rig.file, 12345, 0), 0);
    assert_int_equal(playarr_token_settle(rig.file, why, sizeof why), PLAYARR_TOKEN_UNUSABLE);
    assert_non_null(strstr(why, "another user"));
    put(rig.file, "", 0600);
    assert_int_equal(chown(rig.file, 12345, 0), 0);
    assert_int_equal(playarr_token_settle(rig.file, why, sizeof why), PLAYARR_TOKEN_UNUSABLE);
}

static void a_token_that_others_can_use_works_with_a_warning(void **state)
{
    static const struct {
        mode_t mode;
        bool warned;
    } rows[] = { { 0600, false }, { 0400, false }, { 0640, false }, { 0644, true }, { 0660, true }, { 0602, true } };
    char why[512];
    (void)state;
    for (size_t i = 0; i < TACHO_COUNT(rows); i++) {
        put(rig.file, TOKEN "\n", rows[i].mode);
        assert_int_equal(playarr_token_settle(rig.file, why, sizeof why), PLAYARR_TOKEN_KEPT);
        assert_int_equal(*why != '\0', rows[i].warned);
        assert_int_equal(mode_of(rig.file), rows[i].mode);
        assert_null(strstr(why, TOKEN));
    }
}

/* A write fails, whoever runs this: no file may grow. */
static void a_token_that_cannot_be_written_leaves_the_old_one(void **state)
{
    struct rlimit before, none;
    playarr_token token;
    char why[512];
    (void)state;
    put(rig.file, TOKEN "\n", 0600);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    none = (struct rlimit){ 0, before.rlim_max };
    void (*handler)(int) = signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &none), 0);
    bool made = playarr_token_replace(rig.file, &token, why, sizeof why);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    (void)signal(SIGXFSZ, handler);
    assert_false(made);
    assert_string_equal(token.digits, "");
    assert_non_null(strstr(why, "File too large"));
    assert_string_equal(text_of(rig.file), TOKEN "\n");
    assert_int_equal(entries(), 1);
}

static void a_place_where_nothing_can_be_made_is_told(void **state)
{
    playarr_token token;
    char why[512], path[192];
    (void)state;
    (void)snprintf(path, sizeof path, "%s/missing/token", rig.dir);
    assert_int_equal(playarr_token_settle(path, why, sizeof why), PLAYARR_TOKEN_UNUSABLE);
    assert_non_null(strstr(why, path));
    assert_non_null(strstr(why, "No such file"));
    (void)snprintf(path, sizeof path, "%s/", rig.dir);
    assert_false(playarr_token_replace(path, &token, why, sizeof why));
    assert_false(playarr_token_replace(rig.dir, &token, why, sizeof why)); /* no file replaces a directory */
    assert_int_equal(entries(), 0);
    assert_int_equal(chmod(rig.dir, 0500), 0);
    if (geteuid() != 0) assert_int_equal(playarr_token_settle(rig.file, why, sizeof why), PLAYARR_TOKEN_UNUSABLE);
    assert_int_equal(chmod(rig.dir, 0700), 0);
}

static void a_path_without_a_directory_is_in_the_current_one(void **state)
{
    char why[512], before[4096];
    (void)state;
    assert_non_null(getcwd(before, sizeof before));
    assert_int_equal(chdir(rig.dir), 0);
    playarr_token_state made = playarr_token_settle("token", why, sizeof why);
    assert_int_equal(chdir(before), 0);
    assert_int_equal(made, PLAYARR_TOKEN_MADE);
    assert_made(rig.file, token_now().digits);
}

static void *replace_often(void *done)
{
    playarr_token token;
    char why[512];
    bool good = true;
    for (size_t i = 0; i < 300 && good; i++) good = playarr_token_replace(rig.file, &token, why, sizeof why);
    atomic_store((atomic_bool *)done, true);
    return good ? NULL : rig.file;
}

static void a_reader_finds_a_whole_token_at_any_time(void **state)
{
    atomic_bool done = false;
    pthread_t thread;
    void *failed;
    (void)state;
    put(rig.file, TOKEN "\n", 0600);
    assert_int_equal(pthread_create(&thread, NULL, replace_often, &done), 0);
    while (!atomic_load(&done)) (void)token_now();
    assert_int_equal(pthread_join(thread, &failed), 0);
    assert_null(failed);
}

/* ---- The admin's paths ------------------------------------------------------------------------------------------- */

/* From here on standard output and error are a file, until unsay. */
static void say_to_file(void)
{
    int fd = open(rig.said, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    (void)fflush(stdout);
    rig.out = dup(STDOUT_FILENO);
    rig.err = dup(STDERR_FILENO);
    assert_true(dup2(fd, STDOUT_FILENO) >= 0 && dup2(fd, STDERR_FILENO) >= 0);
    close(fd);
}

static void unsay(void)
{
    if (!rig.out) return;
    (void)fflush(stdout);
    (void)dup2(rig.out, STDOUT_FILENO);
    (void)dup2(rig.err, STDERR_FILENO);
    close(rig.out);
    close(rig.err);
    rig.out = 0;
}

static void serve(void)
{
    put(rig.file, TOKEN "\n", 0600);
    put(rig.admin, "admin\n", 0600);
    rig.reg = tacho_registry_new(NULL);
    assert_non_null(rig.reg);
    const tacho_http_options options = { .listen = "127.0.0.1:0", .token_file = rig.file, .words = &playarr_words };
    assert_int_equal(tacho_http_start(rig.reg, &options, &rig.http), TACHO_OK);
    assert_int_equal(playarr_settings_add(&rig.settings, rig.http, "playarr_exporter", rig.file, rig.admin), TACHO_OK);
    rig.url = tacho_http_url(rig.http);
}

static void assert_answer(const char *method, const char *target, const char *fields, int status, const char *body)
{
    http_answer answer = http_fetch(rig.url, method, target, fields);
    assert_int_equal(answer.status, status);
    if (body) assert_string_equal(answer.body, body);
    if (body) assert_true(http_answer_has(&answer, "Content-Type: application/json"));
    http_answer_fini(&answer);
}

static void assert_scrape(const char *token, int status)
{
    char fields[128];
    (void)snprintf(fields, sizeof fields, "Authorization: Bearer %s\r\n", token);
    assert_answer("GET", "/metrics", fields, status, status == 401 ? "{\"error\":\"Invalid metrics token\"}" : NULL);
}

#define SHOW "/api/settings/metrics"
#define REGENERATE SHOW "/regenerate"

/* The value of an answer {"value":"..."}. */
static playarr_token value_of(const char *method, const char *target)
{
    playarr_token token = { "" };
    char want[96];
    http_answer answer = http_fetch(rig.url, method, target, BEARER("admin"));
    assert_int_equal(answer.status, 200);
    assert_int_equal(sscanf(answer.body, "{\"value\":\"%64[0-9a-f]", token.digits), 1);
    (void)snprintf(want, sizeof want, "{\"value\":\"%s\"}", token.digits);
    assert_string_equal(answer.body, want);
    assert_true(http_answer_has(&answer, "Content-Type: application/json"));
    assert_true(http_answer_has(&answer, "Cache-Control: no-store"));
    http_answer_fini(&answer);
    return token;
}

static void only_the_admin_gets_at_the_token(void **state)
{
    static const struct {
        const char *method, *target, *fields;
        int status;
    } rows[] = {
        { "GET", SHOW, "", 401 },
        { "GET", SHOW, BEARER("wrong"), 401 },
        { "GET", SHOW, BEARER(TOKEN), 401 },
        { "POST", REGENERATE, "", 401 },
        { "POST", REGENERATE, BEARER(TOKEN), 401 },
        { "GET", REGENERATE, BEARER("admin"), 405 },
        { "POST", SHOW, BEARER("admin"), 405 },
        { "POST", REGENERATE, BEARER("admin") "Content-Length: 2000\r\n", 413 },
        { "GET", "/metrics", BEARER("admin"), 401 },
        { "GET", "/settings/metrics", "", 200 },
    };
    (void)state;
    serve();
    for (size_t i = 0; i < TACHO_COUNT(rows); i++) {
        http_answer answer = http_fetch(rig.url, rows[i].method, rows[i].target, rows[i].fields);
        assert_int_equal(answer.status, rows[i].status);
        assert_null(strstr(answer.body, TOKEN));
        http_answer_fini(&answer);
    }
    assert_string_equal(text_of(rig.file), TOKEN "\n");
}

static void after_a_new_token_the_old_one_is_refused_at_once(void **state)
{
    (void)state;
    serve();
    say_to_file();
    playarr_token old = value_of("GET", SHOW), new = old;
    assert_string_equal(old.digits, TOKEN);
    for (size_t i = 0; i < 20; i++, old = new) {
        assert_scrape(old.digits, 200);
        new = value_of("POST", REGENERATE);
        assert_scrape(old.digits, 401);
        assert_scrape(new.digits, 200);
        assert_made(rig.file, new.digits);
        assert_string_equal(value_of("GET", SHOW).digits, new.digits);
        assert_null(strstr(text_of(rig.said), old.digits));
        assert_null(strstr(text_of(rig.said), new.digits));
    }
    assert_non_null(strstr(text_of(rig.said), "made a new token"));
}

static void a_failure_keeps_the_old_token_and_says_why_to_the_log_alone(void **state)
{
    char gone[128];
    (void)state;
    serve();
    say_to_file();
    assert_scrape(TOKEN, 200);
    (void)snprintf(gone, sizeof gone, "%s.gone", rig.dir);
    assert_int_equal(rename(rig.dir, gone), 0);
    assert_answer("POST", REGENERATE, BEARER("admin"), 500, FAILURE);
    assert_answer("GET", SHOW, BEARER("admin"), 500, FAILURE);
    assert_scrape(TOKEN, 200);
    assert_scrape(OTHER, 401);
    assert_int_equal(rename(gone, rig.dir), 0);
    assert_non_null(strstr(text_of(rig.said), "cannot make a token"));
    assert_null(strstr(text_of(rig.said), TOKEN));
    assert_string_equal(value_of("GET", SHOW).digits, TOKEN);
    put(rig.file, "nonsense with blanks\n", 0600);
    assert_answer("GET", SHOW, BEARER("admin"), 500, FAILURE);
    assert_scrape(TOKEN, 200);
    assert_scrape(value_of("POST", REGENERATE).digits, 200); /* which mends it */
    assert_scrape(TOKEN, 401);
}

static void what_is_shown_is_what_counts_from_then_on(void **state)
{
    (void)state;
    serve();
    assert_scrape(TOKEN, 200);
    put(rig.file, OTHER "\n", 0600);
    assert_string_equal(value_of("GET", SHOW).digits, OTHER);
    assert_scrape(TOKEN, 401);
    assert_scrape(OTHER, 200);
}

static bool no_memory(size_t size)
{
    (void)size;
    return false;
}

static void the_metrics_refuse_in_the_documented_words(void **state)
{
    static const char missing[] = "{\"error\":\"Missing or invalid Authorization header\"}";
    static const char *const fields[] = { "", "Authorization: Basic eDp5\r\n", "Authorization: " TOKEN "\r\n" };
    (void)state;
    serve();
    for (size_t i = 0; i < TACHO_COUNT(fields); i++) assert_answer("GET", "/metrics", fields[i], 401, missing);
    assert_scrape(OTHER, 401);
    http_answer answer = http_fetch(rig.url, "GET", "/metrics", BEARER(TOKEN));
    assert_int_equal(answer.status, 200);
    assert_true(http_answer_has(&answer, "Content-Type: text/plain; version=0.0.4; charset=utf-8"));
    http_answer_fini(&answer);
    tacho__alloc_hook = no_memory;
    answer = http_fetch(rig.url, "GET", "/metrics", BEARER(TOKEN));
    tacho__alloc_hook = TACHO__NO_HOOK;
    assert_int_equal(answer.status, 500);
    assert_string_equal(answer.body, FAILURE);
    assert_true(http_answer_has(&answer, "Content-Type: application/json"));
    http_answer_fini(&answer);
}

static void the_page_holds_nothing_and_may_do_nothing_else(void **state)
{
    char field[1100];
    (void)state;
    serve();
    http_answer answer = http_fetch(rig.url, "GET", "/settings/metrics", "");
    (void)snprintf(field, sizeof field, "Content-Security-Policy: %s", playarr_settings_policy);
    assert_true(http_answer_has(&answer, field));
    assert_true(http_answer_has(&answer, "Content-Type: text/html; charset=utf-8"));
    assert_int_equal(answer.len, playarr_settings_size);
    assert_memory_equal(answer.body, playarr_settings_bytes, playarr_settings_size);
    assert_null(strstr(answer.body, TOKEN));
    assert_non_null(strstr(playarr_settings_policy, "default-src 'none'; script-src 'sha256-"));
    assert_null(strstr(playarr_settings_policy, "unsafe"));
    http_answer_fini(&answer);
}

int main(void)
{
#define RIG(test) cmocka_unit_test_setup_teardown(test, rig_up, rig_down)
    const struct CMUnitTest tests[] = {
        RIG(a_token_is_made_where_there_is_none_for_the_owner_alone),
        RIG(a_token_is_kept_from_start_to_start),
        RIG(no_two_tokens_are_alike),
        RIG(a_file_with_something_else_in_it_is_refused_and_left_alone),
        RIG(a_file_that_others_choose_is_refused),
        RIG(a_token_that_others_can_use_works_with_a_warning),
        RIG(a_token_that_cannot_be_written_leaves_the_old_one),
        RIG(a_place_where_nothing_can_be_made_is_told),
        RIG(a_path_without_a_directory_is_in_the_current_one),
        RIG(a_reader_finds_a_whole_token_at_any_time),
        RIG(only_the_admin_gets_at_the_token),
        RIG(after_a_new_token_the_old_one_is_refused_at_once),
        RIG(a_failure_keeps_the_old_token_and_says_why_to_the_log_alone),
        RIG(what_is_shown_is_what_counts_from_then_on),
        RIG(the_metrics_refuse_in_the_documented_words),
        RIG(the_page_holds_nothing_and_may_do_nothing_else),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
