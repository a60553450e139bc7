/*
 * test_tracearr.c - the Tracearr metric set: what tallies show, what is new in them, and what a source may do.
 * tests/programs/tracearr.py has the API.
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

#include "deadline.h"
#include "support/exposition.h"
#include "support/shown.h"
#include "tracearr.h"
#include "tracearr_answer.h"
#include "tracearr_demo.h"
#include "tracearr_events.h"
#include "tracearr_notices.h"

#define SAMPLE "examples/tracearr/sample.events"

struct rig {
    tacho_registry *reg;
    tracearr *t;
    tracearr_events events;
};

static void rig_init(struct rig *rig, const tracearr_options *options)
{
    rig->reg = tacho_registry_new(NULL);
    rig->t = tracearr_new(rig->reg, options);
    if (!rig->t) fail_msg("%s", tacho_registry_error(rig->reg));
    tracearr_events_init(&rig->events, rig->t);
}

static void rig_fini(struct rig *rig)
{
    tracearr_events_fini(&rig->events);
    tracearr_free(rig->t);
    tacho_registry_free(rig->reg);
}

static event_reason rig_apply(struct rig *rig, const char *line)
{
    return event_apply(&rig->events.target, line, strlen(line), NULL);
}

/* ---- Tallies ----------------------------------------------------------------------------------------------------- */

static void a_server_that_is_gone_loses_its_series(void **state)
{
    struct rig rig;
    (void)state;
    rig_init(&rig, NULL);
    for (int round = 0; round < 2; round++) {
        tracearr_tally *tally = tracearr_tally_new(TRACEARR_SERVERS);
        tracearr_tally_up(tally, "a", TRACEARR_PLEX, true);
        if (round == 0) tracearr_tally_up(tally, "b", TRACEARR_EMBY, false);
        assert_true(tracearr_publish(rig.t, tally));
        assert_shown(rig.reg, "tracearr_server_up{server=\"a\",platform=\"plex\"}", "1");
        assert_shown(rig.reg, "tracearr_server_up{server=\"b\",platform=\"emby\"}", round ? NULL : "0");
    }
    rig_fini(&rig);
}

static void servers_of_one_name_are_up_if_all_are(void **state)
{
    struct rig rig;
    tracearr_tally *tally = tracearr_tally_new(TRACEARR_SERVERS);
    (void)state;
    rig_init(&rig, NULL);
    tracearr_tally_up(tally, "a", TRACEARR_PLEX, true);
    tracearr_tally_up(tally, "a", TRACEARR_PLEX, false);
    tracearr_tally_up(tally, "a", TRACEARR_PLEX, true);
    tracearr_tally_up(tally, "", TRACEARR_PLEX, true);
    tracearr_tally_up(tally, "c", TRACEARR_NO_PLATFORM, true);
    assert_true(tracearr_publish(rig.t, tally));
    assert_shown(rig.reg, "tracearr_server_up{server=\"a\",platform=\"plex\"}", "0");
    assert_shown(rig.reg, "tracearr_server_up{server=\"unknown\",platform=\"plex\"}", "1");
    assert_shown(rig.reg, "tracearr_exporter_entries_skipped{group=\"servers\"}", "1");
    rig_fini(&rig);
}

static void scores_fall_into_their_bands(void **state)
{
    static const struct { double score; const char *band; } rows[] = {
        { 0, "0-24" }, { 24.9, "0-24" }, { 25, "25-49" }, { 49, "25-49" }, { 50, "50-74" }, { 75, "75-99" },
        { 99.5, "75-99" }, { 100, "100" }, { 100.1, NULL }, { -1, NULL },
    };
    (void)state;
    for (size_t i = 0; i < TACHO_COUNT(rows); i++) {
        struct rig rig;
        char series[80];
        tracearr_tally *tally = tracearr_tally_new(TRACEARR_USERS);
        rig_init(&rig, NULL);
        tracearr_tally_user(tally, "a", rows[i].score);
        assert_true(tracearr_publish(rig.t, tally));
        (void)snprintf(series, sizeof series, "tracearr_users_by_trust_score{band=\"%s\"}", rows[i].band);
        assert_true(!rows[i].band || shown_value(rig.reg, series) == 1);
        assert_shown(rig.reg, "tracearr_users{server=\"a\"}", "1");
        assert_shown(rig.reg, "tracearr_exporter_entries_skipped{group=\"users\"}", rows[i].band ? "0" : "1");
        if (!rows[i].band) assert_shown(rig.reg, "tracearr_trust_score_min{server=\"a\"}", NULL);
        rig_fini(&rig);
    }
}

