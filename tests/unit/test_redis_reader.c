/*
 * test_redis_reader.c - replies of Redis: good ones cut anywhere, bad ones, and limits.
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

#include "redis_reader.h"

enum { SHOWN = 4096 };

/* A reply as text: "str" 'status' !error 12 nil [a b]. */
static size_t show(const redis_reply *reply, char *out, size_t cap)
{
    size_t len = 0;
    switch (reply->type) {
    case REDIS_STATUS:
        return (size_t)snprintf(out, cap, "'%s'", reply->text);
    case REDIS_ERROR:
        return (size_t)snprintf(out, cap, "!%s", reply->text);
    case REDIS_INTEGER:
        return (size_t)snprintf(out, cap, "%lld", (long long)reply->integer);
    case REDIS_STRING:
        assert_int_equal(reply->text[reply->len], '\0');
        out[len++] = '"';
        for (size_t i = 0; i < reply->len; i++) out[len++] = reply->text[i] ? reply->text[i] : '0';
        out[len++] = '"';
        break;
    case REDIS_NIL:
        return (size_t)snprintf(out, cap, "nil");
    case REDIS_ARRAY:
        out[len++] = '[';
        for (size_t i = 0; i < reply->count; i++) {
            if (i) out[len++] = ' ';
            len += show(&reply->elements[i], out + len, cap - len);
        }
        out[len++] = ']';
    }
    out[len] = '\0';
    return len;
}

/* Feed in pieces, the first of `first` bytes, the others of `size`; show all replies, then MORE or the error. */
static void read_all(const char *bytes, size_t len, size_t first, size_t size, const redis_limits *limits,
                     char *out)
{
    redis_reader *reader = redis_reader_new(limits);
    redis_reply *reply;
    redis_step step = REDIS_MORE;
    size_t at = 0, shown = 0;
    assert_non_null(reader);
    *out = '\0';
    while (at < len) {
        size_t piece = at == 0 ? first : size;
        if (piece > len - at) piece = len - at;
        char *copy = malloc(piece ? piece : 1); /* so that a sanitizer sees a byte too many read */
        assert_non_null(copy);
        memcpy(copy, bytes + at, piece);
        redis_reader_feed(reader, copy, piece);
        free(copy);
        at += piece;
        while ((step = redis_reader_next(reader, &reply)) == REDIS_READY) {
            shown += show(reply, out + shown, SHOWN - shown);
            out[shown++] = ';';
            out[shown] = '\0';
            redis_reply_free(reply);
        }
        assert_null(reply);
    }
    if (step == REDIS_BROKEN)
        snprintf(out + shown, SHOWN - shown, "broken: %s", redis_reader_error(reader));
    else
        assert_null(redis_reader_error(reader));
    if (step != REDIS_BROKEN && redis_reader_pending(reader) > 0) strcat(out, "more");
    redis_reader_free(reader);
}

static const char good[] =
    "+OK\r\n:0\r\n:-9223372036854775808\r\n:9223372036854775807\r\n$0\r\n\r\n$-1\r\n*-1\r\n*0\r\n"
    "$7\r\na\r\nb\0\r\n\r\n-ERR no \x01\xff way\r\n+\r\n-\r\n"
    "*3\r\n*2\r\n:1\r\n*0\r\n$3\r\nfoo\r\n*1\r\n*1\r\n$-1\r\n:7\r\n";
static const char good_shown[] = "'OK';0;-9223372036854775808;9223372036854775807;\"\";nil;nil;[];"
                                 "\"a\r\nb0\r\n\";!ERR no ?? way;'';!;"
                                 "[[1 []] \"foo\" [[nil]]];7;";

static void replies_may_be_cut_anywhere(void **state)
{
    static char out[SHOWN];
    (void)state;
    for (size_t first = 1; first < sizeof good; first++) {
        read_all(good, sizeof good - 1, first, sizeof good, NULL, out);
        assert_string_equal(out, good_shown);
    }
    for (size_t size = 1; size < 40; size++) {
        read_all(good, sizeof good - 1, size, size, NULL, out);
        assert_string_equal(out, good_shown);
    }
}

static void a_part_of_a_reply_is_none(void **state)
{
    static char out[SHOWN], whole[SHOWN];
    (void)state;
    for (size_t len = 1; len < sizeof good - 1; len++) {
        read_all(good, len, 1, 1, NULL, out);
        read_all(good, len, len, 1, NULL, whole);
        assert_string_equal(out, whole);
        assert_null(strstr(out, "broken"));
        size_t shown = strlen(out);
        if (strcmp(out + (shown < 4 ? 0 : shown - 4), "more") == 0) out[shown - 4] = '\0';
        assert_memory_equal(out, good_shown, strlen(out));
    }
}

