/*
 * main.c - the qbsync exporter: qbsync.h behind the options that all exporters share.
 */
#include "exporter.h"
#include "qbsync.h"
#include "qbsync_demo.h"
#include "qbsync_events.h"

typedef struct qbsync_app {
    exporter exporter;
    qbsync_clock clock; /* the simulation's */
    demo_stage *stage;
    qbsync *q;
    qbsync_events events;
    qbsync_demo *demo;
} qbsync_app;

/* In the order of qbsync_mode. */
static const char *const app_modes[] = { "both", "source", "destination", NULL };
static int app_mode;

static const option_row app_options[] = {
    { "--mode", NULL, "whose metrics to fill; default both, upstream runs each in a process of its own",
      app_modes, NULL, &app_mode },
};

static double app_now(const qbsync_clock *self)
{
    const qbsync_app *app = TACHO_CONTAINER(self, const qbsync_app, clock);
    return demo_now(app->stage);
}

static tacho_err app_open(exporter *self, tacho_registry *reg, const exporter_options *options,
                          demo_stage *stage)
{
    qbsync_app *app = TACHO_CONTAINER(self, qbsync_app, exporter);
    app->clock.now = app_now;
    app->stage = stage;
    app->q = qbsync_new(reg, &(qbsync_options){ .mode = (qbsync_mode)app_mode,
                                                .prefix = options->prefix,
                                                .clock = stage ? &app->clock : NULL });
    if (!app->q) return tacho_registry_error(reg) ? TACHO_ERR_DESC : TACHO_ERR_NOMEM;
    qbsync_events_init(&app->events, app->q);
    return TACHO_OK;
}

static event_target *app_target(exporter *self)
{
    return &TACHO_CONTAINER(self, qbsync_app, exporter)->events.target;
}

static bool app_rehearse(exporter *self, demo_stage *stage, uint64_t seed)
{
    qbsync_app *app = TACHO_CONTAINER(self, qbsync_app, exporter);
    app->demo = qbsync_demo_new(app->q, stage, seed);
    return app->demo != NULL;
}

static void app_close(exporter *self)
{
    qbsync_app *app = TACHO_CONTAINER(self, qbsync_app, exporter);
    qbsync_demo_free(app->demo);
    qbsync_free(app->q);
}

static const exporter_ops app_ops = {
    .name = "qbsync",
    .program = {
        .name = "qbsync_exporter",
        .about = "Shows the 75 metric families of qb-sync, which moves torrents from one qBittorrent to another: of a\n"
                 "simulated source and destination, or of events that you send.",
        .listen = "127.0.0.1:9465",
        .rows = app_options,
        .row_count = TACHO_COUNT(app_options),
        .events = qbsync_event_rows,
        .event_count = QBSYNC_EVENTS,
        .more = "\nRead on in examples/qbsync/qbsync.h: what each event means, and which families it moves. A file of\n"
                "all events is examples/qbsync/sample.events.",
    },
    .open = app_open,
    .target = app_target,
    .rehearse = app_rehearse,
    .close = app_close,
};

int main(int argc, char **argv)
{
    qbsync_app app = { .exporter = { &app_ops } };
    return exporter_main(&app.exporter, argc, argv);
}
