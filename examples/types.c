/*
 * types.c - every type of metric twice: as a row whose handle the program updates, and as a family that a collector emits.
 *
 *   types [text|text1|openmetrics|protobuf|json|csv]    prints one exposition in this format
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <tacho/tacho.h>

/* ---- Rows and handles ------------------------------------------------------------------------------------- */

static tacho_counter *orders, *busy;
static tacho_gauge *oven, *in_flight, *peak, *erp;
static tacho_histogram *latency, *waiting;
static tacho_summary *baskets;
static tacho_stateset *mode;
static tacho_info_vec *build;
enum { IDLE, BUSY, DRAINING };

static const tacho_desc rows[] = {
    { .counter = &orders, .name = "shop_orders_total", .help = "Orders taken.", .flags = TACHO_EXEMPLARS | TACHO_CREATED },
    { .counter = &busy, .name = "shop_busy_seconds_total", .unit = "seconds", .scale = 1e-9, .help = "Time at work." },
    { .gauge = &oven, .name = "shop_oven_celsius", .unit = "celsius", .help = "Temperature of the oven." },
    { .gauge = &in_flight, .name = "shop_requests_in_flight", .help = "Requests.", .flags = TACHO_UPDOWN },
    { .gauge = &peak, .name = "shop_queue_peak", .help = "Longest queue of the last minute.", .flags = TACHO_MAXIMUM,
      .window = { .seconds = 60 } },
    { .histogram = &latency, .name = "shop_request_seconds", .unit = "seconds", .help = "Time to answer.",
      TACHO_BUCKETS(0.01, 0.1, 1), .native = { .factor = 1.1 }, .flags = TACHO_EXEMPLARS | TACHO_CREATED },
    { .histogram = &waiting, .type = TACHO_GAUGE_HISTOGRAM, .name = "shop_waiting_bytes", .unit = "bytes",
      .help = "Sizes of the orders that wait.", TACHO_BUCKETS(1000, 10000, 100000) },
    { .summary = &baskets, .name = "shop_basket_bytes", .unit = "bytes", .help = "Sizes of baskets.",
      TACHO_QUANTILES(0.5, 0.9), .window = { .seconds = 60, .slices = 6 } },
    { .stateset = &mode, .name = "shop_mode", .help = "What the shop does.", TACHO_STATES("idle", "busy", "draining") },
    { .info = &build, .name = "shop_build_info", .help = "Version.", .labels = { "version", "revision" } },
    { .gauge = &erp, .type = TACHO_UNKNOWN, .name = "shop_erp", .help = "A number that nobody can explain." },
};

static void update(void)
{
    tacho_counter_add_exemplar(orders, 1, TACHO_EXEMPLAR(TACHO_PAIR("trace_id", "4bf92f35")));
    tacho_counter_add(busy, 1500000000);
    tacho_gauge_set(oven, 180.5);
    tacho_gauge_inc(in_flight);
    tacho_gauge_set(peak, 7);
    tacho_histogram_observe_exemplar(latency, 0.25, TACHO_EXEMPLAR(TACHO_PAIR("trace_id", "4bf92f35")));
    tacho_histogram_observe(waiting, 2048);
    tacho_summary_observe(baskets, 512);
    tacho_stateset_set(mode, BUSY);
    tacho_info_set(build, TACHO_LABELS("1.2.0", "e5f0"));
    tacho_gauge_set(erp, -42);
}

/* ---- A collector ------------------------------------------------------------------------------------------ */

