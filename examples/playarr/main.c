/*
 * main.c - the playarr exporter: playarr.h behind the options that all exporters share.
 */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "exporter.h"
#include "playarr.h"
#include "playarr_demo.h"
#include "playarr_events.h"
#include "playarr_settings.h"
#include "playarr_token.h"
#include "say.h"

typedef struct playarr_app {
    exporter exporter;
    playarr *p;
    playarr_events events;
    playarr_demo *demo;
    const char *token_file;
    playarr_settings settings;
} playarr_app;

static const char *app_admin_token_file;

static const option_row app_options[] = {
    { "--admin-token-file", "FILE",
      "the admin, who sends a token of FILE, may see the token of scrapers and have a\n"
      "new one made: at /settings/metrics with a browser, or GET /api/settings/metrics\n"
      "and POST /api/settings/metrics/regenerate; without it there are no such paths.\n"
      "Needs --token-file",
      NULL, &app_admin_token_file, NULL },
};

static playarr_app *app_of(exporter *self) { return TACHO_CONTAINER(self, playarr_app, exporter); }

/* Whether the admin's file makes sense beside that of the scrapers, whose token must not be the admin's. */
static int app_check_admin(const char *program, const char *token_file)
{
    struct stat admin, scrapers;
    if (!app_admin_token_file) return 0;
    if (!token_file) {
        say(program, "--admin-token-file needs --token-file: that is where the token of scrapers is kept");
        return EXIT_USAGE;
    }
    if (stat(app_admin_token_file, &admin) != 0) {
        say(program,
            "cannot read --admin-token-file %s: %s: put a long random word into it, readable for you alone",
            app_admin_token_file, strerror(errno));
        return EXIT_RUN_TIME;
    }
    if (stat(token_file, &scrapers) != 0 || scrapers.st_dev != admin.st_dev ||
        scrapers.st_ino != admin.st_ino)
        return 0;
    say(program, "--admin-token-file and --token-file are the same file: every scraper would be admin");
    return EXIT_USAGE;
}

/* There has to be a token before the server asks for one. */
static option_result app_settle(exporter *self, exporter_options *options)
{
    const char *program = self->ops->program.name;
    char why[512];
    int status = app_check_admin(program, options->token_file);
    if (status) return (option_result){ 1, status };
    app_of(self)->token_file = options->token_file;
    if (!options->token_file || options->once || options->describe) return (option_result){ 0, 0 };
    playarr_token_state state = playarr_token_settle(options->token_file, why, sizeof why);
    if (state == PLAYARR_TOKEN_MADE)
        say(program, "made a token for scrapers: it is in %s", options->token_file);
    else if (*why)
        say(program, "%s", why);
    return (option_result){ state == PLAYARR_TOKEN_UNUSABLE, EXIT_RUN_TIME };
}

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

static tacho_err app_serve(exporter *self, tacho_http *http)
{
    playarr_app *app = app_of(self);
    if (!app_admin_token_file) return TACHO_OK;
    tacho_err err = playarr_settings_add(&app->settings, http, self->ops->program.name, app->token_file,
                                         app_admin_token_file);
    if (err == TACHO_ERR_IO || err == TACHO_ERR_ARG)
        say(self->ops->program.name,
            "cannot use --admin-token-file %s: it needs a token that this user can read",
            app_admin_token_file);
    return err;
}

static const exporter_ops app_ops = {
    .name = "playarr",
    .program = {
        .name = "playarr_exporter",
        .about = "Shows the 18 metric families of Playarr, which merges the catalogues of several IPTV providers: of\n"
                 "a simulated service with its users, or of events that you send.",
        .listen = "127.0.0.1:9466",
        .token_file = "scrapers must send the token of FILE as bearer token: 64 hexadecimal digits, made\n"
                      "at the start when FILE is missing or empty; default: no token",
        .rows = app_options,
        .row_count = TACHO_COUNT(app_options),
        .events = playarr_event_rows,
        .event_count = PLAYARR_EVENTS,
        .more = "\nA token for scrapers, and one for you, who may change it:\n"
                "  (umask 077; openssl rand -hex 32 >admin.token)\n"
                "  playarr_exporter --token-file scrape.token --admin-token-file admin.token\n"
                "Then open http://127.0.0.1:9466/settings/metrics, or\n"
                "  curl -H \"Authorization: Bearer $(cat admin.token)\" http://127.0.0.1:9466/api/settings/metrics\n"
                "\nRead on in examples/playarr/playarr.h: what each event means, and which families it moves. A file\n"
                "of all events is examples/playarr/sample.events.",
    },
    .open = app_open,
    .target = app_target,
    .rehearse = app_rehearse,
    .close = app_close,
    .settle = app_settle,
    .serve = app_serve,
    .words = &playarr_words,
};

int main(int argc, char **argv)
{
    playarr_app app = { .exporter = { &app_ops } };
    return exporter_main(&app.exporter, argc, argv);
}
