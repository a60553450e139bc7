/*
 * test_playarr.c - the Playarr metric set: its 18 families, what is counted as it happens, and the demo.
 */
#define _POSIX_C_SOURCE 200809L
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "playarr.h"
#include "playarr_families.h"
#include "playarr_demo.h"
#include "playarr_events.h"
#include "support/exposition.h"
#include "support/page.h"
#include "support/shown.h"

#define TABLE "tests/metric-sets/playarr.tsv"
#define SAMPLE "examples/playarr/sample.events"
enum { FAMILIES = 18 };

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

/* ---- An object in a registry ------------------------------------------------------------------------------------- */

struct rig {
    tacho_registry *reg;
    playarr *p;
    playarr_events events;
};

static void rig_init(struct rig *rig, const playarr_options *options)
{
    rig->reg = tacho_registry_new(&(tacho_registry_options){ .no_self_metrics = 1 });
    assert_non_null(rig->reg);
    rig->p = playarr_new(rig->reg, options);
    if (!rig->p) fail_msg("%s", tacho_registry_error(rig->reg));
    playarr_events_init(&rig->events, rig->p);
}

static void rig_fini(struct rig *rig)
{
    playarr_events_fini(&rig->events);
    playarr_free(rig->p);
    tacho_registry_free(rig->reg);
}

static event_reason rig_apply(struct rig *rig, const char *line)
{
    return event_apply(&rig->events.target, line, strlen(line), NULL);
}

