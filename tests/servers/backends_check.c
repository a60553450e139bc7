/*
 * backends_check.c - asks PostgreSQL and Redis what it reads on standard input, and shows the answers; see backends.sh.
 *
 * usage: backends_check POSTGRES_URL REDIS_URL
 *
 *   each MS SQL...        the statements as PSQL_EACH, within so many milliseconds
 *   snapshot MS SQL...    as PSQL_SNAPSHOT
 *   beside MS SQL SQL     the first one in a thread of its own, and 200 ms later the second one, which is shown first
 *   redis MS WORD...      one command
 *   repeat MS N WORD...   N times the same, sent together; shows the last reply
 *
 * Words are separated by tabs. Each answer is a line, and a last line "took MS" follows.
 */
#define _POSIX_C_SOURCE 200809L
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "psql.h"
#include "redis.h"

enum { MAX_WORDS = 64, MAX_SHOWN = 200 };

static psql *db;
static redis *store;

/* Quoted, with \n, \t, \\ and \xHH; a long text as its length and a sum of its bytes. */
static void show_text(const char *text, size_t len)
{
    uint32_t sum = 0;
    if (len > MAX_SHOWN) {
        for (size_t i = 0; i < len; i++) sum = sum * 31 + (unsigned char)text[i];
        printf("[%zu bytes, sum %" PRIu32 "]", len, sum);
        return;
    }
    putchar('"');
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c == '\n')
            fputs("\\n", stdout);
        else if (c == '\t')
            fputs("\\t", stdout);
        else if (c == '\\' || c == '"')
            printf("\\%c", c);
        else if (c < ' ' || c == 0x7f)
            printf("\\x%02x", c);
        else
            putchar(c);
    }
    putchar('"');
}

static void show_answer(const psql_answer *answer)
{
    if (answer->error) {
        printf("error %s: %s\n", *answer->sqlstate ? answer->sqlstate : "-", answer->error);
        return;
    }
    printf("ok %zu:", answer->row_count);
    for (size_t row = 0; row < answer->row_count; row++) {
        for (size_t column = 0; column < answer->column_count; column++) {
            const psql_field *field = psql_field_at(answer, row, column);
            int64_t number;
            printf("%c%s=", column || !row ? ' ' : ';', answer->columns[column]);
            if (!field->text)
                fputs("NULL", stdout);
            else if (psql_field_int(field, &number))
                printf("%" PRId64, number);
            else
                show_text(field->text, field->len);
        }
    }
    putchar('\n');
}

static void show_answers(const psql_answers *answers)
{
    for (size_t i = 0; answers && i < answers->count; i++) show_answer(&answers->list[i]);
}

static void show_reply(const redis_reply *reply)
{
    switch (reply->type) {
    case REDIS_NIL:
        fputs("nil", stdout);
        break;
    case REDIS_INTEGER:
        printf("%" PRId64, reply->integer);
        break;
    case REDIS_ARRAY:
        putchar('[');
        for (size_t i = 0; i < reply->count; i++) {
            if (i) putchar(' ');
            show_reply(&reply->elements[i]);
        }
        putchar(']');
        break;
    case REDIS_ERROR:
        fputs("error ", stdout);
        show_text(reply->text, reply->len);
        break;
    case REDIS_STATUS:
    case REDIS_STRING:
        show_text(reply->text, reply->len);
    }
}

/* ---- Commands -------------------------------------------------------------------------------------------------- */

static void ask(char **words, size_t count, psql_mode mode)
{
    psql_answers *answers = psql_ask(db, (const char *const *)words + 1, count - 1, mode,
                                     deadline_in_ms((uint32_t)strtoul(words[0], NULL, 10)));
    show_answers(answers);
    psql_answers_free(answers);
}

static void *ask_in_thread(void *argument)
{
    char **words = argument;
    return psql_ask(db, (const char *const *)words + 1, 1, PSQL_EACH,
                    deadline_in_ms((uint32_t)strtoul(words[0], NULL, 10)));
}

static void beside(char **words)
{
    pthread_t thread;
    void *answers;
    if (pthread_create(&thread, NULL, ask_in_thread, words) != 0) exit(1);
    nanosleep(&(struct timespec){ .tv_nsec = 200000000 }, NULL);
    char *other[] = { words[0], words[2] };
    uint64_t start_ns = deadline_now_ns();
    ask(other, 2, PSQL_EACH);
    printf("beside %" PRIu64 "\n", (deadline_now_ns() - start_ns) / 1000000);
    pthread_join(thread, &answers);
    show_answers(answers);
    psql_answers_free(answers);
}

static void ask_redis(const char *ms, size_t repeats, char **words, size_t count)
{
    redis_command *commands = calloc(repeats, sizeof *commands);
    if (!commands) exit(1);
    for (size_t i = 0; i < repeats; i++)
        commands[i] = (redis_command){ (const char *const *)words, NULL, count };
    redis_answers *answers =
        redis_ask(store, commands, repeats, deadline_in_ms((uint32_t)strtoul(ms, NULL, 10)));
    printf("%zu replies", answers->count);
    if (answers->count > 0) {
        fputs(": ", stdout);
        show_reply(answers->list[answers->count - 1]);
    }
    putchar('\n');
    if (answers->error) printf("error: %s\n", answers->error);
    redis_answers_free(answers);
    free(commands);
}

static void run(char *line)
{
    char *words[MAX_WORDS] = { NULL };
    size_t count = 0;
    for (char *word = strtok(line, "\t\n"); word && count < MAX_WORDS; word = strtok(NULL, "\t\n"))
        words[count++] = word;
    uint64_t start_ns = deadline_now_ns();
    if (count >= 3 && strcmp(words[0], "each") == 0)
        ask(words + 1, count - 1, PSQL_EACH);
    else if (count >= 3 && strcmp(words[0], "snapshot") == 0)
        ask(words + 1, count - 1, PSQL_SNAPSHOT);
    else if (count == 4 && strcmp(words[0], "beside") == 0)
        beside(words + 1);
    else if (count >= 3 && strcmp(words[0], "redis") == 0)
        ask_redis(words[1], 1, words + 2, count - 2);
    else if (count >= 4 && strcmp(words[0], "repeat") == 0)
        ask_redis(words[1], strtoul(words[2], NULL, 10), words + 3, count - 3);
    else
        puts("error: no such command");
    printf("took %" PRIu64 "\n", (deadline_now_ns() - start_ns) / 1000000);
    fflush(stdout);
}

int main(int argc, char **argv)
{
    static char line[65536];
    char why[400] = "";
    if (argc != 3) return 2;
    db = psql_new(&(psql_options){ .url = argv[1] }, why, sizeof why);
    store = redis_new(&(redis_options){ .url = argv[2] }, why, sizeof why);
    if (!db || !store) fprintf(stderr, "backends_check: %s\n", why);
    while (db && store && fgets(line, sizeof line, stdin)) run(line);
    psql_free(db);
    redis_free(store);
    return *why != '\0';
}
