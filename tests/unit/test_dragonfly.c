/*
 * test_dragonfly.c - the metric sets of a Dragonfly client, manager and scheduler: that they are the documented ones,
 * what moves them, what is refused, and the demos.
 */
#define _POSIX_C_SOURCE 200809L
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dragonfly_demo.h"
#include "dragonfly_events.h"
#include "support/exposition.h"
#include "support/page.h"
#include "support/shown.h"

static char *file_of(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (!file) fail_msg("%s is missing: run the test in the source directory", path);
    char *text = calloc(1, 65536);
    assert_non_null(text);
    size_t len = fread(text, 1, 65535, file);
    (void)fclose(file);
    assert_true(len > 0 && len < 65535);
    return text;
}

/* ---- A component in a registry ----------------------------------------------------------------------------------- */

enum component { CLIENT, MANAGER, SCHEDULER, COMPONENTS };

static const struct {
    const char *table, *sample;
    const event_row *events;
    size_t families, event_count;
} components[COMPONENTS] = {
    { "tests/metric-sets/dragonfly-client.tsv", "examples/dragonfly/client.events", dragonfly_client_event_rows, 32,
      DRAGONFLY_CLIENT_EVENTS },
    { "tests/metric-sets/dragonfly-manager.tsv", "examples/dragonfly/manager.events", dragonfly_manager_event_rows, 5,
      DRAGONFLY_MANAGER_EVENTS },
    { "tests/metric-sets/dragonfly-scheduler.tsv", "examples/dragonfly/scheduler.events",
      dragonfly_scheduler_event_rows, 60, DRAGONFLY_SCHEDULER_EVENTS },
};

struct rig {
    tacho_registry *reg;
    dragonfly_client *c;
    dragonfly_manager *m;
    dragonfly_scheduler *s;
    dragonfly_events events;
};

static struct rig rig_with(enum component component, const dragonfly_options *options)
{
    struct rig rig = { .reg = tacho_registry_new(&(tacho_registry_options){ .no_self_metrics = 1 }) };
    assert_non_null(rig.reg);
    if (component == CLIENT) rig.c = dragonfly_client_new(rig.reg, options);
    if (component == MANAGER) rig.m = dragonfly_manager_new(rig.reg, options);
    if (component == SCHEDULER) rig.s = dragonfly_scheduler_new(rig.reg, options);
    if (!rig.c && !rig.m && !rig.s) fail_msg("%s", tacho_registry_error(rig.reg));
    if (rig.c) dragonfly_client_events_init(&rig.events, rig.c);
    if (rig.m) dragonfly_manager_events_init(&rig.events, rig.m);
    if (rig.s) dragonfly_scheduler_events_init(&rig.events, rig.s);
    return rig;
}

static struct rig rig_of(enum component component) { return rig_with(component, NULL); }

static void rig_free(struct rig rig)
{
    dragonfly_client_free(rig.c);
    dragonfly_manager_free(rig.m);
    dragonfly_scheduler_free(rig.s);
    tacho_registry_free(rig.reg);
}

static event_reason rig_apply(struct rig *rig, const char *line)
{
    return event_apply(&rig->events.target, line, strlen(line), NULL);
}

/* Carry out every event of the sample; none is dropped. */
static void rig_play(struct rig *rig, enum component component)
{
    char *text = file_of(components[component].sample);
    for (char *line = text, *end; *line; line = end + 1) {
        end = strchr(line, '\n');
        assert_non_null(end);
        *end = '\0';
        event_reason reason = rig_apply(rig, line);
        if (reason != EVENT_TAKEN) print_error("%s: %s\n", line, event_reason_names[reason - 1]);
        assert_int_equal(reason, EVENT_TAKEN);
    }
    free(text);
}

/* How many samples there are, and what all of them add up to; the sign of anything having changed. */
struct totals {
    size_t count;
    double sum;
};

static struct totals totals_of(tacho_registry *reg)
{
    struct exposition *page = exposition_read(reg);
    struct totals totals = { page->count, 0 };
    for (size_t i = 0; i < page->count; i++)
        if (!isnan(page->samples[i].value)) totals.sum += page->samples[i].value;
    exposition_free(page);
    return totals;
}

/* ---- The sets ---------------------------------------------------------------------------------------------------- */

struct documented {
    char name[128], type[16], labels[160], values[512], buckets[256], help[256];
};

/* Read the next row of a table; columns may be empty. NULL at the end. */
static const char *next_row(const char *at, struct documented *row)
{
    char *const columns[] = { row->name, row->type, row->labels, row->values, row->buckets, row->help };
    const size_t caps[] = { sizeof row->name,   sizeof row->type,    sizeof row->labels,
                            sizeof row->values, sizeof row->buckets, sizeof row->help };
    if (!*at) return NULL;
    for (size_t i = 0; i < TACHO_COUNT(columns); i++) {
        size_t len = strcspn(at, "\t\n");
        assert_true(len < caps[i]);
        memcpy(columns[i], at, len);
        columns[i][len] = '\0';
        at += len + 1;
    }
    return at;
}

/* The first samples have the documented ranks or bounds: each is a number at the beginning of `documented` and after
 * commas. */
static void check_points(const struct exposition *page, const struct exposition_family *family, const char *documented,
                         const char *label)
{
    for (size_t i = family->first; *documented; i++) {
        char *end;
        const char *found = strstr(page->samples[i].labels, label);
        if (documented[1] == '=') documented += 2; /* q=rank:error */
        if (!found) fail_msg("%s: no %s", page->samples[i].series, label);
        double want = strtod(documented, &end);
        if (strtod(found + strlen(label), NULL) != want) fail_msg("%s: not %g", page->samples[i].series, want);
        documented = end + strcspn(end, ",");
        documented += *documented == ',';
        if (!*documented && *family->type == 'h') assert_non_null(strstr(page->samples[i + 1].labels, "le=\"+Inf\""));
        if (!*documented && *family->type == 's') assert_null(strstr(page->samples[i + 1].series, label));
    }
}

static void check_table(const struct exposition *page, const char *path, const char *prefix, size_t families,
                        bool samples)
{
    char *table = file_of(path);
    struct documented row;
    size_t count = 0;
    for (const char *at = strchr(table, '\n') + 1; (at = next_row(at, &row)); count++) {
        char name[192];
        (void)snprintf(name, sizeof name, "%s%s", prefix, row.name);
        const struct exposition_family *family = exposition_family(page, name);
        if (!family) fail_msg("%s is missing", name);
        assert_string_equal(family->type, row.type);
        assert_string_equal(family->help, row.help);
        if (samples && family->count == 0) fail_msg("%s has no sample", name);
        if (family->count == 0) continue;
        check_points(page, family, row.buckets, *row.type == 's' ? "quantile=\"" : "le=\"");
    }
    assert_int_equal(count, families);
    free(table);
}

