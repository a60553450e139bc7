/*
 * http_msg.c - HTTP/1.x messages as bytes (RFC 9110 and 9112, the strict reading).
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

#include <stdio.h>
#include <string.h>

/* ---- Bytes; <ctype.h> would ask the locale ------------------------------------------------------------- */

static bool msg_is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool msg_is_alnum(char c)
{
    char lower = (char)(c | 0x20);
    return msg_is_digit(c) || (lower >= 'a' && lower <= 'z');
}

/* A byte of a method or a field name. */
static bool msg_is_token(char c)
{
    return msg_is_alnum(c) || (c != '\0' && strchr("!#$%&'*+-.^_`|~", c));
}

static bool msg_is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static bool msg_is_visible(char c)
{
    return c > ' ' && c <= '~';
}

/* Compare without case with a word in lower case. */
static bool msg_same(const char *text, size_t len, const char *lower)
{
    if (len != strlen(lower)) return false;
    for (size_t i = 0; i < len; i++) {
        char c = text[i] >= 'A' && text[i] <= 'Z' ? (char)(text[i] + 32) : text[i];
        if (c != lower[i]) return false;
    }
    return true;
}

static void msg_trim(const char **begin, const char **end)
{
    while (*begin < *end && msg_is_blank(**begin)) ++*begin;
    while (*end > *begin && msg_is_blank((*end)[-1])) --*end;
}

/* The next element of a comma-separated list in [*at, end), trimmed; false at the end. */
static bool msg_next(const char **at, const char *end, const char **item, size_t *len)
{
    if (*at > end) return false;
    const char *comma = memchr(*at, ',', (size_t)(end - *at));
    const char *begin = *at, *stop = comma ? comma : end;
    *at = stop + 1;
    msg_trim(&begin, &stop);
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
        for (i = 1; i < len && (msg_is_alnum(text[i]) || text[i] == ':' || text[i] == '.');) i++;
        if (i == 1 || i == len || text[i++] != ']') return false;
    } else {
        while (i < len && (msg_is_alnum(text[i]) || strchr("-._~!$&'()*+,;=%", text[i]))) i++;
    }
    if (i < len && text[i] == ':') {
        i++;
        while (i < len && msg_is_digit(text[i])) i++;
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
    if ((size_t)(end - target) <= len || !msg_same(target, len, scheme)) return 400;
    char *host = target + len, *path = host;
    while (path < end && *path != '/' && *path != '?') path++;
    if (path == host || *host == ':' || !msg_is_authority(host, (size_t)(path - host))) return 400;
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
    if (len != 8 || memcmp(text, "HTTP/", 5) != 0 || !msg_is_digit(text[5]) || text[6] != '.' ||
        !msg_is_digit(text[7]))
        return 400;
    if (text[5] != '1') return 505;
    request->minor = text[7] != '0';
    request->close = request->minor == 0;
    return 0;
}

static int msg_request_line(tacho__http_request *request, char *line, char *end)
{
    char *target = memchr(line, ' ', (size_t)(end - line));
    if (!target || target == line) return 400;
    size_t method_len = (size_t)(target - line);
    for (const char *at = line; at < target; at++)
        if (!msg_is_token(*at)) return 400;
    target++;
    char *blank = memchr(target, ' ', (size_t)(end - target));
    if (!blank || blank == target) return 400;
    int status = msg_version(request, blank + 1, (size_t)(end - blank - 1));
    if (status) return status;
    if (method_len == 3 && memcmp(line, "GET", 3) == 0) request->method = TACHO__HTTP_GET;
    if (method_len == 4 && memcmp(line, "HEAD", 4) == 0) request->method = TACHO__HTTP_HEAD;
    return msg_target(request, line, method_len, target, blank);
}

/* ---- Fields: each takes its value, trimmed, and returns 0 or the status that refuses it ----------------- */

static int msg_take_host(tacho__http_request *request, const char *value, const char *end)
{
    if (request->has_host || !msg_is_authority(value, (size_t)(end - value))) return 400;
    request->has_host = true;
    return 0;
}

static int msg_take_connection(tacho__http_request *request, const char *value, const char *end)
{
    const char *item;
    size_t len;
    while (msg_next(&value, end, &item, &len))
        if (msg_same(item, len, "close")) request->close = true;
    return 0;
}

static int msg_take_length(tacho__http_request *request, const char *value, const char *end)
{
    if (request->has_length || value == end) return 400;
    request->has_length = true;
    for (; value < end; value++) {
        if (!msg_is_digit(*value)) return 400;
        if (*value != '0') request->body = true;
    }
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
        if (msg_same(item, len, "chunked"))
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
    if (!msg_same(value, (size_t)(end - value), "100-continue")) request->strange_expectation = true;
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
    const char *colon = memchr(line, ':', (size_t)(end - line));
    if (!colon || colon == line) return 400;
    for (const char *at = line; at < colon; at++)
        if (!msg_is_token(*at)) return 400; /* a blank before the colon and a folded line, too */
    const char *value = colon + 1;
    msg_trim(&value, &end);
    for (size_t i = 0; i < sizeof msg_fields / sizeof *msg_fields; i++)
        if (msg_same(line, (size_t)(colon - line), msg_fields[i].name))
            return msg_fields[i].take(request, value, end);
    return 0;
}

