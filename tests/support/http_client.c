/*
 * http_client.c - the client of the HTTP tests.
 */
#define _GNU_SOURCE
#include "http_client.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#define HEAD_MAX 8192
#define CHUNK_LINE_MAX 18

union client_address {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_un local;
};

static socklen_t client_parse(const char *url, union client_address *address)
{
    const char *at = url + strlen("http://");
    memset(address, 0, sizeof *address);
    if (strncmp(at, "unix:", 5) == 0) {
        const char *path = at + 5, *end = strchr(path, ':');
        assert_non_null(end);
        address->local.sun_family = AF_UNIX;
        memcpy(address->local.sun_path, path, (size_t)(end - path));
        return sizeof address->local;
    }
    char host[64] = "";
    const char *colon = strchr(at, ':');
    assert_non_null(colon);
    assert_true((size_t)(colon - at) < sizeof host);
    memcpy(host, at, (size_t)(colon - at));
    address->v4.sin_family = AF_INET;
    address->v4.sin_port = htons((uint16_t)strtoul(colon + 1, NULL, 10));
    assert_int_equal(inet_pton(AF_INET, host, &address->v4.sin_addr), 1);
    return sizeof address->v4;
}

http_client http_client_socket(const char *url, int window)
{
    union client_address address;
    (void)client_parse(url, &address);
    http_client client = { .fd = socket(address.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0) };
    assert_true(client.fd >= 0);
    struct timeval patience = { .tv_sec = 20 };
    assert_int_equal(setsockopt(client.fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience), 0);
    if (window > 0) assert_int_equal(setsockopt(client.fd, SOL_SOCKET, SO_RCVBUF, &window, sizeof window), 0);
    return client;
}

void http_client_connect(const http_client *client, const char *url)
{
    union client_address address;
    socklen_t len = client_parse(url, &address);
    assert_int_equal(connect(client->fd, &address.any, len), 0);
}

http_client http_client_open_slow(const char *url, int window)
{
    http_client client = http_client_socket(url, window);
    http_client_connect(&client, url);
    return client;
}

http_client http_client_open(const char *url)
{
    return http_client_open_slow(url, 0);
}

void http_client_close(http_client *client)
{
    if (client->fd >= 0) (void)close(client->fd);
    free(client->data);
    *client = (http_client){ .fd = -1 };
}

void http_client_abort(http_client *client)
{
    struct linger reset = { .l_onoff = 1, .l_linger = 0 };
    (void)setsockopt(client->fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    http_client_close(client);
}

bool http_client_send(const http_client *client, const char *bytes, size_t len)
{
    while (len > 0) {
        ssize_t sent = send(client->fd, bytes, len, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) continue;
        if (sent <= 0) return false;
        bytes += sent;
        len -= (size_t)sent;
    }
    return true;
}

bool http_client_say(const http_client *client, const char *text)
{
    return http_client_send(client, text, strlen(text));
}

/* More bytes from the peer; false at its end, also one by reset. */
static bool client_more(http_client *client)
{
    if (client->cap - client->len < 65536) {
        client->cap = client->cap * 2 + 65536;
        client->data = realloc(client->data, client->cap);
        assert_non_null(client->data);
    }
    ssize_t got;
    do got = recv(client->fd, client->data + client->len, client->cap - client->len, 0);
    while (got < 0 && errno == EINTR);
    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) fail_msg("no answer within 20 seconds");
    if (got <= 0) return false;
    client->len += (size_t)got;
    return true;
}

/* ---- Answers ---------------------------------------------------------------------------------------------- */

bool http_answer_has(const http_answer *answer, const char *line)
{
    size_t len = strlen(line);
    for (const char *at = strstr(answer->head, "\r\n"); at; at = strstr(at + 2, "\r\n"))
        if (strncmp(at + 2, line, len) == 0 && strncmp(at + 2 + len, "\r\n", 2) == 0) return true;
    return false;
}

static char *answer_copy(const char *data, size_t len)
{
    char *copy = malloc(len + 1);
    assert_non_null(copy);
    memcpy(copy, data, len);
    copy[len] = '\0';
    return copy;
}

