/*
 * test_grpc_server.c - the metrics of a gRPC server: which series are there from the start, and what moves them.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "grpc_server.h"
#include "support/exposition.h"
#include "support/page.h"
#include "support/shown.h"

static const grpc_method methods[] = {
    { GRPC_UNARY, "/shop.v1.Orders/Place" },
    { GRPC_CLIENT_STREAM, "/shop.v1.Orders/Import" },
    { GRPC_SERVER_STREAM, "/shop.v1.Orders/Watch" },
    { GRPC_BIDI_STREAM, "/shop.v1.Desk/Talk" },
};
enum { METHODS = TACHO_COUNT(methods) };
#define PLACE "grpc_type=\"unary\",grpc_service=\"shop.v1.Orders\",grpc_method=\"Place\""

struct rig {
    tacho_registry *reg;
    grpc_server *grpc;
};

static struct rig rig_new(const grpc_server_options *options)
{
    struct rig rig = { .reg = tacho_registry_new(&(tacho_registry_options){ .no_self_metrics = 1 }) };
    assert_non_null(rig.reg);
    rig.grpc = grpc_server_new(rig.reg, options);
    if (!rig.grpc) fail_msg("%s", tacho_registry_error(rig.reg));
    return rig;
}

static struct rig rig_of_all(bool has_seconds)
{
    return rig_new(&(grpc_server_options){
        .methods = methods, .method_count = METHODS, .has_seconds = has_seconds });
}

static void rig_free(struct rig rig)
{
    grpc_server_free(rig.grpc);
    tacho_registry_free(rig.reg);
}

static size_t series_of(tacho_registry *reg, const char *sample_name)
{
    struct exposition *page = exposition_read(reg);
    size_t count = exposition_count(page, sample_name);
    assert_true(exposition_sum(page, sample_name) == 0);
    exposition_free(page);
    return count;
}

/* ---- What is there ----------------------------------------------------------------------------------------------- */

static void every_method_has_all_its_series_with_0_from_the_start(void **state)
{
    (void)state;
    struct rig rig = rig_of_all(false);
    assert_int_equal(series_of(rig.reg, "grpc_server_started_total"), METHODS);
    assert_int_equal(series_of(rig.reg, "grpc_server_msg_received_total"), METHODS);
    assert_int_equal(series_of(rig.reg, "grpc_server_msg_sent_total"), METHODS);
    assert_int_equal(series_of(rig.reg, "grpc_server_handled_total"), METHODS * GRPC_CODES);
    assert_shown(rig.reg, "grpc_server_started_total{grpc_type=\"bidi_stream\",grpc_service=\"shop.v1.Desk\","
                          "grpc_method=\"Talk\"}", "0");
    rig_free(rig);
}

static void the_codes_are_spelled_as_go_spells_them(void **state)
{
    static const char *const spelled[] = {
        "OK",           "Canceled",         "Unknown",           "InvalidArgument",    "DeadlineExceeded", "NotFound",
        "AlreadyExists", "PermissionDenied", "ResourceExhausted", "FailedPrecondition", "Aborted",          "OutOfRange",
        "Unimplemented", "Internal",         "Unavailable",       "DataLoss",           "Unauthenticated",
    };
    char series[256];
    (void)state;
    assert_int_equal(TACHO_COUNT(spelled), GRPC_CODES);
    struct rig rig = rig_of_all(false);
    const grpc_served *place = grpc_server_find(rig.grpc, methods[0].path);
    for (size_t code = 0; code < GRPC_CODES; code++) {
        (void)snprintf(series, sizeof series, "grpc_server_handled_total{" PLACE ",grpc_code=\"%s\"}", spelled[code]);
        assert_shown(rig.reg, series, "0");
        grpc_server_handled(place, (grpc_code)code, 1);
        assert_shown(rig.reg, series, "1");
    }
    rig_free(rig);
}

static void seconds_are_shown_when_asked_for(void **state)
{
    (void)state;
    struct rig rig = rig_of_all(false);
    grpc_server_handled(grpc_server_find(rig.grpc, methods[0].path), GRPC_OK, 0.2);
    assert_int_equal(series_of(rig.reg, "grpc_server_handling_seconds_count"), 0);
    assert_no_line(rig.reg, TACHO_TEXT, "# TYPE grpc_server_handling_seconds histogram");
    rig_free(rig);
    rig = rig_of_all(true);
    assert_int_equal(series_of(rig.reg, "grpc_server_handling_seconds_count"), METHODS);
    grpc_server_handled(grpc_server_find(rig.grpc, methods[0].path), GRPC_NOT_FOUND, 0.2);
    assert_shown(rig.reg, "grpc_server_handling_seconds_bucket{" PLACE ",le=\"0.1\"}", "0");
    assert_shown(rig.reg, "grpc_server_handling_seconds_bucket{" PLACE ",le=\"0.25\"}", "1");
    assert_shown(rig.reg, "grpc_server_handling_seconds_sum{" PLACE "}", "0.2");
    rig_free(rig);
}