/* Carry out every event of the sample; none is dropped. */
static void rig_play_sample(struct rig *rig)
{
    char *text = file_of(SAMPLE);
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

/* How many series a family has; a histogram's are counted by their counts. */
static size_t series_of(tacho_registry *reg, const char *sample_name)
{
    struct exposition *page = exposition_read(reg);
    size_t count = exposition_count(page, sample_name);
    exposition_free(page);
    return count;
}

/* ---- The set ----------------------------------------------------------------------------------------------------- */

struct documented {
    char name[128], type[16], labels[64], values[128], buckets[64], help[256];
};

/* Read the next row of the table; columns may be empty. NULL at the end. */
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

/* The first sample of a family has the documented labels, in their order, and a histogram's before `le`. */
static void check_labels(const struct exposition *page, const struct exposition_family *family,
                         const char *labels)
{
    const char *at = page->samples[family->first].labels;
    for (; *labels; labels += *labels == ',') {
        size_t len = strcspn(labels, ",");
        if (strncmp(at, labels, len) != 0 || at[len] != '=') fail_msg("%s: labels %s", family->name, at);
        labels += len;
        at = strstr(at, "\",");
        if (*labels && !at) fail_msg("%s lacks a label", family->name);
        at = at ? at + 2 : "le=\"";
    }
    if (strcmp(family->type, "histogram") == 0 && strncmp(at, "le=\"", 4) != 0)
        fail_msg("%s has another label: %s", family->name, at);
}

/* The first buckets are the documented ones. */
static void check_buckets(const struct exposition *page, const struct exposition_family *family,
                          const char *bounds)
{
    for (size_t i = family->first; *bounds; i++) {
        char want[32];
        size_t len = strcspn(bounds, ",");
        (void)snprintf(want, sizeof want, "le=\"%.*s%s\"", (int)len, bounds,
                       memchr(bounds, '.', len) ? "" : ".0");
        if (!strstr(page->samples[i].labels, want)) fail_msg("%s: not %s", page->samples[i].series, want);
        bounds += len + (bounds[len] == ',');
        if (!*bounds) assert_non_null(strstr(page->samples[i + 1].labels, "le=\"+Inf\""));
    }
}

static void check_documented(tacho_registry *reg, const char *prefix, bool samples)
{
    struct exposition *page = exposition_read(reg);
    char *table = file_of(TABLE);
    struct documented row;
    size_t count = 0;
    for (const char *at = strchr(table, '\n') + 1; (at = next_row(at, &row)); count++) {
        char name[200];
        (void)snprintf(name, sizeof name, "%s%s", prefix, row.name);
        const struct exposition_family *family = exposition_family(page, name);
        if (!family) fail_msg("%s is missing", name);
        assert_string_equal(family->type, row.type);
        assert_string_equal(family->help, row.help);
        if (samples && family->count == 0) fail_msg("%s has no sample", name);
        if (family->count == 0) continue;
        check_labels(page, family, row.labels);
        check_buckets(page, family, row.buckets);
    }
    assert_int_equal(count, FAMILIES);
    free(table);
    exposition_free(page);
}

static void every_documented_family_is_defined_from_the_start(void **state)
{
    struct rig rig;
    (void)state;
    rig_init(&rig, NULL);
    check_documented(rig.reg, "", false);
    rig_fini(&rig);
}

static void the_sample_of_all_events_gives_every_family_a_sample(void **state)
{
    struct rig rig;
    (void)state;
    rig_init(&rig, NULL);
    rig_play_sample(&rig);
    check_documented(rig.reg, "", true);
    assert_shown(rig.reg, "playarr_provider_titles_count{provider_id=\"north\",media_type=\"movies\"}",
                 "1204");
    assert_shown(rig.reg, "playarr_main_titles_count{media_type=\"movies\"}", "1501");
    assert_shown(rig.reg, "playarr_channels_count{provider_id=\"north\",category=\"unknown\"}", "2");
    assert_shown(rig.reg, "playarr_watchlist_titles_count{user=\"user-1\",media_type=\"tvshows\"}", "2");
    assert_shown(rig.reg, "playarr_watchlist_channels_count{user=\"user-1\"}", "7");
    assert_shown(rig.reg, "playarr_active_users", "1");
    assert_shown(rig.reg, "playarr_websocket_connections", "1");
    assert_shown(rig.reg, "playarr_stream_requests_total{user=\"user-1\"}", "2");
    assert_shown(rig.reg, "playarr_cache_operations_total{operation=\"miss\"}", "3");
    assert_shown(rig.reg, "playarr_best_source_selections_total{provider_id=\"north\"}", "2");
    assert_shown(rig.reg, "playarr_best_source_selection_duration_seconds_sum{media_type=\"tvshows\"}",
                 "0.8");
    assert_shown(rig.reg, "playarr_stream_request_duration_seconds_count{media_type=\"movies\"}", "2");
    assert_shown(rig.reg, "playarr_provider_sync_total{provider_id=\"south\",status=\"failure\"}", "1");
    assert_shown(rig.reg, "playarr_provider_sync_duration_seconds_sum{provider_id=\"south\"}", "130");
    assert_shown(rig.reg, "playarr_provider_api_errors_total{provider_id=\"south\",error_type=\"502\"}", "1");
    assert_shown(rig.reg, "playarr_job_executions_total{job_type=\"updateMetrics\",status=\"success\"}", "2");
    assert_shown(rig.reg, "playarr_job_duration_seconds_count{job_type=\"updateMetrics\"}", "3");
    rig_fini(&rig);
}

static void every_event_is_in_the_sample(void **state)
{
    (void)state;
    char *text = file_of(SAMPLE);
    for (size_t i = 0; i < PLAYARR_EVENTS; i++) {
        char line[64];
        (void)snprintf(line, sizeof line, "\n%s", playarr_event_rows[i].name);
        const char *at = strstr(text, line);
        if (!at || !strchr(" \n", at[strlen(line)])) fail_msg("%s is not in " SAMPLE, line + 1);
    }
    free(text);
}

static void a_prefix_is_in_front_of_every_family(void **state)
{
    struct rig rig;
    (void)state;
    rig_init(&rig, &(playarr_options){ .prefix = "my_" });
    rig_play_sample(&rig);
    check_documented(rig.reg, "my_", true);
    struct exposition *page = exposition_read(rig.reg);
    assert_int_equal(page->family_count, FAMILIES);
    exposition_free(page);
    rig_fini(&rig);
}

static void two_objects_count_for_themselves(void **state)
{
    struct rig first, second;
    (void)state;
    rig_init(&first, NULL);
    rig_init(&second, NULL);
    playarr_cache_looked_up(first.p, PLAYARR_HIT);
    playarr_cache_looked_up(first.p, PLAYARR_HIT);
    playarr_cache_looked_up(second.p, PLAYARR_HIT);
    assert_true(playarr_census_publish(second.p, playarr_census_new()));
    assert_shown(first.reg, "playarr_cache_operations_total{operation=\"hit\"}", "2");
    assert_shown(second.reg, "playarr_cache_operations_total{operation=\"hit\"}", "1");
    assert_shown(first.reg, "playarr_active_users", NULL);
    assert_shown(second.reg, "playarr_active_users", "0");
    rig_fini(&second);
    rig_fini(&first);
}

static void a_second_object_needs_another_prefix_in_the_same_registry(void **state)
{
    struct rig rig;
    (void)state;
    rig_init(&rig, NULL);
    playarr_websocket_opened(rig.p);
    assert_null(playarr_new(rig.reg, NULL));
    assert_non_null(tacho_registry_error(rig.reg));
    playarr *other = playarr_new(rig.reg, &(playarr_options){ .prefix = "other_" });
    assert_non_null(other);
    assert_true(playarr_census_publish(other, playarr_census_new()));
    check_documented(rig.reg, "", false);
    check_documented(rig.reg, "other_", false);
    playarr_free(other);
    struct exposition *page = exposition_read(rig.reg);
    assert_int_equal(page->family_count, FAMILIES);
    exposition_free(page);
    assert_shown(rig.reg, "playarr_websocket_connections", "1");
    rig_fini(&rig);
}

/* ---- What happens ------------------------------------------------------------------------------------------------ */

/* Something in every family with that label. */
static void provider_happens(playarr *p, const char *provider)
{
    playarr_source_selected(p, provider, PLAYARR_LIVE, 1);
    playarr_provider_synced(p, provider, PLAYARR_SUCCESS, 20);
    playarr_provider_synced(p, provider, PLAYARR_FAILURE, 20);
    playarr_provider_call_failed(p, provider, PLAYARR_ERROR_TIMEOUT);
    playarr_provider_call_failed(p, provider, PLAYARR_ERROR_OTHER);
}

static void a_removed_provider_loses_its_series_and_no_other_does(void **state)
{
    struct rig rig;
    (void)state;
    rig_init(&rig, NULL);
    provider_happens(rig.p, "north");
    provider_happens(rig.p, "south");
    playarr_provider_removed(rig.p, "south");
    playarr_provider_removed(rig.p, "nobody");
    assert_int_equal(series_of(rig.reg, "playarr_best_source_selections_total"), 1);
    assert_int_equal(series_of(rig.reg, "playarr_provider_sync_total"), 2);
    assert_int_equal(series_of(rig.reg, "playarr_provider_sync_duration_seconds_count"), 1);
    assert_int_equal(series_of(rig.reg, "playarr_provider_api_errors_total"), 2);
    assert_shown(rig.reg, "playarr_provider_sync_duration_seconds_sum{provider_id=\"north\"}", "40");
    provider_happens(rig.p, "south");
    assert_shown(rig.reg, "playarr_best_source_selections_total{provider_id=\"south\"}", "1");
    rig_fini(&rig);
}

static void a_removed_user_loses_the_series_and_no_other_does(void **state)
{
    struct rig rig;
    (void)state;
    rig_init(&rig, NULL);
    assert_true(playarr_stream_answered(rig.p, "user-1", PLAYARR_MOVIES, 1));
    assert_true(playarr_stream_answered(rig.p, "user-2", PLAYARR_MOVIES, 1));
    playarr_user_removed(rig.p, "user-2");
    playarr_user_removed(rig.p, NULL);
    assert_shown(rig.reg, "playarr_stream_requests_total{user=\"user-1\"}", "1");
    assert_shown(rig.reg, "playarr_stream_requests_total{user=\"user-2\"}", NULL);
    rig_fini(&rig);
}

static void a_stream_of_nobody_known_is_not_counted(void **state)
{
    struct rig rig;
    (void)state;
    rig_init(&rig, NULL);
    assert_false(playarr_stream_answered(rig.p, NULL, PLAYARR_MOVIES, 1));
    assert_false(playarr_stream_answered(rig.p, "", PLAYARR_MOVIES, 1));
    assert_int_equal(rig_apply(&rig, "stream_answered user=\"\" media_type=live seconds=1"), EVENT_REFUSED);
    assert_int_equal(series_of(rig.reg, "playarr_stream_requests_total"), 0);
    assert_true(
        shown_value(rig.reg, "playarr_stream_request_duration_seconds_count{media_type=\"movies\"}") == 0);
    rig_fini(&rig);
}

static void no_more_connections_close_than_are_open(void **state)
{
    struct rig rig;
    (void)state;
    rig_init(&rig, NULL);
    assert_false(playarr_websocket_closed(rig.p));
    playarr_websocket_opened(rig.p);
    playarr_websocket_opened(rig.p);
    assert_shown(rig.reg, "playarr_websocket_connections", "2");
    assert_true(playarr_websocket_closed(rig.p));
    assert_true(playarr_websocket_closed(rig.p));
    assert_int_equal(rig_apply(&rig, "websocket_closed"), EVENT_REFUSED);
    assert_shown(rig.reg, "playarr_websocket_connections", "0");
    rig_fini(&rig);
}

/* ---- The demo ---------------------------------------------------------------------------------------------------- */

/* The families of the demo after so many simulated seconds. */
static struct page rehearse(uint64_t seed, double seconds)
{
    struct rig rig;
    demo_stage stage;
    demo_init(&stage);
    rig_init(&rig, NULL);
    playarr_demo *demo = playarr_demo_new(rig.p, &stage, seed);
    assert_non_null(demo);
    demo_advance(&stage, seconds);
    if (seconds >= 60) {
        struct exposition *read = exposition_read(rig.reg);
        check_documented(rig.reg, "", true);
        for (int error = 0; error < PLAYARR_ERRORS;
             error++) { /* of every kind that the document lists there is one */
            char series[128];
            (void)snprintf(series, sizeof series,
                           "playarr_provider_api_errors_total{provider_id=\"southstream\",error_type=\"%s\"}",
                           playarr_error_names[error]);
            assert_true(exposition_value(read, series) >= 1);
        }
        assert_true(
            exposition_value(
                read, "playarr_provider_sync_total{provider_id=\"southstream\",status=\"failure\"}") >= 1);
        exposition_free(read);
    }
    struct page page = page_take(rig.reg, PAGE_AS(TACHO_TEXT, TACHO_UNDERSCORES), 0);
    demo_fini(&stage);
    playarr_demo_free(demo);
    rig_fini(&rig);
    return page;
}

static void a_minute_of_the_demo_fills_every_family(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 16; seed++) {
        struct page page = rehearse(seed, seed == 15 ? 3600 : 60);
        page_free(&page);
    }
}

