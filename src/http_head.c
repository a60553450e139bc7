/*
 * http_head.c - HTTP/1.1 responses as bytes (RFC 9110 and 9112).
 */
#include "http_head.h"

#include <stdio.h>
#include <string.h>

#include <tacho/http.h>

static const struct head_status {
    int status;
    const char *reason;
    const char *sentence; /* for those that the library gives itself */
} head_statuses[] = {
    { 200, "OK", "ok\n" },
    { 201, "Created", NULL },
    { 202, "Accepted", NULL },
    { 204, "No Content", NULL },
    { 301, "Moved Permanently", NULL },
    { 302, "Found", NULL },
    { 303, "See Other", NULL },
    { 304, "Not Modified", NULL },
    { 307, "Temporary Redirect", NULL },
    { 308, "Permanent Redirect", NULL },
    { 400, "Bad Request", "The request is malformed.\n" },
    { 401, "Unauthorized", "A valid bearer token is required.\n" },
    { 403, "Forbidden", "Requests under this Host name are not answered here.\n" },
    { 404, "Not Found", "There is nothing at this path.\n" },
    { 405, "Method Not Allowed", "This method is not allowed here.\n" },
    { 408, "Request Timeout", "The request did not arrive in time.\n" },
    { 409, "Conflict", NULL },
    { 410, "Gone", NULL },
    { 411, "Length Required", "The length of the body is missing.\n" },
    { 413, "Content Too Large", "The body of the request is larger than is allowed here.\n" },
    { 414, "URI Too Long", "The request line is too long.\n" },
    { 417, "Expectation Failed", "The expectation cannot be met.\n" },
    { 429, "Too Many Requests", NULL },
    { 431, "Request Header Fields Too Large", "The request head is too large.\n" },
    { 500, "Internal Server Error", "The answer to this request could not be made.\n" },
    { 501, "Not Implemented", "The transfer coding is not supported.\n" },
    { 503, "Service Unavailable", "No page can be made at the moment: memory is short, or it took too long. Try again.\n" },
    { 505, "HTTP Version Not Supported", "Only HTTP/1.0 and HTTP/1.1 are spoken here.\n" },
};

static const struct head_status *head_find_status(int status)
{
    static const struct head_status other = { 0, "Other", NULL };
    for (size_t i = 0; i < sizeof head_statuses / sizeof *head_statuses; i++)
        if (head_statuses[i].status == status) return &head_statuses[i];
    return &other;
}

const char *tacho__http_status_sentence(int status)
{
    const char *sentence = head_find_status(status)->sentence;
    return sentence ? sentence : "\n";
}

bool tacho__http_value_valid(const char *value)
{
    size_t len = 0;
    if (!value) return true;
    for (; value[len]; len++)
        if (value[len] < ' ' || value[len] > '~' || len >= TACHO__HTTP_VALUE_MAX) return false;
    return len > 0;
}

/* A head that is being written; `len` beyond `cap` says that it does not fit. */
struct head {
    char *out;
    size_t len, cap;
};

static void head_add(struct head *head, const char *text)
{
    size_t len = strlen(text);
    if (head->len + len < head->cap) memcpy(head->out + head->len, text, len);
    head->len += len;
}

/* One field; a NULL value adds none. */
static void head_add_field(struct head *head, const char *name, const char *value)
{
    if (!value) return;
    head_add(head, name);
    head_add(head, ": ");
    head_add(head, value);
    head_add(head, "\r\n");
}

static void head_add_allow(struct head *head, uint32_t methods)
{
    static const char *const names[] = { "GET, HEAD", "POST", "PUT", "DELETE" };
    const char *before = "Allow: ";
    if (methods == 0) methods = TACHO_HTTP_GET;
    for (uint32_t i = 0; i < 4; i++) {
        if (!(methods >> i & 1)) continue;
        head_add(head, before);
        head_add(head, names[i]);
        before = ", ";
    }
    head_add(head, "\r\n");
}

size_t tacho__http_response_write(const tacho__http_response *response, char *out, size_t cap)
{
    struct head head = { out, 0, cap };
    char text[64];
    (void)snprintf(text, sizeof text, "HTTP/1.1 %d ", response->status);
    head_add(&head, text);
    head_add(&head, head_find_status(response->status)->reason);
    head_add(&head, "\r\n");
    if (response->framing != TACHO__HTTP_NO_BODY) head_add_field(&head, "Content-Type", response->content_type);
    (void)snprintf(text, sizeof text, "%zu", response->length);
    if (response->framing == TACHO__HTTP_LENGTH) head_add_field(&head, "Content-Length", text);
    if (response->framing == TACHO__HTTP_CHUNKED) head_add_field(&head, "Transfer-Encoding", "chunked");
    const char *authenticate = response->authenticate;
    if (response->status == 401 && !authenticate) authenticate = "Bearer realm=\"metrics\"";
    head_add_field(&head, "WWW-Authenticate", authenticate);
    if (response->status == 405) head_add_allow(&head, response->methods);
    head_add_field(&head, "Location", response->location);
    head_add_field(&head, "Content-Security-Policy", response->content_security_policy);
    if (response->negotiated) head_add_field(&head, "Vary", "Accept");
    head_add_field(&head, "Cache-Control", response->cache_control ? response->cache_control : "no-store");
    head_add_field(&head, "X-Content-Type-Options", "nosniff");
    if (response->fields) head_add(&head, response->fields);
    if (response->close) head_add_field(&head, "Connection", "close");
    head_add(&head, "\r\n");
    return head.len < cap ? head.len : 0;
}
