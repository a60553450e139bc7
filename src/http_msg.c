/*
 * http_msg.c - HTTP/1.x requests as bytes (RFC 9110 and 9112, the strict reading).
 *
 * A head is read byte by byte and judged line by line, so that a request gets the same answer in one piece and in
 * a hundred, and nonsense is refused at its first wrong byte. Where the RFC lets a server be lenient and two
 * servers in a row could disagree about where a request ends, this one refuses: bare line feeds, folded fields,
 * blanks before a colon, repeated lengths, a length beside a coding.
 *   I1  `read` never passes TACHO__HTTP_HEAD_MAX.
 *   I2  Once `status` is set nothing is read any more.
 * Only HTTP/1.1 keeps connections alive: `Connection: keep-alive` of HTTP/1.0 is ignored.
 */
#define _GNU_SOURCE
#include "http_msg.h"

#include <string.h>

#include "http_text.h"

static bool msg_is_visible(char c)
{
    return c > ' ' && c <= '~';
}

/* The next element of a comma-separated list in [*at, end), trimmed; false at the end. */
static bool msg_next(const char **at, const char *end, const char **item, size_t *len)
{
    if (*at > end) return false;
    const char *comma = memchr(*at, ',', (size_t)(end - *at));
    const char *begin = *at, *stop = comma ? comma : end;
    *at = stop + 1;
    tacho__http_trim(&begin, &stop);
    *item = begin;
    *len = (size_t)(stop - begin);
    return true;
}

/* ---- The request line ---------------------------------------------------------------------------------- */

/* HOST or HOST:PORT, as a Host field or a URL has it. */
static bool msg_is_authority(const char *text, size_t len)
{
    size_t i = 0;
    if (len > 0 && text[0] == '[') {
        for (i = 1; i < len && (tacho__http_is_alnum(text[i]) || text[i] == ':' || text[i] == '.');) i++;
        if (i == 1 || i == len || text[i++] != ']') return false;
    } else {
        while (i < len && (tacho__http_is_alnum(text[i]) || strchr("-._~!$&'()*+,;=%", text[i]))) i++;
    }
    if (i < len && text[i] == ':') {
        i++;
        while (i < len && tacho__http_is_digit(text[i])) i++;
    }
    return i == len;
}

/* Split at '?' and end both parts in NUL; `end` is the blank behind the target. */
static void msg_split_target(tacho__http_request *request, char *path, char *end)
{
    char *query = memchr(path, '?', (size_t)(end - path));
    *end = '\0';
    request->path = path;
    request->query = query ? query + 1 : "";
    if (query) *query = '\0';
}

/* http://HOST/PATH, as proxies send it; the path may be missing. */
static int msg_absolute_target(tacho__http_request *request, char *target, char *end)
{
    static const char scheme[] = "http://";
    size_t len = sizeof scheme - 1;
    if ((size_t)(end - target) <= len || !tacho__http_same(target, len, scheme)) return 400;
    char *host = target + len, *path = host;
    while (path < end && *path != '/' && *path != '?') path++;
    if (path == host || *host == ':' || !msg_is_authority(host, (size_t)(path - host))) return 400;
    request->host = host;
    request->host_len = (size_t)(path - host);
    request->absolute = true;
    msg_split_target(request, path, end);
    if (request->path[0] == '\0') request->path = "/";
    return 0;
}

static int msg_target(tacho__http_request *request, const char *method, size_t method_len, char *target, char *end)
{
    for (const char *at = target; at < end; at++)
        if (!msg_is_visible(*at) || *at == '#') return 400;
    request->path = "*";
    request->query = "";
    if (*target == '/') {
        msg_split_target(request, target, end);
        return 0;
    }
    size_t len = (size_t)(end - target);
    if (len == 1 && *target == '*') return method_len == 7 && memcmp(method, "OPTIONS", 7) == 0 ? 0 : 400;
    if (method_len == 7 && memcmp(method, "CONNECT", 7) == 0) return msg_is_authority(target, len) ? 0 : 400;
    return msg_absolute_target(request, target, end);
}

/* `HTTP/1.0`, `HTTP/1.1`; a later minor version is answered as 1.1. */
static int msg_version(tacho__http_request *request, const char *text, size_t len)
{
    if (len != 8 || memcmp(text, "HTTP/", 5) != 0 || !tacho__http_is_digit(text[5]) || text[6] != '.' ||
        !tacho__http_is_digit(text[7]))
        return 400;
    if (text[5] != '1') return 505;
    request->minor = text[7] != '0';
    request->close = request->minor == 0;
    return 0;
}

static tacho__http_method msg_method(const char *text, size_t len)
{
    static const char *const names[TACHO__HTTP_OTHER] = { "GET", "POST", "PUT", "DELETE", "HEAD" };
    int method = TACHO__HTTP_GET;
    while (method < TACHO__HTTP_OTHER && (strlen(names[method]) != len || memcmp(names[method], text, len) != 0)) method++;
    return (tacho__http_method)method;
}

static int msg_request_line(tacho__http_request *request, char *line, char *end)
{
    char *target = memchr(line, ' ', (size_t)(end - line));
    if (!target || target == line) return 400;
    size_t method_len = (size_t)(target - line);
    for (const char *at = line; at < target; at++)
        if (!tacho__http_is_token(*at)) return 400;
    target++;
    char *blank = memchr(target, ' ', (size_t)(end - target));
    if (!blank || blank == target) return 400;
    int status = msg_version(request, blank + 1, (size_t)(end - blank - 1));
    if (status) return status;
    request->method = msg_method(line, method_len);
    return msg_target(request, line, method_len, target, blank);
}

/* ---- Fields: each takes its value, trimmed, and returns 0 or the status that refuses it ----------------- */

