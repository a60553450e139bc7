/*
 * main.c - the trackarr exporter: trackarr.h behind the options that all exporters share, and the documented variables.
 * Needs: PROCESS
 */
#include <stdio.h>

#include "exporter.h"
#include "say.h"
#include "trackarr.h"
#include "trackarr_demo.h"
#include "trackarr_events.h"
#include "trackarr_notices.h"
#include "trackarr_servers.h"
#include "trackarr_settings.h"

typedef struct trackarr_app {
    exporter exporter;
    trackarr_settings settings;
    trackarr_clock clock; /* the simulation's */
    demo_stage *stage;
    trackarr_source *source; /* the servers; belongs to `t` */
    trackarr_site *site;     /* of the demo or the events, instead; belongs to `t` */
    trackarr *t;
    trackarr_events events;
    trackarr_demo *demo;
    tacho_http_route healthy;
} trackarr_app;

/* Threads that still wait for a server may use it when main has returned. */
static trackarr_notices app_notices;

/* In the order of trackarr_on_failure. */
static const char *const app_failures[] = { "absent", "last", NULL };
static int app_failure;
static const char *app_query_deadline, *app_walk_deadline, *app_connections, *app_max_peers;

static const option_row app_options[] = {
    { "--on-failure", NULL,
      "what is shown for tables that could not be read: nothing, or their last numbers;\n"
      "default absent. The peers always show the last complete walk",
      app_failures, NULL, &app_failure },
    { "--query-deadline", "MS", "how long a group of queries may take; default 5000", NULL,
      &app_query_deadline, NULL },
    { "--walk-deadline", "MS", "how long a walk over the peers may take; default 30000", NULL,
      &app_walk_deadline, NULL },
    { "--connections", "N", "to PostgreSQL, 1 to 16; as many groups can hang before others wait; default 8",
      NULL, &app_connections, NULL },
    { "--max-peers", "N", "that a walk counts; more fail it; default 1000000", NULL, &app_max_peers, NULL },
};

/* The numbers of these options; 0: not given. */
static struct {
    const char **text;
    const char *name;
    uint64_t most, value;
} app_numbers[] = {
    { &app_query_deadline, "--query-deadline", 3600000, 0 },
    { &app_walk_deadline, "--walk-deadline", 3600000, 0 },
    { &app_connections, "--connections", 16, 0 },
    { &app_max_peers, "--max-peers", 100000000, 0 },
};
enum { QUERY_DEADLINE, WALK_DEADLINE, CONNECTIONS, MAX_PEERS };

static trackarr_app *app_of(exporter *self) { return TACHO_CONTAINER(self, trackarr_app, exporter); }

/* The servers; NULL: they are not named well. */
static trackarr_source *app_servers(const trackarr_app *app, char *why, size_t cap)
{
    const trackarr_settings *settings = &app->settings;
    const trackarr_servers_options options = { .database_url = settings->database_url,
                                               .redis_url = settings->redis_url,
                                               .redis_password = settings->redis_password,
                                               .key_prefix = settings->key_prefix,
                                               .connections = (size_t)app_numbers[CONNECTIONS].value };
    return trackarr_servers_new(&options, why, cap);
}

static option_result app_settle(exporter *self, exporter_options *options)
{
    const char *program = self->ops->program.name;
    char why[256];
    for (size_t i = 0; i < TACHO_COUNT(app_numbers); i++) {
        if (!*app_numbers[i].text) continue;
        if (trackarr_settings_number(*app_numbers[i].text, app_numbers[i].most, &app_numbers[i].value) &&
            app_numbers[i].value)
            continue;
        say(program, "%s takes a whole number from 1 to %llu", app_numbers[i].name,
            (unsigned long long)app_numbers[i].most);
        return (option_result){ 1, EXIT_USAGE };
    }
    trackarr_app *app = app_of(self);
    trackarr_settled settled =
        trackarr_settings_read(&app->settings, &trackarr_process_environment, options, why, sizeof why);
    bool is_real = settled == TRACKARR_SERVE && !options->demo && !options->events;
    if (is_real && !(app->source = app_servers(app, why, sizeof why))) settled = TRACKARR_MISTAKE;
    if (settled == TRACKARR_SERVE) return (option_result){ 0, 0 };
    say(program, "%s", why);
    return (option_result){ 1, settled == TRACKARR_NOT_ENABLED ? 0 : EXIT_USAGE };
}

static double app_now(const trackarr_clock *self)
{
    return demo_now(TACHO_CONTAINER(self, const trackarr_app, clock)->stage);
}

/* The exporter's own process, called as the document calls the service's. */
static tacho_err app_show_process(tacho_registry *reg, const char *prefix)
{
    char names[128];
    (void)snprintf(names, sizeof names, "%strackarr_", prefix);
    return tacho_process_add(reg, &(tacho_process_options){ .prefix = names }, NULL);
}