/* The head is gone through again: few requests are asked for a field that may come many times. A value and its comma
 * take less room than its line, so the whole is shorter than the head. */
void tacho__http_request_join(const tacho__http_request *request, const char *bytes, const char *name, char *out)
{
    bool first = true;
    const char *line = bytes, *head_end = bytes + request->read, *feed;
    for (; line < head_end && (feed = memchr(line, '\n', (size_t)(head_end - line))); line = feed + 1) {
        const char *colon = memchr(line, ':', (size_t)(feed - line));
        if (!colon || !msg_same(line, (size_t)(colon - line), name)) continue;
        const char *value = colon + 1, *end = feed - 1;
        msg_trim(&value, &end);
        if (!first) *out++ = ',';
        first = false;
        memcpy(out, value, (size_t)(end - value));
        out += end - value;
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

/* ---- Responses ------------------------------------------------------------------------------------------ */

static const struct msg_status {
    int status;
    const char *reason;
    const char *sentence; /* for those that the library gives itself */
    const char *fields;
} msg_statuses[] = {
    { 200, "OK", "ok\n", "" },
    { 201, "Created", NULL, "" },
    { 202, "Accepted", NULL, "" },
    { 204, "No Content", NULL, "" },
    { 301, "Moved Permanently", NULL, "" },
    { 302, "Found", NULL, "" },
    { 303, "See Other", NULL, "" },
    { 304, "Not Modified", NULL, "" },
    { 307, "Temporary Redirect", NULL, "" },
    { 308, "Permanent Redirect", NULL, "" },
    { 400, "Bad Request", "The request is malformed.\n", "" },
    { 401, "Unauthorized", "A valid bearer token is required.\n", "WWW-Authenticate: Bearer realm=\"metrics\"\r\n" },
    { 403, "Forbidden", "This is not allowed.\n", "" },
    { 404, "Not Found", "There is nothing at this path.\n", "" },
    { 405, "Method Not Allowed", "Only GET and HEAD are allowed here.\n", "Allow: GET, HEAD\r\n" },
    { 408, "Request Timeout", "The request did not arrive in time.\n", "" },
    { 409, "Conflict", NULL, "" },
    { 410, "Gone", NULL, "" },
    { 413, "Content Too Large", "A request must not have a body here.\n", "" },
    { 414, "URI Too Long", "The request line is too long.\n", "" },
    { 417, "Expectation Failed", "The expectation cannot be met.\n", "" },
    { 429, "Too Many Requests", NULL, "" },
    { 431, "Request Header Fields Too Large", "The request head is too large.\n", "" },
    { 500, "Internal Server Error", "The answer to this request could not be made.\n", "" },
    { 501, "Not Implemented", "The transfer coding is not supported.\n", "" },
    { 503, "Service Unavailable", "No page can be made at the moment: memory is short, or it took too long. Try again.\n", "" },
    { 505, "HTTP Version Not Supported", "Only HTTP/1.0 and HTTP/1.1 are spoken here.\n", "" },
};

static const struct msg_status *msg_find_status(int status)
{
    static const struct msg_status other = { 0, "Other", NULL, "" };
    for (size_t i = 0; i < sizeof msg_statuses / sizeof *msg_statuses; i++)
        if (msg_statuses[i].status == status) return &msg_statuses[i];
    return &other;
}

const char *tacho__http_status_sentence(int status)
{
    const char *sentence = msg_find_status(status)->sentence;
    return sentence ? sentence : "\n";
}

size_t tacho__http_response_write(const tacho__http_response *response, char *out, size_t cap)
{
    const struct msg_status *status = msg_find_status(response->status);
    char length[48] = "";
    if (response->framing == TACHO__HTTP_LENGTH)
        (void)snprintf(length, sizeof length, "Content-Length: %zu\r\n", response->length);
    if (response->framing == TACHO__HTTP_CHUNKED)
        (void)snprintf(length, sizeof length, "Transfer-Encoding: chunked\r\n");
    bool typed = response->framing != TACHO__HTTP_NO_BODY;
    int len = snprintf(out, cap,
                       "HTTP/1.1 %d %s\r\n%s%s%s%s%s%sCache-Control: no-store\r\n"
                       "X-Content-Type-Options: nosniff\r\n%s%s\r\n",
                       response->status, status->reason, typed ? "Content-Type: " : "",
                       typed ? response->content_type : "", typed ? "\r\n" : "", length, status->fields,
                       response->negotiated ? "Vary: Accept\r\n" : "",
                       response->fields ? response->fields : "", response->close ? "Connection: close\r\n" : "");
    return len > 0 && (size_t)len < cap ? (size_t)len : 0;
}
