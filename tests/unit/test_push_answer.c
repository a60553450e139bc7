/*
 * test_push_answer.c - answers of servers as bytes, right ones and others.
 *
 * Every answer is read in one piece, byte by byte, and cut in two at every place; the outcome has to be the same.
 * Needs: PUSH
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "push_answer.h"

#define LENGTH(array) (sizeof(array) / sizeof(array)[0])
#define BYTES(literal) literal, sizeof(literal) - 1
#define OK "HTTP/1.1 200 OK\r\n"
#define BAD "HTTP/1.1 400 Bad Request\r\n"
#define END "\r\n"

struct answer_case {
    const char *name;
    const char *bytes;
    size_t len;
    int status;       /* 0: it is refused */
    bool ends;        /* it needs the end of the connection */
    const char *told; /* the body as it is quoted, or what is wrong */
};

static const struct answer_case answers[] = {
    { "plain", BYTES(OK END), 200, false, "" },
    { "accepted", BYTES("HTTP/1.1 202 Accepted\r\n" END), 202, false, "" },
    { "no reason", BYTES("HTTP/1.1 200\r\n" END), 200, false, "" },
    { "empty reason", BYTES("HTTP/1.1 200 \r\n" END), 200, false, "" },
    { "HTTP/1.0", BYTES("HTTP/1.0 200 OK\r\n" END), 200, false, "" },
    { "later minor version", BYTES("HTTP/1.9 204 x\r\n" END), 204, false, "" },
    { "body of a 2xx is not read", BYTES(OK "Content-Length: 5\r\n" END "hel"), 200, false, "" },
    { "length", BYTES(BAD "Content-Length: 5\r\n" END "hello"), 400, false, "hello" },
    { "length, and more behind", BYTES(BAD "content-length:5\r\n" END "helloHTTP/1.1"), 400, false, "hello" },
    { "length of nothing", BYTES(BAD "Content-Length: 0\r\n" END), 400, false, "" },
    { "length, body cut off", BYTES(BAD "Content-Length: 9\r\n" END "hel"), 400, true, "hel" },
    { "body to the end", BYTES(BAD END "hello"), 400, true, "hello" },
    { "not modified has no body", BYTES("HTTP/1.1 304 x\r\n" END), 304, false, "" },
    { "chunks", BYTES(BAD "Transfer-Encoding: Chunked\r\n" END "2\r\nhe\r\n03;a=b\r\nllo\r\n0\r\n" END), 400, false, "hello" },
    { "chunk, big digits", BYTES(BAD "Transfer-Encoding: chunked\r\n" END "A\r\n0123456789\r\n0\r\n"), 400, false, "0123456789" },
    { "chunks cut off", BYTES(BAD "Transfer-Encoding: chunked\r\n" END "5\r\nhel"), 400, true, "hel" },
    { "interim answers", BYTES("HTTP/1.1 100 Continue\r\n" END "HTTP/1.1 103 x\r\nLink: a\r\n" END OK END), 200, false, "" },
    { "length of an interim answer", BYTES("HTTP/1.1 100 x\r\nContent-Length: 9\r\n" END BAD END "a"), 400, true, "a" },
    { "body made printable", BYTES(BAD END " \r\n\ta\x1b[31m\xc3\xa9\0 \n\n b \n"), 400, true, "a?[31m??? b" },
    { "other fields", BYTES(BAD "X-A:\r\nx-b: \xff \t \r\nDate: a:b\r\n" END "x"), 400, true, "x" },

    { "nothing", BYTES(""), 0, true, "connection was closed" },
    { "cut off in the status line", BYTES("HTTP/1.1 20"), 0, true, "breaks off" },
    { "cut off behind it", BYTES(OK), 0, true, "breaks off" },
    { "cut off before the last line feed", BYTES(OK "\r"), 0, true, "breaks off" },
    { "only an interim answer", BYTES("HTTP/1.1 100 Continue\r\n" END), 0, true, "breaks off" },
    { "not HTTP", BYTES("SSH-2.0-OpenSSH_9.2\r\n"), 0, false, "not HTTP/1" },
    { "HTTP/2", BYTES("HTTP/2.0 200 OK\r\n"), 0, false, "not HTTP/1" },
    { "TLS alert", BYTES("\x15\x03\x01\x00\x02\x02\x46"), 0, false, "malformed" },
    { "blank line first", BYTES("\r\n"), 0, false, "not HTTP/1" },
    { "two blanks", BYTES("HTTP/1.1  200 OK\r\n"), 0, false, "not HTTP/1" },
    { "status of two digits", BYTES("HTTP/1.1 20 OK...\r\n"), 0, false, "not HTTP/1" },
    { "status of four digits", BYTES("HTTP/1.1 2000 OK\r\n"), 0, false, "not HTTP/1" },
    { "status out of range", BYTES("HTTP/1.1 099 x\r\n"), 0, false, "no sense" },
    { "status beyond range", BYTES("HTTP/1.1 600 x\r\n"), 0, false, "no sense" },
    { "switching protocols", BYTES("HTTP/1.1 101 x\r\n"), 0, false, "no sense" },
    { "bare line feed", BYTES("HTTP/1.1 200 OK\n"), 0, false, "malformed" },
    { "bare carriage return", BYTES("HTTP/1.1 200 OK\rx"), 0, false, "malformed" },
    { "NUL in the reason", BYTES("HTTP/1.1 200 O\0K"), 0, false, "malformed" },
    { "escape in a field", BYTES(OK "A: \x1b"), 0, false, "malformed" },
    { "field without colon", BYTES(OK "Content-Length 5\r\n"), 0, false, "malformed" },
    { "field without name", BYTES(OK ": 5\r\n"), 0, false, "malformed" },
    { "blank before the colon", BYTES(OK "Content-Length : 5\r\n"), 0, false, "malformed" },
    { "folded field", BYTES(OK "A: b\r\n c\r\n"), 0, false, "malformed" },
    { "length twice", BYTES(OK "Content-Length: 5\r\nContent-Length: 5\r\n"), 0, false, "twice" },
    { "length with a sign", BYTES(OK "Content-Length: +5\r\n"), 0, false, "no number" },
    { "length missing", BYTES(OK "Content-Length:\r\n"), 0, false, "no number" },
    { "length too large", BYTES(OK "Content-Length: 18446744073709551616\r\n"), 0, false, "no number" },
    { "length list", BYTES(OK "Content-Length: 5, 5\r\n"), 0, false, "no number" },
    { "unknown coding", BYTES(OK "Transfer-Encoding: gzip\r\n"), 0, false, "not known" },
    { "several codings", BYTES(OK "Transfer-Encoding: gzip, chunked\r\n"), 0, false, "not known" },
    { "coding twice", BYTES(OK "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"), 0, false, "not known" },
    { "length and coding", BYTES(OK "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n" END), 0, false, "told twice" },
    { "coding in HTTP/1.0", BYTES("HTTP/1.0 200 x\r\nTransfer-Encoding: chunked\r\n" END), 0, false, "told twice" },
};

