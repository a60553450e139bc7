/*
 * test_http_hostile.c - hostile requests over a real socket, each with the answer it deserves.
 *
 * Expected: statuses in order, "close" if the server ends the connection by itself, nothing at all if it waits for more. All
 * of it without a byte of the request in any answer, and with the server well afterwards.
 * Needs: HTTP
 */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <tacho/tacho.h>

#include "support/http_client.h"

#define LENGTH(array) (sizeof(array) / sizeof(array)[0])
#define B(literal) literal, sizeof(literal) - 1
#define H "Host: localhost\r\n"
#define T "Authorization: Bearer s3cret\r\n"
#define L "GET /healthz HTTP/1.1\r\n"
#define M "GET /metrics HTTP/1.1\r\n"
#define E "\r\n"
#define P "POST /post HTTP/1.1\r\n" H
#define OK L H E

static const struct hostile {
    const char *name, *bytes;
    size_t len;
    const char *want;
} hostiles[] = {
    /* Where a request ends: smuggling. */
    { "length and chunks", B(P "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" OK), "400 close" },
    { "chunks and length", B(P "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n" OK), "400 close" },
    { "length of zero and chunks", B(P "Content-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" OK), "400 close" },
    { "two lengths, the first shorter", B(P "Content-Length: 1\r\nContent-Length: 5\r\n\r\nabcde"), "400 close" },
    { "two lengths, the first longer", B(P "Content-Length: 5\r\nContent-Length: 1\r\n\r\nabcde"), "400 close" },
    { "two equal lengths", B(P "Content-Length: 1\r\nContent-Length: 1\r\n\r\na"), "400 close" },
    { "a list of lengths", B(P "Content-Length: 1, 1\r\n\r\na"), "400 close" },
    { "a list of different lengths", B(P "Content-Length: 1,5\r\n\r\nabcde"), "400 close" },
    { "length with a plus", B(P "Content-Length: +1\r\n\r\na"), "400 close" },
    { "length with a minus", B(P "Content-Length: -1\r\n\r\na"), "400 close" },
    { "length in hexadecimal", B(P "Content-Length: 0x1\r\n\r\na"), "400 close" },
    { "length with an exponent", B(P "Content-Length: 1e0\r\n\r\na"), "400 close" },
    { "length with a fraction", B(P "Content-Length: 1.0\r\n\r\na"), "400 close" },
    { "length with an underscore", B(P "Content-Length: 1_0\r\n\r\nabcdefghij"), "400 close" },
    { "length with a blank inside", B(P "Content-Length: 1 0\r\n\r\na"), "400 close" },
    { "length with a tab inside", B(P "Content-Length: 1\t0\r\n\r\na"), "400 close" },
    { "length in quotes", B(P "Content-Length: \"1\"\r\n\r\na"), "400 close" },
    { "empty length", B(P "Content-Length:\r\n\r\n"), "400 close" },
    { "length with a NUL", B(P "Content-Length: 1\0\r\n\r\na"), "400 close" },
    { "length of other digits", B(P "Content-Length: \xd9\xa1\r\n\r\na"), "400 close" },
    { "length with zeros in front", B(P "Content-Length: 0000000000000000000000001\r\n\r\na" OK), "200 200" },
    { "length that overflows 32 bits", B(P "Content-Length: 4294967297\r\n\r\na"), "413 close" },
    { "length that overflows 64 bits", B(P "Content-Length: 18446744073709551617\r\n\r\na"), "413 close" },
    { "length with a vertical tab", B(P "Content-Length: \x0b" "1\r\n\r\na"), "400 close" },
    { "length with a form feed", B(P "Content-Length: 1\x0c\r\n\r\na"), "400 close" },
    { "name of the length with a blank", B(P "Content-Length : 5\r\n\r\nabcde"), "400 close" },
    { "name of the length with a tab", B(P "Content-Length\t: 5\r\n\r\nabcde"), "400 close" },
    { "name of the length with a NUL", B(P "Content-\0Length: 5\r\n\r\nabcde"), "400 close" },
    { "length in a folded line", B(P "Content-Length:\r\n 5\r\n\r\nabcde"), "400 close" },
    { "length folded by a tab", B(P "Content-Length: \r\n\t5\r\n\r\nabcde"), "400 close" },
    { "length behind a bare line feed", B(P "X: a\nContent-Length: 5\r\n\r\nabcde"), "400 close" },
    { "length behind a bare carriage return", B(P "X: a\rContent-Length: 5\r\n\r\nabcde"), "400 close" },
    { "chunks where none are taken", B(P "Transfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n0\r\n\r\n" OK), "411 close" },
    { "chunks of a GET", B(L H "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n" OK), "413 close" },
    { "chunks in capitals", B(P "Transfer-Encoding: CHUNKED\r\n\r\n0\r\n\r\n"), "411 close" },
    { "chunks twice", B(P "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n"), "400 close" },
    { "chunks in two fields", B(P "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), "400 close" },
    { "chunks and identity", B(P "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n"), "400 close" },
    { "identity and chunks", B(P "Transfer-Encoding: identity, chunked\r\n\r\n0\r\n\r\n"), "501 close" },
    { "chunks with a parameter", B(P "Transfer-Encoding: chunked;a=b\r\n\r\n0\r\n\r\n"), "501 close" },
    { "chunks in quotes", B(P "Transfer-Encoding: \"chunked\"\r\n\r\n0\r\n\r\n"), "501 close" },
    { "chunks misspelt", B(P "Transfer-Encoding: chunkedd\r\n\r\n0\r\n\r\n"), "501 close" },
    { "chunks with an x", B(P "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n"), "501 close" },
    { "chunks behind a vertical tab", B(P "Transfer-Encoding: \x0b" "chunked\r\n\r\n0\r\n\r\n"), "400 close" },
    { "chunks behind a no-break space", B(P "Transfer-Encoding: \xc2\xa0" "chunked\r\n\r\n0\r\n\r\n"), "501 close" },
    { "empty coding", B(P "Transfer-Encoding:\r\n\r\n"), "400 close" },
    { "coding of a comma", B(P "Transfer-Encoding: ,\r\n\r\n"), "400 close" },
    { "gzip", B(P "Transfer-Encoding: gzip\r\n\r\n"), "501 close" },
    { "gzip, chunks", B(P "Transfer-Encoding: gzip, chunked\r\n\r\n"), "501 close" },
    { "coding of HTTP/1.0", B("POST /post HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), "400 close" },
    { "name of the coding with an underscore", B(P "Transfer_Encoding: chunked\r\n\r\n" OK), "200 200" },
    { "name of the coding behind a bare line feed", B(P "X: a\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), "400 close" },
    { "a request inside a body", B(P "Content-Length: 46\r\n\r\n" M "Host: localhost\r\nX: 1\r\n\r\n" OK), "200 200" },
    { "a request inside a body that is not wanted", B(L H "Content-Length: 46\r\n\r\n" M H "X: 1\r\n\r\n" OK), "413 close" },
    { "a body one byte too short", B(P "Content-Length: 6\r\n\r\nabcde"), "" },
    { "a body one byte too long", B(P "Content-Length: 4\r\n\r\nabcde" OK), "200 405" },
    { "a body of nothing but a request line", B(P "Content-Length: 0\r\n\r\n" OK), "200 200" },
    { "body of a HEAD", B("HEAD /healthz HTTP/1.1\r\n" H "Content-Length: 5\r\n\r\nabcde"), "413 close" },
    { "body larger than the route's", B(P "Content-Length: 101\r\n\r\n"), "413 close" },

    /* Lines. */
    { "bare line feeds only", B("GET /healthz HTTP/1.1\nHost: localhost\n\n"), "400 close" },
    { "bare line feed behind the request line", B("GET /healthz HTTP/1.1\n" H E), "400 close" },
    { "bare line feed behind a field", B(L "Host: localhost\n\r\n"), "400 close" },
    { "bare line feed as empty line", B(L H "\n"), "400 close" },
    { "bare line feed in front", B("\n" OK), "400 close" },
    { "bare carriage returns only", B("GET /healthz HTTP/1.1\rHost: localhost\r\r"), "400 close" },
    { "carriage return in a value", B(L H "X: a\rb\r\n\r\n"), "400 close" },
    { "two carriage returns", B(L H "X: a\r\r\n\r\n"), "400 close" },
    { "line feed and carriage return swapped", B("GET /healthz HTTP/1.1\n\r" H E), "400 close" },
    { "NUL first", B("\0" OK), "400 close" },
    { "NUL in the method", B("GE\0T /healthz HTTP/1.1\r\n" H E), "400 close" },
    { "NUL in the path", B("GET /healthz\0 HTTP/1.1\r\n" H E), "400 close" },
    { "NUL in the version", B("GET /healthz HTTP/1.\0" "1\r\n" H E), "400 close" },
    { "NUL in a value", B(L H "X: a\0b\r\n\r\n"), "400 close" },
    { "NUL as a value", B(L H "X: \0\r\n\r\n"), "400 close" },
    { "escape sequence", B(L H "X: \x1b[2J\x1b[1;1H\r\n\r\n"), "400 close" },
    { "backspace", B(L H "X: a\x08\r\n\r\n"), "400 close" },
    { "delete", B(L H "X: \x7f\r\n\r\n"), "400 close" },
    { "first line folded", B("GET /healthz\r\n HTTP/1.1\r\n" H E), "400 close" },
    { "blank first", B(" " OK), "400 close" },
    { "empty lines first", B("\r\n\r\n\r\n" OK), "200" },
    { "empty lines between", B(OK "\r\n\r\n" OK), "200 200" },
    { "nothing but empty lines", B("\r\n\r\n\r\n\r\n"), "" },
    { "byte order mark", B("\xef\xbb\xbf" OK), "400 close" },
    { "UTF-16", B("G\0E\0T\0 \0/\0"), "400 close" },

    /* The request line. */
    { "no version", B("GET /healthz\r\n" H E), "400 close" },
    { "no target", B("GET HTTP/1.1\r\n" H E), "400 close" },
    { "no method", B("/healthz HTTP/1.1\r\n" H E), "400 close" },
    { "only a method", B("GET\r\n\r\n"), "400 close" },
    { "two blanks", B("GET  /healthz HTTP/1.1\r\n" H E), "400 close" },
    { "tabs", B("GET\t/healthz\tHTTP/1.1\r\n" H E), "400 close" },
    { "blank behind the version", B("GET /healthz HTTP/1.1 \r\n" H E), "400 close" },
    { "word behind the version", B("GET /healthz HTTP/1.1 x\r\n" H E), "400 close" },
    { "blank in the path", B("GET /heal thz HTTP/1.1\r\n" H E), "400 close" },
    { "two versions", B("GET /healthz HTTP/1.1 HTTP/1.1\r\n" H E), "400 close" },
    { "version 0.9", B("GET /healthz HTTP/0.9\r\n\r\n"), "505 close" },
    { "version 2.0", B("GET /healthz HTTP/2.0\r\n" H E), "505 close" },
    { "version 9.9", B("GET /healthz HTTP/9.9\r\n" H E), "505 close" },
    { "version 1.9", B("GET /healthz HTTP/1.9\r\n" H E), "200" },
    { "version 1.10", B("GET /healthz HTTP/1.10\r\n" H E), "400 close" },
    { "version 01.1", B("GET /healthz HTTP/01.1\r\n" H E), "400 close" },
    { "version 1", B("GET /healthz HTTP/1\r\n" H E), "400 close" },
    { "version 1,1", B("GET /healthz HTTP/1,1\r\n" H E), "400 close" },
    { "version -1.1", B("GET /healthz HTTP/-1.1\r\n" H E), "400 close" },
    { "version in lower case", B("GET /healthz http/1.1\r\n" H E), "400 close" },
    { "HTTPS as version", B("GET /healthz HTTPS/1.1\r\n" H E), "400 close" },
    { "ICY as version", B("GET /healthz ICY/1.1\r\n" H E), "400 close" },
    { "HTTP/2 preface", B("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), "505 close" },
    { "TLS client hello", B("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"), "400 close" },
    { "SSH greeting", B("SSH-2.0-OpenSSH_9.2\r\n"), "400 close" },
    { "SMTP greeting", B("EHLO example\r\n"), "400 close" },
    { "Redis command", B("*1\r\n$4\r\nPING\r\n"), "400 close" },
    { "memcached command", B("stats\r\n"), "400 close" },
    { "SOCKS greeting", B("\x05\x01\x00"), "400 close" },
    { "PROXY line", B("PROXY TCP4 127.0.0.1 127.0.0.1 1 2\r\n" OK), "400 close" },
    { "lower case method", B("get /healthz HTTP/1.1\r\n" H E), "405" },
    { "method of punctuation", B("!#$%&'*+-.^_`|~ /healthz HTTP/1.1\r\n" H E), "405" },
    { "method with a slash", B("GE/T /healthz HTTP/1.1\r\n" H E), "400 close" },
    { "method in quotes", B("\"GET\" /healthz HTTP/1.1\r\n" H E), "400 close" },
    { "method over 127", B("G\xc3\x8bT /healthz HTTP/1.1\r\n" H E), "400 close" },
    { "TRACE", B("TRACE /healthz HTTP/1.1\r\n" H E), "405" },
    { "TRACK", B("TRACK /metrics HTTP/1.1\r\n" H E), "405" },
    { "CONNECT", B("CONNECT localhost:443 HTTP/1.1\r\n" H E), "405" },
    { "CONNECT to a path", B("CONNECT /metrics HTTP/1.1\r\n" H E), "405" },
    { "CONNECT to nonsense", B("CONNECT a/b HTTP/1.1\r\n" H E), "400 close" },
    { "OPTIONS of the server", B("OPTIONS * HTTP/1.1\r\n" H E), "405" },
    { "star for a GET", B("GET * HTTP/1.1\r\n" H E), "400 close" },
    { "PROPFIND", B("PROPFIND /metrics HTTP/1.1\r\n" H E), "405" },
    { "DELETE of the metrics", B("DELETE /metrics HTTP/1.1\r\n" H T E), "405" },
    { "POST to the metrics", B("POST /metrics HTTP/1.1\r\n" H T E), "405" },

    /* Paths. */
    { "dots", B("GET /../metrics HTTP/1.1\r\n" H T E), "404" },
    { "dots inside", B("GET /x/../metrics HTTP/1.1\r\n" H T E), "404" },
    { "one dot", B("GET /./metrics HTTP/1.1\r\n" H T E), "404" },
    { "encoded dots", B("GET /%2e%2e/metrics HTTP/1.1\r\n" H T E), "404" },
    { "doubly encoded dots", B("GET /%252e%252e/metrics HTTP/1.1\r\n" H T E), "404" },
    { "encoded slash", B("GET /x%2fmetrics HTTP/1.1\r\n" H T E), "404" },
    { "encoded letter", B("GET /%6detrics HTTP/1.1\r\n" H T E), "404" },
    { "encoded NUL", B("GET /metrics%00 HTTP/1.1\r\n" H T E), "404" },
    { "encoded line end", B("GET /metrics%0d%0aX:%20y HTTP/1.1\r\n" H T E), "404" },
    { "overlong encoding", B("GET /%c0%ae%c0%ae/metrics HTTP/1.1\r\n" H T E), "404" },
    { "backslash", B("GET /..\\metrics HTTP/1.1\r\n" H T E), "404" },
    { "two slashes", B("GET //metrics HTTP/1.1\r\n" H T E), "404" },
    { "slash behind", B("GET /metrics/ HTTP/1.1\r\n" H T E), "404" },
    { "semicolon", B("GET /metrics;a=b HTTP/1.1\r\n" H T E), "404" },
    { "another case", B("GET /METRICS HTTP/1.1\r\n" H T E), "404" },
    { "host as a path", B("GET //evil.example/metrics HTTP/1.1\r\n" H T E), "404" },
    { "etc passwd", B("GET /../../../../etc/passwd HTTP/1.1\r\n" H E), "404" },
    { "script", B("GET /<script>alert(1)</script> HTTP/1.1\r\n" H E), "404" },
    { "fragment", B("GET /metrics#x HTTP/1.1\r\n" H E), "400 close" },
    { "path over 127", B("GET /m\xc3\xa9trics HTTP/1.1\r\n" H E), "400 close" },
    { "path without a slash", B("GET metrics HTTP/1.1\r\n" H E), "400 close" },
    { "percent sign alone in a query", B("GET /metrics?% HTTP/1.1\r\n" H T E), "400" },
    { "half an encoding in a query", B("GET /metrics?name[]=%4 HTTP/1.1\r\n" H T E), "400" },
    { "nonsense encoding in a query", B("GET /metrics?name[]=%zz HTTP/1.1\r\n" H T E), "400" },
    { "NUL in a name", B("GET /metrics?name[]=a%00b HTTP/1.1\r\n" H T E), "200" },
    { "invalid UTF-8 in a name", B("GET /metrics?name[]=%ff%fe HTTP/1.1\r\n" H T E), "200" },
    { "star in a name", B("GET /metrics?name[]=*** HTTP/1.1\r\n" H T E), "200" },

    /* Hosts. */
    { "no host", B("GET /healthz HTTP/1.1\r\n\r\n"), "400 close" },
    { "two hosts", B(L H "Host: evil.example\r\n\r\n"), "400 close" },
    { "the same host twice", B(L H H E), "400 close" },
    { "a stranger's host", B(L "Host: evil.example\r\n\r\n"), "403" },
    { "a stranger's host before the token", B(M "Host: evil.example\r\n" T E), "403" },
    { "a stranger's host and no such path", B("GET /x HTTP/1.1\r\nHost: evil.example\r\n\r\n"), "403" },
    { "a host that begins right", B(L "Host: localhost.evil.example\r\n\r\n"), "403" },
    { "a host with a user", B(L "Host: localhost@evil.example\r\n\r\n"), "400 close" },
    { "a host with a path", B(L "Host: localhost/evil\r\n\r\n"), "400 close" },
    { "a host with a blank", B(L "Host: localhost evil\r\n\r\n"), "400 close" },
    { "a host with a comma", B(L "Host: localhost,evil.example\r\n\r\n"), "403" },
    { "a host with a port in words", B(L "Host: localhost:http\r\n\r\n"), "400 close" },
    { "a host with two ports", B(L "Host: localhost:1:2\r\n\r\n"), "400 close" },
    { "a host in half a bracket", B(L "Host: [::1\r\n\r\n"), "400 close" },
    { "an empty host", B(L "Host:\r\n\r\n"), "403" },
    { "absolute URI", B("GET http://localhost/healthz HTTP/1.1\r\n" H E), "200" },
    { "absolute URI of a stranger", B("GET http://evil.example/healthz HTTP/1.1\r\n" H E), "403" },
    { "absolute URI without a host field", B("GET http://localhost/healthz HTTP/1.1\r\n\r\n"), "400 close" },
    { "absolute URI with a user", B("GET http://u:p@localhost/healthz HTTP/1.1\r\n" H E), "400 close" },
    { "absolute URI of a file", B("GET file:///etc/passwd HTTP/1.1\r\n" H E), "400 close" },
    { "absolute URI of TLS", B("GET https://localhost/healthz HTTP/1.1\r\n" H E), "400 close" },
    { "absolute URI without a host", B("GET http:///healthz HTTP/1.1\r\n" H E), "400 close" },
    { "absolute URI with a backslash", B("GET http:\\\\localhost/healthz HTTP/1.1\r\n" H E), "400 close" },

    /* Fields. */
    { "field without a colon", B(L H "nonsense\r\n\r\n"), "400 close" },
    { "field without a name", B(L H ": x\r\n\r\n"), "400 close" },
    { "field name with a blank", B(L H "X Y: z\r\n\r\n"), "400 close" },
    { "field name with a parenthesis", B(L H "X(): z\r\n\r\n"), "400 close" },
    { "field name over 127", B(L H "\xc3\x9c: z\r\n\r\n"), "400 close" },
    { "folded field", B(L H "X: a\r\n b\r\n\r\n"), "400 close" },
    { "strange expectation", B(L H "Expect: 200-ok\r\n\r\n"), "417 close" },
    { "two expectations, one strange", B(L H "Expect: 100-continue\r\nExpect: x\r\n\r\n"), "417 close" },
    { "leave for no body", B(L H "Expect: 100-continue\r\n\r\n"), "200" },
    { "an upgrade", B(L H "Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n"), "200" },
    { "an upgrade to HTTP/2", B(L H "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n"), "200" },
    { "a range", B(L H "Range: bytes=0-0,1-1,2-2\r\n\r\n"), "200" },
    { "another method by a field", B(L H "X-HTTP-Method-Override: DELETE\r\n\r\n"), "200" },
    { "another path by a field", B("GET /healthz HTTP/1.1\r\n" H "X-Original-URL: /metrics\r\n\r\n"), "200" },
    { "another host by a field", B(L H "X-Forwarded-Host: evil.example\r\n\r\n"), "200" },
    { "close and keep-alive", B(L H "Connection: close, keep-alive\r\n\r\n" OK), "200 close" },
    { "a close that hides the token", B(M H "Connection: Authorization\r\n" T E), "200" },

    /* Tokens. */
    { "no token", B(M H E), "401" },
    { "token in capitals", B(M H "Authorization: Bearer S3CRET\r\n\r\n"), "401" },
    { "two tokens in two fields", B(M H T T E), "400 close" },
    { "two tokens in one field", B(M H "Authorization: Bearer x, Bearer s3cret\r\n\r\n"), "401" },
    { "token with a NUL behind", B(M H "Authorization: Bearer s3cret\0\r\n\r\n"), "400 close" },
    { "token and more", B(M H "Authorization: Bearer s3cret x\r\n\r\n"), "401" },
    { "token with a comma behind", B(M H "Authorization: Bearer s3cret,\r\n\r\n"), "401" },
    { "token in another field", B(M H "X-Authorization: Bearer s3cret\r\n\r\n"), "401" },
    { "token in the query", B("GET /metrics?access_token=s3cret HTTP/1.1\r\n" H E), "401" },
    { "token as a user in the URI", B("GET http://s3cret@localhost/metrics HTTP/1.1\r\n" H E), "400 close" },
    { "token in a cookie", B(M H "Cookie: token=s3cret\r\n\r\n"), "401" },
    { "token by Basic", B(M H "Authorization: Basic OnMzY3JldA==\r\n\r\n"), "401" },
    { "token of the proxy", B(M H "Proxy-Authorization: Bearer s3cret\r\n\r\n"), "401" },
    { "no token, a wrong method", B("PUT /metrics HTTP/1.1\r\n" H E), "405" },
    { "no token, nonsense behind", B(M H E "nonsense\r\n"), "401 400 close" },

    /* Pipelines and half-closed connections. */
    { "pipeline", B(OK M H E OK), "200 401 200" },
    { "pipeline that ends in nonsense", B(OK OK "\x01"), "200 200 400 close" },
    { "pipeline behind a close", B(L H "Connection: close\r\n\r\n" OK), "200 close" },
    { "pipeline behind HTTP/1.0", B("GET /healthz HTTP/1.0\r\n\r\n" OK), "200 close" },
    { "half a request", B("GET /heal"), "" },
    { "half a line end", B(L H "\r"), "" },
    { "half a request behind a whole one", B(OK "GET /heal"), "200" },
    { "nothing", B(""), "" },
};

static struct rig {
    tacho_registry *reg;
    tacho_http *http;
    tacho_http_route post;
} rig;

static void post_answer(tacho_http_route *self, const tacho_http_request *request, tacho_http_reply *reply)
{
    (void)self, (void)request, (void)reply;
}

static const tacho_http_route_ops post_ops = { .path = "/post", .answer = post_answer, .methods = TACHO_HTTP_POST, .max_body = 100 };

static int rig_up(void **state)
{
    (void)state;
    rig.reg = tacho_registry_new(&(tacho_registry_options){ .no_self_metrics = 1, .byte_budget = 65536 });
    rig.post.ops = &post_ops;
    const tacho_http_options options = { .listen = "127.0.0.1:0", .token = "s3cret" };
    return tacho_http_start(rig.reg, &options, &rig.http) || tacho_http_add_route(rig.http, &rig.post);
}

static int rig_down(void **state)
{
    (void)state;
    tacho_http_stop(rig.http);
    tacho_registry_free(rig.reg);
    return 0;
}

/* Everything that comes back to these bytes, sent in pieces of `step`; `ended`: the server ended the connection although this
 * side was still open. */
static char *provoke(const struct hostile *row, size_t step, size_t *len, bool *ended)
{
    enum { CAP = 65536 };
    char *said = malloc(CAP);
    assert_non_null(said);
    http_client client = http_client_open(tacho_http_url(rig.http));
    for (size_t at = 0; at < row->len; at += step)
        if (!http_client_send(&client, row->bytes + at, row->len - at < step ? row->len - at : step)) break;
    *ended = strstr(row->want, "close") != NULL;
    if (!*ended) assert_int_equal(shutdown(client.fd, SHUT_WR), 0);
    for (*len = 0;;) {
        ssize_t got = recv(client.fd, said + *len, CAP - *len, 0);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) break;
        *len += (size_t)got;
    }
    http_client_close(&client);
    return said;
}

static void judge(const struct hostile *row, const char *said, size_t len, bool ended)
{
    char words[64] = "";
    size_t at = 0, rest = len;
    http_answer answer;
    const char *data = said;
    bool head = strncmp(row->bytes, "HEAD", 4) == 0, closes = false;
    while (rest > 0 && http_answer_parse(&answer, head ? "HEAD" : "GET", &data, &rest, true)) {
        at += (size_t)snprintf(words + at, sizeof words - at, "%s%d", at ? " " : "", answer.status);
        closes = http_answer_has(&answer, "Connection: close");
        if (!answer.complete) fail_msg("%s: an answer is cut", row->name);
        http_answer_fini(&answer);
    }
    if (ended) (void)snprintf(words + at, sizeof words - at, " close");
    if (strcmp(words, row->want) != 0) fail_msg("%s: \"%s\", wanted \"%s\"", row->name, words, row->want);
    if (closes != ended) fail_msg("%s: the last answer %s", row->name, closes ? "says close" : "does not say close");
    static const char *const traces[] = { "evil", "nonsense", "script", "passwd", "s3cret", "abcde", "websocket" };
    for (size_t i = 0; i < LENGTH(traces); i++)
        if (len && memmem(said, len, traces[i], strlen(traces[i]))) fail_msg("%s: echoes %s", row->name, traces[i]);
}

static void every_hostile_request_gets_the_answer_it_deserves(void **state)
{
    (void)state;
    assert_true(LENGTH(hostiles) >= 150);
    for (size_t i = 0; i < LENGTH(hostiles) * 2; i++) {
        const struct hostile *row = &hostiles[i / 2];
        bool ended;
        size_t len;
        char *said = provoke(row, i % 2 ? 7 : 100000, &len, &ended);
        judge(row, said, len, ended);
        free(said);
    }
    http_answer answer = http_fetch(tacho_http_url(rig.http), "GET", "/healthz", "");
    assert_int_equal(answer.status, 200);
    http_answer_fini(&answer);
}

static void each_hostile_request_has_a_name_of_its_own(void **state)
{
    (void)state;
    for (size_t i = 0; i < LENGTH(hostiles); i++)
        for (size_t j = 0; j < i; j++) assert_string_not_equal(hostiles[i].name, hostiles[j].name);
}

static void whatever_is_too_large_is_refused_with_the_status_for_it(void **state)
{
    enum { SIZE = 20000 };
    static char bytes[SIZE];
    static const struct {
        const char *begin;
        char fill;
        const char *want;
    } rows[] = {
        { "GET /", 'x', "414 close" },
        { "", 'G', "414 close" },
        { "GET /healthz HTTP/1.1\r\nHost: localhost\r\nX: ", 'x', "431 close" },
        { "GET /healthz HTTP/1.1\r\nHost: localhost\r\n", 'x', "431 close" },
        { "GET /healthz?", '&', "414 close" },
        { "GET /healthz HTTP/1.1\r\nHost: ", 'h', "431 close" },
        { "GET /metrics HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ", 's', "431 close" },
        { "POST /post HTTP/1.1\r\nHost: localhost\r\nContent-Length: 19000\r\n\r\n", 'b', "413 close" },
    };
    (void)state;
    for (size_t i = 0; i < LENGTH(rows); i++) {
        memset(bytes, rows[i].fill, sizeof bytes);
        memcpy(bytes, rows[i].begin, strlen(rows[i].begin));
        const struct hostile row = { "large", bytes, sizeof bytes, rows[i].want };
        bool ended;
        size_t len;
        char *said = provoke(&row, sizeof bytes, &len, &ended);
        judge(&row, said, len, ended);
        free(said);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_hostile_request_gets_the_answer_it_deserves),
        cmocka_unit_test(each_hostile_request_has_a_name_of_its_own),
        cmocka_unit_test(whatever_is_too_large_is_refused_with_the_status_for_it),
    };
    return cmocka_run_group_tests(tests, rig_up, rig_down);
}
