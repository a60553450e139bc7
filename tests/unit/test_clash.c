/*
 * test_clash.c - names that two families could both show in some format and escaping scheme: the second one is refused,
 * whoever describes it and in whichever order they come (OpenMetrics 1.0, "Metric naming and namespaces").
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <tacho/registry.h>

#include "support/exposition.h"
#include "support/shown.h"

enum kind {
    COUNTER = TACHO_COUNTER,
    GAUGE = TACHO_GAUGE,
    HISTOGRAM = TACHO_HISTOGRAM,
    SUMMARY = TACHO_SUMMARY,
    SPREAD = TACHO_GAUGE_HISTOGRAM,
    INFO = TACHO_INFO,
    STATES = TACHO_STATESET,
    UNKNOWN = TACHO_UNKNOWN,
    KEPT /* a counter as it is */
};

struct named {
    enum kind kind;
    const char *name;
};

static const struct {
    struct named one, other;
    const char *taken;
} clashes[] = {
    { { GAUGE, "a" }, { GAUGE, "a" }, "a" },
    { { COUNTER, "a_total" }, { COUNTER, "a_total" }, "a" },
    { { HISTOGRAM, "a" }, { HISTOGRAM, "a" }, "a" },
    { { GAUGE, "a" }, { HISTOGRAM, "a" }, "a" },
    { { GAUGE, "a" }, { KEPT, "a" }, "a" },
    { { COUNTER, "a_total" }, { KEPT, "a_total" }, "a" },
    { { COUNTER, "a_total" }, { GAUGE, "a" }, "a" },
    { { COUNTER, "a_total" }, { GAUGE, "a_total" }, "a_total" },
    { { COUNTER, "a_total" }, { GAUGE, "a_created" }, "a_created" },
    { { COUNTER, "a_total" }, { KEPT, "a" }, "a" },
    { { COUNTER, "a_total" }, { KEPT, "a_created" }, "a_created" },
    { { COUNTER, "a_total" }, { HISTOGRAM, "a" }, "a" },
    { { COUNTER, "a_total" }, { HISTOGRAM, "a_total" }, "a_total" },
    { { COUNTER, "a_total" }, { HISTOGRAM, "a_created" }, "a_created" },
    { { COUNTER, "a_total" }, { COUNTER, "a_created_total" }, "a_created" },
    { { COUNTER, "a_total" }, { COUNTER, "a_total_total" }, "a_total" },
    { { HISTOGRAM, "a" }, { GAUGE, "a_bucket" }, "a_bucket" },
    { { HISTOGRAM, "a" }, { GAUGE, "a_sum" }, "a_sum" },
    { { HISTOGRAM, "a" }, { GAUGE, "a_count" }, "a_count" },
    { { HISTOGRAM, "a" }, { GAUGE, "a_created" }, "a_created" },
    { { HISTOGRAM, "a" }, { KEPT, "a_sum" }, "a_sum" },
    { { HISTOGRAM, "a" }, { KEPT, "a_count" }, "a_count" },
    { { HISTOGRAM, "a" }, { COUNTER, "a_bucket_total" }, "a_bucket" },
    { { HISTOGRAM, "a" }, { COUNTER, "a_sum_total" }, "a_sum" },
    { { HISTOGRAM, "a" }, { COUNTER, "a_count_total" }, "a_count" },
    { { HISTOGRAM, "a" }, { COUNTER, "a_created_total" }, "a_created" },
    { { HISTOGRAM, "a" }, { HISTOGRAM, "a_bucket" }, "a_bucket" },
    { { HISTOGRAM, "a" }, { HISTOGRAM, "a_count" }, "a_count" },
    /* other types */
    { { SUMMARY, "a" }, { GAUGE, "a" }, "a" },
    { { SUMMARY, "a" }, { COUNTER, "a_total" }, "a" },
    { { SUMMARY, "a" }, { GAUGE, "a_sum" }, "a_sum" },
    { { SUMMARY, "a" }, { GAUGE, "a_count" }, "a_count" },
    { { SUMMARY, "a" }, { GAUGE, "a_created" }, "a_created" },
    { { SUMMARY, "a" }, { HISTOGRAM, "a_sum" }, "a_sum" },
    { { SPREAD, "a" }, { GAUGE, "a" }, "a" },
    { { SPREAD, "a" }, { GAUGE, "a_bucket" }, "a_bucket" },
    { { SPREAD, "a" }, { GAUGE, "a_gsum" }, "a_gsum" },
    { { SPREAD, "a" }, { GAUGE, "a_gcount" }, "a_gcount" },
    { { SPREAD, "a" }, { GAUGE, "a_sum" }, "a_sum" }, /* which it has in the text format */
    { { SPREAD, "a" }, { GAUGE, "a_count" }, "a_count" },
    { { SPREAD, "a" }, { HISTOGRAM, "a" }, "a" },
    { { INFO, "a_info" }, { GAUGE, "a" }, "a" },
    { { INFO, "a_info" }, { GAUGE, "a_info" }, "a_info" },
    { { INFO, "a_info" }, { COUNTER, "a_total" }, "a" },
    { { INFO, "a_info" }, { INFO, "a_info_info" }, "a_info" },
    { { INFO, "a_info" }, { STATES, "a" }, "a" },
    { { STATES, "a" }, { GAUGE, "a" }, "a" },
    { { STATES, "a_sum" }, { HISTOGRAM, "a" }, "a_sum" },
    { { UNKNOWN, "a" }, { GAUGE, "a" }, "a" },
    { { UNKNOWN, "a_created" }, { SUMMARY, "a" }, "a_created" },
    /* names that only an escaping scheme writes alike: with underscores, dots, as values */
    { { GAUGE, "a.b" }, { GAUGE, "a_b" }, "a_b" },
    { { GAUGE, "a.b" }, { GAUGE, "a/b" }, "a_b" },
    { { GAUGE, "1a" }, { GAUGE, "_a" }, "_a" },
    { { GAUGE, "a.b" }, { GAUGE, "a_dot_b" }, "a_dot_b" },
    { { GAUGE, "a/b" }, { GAUGE, "a__b" }, "a__b" },
    { { GAUGE, "a.b" }, { GAUGE, "U__a_2e_b" }, "U__a_2e_b" },
    { { GAUGE, "+" }, { GAUGE, "U___2b_" }, "U___2b_" },
    { { GAUGE, "a.b" }, { GAUGE, "a.b" }, "a_b" },
    { { COUNTER, "a.b_total" }, { GAUGE, "a_b" }, "a_b" },
    { { COUNTER, "a.b_total" }, { GAUGE, "a.b" }, "a_b" },
    { { COUNTER, "a.b_total" }, { GAUGE, "a_b_created" }, "a_b_created" },
    { { COUNTER, "a.b_total" }, { GAUGE, "a_dot_b_" }, "a_dot_b_" },
    { { COUNTER, "a.b_total" }, { GAUGE, "a_dot_b__created" }, "a_dot_b__created" },
    { { COUNTER, "a.b_total" }, { GAUGE, "U__a_2e_b_" }, "U__a_2e_b_" },
    { { COUNTER, "a.b_total" }, { GAUGE, "U__a_2e_b__created" }, "U__a_2e_b__created" },
    { { HISTOGRAM, "a.b" }, { GAUGE, "a_b_sum" }, "a_b_sum" },
    { { HISTOGRAM, "a.b" }, { GAUGE, "a_dot_b_bucket" }, "a_dot_b_bucket" },
    { { HISTOGRAM, "a.b" }, { GAUGE, "U__a_2e_b_count" }, "U__a_2e_b_count" },
    { { SPREAD, "a.b" }, { GAUGE, "a/b_gsum" }, "a_b_gsum" },
    { { SUMMARY, "a.b" }, { SUMMARY, "a_b" }, "a_b" },
    { { INFO, "a.b_info" }, { GAUGE, "a_b" }, "a_b" },
    { { INFO, "a.b_info" }, { GAUGE, "U__a_2e_b_" }, "U__a_2e_b_" },
    { { KEPT, "a.b" }, { COUNTER, "a_b_total" }, "a_b" },
    { { KEPT, "a.total" }, { COUNTER, "a_total" }, "a_total" },
    { { HISTOGRAM, "a.b" }, { GAUGE, "a.b_sum" }, "a_b_sum" },
};