static void check_documented(tacho_registry *reg, enum component component, const char *prefix, bool samples)
{
    struct exposition *page = exposition_read(reg);
    check_table(page, components[component].table, prefix, components[component].families, samples);
    check_table(page, "tests/metric-sets/grpc-server.tsv", prefix, 5, samples);
    assert_int_equal(page->family_count, components[component].families + 5);
    exposition_free(page);
}

static void every_documented_family_is_defined_from_the_start(void **state)
{
    (void)state;
    for (int component = 0; component < COMPONENTS; component++) {
        struct rig rig = rig_with((enum component)component, &(dragonfly_options){ .has_grpc_seconds = true });
        check_documented(rig.reg, (enum component)component, "", false);
        rig_free(rig);
    }
}

static void the_sample_of_all_events_gives_every_family_a_sample(void **state)
{
    static const char *const prefixes[] = { "", "dragonfly_client_" };
    (void)state;
    for (size_t i = 0; i < TACHO_COUNT(prefixes); i++)
        for (int component = 0; component < COMPONENTS; component++) {
            struct rig rig = rig_with((enum component)component,
                                      &(dragonfly_options){ .prefix = prefixes[i], .has_grpc_seconds = true });
            rig_play(&rig, (enum component)component);
            check_documented(rig.reg, (enum component)component, prefixes[i], true);
            rig_free(rig);
        }
}

static void every_event_is_in_a_sample(void **state)
{
    (void)state;
    for (int component = 0; component < COMPONENTS; component++) {
        char *text = file_of(components[component].sample), line[64];
        for (size_t i = 0; i < components[component].event_count; i++) {
            (void)snprintf(line, sizeof line, "\n%s", components[component].events[i].name);
            size_t len = strlen(line);
            const char *at = strstr(text, line);
            while (at && at[len] != ' ' && at[len] != '\n') at = strstr(at + 1, line);
            if (!at) fail_msg("%s is not in %s", line + 1, components[component].sample);
        }
        free(text);
    }
}

static void a_second_object_needs_another_prefix_in_the_same_registry(void **state)
{
    (void)state;
    struct rig rig = rig_of(CLIENT);
    struct totals before = totals_of(rig.reg);
    assert_null(dragonfly_client_new(rig.reg, NULL));
    assert_non_null(strstr(tacho_registry_error(rig.reg), "is taken by"));
    assert_int_equal(totals_of(rig.reg).count, before.count);
    dragonfly_client *other = dragonfly_client_new(rig.reg, &(dragonfly_options){ .prefix = "other_" });
    assert_non_null(other);
    dragonfly_client_proxy_requested(other);
    assert_shown(rig.reg, "other_proxy_request_total", "1");
    assert_shown(rig.reg, "proxy_request_total", "0");
    dragonfly_client_free(other);
    assert_int_equal(totals_of(rig.reg).count, before.count);
    rig_free(rig);
}

static void all_three_live_in_one_registry_under_prefixes(void **state)
{
    (void)state;
    struct rig rig = rig_with(CLIENT, &(dragonfly_options){ .prefix = "c_" });
    rig.m = dragonfly_manager_new(rig.reg, &(dragonfly_options){ .prefix = "m_" });
    rig.s = dragonfly_scheduler_new(rig.reg, NULL);
    assert_non_null(rig.m);
    assert_non_null(rig.s);
    assert_null(dragonfly_scheduler_new(rig.reg, NULL));
    assert_non_null(grpc_server_find(dragonfly_manager_grpc(rig.m), "/manager.v2.Manager/KeepAlive"));
    assert_null(grpc_server_find(dragonfly_scheduler_grpc(rig.s), "/manager.v2.Manager/KeepAlive"));
    rig_free(rig);
}

static void freeing_nothing_is_fine(void **state)
{
    (void)state;
    dragonfly_client_free(NULL);
    dragonfly_manager_free(NULL);
    dragonfly_scheduler_free(NULL);
    dragonfly_demo_free(NULL);
}

/* ---- Words ------------------------------------------------------------------------------------------------------- */

static void a_size_has_the_level_that_the_document_gives_it(void **state)
{
    static const struct {
        uint64_t size_bytes;
        unsigned level;
    } cases[] = {
        { 0, 0 },
        { 1, 1 },
        { (UINT64_C(1) << 20) - 1, 1 },
        { UINT64_C(1) << 20, 2 },
        { (UINT64_C(4) << 20) - 1, 2 },
        { UINT64_C(4) << 20, 3 },
        { UINT64_C(8) << 20, 4 },
        { UINT64_C(16) << 20, 5 },
        { UINT64_C(32) << 20, 6 },
        { UINT64_C(64) << 20, 7 },
        { UINT64_C(128) << 20, 8 },
        { UINT64_C(256) << 20, 9 },
        { UINT64_C(512) << 20, 10 },
        { (UINT64_C(1) << 30) - 1, 10 },
        { UINT64_C(1) << 30, 11 },
        { (UINT64_C(4) << 30) - 1, 11 },
        { UINT64_C(4) << 30, 12 },
        { UINT64_C(8) << 30, 13 },
        { UINT64_C(16) << 30, 14 },
        { UINT64_C(32) << 30, 15 },
        { UINT64_C(64) << 30, 16 },
        { UINT64_C(128) << 30, 17 },
        { UINT64_C(256) << 30, 18 },
        { UINT64_C(512) << 30, 19 },
        { (UINT64_C(1) << 40) - 1, 19 },
        { UINT64_C(1) << 40, 20 },
        { UINT64_MAX, 20 },
    };
    (void)state;
    for (size_t i = 0; i < TACHO_COUNT(cases); i++)
        assert_int_equal(dragonfly_size_level(cases[i].size_bytes), cases[i].level);
}

static void only_the_last_build_is_the_version(void **state)
{
    (void)state;
    struct rig rig = rig_of(MANAGER);
    assert_false(dragonfly_manager_started(rig.m, NULL));
    assert_true(dragonfly_manager_started(rig.m, &(dragonfly_build){ .major = "1" }));
    assert_true(dragonfly_manager_started(rig.m, &(dragonfly_build){ .major = "2", .go_gcflags = "-N" }));
    assert_shown(rig.reg,
                 "dragonfly_manager_version{major=\"2\",minor=\"\",git_version=\"\",git_commit=\"\",platform=\"\","
                 "build_time=\"\",go_version=\"\",go_tags=\"\",go_gcflags=\"-N\"}", "1");
    struct exposition *page = exposition_read(rig.reg);
    assert_int_equal(exposition_count(page, "dragonfly_manager_version"), 1);
    exposition_free(page);
    rig_free(rig);
}

/* ---- The client -------------------------------------------------------------------------------------------------- */

#define TASK "{type=\"1\",tag=\"a\",app=\"\",priority=\"5\"}"
static const dragonfly_task task = { DRAGONFLY_PERSISTENT, "a", NULL, 5 };

