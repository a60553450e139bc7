/*
 * zoo_exporter.c - serves the zoo to real scrapers: prints its URL, and that of a view of two families with a label of its own;
 * lets the ticks grow, and ends with its input.
 */
#include <poll.h>
#include <stdio.h>
#include <unistd.h>

#include <tacho/tacho.h>

#include "support/zoo.h"

#define TICK_MS 20

int main(void)
{
    static const char *const hosts[] = { "metrics.example.org", NULL }; /* that of the proxies in the README */
    static const char *const names[] = { "zoo_mode", "zoo_tick*" };
    static const tacho_constant constants[] = { { "tenant", "guests" }, { NULL, NULL } };
    static const tacho_http_options view = { .listen = "127.0.0.1:0", .names = names, .name_count = 2, .constants = constants };
    static const tacho_http_options options = { .listen = "127.0.0.1:0", .hosts = hosts, .also = &view };
    struct pollfd input = { .fd = STDIN_FILENO, .events = POLLIN };
    struct zoo zoo;
    tacho_http *http;
    if (!zoo_open(&zoo, NULL)) return 1;
    if (tacho_http_start(zoo.reg, &options, &http)) {
        (void)fprintf(stderr, "zoo_exporter: %s\n", tacho_registry_error(zoo.reg));
        return 1;
    }
    (void)printf("%s\n%s\n", tacho_http_url(http), tacho_http_listener_url(http, 1));
    (void)fflush(stdout);
    while (poll(&input, 1, TICK_MS) == 0) tacho_counter_inc(zoo.ticks);
    tacho_http_stop(http);
    zoo_close(&zoo);
    return 0;
}
