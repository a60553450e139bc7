/*
 * test_describe.c - the schema of a registry: what is in it, that it is JSON whatever the program says, and what becomes of
 * errors.
 * Needs: JSON
 */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include <tacho/tacho.h>

#include "alloc.h"
#include "support/ark.h"
#include "support/golden.h"

static char *described(tacho_registry *reg, tacho_buffer *buf)
{
    tacho_buffer_init(buf);
    assert_int_equal(tacho_registry_describe(reg, &buf->sink), TACHO_OK);
    return buf->data;
}

static tacho_registry *bare_registry(const tacho_constant *constants)
{
    tacho_registry *reg = tacho_registry_new(&(tacho_registry_options){ .no_self_metrics = 1, .constants = constants });
    assert_non_null(reg);
    return reg;
}

static tacho_err emit_nothing(tacho_collector *self, tacho_emitter *out)
{
    (void)self, (void)out;
    return TACHO_OK;
}

/* ---- What is in it -------------------------------------------------------------------------------------------------- */

static void every_type_looks_like_the_golden_file(void **state)
{
    tacho_registry *reg = ark_open();
    tacho_buffer once, again;
    (void)state;
    (void)described(reg, &once);
    golden_check("schema.json", once.data, once.len);
    ark_count();
    (void)described(reg, &again);
    assert_string_equal(again.data, once.data); /* numbers have no part in it */
    tacho_buffer_fini(&once);
    tacho_buffer_fini(&again);
    tacho_registry_free(reg);
}

static void an_empty_registry_is_a_schema_without_families(void **state)
{
    tacho_registry *reg = bare_registry(NULL);
    tacho_buffer buf;
    (void)state;
    assert_string_equal(described(reg, &buf), "{\"version\":1,\"constants\":{},\"families\":[\n],\"unannounced\":[]}\n");
    tacho_buffer_fini(&buf);
    tacho_registry_free(reg);
}

static const char *const ways[] = { "in", "out", NULL };
static const tacho_desc announced[] = {
    { .type = TACHO_GAUGE, .name = "x_flow", .help = "F.", .labels = { "way", "who" }, .values = { ways } },
};

static void listed_values_limits_and_collectors_are_told(void **state)
{
    static tacho_counter_vec *vec;
    static tacho_gauge *highest;
    static const tacho_desc rows[] = {
        { .counter_vec = &vec, .name = "x_total", .help = "X.", .labels = { "who", "way" }, .values = { NULL, ways },
          .max_series = 50 },
        { .gauge = &highest, .name = "x_bytes", .help = "B.", .unit = "bytes", .flags = TACHO_MINIMUM },
    };
    static const tacho_collector_ops ops = { .name = "c\"\xff", .descs = announced, .desc_count = 1, .collect = emit_nothing };
    static const tacho_collector_ops silent = { .name = "silent", .collect = emit_nothing }, silent_too = {
        .name = "\x01", .collect = emit_nothing };
    tacho_collector collector = { &ops }, other = { &silent }, third = { &silent_too };
    tacho_registry *reg = bare_registry((const tacho_constant[]){ { "zone", "eu" }, { "a", "\"" }, { NULL, NULL } });
    tacho_buffer buf;
    (void)state;
    assert_int_equal(tacho_registry_add(reg, &other), TACHO_OK);
    assert_int_equal(tacho_registry_define(reg, rows, 1), TACHO_OK);
    assert_int_equal(tacho_registry_add(reg, &collector), TACHO_OK);
    assert_int_equal(TACHO_DEFINE(reg, rows), TACHO_OK);
    assert_int_equal(tacho_registry_add(reg, &third), TACHO_OK);
    assert_string_equal(described(reg, &buf),
                        "{\"version\":1,\"constants\":{\"zone\":\"eu\",\"a\":\"\\\"\"},\"families\":[\n"
                        "{\"name\":\"x_total\",\"type\":\"counter\",\"help\":\"X.\",\"labels\":[{\"name\":\"who\"},"
                        "{\"name\":\"way\",\"values\":[\"in\",\"out\"]}],\"max_series\":50},\n"
                        "{\"name\":\"x_flow\",\"type\":\"gauge\",\"help\":\"F.\",\"labels\":[{\"name\":\"way\",\"values\":"
                        "[\"in\",\"out\"]},{\"name\":\"who\"}],\"collector\":\"c\\\"\xef\xbf\xbd\"},\n"
                        "{\"name\":\"x_bytes\",\"type\":\"gauge\",\"help\":\"B.\",\"unit\":\"bytes\",\"labels\":[],"
                        "\"extreme\":\"minimum\",\"max_series\":1}\n"
                        "],\"unannounced\":[\"silent\",\"\\u0001\"]}\n");
    tacho_buffer_fini(&buf);
    tacho_registry_free(reg);
}