static void a_server_of_many_methods_shows_each_of_them(void **state)
{
    enum { MANY = 300 };
    static char paths[MANY][32];
    static grpc_method many[MANY];
    (void)state;
    for (size_t i = 0; i < MANY; i++) {
        (void)snprintf(paths[i], sizeof paths[i], "/shop.v1.Many/Method%zu", i);
        many[i] = (grpc_method){ GRPC_UNARY, paths[i] };
    }
    struct rig rig = rig_new(&(grpc_server_options){ .methods = many, .method_count = MANY });
    assert_int_equal(series_of(rig.reg, "grpc_server_handled_total"), MANY * GRPC_CODES);
    rig_free(rig);
}

static void a_server_without_methods_defines_its_families(void **state)
{
    (void)state;
    struct rig rig = rig_new(NULL);
    assert_line(rig.reg, TACHO_TEXT, "# TYPE grpc_server_started_total counter");
    assert_null(grpc_server_find(rig.grpc, methods[0].path));
    rig_free(rig);
}

static void a_prefix_is_in_front_of_every_family(void **state)
{
    (void)state;
    struct rig rig = rig_new(&(grpc_server_options){
        .prefix = "shop_", .methods = methods, .method_count = METHODS, .has_seconds = true });
    struct exposition *page = exposition_read(rig.reg);
    assert_int_equal(page->family_count, 5);
    for (size_t i = 0; i < page->family_count; i++)
        assert_int_equal(strncmp(page->families[i].name, "shop_grpc_server_", 17), 0);
    exposition_free(page);
    rig_free(rig);
}

/* ---- Paths ------------------------------------------------------------------------------------------------------- */

static void a_path_is_split_at_its_second_slash(void **state)
{
    static const struct {
        const char *path, *service, *method;
    } cases[] = {
        { "/a.B/C", "a.B", "C" }, { "a.B/C", "a.B", "C" },         { "/a.B/C/d", "a.B", "C/d" },
        { "/a.B", "unknown", "unknown" }, { "", "unknown", "unknown" }, { NULL, "unknown", "unknown" },
        { "/", "unknown", "unknown" },    { "/a\"b/c", "a\\\"b", "c" },
    };
    char series[256];
    (void)state;
    for (size_t i = 0; i < TACHO_COUNT(cases); i++) {
        const grpc_method method = { GRPC_UNARY, cases[i].path };
        struct rig rig = rig_new(&(grpc_server_options){ .methods = &method, .method_count = 1 });
        grpc_server_started(grpc_server_find(rig.grpc, cases[i].path));
        (void)snprintf(series, sizeof series,
                       "grpc_server_started_total{grpc_type=\"unary\",grpc_service=\"%s\",grpc_method=\"%s\"}",
                       cases[i].service, cases[i].method);
        assert_shown(rig.reg, series, "1");
        rig_free(rig);
    }
}

static void a_path_that_was_not_named_is_not_found(void **state)
{
    static const char *const other[] = { "/shop.v1.Orders/Plac", "/shop.v1.Orders/Placed", "/shop.v1.Order/Place",
                                         "/shop.v1.Orders2/Place", "/shop.v1.Orders", "", NULL };
    (void)state;
    struct rig rig = rig_of_all(false);
    for (size_t i = 0; i < TACHO_COUNT(other); i++) assert_null(grpc_server_find(rig.grpc, other[i]));
    for (size_t i = 0; i < METHODS; i++) assert_non_null(grpc_server_find(rig.grpc, methods[i].path));
    assert_null(grpc_server_find(NULL, methods[0].path));
    rig_free(rig);
}

static void a_path_that_comes_twice_counts_as_it_comes_first(void **state)
{
    static const grpc_method twice[] = { { GRPC_UNARY, "/a.B/C" }, { GRPC_BIDI_STREAM, "/a.B/C" } };
    (void)state;
    struct rig rig = rig_new(&(grpc_server_options){ .methods = twice, .method_count = 2 });
    assert_int_equal(series_of(rig.reg, "grpc_server_started_total"), 1);
    assert_shown(rig.reg, "grpc_server_started_total{grpc_type=\"unary\",grpc_service=\"a.B\",grpc_method=\"C\"}", "0");
    rig_free(rig);
}

/* ---- Calls ------------------------------------------------------------------------------------------------------- */

static void each_call_moves_the_family_of_its_name(void **state)
{
    (void)state;
    struct rig rig = rig_of_all(false);
    const grpc_served *place = grpc_server_find(rig.grpc, methods[0].path);
    for (int i = 0; i < 4; i++) grpc_server_started(place);
    for (int i = 0; i < 3; i++) grpc_server_msg_received(place);
    for (int i = 0; i < 2; i++) grpc_server_msg_sent(place);
    grpc_server_handled(place, GRPC_OK, 0);
    assert_shown(rig.reg, "grpc_server_started_total{" PLACE "}", "4");
    assert_shown(rig.reg, "grpc_server_msg_received_total{" PLACE "}", "3");
    assert_shown(rig.reg, "grpc_server_msg_sent_total{" PLACE "}", "2");
    assert_shown(rig.reg, "grpc_server_handled_total{" PLACE ",grpc_code=\"OK\"}", "1");
    struct exposition *page = exposition_read(rig.reg);
    assert_true(exposition_sum(page, "grpc_server_handled_total") == 1);
    assert_true(exposition_sum(page, "grpc_server_started_total") == 4);
    exposition_free(page);
    rig_free(rig);
}

