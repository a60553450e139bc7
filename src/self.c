/*
 * self.c - tacho's own metrics, read from the segment's counters and the registry's lists.
 *
 * Relaxed throughout: each number is a count by itself.
 */
#include "self.h"

#include <string.h>

#include "clock.h"
#include "gather.h"

enum {
    SELF_MISUSE,
    SELF_REPAIRED,
    SELF_DROPPED,
    SELF_REJECTED,
    SELF_BUSY,
    SELF_UNSETTLED,
    SELF_EXEMPLARS,
    SELF_REDUCED,
    SELF_SERIES,
    SELF_MEMORY,
    SELF_BUDGET,
    SELF_SUCCESS,
    SELF_DURATION,
    SELF_LAST_SUCCESS,
    SELF_FAILURES,
    SELF_DROPPED_FAMILIES
};

static const tacho_desc self_descs[] = {
    [SELF_MISUSE] = { .type = TACHO_COUNTER, .name = "tacho_misuse_total", .labels = { "kind" },
                      .help = "Calls that broke a rule of the metrics library and changed nothing. A growing number is a "
                              "bug in the program that exposes this; its misuse listener hears the details." },
    [SELF_REPAIRED] = { .type = TACHO_COUNTER, .name = "tacho_label_values_repaired_total", .labels = { "reason" },
                        .help = "Label values that came in invalid and are shown repaired: bytes that are no UTF-8 became "
                                "U+FFFD, values above 1024 bytes were cut and marked with a hash." },
    [SELF_DROPPED] = { .type = TACHO_COUNTER, .name = "tacho_observations_dropped_total", .labels = { "reason" },
                       .help = "Observations that no histogram can hold. NaN usually means a division by zero upstream." },
    [SELF_REJECTED] = { .type = TACHO_COUNTER, .name = "tacho_series_rejected_total", .labels = { "family" },
                        .help = "Updates whose series could not be created: the family has max_series already, the byte "
                                "budget is spent, or the creation wait passed. Counters and histograms count them under "
                                "_other; gauges lose them. Look for a label with too many values." },
    [SELF_BUSY] = { .type = TACHO_COUNTER, .name = "tacho_creations_timed_out_total",
                    .help = "Series that were not created because the creation lock was held for longer than the wait." },
    [SELF_UNSETTLED] = { .type = TACHO_COUNTER, .name = "tacho_unsettled_reads_total",
                         .help = "Reads of an up-down gauge that changed too fast to be read twice alike; the median of "
                                 "eight readings was shown." },
    [SELF_EXEMPLARS] = { .type = TACHO_COUNTER, .name = "tacho_exemplars_dropped_total", .labels = { "reason" },
                         .help = "Exemplars that were not kept; what they are examples of was counted. faulty: names or values "
                                 "against the rules; unasked: the family keeps none; busy: two came at the same moment." },
    [SELF_REDUCED] = { .type = TACHO_COUNTER, .name = "tacho_scrape_reduced_series_total",
                       .help = "Series that a protobuf scrape showed without exemplars, and without their native histogram, "
                               "because the byte budget had no room for copies. Give the registry a larger budget." },
    [SELF_SERIES] = { .type = TACHO_GAUGE, .name = "tacho_series", .help = "Series that exist now, over all families." },
    [SELF_MEMORY] = { .type = TACHO_GAUGE, .name = "tacho_memory_used_bytes", .unit = "bytes",
                      .help = "Memory in use of the registry's byte budget. At the budget no new series are created." },
    [SELF_BUDGET] = { .type = TACHO_GAUGE, .name = "tacho_memory_budget_bytes", .unit = "bytes",
                      .help = "The registry's byte budget, which it never exceeds." },
    [SELF_SUCCESS] = { .type = TACHO_GAUGE, .name = "tacho_collector_success", .labels = { "collector" },
                       .help = "Whether this page shows what the collector read for it: 1; or 0 and its families are missing, or "
                               "those of its last good run. tacho_collector_failures_total tells why." },
    [SELF_DURATION] = { .type = TACHO_GAUGE, .name = "tacho_collector_duration_seconds", .unit = "seconds",
                        .labels = { "collector" },
                        .help = "How long the collector's last run took; of one that hangs, how long it has been running." },
    [SELF_LAST_SUCCESS] = { .type = TACHO_GAUGE, .name = "tacho_collector_last_success_timestamp_seconds",
                            .unit = "seconds", .labels = { "collector" },
                            .help = "Unix time of the collector's last successful run; 0 if there was none." },
    [SELF_FAILURES] = { .type = TACHO_COUNTER, .name = "tacho_collector_failures_total", .labels = { "collector", "reason" },
                        .help = "Scrapes that did without a collector. error: its run failed; deadline: it took too long; busy: the "
                                "run of an earlier scrape still hangs. Look at what the collector reads." },
    [SELF_DROPPED_FAMILIES] = { .type = TACHO_COUNTER, .name = "tacho_collector_families_dropped_total",
                                .labels = { "collector" },
                                .help = "Families that were left out because another family has their name. Rename one." },
};

