#define _POSIX_C_SOURCE 200809L
#include "help.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

void help_choices(const char *const *choices, char *text, size_t cap)
{
    size_t len = 0;
    text[0] = '\0';
    for (size_t i = 0; choices[i] && len < cap; i++) {
        int wrote = snprintf(text + len, cap - len, "%s%s", i ? "|" : "", choices[i]);
        len += wrote > 0 ? (size_t)wrote : 0;
    }
}

static void help_rows(const option_row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char choices[256] = "";
        if (rows[i].choices) help_choices(rows[i].choices, choices, sizeof choices);
        const char *argument = rows[i].argument ? rows[i].argument : choices;
        printf("  %s%s%s\n", rows[i].name, *argument ? " " : "", argument);
        for (const char *line = rows[i].help; line;) {
            const char *end = strchr(line, '\n');
            printf("      %.*s\n", end ? (int)(end - line) : (int)strlen(line), line);
            line = end ? end + 1 : NULL;
        }
    }
}

static void help_event_key(const event_key *key)
{
    char choices[256];
    switch (key->type) {
    case EVENT_COUNT:
        printf(" %s=N", key->name);
        break;
    case EVENT_AMOUNT:
        printf(" %s=1.5", key->name);
        break;
    case EVENT_TEXT:
        printf(" %s=TEXT", key->name);
        break;
    case EVENT_CHOICE:
        help_choices(key->choices, choices, sizeof choices);
        printf(" %s=%s", key->name, choices);
        break;
    }
}

static void help_events(const option_program *program)
{
    puts(
        "\nEvents (--events), one a line: a name, then every key with its value, in any order. N is a whole number,\n"
        "1.5 any decimal number that is not negative. A value with blanks or quotes is written \"...\", with\n"
        "\\\" \\\\ \\n \\t and \\xHH. Empty lines and lines that begin with # mean nothing. A bad line is counted by\n"
        "reason, told once, and skipped.\n");
    for (size_t i = 0; i < program->event_count; i++) {
        printf("  %s", program->events[i].name);
        for (size_t key = 0; key < EVENT_MAX_KEYS && program->events[i].keys[key].name; key++)
            help_event_key(&program->events[i].keys[key]);
        putchar('\n');
    }
}

void help_print(const option_program *program, const option_row *common, size_t common_count)
{
    printf("usage: %s [OPTION...]\n\n%s\n\nOptions\n", program->name, program->about);
    help_rows(common, common_count);
    help_rows(program->rows, program->row_count);
    static const struct {
        const char *options, *help;
        bool needs_demo;
    } examples[] = {
        { "", "serve the simulation", true },
        { " --listen 127.0.0.1:0", "the same on a free port; its URL is on standard error", true },
        { " --once", "print one exposition of it", true },
        { " --events FILE --once", "print what a file of events adds up to", false },
        { " --events unix:PATH", "take events from other processes", false },
    };
    puts("\nExamples");
    for (size_t i = 0; i < TACHO_COUNT(examples); i++) {
        const char *demo = program->source && examples[i].needs_demo ? " --demo" : "";
        int gap = 33 - (int)(strlen(demo) + strlen(examples[i].options));
        printf("  %s%s%s%*s  %s\n", program->name, demo, examples[i].options, gap > 0 ? gap : 0, "",
               examples[i].help);
    }
    help_events(program);
    printf(
        "\nBesides the metrics, also as /metrics.json and /metrics.csv, it serves /healthz, /livez and /readyz.\n"
        "SIGTERM, SIGINT and SIGHUP end it cleanly.\n"
        "Exit status: 0 done, 1 something failed while running (a file, a port), 2 wrong usage.\n%s\n",
        program->more);
}