static void a_code_that_does_not_exist_is_unknown(void **state)
{
    (void)state;
    struct rig rig = rig_of_all(false);
    grpc_server_handled(grpc_server_find(rig.grpc, methods[0].path), GRPC_CODES, 0);
    grpc_server_handled(grpc_server_find(rig.grpc, methods[0].path), (grpc_code)4711, 0);
    assert_shown(rig.reg, "grpc_server_handled_total{" PLACE ",grpc_code=\"Unknown\"}", "2");
    rig_free(rig);
}

static void a_method_that_is_null_counts_nothing(void **state)
{
    (void)state;
    struct rig rig = rig_of_all(true);
    grpc_server_started(NULL);
    grpc_server_msg_received(NULL);
    grpc_server_msg_sent(NULL);
    grpc_server_handled(NULL, GRPC_OK, 1);
    assert_int_equal(series_of(rig.reg, "grpc_server_started_total"), METHODS);
    assert_int_equal(series_of(rig.reg, "grpc_server_handled_total"), METHODS * GRPC_CODES);
    rig_free(rig);
    grpc_server_free(NULL);
}

/* ---- What is refused --------------------------------------------------------------------------------------------- */

static void a_type_that_does_not_exist_makes_no_server(void **state)
{
    static const grpc_method bad[] = { { GRPC_UNARY, "/a.B/C" }, { GRPC_TYPES, "/a.B/D" } };
    (void)state;
    tacho_registry *reg = tacho_registry_new(&(tacho_registry_options){ .no_self_metrics = 1 });
    assert_null(grpc_server_new(reg, &(grpc_server_options){ .methods = bad, .method_count = 2 }));
    grpc_server *grpc = grpc_server_new(reg, &(grpc_server_options){ .methods = bad, .method_count = 1 });
    assert_non_null(grpc);
    grpc_server_free(grpc);
    tacho_registry_free(reg);
}

static void a_refused_server_leaves_nothing_behind(void **state)
{
    (void)state;
    static tacho_counter *taken;
    static const tacho_desc row = { .counter = &taken, .name = "grpc_server_started_total", .help = "Taken." };
    tacho_registry *reg = tacho_registry_new(&(tacho_registry_options){ .no_self_metrics = 1 });
    assert_int_equal(tacho_registry_define(reg, &row, 1), TACHO_OK);
    assert_null(grpc_server_new(reg, &(grpc_server_options){ .methods = methods, .method_count = METHODS }));
    assert_non_null(strstr(tacho_registry_error(reg), "grpc_server_started_total"));
    struct exposition *page = exposition_read(reg);
    assert_int_equal(page->family_count, 1);
    exposition_free(page);
    tacho_registry_free(reg);
}

static void a_server_takes_its_families_with_it(void **state)
{
    (void)state;
    struct rig rig = rig_of_all(true);
    grpc_server_free(rig.grpc);
    struct exposition *page = exposition_read(rig.reg);
    assert_int_equal(page->family_count, 0);
    exposition_free(page);
    rig.grpc = grpc_server_new(rig.reg, &(grpc_server_options){ .methods = methods, .method_count = METHODS });
    assert_non_null(rig.grpc);
    assert_int_equal(series_of(rig.reg, "grpc_server_started_total"), METHODS);
    rig_free(rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_method_has_all_its_series_with_0_from_the_start),
        cmocka_unit_test(the_codes_are_spelled_as_go_spells_them),
        cmocka_unit_test(seconds_are_shown_when_asked_for),
        cmocka_unit_test(a_server_of_many_methods_shows_each_of_them),
        cmocka_unit_test(a_server_without_methods_defines_its_families),
        cmocka_unit_test(a_prefix_is_in_front_of_every_family),
        cmocka_unit_test(a_path_is_split_at_its_second_slash),
        cmocka_unit_test(a_path_that_was_not_named_is_not_found),
        cmocka_unit_test(a_path_that_comes_twice_counts_as_it_comes_first),
        cmocka_unit_test(each_call_moves_the_family_of_its_name),
        cmocka_unit_test(a_code_that_does_not_exist_is_unknown),
        cmocka_unit_test(a_method_that_is_null_counts_nothing),
        cmocka_unit_test(a_type_that_does_not_exist_makes_no_server),
        cmocka_unit_test(a_refused_server_leaves_nothing_behind),
        cmocka_unit_test(a_server_takes_its_families_with_it),
    };
    return cmocka_run_group_tests_name("grpc_server", tests, NULL, NULL);
}