/* What becomes of a body was told already: the status stays. */
static const struct answer_case bodies[] = {
    { "size is no number", BYTES(BAD "Transfer-Encoding: chunked\r\n" END "x\r\n"), 400, false, "" },
    { "size missing", BYTES(BAD "Transfer-Encoding: chunked\r\n" END "\r\n"), 400, false, "" },
    { "size too large", BYTES(BAD "Transfer-Encoding: chunked\r\n" END "1000000000000000\r\n"), 400, false, "" },
    { "chunk without end", BYTES(BAD "Transfer-Encoding: chunked\r\n" END "2\r\nhello\r\n"), 400, false, "he" },
    { "bare line feed", BYTES(BAD "Transfer-Encoding: chunked\r\n" END "2\n"), 400, false, "" },
};

static const char *const no_secrets[] = { NULL };

static void check(const struct answer_case *want, const tacho__push_answer *answer)
{
    char quote[TACHO__PUSH_BODY_MAX + 1];
    tacho__push_answer_quote(answer, quote, no_secrets);
    const char *told = want->status ? quote : answer->wrong ? answer->wrong : "(nothing)";
    bool same = want->status ? strcmp(told, want->told) == 0 : strstr(told, want->told) != NULL;
    if (answer->status != want->status || !same)
        fail_msg("%s: %d \"%s\", wanted %d \"%s\"", want->name, answer->status, told, want->status, want->told);
}

static void read_in_pieces(const struct answer_case *want, size_t cut, size_t step)
{
    tacho__push_answer *answer = calloc(1, sizeof *answer);
    assert_non_null(answer);
    for (size_t at = 0; at < want->len;) {
        size_t size = at == 0 && cut ? cut : step;
        if (size > want->len - at) size = want->len - at;
        tacho__push_answer_read(answer, want->bytes + at, size);
        at += size;
    }
    if ((answer->state != TACHO__PUSH_DONE) != want->ends) fail_msg("%s: is it done?", want->name);
    tacho__push_answer_end(answer);
    assert_int_equal(answer->state, TACHO__PUSH_DONE);
    check(want, answer);
    free(answer);
}

static void read_in_every_way(const struct answer_case *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        read_in_pieces(&cases[i], 0, cases[i].len + 1);
        read_in_pieces(&cases[i], 0, 1);
        for (size_t cut = 1; cut < cases[i].len; cut++) read_in_pieces(&cases[i], cut, cases[i].len);
    }
}