static void numbers_that_are_no_amounts_are_skipped(void **state)
{
    struct rig rig;
    double infinite = 1e308;
    infinite *= 10;
    const double none[] = { -1, infinite, infinite - infinite };
    tracearr_tally *tally = tracearr_tally_new(TRACEARR_PLAYS);
    (void)state;
    rig_init(&rig, NULL);
    for (size_t i = 0; i < TACHO_COUNT(none); i++) tracearr_tally_plays(tally, "a", none[i]);
    tracearr_tally_plays(tally, "b", 3);
    assert_true(tracearr_publish(rig.t, tally));
    assert_shown(rig.reg, "tracearr_plays_today{server=\"a\"}", NULL);
    assert_shown(rig.reg, "tracearr_plays_today{server=\"b\"}", "3");
    assert_shown(rig.reg, "tracearr_exporter_entries_skipped{group=\"plays\"}", "3");
    rig_fini(&rig);
}

static void a_load_that_was_not_told_is_not_shown(void **state)
{
    struct rig rig;
    tracearr_tally *tally = tracearr_tally_new(TRACEARR_LOAD);
    (void)state;
    rig_init(&rig, NULL);
    tracearr_tally_transcoder(tally, "a", 0);
    tracearr_tally_network(tally, "a", TRACEARR_OUT, 7);
    assert_true(tracearr_publish(rig.t, tally));
    assert_shown(rig.reg, "tracearr_server_transcoder_ratio{server=\"a\"}", "0");
    assert_shown(rig.reg, "tracearr_server_network_bytes_per_second{server=\"a\",direction=\"in\"}", NULL);
    assert_shown(rig.reg, "tracearr_server_network_bytes_per_second{server=\"a\",direction=\"out\"}", "7");
    assert_shown(rig.reg, "tracearr_server_cpu_ratio{server=\"a\",scope=\"host\"}", NULL);
    rig_fini(&rig);
}

static void too_many_names_add_up_in_one_more(void **state)
{
    struct rig rig;
    char name[300];
    tracearr_tally *tally = tracearr_tally_new(TRACEARR_PLAYS);
    (void)state;
    rig_init(&rig, NULL);
    memset(name, 'x', sizeof name);
    name[257] = '\0';
    tracearr_tally_plays(tally, name, 1);
    for (int i = 0; i < TRACEARR_MAX_SERIES + 5; i++) {
        (void)snprintf(name, sizeof name, "server-%d", i);
        tracearr_tally_plays(tally, name, 1);
    }
    assert_true(tracearr_publish(rig.t, tally));
    assert_shown(rig.reg, "tracearr_plays_today{server=\"_other\"}", "7");
    struct exposition *page = exposition_read(rig.reg);
    assert_int_equal(exposition_count(page, "tracearr_plays_today"), TRACEARR_MAX_SERIES);
    exposition_free(page);
    rig_fini(&rig);
}

/* ---- Violations -------------------------------------------------------------------------------------------------- */

static void violations_are_new_once(void **state)
{
    static const struct { const char *ids, *seen, *there; } rounds[] = {
        { "ab", "0", "2" }, { "ab", "0", "2" }, { "abc", "1", "3" }, { "bcc", "1", "2" }, { "", "1", "0" }, { "dee", "3", "2" },
    };
    struct rig rig;
    (void)state;
    rig_init(&rig, NULL);
    for (size_t i = 0; i < TACHO_COUNT(rounds); i++) {
        tracearr_tally *tally = tracearr_tally_new(TRACEARR_VIOLATIONS);
        for (const char *c = rounds[i].ids; *c; c++) {
            const char id[] = { *c, '\0' };
            tracearr_tally_violation(tally, id, TRACEARR_GEO_RESTRICTION, TRACEARR_HIGH, false);
        }
        assert_true(tracearr_publish(rig.t, tally));
        assert_shown(rig.reg, "tracearr_violations_seen_total{rule=\"geo_restriction\",severity=\"high\"}",
                     rounds[i].seen);
        assert_shown(rig.reg, "tracearr_violations{rule=\"geo_restriction\",severity=\"high\",acknowledged=\"false\"}",
                     rounds[i].there);
    }
    assert_shown(rig.reg, "tracearr_violations{rule=\"geo_restriction\",severity=\"high\",acknowledged=\"true\"}", "0");
    rig_fini(&rig);
}

/* ---- Events, demo, life ------------------------------------------------------------------------------------------ */

