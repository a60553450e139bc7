/*
 * exporter.c - the life of an exporter.
 *
 * Threads: this one waits for a signal; the server has one; the simulation one for each actor, or the events one.
 * Everything is opened before a thread starts, and closed in the opposite order after the last one has ended.
 * Needs: HTTP JSON
 */
#define _POSIX_C_SOURCE 200809L
#include "exporter.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "event_intake.h"
#include "event_reader.h"
#include "listeners.h"
#include "probes.h"
#include "say.h"

/* The simulation runs that far ahead before anybody sees it: long enough for a full picture. */
#define EXPORTER_LEAST_DEMO 60.0
#define EXPORTER_MOST_DEMO 300.0
#define EXPORTER_DEMO_STEP 10.0

typedef struct exporter_run {
    exporter *app;
    exporter_options options;
    tacho_registry *reg;
    demo_stage stage;
    bool is_app_open;
    event_intake intake;
    event_reader *reader; /* NULL: no events */
    bool is_demo;
    listeners listeners;
    tacho_http *http;
    probes probes;
} exporter_run;

static const char *exporter_program(const exporter_run *run) { return run->app->ops->program.name; }

/* The words for a failed call: `before` is what tacho_registry_error said before it, which is only kept once. */
static const char *exporter_words(const exporter_run *run, const char *before, tacho_err err)
{
    const char *words = tacho_registry_error(run->reg);
    return words && words != before ? words : tacho_strerror(err);
}

/* ---- Opening and closing ----------------------------------------------------------------------------------------- */

static int exporter_open_events(exporter_run *run)
{
    const exporter_ops *ops = run->app->ops;
    char why[256];
    const char *before = tacho_registry_error(run->reg);
    tacho_err err = event_intake_init(&run->intake, run->reg, ops->target(run->app), ops->program.name,
                                      run->options.prefix, ops->name);
    if (err) {
        say(exporter_program(run), "cannot define the metrics of the events: %s",
            exporter_words(run, before, err));
        return EXIT_RUN_TIME;
    }
    if (run->options.describe) return 0; /* nothing is read */
    run->reader = event_reader_open(run->options.events, &run->intake, why, sizeof why);
    if (run->reader) return 0;
    say(exporter_program(run), "%s", why);
    return EXIT_RUN_TIME;
}

static int exporter_open(exporter_run *run)
{
    const exporter_ops *ops = run->app->ops;
    demo_init(&run->stage);
    run->reg = tacho_registry_new(NULL);
    if (!run->reg) {
        say(exporter_program(run), "out of memory");
        return EXIT_RUN_TIME;
    }
    const char *before = tacho_registry_error(run->reg);
    run->is_demo = !run->options.events && (run->options.demo || !ops->program.source);
    tacho_err err = ops->open(run->app, run->reg, &run->options, run->is_demo ? &run->stage : NULL);
    if (err) {
        say(exporter_program(run), "cannot define the metrics: %s", exporter_words(run, before, err));
        return EXIT_RUN_TIME;
    }
    run->is_app_open = true;
    if (run->options.events) return exporter_open_events(run);
    if (!run->is_demo || ops->rehearse(run->app, &run->stage, run->options.seed)) return 0;
    say(exporter_program(run), "out of memory");
    return EXIT_RUN_TIME;
}

static void exporter_close(exporter_run *run)
{
    tacho_http_stop(run->http);
    listeners_fini(&run->listeners);
    event_reader_close(run->reader);
    demo_fini(&run->stage);
    if (run->is_app_open) run->app->ops->close(run->app);
    tacho_registry_free(run->reg);
    event_intake_fini(&run->intake);
}

/* ---- The source of data ------------------------------------------------------------------------------------------ */

/*
 * Whether every family shows a sample: none goes from its HELP line to the next one's, or to the end, without.
 * The registry's own families about trouble stay empty for as long as there is none.
 */
static bool exporter_is_complete(exporter_run *run)
{
    static const char help[] = "# HELP ", own[] = "tacho_";
    tacho_buffer page;
    tacho_buffer_init(&page);
    bool complete = tacho_expose(run->reg, TACHO_TEXT, &page.sink) == TACHO_OK, awaited = false;
    for (size_t at = 0; complete && at < page.len;) {
        const char *line = page.data + at, *feed = memchr(line, '\n', page.len - at);
        size_t len = feed ? (size_t)(feed - line) : page.len - at;
        if (len > sizeof help && memcmp(line, help, sizeof help - 1) == 0) {
            complete = !awaited;
            awaited = strncmp(line + sizeof help - 1, own, sizeof own - 1) != 0;
        } else if (*line != '#') {
            awaited = false;
        }
        at += len + 1;
    }
    tacho_buffer_fini(&page);
    return complete && !awaited;
}

