/*
 * plugin.c - what a host loads at run time. Built with nothing but the headers it counts for handles of its host; built
 * with a library of its own (PLUGIN_OWNS) it has a registry, too.
 */
#include "plugin.h"

#include <stdio.h>

static _Thread_local uint64_t plugin_calls; /* found through the loader, as any thread-local of a plugin */

static void plugin_count(const struct kinds *host, uint64_t count)
{
    kinds_count(host, count);
    plugin_calls++;
}

#if defined(PLUGIN_OWNS)

enum { NAMES = 20 };

static struct kinds own;

static bool plugin_open(void)
{
    return kinds_open(&own, NULL);
}

static void plugin_count_own(uint64_t count)
{
    kinds_count(&own, count);
    for (uint64_t i = 0; i < count; i++) {
        char name[16];
        (void)snprintf(name, sizeof name, "n%u", (unsigned)(i % NAMES));
        tacho_counter_inc_at(own.named, TACHO_LABELS(name));
    }
}

static bool plugin_own_are(uint64_t count)
{
    double sum = 0;
    for (unsigned i = 0; i < NAMES; i++) {
        char name[16];
        (void)snprintf(name, sizeof name, "n%u", i);
        sum += tacho_counter_value(tacho_counter_at(own.named, TACHO_LABELS(name)));
    }
    if (sum != (double)count) (void)fprintf(stderr, "by name it is %g, but should be %g\n", sum, (double)count);
    return kinds_are(&own, count) && sum == (double)count;
}

static void plugin_close(void)
{
    kinds_close(&own);
}

#define PLUGIN_OWN .open = plugin_open, .count_own = plugin_count_own, .own_are = plugin_own_are, .close = plugin_close
#else
#define PLUGIN_OWN .open = NULL
#endif

extern const struct plugin plugin_door;
__attribute__((visibility("default"))) const struct plugin plugin_door = { .count = plugin_count, PLUGIN_OWN };
