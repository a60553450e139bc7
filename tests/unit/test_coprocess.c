/*
 * test_coprocess.c - programs beside this one: what goes in and out, what they inherit, and that they go away.
 */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "coprocess.h"
#include "deadline.h"

enum { PATIENCE_MS = 20000, HEARD = 1 << 21 };

static char heard[HEARD + 1];
static size_t heard_len;

static coprocess start(const char *script)
{
    char *arguments[] = { (char *)"sh", (char *)"-c", (char *)script, NULL };
    char *environment[] = { (char *)"PATH=/usr/local/bin:/usr/bin:/bin", NULL };
    coprocess process = COPROCESS_NONE;
    assert_true(coprocess_start(&process, "/bin/sh", arguments, environment));
    return process;
}

/* Send, and listen until the text ends with `end`, or the process goes another way. */
static coprocess_step converse(coprocess *process, const char *out, size_t out_len, const char *end,
                               uint32_t ms)
{
    uint64_t deadline_ns = deadline_in_ms(ms);
    size_t end_len = end ? strlen(end) : 0;
    heard_len = 0;
    for (;;) {
        size_t len = HEARD - heard_len;
        assert_true(len > 0);
        coprocess_step step = coprocess_talk(process, &out, &out_len, heard + heard_len, &len, deadline_ns);
        if (step != COPROCESS_WENT_ON) return step;
        heard_len += len;
        heard[heard_len] = '\0';
        if (end && heard_len >= end_len && memcmp(heard + heard_len - end_len, end, end_len) == 0)
            return step;
    }
}

static void assert_ending(coprocess *process, const char *want)
{
    char ending[40];
    assert_true(coprocess_await(process, deadline_in_ms(PATIENCE_MS)));
    coprocess_ending(process, ending, sizeof ending);
    assert_string_equal(ending, want);
    assert_int_equal(process->pid, 0);
    assert_int_equal(process->io, -1);
    assert_int_equal(process->error, -1);
}

static void what_is_sent_comes_back_however_much(void **state)
{
    enum { LEN = 1 << 20 };
    (void)state;
    char *sent = malloc(LEN);
    assert_non_null(sent);
    for (size_t i = 0; i < LEN; i++) sent[i] = (char)('a' + i % 23);
    memcpy(sent + LEN - 4, "END\n", 4);
    coprocess process = start("exec cat");
    assert_int_equal(converse(&process, sent, LEN, "END\n", PATIENCE_MS), COPROCESS_WENT_ON);
    assert_int_equal(heard_len, LEN);
    assert_memory_equal(heard, sent, LEN);
    coprocess_hang_up(&process);
    assert_ending(&process, "exit status 0");
    free(sent);
}

static void a_missing_program_is_told_by_errno(void **state)
{
    char *arguments[] = { (char *)"x", NULL }, *environment[] = { NULL };
    coprocess process = COPROCESS_NONE;
    (void)state;
    assert_false(coprocess_start(&process, "/nonexistent/program", arguments, environment));
    assert_int_equal(errno, ENOENT);
    assert_false(coprocess_start(&process, "no-such-program-anywhere", arguments, environment));
    assert_int_equal(errno, ENOENT);
    assert_int_equal(process.pid, 0);
    assert_true(coprocess_kill(&process)); /* nothing, and no harm */
}

static void what_is_written_before_the_end_is_read_before_the_end(void **state)
{
    (void)state;
    coprocess process = start("printf last; echo why >&2; exit 3");
    assert_int_equal(converse(&process, "never read", 10, NULL, PATIENCE_MS), COPROCESS_ENDED);
    assert_string_equal(heard, "last");
    assert_int_equal(process.said_len, 4);
    assert_memory_equal(process.said, "why\n", 4);
    assert_ending(&process, "exit status 3");
}

static void only_the_end_of_standard_error_is_kept(void **state)
{
    (void)state;
    coprocess process =
        start("i=0; while [ $i -lt 3000 ]; do echo line $i; i=$((i + 1)); done >&2; printf done");
    assert_int_equal(converse(&process, "", 0, NULL, PATIENCE_MS), COPROCESS_ENDED);
    assert_string_equal(heard, "done");
    assert_in_range(process.said_len, 100, sizeof process.said);
    assert_memory_equal(process.said + process.said_len - 10, "line 2999\n", 10);
    assert_ending(&process, "exit status 0");
}

static void what_is_said_at_the_very_end_is_heard(void **state)
{
    (void)state;
    for (int i = 0; i < 20; i++) {
        coprocess process = start("dd if=/dev/zero bs=100000 count=1 3>&2 2>/dev/null >&3; echo last >&2");
        assert_int_equal(converse(&process, "", 0, NULL, PATIENCE_MS), COPROCESS_ENDED);
        assert_true(process.said_len >= 5);
        assert_memory_equal(process.said + process.said_len - 5, "last\n", 5);
        assert_ending(&process, "exit status 0");
    }
}

static void a_peer_that_is_gone_raises_no_signal(void **state)
{
    static char much[1 << 20];
    (void)state;
    coprocess process = start("exit 0");
    assert_int_equal(converse(&process, much, sizeof much, NULL, PATIENCE_MS), COPROCESS_ENDED);
    assert_ending(&process, "exit status 0");
}

