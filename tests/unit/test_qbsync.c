/*
 * test_qbsync.c - the qb-sync metric set: its 75 families, its roles, and its rules on values.
 */
#define _POSIX_C_SOURCE 200809L
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "event_intake.h"
#include "qbsync.h"
#include "qbsync_demo.h"
#include "qbsync_events.h"

#define TABLE "tests/metric-sets/qbsync.tsv"
#define SAMPLE "examples/qbsync/sample.events"
enum { FAMILIES = 75 };

/* ---- An exposition as text ----------------------------------------------------------------------------------------- */

static char *page_of(tacho_registry *reg)
{
    tacho_buffer page;
    tacho_buffer_init(&page);
    assert_int_equal(tacho_expose(reg, TACHO_TEXT, &page.sink), TACHO_OK);
    char *text = malloc(page.len + 1);
    assert_non_null(text);
    memcpy(text, page.data, page.len);
    text[page.len] = '\0';
    tacho_buffer_fini(&page);
    return text;
}

/* The first line that begins so, or NULL. */
static const char *line_of(const char *page, const char *beginning)
{
    size_t len = strlen(beginning);
    for (const char *line = page; line && *line; line = strchr(line, '\n'), line = line ? line + 1 : NULL)
        if (strncmp(line, beginning, len) == 0) return line;
    return NULL;
}

/* The value of the series written so, or -1. */
static double value_of(const char *page, const char *series)
{
    char beginning[512];
    snprintf(beginning, sizeof beginning, "%s ", series);
    const char *line = line_of(page, beginning);
    return line ? strtod(line + strlen(beginning), NULL) : -1;
}

/* Whether a family has a sample; `name` as in TYPE. */
static bool has_sample(const char *page, const char *name)
{
    char type[256];
    snprintf(type, sizeof type, "# TYPE %s ", name);
    const char *line = line_of(page, type);
    const char *next = line ? strchr(line, '\n') : NULL;
    return next && next[1] != '\0' && next[1] != '#';
}

static char *file_of(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (!file) fail_msg("%s is missing: run the test in the source directory", path);
    char *text = calloc(1, 65536);
    assert_non_null(text);
    size_t len = fread(text, 1, 65535, file);
    fclose(file);
    assert_true(len > 0 && len < 65535);
    return text;
}

/* ---- An object in a registry ---------------------------------------------------------------------------------------- */

struct rig {
    tacho_registry *reg;
    qbsync *q;
};

static struct rig rig_new(const qbsync_options *options)
{
    struct rig rig = { .reg = tacho_registry_new(NULL) };
    assert_non_null(rig.reg);
    rig.q = qbsync_new(rig.reg, options);
    if (!rig.q) fail_msg("%s", tacho_registry_error(rig.reg));
    return rig;
}

static void rig_free(struct rig rig)
{
    qbsync_free(rig.q);
    tacho_registry_free(rig.reg);
}

/* Carry out every event of the sample; none is dropped. */
static void rig_play_sample(struct rig rig)
{
    qbsync_events events;
    qbsync_events_init(&events, rig.q);
    char *text = file_of(SAMPLE);
    for (char *line = text, *end; *line; line = end + 1) {
        end = strchr(line, '\n');
        assert_non_null(end);
        event_reason reason = event_apply(&events.target, line, (size_t)(end - line), NULL);
        *end = '\0';
        if (reason != EVENT_TAKEN) print_error("%s: %s\n", line, event_reason_names[reason - 1]);
        assert_int_equal(reason, EVENT_TAKEN);
    }
    free(text);
}

/* ---- The set --------------------------------------------------------------------------------------------------------- */

struct documented {
    char name[128], type[16], labels[64], help[256];
};

/* Read the next row of the table; columns may be empty. NULL at the end. */
static const char *next_row(const char *at, struct documented *row)
{
    char *const columns[] = { row->name, row->type, row->labels, NULL, NULL, row->help };
    const size_t caps[] = { sizeof row->name, sizeof row->type, sizeof row->labels, 0, 0, sizeof row->help };
    if (!*at) return NULL;
    for (size_t i = 0; i < 6; i++) {
        size_t len = strcspn(at, "\t\n");
        if (columns[i]) {
            assert_true(len < caps[i]);
            memcpy(columns[i], at, len);
            columns[i][len] = '\0';
        }
        at += len + 1;
    }
    return at;
}

