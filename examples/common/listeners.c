#define _POSIX_C_SOURCE 200809L
#include "listeners.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Cut a list with commas into its parts. Returns their number. */
static size_t listeners_cut(char *list, const char **parts)
{
    size_t count = 0;
    for (char *part = list; part && count < OPTIONS_MAX_LIST; count++) {
        char *comma = strchr(part, ',');
        if (comma) *comma = '\0';
        parts[count] = part;
        part = comma ? comma + 1 : NULL;
    }
    return count;
}

bool listeners_init(listeners *self, const exporter_options *options, const tacho_http_words *words)
{
    const char *hosts = options->hosts ? options->hosts : "", *only = options->only ? options->only : "";
    size_t host_bytes = strlen(hosts) + 1, only_bytes = strlen(only) + 1;
    *self = (listeners){ .texts = malloc(host_bytes + only_bytes) };
    if (!self->texts) return false;
    (void)listeners_cut(memcpy(self->texts, hosts, host_bytes), self->hosts);
    size_t names = listeners_cut(memcpy(self->texts + host_bytes, only, only_bytes), self->names);
    for (int i = 0; i == 0 || i < options->has_listen; i++) {
        self->http[i] = (tacho_http_options){ .listen = i ? options->listen_also[i - 1] : options->listen,
                                              .path = options->path,
                                              .token = options->token,
                                              .token_file = options->token_file,
                                              .words = words,
                                              .hosts = *hosts ? self->hosts : NULL,
                                              .names = self->names,
                                              .name_count = *only ? names : 0 };
        if (i > 0) self->http[i - 1].also = &self->http[i];
    }
    return true;
}

void listeners_fini(listeners *self)
{
    free(self->texts);
    self->texts = NULL;
}

void listeners_describe(const tacho_http *http, char *text, size_t cap)
{
    const char *url;
    size_t len = 0;
    text[0] = '\0';
    for (size_t i = 0; (url = tacho_http_listener_url(http, i)) && len < cap; i++) {
        int wrote = snprintf(text + len, cap - len, "%s%s", i ? ", " : "", url);
        len += wrote > 0 ? (size_t)wrote : 0;
    }
}
