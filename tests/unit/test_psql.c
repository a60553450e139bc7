/*
 * test_psql.c - the pool of `psql` children against one that a script plays: answers, failures, deadlines, secrets.
 *
 * The script reads statements made of these lines, and answers when it is told to echo a mark:
 *   ROW TEXT    write TEXT, '@' being NUL and '~' a line feed    NULL        a row with one NULL
 *   ERROR TEXT  fail with SQLSTATE 22012 and this message        ENV NAME    a row with a variable of the environment
 *   PID, ARGS   a row with its process id, its arguments         WORDS       write to standard error
 *   HANG, DIE, FLOOD, DEAF, UNSENT   as they say                 ONCE DIE    die, but only once
 */
#define _POSIX_C_SOURCE 200809L
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "psql.h"
#include "psql_place.h"
#include "psql_reader.h"
#include "psql_script.h"

enum { PATIENCE_MS = 20000 };

static const char fake[] =
    "#!/bin/sh\n"
    "dir=${0%/*} args=$*\n"
    "fresh() { err=false state=none msg='old words'; }\n"
    "fresh\n"
    "while IFS= read -r line; do\n"
    "    case $line in\n"
    "    '\\pset null '*) nonce=${line#*\\'}; nonce=${nonce%-null\\'} ;;\n"
    "    '\\set SQLSTATE '*) fresh; state=00000 ;;\n"
    "    'ROW '*) printf '%s' \"${line#ROW }\" | tr '@~' '\\000\\n' ;;\n"
    "    NULL) printf 'n\\000%s-null\\000' \"$nonce\" ;;\n"
    "    'ERROR '*) err=true state=22012 msg=${line#ERROR } ;;\n"
    "    'ENV '*) eval \"value=\\${${line#ENV }-unset}\"; printf 'v\\000%s\\000' \"$value\" ;;\n"
    "    PID) printf 'pid\\000%s\\000' $$ ;;\n"
    "    ARGS) printf 'args\\000%s\\000' \"$args\" ;;\n"
    "    WORDS) echo 'NOTICE: some words' >&2 ;;\n"
    "    HANG) sleep 1000 ;;\n"
    "    DIE) echo 'psql: error: no such server' >&2; exit 2 ;;\n"
    "    'ONCE DIE') [ -e \"$dir/once\" ] || { : >\"$dir/once\"; exit 2; } ;;\n"
    "    FLOOD) while :; do printf 'a\\000%01000d\\000\\000' 0; done ;;\n"
    "    DEAF) deaf=1 ;;\n"
    "    UNSENT) state=none ;;\n"
    "    '\\echo '*-end) printf '%s\\n' \"${line#??????}\" ;;\n"
    "    '\\echo '*)\n"
    "        mark=${line#??????}\n"
    "        printf '%s %s %s %s %s\\n' \"${mark%% *}\" $err $state \"$msg\" \"$nonce\" ;;\n"
    "    esac\n"
    "done\n"
    "while [ \"$deaf\" ]; do sleep 1000; done\n";

struct place {
    char dir[64], program[80], once[80];
};

static struct place place_new(void)
{
    struct place place = { .dir = "/tmp/test_psql.XXXXXX" };
    assert_non_null(mkdtemp(place.dir));
    snprintf(place.program, sizeof place.program, "%s/psql", place.dir);
    snprintf(place.once, sizeof place.once, "%s/once", place.dir);
    FILE *file = fopen(place.program, "w");
    assert_non_null(file);
    assert_int_not_equal(fputs(fake, file), EOF);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(chmod(place.program, 0700), 0);
    return place;
}

static void place_free(struct place place)
{
    unlink(place.program);
    unlink(place.once);
    assert_int_equal(rmdir(place.dir), 0);
}

static psql *pool_new(const struct place *place, size_t children)
{
    char why[200] = "";
    const psql_options options = { .url = "postgres://user:se%20cret@host.example:5433/base?sslmode=require",
                                   .program = place->program,
                                   .children = children,
                                   .max_bytes = 100000,
                                   .backoff_min_ms = 60000,
                                   .backoff_max_ms = 120000 };
    psql *db = psql_new(&options, why, sizeof why);
    if (!db) fail_msg("%s", why);
    return db;
}

