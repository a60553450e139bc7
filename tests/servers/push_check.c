/*
 * push_check.c - pushes the zoo (tests/support/zoo.c); see pushgateway.py.
 *
 * usage: push_check replace|merge|delete|page text|protobuf URL JOB [NAME=VALUE]... [-- FAMILY...]
 *
 * `page` prints the page instead. With families only these are shown. PUSH_USER and PUSH_PASSWORD are the login. Exit status 1,
 * and the words on standard error, if the push fails.
 */
#define _POSIX_C_SOURCE 200809L
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <tacho/tacho.h>

#include "support/zoo.h"

#define ARGUMENTS 5
#define GROUPING_MAX 8

static int print_page(tacho_registry *reg, const tacho_scrape_options *options)
{
    char buffer[4096];
    size_t len;
    tacho_scrape *scrape = tacho_scrape_open(reg, options);
    while ((len = tacho_scrape_read(scrape, buffer, sizeof buffer)) > 0) (void)fwrite(buffer, 1, len, stdout);
    tacho_scrape_free(scrape);
    return 0;
}

static int push(tacho_registry *reg, const char *method, const tacho_push_options *given)
{
    tacho_push_options options = *given;
    if (strcmp(method, "merge") == 0) options.method = TACHO_PUSH_MERGE;
    if (strcmp(method, "delete") == 0) options.method = TACHO_PUSH_DELETE;
    options.user = getenv("PUSH_USER");
    options.password = getenv("PUSH_PASSWORD");
    tacho_err err = tacho_push(reg, &options);
    if (err) (void)fprintf(stderr, "%s: %s\n", tacho_strerror(err), tacho_registry_error(reg));
    return err ? 1 : 0;
}

int main(int argc, char **argv)
{
    tacho_constant grouping[GROUPING_MAX + 1] = { { NULL, NULL } };
    struct zoo zoo;
    int at = ARGUMENTS, count = 0;
    if (argc < ARGUMENTS || !zoo_open(&zoo, NULL)) return 2;
    for (; at < argc && strcmp(argv[at], "--") != 0 && count < GROUPING_MAX; at++, count++) {
        char *equals = strchr(argv[at], '=');
        if (!equals) return 2;
        *equals = '\0';
        grouping[count] = (tacho_constant){ argv[at], equals + 1 };
    }
    tacho_scrape_options scrape = { .format = strcmp(argv[2], "protobuf") == 0 ? TACHO_PROTOBUF : TACHO_TEXT };
    if (at + 1 < argc) {
        scrape.names = (const char *const *)(argv + at + 1);
        scrape.name_count = (size_t)(argc - at - 1);
    }
    const tacho_push_options options = { .url = argv[3], .job = argv[4], .grouping = grouping, .scrape = &scrape };
    int status = strcmp(argv[1], "page") == 0 ? print_page(zoo.reg, &scrape) : push(zoo.reg, argv[1], &options);
    zoo_close(&zoo);
    return status;
}
