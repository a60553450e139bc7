/*
 * test_lookup.c - hundreds of thousands of series are found again, and random operations agree with a model that is too
 * simple to be wrong. With TACHO_LONG=1 there are fifty times as many.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tacho/registry.h>

#include "support/exposition.h"
#include "support/shown.h"
#include "support/worlds.h"

static uint64_t random_state;

static uint64_t random_next(void)
{
    uint64_t z = random_state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

static uint32_t random_below(uint32_t limit)
{
    return (uint32_t)(random_next() >> 32) % limit;
}

static int times_as_many(void)
{
    const char *asked = getenv("TACHO_LONG");
    return asked && strcmp(asked, "1") == 0 ? 50 : 1;
}

/* So many that some of their 32-bit hashes are equal: about 19 pairs. */
static void four_hundred_thousand_series_are_found_again_each_by_itself(void **state)
{
    (void)state;
    enum { COUNT = 400000 };
    static tacho_counter *handles[COUNT];
    static tacho_counter_vec *vec;
    static const tacho_desc row = { .counter_vec = &vec, .name = "v_total", .help = "Help.", .labels = { "l", "m" },
                                    .max_series = COUNT };
    tacho_registry *reg = tacho_registry_new(NULL);
    char l[32], m[32];
    assert_int_equal(tacho_registry_define(reg, &row, 1), TACHO_OK);
    for (int i = 0; i < COUNT; i++) {
        (void)snprintf(l, sizeof l, "user-%d", i / 10);
        (void)snprintf(m, sizeof m, "%d", i % 10);
        handles[i] = tacho_counter_at(vec, TACHO_LABELS(l, m));
        tacho_counter_add(handles[i], (uint64_t)i);
    }
    for (int i = 0; i < COUNT; i++) {
        (void)snprintf(l, sizeof l, "user-%d", i / 10);
        (void)snprintf(m, sizeof m, "%d", i % 10);
        assert_ptr_equal(tacho_counter_at(vec, TACHO_LABELS(l, m)), handles[i]);
        assert_true(tacho_counter_value(handles[i]) == i);
    }
    struct exposition *page = exposition_read(reg);
    assert_int_equal(exposition_count(page, "v_total"), COUNT);
    assert_true(exposition_sum(page, "v_total") == (double)COUNT * (COUNT - 1) / 2);
    assert_true(exposition_value(page, "v_total{l=\"user-1234\",m=\"5\"}") == 12345);
    assert_true(exposition_value(page, "tacho_series_rejected_total{family=\"v_total\"}") == 0);
    exposition_free(page);
    tacho_registry_free(reg);
}

/* ---- A model ------------------------------------------------------------------------------------------------- */

enum { FIRSTS = 300, SECONDS = 12 };

/* One family and what it should show. */
struct model {
    tacho_counter_vec *vec, *bound[FIRSTS];
    bool there[FIRSTS][SECONDS];
    uint64_t count[FIRSTS][SECONDS];
};

static struct model model;
static char firsts[FIRSTS][64], seconds[SECONDS][8];

static void model_name_values(void)
{
    for (int i = 0; i < FIRSTS; i++) /* of many lengths, alike in front and behind */
        (void)snprintf(firsts[i], sizeof firsts[i], "%.*s%d%.*s", i % 40, "prefix-prefix-prefix-prefix-prefix-prefix-", i,
                       i % 7, "suffix-");
    for (int i = 0; i < SECONDS; i++) /* one of them empty */
        (void)snprintf(seconds[i], sizeof seconds[i], "%.*s", i < 6 ? i : i - 5, i < 6 ? "aaaaaa" : "bbbbbb");
}

static void model_count(uint32_t i, uint32_t k, uint64_t n)
{
    model.there[i][k] = true;
    model.count[i][k] += n;
}

static void model_update(uint32_t i, uint32_t k)
{
    uint64_t n = random_below(5);
    const char *values[] = { firsts[i], seconds[k] };
    const size_t lengths[] = { strlen(firsts[i]), strlen(seconds[k]) };
    switch (random_below(4)) {
    case 0: tacho_counter_add_at(model.vec, TACHO_LABELS(firsts[i], seconds[k]), n); break;
    case 1: tacho_counter_add(tacho_counter_at(model.vec, TACHO_LABELS(firsts[i], seconds[k])), n); break;
    case 2: tacho_counter_add_at(model.vec, TACHO_CAST(tacho_labels, values, lengths, 2), n); break;
    default:
        if (!model.bound[i]) model.bound[i] = tacho_counter_bind(model.vec, TACHO_LABELS(firsts[i], NULL));
        tacho_counter_add_at(model.bound[i], TACHO_LABELS(seconds[k]), n);
    }
    model_count(i, k, n);
}

