/*
 * test_collect_deadline.c - how long a run may take, what it hears of that, and what is shown when it takes longer.
 *
 * Time passes by tacho__clock_ahead_ns, and the deadlines are so long that the real clock has no part in it.
 */
#define _POSIX_C_SOURCE 200809L
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "support/gated.h"
#include "support/stress.h"

#define SECOND ((uint64_t)1000000000)

static tacho_registry *new_registry(void)
{
    tacho_registry *reg = tacho_registry_new(NULL);
    assert_non_null(reg);
    return reg;
}

static void end(tacho_registry *reg, struct gated *gated)
{
    tacho_registry_free(reg);
    assert_int_equal(atomic_load(&gated->releases), 1);
    gated_free(gated);
}

/* ---- What a run hears -------------------------------------------------------------------------------------- */

struct heard {
    uint32_t left_ms[3];
    int expired[3];
    uint64_t ahead_ns; /* so much time passes after each question */
};

static void hear(struct gated *self, tacho_emitter *out)
{
    struct heard *heard = self->context;
    for (int i = 0; i < 3; i++) {
        heard->left_ms[i] = tacho_emitter_left_ms(out);
        heard->expired[i] = tacho_emitter_expired(out);
        if (heard->ahead_ns) tacho__clock_ahead_ns += heard->ahead_ns;
    }
}

static void a_run_hears_how_much_time_is_left_and_when_there_is_none(void **state)
{
    struct heard heard = { .ahead_ns = 500 * SECOND };
    tacho_registry *reg = new_registry();
    (void)state;
    struct gated *gated = gated_new("hearing");
    gated->ops.flags = 0;
    gated->ops.deadline_ms = 900 * 1000;
    gated->inside = hear;
    gated->context = &heard;
    gated_plug(reg, gated);
    exposition_free(gated_scrape(reg, 1000 * 1000));
    assert_in_range(heard.left_ms[0], 800 * 1000, 900 * 1000);
    assert_in_range(heard.left_ms[1], 300 * 1000, 400 * 1000);
    assert_int_equal(heard.left_ms[2], 0);
    assert_int_equal(heard.expired[0] + heard.expired[1], 0);
    assert_int_equal(heard.expired[2], 1);
    end(reg, gated);
}

static void the_nearer_of_its_own_deadline_and_the_scrapes_holds(void **state)
{
    static const struct { uint32_t own, scrape, want; } cases[] = {
        { 1000000, 500000, 500000 }, { 500000, 1000000, 500000 }, { 0, 300000, 300000 },
        { 0, 0, 10000 }, { 1000000, 0, 10000 }, { 0, UINT32_MAX, UINT32_MAX }, { UINT32_MAX, UINT32_MAX, UINT32_MAX },
    };
    (void)state;
    for (size_t i = 0; i < TACHO_COUNT(cases); i++)
        for (uint32_t flags = 0; flags <= TACHO_COLLECT_DETACHED; flags += TACHO_COLLECT_DETACHED) {
            struct heard heard = { .ahead_ns = 0 };
            tacho_registry *reg = new_registry();
            struct gated *gated = gated_new("hearing");
            gated->ops.flags = flags;
            gated->ops.deadline_ms = cases[i].own;
            gated->inside = hear;
            gated->context = &heard;
            gated_plug(reg, gated);
            exposition_free(gated_scrape(reg, cases[i].scrape));
            end(reg, gated);
            if (heard.left_ms[0] > cases[i].want || heard.left_ms[0] < cases[i].want - cases[i].want / 2)
                fail_msg("case %zu: %u ms are left, not %u", i, heard.left_ms[0], cases[i].want);
        }
}

