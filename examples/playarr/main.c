/*
 * main.c - the playarr exporter: playarr.h behind the options that all exporters share.
 */
#include "exporter.h"
#include "playarr.h"
#include "playarr_demo.h"
#include "playarr_events.h"

typedef struct playarr_app {
    exporter exporter;
    playarr *p;
    playarr_events events;
    playarr_demo *demo;
} playarr_app;

static playarr_app *app_of(exporter *self) { return TACHO_CONTAINER(self, playarr_app, exporter); }

static tacho_err app_open(exporter *self, tacho_registry *reg, const exporter_options *options,
                          demo_stage *stage)
{
    playarr_app *app = app_of(self);
    (void)stage;
    app->p = playarr_new(reg, &(playarr_options){ .prefix = options->prefix });
    if (!app->p) return tacho_registry_error(reg) ? TACHO_ERR_DESC : TACHO_ERR_NOMEM;
    playarr_events_init(&app->events, app->p);
    return TACHO_OK;
}

static event_target *app_target(exporter *self) { return &app_of(self)->events.target; }

static bool app_rehearse(exporter *self, demo_stage *stage, uint64_t seed)
{
    playarr_app *app = app_of(self);
    app->demo = playarr_demo_new(app->p, stage, seed);
    return app->demo != NULL;
}

static void app_close(exporter *self)
{
    playarr_app *app = app_of(self);
    playarr_demo_free(app->demo);
    playarr_events_fini(&app->events);
    playarr_free(app->p);
}

static const exporter_ops app_ops = {
    .name = "playarr",
    .program = {
        .name = "playarr_exporter",
        .about = "Shows the 18 metric families of Playarr, which merges the catalogues of several IPTV providers: of\n"
                 "a simulated service with its users, or of events that you send.",
        .listen = "127.0.0.1:9466",
        .events = playarr_event_rows,
        .event_count = PLAYARR_EVENTS,
        .more = "\nRead on in examples/playarr/playarr.h: what each event means, and which families it moves. A file\n"
                "of all events is examples/playarr/sample.events.",
    },
    .open = app_open,
    .target = app_target,
    .rehearse = app_rehearse,
    .close = app_close,
};

int main(int argc, char **argv)
{
    playarr_app app = { .exporter = { &app_ops } };
    return exporter_main(&app.exporter, argc, argv);
}
