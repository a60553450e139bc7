/*
 * test_http_msg.c - HTTP without sockets: request heads, response heads, and one connection as bytes in, bytes out.
 *
 * Every request of the tables is read in one piece, byte by byte, and cut in two at every place; the answer has to
 * be the same.
 * Needs: HTTP JSON
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

#include "http_conn.h"
#include "http_head.h"
#include "http_msg.h"
#include "support/http_client.h"

#define LENGTH(array) (sizeof(array) / sizeof(array)[0])
#define BYTES(literal) literal, sizeof(literal) - 1
#define HOST "Host: a\r\n"
#define LINE "GET /metrics HTTP/1.1\r\n"
#define END "\r\n"

/* ---- Request heads ---------------------------------------------------------------------------------------- */

struct head {
    const char *name;
    const char *bytes;
    size_t len;
    int status; /* 0: incomplete */
};

static const struct head heads[] = {
    { "plain", BYTES(LINE HOST END), 200 },
    { "head method", BYTES("HEAD /metrics HTTP/1.1\r\n" HOST END), 200 },
    { "unknown method", BYTES("BREW /metrics HTTP/1.1\r\n" HOST END), 200 },
    { "method in lower case is another method", BYTES("get /metrics HTTP/1.1\r\n" HOST END), 200 },
    { "all token characters in a method", BYTES("!#$%&'*+-.^_`|~09aZ / HTTP/1.1\r\n" HOST END), 200 },
    { "empty lines first", BYTES("\r\n\r\n" LINE HOST END), 200 },
    { "http 1.0 without host", BYTES("GET / HTTP/1.0\r\n\r\n"), 200 },
    { "later minor version", BYTES("GET / HTTP/1.7\r\n" HOST END), 200 },
    { "empty host", BYTES(LINE "Host:\r\n\r\n"), 200 },
    { "host with port", BYTES(LINE "Host: localhost:9464\r\n\r\n"), 200 },
    { "host in brackets", BYTES(LINE "HOST:\t[::1]:9464 \t\r\n\r\n"), 200 },
    { "absolute form", BYTES("GET http://a/metrics HTTP/1.1\r\n" HOST END), 200 },
    { "absolute form, scheme in capitals, port", BYTES("GET HTTP://a:80/metrics?x HTTP/1.1\r\n" HOST END), 200 },
    { "absolute form without path", BYTES("GET http://a HTTP/1.1\r\n" HOST END), 200 },
    { "options of the server", BYTES("OPTIONS * HTTP/1.1\r\n" HOST END), 200 },
    { "connect", BYTES("CONNECT a:443 HTTP/1.1\r\n" HOST END), 200 },
    { "percent and brackets in the query", BYTES("GET /m?name[]=a%5B HTTP/1.1\r\n" HOST END), 200 },
    { "value with bytes over 127", BYTES(LINE HOST "X-Name: \xc3\xa4\xff\r\n\r\n"), 200 },
    { "value with a tab inside", BYTES(LINE HOST "X-Name: a\tb\r\n\r\n"), 200 },
    { "empty value", BYTES(LINE HOST "X-Name:\r\n\r\n"), 200 },
    { "length zero", BYTES(LINE HOST "Content-Length: 0\r\n\r\n"), 200 },
    { "length", BYTES(LINE HOST "Content-Length: 5\r\n\r\n"), 200 },
    { "length beyond every integer", BYTES(LINE HOST "Content-Length: 99999999999999999999999\r\n\r\n"), 200 },
    { "chunked", BYTES(LINE HOST "Transfer-Encoding: chunked\r\n\r\n"), 200 },
    { "chunked in capitals, with empty elements", BYTES(LINE HOST "Transfer-Encoding: , CHUNKED,\r\n\r\n"), 200 },
    { "expect continue", BYTES(LINE HOST "Expect: 100-Continue\r\n\r\n"), 200 },
    { "expectation of http 1.0", BYTES("GET / HTTP/1.0\r\nExpect: more\r\n\r\n"), 200 },

    { "nothing", BYTES(""), 0 },
    { "half a request line", BYTES("GET /metr"), 0 },
    { "no empty line yet", BYTES(LINE HOST), 0 },
    { "empty line without its line feed", BYTES(LINE HOST "\r"), 0 },

    { "bare line feed after the request line", BYTES("GET / HTTP/1.1\nHost: a\n\n"), 400 },
    { "bare line feed after a field", BYTES(LINE "Host: a\n\r\n"), 400 },
    { "bare line feed as the empty line", BYTES(LINE HOST "\n"), 400 },
    { "bare line feed first", BYTES("\n" LINE HOST END), 400 },
    { "bare carriage return in a value", BYTES(LINE HOST "X: a\rb\r\n\r\n"), 400 },
    { "two carriage returns", BYTES(LINE HOST "X: a\r\r\n\r\n"), 400 },
    { "NUL in the method", BYTES("G\0T / HTTP/1.1\r\n"), 400 },
    { "NUL in the path", BYTES("GET /metrics\0 HTTP/1.1\r\n" HOST END), 400 },
    { "NUL in a field name", BYTES(LINE "Ho\0st: a\r\n\r\n"), 400 },
    { "NUL in a value", BYTES(LINE "Host: a\0b\r\n\r\n"), 400 },
    { "escape character in a value", BYTES(LINE HOST "X: \x1b[2J\r\n\r\n"), 400 },
    { "delete character in a value", BYTES(LINE HOST "X: \x7f\r\n\r\n"), 400 },
    { "vertical tab around a value", BYTES(LINE HOST "Transfer-Encoding: \x0b" "chunked\r\n\r\n"), 400 },
    { "folded field", BYTES(LINE HOST "X: a\r\n b\r\n\r\n"), 400 },
    { "folded by a tab", BYTES(LINE HOST "X: a\r\n\tb\r\n\r\n"), 400 },
    { "first field begins with a blank", BYTES(LINE " Host: a\r\n\r\n"), 400 },
    { "blank before the colon", BYTES(LINE "Host : a\r\n\r\n"), 400 },
    { "tab before the colon", BYTES(LINE HOST "Content-Length\t: 0\r\n\r\n"), 400 },
    { "blank in a field name", BYTES(LINE HOST "X Y: a\r\n\r\n"), 400 },
    { "field without a name", BYTES(LINE HOST ": a\r\n\r\n"), 400 },
    { "field without a colon", BYTES(LINE HOST "nonsense\r\n\r\n"), 400 },
    { "field name with a parenthesis", BYTES(LINE HOST "X(1): a\r\n\r\n"), 400 },
    { "field name over 127", BYTES(LINE HOST "\xc3\xa4: a\r\n\r\n"), 400 },
    { "no host", BYTES(LINE END), 400 },
    { "two hosts", BYTES(LINE HOST "Host: b\r\n\r\n"), 400 },
    { "the same host twice", BYTES(LINE HOST HOST END), 400 },
    { "two hosts of http 1.0", BYTES("GET / HTTP/1.0\r\n" HOST HOST END), 400 },
    { "host with a path", BYTES(LINE "Host: a/b\r\n\r\n"), 400 },
    { "host with a user", BYTES(LINE "Host: u@a\r\n\r\n"), 400 },
    { "two hosts in one field", BYTES(LINE "Host: a b\r\n\r\n"), 400 },
    { "host with a port in words", BYTES(LINE "Host: a:http\r\n\r\n"), 400 },
    { "host with an open bracket", BYTES(LINE "Host: [::1\r\n\r\n"), 400 },
    { "host with empty brackets", BYTES(LINE "Host: []:80\r\n\r\n"), 400 },
    { "only a method", BYTES("GET\r\n\r\n"), 400 },
    { "http 0.9", BYTES("GET /\r\n\r\n"), 400 },
    { "no method", BYTES(" / HTTP/1.1\r\n" HOST END), 400 },
    { "method with a colon", BYTES("GE:T / HTTP/1.1\r\n" HOST END), 400 },
    { "two blanks before the target", BYTES("GET  / HTTP/1.1\r\n" HOST END), 400 },
    { "two blanks behind the target", BYTES("GET /  HTTP/1.1\r\n" HOST END), 400 },
    { "tabs as separators", BYTES("GET\t/\tHTTP/1.1\r\n" HOST END), 400 },
    { "blank behind the version", BYTES("GET / HTTP/1.1 \r\n" HOST END), 400 },
    { "blank inside the target", BYTES("GET /a b HTTP/1.1\r\n" HOST END), 400 },
    { "target without a slash", BYTES("GET metrics HTTP/1.1\r\n" HOST END), 400 },
    { "empty target", BYTES("GET HTTP/1.1\r\n" HOST END), 400 },
    { "target with a fragment", BYTES("GET /metrics#a HTTP/1.1\r\n" HOST END), 400 },
    { "target over 127", BYTES("GET /m\xc3\xa4 HTTP/1.1\r\n" HOST END), 400 },
    { "star for a GET", BYTES("GET * HTTP/1.1\r\n" HOST END), 400 },
    { "connect to nonsense", BYTES("CONNECT a/b HTTP/1.1\r\n" HOST END), 400 },
    { "absolute form without host", BYTES("GET http:///metrics HTTP/1.1\r\n" HOST END), 400 },
    { "absolute form with only a port", BYTES("GET http://:80/metrics HTTP/1.1\r\n" HOST END), 400 },
    { "absolute form with a user", BYTES("GET http://u:p@a/metrics HTTP/1.1\r\n" HOST END), 400 },
    { "absolute form of another scheme", BYTES("GET ftp://a/metrics HTTP/1.1\r\n" HOST END), 400 },
    { "absolute form without host field", BYTES("GET http://a/ HTTP/1.1\r\n\r\n"), 400 },
    { "scheme only", BYTES("GET http:// HTTP/1.1\r\n" HOST END), 400 },
    { "version in lower case", BYTES("GET / http/1.1\r\n" HOST END), 400 },
    { "version without a point", BYTES("GET / HTTP/11\r\n" HOST END), 400 },
    { "version with two digits", BYTES("GET / HTTP/1.10\r\n" HOST END), 400 },
    { "version of letters", BYTES("GET / HTTP/x.y\r\n" HOST END), 400 },
    { "another protocol", BYTES("GET / HTTPS/1.1\r\n" HOST END), 400 },
    { "tls handshake", BYTES("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"), 400 },
    { "negative length", BYTES(LINE HOST "Content-Length: -1\r\n\r\n"), 400 },
    { "length with a plus", BYTES(LINE HOST "Content-Length: +1\r\n\r\n"), 400 },
    { "hexadecimal length", BYTES(LINE HOST "Content-Length: 0x0\r\n\r\n"), 400 },
    { "empty length", BYTES(LINE HOST "Content-Length: \r\n\r\n"), 400 },
    { "length with a blank inside", BYTES(LINE HOST "Content-Length: 0 0\r\n\r\n"), 400 },
    { "list of equal lengths", BYTES(LINE HOST "Content-Length: 0, 0\r\n\r\n"), 400 },
    { "the same length twice", BYTES(LINE HOST "Content-Length: 0\r\nContent-Length: 0\r\n\r\n"), 400 },
    { "two lengths", BYTES(LINE HOST "Content-Length: 5\r\nContent-Length: 6\r\n\r\n"), 400 },
    { "length and coding", BYTES(LINE HOST "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"), 400 },
    { "coding and length", BYTES(LINE HOST "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n"), 400 },
    { "empty coding", BYTES(LINE HOST "Transfer-Encoding:\r\n\r\n"), 400 },
    { "chunked twice", BYTES(LINE HOST "Transfer-Encoding: chunked, chunked\r\n\r\n"), 400 },
    { "chunked in two fields",
      BYTES(LINE HOST "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n"), 400 },
    { "chunked not last", BYTES(LINE HOST "Transfer-Encoding: chunked, gzip\r\n\r\n"), 400 },
    { "coding of http 1.0", BYTES("GET / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"), 400 },
    { "two authorizations", BYTES(LINE HOST "Authorization: Bearer a\r\nAuthorization: Bearer b\r\n\r\n"), 400 },

    { "unknown expectation", BYTES(LINE HOST "Expect: a-miracle\r\n\r\n"), 417 },
    { "unknown coding", BYTES(LINE HOST "Transfer-Encoding: gzip, chunked\r\n\r\n"), 501 },
    { "identity coding", BYTES(LINE HOST "Transfer-Encoding: identity\r\n\r\n"), 501 },
    { "chunked misspelt", BYTES(LINE HOST "Transfer-Encoding: xchunked\r\n\r\n"), 501 },
    { "chunked with a parameter", BYTES(LINE HOST "Transfer-Encoding: chunked;q=1\r\n\r\n"), 501 },
    { "http 2 preface", BYTES("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), 505 },
    { "version 0.9", BYTES("GET / HTTP/0.9\r\n\r\n"), 505 },
    { "version 3.0", BYTES("GET / HTTP/3.0\r\n" HOST END), 505 },
};

/* Read bytes in steps; the first step is `first` long. A copy of exactly this length lets a sanitizer watch. */
static int read_head(const char *bytes, size_t len, size_t first, size_t step, tacho__http_request *out)
{
    tacho__http_request request = { 0 };
    char *copy = malloc(len + 1);
    int status = 0;
    assert_non_null(copy);
    for (size_t there = first; status == 0; there += step) {
        if (there > len) there = len;
        memcpy(copy + request.read, bytes + request.read, there - request.read);
        status = tacho__http_request_read(&request, copy, there);
        if (there == len) break;
    }
    assert_int_equal(status, request.status);
    if (out)
        *out = request; /* the caller looks at flags only */
    free(copy);
    return status;
}

static void a_request_is_judged_the_same_however_it_arrives(void **state)
{
    (void)state;
    for (size_t i = 0; i < LENGTH(heads); i++) {
        const struct head *row = &heads[i];
        for (size_t cut = 0; cut <= row->len; cut++) {
            int status = read_head(row->bytes, row->len, cut, row->len, NULL);
            if (status != row->status) fail_msg("%s, cut at %zu: %d", row->name, cut, status);
        }
        int status = read_head(row->bytes, row->len, 1, 1, NULL);
        if (status != row->status) fail_msg("%s, byte by byte: %d", row->name, status);
    }
}

static void a_target_is_split_into_path_and_query(void **state)
{
    static const struct {
        const char *target, *path, *query;
    } rows[] = {
        { "/", "/", "" },
        { "/metrics?", "/metrics", "" },
        { "/metrics?name[]=a&x=?/", "/metrics", "name[]=a&x=?/" },
        { "/%2e%2e/metrics", "/%2e%2e/metrics", "" },
        { "//metrics", "//metrics", "" },
        { "http://a:1/metrics?b", "/metrics", "b" },
        { "http://a?b", "/", "b" },
        { "http://a", "/", "" },
        { "http://[::1]:9464/", "/", "" },
    };
    (void)state;
    for (size_t i = 0; i < LENGTH(rows); i++) {
        char bytes[128];
        tacho__http_request request = { 0 };
        int len = snprintf(bytes, sizeof bytes, "GET %s HTTP/1.1\r\nHost: a\r\n\r\n", rows[i].target);
        assert_int_equal(tacho__http_request_read(&request, bytes, (size_t)len), 200);
        assert_string_equal(request.path, rows[i].path);
        assert_string_equal(request.query, rows[i].query);
        assert_int_equal(request.read, len);
    }
}

static void the_end_of_a_connection_is_read_from_version_and_fields(void **state)
{
    static const struct {
        const char *bytes;
        bool close, body;
    } rows[] = {
        { LINE HOST END, false, false },
        { LINE HOST "Connection: keep-alive\r\n\r\n", false, false },
        { LINE HOST "Connection: close\r\n\r\n", true, false },
        { LINE HOST "Connection: keep-alive, CLOSE\r\n\r\n", true, false },
        { LINE HOST "connection: x\r\nConnection: ,close ,\r\n\r\n", true, false },
        { LINE HOST "Connection: closed, not-close\r\n\r\n", false, false },
        { LINE HOST "Proxy-Connection: close\r\n\r\n", false, false },
        { "GET / HTTP/1.0\r\n\r\n", true, false },
        { "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", true, false },
        { LINE HOST "Content-Length: 00\r\n\r\n", false, false },
        { LINE HOST "Content-Length: 0100\r\n\r\n", false, true },
        { LINE HOST "Transfer-Encoding: chunked\r\n\r\n", false, true },
    };
    (void)state;
    for (size_t i = 0; i < LENGTH(rows); i++) {
        tacho__http_request request;
        assert_int_equal(read_head(rows[i].bytes, strlen(rows[i].bytes), 1, 1, &request), 200);
        assert_int_equal(request.close, rows[i].close);
        assert_int_equal(request.body, rows[i].body);
    }
}

/* A request of `line_len` bytes in its request line, and `len` in all. */
static char *long_head(size_t line_len, size_t len)
{
    static const char tail[] = " HTTP/1.1\r\nHost: a\r\nX: ";
    char *bytes = malloc(len + 1);
    assert_non_null(bytes);
    memset(bytes, 'x', len);
    memcpy(bytes, "GET /", 5);
    memcpy(bytes + line_len - strlen(" HTTP/1.1\r\n"), tail, strlen(tail));
    memcpy(bytes + len - 4, "\r\n\r\n", 4);
    return bytes;
}

static void a_head_may_have_8_kib_and_not_a_byte_more(void **state)
{
    static const struct {
        size_t line_len, len;
        int status;
    } rows[] = {
        { 100, TACHO__HTTP_HEAD_MAX, 200 },
        { 100, TACHO__HTTP_HEAD_MAX + 1, 431 },
        { 100, TACHO__HTTP_HEAD_MAX * 3, 431 },
        { TACHO__HTTP_HEAD_MAX - 100, TACHO__HTTP_HEAD_MAX, 200 },
        { TACHO__HTTP_HEAD_MAX, TACHO__HTTP_HEAD_MAX + 100, 431 },
        { TACHO__HTTP_HEAD_MAX + 1, TACHO__HTTP_HEAD_MAX + 100, 414 },
        { TACHO__HTTP_HEAD_MAX * 2, TACHO__HTTP_HEAD_MAX * 3, 414 },
    };
    (void)state;
    for (size_t i = 0; i < LENGTH(rows); i++) {
        char *bytes = long_head(rows[i].line_len, rows[i].len);
        assert_int_equal(read_head(bytes, rows[i].len, rows[i].len, 1, NULL), rows[i].status);
        assert_int_equal(read_head(bytes, rows[i].len, 1, 1, NULL), rows[i].status);
        free(bytes);
    }
    char empty_lines[TACHO__HTTP_HEAD_MAX];
    for (size_t i = 0; i < sizeof empty_lines; i++) empty_lines[i] = i % 2 ? '\n' : '\r';
    assert_int_equal(read_head(empty_lines, sizeof empty_lines, 1, 1, NULL), 431);
}

static void every_short_string_of_awkward_bytes_is_read_without_harm(void **state)
{
    static const char alphabet[] = { 'G', ' ', '/', '\r', '\n', ':', '\0', '?', '\x80' };
    (void)state;
    for (size_t code = 0; code < 9 * 9 * 9 * 9 * 9; code++) {
        char bytes[5];
        size_t rest = code;
        for (size_t i = 0; i < sizeof bytes; i++, rest /= LENGTH(alphabet)) bytes[i] = alphabet[rest % 9];
        int whole = read_head(bytes, sizeof bytes, sizeof bytes, 1, NULL);
        assert_int_equal(read_head(bytes, sizeof bytes, 1, 1, NULL), whole);
        assert_true(whole == 0 || whole == 400);
    }
}

/* A head of many fields, read byte by byte, and the values of one of them. */
static void the_values_of_all_fields_with_a_name_are_one_list(void **state)
{
    static const struct {
        const char *fields, *want;
    } rows[] = {
        { "", "" },
        { "Accept: a\r\n", "a" },
        { "Accept: a\r\nAccept: b\r\n", "a,b" },
        { "ACCEPT:a\r\nX: y\r\naccept:\t b, c \r\naCCept: d\r\n", "a,b, c,d" },
        { "Accept:\r\n", "" },
        { "Accept: \r\nAccept:\r\nAccept: a\r\n", ",,a" },
        { "Accept-Encoding: a\r\nXAccept: b\r\nAccep: c\r\nAcceptt: d\r\n", "" },
        { "X: Accept: a\r\nAccept: \"b:c\"\r\n", "\"b:c\"" },
        { "Authorization: Bearer x\r\nAccept: \xc3\xa4\r\nConnection: close\r\n", "\xc3\xa4" },
    };
    static const char *const lines[] = { LINE HOST, "\r\n\r\nGET http://accept:80/?accept:x HTTP/1.1\r\n" HOST,
                                         "accept http://accept:80/ HTTP/1.1\r\n" HOST };
    (void)state;
    for (size_t i = 0; i < LENGTH(rows) * LENGTH(lines); i++) {
        tacho__http_request request = { 0 };
        char *bytes = malloc(TACHO__HTTP_HEAD_MAX), *out = malloc(TACHO__HTTP_HEAD_MAX);
        assert_true(bytes && out);
        int len = snprintf(bytes, TACHO__HTTP_HEAD_MAX, "%s%s\r\nAccept: next", lines[i % LENGTH(lines)],
                           rows[i / LENGTH(lines)].fields);
        for (int there = 1; there <= len && request.status == 0; there++)
            (void)tacho__http_request_read(&request, bytes, (size_t)there);
        assert_int_equal(request.status, 200);
        tacho__http_request_join(&request, bytes, "accept", out);
        assert_string_equal(out, rows[i / LENGTH(lines)].want);
        free(bytes);
        free(out);
    }
}

static void as_many_fields_as_a_head_holds_are_one_list(void **state)
{
    static char bytes[TACHO__HTTP_HEAD_MAX];
    size_t len = strlen(LINE HOST), count = 0;
    tacho__http_request request = { 0 };
    (void)state;
    memcpy(bytes, LINE HOST, len);
    for (; len + strlen("Accept:a\r\n\r\n") <= sizeof bytes; count++, len += strlen("Accept:a\r\n"))
        memcpy(bytes + len, BYTES("Accept:a\r\n"));
    memcpy(bytes + len, BYTES("\r\n"));
    assert_int_equal(tacho__http_request_read(&request, bytes, len + 2), 200);
    char *out = malloc(2 * count); /* exactly what is needed */
    assert_non_null(out);
    tacho__http_request_join(&request, bytes, "accept", out);
    assert_int_equal(strlen(out), 2 * count - 1);
    for (size_t i = 0; i < 2 * count - 1; i++) assert_int_equal(out[i], i % 2 ? ',' : 'a');
    free(out);
}

/* ---- Response heads --------------------------------------------------------------------------------------- */

static void a_response_head_has_what_its_status_demands(void **state)
{
    static const struct {
        tacho__http_response response;
        const char *want;
    } rows[] = {
        { { .status = 200, .content_type = "a/b", .framing = TACHO__HTTP_LENGTH, .length = 12 },
          "HTTP/1.1 200 OK\r\nContent-Type: a/b\r\nContent-Length: 12\r\nCache-Control: no-store\r\n"
          "X-Content-Type-Options: nosniff\r\n\r\n" },
        { { .status = 200, .content_type = "a/b", .framing = TACHO__HTTP_CHUNKED, .close = true, .negotiated = true },
          "HTTP/1.1 200 OK\r\nContent-Type: a/b\r\nTransfer-Encoding: chunked\r\nVary: Accept\r\n"
          "Cache-Control: no-store\r\n"
          "X-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\n" },
        { { .status = 200, .content_type = "a/b", .framing = TACHO__HTTP_TO_END, .close = true },
          "HTTP/1.1 200 OK\r\nContent-Type: a/b\r\nCache-Control: no-store\r\n"
          "X-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\n" },
        { { .status = 204, .content_type = "a/b", .framing = TACHO__HTTP_NO_BODY },
          "HTTP/1.1 204 No Content\r\nCache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n\r\n" },
        { { .status = 401, .content_type = "a/b", .framing = TACHO__HTTP_LENGTH },
          "HTTP/1.1 401 Unauthorized\r\nContent-Type: a/b\r\nContent-Length: 0\r\n"
          "WWW-Authenticate: Bearer realm=\"metrics\"\r\nCache-Control: no-store\r\n"
          "X-Content-Type-Options: nosniff\r\n\r\n" },
        { { .status = 405, .content_type = "a/b", .framing = TACHO__HTTP_LENGTH },
          "HTTP/1.1 405 Method Not Allowed\r\nContent-Type: a/b\r\nContent-Length: 0\r\n"
          "Allow: GET, HEAD\r\nCache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n\r\n" },
    };
    (void)state;
    for (size_t i = 0; i < LENGTH(rows); i++) {
        char out[512];
        size_t len = tacho__http_response_write(&rows[i].response, out, sizeof out);
        assert_int_equal(len, strlen(rows[i].want));
        assert_memory_equal(out, rows[i].want, len);
        for (size_t cap = 0; cap <= len; cap++)
            assert_int_equal(tacho__http_response_write(&rows[i].response, out, cap), 0);
    }
}

static void every_error_has_a_sentence_of_its_own(void **state)
{
    static const int statuses[] = { 400, 401, 403, 404, 405, 408, 411, 413, 414, 417, 431, 500, 501, 503, 505 };
    (void)state;
    for (size_t i = 0; i < LENGTH(statuses); i++) {
        const char *sentence = tacho__http_status_sentence(statuses[i]);
        size_t len = strlen(sentence);
        assert_true(len > 10);
        assert_memory_equal(sentence + len - 2, ".\n", 2);
        for (size_t j = 0; j < i; j++) assert_string_not_equal(sentence, tacho__http_status_sentence(statuses[j]));
    }
    assert_string_equal(tacho__http_status_sentence(299), "\n");
}

/* ---- One connection ---------------------------------------------------------------------------------------- */

/* A connection and everything it said; `piece` bytes of its output are taken at a time. */
struct talk {
    tacho__http_conn *conn;
    size_t piece;
    char *said;
    size_t len;
    bool told_end; /* it waits for the peer's end */
};

static void talk_drain(struct talk *talk)
{
    size_t len;
    for (;;) {
        const char *out = tacho__http_conn_output(talk->conn, &len);
        if (len == 0) break;
        assert_int_equal(talk->conn->wait, TACHO__HTTP_FOR_READER);
        if (len > talk->piece) len = talk->piece;
        talk->said = realloc(talk->said, talk->len + len);
        assert_non_null(talk->said);
        memcpy(talk->said + talk->len, out, len);
        talk->len += len;
        tacho__http_conn_sent(talk->conn, len);
    }
    if (talk->conn->wait == TACHO__HTTP_FOR_END) talk->told_end = true;
}

static void talk_hear(struct talk *talk, const char *bytes, size_t len, size_t step)
{
    talk_drain(talk);
    while (len > 0 && talk->conn->wait != TACHO__HTTP_FOR_NOTHING) {
        size_t room;
        char *space = tacho__http_conn_space(talk->conn, &room);
        size_t now = len < step ? len : step;
        if (now > room) now = room;
        assert_true(now > 0);
        memcpy(space, bytes, now);
        bytes += now;
        len -= now;
        tacho__http_conn_received(talk->conn, now);
        talk_drain(talk);
    }
}

static struct talk talk_begin(tacho__http_site *site, size_t piece)
{
    struct talk talk = { .conn = malloc(sizeof *talk.conn), .piece = piece };
    assert_non_null(talk.conn);
    memset(talk.conn, 0xa5, sizeof *talk.conn); /* memory of any content */
    tacho__http_conn_open(talk.conn, site, site->doors, NULL);
    assert_int_equal(talk.conn->wait, TACHO__HTTP_FOR_REQUEST);
    return talk;
}

static void talk_end(struct talk *talk)
{
    tacho__http_conn_close(talk->conn);
    free(talk->conn);
    free(talk->said);
}

/* The answers as words: "200 404 close". `to` has the method of each request, G or H. */
static void talk_words(const struct talk *talk, const char *to, char *out, size_t cap)
{
    const char *data = talk->said;
    size_t len = talk->len, at = 0;
    http_answer answer;
    out[0] = '\0';
    while (len > 0 && http_answer_parse(&answer, *to == 'H' ? "HEAD" : "GET", &data, &len, talk->told_end)) {
        at += (size_t)snprintf(out + at, cap - at, "%s%d", at ? " " : "", answer.status);
        assert_true(answer.complete);
        assert_true(http_answer_has(&answer, "Cache-Control: no-store"));
        assert_true(http_answer_has(&answer, "X-Content-Type-Options: nosniff"));
        /* The last answer says that it is. */
        assert_int_equal(http_answer_has(&answer, "Connection: close"), talk->told_end && len == 0);
        http_answer_fini(&answer);
        if (to[1]) to++;
    }
    assert_int_equal(len, 0);
    if (talk->told_end) (void)snprintf(out + at, cap - at, " close");
}

static void route_echo_length(tacho_http_route *self, const tacho_http_request *request, tacho_http_reply *reply)
{
    (void)self;
    static char body[64];
    reply->len = (size_t)snprintf(body, sizeof body, "%zu bytes of query\n", strlen(request->query));
    reply->body = body;
}

static const tacho_http_route_ops open_ops = { .path = "/open", .answer = route_echo_length };
static const tacho_http_route_ops closed_ops = { .path = "/closed", .needs_token = 1, .answer = route_echo_length };

/* A site behind the token "secret". Its registry is NULL, so that its metrics are a 503. */
struct place {
    tacho__http_site site;
    tacho_http_route open, closed;
};

static void place_init(struct place *place, const char *token)
{
    memset(place, 0, sizeof *place);
    assert_int_equal(tacho__http_site_init(&place->site, &(tacho_http_options){ .token = token }), TACHO_OK);
    place->open.ops = &open_ops;
    place->closed.ops = &closed_ops;
    assert_int_equal(tacho__http_site_add(&place->site, &place->open), TACHO_OK);
    assert_int_equal(tacho__http_site_add(&place->site, &place->closed), TACHO_OK);
}

#define SECRET "Authorization: Bearer secret\r\n"
#define G(path) "GET " path " HTTP/1.1\r\n" HOST
#define H(path) "HEAD " path " HTTP/1.1\r\n" HOST

static const struct talk_row {
    const char *name;
    const char *bytes;
    size_t len;
    const char *to; /* methods of the requests; the last one stands for the rest */
    const char *want;
} talks[] = {
    { "health", BYTES(G("/healthz") END), "G", "200" },
    { "health without body", BYTES(H("/healthz") END), "H", "200" },
    { "health with query", BYTES(G("/healthz?verbose") END), "G", "200" },
    { "nothing there", BYTES(G("/nothing") END), "G", "404" },
    { "no prefix match", BYTES(G("/metrics/") SECRET END), "G", "404" },
    { "no other case", BYTES(G("/Metrics") SECRET END), "G", "404" },
    { "no dot segments", BYTES(G("/x/../metrics") SECRET END), "G", "404" },
    { "no percent decoding", BYTES(G("/%6detrics") SECRET END), "G", "404" },
    { "double slash", BYTES(G("//metrics") SECRET END), "G", "404" },
#ifdef TACHO_NO_PAGE
    { "root", BYTES(G("/") END), "G", "404" },
#else
    { "the page", BYTES(G("/") END H("/") END G("/open") END), "GHG", "200 200 200" },
    { "the page with a wrong token", BYTES(G("/") "Authorization: Bearer wrong\r\n\r\n"), "G", "401" },
#endif
    { "no token", BYTES(G("/metrics") END), "G", "401" },
    { "no token for a head", BYTES(H("/metrics") END), "H", "401" },
    { "right token", BYTES(G("/metrics") SECRET END), "G", "503" },
    { "right token, only the head", BYTES(H("/metrics") SECRET END), "H", "200" },
    { "scheme in capitals, several blanks", BYTES(G("/metrics") "Authorization: BEARER   secret \r\n\r\n"), "G",
      "503" },
    { "beginning of the token", BYTES(G("/metrics") "Authorization: Bearer secre\r\n\r\n"), "G", "401" },
    { "more than the token", BYTES(G("/metrics") "Authorization: Bearer secrets\r\n\r\n"), "G", "401" },
    { "token in capitals", BYTES(G("/metrics") "Authorization: Bearer SECRET\r\n\r\n"), "G", "401" },
    { "empty token", BYTES(G("/metrics") "Authorization: Bearer \r\n\r\n"), "G", "401" },
    { "scheme without token", BYTES(G("/metrics") "Authorization: Bearer\r\n\r\n"), "G", "401" },
    { "empty authorization", BYTES(G("/metrics") "Authorization:\r\n\r\n"), "G", "401" },
    { "another scheme", BYTES(G("/metrics") "Authorization: Basic secret\r\n\r\n"), "G", "401" },
    { "token without scheme", BYTES(G("/metrics") "Authorization: secret\r\n\r\n"), "G", "401" },
    { "token in the query", BYTES(G("/metrics?token=secret") END), "G", "401" },
    { "json, no token", BYTES(G("/metrics.json") END), "G", "401" },
    { "csv, no token", BYTES(G("/metrics.csv") END), "G", "401" },
    { "json", BYTES(G("/metrics.json") SECRET END), "G", "503" },
    { "csv, only the head", BYTES(H("/metrics.csv?name[]=a") SECRET END), "H", "200" },
    { "post to the json", BYTES("POST /metrics.json HTTP/1.1\r\n" HOST END), "G", "405" },
    { "another ending", BYTES(G("/metrics.xml") SECRET END), "G", "404" },
    { "half an ending", BYTES(G("/metrics.jso") SECRET END), "G", "404" },
    { "more than an ending", BYTES(G("/metrics.jsonl") SECRET END), "G", "404" },
    { "two endings", BYTES(G("/metrics.json.csv") SECRET END), "G", "404" },
    { "an ending alone", BYTES(G("/.json") SECRET END), "G", "404" },
    { "ending in capitals", BYTES(G("/metrics.JSON") SECRET END), "G", "404" },
    { "the token comes first", BYTES(G("/metrics?name[]=a%2Gb") END), "G", "401" },
    { "names that are no text", BYTES(G("/metrics?name[]=a%2Gb") SECRET END), "G", "400" },
    { "the same for a head", BYTES(H("/metrics.json?%") SECRET END), "H", "400" },
    { "the same elsewhere", BYTES(G("/open?%") END), "G", "200" },
    { "a bad query ends nothing", BYTES(G("/metrics?%") SECRET END G("/open") END), "G", "400 200" },
    { "route", BYTES(G("/open") END), "G", "200" },
    { "route, only the head", BYTES(H("/open?x") END), "H", "200" },
    { "route behind the token", BYTES(G("/closed") END), "G", "401" },
    { "route with the token", BYTES(G("/closed") SECRET END), "G", "200" },
    { "post to the metrics", BYTES("POST /metrics HTTP/1.1\r\n" HOST END), "G", "405" },
    { "post to the health", BYTES("POST /healthz HTTP/1.1\r\n" HOST "Content-Length: 2\r\n\r\n{}"), "G", "405 close" },
    { "delete of a route", BYTES("DELETE /open HTTP/1.1\r\n" HOST END), "G", "405" },
    { "post to nothing", BYTES("POST /nothing HTTP/1.1\r\n" HOST END), "G", "404" },
    { "get in lower case", BYTES("get /healthz HTTP/1.1\r\n" HOST END), "G", "405" },
    { "options of the server", BYTES("OPTIONS * HTTP/1.1\r\n" HOST END), "G", "405" },
    { "connect", BYTES("CONNECT a:443 HTTP/1.1\r\n" HOST END), "G", "405" },
    { "body of a get", BYTES(G("/healthz") "Content-Length: 3\r\n\r\nabc"), "G", "413 close" },
    { "chunked body of a get", BYTES(G("/healthz") "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), "G", "413 close" },
    { "body that waits for leave", BYTES(G("/healthz") "Expect: 100-continue\r\nContent-Length: 3\r\n\r\n"), "G",
      "413 close" },
    { "a request hidden in a body", BYTES(G("/healthz") "Content-Length: 45\r\n\r\n" G("/metrics") SECRET END), "G",
      "413 close" },
    { "http 1.0 ends", BYTES("GET /healthz HTTP/1.0\r\n\r\n"), "G", "200 close" },
    { "http 1.0 that would stay", BYTES("GET /healthz HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"), "G", "200 close" },
    { "close asked for", BYTES(G("/healthz") "Connection: close\r\n\r\n"), "G", "200 close" },
    { "nothing after a close", BYTES(G("/healthz") "Connection: close\r\n\r\n" G("/healthz") END), "G", "200 close" },
    { "pipeline", BYTES(G("/healthz") END G("/x") END H("/healthz") END G("/metrics") END G("/open") END), "GGHGG",
      "200 404 200 401 200" },
    { "pipeline with empty lines between", BYTES(G("/healthz") END "\r\n\r\n" G("/open") END), "G", "200 200" },
    { "pipeline that breaks", BYTES(G("/open") END "nonsense\r\n" G("/open") END), "G", "200 400 close" },
    { "malformed head of a head", BYTES(H("/open") "nonsense\r\n\r\n"), "H", "400 close" },
    { "malformed", BYTES("nonsense\r\n"), "G", "400 close" },
    { "tls", BYTES("\x16\x03\x01\x02\x00"), "G", "400 close" },
    { "http 2", BYTES("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), "G", "505 close" },
    { "unknown coding", BYTES(G("/open") "Transfer-Encoding: gzip\r\n\r\n"), "G", "501 close" },
    { "absolute form", BYTES(G("http://a/open") END), "G", "200" },
    { "half a request", BYTES("GET /open HTTP/1.1\r\n"), "G", "" },
};

static void a_conversation_is_the_same_however_its_bytes_travel(void **state)
{
    struct place place;
    (void)state;
    place_init(&place, "secret");
    for (size_t i = 0; i < LENGTH(talks); i++) {
        for (size_t step = 1; step <= talks[i].len; step = step < 3 ? step + 1 : step * 7) {
            for (size_t piece = 1; piece < 100000; piece *= 37) {
                char words[128];
                struct talk talk = talk_begin(&place.site, piece);
                talk_hear(&talk, talks[i].bytes, talks[i].len, step);
                talk_words(&talk, talks[i].to, words, sizeof words);
                if (strcmp(words, talks[i].want) != 0)
                    fail_msg("%s: \"%s\", wanted \"%s\"", talks[i].name, words, talks[i].want);
                talk_end(&talk);
            }
        }
    }
    tacho__http_site_fini(&place.site, false);
}

static void no_answer_holds_bytes_of_its_request(void **state)
{
    static const char *const requests[] = {
        "GET /qqqq?qqqq HTTP/1.1\r\nHost: qqqq\r\nX-qqqq: qqqq\r\n\r\n", "qqqq / HTTP/1.1\r\nHost: qqqq\r\n\r\n",
        "GET /metrics HTTP/1.1\r\nHost: qqqq\r\nAuthorization: Bearer qqqq\r\n\r\n", "qqqq\r\n\r\n",
        "GET / HTTP/1.1\r\nqqqq\r\n\r\n",
        "GET /metrics?name[]=qqqq HTTP/1.1\r\n" HOST SECRET "Accept: qqqq\r\n\r\n",
        "GET /metrics?name[]=qqqq&qqqq%q HTTP/1.1\r\n" HOST SECRET "Accept: qqqq\r\n\r\n",
        "HEAD /metrics?name[]=qqqq HTTP/1.1\r\n" HOST SECRET
        "Accept: application/openmetrics-text;version=1.0.0;escaping=qqqq;qqqq=qqqq\r\n\r\n",
        "HEAD /metrics.csv?name[]=qqqq HTTP/1.1\r\n" HOST SECRET "Accept: qqqq/qqqq\r\n\r\n", "GET /metrics HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: qqqq\r\n\r\n",
    };
    struct place place;
    (void)state;
    place_init(&place, "secret");
    for (size_t i = 0; i < LENGTH(requests); i++) {
        struct talk talk = talk_begin(&place.site, 100000);
        talk_hear(&talk, requests[i], strlen(requests[i]), 100000);
        assert_true(talk.len > 0);
        assert_null(memmem(talk.said, talk.len, "qqqq", 4));
        talk_end(&talk);
    }
    tacho__http_site_fini(&place.site, false);
}

static void what_was_received_is_wiped(void **state)
{
    struct place place;
    (void)state;
    place_init(&place, "secret");
    struct talk talk = talk_begin(&place.site, 7);
    memset(talk.conn->in, 0, sizeof talk.conn->in);
    static const char request[] = G("/closed") SECRET END G("/closed") SECRET "X: ";
    talk_hear(&talk, BYTES(request), 100000);
    assert_true(talk.conn->in_len > 0);
    for (size_t i = talk.conn->in_len; i < sizeof talk.conn->in; i++) assert_int_equal(talk.conn->in[i], 0);
    tacho__http_conn_close(talk.conn);
    for (size_t i = 0; i < sizeof talk.conn->in; i++) assert_int_equal(talk.conn->in[i], 0);
    talk_end(&talk);
    tacho__http_site_fini(&place.site, false);
}

static void a_peer_that_ends_its_side_still_gets_its_answers(void **state)
{
    struct place place;
    char words[64];
    (void)state;
    place_init(&place, NULL);
    struct talk talk = talk_begin(&place.site, 50);
    size_t room;
    static const char requests[] = G("/healthz") END G("/nothing") END "GET /hal";
    char *space = tacho__http_conn_space(talk.conn, &room);
    memcpy(space, requests, sizeof requests - 1);
    tacho__http_conn_received(talk.conn, sizeof requests - 1);
    talk_drain(&talk);
    assert_int_equal(talk.conn->wait, TACHO__HTTP_FOR_REQUEST);
    tacho__http_conn_received(talk.conn, 0);
    assert_int_equal(talk.conn->wait, TACHO__HTTP_FOR_NOTHING);
    talk_words(&talk, "G", words, sizeof words);
    assert_string_equal(words, "200 404");
    talk_end(&talk);
    tacho__http_site_fini(&place.site, false);
}

static void a_connection_says_what_it_waits_for(void **state)
{
    struct place place;
    (void)state;
    place_init(&place, NULL);
    struct talk talk = talk_begin(&place.site, 100000);
    uint32_t stretch = talk.conn->stretch;
    talk_hear(&talk, BYTES("GET /healthz"), 1);
    assert_int_equal(talk.conn->wait, TACHO__HTTP_FOR_REQUEST);
    assert_int_equal(talk.conn->stretch, stretch); /* dribbling does not restart the clock */
    talk_hear(&talk, BYTES(" HTTP/1.1\r\n" HOST END), 1);
    assert_int_equal(talk.conn->wait, TACHO__HTTP_FOR_NEXT);
    assert_int_not_equal(talk.conn->stretch, stretch);
    talk_hear(&talk, BYTES("G"), 1);
    assert_int_equal(talk.conn->wait, TACHO__HTTP_FOR_REQUEST);
    talk.conn->last = true;
    talk_hear(&talk, BYTES("ET /healthz HTTP/1.1\r\n" HOST END), 1);
    assert_int_equal(talk.conn->wait, TACHO__HTTP_FOR_END);
    talk_hear(&talk, BYTES("what is still under way is dropped"), 5);
    assert_int_equal(talk.conn->wait, TACHO__HTTP_FOR_END);
    tacho__http_conn_received(talk.conn, 0);
    assert_int_equal(talk.conn->wait, TACHO__HTTP_FOR_NOTHING);
    talk_end(&talk);
    tacho__http_site_fini(&place.site, false);
}

static void a_peer_that_never_stops_after_the_end_is_left(void **state)
{
    struct place place;
    static const char more[8192];
    (void)state;
    place_init(&place, NULL);
    struct talk talk = talk_begin(&place.site, 100000);
    talk_hear(&talk, BYTES("nonsense\r\n"), 100);
    for (int i = 0; i < 1000 && talk.conn->wait == TACHO__HTTP_FOR_END; i++) talk_hear(&talk, more, sizeof more, 8192);
    assert_int_equal(talk.conn->wait, TACHO__HTTP_FOR_NOTHING);
    talk_end(&talk);
    tacho__http_site_fini(&place.site, false);
}

static void a_request_that_takes_too_long_gets_a_408_and_silence_gets_none(void **state)
{
    struct place place;
    char words[64];
    (void)state;
    place_init(&place, NULL);
    struct talk talk = talk_begin(&place.site, 100000);
    talk_hear(&talk, BYTES("GET /"), 1);
    tacho__http_conn_expire(talk.conn);
    talk_drain(&talk);
    talk_words(&talk, "G", words, sizeof words);
    assert_string_equal(words, "408 close");
    tacho__http_conn_expire(talk.conn);
    assert_int_equal(talk.conn->wait, TACHO__HTTP_FOR_NOTHING);
    talk_end(&talk);

    talk = talk_begin(&place.site, 100000);
    tacho__http_conn_expire(talk.conn);
    assert_int_equal(talk.conn->wait, TACHO__HTTP_FOR_NOTHING);
    assert_int_equal(talk.len, 0);
    talk_end(&talk);
    tacho__http_site_fini(&place.site, false);
}

/* ---- Routes ------------------------------------------------------------------------------------------------ */

struct fixed_route {
    tacho_http_route route;
    tacho_http_reply reply;
};

static void fixed_answer(tacho_http_route *self, const tacho_http_request *request, tacho_http_reply *reply)
{
    (void)request;
    *reply = TACHO_CONTAINER(self, struct fixed_route, route)->reply;
}

static void a_route_that_answers_nonsense_is_a_500(void **state)
{
    static const struct {
        tacho_http_reply reply;
        const char *want;
    } rows[] = {
        { { .status = 200, .content_type = NULL, .body = NULL, .len = 0 }, "200" },
        { { .status = 204, .content_type = NULL, .body = "ignored", .len = 7 }, "204" },
        { { .status = 304, .content_type = NULL, .body = NULL, .len = 0 }, "304" },
        { { .status = 302, .content_type = "text/html", .body = "gone", .len = 4 }, "302" },
        { { .status = 599, .content_type = NULL, .body = "own", .len = 3 }, "599" },
        { { .status = 100, .content_type = NULL, .body = NULL, .len = 0 }, "500" },
        { { .status = 0, .content_type = NULL, .body = NULL, .len = 0 }, "500" },
        { { .status = 600, .content_type = NULL, .body = NULL, .len = 0 }, "500" },
        { { .status = 200, .content_type = "a/b\r\nSet-Cookie: x", .body = NULL, .len = 0 }, "500" },
        { { .status = 200, .content_type = "", .body = NULL, .len = 0 }, "500" },
        { { .status = 200, .content_type = NULL, .body = NULL, .len = 1 }, "500" },
        { { .status = 200, .location = "/\n" }, "500" },
        { { .status = 200, .cache_control = "" }, "500" },
        { { .status = 200, .authenticate = "\xc3\xa4" }, "500" },
        { { .status = 200, .content_security_policy = "a\r\nb: c" }, "500" },
    };
    static const tacho_http_route_ops ops = { .path = "/fixed", .answer = fixed_answer };
    struct fixed_route fixed = { .route = { .ops = &ops } };
    struct place place;
    (void)state;
    place_init(&place, NULL);
    assert_int_equal(tacho__http_site_add(&place.site, &fixed.route), TACHO_OK);
    for (size_t i = 0; i < LENGTH(rows); i++) {
        char words[64];
        struct talk talk = talk_begin(&place.site, 100000);
        fixed.reply = rows[i].reply;
        talk_hear(&talk, BYTES(G("/fixed") END), 100000);
        talk_words(&talk, "G", words, sizeof words);
        assert_string_equal(words, rows[i].want);
        talk_end(&talk);
    }
    tacho__http_site_fini(&place.site, false);
}

static void a_reply_of_any_length_is_copied_whole(void **state)
{
    static const tacho_http_route_ops ops = { .path = "/fixed", .answer = fixed_answer };
    static const size_t sizes[] = { 0, 1, 15000, 16000, 16384, 16385, 40000, 1000000 };
    struct fixed_route fixed = { .route = { .ops = &ops } };
    struct place place;
    (void)state;
    place_init(&place, NULL);
    assert_int_equal(tacho__http_site_add(&place.site, &fixed.route), TACHO_OK);
    for (size_t i = 0; i < LENGTH(sizes); i++) {
        char *body = malloc(sizes[i] + 1);
        assert_non_null(body);
        for (size_t j = 0; j < sizes[i]; j++) body[j] = (char)('a' + j % 23);
        fixed.reply = (tacho_http_reply){ .status = 200, .content_type = "text/html", .body = body, .len = sizes[i] };
        struct talk talk = talk_begin(&place.site, 1000);
        size_t room, request_len = strlen(G("/fixed") END);
        memcpy(tacho__http_conn_space(talk.conn, &room), G("/fixed") END, request_len);
        tacho__http_conn_received(talk.conn, request_len);
        memset(body, 'x', sizes[i]); /* the host's again */
        talk_drain(&talk);
        const char *data = talk.said;
        size_t len = talk.len;
        http_answer answer;
        assert_true(http_answer_parse(&answer, "GET", &data, &len, false));
        assert_true(answer.complete);
        assert_int_equal(answer.len, sizes[i]);
        for (size_t j = 0; j < sizes[i]; j++) assert_int_equal(answer.body[j], 'a' + j % 23);
        http_answer_fini(&answer);
        talk_end(&talk);
        free(body);
    }
    tacho__http_site_fini(&place.site, false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_request_is_judged_the_same_however_it_arrives),
        cmocka_unit_test(a_target_is_split_into_path_and_query),
        cmocka_unit_test(the_end_of_a_connection_is_read_from_version_and_fields),
        cmocka_unit_test(a_head_may_have_8_kib_and_not_a_byte_more),
        cmocka_unit_test(every_short_string_of_awkward_bytes_is_read_without_harm),
        cmocka_unit_test(the_values_of_all_fields_with_a_name_are_one_list),
        cmocka_unit_test(as_many_fields_as_a_head_holds_are_one_list),
        cmocka_unit_test(a_response_head_has_what_its_status_demands),
        cmocka_unit_test(every_error_has_a_sentence_of_its_own),
        cmocka_unit_test(a_conversation_is_the_same_however_its_bytes_travel),
        cmocka_unit_test(no_answer_holds_bytes_of_its_request),
        cmocka_unit_test(what_was_received_is_wiped),
        cmocka_unit_test(a_peer_that_ends_its_side_still_gets_its_answers),
        cmocka_unit_test(a_connection_says_what_it_waits_for),
        cmocka_unit_test(a_peer_that_never_stops_after_the_end_is_left),
        cmocka_unit_test(a_request_that_takes_too_long_gets_a_408_and_silence_gets_none),
        cmocka_unit_test(a_route_that_answers_nonsense_is_a_500),
        cmocka_unit_test(a_reply_of_any_length_is_copied_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