static psql_answers *ask_for(psql *db, uint32_t ms, size_t count, ...)
{
    const char *statements[8];
    va_list arguments;
    va_start(arguments, count);
    for (size_t i = 0; i < count; i++) statements[i] = va_arg(arguments, const char *);
    va_end(arguments);
    psql_answers *answers = psql_ask(db, statements, count, PSQL_EACH, deadline_in_ms(ms));
    assert_non_null(answers);
    assert_int_equal(answers->count, count);
    return answers;
}

/* The answers as text: "2x1 a=1,a=NULL;" or "!SQLSTATE words;". */
static const char *shown(psql_answers *answers)
{
    static char text[4096];
    size_t len = 0;
    for (size_t i = 0; i < answers->count; i++) {
        const psql_answer *answer = &answers->list[i];
        if (answer->error) {
            assert_true(answer->row_count == 0 && answer->column_count == 0 && !answer->fields);
            len += (size_t)snprintf(text + len, sizeof text - len, "!%s %s", answer->sqlstate, answer->error);
            text[len++] = ';';
            continue;
        }
        len += (size_t)snprintf(text + len, sizeof text - len, "%zux%zu", answer->row_count,
                                answer->column_count);
        for (size_t row = 0; row < answer->row_count; row++)
            for (size_t column = 0; column < answer->column_count; column++) {
                const psql_field *field = psql_field_at(answer, row, column);
                if (field->text) assert_int_equal(strlen(field->text), field->len);
                len += (size_t)snprintf(text + len, sizeof text - len, "%c%s=%s", row + column ? ',' : ' ',
                                        answer->columns[column], field->text ? field->text : "NULL");
            }
        text[len++] = ';';
    }
    text[len] = '\0';
    psql_answers_free(answers);
    return text;
}

static void assert_has(const char *text, const char *part)
{
    if (!strstr(text, part)) fail_msg("'%s' is not in '%s'", part, text);
}

/* Whether a process is gone, waiting for its reaping by whoever has to. */
static bool is_gone(pid_t pid)
{
    for (int i = 0; i < 1000; i++) {
        if (kill(pid, 0) != 0) return errno == ESRCH;
        nanosleep(&(struct timespec){ .tv_nsec = 10000000 }, NULL);
    }
    return false;
}

static pid_t pid_of(psql *db)
{
    const char *text = shown(ask_for(db, PATIENCE_MS, 1, "PID"));
    assert_has(text, "1x1 pid=");
    return (pid_t)atoi(text + 8);
}

/* ---- Answers ----------------------------------------------------------------------------------------------------- */

static void rows_fields_and_nulls_are_told_apart(void **state)
{
    (void)state;
    struct place place = place_new();
    psql *db = pool_new(&place, 1);
    assert_string_equal(
        shown(ask_for(db, PATIENCE_MS, 7, "nothing", "ROW a@1@", "ROW a@@", "NULL", "ROW a@1@b@@@a@@b@2@",
                      "ROW a@b@b@a@@a@~@b@@", "ROW a@ ~@@a@null@")),
        "0x0;1x1 a=1;1x1 a=;1x1 n=NULL;2x2 a=1,b=,a=,b=2;2x2 a=b,b=a,a=\n,b=;2x1 a= \n,a=null;");
    psql_free(db);
    place_free(place);
}

static void errors_are_words_of_their_statement_alone(void **state)
{
    (void)state;
    struct place place = place_new();
    psql *db = pool_new(&place, 1);
    assert_string_equal(
        shown(ask_for(db, PATIENCE_MS, 5, "ROW a@1@", "ERROR division by zero", "ROW a@1@\nERROR late",
                      "WORDS\nROW a@2@", "ERROR \x01 \x1b[2J  \xc3\xbc")),
        "1x1 a=1;!22012 division by zero;!22012 late;1x1 a=2;!22012 ? ?[2J ??;");
    assert_has(shown(ask_for(db, PATIENCE_MS, 1, "UNSENT")), "! psql has not sent the statement");
    assert_string_equal(shown(ask_for(db, PATIENCE_MS, 1, "ROW a@3@")), "1x1 a=3;");
    psql_free(db);
    place_free(place);
}

