/*
 * parts.c - what a library does that was built without some of its parts; compiled with the macros that its callers get.
 */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <tacho/tacho.h>

#ifdef TACHO_NO_OPENMETRICS
#define HAS_OPENMETRICS false
#else
#define HAS_OPENMETRICS true
#endif
#ifdef TACHO_NO_PROTOBUF
#define HAS_PROTOBUF false
#else
#define HAS_PROTOBUF true
#endif
#ifdef TACHO_NO_JSON
#define HAS_JSON false
#else
#define HAS_JSON true
#endif
#if defined(TACHO_NO_PAGE) || defined(TACHO_NO_JSON)
#define HAS_PAGE false
#else
#define HAS_PAGE true
#endif

static const struct format {
    tacho_format format;
    bool built;
    const char *accept, *option;
} formats[] = {
    { TACHO_TEXT, true, "text/plain", NULL },
    { TACHO_TEXT_1, true, "text/plain; version=1.0.0", NULL },
    { TACHO_OPENMETRICS, HAS_OPENMETRICS, "application/openmetrics-text; version=1.0.0", "TACHO_OPENMETRICS" },
    { TACHO_OPENMETRICS, HAS_OPENMETRICS, "text/plain; q=0, */*", "TACHO_OPENMETRICS" },
    { TACHO_PROTOBUF, HAS_PROTOBUF,
      "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited", "TACHO_PROTOBUF" },
    { TACHO_JSON, HAS_JSON, NULL, "TACHO_JSON" },
    { TACHO_CSV, HAS_JSON, NULL, "TACHO_JSON" },
};

static tacho_counter *ticks;
static const tacho_desc metrics[] = { { .counter = &ticks, .name = "parts_ticks_total", .help = "Ticks." } };
static int faults;

static void expect(bool holds, const char *what, const char *which)
{
    if (holds) return;
    printf("broken promise: %s: %s\n", what, which);
    faults++;
}

static void try_format(tacho_registry *reg, const struct format *format)
{
    const char *which = format->accept ? format->accept : format->option;
    tacho_buffer out;
    tacho_buffer_init(&out);
    tacho_err err = tacho_expose(reg, format->format, &out.sink);
    tacho_scrape *scrape = tacho_scrape_open(reg, &(tacho_scrape_options){ .format = format->format });
    if (format->built) {
        expect(err == TACHO_OK && strstr(out.data, "parts_ticks"), "a format that is there is written", which);
        expect(scrape != NULL, "and opened", which);
    } else {
        expect(err == TACHO_ERR_ARG && out.len == 0, "a format that was left out is refused", which);
        expect(scrape == NULL, "and not opened", which);
        const char *said = tacho_registry_error(reg);
        expect(said && strstr(said, format->option), "the words name the option", which);
        err = tacho_textfile_write(reg, "never.prom", &(tacho_textfile_options){
            .scrape = &(tacho_scrape_options){ .format = format->format } });
        expect(err == TACHO_ERR_ARG, "nor is it written to a file", which);
    }
    tacho_scrape_free(scrape);
    tacho_buffer_fini(&out);
    if (!format->accept) return;
    tacho_format offered = tacho_format_negotiate(format->accept).format;
    expect(offered == (format->built ? format->format : TACHO_TEXT), "only what is there is offered", which);
}

#ifndef TACHO_NO_HTTP

static void expect_status(tacho_registry *reg, const char *path, const char *status)
{
    char request[64];
    tacho_buffer out;
    tacho_buffer_init(&out);
    int len = snprintf(request, sizeof request, "GET %s HTTP/1.0\r\n\r\n", path);
    tacho_err err = tacho_http_respond(reg, NULL, request, (size_t)len, &out.sink, NULL);
    expect(err == TACHO_OK && out.len > 12 && strncmp(out.data + 9, status, 3) == 0, path, status);
    tacho_buffer_fini(&out);
}

static void try_http(tacho_registry *reg)
{
    tacho_http *http = NULL;
    expect_status(reg, "/metrics", "200");
    expect_status(reg, "/metrics.json", HAS_JSON ? "200" : "404");
    expect_status(reg, "/metrics.csv", HAS_JSON ? "200" : "404");
    expect_status(reg, "/", HAS_PAGE ? "200" : "404");
    tacho_err err = tacho_http_start(reg, &(tacho_http_options){ .listen = "127.0.0.1:0" }, &http);
    expect(err == TACHO_OK, "the server starts", tacho_registry_error(reg));
    tacho_http_stop(http);
}

#endif

static void try_services(tacho_registry *reg)
{
#ifndef TACHO_NO_PUSH
    expect(tacho_push(reg, &(tacho_push_options){ .job = "" }) == TACHO_ERR_ARG, "a push has a job", "none");
#endif
#ifndef TACHO_NO_PROCESS
    expect(tacho_process_add(reg, NULL, NULL) == TACHO_OK, "the process is shown", tacho_registry_error(reg));
#endif
#ifndef TACHO_NO_LINT
    expect(tacho_registry_lint(reg, NULL) == 0, "the names are fine", "");
#endif
#ifndef TACHO_NO_HTTP
    try_http(reg);
#endif
    (void)reg;
}

int main(void)
{
    tacho_registry *reg = tacho_registry_new(NULL);
    expect(TACHO_DEFINE(reg, metrics) == TACHO_OK, "a row is taken", tacho_registry_error(reg));
    tacho_counter_inc(ticks);
    for (size_t i = 0; i < TACHO_COUNT(formats); i++) try_format(reg, &formats[i]);
    try_services(reg);
    tacho_registry_free(reg);
    return faults != 0;
}