static void check_documented(const char *page, const char *prefix, bool samples)
{
    char *table = file_of(TABLE);
    struct documented row;
    size_t count = 0;
    for (const char *at = strchr(table, '\n') + 1; (at = next_row(at, &row));) {
        char help[512], type[256], name[200];
        snprintf(name, sizeof name, "%s%s", prefix, row.name);
        snprintf(help, sizeof help, "# HELP %s %s\n", name, row.help);
        snprintf(type, sizeof type, "# TYPE %s %s\n", name, row.type);
        if (!line_of(page, help)) fail_msg("no line: %s", help);
        if (!line_of(page, type)) fail_msg("no line: %s", type);
        if (samples && !has_sample(page, name)) fail_msg("%s has no sample", name);
        count++;
    }
    assert_int_equal(count, FAMILIES);
    free(table);
}

static void every_documented_family_is_defined_from_the_start(void **state)
{
    (void)state;
    for (int mode = QBSYNC_BOTH; mode <= QBSYNC_ONLY_DESTINATION; mode++) {
        struct rig rig = rig_new(&(qbsync_options){ .mode = (qbsync_mode)mode });
        char *page = page_of(rig.reg);
        check_documented(page, "", false);
        free(page);
        rig_free(rig);
    }
}

static void the_sample_of_all_events_gives_every_family_a_sample(void **state)
{
    (void)state;
    struct rig rig = rig_new(NULL);
    rig_play_sample(rig);
    char *page = page_of(rig.reg);
    check_documented(page, "", true);
    assert_true(value_of(page, "qbsync_pieces_sent_total{connection=\"0\"}") == 2);
    assert_true(value_of(page, "qbsync_bytes_sent_total{connection=\"0\"}") == 1572864);
    assert_true(value_of(page, "qbsync_pieces_failed_total") == 2);
    assert_true(value_of(page, "qbsync_piece_hash_mismatch_total") == 1);
    assert_true(value_of(page, "qbsync_piece_rtt_seconds_count") == 5);
    assert_true(value_of(page, "qbsync_cleanup_groups_total{result=\"skipped_seeding\"}") == 1);
    assert_true(
        value_of(page, "qbsync_circuit_breaker_trips_total{mode=\"source\",component=\"stream_queue\"}") ==
        1);
    assert_true(value_of(page, "qbsync_circuit_breaker_state{mode=\"source\",component=\"stream_queue\"}") ==
                0);
    assert_true(value_of(page, "qbsync_finalization_duration_seconds_count{result=\"failure\"}") == 1);
    free(page);
    rig_free(rig);
}

static void every_event_is_in_the_sample(void **state)
{
    (void)state;
    char *text = file_of(SAMPLE);
    for (size_t i = 0; i < QBSYNC_EVENTS; i++) {
        const char *line = line_of(text, qbsync_event_rows[i].name);
        if (!line) fail_msg("%s is not in " SAMPLE, qbsync_event_rows[i].name);
    }
    free(text);
}

static void a_prefix_is_in_front_of_every_family(void **state)
{
    (void)state;
    struct rig rig = rig_new(&(qbsync_options){ .prefix = "my_" });
    rig_play_sample(rig);
    char *page = page_of(rig.reg);
    check_documented(page, "my_", true);
    assert_null(line_of(page, "qbsync_"));
    free(page);
    rig_free(rig);
}

static void two_objects_count_for_themselves(void **state)
{
    (void)state;
    struct rig first = rig_new(NULL), second = rig_new(NULL);
    qbsync_orphan_cleaned_up(first.q);
    qbsync_orphan_cleaned_up(first.q);
    qbsync_orphan_cleaned_up(second.q);
    char *page = page_of(first.reg), *other = page_of(second.reg);
    assert_true(value_of(page, "qbsync_orphan_cleanups_total") == 2);
    assert_true(value_of(other, "qbsync_orphan_cleanups_total") == 1);
    free(page);
    free(other);
    rig_free(second);
    rig_free(first);
}

