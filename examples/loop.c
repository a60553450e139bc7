/*
 * loop.c - a server in the daemon's own event loop: no thread, one descriptor more to poll.
 *
 * libuv, libev, epoll and the like watch tacho_http_fd for reading in the same way, and set a timer to tacho_http_timeout_ms
 * after each tacho_http_ready.
 * Needs: HTTP
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <unistd.h>

#include <tacho/tacho.h>

static tacho_counter *lines;
static const tacho_desc metrics[] = {
    { .counter = &lines, .name = "loop_lines_total", .help = "Lines that came in on standard input." },
};

static int loop_read(void)
{
    char bytes[4096];
    ssize_t got = read(STDIN_FILENO, bytes, sizeof bytes);
    for (ssize_t i = 0; i < got; i++)
        if (bytes[i] == '\n') tacho_counter_inc(lines);
    return got > 0 || (got < 0 && errno == EINTR);
}

int main(int argc, char **argv)
{
    tacho_registry *reg = tacho_registry_new(NULL);
    tacho_http_options options = { .listen = argc > 1 ? argv[1] : NULL, .no_thread = 1 };
    tacho_http *http;
    if (TACHO_DEFINE(reg, metrics) || tacho_http_start(reg, &options, &http)) {
        fprintf(stderr, "loop: %s\n", tacho_registry_error(reg));
        return 1;
    }
    fprintf(stderr, "loop: serving %s until the end of standard input\n", tacho_http_url(http));
    for (int open = 1; open;) {
        struct pollfd polls[] = { { .fd = tacho_http_fd(http), .events = POLLIN }, { .fd = STDIN_FILENO, .events = POLLIN } };
        if (poll(polls, 2, tacho_http_timeout_ms(http)) < 0 && errno != EINTR) break;
        tacho_http_ready(http);
        if (polls[1].revents) open = loop_read();
    }
    tacho_http_stop(http);
    tacho_registry_free(reg);
    return 0;
}