static void a_download_is_running_until_it_ends(void **state)
{
    (void)state;
    struct rig rig = rig_of(CLIENT);
    for (int i = 0; i < 3; i++) assert_true(dragonfly_client_download_started(rig.c, &task));
    assert_shown(rig.reg, "concurrent_download_task_total" TASK, "3");
    assert_true(dragonfly_client_download_finished(rig.c, &task, UINT64_C(3) << 30, 1024));
    assert_true(dragonfly_client_download_failed(rig.c, &task));
    assert_shown(rig.reg, "concurrent_download_task_total" TASK, "1");
    assert_shown(rig.reg, "download_task_total" TASK, "3");
    assert_shown(rig.reg, "download_task_failure_total" TASK, "1");
    assert_shown(rig.reg, "download_task_duration_milliseconds_bucket{task_type=\"1\",task_size_level=\"11\",le=\"512.0\"}",
                 "0");
    assert_shown(rig.reg, "download_task_duration_milliseconds_bucket{task_type=\"1\",task_size_level=\"11\",le=\"1024.0\"}",
                 "1");
    assert_shown(rig.reg, "upload_task_total{type=\"1\",tag=\"a\",app=\"\"}", NULL);
    rig_free(rig);
}

static void an_upload_is_running_until_it_ends(void **state)
{
    (void)state;
    struct rig rig = rig_of(CLIENT);
    for (int i = 0; i < 2; i++) assert_true(dragonfly_client_upload_started(rig.c, &task));
    assert_true(dragonfly_client_upload_failed(rig.c, &task));
    assert_shown(rig.reg, "concurrent_upload_task_total{type=\"1\",tag=\"a\",app=\"\"}", "1");
    assert_true(dragonfly_client_upload_finished(rig.c, &task, 0, 7));
    assert_shown(rig.reg, "concurrent_upload_task_total{type=\"1\",tag=\"a\",app=\"\"}", "0");
    assert_shown(rig.reg, "upload_task_failure_total{type=\"1\",tag=\"a\",app=\"\"}", "1");
    assert_shown(rig.reg, "upload_task_duration_milliseconds_sum{task_type=\"1\",task_size_level=\"0\"}", "7");
    rig_free(rig);
}

static void what_did_not_begin_does_not_end(void **state)
{
    (void)state;
    struct rig rig = rig_of(CLIENT);
    const dragonfly_task other = { DRAGONFLY_PERSISTENT, "b", NULL, 5 };
    dragonfly_client_download_started(rig.c, &task);
    dragonfly_client_download_finished(rig.c, &task, 1, 1);
    double before = totals_of(rig.reg).sum;
    assert_false(dragonfly_client_download_finished(rig.c, &task, 1, 1));
    assert_false(dragonfly_client_download_failed(rig.c, &task));
    assert_false(dragonfly_client_download_failed(rig.c, &other));
    assert_false(dragonfly_client_upload_finished(rig.c, &task, 1, 1));
    assert_false(dragonfly_client_upload_failed(rig.c, &task));
    assert_false(dragonfly_client_prefetch_failed(rig.c, &task));
    assert_false(dragonfly_client_piece_upload_ended(rig.c, DRAGONFLY_STANDARD, 5));
    assert_false(dragonfly_client_backend_failed(rig.c, "s3", DRAGONFLY_GET));
    assert_false(dragonfly_client_proxy_failed(rig.c));
    assert_false(dragonfly_client_proxy_via_dfdaemon(rig.c));
    assert_false(dragonfly_client_host_deletion_failed(rig.c));
    for (int call = 0; call < DRAGONFLY_TASK_CALLS; call++)
        assert_false(dragonfly_client_task_call_failed(rig.c, (dragonfly_task_call)call, DRAGONFLY_STANDARD));
    assert_true(totals_of(rig.reg).sum == before);
    rig_free(rig);
}

static void what_a_client_does_not_know_is_refused(void **state)
{
    static const dragonfly_task bad[] = { { DRAGONFLY_NORMAL, "", "", 0 }, { (dragonfly_task_type)-1, "", "", 0 },
                                          { DRAGONFLY_STANDARD, "", "", DRAGONFLY_PRIORITIES } };
    (void)state;
    struct rig rig = rig_of(CLIENT);
    struct totals before = totals_of(rig.reg);
    for (size_t i = 0; i <= TACHO_COUNT(bad); i++) {
        const dragonfly_task *wrong = i < TACHO_COUNT(bad) ? &bad[i] : NULL;
        assert_false(dragonfly_client_download_started(rig.c, wrong));
        assert_false(dragonfly_client_download_finished(rig.c, wrong, 1, 1));
        assert_false(dragonfly_client_download_failed(rig.c, wrong));
        assert_false(dragonfly_client_upload_started(rig.c, wrong));
        assert_false(dragonfly_client_upload_finished(rig.c, wrong, 1, 1));
        assert_false(dragonfly_client_upload_failed(rig.c, wrong));
        assert_false(dragonfly_client_prefetch_started(rig.c, wrong));
        assert_false(dragonfly_client_prefetch_failed(rig.c, wrong));
    }
    assert_false(dragonfly_client_started(rig.c, NULL));
    assert_false(dragonfly_client_piece_downloaded(rig.c, DRAGONFLY_ORIGINS, DRAGONFLY_STANDARD, 1));
    assert_false(dragonfly_client_piece_downloaded(rig.c, DRAGONFLY_LOCAL_PEER, DRAGONFLY_NORMAL, 1));
    assert_false(dragonfly_client_piece_upload_ended(rig.c, DRAGONFLY_NORMAL, 1));
    assert_false(dragonfly_client_backend_requested(rig.c, "s3", DRAGONFLY_METHODS));
    assert_false(dragonfly_client_backend_answered(rig.c, "s3", DRAGONFLY_METHODS, 1));
    assert_false(dragonfly_client_backend_failed(rig.c, "s3", DRAGONFLY_METHODS));
    assert_false(dragonfly_client_task_called(rig.c, DRAGONFLY_TASK_CALLS, DRAGONFLY_STANDARD));
    assert_false(dragonfly_client_task_called(rig.c, DRAGONFLY_STAT, DRAGONFLY_NORMAL));
    assert_false(dragonfly_client_task_call_failed(rig.c, DRAGONFLY_TASK_CALLS, DRAGONFLY_STANDARD));
    struct totals after = totals_of(rig.reg);
    assert_int_equal(after.count, before.count);
    assert_true(after.sum == before.sum);
    rig_free(rig);
}

