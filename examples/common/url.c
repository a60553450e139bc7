#define _POSIX_C_SOURCE 200809L
#include "url.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "words.h"

static int url_hex(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

/* Decode in place. False: a bad '%', or a control character behind one. */
static bool url_decode(char *text)
{
    char *out = text;
    for (const char *in = text; *in; in++) {
        char c = *in;
        if (c == '%') {
            int high = url_hex(in[1]), low = high < 0 ? -1 : url_hex(in[2]);
            if (low < 0) return false;
            c = (char)(high * 16 + low);
            if ((unsigned char)c < ' ' || c == 0x7f) return false;
            in += 2;
        }
        *out++ = c;
    }
    *out = '\0';
    return true;
}

/* End the text at the first of these bytes. Returns what is behind it, or NULL. */
static char *url_cut(char *text, char at)
{
    char *found = strchr(text, at);
    if (!found) return NULL;
    *found = '\0';
    return found + 1;
}

/* Length of a scheme, or 0. */
static size_t url_scheme_len(const char *text)
{
    size_t len = strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789+.-");
    return len > 0 && strncmp(text + len, "://", 3) == 0 ? len : 0;
}

static bool url_is_port(const char *text)
{
    size_t len = strlen(text);
    return len > 0 && len <= 5 && strspn(text, "0123456789") == len && atoi(text) >= 1 && atoi(text) <= 65535;
}

/* HOST[:PORT], both decoded. Returns what is wrong, or NULL. */
static const char *url_place(url *self, char *text)
{
    char *port;
    if (*text == '[') {
        char *end = url_cut(++text, ']');
        if (!end || (*end != '\0' && *end != ':')) return "an address in brackets does not end well";
        if (*text == '\0' || text[strspn(text, "0123456789abcdefABCDEF:.")])
            return "no IPv6 address in brackets";
        port = *end ? end + 1 : NULL;
    } else {
        port = url_cut(text, ':');
        if (strpbrk(text, "[],")) return "the host has a '[', ']' or ','; there can be only one";
    }
    if (port && !url_is_port(port)) return "the port is no number from 1 to 65535";
    if (!url_decode(text)) return "the host has a bad '%'";
    self->host = *text ? text : NULL;
    self->port = port;
    return NULL;
}

/* Returns what is wrong, or NULL. */
static const char *url_split(url *self)
{
    char *rest = self->text;
    for (const char *p = rest; *p; p++)
        if ((unsigned char)*p <= ' ' || *p == 0x7f)
            return "it has a blank or control character; write %20 and the like";
    if (strchr(rest, '#')) return "it has a '#'; write %23";
    size_t len = url_scheme_len(rest);
    if (len == 0) return "it does not begin with a scheme and ://";
    self->scheme = rest;
    rest[len] = '\0';
    rest += len + 3;
    self->query = url_cut(rest, '?');
    char *path = url_cut(rest, '/');
    char *place = url_cut(rest, '@');
    if (place) {
        char *password = url_cut(rest, ':');
        if (strchr(place, '@')) return "it has more than one '@'; write %40 in a user or password";
        if (!url_decode(rest)) return "the user has a bad '%'";
        if (password && !url_decode(password)) return "the password has a bad '%'; write %25";
        self->user = *rest ? rest : NULL;
        self->password = password;
    }
    if (path && !url_decode(path)) return "the path has a bad '%'";
    self->path = path && *path ? path : NULL;
    return url_place(self, place ? place : rest);
}

bool url_init(url *self, const char *text, char *why, size_t cap)
{
    memset(self, 0, sizeof *self);
    self->len = strlen(text);
    self->text = malloc(self->len + 1);
    if (!self->text) {
        snprintf(why, cap, "out of memory");
        return false;
    }
    memcpy(self->text, text, self->len + 1);
    const char *wrong = url_split(self);
    if (!wrong) return true;
    snprintf(why, cap, "the URL is wrong: %s", wrong);
    url_fini(self);
    return false;
}

void url_fini(url *self)
{
    if (self->text) words_wipe(self->text, self->len);
    free(self->text);
    memset(self, 0, sizeof *self);
}

url_step url_next(url *self, url_pair *pair)
{
    char *name = self->query;
    if (!name || !*name) return URL_END;
    self->query = url_cut(name, '&');
    char *value = url_cut(name, '=');
    if (!value || !*name || !url_decode(name) || !url_decode(value)) return URL_BAD;
    *pair = (url_pair){ name, value };
    return URL_PAIR;
}
