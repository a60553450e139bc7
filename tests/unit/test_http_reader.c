/*
 * test_http_reader.c - answers of HTTP servers, good ones and hostile ones, whole, in pieces and cut off.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include <tacho/tacho.h>

#include "http_reader.h"

enum { LIMIT = 40 };
#define OK "HTTP/1.1 200 OK\r\n"
#define CHUNKED OK "Transfer-Encoding: chunked\r\n\r\n"

/* Feed pieces of so many bytes, each a block of its own, then end the connection if there is not yet an end. */
static http_step feed(http_reader *reader, const char *bytes, size_t len, size_t piece)
{
    http_step step = HTTP_MORE;
    http_reader_init(reader, LIMIT);
    for (size_t at = 0; at < len && step == HTTP_MORE; at += piece) {
        size_t part = len - at < piece ? len - at : piece;
        char *copy = malloc(part);
        assert_non_null(copy);
        memcpy(copy, bytes + at, part);
        step = http_reader_feed(reader, copy, part);
        free(copy);
    }
    return step == HTTP_MORE ? http_reader_end(reader) : step;
}

static void good_answers_are_read_however_they_come(void **state)
{
    static const struct { const char *in; int status; const char *body; } rows[] = {
        { OK "Content-Length: 5\r\n\r\nhello", 200, "hello" },
        { OK "content-length:\t5 \r\nX-Y: \xc3\xa9\r\n\r\nhello, and more", 200, "hello" },
        { OK "Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello", 200, "hello" },
        { OK "Content-Length: 0\r\n\r\n", 200, "" },
        { OK "\r\nup to the end", 200, "up to the end" },
        { "HTTP/1.0 404\r\n\r\n", 404, "" },
        { "HTTP/1.1 204 No Content\r\n\r\n", 204, "" },
        { "HTTP/1.1 302 Found\r\nLocation: http://elsewhere/\r\nContent-Length: 2\r\n\r\nno", 302, "no" },
        { "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\nLink: x\r\n\r\n" OK "Content-Length: 1\r\n\r\nx", 200, "x" },
        { CHUNKED "0\r\n\r\n", 200, "" },
        { CHUNKED "5\r\nhello\r\n0A;a=\"b\"\r\n, goodbye!\r\n0\r\nX-Trailer: yes\r\n\r\n", 200, "hello, goodbye!" },
        { OK "Transfer-Encoding: Chunked\r\nContent-Encoding: identity\r\n\r\n1 ; x\r\na\r\n00\r\n\r\n", 200, "a" },
    };
    (void)state;
    for (size_t i = 0; i < TACHO_COUNT(rows); i++) {
        for (size_t piece = 1; piece < 100; piece += piece < 9 ? 1 : 90) {
            http_reader reader;
            http_step step = feed(&reader, rows[i].in, strlen(rows[i].in), piece);
            if (step != HTTP_WHOLE) fail_msg("%s: %s", rows[i].in, reader.error);
            assert_int_equal(reader.status, rows[i].status);
            assert_int_equal(reader.len, strlen(rows[i].body));
            if (reader.len > 0) assert_memory_equal(reader.body, rows[i].body, reader.len);
            http_reader_fini(&reader);
        }
    }
}

static void what_can_be_read_in_two_ways_or_is_too_much_is_refused(void **state)
{
    static const struct { const char *in, *want; } rows[] = {
        { "", "it was cut off" },
        { "SSH-2.0", "it does not begin as an HTTP/1 answer" },
        { "HTTP/2 200\r\n", "it does not begin as an HTTP/1 answer" },
        { "HTTP/1.1 99 Low\r\n", "it does not begin as an HTTP/1 answer" },
        { "HTTP/1.1 600 High\r\n", "it does not begin as an HTTP/1 answer" },
        { "HTTP/1.1 2000\r\n", "it does not begin as an HTTP/1 answer" },
        { "HTTP/1.1 20x\r\n", "it does not begin as an HTTP/1 answer" },
        { "HTTP/1.2 200 OK\r\n", "it does not begin as an HTTP/1 answer" },
        { "HTTP/1.1 101 Switching\r\n\r\n", "it changes the protocol" },
        { "HTTP/1.1 200 OK\n\n", "a line of its head is none" },
        { OK "A: bc\nContent-Length: 1\r\n\r\nx", "a line of its head is none" },
        { OK "no colon\r\n\r\n", "a line of its head is none" },
        { OK ": no name\r\n\r\n", "a line of its head is none" },
        { OK "Content-Length : 1\r\n\r\nx", "a line of its head is none" },
        { OK "A: b\r\n folded\r\n\r\n", "a line of its head is none" },
        { OK "A: \x01\r\n\r\n", "a line of its head is none" },
        { OK "Content-Length: 1, 1\r\n\r\nx", "its Content-Length is no number" },
        { OK "Content-Length: -1\r\n\r\n", "its Content-Length is no number" },
        { OK "Content-Length: +1\r\n\r\nx", "its Content-Length is no number" },
        { OK "Content-Length: 0x1\r\n\r\nx", "its Content-Length is no number" },
        { OK "Content-Length:\r\n\r\n", "its Content-Length is no number" },
        { OK "Content-Length: 99999999999999999999999\r\n\r\n", "its Content-Length is no number" },
        { OK "Content-Length: 1\r\nContent-Length: 2\r\n\r\nxx", "it has two lengths" },
        { OK "Content-Length: 41\r\n\r\n", "it is too long" },
        { OK "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", "it has both a length and chunks" },
        { OK "Transfer-Encoding: gzip, chunked\r\n\r\n", "it has a transfer coding that nobody asked for" },
        { OK "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n", "it has a transfer coding that nobody asked for" },
        { OK "Content-Encoding: gzip\r\n\r\n", "it is compressed, which nobody asked for" },
        { OK "\r\n01234567890123456789012345678901234567890", "it is too long" },
        { CHUNKED "29\r\n", "it is too long" },
        { CHUNKED "20\r\n01234567890123456789012345678901\r\n9\r\n", "it is too long" },
        { CHUNKED "ffffffffffffffff\r\n", "a chunk has no size" },
        { CHUNKED "\r\n", "a chunk has no size" },
        { CHUNKED "x\r\n", "a chunk has no size" },
        { CHUNKED "1 2\r\n", "a chunk has no size" },
        { CHUNKED "-1\r\n", "a chunk has no size" },
        { CHUNKED "1\r\nab\r\n", "a chunk is longer than its size" },
        { CHUNKED "1\r\nab", "it was cut off" },
        { CHUNKED "0\r\nno trailer\r\n\r\n", "a line of its head is none" },
        { OK "Content-Length: 5\r\n\r\nhell", "it was cut off" },
    };
    (void)state;
    for (size_t i = 0; i < TACHO_COUNT(rows); i++) {
        for (size_t piece = 1; piece < 100; piece += 98) {
            http_reader reader;
            http_step step = feed(&reader, rows[i].in, strlen(rows[i].in), piece);
            if (step != HTTP_BROKEN || strcmp(reader.error, rows[i].want) != 0)
                fail_msg("%s gives %d, %s", rows[i].in, step, reader.error ? reader.error : "no error");
            http_reader_fini(&reader);
        }
    }
}

