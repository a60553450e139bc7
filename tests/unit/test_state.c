/*
 * test_state.c - statesets, which of a few named states are on, and infos, with labels and without.
 * Needs: OPENMETRICS
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdbool.h>
#include <stdio.h>

#include <tacho/tacho.h>

#include "support/page.h"
#include "support/worlds.h"

#define EACH_WORLD(world) (const struct world *world = worlds; world < worlds + WORLD_COUNT; world++)

enum { IDLE, BUSY, ODD };
static const char *const modes[] = { "idle", "busy", "odd \"\\\n", NULL };
static const char *const sides[] = { "left", "right", NULL };
static const tacho_constant constants[] = { { "os", "any" }, { NULL, NULL } };
static const char *many[65];
static char numbers[64][13];

static tacho_stateset *mode, *wide, *array[2];
static tacho_stateset_vec *by_worker, *limited;
static tacho_info_vec *build, *target;

struct rows {
    tacho_desc each[8];
};

static struct rows state_rows(void)
{
    return (struct rows){ {
        { .stateset = &mode, .name = "mode", .help = "Help.", .states = modes },
        { .stateset = &wide, .name = "wide", .help = "Help.", .states = many },
        { .stateset = &array[0], .name = "array", .help = "Help.", .states = modes, .labels = { "side" },
          .values = { sides } },
        { .stateset_vec = &by_worker, .name = "by_worker", .help = "Help.", .states = sides, .labels = { "worker", "b" } },
        { .stateset_vec = &limited, .name = "limited", .help = "Help.", .states = sides, .labels = { "worker" },
          .max_series = 1 },
        { .info = &build, .name = "build_info", .help = "Help.", .labels = { "version", "revision" } },
        { .type = TACHO_INFO, .name = "bare_info", .help = "Help.", .constants = constants },
        { .info = &target, .name = "target_info", .help = "Help." },
    } };
}

static int fill_states(void **state)
{
    (void)state;
    for (int i = 0; i < 64; i++) {
        (void)snprintf(numbers[i], sizeof numbers[i], "s%d", i);
        many[i] = numbers[i];
    }
    return 0;
}

static tacho_registry *open_rows(const struct world *world)
{
    static struct rows rows;
    rows = state_rows();
    return WORLD_OPEN(world, rows.each);
}

#define MODE(idle, busy, odd) "mode{mode=\"idle\"} " idle "\nmode{mode=\"busy\"} " busy "\nmode{mode=\"odd \\\"\\\\\\n\"} " odd

/* ---- Statesets --------------------------------------------------------------------------------------------- */

static void every_state_is_off_until_it_is_set(void **state)
{
    (void)state;
    for EACH_WORLD(world) {
        tacho_registry *reg = open_rows(world);
        assert_line(reg, TACHO_TEXT, "# TYPE mode gauge\n" MODE("0", "0", "0"));
        assert_line(reg, TACHO_OPENMETRICS, "# TYPE mode stateset\n# HELP mode Help.\n" MODE("0", "0", "0"));
        assert_int_equal(tacho_stateset_value(mode), 0);
        tacho_registry_free(reg);
    }
}

static void setting_a_state_turns_all_others_off(void **state)
{
    (void)state;
    for EACH_WORLD(world) {
        tacho_registry *reg = open_rows(world);
        tacho_stateset_set(mode, BUSY);
        assert_line(reg, TACHO_TEXT, MODE("0", "1", "0"));
        tacho_stateset_set(mode, ODD);
        assert_line(reg, TACHO_TEXT, MODE("0", "0", "1"));
        tacho_stateset_turn(mode, IDLE, 1);
        assert_line(reg, TACHO_TEXT, MODE("1", "0", "1"));
        assert_int_equal(tacho_stateset_value(mode), 1 << IDLE | 1 << ODD);
        tacho_stateset_set(mode, IDLE);
        assert_int_equal(tacho_stateset_value(mode), 1 << IDLE);
        tacho_registry_free(reg);
    }
}

static void turning_one_state_leaves_the_others(void **state)
{
    (void)state;
    for EACH_WORLD(world) {
        tacho_registry *reg = open_rows(world);
        tacho_stateset_turn(mode, IDLE, 1);
        tacho_stateset_turn(mode, ODD, -1); /* any number but 0 is on */
        tacho_stateset_turn(mode, ODD, 77);
        assert_int_equal(tacho_stateset_value(mode), 5);
        tacho_stateset_turn(mode, IDLE, 0);
        tacho_stateset_turn(mode, BUSY, 0);
        assert_line(reg, TACHO_OPENMETRICS, MODE("0", "0", "1"));
        tacho_registry_free(reg);
    }
}

