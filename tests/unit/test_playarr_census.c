/*
 * test_playarr_census.c - the seven families of Playarr that show a census: published as a whole, alone and while
 * others scrape.
 */
#define _POSIX_C_SOURCE 200809L
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "playarr.h"
#include "playarr_census.h"
#include "playarr_events.h"
#include "support/exposition.h"
#include "support/shown.h"

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

/* How many series a family has; a histogram's are counted by their counts. */
static size_t series_of(tacho_registry *reg, const char *sample_name)
{
    struct exposition *page = exposition_read(reg);
    size_t count = exposition_count(page, sample_name);
    exposition_free(page);
    return count;
}

/* ---- A census ---------------------------------------------------------------------------------------------------- */

static playarr_census *census_new(void)
{
    playarr_census *census = playarr_census_new();
    assert_non_null(census);
    return census;
}

static void before_the_first_census_its_families_have_no_series(void **state)
{
    static const char *const families[] = {
        "playarr_provider_titles_count", "playarr_main_titles_count",      "playarr_episodes_count",
        "playarr_channels_count",        "playarr_watchlist_titles_count", "playarr_watchlist_channels_count",
        "playarr_active_users"
    };
    struct rig rig;
    (void)state;
    rig_init(&rig, NULL);
    playarr_census *census = census_new();
    playarr_census_main_titles(census, PLAYARR_MOVIES, 7);
    for (size_t i = 0; i < TACHO_COUNT(families); i++) assert_int_equal(series_of(rig.reg, families[i]), 0);
    assert_true(playarr_census_publish(rig.p, census));
    assert_shown(rig.reg, "playarr_main_titles_count{media_type=\"movies\"}", "7");
    assert_shown(rig.reg, "playarr_main_titles_count{media_type=\"tvshows\"}", "0");
    assert_shown(rig.reg, "playarr_active_users", "0");
    rig_fini(&rig);
}

/* A provider, a user, a category and a season for each name. */
static void census_fill(playarr_census *census, const char *name, uint64_t number)
{
    playarr_census_provider_titles(census, name, PLAYARR_TVSHOWS, number);
    playarr_census_episodes(census, name, "Show", number, number);
    playarr_census_channels(census, "north", name, number);
    playarr_census_user(census, &(playarr_user){ name, true, number, number, number });
}

static void a_census_takes_the_place_of_the_one_before_as_a_whole(void **state)
{
    struct rig rig;
    (void)state;
    rig_init(&rig, NULL);
    playarr_census *census = census_new();
    census_fill(census, "gone", 1);
    census_fill(census, "stays", 2);
    assert_true(playarr_census_publish(rig.p, census));
    assert_shown(rig.reg, "playarr_watchlist_titles_count{user=\"gone\",media_type=\"movies\"}", "1");
    census = census_new();
    census_fill(census, "stays", 3);
    assert_shown(rig.reg, "playarr_watchlist_channels_count{user=\"stays\"}", "2");
    assert_true(playarr_census_publish(rig.p, census));

    struct exposition *page = exposition_read(rig.reg);
    for (size_t i = 0; i < page->count; i++) assert_null(strstr(page->samples[i].labels, "gone"));
    exposition_free(page);
    assert_int_equal(series_of(rig.reg, "playarr_episodes_count"), 1);
    assert_shown(rig.reg, "playarr_provider_titles_count{provider_id=\"stays\",media_type=\"tvshows\"}", "3");
    assert_shown(rig.reg, "playarr_provider_titles_count{provider_id=\"stays\",media_type=\"movies\"}", "0");
    assert_shown(rig.reg, "playarr_episodes_count{source=\"stays\",title_name=\"Show\",season=\"3\"}", "3");
    assert_shown(rig.reg, "playarr_channels_count{provider_id=\"north\",category=\"stays\"}", "3");
    assert_shown(rig.reg, "playarr_watchlist_channels_count{user=\"stays\"}", "3");
    assert_shown(rig.reg, "playarr_active_users", "1");
    rig_fini(&rig);
}