enum { RUNS, FREE, BACKUP, SEEK, FILES, PING, MODEL, STATE, MAGIC };
static const tacho_desc descs[] = {
    [RUNS] = { .type = TACHO_COUNTER, .name = "disk_backups_total", .help = "Backups.", .labels = { "kind" } },
    [FREE] = { .type = TACHO_GAUGE, .name = "disk_free_bytes", .unit = "bytes", .help = "Room left." },
    [BACKUP] = { .type = TACHO_HISTOGRAM, .name = "disk_backup_seconds", .unit = "seconds", .help = "Time of a backup.",
                 TACHO_BUCKETS(60, 600) },
    [SEEK] = { .type = TACHO_HISTOGRAM, .name = "disk_seek_seconds", .unit = "seconds", .help = "Time of a seek.",
               .native = { .factor = 2 }, .flags = TACHO_NATIVE_ONLY },
    [FILES] = { .type = TACHO_GAUGE_HISTOGRAM, .name = "disk_file_bytes", .unit = "bytes", .help = "Sizes of files.",
                TACHO_BUCKETS(1000, 1000000) },
    [PING] = { .type = TACHO_SUMMARY, .name = "disk_ping_seconds", .unit = "seconds", .help = "Round trips.",
               TACHO_QUANTILES(0.5, 0.99) },
    [MODEL] = { .type = TACHO_INFO, .name = "disk_model_info", .help = "What it is.", .labels = { "model" } },
    [STATE] = { .type = TACHO_STATESET, .name = "disk_state", .help = "How it is.", TACHO_STATES("ok", "degraded") },
    [MAGIC] = { .type = TACHO_UNKNOWN, .name = "disk_magic", .help = "Attribute 231." },
};

static tacho_err collect(tacho_collector *self, tacho_emitter *out)
{
    static const tacho_native_bucket seeks[] = { { -7, 20 }, { -6, 11 } }; /* (2^-8, 2^-7] and (2^-7, 2^-6] */
    (void)self;
    tacho_emit_family(out, &descs[RUNS]);
    tacho_emit_uint(out, TACHO_LABELS("full"), 3);
    tacho_emit_uint(out, TACHO_LABELS("delta"), 30);
    tacho_emit_family(out, &descs[FREE]);
    tacho_emit_double(out, TACHO_NO_LABELS, 1e12);
    tacho_emit_family(out, &descs[BACKUP]);
    tacho_emit_histogram(out, TACHO_NO_LABELS, (uint64_t[]){ 30, 2, 1 }, 1875.5);
    tacho_emit_family(out, &descs[SEEK]);
    tacho_emit_native(out, TACHO_NO_LABELS, &(tacho_native_counts){ .schema = 0, .zero_count = 1, .positive = seeks,
                                                                    .positive_count = TACHO_COUNT(seeks), .sum = 0.25 });
    tacho_emit_family(out, &descs[FILES]);
    tacho_emit_histogram(out, TACHO_NO_LABELS, (uint64_t[]){ 5, 0, 1 }, 2e6);
    tacho_emit_family(out, &descs[PING]);
    tacho_emit_summary(out, TACHO_NO_LABELS, 10, 1.5, (double[]){ 0.125, 0.5 });
    tacho_emit_family(out, &descs[MODEL]);
    tacho_emit_info(out, TACHO_LABELS("WD-1"));
    tacho_emit_family(out, &descs[STATE]);
    tacho_emit_states(out, TACHO_NO_LABELS, 1u << 1);
    tacho_emit_family(out, &descs[MAGIC]);
    tacho_emit_int(out, TACHO_NO_LABELS, -1);
    return TACHO_OK;
}

int main(int argc, char **argv)
{
    static const char *const formats[] = { "text", "text1", "openmetrics", "protobuf", "json", "csv" }; /* as tacho_format */
    static const tacho_collector_ops ops = { .name = "disk", .descs = descs, .desc_count = TACHO_COUNT(descs),
                                             .collect = collect };
    static tacho_collector disk = { &ops };
    size_t format = 0;
    while (argc > 1 && format < TACHO_COUNT(formats) && strcmp(argv[1], formats[format]) != 0) format++;
    if (format == TACHO_COUNT(formats)) return fprintf(stderr, "usage: types [text|text1|openmetrics|protobuf|json|csv]\n"), 2;
    tacho_registry *reg = tacho_registry_new(&(tacho_registry_options){ .no_self_metrics = 1 });
    if (TACHO_DEFINE(reg, rows) || tacho_registry_add(reg, &disk))
        return fprintf(stderr, "types: %s\n", tacho_registry_error(reg)), 1;
    update();
    tacho_fd_sink out;
    tacho_fd_sink_init(&out, 1);
    tacho_err err = tacho_expose(reg, (tacho_format)format, &out.sink);
    if (err) fprintf(stderr, "types: %s: %s\n", tacho_strerror(err), strerror(errno));
    tacho_registry_free(reg);
    return err ? 1 : 0;
}