static void a_second_object_needs_another_prefix_in_the_same_registry(void **state)
{
    (void)state;
    struct rig rig = rig_new(NULL);
    qbsync_orphan_cleaned_up(rig.q);
    assert_null(qbsync_new(rig.reg, NULL));
    assert_non_null(tacho_registry_error(rig.reg));
    qbsync *other = qbsync_new(rig.reg, &(qbsync_options){ .prefix = "other_" });
    assert_non_null(other);
    char *page = page_of(rig.reg);
    check_documented(page, "other_", false);
    assert_true(value_of(page, "qbsync_orphan_cleanups_total") == 1);
    free(page);
    qbsync_free(other);
    page = page_of(rig.reg);
    assert_null(line_of(page, "other_"));
    assert_null(line_of(page, "# HELP other_"));
    check_documented(page, "", false);
    free(page);
    rig_free(rig);
}

/* ---- Roles ------------------------------------------------------------------------------------------------------------ */

static void a_role_that_is_not_there_counts_nothing(void **state)
{
    static const char *const other[] = { NULL, "mode=\"destination\"", "mode=\"source\"" };
    (void)state;
    for (int mode = QBSYNC_ONLY_SOURCE; mode <= QBSYNC_ONLY_DESTINATION; mode++) {
        struct rig rig = rig_new(&(qbsync_options){ .mode = (qbsync_mode)mode });
        rig_play_sample(rig);
        char *page = page_of(rig.reg);
        bool is_source = mode == QBSYNC_ONLY_SOURCE;
        check_documented(page, "", false);
        assert_null(strstr(page, other[mode]));
        assert_true(value_of(page, "qbsync_pieces_acked_total") == (is_source ? 3 : 0));
        assert_true(value_of(page, "qbsync_pieces_received_total") == (is_source ? 0 : 3));
        assert_true(value_of(page, "qbsync_stream_pool_max_size") == (is_source ? 8 : 0));
        assert_true(value_of(page, "qbsync_inode_registry_size") == (is_source ? 0 : 17));
        assert_true(has_sample(page, "qbsync_pieces_sent_total") == is_source);
        assert_true(has_sample(page, "qbsync_receive_acks_exit_total") == is_source);
        assert_true(has_sample(page, "qbsync_torrent_stop_errors_total") == is_source);
        assert_true(has_sample(page, "qbsync_circuit_breaker_state") == is_source);
        assert_true(has_sample(page, "qbsync_health_check_cache_total") == !is_source);
        assert_true(has_sample(page, "qbsync_finalization_duration_seconds") == !is_source);
        assert_true(has_sample(page, "qbsync_active_torrents"));
        assert_true(has_sample(page, "qbsync_qb_api_calls_total"));
        free(page);
        rig_free(rig);
    }
}

static void only_the_modes_that_occur_have_series(void **state)
{
    (void)state;
    struct rig rig = rig_new(NULL);
    rig_play_sample(rig);
    char *page = page_of(rig.reg);
    assert_true(value_of(page, "qbsync_torrent_stop_errors_total{mode=\"source\"}") == 1);
    assert_null(line_of(page, "qbsync_torrent_stop_errors_total{mode=\"destination\"}"));
    assert_true(value_of(page, "qbsync_piece_write_errors_total{mode=\"destination\"}") == 1);
    assert_null(line_of(page, "qbsync_piece_write_errors_total{mode=\"source\"}"));
    assert_null(strstr(page, "qb_client\""));
    free(page);
    rig_free(rig);
}

/* ---- Torrents ---------------------------------------------------------------------------------------------------------- */

static double clock_seconds; /* of the clock below */

static double clock_now(const qbsync_clock *self)
{
    (void)self;
    return clock_seconds;
}

static const qbsync_clock still_clock = { clock_now };
#define LABELS "{hash=\"0123abc\",name=\"a \\\"b\\\" \\\\ c\\nd\"}"