static const struct {
    const char *bytes, *words;
} bad[] = {
    { "OK\r\n", "no type" },
    { "\r\n", "no type" },
    { "\n", "no type" },
    { " +OK\r\n", "no type" },
    { "+OK\n", "LF without CR" },
    { "+OK\rX", "CR without LF" },
    { "+O\rK\r\n", "CR without LF" },
    { "+OK\r\r\n", "CR without LF" },
    { "+OK\n\r\n", "LF without CR" },
    { ":\r\n", "number" },
    { ":-\r\n", "number" },
    { ":+1\r\n", "number" },
    { ":1x\r\n", "number" },
    { ": 1\r\n", "number" },
    { ":01\r\n", "number" },
    { ":-0\r\n", "number" },
    { ":1.5\r\n", "number" },
    { ":9223372036854775808\r\n", "number" },
    { ":-9223372036854775809\r\n", "number" },
    { ":99999999999999999999999\r\n", "number" },
    { "$-2\r\n", "below -1" },
    { "$x\r\n", "number" },
    { "$\r\n", "number" },
    { "$1048577\r\n", "longer than the limit" },
    { "$9223372036854775807\r\n", "longer than the limit" },
    { "$3\r\nabcd\r\n", "CR LF" },
    { "$3\r\nab\r\nx", "CR LF" },
    { "$0\r\nxx", "CR LF" },
    { "*-2\r\n", "below -1" },
    { "*65537\r\n", "more elements" },
    { "*9223372036854775807\r\n", "more elements" },
    { "*2\r\n*65535\r\n", "more elements" },
    { "*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n", "nested deeper" },
    { "*2\r\n:1\r\nX", "no type" },
    { "_\r\n", "version 3" },
    { ",1.5\r\n", "version 3" },
    { "#t\r\n", "version 3" },
    { "(1\r\n", "version 3" },
    { "!3\r\nabc\r\n", "version 3" },
    { "=7\r\ntxt:abc\r\n", "version 3" },
    { "%1\r\n", "version 3" },
    { "~1\r\n", "version 3" },
    { ">1\r\n", "version 3" },
    { "|1\r\n", "version 3" },
};

static void what_breaks_a_rule_is_told_and_stays_so(void **state)
{
    static char out[SHOWN];
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        size_t len = strlen(bad[i].bytes);
        for (size_t size = 1; size <= len; size++) {
            read_all(bad[i].bytes, len, size, size, NULL, out);
            if (strncmp(out, "broken: ", 8) != 0 || !strstr(out, bad[i].words))
                fail_msg("row %zu in pieces of %zu: %s", i, size, out);
        }
    }
    redis_reader *reader = redis_reader_new(NULL);
    redis_reply *reply;
    redis_reader_feed(reader, "?\r\n+OK\r\n", 8);
    assert_int_equal(redis_reader_next(reader, &reply), REDIS_BROKEN);
    redis_reader_feed(reader, "+OK\r\n", 5);
    assert_int_equal(redis_reader_next(reader, &reply), REDIS_BROKEN);
    redis_reader_free(reader);
}

static void a_nul_is_no_type_and_in_a_line_it_is_text(void **state)
{
    char out[SHOWN];
    redis_reply *reply;
    (void)state;
    read_all("\0\r\n", 3, 1, 1, NULL, out);
    assert_non_null(strstr(out, "no type"));
    redis_reader *reader = redis_reader_new(NULL);
    redis_reader_feed(reader, "+a\0b\r\n-a\0b\r\n", 12);
    assert_int_equal(redis_reader_next(reader, &reply), REDIS_READY);
    assert_int_equal(reply->len, 3);
    assert_memory_equal(reply->text, "a\0b", 4);
    redis_reply_free(reply);
    assert_int_equal(redis_reader_next(reader, &reply), REDIS_READY);
    assert_string_equal(reply->text, "a?b");
    redis_reply_free(reply);
    redis_reader_free(reader);
}