static void model_forget(uint32_t i, uint32_t k)
{
    model.there[i][k] = false;
    model.count[i][k] = 0;
}

static void model_remove(uint32_t i, uint32_t k)
{
    tacho_err want = model.there[i][k] ? TACHO_OK : TACHO_ERR_MISSING;
    bool by_handle = model.there[i][k] && random_below(8) == 0; /* the dearest way */
    tacho_labels labels = TACHO_LABELS(firsts[i], seconds[k]);
    tacho_err err = by_handle ? tacho_counter_remove(model.vec, tacho_counter_at(model.vec, labels))
                              : tacho_counter_remove_at(model.vec, labels);
    assert_int_equal(err, want);
    model_forget(i, k);
}

static void model_remove_matching(uint32_t i, uint32_t k)
{
    size_t want = 0, first_only = random_below(2);
    for (uint32_t a = 0; a < FIRSTS; a++)
        for (uint32_t b = 0; b < SECONDS; b++) {
            if (first_only ? a != i : b != k) continue;
            want += model.there[a][b];
            model_forget(a, b);
        }
    tacho_labels labels = first_only ? TACHO_LABELS(firsts[i], NULL) : TACHO_LABELS(NULL, seconds[k]);
    assert_int_equal(tacho_counter_remove_matching(model.vec, labels), want);
}

static void model_clear(void)
{
    assert_int_equal(tacho_counter_clear(model.vec), TACHO_OK);
    memset(model.there, 0, sizeof model.there);
    memset(model.count, 0, sizeof model.count);
}

static void model_compare(tacho_registry *reg)
{
    struct exposition *page = exposition_read(reg);
    size_t series = 0;
    for (uint32_t i = 0; i < FIRSTS; i++)
        for (uint32_t k = 0; k < SECONDS; k++) {
            char name[128];
            (void)snprintf(name, sizeof name, "model_total{first=\"%.63s\",second=\"%.7s\"}", firsts[i], seconds[k]);
            const struct exposition_sample *sample = exposition_find(page, name);
            series += model.there[i][k];
            if (model.there[i][k] ? !sample || sample->value != (double)model.count[i][k] : sample != NULL)
                fail_msg("%s is %s, but should be %llu", name, sample ? sample->text : "absent",
                         (unsigned long long)model.count[i][k]);
        }
    assert_int_equal(exposition_count(page, "model_total"), series);
    assert_true(exposition_value(page, "tacho_series_rejected_total{family=\"model_total\"}") == 0);
    exposition_free(page);
}

static void random_operations_agree_with_a_simple_model_in_every_kind_of_memory(void **state)
{
    (void)state;
    model_name_values();
    random_state = 1;
    for (size_t world = 0; world < WORLD_COUNT; world++) {
        memset(&model, 0, sizeof model);
        tacho_desc row = { .counter_vec = &model.vec, .name = "model_total", .help = "Help.",
                           .labels = { "first", "second" }, .max_series = FIRSTS * SECONDS };
        tacho_registry *reg = world_open(&worlds[world], &row, 1);
        uint32_t some = FIRSTS; /* now all values, now a few: the index grows and is thinned out */
        for (int op = 0; op < 40000 * times_as_many(); op++) {
            uint32_t i = random_below(some), k = random_below(SECONDS), dice = random_below(10000);
            if (op % 5000 == 0) some = op % 10000 ? FIRSTS : 10;
            if (dice < 5)
                model_clear();
            else if (dice < 55)
                model_remove_matching(i, k);
            else if (dice < 3000)
                model_remove(i, k);
            else
                model_update(i, k);
            if (op % 10000 == 9999) model_compare(reg);
        }
        model_compare(reg);
        tacho_registry_free(reg);
    }
}

