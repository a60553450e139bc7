/*
 * test_registry.c - registries themselves: options, NULL, budgets, the default one, and who hears of misuse.
 * Needs: LINT
 */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <tacho/tacho.h>

#include "support/exposition.h"
#include "support/shown.h"

static tacho_counter *ticks;
static tacho_gauge *flying;
static tacho_histogram *times;
static tacho_counter_vec *requests;
static tacho_gauge_vec *levels;
static const char *const sides[] = { "left", "right", NULL };
static const tacho_desc rows[] = {
    { .counter = &ticks, .name = "ticks_total", .help = "Help." },
    { .gauge = &flying, .name = "flying", .help = "Help.", .flags = TACHO_UPDOWN },
    { .histogram = &times, .name = "times", .help = "Help." },
    { .counter_vec = &requests, .name = "requests_total", .help = "Help.", .labels = { "l", "side" },
      .values = { NULL, sides }, .max_series = 2 },
    { .gauge_vec = &levels, .name = "levels", .help = "Help.", .labels = { "l" }, .max_series = 2 },
};

static tacho_registry *open_registry(const tacho_registry_options *options)
{
    tacho_registry *reg = tacho_registry_new(options);
    assert_non_null(reg);
    assert_int_equal(TACHO_DEFINE(reg, rows), TACHO_OK);
    return reg;
}

static tacho_err collect_nothing(tacho_collector *self, tacho_emitter *out)
{
    (void)self, (void)out;
    return TACHO_OK;
}

static void every_call_takes_a_null_registry(void **state)
{
    (void)state;
    size_t budget = 77;
    tacho_buffer page;
    tacho_collector_ops ops = { .name = "none", .collect = collect_nothing };
    tacho_collector collector = { &ops };
    tacho_buffer_init(&page);
    tacho_registry_free(NULL);
    assert_int_equal(TACHO_DEFINE(NULL, rows), TACHO_ERR_ARG);
    assert_int_equal(tacho_registry_undefine(NULL, rows, 1), TACHO_ERR_ARG);
    assert_int_equal(tacho_registry_add(NULL, &collector), TACHO_ERR_ARG);
    assert_int_equal(tacho_registry_remove(NULL, &collector), TACHO_ERR_ARG);
    assert_non_null(tacho_registry_error(NULL));
    assert_int_equal(tacho_registry_memory(NULL, &budget), 0);
    assert_int_equal(budget, 0);
    assert_int_equal(tacho_registry_memory(NULL, NULL), 0);
    assert_null(tacho_scrape_new(NULL, TACHO_TEXT));
    assert_int_equal(tacho_expose(NULL, TACHO_TEXT, &page.sink), TACHO_ERR_ARG);
    assert_int_equal(page.len, 0);
    tacho_buffer_fini(&page);
}

static void every_other_null_argument_is_refused_in_words(void **state)
{
    (void)state;
    tacho_collector bare = { NULL };
    tacho_collector_ops nameless = { .collect = collect_nothing }, idle = { .name = "idle" },
                        lost = { .name = "lost", .desc_count = 3, .collect = collect_nothing };
    tacho_collector *const wrong[] = { NULL, &bare, &(tacho_collector){ &nameless }, &(tacho_collector){ &idle },
                                       &(tacho_collector){ &lost } };
    for (size_t i = 0; i < TACHO_COUNT(wrong); i++) {
        tacho_registry *reg = tacho_registry_new(NULL);
        assert_int_equal(tacho_registry_add(reg, wrong[i]), TACHO_ERR_ARG);
        assert_non_null(tacho_registry_error(reg));
        tacho_registry_free(reg);
    }
    tacho_registry *reg = tacho_registry_new(NULL);
    assert_int_equal(tacho_registry_undefine(reg, NULL, 1), TACHO_ERR_ARG);
    assert_int_equal(tacho_registry_remove(reg, NULL), TACHO_ERR_ARG);
    assert_int_equal(tacho_expose(reg, TACHO_TEXT, NULL), TACHO_ERR_ARG);
    assert_int_equal(tacho_registry_define(reg, NULL, 3), TACHO_ERR_ARG);
    assert_non_null(tacho_registry_error(reg));
    tacho_registry_free(reg);
}

