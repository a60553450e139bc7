/*
 * crowd.c - a program with much to show: 5,000 moving series, hostile label values, every type, a collector that fails.
 *
 *   crowd [TOKEN_FILE]
 *
 * Prints its URL. One family has 1,500 series, 2,000 are gauges in 200 families, 1,500 belong to a histogram's family.
 * The collector "orders" fails while the file named by CROWD_FAIL exists.
 */
#define _POSIX_C_SOURCE 200809L
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <tacho/tacho.h>

enum { FAMILIES = 200, SERIES = 10, WIDE = 1500 };
enum { IDLE, BUSY, BROKEN };

static tacho_counter_vec *wide, *odd;
static tacho_gauge_vec *gauges[FAMILIES];
static tacho_histogram_vec *seconds;
static tacho_histogram *native;
static tacho_counter *lengthy;
static tacho_summary *sizes;
static tacho_gauge *temperature, *started, *negative;
static tacho_stateset *mode;
static tacho_info_vec *build;

static const tacho_desc metrics[] = {
    { .counter_vec = &odd,
      .name = "crowd_odd_labels_total",
      .help = "Label values that try to be markup: <b>not bold</b>.",
      .labels = { "value" } },
    { .counter_vec = &wide,
      .name = "crowd_requests_total",
      .help = "Requests by path and code.",
      .labels = { "path", "code" },
      .max_series = 2 * WIDE },
    { .histogram_vec = &seconds,
      .name = "crowd_request_duration_seconds",
      .unit = "seconds",
      .help = "Time to answer, by path.",
      .labels = { "path" },
      .max_series = 2 * WIDE,
      TACHO_BUCKETS(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5) },
    { .histogram = &native,
      .name = "crowd_wait_seconds",
      .unit = "seconds",
      .help = "Time in the queue, in native buckets.",
      .native = { .factor = 1.1 } },
    { .summary = &sizes,
      .name = "crowd_answer_size_bytes",
      .unit = "bytes",
      .help = "Sizes of answers.",
      TACHO_QUANTILES(0.5, 0.9, 0.99) },
    { .gauge = &temperature,
      .name = "crowd_room_temperature_celsius",
      .unit = "celsius",
      .help = "In the room." },
    { .gauge = &negative, .name = "crowd_balance", .help = "May be below zero." },
    { .gauge = &started, .name = "crowd_last_meal_timestamp_seconds", .help = "When it ate last." },
    { .stateset = &mode,
      .name = "crowd_mode",
      .help = "What the crowd does.",
      TACHO_STATES("idle", "busy", "broken") },
    { .info = &build,
      .name = "crowd_build_info",
      .help = "Of which build this is.",
      .labels = { "version", "compiler", "revision" } },
    { .counter = &lengthy,
      .name =
          "crowd_a_name_that_is_longer_than_anybody_would_like_to_read_on_a_telephone_and_goes_on_bytes_total",
      .help =
          "A help text that is long as well, because somebody wanted to explain everything at once: what is counted, when it "
          "is counted, why it is counted, and what to do at three in the morning when it grows faster than it did before." },
};

static tacho_err read_orders(tacho_collector *self, tacho_emitter *out)
{
    static const tacho_desc orders = { .type = TACHO_GAUGE,
                                       .name = "orders_open",
                                       .help = "Orders that wait." };
    const char *fail = getenv("CROWD_FAIL");
    (void)self;
    if (fail && access(fail, F_OK) == 0) return TACHO_ERR_IO;
    tacho_emit_family(out, &orders);
    tacho_emit_int(out, TACHO_NO_LABELS, 17);
    return TACHO_OK;
}

static const tacho_collector_ops orders_ops = { .name = "orders", .collect = read_orders };
static tacho_collector orders = { &orders_ops };

static uint32_t dice(void)
{
    static uint64_t state = 88172645463325252u;
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (uint32_t)(state >> 32);
}

static void define(tacho_registry *reg)
{
    static tacho_desc rows[FAMILIES];
    static char names[FAMILIES][40];
    for (int i = 0; i < FAMILIES; i++) {
        (void)snprintf(names[i], sizeof names[i], "crowd_level_%03d", i);
        rows[i] = (tacho_desc){
            .gauge_vec = &gauges[i], .name = names[i], .help = "One of many.", .labels = { "queue" }
        };
    }
    if (TACHO_DEFINE(reg, metrics) || tacho_registry_define(reg, rows, FAMILIES) ||
        tacho_registry_add(reg, &orders))
        errx(1, "%s", tacho_registry_error(reg));
}

static void move(int round)
{
    char text[40];
    for (int i = 0; i < WIDE; i++) {
        (void)snprintf(text, sizeof text, "/item/%04d", i);
        tacho_counter_add(tacho_counter_at(wide, TACHO_LABELS(text, i % 7 ? "200" : "500")),
                          dice() % (uint32_t)(i + 2));
        tacho_histogram_observe(tacho_histogram_at(seconds, TACHO_LABELS(text)),
                                (double)(dice() % 1000) / 4000.0 + (i % 9 == 0));
    }
    for (int f = 0; f < FAMILIES; f++)
        for (int i = 0; i < SERIES; i++) {
            (void)snprintf(text, sizeof text, "queue %d", i);
            tacho_gauge_set(tacho_gauge_at(gauges[f], TACHO_LABELS(text)), dice() % 100 + 100.0 * i);
        }
    for (int i = 0; i < 200; i++) {
        tacho_histogram_observe(native, (double)(dice() % 900 + 100) / 1e5 * (1 + round % 5));
        tacho_summary_observe(sizes, dice() % 100000);
    }
    tacho_counter_add(lengthy, dice() >> 8);
    tacho_gauge_set(temperature, 21.5 + (double)(round % 7) / 10);
    tacho_gauge_set(negative, (double)(round % 20) - 12.5);
    tacho_stateset_set(mode, round % 3 ? BUSY : IDLE);
}

int main(int argc, char **argv)
{
    tacho_registry *reg = tacho_registry_new(NULL);
    tacho_http_options options = { .listen = "127.0.0.1:0", .token_file = argc > 1 ? argv[1] : NULL };
    tacho_http *http;
    define(reg);
    tacho_counter_add(tacho_counter_at(odd, TACHO_LABELS("<img src=x onerror=alert(1)>")), 3);
    tacho_counter_add(tacho_counter_at(odd, TACHO_LABELS("\"quoted\", \\back\\ and\nlines")), 5);
    tacho_counter_add(tacho_counter_at(odd, TACHO_LABELS("日本語 and العربية and 🎛")), 7);
    tacho_info_set(build, TACHO_LABELS("1.2.3", "gcc 12", "0f3c9a7be2d14c55a8fb6b2d3c4e5f60718293a4"));
    tacho_gauge_set(started, 1700000000);
    move(0);
    if (tacho_http_start(reg, &options, &http)) errx(1, "%s", tacho_registry_error(reg));
    (void)printf("%s\n", tacho_http_url(http));
    (void)fflush(stdout);
    for (int round = 1;; round++) {
        (void)nanosleep(&(struct timespec){ .tv_nsec = 500000000 }, NULL);
        move(round);
    }
}
