/*
 * test_filter.c - scrapes of some families only: asked for by any name that one has in any format and escaping scheme.
 * Needs: OPENMETRICS PROTOBUF JSON
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

#include <tacho/tacho.h>

#include "support/page.h"
#include "support/proto.h"
#include "support/valid.h"

enum { FORMATS = TACHO_CSV + 1 };

static const char *const modes[] = { "on", NULL };
static const double ranks[] = { 0.5 };

static struct {
    tacho_registry *reg;
    tacho_counter *counter, *kept, *dotted;
    tacho_gauge *gauge, *unknown;
    tacho_histogram *times, *ages;
    tacho_summary *sizes;
    tacho_stateset *mode;
    tacho_gauge_vec *empty;
    int runs[2];
} rig;

static const tacho_desc rows[] = {
    { .counter = &rig.counter, .name = "jobs_total", .help = "Help.", .flags = TACHO_CREATED },
    { .counter = &rig.kept, .name = "downloads", .help = "Help.", .flags = TACHO_KEEP_NAME },
    { .counter = &rig.dotted, .name = "http.requests_total", .help = "Help." },
    { .gauge = &rig.gauge, .name = "level", .help = "Help." },
    { .gauge = &rig.unknown, .name = "other", .help = "Help.", .type = TACHO_UNKNOWN },
    { .histogram = &rig.times, .name = "times", .help = "Help." },
    { .histogram = &rig.ages, .name = "ages", .help = "Help.", .type = TACHO_GAUGE_HISTOGRAM },
    { .summary = &rig.sizes, .name = "sizes", .help = "Help.", .quantiles = ranks, .quantile_count = 1 },
    { .stateset = &rig.mode, .name = "mode", .help = "Help.", .states = modes },
    { .type = TACHO_INFO, .name = "build_info", .help = "Help." },
    { .gauge_vec = &rig.empty, .name = "empty", .help = "Help.", .labels = { "l" } },
};

static const tacho_desc first_descs[] = { { .type = TACHO_GAUGE, .name = "first.a", .help = "Help." },
                                          { .type = TACHO_COUNTER, .name = "first_b_total", .help = "Help." } };
static const tacho_desc second_descs[] = { { .type = TACHO_GAUGE, .name = "second", .help = "Help." } };

static tacho_err first_collect(tacho_collector *self, tacho_emitter *out)
{
    (void)self;
    rig.runs[0]++;
    for (int i = 0; i < 2; i++) {
        tacho_emit_family(out, &first_descs[i]);
        tacho_emit_int(out, TACHO_NO_LABELS, 1);
    }
    return TACHO_OK;
}

static tacho_err second_collect(tacho_collector *self, tacho_emitter *out)
{
    (void)self;
    rig.runs[1]++;
    tacho_emit_family(out, &second_descs[0]);
    tacho_emit_int(out, TACHO_NO_LABELS, 2);
    return TACHO_OK;
}

static const tacho_collector_ops first_ops = { .name = "first", .descs = first_descs, .desc_count = 2, .collect = first_collect };
static const tacho_collector_ops second_ops = { .name = "second", .descs = second_descs, .desc_count = 1, .collect = second_collect };
static tacho_collector first_collector = { &first_ops }, second_collector = { &second_ops };

static int rig_up(void **state)
{
    (void)state;
    rig.reg = tacho_registry_new(&(tacho_registry_options){ .utf8_names = 1 });
    assert_int_equal(TACHO_DEFINE(rig.reg, rows), TACHO_OK);
    assert_int_equal(tacho_registry_add(rig.reg, &first_collector), TACHO_OK);
    assert_int_equal(tacho_registry_add(rig.reg, &second_collector), TACHO_OK);
    rig.runs[0] = rig.runs[1] = 0;
    return 0;
}

static int rig_down(void **state)
{
    (void)state;
    tacho_registry_free(rig.reg);
    return 0;
}

static struct page take(tacho_format format, tacho_escaping escaping, const char *const *names, size_t count)
{
    return page_take(rig.reg, (tacho_scrape_options){ .format = format, .escaping = escaping, .names = names,
                                                      .name_count = count }, 7);
}

/* Whether asking for this name shows exactly this family, in every format; `family` NULL: none. */
static void check_name(const char *name, const char *family)
{
    for (int format = 0; format < FORMATS; format++) {
        char why[300] = "", want[100] = "";
        struct page page = take((tacho_format)format, TACHO_ALLOW_UTF8, &name, 1);
        if (!valid_page(page.data, page.len, (tacho_format)format, TACHO_ALLOW_UTF8, why, sizeof why))
            fail_msg("%s in format %d: %s", name, format, why);
        if (format == TACHO_TEXT && family)
            (void)snprintf(want, sizeof want, "# HELP %s Help.\n", family);
        bool begins = strncmp(page.data, want, strlen(want)) == 0, one = strstr(page.data + !!*want, "# HELP") == NULL;
        if (format == TACHO_TEXT && (!begins || !one || (!family && page.len))) fail_msg("%s shows %s", name, page.data);
        page_free(&page);
    }
}