static void an_answer_that_is_cut_anywhere_is_broken(void **state)
{
    static const char *const answers[] = { OK "Content-Length: 5\r\n\r\nhello",
                                           CHUNKED "5\r\nhello\r\n1;x\r\n!\r\n0\r\nT: t\r\n\r\n" };
    (void)state;
    for (size_t i = 0; i < TACHO_COUNT(answers); i++) {
        for (size_t len = 0; len < strlen(answers[i]); len++) {
            http_reader reader;
            assert_int_equal(feed(&reader, answers[i], len, 1000), HTTP_BROKEN);
            http_reader_fini(&reader);
        }
    }
}

static void any_byte_may_be_any_other(void **state)
{
    static const char answer[] = CHUNKED "5\r\nhello\r\n1;x\r\n!\r\n0\r\nT: t\r\n\r\n";
    (void)state;
    for (size_t at = 0; at < sizeof answer - 1; at++) {
        for (int byte = 0; byte < 256; byte++) {
            char copy[sizeof answer];
            http_reader reader;
            memcpy(copy, answer, sizeof answer);
            copy[at] = (char)byte;
            (void)feed(&reader, copy, sizeof answer - 1, 1000);
            assert_true(reader.len <= LIMIT);
            http_reader_fini(&reader);
        }
    }
}

/* Feed the same bytes until they are refused; how many were taken. */
static size_t endless(const char *begin, const char *again, const char *want)
{
    http_reader reader;
    size_t fed = 0;
    http_reader_init(&reader, LIMIT);
    http_step step = http_reader_feed(&reader, begin, strlen(begin));
    for (; step == HTTP_MORE && fed < 1000000; fed += strlen(again)) step = http_reader_feed(&reader, again, strlen(again));
    assert_int_equal(step, HTTP_BROKEN);
    assert_string_equal(reader.error, want);
    http_reader_fini(&reader);
    return fed;
}

static void nothing_goes_on_for_ever(void **state)
{
    (void)state;
    assert_true(endless(OK, "A: b\r\n", "its head is too long") <= HTTP_MAX_HEAD + 6);
    assert_true(endless(OK "A: ", "b", "its head is too long") <= HTTP_MAX_HEAD + 1);
    assert_true(endless("HTTP/1.1 200 ", "x", "its head is too long") <= HTTP_MAX_HEAD + 1);
    assert_true(endless("", "HTTP/1.1 100 Continue\r\n\r\n", "its head is too long") <= HTTP_MAX_HEAD + 25);
    assert_true(endless(CHUNKED "1;", "x", "its head is too long") <= HTTP_MAX_CHUNK_LINE + 1);
    assert_true(endless(CHUNKED, "1\r\nx\r\n", "it is too long") <= 6 * (LIMIT + 1));
    assert_true(endless(CHUNKED "0\r\n", "T: t\r\n", "its head is too long") <= HTTP_MAX_HEAD + 6);
    assert_true(endless(OK "\r\n", "body", "it is too long") <= LIMIT + 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_answers_are_read_however_they_come),
        cmocka_unit_test(what_can_be_read_in_two_ways_or_is_too_much_is_refused),
        cmocka_unit_test(an_answer_that_is_cut_anywhere_is_broken),
        cmocka_unit_test(any_byte_may_be_any_other),
        cmocka_unit_test(nothing_goes_on_for_ever),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