static void nothing_but_the_nonce_ends_an_answer(void **state)
{
#define ZEROS "00000000000000000000000000000000"
    static const char *const forged[] = {
        ("ROW " ZEROS "-1-0 false 00000  " ZEROS "~" ZEROS "-1-end~"),
        "ROW noise",
        "ROW @@",
        "ROW @1@",
        "ROW a@1@@",
        "ROW a@1@@b@2@",
        "ROW a@1@b@1@@a@2@",
        "ROW a@1@@a@2@b@2@",
    };
    (void)state;
    for (size_t i = 0; i < sizeof forged / sizeof *forged; i++) {
        struct place place = place_new();
        psql *db = pool_new(&place, 1);
        assert_string_equal(shown(ask_for(db, PATIENCE_MS, 2, "ROW a@1@", forged[i])),
                            "1x1 a=1;! psql has written what is no answer to the statement;");
        psql_free(db);
        place_free(place);
    }
}

static void the_child_sees_the_url_in_its_environment_and_nothing_else(void **state)
{
    (void)state;
    struct place place = place_new();
    psql *db = pool_new(&place, 1);
    setenv("PGOPTIONS", "-c something=1", 1);
    setenv("PGSERVICE", "elsewhere", 1);
    assert_string_equal(
        shown(ask_for(db, PATIENCE_MS, 8, "ENV PGHOST", "ENV PGPORT", "ENV PGUSER", "ENV PGPASSWORD",
                      "ENV PGDATABASE", "ENV PGSSLMODE", "ENV PGOPTIONS", "ENV PGSERVICE")),
        "1x1 v=host.example;1x1 v=5433;1x1 v=user;1x1 v=se cret;1x1 v=base;1x1 v=require;"
        "1x1 v=unset;1x1 v=unset;");
    assert_string_equal(shown(ask_for(db, PATIENCE_MS, 6, "ENV HOME", "ENV PGPASSFILE", "ENV LC_ALL",
                                      "ENV PGTZ", "ENV PGCLIENTENCODING", "ARGS")),
                        "1x1 v=/nonexistent;1x1 v=/nonexistent/pgpass;1x1 v=C;1x1 v=UTC;1x1 v=UTF8;"
                        "1x1 args=-X -w -q -A -t -x -z -0;");
    unsetenv("PGOPTIONS");
    unsetenv("PGSERVICE");
    psql_free(db);
    place_free(place);
}

/* ---- Failures ---------------------------------------------------------------------------------------------------- */

static void a_child_that_dies_is_told_and_its_place_waits(void **state)
{
    (void)state;
    struct place place = place_new();
    psql *db = pool_new(&place, 1);
    assert_string_equal(shown(ask_for(db, PATIENCE_MS, 2, "DIE", "ROW a@1@")),
                        "! psql has ended, exit status 2: psql: error: no such server;"
                        "! psql has ended, exit status 2: psql: error: no such server;");
    uint64_t begin_ns = deadline_now_ns();
    const char *text = shown(ask_for(db, PATIENCE_MS, 1, "ROW a@1@"));
    assert_has(text, "! tried again in ");
    assert_has(text, "no such server");
    assert_true(deadline_now_ns() - begin_ns < (uint64_t)PATIENCE_MS * 1000000 / 2);
    psql_free(db);
    place_free(place);
}

static void one_place_that_waits_leaves_the_others(void **state)
{
    (void)state;
    struct place place = place_new();
    psql *db = pool_new(&place, 2);
    assert_has(shown(ask_for(db, PATIENCE_MS, 1, "DIE")), "no such server");
    assert_string_equal(shown(ask_for(db, PATIENCE_MS, 1, "ROW a@1@")), "1x1 a=1;");
    psql_free(db);
    place_free(place);
}