static const struct {
    struct named one, other;
} neighbours[] = {
    { { GAUGE, "a" }, { GAUGE, "a_total" } },
    { { GAUGE, "a" }, { GAUGE, "a_created" } },
    { { GAUGE, "a" }, { GAUGE, "A" } },
    { { GAUGE, "a" }, { COUNTER, "ab_total" } },
    { { GAUGE, "a_sum" }, { GAUGE, "a_count" } },
    { { KEPT, "a" }, { GAUGE, "a_created" } },
    { { KEPT, "a.total" }, { GAUGE, "a" } }, /* unknown in every scheme: what is kept is a name, not a suffix */
    { { KEPT, "a.total" }, { GAUGE, "a_created" } },
    { { KEPT, "a" }, { COUNTER, "a_b_total" } },
    { { COUNTER, "a_total" }, { COUNTER, "aa_total" } },
    { { COUNTER, "a_total" }, { GAUGE, "a_totals" } },
    { { COUNTER, "a_total" }, { GAUGE, "a_created_at" } },
    { { COUNTER, "a_total" }, { GAUGE, "a_sum" } },
    { { COUNTER, "a_b_total" }, { GAUGE, "a" } },
    { { HISTOGRAM, "a" }, { GAUGE, "a_buckets" } },
    { { HISTOGRAM, "a" }, { GAUGE, "a_max" } },
    { { HISTOGRAM, "a" }, { COUNTER, "a_errors_total" } },
    { { HISTOGRAM, "a" }, { HISTOGRAM, "a_a" } },
    { { HISTOGRAM, "a" }, { GAUGE, "a:sum" } },
    { { HISTOGRAM, "a" }, { GAUGE, "a_gsum" } },
    { { SUMMARY, "a" }, { GAUGE, "a_bucket" } },
    { { SUMMARY, "a" }, { GAUGE, "a_total" } },
    { { SPREAD, "a" }, { GAUGE, "a_created" } },
    { { INFO, "a_info" }, { GAUGE, "a_information" } },
    { { INFO, "a_info" }, { GAUGE, "a_created" } },
    { { STATES, "a" }, { GAUGE, "a_sum" } },
    { { UNKNOWN, "a" }, { GAUGE, "a_created" } },
    { { GAUGE, "a.b" }, { GAUGE, "a_c" } },
    { { GAUGE, "a.b" }, { GAUGE, "a_dot_dot_b" } },
    { { GAUGE, "a.b" }, { GAUGE, "U__a_2E_b" } }, /* scrapers may take it for the same, but it is another name */
    { { HISTOGRAM, "a.b" }, { GAUGE, "a_b_gsum" } },
    { { COUNTER, "a.b_total" }, { GAUGE, "a_b_total_created" } },
    { { COUNTER, "a.b_total" }, { GAUGE, "a_b_sum" } },
    { { KEPT, "a.b" }, { GAUGE, "a_b_created" } },
};