static void a_census_that_is_not_complete_leaves_the_one_before(void **state)
{
    struct rig rig;
    (void)state;
    rig_init(&rig, NULL);
    playarr_census *census = census_new();
    playarr_census_main_titles(census, PLAYARR_MOVIES, 7);
    assert_true(playarr_census_publish(rig.p, census));
    census = census_new();
    census->is_short = true; /* as if memory had run out */
    assert_false(playarr_census_publish(rig.p, census));
    assert_false(playarr_census_publish(rig.p, NULL));
    playarr_census_free(census_new());
    assert_shown(rig.reg, "playarr_main_titles_count{media_type=\"movies\"}", "7");
    rig_fini(&rig);
}

static void a_census_without_memory_counts_nothing_and_is_harmless(void **state)
{
    (void)state;
    census_fill(NULL, "north", 1);
    playarr_census_main_titles(NULL, PLAYARR_MOVIES, 1);
    playarr_census_free(NULL);
}

static void numbers_for_the_same_labels_add_up(void **state)
{
    struct rig rig;
    (void)state;
    rig_init(&rig, NULL);
    playarr_census *census = census_new();
    for (int i = 0; i < 3; i++) playarr_census_episodes(census, "north", "Show", 1, 1);
    playarr_census_episodes(census, "north", "Show1", 1, 1);
    playarr_census_channels(census, "ab", "c", 1);
    playarr_census_channels(census, "a", "bc", 2);
    playarr_census_main_titles(census, PLAYARR_TVSHOWS, UINT64_MAX);
    playarr_census_main_titles(census, PLAYARR_TVSHOWS, 2);
    assert_true(playarr_census_publish(rig.p, census));
    assert_shown(rig.reg, "playarr_episodes_count{source=\"north\",title_name=\"Show\",season=\"1\"}", "3");
    assert_shown(rig.reg, "playarr_episodes_count{source=\"north\",title_name=\"Show1\",season=\"1\"}", "1");
    assert_shown(rig.reg, "playarr_channels_count{provider_id=\"ab\",category=\"c\"}", "1");
    assert_shown(rig.reg, "playarr_channels_count{provider_id=\"a\",category=\"bc\"}", "2");
    assert_shown(rig.reg, "playarr_main_titles_count{media_type=\"tvshows\"}", "18446744073709551615");
    rig_fini(&rig);
}

static void what_has_no_name_is_unknown_and_what_has_no_medium_is_left_out(void **state)
{
    struct rig rig;
    (void)state;
    rig_init(&rig, NULL);
    playarr_census *census = census_new();
    playarr_census_channels(census, NULL, "", 4);
    playarr_census_provider_titles(census, "", PLAYARR_MOVIES, 5);
    playarr_census_provider_titles(census, "north", PLAYARR_LIVE, 1);
    playarr_census_provider_titles(census, "north", PLAYARR_UNKNOWN, 1);
    playarr_census_main_titles(census, PLAYARR_UNKNOWN, 1);
    assert_true(playarr_census_publish(rig.p, census));
    playarr_source_selected(rig.p, NULL, PLAYARR_UNKNOWN, 1);
    playarr_provider_synced(rig.p, "", PLAYARR_SUCCESS, 1);
    assert_shown(rig.reg, "playarr_channels_count{provider_id=\"unknown\",category=\"unknown\"}", "4");
    assert_shown(rig.reg, "playarr_provider_titles_count{provider_id=\"unknown\",media_type=\"movies\"}",
                 "5");
    assert_int_equal(series_of(rig.reg, "playarr_provider_titles_count"), 2);
    assert_shown(rig.reg, "playarr_best_source_selections_total{provider_id=\"unknown\"}", "1");
    assert_true(
        shown_value(rig.reg, "playarr_best_source_selection_duration_seconds_count{media_type=\"movies\"}") ==
        0);
    assert_shown(rig.reg, "playarr_provider_sync_total{provider_id=\"unknown\",status=\"success\"}", "1");
    rig_fini(&rig);
}