static void a_child_that_had_served_is_replaced_within_the_call(void **state)
{
    (void)state;
    struct place place = place_new();
    psql *db = pool_new(&place, 1);
    pid_t before = pid_of(db);
    assert_string_equal(shown(ask_for(db, PATIENCE_MS, 1, "ONCE DIE\nROW a@1@")), "1x1 a=1;");
    pid_t after = pid_of(db);
    assert_int_not_equal(before, after);
    kill(after, SIGKILL);
    assert_string_equal(shown(ask_for(db, PATIENCE_MS, 1, "ROW a@2@")), "1x1 a=2;");
    assert_has(shown(ask_for(db, PATIENCE_MS, 1, "DIE")), "no such server"); /* twice is too much */
    psql_free(db);
    place_free(place);
}

static void no_call_is_tried_twice_for_anything_else(void **state)
{
    (void)state;
    struct place place = place_new();
    psql *db = pool_new(&place, 1);
    assert_has(shown(ask_for(db, PATIENCE_MS, 1, "ONCE DIE")),
               "! psql has ended, exit status 2;"); /* its first call */
    psql_free(db);
    unlink(place.once);
    db = pool_new(&place, 1);
    pid_of(db);
    assert_string_equal(shown(ask_for(db, PATIENCE_MS, 2, "ROW a@1@", "ONCE DIE")), /* behind an answer */
                        "1x1 a=1;! psql has ended, exit status 2;");
    psql_free(db);
    place_free(place);
}

static void what_was_answered_before_a_failure_stays(void **state)
{
    static const struct {
        const char *statement, *words;
        uint32_t ms;
    } rows[] = {
        { "DIE", "! psql has ended, exit status 2: psql: error: no such server;", PATIENCE_MS },
        { "HANG", "! no answer from PostgreSQL before the deadline, after 500 ms;", 500 },
        { "FLOOD", "! the answers have more than 100000 bytes, or memory is out;", PATIENCE_MS },
        { "ROW noise", "! psql has written what is no answer to the statement;", PATIENCE_MS },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct place place = place_new();
        psql *db = pool_new(&place, 2);
        pid_t pid = pid_of(db);
        uint64_t begin_ns = deadline_now_ns();
        const char *text = shown(ask_for(db, rows[i].ms, 2, "ROW a@1@", rows[i].statement));
        assert_memory_equal(text, "1x1 a=1;", 8);
        assert_string_equal(text + 8, rows[i].words);
        if (rows[i].ms < PATIENCE_MS)
            assert_true(deadline_now_ns() - begin_ns < (uint64_t)(rows[i].ms + 5000) * 1000000);
        assert_true(is_gone(pid));
        assert_string_equal(shown(ask_for(db, PATIENCE_MS, 1, "ROW a@2@")), "1x1 a=2;");
        psql_free(db);
        place_free(place);
    }
}

static void a_missing_program_is_named_with_its_package(void **state)
{
    struct place place = { .program = "/nonexistent/psql" };
    (void)state;
    psql *db = pool_new(&place, 1);
    assert_string_equal(
        shown(ask_for(db, PATIENCE_MS, 1, "PID")),
        "! the program /nonexistent/psql is missing (Debian: apt-get install postgresql-client);");
    psql_free(db);
}

static void calls_that_cannot_be_made_harm_no_child(void **state)
{
    static const char *many[PSQL_MAX_STATEMENTS + 1];
    (void)state;
    struct place place = place_new();
    psql *db = pool_new(&place, 1);
    pid_t pid = pid_of(db);
    assert_has(shown(ask_for(db, 0, 1, "PID")), "! the deadline had passed before the call");
    for (size_t i = 0; i <= PSQL_MAX_STATEMENTS; i++) many[i] = "";
    psql_answers *answers =
        psql_ask(db, many, PSQL_MAX_STATEMENTS + 1, PSQL_EACH, deadline_in_ms(PATIENCE_MS));
    assert_non_null(answers);
    assert_int_equal(answers->error_count, PSQL_MAX_STATEMENTS + 1);
    psql_answers_free(answers);
    assert_string_equal(shown(ask_for(db, PATIENCE_MS, 0)), "");
    assert_int_equal(pid_of(db), pid);
    psql_free(db);
    place_free(place);
}

/* ---- Life and threads -------------------------------------------------------------------------------------------- */