static tacho_counter *counter;
static tacho_gauge *gauge;
static tacho_histogram *histogram;
static tacho_summary *summary;
static tacho_stateset *stateset;
static const char *const states[] = { "on", NULL };

static tacho_desc defined(struct named family)
{
    tacho_desc row = { .name = family.name, .help = "Help.", .flags = family.kind == KEPT ? TACHO_KEEP_NAME : 0 };
    if (family.kind != KEPT) row.type = (tacho_type)family.kind;
    if (family.kind == STATES) row.states = states;
    if (family.kind == GAUGE)
        row.gauge = &gauge;
    else if (family.kind == HISTOGRAM || family.kind == SPREAD)
        row.histogram = &histogram;
    else if (family.kind == SUMMARY)
        row.summary = &summary;
    else if (family.kind == STATES)
        row.stateset = &stateset;
    else if (family.kind == UNKNOWN)
        row.gauge = &gauge;
    else if (family.kind != INFO)
        row.counter = &counter;
    return row;
}

static tacho_desc announced(struct named family)
{
    return (tacho_desc){ .type = family.kind == KEPT ? TACHO_COUNTER : (tacho_type)family.kind, .name = family.name,
                         .help = "Help.", .flags = family.kind == KEPT ? TACHO_KEEP_NAME : 0,
                         .states = family.kind == STATES ? states : NULL };
}

static tacho_err collect_nothing(tacho_collector *self, tacho_emitter *out)
{
    (void)self, (void)out;
    return TACHO_OK;
}

/* Two families, each of them a row or what a collector announces. */
struct pair {
    tacho_registry *reg;
    tacho_desc descs[2];
    tacho_collector_ops ops[2];
    tacho_collector collectors[2];
};

static void pair_open(struct pair *pair, struct named first, struct named second, bool first_defined,
                      bool second_defined)
{
    pair->reg = tacho_registry_new(&(tacho_registry_options){ .utf8_names = 1 });
    pair->descs[0] = first_defined ? defined(first) : announced(first);
    pair->descs[1] = second_defined ? defined(second) : announced(second);
    for (size_t i = 0; i < 2; i++) {
        pair->ops[i] = (tacho_collector_ops){ .name = i ? "second" : "first", .descs = &pair->descs[i], .desc_count = 1, .collect = collect_nothing };
        pair->collectors[i].ops = &pair->ops[i];
    }
}

