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
#define OPTIONS_LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define OPTIONS_DIGITS "0123456789"

/* What the common rows write to. */
typedef struct options_raw {
    const char *seed, *path;
    int format, help, version;
} options_raw;

static const option_result options_go_on = { 0, 0 };
static const option_result options_mistake = { 1, EXIT_USAGE };

enum { OPTIONS_COMMON = 14 };

static void options_common(option_row *rows, exporter_options *options, options_raw *raw,
                           const char *listen_help, const char *demo_help, const char *token_help)
{
    const option_row common[OPTIONS_COMMON] = {
        { "--demo", NULL, demo_help, NULL, NULL, &options->demo },
        { "--seed", "N", "where the simulation's random numbers start; default 1", NULL, &raw->seed, NULL },
        { "--events", "FILE|-|unix:PATH",
          "read events, one a line (see below), from a file, standard input, or\n"
          "connections to a Unix socket made at PATH",
          NULL, &options->events, NULL },
        { "--listen", "HOST:PORT|unix:PATH|fd:N|systemd:[NAME]", listen_help, NULL, &options->listen, NULL },
        { "--path", "PATH", "where the metrics are; default /metrics", NULL, &raw->path, NULL },
        { "--token-file", "FILE",
          token_help ? token_help
                     : "scrapers must send a token of FILE, which has one a line, as bearer token;\n"
                       "read again when it changes; default: no token",
          NULL, &options->token_file, NULL },
        { "--hosts", "NAME[,NAME]",
          "names that a request may ask for besides localhost: those of a proxy in front, or\n"
          "* for any. All others are refused, whatever the address",
          NULL, &options->hosts, NULL },
        { "--only", "NAME[,NAME]",
          "serve only these families, and those that begin as a NAME that ends in *;\n"
          "what a request asks for by name[] comes from among them; default all",
          NULL, &options->only, NULL },
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

/* The first is in its place; keep it there, and the others behind. */
static option_result options_add_listen(const option_program *program, exporter_options *options,
                                        const char *first)
{
    int count = options->has_listen++;
    if (count == OPTIONS_MAX_LISTEN) {
        say(program->name, "--listen can come at most %d times", OPTIONS_MAX_LISTEN);
        return options_mistake;
    }
    if (count == 0) return options_go_on;
    options->listen_also[count - 1] = options->listen;
    options->listen = first;
    return options_go_on;
}

static const option_row *options_find(const option_row *rows, size_t count, const char *name, size_t len)
{
    for (size_t i = 0; i < count; i++)
        if (strlen(rows[i].name) == len && memcmp(rows[i].name, name, len) == 0) return &rows[i];
    return NULL;
}

static option_result options_read(const option_program *program, const option_row *common, int argc,
                                  char **argv, exporter_options *options)
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
        const char *first = options->listen;
        option_result result = options_set(program, row, value);
        if (!result.leave && row->text == &options->listen) result = options_add_listen(program, options, first);
        if (result.leave) return result;
    }
    return options_go_on;
}

/* Whether text begins a metric name, and some more can follow. */
static int options_is_prefix(const char *text)
{
    static const char letters[] = OPTIONS_LETTERS OPTIONS_DIGITS "_:";
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

/* A name without port, an IPv6 address in brackets, or "*". */
static int options_is_host(const char *text, size_t len)
{
    static const char letters[] = OPTIONS_LETTERS OPTIONS_DIGITS ".-_", hex[] = "abcdefABCDEF" OPTIONS_DIGITS ":.";
    if (len == 1 && *text == '*') return 1;
    if (len > 2 && *text == '[' && text[len - 1] == ']') return strspn(text + 1, hex) == len - 2;
    return len > 0 && strspn(text, letters) == len;
}

/* A name of a family, or the beginning of one and '*'. */
static int options_is_family(const char *text, size_t len)
{
    size_t letters = strspn(text, OPTIONS_LETTERS OPTIONS_DIGITS "_:");
    bool begins = letters == len - 1 && text[letters] == '*';
    return len > 0 && !(*text >= '0' && *text <= '9') && (letters == len || begins);
}

/* Whether what stands between commas is right. */
static int options_is_list(const char *text, int (*is_part)(const char *text, size_t len))
{
    for (int parts = 1; parts <= OPTIONS_MAX_LIST; parts++) {
        size_t len = strcspn(text, ",");
        if (!is_part(text, len)) return 0;
        if (text[len] == '\0') return 1;
        text += len + 1;
    }
    return 0;
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
    if (options->hosts && !options_is_list(options->hosts, options_is_host))
        return "--hosts takes at most 64 names without ports, with commas between them: a,b.example.org; * is any";
    if (options->only && !options_is_list(options->only, options_is_family))
        return "--only takes at most 64 names of families, with commas between them, a * only at their end: "
               "a_total,b_*";
    if (options->once && (options->hosts || options->only))
        return "--hosts and --only belong to a server, not to --once";
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
    char listen_help[512], demo_help[256] = "show a simulation; this is the default when no source is named";
    snprintf(listen_help, sizeof listen_help,
             "address to serve on; port 0 lets the kernel choose; default %s. May come\n"
             "several times: all are served. unix: makes a socket file, fd: takes a listening socket that\n"
             "was inherited, systemd: those of a .socket unit, or of them those of one NAME",
             program->listen);
    if (program->source)
        snprintf(demo_help, sizeof demo_help, "show a simulation; without it and --events: %s",
                 program->source);
    *options = (exporter_options){ .prefix = "", .seed = 1 };
    options_common(common, options, &raw, listen_help, demo_help, program->token_file);

    option_result result = options_read(program, common, argc, argv, options);
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
    options->has_path = raw.path != NULL;
    if (!options->has_listen) options->listen = program->listen;
    options->path = raw.path ? raw.path : "/metrics";
    if (options->describe && !options->events) options->demo = 1; /* nothing is read: no source has to be named */
    const char *wrong = options_wrong(options, &raw, program->source != NULL);
    if (wrong) {
        say(program->name, "%s", wrong);
        return options_mistake;
    }
    return options_go_on;
}