static int msg_take_host(tacho__http_request *request, const char *value, const char *end)
{
    if (request->has_host || !msg_is_authority(value, (size_t)(end - value))) return 400;
    request->has_host = true;
    if (request->absolute) return 0; /* what the target says counts (RFC 9112, 3.2.2) */
    request->host = value;
    request->host_len = (size_t)(end - value);
    return 0;
}

static int msg_take_connection(tacho__http_request *request, const char *value, const char *end)
{
    const char *item;
    size_t len;
    while (msg_next(&value, end, &item, &len))
        if (tacho__http_same(item, len, "close")) request->close = true;
    return 0;
}

static int msg_take_length(tacho__http_request *request, const char *value, const char *end)
{
    if (request->has_length || value == end) return 400;
    request->has_length = true;
    for (; value < end; value++) {
        if (!tacho__http_is_digit(*value)) return 400;
        uint64_t digit = (uint64_t)(*value - '0'), length = request->length;
        request->length = length < UINT64_MAX / 10 ? length * 10 + digit : UINT64_MAX; /* long before: too many */
    }
    if (request->length > 0) request->body = true;
    return 0;
}

static int msg_take_coding(tacho__http_request *request, const char *value, const char *end)
{
    const char *item;
    size_t len;
    request->has_coding = request->body = true;
    while (msg_next(&value, end, &item, &len)) {
        if (len == 0) continue;
        if (request->chunked) return 400; /* chunked comes last and once */
        if (tacho__http_same(item, len, "chunked"))
            request->chunked = true;
        else
            request->strange_coding = true;
    }
    return 0;
}

static int msg_take_authorization(tacho__http_request *request, const char *value, const char *end)
{
    if (request->authorization) return 400;
    request->authorization = value;
    request->authorization_len = (size_t)(end - value);
    return 0;
}

static int msg_take_expectation(tacho__http_request *request, const char *value, const char *end)
{
    if (tacho__http_same(value, (size_t)(end - value), "100-continue"))
        request->expects = true;
    else
        request->strange_expectation = true;
    return 0;
}

static const struct msg_field {
    const char *name;
    int (*take)(tacho__http_request *request, const char *value, const char *end);
} msg_fields[] = {
    { "host", msg_take_host },
    { "connection", msg_take_connection },
    { "content-length", msg_take_length },
    { "transfer-encoding", msg_take_coding },
    { "authorization", msg_take_authorization },
    { "expect", msg_take_expectation },
};

static int msg_field_line(tacho__http_request *request, const char *line, const char *end)
{
    tacho__http_field field;
    if (!tacho__http_field_read(&field, line, end)) return 400;
    for (size_t i = 0; i < sizeof msg_fields / sizeof *msg_fields; i++)
        if (tacho__http_field_is(&field, msg_fields[i].name)) return msg_fields[i].take(request, field.value, field.end);
    return 0;
}

/* The head is gone through again: few requests are asked for a field that may come many times. A value and its comma
 * take less room than its line, so the whole is shorter than the head. */
void tacho__http_request_join(const tacho__http_request *request, const char *bytes, const char *name, char *out)
{
    bool first = true;
    const char *line = bytes, *head_end = bytes + request->read, *feed;
    for (; line < head_end && (feed = memchr(line, '\n', (size_t)(head_end - line))); line = feed + 1) {
        tacho__http_field field;
        if (!tacho__http_field_read(&field, line, feed - 1) || !tacho__http_field_is(&field, name)) continue;
        if (!first) *out++ = ',';
        first = false;
        memcpy(out, field.value, (size_t)(field.end - field.value));
        out += field.end - field.value;
    }
    *out = '\0';
}

/* The empty line: what only the whole head can tell. */
static int msg_head_end(const tacho__http_request *request)
{
    if (request->minor > 0 && !request->has_host) return 400;
    if (request->has_coding) {
        if (request->minor == 0 || request->has_length) return 400;
        if (request->strange_coding) return 501;
        if (!request->chunked) return 400;
    }
    if (request->strange_expectation && request->minor > 0) return 417;
    return 200;
}

/* ---- The head ------------------------------------------------------------------------------------------- */

/* A complete line in [line, end). Empty lines before a request are ignored: some clients end a body with one. */
static int msg_line(tacho__http_request *request, char *line, char *end)
{
    if (request->fields) return line == end ? msg_head_end(request) : msg_field_line(request, line, end);
    if (line == end) return 0;
    request->fields = true;
    return msg_request_line(request, line, end);
}

static int msg_byte(tacho__http_request *request, char *bytes)
{
    char c = bytes[request->read++];
    if (request->cr != (c == '\n')) return 400; /* one of the two without the other */
    request->cr = c == '\r';
    if (c == '\n') {
        char *line = bytes + request->line;
        request->line = request->read;
        return msg_line(request, line, bytes + request->read - 2);
    }
    bool control = (unsigned char)c < ' ' || c == 0x7f;
    return control && c != '\t' && c != '\r' ? 400 : 0;
}

int tacho__http_request_read(tacho__http_request *request, char *bytes, size_t len)
{
    if (len > TACHO__HTTP_HEAD_MAX) len = TACHO__HTTP_HEAD_MAX;
    while (!request->status && request->read < len) request->status = msg_byte(request, bytes);
    if (!request->status && request->read == TACHO__HTTP_HEAD_MAX)
        request->status = request->fields || request->line == request->read ? 431 : 414;
    if (request->status && request->status != 200) request->close = true;
    return request->status;
}

bool tacho__http_path_valid(const char *path)
{
    if (!path || *path != '/') return false;
    for (; *path; path++)
        if (!msg_is_visible(*path) || *path == '?' || *path == '#') return false;
    return true;
}
