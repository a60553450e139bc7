/*
 * http_tally.c - what servers count of themselves.
 *
 * The rows are static, so that servers of several registries, and of processes that share one, define the same families. A
 * handle belongs to one registry: each server copies those of its own, under the lists' lock, before the next one binds the
 * rows.
 */
#include "http_tally.h"

#include <stdio.h>

#include "clock.h"
#include "lock.h"
#include "registry_internal.h"

static const char *const tally_reasons[] = { "token", "host", "malformed", "too_large", "late", "slow_reader", "crowded", NULL };

static tacho__http_tally tally_bound;

static const tacho_desc tally_rows[] = {
    { .counter_vec = &tally_bound.requests, .name = "tacho_http_requests_total", .labels = { "code" },
      .help = "HTTP requests to the metrics server that were answered, or whose answer was broken off, by status." },
    { .counter = &tally_bound.rejected[0], .name = "tacho_http_rejected_total", .labels = { "reason" },
      .values = { tally_reasons },
      .help = "Requests that were refused and connections that were ended by the metrics server. token: none or a wrong one; "
              "host: a Host that is not allowed, perhaps a browser led astray; late: the request took longer than timeout_ms; "
              "slow_reader: its answer took too long to be read; crowded: others waited for the place." },
    { .counter = &tally_bound.bytes, .name = "tacho_http_response_bytes_total", .unit = "bytes",
      .help = "Bytes that the metrics server sent." },
    { .histogram = &tally_bound.seconds, .name = "tacho_http_request_duration_seconds", .unit = "seconds",
      .help = "From the end of a request to the metrics server until the last byte of its answer was taken: collectors, and "
              "how fast the client reads, are in it." },
    { .gauge = &tally_bound.connections, .name = "tacho_http_connections", .flags = TACHO_UPDOWN,
      .help = "Connections to the metrics server that are open now; at max_clients others wait." },
    { .gauge = &tally_bound.stale, .name = "tacho_http_token_files_failing", .flags = TACHO_UPDOWN,
      .help = "Token files of the metrics server that cannot be read, or make no sense, by now: their old tokens are still "
              "valid. Mend the file, or stop the server." },
};

void tacho__http_tally_init(tacho__http_tally *tally, tacho_registry *reg)
{
    if (reg->no_self_metrics) return;
    tacho__lists_lock();
    (void)TACHO_DEFINE(reg, tally_rows);
    *tally = tally_bound;
    tacho__lists_unlock();
}

void tacho__http_tally_request(const tacho__http_tally *tally, int status, uint64_t began_ns)
{
    char code[12];
    if (!tally->requests || status == 0) return; /* 0: the client left before its answer began */
    (void)snprintf(code, sizeof code, "%d", status);
    tacho_counter_inc_at(tally->requests, TACHO_LABELS(code));
    tacho_histogram_observe(tally->seconds, (double)(tacho__clock_ns() - began_ns) / 1e9);
}

void tacho__http_tally_refusal(const tacho__http_tally *tally, int status)
{
    static const struct {
        int status;
        tacho__http_reason reason;
    } rows[] = {
        { 400, TACHO__HTTP_REJECTED_MALFORMED }, { 401, TACHO__HTTP_REJECTED_TOKEN }, { 403, TACHO__HTTP_REJECTED_HOST },
        { 408, TACHO__HTTP_REJECTED_LATE },      { 411, TACHO__HTTP_REJECTED_MALFORMED }, { 413, TACHO__HTTP_REJECTED_SIZE },
        { 414, TACHO__HTTP_REJECTED_SIZE },      { 417, TACHO__HTTP_REJECTED_MALFORMED }, { 431, TACHO__HTTP_REJECTED_SIZE },
        { 501, TACHO__HTTP_REJECTED_MALFORMED }, { 505, TACHO__HTTP_REJECTED_MALFORMED },
    };
    for (size_t i = 0; i < TACHO_COUNT(rows); i++)
        if (rows[i].status == status) tacho_counter_inc(tally->rejected[rows[i].reason]);
}