static void a_family_is_found_by_its_name_with_its_suffix_or_without_and_by_its_samples(void **state)
{
    static const struct { const char *name, *family; } names[] = {
        { "jobs_total", "jobs_total" }, { "jobs", "jobs_total" }, { "jobs_created", "jobs_total" },
        { "downloads", "downloads" }, { "level", "level" }, { "other", "other" },
        { "times", "times" }, { "times_bucket", "times" }, { "times_sum", "times" }, { "times_count", "times" },
        { "times_created", "times" }, { "ages", "ages" }, { "ages_gsum", "ages" }, { "ages_gcount", "ages" },
        { "ages_sum", "ages" }, { "ages_bucket", "ages" }, { "sizes", "sizes" }, { "sizes_sum", "sizes" },
        { "sizes_count", "sizes" }, { "sizes_created", "sizes" }, { "mode", "mode" }, { "build_info", "build_info" },
        { "build", "build_info" }, { "empty", "empty" }, { "second", "second" }, { "first_b", "first_b_total" },
        { "http.requests_total", "\"http.requests_total\"" }, { "http.requests", "\"http.requests_total\"" },
        { "http_requests_total", "\"http.requests_total\"" }, { "http_requests_created", "\"http.requests_total\"" },
        { "http_dot_requests__total", "\"http.requests_total\"" }, { "U__http_2e_requests__total", "\"http.requests_total\"" },
        { "U__http_2e_requests_", "\"http.requests_total\"" }, { "first.a", "\"first.a\"" }, { "first_a", "\"first.a\"" },
    };
    (void)state;
    for (size_t i = 0; i < TACHO_COUNT(names); i++) check_name(names[i].name, names[i].family);
}

static void a_name_that_no_family_has_shows_nothing_validly(void **state)
{
    static const char *const names[] = {
        "", "job", "jobs_tota", "jobs_total_total", "jobs_sum", "JOBS", "jobs_total ", "level_sum", "times_gsum", "times_buckets",
        "downloads_total", "mode_info", "build_info_info", "http", "http-requests", "http_dot_requests_total", "first", "_total",
    };
    (void)state;
    for (size_t i = 0; i < TACHO_COUNT(names); i++) check_name(names[i], NULL);
    static const char *const want[FORMATS] = { "", "", "# EOF\n", "", "[\n]\n", "name,type,labels,value\r\n" };
    static const char *const none[] = { "no_such_family", NULL };
    for (int format = 0; format < FORMATS; format++) {
        struct page page = take((tacho_format)format, TACHO_UNDERSCORES, none, 2); /* a NULL is nobody's name */
        assert_string_equal(page.data, want[format]);
        page_free(&page);
    }
    assert_int_equal(rig.runs[0] + rig.runs[1], 0);
}