static void the_series_of_a_torrent_live_as_long_as_it_is_tracked(void **state)
{
    (void)state;
    clock_seconds = 1000;
    struct rig rig = rig_new(&(qbsync_options){ .clock = &still_clock });
    assert_false(qbsync_torrent_progress(rig.q, "0123abc", 1, 2, 3));
    assert_true(qbsync_torrent_tracked(rig.q, "0123abc", "a \"b\" \\ c\nd", 5));
    clock_seconds = 1007;
    char *page = page_of(rig.reg);
    assert_true(value_of(page, "qbsync_oldest_pending_sync_seconds" LABELS) == 12);
    assert_null(line_of(page, "qbsync_torrent_pieces{"));
    free(page);

    assert_true(qbsync_torrent_progress(rig.q, "0123abc", 3, 10, 4096));
    assert_true(qbsync_torrent_tracked(rig.q, "0123abc", "another name", 0)); /* changes nothing */
    page = page_of(rig.reg);
    assert_true(value_of(page, "qbsync_torrent_pieces" LABELS) == 10);
    assert_true(value_of(page, "qbsync_torrent_pieces_streamed" LABELS) == 3);
    assert_true(value_of(page, "qbsync_torrent_size_bytes" LABELS) == 4096);
    assert_true(value_of(page, "qbsync_oldest_pending_sync_seconds" LABELS) == 12);
    free(page);

    qbsync_torrent_synced(rig.q, "0123abc", "a \"b\" \\ c\nd", 4096, 12);
    page = page_of(rig.reg);
    assert_null(line_of(page, "qbsync_torrent_pieces{"));
    assert_null(line_of(page, "qbsync_torrent_pieces_streamed{"));
    assert_null(line_of(page, "qbsync_torrent_size_bytes{"));
    assert_null(line_of(page, "qbsync_oldest_pending_sync_seconds{"));
    assert_true(value_of(page, "qbsync_torrent_bytes_synced_total" LABELS) == 4096);
    free(page);
    rig_free(rig);
}

static void a_dropped_torrent_counts_by_why(void **state)
{
    (void)state;
    struct rig rig = rig_new(NULL);
    for (int why = QBSYNC_REMOVED; why <= QBSYNC_SYNC_FAILED; why++) {
        assert_true(qbsync_torrent_tracked(rig.q, "ff", "torrent-1", 0));
        assert_true(qbsync_torrent_dropped(rig.q, "ff", (qbsync_drop)why));
        assert_false(qbsync_torrent_dropped(rig.q, "ff", (qbsync_drop)why));
    }
    char *page = page_of(rig.reg);
    assert_true(value_of(page, "qbsync_exclude_sync_abort_total") == 1);
    assert_true(value_of(page, "qbsync_sync_failed_total") == 1);
    assert_null(line_of(page, "qbsync_oldest_pending_sync_seconds{"));
    free(page);
    rig_free(rig);
}

static void what_is_no_hash_is_not_tracked(void **state)
{
    static const char *const bad[] = { "",
                                       "a b",
                                       "a\"",
                                       "\xff",
                                       "-",
                                       "a\n",
                                       "12345678901234567890123456789012345678901234567890123456789012345" };
    (void)state;
    struct rig rig = rig_new(NULL);
    for (size_t i = 0; i < TACHO_COUNT(bad); i++)
        assert_false(qbsync_torrent_tracked(rig.q, bad[i], "torrent-1", 0));
    rig_free(rig);
}

static void tracked_torrents_are_bounded(void **state)
{
    char hash[32];
    (void)state;
    struct rig rig = rig_new(NULL);
    for (unsigned i = 0; i < QBSYNC_MAX_TORRENTS; i++) {
        snprintf(hash, sizeof hash, "%08x", i);
        assert_true(qbsync_torrent_tracked(rig.q, hash, "torrent-1", 0));
    }
    assert_false(qbsync_torrent_tracked(rig.q, "one2many", "torrent-1", 0));
    assert_true(qbsync_torrent_tracked(rig.q, "00000007", "torrent-1", 0));
    assert_true(qbsync_torrent_dropped(rig.q, "00000007", QBSYNC_REMOVED));
    assert_true(qbsync_torrent_tracked(rig.q, "one2many", "torrent-1", 0));
    char *page = page_of(rig.reg);
    assert_non_null(line_of(page, "qbsync_oldest_pending_sync_seconds{hash=\"one2many\""));
    free(page);
    rig_free(rig);
}