static void a_stateset_has_up_to_64_states(void **state)
{
    (void)state;
    tacho_registry *reg = open_rows(&worlds[0]);
    tacho_stateset_set(wide, 63);
    assert_line(reg, TACHO_TEXT, "wide{wide=\"s62\"} 0\nwide{wide=\"s63\"} 1");
    for (unsigned i = 0; i < 64; i++) tacho_stateset_turn(wide, i, 1);
    assert_true(tacho_stateset_value(wide) == UINT64_MAX);
    tacho_stateset_turn(wide, 31, 0);
    assert_true(tacho_stateset_value(wide) == (UINT64_MAX & ~(UINT64_C(1) << 31)));
    tacho_registry_free(reg);
}

static void a_state_that_is_not_in_the_list_changes_nothing_and_is_counted(void **state)
{
    static const unsigned beyond[] = { 3, 4, 63, 64, 65, 1u << 31, UINT32_MAX };
    (void)state;
    tacho_registry *reg = open_rows(&worlds[0]);
    tacho_stateset_set(mode, BUSY);
    for (size_t i = 0; i < TACHO_COUNT(beyond); i++) {
        tacho_stateset_set(mode, beyond[i]);
        tacho_stateset_turn(mode, beyond[i], 1);
        tacho_stateset_turn(mode, beyond[i], 0);
    }
    tacho_stateset_set(wide, 64);
    tacho_stateset_set_at(by_worker, TACHO_LABELS("a", "b"), 2);
    assert_int_equal(tacho_stateset_value(mode), 1 << BUSY);
    assert_line(reg, TACHO_TEXT, "tacho_misuse_total{kind=\"wrong_kind\"} 23");
    assert_line(reg, TACHO_TEXT, "by_worker{worker=\"a\",b=\"b\",by_worker=\"left\"} 0\n"
                                 "by_worker{worker=\"a\",b=\"b\",by_worker=\"right\"} 0");
    tacho_registry_free(reg);
}

static void the_state_stands_behind_the_labels_and_each_series_has_its_own(void **state)
{
    (void)state;
    for EACH_WORLD(world) {
        tacho_registry *reg = open_rows(world);
        tacho_stateset_vec *bound = tacho_stateset_bind(by_worker, (tacho_labels){ (const char *[]){ "w", NULL }, NULL, 2 });
        tacho_stateset_set(array[1], BUSY);
        tacho_stateset_set_at(by_worker, TACHO_LABELS("w", "b"), 0);
        tacho_stateset_set_at(bound, TACHO_LABELS("b"), 1);
        tacho_stateset_turn(tacho_stateset_at(by_worker, TACHO_LABELS("v", "b")), 0, 1);
        assert_line(reg, TACHO_TEXT, "by_worker{worker=\"w\",b=\"b\",by_worker=\"left\"} 0\n"
                                     "by_worker{worker=\"w\",b=\"b\",by_worker=\"right\"} 1\n"
                                     "by_worker{worker=\"v\",b=\"b\",by_worker=\"left\"} 1\n"
                                     "by_worker{worker=\"v\",b=\"b\",by_worker=\"right\"} 0");
        assert_line(reg, TACHO_TEXT, "array{side=\"left\",array=\"busy\"} 0");
        assert_line(reg, TACHO_TEXT, "array{side=\"right\",array=\"busy\"} 1");
        tacho_registry_free(reg);
    }
}

static void statesets_are_removed_by_handle_by_labels_by_part_of_them_and_all(void **state)
{
    (void)state;
    tacho_registry *reg = open_rows(&worlds[0]);
    static const char *const letters[] = { "a", "b", "c" };
    for (size_t i = 0; i < 9; i++) tacho_stateset_set_at(by_worker, TACHO_LABELS(letters[i % 3], letters[i / 3]), 0);
    assert_int_equal(tacho_stateset_remove(by_worker, tacho_stateset_at(by_worker, TACHO_LABELS("a", "a"))), TACHO_OK);
    assert_int_equal(tacho_stateset_remove_at(by_worker, TACHO_LABELS("a", "b")), TACHO_OK);
    assert_int_equal(tacho_stateset_remove_at(by_worker, TACHO_LABELS("a", "b")), TACHO_ERR_MISSING);
    assert_int_equal(tacho_stateset_remove_matching(by_worker, (tacho_labels){ (const char *[]){ "b", NULL }, NULL, 2 }), 3);
    assert_line(reg, TACHO_TEXT, "by_worker{worker=\"c\",b=\"a\",by_worker=\"left\"} 1");
    assert_no_line(reg, TACHO_TEXT, "by_worker{worker=\"b\",b=\"a\",by_worker=\"left\"} 1");
    assert_int_equal(tacho_stateset_clear(by_worker), TACHO_OK);
    assert_line(reg, TACHO_TEXT, "# TYPE by_worker gauge\n# HELP limited Help.");
    tacho_registry_free(reg);
}

