/*
 * push_url.c - where a push goes.
 */
#define _GNU_SOURCE
#include "push_url.h"

#include <stdio.h>
#include <string.h>
#include <sys/un.h>

#include "base64.h"
#include "http_msg.h"
#include "http_text.h"
#include "num.h"
#include "spell.h"
#include "utf8.h"

#define URL_HTTP "http://"
#define URL_HTTPS "https://"
#define URL_UNIX "unix:"
#define URL_PORT 80

/* ---- Addresses --------------------------------------------------------------------------------------------------- */

static bool url_begins(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

bool tacho__push_url_is_public(const char *text)
{
    return !strchr(text, '@');
}

static const char *url_read_port(tacho__push_url *url, const char *text, size_t len)
{
    uint64_t port = URL_PORT;
    if (len > 0 && (*text != ':' || !tacho__num_read_u64(text + 1, len - 1, &port) || port == 0 || port > 65535))
        return "the port is not a number from 1 to 65535";
    url->port = (uint16_t)port;
    return NULL;
}

/* HOST, or HOST:PORT; an IPv6 address in brackets. */
static const char *url_read_authority(tacho__push_url *url, const char *text, size_t len)
{
    const char *begin = text, *end = text + len;
    url->v6 = len > 0 && *text == '[';
    if (url->v6) begin++;
    const char *stop = begin;
    while (stop < end && (tacho__http_is_alnum(*stop) || strchr(url->v6 ? ":." : "-._", *stop))) stop++;
    size_t host_len = (size_t)(stop - begin);
    if (host_len == 0) return "the host is missing";
    if (host_len > TACHO__PUSH_HOST_MAX) return "the host is longer than 253 bytes";
    memcpy(url->host, begin, host_len);
    if (url->v6 && (stop == end || *stop++ != ']')) return "an IPv6 address stands in brackets, as in http://[::1]:9091";
    if (stop < end && *stop != ':') return "the host has a byte that no host has";
    if (len >= sizeof url->authority) return "the port is not a number from 1 to 65535";
    memcpy(url->authority, text, len);
    return url_read_port(url, stop, (size_t)(end - stop));
}

static const char *url_read_http(tacho__push_url *url, const char *text)
{
    size_t len = strcspn(text, "/?#");
    if (text[len] == '?' || text[len] == '#') return "an address has no query and no fragment";
    if (text[len] && !tacho__http_path_valid(text + len))
        return "the path has a '?', a '#', a blank or a byte that is not ASCII";
    url->prefix = text + len;
    url->prefix_len = strlen(url->prefix);
    while (url->prefix_len > 0 && url->prefix[url->prefix_len - 1] == '/') url->prefix_len--;
    return url_read_authority(url, text, len);
}

const char *tacho__push_url_read(tacho__push_url *url, const char *text)
{
    *url = (tacho__push_url){ .prefix = "" };
    if (url_begins(text, URL_UNIX)) {
        url->file = text + strlen(URL_UNIX);
        (void)snprintf(url->authority, sizeof url->authority, "localhost");
        if (!*url->file) return "the path of the socket is missing";
        return strlen(url->file) < sizeof ((struct sockaddr_un *)0)->sun_path ? NULL : "the path is too long for a socket";
    }
    if (!tacho__push_url_is_public(text)) return "user and password do not belong into an address, but into their options";
    if (url_begins(text, URL_HTTPS))
        return "TLS is not spoken here: let a proxy on this machine do it, and push to that with http://";
    if (!url_begins(text, URL_HTTP)) return "an address is http://HOST:PORT or unix:PATH";
    return url_read_http(url, text + strlen(URL_HTTP));
}

/* ---- Groups ------------------------------------------------------------------------------------------------------ */

static const char *group_check_value(const char *value)
{
    size_t len = strlen(value);
    if (len > TACHO_MAX_LABEL_BYTES) return "the value is longer than 1,024 bytes";
    return tacho__utf8_valid(value, len) == len ? NULL : "the value is not UTF-8";
}

static const char *group_check_label(const tacho_constant *grouping, const tacho_constant *label)
{
    if (!tacho__name_is_plain(label->name, strlen(label->name), TACHO__NAME_LABEL) || url_begins(label->name, "__"))
        return "a label of a group is [a-zA-Z_][a-zA-Z0-9_]*, and does not begin with \"__\"";
    if (strcmp(label->name, "job") == 0) return "the job has an option of its own";
    if (label - grouping >= TACHO_MAX_LABELS) return "a group has at most 16 labels beside the job";
    for (const tacho_constant *other = grouping; other < label; other++)
        if (strcmp(other->name, label->name) == 0) return "the label comes twice";
    return label->value ? group_check_value(label->value) : "the value is NULL";
}

const char *tacho__push_group_check(const char *job, const tacho_constant *grouping, const char **label)
{
    const char *wrong = NULL;
    *label = "job";
    if (!job || !*job) return "a group needs a job";
    wrong = group_check_value(job);
    for (const tacho_constant *at = grouping; !wrong && at && at->name; at++) {
        *label = at->name;
        wrong = group_check_label(grouping, at);
    }
    return wrong;
}

/* ---- Paths ------------------------------------------------------------------------------------------------------- */

static tacho_err path_write(tacho_sink *out, const char *text)
{
    return out->ops->write(out, text, strlen(text));
}

static tacho_err path_write_base64(tacho_sink *out, const char *value, size_t len)
{
    char text[TACHO__BASE64_SIZE(TACHO_MAX_LABEL_BYTES)];
    size_t text_len = tacho__base64_write(text, value, len, TACHO__BASE64_URL);
    while (text_len > 0 && text[text_len - 1] == '=') text_len--;
    if (text_len == 0) text[text_len++] = '='; /* a part of a path without a byte would be lost */
    tacho_err err = path_write(out, "@base64/");
    return err ? err : out->ops->write(out, text, text_len);
}

static tacho_err path_write_percent(tacho_sink *out, const char *value, size_t len)
{
    static const char digits[] = "0123456789ABCDEF";
    char text[3 * TACHO_MAX_LABEL_BYTES], *at = text;
    for (const char *in = value; in < value + len; in++) {
        unsigned char byte = (unsigned char)*in;
        if (tacho__http_is_alnum(*in) || strchr("-._~", *in)) {
            *at++ = *in;
            continue;
        }
        *at++ = '%';
        *at++ = digits[byte >> 4];
        *at++ = digits[byte & 15];
    }
    tacho_err err = path_write(out, "/");
    return err ? err : out->ops->write(out, text, (size_t)(at - text));
}

static tacho_err path_write_label(tacho_sink *out, const char *name, const char *value)
{
    size_t len = strlen(value);
    bool as_base64 = len == 0 || strchr(value, '/') || strcmp(value, ".") == 0 || strcmp(value, "..") == 0;
    tacho_err err = path_write(out, "/");
    if (!err) err = path_write(out, name);
    if (err) return err;
    return as_base64 ? path_write_base64(out, value, len) : path_write_percent(out, value, len);
}

tacho_err tacho__push_path_write(tacho_sink *out, const tacho__push_url *url, const char *job,
                                 const tacho_constant *grouping)
{
    tacho_err err = out->ops->write(out, url->prefix, url->prefix_len);
    if (!err) err = path_write(out, "/metrics");
    if (!err) err = path_write_label(out, "job", job);
    for (const tacho_constant *at = grouping; !err && at && at->name; at++) err = path_write_label(out, at->name, at->value);
    return err;
}