/* ---- Rules on values ----------------------------------------------------------------------------------------------------- */

static void values_that_break_a_rule_are_cut(void **state)
{
    (void)state;
    struct rig rig = rig_new(NULL);
    qbsync_stream_pool(rig.q, 9, 4);
    qbsync_connections(rig.q, 3, 2);
    qbsync_torrent_tracked(rig.q, "ff", "torrent-1", 0);
    qbsync_torrent_progress(rig.q, "ff", 11, 10, 1);
    char *page = page_of(rig.reg);
    assert_true(value_of(page, "qbsync_stream_pool_size") == 4);
    assert_true(value_of(page, "qbsync_grpc_connections_active") == 2);
    assert_true(value_of(page, "qbsync_torrent_pieces_streamed{hash=\"ff\",name=\"torrent-1\"}") == 10);
    free(page);
    rig_free(rig);
}

struct storm {
    qbsync *q;
    atomic_bool stop;
};

/* Sizes go up and down together, so that two that are read one after the other would show the wrong order. */
static void *storm_resize(void *argument)
{
    struct storm *storm = argument;
    for (uint64_t i = 0; !atomic_load(&storm->stop); i++) {
        uint64_t most = i % 2 ? 100 : 1;
        qbsync_stream_pool(storm->q, most, most);
        qbsync_connections(storm->q, most, most);
        qbsync_torrent_progress(storm->q, "aa", most, most, most);
        qbsync_acks_exited(storm->q, (qbsync_ack_exit)(i % 4));
    }
    return NULL;
}

static void *storm_come_and_go(void *argument)
{
    struct storm *storm = argument;
    for (unsigned i = 0; !atomic_load(&storm->stop); i++) {
        char hash[16];
        snprintf(hash, sizeof hash, "bb%u", i % 16);
        qbsync_torrent_tracked(storm->q, hash, "torrent-2", 0);
        qbsync_torrent_progress(storm->q, hash, i % 100, i % 100, 7);
        qbsync_piece_sent(storm->q, i % 4, 1, 0.01);
        if (i % 3 == 0) qbsync_torrent_dropped(storm->q, hash, QBSYNC_REMOVED);
    }
    return NULL;
}

/* How many series of a family there are. */
static size_t series_of(const char *page, const char *family)
{
    char beginning[128];
    size_t count = 0;
    snprintf(beginning, sizeof beginning, "%s{", family);
    for (const char *line = line_of(page, beginning);
         line && strncmp(line, beginning, strlen(beginning)) == 0; line = strchr(line, '\n') + 1)
        count++;
    return count;
}

static void check_rules(const char *page)
{
    assert_true(value_of(page, "qbsync_stream_pool_size") == value_of(page, "qbsync_stream_pool_max_size"));
    assert_true(value_of(page, "qbsync_grpc_connections_active") ==
                value_of(page, "qbsync_grpc_connections_configured"));
    assert_true(value_of(page, "qbsync_ack_channel_blocked_total") ==
                value_of(page, "qbsync_receive_acks_exit_total{reason=\"ack_channel_blocked\"}"));
    double pieces = value_of(page, "qbsync_torrent_pieces{hash=\"aa\",name=\"torrent-1\"}");
    assert_true(pieces >= 1);
    assert_true(pieces == value_of(page, "qbsync_torrent_pieces_streamed{hash=\"aa\",name=\"torrent-1\"}"));
    assert_true(pieces == value_of(page, "qbsync_torrent_size_bytes{hash=\"aa\",name=\"torrent-1\"}"));
    size_t count = series_of(page, "qbsync_torrent_pieces");
    assert_int_equal(series_of(page, "qbsync_torrent_pieces_streamed"), count);
    assert_int_equal(series_of(page, "qbsync_torrent_size_bytes"), count);
    assert_true(series_of(page, "qbsync_oldest_pending_sync_seconds") >= count);
}

