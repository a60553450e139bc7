/*
 * main.c - the dragonfly exporter: one of the three modules behind the options that all exporters share.
 */
#include <string.h>

#include "dragonfly_demo.h"
#include "dragonfly_events.h"
#include "exporter.h"

typedef enum app_component { APP_CLIENT, APP_MANAGER, APP_SCHEDULER } app_component;

typedef struct dragonfly_app {
    exporter exporter;
    dragonfly_client *c; /* one of the three */
    dragonfly_manager *m;
    dragonfly_scheduler *s;
    dragonfly_events events;
    dragonfly_demo *demo;
} dragonfly_app;

/* In the order of app_component. */
static const char *const app_components[] = { "client", "manager", "scheduler", NULL };
static const char *const app_switch[] = { "on", "off", NULL };
static int app_chosen = APP_SCHEDULER, app_seconds_off;
static const char *app_storage;

static const option_row app_options[] = {
    { "--component", NULL, "whose metrics to show; default scheduler, which has the most", app_components,
      NULL, &app_chosen },
    { "--grpc-seconds", NULL,
      "show how long gRPC calls take, too, which Dragonfly itself does not; default on", app_switch, NULL,
      &app_seconds_off },
    { "--storage", "DIRECTORY",
      "of a client: show the disk that this is on; default: what the demo or the\nevents say", NULL,
      &app_storage, NULL },
};

static dragonfly_app *app_of(exporter *self) { return TACHO_CONTAINER(self, dragonfly_app, exporter); }

static tacho_err app_open(exporter *self, tacho_registry *reg, const exporter_options *options,
                          demo_stage *stage)
{
    dragonfly_app *app = app_of(self);
    const dragonfly_options set = { .prefix = options->prefix,
                                    .has_grpc_seconds = !app_seconds_off,
                                    .storage = app_storage };
    (void)stage;
    switch ((app_component)app_chosen) {
    case APP_CLIENT:
        app->c = dragonfly_client_new(reg, &set);
        if (app->c) dragonfly_client_events_init(&app->events, app->c);
        break;
    case APP_MANAGER:
        app->m = dragonfly_manager_new(reg, &set);
        if (app->m) dragonfly_manager_events_init(&app->events, app->m);
        break;
    case APP_SCHEDULER:
        app->s = dragonfly_scheduler_new(reg, &set);
        if (app->s) dragonfly_scheduler_events_init(&app->events, app->s);
        break;
    }
    if (app->c || app->m || app->s) return TACHO_OK;
    return tacho_registry_error(reg) ? TACHO_ERR_DESC : TACHO_ERR_NOMEM;
}

static event_target *app_target(exporter *self) { return &app_of(self)->events.target; }

static bool app_rehearse(exporter *self, demo_stage *stage, uint64_t seed)
{
    dragonfly_app *app = app_of(self);
    if (app->c) app->demo = dragonfly_client_demo_new(app->c, stage, seed);
    if (app->m) app->demo = dragonfly_manager_demo_new(app->m, stage, seed);
    if (app->s) app->demo = dragonfly_scheduler_demo_new(app->s, stage, seed);
    return app->demo != NULL;
}

static void app_close(exporter *self)
{
    dragonfly_app *app = app_of(self);
    dragonfly_demo_free(app->demo);
    dragonfly_client_free(app->c);
    dragonfly_manager_free(app->m);
    dragonfly_scheduler_free(app->s);
}

static const exporter_ops app_ops = {
    .name = "dragonfly",
    .program = {
        .name = "dragonfly_exporter",
        .about = "Shows the metric families of a component of Dragonfly, which spreads files from peer to peer, and\n"
                 "those of its gRPC server: 32 of a client, 5 of a manager, 60 of a scheduler, 5 of gRPC. They are\n"
                 "those of a simulated one, or of events that you send. The names of a running client begin with\n"
                 "dragonfly_client_; for them say --component client --prefix dragonfly_client_",
        .listen = "127.0.0.1:9467",
        .rows = app_options,
        .row_count = TACHO_COUNT(app_options),
        .events = dragonfly_scheduler_event_rows,
        .event_count = DRAGONFLY_SCHEDULER_EVENTS,
        .more = "\nThese are the events of the component; --component client --help lists those of a client. Read on\n"
                "in examples/dragonfly/dragonfly.h and the headers that it names: what each event means, and which\n"
                "families it moves. Files of all events are client.events, manager.events and scheduler.events there.",
    },
    .open = app_open,
    .target = app_target,
    .rehearse = app_rehearse,
    .close = app_close,
};

/* --help lists the events of the component that is named last; whether it exists is judged with the other options. */
static void app_list_events(option_program *program, int argc, char **argv)
{
    static const char option[] = "--component";
    const char *name = "";
    for (int i = 1; i < argc; i++) {
        if (strncmp(argv[i], option, sizeof option - 1) != 0) continue;
        const char *rest = argv[i] + sizeof option - 1;
        if (*rest == '=') name = rest + 1;
        if (*rest == '\0' && i + 1 < argc) name = argv[i + 1];
    }
    if (strcmp(name, app_components[APP_CLIENT]) == 0) {
        program->events = dragonfly_client_event_rows;
        program->event_count = DRAGONFLY_CLIENT_EVENTS;
    } else if (strcmp(name, app_components[APP_MANAGER]) == 0) {
        program->events = dragonfly_manager_event_rows;
        program->event_count = DRAGONFLY_MANAGER_EVENTS;
    }
}

int main(int argc, char **argv)
{
    exporter_ops ops = app_ops;
    dragonfly_app app = { .exporter = { &ops } };
    app_list_events(&ops.program, argc, argv);
    return exporter_main(&app.exporter, argc, argv);
}