/* Run the simulation ahead until there is a full picture, if the exporter's mode lets there be one. */
static void exporter_warm_up(exporter_run *run)
{
    for (double now = EXPORTER_DEMO_STEP; now <= EXPORTER_MOST_DEMO; now += EXPORTER_DEMO_STEP) {
        demo_advance(&run->stage, now);
        if (now >= EXPORTER_LEAST_DEMO && exporter_is_complete(run)) return;
    }
}

static bool exporter_start_source(exporter_run *run)
{
    if (run->reader) return event_reader_start(run->reader);
    if (!run->is_demo) return true;
    exporter_warm_up(run);
    return demo_start(&run->stage);
}

/* ---- Once, or until a signal ------------------------------------------------------------------------------------- */

static int exporter_once(exporter_run *run)
{
    tacho_fd_sink out;
    if (run->reader)
        event_reader_run(run->reader);
    else if (run->is_demo)
        exporter_warm_up(run);
    tacho_fd_sink_init(&out, STDOUT_FILENO);
    tacho_err err = tacho_expose(run->reg, run->options.format, &out.sink);
    if (!err) return 0;
    say(exporter_program(run), "cannot write the exposition: %s",
        err == TACHO_ERR_IO ? strerror(errno) : tacho_strerror(err));
    return EXIT_RUN_TIME;
}

static int exporter_describe(exporter_run *run)
{
    tacho_fd_sink out;
    tacho_fd_sink_init(&out, STDOUT_FILENO);
    tacho_err err = tacho_registry_describe(run->reg, &out.sink);
    if (!err) return 0;
    say(exporter_program(run), "cannot write the schema: %s",
        err == TACHO_ERR_IO ? strerror(errno) : tacho_strerror(err));
    return EXIT_RUN_TIME;
}

/* The signals that end an exporter, blocked in all threads from here on; those of the server block them anyway. One
 * that was ignored stays ignored. */
static sigset_t exporter_block_signals(void)
{
    static const int ending[] = { SIGTERM, SIGINT, SIGHUP };
    sigset_t set;
    sigemptyset(&set);
    for (size_t i = 0; i < TACHO_COUNT(ending); i++) {
        struct sigaction action;
        sigaction(ending[i], NULL, &action);
        if (action.sa_handler != SIG_IGN) sigaddset(&set, ending[i]);
    }
    sigaddset(&set, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    return set;
}

static int exporter_start_server(exporter_run *run)
{
    const exporter_options *options = &run->options;
    const char *before = tacho_registry_error(run->reg);
    bool made = listeners_init(&run->listeners, options, run->app->ops->words);
    tacho_err err = made ? tacho_http_start(run->reg, run->listeners.http, &run->http) : TACHO_ERR_NOMEM;
    if (err) {
        bool token = options->token_file && access(options->token_file, R_OK) != 0;
        say(exporter_program(run), "cannot serve: %s: %s", exporter_words(run, before, err),
            token ? "name a readable file with --token-file" : "choose another address with --listen");
        return err == TACHO_ERR_ARG ? EXIT_USAGE : EXIT_RUN_TIME;
    }
    before = tacho_registry_error(run->reg);
    err = probes_add(&run->probes, run->http);
    if (!err && run->app->ops->serve) err = run->app->ops->serve(run->app, run->http);
    if (!err) return 0;
    bool taken = err == TACHO_ERR_DUPLICATE;
    say(exporter_program(run), "cannot serve the other paths: %s%s", exporter_words(run, before, err),
        taken ? ": choose another --path" : "");
    return taken ? EXIT_USAGE : EXIT_RUN_TIME;
}

static int exporter_serve(exporter_run *run)
{
    int status = exporter_start_server(run), number;
    if (status) return status;
    /* Not before: a file of tokens may be a pipe that nobody writes to, and no wait for it may outlive a signal. */
    sigset_t ending = exporter_block_signals();
    if (!exporter_start_source(run)) {
        say(exporter_program(run),
            "cannot start the threads of the source: raise the limit on processes (ulimit -u)");
        return EXIT_RUN_TIME;
    }
    probes_set_ready(&run->probes);
    char where[512];
    listeners_describe(run->http, where, sizeof where);
    if (run->reader)
        say(exporter_program(run), "serving %s with events from %s", where, run->options.events);
    else if (run->is_demo)
        say(exporter_program(run), "serving %s with the demo, seed %llu", where,
            (unsigned long long)run->options.seed);
    else
        say(exporter_program(run), "serving %s with %s", where, run->app->ops->source(run->app));
    while (sigwait(&ending, &number) != 0) continue;
    return 0;
}

int exporter_main(exporter *self, int argc, char **argv)
{
    exporter_run run = { .app = self };
    option_result result = options_parse(&self->ops->program, argc, argv, &run.options);
    if (!result.leave && self->ops->settle) result = self->ops->settle(self, &run.options);
    if (result.leave) return result.status;
    int status = exporter_open(&run);
    if (!status && run.options.describe)
        status = exporter_describe(&run);
    else if (!status)
        status = run.options.once ? exporter_once(&run) : exporter_serve(&run);
    exporter_close(&run);
    return status;
}