static void limits_hold_to_the_byte(void **state)
{
    static char out[SHOWN];
    const redis_limits limits = { .depth = 2, .elements = 3, .bulk_len = 4, .reply_len = 30 };
    static const struct {
        const char *bytes, *want;
    } rows[] = {
        { "*1\r\n*2\r\n:1\r\n:2\r\n", "[[1 2]];" },
        { "*1\r\n*1\r\n*1\r\n:1\r\n", "broken: arrays are nested deeper than the limit" },
        { "*1\r\n*1\r\n*0\r\n", "[[[]]];" }, /* an empty one need not be opened */
        { "*2\r\n*2\r\n", "broken: a reply has more elements than the limit" },
        { "*3\r\n:1\r\n:2\r\n:3\r\n*3\r\n:1\r\n:2\r\n:3\r\n", "[1 2 3];[1 2 3];" },
        { "$4\r\nabcd\r\n", "\"abcd\";" },
        { "$5\r\n", "broken: a string is longer than the limit" },
        { "+123456789012345678901234567\r\n", "'123456789012345678901234567';" },
        { "+1234567890123456789012345678\r\n", "broken: a reply is longer than the limit" },
        { "+1234567890123456789012345678901", "broken: a reply is longer than the limit" },
        { "*3\r\n$4\r\nabcd\r\n$4\r\nabcd\r\n$4\r\nabcd\r\n", "broken: a reply is longer than the limit" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        size_t len = strlen(rows[i].bytes);
        for (size_t size = 1; size <= len; size++) {
            read_all(rows[i].bytes, len, size, size, &limits, out);
            assert_string_equal(out, rows[i].want);
        }
    }
}

static void a_line_without_end_is_not_kept_for_ever(void **state)
{
    char piece[1000];
    redis_reply *reply;
    redis_step step = REDIS_MORE;
    size_t fed = 0;
    (void)state;
    memset(piece, 'x', sizeof piece);
    redis_reader *reader = redis_reader_new(NULL);
    redis_reader_feed(reader, "+", 1);
    for (; step == REDIS_MORE && fed < 1000000; fed += sizeof piece) {
        redis_reader_feed(reader, piece, sizeof piece);
        step = redis_reader_next(reader, &reply);
    }
    assert_int_equal(step, REDIS_BROKEN);
    assert_true(fed < 70000);
    redis_reader_free(reader);
}

static void an_error_is_cut_to_what_can_be_shown(void **state)
{
    char bytes[1000];
    redis_reply *reply;
    (void)state;
    memset(bytes, 'x', sizeof bytes);
    bytes[0] = '-';
    memcpy(bytes + 998, "\r\n", 2);
    redis_reader *reader = redis_reader_new(NULL);
    redis_reader_feed(reader, bytes, sizeof bytes);
    assert_int_equal(redis_reader_next(reader, &reply), REDIS_READY);
    assert_int_equal(reply->len, 255);
    assert_string_equal(reply->text + 250, "xx...");
    redis_reply_free(reply);
    redis_reader_free(reader);
}

/* Replies with one byte changed, removed or added: whatever comes of it, no byte is read that is not there. */
static void mangled_replies_do_no_harm(void **state)
{
    static char mangled[sizeof good + 1], out[SHOWN];
    static const char bytes[] = "\r\n*$:-+0129\0_x";
    (void)state;
    for (size_t at = 0; at < sizeof good - 1; at++) {
        for (size_t i = 0; i < sizeof bytes - 1; i++) {
            memcpy(mangled, good, sizeof good);
            mangled[at] = bytes[i];
            read_all(mangled, sizeof good - 1, at + 1, 3, NULL, out);
            memcpy(mangled + at + 1, good + at, sizeof good - at);
            read_all(mangled, sizeof good, at + 1, 3, NULL, out);
        }
        memcpy(mangled, good, at);
        memcpy(mangled + at, good + at + 1, sizeof good - at - 1);
        read_all(mangled, sizeof good - 2, at ? at : 1, 3, NULL, out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(replies_may_be_cut_anywhere),
        cmocka_unit_test(a_part_of_a_reply_is_none),
        cmocka_unit_test(what_breaks_a_rule_is_told_and_stays_so),
        cmocka_unit_test(a_nul_is_no_type_and_in_a_line_it_is_text),
        cmocka_unit_test(limits_hold_to_the_byte),
        cmocka_unit_test(a_line_without_end_is_not_kept_for_ever),
        cmocka_unit_test(an_error_is_cut_to_what_can_be_shown),
        cmocka_unit_test(mangled_replies_do_no_harm),
    };
    return cmocka_run_group_tests_name("redis_reader", tests, NULL, NULL);
}