static void an_answer_is_the_same_however_it_comes(void **state)
{
    (void)state;
    read_in_every_way(answers, LENGTH(answers));
}

static void a_malformed_body_leaves_the_status(void **state)
{
    (void)state;
    read_in_every_way(bodies, LENGTH(bodies));
}

/* Feed the text again and again until it is done; the bytes that took, 0: there is no end to it. */
static size_t bytes_until_done(tacho__push_answer *answer, const char *begin, const char *again)
{
    size_t fed = strlen(begin);
    memset(answer, 0, sizeof *answer);
    tacho__push_answer_read(answer, begin, fed);
    while (answer->state != TACHO__PUSH_DONE && fed < 10u * TACHO__PUSH_HEAD_MAX) {
        tacho__push_answer_read(answer, again, strlen(again));
        fed += strlen(again);
    }
    return answer->state == TACHO__PUSH_DONE ? fed : 0;
}

static void what_is_looked_at_is_bounded(void **state)
{
    (void)state;
    static tacho__push_answer answer;
    const struct {
        const char *begin, *again;
        size_t most;
        int status;
    } floods[] = {
        { "", "x", TACHO__PUSH_HEAD_MAX + 1, 0 },
        { OK "A: ", "x", TACHO__PUSH_HEAD_MAX + 1, 0 },
        { OK, "A: b\r\n", TACHO__PUSH_HEAD_MAX + 6, 0 },
        { "", "HTTP/1.1 100 x\r\n\r\n", TACHO__PUSH_HEAD_MAX + 18, 0 },
        { BAD END, "x", TACHO__PUSH_BODY_MAX + 60, 400 },
        { BAD "Transfer-Encoding: chunked\r\n" END, "1\r\nx\r\n", 6 * TACHO__PUSH_BODY_MAX + 100, 400 },
        { BAD "Transfer-Encoding: chunked\r\n" END "1;", "x", 512, 400 },
        { BAD "Transfer-Encoding: chunked\r\n" END, "0", 512, 400 },
    };
    for (size_t i = 0; i < LENGTH(floods); i++) {
        size_t fed = bytes_until_done(&answer, floods[i].begin, floods[i].again);
        if (fed == 0 || fed > floods[i].most) fail_msg("flood %zu: done after %zu bytes", i, fed);
        assert_int_equal(answer.status, floods[i].status);
    }
}

static void a_head_of_the_largest_size_is_read(void **state)
{
    (void)state;
    static tacho__push_answer answer;
    static char head[TACHO__PUSH_HEAD_MAX + 1];
    memset(head, 'x', sizeof head);
    memcpy(head, OK "A: ", strlen(OK "A: "));
    memcpy(head + TACHO__PUSH_HEAD_MAX - 4, "\r\n\r\n", 4);
    memset(&answer, 0, sizeof answer);
    tacho__push_answer_read(&answer, head, TACHO__PUSH_HEAD_MAX);
    assert_int_equal(answer.status, 200);
    memcpy(head + TACHO__PUSH_HEAD_MAX - 4, "x\r\n\r\n", 5);
    memset(&answer, 0, sizeof answer);
    tacho__push_answer_read(&answer, head, sizeof head);
    assert_int_equal(answer.status, 0);
    assert_non_null(strstr(answer.wrong, "16 KiB"));
}

static void a_body_that_has_the_secret_is_not_quoted(void **state)
{
    (void)state;
    static tacho__push_answer answer;
    static const char *const secrets[] = { "hunter2222", "", "ab", NULL };
    static const struct { const char *body; bool shown; } cases[] = {
        { "you sent hunter2222!", false }, { "you sent hunter2", false }, { "you sent hunt", false },
        { "you sent h", true }, { "a cabin", false }, { "acb", true }, { "you sent hunger", true },
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        char quote[TACHO__PUSH_BODY_MAX + 1];
        memset(&answer, 0, sizeof answer);
        tacho__push_answer_read(&answer, BYTES(BAD END));
        tacho__push_answer_read(&answer, cases[i].body, strlen(cases[i].body));
        tacho__push_answer_end(&answer);
        tacho__push_answer_quote(&answer, quote, secrets);
        assert_string_equal(quote, cases[i].shown ? cases[i].body : "");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_answer_is_the_same_however_it_comes),
        cmocka_unit_test(a_malformed_body_leaves_the_status),
        cmocka_unit_test(what_is_looked_at_is_bounded),
        cmocka_unit_test(a_head_of_the_largest_size_is_read),
        cmocka_unit_test(a_body_that_has_the_secret_is_not_quoted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
