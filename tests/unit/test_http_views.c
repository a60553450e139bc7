/*
 * test_http_views.c - one registry behind two listeners, each with families and constant labels of its own: in no format, by no
 * query, and through no page does one show what belongs to the other.
 * Needs: HTTP OPENMETRICS PROTOBUF JSON
 */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tacho/tacho.h>

#include "support/http_client.h"
#include "support/proto.h"
#include "support/valid.h"

#define LENGTH(array) (sizeof(array) / sizeof(array)[0])
#define LOOPBACK "127.0.0.1:0"

static struct rig {
    tacho_registry *reg;
    tacho_http *http;
    tacho_counter *left_jobs, *right_jobs;
    tacho_counter_vec *left_queues, *right_queues;
    tacho_histogram *left_seconds, *right_seconds;
} rig;

static const tacho_desc rows[] = {
    { .counter = &rig.left_jobs, .name = "left_jobs_total", .help = "Jobs of the left." },
    { .counter = &rig.right_jobs, .name = "right_jobs_total", .help = "Jobs of the right." },
    { .counter_vec = &rig.left_queues, .name = "left_queue_total", .help = "Queues of the left.", .labels = { "queue" } },
    { .counter_vec = &rig.right_queues, .name = "right_queue_total", .help = "Queues of the right.", .labels = { "queue" } },
    { .histogram = &rig.left_seconds, .name = "left_seconds", .help = "Time of the left.", .unit = "seconds" },
    { .histogram = &rig.right_seconds, .name = "right_seconds", .help = "Time of the right.", .unit = "seconds" },
};

/* The listeners, in their order: which families, which tenant. */
static const struct side {
    const char *own, *other, *tenant, *other_tenant;
} sides[] = { { "left", "right", "alpha", "beta" }, { "right", "left", "beta", "alpha" } };

static int rig_up(void **state)
{
    static const char *const left[] = { "left_*" }, *const right[] = { "right_*", "nothing" };
    static const tacho_constant alpha[] = { { "tenant", "alpha" }, { NULL, NULL } };
    static const tacho_constant beta[] = { { "tenant", "beta" }, { NULL, NULL } };
    static const tacho_http_options second = { .listen = LOOPBACK, .names = right, .name_count = 2, .constants = beta };
    const tacho_http_options first = {
        .listen = LOOPBACK, .names = left, .name_count = 1, .constants = alpha, .also = &second
    };
    (void)state;
    memset(&rig, 0, sizeof rig);
    rig.reg = tacho_registry_new(NULL);
    if (TACHO_DEFINE(rig.reg, rows)) return -1;
    tacho_counter_inc(rig.left_jobs);
    tacho_counter_inc_at(rig.left_queues, TACHO_LABELS("of left"));
    tacho_counter_inc_at(rig.right_queues, TACHO_LABELS("of right"));
    tacho_histogram_observe(rig.left_seconds, 0.5);
    tacho_histogram_observe(rig.right_seconds, 0.5);
    return tacho_http_start(rig.reg, &first, &rig.http) ? -1 : 0;
}

static int rig_down(void **state)
{
    (void)state;
    tacho_http_stop(rig.http);
    tacho_registry_free(rig.reg);
    return 0;
}

static const struct form {
    const char *path, *fields;
    tacho_format format;
} forms[] = {
    { "/metrics", "", TACHO_TEXT },
    { "/metrics", "Accept: text/plain;version=1.0.0;escaping=underscores\r\n", TACHO_TEXT_1 },
    { "/metrics", "Accept: application/openmetrics-text;version=1.0.0\r\n", TACHO_OPENMETRICS },
    { "/metrics", "Accept: application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited\r\n",
      TACHO_PROTOBUF },
    { "/metrics.json", "", TACHO_JSON },
    { "/metrics.csv", "", TACHO_CSV },
};

static void assert_valid(const struct form *form, const http_answer *answer)
{
    char why[512];
    tacho_escaping escaping = form->format == TACHO_JSON || form->format == TACHO_CSV ? TACHO_ALLOW_UTF8 : TACHO_UNDERSCORES;
    assert_int_equal(answer->status, 200);
    assert_true(answer->complete);
    if (form->format == TACHO_PROTOBUF) {
        char *text = proto_print(answer->body, answer->len, why, sizeof why);
        if (!text) fail_msg("%s", why);
        free(text);
    } else if (!valid_page(answer->body, answer->len, form->format, escaping, why, sizeof why)) {
        fail_msg("%s %s: %s", form->path, form->fields, why);
    }
}

static bool has(const http_answer *answer, const char *text)
{
    return memmem(answer->head, strlen(answer->head), text, strlen(text)) || memmem(answer->body, answer->len, text, strlen(text));
}

