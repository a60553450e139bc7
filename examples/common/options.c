#define _POSIX_C_SOURCE 200809L
#include "options.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "help.h"
#include "say.h"

/* In the order of tacho_format. */
static const char *const options_formats[] = {
    "text", "text1", "openmetrics", "protobuf", "json", "csv", NULL
};
#define OPTIONS_MAX_PREFIX 64

/* What the common rows write to. */
typedef struct options_raw {
    const char *seed, *listen, *path;
    int format, help, version;
} options_raw;

static const option_result options_go_on = { 0, 0 };
static const option_result options_mistake = { 1, EXIT_USAGE };

enum { OPTIONS_COMMON = 12 };

static void options_common(option_row *rows, exporter_options *options, options_raw *raw,
                           const char *listen_help, const char *demo_help)
{
    const option_row common[OPTIONS_COMMON] = {
        { "--demo", NULL, demo_help, NULL, NULL, &options->demo },
        { "--seed", "N", "where the simulation's random numbers start; default 1", NULL, &raw->seed, NULL },
        { "--events", "FILE|-|unix:PATH",
          "read events, one a line (see below), from a file, standard input, or\n"
          "connections to a Unix socket made at PATH",
          NULL, &options->events, NULL },
        { "--listen", "HOST:PORT|unix:PATH|fd:N", listen_help, NULL, &raw->listen, NULL },
        { "--path", "PATH", "where the metrics are; default /metrics", NULL, &raw->path, NULL },
        { "--token-file", "FILE",
          "scrapers must send a token of FILE, which has one a line, as bearer token;\nread again when it changes; default: no token", NULL,
          &options->token_file, NULL },
        { "--once", NULL,
          "print one exposition and end: after the file of events, or when the\n"
          "simulation (run as fast as it goes) has a sample for every family",
          NULL, NULL, &options->once },
        { "--format", NULL, "the format of --once; default text. A scraper asks for its own", options_formats,
          NULL, &raw->format },
        { "--describe", NULL, "print what there is to show, as JSON for tacho_schema.py, and end", NULL, NULL,
          &options->describe },
        { "--prefix", "TEXT", "put in front of every metric name; default nothing", NULL, &options->prefix,
          NULL },
        { "--help", NULL, "show this", NULL, NULL, &raw->help },
        { "--version", NULL, "show the version", NULL, NULL, &raw->version },
    };
    memcpy(rows, common, sizeof common);
}

/* Set what a row asks for. */
static option_result options_set(const option_program *program, const option_row *row, const char *value)
{
    if (!row->argument && !row->choices) {
        *row->choice = 1;
        return options_go_on;
    }
    if (!*value) {
        say(program->name, "%s needs a value that is not empty", row->name);
        return options_mistake;
    }
    if (row->text) *row->text = value;
    if (!row->choices) return options_go_on;
    for (int i = 0; row->choices[i]; i++) {
        if (strcmp(row->choices[i], value) == 0) {
            if (row->choice) *row->choice = i;
            return options_go_on;
        }
    }
    char choices[256];
    help_choices(row->choices, choices, sizeof choices);
    say(program->name, "%s %s is not known: use one of %s", row->name, value, choices);
    return options_mistake;
}

static const option_row *options_find(const option_row *rows, size_t count, const char *name, size_t len)
{
    for (size_t i = 0; i < count; i++)
        if (strlen(rows[i].name) == len && memcmp(rows[i].name, name, len) == 0) return &rows[i];
    return NULL;
}