static const struct {
    uint8_t family;
    enum tacho__mishap mishap;
    const char *label;
} self_mishaps[] = {
    { SELF_MISUSE, TACHO__MISUSE_LABEL_COUNT, "label_count" },
    { SELF_MISUSE, TACHO__MISUSE_NULL_LABEL, "null_label" },
    { SELF_MISUSE, TACHO__MISUSE_CLOSED_LABEL, "unlisted_label" },
    { SELF_MISUSE, TACHO__MISUSE_KIND, "wrong_kind" },
    { SELF_MISUSE, TACHO__MISUSE_AMOUNT, "bad_amount" },
    { SELF_REPAIRED, TACHO__REPAIRED_UTF8, "invalid_utf8" },
    { SELF_REPAIRED, TACHO__REPAIRED_LENGTH, "too_long" },
    { SELF_DROPPED, TACHO__DROPPED_NAN, "nan" },
    { SELF_BUSY, TACHO__CREATION_BUSY, NULL },
    { SELF_UNSETTLED, TACHO__UNSETTLED_GAUGE, NULL },
    { SELF_EXEMPLARS, TACHO__EXEMPLAR_FAULTY, "faulty" },
    { SELF_EXEMPLARS, TACHO__EXEMPLAR_UNASKED, "unasked" },
    { SELF_EXEMPLARS, TACHO__EXEMPLAR_BUSY, "busy" },
    { SELF_REDUCED, TACHO__SCRAPE_REDUCED, NULL },
};

static void self_emit_mishaps(tacho_registry *reg, tacho_emitter *out)
{
    int family = -1;
    for (size_t i = 0; i < TACHO_COUNT(self_mishaps); i++) {
        if (self_mishaps[i].family != family) tacho_emit_family(out, &self_descs[self_mishaps[i].family]);
        family = self_mishaps[i].family;
        uint64_t count = tacho__load_relaxed(&reg->segment.head->mishaps[self_mishaps[i].mishap]);
        tacho_emit_uint(out, self_mishaps[i].label ? TACHO_LABELS(self_mishaps[i].label) : TACHO_NO_LABELS, count);
    }
}

static void self_emit_rejected(tacho_registry *reg, tacho_emitter *out)
{
    tacho_emit_family(out, &self_descs[SELF_REJECTED]);
    for (tacho__ref ref = 0; (ref = tacho__family_next(&reg->segment, ref));) {
        struct tacho__family *family = tacho__family_at(&reg->segment, ref);
        const struct tacho__meta *meta = tacho__family_meta(&reg->segment, family);
        if (family->bound || tacho__load_relaxed(&family->gone)) continue;
        tacho_emit_uint(out, TACHO_LABELS(tacho__meta_at(meta, meta->name)), tacho__load_relaxed(&family->rejected));
    }
}

static void self_emit_memory(tacho_registry *reg, tacho_emitter *out)
{
    size_t budget, used = tacho_registry_memory(reg, &budget);
    tacho_emit_family(out, &self_descs[SELF_SERIES]);
    tacho_emit_uint(out, TACHO_NO_LABELS, tacho__load_relaxed(&reg->segment.head->live));
    tacho_emit_family(out, &self_descs[SELF_MEMORY]);
    tacho_emit_uint(out, TACHO_NO_LABELS, used);
    tacho_emit_family(out, &self_descs[SELF_BUDGET]);
    tacho_emit_uint(out, TACHO_NO_LABELS, budget);
}

/* A collector's numbers at one moment. */
struct self_fare {
    bool tried;
    double values[3]; /* SELF_SUCCESS and what follows */
    uint64_t failures[TACHO__FAILURES], dropped;
};

static struct self_fare self_fare(const struct tacho__item *item)
{
    const struct tacho__plug *plug = item->plug;
    pthread_mutex_t *mutex = &plug->reg->mutex;
    (void)pthread_mutex_lock(mutex);
    bool success = item->wanted ? item->good : plug->success;
    double duration = plug->running ? (double)(tacho__clock_ns() - plug->began_ns) / 1e9 : plug->duration;
    struct self_fare fare = { plug->tried || item->wanted, { success, duration, plug->last_success }, { 0 }, plug->dropped };
    memcpy(fare.failures, plug->failures, sizeof fare.failures);
    (void)pthread_mutex_unlock(mutex);
    return fare;
}

static void self_emit_fare(tacho_emitter *out, int family, const char *name, const struct self_fare *fare)
{
    static const char *const reasons[TACHO__FAILURES] = { "error", "deadline", "busy" };
    if (family == SELF_DROPPED_FAMILIES)
        tacho_emit_uint(out, TACHO_LABELS(name), fare->dropped);
    else if (family != SELF_FAILURES)
        tacho_emit_double(out, TACHO_LABELS(name), fare->values[family - SELF_SUCCESS]);
    for (int i = 0; family == SELF_FAILURES && i < TACHO__FAILURES; i++)
        tacho_emit_uint(out, TACHO_LABELS(name, reasons[i]), fare->failures[i]);
}

/* This collector runs last, so it sees how the others fared in the same scrape. */
static void self_emit_plugs(tacho_emitter *out)
{
    const struct tacho__gather *gather = tacho__emitter_gather(out);
    for (int family = SELF_SUCCESS; family <= SELF_DROPPED_FAMILIES; family++) {
        tacho_emit_family(out, &self_descs[family]);
        for (size_t i = 0; i + 1 < gather->count; i++) { /* the last is this one */
            struct self_fare fare = self_fare(&gather->items[i]);
            if (fare.tried) self_emit_fare(out, family, gather->items[i].plug->name, &fare);
        }
    }
}

static tacho_err self_collect(tacho_collector *self, tacho_emitter *out)
{
    tacho_registry *reg = TACHO_CONTAINER(self, tacho_registry, self);
    self_emit_mishaps(reg, out);
    self_emit_rejected(reg, out);
    self_emit_memory(reg, out);
    self_emit_plugs(out);
    return TACHO_OK;
}

const tacho_collector_ops tacho__self_ops = { .name = "tacho", .descs = self_descs, .desc_count = TACHO_COUNT(self_descs), .collect = self_collect };