static void lines_without_a_tally_are_refused(void **state)
{
    struct rig rig;
    (void)state;
    rig_init(&rig, NULL);
    assert_int_equal(rig_apply(&rig, "plays server=a plays=1"), EVENT_REFUSED);
    assert_int_equal(rig_apply(&rig, "tally_published group=plays"), EVENT_REFUSED);
    assert_int_equal(rig_apply(&rig, "tally_started group=streams"), EVENT_TAKEN);
    assert_int_equal(rig_apply(&rig, "plays server=a plays=1"), EVENT_REFUSED);
    assert_int_equal(rig_apply(&rig, "tally_started group=plays"), EVENT_TAKEN);
    assert_int_equal(rig_apply(&rig, "plays server=a plays=1"), EVENT_TAKEN);
    assert_shown(rig.reg, "tracearr_plays_today{server=\"a\"}", NULL);
    assert_int_equal(rig_apply(&rig, "tally_published group=plays"), EVENT_TAKEN);
    assert_shown(rig.reg, "tracearr_plays_today{server=\"a\"}", "1");
    rig_fini(&rig);
}

static void every_event_is_in_the_sample(void **state)
{
    char *text = calloc(1, 65536);
    FILE *file = fopen(SAMPLE, "rb");
    (void)state;
    assert_true(text && file && fread(text, 1, 65535, file) > 0);
    (void)fclose(file);
    for (size_t i = 0; i < TRACEARR_EVENTS; i++) {
        char line[64];
        (void)snprintf(line, sizeof line, "\n%s ", tracearr_event_rows[i].name);
        if (!strstr(text, line)) fail_msg("%s is not in " SAMPLE, line + 1);
    }
    free(text);
}

static void a_demo_with_a_seed_is_always_the_same(void **state)
{
    char *pages[2];
    (void)state;
    for (int i = 0; i < 2; i++) {
        struct rig rig;
        demo_stage stage;
        tacho_buffer page;
        rig_init(&rig, &(tracearr_options){ .prefix = "my_" });
        demo_init(&stage);
        tracearr_demo *demo = tracearr_demo_new(rig.t, &stage, 7);
        assert_non_null(demo);
        demo_advance(&stage, 300);
        tacho_buffer_init(&page);
        assert_int_equal(tacho_expose(rig.reg, TACHO_TEXT, &page.sink), TACHO_OK);
        char *from = strstr(page.data, "# HELP my_tracearr_server_up"), *to = strstr(page.data, "# HELP tacho_");
        assert_non_null(from);
        pages[i] = strndup(from, to && to > from ? (size_t)(to - from) : strlen(from));
        tacho_buffer_fini(&page);
        demo_fini(&stage);
        tracearr_demo_free(demo);
        rig_fini(&rig);
    }
    assert_string_equal(pages[0], pages[1]);
    free(pages[0]);
    free(pages[1]);
}

static void a_second_object_needs_another_prefix(void **state)
{
    struct rig rig;
    (void)state;
    rig_init(&rig, NULL);
    assert_null(tracearr_new(rig.reg, NULL));
    tracearr *other = tracearr_new(rig.reg, &(tracearr_options){ .prefix = "other_" });
    assert_non_null(other);
    tracearr_free(other);
    rig_fini(&rig);
}

/* ---- A source ---------------------------------------------------------------------------------------------------- */

struct source {
    tracearr_source source;
    bool fails;
    int closed;
};

static bool source_offers(tracearr_source *self, tracearr_group group)
{
    (void)self;
    return group == TRACEARR_PLAYS;
}

static bool source_read(tracearr_source *self, tracearr *t, tracearr_group group, tracearr_tally *tally,
                        uint64_t deadline_ns, char *why, size_t cap)
{
    struct source *source = TACHO_CONTAINER(self, struct source, source);
    assert_int_equal(group, TRACEARR_PLAYS);
    assert_true(deadline_left_ms(deadline_ns) > 0);
    tracearr_request_finished(t, TRACEARR_STATS_TODAY, !source->fails, 0.1);
    tracearr_tally_plays(tally, "a", source->fails ? 1 : 2);
    if (source->fails) (void)snprintf(why, cap, "away");
    return !source->fails;
}

static void source_close(tracearr_source *self) { TACHO_CONTAINER(self, struct source, source)->closed++; }

static const tracearr_source_ops source_ops = { source_offers, source_read, source_close };