static void the_same_seed_gives_the_same_demo(void **state)
{
    (void)state;
    struct page first = rehearse(7, 300), same = rehearse(7, 300), other = rehearse(8, 300);
    assert_string_equal(first.data, same.data);
    assert_string_not_equal(first.data, other.data);
    page_free(&first);
    page_free(&same);
    page_free(&other);
}

static void a_demo_with_threads_starts_and_stops(void **state)
{
    (void)state;
    for (int round = 0; round < 5; round++) {
        struct rig rig;
        demo_stage stage;
        demo_init(&stage);
        rig_init(&rig, NULL);
        playarr_demo *demo = playarr_demo_new(rig.p, &stage, 1);
        assert_non_null(demo);
        demo_advance(&stage, 10);
        assert_true(demo_start(&stage));
        for (int scrape = 0; scrape < 20; scrape++) exposition_free(exposition_read(rig.reg));
        assert_true(demo_now(&stage) >= 10);
        demo_fini(&stage);
        playarr_demo_free(demo);
        rig_fini(&rig);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_documented_family_is_defined_from_the_start),
        cmocka_unit_test(the_sample_of_all_events_gives_every_family_a_sample),
        cmocka_unit_test(every_event_is_in_the_sample),
        cmocka_unit_test(a_prefix_is_in_front_of_every_family),
        cmocka_unit_test(two_objects_count_for_themselves),
        cmocka_unit_test(a_second_object_needs_another_prefix_in_the_same_registry),
        cmocka_unit_test(a_removed_provider_loses_its_series_and_no_other_does),
        cmocka_unit_test(a_removed_user_loses_the_series_and_no_other_does),
        cmocka_unit_test(a_stream_of_nobody_known_is_not_counted),
        cmocka_unit_test(no_more_connections_close_than_are_open),
        cmocka_unit_test(a_minute_of_the_demo_fills_every_family),
        cmocka_unit_test(the_same_seed_gives_the_same_demo),
        cmocka_unit_test(a_demo_with_threads_starts_and_stops),
    };
    return cmocka_run_group_tests_name("playarr", tests, NULL, NULL);
}