static tacho_err app_open(exporter *self, tacho_registry *reg, const exporter_options *options,
                          demo_stage *stage)
{
    trackarr_app *app = app_of(self);
    trackarr_source *source = app->source;
    app->clock.now = app_now;
    app->stage = stage;
    if (stage || options->events) {
        app->site = trackarr_site_new(stage ? &app->clock : NULL);
        if (!app->site) return TACHO_ERR_NOMEM;
        trackarr_events_init(&app->events, app->site);
        source = trackarr_site_source(app->site);
    }
    trackarr_notices_init(&app_notices, self->ops->program.name);
    const trackarr_options all = { .source = source,
                                   .listener = &app_notices.listener,
                                   .prefix = options->prefix,
                                   .on_failure = (trackarr_on_failure)app_failure,
                                   .query_deadline_ms = (uint32_t)app_numbers[QUERY_DEADLINE].value,
                                   .walk_deadline_ms = (uint32_t)app_numbers[WALK_DEADLINE].value,
                                   .peer_cache_ms = app->settings.peer_cache_ms,
                                   .max_peers = (size_t)app_numbers[MAX_PEERS].value };
    app->t = trackarr_new(reg, &all);
    if (!app->t) return tacho_registry_error(reg) ? TACHO_ERR_DESC : TACHO_ERR_NOMEM;
    tacho_err err = app_show_process(reg, options->prefix);
    if (err) trackarr_free(app->t);
    return err;
}

static event_target *app_target(exporter *self) { return &app_of(self)->events.target; }

static bool app_rehearse(exporter *self, demo_stage *stage, uint64_t seed)
{
    trackarr_app *app = app_of(self);
    app->demo = trackarr_demo_new(app->site, stage, seed);
    return app->demo != NULL;
}

static void app_close(exporter *self)
{
    trackarr_demo_free(app_of(self)->demo);
    trackarr_free(app_of(self)->t);
}

/* Never the URLs: they may hold a password. */
static const char *app_source(exporter *self)
{
    const trackarr_settings *settings = &app_of(self)->settings;
    if (!settings->redis_url)
        return "PostgreSQL as DATABASE_URL says; REDIS_URL is not set: no peers, no memory";
    if (!settings->database_url)
        return "Redis as REDIS_URL says; DATABASE_URL is not set: only peers and memory";
    return "PostgreSQL and Redis as DATABASE_URL and REDIS_URL say";
}

static void app_answer_healthy(tacho_http_route *self, const tacho_http_request *request,
                               tacho_http_reply *reply)
{
    (void)self, (void)request;
    reply->body = "ok\n";
    reply->len = 3;
}

static const tacho_http_route_ops app_healthy = { .path = "/-/healthy", .answer = app_answer_healthy };

static tacho_err app_serve(exporter *self, tacho_http *http)
{
    app_of(self)->healthy.ops = &app_healthy;
    return tacho_http_add_route(http, &app_of(self)->healthy);
}

static const exporter_ops app_ops = {
    .name = "trackarr",
    .program = {
        .name = "trackarr_exporter",
        .about = "Shows the 55 metric families of Trackarr, a BitTorrent tracker: of its PostgreSQL and Redis, of a\n"
                 "simulated site, or of events that you send.",
        .listen = "127.0.0.1:9464",
        .source = "the servers that\nDATABASE_URL and REDIS_URL name (see below)",
        .rows = app_options,
        .row_count = TACHO_COUNT(app_options),
        .events = trackarr_event_rows,
        .event_count = TRACKARR_EVENTS,
        .more = "\nVariables of the environment. An empty one counts as not set; options win.\n"
                "  DATABASE_URL           postgres://USER:PASSWORD@HOST:PORT/DATABASE\n"
                "  REDIS_URL              redis://HOST:PORT/DATABASE\n"
                "  REDIS_PASSWORD         instead of that of the URL\n"
                "  REDIS_KEY_PREFIX       of every key; default ot:\n"
                "  METRICS_ENABLED        true, 1 or on: serve. Not asked with --demo, --once or --listen\n"
                "  METRICS_HOST           default 0.0.0.0; with --demo 127.0.0.1\n"
                "  METRICS_PORT           default 9090; with --demo 9464\n"
                "  METRICS_PATH           default /metrics\n"
                "  METRICS_AUTH_TOKEN     the bearer token that scrapers must send; default none\n"
                "  METRICS_PEER_CACHE_MS  how long one walk over the peers counts; default 30000; 0: every scrape walks\n"
                "\nRead on in examples/trackarr/trackarr.h, and in trackarr_site.h: what each event means. A file of all\n"
                "events is examples/trackarr/sample.events.",
    },
    .open = app_open,
    .target = app_target,
    .rehearse = app_rehearse,
    .close = app_close,
    .settle = app_settle,
    .source = app_source,
    .serve = app_serve,
};

int main(int argc, char **argv)
{
    trackarr_app app = { .exporter = { &app_ops } };
    return exporter_main(&app.exporter, argc, argv);
}