static void several_names_show_their_families_once_and_in_order(void **state)
{
    static const char *const names[] = { "second", "times_sum", "level", "times", "no_such", "jobs", "first_b_total" };
    (void)state;
    struct page page = take(TACHO_OPENMETRICS, TACHO_UNDERSCORES, names, TACHO_COUNT(names));
    static const char *const order[] = { "# TYPE jobs ", "# TYPE level ", "# TYPE times ", "# TYPE first_b ", "# TYPE second " };
    const char *at = page.data;
    size_t types = 0;
    for (size_t i = 0; i < TACHO_COUNT(order); i++) {
        at = strstr(at, order[i]);
        assert_non_null(at);
    }
    for (at = page.data; (at = strstr(at, "# TYPE")) != NULL; at++) types++;
    assert_int_equal(types, 5);
    page_free(&page);
}

static void json_separates_families_right_whichever_are_left_out(void **state)
{
    static const char *const all[] = { "jobs", "times", "mode", "first.a", "first_b", "second", "empty" };
    (void)state;
    for (unsigned set = 1; set < 1u << TACHO_COUNT(all); set++) {
        const char *names[TACHO_COUNT(all)];
        size_t count = 0, families = 0;
        for (unsigned i = 0; i < TACHO_COUNT(all); i++)
            if (set >> i & 1) names[count++] = all[i];
        char why[300] = "";
        struct page page = take(TACHO_JSON, TACHO_ALLOW_UTF8, names, count);
        if (!valid_json(page.data, page.len, why, sizeof why)) fail_msg("set %x: %s", set, why);
        for (const char *at = page.data; (at = strstr(at, "\"name\":")) != NULL; at++) families++;
        assert_int_equal(families, count);
        page_free(&page);
    }
}

static void collectors_that_could_show_nothing_that_was_asked_for_do_not_run(void **state)
{
    static const char *const first[] = { "first_a" }, *const second[] = { "second", "level" }, *const none[] = { "jobs" };
    static const char *const self[] = { "tacho_collector_success" };
    (void)state;
    struct page page = take(TACHO_TEXT, TACHO_UNDERSCORES, first, 1);
    assert_true(rig.runs[0] == 1 && rig.runs[1] == 0);
    assert_true(page_has_line(&page, "first_a 1") && !page_has(&page, "first_b")); /* what it emits besides is left out */
    page_free(&page);
    page = take(TACHO_TEXT, TACHO_UNDERSCORES, second, 2);
    assert_true(rig.runs[0] == 1 && rig.runs[1] == 1);
    page_free(&page);
    page = take(TACHO_PROTOBUF, TACHO_UNDERSCORES, none, 1);
    assert_true(rig.runs[0] == 1 && rig.runs[1] == 1);
    page_free(&page);
    page = take(TACHO_TEXT, TACHO_UNDERSCORES, self, 1); /* it says how the last runs went */
    assert_true(page_has_line(&page, "tacho_collector_success{collector=\"first\"} 1"));
    assert_true(rig.runs[0] == 1 && rig.runs[1] == 1);
    page_free(&page);
    page = take(TACHO_TEXT, TACHO_UNDERSCORES, NULL, 0);
    assert_true(rig.runs[0] == 2 && rig.runs[1] == 2);
    page_free(&page);
}

