/*
 * options.h - the command line that all exporters share, and what one of them adds to it.
 *
 * Values follow their option as the next argument or after '='. An option that comes twice counts as it was given
 * last, but for --listen: each is one more address. --help is made from the same rows, and the list of events in it
 * from the rows that read them.
 */
#ifndef EXAMPLES_OPTIONS_H
#define EXAMPLES_OPTIONS_H

#include <stddef.h>
#include <stdint.h>

#include <tacho/tacho.h>

#include "events.h"

/** One option; a row of a static const table. */
typedef struct option_row {
    const char *name;           /* "--mode" */
    const char *argument;       /* what --help calls its value; NULL: the choices, or a switch */
    const char *help;           /* lines separated by '\n' */
    const char *const *choices; /* NULL-terminated: the only values allowed; NULL: any that is not empty */
    const char **text;          /* receives the value; NULL: not wanted */
    int *choice;                /* receives its index in the choices, or 1 for a switch; NULL: not wanted */
} option_row;

enum { OPTIONS_MAX_LISTEN = 16, OPTIONS_MAX_LIST = 64 };

/** What the options say. The texts are those of argv. */
typedef struct exporter_options {
    const char *listen, *path, *token_file; /* token_file: NULL when not given */
    const char *token;                      /* NULL; for an exporter that has it from somewhere else */
    int has_listen, has_path, demo;         /* how often --listen was given; whether --path and --demo were */
    const char *listen_also[OPTIONS_MAX_LISTEN - 1]; /* the second --listen and the following */
    const char *hosts, *only;                        /* at most 64 parts with commas between; NULL: not given */
    const char *events;                     /* NULL: not given */
    const char *prefix;                     /* "" or a valid beginning of a metric name */
    uint64_t seed;
    int once;
    int describe; /* --describe */
    tacho_format format;
} exporter_options;

/** What an exporter says about itself. */
typedef struct option_program {
    const char *name;   /* "qbsync_exporter" */
    const char *about;  /* the first lines of --help */
    const char *listen; /* the default of --listen */
    const char *token_file; /* what --help says of --token-file; NULL: the usual */
    const char *source; /* what it reads without --demo and --events, for --help; NULL: nothing, it shows the demo */
    const option_row *rows;
    size_t row_count;
    const event_row *events;
    size_t event_count;
    const char *more; /* the last lines of --help: where to read on */
} option_program;

/** Go on with `options`, or leave with this exit status: --help, --version, or a mistake, which has been told. */
typedef struct option_result {
    int leave, status;
} option_result;

/** Whether text can be the value of --path. */
int options_is_path(const char *text);

option_result options_parse(const option_program *program, int argc, char **argv, exporter_options *options);

#endif