static void traffic_counts_bytes_by_where_they_came_from(void **state)
{
    (void)state;
    struct rig rig = rig_of(CLIENT);
    dragonfly_client_piece_downloaded(rig.c, DRAGONFLY_REMOTE_PEER, DRAGONFLY_PERSISTENT_CACHE, UINT64_C(1) << 40);
    dragonfly_client_piece_downloaded(rig.c, DRAGONFLY_BACK_TO_SOURCE, DRAGONFLY_PERSISTENT, 3);
    assert_shown(rig.reg, "download_traffic{type=\"REMOTE_PEER\",task_type=\"2\"}", "1099511627776");
    assert_shown(rig.reg, "download_traffic{type=\"BACK_TO_SOURCE\",task_type=\"1\"}", "3");
    dragonfly_client_piece_upload_started(rig.c);
    assert_shown(rig.reg, "concurrent_upload_piece_total", "1");
    assert_true(dragonfly_client_piece_upload_ended(rig.c, DRAGONFLY_PERSISTENT, 11));
    assert_shown(rig.reg, "concurrent_upload_piece_total", "0");
    assert_shown(rig.reg, "upload_traffic{task_type=\"1\"}", "11");
    rig_free(rig);
}

static void each_call_of_a_client_moves_the_family_of_its_name(void **state)
{
    static const char *const names[DRAGONFLY_TASK_CALLS] = { "update_task", "stat_task", "list_task_entries",
                                                             "delete_task" };
    char series[64];
    (void)state;
    struct rig rig = rig_of(CLIENT);
    for (int call = 0; call < DRAGONFLY_TASK_CALLS; call++) {
        double before = totals_of(rig.reg).sum;
        assert_true(dragonfly_client_task_called(rig.c, (dragonfly_task_call)call, DRAGONFLY_PERSISTENT));
        (void)snprintf(series, sizeof series, "%s_total{type=\"1\"}", names[call]);
        assert_shown(rig.reg, series, "1");
        assert_true(dragonfly_client_task_call_failed(rig.c, (dragonfly_task_call)call, DRAGONFLY_PERSISTENT));
        assert_false(dragonfly_client_task_call_failed(rig.c, (dragonfly_task_call)call, DRAGONFLY_PERSISTENT));
        (void)snprintf(series, sizeof series, "%s_failure_total{type=\"1\"}", names[call]);
        assert_shown(rig.reg, series, "1");
        assert_true(totals_of(rig.reg).sum == before + 2);
    }
    rig_free(rig);
}

static void the_disk_is_shown_once_it_is_known(void **state)
{
    (void)state;
    struct rig rig = rig_of(CLIENT);
    assert_shown(rig.reg, "disk_space_total", NULL);
    assert_false(dragonfly_client_disk(rig.c, 10, 11));
    assert_shown(rig.reg, "disk_space_total", NULL);
    assert_true(dragonfly_client_disk(rig.c, 10, 10));
    assert_shown(rig.reg, "disk_space_total", "10");
    assert_shown(rig.reg, "disk_usage_space_total", "10");
    rig_free(rig);
}

static void the_disk_of_a_directory_is_asked_by_every_scrape(void **state)
{
    (void)state;
    struct rig rig = rig_with(CLIENT, &(dragonfly_options){ .storage = "/" });
    assert_false(dragonfly_client_disk(rig.c, 10, 5));
    assert_true(shown_value(rig.reg, "disk_space_total") > 10);
    assert_true(shown_value(rig.reg, "disk_usage_space_total") <= shown_value(rig.reg, "disk_space_total"));
    rig_free(rig);
    rig = rig_with(CLIENT, &(dragonfly_options){ .storage = "/no such/directory" });
    assert_shown(rig.reg, "disk_space_total", NULL);
    assert_shown(rig.reg, "proxy_request_total", "0");
    rig_free(rig);
}

static void more_labels_than_are_kept_count_as_other(void **state)
{
    char tag[32];
    (void)state;
    struct rig rig = rig_of(CLIENT);
    for (unsigned i = 0; i < DRAGONFLY_MAX_SERIES + 20; i++) {
        (void)snprintf(tag, sizeof tag, "tag %u", i);
        dragonfly_client_prefetch_started(rig.c, &(dragonfly_task){ DRAGONFLY_STANDARD, tag, "", 0 });
        dragonfly_client_backend_requested(rig.c, tag, DRAGONFLY_GET);
    }
    struct exposition *page = exposition_read(rig.reg);
    assert_true(exposition_count(page, "prefetch_task_total") <= DRAGONFLY_MAX_SERIES + 1);
    assert_true(exposition_sum(page, "prefetch_task_total") == DRAGONFLY_MAX_SERIES + 20);
    assert_true(exposition_count(page, "backend_request_total") <= DRAGONFLY_MAX_SERIES + 1);
    exposition_free(page);
    assert_true(dragonfly_client_prefetch_failed(rig.c, &(dragonfly_task){ DRAGONFLY_STANDARD, tag, "", 0 }));
    rig_free(rig);
}

/* ---- The manager ------------------------------------------------------------------------------------------------- */

static void a_manager_counts_searches_and_jobs(void **state)
{
    (void)state;
    struct rig rig = rig_of(MANAGER);
    dragonfly_manager_searched(rig.m, "v2", NULL);
    assert_false(dragonfly_manager_search_failed(rig.m, "v1", NULL));
    assert_true(dragonfly_manager_search_failed(rig.m, "v2", NULL));
    assert_false(dragonfly_manager_search_failed(rig.m, "v2", NULL));
    assert_shown(rig.reg, "dragonfly_manager_search_scheduler_cluster_total{version=\"v2\",commit=\"\"}", "1");
    assert_shown(rig.reg, "dragonfly_manager_search_scheduler_cluster_failure_total{version=\"v2\",commit=\"\"}", "1");
    dragonfly_manager_job_created(rig.m, "gc");
    dragonfly_manager_job_created(rig.m, "gc");
    assert_true(dragonfly_manager_job_succeeded(rig.m, "gc"));
    assert_false(dragonfly_manager_job_succeeded(rig.m, "preheat"));
    assert_shown(rig.reg, "dragonfly_manager_create_job_total{name=\"gc\"}", "2");
    assert_shown(rig.reg, "dragonfly_manager_create_job_success_total{name=\"gc\"}", "1");
    assert_shown(rig.reg, "dragonfly_manager_create_job_success_total{name=\"preheat\"}", NULL);
    rig_free(rig);
}

/* ---- The scheduler ----------------------------------------------------------------------------------------------- */

#define PEER "{priority=\"LEVEL2\",task_type=\"Normal\",host_type=\"super\"}"
static const dragonfly_peer peer = { 2, DRAGONFLY_NORMAL, DRAGONFLY_SUPER_HOST };