static void every_cause_has_words(void **state)
{
    (void)state;
    for (int err = TACHO_OK; err <= TACHO_ERR_FORKED; err++)
        for (int other = TACHO_OK; other < err; other++)
            assert_string_not_equal(tacho_strerror((tacho_err)err), tacho_strerror((tacho_err)other));
    assert_string_equal(tacho_strerror((tacho_err)99), "unknown error");
    assert_string_equal(tacho_strerror((tacho_err)-1), "unknown error");
    assert_string_equal(tacho_version(), TACHO_VERSION);
}

static void a_program_compiled_against_other_headers_gets_no_registry(void **state)
{
    (void)state;
    assert_null(tacho_registry_new_abi(NULL, TACHO_ABI + 1));
    assert_null(tacho_registry_new_abi(NULL, 0));
    assert_null(tacho_registry_new_abi(&(tacho_registry_options){ .cpus = 1 }, TACHO_ABI - 1));
    tacho_registry *reg = tacho_registry_new_abi(NULL, TACHO_ABI);
    assert_non_null(reg);
    assert_null(tacho_registry_error(reg));
    tacho_registry_free(reg);
}

static void *ask_for_default(void *unused)
{
    (void)unused;
    return tacho_registry_default();
}

static void everybody_who_asks_gets_the_same_default_registry(void **state)
{
    (void)state;
    pthread_t threads[8];
    void *answers[8];
    for (int i = 0; i < 8; i++) assert_int_equal(pthread_create(&threads[i], NULL, ask_for_default, NULL), 0);
    for (int i = 0; i < 8; i++) assert_int_equal(pthread_join(threads[i], &answers[i]), 0);
    assert_non_null(tacho_registry_default());
    for (int i = 0; i < 8; i++) assert_ptr_equal(answers[i], tacho_registry_default());
    assert_int_equal(TACHO_DEFINE(tacho_registry_default(), rows), TACHO_OK);
    tacho_counter_inc(ticks);
    assert_shown(tacho_registry_default(), "ticks_total", "1");
    assert_int_equal(tacho_registry_undefine(tacho_registry_default(), rows, TACHO_COUNT(rows)), TACHO_OK);
}

static void a_registry_shows_its_own_metrics_unless_told_otherwise(void **state)
{
    (void)state;
    tacho_registry *reg = open_registry(NULL);
    assert_shown(reg, "tacho_series", "3");
    assert_shown(reg, "tacho_memory_budget_bytes", "67108864");
    tacho_registry_free(reg);
    reg = open_registry(&(tacho_registry_options){ .no_self_metrics = 1 });
    struct exposition *page = exposition_read(reg);
    assert_int_equal(page->family_count, TACHO_COUNT(rows));
    exposition_free(page);
    tacho_registry_free(reg);
}

static void two_collectors_of_one_name_do_not_silence_tachos_own_metrics(void **state)
{
    (void)state;
    tacho_registry *reg = open_registry(NULL);
    tacho_collector_ops ops = { .name = "twin", .collect = collect_nothing };
    tacho_collector one = { &ops }, other = { &ops };
    assert_int_equal(tacho_registry_add(reg, &one), TACHO_OK);
    assert_int_equal(tacho_registry_add(reg, &one), TACHO_ERR_DUPLICATE);
    tacho_err err = tacho_registry_add(reg, &other);
    assert_true(err == TACHO_OK || err == TACHO_ERR_DUPLICATE);
    assert_shown(reg, "tacho_series", "3");
    assert_shown(reg, "tacho_collector_success{collector=\"twin\"}", "1");
    tacho_registry_free(reg);
}