static tacho_err pair_add(struct pair *pair, size_t which, bool as_row)
{
    if (as_row) return tacho_registry_define(pair->reg, &pair->descs[which], 1);
    return tacho_registry_add(pair->reg, &pair->collectors[which]);
}

/* The second of two families that clash, in each of the four ways to describe them. */
static void check_refused(struct named first, struct named second, const char *taken)
{
    for (int way = 0; way < 4; way++) {
        struct pair pair;
        char want[2][64];
        (void)snprintf(want[0], sizeof want[0], "family '%s'", second.name);
        (void)snprintf(want[1], sizeof want[1], "the name '%s' is taken", taken);
        pair_open(&pair, first, second, way & 1, way & 2);
        assert_int_equal(pair_add(&pair, 0, way & 1), TACHO_OK);
        tacho_err err = pair_add(&pair, 1, way & 2);
        const char *words = tacho_registry_error(pair.reg);
        if (err != TACHO_ERR_DUPLICATE || !strstr(words, want[0]) || !strstr(words, want[1]))
            fail_msg("%s after %s, way %d: error %d, %s", second.name, first.name, way, (int)err, words);
        exposition_free(exposition_read(pair.reg));
        tacho_registry_free(pair.reg);
    }
}

static void a_name_that_another_family_could_show_is_refused_in_either_order(void **state)
{
    (void)state;
    for (size_t i = 0; i < TACHO_COUNT(clashes); i++) {
        check_refused(clashes[i].one, clashes[i].other, clashes[i].taken);
        check_refused(clashes[i].other, clashes[i].one, clashes[i].taken);
    }
}

static void a_name_that_only_looks_alike_is_accepted_in_either_order(void **state)
{
    (void)state;
    for (size_t i = 0; i < TACHO_COUNT(neighbours); i++)
        for (int way = 0; way < 8; way++) {
            struct pair pair;
            struct named one = neighbours[i].one, other = neighbours[i].other;
            pair_open(&pair, way & 4 ? other : one, way & 4 ? one : other, way & 1, way & 2);
            bool ok = pair_add(&pair, 0, way & 1) == TACHO_OK && pair_add(&pair, 1, way & 2) == TACHO_OK;
            if (!ok) fail_msg("row %zu, way %d: %s", i, way, tacho_registry_error(pair.reg));
            exposition_free(exposition_read(pair.reg));
            tacho_registry_free(pair.reg);
        }
}

static void families_that_clash_inside_one_collector_are_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < TACHO_COUNT(clashes); i++) {
        tacho_registry *reg = tacho_registry_new(&(tacho_registry_options){ .utf8_names = 1 });
        tacho_desc descs[] = { announced(clashes[i].one), announced(clashes[i].other) };
        tacho_collector_ops ops = { .name = "both", .descs = descs, .desc_count = 2, .collect = collect_nothing };
        tacho_collector collector = { &ops };
        assert_int_equal(tacho_registry_add(reg, &collector), TACHO_ERR_DUPLICATE);
        assert_int_equal(tacho_registry_remove(reg, &collector), TACHO_ERR_MISSING);
        tacho_registry_free(reg);
    }
}

static void an_equal_row_at_another_address_is_refused_and_its_handle_counts_nowhere(void **state)
{
    (void)state;
    static tacho_counter *first, *second;
    static const tacho_desc rows[] = {
        { .counter = &first, .name = "a_total", .help = "Help." },
        { .counter = &second, .name = "a_total", .help = "Help." },
    };
    tacho_registry *reg = tacho_registry_new(NULL);
    assert_int_equal(TACHO_DEFINE(reg, rows), TACHO_ERR_DUPLICATE);
    tacho_counter_inc(first);
    tacho_counter_add(second, 10);
    assert_shown(reg, "a_total", "1");
    assert_non_null(strstr(tacho_registry_error(reg), "'a_total'"));
    tacho_registry_free(reg);
}

static void a_refused_row_does_not_take_its_name(void **state)
{
    (void)state;
    tacho_registry *reg = tacho_registry_new(NULL);
    tacho_desc bad = defined((struct named){ HISTOGRAM, "a" }), good = defined((struct named){ GAUGE, "a_sum" });
    bad.help = NULL;
    assert_int_equal(tacho_registry_define(reg, &bad, 1), TACHO_ERR_DESC);
    assert_int_equal(tacho_registry_define(reg, &good, 1), TACHO_OK);
    bad.help = "Help.";
    assert_int_equal(tacho_registry_define(reg, &bad, 1), TACHO_ERR_DUPLICATE);
    tacho_registry_free(reg);
}