static void each_call_of_a_scheduler_moves_the_family_of_its_name(void **state)
{
    static const char *const names[DRAGONFLY_CALLS][2] = {
        { "stat_peer", "stat_peer" },
        { "leave_peer", "leave_peer" },
        { "exchange_peer", "exchange_peer" },
        { "stat_task", "stat_task" },
        { "leave_task", "leave_task" },
        { "list_hosts", "list_hosts" },
        { "leave_host", "leave_host" },
        { "announce_persistent_cache_peer", "announce_persistent_cache_peer" },
        { "stat_persistent_cache_peer", "stat_persistent_cache_peer" },
        { "delete_persistent_cache_peer", "delete_persistent_cache_peer" },
        { "upload_persistent_cache_task_started", "upload_persistent_cache_task_started" },
        { "upload_persistent_cache_task_finished", "upload_persistent_cache_task_finished" },
        { "upload_persistent_cache_task_failed", "upload_cache_peer_failed" },
        { "stat_persistent_cache_task", "stat_persistent_cache_task" },
        { "delete_persistent_cache_task", "delete_persistent_cache_task" },
    };
    char series[128];
    (void)state;
    struct rig rig = rig_of(SCHEDULER);
    for (int call = 0; call < DRAGONFLY_CALLS; call++) {
        assert_false(dragonfly_scheduler_call_failed(rig.s, (dragonfly_call)call));
        assert_true(dragonfly_scheduler_called(rig.s, (dragonfly_call)call));
        (void)snprintf(series, sizeof series, "dragonfly_scheduler_%s_total", names[call][0]);
        assert_shown(rig.reg, series, "1");
        assert_true(dragonfly_scheduler_call_failed(rig.s, (dragonfly_call)call));
        assert_false(dragonfly_scheduler_call_failed(rig.s, (dragonfly_call)call));
        (void)snprintf(series, sizeof series, "dragonfly_scheduler_%s_failure_total", names[call][1]);
        assert_shown(rig.reg, series, "1");
    }
    rig_free(rig);
}

static void each_request_of_a_peer_moves_the_families_of_its_name(void **state)
{
    static const char *const names[DRAGONFLY_PEER_REQUESTS][2] = {
        { "register_peer", "register_peer" },
        { "download_peer_started", "download_peer_started" },
        { "download_peer_back_to_source_started", "download_peer_back_to_source_started" },
        { "download_peer_finished", "download_peer_finished" },
        { "download_peer_finished", "download_peer_back_to_source_finished" },
    };
    char series[192];
    (void)state;
    for (int request = 0; request < DRAGONFLY_PEER_REQUESTS; request++) {
        struct rig rig = rig_of(SCHEDULER);
        assert_false(dragonfly_scheduler_peer_failed(rig.s, (dragonfly_peer_request)request, &peer));
        assert_true(dragonfly_scheduler_peer_requested(rig.s, (dragonfly_peer_request)request, &peer));
        (void)snprintf(series, sizeof series, "dragonfly_scheduler_%s_total" PEER, names[request][0]);
        assert_shown(rig.reg, series, "1");
        assert_true(dragonfly_scheduler_peer_failed(rig.s, (dragonfly_peer_request)request, &peer));
        (void)snprintf(series, sizeof series, "dragonfly_scheduler_%s_failure_total" PEER, names[request][1]);
        assert_shown(rig.reg, series, "1");
        assert_true(totals_of(rig.reg).sum == 2);
        rig_free(rig);
    }
}

static void the_streams_that_are_open_are_shown(void **state)
{
    (void)state;
    struct rig rig = rig_of(SCHEDULER);
    assert_false(dragonfly_scheduler_announce_closed(rig.s, true));
    dragonfly_scheduler_announce_opened(rig.s);
    dragonfly_scheduler_announce_opened(rig.s);
    assert_shown(rig.reg, "dragonfly_scheduler_concurrent_schedule_total", "2");
    assert_true(dragonfly_scheduler_announce_closed(rig.s, false));
    assert_true(dragonfly_scheduler_announce_closed(rig.s, true));
    assert_false(dragonfly_scheduler_announce_closed(rig.s, false));
    assert_shown(rig.reg, "dragonfly_scheduler_concurrent_schedule_total", "0");
    assert_shown(rig.reg, "dragonfly_scheduler_announce_peer_total", "2");
    assert_shown(rig.reg, "dragonfly_scheduler_announce_peer_failure_total", "1");
    rig_free(rig);
}

static void a_piece_counts_as_tried_whether_it_came_or_not(void **state)
{
#define PIECE "{traffic_type=\"BACK_TO_SOURCE\",task_type=\"STANDARD\",host_type=\"normal\"}"
    (void)state;
    struct rig rig = rig_of(SCHEDULER);
    dragonfly_scheduler_piece_finished(rig.s, DRAGONFLY_BACK_TO_SOURCE, DRAGONFLY_STANDARD, DRAGONFLY_NORMAL_HOST, 9);
    dragonfly_scheduler_piece_failed(rig.s, DRAGONFLY_BACK_TO_SOURCE, DRAGONFLY_STANDARD, DRAGONFLY_NORMAL_HOST);
    dragonfly_scheduler_piece_failed(rig.s, DRAGONFLY_REMOTE_PEER, DRAGONFLY_STANDARD, DRAGONFLY_NORMAL_HOST);
    assert_shown(rig.reg, "dragonfly_scheduler_download_piece_finished_total" PIECE, "2");
    assert_shown(rig.reg, "dragonfly_scheduler_download_piece_finished_failure_total" PIECE, "1");
    assert_shown(rig.reg, "dragonfly_scheduler_download_piece_back_to_source_finished_failure_total" PIECE, "1");
    assert_shown(rig.reg, "dragonfly_scheduler_traffic{type=\"BACK_TO_SOURCE\",task_type=\"STANDARD\",host_type=\"normal\"}",
                 "9");
    struct exposition *page = exposition_read(rig.reg);
    assert_int_equal(
        exposition_count(page, "dragonfly_scheduler_download_piece_back_to_source_finished_failure_total"), 1);
    exposition_free(page);
    rig_free(rig);
}

static void failures_to_reschedule_count_as_failures_to_register(void **state)
{
    (void)state;
    struct rig rig = rig_of(SCHEDULER);
    assert_true(dragonfly_scheduler_cache_reschedule_failed(rig.s, DRAGONFLY_SUPER_HOST));
    assert_true(dragonfly_scheduler_cache_failed(rig.s, DRAGONFLY_CACHE_REGISTER, DRAGONFLY_SUPER_HOST));
    assert_shown(rig.reg, "dragonfly_scheduler_register_persistent_cache_peer_failure_total{host_type=\"super\"}", "2");
    for (int request = DRAGONFLY_CACHE_REGISTER + 1; request < DRAGONFLY_CACHE_REQUESTS; request++) {
        assert_false(dragonfly_scheduler_cache_failed(rig.s, (dragonfly_cache_request)request, DRAGONFLY_SUPER_HOST));
        assert_true(dragonfly_scheduler_cache_requested(rig.s, (dragonfly_cache_request)request, DRAGONFLY_SUPER_HOST));
        assert_false(dragonfly_scheduler_cache_failed(rig.s, (dragonfly_cache_request)request, DRAGONFLY_NORMAL_HOST));
        assert_true(dragonfly_scheduler_cache_failed(rig.s, (dragonfly_cache_request)request, DRAGONFLY_SUPER_HOST));
    }
    assert_shown(rig.reg, "dragonfly_scheduler_download_persistent_cache_piece_finished_failure_total{host_type=\"super\"}",
                 "1");
    rig_free(rig);
}