static void an_ordinary_one_that_takes_all_the_time_leaves_none_for_the_next(void **state)
{
    struct heard heard = { .ahead_ns = 500 * SECOND };
    tacho_registry *reg = new_registry();
    (void)state;
    struct gated *slow = gated_new("slow"), *next = gated_new("next");
    slow->ops.flags = next->ops.flags = 0;
    slow->inside = hear;
    slow->context = &heard;
    gated_plug(reg, slow);
    gated_plug(reg, next);
    struct exposition *page = gated_scrape(reg, 1000 * 1000);
    assert_true(exposition_value(page, "tacho_collector_failures_total{collector=\"next\",reason=\"deadline\"}") == 1);
    assert_true(exposition_value(page, "tacho_collector_success{collector=\"next\"}") == 0);
    assert_int_equal(atomic_load(&next->runs), 0);
    exposition_free(page);
    slow->inside = NULL;
    page = gated_scrape(reg, 1000 * 1000);
    assert_true(exposition_value(page, "tacho_collector_success{collector=\"next\"}") == 1);
    exposition_free(page);
    tacho_registry_free(reg);
    gated_free(slow);
    gated_free(next);
}

static void emitters_that_are_null_are_expired_and_take_nothing(void **state)
{
    static const tacho_desc desc = { .type = TACHO_GAUGE, .name = "x", .help = "Help." };
    static const uint64_t counts[TACHO_DEFAULT_BUCKET_COUNT + 1];
    (void)state;
    assert_int_equal(tacho_emitter_expired(NULL), 1);
    assert_int_equal(tacho_emitter_left_ms(NULL), 0);
    tacho_emit_family(NULL, &desc);
    tacho_emit_family(NULL, NULL);
    tacho_emit_int(NULL, TACHO_NO_LABELS, 1);
    tacho_emit_uint(NULL, TACHO_NO_LABELS, 1);
    tacho_emit_double(NULL, TACHO_NO_LABELS, 1);
    tacho_emit_info(NULL, TACHO_NO_LABELS);
    tacho_emit_states(NULL, TACHO_NO_LABELS, 1);
    tacho_emit_summary(NULL, TACHO_NO_LABELS, 1, 1, NULL);
    tacho_emit_histogram(NULL, TACHO_NO_LABELS, counts, 1);
    assert_int_equal(tacho_scrape_ready(NULL), 0);
}

/* ---- What becomes of it -------------------------------------------------------------------------------------- */

static void break_a_rule(struct gated *self, tacho_emitter *out)
{
    tacho_emit_family(out, &self->desc);
}

/* How a run can fail; the reasons are those of tacho_collector_failures_total. */
static const struct failing {
    const char *name, *reason;
    tacho_err result;
    uint64_t ahead_ns;
    void (*inside)(struct gated *self, tacho_emitter *out);
} failings[] = {
    { "an error", "error", TACHO_ERR_COLLECT, 0, NULL },
    { "an error that this version does not know", "error", (tacho_err)-7, 0, NULL },
    { "a rule that is broken", "error", TACHO_OK, 0, break_a_rule },
    { "a time limit of its own", "deadline", TACHO_ERR_TIMEOUT, 0, NULL },
    { "a result that comes late", "deadline", TACHO_OK, 2000 * SECOND, NULL },
    { "an error when time is up", "deadline", TACHO_ERR_IO, 2000 * SECOND, NULL },
    { "a timeout when time is up", "deadline", TACHO_ERR_TIMEOUT, 2000 * SECOND, NULL },
};

static void check_failures(const struct exposition *page, const struct gated *gated, const char *reason)
{
    static const char *const reasons[] = { "error", "deadline", "busy" };
    for (size_t i = 0; i < TACHO_COUNT(reasons); i++)
        if (gated_failures(page, gated, reasons[i]) != (strcmp(reasons[i], reason) == 0))
            fail_msg("reason '%s', not '%s'", reasons[i], reason);
}

