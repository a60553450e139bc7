/*
 * kinds.c - a registry with a family of each kind that has cells per CPU.
 */
#include "kinds.h"

#include <stdio.h>
#include <string.h>

#include <tacho/expose.h>

static const double bounds[] = { 1, 2, 3 };

static bool kinds_say(const char *what, double is, double wanted)
{
    (void)fprintf(stderr, "%s is %.17g, but should be %.17g\n", what, is, wanted);
    return false;
}

bool kinds_open(struct kinds *kinds, const tacho_registry_options *options)
{
    *kinds = (struct kinds){ .rows = {
        { .counter = &kinds->whole, .name = "whole_total", .help = "Whole numbers." },
        { .counter = &kinds->real, .name = "real_total", .help = "Doubles.", .flags = TACHO_REAL },
        { .gauge = &kinds->flying, .name = "flying", .help = "Up and down.", .flags = TACHO_UPDOWN },
        { .histogram = &kinds->sizes, .name = "sizes", .help = "Values.", .buckets = bounds, .bucket_count = 3 },
        { .counter_vec = &kinds->named, .name = "named_total", .help = "By name.", .labels = { "name" } },
    } };
    kinds->reg = tacho_registry_new(options);
    if (kinds->reg && TACHO_DEFINE(kinds->reg, kinds->rows) == TACHO_OK) return true;
    (void)fprintf(stderr, "no registry: %s\n", kinds->reg ? tacho_registry_error(kinds->reg) : "out of memory");
    return false;
}

void kinds_close(struct kinds *kinds)
{
    tacho_registry_free(kinds->reg);
    *kinds = (struct kinds){ 0 };
}

/* Whether the exposition has this line. */
static bool kinds_show(const char *text, const char *series, double wanted)
{
    char line[80];
    (void)snprintf(line, sizeof line, "\n%s %.17g\n", series, wanted);
    if (strstr(text, line)) return true;
    const char *at = strstr(text, series);
    (void)fprintf(stderr, "not shown is `%.*s`, but `%.60s`\n", (int)strlen(line) - 2, line + 1, at ? at : "");
    return false;
}

static bool kinds_shown(const struct kinds *kinds, uint64_t count)
{
    tacho_buffer text;
    tacho_buffer_init(&text);
    bool ok = tacho_expose(kinds->reg, TACHO_TEXT, &text.sink) == TACHO_OK;
    ok = ok && kinds_show(text.data, "whole_total", (double)(count / 2 * 3));
    ok = ok && kinds_show(text.data, "real_total", (double)count / 4);
    ok = ok && kinds_show(text.data, "flying", (double)(count / 2));
    ok = ok && kinds_show(text.data, "sizes_bucket{le=\"1.0\"}", (double)(count / 4));
    ok = ok && kinds_show(text.data, "sizes_bucket{le=\"3.0\"}", (double)(count / 4 * 3));
    ok = ok && kinds_show(text.data, "sizes_count", (double)count);
    ok = ok && kinds_show(text.data, "sizes_sum", (double)(count * 2));
    tacho_buffer_fini(&text);
    return ok;
}

bool kinds_are(const struct kinds *kinds, uint64_t count)
{
    struct { const char *name; double is, wanted; } const values[] = {
        { "whole_total", tacho_counter_value(kinds->whole), (double)(count / 2 * 3) },
        { "real_total", tacho_counter_value(kinds->real), (double)count / 4 },
        { "flying", tacho_gauge_value(kinds->flying), (double)(count / 2) },
        { "sizes_count", (double)tacho_histogram_count(kinds->sizes), (double)count },
        { "sizes_sum", tacho_histogram_sum(kinds->sizes), (double)(count * 2) },
    };
    if (count % 4) return kinds_say("the number of updates modulo 4", (double)(count % 4), 0);
    for (size_t i = 0; i < TACHO_COUNT(values); i++)
        if (values[i].is != values[i].wanted) return kinds_say(values[i].name, values[i].is, values[i].wanted);
    return kinds_shown(kinds, count);
}