static void what_a_source_cannot_read_is_absent_or_as_it_was(void **state)
{
    (void)state;
    for (int last = 0; last < 2; last++) {
        struct rig rig;
        struct source source = { .source = { &source_ops } };
        rig_init(&rig, &(tracearr_options){ .source = &source.source,
                                            .on_failure = last ? TRACEARR_LAST : TRACEARR_ABSENT });
        assert_shown(rig.reg, "tracearr_plays_today{server=\"a\"}", "2");
        source.fails = true;
        assert_shown(rig.reg, "tracearr_plays_today{server=\"a\"}", last ? "2" : NULL);
        assert_shown(rig.reg, "tacho_collector_success{collector=\"tracearr_plays\"}", "0");
        assert_true(shown_value(rig.reg, "tracearr_exporter_request_errors_total{endpoint=\"stats_today\"}") > 0);
        source.fails = false;
        assert_shown(rig.reg, "tracearr_plays_today{server=\"a\"}", "2");
        rig_fini(&rig);
        assert_int_equal(source.closed, 1);
    }
}

/* ---- Answers ----------------------------------------------------------------------------------------------------- */

static void answer_ignore(tracearr_answer *self, const tracearr_value *entry)
{
    (void)self, (void)entry;
}

static void answers_are_taken_apart_or_refused(void **state)
{
    static const char *const names[] = { "meta.total", "top", NULL }, *const entry_names[] = { "id", "rule.type", NULL };
    static const struct { const char *in, *why; double total; size_t entries; } rows[] = {
        { "{\"data\":[],\"meta\":{\"total\":5}}", NULL, 5, 0 },
        { "{\"meta\":{\"x\":{\"total\":1},\"total\":5},\"data\":[{},1,[{}],{\"rule\":{\"type\":[]}}]}", NULL, 5, 4 },
        { "{\"data\":[{}],\"data\":[{},{}],\"meta.total\":7}", NULL, 7, 1 },
        { "{\"data\":{},\"meta\":{\"total\":5}}", "the answer has no list 'data'", 0, 0 },
        { "[]", "the answer is no object", 0, 0 },
        { "", "the answer is no JSON: there is no value, at byte 0", 0, 0 },
        { "{\"data\":[{]}", "the answer is no JSON: there is no key, at byte 10", 0, 0 },
        { "{\"data\":[]}}", "the answer is no JSON: something follows the value, at byte 11", 0, 0 },
    };
    (void)state;
    for (size_t i = 0; i < TACHO_COUNT(rows); i++) {
        char copy[200], why[200] = "";
        tracearr_answer answer = { .names = names, .array = "data", .entry_names = entry_names, .take = answer_ignore };
        (void)snprintf(copy, sizeof copy, "%s", rows[i].in);
        bool read = tracearr_answer_read(&answer, copy, strlen(copy), why, sizeof why);
        if (read != !rows[i].why || (rows[i].why && strcmp(why, rows[i].why) != 0)) fail_msg("%s: %s", rows[i].in, why);
        if (!read) continue;
        assert_true(answer.values[0].number == rows[i].total);
        assert_int_equal(answer.entries, rows[i].entries);
        assert_int_equal(answer.values[1].type, TRACEARR_ABSENT_VALUE);
    }
}

/* ---- Notices ----------------------------------------------------------------------------------------------------- */

static void a_failure_is_told_when_it_begins_and_once_a_minute_if_it_changes(void **state)
{
    static const struct { uint64_t second; const char *why; bool is_new; } rows[] = {
        { 1, NULL, false },  { 2, "away 1", true },   { 3, "away 2", false }, { 4, "gone", false },
        { 70, "gone", true }, { 71, NULL, true },      { 72, NULL, false },    { 73, "away", true },
    };
    tracearr_notices notices;
    (void)state;
    tracearr_notices_init(&notices, "test");
    for (size_t i = 0; i < TACHO_COUNT(rows); i++)
        assert_int_equal(tracearr_notices_is_new(&notices, TRACEARR_PLAYS, rows[i].why, rows[i].second * 1000000000),
                         rows[i].is_new);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_server_that_is_gone_loses_its_series),
        cmocka_unit_test(servers_of_one_name_are_up_if_all_are),
        cmocka_unit_test(scores_fall_into_their_bands),
        cmocka_unit_test(numbers_that_are_no_amounts_are_skipped),
        cmocka_unit_test(a_load_that_was_not_told_is_not_shown),
        cmocka_unit_test(too_many_names_add_up_in_one_more),
        cmocka_unit_test(violations_are_new_once),
        cmocka_unit_test(lines_without_a_tally_are_refused),
        cmocka_unit_test(every_event_is_in_the_sample),
        cmocka_unit_test(a_demo_with_a_seed_is_always_the_same),
        cmocka_unit_test(a_second_object_needs_another_prefix),
        cmocka_unit_test(what_a_source_cannot_read_is_absent_or_as_it_was),
        cmocka_unit_test(answers_are_taken_apart_or_refused),
        cmocka_unit_test(a_failure_is_told_when_it_begins_and_once_a_minute_if_it_changes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