static option_result options_read(const option_program *program, const option_row *common, int argc,
                                  char **argv)
{
    for (int i = 1; i < argc; i++) {
        const char *equals = strchr(argv[i], '='), *value = equals ? equals + 1 : NULL;
        size_t len = equals ? (size_t)(equals - argv[i]) : strlen(argv[i]);
        const option_row *row = options_find(common, OPTIONS_COMMON, argv[i], len);
        if (!row) row = options_find(program->rows, program->row_count, argv[i], len);
        if (!row) {
            say(program->name, "unknown option %s: --help lists the options", argv[i]);
            return options_mistake;
        }
        int is_switch = !row->argument && !row->choices;
        if (is_switch && value) {
            say(program->name, "%s takes no value", row->name);
            return options_mistake;
        }
        if (!is_switch && !value && !(value = argv[++i])) {
            say(program->name, "%s needs a value: --help says which", row->name);
            return options_mistake;
        }
        option_result result = options_set(program, row, value);
        if (result.leave) return result;
    }
    return options_go_on;
}

/* Whether text begins a metric name, and some more can follow. */
static int options_is_prefix(const char *text)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_:0123456789";
    size_t len = strlen(text);
    return len <= OPTIONS_MAX_PREFIX && strspn(text, letters) == len && !(*text >= '0' && *text <= '9');
}

int options_is_path(const char *text)
{
    if (*text != '/') return 0;
    for (; *text; text++)
        if (*text <= ' ' || *text > '~' || *text == '?' || *text == '#') return 0;
    return 1;
}

static int options_read_seed(const char *text, uint64_t *seed)
{
    uint64_t sum = 0;
    for (; *text; text++) {
        uint64_t digit = (uint64_t)(*text - '0');
        if (*text < '0' || *text > '9' || sum > (UINT64_MAX - digit) / 10) return 0;
        sum = sum * 10 + digit;
    }
    *seed = sum;
    return 1;
}

/* What is wrong with the values, alone and together, or NULL. */
static const char *options_wrong(exporter_options *options, const options_raw *raw, bool has_source)
{
    if (raw->seed && !options_read_seed(raw->seed, &options->seed))
        return "--seed takes a whole number from 0 to 18446744073709551615";
    if (!options_is_prefix(options->prefix))
        return "--prefix takes at most 64 of a-z A-Z 0-9 _ and :, and no digit first";
    if (!options_is_path(options->path)) return "--path takes an absolute path without blanks, '?' and '#'";
    if (options->events && options->demo) return "--demo and --events are two sources: name one";
    if (options->events && raw->seed) return "--seed belongs to --demo, not to --events";
    if (has_source && !options->demo && raw->seed) return "--seed belongs to --demo";
    if (options->events && options->once && strncmp(options->events, "unix:", 5) == 0)
        return "--once reads events to their end, and a socket has none: name a file or -";
    return NULL;
}

option_result options_parse(const option_program *program, int argc, char **argv, exporter_options *options)
{
    option_row common[OPTIONS_COMMON];
    options_raw raw = { 0 };
    char listen_help[160], demo_help[256] = "show a simulation; this is the default when no source is named";
    snprintf(listen_help, sizeof listen_help,
             "address to serve on; port 0 lets the kernel choose; default %s", program->listen);
    if (program->source)
        snprintf(demo_help, sizeof demo_help, "show a simulation; without it and --events: %s",
                 program->source);
    *options = (exporter_options){ .prefix = "", .seed = 1 };
    options_common(common, options, &raw, listen_help, demo_help);

    option_result result = options_read(program, common, argc, argv);
    if (result.leave) return result;
    if (raw.help) {
        help_print(program, common, OPTIONS_COMMON);
        return (option_result){ 1, 0 };
    }
    if (raw.version) {
        printf("%s %s (tacho %s)\n", program->name, TACHO_VERSION, tacho_version());
        return (option_result){ 1, 0 };
    }
    options->format = (tacho_format)raw.format;
    options->has_listen = raw.listen != NULL;
    options->has_path = raw.path != NULL;
    options->listen = raw.listen ? raw.listen : program->listen;
    options->path = raw.path ? raw.path : "/metrics";
    if (options->describe && !options->events) options->demo = 1; /* nothing is read: no source has to be named */
    const char *wrong = options_wrong(options, &raw, program->source != NULL);
    if (wrong) {
        say(program->name, "%s", wrong);
        return options_mistake;
    }
    return options_go_on;
}