static void what_was_taken_out_is_gone_and_what_comes_back_is_there(void **state)
{
    static tacho_gauge *a, *b;
    static const tacho_desc rows[] = { { .gauge = &a, .name = "a", .help = "A." }, { .gauge = &b, .name = "b", .help = "B." } };
    static const tacho_collector_ops ops = { .name = "c", .descs = announced, .desc_count = 1, .collect = emit_nothing };
    tacho_collector collector = { &ops };
    tacho_registry *reg = bare_registry(NULL);
    tacho_buffer buf;
    (void)state;
    assert_int_equal(TACHO_DEFINE(reg, rows), TACHO_OK);
    assert_int_equal(tacho_registry_add(reg, &collector), TACHO_OK);
    assert_int_equal(tacho_registry_undefine(reg, rows, 1), TACHO_OK);
    assert_int_equal(tacho_registry_remove(reg, &collector), TACHO_OK);
    assert_non_null(strstr(described(reg, &buf), "[\n{\"name\":\"b\","));
    assert_null(strstr(buf.data, "x_flow"));
    tacho_buffer_fini(&buf);
    assert_int_equal(TACHO_DEFINE(reg, rows), TACHO_OK);
    assert_non_null(strstr(described(reg, &buf), "\"name\":\"a\""));
    tacho_buffer_fini(&buf);
    tacho_registry_free(reg);
}

static void tachos_own_families_come_last_unless_they_are_left_out(void **state)
{
    tacho_registry *reg = tacho_registry_new(NULL);
    static const tacho_collector_ops ops = { .name = "c", .descs = announced, .desc_count = 1, .collect = emit_nothing };
    tacho_collector collector = { &ops };
    tacho_buffer buf;
    (void)state;
    assert_int_equal(tacho_registry_add(reg, &collector), TACHO_OK);
    const char *own = strstr(described(reg, &buf), "\"name\":\"tacho_"), *other = strstr(buf.data, "\"name\":\"x_flow\"");
    assert_true(own && other && other < own);
    assert_non_null(strstr(own, "\"collector\":\"tacho\""));
    tacho_buffer_fini(&buf);
    tacho_registry_free(reg);
}

static void faulty_constants_leave_a_schema_without_anything(void **state)
{
    tacho_registry *reg = tacho_registry_new(
        &(tacho_registry_options){ .constants = (const tacho_constant[]){ { "zone", "\xff" }, { NULL, NULL } } });
    tacho_buffer buf;
    (void)state;
    assert_non_null(reg);
    assert_string_equal(described(reg, &buf), "{\"version\":1,\"constants\":{},\"families\":[\n],\"unannounced\":[]}\n");
    tacho_buffer_fini(&buf);
    tacho_registry_free(reg);
}

/* ---- Sinks, and memory that is not there ------------------------------------------------------------------------------ */

/* Fails at call `fail_at`, and changes the registry at call `change_at`. */
struct test_sink {
    tacho_sink sink;
    size_t calls, fail_at, change_at;
    tacho_registry *reg;
    tacho_collector *remove, *add;
};

static tacho_err test_sink_write(tacho_sink *self, const void *data, size_t len)
{
    struct test_sink *sink = TACHO_CONTAINER(self, struct test_sink, sink);
    (void)data, (void)len;
    sink->calls++;
    if (sink->calls == sink->change_at) {
        assert_int_equal(tacho_registry_remove(sink->reg, sink->remove), TACHO_OK);
        assert_int_equal(tacho_registry_add(sink->reg, sink->add), TACHO_OK);
    }
    if (sink->calls != sink->fail_at) return TACHO_OK;
    errno = ENOSPC;
    return TACHO_ERR_IO;
}

static const tacho_sink_ops test_sink_ops = { test_sink_write }, no_write = { NULL };

static void a_null_or_an_empty_sink_is_an_error_of_the_argument(void **state)
{
    tacho_registry *reg = bare_registry(NULL);
    tacho_buffer buf;
    tacho_sink none = { NULL }, blank = { &no_write };
    (void)state;
    tacho_buffer_init(&buf);
    assert_int_equal(tacho_registry_describe(NULL, &buf.sink), TACHO_ERR_ARG);
    assert_int_equal(tacho_registry_describe(reg, NULL), TACHO_ERR_ARG);
    assert_int_equal(tacho_registry_describe(reg, &none), TACHO_ERR_ARG);
    assert_int_equal(tacho_registry_describe(reg, &blank), TACHO_ERR_ARG);
    assert_null(buf.data);
    tacho_registry_free(reg);
}