/* Walk over chunks: the bytes up to the end of the last one, or 0 if it is not there yet; `out` gets their data. */
static size_t answer_unchunk(const char *data, size_t len, char *out, size_t *out_len)
{
    for (size_t at = 0;;) {
        size_t near = len - at < CHUNK_LINE_MAX ? len - at : CHUNK_LINE_MAX;
        const char *line_end = memmem(data + at, near, "\r\n", 2);
        if (!line_end) return 0;
        char *digits_end;
        size_t size = strtoul(data + at, &digits_end, 16);
        assert_ptr_equal(digits_end, line_end); /* no extension, nothing but hexadecimal digits */
        at = (size_t)(line_end - data) + 2;
        if (len - at < size + 2) return 0;
        if (out) {
            memcpy(out + *out_len, data + at, size);
            *out_len += size;
        }
        at += size;
        assert_memory_equal(data + at, "\r\n", 2);
        at += 2;
        if (size == 0) return at;
    }
}

/* How an answer is framed. */
struct framing {
    size_t head_len;
    bool bodiless, chunked, sized;
    size_t size;
};

static bool answer_frame(const char *to, const char *data, size_t len, struct framing *frame)
{
    static const char sized[] = "\r\nContent-Length: ", chunked[] = "\r\nTransfer-Encoding: chunked\r\n";
    if (len > HEAD_MAX) len = HEAD_MAX;
    const char *end = data && len ? memmem(data, len, "\r\n\r\n", 4) : NULL;
    if (!end) return false;
    size_t head_len = (size_t)(end - data) + 4;
    const char *length = memmem(data, head_len, sized, sizeof sized - 1);
    *frame = (struct framing){ .head_len = head_len, .sized = length };
    frame->chunked = memmem(data, head_len, chunked, sizeof chunked - 1);
    frame->bodiless = strcmp(to, "HEAD") == 0 || memcmp(data + 9, "204", 3) == 0 || memcmp(data + 9, "304", 3) == 0;
    if (length) frame->size = strtoul(length + sizeof sized - 1, NULL, 10);
    assert_false(frame->sized && frame->chunked);
    return true;
}

/* Bytes of the answer, or 0 if it is not complete. */
static size_t answer_size(const char *to, const char *data, size_t len, bool ended)
{
    struct framing frame;
    if (!answer_frame(to, data, len, &frame)) return 0;
    const char *body = data + frame.head_len;
    size_t rest = len - frame.head_len, used = 0;
    if (frame.bodiless) return frame.head_len;
    if (frame.chunked) {
        used = answer_unchunk(body, rest, NULL, NULL);
        return used ? frame.head_len + used : 0;
    }
    if (frame.sized) return rest >= frame.size ? frame.head_len + frame.size : 0;
    return ended ? len : 0; /* only the end of the connection ends it */
}

bool http_answer_parse(http_answer *answer, const char *to, const char **data, size_t *len, bool ended)
{
    struct framing frame;
    *answer = (http_answer){ 0 };
    if (!answer_frame(to, *data, *len, &frame)) return false;
    size_t size = answer_size(to, *data, *len, ended);
    answer->complete = size > 0;
    if (!size) size = *len;
    answer->head = answer_copy(*data, frame.head_len);
    assert_int_equal(sscanf(answer->head, "HTTP/1.1 %3d ", &answer->status), 1);
    answer->len = size - frame.head_len;
    answer->body = answer_copy(*data + frame.head_len, answer->len);
    answer->chunked = frame.chunked;
    if (frame.chunked && !frame.bodiless) {
        size_t decoded = 0;
        (void)answer_unchunk(*data + frame.head_len, answer->len, answer->body, &decoded);
        answer->len = decoded;
        answer->body[decoded] = '\0';
    }
    *data += size;
    *len -= size;
    return true;
}

void http_answer_fini(http_answer *answer)
{
    free(answer->head);
    free(answer->body);
    *answer = (http_answer){ 0 };
}

http_answer http_client_read(http_client *client, const char *to)
{
    bool ended = false;
    http_answer answer;
    while (!ended && !answer_size(to, client->data, client->len, false)) ended = !client_more(client);
    const char *data = client->data;
    size_t len = client->len;
    if (!http_answer_parse(&answer, to, &data, &len, ended)) fail_msg("the connection ended without an answer");
    if (len > 0) memmove(client->data, data, len);
    client->len = len;
    return answer;
}

bool http_client_ended(http_client *client)
{
    return client->len == 0 && !client_more(client);
}

http_answer http_fetch(const char *url, const char *method, const char *target, const char *fields)
{
    http_client client = http_client_open(url);
    char request[2048];
    (void)snprintf(request, sizeof request, "%s %s HTTP/1.1\r\nHost: localhost\r\n%s\r\n", method, target, fields);
    assert_true(http_client_say(&client, request));
    http_answer answer = http_client_read(&client, method);
    http_client_close(&client);
    return answer;
}