static void check_failing(const struct failing *failing, uint32_t flags)
{
    tacho_registry *reg = new_registry();
    struct gated *gated = gated_add(reg, "failing", flags);
    bool keeps = flags & TACHO_COLLECT_KEEP_LAST, late = !failing->result && failing->ahead_ns;
    struct exposition *page = gated_scrape(reg, 1000 * 1000);
    assert_gated(page, gated, 1, 1);
    double when = gated_self(page, "last_success_timestamp_seconds", gated);
    assert_true(when > 1e9);
    exposition_free(page);
    gated->value = 2;
    gated->result = failing->result;
    gated->ahead_ns = failing->ahead_ns;
    gated->inside = failing->inside;
    page = gated_scrape(reg, 1000 * 1000);
    assert_gated(page, gated, !keeps ? -1 : late ? 2 : 1, 0);
    check_failures(page, gated, failing->reason);
    assert_true(gated_self(page, "duration_seconds", gated) * 1e9 >= (double)failing->ahead_ns);
    assert_true(late || gated_self(page, "last_success_timestamp_seconds", gated) == when);
    exposition_free(page);
    gated->value = 3;
    gated->result = TACHO_OK;
    gated->ahead_ns = 0;
    gated->inside = NULL;
    page = gated_scrape(reg, 1000 * 1000);
    assert_gated(page, gated, 3, 1);
    check_failures(page, gated, failing->reason);
    exposition_free(page);
    end(reg, gated);
}

static void a_run_that_fails_shows_nothing_or_the_last_good_result_and_is_counted_by_its_reason(void **state)
{
    (void)state;
    for (size_t i = 0; i < TACHO_COUNT(failings); i++)
        for (uint32_t flags = 0; flags <= (TACHO_COLLECT_DETACHED | TACHO_COLLECT_KEEP_LAST); flags++) {
            if ((flags & TACHO_COLLECT_DETACHED) && failings[i].ahead_ns) continue; /* they are in test_collect_detached.c */
            if (stress_is_long()) print_message("%s, flags %u\n", failings[i].name, flags);
            check_failing(&failings[i], flags);
        }
}

static void a_collector_that_was_never_good_shows_nothing_and_its_last_success_is_0(void **state)
{
    tacho_registry *reg = new_registry();
    (void)state;
    struct gated *gated = gated_new("never");
    gated->ops.flags = TACHO_COLLECT_KEEP_LAST;
    gated->result = TACHO_ERR_COLLECT;
    gated_plug(reg, gated);
    struct exposition *page = gated_scrape(reg, 0);
    assert_gated(page, gated, -1, 0);
    assert_true(gated_self(page, "last_success_timestamp_seconds", gated) == 0);
    exposition_free(page);
    end(reg, gated);
}

/* ---- Several scrapes --------------------------------------------------------------------------------------------- */

static void each_page_says_of_a_shared_run_whether_it_shows_its_result(void **state)
{
    tacho_registry *reg = new_registry();
    (void)state;
    struct gated *gated = gated_new("shared");
    gated->holds = true;
    gated_plug(reg, gated);
    tacho_scrape *hasty = gated_open(reg, 100 * 1000, true), *patient = gated_open(reg, 1000 * 1000, true);
    gated_await_run(gated);
    tacho__clock_ahead_ns += 200 * SECOND;
    assert_int_equal(tacho_scrape_ready(hasty), 1);
    assert_int_equal(tacho_scrape_ready(patient), 0);
    gated_let_end(reg, gated);
    assert_int_equal(tacho_scrape_ready(patient), 1);
    struct exposition *page = gated_read(hasty);
    assert_gated(page, gated, -1, 0);
    check_failures(page, gated, "deadline");
    assert_true(gated_self(page, "duration_seconds", gated) >= 200);
    exposition_free(page);
    page = gated_read(patient);
    assert_gated(page, gated, 1, 1);
    assert_true(gated_self(page, "duration_seconds", gated) >= 200);
    exposition_free(page);
    assert_int_equal(atomic_load(&gated->runs), 1);
    end(reg, gated);
}

static void a_later_run_that_fails_does_not_take_a_result_from_who_waited_for_the_one_before(void **state)
{
    tacho_registry *reg = new_registry();
    (void)state;
    struct gated *gated = gated_new("again");
    gated->holds = true;
    gated_plug(reg, gated);
    tacho_scrape *first = gated_open(reg, 1000 * 1000, true);
    gated_await_run(gated);
    gated_let_end(reg, gated);
    gated->holds = false;
    gated->result = TACHO_ERR_COLLECT;
    struct exposition *page = gated_scrape(reg, 1000 * 1000);
    assert_gated(page, gated, -1, 0);
    exposition_free(page);
    page = gated_read(first);
    assert_gated(page, gated, 1, 1);
    exposition_free(page);
    end(reg, gated);
}