static void a_stateset_too_many_is_dropped_and_counted(void **state)
{
    (void)state;
    tacho_registry *reg = open_rows(&worlds[0]);
    tacho_stateset_set_at(limited, TACHO_LABELS("a"), 0);
    tacho_stateset_set_at(limited, TACHO_LABELS("b"), 1);
    tacho_stateset *nowhere = tacho_stateset_at(limited, TACHO_LABELS("c"));
    tacho_stateset_set(nowhere, 1);
    assert_int_equal(tacho_stateset_value(nowhere), 0);
    assert_line(reg, TACHO_TEXT, "# TYPE limited gauge\nlimited{worker=\"a\",limited=\"left\"} 1\n"
                                 "limited{worker=\"a\",limited=\"right\"} 0\n# HELP build_info Help.");
    assert_line(reg, TACHO_TEXT, "tacho_series_rejected_total{family=\"limited\"} 2");
    tacho_registry_free(reg);
}

static void stateset_handles_that_lead_nowhere_take_every_call(void **state)
{
    (void)state;
    tacho_registry *reg = open_rows(&worlds[0]);
    static tacho_histogram *refused;
    static const tacho_desc bad = { .histogram = &refused, .name = "bad name", .help = "Help." };
    assert_int_equal(tacho_registry_define(reg, &bad, 1), TACHO_ERR_DESC);
    tacho_histogram_observe(refused, 1); /* counts where nobody looks; a stateset that leads nowhere may not show it */
    tacho_stateset *nowhere[] = { NULL, tacho_stateset_at(NULL, TACHO_LABELS("a")),
                                  tacho_stateset_at(by_worker, TACHO_LABELS("one too few")) };
    for (size_t i = 0; i < TACHO_COUNT(nowhere); i++) {
        assert_int_equal(nowhere[i] != NULL, i > 0);
        tacho_stateset_set(nowhere[i], 0);
        tacho_stateset_turn(nowhere[i], 0, 1);
        assert_int_equal(tacho_stateset_value(nowhere[i]), 0);
    }
    tacho_stateset_set_at(NULL, TACHO_LABELS("a"), 0);
    assert_null(tacho_stateset_bind(NULL, TACHO_LABELS("a")));
    assert_int_equal(tacho_stateset_remove(NULL, mode), TACHO_ERR_ARG);
    assert_int_equal(tacho_stateset_remove(by_worker, mode), TACHO_ERR_MISSING);
    assert_int_equal(tacho_stateset_remove_at(NULL, TACHO_LABELS("a")), TACHO_ERR_ARG);
    assert_int_equal(tacho_stateset_remove_matching(NULL, TACHO_LABELS("a")), 0);
    assert_int_equal(tacho_stateset_clear(NULL), TACHO_ERR_ARG);
    tacho_registry_free(reg);
}

/* ---- Infos ------------------------------------------------------------------------------------------------- */

static void an_info_shows_its_labels_beside_those_that_were_set_before(void **state)
{
    (void)state;
    for EACH_WORLD(world) {
        tacho_registry *reg = open_rows(world);
        assert_line(reg, TACHO_TEXT, "# TYPE build_info gauge\n# HELP bare_info Help.");
        tacho_info_set(build, TACHO_LABELS("1.2.0", "e5f0"));
        tacho_info_set(build, TACHO_LABELS("1.2.0", "e5f0"));
        assert_line(reg, TACHO_TEXT, "# TYPE build_info gauge\nbuild_info{version=\"1.2.0\",revision=\"e5f0\"} 1\n"
                                     "# HELP bare_info Help.");
        tacho_info_set(build, TACHO_LABELS("\"\n", ""));
        assert_line(reg, TACHO_OPENMETRICS, "# TYPE build info\n# HELP build Help.\n"
                                            "build_info{version=\"1.2.0\",revision=\"e5f0\"} 1\n"
                                            "build_info{version=\"\\\"\\n\",revision=\"\"} 1");
        tacho_registry_free(reg);
    }
}

