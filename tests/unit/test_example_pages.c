/*
 * test_example_pages.c - the metric sets of the examples after a fixed row of events, byte for byte in every format; and what
 * lint says of them.
 * Needs: OPENMETRICS PROTOBUF JSON LINT
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include <tacho/tacho.h>

#include "dragonfly_events.h"
#include "events.h"
#include "playarr.h"
#include "playarr_events.h"
#include "qbsync.h"
#include "qbsync_events.h"
#include "support/golden.h"
#include "support/page.h"
#include "tracearr.h"
#include "tracearr_events.h"

static double noon(const qbsync_clock *self)
{
    (void)self;
    return 43200;
}

static const qbsync_clock clock_at_noon = { noon };

static void play(const char *path, event_target *target)
{
    char line[4096];
    FILE *file = fopen(path, "r");
    if (!file) fail_msg("%s is missing: run the test in the source directory", path);
    while (fgets(line, sizeof line, file))
        assert_int_equal(event_apply(target, line, strcspn(line, "\n"), NULL), EVENT_TAKEN);
    (void)fclose(file);
}

/* The files of an example in all formats. */
static void check_all(tacho_registry *reg, const char *name)
{
    static const struct { const char *ending; tacho_format format; } formats[] = {
        { "txt", TACHO_TEXT },           { "1.txt", TACHO_TEXT_1 }, { "om", TACHO_OPENMETRICS },
        { "proto", TACHO_PROTOBUF },     { "json", TACHO_JSON },    { "csv", TACHO_CSV },
    };
    for (size_t i = 0; i < TACHO_COUNT(formats); i++) {
        char file[64];
        struct page page = page_take(reg, PAGE_AS(formats[i].format, TACHO_UNDERSCORES), 0);
        (void)snprintf(file, sizeof file, "%s.%s", name, formats[i].ending);
        golden_check(file, page.data, page.len);
        page_free(&page);
    }
}

static void the_sample_of_qbsync_gives_these_pages(void **state)
{
    (void)state;
    tacho_registry *reg = tacho_registry_new(&(tacho_registry_options){ .no_self_metrics = 1 });
    qbsync *set = qbsync_new(reg, &(qbsync_options){ .clock = &clock_at_noon });
    assert_non_null(set);
    qbsync_events events;
    qbsync_events_init(&events, set);
    play("examples/qbsync/sample.events", &events.target);
    check_all(reg, "qbsync");
    assert_int_equal(tacho_registry_lint(reg, NULL), 0); /* documented names that could be better are marked in their rows */
    qbsync_free(set);
    tacho_registry_free(reg);
}

static void the_sample_of_playarr_gives_these_pages(void **state)
{
    (void)state;
    tacho_registry *reg = tacho_registry_new(&(tacho_registry_options){ .no_self_metrics = 1 });
    playarr *set = playarr_new(reg, NULL);
    assert_non_null(set);
    playarr_events events;
    playarr_events_init(&events, set);
    play("examples/playarr/sample.events", &events.target);
    check_all(reg, "playarr");
    assert_int_equal(tacho_registry_lint(reg, NULL), 0);
    playarr_events_fini(&events);
    playarr_free(set);
    tacho_registry_free(reg);
}

/* One of the three components: `made` and its events are filled. */
static void check_component(tacho_registry *reg, const void *made, dragonfly_events *events, const char *name)
{
    char path[64], page[64];
    assert_non_null(made);
    (void)snprintf(path, sizeof path, "examples/dragonfly/%s.events", name);
    (void)snprintf(page, sizeof page, "dragonfly_%s", name);
    play(path, &events->target);
    check_all(reg, page);
    assert_int_equal(tacho_registry_lint(reg, NULL), 0);
}

static void the_samples_of_dragonfly_give_these_pages(void **state)
{
    (void)state;
    dragonfly_events events;
    const dragonfly_options options = { .has_grpc_seconds = true };
    tacho_registry *reg = tacho_registry_new(&(tacho_registry_options){ .no_self_metrics = 1 });
    dragonfly_client *c = dragonfly_client_new(reg, &options);
    dragonfly_client_events_init(&events, c);
    check_component(reg, c, &events, "client");
    dragonfly_client_free(c);
    dragonfly_manager *m = dragonfly_manager_new(reg, &options);
    dragonfly_manager_events_init(&events, m);
    check_component(reg, m, &events, "manager");
    dragonfly_manager_free(m);
    dragonfly_scheduler *s = dragonfly_scheduler_new(reg, &options);
    dragonfly_scheduler_events_init(&events, s);
    check_component(reg, s, &events, "scheduler");
    dragonfly_scheduler_free(s);
    tacho_registry_free(reg);
}

static void the_sample_of_tracearr_gives_these_pages(void **state)
{
    (void)state;
    tacho_registry *reg = tacho_registry_new(&(tacho_registry_options){ .no_self_metrics = 1 });
    tracearr *set = tracearr_new(reg, NULL);
    assert_non_null(set);
    tracearr_events events;
    tracearr_events_init(&events, set);
    play("examples/tracearr/sample.events", &events.target);
    check_all(reg, "tracearr");
    assert_int_equal(tacho_registry_lint(reg, NULL), 0);
    tracearr_events_fini(&events);
    tracearr_free(set);
    tacho_registry_free(reg);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_sample_of_qbsync_gives_these_pages),
        cmocka_unit_test(the_sample_of_playarr_gives_these_pages),
        cmocka_unit_test(the_samples_of_dragonfly_give_these_pages),
        cmocka_unit_test(the_sample_of_tracearr_gives_these_pages),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