static void who_comes_later_waits_for_a_run_no_longer_than_who_began_it(void **state)
{
    tacho_registry *reg = new_registry();
    (void)state;
    struct gated *gated = gated_new("hanging");
    gated->holds = true;
    gated_plug(reg, gated);
    tacho_scrape *open[4] = { gated_open(reg, 100 * 1000, true) };
    gated_await_run(gated);
    for (int i = 1; i < 4; i++) { /* each begins before the one before it has given up */
        tacho__clock_ahead_ns += 60 * SECOND;
        open[i] = gated_open(reg, 100 * 1000, true);
        assert_int_equal(tacho_scrape_ready(open[i - 1]), i > 1);
    }
    assert_int_equal(tacho_scrape_ready(open[3]), 1);
    gated_let_end(reg, gated);
    for (int i = 0; i < 4; i++) exposition_free(gated_read(open[i]));
    end(reg, gated);
}

static void a_scrape_that_nobody_asks_any_more_does_not_keep_others_waiting(void **state)
{
    tacho_registry *reg = new_registry();
    (void)state;
    struct gated *gated = gated_new("hanging");
    gated->holds = true;
    gated_plug(reg, gated);
    tacho_scrape *forgotten = gated_open(reg, 100 * 1000, true), *asked = gated_open(reg, 100 * 1000, true);
    gated_await_run(gated);
    tacho__clock_ahead_ns += 200 * SECOND;
    assert_int_equal(tacho_scrape_ready(asked), 1);
    struct exposition *page = gated_scrape(reg, 1000 * 1000);
    assert_gated(page, gated, -1, 0);
    assert_true(gated_failures(page, gated, "busy") == 1);
    exposition_free(page);
    tacho_scrape_free(asked);
    gated_let_end(reg, gated);
    tacho_scrape_free(forgotten);
    end(reg, gated);
}

static void a_missed_deadline_counts_although_somebody_more_patient_was_there_once(void **state)
{
    tacho_registry *reg = new_registry();
    (void)state;
    struct gated *gated = gated_new("hanging");
    gated->holds = true;
    gated_plug(reg, gated);
    tacho_scrape *patient = gated_open(reg, 1000 * 1000, true), *hasty = gated_open(reg, 100 * 1000, true);
    gated_await_run(gated);
    tacho_scrape_free(patient);
    tacho__clock_ahead_ns += 200 * SECOND;
    assert_int_equal(tacho_scrape_ready(hasty), 1);
    tacho_scrape *next = gated_open(reg, 1000 * 1000, true);
    assert_int_equal(tacho_scrape_ready(next), 1);
    tacho_scrape_free(hasty);
    tacho_scrape_free(next);
    gated_let_end(reg, gated);
    end(reg, gated);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_run_hears_how_much_time_is_left_and_when_there_is_none),
        cmocka_unit_test(the_nearer_of_its_own_deadline_and_the_scrapes_holds),
        cmocka_unit_test(an_ordinary_one_that_takes_all_the_time_leaves_none_for_the_next),
        cmocka_unit_test(emitters_that_are_null_are_expired_and_take_nothing),
        cmocka_unit_test(a_run_that_fails_shows_nothing_or_the_last_good_result_and_is_counted_by_its_reason),
        cmocka_unit_test(a_collector_that_was_never_good_shows_nothing_and_its_last_success_is_0),
        cmocka_unit_test(each_page_says_of_a_shared_run_whether_it_shows_its_result),
        cmocka_unit_test(a_later_run_that_fails_does_not_take_a_result_from_who_waited_for_the_one_before),
        cmocka_unit_test(who_comes_later_waits_for_a_run_no_longer_than_who_began_it),
        cmocka_unit_test(a_scrape_that_nobody_asks_any_more_does_not_keep_others_waiting),
        cmocka_unit_test(a_missed_deadline_counts_although_somebody_more_patient_was_there_once),
    };
    stress_begin("test_collect_deadline", 60);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    stress_end();
    return failed;
}