static void a_summary_has_the_documented_ranks_and_none_before_the_first_value(void **state)
{
    (void)state;
    struct rig rig = rig_of(SCHEDULER);
    assert_shown(rig.reg, "dragonfly_scheduler_schedule_duration_milliseconds{quantile=\"0.5\"}", "NaN");
    assert_shown(rig.reg, "dragonfly_scheduler_schedule_duration_milliseconds_count", "0");
    for (uint64_t i = 1; i <= 1000; i++) {
        dragonfly_scheduler_scheduled(rig.s, i);
        dragonfly_scheduler_peer_downloaded(rig.s, i << 20, i);
    }
    static const double ranks[] = { 0.5, 0.9, 0.95, 0.99 };
    for (size_t i = 0; i < TACHO_COUNT(ranks); i++) {
        char series[128];
        (void)snprintf(series, sizeof series, "dragonfly_scheduler_schedule_duration_milliseconds{quantile=\"%g\"}",
                       ranks[i]);
        double value = shown_value(rig.reg, series);
        assert_true(fabs(value - ranks[i] * 1000) <= 0.011 * ranks[i] * 1000);
    }
    struct exposition *page = exposition_read(rig.reg);
    assert_int_equal(exposition_count(page, "dragonfly_scheduler_schedule_duration_milliseconds"), TACHO_COUNT(ranks));
    exposition_free(page);
    assert_shown(rig.reg, "dragonfly_scheduler_schedule_duration_milliseconds_sum", "500500");
    assert_shown(rig.reg, "dragonfly_scheduler_download_peer_duration_milliseconds_count{task_size_level=\"2\"}", "3");
    rig_free(rig);
}

static void the_traffic_of_a_host_goes_with_it(void **state)
{
    static const dragonfly_host host = { DRAGONFLY_NORMAL_HOST, "id \"1\"", "::1", "one" };
    (void)state;
    struct rig rig = rig_of(SCHEDULER);
    assert_false(dragonfly_scheduler_host_removed(rig.s, "id \"1\""));
    assert_true(dragonfly_scheduler_host_moved(rig.s, DRAGONFLY_UPLOAD, DRAGONFLY_STANDARD, &host, 5));
    assert_true(dragonfly_scheduler_host_moved(rig.s, DRAGONFLY_DOWNLOAD, DRAGONFLY_PERSISTENT, &host, 6));
    assert_true(dragonfly_scheduler_host_moved(rig.s, DRAGONFLY_UPLOAD, DRAGONFLY_STANDARD,
                                               &(dragonfly_host){ .id = "2" }, 7));
    assert_shown(rig.reg, "dragonfly_scheduler_host_traffic{type=\"download\",task_type=\"PERSISTENT\","
                          "host_type=\"normal\",host_id=\"id \\\"1\\\"\",host_ip=\"::1\",host_name=\"one\"}", "6");
    assert_true(dragonfly_scheduler_host_removed(rig.s, "id \"1\""));
    struct exposition *page = exposition_read(rig.reg);
    assert_int_equal(exposition_count(page, "dragonfly_scheduler_host_traffic"), 1);
    assert_true(exposition_sum(page, "dragonfly_scheduler_host_traffic") == 7);
    exposition_free(page);
    assert_false(dragonfly_scheduler_host_removed(rig.s, NULL));
    rig_free(rig);
}

static void what_a_scheduler_does_not_know_is_refused(void **state)
{
    static const dragonfly_peer bad[] = { { DRAGONFLY_PRIORITIES, DRAGONFLY_STANDARD, DRAGONFLY_NORMAL_HOST },
                                          { 0, DRAGONFLY_TASK_TYPES, DRAGONFLY_NORMAL_HOST },
                                          { 0, DRAGONFLY_STANDARD, DRAGONFLY_HOST_TYPES } };
    static const dragonfly_host no_host = { .type = DRAGONFLY_HOST_TYPES };
    (void)state;
    struct rig rig = rig_of(SCHEDULER);
    dragonfly_scheduler *s = rig.s;
    struct totals before = totals_of(rig.reg);
    for (size_t i = 0; i <= TACHO_COUNT(bad); i++) {
        const dragonfly_peer *wrong = i < TACHO_COUNT(bad) ? &bad[i] : NULL;
        assert_false(dragonfly_scheduler_peer_requested(s, DRAGONFLY_REGISTER, wrong));
        assert_false(dragonfly_scheduler_peer_failed(s, DRAGONFLY_REGISTER, wrong));
    }
    assert_false(dragonfly_scheduler_started(s, NULL));
    assert_false(dragonfly_scheduler_called(s, DRAGONFLY_CALLS));
    assert_false(dragonfly_scheduler_call_failed(s, DRAGONFLY_CALLS));
    assert_false(dragonfly_scheduler_peer_requested(s, DRAGONFLY_PEER_REQUESTS, &peer));
    assert_false(dragonfly_scheduler_peer_failed(s, DRAGONFLY_PEER_REQUESTS, &peer));
    assert_false(dragonfly_scheduler_piece_finished(s, DRAGONFLY_ORIGINS, DRAGONFLY_STANDARD, DRAGONFLY_SUPER_HOST, 1));
    assert_false(dragonfly_scheduler_piece_failed(s, DRAGONFLY_LOCAL_PEER, DRAGONFLY_TASK_TYPES, DRAGONFLY_SUPER_HOST));
    assert_false(dragonfly_scheduler_cache_requested(s, DRAGONFLY_CACHE_REQUESTS, DRAGONFLY_SUPER_HOST));
    assert_false(dragonfly_scheduler_cache_requested(s, DRAGONFLY_CACHE_REGISTER, DRAGONFLY_HOST_TYPES));
    assert_false(dragonfly_scheduler_cache_failed(s, DRAGONFLY_CACHE_REQUESTS, DRAGONFLY_SUPER_HOST));
    assert_false(dragonfly_scheduler_cache_reschedule_failed(s, DRAGONFLY_HOST_TYPES));
    assert_false(dragonfly_scheduler_host_announced(s, NULL));
    assert_false(dragonfly_scheduler_host_announce_failed(s, NULL));
    assert_false(dragonfly_scheduler_host_moved(s, DRAGONFLY_DIRECTIONS, DRAGONFLY_STANDARD, &no_host, 1));
    assert_false(dragonfly_scheduler_host_moved(s, DRAGONFLY_UPLOAD, DRAGONFLY_STANDARD, &no_host, 1));
    assert_false(dragonfly_scheduler_host_moved(s, DRAGONFLY_UPLOAD, DRAGONFLY_STANDARD, NULL, 1));
    struct totals after = totals_of(rig.reg);
    assert_int_equal(after.count, before.count);
    assert_true(after.sum == before.sum);
    rig_free(rig);
}

/* ---- Events ------------------------------------------------------------------------------------------------------ */