static void odd_options_give_a_registry_that_counts_all_the_same(void **state)
{
    (void)state;
    static const tacho_registry_options odd[] = {
        { .byte_budget = 1 },
        { .byte_budget = 65537 },
        { .byte_budget = SIZE_MAX },
        { .cell_budget = 1 },
        { .cell_budget = SIZE_MAX },
        { .cpus = 1 },
        { .cpus = 64 },
        { .cpus = UINT32_MAX },
        { .cpus = 4096, .cell_budget = 4096 },
        { .byte_budget = 1 << 20, .cell_budget = 1 << 20, .cpus = 3 },
        { .creation_wait_ms = UINT32_MAX },
        { .sharing = TACHO_PREFORK },
        { .sharing = TACHO_PREFORK, .byte_budget = 1, .cell_budget = 1, .cpus = 1 },
    };
    for (size_t i = 0; i < TACHO_COUNT(odd); i++) {
        tacho_registry *reg = open_registry(&odd[i]);
        tacho_counter_inc(ticks);
        tacho_gauge_inc(flying);
        tacho_histogram_observe(times, 1);
        tacho_counter_inc_at(requests, TACHO_LABELS("a", "left"));
        assert_shown(reg, "ticks_total", "1");
        assert_shown(reg, "flying", "1");
        assert_shown(reg, "times_count", "1");
        assert_shown(reg, "requests_total{l=\"a\",side=\"left\"}", "1");
        tacho_registry_free(reg);
    }
}

static void a_budget_that_cannot_be_reserved_is_halved_until_it_fits_and_the_registry_says_so(void **state)
{
    (void)state;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct rlimit before, tight;
        size_t budget = 0;
        FILE *statm = fopen("/proc/self/statm", "r");
        unsigned long pages = 0;
        if (!statm || fscanf(statm, "%lu", &pages) != 1) _exit(77);
        (void)fclose(statm);
        (void)getrlimit(RLIMIT_AS, &before);
        tight = before;
        tight.rlim_cur = pages * 4096 + (24u << 20);
        if (setrlimit(RLIMIT_AS, &tight) != 0) _exit(77);
        tacho_registry *reg = tacho_registry_new(&(tacho_registry_options){ .byte_budget = (size_t)1 << 30 });
        (void)setrlimit(RLIMIT_AS, &before);
        if (!reg) _exit(2);
        (void)tacho_registry_memory(reg, &budget);
        const char *words = tacho_registry_error(reg);
        if (!words || !strstr(words, "1073741824") || budget > (24u << 20) || budget < (1u << 20)) _exit(3);
        if (TACHO_DEFINE(reg, rows) != TACHO_OK) _exit(4);
        tacho_counter_inc(ticks);
        if (tacho_counter_value(ticks) != 1) _exit(5);
        _exit(0);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    if (WEXITSTATUS(status) == 77) skip();
    assert_int_equal(WEXITSTATUS(status), 0);
}

static void a_registry_of_1_mib_stays_within_it_given_a_million_label_sets(void **state)
{
    (void)state;
    static tacho_counter_vec *many;
    static tacho_gauge_vec *gauges;
    static const tacho_desc wide[] = {
        { .counter_vec = &many, .name = "many_total", .help = "Help.", .labels = { "l" }, .max_series = UINT32_MAX },
        { .gauge_vec = &gauges, .name = "gauges", .help = "Help.", .labels = { "l" }, .max_series = UINT32_MAX },
    };
    tacho_registry *reg = tacho_registry_new(&(tacho_registry_options){ .byte_budget = 1 << 20 });
    size_t budget = 0;
    assert_int_equal(TACHO_DEFINE(reg, wide), TACHO_OK);
    enum { SETS = 1000000 };
    for (int i = 0; i < SETS; i++) {
        char value[16];
        (void)snprintf(value, sizeof value, "%d", i);
        tacho_counter_inc_at(many, TACHO_LABELS(value));
        if (i % 16 == 0) tacho_gauge_set_at(gauges, TACHO_LABELS(value), 1);
    }
    assert_true(tacho_registry_memory(reg, &budget) <= budget);
    assert_int_equal(budget, 1 << 20);
    struct exposition *page = exposition_read(reg);
    double rejected = exposition_value(page, "tacho_series_rejected_total{family=\"many_total\"}");
    assert_true(exposition_sum(page, "many_total") == SETS);
    assert_true(exposition_count(page, "many_total") > 1000);
    assert_true(exposition_value(page, "many_total{l=\"_other\"}") == rejected);
    assert_true(rejected + (double)exposition_count(page, "many_total") - 1 == SETS);
    assert_true(exposition_value(page, "tacho_series_rejected_total{family=\"gauges\"}") > 0);
    assert_true(exposition_value(page, "tacho_memory_used_bytes") <= (double)budget);
    exposition_free(page);
    tacho_registry_free(reg);
}

/* ---- Constants -------------------------------------------------------------------------------------------------- */

