/*
 * main.c - the tracearr exporter: tracearr.h behind the options that all exporters share, and those of its API.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "exporter.h"
#include "say.h"
#include "tracearr.h"
#include "tracearr_api.h"
#include "tracearr_demo.h"
#include "tracearr_events.h"
#include "tracearr_notices.h"

typedef struct tracearr_app {
    exporter exporter;
    tracearr_source *source; /* the API; belongs to `t` */
    tracearr *t;
    tracearr_events events;
    tracearr_demo *demo;
} tracearr_app;

/* A run that hangs may use it when main has returned. */
static tracearr_notices app_notices;

/* In the order of tracearr_on_failure. */
static const char *const app_failures[] = { "absent", "last", NULL };
static int app_failure;
static const char *app_url, *app_token_file, *app_deadline, *app_library_deadline, *app_library_cache;

static const option_row app_options[] = {
    { "--api", "URL", "read the API of a Tracearr: http://HOST:PORT, with a path if it is behind one", NULL,
      &app_url, NULL },
    { "--api-token-file", "FILE",
      "the first line is the token of the API (Settings > General); read again for each\nrequest. It is sent as it is: "
      "use an address of this machine, or a tunnel",
      NULL, &app_token_file, NULL },
    { "--on-failure", NULL,
      "what is shown for what could not be read: nothing, or its last numbers;\n"
      "default absent. The library always shows what was counted last",
      app_failures, NULL, &app_failure },
    { "--deadline", "MS", "how long a group of families may take; default 5000", NULL, &app_deadline, NULL },
    { "--library-deadline", "MS", "how long counting the library may take; default 30000", NULL,
      &app_library_deadline, NULL },
    { "--library-cache", "MS", "how long a count of the library is shown until the next; default 300000",
      NULL, &app_library_cache, NULL },
};

/* The numbers of these options; 0: not given. */
static struct {
    const char **text;
    const char *name;
    uint32_t value;
} app_numbers[] = { { &app_deadline, "--deadline", 0 },
                    { &app_library_deadline, "--library-deadline", 0 },
                    { &app_library_cache, "--library-cache", 0 } };
enum { DEADLINE, LIBRARY_DEADLINE, LIBRARY_CACHE, APP_MOST_MS = 86400000 };

static tracearr_app *app_of(exporter *self) { return TACHO_CONTAINER(self, tracearr_app, exporter); }

static option_result app_refuse(exporter *self, const char *what, const char *why)
{
    say(self->ops->program.name, "%s: %s", what, why);
    return (option_result){ 1, EXIT_USAGE };
}

static bool app_read_number(const char *text, uint32_t *number)
{
    size_t len = strlen(text);
    unsigned long value = len <= 8 && strspn(text, "0123456789") == len ? strtoul(text, NULL, 10) : 0;
    *number = (uint32_t)value;
    return value >= 1 && value <= APP_MOST_MS;
}

static option_result app_settle(exporter *self, exporter_options *options)
{
    char why[300];
    for (size_t i = 0; i < TACHO_COUNT(app_numbers); i++)
        if (*app_numbers[i].text && !app_read_number(*app_numbers[i].text, &app_numbers[i].value))
            return app_refuse(self, app_numbers[i].name, "takes a whole number from 1 to 86400000");
    if (app_url && (options->demo || options->events) && !options->describe)
        return app_refuse(self, "--api", "goes without --demo and --events");
    if (options->demo || options->events) return (option_result){ 0, 0 };
    if (!app_url) return app_refuse(self, "--api", "name the URL of a Tracearr, or take --demo or --events");
    if (!app_token_file)
        return app_refuse(self, "--api-token-file", "name the file with the token of the API");
    if (access(app_token_file, R_OK) != 0) return app_refuse(self, "--api-token-file", strerror(errno));
    const tracearr_api_options api = { .url = app_url, .token_file = app_token_file };
    app_of(self)->source = tracearr_api_new(&api, why, sizeof why);
    return app_of(self)->source ? (option_result){ 0, 0 } : app_refuse(self, "--api", why);
}

static tacho_err app_open(exporter *self, tacho_registry *reg, const exporter_options *options,
                          demo_stage *stage)
{
    tracearr_app *app = app_of(self);
    (void)stage;
    tracearr_notices_init(&app_notices, self->ops->program.name);
    const tracearr_options all = { .prefix = options->prefix,
                                   .source = app->source,
                                   .listener = &app_notices.listener,
                                   .on_failure = (tracearr_on_failure)app_failure,
                                   .deadline_ms = app_numbers[DEADLINE].value,
                                   .library_deadline_ms = app_numbers[LIBRARY_DEADLINE].value,
                                   .library_cache_ms = app_numbers[LIBRARY_CACHE].value };
    app->t = tracearr_new(reg, &all);
    if (!app->t) return tacho_registry_error(reg) ? TACHO_ERR_DESC : TACHO_ERR_NOMEM;
    tracearr_events_init(&app->events, app->t);
    return TACHO_OK;
}

static event_target *app_target(exporter *self) { return &app_of(self)->events.target; }

static bool app_rehearse(exporter *self, demo_stage *stage, uint64_t seed)
{
    tracearr_app *app = app_of(self);
    app->demo = tracearr_demo_new(app->t, stage, seed);
    return app->demo != NULL;
}

static void app_close(exporter *self)
{
    tracearr_app *app = app_of(self);
    tracearr_demo_free(app->demo);
    tracearr_events_fini(&app->events);
    tracearr_free(app->t);
}

/* Not its URL, which may be long, and never its token. */
static const char *app_source(exporter *self)
{
    (void)self;
    return "the Tracearr of --api";
}

static const exporter_ops app_ops = {
    .name = "tracearr",
    .program = {
        .name = "tracearr_exporter",
        .about = "Shows the 21 metric families proposed for Tracearr, which watches over Plex, Jellyfin and Emby\n"
                 "servers: of its API, of a simulation, or of events that you send. Users are counted, never named.",
        .listen = "127.0.0.1:9468",
        .source = "the API that --api\nnames",
        .rows = app_options,
        .row_count = TACHO_COUNT(app_options),
        .events = tracearr_event_rows,
        .event_count = TRACEARR_EVENTS,
        .more = "\nThe API says nothing about rules, load and the size of libraries: no samples of those then.\n"
                "\nRead on in examples/tracearr/tracearr.h. The families are in examples/tracearr/tracearr.tsv, and a\n"
                "file of all events is examples/tracearr/sample.events.",
    },
    .open = app_open,
    .target = app_target,
    .rehearse = app_rehearse,
    .close = app_close,
    .settle = app_settle,
    .source = app_source,
};

int main(int argc, char **argv)
{
    tracearr_app app = { .exporter = { &app_ops } };
    return exporter_main(&app.exporter, argc, argv);
}