static void what_is_too_much_adds_up_in_one_series(void **state)
{
    struct rig rig;
    char name[PLAYARR_MAX_NAME + 2];
    (void)state;
    rig_init(&rig, NULL);
    playarr_census *census = census_new();
    for (unsigned i = 0; i < PLAYARR_MAX_SERIES + 10; i++) {
        (void)snprintf(name, sizeof name, "category %u", i);
        playarr_census_channels(census, "north", name, 1);
    }
    playarr_census_channels(census, "north", "category 7", 1); /* one that is there still counts */
    memset(name, 'x', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    playarr_census_episodes(census, "north", name, 1, 2);
    playarr_census_episodes(census, "north", name + 1, 1, 3); /* just short enough */
    assert_true(playarr_census_publish(rig.p, census));
    struct exposition *page = exposition_read(rig.reg);
    assert_int_equal(exposition_count(page, "playarr_channels_count"), PLAYARR_MAX_SERIES + 1);
    assert_true(exposition_sum(page, "playarr_channels_count") == PLAYARR_MAX_SERIES + 11);
    assert_true(
        exposition_value(page, "playarr_channels_count{provider_id=\"_other\",category=\"_other\"}") == 10);
    assert_true(
        exposition_value(page, "playarr_channels_count{provider_id=\"north\",category=\"category 7\"}") == 2);
    assert_true(
        exposition_value(
            page, "playarr_episodes_count{source=\"_other\",title_name=\"_other\",season=\"_other\"}") == 2);
    assert_int_equal(exposition_count(page, "playarr_episodes_count"), 2);
    exposition_free(page);
    rig_fini(&rig);
}

/* ---- Events of a census ------------------------------------------------------------------------------------------ */

static void lines_of_a_census_are_refused_outside_of_one(void **state)
{
    static const char *const inside[] = {
        "census_provider_titles provider_id=a media_type=movies titles=1",
        "census_main_titles media_type=movies titles=1",
        "census_episodes source=a title_name=b season=1 episodes=1",
        "census_channels provider_id=a category=b channels=1",
        "census_user user=a has_api_key=1 movies=1 tvshows=1 channels=1",
        "census_dropped",
        "census_published",
    };
    struct rig rig;
    (void)state;
    rig_init(&rig, NULL);
    for (int round = 0; round < 2; round++) {
        for (size_t i = 0; i < TACHO_COUNT(inside); i++)
            assert_int_equal(rig_apply(&rig, inside[i]), EVENT_REFUSED);
        assert_int_equal(rig_apply(&rig, "census_started"), EVENT_TAKEN);
        for (size_t i = 0; i < TACHO_COUNT(inside); i++)
            if (strcmp(inside[i], "census_dropped") != 0)
                assert_int_equal(rig_apply(&rig, inside[i]), EVENT_TAKEN);
    }
    rig_fini(&rig);
}

static void a_census_that_is_started_anew_has_nothing_of_the_old_start(void **state)
{
    struct rig rig;
    (void)state;
    rig_init(&rig, NULL);
    assert_int_equal(rig_apply(&rig, "census_started"), EVENT_TAKEN);
    assert_int_equal(rig_apply(&rig, "census_main_titles media_type=movies titles=1"), EVENT_TAKEN);
    assert_int_equal(rig_apply(&rig, "census_started"), EVENT_TAKEN);
    assert_int_equal(rig_apply(&rig, "census_main_titles media_type=movies titles=2"), EVENT_TAKEN);
    assert_int_equal(rig_apply(&rig, "census_published"), EVENT_TAKEN);
    assert_shown(rig.reg, "playarr_main_titles_count{media_type=\"movies\"}", "2");
    assert_int_equal(rig_apply(&rig, "census_started"), EVENT_TAKEN);
    assert_int_equal(rig_apply(&rig, "census_dropped"), EVENT_TAKEN);
    assert_shown(rig.reg, "playarr_main_titles_count{media_type=\"movies\"}", "2");
    assert_int_equal(rig_apply(&rig, "census_started"), EVENT_TAKEN); /* and is left so */
    rig_fini(&rig);
}

/* ---- Many threads ------------------------------------------------------------------------------------------------ */

struct storm {
    playarr *p;
    tacho_registry *reg;
    atomic_bool stop;
    atomic_uint scrapes, broken; /* pages that are not one whole census */
};

/* Census number `n`: every value in it is n, and so many providers, users and categories have one. */
static uint64_t storm_size(uint64_t n) { return 1 + n % 23; }

static void storm_publish(playarr *p, uint64_t n)
{
    playarr_census *census = playarr_census_new();
    playarr_census_main_titles(census, PLAYARR_MOVIES, n);
    for (uint64_t i = 0; i < storm_size(n); i++) {
        char name[32];
        (void)snprintf(name, sizeof name, "name-%u", (unsigned)(n % 7 + i));
        census_fill(census, name, n);
    }
    (void)playarr_census_publish(p, census);
}

static void *storm_publisher(void *argument)
{
    struct storm *storm = argument;
    for (uint64_t n = 1; !atomic_load(&storm->stop); n++) {
        storm_publish(storm->p, n);
        playarr_websocket_opened(storm->p);
        playarr_provider_synced(storm->p, "south", PLAYARR_SUCCESS, 20);
        if (n % 5 == 0) playarr_provider_removed(storm->p, "south");
        playarr_websocket_closed(storm->p);
    }
    return NULL;
}

static bool storm_is_whole(const struct exposition *page)
{
    static const struct {
        const char *name;
        size_t series, valued; /* of each name; those that are not 0 */
    } families[] = {
        { "playarr_provider_titles_count", 2, 1 },    { "playarr_episodes_count", 1, 1 },
        { "playarr_channels_count", 1, 1 },           { "playarr_watchlist_titles_count", 2, 2 },
        { "playarr_watchlist_channels_count", 1, 1 },
    };
    double n = exposition_value(page, "playarr_main_titles_count{media_type=\"movies\"}");
    if (!(n >= 1)) return false;
    size_t size = (size_t)storm_size((uint64_t)n);
    bool whole = exposition_value(page, "playarr_active_users") == (double)size;
    for (size_t i = 0; i < TACHO_COUNT(families); i++)
        whole = whole && exposition_count(page, families[i].name) == size * families[i].series &&
                exposition_sum(page, families[i].name) == n * (double)(size * families[i].valued);
    return whole;
}

static void *storm_scraper(void *argument)
{
    struct storm *storm = argument;
    while (!atomic_load(&storm->stop)) {
        char why[256];
        tacho_buffer text;
        tacho_buffer_init(&text);
        struct exposition *page = NULL;
        if (tacho_expose(storm->reg, TACHO_TEXT, &text.sink) == TACHO_OK)
            page = exposition_parse(text.data, text.len, why, sizeof why);
        if (!page || !storm_is_whole(page)) atomic_fetch_add(&storm->broken, 1);
        exposition_free(page);
        tacho_buffer_fini(&text);
        atomic_fetch_add(&storm->scrapes, 1);
    }
    return NULL;
}

static void every_scrape_shows_one_whole_census_while_others_are_published(void **state)
{
    enum { PUBLISHERS = 2, THREADS = 5, SCRAPES = 300 };
    pthread_t threads[THREADS];
    struct rig rig;
    (void)state;
    rig_init(&rig, NULL);
    struct storm storm = { .p = rig.p, .reg = rig.reg };
    storm_publish(rig.p, 1);
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(
            pthread_create(&threads[i], NULL, i < PUBLISHERS ? storm_publisher : storm_scraper, &storm), 0);
    while (atomic_load(&storm.scrapes) < SCRAPES) sched_yield();
    atomic_store(&storm.stop, true);
    for (size_t i = 0; i < THREADS; i++) pthread_join(threads[i], NULL);
    assert_int_equal(atomic_load(&storm.broken), 0);
    assert_shown(rig.reg, "playarr_websocket_connections", "0");
    rig_fini(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(before_the_first_census_its_families_have_no_series),
        cmocka_unit_test(a_census_takes_the_place_of_the_one_before_as_a_whole),
        cmocka_unit_test(a_census_that_is_not_complete_leaves_the_one_before),
        cmocka_unit_test(a_census_without_memory_counts_nothing_and_is_harmless),
        cmocka_unit_test(numbers_for_the_same_labels_add_up),
        cmocka_unit_test(what_has_no_name_is_unknown_and_what_has_no_medium_is_left_out),
        cmocka_unit_test(what_is_too_much_adds_up_in_one_series),
        cmocka_unit_test(lines_of_a_census_are_refused_outside_of_one),
        cmocka_unit_test(a_census_that_is_started_anew_has_nothing_of_the_old_start),
        cmocka_unit_test(every_scrape_shows_one_whole_census_while_others_are_published),
    };
    return cmocka_run_group_tests_name("playarr_census", tests, NULL, NULL);
}