/* Removal and reuse of other families' label values must not disturb this one's: values are stored once for all. */
static void families_that_share_label_values_do_not_lose_each_others(void **state)
{
    (void)state;
    enum { FAMILIES = 4, VALUES = 200 };
    static tacho_counter_vec *vecs[FAMILIES];
    static const tacho_desc rows[FAMILIES] = {
        { .counter_vec = &vecs[0], .name = "a_total", .help = "Help.", .labels = { "l" } },
        { .counter_vec = &vecs[1], .name = "b_total", .help = "Help.", .labels = { "l" } },
        { .counter_vec = &vecs[2], .name = "c_total", .help = "Help.", .labels = { "l" } },
        { .counter_vec = &vecs[3], .name = "d_total", .help = "Help.", .labels = { "l" } },
    };
    bool there[FAMILIES][VALUES] = { { false } };
    tacho_registry *reg = tacho_registry_new(NULL);
    assert_int_equal(TACHO_DEFINE(reg, rows), TACHO_OK);
    random_state = 2;
    for (int op = 0; op < 60000 * times_as_many(); op++) {
        uint32_t family = random_below(FAMILIES), value = random_below(VALUES);
        char text[64];
        memset(text, '"', sizeof text);
        (void)snprintf(text + value % 30, sizeof text - value % 30, "%u", value);
        if (there[family][value])
            assert_int_equal(tacho_counter_remove_at(vecs[family], TACHO_LABELS(text)), TACHO_OK);
        else
            tacho_counter_inc_at(vecs[family], TACHO_LABELS(text));
        there[family][value] = !there[family][value];
    }
    struct exposition *page = exposition_read(reg);
    for (uint32_t family = 0; family < FAMILIES; family++) {
        size_t want = 0;
        for (uint32_t value = 0; value < VALUES; value++) {
            char name[160];
            size_t len = (size_t)snprintf(name, sizeof name, "%s{l=\"", rows[family].name);
            for (uint32_t i = 0; i < value % 30; i++) len += (size_t)snprintf(name + len, sizeof name - len, "\\\"");
            (void)snprintf(name + len, sizeof name - len, "%u\"}", value);
            want += there[family][value];
            assert_int_equal(exposition_find(page, name) != NULL, there[family][value]);
        }
        assert_int_equal(exposition_count(page, rows[family].name), want);
        assert_true(exposition_sum(page, rows[family].name) == (double)want);
    }
    exposition_free(page);
    tacho_registry_free(reg);
}

/* Series that failed halfway, for want of label values or of cells, must not stand in the way of those that fit. */
static void a_spent_budget_serves_again_after_values_that_did_not_fit(void **state)
{
    (void)state;
    static tacho_counter_vec *vec;
    static const tacho_desc row = { .counter_vec = &vec, .name = "v_total", .help = "Help.", .labels = { "l" },
                                    .max_series = UINT32_MAX };
    static const int lengths[] = { 200, 1000, 200, 60, 1000, 60, 20, 200 };
    tacho_registry *reg = tacho_registry_new(&(tacho_registry_options){ .byte_budget = 256 << 10, .cell_budget = 1 });
    assert_int_equal(tacho_registry_define(reg, &row, 1), TACHO_OK);
    for (size_t round = 0; round < TACHO_COUNT(lengths); round++) {
        for (int i = 0; i < 3000; i++) {
            char text[1100];
            memset(text, 'a' + (int)round, sizeof text);
            (void)snprintf(text + lengths[round], sizeof text - 1000, "%d", i);
            tacho_counter_inc_at(vec, TACHO_LABELS(text));
        }
        struct exposition *page = exposition_read(reg);
        if (exposition_sum(page, "v_total") != 3000) fail_msg("round %zu lost some", round);
        if (lengths[round] < 1000 && exposition_count(page, "v_total") < 100)
            fail_msg("round %zu has only %zu series", round, exposition_count(page, "v_total"));
        exposition_free(page);
        assert_int_equal(tacho_counter_clear(vec), TACHO_OK);
    }
    tacho_registry_free(reg);
}

int main(void)
{
    const struct CMUnitTest lookup[] = {
        cmocka_unit_test(four_hundred_thousand_series_are_found_again_each_by_itself),
        cmocka_unit_test(random_operations_agree_with_a_simple_model_in_every_kind_of_memory),
        cmocka_unit_test(families_that_share_label_values_do_not_lose_each_others),
        cmocka_unit_test(a_spent_budget_serves_again_after_values_that_did_not_fit),
    };
    return cmocka_run_group_tests(lookup, NULL, NULL);
}