static void freeing_ends_all_children_even_deaf_ones(void **state)
{
    (void)state;
    struct place place = place_new();
    psql *db = pool_new(&place, 1);
    pid_t pid = pid_of(db);
    psql_free(db);
    assert_int_not_equal(kill(pid, 0), 0); /* reaped, too */
    db = pool_new(&place, 1);
    assert_string_equal(shown(ask_for(db, PATIENCE_MS, 1, "DEAF")), "0x0;");
    pid = pid_of(db);
    uint64_t begin_ns = deadline_now_ns();
    psql_free(db);
    assert_int_not_equal(kill(pid, 0), 0);
    assert_true(deadline_now_ns() - begin_ns < UINT64_C(10000000000));
    psql_free(NULL);
    place_free(place);
}

struct asker {
    psql *db;
    int number;
    size_t good;
    uint32_t ms;
    const char *statement;
    psql_answers *answers;
};

static void *asker_main(void *argument)
{
    struct asker *asker = argument;
    for (int round = 0; round < 20; round++) {
        char statement[40];
        int64_t value;
        snprintf(statement, sizeof statement, "ROW a@%d@", asker->number * 1000 + round);
        psql_answers *answers = ask_for(asker->db, PATIENCE_MS, 1, statement);
        if (!answers->list[0].error && psql_field_int(psql_field_at(&answers->list[0], 0, 0), &value) &&
            value == asker->number * 1000 + round)
            asker->good++;
        psql_answers_free(answers);
    }
    return NULL;
}