static http_answer ask(size_t side, const struct form *form, const char *query)
{
    char target[512];
    (void)snprintf(target, sizeof target, "%s%s", form->path, query);
    return http_fetch(tacho_http_listener_url(rig.http, side), "GET", target, form->fields);
}

static void assert_nothing_of_the_other(size_t side, const http_answer *answer, const char *what)
{
    if (has(answer, sides[side].other) || has(answer, sides[side].other_tenant) || has(answer, "tacho_"))
        fail_msg("listener %zu shows in answer to %s what is not its own", side, what);
}

static void each_listener_shows_its_own_families_and_labels_in_every_format(void **state)
{
    (void)state;
    for (size_t i = 0; i < LENGTH(forms) * 2; i++) {
        char family[32];
        size_t side = i % 2;
        http_answer answer = ask(side, &forms[i / 2], "");
        assert_valid(&forms[i / 2], &answer);
        assert_nothing_of_the_other(side, &answer, forms[i / 2].path);
        static const char *const own[] = { "_jobs", "_queue", "_seconds" };
        for (size_t j = 0; j < LENGTH(own); j++) {
            (void)snprintf(family, sizeof family, "%s%s", sides[side].own, own[j]);
            if (!has(&answer, family)) fail_msg("listener %zu, %s: no %s", side, forms[i / 2].path, family);
        }
        assert_true(has(&answer, sides[side].tenant));
        http_answer_fini(&answer);
    }
}

static void no_query_leads_out_of_a_view(void **state)
{
    static const struct {
        const char *query;
        bool left, right; /* whether the listener shows something */
    } queries[] = {
        { "?name[]=left_jobs_total", true, false },
        { "?name[]=right_jobs_total", false, true },
        { "?name[]=right_jobs", false, true },
        { "?name[]=%72ight_jobs_total", false, true },
        { "?name%5B%5D=right_*", false, true },
        { "?name[]=right_seconds_bucket", false, true },
        { "?name[]=*", true, true },
        { "?name[]=", false, false },
        { "?name[]=left_*&name[]=right_*&name[]=tacho_*", true, true },
        { "?name[]=tacho_*", false, false },
        { "?name[]=tacho_http_requests_total", false, false },
        { "?name[]=nothing", false, false },
        { "?names=right_*&view=right&tenant=beta", true, true },
        { "?name[]=left_*%00right_*", false, false },
    };
    (void)state;
    for (size_t i = 0; i < LENGTH(queries) * LENGTH(forms) * 2; i++) {
        size_t side = i % 2, query = i / 2 / LENGTH(forms);
        const struct form *form = &forms[i / 2 % LENGTH(forms)];
        http_answer answer = ask(side, form, queries[query].query);
        assert_valid(form, &answer);
        assert_nothing_of_the_other(side, &answer, queries[query].query);
        bool shows = has(&answer, sides[side].own), want = side == 0 ? queries[query].left : queries[query].right;
        if (shows != want) fail_msg("listener %zu, %s%s: %s", side, form->path, queries[query].query, shows ? "shown" : "not shown");
        http_answer_fini(&answer);
    }
}

/* It is one document for all, and asks for the path in its Link field, which is a view itself. */
static void the_page_has_nothing_of_either(void **state)
{
    (void)state;
    http_answer answers[2];
    for (size_t side = 0; side < 2; side++) {
        answers[side] = http_fetch(tacho_http_listener_url(rig.http, side), "GET", "/", "");
        for (size_t i = 0; i < LENGTH(rows); i++) assert_false(has(&answers[side], rows[i].name));
    }
    assert_int_equal(answers[0].len, answers[1].len);
    assert_memory_equal(answers[0].body, answers[1].body, answers[0].len);
    for (size_t side = 0; side < 2; side++) http_answer_fini(&answers[side]);
}

static void a_series_that_is_new_is_seen_through_its_view_alone(void **state)
{
    (void)state;
    tacho_counter_inc_at(rig.left_queues, TACHO_LABELS("brand new"));
    for (size_t i = 0; i < LENGTH(forms) * 2; i++) {
        http_answer answer = ask(i % 2, &forms[i / 2], "");
        assert_int_equal(has(&answer, "brand new"), i % 2 == 0);
        http_answer_fini(&answer);
    }
}

int main(void)
{
#define RIG(test) cmocka_unit_test_setup_teardown(test, rig_up, rig_down)
    const struct CMUnitTest tests[] = {
        RIG(each_listener_shows_its_own_families_and_labels_in_every_format),
        RIG(no_query_leads_out_of_a_view),
        RIG(the_page_has_nothing_of_either),
        RIG(a_series_that_is_new_is_seen_through_its_view_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