static void events_that_make_no_sense_are_refused(void **state)
{
    static const struct {
        enum component component;
        const char *line;
        event_reason reason;
    } cases[] = {
        { CLIENT, "download_finished type=0 tag=a app=b priority=0 size_bytes=1 milliseconds=1", EVENT_REFUSED },
        { CLIENT, "download_failed type=0 tag=a app=b priority=0", EVENT_REFUSED },
        { CLIENT, "download_started type=3 tag=a app=b priority=0", EVENT_BAD_VALUE },
        { CLIENT, "download_started type=0 tag=a app=b priority=7", EVENT_BAD_VALUE },
        { CLIENT, "download_started type=0 tag=a app=b", EVENT_MISSING_KEY },
        { CLIENT, "download_started type=0 tag=a app=b priority=0 priority=0", EVENT_DUPLICATE_KEY },
        { CLIENT, "upload_started type=0 tag=a app=b priority=0", EVENT_UNKNOWN_KEY },
        { CLIENT, "piece_downloaded from=NOWHERE type=0 bytes=1", EVENT_BAD_VALUE },
        { CLIENT, "piece_downloaded from=LOCAL_PEER type=0 bytes=-1", EVENT_BAD_VALUE },
        { CLIENT, "piece_upload_ended type=0 bytes=1", EVENT_REFUSED },
        { CLIENT, "backend_requested scheme=s3 method=POST", EVENT_BAD_VALUE },
        { CLIENT, "proxy_failed", EVENT_REFUSED },
        { CLIENT, "task_call_failed call=stat type=0", EVENT_REFUSED },
        { CLIENT, "host_deletion_failed", EVENT_REFUSED },
        { CLIENT, "disk total_bytes=1 used_bytes=2", EVENT_REFUSED },
        { CLIENT, "grpc_started path=/no.Such/Method", EVENT_REFUSED },
        { CLIENT, "grpc_handled path=/grpc.health.v1.Health/Check code=Cancelled seconds=1", EVENT_BAD_VALUE },
        { CLIENT, "job_created name=gc", EVENT_UNKNOWN_EVENT },
        { MANAGER, "search_failed version=v1 commit=c", EVENT_REFUSED },
        { MANAGER, "job_succeeded name=gc", EVENT_REFUSED },
        { MANAGER, "grpc_handled path=/scheduler.v2.Scheduler/StatPeer code=OK seconds=1", EVENT_REFUSED },
        { SCHEDULER, "call_failed call=stat_peer", EVENT_REFUSED },
        { SCHEDULER, "called call=stat", EVENT_BAD_VALUE },
        { SCHEDULER, "announce_closed result=success", EVENT_REFUSED },
        { SCHEDULER, "peer_requested request=register priority=3 task_type=STANDARD host_type=super", EVENT_BAD_VALUE },
        { SCHEDULER, "peer_failed request=register priority=LEVEL3 task_type=STANDARD host_type=super", EVENT_REFUSED },
        { SCHEDULER, "cache_failed request=download_started host_type=super", EVENT_REFUSED },
        { SCHEDULER, "scheduled milliseconds=1.5", EVENT_BAD_VALUE },
        { SCHEDULER, "host_removed id=nobody", EVENT_REFUSED },
    };
    (void)state;
    for (size_t i = 0; i < TACHO_COUNT(cases); i++) {
        struct rig rig = rig_of(cases[i].component);
        double before = totals_of(rig.reg).sum;
        event_reason reason = rig_apply(&rig, cases[i].line);
        if (reason != cases[i].reason) print_error("%s\n", cases[i].line);
        assert_int_equal(reason, cases[i].reason);
        assert_true(totals_of(rig.reg).sum == before);
        rig_free(rig);
    }
}

static void the_sample_of_a_client_adds_up(void **state)
{
    (void)state;
    struct rig rig = rig_of(CLIENT);
    rig_play(&rig, CLIENT);
    assert_shown(rig.reg, "concurrent_download_task_total{type=\"2\",tag=\"\",app=\"\",priority=\"6\"}", "1");
    assert_shown(rig.reg, "download_task_failure_total{type=\"1\",tag=\"model\",app=\"the \\\"trainer\\\"\",priority=\"0\"}",
                 "1");
    assert_shown(rig.reg, "upload_task_duration_milliseconds_sum{task_type=\"2\",task_size_level=\"11\"}", "10433");
    assert_shown(rig.reg, "proxy_request_via_dfdaemon_total", "1");
    assert_shown(rig.reg, "disk_usage_space_total", "183261375146");
    rig_free(rig);
}

static void the_sample_of_a_scheduler_adds_up(void **state)
{
    (void)state;
    struct rig rig = rig_of(SCHEDULER);
    rig_play(&rig, SCHEDULER);
    assert_shown(rig.reg, "dragonfly_scheduler_announce_peer_total", "3");
    assert_shown(rig.reg, "dragonfly_scheduler_concurrent_schedule_total", "1");
    assert_int_equal(rig_apply(&rig, "announce_closed result=failure"), EVENT_TAKEN);
    assert_shown(rig.reg, "dragonfly_scheduler_announce_peer_failure_total", "2");
    assert_shown(rig.reg, "dragonfly_scheduler_schedule_duration_milliseconds_sum", "52");
    assert_shown(rig.reg, "dragonfly_scheduler_download_peer_duration_milliseconds_sum{task_size_level=\"3\"}", "388");
    assert_shown(rig.reg, "grpc_server_msg_sent_total{grpc_type=\"bidi_stream\",grpc_service=\"scheduler.v2.Scheduler\","
                          "grpc_method=\"AnnouncePeer\"}", "1");
    rig_free(rig);
}

/* ---- While others count ------------------------------------------------------------------------------------------ */

struct storm {
    struct rig *rig;
    atomic_bool stop;
};

/* Everything that is tried fails at once, so that a scrape in the wrong order would see more failures than attempts. */
static void *storm_fail(void *argument)
{
    struct storm *storm = argument;
    while (!atomic_load(&storm->stop)) {
        dragonfly_scheduler *s = storm->rig->s;
        dragonfly_scheduler_called(s, DRAGONFLY_STAT_PEER);
        dragonfly_scheduler_call_failed(s, DRAGONFLY_STAT_PEER);
        dragonfly_scheduler_peer_requested(s, DRAGONFLY_REGISTER, &peer);
        dragonfly_scheduler_peer_failed(s, DRAGONFLY_REGISTER, &peer);
        dragonfly_scheduler_piece_failed(s, DRAGONFLY_LOCAL_PEER, DRAGONFLY_STANDARD, DRAGONFLY_SUPER_HOST);
        dragonfly_scheduler_announce_opened(s);
        dragonfly_scheduler_announce_closed(s, true);
    }
    return NULL;
}