static void a_name_that_ends_in_a_star_shows_all_that_begin_like_it(void **state)
{
    static const struct { const char *name; size_t families; } patterns[] = {
        { "*", 14 }, /* and those of the registry */
        { "jobs_total*", 1 }, { "jobs_t*", 1 }, { "jobs*", 1 }, { "j*", 1 }, { "jobs_total_*", 0 }, { "jobs_c*", 1 },
        { "jobs_created*", 1 }, { "jobs_createdx*", 0 }, { "times_b*", 1 }, { "times_x*", 0 }, { "ages_g*", 1 },
        { "m*", 1 }, { "mode*", 1 }, { "modes*", 0 }, { "first*", 2 }, { "first.*", 1 }, { "first_*", 2 }, { "second*", 1 },
        { "http*", 1 }, { "http_dot_*", 1 }, { "U__http_2e_*", 1 }, { "downloads*", 1 }, { "downloads_*", 0 },
        { "**", 0 }, { "j*s", 0 }, { "*jobs", 0 }, { "jobs_total**", 0 }, { "J*", 0 }, { " *", 0 },
    };
    static const char *const self[] = { "tacho_*" }, *const both[] = { "sec*", "lev*", "second", "l*" };
    (void)state;
    struct page page = take(TACHO_TEXT, TACHO_ALLOW_UTF8, self, 1);
    size_t own = 0;
    for (const char *at = page.data; (at = strstr(at, "# TYPE")) != NULL; at++) own++;
    page_free(&page);
    for (size_t i = 0; i < TACHO_COUNT(patterns); i++) {
        size_t found = 0, want = patterns[i].families + (i == 0 ? own : 0);
        page = take(TACHO_TEXT, TACHO_ALLOW_UTF8, &patterns[i].name, 1);
        for (const char *at = page.data; (at = strstr(at, "# TYPE")) != NULL; at++) found++;
        if (found != want) fail_msg("%s: %zu, not %zu, in\n%s", patterns[i].name, found, want, page.data);
        page_free(&page);
    }
    page = take(TACHO_TEXT, TACHO_UNDERSCORES, both, TACHO_COUNT(both));
    assert_string_equal(page.data, "# HELP level Help.\n# TYPE level gauge\nlevel 0\n# HELP second Help.\n# TYPE second gauge\nsecond 2\n");
    page_free(&page);
}

static void collectors_run_for_a_pattern_that_fits_one_of_their_families(void **state)
{
    static const char *const first[] = { "first_b*" }, *const none[] = { "firsts*" };
    (void)state;
    struct page page = take(TACHO_TEXT, TACHO_UNDERSCORES, first, 1);
    assert_true(rig.runs[0] == 1 && rig.runs[1] == 0);
    page_free(&page);
    page = take(TACHO_TEXT, TACHO_UNDERSCORES, none, 1);
    assert_true(rig.runs[0] == 1 && rig.runs[1] == 0 && page.len == 0);
    page_free(&page);
}

static void names_are_copied(void **state)
{
    char name[] = "level";
    const char *names[] = { name };
    (void)state;
    tacho_scrape *scrape = tacho_scrape_open(rig.reg, &(tacho_scrape_options){ .names = names, .name_count = 1 });
    memset(name, 'x', 5);
    names[0] = NULL;
    struct page page = page_rest(scrape, 0);
    assert_string_equal(page.data, "# HELP level Help.\n# TYPE level gauge\nlevel 0\n");
    page_free(&page);
    tacho_scrape_free(scrape);
}

static void a_family_whose_name_was_asked_for_is_shown_in_the_scheme_that_was(void **state)
{
    static const char *const names[] = { "http.requests" };
    static const char *const want[] = { "http_requests_total 0", "http_dot_requests__total 0", "U__http_2e_requests__total 0",
                                        "{\"http.requests_total\"} 0" };
    (void)state;
    for (int scheme = TACHO_UNDERSCORES; scheme <= TACHO_ALLOW_UTF8; scheme++) {
        struct page page = take(TACHO_OPENMETRICS, (tacho_escaping)scheme, names, 1);
        assert_true(page_has_line(&page, want[scheme]));
        page_free(&page);
    }
}

int main(void)
{
#define WITH_RIG(test) cmocka_unit_test_setup_teardown(test, rig_up, rig_down)
    const struct CMUnitTest tests[] = {
        WITH_RIG(a_family_is_found_by_its_name_with_its_suffix_or_without_and_by_its_samples),
        WITH_RIG(a_name_that_no_family_has_shows_nothing_validly),
        WITH_RIG(several_names_show_their_families_once_and_in_order),
        WITH_RIG(json_separates_families_right_whichever_are_left_out),
        WITH_RIG(collectors_that_could_show_nothing_that_was_asked_for_do_not_run),
        WITH_RIG(a_name_that_ends_in_a_star_shows_all_that_begin_like_it),
        WITH_RIG(collectors_run_for_a_pattern_that_fits_one_of_their_families),
        WITH_RIG(names_are_copied),
        WITH_RIG(a_family_whose_name_was_asked_for_is_shown_in_the_scheme_that_was),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