static void silence_ends_at_the_deadline_and_so_does_chatter(void **state)
{
    static const char *const scripts[] = { "exec sleep 1000", "while :; do echo x >&2; done" };
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        coprocess process = start(scripts[i]);
        uint64_t begin_ns = deadline_now_ns();
        assert_int_equal(converse(&process, "", 0, NULL, 200), COPROCESS_LATE);
        uint64_t took_ms = (deadline_now_ns() - begin_ns) / 1000000;
        assert_in_range(took_ms, 200, 5000);
        assert_true(coprocess_kill(&process));
        assert_ending(&process, "signal 9");
    }
}

static void killing_takes_the_whole_process_group_along(void **state)
{
    (void)state;
    coprocess process = start("sleep 1000 & printf ready; wait");
    assert_int_equal(converse(&process, "", 0, "ready", PATIENCE_MS), COPROCESS_WENT_ON);
    pid_t group = process.pid;
    assert_int_equal(kill(-group, 0), 0);
    assert_true(coprocess_kill(&process));
    for (int i = 0; i < 1000 && kill(-group, 0) == 0; i++) /* until init has reaped the grandchild */
        nanosleep(&(struct timespec){ .tv_nsec = 10000000 }, NULL);
    assert_int_not_equal(kill(-group, 0), 0);
}

static void a_child_has_all_signals_at_their_default_and_a_group_of_its_own(void **state)
{
    sigset_t all, before;
    struct sigaction ignore = { .sa_handler = SIG_IGN }, old;
    (void)state;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    sigaction(SIGTERM, &ignore, &old);
    coprocess process = start("kill -TERM $$; echo survived");
    assert_int_equal(getpgid(process.pid), process.pid);
    assert_int_equal(converse(&process, "", 0, NULL, PATIENCE_MS), COPROCESS_ENDED);
    sigaction(SIGTERM, &old, NULL);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    assert_ending(&process, "signal 15");
}

static void a_child_has_no_descriptor_but_its_own(void **state)
{
    (void)state;
    coprocess first = start("exec cat");
    coprocess second =
        start("i=3; while [ $i -lt 100 ]; do [ -e /proc/$$/fd/$i ] && echo $i; i=$((i + 1)); done; echo end");
    assert_int_equal(converse(&second, "", 0, NULL, PATIENCE_MS), COPROCESS_ENDED);
    assert_string_equal(heard, "end\n");
    assert_ending(&second, "exit status 0");
    coprocess_hang_up(&first);
    assert_ending(&first, "exit status 0");
}

#if defined(__GLIBC__) && (__GLIBC__ > 2 || (__GLIBC__ == 2 && __GLIBC_MINOR__ >= 34))
static void what_others_left_open_is_not_inherited(void **state)
{
    (void)state;
    assert_int_equal(dup2(STDERR_FILENO, 77), 77); /* without close-on-exec */
    coprocess process = start("[ -e /proc/$$/fd/77 ] && printf leaked || printf none");
    assert_int_equal(converse(&process, "", 0, NULL, PATIENCE_MS), COPROCESS_ENDED);
    close(77);
    assert_string_equal(heard, "none");
    assert_ending(&process, "exit status 0");
}
#endif

static void a_host_without_standard_descriptors_can_start_one(void **state)
{
    int saved[2];
    (void)state;
    for (int i = 0; i < 2; i++) {
        saved[i] = fcntl(i, F_DUPFD_CLOEXEC, 10);
        close(i);
    }
    coprocess process = start("read -r line; echo \"$line\"; echo said >&2");
    coprocess_step step = converse(&process, "hello\n", 6, NULL, PATIENCE_MS);
    for (int i = 0; i < 2; i++) {
        dup2(saved[i], i);
        close(saved[i]);
    }
    assert_int_equal(step, COPROCESS_ENDED);
    assert_string_equal(heard, "hello\n");
    assert_memory_equal(process.said, "said\n", 5);
    assert_ending(&process, "exit status 0");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_sent_comes_back_however_much),
        cmocka_unit_test(a_missing_program_is_told_by_errno),
        cmocka_unit_test(what_is_written_before_the_end_is_read_before_the_end),
        cmocka_unit_test(only_the_end_of_standard_error_is_kept),
        cmocka_unit_test(what_is_said_at_the_very_end_is_heard),
        cmocka_unit_test(a_peer_that_is_gone_raises_no_signal),
        cmocka_unit_test(silence_ends_at_the_deadline_and_so_does_chatter),
        cmocka_unit_test(killing_takes_the_whole_process_group_along),
        cmocka_unit_test(a_child_has_all_signals_at_their_default_and_a_group_of_its_own),
        cmocka_unit_test(a_child_has_no_descriptor_but_its_own),
#if defined(__GLIBC__) && (__GLIBC__ > 2 || (__GLIBC__ == 2 && __GLIBC_MINOR__ >= 34))
        cmocka_unit_test(what_others_left_open_is_not_inherited),
#endif
        cmocka_unit_test(a_host_without_standard_descriptors_can_start_one),
    };
    return cmocka_run_group_tests_name("coprocess", tests, NULL, NULL);
}