static void check_failures(const struct exposition *page)
{
    for (size_t i = 0; i < page->count; i++) {
        const char *series = page->samples[i].series, *failure = strstr(series, "_failure_total");
        char whole[256];
        if (!failure || strncmp(series, "dragonfly_scheduler_upload_cache_peer", 37) == 0) continue;
        if (strstr(series, "back_to_source_finished")) continue;
        (void)snprintf(whole, sizeof whole, "%.*s%s", (int)(failure - series), series, failure + strlen("_failure"));
        double tried = exposition_value(page, whole);
        if (!(page->samples[i].value <= tried)) fail_msg("%s is above %g", series, tried);
    }
}

static void no_scrape_sees_more_failures_than_attempts(void **state)
{
    pthread_t threads[3];
    (void)state;
    struct rig rig = rig_of(SCHEDULER);
    struct storm storm = { .rig = &rig };
    atomic_init(&storm.stop, false);
    for (size_t i = 0; i < TACHO_COUNT(threads); i++)
        assert_int_equal(pthread_create(&threads[i], NULL, storm_fail, &storm), 0);
    for (int scrape = 0; scrape < 200; scrape++) {
        struct exposition *page = exposition_read(rig.reg);
        check_failures(page);
        exposition_free(page);
    }
    atomic_store(&storm.stop, true);
    for (size_t i = 0; i < TACHO_COUNT(threads); i++) pthread_join(threads[i], NULL);
    assert_shown(rig.reg, "dragonfly_scheduler_concurrent_schedule_total", "0");
    rig_free(rig);
}

/* ---- The demos --------------------------------------------------------------------------------------------------- */

static dragonfly_demo *demo_of(struct rig *rig, demo_stage *stage, uint64_t seed)
{
    if (rig->c) return dragonfly_client_demo_new(rig->c, stage, seed);
    if (rig->m) return dragonfly_manager_demo_new(rig->m, stage, seed);
    return dragonfly_scheduler_demo_new(rig->s, stage, seed);
}

static void a_minute_of_a_demo_fills_every_family(void **state)
{
    (void)state;
    for (int component = 0; component < COMPONENTS; component++)
        for (uint64_t seed = 0; seed < 8; seed++) {
            demo_stage stage;
            demo_init(&stage);
            struct rig rig = rig_with((enum component)component, &(dragonfly_options){ .has_grpc_seconds = true });
            dragonfly_demo *demo = demo_of(&rig, &stage, seed);
            assert_non_null(demo);
            demo_advance(&stage, 60);
            check_documented(rig.reg, (enum component)component, "", true);
            struct exposition *page = exposition_read(rig.reg);
            if (component == SCHEDULER) check_failures(page);
            exposition_free(page);
            demo_fini(&stage);
            dragonfly_demo_free(demo);
            rig_free(rig);
        }
}

/* What a demo shows after a while, less the quantiles, which follow the real clock. */
static double rehearse(enum component component, uint64_t seed)
{
    demo_stage stage;
    demo_init(&stage);
    struct rig rig = rig_of(component);
    dragonfly_demo *demo = demo_of(&rig, &stage, seed);
    demo_advance(&stage, 30);
    double sum = 0;
    struct exposition *page = exposition_read(rig.reg);
    for (size_t i = 0; i < page->count; i++)
        if (!strstr(page->samples[i].labels, "quantile=")) sum += page->samples[i].value * (double)(i + 1);
    exposition_free(page);
    demo_fini(&stage);
    dragonfly_demo_free(demo);
    rig_free(rig);
    return sum;
}

static void the_same_seed_gives_the_same_demo(void **state)
{
    (void)state;
    for (int component = 0; component < COMPONENTS; component++) {
        double first = rehearse((enum component)component, 7);
        assert_true(first == rehearse((enum component)component, 7));
        assert_true(first != rehearse((enum component)component, 8));
    }
}

static void a_demo_with_threads_starts_and_stops(void **state)
{
    (void)state;
    for (int component = 0; component < COMPONENTS; component++) {
        demo_stage stage;
        demo_init(&stage);
        struct rig rig = rig_of((enum component)component);
        dragonfly_demo *demo = demo_of(&rig, &stage, 1);
        assert_non_null(demo);
        demo_advance(&stage, 10);
        assert_true(demo_start(&stage));
        for (int scrape = 0; scrape < 20; scrape++) exposition_free(exposition_read(rig.reg));
        demo_fini(&stage);
        dragonfly_demo_free(demo);
        rig_free(rig);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_documented_family_is_defined_from_the_start),
        cmocka_unit_test(the_sample_of_all_events_gives_every_family_a_sample),
        cmocka_unit_test(every_event_is_in_a_sample),
        cmocka_unit_test(a_second_object_needs_another_prefix_in_the_same_registry),
        cmocka_unit_test(all_three_live_in_one_registry_under_prefixes),
        cmocka_unit_test(freeing_nothing_is_fine),
        cmocka_unit_test(a_size_has_the_level_that_the_document_gives_it),
        cmocka_unit_test(only_the_last_build_is_the_version),
        cmocka_unit_test(a_download_is_running_until_it_ends),
        cmocka_unit_test(an_upload_is_running_until_it_ends),
        cmocka_unit_test(what_did_not_begin_does_not_end),
        cmocka_unit_test(what_a_client_does_not_know_is_refused),
        cmocka_unit_test(traffic_counts_bytes_by_where_they_came_from),
        cmocka_unit_test(each_call_of_a_client_moves_the_family_of_its_name),
        cmocka_unit_test(the_disk_is_shown_once_it_is_known),
        cmocka_unit_test(the_disk_of_a_directory_is_asked_by_every_scrape),
        cmocka_unit_test(more_labels_than_are_kept_count_as_other),
        cmocka_unit_test(a_manager_counts_searches_and_jobs),
        cmocka_unit_test(each_call_of_a_scheduler_moves_the_family_of_its_name),
        cmocka_unit_test(each_request_of_a_peer_moves_the_families_of_its_name),
        cmocka_unit_test(the_streams_that_are_open_are_shown),
        cmocka_unit_test(a_piece_counts_as_tried_whether_it_came_or_not),
        cmocka_unit_test(failures_to_reschedule_count_as_failures_to_register),
        cmocka_unit_test(a_summary_has_the_documented_ranks_and_none_before_the_first_value),
        cmocka_unit_test(the_traffic_of_a_host_goes_with_it),
        cmocka_unit_test(what_a_scheduler_does_not_know_is_refused),
        cmocka_unit_test(events_that_make_no_sense_are_refused),
        cmocka_unit_test(the_sample_of_a_client_adds_up),
        cmocka_unit_test(the_sample_of_a_scheduler_adds_up),
        cmocka_unit_test(no_scrape_sees_more_failures_than_attempts),
        cmocka_unit_test(a_minute_of_a_demo_fills_every_family),
        cmocka_unit_test(the_same_seed_gives_the_same_demo),
        cmocka_unit_test(a_demo_with_threads_starts_and_stops),
    };
    return cmocka_run_group_tests_name("dragonfly", tests, NULL, NULL);
}