static void an_info_without_labels_is_there_from_its_definition_on(void **state)
{
    (void)state;
    for EACH_WORLD(world) {
        tacho_registry *reg = open_rows(world);
        assert_line(reg, TACHO_TEXT, "# TYPE bare_info gauge\nbare_info{os=\"any\"} 1");
        assert_line(reg, TACHO_OPENMETRICS, "# TYPE bare info\n# HELP bare Help.\nbare_info{os=\"any\"} 1\n# TYPE target info\n"
                                            "# HELP target Help.\ntarget_info 1");
        assert_null(target); /* there is nothing to set */
        tacho_info_set(target, TACHO_NO_LABELS);
        tacho_registry_free(reg);
    }
}

static void infos_are_removed_by_labels_by_part_of_them_and_all(void **state)
{
    (void)state;
    tacho_registry *reg = open_rows(&worlds[0]);
    for (int i = 0; i < 3; i++) tacho_info_set(build, TACHO_LABELS(i ? "2" : "1", i == 1 ? "b" : "a"));
    assert_int_equal(tacho_info_remove_at(build, TACHO_LABELS("1", "a")), TACHO_OK);
    assert_int_equal(tacho_info_remove_at(build, TACHO_LABELS("1", "a")), TACHO_ERR_MISSING);
    assert_line(reg, TACHO_TEXT, "# TYPE build_info gauge\nbuild_info{version=\"2\",revision=\"b\"} 1");
    assert_int_equal(tacho_info_remove_matching(build, (tacho_labels){ (const char *[]){ NULL, "a" }, NULL, 2 }), 1);
    assert_line(reg, TACHO_TEXT, "build_info{version=\"2\",revision=\"b\"} 1\n# HELP bare_info Help.");
    assert_int_equal(tacho_info_clear(build), TACHO_OK);
    assert_line(reg, TACHO_TEXT, "# TYPE build_info gauge\n# HELP bare_info Help.");
    tacho_info_set(build, TACHO_LABELS("1", "a"));
    assert_line(reg, TACHO_TEXT, "build_info{version=\"1\",revision=\"a\"} 1");
    tacho_registry_free(reg);
}

static void info_vectors_that_lead_nowhere_take_every_call(void **state)
{
    (void)state;
    tacho_registry *reg = open_rows(&worlds[0]);
    tacho_info_set(NULL, TACHO_LABELS("a"));
    tacho_info_set(build, TACHO_LABELS("one too few"));
    assert_int_equal(tacho_info_remove_at(NULL, TACHO_LABELS("a")), TACHO_ERR_ARG);
    assert_int_equal(tacho_info_remove_at(build, TACHO_LABELS("a")), TACHO_ERR_ARG);
    assert_int_equal(tacho_info_remove_matching(NULL, TACHO_LABELS("a")), 0);
    assert_int_equal(tacho_info_clear(NULL), TACHO_ERR_ARG);
    assert_line(reg, TACHO_TEXT, "tacho_misuse_total{kind=\"label_count\"} 2");
    tacho_registry_free(reg);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_state_is_off_until_it_is_set),
        cmocka_unit_test(setting_a_state_turns_all_others_off),
        cmocka_unit_test(turning_one_state_leaves_the_others),
        cmocka_unit_test(a_stateset_has_up_to_64_states),
        cmocka_unit_test(a_state_that_is_not_in_the_list_changes_nothing_and_is_counted),
        cmocka_unit_test(the_state_stands_behind_the_labels_and_each_series_has_its_own),
        cmocka_unit_test(statesets_are_removed_by_handle_by_labels_by_part_of_them_and_all),
        cmocka_unit_test(a_stateset_too_many_is_dropped_and_counted),
        cmocka_unit_test(stateset_handles_that_lead_nowhere_take_every_call),
        cmocka_unit_test(an_info_shows_its_labels_beside_those_that_were_set_before),
        cmocka_unit_test(an_info_without_labels_is_there_from_its_definition_on),
        cmocka_unit_test(infos_are_removed_by_labels_by_part_of_them_and_all),
        cmocka_unit_test(info_vectors_that_lead_nowhere_take_every_call),
    };
    return cmocka_run_group_tests(tests, fill_states, NULL);
}
