/*
 * test_token.c - bearer tokens: taken in, read again, compared, hidden.
 *
 * What happens once a second is seen by moving the monotonic clock ahead; files that are to look settled get an old time
 * stamp.
 * Needs: HTTP|PUSH
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
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "token.h"

#define LENGTH(array) (sizeof(array) / sizeof(array)[0])

/* ---- A file, and a registry whose listener is heard ---------------------------------------------------------- */

static struct rig {
    tacho_listener listener;
    tacho_registry *reg;
    char path[64];
    int told;
    char words[512];
    tacho__tokens tokens;
} rig;

static void rig_hear(tacho_listener *self, const char *what)
{
    assert_ptr_equal(self, &rig.listener);
    rig.told++;
    (void)snprintf(rig.words, sizeof rig.words, "%s", what);
}

static void write_tokens(const char *text)
{
    int fd = open(rig.path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    close(fd);
}

/* Give the file a time stamp so old that it counts as settled. */
static void settle_file(void)
{
    struct timespec times[2] = { { .tv_sec = 1000000000 }, { .tv_sec = 1000000000 } };
    assert_int_equal(utimensat(AT_FDCWD, rig.path, times, 0), 0);
}

static int rig_up(void **state)
{
    (void)state;
    rig = (struct rig){ .listener = { rig_hear }, .path = "/tmp/tacho-token-XXXXXX" };
    int fd = mkstemp(rig.path);
    if (fd < 0) return -1;
    close(fd);
    tacho_registry_options options = { .no_self_metrics = 1, .byte_budget = 65536, .listener = &rig.listener };
    rig.reg = tacho_registry_new(&options);
    return rig.reg ? 0 : -1;
}

static int rig_down(void **state)
{
    (void)state;
    tacho__tokens_fini(&rig.tokens);
    (void)unlink(rig.path);
    tacho_registry_free(rig.reg);
    tacho__clock_ahead_ns = 0;
    return 0;
}

static bool matches(const char *text)
{
    return tacho__tokens_match(&rig.tokens, text, strlen(text));
}

static void open_file(const char *text)
{
    write_tokens(text);
    settle_file();
    assert_int_equal(tacho__tokens_init(&rig.tokens, rig.reg, NULL, rig.path), TACHO_OK);
}

static void a_second_later(void)
{
    tacho__clock_ahead_ns += 1100000000;
    tacho__tokens_refresh(&rig.tokens, rig.reg, 0);
}

/* ---- Comparing ------------------------------------------------------------------------------------------------ */

static void a_token_matches_itself_and_nothing_else(void **state)
{
    static const size_t lengths[] = { 1, 2, 7, 8, 9, 63, 64, 511, 512 };
    char text[TACHO__TOKEN_MAX + 2];
    (void)state;
    for (size_t i = 0; i < LENGTH(lengths); i++) {
        size_t len = lengths[i];
        memset(text, 'x', sizeof text);
        text[len] = '\0';
        assert_int_equal(tacho__tokens_init(&rig.tokens, rig.reg, text, NULL), TACHO_OK);
        text[len] = 'x';
        for (size_t given = 0; given <= sizeof text; given++)
            assert_int_equal(tacho__tokens_match(&rig.tokens, text, given), given == len);
        for (size_t at = 0; at < len; at++) {
            text[at] = 'y';
            assert_false(tacho__tokens_match(&rig.tokens, text, len));
            text[at] = 'x';
        }
        memset(text, 0, sizeof text);
        for (size_t given = 0; given <= sizeof text; given++)
            assert_false(tacho__tokens_match(&rig.tokens, text, given));
        tacho__tokens_fini(&rig.tokens);
    }
}

static void each_of_eight_tokens_matches(void **state)
{
    static const char *const texts[] = { "1", "22", "333", "4444", "55555", "6666666", "7777777", "88888888" };
    (void)state;
    open_file("1\n22\n333\n4444\n55555\n6666666\n7777777\n88888888\n");
    for (size_t i = 0; i < LENGTH(texts); i++) assert_true(matches(texts[i]));
    assert_false(matches("122"));
    assert_false(matches(""));
    assert_false(matches("2"));
    assert_false(matches("666666"));
}

static void a_verdict_tells_a_missing_token_from_a_wrong_one(void **state)
{
    static const struct {
        const char *value;
        tacho__verdict want;
    } rows[] = {
        { NULL, TACHO__NO_TOKEN },
        { "", TACHO__NO_TOKEN },
        { "Bearer", TACHO__NO_TOKEN },
        { "Basic secret", TACHO__NO_TOKEN },
        { "Bearersecret", TACHO__NO_TOKEN },
        { "Bearer\tsecret", TACHO__NO_TOKEN },
        { "secret", TACHO__NO_TOKEN },
        { "Bearer ", TACHO__WRONG_TOKEN },
        { "Bearer secre", TACHO__WRONG_TOKEN },
        { "Bearer secrets", TACHO__WRONG_TOKEN },
        { "Bearer SECRET", TACHO__WRONG_TOKEN },
        { "Bearer secret secret", TACHO__WRONG_TOKEN },
        { "Bearer secret", TACHO__ADMITTED },
        { "bearer   secret", TACHO__ADMITTED },
        { "BEARER secret", TACHO__ADMITTED },
    };
    tacho__tokens none = { .vault = NULL };
    (void)state;
    assert_int_equal(tacho__tokens_init(&rig.tokens, rig.reg, "secret", NULL), TACHO_OK);
    for (size_t i = 0; i < LENGTH(rows); i++) {
        const char *value = rows[i].value;
        size_t len = value ? strlen(value) : 0;
        if (tacho__tokens_judge(&rig.tokens, value, len) != rows[i].want) fail_msg("\"%s\"", value ? value : "(none)");
        assert_int_equal(tacho__tokens_judge(&none, value, len), TACHO__ADMITTED);
    }
}

/* ---- Taking in -------------------------------------------------------------------------------------------------- */

static void a_token_that_no_header_carries_is_refused_and_not_shown(void **state)
{
    static const char *const texts[] = { "s3cret b", "s3cret\tb", "s3cret\r", "s3cret\xc3\xa4", "s3cret\x7f" };
    char text[TACHO__TOKEN_MAX + 2] = { 0 };
    (void)state;
    for (size_t i = 0; i < LENGTH(texts); i++) {
        assert_int_equal(tacho__tokens_init(&rig.tokens, rig.reg, texts[i], NULL), TACHO_ERR_ARG);
        assert_null(strstr(tacho_registry_error(rig.reg), "s3cret"));
        tacho__tokens_fini(&rig.tokens);
    }
    memset(text, 'x', TACHO__TOKEN_MAX + 1);
    assert_int_equal(tacho__tokens_init(&rig.tokens, rig.reg, text, NULL), TACHO_ERR_ARG);
    tacho__tokens_fini(&rig.tokens);
    assert_int_equal(tacho__tokens_init(&rig.tokens, rig.reg, "", NULL), TACHO_OK);
    assert_null(rig.tokens.vault);
}

static void a_file_is_taken_whole_or_not_at_all(void **state)
{
    static const struct {
        const char *text, *words;
    } rows[] = {
        { "", "empty" },
        { "\n \n# x\n", "empty" },
        { "good\nbad one\n", "a blank" },
        { "1\n2\n3\n4\n5\n6\n7\n8\n9\n", "more than 8" },
    };
    (void)state;
    for (size_t i = 0; i < LENGTH(rows); i++) {
        write_tokens(rows[i].text);
        assert_int_equal(tacho__tokens_init(&rig.tokens, rig.reg, NULL, rig.path), TACHO_ERR_ARG);
        assert_non_null(strstr(tacho_registry_error(rig.reg), rows[i].words));
        assert_non_null(strstr(tacho_registry_error(rig.reg), rig.path));
        tacho__tokens_fini(&rig.tokens);
    }
    char *huge = malloc(20000);
    assert_non_null(huge);
    memset(huge, '#', 19999);
    huge[19999] = '\0';
    write_tokens(huge);
    free(huge);
    assert_int_equal(tacho__tokens_init(&rig.tokens, rig.reg, NULL, rig.path), TACHO_ERR_ARG);
    assert_non_null(strstr(tacho_registry_error(rig.reg), "16 KiB"));
}

/* ---- Reading again ------------------------------------------------------------------------------------------------ */

static void a_changed_file_is_read_again_a_second_later(void **state)
{
    (void)state;
    open_file("old\n");
    write_tokens("old\nnew\n");
    tacho__tokens_refresh(&rig.tokens, rig.reg, 0);
    assert_false(matches("new")); /* not yet */
    a_second_later();
    assert_true(matches("old") && matches("new"));
    write_tokens("new\n");
    a_second_later();
    assert_false(matches("old"));
    assert_true(matches("new"));
    assert_int_equal(rig.told, 0);
}

static void a_file_that_changes_within_one_tick_of_its_time_stamp_is_read_again(void **state)
{
    struct stat first;
    (void)state;
    write_tokens("one\n");
    assert_int_equal(tacho__tokens_init(&rig.tokens, rig.reg, NULL, rig.path), TACHO_OK);
    assert_int_equal(stat(rig.path, &first), 0);
    write_tokens("two\n"); /* same size, same file */
    struct timespec times[2] = { first.st_atim, first.st_mtim };
    assert_int_equal(utimensat(AT_FDCWD, rig.path, times, 0), 0);
    rig.tokens.seen.st_ctim = (struct timespec){ 0 };
    assert_int_equal(stat(rig.path, &rig.tokens.seen), 0); /* as if all stamps were alike */
    a_second_later();
    assert_true(matches("two"));
}

static void a_file_that_is_asked_for_is_read_at_once(void **state)
{
    (void)state;
    open_file("old\n");
    write_tokens("new\n");
    tacho__tokens_refresh(&rig.tokens, rig.reg, 1);
    assert_true(matches("new"));
    write_tokens("newer\n");
    tacho__tokens_refresh(&rig.tokens, rig.reg, 1);
    assert_true(matches("new"));
}

static void what_cannot_be_read_leaves_the_old_tokens_and_is_told_once(void **state)
{
    static const char *const faulty[] = { "", "two words\n", "1\n2\n3\n4\n5\n6\n7\n8\n9\n", "s3cret\x01\n" };
    (void)state;
    open_file("old\n");
    for (size_t i = 0; i < LENGTH(faulty); i++) {
        rig.told = 0;
        write_tokens(faulty[i]);
        for (int j = 0; j < 3; j++) a_second_later();
        assert_true(matches("old"));
        assert_int_equal(rig.told, 1);
        assert_non_null(strstr(rig.words, rig.path));
        assert_null(strstr(rig.words, "s3cret"));
        write_tokens("old\n");
        a_second_later();
        assert_int_equal(rig.told, 1);
    }
    rig.told = 0;
    assert_int_equal(unlink(rig.path), 0);
    for (int j = 0; j < 3; j++) a_second_later();
    assert_true(matches("old"));
    assert_int_equal(rig.told, 1);
    assert_int_equal(mkfifo(rig.path, 0600), 0); /* opening it must not wait for a writer */
    a_second_later();
    assert_true(matches("old"));
    assert_int_equal(unlink(rig.path), 0);
    write_tokens("back\n");
    a_second_later();
    assert_true(matches("back"));
}

static void a_settled_file_is_not_opened_again(void **state)
{
    struct stat after;
    (void)state;
    open_file("token\n");
    struct timespec times[2] = { { .tv_sec = 900000000 }, { .tv_sec = 1000000000 } }; /* an old access is noted when read */
    assert_int_equal(utimensat(AT_FDCWD, rig.path, times, 0), 0);
    assert_int_equal(stat(rig.path, &rig.tokens.seen), 0);
    assert_true(rig.tokens.settled);
    uint64_t looked = rig.tokens.looked_ns;
    a_second_later();
    assert_true(rig.tokens.looked_ns > looked);
    assert_int_equal(stat(rig.path, &after), 0);
    assert_int_equal(after.st_atim.tv_sec, 900000000);
}

static void a_file_that_everybody_may_read_is_told_once_and_works(void **state)
{
    (void)state;
    write_tokens("open\n");
    assert_int_equal(chmod(rig.path, 0644), 0);
    assert_int_equal(tacho__tokens_init(&rig.tokens, rig.reg, NULL, rig.path), TACHO_OK);
    assert_int_equal(rig.told, 1);
    assert_non_null(strstr(rig.words, "every user"));
    assert_non_null(strstr(tacho_registry_error(rig.reg), rig.path));
    assert_true(matches("open"));
    for (int i = 0; i < 3; i++) a_second_later();
    assert_int_equal(rig.told, 1);
    tacho__tokens_fini(&rig.tokens);
    rig.told = 0;
    assert_int_equal(chmod(rig.path, 0640), 0); /* a group is somebody's decision */
    assert_int_equal(tacho__tokens_init(&rig.tokens, rig.reg, NULL, rig.path), TACHO_OK);
    assert_int_equal(rig.told, 0);
}

/* ---- Hidden --------------------------------------------------------------------------------------------------------- */

#if defined(__linux__)
/* The flags of the mapping around an address, as /proc/self/smaps has them. */
static void mapping_flags(const void *at, char *out, size_t cap)
{
    char line[512];
    bool inside = false;
    FILE *maps = fopen("/proc/self/smaps", "re");
    out[0] = '\0';
    if (!maps) return;
    while (fgets(line, sizeof line, maps)) {
        unsigned long begin, end;
        if (sscanf(line, "%lx-%lx ", &begin, &end) == 2) inside = (uintptr_t)at >= begin && (uintptr_t)at < end;
        if (inside && strncmp(line, "VmFlags:", 8) == 0) (void)snprintf(out, cap, "%s ", line + 8);
    }
    (void)fclose(maps);
}

static void tokens_are_in_no_core_dump(void **state)
{
    char flags[512];
    (void)state;
    assert_int_equal(tacho__tokens_init(&rig.tokens, rig.reg, "secret", NULL), TACHO_OK);
    mapping_flags(rig.tokens.vault, flags, sizeof flags);
    if (!flags[0]) skip(); /* not every kernel tells */
    assert_non_null(strstr(flags, " dd "));
}

static void a_forked_child_has_no_tokens(void **state)
{
    (void)state;
    char flags[512];
    assert_int_equal(tacho__tokens_init(&rig.tokens, rig.reg, "secret", NULL), TACHO_OK);
    mapping_flags(rig.tokens.vault, flags, sizeof flags);
    if (!strstr(flags, " wf ")) skip();
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        const char *at = (const char *)rig.tokens.vault;
        for (size_t i = 0; i < 4096; i++)
            if (at[i]) _exit(1);
        _exit(matches("secret") || matches("") || tacho__tokens_judge(&rig.tokens, NULL, 0) == TACHO__ADMITTED);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    assert_true(matches("secret"));
}
#endif

int main(void)
{
#define RIG(test) cmocka_unit_test_setup_teardown(test, rig_up, rig_down)
    const struct CMUnitTest tests[] = {
        RIG(a_token_matches_itself_and_nothing_else),
        RIG(each_of_eight_tokens_matches),
        RIG(a_verdict_tells_a_missing_token_from_a_wrong_one),
        RIG(a_token_that_no_header_carries_is_refused_and_not_shown),
        RIG(a_file_is_taken_whole_or_not_at_all),
        RIG(a_changed_file_is_read_again_a_second_later),
        RIG(a_file_that_changes_within_one_tick_of_its_time_stamp_is_read_again),
        RIG(a_file_that_is_asked_for_is_read_at_once),
        RIG(what_cannot_be_read_leaves_the_old_tokens_and_is_told_once),
        RIG(a_settled_file_is_not_opened_again),
        RIG(a_file_that_everybody_may_read_is_told_once_and_works),
#if defined(__linux__)
        RIG(tokens_are_in_no_core_dump),
        RIG(a_forked_child_has_no_tokens),
#endif
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