static void a_collector_that_is_refused_takes_none_of_its_names(void **state)
{
    (void)state;
    tacho_registry *reg = tacho_registry_new(NULL);
    tacho_desc taken = defined((struct named){ GAUGE, "b" });
    tacho_desc descs[] = { announced((struct named){ GAUGE, "a" }), announced((struct named){ GAUGE, "b" }) };
    tacho_collector_ops ops = { .name = "both", .descs = descs, .desc_count = 2, .collect = collect_nothing };
    tacho_collector collector = { &ops };
    tacho_desc later = defined((struct named){ COUNTER, "a_total" });
    assert_int_equal(tacho_registry_define(reg, &taken, 1), TACHO_OK);
    assert_int_equal(tacho_registry_add(reg, &collector), TACHO_ERR_DUPLICATE);
    assert_int_equal(tacho_registry_define(reg, &later, 1), TACHO_OK);
    tacho_registry_free(reg);
}

static void names_are_free_again_once_their_family_is_gone(void **state)
{
    (void)state;
    for (size_t i = 0; i < TACHO_COUNT(clashes); i++)
        for (int way = 0; way < 4; way++) {
            struct pair pair;
            pair_open(&pair, clashes[i].one, clashes[i].other, way & 1, way & 2);
            assert_int_equal(pair_add(&pair, 0, way & 1), TACHO_OK);
            if (way & 1)
                assert_int_equal(tacho_registry_undefine(pair.reg, &pair.descs[0], 1), TACHO_OK);
            else
                assert_int_equal(tacho_registry_remove(pair.reg, &pair.collectors[0]), TACHO_OK);
            assert_int_equal(pair_add(&pair, 1, way & 2), TACHO_OK);
            assert_int_equal(pair_add(&pair, 0, way & 1), TACHO_ERR_DUPLICATE);
            exposition_free(exposition_read(pair.reg));
            tacho_registry_free(pair.reg);
        }
}

static void tachos_own_names_are_taken_unless_its_metrics_are_left_out(void **state)
{
    (void)state;
    static const struct named own[] = {
        { COUNTER, "tacho_misuse_total" },
        { GAUGE, "tacho_misuse" },
        { COUNTER, "tacho_series_total" },
        { GAUGE, "tacho_series_rejected_created" },
        { HISTOGRAM, "tacho_memory_used_bytes" },
        { GAUGE, "tacho_collector_success" },
    };
    for (size_t i = 0; i < TACHO_COUNT(own); i++)
        for (uint32_t left_out = 0; left_out < 2; left_out++) {
            tacho_registry *reg = tacho_registry_new(&(tacho_registry_options){ .no_self_metrics = left_out });
            tacho_desc row = defined(own[i]);
            assert_int_equal(tacho_registry_define(reg, &row, 1), left_out ? TACHO_OK : TACHO_ERR_DUPLICATE);
            exposition_free(exposition_read(reg));
            tacho_registry_free(reg);
        }
}

static void registries_do_not_take_names_from_each_other(void **state)
{
    (void)state;
    static tacho_gauge *a, *b;
    static const tacho_desc rows[] = { { .gauge = &a, .name = "x", .help = "Help." },
                                       { .gauge = &b, .name = "x", .help = "Help." } };
    tacho_registry *one = tacho_registry_new(NULL), *other = tacho_registry_new(NULL);
    assert_int_equal(tacho_registry_define(one, &rows[0], 1), TACHO_OK);
    assert_int_equal(tacho_registry_define(other, &rows[1], 1), TACHO_OK);
    tacho_gauge_set(a, 1);
    tacho_gauge_set(b, 2);
    assert_shown(one, "x", "1");
    assert_shown(other, "x", "2");
    tacho_registry_free(one);
    assert_shown(other, "x", "2");
    tacho_registry_free(other);
}

int main(void)
{
    const struct CMUnitTest clash[] = {
        cmocka_unit_test(a_name_that_another_family_could_show_is_refused_in_either_order),
        cmocka_unit_test(a_name_that_only_looks_alike_is_accepted_in_either_order),
        cmocka_unit_test(families_that_clash_inside_one_collector_are_refused),
        cmocka_unit_test(an_equal_row_at_another_address_is_refused_and_its_handle_counts_nowhere),
        cmocka_unit_test(a_refused_row_does_not_take_its_name),
        cmocka_unit_test(a_collector_that_is_refused_takes_none_of_its_names),
        cmocka_unit_test(names_are_free_again_once_their_family_is_gone),
        cmocka_unit_test(tachos_own_names_are_taken_unless_its_metrics_are_left_out),
        cmocka_unit_test(registries_do_not_take_names_from_each_other),
    };
    return cmocka_run_group_tests(clash, NULL, NULL);
}