static void the_error_of_a_sink_comes_back_with_its_cause_and_nothing_more_is_written(void **state)
{
    static const tacho_collector_ops silent = { .name = "silent", .collect = emit_nothing };
    tacho_collector collector = { &silent };
    tacho_registry *reg = ark_open();
    struct test_sink all = { .sink = { &test_sink_ops } };
    (void)state;
    assert_int_equal(tacho_registry_add(reg, &collector), TACHO_OK);
    assert_int_equal(tacho_registry_describe(reg, &all.sink), TACHO_OK);
    assert_true(all.calls > 20);
    for (size_t at = 1; at <= all.calls; at++) {
        struct test_sink sink = { .sink = { &test_sink_ops }, .fail_at = at };
        errno = 0;
        assert_int_equal(tacho_registry_describe(reg, &sink.sink), TACHO_ERR_IO);
        assert_int_equal(errno, ENOSPC);
        assert_true(sink.calls == at);
    }
    tacho_registry_free(reg);
}

static void a_sink_may_take_out_the_collector_at_hand_and_plug_in_another(void **state)
{
    static const tacho_desc two[] = { { .type = TACHO_GAUGE, .name = "first", .help = "F." },
                                      { .type = TACHO_GAUGE, .name = "second", .help = "S." } };
    static const tacho_collector_ops ops = { .name = "two", .descs = two, .desc_count = 2, .collect = emit_nothing };
    static const tacho_collector_ops later = { .name = "later", .descs = announced, .desc_count = 1, .collect = emit_nothing };
    tacho_collector collector = { &ops }, other = { &later };
    tacho_registry *reg = bare_registry(NULL);
    (void)state;
    assert_int_equal(tacho_registry_add(reg, &collector), TACHO_OK);
    struct test_sink sink = { .sink = { &test_sink_ops }, .reg = reg, .remove = &collector, .add = &other, .change_at = 2 };
    assert_int_equal(tacho_registry_describe(reg, &sink.sink), TACHO_OK);
    assert_true(sink.calls == 4); /* the beginning, the first family, the end in two parts */
    tacho_buffer buf;
    assert_null(strstr(described(reg, &buf), "first"));
    assert_non_null(strstr(buf.data, "x_flow"));
    tacho_buffer_fini(&buf);
    tacho_registry_free(reg);
}

static size_t allocations, allocation_that_fails;

static bool fail_one(size_t size)
{
    (void)size;
    return ++allocations != allocation_that_fails;
}

static void an_allocation_that_fails_is_told_and_leaves_everything_as_it_was(void **state)
{
    static const tacho_collector_ops silent = { .name = "silent", .collect = emit_nothing };
    tacho_collector collector = { &silent };
    tacho_registry *reg = ark_open();
    tacho_buffer buf;
    tacho_err err = TACHO_ERR_NOMEM;
    (void)state;
    assert_int_equal(tacho_registry_add(reg, &collector), TACHO_OK);
    for (allocation_that_fails = 1; err; allocation_that_fails++) {
        struct test_sink sink = { .sink = { &test_sink_ops } };
        allocations = 0;
        tacho__alloc_hook = fail_one;
        err = tacho_registry_describe(reg, &sink.sink);
        tacho__alloc_hook = TACHO__NO_HOOK;
        assert_true(err == (allocations >= allocation_that_fails ? TACHO_ERR_NOMEM : TACHO_OK));
    }
    assert_true(allocation_that_fails > 4);
    assert_non_null(strstr(described(reg, &buf), "\"unannounced\":[\"silent\"]"));
    tacho_buffer_fini(&buf);
    tacho_registry_free(reg);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_type_looks_like_the_golden_file),
        cmocka_unit_test(an_empty_registry_is_a_schema_without_families),
        cmocka_unit_test(listed_values_limits_and_collectors_are_told),
        cmocka_unit_test(what_was_taken_out_is_gone_and_what_comes_back_is_there),
        cmocka_unit_test(tachos_own_families_come_last_unless_they_are_left_out),
        cmocka_unit_test(faulty_constants_leave_a_schema_without_anything),
        cmocka_unit_test(a_null_or_an_empty_sink_is_an_error_of_the_argument),
        cmocka_unit_test(the_error_of_a_sink_comes_back_with_its_cause_and_nothing_more_is_written),
        cmocka_unit_test(a_sink_may_take_out_the_collector_at_hand_and_plug_in_another),
        cmocka_unit_test(an_allocation_that_fails_is_told_and_leaves_everything_as_it_was),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