#define CONSTANTS(...) (const tacho_constant[]){ __VA_ARGS__, { NULL, NULL } }
#define FOUR(name) { name "1", "v" }, { name "2", "v" }, { name "3", "v" }, { name "4", "v" }

static char long_value[TACHO_MAX_LABEL_BYTES + 2];
enum { ALWAYS, BESIDE_SELF }; /* faulty by itself, or only beside tacho's own metrics */

static const struct {
    int when;
    const char *words;
    const tacho_constant *constants;
} faulty_constants[] = {
    { ALWAYS, "constants of the registry: label '0bad' does not match", CONSTANTS({ "0bad", "v" }) },
    { ALWAYS, "constants of the registry: label '' does not match", CONSTANTS({ "good", "v" }, { "", "v" }) },
    { ALWAYS, "constants of the registry: label 'a.b' does not match", CONSTANTS({ "a.b", "v" }) },
    { ALWAYS, "constants of the registry: label '__a' is reserved", CONSTANTS({ "__a", "v" }) },
    { ALWAYS, "constants of the registry: label 'good' has a value that is not UTF-8", CONSTANTS({ "good", NULL }) },
    { ALWAYS, "constants of the registry: label 'good' has a value that is not UTF-8", CONSTANTS({ "good", "caf\xe9" }) },
    { ALWAYS, "constants of the registry: label 'good' has a value that is not UTF-8", CONSTANTS({ "good", long_value }) },
    { ALWAYS, "constants of the registry: label 'good' is there twice", CONSTANTS({ "good", "v" }, { "good", "w" }) },
    { ALWAYS, "have at most 16 labels with one value", CONSTANTS(FOUR("a"), FOUR("b"), FOUR("c"), FOUR("d"), { "e", "v" }) },
    { BESIDE_SELF, "constants of the registry: family 'tacho_misuse_total': label 'kind' is there twice",
      CONSTANTS({ "kind", "v" }) },
    { BESIDE_SELF, "constants of the registry: family 'tacho_series_rejected_total': label 'family' is there twice",
      CONSTANTS({ "family", "v" }) },
    { BESIDE_SELF, "constants of the registry: family 'tacho_collector_success': label 'collector' is there twice",
      CONSTANTS({ "collector", "v" }) },
};

static const tacho_desc level = { .type = TACHO_GAUGE, .name = "level", .help = "Help." };

static tacho_err emit_level(tacho_collector *self, tacho_emitter *out)
{
    (void)self;
    tacho_emit_family(out, &level);
    tacho_emit_int(out, TACHO_NO_LABELS, 1);
    return TACHO_OK;
}

/* It counts, adds, shows and ends like any other; only nothing is in it. */
static void check_refusing(tacho_registry *reg, const char *words)
{
    tacho_collector announced = { &(tacho_collector_ops){ "announced", &level, 1, .collect = emit_level } };
    tacho_collector silent = { &(tacho_collector_ops){ .name = "silent", .collect = emit_level } };
    tacho_buffer page;
    tacho_buffer_init(&page);
    assert_non_null(strstr(tacho_registry_error(reg), words));
    for (int round = 0; round < 2; round++) {
        assert_int_equal(TACHO_DEFINE(reg, rows), TACHO_ERR_DESC);
        assert_non_null(strstr(tacho_registry_error(reg), "family 'ticks_total': "));
        assert_non_null(strstr(tacho_registry_error(reg), words));
    }
    tacho_counter_inc(ticks);
    tacho_counter_inc_at(requests, TACHO_LABELS("a", "left"));
    assert_int_equal(tacho_registry_add(reg, &announced), TACHO_ERR_DESC);
    assert_non_null(strstr(tacho_registry_error(reg), words));
    assert_int_equal(tacho_registry_add(reg, &silent), TACHO_OK);
    assert_int_equal(tacho_expose(reg, TACHO_TEXT, &page.sink), TACHO_OK);
    assert_int_equal(page.len, 0);
    (void)tacho_registry_lint(reg, NULL);
    assert_int_equal(tacho_registry_remove(reg, &silent), TACHO_OK);
    tacho_buffer_fini(&page);
}