static void threads_get_the_answers_to_their_own_questions(void **state)
{
    enum { ASKERS = 6 };
    struct asker askers[ASKERS];
    pthread_t threads[ASKERS];
    sigset_t all, before;
    (void)state;
    struct place place = place_new();
    psql *db = pool_new(&place, 3);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    for (int i = 0; i < ASKERS; i++) {
        askers[i] = (struct asker){ .db = db, .number = i };
        assert_int_equal(pthread_create(&threads[i], NULL, asker_main, &askers[i]), 0);
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    for (int i = 0; i < ASKERS; i++) {
        pthread_join(threads[i], NULL);
        assert_int_equal(askers[i].good, 20);
    }
    psql_free(db);
    place_free(place);
}

static void *hang_main(void *argument)
{
    struct asker *asker = argument;
    asker->answers = ask_for(asker->db, asker->ms, 1, "HANG");
    return NULL;
}

static void who_finds_no_place_waits_until_the_deadline_and_no_longer(void **state)
{
    pthread_t thread;
    (void)state;
    struct place place = place_new();
    psql *db = pool_new(&place, 1);
    pid_of(db);
    struct asker hanging = { .db = db, .ms = 3000 };
    assert_int_equal(pthread_create(&thread, NULL, hang_main, &hanging), 0);
    const char *text;
    do text = shown(ask_for(db, 400, 1, "PID")); /* until the other one has the place */
    while (strncmp(text, "1x1", 3) == 0);
    assert_has(text, "! no psql was free before the deadline, after 400 ms");
    text = shown(ask_for(db, PATIENCE_MS, 1, "PID")); /* gets the place, or learns at once that it waits */
    assert_has(text, "! tried again in ");
    pthread_join(thread, NULL);
    assert_has(shown(hanging.answers), "! no answer from PostgreSQL before the deadline");
    psql_free(db);
    place_free(place);
}

static void a_place_whose_pause_ends_serves_who_waits_for_another(void **state)
{
    char why[200] = "";
    pthread_t thread;
    (void)state;
    struct place place = place_new();
    const psql_options options = { .url = "postgres:///base", .program = place.program, .children = 2,
                                   .backoff_min_ms = 500, .backoff_max_ms = 500 };
    psql *db = psql_new(&options, why, sizeof why);
    assert_non_null(db);
    struct asker hanging = { .db = db, .ms = 6000 };
    assert_int_equal(pthread_create(&thread, NULL, hang_main, &hanging), 0);
    nanosleep(&(struct timespec){ .tv_nsec = 100000000 }, NULL); /* for it to have the first place */
    assert_has(shown(ask_for(db, PATIENCE_MS, 1, "DIE")), "no such server");
    assert_string_equal(shown(ask_for(db, 4000, 1, "ROW a@1@")), "1x1 a=1;");
    pthread_join(thread, NULL);
    psql_answers_free(hanging.answers);
    psql_free(db);
    place_free(place);
}

/* ---- Parts ------------------------------------------------------------------------------------------------------- */

static void bad_urls_are_told_without_their_secrets(void **state)
{
    static const char *const rows[][2] = {
        { "", "no URL" },
        { "mysql://secret@h/d", "postgres" },
        { "postgres:/secret", "scheme" },
        { "secret", "scheme" },
        { "postgres://u:secret@h:0/d", "port" },
        { "postgres://u:secret@h:65536/d", "port" },
        { "postgres://u:secret@h:5x/d", "port" },
        { "postgres://u:secret@h:/d", "port" },
        { "postgres://u:secret@a,b/d", "only one" },
        { "postgres://u:sec@ret@h/d", "%40" },
        { "postgres://u:secret#x@h/d", "%23" },
        { "postgres://u:secret @h/d", "blank" },
        { "postgres://u:secret%@h/d", "%25" },
        { "postgres://u:secret%0a@h/d", "%25" },
        { "postgres://u:secret%00@h/d", "%25" },
        { "postgres://u:secret@[::1/d", "bracket" },
        { "postgres://u:secret@[secret]/d", "bracket" },
        { "postgres://u:secret@h/d?secret", "NAME=VALUE" },
        { "postgres://u:secret@h/d?secret=1", "parameter" },
        { "postgres://u:secret@h/d?port=secret", "port" },
        { "postgres://u@h/host=h%20password=secret", "database" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char why[400] = "";
        assert_null(psql_new(&(psql_options){ .url = rows[i][0] }, why, sizeof why));
        if (!strstr(why, rows[i][1])) fail_msg("row %zu: '%s'", i, why);
        assert_null(strstr(why, "secret"));
    }
}

static void urls_become_variables(void **state)
{
    static const struct {
        const char *url, *host, *port, *user, *password, *database;
    } rows[] = {
        { "postgres://", NULL, NULL, NULL, NULL, NULL },
        { "postgresql://h", "h", NULL, NULL, NULL, NULL },
        { "postgresql://u@h:1/", "h", "1", "u", NULL, NULL },
        { "postgresql://u:@h/d", "h", NULL, "u", "", "d" },
        { "postgresql://u%40:p%3A%2f%c3%bc@[::1]:5432/a%2Fb", "::1", "5432", "u@", "p:/\xc3\xbc", "a/b" },
        { "postgresql://u:p@%2Frun%2Fpg/d", "/run/pg", NULL, "u", "p", "d" },
        { "postgresql:///d?host=/run/pg&port=7&user=v&password=q", "/run/pg", "7", "v", "q", "d" },
        { "postgresql://u:p@h/d?dbname=e&user=w", "h", NULL, "w", "p", "e" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *names[] = { "PGHOST", "PGPORT", "PGUSER", "PGPASSWORD", "PGDATABASE" };
        const char *want[] = { rows[i].host, rows[i].port, rows[i].user, rows[i].password, rows[i].database };
        psql_place place;
        char why[200] = "";
        assert_true(psql_place_init(&place, rows[i].url, NULL, NULL, why, sizeof why));
        for (size_t k = 0; k < 5; k++) {
            const char *got = psql_place_value(&place, names[k]);
            if (!got != !want[k] || (got && strcmp(got, want[k]) != 0)) fail_msg("row %zu: %s", i, names[k]);
        }
        assert_string_equal(psql_place_value(&place, "PGAPPNAME"), "tacho");
        psql_place_fini(&place);
    }
    psql_place place;
    char why[200] = "";
    assert_true(
        psql_place_init(&place, "postgres://u:p@h/d?application_name=x", "other", "mine", why, sizeof why));
    assert_string_equal(psql_place_value(&place, "PGPASSWORD"), "other");
    assert_string_equal(psql_place_value(&place, "PGAPPNAME"), "x");
    psql_place_fini(&place);
}

#define TIMEOUT                                                                            \
    "SELECT pg_catalog.set_config('statement_timeout', greatest(1, 900 -"                  \
    " (extract(epoch FROM clock_timestamp()) - :tacho_start) * 1000)::bigint::text, true)" \
    " AS tacho_timeout \\gset\n\\set SQLSTATE none\n"

static void statements_stand_in_transactions_that_only_read(void **state)
{
    static const char *const statements[] = { "one", "two" };
    static const char want_each[] =
        "SELECT extract(epoch FROM clock_timestamp()) AS tacho_start \\gset\n"
        "BEGIN READ ONLY;\n" TIMEOUT
        "one\n;\n\\r\n\\echo N-7-0 :ERROR :SQLSTATE :LAST_ERROR_MESSAGE N\nROLLBACK;\n"
        "BEGIN READ ONLY;\n" TIMEOUT
        "two\n;\n\\r\n\\echo N-7-1 :ERROR :SQLSTATE :LAST_ERROR_MESSAGE N\nROLLBACK;\n"
        "\\echo N-7-end\n";
    static const char want_snapshot[] =
        "SELECT extract(epoch FROM clock_timestamp()) AS tacho_start \\gset\n"
        "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;\nSAVEPOINT tacho;\n" TIMEOUT
        "one\n;\n\\r\n\\echo N-7-0 :ERROR :SQLSTATE :LAST_ERROR_MESSAGE N\nROLLBACK TO SAVEPOINT tacho;\n" TIMEOUT
        "two\n;\n\\r\n\\echo N-7-1 :ERROR :SQLSTATE :LAST_ERROR_MESSAGE N\nROLLBACK TO SAVEPOINT tacho;\n"
        "ROLLBACK;\n\\echo N-7-end\n";
    (void)state;
    psql_script script = psql_script_new();
    psql_script_ask(&script, "N", 7, statements, 2, PSQL_EACH, 900);
    assert_string_equal(script.text, want_each);
    assert_int_equal(script.len, strlen(want_each));
    free(script.text);
    script = psql_script_new();
    psql_script_ask(&script, "N", 7, statements, 2, PSQL_SNAPSHOT, 900);
    assert_string_equal(script.text, want_snapshot);
    free(script.text);
}

static void nonces_differ(void **state)
{
    char one[PSQL_NONCE_LEN + 1], two[PSQL_NONCE_LEN + 1];
    (void)state;
    assert_true(psql_nonce_make(one) && psql_nonce_make(two));
    assert_int_equal(strspn(one, "0123456789abcdef"), PSQL_NONCE_LEN);
    assert_string_not_equal(one, two);
}

#define NONCE "0123456789abcdef0123456789abcdef"
static const char output[] =
    "a\0001\000b\000" NONCE "-null\000\000a\000\000b\000x\000" NONCE "-1-0 false 00000 old " NONCE "\n" NONCE
    "-1-1 true 22012 some\nwords " NONCE "\n" NONCE "-1-2 false 00000  " NONCE "\n" NONCE "-1-end\n";

static psql_answers *parse(const char *bytes, size_t len)
{
    size_t room;
    psql_reader *reader = psql_reader_new(3, len); /* so that a sanitizer sees a byte too many read */
    assert_non_null(reader);
    char *to = psql_reader_room(reader, &room);
    if (len > 0) {
        assert_true(to && room == len);
        memcpy(to, bytes, len);
        psql_reader_took(reader, len);
    }
    psql_reader_parse(reader, NONCE, 1);
    return psql_reader_finish(reader, "cut");
}

static void output_that_is_cut_or_mangled_does_no_harm(void **state)
{
    static const char bytes[] = "a\0\n -0";
    char mangled[sizeof output];
    (void)state;
    assert_string_equal(shown(parse(output, sizeof output - 1)),
                        "2x2 a=1,b=NULL,a=,b=x;!22012 some words;0x0;");
    for (size_t len = 0; len < sizeof output - 1; len++) {
        const char *text = shown(parse(output, len));
        assert_true(strncmp(text, "! cut;", 6) == 0 || strncmp(text, "2x2 a=1,b=NULL,a=,b=x;", 22) == 0);
    }
    for (size_t at = 0; at < sizeof output - 1; at++) {
        for (size_t i = 0; i < sizeof bytes - 1; i++) {
            memcpy(mangled, output, sizeof output);
            mangled[at] = bytes[i];
            psql_answers_free(parse(mangled, sizeof output - 1));
        }
    }
}

static void numbers_are_read_as_postgresql_writes_them(void **state)
{
    static const struct {
        const char *text;
        bool is_int, is_number;
        int64_t whole;
        double number;
    } rows[] = {
        { "0", true, true, 0, 0 },
        { "-1", true, true, -1, -1 },
        { "9223372036854775807", true, true, INT64_MAX, 9223372036854775807.0 },
        { "-9223372036854775808", true, true, INT64_MIN, -9223372036854775808.0 },
        { "9223372036854775808", false, true, 0, 9223372036854775808.0 },
        { "-9223372036854775809", false, true, 0, -9223372036854775809.0 },
        { "1.5", false, true, 0, 1.5 },
        { "-0.25", false, true, 0, -0.25 },
        { "1e+20", false, true, 0, 1e20 },
        { "1.5e-07", false, true, 0, 1.5e-7 },
        { "1e999", false, true, 0, (double)INFINITY },
        { "Infinity", false, true, 0, (double)INFINITY },
        { "-Infinity", false, true, 0, -(double)INFINITY },
        { "", false, false, 0, 0 },
        { "-", false, false, 0, 0 },
        { ".", false, false, 0, 0 },
        { "1e", false, false, 0, 0 },
        { "0x10", false, false, 0, 0 },
        { " 1", false, false, 0, 0 },
        { "1 ", false, false, 0, 0 },
        { "+1", false, false, 0, 0 },
        { "inf", false, false, 0, 0 },
        { "1,5", false, false, 0, 0 },
        { "t", false, false, 0, 0 },
    };
    int64_t whole;
    double number;
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const psql_field field = { rows[i].text, strlen(rows[i].text) };
        assert_int_equal(psql_field_int(&field, &whole), rows[i].is_int);
        assert_int_equal(psql_field_number(&field, &number), rows[i].is_number);
        if (rows[i].is_int) assert_true(whole == rows[i].whole);
        if (rows[i].is_number) assert_true(number == rows[i].number);
    }
    const psql_field null = { NULL, 0 }, nan = { "NaN", 3 };
    assert_false(psql_field_int(&null, &whole));
    assert_false(psql_field_number(&null, &number));
    assert_true(psql_field_number(&nan, &number) && isnan(number));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_fields_and_nulls_are_told_apart),
        cmocka_unit_test(errors_are_words_of_their_statement_alone),
        cmocka_unit_test(nothing_but_the_nonce_ends_an_answer),
        cmocka_unit_test(the_child_sees_the_url_in_its_environment_and_nothing_else),
        cmocka_unit_test(a_child_that_dies_is_told_and_its_place_waits),
        cmocka_unit_test(one_place_that_waits_leaves_the_others),
        cmocka_unit_test(a_child_that_had_served_is_replaced_within_the_call),
        cmocka_unit_test(no_call_is_tried_twice_for_anything_else),
        cmocka_unit_test(what_was_answered_before_a_failure_stays),
        cmocka_unit_test(a_missing_program_is_named_with_its_package),
        cmocka_unit_test(calls_that_cannot_be_made_harm_no_child),
        cmocka_unit_test(freeing_ends_all_children_even_deaf_ones),
        cmocka_unit_test(threads_get_the_answers_to_their_own_questions),
        cmocka_unit_test(who_finds_no_place_waits_until_the_deadline_and_no_longer),
        cmocka_unit_test(a_place_whose_pause_ends_serves_who_waits_for_another),
        cmocka_unit_test(bad_urls_are_told_without_their_secrets),
        cmocka_unit_test(urls_become_variables),
        cmocka_unit_test(statements_stand_in_transactions_that_only_read),
        cmocka_unit_test(nonces_differ),
        cmocka_unit_test(output_that_is_cut_or_mangled_does_no_harm),
        cmocka_unit_test(numbers_are_read_as_postgresql_writes_them),
    };
    return cmocka_run_group_tests_name("psql", tests, NULL, NULL);
}