static void the_rules_hold_in_every_scrape_while_others_update(void **state)
{
    pthread_t threads[4];
    (void)state;
    struct rig rig = rig_new(NULL);
    struct storm storm = { .q = rig.q };
    atomic_init(&storm.stop, false);
    qbsync_torrent_tracked(rig.q, "aa", "torrent-1", 0);
    qbsync_torrent_progress(rig.q, "aa", 1, 1, 1);
    qbsync_stream_pool(rig.q, 1, 1);
    qbsync_connections(rig.q, 1, 1);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, i % 2 ? storm_come_and_go : storm_resize, &storm),
                         0);
    for (int scrape = 0; scrape < 300; scrape++) {
        char *page = page_of(rig.reg);
        check_rules(page);
        free(page);
    }
    atomic_store(&storm.stop, true);
    for (size_t i = 0; i < 4; i++) pthread_join(threads[i], NULL);
    rig_free(rig);
}

/* ---- The demo ------------------------------------------------------------------------------------------------------------- */

/* The exposition of a demo after so many simulated seconds, without the registry's own families. */
static char *rehearse(uint64_t seed, double seconds)
{
    demo_stage stage;
    demo_init(&stage);
    clock_seconds = 0;
    struct rig rig = rig_new(&(qbsync_options){ .clock = &still_clock });
    qbsync_demo *demo = qbsync_demo_new(rig.q, &stage, seed);
    assert_non_null(demo);
    demo_advance(&stage, seconds);
    char *page = page_of(rig.reg);
    char *own = strstr(page, "# HELP tacho_");
    if (own && strstr(own, "# HELP qbsync_") == NULL) *own = '\0';
    demo_fini(&stage);
    qbsync_demo_free(demo);
    rig_free(rig);
    return page;
}

static void a_minute_of_the_demo_fills_every_family(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 8; seed++) {
        char *page = rehearse(seed, 60);
        check_documented(page, "", true);
        free(page);
    }
}

static void the_same_seed_gives_the_same_demo(void **state)
{
    (void)state;
    char *first = rehearse(7, 30), *same = rehearse(7, 30), *other = rehearse(8, 30);
    assert_non_null(strstr(first, "qbsync_piece_rtt_seconds_sum"));
    assert_string_equal(strstr(first, "qbsync_piece_rtt_seconds_sum"),
                        strstr(same, "qbsync_piece_rtt_seconds_sum"));
    assert_string_not_equal(first, other);
    free(first);
    free(same);
    free(other);
}

static void a_demo_with_threads_starts_and_stops(void **state)
{
    (void)state;
    for (int round = 0; round < 5; round++) {
        demo_stage stage;
        demo_init(&stage);
        struct rig rig = rig_new(NULL);
        qbsync_demo *demo = qbsync_demo_new(rig.q, &stage, 1);
        assert_non_null(demo);
        demo_advance(&stage, 10);
        assert_true(demo_start(&stage));
        for (int scrape = 0; scrape < 20; scrape++) free(page_of(rig.reg));
        assert_true(demo_now(&stage) >= 10);
        demo_fini(&stage);
        qbsync_demo_free(demo);
        rig_free(rig);
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
        cmocka_unit_test(a_role_that_is_not_there_counts_nothing),
        cmocka_unit_test(only_the_modes_that_occur_have_series),
        cmocka_unit_test(the_series_of_a_torrent_live_as_long_as_it_is_tracked),
        cmocka_unit_test(a_dropped_torrent_counts_by_why),
        cmocka_unit_test(what_is_no_hash_is_not_tracked),
        cmocka_unit_test(tracked_torrents_are_bounded),
        cmocka_unit_test(values_that_break_a_rule_are_cut),
        cmocka_unit_test(the_rules_hold_in_every_scrape_while_others_update),
        cmocka_unit_test(a_minute_of_the_demo_fills_every_family),
        cmocka_unit_test(the_same_seed_gives_the_same_demo),
        cmocka_unit_test(a_demo_with_threads_starts_and_stops),
    };
    return cmocka_run_group_tests_name("qbsync", tests, NULL, NULL);
}