static void a_faulty_constant_gives_a_registry_that_refuses_every_family_in_words(void **state)
{
    (void)state;
    memset(long_value, 'v', sizeof long_value - 1);
    for (size_t i = 0; i < TACHO_COUNT(faulty_constants); i++)
        for (uint32_t left_out = 0; left_out < 2; left_out++) {
            tacho_registry_options options = { .constants = faulty_constants[i].constants, .no_self_metrics = left_out };
            tacho_registry *reg = tacho_registry_new(&options);
            assert_non_null(reg);
            if (left_out && faulty_constants[i].when == BESIDE_SELF) {
                assert_null(tacho_registry_error(reg));
                assert_int_equal(TACHO_DEFINE(reg, rows), TACHO_OK);
            } else {
                check_refusing(reg, faulty_constants[i].words);
            }
            tacho_registry_free(reg);
        }
}

static void a_constant_that_only_some_families_cannot_have_is_no_fault_of_the_registry(void **state)
{
    (void)state;
    tacho_registry *reg = tacho_registry_new(&(tacho_registry_options){ .constants = CONSTANTS({ "le", "v" }) });
    assert_null(tacho_registry_error(reg));
    assert_int_equal(tacho_registry_define(reg, &rows[0], 1), TACHO_OK);
    assert_int_equal(tacho_registry_define(reg, &rows[2], 1), TACHO_ERR_DESC); /* a histogram */
    assert_shown(reg, "ticks_total{le=\"v\"}", "0");
    tacho_registry_free(reg);
}

/* ---- Misuse ------------------------------------------------------------------------------------------------- */

struct ear {
    tacho_listener listener;
    int heard;
    char last[512];
};

static void hear(tacho_listener *self, const char *what)
{
    struct ear *ear = TACHO_CONTAINER(self, struct ear, listener);
    ear->heard++;
    (void)snprintf(ear->last, sizeof ear->last, "%s", what);
    tacho_counter_inc(ticks); /* a listener may update metrics */
}

static void wrong_count(void) { tacho_counter_inc_at(requests, TACHO_LABELS("a")); }
static void no_values(void) { tacho_counter_inc_at(requests, TACHO_CAST(tacho_labels, NULL, NULL, 2)); }
static void null_value(void) { tacho_counter_inc_at(requests, TACHO_LABELS(NULL, "left")); }
static void unlisted_value(void) { tacho_counter_inc_at(requests, TACHO_LABELS("a", "up")); }
static void unlisted_bind(void) { assert_null(tacho_counter_bind(requests, TACHO_LABELS(NULL, "up"))); }
static void set_updown(void) { tacho_gauge_set(flying, 1); }
static void real_on_whole(void) { tacho_counter_add_real(ticks, 1); }
static void not_a_number(void) { tacho_histogram_observe(times, (double)NAN); }
static void wrong_remove(void) { (void)tacho_counter_remove_at(requests, TACHO_LABELS("a", "left", "b")); }
static void wrong_matching(void) { (void)tacho_counter_remove_matching(requests, TACHO_NO_LABELS); }
static void one_too_many(void)
{
    for (int i = 0; i < 3; i++) tacho_gauge_set_at(levels, TACHO_LABELS((const char *const[]){ "a", "b", "c" }[i]), 1);
}

static const struct {
    void (*misuse)(void);
    const char *series; /* what counts it */
    const char *words;  /* what the listener hears */
} misuses[] = {
    { wrong_count, "tacho_misuse_total{kind=\"label_count\"}",
      "family 'requests_total': wrong number of label values: 2 expected, 1 given" },
    { no_values, "tacho_misuse_total{kind=\"label_count\"}", "family 'requests_total': the label values are NULL" },
    { null_value, "tacho_misuse_total{kind=\"null_label\"}", "family 'requests_total': a label value is NULL" },
    { unlisted_value, "tacho_misuse_total{kind=\"unlisted_label\"}", "family 'requests_total': a label value is not in" },
    { unlisted_bind, "tacho_misuse_total{kind=\"unlisted_label\"}", "family 'requests_total': a label value is not in" },
    { set_updown, "tacho_misuse_total{kind=\"wrong_kind\"}", "tacho_gauge_set on an up-down gauge" },
    { real_on_whole, "tacho_misuse_total{kind=\"wrong_kind\"}", "tacho_counter_add_real on a counter of whole" },
    { not_a_number, "tacho_observations_dropped_total{reason=\"nan\"}", "NaN observed by a histogram" },
    { wrong_remove, "tacho_misuse_total{kind=\"label_count\"}",
      "family 'requests_total': wrong number of label values: 2 expected, 3 given" },
    { wrong_matching, "tacho_misuse_total{kind=\"label_count\"}",
      "family 'requests_total': wrong number of label values: 2 expected, 0 given" },
    { one_too_many, "tacho_series_rejected_total{family=\"levels\"}", "family 'levels': it has its max_series" },
};

static void every_misuse_is_counted_once_changes_nothing_and_the_listener_hears_why(void **state)
{
    (void)state;
    for (size_t i = 0; i < TACHO_COUNT(misuses); i++) {
        struct ear ear = { .listener = { hear } };
        tacho_registry *reg = open_registry(&(tacho_registry_options){ .listener = &ear.listener });
        misuses[i].misuse();
        if (ear.heard != 1 || !strstr(ear.last, misuses[i].words)) fail_msg("row %zu: %s", i, ear.last);
        assert_shown(reg, misuses[i].series, "1");
        assert_shown(reg, "ticks_total", "1"); /* by the listener */
        assert_shown(reg, "flying", "0");
        assert_shown(reg, "times_count", "0");
        assert_shown(reg, "requests_total{l=\"a\",side=\"left\"}", NULL);
        assert_shown(reg, "levels{l=\"c\"}", NULL);
        tacho_registry_free(reg);
    }
}

static void misuse_is_counted_without_a_listener_too(void **state)
{
    (void)state;
    for (size_t i = 0; i < TACHO_COUNT(misuses); i++) {
        tacho_registry *reg = open_registry(NULL);
        misuses[i].misuse();
        assert_shown(reg, misuses[i].series, "1");
        tacho_registry_free(reg);
    }
}

static int64_t second_now(void)
{
    struct timespec now;
    assert_int_equal(clock_gettime(CLOCK_MONOTONIC, &now), 0);
    return now.tv_sec;
}

static void the_listener_hears_of_at_most_ten_misuses_a_second_and_all_are_counted(void **state)
{
    (void)state;
    struct ear ear = { .listener = { hear } };
    tacho_registry *reg = open_registry(&(tacho_registry_options){ .listener = &ear.listener });
    int64_t begun = second_now();
    for (int i = 0; i < 10000; i++) wrong_count();
    int64_t seconds = second_now() - begun + 1;
    assert_in_range(ear.heard, 10, 10 * seconds);
    assert_shown(reg, "tacho_misuse_total{kind=\"label_count\"}", "10000");
    tacho_registry_free(reg);
}

int main(void)
{
    const struct CMUnitTest registry[] = {
        cmocka_unit_test(every_call_takes_a_null_registry),
        cmocka_unit_test(every_other_null_argument_is_refused_in_words),
        cmocka_unit_test(every_cause_has_words),
        cmocka_unit_test(a_program_compiled_against_other_headers_gets_no_registry),
        cmocka_unit_test(everybody_who_asks_gets_the_same_default_registry),
        cmocka_unit_test(a_registry_shows_its_own_metrics_unless_told_otherwise),
        cmocka_unit_test(two_collectors_of_one_name_do_not_silence_tachos_own_metrics),
        cmocka_unit_test(odd_options_give_a_registry_that_counts_all_the_same),
        cmocka_unit_test(a_budget_that_cannot_be_reserved_is_halved_until_it_fits_and_the_registry_says_so),
        cmocka_unit_test(a_registry_of_1_mib_stays_within_it_given_a_million_label_sets),
        cmocka_unit_test(a_faulty_constant_gives_a_registry_that_refuses_every_family_in_words),
        cmocka_unit_test(a_constant_that_only_some_families_cannot_have_is_no_fault_of_the_registry),
        cmocka_unit_test(every_misuse_is_counted_once_changes_nothing_and_the_listener_hears_why),
        cmocka_unit_test(misuse_is_counted_without_a_listener_too),
        cmocka_unit_test(the_listener_hears_of_at_most_ten_misuses_a_second_and_all_are_counted),
    };
    return cmocka_run_group_tests(registry, NULL, NULL);
}
